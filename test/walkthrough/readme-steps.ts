// SPDX-License-Identifier: Apache-2.0

/**
 * Something that README has a person do. `step`: an item of a numbered list, which counts. `always`: what they do with or without us. `use`: what
 * somebody does who downloads.
 */
export interface ReadmeStep {
  readonly kind: 'step' | 'always' | 'use';
  /** A login. */
  readonly who: string;
  /** Each line of its `sh` block is a command; null for what is done in the browser. */
  readonly command: string | null;
  /** The first sentence, without the name and without Markdown. */
  readonly sentence: string;
}

/** A part of the section, with what is done in it, in order. */
export interface ReadmePart {
  readonly title: string;
  readonly steps: readonly ReadmeStep[];
}

const ITEM = /^\d+\. \*\*([a-z]+)\*\* (.+)$/;
const ASIDE = /^\*\*([a-z]+)\*\*, (as always|who downloads)\b.*:$/;
const FENCE = /^( *)```(\w*)$/;

function plain(text: string): string {
  return text.replaceAll(/[*`]/g, '').replace(/[.:]$/, '');
}

function begun(line: string): ReadmeStep | null {
  const item = ITEM.exec(line);
  if (item?.[1] !== undefined && item[2] !== undefined) return { kind: 'step', who: item[1], command: null, sentence: plain(item[2]) };
  const aside = ASIDE.exec(line);
  if (aside?.[1] === undefined) return null;
  return { kind: aside[2] === 'as always' ? 'always' : 'use', who: aside[1], command: null, sentence: '' };
}

/** What README's section of this title has people do, by its parts. @throws when there is no such section, or a command that is nobody's */
export function readmeParts(readme: string, section: string): readonly ReadmePart[] {
  const lines = readme.split('\n');
  const start = lines.indexOf(`## ${section}`);
  if (start < 0) throw new Error(`README.md: expected a section ${section}`);
  const parts: { title: string; steps: ReadmeStep[] }[] = [];
  let open: { readonly language: string; readonly text: string[] } | null = null;
  for (const line of lines.slice(start + 1)) {
    const fence = FENCE.exec(line);
    const steps = parts.at(-1)?.steps ?? [];
    if (open !== null && fence === null) {
      open.text.push(line.trim());
    } else if (open !== null) {
      const last = steps.pop();
      if (open.language === 'sh' && last?.command !== null) throw new Error(`README.md: whose is ${open.text.join('; ')}?`);
      if (last !== undefined) steps.push(open.language === 'sh' ? { ...last, command: open.text.join('\n') } : last);
      open = null;
    } else if (fence !== null) {
      open = { language: fence[2] ?? '', text: [] };
    } else if (line.startsWith('## ')) {
      break;
    } else if (line.startsWith('### ')) {
      parts.push({ title: line.slice(4), steps: [] });
    } else {
      const step = begun(line);
      if (step !== null) steps.push(step);
    }
  }
  return parts;
}
