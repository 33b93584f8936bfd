// SPDX-License-Identifier: Apache-2.0
// One run as its seed says: who does what when, what goes wrong, and what it must have come to in the end.
import { abandon } from '../../src/commands/abandon.ts';
import { custody, settle, type CarriedSignature } from '../../src/commands/custody.ts';
import { gather, type GatherResult } from '../../src/commands/gather.ts';
import { publish } from '../../src/commands/publish.ts';
import { treeSource } from '../../src/commands/read-base.ts';
import { reviewSite } from '../../src/commands/review-site.ts';
import { sign } from '../../src/commands/sign.ts';
import type { Files } from '../../src/ports.ts';
import { CountersignError, type ErrorCode } from '../../src/tuf/errors.ts';
import { CUSTODY, SELF_HELD } from '../commands/github-ground.ts';
import { signerOf } from '../commands/support.ts';
import type { Random } from '../differential/random.ts';
import { Checks } from './checks.ts';
import { memoryFiles, type Ground, type Proposed } from './ground.ts';
import { History } from './history.ts';
import { Judge } from './judge.ts';
import { People } from './people.ts';
import type { Plant } from './plants.ts';
import { Scheduler, type Actor, type Mishap, type Waiting, type Wire } from './scheduler.ts';

/** What a run may end with when others come in between; nothing is lost by it. */
const OVERTAKEN: readonly ErrorCode[] = [
  'event-unknown',
  'event-open',
  'event-invalid',
  'event-file-unclaimed',
  'already-signed',
  'already-exists',
  'ref-conflict',
  'not-a-signer',
  'target-exists',
  'target-missing',
  'staged-missing',
  'release-mismatch',
  'release-missing',
  'rollback',
];
/** What a person is told who is to sign what a writer has pushed. */
const PUSHED: readonly ErrorCode[] = ['field-missing', 'json-syntax'];
/** What a run that was hit by a fault may end with as well. */
const HIT: readonly ErrorCode[] = ['io', 'rate-limited', 'tag-mismatch', 'equivocation'];

type Kind = 'propose' | 'sign' | 'gather' | 'settle' | 'custody' | 'abandon' | 'publish' | 'deploy';

/** How often each kind may run at once, as the workflows' concurrency groups have it. */
const AT_ONCE: Readonly<Record<Kind, number>> = {
  propose: 3,
  sign: 2,
  gather: 3,
  settle: 2,
  custody: 1,
  abandon: 1,
  publish: 2,
  deploy: 1,
};

/** One run under a seed. */
export class Story {
  readonly ground: Ground;
  readonly random: Random;
  readonly history: History;
  readonly judge: Judge;
  readonly checks: Checks;
  readonly people: People;
  readonly scheduler: Scheduler;
  readonly actors: Actor[] = [];
  readonly trace: string[] = [];
  readonly #plant: Plant | null;
  readonly #draftPercent: number;
  readonly #kinds: Map<Actor, Kind> = new Map();
  readonly #told: Set<Actor> = new Set();
  readonly #memories: Map<string, Files> = new Map();
  readonly #carried: CarriedSignature[] = [];
  #count = 0;
  /** Days that have gone by. */
  #days = 0;
  /** Tags of proposes that did not come to their end: their drafts may have no event. */
  readonly unfinishedTags: Set<string> = new Set();
  /** Of a hundred requests, how many go wrong. */
  readonly faultPercent: number;

  readonly #mood: 'usual' | 'hostile';
  /** Runs that ended in a way in which no run may, whatever others do. */
  readonly broken: string[] = [];

