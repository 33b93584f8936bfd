// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { orIoError } from '../disk/atomic-file.ts';
import { makeDirectories } from '../disk/make-directory.ts';
import { createLocalForge } from '../forge/local/index.ts';
import type { Log } from '../ports.ts';
import { openSigner } from '../signers/open-signer.ts';
import { CountersignError } from '../tuf/errors.ts';
import { writeNewKey } from './keygen-command.ts';
import { currentInstant, openLocalWorkplace, type LocalWorkplace } from './local-workplace.ts';

/** The three people of the demo. */
export const PEOPLE = ['alice', 'bob', 'carol'] as const;
/** The variable that holds the online key. */
export const ONLINE_KEY = 'COUNTERSIGN_ONLINE_KEY';

/** Where the demo happens: a new directory with keys, policy and an empty local forge. */
export interface DemoPlace {
  readonly directory: string;
  readonly policyPath: string;
  readonly onlineKey: string;
  /** A workplace of an account. */
  open(as: string): Promise<LocalWorkplace>;
}

async function newDirectory(out: string | undefined): Promise<string> {
  if (out === undefined) return orIoError(tmpdir(), 'to make a directory in it', () => mkdtemp(join(tmpdir(), 'countersign-demo-')));
  const directory = resolve(out);
  await orIoError(directory, 'to make the directory', () => makeDirectories(directory));
  if ((await orIoError(directory, 'to read the directory', () => readdir(directory))).length > 0)
    throw new CountersignError('already-exists', out, 'expected an empty directory; nothing was changed');
  return directory;
}

/** Patterns for names of up to `depth` segments behind the version. */
function patterns(depth: number): string {
  return Array.from({ length: depth }, (_, index) => `"v*${'/*'.repeat(index + 1)}"`).join(', ');
}

function policyOf(keys: ReadonlyMap<string, string>, depth: number): string {
  const people = PEOPLE.map((name) => `  ${name}: { github: ${name}, key: "${keys.get(name) ?? ''}" }`);
  return `# Who may sign what. Made by \`countersign demo\`.
people:
${people.join('\n')}
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: [${patterns(depth)}], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE_KEY}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE_KEY}"], expires: 7d, renew: 6d }
`;
}

/**
 * Makes keys, policy and forge for the demo.
 * @param depth - how many path segments the released files have
 * @throws `already-exists` when `out` is not empty, `io` where nothing can be written
 */
export async function setUpDemo(out: string | undefined, depth: number, log: Log): Promise<DemoPlace> {
  const directory = await newDirectory(out);
  const keyDirectory = join(directory, 'keys');
  await orIoError(keyDirectory, 'to make the directory', () => mkdir(keyDirectory));
  const keys = new Map<string, string>();
  for (const name of PEOPLE) keys.set(name, (await writeNewKey(join(keyDirectory, `${name}.pem`))).publicText);
  const online = await writeNewKey(join(keyDirectory, 'online.pem'));
  const policyPath = join(directory, 'countersign.yaml');
  await orIoError(policyPath, 'to write the policy', () => writeFile(policyPath, policyOf(keys, depth)));
  const forgeDirectory = join(directory, 'forge');
  await createLocalForge(forgeDirectory);
  const env = new Map<string, string | undefined>([[ONLINE_KEY, online.pem]]);
  return {
    directory,
    policyPath,
    onlineKey: online.pem,
    open: (as) =>
      openLocalWorkplace({
        directory: forgeDirectory,
        site: join(directory, 'site'),
        as,
        log,
        now: currentInstant(),
        anchor: null,
        openSigner: (uri) => openSigner(uri, { env, cwd: directory, askPassphrase: async () => null }),
      }),
  };
}
