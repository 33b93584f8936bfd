// SPDX-License-Identifier: Apache-2.0
// Mutations after a file was signed: of its signatures, of its content without a new signature, of its bytes.
import type { TestSigner } from '../../fakes/test-signer.ts';
import type { Random } from '../random.ts';
import { changeFile, fileNamed, type FileName, type Members, type Node } from './draft.ts';
import { anyFile, anyOf, membersAt, placesOf, putAt, removeAt, show, textOf, type CaseDraft, type Mutation } from './mutation.ts';
import { person } from './signers.ts';

/** Mutates the envelope; the files above list the result. */
function changeEnvelope(draft: CaseDraft, file: FileName, change: (envelope: Members) => string | null): true {
  const { now, notes } = draft;
  const noted = (envelope: Members): void => {
    notes.push(`${file}: ${change(envelope) ?? 'nothing'}`);
  };
  changeFile(now, file, { afterSigning: [noted] });
  return true;
}

function otherDigit(digit: string): string {
  return digit === '0' ? '1' : '0';
}

const WITH_SIG: readonly [(sig: string, random: Random) => string, ...((sig: string, random: Random) => string)[]] = [
  (sig, random) => {
    const at = random.below(sig.length);
    return sig.slice(0, at) + otherDigit(sig.charAt(at)) + sig.slice(at + 1);
  },
  (sig) => sig.toUpperCase(),
  () => '',
  (sig) => `${sig}00`,
  (sig) => `${sig}zz`,
  (sig) => `${sig} `,
  (sig) => ` ${sig}`,
  (sig) => `${sig}\n`,
  (sig) => sig.replace(/../g, '$& '),
  (sig) => `0x${sig}`,
  (sig) => sig.slice(0, -2),
  (sig) => sig.slice(0, -1),
  (sig) => Buffer.from(sig, 'hex').toString('base64'),
  () => '00'.repeat(64),
  () => 'zz',
];

function changeSignature(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeEnvelope(draft, anyFile(draft), (envelope) => {
    const signatures = envelope.get('signatures');
    const entry = Array.isArray(signatures) ? anyOf(random, signatures) : null;
    if (!Array.isArray(signatures) || !(entry instanceof Map)) return null;
    switch (random.below(3)) {
      case 0:
        signatures.splice(signatures.indexOf(entry), 1);
        return 'a signature is removed';
      default: {
        const sig = random.pick(WITH_SIG)(textOf(entry.get('sig')), random);
        entry.set('sig', sig);
        return `a signature is ${show(sig.slice(-20))}`;
      }
    }
  });
}

function addSignature(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeEnvelope(draft, anyFile(draft), (envelope) => {
    const signatures = envelope.get('signatures');
    const entry = Array.isArray(signatures) ? anyOf(random, signatures) : null;
    if (!Array.isArray(signatures) || !(entry instanceof Map)) return null;
    switch (random.below(6)) {
      case 0:
        signatures.push(new Map(entry));
        return 'a signature is there twice';
      case 1:
        signatures.push(new Map(entry).set('sig', '00'.repeat(64)));
        return 'a keyid is there twice, with a wrong signature';
      case 2: {
        const keyId = random.pick(['ab'.repeat(32), 'unknown', '', '__proto__', 'constructor', person('stranger').keyId]);
        signatures.push(new Map(entry).set('keyid', keyId));
        return `a signature by ${show(keyId)} is added`;
      }
      case 3:
        entry.set('bundle', new Map([['x', 1]]));
        return 'a signature has an unknown field';
      case 4:
        signatures.reverse();
        return 'the signatures are in reverse order';
      default:
        signatures.splice(0, 0, new Map(entry).set('keyid', person('stranger').keyId));
        return 'a signature by a stranger stands first';
    }
  });
}

/** Fewer or other people sign. */
function changeSigners(draft: CaseDraft): boolean {
  const { random, now, notes } = draft;
  const name = anyFile(draft);
  const { signers } = fileNamed(now, name);
  const stranger = person('stranger');
  const [what, others] = random.pick<readonly [string, readonly TestSigner[]]>([
    ['one signs no more', signers.slice(1)],
    ['one signs alone', signers.slice(0, 1)],
    ['a stranger signs too', [...signers, stranger]],
    ['a stranger signs instead of one', [stranger, ...signers.slice(1)]],
    ['nobody signs', []],
  ]);
  notes.push(`${name}: ${what}`);
  changeFile(now, name, { signers: others });
  return true;
}

function changeEnvelopeFields(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeEnvelope(draft, anyFile(draft), (envelope) => {
    const signatures = envelope.get('signatures') ?? null;
    const places = placesOf(signatures, 'signatures');
    const place = anyOf(random, places);
    switch (random.below(4)) {
      case 0: {
        const value = random.pick<Node>([null, [], 'x', 1, true]);
        envelope.set('x-unknown', value);
        return `has the unknown field ${show(value)}`;
      }
      case 1: {
        const field = random.pick(['signed', 'signatures']);
        const value = random.pick<() => Node>([() => null, () => [], () => new Map<string, Node>(), () => 'x', () => 0])();
        envelope.set(field, value);
        return `${field} is ${show(value)}`;
      }
      case 2:
        if (place === null) return null;
        removeAt(place);
        return `${place.path} removed`;
      default: {
        if (place === null) return null;
        const value = random.pick<() => Node>([() => null, () => [], () => new Map<string, Node>(), () => '', () => 0, () => true])();
        putAt(place, value);
        return `${place.path} is ${show(value)}`;
      }
    }
  });
}

