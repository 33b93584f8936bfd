// SPDX-License-Identifier: Apache-2.0
import { METADATA_BRANCH, POLICY_PATH, proposalBranch, rolePath, ROOT_PATH, rootHistoryPath } from '../event/layout.ts';
import { readProposal } from '../event/proposal.ts';
import type { Account, CommitSha, FileContent, Forge } from '../ports.ts';
import type { FileChange } from '../render/change-text.ts';
import { renderEventText } from '../render/event-text.ts';
import { firstMetadata, type ResolvedPolicy } from '../trust/first-metadata.ts';
import type { Policy } from '../trust/policy.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import { keyIdOf, type KeyId } from '../tuf/key.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion, type RoleName } from '../tuf/names.ts';
import { parseRoot } from '../tuf/root.ts';
import { parseTargets } from '../tuf/targets.ts';
import { readPolicy } from './read-policy.ts';
import { openFirstEvent } from './setup-files.ts';
import type { Workplace } from './workplace.ts';

/** What a new repository is made from. */
export interface InitInput {
  /** The policy's text, YAML. */
  readonly policy: string;
  /** What the policy is called in messages. */
  readonly policyName: string;
  readonly repository: RepositoryId;
  /** More files for the metadata branch to begin with: the workflow that wakes gather when somebody reviews. Nobody signs these. */
  readonly files: ReadonlyMap<string, Uint8Array>;
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

const README_PATH = 'README.md';
const README = `# Metadata of this project's TUF repository

This branch holds signed metadata and the policy that it was made from. It is written by Countersign when enough people
have signed a pull request; a change that is merged by hand is ignored.
`;

/** What a repository is begun through. */
export type InitPlace = Pick<Workplace, 'forge' | 'now' | 'openSigner'>;

async function resolve(place: InitPlace, policy: Policy, input: InitInput): Promise<ResolvedPolicy> {
  const keys = new Map<string, JsonObject>();
  const owners = new Map<KeyId, string>();
  const accounts = new Map<string, Account>();
  for (const { name, key, github } of policy.people.values()) {
    const resolved = await input.resolveKey(key, name);
    const keyId = keyIdOf(resolved);
    const owner = owners.get(keyId);
    if (owner !== undefined)
      throw new CountersignError('policy-invalid', `people.${name}.key`, `expected a key of their own, got the one of ${quote(owner)}`);
    owners.set(keyId, name);
    keys.set(name, resolved);
    if (github !== null) accounts.set(name, await input.resolveAccount(github));
  }
  const onlineKeys = new Map<string, JsonObject>();
  for (const uri of new Set([...policy.snapshot.keys, ...policy.timestamp.keys])) {
    onlineKeys.set(uri, await (await place.openSigner(uri)).publicKey());
  }
  return { policy, keys, accounts, onlineKeys };
}

/**
 * Root v1 needs every key that it lists, and nothing before it could say whose approval a custody key waits for: nobody would ever sign with it.
 * @throws `policy-invalid`
 */
export function requireOwnRootKeys({ people, root }: Policy): void {
  const kept = root.signers.find((name) => (people.get(name)?.custody ?? null) !== null);
  if (kept === undefined) return;
  const why =
    'root v1 needs every key that it lists, and a key in custody is used only once a signed root says for whom; add it in root v2';
  throw new CountersignError('policy-invalid', 'roles.root.signers', `expected people who hold their keys, got ${quote(kept)}: ${why}`);
}

/** An event that nobody could complete must not be opened. @throws `policy-invalid` */
function requireCompletable(files: ReadonlyMap<string, Uint8Array>): void {
  const [problem] = readProposal(files, null).problems;
  if (problem !== undefined) throw new CountersignError('policy-invalid', problem.where, problem.detail);
}

/**
 * What an init that was ended in between has left: where the metadata branch begins, and the branch of the first event. Nobody can have signed
 * anything while there is no pull request, so all of it may be made anew.
 * @throws `already-exists` when there is more, and says how to go on
 */
async function leftovers(
  forge: Forge,
  branch: string,
  files: InitInput['files'],
): Promise<{ readonly start: CommitSha | null; readonly proposal: CommitSha | null }> {
  const start = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH) ?? null;
  const proposal = (await forge.branches(branch)).get(branch) ?? null;
  if (start !== null && [...(await forge.tree(start)).keys()].some((path) => path !== README_PATH && !files.has(path))) {
    throw new CountersignError('already-exists', METADATA_BRANCH, 'expected a repository without this branch, got one that holds files');
  }
  const open = await openFirstEvent(forge);
  if (open !== null) {
    const number = `#${String(open.number)}`;
    throw new CountersignError(
      'already-exists',
      METADATA_BRANCH,
      `expected no first event yet, got ${number}; sign it, or abandon it to begin again`,
    );
  }
  return { start, proposal };
}

