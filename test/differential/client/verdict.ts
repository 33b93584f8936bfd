// SPDX-License-Identifier: Apache-2.0
import type { Case } from './cases.ts';

/** What a client makes of a case. */
export type Verdict =
  /** For each target of each visit the sha256 of its bytes, or `absent`. */
  | { readonly kind: 'accept'; readonly targets: readonly string[] }
  /** The first error of any visit: its class or code, and what it says. */
  | { readonly kind: 'reject'; readonly error: string; readonly text: string };

/** A client that goes through the visits of a case. */
export type Client = (one: Case) => Promise<Verdict>;

/** Verdicts on one line. */
export function showVerdict(verdict: Verdict): string {
  if (verdict.kind === 'reject') return `rejects: ${verdict.error}: ${verdict.text.slice(0, 200)}`;
  return `accepts: ${verdict.targets.map((target) => target.slice(0, 12)).join(', ')}`;
}

/** Whether two verdicts are of the same bytes. */
export function sameTargets(one: Verdict, other: Verdict): boolean {
  return one.kind === 'accept' && other.kind === 'accept' && one.targets.join() === other.targets.join();
}
