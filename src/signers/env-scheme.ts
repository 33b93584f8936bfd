// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import { signerFromPrivateKey } from './key-signer.ts';
import { readPrivateKey, type OpensshReader } from './read-private-key.ts';
import type { SignerScheme } from './scheme.ts';

/** `env:NAME`: a private key in an environment variable. OpenSSH keys are read where a reader for them is given. */
export function envScheme(openssh: OpensshReader | null): SignerScheme {
  return {
    name: 'env',
    form: 'env:NAME',
    async open(rest, { env, askPassphrase }) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(rest)) {
        throw new CountersignError('signer-uri', 'env:', 'expected the name of an environment variable, got other text');
      }
      const where = `env:${rest}`;
      // A missing variable is refused as an empty one: GitHub gives a job an empty text for a secret that does not exist.
      const value = env.get(rest) ?? '';
      if (value === '') throw new CountersignError('signer-key', where, 'expected the content of a key file in this variable, got nothing');
      const key = await readPrivateKey(Buffer.from(value, 'utf8'), where, () => askPassphrase(where), openssh);
      return signerFromPrivateKey(key, where);
    },
  };
}
