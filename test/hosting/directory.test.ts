// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDirectory } from '../../src/hosting/directory.ts';

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);
const factsOf = (bytes: Uint8Array): { readonly length: number; readonly sha256: string } => ({
  length: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** All that is really there, unfinished files too. */
const everything = (dir: string): readonly string[] => readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();

describe('files of a directory', () => {
  test('come back as they were written, also from a directory that did not exist', async () => {
    const files = openDirectory(join(await scratch(), 'new', 'site'));
    expect(await files.list()).toEqual(new Map());
    expect(await files.read('metadata/1.root.json', 10)).toBeNull();
    await files.remove('metadata/1.root.json');
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    await files.write('metadata/1.root.json', all);
    await files.write('a/b/c d/ünï "x"', bytesOf('old'));
    await files.write('a/b/c d/ünï "x"', bytesOf('new'));
    await files.write('empty', new Uint8Array());
    expect(await files.read('metadata/1.root.json', 256)).toEqual(all);
    expect(text(await files.read('a/b/c d/ünï "x"', 100))).toBe('new');
    expect([...(await files.list())]).toEqual([
      ['a/b/c d/ünï "x"', 3],
      ['empty', 0],
      ['metadata/1.root.json', 256],
    ]);
    await files.remove('empty');
    expect(await files.read('empty', 10)).toBeNull();
    expect((await files.list()).has('empty')).toBe(false);
  });

  test.each([
    [0o077, 0o755],
    [0o022, 0o755],
    [0o002, 0o775],
  ])('are readable by all under umask %i, and so are directories; what else it leaves them stays', async (mask, expected) => {
    const dir = await scratch();
    const umask = process.umask(mask);
    onTestFinished(() => {
      process.umask(umask);
    });
    await openDirectory(dir).write('a/b', bytesOf('x'));
    expect(statSync(join(dir, 'a/b')).mode & 0o777).toBe(0o644);
    expect(statSync(join(dir, 'a')).mode & 0o777).toBe(expected);
  });

  test.each([
    [4, 'too-large'],
    [5, 'ok'],
  ])('of 5 bytes read with a cap of %i: %s', async (maxBytes, expected) => {
    const files = openDirectory(await scratch());
    await files.write('a', bytesOf('12345'));
    const reading = files.read('a', maxBytes);
    if (expected === 'ok') expect(text(await reading)).toBe('12345');
    else await expect(reading).rejects.toMatchObject({ code: expected });
  });

  test('written 50 times while they are read are old or new, never a part', async () => {
    const files = openDirectory(await scratch());
    const versions = ['a', 'b'].map((letter) => bytesOf(letter.repeat(300_000)));
    await files.write('x', bytesOf('a'.repeat(300_000)));
    const written = (async () => {
      for (let i = 0; i < 25; i++) for (const version of versions) await files.write('x', version);
    })();
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++)
      seen.add(
        createHash('sha256')
          .update((await files.read('x', 300_000)) ?? '')
          .digest('hex'),
      );
    await written;
    const whole = versions.map((version) => factsOf(version).sha256);
    expect([...seen].filter((sha256) => !whole.includes(sha256))).toEqual([]);
  });

  test('that a crash left unfinished are not listed, not read, not removed by name', async () => {
    const dir = await scratch();
    const files = openDirectory(dir);
    await files.write('a/x', bytesOf('whole'));
    writeFileSync(join(dir, 'a', '.tmp-0123456789abcdef'), 'par');
    mkdirSync(join(dir, '.tmp-dir'));
    writeFileSync(join(dir, '.tmp-dir', 'y'), 'par');
    expect([...(await files.list()).keys()]).toEqual(['a/x']);
    await expect(files.read('a/.tmp-0123456789abcdef', 10)).rejects.toMatchObject({ code: 'file-name' });
    await expect(files.read('.tmp-dir/y', 10)).rejects.toMatchObject({ code: 'file-name' });
    expect(text(await files.read('a/x', 10))).toBe('whole');
  });

  const names: readonly (readonly [string, 'ok' | 'file-name'])[] = [
    ['a/b', 'ok'],
    ['/a', 'file-name'],
    ['a/', 'file-name'],
    ['a//b', 'file-name'],
    ['', 'file-name'],
    ['.', 'file-name'],
    ['..', 'file-name'],
    ['../a', 'file-name'],
    ['a/../b', 'file-name'],
    ['a/./b', 'file-name'],
    ['...', 'ok'],
    ['..a', 'ok'],
    ['a\\b', 'file-name'],
    ['a\0b', 'file-name'],
    ['.tmp-1', 'file-name'],
    ['.tmp', 'ok'],
  ];
  test.each(names)('the path %j: %s', async (path, expected) => {
    const dir = await scratch();
    const files = openDirectory(join(dir, 'site'));
    const source = join(dir, 'source');
    writeFileSync(source, 'x');
    const calls = [
      () => files.write(path, bytesOf('x')),
      () => files.copyIn(path, source, factsOf(bytesOf('x'))),
      () => files.read(path, 9),
      () => files.remove(path),
    ];
    for (const call of calls) {
      if (expected === 'ok') await call();
      else await expect(call()).rejects.toMatchObject({ code: expected });
    }
    if (expected !== 'ok') expect(everything(dir)).toEqual(['source']);
  });

  test('are not reached through symbolic links, which are not listed either', async () => {
    const dir = await scratch();
    const outside = join(dir, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 's');
    const files = openDirectory(join(dir, 'site'));
    await files.write('sub/plain', bytesOf('p'));
    symlinkSync(outside, join(dir, 'site', 'link'));
    symlinkSync(join(outside, 'secret'), join(dir, 'site', 'sub', 'secret'));
    symlinkSync('plain', join(dir, 'site', 'sub', 'inner'));
    for (const call of [
      () => files.read('link/secret', 9),
      () => files.write('link/new', bytesOf('x')),
      () => files.copyIn('link/deep/new', join(outside, 'secret'), factsOf(bytesOf('s'))),
      () => files.remove('link/secret'),
      () => files.read('sub/secret', 9),
      () => files.read('sub/inner', 9),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'symlink-escape' });
    }
    expect([...(await files.list()).keys()]).toEqual(['sub/plain']);
    expect(everything(outside)).toEqual(['secret']);
    // Writing and removing act on the link itself, never on what it points at.
    await files.write('sub/secret', bytesOf('mine'));
    await files.remove('link');
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('s');
    expect(text(await files.read('sub/secret', 9))).toBe('mine');
    expect(existsSync(join(dir, 'site', 'link'))).toBe(false);
  });

  test('are no directories, pipes or parts of files', async () => {
    const dir = await scratch();
    const files = openDirectory(dir);
    await files.write('a/b', bytesOf('x'));
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    await expect(files.read('a', 9)).rejects.toMatchObject({ code: 'file-type' });
    await expect(files.read('pipe', 9)).rejects.toMatchObject({ code: 'file-type' });
    expect(await files.read('a/b/c', 9)).toBeNull();
    await expect(files.write('a/b/c', bytesOf('x'))).rejects.toMatchObject({ code: 'file-type' });
    await expect(files.write('a', bytesOf('x'))).rejects.toMatchObject({ code: 'io' });
    await expect(files.remove('a')).rejects.toMatchObject({ code: 'io' });
    expect([...(await files.list()).keys()]).toEqual(['a/b']);
    expect(everything(dir)).toEqual(['a', 'a/b', 'pipe']);
  });
});

