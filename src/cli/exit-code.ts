// SPDX-License-Identifier: Apache-2.0
import { CountersignError, type ErrorCode } from '../tuf/errors.ts';
import { Interruption } from './interruption.ts';

/** What an exit code means; they are public, scripts branch on them. */
export const EXIT = {
  ok: 0,
  /** Refused or failed: nothing was done beyond what the output says. */
  failed: 1,
  /** The command line or an input file is wrong. */
  usage: 2,
  /** Done, but something was left out and reported: a bad branch head, a file that does not verify. */
  findings: 3,
  /** Somebody has pressed ctrl-C at a question; nothing was done beyond what the output says. */
  interrupted: 130,
} as const;

/** What to do next, for errors that people meet. Pure code never says this: it does not know who reads. */
const HINTS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'base-missing': 'is the first signing event complete? see `countersign status`',
  'not-a-signer': 'pass the key that the policy lists for you with --key; on GitHub under your own account',
  'already-signed':
    'have it proposed again with --next-version and sign that: a signature that was given cannot be taken back. A root has no other version: the new one must name the old payload in x-countersign.replaces',
  'anchor-mismatch': 'do not sign: ask the other signers, by other means, which root is right',
  equivocation: 'two contents of one version are both validly signed: stop, and find out whose keys signed the one that you do not know',
  'fast-forward': 'somebody who has a key of that role raised its version: revoke that key',
  'revocation-unpublished': 'clients still count a key that was taken away: mend what the other findings name, then publish again',
  'served-unknown': 'look at a client or a mirror for the last timestamp, then run publish with --served-timestamp',
  'event-open': 'see `countersign status` for open events',
  'ref-conflict': 'somebody else was faster several times; run the command again',
  'signer-uri': 'keys are named by URI, such as file:alice.pem or env:NAME',
  'target-exists': 'pass --replace if the new content is meant to take its place',
  'target-unreachable': 'the policy decides which role signs which paths; see --target-prefix',
  locked: 'another run holds it; if none does, wait ten seconds and run it again',
  'target-unknown': "try a pattern such as '**' to see what is signed",
  freeze: 'the repository was not refreshed in time, or the host shows old files: ask its owners, or try a mirror',
  'client-refused': 'nothing was published: see what the program printed above, and mend it or what is to be published',
  stalled: 'run it again; what was downloaded is gone on with',
  'timed-out': 'run it again; what was downloaded is gone on with',
  'certificate-refused':
    'a network that looks into connections has a certificate of its own: name a file that holds it in NODE_EXTRA_CA_CERTS',
  'page-answered':
    'a network may want a login first, which a browser shows; or the host answers with a page of its own for files that it lacks',
  'redirect-refused': 'the host sends to an unsafe place; use another URL',
  'conversation-full': 'the pull request takes no more comments: delete some, or sign by a review',
  'rate-limited': 'GitHub lets nobody through for a while; run it again later',
};

/** The hint that belongs to an error's code, if there is one. */
export function hintFor(code: ErrorCode): string | null {
  return HINTS[code] ?? null;
}

const USAGE: readonly ErrorCode[] = ['usage', 'policy-invalid', 'signer-uri', 'people-invalid', 'file-name'];

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CountersignError)) return EXIT.failed;
  if (error.cause instanceof Interruption) return EXIT.interrupted;
  return USAGE.includes(error.code) ? EXIT.usage : EXIT.failed;
}
