// SPDX-License-Identifier: Apache-2.0
import { METADATA_BRANCH, POLICY_PATH, proposalBranch, rolePath, ROOT_PATH, rootHistoryPath } from '../event/layout.ts';
import type { Account, FileContent } from '../ports.ts';
import { firstMetadata, type ResolvedPolicy } from '../trust/first-metadata.ts';
import type { Policy } from '../trust/policy.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion } from '../tuf/names.ts';
import { readPolicy } from './read-policy.ts';
import type { Workplace } from './workplace.ts';

/** What a new repository is made from. */
export interface InitInput {
  /** The policy's text, YAML. */
  readonly policy: string;
  /** What the policy is called in messages. */
  readonly policyName: string;
  readonly repository: RepositoryId;
  /** A person's public key, as the policy writes it, as a TUF key object. @throws `key-invalid`, `io` */
  resolveKey(text: string, person: string): Promise<JsonObject>;
  /** The account of a login. @throws `people-invalid` when there is none */
  resolveAccount(login: string): Promise<Account>;
}

/** What `init` made: the first signing event. */
export interface InitResult {
  readonly repository: RepositoryId;
  readonly number: number;
  readonly url: string;
  /** The payload digest of root v1, to be compared by other means. */
  readonly root: PayloadDigest;
  /** Everyone who must sign: root v1 needs every key it lists. */
  readonly signers: readonly string[];
}

const README = `# Metadata of this project's TUF repository

This branch holds signed metadata and the policy that it was made from. It is written by Countersign when enough people
have signed a pull request; a change that is merged by hand is ignored.
`;

async function resolve(place: Workplace, policy: Policy, input: InitInput): Promise<ResolvedPolicy> {
  const keys = new Map<string, JsonObject>();
  const accounts = new Map<string, Account>();
  for (const { name, key, github } of policy.people.values()) {
    keys.set(name, await input.resolveKey(key, name));
    if (github !== null) accounts.set(name, await input.resolveAccount(github));
  }
  const onlineKeys = new Map<string, JsonObject>();
  for (const uri of new Set([...policy.snapshot.keys, ...policy.timestamp.keys])) {
    onlineKeys.set(uri, await (await place.openSigner(uri)).publicKey());
  }
  return { policy, keys, accounts, onlineKeys };
}

/**
 * Begins a repository: root v1, targets v1 and every delegated role as the policy wants them, proposed as the first signing event.
 * @throws `already-exists` when the metadata branch exists, `policy-invalid`, `key-invalid`, `signer-*`
 */
export async function init(place: Workplace, input: InitInput): Promise<InitResult> {
  const { forge } = place;
  if ((await forge.branches(METADATA_BRANCH)).has(METADATA_BRANCH)) {
    throw new CountersignError('already-exists', METADATA_BRANCH, 'expected a repository without this branch, got one that has it');
  }
  const policy = readPolicy(input.policy, input.policyName);
  const metadata = firstMetadata(await resolve(place, policy, input), input.repository, place.now);
  const readme: FileContent = { kind: 'bytes', bytes: new TextEncoder().encode(README) };
  const start = await forge.writeCommit({
    base: null,
    parents: [],
    changes: new Map([['README.md', readme]]),
    message: 'Begin the metadata branch\n',
  });
  await forge.moveBranch(METADATA_BRANCH, null, start, 'fast-forward');
  const root = encodeMetadata(metadata.root, []);
  const files = new Map<string, Uint8Array>([
    [ROOT_PATH, root],
    [rootHistoryPath(parseVersion(1, 'root')), root],
    [POLICY_PATH, new TextEncoder().encode(input.policy)],
  ]);
  for (const [role, signed] of metadata.roles) files.set(rolePath(role), encodeMetadata(signed, []));
  const changes = new Map<string, FileContent | null>([...files].map(([path, bytes]) => [path, { kind: 'bytes', bytes }]));
  const commit = await forge.writeCommit({ base: start, parents: [start], changes, message: 'Propose root v1\n' });
  const branch = proposalBranch('root', parseVersion(1, 'root'));
  await forge.moveBranch(branch, null, commit, 'fast-forward');
  const digest = payloadDigest(encodeCanonicalJson(metadata.root));
  const body = `The first metadata of this repository, \`${input.repository}\`.\n\n- root v1: \`sha256:${digest}\`\n\nEveryone whom root v1 lists must sign it. Compare the digest with each other by other means first.\n`;
  const pull = await forge.openPull({ head: branch, base: METADATA_BRANCH, title: 'Sign root v1', body });
  return { repository: input.repository, number: pull.number, url: pull.url, root: digest, signers: policy.root.signers };
}
