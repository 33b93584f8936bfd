// SPDX-License-Identifier: Apache-2.0
import { HttpFailure, NO_CONTENT, created, notFound, ok, unprocessable } from './reply.ts';
import { moveRefs, restFailure } from './moves.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { commitShape, peel, refShape } from './git-shapes.ts';
import { nodeId, repositoryUrl } from './shapes.ts';
import { isRefName } from './refs.ts';

const REPO = '/repos/{owner}/{repo}';

/** Refs, branches and tags. */
export const refRoutes: readonly Route[] = [
  { method: 'GET', path: `${REPO}/git/ref/{ref}`, need: reads('contents'), handle: getRef },
  { method: 'GET', path: `${REPO}/git/matching-refs/{ref}`, need: reads('contents'), handle: matchingRefs },
  { method: 'POST', path: `${REPO}/git/refs`, need: writes('contents'), handle: createRef },
  { method: 'PATCH', path: `${REPO}/git/refs/{ref}`, need: writes('contents'), handle: updateRef },
  { method: 'DELETE', path: `${REPO}/git/refs/{ref}`, need: writes('contents'), handle: deleteRef },
  { method: 'GET', path: `${REPO}/branches`, need: reads('contents'), handle: listBranches },
  { method: 'GET', path: `${REPO}/branches/{branch}`, need: reads('contents'), handle: getBranch },
  { method: 'GET', path: `${REPO}/branches/{branch}/protection`, need: { job: 'never', person: 'admin' }, handle: getProtection },
  { method: 'GET', path: `${REPO}/tags`, need: reads('contents'), handle: listTags },
];

function getRef(call: Call) {
  notEmpty(call);
  const name = `refs/${call.param('ref')}`;
  const sha = call.repository.refs.get(name);
  if (sha === null) throw notFound();
  return ok(refShape(call.world, call.repository, name, sha));
}

function matchingRefs(call: Call) {
  notEmpty(call);
  const refs = call.repository.refs.list(`refs/${call.param('ref')}`);
  return ok(refs.map(([name, sha]) => refShape(call.world, call.repository, name, sha)));
}

function createRef(call: Call) {
  notEmpty(call);
  const [name, sha] = [call.text('ref') ?? '', call.text('sha') ?? ''];
  if (!isRefName(name)) throw unprocessable("Reference name must start with 'refs' and have at least two slashes.");
  move(call, { name, before: null, after: sha, force: false });
  return created(refShape(call.world, call.repository, name, sha));
}

function updateRef(call: Call) {
  const [name, sha] = [`refs/${call.param('ref')}`, call.text('sha') ?? ''];
  if (call.repository.refs.get(name) === null) throw unprocessable('Reference does not exist');
  move(call, { name, before: undefined, after: sha, force: call.flag('force') ?? false });
  return ok(refShape(call.world, call.repository, name, sha));
}

function deleteRef(call: Call) {
  const name = `refs/${call.param('ref')}`;
  if (call.repository.refs.get(name) === null) throw unprocessable('Reference does not exist');
  move(call, { name, before: undefined, after: null, force: true });
  return NO_CONTENT;
}

function move(call: Call, change: Parameters<typeof moveRefs>[3][number]): void {
  try {
    moveRefs(call.world, call.repository, call.actor, [change]);
  } catch (error) {
    throw restFailure(error);
  }
}

function notEmpty(call: Call): void {
  const { refs, defaultBranch } = call.repository;
  if (refs.get(`refs/heads/${defaultBranch}`) === null && refs.list('refs/').length === 0)
    throw new HttpFailure(409, 'Git Repository is empty.');
}

function listBranches(call: Call) {
  const url = repositoryUrl(call.world, call.repository);
  return call.page(call.repository.refs.list('refs/heads/'), ([ref, sha]) => {
    const name = ref.slice('refs/heads/'.length);
    return { name, commit: { sha, url: `${url}/commits/${sha}` }, protected: isProtected(call, name) };
  });
}

function getBranch(call: Call) {
  const name = call.param('branch');
  const sha = call.repository.refs.get(`refs/heads/${name}`);
  const commit = sha === null ? null : call.repository.objects.commit(sha);
  if (commit === null) throw new HttpFailure(404, 'Branch not found');
  const url = `${repositoryUrl(call.world, call.repository)}/branches/${encodeURIComponent(name)}`;
  const enabled = isProtected(call, name);
  return ok({
    name,
    commit: commitShape(call.world, call.repository, commit),
    _links: { self: url, html: `${call.world.serverUrl}/${call.world.fullName(call.repository)}/tree/${name}` },
    protected: enabled,
    protection: { enabled, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
    protection_url: `${url}/protection`,
  });
}

function isProtected(call: Call, branch: string): boolean {
  return call.repository.protections.has(branch);
}

function getProtection(call: Call) {
  const name = call.param('branch');
  const protection = call.repository.protections.get(name);
  if (protection === undefined) throw new HttpFailure(404, 'Branch not protected');
  const url = `${repositoryUrl(call.world, call.repository)}/branches/${encodeURIComponent(name)}/protection`;
  return ok({
    url,
    enforce_admins: { url: `${url}/enforce_admins`, enabled: true },
    ...(protection.requirePulls
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: protection.dismissStale,
            require_code_owner_reviews: protection.codeOwners,
            required_approving_review_count: protection.approvals,
            require_last_push_approval: false,
          },
        }
      : {}),
    ...(protection.statusChecks.length > 0
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: false,
            contexts: protection.statusChecks,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: protection.statusChecks.map((context) => ({ context, app_id: null })),
          },
        }
      : {}),
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
  });
}

function listTags(call: Call) {
  const url = repositoryUrl(call.world, call.repository);
  return call.page(call.repository.refs.list('refs/tags/').toReversed(), ([ref, sha]) => {
    const name = ref.slice('refs/tags/'.length);
    const commit = peel(call.repository, sha)?.sha ?? sha;
    return {
      name,
      commit: { sha: commit, url: `${url}/commits/${commit}` },
      zipball_url: `${url}/zipball/${ref}`,
      tarball_url: `${url}/tarball/${ref}`,
      node_id: nodeId('Ref', `${call.repository.id}:${ref}`),
    };
  });
}
