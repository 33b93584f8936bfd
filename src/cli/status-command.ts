// SPDX-License-Identifier: Apache-2.0
import { status } from '../commands/status.ts';
import { statusText } from '../render/command-text.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { withRepository, type RepositoryOptions } from './repository-options.ts';

/** `countersign status`. */
export async function statusCommand(options: RepositoryOptions, console: Console): Promise<number> {
  return withRepository(options, console, async (place) => {
    const result = await status(place);
    console.result(result, (value, style) => statusText(value, place.now, style));
    return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
  });
}
