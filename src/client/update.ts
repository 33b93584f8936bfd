// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { trustInitialRoot } from '../tuf/trusted-set.ts';
import type { Session } from './roles.ts';
import type { RepositorySource } from './source.ts';
import { storeName, type ClientStore } from './store.ts';
import { bootstrap, refresh, type RefreshOptions } from './updater.ts';

/**
 * As {@link bootstrap}, for a store that may have come to harm: a stored root that is no valid root any more is replaced by the given one, from which the
 * update then comes to the newest again. The other files stay, and with them what the next update must not fall behind.
 * @returns `repaired` when the stored root was no valid one, otherwise as {@link bootstrap}
 * @throws as {@link bootstrap}
 */
export async function startFromRoot(
  store: ClientStore,
  rootBytes: Uint8Array,
  time: Instant,
): Promise<'created' | 'kept' | 'renewed' | 'repaired'> {
  const name = storeName('root');
  const held = await store.read(name);
  // The given one again is judged there.
  const isSound = held === null || Buffer.compare(held, rootBytes) === 0 || trustInitialRoot(held, time).kind === 'accepted';
  if (isSound) return bootstrap(store, rootBytes, time);
  await store.remove(name);
  await bootstrap(store, rootBytes, time);
  return 'repaired';
}

/**
 * What a store holds, as a repository: nothing newer is there than what the client has. An update from it verifies the store as it is and
 * needs no network; a role that was never fetched is absent.
 */
export function offlineSource(store: ClientStore): RepositorySource {
  return {
    metadata: async (path) => (path === TIMESTAMP_PATH ? store.read(storeName('timestamp')) : null),
    target: async () => null,
    list: async () => null,
  };
}

/**
 * Updates from the first mirror whose files verify: one that is dead, or serves old or altered files, must not stop an update that another allows. What
 * was verified on the way stays stored, so that no mirror can lead back behind another.
 * @param mirrors - in order of preference, at least one
 * @returns the session, whose source is that mirror
 * @throws what the first mirror has failed with when all do
 */
export async function refreshFromMirrors(
  mirrors: readonly RepositorySource[],
  store: ClientStore,
  options: RefreshOptions,
): Promise<Session> {
  let first: CountersignError | null = null;
  for (const source of mirrors) {
    try {
      return await refresh(source, store, options);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      first ??= error;
    }
  }
  throw first ?? new CountersignError('usage', 'mirrors', 'expected at least one, got none');
}
