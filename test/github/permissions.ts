// SPDX-License-Identifier: Apache-2.0
import type { Need } from './call.ts';
import { HttpFailure, notFound } from './reply.ts';
import type { Actor, Repository, User } from './state.ts';
import type { World } from './world.ts';

/** Who sends a request, by its token. @throws 401 for a token that nobody has */
export function authenticate(world: World, header: string | undefined): Actor {
  if (header === undefined || header === '') return { kind: 'anonymous' };
  const [scheme = '', value = ''] = header.split(' ');
  const token = scheme.toLowerCase() === 'basic' ? (Buffer.from(value, 'base64').toString('utf8').split(':')[1] ?? '') : value;
  const actor = world.tokens.get(token);
  if (actor === undefined) throw new HttpFailure(401, 'Bad credentials');
  return actor;
}

/** @throws 401, 403 or 404 when the caller may not do it */
export function checkNeed(world: World, need: Need, actor: Actor, repository: Repository | null): void {
  if (repository !== null && !isVisible(world, actor, repository)) throw notFound();
  if (actor.kind === 'job') {
    checkJob(need, actor, repository);
    return;
  }
  if (need.person === 'anyone') return;
  if (actor.kind === 'anonymous') throw new HttpFailure(401, 'Requires authentication');
  if (need.person === 'signed-in' || repository === null) return;
  const level = world.level(repository, actor.user);
  if (need.person === 'admin' && level !== 'admin') throw new HttpFailure(403, 'Must have admin rights to Repository.');
  if (need.person === 'write' && level !== 'write' && level !== 'admin') throw new HttpFailure(403, 'Must have push access to repository');
}

/** A job's token holds exactly what its `permissions:` say; what every token may read is called `always`. */
function checkJob(need: Need, actor: Extract<Actor, { kind: 'job' }>, repository: Repository | null): void {
  if (need.job === 'always') return;
  if (need.job !== 'never') {
    const foreign = repository !== null && repository.id !== actor.repository;
    const enough = need.job.some((one) => {
      const [name = '', level = ''] = one.split(':');
      if (foreign) return level === 'read' && !repository.private;
      const held = actor.permissions.get(name);
      return held === level || (held === 'write' && level === 'read');
    });
    if (enough) return;
  }
  const accepted = need.job === 'never' ? 'none' : need.job.map((one) => one.replaceAll('-', '_').replace(':', '=')).join('; ');
  throw new HttpFailure(403, 'Resource not accessible by integration', {}, { 'x-accepted-github-permissions': accepted });
}

/** Whether the caller may know of the repository at all. */
export function isVisible(world: World, actor: Actor, repository: Repository): boolean {
  if (!repository.private) return true;
  if (actor.kind === 'job') return actor.repository === repository.id;
  return world.level(repository, userOf(actor)) !== 'none';
}

/** Whether the caller may push. */
export function mayPush(world: World, actor: Actor, repository: Repository): boolean {
  if (actor.kind === 'job') return actor.repository === repository.id && actor.permissions.get('contents') === 'write';
  const level = world.level(repository, userOf(actor));
  return level === 'write' || level === 'admin';
}

function userOf(actor: Actor): User | null {
  return actor.kind === 'anonymous' ? null : actor.user;
}
