// SPDX-License-Identifier: Apache-2.0
import { encodeInstant } from '../tuf/instant.ts';
import { isJsonObject } from '../tuf/json.ts';
import type { Metadata, PayloadDigest } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import { parsePeople } from '../trust/people.ts';

/** One file that is about to be signed, beside the one that it follows. */
export interface FileChange {
  readonly role: string;
  readonly file: Metadata<Root | Targets>;
  readonly before: Root | Targets | null;
  readonly digest: PayloadDigest;
}

const MAX_LINES = 200;

/** Text of others on a terminal: no control or direction characters, which could hide or rewrite what stands beside them. */
export function terminalText(text: string): string {
   
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sourceOf(file: TargetFile): string {
  const custom = file.raw.get('custom');
  const ours = isJsonObject(custom) ? custom.get('x-countersign') : undefined;
  const commit = isJsonObject(ours) ? ours.get('commit') : undefined;
  return typeof commit === 'string' ? `, from commit ${terminalText(commit)}` : '';
}

function targetLine(mark: string, path: string, file: TargetFile): string {
  return `  ${mark} ${terminalText(path)}  ${String(file.length)} bytes  sha256:${file.hashes.get('sha256') ?? '?'}${sourceOf(file)}`;
}

function targetLines(before: Targets | null, after: Targets): readonly string[] {
  const lines: string[] = [];
  for (const [path, file] of after.targets) {
    const old = before?.targets.get(path);
    if (old === undefined) lines.push(targetLine('+', path, file));
    else if (old.hashes.get('sha256') !== file.hashes.get('sha256') || old.length !== file.length)
      lines.push(targetLine('-', path, old), targetLine('+', path, file));
    else if (old.raw.get('custom') !== file.raw.get('custom') && JSON.stringify([...old.raw]) !== JSON.stringify([...file.raw]))
      lines.push(targetLine('~', path, file));
  }
  for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) lines.push(targetLine('-', path, file));
  return lines;
}

function keysText(signed: Root | Targets, { keyIds, threshold }: RoleKeys): string {
  const people = signed.binding === null ? null : parsePeople(signed.binding, 'x-countersign');
  const names = keyIds.map((keyId) => {
    const person = people?.byKey.get(keyId);
    return person === undefined ? keyId.slice(0, 12) : `${person.name}${person.custody ? ' (custody)' : ''}`;
  });
  return `${String(threshold)} of ${names.map(terminalText).join(', ')}`;
}

function delegationTexts(signed: Targets | null): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const delegations = signed?.delegations ?? null;
  if (signed === null || delegations === null) return texts;
  if (delegations.kind === 'succinct') return texts.set('hash bins', keysText(signed, delegations.succinct));
  for (const role of delegations.roles) {
    const paths = role.paths.kind === 'patterns' ? role.paths.patterns.map(terminalText).join(' ') : 'by hash prefix';
    texts.set(role.name, `${keysText(signed, role)}; paths ${paths}${role.terminating ? '; terminating' : ''}`);
  }
  return texts;
}

function rootTexts(signed: Root | null): ReadonlyMap<string, string> {
  if (signed === null) return new Map();
  return new Map(
    Object.entries(signed.roles).map(([role, keys]) => [
      role,
      role === 'root' || role === 'targets'
        ? keysText(signed, keys)
        : `${String(keys.threshold)} of ${String(keys.keyIds.length)} online keys`,
    ]),
  );
}

function mapLines(what: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const lines: string[] = [];
  for (const [name, text] of after) {
    const old = before.get(name);
    if (old === text) continue;
    if (old !== undefined) lines.push(`  - ${what} ${terminalText(name)}: ${old}`);
    lines.push(`  + ${what} ${terminalText(name)}: ${text}`);
  }
  for (const [name, old] of before) if (!after.has(name)) lines.push(`  - ${what} ${terminalText(name)}: ${old}`);
  return lines;
}

function fileLines({ role, file, before, digest }: FileChange): readonly string[] {
  const { signed } = file;
  const head = [
    `${terminalText(role)} v${String(signed.version)}${before === null ? ' (new)' : ` (now v${String(before.version)})`}`,
    `  payload sha256:${digest}`,
    `  expires ${before === null ? '' : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}`,
  ];
  if (signed.kind === 'root') return [...head, ...mapLines('role', rootTexts(before?.kind === 'root' ? before : null), rootTexts(signed))];
  const old = before?.kind === 'targets' ? before : null;
  const targets = targetLines(old, signed);
  const shown =
    targets.length > MAX_LINES ? [...targets.slice(0, MAX_LINES), `  … and ${String(targets.length - MAX_LINES)} more targets`] : targets;
  return [...head, ...mapLines('role', delegationTexts(old), delegationTexts(signed)), ...shown];
}

/** What a person is asked to sign, for a terminal: computed from what their own machine verified, not from what a page says. */
export function describeChange(files: readonly FileChange[], firstMeeting: boolean): string {
  const lines = files.flatMap((file) => [...fileLines(file), '']);
  if (firstMeeting)
    lines.push('This machine has not met this repository before: compare the root digest with the others by other means.', '');
  return lines.join('\n');
}
