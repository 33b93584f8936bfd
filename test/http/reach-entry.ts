// SPDX-License-Identifier: Apache-2.0
// Asks a host as the client and as the API do, in a process of its own. Its arguments: a URL, connectMs, and `client` for the client alone. It prints what
// each came to, as JSON.
import { openHttpSource } from '../../src/client/http-source.ts';
import { openGitHub } from '../../src/forge/github/index.ts';
import { CountersignError } from '../../src/tuf/errors.ts';

/** What the process prints: `done`, or the error's code and message. */
export interface Reached {
  readonly client: string;
  /** How long the client took. */
  readonly clientMs: number;
  readonly api: string;
}

async function said(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

const [url = '', connectMs = '', which = 'both'] = process.argv.slice(2);
const source = openHttpSource({
  metadataUrls: [url],
  targetUrls: [url],
  limits: { connectMs: Number(connectMs), maxAttempts: 1 },
});
const begun = performance.now();
const client = await said(source.metadata('metadata/2.root.json', 100));
const clientMs = performance.now() - begun;
await source.close();
const log = { info: () => undefined, warn: () => undefined, progress: () => undefined };
const github = await openGitHub({ owner: 'o', repo: 'r', token: 'hunter2', apiUrl: url, log });
const api = which === 'client' ? 'not asked' : await said(github.artifacts.run(1));
const reached: Reached = { client, clientMs, api };
process.stdout.write(JSON.stringify(reached));
