// SPDX-License-Identifier: Apache-2.0
// Mistakes that the code under test could have, each put between it and the host, so that a run with it does what that mistake would do.
import { parseCommitSha } from '../../src/trust/accounts.ts';
import type { Account, Comment, CommitSha, FileContent, Forge, ReleaseAsset, Releases } from '../../src/ports.ts';
import { withChanged } from './changed-port.ts';
import type { As, Ground } from './ground.ts';
import { keyOf, linesOf } from './signed-file.ts';

/** A mistake. */
export interface Plant {
  /** What is forgotten, for people. */
  readonly what: string;
  readonly forge?: (forge: Forge, ground: Ground, as: As) => Forge;
  readonly releases?: (releases: Releases, ground: Ground) => Releases;
}

const BLIND_MOVE: Plant = {
  what: 'branches are moved without comparing where they are',
  forge: (forge) =>
    withChanged(forge, {
      moveBranch: async (branch, _expected, next) => {
        const head = (await forge.branches(branch)).get(branch) ?? null;
        if (head !== next) await forge.moveBranch(branch, head, next, 'replace');
      },
    }),
};

/** The account that the automation posts as. */
const BOT = 'github-actions[bot]';

const TRUST_CARRIED: Plant = {
  what: 'a signature that another job has left is taken for one that its owner has posted',
  forge: (forge, ground) =>
    withChanged(forge, {
      comments: async (number) => (await forge.comments(number)).map((one) => asOwner(one, ground)),
      reviews: async (...args) => (await forge.reviews(...args)).map((one) => asOwner(one, ground)),
    }),
};

function asOwner<T extends Pick<Comment, 'author' | 'body'>>(said: T, ground: Ground): T {
  const [line] = said.author.login === BOT ? linesOf(said.body) : [];
  const owner = ['alice', 'bob', 'dave'].find((name) => keyOf(name).keyId === line?.keyId);
  if (owner === undefined) return said;
  const id = ground.github.world.addUser(owner).id;
  const author: Account = { ...said.author, login: owner, id: id as Account['id'] };
  return { ...said, author };
}

const REUSE_VERSION: Plant = {
  what: 'closed events are forgotten, and with them the versions that were signed there',
  forge: (forge) =>
    withChanged(forge, {
      endedPulls: async (...args) => (await forge.endedPulls(...args)).filter(({ state }) => state !== 'closed'),
    }),
};

const STALE_APPROVAL: Plant = {
  what: 'an approval of an older content counts for the newest',
  forge: (forge) =>
    withChanged(forge, {
      reviews: async (number, authors) => {
        const head = (await forge.pull(number))?.headSha ?? null;
        return (await forge.reviews(number, authors)).map((review) => ({ ...review, commitSha: head }));
      },
    }),
};

const IGNORE_DISMISSAL: Plant = {
  what: 'a review that was dismissed counts as if it stood',
  forge: (forge) =>
    withChanged(forge, {
      reviews: async (...args) =>
        (await forge.reviews(...args)).map((review) => (review.state === 'DISMISSED' ? { ...review, state: 'APPROVED' as const } : review)),
    }),
};

const CHANGED_ASSETS: Plant = {
  what: "a draft's assets are taken for what was uploaded under their names, whatever they are by now",
  releases: (releases, ground) => {
    const uploaded = uploadedTo(ground);
    return withChanged(releases, {
      upload: async (id, name, content, sha256) => {
        const asset = await releases.upload(id, name, content, sha256);
        uploaded.set(`${String(id)} ${name}`, { sha256: asset.sha256, size: asset.size });
        return asset;
      },
      assets: async (id) => (await releases.assets(id)).map((asset) => ({ ...asset, ...uploaded.get(`${String(id)} ${asset.name}`) })),
    });
  },
};

const UPLOADED = new WeakMap<Ground, Map<string, Pick<ReleaseAsset, 'sha256' | 'size'>>>();

/** What was uploaded, by the release's id and the asset's name. */
function uploadedTo(ground: Ground): Map<string, Pick<ReleaseAsset, 'sha256' | 'size'>> {
  const uploaded = UPLOADED.get(ground) ?? new Map<string, Pick<ReleaseAsset, 'sha256' | 'size'>>();
  UPLOADED.set(ground, uploaded);
  return uploaded;
}

