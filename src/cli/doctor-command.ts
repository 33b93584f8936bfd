// SPDX-License-Identifier: Apache-2.0
import { doctor, isUrgent } from '../commands/doctor.ts';
import { doctorText } from '../render/doctor-text.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { openAdministered, type Environment } from './github-options.ts';
import { currentInstant } from './local-workplace.ts';

/** `countersign doctor OWNER/REPO`: exits 1 when a key could leak, or when something is broken or could not be seen; 0 with advice. */
export async function doctorCommand(
  _options: { readonly json: boolean },
  console: Console,
  args: readonly string[],
  env: Environment = new Map(Object.entries(process.env)),
): Promise<number> {
  const { forge, settings } = await openAdministered(args[0] ?? '', env, console);
  const result = await doctor({ forge, settings, now: currentInstant() });
  console.result(result, doctorText);
  return isUrgent(result.findings) ? EXIT.failed : EXIT.ok;
}
