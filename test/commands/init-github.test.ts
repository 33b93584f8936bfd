// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { doctor } from '../../src/commands/doctor.ts';
import {
  initGitHub,
  type HeldKey,
  type InitGitHubInput,
  type SetupPlace,
  type SetupResult,
  type SetupView,
} from '../../src/commands/init-github.ts';
import { openGitHub } from '../../src/forge/github/index.ts';
import { openGitHubSettings } from '../../src/forge/github/settings.ts';
import { policyText } from '../../src/render/policy-text.ts';
import { wakeWorkflow } from '../../src/render/workflow-files.ts';
import { generateEd25519 } from '../../src/signers/generate.ts';
import { openOnlineSigner } from '../../src/signers/open-online-signer.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { instantFromSeconds } from '../../src/tuf/instant.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';

const FULL = 'acme/project';
const PIN = { repository: 'owner/countersign', commit: 'c'.repeat(40) };
const LOG = { info: () => undefined, warn: () => undefined, progress: () => undefined };

let fake: FakeGitHub;
let scratch: string;
const views: SetupView[] = [];

async function held(): Promise<HeldKey> {
  const secret = generateEd25519().pem;
  return { secret, signer: await openOnlineSigner('env:KEY', new Map([['KEY', secret]])) };
}

async function publicText(key: HeldKey): Promise<string> {
  return `ed25519:${stringField(objectField(await key.signer.publicKey(), 'keyval', 'key'), 'public', 'key')}`;
}

async function placeOf(repo = 'project'): Promise<SetupPlace> {
  const options = { owner: 'acme', repo, token: fake.tokenFor('acme'), apiUrl: fake.apiUrl, log: LOG };
  const { forge } = await openGitHub(options);
  const settings = openGitHubSettings(options);
  return { forge, settings, now: instantFromSeconds(Date.now() / 1000), openSigner: (uri) => openOnlineSigner(uri, new Map()) };
}

let policy: string;
let carol: HeldKey;

function input(change: Partial<InitGitHubInput> = {}): InitGitHubInput {
  return {
    policy,
    policyName: 'countersign.yaml',
    repository: parseRepositoryId('8f14e45f-ceea-467f-a34b-8ae29a39a9d1', 'repository'),
    resolveKey: async (text, person) => parsePublicKey(text, person),
    resolveAccount: async (login) => ({ id: fake.addUser(login).id as never, login }),
    onlineKey: null,
    newKey: held,
    custodyKeys: new Map([['carol', carol]]),
    madeKeys: new Map(),
    siteUrl: null,
    hosting: { metadataHosting: 'pages', metadataTag: '', deploy: 'here' },
    form: 'call',
    pins: { action: PIN, workflow: PIN },
    confirm: async (view) => views.push(view) > 0,
    ...change,
  };
}

async function setUp(change: Partial<InitGitHubInput> = {}, repo = 'project'): Promise<SetupResult> {
  return initGitHub(await placeOf(repo), input(change));
}

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'init-github-'));
  views.length = 0;
  fake = await startGitHub();
  fake.addRepository('acme', 'project');
  fake.repository(FULL).settings.actionsMayCreatePulls = false;
  fake.commit(FULL, 'main', { 'README.md': 'hello\n' });
  const keys = [await held(), await held()];
  carol = await held();
  const people = await Promise.all(
    ['alice', 'bob'].map(async (login, index) => ({ login, key: await publicText(keys[index] ?? carol), held: 'self' as const })),
  );
  const kept = { login: 'carol', key: await publicText(carol), held: 'environment' } as const;
  policy = policyText([...people, kept], 'env:COUNTERSIGN_ONLINE_KEY');
});
afterEach(async () => {
  rmSync(scratch, { recursive: true });
  await fake.close();
});

