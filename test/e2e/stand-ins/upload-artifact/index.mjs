// SPDX-License-Identifier: Apache-2.0
// A zip of stored entries, and one request. The least common directory of the paths is the archive's root, as with the real action.
import { appendFileSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { crc32 } from 'node:zlib';

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();

function filesBelow(start) {
  if (!statSync(start).isDirectory()) return [start];
  return readdirSync(start)
    .filter((name) => input('include-hidden-files') === 'true' || !name.startsWith('.'))
    .sort()
    .flatMap((name) => filesBelow(path.join(start, name)));
}

function commonDirectory(paths) {
  const split = paths.map((one) => (statSync(one).isDirectory() ? one : path.dirname(one)).split(path.sep));
  const first = split[0] ?? [];
  const length = first.findIndex((part, index) => split.some((one) => one[index] !== part));
  return (length === -1 ? first : first.slice(0, length)).join(path.sep) || path.sep;
}

function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const encoded = Buffer.from(name);
    const sizes = Buffer.alloc(26);
    sizes.writeUInt16LE(20, 0);
    sizes.writeUInt16LE(0x0800, 2);
    sizes.writeUInt32LE(crc32(bytes), 10);
    sizes.writeUInt32LE(bytes.length, 14);
    sizes.writeUInt32LE(bytes.length, 18);
    sizes.writeUInt16LE(encoded.length, 22);
    parts.push(Buffer.from('504b0304', 'hex'), sizes, encoded, bytes);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('504b01021400', 'hex'), sizes, tail, encoded);
    offset += 30 + encoded.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

const given = input('path')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '')
  .map((line) => path.resolve(process.env.GITHUB_WORKSPACE ?? '.', line))
  .filter((one) => existsSync(one));
const root = given.length === 0 ? '.' : commonDirectory(given);
const files = given.flatMap((one) => filesBelow(one));
if (files.length === 0) {
  const level = input('if-no-files-found');
  if (level !== 'ignore')
    console.log(`::${level === 'error' ? 'error' : 'warning'}::no files were found with the provided path: ${input('path')}`);
  process.exit(level === 'error' ? 1 : 0);
}
const body = zip(files.map((file) => ({ name: path.relative(root, file).replaceAll(path.sep, '/'), bytes: readFileSync(file) })));
const url = new URL(`${process.env.COUNTERSIGN_FAKE_RUN}/artifacts`);
url.searchParams.set('name', input('name'));
if (input('retention-days') !== '') url.searchParams.set('retention-days', input('retention-days'));
if (input('overwrite') === 'true') url.searchParams.set('overwrite', 'true');
const answer = await fetch(url, {
  method: 'POST',
  body,
  headers: { 'content-type': 'application/zip', authorization: `Bearer ${process.env.COUNTERSIGN_FAKE_TOKEN}` },
});
const text = await answer.text();
if (!answer.ok) {
  console.log(`::error::the artifact could not be left: ${answer.status} ${text}`);
  process.exit(1);
}
const artifact = JSON.parse(text);
appendFileSync(process.env.GITHUB_OUTPUT, `artifact-id=${artifact.id}\nartifact-digest=${artifact.digest ?? ''}\n`);
console.log(`${files.length} files as ${input('name')}`);
