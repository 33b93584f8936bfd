// SPDX-License-Identifier: Apache-2.0
// What a file says of people, roles and periods, in words. Each of these fields is shown as it is signed
// as well: words alone would have to be complete.
import { parsePeople, type People, type Person } from '../trust/people.ts';
import { parsePeriods, type Period } from '../trust/periods.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { isJsonObject } from '../tuf/json.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import { cutText, type Entry } from './cut-text.ts';
import { visibleName } from './visible-text.ts';

type Signed = Root | Targets;

/** What a file says in words: by what it is about, such as `role releases`. */
type Words = ReadonlyMap<string, string>;

const KEY_DIGITS = 12;

function peopleOf(signed: Signed): People | null {
  const { binding } = signed;
  if (binding === null) return null;
  const outcome = outcomeOf(() => parsePeople(binding, 'x-countersign'));
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/** Where the private half of an online key is, as its file names it. */
function onlineNames(signed: Signed): ReadonlyMap<string, string> {
  const online = signed.binding?.raw.get('online');
  const entries = isJsonObject(online) ? [...online] : [];
  return new Map(entries.flatMap(([keyId, uri]) => (typeof uri === 'string' ? [[keyId, uri] as const] : [])));
}

function keysText(signed: Signed, { keyIds, threshold }: RoleKeys): string {
  const [people, online] = [peopleOf(signed), onlineNames(signed)];
  const names = keyIds.map((keyId) => {
    const person = people?.byKey.get(keyId);
    // With the key: a name stays the same when somebody else's key is put behind it.
    const key = `key ${keyId.slice(0, KEY_DIGITS)}`;
    if (person !== undefined) return `${visibleName(person.name)} (${person.custody ? 'custody, ' : ''}${key})`;
    const uri = online.get(keyId);
    return uri === undefined ? key : `${key} (${visibleName(uri)})`;
  });
  return `${String(threshold)} of ${names.join(', ')}`;
}

function personText({ account, custody }: Person): string {
  const who = account === null ? 'without an account' : `account ${visibleName(account.login)}, id ${String(account.id)}`;
  return custody ? `${who}, key in custody of the host` : who;
}

/** A period in whole days, hours, minutes or seconds. */
export function spanText(seconds: number): string {
  for (const [size, noun] of [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const) {
    const count = seconds / size;
    if (Number.isInteger(count)) return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
  }
  return `${String(seconds)} second${seconds === 1 ? '' : 's'}`;
}

function periodsOf(signed: Signed): ReadonlyMap<string, Period> {
  const { binding } = signed;
  if (binding === null) return new Map();
  const outcome = outcomeOf(() => parsePeriods(binding, 'x-countersign'));
  return outcome.kind === 'accepted' ? outcome.value : new Map();
}

function roleWords(signed: Signed): readonly (readonly [string, string])[] {
  if (signed.kind === 'root') return Object.entries(signed.roles).map(([role, keys]) => [role, keysText(signed, keys)] as const);
  const { delegations } = signed;
  if (delegations === null) return [];
  if (delegations.kind === 'succinct') {
    const { succinct } = delegations;
    const bins = `${String(2 ** succinct.bitLength)} bins named ${visibleName(succinct.namePrefix)}-…`;
    return [['hash bins', `${keysText(signed, succinct)}; ${bins}`]];
  }
  return delegations.roles.map((role, index) => {
    const { paths } = role;
    const which =
      paths.kind === 'patterns' ? `paths ${paths.patterns.map(visibleName).join(' ')}` : `paths by hash ${paths.prefixes.join(' ')}`;
    const order = role.terminating ? '; the search ends here (terminating)' : '; the search goes on after it';
    return [role.name, `${keysText(signed, role)}; ${which}; searched in place ${String(index + 1)}${order}`];
  });
}

function wordsOf(signed: Signed | null): Words {
  if (signed === null) return new Map();
  const people = peopleOf(signed);
  const persons = [...(people?.byKey ?? [])].map(([keyId, person]) => {
    return [`person ${visibleName(person.name)}, key ${keyId.slice(0, KEY_DIGITS)}`, personText(person)] as const;
  });
  const reasons = [...(people?.custodyQuorum ?? [])].map(([role, reason]) => {
    return [`reason why keys in custody alone may sign ${visibleName(role)}`, JSON.stringify(visibleName(reason))] as const;
  });
  const roles = roleWords(signed).map(([role, text]) => [`role ${visibleName(role)}`, text] as const);
  return new Map([...roles, ...persons, ...reasons]);
}

function wordLines(before: Words, after: Words): readonly string[] {
  const lines: string[] = [];
  for (const [what, text] of after) {
    const old = before.get(what);
    if (old === text) continue;
    if (old !== undefined) lines.push(`  - ${what}: ${old}`);
    lines.push(`  + ${what}: ${text}`);
  }
  for (const [what, old] of before) if (!after.has(what)) lines.push(`  - ${what}: ${old}`);
  return lines;
}

function periodLines(before: Signed | null, after: Signed): readonly string[] {
  const [old, now] = [before === null ? new Map<string, Period>() : periodsOf(before), periodsOf(after)];
  const text = (was: number | undefined, is: number | undefined): string => {
    const shown = (seconds: number | undefined): string => (seconds === undefined ? 'nothing' : spanText(seconds));
    return was === is ? shown(is) : was === undefined ? shown(is) : `${shown(was)} -> ${shown(is)}`;
  };
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((role) => {
    const [was, is] = [old.get(role), now.get(role)];
    if (was?.expiresSeconds === is?.expiresSeconds && was?.renewSeconds === is?.renewSeconds) return [];
    const mark = was === undefined ? '+' : is === undefined ? '-' : '~';
    const lasts = text(was?.expiresSeconds, is?.expiresSeconds);
    return [
      `  ${mark} period ${visibleName(role)}: lasts ${lasts}, renewed before its end by ${text(was?.renewSeconds, is?.renewSeconds)}`,
    ];
  });
}

/** A line names people and patterns, of which there may be any number. */
const MAX_LINE = 1_000;

/** What changes in who may sign what, and for how long, in words. */
export function wordsOfChange(before: Signed | null, after: Signed): readonly Entry[] {
  const lines = [...wordLines(wordsOf(before), wordsOf(after)), ...periodLines(before, after)];
  // Each part is shown by its numbers already.
  return lines.map((line) => [cutText(line, MAX_LINE, (text) => text)]);
}
