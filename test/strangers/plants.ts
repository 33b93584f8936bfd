// SPDX-License-Identifier: Apache-2.0
// Mistakes that would give strangers a say, each put between the code and the host.
import type { Account, Comment, Review } from '../../src/ports.ts';
import { parseAccountId, parseCommitSha } from '../../src/trust/accounts.ts';
import { withChanged } from '../interleavings/changed-port.ts';
import type { Ground } from '../interleavings/ground.ts';
import type { Plant } from '../interleavings/plants.ts';
import { keyOf, linesOf } from '../interleavings/signed-file.ts';
import { SIGNERS } from './people.ts';

const MARKER = '<!-- countersign:status -->';
const FEW = 2;
/** A page of the host's lists. */
const PAGE = 100;

function accountOf({ github }: Ground, id: number): Account {
  return { id: parseAccountId(id, 'a plant'), login: github.world.userById(id).login };
}

/** Whoever's key the first line of a text names; null when it names nobody's. */
function ownerOf(ground: Ground, body: string): Account | null {
  const [line] = linesOf(body);
  const owner = Object.values(SIGNERS)
    .flat()
    .find((name) => keyOf(name).keyId === line?.keyId);
  const user = owner === undefined ? null : ground.github.world.user(owner);
  return user === null ? null : accountOf(ground, user.id);
}

/** Everybody's reviews, as the host lists them. */
function allReviews(ground: Ground, number: number): readonly Review[] {
  return (ground.repository.pulls.get(number)?.reviews ?? []).map((one) => ({
    id: one.id,
    author: accountOf(ground, one.user),
    state: one.state,
    body: one.body,
    commitSha: one.commit === null ? null : parseCommitSha(one.commit, 'a plant'),
  }));
}

const ANY_CARRIER: Plant = {
  what: 'whoever posts a signature is taken for the owner of its key',
  forge: (forge, ground) =>
    withChanged(forge, {
      comments: async (number) =>
        (await forge.comments(number)).map((one): Comment => ({ ...one, author: ownerOf(ground, one.body) ?? one.author })),
      reviews: async (number) =>
        allReviews(ground, number).map((one): Review => ({ ...one, author: ownerOf(ground, one.body) ?? one.author })),
    }),
};

const ANY_REFUSAL: Plant = {
  what: 'whoever asks for changes takes back the vote of somebody else',
  forge: (forge, ground) =>
    withChanged(forge, {
      reviews: async (...args) => {
        const heard = await forge.reviews(...args);
        const [first] = heard;
        const refused = allReviews(ground, args[0]).filter(({ state }) => state === 'CHANGES_REQUESTED');
        return first === undefined ? heard : [...heard, ...refused.map((one): Review => ({ ...one, author: first.author }))];
      },
    }),
};

const FIRST_PAGE: Plant = {
  what: 'of comments the first few alone are read',
  forge: (forge) => withChanged(forge, { comments: async (number) => (await forge.comments(number)).slice(0, FEW) }),
};

const ANY_STATUS: Plant = {
  what: 'a comment that looks like our status is taken for it, whoever wrote it',
  forge: (forge) =>
    withChanged(forge, {
      stickyComment: async (number, marker, body) => {
        const found = (await forge.comments(number)).find((one) => one.body.includes(marker));
        if (found === undefined || found.author.login.endsWith('[bot]')) await forge.stickyComment(number, marker, body);
      },
    }),
};

const STOPS_AT_JUNK: Plant = {
  what: 'a text that is long stops the run',
  forge: (forge) =>
    withChanged(forge, {
      comments: async (number) => {
        const comments = await forge.comments(number);
        return comments.some(({ body }) => body.length > 60_000 && !body.includes(MARKER)) ? [] : comments;
      },
    }),
};

const LISTS_PULLS: Plant = {
  what: 'pull requests are found by listing all of them',
  forge: (forge, ground) =>
    withChanged(forge, {
      branches: async (prefix) => {
        for (let page = 1; ; page++) {
          const { data } = await ground.ask('gather', 'GET', `/pulls?state=all&per_page=${String(PAGE)}&page=${String(page)}`);
          if (!Array.isArray(data) || data.length < PAGE) return forge.branches(prefix);
        }
      },
    }),
};

/** All of them, by name. */
export const PLANTS: ReadonlyMap<string, Plant> = new Map([
  ['any-carrier', ANY_CARRIER],
  ['any-refusal', ANY_REFUSAL],
  ['first-page', FIRST_PAGE],
  ['any-status', ANY_STATUS],
  ['stops-at-junk', STOPS_AT_JUNK],
  ['lists-pulls', LISTS_PULLS],
]);
