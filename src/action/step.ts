// SPDX-License-Identifier: Apache-2.0
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workplace } from '../commands/workplace.ts';
import { ioError } from '../disk/atomic-file.ts';
import type { Finding } from '../event/base.ts';
import type { Artifacts, Log } from '../ports.ts';
import type { Guards } from '../ports/settings.ts';
import type { ArtifactStaging } from '../artifacts/staging.ts';
import type { SummaryView } from '../render/summary-markdown.ts';
import type { Refusal } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { Environment } from './input-text.ts';
import type { PlaceInputs } from './inputs.ts';
import type { Outputs } from './outputs.ts';
import type { RunFacts } from './run-facts.ts';

/** What every command of the action is given. */
export interface StepContext {
  readonly place: PlaceInputs;
  readonly env: Environment;
  readonly run: RunFacts;
  readonly log: Log;
  readonly now: Instant;
  /** Masks a key on reading it. */
  readonly mask: (secret: string) => void;
}

/** What a command of the action leaves. */
export interface StepResult {
  readonly exitCode: number;
  readonly outputs: Outputs;
  readonly summary: SummaryView;
  /** For the log. */
  readonly text: string;
  /** What was left out, and does not verify. */
  readonly findings: readonly Finding[];
  /** What makes the step fail, beside its exit code. */
  readonly problems?: readonly Refusal[];
}

/** A workplace as the action has it: on GitHub, or on a repository in a directory. */
export interface ActionPlace {
  readonly place: Workplace;
  /** Null where nothing keeps artifacts. */
  readonly artifacts: Artifacts | null;
  readonly staging: ArtifactStaging | null;
  /** Null where there are no settings, as in a directory. */
  readonly guards: Guards | null;
  /** Where clients fetch; null when that is not known. */
  readonly siteUrl: string | null;
  /** Where a pull request is, by its number; null where that can't be said. */
  readonly pullUrl: (number: number) => string | null;
  close(): Promise<void>;
}

/** An empty directory that goes with the job. @throws `io` */
export async function newDirectory({ run }: Pick<StepContext, 'run'>, purpose: string): Promise<string> {
  try {
    return await mkdtemp(join(run.temporary, `countersign-${purpose}-`));
  } catch (error) {
    throw ioError(run.temporary, 'to make a directory', error);
  }
}
