// SPDX-License-Identifier: Apache-2.0
// Mutations of what a rule of the specification is about: dates, versions, thresholds, keys, hashes, lengths. The file is signed afterwards.
import { keyIdOf } from '../../../src/tuf/key.ts';
import type { Random } from '../random.ts';
import { changeFile, copyMembers, fileNamed, type FileName, type Members, type Node } from './draft.ts';
import {
  anyFile,
  anyOf,
  anyRole,
  changeSigned,
  membersAt,
  placesOf,
  putAt,
  show,
  textOf,
  type CaseDraft,
  type Mutation,
  type Place,
} from './mutation.ts';
import { person } from './signers.ts';

const DATES: readonly [string, ...string[]] = [
  '2029-12-31T23:59:59Z', // expired by a second
  '2030-01-01T00:00:00Z', // at this very moment
  '2030-01-01T00:00:01Z',
  '2020-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '10000-01-01T00:00:00Z',
  '+010000-01-01T00:00:00Z',
  '2031-02-29T00:00:00Z',
  '2032-02-29T00:00:00Z',
  '2031-02-30T00:00:00Z',
  '2031-13-01T00:00:00Z',
  '2031-01-01T24:00:00Z',
  '2031-01-01T23:59:60Z',
  '2031-01-01T00:00:61Z',
  '2031-01-01T00:00:00',
  '2031-01-01T00:00:00z',
  '2031-01-01t00:00:00Z',
  '2031-01-01 00:00:00Z',
  '2031-01-01T00:00:00.000Z',
  '2031-01-01T00:00:00.5Z',
  '2031-01-01T00:00:00+00:00',
  '2031-01-01T00:00:00-05:00',
  '2031-1-1T0:0:0Z',
  '2031-01-01',
  '2031',
  '20310101T000000Z',
  ' 2031-01-01T00:00:00Z',
  '2031-01-01T00:00:00Z\n',
  '２０31-01-01T00:00:00Z',
  '٢٠٣١-01-01T00:00:00Z',
  'never',
  'Thu, 01 Jan 2031 00:00:00 GMT',
  '1924992000',
];

const SPEC_VERSIONS: readonly [string, ...string[]] = [
  '1.0',
  '1.0.0',
  '1.0.34',
  '1.1',
  '1.999.0',
  '1.00.0',
  '01.0.0',
  '1',
  '1.0.0.0',
  '1.0.0-rc.1',
  '1.0.x',
  '1.٠.0',
  '1.²',
  '1. 0',
  '1.-0',
  '1.+1',
  '1.0x1',
  '1.1e3',
  '1..0',
  '1.0.',
  '.1.0',
  ' 1.0',
  '1.0\n',
  '2.0.0',
  '0.9',
  '10.0',
  '1,0',
  'v1.0',
  '',
];

function setHeader(field: string, values: (random: Random, old: Node) => Node): (draft: CaseDraft) => boolean {
  return (draft) =>
    changeSigned(draft, anyFile(draft), (signed) => {
      const value = values(draft.random, signed.get(field) ?? null);
      signed.set(field, value);
      return `${field} is ${show(value)}`;
    });
}

function lastRoot({ now }: CaseDraft): FileName {
  return `root-${String(now.roots.length)}`;
}

/** A file that names keys, and where in it. */
function delegator(draft: CaseDraft): FileName {
  const role = draft.random.chance(50) ? anyRole(draft, true) : null;
  return role ?? lastRoot(draft);
}

function keyTables(signed: Members): Members | null {
  return membersAt(signed, 'keys') ?? membersAt(signed, 'delegations', 'keys');
}

/** Everything with `keyids` and `threshold`. */
function rolesOf(signed: Members): readonly Place[] {
  return placesOf(signed).filter(({ value }) => value instanceof Map && Array.isArray(value.get('keyids')));
}