/** A change of what was signed, without a new signature. */
function changeUnsigned(draft: CaseDraft): boolean {
  const { random } = draft;
  return changeEnvelope(draft, anyFile(draft), (envelope) => {
    const signed = membersAt(envelope, 'signed');
    const place = signed === null ? null : anyOf(random, placesOf(signed));
    if (signed === null || place === null) return null;
    const { value } = place;
    if (random.chance(20)) {
      signed.set('x-unsigned', 1);
      return 'has one more field';
    }
    if (typeof value === 'number') putAt(place, value + 1);
    else if (typeof value === 'string') putAt(place, `${value}x`);
    else if (typeof value === 'boolean') putAt(place, !value);
    else removeAt(place);
    return `${place.path} was ${show(value)}`;
  });
}

/** Offsets into a file that mean the same in every run: not into signatures, which are random for some keys. */
function anyOffset(random: Random, bytes: Buffer): number {
  const text = bytes.toString('latin1');
  const parts = [...text.matchAll(/"sig": "[^"]*"/g)];
  const hidden = parts.reduce((sum, part) => sum + part[0].length, 0);
  let at = random.below(Math.max(1, text.length - hidden));
  for (const part of parts) if (at >= part.index) at += part[0].length;
  return Math.min(at, Math.max(0, bytes.length - 1));
}

function splice(bytes: Buffer, at: number, removed: number, put: string | Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), typeof put === 'string' ? Buffer.from(put) : put, bytes.subarray(at + removed)]);
}

function replaceText(bytes: Buffer, from: RegExp, to: string): Buffer {
  return Buffer.from(bytes.toString('utf8').replace(from, to));
}

type ByteChange = (bytes: Buffer, random: Random) => { readonly what: string; readonly bytes: Buffer };

function becomes(what: string, bytes: Buffer): { readonly what: string; readonly bytes: Buffer } {
  return { what, bytes };
}

/** A token of the file, doubled with another value before or after it. */
const duplicateKey: ByteChange = (bytes, random) => {
  const members = [
    ...bytes
      .toString('utf8')
      .matchAll(/"(version|expires|threshold|_type|length|terminating|spec_version|keyid|sig|name)": ("[^"]*"|[0-9]+|true|false)/g),
  ];
  const member = anyOf(random, members);
  if (member === null) return becomes('nothing', bytes);
  const [text, key = '', value = ''] = member;
  const other = random.chance(40)
    ? value
    : /^[0-9]/.test(value)
      ? String(Number(value) + 1)
      : value.startsWith('"')
        ? '"x"'
        : value === 'true'
          ? 'false'
          : 'true';
  const twice = random.chance(50) ? `"${key}": ${other}, ${text}` : `${text}, "${key}": ${other}`;
  return becomes(`${key} is there twice`, Buffer.from(bytes.toString('utf8').replace(text, () => twice)));
};

const NUMBER_FORMS: readonly [(digits: string) => string, ...((digits: string) => string)[]] = [
  (digits) => `${digits}.0`,
  (digits) => `${digits}e0`,
  (digits) => `${digits}E+0`,
  (digits) => `0${digits}`,
  (digits) => `+${digits}`,
  (digits) => `-${digits}`,
  (digits) => `"${digits}"`,
  (digits) => `${digits}.00000000000000000001`,
  (digits) => `0x${digits}`,
  () => 'NaN',
  () => 'Infinity',
  () => '-0',
  () => '1e400',
  () => '9007199254740993',
];

const numberForm: ByteChange = (bytes, random) => {
  const all = [...bytes.toString('utf8').matchAll(/"(version|threshold|length|bit_length)": ([0-9]+)/g)];
  const member = anyOf(random, all);
  if (member === null) return becomes('nothing', bytes);
  const [text, key = '', digits = ''] = member;
  const form = random.pick(NUMBER_FORMS)(digits);
  return becomes(`${key} is ${form}`, Buffer.from(bytes.toString('utf8').replace(text, () => `"${key}": ${form}`)));
};

/** Other spellings of the same text. */
const escapes: ByteChange = (bytes, random) => {
  const member = anyOf(random, [...bytes.toString('utf8').matchAll(/"([a-z_]{3,})"/g)]);
  if (member === null) return becomes('nothing', bytes);
  const [text, word = ''] = member;
  const code = word.charCodeAt(0).toString(16).padStart(4, '0');
  const spelling = random.pick([
    `\\u${code}`,
    `\\u${code.toUpperCase()}`,
    `\\x${code.slice(2)}`,
    `\\u{${code}}`,
    '\\ud800',
    '\\a',
    `\\U${code}`,
  ]);
  return becomes(
    `${word} begins with ${spelling}`,
    Buffer.from(bytes.toString('utf8').replace(text, () => `"${spelling}${word.slice(1)}"`)),
  );
};

const ODD_BYTES: readonly [Buffer, ...Buffer[]] = [
  Buffer.from([0x80]),
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0x00]),
];

