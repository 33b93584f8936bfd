// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders } from 'node:http';
import { Call } from './call.ts';
import { requestFaults, responseFault } from './contract.ts';
import type { Violation } from './contract.ts';
import type { Faults } from './faults.ts';
import type { Resource } from './limits.ts';
import { authenticate, checkNeed } from './permissions.ts';
import { HttpFailure, notFound } from './reply.ts';
import type { Fields, Reply } from './reply.ts';
import { Router } from './router.ts';
import type { Match } from './router.ts';
import { routes } from './routes.ts';
import type { Actor, Repository } from './state.ts';
import { graphql } from './graphql.ts';
import { leaveStarter } from './assets.ts';
import type { World } from './world.ts';

/** A request as it came in; `path` has no API prefix and is still encoded. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
}

/** What was asked, and the answer. */
export interface RequestRecord {
  readonly method: string;
  /** Decoded, without prefix and query. */
  readonly path: string;
  readonly query: string;
  /** `GET /repos/{owner}/{repo}/pulls`, or `POST /graphql OpenPulls` with the name of the operation. */
  readonly route: string;
  /** The login, or null for nobody. */
  readonly actor: string | null;
  readonly status: number;
}

/** Breaks the connection instead of an answer. */
export const RESET: unique symbol = Symbol('reset');

const router = new Router(routes);

/** Serves the REST API and GraphQL. */
export class Api {
  readonly #world: World;
  readonly #faults: Faults;
  readonly requests: RequestRecord[] = [];
  readonly violations: Violation[] = [];
  /** Called before each request, with its method and path: for tests that interleave. */
  onRequest: ((method: string, path: string) => void | Promise<void>) | null = null;

  constructor(world: World, faults: Faults) {
    this.#world = world;
    this.#faults = faults;
  }

