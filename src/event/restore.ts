// SPDX-License-Identifier: Apache-2.0
// What people have signed stays open. Whoever may push can write over it; what they put there is theirs, to be
// proposed on a branch of its own, and the event goes back to the commit that was signed.
import type { CommitSha } from '../trust/accounts.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { verifySignature } from '../tuf/signature.ts';
import type { Base } from './base.ts';
import { ownChanges } from './base-files.ts';
import { proposedFiles } from './evaluate.ts';
import type { EventFacts } from './facts.ts';
import { listenTo, type Listening } from './listen.ts';
import { readProposal } from './proposal.ts';
import { collectCountersignatures, type Collected } from './signatures.ts';

/** Who stands by a content, and where in the conversation the first of them spoke. */
interface Support {
  readonly people: ReadonlySet<string>;
  readonly since: number;
}

function supportOf(payloads: ReadonlyMap<string, PayloadDigest>, facts: EventFacts, listening: Listening, collected: Collected): Support {
  const people = new Set<string>();
  let since = Infinity;
  collected.posted.forEach(({ line, dismissed }, index) => {
    const bytes = facts.earlierPayloads.get(line.payload);
    if (dismissed || bytes === undefined || payloads.get(line.role) !== line.payload) return;
    if (collected.withdrawn.get(line.keyId)?.has(line.payload) === true) return;
    for (const { keys, roleKeys, people: named } of listening.signers.get(line.role) ?? []) {
      const [key, person] = [keys.get(line.keyId), named.byKey.get(line.keyId)];
      if (key === undefined || person === undefined || !roleKeys.keyIds.includes(line.keyId)) continue;
      const standing = person.account === null ? undefined : collected.standings.get(person.account.id);
      if (standing?.state === 'CHANGES_REQUESTED' || verifySignature(key, bytes, line.sig) !== 'valid') continue;
      people.add(person.name);
      since = Math.min(since, index);
    }
  });
  return { people, since };
}

/** Custody signers whose standing approval is of this commit: their key signs next. */
function approversOf(commit: CommitSha, listening: Listening, { standings }: Collected): readonly string[] {
  const custody = [...listening.signers.values()].flat().flatMap(({ people }) => [...people.byKey.values()].filter((one) => one.custody));
  return custody.flatMap(({ name, account }) => {
    const standing = account === null ? undefined : standings.get(account.id);
    return standing?.state === 'APPROVED' && standing.review.commitSha === commit ? [name] : [];
  });
}

/** Whether more people stand by the one, or as many and earlier. */
function isBetter(one: Support, than: Support): boolean {
  return one.people.size === than.people.size ? one.since < than.since : one.people.size > than.people.size;
}

/**
 * The commit that an event goes back to: one at which more people have signed than stand by what is there now, or as many and earlier. Null where nobody has
 * written over anything that was signed.
 *
 * Where what is there has a problem, as many that stand by an older commit of the same content are enough: something was put beside what they signed. An
 * approval of a custody signer is of the commit that it names, so one of a commit with a problem is of nothing. The order is the same whatever is there, so
 * that an event whose contents all have the problem comes to rest.
 */
export function signedCommit(facts: EventFacts, base: Base | null): CommitSha | null {
  if (facts.rewritten.size === 0) return null;
  const { headSha } = facts.pull;
  const proposal = readProposal(facts.changes, base);
  const listening = listenTo(facts.changes.keys(), proposal, base);
  const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
  const signedAt = (commit: CommitSha): Support => supportOf(facts.payloadsAt.get(commit) ?? new Map(), facts, listening, collected);
  const at = (commit: CommitSha): Support => {
    const { people, since } = signedAt(commit);
    const approvers = facts.littered.has(commit) ? [] : approversOf(commit, listening, collected);
    return { people: new Set([...people, ...approvers]), since };
  };
  const isReadable = proposal.problems.length === 0;
  let best = { commit: headSha, support: isReadable ? at(headSha) : signedAt(headSha) };
  // From the oldest on; a commit that changes the same as the head is the head's own content, and none after it is older.
  let isOlder = !isReadable;
  for (const commit of [...facts.payloadsAt.keys()].filter((one) => one !== headSha).reverse()) {
    if (!facts.rewritten.has(commit)) {
      isOlder = false;
      continue;
    }
    const support = at(commit);
    if (support.people.size === 0) continue;
    const isTie = !isBetter(best.support, support) && !isBetter(support, best.support);
    if (isBetter(support, best.support) || (isTie && isOlder && best.commit === headSha)) best = { commit, support };
  }
  return best.commit === headSha ? null : best.commit;
}

/** What an event goes back to. */
export interface Restoration {
  readonly commit: CommitSha;
  /** Of the paths that it changes, those that are put back; null for all. */
  readonly keep: ReadonlySet<string> | null;
}

/**
 * What an event goes back to. Where somebody has written over it, that is the commit that was signed. Where people have signed its head, that is the head with its
 * own changes alone: what is beside them keeps it from completing, and may have come with the branch that it was built on, so that no commit is without it.
 */
export function restorationOf(facts: EventFacts, base: Base | null): Restoration | null {
  const commit = signedCommit(facts, base);
  if (commit !== null) return { commit, keep: null };
  const own = ownChanges(facts.changes, base);
  const proposal = readProposal(own, base);
  if (own.size === facts.changes.size || proposal.problems.length > 0) return null;
  const { headSha } = facts.pull;
  const listening = listenTo(own.keys(), proposal, base);
  const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
  const { people } = supportOf(facts.payloadsAt.get(headSha) ?? new Map(), facts, listening, collected);
  return people.size === 0 ? null : { commit: headSha, keep: new Set(own.keys()) };
}
