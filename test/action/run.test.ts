// SPDX-License-Identifier: Apache-2.0
// The action on a repository in a directory: what a step does, says and leaves.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { INPUT_NAMES, variableOf, type Environment, type InputName } from '../../src/action/input-text.ts';
import { OUTPUT_NAMES } from '../../src/action/outputs.ts';
import { runAction } from '../../src/action/run.ts';
import { day, makeScratch, published, removeScratch, START, unsigned, type Ground } from '../commands/support.ts';
import { RecordingRunner } from './recording-runner.ts';

const SEED = createHash('sha256').update('ONLINE').digest('hex');

let ground: Ground;

beforeAll(makeScratch);
afterAll(removeScratch);
beforeEach(async () => {
  ground = await (await published()).copy();
  await mkdir(join(ground.directory, 'dist'), { recursive: true });
  await writeFile(join(ground.directory, 'dist', 'app.txt'), 'an app');
});

type Given = Partial<Readonly<Record<InputName, string>>>;

interface Step {
  readonly code: number;
  readonly runner: RecordingRunner;
  readonly output: (name: (typeof OUTPUT_NAMES)[number]) => string | undefined;
}

async function step(given: Given, more: Readonly<Record<string, string>> = {}): Promise<Step> {
  const inputs = INPUT_NAMES.map((name): [string, string] => [variableOf(name), given[name] ?? '']);
  const runner = new RecordingRunner();
  const env: Environment = new Map([
    ...inputs,
    ['GITHUB_WORKSPACE', ground.directory],
    ['RUNNER_TEMP', await mkdtemp(join(ground.directory, 'runner-'))],
    ['GITHUB_SHA', 'a'.repeat(40)],
    ...Object.entries(more),
  ]);
  const code = await runAction(env, { runner, now: START });
  expect([...runner.outputs.keys()]).toEqual([...OUTPUT_NAMES]);
  expect(runner.depth).toBe(0);
  return { code, runner, output: (name) => runner.outputs.get(name) };
}

/** A step on the ground's repository. */
async function local(given: Given, more: Readonly<Record<string, string>> = {}): Promise<Step> {
  return step({ directory: join(ground.directory, 'forge'), site: ground.site, ...given }, more);
}

const PROPOSE: Given = { command: 'propose', role: 'releases', files: 'dist/*.txt', 'target-prefix': 'v1/' };

test('a release from propose to verify', async () => {
  const proposed = await local(PROPOSE);
  expect(proposed.code).toBe(0);
  expect(proposed.output('operation')).toBe('opened');
  expect(proposed.output('pull-request-number')).toBe('2');
  expect(proposed.output('pull-request-operation')).toBe('created');
  expect(proposed.output('pull-request-branch')).toBe('sign/releases-v2');
  expect(proposed.output('pull-request-head-sha')).toMatch(/^[0-9a-f]{40}$/);
  expect(proposed.output('payload')).toMatch(/^[0-9a-f]{64}$/);
  expect(proposed.runner.markdown).toContain('```diff\n+ v1/app.txt\n```');

  const again = await local(PROPOSE);
  expect([again.code, again.output('operation'), again.output('pull-request-operation')]).toEqual([0, 'nothing-new', 'none']);

  for (const person of ['alice', 'bob']) await ground.sign(person, 2);
  const gathered = await local({ command: 'gather' });
  expect([gathered.code, gathered.output('operation'), gathered.output('completed')]).toEqual([0, 'completed', '[2]']);
  expect([gathered.output('publish-needed'), gathered.output('custody'), gathered.output('released')]).toEqual(['true', '[]', '[]']);

  const publish = await local({ command: 'publish', 'online-key': SEED }, { ONLINE: SEED });
  expect([publish.code, publish.output('operation'), publish.output('deploy-needed')]).toEqual([0, 'published', 'false']);
  expect(publish.runner.masked).toContain(SEED);

  const fresh = await local({ command: 'gather' });
  expect(fresh.output('publish-needed')).toBe('false');
  const verified = await step({ command: 'verify', site: ground.site });
  expect([verified.code, verified.output('verified')]).toEqual([0, 'true']);
  expect((await local({ command: 'status' })).runner.markdown).toContain('| releases | 2 |');
});

test('an online key that broke makes a publish red where nothing is due', async () => {
  for (const key of ['', '0'.repeat(64), 'no key']) {
    const { code, runner } = await local({ command: 'publish', 'online-key': key }, { ONLINE: key });
    expect(code).toBe(1);
    const [error] = runner.annotations.filter(({ kind }) => kind === 'error');
    expect(error).toMatchObject({ title: 'signer-key', text: expect.stringMatching(/env:ONLINE.*; set ONLINE to the private key/) });
  }
});

