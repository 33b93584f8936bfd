// SPDX-License-Identifier: Apache-2.0
// Publish with new roots, ended at each of its writes. The order in which roots and timestamp are written is what it is all about.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import {
  requireConsistent,
  requireResumable,
  firstRoot,
  heldAt,
  killPublish,
  killsOf,
  requireGood,
  strayViews,
  watchPublish,
  type Scenario,
} from './publish-runs.ts';
import {
  briefly,
  DAY,
  day,
  makeScratch,
  NEXT_ONLINE,
  ONLINE,
  published,
  removeScratch,
  rotateOnline,
  shared,
  swapPerson,
  type Ground,
} from './support.ts';

// Hundreds of runs of git; the machine may be busy.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

type Step = (ground: Ground) => Promise<void>;

/** A published repository, and then one more event, or several, that are signed and not published. */
function signedSince(...steps: readonly Step[]): () => Promise<Ground> {
  return shared(async () => {
    const ground = await (await published()).copy();
    for (const step of steps) await step(ground);
    return ground;
  });
}

/** A root with dave for carol, and new targets. The root needs two of the old people and two of the new ones; the targets two of the new. */
function handOver(...signers: readonly string[]): Step {
  return async (ground) => {
    await ground.complete(await ground.proposeNext(await swapPerson(ground, 'carol', 'dave'), 'with targets'), signers);
  };
}

/** New targets, with nothing changed. */
function renewTargets(...signers: readonly string[]): Step {
  return async (ground) => {
    await ground.complete(await ground.proposeNext(null, 'with targets'), signers);
  };
}

/** A root with another online key. */
async function rotate(ground: Ground): Promise<void> {
  await ground.complete(await ground.proposeNext(await rotateOnline(), 'without targets'), ['alice', 'bob']);
}

async function publishNow(ground: Ground): Promise<void> {
  await publish(await ground.open());
}

const BOTH_KEYS = [ONLINE, NEXT_ONLINE];

// Root v2 may come last or first here: both generations verify under both roots.
const KEPT: Scenario = {
  name: 'another person, targets that old ones signed',
  ground: signedSince(handOver('alice', 'bob')),
  now: day(0),
  keys: [ONLINE],
  seamless: true,
};
// The new targets do not verify under root v1, so it must come first.
const HANDED_OVER: Scenario = {
  name: 'another person, who signed the targets',
  ground: signedSince(handOver('alice', 'carol', 'dave')),
  now: day(0),
  keys: [ONLINE],
  seamless: false,
};
// The old timestamp does not verify under root v2, so it must come last.
const ROTATED: Scenario = { name: 'other online keys', ground: signedSince(rotate), now: day(0), keys: BOTH_KEYS, seamless: true };
// Root v2 first, then the timestamp, then root v3.
const BOTH: Scenario = {
  name: 'another person, who signed the targets, and then other online keys',
  ground: signedSince(handOver('alice', 'carol', 'dave'), rotate),
  now: day(0),
  keys: BOTH_KEYS,
  seamless: false,
};

test.each([KEPT, HANDED_OVER, ROTATED, BOTH])('$name: at every moment every client sees one generation', requireConsistent);

test.each(briefly([KEPT, HANDED_OVER, ROTATED, BOTH], (one) => one === BOTH))(
  '$name: ended at any write, it is completed by the next run',
  requireResumable,
);

test.each([BOTH])(
  '$name: ended at any write and completed a day later, clients see one generation throughout',
  async ({ ground: start, now, keys }) => {
    const root = await firstRoot(await start());
    const later = addSeconds(now, DAY);
    const { writes } = await watchPublish(await (await start()).copy(), { now, keys });
    for (const kill of killsOf(writes)) {
      const ground = await (await start()).copy();
      await killPublish(ground, { now, keys }, kill);
      const { sites, result } = await watchPublish(ground, { now: later, keys });
      expect(result.outcome).toBe('published');
      expect(await strayViews(sites, root, later, 'at once'), `${kill.when} write ${String(kill.index)}`).toEqual([]);
      await requireGood(ground, await heldAt(sites, root, later), root, later);
    }
  },
);

// One file at a time, a client meets the old timestamp under the new root or the new one under the old root. Where neither verifies there is
// no good order; then clients stop for that one moment, and nothing worse.
test.each([
  { name: 'other online keys, the old one lost', ground: signedSince(rotate), keys: [NEXT_ONLINE] },
  {
    name: 'targets that neither the old people nor the new ones signed twice',
    ground: signedSince(renewTargets('alice', 'carol'), publishNow, handOver('alice', 'carol', 'dave')),
    keys: [ONLINE],
  },
])('$name: no order serves all clients, and between root and timestamp they stop', async ({ ground: start, keys }) => {
  const root = await firstRoot(await start());
  const ground = await (await start()).copy();
  const { sites } = await watchPublish(ground, { keys });
  const strays = await strayViews(sites, root, day(0), 'at once');
  expect(new Set(strays.map(({ writes, generation }) => `${String(sites.length - 1 - writes)} before the end, ${generation}`))).toEqual(
    new Set(['1 before the end, stopped: threshold']),
  );
  await requireGood(ground, await heldAt(sites, root, day(0)), root, day(0));
});
