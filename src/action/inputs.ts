// SPDX-License-Identifier: Apache-2.0
import { parseServedVersion, type ServedVersions } from '../event/decide-continuation.ts';
import { CountersignError, outcomeOf, quote } from '../tuf/errors.ts';
import { asObject } from '../tuf/fields.ts';
import { parseJson, type JsonObject } from '../tuf/json.ts';
import { parseTypedDigest } from '../tuf/typed-digest.ts';
import { inputReader, type Environment, type InputName, type InputReader } from './input-text.ts';

/** The commands of the action. */
export const ACTION_COMMANDS = [
  'propose',
  'gather',
  'settle',
  'custody',
  'publish',
  'site',
  'abandon',
  'fetch',
  'status',
  'verify',
] as const;
/** One of {@link ACTION_COMMANDS}. */
export type ActionCommand = (typeof ACTION_COMMANDS)[number];

/** Where the published metadata is kept. */
export type MetadataHosting = 'pages' | 'release' | 'none';

/** Which repository a command works on. */
export interface PlaceInputs {
  /** `owner/name` on GitHub. */
  readonly repository: string;
  readonly token: string;
  /** A local repository, instead of one on GitHub. */
  readonly directory: string | null;
  /** The directory of a published repository. */
  readonly site: string | null;
  /** Where clients fetch; null for where Pages puts it. */
  readonly siteUrl: string | null;
  readonly metadataHosting: MetadataHosting;
  readonly metadataTag: string;
  /** 64 lower-case hex digits. */
  readonly root: string | null;
  readonly mode: 'apply' | 'dry-run';
}

/** What `propose` takes. */
export interface ProposeInputs {
  readonly role: string;
  readonly files: readonly string[];
  readonly artifacts: readonly string[];
  readonly artifactRunId: number | null;
  readonly artifactWorkflow: string | null;
  readonly artifactCommit: string | null;
  readonly targetPrefix: string;
  readonly custom: JsonObject | null;
  readonly remove: readonly string[];
  readonly replace: boolean;
  readonly whenOpen: 'queue' | 'add' | 'fail';
  readonly nextVersion: boolean;
  readonly hosting: 'pages' | 'release' | 'none';
  readonly tag: string;
  readonly createTag: boolean;
  readonly releaseId: number | null;
  readonly prerelease: boolean;
  readonly retentionDays: number;
}

/** What `fetch` takes. */
export interface FetchInputs {
  readonly url: string | null;
  readonly metadataUrl: string | null;
  readonly targetsUrl: string | null;
  readonly rootFile: string;
  readonly targets: readonly string[];
  readonly out: string;
}

/** What `publish` takes. */
export interface PublishInputs {
  readonly served: ServedVersions | null;
  /** What becomes of files of targets that are listed no more. */
  readonly unlisted: 'keep' | 'remove';
}

/** The inputs of each command. */
export type CommandInputs =
  | { readonly command: 'propose'; readonly propose: ProposeInputs }
  | { readonly command: 'gather' | 'settle'; readonly onPublished: string | null }
  | { readonly command: 'custody'; readonly person: string }
  | { readonly command: 'abandon'; readonly number: number }
  | { readonly command: 'fetch'; readonly fetch: FetchInputs }
  | { readonly command: 'publish'; readonly publish: PublishInputs }
  | { readonly command: 'site' | 'status' | 'verify' };

/** All inputs, read once and checked. Keys are not among them: whoever signs reads one from its variable. */
export type ActionInputs = CommandInputs & { readonly place: PlaceInputs };

function need(input: InputName, what: string, command: ActionCommand): CountersignError {
  return new CountersignError('usage', input, `expected ${what} for command ${command}, got nothing`);
}

function required(reader: InputReader, input: InputName, what: string, command: ActionCommand): string {
  const value = reader.optional(input);
  if (value === null) throw need(input, what, command);
  return value;
}

function customOf(reader: InputReader): JsonObject | null {
  const text = reader.optional('custom');
  if (text === null) return null;
  const outcome = outcomeOf(() => asObject(parseJson(new TextEncoder().encode(text)), 'custom'));
  if (outcome.kind === 'refused') throw new CountersignError('usage', 'custom', `expected a JSON object: ${outcome.refusal.detail}`);
  if (outcome.value.has('x-countersign'))
    throw new CountersignError('usage', 'custom', 'expected an object without "x-countersign", which is ours');
  return outcome.value;
}

function rootOf(reader: InputReader): string | null {
  const text = reader.optional('root');
  if (text === null) return null;
  return parseTypedDigest(text, 'root');
}

function commitOf(reader: InputReader, input: InputName): string | null {
  const text = reader.optional(input);
  if (text !== null && !/^[0-9a-f]{40}$/.test(text))
    throw new CountersignError('usage', input, `expected a full commit id, got ${quote(text)}`);
  return text;
}

const MAX_RETENTION_DAYS = 400;

function retentionOf(reader: InputReader): number {
  const days = reader.number('retention-days') ?? 90;
  if (days > MAX_RETENTION_DAYS)
    throw new CountersignError('usage', 'retention-days', `expected at most ${String(MAX_RETENTION_DAYS)} days, got ${String(days)}`);
  return days;
}

