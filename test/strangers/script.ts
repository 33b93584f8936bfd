// SPDX-License-Identifier: Apache-2.0
// A sequence of commands, and what each came to. The same seed plays the same sequence in every world.
import { custody, settle, type CarriedSignature } from '../../src/commands/custody.ts';
import { gather } from '../../src/commands/gather.ts';
import { publish } from '../../src/commands/publish.ts';
import { sign } from '../../src/commands/sign.ts';
import { status } from '../../src/commands/status.ts';
import type { Files } from '../../src/ports.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { CUSTODY } from '../commands/github-ground.ts';
import { signerOf } from '../commands/support.ts';
import { randomFrom, type Random } from '../differential/random.ts';
import { memoryFiles } from '../interleavings/ground.ts';
import type { Plant } from '../interleavings/plants.ts';
import type { StrangersGround } from './ground.ts';
import { NUMBER_STEP, openEvents, proposedFiles, wireOf } from './state.ts';

/** What a command came to. */
export interface Ran {
  readonly command: Command;
  readonly result: unknown;
  /** Null when it ended well. */
  readonly error: string | null;
  readonly requests: number;
  /** What it wrote, in order. */
  readonly writes: readonly string[];
  /** How many events were open, before or after, whichever is more. */
  readonly open: number;
}

export const COMMANDS = ['gather', 'settle', 'status', 'custody', 'propose --dry-run', 'propose', 'sign', 'publish'] as const;
export type Command = (typeof COMMANDS)[number];

/** A sequence in which all of them come to their turn in time. */
export function scriptOf(random: Random): readonly Command[] {
  const first = random.some<Command>(['status', 'custody', 'propose --dry-run', 'sign', 'sign', 'propose'], 2);
  const then = random.some<Command>(['gather', 'settle', 'publish', 'custody', 'sign'], 2);
  return [...first, 'gather', ...then, random.pick(['gather', 'settle', 'publish', 'status'])];
}

/** What an error begins with that no command may end with. */
export const BROKEN = 'broken: ';
/** After the numbers of a state. */
const FIRST_NUMBERS = 100;

/** Plays commands in one world. */
export class Player {
  readonly #ground: StrangersGround;
  readonly #plant: Plant | null;
  readonly #seed: number;
  readonly #memories: Map<string, Files> = new Map();
  #carried: readonly CarriedSignature[] = [];
  #step = 0;

  constructor(ground: StrangersGround, seed: number, plant: Plant | null) {
    this.#ground = ground;
    this.#seed = seed;
    this.#plant = plant;
  }

  /** Time goes on, and others take numbers. */
  goOn(): void {
    this.#ground.ground.seconds += 60;
    this.#ground.repository.nextNumber += NUMBER_STEP;
    this.#ground.numbersOf(FIRST_NUMBERS + 2 * this.#step);
  }

  async play(command: Command): Promise<Ran> {
    const { github, repository } = this.#ground;
    this.#ground.numbersOf(FIRST_NUMBERS + 1 + 2 * this.#step);
    const before = github.requests.length;
    const open = openEvents(repository).length;
    let result: unknown = null;
    let error: string | null = null;
    try {
      result = await this.#run(command, randomFrom(this.#seed * 1000 + ++this.#step));
    } catch (thrown) {
      const isOurs = thrown instanceof CountersignError;
      error = isOurs
        ? `${thrown.code} ${thrown.where} ${thrown.message}`
        : `${BROKEN}${thrown instanceof Error ? (thrown.stack ?? '') : String(thrown)}`;
    }
    const sent = github.requests.slice(before);
    const writes = sent
      .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
      .map(({ method, path, status: code }) => `${method} ${path} ${String(code)}`);
    return {
      command,
      result,
      error,
      requests: sent.length,
      writes: writes.filter((write) => !write.startsWith('POST /graphql')),
      open: Math.max(open, openEvents(repository).length),
    };
  }

  async #run(command: Command, random: Random): Promise<unknown> {
    const { ground } = this.#ground;
    const wire = wireOf(this.#ground);
    const plant = this.#plant;
    switch (command) {
      case 'gather':
        return gather(await ground.open('gather', wire, plant));
      case 'settle': {
        const carried = this.#carried;
        this.#carried = [];
        return settle(await ground.open('gather', wire, plant), carried);
      }
      case 'status':
        return status(await ground.open('gather', wire, plant));
      case 'custody': {
        const made = await custody(await ground.open('custody', wire, plant), CUSTODY, signerOf(CUSTODY));
        this.#carried = [...this.#carried, ...made];
        return made;
      }
      case 'propose':
      case 'propose --dry-run':
        return this.#propose(command === 'propose' ? 'apply' : 'dry-run', random);
      case 'sign':
        return this.#sign(random);
      case 'publish':
        return publish(await ground.open('publish', wire, plant));
      default:
        return command satisfies never;
    }
  }

  async #propose(mode: 'apply' | 'dry-run', random: Random): Promise<unknown> {
    const role = random.pick(['releases', 'docs']);
    const whenOpen = random.pick<'queue' | 'add' | 'fail'>(['queue', 'add', 'fail']);
    const targetPrefix = role === 'docs' ? 'docs/' : 'v1/';
    const change = { targetPrefix, whenOpen, mode } as const;
    return this.#ground.ground.propose(
      wireOf(this.#ground),
      { role, files: { [`new-${String(this.#step)}`]: 'new' }, change },
      this.#plant,
    );
  }

  async #sign(random: Random): Promise<unknown> {
    const [one] = random.some(proposedFiles(this.#ground), 1);
    const name = random.pick(['alice', 'bob', 'dave']);
    if (one === undefined) return null;
    const memory = this.#memories.get(name) ?? memoryFiles();
    this.#memories.set(name, memory);
    const place = await this.#ground.ground.open({ person: name }, wireOf(this.#ground), this.#plant);
    return sign(place, {
      number: one.pull.number,
      signer: signerOf(name),
      memory,
      confirm: async () => true,
      confirmReplacement: async () => true,
      carrier: 'submit',
    });
  }
}
