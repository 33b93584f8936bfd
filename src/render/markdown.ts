// SPDX-License-Identifier: Apache-2.0
import { terminalText } from './change-text.ts';

/** GitHub's limit of a comment's or description's body, in characters. A longer one is refused, and then nothing is shown at all. */
export const MAX_BODY_CHARACTERS = 65_536;

const MAX_TEXT = 200;

/** The first characters of a text, whole ones: half of a surrogate pair is no text. */
function capped(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = Array.from(text.slice(0, max + 1)).slice(0, max - 1);
  return `${characters.join('')}…`;
}

function entities(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()<>#+!|~@&:]/g, (c) => `&#${String(c.charCodeAt(0))};`)
    .replace(/www\./gi, (c) => `${c.slice(0, 3)}&#46;`);
}

function oneLine(text: string): string {
  return capped(terminalText(text.slice(0, 2 * MAX_TEXT).replace(/[\r\n\t]+/g, ' ')), MAX_TEXT);
}

/**
 * Text of others as it may stand in a Markdown table or line: one line, nothing that formats or links. GitHub finds mentions and issues in what it
 * has rendered, where an entity is a character again; so an empty space (U+200B) stands after each sign that begins one.
 */
export function escapeMarkdown(text: string): string {
  return entities(oneLine(text)).replace(/&#(?:64|35);/g, (sign) => `${sign}&#8203;`);
}

/** Text of others as code, to be read or copied character by character. GitHub looks for no mentions there. */
export function codeMarkdown(text: string): string {
  return `<code>${entities(oneLine(text))}</code>`;
}

/**
 * As many lines as fit, then one that says how many more there are. What does not fit is never rendered: there may be any number of it.
 * @param budget - characters, line ends included
 */
export function fittingLines<T>(
  items: readonly T[],
  render: (item: T) => string,
  budget: number,
  more: (count: number) => string,
): readonly string[] {
  const shown: string[] = [];
  let left = budget - more(items.length).length - 1;
  for (const item of items) {
    const line = render(item);
    left -= line.length + 1;
    if (left < 0) return [...shown, more(items.length - shown.length)];
    shown.push(line);
  }
  return shown;
}

const MAX_NAMES = 20;

/** Names of people, as many as a line bears. */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(escapeMarkdown).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${String(names.length - MAX_NAMES)} more` : shown;
}
