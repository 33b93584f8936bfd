import { r as __require, t as __commonJSMin } from "./rolldown-runtime.js";
import { t as errnoWords } from "./errno-words.js";
import { t as VERSION } from "./version.js";
import { t as require_graceful_fs } from "./graceful-fs.js";
import { $t as quote, Gt as isNfc, Vt as compareCodePoints, Xt as parseJson, Yt as jsonTypeOf, Zt as CountersignError, en as quotePath$1, jt as instantFromSeconds, qt as isJsonObject } from "./tuf.js";
import { x as parseCommitSha } from "./trust.js";
import { i as ioError, n as errnoOf, o as writeTemporary, t as TEMPORARY_PREFIX } from "./atomic-file.js";
import path, { dirname, join, resolve } from "node:path";
import { BlockList, Socket, connect, isIP } from "node:net";
import http, { request } from "node:http";
import { Readable, pipeline } from "node:stream";
import { once } from "node:events";
import { connect as connect$1 } from "node:tls";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import crypto, { createHash, randomBytes, randomUUID } from "node:crypto";
import { lookup } from "node:dns";
import os, { devNull } from "node:os";
import https from "node:https";
import fs, { constants as constants$1, createReadStream, lstatSync } from "node:fs";
import { chmod, link, lstat, mkdir, open, readFile, readdir, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { pipeline as pipeline$1 } from "node:stream/promises";
import { spawn } from "node:child_process";
import { setImmediate, setTimeout as setTimeout$1 } from "node:timers/promises";

// src/client/source.ts
async function* once$1(bytes) {
	yield bytes;
}
function filesSource(files, openStream) {
	return {
		metadata: (path, maxBytes) => files.read(path, maxBytes),
		target: async (path, maxBytes) => {
			if (openStream !== void 0) return openStream(path);
			const bytes = await files.read(path, maxBytes);
			return bytes === null ? null : once$1(bytes);
		},
		list: () => files.list()
	};
}
function capped(path, bytes, maxBytes) {
	if (bytes.length <= maxBytes) return bytes;
	throw new CountersignError("too-large", path, `expected at most ${String(maxBytes)} bytes, got ${String(bytes.length)}`);
}
function mapSource(map, below) {
	return {
		metadata: async (path, maxBytes) => {
			const bytes = map.get(path);
			if (bytes !== void 0) return capped(path, bytes, maxBytes);
			return below === void 0 ? null : below.metadata(path, maxBytes);
		},
		target: async (path, maxBytes) => {
			const bytes = map.get(path);
			if (bytes !== void 0) return once$1(bytes);
			return below === void 0 ? null : below.target(path, maxBytes);
		},
		list: async () => {
			const own = [...map].map(([path, bytes]) => [path, bytes.length]);
			if (below === void 0) return new Map(own);
			const lower = await below.list();
			return lower === null ? null : new Map([...lower, ...own]);
		}
	};
}
function rememberingSource(source) {
	const known = /* @__PURE__ */ new Map();
	let listing;
	return {
		metadata: async (path, maxBytes) => {
			let bytes = known.get(path);
			if (bytes === void 0) {
				bytes = await source.metadata(path, maxBytes);
				known.set(path, bytes);
			}
			return bytes === null ? null : capped(path, bytes, maxBytes);
		},
		target: (path, maxBytes) => source.target(path, maxBytes),
		list: async () => listing === void 0 ? listing = await source.list() : listing
	};
}

// src/forge/local/ids.ts
const SHA = /^[0-9a-f]{40}$/;
function parseBlobId(text, where) {
	if (!SHA.test(text)) throw new CountersignError("git", where, `expected a blob id, got ${quote(text)}`);
	return text;
}
function parseAccountId(id, where) {
	if (!Number.isSafeInteger(id) || id < 1) throw new CountersignError("io", where, `expected an account's id, got ${String(id)}`);
	return id;
}
function refOf(branch) {
	const characters = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/;
	const segment = /^(?!\.)[^/]+(?<!\.lock)$/;
	if (!(branch !== "@" && !branch.startsWith("-") && !branch.endsWith(".") && !characters.test(branch) && branch.split("/").every((name) => segment.test(name)))) throw new CountersignError("file-name", quote(branch), "expected a branch name");
	return `refs/heads/${branch}`;
}

// src/forge/local/facts.ts
async function readFact(path) {
	try {
		const members = parseJson(await readFile(path));
		if (!isJsonObject(members)) throw new CountersignError("io", path, `expected a JSON object, got ${jsonTypeOf(members)}`);
		return {
			path,
			members
		};
	} catch (error) {
		if (errnoOf(error) === "ENOENT") return null;
		if (!(error instanceof CountersignError) || error.code === "io") throw ioError(path, "to read the file", error);
		throw new CountersignError("io", path, `expected JSON, got a damaged file: ${error.message}`, { cause: error });
	}
}
async function createFact(path, members) {
	return withTemporary(path, members, async (temporary) => {
		try {
			await link(temporary, path);
			return true;
		} catch (error) {
			if (errnoOf(error) !== "EEXIST") throw error;
			return false;
		}
	});
}
async function replaceFact(path, members) {
	await withTemporary(path, members, (temporary) => rename(temporary, path));
}
async function appendFact(directory, members, first) {
	let number = ((await numbersIn(directory)).at(-1) ?? first - 1) + 1;
	while (!await createFact(join(directory, `${String(number)}.json`), members(number))) number++;
	return number;
}
async function numbersIn(directory) {
	try {
		return (await readdir(directory)).map((name) => /^([1-9]\d{0,14})(?:\.json)?$/.exec(name)?.[1]).filter((digits) => digits !== void 0).map(Number).sort((a, b) => a - b);
	} catch (error) {
		if (errnoOf(error) === "ENOENT") return [];
		throw ioError(directory, "to list the directory", error);
	}
}
function textOf(fact, key) {
	const value = fact.members.get(key);
	if (typeof value !== "string") throw new CountersignError("io", fact.path, `expected ${key} to be a string, got ${jsonTypeOf(value)}`);
	return value;
}
function choiceOf(fact, key, choices) {
	const value = textOf(fact, key);
	const choice = choices.find((one) => one === value);
	if (choice === void 0) throw new CountersignError("io", fact.path, `expected ${key} to be one of ${choices.join(", ")}, got another`);
	return choice;
}
function commitOf(fact, key) {
	try {
		return parseCommitSha(textOf(fact, key), fact.path);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw new CountersignError("io", fact.path, error.detail, { cause: error });
	}
}
function memberAccountOf(fact, key) {
	const value = fact.members.get(key);
	if (!isJsonObject(value)) throw new CountersignError("io", fact.path, `expected ${key} to be an object, got ${jsonTypeOf(value)}`);
	return accountOf({
		path: fact.path,
		members: value
	});
}
function accountOf(fact) {
	const id = fact.members.get("id");
	if (typeof id !== "number") throw new CountersignError("io", fact.path, `expected id to be a number, got ${jsonTypeOf(id)}`);
	return {
		id: parseAccountId(id, fact.path),
		login: textOf(fact, "login")
	};
}
async function withTemporary(path, members, place) {
	const bytes = Buffer.from(`${JSON.stringify(members, (_, value) => typeof value === "string" ? Buffer.from(value).toString() : value, 2)}\n`);
	try {
		const temporary = await writeTemporary(dirname(path), (file) => file.writeFile(bytes));
		try {
			return await place(temporary);
		} finally {
			await rm(temporary, { force: true });
		}
	} catch (error) {
		throw ioError(path, "to write the file", error);
	}
}

// src/forge/local/accounts.ts
const BOT_LOGIN = "countersign[bot]";
const BY_ID = "by-id";
const FIRST_ID = 1001;
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/;
async function readAccount(directory, login) {
	if (!LOGIN.test(login)) return null;
	const fact = await readFact(join(directory, `${login.toLowerCase()}.json`));
	return fact === null ? null : accountOf(fact);
}
async function ensureAccount(directory, login) {
	if (!LOGIN.test(login)) throw new CountersignError("usage", quote(login), "expected a login of letters, digits and hyphens");
	const known = await readAccount(directory, login);
	if (known !== null) return known;
	const id = await appendFact(join(directory, BY_ID), (next) => ({
		id: next,
		login
	}), FIRST_ID);
	await createFact(join(directory, `${login.toLowerCase()}.json`), {
		id,
		login
	});
	const account = await readAccount(directory, login);
	if (account === null) throw new CountersignError("io", quote(login), "expected the account that was just made, got none");
	return account;
}

// src/forge/local/git.ts
function gitEnvironment(repository) {
	const inherited = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
	return {
		...Object.fromEntries(inherited),
		GIT_DIR: repository,
		GIT_CONFIG_NOSYSTEM: "1",
		GIT_CONFIG_GLOBAL: devNull,
		GIT_TERMINAL_PROMPT: "0",
		GIT_LITERAL_PATHSPECS: "1",
		GIT_NO_REPLACE_OBJECTS: "1",
		GIT_AUTHOR_NAME: "countersign",
		GIT_AUTHOR_EMAIL: "countersign@example.invalid",
		GIT_COMMITTER_NAME: "countersign",
		GIT_COMMITTER_EMAIL: "countersign@example.invalid",
		LC_ALL: "C"
	};
}
function startGit(repository, args) {
	const child = spawn("git", args, {
		env: gitEnvironment(repository),
		stdio: "pipe"
	});
	child.stdin.on("error", () => child.stdin.destroy());
	const stderr = collect(child.stderr);
	const ended = once(child, "close").then(() => ({
		status: child.exitCode ?? -1,
		stderr: Buffer.concat(stderr).toString("utf8")
	}), (error) => {
		throw new CountersignError("git", "git", "expected to start the git program, got none", { cause: error });
	});
	ended.catch(() => child.kill());
	return {
		child,
		ended
	};
}
async function tryGit(repository, args) {
	const { child, ended } = startGit(repository, args);
	const stdout = collect(child.stdout);
	child.stdin.end();
	return {
		...await ended,
		stdout: Buffer.concat(stdout)
	};
}
async function git(repository, args) {
	const result = await tryGit(repository, args);
	if (result.status !== 0) throw gitError(args, result);
	return result.stdout;
}
function gitError(args, end) {
	const said = quote(end.stderr.trim().slice(-80));
	return new CountersignError("git", `git ${args[0] ?? ""}`, `expected exit code 0, got ${String(end.status)}: ${said}`);
}
function collect(stream) {
	const chunks = [];
	stream.on("data", (chunk) => chunks.push(chunk));
	return chunks;
}

// src/forge/local/commit.ts
const NO_COMMIT$1 = "0".repeat(40);
const BUFFER_BYTES = 65536;
const ARGS = [
	"fast-import",
	"--quiet",
	"--done"
];
const LEAST_TOLD_BYTES = 16777216;
function packing(changes, onPacked) {
	const total = [...changes.values()].reduce((sum, content) => sum + (content?.kind === "file" ? content.length : 0), 0);
	let done = 0;
	return (bytes) => {
		done += bytes;
		if (total >= LEAST_TOLD_BYTES) onPacked(done, total);
	};
}
async function writeCommit(repository, author, input, onPacked) {
	checkPaths(input.changes);
	const tree = input.base === null || input.base === input.parents[0] ? null : await treeOf(repository, input.base);
	const { child, ended } = startGit(repository, ARGS);
	const output = collect(child.stdout);
	const broken = await brokenBy(pipeline$1(Readable.from(buffered(commands(author, tree, input, packing(input.changes, onPacked)))), child.stdin));
	const end = await ended;
	if (end.status !== 0) await rm(join(repository, `fast_import_crash_${String(child.pid ?? 0)}`), { force: true });
	if (broken !== null && errnoOf(broken) === null) throw broken;
	if (end.status !== 0 || broken !== null) throw gitError(ARGS, end);
	return parseCommitSha(Buffer.concat(output).toString("latin1").trim(), "git fast-import");
}
async function treeOf(repository, commit) {
	return (await git(repository, [
		"rev-parse",
		"--verify",
		"--quiet",
		`${commit}^{tree}`
	])).toString("latin1").trim();
}
async function brokenBy(stream) {
	try {
		await stream;
		return null;
	} catch (error) {
		return error instanceof Error ? error : new TypeError("not an error", { cause: error });
	}
}
async function* commands(author, tree, input, onBytes) {
	const ref = `refs/countersign/${randomBytes(16).toString("hex")}`;
	const who = `${author.login} <${author.login}@example.invalid> ${String(Math.floor(Date.now() / 1e3))} +0000`;
	const message = Buffer.from(input.message);
	yield Buffer.from(`commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\ndata ${String(message.length)}\n`);
	yield message;
	const [from, ...merged] = input.parents;
	yield Buffer.from(`\n${from === void 0 ? "" : `from ${from}\n`}${merged.map((parent) => `merge ${parent}\n`).join("")}`);
	if (input.base !== from) yield Buffer.from("deleteall\n");
	if (tree !== null) yield Buffer.from(`M 040000 ${tree} ""\n`);
	for (const [path, content] of input.changes) if (content === null) yield Buffer.from(`D ${quotePath(path)}\n`);
	for (const [path, content] of input.changes) if (content !== null) yield* modification(path, content, onBytes);
	yield Buffer.from(`get-mark :1\nreset ${ref}\nfrom ${NO_COMMIT$1}\n\ndone\n`);
}
async function* modification(path, content, onBytes) {
	switch (content.kind) {
		case "blob":
			yield Buffer.from(`M 100644 ${content.id} ${quotePath(path)}\n`);
			return;
		case "bytes":
			yield Buffer.from(`M 100644 inline ${quotePath(path)}\ndata ${String(content.bytes.length)}\n`);
			yield Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.length);
			yield Buffer.from("\n");
			return;
		case "file":
			yield Buffer.from(`M 100644 inline ${quotePath(path)}\ndata ${String(content.length)}\n`);
			yield* fileBytes(content.path, content.length, onBytes);
			yield Buffer.from("\n");
			return;
	}
}
async function* fileBytes(path, length, onBytes) {
	let read = 0;
	try {
		for await (const chunk of createReadStream(path)) {
			const bytes = Buffer.from(chunk);
			read += bytes.length;
			if (read > length) break;
			yield bytes;
			onBytes(bytes.length);
		}
	} catch (error) {
		throw ioError(path, "to read the file", error);
	}
	if (read !== length) throw new CountersignError("file-changed", path, `expected ${String(length)} bytes as when it was measured, got ${read > length ? "more" : String(read)}`);
}
async function* buffered(chunks) {
	let waiting = [];
	let bytes = 0;
	for await (const chunk of chunks) {
		waiting.push(chunk);
		bytes += chunk.length;
		if (bytes < BUFFER_BYTES) continue;
		yield Buffer.concat(waiting);
		waiting = [];
		bytes = 0;
	}
	yield Buffer.concat(waiting);
}
function checkPaths(changes) {
	for (const [path, content] of changes) {
		const names = path.split("/");
		if (names.some((name) => name === "" || name === "." || name === ".." || name.toLowerCase() === ".git") || path.includes("\0") || Buffer.from(path).toString() !== path) throw new CountersignError("file-name", quote(path), "expected a path that git can hold");
		if (content === null) continue;
		for (let depth = 1; depth < names.length; depth++) {
			const above = names.slice(0, depth).join("/");
			if ((changes.get(above) ?? null) !== null) throw new CountersignError("file-name", quote(path), `expected a directory at ${quote(above)}, got a file`);
		}
	}
}
function quotePath(path) {
	return `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

// src/forge/local/byte-reader.ts
const NEWLINE = 10;
const MAX_LINE_BYTES = 1024;
var ByteReader = class {
	#source;
	#rest = Buffer.alloc(0);
	constructor(source) {
		this.#source = source[Symbol.asyncIterator]();
	}
	async line() {
		for (;;) {
			const end = this.#rest.indexOf(NEWLINE);
			if (end >= 0) {
				const line = this.#rest.toString("latin1", 0, end);
				this.#rest = this.#rest.subarray(end + 1);
				return line;
			}
			if (this.#rest.length > MAX_LINE_BYTES) throw new CountersignError("git", "git", "expected a short line, got a long one");
			this.#rest = Buffer.concat([this.#rest, await this.#next()]);
		}
	}
	async counted(length) {
		const bytes = new Uint8Array(length);
		let filled = 0;
		while (filled < length) {
			if (this.#rest.length === 0) this.#rest = await this.#next();
			const part = this.#rest.subarray(0, length - filled);
			bytes.set(part, filled);
			filled += part.length;
			this.#rest = this.#rest.subarray(part.length);
		}
		const rest = await this.line();
		if (rest !== "") throw new CountersignError("git", "git", `expected the end of the object, got ${quote(rest)}`);
		return bytes;
	}
	async end() {
		if (this.#rest.length > 0 || (await this.#source.next()).done !== true) throw new CountersignError("git", "git", "expected the end of its output, got more");
	}
	async #next() {
		const next = await this.#source.next();
		if (next.done === true) throw new CountersignError("git", "git", "expected more output, got its end");
		return next.value;
	}
};

// src/forge/local/objects.ts
const REGULAR_MODES = /* @__PURE__ */ new Set(["100644", "100755"]);
const TREE_LINE = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)$/;
const CHANGE = /^\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*$/;
async function readTree(repository, commit) {
	const output = await git(repository, [
		"ls-tree",
		"-r",
		"-z",
		"-l",
		commit
	]);
	const files = /* @__PURE__ */ new Map();
	for (const record of output.toString("utf8").split("\0").slice(0, -1)) {
		const tab = record.indexOf("	");
		const path = record.slice(tab + 1);
		const [, mode, , id, size] = TREE_LINE.exec(record.slice(0, tab)) ?? [];
		if (mode === void 0 || id === void 0 || size === void 0) throw new CountersignError("git", "git ls-tree", `expected a tree entry, got ${quote(record)}`);
		const isPlain = REGULAR_MODES.has(mode) && !path.includes("�") && !files.has(path);
		files.set(path, {
			kind: isPlain ? "file" : "other",
			id: parseBlobId(id, "git ls-tree"),
			size: size === "-" ? 0 : Number(size)
		});
	}
	return files;
}
async function readBlobs(repository, ids) {
	const blobs = /* @__PURE__ */ new Map();
	const wanted = [...new Set(ids)];
	if (wanted.length === 0) return blobs;
	const args = ["cat-file", "--batch"];
	const { child, ended } = startGit(repository, args);
	try {
		child.stdin.end(wanted.map((id) => `${id}\n`).join(""));
		const reader = new ByteReader(child.stdout);
		for (const id of wanted) {
			const header = await reader.line();
			const length = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
			if (length === void 0) throw new CountersignError("io", id, `expected a blob, got ${quote(header)}`);
			blobs.set(id, await reader.counted(Number(length)));
		}
		await reader.end();
	} catch (error) {
		child.kill();
		child.stdout.destroy();
		await ended;
		throw error;
	}
	const end = await ended;
	if (end.status !== 0) throw gitError(args, end);
	return blobs;
}
async function* streamBlob(repository, id) {
	const { child, ended } = startGit(repository, [
		"cat-file",
		"blob",
		id
	]);
	child.stdin.end();
	try {
		for await (const piece of child.stdout) if (piece instanceof Uint8Array) yield piece;
		const { status } = await ended;
		if (status !== 0) throw new CountersignError("io", id, "expected a blob, got none");
	} finally {
		child.kill();
	}
}
async function readHistory(repository, commit, path, limit) {
	const shape = [
		"--format=",
		"--raw",
		"--no-abbrev",
		"-z",
		"--no-renames"
	];
	const everything = [
		"--topo-order",
		"--full-history",
		"-m"
	];
	const output = await git(repository, [
		"log",
		...shape,
		...everything,
		commit,
		"--",
		path
	]);
	const ids = /* @__PURE__ */ new Set();
	const records = decodeRecords(output, commit);
	for (let at = 0; at + 1 < records.length && ids.size < limit; at++) {
		const [, mode, id] = CHANGE.exec(records[at] ?? "") ?? [];
		if (mode === void 0 || id === void 0) continue;
		at++;
		if (records[at] === path && REGULAR_MODES.has(mode)) ids.add(parseBlobId(id, "git log"));
	}
	return [...ids];
}
function decodeRecords(output, commit) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(output).split("\0").slice(0, -1);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new CountersignError("file-name", commit, "expected paths in UTF-8, got other bytes", { cause: error });
	}
}

// src/forge/local/refs.ts
const NO_COMMIT = "0".repeat(40);
const RETRIES = 6;
const FORMAT = "--format=%(objectname) %(refname:lstrip=2)";
async function readBranches(repository, prefix) {
	const heads = parseHeads(await git(repository, [
		"for-each-ref",
		FORMAT,
		"refs/heads/"
	]));
	return new Map([...heads].filter(([branch]) => branch.startsWith(prefix)));
}
async function readMerged(repository, base) {
	return parseHeads(await git(repository, [
		"for-each-ref",
		`--merged=${base}`,
		FORMAT,
		"refs/heads/"
	]));
}
async function readMergeBase(repository, a, b) {
	const args = [
		"merge-base",
		a,
		b
	];
	const result = await tryGit(repository, args);
	if (result.status === 1 && result.stdout.length === 0) return null;
	if (result.status !== 0) throw gitError(args, result);
	return parseCommitSha(result.stdout.toString("latin1").trim(), "git merge-base");
}
async function moveRef(repository, branch, expected, next, mode) {
	const ref = refOf(branch);
	if (mode === "fast-forward" && expected !== null) await requireDescent(repository, branch, expected, next);
	const args = [
		"update-ref",
		"--no-deref",
		ref,
		next,
		expected ?? NO_COMMIT
	];
	for (let attempt = 0;; attempt++) {
		const result = await tryGit(repository, args);
		if (result.status === 0) return;
		await requireAt(repository, branch, expected);
		if (attempt === RETRIES) throw gitError(args, result);
		await setTimeout$1(10 * 2 ** attempt * (.5 + Math.random()));
	}
}
async function requireDescent(repository, branch, expected, next) {
	const args = [
		"merge-base",
		"--is-ancestor",
		expected,
		next
	];
	const result = await tryGit(repository, args);
	if (result.status === 0) return;
	if (result.status === 1) throw new CountersignError("ref-conflict", quote(branch), `expected ${next} to descend from ${expected}, got another history`);
	await requireAt(repository, branch, expected);
	throw gitError(args, result);
}
async function requireAt(repository, branch, expected) {
	const now = parseHeads(await git(repository, [
		"for-each-ref",
		FORMAT,
		refOf(branch)
	])).get(branch) ?? null;
	if (now !== expected) throw new CountersignError("ref-conflict", quote(branch), `expected ${expected ?? "no branch"}, got ${now ?? "none"}`);
}
function parseHeads(output) {
	const heads = /* @__PURE__ */ new Map();
	for (const line of output.toString("utf8").split("\n")) {
		if (line === "") continue;
		const space = line.indexOf(" ");
		heads.set(line.slice(space + 1), parseCommitSha(line.slice(0, space), "git for-each-ref"));
	}
	return heads;
}

// src/forge/local/pulls.ts
function pullDirectory(place, number) {
	return join(place.pulls, String(number));
}
async function readPulls(place, select) {
	const records = [];
	for (const number of await numbersIn(place.pulls)) {
		const record = await readRecord(place, number);
		if (record !== null && select(record)) records.push(record);
	}
	return judgeAll(place, records);
}
async function judgeAll(place, records) {
	const unended = records.filter((record) => record.end === null);
	if (unended.length === 0) return records.map((record) => show(place, record, judge(record, /* @__PURE__ */ new Map(), null)));
	const heads = await readBranches(place.repository, "");
	const merged = /* @__PURE__ */ new Map();
	for (const base of new Set(unended.map((record) => record.base))) {
		const at = heads.get(base);
		if (at !== void 0) merged.set(base, await readMerged(place.repository, at));
	}
	return records.map((record) => show(place, record, judge(record, heads, merged.get(record.base) ?? null)));
}
async function readPull(place, number) {
	const record = await readRecord(place, number);
	const [pull] = await judgeAll(place, record === null ? [] : [record]);
	if (pull === void 0) throw new CountersignError("event-unknown", `${place.dir}#${String(number)}`, "expected a pull request, got none");
	return pull;
}
async function openPull(place, author, input) {
	for (;;) {
		const number = ((await numbersIn(place.pulls)).at(-1) ?? 0) + 1;
		const open = (await readPulls(place, (pull) => pull.head === input.head && pull.base === input.base)).find((pull) => pull.state === "open");
		if (open !== void 0) return open;
		const headSha = await requireMergeable(place, input.head, input.base);
		if (await createPull(place, number, {
			...input,
			author,
			headSha
		})) return readPull(place, number);
	}
}
async function editPull(place, number, change) {
	const { head, base, author, headSha } = await readPull(place, number);
	await replaceFact(join(pullDirectory(place, number), "pull.json"), {
		head,
		base,
		author,
		headSha,
		title: change.title,
		body: change.body
	});
}
async function closePull(place, number) {
	const pull = await readPull(place, number);
	if (pull.state === "open") await end(place, pull, "closed");
}
async function recordMerges(place, base) {
	for (const pull of await readPulls(place, (record) => record.base === base && record.end === null)) if (pull.state === "merged") await end(place, pull, "merged");
}
async function retargetPull(place, number, base) {
	const { head, base: before, author, headSha, title, body, state, url } = await readPull(place, number);
	if (state !== "open") throw new CountersignError("event-invalid", url, `expected an open pull request, got one that is ${state}`);
	if (base === before) return;
	await requireMergeable(place, head, base);
	const other = (await readPulls(place, (one) => one.head === head && one.base === base)).find((one) => one.state === "open");
	if (other !== void 0) throw new CountersignError("event-invalid", url, `expected no other for ${base}, got ${other.url}`);
	await replaceFact(join(pullDirectory(place, number), "pull.json"), {
		head,
		base,
		author,
		headSha,
		title,
		body
	});
}
async function reopenPull(place, number) {
	const pull = await readPull(place, number);
	if (pull.state === "open") return "open";
	const at = (await readBranches(place.repository, pull.head)).get(pull.head);
	if (pull.state === "merged" || at !== pull.headSha) return "refused";
	if ((await readPulls(place, (one) => one.head === pull.head && one.base === pull.base && one.number !== number)).some(({ state }) => state === "open")) return "refused";
	const path = join(pullDirectory(place, number), "closed.json");
	try {
		await rm(path, { force: true });
	} catch (error) {
		throw ioError(path, "to remove the file", error);
	}
	return "open";
}
async function end(place, pull, state) {
	await createFact(join(pullDirectory(place, pull.number), "closed.json"), {
		state,
		headSha: pull.headSha
	});
}
async function readRecord(place, number) {
	const directory = pullDirectory(place, number);
	const fact = await readFact(join(directory, "pull.json"));
	if (fact === null) return null;
	const closed = await readFact(join(directory, "closed.json"));
	return {
		number,
		head: textOf(fact, "head"),
		base: textOf(fact, "base"),
		title: textOf(fact, "title"),
		body: textOf(fact, "body"),
		author: memberAccountOf(fact, "author"),
		headSha: commitOf(fact, "headSha"),
		end: closed === null ? null : {
			state: choiceOf(closed, "state", ["closed", "merged"]),
			headSha: commitOf(closed, "headSha")
		}
	};
}
function judge(record, heads, merged) {
	if (record.end !== null) return record.end;
	const mergedSha = merged?.get(record.head);
	if (mergedSha !== void 0) return {
		state: "merged",
		headSha: mergedSha
	};
	const headSha = heads.get(record.head);
	return headSha === void 0 ? {
		state: "closed",
		headSha: record.headSha
	} : {
		state: "open",
		headSha
	};
}
function show(place, record, now) {
	const { number, head, base, title, body, author } = record;
	return {
		number,
		head,
		base,
		title,
		body,
		state: now.state,
		author,
		headSha: now.headSha,
		from: "repository",
		requested: [],
		url: `${place.dir}#${String(number)}`
	};
}
async function requireMergeable(place, head, base) {
	const heads = await readBranches(place.repository, "");
	const headSha = heads.get(head);
	const baseSha = heads.get(base);
	if (headSha === void 0 || baseSha === void 0) throw new CountersignError("event-invalid", place.dir, `expected branches to open a pull request for, got none of the name ${headSha === void 0 ? head : base}`);
	if ((await readMerged(place.repository, baseSha)).get(head) === headSha) throw new CountersignError("event-invalid", place.dir, `expected commits on ${head} that ${base} lacks, got none`);
	return headSha;
}
async function createPull(place, number, members) {
	try {
		const temporary = join(place.pulls, `${TEMPORARY_PREFIX}${randomBytes(12).toString("hex")}`);
		await mkdir(temporary);
		try {
			await mkdir(join(temporary, "reviews"));
			await mkdir(join(temporary, "comments"));
			await createFact(join(temporary, "pull.json"), members);
			await rename(temporary, pullDirectory(place, number));
			return true;
		} finally {
			await rm(temporary, {
				recursive: true,
				force: true
			});
		}
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === "ENOTEMPTY" || errno === "EEXIST") return false;
		throw ioError(pullDirectory(place, number), "to make the pull request", error);
	}
}

