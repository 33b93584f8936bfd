// SPDX-License-Identifier: Apache-2.0
import type { GatherEffect } from '../event/decide-gather.ts';
import type { PullFacts } from '../event/facts.ts';
import { EVENT_PATH, freeBranch, METADATA_BRANCH } from '../event/layout.ts';
import type { Finding } from '../event/base.ts';
import type { Restoration } from '../event/restore.ts';
import type { BlobId, CommitSha, FileContent, Forge } from '../ports.ts';
import { encodeMetadata } from '../tuf/metadata.ts';
import { changesAt } from './read-event.ts';
import { busyBranches, type EventsView } from './read-events.ts';
import { tell } from './report-status.ts';

/**
 * Builds an event again on the base that is there now.
 * @param branches - heads of the proposal branches, read before the events: whatever came after must not be replaced unseen
 * @throws `ref-conflict`
 */
export async function rebuildEvent(
  forge: Forge,
  view: EventsView,
  branches: ReadonlyMap<string, CommitSha>,
  effect: Extract<GatherEffect, { kind: 'rebuild' }>,
): Promise<void> {
  const { metadataHead } = view;
  const { status, proposal } = effect;
  const { pull } = status;
  const [role] = status.roles;
  if (role === undefined) return;
  const bytes = encodeMetadata(proposal.signed, []);
  const path = `metadata/${role.role}.json`;
  const old = await forge.tree(pull.headSha);
  const event = old.get(EVENT_PATH);
  const changes = new Map<string, FileContent | null>([[path, { kind: 'bytes', bytes }]]);
  if (event !== undefined) changes.set(EVENT_PATH, { kind: 'blob', id: event.id });
  const message = `Propose ${role.role} v${String(proposal.version)}\n\nBuilt again on the signed state.\n`;
  if (proposal.branch === pull.branch) {
    const commit = await forge.writeCommit({ base: metadataHead, parents: [pull.headSha, metadataHead], changes, message });
    await forge.moveBranch(pull.branch, pull.headSha, commit, 'fast-forward');
    return;
  }
  const commit = await forge.writeCommit({ base: metadataHead, parents: [metadataHead], changes, message });
  const branch = freeBranch(proposal.branch, busyBranches(view));
  await forge.moveBranch(branch, branches.get(branch) ?? null, commit, 'replace');
  const next = await forge.openPull({
    head: branch,
    base: METADATA_BRANCH,
    title: `Sign ${role.role} v${String(proposal.version)}`,
    body: `Takes the place of #${String(pull.number)}.`,
  });
  await tell(
    forge,
    pull.number,
    `Its version was signed with other content, or the base has moved on; continued in #${String(next.number)}. Signatures given here stay valid for what they were given for.`,
  );
  await forge.closePull(pull.number);
}

function contentOf(changes: ReadonlyMap<string, BlobId | null>): ReadonlyMap<string, FileContent | null> {
  return new Map([...changes].map(([path, id]) => [path, id === null ? null : { kind: 'blob', id }]));
}

function told(where: string, detail: string): readonly Finding[] {
  return [{ source: 'proposal', code: 'event-rewritten', where, detail }];
}

/**
 * Puts back what people have signed. What was pushed over it stays in the history of the branch, for whoever pushed it to propose.
 * @returns what people must know
 * @throws `ref-conflict`, `event-invalid` when the signed commit can't be had any more
 */
export async function restoreEvent(
  forge: Forge,
  { metadataHead, base }: Pick<EventsView, 'metadataHead' | 'base'>,
  { number, branch, headSha }: PullFacts,
  { commit, keep }: Restoration,
): Promise<readonly Finding[]> {
  const changed = await changesAt({ forge, metadataHead, base, automation: [], mergedPolicies: new Set() }, commit);
  const changes = contentOf(new Map([...changed].filter(([path]) => keep === null || keep.has(path))));
  const message = 'Put back what was signed\n';
  const next = await forge.writeCommit({ base: metadataHead, parents: [headSha, metadataHead], changes, message });
  await forge.moveBranch(branch, headSha, next, 'fast-forward');
  const what = `what was pushed at ${headSha.slice(0, 12)} over signed content or beside it was taken back; whoever wants it proposes it on a branch of its own`;
  await tell(forge, number, `People have signed this event: ${what}.`);
  return told(`#${String(number)}`, what);
}

/**
 * Opens a signed event again that somebody has closed. Where the host refuses, another one of the same commit takes its place; the signatures on the old one
 * are of these very bytes and count there.
 * @returns what people must know
 * @throws `ref-conflict`
 */
export async function reopenEvent(
  forge: Forge,
  { closedPulls }: EventsView,
  { status }: Extract<GatherEffect, { kind: 'reopen' }>,
): Promise<readonly Finding[]> {
  const { number, headSha } = status.pull;
  const why = 'people have signed it, and only one of them can end it, with `countersign abandon`';
  if ((await forge.reopenPull(number)) === 'open') {
    await tell(forge, number, `Opened again: ${why}.`);
    return told(`#${String(number)}`, `somebody has closed it; it is open again, since ${why}`);
  }
  const old = closedPulls.find((one) => one.number === number)?.head ?? status.pull.branch;
  const taken = await forge.branches(old);
  const branch = freeBranch(old, { has: (name) => taken.has(name) && taken.get(name) !== headSha });
  const at = taken.get(branch);
  if (at === undefined) await forge.moveBranch(branch, null, headSha, 'replace');
  const body = `Takes the place of #${String(number)}, which somebody has closed; signatures given there count here.\n`;
  const next = await forge.openPull({ head: branch, base: METADATA_BRANCH, title: `Continue #${String(number)}`, body });
  await tell(forge, number, `Continued in #${String(next.number)}: ${why}.`);
  return told(`#${String(number)}`, `somebody has closed it and it could not be opened again; #${String(next.number)} takes its place`);
}
