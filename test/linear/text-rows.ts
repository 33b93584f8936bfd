// SPDX-License-Identifier: Apache-2.0
// Every parser and renderer that is given one text of somebody else's: a body, a name, a file.
import { logText } from '../../src/action/runner.ts';
import { parseNamePattern } from '../../src/artifacts/name-pattern.ts';
import { metadataUrl, parseBaseUrl, targetUrl } from '../../src/client/http-url.ts';
import { isPattern, selectPaths } from '../../src/client/target-selection.ts';
import { requireDistinctPaths, requireSafePath } from '../../src/client/target-name.ts';
import { readCaller } from '../../src/commands/read-caller.ts';
import { readPolicy } from '../../src/commands/read-policy.ts';
import { draftOwner } from '../../src/event/decide-releases.ts';
import { encodeEventFile, readEventFile } from '../../src/event/event-file.ts';
import { classifyPath } from '../../src/event/layout.ts';
import { requireAssetName } from '../../src/event/release-files.ts';
import { answerOf } from '../../src/forge/github/answer.ts';
import { sha256Of } from '../../src/forge/github/assets.ts';
import { translate } from '../../src/forge/github/errors.ts';
import { requireDistinctNames, requirePortableName } from '../../src/hashing/portable-name.ts';
import { terminalText } from '../../src/render/terminal-text.ts';
import { diffFields } from '../../src/render/field-diff.ts';
import { codeMarkdown, escapeMarkdown, nameList, signCommand } from '../../src/render/markdown.ts';
import { originLines } from '../../src/render/origin-text.ts';
import { commitLink, repositoryUrl } from '../../src/render/repository-links.ts';
import { shellWord } from '../../src/render/shell-word.ts';
import { linkTo, refusalLines } from '../../src/render/summary-layout.ts';
import { parsePem } from '../../src/signers/pem.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parseSshPublicBlob } from '../../src/signers/ssh-public-key.ts';
import { parseCommitSha } from '../../src/trust/accounts.ts';
import { parseCountersignatures, parsePayloadDigest } from '../../src/trust/countersignature.ts';
import { isPersonName } from '../../src/trust/people.ts';
import { parseDuration } from '../../src/trust/periods.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { encodeCanonicalJson, encodeJsonFile, requireNfc } from '../../src/tuf/canonical.ts';
import { reviewPattern, reviewRoleName, reviewTargetPath } from '../../src/tuf/compatibility.ts';
import { CountersignError, quote } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { jsonPath, parseJson } from '../../src/tuf/json.ts';
import { parseKey } from '../../src/tuf/key.ts';
import { encodeRoleName, parseDelegatedRoleName, parseSha256, parseTargetPath } from '../../src/tuf/names.ts';
import { matchPattern } from '../../src/tuf/path-pattern.ts';
import { inWritingOrder, strayPaths } from '../../src/tuf/published-tree.ts';
import { verifySignature } from '../../src/tuf/signature.ts';
import { KEYS } from './keys.ts';

/** A parser of one text, and where in its input strangers may put what they like. */
export interface TextRow {
  readonly name: string;
  /** The source files whose parsers this row measures, below `src`. */
  readonly of: readonly string[];
  readonly run: (text: string) => unknown;
  /** Frames around the text that grows; alone where it is the whole input. */
  readonly frames?: readonly ((text: string) => string)[];
  /** The size to begin with, in UTF-16 units, where four times the common one would be over the parser's own bound. */
  readonly size?: number;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Names come out of JSON, which has no half of a surrogate pair. */
const wellFormed = (text: string): string => new TextDecoder().decode(utf8(text));
const plain = (text: string): string => text;

/** Runs a parser that refuses: the refusal is its answer. */
function refusing(parse: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      return error.code;
    }
  };
}

const HEAD = '```countersign\n';
const LINE = `{"repository":"00000000-0000-4000-8000-000000000000","role":"r","version":1,"payload":"sha256:${'ab'.repeat(32)}","keyid":"k","sig":"ab"}`;
const BLOCK = `${HEAD}${LINE}\n\`\`\``;

