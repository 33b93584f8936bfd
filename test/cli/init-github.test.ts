// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Console } from '../../src/cli/console.ts';
import { initGitHubCommand, type InitGitHubOptions } from '../../src/cli/init-github-command.ts';
import { plainJson } from '../../src/render/plain-json.ts';
import { NO_STYLE } from '../../src/render/style.ts';
import { generateEd25519 } from '../../src/signers/generate.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { CommandLine } from './command-line.ts';

const FULL = 'acme/project';
const ACTION = `owner/countersign@${'c'.repeat(40)}`;

let fake: FakeGitHub;
let scratch: string;
let said: string[];

const recorder: Console = {
  style: NO_STYLE,
  log: { info: (text) => void said.push(text), warn: (text) => void said.push(text), progress: () => undefined },
  result: (value, text) => void said.push(text(value, NO_STYLE), JSON.stringify(plainJson(value))),
  error: (error) => void said.push(String(error)),
};

function options(change: Partial<InitGitHubOptions> = {}): InitGitHubOptions {
  return {
    github: FULL,
    signer: [],
    custody: [],
    custodyKey: [],
    hosting: 'pages',
    metadataTag: 'tuf-metadata',
    deploy: true,
    eject: false,
    action: ACTION,
    dryRun: false,
    yes: true,
    json: true,
    ...change,
  };
}

function run(change: Partial<InitGitHubOptions> = {}, env: Readonly<Record<string, string>> = {}): Promise<number> {
  return initGitHubCommand(
    options(change),
    recorder,
    new Map(Object.entries({ GH_TOKEN: fake.tokenFor('acme'), GITHUB_API_URL: fake.apiUrl, ...env })),
  );
}

