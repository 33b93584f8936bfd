// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../cli/exit-code.ts';
import { settle } from '../commands/custody.ts';
import { gather, type GatherResult } from '../commands/gather.ts';
import { publishNeeds, type PublishNeeds } from '../commands/publish-needs.ts';
import { gatherText } from '../render/command-text.ts';
import { NO_STYLE } from '../render/style.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
import { readCarried } from './carried-signatures.ts';
import { dispatchWorkflow } from './dispatch-workflow.ts';
import { withPlace } from './open-place.ts';
import type { ActionPlace, StepContext, StepResult } from './step.ts';

/** What publish has to do, where nothing was read: it looks for itself. */
const UNKNOWN_NEEDS: PublishNeeds = { reasons: ['gather has stopped before it looked'], behind: false };

function resultOf(context: StepContext, place: ActionPlace, result: GatherResult, needs: PublishNeeds): StepResult {
  const { events, completed, rebuilt, custody, released, findings, stopped } = result;
  const { now } = context;
  const isPages = place.place.site === null;
  return {
    exitCode: findings.length > 0 ? EXIT.findings : EXIT.ok,
    outputs: {
      operation: completed.length > 0 ? 'completed' : rebuilt.length > 0 ? 'rebuilt' : 'reported',
      completed: JSON.stringify(completed),
      custody: JSON.stringify(custody.map(({ person, environment }) => ({ person, environment }))),
      // A rolling release is written by publish itself, so what it lacks is for publish to do.
      'publish-needed': String(needs.reasons.length > 0 || (needs.behind && !isPages)),
      'deploy-needed': String(needs.behind && isPages),
      released: JSON.stringify(released.map(({ tag, url }) => ({ tag, url }))),
    },
    summary: {
      kind: 'gather',
      gather: {
        mode: context.place.mode,
        now,
        events,
        completed,
        rebuilt,
        custody,
        released,
        publish: needs.reasons,
        findings,
        stopped,
        pullUrl: place.pullUrl,
      },
    },
    text: gatherText(result, NO_STYLE),
    findings,
  };
}

async function carriedOut(context: StepContext, place: ActionPlace, command: 'gather' | 'settle'): Promise<GatherResult> {
  if (command === 'gather') return gather(place.place, context.place.mode);
  if (place.artifacts === null || context.run.id === null)
    throw new CountersignError('usage', 'command', 'expected settle in a run of GitHub Actions, got none; use gather');
  if (context.place.mode === 'dry-run') return gather(place.place, 'dry-run');
  return settle(place.place, await readCarried(context, place.artifacts, context.run.id));
}

/** Starts a workflow for what was published. That it could not be started must not hide what was done, which the next jobs go by. */
async function started(context: StepContext, workflow: string, tags: readonly string[]): Promise<readonly Refusal[]> {
  try {
    await dispatchWorkflow(context, workflow, tags);
    return [];
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, where, detail } = error;
    return [{ code, where, detail }];
  }
}

/** `command: gather` and `command: settle`. @throws the codes of {@link gather} */
export async function gatherStep(context: StepContext, command: 'gather' | 'settle', onPublished: string | null): Promise<StepResult> {
  return withPlace(context, async (place) => {
    const result = await carriedOut(context, place, command);
    const tags = result.released.map(({ tag }) => tag);
    const problems = onPublished === null || tags.length === 0 ? [] : await started(context, onPublished, tags);
    const step = resultOf(context, place, result, result.stopped === null ? await publishNeeds(place.place) : UNKNOWN_NEEDS);
    return problems.length === 0 ? step : { ...step, exitCode: EXIT.findings, problems };
  });
}
