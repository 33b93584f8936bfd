// SPDX-License-Identifier: Apache-2.0
import { publish } from '../commands/publish.ts';
import { publishText } from '../render/command-text.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { openRepository, type RepositoryOptions } from './repository-options.ts';

/** `countersign publish`. */
export async function publishCommand(options: RepositoryOptions, console: Console): Promise<number> {
  const { place } = await openRepository(options, console);
  const result = await publish(place);
  console.result(result, (value, style) => publishText(value, place.now, style));
  return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}
