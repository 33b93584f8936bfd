// SPDX-License-Identifier: Apache-2.0
import { outcomeOf, unwrap, type Outcome, type Refusal } from '../tuf/errors.ts';
import type { Metadata } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import type { Targets } from '../tuf/targets.ts';

/** Where a file was found. A bad file is reported unless it is only history. */
export type Source = 'live' | 'published' | 'metadata-branch' | 'history';

/** A file that may be part of the base. */
export interface Candidate {
  readonly source: Source;
  /** Where it was found, for findings. */
  readonly path?: string;
  readonly bytes: Uint8Array;
}

/** Something that was left out, and why. It never stops the rest. */
export interface Finding extends Refusal {
  readonly source: Source | 'release' | 'proposal' | 'settings';
}

/** A candidate that passed every check but the choice among several. */
export interface Weighed<T extends Root | Targets> {
  readonly file: Metadata<T>;
  readonly bytes: Uint8Array;
  readonly source: Source;
  readonly path: string | null;
}

/** A candidate that did not pass. */
export interface Rejected<T extends Root | Targets> {
  readonly source: Source;
  readonly refusal: Refusal;
  /** Null when it can't be parsed. */
  readonly file: Metadata<T> | null;
}

/** What became of some candidates. */
export interface Weighing<T extends Root | Targets> {
  readonly valid: readonly Weighed<T>[];
  readonly rejected: readonly Rejected<T>[];
}

/** Reads each content once: the same file is usually on the site and on both branches, and may be large. */
export function onlyOnce<T>(read: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  const known = new Map<string, Outcome<T>>();
  return (bytes) => {
    const digest = sha256Hex(bytes);
    const outcome = known.get(digest) ?? outcomeOf(() => read(bytes));
    known.set(digest, outcome);
    return unwrap(outcome);
  };
}

/** Parses and checks each candidate. */
export function weigh<T extends Root | Targets>(
  candidates: readonly Candidate[],
  parse: (bytes: Uint8Array) => Metadata<T>,
  check: (file: Metadata<T>) => void,
): Weighing<T> {
  const parseOnce = onlyOnce(parse);
  const checkOnce = onlyOnce((bytes) => {
    check(parseOnce(bytes));
  });
  const valid: Weighed<T>[] = [];
  const rejected: Rejected<T>[] = [];
  for (const { source, bytes, path = null } of candidates) {
    const parsed = outcomeOf(() => parseOnce(bytes));
    const checked = outcomeOf(() => {
      checkOnce(bytes);
    });
    if (parsed.kind === 'accepted' && checked.kind === 'accepted') {
      valid.push({ file: parsed.value, bytes, source, path });
      continue;
    }
    const refusal = checked.kind === 'refused' ? checked.refusal : { code: 'order' as const, where: '', detail: '' };
    // A JSON path says nothing without its file.
    const where = path !== null && refusal.where.startsWith('$') ? `${path} ${refusal.where}` : refusal.where;
    rejected.push({ source, refusal: { ...refusal, where }, file: parsed.kind === 'accepted' ? parsed.value : null });
  }
  return { valid, rejected };
}

const PUBLISHED_VERSION = /^metadata\/([1-9][0-9]*)\.[^/]+\.json /;

/** The version of a rejected file: its own, or the one that its name says; null when neither says any. */
function versionOf<T extends Root | Targets>({ file, refusal }: Rejected<T>): number | null {
  if (file !== null) return file.signed.version;
  const named = PUBLISHED_VERSION.exec(refusal.where)?.[1];
  return named === undefined ? null : Number(named);
}

/**
 * Says which candidates were left out. A version that has been published and was followed by the chosen one is none of them: after a change of keys it no
 * longer verifies, and nobody has to act.
 * @param chosen - the version that was chosen; null when none was
 */
export function reportRejected<T extends Root | Targets>(
  rejected: readonly Rejected<T>[],
  chosen: number | null,
  findings: Finding[],
): void {
  for (const one of rejected) {
    const { source, refusal } = one;
    const version = versionOf(one);
    const isOld = chosen !== null && version !== null && version < chosen;
    if (source !== 'history' && !(isOld && source !== 'metadata-branch')) findings.push({ ...refusal, source });
  }
}

/** Says which published copies of a chosen file have other bytes: no client that holds the digest takes them. */
export function reportOtherBytes<T extends Root | Targets>(
  where: string,
  chosen: Weighed<T>,
  same: readonly Weighed<T>[],
  findings: Finding[],
): void {
  for (const { source, path, bytes } of same) {
    if (source !== 'live' && source !== 'published') continue;
    if (Buffer.compare(bytes, chosen.bytes) === 0) continue;
    findings.push({
      source,
      code: 'hash-mismatch',
      where: path ?? where,
      detail: `expected the bytes of ${where} that were published, got another encoding of the same content; they are put back`,
    });
  }
}
