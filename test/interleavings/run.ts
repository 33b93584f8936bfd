// SPDX-License-Identifier: Apache-2.0
// Plays one seed: a while of everything at once, then quiet, and what must be true then.
import type { PublishResult } from '../../src/commands/publish.ts';
import { randomFrom } from '../differential/random.ts';
import { releaseTargets } from './checks.ts';
import type { Ground } from './ground.ts';
import { Model, type Counting } from './model.ts';
import type { Plant } from './plants.ts';
import { linesOf } from './signed-file.ts';
import { Story } from './story.ts';

/** What a seed came to. */
export interface Outcome {
  readonly seed: number;
  /** What is wrong; nothing when all is well. */
  readonly problems: readonly string[];
  readonly trace: readonly string[];
  /** Events that completed, requests, and faults. */
  readonly completed: number;
  readonly steps: number;
  readonly faults: number;
}

const COUNT = 45;
const BURSTS = [1, 3, 10, 40, 120] as const;

const APPROVERS = ['alice', 'bob', 'dave'] as const;

/** Something that happens. */
export type Act = (story: Story) => Promise<unknown>;

/** What happens, and how often. */
const ACTIONS: readonly (readonly [name: string, weight: number, act: Act])[] = [
  ['propose', 11, (story) => story.propose()],
  ['sign', 36, (story) => story.sign()],
  ['approve', 9, async (story) => story.byHand(await story.people.review('carol', 'APPROVE'))],
  ['review', 2, async (story) => story.byHand(await story.people.review(story.random.pick(APPROVERS), 'APPROVE'))],
  ['refuse', 2, async (story) => story.byHand(await story.people.review(story.random.pick([...APPROVERS, 'carol']), 'REQUEST_CHANGES'))],
  ['dismiss', 4, async (story) => story.byHand(await story.people.dismiss())],
  ['signEarlier', 3, (story) => story.signEarlier()],
  ['junk', 3, async (story) => story.byHand(await story.people.postJunk())],
  ['stolen', 2, (story) => story.settle(true)],
  ['abandon', 2, (story) => story.abandon()],
  ['close', 2, async (story) => story.byHand(await story.people.close())],
  ['gather', 16, (story) => story.gather()],
  ['custody', 6, (story) => story.custody()],
  ['settle', 6, (story) => story.settle(false)],
  ['publish', 8, (story) => story.publish()],
  ['deploy', 6, (story) => story.deploy()],
  ['wait', 4, async (story) => story.wait()],
  ['pushToProposal', 2, async (story) => story.byHand(story.people.pushToProposal())],
  ['pushToTuf', 1, async (story) => story.byHand(story.people.pushToTuf())],
  ['resetTuf', 1, async (story) => story.byHand(story.people.resetTuf())],
  ['tamper', 2, (story) => story.tamper()],
];

/** What there is more of than usual, so that few seeds show what has to do with it. */
export interface Focus {
  /** Weights of actions, where they differ from the usual ones. */
  readonly weights: Readonly<Record<string, number>>;
  /** Of a hundred proposes for releases, how many are of a draft release. */
  readonly draftPercent: number;
}

const USUAL: Focus = { weights: {}, draftPercent: 40 };

/** All of them, by name. */
export const FOCI: ReadonlyMap<string, Focus> = new Map([
  ['everything', USUAL],
  ['drafts', { weights: { tamper: 16, propose: 16 }, draftPercent: 90 }],
  // Content that changes under an approval, and little that ends an event.
  [
    'custody',
    {
      weights: { approve: 20, propose: 20, custody: 16, sign: 4, dismiss: 0, refuse: 0, close: 0, abandon: 0, pushToProposal: 0 },
      draftPercent: 40,
    },
  ],
  [
    'approvals',
    {
      weights: { approve: 20, sign: 20, pushToProposal: 8, propose: 14, custody: 12, settle: 8, stolen: 8, dismiss: 12 },
      draftPercent: 40,
    },
  ],
]);

