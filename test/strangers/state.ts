// SPDX-License-Identifier: Apache-2.0
// A repository at any moment of its life: events that completed, that were given up, and open ones at all stages, by real commands and by hand.
import { abandon } from '../../src/commands/abandon.ts';
import { gather } from '../../src/commands/gather.ts';
import { publish } from '../../src/commands/publish.ts';
import { CUSTODY } from '../commands/github-ground.ts';
import { signerOf } from '../commands/support.ts';
import type { Random } from '../differential/random.ts';
import type { Pull, Repository } from '../github/state.ts';
import { PROJECT, type Proposed } from '../interleavings/ground.ts';
import { Commits } from '../interleavings/history.ts';
import { canonical, readSigned, textOf, type Json, type JsonRecord, type SignedFile } from '../interleavings/signed-file.ts';
import type { StrangersGround } from './ground.ts';
import { NO_ACCOUNT, SIGNERS, signing } from './people.ts';
import { say } from './posts.ts';

/** What requests go through when nothing comes in between. */
export function wireOf({ github }: StrangersGround): { readonly fetch: typeof fetch; readonly pause: () => Promise<void> } {
  return { fetch: github.fetch, pause: async () => undefined };
}

/** Numbers that others take between two of our pull requests. */
export const NUMBER_STEP = 20;

/** A file that an open event proposes. */
export interface ProposedFile {
  readonly pull: Pull;
  readonly role: string;
  readonly file: SignedFile;
}

/** Everything that open events propose beyond the metadata branch. */
export function proposedFiles({ repository }: StrangersGround): readonly ProposedFile[] {
  const commits = new Commits(repository);
  const tuf = commits.head('tuf');
  return openEvents(repository).flatMap((pull) =>
    Object.keys(SIGNERS).flatMap((role): ProposedFile[] => {
      const file = commits.role(pull.headSha, role);
      return file === null || file.digest === commits.role(tuf, role)?.digest ? [] : [{ pull, role, file }];
    }),
  );
}

/** Open pull requests of the repository's own branches. */
export function openEvents(repository: Repository): readonly Pull[] {
  return [...repository.pulls.values()].filter(
    ({ state, headRepository, headRef }) => state === 'open' && headRepository === repository.id && headRef.startsWith('sign/'),
  );
}

/** Makes states. */
export class States {
  readonly #ground: StrangersGround;
  readonly #random: Random;
  #count = 0;

  constructor(ground: StrangersGround, random: Random) {
    this.#ground = ground;
    this.#random = random;
  }

  /** A random state. @param mayBeOpen - whether any event stays open */
  async make(mayBeOpen: boolean): Promise<void> {
    const random = this.#random;
    for (let left = random.pick([0, 0, 1, 1, 2]); left > 0; left--) await this.#completed();
    for (let left = random.pick([0, 0, 1, 2]); left > 0; left--) await this.#givenUp();
    if (!mayBeOpen) return;
    for (let left = random.pick([0, 1, 1, 2, 2, 3]); left > 0; left--) await this.#opened();
    if (random.chance(20)) await gather(await this.#ground.ground.open('gather', wireOf(this.#ground), null));
  }

  #goOn(): void {
    this.#ground.ground.seconds += 60;
    this.#ground.repository.nextNumber += NUMBER_STEP;
  }

  #wanted(): Proposed {
    const random = this.#random;
    const id = String(++this.#count);
    const role = random.pick(['releases', 'releases', 'docs']);
    const whenOpen = random.pick<'queue' | 'add'>(['queue', 'queue', 'add']);
    const targetPrefix = role === 'docs' ? 'docs/' : 'v1/';
    if (role === 'releases' && random.chance(25)) {
      const release = { tag: `v2${id}`, createTag: true, releaseId: null, prerelease: false };
      return { role, files: { [`app-${id}.tgz`]: id }, change: { hosting: 'release', release, whenOpen } };
    }
    return { role, files: { [`file-${id}`]: id }, change: { targetPrefix, whenOpen } };
  }

  async #propose(): Promise<number | null> {
    this.#goOn();
    return (await this.#ground.ground.propose(wireOf(this.#ground), this.#wanted(), null)).number;
  }

