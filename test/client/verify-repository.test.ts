// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, MAX_PUBLISHED_ROOTS } from '../../src/client/limits.ts';
import { mapSource, type RepositorySource } from '../../src/client/source.ts';
import type { RepositoryReport } from '../../src/client/repository-report.ts';
import { refresh } from '../../src/client/updater.ts';
import { loadAllRoles } from '../../src/client/roles.ts';
import { verifyRepository, type VerifyOptions } from '../../src/client/verify-repository.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import { parseSha256 } from '../../src/tuf/names.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import {
  altered,
  BEFORE,
  bytesOf,
  codeOf,
  file,
  flipped,
  LATER,
  newClient,
  NOW,
  recording,
  sha256,
  signFile,
  TestRepository,
} from './support.ts';

const hosted: VerifyOptions = { time: NOW, targets: 'all' };
const appHash = sha256(bytesOf('app'));

/** Three roots, nested roles, targets at the top and in a directory. */
function good(): TestRepository {
  const repository = new TestRepository();
  repository.expires.root = BEFORE;
  repository.keys.root = ['root-b', 'root-c'];
  repository.publishRoot();
  repository.expires.root = LATER;
  repository.publishRoot();
  repository.role('targets').targets.set('readme', bytesOf('readme'));
  return repository
    .delegate('targets', { name: 'releases', keys: ['r1', 'r2', 'r3'], threshold: 2, paths: ['v1/*'] }, { 'v1/app': 'app' })
    .delegate('releases', { name: 'nightly', keys: ['night'], paths: ['v1/night-*'] })
    .publish();
}

const codes = ({ problems }: RepositoryReport): string[] => problems.map(({ code, where }) => `${code} ${where}`);
const verify = (repository: TestRepository, options: Partial<VerifyOptions> = {}) =>
  verifyRepository(repository.source(), { ...hosted, ...options });

test('a good repository is reported in full', async () => {
  const report = await verify(good());
  const keyed = (version: number, signers: number, threshold: number) => ({ version, signers, threshold, expires: LATER });
  expect(report).toEqual({
    root: keyed(3, 2, 2),
    timestamp: keyed(1, 1, 1),
    snapshot: keyed(1, 1, 1),
    roles: [
      { name: 'targets', delegator: 'root', targets: 1, ...keyed(1, 1, 1) },
      { name: 'releases', delegator: 'targets', targets: 1, ...keyed(1, 3, 2) },
      { name: 'nightly', delegator: 'releases', targets: 0, ...keyed(1, 1, 1) },
    ],
    targetsChecked: 3,
    targetsAbsent: [],
    expiring: [],
    problems: [],
    warnings: expect.any(Array),
  });
});

test('each metadata file is read once, whoever needs it', async () => {
  const repository = good();
  const client = await newClient(repository);
  await refresh(repository.source(), client, { time: NOW });
  const { source, asked } = recording(repository.source());
  const held = [client.files, (await newClient(repository, 2)).files];
  expect((await verifyRepository(source, { time: NOW, targets: 'none', held })).problems).toEqual([]);
  expect(asked).toEqual([
    ...['1', '2', '3', '4'].map((version) => `${version}.root.json`),
    ...['timestamp.json', '1.snapshot.json', '1.targets.json', '1.releases.json', '1.nightly.json'],
  ]);
});

test('a repository without consistent snapshots is verified at its plain paths', async () => {
  const repository = good();
  repository.consistent = false;
  for (const path of repository.files.keys()) if (!path.includes('root')) repository.files.delete(path);
  const report = await verify(repository.publishRoot().publish());
  expect(report).toMatchObject({ problems: [], targetsChecked: 2, root: { version: 4 } });
  expect(report.warnings.filter(({ kind }) => kind === 'unclaimed')).toEqual([]);
});

