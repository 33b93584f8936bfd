// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { MAX_BODY_CHARACTERS } from '../../src/render/markdown.ts';
import { renderProposal } from '../../src/render/proposal-markdown.ts';
import { payloadDigest } from '../../src/tuf/metadata.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { BASE, RELEASES_ROLE, seal, targetsSigned } from '../event/support.ts';

const URL = 'https://forge.test/pull/7';

/** The body for a proposal that adds these paths to releases. */
function bodyFor(paths: readonly string[]): string {
  const files = Object.fromEntries([['v1/app', 'one'], ...paths.map((path) => [path, 'two'])]);
  const { signed, payload } = parseTargets(seal(targetsSigned({ version: 2, files })));
  const changes = paths.map((path) => ({ kind: 'added' as const, path: parseTargetPath(path, 'path') }));
  return renderProposal({ base: BASE, role: RELEASES_ROLE, proposed: signed, payload: payloadDigest(payload), changes, url: URL });
}

const TWO = '`3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3`';
const count = (text: string, part: string): number => text.split(part).length - 1;

test('one file is added', () => {
  expect(bodyFor(['v2/app'])).toBe(
    [
      'Proposes version 2 of <code>releases</code>, after version 1.',
      '',
      '- payload: `sha256:32f37cf1411c7d6d1df9ec571210ece425f76f1768015e05b8e39dc621b3826a`',
      '- expires: 2031-01-01T00:00:00Z → 2031-01-01T00:00:00Z',
      '- targets: 1 → 2',
      '- needs 2 of: carol, dave, erin',
      '',
      '| change | path | bytes | sha256 |',
      '| --- | --- | --- | --- |',
      `| added | <code>v2/app</code> | 3 | ${TWO} |`,
      '',
      `Sign with \`countersign sign ${URL}\`.`,
      '',
    ].join('\n'),
  );
});

test('nothing changes but the expiry', () => {
  expect(bodyFor([])).toContain('| --- | --- | --- | --- |\n\nSign with');
});

test('a path can not format, mention or hide', () => {
  expect(bodyFor(['v2/<b>|@x `y`\u202e_z_'])).toContain(
    '| added | <code>v2/&#60;b&#62;&#124;&#64;x &#96;y&#96;&#92;u202e&#95;z&#95;</code> | 3 |',
  );
});

test('100,000 targets', () => {
  const { signed, payload } = parseTargets(seal(targetsSigned({ version: 2, files: { 'v1/app': 'one' } })));
  const [entry] = signed.targets.values();
  if (entry === undefined) throw new Error('the file lists a target');
  const changes = Array.from({ length: 100_000 }, (_, index) => ({
    kind: 'added' as const,
    path: parseTargetPath(`v2/${String(index)}`, 'path'),
  }));
  const proposed = { ...signed, targets: new Map(changes.map(({ path }) => [path, entry])) };
  const body = renderProposal({ base: BASE, role: RELEASES_ROLE, proposed, payload: payloadDigest(payload), changes, url: URL });
  expect(count(body, '| added |')).toBe(100);
  expect(body).toContain('\n| … | 99900 more | | |\n');
  expect(body).toContain('\n- targets: 1 → 100000\n');
  expect(body.length).toBeLessThan(MAX_BODY_CHARACTERS);
});

test('more rows of long paths than a body holds', () => {
  const body = bodyFor(Array.from({ length: 150 }, (_, index) => `v2/${'|@'.repeat(500)}${String(index)}`));
  const shown = count(body, '| added |');
  expect(shown).toBeGreaterThan(20);
  expect(body).toContain(`\n| … | ${String(150 - shown)} more | | |\n`);
  expect(body.length).toBeLessThan(MAX_BODY_CHARACTERS);
  expect(body.endsWith(`Sign with \`countersign sign ${URL}\`.\n`)).toBe(true);
});