const TRUST_ROWS: readonly TextRow[] = [
  {
    name: 'a countersignature in a body',
    of: ['trust/countersignature.ts'],
    run: parseCountersignatures,
    frames: [
      (text) => `${BLOCK}\n${text}`,
      (text) => `countersign\n${text}\n${BLOCK}`,
      (text) => `${HEAD}${text}`,
      (text) => `\`\`\`a${text}b\ncountersign`,
      (text) => `~~~a${text}b\ncountersign`,
      (text) => `~~~${text}countersign`,
      (text) => `${HEAD}{"role":"${text}"}\n\`\`\``,
      (text) => `${HEAD}{"${text}":1}\n\`\`\``,
      (text) => `${HEAD}${LINE.slice(0, -1)},${text}\n\`\`\``,
    ],
  },
  { name: 'a payload digest', of: ['trust/countersignature.ts'], run: refusing((text) => parsePayloadDigest(text, 'x')) },
  { name: 'a commit id', of: ['trust/accounts.ts'], run: refusing((text) => parseCommitSha(text, 'x')) },
  { name: 'a name of a person', of: ['trust/people.ts'], run: isPersonName },
  {
    name: 'a duration',
    of: ['trust/periods.ts'],
    run: refusing((text) => parseDuration(text, 'x')),
    frames: [plain, (text) => `1${text}d`],
  },
  {
    name: 'a policy',
    // The library takes microseconds for each character.
    size: 1500,
    of: ['commands/read-policy.ts', 'trust/policy.ts'],
    run: refusing((text) => readPolicy(text, 'x')),
    frames: [
      plain,
      (text) => `people:\n  a: ${text}`,
      (text) => `people: "${text}"`,
      (text) => `people: {${text}`,
      (text) => `people: |\n ${text}`,
    ],
  },
  {
    name: "a project's workflow",
    size: 1500,
    of: ['commands/read-caller.ts'],
    run: readCaller,
    frames: [plain, (text) => `jobs:\n  a:\n    uses: "${text}"`],
  },
  {
    name: 'a public key of a policy',
    of: ['signers/public-key.ts', 'signers/pem.ts', 'signers/ssh-public-key.ts'],
    run: refusing((text) => parsePublicKey(text, 'x')),
    frames: [
      plain,
      (text) => `ssh-ed25519 ${text}`,
      (text) => `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----\n`,
      (text) => `ed25519:${text}`,
    ],
    size: 2000,
  },
  {
    name: 'a text of PEM blocks',
    of: ['signers/pem.ts'],
    run: parsePem,
    frames: [plain, (text) => `-----BEGIN A-----\n${text}\n-----END A-----`, (text) => `-----BEGIN ${text}-----`],
  },
  {
    name: 'a public key in the wire form of SSH',
    of: ['signers/ssh-wire.ts', 'signers/ssh-public-key.ts'],
    run: refusing((text) => parseSshPublicBlob(utf8(text), (detail) => new CountersignError('key-invalid', 'x', detail))),
  },
];

const EVENT_ROWS: readonly TextRow[] = [
  {
    name: 'event.json',
    of: ['event/event-file.ts'],
    run: (text) => readEventFile(utf8(text)),
    frames: [
      plain,
      (text) => `{"role":"${text}","version":1,"contributions":[]}`,
      (text) => `{"role":"r","version":1,"contributions":[{"targets":["${text}"]}]}`,
      (text) => `{"role":"r","version":1,"contributions":[${text}]}`,
    ],
  },
  {
    name: 'event.json, written',
    of: ['event/event-file.ts', 'tuf/canonical.ts'],
    run: (text) => encodeEventFile({ role: text, version: 1, contributions: [{ origin: null, targets: [text], staged: text }] }),
  },
  {
    name: 'a path of a proposal',
    of: ['event/layout.ts'],
    run: classifyPath,
    frames: [plain, (text) => `metadata/${text}.json`, (text) => `metadata/root_history/${text}.root.json`],
  },
  {
    name: 'the body of a draft',
    of: ['event/decide-releases.ts'],
    run: draftOwner,
    frames: [plain, (text) => `<!-- countersign:draft ${text} -->`, (text) => `<!-- countersign:draft #1${text} -->`],
  },
  {
    name: 'the name of a release asset',
    of: ['event/release-files.ts'],
    run: refusing(requireAssetName),
    frames: [plain, (text) => `a${text}.`],
  },
  {
    name: 'the name of an artifact, matched',
    of: ['artifacts/name-pattern.ts'],
    run: parseNamePattern('*-*-*a*b').matches,
    frames: [plain, (text) => `a-${text}-`],
  },
];

