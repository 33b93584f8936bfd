// SPDX-License-Identifier: Apache-2.0
// From nothing to a published repository, and releases with their files on Pages.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { annotations, expectNoSecrets, expectTarget, jobOf, ran, servedVersion, throughTufJs } from './checks.ts';
import { policyText, Project, PROJECT, requireSuccess, seedOf } from './project.ts';
import { PIN, releaseWorkflow } from './release-workflow.ts';

describe('a repository is set up by one command, and its first event signed', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.begin();
    // Whoever has a site already keeps its address.
    await project.ofProject('alice', 'POST', '/pages', { build_type: 'workflow' });
  });
  afterAll(() => project.end());

  test('init --github makes the settings, the environments, the first event and the pull request with the workflow', async () => {
    const said = await initGitHub(project);
    const result: { rootPull: { number: number }; workflowPull: { number: number } } = JSON.parse(said);
    for (const name of ['countersign-online', 'countersign-carol']) {
      expect(project.hub.environment(name)?.admits('main')).toBe(true);
      expect(project.hub.environment(name)?.admits('writers-own')).toBe(false);
      expect(project.hub.environment(name)?.secrets.size).toBe(1);
    }
    await project.ofProject('bob', 'POST', `/pulls/${result.workflowPull.number}/reviews`, { event: 'APPROVE', body: '' });
    await project.ofProject('alice', 'PUT', `/pulls/${result.workflowPull.number}/merge`, { merge_method: 'merge' });
    expect(project.hub.file(project.hub.ref('refs/heads/main') ?? '', '.github/workflows/countersign.yml')).toContain('gather');
    expect(project.openEvents()).toEqual([result.rootPull.number]);
  });

  test('a private repository of a plan without environments gets no key, and no event', async () => {
    const closed = await Project.begin({ private: true, plan: 'free' });
    try {
      await expect(initGitHub(closed)).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('setting-missing') });
      expect([closed.repository.environments.size, closed.repository.secrets.size, closed.openEvents()]).toEqual([0, 0, []]);
    } finally {
      await closed.end();
    }
  });

  test('its author signs by comment, another person by review, and root v1 is published', async () => {
    const [number = 0] = project.openEvents();
    const first = await project.sign('alice', number, 'comment');
    // A comment starts nothing: the next run reads it.
    expect(ran(first)).toEqual([]);
    expect(project.openEvents()).toEqual([number]);
    const second = await project.sign('bob', number);
    expect(ran(second)).toEqual([
      'countersign-wake wake success',
      'countersign gather success',
      'countersign publish success',
      'countersign deploy success',
    ]);
    expect(project.openEvents()).toEqual([]);
    expect(servedVersion(project, 'metadata/1.root.json')).toBe(1);
    expectNoSecrets(project);
  });
});