// src/forge/local/staging.ts
const CHUNK_BYTES$1 = 1048576;
async function putStaged(staging, sha256, path) {
	const target = stagedPath(staging, sha256);
	const hash = createHash("sha256");
	try {
		const temporary = await writeTemporary(staging, async (file) => {
			for await (const bytes of piecesOf$1(path)) {
				hash.update(bytes);
				await file.writeFile(bytes);
			}
		});
		try {
			const got = hash.digest("hex");
			if (got !== sha256) throw new CountersignError("hash-mismatch", path, `expected sha256 ${sha256}, got ${got}`);
			await rename(temporary, target);
		} finally {
			await rm(temporary, { force: true });
		}
	} catch (error) {
		throw ioError(staging, `to take in ${path}`, error);
	}
}
async function* piecesOf$1(path) {
	try {
		for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES$1 })) yield Buffer.from(chunk);
	} catch (error) {
		throw ioError(path, "to read the file", error);
	}
}
async function locateStaged(staging, sha256) {
	const path = stagedPath(staging, sha256);
	try {
		return (await lstat(path)).isFile() ? path : null;
	} catch (error) {
		if (errnoOf(error) !== "ENOENT") throw ioError(path, "to look at the file", error);
		return null;
	}
}
function stagedPath(staging, sha256) {
	if (!/^[0-9a-f]{64}$/.test(sha256)) throw new CountersignError("hash-invalid", quote(sha256), "expected 64 lower-case hex digits");
	return join(staging, sha256);
}

