// SPDX-License-Identifier: Apache-2.0
import picomatch from 'picomatch';
import { MAX_ARTIFACT_NAME_CHARACTERS } from '../trust/bounds.ts';
import type { NamePattern } from '../event/decide-artifacts.ts';

/** Reads a name or glob pattern of artifacts. A `!` in front is a character like any other: nothing is asked for by what it is not. */
export function parseNamePattern(text: string): NamePattern {
  const matches = picomatch(text, { dot: true, nonegate: true });
  return { text, matches: (name) => name.length <= MAX_ARTIFACT_NAME_CHARACTERS && matches(name) };
}
