// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openArtifactStaging, type ArtifactStaging } from '../../src/artifacts/staging.ts';
import { stagedName } from '../../src/event/event-file.ts';
import { ArtifactsInMemory, stored, type StoredArtifact } from './artifacts-in-memory.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const [A, B] = [sha256('a'), sha256('b')];
let temporary: string;
let warnings: string[];

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'countersign-staging-'));
  warnings = [];
});

afterEach(async () => {
  await rm(temporary, { recursive: true, force: true });
});

async function open(
  all: readonly StoredArtifact[] = [],
  hints: readonly string[] = [],
): Promise<{ staging: ArtifactStaging; artifacts: ArtifactsInMemory }> {
  const artifacts = new ArtifactsInMemory(all);
  const staging = await openArtifactStaging({
    temporary,
    artifacts,
    hints,
    runUrl: (id) => `https://forge.test/runs/${String(id)}`,
    log: { info: () => undefined, warn: (text) => warnings.push(text), progress: () => undefined },
  });
  return { staging, artifacts };
}

async function located(staging: ArtifactStaging, digest: string): Promise<string | null> {
  const path = await staging.locate(digest);
  return path === null ? null : await readFile(path, 'utf8');
}

/** An artifact that holds these texts as propose leaves them. */
function staged(texts: readonly string[], change: Parameters<typeof stored>[2] = {}): StoredArtifact {
  const files = Object.fromEntries(texts.map((text) => [sha256(text), text]));
  return stored(stagedName(Object.keys(files)), files, change);
}

async function writtenFile(name: string, text: string): Promise<string> {
  const path = join(temporary, name);
  await writeFile(path, text);
  return path;
}

test('nothing put, nothing to upload', async () => {
  const { staging } = await open();
  expect(staging.upload()).toBeNull();
});

test('files are put under their digests, in a directory to upload', async () => {
  const { staging } = await open();
  for (const text of ['a', 'b', 'a']) await staging.put(sha256(text), await writtenFile(`file-${text}`, text));
  const upload = staging.upload();
  expect(upload?.name).toBe(stagedName([B, A]));
  expect((await readdir(upload?.directory ?? '')).sort()).toEqual([A, B].sort());
  expect(await located(staging, A)).toBe('a');
});

test.each(['../escape', 'A'.repeat(64), ''])('%j is no digest', async (digest) => {
  const { staging } = await open();
  await expect(staging.put(digest, await writtenFile('x', 'x'))).rejects.toMatchObject({ code: 'hash-invalid' });
  await expect(staging.locate(digest)).rejects.toMatchObject({ code: 'hash-invalid' });
});

test('a file is found in the newest artifact of our prefix, each downloaded once, also for several at once', async () => {
  const { staging, artifacts } = await open([staged(['a', 'b']), stored('other', { [A]: 'a' }), staged(['c'])]);
  expect(await Promise.all([located(staging, A), located(staging, B), located(staging, sha256('c'))])).toEqual(['a', 'b', 'c']);
  expect(artifacts.downloaded).toEqual([stagedName([sha256('c')]), stagedName([A, B])]);
});

test('a hint is looked into first', async () => {
  const wanted = staged(['a']);
  const { staging, artifacts } = await open([wanted, staged(['b']), staged(['c'])], [wanted.artifact.name]);
  expect(await located(staging, A)).toBe('a');
  expect(artifacts.downloaded).toEqual([wanted.artifact.name]);
});

test('hints may come later, and only of our prefix', async () => {
  const other = stored('other', { [A]: 'a' });
  const { staging, artifacts } = await open([other]);
  staging.addHints(['other']);
  expect(await staging.locate(A)).toBeNull();
  expect(artifacts.downloaded).toEqual([]);
});

test("a fork's artifact is never looked into", async () => {
  const { staging, artifacts } = await open([staged(['a'], { from: 'fork' })]);
  expect(await staging.locate(A)).toBeNull();
  expect(artifacts.downloaded).toEqual([]);
});

test.each<[string, StoredArtifact]>([
  ['other bytes under its name', stored('countersign-staged-0', { [A]: 'not a' })],
  ['a directory under its name', stored('countersign-staged-0', { [`${A}/x`]: 'a' })],
  ['an archive of another digest', stored('countersign-staged-0', { [A]: 'a' }, { fails: 'artifact-mismatch' })],
])('a newer artifact with %s does not hide the right one', async (_, bad) => {
  const good = staged(['a']);
  const newer = { ...bad, artifact: { ...bad.artifact, id: good.artifact.id + 1 } };
  const { staging, artifacts } = await open([good, newer]);
  expect(await located(staging, A)).toBe('a');
  expect(artifacts.downloaded).toEqual(['countersign-staged-0', good.artifact.name]);
});

test('what has expired is remembered, with the run to repeat', async () => {
  const old = staged(['a'], { expired: true });
  const sudden = staged(['b'], { fails: 'artifact-expired', runId: 8 });
  const { staging } = await open([old, sudden, staged(['c'], { expired: true, from: 'fork' })]);
  expect(await staging.locate(A)).toBeNull();
  expect(staging.expired).toEqual([
    { name: sudden.artifact.name, runId: 8, url: 'https://forge.test/runs/8' },
    { name: old.artifact.name, runId: 7, url: 'https://forge.test/runs/7' },
  ]);
});

test('a host that fails ends the search, and the next one goes on', async () => {
  const { staging } = await open([staged(['a']), staged(['b'], { fails: 'io' })]);
  await expect(staging.locate(A)).rejects.toMatchObject({ code: 'io' });
  expect(await located(staging, A)).toBe('a');
});
