// SPDX-License-Identifier: Apache-2.0
// A row compares us with a peer, or with a number. `ratio` is ours / theirs; `aim` is the largest ratio wanted.

/** An aim may be missed by so much before the run fails: the machine is shared and noisy. */
export const TOLERANCE = 1.25;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measures all contenders in turn, `runs` times, after one round that only warms caches.
 *
 * @param contenders - functions by name
 * @returns what each has given, by name, round by round
 */
export async function measureInTurn(contenders, { runs, warmUp = true }) {
  const measured = new Map([...contenders.keys()].map((who) => [who, []]));
  for (let round = warmUp ? -1 : 0; round < runs; round++) {
    for (const [who, measure] of contenders) {
      const value = await measure();
      if (round >= 0) measured.get(who).push(value);
    }
  }
  return measured;
}

/**
 * A row of what was measured.
 *
 * @param measured - numbers by contender, round by round; the first is ours. The others count with the best of them
 * @param combine - makes a ratio of our number and a peer's
 */
export function rowOf(name, measured, { aim, unit = 's', combine = (ours, peer) => ours / peer }) {
  const [[, ours], ...peers] = [...measured];
  const [[peerName, peer]] = peers.sort(([, a], [, b]) => median(a) - median(b));
  // Of each round, since its measurements were made side by side.
  const ratios = ours.map((value, round) => combine(value, peer[round]));
  return { name, ours: median(ours), peer: median(peer), peerName, unit, runs: ours.length, ratio: median(ratios), aim };
}

/** {@link measureInTurn} and {@link rowOf} of contenders that give numbers. */
export async function compare(name, contenders, { runs, warmUp, ...row }) {
  return rowOf(name, await measureInTurn(contenders, { runs, warmUp }), row);
}

/** A row for a measurement that could not be made. */
export function failedRow(name, reason, aim) {
  return { name, reason, ratio: null, aim };
}

export function verdictOf({ ratio, aim }) {
  if (ratio === null) return 'failed';
  // A row without an aim is told, not judged.
  if (aim === null) return 'told';
  if (ratio <= aim) return 'met';
  return ratio <= aim * TOLERANCE ? 'missed' : 'missed by more than 25 %';
}

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toFixed(3));

export function describe(row) {
  const verdict = verdictOf(row);
  if (row.ratio === null) return `${row.name}: ${verdict}: ${row.reason}`;
  const notes = (row.notes ?? []).map((note) => `\n    ${note}`).join('');
  const times = `ours ${digits(row.ours)} ${row.unit}, ${row.peerName} ${digits(row.peer)} ${row.unit}`;
  return `${row.name}: ${times}; ratio ${row.ratio.toFixed(2)}${row.aim === null ? '' : `, aim ${row.aim}: ${verdict}`} (median of ${row.runs})${notes}`;
}
