// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { describeChange, type ChangeText } from '../../src/render/change-text.ts';
import { diffJson } from '../../src/render/json-diff.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { payloadDigest, type Metadata } from '../../src/tuf/metadata.ts';
import { parseRootSigned, type Root } from '../../src/tuf/root.ts';
import { parseTargetsSigned, type Targets } from '../../src/tuf/targets.ts';
import { objectFromPlain } from '../fakes/plain-json.ts';
import { ALICE, BOB, CAROL, DAVE, entryOf, ERIN, member, PERIODS, RELEASES, rootSigned, topTargets } from '../event/support.ts';
import { missingIn } from './change-judge.ts';

vi.setConfig({ testTimeout: 300_000 });

const seed = Number(process.env['CS_SEED'] ?? 20240229);
const numRuns = Number(process.env['CS_RUNS'] ?? 100);
const AS = { person: 'alice', keyId: parseKeyId(ALICE.signer.keyId, 'alice'), signed: false };

function parsed(raw: JsonObject): Root | Targets {
  return raw.get('_type') === 'root' ? parseRootSigned(raw, '$') : parseTargetsSigned(raw, '$');
}

function shown(before: JsonObject | null, after: JsonObject): ChangeText {
  const payload = encodeCanonicalJson(after);
  const file: Metadata<Root | Targets> = { signed: parsed(after), signatures: [], payload, raw: new Map() };
  const change = { role: 'releases', file, before: before === null ? null : parsed(before), digest: payloadDigest(payload) };
  return describeChange([change], null, AS);
}

const LONG = 'n'.repeat(79);
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'custom',
    'x-countersign',
    'commit',
    'hosting',
    'a.b',
    'a"b',
    'a\\b',
    '\u0430',
    '\u202e',
    `${LONG}1`,
    `${LONG}2`,
    '0',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constant(LONG.repeat(20)),
);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.integer(),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('x'.repeat(301), '-> nothing', '  + v1/app  3 bytes'),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([key]) => key }).map((entries): JsonObject => new Map(entries)),
  ),
}));
const object = fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([key]) => key }).map((all): JsonObject => new Map(all));
const unknown = fc
  .uniqueArray(fc.tuple(name, value), { maxLength: 3, selector: ([key]) => key })
  .map((all): JsonObject => new Map(all.map(([key, item]) => [`x${key}`, item])));

const path = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map((index) => `v1/${String(index)}`),
  fc.constantFrom('v1/app', 'v1/\u0430pp', `v1/${'p'.repeat(300)}`, 'v1/a b', 'v1/\\u0430', 'v1/1 adds 2 targets:'),
);
const entry = fc
  .record({ text: fc.constantFrom('one', 'two'), custom: fc.option(object), other: fc.option(fc.constantFrom('sha512')), more: unknown })
  .map(({ text, custom, other, more }): JsonObject => {
    const plain = objectFromPlain(entryOf(text));
    const hashes = plain.get('hashes');
    const all = new Map<string, JsonValue>([...plain, ...more]);
    if (custom !== null) all.set('custom', custom);
    if (other !== null && isJsonObject(hashes)) all.set('hashes', new Map<string, JsonValue>([...hashes, [other, 'ab'.repeat(64)]]));
    return all;
  });
const targets = fc
  .oneof(
    { arbitrary: fc.uniqueArray(fc.tuple(path, entry), { maxLength: 8, selector: ([key]) => key }), weight: 15 },
    { arbitrary: fc.uniqueArray(fc.tuple(path, entry), { minLength: 210, maxLength: 230, selector: ([key]) => key }), weight: 1 },
  )
  .map((all): JsonObject => new Map(all));

const signers = fc.constantFrom([CAROL, DAVE, ERIN], [CAROL, DAVE], [CAROL, member('mallory', 66)]);
const period = fc.integer({ min: 2, max: 900 }).map((days) => ({ expires: days * 86_400, renew: 3_600 }));
const version = fc.integer({ min: 1, max: 9 });
const expires = fc.constantFrom('2031-01-01T00:00:00Z', '2031-06-01T00:00:00Z');

const targetsPart = fc
  .record({
    version,
    expires,
    signers,
    paths: fc.constantFrom<string[]>(['v*/*'], ['v*/*', 'w/*']),
    renew: period,
    targets,
    more: unknown,
    bound: unknown,
  })
  .map(({ targets: listed, more, bound, signers: who, paths, renew, ...head }): JsonObject => {
    const binding = { periods: { releases: renew } };
    const part = objectFromPlain(topTargets({ ...head, delegations: [{ ...RELEASES, signers: who, paths }], binding }));
    const ours = part.get('x-countersign');
    return new Map<string, JsonValue>([
      ...part,
      ...more,
      ['targets', listed],
      ['x-countersign', new Map<string, JsonValue>([...bound, ...(isJsonObject(ours) ? ours : [])])],
    ]);
  });
