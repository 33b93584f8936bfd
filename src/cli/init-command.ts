// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { init, type InitResult } from '../commands/init.ts';
import { readPolicy } from '../commands/read-policy.ts';
import { METADATA_BRANCH } from '../event/layout.ts';
import { createLocalForge, type LocalForge } from '../forge/local/index.ts';
import type { Style } from '../render/style.ts';
import { parsePublicKey } from '../signers/public-key.ts';
import { parseRepositoryId } from '../tuf/binding.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { openRepository, type RepositoryOptions } from './repository-options.ts';

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

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CountersignError('io', path, `expected ${what} to read, got none`, { cause: error });
  }
}

const POLICY = 'a policy (`countersign init --example` prints one to start from)';

/** What is wrong with a policy is `policy-invalid`, whichever part of it noticed. @throws `policy-invalid` */
function policyValue<T>(parse: () => T): T {
  const outcome = outcomeOf(parse);
  if (outcome.kind === 'accepted') return outcome.value;
  throw new CountersignError('policy-invalid', outcome.refusal.where, outcome.refusal.detail);
}

/** Resolves the key of a policy: `pem:<file beside the policy>`, or the key itself. @throws `policy-invalid`, `io` */
export async function resolvePolicyKey(text: string, person: string, policyPath: string): Promise<JsonObject> {
  const where = `people.${person}.key`;
  const key = text.startsWith('pem:') ? await readText(resolve(dirname(policyPath), text.slice('pem:'.length)), 'a public key') : text;
  return policyValue(() => parsePublicKey(key, where));
}

/** Begins a repository in a local forge. @throws the codes of `init` */
export async function initLocal(
  options: Pick<InitOptions, 'policy'>,
  forge: LocalForge,
  place: Parameters<typeof init>[0],
): Promise<InitResult> {
  const policy = await readText(options.policy, POLICY);
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
    `  countersign sign ${result.url} --as <login> --key <uri>`,
  ].join('\n');
}

/** The file of a local forge that says that it is complete. */
const FORGE_MARKER = 'forge.json';

/** Whether a repository can be made there. @throws `already-exists` when something else is there, `io` */
async function isNew(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch((error: unknown): string[] => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new CountersignError('io', directory, 'expected a directory for the repository, got none', { cause: error });
  });
  if (names.length === 0) return true;
  if (names.includes(FORGE_MARKER)) return false;
  throw new CountersignError('already-exists', directory, 'expected a new or empty directory for the repository; name one with --repo');
}

/** Makes a repository aside and moves it in when it is begun: a policy with a mistake leaves nothing behind. */
async function initNew(options: InitOptions, console: Console): Promise<InitResult> {
  const directory = resolve(options.repo);
  const made = await mkdir(directory, { recursive: true });
  const aside = await mkdtemp(join(directory, '.init-'));
  try {
    await createLocalForge(aside);
    const { place, forge } = await openRepository({ ...options, repo: aside }, console);
    const result = await initLocal(options, forge, place);
    const names = (await readdir(aside)).filter((name) => name !== FORGE_MARKER);
    for (const name of [...names, FORGE_MARKER]) await rename(join(aside, name), join(directory, name));
    await rmdir(aside);
    const pulls = await (await openRepository(options, console)).forge.pulls('', METADATA_BRANCH);
    return { ...result, url: pulls.find(({ number }) => number === result.number)?.url ?? result.url };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (made !== undefined) await rmdir(directory);
    throw error;
  }
}

/** `countersign init`. */
export async function initCommand(options: InitOptions, console: Console): Promise<number> {
  if (options.example) {
    console.result({ policy: EXAMPLE }, ({ policy }) => policy);
    return EXIT.ok;
  }
  const text = await readText(options.policy, POLICY);
  policyValue(() => readPolicy(text, options.policy));
  if (await isNew(options.repo)) {
    console.result(await initNew(options, console), initText);
    return EXIT.ok;
  }
  const { place, forge } = await openRepository(options, console);
  console.result(await initLocal(options, forge, place), initText);
  return EXIT.ok;
}
