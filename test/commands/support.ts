// SPDX-License-Identifier: Apache-2.0
// A real repository on real git in a directory, made by the real commands, and ways to open, copy and look through it.
import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { abandon, type AbandonResult } from '../../src/commands/abandon.ts';
import { gather, type GatherResult } from '../../src/commands/gather.ts';
import { init, type InitInput, type InitResult } from '../../src/commands/init.ts';
import { publish } from '../../src/commands/publish.ts';
import { propose, type ProposeResult } from '../../src/commands/propose.ts';
import type { ProposeInput } from '../../src/commands/propose-input.ts';
import { sign, type SignInput, type SignResult } from '../../src/commands/sign.ts';
import { readState, requireBase } from '../../src/commands/read-base.ts';
import type { Workplace } from '../../src/commands/workplace.ts';
import type { Base } from '../../src/event/base.ts';
import { git } from '../../src/forge/local/git.ts';
import { BOT_LOGIN, createLocalForge, openLocalForge, type LocalForge } from '../../src/forge/local/index.ts';
import { collectFiles } from '../../src/hashing/collect.ts';
import { hashFiles } from '../../src/hashing/hash-files.ts';
import { filesSource } from '../../src/client/source.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { withLock } from '../../src/hosting/lock.ts';
import type { BlobId, CommitSha, EndedPull, FileContent, Files, Forge, Pull, Signer, TreeEntry } from '../../src/ports.ts';
import { ed25519FromSeed } from '../../src/signers/ed25519.ts';
import { signerFromPrivateKey } from '../../src/signers/key-signer.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { addSeconds, parseInstant, type Instant } from '../../src/tuf/instant.ts';
import { asArray, asObject, objectField, stringField } from '../../src/tuf/fields.ts';
import type { JsonObject, JsonValue } from '../../src/tuf/json.ts';
import { keyIdOf } from '../../src/tuf/key.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { TARGETS } from '../../src/tuf/names.ts';
import { nextVersion } from '../../src/tuf/plan-online.ts';
import type { Root } from '../../src/tuf/root.ts';
import { jsonObject, withVersion } from '../../src/tuf/signed-part.ts';
import type { Targets } from '../../src/tuf/targets.ts';
import type { Faults } from '../fakes/faults.ts';
import { faultyFiles } from '../fakes/faulty-files.ts';
import { faultyForge } from '../fakes/faulty-forge.ts';
import { allPulls } from '../fakes/all-pulls.ts';
import { allReviews } from '../fakes/all-reviews.ts';

/** How many random runs are made, and from which seed (`CS_RUNS`, `CS_SEED`). With more than one, nothing else is cut short either. */
export const RUNS: number = Number(process.env['CS_RUNS'] ?? 1);
export const SEED: number = Number(process.env['CS_SEED'] ?? 1);

/** `items`, or a few of them where all of them take long and say little more. */
export function briefly<T>(items: readonly T[], wanted: (item: T, index: number) => boolean): readonly T[] {
  return RUNS > 1 ? items : items.filter(wanted);
}

/** When the first event is opened. */
export const START: Instant = parseInstant('2026-01-01T00:00:00Z', 'test');
export const DAY = 86_400;
/** `days` after the start. */
export function day(days: number): Instant {
  return addSeconds(START, days * DAY);
}

export const PEOPLE = ['alice', 'bob', 'carol'] as const;
/** The online key of root v1, and the one that it is rotated to. */
export const ONLINE = 'ONLINE';
export const NEXT_ONLINE = 'NEXT_ONLINE';

/** Always the same key for a name. */
export function signerOf(name: string): Signer {
  return signerFromPrivateKey(ed25519FromSeed(createHash('sha256').update(name).digest()), name);
}

/** The public key of {@link signerOf} as a TUF key object, and its id. */
export async function publicKeyOf(name: string): Promise<{ readonly keyId: string; readonly key: JsonObject }> {
  const key = await signerOf(name).publicKey();
  return { keyId: keyIdOf(key), key };
}

async function policyText(): Promise<string> {
  const person = async (name: string): Promise<string> => {
    const { key } = await publicKeyOf(name);
    return `  ${name}: { github: ${name}, key: "ed25519:${stringField(objectField(key, 'keyval', 'key'), 'public', 'key')}" }`;
  };
  const people = await Promise.all(PEOPLE.map(person));
  return `people:
${people.join('\n')}
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
  docs: { paths: ["docs/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE}"], expires: 7d, renew: 6d }
`;
}

