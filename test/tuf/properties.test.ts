// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareCodePoints, encodeCanonicalJson, encodeJsonFile, sortedKeys } from '../../src/tuf/canonical.ts';
import { asObject } from '../../src/tuf/fields.ts';
import { parseJson, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { keyIdOf, parseKeyTable, type KeyId, type KeyIdentity } from '../../src/tuf/key.ts';
import { encodeMetadata, parseMetadata } from '../../src/tuf/metadata.ts';
import { parseTargetPath, parseTargetsRoleName, type RoleName } from '../../src/tuf/names.ts';
import { parseRootSigned } from '../../src/tuf/root.ts';
import { MAX_DELEGATIONS, searchTarget } from '../../src/tuf/target-search.ts';
import { parseTargetsSigned, type Targets } from '../../src/tuf/targets.ts';
import { countSignatures, parseRoleKeys, type CountInput } from '../../src/tuf/threshold.ts';
import { bytes, ecdsaKey, ed25519Key, HEADER, json, keysObject, object, withMembers, type TestKey } from './support.ts';

/** The same cases in each run; `CS_SEED=…` for others. */
const seed = Number(process.env['CS_SEED'] ?? 20240229);

beforeAll(() => {
  console.info(`properties: CS_SEED=${String(seed)}`);
  fc.configureGlobal({ seed, numRuns: 300 });
});

// All of Unicode but surrogates, with the characters of interest often.
const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('a', '"', '\\', '\n', '\0', 'e\u0301', '\uffff', '\u{10000}', '\u{1f600}'),
  ),
  maxLength: 12,
});
const { value: jsonValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.maxSafeInteger().map((integer) => integer + 0),
    text,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.uniqueArray(fc.tuple(text, tie('value')), { maxLength: 5, selector: ([key]) => key }).map((entries): JsonObject => new Map(entries)),
  ),
}));
/** Members under names that TUF does not know. */
const unknownFields = fc
  .uniqueArray(fc.tuple(text, jsonValue), { maxLength: 3, selector: ([key]) => key })
  .map((entries): JsonObject => new Map(entries.map(([key, value]) => [`x-${key}`, value])));

describe('JSON', () => {
  test('reading what was written gives the same value, in both forms', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(parseJson(encodeJsonFile(value))).toEqual(value);
      }),
    );
  });

  test('canonical bytes do not depend on the order of keys, nor on the spelling of the file', () => {
    const reversed = (value: JsonValue): JsonValue => {
      if (value instanceof Map) return new Map([...value].reverse().map(([key, item]: [string, JsonValue]) => [key, reversed(item)]));
      return Array.isArray(value) ? value.map((item: JsonValue) => reversed(item)) : value;
    };
    fc.assert(
      fc.property(jsonValue, (value) => {
        const canonical = encodeCanonicalJson(value);
        expect(encodeCanonicalJson(reversed(value))).toEqual(canonical);
        expect(encodeCanonicalJson(parseJson(encodeJsonFile(value)))).toEqual(canonical);
      }),
    );
  });

  test('JSON.parse reads the same value from what we write', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(json(JSON.parse(Buffer.from(encodeJsonFile(value)).toString()))).toEqual(value);
      }),
    );
  });

  test('keys are in the order of code points', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 12 }), (keys) => {
        const byUtf32 = (a: string, b: string): number => {
          const wide = (key: string): Buffer =>
            Buffer.concat(
              Array.from(key, (c) => Buffer.from([0, 0, 0, 0].map((_, i) => ((c.codePointAt(0) ?? 0) >>> (24 - 8 * i)) & 0xff))),
            );
          return Buffer.compare(wide(a), wide(b));
        };
        expect(sortedKeys(new Map(keys.map((key) => [key, null])))).toEqual([...keys].sort(byUtf32));
        for (const key of keys) expect(compareCodePoints(key, key)).toBe(0);
      }),
    );
  });
});

