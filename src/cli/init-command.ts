// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { init, type InitResult } from '../commands/init.ts';
import { readPolicy } from '../commands/read-policy.ts';
import { errnoOf, orIoError } from '../disk/atomic-file.ts';
import { withLock } from '../disk/lock.ts';
import { makeDirectories } from '../disk/make-directory.ts';
import { createLocalForge, type LocalForge } from '../forge/local/index.ts';
import { shellWord } from '../render/shell-word.ts';
import type { Style } from '../render/style.ts';
import { parsePublicKey } from '../signers/public-key.ts';
import { parseRepositoryId } from '../tuf/binding.ts';
import { CountersignError, outcomeOf, quote } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { readText } from './read-text.ts';
import { openRepository, requireDirectoryName, type RepositoryOptions } from './repository-options.ts';

/** What `init` takes. */
export interface InitOptions extends RepositoryOptions {
  readonly policy: string;
  readonly example: boolean;
}

const EXAMPLE = `# Who may sign what. Reviewed by people; what is trusted is the signed metadata that is made from it.
people:
  alice: { github: alice, key: "ssh-ed25519 AAAA... alice@laptop" }   # an OpenSSH public key
  bob: { github: bob, key: "pem:keys/bob.pub.pem" }                   # a public key in PEM, beside this file
  carol: { github: carol, key: "ed25519:<64 hex digits>" }            # as \`countersign keygen\` prints it
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 7d, renew: 6d }
`;

const POLICY = 'a policy (`countersign init --example` prints one to start from)';

/** What is wrong with a policy is `policy-invalid`, whichever part of it noticed, and names the file. @throws `policy-invalid` */
function policyValue<T>(file: string, parse: () => T): T {
  const outcome = outcomeOf(parse);
  if (outcome.kind === 'accepted') return outcome.value;
  const { where, detail } = outcome.refusal;
  throw new CountersignError('policy-invalid', where === file ? where : `${file}: ${where}`, detail);
}

/** Reads a policy that holds no mistake which can be seen without its keys. @throws `policy-invalid`, `io` */
export async function readPolicyText(path: string): Promise<string> {
  const text = await readText(path, POLICY);
  policyValue(path, () => readPolicy(text, path));
  return text;
}

/** Resolves the key of a policy: `pem:<file beside the policy>`, or the key itself. @throws `policy-invalid`, `io` */
export async function resolvePolicyKey(text: string, person: string, policyPath: string): Promise<JsonObject> {
  const where = `people.${person}.key`;
  const key = text.startsWith('pem:') ? await readText(resolve(dirname(policyPath), text.slice('pem:'.length)), 'a public key') : text;
  return policyValue(policyPath, () => parsePublicKey(key, where));
}

/** Begins a repository in a local forge. @throws the codes of `init` */
export async function initLocal(
  options: Pick<InitOptions, 'policy'>,
  forge: LocalForge,
  place: Parameters<typeof init>[0],
): Promise<InitResult> {
  const policy = await readPolicyText(options.policy);
  return init(place, {
    policy,
    policyName: options.policy,
    repository: parseRepositoryId(randomUUID(), 'repository'),
    files: new Map(),
    resolveKey: (text, person) => resolvePolicyKey(text, person, options.policy),
    resolveAccount: (login) => forge.ensureAccount(login),
  });
}

function initText(result: InitResult, style: Style): string {
  return [
    `${style.good('opened')} #${String(result.number)}: the first metadata of repository ${result.repository}`,
    `root v1 ${style.bold(`sha256:${result.root}`)}`,
    `each of ${result.signers.join(', ')} compares that digest with the others by other means, and then runs:`,
    `  countersign sign ${shellWord(result.url)} --key <file>`,
  ].join('\n');
}

/** The file of a local forge that says that it is complete. */
const FORGE_MARKER = 'forge.json';
/** Where a repository is begun before it is moved in; an init that is killed leaves it behind. */
const ASIDE_PREFIX = '.init-';
/** What is locked meanwhile, in the same directory. */
const LOCK = '.init';

function readNames(directory: string): Promise<readonly string[]> {
  return orIoError(directory, 'a directory for the repository', async () => {
    try {
      return await readdir(directory);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      return [];
    }
  });
}

/** Whether a repository can be made there. @throws `already-exists` when something else is there, `io` */
async function isNew(directory: string): Promise<boolean> {
  const names = (await readNames(directory)).filter((name) => !name.startsWith(ASIDE_PREFIX) && name !== `${LOCK}.lock`);
  const [first] = names;
  if (first === undefined) return true;
  if (names.includes(FORGE_MARKER)) return false;
  const detail = `expected a new or empty directory for the repository, got one with ${quote(first)}; name one with --repo`;
  throw new CountersignError('already-exists', directory, detail);
}

async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readNames(directory))
    if (name.startsWith(ASIDE_PREFIX)) await rm(join(directory, name), { recursive: true, force: true });
}

/** Whoever finds the marker finds all of the repository. */
async function moveIn(aside: string, directory: string): Promise<void> {
  const names = (await readdir(aside)).filter((name) => name !== FORGE_MARKER);
  for (const name of [...names, FORGE_MARKER]) await rename(join(aside, name), join(directory, name));
  await rmdir(aside);
}

/** Makes a repository aside and moves it in when it is begun; call it while the directory is locked. */
async function beginIn(directory: string, options: InitOptions, console: Console): Promise<InitResult> {
  if (!(await isNew(directory)))
    throw new CountersignError('already-exists', directory, 'expected to begin it, got one that another run began');
  await orIoError(directory, 'to clear what another run has left', () => removeUnfinished(directory));
  const aside = await orIoError(directory, 'to make a directory in it', () => mkdtemp(join(directory, ASIDE_PREFIX)));
  try {
    await createLocalForge(aside);
    const { place, forge } = await openRepository({ ...options, repo: aside }, console);
    const result = await initLocal(options, forge, place);
    await orIoError(directory, 'to move the repository in', () => moveIn(aside, directory));
    const pulls = await (await openRepository(options, console)).forge.openPulls('');
    return { ...result, url: pulls.find(({ number }) => number === result.number)?.url ?? result.url };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

/** A policy with a mistake leaves nothing behind. */
async function initNew(options: InitOptions, console: Console): Promise<InitResult> {
  const directory = resolve(options.repo);
  const made = await orIoError(directory, 'to make the directory', () => makeDirectories(directory));
  try {
    return await withLock(join(directory, LOCK), () => beginIn(directory, options, console));
  } catch (error) {
    // What went wrong is the news, not that another run is in the directory by now.
    if (made !== null) await Promise.allSettled([rmdir(directory)]);
    throw error;
  }
}

/** `countersign init`. */
export async function initCommand(options: InitOptions, console: Console): Promise<number> {
  if (options.example) {
    console.result({ policy: EXAMPLE }, ({ policy }) => policy);
    return EXIT.ok;
  }
  requireDirectoryName(options.repo, 'use --github OWNER/REPO');
  await readPolicyText(options.policy);
  if (await isNew(options.repo)) {
    console.result(await initNew(options, console), initText);
    return EXIT.ok;
  }
  const { place, forge } = await openRepository(options, console);
  console.result(await initLocal(options, forge, place), initText);
  return EXIT.ok;
}
