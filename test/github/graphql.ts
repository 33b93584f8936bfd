// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError, buildSchema, execute, parse, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { connection, failure } from './graphql-connection.ts';
import type { Paging } from './graphql-connection.ts';
import { associatedPulls, pullNumbered, userNode } from './graphql-pulls.ts';
import { entryAt, logOfPath, log } from './history.ts';
import type { CommitObject } from './objects.ts';
import { MoveFailure, moveRefs } from './moves.ts';
import { isVisible, mayPush } from './permissions.ts';
import { HttpFailure } from './reply.ts';
import type { Fields, Reply } from './reply.ts';
import { nodeId, repositoryUrl, webUrl } from './shapes.ts';
import type { Actor, Repository } from './state.ts';
import type { World } from './world.ts';

const SCHEMA = join(import.meta.dirname, '../../node_modules/@octokit/graphql-schema/schema.graphql');
const ZERO = '0'.repeat(40);
/** Bytes of a blob after which its text is cut. */
const MAX_TEXT = 512_000;
let schema: GraphQLSchema | null = null;

/**
 * GitHub's own schema, built when first used: it is large. The package's entry point also reads a JSON form of 5 MB, so its file is read here.
 */
function built(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(SCHEMA, 'utf8'), { assumeValid: true, noLocation: true });
  return schema;
}

interface Checked {
  readonly document: DocumentNode | null;
  readonly errors: readonly GraphQLError[];
}

/** Documents by their text: a test asks the same few very often. */
const documents: Map<string, Checked> = new Map();

function checked(query: string): Checked {
  let found = documents.get(query);
  if (found === undefined) documents.set(query, (found = check(query)));
  return found;
}

