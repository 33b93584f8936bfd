// SPDX-License-Identifier: Apache-2.0
import { inflateRawSync } from 'node:zlib';

/** Files of a zip archive by name, as its central directory says. */
export function unzip(archive: Uint8Array): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(archive);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end === -1) throw new Error('no zip archive');
  const files = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed, nameLength] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + packed);
    if (!name.endsWith('/')) files.set(name, method === 0 ? data : inflateRawSync(data));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** What a tar archive holds; `links` counts symbolic and hard links, which Pages refuses. */
export interface TarContent {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly links: number;
}

/** Reads a tar archive: ustar, with GNU's and pax's long names. */
export function untar(bytes: Buffer): TarContent {
  const files = new Map<string, Buffer>();
  let links = 0;
  let longName: string | null = null;
  const text = (from: number, length: number): string => bytes.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    const type = text(at + 156, 1);
    const prefix = text(at + 257, 5) === 'ustar' && text(at + 257, 8) !== 'ustar  ' ? text(at + 345, 155) : '';
    const name: string = longName ?? (prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`);
    const data = bytes.subarray(at + 512, at + 512 + size);
    longName = null;
    if (type === 'L') longName = data.toString('utf8').replace(/\0.*$/s, '');
    else if (type === 'x') longName = /\d+ path=(.*)\n/.exec(data.toString('utf8'))?.[1] ?? null;
    else if (type === '1' || type === '2') links += 1;
    else if (type === '' || type === '0') files.set(name.replace(/^\.\//, ''), data);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return { files, links };
}
