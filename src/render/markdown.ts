// SPDX-License-Identifier: Apache-2.0
import { countText } from './count-text.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { terminalText } from './terminal-text.ts';
import { visibleJson, visibleName } from './visible-text.ts';

// A longer body is refused, and then nothing is shown at all.
export { MAX_BODY_CHARACTERS } from '../trust/bounds.ts';

const MAX_TEXT = 200;

/** The first characters of a text, whole ones: half of a surrogate pair is no text. */
function capped(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = Array.from(text.slice(0, max + 1)).slice(0, max - 1);
  return `${characters.join('')}…`;
}

/** `$` begins a formula on GitHub. */
function entities(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()<>#+!|~@&:$]/g, (c) => `&#${String(c.charCodeAt(0))};`)
    .replace(/www\./gi, (c) => `${c.slice(0, 3)}&#46;`);
}

/** What begins a mention, the number of an issue, or a link. `GH-7` is an issue too. */
const SIGNS = /&#(?:64|35);|&#58;(?=\/\/)|www&#46;|\bGH(?=-\d)/gi;

function oneLine(text: string): string {
  return capped(terminalText(text.slice(0, 2 * MAX_TEXT).replace(/[\r\n\t]+/g, ' ')), MAX_TEXT);
}

/**
 * Text of others as it may stand in a Markdown table or line: one line, nothing that formats or links. GitHub finds mentions and issues in what it
 * has rendered, where an entity is a character again; so an empty space (U+200B) stands after each sign that begins one.
 */
export function escapeMarkdown(text: string): string {
  return entities(oneLine(text)).replace(SIGNS, (sign) => `${sign}&#8203;`);
}

/** Text of others as code, to be read or copied character by character. GitHub looks for no mentions there. */
export function codeMarkdown(text: string): string {
  return `<code>${entities(oneLine(text))}</code>`;
}

/** A value as canonical JSON, as code; of a long one the beginning, its length and the digest by which it is known. */
export function valueMarkdown(json: string): string {
  const characters = json.length > MAX_TEXT ? Array.from(json) : [];
  if (characters.length <= MAX_TEXT) return codeMarkdown(visibleJson(json));
  const note = `cut: ${countText(characters.length)} characters, sha256:${sha256Hex(json)}`;
  return `${codeMarkdown(visibleJson(characters.slice(0, MAX_TEXT / 2).join('')))}… (${note})`;
}

/** A name that is signed, as code: what looks like another is marked, and of a long one the digest is told. */
export function nameMarkdown(name: string): string {
  const characters = name.length > MAX_TEXT ? Array.from(name) : [];
  if (characters.length <= MAX_TEXT) return codeMarkdown(visibleName(name));
  const note = `cut: ${countText(characters.length)} characters, sha256:${sha256Hex(name)}`;
  return `${codeMarkdown(visibleName(characters.slice(0, MAX_TEXT / 2).join('')))}… (${note})`;
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

/** As many of several texts as a line bears. What is left out is never rendered. */
export function textList<T>(items: readonly T[], render: (item: T) => string, max: number = MAX_NAMES): string {
  const shown = items.slice(0, max).map(render).join(', ');
  return items.length > max ? `${shown} and ${countText(items.length - max)} more` : shown;
}

/** Names of people, as many as a line bears. */
export function nameList(names: readonly string[], max: number = MAX_NAMES): string {
  return textList(names, escapeMarkdown, max);
}

/** Nothing that ends a line or a block, and nothing that a shell reads as more than a part of a word. */
const TYPED_URL = /^[A-Za-z0-9._~:/#%@+=,-]{1,300}$/;

/** What a person types to sign, as lines that a page gives a copy button. Empty URL: the pull request is being made, and has none yet. */
export function signCommand(url: string): readonly string[] {
  if (url === '') return ['`countersign sign ADDRESS --key file:KEY`, with the address of this page.'];
  return TYPED_URL.test(url)
    ? ['```sh', `countersign sign ${url} --key file:KEY`, '```']
    : [codeMarkdown(`countersign sign ${url} --key file:KEY`)];
}