/** Each input that has a fixed form is checked whatever the command: a mistake in one must not wait until it matters. */
function placeInputs(reader: InputReader): PlaceInputs {
  const repository = reader.text('repository');
  if (repository !== '' && !/^[A-Za-z0-9._-]{1,100}\/[A-Za-z0-9._-]{1,100}$/.test(repository)) {
    const detail = `expected OWNER/NAME, got ${quote(repository)}; a local repository is named by the input directory`;
    throw new CountersignError('usage', 'repository', detail);
  }
  return {
    repository,
    token: reader.text('github-token'),
    directory: reader.optional('directory'),
    site: reader.optional('site'),
    siteUrl: reader.optional('site-url'),
    metadataHosting: reader.choice('metadata-hosting', ['pages', 'release', 'none'], 'pages'),
    metadataTag: reader.optional('metadata-tag') ?? 'tuf-metadata',
    root: rootOf(reader),
    mode: reader.flag('dry-run') ? 'dry-run' : 'apply',
  };
}

function proposeInputs(reader: InputReader): ProposeInputs {
  return {
    role: reader.text('role'),
    files: reader.list('files'),
    artifacts: reader.list('artifacts'),
    artifactRunId: reader.number('artifact-run-id'),
    artifactWorkflow: reader.optional('artifact-workflow'),
    artifactCommit: commitOf(reader, 'artifact-commit'),
    targetPrefix: reader.text('target-prefix'),
    custom: customOf(reader),
    remove: reader.lines('remove'),
    replace: reader.flag('replace'),
    whenOpen: reader.choice('when-open', ['queue', 'add', 'fail'], 'queue'),
    nextVersion: reader.flag('next-version'),
    hosting: reader.choice('hosting', ['pages', 'release', 'none'], 'pages'),
    tag: reader.text('tag'),
    createTag: reader.flag('create-tag'),
    releaseId: reader.number('release-id'),
    prerelease: reader.flag('prerelease'),
    retentionDays: retentionOf(reader),
  };
}

function checkedPropose(reader: InputReader, { mode }: PlaceInputs): ProposeInputs {
  const propose = proposeInputs(reader);
  if (propose.role === '') throw need('role', 'the name of a role', 'propose');
  if (propose.files.length === 0 && propose.artifacts.length === 0 && propose.remove.length === 0)
    throw need('files', 'files or artifacts to add, or targets to remove,', 'propose');
  if (propose.hosting === 'release' && propose.tag === '' && mode === 'apply')
    throw new CountersignError('usage', 'tag', 'expected the tag of the release for hosting: release, got nothing');
  return propose;
}

function fetchInputs(reader: InputReader): FetchInputs {
  const [url, metadataUrl, targetsUrl] = [reader.optional('url'), reader.optional('metadata-url'), reader.optional('targets-url')];
  if (url === null && (metadataUrl === null || targetsUrl === null))
    throw need('url', 'the URL of a repository, or metadata-url and targets-url', 'fetch');
  const targets = reader.lines('targets');
  if (targets.length === 0) throw need('targets', 'target paths', 'fetch');
  const rootFile = required(reader, 'root-file', 'the path of a root that you trust', 'fetch');
  return { url, metadataUrl, targetsUrl, rootFile, targets, out: reader.optional('out') ?? '.' };
}

/** The versions that were last served, as a person says it who repeats a run. */
function servedVersions(reader: InputReader): ServedVersions | null {
  const [timestamp, snapshot] = [reader.optional('served-timestamp'), reader.optional('served-snapshot')];
  if (timestamp === null && snapshot === null) return null;
  if (timestamp === null) throw need('served-timestamp', 'the version of the timestamp that was last served', 'publish');
  return {
    timestamp: parseServedVersion(timestamp, 'served-timestamp'),
    snapshot: snapshot === null ? null : parseServedVersion(snapshot, 'served-snapshot'),
  };
}

function commandInputs(reader: InputReader, command: ActionCommand, place: PlaceInputs): CommandInputs {
  switch (command) {
    case 'propose':
      return { command, propose: checkedPropose(reader, place) };
    case 'gather':
    case 'settle':
      return { command, onPublished: reader.optional('on-published') };
    case 'custody':
      required(reader, 'key', "the person's private key, from the secret of their environment,", command);
      return { command, person: required(reader, 'person', 'the name of a person', command) };
    case 'abandon': {
      const number = reader.number('number');
      if (number === null) throw need('number', 'the number of a pull request', command);
      return { command, number };
    }
    case 'fetch':
      return { command, fetch: fetchInputs(reader) };
    case 'publish':
      return { command, publish: { served: servedVersions(reader), unlisted: reader.flag('prune') ? 'remove' : 'keep' } };
    case 'site':
    case 'status':
    case 'verify':
      return { command };
    default:
      return command satisfies never;
  }
}

/** Reads and checks all inputs. @throws `usage`, naming the input */
export function readInputs(env: Environment): ActionInputs {
  const reader = inputReader(env);
  const command = reader.choice('command', ACTION_COMMANDS, 'propose');
  const place = placeInputs(reader);
  if (command !== 'propose') proposeInputs(reader);
  return { ...commandInputs(reader, command, place), place };
}
