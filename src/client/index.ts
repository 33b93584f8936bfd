// SPDX-License-Identifier: Apache-2.0
/**
 * A strict TUF client: from a root that you ship, it finds targets and gives you their bytes, verified.
 *
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { openCache, openClient, openDownloadDirectory, openHttpSource, siteUrls } from 'countersign/client';
 *
 * const { metadataUrl, targetUrl } = siteUrls('https://example.org/releases/');
 * const source = openHttpSource({ metadataUrls: [metadataUrl], targetUrls: [targetUrl] });
 * const client = openClient({ root: await readFile('root.json'), source, cache: openCache('.cache/tuf') });
 * await client.update();
 * const { file, sha256 } = await client.download('v1/app.tgz', openDownloadDirectory('downloads'));
 * await source.close();
 * ```
 *
 * Every failure is a {@link CountersignError}, whose `code` says which. It implements the client workflow of the TUF specification 1.0.34 (§5), TAP 4 (map
 * files) and TAP 15 (hash bins).
 * @packageDocumentation
 */
export { openClient, openMappedClient } from './client.ts';
export type { Client, MappedClientOptions, MappedTarget, TrustedState } from './client.ts';
export type { ClientOptions, ClientSource, UpdateStart } from './repository-client.ts';
export type { DownloadOptions, Target, TargetReader } from './target-reader.ts';
export { openDownloadDirectory } from './download-directory.ts';
export type { DownloadDirectory } from './download-directory.ts';
export type { PartFile } from './part-file.ts';
export type { TargetDigest } from './download.ts';
export type { FetchedFile } from './fetch-target.ts';
export { openCache } from './directory-store.ts';
export type { ClientCache } from './directory-store.ts';
export { memoryCache } from './store.ts';
export type { ClientStore, TrustCache } from './store.ts';
export { offlineSource } from './update.ts';
export { openHttpSource } from './http-source.ts';
export type { HttpSource, HttpSourceOptions } from './http-source.ts';
export type { HttpAnswer, HttpFetch } from './http-fetch.ts';
export { siteUrls } from './http-url.ts';
export type { SiteUrls } from './http-url.ts';
export { DEFAULT_HTTP_LIMITS, DEFAULT_LIMITS } from './limits.ts';
export type { ClientLimits, HttpLimits } from './limits.ts';
export type { RepositorySource } from './source.ts';
export { parseRepositoryMap } from './repository-map.ts';
export type { Mapping, RepositoryMap } from './repository-map.ts';
export { CountersignError } from '../tuf/errors.ts';
export type { ErrorCode } from '../tuf/errors.ts';
export type { JsonObject, JsonValue } from '../tuf/json.ts';
export type { Hashes } from '../tuf/meta-file.ts';
export type { TargetFile } from '../tuf/targets.ts';