/** An OpenSSH public key line of a new key. */
function sshLine(): string {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const part = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]).toString('base64')}`;
}

async function policyOfEvent(): Promise<string> {
  const { refs } = fake.repository(FULL);
  const head = refs.get('refs/heads/sign/root-v1') ?? '';
  return execFileSync('git', ['show', `${head}:countersign.yaml`], { cwd: fake.gitDirectory(FULL), encoding: 'utf8' });
}

beforeEach(async () => {
  said = [];
  scratch = mkdtempSync(join(tmpdir(), 'init-github-'));
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  fake.commit(FULL, 'main', { 'README.md': 'hello\n' });
  for (const login of ['alice', 'bob']) fake.addKey(login, sshLine());
});
afterEach(async () => {
  rmSync(scratch, { recursive: true });
  await fake.close();
});

/** Requests that are no questions. */
function changes(): readonly string[] {
  return fake.requests.map(({ route }) => route).filter((line) => !/^GET |^POST \/graphql OpenPulls$/.test(line));
}

describe('init --github', () => {
  test('sets up from the keys that accounts show, in five steps, and tells no secret', async () => {
    const online = generateEd25519().pem;
    expect(await run({ signer: ['alice', 'bob'] }, { COUNTERSIGN_ONLINE_KEY: online })).toBe(0);
    const [, text = '', json = ''] = said;
    expect(text).toContain('steps that are left: 4\n');
    expect(text.match(/^ {2}\d\. .*/gm)?.map((line) => line.replace(/\S*\/pull\/\d+/g, 'PULL'))).toEqual([
      '  1. merge PULL: the workflow',
      '  2. alice compares the digest of root v1 by other means and signs it: countersign sign PULL --key <uri>',
      '  3. bob compares the digest of root v1 by other means and signs it: countersign sign PULL --key <uri>',
      '  4. add the job below to the release workflow, after the job that builds',
    ]);
    expect(text).toContain(`uses: ${ACTION}`);
    expect(JSON.parse(json)).toMatchObject({ outcome: 'applied', rootPull: { signers: ['alice', 'bob'] } });
    expect(fake.secretsFor(FULL, 'main', 'countersign-online')?.get('COUNTERSIGN_ONLINE_KEY')).toBe(online);
    const secrets = [fake.tokenFor('acme'), ...online.trim().split('\n').slice(1, -1)];
    for (const secret of secrets) expect(said.join('\n')).not.toContain(secret);
    said = [];
    expect(await run()).toBe(0);
    expect(JSON.parse(said[1] ?? '')).toMatchObject({ plan: { changes: [], secrets: [] }, rootPull: null });
  });

  test('keeps a key that it makes for whoever approves in the browser, who signs releases and no more', async () => {
    fake.addUser('carol');
    expect(await run({ signer: ['alice', 'bob'], custody: ['carol'] })).toBe(0);
    const secret = fake.secretsFor(FULL, 'main', 'countersign-carol')?.get('COUNTERSIGN_KEY') ?? '';
    expect(secret).toContain('PRIVATE KEY');
    expect(fake.secretsFor(FULL, 'sign/root-v1', 'countersign-carol')).toBeNull();
    for (const line of secret.trim().split('\n').slice(1, -1)) expect(said.join('\n')).not.toContain(line);
    const policy = await policyOfEvent();
    const [{ x: key = '' }, listed] = [
      createPublicKey(secret).export({ format: 'jwk' }),
      /carol: .* key: "ed25519:([0-9a-f]{64})"/.exec(policy)?.[1],
    ];
    expect(listed).toBe(Buffer.from(key, 'base64url').toString('hex'));
    expect(policy).toContain('releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2');
    for (const role of ['root', 'targets']) expect(policy).toContain(`${role}: { signers: [alice, bob], threshold: 2`);
    // Again: what was begun keeps its key.
    expect(await run({ signer: ['alice', 'bob'], custody: ['carol'] })).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ plan: { changes: [], secrets: [], refusals: [] }, rootPull: null });
    expect(fake.secretsFor(FULL, 'main', 'countersign-carol')?.get('COUNTERSIGN_KEY')).toBe(secret);
  });

  test('replaces a custody key that an earlier set-up has left', async () => {
    fake.addUser('carol');
    await run({ signer: ['alice', 'bob'], custody: ['carol'] });
    const secret = fake.secretsFor(FULL, 'main', 'countersign-carol')?.get('COUNTERSIGN_KEY');
    const [pull] = fake.repository(FULL).pulls.values();
    if (pull === undefined) throw new Error('no event');
    pull.state = 'closed';
    fake
      .repository(FULL)
      .refs.list('refs/heads/')
      .filter(([name]) => /\/(?:tuf|root-v1)$/.test(name))
      .forEach(([name]) => execFileSync('git', ['update-ref', '-d', name], { cwd: fake.gitDirectory(FULL) }));
    expect(await run({ signer: ['alice', 'bob'], custody: ['carol'] })).toBe(0);
    expect(fake.secretsFor(FULL, 'main', 'countersign-carol')?.get('COUNTERSIGN_KEY')).not.toBe(secret);
  });

  test('with --dry-run shows what it would do, and changes nothing', async () => {
    expect(await run({ signer: ['alice', 'bob'], dryRun: true })).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ outcome: 'declined', plan: { root: { kind: 'propose' } } });
    expect(changes()).toEqual([]);
  });

  test('--hosting none is --no-deploy: another site takes the published branch in', async () => {
    const planned = async (change: Partial<InitGitHubOptions>): Promise<unknown> => {
      expect(await run({ signer: ['alice', 'bob'], dryRun: true, ...change })).toBe(0);
      return JSON.parse(said.at(-1) ?? '').plan.steps ?? JSON.parse(said.at(-1) ?? '').plan;
    };
    const none = JSON.stringify(await planned({ hosting: 'none' })).replaceAll(/[0-9a-f]{64}/g, '*');
    const [noDeploy, pages] = [await planned({ deploy: false }), await planned({})].map((plan) =>
      JSON.stringify(plan).replaceAll(/[0-9a-f]{64}/g, '*'),
    );
    expect(none).toBe(noDeploy);
    expect(none).not.toBe(pages);
  });

  test('fails when the answer is no, and changes nothing; takes a yes', async () => {
    const cli = await CommandLine.build();
    const args = ['init', '--github', FULL, '--signer', 'alice', '--signer', 'bob', '--action', ACTION];
    const env = { GH_TOKEN: fake.tokenFor('acme'), GITHUB_API_URL: fake.apiUrl, NO_COLOR: '1' };
    const answer = (type: string): ReturnType<CommandLine['terminal']> =>
      cli.terminal(args, { env, answers: [{ after: 'Change this?', type }] });
    const no = await answer('n\r');
    expect(no.screen).toContain(`error[declined] ${FULL}: expected your agreement, got none; nothing was changed`);
    expect(no.code).toBe(1);
    expect(changes()).toEqual([]);
    expect((await answer('y\r')).code).toBe(0);
    await cli.remove();
  });

  test('fails with --dry-run when something stands against it', async () => {
    fake.repository(FULL).site = { buildType: 'legacy', source: { branch: 'main', path: '/' }, deployments: [] };
    expect(await run({ signer: ['alice', 'bob'], dryRun: true })).toBe(1);
  });

  test.each<[string, string, Partial<InitGitHubOptions>, Readonly<Record<string, string>>]>([
    ['no token', 'usage', { signer: ['alice', 'bob'] }, { GH_TOKEN: '' }],
    ['one signer', 'usage', { signer: ['alice'] }, {}],
    ['a signer without a key', 'usage', { signer: ['alice', 'acme'] }, {}],
    ['neither a policy nor signers', 'usage', {}, {}],
    ['both a policy and signers', 'usage', { policy: 'countersign.yaml', signer: ['alice', 'bob'] }, {}],
    ['a policy that is not there', 'io', { policy: 'absent.yaml' }, {}],
    ['an action at a tag', 'usage', { signer: ['alice', 'bob'], action: 'owner/countersign@v1' }, {}],
    ['a site without https', 'usage', { signer: ['alice', 'bob'], siteUrl: 'http://example.org/' }, {}],
    ['a repository without an owner', 'usage', { github: 'project', signer: ['alice', 'bob'] }, {}],
    ['a custody signer without signers', 'usage', { custody: ['carol'] }, {}],
    ['a custody signer beside a policy', 'usage', { policy: 'countersign.yaml', custody: ['carol'] }, {}],
    ['a custody signer who signs with a key of their own', 'usage', { signer: ['alice', 'bob'], custody: ['bob'] }, {}],
    ['a custody key that is no file', 'usage', { signer: ['alice', 'bob'], custodyKey: ['carol=env:KEY'] }, {}],
    ['a custody key of nobody', 'usage', { signer: ['alice', 'bob'], custodyKey: ['alice=file:KEY'] }, {}],
  ])('refuses %s', async (_, code, change, env) => {
    const key = join(scratch, 'key.pem');
    writeFileSync(key, generateEd25519().pem);
    const given =
      change.custodyKey === undefined
        ? change
        : { ...change, custodyKey: change.custodyKey.map((one) => one.replace('file:KEY', `file:${key}`)) };
    await expect(run(given, env)).rejects.toMatchObject({ code });
    expect(changes()).toEqual([]);
  });
});
