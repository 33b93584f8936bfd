// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';
import { asObject, stringField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';

/** The UUID that `init` gives a repository, lower case. */
export type RepositoryId = string & { readonly __brand: 'RepositoryId' };

/** Which file of which repository a signature was meant for. */
export interface Binding {
  readonly repository: RepositoryId;
  readonly role: string;
  /** All of `x-countersign`. People and periods in it are read by `src/trust`. */
  readonly raw: JsonObject;
}

/** The one object of ours, at the top of a file's `signed` part. */
export const BINDING_FIELD = 'x-countersign';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Parses a repository's UUID. @throws `field-value` */
export function parseRepositoryId(text: string, where: string): RepositoryId {
  // @check repository-id-format
  if (!UUID.test(text)) throw new CountersignError('field-value', where, `expected a lower-case UUID, got ${quote(text)}`);
  return text as RepositoryId;
}

/**
 * Parses `x-countersign` of a `signed` part; null where there is none, as in repositories of other makers.
 * @throws `field-type`, `field-missing`, `field-value`
 */
export function parseBinding(signed: JsonObject, where: string): Binding | null {
  const value = signed.get(BINDING_FIELD);
  if (value === undefined) return null;
  const path = jsonPath(where, BINDING_FIELD);
  const raw = asObject(value, path);
  const repository = parseRepositoryId(stringField(raw, 'repository', path), jsonPath(path, 'repository'));
  return { repository, role: stringField(raw, 'role', path), raw };
}

/**
 * Requires that a file was signed for this repository and role. A root without a binding (another maker's) asks for none;
 * with one, every file that people sign must carry the same repository, or a signature given elsewhere with the same key would count here.
 * @param anchor - the binding of the root that is trusted
 * @throws `binding-mismatch`
 */
export function requireBinding(anchor: Binding | null, file: Binding | null, role: string, where: string): void {
  if (anchor === null) return;
  // @check binding-present
  if (file === null) {
    throw new CountersignError('binding-mismatch', where, `expected ${BINDING_FIELD} for repository ${anchor.repository}, got none`);
  }
  // @check binding-repository
  if (file.repository !== anchor.repository) {
    throw new CountersignError('binding-mismatch', where, `expected repository ${anchor.repository}, got ${file.repository}`);
  }
  // @check binding-role
  if (file.role !== role) {
    throw new CountersignError('binding-mismatch', where, `expected a file made for role ${quote(role)}, got one for ${quote(file.role)}`);
  }
}
