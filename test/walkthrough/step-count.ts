// SPDX-License-Identifier: Apache-2.0
import type { ReadmePart, ReadmeStep } from './readme-steps.ts';

/** Who only ever pushes tags. */
export const BUILDER = 'dave';

/** How many steps a part may have: in all, or for each person, of whom the builder has none. */
export type StepBound = { readonly kind: 'all'; readonly steps: number } | { readonly kind: 'each'; readonly steps: number };

/** The parts of README's section, in its order, with what was promised. */
export const STEP_BOUNDS: ReadonlyMap<string, StepBound> = new Map([
  ['Set-up', { kind: 'all', steps: 5 }],
  ['A release', { kind: 'each', steps: 1 }],
  ['A release with an approval in the browser', { kind: 'each', steps: 1 }],
  ['From then on', { kind: 'all', steps: 0 }],
  ['Those who download', { kind: 'all', steps: 0 }],
]);

/** The steps of one part. */
export interface PartCount {
  readonly title: string;
  readonly bound: StepBound;
  readonly all: number;
  readonly byPerson: ReadonlyMap<string, number>;
  readonly verdict: 'within' | 'exceeded';
}

/** The commands of a step, or the one page that is visited: whoever joins two with `&&` or a pipe types both. */
function stepsIn({ kind, command }: ReadmeStep): number {
  if (kind !== 'step') return 0;
  return command === null ? 1 : command.split(/\n|&&|;|\|+/).filter((one) => one.trim() !== '').length;
}

/** Counts the steps of a part: a step is a command, a page visited or a setting changed, by anyone. @throws when nothing was promised for it */
export function countSteps({ title, steps }: ReadmePart): PartCount {
  const bound = STEP_BOUNDS.get(title);
  if (bound === undefined) throw new Error(`README.md: expected one of ${[...STEP_BOUNDS.keys()].join(', ')}, got "${title}"`);
  const byPerson = new Map<string, number>();
  for (const step of steps) byPerson.set(step.who, (byPerson.get(step.who) ?? 0) + stepsIn(step));
  const all = [...byPerson.values()].reduce((sum, count) => sum + count, 0);
  const isWithin =
    bound.kind === 'all' ? all <= bound.steps : [...byPerson].every(([who, count]) => count <= (who === BUILDER ? 0 : bound.steps));
  return { title, bound, all, byPerson, verdict: isWithin ? 'within' : 'exceeded' };
}

/** A part's count in a line. */
export function countLine({ title, bound, all, byPerson, verdict }: PartCount): string {
  const limit = bound.kind === 'all' ? `at most ${bound.steps}` : `the builder none, everyone else at most ${bound.steps}`;
  const people = [...byPerson].filter(([, count]) => count > 0).map(([who, count]) => `${who} ${count}`);
  return `${verdict === 'within' ? 'ok  ' : 'FAIL'} ${title}: ${all} (${limit})${people.length === 0 ? '' : `: ${people.join(', ')}`}`;
}