const KEY_TEXTS: readonly [(text: string) => string, ...((text: string) => string)[]] = [
  (text) => text.toUpperCase(),
  (text) => `${text}\n`,
  (text) => ` ${text}`,
  (text) => `${text}00`,
  (text) => text.slice(0, -2),
  (text) => text.replace(/\n/g, '\r\n'),
  (text) => text.trimEnd(),
  (text) => text.replace('PUBLIC KEY', 'PRIVATE KEY'),
  () => '',
  () => 'no key',
  () => '00'.repeat(32),
  () => `01${'00'.repeat(31)}`,
  (text) => text.replace(/[0-9a-f]/, (digit) => (digit === '0' ? '1' : '0')),
];

const KEY_TYPES: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['ed25519', 'ecdsa-sha2-nistp256'],
  ['ecdsa', 'ed25519'],
  ['ecdsa', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa', 'ecdsa-sha2-nistp521'],
  ['rsa', 'rsassa-pss-sha512'],
  ['rsa', 'rsa-pkcs1v15-sha256'],
  ['rsa', 'rsassa-pss-sha256'],
  ['sigstore-oidc', 'Fulcio'],
  ['ed448', 'ed448'],
  ['ED25519', 'ed25519'],
  ['sphincs', 'sphincs-shake-128s'],
  ['', ''],
];

function changeKeyObject(key: Members, random: Random): string {
  switch (random.below(5)) {
    case 0: {
      const [keytype, scheme] = random.pick(KEY_TYPES);
      key.set('keytype', keytype).set('scheme', scheme);
      return `is ${keytype}/${scheme}`;
    }
    case 1: {
      const keyval = membersAt(key, 'keyval');
      const text = keyval?.get('public');
      const value = random.pick(KEY_TEXTS)(typeof text === 'string' ? text : '');
      keyval?.set('public', value);
      return `has the public text ${show(value.slice(-40))}`;
    }
    case 2:
      key.set('x-unknown', random.pick<Node>([1, 'text', null, true]));
      return 'has an unknown field';
    case 3:
      membersAt(key, 'keyval')?.set(random.pick(['private', 'certificate', 'x']), random.pick<Node>(['', 'text', null, 1]));
      return 'has another keyval field';
    default: {
      const field = random.pick(['keytype', 'scheme', 'keyval']);
      key.delete(field);
      return `has no ${field}`;
    }
  }
}

function swapKeyId(signed: Members, from: string, to: string): void {
  for (const { value } of rolesOf(signed)) {
    const ids = value instanceof Map ? value.get('keyids') : null;
    if (Array.isArray(ids)) ids.forEach((id, index) => (id === from ? (ids[index] = to) : null));
  }
}

/** A key object is changed; its keyid, the roles and the signatures that name it follow, mostly. */
function changeKey(draft: CaseDraft): boolean {
  const { random, now } = draft;
  const file = delegator(draft);
  const follows = random.chance(75);
  const renamed = new Map<string, string>();
  changeSigned(draft, file, (signed) => {
    const table = keyTables(signed);
    const id = anyOf(random, [...(table?.keys() ?? [])]);
    const key = id === null ? undefined : table?.get(id);
    if (table === null || id === null || !(key instanceof Map)) return null;
    const what = changeKeyObject(key, random);
    const newId = follows ? keyIdOf(key) : id;
    table.delete(id);
    table.set(newId, key);
    swapKeyId(signed, id, newId);
    renamed.set(id, newId);
    return `key ${what}${follows ? ', its keyid follows' : ''}`;
  });
  for (const name of [...now.roles.keys(), 'snapshot', 'timestamp', lastRoot(draft)]) signUnderNewNames(draft, name, renamed);
  return true;
}

/** Repeats signatures under the keyids of `renamed`, which are known once the delegator is built. The old ones stay: older roots know the keys by them. */
function signUnderNewNames({ now }: CaseDraft, file: FileName, renamed: ReadonlyMap<string, string>): void {
  const repeat = (envelope: Members): void => {
    const signatures = envelope.get('signatures');
    if (!Array.isArray(signatures)) return;
    for (const entry of [...signatures]) {
      const keyId = entry instanceof Map ? entry.get('keyid') : undefined;
      const newId = typeof keyId === 'string' ? renamed.get(keyId) : undefined;
      if (entry instanceof Map && newId !== undefined && newId !== keyId) signatures.push(new Map(entry).set('keyid', newId));
    }
  };
  changeFile(now, file, { afterSigning: [repeat] });
}

