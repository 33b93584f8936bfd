// SPDX-License-Identifier: Apache-2.0
// Every folder of test/data/foreign, over HTTP: what its maker means it for, and what our client makes of it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadAllRoles } from '../../src/client/roles.ts';
import { startFromRoot } from '../../src/client/update.ts';
import { refresh } from '../../src/client/updater.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { arrayField, asObject, objectField } from '../../src/tuf/fields.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseJson } from '../../src/tuf/json.ts';
import { parseKeyTable } from '../../src/tuf/key.ts';
import { encodeRoleName } from '../../src/tuf/names.ts';
import { parseSignatures } from '../../src/tuf/signature.ts';
import { countSignatures, parseRoleKeys } from '../../src/tuf/threshold.ts';
import { hosting } from '../client/http-server.ts';
import { bytesOf, codeOf, sha256 } from '../client/support.ts';
import { FetchScene } from '../commands/fetch-setup.ts';
import { ALICE } from '../fakes/test-signer.ts';
import { objectFromPlain, type PlainObject } from '../fakes/plain-json.ts';
import { firstRoot, folderNames, publishedFiles } from './folders.ts';

let scene: FetchScene;
beforeEach(async () => {
  scene = await FetchScene.open();
});
afterEach(() => scene.close());

type Files = Map<string, Uint8Array>;
const at = (text: string) => parseInstant(text, 'test');

/** A client that is given the first root, updates and loads every role. */
async function load(files: Files, time: string) {
  const { url } = await scene.serve(hosting(files));
  const { mirrors, cache } = scene.repository([url], null, `load-${time}`);
  const [source] = mirrors;
  if (source === undefined) throw new Error('no mirror');
  await startFromRoot(cache.store, firstRoot(files), at(time));
  return loadAllRoles(await refresh(source, cache.store, { time: at(time) }));
}

/** `countersign fetch` of `targets`; the code that each failed with. */
async function fetchAll(files: Files, time: string, targets: readonly string[]) {
  const { url } = await scene.serve(hosting(files));
  return scene.run([scene.repository([url], firstRoot(files), 'fetch')], targets, { time: at(time) });
}

/** As {@link fetchAll}, where nothing is left out. */
async function fetch(files: Files, time: string, targets: readonly string[]) {
  const { files: fetched, problems } = await fetchAll(files, time, targets);
  expect(problems).toEqual([]);
  return fetched;
}

/** In which of the maker's tests the folder is used, so that its meaning can be looked up. */
interface Case {
  readonly folder: string;
  readonly usedIn: string;
}

interface Valid extends Case {
  /** The maker's time. */
  readonly time: string;
  /** When it is refused, and why: at that time something in it has run out. */
  readonly refused: readonly [time: string, code: string];
  readonly root: number;
  readonly roles: readonly string[];
  /** sha256 by target. */
  readonly targets: Readonly<Record<string, string>>;
}

const DATA_1 = '5aa1d2b3bea034a0f9d0b27a1bc72919b3145a2b092b72ac0415a05e07e2bdd1';
const DATA_2 = '732b0c04a45c1296a7adf26814d2622c288e5ae1ce0cd791da84aea5a745081c';

const VALID: readonly Valid[] = [
  {
    folder: 'tuf-on-ci-0.11',
    usedIn: 'tuf-conformance test_static_repositories.py',
    time: '2025-02-09T09:17:23Z',
    refused: ['2044-08-10T10:05:04Z', 'expired'],
    root: 1,
    roles: ['targets', 'delegatedrole'],
    targets: { 'delegatedrole/artifact': '45f337ee451b4c098d121d09cc224bacc7794503ac58a47a78cfe7ebefb7fab3' },
  },
  {
    folder: 'tough/tuf-reference-impl',
    usedIn: 'tough interop.rs test_tuf_reference_impl',
    time: '2019-09-20T00:00:00Z',
    refused: ['2030-01-01T00:00:00Z', 'expired'],
    root: 1,
    roles: ['targets', 'role1', 'role2'],
    targets: {
      'file1.txt': '65b8c67f51c993d898250f40aa57a317d854900b3a04895464313e48785440da',
      'file2.txt': '452ce8308500d83ef44248d8e6062359211992fd837ea9e370e561efb1a4ca99',
      'file3.txt': '141f740f53781d1ca54b8a50af22cbf74e44c21a998fa2a8a05aaac2c002886b',
    },
  },
  {
    folder: 'tough/consistent-snapshots',
    usedIn: 'tough repo_cache.rs test_repo_cache_consistent_snapshots',
    time: '2021-09-29T00:00:00Z',
    refused: ['2999-01-01T00:00:00Z', 'expired'],
    root: 1,
    roles: ['targets'],
    targets: { 'data1.txt': DATA_1, 'data2.txt': DATA_2 },
  },
  {
    folder: 'tough/rotated-root',
    usedIn: 'tough rotated_root.rs rotated_root',
    time: '2020-08-06T00:00:00Z',
    refused: ['2029-07-27T00:00:00Z', 'expired'],
    root: 2,
    roles: ['targets'],
    targets: {},
  },
  {
    // With `ExpirationEnforcement::Unsafe`. We have no such switch: a client that wants the past says which moment it means.
    folder: 'tough/expired-repository',
    usedIn: 'tough expiration_enforcement.rs test_expiration_enforcement_safe, …_unsafe',
    time: '1998-12-31T23:59:59Z',
    refused: ['1999-01-01T00:00:00Z', 'freeze'],
    root: 1,
    roles: ['targets'],
    targets: {},
  },
  {
    // Its names are refused one by one, below.
    folder: 'tough/safe-target-paths',
    usedIn: 'tuftool download_command.rs download_safe_target_paths',
    time: '2021-09-29T00:00:00Z',
    refused: ['2999-01-01T00:00:00Z', 'expired'],
    root: 1,
    roles: ['targets', 'delegated'],
    targets: {},
  },
];

