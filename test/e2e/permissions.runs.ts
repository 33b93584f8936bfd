// SPDX-License-Identifier: Apache-2.0
// Each permission of each job is needed: without it the run fails and says which one it misses.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { annotations, jobOf } from './checks.ts';
import { mapping } from './driver/workflow-file.ts';
import { Project, requireSuccess } from './project.ts';
import { RECONCILE_PERMISSIONS } from '../../src/render/reconcile-jobs.ts';
import { callingWorkflow } from '../../src/render/workflow-files.ts';
import { PIN, PROPOSE_PERMISSIONS, releaseWorkflow } from './release-workflow.ts';

interface Line {
  readonly job: string;
  /** `contents: write`. */
  readonly permission: string;
}

const CALLER = '.github/workflows/countersign.yml';

/** Every line, in an order in which the run that lacks one leaves the next its work. */
const LINES: readonly Line[] = [
  { job: 'gather', permission: 'statuses: write' },
  { job: 'gather', permission: 'pull-requests: write' },
  { job: 'gather', permission: 'contents: write' },
  ...['actions: read', 'contents: write', 'pull-requests: read'].map((permission) => ({ job: 'publish', permission })),
  ...['contents: read', 'id-token: write', 'pages: write'].map((permission) => ({ job: 'deploy', permission })),
  ...['contents: read', 'pull-requests: read'].map((permission) => ({ job: 'custody', permission })),
  ...['actions: read', 'pull-requests: write', 'statuses: write', 'contents: write'].map((permission) => ({ job: 'settle', permission })),
];

function of(job: string, ...permissions: readonly string[]): readonly Line[] {
  return LINES.filter((line) => line.job === job && (permissions.length === 0 || permissions.includes(line.permission)));
}

/** How a run names what it misses: pull requests are read before they are written, so the first that is refused may ask for less. */
function asSaid(permission: string): RegExp {
  return new RegExp(permission.replace(/^pull-requests: write$/, 'pull-requests: (?:read|write)'));
}