  /** An event that everybody signs and a gather completes. */
  async #completed(): Promise<void> {
    const { ground } = this.#ground;
    await this.#propose();
    for (const { pull, role, file } of proposedFiles(this.#ground)) {
      for (const person of ['alice', 'bob']) if (SIGNERS[role]?.includes(person) === true) this.#sign(person, { pull, role, file });
    }
    this.#goOn();
    await gather(await ground.open('gather', wireOf(this.#ground), null));
    if (this.#random.chance(60)) await publish(await ground.open('publish', wireOf(this.#ground), null));
    if (this.#random.chance(60)) ground.deployed = this.#ground.repository.refs.get('refs/heads/tuf-published') ?? ground.deployed;
  }

  /** An event that was signed in part, and closed. */
  async #givenUp(): Promise<void> {
    const random = this.#random;
    const number = await this.#propose();
    const pull = this.#ground.repository.pulls.get(number ?? 0);
    if (pull === undefined) return;
    const signed = random.chance(60) ? proposedFiles(this.#ground).filter((one) => one.pull === pull) : [];
    for (const one of signed) this.#sign('alice', one);
    this.#goOn();
    if (random.chance(50)) {
      // Who has signed it is who ends it.
      const [as, signer] = signed.length === 0 ? (['gather', null] as const) : ([{ person: 'alice' }, signerOf('alice')] as const);
      await abandon(await this.#ground.ground.open(as, wireOf(this.#ground), null), pull.number, signer);
    } else await this.#ground.ground.ask({ person: 'alice' }, 'PATCH', `/pulls/${String(pull.number)}`, { state: 'closed' });
  }

  /** An open event at some stage. */
  async #opened(): Promise<void> {
    if (this.#random.chance(25)) await this.#byHand(this.#random.pick(['root', 'root', 'targets']));
    else await this.#propose();
    const newest = openEvents(this.#ground.repository).at(-1);
    for (const one of proposedFiles(this.#ground)) if (one.pull === newest) this.#stage(one);
    this.#goOn();
  }

  /** An event that a person has opened: a root that is valid for longer, or targets in which nothing else has changed. */
  async #byHand(role: 'root' | 'targets'): Promise<void> {
    const { repository, github, ground } = this.#ground;
    this.#goOn();
    const file = new Commits(repository).role(repository.refs.get('refs/heads/tuf'), role);
    if (file === null) return;
    const version = file.version + 1;
    const branch = `sign/${role}-v${String(version)}`;
    if (repository.refs.get(`refs/heads/${branch}`) !== null) return;
    const expires = new Date((Date.parse(textOf(file.signed['expires'])) / 1000 + 86_400) * 1000).toISOString().replace('.000Z', 'Z');
    const signed: JsonRecord = { ...file.signed, version, expires };
    const text = canonical({ signatures: [], signed } satisfies Record<string, Json>);
    const paths =
      role === 'root' ? ['metadata/root.json', `metadata/root_history/${String(version)}.root.json`] : ['metadata/targets.json'];
    const tuf = repository.refs.get('refs/heads/tuf');
    if (tuf !== null) ground.setRefs([...repository.refs.list('refs/'), [`refs/heads/${branch}`, tuf]]);
    github.commit(PROJECT, branch, Object.fromEntries(paths.map((path) => [path, text])), { login: 'alice' });
    await ground.ask({ person: 'alice' }, 'POST', '/pulls', { title: `Change ${role}`, head: branch, base: 'tuf', body: 'Please sign.' });
    if (readSigned(Buffer.from(text)) === null) throw new Error('no metadata was written');
  }

  #say(
    login: string,
    pull: Pull,
    body: string,
    review: { readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' } | null,
  ): void {
    const { repository, github } = this.#ground;
    const said = { id: github.world.nextId(), user: this.#ground.account(login), body, at: github.world.now() };
    say(repository, pull, { ...said, review: review === null ? null : { ...review, commit: pull.headSha } });
  }

  #sign(person: string, { pull, role, file }: ProposedFile): void {
    const random = this.#random;
    const body = signing(person, role, file);
    // A line of somebody without an account is brought by another.
    const carrier = person === NO_ACCOUNT ? 'alice' : person;
    const isAuthor = pull.author === this.#ground.account(carrier);
    if (person === CUSTODY) this.#say('github-actions[bot]', pull, body, random.chance(50) ? { state: 'COMMENTED' } : null);
    else if (person === NO_ACCOUNT || random.chance(30)) this.#say(carrier, pull, body, null);
    else this.#say(carrier, pull, body, { state: isAuthor || random.chance(30) ? 'COMMENTED' : 'APPROVED' });
  }

  /** What people have said of a file by now. */
  #stage(one: ProposedFile): void {
    const random = this.#random;
    const { pull, role } = one;
    for (const person of random.some(SIGNERS[role] ?? [], random.below(4))) {
      if (person === CUSTODY) {
        if (random.chance(80)) this.#say(CUSTODY, pull, '', { state: 'APPROVED' });
        if (random.chance(40)) this.#sign(CUSTODY, one);
      } else this.#sign(person, one);
      const isAuthor = person === NO_ACCOUNT || pull.author === this.#ground.account(person);
      if (!isAuthor && random.chance(8)) this.#say(person, pull, 'Wait.', { state: 'CHANGES_REQUESTED' });
      if (!isAuthor && random.chance(5)) this.#say(person, pull, 'Old.', { state: 'DISMISSED' });
    }
    if (random.chance(20)) this.#say(random.pick(['alice', 'bob', 'dave']), pull, 'Looks good, @alice?', null);
  }
}
