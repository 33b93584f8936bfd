// SPDX-License-Identifier: Apache-2.0
import type { GatherEffect } from '../event/decide-gather.ts';
import { EVENT_PATH, METADATA_BRANCH } from '../event/layout.ts';
import type { CommitSha, FileContent, Forge } from '../ports.ts';
import { encodeMetadata } from '../tuf/metadata.ts';

/**
 * Builds an event again on the base that is there now.
 * @param branches - heads of the proposal branches, read before the events: whatever came after must not be replaced unseen
 * @throws `ref-conflict`
 */
export async function rebuildEvent(
  forge: Forge,
  metadataHead: CommitSha,
  branches: ReadonlyMap<string, CommitSha>,
  effect: Extract<GatherEffect, { kind: 'rebuild' }>,
): Promise<void> {
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
  await forge.moveBranch(proposal.branch, branches.get(proposal.branch) ?? null, commit, 'replace');
  const next = await forge.openPull({
    head: proposal.branch,
    base: METADATA_BRANCH,
    title: `Sign ${role.role} v${String(proposal.version)}`,
    body: `Takes the place of #${String(pull.number)}.`,
  });
  await forge.comment(
    pull.number,
    `Its version was signed with other content, or the base has moved on; continued in #${String(next.number)}. Signatures given here stay valid for what they were given for.`,
  );
  await forge.closePull(pull.number);
}
