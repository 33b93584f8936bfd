// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** One change of a ref: null before means that it must not exist, null after deletes it; `undefined` before accepts anything. */
export interface RefChange {
  readonly name: string;
  readonly before: string | null | undefined;
  readonly after: string | null;
}

/** Why a change was not made. */
export interface RefRefusal {
  readonly name: string;
  readonly reason: 'moved' | 'locked' | 'name';
}

/** Reading of refs: those on disk, or those of a moment ago. */
export interface Refs {
  get(name: string): string | null;
  /** All refs whose full name starts with `prefix`, sorted by name. */
  list(prefix: string): readonly (readonly [string, string])[];
}

/**
 * The refs of a bare repository as git keeps them: a file for each, changed under git's own lock (`<ref>.lock`, created exclusively), so that a push at
 * the same moment and this process exclude each other.
 */
export class RefStore implements Refs {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  get(name: string): string | null {
    if (!isRefName(name)) return null;
    return this.#read(name);
  }

  list(prefix: string): readonly (readonly [string, string])[] {
    const found: (readonly [string, string])[] = [];
    const start = prefix.slice(0, prefix.lastIndexOf('/') + 1).replace(/\/$/, '');
    if (start.split('/').includes('..')) return [];
    this.#walk(start, prefix, found);
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Makes all changes or none. */
  update(changes: readonly RefChange[]): RefRefusal | null {
    const locked: { readonly change: RefChange; readonly lock: string }[] = [];
    const release = (): void => locked.forEach(({ lock }) => rmSync(lock, { force: true }));
    for (const change of changes) {
      const refusal = this.#lock(change, locked);
      if (refusal !== null) {
        release();
        return refusal;
      }
    }
    for (const { change, lock } of locked) this.#apply(change, lock);
    return null;
  }

  #lock(change: RefChange, locked: { readonly change: RefChange; readonly lock: string }[]): RefRefusal | null {
    const { name } = change;
    if (!isRefName(name)) return { name, reason: 'name' };
    const path = join(this.directory, name);
    const lock = `${path}.lock`;
    let file: number;
    try {
      mkdirSync(dirname(path), { recursive: true });
      file = openSync(lock, 'wx');
    } catch (error) {
      // A ref `a` and a ref `a/b` can't be at once.
      if (codeOf(error) === 'ENOTDIR' || (codeOf(error) === 'EEXIST' && !lockExists(lock))) return { name, reason: 'name' };
      if (codeOf(error) === 'EEXIST') return { name, reason: 'locked' };
      throw error;
    }
    locked.push({ change, lock });
    if (change.after !== null) writeSync(file, `${change.after}\n`);
    closeSync(file);
    const current = this.#read(name);
    if (current === null && change.after !== null && !this.#clearDirectory(path)) return { name, reason: 'name' };
    if (change.before !== undefined && current !== change.before) return { name, reason: 'moved' };
    return null;
  }

  #apply(change: RefChange, lock: string): void {
    const path = join(this.directory, change.name);
    if (change.after !== null) {
      renameSync(lock, path);
      return;
    }
    rmSync(path, { force: true });
    unlinkSync(lock);
    for (let parent = dirname(path); parent.length > join(this.directory, 'refs/heads').length; parent = dirname(parent)) {
      try {
        rmdirSync(parent);
      } catch {
        break; // Other refs are in it.
      }
    }
  }

  /** An empty directory where a ref should be is in the way; a full one means refs below that name. */
  #clearDirectory(path: string): boolean {
    try {
      if (!statSync(path).isDirectory()) return true;
      rmdirSync(path);
      return true;
    } catch (error) {
      return codeOf(error) === 'ENOENT';
    }
  }

  #read(name: string): string | null {
    try {
      const text = readFileSync(join(this.directory, name), 'latin1').trim();
      return /^[0-9a-f]{40}$/.test(text) ? text : null;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null;
      throw error;
    }
  }

  #walk(directory: string, prefix: string, found: (readonly [string, string])[]): void {
    let entries;
    try {
      entries = readdirSync(join(this.directory, directory), { withFileTypes: true });
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return;
      throw error;
    }
    for (const entry of entries) {
      const name = `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        if (name.startsWith(prefix) || prefix.startsWith(`${name}/`)) this.#walk(name, prefix, found);
      } else if (name.startsWith(prefix) && !name.endsWith('.lock')) {
        const sha = this.#read(name);
        if (sha !== null) found.push([name, sha]);
      }
    }
  }
}

/** Refs as they were. */
export class FrozenRefs implements Refs {
  readonly #refs: ReadonlyMap<string, string>;

  constructor(refs: readonly (readonly [string, string])[]) {
    this.#refs = new Map(refs);
  }

  get(name: string): string | null {
    return this.#refs.get(name) ?? null;
  }

  list(prefix: string): readonly (readonly [string, string])[] {
    return [...this.#refs].filter(([name]) => name.startsWith(prefix));
  }
}

/** Whether git would take the name (git check-ref-format), with `refs/` and two slashes as GitHub asks. */
export function isRefName(name: string): boolean {
  return (
    /^refs\/[^/]+\/.+$/.test(name) && !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.lock(?:\/|$)|\/\.|[./]$/.test(name) && !name.includes('//')
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function lockExists(lock: string): boolean {
  try {
    return statSync(lock).isFile();
  } catch {
    return false;
  }
}
