// SPDX-License-Identifier: Apache-2.0
import type { Ignored } from '../event/facts.ts';

/** Why a signature or an approval does not count, and what its giver can do, in words. The detail, which others have written, comes beside it. */
export function ignoredReason(code: Ignored['code']): string {
  switch (code) {
    case 'wrong-repository':
      return 'signed for another repository';
    case 'other-payload':
      return 'signed other content than this; sign again';
    case 'not-a-signer':
      return 'signed with a key that may not sign this file';
    case 'not-the-owner':
      return "brought a signature of somebody else's key; its owner must sign";
    case 'moved-on':
      return 'signed another root of this version since, which takes its place';
    case 'approval-missing':
      return 'brought a signature of a custody key whose owner has not approved; they must approve in the browser';
    case 'approval-stale':
      return 'brought a signature of a custody key whose owner approved older content; they must approve again in the browser';
    case 'withdrawn':
      return 'took it back, or it was dismissed; sign again to have it count';
    case 'invalid-signature':
      return 'brought a signature that does not verify; sign again';
    case 'unreadable':
      return 'wrote a countersign block that can not be read; paste it again as it was printed, and nothing else';
    default:
      return code satisfies never;
  }
}
