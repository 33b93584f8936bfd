// SPDX-License-Identifier: Apache-2.0
// What must hold at each step, whatever has come in between what: looked at after every write.
import { mapSource } from '../../src/client/source.ts';
import { memoryStore } from '../../src/client/store.ts';
import { verifyRepository } from '../../src/client/verify-repository.ts';
import { readBranchSite, updateReturning, type Returning } from './clients.ts';
import type { Ground } from './ground.ts';
import { heardOn, type History, type Move, type PullView } from './history.ts';
import type { Judge, Person } from './judge.ts';
import type { Actor } from './scheduler.ts';
import { isSignature, linesOf, sha256, textOf, type Json, type JsonRecord, type SignedFile } from './signed-file.ts';

const ROLES = ['releases', 'docs'] as const;

/** Watches a run and remembers what is wrong. */
export class Checks {
  readonly #ground: Ground;
  readonly #history: History;
  readonly #judge: Judge;
  readonly problems: string[] = [];
  /** Digests of what was merged or published, by `role vN`. */
  readonly landed: Map<string, string> = new Map();
  /** The highest version of each role that was merged or published, whatever a writer has made of the branches since. */
  readonly #newest: Map<string, SignedFile> = new Map();
  /** Tags whose draft may be gone: their events were abandoned, or closed while a run completed or changed them. Their workflows must be repeated. */
  readonly closedFirst: Set<string> = new Set();
  /** Numbers of the events that an abandon has closed. */
  readonly #abandoned: Set<number> = new Set();
  /** Tags of the drafts that there were at the last look. */
  #drafts: ReadonlySet<string> = new Set();
  readonly #releasesSeen: Set<number> = new Set();
  readonly clients: Returning[] = [];
  readonly root: Uint8Array;

  constructor(ground: Ground, history: History, judge: Judge) {
    this.#ground = ground;
    this.#history = history;
    this.#judge = judge;
    const site = readBranchSite(history.commits, ground.deployed);
    this.root = site.get('metadata/1.root.json') ?? new Uint8Array();
    for (const role of ROLES) this.#land(role, history.commits.role(history.commits.head('tuf'), role), 'the start');
  }

  /** Remembers something that is wrong. */
  problem(text: string): void {
    this.problems.push(text);
  }

