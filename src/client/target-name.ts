// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';

/** Where unfinished downloads wait, at the top of the directory that they go to. No target may be called so. */
export const PARTS_DIRECTORY = '.countersign';

// Windows takes the backslash for a slash and what follows a colon for a stream or a drive's path, and refuses the others.
const FORBIDDEN = /[\\:*?"<>|\p{Cc}]/u;
// Invisible, or turn text around: nobody would see which file it is.
const UNSEEN = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
// Windows opens a device by these names, whatever the case and the extension.
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?: *\..*)?$/i;
const MAX_SEGMENT_BYTES = 255;

function fail(path: string, detail: string): never {
  throw new CountersignError('file-name', quote(path), detail);
}

function requireSafeSegment(path: string, segment: string): void {
  if (segment === '') fail(path, 'expected a relative path with a name between slashes, got none');
  if (segment === '.' || segment === '..') fail(path, `expected a path that stays in its directory, got ${quote(segment)}`);
  // Windows drops them, so that two names would be one.
  if (/[. ]$/.test(segment)) fail(path, `expected no dot or space at the end of a name, got ${quote(segment)}`);
  if (DEVICE.test(segment)) fail(path, `expected the name of a file, got the device ${quote(segment)}`);
  const bytes = new TextEncoder().encode(segment).length;
  if (bytes > MAX_SEGMENT_BYTES) fail(path, `expected at most ${String(MAX_SEGMENT_BYTES)} bytes between slashes, got ${String(bytes)}`);
}

/**
 * Requires a target path that names one file inside a directory, on every system alike: whoever signs metadata decides what is in a file, never where else
 * on a machine it lands.
 * @throws `file-name` for `..`, an absolute path, a drive, a backslash, a device, and what some system reads as another name
 */
export function requireSafePath(path: string): void {
  const forbidden = FORBIDDEN.exec(path)?.[0] ?? UNSEEN.exec(path)?.[0];
  if (forbidden !== undefined) fail(path, `expected a name without ${quote(forbidden)}`);
  const segments = path.split('/');
  for (const segment of segments) requireSafeSegment(path, segment);
  if (fold(segments[0] ?? '') === fold(PARTS_DIRECTORY)) fail(path, `expected another directory than ${PARTS_DIRECTORY}, which is ours`);
}

/** Equal for names that some file system takes for one. */
function fold(name: string): string {
  return name.toLowerCase().toUpperCase().normalize('NFC');
}

/** Names that were taken, and those that can't be next to them. */
export interface SortedPaths<T extends string> {
  readonly kept: readonly T[];
  /** `file-name`, naming both where there are two. */
  readonly refused: readonly CountersignError[];
}

/** Files that can be next to each other on every system. */
class Neighbours {
  readonly #files = new Map<string, string>();
  /** Directories that files need, each with the first file that does. */
  readonly #directories = new Map<string, string>();

  /** Takes one more. @throws `file-name` when it can't be next to those that were taken */
  add(path: string): void {
    const folded = fold(path);
    const other = this.#files.get(folded);
    if (other === path) return;
    if (other !== undefined) fail(path, `expected names that differ by more than case, got ${quote(other)} too`);
    const within = this.#directories.get(folded);
    if (within !== undefined) fail(path, `expected the name of a file, got that of the directory of ${quote(within)}`);
    const parents: string[] = [];
    for (let slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) parents.push(folded.slice(0, slash));
    for (const parent of parents) {
      const file = this.#files.get(parent);
      if (file !== undefined) fail(path, `expected a directory, got the target ${quote(file)} of that name`);
    }
    this.#files.set(folded, path);
    for (const parent of parents) if (!this.#directories.has(parent)) this.#directories.set(parent, path);
  }
}

/**
 * Requires paths that can be next to each other everywhere: none differs from another by case or Unicode form only, and none is another one's directory.
 * @throws `file-name`, naming both
 */
export function requireDistinctPaths(paths: Iterable<string>): void {
  const neighbours = new Neighbours();
  for (const path of paths) neighbours.add(path);
}

/**
 * Sorts out the paths that can't be files beside the others ({@link requireSafePath}, {@link requireDistinctPaths}): of two that exclude each other the one
 * that comes first is kept.
 */
export function sortOutPaths<T extends string>(paths: Iterable<T>): SortedPaths<T> {
  const neighbours = new Neighbours();
  const kept: T[] = [];
  const refused: CountersignError[] = [];
  for (const path of paths) {
    try {
      requireSafePath(path);
      neighbours.add(path);
      kept.push(path);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      refused.push(error);
    }
  }
  return { kept, refused };
}
