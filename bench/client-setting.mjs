// SPDX-License-Identifier: Apache-2.0
// A repository, a host that serves it, and the clients that are compared.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { run, runMeasured } from './processes.mjs';
import { pythonWithTuf } from './python.mjs';

const SERVER = fileURLToPath(new URL('client-server.mjs', import.meta.url));
const PYTHON_TUF = fileURLToPath(new URL('client_python_tuf.py', import.meta.url));
// A proxy of the environment would be asked for a host on this machine.
const DIRECT = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:https?|all)_proxy$/i.test(name)));

async function withServer(directory, step) {
  const child = spawn(process.execPath, [SERVER, directory], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { value: url } = await lines.next();
    if (url === undefined) throw new Error('expected the URL of the server, got nothing');
    return await step(url);
  } finally {
    child.stdin.end();
    await ended;
  }
}

/** Ours and tuf-js are bundled alike, so that neither has more files to load. */
async function clientsOf(work, url) {
  const commands = new Map([
    ['ours', [process.execPath, await bundle('client-ours.mjs', work, [])]],
    ['tuf-js', [process.execPath, await bundle('client-tuf-js.mjs', work, [])]],
    ['python-tuf', [await pythonWithTuf(), PYTHON_TUF]],
  ]);
  const root = path.join(work, 'repository', 'metadata', '1.root.json');
  const client = ([who, [command, script]]) => {
    const state = path.join(work, 'clients', who);
    const run = (target, timeoutMs) =>
      runMeasured(command, [script, url, root, state, ...(target === undefined ? [] : [target])], { timeoutMs, env: DIRECT });
    return [who, { state, run }];
  };
  return new Map([...commands].map(client));
}

/**
 * Runs `step` with a new repository, which is removed afterwards.
 *
 * @param repository - `count` targets, the `length` of the one that is downloaded, and `bins` that they are in
 * @param step - is given `clients` by name, each with the directory of its state and a function that runs it, and what `listed` says of the one target
 */
export async function withRepository({ count, length, bins = null }, step) {
  const work = await fs.mkdtemp(path.join(os.tmpdir(), 'bench-client-'));
  try {
    const generator = await bundle('client-repository.mjs', work);
    const directory = path.join(work, 'repository');
    const binArgs = bins === null ? [] : [bins.kind, String(bins.bits)];
    const { output } = await run(process.execPath, [generator, directory, String(count), String(length), ...binArgs]);
    return await withServer(directory, async (url) => step({ clients: await clientsOf(work, url), listed: JSON.parse(output) }));
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}
