// SPDX-License-Identifier: Apache-2.0
// What must change nothing, and what goes wrong on the way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callingWorkflow } from '../../src/render/workflow-files.ts';
import { eventPull } from './driver/hub-of-fake.ts';
import { annotations, expectTarget, jobOf, ran, servedVersion, site } from './checks.ts';
import { gate, Project, PROJECT, requireSuccess } from './project.ts';
import { PIN } from './release-workflow.ts';

describe('refused, late or lost', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.ready();
  });
  afterAll(() => project.end());

  async function proposed(tag: string): Promise<number> {
    requireSuccess(await project.tag('dave', tag));
    const [number = 0] = project.openEvents();
    return number;
  }

  test("an outsider's review is held, wakes gather all the same, and counts for nothing", async () => {
    const number = await proposed('v1');
    const runs = await project.review('mallory', number, 'APPROVE', 'Approved.');
    expect(runs.map(({ start, conclusion }) => `${start.file.name} ${conclusion}`)).toEqual([
      'countersign-wake action_required',
      'countersign success',
    ]);
    expect(ran(runs)).toEqual(['countersign gather success']);
    expect(project.openEvents()).toEqual([number]);
    await project.signUnnoticed('alice', number);
    requireSuccess(await project.sign('bob', number));
    await expectTarget(project, 'v1/app-any.txt', 'app v1 any\n');
  });

  test('a proposal of a fork does nothing, and is not read: anyone can open any number of them', async () => {
    const before = [project.hub.ref('refs/heads/tuf'), project.hub.ref('refs/heads/tuf-published')];
    project.github.createFork(PROJECT, 'mallory');
    const tuf = project.hub.ref('refs/heads/tuf') ?? '';
    await project.request('mallory', 'POST', '/repos/mallory/app/git/refs', { ref: 'refs/heads/sign/releases-v3', sha: tuf });
    const thief =
      'name: countersign-wake\non: pull_request_review\njobs: { wake: { runs-on: ubuntu-latest, environment: countersign-carol, steps: [{ run: "true" }] } }\n';
    project.github.commit(
      'mallory/app',
      'sign/releases-v3',
      { '.github/workflows/countersign-wake.yml': thief, 'metadata/releases.json': '{}' },
      { login: 'mallory' },
    );
    const pull = await project.ofProject('mallory', 'POST', '/pulls', {
      head: 'mallory:sign/releases-v3',
      base: 'tuf',
      title: 'Sign releases v3',
      body: '',
    });
    const number = Number(pull['number']);
    const runs = await project.review('bob', number, 'APPROVE', 'Approved.');
    expect(runs[0]?.start.from).toBe('fork');
    expect([project.hub.ref('refs/heads/tuf'), project.hub.ref('refs/heads/tuf-published')]).toEqual(before);
    expect(runs.flatMap(({ jobs }) => jobs.map((job) => job.log + job.summary)).join('\n')).not.toMatch(new RegExp(`#${number}\\b`));
    expect(eventPull(project.github, PROJECT, project.pull(number)).headRepository).toBe('mallory/app');
    await project.close('mallory', number);
  });

  test('a deployment of an older run that comes late leaves the newest site in place', async () => {
    const first = await proposed('v3');
    for (const login of ['alice', 'bob']) await project.signUnnoticed(login, first);
    const newer = gate();
    const late = project.tick({ hold: { job: 'deploy', until: newer.opened } });
    await waitFor(() => project.openEvents().length === 0 && project.runs.length > 0);
    const second = await proposed('v4');
    for (const login of ['alice', 'bob']) await project.signUnnoticed(login, second);
    requireSuccess(await project.tick());
    const newest = servedVersion(project, 'metadata/timestamp.json');
    newer.open();
    requireSuccess(await late);
    expect(servedVersion(project, 'metadata/timestamp.json')).toBeGreaterThanOrEqual(newest);
    await expectTarget(project, 'v4/app-any.txt', 'app v4 any\n');
  });

  test('a called workflow of another repository is given no key of an environment, and says which it misses', async () => {
    const settings = { root: rootOf(), siteUrl: project.siteUrl, metadataHosting: 'pages', metadataTag: '', deploy: 'here' } as const;
    const own = project.hub.file(project.hub.ref('refs/heads/main') ?? '', '.github/workflows/countersign.yml') ?? '';
    await project.push('alice', 'main', { '.github/workflows/countersign.yml': callingWorkflow(PIN, settings) });
    const number = await proposed('v5');
    for (const login of ['alice', 'bob']) await project.signUnnoticed(login, number);
    const called = await project.tick();
    expect(jobOf(called, 'reconcile / gather').result).toBe('success');
    expect(jobOf(called, 'reconcile / publish').result).toBe('failure');
    expect(annotations(called)).toContain('COUNTERSIGN_ONLINE_KEY');
    await project.push('alice', 'main', { '.github/workflows/countersign.yml': own });
    requireSuccess(await project.tick());
    await expectTarget(project, 'v5/app-any.txt', 'app v5 any\n');
  });

  function rootOf(): string {
    const own = project.hub.file(project.hub.ref('refs/heads/main') ?? '', '.github/workflows/countersign.yml') ?? '';
    return /root: "?([0-9a-f]{64})/.exec(own)?.[1] ?? '';
  }
});

describe('a file that waits too long', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.ready();
  });
  afterAll(() => project.end());

  test('a file whose artifact has expired is told of with the run to repeat, and repeating it mends it', async () => {
    requireSuccess(await project.tag('dave', 'v2'));
    const [number = 0] = project.openEvents();
    const [release] = project.runs.filter(({ start }) => start.ref === 'refs/tags/v2');
    if (release === undefined) throw new Error('expected a release');
    for (const artifact of project.repository.artifacts.values()) artifact.expired = true;
    await project.signUnnoticed('alice', number);
    const broken = await project.sign('bob', number);
    expect(ran(broken)).toContain('countersign publish failure');
    expect(annotations(broken)).toContain('staged-missing');
    expect(annotations(broken)).toContain(`actions/runs/${release.id}`);
    expect(site(project).has('metadata/timestamp.json')).toBe(true);
    const repeated = await project.fire({
      name: 'push',
      action: null,
      payload: release.start.payload,
      actor: 'dave',
      by: 'person',
      code: { kind: 'ref', ref: 'refs/tags/v2' },
      outsider: false,
    });
    expect(jobOf(repeated, 'countersign').outputs['operation']).toBe('nothing-new');
    requireSuccess(await project.tick());
    await expectTarget(project, 'v2/app-any.txt', 'app v2 any\n');
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
