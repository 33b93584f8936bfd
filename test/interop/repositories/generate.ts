// SPDX-License-Identifier: Apache-2.0
// Writes the repositories that clients are run against into a directory, and `repositories.json`, which says what is where and what is asked for.
//
//   node generate.mjs OUT
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { currentInstant } from '../../../src/cli/local-workplace.ts';
import { mapSource } from '../../../src/client/source.ts';
import { verifyRepository } from '../../../src/client/verify-repository.ts';
import { requirePortableName } from '../../../src/hashing/portable-name.ts';
import { outcomeOf } from '../../../src/tuf/errors.ts';
import { addSeconds, type Instant } from '../../../src/tuf/instant.ts';
import { runOnGitHub } from './github-runs.ts';
import { keyPlans } from './key-plans.ts';
import { namePlans } from './name-plans.ts';
import type { Feature, HostKind, RepositoryPlan } from './repository-plan.ts';
import { treePlans } from './tree-plans.ts';
import { writeRepository } from './writer.ts';

const DAY_SECONDS = 86_400;

/** Where a client finds one state: both below the server's URL. */
interface Place {
  readonly metadata: string;
  readonly targets: string;
}

/** A finding of the product about this repository, with the clients that it names. */
interface Finding {
  readonly severity: string;
  readonly subject: string;
  readonly clients: readonly string[];
}

/** A repository as `repositories.json` describes it. Paths are relative to that file. */
interface Entry {
  readonly id: string;
  readonly root: string;
  readonly states: readonly Place[];
  readonly features: readonly { readonly id: string; readonly targets: readonly { readonly path: string; readonly file: string }[] }[];
  readonly findings: readonly Finding[];
  /** Whether the product would write it: not when it refuses a name of a target or what a finding is about. */
  readonly writable: boolean;
}

const HOSTS: Readonly<Record<HostKind, string>> = { plain: '', compressed: 'compressed/', redirected: 'redirected/' };

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** Names of metadata files are decoded by a host that looks for them on a disk, so that is how they must be there. */
function onDisk(path: string): string {
  return path.startsWith('metadata/') ? decodeURIComponent(path) : path;
}

async function putAll(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    // No file has such a name, so no host has it either.
    if (!path.endsWith('/')) await put(join(directory, onDisk(path)), bytes);
  }
}

async function findingsOf(files: ReadonlyMap<string, Uint8Array>, time: Instant): Promise<readonly Finding[]> {
  const { warnings } = await verifyRepository(mapSource(files), { time, targets: 'none' });
  return warnings.flatMap((warning) =>
    warning.kind === 'compatibility'
      ? [{ severity: warning.finding.severity, subject: warning.finding.subject, clients: warning.finding.clients }]
      : [],
  );
}

/** Whether a target of this path may be proposed. */
function isPortable(path: string): boolean {
  return outcomeOf(() => requirePortableName(path)).kind === 'accepted';
}

function isWritable(features: readonly Feature[], findings: readonly Finding[]): boolean {
  const paths = features.flatMap(({ targets }) => Object.keys(targets));
  return paths.every(isPortable) && findings.every(({ severity }) => severity !== 'refused');
}

async function putFeatures(out: string, id: string, features: readonly Feature[]): Promise<Entry['features']> {
  const entries: Entry['features'][number][] = [];
  for (const feature of features) {
    const targets: { path: string; file: string }[] = [];
    for (const [path, text] of Object.entries(feature.targets)) {
      const file = `${id}/expected/${feature.id}-${String(targets.length)}`;
      await put(join(out, file), text);
      targets.push({ path, file });
    }
    entries.push({ id: feature.id, targets });
  }
  return entries;
}

async function putPlan(out: string, plan: RepositoryPlan, now: Instant): Promise<Entry> {
  const states: Place[] = [];
  let findings: readonly Finding[] = [];
  for (const [index, { content, change, daysAgo = 0 }] of plan.states.entries()) {
    const files = new Map(await writeRepository(content, addSeconds(now, -daysAgo * DAY_SECONDS)));
    findings = await findingsOf(files, now);
    change?.(files);
    const place = `${plan.id}/${String(index)}`;
    await putAll(join(out, place), files);
    if (index === 0) await put(join(out, plan.id, 'root.json'), files.get('metadata/1.root.json') ?? '');
    const url = `${HOSTS[plan.host ?? 'plain']}${place}`;
    states.push({ metadata: `${url}/metadata/`, targets: `${url}/targets/` });
  }
  const features = await putFeatures(out, plan.id, plan.features);
  return { id: plan.id, root: `${plan.id}/root.json`, states, features, findings, writable: isWritable(plan.features, findings) };
}

/** Pages serve the whole site. A release serves its files by name, from another host to which it redirects. */
async function putGitHub(out: string, now: Instant): Promise<readonly Entry[]> {
  const site = await runOnGitHub();
  const root = site.pages.get('metadata/1.root.json') ?? '';
  const findings = await findingsOf(site.pages, now);
  await putAll(join(out, 'github/pages'), site.pages);
  await putAll(join(out, 'github/releases/download'), site.releases);
  await put(join(out, 'github/root.json'), root);
  const entry = async (id: string, targets: string, texts: Readonly<Record<string, string>>): Promise<Entry> => ({
    id,
    root: 'github/root.json',
    states: [{ metadata: 'github/pages/metadata/', targets }],
    features: await putFeatures(out, id, [{ id, targets: texts }]),
    findings,
    writable: true,
  });
  return [
    await entry('github-pages', 'github/pages/targets/', site.onPages),
    await entry('github-releases', 'redirected/github/releases/download/', site.inReleases),
  ];
}

async function main(out: string): Promise<void> {
  const now = currentInstant();
  const plans = [...(await keyPlans()), ...(await treePlans()), ...(await namePlans())];
  const entries: Entry[] = [];
  for (const plan of plans) entries.push(await putPlan(out, plan, now));
  entries.push(...(await putGitHub(out, now)));
  await put(join(out, 'repositories.json'), `${JSON.stringify(entries, null, 2)}\n`);
}

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node generate.mjs OUT');
await main(out);
