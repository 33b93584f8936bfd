// SPDX-License-Identifier: Apache-2.0
// Predicts what gathers come to: which events complete, from what people said and the policy. Plain rules of its own; it shares no code with what is tested.
import { heardOn, type History, type PullView } from './history.ts';
import type { Judge, Person } from './judge.ts';
import { isSignature, type SignedFile } from './signed-file.ts';

/** What a role's last signed file is. */
interface Signed {
  readonly version: number;
  readonly digest: string;
  readonly targets: ReadonlyMap<string, string>;
}

/** An open event of one role. */
interface Event {
  readonly number: number;
  readonly branch: string;
  readonly role: string;
  readonly version: number;
  readonly digest: string;
  readonly targets: ReadonlyMap<string, string>;
  /** The role's file where the event left the metadata branch. */
  readonly fork: Signed;
  /** How many people's signatures count, and whether they are enough. */
  readonly votes: number;
  readonly enough: boolean;
  /** Whether the bytes have a valid signature, or other bytes under the version have. */
  readonly signed: boolean;
  readonly resigned: boolean;
  readonly expired: boolean;
}

/** What was predicted. */
export interface Prediction {
  /** Numbers of the pull requests that complete. */
  readonly merged: ReadonlySet<number>;
  /** The last version of each role. */
  readonly versions: ReadonlyMap<string, number>;
  /**
   * Roles of which nothing is predicted: an event stands on what a writer has pushed to the metadata branch and taken back, and whether that stands in its way depends
   * on which other event comes first; or a writer has written over what people had signed.
   */
  readonly unsure: ReadonlySet<string>;
}

const ROLES = ['releases', 'docs'];
const RENEWAL_SECONDS = 30 * 86_400;
const PROPOSAL = 'sign/';

/** Whether people's signatures alone are counted, or also those that a custody key gives as its person's standing approval allows. */
export type Counting = 'posted' | 'with custody';

/** Predicts from the state as it is, when nothing goes wrong any more. */
export class Model {
  readonly #history: History;
  readonly #judge: Judge;
  readonly #nowSeconds: number;
  readonly #counting: Counting;
  readonly #unsure: Set<string> = new Set();
  readonly #bases: Map<string, Signed> = new Map();

  constructor(history: History, judge: Judge, nowSeconds: number, counting: Counting) {
    this.#history = history;
    this.#judge = judge;
    this.#nowSeconds = nowSeconds;
    this.#counting = counting;
  }

