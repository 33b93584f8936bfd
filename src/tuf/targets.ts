// SPDX-License-Identifier: Apache-2.0
import { parseBinding, type Binding } from './binding.ts';
import { parseDelegations, type Delegations } from './delegations.ts';
import { CountersignError } from './errors.ts';
import { asObject, objectField } from './fields.ts';
import { jsonPath, type JsonObject, type JsonValue } from './json.ts';
import type { KeyReader } from './key.ts';
import { parseHashes, parseLength, type Hashes } from './meta-file.ts';
import { parseMetadata, parseSignedHeader, type Metadata, type SignedHeader } from './metadata.ts';
import { parseTargetPath, type TargetPath } from './names.ts';

/** What a targets role says of one target file (TUF §4.5). */
export interface TargetFile {
  /** In bytes. */
  readonly length: number;
  /** At least one of them is a sha256 or a sha512. */
  readonly hashes: Hashes;
  /** The whole entry, `custom` and unknown fields included. */
  readonly raw: JsonObject;
}

/** The `signed` part of a targets role, top-level or delegated (TUF §4.5). */
export interface Targets<R extends KeyReader = 'maker'> extends SignedHeader {
  readonly kind: 'targets';
  readonly targets: ReadonlyMap<TargetPath, TargetFile>;
  readonly delegations: Delegations<R> | null;
  readonly binding: Binding | null;
}

/** Parses one target's entry. @throws `length-invalid`, `hashes-missing`, `hash-invalid`, `field-*` */
export function parseTargetFile(raw: JsonObject, where: string): TargetFile {
  if (raw.has('custom')) objectField(raw, 'custom', where);
  return { length: parseLength(raw, where), hashes: parseHashes(raw, where), raw };
}

interface Entry {
  readonly targetPath: TargetPath;
  readonly file: TargetFile;
}

function entryAt(name: string, value: JsonValue, where: string): Entry {
  return { targetPath: parseTargetPath(name, where), file: parseTargetFile(asObject(value, where), where) };
}

function parseEntry(name: string, value: JsonValue, path: string): Entry {
  try {
    return entryAt(name, value, '');
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    // Again, to be refused with its path: a path for each of many thousand targets costs more than all checks.
    return entryAt(name, value, jsonPath(path, name));
  }
}

/** Parses the `signed` part of a targets role, its keys as `reader` reads them. @throws the codes of its parts */
export function parseTargetsSignedAs<R extends KeyReader>(reader: R, raw: JsonObject, where: string): Targets<R> {
  const header = parseSignedHeader(raw, 'targets', where);
  const path = jsonPath(where, 'targets');
  const targets = new Map<TargetPath, TargetFile>();
  for (const [name, value] of objectField(raw, 'targets', where)) {
    const { targetPath, file } = parseEntry(name, value, path);
    targets.set(targetPath, file);
  }
  const delegations = raw.has('delegations')
    ? parseDelegations(reader, objectField(raw, 'delegations', where), jsonPath(where, 'delegations'))
    : null;
  return { kind: 'targets', ...header, targets, delegations, binding: parseBinding(raw, where) };
}

/** As {@link parseTargetsSignedAs}, for a maker. */
export function parseTargetsSigned(raw: JsonObject, where: string): Targets {
  return parseTargetsSignedAs('maker', raw, where);
}

/** Parses the file of a targets role, its keys as `reader` reads them. */
export function parseTargetsAs<R extends KeyReader>(reader: R, bytes: Uint8Array): Metadata<Targets<R>> {
  return parseMetadata(bytes, (raw, where) => parseTargetsSignedAs(reader, raw, where));
}

/** As {@link parseTargetsAs}, for a maker. */
export function parseTargets(bytes: Uint8Array): Metadata<Targets> {
  return parseTargetsAs('maker', bytes);
}
