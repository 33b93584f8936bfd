// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { MAX_NAME_BYTES, MAX_SEGMENT_BYTES, requireDistinctNames, requirePortableName } from '../../src/hashing/portable-name.ts';
import { outcomeOf } from '../../src/tuf/errors.ts';

const FILE_NAME = { kind: 'refused', refusal: { code: 'file-name' } };
const segment = 'x'.repeat(MAX_SEGMENT_BYTES);
const longest = `${`${'x'.repeat(99)}/`.repeat(MAX_NAME_BYTES / 100 - 1)}${'x'.repeat(100)}`;

describe('names that every client and host can carry', () => {
  test.each([
    ['a plain name', 'app.tar.gz', 'app.tar.gz/'],
    ['a path', 'v1/linux/app', 'v1//app'],
    ['a relative path', 'v1/app', '/v1/app'],
    ['dots inside', 'a..b/.hidden', 'a/../b'],
    ['three dots and more', '...a', '.'],
    ['dots before a segment', '..a/b', '../b'],
    ['no dot at the end', 'a.b', 'a.b.'],
    ['no dot at the end of a directory', 'a.b/c', 'a./c'],
    ['something', 'a', ''],
    ['a space inside', 'a b', ' a'],
    ['no space at the end', 'a b/c', 'a /c'],
    ['no space of another kind at the end', 'a\u00a0b', 'a\u00a0'],
    ['a slash', 'a/b', 'a\\b'],
    ['no colon', 'c/file', 'c:file'],
    ['no star', 'a+b', 'a*b'],
    ['no question mark', 'a!b', 'a?b'],
    ['no hash', 'a@b', 'a#b'],
    ['no percent sign', 'a&b', 'a%41'],
    ['no double quote', "a'b", 'a"b'],
    ['no angle bracket', 'a(b', 'a<b'],
    ['no closing angle bracket', 'a)b', 'a>b'],
    ['no bar', 'a_b', 'a|b'],
    ['no control character', 'a~b', 'a\u001fb'],
    ['no delete', 'a~b~', 'a\u007fb'],
    ['no newline', 'a-b', 'a\nb'],
    ['no C1 control character', 'a\u00a1b', 'a\u0085b'],
    ['nothing that turns text around', 'photo_gpj.exe', 'photo_\u202egpj.exe'],
    ['nothing invisible', 'ab', 'a\u200bb'],
    ['no byte order mark', 'b', '\ufeffb'],
    ['normal form C', 'caf\u00e9', 'cafe\u0301'],
    ['astral characters', '\u{1f4e6}.zip', '\ud83d.zip'],
    ['no device', 'con1', 'con'],
    ['no device after a plain directory', 'a/con1', 'a/con'],
    ['no device before a plain name', 'com0/a', 'COM9/a'],
    ['no dot at the end of a plain path', 'a.b/c.d', 'a.b/c.d.'],
    ['no slash at the end of a plain path', 'a.b/c.d/e', 'a.b/c.d/'],
    ['no device in any case', 'xNul', 'Nul'],
    ['no device with an extension', 'aux1.txt', 'aux.txt'],
    ['no device with a space and an extension', 'prn x.txt', 'prn .txt'],
    ['no device as a directory', 'com10/a', 'com1/a'],
    ['no device with a superscript digit', 'lpt\u2074', 'lpt\u00b2'],
    ['no console', 'conin', 'CONIN$'],
    ['nothing that rust-tuf refuses', 'clock', 'CLOCK$'],
    ['no git directory', '.github/a', '.Git/a'],
    ['no short name of a git directory', 'git~2', 'GIT~1'],
    ['a segment that fits with its prefix', segment, `${segment}x`],
    ['a segment counted in bytes', `${'\u00e9'.repeat(MAX_SEGMENT_BYTES / 2)}/x`, '\u00e9'.repeat(MAX_SEGMENT_BYTES / 2 + 1)],
    ['a name that is short enough', longest, `x/${longest}`],
  ])('%s', (_, accepted, refused) => {
    expect(outcomeOf(() => requirePortableName(accepted))).toMatchObject({ kind: 'accepted' });
    expect(outcomeOf(() => requirePortableName(refused))).toMatchObject(FILE_NAME);
  });
});

describe('names that can exist together everywhere', () => {
  test.each([
    ['each once', ['a', 'b'], ['a', 'a']],
    ['not by case alone', ['App', 'app2'], ['App', 'aPP']],
    ['not by the case of a directory alone', ['V1/app', 'v1/lib'], ['V1/app', 'v1/app']],
    ['not by the case of other letters alone', ['\u00c9', 'e'], ['\u00c9', '\u00e9']],
    ['not by case that changes the length', ['stra\u00dfe', 'strase'], ['stra\u00dfe', 'STRASSE']],
    ['not by a final sigma', ['\u03b1\u03c2', '\u03b1'], ['\u03b1\u03c2', '\u03b1\u03c3']],
    ['a file is no directory', ['a.b', 'a/b'], ['a', 'a/b']],
    ['a file is no directory, whatever the order', ['a/b/c', 'ab'], ['a/b/c', 'a/b']],
    ['a file is no directory in another case', ['b', 'a/b'], ['A', 'a/b']],
  ])('%s', (_, accepted, refused) => {
    expect(outcomeOf(() => requireDistinctNames(accepted))).toMatchObject({ kind: 'accepted' });
    expect(outcomeOf(() => requireDistinctNames(refused))).toMatchObject(FILE_NAME);
  });

  test('both names are told', () => {
    const outcome = outcomeOf(() => requireDistinctNames(['x/App', 'x/app']));
    expect(outcome).toMatchObject({ refusal: { where: '"x/app"', detail: expect.stringContaining('"x/App"') } });
  });
});