describe('tampering is a problem:', () => {
  type Change = (repository: TestRepository) => unknown;
  const edit = (name: string, how: (bytes: Uint8Array) => Uint8Array): Change => {
    const path = name.startsWith('targets/') ? name : `metadata/${name}`;
    return (all) => all.files.set(path, how(file(all, path)));
  };
  const remove =
    (path: string): Change =>
    (all) =>
      all.files.delete(path);
  const replace =
    (name: string, by: string): Change =>
    (all) =>
      all.files.set(`metadata/${name}`, file(all, `metadata/${by}`));
  const longer = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, bytesOf('\n')]);
  /** Publishes the same again with something changed in it. */
  const again =
    (change: Change): Change =>
    (all) => {
      change(all);
      all.publish();
    };
  const release = `targets/v1/${appHash}.app`;
  const releaseForTough = `targets/${appHash}.v1/app`;
  const top = 'root timestamp snapshot';

  test.each<[string, Change, readonly string[], string]>([
    ['the first root altered', edit('1.root.json', altered0), ['threshold root@1'], top],
    ['a middle root altered', edit('2.root.json', altered0), ['threshold root@2'], top],
    ['the last root altered', edit('3.root.json', altered), ['threshold root@3'], 'root'],
    ['a middle root that is the one before', replace('2.root.json', '1.root.json'), ['mix-and-match metadata/2.root.json'], top],
    ['the first root missing', remove('metadata/1.root.json'), ['not-found metadata/1.root.json'], top],
    ['a middle root missing', remove('metadata/2.root.json'), ['not-found metadata/2.root.json'], top],
    [
      'the first root oversize',
      edit('1.root.json', () => new Uint8Array(DEFAULT_LIMITS.maxRootBytes + 1)),
      ['too-large metadata/1.root.json'],
      top,
    ],
    ['a root without signatures of the one before', (all) => all.publishRoot(['root-c']), ['threshold root@4'], 'root'],
    ['the last root expired', expired('root'), ['expired root@4'], 'root'],
    [
      'no root at all',
      (all) => [1, 2, 3].forEach((version) => all.files.delete(`metadata/${version}.root.json`)),
      ['not-found metadata/1.root.json'],
      '',
    ],
    ['timestamp altered', edit('timestamp.json', altered), ['threshold timestamp@1'], 'root'],
    ['timestamp missing', remove('metadata/timestamp.json'), ['not-found metadata/timestamp.json'], 'root'],
    ['timestamp expired', expired('timestamp'), ['freeze timestamp@2'], 'root'],
    ['timestamp that is no JSON', edit('timestamp.json', () => bytesOf('<html>')), ['json-syntax $'], 'root'],
    ['snapshot altered', edit('1.snapshot.json', altered), ['hash-mismatch snapshot'], 'root timestamp'],
    ['snapshot longer', edit('1.snapshot.json', longer), ['length-mismatch metadata/1.snapshot.json'], 'root timestamp'],
    ['snapshot shorter', edit('1.snapshot.json', (bytes) => bytes.subarray(1)), ['length-mismatch snapshot'], 'root timestamp'],
    ['snapshot missing', remove('metadata/1.snapshot.json'), ['not-found metadata/1.snapshot.json'], 'root timestamp'],
    ['snapshot expired', expired('snapshot'), ['freeze snapshot@2'], 'root timestamp'],
    ['targets altered', edit('1.targets.json', altered), ['hash-mismatch targets'], top],
    ['targets of another key', again((all) => (all.role('targets').signers = ['r1'])), ['threshold targets@1'], top],
    ['targets expired', expired('targets'), ['expired targets@1'], top],
    ['a role altered', edit('1.releases.json', altered), ['hash-mismatch releases'], top],
    ['a role below its threshold', again((all) => (all.role('releases').signers = ['r1'])), ['threshold releases@1'], top],
    ['a role missing', remove('metadata/1.nightly.json'), ['not-found metadata/1.nightly.json'], top],
    ['a role that the snapshot lacks', again((all) => all.roles.delete('nightly')), ['not-in-snapshot nightly'], top],
    [
      'bins that the snapshot lacks',
      again((all) => (all.role('nightly').bins = { prefix: 'b', bits: 32, key: 'bins' })),
      ['not-in-snapshot b-00000000'],
      top,
    ],
    ['two bins that the snapshot lacks', again(fewBins), ['not-in-snapshot b-0', 'not-in-snapshot b-1'], top],
    ['a role of another key for its second delegator', again(secondDelegator), ['threshold nightly@1'], top],
    ['a role of another version than listed', listsOtherVersion, ['mix-and-match nightly@1'], top],
    ['two roles altered', twoRoles, ['hash-mismatch releases', 'hash-mismatch lts'], top],
    ['a target altered', edit(release, flipped), [`hash-mismatch ${release}`], top],
    ['a target altered where tough looks', edit(releaseForTough, flipped), [`hash-mismatch ${releaseForTough}`], top],
    ['a target longer', edit(release, longer), [`length-mismatch ${release}`], top],
    ['a target shorter', edit(release, (bytes) => bytes.subarray(1)), [`length-mismatch ${release}`], top],
    ['a target missing', remove(release), [`not-found ${release}`], top],
    ['a target missing where tough looks', remove(releaseForTough), [`not-found ${releaseForTough}`], top],
  ])('%s', async (_, change, expected, verified) => {
    const repository = good();
    change(repository);
    const report = await verify(repository);
    expect(codes(report)).toEqual(expected);
    expect(report.warnings.filter(({ kind }) => kind === 'unneeded')).toEqual([]);
    const reported = (['root', 'timestamp', 'snapshot'] as const).filter((role) => report[role] !== null);
    expect(reported.join(' ')).toBe(verified);
  });

  test.each<[string, Change, string]>([
    ['altered', undelegated((all) => edit('1.old.json', altered)(all)), 'hash-mismatch old'],
    ['missing', undelegated(remove('metadata/1.old.json')), 'not-found metadata/1.old.json'],
    ['of another version than listed', undelegatedOfOtherVersion, 'mix-and-match old@1'],
    ['that is no JSON', undelegated((all) => edit('1.old.json', (bytes) => new Uint8Array(bytes.length))(all)), 'hash-mismatch old'],
    ['longer than listed', undelegated((all) => edit('1.old.json', longer)(all)), 'length-mismatch metadata/1.old.json'],
  ])('but the file of a role that nobody delegates to, %s, is a warning: no client asks for it', async (_, change, expected) => {
    const repository = good();
    change(repository);
    const report = await verify(repository);
    expect(codes(report)).toEqual([]);
    const unneeded = report.warnings.flatMap((one) => (one.kind === 'unneeded' ? [`${one.code} ${one.where}`] : []));
    expect(unneeded).toEqual([expected]);
    // Who is about to publish does not make such a thing.
    expect(codes(await verify(repository, { unneeded: 'problem' }))).toEqual([expected]);
  });

  /** As `altered`, of a root that may have expired. */
  function altered0(bytes: Uint8Array): Uint8Array {
    return bytesOf(new TextDecoder().decode(bytes).replace(/"(2029-12-31|2030-02-01)/, '"2031-12-31'));
  }

  function expired(role: 'root' | 'timestamp' | 'snapshot' | 'targets'): Change {
    return again((all) => {
      all.expires[role] = BEFORE;
      if (role === 'root') all.publishRoot();
    });
  }

  function undelegated(change: Change): Change {
    return (all) => {
      all.roles.set('old', { version: 1, signers: ['r1'], targets: new Map(), delegations: [] });
      all.publish();
      expect(all.files.has('metadata/1.old.json')).toBe(true);
      change(all);
    };
  }

  function secondDelegator(all: TestRepository): void {
    all.role('targets').delegations.push({ name: 'nightly', keys: ['r1'] });
  }

  function listsOtherVersion(all: TestRepository): void {
    all.listsLengths = false;
    all.role('nightly').version = 2;
    all.publish().files.set('metadata/2.nightly.json', file(all, 'metadata/1.nightly.json'));
  }

  function fewBins(all: TestRepository): void {
    all.role('nightly').bins = { prefix: 'b', bits: 1, key: 'bins' };
  }

  function undelegatedOfOtherVersion(all: TestRepository): void {
    all.listsLengths = false;
    undelegated((repository) => {
      repository.role('old').version = 2;
      repository.publish().files.set('metadata/2.old.json', file(repository, 'metadata/1.old.json'));
    })(all);
  }

  function twoRoles(all: TestRepository): void {
    all.delegate('targets', { name: 'lts', keys: ['r1'] }).publish();
    for (const role of ['releases', 'lts']) edit(`1.${role}.json`, altered)(all);
  }
});

