// SPDX-License-Identifier: Apache-2.0

/**
 * Codes of everything that can be refused or go wrong. They are public API: tests, scripts and
 * `--json` output rely on them, and an error's class or message is never tested instead.
 */
export type ErrorCode =
  // the strict JSON reader
  | 'json-syntax'
  | 'json-encoding'
  | 'json-bom'
  | 'json-duplicate-key'
  | 'json-lone-surrogate'
  | 'json-number'
  | 'json-depth'
  | 'json-not-nfc'
  // the shape of TUF metadata
  | 'field-missing'
  | 'field-type'
  | 'field-value'
  | 'type-mismatch'
  | 'spec-version'
  | 'version-invalid'
  | 'threshold-invalid'
  | 'expires-invalid'
  | 'hashes-missing'
  | 'hash-invalid'
  | 'length-invalid'
  | 'keyid-repeated'
  | 'keyid-mismatch'
  | 'role-name-invalid'
  | 'role-name-repeated'
  | 'role-missing'
  | 'paths-invalid'
  | 'target-path-invalid'
  | 'delegations-invalid'
  | 'meta-invalid'
  | 'key-invalid'
  // verdicts of the trusted set (TUF §5)
  | 'order'
  | 'threshold'
  | 'rollback'
  | 'mix-and-match'
  | 'freeze'
  | 'expired'
  | 'length-mismatch'
  | 'hash-mismatch'
  | 'too-large'
  | 'not-in-snapshot'
  | 'role-unknown'
  | 'binding-mismatch'
  | 'target-unknown'
  | 'search-bounds'
  | 'pattern-ambiguous'
  | 'not-found'
  | 'root-limit'
  // editing and publishing
  | 'target-exists'
  | 'target-missing'
  | 'target-unreachable'
  | 'version-exhausted'
  | 'unwritable'
  | 'unsigned'
  | 'equivocation'
  | 'fast-forward'
  | 'revocation-unpublished'
  | 'served-unknown'
  | 'client-refused'
  // people, policy, approvals
  | 'people-invalid'
  | 'policy-invalid'
  | 'block-invalid'
  | 'custody-quorum'
  // signing events
  | 'event-invalid'
  | 'event-file-unclaimed'
  | 'event-open'
  | 'event-unknown'
  | 'base-missing'
  | 'anchor-mismatch'
  | 'already-signed'
  | 'not-a-signer'
  | 'declined'
  | 'incomplete'
  | 'staged-missing'
  | 'event-fork'
  | 'event-rewritten'
  | 'conversation-full'
  // releases and artifacts
  | 'release-mismatch'
  | 'release-missing'
  | 'release-immutable'
  | 'asset-name'
  | 'tag-mismatch'
  | 'tag-missing'
  | 'artifact-missing'
  | 'artifact-expired'
  | 'artifact-mismatch'
  | 'artifact-untrusted'
  // the host
  | 'permission-missing'
  | 'setting-missing'
  | 'rate-limited'
  | 'ref-protected'
  | 'key-exposed'
  // fetching
  | 'redirect-refused'
  | 'stalled'
  | 'timed-out'
  | 'certificate-refused'
  | 'page-answered'
  // adapters
  | 'io'
  | 'git'
  | 'ref-conflict'
  | 'locked'
  | 'already-exists'
  | 'file-changed'
  | 'file-type'
  | 'file-name'
  | 'symlink-escape'
  | 'signer-uri'
  | 'signer-key'
  | 'signer-passphrase'
  | 'usage';

// Of what nobody would see, or what a terminal takes for an order, JSON leaves most as it is.
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Untrusted text as it may appear in a message: JSON-quoted, with all that is no visible character escaped, and at most 80 characters. */
export function quote(text: string): string {
  return quoteUpTo(80, text);
}

/** A path of this machine, as its user typed it: whole, so that it can be told from its neighbours. */
export function quotePath(path: string): string {
  return quoteUpTo(4096, path);
}

function quoteUpTo(max: number, text: string): string {
  const capped = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return JSON.stringify(capped).replace(UNSEEN, escapeUnits);
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`).join('');
}

/**
 * The one error of this project. `code` is stable; the message is `<where>: <what>`, lower case
 * and without a full stop; `where` is a JSON path, a file, `role@version`, or a person.
 */
export class CountersignError extends Error {
  /** Tells it from other errors, also of another copy of this library. */
  override readonly name = 'CountersignError';
  /** What to branch on. */
  readonly code: ErrorCode;
  /** What it is about. */
  readonly where: string;
  /** What went wrong, without `where`. */
  readonly detail: string;

  constructor(code: ErrorCode, where: string, detail: string, options?: ErrorOptions) {
    super(`${where}: ${detail}`, options);
    this.code = code;
    this.where = where;
    this.detail = detail;
  }
}

/** A check that did not pass, as a value. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly where: string;
  readonly detail: string;
}

/** The result of a step that may be refused: style rule 13, expected outcomes are values. */
export type Outcome<T> = { readonly kind: 'accepted'; readonly value: T } | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Runs `step` and turns a {@link CountersignError} into a refusal. Everything else (a programming
 * error) is rethrown: it must never look like a verdict about someone's bytes.
 */
export function outcomeOf<T>(step: () => T): Outcome<T> {
  try {
    return { kind: 'accepted', value: step() };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'refused', refusal: { code: error.code, where: error.where, detail: error.detail } };
  }
}

/**
 * The value of an accepted outcome.
 * @throws the refusal, as a {@link CountersignError} with its code
 */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'accepted') return outcome.value;
  const { code, where, detail } = outcome.refusal;
  throw new CountersignError(code, where, detail);
}