// src/forge/local/conversation.ts
const REVIEW_STATES = [
	"APPROVED",
	"CHANGES_REQUESTED",
	"COMMENTED",
	"DISMISSED",
	"PENDING"
];
async function readReviews(place, number) {
	return (await readNumbered(place, number, "reviews")).map(([id, fact]) => reviewOf(id, fact));
}
async function submitReview(place, author, number, review) {
	const pull = await readPull(place, number);
	if (pull.state !== "open") throw new CountersignError("event-invalid", pull.url, `expected an open pull request, got one that is ${pull.state}`);
	if (pull.author.id === author.id && review.state !== "COMMENTED") throw new CountersignError("event-invalid", pull.url, "the author of a pull request can't approve it; comment instead");
	const { state, body, commitSha } = review;
	return {
		id: await appendFact(join(pullDirectory(place, number), "reviews"), () => ({
			author,
			state,
			body,
			commitSha
		}), 1),
		author,
		state,
		body,
		commitSha
	};
}
async function dismissReview(place, number, reviewId) {
	const review = (await readReviews(place, number)).find((one) => one.id === reviewId);
	if (review === void 0) throw new CountersignError("event-unknown", `${place.dir}#${String(number)}`, `expected a review ${String(reviewId)}, got none`);
	const { author, body, commitSha } = review;
	await replaceFact(factPath(place, number, "reviews", reviewId), {
		author,
		state: "DISMISSED",
		body,
		commitSha
	});
}
async function readComments(place, number) {
	return (await readNumbered(place, number, "comments")).map(([id, fact]) => ({
		id,
		author: memberAccountOf(fact, "author"),
		body: textOf(fact, "body")
	}));
}
async function addComment(place, author, number, body) {
	await requireRecord(place, number);
	return {
		id: await appendFact(join(pullDirectory(place, number), "comments"), () => ({
			author,
			body
		}), 1),
		author,
		body
	};
}
async function keepComment(place, author, number, marker, body) {
	for (;;) {
		const comments = await readComments(place, number);
		const mine = comments.find((comment) => comment.author.id === author.id && comment.body.includes(marker));
		if (mine !== void 0) {
			if (mine.body !== body) await replaceFact(factPath(place, number, "comments", mine.id), {
				author: mine.author,
				body
			});
			return;
		}
		if (await createFact(factPath(place, number, "comments", (comments.at(-1)?.id ?? 0) + 1), {
			author,
			body
		})) return;
	}
}
function reviewOf(id, fact) {
	const state = choiceOf(fact, "state", REVIEW_STATES);
	return {
		id,
		author: memberAccountOf(fact, "author"),
		state,
		body: textOf(fact, "body"),
		commitSha: commitOf(fact, "commitSha")
	};
}
function factPath(place, number, kind, id) {
	return join(pullDirectory(place, number), kind, `${String(id)}.json`);
}
async function readNumbered(place, number, kind) {
	await requireRecord(place, number);
	const facts = [];
	for (const id of await numbersIn(join(pullDirectory(place, number), kind))) {
		const fact = await readFact(factPath(place, number, kind, id));
		if (fact !== null) facts.push([id, fact]);
	}
	return facts;
}
async function requireRecord(place, number) {
	if (await readFact(join(pullDirectory(place, number), "pull.json")) === null) throw new CountersignError("event-unknown", `${place.dir}#${String(number)}`, "expected a pull request, got none");
}

