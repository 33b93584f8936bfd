// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPolicy } from '../../src/commands/read-policy.ts';
import { readText } from '../../src/commands/setup-files.ts';
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
import type { FileContent, Forge } from '../../src/ports.ts';
import { policyText } from '../../src/render/policy-text.ts';
import { wakeWorkflow } from '../../src/render/workflow-files.ts';
import { generateEd25519 } from '../../src/signers/generate.ts';
import { openOnlineSigner } from '../../src/signers/open-online-signer.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { firstMetadata } from '../../src/trust/first-metadata.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { keyIdOf } from '../../src/tuf/key.ts';
import { encodeMetadata, payloadDigest } from '../../src/tuf/metadata.ts';
import { instantFromSeconds } from '../../src/tuf/instant.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { allPulls } from '../fakes/all-pulls.ts';

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
    expect(first.plan).toMatchObject({ root: { kind: 'propose' }, defaultBranch: 'main', refusals: [] });
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
    expect(second.plan).toMatchObject({ changes: [], secrets: [], refusals: [], root: { kind: 'proposed', digest: first.root } });
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
    expect(fake.requests.slice(before).filter(({ method, path }) => method !== 'GET' && path !== '/graphql')).toEqual([]);
  });

  test('begins again where an earlier one broke off, with a new online key', async () => {
    const place = await placeOf();
    const broken = {
      ...place,
      forge: { ...place.forge, branches: place.forge.branches.bind(place.forge), openPulls: () => Promise.resolve([]) },
    };
    broken.forge.accounts = place.forge.accounts.bind(place.forge);
    broken.forge.tree = place.forge.tree.bind(place.forge);
    broken.forge.blobs = place.forge.blobs.bind(place.forge);
    await expect(initGitHub(broken, input())).rejects.toThrow();
    const left = fake.secretsFor(FULL, 'main', 'countersign-online')?.get('COUNTERSIGN_ONLINE_KEY');
    expect(left).toContain('PRIVATE KEY');
    expect((await setUp()).rootPull).not.toBeNull();
    expect(fake.secretsFor(FULL, 'main', 'countersign-online')?.get('COUNTERSIGN_ONLINE_KEY')).not.toBe(left);
  });

  test('writes all jobs when it is told to eject', async () => {
    const { workflowPull } = await setUp({ form: 'eject' });
    const { forge } = await placeOf();
    const pull = (await allPulls(forge, 'countersign-setup', 'main')).find(({ number }) => number === workflowPull?.number);
    const entry = (await forge.tree(pull?.headSha ?? ('' as never))).get('.github/workflows/countersign.yml');
    const text = new TextDecoder().decode((await forge.blobs(entry === undefined ? [] : [entry.id])).get(entry?.id ?? ('' as never)));
    expect(text).toContain(`uses: ${PIN.repository}@${PIN.commit}`);
    expect(text).toContain('environment: countersign-online');
  });
});

/** A repository of GitHub as a person sees it. */
async function forgeOf(login: string, owner = 'acme'): Promise<Forge> {
  const options = { owner, repo: 'project', token: fake.tokenFor(login), apiUrl: fake.apiUrl, log: LOG };
  return (await openGitHub(options)).forge;
}

/** Another policy and a root v1 made from it, which one person has signed alone. */
async function ofMallory(isSigned: boolean): Promise<{ readonly files: ReadonlyMap<string, FileContent>; readonly digest: string }> {
  const key = await held();
  const listed = await publicText(key);
  const publicKey = parsePublicKey(listed, 'mallory');
  const people = [{ login: 'mallory', key: listed, held: 'self' as const }];
  const made = policyText(people, 'env:COUNTERSIGN_ONLINE_KEY').replaceAll('threshold: 2', 'threshold: 1');
  const signed = firstMetadata(
    {
      policy: readPolicy(made, 'policy'),
      keys: new Map([['mallory', publicKey]]),
      accounts: new Map([['mallory', { id: fake.addUser('mallory').id as never, login: 'mallory' }]]),
      onlineKeys: new Map([['env:COUNTERSIGN_ONLINE_KEY', await carol.signer.publicKey()]]),
    },
    parseRepositoryId('8f14e45f-ceea-467f-a34b-8ae29a39a9d1', 'repository'),
    instantFromSeconds(Date.now() / 1000),
  ).root;
  const payload = encodeCanonicalJson(signed);
  const root = encodeMetadata(signed, isSigned ? [{ keyId: keyIdOf(publicKey), sig: await key.signer.sign(payload) }] : []);
  const contents: readonly (readonly [string, Uint8Array])[] = [
    ['metadata/root_history/1.root.json', root],
    ['countersign.yaml', new TextEncoder().encode(made)],
  ];
  return { files: new Map(contents.map(([path, bytes]) => [path, { kind: 'bytes', bytes }])), digest: payloadDigest(payload) };
}

