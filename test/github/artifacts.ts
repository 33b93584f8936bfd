// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { HttpFailure, NO_CONTENT, created, notFound, ok } from './reply.ts';
import type { Fields, Reply } from './reply.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { nodeId, repositoryUrl } from './shapes.ts';
import type { Actor, Artifact, Repository } from './state.ts';
import type { World } from './world.ts';

const ACTIONS = '/repos/{owner}/{repo}/actions';

/** Artifacts of workflow runs. */
export const artifactRoutes: readonly Route[] = [
  { method: 'GET', path: `${ACTIONS}/artifacts`, need: reads('actions'), handle: (call) => list(call, null) },
  { method: 'GET', path: `${ACTIONS}/runs/{run_id}/artifacts`, need: reads('actions'), handle: ofRun },
  { method: 'GET', path: `${ACTIONS}/artifacts/{artifact_id}`, need: reads('actions'), handle: get },
  { method: 'DELETE', path: `${ACTIONS}/artifacts/{artifact_id}`, need: writes('actions'), handle: remove },
  {
    method: 'GET',
    path: `${ACTIONS}/artifacts/{artifact_id}/{archive_format}`,
    need: { ...reads('actions'), person: 'signed-in' },
    handle: download,
  },
];

function ofRun(call: Call) {
  const id = call.number('run_id');
  if (!call.repository.runs.has(id)) throw notFound();
  return list(call, id);
}

function list(call: Call, run: number | null) {
  const { world, repository, query } = call;
  const name = query.get('name');
  const found = [...repository.artifacts.values()].filter(
    (one) => (run === null || one.run === run) && (name === null || one.name === name),
  );
  const ordered = query.get('direction') === 'asc' ? found : found.toReversed();
  return call.pageOf('artifacts', ordered, (artifact) => artifactShape(world, repository, artifact));
}

function artifactOf(call: Call): Artifact {
  const artifact = call.repository.artifacts.get(call.number('artifact_id'));
  if (artifact === undefined) throw notFound();
  return artifact;
}

function isExpired(world: World, artifact: Artifact): boolean {
  return artifact.expired || Date.parse(artifact.expiresAt) <= world.milliseconds();
}

function get(call: Call) {
  return ok(artifactShape(call.world, call.repository, artifactOf(call)));
}

function remove(call: Call) {
  call.repository.artifacts.delete(artifactOf(call).id);
  return NO_CONTENT;
}

function download(call: Call) {
  const { world, repository } = call;
  const artifact = artifactOf(call);
  if (call.param('archive_format') !== 'zip') throw notFound();
  if (isExpired(world, artifact)) throw new HttpFailure(410, 'Artifact has expired');
  const path = `${repository.id}/${artifact.id}`;
  return { status: 302, headers: { location: `${world.storageUrl}/artifacts/${path}?sig=${world.sign(path)}` } };
}

/** An artifact. */
export function artifactShape(world: World, repository: Repository, artifact: Artifact): Fields {
  const url = `${repositoryUrl(world, repository)}/actions/artifacts/${artifact.id}`;
  const run = repository.runs.get(artifact.run);
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: isExpired(world, artifact),
    digest: artifact.digest,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.expiresAt,
    workflow_run:
      run === undefined
        ? null
        : {
            id: run.id,
            repository_id: repository.id,
            head_repository_id: run.headRepository,
            head_branch: run.headBranch,
            head_sha: run.headSha,
          },
  };
}

/** Takes in the zip of an artifact for a run. @throws 409 when the run has one of that name */
export function storeArtifact(
  world: World,
  repository: Repository,
  input: {
    readonly run: number;
    readonly name: string;
    readonly zip: Uint8Array;
    readonly retentionDays?: number;
    readonly overwrite?: boolean;
  },
): Artifact {
  const same = [...repository.artifacts.values()].find((one) => one.run === input.run && one.name === input.name);
  if (same !== undefined && input.overwrite !== true)
    throw new HttpFailure(409, 'an artifact with this name already exists on the workflow run');
  if (same !== undefined) repository.artifacts.delete(same.id);
  const artifact: Artifact = {
    id: world.nextId(),
    name: input.name,
    run: input.run,
    zip: input.zip,
    digest: `sha256:${createHash('sha256').update(input.zip).digest('hex')}`,
    expired: false,
    createdAt: world.now(),
    expiresAt: world.later(input.retentionDays ?? 90),
  };
  repository.artifacts.set(artifact.id, artifact);
  return artifact;
}

/**
 * What stands in for the runner's own upload service: `POST /_fake/runs/{id}/artifacts?name=&retention-days=&overwrite=` with the zip as body and the
 * job's token. Gives `{id, digest}`.
 */
export function uploadFromRun(world: World, actor: Actor, url: URL, raw: Buffer): Reply {
  const run = Number(/^\/_fake\/runs\/(\d+)\/artifacts$/.exec(url.pathname)?.[1] ?? Number.NaN);
  const repository = [...world.repositories.values()].find((one) => one.runs.has(run));
  const name = url.searchParams.get('name') ?? '';
  if (repository === undefined || name === '') throw notFound();
  if (actor.kind !== 'job' || actor.repository !== repository.id) throw new HttpFailure(403, 'Forbidden');
  const days = Number(url.searchParams.get('retention-days') ?? '');
  const artifact = storeArtifact(world, repository, {
    run,
    name,
    zip: raw,
    ...(days > 0 ? { retentionDays: days } : {}),
    overwrite: url.searchParams.get('overwrite') === 'true',
  });
  return created({ id: artifact.id, digest: artifact.digest });
}
