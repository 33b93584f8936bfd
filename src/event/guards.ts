// SPDX-License-Identifier: Apache-2.0
// Each publish looks whether what was set up to guard the key and the branches is still there: a writer or an
// administrator may have taken it away since, and nobody asks `doctor` every day.
import type { GuardFacts } from '../ports/settings.ts';
import { quote } from '../tuf/errors.ts';
import type { Finding } from './base.ts';
import { admitsOnly } from './decide-settings.ts';

/** What a publish tells of the guards. */
export interface GuardReview {
  /** Somebody has to act: the online key can be used by a branch that nobody has reviewed. */
  readonly findings: readonly Finding[];
  /** Worth knowing: what happens is noticed and built upon. */
  readonly notes: readonly string[];
}

/** Judges the guards of a repository. What this token does not see is left to `doctor`. */
export function reviewGuards({ defaultBranch, environment, branches }: GuardFacts, name: string): GuardReview {
  const findings: Finding[] = [];
  if (environment.kind === 'known' && environment.value !== null && !admitsOnly({ admits: environment.value }, defaultBranch)) {
    const detail = `expected only the branch ${quote(defaultBranch)} to be admitted, got more: a writer's own branch can use the online key; restrict the environment, and replace the key`;
    findings.push({ source: 'settings', code: 'key-exposed', where: `environment ${name}`, detail });
  }
  const open = [...branches].flatMap(([branch, found]) => (found.kind === 'known' && found.value === 'open' ? [branch] : []));
  const notes = open.map(
    (branch) =>
      `${branch}: writers can delete it or force it back, which is noticed and built upon; forbid both by a rule (\`countersign doctor\`)`,
  );
  return { findings, notes };
}
