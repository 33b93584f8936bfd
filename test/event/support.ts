// SPDX-License-Identifier: Apache-2.0
// Facts for decisions, made in memory with real signatures. The repository of most tests: alice and bob sign root and targets; targets delegates
// `v*/*` to releases, of which carol, dave and erin are the signers and two are needed; erin's key is in custody.
import { createHash } from 'node:crypto';
import { computeBase, type Base, type Candidate, type Finding, type Source } from '../../src/event/base.ts';
import type { EventFacts, EventStatus } from '../../src/event/facts.ts';
import { evaluateEvent, type SignedElsewhere } from '../../src/event/evaluate.ts';
import { parseAccountId, type Account, type Comment, type CommitSha, type Review, type ReviewState } from '../../src/trust/accounts.ts';
import { encodeCountersignatures, type Countersignature } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { asObject, objectField } from '../../src/tuf/fields.ts';
import { parseInstant, type Instant } from '../../src/tuf/instant.ts';
import { parseJson } from '../../src/tuf/json.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName, parseVersion, type RoleName } from '../../src/tuf/names.ts';
import { objectFromPlain, type PlainObject } from '../fakes/plain-json.ts';
import { EXPIRES, REPOSITORY_ID } from '../fakes/repository-builder.ts';
import { ed25519Signer, SNAPSHOT_KEY, TIMESTAMP_KEY, type TestSigner } from '../fakes/test-signer.ts';

export const NOW: Instant = parseInstant('2030-07-01T00:00:00Z', 'now');
export const DAY = 86_400;
/** When what targets roles list expires: 184 days after {@link NOW}. */
export const LATER: string = EXPIRES;
export const OTHER_REPOSITORY = '00000000-0000-4000-8000-000000000000';

/** A person of a test: a name, a key, an account id (null: none). */
export interface Member {
  readonly name: string;
  readonly signer: TestSigner;
  readonly account: Account | null;
  readonly custody: boolean;
}

/** A person whose key is made of their name. */
export function member(name: string, id: number | null, change: Partial<Member> = {}): Member {
  const account = id === null ? null : { id: parseAccountId(id, name), login: name };
  return { name, signer: ed25519Signer(name), account, custody: false, ...change };
}

export const ALICE: Member = member('alice', 1);
export const BOB: Member = member('bob', 2);
export const CAROL: Member = member('carol', 3);
export const DAVE: Member = member('dave', 4);
export const ERIN: Member = member('erin', 5, { custody: true });
/** Signs detached. */
export const FRANK: Member = member('frank', null);
/** Has write access, and a key of which no repository knows. */
export const MALLORY: Member = member('mallory', 66);

export interface Quorum {
  readonly signers: readonly Member[];
  readonly threshold: number;
}
export interface DelegationSpec extends Quorum {
  readonly name: string;
  readonly paths?: string[];
  readonly terminating?: boolean;
}

export const PERIODS: PlainObject = {
  root: { expires: 365 * DAY, renew: 60 * DAY },
  targets: { expires: 365 * DAY, renew: 60 * DAY },
  snapshot: { expires: 30 * DAY, renew: 15 * DAY },
  timestamp: { expires: 7 * DAY, renew: 6 * DAY },
};
const ROLE_PERIOD: PlainObject = { expires: 90 * DAY, renew: 30 * DAY };

export function peopleOf(members: readonly Member[]): PlainObject {
  return Object.fromEntries(
    members.map(({ name, signer, account, custody }) => [
      signer.keyId,
      { name, custody, github: account === null ? null : { id: account.id, login: account.login } },
    ]),
  );
}

function quorumOf({ signers, threshold }: Quorum): PlainObject {
  return { keyids: signers.map(({ signer }) => signer.keyId), threshold };
}

function keysOf(members: readonly { readonly signer: TestSigner }[]): PlainObject {
  return Object.fromEntries(members.map(({ signer }) => [signer.keyId, signer.key]));
}

/** What of a root differs from the one of most tests. */
export interface RootSpec {
  readonly version?: number;
  readonly root?: Quorum;
  readonly targets?: Quorum;
  readonly snapshot?: readonly TestSigner[];
  readonly timestamp?: readonly TestSigner[];
  readonly expires?: string;
  readonly binding?: PlainObject;
  readonly extra?: PlainObject;
}

