// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateEd25519 } from '../../src/signers/generate.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseKey } from '../../src/tuf/key.ts';
import { expectRefusal, makeKeyFolder, secretsOf, type KeyFolder } from './key-files.ts';
import { mpint, pem, seedOf, sshString } from './openssh-file.ts';

let folder: KeyFolder;
beforeAll(() => {
  folder = makeKeyFolder();
});
afterAll(() => folder.remove());

const HEX = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const POINT = Buffer.from(HEX, 'hex');
const line = (type: string, ...parts: readonly Buffer[]): string =>
  `${type} ${Buffer.concat([sshString(type), ...parts]).toString('base64')}`;
const GOOD = line('ssh-ed25519', sshString(POINT));
const spki = (text: string): Buffer => createPublicKey(text).export({ format: 'der', type: 'spki' });

describe('forms of a public key', () => {
  test.each([
    { name: 'ed25519', options: ['-t', 'ed25519'], keytype: 'ed25519', scheme: 'ed25519' },
    { name: 'P-256', options: ['-t', 'ecdsa', '-b', '256'], keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256' },
    { name: 'P-384', options: ['-t', 'ecdsa', '-b', '384'], keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp384' },
    { name: 'RSA', options: ['-t', 'rsa', '-b', '2048'], keytype: 'rsa', scheme: 'rsassa-pss-sha256' },
  ])('$name: the OpenSSH line and the PEM of one key give one object', ({ name, options, keytype, scheme }) => {
    // As PEM, so that openssl can read the private half and tell the public one. ed25519 keys have no such form here.
    const form = name === 'ed25519' ? [] : ['-m', 'PKCS8'];
    const made = folder.sshKey(name, [...options, ...form]);
    const key = parsePublicKey(made.line, 'alice');
    expect([key.get('keytype'), key.get('scheme')]).toEqual([keytype, scheme]);
    expect(parseKey(key, 'alice').material.kind).toBe('usable');
    if (name === 'ed25519') return;
    const text = folder.openssl(['pkey', '-pubout'], made.pem);
    expect(parsePublicKey(text, 'alice')).toEqual(key);
    expect((key.get('keyval') as ReadonlyMap<string, string>).get('public')).toBe(text);
  });

  test.each([
    { name: 'hex', text: `ed25519:${HEX}` },
    { name: 'an OpenSSH line without comment', text: GOOD },
    { name: 'an OpenSSH line with a comment of words', text: `${GOOD} alice at home\n` },
    { name: 'an OpenSSH line with a tab', text: GOOD.replace(' ', '\t') },
    { name: 'PEM', text: pem('PUBLIC KEY', Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), POINT])) },
    {
      name: 'PEM within white space',
      text: `\n${pem('PUBLIC KEY', Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), POINT]))}\n`,
    },
  ])('ed25519 as $name', ({ text }) => {
    const expected = new Map<string, unknown>([
      ['keytype', 'ed25519'],
      ['scheme', 'ed25519'],
      ['keyval', new Map([['public', HEX]])],
    ]);
    expect(parsePublicKey(text, 'alice')).toEqual(expected);
  });

  test.each(['P-256', 'P-384'])('a %s key has one object, whichever way OpenSSL writes its point', (curve) => {
    const key = folder.openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`]);
    const forms = [[], ['-conv_form', 'compressed'], ['-conv_form', 'hybrid']].map((extra) =>
      folder.openssl(['ec', '-pubout', ...extra], key),
    );
    expect(new Set(forms).size).toBe(3);
    const [first, ...others] = forms.map((text) => parsePublicKey(text, 'alice'));
    for (const other of others) expect(other).toEqual(first);
  });
});

test.each([
  ['a placeholder', 'ssh-ed25519 AAAA... alice@laptop', "got an ssh-ed25519 line that can't be read"],
  ['a line that is cut off', 'ssh-rsa', "got an ssh-rsa line that can't be read"],
  ['a type that no TUF client reads', 'ssh-dss AAAA...', 'got a DSA key'],
  ['a type that is unknown', 'ssh-new AAAA...', 'got a key of the type ssh-new'],
])('%s is called what it is', (_name, text, detail) => {
  expect(() => parsePublicKey(text, 'alice')).toThrow(detail);
});

describe('what is refused', () => {
  const RSA_ZERO = '301a300d06092a864886f70d01010105000309003006020100020100';
  const ecPem = (paramEncoding: 'named' | 'explicit'): string =>
    generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding }).publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const offCurve = (): Buffer => {
    const der = spki(ecPem('named'));
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    return der;
  };
  const N = 'c'.repeat(512);
  const rsa = (n: string, e: string): string => line('ssh-rsa', mpint(e), mpint(n));
  const rows: readonly { name: string; make: () => string }[] = [
    { name: 'nothing', make: () => '' },
    { name: 'a word', make: () => 'hunter2hunter2' },
    { name: 'hex of 63 digits', make: () => `ed25519:${HEX.slice(1)}` },
    { name: 'hex of 65 digits', make: () => `ed25519:${HEX}0` },
    { name: 'hex without its type', make: () => HEX },
    { name: 'a line without key', make: () => 'ssh-ed25519' },
    { name: 'a line with options before it', make: () => `restrict ${GOOD}` },
    { name: 'two lines', make: () => `${GOOD}\n${GOOD}` },
    { name: 'two lines with comments', make: () => `${GOOD} alice\n${GOOD} bob` },
    { name: 'base64 with needless padding', make: () => `${rsa(N, '010001')}=` },
    { name: 'base64 of the URL kind', make: () => GOOD.replace(/(?<= )AAAA/, 'A-AA') },
    { name: 'a byte after the key', make: () => line('ssh-ed25519', sshString(POINT), Buffer.from([0])) },
    { name: 'a key cut off', make: () => line('ssh-ed25519', sshString(POINT).subarray(0, -1)) },
    { name: 'a point of 31 bytes', make: () => line('ssh-ed25519', sshString(POINT.subarray(1))) },
    { name: 'another type before the base64', make: () => GOOD.replace('ssh-ed25519', 'ssh-rsa') },
    { name: 'a security key', make: () => line('sk-ssh-ed25519@openssh.com', sshString(POINT), sshString('ssh:')) },
    { name: 'an ecdsa security key', make: () => line('sk-ecdsa-sha2-nistp256@openssh.com', sshString('nistp256'), sshString('ssh:')) },
    { name: 'a certificate', make: () => line('ssh-ed25519-cert-v01@openssh.com', sshString('nonce'), sshString(POINT)) },
    { name: 'DSA', make: () => line('ssh-dss', mpint('0c'), mpint('0c'), mpint('0c'), mpint('0c')) },
    { name: 'P-521', make: () => folder.sshKey('p521', ['-t', 'ecdsa', '-b', '521']).line },
    {
      name: 'a curve that is not the type’s',
      make: () => line('ecdsa-sha2-nistp256', sshString('nistp384'), sshString(Buffer.alloc(65, 4))),
    },
    {
      name: 'a point that is not on the curve',
      make: () => line('ecdsa-sha2-nistp256', sshString('nistp256'), sshString(Buffer.alloc(65, 4))),
    },
    // Node 24 has no code for this refusal.
    { name: 'a point in PEM that is not on the curve', make: () => pem('PUBLIC KEY', offCurve()) },
    { name: 'RSA with a modulus of 0 in PEM', make: () => pem('PUBLIC KEY', Buffer.from(RSA_ZERO, 'hex')) },
    { name: 'RSA of 1024 bits', make: () => rsa(N.slice(0, 256), '010001') },
    { name: 'RSA of 16392 bits', make: () => rsa('c'.repeat(4098), '010001') },
    { name: 'RSA with the exponent 1', make: () => rsa(N, '01') },
    { name: 'RSA with an even exponent', make: () => rsa(N, '010000') },
    { name: 'RSA with a negative modulus', make: () => line('ssh-rsa', mpint('010001'), sshString(Buffer.alloc(256, 0xcc))) },
    { name: 'RSA with needless zeros', make: () => line('ssh-rsa', sshString(Buffer.from([0, 1, 0, 1])), mpint(N)) },
    {
      name: 'an RSA-PSS key',
      make: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    },
    { name: 'a curve spelled out', make: () => ecPem('explicit') },
    {
      name: 'a point at infinity',
      make: () => pem('PUBLIC KEY', Buffer.from('3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'hex')),
    },
    { name: 'ed448', make: () => generateKeyPairSync('ed448').publicKey.export({ format: 'pem', type: 'spki' }).toString() },
    {
      name: 'PKCS#1',
      make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'pkcs1' }).toString(),
    },
    { name: 'a private key in PEM', make: () => generateEd25519().pem },
    { name: 'an OpenSSH private key', make: () => folder.sshKey('private', ['-t', 'ed25519']).pem },
    { name: 'a seed', make: () => seedOf('seed').toString('hex') },
    { name: 'PEM with a byte after the key', make: () => pem('PUBLIC KEY', Buffer.concat([spki(edPem()), Buffer.from([0])])) },
    { name: 'PEM cut off', make: () => pem('PUBLIC KEY', spki(edPem()).subarray(0, -1)) },
    { name: 'PEM twice', make: () => edPem() + edPem() },
    { name: 'PEM and a line', make: () => `${edPem()}${GOOD}` },
    { name: 'more than a key can need', make: () => `${GOOD} ${'x'.repeat(20_000)}` },
  ];
  const edPem = (): string => pem('PUBLIC KEY', Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), POINT]));
  test.each(rows)('$name', async ({ make }) => {
    const text = make();
    await expectRefusal(() => parsePublicKey(text, 'alice'), 'key-invalid', secretsOf(text, ...text.split(' ').slice(1)));
  });

  test('a security key is told from other types', async () => {
    const text = line('sk-ssh-ed25519@openssh.com', sshString(POINT), sshString('ssh:'));
    expect((await expectRefusal(() => parsePublicKey(text, 'alice'), 'key-invalid', [])).detail).toMatch(/FIDO/);
  });

  test('the rows about numbers and curves differ from good keys', () => {
    expect(parsePublicKey(rsa(N, '010001'), 'alice').get('keytype')).toBe('rsa');
    expect(parsePublicKey(ecPem('named'), 'alice').get('keytype')).toBe('ecdsa');
  });
});
