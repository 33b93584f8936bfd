// SPDX-License-Identifier: Apache-2.0
// Plays one seed among strangers, with a writer who does what he can, and with sites, clocks and bytes that fail: what must be true then at every moment, and
// what once he has stopped.
import { randomFrom } from '../differential/random.ts';
import { Doings } from '../strangers/doings.ts';
import type { Ground } from './ground.ts';
import { Completions } from './completions.ts';
import { Freshness } from './freshness.ts';
import { Outsiders } from './outsiders.ts';
import type { Plant } from './plants.ts';
import { Revocation } from './revocation.ts';
import type { Act, Outcome } from './run.ts';
import { Story } from './story.ts';
import { Writer } from './writer.ts';

const COUNT = 32;
const BURSTS = [3, 10, 40, 120] as const;
const DAY = 86_400;
/** Within these nothing of what is signed comes to the end of its own period. */
const MOST_DAYS = 15;

/** What the watch over all writes says that holds whatever a writer does. */
const ALWAYS = /signature that is none|merged with \d+ signatures|does not count|did not approve|no compare-and-swap|version reused/;

/** One hostile run. */
class Hostile {
  readonly story: Story;
  readonly writer: Writer;
  readonly freshness: Freshness;
  readonly completions: Completions;
  readonly revocation: Revocation;
  readonly #doings: Doings;
  #days = 0;

  constructor(ground: Ground, seed: number, plant: Plant | null) {
    const random = randomFrom(seed);
    this.story = new Story(ground, random, plant, 0, 'hostile');
    this.writer = new Writer(ground, this.story.history, random);
    this.freshness = new Freshness(this.story, this.writer);
    this.completions = new Completions(this.story, this.writer);
    this.revocation = new Revocation(this.story, this.writer, this.freshness);
    this.#doings = new Doings(new Outsiders(ground), random);
  }

  async #write(): Promise<void> {
    const done = await this.writer.act();
    await this.story.byHand(done === null ? null : `dave ${done}`);
  }

  async #stranger(): Promise<void> {
    const { told } = this.#doings;
    const before = told.length;
    this.#doings.some();
    await this.story.byHand(`strangers: ${told.slice(before).join('; ')}`);
  }

  /** A day goes by, and what runs each day runs. Runs do not last that long. */
  async #day(): Promise<void> {
    const { story } = this;
    const days = story.random.pick([1, 1, 2]);
    if (this.#days + days > MOST_DAYS) return;
    this.#days += days;
    for (const actor of story.alive) await story.scheduler.finish(actor);
    story.told();
    story.ground.seconds += days * DAY;
    story.say(`${String(days)} days go by`);
    await this.freshness.publish('each day');
  }

  #weather(): void {
    const { ground, random } = this.story;
    ground.site = random.pick(['up', 'up', 'down', 'stale']);
    ground.clockAhead = random.pick([0, 0, 0, 30 * DAY, -DAY, 3600]);
    this.story.say(`the site is ${ground.site}, clocks are ${String(ground.clockAhead)} s ahead`);
  }

  /** What happens, and how often. */
  get #acts(): readonly (readonly [weight: number, act: Act])[] {
    return [
      [12, (story) => story.propose()],
      [34, (story) => story.sign()],
      [8, async (story) => story.byHand(await story.people.review('carol', 'APPROVE'))],
      [2, async (story) => story.byHand(await story.people.review(story.random.pick(['alice', 'bob', 'carol']), 'REQUEST_CHANGES'))],
      [2, (story) => story.settle(true)],
      [1, (story) => story.abandon()],
      [16, (story) => story.gather()],
      [5, (story) => story.custody()],
      [5, (story) => story.settle(false)],
      [6, (story) => story.publish()],
      [4, (story) => story.deploy()],
      [22, () => this.#write()],
      [10, () => this.#stranger()],
      [8, async () => this.#weather()],
      [12, () => this.#day()],
    ];
  }

  async #act(): Promise<void> {
    const acts = this.#acts;
    let at = this.story.random.below(acts.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, one] of acts) {
      at -= weight;
      if (at >= 0) continue;
      await one(this.story);
      return;
    }
  }

  async #everything(): Promise<void> {
    const { story } = this;
    for (let done = 0; done < COUNT || story.alive.length > 0;) {
      if (done < COUNT && (story.alive.length === 0 || story.random.chance(40))) {
        done += 1;
        await this.#act();
        continue;
      }
      const actor = story.alive[story.random.below(story.alive.length)];
      const requests = story.random.pick(BURSTS);
      for (let count = 0; actor?.alive === true && count < requests; count++) await story.letThrough(actor);
    }
  }

  /** The writer has done his last, and all else is well again. */
  async #quiet(): Promise<void> {
    const { story } = this;
    story.say('the writer has stopped');
    story.ground.github.faults.clear();
    story.ground.site = 'up';
    story.ground.clockAhead = 0;
    story.ground.seconds += 60;
    await this.completions.require();
    await this.freshness.publish('the writer has stopped');
  }

  async play(): Promise<void> {
    const { story } = this;
    await this.freshness.look();
    await this.#everything();
    await this.#quiet();
    if (story.random.chance(60)) await this.revocation.play();
    story.ground.seconds += story.random.pick([20, 40, 100]) * DAY;
    story.ground.site = 'up';
    story.ground.clockAhead = 0;
    story.say('all sleep for long');
    await this.freshness.publish('all have slept', 'expired roles');
  }
}

/** Plays one hostile seed, with a mistake planted or none. */
export async function playHostile(ground: Ground, seed: number, plant: Plant | null): Promise<Outcome> {
  await ground.reset();
  const hostile = new Hostile(ground, seed, plant);
  const { story, writer } = hostile;
  const thrown: string[] = [];
  try {
    await hostile.play();
    ground.github.checkContract();
  } catch (error) {
    thrown.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const isKept = (problem: string): boolean => ALWAYS.test(problem) && !(writer.usedKey && problem.includes('docs'));
  const problems = [...thrown, ...hostile.freshness.problems, ...hostile.completions.problems, ...hostile.revocation.problems];
  const { views } = story.history;
  const completed = [...(views.at(-1)?.pulls.values() ?? [])].filter(({ state }) => state === 'merged').length - 1;
  const faults = story.actors.reduce((sum, { hits }) => sum + hits.length, 0);
  const all = [...problems, ...story.broken, ...story.checks.problems.filter(isKept)];
  return { seed, problems: all, trace: story.trace, completed, steps: story.scheduler.step, faults };
}
