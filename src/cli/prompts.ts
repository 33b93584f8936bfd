// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import { Interruption } from './interruption.ts';

/** Whether there is somebody to ask. */
function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks, and tells ctrl-C from the end of the input, which both close a question: who interrupts wants the program to end, and a shell to know it.
 * @returns `closed` when there was no answer
 * @throws `declined` when it was ctrl-C
 */
async function answerTo<T>(ask: () => Promise<T>, closed: T): Promise<T> {
  const seen = { interrupt: false };
  const listen = (_: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }): void => {
    if (key?.ctrl === true && key.name === 'c') seen.interrupt = true;
  };
  process.stdin.on('keypress', listen);
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExitPromptError')) throw error;
    if (!seen.interrupt) return closed;
    throw new CountersignError('declined', 'terminal', 'expected an answer, got ctrl-C; nothing was done', { cause: new Interruption() });
  } finally {
    process.stdin.off('keypress', listen);
  }
}

/** Asks for the passphrase of `what`; null when nobody is there, or they decline. The text is never echoed. @throws `declined` for ctrl-C */
export async function askPassphrase(what: string): Promise<string | null> {
  if (!isInteractive()) return null;
  const { password } = await import('@inquirer/prompts');
  return answerTo<string | null>(() => password({ message: `passphrase of ${what}`, mask: false }, { output: process.stderr }), null);
}

/** Asks yes or no; the default is no. @throws `usage` when nobody is there to ask, `declined` for ctrl-C */
export async function askYesNo(question: string): Promise<boolean> {
  if (!isInteractive())
    throw new CountersignError('usage', 'terminal', 'expected a terminal to ask on; pass --yes to sign without being asked');
  const { confirm } = await import('@inquirer/prompts');
  return answerTo(() => confirm({ message: question, default: false }, { output: process.stderr }), false);
}

/** Has a person type an answer; null when they decline. @throws `usage` when nobody is there to ask, `declined` for ctrl-C */
export async function askText(question: string): Promise<string | null> {
  if (!isInteractive()) throw new CountersignError('usage', 'terminal', 'expected a terminal to ask on');
  const { input } = await import('@inquirer/prompts');
  return answerTo<string | null>(() => input({ message: question }, { output: process.stderr }), null);
}