export function rootSigned(spec: RootSpec = {}): PlainObject {
  const { version = 1, expires = LATER, snapshot = [SNAPSHOT_KEY], timestamp = [TIMESTAMP_KEY] } = spec;
  const root = spec.root ?? { signers: [ALICE, BOB], threshold: 2 };
  const targets = spec.targets ?? { signers: [ALICE, BOB], threshold: 2 };
  const people = [...root.signers, ...targets.signers];
  const online = (keys: readonly TestSigner[]): Quorum => ({ signers: keys.map((signer) => ({ ...ALICE, signer })), threshold: 1 });
  return {
    _type: 'root',
    spec_version: '1.0.0',
    version,
    expires,
    consistent_snapshot: true,
    keys: { ...keysOf(people), ...keysOf([...snapshot, ...timestamp].map((signer) => ({ signer }))) },
    roles: {
      root: quorumOf(root),
      targets: quorumOf(targets),
      snapshot: quorumOf(online(snapshot)),
      timestamp: quorumOf(online(timestamp)),
    },
    'x-countersign': { repository: REPOSITORY_ID, role: 'root', people: peopleOf(people), periods: PERIODS, ...spec.binding },
    ...spec.extra,
  };
}

/** What a targets role says. */
export interface TargetsSpec {
  readonly role?: string;
  readonly version?: number;
  /** Contents by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly delegations?: readonly DelegationSpec[];
  readonly expires?: string;
  readonly binding?: PlainObject;
  readonly extra?: PlainObject;
}

export function entryOf(text: string, more: PlainObject = {}): PlainObject {
  return { length: Buffer.byteLength(text), hashes: { sha256: createHash('sha256').update(text).digest('hex') }, ...more };
}

export function targetsSigned(spec: TargetsSpec): PlainObject {
  const { role = 'releases', version = 1, files = {}, delegations, expires = LATER } = spec;
  const signers = (delegations ?? []).flatMap((one) => one.signers);
  const periods = Object.fromEntries((delegations ?? []).map(({ name }) => [name, ROLE_PERIOD]));
  return {
    _type: 'targets',
    spec_version: '1.0.0',
    version,
    expires,
    targets: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, entryOf(text)])),
    delegations:
      delegations === undefined
        ? undefined
        : {
            keys: keysOf(signers),
            roles: delegations.map((one) => ({
              name: one.name,
              paths: one.paths ?? ['v*/*'],
              terminating: one.terminating ?? true,
              ...quorumOf(one),
            })),
          },
    'x-countersign': {
      repository: REPOSITORY_ID,
      role,
      ...(delegations === undefined ? {} : { people: peopleOf(signers), periods }),
      ...spec.binding,
    },
    ...spec.extra,
  };
}

/** The delegation of most tests. */
export const RELEASES: DelegationSpec = { name: 'releases', signers: [CAROL, DAVE, ERIN], threshold: 2 };
export const RELEASES_ROLE: RoleName = parseTargetsRoleName('releases', 'role');

/** The targets file of most tests. */
export function topTargets(spec: TargetsSpec = {}): PlainObject {
  return targetsSigned({ role: 'targets', delegations: [RELEASES], ...spec });
}

/** A file with the signatures of these members, right or not. */
export function seal(signed: PlainObject, signers: readonly Member[] = []): Uint8Array {
  const value = objectFromPlain(signed);
  const payload = encodeCanonicalJson(value);
  return encodeMetadata(
    value,
    signers.map(({ signer }) => ({ keyId: parseKeyId(signer.keyId, 'keyid'), sig: signer.sign(payload) })),
  );
}

export function payloadOf(file: Uint8Array): Uint8Array {
  return encodeCanonicalJson(objectField(asObject(parseJson(file), '$'), 'signed', '$'));
}

export function digestOf(file: Uint8Array): PayloadDigest {
  return payloadDigest(payloadOf(file));
}

/** Candidate files by role, each with where it was found. */
export type Found = Readonly<Record<string, readonly (readonly [Source, Uint8Array])[]>>;

function candidates(found: readonly (readonly [Source, Uint8Array])[] = []): readonly Candidate[] {
  return found.map(([source, bytes]) => ({ source, bytes }));
}

export function compute(
  found: Found,
  anchor: PayloadDigest | null = null,
): { readonly base: Base | null; readonly findings: readonly Finding[] } {
  const { root, ...roles } = found;
  return computeBase(
    {
      roots: candidates(root),
      roles: new Map(Object.entries(roles).map(([name, files]) => [parseTargetsRoleName(name, 'role'), candidates(files)])),
    },
    anchor,
  );
}

/** The files of a base, as every source has them. */
export interface World {
  readonly roots: readonly Uint8Array[];
  readonly roles: Readonly<Record<string, Uint8Array>>;
}

