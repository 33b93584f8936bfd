// SPDX-License-Identifier: Apache-2.0
// Carol's key is kept in an environment of the project: she approves in the browser, and a job signs for her.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { annotations, expectNoSecrets, expectTarget, jobOf, ran } from './checks.ts';
import { Project, requireSuccess } from './project.ts';

describe('custody', () => {
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

  test('after one signature, an approval in the browser completes a release', async () => {
    const number = await proposed('v1');
    requireSuccess(await project.sign('alice', number));
    const runs = await project.review('carol', number, 'APPROVE', 'Looks good.');
    expect(ran(runs)).toEqual([
      'countersign-wake wake success',
      'countersign gather success',
      'countersign custody success',
      'countersign settle success',
      'countersign publish success',
      'countersign deploy success',
    ]);
    await expectTarget(project, 'v1/app-any.txt', 'app v1 any\n');
  });

  test('the approval may come first', async () => {
    const number = await proposed('v2');
    requireSuccess(await project.review('carol', number, 'APPROVE', ''));
    expect(project.openEvents()).toEqual([number]);
    const runs = await project.sign('bob', number);
    requireSuccess(runs);
    expect(project.openEvents()).toEqual([]);
    await expectTarget(project, 'v2/app-any.txt', 'app v2 any\n');
  });

  test('a comment is no approval: nothing is signed for her', async () => {
    const number = await proposed('v3');
    const runs = await project.review('carol', number, 'COMMENT', 'Looks good.');
    requireSuccess(runs);
    expect(ran(runs)).toEqual(['countersign-wake wake success', 'countersign gather success']);
    expect(jobOf(runs, 'gather').outputs['custody']).toBe('[]');
    await project.close('alice', number);
    requireSuccess(await project.tick());
  });

  test('an approval that is dismissed again signs nothing', async () => {
    const number = await proposed('v4');
    const pull = project.pull(number);
    const review = await project.ofProject('carol', 'POST', `/pulls/${number}/reviews`, {
      event: 'APPROVE',
      body: '',
      commit_id: pull.headSha,
    });
    await project.ofProject('alice', 'PUT', `/pulls/${number}/reviews/${String(review['id'])}/dismissals`, { message: 'wait' });
    const runs = await project.tick();
    requireSuccess(runs);
    expect(ran(runs)).toEqual(['countersign gather success']);
    // Beside it, one that stands.
    await project.ofProject('carol', 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE', body: '', commit_id: pull.headSha });
    expect(ran(await project.tick())).toContain('countersign custody success');
  });

  test('her job can write nothing, and holds her key alone', () => {
    const custody = jobOf(project.runs, 'custody');
    expect([...custody.permissions.values()]).not.toContain('write');
    expectNoSecrets(project);
  });

  test("a workflow on a writer's own branch gets no key of an environment, and one on the default branch does", async () => {
    const thief = (on: string): string => `name: thief
on: ${on}
jobs:
  steal:
    runs-on: ubuntu-latest
    environment: countersign-carol
    steps:
      - env: { KEY: '\${{ secrets.COUNTERSIGN_KEY }}' }
        run: test -n "$KEY" && echo "$KEY"
`;
    const own = await project.push('dave', 'writers-own', {
      '.github/workflows/thief.yml': thief('{ push: { branches: [writers-own] } }'),
    });
    expect(own.map(({ start, conclusion }) => [start.file.name, conclusion])).toContainEqual(['thief', 'failure']);
    expect(jobOf(own, 'steal').steps).toEqual([]);
    expect(annotations(own)).toContain('does not admit refs/heads/writers-own');
    const allowed = await project.push('alice', 'main', { '.github/workflows/thief.yml': thief('{ push: { branches: [main] } }') });
    expect(jobOf(allowed, 'steal').result).toBe('success');
    // What it printed is found: so the scenarios that look for keys in logs would see one.
    expect(() => {
      expectNoSecrets(project);
    }).toThrow();
  });
});
