// SPDX-License-Identifier: Apache-2.0
import { parseRepositoryId, type RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, outcomeOf, quote, type Outcome } from '../tuf/errors.ts';
import { asObject, integerField, stringField } from '../tuf/fields.ts';
import { parseJson, type JsonValue } from '../tuf/json.ts';
import { parseKeyId, type KeyId } from '../tuf/key.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { parseSha256, parseVersion, type Version } from '../tuf/names.ts';
import { MAX_BLOCK_LINES, MAX_BODY_CHARACTERS, MAX_LINE_CHARACTERS } from './bounds.ts';

/** One line of a countersignature block: what one key says about one payload. */
export interface Countersignature {
  readonly repository: RepositoryId;
  readonly role: string;
  readonly version: Version;
  readonly payload: PayloadDigest;
  readonly keyId: KeyId;
  /** Lower-case hex. */
  readonly sig: string;
}

const FIELDS = ['repository', 'role', 'version', 'payload', 'keyid', 'sig'];

const SPACE = 0x20;
const TAB = 0x09;
const BACKTICK = 0x60;
const TILDE = 0x7e;

/** A line that opens or closes a fenced block, as CommonMark has it. */
interface Fence {
  /** Its backticks or tildes. */
  readonly marks: string;
  /** What stands after them, without blanks around it. */
  readonly info: string;
}

function isBlank(unit: number): boolean {
  return unit === SPACE || unit === TAB;
}

/** Text without blanks around it; `trim` would take other white space too, which CommonMark leaves. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The fence that a line is; null for every other line. Each character is looked at once or twice: a regular expression would go back over them. */
function fenceOf(line: string): Fence | null {
  let start = 0;
  while (start < 3 && line.charCodeAt(start) === SPACE) start++;
  const mark = line.charCodeAt(start);
  if (mark !== BACKTICK && mark !== TILDE) return null;
  let end = start;
  while (line.charCodeAt(end) === mark) end++;
  if (end - start < 3) return null;
  const rest = line.slice(end);
  // A backtick may stand in the info string of tildes only.
  return mark === BACKTICK && rest.includes('`') ? null : { marks: line.slice(start, end), info: withoutBlanks(rest) };
}

/** The lines of each top-level fenced block whose info string is `countersign`; fences inside other fences are text. */
function blocksOf(body: string): { readonly blocks: readonly (readonly string[])[]; readonly unclosed: boolean } {
  const blocks: string[][] = [];
  let open: { readonly marks: string; readonly lines: string[] | null } | null = null;
  for (const line of body.split(/\r\n|\r|\n/)) {
    const fence = fenceOf(line);
    if (open === null) {
      if (fence === null) continue;
      const lines: string[] | null = fence.info === 'countersign' ? [] : null;
      if (lines !== null) blocks.push(lines);
      open = { marks: fence.marks, lines };
    } else if (fence?.info === '' && fence.marks.startsWith(open.marks)) {
      open = null;
    } else {
      open.lines?.push(line);
    }
  }
  return { blocks, unclosed: open !== null && open.lines !== null };
}

function parseLine(line: string, where: string): Countersignature {
  if (line.length > MAX_LINE_CHARACTERS)
    throw new CountersignError('block-invalid', where, `expected at most ${String(MAX_LINE_CHARACTERS)} characters`);
  const raw = asObject(parseJson(new TextEncoder().encode(line)), where);
  for (const key of raw.keys()) {
    if (!FIELDS.includes(key)) throw new CountersignError('block-invalid', where, `expected only ${FIELDS.join(', ')}, got ${quote(key)}`);
  }
  const payload = stringField(raw, 'payload', where);
  if (!payload.startsWith('sha256:'))
    throw new CountersignError('block-invalid', `${where}.payload`, `expected sha256:<hex>, got ${quote(payload)}`);
  return {
    repository: parseRepositoryId(stringField(raw, 'repository', where), `${where}.repository`),
    role: stringField(raw, 'role', where),
    version: parseVersion(integerField(raw, 'version', where), `${where}.version`),
    payload: parsePayloadDigest(payload.slice('sha256:'.length), `${where}.payload`),
    keyId: parseKeyId(stringField(raw, 'keyid', where), `${where}.keyid`),
    sig: stringField(raw, 'sig', where),
  };
}

/** Parses a payload digest: 64 lower-case hex digits. @throws `hash-invalid` */
export function parsePayloadDigest(text: string, where: string): PayloadDigest {
  const digest: string = parseSha256(text, where);
  return digest as PayloadDigest;
}

/**
 * Reads the countersignatures of a review or comment. The body is anyone's text, so exactly one form is read: one fenced block at top level, one
 * strict JSON object a line, no line twice, and no HTML beside it, in which a block could be hidden from the people who read the page.
 * @returns an empty list when there is no block
 * Refused: `block-invalid` and the codes of the JSON reader
 */
export function parseCountersignatures(body: string): Outcome<readonly Countersignature[]> {
  return outcomeOf(() => {
    if (!body.includes('countersign')) return [];
    if (body.length > MAX_BODY_CHARACTERS)
      throw new CountersignError('block-invalid', 'body', `expected at most ${String(MAX_BODY_CHARACTERS)} characters`);
    const { blocks, unclosed } = blocksOf(body);
    const [block] = blocks;
    if (block === undefined) return [];
    if (blocks.length > 1)
      throw new CountersignError('block-invalid', 'body', `expected one countersign block, got ${String(blocks.length)}`);
    if (unclosed) throw new CountersignError('block-invalid', 'body', 'expected the countersign block to be closed');
    if (/<[A-Za-z/!?]/.test(body)) throw new CountersignError('block-invalid', 'body', 'expected no HTML beside a countersign block');
    const lines = block.filter((line) => line.trim() !== '');
    if (lines.length === 0 || lines.length > MAX_BLOCK_LINES) {
      throw new CountersignError('block-invalid', 'block', `expected 1 to ${String(MAX_BLOCK_LINES)} lines, got ${String(lines.length)}`);
    }
    const seen = new Set<string>();
    return lines.map((line, index) => {
      const where = `block line ${String(index + 1)}`;
      const signature = parseLine(line, where);
      const name = `${signature.role}\n${signature.keyId}`;
      if (seen.has(name)) throw new CountersignError('block-invalid', where, 'expected one line for each role and key');
      seen.add(name);
      return signature;
    });
  });
}

/** Encodes countersignatures as the block that a review carries. */
export function encodeCountersignatures(signatures: readonly Countersignature[]): string {
  const lines = signatures.map(({ repository, role, version, payload, keyId, sig }) => {
    const line = new Map<string, JsonValue>([
      ['repository', repository],
      ['role', role],
      ['version', version],
      ['payload', `sha256:${payload}`],
      ['keyid', keyId],
      ['sig', sig],
    ]);
    return new TextDecoder().decode(encodeCanonicalJson(line));
  });
  return ['```countersign', ...lines, '```'].join('\n');
}