test('an undelegated role that is there is fine', async () => {
  const repository = good();
  repository.roles.set('old', { version: 1, signers: ['r1'], targets: new Map(), delegations: [] });
  expect(codes(await verify(repository.publish()))).toEqual([]);
});

test('a role of two delegators is reported for the one that clients come from first', async () => {
  const repository = good();
  repository.role('targets').delegations.push({ name: 'nightly', keys: ['night', 'r1'], threshold: 1 });
  const { problems, roles } = await verify(repository.publish());
  expect(problems).toEqual([]);
  expect(roles.map(({ name, delegator }) => [name, delegator])).toEqual([
    ['targets', 'root'],
    ['releases', 'targets'],
    ['nightly', 'targets'],
  ]);
});

test('the same fault on several ways is one problem', async () => {
  const repository = good();
  repository.files.delete('metadata/1.nightly.json');
  repository.role('targets').delegations.push({ name: 'nightly', keys: ['night'] });
  repository.publish().files.delete('metadata/1.nightly.json');
  expect(codes(await verify(repository))).toEqual(['not-found metadata/1.nightly.json']);
});

describe('targets', () => {
  const place = `targets/v1/${appHash}.app`;
  const bare = (): TestRepository => {
    const repository = good();
    repository.files.delete(place);
    return repository;
  };

  test.each([
    ['all', 2, [place], [`not-found ${place}`]],
    ['hosted', 2, [place], []],
    ['none', 0, [], []],
  ] as const)('with %s of them', async (targets, targetsChecked, targetsAbsent, problems) => {
    const report = await verify(bare(), { targets });
    expect(report).toMatchObject({ targetsChecked, targetsAbsent });
    expect(codes(report)).toEqual(problems);
  });

  test('that two roles list are hashed once', async () => {
    const repository = good();
    repository.role('nightly').targets.set('v1/app', bytesOf('app'));
    expect(await verify(repository.publish())).toMatchObject({ targetsChecked: 3, problems: [] });
  });
});

