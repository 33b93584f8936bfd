// SPDX-License-Identifier: Apache-2.0
import { NO_CONTENT, checkBody, created, notFound, ok, unprocessable, validationFailed } from './reply.ts';
import type { Fields } from './reply.ts';
import { assetShape, releaseOf } from './assets.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { moveRefs, restFailure } from './moves.ts';
import { isRefName } from './refs.ts';
import { nodeId, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import type { Release, Repository } from './state.ts';
import type { World } from './world.ts';

const RELEASES = '/repos/{owner}/{repo}/releases';

/** Releases. */
export const releaseRoutes: readonly Route[] = [
  { method: 'GET', path: RELEASES, need: reads('contents'), handle: list },
  { method: 'POST', path: RELEASES, need: writes('contents'), handle: create },
  { method: 'GET', path: `${RELEASES}/latest`, need: reads('contents'), handle: latest },
  { method: 'GET', path: `${RELEASES}/tags/{tag}`, need: reads('contents'), handle: byTag },
  { method: 'GET', path: `${RELEASES}/{release_id}`, need: reads('contents'), handle: get },
  { method: 'PATCH', path: `${RELEASES}/{release_id}`, need: writes('contents'), handle: edit },
  { method: 'DELETE', path: `${RELEASES}/{release_id}`, need: writes('contents'), handle: remove },
];

/** Newest first; drafts only for those who may write. */
function visible(call: Call): readonly Release[] {
  return [...call.repository.releases.values()].toReversed().filter((release) => !release.draft || call.mayWrite);
}

function list(call: Call) {
  return call.page(visible(call), (release) => releaseShape(call.world, call.repository, release));
}

function latest(call: Call) {
  const release = visible(call).find((one) => !one.draft && !one.prerelease);
  if (release === undefined) throw notFound();
  return ok(releaseShape(call.world, call.repository, release));
}

function byTag(call: Call) {
  const release = visible(call).find((one) => !one.draft && one.tag === call.param('tag'));
  if (release === undefined) throw notFound();
  return ok(releaseShape(call.world, call.repository, release));
}

function get(call: Call) {
  return ok(releaseShape(call.world, call.repository, releaseOf(call)));
}

function create(call: Call) {
  const { world, repository } = call;
  const body = call.text('body') ?? null;
  if (body !== null && body.length > 125_000)
    throw validationFailed('Release', 'custom', 'body', 'body is too long (maximum is 125000 characters)');
  const release: Release = {
    id: world.nextId(),
    tag: call.text('tag_name') ?? '',
    target: call.text('target_commitish') ?? repository.defaultBranch,
    name: call.text('name') ?? null,
    body,
    draft: true,
    prerelease: call.flag('prerelease') ?? false,
    immutable: false,
    author: call.user.id,
    createdAt: world.now(),
    publishedAt: null,
    assets: [],
  };
  if (!isRefName(`refs/tags/${release.tag}`)) throw validationFailed('Release', 'custom', 'tag_name', 'tag_name is not a valid tag');
  if (targetOf(repository, release) === null) throw validationFailed('Release', 'invalid', 'target_commitish');
  if (call.flag('draft') !== true) publish(call, release);
  repository.releases.set(release.id, release);
  return created(releaseShape(world, repository, release));
}

function edit(call: Call) {
  const { world, repository } = call;
  const release = releaseOf(call);
  const [tag, target] = [call.text('tag_name') ?? release.tag, call.text('target_commitish') ?? release.target];
  if (release.immutable && (tag !== release.tag || target !== release.target)) throw unprocessable('Cannot change an immutable release.');
  const body = call.text('body');
  checkBody('Release', body ?? null);
  const wanted: Release = { ...release, tag, target };
  if (call.flag('draft') === false && release.draft) publish(call, wanted);
  if (call.flag('draft') === true && !release.draft) wanted.draft = true;
  wanted.name = call.text('name') ?? release.name;
  wanted.body = body ?? release.body;
  wanted.prerelease = call.flag('prerelease') ?? release.prerelease;
  Object.assign(release, wanted);
  return ok(releaseShape(world, repository, release));
}

/** The commit where the tag would be made: null when there is none. */
function targetOf(repository: Repository, release: Release): string | null {
  const { refs, objects } = repository;
  const existing = refs.get(`refs/tags/${release.tag}`);
  if (existing !== null) return existing;
  const branch = refs.get(`refs/heads/${release.target}`) ?? refs.get(release.target);
  return branch ?? (objects.commit(release.target) === null ? null : release.target);
}

/** Publishing makes the tag where there is none. A tag that is there stays, whatever the target says. */
function publish(call: Call, release: Release): void {
  const { repository, world } = call;
  const name = `refs/tags/${release.tag}`;
  const taken = [...repository.releases.values()].some((one) => one.id !== release.id && !one.draft && one.tag === release.tag);
  if (taken) throw validationFailed('Release', 'already_exists', 'tag_name');
  if (repository.refs.get(name) === null) {
    const sha = targetOf(repository, release);
    if (sha === null) throw validationFailed('Release', 'invalid', 'target_commitish');
    try {
      moveRefs(world, repository, call.actor, [{ name, before: null, after: sha, force: false }]);
    } catch (error) {
      throw restFailure(error);
    }
  }
  release.draft = false;
  release.publishedAt = world.now();
  release.immutable = repository.settings.immutableReleases;
}

function remove(call: Call) {
  call.repository.releases.delete(releaseOf(call).id);
  return NO_CONTENT;
}

/** A release. */
export function releaseShape(world: World, repository: Repository, release: Release): Fields {
  const url = `${repositoryUrl(world, repository)}/releases/${release.id}`;
  const page = release.draft ? `untagged-${release.id.toString(16)}` : encodeURIComponent(release.tag);
  const source = `${repositoryUrl(world, repository)}/`;
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${world.uploadUrl}/repos/${world.fullName(repository)}/releases/${release.id}/assets{?name,label}`,
    html_url: `${webUrl(world, repository)}/releases/tag/${page}`,
    id: release.id,
    node_id: nodeId('Release', release.id),
    author: simpleUser(world, world.userById(release.author)),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.createdAt,
    published_at: release.publishedAt,
    tarball_url: release.draft ? null : `${source}tarball/${encodeURIComponent(release.tag)}`,
    zipball_url: release.draft ? null : `${source}zipball/${encodeURIComponent(release.tag)}`,
    assets: release.assets.map((asset) => assetShape(world, repository, release, asset)),
  };
}
