// SPDX-License-Identifier: Apache-2.0
import { created, notFound, ok, unprocessable } from './reply.ts';
import type { Fields } from './reply.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { changedTree } from './history.ts';
import type { FlatEntry } from './history.ts';
import { encodeSignature, parseSignature } from './objects.ts';
import type { Signature, TreeItem } from './objects.ts';
import { gitCommitShape, resolveCommit } from './git-shapes.ts';
import { nodeId, repositoryUrl } from './shapes.ts';

const REPO = '/repos/{owner}/{repo}';

/** What a blob may have when it is made, and when it is read, in bytes. */
const MAX_BLOB_WRITE = 40 * 1024 * 1024;
const MAX_BLOB_READ = 100 * 1000 * 1000;

/** Trees, blobs, commits and tag objects. */
export const dataRoutes: readonly Route[] = [
  { method: 'POST', path: `${REPO}/git/trees`, need: writes('contents'), handle: createTree },
  { method: 'GET', path: `${REPO}/git/trees/{tree_sha}`, need: reads('contents'), handle: getTree },
  { method: 'POST', path: `${REPO}/git/blobs`, need: writes('contents'), handle: createBlob },
  { method: 'GET', path: `${REPO}/git/blobs/{file_sha}`, need: reads('contents'), handle: getBlob },
  { method: 'POST', path: `${REPO}/git/commits`, need: writes('contents'), handle: createCommit },
  { method: 'GET', path: `${REPO}/git/commits/{commit_sha}`, need: reads('contents'), handle: getCommit },
  { method: 'POST', path: `${REPO}/git/tags`, need: writes('contents'), handle: createTag },
  { method: 'GET', path: `${REPO}/git/tags/{tag_sha}`, need: reads('contents'), handle: getTag },
];

function createTree(call: Call) {
  const { objects } = call.repository;
  const baseName = call.text('base_tree');
  const base = baseName === undefined ? null : (objects.commit(baseName)?.tree ?? (objects.tree(baseName) === null ? undefined : baseName));
  if (base === undefined) throw unprocessable('base_tree is not a valid tree oid');
  const changes = call.list('tree').map((item): readonly [string, FlatEntry | null] => treeChange(call, item, base !== null));
  if (changes.length === 0) throw unprocessable('Invalid tree info');
  const sha = changedTree(objects, base, changes);
  return created(treeShape(call, sha, objects.tree(sha) ?? [], false));
}

function treeChange(call: Call, item: Fields, hasBase: boolean): readonly [string, FlatEntry | null] {
  const { path, mode, sha, content } = item;
  if (
    typeof path !== 'string' ||
    path === '' ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..' || part === '.git')
  ) {
    throw unprocessable('tree.path contains a malformed path component');
  }
  if (sha === null) {
    if (!hasBase) throw unprocessable('GitRPC::BadObjectState');
    return [path, null];
  }
  if (typeof mode !== 'string') throw unprocessable('Must supply tree.mode');
  if (typeof content === 'string') return [path, { mode, sha: call.repository.objects.put('blob', Buffer.from(content)) }];
  if (typeof sha !== 'string') throw unprocessable('Must supply either tree.sha or tree.content');
  if (mode !== '160000' && call.repository.objects.get(sha) === null) throw unprocessable(`tree.sha ${sha} is not a valid blob`);
  return [path, { mode, sha }];
}

function getTree(call: Call) {
  const name = call.param('tree_sha');
  const { objects } = call.repository;
  const sha = objects.tree(name) === null ? resolveCommit(call.repository, name).tree : name;
  const recursive = call.query.has('recursive');
  const items: (TreeItem & { readonly path: string })[] = [];
  const walk = (tree: string, prefix: string): void => {
    for (const item of objects.tree(tree) ?? []) {
      items.push({ ...item, path: `${prefix}${item.name}` });
      if (recursive && item.mode === '040000') walk(item.sha, `${prefix}${item.name}/`);
    }
  };
  walk(sha, '');
  const limit = call.repository.settings.maxTreeEntries;
  return ok(treeShape(call, sha, items.slice(0, limit), items.length > limit));
}