const TUF_ROWS: readonly TextRow[] = [
  {
    name: 'JSON',
    of: ['tuf/json.ts'],
    run: refusing((text) => parseJson(utf8(text))),
    frames: [
      plain,
      (text) => `"${text}"`,
      (text) => `["${text}`,
      (text) => `{"${text}":1}`,
      (text) => `[${text}`,
      (text) => `{"a":${text}`,
      (text) => `-1${text}`,
      (text) => `1.${text}`,
    ],
  },
  { name: 'canonical JSON', of: ['tuf/canonical.ts'], run: (text) => encodeCanonicalJson(new Map([[text, [text]]])) },
  { name: 'JSON as we write it', of: ['tuf/canonical.ts'], run: (text) => encodeJsonFile(new Map([[text, [text]]])) },
  { name: 'text in normal form C', of: ['tuf/canonical.ts'], run: refusing((text) => requireNfc(new Map([['a', text]]))) },
  { name: 'a JSON path', of: ['tuf/json.ts'], run: (text) => jsonPath('$', text) },
  { name: 'text quoted in a message', of: ['tuf/errors.ts'], run: quote },
  { name: 'a role name', of: ['tuf/names.ts'], run: refusing((text) => parseDelegatedRoleName(text, 'x')) },
  { name: 'a role name for a file', of: ['tuf/names.ts'], run: (text) => encodeRoleName(wellFormed(text)) },
  { name: 'a target path', of: ['tuf/names.ts'], run: refusing((text) => parseTargetPath(text, 'x')) },
  { name: 'a sha256', of: ['tuf/names.ts'], run: refusing((text) => parseSha256(text, 'x')) },
  { name: 'a UUID', of: ['tuf/binding.ts'], run: refusing((text) => parseRepositoryId(text, 'x')) },
  {
    name: 'a date',
    of: ['tuf/instant.ts'],
    run: refusing((text) => parseInstant(text, 'x')),
    frames: [plain, (text) => `2030-01-01T00:00:00${text}Z`],
  },
  { name: 'a role name, reviewed', of: ['tuf/compatibility.ts'], run: reviewRoleName },
  { name: 'a pattern, reviewed', of: ['tuf/compatibility.ts'], run: reviewPattern },
  { name: 'a target path, reviewed', of: ['tuf/compatibility.ts'], run: reviewTargetPath },
  {
    name: 'a path against a pattern',
    of: ['tuf/path-pattern.ts'],
    run: (text) => matchPattern('*a*b?c*/*', text),
    frames: [plain, (text) => `${text}/x`],
  },
  { name: 'a pattern against a path', of: ['tuf/path-pattern.ts'], run: (text) => matchPattern(text, 'v1/app-linux-amd64.tar.gz') },
  { name: 'a pattern against a path as long', of: ['tuf/path-pattern.ts'], run: (text) => matchPattern(`*${text}x`, text.repeat(2)) },
  { name: 'an ed25519 key', of: ['tuf/key.ts'], run: (text) => parseKey(KEYS.ed25519(text), 'x') },
  {
    name: 'an ECDSA key',
    of: ['tuf/key.ts'],
    run: (text) => parseKey(KEYS.ecdsa(text), 'x'),
    frames: [plain, (text) => `-----BEGIN PUBLIC KEY-----\n${text}-----END PUBLIC KEY-----`],
  },
  {
    name: 'an RSA key',
    of: ['tuf/key.ts'],
    run: (text) => parseKey(KEYS.rsa(text), 'x'),
    frames: [plain, (text) => `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----\n`],
  },
  {
    name: 'a signature',
    of: ['tuf/signature.ts'],
    run: (text) => verifySignature(KEYS.alice, utf8('payload'), text),
    frames: [plain, (text) => `ab${text}`],
  },
  {
    name: 'paths of a published branch',
    of: ['tuf/published-tree.ts'],
    run: refusing((text) => [strayPaths([text], new Map(), new Set()), inWritingOrder([text, 'metadata/1.root.json'], true)]),
    frames: [plain, (text) => `metadata/1.${text}.json`],
  },
];