// src/forge/local/forge.ts
const STATUS_STATES = [
	"pending",
	"success",
	"failure"
];
const MARKER = "forge.json";
const MAX_KEPT_BYTES = 268435456;
const CONFIG = [
	["gc.auto", "0"],
	["receive.autogc", "false"],
	["core.fsync", "committed,reference"],
	["core.fsyncMethod", "batch"]
];
async function remembered(known, key, read) {
	const before = known.get(key);
	if (before !== void 0) return before;
	const value = await read();
	known.set(key, value);
	return value;
}
async function createLocalForge(dir) {
	const place = placeOf(dir);
	try {
		await mkdir(place.dir, { recursive: true });
		const ours = new Set(Object.values(place));
		const stranger = (await readdir(place.dir)).find((name) => !ours.has(join(place.dir, name)) && !name.startsWith(".tmp-"));
		if (stranger !== void 0) throw new CountersignError("already-exists", place.dir, `expected an empty directory, got one with ${quote(stranger)}`);
		for (const directory of [
			place.repository,
			join(place.accounts, BY_ID),
			place.pulls,
			place.staging,
			place.status
		]) await mkdir(directory, { recursive: true });
	} catch (error) {
		throw ioError(place.dir, "to make the directory", error);
	}
	await git(place.repository, [
		"init",
		"--quiet",
		"--bare",
		"--template=",
		"--object-format=sha1",
		"--initial-branch=tuf",
		place.repository
	]);
	for (const [key, value] of CONFIG) await git(place.repository, [
		"config",
		key,
		value
	]);
	await ensureAccount(place.accounts, BOT_LOGIN);
	if (!await createFact(join(place.dir, MARKER), {
		kind: "countersign-local-forge",
		version: 1
	})) throw new CountersignError("already-exists", place.dir, "expected to be alone, got another process that made the same");
	return new LocalForge(place, BOT_LOGIN, () => void 0);
}
async function openLocalForge(dir, options) {
	const place = placeOf(dir);
	const marker = await readFact(join(place.dir, MARKER));
	if (marker === null) throw new CountersignError("io", place.dir, "expected a local repository made by countersign, got none");
	choiceOf(marker, "kind", ["countersign-local-forge"]);
	if (marker.members.get("version") !== 1) throw new CountersignError("io", marker.path, "expected version 1, got another");
	return new LocalForge(place, options.as, options.onPacked ?? (() => void 0));
}
function placeOf(dir) {
	const root = resolve(dir);
	return {
		dir: root,
		repository: join(root, "repo.git"),
		accounts: join(root, "accounts"),
		pulls: join(root, "pulls"),
		staging: join(root, "staging"),
		status: join(root, "status")
	};
}
var LocalForge = class {
	#place;
	#as;
	#onPacked;
	#trees = /* @__PURE__ */ new Map();
	#mergeBases = /* @__PURE__ */ new Map();
	#blobs = /* @__PURE__ */ new Map();
	#blobBytes = 0;
	constructor(place, as, onPacked) {
		this.#place = place;
		this.#as = as;
		this.#onPacked = onPacked;
	}
	async viewer() {
		return ensureAccount(this.#place.accounts, this.#as);
	}
	async automation() {
		return [await ensureAccount(this.#place.accounts, BOT_LOGIN)];
	}
	async accounts(logins) {
		const found = /* @__PURE__ */ new Map();
		for (const login of logins) {
			const account = await readAccount(this.#place.accounts, login);
			if (account !== null) found.set(login, account);
		}
		return found;
	}
	async mayWrite() {
		return true;
	}
	async budget() {
		return null;
	}
	async ensureAccount(login) {
		return ensureAccount(this.#place.accounts, login);
	}
	async branches(prefix) {
		return readBranches(this.#place.repository, prefix);
	}
	async tree(commit) {
		return remembered(this.#trees, commit, () => readTree(this.#place.repository, commit));
	}
	async trees(commits) {
		const trees = /* @__PURE__ */ new Map();
		for (const commit of commits) try {
			trees.set(commit, await this.tree(commit));
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "git")) throw error;
		}
		return trees;
	}
	async blobs(ids) {
		const missing = ids.filter((id) => !this.#blobs.has(id));
		const read = await readBlobs(this.#place.repository, missing);
		for (const [id, bytes] of read) this.#keep(id, bytes);
		const blobs = /* @__PURE__ */ new Map();
		for (const id of ids) {
			const bytes = read.get(id) ?? this.#blobs.get(id);
			if (bytes !== void 0) blobs.set(id, bytes);
		}
		return blobs;
	}
	stream(id) {
		return streamBlob(this.#place.repository, id);
	}
	async mergeBase(a, b) {
		return remembered(this.#mergeBases, `${a} ${b}`, () => readMergeBase(this.#place.repository, a, b));
	}
	async history(commit, path, limit) {
		return readHistory(this.#place.repository, commit, path, limit);
	}
	async writeCommit(input) {
		return writeCommit(this.#place.repository, await this.viewer(), input, this.#onPacked);
	}
	async moveBranch(branch, expected, next, mode) {
		await moveRef(this.#place.repository, branch, expected, next, mode);
		await recordMerges(this.#place, branch);
	}
	async openPulls(headPrefix) {
		return (await readPulls(this.#place, ({ head }) => head.startsWith(headPrefix))).filter(({ state }) => state === "open");
	}
	async endedPulls(headPrefix) {
		return (await readPulls(this.#place, ({ head }) => head.startsWith(headPrefix))).flatMap(({ number, head, base, state, author, headSha, url }) => state === "open" ? [] : [{
			number,
			head,
			base,
			state,
			author,
			headSha,
			url
		}]).reverse();
	}
	async pull(number) {
		try {
			return await readPull(this.#place, number);
		} catch (error) {
			if (error instanceof CountersignError && error.code === "event-unknown") return null;
			throw error;
		}
	}
	async retargetPull(number, base) {
		await retargetPull(this.#place, number, base);
	}
	async reopenPull(number) {
		return reopenPull(this.#place, number);
	}
	async openPull(input) {
		return openPull(this.#place, await this.viewer(), input);
	}
	async editPull(number, change) {
		await editPull(this.#place, number, change);
	}
	async closePull(number) {
		await closePull(this.#place, number);
	}
	async requestReview() {
		return "refused";
	}
	async mergePull(number, head) {
		const pull = await readPull(this.#place, number);
		if (pull.state !== "open") throw new CountersignError("event-invalid", pull.url, `expected an open pull request, got one that is ${pull.state}`);
		if (pull.headSha !== head) throw new CountersignError("ref-conflict", pull.head, `expected ${head}, got ${pull.headSha}`);
		const base = (await this.branches(pull.base)).get(pull.base);
		if (base === void 0) throw new CountersignError("ref-conflict", pull.base, "expected a branch, got none");
		const message = `Merge pull request #${String(number)}\n`;
		const commit = await this.writeCommit({
			base: head,
			parents: [base, head],
			changes: /* @__PURE__ */ new Map(),
			message
		});
		await this.moveBranch(pull.base, base, commit, "fast-forward");
		return commit;
	}
	async reviews(number, authors) {
		const ids = new Set(authors.map(({ id }) => id));
		return (await readReviews(this.#place, number)).filter(({ author }) => ids.has(author.id));
	}
	async comments(number) {
		return readComments(this.#place, number);
	}
	async submitReview(number, review) {
		return submitReview(this.#place, await this.viewer(), number, review);
	}
	async dismissReview(number, reviewId) {
		await dismissReview(this.#place, number, reviewId);
	}
	async comment(number, body) {
		return addComment(this.#place, await this.viewer(), number, body);
	}
	async stickyComment(number, marker, body) {
		await keepComment(this.#place, await this.viewer(), number, marker, body);
	}
	async status(commit, status) {
		const { context, state, description } = status;
		await replaceFact(this.#statusPath(commit, context), {
			context,
			state,
			description
		});
	}
	async statusOf(commit, context) {
		const fact = await readFact(this.#statusPath(commit, context));
		return fact === null ? null : {
			context: textOf(fact, "context"),
			state: choiceOf(fact, "state", STATUS_STATES),
			description: textOf(fact, "description")
		};
	}
	async put(sha256, path) {
		await putStaged(this.#place.staging, sha256, path);
	}
	addHints() {}
	expiredRuns() {
		return [];
	}
	async locate(sha256) {
		return locateStaged(this.#place.staging, sha256);
	}
	#keep(id, bytes) {
		if (this.#blobBytes + bytes.length > MAX_KEPT_BYTES) return;
		this.#blobBytes += bytes.length;
		this.#blobs.set(id, bytes);
	}
	#statusPath(commit, context) {
		return join(this.#place.status, `${encodeURIComponent(context)}-${commit}.json`);
	}
};

// src/hashing/portable-name.ts
const MAX_SEGMENT_BYTES = 190;
const MAX_NAME_BYTES = 900;
const FORBIDDEN = /[\\#?%:*"<>|]/;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const DEVICE = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)(?: *\..*)?$/i;
const RESERVED = /^(?:keybd\$|clock\$|screen\$|\$idle\$|config\$|\.git|git~1)$/i;
const PLAIN = /^(?:(?!con|prn|aux|nul|com|lpt)[a-z0-9_][a-z0-9_-]*(?:\.+[a-z0-9_-]+)*(?:\/(?!$)|$))+$/i;
const NON_ASCII = /[^\x00-\x7f]/;
function byteLength(text) {
	return NON_ASCII.test(text) ? new TextEncoder().encode(text).length : text.length;
}
function fail(name, detail) {
	throw new CountersignError("file-name", quote(name), detail);
}
function requirePortableSegment(name, segment) {
	if (segment === "") fail(name, "expected a name between slashes, got none");
	if (segment === "." || segment === "..") fail(name, `expected a relative path without dots, got ${quote(segment)}`);
	if (/^\s|[\s.]$/u.test(segment)) fail(name, `expected no white space at either end and no dot at the end, got ${quote(segment)}`);
	if (DEVICE.test(segment) || RESERVED.test(segment)) fail(name, `expected a name that every system can hold, got the reserved ${quote(segment)}`);
	const bytes = byteLength(segment);
	if (bytes > 190) fail(name, `expected at most ${String(190)} bytes between slashes, got ${String(bytes)}`);
}
function requirePortableName(name) {
	if (name.length <= 190 && PLAIN.test(name)) return;
	const forbidden = FORBIDDEN.exec(name)?.[0];
	if (forbidden !== void 0) fail(name, `expected a name without ${quote(forbidden)}`);
	const unprintable = UNPRINTABLE.exec(name)?.[0]?.codePointAt(0);
	if (unprintable !== void 0) fail(name, `expected printable characters, got U+${unprintable.toString(16).toUpperCase().padStart(4, "0")}`);
	if (!isNfc(name)) fail(name, "expected Unicode in normal form C, got another form");
	const bytes = byteLength(name);
	if (bytes > 900) fail(name, `expected at most ${String(900)} bytes, got ${String(bytes)}`);
	for (const segment of name.split("/")) requirePortableSegment(name, segment);
}
function fold(name) {
	return NON_ASCII.test(name) ? name.toLowerCase().toUpperCase().normalize("NFC") : name.toUpperCase();
}
function requireDistinctNames(names) {
	const seen = /* @__PURE__ */ new Map();
	for (const name of names) {
		const folded = fold(name);
		const other = seen.get(folded);
		if (other === name) fail(name, `expected each name once, got it twice`);
		if (other !== void 0) fail(name, `expected names that differ by more than case, got ${quote(other)} too`);
		seen.set(folded, name);
	}
	for (const [folded, name] of seen) for (let slash = folded.indexOf("/"); slash >= 0; slash = folded.indexOf("/", slash + 1)) {
		const other = seen.get(folded.slice(0, slash));
		if (other !== void 0) fail(name, `expected a directory, got the file ${quote(other)} of the same name`);
	}
}

// src/hashing/collect.ts
function systemError(error, name) {
	if (!(error instanceof Error) || !("code" in error)) return error;
	if (error.code === "ENAMETOOLONG") return new CountersignError("file-name", quote(name), "expected a path that the system can open, got a longer one", { cause: error });
	return new CountersignError("io", quotePath$1(name), `expected to read it, but ${errnoWords(String(error.code))}`, { cause: error });
}
function attempt(name, step) {
	try {
		return step();
	} catch (error) {
		throw systemError(error, name);
	}
}
function requireText(name) {
	if (name.includes("�")) throw new CountersignError("file-name", quote(name), "expected UTF-8, got other bytes");
}
const SETTLED_AFTER_MS = 20;
function foundFile(walk, source, name, stats) {
	const { size, dev, ino, mtimeMs, ctimeMs } = stats;
	walk.found({
		source,
		name,
		typed: walk.typed(name),
		size,
		stamp: ctimeMs < walk.settledBeforeMs ? {
			dev,
			ino,
			mtimeMs,
			ctimeMs
		} : null
	});
}
function isInside(root, target) {
	const relative = path.relative(root, target);
	return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
function resolveLink(source, name) {
	try {
		return fs.realpathSync.native(source);
	} catch (error) {
		if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT" && error.code !== "ELOOP") throw systemError(error, name);
		throw new CountersignError("file-type", quotePath$1(name), "expected a regular file, got a symbolic link to nothing", { cause: error });
	}
}
function collectLink(walk, root, name, link) {
	const typed = walk.typed(name);
	const source = resolveLink(link, typed);
	if (!isInside(root, source)) throw new CountersignError("symlink-escape", quotePath$1(typed), "expected a file of the directory given, got a symbolic link out of it");
	requireText(path.relative(root, source));
	const stats = attempt(typed, () => fs.lstatSync(source));
	if (stats.isFile()) {
		foundFile(walk, source, name, stats);
		return;
	}
	throw new CountersignError("file-type", quotePath$1(typed), `expected a regular file, got a symbolic link to ${stats.isDirectory() ? "a directory" : "a special file"}`);
}
function visit(walk, root, name) {
	requireText(name);
	const source = (root.endsWith(path.sep) ? root : root + path.sep) + name;
	const stats = attempt(walk.typed(name), () => fs.lstatSync(source));
	if (stats.isDirectory()) return "directory";
	requirePortableName(name);
	if (stats.isSymbolicLink()) collectLink(walk, root, name, source);
	else if (stats.isFile()) foundFile(walk, source, name, stats);
	else throw new CountersignError("file-type", quotePath$1(walk.typed(name)), "expected a regular file, got a special file");
	return "file";
}
function collectDirectory(walk, root) {
	const pending = [""];
	for (let directory = pending.pop(); directory !== void 0; directory = pending.pop()) {
		const parent = directory;
		const entries = attempt(walk.typed(parent), () => fs.readdirSync(path.join(root, parent)));
		for (const base of entries) {
			const name = parent === "" ? base : `${parent}/${base}`;
			if (visit(walk, root, name) === "directory") pending.push(name);
		}
	}
}
function collectRoot(given, onto) {
	const absolute = path.resolve(given);
	if (attempt(given, () => fs.statSync(absolute, { throwIfNoEntry: false }))?.isDirectory() === true) {
		collectDirectory({
			...onto,
			typed: (name) => name === "" ? given : path.join(given, name)
		}, attempt(given, () => fs.realpathSync.native(absolute)));
		return;
	}
	const parent = attempt(given, () => fs.realpathSync.native(path.dirname(absolute)));
	if (visit({
		...onto,
		typed: () => given
	}, parent, path.basename(absolute)) === "directory") throw new CountersignError("file-changed", quotePath$1(given), "expected a file, got a directory in its place");
}
function requireOneOfEach(files) {
	const seen = /* @__PURE__ */ new Map();
	for (const { name, typed } of files) {
		const other = seen.get(name);
		if (other !== void 0) throw new CountersignError("file-name", quote(name), `expected each name once, got it of ${quotePath$1(other)} and of ${quotePath$1(typed)}`);
		seen.set(name, typed);
	}
}
function collectFiles(roots, onFile) {
	const files = [];
	const walk = {
		settledBeforeMs: Date.now() - SETTLED_AFTER_MS,
		found(file) {
			files.push(file);
			onFile?.(file);
		}
	};
	for (const given of roots) collectRoot(given, walk);
	requireOneOfEach(files);
	requireDistinctNames(files.map((file) => file.name));
	return files.sort((a, b) => compareCodePoints(a.name, b.name));
}

// src/hashing/file-hasher.ts
var FileHasher = class {
	#fs;
	#crypto;
	#buffer = /* @__PURE__ */ new Uint8Array(1048576);
	#flags;
	#digest;
	#unreported = 0;
	constructor(nodeFs, nodeCrypto) {
		const { createHash } = nodeCrypto;
		const hash = "hash" in nodeCrypto ? nodeCrypto.hash : null;
		this.#digest = (bytes) => hash === null ? createHash("sha256").update(bytes).digest("hex") : hash("sha256", bytes, "hex");
		this.#fs = nodeFs;
		this.#crypto = nodeCrypto;
		const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = nodeFs.constants;
		this.#flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
	}
	*hash(batch) {
		const sources = batch.sources.split("\0");
		let sha256 = "";
		for (let file = 0; file < sources.length; file++) {
			const source = sources[file] ?? "";
			const listed = this.#listed(batch.listed, 5 * file);
			const verdict = listed.size < this.#buffer.length ? this.#hashSmall(source, listed) : yield* this.#hashBig(source, listed);
			if (typeof verdict !== "string") {
				yield {
					kind: "refused",
					batch: batch.number,
					file,
					...verdict
				};
				return;
			}
			sha256 += verdict;
		}
		yield {
			kind: "hashed",
			bytes: this.#report(),
			batch: batch.number,
			sha256
		};
	}
	#listed(numbers, at) {
		return {
			size: numbers[at] ?? NaN,
			dev: numbers[at + 1] ?? NaN,
			ino: numbers[at + 2] ?? NaN,
			mtimeMs: numbers[at + 3] ?? NaN,
			ctimeMs: numbers[at + 4] ?? NaN
		};
	}
	#report() {
		const bytes = this.#unreported;
		this.#unreported = 0;
		return bytes;
	}
	#hashSmall(source, listed) {
		let fd;
		try {
			fd = this.#fs.openSync(source, this.#flags);
			const expected = this.#settle(fd, listed);
			if ("code" in expected) return expected;
			const read = this.#fs.readSync(fd, this.#buffer, 0, this.#buffer.length, null);
			this.#unreported += read;
			return this.#compare(expected, this.#fs.fstatSync(fd), read) ?? this.#digest(this.#buffer.subarray(0, read));
		} catch (error) {
			return this.#refusal(error);
		} finally {
			if (fd !== void 0) this.#fs.closeSync(fd);
		}
	}
	*#hashBig(source, listed) {
		let fd;
		try {
			fd = this.#fs.openSync(source, this.#flags);
			const expected = this.#settle(fd, listed);
			if ("code" in expected) return expected;
			const hash = this.#crypto.createHash("sha256");
			let done = 0;
			while (done < expected.size) {
				const read = this.#fs.readSync(fd, this.#buffer, 0, this.#buffer.length, null);
				if (read === 0) break;
				hash.update(this.#buffer.subarray(0, read));
				done += read;
				this.#unreported += read;
				if (this.#unreported >= 4 * this.#buffer.length && done < expected.size) yield {
					kind: "progress",
					bytes: this.#report()
				};
			}
			return this.#compare(expected, this.#fs.fstatSync(fd), done) ?? this.#compare(expected, this.#fs.lstatSync(source), done) ?? hash.digest("hex");
		} catch (error) {
			return this.#refusal(error);
		} finally {
			if (fd !== void 0) this.#fs.closeSync(fd);
		}
	}
	#settle(fd, listed) {
		if (!Number.isNaN(listed.ctimeMs)) return listed;
		const stats = this.#fs.fstatSync(fd);
		const { dev, ino, mtimeMs, ctimeMs } = stats;
		const expected = {
			size: listed.size,
			dev,
			ino,
			mtimeMs,
			ctimeMs
		};
		const unlike = this.#compare(expected, stats, listed.size);
		if (unlike !== null) return unlike;
		const ageMs = Date.now() - ctimeMs;
		if (ageMs >= 0 && ageMs < 20) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 - ageMs);
		return expected;
	}
	#compare(expected, actual, read) {
		if (!actual.isFile()) return {
			code: "file-type",
			detail: "expected a regular file, got a special file or a directory"
		};
		if (actual.dev !== expected.dev || actual.ino !== expected.ino) return {
			code: "file-changed",
			detail: "expected the file that was listed, got another in its place"
		};
		if (actual.size !== expected.size) return {
			code: "file-changed",
			detail: `expected the ${String(expected.size)} bytes that were listed, got ${String(actual.size)}`
		};
		if (actual.mtimeMs !== expected.mtimeMs || actual.ctimeMs !== expected.ctimeMs) return {
			code: "file-changed",
			detail: "expected a file at rest, got one that changed after it was listed"
		};
		if (read === expected.size) return null;
		return {
			code: "file-changed",
			detail: `expected to read ${String(expected.size)} bytes, got ${String(read)}`
		};
	}
	#refusal(error) {
		if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string" || !("syscall" in error)) throw error;
		if (error.code === "ENOENT" || error.code === "ENOTDIR") return {
			code: "file-changed",
			detail: "expected the file that was listed, got nothing"
		};
		if (error.code === "ELOOP") return {
			code: "file-changed",
			detail: "expected the file that was listed, got a symbolic link"
		};
		if (error.code === "ENXIO" || error.code === "EISDIR" || error.code === "EAGAIN") return {
			code: "file-type",
			detail: "expected a regular file, got a special file or a directory"
		};
		return {
			code: "io",
			detail: error.code
		};
	}
};

// src/hashing/plan.ts
const SMALL_FILE_BYTES = 262144;
const BATCH_FILES = 256;
const BATCH_BYTES = 4194304;
const FILE_COST_BYTES = 12288;
const THREAD_COST_BYTES = 41943040;
function startPlan() {
	const big = [];
	let ready = [];
	let open = [];
	let openBytes = 0;
	let [files, batches, cost, closed] = [
		0,
		0,
		0,
		false
	];
	const push = (list, positions, bytes) => {
		list.push({
			files: positions,
			cost: bytes + positions.length * FILE_COST_BYTES
		});
		batches++;
	};
	const flush = () => {
		if (open.length > 0) push(ready, open, openBytes);
		open = [];
		openBytes = 0;
	};
	return {
		add(size) {
			const position = files++;
			cost += size + FILE_COST_BYTES;
			if (size >= SMALL_FILE_BYTES) {
				push(big, [position], size);
				return true;
			}
			const full = open.length === BATCH_FILES || openBytes + size > BATCH_BYTES;
			if (full) flush();
			open.push(position);
			openBytes += size;
			return full;
		},
		take: () => (closed ? ready.pop() : ready.shift()) ?? null,
		close() {
			flush();
			ready = [...big, ...ready].sort((a, b) => a.cost - b.cost);
			closed = true;
		},
		threads: (limit) => Math.max(1, Math.min(limit, batches, Math.ceil(cost / THREAD_COST_BYTES)))
	};
}

// src/hashing/worker-source.ts
const workerSource = `'use strict';
const { port } = require('node:worker_threads').workerData;
const FileHasher = (${FileHasher.toString()});
const hasher = new FileHasher(require('node:fs'), require('node:crypto'));
port.on('message', (batch) => {
  for (const report of hasher.hash(batch)) port.postMessage(report);
});
`;

// src/hashing/threads.ts
function startThread(take, fail) {
	const { port1: here, port2: there } = new MessageChannel();
	const worker = new Worker(workerSource, {
		eval: true,
		execArgv: [],
		env: {},
		workerData: { port: there },
		transferList: [there]
	});
	const costs = /* @__PURE__ */ new Map();
	let load = 0;
	const receive = (report) => {
		if (report.kind === "hashed") load -= costs.get(report.batch) ?? 0;
		take(report);
	};
	here.on("message", receive);
	worker.on("error", fail);
	worker.on("exit", (code) => {
		fail(new CountersignError("io", "hashing", `expected a thread to wait for work, got exit code ${String(code)}`));
	});
	return {
		load: () => load,
		send(batch, cost) {
			costs.set(batch.number, cost);
			load += cost;
			here.postMessage(batch);
		},
		poll() {
			for (;;) {
				const received = receiveMessageOnPort(here);
				if (received === void 0) return;
				receive(received.message);
			}
		},
		async end(when) {
			here.close();
			if (when === "now") await worker.terminate();
		}
	};
}

// src/hashing/run.ts
const MIB = 1048576;
const AHEAD_WHILE_LISTING = 24 * MIB;
const AHEAD = 8 * MIB;
const DIGITS = 64;
function encodeBatch(number, files) {
	const listed = new Float64Array(5 * files.length).fill(NaN);
	for (const [index, { size, stamp }] of files.entries()) {
		const at = 5 * index;
		listed[at] = size;
		if (stamp === null) continue;
		listed[at + 1] = stamp.dev;
		listed[at + 2] = stamp.ino;
		listed[at + 3] = stamp.mtimeMs;
		listed[at + 4] = stamp.ctimeMs;
	}
	return {
		number,
		sources: files.map((file) => file.source).join("\0"),
		listed
	};
}
var HashRun = class {
	#options;
	#plan = startPlan();
	#files = [];
	#sha256 = [];
	#given = [];
	#threads = [];
	#state = { kind: "listing" };
	#totalBytes = 0;
	#doneBytes = 0;
	#doneBatches = 0;
	#wake = () => void 0;
	constructor(options) {
		this.#options = options;
	}
	add(file) {
		this.#files.push(file);
		this.#totalBytes += file.size;
		if (!this.#plan.add(file.size)) return;
		for (const thread of this.#threads) thread.poll();
		this.#feed(AHEAD_WHILE_LISTING);
		this.#requireHealth();
	}
	async finish() {
		this.#plan.close();
		this.#state = { kind: "hashing" };
		const hasher = new FileHasher(fs, crypto);
		for (let next = this.#take(); next !== null; next = this.#take()) {
			this.#feed(AHEAD);
			for (const report of hasher.hash(next.batch)) {
				this.#receive(report);
				await setImmediate();
				this.#requireHealth();
				this.#feed(AHEAD);
			}
		}
		while (this.#doneBatches < this.#given.length) {
			await new Promise((resolve) => this.#wake = resolve);
			this.#requireHealth();
		}
		return this.#sha256;
	}
	async stop() {
		const idle = this.#doneBatches === this.#given.length;
		this.#state = { kind: "stopped" };
		await Promise.all(this.#threads.map((thread) => thread.end(idle ? "idle" : "now")));
	}
	#take() {
		const planned = this.#plan.take();
		if (planned === null) return null;
		return {
			batch: encodeBatch(this.#given.push(planned.files) - 1, planned.files.map((position) => this.#file(position))),
			cost: planned.cost
		};
	}
	#file(position) {
		const file = position === void 0 ? void 0 : this.#files[position];
		if (file === void 0) throw new RangeError(`expected the position of a file, got ${String(position)}`);
		return file;
	}
	#feed(ahead) {
		while (this.#threads.length + 1 < this.#plan.threads(this.#options.threads)) this.#threads.push(startThread((report) => this.#receiveFromThread(report), (error) => this.#fail(error)));
		for (let hungry = this.#threads; hungry.length > 0;) {
			hungry = hungry.filter((thread) => thread.load() < ahead);
			for (const thread of hungry) {
				const next = this.#take();
				if (next === null) return;
				thread.send(next.batch, next.cost);
			}
		}
	}
	#receiveFromThread(report) {
		try {
			this.#receive(report);
		} catch (error) {
			this.#fail(error);
		}
		this.#wake();
	}
	#receive(report) {
		if (this.#state.kind === "stopped" || this.#state.kind === "failed") return;
		if (report.kind === "refused") {
			const { typed } = this.#file(this.#given[report.batch]?.[report.file]);
			const detail = report.code === "io" ? `expected to read it, but ${errnoWords(report.detail)}` : report.detail;
			throw new CountersignError(report.code, quotePath$1(typed), detail);
		}
		if (report.kind === "hashed") {
			const positions = this.#given[report.batch] ?? [];
			for (const [index, position] of positions.entries()) this.#sha256[position] = report.sha256.slice(DIGITS * index, DIGITS * (index + 1));
			this.#doneBatches++;
		}
		this.#doneBytes += report.bytes;
		if (this.#state.kind === "hashing") this.#options.onProgress(this.#doneBytes, this.#totalBytes);
	}
	#fail(error) {
		if (this.#state.kind !== "stopped" && this.#state.kind !== "failed") this.#state = {
			kind: "failed",
			error
		};
		this.#wake();
	}
	#requireHealth() {
		if (this.#state.kind === "failed") throw this.#state.error;
	}
};

// src/hashing/hash-files.ts
async function hashListed(list, options) {
	const files = [];
	const run = new HashRun({
		threads: options.threads ?? os.availableParallelism(),
		onProgress: options.onProgress ?? (() => void 0)
	});
	try {
		list((file) => {
			files.push(file);
			run.add(file);
		});
		const digests = await run.finish();
		return files.map(({ source, name, size }, index) => {
			const sha256 = digests[index];
			if (sha256 === void 0) throw new RangeError(`expected ${String(files.length)} digests, got ${String(digests.length)}`);
			return {
				source,
				name,
				length: size,
				sha256
			};
		});
	} finally {
		await run.stop();
	}
}
async function hashPaths(roots, options = {}) {
	return (await hashListed((found) => collectFiles(roots, found), options)).sort((a, b) => compareCodePoints(a.name, b.name));
}

// src/disk/make-directory.ts
async function isThere(path) {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (errnoOf(error) !== "ENOENT") throw error;
		return false;
	}
}
async function makeDirectories(path, mode = 511) {
	const missing = [];
	for (let at = resolve(path); !await isThere(at); at = dirname(at)) {
		missing.unshift(at);
		if (dirname(at) === at) break;
	}
	let made = null;
	for (const directory of missing) try {
		await mkdir(directory, { mode });
		made ??= directory;
	} catch (error) {
		if (errnoOf(error) !== "EEXIST") throw error;
	}
	if (missing.length === 0 && !(await stat(path)).isDirectory()) throw Object.assign(/* @__PURE__ */ new Error("not a directory"), { code: "ENOTDIR" });
	return made;
}

// src/hosting/directory.ts
const CHUNK_BYTES = 1048576;
function openDirectory(dir) {
	return new Directory(resolve(dir));
}
var Directory = class {
	#root;
	constructor(root) {
		this.#root = root;
	}
	async read(path, maxBytes) {
		const names = parseSegments(path);
		try {
			const directory = await this.#enter(path, names.slice(0, -1), "find");
			return directory === null ? null : await readRegular(path, join(directory, ...names.slice(-1)), maxBytes);
		} catch (error) {
			throw ioError(path, "to read the file", error);
		}
	}
	async list() {
		const found = [];
		await this.#walk("", found);
		return new Map(found.sort(([a], [b]) => a < b ? -1 : 1));
	}
	async write(path, bytes) {
		await this.#replace(path, async (file) => {
			await file.writeFile(bytes);
		});
	}
	async copyIn(path, source, expected) {
		await this.#replace(path, async (file) => {
			await copyVerified(source, file, expected);
		});
	}
	async writeStream(path, pieces, expected) {
		await this.#replace(path, async (file) => {
			await writeVerified(path, pieces, file, expected);
		});
	}
	async digest(path) {
		const names = parseSegments(path);
		try {
			const directory = await this.#enter(path, names.slice(0, -1), "find");
			const file = directory === null ? null : await openRegular(path, join(directory, ...names.slice(-1)));
			if (file === null) return null;
			try {
				return await digestOf(piecesOf(file));
			} finally {
				await file.close();
			}
		} catch (error) {
			throw ioError(path, "to read the file", error);
		}
	}
	async remove(path) {
		const names = parseSegments(path);
		try {
			const directory = await this.#enter(path, names.slice(0, -1), "find");
			if (directory !== null) await unlink(join(directory, ...names.slice(-1)));
		} catch (error) {
			if (errnoOf(error) !== "ENOENT") throw ioError(path, "to remove the file", error);
		}
	}
	async #replace(path, fill) {
		const names = parseSegments(path);
		try {
			const directory = await this.#enter(path, names.slice(0, -1), "make");
			if (directory === null) throw new CountersignError("file-type", path, "expected a directory above it, got a file");
			const temporary = await writeTemporary(directory, fill);
			try {
				await rename(temporary, join(directory, ...names.slice(-1)));
			} catch (error) {
				await rm(temporary, { force: true });
				throw error;
			}
		} catch (error) {
			throw ioError(path, "to write the file", error);
		}
	}
	async #enter(path, names, how) {
		if (how === "make") await makeDirectories(this.#root);
		let directory = this.#root;
		for (const name of names) {
			directory = join(directory, name);
			if (how === "make") await makeDirectory(directory);
			const kind = await kindOf(directory);
			if (kind === "link") throw new CountersignError("symlink-escape", path, `expected no symbolic link on the way, got one at ${quote(name)}`);
			if (kind !== "directory") return null;
		}
		return directory;
	}
	async #walk(prefix, found) {
		const entries = await readNames(join(this.#root, prefix), prefix === "" ? "." : prefix);
		for (const entry of entries) {
			if (entry.name.startsWith(".tmp-")) continue;
			const path = `${prefix}${entry.name}`;
			if (entry.isDirectory()) await this.#walk(`${path}/`, found);
			if (!entry.isFile()) continue;
			const stat = lstatSync(join(this.#root, path), { throwIfNoEntry: false });
			if (stat !== void 0) found.push([path, stat.size]);
		}
	}
};
function parseSegments(path) {
	const names = path.split("/");
	if (names.some((name) => name === "" || name === "." || name === ".." || name.startsWith(".tmp-")) || path.includes("\\") || path.includes("\0")) throw new CountersignError("file-name", quote(path), "expected a relative path with \"/\" and without \".\" or \"..\" segments");
	return names;
}
async function makeDirectory(directory) {
	try {
		await mkdir(directory);
		await chmod(directory, (await lstat(directory)).mode & 4095 | 493);
	} catch (error) {
		if (errnoOf(error) !== "EEXIST") throw error;
	}
}
async function kindOf(path) {
	try {
		const stat = await lstat(path);
		if (stat.isDirectory()) return "directory";
		return stat.isSymbolicLink() ? "link" : "other";
	} catch (error) {
		const errno = errnoOf(error);
		if (errno !== "ENOENT" && errno !== "ENOTDIR") throw error;
		return "absent";
	}
}
async function readNames(directory, where) {
	try {
		return await readdir(directory, { withFileTypes: true });
	} catch (error) {
		if (errnoOf(error) === "ENOENT") return [];
		throw ioError(where, "to list the directory", error);
	}
}
async function readRegular(where, path, maxBytes) {
	const file = await openRegular(where, path);
	if (file === null) return null;
	try {
		const { size } = await file.stat();
		const bytes = size > maxBytes ? null : await file.readFile();
		if (bytes === null || bytes.length > maxBytes) throw new CountersignError("too-large", where, `expected at most ${String(maxBytes)} bytes, got ${String(bytes?.length ?? size)}`);
		return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
	} finally {
		await file.close();
	}
}
async function openRegular(where, path) {
	let file;
	try {
		file = await open(path, constants$1.O_RDONLY | constants$1.O_NOFOLLOW | constants$1.O_NONBLOCK);
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === "ENOENT") return null;
		if (errno === "ELOOP") throw new CountersignError("symlink-escape", where, "expected a regular file, got a symbolic link", { cause: error });
		throw error;
	}
	if ((await file.stat()).isFile()) return file;
	await file.close();
	throw new CountersignError("file-type", where, "expected a regular file, got a directory or a special file");
}
async function* piecesOf(file) {
	const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
	for (;;) {
		const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
		if (bytesRead === 0) return;
		yield buffer.subarray(0, bytesRead);
	}
}
async function digestOf(pieces) {
	const hash = createHash("sha256");
	let length = 0;
	for await (const piece of pieces) {
		hash.update(piece);
		length += piece.length;
	}
	return {
		length,
		sha256: hash.digest("hex")
	};
}
async function copyVerified(source, target, expected) {
	const input = await openSource(source);
	try {
		await writeVerified(source, piecesOf(input), target, expected);
	} finally {
		await input.close();
	}
}
async function writeVerified(source, pieces, target, expected) {
	const hash = createHash("sha256");
	let length = 0;
	for await (const piece of pieces) {
		length += piece.length;
		if (length > expected.length) break;
		hash.update(piece);
		await target.writeFile(piece);
	}
	const sha256 = hash.digest("hex");
	if (length !== expected.length || sha256 !== expected.sha256) {
		const got = length > expected.length ? "more" : `${String(length)} bytes with sha256 ${sha256}`;
		throw new CountersignError("hash-mismatch", source, `expected ${String(expected.length)} bytes with sha256 ${expected.sha256}, got ${got}`);
	}
}
async function openSource(source) {
	try {
		const file = await open(source, constants$1.O_RDONLY | constants$1.O_NONBLOCK);
		if ((await file.stat()).isFile()) return file;
		await file.close();
	} catch (error) {
		throw ioError(source, "to read the file", error);
	}
	throw new CountersignError("file-type", source, "expected a regular file, got a directory or a special file");
}

// node_modules/retry/lib/retry_operation.js
var require_retry_operation = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	function RetryOperation(timeouts, options) {
		if (typeof options === "boolean") options = { forever: options };
		this._originalTimeouts = JSON.parse(JSON.stringify(timeouts));
		this._timeouts = timeouts;
		this._options = options || {};
		this._maxRetryTime = options && options.maxRetryTime || Infinity;
		this._fn = null;
		this._errors = [];
		this._attempts = 1;
		this._operationTimeout = null;
		this._operationTimeoutCb = null;
		this._timeout = null;
		this._operationStart = null;
		if (this._options.forever) this._cachedTimeouts = this._timeouts.slice(0);
	}
	module.exports = RetryOperation;
	RetryOperation.prototype.reset = function() {
		this._attempts = 1;
		this._timeouts = this._originalTimeouts;
	};
	RetryOperation.prototype.stop = function() {
		if (this._timeout) clearTimeout(this._timeout);
		this._timeouts = [];
		this._cachedTimeouts = null;
	};
	RetryOperation.prototype.retry = function(err) {
		if (this._timeout) clearTimeout(this._timeout);
		if (!err) return false;
		var currentTime = (/* @__PURE__ */ new Date()).getTime();
		if (err && currentTime - this._operationStart >= this._maxRetryTime) {
			this._errors.unshift(/* @__PURE__ */ new Error("RetryOperation timeout occurred"));
			return false;
		}
		this._errors.push(err);
		var timeout = this._timeouts.shift();
		if (timeout === void 0) {
			if (this._cachedTimeouts) {
				this._errors.splice(this._errors.length - 1, this._errors.length);
				this._timeouts = this._cachedTimeouts.slice(0);
				timeout = this._timeouts.shift();
			} else return false;
		}
		var self = this;
		var timer = setTimeout(function() {
			self._attempts++;
			if (self._operationTimeoutCb) {
				self._timeout = setTimeout(function() {
					self._operationTimeoutCb(self._attempts);
				}, self._operationTimeout);
				if (self._options.unref) self._timeout.unref();
			}
			self._fn(self._attempts);
		}, timeout);
		if (this._options.unref) timer.unref();
		return true;
	};
	RetryOperation.prototype.attempt = function(fn, timeoutOps) {
		this._fn = fn;
		if (timeoutOps) {
			if (timeoutOps.timeout) this._operationTimeout = timeoutOps.timeout;
			if (timeoutOps.cb) this._operationTimeoutCb = timeoutOps.cb;
		}
		var self = this;
		if (this._operationTimeoutCb) this._timeout = setTimeout(function() {
			self._operationTimeoutCb();
		}, self._operationTimeout);
		this._operationStart = (/* @__PURE__ */ new Date()).getTime();
		this._fn(this._attempts);
	};
	RetryOperation.prototype.try = function(fn) {
		console.log("Using RetryOperation.try() is deprecated");
		this.attempt(fn);
	};
	RetryOperation.prototype.start = function(fn) {
		console.log("Using RetryOperation.start() is deprecated");
		this.attempt(fn);
	};
	RetryOperation.prototype.start = RetryOperation.prototype.try;
	RetryOperation.prototype.errors = function() {
		return this._errors;
	};
	RetryOperation.prototype.attempts = function() {
		return this._attempts;
	};
	RetryOperation.prototype.mainError = function() {
		if (this._errors.length === 0) return null;
		var counts = {};
		var mainError = null;
		var mainErrorCount = 0;
		for (var i = 0; i < this._errors.length; i++) {
			var error = this._errors[i];
			var message = error.message;
			var count = (counts[message] || 0) + 1;
			counts[message] = count;
			if (count >= mainErrorCount) {
				mainError = error;
				mainErrorCount = count;
			}
		}
		return mainError;
	};
}));

// node_modules/retry/lib/retry.js
var require_retry$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	var RetryOperation = require_retry_operation();
	exports.operation = function(options) {
		return new RetryOperation(exports.timeouts(options), {
			forever: options && options.forever,
			unref: options && options.unref,
			maxRetryTime: options && options.maxRetryTime
		});
	};
	exports.timeouts = function(options) {
		if (options instanceof Array) return [].concat(options);
		var opts = {
			retries: 10,
			factor: 2,
			minTimeout: 1e3,
			maxTimeout: Infinity,
			randomize: false
		};
		for (var key in options) opts[key] = options[key];
		if (opts.minTimeout > opts.maxTimeout) throw new Error("minTimeout is greater than maxTimeout");
		var timeouts = [];
		for (var i = 0; i < opts.retries; i++) timeouts.push(this.createTimeout(i, opts));
		if (options && options.forever && !timeouts.length) timeouts.push(this.createTimeout(i, opts));
		timeouts.sort(function(a, b) {
			return a - b;
		});
		return timeouts;
	};
	exports.createTimeout = function(attempt, opts) {
		var random = opts.randomize ? Math.random() + 1 : 1;
		var timeout = Math.round(random * opts.minTimeout * Math.pow(opts.factor, attempt));
		timeout = Math.min(timeout, opts.maxTimeout);
		return timeout;
	};
	exports.wrap = function(obj, options, methods) {
		if (options instanceof Array) {
			methods = options;
			options = null;
		}
		if (!methods) {
			methods = [];
			for (var key in obj) if (typeof obj[key] === "function") methods.push(key);
		}
		for (var i = 0; i < methods.length; i++) {
			var method = methods[i];
			var original = obj[method];
			obj[method] = function retryWrapper(original) {
				var op = exports.operation(options);
				var args = Array.prototype.slice.call(arguments, 1);
				var callback = args.pop();
				args.push(function(err) {
					if (op.retry(err)) return;
					if (err) arguments[0] = op.mainError();
					callback.apply(this, arguments);
				});
				op.attempt(function() {
					original.apply(obj, args);
				});
			}.bind(obj, original);
			obj[method].options = options;
		}
	};
}));

// node_modules/retry/index.js
var require_retry = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = require_retry$1();
}));

// node_modules/proper-lockfile/node_modules/signal-exit/signals.js
var require_signals = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = [
		"SIGABRT",
		"SIGALRM",
		"SIGHUP",
		"SIGINT",
		"SIGTERM"
	];
	if (process.platform !== "win32") module.exports.push("SIGVTALRM", "SIGXCPU", "SIGXFSZ", "SIGUSR2", "SIGTRAP", "SIGSYS", "SIGQUIT", "SIGIOT");
	if (process.platform === "linux") module.exports.push("SIGIO", "SIGPOLL", "SIGPWR", "SIGSTKFLT", "SIGUNUSED");
}));

// node_modules/proper-lockfile/node_modules/signal-exit/index.js
var require_signal_exit = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	var process = global.process;
	const processOk = function(process) {
		return process && typeof process === "object" && typeof process.removeListener === "function" && typeof process.emit === "function" && typeof process.reallyExit === "function" && typeof process.listeners === "function" && typeof process.kill === "function" && typeof process.pid === "number" && typeof process.on === "function";
	};
	/* istanbul ignore if */
	if (!processOk(process)) module.exports = function() {
		return function() {};
	};
	else {
		var assert = __require("assert");
		var signals = require_signals();
		var isWin = /^win/i.test(process.platform);
		var EE = __require("events");
		/* istanbul ignore if */
		if (typeof EE !== "function") EE = EE.EventEmitter;
		var emitter;
		if (process.__signal_exit_emitter__) emitter = process.__signal_exit_emitter__;
		else {
			emitter = process.__signal_exit_emitter__ = new EE();
			emitter.count = 0;
			emitter.emitted = {};
		}
		if (!emitter.infinite) {
			emitter.setMaxListeners(Infinity);
			emitter.infinite = true;
		}
		module.exports = function(cb, opts) {
			/* istanbul ignore if */
			if (!processOk(global.process)) return function() {};
			assert.equal(typeof cb, "function", "a callback must be provided for exit handler");
			if (loaded === false) load();
			var ev = "exit";
			if (opts && opts.alwaysLast) ev = "afterexit";
			var remove = function() {
				emitter.removeListener(ev, cb);
				if (emitter.listeners("exit").length === 0 && emitter.listeners("afterexit").length === 0) unload();
			};
			emitter.on(ev, cb);
			return remove;
		};
		var unload = function unload() {
			if (!loaded || !processOk(global.process)) return;
			loaded = false;
			signals.forEach(function(sig) {
				try {
					process.removeListener(sig, sigListeners[sig]);
				} catch (er) {}
			});
			process.emit = originalProcessEmit;
			process.reallyExit = originalProcessReallyExit;
			emitter.count -= 1;
		};
		module.exports.unload = unload;
		var emit = function emit(event, code, signal) {
			/* istanbul ignore if */
			if (emitter.emitted[event]) return;
			emitter.emitted[event] = true;
			emitter.emit(event, code, signal);
		};
		var sigListeners = {};
		signals.forEach(function(sig) {
			sigListeners[sig] = function listener() {
				/* istanbul ignore if */
				if (!processOk(global.process)) return;
				if (process.listeners(sig).length === emitter.count) {
					unload();
					emit("exit", null, sig);
					/* istanbul ignore next */
					emit("afterexit", null, sig);
					/* istanbul ignore next */
					if (isWin && sig === "SIGHUP") sig = "SIGINT";
					/* istanbul ignore next */
					process.kill(process.pid, sig);
				}
			};
		});
		module.exports.signals = function() {
			return signals;
		};
		var loaded = false;
		var load = function load() {
			if (loaded || !processOk(global.process)) return;
			loaded = true;
			emitter.count += 1;
			signals = signals.filter(function(sig) {
				try {
					process.on(sig, sigListeners[sig]);
					return true;
				} catch (er) {
					return false;
				}
			});
			process.emit = processEmit;
			process.reallyExit = processReallyExit;
		};
		module.exports.load = load;
		var originalProcessReallyExit = process.reallyExit;
		var processReallyExit = function processReallyExit(code) {
			/* istanbul ignore if */
			if (!processOk(global.process)) return;
			process.exitCode = code || /* istanbul ignore next */ 0;
			emit("exit", process.exitCode, null);
			/* istanbul ignore next */
			emit("afterexit", process.exitCode, null);
			/* istanbul ignore next */
			originalProcessReallyExit.call(process, process.exitCode);
		};
		var originalProcessEmit = process.emit;
		var processEmit = function processEmit(ev, arg) {
			if (ev === "exit" && processOk(global.process)) {
				/* istanbul ignore else */
				if (arg !== void 0) process.exitCode = arg;
				var ret = originalProcessEmit.apply(this, arguments);
				/* istanbul ignore next */
				emit("exit", process.exitCode, null);
				/* istanbul ignore next */
				emit("afterexit", process.exitCode, null);
				/* istanbul ignore next */
				return ret;
			} else return originalProcessEmit.apply(this, arguments);
		};
	}
}));

// node_modules/proper-lockfile/lib/mtime-precision.js
var require_mtime_precision = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const cacheSymbol = Symbol();
	function probe(file, fs, callback) {
		const cachedPrecision = fs[cacheSymbol];
		if (cachedPrecision) return fs.stat(file, (err, stat) => {
			/* istanbul ignore if */
			if (err) return callback(err);
			callback(null, stat.mtime, cachedPrecision);
		});
		const mtime = /* @__PURE__ */ new Date(Math.ceil(Date.now() / 1e3) * 1e3 + 5);
		fs.utimes(file, mtime, mtime, (err) => {
			/* istanbul ignore if */
			if (err) return callback(err);
			fs.stat(file, (err, stat) => {
				/* istanbul ignore if */
				if (err) return callback(err);
				const precision = stat.mtime.getTime() % 1e3 === 0 ? "s" : "ms";
				Object.defineProperty(fs, cacheSymbol, { value: precision });
				callback(null, stat.mtime, precision);
			});
		});
	}
	function getMtime(precision) {
		let now = Date.now();
		if (precision === "s") now = Math.ceil(now / 1e3) * 1e3;
		return new Date(now);
	}
	module.exports.probe = probe;
	module.exports.getMtime = getMtime;
}));

// node_modules/proper-lockfile/lib/lockfile.js
var require_lockfile = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const path = __require("path");
	const fs = require_graceful_fs();
	const retry = require_retry();
	const onExit = require_signal_exit();
	const mtimePrecision = require_mtime_precision();
	const locks = {};
	function getLockFile(file, options) {
		return options.lockfilePath || `${file}.lock`;
	}
	function resolveCanonicalPath(file, options, callback) {
		if (!options.realpath) return callback(null, path.resolve(file));
		options.fs.realpath(file, callback);
	}
	function acquireLock(file, options, callback) {
		const lockfilePath = getLockFile(file, options);
		options.fs.mkdir(lockfilePath, (err) => {
			if (!err) return mtimePrecision.probe(lockfilePath, options.fs, (err, mtime, mtimePrecision) => {
				/* istanbul ignore if */
				if (err) {
					options.fs.rmdir(lockfilePath, () => {});
					return callback(err);
				}
				callback(null, mtime, mtimePrecision);
			});
			if (err.code !== "EEXIST") return callback(err);
			if (options.stale <= 0) return callback(Object.assign(/* @__PURE__ */ new Error("Lock file is already being held"), {
				code: "ELOCKED",
				file
			}));
			options.fs.stat(lockfilePath, (err, stat) => {
				if (err) {
					if (err.code === "ENOENT") return acquireLock(file, {
						...options,
						stale: 0
					}, callback);
					return callback(err);
				}
				if (!isLockStale(stat, options)) return callback(Object.assign(/* @__PURE__ */ new Error("Lock file is already being held"), {
					code: "ELOCKED",
					file
				}));
				removeLock(file, options, (err) => {
					if (err) return callback(err);
					acquireLock(file, {
						...options,
						stale: 0
					}, callback);
				});
			});
		});
	}
	function isLockStale(stat, options) {
		return stat.mtime.getTime() < Date.now() - options.stale;
	}
	function removeLock(file, options, callback) {
		options.fs.rmdir(getLockFile(file, options), (err) => {
			if (err && err.code !== "ENOENT") return callback(err);
			callback();
		});
	}
	function updateLock(file, options) {
		const lock = locks[file];
		/* istanbul ignore if */
		if (lock.updateTimeout) return;
		lock.updateDelay = lock.updateDelay || options.update;
		lock.updateTimeout = setTimeout(() => {
			lock.updateTimeout = null;
			options.fs.stat(lock.lockfilePath, (err, stat) => {
				const isOverThreshold = lock.lastUpdate + options.stale < Date.now();
				if (err) {
					if (err.code === "ENOENT" || isOverThreshold) return setLockAsCompromised(file, lock, Object.assign(err, { code: "ECOMPROMISED" }));
					lock.updateDelay = 1e3;
					return updateLock(file, options);
				}
				if (!(lock.mtime.getTime() === stat.mtime.getTime())) return setLockAsCompromised(file, lock, Object.assign(/* @__PURE__ */ new Error("Unable to update lock within the stale threshold"), { code: "ECOMPROMISED" }));
				const mtime = mtimePrecision.getMtime(lock.mtimePrecision);
				options.fs.utimes(lock.lockfilePath, mtime, mtime, (err) => {
					const isOverThreshold = lock.lastUpdate + options.stale < Date.now();
					if (lock.released) return;
					if (err) {
						if (err.code === "ENOENT" || isOverThreshold) return setLockAsCompromised(file, lock, Object.assign(err, { code: "ECOMPROMISED" }));
						lock.updateDelay = 1e3;
						return updateLock(file, options);
					}
					lock.mtime = mtime;
					lock.lastUpdate = Date.now();
					lock.updateDelay = null;
					updateLock(file, options);
				});
			});
		}, lock.updateDelay);
		/* istanbul ignore else */
		if (lock.updateTimeout.unref) lock.updateTimeout.unref();
	}
	function setLockAsCompromised(file, lock, err) {
		lock.released = true;
		/* istanbul ignore if */
		if (lock.updateTimeout) clearTimeout(lock.updateTimeout);
		if (locks[file] === lock) delete locks[file];
		lock.options.onCompromised(err);
	}
	function lock(file, options, callback) {
		/* istanbul ignore next */
		options = {
			stale: 1e4,
			update: null,
			realpath: true,
			retries: 0,
			fs,
			onCompromised: (err) => {
				throw err;
			},
			...options
		};
		options.retries = options.retries || 0;
		options.retries = typeof options.retries === "number" ? { retries: options.retries } : options.retries;
		options.stale = Math.max(options.stale || 0, 2e3);
		options.update = options.update == null ? options.stale / 2 : options.update || 0;
		options.update = Math.max(Math.min(options.update, options.stale / 2), 1e3);
		resolveCanonicalPath(file, options, (err, file) => {
			if (err) return callback(err);
			const operation = retry.operation(options.retries);
			operation.attempt(() => {
				acquireLock(file, options, (err, mtime, mtimePrecision) => {
					if (operation.retry(err)) return;
					if (err) return callback(operation.mainError());
					const lock = locks[file] = {
						lockfilePath: getLockFile(file, options),
						mtime,
						mtimePrecision,
						options,
						lastUpdate: Date.now()
					};
					updateLock(file, options);
					callback(null, (releasedCallback) => {
						if (lock.released) return releasedCallback && releasedCallback(Object.assign(/* @__PURE__ */ new Error("Lock is already released"), { code: "ERELEASED" }));
						unlock(file, {
							...options,
							realpath: false
						}, releasedCallback);
					});
				});
			});
		});
	}
	function unlock(file, options, callback) {
		options = {
			fs,
			realpath: true,
			...options
		};
		resolveCanonicalPath(file, options, (err, file) => {
			if (err) return callback(err);
			const lock = locks[file];
			if (!lock) return callback(Object.assign(/* @__PURE__ */ new Error("Lock is not acquired/owned by you"), { code: "ENOTACQUIRED" }));
			lock.updateTimeout && clearTimeout(lock.updateTimeout);
			lock.released = true;
			delete locks[file];
			removeLock(file, options, callback);
		});
	}
	function check(file, options, callback) {
		options = {
			stale: 1e4,
			realpath: true,
			fs,
			...options
		};
		options.stale = Math.max(options.stale || 0, 2e3);
		resolveCanonicalPath(file, options, (err, file) => {
			if (err) return callback(err);
			options.fs.stat(getLockFile(file, options), (err, stat) => {
				if (err) return err.code === "ENOENT" ? callback(null, false) : callback(err);
				return callback(null, !isLockStale(stat, options));
			});
		});
	}
	function getLocks() {
		return locks;
	}
	/* istanbul ignore next */
	onExit(() => {
		for (const file in locks) {
			const options = locks[file].options;
			try {
				options.fs.rmdirSync(getLockFile(file, options));
			} catch (e) {}
		}
	});
	module.exports.lock = lock;
	module.exports.unlock = unlock;
	module.exports.check = check;
	module.exports.getLocks = getLocks;
}));

