// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../cli/exit-code.ts';
import { publish } from '../commands/publish.ts';
import { publishNeeds } from '../commands/publish-needs.ts';
import type { Finding } from '../event/base.ts';
import { reviewGuards } from '../event/guards.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from '../event/layout.ts';
import { ONLINE_ENVIRONMENT } from '../event/workflow-names.ts';
import { publishText } from '../render/command-text.ts';
import { NO_STYLE } from '../render/style.ts';
import { CountersignError } from '../tuf/errors.ts';
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

/** What is told of the guards once everything is published: they hold nothing back, and what can't be read of them is no failure. */
async function guardFindings({ guards, place: { log } }: ActionPlace): Promise<readonly Finding[]> {
  if (guards === null) return [];
  try {
    const facts = await guards.read(ONLINE_ENVIRONMENT, [METADATA_BRANCH, PUBLISHED_BRANCH]);
    const { findings, notes } = reviewGuards(facts, ONLINE_ENVIRONMENT);
    for (const note of notes) log.warn(note);
    return findings;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    log.info(`the guards of the key and the branches could not be looked at: ${error.message}`);
    return [];
  }
}

/** `command: publish`. @throws the codes of {@link publish} */
export async function publishStep(context: StepContext, { served, unlisted }: PublishInputs): Promise<StepResult> {
  const { now } = context;
  const { mode } = context.place;
  return withPlace(context, async (opened) => {
    if (mode === 'dry-run') return tryPublish(opened);
    const published = await publish(opened.place, null, served, unlisted);
    const result = { ...published, findings: [...published.findings, ...(await guardFindings(opened))] };
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