/** What happens under a focus, with its weight. */
function actionsOf(focus: Focus): readonly (readonly [number, Act])[] {
  const weights = new Map(Object.entries(focus.weights));
  const actions = ACTIONS.map(([name, weight, one]): readonly [number, Act] => [weights.get(name) ?? weight, one]);
  const unknown = [...weights.keys()].find((name) => !ACTIONS.some(([one]) => one === name));
  if (unknown !== undefined) throw new Error(`a focus on ${unknown}, which never happens`);
  return actions;
}

async function act(story: Story, actions: readonly (readonly [number, Act])[]): Promise<void> {
  let at = story.random.below(actions.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, one] of actions) {
    at -= weight;
    if (at >= 0) continue;
    await one(story);
    return;
  }
}

async function letOneThrough(story: Story): Promise<void> {
  const { alive } = story;
  const actor = alive[story.random.below(alive.length)];
  const requests = story.random.pick(BURSTS);
  for (let count = 0; actor?.alive === true && count < requests; count++) await story.letThrough(actor);
}

async function everythingAtOnce(story: Story, focus: Focus): Promise<void> {
  const actions = actionsOf(focus);
  for (let done = 0; done < COUNT || story.alive.length > 0;) {
    const isNew = done < COUNT && (story.alive.length === 0 || story.random.chance(35));
    if (isNew) {
      done += 1;
      await act(story, actions);
    } else await letOneThrough(story);
  }
}