// node_modules/proper-lockfile/lib/adapter.js
var require_adapter = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const fs = require_graceful_fs();
	function createSyncFs(fs) {
		const methods = [
			"mkdir",
			"realpath",
			"stat",
			"rmdir",
			"utimes"
		];
		const newFs = { ...fs };
		methods.forEach((method) => {
			newFs[method] = (...args) => {
				const callback = args.pop();
				let ret;
				try {
					ret = fs[`${method}Sync`](...args);
				} catch (err) {
					return callback(err);
				}
				callback(null, ret);
			};
		});
		return newFs;
	}
	function toPromise(method) {
		return (...args) => new Promise((resolve, reject) => {
			args.push((err, result) => {
				if (err) reject(err);
				else resolve(result);
			});
			method(...args);
		});
	}
	function toSync(method) {
		return (...args) => {
			let err;
			let result;
			args.push((_err, _result) => {
				err = _err;
				result = _result;
			});
			method(...args);
			if (err) throw err;
			return result;
		};
	}
	function toSyncOptions(options) {
		options = { ...options };
		options.fs = createSyncFs(options.fs || fs);
		if (typeof options.retries === "number" && options.retries > 0 || options.retries && typeof options.retries.retries === "number" && options.retries.retries > 0) throw Object.assign(/* @__PURE__ */ new Error("Cannot use retries with the sync api"), { code: "ESYNC" });
		return options;
	}
	module.exports = {
		toPromise,
		toSync,
		toSyncOptions
	};
}));

