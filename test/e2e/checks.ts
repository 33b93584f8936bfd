// SPDX-License-Identifier: Apache-2.0
// What the scenarios look at when the workflows have run.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Updater } from 'tuf-js';
import { expect } from 'vitest';
import { runCli } from './command-line.ts';
import type { JobRun, WorkflowRun } from './driver/run-workflow.ts';
import { PROJECT, seedOf, type Project } from './project.ts';

/** The last job of this name (`gather`, `custody (carol, …)` by its beginning) in the runs. @throws when there is none */
export function jobOf(runs: readonly WorkflowRun[], name: string): JobRun {
  const found = runs.flatMap(({ jobs }) => jobs).findLast((job) => job.name === name || job.name.startsWith(`${name} (`));
  if (found === undefined)
    throw new Error(
      `no job ${name} in ${runs.map(({ start, jobs }) => `${start.file.name}: ${jobs.map((one) => one.name).join(', ')}`).join('; ')}`,
    );
  return found;
}

/** `name result` of the jobs that were not skipped, in their order. */
export function ran(runs: readonly WorkflowRun[]): readonly string[] {
  return runs.flatMap(({ start, jobs }) =>
    jobs
      .filter(({ result }) => result !== 'skipped')
      .map(({ name, result }) => `${start.file.name} ${name.replace(/ \(.*$/, '')} ${result}`),
  );
}

/** All errors and warnings that the jobs of the runs have annotated. */
export function annotations(runs: readonly WorkflowRun[]): string {
  return runs
    .flatMap(({ jobs, problem }) => [...jobs.flatMap((job) => job.annotations), ...(problem === null ? [] : [problem])])
    .join('\n');
}

/** The files that Pages serves now. */
export function site(project: Project): ReadonlyMap<string, Uint8Array> {
  return project.repository.site?.deployments.at(-1)?.files ?? new Map();
}

/** The version of a file of metadata that Pages serves. */
export function servedVersion(project: Project, path: string): number {
  const bytes = site(project).get(path);
  if (bytes === undefined) throw new Error(`${path}: Pages does not serve it`);
  const file: { signed: { version: number } } = JSON.parse(new TextDecoder().decode(bytes));
  return file.signed.version;
}

/** The root that clients are shipped with. */
async function rootFile(project: Project): Promise<string> {
  const head = project.hub.ref('refs/heads/tuf-published');
  const text = head === null ? null : project.hub.file(head, 'metadata/1.root.json');
  if (text === null) throw new Error('nothing is published');
  const path = join(await mkdtemp(join(project.directory, 'client-')), '1.root.json');
  await writeFile(path, text);
  return path;
}

/** Where clients find metadata and files. */
export interface Addresses {
  readonly metadata: string;
  readonly targets: string;
}

/** A target as tuf-js gets it from root v1; null when it finds none. */
export async function throughTufJs(project: Project, target: string, at?: Addresses): Promise<string | null> {
  const root = await rootFile(project);
  const directory = dirname(root);
  for (const name of ['metadata', 'targets']) await mkdir(join(directory, name));
  await writeFile(join(directory, 'metadata/root.json'), await readFile(root));
  const updater = new Updater({
    metadataDir: join(directory, 'metadata'),
    metadataBaseUrl: at?.metadata ?? `${project.siteUrl}metadata`,
    targetDir: join(directory, 'targets'),
    targetBaseUrl: at?.targets ?? `${project.siteUrl}targets`,
    config: { fetchRetry: false },
  });
  await updater.refresh();
  const info = await updater.getTargetInfo(target);
  if (info === undefined) return null;
  return readFile(await updater.downloadTarget(info, join(directory, 'targets/file')), 'utf8');
}

/** A target as `countersign fetch` gets it from root v1. */
export async function throughCli(project: Project, target: string, at?: Addresses): Promise<string> {
  const root = await rootFile(project);
  const where = at === undefined ? ['--url', project.siteUrl] : ['--metadata-url', at.metadata, '--targets-url', at.targets];
  const out = join(dirname(root), 'out');
  await runCli(project.directory, ['fetch', ...where, '--root', root, '--out', out, target]);
  return readFile(join(out, target), 'utf8');
}

/** Both clients get this text for a target. */
export async function expectTarget(project: Project, target: string, text: string, at?: Addresses): Promise<void> {
  expect([await throughTufJs(project, target, at), await throughCli(project, target, at)]).toEqual([text, text]);
}

/** Everything that people can read: logs before any masking, summaries, annotations, outputs, and what was written on the host. */
function readable(project: Project): string {
  const said = project.runs.flatMap(({ jobs }) =>
    jobs.map((job) => [job.log, job.summary, ...job.annotations, JSON.stringify(job.outputs)].join('\n')),
  );
  const { pulls, comments, statuses, releases } = project.repository;
  const posted = [...pulls.values()].flatMap(({ body, title, reviews }) => [title, body, ...reviews.map((one) => one.body)]);
  const rest = [
    ...[...comments.values()].map(({ body }) => body),
    ...statuses.map(({ description }) => description),
    ...[...releases.values()].map(({ body }) => body),
  ];
  return [...said, ...posted, ...rest].join('\n');
}

/** No key and no token is in anything that people can read. */
export function expectNoSecrets(project: Project): void {
  const text = readable(project);
  const environments = [...project.repository.environments.values()].flatMap(({ secrets }) =>
    [...secrets.values()].map(({ value }) => value),
  );
  const secrets = [...environments, ...['online', 'alice', 'bob', 'carol'].map(seedOf), ...project.github.world.tokens.keys()];
  // act itself tells of the command that masks a secret; the runner never prints that.
  const lines = text.split('\n').filter((line) => !line.includes('::add-mask::'));
  const found = lines.filter((line) => secrets.some((secret) => secret.split('\n').some((part) => part.length > 8 && line.includes(part))));
  expect(found).toEqual([]);
}

/** The sha256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The sticky comment of an event. */
export function sticky(project: Project, number: number): string {
  const bot = project.github.world.user('github-actions[bot]')?.id;
  const found = [...project.repository.comments.values()].filter(({ pull, user }) => pull === number && user === bot);
  if (found.length !== 1) throw new Error(`#${number} of ${PROJECT}: expected one comment of the bot, got ${found.length}`);
  return found[0]?.body ?? '';
}
