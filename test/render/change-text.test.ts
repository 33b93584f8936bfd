// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeChange, type ChangeText, type NewRoot } from '../../src/render/change-text.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { payloadDigest, type Metadata } from '../../src/tuf/metadata.ts';
import { parseRoot, type Root } from '../../src/tuf/root.ts';
import { parseTargets, type Targets } from '../../src/tuf/targets.ts';
import type { Plain, PlainObject } from '../fakes/plain-json.ts';
import { ALICE, entryOf, PERIODS, RELEASES, rootSigned, seal, targetsSigned, topTargets } from '../event/support.ts';

const KEY = parseKeyId(ALICE.signer.keyId, 'alice');

interface Options {
  readonly role?: string;
  readonly newRoot?: NewRoot | null;
  readonly signed?: boolean;
}

function changed(before: Root | Targets | null, file: Metadata<Root | Targets>, options: Options = {}): ChangeText {
  const { role = 'releases', newRoot = null, signed = false } = options;
  return describeChange([{ role, file, before, digest: payloadDigest(file.payload) }], newRoot, { person: 'alice', keyId: KEY, signed });
}

function file(targets: PlainObject, version: number = 2, more: PlainObject = {}): Metadata<Targets> {
  return parseTargets(seal({ ...targetsSigned({ version }), targets, ...more }));
}

/** What is shown of releases from one list of targets to the next. */
function between(before: PlainObject | null, after: PlainObject): ChangeText {
  return changed(before === null ? null : file(before, 1).signed, file(after));
}

function lines(text: ChangeText): readonly string[] {
  return text.brief.split('\n');
}

