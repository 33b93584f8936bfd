// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideGather } from '../../src/event/decide-gather.ts';
import { decidePropose, editBetween, freeVersion, periodOf, type ProposeFacts } from '../../src/event/decide-propose.ts';
import type { EventFacts } from '../../src/event/facts.ts';
import { stageTargets, type NewTarget, type TargetsEdit } from '../../src/tuf/edit-targets.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { encodeInstant, parseInstant } from '../../src/tuf/instant.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseSha256, parseTargetPath, parseTargetsRoleName, TARGETS, type TargetPath } from '../../src/tuf/names.ts';
import { parseTargets, type Targets } from '../../src/tuf/targets.ts';
import { objectFromPlain } from '../fakes/plain-json.ts';
import {
  ALICE,
  answers,
  BASE,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  entryOf,
  eventOf,
  lineOf,
  NOW,
  RELEASES,
  RELEASES_PATH,
  RELEASES_ROLE,
  review,
  seal,
  signedBy,
  targetsSigned,
  topTargets,
  world,
} from './support.ts';

const path = (text: string): TargetPath => parseTargetPath(text, 'path');

function target(text: string, custom: string | null = null): NewTarget {
  const { length, hashes } = entryOf(text) as { length: number; hashes: { sha256: string } };
  return { length, sha256: parseSha256(hashes.sha256, 'sha256'), custom: custom === null ? null : objectFromPlain({ custom }) };
}

function edit(
  add: Readonly<Record<string, string>>,
  remove: readonly string[] = [],
  existing: TargetsEdit['existing'] = 'refuse',
): TargetsEdit {
  return {
    add: new Map(Object.entries(add).map(([name, text]) => [path(name), target(text)])),
    remove: new Set(remove.map(path)),
    existing,
  };
}

const releases = (version: number, files: Record<string, string>): Uint8Array =>
  seal(targetsSigned({ version, files: { 'v1/app': 'one', ...files } }));

/** Open events of releases: those given, judged as gather would. */
function open(events: readonly EventFacts[]): ProposeFacts['open'] {
  const { statuses } = decideGather({ base: BASE, events, closed: [], signed: new Map(), now: NOW });
  return statuses.map((status, index) => {
    const file = events[index]?.changes.get(RELEASES_PATH);
    return { status, proposed: parseTargets(file ?? new Uint8Array()).signed, isOurs: true };
  });
}

