// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { readCaller } from '../../src/commands/read-caller.ts';
import { callingWorkflow, ejectedWorkflow } from '../../src/render/workflow-files.ts';

const PIN = { repository: 'owner/countersign', commit: 'c'.repeat(40) };
const SETTINGS = {
  root: 'ab'.repeat(32),
  siteUrl: 'https://o.github.io/p/',
  metadataHosting: 'pages',
  metadataTag: '',
  deploy: 'here',
} as const;

describe('a workflow is read back', () => {
  test('in its short form', () => {
    expect(readCaller(callingWorkflow(PIN, SETTINGS))).toEqual({
      kind: 'found',
      uses: [`owner/countersign/.github/workflows/reconcile.yml@${PIN.commit}`],
      roots: [SETTINGS.root],
      metadataHosting: 'pages',
      deploy: 'here',
    });
  });

  test('in its long form: five steps of ours, the checkout, and the one that deploys', () => {
    const found = readCaller(ejectedWorkflow({ ...PIN, repository: 'owner/fork' }, SETTINGS));
    expect(found).toMatchObject({ kind: 'found', roots: Array.from({ length: 5 }, () => SETTINGS.root) });
    expect(found.kind === 'found' ? found.uses : []).toHaveLength(7);
  });

  test('with its hosting, and where another site deploys', () => {
    const text = callingWorkflow(PIN, { ...SETTINGS, metadataHosting: 'release', metadataTag: 'tuf', deploy: 'elsewhere' });
    expect(readCaller(text)).toMatchObject({ metadataHosting: 'release', deploy: 'elsewhere' });
  });

  test('when a job of it has lost its root', () => {
    expect(readCaller(callingWorkflow(PIN, SETTINGS).replace(/ {6}root: .*\n/, ''))).toMatchObject({ roots: [null] });
  });
});

test.each<[string, string | null, object]>([
  ['no file', null, { kind: 'missing' }],
  ['what is no YAML', 'jobs: [', { kind: 'unreadable' }],
  ['an alias', 'a: &a [1]\njobs: *a\n', { kind: 'unreadable' }],
  ['a list', '- 1\n', { kind: 'found', uses: [], roots: [] }],
  ['jobs that are none', 'jobs:\n  one: 1\n  two: { steps: 2 }\n', { kind: 'found', uses: [], roots: [] }],
  ['nothing', '', { kind: 'found', uses: [], roots: [] }],
])('%s is told, and is no error', (_, text, expected) => {
  expect(readCaller(text)).toMatchObject(expected);
});