type CommitInput = Parameters<Forge['writeCommit']>[0];

function publishes({ changes }: CommitInput): boolean {
  return changes.has('metadata/timestamp.json');
}

const LOST_FILE: Plant = {
  what: 'publish forgets a file that the snapshot lists',
  forge: (forge) =>
    withChanged(forge, {
      writeCommit: async (input) => {
        const lost = publishes(input)
          ? [...input.changes.keys()].find((path) => /^metadata\/\d+\.(releases|docs)\.json$/.test(path))
          : undefined;
        return forge.writeCommit({ ...input, changes: new Map([...input.changes].filter(([path]) => path !== lost)) });
      },
    }),
};

const TIMESTAMP_FIRST: Plant = {
  what: 'publish writes the timestamp before what it points at',
  forge: (forge) => {
    const rest = new Map<CommitSha, { readonly input: CommitInput; readonly first: CommitSha }>();
    return withChanged(forge, {
      writeCommit: async (input) => {
        if (!publishes(input)) return forge.writeCommit(input);
        const only = new Map<string, FileContent | null>([...input.changes].filter(([path]) => path === 'metadata/timestamp.json'));
        const first = await forge.writeCommit({ ...input, changes: only });
        const last = await forge.writeCommit({ ...input, parents: [first] });
        rest.set(last, { input, first });
        return last;
      },
      moveBranch: async (branch, expected, next, mode) => {
        const two = rest.get(next);
        if (two === undefined) return forge.moveBranch(branch, expected, next, mode);
        await forge.moveBranch(branch, expected, two.first, mode);
        await forge.moveBranch(branch, two.first, next, mode);
      },
    });
  },
};

const DEAF_TO_COMMENTS: Plant = {
  what: 'signatures in comments are not read',
  forge: (forge) =>
    withChanged(forge, {
      comments: async (number) =>
        (await forge.comments(number)).filter(({ author, body }) => author.login === BOT || linesOf(body).length === 0),
    }),
};

const LAZY_TIMESTAMP: Plant = {
  what: 'publish writes nothing where no role has changed',
  forge: (forge, _ground, as) => {
    const idle = new Set<CommitSha>();
    return withChanged(forge, {
      writeCommit: async (input) => {
        const commit = await forge.writeCommit(input);
        if (publishes(input) && ![...input.changes.keys()].some((path) => /^metadata\/\d+\.(?!snapshot)/.test(path))) idle.add(commit);
        return commit;
      },
      moveBranch: async (...move) => (as === 'publish' && idle.has(move[2]) ? undefined : forge.moveBranch(...move)),
    });
  },
};

const LATE_REVOCATION: Plant = {
  what: 'publish looks at the metadata branch as it was before the last event completed',
  forge: (forge, ground, as) =>
    as !== 'publish'
      ? forge
      : withChanged(forge, {
          branches: async (prefix) => {
            const heads = new Map(await forge.branches(prefix));
            const [name, head] = [...heads].find(([one]) => one === 'tuf') ?? [];
            const parent = head === undefined ? undefined : ground.repository.objects.commit(head)?.parents[0];
            if (name !== undefined && parent !== undefined) heads.set(name, parseCommitSha(parent, 'a plant'));
            return heads;
          },
          endedPulls: async () => [],
        }),
};

/** All of them, by name. */
export const PLANTS: ReadonlyMap<string, Plant> = new Map([
  ['blind-move', BLIND_MOVE],
  ['trust-carried', TRUST_CARRIED],
  ['reuse-version', REUSE_VERSION],
  ['stale-approval', STALE_APPROVAL],
  ['ignore-dismissal', IGNORE_DISMISSAL],
  ['changed-assets', CHANGED_ASSETS],
  ['lost-file', LOST_FILE],
  ['timestamp-first', TIMESTAMP_FIRST],
  ['deaf-to-comments', DEAF_TO_COMMENTS],
  ['lazy-timestamp', LAZY_TIMESTAMP],
  ['late-revocation', LATE_REVOCATION],
]);
