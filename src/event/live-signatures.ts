// SPDX-License-Identifier: Apache-2.0
// Which signatures of an event exist, whether or not they count: they can't be called back, so whoever abandons it is told of them.
import { lineIdentity } from '../trust/carried-lines.ts';
import type { Countersignature } from '../trust/countersignature.ts';
import { voterOf } from '../trust/people.ts';
import { parseBinding, type RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { asObject, integerField, objectField, stringField } from '../tuf/fields.ts';
import { parseJson } from '../tuf/json.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion, type Version } from '../tuf/names.ts';
import { verifySignature } from '../tuf/signature.ts';
import type { RoleSigners } from './proposal.ts';

/** Bytes that somebody may have signed, and what they say of themselves: no line is believed about that. */
export interface KnownPayload {
  readonly bytes: Uint8Array;
  readonly digest: PayloadDigest;
  readonly repository: RepositoryId;
  /** A targets role, or `root`. */
  readonly role: string;
  readonly version: Version;
}

/**
 * Reads the payload of a metadata file, and what it says it is. The file is asked for, not the payload: canonical JSON leaves control characters as they
 * are, and can't always be read again.
 * @param file - JSON, UTF-8, as a branch has it
 * @returns null for what can't be read, names no repository, role and version, or is no root or targets file: no signature of it is one of ours
 */
export function knownPayload(file: Uint8Array): KnownPayload | null {
  const outcome = outcomeOf((): KnownPayload | null => {
    const signed = objectField(asObject(parseJson(file), '$'), 'signed', '$');
    const binding = parseBinding(signed, '$');
    const type = stringField(signed, '_type', '$');
    if (binding === null || type !== (binding.role === 'root' ? 'root' : 'targets')) return null;
    const version = parseVersion(integerField(signed, 'version', '$'), '$.version');
    const bytes = encodeCanonicalJson(signed);
    return { bytes, digest: payloadDigest(bytes), repository: binding.repository, role: binding.role, version };
  });
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/** A signature that stays valid for what it was given for. */
export interface LiveSignature {
  /** The name of whose key it is; a person under two names is named once. */
  readonly person: string;
  readonly role: string;
  readonly version: Version;
  readonly payload: PayloadDigest;
}

/** The signatures of an event. */
export interface LiveSignatures {
  /** By role, version, payload and person; each once. */
  readonly live: readonly LiveSignature[];
  /** How many different lines were left out: of a key of nobody, of other bytes or other content, or damaged. */
  readonly unverified: number;
}

/** What {@link liveSignatures} looks at. */
export interface LiveInput {
  readonly repository: RepositoryId;
  /** Whoever has carried them, withdrawn ones too: nobody can take a signature back. */
  readonly lines: Iterable<Countersignature>;
  /** Every payload of the event that can be had: of its head, its history, and the commits that reviews name. */
  readonly payloads: Iterable<KnownPayload>;
  /** By role, all who may sign it: as the signed state says and as the event's head says, root by the old and the new one. */
  readonly signers: ReadonlyMap<string, readonly RoleSigners[]>;
}

/** The name of the person whose key has made a line's signature of a payload; null when nobody's has. */
function signerOf(
  line: Countersignature,
  payload: KnownPayload,
  signers: readonly RoleSigners[],
): { readonly voter: string; readonly name: string } | null {
  for (const { keys, roleKeys, people } of signers) {
    const [key, person] = [keys.get(line.keyId), people.byKey.get(line.keyId)];
    if (key === undefined || person === undefined || !roleKeys.keyIds.includes(line.keyId)) continue;
    if (verifySignature(key, payload.bytes, line.sig) === 'valid') return { voter: voterOf(person), name: person.name };
  }
  return null;
}

function byPlace(a: LiveSignature, b: LiveSignature): number {
  const keys = [a, b].map(({ role, version, payload, person }) => [role, String(version).padStart(16, '0'), payload, person].join('\n'));
  return (keys[0] ?? '') < (keys[1] ?? '') ? -1 : 1;
}

/**
 * The signatures that verify over a known payload whose own repository, role and version are those that the line claims. A claim that doesn't verify is
 * counted and named for nobody, so that no stranger's text can make an event look signed.
 */
export function liveSignatures({ repository, lines, payloads, signers }: LiveInput): LiveSignatures {
  const known = new Map([...payloads].map((payload) => [payload.digest, payload]));
  const live = new Map<string, LiveSignature>();
  const seen = new Set<string>();
  let unverified = 0;
  for (const line of lines) {
    const { role, version } = line;
    const identity = JSON.stringify([line.repository, role, version, lineIdentity(line)]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const payload = known.get(line.payload);
    const isWhatItClaims =
      line.repository === repository && payload?.repository === repository && payload.role === role && payload.version === version;
    const signer = isWhatItClaims ? signerOf(line, payload, signers.get(role) ?? []) : null;
    if (signer === null) {
      unverified++;
      continue;
    }
    const place = JSON.stringify([role, version, line.payload, signer.voter]);
    if (!live.has(place)) live.set(place, { person: signer.name, role, version, payload: line.payload });
  }
  return { live: [...live.values()].sort(byPlace), unverified };
}
