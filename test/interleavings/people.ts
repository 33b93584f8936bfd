// SPDX-License-Identifier: Apache-2.0
// What people do by hand, each at once: reviews and comments with signatures of their own making, and what writers may do to branches and drafts.
import { SELF_HELD } from '../commands/github-ground.ts';
import type { Random } from '../differential/random.ts';
import { PROJECT, type Ground } from './ground.ts';
import type { History, PullView } from './history.ts';
import type { Judge, Person } from './judge.ts';
import { blockOf, linesOf, sha256, signatureOf, type Line, type SignedFile } from './signed-file.ts';

const ROLES = ['releases', 'docs'] as const;

/** A file of a proposal that somebody may sign. */
interface Proposed {
  readonly pull: PullView;
  readonly role: string;
  readonly file: SignedFile;
}

/** People at work on one repository. Each gives what it did as text, or null when there was nothing to do. */
export class People {
  readonly #ground: Ground;
  readonly #history: History;
  readonly #judge: Judge;
  readonly #random: Random;
  /** Tags whose drafts were tampered with. */
  readonly tampered: Set<string> = new Set();
  #count = 0;

  constructor(ground: Ground, history: History, judge: Judge, random: Random) {
    this.#ground = ground;
    this.#history = history;
    this.#judge = judge;
    this.#random = random;
  }

  /** Open events. */
  open(): readonly PullView[] {
    return [...this.#history.view.pulls.values()].filter(({ state, branch }) => state === 'open' && branch.startsWith('sign/'));
  }

  /** One of the open events; most often one that is first in its line. */
  someOpen(): PullView | null {
    const open = this.open();
    const first = ROLES.flatMap((role) => {
      const version = ({ headSha }: PullView): number => this.#history.commits.role(headSha, role)?.version ?? 0;
      return open.filter(({ branch }) => branch.startsWith(`sign/${role}-`)).toSorted((a, b) => version(a) - version(b))[0] ?? [];
    });
    return this.#some(this.#random.chance(60) ? first : open);
  }

  /** Somebody who holds a key for an event, most often. */
  someSigner({ branch }: PullView): string {
    const role = ROLES.find((one) => branch.startsWith(`sign/${one}-`));
    const names = this.#judge.signers(role ?? '').flatMap(({ name, custody }) => (custody ? [] : [name]));
    return (this.#random.chance(85) ? this.#some(names) : null) ?? this.#random.pick(SELF_HELD);
  }

  #some<T>(items: readonly T[]): T | null {
    return items[this.#random.below(items.length)] ?? null;
  }

  #person(name: string): Person {
    const found = this.#judge.policy.people.find((one) => one.name === name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  }

  /** What an event proposes for the roles of a person, now or, with `earlier`, before. */
  #proposed(person: Person, pull: PullView, which: 'now' | 'earlier'): Proposed | null {
    const { commits } = this.#history;
    const all = ROLES.filter((role) => this.#judge.signers(role).includes(person)).flatMap((role): Proposed[] => {
      const now = commits.role(pull.headSha, role);
      const tuf = commits.role(commits.head('tuf'), role);
      const past = commits.reachable(pull.headSha).flatMap((commit) => commits.role(commit, role) ?? []);
      const files = which === 'now' ? [now] : past.filter((file) => file.digest !== now?.digest);
      return files.flatMap((file) => (file === null || file.digest === tuf?.digest || file.version === 1 ? [] : [{ pull, role, file }]));
    });
    return this.#some(all);
  }

  /** Whether this key has signed other bytes under the version, in public. */
  #hasSignedOther({ key }: Person, { role, file }: Proposed): boolean {
    const lines = [...this.#history.view.pulls.values()].flatMap(({ posts }) => posts.flatMap(({ body }) => linesOf(body)));
    return lines.some(
      (line) => line.keyId === key.keyId && line.role === role && line.version === file.version && line.payload !== file.digest,
    );
  }

