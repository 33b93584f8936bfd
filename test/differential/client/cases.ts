// SPDX-License-Identifier: Apache-2.0
import { randomFrom, type Random } from '../random.ts';
import { build, copyDraft, firstRoot } from './draft.ts';
import { BYTE_MUTATIONS } from './mutate-bytes.ts';
import { FIELD_MUTATIONS } from './mutate-fields.ts';
import { REPOSITORY_MUTATIONS } from './mutate-repository.ts';
import { ROLE_MUTATIONS } from './mutate-roles.ts';
import { KEY_MUTATIONS } from './mutate-keys.ts';
import { RULE_MUTATIONS } from './mutate-rules.ts';
import type { CaseDraft, Mutation } from './mutation.ts';
import { NOW, SHAPES } from './shapes.ts';

/** A repository as a client meets it at some time, and what it asks for. */
export interface Visit {
  /** In seconds. */
  readonly time: number;
  /** By path, role names as they are. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Found and downloaded in this order. */
  readonly targets: readonly string[];
}

/** What three clients are asked about: visits in turn of a client that begins with the root. */
export interface Case {
  readonly seed: number;
  readonly number: number;
  readonly shape: string;
  readonly kinds: readonly string[];
  readonly notes: readonly string[];
  readonly root: Buffer;
  readonly visits: readonly Visit[];
}

/** All mutations. */
export const MUTATIONS: readonly Mutation[] = [
  ...FIELD_MUTATIONS,
  ...RULE_MUTATIONS,
  ...KEY_MUTATIONS,
  ...ROLE_MUTATIONS,
  ...BYTE_MUTATIONS,
  ...REPOSITORY_MUTATIONS,
];

const WEIGHTED: readonly Mutation[] = MUTATIONS.flatMap((mutation) => new Array<Mutation>(mutation.weight).fill(mutation));

/**
 * What may come on top of another mutation: only what no class of exclusions.json is for. Else one case could have something that the one peer may refuse
 * and something that the other one may, and two good reasons would look like a fault.
 */
const SECOND_KINDS: ReadonlySet<string> = new Set([
  'version',
  'threshold',
  'signers',
  'length',
  'truncated',
  'withheld',
  'clock',
  'bytes of a target',
  'long',
]);
const SECOND: readonly Mutation[] = MUTATIONS.filter(({ kind }) => SECOND_KINDS.has(kind));

function mutate(random: Random, draft: CaseDraft, mutations: readonly Mutation[]): string {
  for (;;) {
    const mutation = mutations[random.below(mutations.length)];
    if (mutation?.apply(draft) === true) return mutation.kind;
  }
}

/** A returning client doesn't read a root that it has already: one that was changed is for new clients. */
function seesWhatChanged({ now, earlier }: CaseDraft): boolean {
  return earlier === null || earlier.roots.every((root, index) => index === 0 || root === now.roots[index]);
}

/** The case of a seed and number, whatever other cases there are. */
export function caseOf(seed: number, number: number): Case {
  // The golden ratio: neighbours begin far from each other.
  const random = randomFrom((seed ^ Math.imul(number + 1, 0x9e3779b9)) >>> 0);
  const shape = random.pick(SHAPES);
  const draft: CaseDraft = {
    random,
    shape,
    now: copyDraft(shape.now),
    earlier: random.chance(30) ? shape.earlier : null,
    time: NOW,
    targets: random.chance(25) ? [random.pick(shape.targets), random.pick(shape.targets)] : [random.pick(shape.targets)],
    notes: [],
  };
  const kinds = [mutate(random, draft, WEIGHTED)];
  if (random.chance(12)) kinds.push(mutate(random, draft, SECOND));
  const earlier = seesWhatChanged(draft) ? draft.earlier : null;
  const last: Visit = { time: draft.time, files: build(draft.now), targets: draft.targets };
  const first: Visit[] = earlier === null ? [] : [{ time: NOW, files: build(earlier), targets: shape.targets.slice(0, 1) }];
  return { seed, number, shape: shape.name, kinds, notes: draft.notes, root: firstRoot(draft.now), visits: [...first, last] };
}
