// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong, clients are served a timestamp that verifies and is inside its period, nothing that too few people have signed, and nothing older than before.
import { memoryStore } from '../../src/client/store.ts';
import { readBranchSite, updateReturning, type Returning } from './clients.ts';
import { Honest, isOnline, readServed, type Served } from './safety.ts';
import { sha256 } from './signed-file.ts';
import type { Story } from './story.ts';
import type { Writer } from './writer.ts';

/** The period of a timestamp, in milliseconds: what a fast clock has signed for longer is due at once. */
const PERIOD = 7 * 86_400_000;

const DIGEST = /([0-9a-f]{64})/;

/** Publishes, deploys, and looks at what clients get. */
export class Freshness {
  readonly #story: Story;
  readonly #writer: Writer;
  readonly honest: Honest;
  readonly problems: string[] = [];
  /** The highest timestamp that clients were served. */
  #highest = 0;
  readonly #clients: Returning[] = [];
  /** What each version of a role was when clients were served it. */
  readonly #contents: Map<string, string> = new Map();

  constructor(story: Story, writer: Writer) {
    this.#story = story;
    this.#writer = writer;
    this.honest = new Honest(story.history, story.judge);
  }

  #problem(text: string): void {
    this.#story.say(`PROBLEM ${text}`);
    this.problems.push(text);
  }

  /** Notes what is served at the beginning. */
  async look(): Promise<void> {
    this.honest.look();
    await this.#require('the start', 'all');
  }

  /**
   * One publish and one deployment, with nothing in between; then clients come.
   * @returns whether nothing might be signed, until a person says which timestamp was served last
   */
  async publish(when: string, kind: 'all' | 'expired roles' = 'all'): Promise<'may sign' | 'must wait'> {
    const { story } = { story: this.#story };
    const { ground, scheduler } = story;
    ground.github.faults.clear();
    this.honest.look();
    const isBlind = this.#isBlind();
    const isRight = ground.clockAhead === 0;
    const said: string[] = [];
    for (const start of [() => story.publish(), () => story.deploy()]) {
      const actor = await start();
      if (actor === null) return 'must wait';
      await scheduler.finish(actor);
      story.told();
      const { ending } = actor;
      said.push(
        ending.kind === 'done'
          ? JSON.stringify(fieldOf(ending.result, 'findings') ?? [])
          : ending.kind === 'failed'
            ? String(ending.error)
            : ending.kind,
      );
    }
    this.honest.look();
    await this.#require(when, kind, { isBlind, isRight, said: said.join('; ') });
    return isBlind ? 'must wait' : 'may sign';
  }

  /** No live timestamp can be had, and none that is as late is known on the branches: then nothing may be signed. */
  #isBlind(): boolean {
    const { ground, history } = this.#story;
    const head = history.commits.head('tuf-published');
    const known = head === null ? 0 : (readServed(history.commits, head)?.timestamp.version ?? 0);
    return ground.site !== 'up' && known < this.#highest;
  }

  async #require(
    when: string,
    kind: 'all' | 'expired roles',
    { isBlind, isRight, said } = { isBlind: false, isRight: true, said: '' },
  ): Promise<void> {
    const { ground, history } = this.#story;
    const { commits } = history;
    const now = (ground.now as number) * 1000;
    const served = readServed(commits, ground.deployed);
    if (served === null) {
      this.#problem(`fresh, ${when}: clients are served no timestamp that verifies (${said})`);
      return;
    }
    const { timestamp } = served;
    const expires = Date.parse(timestamp.expires);
    // While a site is down nobody is served anything; a run that finds the branch overdue as well waits for a person.
    const isWaiting = ground.site === 'down' && said.includes('served-timestamp');
    if (expires <= now && !isBlind && !isWaiting)
      this.#problem(`fresh, ${when}: the timestamp v${String(timestamp.version)} has expired ${timestamp.expires} (${said})`);
    if (expires > now + PERIOD && isRight && !isBlind)
      this.#problem(`fresh, ${when}: the timestamp is for longer than its period: ${timestamp.expires} (${said})`);
    // The published branch was set back while nobody could say what is served: clients that are ahead wait until they are passed.
    if (isBlind) this.#forget();
    if (timestamp.version < this.#highest)
      this.#problem(`safe, ${when}: the timestamp went back to v${String(timestamp.version)} from v${String(this.#highest)} (${said})`);
    this.#highest = Math.max(this.#highest, timestamp.version);
    this.#requireSigned(when, served);
    this.#requireTold(when, said);
    if (!isBlind && expires > now) await this.#requireClients(when, kind, said);
  }

  /** What clients were served before is not compared with any more. */
  #forget(): void {
    this.#highest = 0;
    this.#clients.splice(0);
  }

  #requireSigned(when: string, { roles }: Served): void {
    for (const [role, file] of roles) {
      const name = `${role} v${String(file.version)}`;
      const known = this.#contents.get(name) ?? file.digest;
      this.#contents.set(name, known);
      if (this.#writer.usedKey && role === 'docs') continue;
      if (known !== file.digest) this.#problem(`safe, ${when}: clients are served a second content of ${name}`);
      const count = this.honest.count(role, file);
      if (count < this.honest.needed(role)) this.#problem(`safe, ${when}: clients are served ${name}, which ${String(count)} have signed`);
    }
  }

  /**
   * What nobody signed is not served, or told: files of other bytes than their names say, and others that nothing signed lists. A version that is held back
   * since some of its bytes are missing has been signed, and its other bytes may wait at the site.
   */
  #requireTold(when: string, said: string): void {
    const { commits } = this.#story.history;
    const { deployed, withheld } = this.#story.ground;
    const tree = [...commits.tree(deployed)].filter(([path]) => !withheld.has(path));
    const served = tree.flatMap(([path]) => (path.startsWith('metadata/') ? [commits.signed(deployed, path)] : []));
    const files = [...served, ...this.honest.signedAt(commits.head('tuf'))];
    const listed = new Set(files.flatMap((file) => [...(file?.targets.values() ?? [])].flatMap((entry) => DIGEST.exec(entry)?.[1] ?? [])));
    for (const [path, id] of tree) {
      const digest = DIGEST.exec(path)?.[1];
      const isWrong = path.startsWith('targets/')
        ? digest !== sha256(commits.blob(id)) || !listed.has(digest)
        : path.startsWith('metadata/') && !this.#isSigned(path);
      const name = path.replace(/^targets\//, '').replace(/[0-9a-f]{64}\./, '');
      if (isWrong && !said.includes(name) && !said.includes(path))
        this.#problem(`safe, ${when}: ${path} is deployed, and nothing says that nobody signed it (${said})`);
    }
  }

  /** Whether enough people have signed a file of the site, or for a snapshot or timestamp the online key. */
  #isSigned(path: string): boolean {
    const { commits } = this.#story.history;
    const file = commits.signed(this.#story.ground.deployed, path);
    const role = /([a-z]+)\.json$/.exec(path)?.[1] ?? '';
    if (file === null) return false;
    if (role === 'snapshot' || role === 'timestamp') return isOnline(file);
    return (role === 'docs' && this.#writer.usedKey) || this.honest.count(role, file) >= this.honest.needed(role);
  }

  async #requireClients(when: string, kind: 'all' | 'expired roles', said: string): Promise<void> {
    const { ground, history, checks } = this.#story;
    const site = readBranchSite(history.commits, ground.deployed);
    this.#clients.push({ name: `client ${String(this.#clients.length + 1)}`, store: memoryStore(), versions: null });
    for (const client of this.#clients) {
      const failed = await updateReturning(client, site, checks.root, ground.now);
      if (failed !== null && !(kind === 'expired roles' && failed.includes('expected an expiry')))
        this.#problem(`fresh, ${when}: ${client.name} of ${String(this.#clients.length)} can't update: ${failed} (${said})`);
    }
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
