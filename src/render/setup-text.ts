// SPDX-License-Identifier: Apache-2.0
import type { SettingsPlan } from '../event/decide-settings.ts';
import { terminalText } from './terminal-text.ts';
import type { Style } from './style.ts';

/** What a set-up is about to do. */
export interface SetupPlanView extends SettingsPlan {
  readonly repository: string;
  readonly defaultBranch: string;
  readonly siteUrl: string;
  /** Root v1: from the policy, or what was found; the digest is to be compared by other means. */
  readonly root: { readonly kind: 'propose' } | { readonly kind: 'signed' | 'unsigned' | 'proposed'; readonly digest: string };
}

function rootLine(root: SetupPlanView['root']): string {
  switch (root.kind) {
    case 'propose':
      return 'propose root v1 from the policy, on a branch `tuf` of its own';
    case 'signed':
      return `root v1 is on the branch \`tuf\`: sha256:${root.digest}, signed by every key that it lists; compare it by other means`;
    case 'unsigned':
      return `root v1 is on the branch \`tuf\`: sha256:${root.digest}, not signed by every key that it lists`;
    case 'proposed':
      return `root v1 is proposed already: sha256:${root.digest}; compare it by other means`;
    default:
      return root satisfies never;
  }
}

/** One change of a setting, in words. */
export function changeLine(change: SettingsPlan['changes'][number]): string {
  switch (change.kind) {
    case 'actions-open-pulls':
      return 'Actions: allow GitHub Actions to create pull requests, and by the same switch to approve them';
    case 'pages-by-workflow':
      return 'Pages: switch on, with GitHub Actions as the source';
    case 'environment':
      return `environment ${change.name}: only the branch ${change.branch} may use it; no reviewers, no wait`;
    case 'protect-branch':
      return `branch ${change.branch}: cannot be deleted or force-pushed`;
    default:
      return change satisfies never;
  }
}

/** What a set-up will do, for a terminal. */
export function setupPlanText(view: SetupPlanView, style: Style): string {
  const changes = [
    ...view.changes.map(changeLine),
    ...view.secrets.map(
      ({ environment, name, value }) => `secret ${name} of ${environment}: ${value === 'new' ? 'set a new key' : 'set the given key'}`,
    ),
    rootLine(view.root),
    `propose the workflow for ${view.defaultBranch}, if it is not there; clients will read ${view.siteUrl}`,
  ];
  return [
    `${style.bold(terminalText(view.repository))} will be changed like this:`,
    ...changes.map((line) => `  ${terminalText(line)}`),
    ...view.refusals.map(({ code, where, detail }) => `  ${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`),
  ].join('\n');
}

/** What a set-up did, and what is left for people. */
export interface SetupResultView {
  readonly outcome: 'applied' | 'declined' | 'nothing-to-do';
  readonly plan: SetupPlanView;
  readonly root: string | null;
  readonly rootPull: { readonly number: number; readonly url: string; readonly signers: readonly string[] } | null;
  readonly workflowPull: { readonly number: number; readonly url: string } | null;
  /** The job for the release workflow, as YAML. */
  readonly releaseJob: string;
}

/** What people are to do after a set-up, one line a step. */
export function setupSteps({ workflowPull, rootPull }: SetupResultView): readonly string[] {
  return [
    ...(workflowPull === null ? [] : [`merge ${workflowPull.url}: the workflow`]),
    ...(rootPull?.signers.map(
      (signer) => `${signer} compares the digest of root v1 by other means and signs it: countersign sign ${rootPull.url} --key <uri>`,
    ) ?? []),
    ...(rootPull === null && workflowPull === null ? [] : ['add the job below to the release workflow, after the job that builds']),
  ];
}

/** What a set-up did, for a terminal, with the steps that are left. */
export function setupText(view: SetupResultView, style: Style): string {
  if (view.outcome === 'declined') return 'nothing was changed';
  if (view.outcome === 'nothing-to-do') return `${style.good('well')}: nothing is left to set up`;
  const steps = setupSteps(view);
  return [
    `${style.good('set up')} ${terminalText(view.plan.repository)}`,
    ...(view.root === null ? [] : [`root v1 ${style.bold(`sha256:${view.root}`)}`]),
    steps.length === 0 ? 'no step is left' : `steps that are left: ${String(steps.length)}`,
    ...steps.map((step, index) => `  ${String(index + 1)}. ${terminalText(step)}`),
    ...(steps.length === 0 ? [] : ['', view.releaseJob.trimEnd()]),
  ].join('\n');
}
