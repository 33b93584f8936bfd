// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { encodeEventFile, readEventFile } from '../../src/event/event-file.ts';
import { MAX_BODY_CHARACTERS } from '../../src/render/markdown.ts';
import { renderProposal, type ProposalView } from '../../src/render/proposal-markdown.ts';
import { payloadDigest } from '../../src/tuf/metadata.ts';
import { parseTargetPath, parseTargetsRoleName, TARGETS } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import {
  ALICE,
  answers,
  BASE,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  entryOf,
  ERIN,
  RELEASES,
  RELEASES_ROLE,
  seal,
  targetsSigned,
  topTargets,
  WORLD,
} from '../event/support.ts';
import { BODIES, bodyOf, broughtBy, COMMIT, expectedText, LARGE_MS, originOf, PULL_URL } from './support.ts';

test.each(Object.entries(BODIES))(
  'the body of a proposal, word for word: %s',
  (name, body) => {
    expect(body()).toBe(expectedText(`body-${name}`));
  },
  LARGE_MS,
);

/** A proposal that adds these paths to releases, and the rest of a view changed. */
function viewOf(paths: readonly string[], change: Partial<ProposalView> = {}): ProposalView {
  const files = Object.fromEntries([['v1/app', 'one'], ...paths.map((path) => [path, 'two'])]);
  const { signed, payload } = parseTargets(seal(targetsSigned({ version: 2, files })));
  const changes = paths.map((path) => ({ kind: 'added' as const, path: parseTargetPath(path, 'path') }));
  const view = { base: BASE, role: RELEASES_ROLE, proposed: signed, payload: payloadDigest(payload), changes, url: PULL_URL };
  return { ...view, contributions: [], ...change };
}

const bodyFor = (paths: readonly string[], change: Partial<ProposalView> = {}): string => renderProposal(viewOf(paths, change));
const count = (text: string, part: string): number => text.split(part).length - 1;
/** Everything that a page would make a link of. */
const linksOf = (text: string): readonly string[] => [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, url = '']) => url);

test('a path can not format, mention or hide', () => {
  expect(bodyFor(['v2/<b>|@x `y`\u202e_z_'])).toContain(
    '| added | <code>v2/&#60;b&#62;&#124;&#64;x &#96;y&#96;&#92;u202e&#95;z&#95;</code> | 3 |',
  );
});

test('what is signed with a file can not format or link, and much of it is counted', () => {
  const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`|<b>@${String(index)}`, '](https://evil.test)']));
  const targets = { 'v1/app': entryOf('one'), 'v2/app': entryOf('two', { custom: fields }) };
  const body = bodyOf(seal({ ...targetsSigned({ version: 2 }), targets }), []);
  expect(linksOf(body)).toEqual([]);
  expect(body).toContain('Signed with each file: <code>custom&#91;"&#124;&#60;b&#62;&#64;0"&#93;</code> <code>"&#93;&#40;https&#58;//');
  expect(body).toMatch(/<\/code>, 14 more fields, sha256:[0-9a-f]{64}\.\n/);
  expect(body).not.toMatch(/<b>/);
});

test('files that are signed with different words say their own', () => {
  const targets = { 'v1/app': entryOf('one'), 'v2/a': entryOf('a', { custom: { for: 'linux' } }), 'v2/b': entryOf('b') };
  const body = bodyOf(seal({ ...targetsSigned({ version: 2 }), targets }), []);
  expect(body).not.toContain('Signed with each file');
  expect(body).toContain('\n| added | <code>v2/a</code><br><code>custom.for</code> <code>linux</code> | 1 |');
  expect(body).toContain('\n| added | <code>v2/b</code> | 1 |');
});

test('only a commit of the signed form is a link', () => {
  const bodyWith = (commit: string): string => {
    const entry = entryOf('two', { custom: { 'x-countersign': { commit, hosting: 'release' } } });
    return bodyOf(seal({ ...targetsSigned({ version: 2 }), targets: { 'v1/app': entryOf('one'), 'v2/app': entry } }), []);
  };
  expect(linksOf(bodyWith(COMMIT))).toEqual([`https://forge.test/acme/app/commit/${COMMIT}`]);
  expect(linksOf(bodyWith(`${COMMIT}/../../evil`))).toEqual([]);
  expect(linksOf(bodyWith('main'))).toEqual([]);
});

