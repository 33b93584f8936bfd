// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { decideGather, type GatherEffect, type GatherFacts } from '../../src/event/decide-gather.ts';
import type { EventFacts } from '../../src/event/facts.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import {
  ALICE,
  BASE,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  entryOf,
  eventOf,
  lineOf,
  NEXT,
  NOW,
  RELEASES,
  RELEASES_PATH,
  review,
  rootChanges,
  rootSigned,
  seal,
  signedBy,
  TARGETS_PATH,
  targetsSigned,
  topTargets,
  WORLD,
  world,
  type EventSpec,
  type Member,
} from './support.ts';
import { signedElsewhere } from '../../src/event/signed-elsewhere.ts';

const releases = (version: number, files: Record<string, string>): Uint8Array => seal(targetsSigned({ version, files }));

function word(effect: GatherEffect): string {
  const number = `#${String(effect.status.pull.number)}`;
  if (effect.kind === 'rebuild') return `rebuild ${number} v${String(effect.proposal.version)} on ${effect.proposal.branch}`;
  const behind = effect.status.behind === null ? '' : ` behind #${String(effect.status.behind)}`;
  return effect.kind === 'report' ? `${number} ${effect.status.state}${behind}` : `${effect.kind} ${number}`;
}

const decide = (events: readonly EventFacts[], more: Partial<GatherFacts> = {}): readonly string[] =>
  decideGather({ base: BASE, events, closed: [], signed: new Map(), now: NOW, ...more }).effects.map(word);

/** An event of releases, signed by these. */
function event(number: number, version: number, signers: readonly Member[] = [], more: Partial<EventSpec> = {}): EventFacts {
  const file = releases(version, { 'v1/app': 'one', [`v${String(number)}/app`]: 'new' });
  return signedBy(signers, { number, changes: { [RELEASES_PATH]: file }, ...more });
}

/** An event of targets, and of releases too when a version is given. */
function top(number: number, version: number, signers: readonly Member[] = [], releasesVersion?: number): EventFacts {
  const file = seal(topTargets({ version, delegations: [{ ...RELEASES, paths: ['v*/*', 'w/*'] }] }));
  const below = releasesVersion === undefined ? null : releases(releasesVersion, { 'v1/app': 'one' });
  return eventOf({
    number,
    changes: { [TARGETS_PATH]: file, ...(below === null ? {} : { [RELEASES_PATH]: below }) },
    reviews: signers.map((one) => review(one, [lineOf(one, 'targets', file), ...(below === null ? [] : [lineOf(one, 'releases', below)])])),
  });
}

