// SPDX-License-Identifier: Apache-2.0
import type { Contribution } from '../event/event-file.ts';
import type { Base } from '../event/base.ts';
import { rolePath } from '../event/layout.ts';
import { signersOf } from '../event/proposal.ts';
import type { Person } from '../trust/people.ts';
import type { TargetChange } from '../tuf/edit-targets.ts';
import { encodeInstant } from '../tuf/instant.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import type { Targets } from '../tuf/targets.ts';
import { diffFields, type FieldChange } from './field-diff.ts';
import { countText } from './count-text.ts';
import { escapeMarkdown, fittingLines, MAX_BODY_CHARACTERS, signCommand, textList, valueMarkdown } from './markdown.ts';
import { contributionNumbers, originLines } from './origin-text.ts';
import { repositoryUrl } from './repository-links.ts';
import { placeMarkdown, targetLines } from './target-table.ts';

/** What the body of a proposal's pull request is made from. */
export interface ProposalView {
  readonly base: Base;
  readonly role: RoleName;
  readonly proposed: Targets;
  readonly payload: PayloadDigest;
  readonly changes: readonly TargetChange[];
  readonly url: string;
  /** Which runs proposed what. Nobody signed it. */
  readonly contributions: readonly Contribution[];
}

/** Of the characters of a body; the targets have the rest. */
const BUDGETS = { fields: 8_000, origins: 10_000 } as const;

/** What changes, in a line: `2 added, 1 removed`. */
function summary(changes: readonly TargetChange[]): string {
  const counts = (['added', 'replaced', 'removed'] as const).flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${countText(count)} ${kind}`];
  });
  return counts.length === 0 ? 'no target changes' : counts.join(', ');
}

function signerText({ name, custody }: Person): string {
  return custody ? `${escapeMarkdown(name)} (custody, approves in the browser)` : escapeMarkdown(name);
}

function signerLines({ base, role, url }: ProposalView): readonly string[] {
  const signers = signersOf(base, role);
  if (signers === null) return ['Nobody can sign it: no role delegates it.', ''];
  const { keyIds, threshold } = signers.roleKeys;
  const people = keyIds.flatMap((keyId) => signers.people.byKey.get(keyId) ?? []);
  const command = people.every(({ custody }) => custody) ? [] : ['To sign, on your own machine:', '', ...signCommand(url), ''];
  return [`**Needs ${String(threshold)} of:** ${textList(people, signerText)}`, '', ...command];
}

const EMPTY: JsonObject = new Map<string, JsonValue>();
/** Told in words, or in a table of their own. */
const TOLD: ReadonlySet<string> = new Set(['$.version', '$.expires', '$.targets']);

/** Every signed field that changes, but for the targets themselves. */
function fieldLines(before: Targets | undefined, proposed: Targets): readonly string[] {
  const told = [
    { name: 'version', was: before === undefined ? null : String(before.version), is: String(proposed.version) },
    { name: 'expires', was: before === undefined ? null : encodeInstant(before.expires), is: encodeInstant(proposed.expires) },
    { name: 'targets listed', was: before === undefined ? null : countText(before.targets.size), is: countText(proposed.targets.size) },
  ].filter(({ was, is }) => was !== is);
  const others = diffFields(before?.raw ?? EMPTY, proposed.raw, TOLD).filter(({ path }) => path !== '$');
  const fieldLine = ({ path, before: was, after: is }: FieldChange): string => `${path}: ${was ?? 'nothing'} -> ${is ?? 'nothing'}\n`;
  const shown = (value: string | null): string => (value === null ? '' : valueMarkdown(value));
  return [
    '| field | before | after |',
    '| --- | --- | --- |',
    ...told.map(({ name, was, is }) => `| ${name} | ${was ?? ''} | ${is} |`),
    ...fittingLines(
      others,
      ({ path, before: was, after: is }) => `| ${placeMarkdown(path)} | ${shown(was)} | ${shown(is)} |`,
      BUDGETS.fields,
      (count) => `| … ${countText(count)} more, sha256:${sha256Hex(others.slice(-count).map(fieldLine).join(''))} | | |`,
    ),
    '',
  ];
}

/** A role without a file lists nothing, so all is added. */
function changesOf({ base, role, proposed, changes }: ProposalView): readonly TargetChange[] {
  return base.roles.has(role) ? changes : [...proposed.targets.keys()].map((path): TargetChange => ({ kind: 'added', path }));
}

/**
 * The body of a proposal's pull request: who must sign and how, every signed field that changes, under which digest, and where it comes from. Made anew on each
 * change; it fits into a body whatever others write.
 */
export function renderProposal(view: ProposalView): string {
  const { base, role, proposed, payload, url, contributions } = view;
  const before = base.roles.get(role)?.file.signed;
  const changes = changesOf(view);
  const repository = repositoryUrl(url);
  const head = [
    `### ${escapeMarkdown(role)} v${String(proposed.version)}: ${summary(changes)}`,
    '',
    ...signerLines(view),
    `Payload: \`sha256:${payload}\``,
    '',
    '### What is signed',
    '',
    ...fieldLines(before, proposed),
  ];
  const foot = [
    ...originLines(contributions, changes, repository, BUDGETS.origins),
    'The command verifies the change on your machine and shows it before you sign: trust that, not this page.',
    '',
  ];
  const left = MAX_BODY_CHARACTERS - [...head, ...foot].join('\n').length - 2;
  const runs = contributions.length > 1 ? contributionNumbers(contributions) : null;
  return [...head, ...targetLines({ before, proposed, changes, repository, file: rolePath(role), runs }, left), ...foot].join('\n');
}
