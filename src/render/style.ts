// SPDX-License-Identifier: Apache-2.0

/** How parts of a text are marked. On a terminal with colours; elsewhere each gives its text back. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly faint: (text: string) => string;
}

const same = (text: string): string => text;

/** No marks at all. */
export const NO_STYLE: Style = { bold: same, good: same, bad: same, warn: same, faint: same };
