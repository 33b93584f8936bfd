// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { INPUT_NAMES, variableOf } from '../../src/action/input-text.ts';
import { OUTPUT_NAMES } from '../../src/action/outputs.ts';
import { readActionFile } from './action-file.ts';

const { inputs, outputs, runs } = readActionFile();
const run = runs.steps.find(({ id }) => id === 'run');

test('every input is known, in order, and every other name is not', () => {
  expect(Object.keys(inputs)).toEqual([...INPUT_NAMES]);
});

test('every input goes to the program through env, and nothing else does', () => {
  expect(run?.env).toEqual(Object.fromEntries(INPUT_NAMES.map((name) => [variableOf(name), `\${{ inputs.${name} }}`])));
});

test('every output is handed on', () => {
  expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual(
    Object.fromEntries(OUTPUT_NAMES.map((name) => [name, `\${{ steps.run.outputs.${name} }}`])),
  );
});

test('inputs and outputs say what they are', () => {
  for (const { description } of [...Object.values(inputs), ...Object.values(outputs)]) expect(description.length).toBeGreaterThan(10);
});

test('no script has an expression in it: whoever names a branch must not write code', () => {
  const scripts = runs.steps.flatMap((step) => step.run ?? []);
  expect(scripts).toHaveLength(2);
  expect(scripts.join('\n')).not.toContain('${{');
});

test('every script runs in a shell that all runners have', () => {
  expect(runs.using).toBe('composite');
  for (const step of runs.steps) if (step.run !== undefined) expect(step.shell).toBe('bash');
});

test('every action is pinned by its commit', () => {
  const used = runs.steps.flatMap(({ uses }) => uses ?? []);
  expect(used).toHaveLength(3);
  for (const uses of used) expect(uses).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
});

test.each([
  ['staging-artifact', 'staging-directory'],
  ['signature-artifact', 'signature-directory'],
  ['site-directory', 'site-directory'],
])('an upload happens when %s is set, of %s', (condition, directory) => {
  const step = runs.steps.find((one) => one.if === `steps.run.outputs.${condition} != ''`);
  expect(step?.with?.['path']).toBe(`\${{ steps.run.outputs.${directory} }}`);
});
