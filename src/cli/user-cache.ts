// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CountersignError } from '../tuf/errors.ts';
import { payloadDigest } from '../tuf/metadata.ts';
import { parseRoot } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';

const ADVICE = 'name a place that can be written to with --cache';

/** Where programs keep what they can get again, on this system. */
function userCacheDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: () => string): string {
  const named = env['XDG_CACHE_HOME'] ?? '';
  // The specification says that a relative one is to be ignored.
  if (named.startsWith('/')) return named;
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home(), 'AppData', 'Local');
  return platform === 'darwin' ? join(home(), 'Library', 'Caches') : join(home(), '.cache');
}

/** @throws `io` where the account has none */
function homeDirectory(): string {
  let home = '';
  try {
    home = homedir();
  } catch (error) {
    // What Node throws where neither HOME nor the system's list of accounts knows one.
    if (!(error instanceof Error && 'syscall' in error && error.syscall === 'uv_os_homedir')) throw error;
  }
  if (isAbsolute(home)) return home;
  throw new CountersignError('io', 'cache', `this account has no home directory to keep trusted metadata in; ${ADVICE}`);
}

/** Where all of our caches are, but those that the command line names. */
function ownDirectory(): string {
  return join(userCacheDirectory(process.env, process.platform, homeDirectory), 'countersign', 'fetch');
}

/**
 * One directory for each root and place, so that what was trusted through another root never counts.
 * @throws `io` where there is no home directory to have it in
 */
export function defaultCache(root: Uint8Array, url: string): string {
  const name = sha256Hex(Buffer.from(JSON.stringify([payloadDigest(parseRoot(root).payload), url])));
  return join(ownDirectory(), name);
}

/** An error about the cache that nobody named says how to name another; every other stays as it is. */
export function adviseCache(error: unknown): unknown {
  if (!(error instanceof CountersignError) || error.code !== 'io' || !error.where.startsWith(ownDirectory())) return error;
  return new CountersignError(error.code, error.where, `${error.detail}; ${ADVICE}`, { cause: error.cause });
}
