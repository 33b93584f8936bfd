// SPDX-License-Identifier: Apache-2.0
import type { Known, SettingsFacts } from '../ports/settings.ts';
import type { Instant } from '../tuf/instant.ts';

/** What the workflow of the default branch says. */
export type CallerFacts =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | {
      readonly kind: 'found';
      /** Everything after `uses:`, in jobs and steps. */
      readonly uses: readonly string[];
      /** Every `root:` that its jobs or steps are given; null for one that is not. */
      readonly roots: readonly (string | null)[];
      readonly metadataHosting: 'pages' | 'release';
      readonly deploy: 'here' | 'elsewhere';
    };

/** A secret that an environment is to hold. */
export interface HeldKey {
  readonly environment: string;
  readonly name: string;
}

/** Everything that doctor judges. */
export interface DoctorFacts {
  readonly settings: SettingsFacts;
  readonly now: Instant;
  /** The wake workflow of the metadata branch, compared with what `init` writes. */
  readonly wake: 'same' | 'changed' | 'missing';
  readonly caller: CallerFacts;
  /** The keys that the policy says are kept on the host. */
  readonly keys: readonly HeldKey[];
  /** The payload digest of root v1 on the metadata branch; null when there is none yet. */
  readonly root: string | null;
}

/**
 * `leak`: somebody who should not could use or read a key. `broken`: signing or publishing stops, now or soon, or nobody can say that no key
 * leaks. `advice`: it works, and would be safer or quicker.
 */
export type Severity = 'leak' | 'broken' | 'advice';

/** Something to change. */
export interface DoctorFinding {
  readonly severity: Severity;
  /** A name for scripts. */
  readonly code: string;
  /** What is so, and what follows from it. */
  readonly detail: string;
  /** What to change. */
  readonly change: string;
  /** The page where. */
  readonly url: string;
}

/** A finding without its repository. */
export interface Draft {
  readonly severity: Severity;
  readonly code: string;
  readonly detail: string;
  readonly change: string;
  /** Below the repository's page. */
  readonly page: string;
}

/**
 * What a check finds of a setting; what can't be seen is never taken for right.
 * @param severity - of not being able to see it
 */
export function unseen<T>(
  known: Known<T>,
  what: string,
  page: string,
  judge: (value: T) => readonly Draft[],
  severity: Severity = 'advice',
): readonly Draft[] {
  if (known.kind === 'known') return judge(known.value);
  const change = "run this with an administrator's token, or look yourself";
  return [{ severity, code: 'unseen', detail: `${what} could not be read: ${known.reason}`, change, page }];
}