/** How a workplace is opened. */
export interface OpenOptions {
  readonly as?: string;
  readonly now?: Instant;
  readonly faults?: Faults;
  /** The online keys that this run has. */
  readonly keys?: readonly string[];
}

/** A directory with a repository, its site, and what its people's machines remember. */
export class Ground {
  readonly directory: string;
  readonly #unchanged: Unchanged = new Unchanged();
  #locked = false;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Whether a run holds the lock of the site now: another one that wants it waits. */
  get locked(): boolean {
    return this.#locked;
  }

  get repository(): string {
    return join(this.directory, 'forge', 'repo.git');
  }

  get site(): string {
    return join(this.directory, 'site');
  }

  /** One more workplace on this repository. */
  async open({ as = BOT_LOGIN, now = START, faults, keys = [ONLINE] }: OpenOptions = {}): Promise<Workplace & { readonly site: Files }> {
    const forge = await openLocalForge(join(this.directory, 'forge'), { as });
    const quick = quickForge(forge, this.#unchanged);
    const site = openDirectory(this.site);
    const faulty = faults === undefined ? site : faultyFiles(site, faults);
    return {
      forge: faults === undefined ? quick : faultyForge(quick, faults),
      staging: forge,
      live: filesSource(faulty),
      site: faulty,
      releases: null,
      maxHostedBytes: null,
      hasher: { hash: (paths, onProgress) => hashFiles(collectFiles(paths), { onProgress }) },
      log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
      now,
      anchor: null,
      openSigner: async (uri) => {
        const name = uri.replace(/^env:/, '');
        if (!keys.includes(name)) throw new CountersignError('signer-key', uri, 'expected a key, got none');
        return signerOf(name);
      },
      withSiteLock: (work) =>
        withLock(join(this.directory, 'site-lock'), async (requireHeld) => {
          this.#locked = true;
          try {
            return await work(requireHeld);
          } finally {
            this.#locked = false;
          }
        }),
    };
  }

  async init(options: OpenOptions = {}, repository: string = REPOSITORY): Promise<InitResult> {
    return init(await this.open(options), await this.initInput(repository));
  }

  async initInput(repository: string = REPOSITORY): Promise<InitInput> {
    const forge = await openLocalForge(join(this.directory, 'forge'), { as: BOT_LOGIN });
    return {
      policy: await policyText(),
      policyName: 'policy',
      repository: parseRepositoryId(repository, 'test'),
      files: new Map(),
      resolveKey: async (text, name) => parsePublicKey(text, name),
      resolveAccount: (login) => forge.ensureAccount(login),
    };
  }

  /** Signs as a person, with what that person's machine remembers. */
  async sign(
    person: string,
    number: number,
    options: OpenOptions & Partial<Pick<SignInput, 'confirm' | 'confirmReplacement' | 'carrier'>> = {},
  ): Promise<SignResult> {
    return sign(await this.open({ ...options, as: person }), {
      number,
      signer: signerOf(person),
      memory: openDirectory(join(this.directory, 'memory', person)),
      confirm: options.confirm ?? (async () => true),
      confirmReplacement: options.confirmReplacement ?? (async () => true),
      carrier: options.carrier ?? 'submit',
    });
  }

  async gather(options: OpenOptions = {}): Promise<GatherResult> {
    return gather(await this.open(options));
  }

  /** Proposes one file of this text, hosted on the site; its name is the last part of `path`. */
  async propose(
    path: string,
    text: string,
    options: OpenOptions & Partial<Pick<ProposeInput, 'whenOpen' | 'nextVersion' | 'existing' | 'mode'>> = {},
  ): Promise<ProposeResult> {
    const file = join(this.directory, 'build', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return propose(await this.open(options), {
      role: path.startsWith('docs/') ? 'docs' : 'releases',
      files: [file],
      targetPrefix: `${dirname(path)}/`,
      remove: [],
      existing: options.existing ?? 'refuse',
      whenOpen: options.whenOpen ?? 'queue',
      nextVersion: options.nextVersion ?? false,
      custom: null,
      sourceCommit: null,
      hosting: 'site',
      release: null,
      origin: null,
      staging: 'hosted',
      mode: options.mode ?? 'apply',
    });
  }

  /** Proposes, has two people sign, and gathers. */
  async release(path: string, text: string, options: OpenOptions = {}): Promise<void> {
    const { number } = await this.propose(path, text, options);
    if (number === null) throw new Error('nothing was proposed');
    await this.complete(number, ['alice', 'bob'], options);
  }

  async abandon(number: number, options: OpenOptions = {}): Promise<AbandonResult> {
    for (;;) {
      try {
        return await abandon(await this.open(options), number);
      } catch (error) {
        // Each of those who signed it takes their signature back; with the last one it ends.
        const [, name] = error instanceof CountersignError && error.code === 'not-a-signer' ? (/"([a-z]+)"/.exec(error.detail) ?? []) : [];
        if (name === undefined) throw error;
        const result = await abandon(await this.open({ ...options, as: name }), number, signerOf(name));
        if (result.outcome === 'abandoned') return result;
      }
    }
  }

  async base(): Promise<Base> {
    return requireBase(await readState(await this.open()));
  }

  async pulls(): Promise<readonly Pull[]> {
    return allPulls((await this.open()).forge, 'sign/', 'tuf');
  }

  /**
   * Opens an event by hand for the next version of root, as the edit makes it, or of targets with nothing changed, or of both.
   * @returns the number of its pull request
   */
  async proposeNext(editRoot: ((root: JsonObject) => JsonObject) | null, targets: 'with targets' | 'without targets'): Promise<number> {
    const { forge } = await this.open();
    const base = await this.base();
    const head = (await forge.branches('tuf')).get('tuf');
    const old = base.roles.get(TARGETS)?.file.signed;
    if (head === undefined || old === undefined) throw new Error('nothing is signed yet');
    const changes = new Map<string, FileContent>();
    if (editRoot !== null) {
      const bytes = encodeMetadata(editRoot(nextSigned(base.root.signed)), []);
      changes.set('metadata/root.json', { kind: 'bytes', bytes });
      changes.set(`metadata/root_history/${String(base.root.signed.version + 1)}.root.json`, { kind: 'bytes', bytes });
    }
    if (targets === 'with targets') changes.set('metadata/targets.json', { kind: 'bytes', bytes: encodeMetadata(nextSigned(old), []) });
    const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'by hand' });
    const branch = editRoot === null ? `sign/targets-v${String(old.version + 1)}` : `sign/root-v${String(base.root.signed.version + 1)}`;
    await forge.moveBranch(branch, null, commit, 'fast-forward');
    return (await forge.openPull({ head: branch, base: 'tuf', title: branch, body: '' })).number;
  }

