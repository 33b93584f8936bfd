// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { EXIT } from '../cli/exit-code.ts';
import { directoryStreams } from '../cli/read-stream.ts';
import { openHttpSource } from '../client/http-source.ts';
import { siteUrls } from '../client/http-url.ts';
import type { RepositoryReport } from '../client/repository-report.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import { abandon } from '../commands/abandon.ts';
import { status } from '../commands/status.ts';
import { verify } from '../commands/verify.ts';
import { warningLines } from '../commands/verify-warnings.ts';
import { openDirectory } from '../hosting/directory.ts';
import { statusText, verifyText } from '../render/command-text.ts';
import { NO_STYLE } from '../render/style.ts';
import { CountersignError } from '../tuf/errors.ts';
import { parseSha256 } from '../tuf/names.ts';
import { pagesUrl } from '../event/pages-url.ts';
import { withPlace } from './open-place.ts';
import type { StepContext, StepResult } from './step.ts';

/** `command: status`. Changes nothing. @throws the codes of {@link status} */
export async function statusStep(context: StepContext): Promise<StepResult> {
  return withPlace(context, async ({ place }) => {
    const result = await status(place);
    return {
      exitCode: result.findings.length > 0 ? EXIT.findings : EXIT.ok,
      outputs: { operation: 'reported' },
      summary: { kind: 'status', status: { ...result, now: context.now } },
      text: statusText(result, context.now, NO_STYLE),
      findings: result.findings,
    };
  });
}

/** `command: abandon`. @throws `event-unknown` */
export async function abandonStep(context: StepContext, number: number): Promise<StepResult> {
  if (context.place.mode === 'dry-run') throw new CountersignError('usage', 'dry-run', 'expected false for command abandon, got true');
  return withPlace(context, async ({ place }) => {
    const { url, live } = await abandon(place, number);
    return {
      exitCode: EXIT.ok,
      outputs: {
        operation: 'abandoned',
        'pull-request-number': String(number),
        'pull-request-url': url,
        'pull-request-operation': 'closed',
      },
      summary: { kind: 'abandon', abandon: { number, url, live } },
      text: `abandoned #${String(number)}; ${String(live.length)} signatures of it stay valid for what they were given for`,
      findings: [],
    };
  });
}

/** The URL of the site to verify: the one given, or where Pages puts this repository's. @throws `usage` */
function siteUrlOf({ place }: StepContext): string {
  if (place.siteUrl !== null) return place.siteUrl;
  const [owner, repo] = place.repository.split('/');
  if (owner !== undefined && repo !== undefined && owner !== '') return pagesUrl(owner, repo);
  throw new CountersignError('usage', 'site', 'expected the directory of a site, or its URL in site-url, got neither');
}

async function verifySite(context: StepContext): Promise<RepositoryReport> {
  const { now, place } = context;
  const anchor = place.root === null ? null : { kind: 'sha256' as const, digest: parseSha256(place.root, 'root') };
  if (place.site !== null) {
    const directory = resolve(place.site);
    return verify({ files: openDirectory(directory), openStream: directoryStreams(directory), time: now, anchor, targets: 'hosted' });
  }
  const { metadataUrl, targetUrl } = siteUrls(siteUrlOf(context), 'site-url');
  const source = openHttpSource({ metadataUrls: [metadataUrl], targetUrls: [targetUrl] });
  try {
    return await verifyRepository(source, { time: now, targets: 'hosted', ...(anchor === null ? {} : { anchor }) });
  } finally {
    await source.close();
  }
}

/** `command: verify`: a published site, in a directory or live, as clients would see it. @throws `usage`, `io` */
export async function verifyStep(context: StepContext): Promise<StepResult> {
  const report = await verifySite(context);
  const view = { ...report, ...warningLines(report, context.now, false) };
  const isGood = report.problems.length === 0;
  return {
    exitCode: isGood ? EXIT.ok : EXIT.failed,
    outputs: { operation: 'verified', verified: String(isGood) },
    summary: { kind: 'verify', verify: { ...view, now: context.now } },
    text: verifyText(view, context.now, NO_STYLE),
    findings: [],
    problems: report.problems,
  };
}
