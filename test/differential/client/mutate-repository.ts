// SPDX-License-Identifier: Apache-2.0
// Mutations of the repository as a whole: files withheld, exchanged, rolled back or mixed, chains of roots, clocks, bytes of targets.
import { addSeconds, encodeInstant, instantFromSeconds } from '../../../src/tuf/instant.ts';
import {
  build,
  changeFile,
  copyDraft,
  copyMembers,
  fileNamed,
  newFile,
  replaceFile,
  type Draft,
  type FileDraft,
  type Members,
} from './draft.ts';
import { anyOf, anyRole, membersAt, type CaseDraft, type Mutation } from './mutation.ts';
import { EXPIRES } from './shapes.ts';
import { person } from './signers.ts';

/** Changes what is served, last of all. */
function publish(draft: CaseDraft, change: (files: Map<string, Buffer>) => string | null): true {
  draft.now.published.push((files) => {
    draft.notes.push(change(files) ?? 'nothing');
  });
  return true;
}

function anyPath({ random }: CaseDraft, files: ReadonlyMap<string, Buffer>): string | null {
  const paths = [...files.keys()].sort();
  const wanted = random.chance(70) ? paths.filter((path) => path.startsWith('metadata/')) : paths;
  return anyOf(random, wanted);
}

/**
 * A file is not there; of a target none of its copies. Which of the listed hashes a client puts into the name that it asks for is its own choice
 * (TUF 5.7.3): that one copy is missing would say nothing about what it accepts.
 */
function withhold(draft: CaseDraft): boolean {
  return publish(draft, (files) => {
    const path = anyPath(draft, files);
    const bytes = path === null ? undefined : files.get(path);
    if (path === null || bytes === undefined) return null;
    const isTarget = path.startsWith('targets/');
    for (const [other, same] of [...files])
      if (other === path || (isTarget && other.startsWith('targets/') && same.equals(bytes))) files.delete(other);
    return `${shortPath(path)} is not there`;
  });
}

/** Without hashes: those of signed files differ from run to run. */
function shortPath(path: string): string {
  return path.replace(/[0-9a-f]{64,128}/, 'HASH');
}

function exchange(draft: CaseDraft): boolean {
  return publish(draft, (files) => {
    const [one, other] = [anyPath(draft, files), anyPath(draft, files)];
    const bytes = one === null ? undefined : files.get(one);
    if (one === null || other === null || bytes === undefined) return null;
    files.set(other, bytes);
    return `${shortPath(other)} is ${shortPath(one)}`;
  });
}

/** A returning client meets files of an earlier state: all, or some. */
function rollBack(draft: CaseDraft): boolean {
  const { random, shape } = draft;
  draft.earlier = shape.now;
  if (draft.now.published.length > 0) return false;
  if (random.chance(40)) {
    const old = copyDraft(shape.earlier);
    Object.assign(draft.now, { snapshot: old.snapshot, timestamp: old.timestamp });
    if (random.chance(50)) for (const [name, file] of old.roles) draft.now.roles.set(name, file);
    draft.notes.push('the snapshot and timestamp are older ones');
    return true;
  }
  const name = random.pick(['timestamp', 'snapshot', 'targets', anyRole(draft) ?? 'targets']);
  replaceFile(draft.now, name, fileNamed(shape.earlier, name));
  draft.notes.push(`${name} is an older one, and listed so`);
  return true;
}

/** Files of two states side by side, each of them validly signed. */
function mix(draft: CaseDraft): boolean {
  const { random, shape } = draft;
  draft.earlier = random.chance(50) ? shape.earlier : null;
  return publish(draft, (files) => {
    const old = build(shape.earlier);
    const path = random.pick([
      'metadata/timestamp.json',
      'metadata/snapshot.json',
      'metadata/3.snapshot.json',
      'metadata/2.targets.json',
      'metadata/targets.json',
    ]);
    const from = path.replace(/3\.snapshot|2\.targets/, (name) => `1.${name.slice(2)}`);
    const bytes = old.get(from);
    if (bytes === undefined) return null;
    files.set(path, bytes);
    return `${path} is ${from} of the earlier state`;
  });
}