describe('a set-up', () => {
  test('makes settings, keys, the first event and a pull request with the workflow; a second one finds nothing to do', async () => {
    const first = await setUp();
    expect(first.outcome).toBe('applied');
    expect(first.plan).toMatchObject({ root: 'propose', defaultBranch: 'main', refusals: [] });
    expect(first.rootPull?.signers).toEqual(['alice', 'bob']);
    const secrets = fake.secretsFor(FULL, 'main', 'countersign-carol');
    expect(secrets?.get('COUNTERSIGN_KEY')).toBe(carol.secret);
    expect(fake.secretsFor(FULL, 'main', 'countersign-online')?.get('COUNTERSIGN_ONLINE_KEY')).toContain('PRIVATE KEY');
    expect(fake.secretsFor(FULL, 'sign/root-v1', 'countersign-online')).toBeNull();
    const { forge } = await placeOf();
    const wake = (await forge.tree((await forge.branches('tuf')).get('tuf') ?? ('' as never))).get(
      '.github/workflows/countersign-wake.yml',
    );
    expect(new TextDecoder().decode((await forge.blobs(wake === undefined ? [] : [wake.id])).get(wake?.id ?? ('' as never)))).toBe(
      wakeWorkflow(),
    );
    const main = (await forge.branches('main')).get('main');
    const second = await setUp({ policy: null });
    expect(second).toMatchObject({ outcome: 'applied', root: first.root, rootPull: null, workflowPull: first.workflowPull });
    expect(second.plan).toMatchObject({ changes: [], secrets: [], refusals: [], root: 'there' });
    expect((await forge.branches('main')).get('main')).toBe(main);
    const proposed = (await forge.branches('countersign-setup')).get('countersign-setup');
    if (proposed === undefined || main === undefined) throw new Error('no branch');
    await forge.moveBranch('main', main, proposed, 'fast-forward');
    expect(await setUp({ policy: null })).toMatchObject({ outcome: 'nothing-to-do', workflowPull: null });
  });

  test('leaves doctor with what only people can do', async () => {
    await setUp();
    const found = await doctor(await placeOf());
    const told = found.findings.map(({ severity, code }) => `${severity} ${code}`);
    expect(told).toEqual(['leak default-branch-alone', 'broken workflow-missing']);
  });

  test('changes nothing when it is declined', async () => {
    const before = fake.requests.length;
    const result = await setUp({ confirm: async () => false });
    expect(result).toMatchObject({ outcome: 'declined', root: null, rootPull: null, workflowPull: null });
    expect(result.plan.changes.map(({ kind }) => kind)).toContain('environment');
    expect(fake.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('begins again where an earlier one broke off, with a new online key', async () => {
    const place = await placeOf();
    const broken = {
      ...place,
      forge: { ...place.forge, branches: place.forge.branches.bind(place.forge), pulls: () => Promise.resolve([]) },
    };
    broken.forge.account = place.forge.account.bind(place.forge);
    await expect(initGitHub(broken, input())).rejects.toThrow();
    const left = fake.secretsFor(FULL, 'main', 'countersign-online')?.get('COUNTERSIGN_ONLINE_KEY');
    expect(left).toContain('PRIVATE KEY');
    expect((await setUp()).rootPull).not.toBeNull();
    expect(fake.secretsFor(FULL, 'main', 'countersign-online')?.get('COUNTERSIGN_ONLINE_KEY')).not.toBe(left);
  });

  test('writes all jobs when it is told to eject', async () => {
    const { workflowPull } = await setUp({ form: 'eject' });
    const { forge } = await placeOf();
    const pull = (await forge.pulls('countersign-setup', 'main')).find(({ number }) => number === workflowPull?.number);
    const entry = (await forge.tree(pull?.headSha ?? ('' as never))).get('.github/workflows/countersign.yml');
    const text = new TextDecoder().decode((await forge.blobs(entry === undefined ? [] : [entry.id])).get(entry?.id ?? ('' as never)));
    expect(text).toContain(`uses: ${PIN.repository}@${PIN.commit}`);
    expect(text).toContain('environment: countersign-online');
  });
});

describe('a set-up is refused, and nothing is changed,', () => {
  test.each<[string, string, Partial<InitGitHubInput>, () => void]>([
    [
      'where Pages show something else',
      'already-exists',
      {},
      () => void (fake.repository(FULL).site = { buildType: 'legacy', source: { branch: 'main', path: '/' }, deployments: [] }),
    ],
    ['for a custody key that is not the listed one', 'signer-key', { custodyKeys: new Map() }, () => undefined],
    ['without a policy', 'usage', { policy: null }, () => undefined],
  ])('%s', async (_, code, change, prepare) => {
    prepare();
    await expect(setUp(change)).rejects.toMatchObject({ code });
    expect(fake.repository(FULL).environments.size).toBe(0);
    expect(fake.repository(FULL).settings.actionsMayCreatePulls).toBe(false);
  });

  test('for a key of another person in custody', async () => {
    await expect(setUp({ custodyKeys: new Map([['carol', await held()]]) })).rejects.toMatchObject({ code: 'signer-key' });
    await expect(
      setUp({
        custodyKeys: new Map([
          ['carol', carol],
          ['alice', carol],
        ]),
      }),
    ).rejects.toMatchObject({ code: 'usage' });
  });

  test('in a private repository that has no environments', async () => {
    fake.addRepository('acme', 'hidden', { private: true, plan: 'free' });
    fake.commit('acme/hidden', 'main', { 'README.md': 'hello\n' });
    await expect(setUp({}, 'hidden')).rejects.toMatchObject({ code: 'setting-missing' });
    fake.addRepository('acme', 'paid', { private: true, plan: 'pro' });
    fake.commit('acme/paid', 'main', { 'README.md': 'hello\n' });
    expect((await setUp({}, 'paid')).outcome).toBe('applied');
  });

  test('for an online key under another name', async () => {
    const other = policy.replaceAll('env:COUNTERSIGN_ONLINE_KEY', 'env:OTHER');
    await expect(setUp({ policy: other })).rejects.toMatchObject({ code: 'policy-invalid' });
  });
});
