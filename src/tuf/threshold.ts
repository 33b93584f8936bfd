// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';
import { arrayField, asString, integerField } from './fields.ts';
import { jsonPath, type JsonObject } from './json.ts';
import { parseKeyId, type KeyId, type KeyIdentity, type KeyReader, type KeyTable, type PublicKey } from './key.ts';
import { parseThreshold, type Threshold } from './names.ts';
import { verifySignature, type SignatureEntry } from './signature.ts';

/** How many entries that did not count are named. */
const MAX_SHOWN = 8;
const HEX = /^[0-9a-f]{8}$/;

/** The keys that may sign for a role, and how many must (TUF §4.3). */
export interface RoleKeys {
  readonly keyIds: readonly KeyId[];
  readonly threshold: Threshold;
}

/** Who a vote belongs to: a person's name, or the keyid where people are not known. */
export type Voter = string;

/** What became of one signature entry. Only `counts` adds a vote. */
export type EntryVerdict =
  'counts' | 'empty' | 'not-in-role' | 'key-missing' | 'key-unusable' | 'malformed' | 'invalid' | 'same-key' | 'same-voter' | 'no-voter';

/** The result of counting: how many votes of how many, whose, and what every entry was worth. */
export interface VoteCount {
  readonly threshold: Threshold;
  /** The keyid that each voter's vote came from. */
  readonly votes: ReadonlyMap<Voter, KeyId>;
  readonly entries: readonly { readonly keyId: KeyId; readonly verdict: EntryVerdict }[];
  readonly reached: boolean;
}

/** What is counted. `voterOf` names a key's person; null when it belongs to nobody, and then it never counts. */
export interface CountInput {
  readonly payload: Uint8Array;
  readonly signatures: readonly Pick<SignatureEntry, 'keyId' | 'sig'>[];
  readonly keys: KeyTable<KeyReader>;
  readonly role: RoleKeys;
  readonly voterOf?: (keyId: KeyId, identity: KeyIdentity) => Voter | null;
}

/**
 * Parses the `keyids` and `threshold` of a role.
 * @throws `keyid-repeated`, `threshold-invalid`, `field-missing`, `field-type`
 */
export function parseRoleKeys(value: JsonObject, where: string): RoleKeys {
  const threshold = parseThreshold(integerField(value, 'threshold', where), jsonPath(where, 'threshold'));
  const seen = new Set<KeyId>();
  arrayField(value, 'keyids', where).forEach((item, index) => {
    const path = `${where}.keyids[${String(index)}]`;
    const keyId = parseKeyId(asString(item, path), path);
    // @check role-keyid-repeated
    if (seen.has(keyId)) throw new CountersignError('keyid-repeated', path, `expected each keyid once, got ${quote(keyId)} again`);
    seen.add(keyId);
  });
  return { keyIds: [...seen], threshold };
}

function judge(
  input: CountInput,
  allowed: ReadonlySet<KeyId>,
  used: Set<KeyIdentity>,
  votes: Map<Voter, KeyId>,
  entry: Pick<SignatureEntry, 'keyId' | 'sig'>,
): EntryVerdict {
  if (entry.sig === '') return 'empty';
  // @check signature-key-in-role
  if (!allowed.has(entry.keyId)) return 'not-in-role';
  const key: PublicKey | undefined = input.keys.get(entry.keyId);
  // @check signature-key-known
  if (key === undefined) return 'key-missing';
  const verdict = verifySignature(key, input.payload, entry.sig);
  // @check signature-valid
  if (verdict !== 'valid') return verdict;
  if (key.material.kind === 'unusable') return 'key-unusable';
  const { identity } = key.material;
  // One public key under two keyids is one key: python-tuf and tuf-js count it twice.
  // @check one-key-one-vote
  if (used.has(identity)) return 'same-key';
  const voter = input.voterOf === undefined ? entry.keyId : input.voterOf(entry.keyId, identity);
  // @check voter-known
  if (voter === null) return 'no-voter';
  // @check one-voter-one-vote
  if (votes.has(voter)) return 'same-voter';
  used.add(identity);
  votes.set(voter, entry.keyId);
  return 'counts';
}

/**
 * Counts the votes for a payload: the only threshold loop there is. A vote is a distinct voter with a distinct public key and a
 * valid signature; keyids and signature entries are only names for them (TUF §5.3.4, §5.4.2, §5.5.3, §5.6.3).
 */
export function countSignatures(input: CountInput): VoteCount {
  const allowed = new Set(input.role.keyIds);
  const used = new Set<KeyIdentity>();
  const votes = new Map<Voter, KeyId>();
  const entries = input.signatures.map((entry) => ({ keyId: entry.keyId, verdict: judge(input, allowed, used, votes, entry) }));
  return { threshold: input.role.threshold, votes, entries, reached: votes.size >= input.role.threshold };
}

/** Anybody may add entries, with any text as a keyid. */
function describeIgnored(entries: VoteCount['entries'], keys: KeyTable<KeyReader>): string {
  const shown = entries.slice(0, MAX_SHOWN).map(({ keyId, verdict }) => {
    const start = keyId.slice(0, 8);
    const material = verdict === 'key-unusable' ? keys.get(keyId)?.material : undefined;
    const why = material?.kind === 'unusable' ? `: ${material.reason}` : '';
    return `${HEX.test(start) ? start : quote(start)} ${verdict}${why}`;
  });
  const rest = entries.length - shown.length;
  return [...shown, ...(rest === 0 ? [] : [`${String(rest)} more`])].join(', ');
}

/**
 * Requires the threshold of a role.
 * @throws `threshold`, saying how many signatures counted
 */
export function requireThreshold(input: CountInput, where: string): void {
  const count = countSignatures(input);
  // @check threshold-reached
  if (!count.reached) {
    const ignored = count.entries.filter((entry) => entry.verdict !== 'counts' && entry.verdict !== 'empty');
    const why = ignored.length === 0 ? '' : ` (not counted: ${describeIgnored(ignored, input.keys)})`;
    throw new CountersignError(
      'threshold',
      where,
      `expected ${String(count.threshold)} valid signatures, got ${String(count.votes.size)}${why}`,
    );
  }
}
