// SPDX-License-Identifier: Apache-2.0
import { parseBinding, type Binding } from './binding.ts';
import { CountersignError, quote } from './errors.ts';
import { asObject, objectField } from './fields.ts';
import { jsonPath, type JsonObject, type JsonValue } from './json.ts';
import { parseMetaFile, type MetaFile } from './meta-file.ts';
import { parseMetadata, parseSignedHeader, type Metadata, type SignedHeader } from './metadata.ts';
import { parseTargetsRoleName, TARGETS, type RoleName } from './names.ts';

/** The `signed` part of a snapshot: the current version of every targets role (TUF §4.4). */
export interface Snapshot extends SignedHeader {
  readonly kind: 'snapshot';
  readonly meta: ReadonlyMap<RoleName, MetaFile>;
  readonly binding: Binding | null;
}

/** The `signed` part of a timestamp: the current snapshot (TUF §4.6). */
export interface Timestamp extends SignedHeader {
  readonly kind: 'timestamp';
  readonly snapshot: MetaFile;
  readonly binding: Binding | null;
}

const SUFFIX = '.json';

interface Entry {
  readonly role: RoleName;
  readonly listed: MetaFile;
}

/** An entry of a snapshot; null for one that nothing reads. */
function entryAt(file: string, value: JsonValue, at: string): Entry | null {
  // @check snapshot-entry-suffix
  if (!file.endsWith(SUFFIX)) throw new CountersignError('meta-invalid', at, `expected a name ending in .json, got ${quote(file)}`);
  const name = file.slice(0, -SUFFIX.length);
  const listed = parseMetaFile(asObject(value, at), at);
  // Old repositories list their root here too.
  if (name === 'root') return null;
  return { role: parseTargetsRoleName(name, at), listed };
}

function parseEntry(file: string, value: JsonValue, path: string): Entry | null {
  try {
    return entryAt(file, value, '');
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    // Again, to be refused with its path: a path for each of many thousand roles costs more than all checks.
    return entryAt(file, value, jsonPath(path, file));
  }
}

/** Parses the `signed` part of a snapshot. @throws `meta-invalid` and the codes of its parts */
export function parseSnapshotSigned(raw: JsonObject, where: string): Snapshot {
  const header = parseSignedHeader(raw, 'snapshot', where);
  const path = jsonPath(where, 'meta');
  const meta = new Map<RoleName, MetaFile>();
  for (const [file, value] of objectField(raw, 'meta', where)) {
    const entry = parseEntry(file, value, path);
    if (entry !== null) meta.set(entry.role, entry.listed);
  }
  // @check snapshot-lists-targets
  if (!meta.has(TARGETS)) throw new CountersignError('meta-invalid', path, 'expected "targets.json", got no such entry');
  return { kind: 'snapshot', ...header, meta, binding: parseBinding(raw, where) };
}

/** Parses the `signed` part of a timestamp. @throws `meta-invalid` and the codes of its parts */
export function parseTimestampSigned(raw: JsonObject, where: string): Timestamp {
  const header = parseSignedHeader(raw, 'timestamp', where);
  const path = jsonPath(where, 'meta');
  const meta = objectField(raw, 'meta', where);
  const entry = meta.get('snapshot.json');
  // @check timestamp-meta-only-snapshot
  if (meta.size > 1 || entry === undefined) {
    throw new CountersignError('meta-invalid', path, 'expected "snapshot.json" and nothing else');
  }
  const at = jsonPath(path, 'snapshot.json');
  return { kind: 'timestamp', ...header, snapshot: parseMetaFile(asObject(entry, at), at), binding: parseBinding(raw, where) };
}

/** Parses a snapshot file. */
export function parseSnapshot(bytes: Uint8Array): Metadata<Snapshot> {
  return parseMetadata(bytes, parseSnapshotSigned);
}

/** Parses a timestamp file. */
export function parseTimestamp(bytes: Uint8Array): Metadata<Timestamp> {
  return parseMetadata(bytes, parseTimestampSigned);
}