describe('metadata with unknown fields everywhere', () => {
  const key = ed25519Key('properties');
  const merge = (known: JsonObject, unknown: JsonObject): JsonObject => new Map<string, JsonValue>([...unknown, ...known]);

  test('keeps them: what was signed is what is written again, and its signature still counts', () => {
    fc.assert(
      fc.property(fc.array(unknownFields, { minLength: 7, maxLength: 7 }), (unknown) => {
        const next = (index: number): JsonObject => unknown[index] ?? new Map();
        const rawKey = merge(merge(key.raw, next(0)), new Map([['keyval', merge(asObject(key.raw.get('keyval'), '$'), next(1))]]));
        const keyId = keyIdOf(rawKey);
        const role = merge(object({ keyids: [keyId], threshold: 1 }), next(2));
        const roles = merge(new Map(['root', 'timestamp', 'snapshot', 'targets'].map((name) => [name, role])), new Map());
        const base = object({ _type: 'root', ...HEADER, consistent_snapshot: true });
        const signed = merge(withMembers(base, { keys: new Map([[keyId, rawKey]]), roles }), next(3));
        const sig = key.sign(encodeCanonicalJson(signed));
        const entry = merge(object({ keyid: keyId, sig }), next(4));
        const file = merge(
          new Map<string, JsonValue>([
            ['signed', signed],
            ['signatures', [entry]],
          ]),
          next(5),
        );

        const read = parseMetadata(encodeJsonFile(file), parseRootSigned);
        expect(read.payload).toEqual(encodeCanonicalJson(signed));
        expect(read.raw).toEqual(file);
        expect(read.signatures[0]?.raw).toEqual(entry);
        const count = countSignatures({
          payload: read.payload,
          signatures: read.signatures,
          keys: read.signed.keys,
          role: read.signed.roles.root,
        });
        expect(count.reached).toBe(true);

        const written = parseMetadata(encodeMetadata(read.signed.raw, read.signatures, read.raw), parseRootSigned);
        expect(written.payload).toEqual(read.payload);
        for (const name of next(5).keys()) expect(written.raw.get(name)).toEqual(next(5).get(name));
      }),
      { numRuns: 100 },
    );
  });

  test('keeps them in targets, entries, delegations and delegated roles', () => {
    fc.assert(
      fc.property(fc.array(unknownFields, { minLength: 4, maxLength: 4 }), jsonValue, (unknown, custom) => {
        const next = (index: number): JsonObject => unknown[index] ?? new Map();
        const entry = merge(
          withMembers(object({ length: 1, hashes: { sha256: 'a1'.repeat(32) } }), { custom: new Map([['any', custom]]) }),
          next(0),
        );
        const role = merge(object({ name: 'release', keyids: [key.keyId], threshold: 1, terminating: true, paths: ['a'] }), next(1));
        const delegations = merge(
          new Map<string, JsonValue>([
            ['keys', keysObject(key)],
            ['roles', [role]],
          ]),
          next(2),
        );
        const signed = merge(
          withMembers(object({ _type: 'targets', ...HEADER }), { targets: new Map([['a', entry]]), delegations }),
          next(3),
        );
        const read = parseMetadata(encodeMetadata(signed, []), parseTargetsSigned);
        expect(read.payload).toEqual(encodeCanonicalJson(signed));
        expect(parseMetadata(encodeMetadata(read.signed.raw, []), parseTargetsSigned).payload).toEqual(read.payload);
      }),
      { numRuns: 100 },
    );
  });
});