const SUBSTITUTES: readonly [string, ...string[]] = [
  '',
  '{}',
  '[]',
  'null',
  '<html>not found</html>',
  '"x"',
  '{"signed":{},"signatures":[]}',
  ' ',
  '1',
];

const BYTE_CHANGES: readonly (readonly [kind: string, weight: number, change: ByteChange])[] = [
  ['truncated', 2, (bytes, random) => becomes('is cut', bytes.subarray(0, anyOffset(random, bytes)))],
  [
    'bit flipped',
    6,
    (bytes, random) => {
      const [at, bit] = [anyOffset(random, bytes), random.below(8)];
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      return becomes(`bit ${String(bit)} of byte ${String(at)}`, copy);
    },
  ],
  [
    'bytes appended',
    4,
    (bytes, random) => {
      const more = random.pick([' ', '\n', '\r\n\t ', '\u0000', 'x', '{}', ',', '\ufeff', '\u00a0', '\f', '//', ' '.repeat(20_000)]);
      return becomes(`${show(more.slice(0, 8))} stands after it`, Buffer.concat([bytes, Buffer.from(more)]));
    },
  ],
  [
    'bytes before',
    3,
    (bytes, random) => {
      const more = random.pick([' ', '\n', '\r\n\t ', '\u0000', 'x', '\ufeff', '\u00a0', '\f', '\v', ")]}'\n"]);
      return becomes(`${show(more)} stands before it`, Buffer.concat([Buffer.from(more), bytes]));
    },
  ],
  [
    'white space',
    3,
    (bytes, random) => {
      const text = bytes.toString('utf8');
      const how = random.below(3);
      if (how === 0) return becomes('is compact', Buffer.from(JSON.stringify(JSON.parse(text))));
      if (how === 1) return becomes('has CRLF', Buffer.from(text.replaceAll('\n', '\r\n')));
      return becomes('has a tab for each space', Buffer.from(text.replaceAll('\n ', '\n\t')));
    },
  ],
  ['key of JSON twice', 5, duplicateKey],
  ['form of a number', 6, numberForm],
  ['escape', 3, escapes],
  [
    'not UTF-8',
    3,
    (bytes, random) => {
      const odd = random.pick(ODD_BYTES);
      const quotes = [...bytes.toString('latin1').matchAll(/"(?:x-[a-z]+|expires|name|keytype|scheme)/g)];
      const at = random.chance(50) ? anyOffset(random, bytes) : (anyOf(random, quotes)?.index ?? 0) + 2;
      return becomes(`${odd.toString('hex')} at ${String(at)}`, splice(bytes, at, 0, odd));
    },
  ],
  [
    'not JSON',
    3,
    (bytes, random) =>
      random.pick<() => ReturnType<ByteChange>>([
        () => becomes('has a comma too many', replaceText(bytes, /\n ?\}/, ',\n}')),
        () => becomes('has a comment', replaceText(bytes, /\n/, ' // comment\n')),
        () => becomes('has single quotes', Buffer.from(bytes.toString('utf8').replaceAll('"', "'"))),
        () => becomes('has a comma too few', replaceText(bytes, /,\n/, '\n')),
        () => becomes('is UTF-16', Buffer.from(bytes.toString('utf8'), 'utf16le')),
        () => becomes('has a control character', splice(bytes, bytes.indexOf('"expires"') + 3, 0, '\u0001')),
      ])(),
  ],
  [
    'another file',
    2,
    (_bytes, random) => {
      const text = random.pick(SUBSTITUTES);
      return becomes(`is ${show(text)}`, Buffer.from(text));
    },
  ],
];

function applyToBytes(change: ByteChange): (draft: CaseDraft) => boolean {
  return (draft) => {
    const { random, now, notes } = draft;
    const file = anyFile(draft);
    const known = random.chance(65);
    const noted = (bytes: Buffer): Buffer => {
      const changed = change(bytes, random);
      notes.push(`${file}: ${changed.what}${known ? '' : ', and the files above it are for the other bytes'}`);
      return changed.bytes;
    };
    changeFile(now, file, known ? { known: [noted] } : { served: [noted] });
    return true;
  };
}

export const BYTE_MUTATIONS: readonly Mutation[] = [
  { kind: 'signature', weight: 10, apply: changeSignature },
  { kind: 'one more signature', weight: 7, apply: addSignature },
  { kind: 'signers', weight: 7, apply: changeSigners },
  { kind: 'envelope', weight: 5, apply: changeEnvelopeFields },
  { kind: 'not signed again', weight: 7, apply: changeUnsigned },
  ...BYTE_CHANGES.map(([kind, weight, change]): Mutation => ({ kind, weight, apply: applyToBytes(change) })),
];
