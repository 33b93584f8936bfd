// SPDX-License-Identifier: Apache-2.0
/** How much a client reads before it gives up: a host that sends without end must cost nothing. All in bytes. */
interface ClientLimits {
  /** For each root. */
  readonly maxRootBytes: number;
  /** For the timestamp. */
  readonly maxTimestampBytes: number;
  /** For a snapshot whose length the timestamp doesn't list. */
  readonly maxSnapshotBytes: number;
  /** For a targets role whose length the snapshot doesn't list. */
  readonly maxTargetsBytes: number;
  /** For a snapshot of a listed length: a listed length is believed up to here. */
  readonly maxListedSnapshotBytes: number;
  /** For a targets role of a listed length, and for every file that a store reads back. */
  readonly maxListedBytes: number;
}
/**
* The limits of python-tuf, tuf-js and go-tuf; the last two are ours. Reading takes about ten times a file's length of memory, of a file that was made to take more at
* most twenty times (the reader of JSON bounds objects and lists): some 700 MB for the longest role of half a million targets.
*/
declare const DEFAULT_LIMITS: ClientLimits;
/** How long a client waits for a host, and how often it asks again. */
interface HttpLimits {
  /** To reach a host: name, connection, proxy and TLS together. */
  readonly connectMs: number;
  /** Without a byte, once reached. */
  readonly stallMs: number;
  /** The most for one attempt at a metadata file, redirects included: a host that drips must not hold an update for ever. */
  readonly metadataTotalMs: number;
  /** The most for one attempt at a target file. */
  readonly targetTotalMs: number;
  /** What a host must send on average, over each `slowMs` in which somebody waited for it. A file's time ends with it too: `slowMs`, and its size at this rate. 0 for no such limit. */
  readonly minBytesPerSecond: number;
  /** For how long a host may send less. */
  readonly slowMs: number;
  /** At each mirror, the first included. */
  readonly maxAttempts: number;
  /** Before the second attempt; doubled for each further one. */
  readonly firstWaitMs: number;
  /** The longest wait between attempts; a host that asks for more is given up on. */
  readonly maxWaitMs: number;
  /** For one request. */
  readonly maxRedirects: number;
  /** How long to go on asking for a timestamp that is absent: a host may leave a gap when it replaces one. 0 takes the first answer. */
  readonly timestampGapMs: number;
}
/** Fit for slow links and large files. */
declare const DEFAULT_HTTP_LIMITS: HttpLimits;
/** A JSON object: insertion-ordered, and a Map because its keys come from input (`__proto__` is only a name). */
type JsonObject = ReadonlyMap<string, JsonValue>;
/** JSON as TUF metadata may hold it: numbers are safe integers. */
type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
/**
* Codes of everything that can be refused or go wrong. They are public API: tests, scripts and
* `--json` output rely on them, and an error's class or message is never tested instead.
*/
type ErrorCode = "json-syntax" | "json-encoding" | "json-bom" | "json-duplicate-key" | "json-lone-surrogate" | "json-number" | "json-depth" | "json-not-nfc" | "field-missing" | "field-type" | "field-value" | "type-mismatch" | "spec-version" | "version-invalid" | "threshold-invalid" | "expires-invalid" | "hashes-missing" | "hash-invalid" | "length-invalid" | "keyid-repeated" | "keyid-mismatch" | "role-name-invalid" | "role-name-repeated" | "role-missing" | "paths-invalid" | "target-path-invalid" | "delegations-invalid" | "meta-invalid" | "key-invalid" | "order" | "threshold" | "rollback" | "mix-and-match" | "freeze" | "expired" | "length-mismatch" | "hash-mismatch" | "too-large" | "not-in-snapshot" | "role-unknown" | "binding-mismatch" | "target-unknown" | "search-bounds" | "pattern-ambiguous" | "not-found" | "root-limit" | "target-exists" | "target-missing" | "target-unreachable" | "version-exhausted" | "unwritable" | "unsigned" | "equivocation" | "fast-forward" | "revocation-unpublished" | "served-unknown" | "client-refused" | "people-invalid" | "policy-invalid" | "block-invalid" | "custody-quorum" | "event-invalid" | "event-file-unclaimed" | "event-open" | "event-unknown" | "base-missing" | "anchor-mismatch" | "already-signed" | "not-a-signer" | "declined" | "incomplete" | "staged-missing" | "event-fork" | "event-rewritten" | "conversation-full" | "release-mismatch" | "release-missing" | "release-immutable" | "asset-name" | "tag-mismatch" | "tag-missing" | "artifact-missing" | "artifact-expired" | "artifact-mismatch" | "artifact-untrusted" | "permission-missing" | "setting-missing" | "rate-limited" | "ref-protected" | "key-exposed" | "redirect-refused" | "stalled" | "timed-out" | "certificate-refused" | "page-answered" | "io" | "git" | "ref-conflict" | "locked" | "already-exists" | "file-changed" | "file-type" | "file-name" | "symlink-escape" | "signer-uri" | "signer-key" | "signer-passphrase" | "usage";
/**
* The one error of this project. `code` is stable; the message is `<where>: <what>`, lower case
* and without a full stop; `where` is a JSON path, a file, `role@version`, or a person.
*/
declare class CountersignError extends Error {
  /** Tells it from other errors, also of another copy of this library. */
  override readonly name = "CountersignError";
  /** What to branch on. */
  readonly code: ErrorCode;
  /** What it is about. */
  readonly where: string;
  /** What went wrong, without `where`. */
  readonly detail: string;
  constructor(code: ErrorCode, where: string, detail: string, options?: ErrorOptions);
}
/** Digests by algorithm, lower-case hex. Only sha256 and sha512 can be verified; others are kept, and refuse the bytes that they are listed for. */
type Hashes = ReadonlyMap<string, string>;
/** What a targets role says of one target file (TUF §4.5). */
interface TargetFile {
  /** In bytes. */
  readonly length: number;
  /** At least one of them is a sha256 or a sha512. */
  readonly hashes: Hashes;
  /** The whole entry, `custom` and unknown fields included. */
  readonly raw: JsonObject;
}
/**
* A published repository, as clients reach it. Paths are those of `tuf/published-tree.ts`: `metadata/1.root.json`, `targets/…`.
* What it gives is not trusted. Every method gives null only for what is certainly not there (a directory without
* the file, HTTP 404): a client takes that for the end of the root chain. Everything else that fails throws `io`.
*/
interface RepositorySource {
  /** A metadata file's bytes; null when it is absent. @throws `too-large` beyond `maxBytes`, `io` */
  metadata(path: string, maxBytes: number): Promise<Uint8Array | null>;
  /**
  * A target file's bytes in pieces; null when it is absent. Readers count for themselves: a source that knows beforehand
  * that there are more than `maxBytes` may throw, here or while it is read, and need not.
  * @throws `too-large`, `io`
  */
  target(path: string, maxBytes: number): Promise<AsyncIterable<Uint8Array> | null>;
  /**
  * As `target`, without the first `from` bytes, for a reader that has them. Absent where a source can't, or what stands above it would be passed by: the
  * reader then begins at the start. @throws `length-mismatch` when there are no more than `from`
  */
  readonly targetFrom?: (path: string, maxBytes: number, from: number) => Promise<AsyncIterable<Uint8Array> | null>;
  /** Lengths in bytes of all files, by path; null where a host can't list (HTTP). @throws `io` */
  list(): Promise<ReadonlyMap<string, number> | null>;
}
/**
* What a client holds between updates: verified files, byte for byte as they were served, under names without versions
* (`root.json`, `timestamp.json`, `snapshot.json`, one for each role). Whoever can write here decides what the client trusts.
*/
interface ClientStore {
  /** A file's bytes; null when it is absent. @throws `io` */
  read(name: string): Promise<Uint8Array | null>;
  /** Writes or replaces a file atomically. @throws `io` */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; nothing happens if it is absent. @throws `io` */
  remove(name: string): Promise<void>;
}
/**
* A store, and how to have it alone: an update that is overtaken by another must not put its older files back. Whoever implements it for several
* processes must let one `work` at a time run among all of them, and refuse the changes of one whose turn was given to the next because it stood still;
* {@link openCache} does so for a directory.
*/
interface TrustCache {
  /** The files. */
  readonly store: ClientStore;
  /** Runs `work` while nobody else changes the store. @throws `locked` when it is not to be had, whatever `work` throws */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
/**
* A cache that ends with the process. The next process trusts its given root alone again, so a host may show it files that are older than those that
* this one has seen.
*/
declare function memoryCache(): TrustCache;
/**
* A repository to read from. What {@link openHttpSource} gives has `mirrors`; a source of your own needs none, and may itself be asked in any order.
*/
type ClientSource = RepositorySource & {
  readonly mirrors?: readonly RepositorySource[];
};
/** What a client of one repository needs. */
interface ClientOptions {
  /**
  * A root file of any version, trusted by other means: it ships with your program. JSON, UTF-8, as it was published. In the cache it takes the place of an
  * older one; a newer one there is gone on with, without a look at whether it follows from this one; another one of the same version, or of another
  * repository, is refused.
  */
  readonly root: Uint8Array;
  /** Where the repository is. Nothing that it says is believed. */
  readonly source: ClientSource;
  /** What is trusted between runs. Without one that lasts, old files can be shown to the next run as new. */
  readonly cache: TrustCache;
  /** In bytes; what is not given is as in {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<ClientLimits>;
  /** The moment that expiry is compared with, for checks that can be repeated. The system's clock at each update unless told. */
  readonly at?: Date;
}
/**
* How an update began: with the given root in an empty cache (`created`), with what the cache held (`kept`), or with the given root in the place of one that
* was older (`renewed`) or spoilt (`repaired`).
*/
type UpdateStart = "created" | "kept" | "renewed" | "repaired";
/** One entry of a map: for these paths so many of these repositories must say the same. */
interface Mapping {
  /** Patterns of target paths: `*` and `?` within one directory. */
  readonly paths: readonly string[];
  /** Names, in the order in which they are asked. */
  readonly repositories: readonly string[];
  /** How many of them must say the same; at least 1. */
  readonly threshold: number;
  /** Whether later entries are not looked at when this one is for the path. */
  readonly terminating: boolean;
}
/** A map file. */
interface RepositoryMap {
  /** Base URLs of each repository by name; below each are `metadata/` and `targets/`. */
  readonly repositories: ReadonlyMap<string, readonly string[]>;
  /** In order of priority. */
  readonly mapping: readonly Mapping[];
}
/**
* Parses a map file (TAP 4): `repositories` (URLs by name) and `mapping` (paths, repositories, threshold, terminating). Unknown fields are refused nowhere.
* @throws `field-*`, `threshold-invalid`, `file-name` for a name that is no plain directory name, and the codes of the JSON reader
*/
declare function parseRepositoryMap(bytes: Uint8Array): RepositoryMap;
/** The digests of a target's bytes so far. */
interface TargetDigest {
  /** How many bytes there were. */
  readonly length: number;
  /** Takes the bytes that follow. */
  update(chunk: Uint8Array): void;
  /**
  * Compares with what is listed (TUF §5.7.3): length, and each digest. Nothing can be added afterwards.
  * @param location - for messages
  * @returns the sha256 in hex, whether it is listed or not
  * @throws `length-mismatch`, `hash-mismatch`, `hash-invalid` for a digest that can't be verified here
  */
  finish(location: string): string;
}
/** A target that is being downloaded: the bytes that are there, and their digests. */
interface PartFile {
  /** Of the bytes that are there. */
  readonly digest: TargetDigest;
  /** Puts bytes at the end; the caller updates the digest. @throws `locked` when another process has taken over, `io` */
  append(chunk: Uint8Array): Promise<void>;
  /** Begins again with nothing. @throws as `append` */
  restart(): Promise<void>;
}
/** A directory that targets are downloaded to. Nothing is ever written outside it, and links in it are not followed. */
interface DownloadDirectory {
  /** Absolute. */
  readonly directory: string;
  /** The absolute path of the file of a target. @throws `file-name` for one that could lead elsewhere */
  locate(path: string): string;
  /**
  * The sha256 of the file that is there, when its length and digests are those that are listed; null when it is absent or another.
  * @throws `file-name`, `file-type` for a directory or another thing that is no file, `symlink-escape`, `io`
  */
  verify(path: string, file: TargetFile): Promise<string | null>;
  /** Whether anything is there in the place of a target, right or not. @throws as `verify` */
  has(path: string): Promise<boolean>;
  /**
  * Gives `fill` what an earlier download of these bytes has left, and puts the file in its place when it returns. When it throws, what is there stays for
  * the next time. Two processes don't write the same part; what another one has brought meanwhile is taken.
  * @param path - the target's path, as metadata has it
  * @param file - what is signed of it
  * @param fill - downloads the rest; gives the sha256
  * @throws as `verify`, `locked` when this process stood still for so long that another has taken over, and whatever `fill` throws
  */
  receive(path: string, file: TargetFile, fill: (part: PartFile) => Promise<string>): Promise<{
    readonly sha256: string;
    readonly outcome: "downloaded" | "present";
  }>;
  /** Removes the place where parts wait, when there are none. @throws `io` */
  tidy(): Promise<void>;
}
/**
* Opens a directory for downloads. It is made when the first file comes.
* @param directory - absolute, or from the working directory
*/
declare function openDownloadDirectory(directory: string): DownloadDirectory;
/** A target's file on this machine, whose length and digests are those that are signed. */
interface FetchedFile {
  /** The target's path, as metadata has it. */
  readonly path: string;
  /** Where it is, absolute. */
  readonly file: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** `present`: it was there and nothing was downloaded. */
  readonly outcome: "downloaded" | "present";
}
/** What the role that a search came to says of a target (TUF §4.5). Verified metadata; no byte of the file was read for it. */
interface Target {
  /** As metadata has it: relative, `/` between segments. */
  readonly path: string;
  /** The name of the role that signs it. */
  readonly role: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex by algorithm; `sha256` or `sha512` is among them. The bytes must match each of them, so one of a kind that is not known here refuses them. */
  readonly hashes: ReadonlyMap<string, string>;
  /** The signed `custom` object of the target; null where there is none. */
  readonly custom: JsonObject | null;
}
/** How a target is downloaded. */
interface DownloadOptions {
  /** Told how many bytes of how many are there; may be called often. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}
/** Finds targets and reads their bytes. Every method looks for its target first: nothing is read that no role signs. */
interface TargetReader<T extends Target = Target> {
  /**
  * Looks for a target, without reading it (TUF §5.6.7). Updates first when there was no update yet, or when what it gave has run out.
  * @param path - as metadata has it: `v1/app.tgz`
  * @returns null when no role signs the path
  * @throws `target-path-invalid`, `search-bounds`, `pattern-ambiguous`, `equivocation` when a role has two contents of one version, and the codes of
  * {@link Client.update}
  */
  find(path: string): Promise<T | null>;
  /**
  * Brings a target into a directory, under its path. Its bytes go to the disk while they are hashed, what an earlier run has left is gone on with, and
  * nothing is seen under its name before all of it is verified (TUF §5.7). A file that is there and right is not downloaded again.
  * @param path - as metadata has it
  * @param to - what {@link openDownloadDirectory} gives
  * @param options - nothing unless told
  * @throws `target-unknown`, `file-name` for a path that could lead out of the directory or is none on some system, `file-type`, `symlink-escape`,
  * `not-found` when no mirror has it, `length-mismatch`, `hash-mismatch`, `io`, `stalled`, `timed-out`, `redirect-refused`, `locked`, and as `find`
  */
  download(path: string, to: DownloadDirectory, options?: DownloadOptions): Promise<FetchedFile>;
  /**
  * Verifies a file that is in a directory already; downloads nothing but metadata that the client lacks.
  * @param path - as metadata has it
  * @param to - what {@link openDownloadDirectory} gives
  * @throws `hash-mismatch` for another file, `not-found` for none, and as `download`
  */
  verify(path: string, to: DownloadDirectory): Promise<FetchedFile>;
  /**
  * Reads a whole target into memory. Only verified bytes are given.
  * @param path - as metadata has it
  * @param maxBytes - the most that you have room for
  * @throws `too-large` before anything is read when more is signed, or more than memory holds, and as `download`
  */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /**
  * Gives a target's bytes to `sink` as they come, in order, for what is neither a file nor small. They are NOT verified yet: nothing may be done with them
  * that can't be undone before this returns, and all of them must be thrown away when it throws. There is no second try at another mirror once `sink`
  * was called.
  * @param path - as metadata has it
  * @param sink - is waited for before the next piece
  * @returns the target that all bytes together are
  * @throws as `download`, and what `sink` throws
  */
  streamUnverified(path: string, sink: (piece: Uint8Array) => Promise<void>): Promise<T>;
}
/** What a client trusts after an update. */
interface TrustedState {
  /** Version of the root. */
  readonly root: number;
  /** Version of the timestamp. */
  readonly timestamp: number;
  /** Version of the snapshot. */
  readonly snapshot: number;
  /** When the timestamp runs out: a repository that is cared for has a newer one by then. */
  readonly expires: Date;
  /** How the update began. */
  readonly start: UpdateStart;
}
/** A client of one repository. Its operations may be begun at once; those that change what is trusted run one after the other. */
interface Client extends TargetReader {
  /**
  * Brings what is trusted up to what the repository has now (TUF §5.3 to §5.6): roots one by one, timestamp, snapshot, targets. Each file is stored once it
  * is verified. Delegated roles are fetched when a search needs them.
  * @throws `freeze` when timestamp or snapshot have run out, or `expired` for another file: the host shows old files, or nobody cares for the repository;
  * `rollback`, `mix-and-match`, `threshold`, `hash-mismatch`, `length-mismatch`, `binding-mismatch`, `not-in-snapshot`: what the host serves
  * can't be believed; `anchor-mismatch` when the cache has another root of the given one's version; `not-found`, `root-limit`, `too-large`; the codes of
  * the parsers, such as `json-syntax`; `io`, `stalled`, `timed-out`, `redirect-refused`: the host; `locked`: another process
  */
  update(): Promise<TrustedState>;
}
/** A target that several repositories sign. */
interface MappedTarget extends Target {
  /** Names, in the map, of those that were asked and sign these bytes. */
  readonly repositories: readonly string[];
}
/** What a client of several repositories needs (TAP 4). */
interface MappedClientOptions {
  /** What {@link parseRepositoryMap} gives. */
  readonly map: RepositoryMap;
  /** One for each name in the map, with a root and a cache of its own. */
  readonly repositories: ReadonlyMap<string, ClientOptions>;
}
/**
* Opens a client of one repository. Nothing is read before the first operation.
* @throws `expires-invalid` for an `at` that is no date, `usage` for a limit that is none
*/
declare function openClient(options: ClientOptions): Client;
/**
* Opens a client of several repositories, of which so many as a map says must sign the same bytes (TAP 4). Each is updated when it is first asked. Beside the
* codes of {@link TargetReader}, its methods throw `threshold` when too few agree, and what a repository failed with that was needed: to go
* on without it would let whoever blocks it choose another.
* @throws `usage` when `repositories` lacks one that the map names, `expires-invalid`
*/
declare function openMappedClient(options: MappedClientOptions): TargetReader<MappedTarget>;
/** A store that outlives the process and may be used by several at once. */
interface ClientCache extends TrustCache {
  /** Its directory, absolute. */
  readonly directory: string;
  /**
  * Runs `work` while no other process changes the store: an update that is overtaken by another must not put its older files back. A `work` that has
  * lost its turn, since it stood still for too long, changes nothing more.
  * @throws `locked` when another process holds it for too long, `io`, whatever `work` throws
  */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}
/**
* Opens the cache of one repository: plain files in one directory, which is made when it is first written to. Each file is written under another name,
* brought to the disk and renamed, so that a process that is killed leaves the old file or the new one.
* @param directory - absolute, or from the working directory; for its owner only
* @param waitMs - how long to wait for another process, 120,000 unless told
*/
declare function openCache(directory: string, waitMs?: number): ClientCache;
/**
* What a store holds, as a repository: nothing newer is there than what the client has. An update from it verifies the store as it is and
* needs no network; a role that was never fetched is absent.
*/
declare function offlineSource(store: ClientStore): RepositorySource;
/** One answer of a host. */
interface HttpAnswer {
  /** As HTTP has it: 200, 404. */
  readonly status: number;
  /** A header's value; several of one name are joined by commas. Null when there is none. */
  readonly header: (name: string) => string | null;
  /** The body as it came, in pieces: nothing is decompressed. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up. Never throws, and takes a moment at most, whatever the host does. */
  readonly discard: () => Promise<void>;
  /** The proxy that may have answered itself, for messages; absent where only the host can have. */
  readonly via?: string;
}
/**
* Sends one GET request. It follows no redirect, sends no credentials or cookies and decodes no body. `onReached` is called once there is a connection: time
* without a byte counts from then on. Whoever never calls it has `connectMs` and `stallMs` for both.
* @throws an error of any kind when there is no answer; a `code` of the system or of undici tells whether asking again can help
*/
type HttpFetch = (url: URL, request: {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onReached?: () => void;
}) => Promise<HttpAnswer>;
/** Where a repository is, and how patient the client is. */
interface HttpSourceOptions {
  /** Base URLs of the metadata files, the preferred one first: `https://example.org/metadata`, `…/releases/download/tuf`. At least one. */
  readonly metadataUrls: readonly string[];
  /** Base URLs of the target files: what metadata calls `a/b` is below them at `a/<hash>.b`. At least one. */
  readonly targetUrls: readonly string[];
  /** How requests are sent; unless told, directly or through the proxies that the environment names. */
  readonly fetch?: HttpFetch;
  /** What is not given is as in {@link DEFAULT_HTTP_LIMITS}. */
  readonly limits?: Partial<HttpLimits>;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
  /** Milliseconds since 1970, for dates in `Retry-After`. The system's clock unless told. */
  readonly now?: () => number;
}
/** A repository on one or more hosts. */
interface HttpSource extends RepositorySource {
  /**
  * The same repository once for each mirror, with that mirror asked first. A mirror may serve what does not verify, which a source can't see:
  * whoever verifies tries the next of these. After them, once for each mirror of metadata where there are several, with that one alone: the next root
  * is a file that good mirrors lack most of the time, and one that makes it up would answer in all of the others.
  */
  readonly mirrors: readonly RepositorySource[];
  /** Lets go of the connections. */
  close(): Promise<void>;
}
/**
* Opens a repository over HTTP. Mirrors are asked in order for each file, each up to `maxAttempts` times when it is busy or the connection breaks. A file
* counts as absent when a mirror says so and none has it. Errors, beside those of {@link RepositorySource}: `redirect-refused` (from https to http, to
* another scheme, with credentials, too many), `stalled`, `timed-out` (too slow as well), `certificate-refused`, `page-answered`; `io` also for an encoded body, a truncated one, and every other answer;
* `file-name` for a path that is not below its base URL; `length-mismatch` where a file is shorter than the part that is held.
* @throws `usage` for URLs that are none of http or https, or have credentials, a query or a fragment, for a limit that is none, and for a proxy variable
* that names no http or https proxy
*/
declare function openHttpSource(options: HttpSourceOptions): HttpSource;
/** Where a site that was published as a whole has its two parts. */
interface SiteUrls {
  /** With a slash at its end. */
  readonly metadataUrl: string;
  /** With a slash at its end. */
  readonly targetUrl: string;
}
/**
* The two parts of a site: `<site>/metadata/` and `<site>/targets/`.
* @param site - http or https, with or without a slash at its end
* @param where - what messages call it
* @throws `usage` for what is no such URL, or has credentials, a query or a fragment
*/
declare function siteUrls(site: string, where?: string): SiteUrls;
export { type Client, type ClientCache, type ClientLimits, type ClientOptions, type ClientSource, type ClientStore, CountersignError, DEFAULT_HTTP_LIMITS, DEFAULT_LIMITS, type DownloadDirectory, type DownloadOptions, type ErrorCode, type FetchedFile, type Hashes, type HttpAnswer, type HttpFetch, type HttpLimits, type HttpSource, type HttpSourceOptions, type JsonObject, type JsonValue, type MappedClientOptions, type MappedTarget, type Mapping, type PartFile, type RepositoryMap, type RepositorySource, type SiteUrls, type Target, type TargetDigest, type TargetFile, type TargetReader, type TrustCache, type TrustedState, type UpdateStart, memoryCache, offlineSource, openCache, openClient, openDownloadDirectory, openHttpSource, openMappedClient, parseRepositoryMap, siteUrls };