const CLIENT_ROWS: readonly TextRow[] = [
  { name: 'a path to be written', of: ['client/target-name.ts'], run: refusing(requireSafePath) },
  {
    name: 'paths side by side',
    of: ['client/target-name.ts'],
    run: refusing((text) => {
      requireSafePath(text);
      requireDistinctPaths([text, 'a/b']);
    }),
  },
  {
    name: 'a name of a metadata file in a URL',
    of: ['client/http-url.ts'],
    run: refusing((text) => metadataUrl(new URL('https://a.test/m/'), `metadata/${text}`)),
  },
  {
    name: 'a name of a target in a URL',
    of: ['client/http-url.ts'],
    run: refusing((text) => targetUrl(new URL('https://a.test/m/'), `targets/${wellFormed(text)}`)),
  },
  {
    name: 'a base URL',
    of: ['client/http-url.ts'],
    run: refusing((text) => parseBaseUrl(text, 'x')),
    frames: [plain, (text) => `https://a.test/${text}`],
  },
  {
    name: 'a path that a selection is asked about',
    of: ['client/target-selection.ts'],
    run: refusing((text) => selectPaths(['**/*a*/x'], { paths: new Set([parseTargetPath(text, 'x')]), leftOut: [] })),
  },
  { name: 'whether something is a pattern', of: ['client/target-selection.ts'], run: isPattern },
  {
    name: 'a name for every system',
    of: ['hashing/portable-name.ts'],
    run: refusing(requirePortableName),
    frames: [plain, (text) => `a${text}.`, (text) => `con ${text}.`],
  },
  {
    name: 'names side by side',
    of: ['hashing/portable-name.ts'],
    run: refusing((text) => {
      requirePortableName(text);
      requireDistinctNames([text, 'a/b']);
    }),
  },
];

const RENDER_ROWS: readonly TextRow[] = [
  { name: 'text in Markdown', of: ['render/markdown.ts'], run: escapeMarkdown },
  { name: 'code in Markdown', of: ['render/markdown.ts'], run: codeMarkdown },
  { name: 'names in Markdown', of: ['render/markdown.ts'], run: (text) => nameList([text, text]) },
  { name: 'a command to copy', of: ['render/markdown.ts'], run: signCommand, frames: [(text) => `https://a.test/${text}`] },
  { name: 'text on a terminal', of: ['render/change-text.ts'], run: terminalText },
  {
    name: 'fields that differ',
    of: ['render/field-diff.ts'],
    run: (text) => diffFields(new Map([[text, text]]), new Map([[text, 1]]), new Set()),
  },
  {
    name: 'where targets come from',
    of: ['render/origin-text.ts'],
    run: (text) =>
      originLines(
        [{ origin: { runId: 1, runUrl: text, workflow: text, commit: text, actor: text, ref: text }, targets: [text], staged: text }],
        [],
        'https://a.test/o/r',
        5000,
      ),
  },
  {
    name: 'an address of a pull request',
    of: ['render/repository-links.ts'],
    run: repositoryUrl,
    frames: [plain, (text) => `https://a.test/o/r${text}/pull/1`],
  },
  { name: 'a link to a commit', of: ['render/repository-links.ts'], run: (text) => commitLink(text, 'https://a.test/o/r') },
  { name: 'a word for a shell', of: ['render/shell-word.ts'], run: shellWord },
  {
    name: 'a link',
    of: ['render/summary-layout.ts'],
    run: (text) => linkTo(text, text),
    frames: [plain, (text) => `https://a.test/${text}`],
  },
  {
    name: 'a refusal',
    of: ['render/summary-layout.ts'],
    run: (text) => refusalLines([{ code: 'usage', where: text, detail: text }], 5000),
  },
  { name: 'text in a log', of: ['action/runner.ts'], run: logText, frames: [plain, (text) => `a\n${text}::`] },
];

const HOST_ROWS: readonly TextRow[] = [
  {
    name: "an asset's digest",
    of: ['forge/github/assets.ts'],
    run: (text) => sha256Of(answerOf({ digest: text }, 'x')),
    frames: [plain, (text) => `sha256:${text}`],
  },
  {
    name: "what the host's error says",
    of: ['forge/github/errors.ts'],
    run: (text) =>
      translate(
        {
          kind: 'github-failure',
          status: 403,
          message: text,
          parts: [text],
          unanswered: null,
          headers: { 'x-accepted-github-permissions': text, 'retry-after': text },
        },
        { what: 'x', needs: 'contents: read' },
        (said) => said,
      ),
  },
];

export const TEXT_ROWS: readonly TextRow[] = [...TRUST_ROWS, ...EVENT_ROWS, ...TUF_ROWS, ...CLIENT_ROWS, ...RENDER_ROWS, ...HOST_ROWS];
