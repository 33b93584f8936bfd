// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { outcomeOf } from '../../src/tuf/errors.ts';
import { isJsonObject, parseJson } from '../../src/tuf/json.ts';
import { keyIdOf } from '../../src/tuf/key.ts';
import type { Random } from './random.ts';

/** A JSON text, and what we make of it: canonical bytes in hex and the keyid that it has as a key object, or the code of a refusal. */
export interface ValueCase {
  readonly kind: 'value';
  readonly text: string;
  readonly canonical: string | null;
  readonly keyid: string | null;
  readonly code: string | null;
}

const ALPHABETS: readonly [string, ...string[]] = [
  'abcXYZ019 _-./',
  '"\\/\b\f\n\r\t\u0000\u001f\u007f',
  'éÅ\u00e9e\u0301\u212b\u1e9b\u0323', // composed, decomposed, and what normalization would change
  '字かñß',
  '\ue000\uffff\ufffd\u2028\u2029\ufeff',
  '\u{10000}\u{1f600}\u{10ffff}\u{1d11e}',
  "{}[]:,<>&'",
];
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function randomText(random: Random): string {
  let text = '';
  const alphabet = Array.from(random.pick(ALPHABETS));
  const length = random.below(9);
  for (let i = 0; i < length; i++) {
    const letters = random.chance(70) ? alphabet : Array.from(random.pick(ALPHABETS));
    text += letters[random.below(letters.length)] ?? '';
  }
  return text;
}

/** One of the ways to write a string: raw, with short escapes, or with \u. */
function writeString(text: string, random: Random): string {
  const parts = Array.from(text, (character) => {
    const mustEscape = character < ' ' || character === '"' || character === '\\';
    const short = SHORT_ESCAPES.get(character);
    if (short !== undefined && (mustEscape ? random.chance(70) : random.chance(10))) return short;
    if (!mustEscape && random.chance(80)) return character;
    return character
      .split('')
      .map((unit) => {
        const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
        return `\\u${random.chance(50) ? hex : hex.toUpperCase()}`;
      })
      .join('');
  });
  return `"${parts.join('')}"`;
}

function writeNumber(random: Random): string {
  if (random.chance(1)) return random.pick(['1.5', '1.0', '1e3', '-2.25E-2', '1E+2']);
  if (random.chance(1)) return random.pick(['9007199254740992', '-9007199254740993', '123456789012345678901234567890']);
  const digits = 1 + random.below(15);
  const size = random.chance(10) ? random.pick([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1]) : random.below(10 ** digits);
  return String(random.chance(30) && size > 0 ? -size : size);
}

function writeSpace(random: Random): string {
  return random.chance(80) ? '' : random.pick([' ', '\n', '\t', '\r\n', '  ']);
}

function writeValue(random: Random, depth: number): string {
  const space = (): string => writeSpace(random);
  const kind = random.below(depth > 5 ? 5 : 10);
  if (kind < 2) return writeNumber(random);
  if (kind < 4) return writeString(randomText(random), random);
  if (kind === 4) return random.pick(['true', 'false', 'null']);
  const count = random.below(6);
  if (kind < 7)
    return `[${space()}${Array.from({ length: count }, () => `${space()}${writeValue(random, depth + 1)}${space()}`).join(',')}]`;
  const keys = new Set(Array.from({ length: count }, () => randomText(random)));
  const members = [...keys].map(
    (key) => `${space()}${writeString(key, random)}${space()}:${space()}${writeValue(random, depth + 1)}${space()}`,
  );
  return `{${space()}${members.join(',')}}`;
}

function writeKey(random: Random): string {
  const string = (text: string): string => writeString(text, random);
  const keytype = random.pick(['ed25519', 'ecdsa', 'rsa', 'sigstore-oidc', 'ecdsa-sha2-nistp256']);
  const pem = `-----BEGIN PUBLIC KEY-----\n${randomText(random)}\n-----END PUBLIC KEY-----\n`;
  const keyval = random.chance(80) ? `{"public":${string(random.chance(50) ? pem : 'ab'.repeat(32))}}` : writeValue(random, 5);
  const members = [`"keytype":${string(keytype)}`, `"scheme":${string(keytype)}`, `"keyval":${keyval}`];
  if (random.chance(40)) members.push(`${string(`x-${randomText(random)}`)}:${writeValue(random, 4)}`);
  return `{${random.some(members, members.length).join(',')}}`;
}

/** A random text, mostly of an object, in a fifth of all cases of a key object. */
export function valueCase(random: Random): ValueCase {
  const text = random.chance(20) ? writeKey(random) : `${writeSpace(random)}${writeValue(random, 0)}${writeSpace(random)}`;
  const outcome = outcomeOf(() => parseJson(new TextEncoder().encode(text)));
  if (outcome.kind === 'refused') return { kind: 'value', text, canonical: null, keyid: null, code: outcome.refusal.code };
  const canonical = Buffer.from(encodeCanonicalJson(outcome.value)).toString('hex');
  return { kind: 'value', text, canonical, keyid: isJsonObject(outcome.value) ? keyIdOf(outcome.value) : null, code: null };
}
