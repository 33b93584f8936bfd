// SPDX-License-Identifier: Apache-2.0
import { openArtifactStaging, type ArtifactStaging } from '../artifacts/staging.ts';
import { localHasher } from '../cli/local-workplace.ts';
import { openHttpSource } from '../client/http-source.ts';
import { siteUrls } from '../client/http-url.ts';
import { filesSource, type RepositorySource } from '../client/source.ts';
import { UNKNOWN_SITE, type Workplace } from '../commands/workplace.ts';
import { pagesUrl } from '../event/pages-url.ts';
import { openGitHub } from '../forge/github/index.ts';
import { openReleaseFiles } from '../hosting/release-files.ts';
import type { Artifacts, Files, Log, Releases, Signer } from '../ports.ts';
import type { Guards } from '../ports/settings.ts';
import { parseCommitSha } from '../trust/accounts.ts';
import type { Instant } from '../tuf/instant.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { MetadataHosting } from './inputs.ts';

/** How a workplace on a repository of GitHub is wired. */
export interface GitHubPlaceOptions {
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
  readonly apiUrl: string;
  /** Null to find it from `apiUrl`. */
  readonly graphqlUrl: string | null;
  /** Where people see the host: `https://github.com`. */
  readonly serverUrl: string;
  /** Where clients fetch; null for where Pages puts it. */
  readonly siteUrl: string | null;
  readonly metadataHosting: MetadataHosting;
  /** The tag of the rolling release that holds metadata, for hosting `release`. */
  readonly metadataTag: string;
  /** Where that tag is made when there is none; null where nothing publishes. */
  readonly commit: string | null;
  /** Where files of the run are kept. */
  readonly temporary: string;
  readonly log: Log;
  readonly now: Instant;
  readonly anchor: PayloadDigest | null;
  readonly openSigner: (uri: string) => Promise<Signer>;
  /** Called for each request to the API. */
  readonly onRequest?: (method: string, url: string) => void;
}

/** A workplace on GitHub, with what only the entries use. */
export interface GitHubWorkplace extends Workplace {
  readonly artifacts: Artifacts;
  readonly staging: ArtifactStaging;
  readonly releases: Releases;
  readonly guards: Guards;
  /** Where clients fetch; null when that is not known. */
  readonly siteUrl: string | null;
  /** Lets go of the connections. */
  close(): Promise<void>;
}

interface Hosting {
  readonly live: RepositorySource;
  readonly site: Files | null;
  readonly siteUrl: string | null;
  readonly close: () => Promise<void>;
}

const NOTHING_OPEN = async (): Promise<void> => undefined;

function openHosting(options: GitHubPlaceOptions, releases: Releases): Hosting {
  const { owner, repo, serverUrl, metadataHosting, metadataTag: tag, commit } = options;
  if (metadataHosting === 'release') {
    const site = openReleaseFiles({ releases, tag, commit: commit === null ? null : parseCommitSha(commit, 'GITHUB_SHA') });
    return { live: filesSource(site), site, siteUrl: `${serverUrl}/${owner}/${repo}/releases/download/${tag}/`, close: NOTHING_OPEN };
  }
  const siteUrl = options.siteUrl ?? (metadataHosting === 'pages' ? pagesUrl(owner, repo) : null);
  // Nobody knows where it is served: then the published branch is all that there is.
  if (siteUrl === null) return { live: UNKNOWN_SITE, site: null, siteUrl, close: NOTHING_OPEN };
  const { metadataUrl, targetUrl } = siteUrls(siteUrl, 'site-url');
  // Pages swaps whole sites: a timestamp that is absent is not there yet, and waiting for it is in vain.
  const live = openHttpSource({ metadataUrls: [metadataUrl], targetUrls: [targetUrl], limits: { timestampGapMs: 0 } });
  return { live, site: null, siteUrl, close: () => live.close() };
}

/**
 * Opens a repository of GitHub. Sends nothing yet. With metadata on Pages or elsewhere something else deploys the published branch, so `site` is null; a
 * rolling release is written here. Concurrency groups of the workflow keep two runs from writing it at once.
 * @throws `usage` when an option can't be used; `io`
 */
export async function openGitHubWorkplace(options: GitHubPlaceOptions): Promise<GitHubWorkplace> {
  const { owner, repo, token, apiUrl, graphqlUrl, serverUrl, temporary, log, now, anchor, openSigner, onRequest } = options;
  const { forge, releases, artifacts, guards } = await openGitHub({
    owner,
    repo,
    token,
    apiUrl,
    log,
    ...(graphqlUrl === null ? {} : { graphqlUrl }),
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  const runUrl = (id: number): string => `${serverUrl}/${owner}/${repo}/actions/runs/${String(id)}`;
  const staging = await openArtifactStaging({ temporary, artifacts, hints: [], runUrl, log });
  const { live, site, siteUrl, close } = openHosting(options, releases);
  return {
    forge,
    releases,
    artifacts,
    guards,
    staging,
    live,
    site,
    siteUrl,
    hasher: localHasher,
    log,
    now,
    anchor,
    openSigner,
    // What GitHub takes as one blob.
    maxHostedBytes: 40 * 1024 * 1024,
    withSiteLock: (work) => work(async () => undefined),
    close,
  };
}
