// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { editTargets, stageTargets, type TargetsEdit } from '../../src/tuf/edit-targets.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseSha256, parseTargetPath, parseVersion } from '../../src/tuf/names.ts';
import { parseTargetsSigned } from '../../src/tuf/targets.ts';
import { codeOf, json, object, targetsSigned } from './support.ts';

const OLD = 'a1'.repeat(32);
const NEW = 'b2'.repeat(32);
const path = (text: string) => parseTargetPath(text, '$');
const current = parseTargetsSigned(
  targetsSigned({
    'x-role': [1],
    targets: {
      plain: { length: 1, hashes: { sha256: OLD } },
      rich: { length: 1, hashes: { sha256: OLD }, custom: { note: 'a' }, 'x-entry': true },
      two: { length: 1, hashes: { sha256: OLD, sha512: OLD + OLD } },
    },
  }),
  '$',
);

/** `+plain=NEW` adds with another hash, `-plain` removes; `note` is put into `custom`. */
function edit(what: readonly string[], existing: TargetsEdit['existing'] = 'refuse', note: string | null = null): TargetsEdit {
  const add = new Map<
    ReturnType<typeof path>,
    { length: number; sha256: ReturnType<typeof parseSha256>; custom: ReturnType<typeof object> | null }
  >();
  const remove = new Set<ReturnType<typeof path>>();
  for (const one of what) {
    const [name = '', hash] = one.slice(1).split('=');
    if (one.startsWith('-')) remove.add(path(name));
    else
      add.set(path(name), {
        length: 1,
        sha256: parseSha256(hash === 'NEW' ? NEW : OLD, '$'),
        custom: note === null ? null : object({ note }),
      });
  }
  return { add, remove, existing };
}

describe('a change of what a role lists', () => {
  test.each<[name: string, what: readonly string[], existing: TargetsEdit['existing'], note: string | null, expected: string]>([
    ['a new path', ['+new'], 'refuse', null, 'added new'],
    ['nothing', [], 'refuse', null, ''],
    ['what is listed already', ['+plain'], 'refuse', null, ''],
    ['other content under a listed path', ['+plain=NEW'], 'refuse', null, 'target-exists'],
    ['the same, to replace', ['+plain=NEW'], 'replace', null, 'replaced plain'],
    ['the same content with another custom', ['+plain'], 'refuse', 'b', 'replaced plain'],
    ['the same content and custom', ['+rich'], 'refuse', 'a', ''],
    ['the same content without its custom', ['+rich'], 'refuse', null, 'replaced rich'],
    ['the same content, of which only sha256 is kept', ['+two'], 'refuse', null, 'replaced two'],
    ['a removal', ['-plain'], 'refuse', null, 'removed plain'],
    ['a removal of what is not listed', ['-new'], 'refuse', null, 'target-missing'],
    ['the same path added and removed', ['+plain', '-plain'], 'replace', null, 'target-exists'],
    ['one removed, one added', ['-plain', '+new'], 'refuse', null, 'removed plain, added new'],
    ['a name that objects have', ['+constructor'], 'refuse', null, 'added constructor'],
    ['a removal of a name that objects have', ['-constructor'], 'refuse', null, 'target-missing'],
    ['a path that is not in normal form C', ['+e\u0301'], 'refuse', null, 'json-not-nfc'],
    ['custom that is not in normal form C', ['+new'], 'refuse', 'e\u0301', 'json-not-nfc'],
  ])('%s', (_, what, existing, note, expected) => {
    const step = () => stageTargets(current, edit(what, existing, note));
    const code = codeOf(step);
    if (code !== 'accepted') expect(code).toBe(expected);
    else
      expect(
        step()
          .changes.map((change) => `${change.kind} ${change.path}`)
          .join(', '),
      ).toBe(expected);
  });

  test('a removal of what is not listed offers the nearest path', () => {
    expect(() => stageTargets(current, edit(['-Plaim'], 'refuse', null))).toThrow('got none of this path; the nearest one is "plain"');
    expect(() => stageTargets(current, edit(['-unrelated'], 'refuse', null))).toThrow(/got none of this path$/);
  });

  test('keeps the unknown fields of an entry that is replaced, and all other entries', () => {
    const { targets } = stageTargets(current, edit(['+rich=NEW'], 'replace', 'b'));
    expect(targets.get('rich')).toEqual(json({ custom: { note: 'b' }, hashes: { sha256: NEW }, length: 1, 'x-entry': true }));
    expect(targets.get('two')).toBe(current.targets.get(path('two'))?.raw);
  });

  test('writes no empty custom, which tough would drop', () => {
    const empty = { length: 1, sha256: parseSha256(NEW, '$'), custom: object({}) };
    const { targets } = stageTargets(current, { add: new Map([[path('new'), empty]]), remove: new Set(), existing: 'refuse' });
    expect(targets.get('new')).toEqual(json({ hashes: { sha256: NEW }, length: 1 }));
  });

  test('does not change what was given', () => {
    stageTargets(current, edit(['-plain', '+rich=NEW', '+new'], 'replace'));
    expect([...current.targets.keys()]).toEqual(['plain', 'rich', 'two']);
    expect(current.targets.get(path('rich'))?.hashes.get('sha256')).toBe(OLD);
  });

  test('gives a signed part with the new version and expiry, and everything else as it was', () => {
    const { targets } = stageTargets(current, edit(['-plain']));
    const header = { version: parseVersion(2, '$'), expires: parseInstant('2031-01-01T00:00:00Z', '$') };
    const signed = editTargets(current, targets, header);
    expect(signed.get('version')).toBe(2);
    expect(signed.get('expires')).toBe('2031-01-01T00:00:00Z');
    expect(signed.get('x-role')).toEqual([1]);
    expect([...parseTargetsSigned(signed, '$').targets.keys()]).toEqual(['rich', 'two']);
    expect(current.version).toBe(1);
  });
});
