// SPDX-License-Identifier: Apache-2.0
import { instantFromSeconds, type Instant } from '../tuf/instant.ts';
import { parseTargetPath, type TargetPath } from '../tuf/names.ts';
import type { SearchResult } from '../tuf/target-search.ts';
import { DEFAULT_LIMITS, withLimits, type ClientLimits } from './limits.ts';
import { findTarget, type Session } from './roles.ts';
import type { RepositorySource } from './source.ts';
import { oneAtATime, type TrustCache } from './store.ts';
import { requireFound, type FoundTarget } from './target-selection.ts';
import { requireBytes, requireDate, requireMethods, requireText } from './caller-values.ts';
import { refreshFromMirrors, startFromRoot } from './update.ts';

/**
 * A repository to read from. What {@link openHttpSource} gives has `mirrors`; a source of your own needs none, and may itself be asked in any order.
 */
export type ClientSource = RepositorySource & { readonly mirrors?: readonly RepositorySource[] };

/** What a client of one repository needs. */
export interface ClientOptions {
  /**
   * A root file of any version, trusted by other means: it ships with your program. JSON, UTF-8, as it was published. In the cache it takes the place of an
   * older one; a newer one there is gone on with, without a look at whether it follows from this one; another one of the same version, or of another
   * repository, is refused.
   */
  readonly root: Uint8Array;
  /** Where the repository is. Nothing that it says is believed. */
  readonly source: ClientSource;
  /** What is trusted between runs. Without one that lasts, old files can be shown to the next run as new. */
  readonly cache: TrustCache;
  /** In bytes; what is not given is as in {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<ClientLimits>;
  /** The moment that expiry is compared with, for checks that can be repeated. The system's clock at each update unless told. */
  readonly at?: Date;
}

/** A target that was found, and what its bytes are read with. */
export interface LocatedTarget {
  readonly found: FoundTarget;
  readonly session: Session;
  /** In order of preference: the one whose metadata verified is the likeliest to have the file. */
  readonly mirrors: readonly RepositorySource[];
}

/**
 * How an update began: with the given root in an empty cache (`created`), with what the cache held (`kept`), or with the given root in the place of one that
 * was older (`renewed`) or spoilt (`repaired`).
 */
export type UpdateStart = 'created' | 'kept' | 'renewed' | 'repaired';

/** When the first of the files runs out that a session rests on. */
function endOf({ set }: Session): Instant {
  const { root, timestamp, snapshot, targets } = set;
  let end = root.signed.expires;
  for (const file of [timestamp, snapshot, ...targets.values()]) {
    if (file !== null && file.signed.expires < end) end = file.signed.expires;
  }
  return end;
}

/** One repository over a long time: updates when it must, one operation at a time, so that no older state overtakes a newer one. */
export class RepositoryClient {
  readonly #root: Uint8Array;
  readonly #mirrors: readonly RepositorySource[];
  readonly #cache: TrustCache;
  readonly #limits: ClientLimits;
  readonly #at: Instant | null;
  #session: Session | null = null;
  #end: Instant | null = null;
  readonly #inTurn: <T>(work: () => Promise<T>) => Promise<T> = oneAtATime();

  /** @throws `expires-invalid` for an `at` that is no time, `usage` for an option of another type and a limit that is none */
  constructor({ root, source, cache, limits, at }: ClientOptions) {
    // Copied, so that nobody changes it between two updates.
    this.#root = Uint8Array.from(requireBytes(root, 'root'));
    requireMethods(source, ['metadata', 'target'], 'source');
    this.#mirrors = source.mirrors ?? [source];
    this.#cache = requireMethods(cache, ['exclusively'], 'cache');
    this.#limits = withLimits(DEFAULT_LIMITS, limits);
    this.#at = at === undefined ? null : instantFromSeconds(requireDate(at, 'at').getTime() / 1000);
  }

  /** Updates (TUF §5.3 to §5.6). @throws as {@link refreshFromMirrors} */
  async update(): Promise<{ readonly session: Session; readonly start: UpdateStart }> {
    return this.#alone(() => this.#update());
  }

  /** Looks for a target, after an update if there was none yet or what it gave has run out. @throws as `update`, `requireFound` */
  async locate(path: string): Promise<LocatedTarget | null> {
    const wanted = parseTargetPath(requireText(path, 'target'), 'target');
    return this.#alone(async () => {
      let { session, result } = await this.#search(wanted);
      // A role that was loaded just now was compared with the time of the update, which may be long ago.
      if (this.#hasRunOut()) ({ session, result } = await this.#search(wanted));
      if (result.kind === 'absent') return null;
      const { source } = session;
      return { found: requireFound(wanted, result), session, mirrors: [source, ...this.#mirrors.filter((mirror) => mirror !== source)] };
    });
  }

  #now(): Instant {
    return this.#at ?? instantFromSeconds(Date.now() / 1000);
  }

  #keep(session: Session): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#end = endOf(session);
  }

  #hasRunOut(): boolean {
    return this.#end === null || this.#end <= this.#now();
  }

  async #search(wanted: TargetPath): Promise<{ readonly session: Session; readonly result: SearchResult }> {
    const found = await findTarget(await this.#current(), wanted);
    this.#keep(found.session);
    return found;
  }

  async #current(): Promise<Session> {
    // What was fresh when it was verified need not be so any more.
    if (this.#session !== null && !this.#hasRunOut()) return this.#session;
    return (await this.#update()).session;
  }

  async #update(): Promise<{ readonly session: Session; readonly start: UpdateStart }> {
    this.#session = null;
    const time = this.#now();
    const start = await startFromRoot(this.#cache.store, this.#root, time);
    const session = await refreshFromMirrors(this.#mirrors, this.#cache.store, { time, limits: this.#limits });
    this.#keep(session);
    return { session, start };
  }

  /** Waits for what was begun before, in this client and elsewhere. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#cache.exclusively(work));
  }
}
