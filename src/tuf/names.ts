// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';

/** A version of a metadata file: a safe integer of at least 1 (TUF §4.3). */
export type Version = number & { readonly __brand: 'Version' };
/** How many keys must sign: a safe integer of at least 1 (TUF §4.3). */
export type Threshold = number & { readonly __brand: 'Threshold' };
/** The name of a targets role: `targets`, or of a delegated role. */
export type RoleName = string & { readonly __brand: 'RoleName' };
/** A target's path as metadata has it: relative, `/` between segments (TUF §4.5). */
export type TargetPath = string & { readonly __brand: 'TargetPath' };
/** A sha256 digest, 64 lower-case hex digits. */
export type Sha256Hex = string & { readonly __brand: 'Sha256Hex' };

/** The roles that a root lists (TUF §4.3). */
export const TOP_LEVEL_ROLES: readonly TopLevelRole[] = ['root', 'timestamp', 'snapshot', 'targets'];
/** A role that a root lists. */
export type TopLevelRole = 'root' | 'timestamp' | 'snapshot' | 'targets';

/** The top-level targets role. */
export const TARGETS: RoleName = 'targets' as RoleName;

/** The longest role name that we read, in characters once percent-encoded: `<version>.<name>.json` must be a file name of at most 255. */
const MAX_ENCODED_ROLE_NAME = 200;

/** What a percent-encoder leaves as it is: nearly all names. */
const UNRESERVED = /^[A-Za-z0-9_.~-]*$/;
// And halves of surrogate pairs, which no URL can hold.
const CONTROL = /[\p{Cc}\p{Cs}]/u;
const HEX_64 = /^[0-9a-f]{64}$/;

/** Parses a version. @throws `version-invalid` */
export function parseVersion(value: number, where: string): Version {
  // @check version-positive
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CountersignError('version-invalid', where, `expected a version of at least 1, got ${String(value)}`);
  return value as Version;
}

/** Parses a threshold. @throws `threshold-invalid` */
export function parseThreshold(value: number, where: string): Threshold {
  // @check threshold-positive
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CountersignError('threshold-invalid', where, `expected a threshold of at least 1, got ${String(value)}`);
  return value as Threshold;
}

/**
 * Parses the name of a delegated role as other people's metadata may have it. Names reach URLs percent-encoded, so a slash
 * is allowed here; what we write ourselves is narrower (see `compatibility.ts`).
 * @throws `role-name-invalid` for a top-level name, an empty or over-long one, or one with control characters
 */
export function parseDelegatedRoleName(text: string, where: string): RoleName {
  // @check role-name-hostile
  if (text === '' || CONTROL.test(text) || encodeRoleName(text).length > MAX_ENCODED_ROLE_NAME) {
    throw new CountersignError('role-name-invalid', where, `expected a role name, got ${quote(text)}`);
  }
  // A delegated role named like a top-level one would be stored, cached and looked up as that one.
  // @check role-name-reserved
  if (TOP_LEVEL_ROLES.some((name) => name === text) || text === 'mirrors') {
    throw new CountersignError('role-name-invalid', where, `expected a delegated role's name, got the top-level role ${quote(text)}`);
  }
  return text as RoleName;
}

/** Parses the name of any targets role. @throws `role-name-invalid` */
export function parseTargetsRoleName(text: string, where: string): RoleName {
  return text === TARGETS ? TARGETS : parseDelegatedRoleName(text, where);
}

/** Parses a target path as metadata may list it. @throws `target-path-invalid` when it is empty or has a control character */
export function parseTargetPath(text: string, where: string): TargetPath {
  // @check target-path-form
  if (text === '' || CONTROL.test(text)) {
    throw new CountersignError('target-path-invalid', where, `expected a path, got ${quote(text)}`);
  }
  return text as TargetPath;
}

/** Parses a sha256 digest: exactly 64 lower-case hex digits. @throws `hash-invalid` */
export function parseSha256(text: string, where: string): Sha256Hex {
  // @check hash-format
  if (!HEX_64.test(text)) throw new CountersignError('hash-invalid', where, `expected 64 lower-case hex digits, got ${quote(text)}`);
  return text as Sha256Hex;
}

/**
 * Percent-encodes a role name for a file name or URL as python-tuf does (`quote(name, safe="")`): everything
 * but letters, digits and `_.-~`.
 */
export function encodeRoleName(name: string): string {
  if (UNRESERVED.test(name)) return name;
  return encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
