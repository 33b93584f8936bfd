// SPDX-License-Identifier: Apache-2.0
import type { TargetChange } from '../tuf/edit-targets.ts';
import { terminalText } from './terminal-text.ts';
import { codeMarkdown, escapeMarkdown, fittingLines } from './markdown.ts';
import { linkTo, pullLink, signLine, SUMMARY_BUDGETS, summaryHead, type SummaryMode } from './summary-layout.ts';

/** What a propose leaves to be shown. */
export interface ProposeSummary {
  readonly mode: SummaryMode;
  readonly outcome: 'opened' | 'added' | 'queued' | 'replaced' | 'nothing-new';
  readonly role: string;
  readonly version: number | null;
  readonly number: number | null;
  readonly url: string | null;
  readonly payload: string | null;
  readonly changes: readonly TargetChange[];
  /** The run that the files are of, where there is one. */
  readonly origin: { readonly runId: number; readonly runUrl: string; readonly commit: string; readonly actor: string } | null;
  /** The artifact in which the bytes wait. */
  readonly staged: string | null;
}

/** Beyond this many lines the diff of the pull request is the place to look. */
const MAX_LINES = 500;

const MARKS: Readonly<Record<TargetChange['kind'], string>> = { added: '+', replaced: '!', removed: '-' };

/** The targets that change, as a diff: GitHub colours it. Each line begins with our mark, so that no path can end the block. */
function diffLines(changes: readonly TargetChange[]): readonly string[] {
  if (changes.length === 0) return [];
  const first = changes.slice(0, MAX_LINES);
  const beyond = changes.length - first.length;
  const more = (count: number): string => `# … and ${String(count + beyond)} more`;
  const lines = fittingLines(first, ({ kind, path }) => `${MARKS[kind]} ${terminalText(path)}`, SUMMARY_BUDGETS.changes, more);
  const isCut = lines.length !== first.length || lines.at(-1)?.startsWith('#') === true;
  return ['```diff', ...lines, ...(beyond > 0 && !isCut ? [more(0)] : []), '```', ''];
}

function countLine(changes: readonly TargetChange[]): string {
  const count = (kind: TargetChange['kind']): string => String(changes.filter((change) => change.kind === kind).length);
  return `- targets: ${count('added')} added, ${count('replaced')} replaced, ${count('removed')} removed`;
}

function title({ mode, outcome, role, version, number, url }: ProposeSummary): string {
  const name = `${escapeMarkdown(role)} v${String(version ?? 0)}`;
  if (mode === 'dry-run') return `${name} would be ${outcome}`;
  const event = number === null ? '' : ` in ${pullLink(number, url)}`;
  switch (outcome) {
    case 'opened':
      return `${name} proposed${event}`;
    case 'added':
      return `Added to ${name}${event}`;
    case 'queued':
      return `${name} queued${event}`;
    case 'replaced':
      return `${name} proposed anew${event}`;
    case 'nothing-new':
      return 'Nothing new to propose';
    default:
      return outcome satisfies never;
  }
}

function originLines({ origin, staged }: ProposeSummary): readonly string[] {
  return [
    ...(origin === null
      ? []
      : [
          `- from ${linkTo(`run ${String(origin.runId)}`, origin.runUrl)} of commit ${codeMarkdown(origin.commit)}, started by ${escapeMarkdown(origin.actor)}`,
        ]),
    ...(staged === null ? [] : [`- the files wait in the artifact ${codeMarkdown(staged)}`]),
  ];
}

/** The summary of a propose. */
export function proposeSummary(view: ProposeSummary): string {
  const { mode, outcome, number, url, payload, changes } = view;
  if (outcome === 'nothing-new') {
    const where =
      number === null ? 'all of it is signed and listed so already' : `all of it is proposed already, in ${pullLink(number, url)}`;
    return [...summaryHead('✅', 'Nothing new to propose', mode), `Nothing was changed: ${where}.`, '', ...originLines(view), ''].join(
      '\n',
    );
  }
  const wait =
    outcome === 'queued'
      ? 'Another event of this role has signatures and comes first; do not sign this one yet.'
      : 'It waits for signatures.';
  return [
    ...summaryHead('✍️', title(view), mode),
    ...(mode === 'dry-run' ? [] : [wait, '']),
    ...(payload === null ? [] : [`- payload: \`sha256:${payload}\``]),
    countLine(changes),
    ...originLines(view),
    '',
    ...diffLines(changes),
    ...(url === null || mode === 'dry-run' || outcome === 'queued' ? [] : [signLine(url), '']),
  ].join('\n');
}
