// SPDX-License-Identifier: Apache-2.0
// docs/what-people-see.md shows every text of expected/, each between `<!-- begin <case> -->` and `<!-- end <case> -->`. Who adds a file there adds its two lines
// to the page; `npx vitest run -u test/render/docs.test.ts` then puts the texts between them.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectedText } from './support.ts';

const PATH = '../../docs/what-people-see.md';
const PAGE = readFileSync(new URL(PATH, import.meta.url), 'utf8');
const SHOWN = /<!-- begin ([a-z0-9-]+) -->\n[\s\S]*?<!-- end \1 -->\n/g;

test('the page has a place for each text that people see, and for no other', () => {
  const cases = readdirSync(new URL('expected/', import.meta.url)).map((file) => file.replace(/\.md$/, ''));
  const places = [...PAGE.matchAll(SHOWN)].map(([, name]) => name);
  expect(places.sort()).toEqual(cases.sort());
});

test('the page shows what people see, word for word', async () => {
  const page = PAGE.replace(SHOWN, (_all, name: string) => `<!-- begin ${name} -->\n${expectedText(name)}<!-- end ${name} -->\n`);
  await expect(page).toMatchFileSnapshot(PATH);
});
