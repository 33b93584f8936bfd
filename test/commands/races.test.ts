// SPDX-License-Identifier: Apache-2.0
// Two runs on one repository, one of them stepping in before each write of the other. Nothing that was signed or proposed is lost, and no version
// ever has two contents.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import { Faults } from '../fakes/faults.ts';
import { record, requireKept, signedBy, whereIs } from './invariants.ts';
import { firstRoot, heldAt, requireGood } from './publish-runs.ts';
import { readSite } from './clients.ts';
import {
  briefly,
  day,
  RUNS,
  emptyGround,
  makeScratch,
  overtaken,
  unsigned,
  published,
  publicKeyOf,
  removeScratch,
  rotateOnline,
  shared,
  type Ground,
  type OpenOptions,
} from './support.ts';

// Hundreds of runs of git; the machine may be busy.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

type Run = (ground: Ground, options: OpenOptions) => Promise<unknown>;

const gather: Run = (ground, options) => ground.gather(options);

function proposing(path: string): Run {
  return (ground, options) => ground.propose(path, path, options);
}

function signing(number: number, ...people: readonly string[]): Run {
  return async (ground) => {
    for (const person of people) await ground.sign(person, number);
  };
}

function inTurn(...runs: readonly Run[]): Run {
  return async (ground) => {
    for (const run of runs) await run(ground, {});
  };
}

/**
 * Lets `second` run as a whole before each write of `first`, and hands the result of each to `check`.
 * @param few - the writes that are tried by default, where the others say little more
 */
async function steppingIn(
  start: () => Promise<Ground>,
  first: Run,
  second: Run,
  check: (ground: Ground, write: number) => Promise<void>,
  few: readonly number[] | null = null,
): Promise<void> {
  const before = await record(await start());
  for (let write = 1; RUNS > 1 || few === null || write <= Math.max(...few); write++) {
    if (RUNS === 1 && few?.includes(write) === false) continue;
    const ground = await (await start()).copy();
    const faults = new Faults();
    const others: Promise<unknown>[] = [];
    faults.beforeEach = async (op) => {
      if (others.length > 0 || op.kind !== 'write' || op.index !== write) return;
      const other = second(ground, {});
      others.push(other);
      // While the first run holds the lock of the site, the second waits for it.
      if (!ground.locked) await other;
    };
    await first(ground, { faults });
    await Promise.all(others);
    if (others.length === 0) return;
    await check(ground, write);
    await requireKept(ground, before);
  }
}

async function openEvents(ground: Ground): Promise<readonly string[]> {
  return (await ground.pulls()).filter(({ state }) => state === 'open').map(({ head }) => head);
}

async function keyIdsOf(...people: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(people.map(publicKeyOf))).map(({ keyId }) => keyId).sort();
}

/** An event with enough signatures. */
const complete = shared(async () => {
  const ground = await (await unsigned()).copy();
  await signing(2, 'alice', 'bob')(ground, {});
  return ground;
});

/** The same, and another is queued behind it. */
const ready = shared(async () => {
  const ground = await (await complete()).copy();
  await ground.propose('v1/b', 'b');
  return ground;
});

test('two gathers complete an event once, and build the next again once', async () => {
  const whole = await (await ready()).copy();
  await whole.gather();
  const settled = await whole.state();
  expect(await signedBy(whole, 'releases')).toEqual(['releases v2', await keyIdsOf('alice', 'bob')]);
  await steppingIn(
    ready,
    gather,
    gather,
    async (ground, write) => {
      await ground.gather();
      expect(await ground.state(), `write ${String(write)}`).toBe(settled);
    },
    [2, 5, 7],
  );
});

test('a gather that sees one more signature than the other completes the event all the same', async () => {
  await steppingIn(complete, gather, inTurn(signing(2, 'carol'), gather), async (ground, write) => {
    await ground.gather();
    const [version, signers] = await signedBy(ground, 'releases');
    expect(version).toBe('releases v2');
    expect([await keyIdsOf('alice', 'bob'), await keyIdsOf('alice', 'bob', 'carol')], `write ${String(write)}`).toContainEqual(signers);
    expect(await openEvents(ground)).toEqual([]);
  });
});

