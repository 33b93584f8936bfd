// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import { destinationOf, type Destination } from './destination.ts';
import { parseNoProxy } from './no-proxy.ts';

/** A proxy that the environment names. */
export interface Proxy {
  /** Scheme, host and port, for messages: never its user and password. */
  readonly name: string;
  /** The variable that names it. */
  readonly variable: string;
  readonly at: Destination;
  /** The value of `Proxy-Authorization`; null without a user. */
  readonly authorization: string | null;
}

/** Which proxy leads to a URL; null where it is reached directly. */
export type ProxyChoice = (url: URL) => Proxy | null;

type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** A variable in small letters, else in capitals. An empty one is as good as none. */
function variableOf(env: ProxyEnvironment, name: string): { readonly name: string; readonly text: string } | null {
  for (const spelling of [name, name.toUpperCase()]) {
    const text = env[spelling] ?? '';
    // Where a web server runs us, HTTP_PROXY is what a stranger's header `Proxy:` says (CVE-2016-5385).
    if (text !== '' && !(spelling === 'HTTP_PROXY' && env['REQUEST_METHOD'] !== undefined)) return { name: spelling, text };
  }
  return null;
}

function refuse(name: string, detail: string): never {
  throw new CountersignError('usage', name, detail);
}

/** @throws `usage`. The text is not repeated, nor is an error that holds it: it may be a password. */
function credentialsOf(url: URL, name: string): string | null {
  if (url.username === '' && url.password === '') return null;
  try {
    const [user, password] = [url.username, url.password].map(decodeURIComponent);
    return `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return refuse(name, 'expected a user and password whose percent-encoding can be read, got others');
  }
}

function proxyOf(env: ProxyEnvironment, names: readonly string[]): Proxy | null {
  const found = names.map((name) => variableOf(env, name)).find((one) => one !== null);
  if (found === undefined) return null;
  const { name, text } = found;
  const trimmed = text.trim();
  // `host:port` alone is what curl and Go take for an HTTP proxy.
  const full = trimmed.includes('://') ? trimmed : `http://${trimmed}`;
  const url = URL.canParse(full)
    ? new URL(full)
    : refuse(name, 'expected the URL of a proxy, such as http://HOST:PORT, got a text that is none');
  if (url.protocol.startsWith('socks')) refuse(name, 'expected an http or https proxy; SOCKS proxies are not supported');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    refuse(name, 'expected the URL of an http or https proxy, such as http://HOST:PORT, got another scheme');
  }
  return { name: url.origin, variable: name, at: destinationOf(url), authorization: credentialsOf(url, name) };
}

/**
 * Reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, each in small letters first. `all_proxy` is for what has none of its own.
 * @throws `usage` for one that is no http or https proxy
 */
export function readProxies(env: ProxyEnvironment): ProxyChoice {
  const [http, https] = [proxyOf(env, ['http_proxy', 'all_proxy']), proxyOf(env, ['https_proxy', 'all_proxy'])];
  const isExcluded = parseNoProxy(variableOf(env, 'no_proxy')?.text ?? '');
  return (url) => {
    const proxy = url.protocol === 'https:' ? https : http;
    return proxy === null || isExcluded(destinationOf(url)) ? null : proxy;
  };
}

/** Every URL is reached directly. */
export const NO_PROXIES: ProxyChoice = () => null;