test('a run is a link only to that run of this repository', () => {
  const bodyWith = (runUrl: string, url: string = PULL_URL): readonly string[] => {
    const origin = originOf(101, { runUrl, commit: 'unknown' });
    return linksOf(bodyFor(['v2/app'], { url, contributions: [broughtBy(origin, ['v2/app'])] }));
  };
  const own = 'https://forge.test/acme/app/actions/runs/101';
  expect(
    answers({
      'its own': () => bodyWith(own),
      'another run': () => bodyWith('https://forge.test/acme/app/actions/runs/102'),
      'another repository': () => bodyWith('https://forge.test/mallory/app/actions/runs/101'),
      'another host': () => bodyWith('https://evil.test/acme/app/actions/runs/101'),
      'a script': () => bodyWith('javascript:alert(1)'),
      'an end of the link': () => bodyWith(`${own}) [x](https://evil.test`),
      'a pull request that is no page': () => bodyWith(own, '/srv/demo#7'),
      'a host without encryption': () => bodyWith(own.replace('https', 'http'), PULL_URL.replace('https', 'http')),
    }),
  ).toEqual({
    'its own': [own],
    'another run': [],
    'another repository': [],
    'another host': [],
    'a script': [],
    'an end of the link': [],
    'a pull request that is no page': [],
    'a host without encryption': [],
  });
});

test('what a run says of itself can not format or mention', () => {
  const origin = originOf(101, { actor: '@octocat', workflow: '<b>|`x`', ref: '![x](https://evil.test)', commit: '#1', runUrl: '*x*' });
  const body = bodyFor(['v2/app'], { contributions: [{ ...broughtBy(origin, ['v2/app']), staged: '<img src=x>' }] });
  expect(body).toContain(
    '1. run 101, said to be at <code>&#42;x&#42;</code> of <code>&#60;b&#62;&#124;&#96;x&#96;</code> for <code>&#33;&#91;x&#93;&#40;https&#58;//evil.test&#41;</code>, commit <code>&#35;1</code>, started by <code>&#64;octocat</code>: 1 target; the files to compare with are in its artifact <code>&#60;img src=x&#62;</code>\n',
  );
});

test('a target that no run brought is named', () => {
  const run = broughtBy(originOf(101), ['v2/app']);
  const said = '**No run says that it brought**';
  expect(bodyFor(['v2/app'], { contributions: [run] })).not.toContain(said);
  expect(bodyFor(['v2/app', 'v2/evil'], { contributions: [run] })).toContain(`\n${said} <code>v2/evil</code>.\n`);
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `v2/${name}`);
  expect(bodyFor(many, { contributions: [run] })).toContain('<code>v2/e</code> and 2 more.\n');
  // A run that brought too many to list may have brought any of them.
  expect(bodyFor(['v2/evil'], { contributions: [run, broughtBy(originOf(102), null)] })).not.toContain(said);
});

test('of several runs that brought a target the last is told', () => {
  const contributions = [broughtBy(originOf(101), ['v2/a', 'v2/b']), broughtBy(null, ['v2/b'])];
  const body = bodyFor(['v2/a', 'v2/b', 'v2/c'], { contributions });
  expect(body).toMatch(/<code>v2\/a<\/code> \| 3 \| .* \| 1 \|\n/);
  expect(body).toMatch(/<code>v2\/b<\/code> \| 3 \| .* \| 2 \|\n/);
  expect(body).toMatch(/<code>v2\/c<\/code> \| 3 \| .* \| none \|\n/);
  expect(body).toContain('\n2. by hand, not by a run: 1 target\n');
});

test('a change of who signs is shown field by field', () => {
  const proposed = parseTargets(seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [CAROL, ERIN], threshold: 1 }] })));
  const body = bodyFor([], { role: TARGETS, proposed: proposed.signed, changes: [] });
  expect(body).toContain('\n| <code>delegations.roles&#91;0&#93;.threshold</code> | <code>2</code> | <code>1</code> |\n');
  expect(body).toContain('**Needs 2 of:** alice, bob\n');
  expect(body).toMatch(new RegExp(`<code>delegations\\.keys.*${DAVE.signer.keyId.slice(0, 8)}.* \\| <code>"ed25519"</code> \\|  \\|\n`));
});

test('a role without a file yet adds all of it', () => {
  const base = { ...BASE, roles: new Map([...BASE.roles].filter(([name]) => name !== RELEASES_ROLE)) };
  const body = bodyFor([], { base });
  expect(body).toContain('### releases v2: 1 added\n');
  expect(body).toContain('\n| version |  | 2 |\n');
  expect(body).not.toContain('<code>&#36;</code>');
  expect(body).toContain('\n| added | <code>v1/app</code> | 3 |');
});

