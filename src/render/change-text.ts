// SPDX-License-Identifier: Apache-2.0
import { encodeInstant } from '../tuf/instant.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import type { KeyId } from '../tuf/key.ts';
import type { Metadata, PayloadDigest } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import { fieldEntries } from './change-fields.ts';
import { addedEntry, differenceOf, removedEntry, replacedEntry, restatedEntry, type TargetDifference } from './change-targets.ts';
import { spanText, wordsOfChange } from './change-words.ts';
import { countText } from './count-text.ts';
import { cutList, type CutLimits, type CutList, type Entry } from './cut-text.ts';
import { visibleName } from './visible-text.ts';

/** One file that is about to be signed, beside the one that it follows. */
export interface FileChange {
  readonly role: string;
  readonly file: Metadata<Root | Targets>;
  readonly before: Root | Targets | null;
  readonly digest: PayloadDigest;
}

/** Root v1 of a repository that this machine meets for the first time, under both of its digests. */
export interface NewRoot {
  readonly payload: PayloadDigest;
  /** Of the file `1.root.json`, signatures included; null where it is not signed yet. */
  readonly file: string | null;
}

/** Who is about to sign. */
export interface SigningAs {
  readonly person: string;
  readonly keyId: KeyId;
  /** Whether they have signed the same already, and it counts. */
  readonly signed: boolean;
}

/** A change as a person is shown it before they sign. */
export interface ChangeText {
  /** What is shown at first: long values and lists are cut, each with its length and the digest of what is left out. */
  readonly brief: string;
  /** All of it. */
  readonly full: string;
  /** Whether `brief` leaves anything out. */
  readonly isCut: boolean;
  /** What is asked after it. */
  readonly question: string;
  readonly files: readonly FileChange[];
}

const LIMITS: CutLimits = { entries: 200, lines: 40 };
const EMPTY: JsonObject = new Map<string, JsonValue>();

/** What has lines of its own. */
const TOLD: readonly string[] = ['version', 'expires', 'targets'];

function withoutTold(signed: JsonObject): JsonObject {
  return new Map([...signed].filter(([key]) => !TOLD.includes(key)));
}

function plain(...lines: readonly string[]): CutList {
  return { brief: lines, full: lines };
}

function countsLine(difference: TargetDifference, listed: number): string {
  const { removed, replaced, restated, added } = difference;
  const counts = [
    ['removed', removed],
    ['replaced', replaced],
    ['with other words about the same bytes', restated],
    ['added', added],
  ] as const;
  const told = counts.filter(([, paths]) => paths.length > 0).map(([word, paths]) => `${countText(paths.length)} ${word}`);
  const total = `${countText(listed)} listed`;
  return told.length === 0 ? `  targets: none changes; ${total}` : `  targets: ${told.join(', ')}; ${total}`;
}

function headLines({ role, file, before, digest }: FileChange): CutList {
  const { signed } = file;
  const longer = before === null ? 0 : signed.expires - before.expires;
  const span = longer === 0 ? '' : ` (${spanText(Math.abs(longer))} ${longer > 0 ? 'later' : 'earlier'})`;
  return plain(
    `${visibleName(role)} v${String(signed.version)}${before === null ? ' (new)' : ` (now v${String(before.version)})`}`,
    `  payload sha256:${digest}`,
    `  expires ${before === null ? '' : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}${span}`,
  );
}

function targetList<T>(targets: readonly T[], entry: (target: T) => Entry): CutList {
  return cutList(targets.map(entry), 'target', LIMITS);
}

/** All that changes in a file but the targets that are new, which there may be very many of. */
function firstLines(change: FileChange): readonly CutList[] {
  const { file, before } = change;
  const { signed } = file;
  const old = before?.kind === 'targets' ? before : null;
  const fields = fieldEntries(before === null ? EMPTY : withoutTold(before.raw), withoutTold(signed.raw), '$', '  ');
  const head = [headLines(change), cutList(wordsOfChange(before, signed), 'line', LIMITS), cutList(fields, 'field', LIMITS)];
  if (signed.kind === 'root') return head;
  const difference = differenceOf(old, signed);
  return [
    ...head,
    plain(countsLine(difference, signed.targets.size)),
    targetList(difference.removed, removedEntry),
    targetList(difference.replaced, replacedEntry),
    targetList(difference.restated, restatedEntry),
  ];
}

function addedLines({ role, file, before }: FileChange): readonly CutList[] {
  const { signed } = file;
  if (signed.kind === 'root') return [];
  const { added } = differenceOf(before?.kind === 'targets' ? before : null, signed);
  if (added.length === 0) return [];
  const head = `${visibleName(role)} v${String(signed.version)} adds ${countText(added.length)} target${added.length === 1 ? '' : 's'}:`;
  return [plain(head), targetList(added, addedEntry), plain('')];
}

function rootLines({ payload, file }: NewRoot): CutList {
  return plain(
    'This machine has not met this repository before. Compare the digest of its root v1 with the others by other means:',
    `  payload sha256:${payload}`,
    ...(file === null ? [] : [`  file 1.root.json sha256:${file}`]),
    '',
  );
}

function questionOf(files: readonly FileChange[], { person, keyId, signed }: SigningAs): string {
  const names = files.map(({ role, file }) => `${visibleName(role)} v${String(file.signed.version)}`).join(', ');
  return `Sign ${names} as ${visibleName(person)} (key ${keyId.slice(0, 12)})${signed ? ' again' : ''}?`;
}

/** All that changes in some files: what is removed or replaced stands before what is new. */
export function changeLines(files: readonly FileChange[]): CutList {
  const parts = [...files.flatMap((file) => [...firstLines(file), plain('')]), ...files.flatMap(addedLines)];
  return { brief: parts.flatMap((part) => part.brief), full: parts.flatMap((part) => part.full) };
}

/**
 * What a person is asked to sign, for a terminal: computed from what their own machine verified, not from what a page says.
 * All that is signed is in it. What is removed or replaced stands before what is new, of which there may be very much.
 * @param newRoot - root v1 when this machine meets the repository for the first time, else null
 */
export function describeChange(files: readonly FileChange[], newRoot: NewRoot | null, as: SigningAs): ChangeText {
  const parts = [
    ...(as.signed ? [plain(`${visibleName(as.person)} has signed this already, and it counts: signing again changes nothing.`, '')] : []),
    ...files.flatMap((file) => [...firstLines(file), plain('')]),
    ...(newRoot === null ? [] : [rootLines(newRoot)]),
    ...files.flatMap(addedLines),
  ];
  const full = parts.flatMap((part) => part.full).join('\n');
  const brief = parts.flatMap((part) => part.brief).join('\n');
  return { brief, full, isCut: brief !== full, question: questionOf(files, as), files };
}
