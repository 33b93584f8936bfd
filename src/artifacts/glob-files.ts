// SPDX-License-Identifier: Apache-2.0
import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { escapePath, glob, isDynamicPattern } from 'tinyglobby';
import { ioError } from '../disk/atomic-file.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { linkOrCopy } from './link-file.ts';

/** What patterns are read against. */
export interface GlobOptions {
  /** What relative patterns are relative to. */
  readonly workspace: string;
  /** Makes an empty directory for files that are not directly below the fixed part of their pattern. */
  readonly makeDirectory: () => Promise<string>;
}

/** The part of a pattern before its first sign, without which no match can be: `dist` of `dist/**`. */
function fixedPart(pattern: string): string {
  const segments = pattern.split('/');
  const first = segments.findIndex((segment) => isDynamicPattern(segment));
  return segments.slice(0, first < 0 ? -1 : first).join('/');
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A pattern, and whether it takes hidden files too, as a directory does. */
interface FilePattern {
  readonly text: string;
  readonly hidden: 'as-written' | 'all';
}

/** Which paths are left out, whether the patterns name them from the workspace on or in full. */
function leftOut(ignored: readonly string[], workspace: string): (path: string) => boolean {
  const isIgnored = picomatch([...ignored], { dot: true });
  const slashed = (path: string): string => path.split(sep).join('/');
  return (path) => isIgnored(slashed(relative(workspace, path))) || isIgnored(slashed(path));
}

/** The files of one pattern, as paths whose names are what the pattern leaves open: `a/b` of `dist/a/b` for `dist/**`. */
async function matched({ text, hidden }: FilePattern, ignored: readonly string[], options: GlobOptions): Promise<readonly string[]> {
  const base = fixedPart(text);
  const directory = resolve(options.workspace, text.startsWith('/') && base === '' ? '/' : base);
  const rest = base === '' ? text.replace(/^\//, '') : text.slice(base.length + 1);
  const isLeftOut = leftOut(ignored, resolve(options.workspace));
  const all = await glob(rest, {
    cwd: directory,
    dot: hidden === 'all',
    onlyFiles: true,
    followSymbolicLinks: false,
    expandDirectories: false,
  });
  const found = all.filter((name) => !isLeftOut(join(directory, name))).sort();
  if (found.length === 0) throw new CountersignError('usage', 'files', `expected files that match ${quote(text)}, got none`);
  if (found.every((name) => !name.includes('/'))) return found.map((name) => join(directory, name));
  const links = await options.makeDirectory();
  for (const name of found) {
    try {
      await mkdir(dirname(join(links, name)), { recursive: true });
      await linkOrCopy(join(directory, name), join(links, name));
    } catch (error) {
      throw ioError(name, 'to collect the file', error);
    }
  }
  return [links];
}

/** A path that is there, as a pattern of all that is in it. */
function patternOf(given: string, path: string): FilePattern {
  const text = escapePath(given.replace(/(?<!\/)\/+$/, ''));
  return { text: isDirectory(path) ? `${text}/**` : text, hidden: 'all' };
}

/**
 * Resolves what a workflow calls its files: paths of files and directories, glob patterns, and with `!` in front patterns of what to leave out. Files keep what
 * their pattern leaves open as their name, so that `dist/**` gives the same names as `dist`. Hidden files only match where the pattern says so.
 * @returns paths of files and directories
 * @throws `usage` for a pattern that matches nothing, by name; `io`
 */
export async function globFiles(patterns: readonly string[], options: GlobOptions): Promise<readonly string[]> {
  const ignored = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const paths: string[] = [];
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) continue;
    const path = resolve(options.workspace, pattern);
    // A file may have a name that looks like a pattern.
    const isThere = existsSync(path);
    if (isThere && ignored.length === 0) paths.push(path);
    else paths.push(...(await matched(isThere ? patternOf(pattern, path) : { text: pattern, hidden: 'as-written' }, ignored, options)));
  }
  return paths;
}