test('who signs in the browser only is not told to run a command', () => {
  const reason = { 'custody-quorum': { releases: 'a trial' } };
  const top = topTargets({ delegations: [{ ...RELEASES, signers: [ERIN], threshold: 1 }], binding: {} });
  const ours = { ...Object(top['x-countersign']), ...reason };
  const roles = {
    targets: seal({ ...top, 'x-countersign': ours }, [ALICE, BOB]),
    releases: seal(targetsSigned({ files: { 'v1/app': 'one' } }), [ERIN]),
  };
  const body = bodyFor(['v2/app'], { base: baseOf({ ...WORLD, roles }) });
  expect(body).toContain('**Needs 1 of:** erin (custody, approves in the browser)\n');
  expect(body).not.toContain('countersign sign');
  expect(bodyFor(['v2/app'])).toContain('countersign sign');
});

test('a role that nobody delegates has nobody to sign it', () => {
  expect(bodyFor([], { role: parseTargetsRoleName('nightly', 'role') })).toContain('\nNobody can sign it: no role delegates it.\n');
});

test('before the pull request has an address, the page itself is it', () => {
  expect(bodyFor(['v2/app'], { url: '' })).toContain('\n`countersign sign ADDRESS --key file:KEY`, with the address of this page.\n');
});

test('the body fits whatever others write', () => {
  const long = Array.from({ length: 150 }, (_, index) => `v2/${'|@'.repeat(500)}${String(index)}`);
  const origin = originOf(1, { actor: '@'.repeat(999), workflow: '|'.repeat(999), ref: '<'.repeat(999), runUrl: '&'.repeat(999) });
  const contributions = Array.from({ length: 5_000 }, () => broughtBy(origin, long));
  const extra = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x-${'@'.repeat(50)}${String(index)}`, '|'.repeat(300)]));
  const { signed } = parseTargets(seal(targetsSigned({ version: 2, files: Object.fromEntries(long.map((path) => [path, 'two'])), extra })));
  const body = bodyFor(long, { proposed: signed, contributions });
  const shown = count(body, '| added |');
  expect(shown).toBeGreaterThan(10);
  const left = String(150 - shown);
  expect(body).toMatch(
    new RegExp(
      `\n\n… and ${left} more \\(${left} added; sha256:[0-9a-f]{64}\\), all of them in <code>metadata/releases\\.json</code>\\.\n`,
    ),
  );
  expect(count(body, 'all of them in')).toBe(1);
  expect(body).toMatch(/\n\| … [\d,]+ more, sha256:[0-9a-f]{64} \| \| \|\n/);
  expect(body).toMatch(/\n\n… and [\d,]+ more runs\n/);
  expect(body.length).toBeLessThan(MAX_BODY_CHARACTERS);
  expect(body.endsWith('trust that, not this page.\n')).toBe(true);
});

test('just as many rows as are shown need no last line', () => {
  const paths = Array.from({ length: 101 }, (_, index) => `v2/${String(index)}`);
  expect(bodyFor(paths.slice(1))).not.toContain('… and');
  expect(bodyFor(paths)).toMatch(/\n\n… and 1 more \(1 added; sha256:[0-9a-f]{64}\), all of them in/);
});

describe('what is replaced within an open event', () => {
  const ours = broughtBy(originOf(101), ['v2/app', 'v2/b']);
  const theirs = { ...broughtBy(originOf(102), ['v2/app']), replaced: new Map([['v2/app', 'f'.repeat(64)]]) };
  const file = seal(targetsSigned({ version: 2, files: { 'v1/app': 'one', 'v2/app': 'other', 'v2/b': 'b' } }));

  test('is told, with whose it was', () => {
    expect(bodyOf(file, [ours, theirs])).toContain(
      `⚠️ **Number 2 replaced what was proposed before:** <code>v2/app</code> of number 1 (sha256 <code>${'f'.repeat(64)}</code>).`,
    );
  });

  test.each([
    ['nothing was replaced', [ours, broughtBy(originOf(102), ['v2/c'])]],
    ['nobody is known to have brought it', [broughtBy(originOf(101), ['v2/b']), theirs]],
    ['there is one run', [theirs]],
  ])('%s: nothing is said', (_name, contributions) => {
    expect(bodyOf(file, contributions)).not.toContain('replaced what was proposed');
  });

  test('survives in event.json', () => {
    const bytes = encodeEventFile({ role: 'releases', version: 2, contributions: [ours, theirs] });
    expect(readEventFile(bytes)?.contributions[1]?.replaced).toEqual(theirs.replaced);
    expect(readEventFile(bytes)?.contributions[0]?.replaced).toBeUndefined();
  });
});