describe('what is done', () => {
  const both = [CAROL, DAVE];
  const rows: Readonly<Record<string, readonly [readonly EventFacts[], readonly string[]]>> = {
    'no events': [[], []],
    'one that waits': [[event(7, 2)], ['#7 waiting']],
    'one that is complete': [[event(7, 2, both)], ['complete #7']],
    'one that is invalid': [[event(7, 2, both, { changes: { x: null } })], ['#7 invalid']],
    'two complete ones of one role': [
      [event(7, 2, both), event(8, 3, both)],
      ['complete #7', '#8 complete behind #7'],
    ],
    'two complete ones of two roles: one at a time': [
      [event(7, 2, both), top(8, 2, [ALICE, BOB])],
      ['complete #7', '#8 complete'],
    ],
    'a complete one waits for nothing, whatever its version': [
      [event(7, 3, both), event(8, 2)],
      ['complete #7', '#8 waiting behind #7'],
    ],
    'a complete one waits for nothing, whoever is older': [
      [event(7, 2), event(8, 2, both)],
      ['#7 waiting behind #8', 'complete #8'],
    ],
    'an invalid one holds up nobody': [
      [event(7, 2, [], { changes: { [RELEASES_PATH]: NEXT, x: null } }), event(8, 3, both)],
      ['#7 invalid', 'complete #8'],
    ],
    'one of two roles and one of the second': [
      [top(7, 2, [ALICE, BOB, CAROL, DAVE], 2), event(8, 2, both)],
      ['complete #7', '#8 complete behind #7'],
    ],
    'one of the second role and one of two': [
      [event(7, 2), top(8, 2, [ALICE, BOB, CAROL, DAVE], 3)],
      ['#7 waiting behind #8', 'complete #8'],
    ],
    'of complete ones the one with more votes goes first': [
      [event(7, 2), top(8, 2, [ALICE, BOB, CAROL, DAVE], 3), top(9, 3, [ALICE, BOB])],
      ['#7 waiting behind #8', 'complete #8', '#9 complete behind #8'],
    ],
    'a root and a role do not share anything': [
      [eventOf({ number: 7, changes: rootChanges(seal(rootSigned({ version: 2 })), 2) }), event(8, 2, both)],
      ['#7 waiting', 'complete #8'],
    ],
  };
  test.each(Object.entries(rows))('%s', (_name, [events, expected]) => {
    expect(decide(events)).toEqual(expected);
    expect(decide(events)).toEqual(expected);
  });
  test('a complete event that goes after another keeps its files', () => {
    const { statuses } = decideGather({
      base: BASE,
      events: [event(7, 2, both), event(8, 3, both)],
      closed: [],
      signed: new Map(),
      now: NOW,
    });
    expect(statuses.map(({ files }) => files.size)).toEqual([1, 1]);
  });
});

