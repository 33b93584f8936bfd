// SPDX-License-Identifier: Apache-2.0

/** The URI of a key as people give it: a text without a scheme is the name of a file, and so is one that begins with a drive of Windows. */
export function keyUri(key: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(key) && !/^[a-z]:[\\/]/i.test(key) ? key : `file:${key}`;
}
