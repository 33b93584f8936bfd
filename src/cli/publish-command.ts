// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { publish } from '../commands/publish.ts';
import { parseServedVersion, type ServedVersions } from '../event/decide-continuation.ts';
import { outsideClients } from '../hosting/outside-clients.ts';
import { publishText } from '../render/command-text.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { openRepository, requireDirectoryName, type RepositoryOptions } from './repository-options.ts';

/** What `publish` takes. */
export interface PublishOptions extends RepositoryOptions {
  /** Programs that must agree to what is to be published. */
  readonly replayWith: readonly string[];
  /** The versions that were last served, where a run has asked for them. */
  readonly servedTimestamp?: string;
  readonly servedSnapshot?: string;
  /** Takes away files of targets that are listed no more. */
  readonly prune: boolean;
}

/** The versions that a person says were last served. @throws `usage` */
function servedVersions({ servedTimestamp, servedSnapshot }: PublishOptions): ServedVersions | null {
  if (servedTimestamp === undefined) {
    if (servedSnapshot === undefined) return null;
    throw new CountersignError('usage', '--served-snapshot', 'expected --served-timestamp with it, got none');
  }
  return {
    timestamp: parseServedVersion(servedTimestamp, '--served-timestamp'),
    snapshot: servedSnapshot === undefined ? null : parseServedVersion(servedSnapshot, '--served-snapshot'),
  };
}

/** `countersign publish`. */
export async function publishCommand(options: PublishOptions, console: Console): Promise<number> {
  requireDirectoryName(options.repo, 'the action publishes');
  const served = servedVersions(options);
  const { place } = await openRepository(options, console);
  // A path is one from where the command was given; a bare name is looked for in PATH.
  const programs = options.replayWith.map((program) => (/[\\/]/.test(program) ? resolve(program) : program));
  const result = await publish(
    place,
    programs.length === 0 ? null : outsideClients(programs, console.log),
    served,
    options.prune ? 'remove' : 'keep',
  );
  console.result(result, (value, style) => publishText(value, place.now, style));
  return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}
