// SPDX-License-Identifier: Apache-2.0
import type { Account, EndedPull, Pull } from '../../ports.ts';
import { parseAccountId, parseCommitSha } from '../local/ids.ts';
import { ACTOR, actorOf } from './accounts.ts';
import { childOf, childOrNull, childrenOf, countOf, countOrNull, flagOf, textOf, textOrNull, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';
import { query, sendForAll } from './place.ts';
import type { Parameters, Place } from './place.ts';
import { isSameRepository, pullOf } from './pulls.ts';

const PURPOSE = { what: 'pull requests', needs: 'pull-requests: read with contents: read' };
const HEADS = 'refs/heads/';
/** Pages of a hundred branches that are read. */
const MAX_PAGES = 50;
/**
 * How many of the host's list are looked through for pull requests whose branch is gone. One page: anybody can make the list longer from a fork, and must not make
 * it dearer. Those whose branch is there are found without it.
 */
const ENDED_LISTED = 100;
/** One may be open for each base; a second is a sign that GitHub lists others, too. */
const OPEN_OF_BRANCH = 2;

const FACTS = `number headRefName headRefOid baseRefName state isCrossRepository url repository { databaseId } author { ${ACTOR} }`;
const TEXTS = 'title body reviewRequests(first: 100) { nodes { requestedReviewer { ... on User { login databaseId } } } }';
const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
const REFS = 'refs(refPrefix: $prefix, query: $query, first: 100, after: $after)';
const REFS_VARIABLES = '$owner: String!, $name: String!, $prefix: String!, $query: String, $after: String';

const OPEN = `query OpenPulls(${REFS_VARIABLES}) {
  repository(owner: $owner, name: $name) { databaseId ${REFS} { ${PAGE_INFO} nodes { prefix name
    associatedPullRequests(states: [OPEN], first: ${String(OPEN_OF_BRANCH)}) { ${PAGE_INFO} nodes { ${FACTS} ${TEXTS} } }
  } } }
}`;

const MORE_OPEN = `query MoreOpenPulls($owner: String!, $name: String!, $ref: String!, $after: String) {
  repository(owner: $owner, name: $name) { databaseId ref(qualifiedName: $ref) {
    associatedPullRequests(states: [OPEN], first: 100, after: $after) { ${PAGE_INFO} nodes { ${FACTS} ${TEXTS} } }
  } }
}`;

const ENDED = `query EndedPulls(${REFS_VARIABLES}) {
  repository(owner: $owner, name: $name) { databaseId ${REFS} { ${PAGE_INFO} nodes { prefix name
    associatedPullRequests(states: [CLOSED, MERGED], first: 100, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { ${FACTS} }
    }
  } } }
}`;

/** A branch of the repository and the pull requests that GitHub lists for it. */
interface Branch {
  readonly name: string;
  readonly pulls: Answer;
  readonly repositoryId: number;
}

/**
 * Open pull requests of this repository's own branches, against any of its branches, oldest first. Asked branch by branch, a hundred in a request: forks have no
 * branches here.
 */
export async function readOpenPulls(place: Place, headPrefix: string): Promise<readonly Pull[]> {
  const found = new Map<number, Pull>();
  for (const branch of await readBranches(place, OPEN, headPrefix)) {
    for (const node of await everyOpen(place, branch)) {
      if (isOwn(node, branch)) found.set(countOf(node, 'number'), openPullOf(node));
    }
  }
  return [...found.values()].filter(({ state }) => state === 'open').sort((a, b) => a.number - b.number);
}

/**
 * Ended pull requests of this repository's own branches, newest first: the newest hundred of each branch that still exists, and those of deleted branches
 * among the newest hundred of the list for `base`; closed ones also among the newest hundred for any, since somebody may have pointed them elsewhere.
 */
export async function readEndedPulls(place: Place, headPrefix: string, base: string): Promise<readonly EndedPull[]> {
  const found = new Map<number, EndedPull>();
  for (const only of [{ base }, {}]) {
    const parameters = { state: 'closed', sort: 'created', direction: 'desc', ...only };
    for (const answer of await sendForAll(place, 'GET /repos/{owner}/{repo}/pulls', parameters, PURPOSE, ENDED_LISTED)) {
      // A fork's are not even parsed: whatever a stranger makes of them stops nothing.
      const head = childOf(answer, 'head');
      if (!isSameRepository(head, childOf(answer, 'base')) || !textOf(head, 'ref').startsWith(headPrefix)) continue;
      const { number, base: into, state, author, headSha, url, head: name } = pullOf(answer);
      if (state === 'closed' || (state === 'merged' && into === base))
        found.set(number, { number, head: name, base: into, state, author, headSha, url });
    }
  }
  for (const branch of await readBranches(place, ENDED, headPrefix)) {
    for (const node of childrenOf(branch.pulls, 'nodes')) {
      const ended = isOwn(node, branch) ? endedPullOf(node) : null;
      if (ended !== null) found.set(ended.number, ended);
    }
  }
  return [...found.values()].sort((a, b) => b.number - a.number);
}

async function readBranches(place: Place, document: string, headPrefix: string): Promise<readonly Branch[]> {
  const slash = headPrefix.lastIndexOf('/') + 1;
  const rest = headPrefix.slice(slash);
  const found = new Map<string, Branch>();
  let after: string | null = null;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const prefix = HEADS + headPrefix.slice(0, slash);
    const variables: Parameters = { owner: place.owner, name: place.repo, prefix, query: rest === '' ? null : rest, after };
    const repository = childOf(await query(place, document, variables, PURPOSE, 'repeatable'), 'repository');
    const refs = childOrNull(repository, 'refs');
    if (refs === null) break;
    for (const ref of childrenOf(refs, 'nodes')) {
      const full = textOf(ref, 'prefix') + textOf(ref, 'name');
      if (!full.startsWith(HEADS + headPrefix)) continue;
      const name = full.slice(HEADS.length);
      found.set(name, { name, pulls: childOf(ref, 'associatedPullRequests'), repositoryId: countOf(repository, 'databaseId') });
    }
    after = cursorOf(refs);
    if (after === null) return [...found.values()];
  }
  if (after !== null) throw unexpected(`branches ${headPrefix}`, `at most ${String(MAX_PAGES * 100)} branches`, 'more');
  return [...found.values()];
}

