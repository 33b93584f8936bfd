// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { pinnedRoot } from '../commands/pinned-root.ts';
import type { OpenAs } from '../commands/key-owner.ts';
import type { Workplace } from '../commands/workplace.ts';
import { BOT_LOGIN } from '../forge/local/index.ts';
import type { Signer } from '../ports.ts';
import { terminalText } from '../render/terminal-text.ts';
import { openSigner } from '../signers/open-signer.ts';
import { parsePayloadDigest } from '../trust/countersignature.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { parseTypedDigest } from '../tuf/typed-digest.ts';
import type { Console } from './console.ts';
import { parseEvent } from './event-argument.ts';
import { openGitHubPlace, parseGitHubUrl, parseShortEvent, pullAddress } from './github-place.ts';
import { currentInstant, openLocalWorkplace, type LocalWorkplace } from './local-workplace.ts';
import { askPassphrase } from './prompts.ts';

/** Options that every command on a repository has. */
export interface RepositoryOptions {
  readonly repo: string;
  readonly site?: string;
  readonly siteUrl?: string;
  readonly root?: string;
  readonly as?: string;
  readonly json: boolean;
}

/** Parses `--root`: a sha256, with or without its prefix. @throws `usage` */
export function parseAnchor(text: string | undefined): PayloadDigest | null {
  return text === undefined ? null : parsePayloadDigest(parseTypedDigest(text, '--root'), '--root');
}

/**
 * Refuses an address where only a directory will do: it would be taken for the name of one.
 * @param onGitHub - how the same is done there, for the message
 * @throws `usage`
 */
export function requireDirectoryName(repo: string, onGitHub: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(repo))
    throw new CountersignError('usage', '--repo', `expected a directory, got ${quote(repo)}; on GitHub ${onGitHub}`);
}

function keyOpener(console: Console): (uri: string) => Promise<Signer> {
  const env = new Map(Object.entries(process.env));
  const warn = (text: string): void => {
    console.log.warn(text);
  };
  return (uri) => openSigner(uri, { env, cwd: process.cwd(), askPassphrase, warn });
}

/** A workplace whose pinned root is named by its payload, whichever of its digests was typed. */
async function pinned<P extends Workplace>(place: P): Promise<P> {
  return place.anchor === null ? place : { ...place, anchor: await pinnedRoot(place.forge, place.anchor, place.log) };
}

/** Opens the local repository that the options name. @throws `io`, `usage` */
export async function openRepository(options: RepositoryOptions, console: Console): Promise<LocalWorkplace> {
  const opened = await openLocalWorkplace({
    directory: options.repo,
    site: options.site ?? null,
    as: options.as ?? BOT_LOGIN,
    log: console.log,
    now: currentInstant(),
    anchor: parseAnchor(options.root),
    openSigner: keyOpener(console),
  });
  return { ...opened, place: await pinned(opened.place) };
}

/** A workplace that is let go of when the work is done. */
interface Opened {
  readonly place: Workplace;
  /** On a local repository, where everybody may say as whom they work; null on a host that knows. */
  readonly openAs: OpenAs | null;
  readonly close: () => Promise<void>;
}

/**
 * Opens a local repository as the person whose key it is. Signatures of who has no account are submitted by our automation, from whom they count.
 * @throws `not-a-signer` when `--as` names somebody else
 */
function localOpener(options: RepositoryOptions, console: Console): OpenAs {
  return async ({ name, account }) => {
    const own = account?.login ?? name;
    if (options.as !== undefined && options.as.toLowerCase() !== own.toLowerCase()) {
      const detail = `the key is the one of ${quote(name)}, and from another account its signature would not count; leave out --as`;
      throw new CountersignError('not-a-signer', `--as ${terminalText(options.as)}`, detail);
    }
    return (await openRepository({ ...options, as: account?.login ?? BOT_LOGIN }, console)).place;
  };
}

/** The repository that `--repo` names: a directory, or an address on GitHub. */
async function openPlace(options: RepositoryOptions, console: Console): Promise<Opened> {
  const env = new Map(Object.entries(process.env));
  const location = parseGitHubUrl(options.repo, env);
  if (location === null) {
    const { place } = await openRepository(options, console);
    return { place, openAs: localOpener(options, console), close: async () => undefined };
  }
  const opened = await openGitHubPlace(location, env, {
    siteUrl: options.siteUrl ?? null,
    log: console.log,
    now: currentInstant(),
    anchor: parseAnchor(options.root),
    openSigner: keyOpener(console),
  });
  try {
    return { place: await pinned(opened), openAs: null, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Works on the repository that `--repo` names, a directory or an address on GitHub. @throws `io`, `usage` */
export async function withRepository<T>(
  options: RepositoryOptions,
  console: Console,
  work: (place: Workplace, openAs: OpenAs | null) => Promise<T>,
): Promise<T> {
  const { place, openAs, close } = await openPlace(options, console);
  try {
    return await work(place, openAs);
  } finally {
    await close();
  }
}

/** Whether a name is that of a directory here: then it is one, however much it looks like a repository of GitHub. */
export async function isDirectory(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  return stats?.isDirectory() === true;
}

/**
 * Works on a signing event: `3`, `#3` or `<dir>#3` of a local repository, or the address of a pull request on GitHub, in full or as `OWNER/REPO#3`.
 * @throws `usage`, `io`
 */
export async function withEvent<T>(
  event: string,
  options: RepositoryOptions,
  console: Console,
  work: (place: Workplace, number: number, openAs: OpenAs | null) => Promise<T>,
): Promise<T> {
  const location = parseGitHubUrl(event, new Map(Object.entries(process.env)));
  if (location !== null) {
    const { number } = location;
    if (number === null) throw new CountersignError('usage', 'event', `expected the address of a pull request, got ${quote(event)}`);
    return withRepository({ ...options, repo: event }, console, (place, openAs) => work(place, number, openAs));
  }
  const short = parseShortEvent(event);
  if (short !== null && !(await isDirectory(`${short.owner}/${short.repo}`))) {
    const address = pullAddress(short, new Map(Object.entries(process.env)));
    return withRepository({ ...options, repo: address }, console, (place, openAs) => work(place, short.number, openAs));
  }
  const { directory, number } = parseEvent(event);
  return withRepository({ ...options, repo: directory ?? options.repo }, console, (place, openAs) => work(place, number, openAs));
}
