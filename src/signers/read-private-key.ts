// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, type KeyObject, type PrivateKeyInput } from 'node:crypto';
import { CountersignError } from '../tuf/errors.ts';
import { ed25519FromSeed } from './ed25519.ts';
import { signerFromPrivateKey } from './key-signer.ts';
import { opensslCode, opensslWords } from './openssl-error.ts';
import { passphraseFor, wrongPassphrase, type AskForPassphrase } from './passphrase.ts';
import { isOneDerSequence, parsePem, type PemBlock } from './pem.ts';
import type { Refuse } from './ssh-wire.ts';

/** Reads the body of an OpenSSH private key. */
export type OpensshReader = (body: Buffer, where: string, ask: AskForPassphrase, refuse: Refuse) => Promise<KeyObject>;

/** The longest key that is read, in bytes. The longest RSA key in use takes about 13 KB. */
export const MAX_KEY_BYTES: number = 64 * 1024;

const FORMS = 'a private key in PEM or OpenSSH format, or 64 hex digits';
// No JSON, so a signature of it can't be taken for one of metadata.
const PROBE = Buffer.from('countersign: do the halves of this key fit each other?');

/** What a text that holds no PEM is, as words for a message, quoting nothing of it. */
function kindOf(text: string): string {
  if (text.trim() === '') return 'nothing';
  if (/^(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+ /.test(text)) return 'an OpenSSH public key';
  if (text.startsWith('PuTTY-User-Key-File-')) return 'a PuTTY key (PuTTYgen exports OpenSSH keys)';
  if (/[^\t\r\n -~]/.test(text)) return 'bytes that are no ASCII text';
  if (/^[0-9a-fA-F]+\s*$/.test(text)) return `${text.trim().length} hex digits`;
  return 'a text that is no private key';
}

/** The one block that is a key. `openssl ecparam -genkey` writes the curve's name before it, which the key itself repeats. */
function keyBlock(blocks: readonly PemBlock[], refuse: Refuse): PemBlock {
  const [block, ...more] = blocks.filter(({ label }) => label !== 'EC PARAMETERS');
  if (block === undefined || more.length > 0) {
    throw refuse(`expected one private key, got ${blocks.map(({ label }) => `"${label}"`).join(', ')}`);
  }
  return block;
}

/** What node:crypto needs to read a block in one of OpenSSL's formats; null for any other label. */
function opensslInput({ label, body, text, encrypted }: PemBlock): PrivateKeyInput | null {
  if (label === 'PRIVATE KEY' || label === 'ENCRYPTED PRIVATE KEY') return { key: body, format: 'der', type: 'pkcs8' };
  if (label !== 'EC PRIVATE KEY' && label !== 'RSA PRIVATE KEY') return null;
  if (encrypted) return { key: text, format: 'pem' };
  return { key: body, format: 'der', type: label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs1' };
}

async function readWithOpenssl(block: PemBlock, where: string, ask: AskForPassphrase, refuse: Refuse): Promise<KeyObject> {
  const input = opensslInput(block);
  if (input === null) throw refuse(`expected ${FORMS}, got a PEM block "${block.label}"`);
  if (!block.encrypted && !isOneDerSequence(block.body)) throw refuse('expected a whole key, got one cut off or with more bytes after it');
  const encrypted = block.encrypted || block.label === 'ENCRYPTED PRIVATE KEY';
  const passphrase = encrypted ? await passphraseFor(where, ask) : null;
  try {
    return createPrivateKey(passphrase === null ? input : { ...input, passphrase });
  } catch (error) {
    const code = opensslCode(error);
    // A wrong passphrase shows as bad padding or, once in some hundred, as a key that can't be decoded; a cipher that
    // OpenSSL lacks has a code of its own.
    if (passphrase === null || code === 'ERR_OSSL_EVP_UNSUPPORTED')
      throw refuse(`expected a private key that OpenSSL reads, got ${opensslWords(error)}`);
    throw wrongPassphrase(where);
  }
}

async function readKey(
  text: string,
  where: string,
  ask: AskForPassphrase,
  refuse: Refuse,
  openssh: OpensshReader | null,
): Promise<KeyObject> {
  const [, seed] = /^([0-9a-fA-F]{64})(?:\r?\n)?$/.exec(text) ?? [];
  if (seed !== undefined) return ed25519FromSeed(Buffer.from(seed, 'hex'));
  const pem = parsePem(text);
  switch (pem.kind) {
    case 'none':
      throw refuse(`expected ${FORMS}, got ${kindOf(text)}`);
    case 'malformed':
      throw refuse(`expected ${FORMS}, got ${pem.reason}`);
    case 'blocks': {
      const block = keyBlock(pem.blocks, refuse);
      if (block.label === 'OPENSSH PRIVATE KEY' && openssh !== null) return openssh(block.body, where, ask, refuse);
      return readWithOpenssl(block, where, ask, refuse);
    }
    default:
      return pem satisfies never;
  }
}

/**
 * Reads a private key as `parsePrivateKey` does; OpenSSH keys only with a reader for them, which the action, that signs with
 * online keys alone, does not carry.
 * @throws `signer-key`, `signer-passphrase`, `too-large` (beyond {@link MAX_KEY_BYTES})
 */
export async function readPrivateKey(
  bytes: Uint8Array,
  where: string,
  passphrase: AskForPassphrase,
  openssh: OpensshReader | null,
): Promise<KeyObject> {
  if (bytes.length > MAX_KEY_BYTES) throw new CountersignError('too-large', where, `expected at most ${MAX_KEY_BYTES} bytes, got more`);
  const refuse: Refuse = (detail) => new CountersignError('signer-key', where, detail);
  const key = await readKey(Buffer.from(bytes).toString('latin1'), where, passphrase, refuse, openssh);
  await signerFromPrivateKey(key, where).sign(PROBE);
  return key;
}
