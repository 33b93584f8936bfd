// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { growthText, measureGrowth } from './doubling.ts';
import { SHAPES } from './shapes.ts';
import { TEXT_ROWS } from './text-rows.ts';

/** Four times as much is a quarter of the longest body on GitHub: long enough to tell, short enough for hundreds of shapes. */
const SIZE = 4000;

test.each(TEXT_ROWS)(
  '$name takes time in proportion to its length, whatever it is made of',
  ({ run, frames, size }) => {
    const steeper: string[] = [];
    (frames ?? [(text: string): string => text]).forEach((frame, index) => {
      for (const [shape, make] of SHAPES) {
        const growth = measureGrowth({ make: (length) => frame(make(length)), run, size: size ?? SIZE });
        if (growth.kind === 'steeper') steeper.push(`frame ${String(index)}, ${shape}: ${growthText(growth)}`);
      }
    });
    expect(steeper).toEqual([]);
  },
  120_000,
);
