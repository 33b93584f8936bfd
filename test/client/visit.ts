// SPDX-License-Identifier: Apache-2.0
// What a client makes of a repository: it begins with a root, updates, searches and downloads. `visit` does it over HTTP and with files, as
// `countersign fetch` does; `look` does it in memory, where a table has many rows.
import { openCache } from '../../src/client/directory-store.ts';
import { readTarget } from '../../src/client/download.ts';
import { openDownloadDirectory } from '../../src/client/download-directory.ts';
import { openHttpSource } from '../../src/client/http-source.ts';
import type { HttpLimits } from '../../src/client/limits.ts';
import { targetLocations } from '../../src/client/location.ts';
import { findTarget } from '../../src/client/roles.ts';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore } from '../../src/client/store.ts';
import { requireFound } from '../../src/client/target-selection.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import { fetchTargets, type FetchResult } from '../../src/commands/fetch.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { REPOSITORY_ID, EXPIRES, NOW, type FileDraft, type TargetsDraft } from '../fakes/repository-builder.ts';
import type { TestSigner } from '../fakes/test-signer.ts';
import type { FetchScene } from '../commands/fetch-setup.ts';
import { hosting, QUICK, type Handler } from './http-server.ts';

export type Served = ReadonlyMap<string, Uint8Array>;

export interface VisitOptions {
  /** {@link NOW} unless told. */
  readonly time?: string;
  /** Another name for each client: `cache/<name>` is what it keeps, `<name>` what it downloads. A new client unless told. */
  readonly client?: string;
  readonly limits?: Partial<HttpLimits>;
  /** Serves instead of a plain host. */
  readonly handler?: Handler;
  /** What the client begins with; the first root that is served unless told. */
  readonly root?: Uint8Array;
  /** Is given what the log is told. */
  readonly onInfo?: (text: string) => void;
}

let clients = 0;

/** Visits with a client. @throws as `fetchTargets`; what could not be downloaded is thrown too */
export async function visit(
  scene: FetchScene,
  files: Served,
  targets: readonly string[],
  options: VisitOptions = {},
): Promise<FetchResult> {
  const { url } = await scene.serve(options.handler ?? hosting(files));
  const client = options.client ?? `client-${clients++}`;
  const limits = { ...QUICK, ...options.limits };
  const source = openHttpSource({ metadataUrls: [`${url}/metadata`], targetUrls: [`${url}/targets`], limits });
  const root = options.root ?? files.get('metadata/1.root.json') ?? null;
  try {
    const result = await fetchTargets({
      repositories: [{ name: 'main', mirrors: source.mirrors, cache: openCache(scene.path('cache', client)), root }],
      map: null,
      targets,
      to: openDownloadDirectory(scene.path(client)),
      time: parseInstant(options.time ?? NOW, 'test'),
      mode: 'online',
      log: { info: options.onInfo ?? (() => undefined), warn: () => undefined, progress: () => undefined },
    });
    const [problem] = result.problems;
    if (problem !== undefined) throw new CountersignError(problem.code, problem.where, problem.detail);
    return result;
  } finally {
    await source.close();
  }
}

/** Updates, searches and reads a target, in memory. @returns the role that signs it. @throws as the client does */
export async function look(files: Served, path: string, time: string = NOW): Promise<string> {
  const store = memoryStore();
  const at = parseInstant(time, 'test');
  await bootstrap(store, files.get('metadata/1.root.json') ?? new Uint8Array(), at);
  const target = parseTargetPath(path, 'target');
  const { session, result } = await findTarget(await refresh(mapSource(files), store, { time: at }), target);
  const { role, file } = requireFound(target, result);
  const [location = ''] = targetLocations(session.set.root.signed, target, file);
  if ((await readTarget(session.source, location, file, null)) === null) throw new CountersignError('not-found', path, 'expected its file');
  return role;
}

/** A targets role that lists nothing, signed by these. */
export function targetsRole(role: string, signers: TestSigner[]): FileDraft<TargetsDraft> {
  const binding = { repository: REPOSITORY_ID, role };
  return {
    signed: { _type: 'targets', spec_version: '1.0.0', version: 1, expires: EXPIRES, targets: {}, 'x-countersign': binding },
    signers,
  };
}
