// SPDX-License-Identifier: Apache-2.0
// Runs of publish that are watched, or ended at one of their writes.
import { expect } from 'vitest';
import { verifyRepository } from '../../src/client/verify-repository.ts';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore, type MemoryStore } from '../../src/client/store.ts';
import { publish, type PublishResult } from '../../src/commands/publish.ts';
import type { Instant } from '../../src/tuf/instant.ts';
import { Faults, Killed, type Kill, type Op } from '../fakes/faults.ts';
import { listing, newStore, readBranch, readSite, rootsOf, updateClient, type Site } from './clients.ts';
import type { Ground, OpenOptions } from './support.ts';

/** What a publish starts from, and when it runs. */
export interface Scenario {
  readonly name: string;
  readonly ground: () => Promise<Ground>;
  readonly now: Instant;
  /** The online keys at hand. */
  readonly keys: readonly string[];
  /** Whether clients that read their roots before a change and the rest after it are served as well. */
  readonly seamless: boolean;
}

/** A run that went through: the site before it, and after each of its writes. */
export interface Watched {
  readonly sites: readonly Site[];
  readonly writes: readonly Op[];
  readonly result: PublishResult;
}

/** Runs publish and looks at the site after each write. */
export async function watchPublish(ground: Ground, options: OpenOptions): Promise<Watched> {
  const sites = [await readSite(ground.site)];
  const faults = new Faults();
  faults.afterWrite = async () => void sites.push(await readSite(ground.site));
  const result = await publish(await ground.open({ ...options, faults }));
  return { sites, writes: faults.writes, result };
}

/** Runs publish until it is ended. */
export async function killPublish(ground: Ground, options: OpenOptions, kill: Kill): Promise<void> {
  const run = publish(await ground.open({ ...options, faults: new Faults(kill) }));
  await expect(run, `${kill.when} write ${String(kill.index)}`).rejects.toThrow(Killed);
}

/** The bytes of root v1, which every client ships with. */
export async function firstRoot(ground: Ground): Promise<Uint8Array> {
  const bytes = (await ground.base()).roots[0]?.bytes;
  if (bytes === undefined) throw new Error('no root');
  return bytes;
}

function copyOf(store: MemoryStore): MemoryStore {
  return memoryStore(store.files);
}

/** A client that met a moment that no client should meet. */
export interface Finding {
  /** How many writes had happened when the client last updated; `new` for one that never did. */
  readonly held: number | 'new';
  /** How many have happened now. */
  readonly writes: number;
  readonly generation: string;
}

/** Whether clients read everything at one moment, or their roots at an earlier one than the rest. */
export type Reading = 'at once' | 'while it changes';

/**
 * Lets clients of every kind update at every moment: new ones, those that hold the first state, and those that updated at any earlier moment.
 * @returns the meetings that gave neither the first generation nor the last
 */
export async function strayViews(sites: readonly Site[], root: Uint8Array, time: Instant, reading: Reading): Promise<readonly Finding[]> {
  const first = sites[0] ?? new Map();
  const last = sites.at(-1) ?? new Map();
  const view = async (site: Site): Promise<string> => (await updateClient(mapSource(site), await newStore(root, time), time)).generation;
  const good = new Set([await view(first), await view(last)]);
  const strays: Finding[] = [];
  // Clients that hold the same are one client.
  const stores = new Map<string, readonly [number | 'new', MemoryStore]>();
  const started = await newStore(root, time);
  stores.set(listing(started.files), ['new', started]);
  for (const [writes, site] of sites.entries()) {
    const earlier = reading === 'at once' ? [site] : sites.slice(0, writes + 1);
    for (const [held, store] of stores.values()) {
      for (const [index, rootsAt] of earlier.entries()) {
        if (held !== 'new' && reading === 'while it changes' && index < held) continue;
        const { generation } = await updateClient(rootsOf(rootsAt, site), copyOf(store), time);
        if (!good.has(generation)) strays.push({ held, writes, generation });
      }
    }
    const updated = await newStore(root, time);
    await updateClient(mapSource(site), updated, time);
    const name = listing(updated.files);
    if (!stores.has(name)) stores.set(name, [writes, updated]);
  }
  return strays;
}