describe.each(VALID)('$folder ($usedIn)', ({ folder, time, refused, root, roles, targets }) => {
  const files = publishedFiles(folder);

  test('is updated from at the time that its maker assumed', async () => {
    const { set } = await load(files, time);
    expect({ root: set.root.signed.version, roles: [...set.targets.keys()] }).toEqual({ root, roles });
  });

  test('is refused once it has run out', async () => {
    expect(await codeOf(load(files, refused[0]))).toBe(refused[1]);
  });

  if (Object.keys(targets).length > 0) {
    test('gives its targets', async () => {
      const fetched = await fetch(files, time, Object.keys(targets));
      expect(Object.fromEntries(fetched.map((file) => [file.path, file.sha256]))).toEqual(targets);
      for (const [path, hash] of Object.entries(targets)) expect(sha256(bytesOf(await scene.read('out', path)))).toBe(hash);
    });

    test.each(Object.keys(targets))('and not %s with another byte', async (path) => {
      const altered = new Map(files);
      const place = [...files.keys()].find((name) => name.startsWith('targets/') && name.endsWith(path.slice(path.lastIndexOf('/') + 1)));
      const bytes = Uint8Array.from(files.get(place ?? '') ?? []);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      altered.set(place ?? '', bytes);
      const { url } = await scene.serve(hosting(altered));
      const { problems } = await scene.run([scene.repository([url], firstRoot(files))], [path], { time: at(time) });
      expect(problems.map(({ code }) => code)).toEqual(['hash-mismatch']);
    });
  }
});

interface Lone extends Case {
  /** What the client is refused when it is given the root; `none` when it takes it. */
  readonly given: string;
  /** At these times, what the update is refused. `not-found`: the root is trusted, and there is nothing else in the folder. */
  readonly updates?: Readonly<Record<string, string>>;
}

/** Folders that are one root and nothing else. The first is the control of those that are the same root with a fault. */
const LONE: readonly Lone[] = [
  {
    folder: 'tough/simple-rsa',
    usedIn: 'tough schema/verify.rs simple_rsa',
    given: 'none',
    updates: { '2019-07-01T00:00:00Z': 'not-found', '3000-03-30T03:30:30Z': 'expired' },
  },
  { folder: 'tough/no-root-json-signatures', usedIn: 'tough schema/verify.rs no_root_json_signatures_is_err', given: 'threshold' },
  { folder: 'tough/invalid-root-json-signature', usedIn: 'tough schema/verify.rs invalid_root_json_signatures_is_err', given: 'threshold' },
  { folder: 'tough/mismatched-root-json-keyids', usedIn: 'tough schema/verify.rs mismatched_root_json_keyids_is_err', given: 'threshold' },
  { folder: 'tough/duplicate-sigs', usedIn: 'tough schema/verify.rs duplicate_sigs_is_err', given: 'keyid-repeated' },
  { folder: 'tough/duplicate-sig-keys', usedIn: 'tough schema/verify.rs duplicate_sig_keys_is_err', given: 'keyid-repeated' },
  { folder: 'tough/duplicate-keyid', usedIn: 'tough schema/de.rs duplicate_keyid', given: 'json-duplicate-key' },
  {
    // tough has this test ignored: it verifies the signature, which is good, and not the date.
    folder: 'tough/expired-root-json-signature',
    usedIn: 'tough schema/verify.rs expired_root_json_signature_is_err',
    given: 'none',
    updates: { '2019-07-01T00:00:00Z': 'expired', '1970-03-30T03:30:30Z': 'expired', '1970-03-30T03:30:29Z': 'not-found' },
  },
  {
    // Without a signature: what tuftool is to sign a second root with, not a root to begin with.
    folder: 'tough/cross-sign-root',
    usedIn: 'tuftool root_command.rs cross_sign_root, cross_sign_root_invalid_key',
    given: 'threshold',
  },
  {
    folder: 'tough/pem-encoded-ecdsa-sig-keys',
    usedIn: 'tough schema/de.rs ecdsa_pem_encoded_keys',
    given: 'none',
    updates: { '2023-01-01T00:00:00Z': 'not-found', '2023-04-18T18:13:43Z': 'expired' },
  },
  {
    folder: 'tough/ecdsa-new-type-sig-keys',
    usedIn: 'tough schema/de.rs ecdsa_new_type_keys',
    given: 'none',
    updates: { '2024-03-13T00:00:00Z': 'not-found', '2024-09-12T06:53:10Z': 'expired' },
  },
  // For its date with fractions of a second alone: see below.
  { folder: 'tough/hex-encoded-ecdsa-sig-keys', usedIn: 'tough schema/de.rs ecdsa_hex_encoded_keys', given: 'expires-invalid' },
];