/** Holds a run up before it moves a branch: unless told the metadata branch, which is its last write of an event. */
function heldUp(branch: string = 'tuf'): { readonly faults: Faults; readonly reached: Promise<void>; readonly goOn: () => void } {
  const faults = new Faults();
  const { promise: reached, resolve: reach } = deferred();
  const { promise: paused, resolve: goOn } = deferred();
  faults.beforeEach = async ({ name, args }) => {
    if (name !== 'moveBranch' || args[0] !== branch) return;
    reach();
    await paused;
  };
  return { faults, reached, goOn };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

const newRoot = shared(async () => {
  const ground = await (await published()).copy();
  await signing(await ground.proposeNext(await rotateOnline(), 'without targets'), 'alice', 'bob')(ground, {});
  return ground;
});

test.each([
  { name: 'a role', start: complete, between: [], state: 'merged' },
  { name: 'a role, with one more signature', start: complete, between: ['carol'], state: 'closed' },
  { name: 'a root', start: newRoot, between: [], state: 'merged' },
  { name: 'a root, with one more signature', start: newRoot, between: ['carol'], state: 'closed' },
])('two gathers that both stand before the last step for $name leave no event behind', async ({ start, between, state }) => {
  const ground = await (await start()).copy();
  const [first, second] = [heldUp(), heldUp()];
  const one = ground.gather({ faults: first.faults });
  await first.reached;
  await signing(2, ...between)(ground, {});
  const two = ground.gather({ faults: second.faults });
  await second.reached;
  const before = await record(ground);
  first.goOn();
  await one;
  second.goOn();
  await two;
  expect(await ground.pulls()).toMatchObject([{ number: 1 }, { number: 2, state }]);
  expect((await ground.gather()).findings).toEqual([]);
  await requireKept(ground, before);
});

/** Versions of root and of releases that are signed. */
async function versions(ground: Ground): Promise<readonly number[]> {
  const { root, roles } = await ground.base();
  const files = [root, ...[...roles].flatMap(([name, { file }]) => (name === 'releases' ? [file] : []))];
  return files.map(({ signed }) => signed.version);
}

test.each([
  { name: 'a role', start: complete },
  { name: 'a root', start: newRoot },
])('a gather that stands before the last step for $name does not complete what is abandoned', async ({ start }) => {
  const ground = await (await start()).copy();
  const before = await versions(ground);
  const held = heldUp();
  const gathering = ground.gather({ faults: held.faults });
  await held.reached;
  const { live } = await ground.abandon(2);
  expect(live).toHaveLength(2);
  held.goOn();
  await gathering;
  expect(await ground.pulls()).toMatchObject([{ number: 1 }, { number: 2, state: 'closed' }]);
  expect((await ground.gather()).findings).toEqual([]);
  expect(await versions(ground)).toEqual(before);
});

test.each([
  { name: 'a role', start: complete, branch: 'tuf' },
  { name: 'a role', start: complete, branch: 'sign/releases-v2' },
  { name: 'a root', start: newRoot, branch: 'tuf' },
  { name: 'a root', start: newRoot, branch: 'sign/root-v2' },
])(
  'a gather that begins while $name is abandoned, and stands before it moves $branch when that is done, does not complete it',
  async ({ start, branch }) => {
    const ground = await (await start()).copy();
    const before = await versions(ground);
    const held = heldUp(branch);
    const gathering: Promise<unknown>[] = [];
    const faults = new Faults();
    faults.beforeEach = async ({ name }) => {
      // Before the first of them takes their signature back: a gather that begins later counts too few.
      if (name !== 'submitReview' || gathering.length > 0) return;
      gathering.push(ground.gather({ faults: held.faults }));
      await held.reached;
    };
    await ground.abandon(2, { faults });
    held.goOn();
    await Promise.all(gathering);
    expect(gathering).toHaveLength(1);
    expect((await ground.pulls())[1]).toMatchObject({ number: 2, state: 'closed' });
    expect(await versions(ground)).toEqual(before);
    await ground.gather();
    expect(await versions(ground)).toEqual(before);
  },
);

test('an event that somebody closes while another abandons it stays closed, and no other is opened for it', async () => {
  const ground = await (await complete()).copy();
  const faults = new Faults();
  faults.beforeEach = async ({ name, args }) => {
    if (name === 'moveBranch' && args[0] === 'sign/releases-v2') await (await ground.open()).forge.closePull(2);
  };
  await expect(ground.abandon(2, { faults })).rejects.toMatchObject({ code: 'event-unknown' });
  await ground.gather();
  expect(await ground.pulls()).toMatchObject([{ number: 1 }, { number: 2, state: 'closed' }]);
});

test('a propose takes no version that somebody has signed, whenever the event of it is closed', async () => {
  for (let read = 1; ; read++) {
    const ground = await (await complete()).copy();
    const faults = new Faults();
    const closedAt: number[] = [];
    faults.beforeEach = async ({ kind, index }) => {
      if (closedAt.length > 0 || kind === 'write' || index !== read) return;
      closedAt.push(index);
      await (await ground.open()).forge.closePull(2);
    };
    const { version } = await ground.propose('v1/b', 'b', { faults });
    if (closedAt.length === 0) return;
    expect(version, `read ${String(read)}`).toBe(3);
  }
});

test('what people have signed completes on another pull request for its branch, and the next takes the next version', async () => {
  const ground = await (await complete()).copy();
  const { forge } = await ground.open();
  await forge.closePull(2);
  // A writer moves the branch on, so that gather opens another event for it.
  const head = (await forge.branches('sign/releases-v2')).get('sign/releases-v2');
  if (head === undefined) throw new Error('no branch');
  const next = await forge.writeCommit({ base: head, parents: [head], changes: new Map(), message: 'by hand' });
  await forge.moveBranch('sign/releases-v2', head, next, 'fast-forward');
  await ground.gather();
  expect((await ground.pulls()).map(({ state }) => state)).toEqual(['merged', 'closed', 'merged']);
  const { outcome, version } = await ground.propose('v1/b', 'b');
  expect([outcome, version]).toEqual(['opened', 3]);
});

test.each([
  { name: 'a role', start: complete },
  { name: 'a root', start: newRoot },
])('an abandon that comes when a gather has completed $name says so, and changes nothing', async ({ start }) => {
  const ground = await (await start()).copy();
  await ground.gather();
  const before = await ground.state();
  await expect(ground.abandon(2)).rejects.toMatchObject({ code: 'event-unknown' });
  expect(await ground.state()).toBe(before);
});

test('of an abandon and a gather, one wins: the event is merged or it is closed, and never both', async () => {
  const settled = async (ground: Ground, write: number): Promise<void> => {
    await ground.gather();
    const [, pull] = await ground.pulls();
    const [version] = await signedBy(ground, 'releases');
    expect([pull?.state, version], `write ${String(write)}`).toEqual(
      pull?.state === 'merged' ? ['merged', 'releases v2'] : ['closed', 'releases v1'],
    );
  };
  const abandoning: Run = async (ground, options) => {
    try {
      await ground.abandon(2, options);
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'event-unknown')) throw error;
    }
  };
  await steppingIn(complete, abandoning, gather, settled);
  await steppingIn(complete, gather, abandoning, settled);
});

