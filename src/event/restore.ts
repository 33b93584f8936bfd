// SPDX-License-Identifier: Apache-2.0
// What people have signed stays open. Whoever may push can write over it; what they put there is theirs, to be
// proposed on a branch of its own, and the event goes back to the commit that was signed.
import type { CommitSha } from '../trust/accounts.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { verifySignature } from '../tuf/signature.ts';
import type { Base } from './base.ts';
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

/**
 * The commit that an event goes back to: one at which more people have signed than stand by what is there now, or as many and earlier. Null where nobody has
 * written over anything that was signed.
 */
export function signedCommit(facts: EventFacts, base: Base | null): CommitSha | null {
  if (facts.rewritten.size === 0) return null;
  const proposal = readProposal(facts.changes, base);
  const listening = listenTo(facts.changes.keys(), proposal, base);
  const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
  const at = (commit: CommitSha): Support => {
    const { people, since } = supportOf(facts.payloadsAt.get(commit) ?? new Map(), facts, listening, collected);
    return { people: new Set([...people, ...approversOf(commit, listening, collected)]), since };
  };
  const isReadable = proposal.problems.length === 0;
  const head = isReadable ? at(facts.pull.headSha) : { people: new Set<string>(), since: Infinity };
  let best: { readonly commit: CommitSha; readonly support: Support } | null = null;
  for (const commit of facts.rewritten) {
    const support = at(commit);
    const than = best?.support ?? head;
    if (support.people.size === 0) continue;
    if (support.people.size > than.people.size || (support.people.size === than.people.size && support.since < than.since)) {
      best = { commit, support };
    }
  }
  return best?.commit ?? null;
}
