// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError, TEMPORARY_PREFIX } from '../../disk/atomic-file.ts';
import type { Artifact, Artifacts, WorkflowRun } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseCommitSha } from '../local/ids.ts';
import { authorOf } from './accounts.ts';
import { answerOf, childOf, childOrNull, countOf, countOrNull, flagOf, textOf, textOrNull } from './answer.ts';
import type { Answer } from './answer.ts';
import { sha256Of } from './assets.ts';
import { failureOf, statusOf, translate } from './errors.ts';
import type { Purpose } from './errors.ts';
import { sendForAll, sendOrNull } from './place.ts';
import type { Place } from './place.ts';

const NEEDS = 'actions: read';
const DEFAULT_API = 'https://api.github.com';
const LIST = 'GET /repos/{owner}/{repo}/actions/artifacts';

/** What the artifact client needs beside a {@link Place}: it opens a connection of its own. */
export interface ArtifactAccess {
  readonly token: string;
  readonly apiUrl: string;
}

/** What workflow runs of a repository of GitHub have left. */
export class GitHubArtifacts implements Artifacts {
  readonly #place: Place;
  readonly #access: ArtifactAccess;

  constructor(place: Place, access: ArtifactAccess) {
    this.#place = place;
    this.#access = access;
  }

  async run(id: number): Promise<WorkflowRun | null> {
    const purpose = { what: `workflow run ${String(id)}`, needs: NEEDS };
    const found = await sendOrNull(this.#place, 'GET /repos/{owner}/{repo}/actions/runs/{run_id}', { run_id: id }, purpose);
    return found === null ? null : runOf(answerOf(found, purpose.what));
  }

  /** None where there is no such run. */
  async ofRun(runId: number): Promise<readonly Artifact[]> {
    const purpose = { what: `artifacts of workflow run ${String(runId)}`, needs: NEEDS };
    try {
      const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts';
      return (await sendForAll(this.#place, route, { run_id: runId }, purpose)).map(artifactOf);
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      return [];
    }
  }

  async named(name: string): Promise<readonly Artifact[]> {
    const found = (await sendForAll(this.#place, LIST, { name }, { what: `artifacts ${quote(name)}`, needs: NEEDS })).map(artifactOf);
    return newestFirst(found.filter((one) => one.name === name));
  }

  async newest(limit: number): Promise<readonly Artifact[]> {
    return newestFirst((await sendForAll(this.#place, LIST, {}, { what: 'artifacts', needs: NEEDS }, limit)).map(artifactOf));
  }

  /**
   * Through the artifact client, which is loaded only here. It takes GitHub's address from GITHUB_API_URL alone.
   * @throws also `artifact-missing`, `usage` when GITHUB_API_URL names another host than this was opened with
   */
  async download(artifact: Artifact, directory: string): Promise<void> {
    const where = `artifact ${String(artifact.id)}`;
    if (artifact.expired)
      throw new CountersignError('artifact-expired', where, `expected the bytes of ${quote(artifact.name)}, got none any more`);
    if ((process.env['GITHUB_API_URL'] ?? DEFAULT_API) !== this.#access.apiUrl)
      throw new CountersignError('usage', 'GITHUB_API_URL', 'expected the address that the repository was opened with, got another');
    const temporary = await this.#temporary(directory);
    try {
      // Unpacked aside: the client unpacks before it knows the digest, and only tells of one that differs.
      await this.#unpack(artifact, temporary, where);
      for (const name of await readdir(temporary)) await rename(join(temporary, name), join(directory, name));
    } catch (error) {
      throw ioError(directory, 'to unpack an artifact', error);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  async #temporary(directory: string): Promise<string> {
    try {
      return await mkdtemp(join(directory, TEMPORARY_PREFIX));
    } catch (error) {
      throw ioError(directory, 'to make a directory', error);
    }
  }

  async #unpack(artifact: Artifact, path: string, where: string): Promise<void> {
    const { DefaultArtifactClient } = await import('@actions/artifact');
    const findBy = {
      token: this.#access.token,
      workflowRunId: artifact.runId ?? 0,
      repositoryOwner: this.#place.owner,
      repositoryName: this.#place.repo,
    };
    const expected = artifact.sha256 === null ? {} : { expectedHash: `sha256:${artifact.sha256}` };
    const done = await new DefaultArtifactClient().downloadArtifact(artifact.id, { path, findBy, ...expected }).catch((error: unknown) => {
      throw this.#downloadError(error, where);
    });
    if (done.digestMismatch === true)
      throw new CountersignError('artifact-mismatch', where, `expected an archive with sha256 ${artifact.sha256 ?? ''}, got another`);
  }

  #downloadError(error: unknown, where: string): unknown {
    const codes = { 404: 'artifact-missing', 410: 'artifact-expired' } as const;
    const purpose: Purpose = { what: where, needs: NEEDS, codes };
    const failure = failureOf(error);
    if (failure !== null) return translate(failure, purpose, this.#place.scrub);
    if (!(error instanceof Error)) return error;
    // The client wraps all that goes wrong after it was sent on to the archive.
    return new CountersignError('io', where, `expected to download and unpack it, got ${quote(this.#place.scrub(error.message))}`);
  }
}

function newestFirst(artifacts: readonly Artifact[]): readonly Artifact[] {
  return artifacts.toSorted((a, b) => b.id - a.id);
}

function artifactOf(answer: Answer): Artifact {
  const run = childOrNull(answer, 'workflow_run');
  const repository = run === null ? null : countOrNull(run, 'repository_id');
  const head = run === null ? null : countOrNull(run, 'head_repository_id');
  return {
    id: countOf(answer, 'id'),
    name: textOf(answer, 'name'),
    size: countOf(answer, 'size_in_bytes'),
    sha256: sha256Of(answer),
    expired: flagOf(answer, 'expired'),
    runId: run === null ? null : countOrNull(run, 'id'),
    // Unless GitHub says that it is ours, it is not.
    from: repository !== null && repository === head ? 'repository' : 'fork',
  };
}

function runOf(answer: Answer): WorkflowRun {
  const head = childOrNull(answer, 'head_repository');
  const isOurs = head !== null && countOf(head, 'id') === countOf(childOf(answer, 'repository'), 'id');
  return {
    id: countOf(answer, 'id'),
    // GitHub may add the branch that it took the file from: `….yml@main`.
    workflow: textOf(answer, 'path').split('@', 1)[0] ?? '',
    commit: parseCommitSha(textOf(answer, 'head_sha'), answer.where),
    event: textOf(answer, 'event'),
    from: isOurs ? 'repository' : 'fork',
    status: textOrNull(answer, 'status') ?? '',
    conclusion: textOrNull(answer, 'conclusion'),
    actor: authorOf(answer, 'actor'),
    url: textOf(answer, 'html_url'),
  };
}