// node_modules/proper-lockfile/index.js
var require_proper_lockfile = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const lockfile = require_lockfile();
	const { toPromise, toSync, toSyncOptions } = require_adapter();
	async function lock(file, options) {
		const release = await toPromise(lockfile.lock)(file, options);
		return toPromise(release);
	}
	function lockSync(file, options) {
		const release = toSync(lockfile.lock)(file, toSyncOptions(options));
		return toSync(release);
	}
	function unlock(file, options) {
		return toPromise(lockfile.unlock)(file, options);
	}
	function unlockSync(file, options) {
		return toSync(lockfile.unlock)(file, toSyncOptions(options));
	}
	function check(file, options) {
		return toPromise(lockfile.check)(file, options);
	}
	function checkSync(file, options) {
		return toSync(lockfile.check)(file, toSyncOptions(options));
	}
	module.exports = lock;
	module.exports.lock = lock;
	module.exports.unlock = unlock;
	module.exports.lockSync = lockSync;
	module.exports.unlockSync = unlockSync;
	module.exports.check = check;
	module.exports.checkSync = checkSync;
}));

// src/disk/lock.ts
var import_proper_lockfile = require_proper_lockfile();
const STALE_MS = 8e3;
const HELD_MS = 6e3;
const WAIT_MS = 1e4;
const RETRY_MS = 50;
function lockDirectory(path) {
	return `${path}.lock`;
}
async function withLock(path, work, options) {
	const hold = await acquire(path, options?.waitMs ?? WAIT_MS);
	let result;
	try {
		result = await work(() => requireHeld(hold));
	} catch (error) {
		await Promise.allSettled([release(hold)]);
		throw error;
	}
	await release(hold);
	return result;
}
async function acquire(path, waitMs) {
	const deadline = performance.now() + waitMs;
	const lost = new AbortController();
	const record = `${path}.${randomUUID()}`;
	for (;;) {
		try {
			const remove = await (0, import_proper_lockfile.lock)(record, {
				lockfilePath: lockDirectory(path),
				realpath: false,
				stale: STALE_MS,
				update: 2e3,
				onCompromised: (error) => {
					lost.abort(error);
				}
			});
			const made = await findLock(path) ?? takenAway(path);
			return {
				path,
				made,
				skewMs: Date.now() - Number(made.mtimeMs),
				record,
				lost: lost.signal,
				release: remove
			};
		} catch (error) {
			if (errnoOf(error) !== "ELOCKED") throw ioError(path, "to make the lock", error);
			if (await removeFuture(path)) continue;
			if (performance.now() >= deadline) throw new CountersignError("locked", path, `expected the lock within ${String(waitMs)} ms, got none: another process holds it`, { cause: error });
		}
		await setTimeout$1(RETRY_MS * (.5 + Math.random()));
	}
}
function takenAway(path) {
	throw new CountersignError("locked", path, "expected to hold the lock to the end, got it taken away");
}
async function findLock(path) {
	try {
		return await stat(lockDirectory(path), { bigint: true });
	} catch (error) {
		if (errnoOf(error) === "ENOENT") return null;
		throw ioError(path, "to look at the lock", error);
	}
}
async function findOurs({ path, made, lost }) {
	const there = lost.aborted ? null : await findLock(path);
	return there?.ino === made.ino && there.birthtimeNs === made.birthtimeNs ? there : null;
}
async function requireHeld(hold) {
	const ours = await findOurs(hold);
	if (ours === null || Math.min(ageMs(ours), ageMs(ours, hold.skewMs)) > HELD_MS) takenAway(hold.path);
}
function ageMs({ mtimeMs }, skewMs = 0) {
	return Math.abs(Date.now() - skewMs - Number(mtimeMs));
}
async function removeFuture(path) {
	const there = await findLock(path);
	if (there === null || ageMs(there) <= STALE_MS) return false;
	try {
		await rmdir(lockDirectory(path));
	} catch (error) {
		if (errnoOf(error) !== "ENOENT") throw ioError(path, "to take over the lock", error);
	}
	return true;
}
async function release(hold) {
	const { path, record } = hold;
	if (await findOurs(hold) === null) {
		await Promise.allSettled([(0, import_proper_lockfile.unlock)(record, {
			lockfilePath: lockDirectory(path),
			realpath: false,
			fs: { rmdir: (_directory, done) => {
				done(null);
			} }
		})]);
		takenAway(path);
	}
	try {
		await hold.release();
	} catch (error) {
		throw ioError(path, "to release the lock", error);
	}
}