describe.each(LONE)('$folder ($usedIn)', ({ folder, given, updates }) => {
  const files = publishedFiles(folder);

  test(`as the first root: ${given}`, async () => {
    const { cache } = scene.repository(['http://127.0.0.1:1'], null);
    expect(await codeOf(startFromRoot(cache.store, firstRoot(files), at('2022-01-01T00:00:00Z')))).toBe(given);
    expect((await cache.store.read('root.json')) !== null).toBe(given === 'none');
  });

  if (updates !== undefined) {
    test.each(Object.entries(updates))('an update at %s: %s', async (time, code) => {
      expect(await codeOf(load(files, time))).toBe(code);
    });
  }
});

/** A folder that is neither. */
const OTHER: readonly Case[] = [
  { folder: 'tough/dubious-role-names', usedIn: 'tough interop.rs test_dubious_role_name' },
  // Three files that its tests make targets of: nobody has signed them.
  { folder: 'tough/targets', usedIn: 'tuftool update_command.rs, delegation_commands.rs' },
];

test('every folder is here once', () => {
  expect([...VALID, ...LONE, ...OTHER].map(({ folder }) => folder).sort()).toEqual(folderNames());
});

/** A file of a folder as plain JSON, to be changed and signed anew. */
interface PlainFile {
  signed: PlainObject;
  signatures: PlainObject[];
}
const plain = (files: Files, path: string): PlainFile => JSON.parse(Buffer.from(files.get(path) ?? []).toString()) as PlainFile;
const rewritten = (file: PlainFile): Uint8Array => bytesOf(JSON.stringify(file));

describe('the roots with a fault differ from the one without in that alone', () => {
  const good = plain(publishedFiles('tough/simple-rsa'), 'metadata/root.json');
  const given = (file: PlainFile): Promise<string> =>
    codeOf(startFromRoot(scene.repository(['http://127.0.0.1:1'], null).cache.store, rewritten(file), at('2022-01-01T00:00:00Z')));

  test.each(['no-root-json-signatures', 'invalid-root-json-signature', 'duplicate-keyid'])('%s', async (name) => {
    const { signed } = plain(publishedFiles(`tough/${name}`), 'metadata/root.json');
    expect(await given({ signed, signatures: good.signatures })).toBe('none');
  });

  // Of two that are asked for there is one: it must not count twice.
  test.each(['duplicate-sigs', 'duplicate-sig-keys'])('%s', async (name) => {
    const { signed, signatures } = plain(publishedFiles(`tough/${name}`), 'metadata/root.json');
    for (const signature of signatures) expect(await given({ signed, signatures: [signature] })).toBe('threshold');
    const count = (signature: PlainObject): number => {
      const raw = objectFromPlain(signed);
      return countSignatures({
        payload: encodeCanonicalJson(raw),
        signatures: parseSignatures([objectFromPlain(signature)], '$'),
        keys: parseKeyTable(objectField(raw, 'keys', '$'), '$', 'client'),
        role: parseRoleKeys(objectField(objectField(raw, 'roles', '$'), 'root', '$'), '$'),
      }).votes.size;
    };
    expect(signatures.map(count)).toEqual([1, 1]);
  });
});

describe('the root with keys in hex', () => {
  test('would count, but for its date', () => {
    const raw = asObject(parseJson(firstRoot(publishedFiles('tough/hex-encoded-ecdsa-sig-keys'))), '$');
    const signed = objectField(raw, 'signed', '$');
    const { votes, reached } = countSignatures({
      payload: encodeCanonicalJson(signed),
      signatures: parseSignatures(arrayField(raw, 'signatures', '$'), '$'),
      keys: parseKeyTable(objectField(signed, 'keys', '$'), '$', 'client'),
      role: parseRoleKeys(objectField(objectField(signed, 'roles', '$'), 'root', '$'), '$'),
    });
    expect({ votes: votes.size, reached }).toEqual({ votes: 5, reached: true });
  });
});

