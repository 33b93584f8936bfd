// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { encodeInstant } from '../tuf/instant.ts';
import { isJsonObject } from '../tuf/json.ts';
import type { Metadata, PayloadDigest } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import type { RoleKeys } from '../tuf/threshold.ts';
import { parsePeople } from '../trust/people.ts';
import { diffFields } from './field-diff.ts';

/** One file that is about to be signed, beside the one that it follows. */
export interface FileChange {
  readonly role: string;
  readonly file: Metadata<Root | Targets>;
  readonly before: Root | Targets | null;
  readonly digest: PayloadDigest;
}

const MAX_LINES = 200;

/** All that is not seen, or seen as something else: controls, directions, joiners, blanks but the space, what no font has. */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Text of others on a terminal: no characters that could hide or rewrite what stands beside them, or that nobody sees. */
export function terminalText(text: string): string {
  return text.replace(UNSEEN, (c) => {
    if (c === ' ') return c;
    const hex = (c.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
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
    if (old === undefined) {
      lines.push(targetLine('+', path, file));
    } else if (old.hashes.get('sha256') !== file.hashes.get('sha256') || old.length !== file.length) {
      lines.push(targetLine('-', path, old), targetLine('+', path, file));
    } else if (Buffer.compare(encodeCanonicalJson(old.raw), encodeCanonicalJson(file.raw)) !== 0) {
      // The same bytes, but another commit, another digest of another kind, or other words about them.
      const fields = diffFields(old.raw, file.raw, new Set());
      lines.push(
        targetLine('~', path, file),
        ...fields.map(
          ({ path: at, before: was, after: is }) =>
            `      ${terminalText(at)}: ${terminalText(was ?? 'nothing')} -> ${terminalText(is ?? 'nothing')}`,
        ),
      );
    }
  }
  for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) lines.push(targetLine('-', path, file));
  return lines;
}

function keysText(signed: Root | Targets, { keyIds, threshold }: RoleKeys): string {
  const people = signed.binding === null ? null : parsePeople(signed.binding, 'x-countersign');
  const names = keyIds.map((keyId) => {
    const person = people?.byKey.get(keyId);
    // With the key: a name stays the same when somebody else's key is put behind it.
    const key = `key ${keyId.slice(0, 12)}`;
    return person === undefined ? key : `${person.name} (${person.custody ? 'custody, ' : ''}${key})`;
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

/** Shown by lines of their own. */
const SUMMARISED: ReadonlySet<string> = new Set(['$.version', '$.expires', '$.targets']);

function fieldLines(before: Root | Targets | null, after: Root | Targets): readonly string[] {
  if (before === null) return [];
  const changes = diffFields(before.raw, after.raw, SUMMARISED);
  const lines = changes
    .slice(0, MAX_LINES)
    .map(
      ({ path, before: old, after: now }) =>
        `  ~ ${terminalText(path)}: ${terminalText(old ?? 'nothing')} -> ${terminalText(now ?? 'nothing')}`,
    );
  return changes.length > MAX_LINES ? [...lines, `  … and ${String(changes.length - MAX_LINES)} more fields`] : lines;
}

function fileLines({ role, file, before, digest }: FileChange): readonly string[] {
  const { signed } = file;
  const head = [
    `${terminalText(role)} v${String(signed.version)}${before === null ? ' (new)' : ` (now v${String(before.version)})`}`,
    `  payload sha256:${digest}`,
    `  expires ${before === null ? '' : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}`,
  ];
  if (signed.kind === 'root') {
    return [
      ...head,
      ...mapLines('role', rootTexts(before?.kind === 'root' ? before : null), rootTexts(signed)),
      ...fieldLines(before, signed),
    ];
  }
  const old = before?.kind === 'targets' ? before : null;
  const targets = targetLines(old, signed);
  const shown =
    targets.length > MAX_LINES ? [...targets.slice(0, MAX_LINES), `  … and ${String(targets.length - MAX_LINES)} more targets`] : targets;
  return [...head, ...mapLines('role', delegationTexts(old), delegationTexts(signed)), ...fieldLines(before, signed), ...shown];
}

/**
 * What a person is asked to sign, for a terminal: computed from what their own machine verified, not from what a page says.
 * @param newRoot - the payload digest of root v1 when this machine meets the repository for the first time, else null
 */
export function describeChange(files: readonly FileChange[], newRoot: PayloadDigest | null): string {
  const lines = files.flatMap((file) => [...fileLines(file), '']);
  if (newRoot !== null)
    lines.push(
      'This machine has not met this repository before. Compare the digest of its root v1 with the others by other means:',
      `  sha256:${newRoot}`,
      '',
    );
  return lines.join('\n');
}
