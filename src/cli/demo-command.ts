// SPDX-License-Identifier: Apache-2.0
import { join, relative } from 'node:path';
import { downloadTarget } from '../client/download.ts';
import { findTarget } from '../client/roles.ts';
import { filesSource } from '../client/source.ts';
import { filesStore } from '../client/store.ts';
import { bootstrap, refresh } from '../client/updater.ts';
import { gather } from '../commands/gather.ts';
import { propose } from '../commands/propose.ts';
import { publish } from '../commands/publish.ts';
import { readState, requireBase } from '../commands/read-base.ts';
import { sign } from '../commands/sign.ts';
import { verify } from '../commands/verify.ts';
import { heldOnline } from '../event/decide-publish.ts';
import { openDirectory } from '../hosting/directory.ts';
import { gatherText, publishText } from '../render/command-text.ts';
import { countOf, eventText } from '../render/status-text.ts';
import { shellWord } from '../render/shell-word.ts';
import type { Style } from '../render/style.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
import { parseTargetsRoleName, type TargetPath } from '../tuf/names.ts';
import { rootPath, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import type { Console } from './console.ts';
import { changedFile, oldTimestamp, signedByOne, type AttackGround } from './demo-attacks.ts';
import { ONLINE_KEY, PEOPLE, setUpDemo, type DemoPlace } from './demo-setup.ts';
import { EXIT } from './exit-code.ts';
import { initLocal } from './init-command.ts';
import { localHasher, type LocalWorkplace } from './local-workplace.ts';
import { directoryStreams } from './read-stream.ts';

/** What `demo` takes. */
export interface DemoOptions {
  readonly out?: string;
  readonly json: boolean;
}

const ROLE = parseTargetsRoleName('releases', 'demo');
const MAX_BYTES = 64_000_000;

/** Tells what happens, as it happens; silent with `--json`. */
class Narrator {
  readonly style: Style;
  readonly #silent: boolean;

  constructor(console: Console, silent: boolean) {
    this.style = console.style;
    this.#silent = silent;
  }

  #print(text: string): void {
    if (!this.#silent) process.stdout.write(`${text}\n`);
  }

  step(text: string): void {
    this.#print(`\n${this.style.bold(text)}`);
  }

  command(text: string): void {
    this.#print(this.style.faint(`$ ${text}`));
  }

  result(text: string): void {
    this.#print(
      text
        .split('\n')
        .map((line) => `  ${line}`)
        .join('\n'),
    );
  }
}

async function signAs(demo: DemoPlace, person: string, number: number, narrator: Narrator): Promise<void> {
  const { place } = await demo.open(person);
  narrator.command(`countersign sign ${String(number)} --key keys/${person}.pem`);
  const result = await sign(place, {
    number,
    signer: await place.openSigner(`file:${join(demo.directory, 'keys', `${person}.pem`)}`),
    memory: openDirectory(join(demo.directory, 'memory', person)),
    confirm: async () => true,
    confirmReplacement: async () => false,
    carrier: 'submit',
  });
  narrator.result(
    `${narrator.style.good('submitted')} ${result.files.map(({ role, version }) => `${role} v${String(version)}`).join(', ')}`,
  );
}

async function gatherAndShow(bot: LocalWorkplace, narrator: Narrator): Promise<readonly number[]> {
  narrator.command('countersign gather');
  const result = await gather(bot.place);
  narrator.result(gatherText(result, narrator.style));
  return result.completed;
}

async function publishAndShow(bot: LocalWorkplace, narrator: Narrator): Promise<void> {
  narrator.command(`${ONLINE_KEY}="$(cat keys/online.pem)" countersign publish`);
  narrator.result(publishText(await publish(bot.place), bot.place.now, narrator.style));
}

