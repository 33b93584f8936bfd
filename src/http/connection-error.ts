// SPDX-License-Identifier: Apache-2.0

/** What kept a request from its answer: a certificate that proves nothing, a page that somebody else put in its place, or anything else. */
export type ConnectionFault = 'certificate' | 'page' | 'connection';

/** Why no answer came, as a statement for people that names who failed: the host, or the proxy. Holds nothing that was sent. */
export class ConnectionError extends Error {
  /** Tells it from other errors. */
  override readonly name = 'ConnectionError';
  /** What to branch on. */
  readonly fault: ConnectionFault;
  /** Whether the next attempt may end otherwise. */
  readonly isPassing: boolean;

  constructor(message: string, what: { readonly fault?: ConnectionFault; readonly isPassing: boolean }, options?: ErrorOptions) {
    super(message, options);
    this.fault = what.fault ?? 'connection';
    this.isPassing = what.isPassing;
  }
}

/** The code of an error of ours for what went wrong. */
export function errorCodeOf({ fault }: ConnectionError): 'certificate-refused' | 'page-answered' | 'io' {
  switch (fault) {
    case 'certificate':
      return 'certificate-refused';
    case 'page':
      return 'page-answered';
    case 'connection':
      return 'io';
    default:
      return fault satisfies never;
  }
}

/** A failure of a socket in a person's words. */
interface Reason {
  readonly text: string;
  readonly fault: ConnectionFault;
  readonly isPassing: boolean;
}

const passing = (text: string): Reason => ({ text, fault: 'connection', isPassing: true });
const lasting = (text: string): Reason => ({ text, fault: 'connection', isPassing: false });
const certificate = (text: string): Reason => ({ text, fault: 'certificate', isPassing: false });

const CLOSED = passing('the connection was closed');
const NO_WAY = passing('there is no way to its address from here');
const UNTRUSTED = certificate('its certificate was issued by nobody that this machine trusts');

/** What the system, OpenSSL and Node's HTTP parser call what goes wrong. Certificates: X509_verify_cert_error_string(3). */
const REASONS: ReadonlyMap<string, Reason> = new Map([
  ['ECONNREFUSED', passing('nothing listens there')],
  ['ECONNRESET', CLOSED],
  ['ECONNABORTED', CLOSED],
  ['EPIPE', CLOSED],
  ['ETIMEDOUT', passing('it did not answer in time')],
  ['EHOSTUNREACH', NO_WAY],
  ['ENETUNREACH', NO_WAY],
  ['EADDRNOTAVAIL', NO_WAY],
  ['EAI_AGAIN', passing('its name could not be looked up for now')],
  ['ENOTFOUND', lasting('its name has no address')],
  ['ENODATA', lasting('its name has no address')],
  ['EACCES', lasting('this machine forbids the connection')],
  ['EPERM', lasting('this machine forbids the connection')],
  ['EMFILE', lasting('too many files are open here')],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['CERT_UNTRUSTED', UNTRUSTED],
  ['CERT_HAS_EXPIRED', certificate('its certificate has run out, or the clock of this machine is ahead')],
  ['CERT_NOT_YET_VALID', certificate('its certificate is not valid yet, or the clock of this machine is behind')],
  ['ERR_TLS_CERT_ALTNAME_INVALID', certificate('its certificate is for another name')],
]);

/** The code of the system, of OpenSSL or of Node; the empty text where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function reasonOf(error: unknown): Reason {
  const code = codeOf(error);
  const known = REASONS.get(code);
  if (known !== undefined) return known;
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS_CERT')) return certificate('its certificate can not be verified');
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') return lasting('it does not speak TLS there');
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return lasting('the TLS handshake failed');
  if (code.startsWith('HPE_')) return lasting('what it sent is no HTTP answer');
  return lasting('the connection failed');
}

/**
 * Names a failed connection.
 * @param what - what failed, before a colon: `https://example.org can not be reached`
 */
export function connectionError(what: string, error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { text, fault, isPassing } = reasonOf(error);
  return new ConnectionError(`${what}: ${text}`, { fault, isPassing }, { cause: error });
}

/** A time for people: `15 s`, `0.05 s`. */
export function secondsText(ms: number): string {
  return `${String(ms / 1000)} s`;
}
