// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { SUMMARIES } from './summary-cases.ts';
import { expectedText } from './support.ts';

test.each(Object.entries(SUMMARIES))('the summary of a run, word for word: %s', (name, text) => {
  expect(text()).toBe(expectedText(`summary-${name}`));
});