async function begin(demo: DemoPlace, bot: LocalWorkplace, narrator: Narrator): Promise<void> {
  narrator.step('1. Begin: three people, a 2-of-3 root, a 2-of-3 delegated role');
  narrator.command('countersign init --policy countersign.yaml');
  const first = await initLocal({ policy: demo.policyPath }, bot.forge, bot.place);
  narrator.result(`#${String(first.number)} root v1 sha256:${first.root}`);
  narrator.result('root v1 needs every key that it lists: nothing before it could vouch for it');
  for (const person of PEOPLE) await signAs(demo, person, first.number, narrator);
  await gatherAndShow(bot, narrator);
  await publishAndShow(bot, narrator);
}

async function release(demo: DemoPlace, bot: LocalWorkplace, files: readonly string[], narrator: Narrator): Promise<readonly TargetPath[]> {
  narrator.step('2. Release: hash real files, propose them, gather two of three signatures');
  narrator.command(
    `countersign propose --role ${ROLE} --target-prefix v1/ ${files.map((file) => shellWord(relative(process.cwd(), file) || file)).join(' ')}`,
  );
  const proposed = await propose(bot.place, {
    role: ROLE,
    files,
    targetPrefix: 'v1/',
    remove: [],
    existing: 'refuse',
    whenOpen: 'queue',
    nextVersion: false,
    custom: null,
    sourceCommit: null,
    hosting: 'site',
    release: null,
    origin: null,
    staging: 'hosted',
    mode: 'apply',
  });
  const number = proposed.number ?? 0;
  narrator.result(
    `${proposed.outcome} #${String(number)}: ${ROLE} v${String(proposed.version ?? 0)} with ${countOf(proposed.changes.length, 'target')}, payload sha256:${proposed.payload ?? ''}`,
  );
  await signAs(demo, 'alice', number, narrator);
  const early = await gather(bot.place);
  narrator.command('countersign gather');
  for (const event of early.events) narrator.result(eventText(event, narrator.style));
  if (early.completed.length > 0) throw new CountersignError('threshold', ROLE, 'expected one signature not to be enough');
  narrator.result(`${narrator.style.warn('one signature is not enough')}: nothing has changed for clients`);
  await signAs(demo, 'bob', number, narrator);
  const completed = await gatherAndShow(bot, narrator);
  if (!completed.includes(number)) throw new CountersignError('threshold', ROLE, 'expected two signatures to be enough');
  await publishAndShow(bot, narrator);
  return proposed.changes.map(({ path }) => path);
}

async function fetchOne(demo: DemoPlace, bot: LocalWorkplace, path: TargetPath, narrator: Narrator): Promise<Uint8Array> {
  narrator.step('3. Fetch, as a client that knows nothing but root v1');
  const source = filesSource(bot.site, directoryStreams(bot.siteDirectory));
  const root = await bot.site.read(
    rootPath(requireBase(await readState(bot.place)).roots[0]?.file.signed.version ?? unreachable()),
    MAX_BYTES,
  );
  if (root === null) throw new CountersignError('not-found', '1.root.json', 'expected the first root on the site, got none');
  const store = filesStore(openDirectory(join(demo.directory, 'client')));
  await bootstrap(store, root, bot.place.now);
  const session = await refresh(source, store, { time: bot.place.now });
  const found = await findTarget(session, path);
  if (found.result.kind !== 'found') throw new CountersignError('target-unknown', path, 'expected the released target, got none');
  const files = openDirectory(join(demo.directory, 'fetched'));
  await downloadTarget(found.session, { path, file: found.result.file }, { files, name: path });
  narrator.result(
    `${narrator.style.good('verified')} ${path} from role ${found.result.role}: ${String(found.result.file.length)} bytes, sha256:${found.result.file.hashes.get('sha256') ?? ''}`,
  );
  const report = await verify({
    files: bot.site,
    openStream: directoryStreams(bot.siteDirectory),
    time: bot.place.now,
    anchor: { kind: 'root', bytes: root },
    targets: 'all',
  });
  const [problem] = report.problems;
  if (problem !== undefined) throw new CountersignError(problem.code, problem.where, problem.detail);
  narrator.command('countersign verify site --targets all');
  narrator.result(
    `${narrator.style.good('verified')} from every root: ${countOf(report.roles.length, 'role')}, ${countOf(report.targetsChecked, 'hosted file')} hashed`,
  );
  return root;
}

