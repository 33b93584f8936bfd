// SPDX-License-Identifier: Apache-2.0
// Signatures that must not count, each beside the same one without the fault.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parsePayloadDigest } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { blockOf, judged, lineBy, openEvent, postComment, postReview, toldOn, votesOf, type OpenEvent } from './support.ts';
import { allReviews } from '../fakes/all-reviews.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let event: OpenEvent;

beforeAll(async () => {
  github = await startGitHub();
  ground = await GitHubGround.published(github);
  github.addCollaborator(ground.project, STRANGER, 'write');
});
afterAll(async () => {
  await ground.close();
  await github.close();
});
beforeEach(async () => {
  event = await openEvent(ground);
});
afterEach(async () => {
  if ((await ground.pull(event.number)).state === 'open') await ground.abandon(event.number);
});

type Post = () => Promise<unknown>;
const OTHER = '0'.repeat(64);

/** What is posted, and why it does not count; null for what does. */
const rows: readonly (readonly [string, string | null, Post])[] = [
  ['by its owner in a review', null, async () => postReview(ground, 'alice', event.number, blockOf(await lineBy(ground, 'alice', event)))],
  [
    'by its owner in a review that only comments',
    null,
    async () => postReview(ground, 'alice', event.number, blockOf(await lineBy(ground, 'alice', event)), 'COMMENTED'),
  ],
  [
    'by its owner in a comment',
    null,
    async () => postComment(ground, 'alice', event.number, blockOf(await lineBy(ground, 'alice', event))),
  ],
  [
    'in a review by another signer',
    'not-the-owner',
    async () => postReview(ground, 'bob', event.number, blockOf(await lineBy(ground, 'alice', event))),
  ],
  [
    'in a review by a stranger',
    'not-the-owner',
    async () => postReview(ground, STRANGER, event.number, blockOf(await lineBy(ground, 'alice', event))),
  ],
  [
    'in a comment by a stranger',
    'not-the-owner',
    async () => postComment(ground, STRANGER, event.number, blockOf(await lineBy(ground, 'alice', event))),
  ],
  [
    'of another payload, carried by somebody else',
    'other-payload',
    async () =>
      postReview(
        ground,
        'bob',
        event.number,
        blockOf(await lineBy(ground, 'alice', event, { payload: parsePayloadDigest(OTHER, 'test') })),
      ),
  ],
  [
    'of other bytes under the right digest',
    'invalid-signature',
    async () => postReview(ground, 'alice', event.number, blockOf(await lineBy(ground, 'alice', event, { signed: new Uint8Array([1]) }))),
  ],
  [
    'for another version',
    'other-payload',
    async () =>
      postReview(ground, 'alice', event.number, blockOf(await lineBy(ground, 'alice', event, { version: parseVersion(99, 'test') }))),
  ],
  [
    'for another repository',
    'wrong-repository',
    async () =>
      postReview(
        ground,
        'alice',
        event.number,
        blockOf(await lineBy(ground, 'alice', event, { repository: parseRepositoryId('00000000-0000-4000-8000-0000000000bb', 'test') })),
      ),
  ],
  [
    'by a key that signs other roles',
    'not-a-signer',
    async () => postReview(ground, 'dave', event.number, blockOf(await lineBy(ground, 'dave', event))),
  ],
  [
    'by a key of nobody',
    'not-a-signer',
    async () => postReview(ground, STRANGER, event.number, blockOf(await lineBy(ground, STRANGER, event))),
  ],
];

test.each(rows)('a signature %s: %s', async (_, code, post) => {
  await post();
  const said = await judged(ground, event.number);
  expect([said.votes, said.ignored]).toEqual(code === null ? [['alice'], []] : [[], [code]]);
  if (code !== null) expect(await toldOn(ground, event.number)).toContain('0 of 2');
});

describe('what a body must be', () => {
  const filler = 'x'.repeat(66_000 - 1_200);
  test.each<[string, boolean, (block: string) => string]>([
    ['the block alone', true, (block) => block],
    ['text around it', true, (block) => `Looks good.\n\n${block}\n\nThanks!`],
    ['two blocks', false, (block) => `${block}\n\n${block}`],
    ['HTML that hides it', false, (block) => `Just a remark.\n\n<!--\n\n${block}\n\n-->`],
    ['a folded section that hides it', false, (block) => `<details>\n\n${block}\n\n</details>`],
    ['a huge body', false, (block) => `${filler}${'\n'.repeat(50)}${block}`.slice(0, 65_000)],
  ])('%s', async (_, counts, write) => {
    await postReview(ground, 'alice', event.number, write(blockOf(await lineBy(ground, 'alice', event))));
    expect((await judged(ground, event.number)).votes).toEqual(counts ? ['alice'] : []);
  });
});

