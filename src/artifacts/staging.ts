// SPDX-License-Identifier: Apache-2.0
import { lstat, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '../disk/atomic-file.ts';
import { STAGED_PREFIX, stagedName } from '../event/event-file.ts';
import type { Artifact, Artifacts, Log, Staging } from '../ports.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { fileDigest } from './file-digest.ts';
import { linkOrCopy } from './link-file.ts';

/** How many artifacts are looked through for a file that no hint leads to. */
const MAX_SEARCHED = 300;
const DIGEST_NAME = /^[0-9a-f]{64}$/;

/** An artifact whose files are gone. */
export interface ExpiredArtifact {
  readonly name: string;
  readonly runId: number | null;
  /** Where its run can be repeated, if it is known. */
  readonly url: string | null;
}

/** Where staged files are on this machine, and where they are looked for. */
export interface ArtifactStagingOptions {
  /** The directory that holds our own: the runner's temporary one. */
  readonly temporary: string;
  readonly artifacts: Artifacts;
  /** Names of artifacts to look into first. */
  readonly hints: readonly string[];
  readonly runUrl: (runId: number) => string;
  readonly log: Log;
}

/** Files that wait as workflow artifacts. */
export interface ArtifactStaging extends Staging {
  /** The directory with everything that was put, and what its artifact is to be called; null when nothing was. A step of the workflow uploads it. */
  upload(): { readonly name: string; readonly directory: string } | null;
  /** Artifacts that were looked for and have expired: the files of one of them may be what is missing. */
  readonly expired: readonly ExpiredArtifact[];
}

/** Opens staging in a new directory of its own. @throws `io` */
export async function openArtifactStaging(options: ArtifactStagingOptions): Promise<ArtifactStaging> {
  try {
    return new StagedFiles(await mkdtemp(join(options.temporary, STAGED_PREFIX)), options);
  } catch (error) {
    throw ioError(options.temporary, 'to make a directory for staged files', error);
  }
}

function requireDigest(sha256: string): void {
  if (!DIGEST_NAME.test(sha256)) throw new CountersignError('hash-invalid', quote(sha256), 'expected 64 lower-case hex digits');
}

class StagedFiles implements ArtifactStaging {
  readonly #options: ArtifactStagingOptions;
  /** What was put; uploaded as it is. */
  readonly #directory: string;
  /** What was downloaded. */
  readonly #downloads: string;
  readonly #hints: Set<string>;
  readonly #put: Set<string> = new Set();
  /** Files in downloaded artifacts by name; not hashed yet. */
  readonly #found: Map<string, string[]> = new Map();
  readonly #seen: Set<number> = new Set();
  readonly #expired: Map<number, ExpiredArtifact> = new Map();
  #newest: readonly Artifact[] | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(directory: string, options: ArtifactStagingOptions) {
    this.#options = options;
    this.#directory = join(directory, 'files');
    this.#downloads = join(directory, 'downloads');
    this.#hints = new Set(options.hints);
  }

  expiredRuns(): readonly string[] {
    return [...new Set(this.expired.flatMap(({ url }) => url ?? []))];
  }

  get expired(): readonly ExpiredArtifact[] {
    return [...this.#expired.values()];
  }

  addHints(names: readonly string[]): void {
    for (const name of names) this.#hints.add(name);
  }

  upload(): { readonly name: string; readonly directory: string } | null {
    return this.#put.size === 0 ? null : { name: stagedName(this.#put), directory: this.#directory };
  }

  async put(sha256: string, path: string): Promise<void> {
    requireDigest(sha256);
    try {
      await mkdir(this.#directory, { recursive: true });
      await linkOrCopy(path, join(this.#directory, sha256));
    } catch (error) {
      throw ioError(path, 'to take in the file', error);
    }
    this.#put.add(sha256);
  }

  async locate(sha256: string): Promise<string | null> {
    requireDigest(sha256);
    if (this.#put.has(sha256)) return join(this.#directory, sha256);
    // One at a time: several callers must not download the same artifact.
    const search = this.#queue.then(() => this.#search(sha256));
    this.#queue = search.catch(() => undefined);
    return search;
  }

  async #search(sha256: string): Promise<string | null> {
    const known = await this.#genuine(sha256);
    if (known !== null) return known;
    const { artifacts } = this.#options;
    for (const hint of this.#hints) {
      if (!hint.startsWith(STAGED_PREFIX)) continue;
      const found = await this.#look(await artifacts.named(hint), sha256);
      if (found !== null) return found;
    }
    this.#newest ??= (await artifacts.newest(MAX_SEARCHED)).filter(({ name }) => name.startsWith(STAGED_PREFIX));
    return this.#look(this.#newest, sha256);
  }

  async #look(candidates: readonly Artifact[], sha256: string): Promise<string | null> {
    for (const artifact of [...candidates].sort((a, b) => b.id - a.id)) {
      if (this.#seen.has(artifact.id) || artifact.from !== 'repository') continue;
      this.#seen.add(artifact.id);
      if (!(await this.#fetch(artifact))) continue;
      const found = await this.#genuine(sha256);
      if (found !== null) return found;
    }
    return null;
  }

  /** @returns false when its files are gone, or it is not what the host says it is */
  async #fetch(artifact: Artifact): Promise<boolean> {
    if (artifact.expired) {
      this.#remember(artifact);
      return false;
    }
    const directory = join(this.#downloads, String(artifact.id));
    try {
      await mkdir(directory, { recursive: true });
      await this.#options.artifacts.download(artifact, directory);
      for (const name of await readdir(directory)) {
        if (DIGEST_NAME.test(name)) this.#found.set(name, [...(this.#found.get(name) ?? []), join(directory, name)]);
      }
      return true;
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'artifact-expired') {
        this.#remember(artifact);
        return false;
      }
      // Any writer can leave a damaged artifact of our prefix; that must not hide the good ones.
      if (!(error instanceof CountersignError && error.code === 'artifact-mismatch'))
        throw ioError(artifact.name, 'to unpack the artifact', error);
      this.#options.log.warn(error.message);
      return false;
    }
  }

  #remember({ id, name, runId }: Artifact): void {
    this.#expired.set(id, { name, runId, url: runId === null ? null : this.#options.runUrl(runId) });
  }

  /** A downloaded file that really has this hash. Files that only bear its name are passed over, so that they can't stand in the way of the right one. */
  async #genuine(sha256: string): Promise<string | null> {
    for (const path of this.#found.get(sha256) ?? []) {
      if ((await lstat(path)).isFile() && (await fileDigest(path)) === sha256) {
        this.#found.set(sha256, [path]);
        return path;
      }
    }
    this.#found.delete(sha256);
    return null;
  }
}
