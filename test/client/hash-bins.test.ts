// SPDX-License-Identifier: Apache-2.0
// Hash bins of both kinds, through a client that updates, searches and downloads over HTTP.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FetchScene } from '../commands/fetch-setup.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import {
  addDelegation,
  addTarget,
  build,
  delegateToBins,
  newRepository,
  roleFile,
  roleOf,
  type RepositoryDraft,
} from '../fakes/repository-builder.ts';
import { CAROL, DAVE, MALLORY } from '../fakes/test-signer.ts';
import { hosting, type Handler } from './http-server.ts';
import { bytesOf, codeOf, sha256 } from './support.ts';
import { look, targetsRole, visit } from './visit.ts';

let scene: FetchScene;
beforeEach(async () => {
  scene = await FetchScene.open();
});
afterEach(() => scene.close());

const hash = (path: string): string => sha256(bytesOf(path));
const fetch = (repository: RepositoryDraft, ...paths: string[]) => visit(scene, build(repository), paths);
const codeFor = (repository: RepositoryDraft, path: string): Promise<string> => codeOf(look(build(repository), path));

/** Names with every kind of character that a path may have: the hash is over UTF-8, not over what a URL makes of it. */
const PATHS = ['app.bin', 'v1/app.bin', 'v1/x64/é ~+@%41#&', '日本語', 'constructor'];

describe('path_hash_prefixes', () => {
  /** Sixteen bins by the first hex digit, each with the paths that fall into it. */
  function binned(paths: readonly string[] = PATHS): RepositoryDraft {
    const repository = newRepository();
    repository.delegated.clear();
    repository.targets.signed.delegations = { keys: { [CAROL.keyId]: CAROL.key }, roles: [] };
    for (const digit of '0123456789abcdef') prefixed(repository, digit, [digit], false);
    for (const path of paths) addTarget(repository, `bin-${hash(path).slice(0, 1)}`, path, `content of ${path}`);
    return repository;
  }
  function prefixed(repository: RepositoryDraft, name: string, prefixes: string[], terminating: boolean): PlainObject {
    const delegation: PlainObject = addDelegation(repository, 'targets', { name: `bin-${name}`, signers: [CAROL], paths: [], terminating });
    delete delegation['paths'];
    delegation['path_hash_prefixes'] = prefixes;
    return delegation;
  }
  const binOf = (repository: RepositoryDraft, path: string) => roleFile(repository, `bin-${hash(path).slice(0, 1)}`);

  test('lead to each target in its bin', async () => {
    const { files } = await fetch(binned(), ...PATHS);
    expect(files).toMatchObject(PATHS.map((path) => ({ path, role: `bin-${hash(path).slice(0, 1)}`, outcome: 'downloaded' })));
  });

  test('are asked for one bin only', async () => {
    const files = build(binned());
    const seen: string[] = [];
    const handler: Handler = (request, response) => {
      seen.push(request.url ?? '');
      hosting(files)(request, response);
    };
    await visit(scene, files, ['app.bin'], { handler });
    expect(seen.filter((url) => url.includes('bin-'))).toEqual([`/metadata/1.bin-${hash('app.bin').slice(0, 1)}.json`]);
  });

  test.each<[string, string, (all: RepositoryDraft) => unknown]>([
    ['as it is', 'none', () => null],
    ['listed in another bin', 'target-unknown', (all) => moveTo(all, otherBin('app.bin'))],
    ['whose bin is not in the snapshot', 'not-in-snapshot', (all) => hide(all, 'app.bin')],
    ['whose bin is signed by somebody else', 'threshold', (all) => (binOf(all, 'app.bin').signers = [MALLORY])],
    ['whose bin has run out', 'expired', (all) => (binOf(all, 'app.bin').signed.expires = '2029-12-31T00:00:00Z')],
    [
      'whose bin is served with other bytes',
      'hash-mismatch',
      (all) => (binOf(all, 'app.bin').served = (bytes) => bytes.map((b, i) => (i === 9 ? b ^ 1 : b))),
    ],
    ['when another bin is signed by somebody else', 'none', (all) => (roleFile(all, otherBin('app.bin')).signers = [MALLORY])],
  ])('a target %s: %s', async (_, code, change) => {
    const repository = binned();
    change(repository);
    expect(await codeFor(repository, 'app.bin')).toBe(code);
  });

  const otherBin = (path: string): string => `bin-${hash(path).startsWith('0') ? '1' : '0'}`;
  function moveTo(repository: RepositoryDraft, bin: string): void {
    const from = binOf(repository, 'app.bin').signed.targets;
    Object.assign(roleFile(repository, bin).signed.targets, { 'app.bin': from['app.bin'] });
    delete from['app.bin'];
  }
  /** Without its file and so without its entry. */
  function hide(repository: RepositoryDraft, path: string): void {
    repository.delegated.delete(`bin-${hash(path).slice(0, 1)}`);
  }

  test.each<[string, string, unknown]>([
    ['of one digit', 'none', [hash('x').slice(0, 1)]],
    ['of all digits', 'none', [hash('x')]],
    ['of which one is the right one', 'none', ['0'.repeat(64), hash('x').slice(0, 7)]],
    ['that differ in the last digit', 'target-unknown', [hash('x').replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))]],
    ['of other paths', 'target-unknown', [hash('y').slice(0, 7)]],
    ['of the path as a URL has it', 'target-unknown', [hash('/x').slice(0, 7)]],
    ['that are none at all', 'target-unknown', []],
    ['that are empty', 'paths-invalid', ['']],
    ['in upper case', 'paths-invalid', [`${hash('x').slice(0, 7)}A`]],
    ['longer than a hash', 'paths-invalid', [`${hash('x')}0`]],
    ['that are no hex', 'paths-invalid', ['zz']],
    ['that are numbers', 'field-type', [7]],
    ['that are one text', 'field-type', hash('x')],
  ])('%s: %s', async (_, code, prefixes) => {
    const repository = binned([]);
    repository.delegated.clear();
    repository.targets.signed.delegations = { keys: {}, roles: [] };
    const delegation = prefixed(repository, 'only', [], false);
    delegation['path_hash_prefixes'] = prefixes as PlainObject[];
    addTarget(repository, 'bin-only', 'x', 'content of x');
    expect(await codeFor(repository, 'x')).toBe(code);
  });

  test('beside paths are refused', async () => {
    const repository = binned();
    Object.assign(repository.targets.signed.delegations?.roles?.[0] ?? {}, { paths: ['*'] });
    expect(await codeFor(repository, 'app.bin')).toBe('paths-invalid');
  });

  test.each([
    [true, 'target-unknown'],
    [false, 'none'],
  ])('terminating %s: the later role that covers the path gives %s', async (terminating, code) => {
    const repository = binned([]);
    repository.delegated.clear();
    repository.targets.signed.delegations = { keys: {}, roles: [] };
    prefixed(repository, 'first', [hash('x').slice(0, 2)], terminating);
    prefixed(repository, 'second', [hash('x').slice(0, 1)], false);
    addTarget(repository, 'bin-second', 'x', 'content of x');
    expect(await codeFor(repository, 'x')).toBe(code);
  });
});

