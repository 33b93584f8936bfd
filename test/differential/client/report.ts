// SPDX-License-Identifier: Apache-2.0
import type { Case } from './cases.ts';
import { judge, PEERS, type ExclusionClass, type Judgement, type Verdicts } from './judge.ts';
import { showVerdict } from './verdict.ts';

/** At least this share of all cases must be accepted by all three, in percent: else the mutations reach nothing that all agree on. */
const MIN_ACCEPTED_PERCENT = 10;

class Counter {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, this.get(name) + 1);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  print(title: string): void {
    console.log(`${title}:`);
    for (const [name, count] of [...this.#counts].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(7)} ${name}`);
  }
}

/** The counts of a run. */
export class Report {
  readonly #classes: readonly ExclusionClass[];
  readonly #kinds = new Counter();
  readonly #accepted = new Counter();
  readonly #triples = new Counter();
  readonly #alone = new Counter();
  readonly #excluded = new Counter();
  readonly #failures: string[] = [];
  #cases = 0;
  #acceptedByAll = 0;

  constructor(classes: readonly ExclusionClass[]) {
    this.#classes = classes;
  }

  /** Judges a case and counts it. */
  add(one: Case, verdicts: Verdicts): Judgement {
    const judgement = judge(one, verdicts, this.#classes);
    const { ours, peers } = verdicts;
    const all = [ours, peers['python-tuf'], peers['tuf-js']];
    this.#cases++;
    for (const kind of one.kinds) this.#kinds.add(kind);
    this.#triples.add(`we ${ours.kind}, ${PEERS.map((peer) => `${peer} ${peers[peer].kind}s`).join(', ')}`);
    if (all.every(({ kind }) => kind === 'accept') && judgement.kind === 'fine') {
      this.#acceptedByAll++;
      for (const kind of one.kinds) this.#accepted.add(kind);
    }
    if (ours.kind === 'reject' && all.some(({ kind }) => kind === 'accept')) {
      const by = PEERS.filter((peer) => peers[peer].kind === 'accept');
      this.#alone.add(`${ours.error} (${by.length === 2 ? 'both accept' : `${by.join()} accepts`})`);
    }
    if (judgement.kind === 'excluded') this.#excluded.add(judgement.by.class);
    if (judgement.kind === 'failed') this.#failures.push(failureText(one, verdicts, judgement.why));
    return judgement;
  }

  /** Prints all counts. `whole`: a run so long that each kind and class must have occurred. Gives what is wrong. */
  finish(whole: boolean, kinds: Iterable<string>, shown: number): readonly string[] {
    console.log(`${String(this.#cases)} cases, ${String(this.#acceptedByAll)} accepted by all three`);
    this.#triples.print('verdicts');
    this.#alone.print('refused by us alone, or by us and one other, by our code');
    this.#excluded.print('accepted by us and by one other, by class of exclusions.json');
    console.log('mutations, and how many of each all three accepted:');
    const problems = [...this.#failures];
    for (const kind of kinds) {
      console.log(`${String(this.#kinds.get(kind)).padStart(7)} ${String(this.#accepted.get(kind)).padStart(5)} ${kind}`);
      if (whole && this.#kinds.get(kind) === 0) problems.push(`no case has the mutation ${kind}`);
    }
    if (this.#acceptedByAll * 100 < this.#cases * MIN_ACCEPTED_PERCENT) {
      problems.push(
        `expected at least ${String(MIN_ACCEPTED_PERCENT)} % of the cases to be accepted by all, got ${String(this.#acceptedByAll)} of ${String(this.#cases)}`,
      );
    }
    for (const { class: name } of this.#classes) {
      if (whole && this.#excluded.get(name) === 0) problems.push(`no case needed the class ${name}: remove it, or generate it`);
    }
    for (const problem of problems.slice(0, shown)) console.error(`FAIL ${problem}`);
    console.log(`${String(this.#failures.length)} unlisted disagreements, ${String(problems.length)} problems`);
    return problems;
  }
}

/** A case as a person needs it to look into it. */
export function failureText(one: Case, { ours, peers }: Verdicts, why: string): string {
  return [
    why,
    `  seed ${String(one.seed)}, case ${String(one.number)}: ${one.shape}; ${one.visits.length > 1 ? 'returning' : 'new'} client`,
    `  ${one.kinds.join(', ')}: ${one.notes.join('; ')}`,
    `  looked for ${JSON.stringify(one.visits.at(-1)?.targets)}`,
    `  ours       ${showVerdict(ours)}`,
    ...PEERS.map((peer) => `  ${peer.padEnd(10)} ${showVerdict(peers[peer])}`),
    `  again: bash test/differential/client/run.sh --seed ${String(one.seed)} --only ${String(one.number)}`,
  ].join('\n');
}
