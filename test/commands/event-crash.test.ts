// SPDX-License-Identifier: Apache-2.0
// Init, propose and gather, ended at each of their writes: the next run goes on, and nothing that was proposed or signed is lost.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Faults, Killed, type Kill } from '../fakes/faults.ts';
import { record, requireKept, signedBy, whereIs } from './invariants.ts';
import { killsOf } from './publish-runs.ts';
import {
  briefly,
  emptyGround,
  makeScratch,
  overtaken,
  unsigned,
  PEOPLE,
  published,
  publicKeyOf,
  removeScratch,
  shared,
  type Ground,
  type OpenOptions,
} from './support.ts';

// Hundreds of runs of git; the machine may be busy.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

type Run = (ground: Ground, options: OpenOptions) => Promise<unknown>;

/** Every way to end a run. */
async function everyKill(start: () => Promise<Ground>, run: Run): Promise<readonly Kill[]> {
  const faults = new Faults();
  await run(await (await start()).copy(), { faults });
  return killsOf(faults.writes);
}

async function ended(start: () => Promise<Ground>, run: Run, kill: Kill): Promise<Ground> {
  const ground = await (await start()).copy();
  await expect(run(ground, { faults: new Faults(kill) }), `${kill.when} write ${String(kill.index)}`).rejects.toThrow(Killed);
  return ground;
}

async function openEvents(ground: Ground): Promise<readonly string[]> {
  return (await ground.pulls()).filter(({ state }) => state === 'open').map(({ head }) => head);
}

const empty = shared(emptyGround);

test('init, ended at any write, is begun again, or says that there is an event to go on with', async () => {
  const init: Run = (ground, options) => ground.init(options);
  for (const kill of await everyKill(empty, init)) {
    const ground = await ended(empty, init, kill);
    const again = await ground.init({}, '00000000-0000-4000-8000-000000000002').catch((error: unknown) => error);
    if (again instanceof Error) expect(again).toMatchObject({ code: 'already-exists' });
    expect(await openEvents(ground)).toEqual(['sign/root-v1']);
    const [pull] = await ground.pulls();
    // Only once the pull request is there, where people may have signed it, does the first one stay.
    const last = kill.index > 5 || (kill.index === 5 && kill.when === 'after');
    expect(again instanceof Error).toBe(last);
    expect(pull?.body).toContain(`00000000-0000-4000-8000-00000000000${last ? '1' : '2'}`);
    if (kill.index >= 4) await ground.complete(pull?.number ?? 0, PEOPLE);
  }
});

/** Nothing is open. */
const quiet = published;

/** An event that one person has signed. */
const begun = shared(async () => {
  const ground = await (await unsigned()).copy();
  await ground.sign('alice', 2);
  return ground;
});

const b =
  (whenOpen: 'queue' | 'add'): Run =>
  (ground, options) =>
    ground.propose('v1/b', 'b', { ...options, whenOpen });

test.each([
  { name: 'that opens an event', start: quiet, run: b('queue'), events: ['sign/releases-v2'], paths: ['v1/b'] },
  { name: 'that adds to an event', start: unsigned, run: b('queue'), events: ['sign/releases-v2'], paths: ['v1/a', 'v1/b'] },
  { name: 'that queues', start: begun, run: b('queue'), events: ['sign/releases-v2', 'sign/releases-v3'], paths: ['v1/a', 'v1/b'] },
  {
    name: 'that goes on with a signed event',
    start: begun,
    run: b('add'),
    events: ['sign/releases-v2', 'sign/releases-v3'],
    paths: ['v1/b'],
  },
])('a propose $name, ended at any write, is completed by the next propose or gather', async ({ start, run, events, paths }) => {
  const before = await record(await start());
  for (const [turn, kill] of briefly(await everyKill(start, run), ({ index }) => index > 1).entries()) {
    const ground = await ended(start, run, kill);
    // The host's own runs come in between now and then.
    if (turn % 2 === 1) await ground.gather();
    await run(ground, {});
    expect(await openEvents(ground), `${kill.when} write ${String(kill.index)}`).toEqual(events);
    for (const path of paths) expect(await whereIs(ground, 'releases', path), path).toHaveLength(1);
    await ground.gather();
    const last = (await ground.pulls()).find(({ head }) => head === events.at(-1));
    expect(last?.body, 'the text of the proposal').toContain('<code>v1/b</code>');
    const faults = new Faults();
    await run(ground, { faults });
    expect(faults.writes).toEqual([]);
    await requireKept(ground, before);
  }
});

/** One event is complete, one is queued behind it, and one of another role has a signature. */
const ready = shared(async () => {
  const ground = await (await begun()).copy();
  await ground.propose('v1/b', 'b');
  await ground.propose('docs/c', 'c');
  await ground.sign('alice', 4);
  await ground.sign('bob', 2);
  return ground;
});

test('a gather that completes an event and builds the next again, ended at any write, is completed by the next gather', async () => {
  const run: Run = (ground, options) => ground.gather(options);
  const before = await record(await ready());
  const whole = await (await ready()).copy();
  expect(await whole.gather()).toMatchObject({ completed: [2], rebuilt: [3] });
  const signers = await Promise.all(['alice', 'bob'].map(async (name) => (await publicKeyOf(name)).keyId));
  expect(await signedBy(whole, 'releases')).toEqual(['releases v2', signers.sort()]);
  expect(await openEvents(whole)).toEqual(['sign/releases-v3', 'sign/docs-v2']);
  expect(await whereIs(whole, 'releases', 'v1/a')).toEqual(['signed']);
  expect(await whereIs(whole, 'releases', 'v1/b')).toEqual([3]);
  expect(await whereIs(whole, 'docs', 'docs/c')).toEqual([4]);
  const settled = await whole.state();
  await whole.gather();
  expect(await whole.state()).toBe(settled);
  // What is behind the eighth write only shows a status.
  for (const kill of briefly(await everyKill(ready, run), ({ index, when }) => (index >= 2 && index <= 8) || when === 'after')) {
    const ground = await ended(ready, run, kill);
    await ground.gather();
    expect(await ground.state(), `${kill.when} write ${String(kill.index)}`).toBe(settled);
    await requireKept(ground, before);
  }
});

test('a gather that builds an event again under the next version, ended at any write, is completed by the next gather', async () => {
  const run: Run = (ground, options) => ground.gather(options);
  const before = await record(await overtaken());
  for (const kill of await everyKill(overtaken, run)) {
    const ground = await ended(overtaken, run, kill);
    await ground.gather();
    expect(await openEvents(ground), `${kill.when} write ${String(kill.index)}`).toEqual(['sign/releases-v3']);
    for (const path of ['v1/a', 'v1/b']) expect(await whereIs(ground, 'releases', path)).toEqual([3]);
    await requireKept(ground, before);
  }
});
