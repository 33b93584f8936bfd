// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterMoves } from './moves.ts';
import { authenticate, isVisible, mayPush } from './permissions.ts';
import { HttpFailure, notFound } from './reply.ts';
import type { Reply } from './reply.ts';
import { checkRules, rulesOfBranch } from './rule-check.ts';
import type { Actor, Repository } from './state.ts';
import type { World } from './world.ts';

/** A request of git over HTTP; null when the path is none. */
export function gitPath(path: string): { readonly repository: string; readonly rest: string } | null {
  const match = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  return match?.[1] === undefined || match[2] === undefined ? null : { repository: match[1], rest: match[2] };
}

const ZERO = '0'.repeat(40);

/** Serves a fetch or a push with git's own http-backend. */
export async function serveGit(
  world: World,
  request: { readonly method: string; readonly url: URL; readonly headers: IncomingHttpHeaders; readonly raw: Buffer },
  target: { readonly repository: string; readonly rest: string },
): Promise<Reply> {
  const repository = world.findRepository(target.repository);
  const actor = gitActor(world, request.headers.authorization);
  const isPush = target.rest === 'git-receive-pack' || request.url.searchParams.get('service') === 'git-receive-pack';
  const visible = repository !== null && isVisible(world, actor, repository);
  if (!visible || (isPush && !mayPush(world, actor, repository))) {
    if (actor.kind === 'anonymous')
      return { status: 401, body: 'authentication required', headers: { 'www-authenticate': 'Basic realm="GitHub"' } };
    throw visible ? new HttpFailure(403, `Permission to ${target.repository}.git denied to ${actor.user.login}.`) : notFound();
  }
  if (actor.kind === 'job' && actor.repository === repository.id && !isPush && !actor.permissions.has('contents')) throw notFound();
  const raw = request.headers['content-encoding'] === 'gzip' ? gunzipSync(request.raw) : request.raw;
  const forceRefused = target.rest === 'git-receive-pack' && checkPush(world, repository, actor, raw);
  const reply = await backend(world, repository, actor, { ...request, raw }, target.rest, forceRefused);
  if (target.rest === 'git-receive-pack') afterMoves(world, repository, actor.kind === 'anonymous' ? null : actor.user.id);
  return reply;
}

function gitActor(world: World, header: string | undefined): Actor {
  try {
    return authenticate(world, header);
  } catch (error) {
    if (error instanceof HttpFailure) return { kind: 'anonymous' };
    throw error;
  }
}

/** Reads the commands before the pack; gives whether git itself must refuse what is no fast-forward. @throws 403 */
function checkPush(world: World, repository: Repository, actor: Actor, raw: Buffer): boolean {
  let strict = false;
  for (let at = 0; ;) {
    const length = Number.parseInt(raw.toString('latin1', at, at + 4), 16);
    if (!(length > 4)) return strict;
    const [before = '', after = '', name = ''] = raw
      .toString('utf8', at + 4, at + length)
      .replace(/\0.*$/s, '')
      .trim()
      .split(' ');
    at += length;
    if (!name.startsWith('refs/')) continue;
    const update = { name, before: before === ZERO ? null : before, after: after === ZERO ? null : after, forward: true };
    const refused = checkRules(world, repository, actor, update, null);
    if (refused.length > 0) throw new HttpFailure(403, `GH013: Repository rule violations found for ${name}. ${refused.join(' ')}`);
    const branch = name.replace('refs/heads/', '');
    strict ||= repository.protections.get(branch)?.allowForcePushes === false;
    strict ||= rulesOfBranch(repository, branch).some(({ rule }) => rule.type === 'non_fast_forward');
  }
}

async function backend(
  world: World,
  repository: Repository,
  actor: Actor,
  request: { readonly method: string; readonly url: URL; readonly headers: IncomingHttpHeaders; readonly raw: Buffer },
  rest: string,
  strict: boolean,
): Promise<Reply> {
  const config = strict ? { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'receive.denyNonFastForwards', GIT_CONFIG_VALUE_0: 'true' } : {};
  const protocol = request.headers['git-protocol'];
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      HOME: world.directory,
      GIT_PROJECT_ROOT: world.directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${repository.id}.git/${rest}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: request.url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(request.raw.length),
      REMOTE_ADDR: '127.0.0.1',
      ...(actor.kind === 'anonymous' ? {} : { REMOTE_USER: actor.user.login }),
      ...(typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {}),
      ...config,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(request.raw);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return cgiReply(Buffer.concat(chunks));
}

function cgiReply(output: Buffer): Reply {
  const end = output.indexOf('\r\n\r\n');
  if (end === -1) return { status: 500, body: 'git http-backend said nothing' };
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(': ');
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
    if (name === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers, bytes: output.subarray(end + 4) };
}
