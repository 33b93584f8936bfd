// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  compareAssets,
  decideReleases,
  draftBody,
  draftOwner,
  type AssetFacts,
  type ReleaseFacts,
  type ReleasesFacts,
} from '../../src/event/decide-releases.ts';
import { requireAssetName, type ReleaseFile } from '../../src/event/release-files.ts';
import { parseCommitSha } from '../../src/trust/accounts.ts';
import { outcomeOf } from '../../src/tuf/errors.ts';
import { parseSha256, parseTargetPath } from '../../src/tuf/names.ts';

const COMMIT = parseCommitSha('c'.repeat(40), 'test');
const OTHER = parseCommitSha('d'.repeat(40), 'test');
const HASH = parseSha256('a'.repeat(64), 'test');
const FILE: ReleaseFile = { path: parseTargetPath('v1/app', 'test'), name: 'app', length: 3, sha256: HASH, commit: COMMIT };
const ASSETS: readonly AssetFacts[] = ['app', `${HASH}.app`].map((name) => ({ name, size: 3, sha256: HASH, state: 'uploaded' }));
const DRAFT: ReleaseFacts = { id: 5, tag: 'v1', target: COMMIT, body: '', draft: true, ours: true };
const FACTS: ReleasesFacts = {
  signed: [{ tag: 'v1', files: [FILE] }],
  releases: [DRAFT],
  assets: new Map([[5, ASSETS]]),
  tags: new Map(),
  awaited: new Map(),
  ended: new Set(),
};

/** What is decided, in words: `publish 5`, `drop 5`, or the code of what is wrong. */
function decided(change: Partial<ReleasesFacts>): readonly string[] {
  const { effects, problems } = decideReleases({ ...FACTS, ...change });
  const names = effects.map(({ kind, id }) => `${kind.replace('-draft', '')} ${String(id)}`);
  return [...names, ...problems.map(({ code }) => code)];
}

const withAssets = (change: (asset: AssetFacts) => AssetFacts): Partial<ReleasesFacts> => ({ assets: new Map([[5, ASSETS.map(change)]]) });
const withDraft = (change: Partial<ReleaseFacts>): Partial<ReleasesFacts> => ({ releases: [{ ...DRAFT, ...change }] });
const of = (name: string, change: Partial<AssetFacts>) => (asset: AssetFacts) => (asset.name === name ? { ...asset, ...change } : asset);

describe('a draft release goes out when it is just what was signed', () => {
  test.each<[string, Partial<ReleasesFacts>, readonly string[]]>([
    ['all is as signed', {}, ['publish 5']],
    ['an asset was swapped after hashing', withAssets(of('app', { sha256: 'b'.repeat(64) })), ['release-mismatch']],
    ['the file that clients ask for was swapped', withAssets(of(`${HASH}.app`, { sha256: 'b'.repeat(64) })), ['release-mismatch']],
    ['an asset has another length', withAssets(of('app', { size: 4 })), ['release-mismatch']],
    ['the host gives no digest', withAssets(of('app', { sha256: null })), ['release-mismatch']],
    ['an upload broke off', withAssets(of('app', { state: 'starter' })), ['release-mismatch']],
    ['an asset is gone', { assets: new Map([[5, ASSETS.slice(1)]]) }, ['release-mismatch']],
    [
      'an unsigned file was added',
      { assets: new Map([[5, [...ASSETS, { ...FILE, name: 'more', size: 1, state: 'uploaded' as const }]]]) },
      ['release-mismatch'],
    ],
    ['the draft is of another commit', withDraft({ target: OTHER }), ['release-mismatch']],
    ['the draft is of a branch', withDraft({ target: 'main' }), ['release-mismatch']],
    [
      'the tag is there, at the signed commit, whatever the draft says',
      { ...withDraft({ target: 'main' }), tags: new Map([['v1', COMMIT]]) },
      ['publish 5'],
    ],
    ['the tag is at another commit', { tags: new Map([['v1', OTHER]]) }, ['tag-mismatch']],
    ['no draft is left', { releases: [] }, ['release-missing']],
    ['it is published already', { ...withDraft({ draft: false }), tags: new Map([['v1', COMMIT]]) }, []],
    ['an open event speaks of the tag', { awaited: new Map([['v1', 8]]) }, []],
    ['another event is open', { awaited: new Map([['v2', 8]]) }, ['publish 5']],
    [
      'somebody made a second draft of the tag',
      {
        releases: [{ ...DRAFT, id: 3, ours: false }, DRAFT],
        assets: new Map([
          [3, []],
          [5, ASSETS],
        ]),
      },
      ['publish 5'],
    ],
    [
      'its files are of two commits',
      { signed: [{ tag: 'v1', files: [FILE, { ...FILE, name: 'b', commit: OTHER }] }] },
      ['release-mismatch'],
    ],
    ['nobody signed a commit', { signed: [{ tag: 'v1', files: [{ ...FILE, commit: null }] }] }, ['release-mismatch']],
  ])('%s', (_, change, expected) => {
    expect(decided(change)).toEqual(expected);
  });

  test('one bad release stops no other', () => {
    const bad = { tag: 'v0', files: [{ ...FILE, commit: null }] };
    expect(decided({ signed: [bad, ...FACTS.signed] })).toEqual(['publish 5', 'release-mismatch']);
  });
});