  /** What gathers come to, as often as they are repeated. */
  predict(): Prediction {
    const merged = new Set<number>();
    const versions = new Map<string, number>();
    for (const role of ROLES) {
      let base = this.#base(role);
      let events = this.#events(role);
      for (let round = 0; round < 200; round++) {
        const next = this.#next(role, base, events, merged);
        if (next === null) break;
        ({ base, events } = next);
      }
      versions.set(role, base.version);
    }
    return { merged, versions, unsure: this.#unsure };
  }

  /** One effect of a gather, in the order of numbers; null when none is left. */
  #next(role: string, base: Signed, events: readonly Event[], merged: Set<number>): { base: Signed; events: readonly Event[] } | null {
    const outdated = new Set(events.filter((event) => isOutdated(event, base)));
    // What is complete waits for nothing but what is complete too: more votes go first, then the older.
    const complete = events.filter((event) => !outdated.has(event) && !event.expired && event.enough);
    const first = complete.toSorted((a, b) => b.votes - a.votes || a.number - b.number)[0];
    for (const event of events.toSorted((a, b) => a.number - b.number)) {
      const others = events.filter((one) => one !== event);
      if (event === first) {
        // One branch may have two pull requests: both are merged then.
        const twins = others.filter((other) => other.branch === event.branch && other.digest === event.digest);
        for (const { number } of [event, ...twins]) merged.add(number);
        return { base: event, events: others.filter((other) => !twins.includes(other)) };
      }
      if (outdated.has(event)) return { base, events: [...others, ...this.#rebuilt(role, base, event, others)] };
    }
    return null;
  }

  /** An outdated event on the newest base: under its own version while nobody has signed that, else as a new one; or nothing is left of it. */
  #rebuilt(role: string, base: Signed, event: Event, others: readonly Event[]): readonly Event[] {
    const targets = applied(base.targets, event.fork.targets, event.targets);
    if (same(targets, base.targets)) return [];
    const taken = new Set([...this.#signedVersions(role, event, others), ...others.map(({ version }) => version)]);
    const keeps = !event.signed && !event.resigned && !taken.has(event.version) && event.version > base.version;
    const goesOn = others.some((one) => !isOutdated(one, base) && !one.expired && holds(one.targets, event.fork.targets, event.targets));
    if (!keeps && goesOn) return [];
    let version = keeps ? event.version : base.version + 1;
    if (!keeps) for (taken.add(event.version); taken.has(version);) version += 1;
    const number = keeps
      ? event.number
      : Math.max(event.number, ...others.map((one) => one.number), ...this.#history.view.pulls.keys()) + 1;
    return [
      {
        ...event,
        number,
        version,
        targets,
        digest: '',
        fork: base,
        votes: 0,
        enough: false,
        signed: false,
        resigned: false,
        expired: false,
      },
    ];
  }

  /** Versions that somebody has signed in events that did not complete. */
  #signedVersions(role: string, event: Event, others: readonly Event[]): ReadonlySet<number> {
    const versions = new Set<number>();
    const current = new Map([event, ...others].map(({ number, digest }) => [number, digest]));
    for (const pull of this.#history.view.pulls.values()) {
      if (pull.state === 'merged' || !pull.branch.startsWith(PROPOSAL)) continue;
      for (const { version } of this.#judge.others(role, current.get(pull.number) ?? null, heardOn(pull), this.#earlier(role, pull)))
        versions.add(version);
    }
    return versions;
  }

  /** Whether other bytes were signed under the version of a file in an event that is closed. */
  #signedInClosed(role: string, file: SignedFile): boolean {
    return [...this.#history.view.pulls.values()].some((pull) => {
      if (pull.state !== 'closed' || pull.base !== 'tuf' || !pull.branch.startsWith(PROPOSAL)) return false;
      return this.#judge
        .others(role, file.digest, heardOn(pull), this.#earlier(role, pull))
        .some(({ version }) => version === file.version);
    });
  }

  /** Every file of the role that the branch of a pull request ever had, by digest. */
  #earlier(role: string, { headSha }: PullView): ReadonlyMap<string, SignedFile> {
    const { commits } = this.#history;
    const files = commits.reachable(headSha).flatMap((commit) => commits.role(commit, role) ?? []);
    return new Map(files.map((file) => [file.digest, file]));
  }

  /** The last version of a role that enough people have signed. */
  signed(role: string): { readonly version: number; readonly digest: string } {
    return this.#base(role);
  }

  #base(role: string): Signed {
    const base = this.#bases.get(role) ?? this.#lastSigned(role);
    this.#bases.set(role, base);
    return base;
  }

  /** The last version of a role that enough people have signed: on the metadata branch as it ever was, as merged, and as published. */
  #lastSigned(role: string): Signed {
    const { commits, view } = this.#history;
    const merged = [...view.pulls.values()].flatMap(({ state, headSha }) => (state === 'merged' ? [headSha] : []));
    const heads = ['tuf', 'tuf-published'].flatMap((branch) => commits.head(branch) ?? []);
    const files = [...heads, ...merged].flatMap((head) => commits.reachable(head)).flatMap((commit) => commits.role(commit, role) ?? []);
    const published = commits.head('tuf-published');
    for (const path of published === null ? [] : commits.tree(published).keys()) {
      const file = path.endsWith(`.${role}.json`) ? commits.signed(published, path) : null;
      if (file !== null) files.push(file);
    }
    const [last] = files.filter((file) => this.#isSigned(role, file)).sort((a, b) => b.version - a.version);
    if (last === undefined) throw new Error(`no base of ${role}`);
    return last;
  }

  /** Whether a file itself holds enough signatures. The first version of a role is signed with the root, by whoever made it. */
  #isSigned(role: string, file: SignedFile): boolean {
    const { commits, start } = this.#history;
    if (file.digest === commits.role(start, role)?.digest) return true;
    const signers = new Map(this.#judge.signers(role).map((person) => [person.key.keyId, person]));
    const valid = [...file.signatures].filter(([keyId, sig]) => isSignedBy(signers.get(keyId), file, sig));
    return valid.length >= this.#judge.threshold(role);
  }

  #events(role: string): readonly Event[] {
    return [...this.#history.view.pulls.values()].flatMap((pull) => {
      if (pull.state !== 'open' || pull.base !== 'tuf' || !pull.branch.startsWith(PROPOSAL)) return [];
      return this.#eventOf(role, pull) ?? [];
    });
  }

  /** Null for what is no event of this role, or can't ever be one: it changes what nobody claims. */
  #eventOf(role: string, pull: PullView): Event | null {
    const { commits } = this.#history;
    const tuf = commits.head('tuf');
    const forkSha = tuf === null ? null : commits.mergeBase(tuf, pull.headSha);
    if (forkSha === null) return null;
    const [before, after] = [commits.tree(forkSha), commits.tree(pull.headSha)];
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
    const path = `metadata/${role}.json`;
    const file = commits.role(pull.headSha, role);
    // The last signed file of another role may be in it as well, where the metadata branch was taken back to before that; and stray metadata may be gone.
    const isSettled = (one: string): boolean => {
      const other = ROLES.find((name) => one === `metadata/${name}.json`);
      if (other === undefined) return one.startsWith('metadata/') && !after.has(one);
      const signed = commits.role(pull.headSha, other);
      return signed?.digest === this.#base(other).digest && this.#isSigned(other, signed);
    };
    const others = changed.filter((one) => one !== path && one !== 'event.json' && !isSettled(one));
    const writers = this.#history.moves.some(({ branch, by }) => branch === 'tuf' && by.startsWith('dave'));
    if (changed.includes(path) && others.length > 0 && writers && pull.branch.startsWith(`sign/${role}-`)) this.#unsure.add(role);
    // What no event can hold is taken off one that somebody has signed.
    const isJunk = (one: string): boolean => !/^metadata\/(root|targets|releases|docs)\.json$/.test(one);
    const isFreed = file !== null && others.every(isJunk) && this.#judge.isLive(role, file, pull.posts);
    if (!changed.includes(path) || (others.length > 0 && !isFreed) || file === null) return null;
    const fork = this.#forkedFrom(role, forkSha);
    const earlier = this.#earlier(role, pull);
    const resigned =
      this.#judge.others(role, file.digest, pull.posts, earlier).some(({ version }) => version === file.version) ||
      this.#signedInClosed(role, file);
    const votes = this.#supporters(role, file, pull);
    // What people have signed before somebody wrote over it is put back: then what is there now is not what completes.
    const over = [...earlier.values()].filter(({ digest }) => digest !== file.digest).map((one) => this.#supporters(role, one, pull));
    if (Math.max(0, ...over) > 0 && Math.max(...over) >= votes) this.#unsure.add(role);
    return {
      number: pull.number,
      branch: pull.branch,
      role,
      version: file.version,
      digest: file.digest,
      targets: file.targets,
      fork,
      votes,
      enough: votes >= this.#judge.threshold(role),
      signed: this.#judge.isLive(role, file, pull.posts),
      resigned,
      expired: Date.parse(file.expires) / 1000 - this.#nowSeconds <= RENEWAL_SECONDS,
    };
  }

  /** The last signed file of a role at a commit; where that has another, the last one before it, and where there is none, one without targets. */
  #forkedFrom(role: string, commit: string): Signed {
    const { commits } = this.#history;
    const there = commits.role(commit, role);
    if (there !== null && this.#isSigned(role, there)) return there;
    const signed = commits
      .reachable(commit)
      .flatMap((one) => commits.role(one, role) ?? [])
      .filter((file) => this.#isSigned(role, file));
    return signed.sort((a, b) => b.version - a.version)[0] ?? { ...this.#base(role), digest: '', targets: new Map() };
  }

  #supporters(role: string, file: SignedFile, { posts }: PullView): number {
    const people = new Set(this.#judge.counted(role, file, posts).keys());
    if (this.#counting === 'with custody') {
      for (const person of this.#judge.signers(role))
        if (person.custody && this.#judge.approves(person, role, file.digest, posts)) people.add(person);
    }
    return people.size;
  }
}

function isSignedBy(person: Person | undefined, { payload }: SignedFile, sig: string): boolean {
  return person !== undefined && isSignature(person.key, payload, sig);
}

/** Whether the base has moved under an event, or past it; or other bytes were signed under its version. */
function isOutdated({ resigned, version, digest: _digest, fork, targets }: Event, base: Signed): boolean {
  if (resigned || version <= base.version) return true;
  if (fork.digest === base.digest) return false;
  const paths = new Set([...base.targets.keys(), ...targets.keys()]);
  return [...paths].some((path) => base.targets.get(path) !== targets.get(path) && fork.targets.get(path) === targets.get(path));
}

/** `base` with what differs between `before` and `after`. */
function applied(
  base: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const result = new Map(base);
  for (const path of before.keys()) if (!after.has(path)) result.delete(path);
  for (const [path, entry] of after) if (before.get(path) !== entry) result.set(path, entry);
  return result;
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, entry]) => b.get(path) === entry);
}

/** Whether targets have all that differs between `before` and `after`. */
function holds(targets: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  return same(applied(targets, before, after), targets);
}
