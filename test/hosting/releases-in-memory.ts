// SPDX-License-Identifier: Apache-2.0
// Releases in memory, with GitHub's rules that matter for a rolling one.
import type { CommitSha, FileContent, Release, ReleaseAsset, Releases } from '../../src/ports.ts';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { CountersignError } from '../../src/tuf/errors.ts';

interface Stored {
  readonly asset: ReleaseAsset;
  readonly releaseId: number;
  readonly bytes: Uint8Array;
}

export class ReleasesInMemory implements Releases {
  readonly #immutable: boolean;
  readonly #releases: Map<number, Release> = new Map();
  readonly #assets: Map<number, Stored> = new Map();
  #nextAsset = 1;
  /** Every write, in order. */
  readonly calls: string[] = [];

  constructor(options: { readonly immutable: boolean } = { immutable: false }) {
    this.#immutable = options.immutable;
  }

  all(): readonly Release[] {
    return [...this.#releases.values()];
  }

  /** Leaves what an upload leaves that broke off. */
  breakOff(name: string): void {
    const id = this.#nextAsset++;
    const asset: ReleaseAsset = { id, name, size: 5, sha256: null, state: 'starter' };
    this.#assets.set(id, { asset, releaseId: 1, bytes: new Uint8Array() });
  }

  async list(): Promise<readonly Release[]> {
    return [...this.all()].reverse();
  }

  async get(id: number): Promise<Release | null> {
    return this.#releases.get(id) ?? null;
  }

  async createDraft(draft: Parameters<Releases['createDraft']>[0]): Promise<Release> {
    this.calls.push(`create ${draft.tag}`);
    const { tag, commit, name, body, prerelease } = draft;
    const id = this.#releases.size + 1;
    const author = { id: parseAccountId(1, 'test'), login: 'bot' };
    const release: Release = {
      id,
      tag,
      target: commit,
      name,
      body,
      draft: true,
      prerelease,
      immutable: false,
      author,
      url: 'https://forge.test/r',
    };
    this.#releases.set(id, release);
    return release;
  }

  async describe(id: number, body: string): Promise<void> {
    const release = this.#releases.get(id);
    if (release !== undefined) this.#releases.set(id, { ...release, body });
  }

  async assets(id: number): Promise<readonly ReleaseAsset[]> {
    return [...this.#assets.values()].filter(({ releaseId }) => releaseId === id).map(({ asset }) => asset);
  }

  async upload(id: number, name: string, content: Extract<FileContent, { kind: 'bytes' | 'file' }>, sha256: string): Promise<ReleaseAsset> {
    if (this.#releases.get(id)?.immutable === true) throw new CountersignError('release-immutable', name, 'expected a draft');
    if (content.kind !== 'bytes') throw new CountersignError('io', name, 'expected bytes');
    if ((await this.assets(id)).some((one) => one.name === name)) throw new CountersignError('already-exists', name, 'expected a new name');
    this.calls.push(`upload ${name}`);
    const asset: ReleaseAsset = { id: this.#nextAsset++, name, size: content.bytes.length, sha256, state: 'uploaded' };
    this.#assets.set(asset.id, { asset, releaseId: id, bytes: content.bytes });
    return asset;
  }

  async removeAsset(assetId: number): Promise<void> {
    this.calls.push(`remove ${this.#assets.get(assetId)?.asset.name ?? 'nothing'}`);
    this.#assets.delete(assetId);
  }

  async download(assetId: number, maxBytes: number): Promise<Uint8Array | null> {
    const bytes = this.#assets.get(assetId)?.bytes ?? null;
    if (bytes !== null && bytes.length > maxBytes) throw new CountersignError('too-large', String(assetId), 'expected less');
    return bytes;
  }

  async publish(id: number, { tag, commit }: { readonly tag: string; readonly commit: CommitSha }): Promise<Release> {
    const release = this.#releases.get(id);
    if (release === undefined) throw new CountersignError('release-missing', tag, 'expected a release');
    this.calls.push(`publish ${tag}`);
    const next: Release = { ...release, draft: false, target: commit, immutable: this.#immutable };
    this.#releases.set(id, next);
    return next;
  }

  async removeDraft(id: number): Promise<void> {
    this.#releases.delete(id);
  }

  async tagCommit(): Promise<CommitSha | null> {
    return null;
  }
}
