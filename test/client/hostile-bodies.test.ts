// SPDX-License-Identifier: Apache-2.0
// Bodies that are endless, slow, longer or shorter than they say, cut off or compressed, in place of each file that a client asks for. Each is
// refused, nothing of it is kept, and the same client gets everything from a host that works.
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpLimits } from '../../src/client/limits.ts';
import { FetchScene } from '../commands/fetch-setup.ts';
import { addRoot, build, newRepository } from '../fakes/repository-builder.ts';
import { hosting, type Handler } from './http-server.ts';
import { codeOf } from './support.ts';
import { visit } from './visit.ts';

const repository = newRepository();
addRoot(repository);
const files = build(repository);
const [place = ''] = [...files.keys()].filter((path) => path.startsWith('targets/'));

/** What a client asks for, in this order, and what its cache holds before. */
const KINDS = {
  root: 'metadata/2.root.json',
  timestamp: 'metadata/timestamp.json',
  snapshot: 'metadata/1.snapshot.json',
  targets: 'metadata/1.targets.json',
  releases: 'metadata/1.releases.json',
  file: place,
} as const;
const NAMES = ['root', 'timestamp', 'snapshot', 'targets', 'releases', 'file'] as const;
type Kind = (typeof NAMES)[number];

let scene: FetchScene;
beforeAll(async () => {
  scene = await FetchScene.open();
});
afterAll(() => scene.close());

/** Long, so that only what is meant to be slow is. */
const PATIENT: Partial<HttpLimits> = { stallMs: 10_000, metadataTotalMs: 15_000, targetTotalMs: 15_000, maxAttempts: 2, firstWaitMs: 1 };

type Send = (response: ServerResponse, bytes: Uint8Array) => void;
const whole =
  (change: (bytes: Uint8Array) => Uint8Array, headers: Record<string, string> = {}): Send =>
  (response, bytes) => {
    const body = change(bytes);
    response.writeHead(200, { 'content-length': String(body.length), ...headers }).end(body);
  };
const saying =
  (length: (bytes: Uint8Array) => number): Send =>
  (response, bytes) => {
    response.writeHead(200, { 'content-length': String(length(bytes)), connection: 'close' });
    response.write(bytes, () => response.destroy());
  };
const every =
  (ms: number, piece: string): Send =>
  (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(piece), ms);
    response.on('close', () => clearInterval(timer));
  };
const endless: Send = (response) => {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20))) continue;
  };
  response.on('drain', more);
  more();
};
const altered = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(bytes).toString().replace('2031-01', '2032-01').replace(/n$/, 'm'));

/** A code for all; or for files whose length nobody lists, and for those whose length is listed, of which a target may have its own. */
type Codes = string | readonly [unlisted: string, listed: string, target?: string];

function expected(codes: Codes, kind: Kind): string {
  if (typeof codes === 'string') return codes;
  if (kind === 'root' || kind === 'timestamp') return codes[0];
  return kind === 'file' ? (codes[2] ?? codes[1]) : codes[1];
}

const BODIES: readonly (readonly [string, Codes, Send, Partial<HttpLimits>?])[] = [
  ['without end', ['too-large', 'length-mismatch'], endless],
  ['that says it is a terabyte', ['too-large', 'length-mismatch'], saying(() => 2 ** 40)],
  ['that is longer', ['json-syntax', 'length-mismatch'], whole((bytes) => Buffer.concat([bytes, bytes]))],
  [
    'that is longer and does not say it',
    ['json-syntax', 'length-mismatch'],
    (response, bytes) => void response.writeHead(200).end(Buffer.concat([bytes, bytes])),
  ],
  ['that says it is longer than it is', ['io', 'length-mismatch'], saying((bytes) => bytes.length + 1)],
  ['that says it is shorter than it is', ['json-syntax', 'length-mismatch'], saying((bytes) => bytes.length - 10)],
  ['that says it is empty', ['json-syntax', 'length-mismatch'], saying(() => 0)],
  ['that is empty', ['json-syntax', 'length-mismatch'], whole(() => new Uint8Array())],
  ['that lacks its last byte', ['json-syntax', 'length-mismatch'], whole((bytes) => bytes.subarray(0, bytes.lastIndexOf(0x7d)))],
  ['that is cut off', 'io', (response, bytes) => void response.writeHead(200).write(bytes.subarray(0, 5), () => response.destroy())],
  ['of other bytes', ['threshold', 'hash-mismatch'], whole(altered)],
  [
    'of a page that says sorry',
    ['page-answered', 'page-answered', 'length-mismatch'],
    whole(() => Buffer.from('<!doctype html><title>sorry</title>')),
  ],
  ['in gzip', 'io', whole((bytes) => gzipSync(bytes), { 'content-encoding': 'gzip' })],
  ['in gzip, of a gigabyte', 'io', whole(() => gzipSync(Buffer.alloc(2 ** 20)), { 'content-encoding': 'gzip' })],
  ['in gzip that says it is plain', ['json-encoding', 'length-mismatch'], whole((bytes) => gzipSync(Buffer.concat([bytes, bytes])))],
  ['in an unknown encoding', 'io', whole((bytes) => bytes, { 'content-encoding': 'br, gzip' })],
  ['that never begins', 'stalled', () => undefined, { stallMs: 400 }],
  ['that stops', 'stalled', (response, bytes) => void response.writeHead(200).write(bytes.subarray(0, 5)), { stallMs: 400 }],
  ['that drips', 'timed-out', every(100, ' '), { metadataTotalMs: 700, targetTotalMs: 700 }],
];

describe('in place of a file a body', () => {
  const rows = BODIES.map(([name, codes, send, limits = {}]) => ({ name, codes, send, limits }));

  test.each(rows)('$name', async ({ name, codes, send, limits }) => {
    const attack = async (kind: Kind): Promise<void> => {
      const path: string = KINDS[kind];
      const handler: Handler = (request, response) => {
        if (decodeURIComponent(request.url ?? '') === `/${path}`) send(response, files.get(path) ?? new Uint8Array());
        else hosting(files)(request, response);
      };
      const client = `${name} ${kind}`;
      const run = (options: object) =>
        codeOf(visit(scene, files, ['v1/app.bin'], { client, limits: { ...PATIENT, ...limits }, ...options }));
      expect(await run({ handler }), client).toBe(expected(codes, kind));
      const cached = (await scene.list(`cache/${client}`)).filter((file) => file.endsWith('.json'));
      // The root that it was given is there from the start.
      const before = ['root', ...NAMES.slice(0, NAMES.indexOf(kind)).filter((one) => one !== 'root')];
      expect(cached, client).toEqual(before.map((role) => `${role}.json`).sort());
      expect(
        (await scene.list(client).catch(() => [])).filter((file) => !file.startsWith('.countersign/')),
        client,
      ).toEqual([]);
      expect(await run({ limits: PATIENT }), client).toBe('none');
      expect(await scene.list(client), client).toEqual(['v1/app.bin']);
    };
    await Promise.all(NAMES.map(attack));
  });
});
