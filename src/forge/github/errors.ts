// SPDX-License-Identifier: Apache-2.0
import { ConnectionError, errorCodeOf } from '../../http/connection-error.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import type { ErrorCode } from '../../tuf/errors.ts';
import { isRecord } from './answer.ts';

/** What a request is for, so that its failure can be named. */
export interface Purpose {
  /** The thing, as in `pull request 7`. */
  readonly what: string;
  /** The permission of a token that it needs, as a workflow spells it: `contents: write`. */
  readonly needs: string;
  /** Codes of answers that mean something for this thing. All others of 4xx are `io`. */
  readonly codes?: Readonly<Partial<Record<400 | 404 | 405 | 409 | 410 | 422, ErrorCode>>>;
}

/** A failed request, of REST or GraphQL alike, without anything that was sent. */
export interface Failure {
  readonly kind: 'github-failure';
  /** HTTP status; 500 also for a connection that broke. */
  readonly status: number;
  readonly message: string;
  /** The codes of the answer's parts, as in `{errors: [{code: 'abuse'}]}`. */
  readonly parts: readonly string[];
  readonly headers: Readonly<Record<string, unknown>>;
  /** What an answer failed for that never came, whose message is a statement of ours; null where the host answered. */
  readonly unanswered: ReturnType<typeof errorCodeOf> | null;
}

/** The setting that lets GITHUB_TOKEN open pull requests, as the settings page spells it. */
export const PULL_REQUEST_SETTING = 'Allow GitHub Actions to create and approve pull requests';

const GRAPHQL_STATUS: ReadonlyMap<string, number> = new Map([
  ['FORBIDDEN', 403],
  ['INSUFFICIENT_SCOPES', 403],
  ['NOT_FOUND', 404],
  ['STALE_DATA', 409],
  ['RATE_LIMITED', 429],
  ['RATE_LIMIT', 429],
]);

/**
 * What GitHub's errors mean, told apart by their text where it gives nothing else. The first that matches counts, whatever the status but 5xx.
 */
const MEANINGS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/not permitted to create or approve pull requests/i, 'setting-missing'],
  [/without `?workflows?`? (permission|scope)/i, 'permission-missing'],
  [/protected branch|rule violations?|branch protection|cannot force-push|rulesets?\b/i, 'ref-protected'],
  [/immutable release/i, 'release-immutable'],
  [/commenting (?:is|has been) (?:disabled|limited)|more than 2,?500 comments/i, 'conversation-full'],
];

/** The failure that Octokit threw; null for everything else, which is a mistake in a program. */
export function failureOf(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  const response = 'response' in error && isRecord(error.response) ? error.response : null;
  const headers = isRecord(response?.['headers']) ? response['headers'] : {};
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  const message = saidIn(response?.['data']) ?? error.message;
  const parts = partCodes(response?.['data']);
  const unanswered = error.cause instanceof ConnectionError ? errorCodeOf(error.cause) : null;
  if (status !== null) {
    return { kind: 'github-failure', status: status === 0 ? 500 : status, message, parts, headers, unanswered };
  }
  // What the throttling plugin throws of a GraphQL answer.
  return graphqlFailure(response?.['data'], headers);
}

/** The message of an answer with those of its parts: `Validation Failed: No commits between a and b`. Without the address of the documentation. */
function saidIn(data: unknown): string | null {
  if (!isRecord(data) || typeof data['message'] !== 'string') return null;
  const parts = Array.isArray(data['errors']) ? data['errors'].map(partIn).filter((part) => part !== '') : [];
  return parts.length === 0 ? data['message'] : `${data['message']}: ${parts.join(', ')}`;
}

function partCodes(data: unknown): readonly string[] {
  const parts: readonly unknown[] = isRecord(data) && Array.isArray(data['errors']) ? data['errors'] : [];
  return parts.map((part) => (isRecord(part) ? part['code'] : null)).filter((code): code is string => typeof code === 'string');
}

function partIn(part: unknown): string {
  if (typeof part === 'string') return part;
  if (!isRecord(part)) return '';
  const words = [part['message'], `${String(part['field'])} ${String(part['code'])}`];
  return words.find((one): one is string => typeof one === 'string') ?? '';
}

/** The failure that a GraphQL answer tells of; null when it tells of none. */
export function graphqlFailure(data: unknown, headers: Readonly<Record<string, unknown>>): Failure | null {
  const errors = isRecord(data) && Array.isArray(data['errors']) ? data['errors'].filter(isRecord) : [];
  const [first] = errors;
  if (first === undefined) return null;
  const message = errors.map((one) => String(one['message'])).join('; ');
  const types = errors.map((one) => (typeof one['type'] === 'string' ? one['type'] : ''));
  // Beside what is missing, a limit may be told of: then nothing is known to be missing.
  const type = types.find((one) => GRAPHQL_STATUS.get(one) === 429) ?? types[0] ?? '';
  const isBroken = /something went wrong while executing your query/i.test(message);
  const status = isBroken ? 502 : (GRAPHQL_STATUS.get(type) ?? 422);
  return { kind: 'github-failure', status, message, parts: [], headers, unanswered: null };
}