function withVersion(file: FileDraft, version: number): FileDraft {
  return newFile(copyMembers(file.signed).set('version', version), file.signers);
}

/** A client that has seen very high versions, with keys that were since replaced, or not (TUF 5.3.11). */
function fastForward(draft: CaseDraft): boolean {
  const { random, now, shape } = draft;
  const before = copyDraft(shape.earlier);
  const file = random.pick(['timestamp', 'snapshot', 'targets', anyRole(draft) ?? 'targets']);
  replaceFile(before, file, withVersion(fileNamed(before, file), 1000));
  draft.earlier = before;
  const rotated = random.some(['timestamp', 'snapshot'] as const, random.below(3));
  if (rotated.length > 0) {
    const root = nextRoot(now);
    for (const role of rotated) {
      const fresh = person(`new ${role}`);
      addKey(root.signed, role, fresh.keyId, fresh.key);
      replaceFile(now, role, newFile(fileNamed(now, role).signed, [fresh]));
    }
    now.roots.push(root);
  }
  draft.notes.push(`${file} was at version 1000; replaced keys: ${rotated.join(', ') || 'none'}`);
  return true;
}

/** The next root, a copy of the last one. */
function nextRoot(draft: Draft): FileDraft {
  const last = draft.roots.at(-1);
  if (last === undefined) throw new Error('the draft has no root');
  const version = draft.roots.length + 1;
  const { signed } = withVersion(last, version);
  return newFile(signed, last.signers);
}

function addKey(root: Members, role: string, keyId: string, key: object): void {
  const keys = membersAt(root, 'keys');
  const ids = membersAt(root, 'roles', role);
  const keyval = 'keyval' in key && typeof key.keyval === 'object' ? key.keyval : null;
  const raw: Members = new Map(Object.entries(key).filter(([name]) => name !== 'keyval') as [string, string][]);
  keys?.set(keyId, raw.set('keyval', new Map(Object.entries(keyval ?? {}) as [string, string][])));
  ids?.set('keyids', [keyId]).set('threshold', 1);
}

/** Another root follows, right or wrong. */
function changeRoots(draft: CaseDraft): boolean {
  const { random, now, notes } = draft;
  const root = nextRoot(now);
  const version = now.roots.length + 1;
  const newcomer = person('newcomer');
  switch (random.below(9)) {
    case 0:
      notes.push('one more root');
      now.roots.push(root);
      return true;
    case 1:
      notes.push('one more root, of a version too high');
      root.signed.set('version', version + 1);
      now.roots.push(root);
      return true;
    case 2:
      notes.push('one more root, of the same version');
      root.signed.set('version', version - 1);
      now.roots.push(root);
      return true;
    case 3: {
      notes.push('one more root with other keys, signed by the old ones');
      addKey(root.signed, 'root', newcomer.keyId, newcomer.key);
      now.roots.push(root);
      return true;
    }
    case 4:
      notes.push('one more root with other keys, signed by the new one');
      addKey(root.signed, 'root', newcomer.keyId, newcomer.key);
      now.roots.push(newFile(root.signed, [newcomer]));
      return true;
    case 5:
      notes.push('one more root with other keys, signed by all');
      addKey(root.signed, 'root', newcomer.keyId, newcomer.key);
      now.roots.push(newFile(root.signed, [...root.signers, newcomer]));
      return true;
    case 6: {
      notes.push('an expired root, and one more');
      const expired = newFile(copyMembers(root.signed).set('expires', '2029-01-01T00:00:00Z'), root.signers);
      now.roots.push(expired);
      if (random.chance(60)) now.roots.push(newFile(copyMembers(root.signed).set('version', version + 1), root.signers));
      return true;
    }
    case 7:
      return publish(draft, (files) => {
        const path = `metadata/${String(1 + random.below(now.roots.length))}.root.json`;
        files.delete(path);
        return `${path} is not there`;
      });
    default: {
      notes.push('one more root: the first one, with the next version and without new signatures');
      const first = now.roots[0];
      if (first === undefined) return false;
      now.roots.push(newFile(copyMembers(first.signed).set('version', version), random.chance(50) ? first.signers : []));
      return true;
    }
  }
}