describe('an anchor', () => {
  const repository = good();
  const root = (version: number): Uint8Array => file(repository, `metadata/${version}.root.json`);
  const digest = (bytes: Uint8Array) => parseSha256(sha256(bytes), 'test');
  const stranger = file(otherRoot(), 'metadata/1.root.json');
  const future = file(good().publishRoot(), 'metadata/4.root.json');

  test.each<[string, NonNullable<VerifyOptions['anchor']>, readonly string[]]>([
    ['the first root', { kind: 'root', bytes: root(1) }, []],
    ['a later root', { kind: 'root', bytes: root(3) }, []],
    ['another root', { kind: 'root', bytes: stranger }, ['anchor-mismatch root@1']],
    ['a root that is not published', { kind: 'root', bytes: future }, ['anchor-mismatch root@4']],
    ['no root', { kind: 'root', bytes: bytesOf('[]') }, ['field-type $']],
    ['the digest of the first root', { kind: 'sha256', digest: digest(root(1)) }, []],
    ['the digest of a later root', { kind: 'sha256', digest: digest(root(2)) }, ['anchor-mismatch root@1']],
  ])('that is %s', async (_, anchor, problems) => {
    expect(codes(await verify(repository, { anchor }))).toEqual(problems);
  });

  function otherRoot(): TestRepository {
    const other = new TestRepository();
    other.versions.root = 0;
    other.keys.root = ['root-x'];
    return other.publishRoot();
  }

  test('is missed where there is no root', async () => {
    const empty = mapSource(new Map());
    const report = await verifyRepository(empty, { ...hosted, anchor: { kind: 'sha256', digest: digest(root(1)) } });
    expect(codes(report)).toEqual(['not-found metadata/1.root.json', 'anchor-mismatch root@1']);
    expect(report).toMatchObject({ root: null, timestamp: null, snapshot: null, roles: [] });
  });
});

