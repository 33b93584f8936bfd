// SPDX-License-Identifier: Apache-2.0
import { isatty } from 'node:tty';
import pc from 'picocolors';
import type { Log } from '../ports.ts';
import { plainJson } from '../render/plain-json.ts';
import { terminalText } from '../render/terminal-text.ts';
import { progressText } from '../render/progress-text.ts';
import { NO_STYLE, type Style } from '../render/style.ts';
import { CountersignError } from '../tuf/errors.ts';
import { hintFor } from './exit-code.ts';

/** How a command speaks: people's text on standard output, or one JSON document; progress and warnings on standard error. */
export interface Console {
  readonly style: Style;
  readonly log: Log;
  /** Prints a command's result: as JSON when `--json` was given, else as `text` renders it. */
  result<T>(value: T, text: (value: T, style: Style) => string): void;
  /** Prints an error with its hint. */
  error(error: unknown): void;
}

const PROGRESS_INTERVAL_MS = 100;

function colours(stream: NodeJS.WriteStream & { readonly fd: number }): Style {
  // Not `isTTY`, which is undefined off a terminal: picocolors would take that for its default, colours wherever CI or FORCE_COLOR is set.
  const c = pc.createColors(pc.isColorSupported && isatty(stream.fd));
  return { bold: c.bold, good: c.green, bad: c.red, faint: c.dim, warn: c.yellow };
}

/** The console of this process. `json`: results and errors as JSON, no progress. */
export function openConsole(json: boolean): Console {
  const style = json ? NO_STYLE : colours(process.stdout);
  const errorStyle = json ? NO_STYLE : colours(process.stderr);
  const showsProgress = !json && process.stderr.isTTY;
  let lastShown = 0;
  let isShown = false;
  // A line that goes back begins another count of the same kind.
  let begun = { what: '', done: 0, at: 0 };
  const wipe = (): void => {
    if (isShown) process.stderr.write('\r\u001b[K');
    isShown = false;
  };
  const log: Log = {
    info: (text) => {
      wipe();
      process.stderr.write(`${terminalText(text)}\n`);
    },
    warn: (text) => {
      wipe();
      process.stderr.write(`${errorStyle.warn('warning')} ${terminalText(text)}\n`);
    },
    progress: (what, done, total) => {
      if (!showsProgress) return;
      const now = Date.now();
      if (done < total && now - lastShown < PROGRESS_INTERVAL_MS) return;
      lastShown = now;
      if (done >= total) {
        wipe();
        return;
      }
      if (what !== begun.what || done < begun.done) begun = { what, done, at: now };
      process.stderr.write(`\r${progressText(what, done, total, now - begun.at)}\u001b[K`);
      isShown = true;
    },
  };
  return {
    style,
    log,
    result: (value, text) => {
      wipe();
      const out = json ? `${JSON.stringify(plainJson(value), null, 2)}\n` : text(value, style);
      process.stdout.write(out.endsWith('\n') ? out : `${out}\n`);
    },
    error: (error) => {
      wipe();
      reportError(error, json, errorStyle);
    },
  };
}

function reportError(error: unknown, json: boolean, style: Style): void {
  if (!(error instanceof CountersignError)) {
    // A bug of ours: the stack is what a report needs.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${style.bad('internal error')} ${text}\n`);
    if (json)
      process.stdout.write(`${JSON.stringify({ error: { code: 'internal', where: 'countersign', detail: text, hint: null } }, null, 2)}\n`);
    return;
  }
  const hint = hintFor(error.code);
  if (json) {
    const { code, where, detail } = error;
    process.stdout.write(`${JSON.stringify({ error: { code, where, detail, hint } }, null, 2)}\n`);
    return;
  }
  process.stderr.write(`${style.bad(`error[${error.code}]`)} ${terminalText(error.message)}\n`);
  if (hint !== null) process.stderr.write(`${style.faint('hint')} ${hint}\n`);
}
