// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ioError } from '../disk/atomic-file.ts';
import type { Artifact, Artifacts, Log } from '../ports.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { fileDigest } from './file-digest.ts';

/** Artifacts as directories of this machine. */
export interface CollectedArtifacts {
  /** One directory for each artifact, in their order; the names of files in them are distinct. */
  readonly directories: readonly string[];
}

/** Where a relative name was found first. */
interface Found {
  readonly path: string;
  readonly artifact: string;
}

async function relativeNames(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    // What is neither file nor directory stays: the hasher refuses it by name.
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    throw ioError(directory, 'to list the artifact', error);
  }
}

/** Takes away a second copy of the same file; two files of one name are refused: nobody could say which of them was meant. */
async function mergeInto(found: Map<string, Found>, artifact: string, directory: string): Promise<void> {
  for (const name of await relativeNames(directory)) {
    const path = join(directory, name);
    const other = found.get(name);
    if (other === undefined) {
      found.set(name, { path, artifact });
      continue;
    }
    if ((await fileDigest(other.path)) !== (await fileDigest(path))) {
      const both = `${quote(other.artifact)} and ${quote(artifact)}`;
      throw new CountersignError('target-exists', quote(name), `expected one content, got different ones in the artifacts ${both}`);
    }
    await rm(path);
  }
}

/**
 * Downloads artifacts, each into a directory of its own, so that the jobs of a build matrix fan in. A file that several of them have alike is kept once.
 * @param directory - where; must be there, and empty
 * @throws `target-exists` for one name with two contents, naming both artifacts; the codes of {@link Artifacts.download}; `io`
 */
export async function collectArtifacts(
  artifacts: Pick<Artifacts, 'download'>,
  chosen: readonly Artifact[],
  directory: string,
  log: Log,
): Promise<CollectedArtifacts> {
  const directories: string[] = [];
  const found = new Map<string, Found>();
  for (const [index, artifact] of chosen.entries()) {
    // Numbered: a name of anyone's choice must not become a path.
    const own = join(directory, String(index));
    await mkdir(own);
    await artifacts.download(artifact, own);
    await mergeInto(found, artifact.name, own);
    directories.push(own);
    log.progress('fetching artifacts', index + 1, chosen.length);
  }
  return { directories };
}