describe('existing clients', () => {
  /** What a client of this repository holds, all roles included. */
  async function heldOf(repository: TestRepository) {
    const store = await newClient(repository);
    await loadAllRoles(await refresh(repository.source(), store, { time: NOW }));
    return store.files;
  }

  test('that hold an earlier state or only a root can update', async () => {
    const repository = good();
    const held = [await heldOf(repository), (await newClient(repository, 3)).files];
    repository.role('targets').version = 2;
    expect(codes(await verify(repository.publishRoot().publish(), { held }))).toEqual([]);
  });

  test.each<[string, (next: TestRepository) => unknown, string]>([
    ['a rolled back timestamp', (next) => next.publish(), 'rollback client 1: timestamp@2'],
    ['a rolled back snapshot', (next) => ((next.versions.timestamp = 9), next.publish()), 'rollback client 1: timestamp@10'],
    [
      'rolled back targets',
      (next) => ((next.versions.timestamp = 9), (next.versions.snapshot = 9), next.publish()),
      'rollback client 1: snapshot@10',
    ],
    [
      'another timestamp of the same version',
      (next) => ((next.versions.timestamp = 2), (next.versions.snapshot = 9), (next.role('targets').version = 2), next.publish()),
      'equivocation client 1: timestamp@3',
    ],
  ])('notice %s', async (_, change, problem) => {
    const before = good();
    before.role('targets').version = 2;
    const held = [await heldOf(before.publish().publish())];
    const next = good();
    change(next);
    expect(codes(await verify(next, { held }))).toContain(problem);
  });

  test.each([
    ['targets', 'equivocation client 2: targets@1'],
    ['nightly', 'equivocation client 2: nightly@1'],
  ])('notice another content of the same version of %s, where no hash is listed', async (role, problem) => {
    const unlisted = (content: string): TestRepository => {
      const repository = good();
      repository.listsLengths = false;
      repository.role(role).targets.set(`v1/night-${content}`, bytesOf(content));
      return repository.publish();
    };
    const held = [await heldOf(unlisted('one')), await heldOf(unlisted('two'))];
    expect(codes(await verify(unlisted('one').publish(), { held }))).toEqual([problem]);
  });

  test('notice another snapshot of the same version, where no hash is listed', async () => {
    const [before, next] = [good(), good()];
    for (const repository of [before, next]) repository.listsLengths = false;
    before.expires.snapshot = addSeconds(LATER, 1);
    const held = [await heldOf(before.publish())];
    next.publish().publishTimestamp(jsonObject({ version: 2 }));
    expect(codes(await verify(next, { held }))).toEqual(['equivocation client 1: snapshot@2']);
  });

  test('without a root can not update', async () => {
    expect(codes(await verify(good(), { held: [new Map()] }))).toEqual(['not-found client 1: root.json']);
  });
});

describe('warnings', () => {
  test('name files that no client asks for, and no others', async () => {
    const repository = good();
    repository.role('nightly').version = 2;
    repository.publish();
    const strange = [
      '9.nightly.json',
      '3.snapshot.json',
      'root.json',
      '1.unknown.json',
      'notes.txt',
      'a/1.targets.json',
      '01.targets.json',
    ];
    for (const name of strange) repository.files.set(`metadata/${name}`, bytesOf('{}'));
    repository.files.set('index.html', bytesOf('<html>'));
    const { problems, warnings } = await verify(repository);
    expect(problems).toEqual([]);
    expect(warnings.flatMap((warning) => (warning.kind === 'unclaimed' ? [warning.path.replace('metadata/', '')] : []))).toEqual(strange);
  });

  test('name what clients read differently, and where', async () => {
    const repository = good();
    repository.delegate('nightly', { name: 'Ünsafe', keys: ['r1'], paths: ['**'] }, { 'a#b': 'x' });
    repository.role('releases').delegations.push({ name: 'binned', keys: ['r1'], paths: ['lib/x'] });
    const bins = { prefix: 'bin', bits: 1, key: 'bins' };
    repository.roles.set('binned', { version: 1, signers: ['r1'], targets: new Map(), delegations: [], bins });
    for (const name of ['bin-0', 'bin-1'])
      repository.roles.set(name, { version: 1, signers: ['bins'], targets: new Map(), delegations: [] });
    const { problems, warnings } = await verify(repository.publish());
    expect(problems).toEqual([]);
    const said = warnings.flatMap((warning) =>
      warning.kind === 'compatibility' ? [`${warning.where} ${warning.finding.severity} ${warning.finding.subject}`] : [],
    );
    expect(said).toEqual(
      expect.arrayContaining([
        'nightly@2 refused Ünsafe',
        'nightly@2 refused **',
        'Ünsafe@1 refused a#b',
        'binned@1 warning bin',
        'targets@1 warning v1/*',
      ]),
    );
  });

  test('are none about keys that all clients read', async () => {
    const repository = new TestRepository().publish();
    expect((await verify(repository)).warnings).toEqual([]);
  });
});

describe('a host', () => {
  test('that can not list is verified without the list', async () => {
    const host = { ...good().source(), list: async () => null };
    expect(await verifyRepository(host, hosted)).toMatchObject({ problems: [], targetsChecked: 3 });
  });

  test.each(['metadata', 'target', 'list'])('that fails to answer %s is no verdict on the repository', async (method) => {
    const fail = () => Promise.reject(new CountersignError('io', 'host', 'expected an answer, got none'));
    expect(await codeOf(verifyRepository({ ...good().source(), [method]: fail }, hosted))).toBe('io');
  });
});

