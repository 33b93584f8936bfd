// SPDX-License-Identifier: Apache-2.0
import type { IncomingHttpHeaders } from 'node:http';
import { signedUrl } from './assets.ts';
import { authenticate, isVisible, mayPush } from './permissions.ts';
import { HttpFailure, notFound } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Repository } from './state.ts';
import type { World } from './world.ts';

/** Serves signed addresses and Pages sites, on the storage host's own port. */
export function serveStorage(world: World, url: URL): Reply {
  const path = decodeURIComponent(url.pathname);
  const [, kind = '', repositoryId = '', id = ''] = path.split('/');
  if (kind === 'pages') return servePages(world, path.slice('/pages/'.length));
  const repository = world.repositories.get(Number(repositoryId));
  if (repository === undefined || url.searchParams.get('sig') !== world.sign(`${repositoryId}/${id}`)) {
    return { status: 403, bytes: Buffer.from('AuthenticationFailed') };
  }
  const bytes = kind === 'artifacts' ? repository.artifacts.get(Number(id))?.zip : assetBytes(repository, Number(id));
  if (bytes === undefined) return { status: 404, bytes: Buffer.from('BlobNotFound') };
  return { status: 200, bytes, headers: kind === 'artifacts' ? { 'content-type': 'application/zip' } : {} };
}

function assetBytes(repository: Repository, id: number): Uint8Array | undefined {
  for (const release of repository.releases.values()) {
    const asset = release.assets.find((one) => one.id === id && one.state === 'uploaded');
    if (asset !== undefined) return asset.bytes;
  }
  return undefined;
}

/** A Pages site: a file, an `index.html`, or 404; cached for ten minutes by everybody on the way. */
function servePages(world: World, path: string): Reply {
  const [owner = '', name = '', ...rest] = path.split('/');
  const files = world.findRepository(`${owner}/${name}`)?.site?.deployments.at(-1)?.files;
  const wanted = rest.join('/');
  const bytes = files?.get(wanted === '' || wanted.endsWith('/') ? `${wanted}index.html` : wanted);
  if (bytes === undefined) return { status: 404, bytes: Buffer.from('File not found') };
  const type = wanted.endsWith('.json') ? 'application/json; charset=utf-8' : 'application/octet-stream';
  return { status: 200, bytes, headers: { 'cache-control': 'max-age=600', 'content-type': type } };
}

/** Web pages: files of releases for browsers, and raw files. */
export function servePage(
  world: World,
  request: { readonly method: string; readonly url: URL; readonly headers: IncomingHttpHeaders; readonly raw: Buffer },
): Reply {
  const path = decodeURIComponent(request.url.pathname);
  const match = /^\/([^/]+\/[^/]+)\/releases\/download\/(.+)\/([^/]+)$/.exec(path);
  const repository = world.findRepository(match?.[1] ?? '');
  if (match === null || repository === null) throw notFound();
  const actor = authenticate(world, request.headers.authorization);
  if (!isVisible(world, actor, repository)) throw notFound();
  const release = [...repository.releases.values()].find(
    (one) =>
      (!one.draft && one.tag === match[2]) ||
      (one.draft && mayPush(world, actor, repository) && `untagged-${one.id.toString(16)}` === match[2]),
  );
  const asset = release?.assets.find((one) => one.name === match[3] && one.state === 'uploaded');
  if (asset === undefined) throw new HttpFailure(404, 'Not Found');
  return { status: 302, headers: { location: signedUrl(world, repository, asset) } };
}
