// SPDX-License-Identifier: Apache-2.0
// Runs the cases of each seed through three clients and compares their verdicts. Started by run.sh.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseOf, MUTATIONS, type Case } from './cases.ts';
import { judge, parseExclusions, type Verdicts } from './judge.ts';
import { ourClient } from './our-client.ts';
import { plantedClients } from './planted-client.ts';
import { pythonTuf } from './python-tuf-client.ts';
import { rememberCrypto } from './remember-crypto.ts';
import { failureText, Report } from './report.ts';
import { tufJsClient } from './tuf-js-client.ts';

const SEEDS = ['20260101', '31415926', '27182818'];
const FULL_CASES = 10_000;
const BOUNDED_CASES = 1_500;
/** From here on each mutation and each class must have occurred. */
const WHOLE_RUN = 30_000;
/** In which each planted mistake must be found. */
const PLANTED_CASES = 200;
/** How many cases python-tuf may be behind. */
const MAX_WAITING = 64;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', multiple: true, default: SEEDS },
    cases: { type: 'string' },
    bounded: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string' },
    show: { type: 'string', default: '20' },
    plain: { type: 'boolean', default: false },
    here: { type: 'string', default: '.' },
    python: { type: 'string', default: 'python3' },
    scratch: { type: 'string', default: '/tmp' },
  },
});

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`expected a number, got ${JSON.stringify(text)}`);
  return value;
}

if (!options.plain) rememberCrypto();
const seeds = options.seed.map(count);
const cases = options.cases === undefined ? (options.bounded ? BOUNDED_CASES : FULL_CASES) : count(options.cases);
const kinds = new Set(MUTATIONS.map(({ kind }) => kind));
const classes = parseExclusions(readFileSync(join(options.here, 'exclusions.json'), 'utf8'), kinds);
const python = await pythonTuf(options.python, join(options.here, 'python_tuf_client.py'), options.scratch);
const ours = ourClient(options.scratch);
const tufJs = tufJsClient(options.scratch);
const report = new Report(classes);

/** Begins with a case; gives its verdicts when python-tuf has come to it. */
async function ask(one: Case): Promise<() => Promise<Verdicts>> {
  const theirs = python.client(one);
  const [our, js] = [await ours(one), await tufJs(one)];
  return async () => ({ ours: our, peers: { 'python-tuf': await theirs, 'tuf-js': js } });
}

/** Writes the files of a case, to be looked at. */
function writeCase(one: Case, directory: string): void {
  one.visits.forEach(({ files }, index) => {
    for (const [path, bytes] of files) {
      const place = join(directory, String(index), ...path.split('/').map(encodeURIComponent));
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, bytes);
    }
  });
  writeFileSync(join(directory, 'root.json'), one.root);
}

async function runOne(seed: number, number: number): Promise<void> {
  const one = caseOf(seed, number);
  if (options.out !== undefined) writeCase(one, options.out);
  const verdicts = await (await ask(one))();
  const judgement = report.add(one, verdicts);
  console.log(
    failureText(
      one,
      verdicts,
      judgement.kind === 'failed' ? judgement.why : judgement.kind === 'excluded' ? `excluded by ${judgement.by.class}` : 'fine',
    ),
  );
  if (judgement.kind === 'failed') process.exitCode = 1;
}

/** Each client with a mistake must be found out, within few cases. */
async function testOurselves(seed: number): Promise<void> {
  const found = new Map(plantedClients(ours).map((planted) => [planted, 0]));
  for (let number = 0; number < PLANTED_CASES; number++) {
    const one = caseOf(seed, number);
    const verdicts = await (await ask(one))();
    for (const [planted, count] of found) {
      // A visit more or less is no news: verdicts of the last one are compared.
      const judgement = judge(one, { ...verdicts, ours: await planted.client(one) }, []);
      if (judgement.kind === 'failed' && judgement.why === planted.expected) found.set(planted, count + 1);
    }
  }
  for (const [{ name }, count] of found) {
    console.log(`a client that ${name} is found out by ${String(count)} of ${String(PLANTED_CASES)} cases`);
    if (count === 0) throw new Error(`a client that ${name} was not found out`);
  }
}

async function runAll(): Promise<void> {
  const [firstSeed] = seeds;
  if (firstSeed !== undefined) await testOurselves(firstSeed);
  const waiting: { readonly one: Case; readonly verdicts: () => Promise<Verdicts> }[] = [];
  const settle = async (): Promise<void> => {
    const next = waiting.shift();
    if (next !== undefined) report.add(next.one, await next.verdicts());
  };
  for (const seed of seeds) {
    const started = performance.now();
    for (let number = 0; number < cases; number++) {
      const one = caseOf(seed, number);
      waiting.push({ one, verdicts: await ask(one) });
      if (waiting.length > MAX_WAITING) await settle();
    }
    while (waiting.length > 0) await settle();
    console.log(`seed ${String(seed)}: ${String(cases)} cases in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  if (report.finish(seeds.length * cases >= WHOLE_RUN, kinds, count(options.show)).length > 0) process.exitCode = 1;
}

console.log(`python: ${python.versions}; node ${process.version}`);
try {
  const [seed] = seeds;
  if (options.only === undefined) await runAll();
  else if (seed !== undefined) await runOne(seed, count(options.only));
} finally {
  await python.close();
}