async function everyOpen(place: Place, branch: Branch): Promise<readonly Answer[]> {
  const nodes = [...childrenOf(branch.pulls, 'nodes')];
  let after = cursorOf(branch.pulls);
  // Whether pull requests of this branch into forks are listed too is not documented: they must not hide ours.
  for (let page = 1; after !== null && page <= MAX_PAGES; page++) {
    const variables: Parameters = { owner: place.owner, name: place.repo, ref: HEADS + branch.name, after };
    const ref = childOrNull(childOf(await query(place, MORE_OPEN, variables, PURPOSE, 'repeatable'), 'repository'), 'ref');
    if (ref === null) break;
    const pulls = childOf(ref, 'associatedPullRequests');
    nodes.push(...childrenOf(pulls, 'nodes'));
    after = cursorOf(pulls);
  }
  return nodes;
}

function cursorOf(connection: Answer): string | null {
  const info = childOf(connection, 'pageInfo');
  return flagOf(info, 'hasNextPage') ? textOrNull(info, 'endCursor') : null;
}

/** Of this branch, and within this repository: GitHub's own selection is not relied on. */
function isOwn(node: Answer, { name, repositoryId }: Branch): boolean {
  return (
    !flagOf(node, 'isCrossRepository') &&
    countOf(childOf(node, 'repository'), 'databaseId') === repositoryId &&
    textOf(node, 'headRefName') === name
  );
}

function endedPullOf(node: Answer): EndedPull | null {
  const state = stateOf(node);
  return state === 'open' ? null : { ...factsOf(node), state };
}

function openPullOf(node: Answer): Pull {
  const requests = childOrNull(node, 'reviewRequests');
  return {
    ...factsOf(node),
    state: stateOf(node),
    title: textOf(node, 'title'),
    body: textOf(node, 'body'),
    from: 'repository',
    requested: (requests === null ? [] : childrenOf(requests, 'nodes')).flatMap(reviewerOf),
  };
}

/** People alone: a team is nobody's account. */
function reviewerOf(request: Answer): readonly Account[] {
  const reviewer = childOrNull(request, 'requestedReviewer');
  const id = reviewer === null ? null : countOrNull(reviewer, 'databaseId');
  return reviewer === null || id === null ? [] : [{ id: parseAccountId(id, reviewer.where), login: textOf(reviewer, 'login') }];
}

function factsOf(node: Answer): Omit<EndedPull, 'state'> {
  return {
    number: countOf(node, 'number'),
    head: textOf(node, 'headRefName'),
    base: textOf(node, 'baseRefName'),
    author: actorOf(node, 'author'),
    headSha: parseCommitSha(textOf(node, 'headRefOid'), node.where),
    url: textOf(node, 'url'),
  };
}

function stateOf(node: Answer): Pull['state'] {
  const state = textOf(node, 'state');
  if (state === 'OPEN') return 'open';
  if (state === 'CLOSED') return 'closed';
  if (state === 'MERGED') return 'merged';
  throw unexpected(`${node.where} state`, 'OPEN, CLOSED or MERGED', state);
}
