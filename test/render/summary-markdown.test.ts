// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { EventFacts } from '../../src/event/facts.ts';
import { renderSummary, type SummaryView } from '../../src/render/summary-markdown.ts';
import { MAX_SUMMARY_BYTES } from '../../src/render/summary-layout.ts';
import type { GatherSummary } from '../../src/render/summary-events.ts';
import type { ProposeSummary } from '../../src/render/summary-propose.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import {
  CAROL,
  comment,
  DAVE,
  ERIN,
  evaluate,
  eventOf,
  lineOf,
  MALLORY,
  NEXT,
  NOW,
  OLD_COMMIT,
  releases,
  RELEASES_PATH,
  review,
  signedBy,
} from '../event/support.ts';

const PAYLOAD = '32f37cf1411c7d6d';
const TABLE = '| | file | signed | waiting for | payload |\n| --- | --- | --- | --- | --- |\n';
const SIGN = 'Sign it with `countersign sign https://forge.test/pull/7 --key file:KEY`\n';
const CHECKED = 'Checked at 2030-07-01T00:00:00Z.\n';

function gather(facts: readonly EventFacts[], change: Partial<GatherSummary> = {}): string {
  return renderSummary({
    kind: 'gather',
    gather: {
      mode: 'apply',
      now: NOW,
      events: facts.map((one) => evaluate(one)),
      completed: [],
      rebuilt: [],
      custody: [],
      released: [],
      publish: [],
      findings: [],
      stopped: null,
      pullUrl: (number) => `https://forge.test/pull/${String(number)}`,
      ...change,
    },
  });
}

const next = (more: Partial<Parameters<typeof eventOf>[0]> = {}): EventFacts => eventOf({ changes: { [RELEASES_PATH]: NEXT }, ...more });

describe('a gather', () => {
  test('with nothing open', () => {
    expect(gather([])).toBe(`## ✅ Nothing to sign\n\nNo signing event is open.\n\n${CHECKED}`);
  });

  test('of which one of two has signed', () => {
    expect(gather([signedBy([CAROL])])).toBe(
      '## ⏳ 1 signing event waiting for signatures\n\n' +
        '### ⏳ [#7](https://forge.test/pull/7) · releases v2\n\nWaiting for signatures.\n\n' +
        TABLE +
        `| ⏳ | releases v2 | **1 of 2** for targets v1: carol | dave, erin | \`${PAYLOAD}…\` |\n\n${SIGN}\n${CHECKED}`,
    );
  });

  test('with an approval of older content', () => {
    const facts = next({
      before: { [RELEASES_PATH]: releases(2, { 'v1/app': 'one' }) },
      reviews: [review(ERIN, [], 'APPROVED', OLD_COMMIT)],
      comments: [comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)])],
    });
    expect(gather([facts])).toBe(
      '## ⏳ 1 signing event waiting for signatures\n\n' +
        '### ⏳ [#7](https://forge.test/pull/7) · releases v2\n\nWaiting for signatures.\n\n' +
        TABLE +
        `| ⏳ | releases v2 | **0 of 2** for targets v1 | carol, dave, erin | \`${PAYLOAD}…\` |\n\n` +
        `Not counted:\n\n- mallory for releases: \`approval-stale\`, erin approved other content\n\n${SIGN}\n${CHECKED}`,
    );
  });

  test('with a signature in custody, and another one that comes next', () => {
    const facts = next({ reviews: [review(ERIN), review(DAVE, [lineOf(DAVE, 'releases', NEXT)])] });
    expect(gather([facts], { custody: [{ person: 'erin' }], publish: ['snapshot: releases changed'] })).toBe(
      '## ⏳ 1 signing event waiting for signatures\n\n' +
        '- signed next with keys in custody, as they approved: erin\n' +
        '- to be published next: snapshot&#58; releases changed\n\n' +
        '### ⏳ [#7](https://forge.test/pull/7) · releases v2\n\nWaiting for signatures.\n\n' +
        TABLE +
        `| ⏳ | releases v2 | **1 of 2** for targets v1: dave | carol, erin | \`${PAYLOAD}…\` |\n\n${SIGN}\n${CHECKED}`,
    );
  });

  test('that completed an event and published its release', () => {
    expect(gather([], { completed: [7], rebuilt: [8], released: [{ tag: 'v2', url: 'https://forge.test/releases/v2' }] })).toBe(
      '## ✅ 1 signing event completed\n\n' +
        '- completed: [#7](https://forge.test/pull/7)\n' +
        '- built again on the signed state: [#8](https://forge.test/pull/8)\n' +
        `- released: [v2](https://forge.test/releases/v2)\n\n${CHECKED}`,
    );
  });

  test('of an event that can not complete, and of something that does not verify', () => {
    const facts = next({ changes: { [RELEASES_PATH]: NEXT, 'a|b<img>.txt': new Uint8Array() } });
    const finding = { source: 'live', code: 'threshold', where: '1.`x`.json', detail: '<b>bad</b> @alice' } as const;
    expect(gather([facts], { findings: [finding] })).toBe(
      '## ⚠️ 1 signing event open, none ready to sign\n\n' +
        '### ❌ [#7](https://forge.test/pull/7)\n\nThis event cannot complete as it is.\n\n' +
        'Problems:\n\n' +
        '- `event-file-unclaimed` <code>a&#124;b&#60;img&#62;.txt</code>: expected only metadata files of this event, got "a&#124;b&#60;img&#62;.txt"\n\n' +
        '### ⚠️ Left out\n\nThis does not verify, and nothing was built on it:\n\n' +
        `- live: \`threshold\` <code>1.&#96;x&#96;.json</code>: &#60;b&#62;bad&#60;/b&#62; &#64;&#8203;alice\n\n${CHECKED}`,
    );
  });

  test('as a dry run', () => {
    expect(gather([], { mode: 'dry-run' })).toBe(
      '## 🔍 Dry run: Nothing to sign\n\n> [!NOTE]\n> This was a dry run: nothing was written.\n\n' +
        `No signing event is open.\n\n${CHECKED}`,
    );
  });
});

