// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BODY_CHARACTERS, MAX_LINE_CHARACTERS } from '../../src/trust/bounds.ts';
import { encodeCountersignatures, parseCountersignatures, parsePayloadDigest } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import { REPOSITORY_ID } from '../fakes/repository-builder.ts';
import { codeOf } from '../tuf/support.ts';

const FIELDS = {
  repository: REPOSITORY_ID,
  role: 'releases',
  version: 7,
  payload: `sha256:${'ab'.repeat(32)}`,
  keyid: 'cd'.repeat(32),
  sig: 'ef'.repeat(64),
};
const LINE = JSON.stringify(FIELDS);
const line = (change: Readonly<Record<string, unknown>>): string => JSON.stringify({ ...FIELDS, ...change });
const block = (...lines: readonly string[]): string => ['```countersign', ...lines, '```'].join('\n');

/** How many lines are read, or the code of the refusal. */
function read(body: string): number | string {
  const outcome = parseCountersignatures(body);
  return outcome.kind === 'accepted' ? outcome.value.length : outcome.refusal.code;
}

function table(rows: Readonly<Record<string, readonly [string, number | string]>>): void {
  test.each(Object.entries(rows))('%s', (_name, [body, expected]) => {
    expect(read(body)).toBe(expected);
  });
}

describe('blocks', () => {
  table({
    'no block': ['looks good', 0],
    'the word without a block': ['please countersign', 0],
    'one block': [block(LINE), 1],
    'one block between text': [`Approved\n\n${block(LINE)}\n\nbye`, 1],
    'two lines of two roles': [block(LINE, line({ role: 'targets' })), 2],
    'blank lines within': [block('', LINE, '  '), 1],
    'an empty block': [block(), 'block-invalid'],
    'two blocks': [`${block(LINE)}\n${block(line({ role: 'targets' }))}`, 'block-invalid'],
    'two equal blocks': [`${block(LINE)}\n${block(LINE)}`, 'block-invalid'],
    'an unclosed block': [`\`\`\`countersign\n${LINE}`, 'block-invalid'],
    'a block with CRLF': [block(LINE).replaceAll('\n', '\r\n'), 1],
    'a block with carriage returns only': [block(LINE).replaceAll('\n', '\r'), 1],
    'a block of tildes': [block(LINE).replaceAll('```', '~~~'), 1],
    'a block of tildes closed by backticks': [`~~~countersign\n${LINE}\n\`\`\``, 'block-invalid'],
    'a longer fence': [block(LINE).replaceAll('```', '`````'), 1],
    'a longer fence closed by a shorter one': [`\`\`\`\`countersign\n${LINE}\n\`\`\``, 'block-invalid'],
    'a block indented by three': [block(LINE).replaceAll('```', '   ```'), 1],
    'a block indented by four is text': [block(LINE).replaceAll('```', '    ```'), 0],
    'a block in a quote is text': [block(LINE).replaceAll(/^/gm, '> '), 0],
    'a block in a bigger fence is text': [`\`\`\`\`\n${block(LINE)}\n\`\`\`\``, 0],
    'a block in a fence of tildes is text': [`~~~\n${block(LINE)}\n~~~`, 0],
    'a block in a fence of tildes with a backtick in its info': [`~~~ a\`b\n${block(LINE)}\n~~~`, 0],
    'a block in a fence of tildes with a line separator in its info': [`~~~ a\u2028b\n${block(LINE)}\n~~~`, 0],
    'a block in a fence that a tab and a blank close': [`\`\`\`\n\`\`\`\t \n${block(LINE)}`, 1],
    'a fence after a tab is text': [block(LINE).replaceAll('```', '\t```'), 0],
    'a block in a fence that seems closed by another blank': [`\`\`\`\n\`\`\`\u00a0\n${block(LINE)}`, 0],
    'a block in an unclosed fence': [`\`\`\`text\n${block(LINE).replace('```countersign', '')}`, 0],
    'a block after a closed fence': [`\`\`\`text\nx\n\`\`\`\n${block(LINE)}`, 1],
    'another word in the info string': [block(LINE).replace('countersign', 'countersigned'), 0],
    'more words in the info string': [block(LINE).replace('countersign', 'countersign v2'), 0],
    'blanks around the info string': [block(LINE).replace('countersign', '  countersign\t'), 1],
    'the word in another case': [block(LINE).replace('countersign', 'Countersign'), 0],
    'text in front of the fence': [`x ${block(LINE)}`, 0],
  });
});

describe('what could hide a block', () => {
  table({
    'a heart': [`I <3 this\n${block(LINE)}`, 1],
    'a comparison': [`1 < 2 and 3 > 2\n${block(LINE)}`, 1],
    'a comment': [`<!--\n${block(LINE)}\n-->`, 'block-invalid'],
    'a comment elsewhere': [`${block(LINE)}\n<!-- x -->`, 'block-invalid'],
    details: [`<details>\n\n${block(LINE)}\n</details>`, 'block-invalid'],
    'a closing tag': [`</p>\n${block(LINE)}`, 'block-invalid'],
    'a processing instruction': [`<?x\n${block(LINE)}`, 'block-invalid'],
    'a tag within a line': [block(line({ role: '<b>' })), 'block-invalid'],
    'a tag without a block': ['<b>countersign</b>', 0],
  });
});

describe('sizes', () => {
  const pad = (length: number): string => `${block(LINE)}\n${'x'.repeat(length - block(LINE).length - 1)}`;
  table({
    'as long as a body may be': [pad(MAX_BODY_CHARACTERS), 1],
    'longer than a body may be': [pad(MAX_BODY_CHARACTERS + 1), 'block-invalid'],
    'long, without the word': ['x'.repeat(MAX_BODY_CHARACTERS + 1), 0],
    'a line as long as it may be': [block(line({ sig: 'a'.repeat(MAX_LINE_CHARACTERS - line({ sig: '' }).length) })), 1],
    'a longer line': [block(line({ sig: 'a'.repeat(MAX_LINE_CHARACTERS + 1 - line({ sig: '' }).length) })), 'block-invalid'],
    '64 lines': [block(...Array.from({ length: 64 }, (_, index) => line({ role: `r${String(index)}` }))), 64],
    '65 lines': [block(...Array.from({ length: 65 }, (_, index) => line({ role: `r${String(index)}` }))), 'block-invalid'],
  });
});

describe('lines', () => {
  table({
    'one role and two keys': [block(LINE, line({ keyid: 'k2' })), 2],
    'one role and key twice': [block(LINE, line({ version: 8 })), 'block-invalid'],
    'an unknown field': [block(line({ extra: 1 })), 'block-invalid'],
    'a field like a property of objects': [block(`{"__proto__":1,${LINE.slice(1)}`), 'block-invalid'],
    'a missing field': [block(line({ sig: undefined })), 'field-missing'],
    'no object': [block('[]'), 'field-type'],
    'a role of a wrong type': [block(line({ role: 1 })), 'field-type'],
    'a version of a wrong type': [block(line({ version: '7' })), 'field-type'],
    'a version that is a fraction': [block(line({ version: 7.5 })), 'json-number'],
    'a version with a point': [block(LINE.replace(':7,', ':7.0,')), 'json-number'],
    'version zero': [block(line({ version: 0 })), 'version-invalid'],
    'a version beyond safe integers': [block(LINE.replace(':7,', ':9007199254740993,')), 'json-number'],
    'a payload of another hash': [block(line({ payload: `sha512:${'ab'.repeat(32)}` })), 'block-invalid'],
    'a payload in capitals': [block(line({ payload: `sha256:${'AB'.repeat(32)}` })), 'hash-invalid'],
    'a payload that is no hex': [block(line({ payload: `sha256:${'zz'.repeat(32)}` })), 'hash-invalid'],
    'a payload that is too short': [block(line({ payload: 'sha256:ab' })), 'hash-invalid'],
    'a repository that is no UUID': [block(line({ repository: 'x' })), 'field-value'],
    'an empty keyid': [block(line({ keyid: '' })), 'key-invalid'],
    'a key twice in JSON': [block(`{"version":8,${LINE.slice(1)}`), 'json-duplicate-key'],
    'text after the object': [block(`${LINE} x`), 'json-syntax'],
    'two objects on a line': [block(LINE + LINE), 'json-syntax'],
    'half a surrogate pair': [block(LINE.replace('releases', '\\ud800')), 'json-lone-surrogate'],
    'one bad line spoils its block': [block(LINE, 'x'), 'json-syntax'],
  });
});

test('what is encoded is what is read', () => {
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
  const signature = fc.record({
    repository: fc.constant(parseRepositoryId(REPOSITORY_ID, 'id')),
    role: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((role) => !/<[A-Za-z/!?]/.test(role)),
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map((version) => parseVersion(version, 'version')),
    payload: hex(64).map((digest) => parsePayloadDigest(digest, 'payload')),
    keyId: fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 })
      .filter((id) => !/[<\n]/.test(id))
      .map((id) => parseKeyId(id, 'keyid')),
    sig: hex(128),
  });
  const list = fc.uniqueArray(signature, { minLength: 1, maxLength: 5, selector: ({ role, keyId }) => `${role}\n${keyId}` });
  fc.assert(
    fc.property(list, (signatures) => {
      expect(parseCountersignatures(`Approved\n\n${encodeCountersignatures(signatures)}\n`)).toEqual({
        kind: 'accepted',
        value: signatures,
      });
    }),
    { seed: 1 },
  );
});

test('a payload digest is 64 lower-case hex digits', () => {
  const codes = ['ab'.repeat(32), 'AB'.repeat(32), 'ab'.repeat(31), ''].map((text) => codeOf(() => parsePayloadDigest(text, 'x')));
  expect(codes).toEqual(['accepted', 'hash-invalid', 'hash-invalid', 'hash-invalid']);
});
