// SPDX-License-Identifier: Apache-2.0
import { parseRepositoryId, type RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, outcomeOf, quote, type Outcome } from '../tuf/errors.ts';
import { asObject, integerField, stringField } from '../tuf/fields.ts';
import { parseJson, type JsonValue } from '../tuf/json.ts';
import { parseKeyId, type KeyId } from '../tuf/key.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { parseSha256, parseVersion, type Version } from '../tuf/names.ts';

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

/** GitHub's limit of a review's body, in characters. */
export const MAX_BODY_CHARACTERS = 65_536;
const MAX_LINES = 64;
/** CommonMark's fences: a backtick may stand in the info string of tildes only. */
const FENCE = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const BLANKS = /^[ \t]+|[ \t]+$/g;
const FIELDS = ['repository', 'role', 'version', 'payload', 'keyid', 'sig'];

/** The lines of each top-level fenced block whose info string is `countersign`; fences inside other fences are text. */
function blocksOf(body: string): { readonly blocks: readonly (readonly string[])[]; readonly unclosed: boolean } {
  const blocks: string[][] = [];
  let open: { readonly fence: string; readonly lines: string[] | null } | null = null;
  for (const line of body.split(/\r\n|\r|\n/)) {
    const match = FENCE.exec(line);
    const fence = match?.[1] ?? match?.[3] ?? '';
    const info = (match?.[2] ?? match?.[4] ?? '').replace(BLANKS, '');
    if (open === null) {
      if (fence === '') continue;
      const lines: string[] | null = info === 'countersign' ? [] : null;
      if (lines !== null) blocks.push(lines);
      open = { fence, lines };
    } else if (info === '' && fence.startsWith(open.fence)) {
      open = null;
    } else {
      open.lines?.push(line);
    }
  }
  return { blocks, unclosed: open !== null && open.lines !== null };
}

function parseLine(line: string, where: string): Countersignature {
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
    if (lines.length === 0 || lines.length > MAX_LINES) {
      throw new CountersignError('block-invalid', 'block', `expected 1 to ${String(MAX_LINES)} lines, got ${String(lines.length)}`);
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
