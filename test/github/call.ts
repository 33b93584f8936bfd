// SPDX-License-Identifier: Apache-2.0
import { HttpFailure, notFound, ok } from './reply.ts';
import type { Fields, Reply } from './reply.ts';
import type { Actor, Repository, User } from './state.ts';
import type { World } from './world.ts';

/** Who may call an endpoint. */
export interface Need {
  /** Permissions of a job token that suffice, each alone (`contents:write`); `always` for what every token has, `never` for what none has. */
  readonly job: readonly string[] | 'always' | 'never';
  /** What a person must be: anybody, signed in, or with that level in the repository. */
  readonly person: 'anyone' | 'signed-in' | 'write' | 'admin';
}

/** An endpoint. Paths are those of GitHub's description. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly need: Need;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** What reads need: a permission of the job's token; any person. */
export function reads(permission: string): Need {
  return { job: [`${permission}:read`, `${permission}:write`], person: 'anyone' };
}

/** What writes need: a permission of the job's token; a person who may write. */
export function writes(permission: string): Need {
  return { job: [`${permission}:write`], person: 'write' };
}

/** What only an administrator may do, and no job. */
export const ADMIN: Need = { job: 'never', person: 'admin' };

/** One request, after its token and path were read. */
export class Call {
  readonly world: World;
  readonly actor: Actor;
  readonly params: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly body: Fields;
  readonly raw: Buffer;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly #repository: Repository | null;

  constructor(input: {
    readonly world: World;
    readonly actor: Actor;
    readonly params: ReadonlyMap<string, string>;
    readonly url: URL;
    readonly body: Fields;
    readonly raw: Buffer;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly repository: Repository | null;
  }) {
    this.world = input.world;
    this.actor = input.actor;
    this.params = input.params;
    this.query = input.url.searchParams;
    this.url = input.url;
    this.body = input.body;
    this.raw = input.raw;
    this.headers = input.headers;
    this.#repository = input.repository;
  }

  get repository(): Repository {
    if (this.#repository === null) throw notFound();
    return this.#repository;
  }

  /** The account that the request acts as. */
  get user(): User {
    if (this.actor.kind === 'anonymous') throw new HttpFailure(401, 'Requires authentication');
    return this.actor.user;
  }

  /** Whether the caller may write to the repository's contents. */
  get mayWrite(): boolean {
    const { actor } = this;
    if (actor.kind === 'job') return actor.repository === this.repository.id && actor.permissions.get('contents') === 'write';
    const level = this.world.level(this.repository, actor.kind === 'user' ? actor.user : null);
    return level === 'write' || level === 'admin';
  }

  param(name: string): string {
    const value = this.params.get(name);
    if (value === undefined) throw new Error(`no parameter ${name}`);
    return value;
  }

  number(name: string): number {
    return Number(this.param(name));
  }

  /** A string of the body, which the contract has checked; undefined when absent or null. */
  text(name: string): string | undefined {
    const value = this.body[name];
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.body[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** An array of objects of the body. */
  list(name: string): readonly Fields[] {
    const value = this.body[name];
    return Array.isArray(value) ? value.filter((item): item is Fields => typeof item === 'object' && item !== null) : [];
  }

  /** One page of a list, with GitHub's Link header. */
  page<T>(items: readonly T[], shape: (item: T) => unknown): Reply {
    const { slice, headers } = this.slice(items);
    return { ...ok(slice.map(shape)), headers };
  }

  /** One page of a list inside an object with its total. */
  pageOf<T>(name: string, items: readonly T[], shape: (item: T) => unknown): Reply {
    const { slice, headers } = this.slice(items);
    return { ...ok({ total_count: items.length, [name]: slice.map(shape) }), headers };
  }

  slice<T>(items: readonly T[]): { readonly slice: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
    const perPage = Math.min(100, Math.max(1, Number(this.query.get('per_page') ?? 30) || 30));
    const page = Math.max(1, Number(this.query.get('page') ?? 1) || 1);
    const last = Math.max(1, Math.ceil(items.length / perPage));
    const link = (to: number, rel: string): string => {
      const url = new URL(this.url);
      url.searchParams.set('page', String(to));
      return `<${url.href}>; rel="${rel}"`;
    };
    const links = [
      ...(page > 1 ? [link(page - 1, 'prev')] : []),
      ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
      ...(page > 1 ? [link(1, 'first')] : []),
    ];
    const headers = links.length === 0 ? {} : { link: links.join(', ') };
    return { slice: items.slice((page - 1) * perPage, page * perPage), headers };
  }
}
