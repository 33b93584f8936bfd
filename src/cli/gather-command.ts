// SPDX-License-Identifier: Apache-2.0
import { gather } from '../commands/gather.ts';
import { gatherText } from '../render/command-text.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { withRepository, type RepositoryOptions } from './repository-options.ts';

/** `countersign gather`. */
export async function gatherCommand(options: RepositoryOptions, console: Console): Promise<number> {
  const result = await withRepository(options, console, (place) => gather(place));
  console.result(result, gatherText);
  return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}
