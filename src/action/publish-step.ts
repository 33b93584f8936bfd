// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../cli/exit-code.ts';
import { publish } from '../commands/publish.ts';
import { publishNeeds } from '../commands/publish-needs.ts';
import { publishText } from '../render/command-text.ts';
import { NO_STYLE } from '../render/style.ts';
import type { PublishInputs } from './inputs.ts';
import { withPlace } from './open-place.ts';
import type { ActionPlace, StepContext, StepResult } from './step.ts';

/** What a publish would do, without signing anything. */
async function tryPublish({ place }: ActionPlace): Promise<StepResult> {
  const { reasons, behind } = await publishNeeds(place);
  const text = reasons.length === 0 ? 'nothing to publish' : ['would publish:', ...reasons].join('\n');
  return {
    exitCode: EXIT.ok,
    outputs: {
      operation: reasons.length === 0 ? 'fresh' : 'published',
      'publish-needed': String(reasons.length > 0),
      'deploy-needed': String(behind && place.site === null),
    },
    summary: { kind: 'publish-needs', needs: { reasons, behind } },
    text,
    findings: [],
  };
}

/** `command: publish`. @throws the codes of {@link publish} */
export async function publishStep(context: StepContext, { served, unlisted }: PublishInputs): Promise<StepResult> {
  const { now } = context;
  const { mode } = context.place;
  return withPlace(context, async (opened) => {
    if (mode === 'dry-run') return tryPublish(opened);
    const result = await publish(opened.place, null, served, unlisted);
    return {
      exitCode: result.findings.length > 0 ? EXIT.findings : EXIT.ok,
      outputs: {
        operation: result.outcome,
        'publish-needed': 'false',
        'deploy-needed': String(result.site.outcome === 'behind'),
      },
      summary: { kind: 'publish', publish: { ...result, now, siteUrl: opened.siteUrl } },
      text: publishText(result, now, NO_STYLE, 'a publish with `prune: true`'),
      findings: result.findings,
    };
  });
}
