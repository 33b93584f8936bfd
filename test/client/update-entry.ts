// SPDX-License-Identifier: Apache-2.0
// A client as a process of its own. Its argument: what to do, as JSON. It prints the code of each round, and can kill itself at a change of its store.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openCache } from '../../src/client/directory-store.ts';
import { openHttpSource } from '../../src/client/http-source.ts';
import { findTarget } from '../../src/client/roles.ts';
import type { ClientStore } from '../../src/client/store.ts';
import { requireFound } from '../../src/client/target-selection.ts';
import { refresh } from '../../src/client/updater.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';

/** What the process does. */
export interface UpdateOrder {
  /** The directory of the cache; it has a root. */
  readonly cache: string;
  readonly url: string;
  readonly time: string;
  readonly target: string;
  /** How many updates, one after the other. */
  readonly rounds: number;
  /** Where it dies: in the change of this number, once so much of it can be seen in the directory, or after it; null to live. */
  readonly dies: { readonly change: number; readonly steps: 1 | 2 | 'all' } | null;
}

/** Names and sizes of a directory's files, as one text. */
function seenIn(directory: string): string {
  return readdirSync(directory)
    .map((name) => `${name} ${String(statSync(join(directory, name), { throwIfNoEntry: false })?.size)}`)
    .sort()
    .join('\n');
}

const die = (): void => void process.kill(process.pid, 'SIGKILL');

/** Looks at the directory in each turn, and dies when it has changed so often. */
function dieAfter(steps: number, directory: string): void {
  let left = steps;
  let seen = seenIn(directory);
  const look = (): void => {
    const now = seenIn(directory);
    if (now !== seen && --left === 0) die();
    seen = now;
    setImmediate(look);
  };
  setImmediate(look);
}

function mortal(store: ClientStore, { dies, cache }: UpdateOrder): ClientStore {
  let changes = 0;
  const change = async (operation: () => Promise<void>): Promise<void> => {
    const isLast = dies !== null && changes++ === dies.change;
    if (isLast && dies.steps !== 'all') dieAfter(dies.steps, cache);
    await operation();
    if (isLast) die();
  };
  return {
    read: store.read,
    write: (name, bytes) => change(() => store.write(name, bytes)),
    remove: (name) => change(() => store.remove(name)),
  };
}

async function update(order: UpdateOrder): Promise<string> {
  const cache = openCache(order.cache);
  const store = mortal(cache.store, order);
  const source = openHttpSource({ metadataUrls: [`${order.url}/metadata`], targetUrls: [`${order.url}/targets`] });
  const target = parseTargetPath(order.target, 'test');
  try {
    await cache.exclusively(async () => {
      const { result } = await findTarget(await refresh(source, store, { time: parseInstant(order.time, 'test') }), target);
      requireFound(target, result);
    });
    return 'none';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  } finally {
    await source.close();
  }
}

const order = JSON.parse(process.argv[2] ?? '') as UpdateOrder;
const codes: string[] = [];
for (let round = 0; round < order.rounds; round++) codes.push(await update(order));
process.stdout.write(JSON.stringify(codes));
