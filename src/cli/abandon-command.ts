// SPDX-License-Identifier: Apache-2.0
import { abandon, type AbandonResult } from '../commands/abandon.ts';
import { terminalText } from '../render/terminal-text.ts';
import type { Style } from '../render/style.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { keyUri } from './key-argument.ts';
import { withEvent, type RepositoryOptions } from './repository-options.ts';

/** What `abandon` takes. */
export interface AbandonOptions extends RepositoryOptions {
  readonly key?: string;
}

function abandonText({ outcome, number, left, live }: AbandonResult, style: Style): string {
  const lines = live.map(
    ({ by, role, version, payload }) => `  ${terminalText(by)}: ${terminalText(role)} v${String(version)}, sha256:${payload}`,
  );
  const note =
    live.length === 0
      ? ['nobody had signed it']
      : [style.warn('these signatures cannot be taken back; they stay valid until a later version is published:'), ...lines];
  const names = left.map(terminalText).join(', ');
  const head =
    outcome === 'abandoned'
      ? `${style.good('abandoned')} #${String(number)}`
      : `${style.warn('taken back')}: your signature of #${String(number)}. It stays open, since ${names} signed it; each of them ends it with abandon --key`;
  return [head, ...note].join('\n');
}

/** `countersign abandon`. */
export async function abandonCommand(options: AbandonOptions, console: Console, args: readonly string[]): Promise<number> {
  const result = await withEvent(args[0] ?? '', options, console, async (place, number, openAs) =>
    abandon(place, number, options.key === undefined ? null : await place.openSigner(keyUri(options.key)), openAs),
  );
  console.result(result, abandonText);
  return EXIT.ok;
}
