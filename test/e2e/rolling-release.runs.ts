// SPDX-License-Identifier: Apache-2.0
// Everything on Releases: metadata in a rolling release, files in the release of their tag. No Pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoSecrets, expectTarget, ran, type Addresses } from './checks.ts';
import { Project, PROJECT, requireSuccess } from './project.ts';
import { releaseWorkflow } from './release-workflow.ts';

describe('metadata in a rolling release', () => {
  let project: Project;
  beforeAll(async () => {
    const hosting = ['metadata-hosting: release', 'metadata-tag: tuf', 'hosting: release', 'tag: ${{ github.ref_name }}'];
    project = await Project.ready({ metadataHosting: 'release' }, releaseWorkflow({ more: hosting }));
  });
  afterAll(() => project.end());

  test('a release is signed and published, and both clients get all of it from releases', async () => {
    requireSuccess(await project.tag('dave', 'v1'));
    const [number = 0] = project.openEvents();
    await project.signUnnoticed('alice', number);
    const runs = await project.sign('bob', number);
    expect(ran(runs)).toEqual(['countersign-wake wake success', 'countersign gather success', 'countersign publish success']);
    const downloads = `${project.github.serverUrl}/${PROJECT}/releases/download/`;
    const at: Addresses = { metadata: `${downloads}tuf/`, targets: downloads };
    await expectTarget(project, 'v1/app-any.txt', 'app v1 any\n', at);
    expectNoSecrets(project);
  });
});
