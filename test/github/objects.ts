// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

/** What a git object can be. */
export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** One git object. */
export interface GitObject {
  readonly type: ObjectType;
  readonly body: Buffer;
}

/** An entry of one tree object. */
export interface TreeItem {
  readonly mode: string;
  readonly name: string;
  readonly sha: string;
}

/** Who wrote a commit, and when (ISO 8601). */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

/** A commit, parsed. */
export interface CommitObject {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** Bytes of objects kept in memory; beyond it the oldest go, since the disk has them too. */
const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * The objects of a repository and its forks: real loose objects of git on disk, read and written here without a process for each.
 * Objects never change, so what was read once is kept.
 */
export class ObjectStore {
  readonly directory: string;
  readonly #cache: Map<string, GitObject> = new Map();
  readonly #commits: Map<string, CommitObject> = new Map();
  readonly #trees: Map<string, readonly TreeItem[]> = new Map();
  readonly #fans: Set<string> = new Set();
  #cachedBytes = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Writes an object; gives its id. */
  put(type: ObjectType, body: Buffer): string {
    const header = Buffer.from(`${type} ${body.length}\0`);
    const sha = createHash('sha1').update(header).update(body).digest('hex');
    if (this.#cache.has(sha)) return sha;
    const fan = join(this.directory, sha.slice(0, 2));
    const path = join(fan, sha.slice(2));
    if (!this.#fans.has(fan)) {
      mkdirSync(fan, { recursive: true });
      this.#fans.add(fan);
    }
    // No file half written is ever read: nothing names an object before this returns.
    if (!existsSync(path)) writeFileSync(path, deflateSync(Buffer.concat([header, body]), { level: 1 }));
    this.#remember(sha, { type, body });
    return sha;
  }

  /** An object; null when there is none. */
  get(sha: string): GitObject | null {
    const cached = this.#cache.get(sha);
    if (cached !== undefined) return cached;
    if (!/^[0-9a-f]{40}$/.test(sha)) return null;
    let packed: Buffer;
    try {
      packed = readFileSync(join(this.directory, sha.slice(0, 2), sha.slice(2)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
    const whole = inflateSync(packed);
    const end = whole.indexOf(0);
    const type = whole.toString('latin1', 0, whole.indexOf(32));
    if (type !== 'blob' && type !== 'tree' && type !== 'commit' && type !== 'tag') throw new Error(`object ${sha}: type ${type}`);
    const object: GitObject = { type, body: whole.subarray(end + 1) };
    this.#remember(sha, object);
    return object;
  }

  /** Entries of a tree object; null when it is none. */
  tree(sha: string): readonly TreeItem[] | null {
    const cached = this.#trees.get(sha);
    if (cached !== undefined) return cached;
    if (sha === EMPTY_TREE) return [];
    const object = this.get(sha);
    if (object?.type !== 'tree') return null;
    const items: TreeItem[] = [];
    const { body } = object;
    for (let at = 0; at < body.length;) {
      const space = body.indexOf(32, at);
      const end = body.indexOf(0, space);
      const mode = body.toString('latin1', at, space).padStart(6, '0');
      items.push({ mode, name: body.toString('utf8', space + 1, end), sha: body.toString('hex', end + 1, end + 21) });
      at = end + 21;
    }
    this.#trees.set(sha, items);
    return items;
  }

  /** Writes a tree object. */
  putTree(items: readonly TreeItem[]): string {
    const key = (item: TreeItem): Buffer => Buffer.from(item.mode === '040000' ? `${item.name}/` : item.name);
    const sorted = items.map((item) => ({ item, key: key(item) })).sort((a, b) => Buffer.compare(a.key, b.key));
    const parts = sorted.flatMap(({ item }) => [
      Buffer.from(`${item.mode.replace(/^0/, '')} ${item.name}\0`),
      Buffer.from(item.sha, 'hex'),
    ]);
    return this.put('tree', Buffer.concat(parts));
  }

  /** A commit; null when it is none. */
  commit(sha: string): CommitObject | null {
    const cached = this.#commits.get(sha);
    if (cached !== undefined) return cached;
    const object = this.get(sha);
    if (object?.type !== 'commit') return null;
    const commit = parseCommit(sha, object.body.toString('utf8'));
    this.#commits.set(sha, commit);
    return commit;
  }

  /** Writes a commit object. */
  putCommit(commit: Omit<CommitObject, 'sha'>): string {
    const lines = [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${encodeSignature(commit.author)}`,
      `committer ${encodeSignature(commit.committer)}`,
    ];
    return this.put('commit', Buffer.from(`${lines.join('\n')}\n\n${commit.message}`));
  }

  #remember(sha: string, object: GitObject): void {
    this.#cache.set(sha, object);
    this.#cachedBytes += object.body.length;
    for (const [old, { body }] of this.#cache) {
      if (this.#cachedBytes <= CACHE_BYTES) break;
      this.#cache.delete(old);
      this.#cachedBytes -= body.length;
    }
  }
}

/** The id of the tree without entries, which git knows without an object. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** A name, an e-mail address and a time as git writes them. */
export function encodeSignature(signature: Signature): string {
  const clean = (text: string): string => text.replace(/[<>\n\0]/g, '');
  return `${clean(signature.name)} <${clean(signature.email)}> ${Math.floor(Date.parse(signature.date) / 1000)} +0000`;
}

/** The reverse of {@link encodeSignature}. */
export function parseSignature(line: string): Signature {
  const match = /^(.*?) ?<(.*)> (\d+) [+-]\d{4}$/.exec(line);
  const date = new Date(Number(match?.[3] ?? 0) * 1000).toISOString().replace('.000Z', 'Z');
  return { name: match?.[1] ?? '', email: match?.[2] ?? '', date };
}

function parseCommit(sha: string, text: string): CommitObject {
  const end = text.indexOf('\n\n');
  const parents: string[] = [];
  const fields = new Map<string, string>();
  for (const line of text.slice(0, end).split('\n')) {
    const space = line.indexOf(' ');
    const [name, value] = [line.slice(0, space), line.slice(space + 1)];
    if (name === 'parent') parents.push(value);
    else if (!fields.has(name)) fields.set(name, value);
  }
  return {
    sha,
    tree: fields.get('tree') ?? '',
    parents,
    author: parseSignature(fields.get('author') ?? ''),
    committer: parseSignature(fields.get('committer') ?? ''),
    message: text.slice(end + 2),
  };
}