test('gathers at the very same time settle', async () => {
  const ground = await (await ready()).copy();
  const before = await record(ground);
  await Promise.all([ground.gather(), ground.gather(), ground.gather()]);
  await ground.gather();
  expect(await signedBy(ground, 'releases')).toEqual(['releases v2', await keyIdsOf('alice', 'bob')]);
  expect(await openEvents(ground)).toEqual(['sign/releases-v3']);
  await requireKept(ground, before);
});

const released = shared(async () => {
  const ground = await (await complete()).copy();
  await ground.gather();
  return ground;
});

test('two publishes at different times give every version one content', async () => {
  const root = await firstRoot(await released());
  const held = await heldAt([await readSite((await released()).site)], root, day(0));
  const first: Run = async (ground, options) => publish(await ground.open(options));
  const second: Run = async (ground) => publish(await ground.open({ now: addSeconds(day(0), 60) }));
  await steppingIn(released, first, second, async (ground) => requireGood(ground, held, root, addSeconds(day(0), 60)));
});

test('publishes at the very same time settle', async () => {
  const ground = await (await released()).copy();
  const root = await firstRoot(ground);
  await Promise.all([0, 60, 120].map(async (seconds) => publish(await ground.open({ now: addSeconds(day(0), seconds) }))));
  await record(ground);
  await requireGood(ground, [], root, day(0));
  const again = await publish(await ground.open());
  expect([again.outcome, again.snapshot, again.timestamp]).toEqual(['fresh', 2, 2]);
});

test('of a propose and people who sign and gather, what was signed lands, and what was proposed is in one event or lands too', async () => {
  await steppingIn(unsigned, proposing('v1/b'), inTurn(signing(2, 'alice', 'bob'), gather), async (ground, write) => {
    expect(await whereIs(ground, 'releases', 'v1/a'), `write ${String(write)}`).toEqual(['signed']);
    expect(await whereIs(ground, 'releases', 'v1/b')).toHaveLength(1);
    expect(await signedBy(ground, 'releases')).toEqual(['releases v2', await keyIdsOf('alice', 'bob')]);
  });
});

test('of a gather that completes an event and a propose, what was signed lands, and what was proposed is in one event', async () => {
  await steppingIn(complete, gather, proposing('v1/b'), async (ground, write) => {
    await ground.gather();
    expect(await whereIs(ground, 'releases', 'v1/a'), `write ${String(write)}`).toEqual(['signed']);
    expect(await whereIs(ground, 'releases', 'v1/b')).toHaveLength(1);
    expect(await openEvents(ground)).toEqual(['sign/releases-v3']);
  });
});

