// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { init, type InitResult } from '../commands/init.ts';
import { readPolicy } from '../commands/read-policy.ts';
import { createLocalForge, type LocalForge } from '../forge/local/index.ts';
import type { Style } from '../render/style.ts';
import { parsePublicKey } from '../signers/public-key.ts';
import { parseRepositoryId } from '../tuf/binding.ts';
import { CountersignError } from '../tuf/errors.ts';
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

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CountersignError('io', path, 'expected a readable file; `countersign init --example` prints a policy to start from', {
      cause: error,
    });
  }
}

/** Resolves the key of a policy: `pem:<file beside the policy>`, or the key itself. */
export async function resolvePolicyKey(text: string, person: string, policyPath: string): Promise<JsonObject> {
  const where = `people.${person}.key`;
  if (!text.startsWith('pem:')) return parsePublicKey(text, where);
  return parsePublicKey(await readText(resolve(dirname(policyPath), text.slice('pem:'.length))), where);
}

/** Makes the local forge of a directory, unless one is there. */
export async function ensureLocalForge(directory: string): Promise<void> {
  try {
    await createLocalForge(directory);
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === 'already-exists')) throw error;
  }
}

/** Begins a repository in a local forge. @throws the codes of `init` */
export async function initLocal(
  options: Pick<InitOptions, 'policy'>,
  forge: LocalForge,
  place: Parameters<typeof init>[0],
): Promise<InitResult> {
  const policy = await readText(options.policy);
  return init(place, {
    policy,
    policyName: options.policy,
    repository: parseRepositoryId(randomUUID(), 'repository'),
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

/** `countersign init`. */
export async function initCommand(options: InitOptions, console: Console): Promise<number> {
  if (options.example) {
    process.stdout.write(EXAMPLE);
    return EXIT.ok;
  }
  // Before anything is made on disk: a policy with a mistake leaves nothing behind.
  readPolicy(await readText(options.policy), options.policy);
  await ensureLocalForge(options.repo);
  const { place, forge } = await openRepository(options, console);
  console.result(await initLocal(options, forge, place), initText);
  return EXIT.ok;
}
