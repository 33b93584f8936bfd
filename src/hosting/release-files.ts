// SPDX-License-Identifier: Apache-2.0
import type { CommitSha, Files, Release, ReleaseAsset, Releases } from '../ports.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { sha256Hex } from '../tuf/sha256.ts';

/** The rolling release that holds metadata. */
export interface ReleaseFilesOptions {
  readonly releases: Releases;
  readonly tag: string;
  /** Where the tag is made when there is none yet; null where it must be there. */
  readonly commit: CommitSha | null;
}

const FOLDER = 'metadata/';
const DESCRIPTION =
  "Signed metadata of this project's TUF repository. Clients read it, and it is renewed again and again; there is nothing here for people to download.\n";

/**
 * Metadata as the assets of one published release: `metadata/<name>` is the asset `<name>`, and clients find it below `releases/download/<tag>/`. The release
 * is made by the first `write`. A release is flat and can't replace an asset: a file that changes (the timestamp) is deleted and uploaded again, and for
 * that moment clients find none; ours asks again. All other files are new whenever they are written, unless somebody has damaged them.
 *
 * Methods throw `release-immutable` where the host lets nobody change a published release, `setting-missing` for target files, which belong into the
 * release of their version (`hosting: release`), and the codes of {@link Releases}.
 */
export function openReleaseFiles(options: ReleaseFilesOptions): Files {
  return new ReleaseFiles(options);
}

/** The name of the asset for a path; null for what no release of metadata holds. */
function assetName(path: string): string | null {
  const name = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : '';
  return name === '' || name.includes('/') ? null : name;
}

function requireAsset(path: string): string {
  const name = assetName(path);
  if (name !== null) return name;
  throw new CountersignError(
    'setting-missing',
    quote(path),
    'expected only metadata in the rolling release, got a target; propose with hosting: release or none, or publish metadata to Pages',
  );
}

function requireMutable({ tag, immutable }: Release): void {
  if (!immutable) return;
  throw new CountersignError(
    'release-immutable',
    `release ${tag}`,
    'expected a release whose timestamp can be replaced, got an immutable one; turn off "release immutability" in the settings or publish metadata to Pages',
  );
}

class ReleaseFiles implements Files {
  readonly #releases: Releases;
  readonly #tag: string;
  readonly #commit: CommitSha | null;
  #release: Release | null = null;
  #assets: Map<string, ReleaseAsset> | null = null;

  constructor({ releases, tag, commit }: ReleaseFilesOptions) {
    this.#releases = releases;
    this.#tag = tag;
    this.#commit = commit;
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | null> {
    const name = assetName(path);
    const asset = name === null ? undefined : (await this.#known()).get(name);
    return asset === undefined ? null : this.#releases.download(asset.id, maxBytes);
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    return new Map([...(await this.#known())].map(([name, { size }]) => [`${FOLDER}${name}`, size]));
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const name = requireAsset(path);
    const release = await this.#requireRelease();
    const assets = await this.#known();
    const sha256 = sha256Hex(bytes);
    const there = assets.get(name);
    if (there !== undefined) {
      if (there.sha256 === sha256 && there.size === bytes.length) return;
      await this.#releases.removeAsset(there.id);
      assets.delete(name);
    }
    assets.set(name, await this.#releases.upload(release.id, name, { kind: 'bytes', bytes }, sha256));
  }

  async copyIn(path: string): Promise<void> {
    requireAsset(path);
    throw new CountersignError('setting-missing', quote(path), 'expected metadata to be written as bytes, got a file');
  }

  async writeStream(path: string): Promise<void> {
    return this.copyIn(path);
  }

  async digest(path: string): Promise<{ readonly length: number; readonly sha256: string } | null> {
    const name = assetName(path);
    const asset = name === null ? undefined : (await this.#known()).get(name);
    if (asset === undefined) return null;
    if (asset.sha256 !== null) return { length: asset.size, sha256: asset.sha256 };
    const bytes = await this.#releases.download(asset.id, asset.size);
    return bytes === null ? null : { length: bytes.length, sha256: sha256Hex(bytes) };
  }

  async remove(path: string): Promise<void> {
    const name = assetName(path);
    const assets = await this.#known();
    const asset = name === null ? undefined : assets.get(name);
    if (name === null || asset === undefined) return;
    requireMutable(await this.#requireRelease());
    await this.#releases.removeAsset(asset.id);
    assets.delete(name);
  }

  /** Finished assets by name; read once, since nobody else writes meanwhile. */
  async #known(): Promise<Map<string, ReleaseAsset>> {
    if (this.#assets === null) {
      const release = await this.#find();
      const assets = release === null ? [] : await this.#releases.assets(release.id);
      this.#assets = new Map(assets.filter(({ state }) => state === 'uploaded').map((asset) => [asset.name, asset]));
    }
    return this.#assets;
  }

  /** The published release of the tag. Drafts of it are nobody's: clients can't see them. */
  async #find(): Promise<Release | null> {
    this.#release ??= (await this.#releases.list()).find(({ tag, draft }) => tag === this.#tag && !draft) ?? null;
    return this.#release;
  }

  async #requireRelease(): Promise<Release> {
    const release = (await this.#find()) ?? (await this.#create());
    requireMutable(release);
    return release;
  }

  async #create(): Promise<Release> {
    const [tag, commit] = [this.#tag, this.#commit];
    if (commit === null)
      throw new CountersignError('release-missing', `release ${tag}`, 'expected a release to write metadata to, got none');
    // A prerelease, so that nobody is shown it as the latest version.
    const draft = await this.#releases.createDraft({ tag, commit, name: 'TUF metadata', body: DESCRIPTION, prerelease: true });
    this.#release = await this.#releases.publish(draft.id, { tag, commit });
    return this.#release;
  }
}