const rootPart = fc
  .record({
    version,
    expires,
    root: fc.constantFrom([ALICE, BOB], [ALICE, BOB, CAROL]),
    timestamp: period,
    reason: fc.constantFrom(null, 'w'.repeat(400), 'x'),
    more: unknown,
  })
  .map(({ root, timestamp, reason, more, ...head }): JsonObject => {
    const binding = { periods: { ...PERIODS, timestamp }, ...(reason === null ? {} : { 'custody-quorum': { targets: reason } }) };
    const part = objectFromPlain(rootSigned({ ...head, root: { signers: root, threshold: 2 }, binding }));
    return new Map<string, JsonValue>([...part, ...more]);
  });
const two: fc.Arbitrary<readonly [JsonObject | null, JsonObject]> = fc.oneof(
  { arbitrary: fc.tuple(fc.option(targetsPart, { nil: null }), targetsPart), weight: 3 },
  { arbitrary: fc.tuple(fc.option(rootPart, { nil: null }), rootPart), weight: 1 },
);

/** Puts each change in its place. */
function apply(before: JsonObject, after: JsonObject): JsonValue {
  const put = (at: JsonValue | undefined, steps: readonly (string | number)[], now: JsonValue | undefined): JsonValue | undefined => {
    const [step, ...more] = steps;
    if (step === undefined) return now;
    if (typeof step === 'number') {
      const items = Array.isArray(at) ? [...at] : [];
      const item = put(items[step], more, now);
      if (item === undefined) items.splice(step);
      else items[step] = item;
      return items;
    }
    const members = new Map<string, JsonValue>(isJsonObject(at) ? at : []);
    const item = put(members.get(step), more, now);
    if (item === undefined) members.delete(step);
    else members.set(step, item);
    return members;
  };
  let part: JsonValue = before;
  for (const { steps, after: now } of diffJson(before, after)) part = put(part, steps, now) ?? null;
  return part;
}

test('who puts each change in its place has the second of two values again', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(Buffer.from(encodeCanonicalJson(apply(before, after))).toString()).toBe(Buffer.from(encodeCanonicalJson(after)).toString());
    }),
    { seed, numRuns: numRuns * 3 },
  );
});

describe('whatever two files say, all that differs is shown or covered by a digest', () => {
  test('and only targets that are new stand below what is seen first', () => {
    fc.assert(
      fc.property(two, ([before, after]) => {
        expect(missingIn(before, after, shown(before, after))).toEqual([]);
      }),
      { seed, numRuns },
    );
  });

  test('planted: a differ that does not see one field is found', () => {
    fc.assert(
      fc.property(two, fc.nat(), fc.uuid(), ([before, after], index, added) => {
        const field = fc.sample(fc.constantFrom(...['x-planted', 'custom']), { numRuns: 1, seed: index })[0] ?? 'x-planted';
        const planted = plantedIn(after, field, added);
        expect(missingIn(before, planted, shown(before, after))).not.toEqual([]);
      }),
      { seed, numRuns: 60 },
    );
  });

  test('planted: a line that is left out of both texts, or of the whole one alone, is found', () => {
    fc.assert(
      fc.property(two, fc.nat(), ([before, after], pick) => {
        const text = shown(before, after);
        const told = text.brief
          .split('\n')
          .filter(
            (line) =>
              /^ {2}[+~-] \$|^ {2}[+~-] .* bytes {2}/.test(line) && text.full.split('\n').filter((one) => one === line).length === 1,
          );
        const line = told[pick % Math.max(told.length, 1)];
        fc.pre(line !== undefined);
        const less = (of: string): string =>
          of
            .split('\n')
            .filter((one) => one !== line)
            .join('\n');
        expect(missingIn(before, after, { brief: less(text.brief), full: less(text.full) })).not.toEqual([]);
        expect(missingIn(before, after, { brief: text.brief, full: less(text.full) })).not.toEqual([]);
        expect(missingIn(before, after, { brief: less(text.brief), full: text.full })).not.toEqual([]);
      }),
      { seed, numRuns: 60 },
    );
  });
});

/** The same file with one more field: at the top, or in what a target says. */
function plantedIn(part: JsonObject, field: string, text: string): JsonObject {
  const listed = part.get('targets');
  const [first] = isJsonObject(listed) ? listed : [];
  if (field !== 'custom' || first === undefined || !isJsonObject(first[1]))
    return new Map<string, JsonValue>([...part, ['x-planted', text]]);
  const targets = new Map<string, JsonValue>(isJsonObject(listed) ? listed : []);
  targets.set(first[0], new Map<string, JsonValue>([...first[1], ['custom', new Map([['planted', text]])]]));
  return new Map<string, JsonValue>([...part, ['targets', targets]]);
}
