// SPDX-License-Identifier: Apache-2.0
// README's section "On GitHub", word for word: from nothing to a published repository, a release by two signers, one that is approved in the browser, and a
// refresh. What stands there is what is done here; nothing else is, but what is set up below as already there.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mapping } from '../e2e/driver/workflow-file.ts';
import { Project, PROJECT, requireSuccess } from '../e2e/project.ts';
import { PIN, releaseWorkflow } from '../e2e/release-workflow.ts';
import { Machines, PAGES_HOST } from './machines.ts';
import { observed } from './observer.ts';
import { readmeParts, type ReadmePart, type ReadmeStep } from './readme-steps.ts';
import { BUILDER, countLine, countSteps, STEP_BOUNDS } from './step-count.ts';

const ROOT = join(import.meta.dirname, '../..');
const HOUR_MS = 3_600_000;
const RELEASE_FILE = '.github/workflows/release.yml';
const SITE = `https://${PAGES_HOST}/${PROJECT.split('/')[1] ?? ''}/`;

let project: Project;
let machines: Machines;
let parts: readonly ReadmePart[];
/** The steps that were done, by part. */
const done = new Map<string, ReadmeStep[]>();
/** What `init` said: the job to add, and the digest of root v1. */
let initSaid = '';
/** When that expires which the last release was published with. */
let firstExpires = '';

function say(text: string): void {
  console.log(text);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    | ');
}

/** The number of the one open pull request of this kind. @throws when there is none, or several */
function openPull(isWanted: (title: string, head: string) => boolean): number {
  const [found, ...more] = [...project.repository.pulls.values()].filter((one) => one.state === 'open' && isWanted(one.title, one.headRef));
  if (found === undefined || more.length > 0)
    throw new Error(`expected one open pull request, got ${found === undefined ? 'none' : 'several'}`);
  return found.number;
}

/** The signing event that is open: people are asked for a review of it. */
function openEvent(): number {
  return openPull((_, head) => head.startsWith('sign/'));
}

/** README's names of things, for those here. */
function substituted(command: string): string {
  const names: readonly (readonly [string, () => string])[] = [
    ['OWNER/countersign@COMMIT', () => `${PIN.repository}@${PIN.commit}`],
    ['OWNER.github.io/REPO', () => SITE.slice('https://'.length, -1)],
    ['OWNER/REPO', () => PROJECT],
    ['pull/NUMBER', () => `pull/${openEvent()}`],
  ];
  return names.reduce((text, [name, value]) => (text.includes(name) ? text.replaceAll(name, value()) : text), command);
}