// src/cli/local-workplace.ts
function currentInstant() {
	return instantFromSeconds(Date.now() / 1e3);
}
const localHasher = { hash: async (paths, onProgress) => hashPaths(paths, { onProgress }) };
async function openLocalWorkplace(options) {
	const { directory, log, now, anchor, openSigner } = options;
	const forge = await openLocalForge(directory, {
		as: options.as,
		onPacked: (done, total) => {
			log.progress("packing", done, total);
		}
	});
	const siteDirectory = options.site ?? join(resolve(directory), "site");
	const site = openDirectory(siteDirectory);
	return {
		place: {
			forge,
			staging: forge,
			live: filesSource(site),
			site,
			releases: null,
			maxHostedBytes: null,
			hasher: localHasher,
			log,
			now,
			anchor,
			openSigner,
			withSiteLock: (work) => withLock(join(resolve(directory), "site-lock"), work)
		},
		forge,
		site,
		siteDirectory
	};
}

// src/http/destination.ts
function destinationOf(url) {
	const isSecure = url.protocol === "https:";
	const port = url.port === "" ? isSecure ? 443 : 80 : Number(url.port);
	return {
		origin: url.origin,
		host: url.hostname.replace(/^\[|\]$/g, ""),
		port,
		isSecure
	};
}
function authorityOf({ host, port }) {
	return `${host.includes(":") ? `[${host}]` : host}:${String(port)}`;
}

// src/http/no-proxy.ts
const ENTRY = /^(?:\[([0-9a-f:.]+)\]|([^[\]:]+))(?::([0-9]{1,5}))?$/;
const SUBNET = /^\[?([0-9a-f:.]+)\]?\/([0-9]{1,3})$/;
const familyOf = (address) => isIP(address) === 4 ? "ipv4" : "ipv6";
function addressRule(address) {
	const list = new BlockList();
	list.addAddress(address, familyOf(address));
	return (host) => isIP(host) !== 0 && list.check(host, familyOf(host));
}
function subnetRule(entry) {
	const [, address = "", bits = ""] = SUBNET.exec(entry) ?? [];
	const version = isIP(address);
	if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return null;
	const list = new BlockList();
	list.addSubnet(address, Number(bits), familyOf(address));
	return ({ host }) => isIP(host) !== 0 && list.check(host, familyOf(host));
}
function nameRule(name) {
	const bare = name.replace(/^\*(?=\.)/, "").replace(/\.$/, "");
	const [suffix, self] = bare.startsWith(".") ? [bare, null] : [`.${bare}`, bare];
	return (host) => isIP(host) === 0 && (host === self || host.endsWith(suffix));
}
function ruleOf(entry) {
	if (entry === "*") return () => true;
	if (entry.includes("/")) return subnetRule(entry);
	if (isIP(entry) !== 0) {
		const isAddress = addressRule(entry);
		return ({ host }) => isAddress(host);
	}
	const [, literal, name = "", port] = ENTRY.exec(entry) ?? [];
	const address = literal ?? name;
	if (address === "" || literal !== void 0 && isIP(literal) !== 6) return null;
	const isHost = isIP(address) === 0 ? nameRule(address) : addressRule(address);
	return (to) => isHost(to.host) && (port === void 0 || Number(port) === to.port);
}
function parseNoProxy(text) {
	const rules = text.toLowerCase().split(/[\s,]+/).filter((entry) => entry !== "").flatMap((entry) => ruleOf(entry) ?? []);
	return (to) => {
		const host = to.host.toLowerCase().replace(/\.$/, "");
		return rules.some((rule) => rule({
			host,
			port: to.port
		}));
	};
}

// src/http/proxies.ts
function variableOf(env, name) {
	for (const spelling of [name, name.toUpperCase()]) {
		const text = env[spelling] ?? "";
		if (text !== "" && !(spelling === "HTTP_PROXY" && env["REQUEST_METHOD"] !== void 0)) return {
			name: spelling,
			text
		};
	}
	return null;
}
function refuse(name, detail) {
	throw new CountersignError("usage", name, detail);
}
function credentialsOf(url, name) {
	if (url.username === "" && url.password === "") return null;
	try {
		const [user, password] = [url.username, url.password].map(decodeURIComponent);
		return `Basic ${Buffer.from(`${user ?? ""}:${password ?? ""}`).toString("base64")}`;
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		return refuse(name, "expected a user and password whose percent-encoding can be read, got others");
	}
}
function proxyOf(env, names) {
	const found = names.map((name) => variableOf(env, name)).find((one) => one !== null);
	if (found === void 0) return null;
	const { name, text } = found;
	const trimmed = text.trim();
	const full = trimmed.includes("://") ? trimmed : `http://${trimmed}`;
	const url = URL.canParse(full) ? new URL(full) : refuse(name, "expected the URL of a proxy, such as http://HOST:PORT, got a text that is none");
	if (url.protocol.startsWith("socks")) refuse(name, "expected an http or https proxy; SOCKS proxies are not supported");
	if (url.protocol !== "http:" && url.protocol !== "https:") refuse(name, "expected the URL of an http or https proxy, such as http://HOST:PORT, got another scheme");
	return {
		name: url.origin,
		variable: name,
		at: destinationOf(url),
		authorization: credentialsOf(url, name)
	};
}
function readProxies(env) {
	const [http, https] = [proxyOf(env, ["http_proxy", "all_proxy"]), proxyOf(env, ["https_proxy", "all_proxy"])];
	const isExcluded = parseNoProxy(variableOf(env, "no_proxy")?.text ?? "");
	return (url) => {
		const proxy = url.protocol === "https:" ? https : http;
		return proxy === null || isExcluded(destinationOf(url)) ? null : proxy;
	};
}
const NO_PROXIES = () => null;

// src/http/answer.ts
const MAX_DRAINED_BYTES = 16384;
const MAX_DRAIN_MS = 500;
function answered(message, via) {
	message.on("error", () => void 0);
	return {
		status: message.statusCode ?? 0,
		statusText: message.statusMessage ?? "",
		headers: message.headers,
		header: (name) => {
			const value = message.headers[name];
			return Array.isArray(value) ? value.join(", ") : value ?? null;
		},
		body: message,
		discard: () => discardBody(message),
		...via === null ? {} : { via }
	};
}
async function drain(body) {
	let drained = 0;
	for await (const chunk of body) {
		drained += chunk instanceof Uint8Array ? chunk.length : MAX_DRAINED_BYTES;
		if (drained >= MAX_DRAINED_BYTES) return;
	}
}
async function discardBody(body) {
	const timer = setTimeout(() => body.destroy(), MAX_DRAIN_MS);
	await drain(body).catch(() => void 0);
	clearTimeout(timer);
}

