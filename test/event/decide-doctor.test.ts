// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { decideDoctor, type CallerFacts, type DoctorFacts } from '../../src/event/decide-doctor.ts';
import type { SettingsFacts } from '../../src/ports/settings.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { environment, rules, seen, UNSEEN, wellSet, withEnvironment, withRules } from './setting-facts.ts';

const NOW = parseInstant('2030-01-31T12:00:00Z', 'now');
const ROOT = 'ab'.repeat(32);
const PIN = 'c'.repeat(40);
const OLD = parseInstant('2030-01-01T00:00:00Z', 'workflow');
const RUNS = seen({ state: 'active', created: OLD, lastScheduled: parseInstant('2030-01-31T11:13:00Z', 'run') });
const CALLER: Extract<CallerFacts, { kind: 'found' }> = {
  kind: 'found',
  uses: [`owner/countersign/.github/workflows/reconcile.yml@${PIN}`],
  roots: [ROOT],
  metadataHosting: 'pages',
  deploy: 'here',
};

function facts(change: Partial<DoctorFacts> = {}, settings: Partial<SettingsFacts> = {}): DoctorFacts {
  return {
    settings: wellSet({ workflow: RUNS, ...settings }),
    now: NOW,
    wake: 'same',
    caller: CALLER,
    keys: [
      { environment: 'countersign-online', name: 'COUNTERSIGN_ONLINE_KEY' },
      { environment: 'countersign-carol', name: 'COUNTERSIGN_KEY' },
    ],
    root: ROOT,
    ...change,
  };
}

function told(given: DoctorFacts): readonly string[] {
  return decideDoctor(given).map(({ severity, code }) => `${severity} ${code}`);
}

const branches = (...names: readonly string[]): { kind: 'named'; patterns: { type: 'branch'; name: string }[] } => ({
  kind: 'named',
  patterns: names.map((name) => ({ type: 'branch', name })),
});