/** Commits files on top of the metadata branch. */
async function commitTo(forge: Forge, branch: string, files: ReadonlyMap<string, FileContent>): Promise<void> {
  const heads = await forge.branches('');
  const base = heads.get('tuf');
  if (base === undefined) throw new Error('no metadata branch');
  const commit = await forge.writeCommit({ base, parents: [base], changes: files, message: 'by hand' });
  await forge.moveBranch(branch, heads.get(branch) ?? null, commit, heads.has(branch) ? 'replace' : 'fast-forward');
}

async function workflowProposed(): Promise<string> {
  const forge = await forgeOf('acme');
  const head = (await forge.branches('countersign-setup')).get('countersign-setup');
  return head === undefined ? '' : ((await readText(forge, head, '.github/workflows/countersign.yml')) ?? '');
}

describe('a set-up that is run again', () => {
  test.each([
    ['nobody has proposed another', false],
    ['somebody has, from a fork', true],
  ])('begins a root v1 that was abandoned from its own policy: %s', async (_, hasFork) => {
    const first = await setUp();
    const forge = await forgeOf('acme');
    await forge.closePull(first.rootPull?.number ?? 0);
    if (hasFork) {
      fake.createFork(FULL, 'mallory');
      await commitTo(await forgeOf('mallory', 'mallory'), 'sign/root-v1', (await ofMallory(true)).files);
      await fetch(`${fake.apiUrl}/repos/${FULL}/pulls`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fake.tokenFor('mallory')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'Sign root v1', head: 'mallory:sign/root-v1', base: 'tuf', body: '' }),
      });
    }
    expect((await allPulls(forge, 'sign/root-v1', 'tuf')).filter(({ state }) => state === 'open')).toHaveLength(0);
    const second = await setUp();
    expect(second).toMatchObject({ outcome: 'applied', plan: { root: { kind: 'propose' } }, rootPull: { signers: ['alice', 'bob'] } });
    expect(await workflowProposed()).toContain(`root: ${second.root ?? ''}`);
  });

  test.each([
    ['as it was proposed', 'applied', null],
    ['another one, which its only key signed', 'anchor-mismatch', true],
    ['another one, which nobody signed', 'anchor-mismatch', false],
  ])('names no other root than the workflow of the default branch: %s', async (_, expected, isSigned) => {
    const first = await setUp();
    const forge = await forgeOf('acme');
    const heads = await forge.branches('');
    const [main, proposed] = [heads.get('main'), heads.get('countersign-setup')];
    if (main === undefined || proposed === undefined) throw new Error('no branch');
    await forge.moveBranch('main', main, proposed, 'fast-forward');
    const other = await ofMallory(isSigned === true);
    if (isSigned !== null) await commitTo(forge, 'tuf', other.files);
    const siteUrl = 'https://elsewhere.example/';
    const again = await setUp({ policy: null, custodyKeys: new Map(), siteUrl }).then(
      ({ outcome }) => outcome,
      (error: unknown) => (error instanceof CountersignError ? error.code : error),
    );
    expect(again).toBe(expected);
    expect(views.at(-1)?.root).toMatchObject({ digest: isSigned === null ? first.root : other.digest });
    expect(await workflowProposed()).not.toContain(other.digest);
  });

  test.each<[string, boolean, readonly string[]]>([
    ['that every key signed, and shows it', true, []],
    ['that is not signed', false, ['threshold']],
  ])('before there is a workflow, it takes no root %s', async (_, isSigned, refusals) => {
    await setUp();
    const other = await ofMallory(isSigned);
    await commitTo(await forgeOf('acme'), 'tuf', other.files);
    const { plan } = await setUp({ policy: null, custodyKeys: new Map(), confirm: async () => false });
    expect(plan.root).toEqual({ kind: isSigned ? 'signed' : 'unsigned', digest: other.digest });
    expect(plan.refusals.map(({ code }) => code)).toEqual(refusals);
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