  #line({ key }: Person, { role, file }: Proposed): Line {
    const { repository } = this.#judge.policy;
    return { repository, role, version: file.version, payload: file.digest, keyId: key.keyId, sig: signatureOf(key, file.payload) };
  }

  /** Signs what an event proposes now, or what it proposed before, in a review or a comment. */
  async sign(name: string, pull: PullView, carrier: 'review' | 'comment', which: 'now' | 'earlier'): Promise<string | null> {
    const person = this.#person(name);
    const proposed = this.#proposed(person, pull, which);
    if (proposed === null || this.#hasSignedOther(person, proposed)) return null;
    const said = `Signed.\n\n${blockOf([this.#line(person, proposed)])}\n`;
    await this.#say(name, proposed.pull, carrier, said);
    return `${name} signs ${proposed.role} v${proposed.file.version} (${which}, ${proposed.file.digest.slice(0, 8)}) by ${carrier} in #${proposed.pull.number}`;
  }

  /** Everybody signs what still needs them, where they have signed nothing else under the version. */
  async signAll(): Promise<string | null> {
    const said: string[] = [];
    for (const pull of this.open()) {
      for (const role of ROLES) {
        const [file, tuf] = [pull.headSha, this.#history.commits.head('tuf')].map((commit) => this.#history.commits.role(commit, role));
        if (file === null || file === undefined || file.digest === tuf?.digest || !pull.branch.startsWith(`sign/${role}-`)) continue;
        for (const person of this.#judge.signers(role)) {
          const proposed = { pull, role, file };
          if (person.custody || this.#judge.counted(role, file, pull.posts).has(person) || this.#hasSignedOther(person, proposed)) continue;
          await this.#say(person.name, pull, 'review', `Signed.\n\n${blockOf([this.#line(person, proposed)])}\n`);
          said.push(`${person.name} ${role} v${file.version} in #${pull.number}`);
        }
      }
    }
    return said.length === 0 ? null : `signed: ${said.join(', ')}`;
  }

  async #say(name: string, { number, headSha }: PullView, carrier: 'review' | 'comment', body: string): Promise<void> {
    if (carrier === 'review')
      await this.#ground.ask({ person: name }, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE', body, commit_id: headSha });
    else await this.#ground.ask({ person: name }, 'POST', `/issues/${number}/comments`, { body });
  }

  /** Reviews without a signature. */
  async review(name: string, event: 'APPROVE' | 'REQUEST_CHANGES'): Promise<string | null> {
    const pull = this.someOpen();
    if (pull === null) return null;
    await this.#ground.ask({ person: name }, 'POST', `/pulls/${pull.number}/reviews`, { event, body: 'Seen.', commit_id: pull.headSha });
    return `${name}: ${event} on #${pull.number} at ${pull.headSha.slice(0, 7)}`;
  }

  /** Dismisses a review that stands. */
  async dismiss(): Promise<string | null> {
    const pull = this.someOpen();
    const reviews = this.#ground.repository.pulls
      .get(pull?.number ?? 0)
      ?.reviews.filter(({ state }) => /^(APPROVED|CHANGES_REQUESTED)$/.test(state));
    const review = this.#some(reviews ?? []);
    if (pull === null || review === null) return null;
    await this.#ground.ask({ person: 'admin' }, 'PUT', `/pulls/${pull.number}/reviews/${review.id}/dismissals`, { message: 'no' });
    return `a ${review.state} review of ${this.#ground.github.world.userById(review.user).login} on #${pull.number} is dismissed`;
  }

  /** Posts what must not count: a signature under another account, two blocks, one beside HTML, or text. */
  async postJunk(): Promise<string | null> {
    const pull = this.someOpen();
    const owner = this.#person(this.#random.pick(['alice', 'bob']));
    const proposed = pull === null ? null : this.#proposed(owner, pull, 'now');
    if (proposed === null || this.#hasSignedOther(owner, proposed)) return null;
    const block = blockOf([this.#line(owner, proposed)]);
    const [who, what, body] = this.#random.pick<readonly [string, string, string]>([
      ['mallory', `${owner.name}'s signature`, block],
      ['dave', `${owner.name}'s signature`, block],
      ['dave', 'a broken block', '```countersign\n{}\n```'],
      ['mallory', 'text', 'countersign, please'],
    ]);
    await this.#say(who, proposed.pull, 'comment', body);
    return `${who} posts ${what} in #${proposed.pull.number}`;
  }

  /** A block that a thief of a key leaves as if a custody job had made it. */
  stolenBlock(): { readonly number: number; readonly block: string } | null {
    const pull = this.someOpen();
    const owner = this.#person(this.#random.pick(['alice', 'bob', 'carol']));
    const proposed = pull === null ? null : this.#proposed(owner, pull, 'now');
    return proposed === null || this.#hasSignedOther(owner, proposed)
      ? null
      : { number: proposed.pull.number, block: blockOf([this.#line(owner, proposed)]) };
  }

  /** Closes an event in the browser. */
  async close(): Promise<string | null> {
    const pull = this.someOpen();
    if (pull === null) return null;
    await this.#ground.ask({ person: 'alice' }, 'PATCH', `/pulls/${pull.number}`, { state: 'closed' });
    return `alice closes #${pull.number}`;
  }

  /** A writer pushes to the branch of an event what nobody claims, or content of their own. */
  pushToProposal(): string | null {
    const pull = this.someOpen();
    if (pull === null) return null;
    const role = ROLES.find((one) => pull.branch.startsWith(`sign/${one}-`));
    const file = role === undefined ? null : this.#history.commits.role(pull.headSha, role);
    const isContent = file !== null && this.#random.chance(70);
    const path = isContent ? `metadata/${role ?? ''}.json` : 'junk.txt';
    const text = isContent ? withTarget(file, `${role === 'docs' ? 'docs' : 'v1'}/pushed-${String(++this.#count)}`) : 'junk';
    this.#ground.github.commit(PROJECT, pull.branch, { [path]: text }, { login: 'dave' });
    return `dave pushes ${path} to ${pull.branch} (#${pull.number})`;
  }

  /** A writer pushes to the metadata branch what nobody signed. */
  pushToTuf(): string {
    const { commits } = this.#history;
    const role = this.#random.pick(ROLES);
    const file = commits.role(commits.head('tuf'), role);
    const [path, text] = this.#random.pick<readonly [string, string]>([
      ['junk.txt', 'junk'],
      ['metadata/stray.json', '{}'],
      [`metadata/${role}.json`, 'no JSON'],
      [`metadata/${role}.json`, file === null ? '{}' : withTarget(file, `${role === 'docs' ? 'docs' : 'v1'}/unsigned`)],
    ]);
    this.#ground.github.commit(PROJECT, 'tuf', { [path]: text }, { login: 'dave' });
    return `dave pushes ${path} to tuf`;
  }

  /** A writer takes the metadata branch back to its parent. */
  resetTuf(): string | null {
    const head = this.#history.commits.head('tuf');
    const parent = head === null ? undefined : this.#ground.repository.objects.commit(head)?.parents[0];
    if (parent === undefined) return null;
    this.#ground.setRefs([
      ...this.#ground.repository.refs.list('refs/').filter(([name]) => name !== 'refs/heads/tuf'),
      ['refs/heads/tuf', parent],
    ]);
    this.#ground.github.refsChanged(PROJECT);
    return `dave resets tuf to ${parent.slice(0, 7)}`;
  }

  /** A writer exchanges an asset of a draft. */
  tamper(): string | null {
    const drafts = [...this.#ground.repository.releases.values()].filter(
      ({ draft, assets }) => draft && assets.some(({ state }) => state === 'uploaded'),
    );
    const draft = this.#some(drafts);
    const index = draft?.assets.findIndex(({ state }) => state === 'uploaded') ?? -1;
    const asset = draft?.assets[index];
    if (draft === null || asset === undefined) return null;
    const bytes = Buffer.from(`evil ${draft.tag}`);
    draft.assets.splice(index, 1, { ...asset, bytes, digest: `sha256:${sha256(bytes)}` });
    this.tampered.add(draft.tag);
    return `dave exchanges ${asset.name} in the draft of ${draft.tag}`;
  }
}

/** A file with one target more, and none of its signatures. */
function withTarget({ signed }: SignedFile, path: string): string {
  const entry = { hashes: { sha256: sha256(path) }, length: path.length };
  const targets: unknown = Object.assign({}, signed['targets'], { [path]: entry });
  return JSON.stringify({ signatures: [], signed: { ...signed, targets } });
}