/** What clients hold that updated at any of these moments, each content once. */
export async function heldAt(sites: readonly Site[], root: Uint8Array, time: Instant): Promise<readonly ReadonlyMap<string, Uint8Array>[]> {
  const held = new Map<string, ReadonlyMap<string, Uint8Array>>();
  for (const site of sites) {
    const store = await newStore(root, time);
    await updateClient(mapSource(site), store, time);
    held.set(listing(store.files), store.files);
  }
  return [...held.values()];
}

/** Requires the site and the published branch to be the same and to verify, targets included, for new clients and for those that hold something. */
export async function requireGood(
  ground: Ground,
  held: readonly ReadonlyMap<string, Uint8Array>[],
  root: Uint8Array,
  time: Instant,
): Promise<void> {
  const site = await readSite(ground.site);
  const branch = new Map(await readBranch((await ground.open()).forge));
  for (const unserved of ['.nojekyll', 'files.txt']) branch.delete(unserved);
  expect(listing(site)).toBe(listing(branch));
  const report = await verifyRepository(mapSource(site), { time, targets: 'all', anchor: { kind: 'root', bytes: root }, held });
  expect(report.problems).toEqual([]);
  expect(report.targetsAbsent).toEqual([]);
}

/** Each write before which a run can end, and the last one after which it can: ending after one write and before the next leave the same. */
export function killsOf(writes: readonly Op[]): readonly Kill[] {
  return [...writes.map(({ index }): Kill => ({ index, when: 'before' })), { index: writes.length, when: 'after' }];
}

interface Uninterrupted {
  readonly watched: Watched;
  readonly root: Uint8Array;
}

const runs = new Map<Scenario, Promise<Uninterrupted>>();

/** The run that nothing ends, once for each scenario. */
function uninterrupted(scenario: Scenario): Promise<Uninterrupted> {
  const run = async (): Promise<Uninterrupted> => ({
    root: await firstRoot(await scenario.ground()),
    watched: await watchPublish(await (await scenario.ground()).copy(), scenario),
  });
  const known = runs.get(scenario) ?? run();
  runs.set(scenario, known);
  return known;
}

/** Lets every client update at every moment of a publish: each must see the first generation or the last. */
export async function requireConsistent(scenario: Scenario): Promise<void> {
  const { now, seamless } = scenario;
  const { watched, root } = await uninterrupted(scenario);
  expect(watched.result.outcome).toBe('published');
  expect(await strayViews(watched.sites, root, now, 'at once')).toEqual([]);
  if (seamless) expect(await strayViews(watched.sites, root, now, 'while it changes')).toEqual([]);
}

/** Ends a publish at each of its writes: the branch is whole, the next run completes, and one more has nothing to do. */
export async function requireResumable(scenario: Scenario): Promise<void> {
  const { ground: start, now, keys } = scenario;
  const { watched, root } = await uninterrupted(scenario);
  const held = await heldAt(watched.sites, root, now);
  const view = async (site: Site): Promise<string> => (await updateClient(mapSource(site), await newStore(root, now), now)).generation;
  const last = watched.sites.at(-1) ?? new Map();
  const generations = new Set([await view(watched.sites[0] ?? new Map()), await view(last)]);
  for (const kill of killsOf(watched.writes)) {
    const ground = await (await start()).copy();
    await killPublish(ground, { now, keys }, kill);
    const moment = watched.sites[kill.when === 'before' ? kill.index - 1 : kill.index] ?? new Map();
    expect(listing(await readSite(ground.site))).toBe(listing(moment));
    expect(generations).toContain(await view(await readBranch((await ground.open()).forge)));
    await publish(await ground.open({ now, keys }));
    expect(listing(await readSite(ground.site))).toBe(listing(last));
    await requireGood(ground, held, root, now);
    const faults = new Faults();
    const again = await publish(await ground.open({ now, keys, faults }));
    expect([again.outcome, again.site.outcome, faults.writes]).toEqual(['fresh', 'unchanged', []]);
  }
}
