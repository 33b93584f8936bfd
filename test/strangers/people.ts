// SPDX-License-Identifier: Apache-2.0
// Who there is, and what each may sign.
import { CUSTODY } from '../commands/github-ground.ts';
import { blockOf, keyOf, signatureOf, type Line, type SignedFile } from '../interleavings/signed-file.ts';

export const REPOSITORY = '00000000-0000-4000-8000-0000000000aa';
/** Signs releases, and has no account: her lines are brought by others. */
export const NO_ACCOUNT = 'gina';
/** May write, and has no key. */
export const WRITER = 'erin';
/** People with an account and nothing else. The second is called almost like the automation. */
export const STRANGERS = ['mallory', 'github-actions'] as const;
/** Who signs each role. */
export const SIGNERS: Readonly<Record<string, readonly string[]>> = {
  root: ['alice', 'bob'],
  targets: ['alice', 'bob'],
  releases: ['alice', 'bob', CUSTODY, NO_ACCOUNT],
  docs: ['alice', 'dave'],
};

/** A line of a key over a file, as its holder would give it. */
export function lineOf(person: string, role: string, file: SignedFile): Line {
  const key = keyOf(person);
  const sig = signatureOf(key, file.payload);
  return { repository: REPOSITORY, role, version: file.version, payload: file.digest, keyId: key.keyId, sig };
}

/** What a person posts to sign a file. */
export function signing(person: string, role: string, file: SignedFile): string {
  return `Signed.\n\n${blockOf([lineOf(person, role, file)])}\n`;
}
