// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../cli/exit-code.ts';
import { custody, type CustodySignature } from '../commands/custody.ts';
import { variableOf } from './input-text.ts';
import { SIGNATURE_PREFIX, writeCarried } from './carried-signatures.ts';
import { openKey, withPlace } from './open-place.ts';
import type { StepContext, StepResult } from './step.ts';

function custodyText(person: string, signatures: readonly CustodySignature[]): string {
  const events = signatures.map(
    ({ number, files }) => `#${String(number)}: ${files.map(({ role, version }) => `${role} v${String(version)}`).join(', ')}`,
  );
  return events.length === 0 ? `nothing to sign for ${person}` : [`signed for ${person}`, ...events].join('\n');
}

/** `command: custody`. Writes nothing to the repository: the signatures leave as an artifact. @throws the codes of {@link custody}, `signer-key` */
export async function custodyStep(context: StepContext, person: string): Promise<StepResult> {
  return withPlace(context, async ({ place, pullUrl }) => {
    const signer = await openKey(context, `env:${variableOf('key')}`);
    const signatures = await custody(place, person, signer);
    const isLeft = signatures.length > 0 && context.place.mode === 'apply';
    return {
      exitCode: EXIT.ok,
      outputs: {
        operation: signatures.length > 0 ? 'signed' : 'nothing-to-sign',
        'signature-artifact': isLeft ? `${SIGNATURE_PREFIX}${person}` : '',
        'signature-directory': isLeft ? await writeCarried(context, signatures) : '',
      },
      summary: {
        kind: 'custody',
        custody: { person, signed: signatures.map(({ number, files }) => ({ number, url: pullUrl(number), files })) },
      },
      text: custodyText(person, signatures),
      findings: [],
    };
  });
}
