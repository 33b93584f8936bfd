// SPDX-License-Identifier: Apache-2.0
// Workflow artifacts in memory, which unpack into real directories and count who asks.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artifact, Artifacts, WorkflowRun } from '../../src/ports.ts';
import { CountersignError } from '../../src/tuf/errors.ts';

/** An artifact with its files. */
export interface StoredArtifact {
  readonly artifact: Artifact;
  readonly files: Readonly<Record<string, string>>;
  /** What its download fails with, if it does. */
  readonly fails?: 'artifact-expired' | 'artifact-mismatch' | 'io';
}

let nextId = 1;

/** An artifact of run 7 with these files. */
export function stored(
  name: string,
  files: Readonly<Record<string, string>>,
  change: Partial<Artifact> & Pick<Partial<StoredArtifact>, 'fails'> = {},
): StoredArtifact {
  const { fails, ...rest } = change;
  const artifact: Artifact = { id: nextId++, name, size: 1, sha256: 'a'.repeat(64), expired: false, runId: 7, from: 'repository', ...rest };
  return { artifact, files, ...(fails === undefined ? {} : { fails }) };
}

/** The port over these artifacts, and what was asked of it. */
export class ArtifactsInMemory implements Artifacts {
  readonly #stored: readonly StoredArtifact[];
  readonly #runs: readonly WorkflowRun[];
  /** Names of what was downloaded, in order. */
  readonly downloaded: string[] = [];

  constructor(all: readonly StoredArtifact[], runs: readonly WorkflowRun[] = []) {
    this.#stored = all;
    this.#runs = runs;
  }

  async run(id: number): Promise<WorkflowRun | null> {
    return this.#runs.find((run) => run.id === id) ?? null;
  }

  async ofRun(runId: number): Promise<readonly Artifact[]> {
    return this.#newestFirst().filter((artifact) => artifact.runId === runId);
  }

  async named(name: string): Promise<readonly Artifact[]> {
    return this.#newestFirst().filter((artifact) => artifact.name === name);
  }

  async newest(limit: number): Promise<readonly Artifact[]> {
    return this.#newestFirst().slice(0, limit);
  }

  async download(artifact: Artifact, directory: string): Promise<void> {
    const found = this.#stored.find((one) => one.artifact.id === artifact.id);
    this.downloaded.push(artifact.name);
    if (found?.fails !== undefined) throw new CountersignError(found.fails, artifact.name, 'expected a download, got a fault');
    for (const [name, text] of Object.entries(found?.files ?? {})) {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { flag: 'wx' });
    }
  }

  #newestFirst(): readonly Artifact[] {
    return this.#stored.map(({ artifact }) => artifact).sort((a, b) => b.id - a.id);
  }
}
