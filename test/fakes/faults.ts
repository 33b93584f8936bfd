// SPDX-License-Identifier: Apache-2.0

/** How a run was ended from outside. No error of ours: nothing may catch it and go on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One call of a port's method. */
export interface Op {
  readonly port: 'forge' | 'files';
  readonly name: string;
  readonly args: readonly unknown[];
  readonly kind: 'read' | 'write';
  /** Counts from 1, reads and writes apart. */
  readonly index: number;
}

/** When to end a run: before its `index`-th write, so that it does not happen, or right after. */
export interface Kill {
  readonly index: number;
  readonly when: 'before' | 'after';
}

/** Counts the calls of all the ports that it is given to, ends a run at one of them, and lets tests step in between. */
export class Faults {
  readonly #kill: Kill | null;
  readonly #writes: Op[] = [];
  #reads = 0;
  /** Awaited before each call, reads included: what it does happens between two steps of the run. */
  beforeEach: (op: Op) => Promise<void> = async () => undefined;
  /** Awaited after each write that happened. */
  afterWrite: (op: Op) => Promise<void> = async () => undefined;

  constructor(kill: Kill | null = null) {
    this.#kill = kill;
  }

  /** The writes so far, those included that were to happen when the run was ended. */
  get writes(): readonly Op[] {
    return this.#writes;
  }

  /** Calls `work` as a read. */
  async read<T>(port: Op['port'], name: string, args: readonly unknown[], work: () => Promise<T>): Promise<T> {
    await this.beforeEach({ port, name, args, kind: 'read', index: ++this.#reads });
    return work();
  }

  /** Calls `work` as a write. @throws Killed */
  async write<T>(port: Op['port'], name: string, args: readonly unknown[], work: () => Promise<T>): Promise<T> {
    const op: Op = { port, name, args, kind: 'write', index: this.#writes.length + 1 };
    this.#writes.push(op);
    await this.beforeEach(op);
    if (this.#kill?.index === op.index && this.#kill.when === 'before') throw new Killed(`before ${name}`);
    const result = await work();
    await this.afterWrite(op);
    if (this.#kill?.index === op.index) throw new Killed(`after ${name}`);
    return result;
  }
}
