// SPDX-License-Identifier: Apache-2.0
import { quote } from '../tuf/errors.ts';
import { unseen, type DoctorFacts, type Draft, type Severity } from './doctor-finding.ts';
import { METADATA_BRANCH } from './layout.ts';
import { CALLER_FILE, CALLER_PATH, WAKE_PATH } from './workflow-names.ts';

const SECONDS_WITHOUT_SCHEDULE = 2 * 60 * 60;

function pinOf(uses: string): string | null {
  const at = uses.lastIndexOf('@');
  const ref = at === -1 ? '' : uses.slice(at + 1);
  return /^[0-9a-f]{40}$/.test(ref) ? ref : null;
}

/** The workflow of the default branch: what it runs, and with which root. */
export function ofCaller({ caller, root, settings }: DoctorFacts): readonly Draft[] {
  const page = `blob/${settings.defaultBranch}/${CALLER_PATH}`;
  const at = (severity: Severity, code: string, detail: string, change: string): Draft => ({
    severity,
    code,
    detail: `${CALLER_PATH}: ${detail}`,
    change,
    page,
  });
  if (caller.kind === 'missing')
    return [
      at(
        'broken',
        'workflow-missing',
        `is not on ${settings.defaultBranch}`,
        'merge the pull request that `countersign init --github` opened',
      ),
    ];
  if (caller.kind === 'unreadable')
    return [at('broken', 'workflow-unreadable', caller.reason, 'write it again with `countersign init --github`')];
  const drafts = caller.uses
    .filter((uses) => !uses.startsWith('./') && pinOf(uses) === null)
    .map((uses) =>
      at('leak', 'workflow-unpinned', `runs ${quote(uses)}, which its owner can move to other code`, 'name a commit: 40 hex digits'),
    );
  if (caller.uses.length === 0)
    drafts.push(at('broken', 'workflow-empty', 'runs nothing of Countersign', 'write it again with `countersign init --github`'));
  if (caller.roots.length === 0 || caller.roots.includes(null))
    drafts.push(
      at(
        'broken',
        'root-missing',
        'does not say which root v1 is right, so a writer could begin anew',
        'add `root:` with the sha256 that init printed',
      ),
    );
  else if (root !== null && caller.roots.some((one) => one?.replace(/^sha256:/, '') !== root))
    drafts.push(
      at(
        'broken',
        'root-other',
        `names another root v1 than the branch ${METADATA_BRANCH} holds`,
        'find out, with the other signers, which is right',
      ),
    );
  return drafts;
}

/** Whether the schedule is alive, which keeps the timestamp fresh. */
export function ofSchedule({ settings, now, caller }: DoctorFacts): readonly Draft[] {
  if (caller.kind === 'missing') return [];
  const page = `actions/workflows/${CALLER_FILE}`;
  return unseen(settings.workflow, 'the runs of the workflow', page, (workflow) => {
    const at = (detail: string, change: string): readonly Draft[] => [{ severity: 'broken', code: 'schedule-dead', detail, change, page }];
    if (workflow === null) return at(`${CALLER_FILE}: is no workflow that GitHub knows of`, 'run it once by hand');
    if (workflow.state !== 'active')
      return at(
        `${CALLER_FILE}: is ${quote(workflow.state)}; in public repositories schedules end after 60 days without a commit`,
        'enable it',
      );
    const { created, lastScheduled: last } = workflow;
    if (last === null && now - created <= SECONDS_WITHOUT_SCHEDULE) {
      const detail = `${CALLER_FILE}: has not been run by its schedule yet, and is less than two hours old`;
      return [{ severity: 'advice', code: 'schedule-young', detail, change: 'nothing yet; run doctor again in two hours', page }];
    }
    if (last !== null && now - last <= SECONDS_WITHOUT_SCHEDULE) return [];
    const since =
      last === null
        ? 'has never been run by its schedule'
        : `was last run by its schedule ${String(Math.floor((now - last) / 3600))} hours ago`;
    return at(
      `${CALLER_FILE}: ${since}; the timestamp expires in time`,
      'run it by hand; if it stays so, see the status of GitHub Actions',
    );
  });
}

/** The wake workflow of the metadata branch. */
export function ofWake({ wake, settings }: DoctorFacts): readonly Draft[] {
  if (wake === 'same') return [];
  const is =
    wake === 'missing'
      ? 'is not there: signatures are only seen by the schedule'
      : 'is not what init writes: somebody without signatures changed it';
  const page = `blob/${METADATA_BRANCH}/${WAKE_PATH}`;
  const command = `countersign init --github ${settings.repository} --action OWNER/countersign@<40 hex digits> --dry-run --json`;
  const change = `restore the file, as \`${command}\` shows it`;
  return [
    {
      severity: wake === 'missing' ? 'advice' : 'broken',
      code: `wake-${wake}`,
      detail: `${METADATA_BRANCH}:${WAKE_PATH} ${is}`,
      change,
      page,
    },
  ];
}

/** Whether what is published can be served. */
export function ofHosting({ settings, caller }: DoctorFacts): readonly Draft[] {
  if (caller.kind !== 'found') return [];
  if (caller.metadataHosting === 'release')
    return unseen(settings.immutableReleases, 'whether releases are immutable', 'settings', (immutable) =>
      immutable
        ? [
            {
              severity: 'broken',
              code: 'releases-immutable',
              detail: 'releases are immutable: the one that holds the metadata could never be refreshed',
              change: 'switch that off, or host the metadata on Pages',
              page: 'settings',
            },
          ]
        : [],
    );
  if (caller.deploy === 'elsewhere') return [];
  return unseen(settings.pages, 'the settings of Pages', 'settings/pages', (pages) =>
    pages.kind === 'workflow'
      ? []
      : [
          {
            severity: 'broken',
            code: 'pages-source',
            detail:
              pages.kind === 'off' ? 'Pages are off: nothing is served' : `Pages show the branch ${pages.branch}: our deployments fail`,
            change: 'set the source to "GitHub Actions"',
            page: 'settings/pages',
          },
        ],
  );
}
