// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { withoutBase } from '../event/base-files.ts';
import type { EventFacts } from '../event/facts.ts';
import { classifyPath, METADATA_BRANCH, PROPOSAL_PREFIX, rolePath } from '../event/layout.ts';
import { signersOf } from '../event/proposal.ts';
import type { BlobId, CommitSha, Forge, Pull, TreeEntry } from '../ports.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { asObject, objectField } from '../tuf/fields.ts';
import { parseJson, type JsonValue } from '../tuf/json.ts';
import { encodeMetadata, payloadDigest, type Metadata, type PayloadDigest } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import { requireThreshold } from '../tuf/threshold.ts';

const HISTORY_DEPTH = 30;

function roleOfPath(path: string): string | null {
  const what = classifyPath(path);
  if (what.kind === 'root') return 'root';
  return what.kind === 'role' ? what.role : null;
}

/** The payload of a metadata file's bytes; null when they are no such file. */
function payloadOf(bytes: Uint8Array): Uint8Array | null {
  const outcome = outcomeOf(() => encodeCanonicalJson(objectField(asObject(parseJson(bytes), '$'), 'signed', '$')));
  return outcome.kind === 'accepted' ? outcome.value : null;
}

async function changedFiles(
  forge: Forge,
  fork: ReadonlyMap<string, TreeEntry>,
  head: ReadonlyMap<string, TreeEntry>,
): Promise<ReadonlyMap<string, Uint8Array | null>> {
  const changed = [...head].filter(([path, { id, kind }]) => fork.get(path)?.id !== id || fork.get(path)?.kind !== kind);
  const plain = changed.filter(([, { kind }]) => kind === 'file');
  const blobs = await forge.blobs([...new Set(plain.map(([, { id }]) => id))]);
  const changes = new Map<string, Uint8Array | null>();
  for (const [path, { id, kind }] of changed) {
    const bytes = kind === 'file' ? blobs.get(id) : undefined;
    // A link or a submodule counts as a deletion: either stops the event, by name.
    changes.set(path, bytes ?? null);
  }
  for (const path of fork.keys()) if (!head.has(path)) changes.set(path, null);
  return changes;
}

/** Payload digests of the metadata files of a commit among `paths`, by role. */
export async function payloadsAt(forge: Forge, commit: CommitSha, paths: readonly string[]): Promise<ReadonlyMap<string, PayloadDigest>> {
  const tree = await forge.tree(commit);
  const wanted = paths.flatMap((path): [string, BlobId][] => {
    const entry = tree.get(path);
    const role = roleOfPath(path);
    return entry?.kind !== 'file' || role === null ? [] : [[role, entry.id]];
  });
  const blobs = await forge.blobs(wanted.map(([, id]) => id));
  const digests = new Map<string, PayloadDigest>();
  for (const [role, id] of wanted) {
    const payload = payloadOf(blobs.get(id) ?? new Uint8Array());
    if (payload !== null) digests.set(role, payloadDigest(payload));
  }
  return digests;
}

/** Every payload that some files had on a branch, by digest. */
export async function payloadHistory(
  forge: Forge,
  head: CommitSha,
  paths: readonly string[],
): Promise<ReadonlyMap<PayloadDigest, Uint8Array>> {
  const payloads = new Map<PayloadDigest, Uint8Array>();
  for (const path of paths) {
    const blobs = await forge.blobs(await forge.history(head, path, HISTORY_DEPTH));
    for (const bytes of blobs.values()) {
      const payload = payloadOf(bytes);
      if (payload !== null) payloads.set(payloadDigest(payload), payload);
    }
  }
  return payloads;
}

