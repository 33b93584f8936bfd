// SPDX-License-Identifier: Apache-2.0
import type { Files } from '../ports.ts';
import { encodeRoleName, TOP_LEVEL_ROLES, type RoleName, type TopLevelRole } from '../tuf/names.ts';
import { DEFAULT_LIMITS } from './limits.ts';

/**
 * What a client holds between updates: verified files, byte for byte as they were served, under names without versions
 * (`root.json`, `timestamp.json`, `snapshot.json`, one for each role). Whoever can write here decides what the client trusts.
 */
export interface ClientStore {
  /** A file's bytes; null when it is absent. @throws `io` */
  read(name: string): Promise<Uint8Array | null>;
  /** Writes or replaces a file atomically. @throws `io` */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; nothing happens if it is absent. @throws `io` */
  remove(name: string): Promise<void>;
}

/**
 * A store, and how to have it alone: an update that is overtaken by another must not put its older files back. Whoever implements it for several
 * processes must let one `work` at a time run among all of them, and refuse the changes of one whose turn was given to the next because it stood still;
 * {@link openCache} does so for a directory.
 */
export interface TrustCache {
  /** The files. */
  readonly store: ClientStore;
  /** Runs `work` while nobody else changes the store. @throws `locked` when it is not to be had, whatever `work` throws */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** The name under which a store holds a role's file. */
export function storeName(role: RoleName | TopLevelRole): string {
  const encoded = encodeRoleName(role);
  const lower = encoded.toLowerCase();
  // A file system that ignores case would let a delegated role called "Root" replace the trusted root.
  if (lower !== encoded && TOP_LEVEL_ROLES.some((name) => name === lower)) {
    return `%${encoded.charCodeAt(0).toString(16).toUpperCase()}${encoded.slice(1)}.json`;
  }
  return `${encoded}.json`;
}

/** A store in memory, whose files can be looked at. */
export interface MemoryStore extends ClientStore {
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A store in memory, which begins with these files. */
export function memoryStore(files: ReadonlyMap<string, Uint8Array> = new Map()): MemoryStore {
  const held = new Map(files);
  return {
    files: held,
    read: async (name) => held.get(name) ?? null,
    write: async (name, bytes) => {
      held.set(name, bytes);
    },
    remove: async (name) => {
      held.delete(name);
    },
  };
}

/** A view of a store that changes nothing in it. */
export interface StoreCopy {
  /** Reads what the store holds and keeps what is written in memory. */
  readonly store: ClientStore;
  /** Whether a file that was read is another one by now: somebody else has updated meanwhile. @throws `io` */
  isOutdated(): Promise<boolean>;
}

/** Copies a store as it is read, each file once, so that what is written is seen here alone. */
export function copyOf(original: ClientStore): StoreCopy {
  const held = new Map<string, Uint8Array | null>();
  const given = new Map<string, Uint8Array | null>();
  return {
    store: {
      read: async (name) => {
        const known = held.get(name);
        if (known !== undefined) return known;
        const bytes = await original.read(name);
        given.set(name, bytes);
        held.set(name, bytes);
        return bytes;
      },
      write: async (name, bytes) => {
        held.set(name, bytes);
      },
      remove: async (name) => {
        held.set(name, null);
      },
    },
    isOutdated: async () => {
      for (const [name, bytes] of given) {
        const now = await original.read(name);
        if (Buffer.compare(now ?? new Uint8Array(), bytes ?? new Uint8Array()) !== 0 || (now === null) !== (bytes === null)) return true;
      }
      return false;
    },
  };
}

/** Runs what it is given one after the other, each when the one before has ended. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    // Whoever began it is told of its failure; what comes after it is not.
    last = next.then(
      () => undefined,
      () => undefined,
    );
    return next;
  };
}

/**
 * A cache that ends with the process. The next process trusts its given root alone again, so a host may show it files that are older than those that
 * this one has seen.
 */
export function memoryCache(): TrustCache {
  return { store: memoryStore(), exclusively: oneAtATime() };
}

/** A store in a directory. */
export function filesStore(files: Files): ClientStore {
  return {
    read: (name) => files.read(name, DEFAULT_LIMITS.maxListedBytes),
    write: (name, bytes) => files.write(name, bytes),
    remove: (name) => files.remove(name),
  };
}
