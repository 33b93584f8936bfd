// SPDX-License-Identifier: Apache-2.0
import type { TargetFile, Targets } from '../tuf/targets.ts';
import type { HashedFile } from '../ports.ts';

/** What became of comparing the targets that somebody signs with files that they have built themselves. */
export interface OwnBuild {
  /** What stands before the names of the files in the paths of targets. */
  readonly prefix: string;
  readonly same: number;
  /** Target paths under which the own build has other bytes. */
  readonly differing: readonly string[];
  /** Target paths that the own build has no file for. */
  readonly missing: readonly string[];
  /** Files of the own build that are no target which is signed. */
  readonly extra: readonly string[];
}

/** New and changed targets of the files that are signed. */
export interface SignedTargets {
  readonly before: Targets | null;
  readonly signed: Targets;
}

/** The directory that all paths are in, with its slash: `v1.2.0/`; empty when they share none. */
function commonDirectory(paths: readonly string[]): string {
  const [first = '', ...more] = paths;
  let prefix = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of more) {
    while (!path.startsWith(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
  }
  return prefix;
}

/**
 * Compares the targets that are new or changed with an own build.
 * @param files - of the own build, each named relative to its directory
 * @param prefix - what the names lack of the paths; null to find it: nothing when a file has the whole path of a target,
 * else the directory that all these targets are in
 */
export function compareBuild(targets: readonly SignedTargets[], files: readonly HashedFile[], prefix: string | null): OwnBuild {
  const wanted = new Map<string, TargetFile>();
  for (const { before, signed } of targets) {
    const old = new Map<string, TargetFile>(before?.targets ?? []);
    for (const [path, file] of signed.targets) {
      const was = old.get(path);
      const isSame = was?.length === file.length && was.hashes.get('sha256') === file.hashes.get('sha256');
      if (!isSame) wanted.set(path, file);
    }
  }
  const hasWhole = files.some(({ name }) => wanted.has(name));
  const used = prefix ?? (hasWhole ? '' : commonDirectory([...wanted.keys()]));
  const own = new Map(files.map((file) => [`${used}${file.name}`, file]));
  const [differing, missing]: [string[], string[]] = [[], []];
  let same = 0;
  for (const [path, file] of wanted) {
    const built = own.get(path);
    if (built === undefined) missing.push(path);
    else if (built.length !== file.length || built.sha256 !== file.hashes.get('sha256')) differing.push(path);
    else same++;
  }
  const extra = [...own].filter(([path]) => !wanted.has(path)).map(([, { name }]) => name);
  return { prefix: used, same, differing, missing, extra };
}
