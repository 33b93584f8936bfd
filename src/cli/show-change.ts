// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { orIoError } from '../disk/atomic-file.ts';
import type { ChangeText } from '../render/change-text.ts';

/** How much of a change is shown, and where it goes. */
export interface ShowOptions {
  /** All of it, in a pager when it is longer than the terminal. */
  readonly full: boolean;
  /** A file that all of it is written to. */
  readonly changes?: string;
}

/** The program that pages a text, as git and man choose it. */
function pagerOf(env: NodeJS.ProcessEnv): string {
  const named = env['PAGER'] ?? '';
  return named === '' ? 'less -R' : named;
}

/** Whether a person has paged through a text; false where the pager can't be run. */
async function paged(text: string): Promise<boolean> {
  // The text is on its standard input alone; what it is called is the person's own setting.
  const child = spawn(pagerOf(process.env), { shell: true, stdio: ['pipe', process.stderr, 'inherit'] });
  // Who leaves a pager before the end has read enough.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => {
      resolve(null);
    });
    child.on('close', resolve);
  });
  return code === 0;
}

/** Of a terminal that does not say. */
const USUAL_ROWS = 24;

function isLongerThanScreen(text: string): boolean {
  return process.stderr.isTTY && text.split('\n').length >= (process.stderr.rows || USUAL_ROWS);
}

const CUT_NOTE = 'This is not all of it. --full shows the rest, --changes FILE writes it to a file.\n';

/** Shows a person what they are about to sign, on standard error. @throws `io` when the file can't be written */
export async function showChange(change: ChangeText, { full, changes }: ShowOptions): Promise<void> {
  if (changes !== undefined) await orIoError(changes, 'a file to write the change to', () => writeFile(changes, `${change.full}\n`));
  if (!full) {
    process.stderr.write(`${change.brief}\n${change.isCut && changes === undefined ? CUT_NOTE : ''}`);
    return;
  }
  if (isLongerThanScreen(change.full) && (await paged(`${change.full}\n`))) {
    // What a pager showed is gone from the screen; the question stands below what it is about.
    process.stderr.write(`${change.brief}\n`);
    return;
  }
  process.stderr.write(`${change.full}\n`);
}
