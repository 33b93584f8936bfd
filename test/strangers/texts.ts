// SPDX-License-Identifier: Apache-2.0
// What people write who can't vote: public signatures where they do not belong, blocks that are none, and texts of any size.
import type { Random } from '../differential/random.ts';
import type { Pull } from '../github/state.ts';
import { Commits } from '../interleavings/history.ts';
import { blockOf, canonical, keyOf, linesOf, type Line } from '../interleavings/signed-file.ts';
import type { Stage } from './doings.ts';
import { lineOf, REPOSITORY, SIGNERS, STRANGERS } from './people.ts';
import { openEvents } from './state.ts';

/** The longest text that GitHub takes. In characters. */
const MOST = 65_536;
/** What is quadratic in these shows itself by the time that it takes, and ends. */
const BLANKS = 4000;
const ZEROS = '0'.repeat(128);

/** Writes texts. */
export class Texts {
  readonly #ground: Stage;
  readonly #random: Random;
  #lines: readonly Line[] = [];

  constructor(ground: Stage, random: Random) {
    this.#ground = ground;
    this.#random = random;
  }

  /** Looks at what is public by now. */
  look(): void {
    this.#lines = this.#public();
  }

  /** Every signature that anybody can see: of the branches, and of what was said. */
  #public(): readonly Line[] {
    const { repository } = this.#ground;
    const commits = new Commits(repository);
    const said = [...repository.comments.values(), ...[...repository.pulls.values()].flatMap(({ reviews }) => reviews)];
    const files = ['tuf', 'tuf-published'].flatMap((branch) => {
      const head = commits.head(branch);
      const paths = head === null ? [] : [...commits.tree(head).keys()].filter((path) => path.endsWith('.json'));
      return paths.flatMap((path) => {
        const file = commits.signed(head, path);
        const role = /([a-z]+)\.json$/.exec(path)?.[1] ?? '';
        return file === null || !(role in SIGNERS) ? [] : [{ role, file }];
      });
    });
    return [
      ...said.slice(0, 200).flatMap(({ body }) => linesOf(body)),
      ...files.flatMap(({ role, file }) =>
        [...file.signatures].map(([keyId, sig]): Line => ({
          repository: REPOSITORY,
          role,
          version: file.version,
          payload: file.digest,
          keyId,
          sig,
        })),
      ),
    ];
  }

  /** A public signature, made to look as if it were of what an event proposes. */
  #bent(pull: Pull | null): string {
    const random = this.#random;
    const line = this.#lines[random.below(this.#lines.length)];
    const commits = new Commits(this.#ground.repository);
    const proposed = pull === null ? null : commits.role(pull.headSha, line?.role ?? 'releases');
    if (line === undefined) return 'Nothing.';
    const version = proposed?.version ?? line.version;
    return blockOf([
      random.pick<Line>([
        line,
        { ...line, version },
        { ...line, version },
        { ...line, version: version + 1 },
        { ...line, version: Number.MAX_SAFE_INTEGER },
        { ...line, role: random.pick(Object.keys(SIGNERS) as [string, ...string[]]) },
        { ...line, payload: proposed?.digest ?? line.payload, version },
        { ...line, payload: 'a'.repeat(64), sig: ZEROS, version },
        { ...line, repository: '00000000-0000-4000-8000-0000000000bb' },
      ]),
    ]);
  }

  /** The key of somebody else under a signature that is none, or a key of nobody. */
  #forged(pull: Pull | null): string {
    const commits = new Commits(this.#ground.repository);
    const role = this.#random.pick(Object.keys(SIGNERS) as [string, ...string[]]);
    const file = pull === null ? null : commits.role(pull.headSha, role);
    if (file === null) return this.#bent(pull);
    const owner = this.#random.some(SIGNERS[role] ?? [], 1)[0] ?? 'alice';
    const line = lineOf(STRANGERS[0], role, file);
    return blockOf([this.#random.pick([line, { ...line, keyId: keyOf(owner).keyId }, { ...line, keyId: keyOf(owner).keyId, sig: ZEROS }])]);
  }

  /** What some bot of ours has written. */
  #copied(): string {
    const bot = this.#ground.account('github-actions[bot]');
    const [one] = this.#random.some(
      [...this.#ground.repository.comments.values()].slice(0, 100).filter(({ user }) => user === bot),
      1,
    );
    return one?.body ?? '<!-- countersign:status -->\n\nAll is signed.';
  }

  /** What carries nothing. */
  plain(): string {
    return this.#random.pick(['Looks good to me.', '@alice @bob please sign!', '/countersign gather', 'Signed.', 'abandon', '\u202eyas']);
  }

  /** A text for a pull request. */
  any(pull: Pull | null): string {
    const random = this.#random;
    const block = (): string => random.pick([() => this.#bent(pull), () => this.#bent(pull), () => this.#forged(pull)])();
    return random.pick<() => string>([
      block,
      block,
      block,
      block,
      () => this.plain(),
      () => this.#copied(),
      () => `<i></i>\n\n${block()}`,
      () => `${block()}\n\n${block()}`,
      () => `> ${block().replaceAll('\n', '\n> ')}`,
      () =>
        random.pick([
          '```countersign\n{}\n```',
          '```countersign\n```',
          '```countersign\n[1,2]\n```',
          '```countersign\nnull',
          '~~~countersign\n{"sig":1e9}\n~~~',
        ]),
      () => `countersign\n\`\`\`a${' '.repeat(BLANKS)}b\n\`\`\``,
      () => 'x'.repeat(random.pick([10_000, MOST])),
      () => this.#long(pull),
    ])();
  }

  /** One block with as many lines as there is room for. */
  #long(pull: Pull | null): string {
    const line = block(this.#bent(pull));
    const lines = Array.from({ length: Math.floor((MOST - 30) / (line.length + 1)) }, () => line);
    return ['```countersign', ...lines.slice(0, this.#random.pick([3, 64, 65, 200])), '```'].join('\n');
  }

  /** Files for a branch of a fork: those of one of our events with something more, or any. */
  files(pull: Pull | null): Readonly<Record<string, string>> {
    const commits = new Commits(this.#ground.repository);
    const [event] = openEvents(this.#ground.repository);
    const file = commits.role((pull ?? event)?.headSha ?? commits.head('tuf'), 'releases');
    const signed = file?.signed ?? {};
    return this.#random.pick<Readonly<Record<string, string>>>([
      { 'README.md': 'mine' },
      { 'countersign.yaml': 'people: {}\n', 'event.json': '{}' },
      { 'metadata/releases.json': canonical({ signatures: [], signed: { ...signed, version: 99 } }) },
      { 'metadata/root.json': '{}', 'metadata/root_history/2.root.json': '{}' },
    ]);
  }
}

/** The first line within a block. */
function block(text: string): string {
  return text.split('\n')[1] ?? text;
}