describe('counting', () => {
  const payload = bytes('{"signed":1}');
  const people = ['alice', 'bob', 'carol'];
  /** Per person two keys; each key also under a second keyid. */
  const keys: readonly { readonly key: TestKey; readonly person: string; readonly good: string; readonly bad: string }[] = people.flatMap(
    (person) =>
      [
        ed25519Key(person),
        ed25519Key(person, { 'x-copy': 1 }),
        ecdsaKey('P-256', person),
        ecdsaKey('P-256', person, 'ecdsa-sha2-nistp256'),
      ].map((key) => ({
        key,
        person,
        good: key.sign(payload),
        bad: key.sign(bytes('{}')),
      })),
  );
  const table = parseKeyTable(keysObject(...keys.map(({ key }) => key)), '$', 'maker');
  const personOf = new Map<KeyIdentity, string>();
  for (const { key, person } of keys) if (key.key.material.kind === 'usable') personOf.set(key.key.material.identity, person);

  const index = fc.nat({ max: keys.length - 1 });
  const ids = fc.uniqueArray(index, { minLength: 1, maxLength: keys.length });
  const signature = fc.record({ index, what: fc.constantFrom('good', 'good', 'good', 'bad', '') });
  interface Signature {
    readonly index: number;
    readonly what: string;
  }
  const threshold = fc.integer({ min: 1, max: 4 });
  const knowPeople = fc.boolean();

  const entryOf = ({ index: at, what }: Signature): { readonly keyId: KeyId; readonly sig: string } => {
    const one = keys[at];
    if (one === undefined) throw new Error('no such key');
    return { keyId: one.key.keyId, sig: what === 'good' ? one.good : what === 'bad' ? one.bad : '' };
  };
  const inputOf = (listed: readonly number[], needed: number, signatures: readonly Signature[], known: boolean): CountInput => ({
    payload,
    keys: table,
    role: parseRoleKeys(object({ keyids: listed.map((at) => entryOf({ index: at, what: '' }).keyId), threshold: needed }), '$'),
    signatures: signatures.map(entryOf),
    ...(known ? { voterOf: (_: KeyId, identity: KeyIdentity) => personOf.get(identity) ?? null } : {}),
  });

  test('a valid signature more never lowers it, wherever it stands', () => {
    fc.assert(
      fc.property(
        ids,
        threshold,
        fc.array(signature, { maxLength: 8 }),
        index,
        fc.nat({ max: 8 }),
        knowPeople,
        (listed, needed, signatures, added, place, known) => {
          const before = countSignatures(inputOf(listed, needed, signatures, known));
          const more = [...signatures.slice(0, place), { index: added, what: 'good' }, ...signatures.slice(place)];
          const after = countSignatures(inputOf(listed, needed, more, known));
          expect(after.votes.size).toBeGreaterThanOrEqual(before.votes.size);
          expect(after.votes.size).toBeLessThanOrEqual(before.votes.size + 1);
          expect(before.reached && !after.reached).toBe(false);
        },
      ),
    );
  });

  test('the order of signatures does not change it', () => {
    fc.assert(
      fc.property(ids, threshold, fc.array(signature, { maxLength: 8 }), knowPeople, (listed, needed, signatures, known) => {
        const forth = countSignatures(inputOf(listed, needed, signatures, known));
        const back = countSignatures(inputOf(listed, needed, [...signatures].reverse(), known));
        expect(back.votes.size).toBe(forth.votes.size);
      }),
    );
  });

  test('no single public key reaches 2, whatever is repeated', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...people),
        fc.constantFrom(0, 2),
        fc.array(fc.constantFrom(0, 1), { maxLength: 6 }),
        (person, first, copies) => {
          const start = keys.findIndex((one) => one.person === person) + first;
          const signatures = copies.map((copy): Signature => ({ index: start + copy, what: 'good' }));
          const count = countSignatures(inputOf([start, start + 1], 2, signatures, false));
          expect(count.reached).toBe(false);
          expect(count.votes.size).toBe(Math.min(1, copies.length));
        },
      ),
    );
  });

  test('no single person reaches 2, with whatever keys', () => {
    fc.assert(
      fc.property(
        ids,
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom(...people),
        fc.array(signature, { maxLength: 10 }),
        (listed, needed, person, signatures) => {
          const own = signatures.filter((one) => keys[one.index]?.person === person);
          const count = countSignatures(inputOf(listed, needed, own, true));
          expect(count.reached).toBe(false);
          expect(count.votes.size).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('is the number of distinct people, or of distinct keys, with a valid signature of a listed key', () => {
    fc.assert(
      fc.property(ids, threshold, fc.array(signature, { maxLength: 10 }), knowPeople, (listed, needed, signatures, known) => {
        const voters = new Set<string>();
        for (const { index: at, what } of signatures) {
          if (what !== 'good' || !listed.includes(at)) continue;
          // Keys 2n and 2n+1 are one public key.
          voters.add(known ? (keys[at]?.person ?? '') : String(Math.floor(at / 2)));
        }
        const count = countSignatures(inputOf(listed, needed, signatures, known));
        expect(count.votes.size).toBe(voters.size);
        expect(count.reached).toBe(voters.size >= needed);
      }),
    );
  });
});

describe('the search for a target', () => {
  const path = parseTargetPath('dir/f.txt', '$');
  const names = Array.from({ length: 45 }, (_, i) => `r${String(i)}`);
  const edge = fc.record({
    to: fc.constantFrom(...names),
    terminating: fc.boolean(),
    pattern: fc.constantFrom('dir/*', 'dir/*', 'dir/*', 'other/*', '[d]ir/*'),
  });
  const node = fc.record({ edges: fc.uniqueArray(edge, { maxLength: 6, selector: ({ to }) => to }), lists: fc.nat({ max: 20 }) });
  const graph = fc.array(node, { minLength: names.length + 1, maxLength: names.length + 1 });

  test('ends on every graph, visits no role twice and at most the limit', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const roles = new Map<RoleName, Targets>();
        nodes.forEach(({ edges, lists }, at) => {
          const delegated = edges.map(({ to, terminating, pattern }) => ({
            name: to,
            keyids: [],
            threshold: 1,
            terminating,
            paths: [pattern],
          }));
          const targets = lists === 0 ? { [path]: { length: 1, hashes: { sha256: 'a1'.repeat(32) } } } : {};
          const signed = { _type: 'targets', ...HEADER, targets, delegations: { keys: {}, roles: delegated } };
          roles.set(parseTargetsRoleName(names[at - 1] ?? 'targets', '$'), parseTargetsSigned(object(signed), '$'));
        });
        const search = searchTarget(path);
        const visited: string[] = [];
        let step = search.next();
        while (step.done !== true) {
          const { role, delegator } = step.value;
          expect(visited).not.toContain(role);
          if (delegator !== 'root') expect(visited).toContain(delegator);
          visited.push(role);
          expect(visited.length).toBeLessThanOrEqual(MAX_DELEGATIONS + 1);
          const targets = roles.get(role);
          if (targets === undefined) throw new Error(`no role ${role}`);
          step = search.next(targets);
        }
        const result = step.value;
        if (result.kind === 'found') expect(result.role).toBe(visited.at(-1));
        if (result.kind === 'bounds') expect(visited).toHaveLength(MAX_DELEGATIONS + 1);
      }),
      { numRuns: 100 },
    );
  });
});
