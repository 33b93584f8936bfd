// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Case } from './cases.ts';
import type { Client, Verdict } from './verdict.ts';

/** python-tuf in a process of its own, which is given cases while others are still under way. */
export interface PythonTuf {
  readonly client: Client;
  /** Versions, as it says them. */
  readonly versions: string;
  /** Ends the process. */
  close(): Promise<void>;
}

function encode(one: Case): string {
  const visits = one.visits.map(({ time, files, targets }) => ({
    time,
    targets,
    files: Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString('base64')])),
  }));
  return `${JSON.stringify({ root: one.root.toString('base64'), visits })}\n`;
}

/**
 * Starts it.
 * @param script - the path of python_tuf_client.py
 */
export async function pythonTuf(python: string, script: string, scratch: string): Promise<PythonTuf> {
  const child = spawn(python, [script, scratch], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`python-tuf ended with status ${String(code)}`))));
  });
  // Without this a process that ends early would leave the first verdict waited for, for ever.
  const broken = ended.then((): never => {
    throw new Error('python-tuf ended before its last verdict');
  });
  broken.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await Promise.race([lines.next(), broken]);
    if (line.done === true) return broken;
    return line.value;
  };
  const versions = await nextLine();
  let before: Promise<unknown> = Promise.resolve();
  const client: Client = (one) => {
    child.stdin.write(encode(one));
    const answer = before.then(async () => JSON.parse(await nextLine()) as Verdict);
    before = answer;
    return answer;
  };
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { client, versions, close };
}
