// SPDX-License-Identifier: Apache-2.0
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../cli/exit-code.ts';
import { directoryStreams } from '../cli/read-stream.ts';
import { filesSource } from '../client/source.ts';
import { reviewSite } from '../commands/review-site.ts';
import { openDirectory } from '../hosting/directory.ts';
import { CountersignError } from '../tuf/errors.ts';
import { withPlace } from './open-place.ts';
import { linkPlainFiles } from './plain-files.ts';
import { newDirectory, type StepContext, type StepResult } from './step.ts';

/** What of a checkout of the published branch is served: neither git's own files nor what else somebody has pushed there. */
const SERVED = ['metadata', 'targets'];

/** Not through a link: in what others have pushed one may lead to any directory of this machine, which would then be served to everyone. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    // Whatever keeps it from being read, it is no directory to serve.
    return false;
  }
}

/**
 * `command: site`. Takes the site out of a checkout of the published branch, and verifies it as clients would before it may be deployed.
 * @throws `usage` without a checkout; the codes of {@link reviewSite}: `rollback` when clients are served something newer already
 */
export async function siteStep(context: StepContext): Promise<StepResult> {
  const checkout = context.place.site;
  if (checkout === null || !(await isDirectory(join(checkout, 'metadata')))) {
    const detail = 'expected the directory of a checkout of the published branch, got none; check it out in the step before this one';
    throw new CountersignError('usage', 'site', detail);
  }
  return withPlace(context, async ({ place, siteUrl }) => {
    const directory = join(await newDirectory(context, 'site'), 'site');
    let count = 0;
    for (const name of SERVED) {
      const from = join(checkout, name);
      if (await isDirectory(from)) count += await linkPlainFiles(from, join(directory, name));
    }
    const files = openDirectory(directory);
    const { findings, withheld } = await reviewSite(place, filesSource(files, directoryStreams(directory)));
    for (const path of withheld) await files.remove(path);
    count -= withheld.length;
    return {
      // Not red here: that would keep the site from being deployed, and everyone's files from staying fresh. The job ends red after the deployment, by `withheld`.
      exitCode: EXIT.ok,
      outputs: { operation: 'written', 'site-directory': directory, withheld: String(withheld.length > 0) },
      summary: { kind: 'site', site: { files: count, siteUrl, findings } },
      text: `${String(count)} files, verified`,
      findings,
    };
  });
}
