// SPDX-License-Identifier: Apache-2.0
// Plays one seed: a state, and the same commands on two equal copies of it, without strangers and beside them.
import { randomFrom } from '../differential/random.ts';
import type { Checkpoint } from '../interleavings/ground.ts';
import type { Plant } from '../interleavings/plants.ts';
import { Doings, FLOOD } from './doings.ts';
import type { StrangersGround } from './ground.ts';
import { INVARIANTS, type Played } from './invariants.ts';
import { Player, scriptOf, type Command } from './script.ts';
import { openEvents, States } from './state.ts';
import { ownState } from './world.ts';

/** Every tenth seed has as much of everything as the host takes; every fourth of these has no event open. */
export function kindOf(seed: number): 'usual' | 'flood' | 'flood, nothing open' {
  if (seed % 10 !== 0) return 'usual';
  return seed % 40 === 0 ? 'flood, nothing open' : 'flood';
}

/** What a seed came to. */
export interface Outcome {
  readonly seed: number;
  readonly kind: ReturnType<typeof kindOf>;
  /** What differs, by the name of the invariant. */
  readonly problems: readonly { readonly invariant: string; readonly what: string }[];
  readonly story: readonly string[];
  /** Events that were open at the beginning, and requests without strangers and beside them. */
  readonly open: number;
  readonly requests: readonly [number, number];
}

interface Start {
  readonly checkpoint: Checkpoint;
  readonly seed: number;
  readonly script: readonly Command[];
}

async function playWorld(
  ground: StrangersGround,
  start: Start,
  plant: Plant | null,
  strangers: 'none' | Outcome['kind'],
): Promise<Played & { readonly told: readonly string[] }> {
  ground.ground.restore(start.checkpoint);
  ground.begin();
  const player = new Player(ground, start.seed, plant);
  const random = randomFrom(start.seed * 7919 + 1);
  const doings = new Doings(ground, random);
  const isFull = random.chance(50);
  const ran = [];
  for (const [index, command] of start.script.entries()) {
    player.goOn();
    if (strangers !== 'none') {
      if (index === 0 && strangers !== 'usual') doings.flood(isFull);
      if (index === 0 || random.chance(50)) doings.some();
      doings.told.push(`- ${command}`);
    }
    ran.push(await player.play(command));
  }
  const counts = new Map<number, number>();
  for (const { pull } of ground.repository.comments.values()) counts.set(pull, (counts.get(pull) ?? 0) + 1);
  const full = new Set([...counts].flatMap(([number, count]) => (count >= FLOOD.comments ? [number] : [])));
  fullPulls.set(start, new Set([...(fullPulls.get(start) ?? []), ...full]));
  return { ran, told: doings.told, end: ownState(ground, doings.ids, fullPulls.get(start) ?? full) };
}

/** Pull requests that were full in any of the worlds of one start. */
const fullPulls: WeakMap<Start, ReadonlySet<number>> = new WeakMap();

/** Plays a seed, with a mistake planted or none; what ends the story is told as a problem. */
export async function play(ground: StrangersGround, seed: number, plant: Plant | null = null): Promise<Outcome> {
  try {
    return await playToEnd(ground, seed, plant);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, kind: kindOf(seed), problems: [{ invariant: 'the story', what }], story: [], open: 0, requests: [0, 0] };
  }
}

async function playToEnd(ground: StrangersGround, seed: number, plant: Plant | null): Promise<Outcome> {
  const kind = kindOf(seed);
  await ground.ground.reset();
  ground.numbersOf(1);
  const random = randomFrom(seed);
  // Numbers for the pull requests of forks.
  ground.repository.nextNumber += kind === 'usual' ? 10 : FLOOD.forks + 100;
  await new States(ground, random).make(kind !== 'flood, nothing open');
  const open = openEvents(ground.repository).length;
  const start: Start = { checkpoint: ground.ground.checkpoint(), seed, script: scriptOf(random) };
  const beside = await playWorld(ground, start, plant, kind);
  const without = await playWorld(ground, start, plant, 'none');
  const problems = INVARIANTS.flatMap(({ name, differs }) => differs(without, beside).map((what) => ({ invariant: name, what })));
  const sum = ({ ran }: Played): number => ran.reduce((total, { requests }) => total + requests, 0);
  return { seed, kind, problems, story: beside.told, open, requests: [sum(without), sum(beside)] };
}
