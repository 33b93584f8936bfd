// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { HttpFailure, NO_CONTENT, created, notFound, ok, unprocessable, validationFailed } from './reply.ts';
import type { Fields } from './reply.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { nodeId, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import type { Asset, Release, Repository } from './state.ts';
import type { World } from './world.ts';

const RELEASES = '/repos/{owner}/{repo}/releases';

/** Files of releases. */
export const assetRoutes: readonly Route[] = [
  { method: 'GET', path: `${RELEASES}/{release_id}/assets`, need: reads('contents'), handle: list },
  { method: 'POST', path: `${RELEASES}/{release_id}/assets`, need: writes('contents'), handle: upload },
  { method: 'GET', path: `${RELEASES}/assets/{asset_id}`, need: reads('contents'), handle: get },
  { method: 'PATCH', path: `${RELEASES}/assets/{asset_id}`, need: writes('contents'), handle: edit },
  { method: 'DELETE', path: `${RELEASES}/assets/{asset_id}`, need: writes('contents'), handle: remove },
];

/** The release that the path names, unless it is a draft that the caller may not see. @throws 404 */
export function releaseOf(call: Call): Release {
  const release = call.repository.releases.get(call.number('release_id'));
  if (release === undefined || (release.draft && !call.mayWrite)) throw notFound();
  return release;
}

/** What GitHub makes of a file's name: other characters become dots, and a name never starts or ends with one. */
export function renamed(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._+@-]+/g, '.').replace(/\.{2,}/g, '.');
  return plain.replace(/^\./, 'default.').replace(/\.$/, '') || 'default';
}

function list(call: Call) {
  const release = releaseOf(call);
  return call.page(release.assets, (asset) => assetShape(call.world, call.repository, release, asset));
}

function upload(call: Call) {
  const { world, repository } = call;
  const release = releaseOf(call);
  if (release.immutable && !release.draft) throw new HttpFailure(422, 'Cannot upload assets to an immutable release.');
  const asked = call.query.get('name') ?? '';
  if (asked === '') throw validationFailed('ReleaseAsset', 'missing_field', 'name');
  const name = renamed(asked);
  if (release.assets.some((one) => one.name === name)) throw validationFailed('ReleaseAsset', 'already_exists', 'name');
  if (release.assets.length >= repository.settings.maxAssets) {
    throw validationFailed('ReleaseAsset', 'custom', 'release', `file_count exceeds ${repository.settings.maxAssets}`);
  }
  if (call.raw.length === 0) throw new HttpFailure(400, 'Bad Content-Length: 0');
  if (call.raw.length >= repository.settings.maxAssetBytes)
    throw validationFailed('ReleaseAsset', 'custom', 'size', 'size must be less than 2147483648');
  const asset: Asset = {
    id: world.nextId(),
    name,
    label: call.query.get('label') ?? '',
    state: 'uploaded',
    contentType: String(call.headers['content-type'] ?? 'application/octet-stream'),
    bytes: call.raw,
    digest: `sha256:${createHash('sha256').update(call.raw).digest('hex')}`,
    uploader: call.user.id,
    createdAt: world.now(),
  };
  release.assets.push(asset);
  return created(assetShape(world, repository, release, asset));
}

/** What an upload that broke off leaves behind. */
export function leaveStarter(world: World, repository: Repository, releaseId: number, name: string, uploader: number): void {
  const release = repository.releases.get(releaseId);
  if (release === undefined || release.assets.some((one) => one.name === renamed(name))) return;
  release.assets.push({
    id: world.nextId(),
    name: renamed(name),
    label: '',
    state: 'starter',
    contentType: 'application/octet-stream',
    bytes: Buffer.alloc(0),
    digest: null,
    uploader,
    createdAt: world.now(),
  });
}

function assetOf(call: Call): { readonly release: Release; readonly asset: Asset } {
  const id = call.number('asset_id');
  for (const release of call.repository.releases.values()) {
    const asset = release.assets.find((one) => one.id === id);
    if (asset !== undefined && !(release.draft && !call.mayWrite)) return { release, asset };
  }
  throw notFound();
}

function get(call: Call) {
  const { release, asset } = assetOf(call);
  if (call.headers['accept'] !== 'application/octet-stream') return ok(assetShape(call.world, call.repository, release, asset));
  if (asset.state !== 'uploaded') throw notFound();
  return { status: 302, headers: { location: signedUrl(call.world, call.repository, asset) } };
}

/** An address on the storage host, which asks for no token. */
export function signedUrl(world: World, repository: Repository, asset: Asset): string {
  return `${world.storageUrl}/release-assets/${repository.id}/${asset.id}?sig=${world.sign(`${repository.id}/${asset.id}`)}`;
}

function edit(call: Call) {
  const { release, asset } = assetOf(call);
  if (release.immutable && !release.draft) throw unprocessable('Cannot change assets of an immutable release.');
  const name = call.text('name');
  if (name !== undefined) {
    if (release.assets.some((one) => one !== asset && one.name === renamed(name)))
      throw validationFailed('ReleaseAsset', 'already_exists', 'name');
    asset.name = renamed(name);
  }
  asset.label = call.text('label') ?? asset.label;
  return ok(assetShape(call.world, call.repository, release, asset));
}

function remove(call: Call) {
  const { release, asset } = assetOf(call);
  if (release.immutable && !release.draft) throw unprocessable('Cannot delete assets from an immutable release.');
  release.assets.splice(release.assets.indexOf(asset), 1);
  return NO_CONTENT;
}

/** An asset. */
export function assetShape(world: World, repository: Repository, release: Release, asset: Asset): Fields {
  const tag = release.draft ? `untagged-${release.id.toString(16)}` : release.tag;
  return {
    url: `${repositoryUrl(world, repository)}/releases/assets/${asset.id}`,
    browser_download_url: `${webUrl(world, repository)}/releases/download/${tag.split('/').map(encodeURIComponent).join('/')}/${encodeURIComponent(asset.name)}`,
    id: asset.id,
    node_id: nodeId('ReleaseAsset', asset.id),
    name: asset.name,
    label: asset.label,
    state: asset.state,
    content_type: asset.contentType,
    size: asset.bytes.length,
    digest: asset.digest,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    uploader: simpleUser(world, world.userById(asset.uploader)),
  };
}
