// SPDX-License-Identifier: Apache-2.0
// Which ended events bear on what is open. Most are history: what they propose is at or below the signed state, or
// nobody has signed them. That is told from their heads and from one look at what was said on them.
import type { AccountId, Comment, Review } from '../trust/accounts.ts';
import { parseCountersignatures } from '../trust/countersignature.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { asObject, integerField, objectField } from '../tuf/fields.ts';
import { parseJson } from '../tuf/json.ts';
import type { Base } from './base.ts';
import { proposedFiles } from './evaluate.ts';
import { listenTo } from './listen.ts';
import { readProposal, signersOf } from './proposal.ts';
import { carriersToAsk } from './signatures.ts';

/** The version of a role in the signed state; 0 where somebody may sign it and nobody has; null for what nobody signs. */
export function signedVersion(base: Base, role: string): number | null {
  if (role === 'root') return base.root.signed.version;
  const file = [...base.roles].find(([name]) => name === role)?.[1].file;
  return file?.signed.version ?? (signersOf(base, role) === null ? null : 0);
}

/** Whether a version of a role is above the signed state. */
function isAbove(base: Base, role: string, version: number): boolean {
  return version > (signedVersion(base, role) ?? Infinity);
}

/** Whether the bytes of a role's file are of a version above the signed state; never for what is no metadata. */
export function proposesAbove(base: Base, role: string, bytes: Uint8Array): boolean {
  const outcome = outcomeOf(() => integerField(objectField(asObject(parseJson(bytes), '$'), 'signed', '$'), 'version', '$'));
  return outcome.kind === 'accepted' && isAbove(base, role, outcome.value);
}

/** What was said on an ended event, and what its head has that the metadata branch has not. */
export interface EndedFacts {
  readonly reviews: readonly Review[];
  readonly comments: readonly Comment[];
  /** People whom the signed state names, and our automation. */
  readonly heard: ReadonlySet<AccountId>;
  readonly automation: ReadonlySet<AccountId>;
  /** Bytes of role files, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Whether somebody may have signed something above the signed state on an ended event: one who is heard has posted a line that says so, or somebody brings a valid
 * signature of a key that signs through others over what the head proposes.
 */
export function mayBeSigned({ reviews, comments, heard, automation, files }: EndedFacts, base: Base): boolean {
  const said = [...reviews, ...comments].filter(({ author }) => heard.has(author.id));
  const lines = said.flatMap(({ body }) => {
    const outcome = parseCountersignatures(body);
    return outcome.kind === 'accepted' ? outcome.value : [];
  });
  if (lines.some(({ role, version }) => isAbove(base, role, version))) return true;
  const proposal = readProposal(files, base);
  return carriersToAsk({ reviews, comments, automation }, listenTo(files.keys(), proposal, base), proposedFiles(proposal)).length > 0;
}
