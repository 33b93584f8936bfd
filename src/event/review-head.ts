// SPDX-License-Identifier: Apache-2.0
import { quote } from '../tuf/errors.ts';
import type { Base, Finding } from './base.ts';
import { classifyPath, rolePath, ROOT_PATH, rootHistoryPath } from './layout.ts';
import { signersOf } from './proposal.ts';

function finding(code: Finding['code'], where: string, detail: string): Finding {
  return { source: 'metadata-branch', code, where, detail };
}

function missing(path: string, name: string, version: number): Finding {
  const detail = `expected ${name} v${String(version)}, which is verified elsewhere, got no file; it is built upon as if the branch had it`;
  return finding('role-missing', path, detail);
}

/**
 * What the head of the metadata branch has among its metadata that is no part of the base, and what of the base it lacks. Files that do not verify
 * are {@link computeBase}'s to report; a file outside `metadata/` is nobody's business but its owner's.
 * @param paths - of all regular files of the head
 * @param others - of what is no regular file: links, submodules
 */
export function reviewHead(paths: ReadonlySet<string>, others: ReadonlySet<string>, base: Base): readonly Finding[] {
  const findings = [...others]
    .filter((path) => path.startsWith('metadata/'))
    .map((path) => finding('file-type', path, 'expected a plain file, got a link or a submodule'));
  for (const path of paths) {
    if (!path.startsWith('metadata/')) continue;
    const what = classifyPath(path);
    if (what.kind === 'unclaimed') findings.push(finding('event-file-unclaimed', path, `expected only metadata here, got ${quote(path)}`));
    else if (what.kind === 'role' && !base.roles.has(what.role) && signersOf(base, what.role) === null)
      findings.push(finding('role-unknown', path, 'expected a role that is delegated, got one that nobody delegates to'));
  }
  const expected = new Map<string, Finding>();
  for (const { file } of base.roots) {
    const { version } = file.signed;
    const path = rootHistoryPath(version);
    expected.set(path, missing(path, 'root', version));
  }
  expected.set(ROOT_PATH, missing(ROOT_PATH, 'root', base.root.signed.version));
  for (const [role, { file }] of base.roles) expected.set(rolePath(role), missing(rolePath(role), role, file.signed.version));
  for (const [path, one] of expected) if (!paths.has(path)) findings.push(one);
  return findings;
}
