// SPDX-License-Identifier: Apache-2.0
// What happened on the fake GitHub, read from its own state: every view of the pull requests, and every move of a branch.
import { contains, entryAt, flatten, log, mergeBase } from '../github/history.ts';
import type { Repository } from '../github/state.ts';
import { readSigned, type SignedFile } from './signed-file.ts';

/** Something that somebody said on a pull request. */
export interface Post {
  /** Numeric account id. */
  readonly who: number;
  readonly body: string;
  readonly kind: 'review' | 'comment';
  /** Of a review; `COMMENTED` for a comment. */
  readonly state: string;
  /** The commit that a review is of. */
  readonly commit: string | null;
}

/** A pull request at one moment. */
export interface PullView {
  readonly number: number;
  readonly branch: string;
  readonly base: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly headSha: string;
  /** Reviews in time order, then comments. */
  readonly posts: readonly Post[];
}

/** What is looked at of what was said on a pull request: of one that has ended only reviews are. */
export function heardOn({ state, posts }: PullView): readonly Post[] {
  return state === 'open' ? posts : posts.filter(({ kind }) => kind === 'review');
}

/** All pull requests, from this step on. */
export interface View {
  readonly step: number;
  readonly pulls: ReadonlyMap<number, PullView>;
}

/** A branch that moved. */
export interface Move {
  readonly step: number;
  /** The name of the run, or of the person. */
  readonly by: string;
  readonly branch: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Reads commits of the fake. */
export class Commits {
  readonly #repository: Repository;
  readonly #files: Map<string, SignedFile | null> = new Map();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  head(branch: string): string | null {
    return this.#repository.refs.get(`refs/heads/${branch}`);
  }

  /** Blob ids by path. */
  tree(commit: string): ReadonlyMap<string, string> {
    const { objects } = this.#repository;
    const tree = objects.commit(commit)?.tree;
    return new Map(tree === undefined ? [] : [...flatten(objects, tree)].map(([path, { sha }]) => [path, sha]));
  }

  blob(id: string): Buffer {
    const object = this.#repository.objects.get(id);
    if (object === null) throw new Error(`no object ${id}`);
    return object.body;
  }

  /** A metadata file of a commit; null when it is absent or none. */
  signed(commit: string | null, path: string): SignedFile | null {
    const { objects } = this.#repository;
    const tree = commit === null ? undefined : objects.commit(commit)?.tree;
    const entry = tree === undefined ? null : entryAt(objects, tree, path);
    if (entry === null) return null;
    let file = this.#files.get(entry.sha);
    if (file === undefined) this.#files.set(entry.sha, (file = readSigned(objects.get(entry.sha)?.body ?? null)));
    return file;
  }

  /** A role's file, as the metadata branch and proposals have it. */
  role(commit: string | null, role: string): SignedFile | null {
    return this.signed(commit, `metadata/${role}.json`);
  }

  mergeBase(a: string, b: string): string | null {
    return mergeBase(this.#repository.objects, a, b);
  }

  contains(newer: string, older: string): boolean {
    return contains(this.#repository.objects, newer, older);
  }

  /** Every commit that is reachable, newest first. */
  reachable(head: string): readonly string[] {
    return log(this.#repository.objects, head, null).map(({ sha }) => sha);
  }
}

function viewOf(repository: Repository): ReadonlyMap<number, PullView> {
  const comments = [...repository.comments.values()];
  const views = [...repository.pulls.values()].map((pull): PullView => {
    const reviews = pull.reviews.map(({ user, body, state, commit }): Post => ({ who: user, body, kind: 'review', state, commit }));
    const said = comments.filter((one) => one.pull === pull.number);
    return {
      number: pull.number,
      branch: pull.headRef,
      base: pull.baseRef,
      state: pull.mergedAt !== null ? 'merged' : pull.state,
      headSha: pull.headSha,
      posts: [...reviews, ...said.map(({ user, body }): Post => ({ who: user, body, kind: 'comment', state: 'COMMENTED', commit: null }))],
    };
  });
  return new Map(views.map((view) => [view.number, view]));
}

/** All views and moves of a run. */
export class History {
  readonly #repository: Repository;
  readonly commits: Commits;
  readonly views: View[] = [];
  readonly moves: Move[] = [];
  /** The metadata branch at the start. */
  readonly start: string | null;
  #heads: ReadonlyMap<string, string>;

  constructor(repository: Repository) {
    this.#repository = repository;
    this.commits = new Commits(repository);
    this.#heads = this.heads();
    this.start = this.commits.head('tuf');
    this.views.push({ step: 0, pulls: viewOf(repository) });
  }

  /** All branches. */
  heads(): ReadonlyMap<string, string> {
    return new Map(this.#repository.refs.list('refs/heads/').map(([name, sha]) => [name.slice('refs/heads/'.length), sha]));
  }

  /** The newest view. */
  get view(): View {
    return this.views.at(-1) ?? { step: 0, pulls: new Map() };
  }

  /** The views that held at any time from a step on. */
  since(step: number): readonly View[] {
    const first = this.views.findLastIndex((view) => view.step <= step);
    return this.views.slice(Math.max(0, first));
  }

  /** Notes what has changed. @returns the branches that moved */
  look(step: number, by: string): readonly Move[] {
    this.views.push({ step, pulls: viewOf(this.#repository) });
    const heads = this.heads();
    const moved: Move[] = [];
    for (const branch of new Set([...this.#heads.keys(), ...heads.keys()])) {
      const [before, after] = [this.#heads.get(branch) ?? null, heads.get(branch) ?? null];
      if (before !== after) moved.push({ step, by, branch, before, after });
    }
    this.#heads = heads;
    this.moves.push(...moved);
    return moved;
  }
}