describe('doctor', () => {
  test('has nothing to say of a repository that is set up as it should be', () => {
    expect(told(facts())).toEqual([]);
  });

  test.each<[string, DoctorFacts, readonly string[]]>([
    [
      'an environment for every branch',
      facts({}, { environments: withEnvironment('countersign-online', { admits: { kind: 'unrestricted' } }) }),
      ['leak environment-open'],
    ],
    [
      'an environment for protected branches',
      facts({}, { environments: withEnvironment('countersign-carol', { admits: { kind: 'protected' } }) }),
      ['leak environment-open'],
    ],
    [
      'an environment for one more branch',
      facts({}, { environments: withEnvironment('countersign-online', { admits: branches('main', 'dev') }) }),
      ['leak environment-open'],
    ],
    [
      'an environment for a pattern',
      facts({}, { environments: withEnvironment('countersign-online', { admits: branches('mai*') }) }),
      ['leak environment-open'],
    ],
    [
      'an environment for a tag of that name',
      facts(
        {},
        { environments: withEnvironment('countersign-online', { admits: { kind: 'named', patterns: [{ type: 'tag', name: 'main' }] } }) },
      ),
      ['leak environment-open'],
    ],
    [
      'an open environment without a key yet',
      facts({}, { environments: withEnvironment('countersign-online', { admits: { kind: 'unrestricted' }, secrets: [] }) }),
      ['broken environment-open', 'broken secret-missing'],
    ],
    ['no environment', facts({}, { environments: withEnvironment('countersign-carol', null) }), ['broken environment-missing']],
    [
      'an environment without its secret',
      facts({}, { environments: withEnvironment('countersign-carol', { secrets: ['OTHER'] }) }),
      ['broken secret-missing'],
    ],
    [
      'reviewers of an environment',
      facts({}, { environments: withEnvironment('countersign-online', { reviewers: 1 }) }),
      ['broken environment-waits'],
    ],
    ['a wait timer', facts({}, { environments: withEnvironment('countersign-online', { waitMinutes: 5 }) }), ['broken environment-waits']],
    [
      'an open environment with a key of ours that no policy names',
      facts(
        { keys: [] },
        { environments: seen(new Map([['staging', environment('COUNTERSIGN_KEY', { admits: { kind: 'unrestricted' } })]])) },
      ),
      ['leak environment-open'],
    ],
    ['environments that nobody may see', facts({}, { environments: UNSEEN }), ['broken unseen']],
    [
      'the online key as a secret of the repository',
      facts({}, { sharedSecrets: seen(['OTHER', 'COUNTERSIGN_ONLINE_KEY']) }),
      ['leak secret-shared'],
    ],
    ['a custody key as a secret of the repository', facts({}, { sharedSecrets: seen(['COUNTERSIGN_KEY']) }), ['leak secret-shared']],
    ['secrets that nobody may see', facts({}, { sharedSecrets: UNSEEN }), ['broken unseen']],
    [
      'a default branch that one person can change',
      facts({}, { rules: withRules('main', rules({ approvals: 0 })) }),
      ['leak default-branch-alone'],
    ],
    [
      'a default branch that one person and a workflow can change',
      facts({}, { rules: withRules('main', rules({ approvals: 1 })) }),
      ['leak approval-by-actions'],
    ],
    [
      'the same, where nobody may see whether a workflow approves',
      facts({}, { rules: withRules('main', rules({ approvals: 1 })), actionsOpenPulls: UNSEEN }),
      ['leak approval-by-actions', 'advice unseen'],
    ],
    [
      'an approval that only people can give, where nothing can be proposed for it',
      facts({}, { rules: withRules('main', rules({ approvals: 1 })), actionsOpenPulls: seen(false) }),
      ['broken actions-pull-requests'],
    ],
    ['rules of the default branch that nobody may see', facts({}, { rules: withRules('main', UNSEEN) }), ['broken unseen']],
    [
      'a workflow that a tag names',
      facts({ caller: { ...CALLER, uses: ['owner/countersign/.github/workflows/reconcile.yml@v1'] } }),
      ['leak workflow-unpinned'],
    ],
    [
      'a workflow with a short commit',
      facts({ caller: { ...CALLER, uses: [`owner/countersign@${PIN.slice(1)}`] } }),
      ['leak workflow-unpinned'],
    ],
    ['a workflow with no ref at all', facts({ caller: { ...CALLER, uses: ['owner/countersign'] } }), ['leak workflow-unpinned']],
    [
      'one unpinned step among pinned ones',
      facts({ caller: { ...CALLER, uses: [...CALLER.uses, 'actions/deploy-pages@v5'] } }),
      ['leak workflow-unpinned'],
    ],
    ['no workflow', facts({ caller: { kind: 'missing' } }), ['broken workflow-missing']],
    ['a workflow that is no YAML', facts({ caller: { kind: 'unreadable', reason: 'is no YAML' } }), ['broken workflow-unreadable']],
    [
      'a workflow that runs nothing',
      facts({ caller: { ...CALLER, uses: [], roots: [] } }),
      ['broken workflow-empty', 'broken root-missing'],
    ],
    ['a workflow without a root', facts({ caller: { ...CALLER, roots: [null] } }), ['broken root-missing']],
    ['one job without a root', facts({ caller: { ...CALLER, roots: [ROOT, null] } }), ['broken root-missing']],
    ['a workflow with another root', facts({ caller: { ...CALLER, roots: ['cd'.repeat(32)] } }), ['broken root-other']],
    ['Actions that may not open pull requests', facts({}, { actionsOpenPulls: seen(false) }), ['broken actions-pull-requests']],
    ['Pages that are off', facts({}, { pages: seen({ kind: 'off' }) }), ['broken pages-source']],
    ['Pages of a branch', facts({}, { pages: seen({ kind: 'branch', branch: 'gh-pages', path: '/', url: '' }) }), ['broken pages-source']],
    [
      'immutable releases under metadata',
      facts({ caller: { ...CALLER, metadataHosting: 'release' } }, { immutableReleases: seen(true) }),
      ['broken releases-immutable'],
    ],
    [
      'a schedule that never ran',
      facts({}, { workflow: seen({ state: 'active', created: OLD, lastScheduled: null }) }),
      ['broken schedule-dead'],
    ],
    [
      'a schedule that did not start within two hours',
      facts({}, { workflow: seen({ state: 'active', created: parseInstant('2030-01-31T09:59:59Z', 'workflow'), lastScheduled: null }) }),
      ['broken schedule-dead'],
    ],
    [
      'a schedule that is young',
      facts({}, { workflow: seen({ state: 'active', created: parseInstant('2030-01-31T10:00:00Z', 'workflow'), lastScheduled: null }) }),
      ['advice schedule-young'],
    ],
    [
      'a schedule that stopped',
      facts({}, { workflow: seen({ state: 'active', created: OLD, lastScheduled: parseInstant('2030-01-31T09:59:59Z', 'run') }) }),
      ['broken schedule-dead'],
    ],
    [
      'a workflow switched off for idleness',
      facts({}, { workflow: seen({ state: 'disabled_inactivity', created: OLD, lastScheduled: NOW }) }),
      ['broken schedule-dead'],
    ],
    ['a workflow that GitHub does not know', facts({}, { workflow: seen(null) }), ['broken schedule-dead']],
    ['no wake workflow', facts({ wake: 'missing' }), ['advice wake-missing']],
    ['a wake workflow that somebody changed', facts({ wake: 'changed' }), ['broken wake-changed']],
    [
      'a metadata branch that can be deleted',
      facts({}, { rules: withRules('tuf', rules({ deletion: 'allowed' })) }),
      ['advice branch-open'],
    ],
    [
      'a published branch that can be force-pushed',
      facts({}, { rules: withRules('tuf-published', rules({ forcePush: 'allowed' })) }),
      ['advice branch-open'],
    ],
    [
      'stale approvals dismissed on the metadata branch',
      facts({}, { rules: withRules('tuf', rules({ staleApprovals: 'dismissed' })) }),
      ['advice stale-approvals'],
    ],
  ])('finds %s', (_, given, expected) => {
    expect(told(given)).toEqual(expected);
  });

  test.each<[string, DoctorFacts]>([
    ['a root with its prefix', facts({ caller: { ...CALLER, roots: [`sha256:${ROOT}`] } })],
    [
      'a schedule that is two hours late',
      facts({}, { workflow: seen({ state: 'active', created: OLD, lastScheduled: parseInstant('2030-01-31T10:00:00Z', 'run') }) }),
    ],
    [
      'stale approvals dismissed on the default branch',
      facts({}, { rules: withRules('main', rules({ approvals: 2, staleApprovals: 'dismissed' })) }),
    ],
    ['two approvals', facts({}, { rules: withRules('main', rules({ approvals: 2 })) })],
    ["a code owner's review alone", facts({}, { rules: withRules('main', rules({ codeOwnerReview: 'required' })) })],
    ['immutable releases beside Pages', facts({}, { immutableReleases: seen(true) })],
    [
      'Pages that are off where metadata is on a release',
      facts({ caller: { ...CALLER, metadataHosting: 'release' } }, { pages: seen({ kind: 'off' }) }),
    ],
    [
      'Pages of another site that takes the branch in',
      facts({ caller: { ...CALLER, deploy: 'elsewhere' } }, { pages: seen({ kind: 'off' }) }),
    ],
    [
      'an environment that is not ours',
      facts(
        {},
        {
          environments: seen(
            new Map([...known(wellSet().environments), ['staging', environment('OTHER', { admits: { kind: 'unrestricted' } })]]),
          ),
        },
      ),
    ],
  ])('lets %s pass', (_, given) => {
    expect(told(given)).toEqual([]);
  });

  test('says how the wake workflow is to be read again, with the whole command', () => {
    const [finding] = decideDoctor(facts({ wake: 'changed' }));
    expect(finding?.change).toBe(
      'restore the file, as `countersign init --github owner/project --action OWNER/countersign@<40 hex digits> --dry-run --json` shows it',
    );
  });

  test('tells the worst first, each with the page where it is changed', () => {
    const findings = decideDoctor(facts({ wake: 'missing', caller: { kind: 'missing' } }, { sharedSecrets: seen(['COUNTERSIGN_KEY']) }));
    expect(findings.map(({ severity }) => severity)).toEqual(['leak', 'broken', 'advice']);
    expect(findings.map(({ url }) => url)).toEqual([
      'https://github.com/owner/project/settings/secrets/actions',
      'https://github.com/owner/project/blob/main/.github/workflows/countersign.yml',
      'https://github.com/owner/project/blob/tuf/.github/workflows/countersign-wake.yml',
    ]);
  });
});

function known(environments: SettingsFacts['environments']): ReadonlyMap<string, ReturnType<typeof environment>> {
  return environments.kind === 'known' ? environments.value : new Map();
}
