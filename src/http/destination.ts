// SPDX-License-Identifier: Apache-2.0

/** The end of a connection. */
export interface Destination {
  /** Scheme, host and port as messages have them: a URL's origin. */
  readonly origin: string;
  /** A name or an address, an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken there. */
  readonly isSecure: boolean;
}

/** Where the host of an http or https URL is. */
export function destinationOf(url: URL): Destination {
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  return { origin: url.origin, host: url.hostname.replace(/^\[|\]$/g, ''), port, isSecure };
}

/** `host:port` as CONNECT and `Host` have it. */
export function authorityOf({ host, port }: Destination): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
