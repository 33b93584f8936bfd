// SPDX-License-Identifier: Apache-2.0
// A published repository with every kind of person, whose numbers are the same in each world that is played on it.
import { init } from '../../src/commands/init.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { CUSTODY, GitHubGround } from '../commands/github-ground.ts';
import { ONLINE, publicKeyOf, START } from '../commands/support.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import type { Repository } from '../github/state.ts';
import { Ground, PROJECT } from '../interleavings/ground.ts';
import type { Stage } from './doings.ts';
import { NO_ACCOUNT, REPOSITORY, STRANGERS, WRITER } from './people.ts';

/** Between two numbers that the host gives to us there is room for what others do. */
const ID_STEP = 100_000;
/** After all that the host had given when the story began. */
const FIRST_ID = 500_000;
/** And room for what one command of ours makes. */
const IDS_A_COMMAND = 1000 * ID_STEP;

async function keyText(name: string): Promise<string> {
  return `ed25519:${stringField(objectField((await publicKeyOf(name)).key, 'keyval', 'key'), 'public', 'key')}`;
}

async function policyText(): Promise<string> {
  const people = ['alice', 'bob', 'dave'].map(async (name) => `  ${name}: { github: ${name}, key: "${await keyText(name)}" }`);
  return `people:
${(await Promise.all(people)).join('\n')}
  ${CUSTODY}: { github: ${CUSTODY}, key: "${await keyText(CUSTODY)}", custody: "environment:countersign-${CUSTODY}" }
  ${NO_ACCOUNT}: { github: none, key: "${await keyText(NO_ACCOUNT)}" }
roles:
  root: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, ${CUSTODY}, ${NO_ACCOUNT}], threshold: 2, expires: 90d, renew: 30d }
  docs: { paths: ["docs/*"], signers: [alice, dave], threshold: 1, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE}"], expires: 7d, renew: 6d }
`;
}

/** The ground of the property. */
export class StrangersGround implements Stage {
  readonly ground: Ground;
  readonly github: FakeGitHub;
  readonly fork: Repository;
  readonly mayInsert = true;
  #lastId = 10 * ID_STEP;
  #count = 0;

  constructor(ground: Ground, fork: Repository) {
    this.ground = ground;
    this.github = ground.github;
    this.fork = fork;
    // Each token that is made takes a number.
    for (const person of ['alice', 'bob', 'dave']) ground.token({ person });
    // The host's own numbers: far apart, and the same for the same story.
    Object.assign(this.github.world, { nextId: () => (this.#lastId += ID_STEP) });
  }

  /** A project whose root is signed and published. */
  static async start(): Promise<StrangersGround> {
    const github = await startGitHub({ now: () => START * 1000 });
    const base = await GitHubGround.start(github);
    github.addUser(WRITER);
    github.addCollaborator(PROJECT, WRITER, 'write');
    for (const stranger of STRANGERS) github.addUser(stranger);
    const place = await base.open({ as: { person: 'admin' } });
    const { number } = await init(place, {
      policy: await policyText(),
      policyName: 'countersign.yaml',
      repository: parseRepositoryId(REPOSITORY, 'test'),
      files: new Map(),
      resolveKey: async (text, name) => parsePublicKey(text, name),
      resolveAccount: async (login) => {
        const user = github.world.user(login);
        if (user === null) throw new CountersignError('people-invalid', login, 'expected an account, got none');
        return { id: parseAccountId(user.id, login), login: user.login };
      },
    });
    for (const name of ['alice', 'bob']) await base.sign(name, number);
    await base.gather();
    await base.publish();
    await base.deploy();
    return new StrangersGround(new Ground(base), github.createFork(PROJECT, STRANGERS[0]));
  }

  async close(): Promise<void> {
    await this.ground.close();
  }

  get repository(): Repository {
    return this.ground.repository;
  }

  idAfter(id: number | null): number {
    return Math.max(id ?? this.#lastId, FIRST_ID) + ++this.#count;
  }

  freeNumber(): number | null {
    const { pulls, nextNumber } = this.repository;
    const free = Array.from({ length: nextNumber - 1 }, (_, index) => nextNumber - 1 - index).filter((number) => !pulls.has(number));
    return free[this.#count % 2 === 0 ? 0 : (this.#count * 7919) % free.length] ?? null;
  }

  /** One more world begins. */
  begin(): void {
    this.#count = 0;
  }

  /** From here on the host gives the numbers of a step of a story, however many were given before. */
  numbersOf(step: number): void {
    this.#lastId = step * IDS_A_COMMAND;
  }

  account(login: string): number {
    const id = this.github.world.user(login)?.id;
    if (id === undefined) throw new Error(`nobody is called ${login}`);
    return id;
  }
}
