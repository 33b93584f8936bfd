// SPDX-License-Identifier: Apache-2.0
import { EMPTY_TREE } from './objects.ts';
import type { CommitObject, ObjectStore, TreeItem } from './objects.ts';

/** A file of a whole tree. */
export interface FlatEntry {
  readonly mode: string;
  readonly sha: string;
}

/** A path that differs between two trees. */
export interface PathChange {
  readonly path: string;
  readonly before: FlatEntry | null;
  readonly after: FlatEntry | null;
}

/** The commit and all that it descends from. */
export function ancestors(objects: ObjectStore, sha: string): Set<string> {
  const seen = new Set<string>([sha]);
  const open = [sha];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const parent of objects.commit(next)?.parents ?? []) {
      if (!seen.has(parent)) {
        seen.add(parent);
        open.push(parent);
      }
    }
  }
  return seen;
}

/** Whether `older` is `newer` or something that it descends from. */
export function contains(objects: ObjectStore, newer: string, older: string): boolean {
  if (newer === older) return true;
  const seen = new Set<string>([newer]);
  const open = [newer];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    for (const parent of objects.commit(next)?.parents ?? []) {
      if (parent === older) return true;
      if (!seen.has(parent)) {
        seen.add(parent);
        open.push(parent);
      }
    }
  }
  return false;
}

/** The best common ancestor; null when there is none. */
export function mergeBase(objects: ObjectStore, a: string, b: string): string | null {
  const ours = ancestors(objects, a);
  const seen = new Set<string>([b]);
  const open = [b];
  const common: string[] = [];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (ours.has(next)) {
      common.push(next);
      continue;
    }
    for (const parent of objects.commit(next)?.parents ?? []) {
      if (!seen.has(parent)) {
        seen.add(parent);
        open.push(parent);
      }
    }
  }
  return common.find((one) => !common.some((other) => other !== one && contains(objects, other, one))) ?? null;
}

/** Commits reachable from `head` and not from `without`, newest first, children before parents. */
export function log(objects: ObjectStore, head: string, without: string | null): readonly CommitObject[] {
  const hidden = without === null ? new Set<string>() : ancestors(objects, without);
  const found: CommitObject[] = [];
  const children = new Map<string, number>();
  const reached = new Set<string>();
  const open = [head];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next) || hidden.has(next)) continue;
    reached.add(next);
    for (const parent of objects.commit(next)?.parents ?? []) {
      children.set(parent, (children.get(parent) ?? 0) + 1);
      open.push(parent);
    }
  }
  const ready = reached.has(head) ? [head] : [];
  const dateOf = (sha: string): string => objects.commit(sha)?.committer.date ?? '';
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    const commit = objects.commit(next);
    if (commit === null) continue;
    found.push(commit);
    for (const parent of commit.parents) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0 && reached.has(parent)) ready.push(parent);
    }
    if (ready.length > 1) ready.sort((a, b) => (dateOf(a) < dateOf(b) ? 1 : dateOf(a) > dateOf(b) ? -1 : 0));
  }
  return found;
}

/** The entry at a path of a tree; null when there is none. */
export function entryAt(objects: ObjectStore, tree: string, path: string): TreeItem | null {
  let at: TreeItem | null = { mode: '040000', name: '', sha: tree };
  for (const part of path.split('/').filter((one) => one !== '')) {
    if (at.mode !== '040000') return null;
    at = objects.tree(at.sha)?.find((item) => item.name === part) ?? null;
    if (at === null) return null;
  }
  return at;
}

/** Commits that changed `path`, newest first, with history simplified as git log does. */
export function logOfPath(objects: ObjectStore, head: string, path: string): readonly CommitObject[] {
  const idIn = (commit: CommitObject): string | null => entryAt(objects, commit.tree, path)?.sha ?? null;
  const found: CommitObject[] = [];
  const seen = new Set<string>();
  const open = [head];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const commit = objects.commit(next);
    if (commit === null) continue;
    const own = idIn(commit);
    const parents = commit.parents.map((parent) => objects.commit(parent)).filter((parent) => parent !== null);
    const same = parents.find((parent) => idIn(parent) === own);
    if (same !== undefined) {
      open.push(same.sha);
      continue;
    }
    if (own !== null || parents.length > 0) found.push(commit);
    open.push(...commit.parents);
  }
  return found;
}

