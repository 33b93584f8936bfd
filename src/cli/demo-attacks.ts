// SPDX-License-Identifier: Apache-2.0
// What somebody who controls the host, and even holds the online key and one signer's key, can try; a client refuses each.
import { mapSource, type RepositorySource } from '../client/source.ts';
import { memoryStore } from '../client/store.ts';
import { bootstrap, refresh } from '../client/updater.ts';
import { downloadTarget } from '../client/download.ts';
import { findTarget } from '../client/roles.ts';
import type { heldOnline } from '../event/decide-publish.ts';
import type { Base } from '../event/base.ts';
import type { Files, Signer } from '../ports.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { editTargets, stageTargets } from '../tuf/edit-targets.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
import { addSeconds, type Instant } from '../tuf/instant.ts';
import { keyIdOf } from '../tuf/key.ts';
import { encodeMetadata } from '../tuf/metadata.ts';
import { parseSha256, parseTargetPath, type RoleName, type TargetPath } from '../tuf/names.ts';
import { listFile, nextVersion, planSnapshot, planTimestamp } from '../tuf/plan-online.ts';
import { metadataPath, targetFilePaths, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { newSnapshotSigned, newTimestampSigned } from '../tuf/signed-part.ts';

/** What the attacks start from. */
export interface AttackGround {
  readonly source: RepositorySource;
  readonly base: Base;
  readonly root: Uint8Array;
  readonly time: Instant;
  /** The role and one of its targets. */
  readonly role: RoleName;
  readonly path: TargetPath;
  readonly temporaryDirectory: string;
}

/** Runs an update and a download, and gives the refusal; null when the client accepted. */
async function refusalOf(
  ground: AttackGround,
  source: RepositorySource,
  store = memoryStore(),
  path = ground.path,
  into?: Files,
): Promise<Refusal | null> {
  try {
    await bootstrap(store, ground.root, ground.time);
    const session = await refresh(source, store, { time: ground.time });
    const found = await findTarget(session, path);
    if (found.result.kind !== 'found') throw new CountersignError('target-unknown', path, 'expected a listed target, got none');
    if (into !== undefined) {
      await downloadTarget(
        found.session,
        { path, file: found.result.file },
        { files: into, name: 'stolen', temporaryDirectory: ground.temporaryDirectory },
      );
    }
    return null;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { code: error.code, where: error.where, detail: error.detail };
  }
}

/** A byte of the released file is changed at the host. */
export async function changedFile(ground: AttackGround, into: Files): Promise<Refusal | null> {
  const file = ground.base.roles.get(ground.role)?.file.signed.targets.get(ground.path);
  const sha256 = parseSha256(file?.hashes.get('sha256') ?? '', ground.path);
  const changed = new Map<string, Uint8Array>();
  for (const location of targetFilePaths(ground.path, sha256)) {
    const stream = await ground.source.target(location, Number.MAX_SAFE_INTEGER);
    const pieces: Uint8Array[] = [];
    for await (const piece of stream ?? []) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    // An empty file has no byte to change: it gets one.
    if (bytes.length > 0) bytes[0] = (bytes[0] ?? 0) ^ 1;
    changed.set(location, bytes.length > 0 ? bytes : Uint8Array.of(1));
  }
  return refusalOf(ground, mapSource(changed, ground.source), memoryStore(), ground.path, into);
}

/** A timestamp of an earlier day is put back, to hide the release from clients that have seen a later one. */
export async function oldTimestamp(ground: AttackGround, old: Uint8Array): Promise<Refusal | null> {
  const store = memoryStore();
  const first = await refusalOf(ground, ground.source, store);
  if (first !== null) return null;
  return refusalOf(ground, mapSource(new Map([[TIMESTAMP_PATH, old]]), ground.source), store);
}

async function signedBy(signer: Signer, signed: ReturnType<typeof newSnapshotSigned>): Promise<Uint8Array> {
  const keyId = keyIdOf(await signer.publicKey());
  return encodeMetadata(signed, [{ keyId, sig: await signer.sign(encodeCanonicalJson(signed)) }]);
}

/** A target that one person signed alone, under snapshot and timestamp made with the stolen online key. */
export async function signedByOne(
  ground: AttackGround,
  person: Signer,
  online: Signer,
  held: ReturnType<typeof heldOnline>,
): Promise<Refusal | null> {
  const { base, role, time } = ground;
  const current = base.roles.get(role)?.file.signed;
  if (current === undefined) throw new CountersignError('role-unknown', role, 'expected this role, got none');
  const path = parseTargetPath('v1/backdoor', 'demo');
  const edit = {
    add: new Map([[path, { length: 6, sha256: parseSha256('0'.repeat(64), path), custom: null }]]),
    remove: new Set<TargetPath>(),
    existing: 'refuse' as const,
  };
  const expires = addSeconds(time, 86_400);
  const version = nextVersion(current.version);
  const forged = await signedBy(person, editTargets(current, stageTargets(current, edit).targets, { version, expires }));
  const files = new Map([...base.roles].map(([name, { file, bytes }]) => [name, listFile(file.signed.version, bytes)] as const));
  files.set(role, listFile(version, forged));
  const snapshotPlan = planSnapshot(held.snapshot?.file ?? null, base.root.signed, files);
  const snapshot = await signedBy(
    online,
    newSnapshotSigned({ version: snapshotPlan.version, expires }, base.repository, snapshotPlan.meta),
  );
  const plan = planTimestamp(held.timestamp?.file ?? null, base.root.signed, listFile(snapshotPlan.version, snapshot));
  const timestamp = await signedBy(online, newTimestampSigned({ version: plan.version, expires }, base.repository, plan.snapshot));
  const overlay = new Map([
    [metadataPath(role, version), forged],
    [metadataPath('snapshot', snapshotPlan.version), snapshot],
    [TIMESTAMP_PATH, timestamp],
  ]);
  return refusalOf(ground, mapSource(overlay, ground.source), memoryStore(), path);
}
