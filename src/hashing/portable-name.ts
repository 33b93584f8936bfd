// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import { isNfc } from '../tuf/normal-form.ts';

/** Longest segment of a target name in UTF-8 bytes: file systems take 255, and 65 go to the prefix `<sha256>.` (TUF §6.2). */
export const MAX_SEGMENT_BYTES = 190;
/** Longest target name in UTF-8 bytes: a URL that escapes each of them and a path with a directory before it still fit everywhere. */
export const MAX_NAME_BYTES = 900;

// Windows refuses : * " < > | and the backslash, URLs end a path at # and ?, clients disagree about escaping %.
const FORBIDDEN = /[\\#?%:*"<>|]/;
// Format characters (Cf) are invisible or turn text around: whoever signs could not see which name they sign. Cs is a lone surrogate.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
// Windows opens a device by these names, whatever the case and the extension.
const DEVICE = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)(?: *\..*)?$/i;
// What rust-tuf refuses beside devices, and what git refuses in a tree.
const RESERVED = /^(?:keybd\$|clock\$|screen\$|\$idle\$|config\$|\.git|git~1)$/i;
// What nearly all names look like; nothing above can match them, so that one test takes the place of many. It errs towards refusing.
const PLAIN = /^(?:(?!con|prn|aux|nul|com|lpt)[a-z0-9_][a-z0-9_-]*(?:\.+[a-z0-9_-]+)*(?:\/(?!$)|$))+$/i;
const NON_ASCII = /[^\x00-\x7f]/;

function byteLength(text: string): number {
  return NON_ASCII.test(text) ? new TextEncoder().encode(text).length : text.length;
}

function fail(name: string, detail: string): never {
  throw new CountersignError('file-name', quote(name), detail);
}

function requirePortableSegment(name: string, segment: string): void {
  if (segment === '') fail(name, 'expected a name between slashes, got none');
  if (segment === '.' || segment === '..') fail(name, `expected a relative path without dots, got ${quote(segment)}`);
  if (/^\s|[\s.]$/u.test(segment)) fail(name, `expected no white space at either end and no dot at the end, got ${quote(segment)}`);
  if (DEVICE.test(segment) || RESERVED.test(segment))
    fail(name, `expected a name that every system can hold, got the reserved ${quote(segment)}`);
  const bytes = byteLength(segment);
  if (bytes > MAX_SEGMENT_BYTES) fail(name, `expected at most ${String(MAX_SEGMENT_BYTES)} bytes between slashes, got ${String(bytes)}`);
}

/**
 * Refuses a target name that some client, file system, URL or host can't carry unchanged. The union of their limits: a name
 * that passes can be published on every host and fetched by every client on every system.
 *
 * @param name - relative to the targets directory, segments separated by `/`
 * @throws `file-name`, naming the file
 */
export function requirePortableName(name: string): void {
  if (name.length <= MAX_SEGMENT_BYTES && PLAIN.test(name)) return;
  const forbidden = FORBIDDEN.exec(name)?.[0];
  if (forbidden !== undefined) fail(name, `expected a name without ${quote(forbidden)}`);
  const unprintable = UNPRINTABLE.exec(name)?.[0]?.codePointAt(0);
  if (unprintable !== undefined) {
    fail(name, `expected printable characters, got U+${unprintable.toString(16).toUpperCase().padStart(4, '0')}`);
  }
  // macOS stores one form and finds both; Linux keeps them apart; tough normalises what it signs.
  if (!isNfc(name)) fail(name, 'expected Unicode in normal form C, got another form');
  const bytes = byteLength(name);
  if (bytes > MAX_NAME_BYTES) fail(name, `expected at most ${String(MAX_NAME_BYTES)} bytes, got ${String(bytes)}`);
  for (const segment of name.split('/')) requirePortableSegment(name, segment);
}

/** Equal for names that some file system takes for one. May join names that most keep apart (ß and ss), never the reverse. */
function fold(name: string): string {
  return NON_ASCII.test(name) ? name.toLowerCase().toUpperCase().normalize('NFC') : name.toUpperCase();
}

/**
 * Refuses names that can't all exist in one directory tree everywhere: equal ones, ones that differ by case only, and a file
 * that has the name of another file's directory.
 *
 * @throws `file-name`, naming both
 */
export function requireDistinctNames(names: Iterable<string>): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = fold(name);
    const other = seen.get(folded);
    if (other === name) fail(name, `expected each name once, got it twice`);
    if (other !== undefined) fail(name, `expected names that differ by more than case, got ${quote(other)} too`);
    seen.set(folded, name);
  }
  for (const [folded, name] of seen) {
    for (let slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
      const other = seen.get(folded.slice(0, slash));
      if (other !== undefined) fail(name, `expected a directory, got the file ${quote(other)} of the same name`);
    }
  }
}