  /** Looks at all that has changed; `actor` is null for what a person did by hand. */
  async after(step: number, actor: Actor | null, by: string): Promise<void> {
    const { pulls } = this.#history.view;
    const moves = this.#history.look(step, by);
    if (actor !== null && isAbandon(actor)) {
      for (const { number, state, headSha } of this.#history.view.pulls.values()) {
        if (state !== 'closed' || pulls.get(number)?.state !== 'open') continue;
        this.#abandoned.add(number);
        // A propose that had read it before may build upon it all the same; its draft is gone.
        for (const [path] of releaseTargets(this.#history.commits.role(headSha, 'releases')))
          this.closedFirst.add(path.split('/')[0] ?? '');
      }
    }
    // Whoever opens it again begins anew: what people sign from then on is signed.
    for (const number of this.#abandoned) if (this.#history.view.pulls.get(number)?.state === 'open') this.#abandoned.delete(number);
    for (const move of moves) {
      if (move.branch === 'tuf' && actor !== null) this.#merged(move, actor);
      if (move.branch === 'tuf-published' && actor !== null) await this.published(move);
      if (move.branch.startsWith('sign/') && actor !== null) this.#proposed(move, actor);
    }
    this.#releases();
  }

  #land(role: string, file: SignedFile | null, by: string): void {
    if (file === null) return;
    const name = `${role} v${file.version}`;
    const known = this.landed.get(name);
    if (known !== undefined && known !== file.digest) this.problem(`version reused: ${name} has landed with two contents (by ${by})`);
    this.landed.set(name, file.digest);
    if (file.version >= (this.#newest.get(role)?.version ?? 0)) this.#newest.set(role, file);
  }

  /** The metadata branch was moved by a run: only signed, later files, by people whose signatures stood, and with all of them. */
  #merged(move: Move, actor: Actor): void {
    const { commits } = this.#history;
    const { before, after } = move;
    if (after === null || before === null) {
      this.problem(`${move.by} removed tuf`);
      return;
    }
    if (!commits.contains(after, before)) this.problem(`no compare-and-swap: ${move.by} moved tuf back, or aside`);
    if (isAbandon(actor)) {
      const [old, now] = [commits.tree(before), commits.tree(after)];
      if (old.size !== now.size || [...old].some(([path, id]) => now.get(path) !== id)) this.problem(`${move.by} changed tuf`);
      return;
    }
    for (const role of ROLES) {
      const [old, file] = [commits.role(before, role), commits.role(after, role)];
      if (file === null) this.problem(`${move.by} took ${role} out of tuf`);
      // What has landed before is put back over a bad head.
      if (file === null || old?.digest === file.digest || this.landed.get(`${role} v${file.version}`) === file.digest) continue;
      this.#land(role, file, move.by);
      this.#signedBy(role, file, move, actor);
    }
  }

  #signedBy(role: string, file: SignedFile, move: Move, actor: Actor): void {
    const name = `${role} v${file.version}`;
    const signers = this.#judge.signers(role);
    const valid = [...file.signatures].flatMap(([keyId, sig]): Person[] => {
      const person = signers.find(({ key }) => key.keyId === keyId);
      return person !== undefined && isSignature(person.key, file.payload, sig) ? [person] : [];
    });
    if (valid.length !== file.signatures.size) this.problem(`${name} was merged with a signature that is none`);
    if (new Set(valid).size < this.#judge.threshold(role)) this.problem(`${name} was merged with ${valid.length} signatures`);
    const views = this.#history.since(actor.knowsSince);
    // Not where they are now: an event's branch may have been moved on since.
    const branches = new Set(this.#history.moves.flatMap(({ branch, after }) => (after === move.after ? [branch] : [])));
    // Several, where one was closed while the run went on and gather has opened the next for its branch.
    const pulls = [...this.#history.view.pulls.values()].filter(({ branch }) => branches.has(branch));
    const last = pulls.at(-1);
    if (last === undefined) {
      this.problem(`${name} was merged from no pull request`);
      return;
    }
    const seen = views.flatMap((view) => pulls.flatMap(({ number }) => view.pulls.get(number) ?? []));
    if (!seen.some(({ state }) => state === 'open')) this.problem(`${name} was merged by ${move.by} after #${last.number} had been closed`);
    if (pulls.every(({ number }) => this.#abandoned.has(number)))
      this.problem(`${name} was merged by ${move.by} though #${last.number} was abandoned`);
    // Closed while the run went on: its draft may be gone, and the workflow must be repeated.
    if (pulls.some(({ state }) => state === 'closed'))
      for (const [path] of releaseTargets(file)) this.closedFirst.add(path.split('/')[0] ?? '');
    // What was signed on one that somebody else has closed counts where its content is continued (docs/adr/0033).
    const counted = seen
      .filter(({ number }) => !this.#abandoned.has(number))
      .map(({ posts }) => new Set(this.#judge.counted(role, file, posts).keys()));
    for (const person of valid) {
      if (!counted.some((one) => one.has(person)))
        this.problem(`${name} was merged with a signature of ${person.name} that does not count`);
    }
    for (const person of signers) {
      const stood = counted.length > 0 && counted.every((one) => one.has(person));
      if (stood && !valid.includes(person)) this.problem(`signature lost: ${person.name}'s of ${name}`);
    }
  }

  /** A custody key has signed: only what its person's approval stood for at some time since the run began. */
  custodySigned(actor: Actor, made: readonly { readonly number: number; readonly block: string }[]): void {
    for (const { number, block } of made) {
      // What was said on one that somebody has closed counts where its content is continued (docs/adr/0033).
      const counts = (pull: PullView): boolean => pull.number === number || (pull.state === 'closed' && !this.#abandoned.has(pull.number));
      const at = this.#history.since(actor.knowsSince).flatMap(({ pulls }) => [...pulls.values()].filter(counts));
      for (const { role, version, keyId, payload } of linesOf(block)) {
        const person = this.#judge.signers(role).find(({ key }) => key.keyId === keyId);
        const approved = person !== undefined && at.some(({ posts }) => this.#judge.approves(person, role, payload, posts));
        if (!approved)
          this.problem(`${actor.name} signed ${role} v${version} in #${number}, which ${person?.name ?? 'nobody'} did not approve`);
      }
    }
  }

  /** A proposal was written by a run: never under a version that somebody had signed before it began. */
  #proposed(move: Move, actor: Actor): void {
    const { commits } = this.#history;
    for (const role of ROLES) {
      const [old, file] = [commits.role(move.before, role), commits.role(move.after, role)];
      if (!move.branch.startsWith(`sign/${role}-`) || file === null || file.signatures.size > 0 || old?.digest === file.digest) continue;
      const base = commits.role(commits.head('tuf'), role);
      if (base?.digest === file.digest) continue;
      // What people have signed before somebody wrote over it is put back, under its own version.
      if (move.before !== null && commits.reachable(move.before).some((one) => commits.role(one, role)?.digest === file.digest)) continue;
      const [known] = this.#history.since(actor.knowsSince);
      for (const pull of known?.pulls.values() ?? []) {
        const [line] = this.#judge.others(role, file.digest, heardOn(pull), new Map()).filter(({ version }) => version === file.version);
        if (line !== undefined)
          this.problem(
            `version reused: ${move.by} proposes ${role} v${file.version}, which was signed in #${pull.number} with other content`,
          );
      }
    }
  }

  /** The published branch is whole after each of its moves: for new clients, and for all that have updated before. */
  async published(move: Move): Promise<void> {
    const { commits } = this.#history;
    if (move.after === null) {
      this.problem(`${move.by} removed tuf-published`);
      return;
    }
    if (move.before !== null && !commits.contains(move.after, move.before))
      this.problem(`no compare-and-swap: ${move.by} moved tuf-published back`);
    const site = readBranchSite(commits, move.after);
    for (const role of ROLES) {
      const versions = [...site.keys()].flatMap((path) =>
        Number(new RegExp(`^metadata/(\\d+)\\.${role}\\.json$`).exec(path)?.[1] ?? Number.NaN),
      );
      for (const version of versions.filter((one) => one > 0))
        this.#land(role, commits.signed(move.after, `metadata/${version}.${role}.json`), move.by);
    }
    const held = this.clients.map(({ store }) => store.files);
    const time = this.#ground.now;
    const report = await verifyRepository(mapSource(site), { time, targets: 'hosted', anchor: { kind: 'root', bytes: this.root }, held });
    for (const { where, detail } of report.problems) this.problem(`published by ${move.by}: ${where}: ${detail}`);
    for (const path of missingTargets(site, this.#listed(site))) this.problem(`published by ${move.by} without ${path}`);
  }

  /** The files of roles that the snapshot of a site lists. */
  #listed(site: ReadonlyMap<string, Uint8Array>): readonly JsonRecord[] {
    const read = (path: string): JsonRecord => JSON.parse(Buffer.from(site.get(path) ?? '{}').toString('utf8')) as JsonRecord;
    const meta = (file: JsonRecord): JsonRecord => record(record(file['signed'])['meta']);
    const snapshot = read(`metadata/${textOf(record(meta(read('metadata/timestamp.json'))['snapshot.json'])['version'])}.snapshot.json`);
    return ROLES.map((role) => read(`metadata/${textOf(record(meta(snapshot)[`${role}.json`])['version'])}.${role}.json`));
  }

  /** Clients are served another commit now: each that came before updates, and one that never did. */
  async deployed(): Promise<void> {
    const site = readBranchSite(this.#history.commits, this.#ground.deployed);
    this.clients.push({ name: `client ${String(this.clients.length + 1)}`, store: memoryStore(), versions: null });
    for (const client of this.clients) {
      const failed = await updateReturning(client, site, this.root, this.#ground.now);
      if (failed !== null) this.problem(`${client.name} can't update: ${failed}`);
    }
  }

  /** Releases that went out hold exactly what was signed. */
  #releases(): void {
    const { repository } = this.#ground;
    const all = [...repository.releases.values()];
    const dropped = [...this.#drafts].filter((tag) => !all.some((one) => one.tag === tag));
    this.#drafts = new Set(all.flatMap(({ draft, tag }) => (draft ? [tag] : [])));
    // No open event spoke of it any more; one that does later, because a run adds to what was closed meanwhile, tells that its files are gone.
    for (const tag of dropped) if (!this.#awaited().has(tag)) this.closedFirst.add(tag);
    for (const release of all) {
      if (release.draft || this.#releasesSeen.has(release.id)) continue;
      this.#releasesSeen.add(release.id);
      const wanted = this.signedAssets().get(release.tag) ?? new Map<string, string>();
      const found = new Map(release.assets.map((asset) => [asset.name, asset.state === 'uploaded' ? sha256(asset.bytes) : 'starter']));
      const text = (assets: ReadonlyMap<string, string>): string => JSON.stringify([...assets].sort());
      if (wanted.size === 0) this.problem(`release ${release.tag} went out and nobody signed it`);
      else if (text(wanted) !== text(found)) this.problem(`release ${release.tag} went out with other assets than those that were signed`);
      if (repository.refs.get(`refs/tags/${release.tag}`) !== this.#ground.source)
        this.problem(`release ${release.tag} is of another commit`);
    }
  }

  /** Tags of the releases that open events propose. */
  #awaited(): ReadonlySet<string> {
    const open = [...this.#history.view.pulls.values()].filter(({ state }) => state === 'open');
    const files = open.flatMap(({ headSha }) => releaseTargets(this.#history.commits.role(headSha, 'releases')));
    return new Set(files.map(([path]) => path.split('/')[0] ?? ''));
  }

  /** Names and digests of the assets of each release, as the last signed file says. */
  signedAssets(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    const tags = new Map<string, Map<string, string>>();
    for (const [path, entry] of releaseTargets(this.#newest.get('releases') ?? null)) {
      const [tag = '', name = ''] = path.split('/');
      const digest = textOf(record(entry['hashes'])['sha256']);
      tags.set(tag, (tags.get(tag) ?? new Map<string, string>()).set(name, digest).set(`${digest}.${name}`, digest));
    }
    return tags;
  }

  /** Whether an abandon has closed an event. */
  isAbandoned(number: number): boolean {
    return this.#abandoned.has(number);
  }

  /** A pull request, as it is now. */
  pull(number: number): PullView | undefined {
    return this.#history.view.pulls.get(number);
  }
}

function isAbandon({ name }: Actor): boolean {
  return name.startsWith('abandon-');
}

function record(value: Json | undefined): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

function hostingOf(entry: JsonRecord): string {
  return textOf(record(record(entry['custom'])['x-countersign'])['hosting']);
}

/** The targets of a file that wait in releases. */
export function releaseTargets(file: SignedFile | null): readonly (readonly [string, JsonRecord])[] {
  return Object.entries(record(file?.signed['targets'])).flatMap(([path, entry]) =>
    hostingOf(record(entry)) === 'release' ? [[path, record(entry)] as const] : [],
  );
}

function missingTargets(site: ReadonlyMap<string, Uint8Array>, files: readonly JsonRecord[]): readonly string[] {
  return files.flatMap((file) =>
    Object.entries(record(record(file['signed'])['targets'])).flatMap(([path, value]) => {
      const entry = record(value);
      const digest = textOf(record(entry['hashes'])['sha256']);
      const slash = path.lastIndexOf('/') + 1;
      const bytes = site.get(`targets/${path.slice(0, slash)}${digest}.${path.slice(slash)}`);
      return hostingOf(entry) !== 'site' || (bytes !== undefined && sha256(bytes) === digest) ? [] : [path];
    }),
  );
}