/** The clock is another one, or the expiry of one file comes near. */
function changeClock(draft: CaseDraft): boolean {
  const { random, now, notes } = draft;
  const expiry = instantFromSeconds(Date.parse(EXPIRES) / 1000);
  if (random.chance(40)) {
    draft.time = random.pick([expiry - 1, expiry, expiry + 1, 0, 86_400, 4_102_444_800, expiry - 86_400]);
    notes.push(`the time is ${encodeInstant(instantFromSeconds(draft.time))}`);
    return true;
  }
  const names = [`root-${String(now.roots.length)}`, 'timestamp', 'snapshot', ...now.roles.keys()];
  const name = anyOf(random, names) ?? 'timestamp';
  const expires = addSeconds(instantFromSeconds(draft.time), random.pick([-1, 0, 1, -86_400, 86_400]));
  const file = fileNamed(now, name);
  replaceFile(now, name, { ...file, signed: copyMembers(file.signed).set('expires', encodeInstant(expires)) });
  notes.push(`${name} expires at ${String(expires - draft.time)} s from now`);
  return true;
}

/** The bytes of a target are not those that are signed. */
function changeContent(draft: CaseDraft): boolean {
  const { random, targets } = draft;
  return publish(draft, (files) => {
    const wanted = targets[0] ?? '';
    const name = wanted.slice(wanted.lastIndexOf('/') + 1);
    const paths = [...files.keys()].filter((path) => path.startsWith('targets/') && path.endsWith(name));
    const [what, change] = random.pick<readonly [string, (bytes: Buffer) => Buffer]>([
      ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
      ['shorter', (bytes) => bytes.subarray(0, -1)],
      ['empty', () => Buffer.alloc(0)],
      ['other', (bytes) => Buffer.from(bytes.map((byte) => byte ^ 1))],
      ['far longer', () => Buffer.alloc(100_000)],
    ]);
    for (const path of paths) files.set(path, change(files.get(path) ?? Buffer.alloc(0)));
    return paths.length === 0 ? null : `the bytes of the target are ${what}`;
  });
}

/** A file beyond the lengths that clients take. */
function grow(draft: CaseDraft): boolean {
  const { random, now, notes } = draft;
  const [name, size] = random.pick<readonly [string, number]>([
    ['timestamp', 16_000],
    ['timestamp', 17_000],
    [`root-${String(now.roots.length)}`, 520_000],
    ['snapshot', 20_000],
    ['targets', 100_000],
  ]);
  notes.push(`${name} is longer by ${String(size)} bytes`);
  changeFile(now, name, { beforeSigning: [(signed) => signed.set('x-long', 'x'.repeat(size))] });
  return true;
}

/** Another content under the version that the client has. */
function sameVersion(draft: CaseDraft): boolean {
  const { random, now, shape, notes } = draft;
  draft.earlier = shape.now;
  const name = random.pick(['timestamp', 'snapshot', 'targets', anyRole(draft) ?? 'targets']);
  notes.push(`${name} changed under the same version`);
  changeFile(now, name, { beforeSigning: [(signed) => signed.set('x-changed', 1)] });
  if (random.chance(50) && name !== 'timestamp') {
    const file = fileNamed(now, 'timestamp');
    const version = Number(file.signed.get('version')) + 1;
    replaceFile(now, 'timestamp', { ...file, signed: copyMembers(file.signed).set('version', version) });
  }
  return true;
}

export const REPOSITORY_MUTATIONS: readonly Mutation[] = [
  {
    kind: 'none',
    weight: 4,
    apply: (draft) => {
      draft.notes.push('nothing');
      return true;
    },
  },
  { kind: 'withheld', weight: 5, apply: withhold },
  { kind: 'exchanged', weight: 5, apply: exchange },
  { kind: 'rolled back', weight: 5, apply: rollBack },
  { kind: 'mixed', weight: 5, apply: mix },
  { kind: 'fast forward', weight: 5, apply: fastForward },
  { kind: 'roots', weight: 8, apply: changeRoots },
  { kind: 'clock', weight: 6, apply: changeClock },
  { kind: 'bytes of a target', weight: 5, apply: changeContent },
  { kind: 'long', weight: 2, apply: grow },
  { kind: 'same version', weight: 3, apply: sameVersion },
];
