// SPDX-License-Identifier: Apache-2.0
// The cases in which people see something, and what they must see: expected/<case>.md holds each text, and docs/what-people-see.md shows it.
import { readFileSync } from 'node:fs';
import { decideGather } from '../../src/event/decide-gather.ts';
import type { Contribution, Origin } from '../../src/event/event-file.ts';
import type { EventFacts, EventStatus } from '../../src/event/facts.ts';
import { proposalText } from '../../src/commands/proposal-text.ts';
import type { Base } from '../../src/event/base.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import {
  ALICE,
  BASE,
  baseOf,
  BOB,
  CAROL,
  comment,
  DAVE,
  ERIN,
  entryOf,
  eventOf,
  evaluate,
  lineOf,
  MALLORY,
  NEXT,
  next,
  NOW,
  OLD_COMMIT,
  RELEASES,
  RELEASES_PATH,
  RELEASES_ROLE,
  review,
  rootChanges,
  rootSigned,
  seal,
  signedBy,
  TARGETS_PATH,
  targetsSigned,
  topTargets,
  WORLD,
} from '../event/support.ts';

/** A pull request of a repository on a host, as GitHub names them. */
export const PULL_URL = 'https://forge.test/acme/app/pull/7';
export const COMMIT = '5a1c0ffee0ddba11deadbeefcafef00d12345678';
const OLDER_COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** How long a test of 100,000 targets may take on a busy machine. */
export const LARGE_MS = 60_000;

/** The text that a case must have. */
export function expectedText(name: string): string {
  return readFileSync(new URL(`expected/${name}.md`, import.meta.url), 'utf8');
}

function withUrl(status: EventStatus): EventStatus {
  return { ...status, pull: { ...status.pull, url: PULL_URL } };
}

/** The status of an event on {@link BASE}, at {@link PULL_URL}. */
export function statusOf(facts: EventFacts, base: Base | null = BASE): EventStatus {
  return withUrl(evaluate(facts, base));
}

/** As `propose` makes them: hosting and source commit are signed with each file. */
function hosted(text: string, commit: string = COMMIT, more: PlainObject = {}): PlainObject {
  return entryOf(text, { custom: { 'x-countersign': { commit, hosting: 'site' }, ...more } });
}

function releasesOf(version: number, targets: PlainObject, more: PlainObject = {}): Uint8Array {
  return seal({ ...targetsSigned({ version }), targets, ...more });
}

/** A run of this repository. */
export function originOf(runId: number, change: Partial<Origin> = {}): Origin {
  return {
    runId,
    runUrl: `https://forge.test/acme/app/actions/runs/${String(runId)}`,
    workflow: 'acme/app/.github/workflows/release.yml@refs/tags/v2',
    commit: COMMIT,
    actor: 'octocat',
    ref: 'refs/tags/v2',
    ...change,
  };
}

/** What one run brought. */
export function broughtBy(origin: Origin | null, targets: readonly string[] | null): Contribution {
  return { origin, targets, staged: origin === null ? null : `countersign-staged-00000000000${String(origin.runId)}` };
}

/** The body of a proposal of releases. */
export function bodyOf(file: Uint8Array, contributions: readonly Contribution[], base: Base = BASE, url: string = PULL_URL): string {
  return proposalText(base, RELEASES_ROLE, file, url, contributions).body;
}

/** A base whose releases hold these targets. */
function baseWith(targets: PlainObject): Base {
  return baseOf({ ...WORLD, roles: { ...WORLD.roles, releases: seal({ ...targetsSigned({}), targets }, [CAROL, DAVE]) } });
}

const ONE = entryOf('one');
const WORLD_RELEASES = seal(targetsSigned({ files: { 'v1/app': 'one' } }));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** 100,000 targets, of which one was there before. */
const manyTargets = once((): Uint8Array => {
  const file = hosted('two');
  const added = Array.from({ length: 99_999 }, (_, index) => [`v2/${String(index).padStart(5, '0')}`, file]);
  return releasesOf(2, { 'v1/app': ONE, ...Object.fromEntries(added) });
});

