// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { mapping, names } from './workflow-file.ts';

/** A step that ran. */
export interface Step {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly ms: number;
}

/** What one run of act left. */
export interface ActRun {
  /** Steps by the job's id, in their order; those of a composite action come before the step that uses it. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
  /** Everything that was printed, as it was before any masking. */
  readonly log: string;
  /** What annotations said, `error: …` or `warning: …`. */
  readonly annotations: readonly string[];
  /** What was written to job summaries. */
  readonly summary: string;
}

/** One run of act. */
export interface ActCall {
  /** A directory for this call alone; it is left as it is. */
  readonly directory: string;
  /** Texts of the files in `.github/workflows`, by name; `main.yml` is what runs. */
  readonly files: ReadonlyMap<string, string>;
  readonly event: string;
  readonly payload: unknown;
  readonly actor: string;
  readonly env: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
  /** Directories that stand for `owner/repository@ref`. */
  readonly repositories: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 90_000;

function actPath(): string {
  const path = process.env['COUNTERSIGN_E2E_ACT'];
  if (path === undefined) throw new Error('COUNTERSIGN_E2E_ACT: expected the path of act; run test/e2e/run.sh');
  return path;
}

async function spawnAct(args: readonly string[], cwd: string, home: string, signal: AbortSignal | undefined): Promise<string> {
  // Steps on the host inherit act's own environment, so act gets nothing but this.
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: home, LANG: 'C.UTF-8' };
  const child = spawn(actPath(), args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = (): void => {
    // The group, so that a step that is running ends too.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(end, TIMEOUT_MS);
  signal?.addEventListener('abort', end, { once: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  return output;
}

function stepName(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

function readLog(output: string): ActRun {
  const steps = new Map<string, Step[]>();
  const log: string[] = [];
  const annotations: string[] = [];
  let summary = '';
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) {
      if (line !== '') log.push(line);
      continue;
    }
    const entry = mapping(JSON.parse(line));
    log.push(String(entry['msg']).trimEnd());
    if (entry['command'] === 'summary') summary += String(entry['content']);
    if (entry['command'] === 'error' || entry['command'] === 'warning') {
      const { title } = mapping(entry['kvPairs']);
      annotations.push(`${entry['command']}: ${typeof title === 'string' ? `${title}: ` : ''}${String(entry['arg'])}`);
    }
    const conclusion = entry['stepResult'];
    if (entry['stage'] !== 'Main' || (conclusion !== 'success' && conclusion !== 'failure' && conclusion !== 'skipped')) continue;
    const job = String(entry['jobID']);
    const ms = Math.round(Number(entry['executionTime'] ?? 0) / 1e6);
    // A step of a composite action has the name of the step that uses it, and an id below that one's.
    const ids = names(entry['stepID']);
    const name = ids.length > 1 ? `  ${ids.join(' / ')}` : stepName(String(entry['step']));
    steps.set(job, [...(steps.get(job) ?? []), { name, conclusion, ms }]);
  }
  return { steps, log: log.join('\n'), annotations, summary };
}

/** Runs one generated workflow on this machine. A failing job is no error; act that can't run it is. */
export async function runAct(call: ActCall): Promise<ActRun> {
  const { directory } = call;
  const work = join(directory, 'work');
  const home = join(directory, 'home');
  await mkdir(join(work, '.github/workflows'), { recursive: true });
  await mkdir(home);
  for (const [name, text] of call.files) await writeFile(join(work, '.github/workflows', name), text);
  await writeFile(join(directory, 'event.json'), JSON.stringify(call.payload));
  // act asks git about its directory, and says so at every step where there is no repository.
  await promisify(execFile)('git', ['init', '--quiet', work]);
  const pairs = (flag: string, values: ReadonlyMap<string, string>): readonly string[] =>
    [...values].flatMap(([name, value]) => [flag, `${name}=${value}`]);
  const output = await spawnAct(
    [
      call.event,
      '--json',
      '--no-cache-server',
      '--no-skip-checkout',
      // So that a secret which is printed is seen in the log: nothing may rely on being masked.
      '--insecure-secrets',
      ...['--platform', 'ubuntu-latest=-self-hosted'],
      ...['--workflows', '.github/workflows/main.yml', '--eventpath', join(directory, 'event.json')],
      ...['--actor', call.actor, '--action-cache-path', join(directory, 'cache')],
      ...pairs('--env', call.env),
      ...pairs('--secret', call.secrets),
      ...pairs('--local-repository', call.repositories),
    ],
    work,
    home,
    call.signal,
  );
  return readLog(output);
}