describe('a review that is taken back', () => {
  const signed = async (): Promise<number> => postReview(ground, 'alice', event.number, blockOf(await lineBy(ground, 'alice', event)));
  test('stands until then', async () => {
    await signed();
    expect((await judged(ground, event.number)).votes).toEqual(['alice']);
  });

  test('dismissed', async () => {
    const id = await signed();
    await dismiss(event.number, id);
    const said = await judged(ground, event.number);
    expect([said.votes, said.ignored]).toEqual([[], ['withdrawn']]);
  });

  test('changes asked for since', async () => {
    await signed();
    await postReview(ground, 'alice', event.number, 'wait', 'CHANGES_REQUESTED');
    const said = await judged(ground, event.number);
    expect([said.votes, said.ignored]).toEqual([[], ['withdrawn']]);
  });

  test('its body was edited, so that the signature is another', async () => {
    const id = await signed();
    const line = await lineBy(ground, 'alice', event);
    await editReview(event.number, id, blockOf({ ...line, sig: `${line.sig.startsWith('0') ? '1' : '0'}${line.sig.slice(1)}` }));
    const said = await judged(ground, event.number);
    expect([said.votes, said.ignored]).toEqual([[], ['invalid-signature']]);
  });
});

describe('an approval in the browser', () => {
  test('of these bytes lets her key sign; dismissed in time, it does not', async () => {
    await ground.approve('carol', event.number);
    expect((await ground.gather()).custody.map(({ person }) => person)).toEqual(['carol']);
    const { forge } = await ground.adapters('gather');
    const [review] = await allReviews(forge, event.number);
    await dismiss(event.number, review?.id ?? 0);
    expect((await ground.gather()).custody).toEqual([]);
    expect(await ground.custody()).toEqual([]);
  });

  test('of an older content does not count for a newer one', async () => {
    await ground.approve('carol', event.number);
    const carried = await ground.custody();
    await ground.propose({ more: 'more' }, { targetPrefix: `v1000${String(event.number)}/` });
    expect(await ground.custody()).toEqual([]);
    const settled = await ground.settle(carried);
    // Her key has signed this version, so that the newer content goes under the next one: it begins with nobody's signature.
    const [rebuilt] = settled.events;
    expect([settled.rebuilt, settled.completed, votesOf(rebuilt)]).toEqual([[event.number], [], []]);
    expect(rebuilt?.roles.map(({ version }) => version)).toEqual([event.version + 1]);
    await ground.abandon(rebuilt?.pull.number ?? 0);
  });

  test('by somebody else does not let her key sign', async () => {
    await ground.approve('bob', event.number);
    await ground.approve(STRANGER, event.number);
    expect((await ground.gather()).custody).toEqual([]);
    expect(await ground.custody()).toEqual([]);
  });

  test('a key of somebody else in her environment is told, and signs nothing', async () => {
    await ground.approve('carol', event.number);
    await expect(ground.custody('carol', {}, 'mallory')).rejects.toMatchObject({ code: 'not-a-signer' });
    expect((await ground.custody('carol')).length).toBe(1);
  });
});

test('what another job claims is not believed: a block without a valid signature or approval adds nobody', async () => {
  const line = await lineBy(ground, 'carol', event);
  await ground.settle([{ number: event.number, block: blockOf(line), files: [] }]);
  const said = await judged(ground, event.number);
  expect([said.votes, said.ignored]).toEqual([[], ['approval-missing']]);
  await ground.approve('carol', event.number);
  expect((await judged(ground, event.number)).votes).toEqual(['carol']);
});

async function call(method: string, path: string, body: unknown, person = 'admin'): Promise<void> {
  const answer = await fetch(`${github.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${github.tokenFor(person)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
}

async function dismiss(number: number, review: number): Promise<void> {
  await call('PUT', `/repos/${ground.project}/pulls/${String(number)}/reviews/${String(review)}/dismissals`, { message: 'no' });
}

async function editReview(number: number, review: number, body: string): Promise<void> {
  await call('PUT', `/repos/${ground.project}/pulls/${String(number)}/reviews/${String(review)}`, { body }, 'alice');
}
