// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { doctorText } from '../../src/render/doctor-text.ts';
import { setupPlanText, setupText, type SetupPlanView, type SetupResultView } from '../../src/render/setup-text.ts';
import { NO_STYLE } from '../../src/render/style.ts';

const PLAN: SetupPlanView = {
  repository: 'acme/project',
  defaultBranch: 'main',
  siteUrl: 'https://acme.github.io/project/',
  root: { kind: 'propose' },
  changes: [
    { kind: 'actions-open-pulls' },
    { kind: 'pages-by-workflow' },
    { kind: 'environment', name: 'countersign-online', branch: 'main' },
    { kind: 'protect-branch', branch: 'tuf' },
  ],
  secrets: [
    { environment: 'countersign-online', name: 'COUNTERSIGN_ONLINE_KEY', value: 'new' },
    { environment: 'countersign-carol', name: 'COUNTERSIGN_KEY', value: 'have' },
  ],
  refusals: [],
};

const RESULT: SetupResultView = {
  outcome: 'applied',
  plan: PLAN,
  root: 'ab12',
  rootPull: { number: 2, url: 'https://github.com/acme/project/pull/2', signers: ['alice', 'bob'] },
  workflowPull: { number: 3, url: 'https://github.com/acme/project/pull/3' },
  releaseJob: '  countersign:\n    needs: build\n',
};

test('the plan of a set-up', () => {
  expect(setupPlanText(PLAN, NO_STYLE)).toBe(`acme/project will be changed like this:
  Actions: allow GitHub Actions to create pull requests, and by the same switch to approve them
  Pages: switch on, with GitHub Actions as the source
  environment countersign-online: only the branch main may use it; no reviewers, no wait
  branch tuf: cannot be deleted or force-pushed
  secret COUNTERSIGN_ONLINE_KEY of countersign-online: set a new key
  secret COUNTERSIGN_KEY of countersign-carol: set the given key
  propose root v1 from the policy, on a branch \`tuf\` of its own
  propose the workflow for main, if it is not there; clients will read https://acme.github.io/project/`);
});

test('a plan that is refused says why', () => {
  const refusals = [{ code: 'already-exists', where: 'Pages', detail: 'expected Pages to be free' }] as const;
  expect(setupPlanText({ ...PLAN, changes: [], secrets: [], root: { kind: 'signed', digest: 'ab12' }, refusals }, NO_STYLE))
    .toBe(`acme/project will be changed like this:
  root v1 is on the branch \`tuf\`: sha256:ab12, signed by every key that it lists; compare it by other means
  propose the workflow for main, if it is not there; clients will read https://acme.github.io/project/
  already-exists Pages: expected Pages to be free`);
});

test.each([
  ['unsigned', 'root v1 is on the branch `tuf`: sha256:ab12, not signed by every key that it lists'],
  ['proposed', 'root v1 is proposed already: sha256:ab12; compare it by other means'],
] as const)('a plan says that root v1 is %s', (kind, line) => {
  expect(setupPlanText({ ...PLAN, root: { kind, digest: 'ab12' } }, NO_STYLE)).toContain(`\n  ${line}\n`);
});

test('a set-up ends with the steps that are left', () => {
  expect(setupText(RESULT, NO_STYLE)).toBe(`set up acme/project
root v1 sha256:ab12
steps that are left: 4
  1. merge https://github.com/acme/project/pull/3: the workflow
  2. alice compares the digest of root v1 by other means and signs it: countersign sign https://github.com/acme/project/pull/2 --key <uri>
  3. bob compares the digest of root v1 by other means and signs it: countersign sign https://github.com/acme/project/pull/2 --key <uri>
  4. add the job below to the release workflow, after the job that builds

  countersign:
    needs: build`);
});

test.each<[SetupResultView['outcome'], string]>([
  ['declined', 'nothing was changed'],
  ['nothing-to-do', 'well: nothing is left to set up'],
])('a set-up that was %s', (outcome, expected) => {
  expect(setupText({ ...RESULT, outcome }, NO_STYLE)).toBe(expected);
});

test('what doctor found, with what to change and where', () => {
  const url = 'https://github.com/acme/project/settings/rules';
  const findings = [
    { severity: 'leak', code: 'default-branch-alone', detail: 'main: one writer alone', change: 'require a review', url },
    { severity: 'broken', code: 'pages-source', detail: 'Pages are off', change: 'set the source', url },
    { severity: 'advice', code: 'branch-open', detail: 'tuf\u202e: can be deleted', change: 'forbid it', url },
  ] as const;
  expect(doctorText({ repository: 'acme/project', findings }, NO_STYLE)).toBe(`key could leak  main: one writer alone
  require a review
  ${url}
broken  Pages are off
  set the source
  ${url}
advice  tuf\\u202e: can be deleted
  forbid it
  ${url}`);
  expect(doctorText({ repository: 'acme/project', findings: [] }, NO_STYLE)).toBe('well: acme/project is set up as it should be');
});
