// SPDX-License-Identifier: Apache-2.0
// The job summaries that docs/what-people-see.md shows: expected/summary-<case>.md holds each.
import type { EventStatus } from '../../src/event/facts.ts';
import type { GatherSummary } from '../../src/render/summary-events.ts';
import { renderSummary } from '../../src/render/summary-markdown.ts';
import type { ProposeSummary } from '../../src/render/summary-propose.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { ERIN, NOW } from '../event/support.ts';
import { COMMIT, originOf, PULL_URL, STATUSES } from './support.ts';

function statusOf(name: string): EventStatus {
  const status = STATUSES[name];
  if (status === undefined) throw new Error(`no event is called ${name}`);
  return status();
}

function gatherOf(events: readonly EventStatus[], change: Partial<GatherSummary> = {}): string {
  const none = { completed: [], rebuilt: [], custody: [], released: [], publish: [], findings: [], stopped: null };
  const pullUrl = (number: number): string => `https://forge.test/acme/app/pull/${String(number)}`;
  return renderSummary({ kind: 'gather', gather: { mode: 'apply', now: NOW, events, ...none, pullUrl, ...change } });
}

function proposeOf(paths: readonly string[], change: Partial<ProposeSummary> = {}): string {
  const proposed: ProposeSummary = {
    mode: 'apply',
    outcome: 'opened',
    role: 'releases',
    version: 2,
    number: 7,
    url: PULL_URL,
    payload: '32f37cf1411c7d6d1df9ec571210ece425f76f1768015e05b8e39dc621b3826a',
    changes: paths.map((path) => ({ kind: 'added', path: parseTargetPath(path, 'path') })),
    origin: originOf(101, { commit: COMMIT }),
    staged: 'countersign-staged-00000000000101',
    ...change,
  };
  return renderSummary({ kind: 'propose', propose: proposed });
}

const NOTHING = { outcome: 'nothing-new', version: null, payload: null, number: null, url: null, origin: null, staged: null } as const;

/** Summaries of runs, by what happened. */
export const SUMMARIES: Readonly<Record<string, () => string>> = {
  proposed: () => proposeOf(['v2/app']),
  'nothing-new': () => proposeOf([], NOTHING),
  '100000-targets': () => proposeOf(Array.from({ length: 100_000 }, (_, index) => `v2/${String(index).padStart(5, '0')}`)),
  empty: () => gatherOf([]),
  'one-of-two': () => gatherOf([statusOf('one-of-two')]),
  stale: () => gatherOf([statusOf('stale')]),
  custody: () => gatherOf([statusOf('custody-approved')], { custody: [{ person: ERIN.name }] }),
  complete: () => gatherOf([], { completed: [7], publish: ['snapshot: releases changed'] }),
  refused: () => gatherOf([statusOf('refused-file')]),
};