function check(query: string): Checked {
  try {
    const document = parse(query);
    return { document, errors: validate(built(), document) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { document: null, errors: [error] };
  }
}

/** Answers a GraphQL request; what GitHub's schema does not have is told to `broken`. */
export async function graphql(
  world: World,
  actor: Actor,
  raw: Buffer,
  snapshot: ReadonlyMap<number, Repository> | null,
  broken: (what: string) => void,
): Promise<Reply> {
  if (actor.kind === 'anonymous') throw new HttpFailure(401, 'This endpoint requires you to be authenticated.');
  const body = JSON.parse(raw.toString('utf8')) as { query?: unknown; variables?: Record<string, unknown> };
  if (typeof body.query !== 'string') throw new HttpFailure(400, 'A query attribute must be specified and must be a string.');
  const { document, errors } = checked(body.query);
  if (document === null || errors.length > 0) {
    for (const error of errors) broken(error.message);
    return { status: 200, body: { errors: errors.map(errorShape) } };
  }
  const rootValue = root({ world, actor, snapshot });
  const result = await execute({ schema: built(), document, rootValue, variableValues: body.variables ?? {} });
  // Our own refusals have a type; what has none is a variable or an answer that does not fit the schema.
  for (const error of result.errors ?? []) if (error.extensions['type'] === undefined) broken(error.message);
  return { status: 200, body: { ...result, ...(result.errors === undefined ? {} : { errors: result.errors.map(errorShape) }) } };
}

interface Context {
  readonly world: World;
  readonly actor: Exclude<Actor, { kind: 'anonymous' }>;
  readonly snapshot: ReadonlyMap<number, Repository> | null;
}

/** GitHub puts the kind of an error beside its message. */
function errorShape(error: GraphQLError): Fields {
  const type = error.extensions['type'];
  return { ...(typeof type === 'string' ? { type } : {}), ...error.toJSON(), extensions: undefined };
}

function root(context: Context): Fields {
  return {
    viewer: () => ({ login: context.actor.user.login, databaseId: context.actor.user.id, id: nodeId('User', context.actor.user.id) }),
    rateLimit: () => ({
      ...context.world.limits.shape('graphql', context.world.seconds()),
      cost: 1,
      nodeCount: 1,
      resetAt: context.world.later(1 / 24),
    }),
    user: (args: { login: string }) => userNode(context.world, args.login),
    repository: (input: { owner: string; name: string }) => repositoryNode(context, input),
    updateRefs: (args: { input: UpdateRefsInput }) => updateRefs(context, args.input),
  };
}

function repositoryNode(context: Context, input: { readonly owner: string; readonly name: string }): Fields {
  const { world, actor } = context;
  const found = world.findRepository(`${input.owner}/${input.name}`);
  if (found === null || !isVisible(world, actor, found)) {
    throw failure('NOT_FOUND', `Could not resolve to a Repository with the name '${input.owner}/${input.name}'.`);
  }
  const repository = context.snapshot?.get(found.id) ?? found;
  return {
    __typename: 'Repository',
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: world.fullName(repository),
    isPrivate: repository.private,
    url: webUrl(world, repository),
    defaultBranchRef: () => refNode(context, repository, `refs/heads/${repository.defaultBranch}`),
    object: (args: { oid?: string; expression?: string }) => {
      checkContents(context, repository);
      return objectNode(context, repository, args.oid ?? resolveExpression(repository, args.expression ?? ''));
    },
    ref: (args: { qualifiedName: string }) => {
      checkContents(context, repository);
      const name = args.qualifiedName.startsWith('refs/') ? args.qualifiedName : `refs/heads/${args.qualifiedName}`;
      return refNode(context, repository, name);
    },
    refs: (args: Paging & { refPrefix: string; query?: string | null }) => {
      checkContents(context, repository);
      const found = repository.refs.list(args.refPrefix).filter(([name]) => name.includes(args.query ?? '', args.refPrefix.length));
      return connection(found, args, ([name]) => refNode(context, repository, name));
    },
    pullRequest: (args: { number: number }) => pullNumbered({ world, actor, repository }, args.number),
  };
}

function checkContents(context: Context, repository: Repository): void {
  const { actor } = context;
  if (actor.kind === 'job' && actor.repository === repository.id && !actor.permissions.has('contents')) {
    throw failure('FORBIDDEN', 'Resource not accessible by integration');
  }
}

function resolveExpression(repository: Repository, expression: string): string {
  const [name = '', path] = expression.split(':');
  const { refs, objects } = repository;
  const sha = refs.get(`refs/heads/${name}`) ?? refs.get(`refs/tags/${name}`) ?? refs.get(name) ?? name;
  if (path === undefined) return sha;
  return entryAt(objects, objects.commit(sha)?.tree ?? '', path)?.sha ?? '';
}

function refNode(context: Context, repository: Repository, name: string): Fields | null {
  const sha = repository.refs.get(name);
  if (sha === null) return null;
  const slash = name.indexOf('/', 'refs/'.length) + 1;
  return {
    __typename: 'Ref',
    id: nodeId('Ref', `${repository.id}:${name}`),
    name: name.slice(slash),
    prefix: name.slice(0, slash),
    target: () => objectNode(context, repository, sha),
    associatedPullRequests: (args: Parameters<typeof associatedPulls>[2]) =>
      associatedPulls({ ...context, repository }, name.replace('refs/heads/', ''), args),
  };
}

function objectNode(context: Context, repository: Repository, oid: string): Fields | null {
  const object = repository.objects.get(oid);
  if (object === null) return null;
  const common = { oid, abbreviatedOid: oid.slice(0, 7), id: nodeId('GitObject', oid) };
  const commit = object.type === 'commit' ? repository.objects.commit(oid) : null;
  if (commit !== null) return { ...common, ...commitNode(context, repository, commit) };
  if (object.type === 'blob') {
    const isBinary = object.body.includes(0);
    const isTruncated = object.body.length > MAX_TEXT;
    const text = isBinary ? null : object.body.toString('utf8', 0, MAX_TEXT);
    return { __typename: 'Blob', ...common, byteSize: object.body.length, isBinary, isTruncated, text };
  }
  if (object.type === 'tree') return { __typename: 'Tree', ...common, entries: () => entries(context, repository, oid, '') };
  return { __typename: 'Tag', ...common, target: () => objectNode(context, repository, object.body.toString('latin1', 7, 47)) };
}

function entries(context: Context, repository: Repository, tree: string, prefix: string): readonly Fields[] {
  return (repository.objects.tree(tree) ?? []).map((item) => entryNode(context, repository, `${prefix}${item.name}`, item));
}

function entryNode(
  context: Context,
  repository: Repository,
  path: string,
  item: { readonly mode: string; readonly name: string; readonly sha: string },
): Fields {
  return {
    __typename: 'TreeEntry',
    name: item.name,
    path,
    mode: Number.parseInt(item.mode, 8),
    oid: item.sha,
    type: item.mode === '040000' ? 'tree' : item.mode === '160000' ? 'commit' : 'blob',
    size: repository.objects.get(item.sha)?.body.length ?? 0,
    object: () => objectNode(context, repository, item.sha),
  };
}

function commitNode(context: Context, repository: Repository, commit: CommitObject): Fields {
  const { objects } = repository;
  return {
    __typename: 'Commit',
    message: commit.message,
    committedDate: commit.committer.date,
    authoredDate: commit.author.date,
    url: `${repositoryUrl(context.world, repository)}/commits/${commit.sha}`,
    tree: () => objectNode(context, repository, commit.tree),
    parents: (args: Paging) =>
      connection(
        commit.parents.map((sha) => objectNode(context, repository, sha)),
        args,
      ),
    file: (args: { path: string }) => {
      const item = entryAt(objects, commit.tree, args.path);
      return item === null ? null : entryNode(context, repository, args.path, item);
    },
    history: (args: Paging & { path?: string }) => {
      const found = args.path === undefined ? log(objects, commit.sha, null) : logOfPath(objects, commit.sha, args.path);
      return connection(found, args, (one) => objectNode(context, repository, one.sha));
    },
  };
}

interface UpdateRefsInput {
  readonly clientMutationId?: string;
  readonly repositoryId: string;
  readonly refUpdates: readonly {
    readonly name: string;
    readonly afterOid: string;
    readonly beforeOid?: string | null;
    readonly force?: boolean;
  }[];
}

function updateRefs(context: Context, input: UpdateRefsInput): Fields {
  const { world, actor } = context;
  const id = Number(/^Repository:(\d+)$/.exec(Buffer.from(input.repositoryId, 'base64url').toString())?.[1] ?? Number.NaN);
  const repository = world.repositories.get(id);
  if (repository === undefined || !isVisible(world, actor, repository)) {
    throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${input.repositoryId}'`);
  }
  if (!mayPush(world, actor, repository)) throw failure('FORBIDDEN', 'Resource not accessible by integration');
  const moves = input.refUpdates.map((one) => ({
    name: one.name,
    before: one.beforeOid === undefined || one.beforeOid === null ? undefined : one.beforeOid === ZERO ? null : one.beforeOid,
    after: one.afterOid === ZERO ? null : one.afterOid,
    force: one.force ?? false,
  }));
  try {
    moveRefs(world, repository, actor, moves);
  } catch (error) {
    if (!(error instanceof MoveFailure)) throw error;
    throw failure('UNPROCESSABLE', updateMessage(error));
  }
  return { clientMutationId: input.clientMutationId ?? null };
}

function updateMessage(error: MoveFailure): string {
  if (error.reason === 'rules') return `Repository rule violations found\n\n${error.rules.join('\n\n')}`;
  if (error.reason === 'workflows') return 'refusing to allow a GitHub App to create or update a workflow without `workflows` permission';
  if (error.reason === 'not-fast-forward') return 'A ref update is not a fast-forward.';
  if (error.reason === 'exists') return 'A reference with this name already exists.';
  if (error.reason === 'no-object') return 'No object with the given afterOid exists.';
  if (error.reason === 'name') return 'A reference name is not valid.';
  return 'A reference does not match its expected oid.';
}