export function world(spec: { readonly root?: RootSpec; readonly targets?: TargetsSpec; readonly releases?: TargetsSpec } = {}): World {
  return {
    roots: [seal(rootSigned(spec.root), [ALICE, BOB])],
    roles: {
      targets: seal(topTargets(spec.targets), [ALICE, BOB]),
      releases: seal(targetsSigned({ files: { 'v1/app': 'one' }, ...spec.releases }), [CAROL, DAVE]),
    },
  };
}

export function baseOf({ roots, roles }: World): Base {
  const all: readonly Source[] = ['live', 'published', 'metadata-branch'];
  const everywhere = (files: readonly Uint8Array[]) => all.flatMap((source) => files.map((bytes) => [source, bytes] as const));
  const found: Found = {
    root: everywhere(roots),
    ...Object.fromEntries(Object.entries(roles).map(([name, bytes]) => [name, everywhere([bytes])])),
  };
  const { base, findings } = compute(found);
  if (base === null || findings.length > 0) throw new Error(`the world of a test must verify: ${JSON.stringify(findings)}`);
  return base;
}

export const WORLD: World = world();
export const BASE: Base = baseOf(WORLD);

/** One line of a block: what a member's key says of a file. */
export function lineOf(by: Member, role: string, file: Uint8Array, change: Partial<Countersignature> = {}): Countersignature {
  const payload = payloadOf(file);
  const version = objectField(asObject(parseJson(file), '$'), 'signed', '$').get('version');
  return {
    repository: parseRepositoryId(REPOSITORY_ID, 'id'),
    role,
    version: parseVersion(typeof version === 'number' ? version : 0, 'version'),
    payload: payloadDigest(payload),
    keyId: parseKeyId(by.signer.keyId, 'keyid'),
    sig: by.signer.sign(payload),
    ...change,
  };
}

export const HEAD: CommitSha = '1111111111111111111111111111111111111111' as CommitSha;
export const OLD_COMMIT: CommitSha = '2222222222222222222222222222222222222222' as CommitSha;

function accountOf({ name, account }: Member): Account {
  return account ?? { id: parseAccountId(999, name), login: name };
}

/** A review by a member; the body holds `lines` when there are any. */
export function review(
  author: Member,
  lines: readonly Countersignature[] = [],
  state: ReviewState = 'APPROVED',
  commitSha: CommitSha | null = HEAD,
): Review {
  return { id: 1, author: accountOf(author), state, body: lines.length === 0 ? '' : encodeCountersignatures(lines), commitSha };
}

export function comment(author: Member, lines: readonly Countersignature[]): Comment {
  return { id: 1, author: accountOf(author), body: encodeCountersignatures(lines) };
}

/** What of an event differs from an empty one. */
export interface EventSpec {
  readonly number?: number;
  readonly branch?: string;
  readonly changes: Readonly<Record<string, Uint8Array | null>>;
  readonly forkedFrom?: Readonly<Record<string, Uint8Array>>;
  readonly reviews?: readonly Review[];
  readonly comments?: readonly Comment[];
  /** The files at {@link OLD_COMMIT}. */
  readonly before?: Readonly<Record<string, Uint8Array>>;
  readonly earlier?: readonly Uint8Array[];
  /** Who of those that say something may write; everybody where it is not given. */
  readonly writers?: readonly Account[];
  /** Commits at which people reviewed other files than the head's. */
  readonly rewritten?: readonly CommitSha[];
  /** Of those, the ones with files that no event can hold. */
  readonly littered?: readonly CommitSha[];
}

function roleOfPath(path: string): string {
  return path.slice('metadata/'.length, -'.json'.length);
}

function digestsOf(files: Readonly<Record<string, Uint8Array | null>>): ReadonlyMap<string, PayloadDigest> {
  const digests = new Map<string, PayloadDigest>();
  for (const [path, bytes] of Object.entries(files)) {
    try {
      if (bytes !== null) digests.set(roleOfPath(path), digestOf(bytes));
    } catch {
      // Tests propose files that can't be read; they have no digest then.
    }
  }
  return digests;
}

/** Those of some files that can be read, by the digest of their payload. */
function payloadsOf(files: readonly (Uint8Array | null)[]): ReadonlyMap<PayloadDigest, Uint8Array> {
  const payloads = new Map<PayloadDigest, Uint8Array>();
  for (const file of files) {
    try {
      if (file !== null) payloads.set(digestOf(file), payloadOf(file));
    } catch {
      // As above.
    }
  }
  return payloads;
}

