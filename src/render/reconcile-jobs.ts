// SPDX-License-Identifier: Apache-2.0
// The jobs that keep a repository going: gather, custody, settle, publish, deploy. One text for the reusable workflow and for the long form.

/** Where a `uses:` gets its code from. */
export interface ActionPin {
  /** `owner/name`. */
  readonly repository: string;
  /** 40 lower-case hex digits. A tag could be moved by whoever owns it, and with it the code that holds the keys. */
  readonly commit: string;
}

/** The values of the inputs that every job is given, as YAML: a literal, or an expression of the inputs. */
export interface JobInputs {
  readonly root: string;
  readonly siteUrl: string;
  readonly metadataHosting: string;
  readonly metadataTag: string;
  /** An expression that says whether to deploy; null for a workflow that always does. */
  readonly deploy: string | null;
}

const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const DEPLOY_PAGES = 'actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0';

/** The permissions that the jobs need together: what a caller must grant, whether or not each job will run. */
export const RECONCILE_PERMISSIONS: readonly (readonly [name: string, access: 'read' | 'write', why: string])[] = [
  ['actions', 'read', 'the artifacts that proposals name'],
  ['contents', 'write', 'the branches of proposals and metadata, and draft releases'],
  ['id-token', 'write', 'proves to Pages which run deploys'],
  ['pages', 'write', 'deploys the site'],
  ['pull-requests', 'write', 'the text, the comment and the requests for review of a signing event'],
  ['statuses', 'write', 'the commit status `countersign`'],
];

/** The lines of a `permissions:` block, indented by `indent` spaces, each with its reason. */
export function permissionLines(permissions: readonly (readonly [string, string, string])[], indent: number): readonly string[] {
  return permissions.map(([name, access, why]) => `${' '.repeat(indent)}${name}: ${access} # ${why}`);
}

function only(...wanted: readonly `${string}: ${'read' | 'write'}`[]): readonly (readonly [string, string, string])[] {
  return RECONCILE_PERMISSIONS.flatMap(([name, , why]) => {
    const found = wanted.find((one) => one.startsWith(`${name}: `));
    return found === undefined ? [] : [[name, found.slice(name.length + 2), why]];
  });
}

function step(pin: ActionPin, inputs: JobInputs, name: string, command: string, more: readonly string[] = []): readonly string[] {
  return [
    `      - name: ${name}`,
    '        id: countersign',
    `        uses: ${pin.repository}@${pin.commit}`,
    '        with:',
    `          command: ${command}`,
    `          root: ${inputs.root}`,
    `          site-url: ${inputs.siteUrl}`,
    `          metadata-hosting: ${inputs.metadataHosting}`,
    `          metadata-tag: ${inputs.metadataTag}`,
    ...more.map((line) => `          ${line}`),
  ];
}

function outputs(...names: readonly string[]): readonly string[] {
  return ['    outputs:', ...names.map((name) => `      ${name}: \${{ steps.countersign.outputs.${name} }}`)];
}

const GATHER = only('contents: write', 'pull-requests: write', 'statuses: write');
/** It also reads what the custody jobs have left. */
const SETTLE = only('actions: read', 'contents: write', 'pull-requests: write', 'statuses: write');

function gatherJob(pin: ActionPin, inputs: JobInputs): readonly string[] {
  return [
    '  gather:',
    '    name: Gather signatures',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 15',
    '    permissions:',
    ...permissionLines(GATHER, 6),
    ...outputs('custody', 'publish-needed', 'deploy-needed'),
    '    steps:',
    ...step(pin, inputs, 'Count signatures, complete what has enough', 'gather'),
  ];
}

function custodyJob(pin: ActionPin, inputs: JobInputs): readonly string[] {
  return [
    '  # One job for each person whose key is kept here and who has approved. It can write nothing: its signature leaves as an artifact.',
    '  custody:',
    '    name: Sign as ${{ matrix.person }}',
    '    needs: gather',
    "    if: ${{ !cancelled() && needs.gather.outputs.custody != '' && needs.gather.outputs.custody != '[]' }}",
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 15',
    '    permissions:',
    ...permissionLines(only('contents: read', 'pull-requests: read'), 6),
    '    strategy:',
    '      fail-fast: false',
    '      matrix:',
    '        include: ${{ fromJSON(needs.gather.outputs.custody) }}',
    '    environment: ${{ matrix.environment }}',
    '    steps:',
    ...step(pin, inputs, 'Sign what they approved', 'custody', ['person: ${{ matrix.person }}', 'key: ${{ secrets.COUNTERSIGN_KEY }}']),
  ];
}

