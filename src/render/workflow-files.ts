// SPDX-License-Identifier: Apache-2.0
// Workflow files that `init` writes into a project, and our own reusable one.
import { CUSTODY_SECRET, ONLINE_ENVIRONMENT, ONLINE_SECRET, REUSABLE_PATH } from '../event/workflow-names.ts';
import { permissionLines, RECONCILE_PERMISSIONS, reconcileJobs, type ActionPin } from './reconcile-jobs.ts';

export type { ActionPin } from './reconcile-jobs.ts';

/** The commit whose action the jobs run; scripts/pin-action.mjs writes it. */
export const ACTION_PIN: ActionPin = { repository: 'OWNER/countersign', commit: '0000000000000000000000000000000000000000' };
/**
 * The commit whose reusable workflow projects call: one after {@link ACTION_PIN}, as no commit can hold its own name. scripts/pin-action.mjs writes it.
 */
export const WORKFLOW_PIN: ActionPin = { repository: 'OWNER/countersign', commit: '0000000000000000000000000000000000000000' };

/** What a project's workflow says of its repository. */
export interface ReconcileSettings {
  /** The payload digest of root v1: 64 lower-case hex digits. */
  readonly root: string;
  /** Where clients find the repository: an https URL. */
  readonly siteUrl: string;
  readonly metadataHosting: 'pages' | 'release';
  /** The tag of the rolling release, for `release`. */
  readonly metadataTag: string;
  /** `elsewhere`: another site takes the published branch in. */
  readonly deploy: 'here' | 'elsewhere';
}

/** A string that YAML reads as itself: JSON's strings are a part of YAML 1.2. */
function scalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : JSON.stringify(text);
}

