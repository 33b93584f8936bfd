// SPDX-License-Identifier: Apache-2.0

/** One `-----BEGIN …-----` block (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  /** The decoded body. */
  readonly body: Buffer;
  /** Whether RFC 1421 headers say that the body is encrypted, as OpenSSL's older formats do. */
  readonly encrypted: boolean;
  /** The block alone, from `-----BEGIN` to `-----END …-----` and a newline. */
  readonly text: string;
}

/** What a text holds. `reason` never quotes the text: it may be a private key. */
export type PemReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'blocks'; readonly blocks: readonly [PemBlock, ...PemBlock[]] };

interface OpenBlock {
  readonly label: string;
  readonly lines: string[];
}

const BEGIN = /^-----BEGIN ([A-Z0-9 ]{1,60})-----$/;

/**
 * Bytes of strictly spelled base64; null for anything else. `Buffer.from` would skip what is no base64.
 * @param text - standard alphabet, padded, without white space
 */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Tells whether `der` is exactly one DER SEQUENCE: neither cut off nor followed by more, which OpenSSL ignores. */
export function isOneDerSequence(der: Uint8Array): boolean {
  const first = der[1] ?? 0x80;
  if (der[0] !== 0x30 || first === 0x80 || first > 0x84) return false;
  if (first < 0x80) return der.length === 2 + first;
  const size = first - 0x80;
  if (der.length < 2 + size) return false;
  return der.length === 2 + size + Buffer.from(der).readUIntBE(2, size);
}

function blockOf(open: OpenBlock): PemBlock | null {
  const blank = open.lines.indexOf('');
  const headers = open.lines.some((line) => line.includes(':')) && blank > 0 ? open.lines.slice(0, blank) : [];
  const body = decodeBase64(open.lines.slice(headers.length).join(''));
  if (body === null || body.length === 0) return null;
  const { label } = open;
  const text = [`-----BEGIN ${label}-----`, ...open.lines, `-----END ${label}-----`, ''].join('\n');
  return { label, body, encrypted: headers.includes('Proc-Type: 4,ENCRYPTED'), text };
}

/**
 * Reads all PEM blocks of a text, in linear time. Stricter than RFC 7468: nothing but white space may stand around the
 * blocks, so that a file has one reading.
 */
export function parsePem(text: string): PemReading {
  if (!text.includes('-----BEGIN ')) return { kind: 'none' };
  const blocks: PemBlock[] = [];
  let open: OpenBlock | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (open === null) {
      const label = BEGIN.exec(line)?.[1];
      if (label === undefined && line !== '') return { kind: 'malformed', reason: 'text outside of the PEM block' };
      if (label !== undefined) open = { label, lines: [] };
    } else if (line === `-----END ${open.label}-----`) {
      const block = blockOf(open);
      if (block === null) return { kind: 'malformed', reason: `a damaged PEM block "${open.label}"` };
      blocks.push(block);
      open = null;
    } else {
      open.lines.push(line);
    }
  }
  if (open !== null) return { kind: 'malformed', reason: `a PEM block "${open.label}" without its end` };
  const [first, ...more] = blocks;
  return first === undefined ? { kind: 'none' } : { kind: 'blocks', blocks: [first, ...more] };
}
