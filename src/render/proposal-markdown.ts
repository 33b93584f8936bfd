// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { signersOf } from '../event/proposal.ts';
import type { TargetChange } from '../tuf/edit-targets.ts';
import { encodeInstant } from '../tuf/instant.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import type { Targets } from '../tuf/targets.ts';
import { codeMarkdown, fittingLines, MAX_BODY_CHARACTERS, nameList } from './markdown.ts';

/** What the body of a proposal's pull request is made from. */
export interface ProposalView {
  readonly base: Base;
  readonly role: RoleName;
  readonly proposed: Targets;
  readonly payload: PayloadDigest;
  readonly changes: readonly TargetChange[];
  readonly url: string;
}

/** Beyond this many rows the diff is the place to look. */
const MAX_ROWS = 100;

function row({ proposed }: ProposalView, { kind, path }: TargetChange): string {
  const file = proposed.targets.get(path);
  const length = file === undefined ? '' : String(file.length);
  const hash = file?.hashes.get('sha256');
  return `| ${kind} | ${codeMarkdown(path)} | ${length} | ${hash === undefined ? '' : `\`${hash}\``} |`;
}

/** The body of a proposal's pull request: what changes, under which digest, who must sign, and how. Made anew on each change. */
export function renderProposal(view: ProposalView): string {
  const { base, role, proposed, payload, changes, url } = view;
  const signers = signersOf(base, role);
  const names = signers?.roleKeys.keyIds.flatMap((keyId) => signers.people.byKey.get(keyId)?.name ?? []) ?? [];
  const before = base.roles.get(role)?.file.signed;
  const head = [
    `Proposes version ${String(proposed.version)} of ${codeMarkdown(role)}${before === undefined ? '' : `, after version ${String(before.version)}`}.`,
    '',
    `- payload: \`sha256:${payload}\``,
    `- expires: ${before === undefined ? '' : `${encodeInstant(before.expires)} → `}${encodeInstant(proposed.expires)}`,
    `- targets: ${String(before?.targets.size ?? 0)} → ${String(proposed.targets.size)}`,
    `- needs ${String(signers?.roleKeys.threshold ?? 0)} of: ${nameList(names)}`,
    '',
    '| change | path | bytes | sha256 |',
    '| --- | --- | --- | --- |',
  ];
  const foot = ['', `Sign with \`countersign sign ${url}\`.`, ''];
  const left = MAX_BODY_CHARACTERS - [...head, ...foot].join('\n').length - 2;
  const first = changes.slice(0, MAX_ROWS);
  const more = (count: number): string => `| … | ${String(count + changes.length - first.length)} more | | |`;
  const rows = fittingLines(first, (change) => row(view, change), left - more(0).length, more);
  const rest = rows.length === first.length && changes.length > first.length ? [more(0)] : [];
  return [...head, ...rows, ...rest, ...foot].join('\n');
}
