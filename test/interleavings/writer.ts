// SPDX-License-Identifier: Apache-2.0
// What somebody with write access can do to branches, pull requests and texts, each at once. Where a key helps it is the writer's own, of one role.
import type { Random } from '../differential/random.ts';
import { PROJECT, type Ground } from './ground.ts';
import type { History, PullView } from './history.ts';
import { putRefs } from './refs.ts';
import { canonical, keyOf, linesOf, sha256, signatureOf, type Json, type SignedFile } from './signed-file.ts';

/** The writer. His key signs docs, alone where he likes. */
const WRITER = 'dave';
const OWN_ROLE = 'docs';
const PUBLISHED = 'tuf-published';

/** What was done, for people; null when there was nothing to do. */
type Done = string | null;

/** A writer at work. */
export class Writer {
  readonly #ground: Ground;
  readonly #history: History;
  readonly #random: Random;
  /** Whether the writer has used a key: what becomes of its role is then no fault of ours. */
  usedKey = false;
  #count = 0;

  constructor(ground: Ground, history: History, random: Random) {
    this.#ground = ground;
    this.#history = history;
    this.#random = random;
  }

  /** One of all that a writer can do. */
  async act(): Promise<Done> {
    const acts: readonly [() => Promise<Done> | Done, ...(() => Promise<Done> | Done)[]] = [
      () => this.#encodeAgain(),
      () => this.#encodeAgain(),
      () => this.#exchangeHosted(),
      () => this.#exchangeHosted(),
      () => this.#removePublished(),
      () => this.#addPublished(),
      () => this.#resetBranch(PUBLISHED),
      () => this.#deleteBranch(PUBLISHED),
      () => this.#resetBranch('tuf'),
      () => this.#changeTuf(),
      () => this.#resetProposal(),
      () => this.#deleteProposal(),
      () => this.#close(),
      () => this.#close(),
      () => this.#reopen(),
      () => this.#point(),
      () => this.#editTexts(),
      () => this.#editComment(),
      () => this.#loseArtifacts(),
      () => this.#openJunk(),
      () => this.#raise(),
      () => this.#equivocate(),
    ];
    return this.#random.pick(acts)();
  }

  #some<T>(items: readonly T[]): T | null {
    return items[this.#random.below(items.length)] ?? null;
  }