/** A role's file, if enough people have signed it as the base delegates the role. */
function signedAs(role: RoleName, bytes: Uint8Array, base: Base): Metadata<Targets> | null {
  const signers = signersOf(base, role);
  if (signers === null) return null;
  const outcome = outcomeOf(() => {
    const file = parseTargets(bytes);
    requireThreshold({ payload: file.payload, signatures: file.signatures, keys: signers.keys, role: signers.roleKeys }, role);
    return file;
  });
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/**
 * The role's last signed file where a proposal left the metadata branch. The head there may have been bad, and whoever can push would decide by it what the
 * proposal seems to change: then what the branch had before is looked at.
 * @param bytes - the file as it was there; null when there was none
 * @returns a file without targets when none of them is signed, though the base has the role: then all that the proposal lists is its own, and it takes nothing away
 */
async function readFork(
  forge: Forge,
  fork: CommitSha | null,
  role: RoleName,
  bytes: Uint8Array | null,
  base: Base | null,
): Promise<Uint8Array | null> {
  const known = base?.roles.get(role);
  // A role that is new has nothing that could be signed.
  if (base === null || known === undefined) return bytes;
  if (bytes !== null && (Buffer.compare(bytes, known.bytes) === 0 || signedAs(role, bytes, base) !== null)) return bytes;
  const before = await forge.blobs(fork === null ? [] : await forge.history(fork, rolePath(role), HISTORY_DEPTH));
  const signed = [...before.values()].flatMap((one) => {
    const file = signedAs(role, one, base);
    return file === null ? [] : [{ bytes: one, version: file.signed.version }];
  });
  const [last] = signed.sort((a, b) => b.version - a.version);
  return last?.bytes ?? encodeMetadata(new Map<string, JsonValue>(known.file.signed.raw).set('targets', new Map()), []);
}

function pullFacts({ number, headSha, author, url, head: branch, from }: Pull): EventFacts['pull'] {
  return { number, headSha, author, url, branch, from };
}

/**
 * Gathers all facts of one pull request. Of a fork's none but that it is one: it never completes, and whoever made it could make every run read any amount.
 * @param base - the last verified state: what it has already is no change, whatever the metadata branch says
 */
export async function readEvent(forge: Forge, pull: Pull, metadataHead: CommitSha, base: Base | null): Promise<EventFacts> {
  if (pull.from === 'fork') {
    const nothing = { changes: new Map(), forkedFrom: new Map(), payloadsAt: new Map(), earlierPayloads: new Map() };
    return { pull: pullFacts(pull), reviews: [], comments: [], ...nothing };
  }
  const forkSha = await forge.mergeBase(metadataHead, pull.headSha);
  const fork = forkSha === null ? new Map<string, TreeEntry>() : await forge.tree(forkSha);
  const head = await forge.tree(pull.headSha);
  const changes = withoutBase(await changedFiles(forge, fork, head), head, base);
  const paths = [...changes.keys()].filter((path) => roleOfPath(path) !== null);
  const forkBlobs = await forge.blobs(
    paths.flatMap((path) => [fork.get(path)].flatMap((entry) => (entry?.kind === 'file' ? [entry.id] : []))),
  );
  const forkedFrom = new Map<RoleName, Uint8Array>();
  for (const path of paths) {
    const what = classifyPath(path);
    if (what.kind !== 'role') continue;
    const entry = fork.get(path);
    const there = entry?.kind === 'file' ? (forkBlobs.get(entry.id) ?? null) : null;
    const bytes = await readFork(forge, forkSha, what.role, there, base);
    if (bytes !== null) forkedFrom.set(what.role, bytes);
  }
  const reviews = await forge.reviews(pull.number);
  const commits = new Set(reviews.flatMap(({ commitSha }) => (commitSha === null ? [] : [commitSha])));
  const digests = new Map<CommitSha, ReadonlyMap<string, PayloadDigest>>();
  for (const commit of commits) digests.set(commit, await payloadsAt(forge, commit, paths));
  return {
    pull: pullFacts(pull),
    changes,
    forkedFrom,
    reviews,
    comments: await forge.comments(pull.number),
    payloadsAt: digests,
    earlierPayloads: await payloadHistory(forge, pull.headSha, paths),
  };
}

/** All pull requests of proposals against the metadata branch, open or not, oldest first. */
export async function proposalPulls(forge: Pick<Forge, 'pulls'>): Promise<readonly Pull[]> {
  return forge.pulls(PROPOSAL_PREFIX, METADATA_BRANCH);
}

/** Open pull requests of proposals against the metadata branch, oldest first. */
export async function openPulls(forge: Forge): Promise<readonly Pull[]> {
  return openAmong(await proposalPulls(forge));
}

/** Those of some pull requests that are open events. */
export function openAmong(pulls: readonly Pull[]): readonly Pull[] {
  return pulls.filter(({ state, base }) => state === 'open' && base === METADATA_BRANCH);
}

/**
 * Opens the pull request of every proposal branch that has none: a propose was ended after it had moved the branch. A branch at which an
 * event was closed is left alone.
 */
export async function adoptOrphans(forge: Forge): Promise<void> {
  const branches = await forge.branches(PROPOSAL_PREFIX);
  if (branches.size === 0) return;
  const ours = (await proposalPulls(forge)).filter(({ from }) => from === 'repository');
  for (const [branch, head] of branches) {
    const known = ours.some((pull) => pull.head === branch && (pull.state === 'open' || pull.state === 'merged' || pull.headSha === head));
    if (known) continue;
    // Whoever abandoned its event in between has moved it first.
    if ((await forge.branches(branch)).get(branch) !== head) continue;
    try {
      await forge.openPull({ head: branch, base: METADATA_BRANCH, title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`, body: '' });
    } catch (error) {
      // Anyone who may push can leave a branch of which the host makes no pull request; that must not stop the others.
      if (!(error instanceof CountersignError && error.code === 'event-invalid')) throw error;
    }
  }
}
