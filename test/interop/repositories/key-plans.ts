// SPDX-License-Identifier: Apache-2.0
// Kinds of keys, thresholds, and what happens to keys over time.
import { ed25519Key, KEYS, misnamedKey, namedKey, type KeyKind, type SigningKey } from './keys.ts';
import { single, type RepositoryPlan } from './repository-plan.ts';
import type { RepositoryContent, RoleSigners, RootContent } from './writer.ts';

const TARGETS = { 'v1/app.txt': 'the application\n' };

/** ed25519 keys by name; all must sign. */
export async function people(...names: readonly string[]): Promise<RoleSigners> {
  return { keys: await Promise.all(names.map(ed25519Key)) };
}

/** A root with two people and one key for each online role. */
export async function plainRoot(change: Partial<RootContent> = {}): Promise<RootContent> {
  const both = await people('alice', 'bob');
  return { root: both, targets: both, snapshot: await people('snapshot'), timestamp: await people('timestamp'), ...change };
}

/** `targets` delegates to `releases`, by name unless a pattern is given. */
export function releasesOf(signers: RoleSigners, pattern = 'v1/app.txt'): Pick<RepositoryContent, 'targets' | 'roles'> {
  return { targets: { delegations: [{ name: 'releases', paths: [pattern], ...signers }] }, roles: { releases: { targets: TARGETS } } };
}

/** A repository in which every role has these keys. */
function oneKind(id: string, keys: readonly SigningKey[], pattern?: string): RepositoryPlan {
  const all = { keys };
  const one = { keys: keys.slice(0, 1) };
  return single(id, { roots: [{ root: all, targets: all, snapshot: one, timestamp: one }], ...releasesOf(all, pattern) }, TARGETS);
}

async function kind(id: string, ...kinds: readonly KeyKind[]): Promise<RepositoryPlan> {
  return oneKind(id, await Promise.all(kinds.map((name) => KEYS[name]())));
}

/** A key in a role that nothing is asked of: clients that read all of a file meet it anyway. */
async function bystander(): Promise<RepositoryPlan> {
  const { targets, roles } = releasesOf(await people('carol'));
  const other = { name: 'other', paths: ['other/file.txt'], keys: [await KEYS.p384()] };
  const delegations = [...(targets.delegations ?? []), other];
  return single('key-p384-bystander', { roots: [await plainRoot()], targets: { delegations }, ...(roles ? { roles } : {}) }, TARGETS);
}

async function thresholds(): Promise<RepositoryPlan> {
  const three = { ...(await people('alice', 'bob', 'carol')), threshold: 2 };
  return single('threshold-2-of-3', { roots: [await plainRoot({ root: three, targets: three })], ...releasesOf(three) }, TARGETS);
}

async function rotations(): Promise<readonly RepositoryPlan[]> {
  const releases = releasesOf(await people('carol'));
  const first = await plainRoot();
  const second = { ...first, root: await people('alice', 'dave'), targets: await people('alice', 'dave') };
  const third = { ...second, root: await people('erin', 'dave') };
  const online = { ...first, snapshot: await people('new snapshot'), timestamp: await people('new timestamp') };
  const before: RepositoryContent = { roots: [first], ...releases };
  const rotated: RepositoryContent = { roots: [first, second, third], version: 2, ...releases };
  const onlineRotated: RepositoryContent = { roots: [first, online], version: 2, ...releases };
  const retired = [...first.snapshot.keys, ...first.timestamp.keys];
  const recovered: RepositoryContent = { roots: [first, online], version: 1, ...releases };
  return [
    single('root-rotated-twice', rotated, TARGETS),
    single('root-rotated-returning', rotated, TARGETS, { states: [{ content: before }, { content: rotated }] }),
    single('online-keys-rotated', onlineRotated, TARGETS),
    single('online-keys-rotated-returning', onlineRotated, TARGETS, { states: [{ content: before }, { content: onlineRotated }] }),
    single('online-keys-overlap', { ...onlineRotated, retired }, TARGETS),
    single('fast-forward-recovery', recovered, TARGETS, {
      states: [{ content: { ...before, version: 9 } }, { content: recovered }],
    }),
  ];
}

/** Bytes with one bit changed, in the middle. */
function flip(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = copy.length >> 1;
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function flipAll(matching: RegExp): (files: Map<string, Uint8Array>) => void {
  return (files) => {
    for (const [path, bytes] of files) if (matching.test(path)) files.set(path, flip(bytes));
  };
}

async function attacks(): Promise<readonly RepositoryPlan[]> {
  const releases = releasesOf(await people('carol'));
  const content: RepositoryContent = { roots: [await plainRoot()], ...releases };
  const later = { ...content, version: 2 };
  return [
    single('attack-target-changed', content, TARGETS, { states: [{ content, change: flipAll(/^targets\//) }] }),
    single('attack-rollback', content, TARGETS, { states: [{ content: later }, { content }] }),
    single('attack-expired', content, TARGETS, { states: [{ content, daysAgo: 400 }] }),
    single('attack-signature-changed', content, TARGETS, { states: [{ content, change: breakSignature }] }),
  ];
}

/** Changes the first byte of the timestamp's signature. */
function breakSignature(files: Map<string, Uint8Array>): void {
  const text = new TextDecoder().decode(files.get('metadata/timestamp.json'));
  const [start = ''] = /"sig": "[0-9a-f]{2}/.exec(text) ?? [];
  if (start === '') throw new Error('expected a signature in the timestamp, got none');
  const other = `${start.slice(0, -2)}${start.endsWith('00') ? '01' : '00'}`;
  files.set('metadata/timestamp.json', new TextEncoder().encode(text.replace(start, other)));
}

/** All of them. */
export async function keyPlans(): Promise<readonly RepositoryPlan[]> {
  return [
    oneKind('core-ed25519', (await people('alice', 'bob')).keys, 'v*/*'),
    oneKind('core-p256', [await KEYS.p256(), await KEYS['p256-other']()], 'v*/*'),
    await kind('key-p256-nistp', 'p256-nistp'),
    await kind('key-p384', 'p384'),
    await kind('key-p384-nistp', 'p384-nistp'),
    await bystander(),
    await kind('key-rsa', 'rsa'),
    await kind('key-rsa-sha384', 'rsa-sha384'),
    await kind('key-rsa-sha512', 'rsa-sha512'),
    await kind('key-ml-dsa-44', 'ml-dsa-44'),
    await kind('key-ml-dsa-65', 'ml-dsa-65'),
    await kind('key-ml-dsa-87', 'ml-dsa-87'),
    oneKind('keyid-before-fields', [await misnamedKey('alice'), await misnamedKey('bob')]),
    oneKind('keyid-any-text', [await namedKey('alice'), await namedKey('bob')]),
    oneKind('keyid-twice', [await ed25519Key('alice'), await namedKey('alice')]),
    await thresholds(),
    ...(await rotations()),
    ...(await attacks()),
  ];
}
