// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ed25519FromSeed } from '../../src/signers/ed25519.ts';
import { signerFromPrivateKey } from '../../src/signers/key-signer.ts';
import { openSigner } from '../../src/signers/open-signer.ts';
import { MAX_KEY_BYTES } from '../../src/signers/private-key.ts';
import type { SignerContext, SignerScheme } from '../../src/signers/scheme.ts';
import { expectRefusal, makeKeyFolder, never, PASSPHRASE, secretsOf, type KeyFolder } from './key-files.ts';
import { seedOf } from './openssh-file.ts';

let folder: KeyFolder;
beforeAll(() => {
  folder = makeKeyFolder();
});
afterAll(() => folder.remove());

const SEED = seedOf('a key').toString('hex');
const SIGNER = signerFromPrivateKey(ed25519FromSeed(seedOf('a key')));

function context(change: Partial<SignerContext> = {}): SignerContext {
  return { env: new Map(), cwd: folder.path, askPassphrase: never, ...change };
}
function keyFile(name: string, text: string, mode = 0o600): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a key URI', () => {
  const rows: readonly { name: string; uri: string; secrets: readonly string[] }[] = [
    { name: 'of an unknown scheme', uri: 'awskms:///alias/releases?token=hunter2', secrets: ['hunter2', 'alias'] },
    { name: 'that is empty', uri: '', secrets: [] },
    { name: 'without a scheme', uri: 'COUNTERSIGN_KEY', secrets: ['COUNTERSIGN_KEY'] },
    { name: 'in upper case', uri: 'ENV:KEY', secrets: [] },
    { name: 'after a space', uri: ' env:KEY', secrets: [] },
    { name: 'that is a seed', uri: SEED, secrets: [SEED] },
    { name: 'that is a password with a colon', uri: 'hunter2:hunter3', secrets: ['hunter2', 'hunter3'] },
    { name: 'whose variable is a seed', uri: `env:${SEED}`, secrets: [SEED] },
    { name: 'whose path is a seed', uri: `file:${SEED}`, secrets: [SEED] },
    { name: 'whose path is a key', uri: '-----BEGIN PRIVATE KEY-----\nsecretsecret\n', secrets: ['secretsecret'] },
    { name: 'whose path is a key on one line', uri: 'file:-----BEGIN PRIVATE KEY----- secretsecret', secrets: ['secretsecret'] },
    { name: 'without a variable', uri: 'env:', secrets: [] },
    { name: 'with a variable that can not be', uri: 'env:MY-KEY=secretsecret', secrets: ['secretsecret'] },
    { name: 'without a path', uri: 'file:', secrets: [] },
    { name: 'with a query', uri: 'file:key.pem?passphrase=hunter2', secrets: ['hunter2'] },
    { name: 'with a host', uri: 'file://host/key.pem', secrets: ['host/key.pem'] },
    { name: 'with a NUL', uri: 'file:key\0.pem', secrets: [] },
  ];
  test.each(rows)('$name is refused', async ({ uri, secrets }) => {
    await expectRefusal(() => openSigner(uri, context({ env: new Map([['KEY', SEED]]) })), 'signer-uri', secrets);
  });

  test('of an unknown scheme is answered with the known ones', async () => {
    const error = await expectRefusal(() => openSigner('pkcs11:token=x', context()), 'signer-uri', ['token=x']);
    expect(error.message).toContain('env:NAME or file:PATH');
  });

  test('reaches whichever schemes a program offers, and only those', async () => {
    const agent: SignerScheme = {
      name: 'agent',
      form: 'agent:NAME',
      open: async (rest) => (rest === 'a:b' ? SIGNER : Promise.reject(new Error(rest))),
    };
    expect(await openSigner('agent:a:b', context(), [agent])).toBe(SIGNER);
    await expectRefusal(() => openSigner('env:KEY', context({ env: new Map([['KEY', SEED]]) }), [agent]), 'signer-uri', [SEED]);
  });
});

