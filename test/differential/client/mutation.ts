// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../random.ts';
import { changeFile, type Draft, type FileName, type Members, type Node } from './draft.ts';
import type { Shape } from './shapes.ts';

/** A case in the making: what a mutation may change. */
export interface CaseDraft {
  readonly random: Random;
  readonly shape: Shape;
  readonly now: Draft;
  /** What a returning client has seen before; null for a new client. */
  earlier: Draft | null;
  /** In seconds. */
  time: number;
  /** Looked for in this order. */
  readonly targets: string[];
  /** What was changed, and how; complete once the case is built. */
  readonly notes: string[];
}

/** A way to change a repository. */
export interface Mutation {
  /** Counted and reported by it; classes of exclusions name it. */
  readonly kind: string;
  /** How often it is chosen, compared with others. */
  readonly weight: number;
  /** Changes the case, now or when it is built. False when it has nothing to change so; another mutation is chosen then. */
  apply(draft: CaseDraft): boolean;
}

/** A place in a JSON value. */
export interface Place {
  readonly parent: Members | Node[];
  readonly key: string | number;
  readonly value: Node;
  /** As in `roles.root.keyids.0`; keyids are shortened to `KEY`. */
  readonly path: string;
}

/** All places below a value, in order. */
export function placesOf(value: Node, path = ''): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, key) => placeAndBelow(value, key, item, path));
  if (value instanceof Map) return [...value].flatMap(([key, item]) => placeAndBelow(value, key, item, path));
  return [];
}

function placeAndBelow(parent: Members | Node[], key: string | number, value: Node, path: string): Place[] {
  const name = typeof key === 'string' && /^[0-9a-f]{64}$/.test(key) ? 'KEY' : String(key);
  const here = path === '' ? name : `${path}.${name}`;
  return [{ parent, key, value, path: here }, ...placesOf(value, here)];
}

/** Puts `value` in a place. */
export function putAt({ parent, key }: Place, value: Node): void {
  if (parent instanceof Map) parent.set(String(key), value);
  else parent[Number(key)] = value;
}

/** Empties a place. */
export function removeAt({ parent, key }: Place): void {
  if (parent instanceof Map) parent.delete(String(key));
  else parent.splice(Number(key), 1);
}

/** One of some items; null when there are none. */
export function anyOf<T>(random: Random, items: readonly T[]): T | null {
  return items[random.below(items.length)] ?? null;
}

/** A file of the draft: mostly one that every client reads. */
export function anyFile({ random, now }: CaseDraft): FileName {
  const root = `root-${String(now.roots.length)}`;
  const roles = [...now.roles.keys()];
  const delegated = roles.filter((name) => name !== 'targets');
  const pool: [string, ...string[]] = [root, 'targets', 'targets', 'snapshot', 'timestamp', ...random.some(delegated, 3)];
  return random.pick(pool);
}

/** A targets role of the draft; delegators only if asked for. */
export function anyRole({ random, now }: CaseDraft, delegatorsOnly = false): FileName | null {
  const roles = [...now.roles].filter(([, { signed }]) => !delegatorsOnly || signed.has('delegations'));
  return anyOf(
    random,
    roles.map(([name]) => name),
  );
}

/**
 * Mutates the signed part of a file, after the files below were listed in it and before it is signed.
 * @param change - changes the copy that it is given; says what it did, null when there is nothing to change
 */
export function changeSigned({ now, notes }: CaseDraft, file: FileName, change: (signed: Members) => string | null): true {
  const noted = (signed: Members): void => {
    notes.push(`${file}: ${change(signed) ?? 'nothing'}`);
  };
  changeFile(now, file, { beforeSigning: [noted] });
  return true;
}

/** The object under a key; null where there is another thing or none. */
export function membersAt(parent: Node | undefined, ...path: readonly string[]): Members | null {
  let at: Node | undefined = parent;
  for (const key of path) at = at instanceof Map ? at.get(key) : undefined;
  return at instanceof Map ? at : null;
}

/** The array under a key; null where there is another thing or none. */
export function arrayAt(parent: Node | undefined, key: string): Node[] | null {
  const value = parent instanceof Map ? parent.get(key) : undefined;
  return Array.isArray(value) ? value : null;
}

/** Short text of a value, for reports. */
export function show(value: Node): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (item instanceof Map ? Object.fromEntries(item) : item));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** A text; empty where there is another thing or none. */
export function textOf(value: Node | undefined): string {
  return typeof value === 'string' ? value : '';
}