/** Gathers that nothing hinders complete just the events that the model names, with those versions. */
async function requirePredicted(story: Story, counting: Counting, gathers: () => Promise<void>): Promise<void> {
  const { history, judge, ground, checks } = story;
  const { merged, versions, unsure } = new Model(history, judge, ground.now, counting).predict();
  story.say(`the model, ${counting}: ${[...merged].map((number) => `#${number}`).join(' ') || 'nothing'} will complete`);
  const open = new Set(story.people.open().map(({ number }) => number));
  await gathers();
  const after = history.view.pulls;
  for (const number of open) {
    const pull = after.get(number);
    const isMerged = pull?.state === 'merged';
    if ([...unsure].some((role) => pull?.branch.startsWith(`sign/${role}-`))) continue;
    if (isMerged !== merged.has(number))
      checks.problem(`#${number} ${isMerged ? 'completed' : 'did not complete'} ${counting}, against the model`);
  }
  for (const [role, version] of versions) {
    const tuf = history.commits.role(history.commits.head('tuf'), role)?.version ?? 0;
    // A bad head is mended only when the next event completes.
    if (
      tuf !== version &&
      !unsure.has(role) &&
      merged.size > 0 &&
      [...merged].some((number) => after.get(number)?.branch.startsWith(`sign/${role}-`))
    )
      checks.problem(`${role} is at v${tuf} on tuf, the model says v${version}`);
  }
}

async function custodyRounds(story: Story): Promise<void> {
  for (let round = 0; round < 6; round++) {
    const orders = await story.alone(
      () => story.gather(),
      (result) => Story.gathered(result).custody,
    );
    if (orders === null || orders.length === 0) return;
    await story.alone(
      () => story.custody(),
      () => null,
    );
    await story.alone(
      () => story.settle(false),
      () => null,
    );
  }
  story.checks.problem('custody orders without end');
}

async function publishAll(story: Story): Promise<void> {
  const { ground, history, checks } = story;
  await ground.repeatUploads();
  const findings = await story.alone(
    () => story.publish(),
    (result) => (result as PublishResult).findings,
  );
  const bad = findings?.filter(({ source }) => source === 'published') ?? [];
  for (const { where, detail } of bad) checks.problem(`publish left out ${where}: ${detail}`);
  await story.alone(
    () => story.deploy(),
    () => null,
  );
  const site = history.commits.tree(ground.deployed);
  const { versions } = new Model(history, story.judge, ground.now, 'posted').predict();
  for (const [role, version] of versions)
    if (!site.has(`metadata/${version}.${role}.json`)) checks.problem(`${role} v${version} is signed and not served`);
}

/** Each signed release is out, unless somebody tampered with it; no draft is left but for what waits. */
function requireReleases(story: Story): void {
  const { ground, checks, people, history } = story;
  const releases = [...ground.repository.releases.values()];
  const signed = checks.signedAssets();
  for (const tag of signed.keys()) {
    if (!releases.some((one) => one.tag === tag && !one.draft) && !people.tampered.has(tag) && !checks.closedFirst.has(tag))
      checks.problem(`release ${tag} is signed and not out`);
  }
  const awaited = new Set(
    people
      .open()
      .flatMap(({ headSha }) => releaseTargets(history.commits.role(headSha, 'releases')).map(([path]) => path.split('/')[0] ?? '')),
  );
  for (const { draft, tag, body } of releases) {
    if (draft && !awaited.has(tag) && !signed.has(tag) && !people.tampered.has(tag) && !story.unfinishedTags.has(tag))
      checks.problem(`a draft of ${tag} is left, for which no event is open: ${body ?? ''}`);
  }
}

/** One more gather and one more publish write nothing but the status. */
async function requireIdle(story: Story): Promise<void> {
  for (const start of [() => story.gather(), () => story.publish()]) {
    let writes: readonly string[] = [];
    await story.alone(
      async () => {
        const actor = await start();
        writes = actor?.writes ?? [];
        return actor;
      },
      () => null,
    );
    // A status is set again, and of a branch that was completed after its event had been closed the host makes no pull request.
    const more = writes.filter((write) => !/^PATCH .*\/issues\/comments\/\d+$|^POST .*\/statuses\/|^422 /.test(write));
    if (more.length > 0) story.checks.problem(`one more run changes something: ${more.join(', ')}`);
  }
}

/** Nobody has signed two contents under one version with a key of their own. */
function requireOneContent(story: Story): void {
  const signed = new Map<string, string>();
  for (const { posts } of story.history.view.pulls.values()) {
    for (const { who, body } of posts) {
      for (const { keyId, role, version, payload } of linesOf(body)) {
        const person = story.judge.policy.people.find(({ key, account }) => key.keyId === keyId && account === who);
        if (person === undefined) continue;
        const name = `${person.name} ${role} v${version}`;
        if ((signed.get(name) ?? payload) !== payload) story.checks.problem(`${name} was signed with two contents`);
        signed.set(name, payload);
      }
    }
  }
}

async function quiet(story: Story): Promise<void> {
  story.say('all is quiet');
  story.ground.github.faults.clear();
  story.ground.seconds += 60;
  const twoGathers = async (): Promise<void> => {
    for (let count = 0; count < 2; count++)
      await story.alone(
        () => story.gather(),
        () => null,
      );
  };
  await requirePredicted(story, 'posted', twoGathers);
  // What custody jobs had left is posted: of older content it uses a version up.
  if (story.hasCarried)
    await story.alone(
      () => story.settle(false),
      () => null,
    );
  await requirePredicted(story, 'with custody', () => custodyRounds(story));
  // What is left can be signed and completed.
  for (let round = 0; round < 3; round++) {
    const signed = await story.people.signAll();
    if (signed === null) break;
    await story.byHand(signed);
    await requirePredicted(story, 'posted', twoGathers);
  }
  await publishAll(story);
  await story.alone(
    () => story.gather(),
    () => null,
  );
  requireReleases(story);
  await requireIdle(story);
  requireOneContent(story);
}

/** Plays one seed, with a mistake planted or none. */
export async function play(ground: Ground, seed: number, plant: Plant | null, focus: Focus = USUAL): Promise<Outcome> {
  await ground.reset();
  const story = new Story(ground, randomFrom(seed), plant, focus.draftPercent);
  const { problems } = story.checks;
  try {
    await story.checks.deployed();
    await everythingAtOnce(story, focus);
    // What is wrong by now shows all the rest in another light.
    if (problems.length === 0) await quiet(story);
    ground.github.checkContract();
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const { views } = story.history;
  const completed = [...(views.at(-1)?.pulls.values() ?? [])].filter(({ state }) => state === 'merged').length - 1;
  const faults = story.actors.reduce((sum, { hits }) => sum + hits.length, 0);
  return { seed, problems, trace: story.trace, completed, steps: story.scheduler.step, faults };
}
