// SPDX-License-Identifier: Apache-2.0
// Files of targets that were removed or replaced: they stay where they are until somebody has them taken away.
import { targetFilePaths } from '../tuf/published-tree.ts';
import type { HostedTarget } from './decide-publish.ts';

/** A target's file by its path: the digest, and the name, where the specification and where tough puts it. */
const FILE = /^targets\/(?:(.*)\/)?([0-9a-f]{64})\.(.+)$/;

/**
 * The files of targets that are listed no more.
 * @param paths - of the published tree; what is not below `targets/` is passed over
 * @param wanted - all targets of what is signed, and of what clients are served
 */
export function unlistedFiles(paths: Iterable<string>, wanted: readonly HostedTarget[]): readonly string[] {
  const known = new Set(wanted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
  return [...paths].filter((path) => path.startsWith('targets/') && !known.has(path));
}

/** How many targets some files are of: most lie in two places, as {@link targetFilePaths} says. */
export function countTargets(files: Iterable<string>): number {
  const names = [...files].map((file) => {
    const [, directory, sha256 = '', name = file] = FILE.exec(file) ?? [];
    return `${sha256} ${directory === undefined ? name : `${directory}/${name}`}`;
  });
  return new Set(names).size;
}
