// SPDX-License-Identifier: Apache-2.0
import type { KeyReader } from '../tuf/key.ts';
import { encodeRoleName, parseSha256, type RoleName, type TargetPath, type Version } from '../tuf/names.ts';
import { metadataPath, targetFilePaths } from '../tuf/published-tree.ts';
import type { Root } from '../tuf/root.ts';
import type { TargetFile } from '../tuf/targets.ts';

/** Where clients of this root look for a snapshot or targets role: with the version in its name, or without (TUF §6.2). */
export function metadataLocation(root: Root<KeyReader>, role: RoleName | 'snapshot', version: Version): string {
  return root.consistentSnapshot ? metadataPath(role, version) : `metadata/${encodeRoleName(role)}.json`;
}

function besidePath(path: TargetPath, hash: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `targets/${path.slice(0, slash)}${hash}.${path.slice(slash)}`;
}

/**
 * Where a target's bytes may be, in the order in which its hashes are listed. Only of hashes that were parsed as hex: any
 * other text could lead elsewhere.
 */
export function targetLocations(root: Root<KeyReader>, path: TargetPath, file: TargetFile): readonly string[] {
  if (!root.consistentSnapshot) return [`targets/${path}`];
  return [...file.hashes].filter(([name]) => name === 'sha256' || name === 'sha512').map(([, hash]) => besidePath(path, hash));
}

/** All places where some client looks for a target: {@link targetLocations}, and where tough does. */
export function allTargetLocations(root: Root<KeyReader>, path: TargetPath, file: TargetFile): readonly string[] {
  const locations = targetLocations(root, path, file);
  const sha256 = file.hashes.get('sha256');
  if (!root.consistentSnapshot || sha256 === undefined) return locations;
  return [...new Set([...locations, ...targetFilePaths(path, parseSha256(sha256, path))])];
}