describe('releases', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.ready();
  });
  afterAll(() => project.end());

  test('a release is built, proposed, signed by two people and published, and both clients get it', async () => {
    const proposed = await project.tag('dave', 'v1');
    requireSuccess(proposed);
    expect(jobOf(proposed, 'countersign').outputs['operation']).toBe('opened');
    const [number = 0] = project.openEvents();
    requireSuccess(await project.sign('alice', number));
    expect(await throughTufJs(project, 'v1/app-any.txt')).toBeNull();
    const second = await project.sign('bob', number);
    expect(ran(second)).toEqual([
      'countersign-wake wake success',
      'countersign gather success',
      'countersign publish success',
      'countersign deploy success',
    ]);
    await expectTarget(project, 'v1/app-any.txt', 'app v1 any\n');
    expect(project.pull(number).mergedAt).not.toBeNull();
  });

  test('with nothing new, a run of the schedule gathers and does nothing else', async () => {
    expect(ran(await project.tick())).toEqual(['countersign gather success']);
  });

  test('the same run again changes nothing', async () => {
    const [run] = project.runs.filter(({ start }) => start.file.name === 'release');
    if (run === undefined) throw new Error('no release was run');
    const again = await project.fire({ ...eventOf(run.start.payload), code: { kind: 'ref', ref: run.start.ref } });
    expect(jobOf(again, 'countersign').outputs['operation']).toBe('nothing-new');
    expect(project.openEvents()).toEqual([]);
  });

  test('a consumer fetches with the action, from a root in its own repository', async () => {
    const root = project.hub.file(project.hub.ref('refs/heads/tuf-published') ?? '', 'metadata/1.root.json') ?? '';
    const consumer = `name: consumer
on: workflow_dispatch
permissions: {}
jobs:
  use:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@${'1'.repeat(40)}
        with: { persist-credentials: false }
      - uses: ${PIN.repository}@${PIN.commit}
        with: { command: fetch, url: '${project.siteUrl}', root-file: trust/root.json, targets: v1/app-any.txt, out: got }
      - run: grep --quiet 'app v1 any' got/v1/app-any.txt
`;
    await project.push('dave', 'main', { 'trust/root.json': root, '.github/workflows/consumer.yml': consumer });
    const runs = await project.dispatch('dave', 'consumer.yml');
    requireSuccess(runs);
    expect(ran(runs)).toEqual(['consumer use success']);
  });

  test('a job that failed for a setting is run again once it is set, and goes on from the jobs that had succeeded', async () => {
    project.repository.settings.actionsMayCreatePulls = false;
    const failed = await project.tag('dave', 'v1.1');
    expect(ran(failed)).toEqual(['release build success', 'release countersign failure']);
    expect(annotations(failed)).toContain('Allow GitHub Actions to create and approve pull requests');
    project.repository.settings.actionsMayCreatePulls = true;
    const [run] = failed;
    if (run === undefined) throw new Error('expected a run');
    const again = await project.again(run);
    expect([again.id, again.conclusion]).toEqual([run.id, 'success']);
    const [number = 0] = project.openEvents();
    requireSuccess(await project.tick());
    expect(project.pull(number).body).toContain('v1.1/app-any.txt');
  });

  test('a matrix of builds without write tokens fans into one event', async () => {
    const more = [`site-url: ${project.siteUrl}`];
    await project.push('dave', 'main', { '.github/workflows/release.yml': releaseWorkflow({ matrix: ['linux', 'macos'], more }) });
    const runs = await project.tag('dave', 'v2');
    requireSuccess(runs);
    expect(ran(runs)).toEqual(['release build success', 'release build success', 'release countersign success']);
    const [number = 0] = project.openEvents();
    expect(project.pull(number).body).toContain('v2/app-linux.txt');
    expect(project.pull(number).body).toContain('v2/app-macos.txt');
    for (const { name, permissions } of runs.flatMap(({ jobs }) => jobs)) {
      if (name.startsWith('build')) expect([...permissions.values()]).toEqual(['read']);
    }
  });

  test('while it waits unsigned, two more releases at once add to it; once somebody has signed, the next one waits behind it', async () => {
    const [number = 0] = project.openEvents();
    for (const runs of await Promise.all([project.tag('dave', 'v3'), project.tag('dave', 'v3.1')])) {
      expect(jobOf(runs, 'countersign').outputs['operation']).toBe('added');
    }
    expect(project.openEvents()).toEqual([number]);
    for (const path of ['v2/app-linux.txt', 'v3/app-linux.txt', 'v3.1/app-macos.txt']) expect(project.pull(number).body).toContain(path);
    requireSuccess(await project.sign('alice', number));
    const queued = await project.tag('dave', 'v4');
    expect(jobOf(queued, 'countersign').outputs['operation']).toBe('queued');
    expect(project.openEvents()).toHaveLength(2);
  });

  test('two roles at once make two events, and each completes by itself', async () => {
    const more = [`site-url: ${project.siteUrl}`];
    const on = 'workflow_dispatch';
    await project.push('dave', 'main', {
      '.github/workflows/nightly.yml': releaseWorkflow({ on, role: 'nightly', prefix: 'nightly/', more }).replace(
        'name: release',
        'name: nightly',
      ),
    });
    const before = project.openEvents();
    const [nightly] = await Promise.all([project.dispatch('dave', 'nightly.yml'), project.tag('dave', 'v5')]);
    requireSuccess(nightly);
    const [number = 0] = project.openEvents().filter((one) => !before.includes(one));
    await project.signUnnoticed('alice', number);
    requireSuccess(await project.sign('bob', number));
    await expectTarget(project, 'nightly/app-any.txt', 'app main any\n');
    expect(project.openEvents()).toEqual(before);
  });

  test('no key and no token is in any log, summary, output or text on the host', () => {
    expectNoSecrets(project);
  });
});

/** Runs `countersign init --github` as alice, who administers the project. */
async function initGitHub(project: Project): Promise<string> {
  const files = await mkdtemp(join(project.directory, 'alice-'));
  await writeFile(join(files, 'countersign.yaml'), await policyText());
  await writeFile(join(files, 'carol.key'), seedOf('carol'));
  const policy = ['--policy', join(files, 'countersign.yaml'), '--custody-key', `carol=file:${join(files, 'carol.key')}`];
  return project.cli('alice', [
    'init',
    '--github',
    PROJECT,
    ...policy,
    '--eject',
    '--action',
    `${PIN.repository}@${PIN.commit}`,
    '--yes',
    '--json',
  ]);
}

function eventOf(payload: Readonly<Record<string, unknown>>): Parameters<Project['fire']>[0] {
  return { name: 'push', action: null, payload, actor: 'dave', by: 'person', code: { kind: 'default' }, outsider: false };
}
