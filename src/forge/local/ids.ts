// SPDX-License-Identifier: Apache-2.0
import type { AccountId, BlobId } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';

export { parseCommitSha } from '../../trust/accounts.ts';

const SHA = /^[0-9a-f]{40}$/;

/**
 * Parses a git blob id: 40 lower-case hex digits.
 * @throws `git`
 */
export function parseBlobId(text: string, where: string): BlobId {
  if (!SHA.test(text)) throw new CountersignError('git', where, `expected a blob id, got ${quote(text)}`);
  return text as BlobId;
}

/**
 * Checks that `id` can number an account: a positive safe integer.
 * @throws `io`
 */
export function parseAccountId(id: number, where: string): AccountId {
  if (!Number.isSafeInteger(id) || id < 1) throw new CountersignError('io', where, `expected an account's id, got ${String(id)}`);
  return id as AccountId;
}

/**
 * Checks a branch name by the rules of git-check-ref-format(1), and that it can't be taken for an option.
 * @returns the full name of its ref
 * @throws `file-name`
 */
export function refOf(branch: string): string {
  const characters = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/;
  const segment = /^(?!\.)[^/]+(?<!\.lock)$/;
  const good =
    branch !== '@' &&
    !branch.startsWith('-') &&
    !branch.endsWith('.') &&
    !characters.test(branch) &&
    branch.split('/').every((name) => segment.test(name));
  if (!good) throw new CountersignError('file-name', quote(branch), 'expected a branch name');
  return `refs/heads/${branch}`;
}