function settleJob(pin: ActionPin, inputs: JobInputs): readonly string[] {
  return [
    '  # Also when a custody job failed: the others may have signed.',
    '  settle:',
    '    name: Gather custody signatures',
    '    needs: [gather, custody]',
    "    if: ${{ !cancelled() && needs.custody.result != 'skipped' }}",
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 15',
    '    permissions:',
    ...permissionLines(SETTLE, 6),
    ...outputs('publish-needed', 'deploy-needed'),
    '    steps:',
    ...step(pin, inputs, 'Count the custody signatures too', 'settle'),
  ];
}

function publishJob(pin: ActionPin, inputs: JobInputs): readonly string[] {
  return [
    '  # Also when gathering failed: what cannot be verified must not stop the last verified state from staying fresh.',
    '  publish:',
    '    name: Publish',
    '    needs: [gather, settle]',
    "    if: ${{ !cancelled() && needs.gather.result != 'skipped' && (needs.gather.outputs.publish-needed != 'false' || needs.settle.outputs.publish-needed == 'true' || needs.settle.result == 'failure') }}",
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 30',
    '    permissions:',
    ...permissionLines(only('actions: read', 'contents: write', 'pull-requests: read'), 6),
    '    environment: countersign-online',
    '    concurrency:',
    '      group: countersign-publish',
    '      cancel-in-progress: false',
    ...outputs('deploy-needed'),
    '    steps:',
    ...step(pin, inputs, 'Sign snapshot and timestamp', 'publish', ['online-key: ${{ secrets.COUNTERSIGN_ONLINE_KEY }}']),
  ];
}

function deployJob(pin: ActionPin, inputs: JobInputs): readonly string[] {
  return [
    '  # Deploys what the published branch holds when this job starts, so an older run that comes late cannot take the site back.',
    '  deploy:',
    '    name: Deploy to Pages',
    '    needs: [gather, settle, publish]',
    `    if: \${{ !cancelled() && ${inputs.deploy === null ? '' : `${inputs.deploy} && `}(needs.publish.outputs.deploy-needed == 'true' || (needs.publish.result != 'success' && (needs.gather.outputs.deploy-needed == 'true' || needs.settle.outputs.deploy-needed == 'true'))) }}`,
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 30',
    '    permissions:',
    ...permissionLines(only('contents: read', 'id-token: write', 'pages: write'), 6),
    '    environment:',
    '      name: github-pages',
    '      url: ${{ steps.deployment.outputs.page_url }}',
    '    concurrency:',
    '      group: countersign-deploy',
    '      cancel-in-progress: false',
    '    steps:',
    '      - name: Check out the published branch',
    `        uses: ${CHECKOUT}`,
    '        with:',
    '          ref: tuf-published',
    '          path: site',
    '          persist-credentials: false',
    ...step(pin, inputs, 'Verify the site', 'site', ['site: site']),
    '      - name: Deploy',
    '        id: deployment',
    `        uses: ${DEPLOY_PAGES}`,
    '        with:',
    '          artifact_name: github-pages-${{ github.run_attempt }}',
  ];
}

/**
 * The `jobs:` of the workflow, as lines.
 * @param deploy - `elsewhere` leaves the job out that deploys
 */
export function reconcileJobs(pin: ActionPin, inputs: JobInputs, deploy: 'here' | 'elsewhere' = 'here'): readonly string[] {
  const all = [gatherJob(pin, inputs), custodyJob(pin, inputs), settleJob(pin, inputs), publishJob(pin, inputs), deployJob(pin, inputs)];
  const jobs = deploy === 'here' ? all : all.slice(0, -1);
  return ['jobs:', ...jobs.flatMap((job, index) => (index === 0 ? job : ['', ...job]))];
}