describe('env:', () => {
  test('signs with the key in the variable', async () => {
    const signer = await openSigner('env:KEY', context({ env: new Map([['KEY', `${SEED}\n`]]) }));
    expect(await signer.publicKey()).toEqual(await SIGNER.publicKey());
    expect(await signer.sign(Buffer.from('payload'))).toBe(await SIGNER.sign(Buffer.from('payload')));
  });

  test('asks for the passphrase by the name of the variable', async () => {
    const { pem } = folder.sshKey('env-sealed', ['-t', 'ed25519', '-a', '4'], PASSPHRASE);
    const asked: string[] = [];
    const ask = async (what: string) => {
      asked.push(what);
      return PASSPHRASE;
    };
    await openSigner('env:KEY', context({ env: new Map([['KEY', pem]]), askPassphrase: ask }));
    expect(asked).toEqual(['env:KEY']);
  });

  test.each([
    { name: 'is missing', env: new Map<string, string>() },
    { name: 'has no value', env: new Map([['KEY', undefined]]) },
    { name: 'is empty', env: new Map([['KEY', '']]) },
    { name: 'holds a password', env: new Map([['KEY', 'hunter2hunter2']]) },
    { name: 'holds half a seed', env: new Map([['KEY', SEED.slice(32)]]) },
  ])('a variable that $name is refused by name', async ({ env }) => {
    const error = await expectRefusal(() => openSigner('env:KEY', context({ env })), 'signer-key', ['hunter2hunter2', SEED.slice(32)]);
    expect(error.where).toBe('env:KEY');
  });

  test('the name of an object’s method is no variable', async () => {
    await expectRefusal(() => openSigner('env:constructor', context()), 'signer-key', []);
  });
});

describe('file:', () => {
  test('signs with the key in the file, by a relative path, an absolute one, a URL or one below the home', async () => {
    const path = keyFile('seed', SEED);
    symlinkSync(path, join(folder.path, 'link'));
    const env = new Map([['HOME', folder.path]]);
    for (const uri of ['file:seed', 'file:./seed', `file:${path}`, `file://${path}`, 'file:link']) {
      expect(await (await openSigner(uri, context())).publicKey(), uri).toEqual(await SIGNER.publicKey());
    }
    expect(await (await openSigner('file:~/seed', context({ env, cwd: '/' }))).publicKey()).toEqual(await SIGNER.publicKey());
  });

  test('asks for the passphrase by the path', async () => {
    const { pem } = folder.sshKey('file-sealed', ['-t', 'ed25519', '-a', '4'], PASSPHRASE);
    const asked: string[] = [];
    const ask = async (what: string) => {
      asked.push(what);
      return null;
    };
    await expectRefusal(() => openSigner('file:file-sealed', context({ askPassphrase: ask })), 'signer-passphrase', secretsOf(pem));
    expect(asked).toEqual(['file:"file-sealed"']);
  });

  test.each([
    { mode: 0o600, warned: false },
    { mode: 0o400, warned: false },
    { mode: 0o640, warned: true },
    { mode: 0o604, warned: true },
    { mode: 0o620, warned: true },
  ])('mode $mode: a warning is given: $warned', async ({ mode, warned }) => {
    keyFile(`mode-${mode}`, SEED, mode);
    const warnings: string[] = [];
    const warn = (text: string) => warnings.push(text);
    await openSigner(`file:mode-${mode}`, context({ warn }));
    expect(warnings.length).toBe(warned ? 1 : 0);
    expect(warnings.join()).not.toContain(SEED);
    if (warned) await openSigner(`file:mode-${mode}`, context());
  });

  test.each([
    { name: 'missing', make: () => undefined, code: 'io' },
    { name: 'a directory', make: () => mkdirSync(join(folder.path, 'a-directory')), code: 'file-type', path: 'a-directory' },
    { name: 'a FIFO', make: () => execFileSync('mkfifo', [join(folder.path, 'fifo')]), code: 'file-type', path: 'fifo' },
    { name: 'empty', make: () => keyFile('empty', ''), code: 'signer-key', path: 'empty' },
    { name: 'too long', make: () => keyFile('long', 'k'.repeat(MAX_KEY_BYTES + 1)), code: 'too-large', path: 'long' },
    { name: 'as long as may be', make: () => keyFile('longest', 'k'.repeat(MAX_KEY_BYTES)), code: 'signer-key', path: 'longest' },
    { name: 'half a seed', make: () => keyFile('half', SEED.slice(32)), code: 'signer-key', path: 'half' },
  ] as const)('a file that is $name', async (row) => {
    row.make();
    const path = 'path' in row ? row.path : 'missing';
    const error = await expectRefusal(() => openSigner(`file:${path}`, context()), row.code, [SEED.slice(32), 'kkkkkkkkkkkk']);
    expect(error.where).toBe(`file:"${path}"`);
  });
});
