// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';

/** Whether there is somebody to ask. */
function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks for the passphrase of `what`; null when nobody is there, or they decline. The text is never echoed. */
export async function askPassphrase(what: string): Promise<string | null> {
  if (!isInteractive()) return null;
  const { password } = await import('@inquirer/prompts');
  try {
    return await password({ message: `passphrase of ${what}`, mask: false }, { output: process.stderr });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExitPromptError')) throw error;
    return null;
  }
}

/** Asks yes or no; the default is no. @throws `usage` when nobody is there to ask */
export async function askYesNo(question: string): Promise<boolean> {
  if (!isInteractive())
    throw new CountersignError('usage', 'terminal', 'expected a terminal to ask on; pass --yes to sign without being asked');
  const { confirm } = await import('@inquirer/prompts');
  try {
    return await confirm({ message: question, default: false }, { output: process.stderr });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExitPromptError')) throw error;
    return false;
  }
}

/** Has a person type an answer; null when they decline. @throws `usage` when nobody is there to ask */
export async function askText(question: string): Promise<string | null> {
  if (!isInteractive()) throw new CountersignError('usage', 'terminal', 'expected a terminal to ask on');
  const { input } = await import('@inquirer/prompts');
  try {
    return await input({ message: question }, { output: process.stderr });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ExitPromptError')) throw error;
    return null;
  }
}
