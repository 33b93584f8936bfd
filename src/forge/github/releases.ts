// SPDX-License-Identifier: Apache-2.0
import type { CommitSha, FileContent, Release, ReleaseAsset, Releases } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseCommitSha } from '../local/ids.ts';
import { authorOf } from './accounts.ts';
import { answerOf, childOf, countOf, flagOf, textOf, textOrNull, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';
import { downloadAsset } from './asset-download.ts';
import { AssetUploads } from './asset-upload.ts';
import { assetOf } from './assets.ts';
import type { Purpose } from './errors.ts';
import { send, sendForAll, sendOrNull, writeOnce } from './place.ts';
import type { Place } from './place.ts';

const LIST = '/repos/{owner}/{repo}/releases';
const ONE = '/repos/{owner}/{repo}/releases/{release_id}';
const ASSET = '/repos/{owner}/{repo}/releases/assets/{asset_id}';
/** Drafts are shown only to those who may write. */
const NEEDS = 'contents: write';
const MAX_TAGS_OF_TAGS = 8;

/** The releases of a repository of GitHub. Every list is read to its last page. */
export class GitHubReleases implements Releases {
  readonly #place: Place;
  readonly #uploads: AssetUploads;

  constructor(place: Place) {
    this.#place = place;
    this.#uploads = new AssetUploads(place);
  }

  async list(): Promise<readonly Release[]> {
    return (await sendForAll(this.#place, `GET ${LIST}`, {}, { what: 'releases', needs: NEEDS })).map(releaseOf);
  }

  async get(id: number): Promise<Release | null> {
    const found = await sendOrNull(this.#place, `GET ${ONE}`, { release_id: id }, purposeOf(id));
    return found === null ? null : releaseOf(answerOf(found, purposeOf(id).what));
  }

  async createDraft(draft: Parameters<Releases['createDraft']>[0]): Promise<Release> {
    const purpose = { what: `draft release of ${quote(draft.tag)}`, needs: NEEDS };
    const { tag, commit, name, body, prerelease } = draft;
    const parameters = { tag_name: tag, target_commitish: commit, name, body, draft: true, prerelease };
    const isOurs = (one: Release): boolean =>
      one.draft && one.tag === tag && one.target === commit && one.name === name && one.body === body && one.prerelease === prerelease;
    return writeOnce(
      this.#place,
      async () => releaseOf(answerOf(await send(this.#place, `POST ${LIST}`, parameters, purpose, 'once'), purpose.what)),
      async () => (await this.list()).find(isOurs) ?? null,
    );
  }

  /** @throws also `release-missing` */
  async describe(id: number, body: string): Promise<void> {
    await send(this.#place, `PATCH ${ONE}`, { release_id: id, body }, purposeOf(id));
  }

  /** @throws also `release-missing` */
  async assets(id: number): Promise<readonly ReleaseAsset[]> {
    return (await sendForAll(this.#place, `GET ${ONE}/assets`, { release_id: id }, purposeOf(id))).map(assetOf);
  }

  /** @throws also `too-large` beyond GitHub's bounds, `file-type` for an empty file, which GitHub refuses, `release-missing`, `release-immutable`, `file-changed` */
  async upload(id: number, name: string, content: Extract<FileContent, { kind: 'bytes' | 'file' }>, sha256: string): Promise<ReleaseAsset> {
    return this.#uploads.upload(id, { name, content, sha256 });
  }

  async removeAsset(assetId: number): Promise<void> {
    const purpose = { what: `release asset ${String(assetId)}`, needs: NEEDS };
    await sendOrNull(this.#place, `DELETE ${ASSET}`, { asset_id: assetId }, purpose);
    this.#uploads.forget();
  }

  async download(assetId: number, maxBytes: number): Promise<Uint8Array | null> {
    return downloadAsset(this.#place, assetId, maxBytes);
  }

  async publish(id: number, target: { readonly tag: string; readonly commit: CommitSha }): Promise<Release> {
    const before = await this.get(id);
    if (before !== null && !before.draft) return before;
    const purpose = {
      ...purposeOf(id),
      needs: 'contents: write, and workflows: write where workflow files differ',
    };
    const parameters = { release_id: id, draft: false, tag_name: target.tag, target_commitish: target.commit };
    const made = releaseOf(answerOf(await send(this.#place, `PATCH ${ONE}`, parameters, purpose), purpose.what));
    if (made.tag !== target.tag)
      throw new CountersignError('release-mismatch', purpose.what, `expected tag ${quote(target.tag)}, got ${quote(made.tag)}`);
    return made;
  }

  async removeDraft(id: number): Promise<void> {
    const before = await this.get(id);
    if (before === null) return;
    if (!before.draft) throw new CountersignError('release-mismatch', purposeOf(id).what, 'expected a draft, got a published release');
    await sendOrNull(this.#place, `DELETE ${ONE}`, { release_id: id }, purposeOf(id));
  }

  /** @throws also `tag-mismatch` for a tag of what is no commit */
  async tagCommit(tag: string): Promise<CommitSha | null> {
    const purpose = { what: `tag ${quote(tag)}`, needs: 'contents: read' };
    const ref = await sendOrNull(this.#place, 'GET /repos/{owner}/{repo}/git/ref/{ref}', { ref: `tags/${tag}` }, purpose);
    if (ref === null) return null;
    let object = childOf(answerOf(ref, purpose.what), 'object');
    for (let depth = 0; textOf(object, 'type') === 'tag' && depth < MAX_TAGS_OF_TAGS; depth++) {
      const parameters = { tag_sha: textOf(object, 'sha') };
      object = childOf(
        answerOf(await send(this.#place, 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}', parameters, purpose), purpose.what),
        'object',
      );
    }
    const type = textOf(object, 'type');
    if (type !== 'commit')
      throw new CountersignError('tag-mismatch', purpose.what, `expected the tag of a commit, got one of ${quote(type)}`);
    return parseCommitSha(textOf(object, 'sha'), purpose.what);
  }
}

function purposeOf(id: number): Purpose {
  return { what: `release ${String(id)}`, needs: NEEDS, codes: { 404: 'release-missing' } };
}

function releaseOf(answer: Answer): Release {
  const immutable = answer.members['immutable'] ?? false;
  if (typeof immutable !== 'boolean') throw unexpected(`${answer.where} immutable`, 'true or false', immutable);
  return {
    id: countOf(answer, 'id'),
    tag: textOf(answer, 'tag_name'),
    target: textOf(answer, 'target_commitish'),
    name: textOrNull(answer, 'name') ?? '',
    body: textOrNull(answer, 'body') ?? '',
    draft: flagOf(answer, 'draft'),
    prerelease: flagOf(answer, 'prerelease'),
    immutable,
    author: authorOf(answer, 'author'),
    url: textOf(answer, 'html_url'),
  };
}
