// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ioError } from '../../disk/atomic-file.ts';
import type { FileContent, ReleaseAsset } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { answerOf, textOf } from './answer.ts';
import { assetOf } from './assets.ts';
import { mayHaveHappened, saidWith, statusOf } from './errors.ts';
import type { Purpose } from './errors.ts';
import type { BodySource } from './octokit.ts';
import { pause, send, sendForAll, sendOrNull } from './place.ts';
import type { Place } from './place.ts';

const ONE = 'GET /repos/{owner}/{repo}/releases/{release_id}';
const LIST = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
const REMOVE = 'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}';
/** Every other name is changed by GitHub: `a b` to `a.b`. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const MAX_ASSET_BYTES = 2 * 1024 * 1024 * 1024;
const MAX_ASSETS = 1000;
const UPLOAD_TRIES = 4;

/** A file to upload. */
export interface NewAsset {
  readonly name: string;
  readonly content: Extract<FileContent, { kind: 'bytes' | 'file' }>;
  /** Lower-case hex. */
  readonly sha256: string;
}

interface Target {
  readonly id: number;
  readonly url: string;
  /** What the release held when it was read, and what was uploaded since. */
  readonly names: Set<string>;
}

/** Uploads of files to releases. Remembers what a release holds, so that a thousand uploads don't list it a thousand times. */
export class AssetUploads {
  readonly #place: Place;
  readonly #targets = new Map<number, Target>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** What releases hold is read anew. */
  forget(): void {
    this.#targets.clear();
  }

  /** As `Releases.upload`. */
  async upload(releaseId: number, asset: NewAsset): Promise<ReleaseAsset> {
    const length = lengthOf(asset);
    checkAsset(asset, length);
    const target = await this.#targetOf(releaseId);
    if (!target.names.has(asset.name) && target.names.size >= MAX_ASSETS) {
      throw new CountersignError(
        'too-large',
        purposeOf(releaseId).what,
        `expected at most ${String(MAX_ASSETS)} assets, which is what GitHub takes`,
      );
    }
    for (let tries = 1; ; tries++) {
      try {
        const made = await this.#send(target, asset, length);
        checkUploaded(made, asset, length);
        target.names.add(asset.name);
        return made;
      } catch (error) {
        const found = await this.#lookAfter(error, target, asset, length, tries);
        if (found !== null) return found;
        if (tries === UPLOAD_TRIES) throw error;
      }
    }
  }

  async #targetOf(id: number): Promise<Target> {
    const before = this.#targets.get(id);
    if (before !== undefined) return before;
    const release = answerOf(await send(this.#place, ONE, { release_id: id }, purposeOf(id)), purposeOf(id).what);
    const names = new Set((await this.#list(id)).map(({ name }) => name));
    const target = { id, url: uploadUrl(this.#place, textOf(release, 'upload_url')), names };
    this.#targets.set(id, target);
    return target;
  }

  async #list(id: number): Promise<readonly ReleaseAsset[]> {
    return (await sendForAll(this.#place, LIST, { release_id: id }, purposeOf(id))).map(assetOf);
  }

  async #send(target: Target, { name, content }: NewAsset, length: number): Promise<ReleaseAsset> {
    const purpose = { ...purposeOf(target.id), what: `upload of ${quote(name)} to release ${String(target.id)}` };
    const url = `${target.url}?name=${encodeURIComponent(name)}`;
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(length) };
    const body = await bodyOf(content, length);
    return assetOf(answerOf(await send(this.#place, `POST ${url}`, { headers, data: body }, purpose, 'once'), purpose.what));
  }

  /**
   * What a refused or broken upload has left. A whole asset of the same bytes is it; what broke off is cleared away.
   * @returns null when the upload may be tried again
   * @throws `error`, or `already-exists` when other bytes have the name
   */
  async #lookAfter(error: unknown, target: Target, asset: NewAsset, length: number, tries: number): Promise<ReleaseAsset | null> {
    const isTaken = statusOf(error) === 422 && saidWith(error).includes('already_exists');
    if (!isTaken && !mayHaveHappened(error)) throw error;
    if (!isTaken) await pause(this.#place, tries);
    const found = (await this.#list(target.id)).find(({ name }) => name === asset.name);
    if (found === undefined) return null;
    if (found.state === 'starter') {
      await sendOrNull(this.#place, REMOVE, { asset_id: found.id }, purposeOf(target.id));
      return null;
    }
    if (found.size === length && found.sha256 === asset.sha256) return found;
    const what = `release ${String(target.id)} ${quote(asset.name)}`;
    throw new CountersignError('already-exists', what, 'expected no asset of this name, got one of other bytes', { cause: error });
  }
}

function purposeOf(id: number): Purpose {
  return { what: `release ${String(id)}`, needs: 'contents: write', codes: { 404: 'release-missing' } };
}

function lengthOf({ content }: NewAsset): number {
  return content.kind === 'bytes' ? content.bytes.length : content.length;
}

function checkAsset({ name }: NewAsset, length: number): void {
  if (!NAME.test(name)) {
    throw new CountersignError(
      'asset-name',
      quote(name),
      'expected letters, digits, ".", "_" and "-", no dot at either end; GitHub would rename it',
    );
  }
  if (length === 0) throw new CountersignError('file-type', quote(name), 'expected at least one byte, since GitHub takes no empty asset');
  if (length >= MAX_ASSET_BYTES)
    throw new CountersignError(
      'too-large',
      quote(name),
      `expected less than 2 GiB, which is what GitHub takes, got ${String(length)} bytes`,
    );
}

function checkUploaded(made: ReleaseAsset, { name, sha256 }: NewAsset, length: number): void {
  const expected = `${quote(name)} of ${String(length)} bytes with sha256 ${sha256}`;
  const isSame = made.name === name && made.size === length && (made.sha256 ?? sha256) === sha256 && made.state === 'uploaded';
  if (isSame) return;
  const got = `${quote(made.name)} of ${String(made.size)} bytes with sha256 ${made.sha256 ?? 'unknown'}, ${made.state}`;
  throw new CountersignError('release-mismatch', `release asset ${String(made.id)}`, `expected ${expected}, got ${got}`);
}

/** The address without its template. The token goes there, so never in the clear where the API is not. */
function uploadUrl(place: Place, template: string): string {
  const plain = template.split('{', 1)[0] ?? '';
  const isSafe = URL.canParse(plain) && (new URL(plain).protocol === 'https:' || place.graphqlUrl.startsWith('http:'));
  if (!isSafe) throw new CountersignError('io', 'upload address', `expected an https address, got ${quote(template)}`);
  return plain;
}

async function bodyOf(content: NewAsset['content'], length: number): Promise<Buffer | BodySource> {
  if (content.kind === 'bytes') return Buffer.from(content.bytes);
  try {
    const { size } = await stat(content.path);
    if (size !== length)
      throw new CountersignError(
        'file-changed',
        content.path,
        `expected ${String(length)} bytes as when it was measured, got ${String(size)}`,
      );
  } catch (error) {
    throw ioError(content.path, 'to read the file', error);
  }
  return () => createReadStream(content.path);
}