async function begin(forge: Forge, files: InitInput['files']): Promise<CommitSha> {
  const readme: FileContent = { kind: 'bytes', bytes: new TextEncoder().encode(README) };
  const more = [...files].map(([path, bytes]): [string, FileContent] => [path, { kind: 'bytes', bytes }]);
  const changes = new Map([[README_PATH, readme], ...more]);
  const start = await forge.writeCommit({ base: null, parents: [], changes, message: 'Begin the metadata branch\n' });
  await forge.moveBranch(METADATA_BRANCH, null, start, 'fast-forward');
  return start;
}

function parseRootChange(bytes: Uint8Array): FileChange {
  const file = parseRoot(bytes);
  return { role: 'root', file, before: null, digest: payloadDigest(file.payload) };
}

function targetsChange(role: RoleName, files: ReadonlyMap<string, Uint8Array>): FileChange {
  const file = parseTargets(files.get(rolePath(role)) ?? new Uint8Array());
  return { role, file, before: null, digest: payloadDigest(file.payload) };
}

/**
 * Begins a repository: root v1, targets v1 and every delegated role as the policy wants them, proposed as the first signing event. Ended in between,
 * it is begun again by the next run.
 * @throws `already-exists` when there is metadata or a first event, `ref-conflict` when somebody else begins at the same time, `policy-invalid`,
 * `key-invalid`, `signer-*`
 */
export async function init(place: InitPlace, input: InitInput): Promise<InitResult> {
  const { forge } = place;
  const branch = proposalBranch('root', parseVersion(1, 'root'));
  const left = await leftovers(forge, branch, input.files);
  const policy = readPolicy(input.policy, input.policyName);
  requireOwnRootKeys(policy);
  const metadata = firstMetadata(await resolve(place, policy, input), input.repository, place.now);
  const root = encodeMetadata(metadata.root, []);
  const files = new Map<string, Uint8Array>([
    [ROOT_PATH, root],
    [rootHistoryPath(parseVersion(1, 'root')), root],
    [POLICY_PATH, new TextEncoder().encode(input.policy)],
  ]);
  for (const [role, signed] of metadata.roles) files.set(rolePath(role), encodeMetadata(signed, []));
  requireCompletable(files);
  const start = left.start ?? (await begin(forge, input.files));
  const changes = new Map<string, FileContent | null>([...files].map(([path, bytes]) => [path, { kind: 'bytes', bytes }]));
  const commit = await forge.writeCommit({ base: start, parents: [start], changes, message: 'Propose root v1\n' });
  await forge.moveBranch(branch, left.proposal, commit, 'replace');
  const digest = payloadDigest(encodeCanonicalJson(metadata.root));
  const proposed = [parseRootChange(root), ...[...metadata.roles.keys()].map((role) => targetsChange(role, files))];
  const bodyAt = (url: string): string => renderEventText({ files: proposed, url, first: input.repository });
  const title = 'Sign root v1';
  const pull = await forge.openPull({ head: branch, base: METADATA_BRANCH, title, body: bodyAt('') });
  // Whoever replaced the branch meanwhile, theirs is the root that people will be shown.
  if (pull.headSha !== commit)
    throw new CountersignError('ref-conflict', branch, 'expected to begin alone, got another init at the same time');
  // Its own address was not known before it was opened.
  await forge.editPull(pull.number, { title, body: bodyAt(pull.url) });
  return { repository: input.repository, number: pull.number, url: pull.url, root: digest, signers: policy.root.signers };
}
