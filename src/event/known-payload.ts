// SPDX-License-Identifier: Apache-2.0
import { parseBinding, type RepositoryId } from '../tuf/binding.ts';
import { parsePayloadDigest } from '../trust/countersignature.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { arrayField, asObject, asString, integerField } from '../tuf/fields.ts';
import { parseJson, type JsonObject } from '../tuf/json.ts';
import { encodeMetadata, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion, type Version } from '../tuf/names.ts';
import { parseRoot, type Root } from '../tuf/root.ts';

/** The member of a root's `x-countersign` that lists the payloads of its own version that it takes the place of. */
export const REPLACES_FIELD = 'replaces';
const MAX_REPLACED = 64;

/** What a payload says of itself: a signature over it says this, whatever the line beside it claims. */
export interface PayloadClaims {
  readonly repository: RepositoryId;
  readonly role: string;
  readonly version: Version;
  /** Payloads of the same version that it takes the place of; a root's alone. */
  readonly replaces: ReadonlySet<PayloadDigest>;
}

/**
 * Parses `replaces` of a root's `x-countersign`: `sha256:<hex>` each, at most 64.
 * @throws `field-type`, `field-value`, `hash-invalid`
 */
export function replacedBy(raw: JsonObject, where: string): ReadonlySet<PayloadDigest> {
  if (!raw.has(REPLACES_FIELD)) return new Set();
  const path = `${where}.${REPLACES_FIELD}`;
  const items = arrayField(raw, REPLACES_FIELD, where);
  if (items.length > MAX_REPLACED) throw new CountersignError('field-value', path, `expected at most ${String(MAX_REPLACED)} digests`);
  return new Set(items.map((item) => parsePayloadDigest(asString(item, path).replace(/^sha256:/, ''), path)));
}

const FIRST_PRINTABLE = 0x20;

/**
 * Canonical JSON as JSON. It has no white space between its parts and leaves control characters in texts as they are, so that each that is there stands in a text.
 */
function readable(canonical: Uint8Array): Uint8Array {
  if (!canonical.some((byte) => byte < FIRST_PRINTABLE)) return canonical;
  const text = Buffer.from(canonical).toString('latin1');
  const escaped = text.replace(/[\x00-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped, 'latin1');
}

/**
 * Reads what a payload says of itself; null for what is no metadata of ours.
 * @param payload - the canonical bytes of a file's `signed` part
 */
export function claimsOf(payload: Uint8Array): PayloadClaims | null {
  const outcome = outcomeOf((): PayloadClaims | null => {
    const signed = asObject(parseJson(readable(payload)), '$');
    const binding = parseBinding(signed, '$');
    if (binding === null) return null;
    const { repository, role, raw } = binding;
    const version = parseVersion(integerField(signed, 'version', '$'), '$.version');
    return { repository, role, version, replaces: role === 'root' ? replacedBy(raw, '$.x-countersign') : new Set() };
  });
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/** A root's payload as a root; null for what is none. */
export function rootOfPayload(payload: Uint8Array): Root | null {
  const outcome = outcomeOf(() => parseRoot(encodeMetadata(asObject(parseJson(readable(payload)), '$'), [])).signed);
  return outcome.kind === 'accepted' ? outcome.value : null;
}
