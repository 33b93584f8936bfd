// SPDX-License-Identifier: Apache-2.0
// A repository to be: files in layers, each with hooks for what a mutation changes before it is signed, after it, in its bytes as the files above list
// them, and in its bytes as they are served. `build` signs from the leaves up, so that a change below reaches the rule that it is meant for instead of
// a stale hash above it.
import { createHash } from 'node:crypto';
import { encodeCanonicalJson, encodeJsonFile } from '../../../src/tuf/canonical.ts';
import type { TestSigner } from '../../fakes/test-signer.ts';

/** JSON that may be changed. Numbers may be any that JavaScript has. */
export type Node = string | number | boolean | null | Node[] | Members;
/** A JSON object that may be changed; a Map, because its keys may be hostile. */
export type Members = Map<string, Node>;

/** One file. The hooks are called in this order. */
export interface FileDraft {
  readonly signed: Members;
  readonly signers: readonly TestSigner[];
  /** Of `signed`, after the files below were listed in it. */
  readonly beforeSigning: readonly ((signed: Members) => void)[];
  /** Of the envelope: `signed` and `signatures`. */
  readonly afterSigning: readonly ((envelope: Members) => void)[];
  /** Of the bytes; the files above list the result. */
  readonly known: readonly ((bytes: Buffer) => Buffer)[];
  /** Of the bytes; the files above list what was there before. */
  readonly served: readonly ((bytes: Buffer) => Buffer)[];
}

/** What a file says of one below it. */
export type Listing = 'version' | 'length' | 'hashes';

/** A repository. Files are never changed, only replaced, so that drafts can share them. */
export interface Draft {
  /** By place: the first is version 1. */
  roots: FileDraft[];
  /** `targets` and the delegated roles by name. */
  readonly roles: Map<string, FileDraft>;
  snapshot: FileDraft;
  timestamp: FileDraft;
  readonly content: Map<string, Buffer>;
  listing: Listing;
  consistent: boolean;
  /** Changes what is served, by path, last of all. */
  readonly published: ((files: Map<string, Buffer>) => void)[];
}

/** The name of a file of a draft: `root-1`, `snapshot`, `timestamp`, `targets`, or of a delegated role. */
export type FileName = string;

/** A copy that can be changed without changing the original. */
export function copyDraft(draft: Draft): Draft {
  return {
    ...draft,
    roots: [...draft.roots],
    roles: new Map(draft.roles),
    content: new Map(draft.content),
    published: [...draft.published],
  };
}

/** A deep copy of a JSON value. */
export function copyNode(node: Node): Node {
  if (Array.isArray(node)) return node.map(copyNode);
  if (node instanceof Map) return copyMembers(node);
  return node;
}

/** A deep copy of a JSON object. */
export function copyMembers(members: Members): Members {
  return new Map([...members].map(([key, value]) => [key, copyNode(value)]));
}

/** A file without hooks. */
export function newFile(signed: Members, signers: readonly TestSigner[]): FileDraft {
  return { signed, signers, beforeSigning: [], afterSigning: [], known: [], served: [] };
}

function rootIndex(name: FileName): number | null {
  const version = /^root-([0-9]+)$/.exec(name)?.[1];
  return version === undefined ? null : Number(version) - 1;
}

/** A file by name. */
export function fileNamed(draft: Draft, name: FileName): FileDraft {
  const root = rootIndex(name);
  const file = root !== null ? draft.roots[root] : name === 'snapshot' || name === 'timestamp' ? draft[name] : draft.roles.get(name);
  if (file === undefined) throw new Error(`the draft has no file ${name}`);
  return file;
}

/** Replaces a file by `file`. */
export function replaceFile(draft: Draft, name: FileName, file: FileDraft): void {
  const root = rootIndex(name);
  if (root !== null) draft.roots[root] = file;
  else if (name === 'snapshot' || name === 'timestamp') draft[name] = file;
  else draft.roles.set(name, file);
}

/** Adds hooks to a file, or gives it other signers. */
export function changeFile(draft: Draft, name: FileName, change: Partial<FileDraft>): void {
  const file = fileNamed(draft, name);
  replaceFile(draft, name, {
    signed: change.signed ?? file.signed,
    signers: change.signers ?? file.signers,
    beforeSigning: [...file.beforeSigning, ...(change.beforeSigning ?? [])],
    afterSigning: [...file.afterSigning, ...(change.afterSigning ?? [])],
    known: [...file.known, ...(change.known ?? [])],
    served: [...file.served, ...(change.served ?? [])],
  });
}

/** A file as it was signed, as the files above know it, and as it is served. */
interface Sealed {
  readonly signed: Members;
  readonly known: Buffer;
  readonly served: Buffer;
}

const sealedAlready = new WeakMap<FileDraft, Sealed>();

function signaturesOf(signed: Members, signers: readonly TestSigner[]): Node[] {
  const payload = encodeCanonicalJson(signed);
  return signers.map(
    (signer): Members =>
      new Map([
        ['keyid', signer.keyId],
        ['sig', signer.sign(payload)],
      ]),
  );
}

