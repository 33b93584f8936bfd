// SPDX-License-Identifier: Apache-2.0
// `event.json`: where a proposal says which runs proposed what, and where the bytes wait. Nobody signs it and it is dropped when the event completes: it
// is shown to people and saves searching, and nothing is decided by it.
import { MAX_CONTRIBUTIONS, MAX_EVENT_FILE_BYTES, MAX_LISTED_CHARACTERS, MAX_NOTE_CHARACTERS } from '../trust/bounds.ts';
import { encodeJsonFile } from '../tuf/canonical.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { arrayField, asObject, asString, integerField, stringField } from '../tuf/fields.ts';
import { jsonPath, parseJson, type JsonObject, type JsonValue } from '../tuf/json.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { jsonObject } from '../tuf/signed-part.ts';

/** The workflow run that proposed something. */
export interface Origin {
  readonly runId: number;
  readonly runUrl: string;
  /** As the host names it: `owner/name/.github/workflows/release.yml@refs/tags/v1`. */
  readonly workflow: string;
  /** The commit that the run was of. */
  readonly commit: string;
  /** The login of who started it. */
  readonly actor: string;
  readonly ref: string;
}

/** What one propose brought. */
export interface Contribution {
  readonly origin: Origin | null;
  /** Target paths that it added or replaced; null when there were too many to list. */
  readonly targets: readonly string[] | null;
  /** The artifact in which the bytes wait, if they do. */
  readonly staged: string | null;
  /** Of targets that an earlier contribution had brought: the sha256 that it was replaced for, by path. */
  readonly replaced?: ReadonlyMap<string, string>;
}

/** The whole file. */
export interface EventFile {
  readonly role: string;
  readonly version: number;
  /** In the order in which they were proposed. */
  readonly contributions: readonly Contribution[];
}

/** What the names of artifacts begin with in which proposed bytes wait. */
export const STAGED_PREFIX = 'countersign-staged-';

/**
 * The name of the artifact that holds files of these hashes, each under its hash. The same files have the same name in every run, so that repeating any
 * of them brings the bytes back.
 * @param hashes - sha256, lower-case hex
 */
export function stagedName(hashes: Iterable<string>): string {
  const list = [...new Set(hashes)].sort().join('\n');
  return `${STAGED_PREFIX}${sha256Hex(new TextEncoder().encode(list)).slice(0, 16)}`;
}

/** Beyond this many paths a contribution lists none: the file is for people. */
export const MAX_LISTED_TARGETS = 10_000;

function encodeOrigin({ runId, runUrl, workflow, commit, actor, ref }: Origin): JsonObject {
  return jsonObject({ actor, commit, ref, run: runId, url: runUrl, workflow });
}

function encodeContribution({ origin, targets, staged, replaced }: Contribution): JsonObject {
  return jsonObject({
    origin: origin === null ? undefined : encodeOrigin(origin),
    replaced: replaced === undefined || replaced.size === 0 ? undefined : new Map<string, JsonValue>(replaced),
    staged: staged ?? undefined,
    targets: targets === null ? undefined : [...targets],
  });
}

/** The latest contributions, and of their lists of targets, from the last one backwards, as many as fit. */
function fitting(contributions: readonly Contribution[]): readonly Contribution[] {
  let left = MAX_LISTED_CHARACTERS;
  const kept = contributions.slice(-MAX_CONTRIBUTIONS).reverse();
  return kept
    .map((contribution): Contribution => {
      left -= (contribution.targets ?? []).reduce((sum, path) => sum + path.length, 0);
      return left < 0 ? { ...contribution, targets: null } : contribution;
    })
    .reverse();
}

/** The file as JSON. Of very many contributions the latest are kept, and what lists more than we would read again lists none. */
export function encodeEventFile({ role, version, contributions }: EventFile): Uint8Array {
  const kept = fitting(contributions).map(encodeContribution);
  return encodeJsonFile(jsonObject({ contributions: kept, format: 1, role, version }));
}

/** A name or an address. @throws `too-large` */
function noteField(raw: JsonObject, key: string, where: string): string {
  const text = stringField(raw, key, where);
  if (text.length > MAX_NOTE_CHARACTERS)
    throw new CountersignError('too-large', jsonPath(where, key), `expected at most ${String(MAX_NOTE_CHARACTERS)} characters`);
  return text;
}

function parseOrigin(raw: JsonObject, where: string): Origin {
  return {
    runId: integerField(raw, 'run', where),
    runUrl: noteField(raw, 'url', where),
    workflow: noteField(raw, 'workflow', where),
    commit: noteField(raw, 'commit', where),
    actor: noteField(raw, 'actor', where),
    ref: noteField(raw, 'ref', where),
  };
}

function parseReplaced(raw: JsonObject): ReadonlyMap<string, string> {
  return new Map([...asObject(raw.get('replaced'), 'replaced')].map(([path, sha256]) => [path, asString(sha256, 'replaced')]));
}

function parseContribution(value: JsonValue): Contribution {
  const raw = asObject(value, 'contribution');
  const origin = raw.get('origin');
  return {
    origin: origin === undefined ? null : parseOrigin(asObject(origin, 'origin'), 'origin'),
    targets: raw.has('targets') ? arrayField(raw, 'targets', 'contribution').map((path) => asString(path, 'targets')) : null,
    staged: raw.has('staged') ? noteField(raw, 'staged', 'contribution') : null,
    ...(raw.has('replaced') ? { replaced: parseReplaced(raw) } : {}),
  };
}

/** Reads the file. Anybody who may push can have written it: null for what is none, which costs only what is shown. */
export function readEventFile(bytes: Uint8Array): EventFile | null {
  if (bytes.length > MAX_EVENT_FILE_BYTES) return null;
  const outcome = outcomeOf((): EventFile => {
    const raw = asObject(parseJson(bytes), '$');
    return {
      role: noteField(raw, 'role', '$'),
      version: integerField(raw, 'version', '$'),
      contributions: arrayField(raw, 'contributions', '$').slice(-MAX_CONTRIBUTIONS).map(parseContribution),
    };
  });
  return outcome.kind === 'accepted' ? outcome.value : null;
}