/** What is done in the browser, by README's sentence. */
const BROWSER: ReadonlyMap<string, (login: string) => Promise<string>> = new Map([
  [
    'merges the pull request “Add the Countersign workflow”',
    async (login: string) => {
      const number = openPull((title) => title === 'Add the Countersign workflow');
      await project.ofProject(login, 'PUT', `/pulls/${number}/merge`, { merge_method: 'merge' });
      return `merged #${number}`;
    },
  ],
  [
    'adds the job that init printed to the release workflow, below the job build',
    async (login: string) => {
      const job = /^ {2}countersign:\n[^]*/m.exec(initSaid)?.[0] ?? '';
      const before = project.hub.file(project.hub.ref('refs/heads/main') ?? '', RELEASE_FILE) ?? '';
      project.github.commit(PROJECT, 'main', { [RELEASE_FILE]: `${before}${job}\n` }, { login });
      return `committed ${RELEASE_FILE} with\n${job}`;
    },
  ],
  [
    'approves the pull request in the browser',
    async (login: string) => {
      const number = openEvent();
      await project.ofProject(login, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE', body: '' });
      return `approved #${number}`;
    },
  ],
]);

async function act({ who, command, sentence }: ReadmeStep): Promise<string> {
  if (command !== null) return machines.terminal(who, substituted(command));
  const inBrowser = BROWSER.get(sentence);
  if (inBrowser === undefined) throw new Error(`README.md: nobody here knows how one "${sentence}"`);
  return inBrowser(who);
}

/** Does all that a part of README says, in order, and counts. */
async function walk(part: ReadmePart): Promise<void> {
  say(`\n=== ${part.title}`);
  const steps: ReadmeStep[] = [];
  done.set(part.title, steps);
  let number = 0;
  for (const step of part.steps) {
    const what = step.command === null ? step.sentence : `runs: ${substituted(step.command).replaceAll('\n', ' ; ')}`;
    steps.push(step);
    if (step.kind === 'step') say(`\nstep ${(number += 1)} of ${part.title}: ${step.who} ${what}`);
    else say(`\n${step.kind === 'always' ? 'as always' : 'to download'}, ${step.who} ${what}`);
    const { said, runs } = await observed(project, step.who, async () => {
      const text = await act(step);
      say(indented(text));
      return text;
    });
    if (step.command?.includes(' init ') === true) initSaid = said;
    if (runs.length > 0) say(`    ${runs.length} workflow runs of GitHub's, all well`);
  }
}

async function walkPart(title: string): Promise<void> {
  const part = parts.find((one) => one.title === title);
  if (part === undefined) throw new Error(`README.md: expected a part ${title}`);
  await walk(part);
}

async function tufJs(target: string): Promise<string> {
  const client = join(import.meta.dirname, 'tuf-js-client.mjs');
  return machines.terminal('erin', `node '${client}' root.json '${SITE}' '${target}'`);
}

/** A file that Pages serve now. */
function served(path: string): string {
  const bytes = project.repository.site?.deployments.at(-1)?.files.get(path);
  if (bytes === undefined) throw new Error(`Pages serve no ${path}`);
  return new TextDecoder().decode(bytes);
}

function timestamp(): { readonly version: number; readonly expires: string } {
  const { version, expires } = mapping(mapping(JSON.parse(served('metadata/timestamp.json')))['signed']);
  return { version: Number(version), expires: String(expires) };
}

/** The project as it was before: nobody has set anything, and its release workflow builds and leaves an artifact. */
async function before(): Promise<void> {
  project = await Project.begin();
  project.repository.settings.actionsMayCreatePulls = false;
  const [build = ''] = releaseWorkflow().split('  countersign:\n');
  project.github.commit(PROJECT, 'main', { [RELEASE_FILE]: build.replace('name: build-', 'name: dist-') });
  machines = await Machines.begin(project);
  for (const login of ['alice', 'bob', 'carol', BUILDER, 'erin']) await machines.add(login);
  await machines.useForRunners();
  await machines.terminal(
    BUILDER,
    `git clone --quiet https://github.com/${PROJECT} .git-clone && mv .git-clone/.git . && git checkout --quiet .`,
  );
}

describe('README, word for word', () => {
  beforeAll(async () => {
    parts = readmeParts(await readFile(join(ROOT, 'README.md'), 'utf8'), 'On GitHub');
    await before();
  });
  afterAll(async () => {
    await machines.end();
    await project.end();
  });

  test('has the parts that are counted, in this order', () => {
    expect(parts.map(({ title }) => title)).toEqual([...STEP_BOUNDS.keys()]);
  });

  test('from nothing to a published repository', async () => {
    await walkPart('Set-up');
    expect(project.openEvents()).toEqual([]);
    expect(timestamp().version).toBe(1);
    // Told and not counted: with it, the set-up that README recommends has a step more than the one that publishes.
    const findings = await machines.terminal('alice', `GH_TOKEN=$(gh auth token) countersign doctor ${PROJECT} || true`);
    say(`    what doctor asks for then, beyond the steps:\n${indented(findings)}`);
    expect(findings).toContain('one writer alone can change the workflow');
    // What erin has was shipped with a root to begin with.
    await writeFile(join(machines.home('erin'), 'root.json'), served('metadata/1.root.json'));
    say(`    published: ${SITE}, root v1, timestamp v1`);
  });

  test('a release by two signers', async () => {
    // Whoever works on a project has its newest commit.
    await machines.terminal(BUILDER, 'git pull --quiet');
    await walkPart('A release');
    expect(project.openEvents()).toEqual([]);
  });

  test('a release that one person signs and another approves', async () => {
    await walkPart('A release with an approval in the browser');
    expect(project.openEvents()).toEqual([]);
  });

  test('a refresh, a day later, which is nobody’s step', async () => {
    const before = timestamp();
    await walkPart('From then on');
    await machines.later(25 * HOUR_MS);
    say('    25 hours later the schedule starts the workflow:');
    requireSuccess(await project.tick());
    expect(timestamp().version).toBe(before.version + 1);
    say(
      `    timestamp v${before.version}, which expires ${before.expires}, became v${before.version + 1}, which expires ${timestamp().expires}`,
    );
    firstExpires = before.expires;
  });

  test('when what the releases were published with has expired, both clients still get them', async () => {
    await machines.later(6.5 * 24 * HOUR_MS);
    say(`\n    six and a half days later, ${project.github.world.now()}:`);
    expect(project.github.world.now() > firstExpires).toBe(true);
    await walkPart('Those who download');
    const got = await readFile(join(machines.home('erin'), 'downloads/v1.0.0/app-any.txt'), 'utf8');
    expect(got).toBe('app v1.0.0 any\n');
    for (const tag of ['v1.0.0', 'v1.1.0']) expect(await tufJs(`${tag}/app-any.txt`)).toBe(`app ${tag} any`);
    say('    tuf-js gets both releases, too');
  });

  test('in no more steps than promised', () => {
    say('\n=== Steps: a command, a page visited or a setting changed, by anyone');
    const counts = [...done].map(([title, steps]) => countSteps({ title, steps }));
    for (const one of counts) say(countLine(one));
    expect(counts.map(({ title, verdict }) => `${title}: ${verdict}`)).toEqual([...STEP_BOUNDS.keys()].map((title) => `${title}: within`));
  });
});