/** The bin's name, from the definition in TAP 15 and nothing of ours. */
function binName(prefix: string, bits: number, path: string): string {
  const number = BigInt(`0x${hash(path)}`) >> BigInt(256 - bits);
  return `${prefix}-${number.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}

/** 2^bits bins, of which only those are there that `paths` fall into. */
function succinct(bits: number, paths: readonly string[] = PATHS, prefix = 'bin'): RepositoryDraft {
  const repository = newRepository();
  const delegation = delegateToBins(repository, [CAROL]);
  delegation.bit_length = bits;
  delegation.name_prefix = prefix;
  repository.delegated.clear();
  for (const path of paths) {
    const name = binName(prefix, bits, path);
    if (!repository.delegated.has(name)) repository.delegated.set(name, targetsRole(name, [CAROL]));
    addTarget(repository, name, path, `content of ${path}`);
  }
  return repository;
}

describe('succinct_roles', () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 14, 16, 17, 31, 32])('of %i bits', async (bits) => {
    const files = build(succinct(bits));
    for (const path of PATHS) expect(await look(files, path)).toBe(binName('bin', bits, path));
  });

  test.each(['bin', 'a/b', 'ünï', '..', 'x'.repeat(180)])('with the prefix %s', async (prefix) => {
    const { files } = await fetch(succinct(8, PATHS, prefix), ...PATHS);
    expect(files.map(({ role }) => role)).toEqual(PATHS.map((path) => binName(prefix, 8, path)));
  });

  // Its bin of ten bits is 06e: a zero in front and a letter, so that each mistake in a name shows.
  const path = 'app-11';
  /** The bin under another name, in the snapshot and on the host. */
  function rename(repository: RepositoryDraft, change: (name: string) => string): void {
    for (const [name, file] of [...repository.delegated]) {
      repository.delegated.delete(name);
      repository.delegated.set(change(name), file);
    }
  }
  const bin = (repository: RepositoryDraft) => roleFile(repository, binName('bin', 10, path));

  test.each<[string, string, (all: RepositoryDraft) => unknown]>([
    ['as it is', 'none', () => null],
    ['whose bin has a digit too many', 'not-in-snapshot', (all) => rename(all, (name) => name.replace('-', '-0'))],
    ['whose bin lacks its leading zero', 'not-in-snapshot', (all) => rename(all, (name) => name.replace('-0', '-'))],
    ['whose bin is in upper case', 'not-in-snapshot', (all) => rename(all, (name) => name.toUpperCase().replace('BIN', 'bin'))],
    ['whose bin is not in the snapshot', 'not-in-snapshot', (all) => all.delegated.clear()],
    ['whose bin is signed by somebody else', 'threshold', (all) => (bin(all).signers = [MALLORY])],
    ['whose bin has run out', 'expired', (all) => (bin(all).signed.expires = '2029-12-31T00:00:00Z')],
    ['whose bin says that it is of another version', 'mix-and-match', (all) => (bin(all).beforeSigning = (signed) => signed.version++)],
  ])('a target %s: %s', async (_, code, change) => {
    const repository = succinct(10, [path]);
    change(repository);
    expect(await codeFor(repository, path)).toBe(code);
  });

  test('a target that is listed in another bin is not found', async () => {
    const repository = succinct(1, []);
    for (const name of ['bin-0', 'bin-1']) repository.delegated.set(name, targetsRole(name, [CAROL]));
    const right = binName('bin', 1, path);
    addTarget(repository, right === 'bin-0' ? 'bin-1' : 'bin-0', path, 'content');
    expect(await codeFor(repository, path)).toBe('target-unknown');
    addTarget(repository, right, path, 'content');
    expect(await codeFor(repository, path)).toBe('none');
  });

  test.each<[string, string, PlainObject]>([
    ['one bit', 'none', { bit_length: 1 }],
    ['no bits', 'delegations-invalid', { bit_length: 0 }],
    ['less than none', 'delegations-invalid', { bit_length: -1 }],
    ['33 bits', 'delegations-invalid', { bit_length: 33 }],
    ['2^53 - 1 bits', 'delegations-invalid', { bit_length: 2 ** 53 - 1 }],
    ['bits as text', 'field-type', { bit_length: '1' }],
    ['no prefix', 'field-missing', { name_prefix: undefined }],
    ['a prefix too long for a file', 'role-name-invalid', { name_prefix: 'x'.repeat(250) }],
    ['a prefix with a line break', 'role-name-invalid', { name_prefix: 'a\nb' }],
    ['a threshold of none', 'threshold-invalid', { threshold: 0 }],
    ['more signatures than keys', 'threshold', { threshold: 2 }],
    ['a key twice', 'keyid-repeated', { keyids: [CAROL.keyId, CAROL.keyId] }],
    ['a key that is not there', 'threshold', { keyids: [DAVE.keyId] }],
  ])('with %s: %s', async (_, code, change) => {
    const repository = succinct(1, [path]);
    Object.assign(repository.targets.signed.delegations?.succinct_roles ?? {}, change);
    expect(await codeFor(repository, path)).toBe(code);
  });

  test('beside roles are refused', async () => {
    const repository = succinct(1, [path]);
    expect(await codeFor(repository, path)).toBe('none');
    Object.assign(repository.targets.signed.delegations ?? {}, { roles: [] });
    expect(await codeFor(repository, path)).toBe('delegations-invalid');
  });

  test('may be delegated to by a role, and delegate on', async () => {
    const repository = newRepository();
    addDelegation(repository, 'targets', { name: 'many', signers: [CAROL], paths: ['many/*'], terminating: false });
    const inner = { ...roleOf([CAROL]), bit_length: 4, name_prefix: 'many' };
    roleFile(repository, 'many').signed.delegations = { keys: { [CAROL.keyId]: CAROL.key }, succinct_roles: inner };
    const name = binName('many', 4, 'many/x');
    repository.delegated.set(name, targetsRole(name, [CAROL]));
    addDelegation(repository, name, { name: 'last', signers: [DAVE], paths: ['many/*'], terminating: false });
    addTarget(repository, 'last', 'many/x', 'content');
    expect((await fetch(repository, 'many/x')).files).toMatchObject([{ role: 'last' }]);
    roleFile(repository, 'last').signers = [CAROL];
    expect(await codeFor(repository, 'many/x')).toBe('threshold');
  });

  test('of a name outside them are not verified with their keys', async () => {
    const repository = succinct(1, [path]);
    repository.delegated.set('bin-2', targetsRole('bin-2', [CAROL]));
    addTarget(repository, 'bin-2', 'elsewhere', 'content');
    repository.delegated.set(binName('bin', 1, 'elsewhere'), targetsRole(binName('bin', 1, 'elsewhere'), [CAROL]));
    addTarget(repository, binName('bin', 1, path), path, 'content');
    expect(await codeFor(repository, 'elsewhere')).toBe('target-unknown');
    expect(await codeFor(repository, path)).toBe('none');
  });
});