const PROPOSED: ProposeSummary = {
  mode: 'apply',
  outcome: 'opened',
  role: 'releases',
  version: 2,
  number: 7,
  url: 'https://forge.test/pull/7',
  payload: 'a'.repeat(64),
  changes: [
    { kind: 'added', path: parseTargetPath('v2/app', 'test') },
    { kind: 'replaced', path: parseTargetPath('v1/```odd', 'test') },
    { kind: 'removed', path: parseTargetPath('v0/app', 'test') },
  ],
  origin: { runId: 9, runUrl: 'https://forge.test/runs/9', commit: 'b'.repeat(40), actor: 'mal_lory' },
  staged: 'countersign-staged-0123456789abcdef',
};

const propose = (change: Partial<ProposeSummary>): string => renderSummary({ kind: 'propose', propose: { ...PROPOSED, ...change } });

describe('a propose', () => {
  test('that opened an event', () => {
    expect(propose({})).toBe(
      '## ✍️ releases v2 proposed in [#7](https://forge.test/pull/7)\n\nIt waits for signatures.\n\n' +
        `- payload: \`sha256:${'a'.repeat(64)}\`\n- targets: 1 added, 1 replaced, 1 removed\n` +
        `- from [run 9](https://forge.test/runs/9) of commit <code>${'b'.repeat(40)}</code>, started by mal&#95;lory\n` +
        '- the files wait in the artifact <code>countersign-staged-0123456789abcdef</code>\n\n' +
        '```diff\n+ v2/app\n! v1/```odd\n- v0/app\n```\n\n' +
        SIGN,
    );
  });

  test('behind another event', () => {
    const text = propose({ outcome: 'queued' });
    expect(text).toContain('## ✍️ releases v2 queued in [#7]');
    expect(text).toContain('do not sign this one yet');
    expect(text).not.toContain('Sign it with');
  });

  test('with nothing new', () => {
    expect(
      propose({ outcome: 'nothing-new', version: null, payload: null, changes: [], number: null, url: null, origin: null, staged: null }),
    ).toBe('## ✅ Nothing new to propose\n\nNothing was changed: all of it is signed and listed so already.\n\n');
  });

  test('as a dry run', () => {
    expect(propose({ mode: 'dry-run', number: null, url: null, origin: null, staged: null, changes: PROPOSED.changes.slice(0, 1) })).toBe(
      '## 🔍 Dry run: releases v2 would be opened\n\n> [!NOTE]\n> This was a dry run: nothing was written.\n\n' +
        `- payload: \`sha256:${'a'.repeat(64)}\`\n- targets: 1 added, 0 replaced, 0 removed\n\n\`\`\`diff\n+ v2/app\n\`\`\`\n`,
    );
  });

  test('of 100,000 targets', () => {
    const changes = Array.from({ length: 100_000 }, (_, index) => ({
      kind: 'added' as const,
      path: parseTargetPath(`v2/${String(index).padStart(6, '0')}`, 'test'),
    }));
    const text = propose({ changes });
    expect(text).toContain('- targets: 100000 added, 0 replaced, 0 removed\n');
    expect(text).toContain('\n+ v2/000499\n# … and 99500 more\n```\n');
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
  });

  test('no path ends the block that shows it', () => {
    const text = propose({ changes: [{ kind: 'added', path: parseTargetPath('```', 'test') }] });
    expect(text).toContain('```diff\n+ ```\n```\n');
  });
});

