// SPDX-License-Identifier: Apache-2.0
// What each command asks GitHub for, in each situation: an hour has a thousand requests, for everything in a repository together. The site is read elsewhere.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { custody } from '../../src/commands/custody.ts';
import { gather } from '../../src/commands/gather.ts';
import { publishNeeds } from '../../src/commands/publish-needs.ts';
import { publish } from '../../src/commands/publish.ts';
import { treeSource } from '../../src/commands/read-base.ts';
import { reviewSite } from '../../src/commands/review-site.ts';
import { sign } from '../../src/commands/sign.ts';
import { status } from '../../src/commands/status.ts';
import type { Workplace } from '../../src/commands/workplace.ts';
import { mapSource } from '../../src/client/source.ts';
import { PUBLISHED_BRANCH } from '../../src/event/layout.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { openEvent } from '../attacks/support.ts';
import { requestTable, sumOf } from '../github/request-count.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { CUSTODY, GitHubGround, STRANGER, type OpenAs } from './github-ground.ts';
import { day, signerOf } from './support.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let github: FakeGitHub;
let made = 0;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(async () => github.close());

/** A workplace whose site costs no request. */
async function workplace(ground: GitHubGround, options: OpenAs): Promise<Workplace> {
  const { forge } = await ground.adapters('deploy');
  const files = new Map<string, Uint8Array>();
  for (const [path, { id }] of ground.deployed === null ? [] : await forge.tree(ground.deployed)) {
    const bytes = (await forge.blobs([id])).get(id);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return { ...(await ground.open(options)), live: mapSource(files) };
}

const signing =
  (number: number, { directory }: GitHubGround) =>
  async (place: Workplace) =>
    sign(place, {
      number,
      signer: signerOf('bob'),
      memory: openDirectory(join(directory, 'asked')),
      confirm: async () => true,
      confirmReplacement: async () => true,
      carrier: 'print',
    });

/** What is asked of a repository in one situation; nothing of it changes what the next asks. */
const READING: Readonly<
  Record<string, readonly [OpenAs, (number: number, ground: GitHubGround) => (place: Workplace) => Promise<unknown>]>
> = {
  gather: [{ as: 'gather' }, () => async (place) => gather(place)],
  custody: [{ as: 'custody' }, () => async (place) => custody(place, CUSTODY, signerOf(CUSTODY))],
  'publish, nothing due': [{ as: 'publish' }, () => async (place) => publish(place)],
  'is anything due': [{ as: 'publish' }, () => async (place) => publishNeeds(place)],
  deploy: [{ as: 'deploy' }, () => async (place) => reviewSite(place, await siteOf(place))],
  status: [{ as: { person: 'bob' } }, () => async (place) => status(place)],
  sign: [{ as: { person: 'bob' } }, signing],
};

/** The published branch as a checkout, which costs no request. */
async function siteOf({ forge }: Workplace): Promise<ReturnType<typeof treeSource>> {
  const head = (await forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
  if (head === undefined) throw new Error('nothing is published');
  return treeSource(forge, await forge.tree(head));
}

async function cost(ground: GitHubGround, options: OpenAs, work: (place: Workplace) => Promise<unknown>): Promise<string> {
  const place = await workplace(ground, options);
  const table = await requestTable(github, async () => work(place));
  const rest = sumOf(table, 'rest');
  return `${String(rest)} + ${String(sumOf(table) - rest)}`;
}

/** The requests of every command, REST and GraphQL; of `sign` where an event is open. */
async function costs(ground: GitHubGround, number: number | null): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const [name, [options, work]] of Object.entries(READING)) {
    if (name !== 'sign' || number !== null) found[name] = await cost(ground, options, work(number ?? 0, ground));
  }
  return found;
}

async function withGround<T>(work: (ground: GitHubGround) => Promise<T>): Promise<T> {
  const ground = await GitHubGround.published(github, `app${String(++made)}`);
  try {
    return await work(ground);
  } finally {
    await ground.close();
  }
}