/** Every file of a tree by path. */
export function flatten(objects: ObjectStore, tree: string): Map<string, FlatEntry> {
  const files = new Map<string, FlatEntry>();
  const walk = (sha: string, prefix: string): void => {
    for (const item of objects.tree(sha) ?? []) {
      if (item.mode === '040000') walk(item.sha, `${prefix}${item.name}/`);
      else files.set(`${prefix}${item.name}`, { mode: item.mode, sha: item.sha });
    }
  };
  walk(tree, '');
  return files;
}

/** Paths that differ; whole directories that are equal are not looked into. */
export function difference(objects: ObjectStore, before: string | null, after: string | null, prefix = ''): readonly PathChange[] {
  if (before === after) return [];
  const byName = (tree: string | null): Map<string, TreeItem> =>
    new Map((tree === null ? [] : (objects.tree(tree) ?? [])).map((item) => [item.name, item]));
  const [left, right] = [byName(before), byName(after)];
  const changes: PathChange[] = [];
  for (const name of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [a, b] = [left.get(name), right.get(name)];
    if (a?.sha === b?.sha && a?.mode === b?.mode) continue;
    const path = `${prefix}${name}`;
    const [aTree, bTree] = [a?.mode === '040000' ? a.sha : null, b?.mode === '040000' ? b.sha : null];
    if (aTree !== null || bTree !== null) changes.push(...difference(objects, aTree, bTree, `${path}/`));
    const file = (item: TreeItem | undefined): FlatEntry | null =>
      item === undefined || item.mode === '040000' ? null : { mode: item.mode, sha: item.sha };
    if (file(a) !== null || file(b) !== null) changes.push({ path, before: file(a), after: file(b) });
  }
  return changes;
}

interface Node {
  readonly children: Map<string, Node>;
  /** Undefined: as in the base tree. Null: removed. */
  entry: TreeItem | null | undefined;
}

/** Writes `base` with changes applied, path by path; null deletes. Gives the new tree's id. */
export function changedTree(objects: ObjectStore, base: string | null, changes: readonly (readonly [string, FlatEntry | null])[]): string {
  const root: Node = { children: new Map(), entry: undefined };
  for (const [path, entry] of changes) {
    let node = root;
    const parts = path.split('/');
    for (const part of parts) {
      let child = node.children.get(part);
      if (child === undefined) node.children.set(part, (child = { children: new Map(), entry: undefined }));
      node = child;
    }
    node.entry = entry === null ? null : { mode: entry.mode, name: parts.at(-1) ?? '', sha: entry.sha };
  }
  return writeNode(objects, root, base) ?? objects.putTree([]);
}

function writeNode(objects: ObjectStore, node: Node, base: string | null): string | null {
  const items = new Map((base === null ? [] : (objects.tree(base) ?? [])).map((item) => [item.name, item]));
  for (const [name, child] of node.children) {
    if (child.entry === null) items.delete(name);
    else if (child.entry !== undefined) items.set(name, child.entry);
    if (child.children.size === 0) continue;
    const old = items.get(name);
    const tree = writeNode(objects, child, old?.mode === '040000' ? old.sha : null);
    if (tree === null) items.delete(name);
    else items.set(name, { mode: '040000', name, sha: tree });
  }
  return items.size === 0 ? null : objects.putTree([...items.values()]);
}

/** A merge of whole files: null when both sides changed the same path differently. */
export function mergedTree(objects: ObjectStore, base: string | null, ours: string, theirs: string): string | null {
  const treeOf = (commit: string | null): string | null => (commit === null ? null : (objects.commit(commit)?.tree ?? null));
  const mine = new Map(difference(objects, treeOf(base), treeOf(ours)).map((change) => [change.path, change]));
  const changes: (readonly [string, FlatEntry | null])[] = [];
  for (const change of difference(objects, treeOf(base), treeOf(theirs))) {
    const other = mine.get(change.path);
    if (other !== undefined && (other.after?.sha !== change.after?.sha || other.after?.mode !== change.after?.mode)) return null;
    if (other === undefined) changes.push([change.path, change.after]);
  }
  return changes.length === 0 ? (treeOf(ours) ?? EMPTY_TREE) : changedTree(objects, treeOf(ours), changes);
}
