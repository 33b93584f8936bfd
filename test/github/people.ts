// SPDX-License-Identifier: Apache-2.0
import { HttpFailure, NO_CONTENT, notFound, ok } from './reply.ts';
import type { Fields } from './reply.ts';
import { reads } from './call.ts';
import type { Call, Need, Route } from './call.ts';
import { publicUser, simpleUser } from './shapes.ts';
import type { Level, User } from './state.ts';

const REPO = '/repos/{owner}/{repo}';
const PUBLIC: Need = { job: 'always', person: 'anyone' };

/** Accounts, their keys, and who may do what. */
export const peopleRoutes: readonly Route[] = [
  { method: 'GET', path: '/user', need: { job: 'never', person: 'signed-in' }, handle: (call) => ok(publicUser(call.world, call.user)) },
  { method: 'GET', path: '/user/{account_id}', need: PUBLIC, handle: byId },
  { method: 'GET', path: '/users/{username}', need: PUBLIC, handle: (call) => ok(publicUser(call.world, named(call))) },
  { method: 'GET', path: '/users/{username}/keys', need: PUBLIC, handle: keys },
  { method: 'GET', path: '/users/{username}/ssh_signing_keys', need: PUBLIC, handle: signingKeys },
  { method: 'GET', path: '/users/{username}/gpg_keys', need: PUBLIC, handle: (call) => (named(call), ok([])) },
  { method: 'GET', path: `${REPO}/collaborators`, need: { ...reads('metadata'), job: 'always', person: 'write' }, handle: list },
  { method: 'GET', path: `${REPO}/collaborators/{username}`, need: { job: 'always', person: 'write' }, handle: isCollaborator },
  { method: 'GET', path: `${REPO}/collaborators/{username}/permission`, need: { job: 'always', person: 'write' }, handle: permission },
];

function named(call: Call): User {
  const user = call.world.user(call.param('username'));
  if (user === null) throw notFound();
  return user;
}

function byId(call: Call) {
  const user = call.world.users.get(call.number('account_id'));
  if (user === undefined) throw notFound();
  return ok(publicUser(call.world, user));
}

function keys(call: Call) {
  return call.page(named(call).keys, (key) => ({ id: key.id, key: key.key }));
}

function signingKeys(call: Call) {
  return call.page(named(call).signingKeys, (key) => ({ id: key.id, key: key.key, title: key.title, created_at: key.createdAt }));
}

function list(call: Call) {
  return call.page([...call.repository.collaborators], ([id, level]) => collaborator(call, call.world.userById(id), level));
}

function isCollaborator(call: Call) {
  if (!call.repository.collaborators.has(named(call).id)) throw notFound();
  return NO_CONTENT;
}

function permission(call: Call) {
  const user = named(call);
  const level = call.world.level(call.repository, user);
  if (user.type === 'Bot') throw new HttpFailure(404, `${user.login} is not a user`);
  return ok({ permission: level, role_name: level, user: collaborator(call, user, level) });
}

function collaborator(call: Call, user: User, level: Level): Fields {
  return { ...simpleUser(call.world, user), permissions: permissionsOf(level), role_name: level };
}

/** What a level allows, as the API says it. */
export function permissionsOf(level: Level): Fields {
  const writes = level === 'write' || level === 'admin';
  return { admin: level === 'admin', maintain: level === 'admin', push: writes, triage: writes, pull: level !== 'none' };
}
