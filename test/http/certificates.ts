// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a TLS server needs, and the file of the certificate that signs itself. */
export interface TestCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** The certificate's file, as NODE_EXTRA_CA_CERTS takes it. */
  readonly file: string;
  readonly directory: string;
}

/** Makes a certificate that signs itself, for the names that OpenSSL's `subjectAltName` lists: `DNS:site.test,IP:127.0.0.1`. */
export function certificateFor(names: string, days: number = 2): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-tls-'));
  const [key, file] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', file, '-days', String(days), ...subject], { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(file), file, directory };
}