function file(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/**
 * The workflow of the metadata branch that a review starts. It runs as the pull request has it, which a writer can change: so it has no rights
 * and does nothing, and only that it ran is taken notice of. GitHub filters reviews by no branch; only a pull request into the branch that
 * holds this file runs it.
 */
export function wakeWorkflow(): string {
  return file([
    '# Does nothing. That it ran wakes `countersign` on the default branch, which checks everything itself.',
    'name: countersign-wake',
    'on: [pull_request_review]',
    'permissions: {}',
    'concurrency: { group: countersign-wake, cancel-in-progress: true }',
    'jobs:',
    '  wake:',
    '    name: Wake',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 5',
    "    steps: [{ run: 'true' }]",
  ]);
}

/** No comment starts a run: anybody may write one, anywhere in the project. A signature in a comment is seen by the next run. */
const TRIGGERS = [
  'name: countersign',
  'on:',
  '  workflow_run: # a review; whatever became of the run that it started',
  '    workflows: [countersign-wake]',
  '    types: [completed]',
  '  schedule: # missed wakes cost half an hour; keeps the timestamp fresh',
  "    - cron: '13,43 * * * *'",
  '  workflow_dispatch:',
  'permissions: {}',
];

/** The workflow of a project's default branch, which calls our reusable one. */
export function callingWorkflow(pin: ActionPin, settings: ReconcileSettings): string {
  return file([
    '# Keeps the TUF repository going. Whoever may change this file can reach its keys: let its changes be reviewed.',
    ...TRIGGERS,
    'jobs:',
    '  reconcile:',
    '    name: Reconcile',
    '    permissions:',
    ...permissionLines(RECONCILE_PERMISSIONS, 6),
    `    uses: ${pin.repository}/${REUSABLE_PATH}@${pin.commit}`,
    '    with:',
    `      root: ${settings.root}`,
    `      site-url: ${scalar(settings.siteUrl)}`,
    `      metadata-hosting: ${settings.metadataHosting}`,
    ...(settings.metadataTag === '' ? [] : [`      metadata-tag: ${scalar(settings.metadataTag)}`]),
    ...(settings.deploy === 'here' ? [] : ['      deploy: false']),
    '    secrets: # each is empty here; naming it lets the job of its environment read it',
    `      ${ONLINE_SECRET}: \${{ secrets.${ONLINE_SECRET} }}`,
    `      ${CUSTODY_SECRET}: \${{ secrets.${CUSTODY_SECRET} }}`,
  ]);
}

/** The workflow of a project's default branch with all jobs in it, for those who call no workflow of others. */
export function ejectedWorkflow(pin: ActionPin, settings: ReconcileSettings): string {
  const inputs = {
    root: settings.root,
    siteUrl: scalar(settings.siteUrl),
    metadataHosting: settings.metadataHosting,
    metadataTag: scalar(settings.metadataTag),
    deploy: null,
  };
  return file([
    '# Keeps the TUF repository going. Whoever may change this file can reach its keys: let its changes be reviewed.',
    ...TRIGGERS,
    ...reconcileJobs(pin, inputs, settings.deploy),
  ]);
}

const INPUTS = [
  '      root:',
  '        description: The sha256 of the payload of root v1, as init printed it',
  '        type: string',
  '        required: true',
  '      site-url:',
  '        description: Where clients find the repository',
  '        type: string',
  '        required: true',
  '      metadata-hosting:',
  '        description: Where the metadata is published, pages or release',
  '        type: string',
  '        default: pages',
  '      metadata-tag:',
  '        description: The tag of the release that holds the metadata, for release',
  '        type: string',
  "        default: ''",
  '      deploy:',
  '        description: Whether Pages show what is published; false where another site takes it in',
  '        type: boolean',
  '        default: true',
];

/** Our reusable workflow, as {@link REUSABLE_PATH} holds it. */
export function reusableWorkflow(pin: ActionPin): string {
  const inputs = {
    root: '${{ inputs.root }}',
    siteUrl: '${{ inputs.site-url }}',
    metadataHosting: '${{ inputs.metadata-hosting }}',
    metadataTag: '${{ inputs.metadata-tag }}',
    deploy: 'inputs.deploy',
  };
  return file([
    '# SPDX-License-Identifier: Apache-2.0',
    '# Called by the `countersign.yml` of a project. Generated from src/render by scripts/pin-action.mjs; do not edit.',
    'name: reconcile',
    'on:',
    '  workflow_call:',
    '    inputs:',
    ...INPUTS,
    '    secrets:',
    `      ${ONLINE_SECRET}:`,
    `        description: From the environment ${ONLINE_ENVIRONMENT}`,
    `      ${CUSTODY_SECRET}:`,
    '        description: From the environment of a custody signer',
    'permissions: {}',
    ...reconcileJobs(pin, inputs),
  ]);
}

/** What a project releases, for its own workflow. */
export interface ReleaseJob {
  readonly role: string;
  /** Names or patterns of the artifacts that the build uploads. */
  readonly artifacts: string;
  /** Put before each file's name, with its slash; may be an expression. */
  readonly targetPrefix: string;
  /** The payload digest of root v1, as the other workflow says it; null as long as there is none, and then it is left out. */
  readonly root: string | null;
  /** Where clients find the repository, and how its metadata is published: what the other workflow says. */
  readonly site: Pick<ReconcileSettings, 'siteUrl' | 'metadataHosting' | 'metadataTag'>;
}

/** Why the job of a release workflow needs what it needs. */
export const RELEASE_PERMISSIONS: readonly (readonly [string, string, string])[] = [
  ['actions', 'read', 'fetches the artifacts that the build has uploaded'],
  ['contents', 'write', 'pushes the branch of the proposal, and keeps the files as a draft release'],
  ['pull-requests', 'write', 'opens the pull request that people sign'],
];

/** The job to add to a release workflow, indented to stand below `jobs:`. */
export function releaseJob(pin: ActionPin, { role, artifacts, targetPrefix, root, site }: ReleaseJob): string {
  return file([
    '  countersign:',
    '    name: Propose the release',
    '    needs: build',
    '    runs-on: ubuntu-latest',
    '    permissions:',
    ...permissionLines(RELEASE_PERMISSIONS, 6),
    '    steps:',
    `      - uses: ${pin.repository}@${pin.commit}`,
    '        with:',
    `          role: ${scalar(role)}`,
    `          artifacts: ${scalar(artifacts)}`,
    `          target-prefix: ${targetPrefix}`,
    ...(root === null ? [] : [`          root: ${root}`]),
    `          site-url: ${scalar(site.siteUrl)}`,
    ...(site.metadataHosting === 'pages'
      ? []
      : ['          metadata-hosting: release', `          metadata-tag: ${scalar(site.metadataTag)}`]),
  ]);
}