describe('without one of its permissions', () => {
  let project: Project;
  let workflow: string;
  beforeAll(async () => {
    project = await Project.ready();
    workflow = project.hub.file(project.hub.ref('refs/heads/main') ?? '', CALLER) ?? '';
  });
  afterAll(() => project.end());

  async function propose(tag: string): Promise<number> {
    requireSuccess(await project.tag('dave', tag));
    const [number = 0] = project.openEvents();
    return number;
  }

  async function approve(number: number): Promise<void> {
    const { headSha } = project.pull(number);
    await project.ofProject('carol', 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE', body: '', commit_id: headSha });
  }

  /** Runs the workflow up to a job that has lost a line of its permissions, and puts the line back. */
  async function without({ job, permission }: Line): Promise<void> {
    const document = mapping(parse(workflow));
    const jobs = mapping(document['jobs']);
    const { [permission.split(':')[0] ?? '']: lost, ...rest } = mapping(mapping(jobs[job])['permissions']);
    expect(`${permission.split(':')[0] ?? ''}: ${String(lost)}`).toBe(permission);
    const text = stringify({ ...document, jobs: { ...jobs, [job]: { ...mapping(jobs[job]), permissions: rest } } });
    project.github.commit('acme/app', 'main', { [CALLER]: text });
    const runs = await project.tick({ until: job });
    project.github.commit('acme/app', 'main', { [CALLER]: workflow });
    expect(jobOf(runs, job).result).toBe('failure');
    // The step that fails is an action of others, which says it in its own words.
    if (job === 'deploy' && permission === 'contents: read') return;
    expect(annotations(runs)).toContain('permission-missing');
    expect(annotations(runs)).toMatch(asSaid(permission));
  }

  test('every line of the workflow is named here', () => {
    const jobs = mapping(mapping(parse(workflow))['jobs']);
    const found = Object.entries(jobs).flatMap(([job, value]) =>
      Object.entries(mapping(mapping(value)['permissions'])).map(([name, level]) => `${job} ${name}: ${String(level)}`),
    );
    expect(found.sort()).toEqual(LINES.map(({ job, permission }) => `${job} ${permission}`).sort());
  });

  describe('of the job that gathers, with an event that waits', () => {
    beforeAll(async () => {
      await project.signUnnoticed('alice', await propose('v1'));
    });
    test.each(of('gather', 'statuses: write'))('$permission of $job', (line) => without(line));
  });

  describe('of the job that gathers, with an event to complete', () => {
    beforeAll(async () => {
      const [number = 0] = project.openEvents();
      await project.signUnnoticed('bob', number);
    });
    test.each(of('gather', 'pull-requests: write', 'contents: write'))('$permission of $job', (line) => without(line));
    test('with all of them it completes', async () => {
      requireSuccess(await project.tick({ until: 'gather' }));
      expect(project.openEvents()).toEqual([]);
    });
  });

  describe('of the job that publishes', () => {
    test.each(of('publish'))('$permission of $job', (line) => without(line));
    test('with all of them it publishes', async () => {
      const runs = await project.tick({ until: 'publish' });
      requireSuccess(runs);
      expect(jobOf(runs, 'publish').outputs['deploy-needed']).toBe('true');
    });
  });

  describe('of the job that deploys', () => {
    test.each(of('deploy'))('$permission of $job', (line) => without(line));
    test('with all of them it deploys', async () => {
      const runs = await project.tick();
      requireSuccess(runs);
      expect(jobOf(runs, 'deploy').result).toBe('success');
    });
  });

  describe('of the jobs of custody, with an approval that is not enough alone', () => {
    beforeAll(async () => {
      await approve(await propose('v2'));
    });
    test.each([...of('custody'), ...of('settle', 'actions: read', 'pull-requests: write', 'statuses: write')])(
      '$permission of $job',
      (line) => without(line),
    );
    test('with all of them, and a signature, it completes', async () => {
      const [number = 0] = project.openEvents();
      await project.signUnnoticed('alice', number);
      requireSuccess(await project.tick({ until: 'settle' }));
      expect(project.openEvents()).toEqual([]);
    });
  });

  describe('of the jobs of custody, with an approval that completes', () => {
    beforeAll(async () => {
      const number = await propose('v3');
      await project.signUnnoticed('alice', number);
      await approve(number);
    });
    test.each(of('settle', 'contents: write'))('$permission of $job', (line) => without(line));
    test('with all of them it completes', async () => {
      requireSuccess(await project.tick({ until: 'settle' }));
      expect(project.openEvents()).toEqual([]);
    });
  });

  describe('of the job that proposes', () => {
    test.each(PROPOSE_PERMISSIONS.map((permission, index) => [permission, `v4${String(index)}`] as const))(
      '%s',
      async (permission, tag) => {
        const permissions = PROPOSE_PERMISSIONS.filter((one) => one !== permission);
        const more = [`site-url: ${project.siteUrl}`];
        project.github.commit('acme/app', 'main', { '.github/workflows/release.yml': releaseWorkflow({ permissions, more }) });
        const runs = await project.tag('dave', tag);
        project.github.commit('acme/app', 'main', { '.github/workflows/release.yml': releaseWorkflow({ more }) });
        expect(jobOf(runs, 'countersign').result).toBe('failure');
        expect(annotations(runs)).toContain('permission-missing');
        expect(annotations(runs)).toMatch(asSaid(permission));
        requireSuccess(await project.tag('dave', `${tag}-again`));
      },
    );
  });

  describe('of the workflow that calls ours', () => {
    test.each(RECONCILE_PERMISSIONS.map(([name, level]) => `${name}: ${level}`))('%s', async (permission) => {
      const settings = {
        root: '0'.repeat(64),
        siteUrl: project.siteUrl,
        metadataHosting: 'pages',
        metadataTag: '',
        deploy: 'here',
      } as const;
      const calling = callingWorkflow(PIN, settings);
      const text = calling.replace(new RegExp(`^ +${permission}( #.*)?\\n`, 'm'), '');
      expect(text).not.toBe(calling);
      project.github.commit('acme/app', 'main', { [CALLER]: text });
      const runs = await project.tick();
      project.github.commit('acme/app', 'main', { [CALLER]: workflow });
      expect(runs.map(({ conclusion }) => conclusion)).toEqual(['startup_failure']);
      expect(annotations(runs)).toContain(permission);
    });
  });
});