/** The decision in a few words, with the paths that the proposed file lists; or the code of the refusal. */
function decide(change: Partial<ProposeFacts>): unknown {
  const facts: ProposeFacts = {
    base: BASE,
    role: RELEASES_ROLE,
    edit: edit({ 'v9/app': 'new' }),
    whenOpen: 'queue',
    nextVersion: false,
    open: [],
    signedVersions: new Set(),
    now: NOW,
    ...change,
  };
  try {
    const decision = decidePropose(facts);
    if (decision.kind === 'nothing-new') return `nothing-new ${String(decision.number)}`;
    const { proposal } = decision;
    const { targets, version } = parseTargets(encodeMetadata(proposal.signed, [])).signed;
    const where =
      decision.kind === 'add' ? `#${String(decision.number)}` : `behind ${String(decision.behind)}, replaces ${String(decision.replaces)}`;
    return [`${decision.kind} ${proposal.branch} v${String(version)} ${where}`, [...targets.keys()].sort().join(' ')];
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}

const waiting = (signers: readonly (typeof CAROL)[] = []): EventFacts =>
  signedBy(signers, { changes: { [RELEASES_PATH]: releases(2, { 'v2/app': 'two' }) }, branch: 'sign/releases-v2' });

describe('without an open event', () => {
  test('table', () => {
    expect(
      answers({
        'a new file': () => decide({}),
        'a file that is listed so': () => decide({ edit: edit({ 'v1/app': 'one' }) }),
        'a listed path with other content': () => decide({ edit: edit({ 'v1/app': 'other' }) }),
        'a listed path with other content, to be replaced': () => decide({ edit: edit({ 'v1/app': 'other' }, [], 'replace') }),
        'a removal': () => decide({ edit: edit({}, ['v1/app']) }),
        'a removal of what is not listed': () => decide({ edit: edit({}, ['v2/app']) }),
        'adding and removing one path': () => decide({ edit: edit({ 'v1/app': 'one' }, ['v1/app']) }),
        'a path that no delegation leads to': () => decide({ edit: edit({ 'w1/app': 'x' }) }),
        'a path that clients do not read': () => decide({ edit: edit({ 'v1/a%b': 'x' }) }),
        'a path that an earlier role lists': () =>
          decide({ edit: edit({ 'v5/app': 'x' }), base: baseOf(world({ targets: { files: { 'v5/app': 'y' } } })) }),
        'a role that nobody delegates': () => decide({ role: parseTargetsRoleName('nightly', 'role') }),
        'a top-level file': () => decide({ role: TARGETS, edit: edit({ readme: 'x' }) }),
        'a version that was signed and abandoned is passed over': () => decide({ signedVersions: new Set([2, 4]) }),
      }),
    ).toEqual({
      'a new file': ['open sign/releases-v2 v2 behind null, replaces null', 'v1/app v9/app'],
      'a file that is listed so': 'nothing-new null',
      'a listed path with other content': 'target-exists',
      'a listed path with other content, to be replaced': ['open sign/releases-v2 v2 behind null, replaces null', 'v1/app'],
      'a removal': ['open sign/releases-v2 v2 behind null, replaces null', ''],
      'a removal of what is not listed': 'target-missing',
      'adding and removing one path': 'target-exists',
      'a path that no delegation leads to': 'target-unreachable',
      'a path that clients do not read': 'unwritable',
      'a path that an earlier role lists': 'target-unreachable',
      'a role that nobody delegates': 'role-unknown',
      'a top-level file': ['open sign/targets-v2 v2 behind null, replaces null', 'readme'],
      'a version that was signed and abandoned is passed over': ['open sign/releases-v3 v3 behind null, replaces null', 'v1/app v9/app'],
    });
  });
});

describe('with an open event', () => {
  test('table', () => {
    const outdated = signedBy([], { changes: { [RELEASES_PATH]: releases(1, { 'v2/app': 'two' }) } });
    const invalid = signedBy([], { changes: { [RELEASES_PATH]: releases(2, { 'w2/app': 'two' }) } });
    const elsewhere = signedBy([], { changes: { [RELEASES_PATH]: releases(2, { 'v2/app': 'two' }) }, branch: 'sign/targets-v2' });
    const withdrawn = eventOf({
      changes: { [RELEASES_PATH]: releases(2, { 'v2/app': 'two' }) },
      branch: 'sign/releases-v2',
      reviews: [review(CAROL, [lineOf(CAROL, 'releases', releases(2, { 'v2/app': 'two' }))], 'DISMISSED')],
    });
    const behind = signedBy([], {
      number: 8,
      changes: { [RELEASES_PATH]: releases(3, { 'v3/app': 'three' }) },
      branch: 'sign/releases-v3',
    });
    expect(
      answers({
        'that nobody has signed': () => decide({ open: open([waiting()]) }),
        'that nobody has signed, on a branch of another name': () => decide({ open: open([elsewhere]) }),
        'that has the file already': () => decide({ open: open([waiting()]), edit: edit({ 'v2/app': 'two' }) }),
        'that has the path with other content': () => decide({ open: open([waiting()]), edit: edit({ 'v2/app': 'other' }) }),
        'that one has signed: queue': () => decide({ open: open([waiting([CAROL])]) }),
        'that one has signed: add': () => decide({ open: open([waiting([CAROL])]), whenOpen: 'add' }),
        'that one has signed: fail': () => decide({ open: open([waiting([CAROL])]), whenOpen: 'fail' }),
        'that one has signed and has the file': () =>
          decide({ open: open([waiting([CAROL])]), whenOpen: 'fail', nextVersion: false, edit: edit({ 'v2/app': 'two' }) }),
        'that one had signed and withdrew': () => decide({ open: open([withdrawn]), whenOpen: 'fail' }),
        'that is complete': () => decide({ open: open([waiting([CAROL, DAVE])]) }),
        'and one behind it': () => decide({ open: open([waiting([CAROL]), behind]) }),
        'that is outdated counts for its version only': () => decide({ open: open([outdated]) }),
        'that is invalid counts for its version only': () => decide({ open: open([invalid]) }),
      }),
    ).toEqual({
      'that nobody has signed': ['add sign/releases-v2 v2 #7', 'v1/app v2/app v9/app'],
      'that nobody has signed, on a branch of another name': ['add sign/targets-v2 v2 #7', 'v1/app v2/app v9/app'],
      'that has the file already': 'nothing-new 7',
      'that has the path with other content': 'target-exists',
      'that one has signed: queue': ['open sign/releases-v3 v3 behind 7, replaces null', 'v1/app v9/app'],
      'that one has signed: add': ['open sign/releases-v3 v3 behind 7, replaces null', 'v1/app v2/app v9/app'],
      'that one has signed: fail': 'event-open',
      'that one has signed and has the file': 'nothing-new 7',
      'that one had signed and withdrew': 'event-open',
      'that is complete': ['open sign/releases-v3 v3 behind 7, replaces null', 'v1/app v9/app'],
      'and one behind it': ['add sign/releases-v3 v3 #8', 'v1/app v3/app v9/app'],
      'that is outdated counts for its version only': ['open sign/releases-v2 v2 behind null, replaces null', 'v1/app v9/app'],
      'that is invalid counts for its version only': ['open sign/releases-v3 v3 behind null, replaces null', 'v1/app v9/app'],
    });
  });
});

test('what is proposed expires after the period that the delegator signed', () => {
  const decision = decidePropose({
    base: BASE,
    role: RELEASES_ROLE,
    edit: edit({ 'v9/app': 'new' }),
    whenOpen: 'queue',
    nextVersion: false,
    open: [],
    signedVersions: new Set(),
    now: NOW,
  });
  if (decision.kind !== 'open') throw new Error('an event is opened');
  expect(decision.proposal.signed.get('expires')).toBe('2030-09-29T00:00:00Z');
  expect(encodeInstant(parseInstant('2030-09-29T00:00:00Z', 'x'))).toBe('2030-09-29T00:00:00Z');
  const unsaid = baseOf(world({ targets: { binding: { periods: {} } } }));
  expect(() => periodOf(unsaid, RELEASES_ROLE)).toThrow(expect.objectContaining({ code: 'policy-invalid' }));
  expect(periodOf(BASE, TARGETS).renewSeconds).toBe(60 * 86_400);
});

test('the free version is the first after the base that is not taken', () => {
  const free = (...used: readonly number[]): number => freeVersion(BASE, RELEASES_ROLE, new Set(used));
  expect([free(), free(1), free(2), free(2, 3, 5), free(3)]).toEqual([2, 2, 3, 4, 2]);
});

describe('an edit between two files', () => {
  const names = fc.constantFrom('v1/a', 'v1/b', 'v1/c', 'v1/d', '__proto__', 'constructor');
  const content = fc.record({ text: fc.constantFrom('x', 'y', 'zz'), custom: fc.constantFrom(null, 'm', 'n') });
  const listed = fc.dictionary(names, content, { maxKeys: 6, noNullPrototype: true });
  const file = (entries: Readonly<Record<string, { text: string; custom: string | null }>>): Targets => {
    const targets = Object.fromEntries(
      Object.entries(entries).map(([name, { text, custom }]) => [name, entryOf(text, custom === null ? {} : { custom: { custom } })]),
    );
    return parseTargets(seal(targetsSigned({ extra: { targets } }))).signed;
  };
  test('staged, gives the second', () => {
    fc.assert(
      fc.property(listed, listed, (a, b) => {
        const [before, after] = [file(a), file(b)];
        const staged = stageTargets(before, editBetween(before, after));
        expect(new Map(staged.targets)).toEqual(new Map([...after.targets].map(([name, { raw }]) => [name, raw])));
        expect(stageTargets(after, editBetween(before, before)).changes).toEqual([]);
      }),
      { seed: 1 },
    );
  });
  test('is empty between equal files', () => {
    const one = file({ 'v1/a': { text: 'x', custom: 'm' } });
    expect(editBetween(one, one)).toEqual({ add: new Map(), remove: new Set(), existing: 'replace' });
  });
});

test('each role of the test signs for itself', () => {
  expect([ALICE, BOB].every(({ signer }) => !RELEASES.signers.some((one) => one.signer.keyId === signer.keyId))).toBe(true);
  expect(parseTargets(seal(topTargets())).signed.delegations?.kind).toBe('roles');
});