  async serve(incoming: Incoming): Promise<Reply | typeof RESET> {
    const path = decodeURIComponent(incoming.path);
    let actor: Actor | null = null;
    let reply: Reply | typeof RESET;
    try {
      actor = authenticate(this.#world, incoming.headers.authorization);
      if (this.onRequest !== null) await this.onRequest(incoming.method, path);
      reply = this.#isWithin(incoming) ? await this.#withFaults(incoming, path, actor) : faultReply({ kind: 'primary-limit' }, this.#world);
    } catch (error) {
      reply = failureReply(error);
    }
    const status = reply === RESET ? 0 : reply.status;
    if (reply !== RESET)
      reply = { ...reply, headers: { ...this.#world.limits.headers(resourceOf(incoming), this.#world.seconds()), ...reply.headers } };
    const login = actor === null || actor.kind === 'anonymous' ? null : actor.user.login;
    this.requests.push({ method: incoming.method, path, query: incoming.url.search, route: routeOf(incoming), actor: login, status });
    return reply;
  }

  /** Whether the primary limit lets it through. */
  #isWithin(incoming: Incoming): boolean {
    return incoming.path === '/rate_limit' || this.#world.limits.take(resourceOf(incoming), this.#world.seconds());
  }

  async #withFaults(incoming: Incoming, path: string, actor: Actor): Promise<Reply | typeof RESET> {
    let snapshot: ReadonlyMap<number, Repository> | null = null;
    let after: 'none' | '502' | 'reset' = 'none';
    for (const drawn of this.#faults.draw(incoming.method, path)) {
      const { fault } = drawn;
      if (fault.kind === 'before') await fault.run();
      else if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
      else if (fault.kind === 'stale') snapshot = drawn.snapshot;
      else if (fault.kind === 'done-but-502') after = '502';
      else if (fault.kind === 'reset') {
        if (!fault.done) return RESET;
        after = 'reset';
      } else {
        if (fault.kind === 'status' && fault.status >= 500) this.#breakUpload(incoming, actor);
        return faultReply(fault, this.#world);
      }
    }
    const reply = await this.#answer(incoming, path, actor, snapshot);
    if (after === 'reset') return RESET;
    return after === '502' ? faultReply({ kind: 'status', status: 502 }, this.#world) : reply;
  }

  async #answer(incoming: Incoming, path: string, actor: Actor, snapshot: ReadonlyMap<number, Repository> | null): Promise<Reply> {
    if (incoming.path === '/graphql') {
      const broken = (what: string) => this.violations.push({ method: incoming.method, path, what: `GraphQL: ${what}` });
      return graphql(this.#world, actor, incoming.raw, snapshot, broken);
    }
    const match = router.find(incoming.method, incoming.path);
    if (match === null) {
      this.violations.push({ method: incoming.method, path, what: 'the operation is not served' });
      throw notFound();
    }
    const key = `${match.route.method} ${match.route.path}`;
    const reply = await this.#handle(key, match, incoming, path, actor, snapshot);
    const fault = reply.bytes === undefined ? responseFault(key, reply.status, reply.body) : null;
    if (fault !== null) this.violations.push({ method: incoming.method, path, what: `response ${reply.status}: ${fault}` });
    return reply;
  }

  async #handle(
    key: string,
    match: Match,
    incoming: Incoming,
    path: string,
    actor: Actor,
    snapshot: ReadonlyMap<number, Repository> | null,
  ): Promise<Reply> {
    try {
      const body = match.route.path.endsWith('/releases/{release_id}/assets') ? undefined : parseBody(incoming.raw);
      const faults = requestFaults(key, { params: match.params, query: incoming.url.searchParams, body, bytes: incoming.raw.length });
      for (const what of faults) this.violations.push({ method: incoming.method, path, what: `request: ${what}` });
      if (faults.some((what) => what.startsWith('body: ') && !what.includes('unknown field')))
        throw new HttpFailure(422, 'Invalid request.');
      const repository = this.#repository(match, snapshot);
      checkNeed(this.#world, match.route.need, actor, repository);
      const call = new Call({ ...incoming, world: this.#world, actor, params: match.params, body: fieldsOf(body), repository });
      return await match.route.handle(call);
    } catch (error) {
      return failureReply(error);
    }
  }

  #repository(match: Match, snapshot: ReadonlyMap<number, Repository> | null): Repository | null {
    const [owner, name] = [match.params.get('owner'), match.params.get('repo')];
    if (owner === undefined || name === undefined) return null;
    const found = this.#world.findRepository(`${owner}/${name}`);
    if (found === null) throw notFound();
    return snapshot?.get(found.id) ?? found;
  }

  #breakUpload(incoming: Incoming, actor: Actor): void {
    const match = router.find(incoming.method, incoming.path);
    if (match?.route.path !== '/repos/{owner}/{repo}/releases/{release_id}/assets' || incoming.method !== 'POST') return;
    const repository = this.#repository(match, null);
    if (repository === null || actor.kind === 'anonymous') return;
    leaveStarter(
      this.#world,
      repository,
      Number(match.params.get('release_id')),
      incoming.url.searchParams.get('name') ?? '',
      actor.user.id,
    );
  }
}

function parseBody(raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw new HttpFailure(400, 'Problems parsing JSON');
  }
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}

function faultReply(fault: { readonly kind: string } & Record<string, unknown>, world: World): Reply {
  if (fault.kind === 'secondary-limit') {
    return secondaryLimit(fault['as'] ?? '403', String(fault['retryAfterSeconds']));
  }
  if (fault.kind === 'primary-limit') {
    const reset = world.seconds() + Number(fault['resetInSeconds']);
    const headers = { 'x-ratelimit-remaining': '0', ...(Number.isNaN(reset) ? {} : { 'x-ratelimit-reset': String(reset) }) };
    return { status: 403, body: new HttpFailure(403, 'API rate limit exceeded for installation.').body, headers };
  }
  const status = Number(fault['status']);
  const message = typeof fault['message'] === 'string' ? fault['message'] : (DEFAULT_MESSAGES.get(status) ?? 'Server Error');
  return { status, body: new HttpFailure(status, message).body };
}

function secondaryLimit(as: unknown, retryAfter: string): Reply {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  if (as === '422-abuse') {
    const errors = [{ resource: 'PullRequestReview', code: 'abuse', field: 'base' }];
    return { status: 422, body: new HttpFailure(422, 'Validation Failed', { errors }).body };
  }
  if (as === 'graphql')
    return { status: 200, body: { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded.' }] } };
  const status = as === '429' ? 429 : 403;
  return { status, body: new HttpFailure(status, message).body, headers: as === '403-bare' ? {} : { 'retry-after': retryAfter } };
}

function resourceOf(incoming: Incoming): Resource {
  return incoming.path === '/graphql' ? 'graphql' : 'core';
}

function routeOf(incoming: Incoming): string {
  if (incoming.path === '/graphql') {
    const name = /(?:query|mutation)\s+(\w+)/.exec(incoming.raw.toString('utf8'))?.[1];
    return name === undefined ? 'POST /graphql' : `POST /graphql ${name}`;
  }
  return `${incoming.method} ${router.find(incoming.method, incoming.path)?.route.path ?? incoming.path}`;
}

const DEFAULT_MESSAGES: ReadonlyMap<number, string> = new Map([
  [409, 'Conflict'],
  [422, 'Validation Failed'],
  [404, 'Not Found'],
]);

function failureReply(error: unknown): Reply {
  if (error instanceof HttpFailure) return { status: error.status, body: error.body, headers: error.headers };
  throw error;
}