/**
 * GitHub's failures as errors of ours. Neither message nor cause holds what was sent.
 * @param scrub - takes the token out of text that the host sent back
 */
export function translate(failure: Failure, purpose: Purpose, scrub: (text: string) => string): CountersignError {
  const message = scrub(failure.message);
  const cause: Failure = { ...failure, message, headers: {} };
  if (failure.unanswered !== null) return new CountersignError(failure.unanswered, purpose.what, message, { cause });
  const { code, expected } = meaningOf({ ...failure, message }, purpose);
  const said = failure.status >= 500 && failure.message === '' ? `status ${String(failure.status)}` : quote(message);
  return new CountersignError(code, purpose.what, `expected ${expected}, got ${said}`, { cause });
}

/** The HTTP status that an error of ours came from; null when it came from no answer. */
export function statusOf(error: unknown): number | null {
  if (!(error instanceof CountersignError) || !isRecord(error.cause) || error.cause['kind'] !== 'github-failure') return null;
  return typeof error.cause['status'] === 'number' ? error.cause['status'] : null;
}

/** All that the host said with an error of ours, for what nothing but its words tells apart; nothing for other errors. */
export function saidWith(error: unknown): string {
  const message = statusOf(error) !== null && error instanceof CountersignError && isRecord(error.cause) ? error.cause['message'] : '';
  return typeof message === 'string' ? message : '';
}

/** True when a write may have happened though its answer was lost. */
export function mayHaveHappened(error: unknown): boolean {
  return (statusOf(error) ?? 0) >= 500;
}

function meaningOf(failure: Failure, purpose: Purpose): { readonly code: ErrorCode; readonly expected: string } {
  const { status, headers } = failure;
  if (status >= 500) return { code: 'io', expected: 'an answer of GitHub' };
  if (isRateLimit(failure)) return { code: 'rate-limited', expected: `GitHub to take more requests${whenLifted(headers)}` };
  const meaning = MEANINGS.find(([pattern]) => pattern.test(failure.message))?.[1];
  if (meaning === 'setting-missing')
    return { code: meaning, expected: `the repository's setting "${PULL_REQUEST_SETTING}" to be on, or an App token` };
  if (meaning === 'permission-missing') return { code: meaning, expected: permissionText('workflows: write') };
  if (meaning === 'conversation-full') return { code: meaning, expected: 'GitHub to take one more comment' };
  if (meaning !== undefined) return { code: meaning, expected: 'no rule against it' };
  if (status === 401) return { code: 'permission-missing', expected: 'a token that GitHub accepts' };
  if (status === 403) return { code: 'permission-missing', expected: permissionText(neededBy(headers) ?? purpose.needs) };
  if (status === 404) return { code: purpose.codes?.[404] ?? 'io', expected: `it to be there and seen with permission ${purpose.needs}` };
  if (status === 413) return { code: 'too-large', expected: 'less' };
  return { code: codeOf(purpose, status), expected: 'GitHub to accept it' };
}

function codeOf({ codes }: Purpose, status: number): ErrorCode {
  switch (status) {
    case 400:
    case 405:
    case 409:
    case 410:
    case 422:
      return codes?.[status] ?? 'io';
    default:
      return 'io';
  }
}

/** GitHub slows callers down under several names: most as 403 or 429, what it takes for spam as 422 with the code `abuse`. */
function isRateLimit({ status, message, parts, headers }: Failure): boolean {
  if (status === 429) return true;
  const isSaid = /\brate limit\b|\babuse detection\b|\bsubmitted too quickly\b/i.test(message);
  if (status === 422) return parts.includes('abuse') || isSaid;
  return status === 403 && (headers['x-ratelimit-remaining'] === '0' || 'retry-after' in headers || isSaid);
}

function whenLifted(headers: Failure['headers']): string {
  const wait = headers['retry-after'];
  if (typeof wait === 'string' && /^\d{1,6}$/.test(wait)) return ` after ${wait} seconds`;
  const reset = headers['x-ratelimit-reset'];
  if (typeof reset === 'string' && /^\d{1,11}$/.test(reset)) return ` after ${new Date(Number(reset) * 1000).toISOString()}`;
  return '';
}

/** A workflow can't give its token the permission for workflows. */
function permissionText(needs: string): string {
  return `permission ${needs}${/\bworkflows\b/.test(needs) ? ', where workflows is for an App token only' : ''}`;
}

/** `contents=write; pull_requests=write,issues=read` as a workflow spells it: `contents: write or pull-requests: write with issues: read`. */
function neededBy(headers: Failure['headers']): string | null {
  const accepted = headers['x-accepted-github-permissions'];
  if (typeof accepted !== 'string' || !/^[a-z_=;, ]{1,200}$/.test(accepted)) return null;
  const one = (text: string): string => text.trim().replaceAll('_', '-').replace('=', ': ');
  return accepted
    .split(';')
    .map((choice) => choice.split(',').map(one).join(' with '))
    .join(' or ');
}
