// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';
import { encodeRoleName } from '../tuf/names.ts';

const METADATA = 'metadata/';
const TARGETS = 'targets/';
/** What names of metadata files consist of once role names are percent-encoded. */
const ENCODED_NAME = /^[A-Za-z0-9._~%-]+$/;

/** Where a site that was published as a whole has its two parts. */
export interface SiteUrls {
  /** With a slash at its end. */
  readonly metadataUrl: string;
  /** With a slash at its end. */
  readonly targetUrl: string;
}

/**
 * Parses the URL that file names are put after: http or https, with or without a slash at its end.
 * @throws `usage` for any other, and for one with credentials, a query or a fragment. The text is not repeated: it may hold a secret.
 */
export function parseBaseUrl(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const bare = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!bare || !isHttp(url)) {
    throw new CountersignError('usage', where, 'expected an http or https URL without credentials, query or fragment');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Whether a URL is one of the two kinds that are fetched. */
export function isHttp(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}

/**
 * The two parts of a site: `<site>/metadata/` and `<site>/targets/`.
 * @param site - http or https, with or without a slash at its end
 * @param where - what messages call it
 * @throws `usage` for what is no such URL, or has credentials, a query or a fragment
 */
export function siteUrls(site: string, where = 'site'): SiteUrls {
  const base = parseBaseUrl(site, where);
  return { metadataUrl: new URL(METADATA, base).href, targetUrl: new URL(TARGETS, base).href };
}

/** `base` and what follows it, if that is really where it leads: a URL parser takes `..` and `%2e%2e` for a way up. */
function below(base: URL, rest: string, path: string): URL {
  const url = new URL(base.href + rest);
  if (url.origin !== base.origin || url.pathname !== base.pathname + rest || url.search !== '' || url.hash !== '') {
    throw new CountersignError('file-name', quote(path), 'expected a name that stays below its base URL, got one that leads elsewhere');
  }
  return url;
}

/**
 * The URL of a metadata file. Its name is percent-encoded already, as all clients have it (see `encodeRoleName`), and goes into the URL as it is;
 * the base URL may name any directory, so that hosts with flat names serve as well.
 * @param path - `metadata/<name>`
 * @throws `file-name`
 */
export function metadataUrl(base: URL, path: string): URL {
  const name = path.startsWith(METADATA) ? path.slice(METADATA.length) : '';
  if (!ENCODED_NAME.test(name)) {
    throw new CountersignError('file-name', quote(path), `expected ${METADATA} and a percent-encoded name, got another path`);
  }
  return below(base, name, path);
}

function encodeSegment(segment: string, path: string): string {
  try {
    return encodeRoleName(segment);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new CountersignError('file-name', quote(path), 'expected well-formed text, got half of a surrogate pair', { cause: error });
  }
}

/**
 * The URL of a target file, each segment of its path percent-encoded: what a role lists as `a%2fb` or `a?b` is asked for as just that.
 * @param path - `targets/<dir>/<name>`
 * @throws `file-name` for one that would leave the base URL
 */
export function targetUrl(base: URL, path: string): URL {
  const rest = path.startsWith(TARGETS) ? path.slice(TARGETS.length) : '';
  if (rest === '') throw new CountersignError('file-name', quote(path), `expected ${TARGETS} and a path, got another path`);
  const segments = rest.split('/');
  return below(base, segments.map((segment) => encodeSegment(segment, path)).join('/'), path);
}
