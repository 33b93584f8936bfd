// SPDX-License-Identifier: Apache-2.0
// All that is there in the end but what strangers have left, as plain data.
import type { Pull } from '../github/state.ts';
import { sha256 } from '../interleavings/signed-file.ts';
import type { StrangersGround } from './ground.ts';

/** What is ours of a repository. */
export interface OwnState {
  readonly refs: readonly (readonly [string, string])[];
  readonly pulls: readonly object[];
  /** What our automation and our people have said, with where. */
  readonly said: ReadonlyMap<string, object>;
  readonly others: readonly unknown[];
}

/**
 * @param theirs - the host's numbers of what strangers have said
 * @param full - pull requests in which nobody can comment any more: whether our comments are there is no question of ours
 */
export function ownState({ repository }: StrangersGround, theirs: ReadonlySet<number>, full: ReadonlySet<number>): OwnState {
  const pulls = [...repository.pulls.values()].filter(({ headRepository }) => headRepository === repository.id);
  const numbers = new Set(pulls.map(({ number }) => number));
  const comments = [...repository.comments.values()].filter(({ id, pull }) => !theirs.has(id) && !full.has(pull));
  const reviews = pulls.flatMap((pull) =>
    pull.reviews.filter(({ id }) => !theirs.has(id)).map((review) => ({ pull: pull.number, ...review })),
  );
  const isOurs = ([name]: readonly [string, string]): boolean => {
    const number = /^refs\/pull\/(\d+)\//.exec(name)?.[1];
    return number === undefined || numbers.has(Number(number));
  };
  return {
    refs: repository.refs.list('refs/').filter(isOurs),
    pulls: pulls.map(plain),
    said: new Map([...comments, ...reviews].map((one) => [`#${String(one.pull)} ${String(one.id)}`, one])),
    others: [
      repository.statuses,
      [...repository.releases.values()].map((release) => ({
        ...release,
        assets: release.assets.map((asset) => ({ ...asset, bytes: sha256(asset.bytes) })),
      })),
      [...repository.artifacts.values()].map(({ name, run }) => [name, run]),
      repository.dispatches,
    ],
  };
}

function plain({ reviews: _reviews, updatedAt: _updatedAt, ...rest }: Pull): object {
  return rest;
}