  /** Has an open event signed by these people, and gathers it. */
  async complete(number: number, signers: readonly string[], options: OpenOptions = {}): Promise<void> {
    for (const person of signers) await this.sign(person, number, options);
    const { completed } = await this.gather(options);
    if (!completed.includes(number)) throw new Error(`#${String(number)} did not complete`);
  }

  /** An account of this name, and its person as `x-countersign` has it. */
  async personOf(name: string): Promise<JsonObject> {
    const forge = await openLocalForge(join(this.directory, 'forge'), { as: BOT_LOGIN });
    const { id, login } = await forge.ensureAccount(name);
    return jsonObject({ custody: false, github: jsonObject({ id, login }), name });
  }

  /** Everything that a crash leaves: branches with their trees, pull requests with what was said, and the site; without times. */
  async state(): Promise<string> {
    const { forge } = await this.open();
    const lines: string[] = [];
    for (const [branch, head] of await forge.branches('')) {
      for (const [path, { id }] of await forge.tree(head)) lines.push(`${branch} ${path} ${id}`);
    }
    for (const { number, head, state, title, body } of await allPulls(forge, '', 'tuf')) {
      const said = [...(await allReviews(forge, number)), ...(await forge.comments(number))].map((one) =>
        one.body.replace(/```countersign.*```/s, ''),
      );
      lines.push(JSON.stringify([number, head, state, title, body, said]));
    }
    const site = openDirectory(this.site);
    for (const [path, length] of await site.list()) {
      const bytes = await site.read(path, length);
      lines.push(
        `site ${path} ${createHash('sha256')
          .update(bytes ?? '')
          .digest('hex')}`,
      );
    }
    // The forge's own directory is part of the URLs that it gives, and a copy's bodies still have that of the original.
    return lines.join('\n').replaceAll(/[^\s"`]*countersign-commands-[^/]+\/[^/]+/g, '');
  }

  /** A copy of everything, that goes its own way. */
  async copy(): Promise<Ground> {
    const directory = await mkdtemp(join(scratchDirectory(), 'copy-'));
    // Synchronous: a third of the time for many small files.
    cpSync(this.directory, directory, { recursive: true });
    return new Ground(directory);
  }
}

export const REPOSITORY: string = '00000000-0000-4000-8000-000000000001';

let scratch: string | null = null;

function scratchDirectory(): string {
  if (scratch === null) throw new Error('call makeScratch first');
  return scratch;
}

/** Makes the directory that all grounds of a test file are in. */
export async function makeScratch(): Promise<void> {
  scratch = await mkdtemp(join(tmpdir(), 'countersign-commands-'));
}

/** Removes it. */
export async function removeScratch(): Promise<void> {
  if (scratch !== null) await rm(scratch, { recursive: true, force: true });
}

/** An empty repository. */
export async function emptyGround(): Promise<Ground> {
  const ground = new Ground(await mkdtemp(join(scratchDirectory(), 'ground-')));
  await createLocalForge(join(ground.directory, 'forge'));
  // Nothing of a test must survive a power cut.
  await git(ground.repository, ['config', 'core.fsync', 'none']);
  return ground;
}

async function signedGround(): Promise<Ground> {
  const ground = await emptyGround();
  const { number } = await ground.init();
  await ground.complete(number, PEOPLE);
  return ground;
}

/** The next version of a file, a day longer valid. */
function nextSigned({ raw, version, expires }: Root | Targets): JsonObject {
  return withVersion(raw, { version: nextVersion(version), expires: addSeconds(expires, DAY) });
}

/** `object` with the value at `path` replaced. */
export function setIn(object: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return asObject(value, 'value');
  const inner = rest.length === 0 ? value : setIn(asObject(object.get(name) ?? new Map(), name), rest, value);
  return new Map(object).set(name, inner);
}

/** Root with `next` in the place of `last` among those who sign root and targets. */
export async function swapPerson(ground: Ground, last: string, next: string): Promise<(root: JsonObject) => JsonObject> {
  const [old, fresh, person] = [await publicKeyOf(last), await publicKeyOf(next), await ground.personOf(next)];
  return (root) => {
    let edited = setIn(root, ['keys', fresh.keyId], fresh.key);
    edited = setIn(edited, ['x-countersign', 'people', fresh.keyId], person);
    for (const role of ['root', 'targets']) {
      const keyIds = asArray(objectField(objectField(root, 'roles', role), role, role).get('keyids'), role);
      edited = setIn(edited, ['roles', role, 'keyids'], [...keyIds.filter((id) => id !== old.keyId), fresh.keyId]);
    }
    return edited;
  };
}

/** Root with {@link NEXT_ONLINE} in the place of {@link ONLINE}. */
export async function rotateOnline(): Promise<(root: JsonObject) => JsonObject> {
  const { keyId, key } = await publicKeyOf(NEXT_ONLINE);
  return (root) => {
    let edited = setIn(root, ['keys', keyId], key);
    edited = setIn(edited, ['x-countersign', 'online', keyId], `env:${NEXT_ONLINE}`);
    for (const role of ['snapshot', 'timestamp']) edited = setIn(edited, ['roles', role, 'keyids'], [keyId]);
    return edited;
  };
}

/** Made once, by the first who asks, and only copied from then on. */
export function shared(make: () => Promise<Ground>): () => Promise<Ground> {
  let made: Promise<Ground> | null = null;
  const packed = async (): Promise<Ground> => {
    const ground = await make();
    // One file instead of hundreds, because it is copied many times.
    await git(ground.repository, ['repack', '-a', '-d', '-q']);
    return ground;
  };
  return () => (made ??= packed());
}

/** The first event signed, nothing published. */
export const signed: () => Promise<Ground> = shared(signedGround);

/** The first event published. */
export const published: () => Promise<Ground> = shared(async () => {
  const ground = await (await signed()).copy();
  await publish(await ground.open());
  return ground;
});

/** An event, #2, that nobody has signed. */
export const unsigned: () => Promise<Ground> = shared(async () => {
  const ground = await (await published()).copy();
  await ground.propose('v1/a', 'v1/a');
  return ground;
});

/** As {@link unsigned}, with alice's signature of what the event held before more was added to it: its version is spent. */
export const overtaken: () => Promise<Ground> = shared(async () => {
  const ground = await (await unsigned()).copy();
  // Her review is on its way while more is proposed: it comes last, and names what it was given for.
  const { block } = await ground.sign('alice', 2, { carrier: 'print' });
  await ground.propose('v1/b', 'v1/b');
  const { forge } = await ground.open({ as: 'alice' });
  const pull = await forge.pull(2);
  if (pull === null) throw new Error('no event');
  await forge.submitReview(2, { state: 'APPROVED', body: block, commitSha: pull.headSha });
  return ground;
});

const trees = new Map<CommitSha, ReadonlyMap<string, TreeEntry>>();
const contents = new Map<BlobId, Uint8Array>();
const ancestors = new Map<string, CommitSha | null>();
const histories = new Map<string, readonly BlobId[]>();

async function once<K, V>(known: Map<K, V>, key: K, read: () => Promise<V>): Promise<V> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const value = await read();
  known.set(key, value);
  return value;
}

/** `forge`, asked once for what can't change: git objects are named by their content, in every copy of a repository alike. */
function remembering(forge: Forge): Pick<Forge, 'tree' | 'blobs' | 'mergeBase' | 'history'> {
  return {
    tree: (commit) => once(trees, commit, () => forge.tree(commit)),
    mergeBase: (a, b) => once(ancestors, `${a} ${b}`, () => forge.mergeBase(a, b)),
    history: (commit, path, limit) => once(histories, `${commit} ${String(limit)} ${path}`, () => forge.history(commit, path, limit)),
    blobs: async (ids) => {
      const unknown = ids.filter((id) => !contents.has(id));
      for (const [id, bytes] of await forge.blobs(unknown)) contents.set(id, bytes);
      return new Map(
        ids.flatMap((id): [BlobId, Uint8Array][] => {
          const bytes = contents.get(id);
          return bytes === undefined ? [] : [[id, bytes]];
        }),
      );
    },
  };
}

/** What was read since the last write to one repository. All its runs are in this process, so that no other write is missed. */
class Unchanged {
  #epoch = 0;
  readonly branches = new Map<string, ReadonlyMap<string, CommitSha>>();
  readonly open = new Map<string, readonly Pull[]>();
  readonly ended = new Map<string, readonly EndedPull[]>();