  #commit(branch: string, files: Readonly<Record<string, string | Uint8Array | null>>): void {
    this.#ground.github.commit(PROJECT, branch, files, { login: WRITER });
  }

  /** Paths of the published branch. */
  #published(pattern: RegExp): readonly string[] {
    const head = this.#history.commits.head(PUBLISHED);
    return head === null ? [] : [...this.#history.commits.tree(head).keys()].filter((path) => pattern.test(path));
  }

  #bytes(branch: string, path: string): Buffer {
    const { commits } = this.#history;
    const id = commits.tree(commits.head(branch) ?? '').get(path);
    return id === undefined ? Buffer.alloc(0) : commits.blob(id);
  }

  /** The same payload in other bytes. */
  #encodeAgain(): Done {
    const branch = this.#random.pick([PUBLISHED, PUBLISHED, 'tuf']);
    const head = this.#history.commits.head(branch);
    const paths = head === null ? [] : [...this.#history.commits.tree(head).keys()].filter((path) => /^metadata\/.*json$/.test(path));
    const path = this.#some(paths);
    if (path === null) return null;
    const text = this.#bytes(branch, path).toString('utf8');
    const other = this.#random.pick([() => `${text}\n\n`, () => again(text), () => again(text, 1)])();
    this.#commit(branch, { [path]: other });
    return `encodes ${path} of ${branch} again`;
  }

  /** Other bytes of the same length. */
  #exchangeHosted(): Done {
    const path = this.#some(this.#published(/^targets\/./));
    if (path === null) return null;
    const { length } = this.#bytes(PUBLISHED, path);
    this.#commit(PUBLISHED, { [path]: 'x'.repeat(this.#random.pick([length, length, length + 1])) });
    return `exchanges ${path} of ${PUBLISHED}`;
  }

  #removePublished(): Done {
    const path = this.#some(this.#published(/^(targets|metadata)\/./));
    if (path === null) return null;
    this.#commit(PUBLISHED, { [path]: null });
    return `removes ${path} of ${PUBLISHED}`;
  }

  #addPublished(): Done {
    if (this.#history.commits.head(PUBLISHED) === null) return null;
    const path = this.#random.pick([
      'targets/evil.html',
      `targets/${sha256('<html>')}.evil.html`,
      'metadata/9.releases.json',
      'metadata/9.root.json',
      'metadata/99.snapshot.json',
      'index.html',
    ]);
    this.#commit(PUBLISHED, { [path]: this.#random.pick(['<html>', '{}', this.#bytes('tuf', 'metadata/releases.json')]) });
    return `adds ${path} to ${PUBLISHED}`;
  }

  #setBranch(branch: string, sha: string | null): void {
    putRefs(this.#ground.repository, [[`refs/heads/${branch}`, sha]]);
    this.#ground.github.refsChanged(PROJECT);
  }

  #resetBranch(branch: string): Done {
    const head = this.#history.commits.head(branch);
    const parent = head === null ? undefined : this.#ground.repository.objects.commit(head)?.parents[0];
    if (parent === undefined) return null;
    this.#setBranch(branch, parent);
    return `resets ${branch} to ${parent.slice(0, 7)}`;
  }

  #deleteBranch(branch: string): Done {
    if (this.#history.commits.head(branch) === null) return null;
    this.#setBranch(branch, null);
    return `deletes ${branch}`;
  }

  #changeTuf(): Done {
    if (this.#history.commits.head('tuf') === null) return null;
    const [path, text] = this.#random.pick<readonly [string, string | null]>([
      ['countersign.yaml', 'people: {}\n'],
      ['README.md', 'see https://evil.example'],
      ['metadata/releases.json', 'no JSON'],
      ['metadata/docs.json', null],
      ['metadata/root.json', '{}'],
      ['metadata/root_history/1.root.json', '{}'],
      ['metadata/Releases.json', '{}'],
    ]);
    this.#commit('tuf', { [path]: text });
    return `${text === null ? 'removes' : 'writes'} ${path} of tuf`;
  }

  #someProposal(states: readonly PullView['state'][] = ['open']): PullView | null {
    return this.#some(
      [...this.#history.view.pulls.values()].filter(({ state, branch }) => states.includes(state) && branch.startsWith('sign/')),
    );
  }

  /** A proposal's branch goes back, or to where the metadata branch is. */
  #resetProposal(): Done {
    const pull = this.#someProposal();
    const parent = pull === null ? undefined : this.#ground.repository.objects.commit(pull.headSha)?.parents[0];
    const to = this.#random.chance(50) ? parent : this.#history.commits.head('tuf');
    if (pull === null || to === undefined || to === null) return null;
    this.#setBranch(pull.branch, to);
    return `resets ${pull.branch} (#${String(pull.number)}) to ${to.slice(0, 7)}`;
  }

  #deleteProposal(): Done {
    const pull = this.#someProposal();
    if (pull === null) return null;
    this.#setBranch(pull.branch, null);
    return `deletes ${pull.branch} (#${String(pull.number)})`;
  }

  async #edit(pull: PullView | null, change: object, what: string): Promise<Done> {
    if (pull === null) return null;
    const { status } = await this.#ground.ask({ person: WRITER }, 'PATCH', `/pulls/${String(pull.number)}`, change);
    return `${what} #${String(pull.number)}${status < 300 ? '' : `, refused with ${String(status)}`}`;
  }

  #close(): Promise<Done> {
    return this.#edit(this.#someProposal(), { state: 'closed' }, 'closes');
  }

  #reopen(): Promise<Done> {
    return this.#edit(this.#someProposal(['closed']), { state: 'open' }, 'opens again');
  }

  #point(): Promise<Done> {
    return this.#edit(this.#someProposal(), { base: this.#random.pick(['main', 'main', 'tuf']) }, 'points elsewhere');
  }

  #editTexts(): Promise<Done> {
    return this.#edit(this.#someProposal(), { title: 'Nothing to see', body: '' }, 'changes the text of');
  }

  /** Somebody's comment is changed or deleted, the automation's too. */
  async #editComment(): Promise<Done> {
    const comments = [...this.#ground.repository.comments.values()];
    const comment = this.#some(comments);
    if (comment === null) return null;
    const other = this.#some(comments.filter(({ body }) => linesOf(body).length > 0))?.body ?? 'Nothing.';
    const path = `/issues/comments/${String(comment.id)}`;
    if (this.#random.chance(30)) {
      await this.#ground.ask({ person: WRITER }, 'DELETE', path);
      return `deletes a comment of #${String(comment.pull)}`;
    }
    await this.#ground.ask({ person: WRITER }, 'PATCH', path, {
      body: this.#random.pick([other, `${comment.body}\n\n${other}`, '<!-- countersign:status -->\n\nAll is well.']),
    });
    return `changes a comment of #${String(comment.pull)}`;
  }

  /** The bytes that wait are gone. */
  #loseArtifacts(): Done {
    const { artifacts } = this.#ground.repository;
    if (artifacts.size === 0) return null;
    for (const id of [...artifacts.keys()]) if (this.#random.chance(70)) artifacts.delete(id);
    return 'deletes artifacts';
  }

  /** A proposal of a writer's own, with nothing in it that anybody wants. */
  async #openJunk(): Promise<Done> {
    const { commits } = this.#history;
    const role = this.#random.pick(['releases', 'docs', 'targets']);
    const file = commits.role(commits.head('tuf'), role);
    const tuf = commits.head('tuf');
    if (file === null || tuf === null) return null;
    const version = file.version + this.#random.pick([1, 1, 2]);
    const branch = `sign/${role}-v${String(version)}${this.#random.chance(50) ? '' : `-${String(++this.#count)}`}`;
    if (commits.head(branch) !== null) return null;
    putRefs(this.#ground.repository, [[`refs/heads/${branch}`, tuf]]);
    this.#commit(branch, { [`metadata/${role}.json`]: canonical({ signatures: [], signed: { ...file.signed, version } }) });
    await this.#ground.ask({ person: WRITER }, 'POST', '/pulls', {
      title: `Sign ${role} v${String(version)}`,
      head: branch,
      base: 'tuf',
      body: '',
    });
    return `opens ${branch}`;
  }

  #ownFile(change: Readonly<Record<string, Json>>): { readonly version: number; readonly text: string } | null {
    const { commits } = this.#history;
    const file = commits.role(commits.head('tuf'), OWN_ROLE);
    if (file === null) return null;
    this.usedKey = true;
    const signed = { ...file.signed, ...change };
    const key = keyOf(WRITER);
    const sig = signatureOf(key, Buffer.from(canonical(signed)));
    return { version: Number(signed['version']), text: canonical({ signatures: [{ keyid: key.keyId, sig }], signed }) };
  }

  #newest(): SignedFile | null {
    return this.#history.commits.role(this.#history.commits.head('tuf'), OWN_ROLE);
  }

  /** A version that nothing can follow. */
  #raise(): Done {
    const made = this.#ownFile({ version: (this.#newest()?.version ?? 0) + this.#random.pick([1_000_000, 20_000, 2 ** 52]) });
    if (made === null || this.#history.commits.head('tuf') === null) return null;
    this.#commit('tuf', { [`metadata/${OWN_ROLE}.json`]: made.text });
    return `raises ${OWN_ROLE} to v${String(made.version)}, with his key`;
  }

  /** A second content of a version, signed with his own key. */
  #equivocate(): Done {
    const made = this.#ownFile({ expires: this.#random.pick(['2026-03-05T00:00:00Z', '2026-03-06T00:00:00Z']) });
    const branch = this.#random.pick(['tuf', PUBLISHED]);
    if (made === null || this.#history.commits.head(branch) === null) return null;
    this.#commit(branch, {
      [branch === 'tuf' ? `metadata/${OWN_ROLE}.json` : `metadata/${String(made.version)}.${OWN_ROLE}.json`]: made.text,
    });
    return `puts another ${OWN_ROLE} v${String(made.version)} (${sha256(made.text).slice(0, 7)}) on ${branch}, with his key`;
  }
}

/** The same JSON in other bytes. */
function again(text: string, indent = 0): string {
  try {
    return JSON.stringify(JSON.parse(text), null, indent);
  } catch (error) {
    if (error instanceof SyntaxError) return `${text} `;
    throw error;
  }
}
