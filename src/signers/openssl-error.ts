// SPDX-License-Identifier: Apache-2.0

/**
 * The code with which node:crypto says that it can't use some key material, or `no reason`: it throws a bare Error where
 * OpenSSL left none. The error itself is left behind: it is never made a `cause`, since Node puts rejected arguments into
 * some of its messages.
 * @throws `error` again when it says anything else: that is a bug of ours, not a bad key
 */
export function opensslCode(error: unknown): string {
  if (error instanceof Error) {
    if (!('code' in error)) {
      if (Object.getPrototypeOf(error) === Error.prototype) return 'no reason';
    } else if (typeof error.code === 'string' && /^ERR_(?:OSSL|CRYPTO|MISSING_PASSPHRASE)/.test(error.code)) {
      return error.code;
    }
  }
  throw error;
}

/** As {@link opensslCode}, as words for a message. @throws `error` again when it says anything else */
export function opensslWords(error: unknown): string {
  return opensslCode(error) === 'ERR_OSSL_EVP_UNSUPPORTED'
    ? 'one of a kind that OpenSSL does not know here'
    : "bytes that OpenSSL can't read";
}