// src/http/connection-error.ts
var ConnectionError = class extends Error {
	name = "ConnectionError";
	fault;
	isPassing;
	constructor(message, what, options) {
		super(message, options);
		this.fault = what.fault ?? "connection";
		this.isPassing = what.isPassing;
	}
};
function errorCodeOf({ fault }) {
	switch (fault) {
		case "certificate": return "certificate-refused";
		case "page": return "page-answered";
		case "connection": return "io";
		default: return fault;
	}
}
const passing = (text) => ({
	text,
	fault: "connection",
	isPassing: true
});
const lasting = (text) => ({
	text,
	fault: "connection",
	isPassing: false
});
const certificate = (text) => ({
	text,
	fault: "certificate",
	isPassing: false
});
const CLOSED = passing("the connection was closed");
const NO_WAY$1 = passing("there is no way to its address from here");
const UNTRUSTED = certificate("its certificate was issued by nobody that this machine trusts");
const REASONS = /* @__PURE__ */ new Map([
	["ECONNREFUSED", passing("nothing listens there")],
	["ECONNRESET", CLOSED],
	["ECONNABORTED", CLOSED],
	["EPIPE", CLOSED],
	["ETIMEDOUT", passing("it did not answer in time")],
	["EHOSTUNREACH", NO_WAY$1],
	["ENETUNREACH", NO_WAY$1],
	["EADDRNOTAVAIL", NO_WAY$1],
	["EAI_AGAIN", passing("its name could not be looked up for now")],
	["ENOTFOUND", lasting("its name has no address")],
	["ENODATA", lasting("its name has no address")],
	["EACCES", lasting("this machine forbids the connection")],
	["EPERM", lasting("this machine forbids the connection")],
	["EMFILE", lasting("too many files are open here")],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED],
	["UNABLE_TO_GET_ISSUER_CERT", UNTRUSTED],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", UNTRUSTED],
	["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
	["DEPTH_ZERO_SELF_SIGNED_CERT", UNTRUSTED],
	["CERT_UNTRUSTED", UNTRUSTED],
	["CERT_HAS_EXPIRED", certificate("its certificate has run out, or the clock of this machine is ahead")],
	["CERT_NOT_YET_VALID", certificate("its certificate is not valid yet, or the clock of this machine is behind")],
	["ERR_TLS_CERT_ALTNAME_INVALID", certificate("its certificate is for another name")]
]);
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
function reasonOf(error) {
	const code = codeOf(error);
	const known = REASONS.get(code);
	if (known !== void 0) return known;
	if (code.startsWith("CERT_") || code.startsWith("ERR_TLS_CERT")) return certificate("its certificate can not be verified");
	if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "EPROTO") return lasting("it does not speak TLS there");
	if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS")) return lasting("the TLS handshake failed");
	if (code.startsWith("HPE_")) return lasting("what it sent is no HTTP answer");
	return lasting("the connection failed");
}
function connectionError(what, error) {
	if (error instanceof ConnectionError) return error;
	const { text, fault, isPassing } = reasonOf(error);
	return new ConnectionError(`${what}: ${text}`, {
		fault,
		isPassing
	}, { cause: error });
}
function secondsText(ms) {
	return `${String(ms / 1e3)} s`;
}

// src/http/reach.ts
const HEAD_START_MS = 250;
const NO_WAY = /* @__PURE__ */ new Set([
	"EADDRNOTAVAIL",
	"EAFNOSUPPORT",
	"EHOSTUNREACH",
	"ENETUNREACH"
]);
function addressesOf(host) {
	if (isIP(host) !== 0) return Promise.resolve([host]);
	return new Promise((resolve, reject) => {
		lookup(host, { all: true }, (error, found) => {
			if (error !== null) reject(error);
			else resolve(found.map(({ address }) => address));
		});
	});
}
function inTurn(addresses) {
	const first = isIP(addresses[0] ?? "");
	const own = addresses.filter((address) => isIP(address) === first);
	const others = addresses.filter((address) => isIP(address) !== first);
	const length = Math.max(own.length, others.length);
	return Array.from({ length }, (_, index) => [...own.slice(index, index + 1), ...others.slice(index, index + 1)]).flat();
}
function race(addresses, port, { connectMs, signal }) {
	const headStartMs = Math.min(HEAD_START_MS, connectMs / (addresses.length + 1));
	return new Promise((resolve, reject) => {
		const open = /* @__PURE__ */ new Set();
		const failures = [];
		const left = [...addresses];
		let timer;
		let isSettled = false;
		const settle = (winner) => {
			isSettled = true;
			clearTimeout(timer);
			signal.removeEventListener("abort", giveUp);
			for (const socket of open) if (socket !== winner) socket.destroy();
		};
		const fail = (error) => {
			settle(null);
			reject(error instanceof Error ? error : /* @__PURE__ */ new Error("the connection was given up"));
		};
		const giveUp = () => fail(signal.reason);
		const next = () => {
			clearTimeout(timer);
			const host = left.shift();
			if (host === void 0) {
				if (open.size === 0) fail(failures.find((error) => !NO_WAY.has(codeOf(error))) ?? failures[0]);
				return;
			}
			const socket = connect({
				host,
				port,
				noDelay: true,
				keepAlive: true
			});
			open.add(socket);
			socket.once("connect", () => {
				settle(socket);
				resolve(socket);
			});
			socket.on("error", (error) => {
				open.delete(socket);
				failures.push(error);
				if (!isSettled) next();
			});
			timer = setTimeout(next, headStartMs);
		};
		signal.addEventListener("abort", giveUp, { once: true });
		next();
	});
}
async function reach({ host, port }, patience) {
	const { signal } = patience;
	signal.throwIfAborted();
	return race(inTurn(await new Promise((resolve, reject) => {
		const giveUp = () => reject(signal.reason instanceof Error ? signal.reason : /* @__PURE__ */ new Error("the connection was given up"));
		signal.addEventListener("abort", giveUp, { once: true });
		addressesOf(host).then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
	})), port, patience);
}

// src/http/secure.ts
function secure(socket, { host }, ca, signal) {
	return new Promise((resolve, reject) => {
		const secured = connect$1({
			socket,
			host,
			...isIP(host) === 0 ? { servername: host } : {},
			rejectUnauthorized: true,
			minVersion: "TLSv1.2",
			ALPNProtocols: ["http/1.1"],
			...ca === void 0 ? {} : { ca }
		});
		const giveUp = () => {
			secured.destroy();
			reject(signal.reason instanceof Error ? signal.reason : /* @__PURE__ */ new Error("the handshake was given up"));
		};
		const settle = () => signal.removeEventListener("abort", giveUp);
		if (signal.aborted) giveUp();
		signal.addEventListener("abort", giveUp, { once: true });
		secured.once("secureConnect", () => {
			settle();
			resolve(secured);
		});
		secured.on("error", (error) => {
			settle();
			reject(error);
		});
		secured.once("close", () => {
			settle();
			reject(Object.assign(/* @__PURE__ */ new Error("the connection ended during the handshake"), { code: "ECONNRESET" }));
		});
	});
}

// src/http/tunnel.ts
const PASSING_STATUS = /* @__PURE__ */ new Set([
	408,
	425,
	429,
	500,
	502,
	503,
	504
]);
function credentialsAdvice({ variable, authorization }, schemes) {
	const asked = schemes === "" || /\bbasic\b/i.test(schemes) ? "" : `; it asks for ${quote(schemes)}, and only Basic is supported`;
	if (authorization !== null) return `; it does not take the user and password of ${variable}${asked}`;
	return asked === "" ? `; put a user and password into ${variable}: http://USER:PASSWORD@HOST:PORT` : asked;
}
function refused(answer, proxy, to) {
	const status = answer.statusCode ?? 0;
	const said = `${String(status)}${answer.statusMessage === "" ? "" : ` ${quote(answer.statusMessage ?? "")}`}`;
	const advice = status === 407 ? credentialsAdvice(proxy, answer.headers["proxy-authenticate"]?.toString() ?? "") : "";
	return new ConnectionError(`the proxy ${proxy.name} answered ${said} when it was asked for ${to}${advice}`, { isPassing: PASSING_STATUS.has(status) });
}
function askForTunnel(socket, proxy, to, signal) {
	const authority = authorityOf(to);
	return new Promise((resolve, reject) => {
		const sent = request({
			method: "CONNECT",
			path: authority,
			createConnection: () => socket,
			insecureHTTPParser: false,
			setHost: false,
			headers: {
				host: authority,
				"user-agent": `countersign/${VERSION}`,
				connection: "keep-alive",
				"proxy-connection": "keep-alive",
				...proxy.authorization === null ? {} : { "proxy-authorization": proxy.authorization }
			}
		});
		let isOpen = false;
		const fail = (error) => {
			if (isOpen) return;
			signal.removeEventListener("abort", giveUp);
			socket.destroy();
			reject(error instanceof Error ? error : /* @__PURE__ */ new Error("the tunnel was given up"));
		};
		const giveUp = () => fail(signal.reason);
		signal.addEventListener("abort", giveUp, { once: true });
		const what = `the proxy ${proxy.name} gave no tunnel to ${authority}`;
		sent.on("error", (error) => fail(connectionError(what, error)));
		sent.once("close", () => fail(new ConnectionError(`${what}: the connection was closed`, { isPassing: true })));
		sent.once("connect", (answer, _socket, head) => {
			const status = answer.statusCode ?? 0;
			if (status < 200 || status > 299) fail(refused(answer, proxy, authority));
			else if (head.length > 0) fail(new ConnectionError(`${what}: it sent more than an answer`, { isPassing: false }));
			else {
				isOpen = true;
				signal.removeEventListener("abort", giveUp);
				resolve();
			}
		});
		sent.end();
		if (signal.aborted) giveUp();
	});
}

// src/http/connection.ts
async function take(step, { to, proxy }, { connectMs, ca }) {
	if (proxy === null) {
		const plain = await step(`${to.origin} can not be reached`, (signal) => reach(to, {
			connectMs,
			signal
		}));
		return to.isSecure ? step(`no secure connection to ${to.origin}`, (signal) => secure(plain, to, ca, signal)) : plain;
	}
	const { name, at } = proxy;
	const reached = await step(`the proxy ${name} can not be reached`, (signal) => reach(at, {
		connectMs,
		signal
	}));
	const there = at.isSecure ? await step(`no secure connection to the proxy ${name}`, (signal) => secure(reached, at, ca, signal)) : reached;
	if (!to.isSecure) return there;
	await step(`the proxy ${name} gave no tunnel to ${authorityOf(to)}`, (signal) => askForTunnel(there, proxy, to, signal));
	return step(`no secure connection to ${to.origin} through the proxy ${name}`, (signal) => secure(there, to, ca, signal));
}
async function openConnection(way, options) {
	const { connectMs, signal } = options;
	const controller = new AbortController();
	let underWay = "";
	const timer = setTimeout(() => {
		controller.abort(new ConnectionError(`${underWay}: nothing came within ${secondsText(connectMs)}`, { isPassing: true }));
	}, connectMs);
	const giveUp = () => controller.abort(new ConnectionError(`${underWay}: it was given up`, { isPassing: false }));
	if (signal.aborted) giveUp();
	signal.addEventListener("abort", giveUp, { once: true });
	try {
		return await take(async (what, work) => {
			underWay = what;
			try {
				return await work(controller.signal);
			} catch (error) {
				throw connectionError(what, error);
			}
		}, way, options);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", giveUp);
	}
}

// src/http/transport.ts
const IDLE_MS = 4e3;
function endWith(sent, signal, reject) {
	const end = () => {
		sent.destroy();
		reject(new ConnectionError("the request was given up", { isPassing: false }));
	};
	if (signal.aborted) end();
	signal.addEventListener("abort", end, { once: true });
	sent.once("close", () => {
		signal.removeEventListener("abort", end);
	});
}
function sendBody(sent, body) {
	if (body === null || body instanceof Uint8Array) sent.end(body ?? void 0);
	else pipeline(body, sent, () => void 0);
}
function exchange({ to, proxy }, agent, url, { method, headers, body, signal, idleMs, onReached }) {
	const asked = proxy !== null && !to.isSecure ? proxy : null;
	const authorization = asked?.authorization ?? null;
	const what = `no answer of ${to.origin}${proxy === null ? "" : ` through the proxy ${proxy.name}`}`;
	return new Promise((resolve, reject) => {
		const sent = (to.isSecure ? https : http).request({
			agent,
			method,
			host: to.host,
			port: to.port,
			path: asked === null ? `${url.pathname}${url.search}` : `${url.origin}${url.pathname}${url.search}`,
			headers: {
				"user-agent": `countersign/${VERSION}`,
				...headers,
				...authorization === null ? {} : { "proxy-authorization": authorization }
			},
			insecureHTTPParser: false,
			joinDuplicateHeaders: true,
			...idleMs === null ? {} : { timeout: idleMs }
		});
		sent.on("error", (error) => reject(connectionError(what, error)));
		sent.once("close", () => reject(new ConnectionError(`${what}: the connection was closed`, { isPassing: true })));
		endWith(sent, signal, reject);
		if (idleMs !== null) sent.on("timeout", () => sent.destroy(new ConnectionError(`${what}: nothing came within ${secondsText(idleMs)}`, { isPassing: true })));
		sent.once("socket", () => onReached?.());
		sent.once("response", resolve);
		sendBody(sent, body);
	});
}
function openTransport({ connectMs, ca, proxies }) {
	const agents = /* @__PURE__ */ new Map();
	const closing = new AbortController();
	const agentOf = (way) => {
		const key = `${way.to.origin} ${way.proxy?.name ?? ""}`;
		const known = agents.get(key);
		if (known !== void 0) return known;
		const agent = new (way.to.isSecure ? https : http).Agent({
			keepAlive: true,
			timeout: IDLE_MS
		});
		agent.createConnection = (_options, done) => {
			openConnection(way, {
				connectMs,
				signal: closing.signal,
				...ca === void 0 ? {} : { ca }
			}).then((socket) => done?.(null, socket), (error) => done?.(error instanceof Error ? error : /* @__PURE__ */ new Error("the connection failed"), new Socket()));
			return null;
		};
		agents.set(key, agent);
		return agent;
	};
	return {
		send: async (url, request) => {
			const way = {
				to: destinationOf(url),
				proxy: proxies(url)
			};
			const message = await exchange(way, agentOf(way), url, request);
			return answered(message, way.proxy !== null && !way.to.isSecure ? way.proxy.name : null);
		},
		close: async () => {
			closing.abort();
			for (const agent of agents.values()) agent.destroy();
		}
	};
}

export { parseBlobId as _, errorCodeOf as a, mapSource as b, currentInstant as c, withLock as d, openDirectory as f, parseAccountId as g, BOT_LOGIN as h, connectionError as i, localHasher as l, createLocalForge as m, ConnectionError as n, NO_PROXIES as o, makeDirectories as p, codeOf as r, readProxies as s, openTransport as t, openLocalWorkplace as u, refOf as v, rememberingSource as x, filesSource as y };
