// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ancestorsOf, names, type Mapping, type WorkflowFile } from './workflow-file.ts';

/** How a job ended, and what it leaves to those that need it. */
export interface JobResult {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
}

/** A job of a workflow, or of one that a job of another workflow calls. */
export interface JobPlace {
  readonly file: WorkflowFile;
  readonly id: string;
  /** How the jobs of the same file have ended so far. */
  readonly results: ReadonlyMap<string, JobResult>;
  readonly caller: { readonly file: WorkflowFile; readonly id: string; readonly results: ReadonlyMap<string, JobResult> } | null;
}

/** The files for one call of act. */
export interface JobFiles {
  readonly workflows: ReadonlyMap<string, string>;
  /** Files that the workflows read, by absolute path. */
  readonly data: ReadonlyMap<string, string>;
  /** Where the run writes how the job ended and what its outputs are. */
  readonly collected: string;
}

/** The job that reads the outcome, after the one that is run. */
const COLLECTOR = 'zz-outcome';

function outputLines(outputs: JobResult['outputs']): string {
  return Object.entries(outputs)
    .map(([name, value]) => `${name}<<COUNTERSIGN_END_OF_OUTPUT\n${value}\nCOUNTERSIGN_END_OF_OUTPUT\n`)
    .join('');
}

/** Jobs that are over, as jobs that end in the same way with the same outputs: so that act evaluates `needs` and `success()` by itself. */
function recorded(place: Omit<JobPlace, 'caller'>, directory: string, prefix: string, data: Map<string, string>): Mapping {
  const jobs: Record<string, unknown> = {};
  for (const id of ancestorsOf(place.file.jobs, place.id)) {
    const ended = place.results.get(id);
    if (ended === undefined) throw new Error(`jobs.${id}: expected it to have run before ${place.id}`);
    const needs = names(place.file.jobs.get(id)?.['needs']);
    const path = join(directory, `${prefix}${id}.outputs`);
    data.set(path, outputLines(ended.outputs));
    jobs[id] = {
      'runs-on': 'ubuntu-latest',
      ...(needs.length > 0 ? { needs } : {}),
      if: ended.result === 'skipped' ? '${{ false }}' : '${{ always() }}',
      outputs: Object.fromEntries(Object.keys(ended.outputs).map((name) => [name, `\${{ steps.recorded.outputs.${name} }}`])),
      steps: [{ id: 'recorded', run: `cat '${path}' >> "$GITHUB_OUTPUT"` }, ...(ended.result === 'failure' ? [{ run: 'exit 1' }] : [])],
    };
  }
  return jobs;
}

/** The job itself; what act doesn't know or would get wrong is done by the driver, and left out. */
function theJob(place: JobPlace, leg: Mapping | null, collected: string): Mapping {
  const {
    permissions: _permissions,
    concurrency: _concurrency,
    environment: _environment,
    strategy: _strategy,
    ...job
  } = place.file.jobs.get(place.id) ?? {};
  return {
    [place.id]: { ...job, 'runs-on': 'ubuntu-latest', ...(leg === null ? {} : { strategy: { matrix: { include: [leg] } } }) },
    [COLLECTOR]: {
      'runs-on': 'ubuntu-latest',
      needs: [place.id],
      if: '${{ always() }}',
      steps: [{ env: { OUTCOME: `\${{ toJSON(needs['${place.id}']) }}` }, run: `printf '%s' "$OUTCOME" > '${collected}'` }],
    },
  };
}

function shared(file: WorkflowFile): Mapping {
  const { env, defaults } = file.document;
  return { name: file.name, ...(env === undefined ? {} : { env }), ...(defaults === undefined ? {} : { defaults }) };
}

/**
 * A workflow of one job: with the jobs that it needs as records of what they did, its one leg of the matrix, and, for a job of a called workflow, the call
 * around it.
 */
export function jobFiles(place: JobPlace, leg: Mapping | null, event: string, directory: string): JobFiles {
  const data = new Map<string, string>();
  const collected = join(directory, 'outcome.json');
  const jobs = { ...recorded(place, directory, '', data), ...theJob(place, leg, collected) };
  if (place.caller === null) {
    return { workflows: new Map([['main.yml', stringify({ ...shared(place.file), on: [event], jobs })]]), data, collected };
  }
  const { permissions: _permissions, concurrency: _concurrency, ...call } = place.caller.file.jobs.get(place.caller.id) ?? {};
  const calling = {
    ...recorded(place.caller, directory, 'caller-', data),
    [place.caller.id]: { ...call, uses: './.github/workflows/called.yml', secrets: 'inherit' },
  };
  return {
    workflows: new Map([
      ['main.yml', stringify({ ...shared(place.caller.file), on: [event], jobs: calling })],
      [
        'called.yml',
        stringify({ ...shared(place.file), on: { workflow_call: { inputs: place.file.on.get('workflow_call')?.['inputs'] ?? {} } }, jobs }),
      ],
    ]),
    data,
    collected,
  };
}