/** Signs a file; `list` puts the files below into it. */
function seal(file: FileDraft, list?: (signed: Members) => void): Sealed {
  const before = list === undefined ? sealedAlready.get(file) : undefined;
  if (before !== undefined) return before;
  const signed = copyMembers(file.signed);
  list?.(signed);
  for (const change of file.beforeSigning) change(signed);
  const envelope: Members = new Map<string, Node>([
    ['signatures', signaturesOf(signed, file.signers)],
    ['signed', signed],
  ]);
  if (file.afterSigning.length > 0) envelope.set('signed', copyMembers(signed));
  for (const change of file.afterSigning) change(envelope);
  let known: Buffer = Buffer.from(encodeJsonFile(envelope));
  for (const change of file.known) known = change(known);
  let served = known;
  for (const change of file.served) served = change(served);
  const sealed = { signed, known, served };
  if (list === undefined) sealedAlready.set(file, sealed);
  return sealed;
}

function hex(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

function versionOf(signed: Members, file: FileDraft): Node {
  const version = signed.get('version');
  return typeof version === 'number' ? version : (file.signed.get('version') ?? 1);
}

function entryOf(sealed: Sealed, file: FileDraft, listing: Listing): Members {
  const entry: Members = new Map([['version', versionOf(sealed.signed, file)]]);
  if (listing !== 'version') entry.set('length', sealed.known.length);
  if (listing === 'hashes') entry.set('hashes', new Map([['sha256', hex('sha256', sealed.known)]]));
  return entry;
}

/** The entry `file` of a file's `meta`, whatever became of it. */
function listedVersion(signed: Members, file: string): Node | undefined {
  const meta = signed.get('meta');
  const entry = meta instanceof Map ? meta.get(file) : undefined;
  return entry instanceof Map ? entry.get('version') : undefined;
}

function metaOf(signed: Members): Members {
  const meta = signed.get('meta');
  if (meta instanceof Map) return meta;
  throw new Error('the draft has no meta');
}

/** Where a target's bytes are, for every hash that some role lists for it: what is asked for is there, whatever it is called. */
function serveTargets(draft: Draft, roles: Iterable<Sealed>, files: Map<string, Buffer>): void {
  const serve = (path: string, bytes: Buffer, names: Iterable<Node>): void => {
    files.set(`targets/${path}`, bytes);
    const slash = path.lastIndexOf('/') + 1;
    for (const name of names) if (typeof name === 'string') files.set(`targets/${path.slice(0, slash)}${name}.${path.slice(slash)}`, bytes);
  };
  for (const [path, bytes] of draft.content) serve(path, bytes, [hex('sha256', bytes), hex('sha512', bytes)]);
  for (const { signed } of roles) {
    const targets = signed.get('targets');
    for (const [path, entry] of targets instanceof Map ? targets : []) {
      const hashes = entry instanceof Map ? entry.get('hashes') : undefined;
      const bytes = draft.content.get(path);
      if (bytes !== undefined && hashes instanceof Map) serve(path, bytes, hashes.values());
    }
  }
}

/** All files that a client may ask for, by path; role names as they are, not percent-encoded. */
export function build(draft: Draft): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const put = (role: string, version: Node | undefined, bytes: Buffer): void => {
    if (draft.consistent && typeof version === 'number') files.set(`metadata/${String(version)}.${role}.json`, bytes);
    if (!draft.consistent) files.set(`metadata/${role}.json`, bytes);
  };
  draft.roots.forEach((root, index) => files.set(`metadata/${String(index + 1)}.root.json`, seal(root).served));
  const roles = new Map([...draft.roles].map(([name, file]) => [name, { file, sealed: seal(file) }]));
  const snapshot = seal(draft.snapshot, (signed) => {
    const meta = metaOf(signed);
    for (const [name, { file, sealed }] of roles) meta.set(`${name}.json`, entryOf(sealed, file, draft.listing));
  });
  for (const [name, { file, sealed }] of roles) {
    put(name, versionOf(sealed.signed, file), sealed.served);
    // Under the version that is listed too, or a wrong one would never be read.
    put(name, listedVersion(snapshot.signed, `${name}.json`), sealed.served);
  }
  const timestamp = seal(draft.timestamp, (signed) => {
    metaOf(signed).set('snapshot.json', entryOf(snapshot, draft.snapshot, draft.listing));
  });
  put('snapshot', versionOf(snapshot.signed, draft.snapshot), snapshot.served);
  put('snapshot', listedVersion(timestamp.signed, 'snapshot.json'), snapshot.served);
  files.set('metadata/timestamp.json', timestamp.served);
  serveTargets(
    draft,
    [...roles.values()].map(({ sealed }) => sealed),
    files,
  );
  for (const change of draft.published) change(files);
  return files;
}

/** The root that clients begin with: the first one, as it is served. A mutation of an only root is so read by all. */
export function firstRoot(draft: Draft): Buffer {
  const root = draft.roots[0];
  if (root === undefined) throw new Error('the draft has no root');
  return seal(root).served;
}
