// SPDX-License-Identifier: Apache-2.0
import type { Runner } from './runner.ts';

/** Every output of action.yml, in its order. */
export const OUTPUT_NAMES = [
  'operation',
  'pull-request-number',
  'pull-request-url',
  'pull-request-operation',
  'pull-request-branch',
  'pull-request-head-sha',
  'version',
  'payload',
  'completed',
  'custody',
  'publish-needed',
  'deploy-needed',
  'released',
  'files',
  'verified',
  'staging-artifact',
  'staging-directory',
  'signature-artifact',
  'signature-directory',
  'site-directory',
  'withheld',
] as const;
/** One of {@link OUTPUT_NAMES}. */
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** The outputs that a step sets; all others are empty. */
export type Outputs = Partial<Readonly<Record<OutputName, string>>>;

/** Sets every output, so that what reads one after a failure reads nothing and not what an earlier step has left. */
export function setOutputs(runner: Pick<Runner, 'output'>, outputs: Outputs): void {
  for (const name of OUTPUT_NAMES) runner.output(name, outputs[name] ?? '');
}
