// SPDX-License-Identifier: Apache-2.0
const NAME = 'NODE_TLS_REJECT_UNAUTHORIZED';

/**
 * Takes away what would turn the check of certificates off. Our own transport never obeys it; packages that connect by themselves, such as the client of
 * artifacts, and programs that we start, would.
 */
export function requireCertificates(): void {
  const text = process.env[NAME];
  if (text === undefined) return;
  Reflect.deleteProperty(process.env, NAME);
  if (text === '0') process.stderr.write(`warning ${NAME} is not obeyed: certificates are always checked\n`);
}
