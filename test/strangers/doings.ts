// SPDX-License-Identifier: Apache-2.0
// What people do who can't vote: whatever an account, a fork, or write access without a key lets them do to the pull requests of others.
import type { Random } from '../differential/random.ts';
import type { Pull, Repository, Review } from '../github/state.ts';
import { putRefs } from '../interleavings/refs.ts';
import { STRANGERS, WRITER } from './people.ts';
import type { FakeGitHub } from '../github/server.ts';
import { insertComments, insertReviews, type Said } from './posts.ts';
import { openEvents } from './state.ts';
import { Texts } from './texts.ts';

/** How much there is of everything at once. GitHub takes this many comments on a pull request, and no more. */
export const FLOOD = { comments: 2500, reviews: 300, forks: 1000 } as const;

/** A key's owner too is a stranger where none of the files is theirs. */
const SIGNER_ELSEWHERE = 'dave';

/** Where they are at work. */
export interface Stage {
  readonly github: FakeGitHub;
  readonly repository: Repository;
  /** The fork of the first of {@link STRANGERS}. */
  readonly fork: Repository;
  /** The number of an account. */
  account(login: string): number;
  /** A number for what comes after something that has this one. */
  idAfter(id: number | null): number;
  /** A number for a pull request of theirs; null when none is free. */
  freeNumber(): number | null;
  /** Whether what they say may stand between what was said before, as if it had been there already. */
  readonly mayInsert: boolean;
}

/** People at work who can't vote. */
export class Doings {
  readonly #ground: Stage;
  readonly #random: Random;
  readonly #texts: Texts;
  /** Comments and reviews of theirs, so that they can change them. */
  readonly #own: { body: string; readonly user: number }[] = [];
  readonly #forks: Pull[] = [];
  /** The host's numbers of all that they have said. */
  readonly ids: Set<number> = new Set();
  readonly told: string[] = [];

  constructor(ground: Stage, random: Random) {
    this.#ground = ground;
    this.#random = random;
    this.#texts = new Texts(ground, random);
  }