  async read<V>(known: Map<string, V>, key: string, read: () => Promise<V>): Promise<V> {
    const found = known.get(key);
    if (found !== undefined) return found;
    const epoch = this.#epoch;
    const value = await read();
    if (epoch === this.#epoch) known.set(key, value);
    return value;
  }

  #forget(): void {
    this.#epoch++;
    this.branches.clear();
    this.open.clear();
    this.ended.clear();
  }

  /** Before and after: whoever reads meanwhile reads for themselves. */
  async write<V>(write: () => Promise<V>): Promise<V> {
    this.#forget();
    try {
      return await write();
    } finally {
      this.#forget();
    }
  }
}

/** `forge`, with each git process spared that would say the same again. */
function quickForge(forge: LocalForge, unchanged: Unchanged): Forge {
  return {
    viewer: () => forge.viewer(),
    automation: () => forge.automation(),
    accounts: (logins) => forge.accounts(logins),
    mayWrite: () => forge.mayWrite(),
    trees: (commits) => forge.trees(commits),
    openPulls: (prefix) => unchanged.read(unchanged.open, prefix, () => forge.openPulls(prefix)),
    endedPulls: (prefix) => unchanged.read(unchanged.ended, prefix, () => forge.endedPulls(prefix)),
    pull: (number) => forge.pull(number),
    reopenPull: (number) => unchanged.write(() => forge.reopenPull(number)),
    budget: () => forge.budget(),
    branches: (prefix) => unchanged.read(unchanged.branches, prefix, () => forge.branches(prefix)),
    ...remembering(forge),
    stream: (id) => forge.stream(id),
    writeCommit: (input) => forge.writeCommit(input),
    moveBranch: (...args) => unchanged.write(() => forge.moveBranch(...args)),
    retargetPull: (number, base) => unchanged.write(() => forge.retargetPull(number, base)),
    openPull: (input) => unchanged.write(() => forge.openPull(input)),
    editPull: (...args) => unchanged.write(() => forge.editPull(...args)),
    closePull: (number) => unchanged.write(() => forge.closePull(number)),
    requestReview: () => forge.requestReview(),
    mergePull: (...args) => unchanged.write(() => forge.mergePull(...args)),
    reviews: (...args) => forge.reviews(...args),
    comments: (number) => forge.comments(number),
    submitReview: (...args) => forge.submitReview(...args),
    comment: (...args) => forge.comment(...args),
    stickyComment: (...args) => forge.stickyComment(...args),
    status: (...args) => forge.status(...args),
  };
}
