// SPDX-License-Identifier: Apache-2.0
// Files hosted beside the release of their tag; metadata on Pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Release } from '../github/state.ts';
import { annotations, expectNoSecrets, expectTarget, jobOf, ran, sha256, type Addresses } from './checks.ts';
import { gate, Project, PROJECT, requireSuccess } from './project.ts';
import { releaseWorkflow } from './release-workflow.ts';

describe('releases as hosting', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.ready();
    await project.push('dave', 'main', { '.github/workflows/release.yml': workflow() });
  });
  afterAll(() => project.end());

  function workflow(tag = '${{ github.ref_name }}', more: readonly string[] = [], on?: string): string {
    const lines = [`site-url: ${project.siteUrl}`, 'hosting: release', `tag: ${tag}`, ...more];
    return releaseWorkflow({ prefix: `${tag}/`, more: lines, ...(on === undefined ? {} : { on }) });
  }

  /** The one release of a tag; null when there is none. */
  function release(tag: string): Release | null {
    const found = [...project.repository.releases.values()].filter((one) => one.tag === tag);
    if (found.length > 1) throw new Error(`${tag}: expected one release, got ${found.length}`);
    return found[0] ?? null;
  }

  function addresses(): Addresses {
    return { metadata: `${project.siteUrl}metadata/`, targets: `${project.github.serverUrl}/${PROJECT}/releases/download/` };
  }

  test('the files wait in a draft under both names, which the quorum publishes, and both clients get them from there', async () => {
    requireSuccess(await project.tag('dave', 'v1'));
    const text = 'app v1 any\n';
    expect(release('v1')?.draft).toBe(true);
    expect(
      release('v1')
        ?.assets.map(({ name }) => name)
        .sort(),
    ).toEqual([`${sha256(text)}.app-any.txt`, 'app-any.txt'].sort());
    const [number = 0] = project.openEvents();
    requireSuccess(await project.sign('alice', number));
    expect(release('v1')?.draft).toBe(true);
    requireSuccess(await project.sign('bob', number));
    expect(release('v1')?.draft).toBe(false);
    await expectTarget(project, 'v1/app-any.txt', text, addresses());
  });

  test('a tag of another commit is refused before anything is proposed', async () => {
    await project.ofProject('dave', 'POST', '/git/refs', { ref: 'refs/tags/v2', sha: project.hub.ref('refs/tags/v1') });
    await project.push('dave', 'main', { '.github/workflows/fixed.yml': workflow('v2', [], 'workflow_dispatch') });
    const runs = await project.dispatch('dave', 'fixed.yml');
    expect(ran(runs)).toEqual(['release build success', 'release countersign failure']);
    expect(annotations(runs)).toContain('tag-mismatch');
    expect(project.openEvents()).toEqual([]);
    expect(release('v2')).toBeNull();
  });

  test('a tag that is to be made is made at the signed commit when the quorum has agreed, and not before', async () => {
    await project.push('dave', 'main', { '.github/workflows/fixed.yml': workflow('v3', ["create-tag: 'true'"], 'workflow_dispatch') });
    const commit = project.hub.ref('refs/heads/main');
    requireSuccess(await project.dispatch('dave', 'fixed.yml'));
    const [number = 0] = project.openEvents();
    await project.signUnnoticed('alice', number);
    expect(project.hub.ref('refs/tags/v3')).toBeNull();
    requireSuccess(await project.sign('bob', number));
    expect(project.hub.ref('refs/tags/v3')).toBe(commit);
    expect(release('v3')?.draft).toBe(false);
  });

  test('closing the pull request abandons the event, and its draft goes', async () => {
    requireSuccess(await project.tag('dave', 'v4'));
    const [number = 0] = project.openEvents();
    expect(release('v4')?.draft).toBe(true);
    await project.close('alice', number);
    requireSuccess(await project.tick());
    expect(release('v4')).toBeNull();
    expect(project.openEvents()).toEqual([]);
  });

  test('a job that is killed between the merge and the release leaves it to the next one', async () => {
    requireSuccess(await project.tag('dave', 'v5'));
    const [number = 0] = project.openEvents();
    for (const login of ['alice', 'bob']) await project.signUnnoticed(login, number);
    const before = project.hub.ref('refs/heads/tuf');
    const reached = gate();
    project.github.onRequest = (method, path) => {
      if (method !== 'PATCH' || !/\/releases\/\d+$/.test(path)) return;
      reached.open();
      // No answer: the job is killed while it waits for one.
      return new Promise(() => undefined);
    };
    const killed = await project.tick({ kill: { job: 'gather', when: reached.opened }, until: 'gather' });
    project.github.onRequest = null;
    expect(jobOf(killed, 'gather').result).toBe('failure');
    expect(project.hub.ref('refs/heads/tuf')).not.toBe(before);
    expect(release('v5')?.draft).toBe(true);
    requireSuccess(await project.tick());
    expect(release('v5')?.draft).toBe(false);
    await expectTarget(project, 'v5/app-any.txt', 'app v5 any\n', addresses());
    expectNoSecrets(project);
  });
});