  /**
   * @param draftPercent - of a hundred proposes for releases, how many are of a draft release
   * @param mood - `hostile`: a run may end with any error of ours, and what it must have come to is looked at elsewhere
   */
  constructor(ground: Ground, random: Random, plant: Plant | null, draftPercent: number, mood: 'usual' | 'hostile' = 'usual') {
    this.#draftPercent = draftPercent;
    this.#mood = mood;
    this.ground = ground;
    this.random = random;
    this.#plant = plant;
    this.history = new History(ground.repository);
    this.judge = new Judge(ground.policy(), this.history.commits);
    this.checks = new Checks(ground, this.history, this.judge);
    this.people = new People(ground, this.history, this.judge, random);
    this.scheduler = new Scheduler(ground.github, (actor, waiting) => this.#served(actor, waiting));
    this.faultPercent = random.pick([0, 1, 3]);
    for (const name of SELF_HELD) if (random.chance(40)) this.#memories.set(name, memoryFiles());
  }

  say(text: string): void {
    this.trace.push(`${String(this.scheduler.step).padStart(5)} ${text}`);
  }

  get alive(): readonly Actor[] {
    return this.actors.filter(({ alive }) => alive);
  }

  async #served(actor: Actor, { method, path }: Waiting): Promise<void> {
    const problems = this.checks.problems.length;
    await this.checks.after(this.scheduler.step, actor, actor.name);
    if (path === '/graphql' || /\/(pulls|releases)(\/\d+)?$|assets|comments$/.test(path))
      this.say(`  ${actor.name}: ${method} ${path}${this.#moved(actor)}`);
    for (const problem of this.checks.problems.slice(problems)) this.say(`PROBLEM ${problem}`);
  }