function changedBody(): string {
  const base = baseWith({ 'v1/app': hosted('one', OLDER_COMMIT), 'v1/old': hosted('old', OLDER_COMMIT), 'v1/same': hosted('same') });
  const link = { provenance: 'https://forge.test/acme/app/attestations/9' };
  const targets = {
    'v1/app': hosted('one, corrected', COMMIT, link),
    'v1/same': hosted('same'),
    'v2/app-linux': hosted('two', COMMIT, link),
    'v2/app-macos': hosted('three', COMMIT, link),
  };
  const contributions = [
    broughtBy(originOf(101), ['v2/app-linux']),
    broughtBy(originOf(102, { actor: 'hubot' }), ['v1/app', 'v2/app-macos']),
  ];
  return bodyOf(releasesOf(2, targets, { expires: '2031-04-01T00:00:00Z' }), contributions, base);
}

/** Carol has pasted her signature of version 1, erin approved before more was added, and somebody carries a signature of erin's key. */
function stale(): EventStatus {
  return statusOf(
    next({
      before: { [RELEASES_PATH]: seal(targetsSigned({ version: 2 })) },
      reviews: [review(CAROL, [lineOf(CAROL, 'releases', WORLD_RELEASES)]), review(ERIN, [], 'APPROVED', OLD_COMMIT)],
      comments: [comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)])],
    }),
  );
}

/** Carol has signed and erin has approved; her key has signed when `more` says so. */
function custody(more: Parameters<typeof next>[0] = {}): EventStatus {
  return statusOf(next({ reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT)]), review(ERIN)], ...more }));
}

/** What gather reports of the last of several events. */
function reported(events: readonly EventFacts[], base: Base = BASE): EventStatus {
  const effect = decideGather({ base, events, closed: [], signed: new Map(), now: NOW }).effects.at(-1);
  if (effect?.kind !== 'report') throw new Error(`expected a report, got ${effect?.kind ?? 'nothing'}`);
  return withUrl(effect.status);
}

/** Another delegation, under which the targets role has moved: nobody builds that again but people. */
function outdated(): EventStatus {
  const base = baseOf({ ...WORLD, roles: { ...WORLD.roles, targets: seal(topTargets({ version: 2 }), [ALICE, BOB]) } });
  const proposed = seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [CAROL, DAVE] }] }));
  return reported([eventOf({ changes: { [TARGETS_PATH]: proposed } })], base);
}

function twoThresholds(): EventStatus {
  const file = seal(rootSigned({ version: 2, root: { signers: [ALICE, BOB, CAROL], threshold: 2 } }));
  return statusOf(eventOf({ changes: rootChanges(file, 2), reviews: [review(CAROL, [lineOf(CAROL, 'root', file)])] }));
}

const THIRD = seal(targetsSigned({ version: 3 }));

/** Events, by what is the matter with them. */
export const STATUSES: Readonly<Record<string, () => EventStatus>> = {
  empty: () => statusOf(next({})),
  'one-of-two': () => statusOf(signedBy([CAROL])),
  stale,
  'custody-approved': () => custody(),
  'custody-signed': () => custody({ comments: [comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)])] }),
  complete: () => statusOf(signedBy([CAROL, DAVE])),
  'two-thresholds': twoThresholds,
  'refused-file': () => statusOf(next({ changes: { [RELEASES_PATH]: NEXT, 'scripts/install.sh': new Uint8Array() } })),
  queued: () => reported([next({}), eventOf({ number: 8, changes: { [RELEASES_PATH]: THIRD } })]),
  outdated,
  '100000-targets': once(() => statusOf(next({ changes: { [RELEASES_PATH]: manyTargets() } }))),
};

/** Bodies of pull requests, by what they propose. */
export const BODIES: Readonly<Record<string, () => string>> = {
  empty: () => bodyOf(releasesOf(2, { 'v1/app': ONE }, { expires: '2031-04-01T00:00:00Z' }), []),
  'one-file': () => bodyOf(releasesOf(2, { 'v1/app': ONE, 'v2/app': hosted('two') }), [broughtBy(originOf(101), ['v2/app'])]),
  changes: changedBody,
  '100000-targets': () => bodyOf(manyTargets(), [broughtBy(originOf(101), null)]),
};