function changeThreshold(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeSigned(draft, delegator(draft), (signed) => {
    const place = anyOf(random, rolesOf(signed));
    if (!(place?.value instanceof Map)) return null;
    const ids = place.value.get('keyids');
    const count = Array.isArray(ids) ? ids.length : 0;
    const old = Number(place.value.get('threshold'));
    const value = random.pick([old + 1, old - 1, count, count + 1, 1, 0, -1, 1000, old + 0.5]);
    place.value.set('threshold', value);
    return `${place.path}.threshold is ${String(value)}`;
  });
}

function changeKeyIds(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeSigned(draft, delegator(draft), (signed) => {
    const place = anyOf(random, rolesOf(signed));
    const table = keyTables(signed);
    const ids = place?.value instanceof Map ? place.value.get('keyids') : null;
    if (place === null || table === null || !Array.isArray(ids)) return null;
    const first = ids[0];
    const id = typeof first === 'string' ? first : '';
    const key = table.get(id);
    switch (random.below(7)) {
      case 0:
        ids.push(id);
        return `${place.path} has a keyid twice`;
      case 1:
        ids.push(random.pick(['ab'.repeat(32), '', 'unknown', '__proto__', 'constructor']));
        return `${place.path} has an unknown keyid`;
      case 2:
        table.delete(id);
        return `${place.path} has a keyid without a key`;
      case 3:
        if (key === undefined) return null;
        table.set('another name', key);
        ids.push('another name');
        return `${place.path} has a key under two keyids`;
      case 4:
        table.set(id.toUpperCase(), key ?? null);
        ids.splice(0, 1, id.toUpperCase());
        return `${place.path} has a keyid in upper case`;
      case 5:
        ids.splice(0, ids.length);
        return `${place.path} has no keyids`;
      default: {
        const stranger = person('stranger');
        const raw: Members = new Map<string, Node>(Object.entries(stranger.key) as [string, Node][]);
        const keyval = stranger.key['keyval'];
        raw.set('keyval', new Map(Object.entries(keyval as Record<string, Node>)));
        table.set(stranger.keyId, raw);
        ids.push(stranger.keyId);
        return `${place.path} has one more key`;
      }
    }
  });
}

/** One key listed under a second, correct keyid, and a signature by each: one vote that looks like two. */
function oneKeyTwice(draft: CaseDraft): boolean {
  const { random, now } = draft;
  const root = lastRoot(draft);
  const role = random.pick<'timestamp' | 'snapshot'>(['timestamp', 'snapshot']);
  const signer = fileNamed(now, role).signers[0];
  if (signer === undefined) return false;
  let copyId = '';
  changeSigned(draft, root, (signed) => {
    const keys = membersAt(signed, 'keys');
    const key = keys?.get(signer.keyId);
    const ids = membersAt(signed, 'roles', role);
    const list = ids?.get('keyids');
    if (keys === null || !(key instanceof Map) || ids === null || !Array.isArray(list)) return null;
    const copy = copyMembers(key).set('x-copy', 1);
    copyId = keyIdOf(copy);
    keys.set(copyId, copy);
    list.push(copyId);
    ids.set('threshold', 2);
    return `${role} counts one key twice`;
  });
  changeFile(now, role, {
    afterSigning: [
      (envelope) => {
        const signatures = envelope.get('signatures');
        const first = Array.isArray(signatures) ? signatures[0] : undefined;
        if (Array.isArray(signatures) && first instanceof Map) signatures.push(new Map(first).set('keyid', copyId));
      },
    ],
  });
  return true;
}