function strangers(ground: GitHubGround, number: number | null): void {
  github.addForkPulls(ground.project, { count: 1_000, login: STRANGER, base: 'tuf', state: 'closed' });
  github.addForkPulls(ground.project, { count: 1_000, login: STRANGER, base: 'tuf', state: 'open' });
  if (number === null) return;
  github.addComments(ground.project, number, { count: 2_500, login: STRANGER, body: 'junk' });
  github.addReviews(ground.project, number, { count: 300, login: STRANGER, body: 'junk' });
}

/** What the same commands ask beside strangers who have done all they can. */
async function besides(ground: GitHubGround, number: number | null): Promise<Readonly<Record<string, string>>> {
  strangers(ground, number);
  return costs(ground, number);
}

test('nothing is open: strangers cost nothing', async () => {
  await withGround(async (ground) => {
    const quiet = await costs(ground, null);
    expect(quiet).toEqual({
      gather: '17 + 3',
      custody: '13 + 3',
      'publish, nothing due': '14 + 1',
      'is anything due': '13 + 1',
      deploy: '13 + 0',
      status: '14 + 3',
    });
    expect(await besides(ground, null)).toEqual(quiet);
  });
});

test.each([
  ['nobody', []],
  ['one', ['alice']],
])('an event that %s has signed', async (_, people) => {
  await withGround(async (ground) => {
    const { number } = await openEvent(ground);
    for (const person of people) await ground.sign(person, number);
    await ground.gather();
    expect(await costs(ground, number)).toEqual({
      gather: '24 + 6',
      custody: '18 + 6',
      'publish, nothing due': '14 + 1',
      'is anything due': '13 + 1',
      deploy: '13 + 0',
      status: '19 + 6',
      sign: '22 + 6',
    });
    // The 2,500 comments that the host takes are 25 pages.
    expect(await besides(ground, number)).toEqual({
      gather: '48 + 6',
      custody: '42 + 6',
      'publish, nothing due': '14 + 1',
      'is anything due': '13 + 1',
      deploy: '13 + 0',
      status: '43 + 6',
      sign: '46 + 6',
    });
  });
});

test('two events, of which one has changed its content twice', async () => {
  await withGround(async (ground) => {
    const { number } = await openEvent(ground);
    await ground.propose({ more: 'more' }, { targetPrefix: 'v7/' });
    await ground.propose({ most: 'most' }, { targetPrefix: 'v8/' });
    await openEvent(ground, 'docs');
    await ground.gather();
    expect(await costs(ground, number)).toEqual({
      gather: '30 + 10',
      custody: '22 + 10',
      'publish, nothing due': '14 + 1',
      'is anything due': '13 + 1',
      deploy: '13 + 0',
      status: '23 + 10',
      sign: '26 + 10',
    });
  });
});

test('commands that write', async () => {
  await withGround(async (ground) => {
    const found: Record<string, string> = {};
    const once = async (name: string, options: OpenAs, work: (place: Workplace) => Promise<unknown>): Promise<void> => {
      found[name] = await cost(ground, options, work);
    };
    await once('publish, a renewal', { as: 'publish', now: day(2) }, async (place) => publish(place));
    await ground.deploy({ now: day(2) });
    const { number } = await openEvent(ground);
    await once('gather, an event that is new', { as: 'gather' }, async (place) => gather(place));
    for (const person of ['alice', 'bob']) await ground.sign(person, number);
    await once('gather, which completes one', { as: 'gather' }, async (place) => gather(place));
    await once('publish, a release', { as: 'publish', now: day(2) }, async (place) => publish(place));
    expect(found).toEqual({
      'publish, a renewal': '16 + 3',
      'gather, an event that is new': '29 + 6',
      'gather, which completes one': '36 + 11',
      'publish, a release': '25 + 5',
    });
  });
});
