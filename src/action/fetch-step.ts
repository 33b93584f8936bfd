// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT } from '../cli/exit-code.ts';
import { openCache } from '../client/directory-store.ts';
import { openDownloadDirectory } from '../client/download-directory.ts';
import { openHttpSource, type HttpSource } from '../client/http-source.ts';
import { siteUrls } from '../client/http-url.ts';
import { fetchTargets, type FetchResult } from '../commands/fetch.ts';
import { ioError } from '../disk/atomic-file.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { FetchInputs } from './inputs.ts';
import type { StepContext, StepResult } from './step.ts';

/** A rolling release has no timestamp for a moment while it is replaced. */
const TIMESTAMP_GAP_MS = 10_000;

async function readRoot(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw ioError(path, 'a root file that you trust', error);
  }
}

/** What was trusted stays, where the runner keeps anything: a client without memory can be shown old files. One directory for each root and place. */
function cacheDirectory({ env, run }: StepContext, root: Uint8Array, url: string): string {
  const kept = env.get('RUNNER_TOOL_CACHE') ?? '';
  const name = sha256Hex(new TextEncoder().encode(`${sha256Hex(root)} ${url}`));
  return join(kept === '' ? run.temporary : kept, 'countersign-fetch', name);
}

function openSource({ url, metadataUrl, targetsUrl }: FetchInputs): { readonly source: HttpSource; readonly name: string } {
  const site = url === null ? null : siteUrls(url, 'url');
  const [metadata, targets] = [metadataUrl ?? site?.metadataUrl, targetsUrl ?? site?.targetUrl];
  if (metadata === undefined || targets === undefined)
    throw new CountersignError('usage', 'url', 'expected the URL of a repository, got nothing');
  const source = openHttpSource({ metadataUrls: [metadata], targetUrls: [targets], limits: { timestampGapMs: TIMESTAMP_GAP_MS } });
  return { source, name: url ?? metadata };
}

function fetchText({ files, problems }: FetchResult): string {
  return [
    ...files.map(({ path, length, outcome }) => `${outcome} ${path}, ${String(length)} bytes`),
    ...problems.map(({ code, where, detail }) => `${code} ${where}: ${detail}`),
  ].join('\n');
}

/**
 * `command: fetch`: a consumer's step. Only files whose length and hash are signed are ever there under their names; when one can't be had the step fails and
 * names none.
 * @throws the codes of {@link fetchTargets}
 */
export async function fetchStep(context: StepContext, inputs: FetchInputs): Promise<StepResult> {
  const { env, log, now } = context;
  const workspace = env.get('GITHUB_WORKSPACE') ?? process.cwd();
  const root = await readRoot(resolve(workspace, inputs.rootFile));
  const { source, name } = openSource(inputs);
  try {
    const cache = openCache(cacheDirectory(context, root, name));
    const result = await fetchTargets({
      repositories: [{ name, mirrors: source.mirrors, cache, root }],
      map: null,
      targets: inputs.targets,
      to: openDownloadDirectory(resolve(workspace, inputs.out)),
      time: now,
      mode: 'online',
      log,
    });
    const { files, problems } = result;
    const isWhole = problems.length === 0;
    return {
      exitCode: isWhole ? EXIT.ok : EXIT.failed,
      outputs: { operation: isWhole ? 'fetched' : '', files: isWhole ? JSON.stringify(files.map(({ file }) => file)) : '' },
      summary: { kind: 'fetch', fetch: { source: name, files, problems } },
      text: fetchText(result),
      findings: [],
      problems,
    };
  } finally {
    await source.close();
  }
}
