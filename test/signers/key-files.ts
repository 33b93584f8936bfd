// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { CountersignError, type ErrorCode } from '../../src/tuf/errors.ts';

export const PASSPHRASE = 'correct horse battery';

/** A temporary directory in which real tools make real keys. */
export interface KeyFolder {
  readonly path: string;
  /** A private key as ssh-keygen writes it, and its public line. `options` are further arguments, `-t` first. */
  sshKey(name: string, options: readonly string[], passphrase?: string): { readonly pem: string; readonly line: string };
  /** What the openssl command writes to standard output; `input` goes to its standard input. */
  openssl(args: readonly string[], input?: string): string;
  remove(): void;
}

export function makeKeyFolder(): KeyFolder {
  const path = mkdtempSync(join(tmpdir(), 'signers-'));
  return {
    path,
    sshKey(name, options, passphrase = '') {
      const file = join(path, name);
      execFileSync('ssh-keygen', ['-q', '-C', 'a comment', '-N', passphrase, '-f', file, ...options], { stdio: 'pipe' });
      return { pem: readFileSync(file, 'utf8'), line: readFileSync(`${file}.pub`, 'utf8') };
    },
    openssl: (args, input = '') => execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] }).toString(),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const never = async (): Promise<string | null> => {
  throw new Error('asked for a passphrase of a key that needs none');
};
export const answer = (passphrase: string | null) => async (): Promise<string | null> => passphrase;

/** Whatever of a key file must not be seen: each of its lines, and runs of hex digits. */
export function secretsOf(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [text, ...text.split(/\r?\n/)]).filter((part) => part.length >= 12 && !part.startsWith('-----'));
}

/**
 * Runs `act`, which must throw a CountersignError with `code`; then looks for `secrets` in everything that a log or a
 * crash report would show of the error: message, fields, stack, causes.
 */
export async function expectRefusal(act: () => unknown, code: ErrorCode, secrets: readonly string[]): Promise<CountersignError> {
  let caught: unknown;
  try {
    await act();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(CountersignError);
  const error = caught as CountersignError;
  expect(error.code, error.message).toBe(code);
  const shown = inspect(error, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null, breakLength: Infinity });
  const seen = `${shown}\n${shown.toLowerCase()}`;
  expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  // House style, rule 15.
  expect(error.message).toMatch(/: expected .*, (?:got|but) .*[^.]$/s);
  return error;
}
