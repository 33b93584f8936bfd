// SPDX-License-Identifier: Apache-2.0
import { ok } from './reply.ts';
import type { Call, Route } from './call.ts';
import { permissionsOf } from './people.ts';
import { fullRepository } from './shapes.ts';

/** The repository itself. */
export const repositoryRoutes: readonly Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}', need: { job: 'always', person: 'anyone' }, handle: get },
];

function get(call: Call) {
  const { world, repository, actor } = call;
  const level =
    actor.kind === 'job' ? (call.mayWrite ? 'write' : 'read') : world.level(repository, actor.kind === 'user' ? actor.user : null);
  return ok(fullRepository(world, repository, permissionsOf(level)));
}
