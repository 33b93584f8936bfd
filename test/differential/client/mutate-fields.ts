// SPDX-License-Identifier: Apache-2.0
// Mutations of any field of any file, whatever it is for. The file is signed afterwards.
import type { Random } from '../random.ts';
import { copyNode, type Members, type Node } from './draft.ts';
import {
  anyFile,
  anyOf,
  changeSigned,
  placesOf,
  putAt,
  removeAt,
  show,
  textOf,
  type CaseDraft,
  type Mutation,
  type Place,
} from './mutation.ts';

const OTHER_VALUES: readonly [() => Node, ...(() => Node)[]] = [
  () => null,
  () => [],
  (): Node => new Map<string, Node>(),
  () => '',
  () => 0,
  () => 1,
  () => true,
  () => false,
  () => '1',
  () => 'x',
  (): Node => [new Map<string, Node>()],
  (): Node => [null],
  () => ['x'],
  (): Node => new Map<string, Node>([['x', 1]]),
];

const NUMBERS: readonly [number, ...number[]] = [
  0,
  -1,
  1,
  2,
  3,
  5,
  33,
  1.5,
  1e21,
  2 ** 31,
  2 ** 32 + 1,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
];

const UNKNOWN: readonly [() => Node, ...(() => Node)[]] = [
  () => 1,
  () => 'text',
  () => null,
  () => true,
  (): Node => [1, [2]],
  (): Node =>
    new Map<string, Node>([
      ['b', 1],
      ['a', new Map<string, Node>([['c', []]])],
    ]),
  () => 'é \u{1f600} \u0001 " \\ /',
  () => -5,
  () => 1.5,
  () => 2 ** 53,
  () => deep(70),
  () => deep(30),
];

const UNKNOWN_NAMES: readonly [string, ...string[]] = [
  'x-unknown',
  'unknown field',
  '__proto__',
  'constructor',
  'toString',
  'é',
  '\u{1f600}',
  '\uffff',
  '1',
  '',
  'mirrors',
  'custom',
  'succinct_roles',
  'path_hash_prefixes',
  'hashes',
];

function deep(levels: number): Node {
  let node: Node = 'deep';
  for (let level = 0; level < levels; level++) node = level % 2 === 0 ? [node] : new Map<string, Node>([['d', node]]);
  return node;
}

/** Changes a random place that `fits`. */
function atPlace(draft: CaseDraft, fits: (place: Place) => boolean, change: (place: Place, random: Random) => string): true {
  const { random } = draft;
  return changeSigned(draft, anyFile(draft), (signed) => {
    const place = anyOf(random, placesOf(signed).filter(fits));
    return place === null ? null : `${place.path} ${change(place, random)}`;
  });
}

function isMembers(place: Place): place is Place & { readonly value: Members } {
  return place.value instanceof Map;
}

function otherText(random: Random, text: string): string {
  return random.pick<() => string>([
    () => text.toUpperCase(),
    () => ` ${text}`,
    () => `${text}\n`,
    () => `${text}x`,
    () => text.slice(1),
    () => text.slice(0, -1),
    () => '',
    () => `${text}é`,
    () => `${text}e\u0301`,
    () => `${text}\u{1f600}`,
    () => `${text}\u0000`,
    () => `../${text}`,
  ])();
}

function addUnknown(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeSigned(draft, anyFile(draft), (signed) => {
    const objects = placesOf(signed).filter(isMembers);
    const place = random.chance(30) ? null : anyOf(random, objects);
    const target = place === null ? signed : place.value;
    const name = random.chance(40) ? 'x-unknown' : random.pick(UNKNOWN_NAMES);
    const value = random.pick(UNKNOWN)();
    const verb = target.has(name) ? 'replaced' : 'added';
    target.set(name, value);
    return `${place?.path ?? ''}.${JSON.stringify(name)} ${verb} ${show(value)}`;
  });
}

/** Turns one item of a list into two, or loses, or moves one. */
function changeItem(draft: CaseDraft): boolean {
  return atPlace(
    draft,
    ({ parent }) => Array.isArray(parent),
    ({ parent, key, value }, random) => {
      if (!Array.isArray(parent)) return 'nothing';
      const at = Number(key);
      switch (random.below(3)) {
        case 0:
          parent.splice(at, 0, copyNode(value));
          return 'duplicated';
        case 1:
          parent.push(...parent.splice(at, 1));
          return 'moved to the end';
        default:
          parent.splice(at, 1);
          return 'removed';
      }
    },
  );
}

/** One value where another one of the same file is. */
function changePlaces(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeSigned(draft, anyFile(draft), (signed) => {
    const places = placesOf(signed);
    const [one, other] = [anyOf(random, places), anyOf(random, places)];
    if (one === null || other === null) return null;
    putAt(one, copyNode(other.value));
    return `${one.path} has what is at ${other.path}`;
  });
}

/** A member under another name. */
function rename(draft: CaseDraft): boolean {
  return atPlace(
    draft,
    ({ parent }) => parent instanceof Map,
    ({ parent, key, value }, random) => {
      if (!(parent instanceof Map)) return 'nothing';
      const name = otherText(random, String(key));
      parent.delete(String(key));
      parent.set(name, value);
      return `renamed ${JSON.stringify(name)}`;
    },
  );
}

export const FIELD_MUTATIONS: readonly Mutation[] = [
  {
    kind: 'field removed',
    weight: 10,
    apply: (draft) =>
      atPlace(
        draft,
        ({ parent }) => parent instanceof Map,
        (place) => {
          removeAt(place);
          return 'removed';
        },
      ),
  },
  {
    kind: 'field of another type',
    weight: 10,
    apply: (draft) =>
      atPlace(
        draft,
        () => true,
        (place, random) => {
          const value = random.pick(OTHER_VALUES)();
          putAt(place, value);
          return `is ${show(value)}`;
        },
      ),
  },
  {
    kind: 'number',
    weight: 8,
    apply: (draft) =>
      atPlace(
        draft,
        ({ value }) => typeof value === 'number',
        (place, random) => {
          const value = random.chance(30) ? Number(place.value) + random.pick([1, -1]) : random.pick(NUMBERS);
          putAt(place, value);
          return `is ${String(value)}`;
        },
      ),
  },
  {
    kind: 'text',
    weight: 8,
    apply: (draft) =>
      atPlace(
        draft,
        ({ value }) => typeof value === 'string',
        (place, random) => {
          const value = otherText(random, textOf(place.value));
          putAt(place, value);
          return `is ${show(value)}`;
        },
      ),
  },
  {
    kind: 'true for false',
    weight: 3,
    apply: (draft) =>
      atPlace(
        draft,
        ({ value }) => typeof value === 'boolean',
        (place) => {
          putAt(place, place.value !== true);
          return 'is the opposite';
        },
      ),
  },
  { kind: 'field unknown', weight: 14, apply: addUnknown },
  { kind: 'field renamed', weight: 5, apply: rename },
  { kind: 'value of another field', weight: 4, apply: changePlaces },
  { kind: 'item of a list', weight: 6, apply: changeItem },
];
