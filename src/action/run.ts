// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import * as core from '@actions/core';
import { directoryStreams } from '../cli/read-stream.ts';
import { EXIT, exitCodeOf, hintFor } from '../cli/exit-code.ts';
import { currentInstant, openLocalWorkplace } from '../cli/local-workplace.ts';
import { gather } from '../commands/gather.ts';
import { propose } from '../commands/propose.ts';
import { publish } from '../commands/publish.ts';
import { status } from '../commands/status.ts';
import { verify } from '../commands/verify.ts';
import type { Workplace } from '../commands/workplace.ts';
import type { Finding } from '../event/base.ts';
import { openDirectory } from '../hosting/directory.ts';
import type { Log } from '../ports.ts';
import { gatherText, publishText, statusText } from '../render/command-text.ts';
import { NO_STYLE } from '../render/style.ts';
import { openOnlineSigner } from '../signers/open-online-signer.ts';
import { parsePayloadDigest } from '../trust/countersignature.ts';
import { CountersignError } from '../tuf/errors.ts';
import { parseSha256 } from '../tuf/names.ts';
import { readInputs, type ActionInputs, type Environment } from './inputs.ts';

const log: Log = {
  info: (text) => {
    core.info(text);
  },
  warn: (text) => {
    core.warning(text);
  },
  progress: () => undefined,
};

function hexOf(root: string | null): string | null {
  return root === null ? null : root.replace(/^sha256:/, '');
}

async function openPlace(inputs: ActionInputs, env: Environment): Promise<Workplace> {
  const hex = hexOf(inputs.root);
  const { place } = await openLocalWorkplace({
    directory: inputs.repository,
    site: inputs.site,
    as: 'countersign[bot]',
    log,
    now: currentInstant(),
    anchor: hex === null ? null : parsePayloadDigest(hex, 'root'),
    openSigner: async (uri) => openOnlineSigner(uri, env),
  });
  return place;
}

/** Masks the online keys: a log must not show them, even line by line. */
function maskSecrets(env: Environment): void {
  for (const [name, value] of env) {
    if (!name.startsWith('COUNTERSIGN_') || !name.endsWith('_KEY') || value === undefined) continue;
    for (const line of value.split('\n')) if (line.trim() !== '') core.setSecret(line.trim());
  }
}

function endWith(findings: readonly Finding[]): number {
  for (const { source, where, detail, code } of findings) core.error(`${source}: ${where}: ${detail} (${code})`, { title: 'left out' });
  return findings.length > 0 ? EXIT.findings : EXIT.ok;
}

async function runPropose(inputs: ActionInputs, place: Workplace): Promise<number> {
  const result = await propose(place, {
    role: inputs.role,
    files: inputs.files,
    targetPrefix: inputs.targetPrefix,
    remove: inputs.remove,
    existing: inputs.replace ? 'replace' : 'refuse',
    whenOpen: inputs.whenOpen,
    custom: null,
    sourceCommit: inputs.sourceCommit,
    hosting: 'site',
    mode: inputs.mode,
  });
  core.setOutput('operation', result.outcome);
  core.setOutput('pull-request-number', result.number ?? '');
  core.setOutput('pull-request-url', result.url ?? '');
  core.setOutput('pull-request-branch', result.branch ?? '');
  core.setOutput('pull-request-head-sha', result.headSha ?? '');
  core.setOutput('version', result.version ?? '');
  core.setOutput('payload', result.payload ?? '');
  core.info(`${result.outcome}: ${result.role} with ${String(result.changes.length)} changes`);
  return EXIT.ok;
}

async function runVerify(inputs: ActionInputs): Promise<number> {
  const directory = resolve(inputs.site ?? '.');
  const hex = hexOf(inputs.root);
  const report = await verify({
    files: openDirectory(directory),
    openStream: directoryStreams(directory),
    time: currentInstant(),
    anchor: hex === null ? null : { kind: 'sha256', digest: parseSha256(hex, 'root') },
    targets: 'hosted',
  });
  for (const { code, where, detail } of report.problems) core.error(`${where}: ${detail}`, { title: code });
  core.setOutput('verified', report.problems.length === 0);
  core.info(
    `${String(report.roles.length)} roles, ${String(report.targetsChecked)} files hashed, ${String(report.problems.length)} problems`,
  );
  return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
}

async function run(inputs: ActionInputs, env: Environment): Promise<number> {
  if (inputs.command === 'verify') return runVerify(inputs);
  const place = await openPlace(inputs, env);
  switch (inputs.command) {
    case 'propose':
      return runPropose(inputs, place);
    case 'gather': {
      const result = await gather(place);
      core.info(gatherText(result, NO_STYLE));
      core.setOutput('completed', JSON.stringify(result.completed));
      return endWith(result.findings);
    }
    case 'publish': {
      const result = await publish(place);
      core.info(publishText(result, place.now, NO_STYLE));
      core.setOutput('operation', result.outcome);
      return endWith(result.findings);
    }
    case 'status': {
      const result = await status(place);
      core.info(statusText(result, place.now, NO_STYLE));
      return endWith(result.findings);
    }
    default:
      return inputs.command satisfies never;
  }
}

/**
 * Runs the action on a repository in a directory.
 * @returns the exit code: as the command line's
 */
export async function runAction(env: Environment): Promise<number> {
  maskSecrets(env);
  try {
    return await run(readInputs(env), env);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const hint = hintFor(error.code);
    core.error(`${error.message}${hint === null ? '' : ` (${hint})`}`, { title: error.code });
    return exitCodeOf(error);
  }
}
