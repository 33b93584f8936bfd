// SPDX-License-Identifier: Apache-2.0
// What must hold however runs were ended or came in between each other: read from all git history, all pull requests and the site.
import { expect } from 'vitest';
import { readState, requireBase } from '../../src/commands/read-base.ts';
import { classifyPath } from '../../src/event/layout.ts';
import { git } from '../../src/forge/local/git.ts';
import { parseBlobId } from '../../src/forge/local/ids.ts';
import type { BlobId, Forge } from '../../src/ports.ts';
import { metadataFrom, parseSignedHeader, payloadDigest, type Metadata, type SignedHeader } from '../../src/tuf/metadata.ts';
import { asObject, objectField, stringField } from '../../src/tuf/fields.ts';
import { parseJson } from '../../src/tuf/json.ts';
import { readSite } from './clients.ts';
import type { Ground } from './support.ts';
import { allPulls } from '../fakes/all-pulls.ts';
import { allReviews } from '../fakes/all-reviews.ts';

interface Seen {
  /** `releases v2`. */
  readonly name: string;
  readonly payload: string;
  readonly keyIds: readonly string[];
}

function seenIn(path: string, bytes: Uint8Array): Seen | null {
  const published = /^metadata\/(?:[0-9]+\.)?([^/]+)\.json$/.exec(path)?.[1];
  const what = classifyPath(path);
  const role = what.kind === 'root' || what.kind === 'root-history' ? 'root' : what.kind === 'role' ? what.role : published;
  if (role === undefined) return null;
  const value = parseJson(bytes);
  const type = stringField(objectField(asObject(value, path), 'signed', path), '_type', path);
  const file: Metadata<SignedHeader> = metadataFrom(value, (raw, where) => parseSignedHeader(raw, type, where));
  const name = /^[0-9]+\./.test(role) ? role.replace(/^[0-9]+\./, '') : role;
  return {
    name: `${name} v${String(file.signed.version)}`,
    payload: payloadDigest(file.payload),
    keyIds: file.signatures.map(({ keyId }) => keyId),
  };
}

/** Every metadata file of the commits that git lists for `args`. */
async function metadataIn(ground: Ground, forge: Forge, args: readonly string[]): Promise<readonly Seen[]> {
  const output = (await git(ground.repository, ['rev-list', '--objects', ...args])).toString('utf8');
  const blobs = new Map<BlobId, string>();
  for (const [, id, path] of output.matchAll(/^([0-9a-f]{40}) (metadata\/.+\.json)$/gm)) {
    if (id !== undefined && path !== undefined) blobs.set(parseBlobId(id, 'rev-list'), path);
  }
  const contents = await forge.blobs([...blobs.keys()]);
  return [...blobs].flatMap(([id, path]) => {
    const seen = seenIn(path, contents.get(id) ?? new Uint8Array());
    return seen === null ? [] : [seen];
  });
}

/** What stands signed, and all that was said. */
export interface Record {
  /** Each file that `tuf`, `tuf-published` or the site ever had: by `role vN payload`, its signers. */
  readonly signed: ReadonlyMap<string, ReadonlySet<string>>;
  /** Bodies of all reviews, by pull request. */
  readonly said: ReadonlyMap<number, readonly string[]>;
}

/** Records what must not be lost, and requires that no version ever had two contents. */
export async function record(ground: Ground): Promise<Record> {
  const { forge } = await ground.open();
  const heads = await forge.branches('tuf');
  const landed: Seen[] = [];
  // First parents: what was proposed and never signed is reachable by the second.
  if (heads.size > 0) landed.push(...(await metadataIn(ground, forge, ['--first-parent', ...heads.values()])));
  for (const [path, bytes] of await readSite(ground.site)) {
    const seen = path.startsWith('metadata/') ? seenIn(path, bytes) : null;
    if (seen !== null) landed.push(seen);
  }
  const everywhere = (await metadataIn(ground, forge, ['--all'])).filter(({ keyIds }) => keyIds.length >= 2);
  requireOneContent(landed);
  requireOneContent(everywhere);
  const signed = new Map<string, ReadonlySet<string>>();
  for (const { name, payload, keyIds } of landed) {
    const key = `${name} ${payload}`;
    signed.set(key, new Set([...(signed.get(key) ?? []), ...keyIds]));
  }
  const said = new Map<number, readonly string[]>();
  for (const { number } of await allPulls(forge, '', 'tuf'))
    said.set(
      number,
      (await allReviews(forge, number)).map(({ body }) => body),
    );
  return { signed, said };
}

function requireOneContent(all: readonly Seen[]): void {
  const payloads = new Map<string, Set<string>>();
  for (const { name, payload } of all) payloads.set(name, (payloads.get(name) ?? new Set()).add(payload));
  const twice = [...payloads].filter(([, digests]) => digests.size > 1).map(([name]) => name);
  expect(twice, 'versions with two contents').toEqual([]);
}

/** Requires everything of `before` to be there still, and every version to have one content. */
export async function requireKept(ground: Ground, before: Record): Promise<void> {
  const after = await record(ground);
  for (const [file, keyIds] of before.signed)
    expect([...(after.signed.get(file) ?? [])], file).toEqual(expect.arrayContaining([...keyIds]));
  for (const [number, bodies] of before.said)
    expect(after.said.get(number), `#${String(number)}`).toEqual(expect.arrayContaining([...bodies]));
}

/** Where a target path is listed: `signed`, and the numbers of the open events that add it. */
export async function whereIs(ground: Ground, role: string, path: string): Promise<readonly (number | 'signed')[]> {
  const place = await ground.open();
  const { forge } = place;
  const base = requireBase(await readState(place));
  const lists = (bytes: Uint8Array | undefined): boolean => {
    if (bytes === undefined) return false;
    const signed = objectField(asObject(parseJson(bytes), role), 'signed', role);
    return objectField(signed, 'targets', role).has(path);
  };
  const found: (number | 'signed')[] = [];
  if ([...base.roles].some(([name, { bytes }]) => name === role && lists(bytes))) found.push('signed');
  for (const { number, state, headSha } of await allPulls(forge, 'sign/', 'tuf')) {
    const entry = state === 'open' ? (await forge.tree(headSha)).get(`metadata/${role}.json`) : undefined;
    if (entry !== undefined && !found.includes('signed') && lists((await forge.blobs([entry.id])).get(entry.id))) found.push(number);
  }
  return found;
}

/** `role vN` and its signers' keyids, of a role as the base has it. */
export async function signedBy(ground: Ground, role: string): Promise<readonly [string, readonly string[]]> {
  const base = await ground.base();
  const found = [...base.roles].find(([name]) => name === role)?.[1].file;
  return [`${role} v${String(found?.signed.version)}`, (found?.signatures ?? []).map(({ keyId }) => keyId).sort()];
}
