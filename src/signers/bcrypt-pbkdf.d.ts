// SPDX-License-Identifier: Apache-2.0

/** The package ships no types. These are the parts in use. */
declare module 'bcrypt-pbkdf' {
  const bcrypt: {
    /**
     * Fills `key` from a passphrase and a salt. Lengths are in bytes.
     * @returns 0, or -1 when a length or `rounds` is out of range; `key` is then all zeros and must not be used
     */
    pbkdf(
      pass: Uint8Array,
      passLength: number,
      salt: Uint8Array,
      saltLength: number,
      key: Uint8Array,
      keyLength: number,
      rounds: number,
    ): 0 | -1;
  };
  export default bcrypt;
}
