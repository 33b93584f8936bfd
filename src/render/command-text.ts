// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import type { EventStatus } from '../event/facts.ts';
import type { Instant } from '../tuf/instant.ts';
import type { Refusal } from '../tuf/errors.ts';
import { terminalText } from './terminal-text.ts';
import { countOf, eventText, expiryText, findingText } from './status-text.ts';
import type { Style } from './style.ts';
import { stoppedText } from './summary-events.ts';

/** The part of gather's result that is shown. */
export interface GatherView {
  readonly events: readonly EventStatus[];
  readonly completed: readonly number[];
  readonly rebuilt: readonly number[];
  readonly findings: readonly Finding[];
  readonly stopped: Parameters<typeof stoppedText>[0] | null;
}

/** What gather did, for a terminal. */
export function gatherText({ events, completed, rebuilt, findings, stopped }: GatherView, style: Style): string {
  const lines = [
    ...completed.map((number) => `#${String(number)} ${style.good('complete')}: the metadata branch has it`),
    ...rebuilt.map((number) => `#${String(number)} built again on the signed state`),
    ...events.map((event) => eventText(event, style)),
    ...findings.map((finding) => findingText(finding, style)),
    ...(stopped === null ? [] : [style.warn(stoppedText(stopped))]),
  ];
  return lines.length === 0 ? 'no open events' : lines.join('\n');
}

/** The part of publish's result that is shown. */
export interface PublishView {
  readonly outcome: 'published' | 'fresh';
  readonly reasons: readonly string[];
  readonly snapshot: number;
  readonly timestamp: number;
  readonly expires: Instant;
  readonly site: { readonly outcome: string; readonly written: number };
  /** How many targets that are listed no more have files that are still served, and how many had theirs taken away. */
  readonly unlisted: number;
  readonly pruned: number;
  readonly findings: readonly Finding[];
}

/**
 * What became of files of targets that were removed or replaced, line by line.
 * @param how - the command or input that takes them away
 */
export function unlistedText({ unlisted, pruned }: Pick<PublishView, 'unlisted' | 'pruned'>, how: string): readonly string[] {
  return [
    ...(pruned === 0 ? [] : [`${countOf(pruned, 'file')} of targets that are listed no more: taken away`]),
    ...(unlisted === 0
      ? []
      : [`${countOf(unlisted, 'file')} of targets that are listed no more: still served, until ${how} takes them away`]),
  ];
}

/**
 * What publish did, for a terminal.
 * @param how - the command or input that takes away what is listed no more
 */
export function publishText(view: PublishView, now: Instant, style: Style, how = '`countersign publish --prune`'): string {
  const { outcome, reasons, snapshot, timestamp, expires, site, findings } = view;
  return [
    `${style.good(outcome)}: snapshot ${String(snapshot)}, timestamp ${String(timestamp)}; fresh until ${expiryText(expires, now)}`,
    ...reasons.map((reason) => style.faint(`  ${reason}`)),
    style.faint(`  site ${site.outcome}, ${countOf(site.written, 'file')} written`),
    ...unlistedText(view, how).map((line) => style.warn(`  ${line}`)),
    ...findings.map((finding) => findingText(finding, style)),
  ].join('\n');
}

/** A timestamp, by its version. */
export interface TimestampView {
  readonly timestamp: number;
  readonly expires: Instant;
}

/** What the site serves, or that it serves nothing: not what was published, or not at the place that was looked at. */
export function siteText(site: TimestampView | null, published: TimestampView | null, now: Instant): string {
  if (site !== null) return `site: timestamp ${String(site.timestamp)}, expires ${expiryText(site.expires, now)}`;
  if (published === null) return 'nothing is published yet';
  const { timestamp, expires } = published;
  return `published: timestamp ${String(timestamp)}, expires ${expiryText(expires, now)}; the site that was read does not serve it`;
}

/** The part of a repository's status that is shown. */
export interface StatusView {
  readonly repository: string | null;
  readonly root: string | null;
  readonly signed: readonly {
    readonly role: string;
    readonly version: number;
    readonly expires: Instant;
    readonly targets: number | null;
  }[];
  readonly site: TimestampView | null;
  readonly published: TimestampView | null;
  readonly events: readonly EventStatus[];
  readonly findings: readonly Finding[];
}

/** Where a repository stands, for a terminal. */
export function statusText(view: StatusView, now: Instant, style: Style): string {
  const { repository, root, signed, site, published, events, findings } = view;
  const none = findings.some(({ code }) => code === 'anchor-mismatch')
    ? 'nothing is signed under the root that is pinned'
    : 'nothing is signed yet';
  const lines = repository === null ? [none] : [`repository ${repository}`, style.faint(`root v1 sha256:${root ?? ''}`)];
  for (const { role, version, expires, targets } of signed) {
    lines.push(
      `  ${terminalText(role)} v${String(version)}${targets === null ? '' : `, ${countOf(targets, 'target')}`}; expires ${expiryText(expires, now)}`,
    );
  }
  lines.push(siteText(site, published, now));
  lines.push(events.length === 0 ? 'no open events' : '', ...events.map((event) => eventText(event, style)));
  lines.push(...findings.map((finding) => findingText(finding, style)));
  return lines.filter((line) => line !== '').join('\n');
}

/** The part of a verification that is shown. */
export interface VerifyView {
  readonly roles: readonly {
    readonly name: string;
    readonly version: number;
    readonly expires: Instant;
    readonly targets: number;
    readonly signers: number;
    readonly threshold: number;
  }[];
  readonly root: { readonly version: number; readonly expires: Instant } | null;
  readonly snapshot: { readonly version: number; readonly expires: Instant } | null;
  readonly timestamp: { readonly version: number; readonly expires: Instant } | null;
  readonly targetsChecked: number;
  readonly targetsAbsent: readonly string[];
  readonly problems: readonly Refusal[];
  readonly warnings: readonly string[];
  /** On other clients: nothing is wrong. */
  readonly notes: readonly string[];
}

/** A site that hosts nothing of what is listed says so in yellow: the files may be elsewhere, or gone. */
function absentText({ targetsChecked, targetsAbsent }: VerifyView, style: Style): string {
  if (targetsAbsent.length === 0) return '';
  const text = `${countOf(targetsAbsent.length, 'listed file')} not hosted here`;
  return `, ${targetsChecked === 0 ? style.warn(`${text}: none of them was checked`) : text}`;
}

/** A verification, for a terminal. */
export function verifyText(view: VerifyView, now: Instant, style: Style): string {
  const lines: string[] = [];
  for (const name of ['root', 'timestamp', 'snapshot'] as const) {
    const file = view[name];
    if (file !== null) lines.push(`  ${name} v${String(file.version)}; expires ${expiryText(file.expires, now)}`);
  }
  for (const { name, version, expires, targets, signers, threshold } of view.roles) {
    lines.push(
      `  ${terminalText(name)} v${String(version)}, ${countOf(targets, 'target')}, signed by ${String(signers)} (needs ${String(threshold)}); expires ${expiryText(expires, now)}`,
    );
  }
  lines.push(`  ${countOf(view.targetsChecked, 'hosted file')} hashed${absentText(view, style)}`);
  lines.push(...view.notes.map((note) => style.faint(`  ${terminalText(note)}`)));
  lines.push(...view.warnings.map((warning) => `${style.warn('warning')} ${terminalText(warning)}`));
  lines.push(...view.problems.map(({ code, where, detail }) => `${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`));
  const verdict = view.problems.length === 0 ? style.good('verified') : style.bad(countOf(view.problems.length, 'problem'));
  return [verdict, ...lines].join('\n');
}
