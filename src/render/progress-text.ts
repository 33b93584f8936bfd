// SPDX-License-Identifier: Apache-2.0

/** What is counted in bytes; all else is counted in pieces. */
const IN_BYTES: ReadonlySet<string> = new Set(['hashing', 'checking', 'fetching', 'packing']);

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** An amount of bytes for people: `28.6 MiB`. */
export function bytesText(bytes: number): string {
  let [amount, unit] = [bytes, 0];
  while (amount >= 1024 && unit < UNITS.length - 1) [amount, unit] = [amount / 1024, unit + 1];
  return `${unit === 0 ? String(amount) : amount.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** A time to come for people: `40 s`, `3 min`, `2 h`. */
function leftText(seconds: number): string {
  if (seconds < 90) return `${String(Math.ceil(seconds))} s`;
  return seconds < 5_400 ? `${String(Math.round(seconds / 60))} min` : `${String(Math.round(seconds / 3_600))} h`;
}

/** Before this nothing can be said of how fast it goes. */
const LEAST_MS = 1_000;

/**
 * How far something is, in a line: what is done of how much, how fast it goes, and how long it still takes at that.
 * @param elapsedMs - since it began
 */
export function progressText(what: string, done: number, total: number, elapsedMs: number): string {
  const isBytes = IN_BYTES.has(what);
  const percent = `${String(total === 0 ? 100 : Math.floor((done / total) * 100))} %`;
  const amount = isBytes ? `${bytesText(done)} of ${bytesText(total)}` : `${String(done)} of ${String(total)}`;
  if (elapsedMs < LEAST_MS || done === 0) return `${what} ${percent} (${amount})`;
  const perSecond = done / (elapsedMs / 1_000);
  const rate = isBytes ? `${bytesText(Math.round(perSecond))}/s` : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
  return `${what} ${percent} (${amount}, ${rate}, ${leftText((total - done) / perSecond)} left)`;
}