const WITH_HASHES: readonly [(hashes: Members, random: Random) => string, ...((hashes: Members, random: Random) => string)[]] = [
  (hashes) => (hashes.clear(), 'are none'),
  (hashes) => (hashes.delete('sha256'), 'have no sha256'),
  (hashes) => (hashes.set('md5', 'd41d8cd98f00b204e9800998ecf8427e'), 'have a wrong md5 too'),
  (hashes) => (hashes.set('sha512', 'ab'.repeat(64)), 'have a wrong sha512'),
  (hashes) => (hashes.set('sha256', 'ab'.repeat(32)), 'have a wrong sha256'),
  (hashes) => (hashes.set('sha256', textOf(hashes.get('sha256')).toUpperCase()), 'are in upper case'),
  (hashes) => (hashes.set('sha256', textOf(hashes.get('sha256')).slice(0, -2)), 'are too short'),
  (hashes) => (hashes.set('sha256', `${textOf(hashes.get('sha256'))}00`), 'are too long'),
  (hashes, random) => {
    const name = random.pick(['blake2b-256', 'sha3-256', 'whirlpool', 'SHA256', 'sha224', 'shake_128', 'constructor', '__proto__', 'zz']);
    hashes.set(name, 'ab'.repeat(32));
    return `have ${name} too`;
  },
  (hashes) => (hashes.clear(), hashes.set('whirlpool', 'ab'.repeat(64)), 'are of an unknown algorithm'),
  (hashes) => (hashes.clear(), hashes.set('md5', 'ab'.repeat(16)), 'are md5 alone'),
  (hashes) => (hashes.set('sha256', ''), 'are empty'),
];

function changeHashes(draft: CaseDraft): boolean {
  const { random } = draft;
  const file = random.pick(['targets', 'targets', 'snapshot', 'timestamp', anyRole(draft) ?? 'targets']);
  return changeSigned(draft, file, (signed) => {
    const place = anyOf(
      random,
      placesOf(signed).filter(({ value, key }) => key === 'hashes' && value instanceof Map),
    );
    if (!(place?.value instanceof Map)) return null;
    return `${place.path} ${random.pick(WITH_HASHES)(place.value, random)}`;
  });
}

function changeLength(draft: CaseDraft): boolean {
  const { random } = draft;
  const file = random.pick(['targets', 'snapshot', 'timestamp', anyRole(draft) ?? 'targets']);
  return changeSigned(draft, file, (signed) => {
    const place = anyOf(
      random,
      placesOf(signed).filter(({ key }) => key === 'length'),
    );
    if (place === null) return null;
    const value = random.pick([Number(place.value) + 1, Number(place.value) - 1, 0, -1, 1, 10 * Number(place.value), 2 ** 31, 2 ** 53 - 1]);
    putAt(place, value);
    return `${place.path} is ${String(value)}`;
  });
}

export const RULE_MUTATIONS: readonly Mutation[] = [
  { kind: 'expires', weight: 10, apply: setHeader('expires', (random) => random.pick(DATES)) },
  { kind: 'spec_version', weight: 8, apply: setHeader('spec_version', (random) => random.pick(SPEC_VERSIONS)) },
  {
    kind: 'version',
    weight: 5,
    apply: setHeader('version', (random, old) => random.pick([Number(old) + 1, Number(old) - 1, 0, -1, 1, 2 ** 53 - 1, 2 ** 53])),
  },
  {
    kind: '_type',
    weight: 3,
    apply: setHeader('_type', (random) => random.pick(['root', 'timestamp', 'snapshot', 'targets', 'Root', 'mirrors', ''])),
  },
  { kind: 'threshold', weight: 6, apply: changeThreshold },
  { kind: 'keyids', weight: 8, apply: changeKeyIds },
  { kind: 'key', weight: 10, apply: changeKey },
  { kind: 'one key under two keyids', weight: 2, apply: oneKeyTwice },
  { kind: 'hashes', weight: 8, apply: changeHashes },
  { kind: 'length', weight: 6, apply: changeLength },
];