test('signatures of keys that are not of the role are no signers in the report', async () => {
  const repository = good();
  const signed = jsonObject({ _type: 'targets', spec_version: '1.0.0', version: 1, expires: '2030-02-01T00:00:00Z', targets: new Map() });
  repository.listsLengths = false;
  repository.publish().files.set('metadata/1.nightly.json', signFile(signed, ['night', 'r1']));
  const report = await verify(repository);
  expect(report.roles.find(({ name }) => name === 'nightly')).toMatchObject({ signers: 1, threshold: 1 });
});

describe('a host that can not be trusted', () => {
  /** A host that can't list, has `more` to say of each root that the repository lacks, and counts how many roots it was asked for. */
  function hostOf(repository: TestRepository, more: Uint8Array | null): { readonly source: RepositorySource; readonly asked: Set<string> } {
    const from = repository.source();
    const asked = new Set<string>();
    const metadata: RepositorySource['metadata'] = async (path, maxBytes) => {
      const isRoot = path.endsWith('.root.json');
      if (isRoot) asked.add(path);
      return (await from.metadata(path, maxBytes)) ?? (isRoot ? more : null);
    };
    return { source: { ...from, list: async () => null, metadata }, asked };
  }
  const chainOf = (roots: number): TestRepository => {
    const repository = new TestRepository();
    repository.keys.root = ['root-a'];
    for (let version = 2; version <= roots; version++) repository.publishRoot();
    return repository.publish();
  };

  test.each([
    ['none follows', null, 3, []],
    ['one follows that is none', bytesOf('{}'), 3, ['field-missing']],
    ['one follows that is not the next', file(new TestRepository(), 'metadata/1.root.json'), 3, ['mix-and-match', 'rollback']],
  ])('is asked for no root beyond the first that does not lead on: %s', async (_, more, asked, problems) => {
    const host = hostOf(chainOf(2), more);
    const report = await verifyRepository(host.source, { time: NOW, targets: 'none' });
    expect(report.problems.map(({ code }) => code)).toEqual(problems);
    expect(host.asked.size).toBe(asked);
  });

  test('is asked for no root beyond one that is signed by others', async () => {
    const repository = chainOf(4);
    const other = new TestRepository();
    other.keys.root = ['root-x'];
    repository.files.set('metadata/2.root.json', file(other.publishRoot(['root-x']), 'metadata/2.root.json'));
    const host = hostOf(repository, null);
    const report = await verifyRepository(host.source, { time: NOW, targets: 'none' });
    expect(codes(report)).toContain('threshold root@2');
    expect(host.asked).not.toContain('metadata/4.root.json');
  });

  test.each<[string, number, number]>([
    ['the first', 1, 1],
    ['the third', 3, 1],
    ['one that it has not', 7, 1],
  ])('is asked for no root beyond the anchor that it does not have: %s', async (_, version, asked) => {
    const other = new TestRepository();
    other.versions.root = 0;
    other.keys.root = ['root-x'];
    for (let next = 1; next <= version; next++) other.publishRoot();
    const anchor = { kind: 'root', bytes: file(other, `metadata/${String(version)}.root.json`) } as const;
    const own = { kind: 'root', bytes: file(chainOf(3), 'metadata/3.root.json') } as const;
    const report = async (given: typeof anchor, host: ReturnType<typeof hostOf>) =>
      codes(await verifyRepository(host.source, { time: NOW, targets: 'none', anchor: given }));
    expect(await report(own, hostOf(chainOf(5), null))).toEqual([]);
    const host = hostOf(chainOf(5), null);
    expect(await report(anchor, host)).toEqual([`anchor-mismatch root@${String(version)}`]);
    expect(host.asked.size).toBe(asked);
  });

  test('that has more and more roots is not read for ever', async () => {
    const { source } = hostOf(chainOf(MAX_PUBLISHED_ROOTS + 1), null);
    const report = await verifyRepository(source, { time: NOW, targets: 'none' });
    expect(codes(report)).toEqual([`root-limit metadata/${String(MAX_PUBLISHED_ROOTS + 1)}.root.json`]);
  });

  test.each(['io', 'stalled', 'timed-out', 'redirect-refused', 'certificate-refused'] as const)(
    'that fails with %s says nothing about the repository',
    async (code) => {
      const failing = {
        ...new TestRepository().publish().source(),
        metadata: () => Promise.reject(new CountersignError(code, 'host', 'expected an answer, got none')),
      };
      expect(await codeOf(verifyRepository(failing, { time: NOW, targets: 'none' }))).toBe(code);
    },
  );
});
