// SPDX-License-Identifier: Apache-2.0
// What a writer of metadata calls, wrapped so that a vector's input is plain data.
import { createHash } from 'node:crypto';
import { bindingObject, jsonObject, newRootSigned } from '../../src/tuf/signed-part.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { stageTargets } from '../../src/tuf/edit-targets.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseJson, type JsonValue } from '../../src/tuf/json.ts';
import { parseKeyTable } from '../../src/tuf/key.ts';
import type { Metadata } from '../../src/tuf/metadata.ts';
import { parseSha256, parseTargetPath, parseTargetsRoleName, parseVersion, TARGETS, type RoleName } from '../../src/tuf/names.ts';
import type { Snapshot } from '../../src/tuf/online.ts';
import { listFile, planSnapshot, planTimestamp, type ListedFile } from '../../src/tuf/plan-online.ts';
import type { Root } from '../../src/tuf/root.ts';
import { countSignatures, parseRoleKeys, requireThreshold, type CountInput } from '../../src/tuf/threshold.ts';
import { fileAt } from './memory-client.ts';
import { objectFromPlain, type PlainObject } from './plain-json.ts';
import { publish } from './published-repository.ts';
import {
  addRoot,
  addTarget,
  build,
  EXPIRES,
  lastRoot,
  newRepository,
  REPOSITORY_ID,
  roleOf,
  setRole,
  type RepositoryDraft,
} from './repository-builder.ts';
import { SNAPSHOT_KEY, type TestSigner } from './test-signer.ts';

/** Parses text as JSON. */
export function parseJsonText(text: string): JsonValue {
  return parseJson(new TextEncoder().encode(text));
}

function votesOf(voters: ReadonlyMap<TestSigner, string | null>): CountInput {
  const signers = [...voters.keys()];
  const keys = parseKeyTable(objectFromPlain(Object.fromEntries(signers.map(({ keyId, key }) => [keyId, key]))), 'keys', 'maker');
  const role = parseRoleKeys(objectFromPlain(roleOf(signers, 2)), 'role');
  const people = new Map([...voters].map(([{ keyId }, person]) => [keyId, person]));
  const payload = new TextEncoder().encode('{}');
  const signatures = role.keyIds.map((keyId, index) => ({ keyId, sig: signers[index]?.sign(payload) ?? '' }));
  return { payload, signatures, keys, role, voterOf: (keyId) => people.get(keyId) ?? null };
}

/** All of `voters` sign, each for the person named; two votes are required. */
export function requireVotes(voters: ReadonlyMap<TestSigner, string | null>): void {
  requireThreshold(votesOf(voters), 'role');
}

/** As {@link requireVotes}, by the verdicts on single signatures that people are shown. The number of votes is a count of people in any case. */
export function requireCountedEntries(voters: ReadonlyMap<TestSigner, string | null>): void {
  const counted = countSignatures(votesOf(voters)).entries.filter(({ verdict }) => verdict === 'counts').length;
  if (counted < 2) throw new CountersignError('threshold', 'role', `expected 2 signatures that count, got ${String(counted)}`);
}

/** A change of the role `targets`, which lists `old.txt`: contents by path. */
export interface StagedChange {
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly custom?: PlainObject;
  readonly existing?: 'refuse' | 'replace';
}

/** Stages a change. */
export function stage({ add = {}, remove = [], custom, existing = 'refuse' }: StagedChange): void {
  const repository = newRepository();
  addTarget(repository, 'targets', 'old.txt', 'old');
  const added = Object.entries(add).map(([path, text]) => {
    const sha256 = parseSha256(createHash('sha256').update(text).digest('hex'), path);
    return [
      parseTargetPath(path, 'path'),
      { length: Buffer.byteLength(text), sha256, custom: custom ? objectFromPlain(custom) : null },
    ] as const;
  });
  const removed = new Set(remove.map((path) => parseTargetPath(path, 'path')));
  stageTargets(publish(repository).targets.signed, { add: new Map(added), remove: removed, existing });
}

/** Makes the `signed` part of a root that names one person. */
export function newRootFor(person: string): void {
  const repository = newRepository();
  const { roles } = publish(repository).root.signed;
  const binding = bindingObject(parseRepositoryId(REPOSITORY_ID, 'id'), 'root', jsonObject({ people: jsonObject({ name: person }) }));
  const header = { version: parseVersion(1, 'version'), expires: parseInstant(EXPIRES, 'expires') };
  newRootSigned(header, { keys: objectFromPlain(lastRoot(repository).signed.keys), roles, binding });
}

/** What a snapshot is planned from. */
export interface PlanScene {
  readonly previous: Metadata<Snapshot>;
  readonly root: Root;
  readonly files: Map<RoleName, ListedFile>;
}

/** The role that {@link newRepository} delegates. */
export const RELEASES: RoleName = parseTargetsRoleName('releases', 'role');

/**
 * A publish of {@link newRepository} after something else was published.
 * @param published - makes of the repository what was published
 * @param snapshotSigners - the keys that a new root gives the snapshot
 */
export function planScene(published: (repository: RepositoryDraft) => void, snapshotSigners?: TestSigner[]): PlanScene {
  const repository = newRepository();
  published(repository);
  if (snapshotSigners !== undefined) {
    addRoot(repository);
    setRole(repository, 'snapshot', snapshotSigners, 1);
    repository.snapshot.signers = [SNAPSHOT_KEY];
  }
  const { root, snapshot } = publish(repository);
  const files = build(newRepository());
  const listed = (role: RoleName): [RoleName, ListedFile] => [
    role,
    listFile(parseVersion(1, role), fileAt(files, `metadata/1.${role}.json`)),
  ];
  return { previous: snapshot, root: root.signed, files: new Map([TARGETS, RELEASES].map(listed)) };
}

/** Plans the next snapshot. */
export function planWith({ previous, root, files }: PlanScene): void {
  planSnapshot(previous, root, files);
}

/** Plans a timestamp for a snapshot of this version, where clients have version 7. */
export function planTimestampFor(version: number): void {
  const repository = newRepository();
  repository.snapshot.signed.version = 7;
  const { root, timestamp } = publish(repository);
  planTimestamp(timestamp, root.signed, listFile(parseVersion(version, 'snapshot'), new Uint8Array()));
}