  #moved(actor: Actor): string {
    const moves = this.history.moves.filter(({ step, by }) => step === this.scheduler.step && by === actor.name);
    return moves
      .map(({ branch, before, after }) => ` [${branch} ${before?.slice(0, 7) ?? 'none'} -> ${after?.slice(0, 7) ?? 'none'}]`)
      .join('');
  }

  /** Starts a run of a command, if there are not too many of its kind. */
  async start(kind: Kind, what: string, work: (wire: Wire) => Promise<unknown>): Promise<Actor | null> {
    if (this.alive.filter((actor) => this.#kinds.get(actor) === kind).length >= AT_ONCE[kind]) return null;
    const name = `${kind}-${String(++this.#count)}`;
    this.say(`${name} begins${what === '' ? '' : `: ${what}`}`);
    const actor = await this.scheduler.start(name, work);
    this.#kinds.set(actor, kind);
    this.actors.push(actor);
    this.told();
    return actor;
  }

  /** Lets one request of a run through, or lets it go wrong. */
  async letThrough(actor: Actor): Promise<void> {
    const mishap = this.#mishap(actor);
    if (mishap !== null && actor.next !== null)
      this.say(`${actor.name} meets ${textOf(mishap)} at ${actor.next.method} ${actor.next.path}`);
    await this.scheduler.release(actor, mishap);
    if (this.random.chance(30)) this.ground.seconds += 1;
    this.told();
  }

  /** Tells of runs that have ended, and what is wrong with how. */
  told(): void {
    for (const actor of this.actors) {
      if (actor.alive || this.#told.has(actor)) continue;
      this.#told.add(actor);
      const { ending } = actor;
      if (ending.kind === 'failed') this.#failed(actor, ending.error);
      else this.say(`${actor.name} is ${ending.kind}`);
      if (ending.kind === 'done' && this.#kinds.get(actor) === 'custody')
        this.checks.custodySigned(actor, ending.result as readonly CarriedSignature[]);
    }
  }

  #failed(actor: Actor, error: unknown): void {
    this.say(`${actor.name} fails: ${error instanceof Error ? error.message : String(error)}`);
    const isPushed = this.#kinds.get(actor) === 'sign' && this.history.moves.some(({ by }) => by.startsWith('dave pushes'));
    // Days have gone by, and nothing was published.
    const isOld = this.#kinds.get(actor) === 'deploy';
    const allowed = [...OVERTAKEN, ...(actor.hits.length > 0 ? HIT : []), ...(isPushed ? PUSHED : []), ...(isOld ? ['freeze'] : [])];
    if (error instanceof CountersignError && (this.#mood === 'hostile' || allowed.includes(error.code))) return;
    if (this.#mood === 'hostile')
      this.broken.push(`${actor.name} failed with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.checks.problem(`${actor.name} failed with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  #mishap(actor: Actor): Mishap | null {
    const { random } = this;
    const { next } = actor;
    if (next === null || actor.pending.length !== 1 || !random.chance(this.faultPercent)) return null;
    if (random.chance(20)) {
      this.scheduler.stale(random.below(10));
      return null;
    }
    if (random.chance(25)) return { kind: 'kill', when: random.pick(['before', 'after']) };
    if (next.method === 'LIVE') return null;
    const both: readonly [Mishap, ...Mishap[]] = [
      { kind: 'status', status: 502 },
      { kind: 'secondary-limit', retryAfterSeconds: 1 },
      { kind: 'reset', done: false },
    ];
    if (!next.isWrite) return random.pick(both);
    return random.pick([
      ...both,
      { kind: 'status', status: 409 },
      { kind: 'status', status: 422 },
      { kind: 'done-but-502' },
      { kind: 'reset', done: true },
    ] as [Mishap, ...Mishap[]]);
  }

  /** A propose of new or changed files. */
  async propose(): Promise<unknown> {
    const wanted = this.#wanted(String(++this.#count));
    const what = `${wanted.role} ${Object.keys(wanted.files).join(', ')} ${JSON.stringify(wanted.change)}`;
    const tag = wanted.change.release?.tag;
    return this.start('propose', what, async (wire) => {
      if (tag !== undefined) this.unfinishedTags.add(tag);
      const result = await this.ground.propose(wire, wanted, this.#plant);
      if (tag !== undefined) this.unfinishedTags.delete(tag);
      return result;
    });
  }

  #wanted(id: string): Proposed {
    const { random } = this;
    const role = random.pick(['releases', 'releases', 'docs']);
    const whenOpen = random.pick<'queue' | 'add' | 'fail'>(['queue', 'queue', 'add', 'add', 'fail']);
    const existing = random.pick<'refuse' | 'replace'>(['refuse', 'replace']);
    if (role === 'releases' && random.chance(this.#draftPercent)) {
      const tag = `v${random.chance(20) ? 10 + random.below(3) : 20 + Number(id)}`;
      const release = { tag, createTag: true, releaseId: null, prerelease: false };
      return {
        role,
        files: { 'app.tgz': `release ${tag} ${random.chance(20) ? id : ''}` },
        change: { hosting: 'release', release, whenOpen, existing },
      };
    }
    const name = random.chance(25) ? 'common' : `file-${id}`;
    const targetPrefix = role === 'docs' ? 'docs/' : 'v1/';
    const { commits } = this.history;
    const listed = [...(commits.role(commits.head('tuf'), role)?.targets.keys() ?? [])];
    const remove = random.chance(15) ? listed.slice(0, 1).filter((path) => path !== `${targetPrefix}${name}`) : [];
    return { role, files: { [name]: `text ${random.chance(50) ? id : ''}` }, change: { targetPrefix, whenOpen, existing, remove } };
  }

  /** A person signs: with the command, or by hand. */
  async sign(): Promise<unknown> {
    const { random } = this;
    const pull = this.people.someOpen();
    if (pull === null) return null;
    const name = this.people.someSigner(pull);
    const memory = this.#memories.get(name);
    if (memory === undefined) return this.byHand(await this.people.sign(name, pull, random.pick(['review', 'review', 'comment']), 'now'));
    return this.start('sign', `${name}, #${pull.number}`, async (wire) =>
      sign(await this.ground.open({ person: name }, wire, null), {
        number: pull.number,
        signer: signerOf(name),
        memory,
        confirm: async () => true,
        confirmReplacement: async () => true,
        carrier: 'submit',
      }),
    );
  }

  /** Somebody who signs by hand signs what an event has proposed before. */
  async signEarlier(): Promise<void> {
    const pull = this.people.someOpen();
    const name = this.random.pick(SELF_HELD);
    if (pull !== null && !this.#memories.has(name)) await this.byHand(await this.people.sign(name, pull, 'comment', 'earlier'));
  }

  /** Notes what was done by hand. */
  async byHand(text: string | null): Promise<void> {
    if (text === null) return;
    this.scheduler.step += 1;
    this.say(text);
    await this.checks.after(this.scheduler.step, null, text);
  }

  async gather(): Promise<Actor | null> {
    return this.start('gather', '', async (wire) => gather(await this.ground.open('gather', wire, this.#plant)));
  }

  /** Whether custody jobs have left signatures that nobody has posted. */
  get hasCarried(): boolean {
    return this.#carried.length > 0;
  }

  async custody(): Promise<Actor | null> {
    return this.start('custody', '', async (wire) => {
      const made = await custody(await this.ground.open('custody', wire, this.#plant), CUSTODY, signerOf(CUSTODY));
      this.#carried.push(...made);
      return made;
    });
  }

  /** What custody jobs have left, and sometimes what somebody else has. */
  async settle(isForged: boolean): Promise<Actor | null> {
    const stolen = isForged ? this.people.stolenBlock() : null;
    if (isForged && stolen === null) return null;
    const carried = stolen === null ? this.#carried.splice(0) : [stolen];
    const what = `${stolen === null ? '' : 'stolen, '}${carried.map(({ number }) => `#${number}`).join(' ')}`;
    return this.start('settle', what, async (wire) => settle(await this.ground.open('gather', wire, this.#plant), carried));
  }

  /** Ends an event: what nobody signed as a job would, else one of those who signed it, with their key. */
  async abandon(): Promise<unknown> {
    const pull = this.people.someOpen();
    if (pull === null) return null;
    const name = this.random.chance(70) ? this.people.someSigner(pull) : null;
    return this.start('abandon', `#${String(pull.number)}${name === null ? '' : `, ${name}`}`, async (wire) => {
      const as = name === null ? ('gather' as const) : { person: name };
      return abandon(await this.ground.open(as, wire, this.#plant), pull.number, name === null ? null : signerOf(name));
    });
  }

  async publish(): Promise<Actor | null> {
    return this.start('publish', '', async (wire) => publish(await this.ground.open('publish', wire, this.#plant)));
  }

  async deploy(): Promise<Actor | null> {
    return this.start('deploy', '', async (wire) => {
      const place = await this.ground.open('deploy', wire, this.#plant);
      const head = (await place.forge.branches('tuf-published')).get('tuf-published');
      // Somebody has deleted the branch.
      if (head === undefined) return null;
      const reviewed = await reviewSite(place, treeSource(place.forge, await place.forge.tree(head)));
      await wire.pause('the deployment');
      this.ground.deploy(head, reviewed.withheld);
      if (this.#mood === 'usual') await this.checks.deployed();
      this.say(`${head.slice(0, 7)} is served`);
      return reviewed;
    });
  }

  /** Time goes by. */
  wait(): void {
    const days = this.random.pick([0, 0, 1, 2]);
    if (this.#days + days > 15) return;
    this.#days += days;
    this.ground.seconds += days * 86_400 + this.random.below(10_000);
    this.say(`${String(days)} days go by`);
  }

  /** A writer exchanges an asset of a draft; never while a run might have looked at it already. */
  async tamper(): Promise<void> {
    const looking = this.alive.some((actor) => ['gather', 'settle', 'abandon', 'propose'].includes(this.#kinds.get(actor) ?? ''));
    if (!looking) await this.byHand(this.people.tamper());
  }

  /** A run from its beginning to its end, with nothing in between. */
  async alone<T>(start: () => Promise<Actor | null>, read: (result: unknown) => T): Promise<T | null> {
    const actor = await start();
    if (actor === null) throw new Error('too many runs');
    await this.scheduler.finish(actor);
    this.told();
    const { ending } = actor;
    if (ending.kind === 'done') return read(ending.result);
    this.checks.problem(
      `${actor.name} did not come to its end when nothing went wrong: ${ending.kind === 'failed' ? String(ending.error) : ending.kind}`,
    );
    return null;
  }

  /** The result of a gather. */
  static gathered(result: unknown): GatherResult {
    return result as GatherResult;
  }
}

function textOf(mishap: Mishap): string {
  return Object.values(mishap).map(String).join(' ');
}
