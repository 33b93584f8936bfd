// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote, type Refusal } from '../tuf/errors.ts';
import { addSeconds, encodeInstant, type Instant } from '../tuf/instant.ts';

/**
 * What clients are served. `served`: a timestamp that a root of ours vouches for. `absent`: the site answers, and has none. `unreachable`: it does not answer.
 * `unknown`: nobody has said where clients fetch, so that the published branch is all that there is.
 */
export type LiveState = 'served' | 'absent' | 'unreachable' | 'unknown';

/** The versions that were last served, as a person says it who repeats a run. 0 for nothing. */
export interface ServedVersions {
  readonly timestamp: number;
  /** Null where it was not said. */
  readonly snapshot: number | null;
}

/** Parses a version that a person says was last served; 0 for none. @throws `usage` */
export function parseServedVersion(text: string, where: string): number {
  const version = Number(text);
  if (/^(0|[1-9][0-9]{0,15})$/.test(text) && version < Number.MAX_SAFE_INTEGER) return version;
  throw new CountersignError('usage', where, `expected a version, or 0 if nothing was ever served, got ${quote(text)}`);
}

/** What is known when something is to be signed. */
export interface ContinuationFacts {
  readonly live: LiveState;
  /** The published branch's timestamp, if a root of ours vouches for it. */
  readonly branch: { readonly version: number; readonly expires: Instant } | null;
  /** Whether nothing but the first signed state is known: no later version of anything, and no published branch. */
  readonly isFirst: boolean;
  /** How long a timestamp lasts, and how long before its expiry it is renewed, in seconds. */
  readonly period: { readonly expiresSeconds: number; readonly renewSeconds: number };
  readonly served: ServedVersions | null;
  readonly now: Instant;
}

/** Whether publish may sign. `above`: the versions that new ones must be above, beside those that are found. */
export type Continuation =
  | { readonly kind: 'go'; readonly above: { readonly timestamp: number; readonly snapshot: number }; readonly told: string | null }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

const NOTHING_ABOVE = { timestamp: 0, snapshot: 0 };

function refuse(where: string, detail: string): Continuation {
  return { kind: 'refuse', refusal: { code: 'served-unknown', where, detail } };
}

const HOW = 'find out which timestamp was last served, and repeat the run with its version (served-timestamp), 0 if none ever was';

/** How late a branch's timestamp may be renewed when nobody can say what is served: half as long again as it is left alone. */
function latestRenewal({ expires }: { readonly expires: Instant }, { expiresSeconds, renewSeconds }: ContinuationFacts['period']): Instant {
  return addSeconds(addSeconds(expires, -renewSeconds), Math.floor((expiresSeconds - renewSeconds) / 2));
}

/**
 * Decides whether publish may sign. Somebody who may push can reset the branches to any earlier state; as long as clients are served a later timestamp, that is
 * what counts. Where it can't be had, an old state would be signed as new. But each honest branch has a timestamp that was signed lately, as a run renews it every
 * day, also while the site is down: so one that is overdue has been taken back, or nothing has run; a person must say which.
 */
export function decideContinuation({ live, branch, isFirst, period, served, now }: ContinuationFacts): Continuation {
  if (served !== null) return decideAsTold(served, branch?.version ?? 0);
  // Whoever deletes the published branch while the site is down makes it look as if nothing ever was published.
  if (live === 'served' || (isFirst && live !== 'unreachable')) return { kind: 'go', above: NOTHING_ABOVE, told: null };
  const site = live === 'unreachable' ? 'the site can not be reached' : 'no timestamp is served';
  if (branch === null) return refuse('tuf-published', `expected a published timestamp to go on from, got none, and ${site}; ${HOW}`);
  const limit = latestRenewal(branch, period);
  if (now > limit) {
    const detail = `expected a timestamp that was to be renewed by ${encodeInstant(limit)}, got version ${String(branch.version)}, which was not, and ${site}: the branch may have been reset; ${HOW}`;
    return refuse('tuf-published', detail);
  }
  const told =
    live === 'unknown'
      ? null
      : `${site}; the published branch's version ${String(branch.version)}, which is not overdue, was taken for the last one`;
  return { kind: 'go', above: NOTHING_ABOVE, told };
}

function decideAsTold({ timestamp, snapshot }: ServedVersions, branch: number): Continuation {
  if (timestamp > branch && snapshot === null) {
    const detail = `expected the published branch to have timestamp ${String(timestamp)}, got ${branch === 0 ? 'none' : String(branch)}: put it back, or say the version of the snapshot that was last served as well (served-snapshot)`;
    return refuse('tuf-published', detail);
  }
  return { kind: 'go', above: { timestamp, snapshot: snapshot ?? 0 }, told: null };
}