test('dry runs show what would be done, and write nothing', async () => {
  const before = await ground.state();
  const proposed = await local({ ...PROPOSE, 'dry-run': 'true' });
  expect([proposed.code, proposed.output('operation'), proposed.output('pull-request-operation')]).toEqual([0, 'opened', 'none']);
  expect(proposed.output('pull-request-number')).toBe('');
  expect(proposed.runner.markdown).toContain('## 🔍 Dry run: releases v2 would be opened');
  const gathered = await local({ command: 'gather', 'dry-run': 'true' });
  const publish = await local({ command: 'publish', 'dry-run': 'true' });
  for (const { code, runner } of [proposed, gathered, publish]) {
    expect(code).toBe(0);
    expect(runner.annotations).toContainEqual({ kind: 'notice', title: 'dry run', text: 'nothing was written' });
    expect(runner.markdown).toContain('This was a dry run: nothing was written.');
  }
  expect(await ground.state()).toBe(before);
});

test('an event that nobody has signed is abandoned; one that people have signed is theirs to end', async () => {
  ground = await (await unsigned()).copy();
  const signed = await ground.copy();
  await signed.sign('alice', 2);
  const refused = await step({ command: 'abandon', number: '2', directory: join(signed.directory, 'forge'), site: signed.site });
  expect([refused.code, refused.runner.annotations.map(({ title }) => title)]).toEqual([1, ['not-a-signer']]);
  const abandoned = await local({ command: 'abandon', number: '2' });
  expect([abandoned.code, abandoned.output('operation'), abandoned.output('pull-request-operation')]).toEqual([0, 'abandoned', 'closed']);
  expect((await local({ command: 'abandon', number: '2' })).code).toBe(1);
});

test('a site is taken out of the directory that is given, and verified', async () => {
  const { code, output } = await local({ command: 'site' });
  expect(code).toBe(0);
  const directory = output('site-directory') ?? '';
  expect(await readFile(join(directory, 'metadata', 'timestamp.json'))).toEqual(
    await readFile(join(ground.site, 'metadata', 'timestamp.json')),
  );
  expect((await step({ command: 'verify', site: directory })).code).toBe(0);
});

describe('a refusal', () => {
  test.each<[string, Given, string, number]>([
    ['of an input', { ...PROPOSE, role: '' }, 'usage', 2],
    ['of an unknown role', { ...PROPOSE, role: 'nobody' }, 'role-unknown', 1],
    ['of a pattern that matches nothing', { ...PROPOSE, files: 'dist/*.exe' }, 'usage', 2],
    ['of artifacts without a host', { ...PROPOSE, artifacts: 'linux' }, 'usage', 2],
    ['of a path of another role', { ...PROPOSE, 'target-prefix': 'other/' }, 'target-unreachable', 1],
    ['of an event that is not there', { command: 'abandon', number: '99' }, 'event-unknown', 1],
    ['of a key that is none', { command: 'custody', person: 'erin', key: 'hunter2' }, 'signer-key', 1],
    ['of settle outside of a run', { command: 'settle' }, 'usage', 2],
  ])('%s is one error with its code, in the summary too, and leaves no output', async (_, given, code, exit) => {
    const { code: got, runner } = await local(given);
    expect(got).toBe(exit);
    expect(runner.annotations.filter(({ kind }) => kind === 'error').map(({ title }) => title)).toEqual([code]);
    expect(runner.markdown).toContain(`refused: \`${code}\``);
    expect([...runner.outputs.values()].filter((value) => value !== '')).toEqual([]);
    expect((await local(PROPOSE)).code).toBe(0);
  });
});

test('what does not verify is left out, shown, and makes the step red', async () => {
  const timestamp = join(ground.site, 'metadata', '1.releases.json');
  await writeFile(timestamp, (await readFile(timestamp, 'utf8')).replace(/"sig": ?"../, '"sig":"00'));
  const { code, runner, output } = await step({ command: 'verify', site: ground.site });
  expect(code).toBe(1);
  expect(output('verified')).toBe('false');
  expect(runner.annotations.some(({ kind }) => kind === 'error')).toBe(true);
  expect(runner.markdown).toContain('### Problems');
});

test('no secret appears in anything that is shown, whatever becomes of the step', async () => {
  const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345';
  const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(SEED, 'hex').toString('base64')}\nsecond-line-of-it\n-----END PRIVATE KEY-----`;
  const steps = [
    await local({ ...PROPOSE, 'github-token': token, 'online-key': SEED, key: pem }),
    await local({ command: 'gather', 'github-token': token }),
    await local({ command: 'custody', person: 'alice', key: pem }),
    await local({ command: 'custody', person: 'alice', key: SEED }),
    await local({ command: 'publish', 'online-key': pem }, { ONLINE: SEED }),
    await local({ command: 'publish', 'online-key': SEED }, { ONLINE: pem }),
    await step({ command: 'gather', repository: 'octo/app', 'github-token': token }, { GITHUB_API_URL: 'https://127.0.0.1:1' }),
    await local({ command: 'publish', root: 'wrong', 'online-key': SEED }),
  ];
  const secrets = [token, SEED, ...pem.split('\n').slice(1, -1)];
  for (const { runner } of steps) for (const secret of secrets) expect(runner.shown).not.toContain(secret);
  for (const secret of secrets) expect(steps.some(({ runner }) => runner.masked.includes(secret))).toBe(true);
  expect(day(0)).toBe(START);
});
