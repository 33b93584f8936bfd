// SPDX-License-Identifier: Apache-2.0
import * as core from '@actions/core';
import { terminalText } from '../render/terminal-text.ts';

/** The kinds of annotation that GitHub shows. */
export type AnnotationKind = 'error' | 'warning' | 'notice';

/** What an action says to the runner that runs it. */
export interface Runner {
  /** A line, or several, of the log. Never read as a command of the runner. */
  info(text: string): void;
  /** Shown at the top of the run. GitHub keeps at most ten of each kind a step. */
  annotate(kind: AnnotationKind, title: string, text: string): void;
  /** Blots a text out of everything that is logged from now on. */
  mask(secret: string): void;
  output(name: string, value: string): void;
  startGroup(title: string): void;
  endGroup(): void;
  /** Adds Markdown to the summary of the step. */
  summary(markdown: string): Promise<void>;
}

/**
 * Before a command the runner trims what .NET's `TrimStart` does: all of Unicode's White_Space. That is the separators (Z), of which those of lines begin a
 * line here, tab, line and form feeds, and next line (U+0085), which `\s` lacks. A byte order mark goes where the output begins.
 */
const COMMAND_START = /^([\t\v\f\u0085\p{Zs}\ufeff]*):(?=:)/gmu;

/**
 * Text as it may stand in a log: the runner reads lines that begin with `::`, and `##[…]` anywhere, as commands, and file names and branch
 * names are other people's text.
 */
export function logText(text: string): string {
  return text
    .replace(/\r/g, '\\r')
    .replace(COMMAND_START, '$1: ')
    .replace(/##(?=\[)/g, '## ');
}

const ANNOTATE: Readonly<Record<AnnotationKind, typeof core.error>> = { error: core.error, warning: core.warning, notice: core.notice };

/** The runner of GitHub Actions, by its commands and files. */
export function githubRunner(): Runner {
  return {
    info: (text) => core.info(logText(text)),
    annotate: (kind, title, text) => ANNOTATE[kind](text, { title }),
    mask: (secret) => core.setSecret(secret),
    output: (name, value) => core.setOutput(name, value),
    startGroup: (title) => core.startGroup(logText(title)),
    endGroup: () => core.endGroup(),
    summary: async (markdown) => {
      // Not everything that runs actions has summaries.
      if ((process.env['GITHUB_STEP_SUMMARY'] ?? '') === '') return;
      try {
        await core.summary.addRaw(markdown).write();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // What was done is done, and its outputs are set: a file that can't be written must not make it look undone.
        core.warning('the summary could not be written', { title: 'summary' });
      }
    },
  };
}

/** One less than GitHub shows, so that the last can say how many more there are, and one more for the error that ends a run. */
const MAX_ANNOTATIONS = 8;

/** A runner that never gives more annotations than are shown. */
export interface BoundedRunner extends Runner {
  /** An annotation that is always shown: the one error that ends a run. */
  conclude(title: string, text: string): void;
  /** Says how many were only logged. */
  finish(): void;
}

/** `runner` with as many annotations of each kind as GitHub shows; the others become lines of the log. */
export function boundedRunner(runner: Runner): BoundedRunner {
  const counts = new Map<AnnotationKind, number>();
  return {
    info: (text) => runner.info(text),
    mask: (secret) => runner.mask(secret),
    output: (name, value) => runner.output(name, value),
    startGroup: (title) => runner.startGroup(title),
    endGroup: () => runner.endGroup(),
    summary: (markdown) => runner.summary(markdown),
    annotate: (kind, title, text) => {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= MAX_ANNOTATIONS) runner.annotate(kind, title, text);
      else runner.info(terminalText(`${kind}: ${title}: ${text}`));
    },
    conclude: (title, text) => runner.annotate('error', title, text),
    finish: () => {
      for (const [kind, count] of counts) {
        const rest = count - MAX_ANNOTATIONS;
        if (rest > 0) runner.annotate(kind, `${String(rest)} more`, `${String(rest)} more of this kind are in the log of this step`);
      }
    },
  };
}
