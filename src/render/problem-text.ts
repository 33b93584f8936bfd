// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode } from '../tuf/errors.ts';

const TITLES: ReadonlyMap<ErrorCode, string> = new Map([
  ['event-fork', 'It comes from a fork'],
  ['event-file-unclaimed', 'A file that does not belong here'],
  ['event-invalid', 'Not a proposal that can be read'],
  ['already-signed', 'This version was signed with other content'],
  ['expired', 'It expires too soon'],
  ['rollback', 'Not the next version'],
  ['version-invalid', 'Not the next version'],
  ['target-unreachable', 'A file that clients would not find'],
  ['unwritable', 'A name that not all clients read alike'],
  ['hashes-missing', 'A file without its sha256'],
  ['role-missing', 'A role would be left without a valid file'],
  ['role-unknown', 'A role that nobody delegates'],
  ['delegations-invalid', 'A role that two files delegate'],
  ['binding-mismatch', 'Made for another repository or role'],
  ['people-invalid', "A key that is not just one person's"],
  ['custody-quorum', 'Keys in custody could sign alone'],
  ['policy-invalid', 'A role without a period'],
]);

/** What a problem of an event is, in a few words; the detail says the rest. */
export function problemTitle(code: ErrorCode): string {
  return TITLES.get(code) ?? 'Something is wrong';
}