describe('a release that is public already is compared too, when its assets were read', () => {
  const out = { ...DRAFT, draft: false };
  const TAGGED = new Map([['v1', COMMIT]]);
  const published = (assets: readonly AssetFacts[], more: Partial<ReleasesFacts> = {}): Partial<ReleasesFacts> => ({
    releases: [out],
    assets: new Map([[5, assets]]),
    tags: TAGGED,
    ...more,
  });
  const evil = ASSETS.map(of('app', { sha256: 'b'.repeat(64) }));
  test.each<[string, Partial<ReleasesFacts>, readonly string[]]>([
    ['it is as signed', published(ASSETS), []],
    ['a file is another', published(evil), ['release-mismatch']],
    ['the file that clients ask for is gone', published(ASSETS.filter(({ name }) => name === 'app')), ['release-mismatch']],
    ['its tag was moved', published(ASSETS, { tags: new Map([['v1', OTHER]]) }), ['tag-mismatch']],
    ['its tag is gone', published(ASSETS, { tags: new Map() }), ['tag-mismatch']],
    // Anyone who may write can open an event, and the alarm must not depend on it (attack 7).
    ['an event that speaks of its tag is open', published(evil, { awaited: new Map([['v1', 8]]) }), ['release-mismatch']],
    [
      'its tag was moved while one is open',
      published(ASSETS, { tags: new Map([['v1', OTHER]]), awaited: new Map([['v1', 8]]) }),
      ['tag-mismatch'],
    ],
    ['it is as it was signed while one is open', published(ASSETS, { awaited: new Map([['v1', 8]]) }), []],
    ['nobody signed a commit', published(ASSETS, { signed: [{ tag: 'v1', files: [{ ...FILE, commit: null }] }], tags: new Map() }), []],
    ['its assets were not read', { releases: [out], assets: new Map() }, []],
    // Checksums or provenance that another tool adds later are no lie about what was signed.
    ['a file was added after it went out', published([...ASSETS, { name: 'more', size: 1, sha256: HASH, state: 'uploaded' }]), []],
    [
      'somebody published one by hand beside the draft',
      published(evil, {
        releases: [out, { ...DRAFT, id: 6 }],
        assets: new Map([
          [5, evil],
          [6, ASSETS],
        ]),
      }),
      ['release-mismatch'],
    ],
  ])('%s', (_, change, expected) => {
    expect(decided(change)).toEqual(expected);
  });
});

describe('a draft of ours goes when its event has ended', () => {
  const ended = { signed: [], ended: new Set([7]) };
  const awaited = new Map([['v1', 8]]);
  test.each<[string, Partial<ReleasesFacts>, readonly string[]]>([
    ['its event has ended', { ...ended, ...withDraft({ body: draftBody(7) }) }, ['drop 5']],
    ['its event is open', { signed: [], ...withDraft({ body: draftBody(7) }) }, []],
    ['its event is still to come', { ...ended, ...withDraft({ body: draftBody(null) }) }, []],
    ['its event has come, and nobody wrote so', { signed: [], awaited, ...withDraft({ body: draftBody(null) }) }, ['mark 5']],
    ['it is of another tool', { ...ended, ...withDraft({ body: 'notes' }) }, []],
    ['somebody else copied our mark', { ...ended, ...withDraft({ body: draftBody(7), ours: false }) }, []],
    ['it is published', { ...ended, ...withDraft({ body: draftBody(7), draft: false }) }, []],
    ['another open event speaks of its tag', { ...ended, awaited, ...withDraft({ body: draftBody(7) }) }, []],
    [
      'its tag is signed, and out by another release',
      {
        ended: new Set([7]),
        releases: [
          { ...DRAFT, body: draftBody(7) },
          { ...DRAFT, id: 9, draft: false },
        ],
        assets: new Map(),
      },
      ['drop 5'],
    ],
    ['its tag is signed', { ended: new Set([7]), ...withDraft({ body: draftBody(7) }) }, ['publish 5']],
  ])('%s', (_, change, expected) => {
    expect(decided(change)).toEqual(expected);
  });

  test.each([null, 1, 4_000_000])('the mark names the event %s', (number) => {
    expect(draftOwner(`text\n${draftBody(number)}`)).toBe(number ?? 'pending');
  });

  test.each(['', 'text', '<!-- countersign:draft #0 -->', '<!-- countersign:draft #x -->'])('no mark in %j', (body) => {
    expect(draftOwner(body)).toBeNull();
  });
});

test.each([
  ['app.tgz', 'accepted'],
  ['app_1.0-rc.1', 'accepted'],
  ['.app', 'refused'],
  ['app.', 'refused'],
  ['my app', 'refused'],
  ['dir/app', 'refused'],
  ['äpp', 'refused'],
  ['', 'refused'],
  ['a'.repeat(190), 'accepted'],
  ['a'.repeat(191), 'refused'],
])('%s as the name of an asset: %s', (name, expected) => {
  const outcome = outcomeOf(() => {
    requireAssetName(name);
  });
  expect(outcome.kind).toBe(expected);
});

test('a name that a release would change is told by its own code', () => {
  expect(compareAssets('v1', [{ ...FILE, name: 'my app' }], ASSETS)?.code).toBe('asset-name');
});