function treeShape(call: Call, sha: string, items: readonly (TreeItem & { readonly path?: string })[], truncated: boolean): Fields {
  const url = `${repositoryUrl(call.world, call.repository)}/git`;
  const tree = items.map((item) => {
    const type = item.mode === '040000' ? 'tree' : item.mode === '160000' ? 'commit' : 'blob';
    const size = type === 'blob' ? { size: call.repository.objects.get(item.sha)?.body.length ?? 0 } : {};
    return { path: item.path ?? item.name, mode: item.mode, type, sha: item.sha, ...size, url: `${url}/${type}s/${item.sha}` };
  });
  return { sha, url: `${url}/trees/${sha}`, tree, truncated };
}

function createBlob(call: Call) {
  const body = Buffer.from(call.text('content') ?? '', call.text('encoding') === 'base64' ? 'base64' : 'utf8');
  if (body.length > MAX_BLOB_WRITE) throw unprocessable('content is too large to process');
  const sha = call.repository.objects.put('blob', body);
  return created({ sha, url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}` });
}

function getBlob(call: Call) {
  const sha = call.param('file_sha');
  const object = call.repository.objects.get(sha);
  if (object?.type !== 'blob') throw notFound();
  if (object.body.length > MAX_BLOB_READ) throw unprocessable('The requested blob is too large to fetch via the API');
  if (call.headers['accept']?.includes('raw') === true) return { status: 200, bytes: object.body };
  return ok({
    sha,
    node_id: nodeId('Blob', sha),
    size: object.body.length,
    url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}`,
    content: object.body.toString('base64').replace(/(.{60})/g, '$1\n'),
    encoding: 'base64',
  });
}

/** Whoever writes, as GitHub names them in commits. */
function identity(call: Call): Signature {
  const { user, world } = call;
  return { name: user.login, email: `${user.id}+${user.login}@users.noreply.github.com`, date: world.now() };
}

function signature(call: Call, field: 'author' | 'committer' | 'tagger', fallback: Signature): Signature {
  const value = call.body[field];
  if (typeof value !== 'object' || value === null) return fallback;
  const { name, email, date } = value as Partial<Record<string, string>>;
  const at = date === undefined ? fallback.date : new Date(date).toISOString().replace(/\.\d+Z$/, 'Z');
  return { name: name ?? fallback.name, email: email ?? fallback.email, date: at };
}

function createCommit(call: Call) {
  const { objects } = call.repository;
  const tree = call.text('tree') ?? '';
  if (objects.tree(tree) === null) throw unprocessable('Tree SHA does not exist');
  const listed = call.body['parents'];
  const parents = Array.isArray(listed) ? listed.map(String) : [];
  if (parents.some((parent) => objects.commit(parent) === null)) throw unprocessable('Parent SHA does not exist or is not a commit object');
  const author = signature(call, 'author', identity(call));
  const committer = signature(call, 'committer', author);
  const sha = objects.putCommit({ tree, parents, author, committer, message: call.text('message') ?? '' });
  return created(gitCommitShape(call.world, call.repository, resolveCommit(call.repository, sha)));
}

function getCommit(call: Call) {
  const commit = call.repository.objects.commit(call.param('commit_sha'));
  if (commit === null) throw notFound();
  return ok(gitCommitShape(call.world, call.repository, commit));
}

function createTag(call: Call) {
  const { objects } = call.repository;
  const [object, type] = [call.text('object') ?? '', call.text('type') ?? ''];
  if (objects.get(object)?.type !== type) throw unprocessable('Object does not exist');
  const tagger = signature(call, 'tagger', identity(call));
  const lines = [`object ${object}`, `type ${type}`, `tag ${call.text('tag') ?? ''}`, `tagger ${encodeSignature(tagger)}`];
  const sha = objects.put('tag', Buffer.from(`${lines.join('\n')}\n\n${call.text('message') ?? ''}\n`));
  return created(tagShape(call, sha));
}

function getTag(call: Call) {
  return ok(tagShape(call, call.param('tag_sha')));
}

function tagShape(call: Call, sha: string): Fields {
  const object = call.repository.objects.get(sha);
  if (object?.type !== 'tag') throw notFound();
  const text = object.body.toString('utf8');
  const field = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? '';
  const url = `${repositoryUrl(call.world, call.repository)}/git`;
  return {
    node_id: nodeId('Tag', sha),
    sha,
    url: `${url}/tags/${sha}`,
    tag: field('tag'),
    message: text.slice(text.indexOf('\n\n') + 2),
    tagger: parseSignature(field('tagger')),
    object: { sha: field('object'), type: field('type'), url: `${url}/${field('type')}s/${field('object')}` },
    verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
  };
}
