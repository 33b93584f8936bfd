// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../ports.ts';
import { errnoWords } from '../disk/errno-words.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { openLoopback, type LoopbackSite, type OpenFile } from './loopback.ts';

/** What programs are run on; see `OutsideReplay` in commands. */
interface Replay {
  readonly open: OpenFile;
  readonly roots: readonly { readonly version: number; readonly bytes: Uint8Array }[];
  readonly target: string | null;
}

/** How long one run of a program may take. */
const RUN_MS = 5 * 60_000;
/** How long what a program printed is waited for once it has ended. */
const GRACE_MS = 1_000;
/** How much of what a program printed is shown: its end, where reasons are. */
const MAX_SHOWN = 4_000;
/** What a program needs to run at all. Nothing else of our environment is handed on: the online key is in it. */
const HANDED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'USERPROFILE', 'PATHEXT'];

/** One run of one program. */
interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How it ended, in words; null when it ended well. */
interface Ended {
  readonly fault: string | null;
  readonly printed: string;
}

/** Runs a program, without a shell: it is a path or a name to be found in `PATH`, and no argument of ours can be taken for a command. */
function runProgram({ program, args, env, cwd }: Run, limitMs: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Not the option of `spawn`: it would keep us waiting for a program that never began.
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    let printed = '';
    const add = (text: string): void => {
      printed = (printed + text).slice(-MAX_SHOWN);
    };
    const end = (fault: string | null): void => {
      clearTimeout(timer);
      resolve({ fault, printed });
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', (error) => {
      end(`it can't be started: ${errnoWords('code' in error ? String(error.code) : error.name)}`);
    });
    // What it started may live on and keep its output open.
    child.on('exit', () => {
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, GRACE_MS).unref();
    });
    child.on('close', (code, signal) => {
      if (code === 0) end(null);
      else end(code === null ? `an end by ${signal ?? 'nobody knows what'}` : `exit code ${String(code)}`);
    });
  });
}

function environment(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const handedOn = HANDED_ON.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(handedOn), ...own };
}

/** What a run must have asked for to count: whoever never read the repository has not agreed to it. */
function unread(site: LoopbackSite, target: string | null): string | null {
  const asked = site.asked();
  if (!asked.has('metadata/timestamp.json')) return 'an end without a request for the timestamp';
  if (target !== null && ![...asked].some((path) => path.startsWith('targets/'))) return 'an end without a request for the target';
  return null;
}

async function replayOne(program: string, replay: Replay, rootIndex: number, directory: string, log: Log, limitMs: number): Promise<void> {
  const root = replay.roots[rootIndex];
  if (root === undefined) return;
  const site = await openLoopback(replay.open);
  try {
    const work = join(directory, 'work');
    const rootFile = join(directory, 'root.json');
    await mkdir(work, { recursive: true });
    await writeFile(rootFile, root.bytes);
    const args = [site.metadataUrl, site.targetsUrl, rootFile, work, ...(replay.target === null ? [] : [replay.target])];
    const env = environment({
      METADATA_URL: site.metadataUrl,
      TARGETS_URL: site.targetsUrl,
      ROOT_FILE: rootFile,
      DIR: work,
      TARGET: replay.target ?? '',
    });
    const { fault, printed } = await runProgram({ program, args, env, cwd: work }, limitMs);
    const failure = fault ?? site.failure() ?? unread(site, replay.target);
    if (failure === null) return;
    if (printed !== '') log.warn(`${program} printed:\n${printed}`);
    const last = printed.trimEnd().split('\n').at(-1) ?? '';
    const what = `expected it to read what is to be published from root ${String(root.version)}`;
    throw new CountersignError('client-refused', quote(program), `${what}, got ${failure}${last === '' ? '' : `: ${quote(last)}`}`);
  } finally {
    await site.close();
  }
}

/**
 * Runs programs as clients of what is to be published. Each is run once for each root, one after the other, with the arguments METADATA_URL, TARGETS_URL, ROOT_FILE,
 * DIR (empty, its working directory) and, where the repository serves files, TARGET; the same are variables of its environment, which has little else.
 * A program agrees by exit code 0 after it has asked for the timestamp and for some target; every other end refuses.
 * @param programs - paths, or names to be found in `PATH`; no shell reads them
 * @param limitMs - how long one run may take, 5 minutes unless told
 */
export function outsideClients(
  programs: readonly string[],
  log: Log,
  limitMs: number = RUN_MS,
): { readonly replay: (replay: Replay) => Promise<void> } {
  return {
    replay: async (replay) => {
      for (const program of programs) {
        for (const index of replay.roots.keys()) {
          const directory = await mkdtemp(join(tmpdir(), 'countersign-replay-'));
          try {
            await replayOne(program, replay, index, directory, log, limitMs);
          } finally {
            await rm(directory, { recursive: true, force: true });
          }
        }
      }
    },
  };
}