test('a refusal, with what to do', () => {
  const view: SummaryView = {
    kind: 'refused',
    command: 'propose',
    refusal: { code: 'target-exists', where: 'v1/<app>', detail: 'expected a new path, got one that is listed' },
    hint: 'pass --replace if the new content is meant to take its place',
  };
  expect(renderSummary(view)).toBe(
    '## ❌ propose refused: `target-exists`\n\n<code>v1/&#60;app&#62;</code>: expected a new path, got one that is listed\n\n' +
      '> [!TIP]\n> pass --replace if the new content is meant to take its place\n',
  );
});

test('a custody signature, and none', () => {
  const signed = [{ number: 7, url: 'https://forge.test/pull/7', files: [{ role: 'releases', version: 2, payload: 'a'.repeat(64) }] }];
  expect(renderSummary({ kind: 'custody', custody: { person: 'erin', signed } })).toBe(
    '## 🔑 Signed for erin with a key in custody\n\nThis is what their approval covers, and nothing else:\n\n' +
      `- [#7](https://forge.test/pull/7): releases v2 (\`sha256:${'a'.repeat(64)}\`)\n`,
  );
  expect(renderSummary({ kind: 'custody', custody: { person: 'erin', signed: [] } })).toBe(
    '## ✅ Nothing to sign for erin\n\nNo standing approval of theirs misses its signature.\n',
  );
});

test('a publish', () => {
  const site = { outcome: 'behind', written: 0 };
  expect(
    renderSummary({
      kind: 'publish',
      publish: {
        outcome: 'published',
        reasons: ['snapshot: releases changed'],
        snapshot: 2,
        timestamp: 3,
        expires: NOW,
        site,
        unlisted: 2,
        pruned: 0,
        findings: [],
        now: NOW,
        siteUrl: 'https://octo.github.io/app/',
      },
    }),
  ).toBe(
    '## ✅ Published timestamp 3\n\n| file | version | expires |\n| --- | --- | --- |\n| snapshot | 2 |  |\n| timestamp | 3 |  |\n\n' +
      '- fresh until 2030-07-01T00:00:00Z (in 0 hours)\n- snapshot&#58; releases changed\n' +
      '- 2 files of targets that are listed no more: still served, until a publish with `prune: true` takes them away\n' +
      '- [https&#58;&#8203;//octo.github.io/app/](https://octo.github.io/app/): to be deployed next\n',
  );
});

describe('however much others write', () => {
  const long = '\u{1F600}'.repeat(300);
  const many = Array.from({ length: 20_000 }, (_, index) => index);

  test.each<[string, () => string]>([
    [
      'events',
      () => gather(many.slice(0, 2000).map(() => next({ changes: { [RELEASES_PATH]: releases(2, { [`v2/${'é'.repeat(80)}`]: 'x' }) } }))),
    ],
    [
      'findings',
      () => gather([], { findings: many.map(() => ({ source: 'live' as const, code: 'threshold' as const, where: long, detail: long })) }),
    ],
    [
      'completed events',
      () => gather([], { completed: many, rebuilt: many, custody: many.map(() => ({ person: long })), publish: many.map(() => long) }),
    ],
    [
      'changes',
      () =>
        propose({ changes: many.map((index) => ({ kind: 'added', path: parseTargetPath(`${'é'.repeat(400)}${String(index)}`, 'test') })) }),
    ],
    [
      'fetched files',
      () => renderSummary({ kind: 'fetch', fetch: { source: long, files: many.map(() => ({ path: long, length: 1 })), problems: [] } }),
    ],
  ])('%s fit', (_, render) => {
    expect(Buffer.byteLength(render())).toBeLessThan(MAX_SUMMARY_BYTES);
  });
});

test.each(['javascript:alert(1)', 'https://forge.test/a b', 'https://forge.test/a)b', '/tmp/forge#7'])('%j is no link', (url) => {
  const text = renderSummary({ kind: 'abandon', abandon: { number: 7, url, live: [] } });
  expect(text).toBe('## 🗑️ Abandoned #7\n\nNobody had signed it.\n');
});
