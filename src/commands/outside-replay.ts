// SPDX-License-Identifier: Apache-2.0
import { findTarget, type Session } from '../client/roles.ts';
import type { RepositorySource } from '../client/source.ts';
import { memoryStore, storeName } from '../client/store.ts';
import { refresh } from '../client/updater.ts';
import type { Base } from '../event/base.ts';
import { hostedTargets, type HostedTarget } from '../event/decide-publish.ts';
import type { FileContent, Forge, TreeEntry } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import { targetFilePaths } from '../tuf/published-tree.ts';
import type { Workplace } from './workplace.ts';

/** A file to serve: bytes, or a file of this machine. */
export type ServedFile = Exclude<FileContent, { kind: 'blob' }>;

/** What clients of other makes are to read: a published repository that is not published yet. */
export interface OutsideReplay {
  /** A file by its path in the published tree (`metadata/…`, `targets/…`); null when there is none. */
  readonly open: (path: string) => Promise<ServedFile | null>;
  /** Root files to begin with, each in turn. */
  readonly roots: readonly { readonly version: number; readonly bytes: Uint8Array }[];
  /** A target path to download; null where the repository serves no target's file itself. */
  readonly target: string | null;
}

/**
 * Runs clients of other makes. The implementer serves `replay` where they can reach it, lets each client begin with each root in a directory of its own,
 * and refuses unless every one of them ends well and has really asked for the repository: an answer that is missing is no consent.
 */
export interface OutsideClients {
  /** @throws `client-refused` naming the client and what it printed, `io` */
  replay(replay: OutsideReplay): Promise<void>;
}

/** What would be published, in full. */
export interface PublishOutput {
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  /** Files of targets that the branch does not have yet. */
  readonly targets: ReadonlyMap<string, FileContent>;
  /** What the branch has and keeps. */
  readonly kept: ReadonlyMap<string, TreeEntry>;
}

/** Gives each file as the output has it. */
function openerOf(forge: Forge, { metadata, targets, kept }: PublishOutput): OutsideReplay['open'] {
  const blob = async (id: TreeEntry['id'], path: string): Promise<ServedFile> => {
    const bytes = (await forge.blobs([id])).get(id);
    if (bytes === undefined) throw new CountersignError('io', path, 'expected the published bytes, got none');
    return { kind: 'bytes', bytes };
  };
  return async (path) => {
    const bytes = metadata.get(path);
    if (bytes !== undefined) return { kind: 'bytes', bytes };
    const content = targets.get(path);
    if (content !== undefined) return content.kind === 'blob' ? blob(content.id, path) : content;
    const entry = kept.get(path);
    return entry?.kind === 'file' ? blob(entry.id, path) : null;
  };
}

async function isReachable(session: Session, { path, sha256 }: HostedTarget): Promise<boolean> {
  try {
    const { result } = await findTarget(session, path);
    return result.kind === 'found' && result.file.hashes.get('sha256') === sha256;
  } catch (error) {
    // A role that has expired stops its own targets: another one is taken.
    if (error instanceof CountersignError) return false;
    throw error;
  }
}

/** A target whose bytes are served, one that is new if there is any. */
async function chooseTarget(place: Workplace, base: Base, source: RepositorySource, output: PublishOutput): Promise<string | null> {
  const hosted = hostedTargets(base).filter(({ path, sha256 }) =>
    targetFilePaths(path, sha256).every((file) => output.targets.has(file) || output.kept.has(file)),
  );
  const isNew = ({ path, sha256 }: HostedTarget): boolean => targetFilePaths(path, sha256).some((file) => output.targets.has(file));
  if (hosted.length === 0) return null;
  const [first] = base.roots;
  const store = memoryStore(first === undefined ? new Map() : new Map([[storeName('root'), first.bytes]]));
  const session = await refresh(source, store, { time: place.now });
  for (const one of [...hosted.filter(isNew), ...hosted]) {
    if (await isReachable(session, one)) return one.path;
  }
  return null;
}

/**
 * Has clients of other makes read what is to be published, from the first root and from the last, before any of it is served.
 * @param source - the same output, for our own client to choose a target with
 * @throws `client-refused` when one of them refuses it, and what our own client refuses it with
 */
export async function requireOutsideReplay(
  place: Workplace,
  clients: OutsideClients,
  base: Base,
  source: RepositorySource,
  output: PublishOutput,
): Promise<void> {
  const ends = new Set([...base.roots.slice(0, 1), ...base.roots.slice(-1)]);
  await clients.replay({
    open: openerOf(place.forge, output),
    roots: [...ends].map(({ file, bytes }) => ({ version: file.signed.version, bytes })),
    target: await chooseTarget(place, base, source, output),
  });
}
