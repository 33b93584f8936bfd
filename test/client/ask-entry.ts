// SPDX-License-Identifier: Apache-2.0
// A client as a process of its own. Its argument: what to ask for, as JSON. It prints the code that each step ends with, up to letting go of the connections.
import { openHttpSource, type HttpSourceOptions } from '../../src/client/http-source.ts';
import { CountersignError } from '../../src/tuf/errors.ts';

/** What the process does. */
export interface AskOrder {
  readonly url: string;
  /** How many files it asks for, one after the other. */
  readonly files: number;
  /** Whether it sends requests itself, or by something that never answers. */
  readonly transport: 'ours' | 'silent';
  readonly stallMs: number;
  readonly connectMs: number;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  }
}

const { url, files, transport, stallMs, connectMs } = JSON.parse(process.argv[2] ?? '') as AskOrder;
const silent: HttpSourceOptions['fetch'] = () => new Promise(() => undefined);
const limits = { stallMs, connectMs, maxAttempts: 1 };
const source = openHttpSource({ metadataUrls: [url], targetUrls: [url], limits, ...(transport === 'silent' ? { fetch: silent } : {}) });
const codes: string[] = [];
for (let version = 1; version <= files; version++) codes.push(await codeOf(source.metadata(`metadata/${String(version)}.root.json`, 100)));
codes.push(await codeOf(source.close()));
process.stdout.write(JSON.stringify(codes));
