// SPDX-License-Identifier: Apache-2.0
import { openHttpSource } from '../client/http-source.ts';
import { siteUrls } from '../client/http-url.ts';
import type { RepositorySource } from '../client/source.ts';
import type { RootAnchor } from '../client/verify-roots.ts';
import { verifySource } from '../commands/verify.ts';
import { warningLines } from '../commands/verify-warnings.ts';
import { verifyText } from '../render/command-text.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { parseInstant } from '../tuf/instant.ts';
import { readTypedDigest } from '../tuf/typed-digest.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { currentInstant } from './local-workplace.ts';
import { optionValue } from './option-value.ts';
import { readRootFile } from './root-file.ts';
import { openSiteDirectory, siteDirectory } from './site-directory.ts';
import { timeLimits, type TimeOptions } from './time-limits.ts';

const DAY_SECONDS = 86_400;

/** What `verify` takes. */
export interface VerifyOptions extends TimeOptions {
  readonly root?: string;
  readonly metadataUrl?: string;
  readonly targetsUrl?: string;
  readonly targets: 'all' | 'hosted' | 'sample' | 'none';
  readonly sampleSize: string;
  readonly marginDays: string;
  readonly at?: string;
  /** Shows notes on other clients one by one. */
  readonly notes: boolean;
  readonly json: boolean;
}

async function anchorOf(text: string | undefined): Promise<RootAnchor | null> {
  if (text === undefined) return null;
  const digest = readTypedDigest(text);
  if (digest !== null) return { kind: 'sha256', digest };
  return { kind: 'root', bytes: await readRootFile(text, 'a root file, or the sha256 of root v1') };
}

/** A whole number of the command line. @throws `usage` */
function wholeNumber(text: string, where: string, least: number): number {
  if (/^[0-9]{1,6}$/.test(text) && Number(text) >= least) return Number(text);
  throw new CountersignError('usage', where, `expected a number from ${String(least)} to 999999, got ${quote(text)}`);
}

/** Where the repository is, and how to let go of it. */
interface Place {
  readonly source: RepositorySource;
  readonly close: () => Promise<void>;
}

/** The repository that is named: a directory, the URL of a site, or the URLs of its two parts. @throws `usage`, `io`, `file-type` */
async function openPlace(options: VerifyOptions, named: string | undefined): Promise<Place> {
  const { metadataUrl, targetsUrl } = options;
  const isWhole = metadataUrl === undefined && targetsUrl === undefined;
  const limits = timeLimits(options);
  const directory = siteDirectory(named ?? 'site', 'site');
  if (directory !== null && isWhole) return { source: await openSiteDirectory(directory), close: async () => undefined };
  if (named !== undefined && directory !== null)
    throw new CountersignError('usage', 'site', 'expected a URL beside --metadata-url and --targets-url, or none, got a directory');
  const site = named === undefined ? null : siteUrls(named, 'site');
  const [metadata, targets] = [metadataUrl ?? site?.metadataUrl, targetsUrl ?? site?.targetUrl];
  if (metadata === undefined || targets === undefined)
    throw new CountersignError('usage', '--metadata-url', 'expected --targets-url beside it, or the URL of a site, got one alone');
  const source = openHttpSource({ metadataUrls: [metadata], targetUrls: [targets], limits });
  return { source, close: () => source.close() };
}

/** `countersign verify`. */
export async function verifyCommand(options: VerifyOptions, console: Console, args: readonly string[]): Promise<number> {
  const { at } = options;
  const time = at === undefined ? currentInstant() : optionValue('--at', () => parseInstant(at, '--at'));
  const sample = wholeNumber(options.sampleSize, '--sample-size', 1);
  const marginSeconds = wholeNumber(options.marginDays, '--margin-days', 0) * DAY_SECONDS;
  const place = await openPlace(options, args[0]);
  try {
    const anchor = await anchorOf(options.root);
    const targets = options.targets === 'sample' ? { sample } : options.targets;
    const report = await verifySource(place.source, { time, anchor, targets, marginSeconds });
    if (anchor === null)
      console.log.warn('no --root given: this says that the repository agrees with itself, not that it is the right one');
    console.result(report, (value, style) => verifyText({ ...value, ...warningLines(value, time, options.notes) }, time, style));
    return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await place.close();
  }
}