describe('an outdated event', () => {
  const base = baseOf(world({ releases: { version: 2, files: { 'v1/app': 'one', 'v2/app': 'two' } } }));
  const gone = baseOf(world({ releases: { version: 2, files: { 'v2/app': 'two' } } }));
  /** What carol has signed in an event that has ended. */
  const before = (...files: readonly Uint8Array[]): GatherFacts['signed'] =>
    signedElsewhere(
      files.map((file, index) => ({
        facts: signedBy([CAROL], { number: 90 + index, changes: { [RELEASES_PATH]: file } }),
        state: 'ended' as const,
      })),
      BASE,
    );
  const both = [CAROL, DAVE];
  const other = releases(2, { 'v1/app': 'other' });
  test.each<[string, GatherFacts['signed'], readonly Member[], readonly string[]]>([
    ['nothing', new Map(), both, ['complete #7']],
    ['the same content', before(NEXT), both, ['complete #7']],
    ['another content of another version', before(releases(3, { 'v1/app': 'other' })), both, ['complete #7']],
    ['another content of its version', before(other), both, ['rebuild #7 v3 on sign/releases-v3']],
    ['another content of its version beside the same', before(NEXT, other), both, ['rebuild #7 v3 on sign/releases-v3']],
    ['another content, before anybody signs this one', before(other), [], ['rebuild #7 v3 on sign/releases-v3']],
  ])('beside a closed one in which somebody signed %s', (_, signed, signers, expected) => {
    expect(decide([signedBy(signers)], { signed })).toEqual(expected);
  });
  const after = (events: readonly EventFacts[], signed: readonly number[] = [], on = base): readonly string[] =>
    decide(events, { base: on, signed: before(...signed.map((version) => releases(version, { x: 'x' }))) });
  const removal = signedBy([], { changes: { [RELEASES_PATH]: releases(3, {}) } });
  const replace = (version: number): EventFacts => signedBy([], { changes: { [RELEASES_PATH]: releases(version, { 'v1/app': 'other' }) } });
  const rows: Readonly<Record<string, readonly [readonly EventFacts[], readonly number[], readonly string[]]>> = {
    'of a later version is built again in place': [[event(7, 3)], [], ['rebuild #7 v3 on sign/e7']],
    'of a later version that was signed elsewhere takes the next': [[event(7, 3)], [3], ['rebuild #7 v4 on sign/releases-v4']],
    'that somebody has signed takes the next version': [[event(7, 3, [CAROL])], [], ['rebuild #7 v4 on sign/releases-v4']],
    'of a version that is published takes the next': [[event(7, 2)], [], ['rebuild #7 v3 on sign/releases-v3']],
    'takes no version of another open event': [
      [event(7, 2), event(8, 3, [], { forkedFrom: { releases: NEXT } })],
      [],
      ['rebuild #7 v4 on sign/releases-v4', '#8 waiting'],
    ],
    'keeps no version that another open event has': [
      [event(7, 3), event(8, 3)],
      [],
      ['rebuild #7 v4 on sign/releases-v4', 'rebuild #8 v4 on sign/releases-v4'],
    ],
    'that removes a file': [[removal], [], ['rebuild #7 v3 on sign/e7']],
    'that replaces a file': [[replace(3)], [], ['rebuild #7 v3 on sign/e7']],
    'of two roles must be proposed again, and holds up nobody': [
      [top(7, 1, [], 2), event(8, 3)],
      [],
      ['#7 outdated', 'rebuild #8 v3 on sign/e8'],
    ],
    'of delegations must be proposed again': [[top(7, 1)], [], ['#7 outdated']],
  };
  test.each(Object.entries(rows))('%s', (_name, [events, signed, expected]) => {
    expect(after(events, signed)).toEqual(expected);
  });
  test('whose content is published is closed', () => {
    const same = signedBy([], { changes: { [RELEASES_PATH]: releases(2, { 'v1/app': 'one', 'v2/app': 'two' }) } });
    expect(after([same])).toEqual(['close #7']);
  });
  test('whose removal has happened is closed', () => {
    expect(after([signedBy([], { changes: { [RELEASES_PATH]: releases(2, {}) } })], [], gone)).toEqual(['close #7']);
  });
  test('is built again with its own change on the base, once', () => {
    const [effect] = decideGather({ base, events: [event(7, 3)], closed: [], signed: new Map(), now: NOW }).effects;
    if (effect?.kind !== 'rebuild') throw new Error('it is built again');
    const { targets } = Object.fromEntries(effect.proposal.signed) as { targets: ReadonlyMap<string, unknown> };
    expect([...targets.keys()].sort()).toEqual(['v1/app', 'v2/app', 'v7/app']);
  });
  test('on a branch that was reset or exchanged is built again once', () => {
    // The branch gives back version 1 whatever is built: what was built again must not be outdated again.
    const rebuilt = releases(3, { 'v1/app': 'one', 'v2/app': 'two', 'v7/app': 'new' });
    for (const fork of [WORLD.roles['releases'], new TextEncoder().encode('junk'), releases(9, { x: 'x' })]) {
      const facts = signedBy([CAROL, DAVE], { changes: { [RELEASES_PATH]: rebuilt }, forkedFrom: { releases: fork ?? rebuilt } });
      expect(after([facts])).toEqual(['complete #7']);
    }
  });
  test('keeps unknown fields of the role', () => {
    const extra: PlainObject = { surprise: { deep: [1] } };
    const on = baseOf(world({ releases: { version: 2, files: { 'v1/app': 'one' }, extra } }));
    const file = seal(
      targetsSigned({ version: 2, files: {}, extra: { ...extra, targets: { 'v1/app': entryOf('one'), 'v3/app': entryOf('x') } } }),
    );
    const fork = seal(targetsSigned({ files: { 'v1/app': 'one' }, extra }));
    const facts = signedBy([], { changes: { [RELEASES_PATH]: file }, forkedFrom: { releases: fork } });
    const [effect] = decideGather({ base: on, events: [facts], closed: [], signed: new Map(), now: NOW }).effects;
    if (effect?.kind !== 'rebuild') throw new Error('it is built again');
    expect(effect.proposal.signed.get('surprise')).toEqual(new Map([['deep', [1]]]));
    expect(parseTargets(file).signed.version).toBe(2);
  });
});
