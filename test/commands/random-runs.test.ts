// SPDX-License-Identifier: Apache-2.0
// Runs of all kinds, one stepping in anywhere in another, as a seed says. `CS_RUNS` makes more of them, `CS_SEED` repeats one.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { CountersignError, type ErrorCode } from '../../src/tuf/errors.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import { randomFrom, type Random } from '../differential/random.ts';
import { Faults, Killed } from '../fakes/faults.ts';
import { record, requireKept, whereIs } from './invariants.ts';
import { firstRoot, requireGood } from './publish-runs.ts';
import { day, makeScratch, PEOPLE, published, removeScratch, RUNS, SEED, type Ground, type OpenOptions } from './support.ts';

vi.setConfig({ testTimeout: 600_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

const STEPS = 5;
/** What a run may end with when another has come in between; nothing is lost by it, and it may be repeated. */
const EXPECTED: readonly ErrorCode[] = [
  'event-unknown',
  'event-open',
  'event-invalid',
  'already-signed',
  'ref-conflict',
  'anchor-mismatch',
];

interface Action {
  readonly run: (options: OpenOptions) => Promise<unknown>;
  /** Whether it may be ended at a write. */
  readonly endable: boolean;
}

/** What happens in a random run, and what it must have come to. */
class Story {
  readonly ground: Ground;
  readonly random: Random;
  /** Paths whose propose went through. */
  readonly proposed = new Set<string>();
  #count = 0;

  constructor(ground: Ground, random: Random) {
    this.ground = ground;
    this.random = random;
  }

  /** A run of any kind. */
  action(): Action {
    const { ground, random } = this;
    const now = addSeconds(day(0), ++this.#count);
    const path = `${random.pick(['v1', 'v1', 'docs'])}/${String(this.#count)}`;
    const whenOpen = random.pick<'queue' | 'add'>(['queue', 'add']);
    const person = random.pick(PEOPLE);
    return random.pick<Action>([
      {
        endable: true,
        run: async (options) => {
          await ground.propose(path, path, { ...options, now, whenOpen });
          this.proposed.add(path);
        },
      },
      {
        // Ended before it is submitted, a signature is remembered and nobody sees it: that person signs nothing else under this version.
        endable: false,
        run: async (options) => {
          const open = (await ground.pulls()).filter(({ state }) => state === 'open');
          const pull = open[random.below(open.length)];
          if (pull !== undefined) await ground.sign(person, pull.number, { ...options, now });
        },
      },
      { endable: true, run: async (options) => ground.gather({ ...options, now }) },
      { endable: true, run: async (options) => publish(await ground.open({ ...options, now })) },
    ]);
  }
}

/** Runs something; being ended, or one of the expected refusals, is no failure. */
async function tolerant(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (error instanceof Killed) return;
    if (!(error instanceof CountersignError && EXPECTED.includes(error.code))) throw error;
  }
}

async function step(story: Story): Promise<void> {
  const { random } = story;
  const [first, second] = [story.action(), story.action()];
  const faults = new Faults(
    first.endable && random.chance(25) ? { index: 1 + random.below(6), when: random.pick(['before', 'after']) } : null,
  );
  let calls = 1 + random.below(40);
  const others: Promise<void>[] = [];
  faults.beforeEach = async () => {
    if (others.length > 0 || --calls > 0) return;
    const other = tolerant(second.run({}));
    others.push(other);
    // While the first run holds the lock of the site, the second waits for it.
    if (!story.ground.locked) await other;
  };
  await tolerant(first.run({ faults }));
  await (others[0] ?? tolerant(second.run({})));
}

/** Signs and gathers until nothing is open. */
async function completeAll(ground: Ground): Promise<void> {
  const now = day(1);
  for (;;) {
    const next = (await ground.gather({ now })).events.find(({ state }) => state === 'waiting');
    if (next === undefined) return;
    const missing = next.roles.flatMap(({ requirements }) =>
      requirements.flatMap((one) => one.missing.slice(0, one.needed - one.votes.length)),
    );
    for (const person of missing) await ground.sign(person, next.pull.number, { now });
  }
}

test.each(Array.from({ length: RUNS }, (_, run) => SEED + run))(
  'seed %i: nothing is lost, and all of it can be signed and published in the end',
  async (seed) => {
    const ground = await (await published()).copy();
    const story = new Story(ground, randomFrom(seed));
    for (let count = 0; count < STEPS; count++) {
      const before = await record(ground);
      await step(story);
      await requireKept(ground, before);
    }
    await completeAll(ground);
    for (const path of story.proposed)
      expect(await whereIs(ground, path.startsWith('docs/') ? 'docs' : 'releases', path), path).toEqual(['signed']);
    expect((await ground.pulls()).filter(({ state }) => state === 'open')).toEqual([]);
    await publish(await ground.open({ now: day(1) }));
    await record(ground);
    await requireGood(ground, [], await firstRoot(ground), day(1));
  },
);
