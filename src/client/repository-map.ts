// SPDX-License-Identifier: Apache-2.0
// TAP 4: which of several repositories, each with a root of its own, must agree on a target.
import { CountersignError, quote } from '../tuf/errors.ts';
import { arrayField, asObject, asString, booleanField, integerField, objectField } from '../tuf/fields.ts';
import { jsonPath, parseJson, type JsonObject } from '../tuf/json.ts';
import { matchPattern } from '../tuf/path-pattern.ts';
import type { TargetFile } from '../tuf/targets.ts';

/** One entry of a map: for these paths so many of these repositories must say the same. */
export interface Mapping {
  /** Patterns of target paths: `*` and `?` within one directory. */
  readonly paths: readonly string[];
  /** Names, in the order in which they are asked. */
  readonly repositories: readonly string[];
  /** How many of them must say the same; at least 1. */
  readonly threshold: number;
  /** Whether later entries are not looked at when this one is for the path. */
  readonly terminating: boolean;
}

/** A map file. */
export interface RepositoryMap {
  /** Base URLs of each repository by name; below each are `metadata/` and `targets/`. */
  readonly repositories: ReadonlyMap<string, readonly string[]>;
  /** In order of priority. */
  readonly mapping: readonly Mapping[];
}

/** What one repository says of a path: `unsigned` when no role of it signs the path. */
export type MapAnswer =
  | { readonly kind: 'signed'; readonly file: TargetFile }
  | { readonly kind: 'unsigned' }
  /** It could not be asked, or can't be believed. */
  | { readonly kind: 'failed'; readonly error: CountersignError };

/** What a search through a map came to. */
export type MapResult =
  /** `file` is what the first of them says; each of the others names its length and one of its digests at least. */
  | { readonly kind: 'found'; readonly file: TargetFile; readonly repositories: readonly string[] }
  | { readonly kind: 'absent' }
  /** They sign different files, or too few sign any; nothing after this entry may be looked at. */
  | { readonly kind: 'disagreed'; readonly repositories: readonly string[]; readonly threshold: number }
  /** Too few agreed and this one could not be asked: to go on would let whoever blocks it choose a later entry. */
  | { readonly kind: 'failed'; readonly error: CountersignError }
  | { readonly kind: 'ambiguous'; readonly pattern: string };

function strings(raw: JsonObject, key: string, where: string): readonly string[] {
  const path = jsonPath(where, key);
  const found = arrayField(raw, key, where).map((item, index) => asString(item, jsonPath(path, index)));
  if (found.length === 0) throw new CountersignError('field-value', path, 'expected at least one, got none');
  return found;
}

function parseMapping(raw: JsonObject, where: string, known: ReadonlyMap<string, unknown>): Mapping {
  const repositories = strings(raw, 'repositories', where);
  const path = jsonPath(where, 'repositories');
  for (const name of repositories) {
    if (!known.has(name)) throw new CountersignError('field-value', path, `expected a repository of this map, got ${quote(name)}`);
  }
  // One that is named twice must not count twice.
  if (new Set(repositories).size !== repositories.length) {
    throw new CountersignError('field-value', path, 'expected each repository once, got one again');
  }
  const threshold = integerField(raw, 'threshold', where);
  if (threshold < 1 || threshold > repositories.length) {
    const detail = `expected 1 to ${String(repositories.length)}, got ${String(threshold)}`;
    throw new CountersignError('threshold-invalid', jsonPath(where, 'threshold'), detail);
  }
  return { paths: strings(raw, 'paths', where), repositories, threshold, terminating: booleanField(raw, 'terminating', where) };
}

/**
 * Parses a map file (TAP 4): `repositories` (URLs by name) and `mapping` (paths, repositories, threshold, terminating). Unknown fields are refused nowhere.
 * @throws `field-*`, `threshold-invalid`, `file-name` for a name that is no plain directory name, and the codes of the JSON reader
 */
export function parseRepositoryMap(bytes: Uint8Array): RepositoryMap {
  const raw = asObject(parseJson(bytes), '$');
  const listed = objectField(raw, 'repositories', '$');
  const repositories = new Map<string, readonly string[]>();
  for (const name of listed.keys()) {
    // It names the directory that the repository's root is in.
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name)) {
      throw new CountersignError('file-name', quote(name), 'expected letters, digits and "._-", got another name');
    }
    repositories.set(name, strings(listed, name, '$.repositories'));
  }
  const mapping = arrayField(raw, 'mapping', '$').map((item, index) => {
    const where = jsonPath('$.mapping', index);
    return parseMapping(asObject(item, where), where, repositories);
  });
  return { repositories, mapping };
}

/** Whether two entries mean the same bytes: the same length, a digest in common, and none that differs. `custom` may differ (TAP 4). */
function agree(a: TargetFile, b: TargetFile): boolean {
  if (a.length !== b.length) return false;
  const common = ['sha256', 'sha512'].filter((name) => a.hashes.has(name) && b.hashes.has(name));
  return common.length > 0 && common.every((name) => a.hashes.get(name) === b.hashes.get(name));
}

/** The first answer that enough answers agree with. */
function consensus(answers: ReadonlyMap<string, TargetFile>, threshold: number): Extract<MapResult, { kind: 'found' }> | null {
  for (const file of answers.values()) {
    const repositories = [...answers].filter(([, other]) => agree(file, other)).map(([name]) => name);
    if (repositories.length >= threshold) return { kind: 'found', file, repositories };
  }
  return null;
}

function matches(mapping: Mapping, path: string): 'match' | 'no-match' | { readonly ambiguous: string } {
  let ambiguous: string | null = null;
  for (const pattern of mapping.paths) {
    const verdict = matchPattern(pattern, path);
    if (verdict === 'match') return 'match';
    if (verdict === 'ambiguous') ambiguous ??= pattern;
  }
  return ambiguous === null ? 'no-match' : { ambiguous };
}

/**
 * Searches for a path as TAP 4 says: the entries that are for it in order, in each the repositories in order until enough agree. Patterns are read as in
 * delegations: `*` stays within one directory, so that no entry catches what an earlier one meant to keep. A generator, so that the decision does no I/O: it
 * yields the name of each repository that it needs and is given that repository's answer.
 */
export function* searchMap(map: RepositoryMap, path: string): Generator<string, MapResult, MapAnswer> {
  for (const mapping of map.mapping) {
    const verdict = matches(mapping, path);
    if (verdict === 'no-match') continue;
    if (verdict !== 'match') return { kind: 'ambiguous', pattern: verdict.ambiguous };
    const { repositories, threshold } = mapping;
    const answers = new Map<string, TargetFile>();
    let failure: CountersignError | null = null;
    for (const name of repositories) {
      const answer = yield name;
      if (answer.kind === 'failed') failure ??= answer.error;
      if (answer.kind !== 'signed') continue;
      answers.set(name, answer.file);
      const found = consensus(answers, threshold);
      if (found !== null) return found;
    }
    if (failure !== null) return { kind: 'failed', error: failure };
    if (mapping.terminating) return answers.size === 0 ? { kind: 'absent' } : { kind: 'disagreed', repositories, threshold };
  }
  return { kind: 'absent' };
}
