// SPDX-License-Identifier: Apache-2.0
import { abandon, type AbandonResult } from '../commands/abandon.ts';
import { terminalText } from '../render/terminal-text.ts';
import type { Style } from '../render/style.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { withEvent, type RepositoryOptions } from './repository-options.ts';

function abandonText({ number, live }: AbandonResult, style: Style): string {
  const lines = live.map(
    ({ by, role, version, payload }) => `  ${terminalText(by)}: ${terminalText(role)} v${String(version)}, sha256:${payload}`,
  );
  const note =
    live.length === 0
      ? ['nobody had signed it']
      : [style.warn('these signatures cannot be taken back; they stay valid until a later version is published:'), ...lines];
  return [`${style.good('abandoned')} #${String(number)}`, ...note].join('\n');
}

/** `countersign abandon`. */
export async function abandonCommand(options: RepositoryOptions, console: Console, args: readonly string[]): Promise<number> {
  console.result(await withEvent(args[0] ?? '', options, console, abandon), abandonText);
  return EXIT.ok;
}
