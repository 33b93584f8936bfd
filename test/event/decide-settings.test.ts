// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { custodyKey, decideSettings, onlineKey, type WantedSettings } from '../../src/event/decide-settings.ts';
import type { SettingsFacts } from '../../src/ports/settings.ts';
import { rules, seen, UNSEEN, wellSet, withEnvironment, withRules } from './setting-facts.ts';

const WANTED: WantedSettings = {
  keys: [onlineKey('none'), custodyKey('countersign-carol', 'none')],
  metadataHosting: 'pages',
  deploy: 'here',
  begun: 'yes',
};
const FRESH: WantedSettings = { ...WANTED, keys: [onlineKey('new'), custodyKey('countersign-carol', 'have')], begun: 'no' };

function plan(facts: Partial<SettingsFacts>, wanted: WantedSettings): { changes: string[]; secrets: string[]; refusals: string[] } {
  const { changes, secrets, refusals } = decideSettings(wellSet(facts), wanted);
  return {
    changes: changes.map((one) =>
      [one.kind, 'name' in one ? one.name : '', 'branch' in one ? one.branch : ''].filter((part) => part !== '').join(' '),
    ),
    secrets: secrets.map(({ environment, name }) => `${environment} ${name}`),
    refusals: refusals.map(({ code }) => code),
  };
}

describe('settings', () => {
  test('leave nothing to do where all is well', () => {
    expect(plan({}, WANTED)).toEqual({ changes: [], secrets: [], refusals: [] });
  });

  test('are all made for a new repository, environments before secrets', () => {
    const nothing: Partial<SettingsFacts> = {
      actionsOpenPulls: seen(false),
      pages: seen({ kind: 'off' }),
      environments: seen(new Map()),
      rules: new Map([['main', rules()]]),
    };
    expect(plan(nothing, FRESH)).toEqual({
      changes: [
        'actions-open-pulls',
        'pages-by-workflow',
        'environment countersign-online main',
        'environment countersign-carol main',
        'protect-branch tuf',
        'protect-branch tuf-published',
      ],
      secrets: ['countersign-online COUNTERSIGN_ONLINE_KEY', 'countersign-carol COUNTERSIGN_KEY'],
      refusals: [],
    });
  });

  test.each<[string, Partial<SettingsFacts>, WantedSettings, readonly string[]]>([
    ['Pages show a branch', { pages: seen({ kind: 'branch', branch: 'gh-pages', path: '/', url: '' }) }, WANTED, ['already-exists']],
    ['Pages show what another workflow made', {}, { ...FRESH }, ['already-exists']],
    ['nobody may see the Pages', { pages: UNSEEN }, WANTED, ['permission-missing']],
    [
      'there are no environments in a private repository',
      { environments: UNSEEN, visibility: 'private' },
      WANTED,
      ['setting-missing', 'signer-key', 'signer-key'],
    ],
    ['nobody may see the environments', { environments: UNSEEN }, WANTED, ['permission-missing', 'signer-key', 'signer-key']],
    [
      'a key was in an open environment',
      { environments: withEnvironment('countersign-online', { admits: { kind: 'unrestricted' } }) },
      WANTED,
      ['key-exposed'],
    ],
    ['a key is a secret of the repository', { sharedSecrets: seen(['COUNTERSIGN_ONLINE_KEY']) }, WANTED, ['key-exposed']],
    ['a custody key is nowhere', { environments: withEnvironment('countersign-carol', { secrets: [] }) }, WANTED, ['signer-key']],
  ])('are refused when %s', (_, facts, wanted, codes) => {
    expect(plan(facts, wanted).refusals).toEqual(codes);
  });

  test.each<[string, Partial<SettingsFacts>, WantedSettings]>([
    [
      'Pages that show a branch, where another site takes ours in',
      { pages: seen({ kind: 'branch', branch: 'gh-pages', path: '/', url: '' }) },
      { ...WANTED, deploy: 'elsewhere' },
    ],
    [
      'Pages that show a branch, where metadata is on a release',
      { pages: seen({ kind: 'branch', branch: 'gh-pages', path: '/', url: '' }) },
      { ...WANTED, metadataHosting: 'release' },
    ],
    ['Pages by a workflow that has deployed nothing yet', { pages: seen({ kind: 'workflow', built: false, url: '' }) }, FRESH],
    ['another secret of the repository', { sharedSecrets: seen(['OTHER']) }, WANTED],
  ])('are not refused for %s', (_, facts, wanted) => {
    expect(plan(facts, wanted)).toMatchObject({ changes: [], refusals: [] });
  });

  test.each<[string, Partial<SettingsFacts>, readonly string[]]>([
    [
      'an open environment without a key',
      { environments: withEnvironment('countersign-online', { admits: { kind: 'unrestricted' }, secrets: [] }) },
      ['environment countersign-online main'],
    ],
    [
      'an environment with reviewers',
      { environments: withEnvironment('countersign-online', { reviewers: 1 }) },
      ['environment countersign-online main'],
    ],
    [
      'an environment with a wait',
      { environments: withEnvironment('countersign-online', { waitMinutes: 1 }) },
      ['environment countersign-online main'],
    ],
    ['a branch that can be force-pushed', { rules: withRules('tuf', rules({ forcePush: 'allowed' })) }, ['protect-branch tuf']],
    ['a branch whose rules nobody may see', { rules: withRules('tuf-published', UNSEEN) }, ['protect-branch tuf-published']],
    ['a permission that nobody may see', { actionsOpenPulls: UNSEEN }, ['actions-open-pulls']],
  ])('change %s', (_, facts, changes) => {
    const keys = [onlineKey('have'), custodyKey('countersign-carol', 'have')];
    expect(plan(facts, { ...WANTED, keys })).toMatchObject({ changes, refusals: [] });
  });

  test('a new key takes the place of one that was left from a set-up that broke off; a given one does not', () => {
    expect(plan({}, { ...FRESH, begun: 'yes' }).secrets).toEqual(['countersign-online COUNTERSIGN_ONLINE_KEY']);
    expect(plan({}, { ...WANTED, keys: [onlineKey('have')] }).secrets).toEqual([]);
  });
});
