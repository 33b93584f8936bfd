// SPDX-License-Identifier: Apache-2.0
import { exitCodeOf, hintFor } from '../cli/exit-code.ts';
import { currentInstant } from '../cli/local-workplace.ts';
import { renderSummary } from '../render/summary-markdown.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { custodyStep } from './custody-step.ts';
import { fetchStep } from './fetch-step.ts';
import { gatherStep } from './gather-step.ts';
import { variableOf, type Environment } from './input-text.ts';
import { readInputs, type ActionInputs } from './inputs.ts';
import { abandonStep, statusStep, verifyStep } from './inspect-steps.ts';
import { setOutputs } from './outputs.ts';
import { proposeStep } from './propose-step.ts';
import { publishStep } from './publish-step.ts';
import { readRunFacts } from './run-facts.ts';
import { boundedRunner, githubRunner, type BoundedRunner, type Runner } from './runner.ts';
import { maskSecret, maskSecrets } from './secrets.ts';
import { siteStep } from './site-step.ts';
import { stepLog } from './step-log.ts';
import type { StepContext, StepResult } from './step.ts';

/** What a run of the action goes by, where it is not the runner's own. */
export interface ActionOptions {
  readonly runner?: Runner;
  readonly now?: Instant;
}

async function perform(inputs: ActionInputs, context: StepContext): Promise<StepResult> {
  switch (inputs.command) {
    case 'propose':
      return proposeStep(context, inputs.propose);
    case 'gather':
    case 'settle':
      return gatherStep(context, inputs.command, inputs.onPublished);
    case 'custody':
      return custodyStep(context, inputs.person);
    case 'publish':
      return publishStep(context, inputs.publish);
    case 'site':
      return siteStep(context);
    case 'abandon':
      return abandonStep(context, inputs.number);
    case 'fetch':
      return fetchStep(context, inputs.fetch);
    case 'status':
      return statusStep(context);
    case 'verify':
      return verifyStep(context);
    default:
      return inputs satisfies never;
  }
}

async function report(runner: BoundedRunner, result: StepResult): Promise<void> {
  runner.info(result.text);
  for (const { source, where, detail, code } of result.findings) runner.annotate('error', code, `left out, ${source}: ${where}: ${detail}`);
  for (const { where, detail, code } of result.problems ?? []) runner.annotate('error', code, `${where}: ${detail}`);
  setOutputs(runner, result.outputs);
  await runner.summary(renderSummary(result.summary));
}

async function refuse(runner: BoundedRunner, env: Environment, error: CountersignError): Promise<number> {
  const hint = hintFor(error.code);
  runner.conclude(error.code, `${error.message}${hint === null ? '' : ` (${hint})`}`);
  setOutputs(runner, {});
  const { code, where, detail } = error;
  const command = (env.get(variableOf('command')) ?? '').trim();
  await runner.summary(
    renderSummary({ kind: 'refused', command: command === '' ? 'propose' : command, refusal: { code, where, detail }, hint }),
  );
  return exitCodeOf(error);
}

/**
 * Runs the action.
 * @returns the exit code: as the command line's
 */
export async function runAction(env: Environment, options: ActionOptions = {}): Promise<number> {
  const runner = boundedRunner(options.runner ?? githubRunner());
  maskSecrets(runner, env);
  try {
    const inputs = readInputs(env);
    const context: StepContext = {
      place: inputs.place,
      env,
      run: readRunFacts(env),
      log: stepLog(runner),
      now: options.now ?? currentInstant(),
      mask: (secret) => maskSecret(runner, secret),
    };
    runner.startGroup(`countersign ${inputs.command}${inputs.place.mode === 'dry-run' ? ' (dry run)' : ''}`);
    const result = await perform(inputs, context).finally(() => runner.endGroup());
    if (inputs.place.mode === 'dry-run') runner.annotate('notice', 'dry run', 'nothing was written');
    await report(runner, result);
    return result.exitCode;
  } catch (error) {
    if (!(error instanceof CountersignError)) {
      runner.conclude('internal', 'this is a mistake in Countersign; what happened is in the log');
      setOutputs(runner, {});
      throw error;
    }
    return await refuse(runner, env, error);
  } finally {
    runner.finish();
  }
}