function unreachable(): never {
  throw new CountersignError('base-missing', 'root', 'expected a first root');
}

async function attack(
  demo: DemoPlace,
  bot: LocalWorkplace,
  ground: Pick<AttackGround, 'root' | 'path'>,
  oldBytes: Uint8Array,
  narrator: Narrator,
): Promise<readonly { readonly attack: string; readonly refusal: Refusal }[]> {
  narrator.step('4. Attack the published repository');
  const state = await readState(bot.place);
  const source = filesSource(bot.site, directoryStreams(bot.siteDirectory));
  const full: AttackGround = {
    ...ground,
    source,
    base: requireBase(state),
    time: bot.place.now,
    role: ROLE,
    temporaryDirectory: demo.directory,
  };
  const present = (bytes: Uint8Array | null): Uint8Array[] => (bytes === null ? [] : [bytes]);
  const held = heldOnline(full.base, { snapshots: present(state.live.snapshot), timestamps: present(state.live.timestamp) });
  const carol = await bot.place.openSigner(`file:${join(demo.directory, 'keys', 'carol.pem')}`);
  const online = await bot.place.openSigner(`env:${ONLINE_KEY}`);
  const attacks: readonly (readonly [string, () => Promise<Refusal | null>])[] = [
    ['the file is changed by one byte', () => changedFile(full, openDirectory(join(demo.directory, 'fetched')))],
    ['an old timestamp is put back', () => oldTimestamp(full, oldBytes)],
    ['a target signed by one person, under a stolen online key', () => signedByOne(full, carol, online, held)],
  ];
  const refused: { readonly attack: string; readonly refusal: Refusal }[] = [];
  for (const [name, run] of attacks) {
    const refusal = await run();
    if (refusal === null) throw new CountersignError('incomplete', 'demo', `expected the client to refuse: ${name}`);
    narrator.result(`${name}: ${narrator.style.good('refused')} ${refusal.code}`);
    narrator.result(narrator.style.faint(`  ${refusal.where}: ${refusal.detail}`));
    refused.push({ attack: name, refusal });
  }
  return refused;
}

/** `countersign demo`: a whole signing event on a local forge, and what attackers can't do to it. */
export function demoCommand(distDirectory: string): (options: DemoOptions, console: Console, args: readonly string[]) => Promise<number> {
  return async (options, console, args) => {
    const narrator = new Narrator(console, options.json);
    const files = args.length > 0 ? args : [distDirectory];
    const hashed = await localHasher.hash(files, (done, total) => {
      console.log.progress('hashing', done, total);
    });
    if (hashed.length === 0) throw new CountersignError('usage', 'demo', 'expected at least one file, got none');
    const demo = await setUpDemo(options.out, Math.max(...hashed.map(({ name }) => name.split('/').length)), console.log);
    const bot = await demo.open('countersign[bot]');
    await begin(demo, bot, narrator);
    const oldBytes = await bot.site.read(TIMESTAMP_PATH, MAX_BYTES);
    const [path] = await release(demo, bot, files, narrator);
    if (path === undefined || oldBytes === null) throw new CountersignError('incomplete', 'demo', 'expected a published release');
    const root = await fetchOne(demo, bot, path, narrator);
    const refused = await attack(demo, bot, { root, path }, oldBytes, narrator);
    const shown = relative(process.cwd(), demo.directory);
    const where = shown === '' || shown.startsWith('..') ? demo.directory : shown;
    const script = relative(process.cwd(), join(distDirectory, 'cli.js')) || 'cli.js';
    const next = `node ${shellWord(script)} status --repo ${shellWord(join(where, 'forge'))} --site ${shellWord(join(where, 'site'))}`;
    narrator.step('Done. The bare repository, the site and the keys are left for you to go on from:');
    narrator.command(next);
    if (options.json) console.result({ directory: demo.directory, site: bot.siteDirectory, target: path, refused, next }, () => '');
    return EXIT.ok;
  };
}