function many(count: number, prefix: string, content = 'new'): PlainObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${String(index).padStart(4, '0')}`, entryOf(content)]));
}

describe('a change is not lost among many targets', () => {
  const [one, other] = [entryOf('one'), entryOf('other')];
  const rows: Readonly<Record<string, readonly [PlainObject, PlainObject, string]>> = {
    'replaced, listed after 250 new ones': [{ 'v1/app': one }, { ...many(250, 'v0/'), 'v1/app': other }, '+ v1/app'],
    'removed, with 250 new ones': [{ 'v1/app': one }, many(250, 'v0/'), '- v1/app'],
    'the same bytes with another commit, after 250 new ones': [
      { 'v1/app': { ...one, custom: { 'x-countersign': { commit: 'a' } } } },
      { ...many(250, 'v0/'), 'v1/app': { ...one, custom: { 'x-countersign': { commit: 'b' } } } },
      '~ v1/app',
    ],
    'replaced, before as many removed ones': [{ ...many(199, 'v0/'), 'v1/app': one }, { 'v1/app': other }, '+ v1/app'],
  };
  test.each(Object.entries(rows))('%s', (_name, [before, after, line]) => {
    const all = lines(between(before, after));
    const at = all.findIndex((shown) => shown.startsWith(`  ${line} `));
    expect(at).toBeGreaterThan(0);
    const added = all.findIndex((shown) => shown.includes(' adds '));
    if (added !== -1) expect(at).toBeLessThan(added);
  });

  test('and they are counted before they are listed', () => {
    const before = { 'v1/a': one, 'v1/b': one, 'v1/c': { ...one, custom: { a: 1 } } };
    const after = { 'v1/b': other, 'v1/c': { ...one, custom: { a: 2 } }, ...many(1250, 'v2/') };
    expect(lines(between(before, after))).toContain(
      '  targets: 1 removed, 1 replaced, 1 with other words about the same bytes, 1,250 added; 1,252 listed',
    );
  });

  test('what is left out is counted, and its digest is that of its lines', () => {
    const text = between({}, many(203, 'v1/'));
    const [cut] = lines(text).filter((line) => line.includes('…'));
    const rest = text.full.split('\n').filter((line) => /v1\/020[0-2]/.test(line));
    const digest = createHash('sha256')
      .update(rest.map((line) => `${line}\n`).join(''))
      .digest('hex');
    expect(rest).toHaveLength(3);
    expect(cut).toBe(`  … and 3 more targets, sha256:${digest}`);
    expect(text.isCut).toBe(true);
  });
});

describe('every field of a target is shown', () => {
  const full = (more: PlainObject): PlainObject => ({ 'v1/app': entryOf('one', more) });
  const rows: Readonly<Record<string, readonly [PlainObject | null, PlainObject, string]>> = {
    'custom of a new one': [
      {},
      full({ custom: { autoupdate: 'https://evil.example' } }),
      '+ custom: {"autoupdate":"https://evil.example"}',
    ],
    'hosting of a new one': [{}, full({ custom: { 'x-countersign': { hosting: 'none' } } }), 'hosting none'],
    'another hash of a new one': [
      {},
      { 'v1/app': { length: 1, hashes: { sha256: '0'.repeat(64), sha512: 'ab'.repeat(64) } } },
      `+ hashes: {"sha512":"${'ab'.repeat(64)}"}`,
    ],
    'a field that nobody knows': [{}, full({ surprise: [true] }), '+ surprise: [true]'],
    'custom of a replaced one': [
      full({ custom: { autoupdate: 'a' } }),
      { 'v1/app': entryOf('other', { custom: { autoupdate: 'b' } }) },
      '~ custom.autoupdate: "a" -> "b"',
    ],
    'custom that a replaced one loses': [full({ custom: { a: 1 } }), { 'v1/app': entryOf('other') }, '- custom: {"a":1}'],
    'custom of a target of a role without a file': [null, full({ custom: { a: 1 } }), '+ custom: {"a":1}'],
    'a commit that is no text': [{}, full({ custom: { 'x-countersign': { commit: 7 } } }), '+ custom: {"x-countersign":{"commit":7}}'],
    'a commit of any length': [{}, full({ custom: { 'x-countersign': { commit: 'c'.repeat(1000) } } }), '+ custom["x-countersign"]'],
  };
  test.each(Object.entries(rows))('%s', (_name, [before, after, shown]) => {
    const text = between(before, after).full;
    // A name with a hyphen needs no brackets.
    expect(text).toContain(shown.replace('["x-countersign"]', '.x-countersign'));
  });
});

describe('of a file that follows none, all is shown', () => {
  test('a new role with a field that nobody knows', () => {
    const text = changed(null, file({}, 1, { 'secret-field': 'HIDDEN' })).brief;
    expect(text).toContain('+ $.secret-field: "HIDDEN"');
    expect(text).toContain('releases v2 (new)'.replace('v2', 'v1'));
  });

  const periods = { ...PERIODS, timestamp: { expires: 3650 * 86_400, renew: 86_400 } };
  const root = (binding: PlainObject = {}): string =>
    changed(null, parseRoot(seal(rootSigned({ binding: { periods, ...binding } }))), { role: 'root' }).brief;
  const rows: Readonly<Record<string, readonly [string, string]>> = {
    'who signs it': [root(), '+ role root: 2 of alice (key '],
    "a person's account": [root(), 'account alice, id 1'],
    'the online keys': [root(), '+ role timestamp: 1 of key '],
    'where an online key is': [root({ online: { [ALICE.signer.keyId]: 'env:ELSEWHERE' } }), '"env:ELSEWHERE"'],
    'how long a timestamp lasts': [root(), '+ period timestamp: lasts 3650 days, renewed before its end by 1 day'],
    'why keys in custody may sign alone': [root({ 'custody-quorum': { targets: 'we trust it' } }), '"we trust it"'],
    'a reason that nobody sees': [root({ 'custody-quorum': { targets: '\u200b\u2063' } }), '"\\u200b\\u2063"'],
    'each key': [root(), `"public":${JSON.stringify(publicOf(ALICE.signer.key))}`],
    'whether files have versions in their names': [root(), '+ $.consistent_snapshot: true'],
  };
  test.each(Object.entries(rows))('root v1: %s', (_name, [text, shown]) => {
    expect(text).toContain(shown);
  });

  test('a new delegation: its people, paths and period', () => {
    const text = changed(null, parseTargets(seal(topTargets())), { role: 'targets' }).brief;
    expect(text).toMatch(/\+ role releases: 2 of carol \(key [0-9a-f]{12}\), dave \(key [0-9a-f]{12}\), erin/);
    expect(text).toContain('paths v*/*');
    expect(text).toMatch(/\+ person carol, key [0-9a-f]{12}: account carol, id 3/);
    expect(text).toMatch(/\+ period releases: lasts \d+ days/);
  });
});

function publicOf(key: PlainObject): Plain | undefined {
  const value = key['keyval'];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value['public'] : undefined;
}

describe('periods are in words', () => {
  const of = (expires: number, version: number): Metadata<Root> =>
    parseRoot(seal(rootSigned({ version, binding: { periods: { ...PERIODS, timestamp: { expires, renew: 1 } } } })));
  test.each([
    [2 * 86_400, 3650 * 86_400, 'lasts 2 days -> 3650 days'],
    [86_400, 12 * 3_600, 'lasts 1 day -> 12 hours'],
    [3_600, 90, 'lasts 1 hour -> 90 seconds'],
    [60, 120, 'lasts 1 minute -> 2 minutes'],
  ])('%i to %i seconds', (before, after, words) => {
    expect(changed(of(before, 1).signed, of(after, 2), { role: 'root' }).brief).toContain(
      `  ~ period timestamp: ${words}, renewed before its end by 1 second`,
    );
  });
});

describe('what is long is cut, with its length and its digest', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  test('a value of three million characters', () => {
    const value = 'x'.repeat(3_000_000);
    const text = changed(file({}, 1).signed, file({}, 2, { note: value }));
    const json = `"${value}"`;
    expect(text.brief.length).toBeLessThan(3_000);
    expect(text.brief).toContain(`… (cut: 3,000,002 characters, sha256:${sha256(json)})`);
    expect(text.full).toContain(json);
  });

  test('a path of 200,000 characters', () => {
    const path = `v1/${'p'.repeat(200_000)}`;
    const text = between({}, { [path]: entryOf('one') });
    expect(text.brief.length).toBeLessThan(3_000);
    expect(text.brief).toContain(`… (cut: 200,003 characters, sha256:${sha256(path)})`);
    expect(text.full).toContain(path);
  });

  test('the name of a field, and a pattern', () => {
    const name = 'f'.repeat(5_000);
    const more = changed(file({}, 1).signed, file({}, 2, { [name]: 1 }));
    expect(more.brief).toContain(`(cut: 5,002 characters, sha256:${sha256(`"${name}"`)})`);
    const paths = [`v1/${'*'.repeat(5_000)}`];
    const wide = changed(null, parseTargets(seal(topTargets({ delegations: [{ ...RELEASES, paths }] }))), { role: 'targets' });
    expect(wide.brief.length).toBeLessThan(6_000);
    expect(wide.full).toContain(paths[0]);
  });

  test('a field is not hidden behind two hundred others', () => {
    const more = Object.fromEntries(Array.from({ length: 262 }, (_, index) => [`n${String(index)}`, index]));
    const before = file({}, 1, { changed: 1, gone: 1 }).signed;
    const text = changed(before, file({}, 2, { ...more, changed: 2, zz: 1 }));
    expect(text.brief).toContain('  ~ $.changed: 1 -> 2');
    expect(text.brief).toContain('  - $.gone: 1');
    expect(text.brief).toMatch(/… and 65 more fields, sha256:[0-9a-f]{64}/);
    expect(text.full).toContain('  + $.zz: 1');
  });
});

test('two fields whose names begin alike are two fields', () => {
  const name = (end: string): string => `${'n'.repeat(100)}${end}`;
  const text = changed(file({}, 1, { [name('a')]: 1 }).signed, file({}, 2, { [name('a')]: 1, [name('b')]: 1 }));
  expect(text.full).toContain(`  + $["${name('b')}"]: 1`);
});

describe('names that look like others are marked', () => {
  test.each([
    ['a path', between({}, { 'v1/\u0430pp.tgz': entryOf('one') }).brief, '+ v1/\\u0430pp.tgz'],
    ['an overlaid path', between({}, { 'v1/app\u0336': entryOf('one') }).brief, '+ v1/app\\u0336'],
    ['a field', changed(null, file({}, 1, { custоm: 1 })).brief, '+ $["cust\\u043em"]: 1'],
    ['a value', changed(null, file({}, 1, { note: 'g\u03bfogle' })).brief, '+ $.note: "g\\u03bfogle"'],
  ])('%s', (_name, text, shown) => {
    expect(text).toContain(shown);
  });
});

describe('what is asked', () => {
  test('names the role, the version, the person and the key', () => {
    expect(between({}, {}).question).toBe(`Sign releases v2 as alice (key ${KEY.slice(0, 12)})?`);
  });
  test('a second time it is said first', () => {
    const text = changed(file({}, 1).signed, file({}), { signed: true });
    expect(lines(text)[0]).toBe('alice has signed this already, and it counts: signing again changes nothing.');
    expect(text.question).toContain(' again?');
  });
  test('a new root is shown under both of its digests', () => {
    const newRoot = { payload: payloadDigest(new Uint8Array()), file: 'f'.repeat(64) };
    const text = changed(file({}, 1).signed, file({}), { newRoot }).brief;
    expect(text).toContain(`  payload sha256:${newRoot.payload}`);
    expect(text).toContain(`  file 1.root.json sha256:${newRoot.file}`);
  });
});