  get #repository(): Repository {
    return this.#ground.repository;
  }

  /** Some of all that they can do. */
  some(): void {
    this.#texts.look();
    for (let left = this.#random.pick([1, 2, 4, 8]); left > 0; left--) this.#one();
  }

  #one(): void {
    const random = this.#random;
    const act = random.pick([
      () => this.#talk(1),
      () => this.#talk(1),
      () => this.#talk(random.pick([2, 12, 40])),
      () => this.#review(1),
      () => this.#review(1),
      () => this.#review(random.pick([2, 35])),
      () => this.#edit(),
      () => this.#openFork(),
      () => this.#turnFork(),
    ]);
    act();
  }

  /** Everything that the host lets them do, on one pull request of ours, and beside it. @param isFull - whether the conversation has no room left */
  flood(isFull: boolean): void {
    this.#texts.look();
    const pull = this.#somePull();
    if (pull !== null) {
      const there = [...this.#repository.comments.values()].filter((one) => one.pull === pull.number).length;
      this.#talk(FLOOD.comments - there - (isFull ? 0 : 50), pull, 'flood');
      this.#review(FLOOD.reviews, pull);
    }
    for (let count = 0; count < FLOOD.forks; count++) this.#openFork(count % 20 === 0 ? 'open' : 'closed');
  }

  #somePull(): Pull | null {
    const { repository } = this.#ground;
    const ours = [...repository.pulls.values()].filter(({ headRepository }) => headRepository === repository.id);
    const open = openEvents(repository);
    const among = open.length > 0 && this.#random.chance(85) ? open : ours;
    return among[this.#random.below(among.length)] ?? null;
  }

  /** Somebody who has no say in a pull request, and a text. Who holds a key for other files uses it there, and only talks here. */
  #words(pull: Pull): { readonly user: number; readonly body: string } {
    const random = this.#random;
    if (random.chance(8) && !pull.headRef.includes('docs'))
      return { user: this.#ground.account(SIGNER_ELSEWHERE), body: this.#texts.plain() };
    return { user: this.#ground.account(random.chance(15) ? WRITER : random.pick(STRANGERS)), body: this.#texts.any(pull) };
  }

  #idAfter(id: number | undefined): number {
    const made = this.#ground.idAfter(id ?? null);
    this.ids.add(made);
    return made;
  }

  #talk(count: number, pull: Pull | null = this.#somePull(), kind: 'any' | 'flood' = 'any'): void {
    if (pull === null) return;
    const there = [...this.#repository.comments.values()].filter((one) => one.pull === pull.number);
    if (there.length + count > FLOOD.comments) return;
    const place = !this.#ground.mayInsert || this.#random.chance(50) ? there.length : this.#random.below(there.length + 1);
    const before = there[place - 1];
    const at = before?.createdAt ?? pull.createdAt;
    const all = Array.from({ length: count }, (_, index): Said => {
      const { user, body } = this.#words(pull);
      const text = kind === 'flood' && index % 50 !== 0 ? `+1 ${String(index)}` : body;
      return { id: this.#idAfter(before?.id), user, body: text, review: null, at };
    });
    insertComments(this.#repository, pull, place, all);
    for (const { id } of all) this.#own.push(...[this.#repository.comments.get(id) ?? []].flat());
    this.told.push(
      `${String(count)} comments on #${String(pull.number)}, from place ${String(place)} on: ${all[0]?.body.slice(0, 60) ?? ''}`,
    );
  }

  #review(count: number, pull: Pull | null = this.#somePull()): void {
    if (pull === null) return;
    const random = this.#random;
    const place = !this.#ground.mayInsert || random.chance(50) ? pull.reviews.length : random.below(pull.reviews.length + 1);
    const before = pull.reviews[place - 1];
    const all = Array.from({ length: count }, (): Said => {
      const { user, body } = this.#words(pull);
      const states: readonly [Review['state'], ...Review['state'][]] =
        user === pull.author ? ['COMMENTED'] : ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED'];
      const review = { state: random.pick(states), commit: this.#someCommit(pull) };
      return { id: this.#idAfter(before?.id), user, body, review, at: before?.submittedAt ?? pull.createdAt };
    });
    insertReviews(pull, place, all);
    this.#own.push(...pull.reviews.slice(place, place + count));
    this.told.push(
      `${String(count)} reviews of #${String(pull.number)}, from place ${String(place)} on: ${String(all[0]?.review?.state)} ${all[0]?.body.slice(0, 60) ?? ''}`,
    );
  }

  /** What a review may be of: the head, what it was before, or a commit of their own. */
  #someCommit(pull: Pull): string | null {
    const parent = this.#repository.objects.commit(pull.headSha)?.parents[0] ?? null;
    const fork = this.#forks[0]?.headSha ?? null;
    return this.#random.pick([pull.headSha, pull.headSha, pull.headSha, parent, fork, null]);
  }

  /** Somebody changes or deletes a text of their own. */
  #edit(): void {
    const random = this.#random;
    const one = this.#own[random.below(this.#own.length)];
    const pull = this.#somePull();
    if (one === undefined || pull === null) return;
    one.body = one.user === this.#ground.account(SIGNER_ELSEWHERE) ? this.#texts.plain() : this.#texts.any(pull);
    this.told.push(`a text is changed: ${one.body.slice(0, 60)}`);
  }

  /** A pull request from a fork, with the branch, the title, the text or the very commit of one of ours. */
  #openFork(state: 'open' | 'closed' = this.#random.pick(['open', 'open', 'closed'])): void {
    const random = this.#random;
    const repository = this.#repository;
    const { fork, github } = this.#ground;
    const number = this.#ground.freeNumber();
    const ours = this.#somePull();
    const tuf = repository.refs.get('refs/heads/tuf');
    if (number === null || tuf === null) return;
    const role = random.pick(['releases', 'docs', 'targets', 'root']);
    const headRef = random.pick([
      ours?.headRef ?? 'tuf',
      `sign/${role}-v${String(2 + random.below(9))}`,
      'sign/x',
      `policy/${String(number)}`,
    ]);
    const isOurs = ours !== null && random.chance(30);
    if (state === 'open' || this.#forks.length === 0) {
      putRefs(fork, [[`refs/heads/${headRef}`, isOurs ? ours.headSha : tuf]]);
      if (!isOurs) github.commit(github.world.fullName(fork), headRef, this.#texts.files(ours), { login: STRANGERS[0] });
    }
    const headSha = state === 'open' ? (fork.refs.get(`refs/heads/${headRef}`) ?? tuf) : (this.#forks[0]?.headSha ?? tuf);
    const baseRef = random.chance(85) ? 'tuf' : random.pick(['main', 'tuf-published', ours?.headRef ?? 'main']);
    const now = github.world.now();
    const pull: Pull = {
      id: this.#ground.idAfter(null),
      number,
      author: this.#ground.account(STRANGERS[0]),
      title: ours?.title ?? 'Sign releases v2',
      body: random.chance(50) ? (ours?.body ?? null) : this.#texts.any(ours),
      state,
      draft: random.chance(10),
      headRepository: fork.id,
      headRef,
      headSha,
      baseRef,
      baseSha: repository.refs.get(`refs/heads/${baseRef}`) ?? tuf,
      requested: [],
      mergedAt: null,
      mergedBy: null,
      mergeCommit: null,
      closedAt: state === 'closed' ? now : null,
      createdAt: now,
      updatedAt: now,
      reviews: [],
    };
    repository.pulls.set(number, pull);
    this.#forks.push(pull);
    if (this.told.length < 40)
      this.told.push(`${state} #${String(number)} from ${headRef} of a fork against ${baseRef}${isOurs ? ', with our own commit' : ''}`);
  }

  /** Somebody closes or opens again what they have opened, or talks there. */
  #turnFork(): void {
    const random = this.#random;
    const pull = this.#forks[random.below(this.#forks.length)];
    if (pull?.mergedAt !== null) return;
    if (random.chance(40)) {
      this.#talk(1, pull);
      this.#review(1, pull);
      return;
    }
    const head = this.#ground.fork.refs.get(`refs/heads/${pull.headRef}`);
    if (pull.state === 'closed' && head === null) return;
    pull.state = pull.state === 'open' ? 'closed' : 'open';
    pull.closedAt = pull.state === 'closed' ? this.#ground.github.world.now() : null;
    pull.headSha = head ?? pull.headSha;
    this.told.push(`#${String(pull.number)} of a fork is ${pull.state}`);
  }
}