export function eventOf(spec: EventSpec): EventFacts {
  const { number = 7, changes, reviews = [], comments = [], earlier = [] } = spec;
  const branch = spec.branch ?? `sign/e${String(number)}`;
  const bot = { id: parseAccountId(1000, 'bot'), login: 'bot' };
  const forked = spec.forkedFrom ?? WORLD.roles;
  return {
    pull: { number, headSha: HEAD, author: bot, url: `https://forge.test/pull/${String(number)}`, branch },
    changes: new Map(Object.entries(changes)),
    forkedFrom: new Map(Object.entries(forked).map(([role, bytes]) => [parseTargetsRoleName(role, 'role'), bytes])),
    reviews,
    comments,
    automation: new Set([bot.id]),
    writers: new Set((spec.writers ?? [...reviews, ...comments].map(({ author }) => author)).map(({ id }) => id)),
    rewritten: new Set(spec.rewritten ?? []),
    littered: new Set(spec.littered ?? []),
    payloadsAt: new Map([
      [HEAD, digestsOf(changes)],
      [OLD_COMMIT, digestsOf(spec.before ?? {})],
    ]),
    earlierPayloads: payloadsOf([...earlier, ...Object.values(changes), ...Object.values(spec.before ?? {})]),
  };
}

export const RELEASES_PATH = 'metadata/releases.json';
export const TARGETS_PATH = 'metadata/targets.json';

/** Version 2 of releases, with one more file. */
export const NEXT: Uint8Array = seal(targetsSigned({ version: 2, files: { 'v1/app': 'one', 'v2/app': 'two' } }));

/** An event that proposes {@link NEXT}, signed by these in reviews of their own. */
export function signedBy(members: readonly Member[], change: Partial<EventSpec> = {}): EventFacts {
  const file = change.changes?.[RELEASES_PATH] ?? NEXT;
  return eventOf({
    changes: { [RELEASES_PATH]: file },
    reviews: members.map((one) => review(one, [lineOf(one, 'releases', file)])),
    ...change,
  });
}

/** A root with its copy in the history, as a proposal brings it. */
export function rootChanges(file: Uint8Array, version: number): Record<string, Uint8Array> {
  return { 'metadata/root.json': file, [`metadata/root_history/${String(version)}.root.json`]: file };
}

export function evaluate(
  facts: EventFacts,
  base: Base | null = BASE,
  now: Instant = NOW,
  signed: SignedElsewhere = new Map(),
): EventStatus {
  return evaluateEvent(facts, base, signed, now);
}

/** A status in a few words: `waiting 1/2`, `invalid rollback`. */
export function verdict(status: EventStatus): string {
  const counts = status.roles.flatMap(({ requirements }) =>
    requirements.map(({ votes, needed }) => `${String(votes.length)}/${String(needed)}`),
  );
  const codes = [...new Set(status.problems.map(({ code }) => code))];
  return [status.state, ...(codes.length > 0 ? codes : counts)].join(' ');
}

/** Names of those whose signatures count, over all roles. */
export function votes(status: EventStatus): readonly string[] {
  return [...new Set(status.roles.flatMap(({ requirements }) => requirements.flatMap((one) => one.votes.map(({ person }) => person))))];
}

/** Codes of what was ignored, over all roles. */
export function ignoredCodes(status: EventStatus): readonly string[] {
  return status.roles.flatMap(({ ignored }) => ignored.map(({ code }) => code));
}

/** Each row's answer, by the row's sentence. */
export function answers(rows: Readonly<Record<string, () => unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(rows).map(([sentence, answer]) => [sentence, answer()]));
}

/** The verdict on an event, on {@link BASE}. */
export const judged = (facts: EventFacts): string => verdict(evaluate(facts));
/** A version of releases, unsigned. */
export const releases = (version: number, files: Record<string, string>, more: Partial<TargetsSpec> = {}): Uint8Array =>
  seal(targetsSigned({ version, files: { 'v1/app': 'one', ...files }, ...more }));

/** A proposal of {@link NEXT} with these reviews and comments. */
export function next(more: Partial<EventSpec>): EventFacts {
  return eventOf({ changes: { [RELEASES_PATH]: NEXT }, ...more });
}

const NEW_SIGNERS: DelegationSpec = { ...RELEASES, signers: [DAVE, MALLORY], threshold: 2 };
/** Version 2 of targets, which gives releases to dave and mallory. */
export const NEW_TOP: Uint8Array = seal(topTargets({ version: 2, delegations: [NEW_SIGNERS] }));

/** An event of a new delegator and a role below it. */
export function handOver(top: readonly Member[], role: readonly Member[], file: Uint8Array = NEW_TOP): EventFacts {
  return eventOf({
    changes: { [TARGETS_PATH]: file, [RELEASES_PATH]: NEXT },
    reviews: [
      ...top.map((one) => review(one, [lineOf(one, 'targets', file)])),
      ...role.map((one) => review(one, [lineOf(one, 'releases', NEXT)])),
    ],
  });
}