describe('a copy', () => {
  test('of several buffers arrives whole and replaces what was there', async () => {
    const dir = await scratch();
    const files = openDirectory(join(dir, 'site'));
    const bytes = randomBytes(2_500_000);
    writeFileSync(join(dir, 'source'), bytes);
    await files.write('t/x', bytesOf('old'));
    await files.copyIn('t/x', join(dir, 'source'), factsOf(bytes));
    expect(Buffer.compare((await files.read('t/x', 3_000_000)) ?? new Uint8Array(), bytes)).toBe(0);
    expect(statSync(join(dir, 'site/t/x')).mode & 0o777).toBe(0o644);
  });

  const good = factsOf(bytesOf('12345'));
  const rows: readonly (readonly [string, { readonly length: number; readonly sha256: string }, 'ok' | 'hash-mismatch'])[] = [
    ['the right length and hash', good, 'ok'],
    ['a greater length', { ...good, length: 6 }, 'hash-mismatch'],
    ['a smaller length', { ...good, length: 4 }, 'hash-mismatch'],
    ['another hash', { ...good, sha256: factsOf(bytesOf('12346')).sha256 }, 'hash-mismatch'],
    ['the hash in capitals', { ...good, sha256: good.sha256.toUpperCase() }, 'hash-mismatch'],
    ['the hash of a part', { length: 4, sha256: factsOf(bytesOf('1234')).sha256 }, 'hash-mismatch'],
  ];
  test.each(rows)('that is expected to have %s, %j: %s', async (_, expected, outcome) => {
    const dir = await scratch();
    const files = openDirectory(join(dir, 'site'));
    writeFileSync(join(dir, 'source'), '12345');
    await files.write('old', bytesOf('old'));
    for (const path of ['new', 'old']) {
      const copying = files.copyIn(path, join(dir, 'source'), expected);
      if (outcome === 'ok') await copying;
      else await expect(copying).rejects.toMatchObject({ code: outcome });
    }
    expect(everything(join(dir, 'site'))).toEqual(outcome === 'ok' ? ['new', 'old'] : ['old']);
    expect(text(await files.read('old', 9))).toBe(outcome === 'ok' ? '12345' : 'old');
  });

  test('of what is no file fails and leaves nothing', async () => {
    const dir = await scratch();
    const files = openDirectory(join(dir, 'site'));
    await expect(files.copyIn('x', join(dir, 'none'), good)).rejects.toMatchObject({ code: 'io' });
    await expect(files.copyIn('x', dir, good)).rejects.toMatchObject({ code: 'file-type' });
    await expect(files.copyIn('x', '/dev/zero', good)).rejects.toMatchObject({ code: 'file-type' });
    expect(everything(join(dir, 'site'))).toEqual([]);
  });
});
