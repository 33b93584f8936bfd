// SPDX-License-Identifier: Apache-2.0
import type { OwnBuild } from '../event/own-build.ts';
import { countText } from './count-text.ts';
import type { Style } from './style.ts';
import { visibleName } from './visible-text.ts';

const MAX_NAMES = 20;

function listLines(what: string, names: readonly string[], mark: (text: string) => string): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MAX_NAMES).map((name) => `    ${visibleName(name)}`);
  const more = names.length > MAX_NAMES ? [`    … and ${countText(names.length - MAX_NAMES)} more`] : [];
  return [`  ${mark(`${countText(names.length)} ${what}`)}`, ...shown, ...more];
}

/** What a comparison with an own build has shown, for a terminal. */
export function ownBuildText({ prefix, same, differing, missing, extra }: OwnBuild, directory: string, style: Style): string {
  const count = same + differing.length + missing.length;
  const place = prefix === '' ? visibleName(directory) : `${visibleName(directory)} (its files as ${visibleName(prefix)}…)`;
  const verdict =
    count === same
      ? style.good(`all ${countText(count)} new and replaced targets are what ${place} holds`)
      : style.bad(`${countText(same)} of ${countText(count)} new and replaced targets are what ${place} holds`);
  return [
    `Compared: ${verdict}`,
    ...listLines('with other bytes there:', differing, style.bad),
    ...listLines('missing there:', missing, style.bad),
    ...listLines('there only, and not signed:', extra, style.warn),
    '',
  ].join('\n');
}
