// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDownloadDirectory } from '../../../src/client/download-directory.ts';
import { fetchTarget } from '../../../src/client/fetch-target.ts';
import { findTarget } from '../../../src/client/roles.ts';
import { mapSource, type RepositorySource } from '../../../src/client/source.ts';
import { memoryStore, type ClientStore } from '../../../src/client/store.ts';
import { requireFound } from '../../../src/client/target-selection.ts';
import { bootstrap, refresh } from '../../../src/client/updater.ts';
import { CountersignError } from '../../../src/tuf/errors.ts';
import { instantFromSeconds } from '../../../src/tuf/instant.ts';
import { parseTargetPath } from '../../../src/tuf/names.ts';
import type { Case, Visit } from './cases.ts';
import type { Client, Verdict } from './verdict.ts';

function sourceOf(files: ReadonlyMap<string, Uint8Array>): RepositorySource {
  const source = mapSource(files);
  // A host decodes what it is asked for.
  return { ...source, metadata: (path, maxBytes) => source.metadata(decodeURIComponent(path), maxBytes) };
}

async function visit(store: ClientStore, root: Uint8Array, { time: seconds, files, targets }: Visit, directory: string): Promise<string[]> {
  const time = instantFromSeconds(seconds);
  const source = sourceOf(files);
  await bootstrap(store, root, time);
  let session = await refresh(source, store, { time });
  const found: string[] = [];
  for (const name of targets) {
    const path = parseTargetPath(name, 'target');
    const search = await findTarget(session, path);
    session = search.session;
    if (search.result.kind === 'absent') {
      found.push('absent');
      continue;
    }
    const context = { mirrors: [source], root: session.set.root.signed, to: openDownloadDirectory(directory), onProgress: () => {} };
    found.push((await fetchTarget(context, requireFound(path, search.result))).sha256);
  }
  return found;
}

async function verdictOf(one: Case, directory: string): Promise<Verdict> {
  const store = memoryStore();
  const targets: string[] = [];
  try {
    for (const [index, at] of one.visits.entries()) targets.push(...(await visit(store, one.root, at, join(directory, String(index)))));
    return { kind: 'accept', targets };
  } catch (error) {
    // Anything else is a fault of ours and must end the run.
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'reject', error: error.code, text: error.message };
  }
}

/** This project's client, with files in memory and downloads in a directory below `scratch`. */
export function ourClient(scratch: string): Client {
  return async (one) => {
    const directory = mkdtempSync(join(scratch, 'ours-'));
    try {
      return await verdictOf(one, directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
}