test('a propose that has seen no signature, and goes on while a gather completes, costs nobody anything', async () => {
  for (const write of briefly([1, 2, 3, 4, 5], (one) => one !== 3 && one !== 4)) {
    const ground = await (await unsigned()).copy();
    const [proposal, completion] = [new Faults(), new Faults()];
    let proposed: Promise<unknown> = Promise.resolve();
    let goOn: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => (goOn = resolve));
    const reached = new Promise<void>((resolve) => {
      proposal.beforeEach = async ({ name, kind }) => {
        if (kind === 'read' || name !== 'moveBranch') return;
        resolve();
        await paused;
      };
    });
    proposed = ground.propose('v1/b', 'b', { faults: proposal });
    await reached;
    await signing(2, 'alice', 'bob')(ground, {});
    const before = await record(ground);
    completion.beforeEach = async ({ index, kind }) => {
      if (kind === 'read' || index !== write) return;
      goOn();
      await proposed;
    };
    await ground.gather({ faults: completion });
    goOn();
    await proposed;
    await ground.gather();
    // What was signed lands, or everything is proposed again under a version that nobody has signed.
    const a = await whereIs(ground, 'releases', 'v1/a');
    const b = await whereIs(ground, 'releases', 'v1/b');
    expect([a.length, b.length], `write ${String(write)}`).toEqual([1, 1]);
    expect(await openEvents(ground)).toEqual(['sign/releases-v3']);
    const [number] = b;
    await ground.complete(typeof number === 'number' ? number : 0, ['alice', 'bob']);
    expect([await whereIs(ground, 'releases', 'v1/a'), await whereIs(ground, 'releases', 'v1/b')]).toEqual([['signed'], ['signed']]);
    await requireKept(ground, before);
  }
});

/** Signs and gathers what is open until nothing is. */
async function completeAll(ground: Ground): Promise<void> {
  for (;;) {
    const { events } = await ground.gather();
    const next = events.find(({ state }) => state === 'waiting');
    if (next === undefined) return;
    for (const person of next.roles.flatMap(({ requirements }) => requirements.flatMap(({ missing }) => missing)).slice(0, 2)) {
      await ground.sign(person, next.pull.number);
    }
  }
}

test('a version that was signed for other bytes is left out, and what takes the next one meanwhile is not overwritten', async () => {
  await steppingIn(
    overtaken,
    gather,
    proposing('v1/c'),
    async (ground, write) => {
      await ground.gather();
      for (const path of ['v1/a', 'v1/b', 'v1/c'])
        expect(await whereIs(ground, 'releases', path), `${path}, write ${String(write)}`).toHaveLength(1);
      if (write > 2) return;
      await completeAll(ground);
      for (const path of ['v1/a', 'v1/b', 'v1/c']) expect(await whereIs(ground, 'releases', path)).toEqual(['signed']);
      expect([...(await record(ground)).signed.keys()].filter((name) => name.startsWith('releases v2 '))).toEqual([]);
    },
    [1, 2],
  );
});

test.each([
  { name: 'that open an event of one role', start: published, second: 'v1/c', events: ['sign/releases-v2'] },
  { name: 'that add to an event', start: unsigned, second: 'v1/c', events: ['sign/releases-v2'] },
  { name: 'of two roles', start: published, second: 'docs/c', events: ['sign/docs-v2', 'sign/releases-v2'] },
])('two proposes $name lose nothing', async ({ start, second, events }) => {
  const role = second.startsWith('docs/') ? 'docs' : 'releases';
  const check = async (ground: Ground): Promise<void> => {
    expect([...(await openEvents(ground))].sort()).toEqual(events);
    expect(await whereIs(ground, 'releases', 'v1/b')).toHaveLength(1);
    expect(await whereIs(ground, role, second)).toHaveLength(1);
  };
  await steppingIn(start, proposing('v1/b'), proposing(second), check);
  const ground = await (await start()).copy();
  await Promise.all([proposing('v1/b')(ground, {}), proposing(second)(ground, {})]);
  await check(ground);
});

test('of two inits one begins the repository, and its root is the one that is shown', async () => {
  const ids = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
  for (let write = 1; write <= 5; write++) {
    const ground = await emptyGround();
    const faults = new Faults();
    const codes: unknown[] = [];
    const shown: string[] = [];
    const attempt = async (id: string | undefined, options: OpenOptions): Promise<void> => {
      const result = await ground.init(options, id).catch((error: unknown) => {
        if (error instanceof CountersignError) return error;
        throw error;
      });
      if (result instanceof CountersignError) codes.push(result.code);
      else shown.push(result.root);
    };
    faults.beforeEach = async ({ kind, index }) => {
      if (kind === 'write' && index === write) await attempt(ids[1], {});
    };
    await attempt(ids[0], { faults });
    expect(shown).toHaveLength(1);
    expect(codes).toHaveLength(1);
    expect(['ref-conflict', 'already-exists']).toContain(codes[0]);
    const [pull, ...more] = await ground.pulls();
    expect(more).toEqual([]);
    expect(pull?.body).toContain(shown[0]);
  }
});
