// SPDX-License-Identifier: Apache-2.0
// Whether a person's key may sign what it is shown, beside all that it has signed before. One version of a role is
// never signed with two contents. A root alone has a way on: its version can't be skipped, so a second content says
// in its own signed part which ones it takes the place of, and the person who signed those agrees to each by digest.
import { CountersignError } from '../tuf/errors.ts';
import type { Metadata, PayloadDigest } from '../tuf/metadata.ts';
import { payloadDigest } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import { replacedBy } from './known-payload.ts';
import { bindingOf } from './proposal.ts';

/** A file that is to be signed. */
export interface FileToSign {
  readonly role: string;
  readonly file: Metadata<Root | Targets>;
}

/** What is remembered once it is signed. */
export interface SignatureDecision {
  /** Payload digests by `role@version`, the newest last. */
  readonly signed: ReadonlyMap<string, readonly PayloadDigest[]>;
  /** What this person has signed of a root version that a file takes the place of; they have to agree to it by digest. */
  readonly replaced: readonly PayloadDigest[];
}

/**
 * Decides a signature by what the same key has signed before.
 * @param before - payload digests by `role@version`, the newest last
 * @throws `already-signed` for another content of a version, and for one that was given up for another
 */
export function decideSignature(before: ReadonlyMap<string, readonly PayloadDigest[]>, files: readonly FileToSign[]): SignatureDecision {
  const signed = new Map(before);
  const replaced: PayloadDigest[] = [];
  for (const { role, file } of files) {
    const name = `${role}@${String(file.signed.version)}`;
    const digest = payloadDigest(file.payload);
    const known = before.get(name) ?? [];
    if (known.at(-1) === digest) continue;
    if (known.length === 0) {
      signed.set(name, [digest]);
      continue;
    }
    const refuse = (detail: string): never => {
      throw new CountersignError('already-signed', name, detail);
    };
    if (known.includes(digest))
      refuse(`you have signed sha256:${known.at(-1) ?? ''} in the place of this; a content that was given up is not signed again`);
    if (role !== 'root') {
      refuse(`expected sha256:${known.at(-1) ?? ''}, which you have signed for this version, got sha256:${digest}`);
    }
    const named = replacedBy(bindingOf(file.signed, role).raw, role);
    const unnamed = known.find((one) => !named.has(one));
    if (unnamed !== undefined)
      refuse(
        `you have signed sha256:${unnamed} for this version, and this root does not say that it takes its place (x-countersign.replaces)`,
      );
    replaced.push(...known);
    signed.set(name, [...known, digest]);
  }
  return { signed, replaced };
}
