// SPDX-License-Identifier: Apache-2.0
import { encodeInstant, instantFromSeconds } from '../tuf/instant.ts';

/**
 * A result as plain JSON values for `--json`: maps become objects, `expires` becomes a date, and bytes are left out.
 */
export function plainJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainJson);
  if (value instanceof Uint8Array) return undefined;
  if (value instanceof Map || value instanceof Set) {
    return value instanceof Set
      ? [...value].map(plainJson)
      : Object.fromEntries([...value].map(([key, item]) => [String(key), plainJson(item)]));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === 'expires' && typeof item === 'number' ? encodeInstant(instantFromSeconds(item)) : plainJson(item),
      ]),
    );
  }
  return value;
}
