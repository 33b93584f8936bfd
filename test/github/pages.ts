// SPDX-License-Identifier: Apache-2.0
import { untar, unzip } from './archives.ts';
import { HttpFailure, NO_CONTENT, created, notFound, ok, unprocessable } from './reply.ts';
import type { Fields } from './reply.ts';
import { ADMIN, reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { repositoryUrl } from './shapes.ts';
import type { Artifact, Repository, Site } from './state.ts';
import type { World } from './world.ts';

const PAGES = '/repos/{owner}/{repo}/pages';

/** Pages: the site and its deployments. */
export const pagesRoutes: readonly Route[] = [
  { method: 'GET', path: PAGES, need: reads('pages'), handle: (call) => ok(siteShape(call, siteOf(call))) },
  { method: 'POST', path: PAGES, need: ADMIN, handle: create },
  { method: 'PUT', path: PAGES, need: ADMIN, handle: update },
  { method: 'POST', path: `${PAGES}/deployments`, need: writes('pages'), handle: deploy },
  { method: 'GET', path: `${PAGES}/deployments/{pages_deployment_id}`, need: reads('pages'), handle: status },
];

/** Where the site is served. */
export function pagesUrl(world: World, repository: Repository): string {
  return `${world.storageUrl}/pages/${world.fullName(repository)}/`;
}

function siteOf(call: Call): Site {
  if (call.repository.site === null) throw notFound();
  return call.repository.site;
}

function sourceOf(call: Call): Site['source'] {
  const value = call.body['source'];
  const { branch, path } = (typeof value === 'object' && value !== null ? value : {}) as { branch?: string; path?: string };
  return { branch: branch ?? call.repository.defaultBranch, path: path ?? '/' };
}

function create(call: Call) {
  const { repository } = call;
  if (repository.site !== null) throw new HttpFailure(409, 'GitHub Pages is already enabled.');
  if (repository.private && repository.plan === 'free') {
    throw unprocessable('Your current plan does not support GitHub Pages for this repository.');
  }
  const source = sourceOf(call);
  const buildType = call.text('build_type') === 'workflow' ? 'workflow' : 'legacy';
  if (buildType === 'legacy' && repository.refs.get(`refs/heads/${source.branch}`) === null) {
    throw unprocessable(`The ${source.branch} branch must exist before GitHub Pages can be built.`);
  }
  repository.site = { buildType, source, deployments: [] };
  return created(siteShape(call, repository.site));
}

function update(call: Call) {
  const site = siteOf(call);
  const buildType = call.text('build_type');
  if (buildType === 'workflow' || buildType === 'legacy') site.buildType = buildType;
  if (call.body['source'] !== undefined) site.source = sourceOf(call);
  return NO_CONTENT;
}

function siteShape(call: Call, site: Site): Fields {
  return {
    url: `${repositoryUrl(call.world, call.repository)}/pages`,
    status: site.deployments.length === 0 ? null : 'built',
    cname: null,
    custom_404: false,
    html_url: pagesUrl(call.world, call.repository),
    build_type: site.buildType,
    source: site.source,
    public: !call.repository.private,
    https_enforced: true,
  };
}

function deploy(call: Call) {
  const { world, repository, actor } = call;
  const site = repository.site;
  if (site?.buildType !== 'workflow')
    throw new HttpFailure(404, 'Ensure GitHub Pages has been enabled, with GitHub Actions as its source.');
  if (actor.kind === 'job' && actor.permissions.get('id-token') !== 'write') {
    throw new HttpFailure(
      403,
      'Resource not accessible by integration',
      {},
      { 'x-accepted-github-permissions': 'pages=write; id_token=write' },
    );
  }
  if ((call.text('oidc_token') ?? '') === '') throw new HttpFailure(400, 'Invalid OIDC token.');
  const artifact = artifactOf(call);
  const archive = unzip(artifact.zip).get('artifact.tar');
  if (archive === undefined) throw unprocessable('The artifact holds no artifact.tar.');
  const { files, links } = untar(archive);
  if (links > 0) throw unprocessable('The artifact holds links.');
  const deployment = { id: world.nextId(), version: call.text('pages_build_version') ?? '', at: world.now(), files };
  site.deployments.push(deployment);
  return ok({
    id: deployment.id,
    status_url: `${repositoryUrl(world, repository)}/pages/deployments/${deployment.id}/status`,
    page_url: pagesUrl(world, repository),
  });
}

/** By id, or by the address that older versions of the action send. @throws 404 */
function artifactOf(call: Call): Artifact {
  const id = Number(call.body['artifact_id'] ?? /\/artifacts\/(\d+)/.exec(call.text('artifact_url') ?? '')?.[1] ?? Number.NaN);
  const artifact = call.repository.artifacts.get(id);
  if (artifact === undefined || artifact.expired) throw new HttpFailure(404, 'The artifact was not found.');
  return artifact;
}

function status(call: Call) {
  const id = call.param('pages_deployment_id');
  const found = call.repository.site?.deployments.some((one) => String(one.id) === id || one.version === id);
  if (found !== true) throw notFound();
  return ok({ status: 'succeed' });
}