describe('a rotated root', () => {
  const files = publishedFiles('tough/rotated-root');

  test.each([
    ['the old key', 0],
    ['the new key', 1],
  ])('without the signature of %s is refused', async (_, left) => {
    const second = plain(files, 'metadata/2.root.json');
    const served = new Map(files).set(
      'metadata/2.root.json',
      rewritten({ ...second, signatures: second.signatures.filter((__, i) => i !== left) }),
    );
    expect(await codeOf(load(served, '2020-08-06T00:00:00Z'))).toBe('threshold');
    const same = new Map(files).set('metadata/2.root.json', rewritten(second));
    expect((await load(same, '2020-08-06T00:00:00Z')).set.root.signed.version).toBe(2);
  });

  test('that is left out leaves one that has run out', async () => {
    const served = new Map(files);
    served.delete('metadata/2.root.json');
    expect(await codeOf(load(served, '2020-08-06T00:00:00Z'))).toBe('expired');
  });
});

describe('target names with ..', () => {
  const files = publishedFiles('tough/safe-target-paths');
  const time = '2021-09-29T00:00:00Z';

  test.each(['foo/../bar/../baz/../data1.txt', 'foo/bar/baz/../data2.txt', '../delegated/foo/../subdir/data3.txt'])(
    '%s is refused, not resolved',
    async (name) => {
      expect(await codeOf(fetch(files, time, [name]))).toBe('file-name');
      expect(await scene.list('.')).toEqual([]);
    },
  );

  test('are left out of what a pattern matches, and told', async () => {
    const { files: fetched, problems } = await fetchAll(files, time, ['**']);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every(({ subject, code }) => subject === 'name' && code === 'file-name')).toBe(true);
    expect(fetched.every(({ path }) => !path.includes('..'))).toBe(true);
    expect(await scene.list('.')).not.toContain('out/data1.txt');
  });

  test.each(['data1.txt', 'foo/bar/data2.txt'])('%s, which tough makes of one, is signed by nobody', async (name) => {
    expect(await codeOf(fetch(files, time, [name]))).toBe('target-unknown');
  });
});

describe('dubious role names', () => {
  const files = publishedFiles('tough/dubious-role-names');
  const time = '2021-01-28T00:00:00Z';
  const names = ['../../path/like/dubious', '🍺/30', 'ᚩ os, ᚱ rad, ᚳ cen, ᚷ gyfu, ᚹ ƿynn, ᚻ hægl, ...'];

  /** The same repository with whole seconds in its dates, signed by a key of ours. */
  function resigned(): Files {
    const served = new Map<string, Uint8Array>();
    const [theirs = ''] = Object.keys((plain(files, 'metadata/1.root.json').signed['keys'] ?? {}) as PlainObject);
    for (const [path, bytes] of files) {
      if (path.startsWith('targets/')) {
        served.set(path, bytes);
        continue;
      }
      const text = Buffer.from(bytes).toString().replaceAll(theirs, ALICE.keyId);
      const { signed } = JSON.parse(text.replace(/(:[0-9]{2})\.[0-9]+Z"/, '$1Z"')) as PlainFile;
      const holder = (signed['delegations'] ?? signed) as PlainObject;
      if (holder['keys'] !== undefined) holder['keys'] = { [ALICE.keyId]: ALICE.key };
      for (const entry of Object.values((signed['meta'] ?? {}) as Record<string, PlainObject>)) {
        delete entry['length'];
        delete entry['hashes'];
      }
      const sig = ALICE.sign(encodeCanonicalJson(objectFromPlain(signed)));
      served.set(path, rewritten({ signed, signatures: [{ keyid: ALICE.keyId, sig }] }));
    }
    return served;
  }

  test('are refused for dates with fractions of a second', async () => {
    expect(await codeOf(load(files, time))).toBe('expires-invalid');
  });

  test('with dates as the specification has them are read, and stay in the cache', async () => {
    const { set } = await load(resigned(), time);
    expect([...set.targets.keys()]).toEqual(['targets', ...names]);
    const cached = ['root', 'snapshot', 'targets', 'timestamp', ...names.map(encodeRoleName)].map(
      (name) => `cache/load-${time}/${name}.json`,
    );
    const encoded = cached.map((name) => name.replace('/..%2F', '/%2E.%2F')).sort();
    expect(await scene.list('.')).toEqual(encoded);
  });

  test('lead to their targets', async () => {
    const fetched = await fetch(resigned(), time, ['1.txt', '2.txt']);
    expect(fetched.map(({ outcome }) => outcome)).toEqual(['downloaded', 'downloaded']);
  });
});
