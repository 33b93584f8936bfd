import { C as require_graceful_fs, D as __toESM, E as __require$1, S as require_light, a as notice, b as Octokit$1, c as startGroup, g as legacyRestEndpointMethods, i as info, l as warning$2, n as endGroup, o as setOutput, r as error, s as setSecret, u as summary$1, v as paginateRest, w as __commonJSMin, x as retry, y as requestLog } from "./action-chunks/core.js";
import path, { basename, dirname, join, relative, resolve, sep } from "node:path";
import { chmod, copyFile, link, lstat, mkdir, mkdtemp, open, readFile, readdir, rename, rm, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import crypto, { ECDH, constants, createHash, createPrivateKey, createPublicKey, randomBytes, randomInt, randomUUID, sign, verify } from "node:crypto";
import { getSystemErrorMap } from "node:util";
import fs, { constants as constants$1, createReadStream, existsSync, lstatSync, statSync } from "node:fs";
import { Readable, pipeline } from "node:stream";
import { pipeline as pipeline$1 } from "node:stream/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import os, { devNull, tmpdir } from "node:os";
import { setImmediate, setTimeout as setTimeout$1 } from "node:timers/promises";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { basename as basename$1, dirname as dirname$1, isAbsolute, normalize, posix, relative as relative$1, resolve as resolve$1, sep as sep$1 } from "path";
import * as nativeFs from "fs";
import { readdir as readdir$1, readdirSync, realpath, realpathSync, stat as stat$1, statSync as statSync$1 } from "fs";
import { BlockList, Socket, connect, isIP } from "node:net";
import http, { request } from "node:http";
import https from "node:https";
import { lookup } from "node:dns";
import { connect as connect$1 } from "node:tls";
import { createGunzip } from "node:zlib";
import { fileURLToPath } from "url";
import { createRequire } from "module";

// src/tuf/errors.ts
const UNSEEN$3 = /[\p{C}\p{Zl}\p{Zp}]/gu;
function quote(text) {
	return quoteUpTo(80, text);
}
function quotePath$1(path) {
	return quoteUpTo(4096, path);
}
function quoteUpTo(max, text) {
	const capped = text.length > max ? `${text.slice(0, max - 1)}…` : text;
	return JSON.stringify(capped).replace(UNSEEN$3, escapeUnits);
}
function escapeUnits(character) {
	return Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`).join("");
}
var CountersignError = class extends Error {
	name = "CountersignError";
	code;
	where;
	detail;
	constructor(code, where, detail, options) {
		super(`${where}: ${detail}`, options);
		this.code = code;
		this.where = where;
		this.detail = detail;
	}
};
function outcomeOf(step) {
	try {
		return {
			kind: "accepted",
			value: step()
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			kind: "refused",
			refusal: {
				code: error.code,
				where: error.where,
				detail: error.detail
			}
		};
	}
}
function unwrap(outcome) {
	if (outcome.kind === "accepted") return outcome.value;
	const { code, where, detail } = outcome.refusal;
	throw new CountersignError(code, where, detail);
}

// src/cli/interruption.ts
var Interruption = class extends Error {
	name = "Interruption";
};

// src/cli/exit-code.ts
const EXIT = {
	ok: 0,
	failed: 1,
	usage: 2,
	findings: 3,
	interrupted: 130
};
const HINTS = {
	"base-missing": "is the first signing event complete? see `countersign status`",
	"not-a-signer": "pass the key that the policy lists for you with --key; on GitHub under your own account",
	"already-signed": "have it proposed again with --next-version and sign that: a signature that was given cannot be taken back. A root has no other version: the new one must name the old payload in x-countersign.replaces",
	"anchor-mismatch": "do not sign: ask the other signers, by other means, which root is right",
	equivocation: "two contents of one version are both validly signed: stop, and find out whose keys signed the one that you do not know",
	"fast-forward": "somebody who has a key of that role raised its version: revoke that key",
	"revocation-unpublished": "clients still count a key that was taken away: mend what the other findings name, then publish again",
	"served-unknown": "look at a client or a mirror for the last timestamp, then run publish with --served-timestamp",
	"event-open": "see `countersign status` for open events",
	"ref-conflict": "somebody else was faster several times; run the command again",
	"signer-uri": "keys are named by URI, such as file:alice.pem or env:NAME",
	"target-exists": "pass --replace if the new content is meant to take its place",
	"target-unreachable": "the policy decides which role signs which paths; see --target-prefix",
	locked: "another run holds it; if none does, wait ten seconds and run it again",
	"target-unknown": "try a pattern such as '**' to see what is signed",
	freeze: "the repository was not refreshed in time, or the host shows old files: ask its owners, or try a mirror",
	"client-refused": "nothing was published: see what the program printed above, and mend it or what is to be published",
	stalled: "run it again; what was downloaded is gone on with",
	"timed-out": "run it again; what was downloaded is gone on with",
	"certificate-refused": "a network that looks into connections has a certificate of its own: name a file that holds it in NODE_EXTRA_CA_CERTS",
	"page-answered": "a network may want a login first, which a browser shows; or the host answers with a page of its own for files that it lacks",
	"redirect-refused": "the host sends to an unsafe place; use another URL",
	"conversation-full": "the pull request takes no more comments: delete some, or sign by a review",
	"rate-limited": "GitHub lets nobody through for a while; run it again later"
};
function hintFor(code) {
	return HINTS[code] ?? null;
}
const USAGE = [
	"usage",
	"policy-invalid",
	"signer-uri",
	"people-invalid",
	"file-name"
];
function exitCodeOf(error) {
	if (!(error instanceof CountersignError)) return EXIT.failed;
	if (error.cause instanceof Interruption) return EXIT.interrupted;
	return USAGE.includes(error.code) ? EXIT.usage : EXIT.failed;
}

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
function capped$1(path, bytes, maxBytes) {
	if (bytes.length <= maxBytes) return bytes;
	throw new CountersignError("too-large", path, `expected at most ${String(maxBytes)} bytes, got ${String(bytes.length)}`);
}
function mapSource(map, below) {
	return {
		metadata: async (path, maxBytes) => {
			const bytes = map.get(path);
			if (bytes !== void 0) return capped$1(path, bytes, maxBytes);
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
			return bytes === null ? null : capped$1(path, bytes, maxBytes);
		},
		target: (path, maxBytes) => source.target(path, maxBytes),
		list: async () => listing === void 0 ? listing = await source.list() : listing
	};
}

// src/disk/errno-words.ts
const WORDS = /* @__PURE__ */ new Map([
	["ENOENT", "there is no such file or directory"],
	["ENOTDIR", "a file stands where a directory is needed"],
	["EISDIR", "a directory stands where a file is needed"],
	["EEXIST", "something of this name is there already"],
	["ENOTEMPTY", "the directory is not empty"],
	["EACCES", "this account is not allowed to"],
	["EPERM", "the system does not allow it"],
	["EROFS", "the file system is read-only"],
	["ENOSPC", "no space is left on the disk"],
	["EDQUOT", "the quota of this account is used up"],
	["EFBIG", "the file would be larger than the file system allows"],
	["EMFILE", "this program has too many files open"],
	["ENFILE", "the system has too many files open"],
	["ELOOP", "symbolic links lead in a circle"],
	["ENAMETOOLONG", "the name is longer than the file system allows"],
	["EIO", "the disk could not be read or written"],
	["EXDEV", "it would have to move to another file system"],
	["EBUSY", "another program uses it"],
	["ETXTBSY", "it is a program that is running"],
	["ENXIO", "it is no regular file"],
	["EPIPE", "the reader has closed its end"],
	["ECONNREFUSED", "nothing listens there (the connection was refused)"],
	["ECONNRESET", "the connection was reset"],
	["ECONNABORTED", "the connection was broken off"],
	["EHOSTUNREACH", "there is no way to the host"],
	["ENETUNREACH", "there is no way to its network"],
	["ETIMEDOUT", "no answer came in time"],
	["ENOTFOUND", "no host of this name was found"],
	["EAI_AGAIN", "the name of the host could not be looked up just now"],
	["UND_ERR_CONNECT_TIMEOUT", "no connection came about in time"],
	["UND_ERR_SOCKET", "the connection was closed"],
	["UND_ERR_ABORTED", "the connection was broken off"],
	["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "the answer is not as long as it says"],
	["DEPTH_ZERO_SELF_SIGNED_CERT", "the certificate is signed by itself"],
	["SELF_SIGNED_CERT_IN_CHAIN", "the certificate leads to an authority that this machine does not know"],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the certificate leads to an authority that this machine does not know"],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "the certificate leads to an authority that this machine does not know"],
	["CERT_HAS_EXPIRED", "the certificate has expired"],
	["ERR_TLS_CERT_ALTNAME_INVALID", "the certificate is for another name"],
	["ERR_INVALID_ARG_VALUE", "the name holds what no name can hold"]
]);
function errnoWords(name) {
	const words = WORDS.get(name);
	if (words !== void 0) return words;
	for (const [system, message] of getSystemErrorMap().values()) if (system === name) return message;
	return "the system could not do it";
}

// src/disk/atomic-file.ts
const TEMPORARY_PREFIX = ".tmp-";
function errnoOf(error) {
	if (error instanceof CountersignError) return null;
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
function ioError(where, expected, error) {
	const errno = errnoOf(error);
	if (error instanceof Error && errno === null) return error;
	const why = errno === null ? "the system could not do it" : errnoWords(errno);
	return new CountersignError("io", where, `expected ${expected}, but ${why}`, { cause: error });
}
async function orIoError(where, expected, operation) {
	try {
		return await operation();
	} catch (error) {
		throw ioError(where, expected, error);
	}
}
function ignoring(errno) {
	return (error) => {
		if (errnoOf(error) !== errno) throw error;
	};
}
async function writeTemporary(directory, fill) {
	const path = join(directory, `${TEMPORARY_PREFIX}${randomBytes(12).toString("hex")}`);
	const file = await open(path, "wx", 420);
	try {
		await file.chmod(420);
		await fill(file);
		await file.sync();
		await file.close();
	} catch (error) {
		await file.close();
		await rm(path, { force: true });
		throw error;
	}
	return path;
}

// src/tuf/json.ts
const MAX_JSON_DEPTH = 64;
const MAX_JSON_BYTES = 2 ** 29 - 24;
function isJsonObject(value) {
	return value instanceof Map;
}
function isJsonArray(value) {
	return Array.isArray(value);
}
function jsonTypeOf(value) {
	if (value === void 0) return "nothing";
	if (value === null) return "null";
	if (isJsonArray(value)) return "an array";
	if (isJsonObject(value)) return "an object";
	return `a ${typeof value}`;
}
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
function jsonPath(path, key) {
	if (typeof key === "number") return `${path}[${String(key)}]`;
	return PLAIN_KEY.test(key) ? `${path}.${key}` : `${path}[${quote(key)}]`;
}
function parseJson(bytes) {
	if (bytes.length > MAX_JSON_BYTES) throw new CountersignError("too-large", "$", `expected at most ${String(MAX_JSON_BYTES)} bytes of JSON, got ${String(bytes.length)}`);
	if (bytes[0] === 239 && bytes[1] === 187 && bytes[2] === 191) throw new CountersignError("json-bom", "$", "expected JSON, got a byte order mark at offset 0");
	return new Reader(decodeUtf8(bytes)).document();
}
function decodeUtf8(bytes) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new CountersignError("json-encoding", "$", "expected UTF-8, got other bytes", { cause: error });
	}
}
const QUOTE = 34;
const BACKSLASH = 92;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ANY_SURROGATE = /[\ud800-\udfff]/;
const PLAIN_STRING = /"[^"\\\x00-\x1f]*"/y;
const SPACE$1 = /[ \n\r\t]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES = /* @__PURE__ */ new Map([
	["\"", "\""],
	["\\", "\\"],
	["/", "/"],
	["b", "\b"],
	["f", "\f"],
	["n", "\n"],
	["r", "\r"],
	["t", "	"]
]);
const FREE_CONTAINERS = 65536;
const CHARACTERS_FOR_CONTAINER = 16;
var Reader = class {
	#text;
	#at = 0;
	#containers = 0;
	#path = [];
	constructor(text) {
		this.#text = text;
	}
	document() {
		this.#space();
		const value = this.#value();
		this.#space();
		if (this.#at < this.#text.length) this.#fail("json-syntax", "expected the end of the file");
		return value;
	}
	#fail(code, what, at = this.#at) {
		const where = this.#path.reduce((path, key) => jsonPath(path, key), "$");
		const offset = new TextEncoder().encode(this.#text.slice(0, at)).length;
		const got = at < this.#text.length ? quote(this.#text.slice(at, at + 12)) : "the end of the file";
		throw new CountersignError(code, where, `${what}, got ${got} at offset ${String(offset)}`);
	}
	#space() {
		if (this.#text.charCodeAt(this.#at) > 32) return;
		SPACE$1.lastIndex = this.#at;
		SPACE$1.test(this.#text);
		this.#at = SPACE$1.lastIndex;
	}
	#value() {
		switch (this.#text.charCodeAt(this.#at)) {
			case 123: return this.#object();
			case 91: return this.#array();
			case QUOTE: return this.#string();
			case 116: return this.#word("true", true);
			case 102: return this.#word("false", false);
			case 110: return this.#word("null", null);
			default: return this.#number();
		}
	}
	#word(word, value) {
		if (!this.#text.startsWith(word, this.#at)) this.#fail("json-syntax", "expected a value");
		this.#at += word.length;
		return value;
	}
	#number() {
		NUMBER.lastIndex = this.#at;
		const text = NUMBER.exec(this.#text)?.[0];
		if (text === void 0) this.#fail("json-syntax", "expected a value");
		const value = Number(text);
		if (!Number.isSafeInteger(value) || String(value) !== text) this.#fail("json-number", "expected an integer within ±(2^53-1)");
		this.#at += text.length;
		return value;
	}
	#string() {
		PLAIN_STRING.lastIndex = this.#at;
		if (!PLAIN_STRING.test(this.#text)) return this.#unusualString();
		const start = this.#at + 1;
		this.#at = PLAIN_STRING.lastIndex;
		return this.#text.slice(start, this.#at - 1);
	}
	#unusualString() {
		const start = this.#at + 1;
		let at = start;
		let chunk = start;
		let value = "";
		for (;;) {
			const c = this.#text.charCodeAt(at);
			if (c === QUOTE) break;
			if (c === BACKSLASH) {
				value += this.#text.slice(chunk, at);
				this.#at = at;
				value += this.#escape();
				at = chunk = this.#at;
			} else {
				if (!(c >= 32)) this.#fail("json-syntax", Number.isNaN(c) ? "expected the end of a string" : "expected a string without control characters", at);
				at++;
			}
		}
		value = chunk === start ? this.#text.slice(start, at) : value + this.#text.slice(chunk, at);
		if (chunk !== start && ANY_SURROGATE.test(value) && LONE_SURROGATE.test(value)) this.#fail("json-lone-surrogate", "expected Unicode text", start - 1);
		this.#at = at + 1;
		return value;
	}
	#escape() {
		const letter = this.#text.charAt(this.#at + 1);
		if (letter === "u") {
			const hex = this.#text.slice(this.#at + 2, this.#at + 6);
			if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail("json-syntax", "expected \\u and four hex digits");
			this.#at += 6;
			return String.fromCharCode(Number.parseInt(hex, 16));
		}
		const value = ESCAPES.get(letter);
		if (value === void 0) this.#fail("json-syntax", "expected an escape that JSON has");
		this.#at += 2;
		return value;
	}
	#enter() {
		if (++this.#containers > FREE_CONTAINERS + this.#text.length / CHARACTERS_FOR_CONTAINER) this.#fail("too-large", "expected fewer objects and lists in a file of this length");
		if (this.#path.length >= 64) this.#fail("json-depth", `expected at most ${String(64)} levels`);
		this.#at++;
		this.#space();
	}
	#more(close) {
		this.#space();
		const c = this.#text.charCodeAt(this.#at);
		if (c !== 44 && c !== close) this.#fail("json-syntax", `expected "," or "${String.fromCharCode(close)}"`);
		this.#at++;
		this.#space();
		return c === 44;
	}
	#array() {
		this.#enter();
		const values = [];
		if (this.#text.charCodeAt(this.#at) === 93) {
			this.#at++;
			return values;
		}
		do {
			this.#path.push(values.length);
			values.push(this.#value());
			this.#path.pop();
		} while (this.#more(93));
		return values;
	}
	#object() {
		this.#enter();
		const members = /* @__PURE__ */ new Map();
		if (this.#text.charCodeAt(this.#at) === 125) {
			this.#at++;
			return members;
		}
		do {
			const start = this.#at;
			if (this.#text.charCodeAt(start) !== QUOTE) this.#fail("json-syntax", "expected a key in double quotes");
			const key = this.#string();
			if (members.has(key)) this.#fail("json-duplicate-key", "expected each key once", start);
			this.#space();
			if (this.#text.charCodeAt(this.#at) !== 58) this.#fail("json-syntax", "expected \":\"");
			this.#at++;
			this.#space();
			this.#path.push(key);
			members.set(key, this.#value());
			this.#path.pop();
		} while (this.#more(125));
		return members;
	}
};

// src/trust/accounts.ts
function parseCommitSha(text, where) {
	if (!/^[0-9a-f]{40}$/.test(text)) throw new CountersignError("git", where, `expected a commit id, got ${quote(text)}`);
	return text;
}
function parseAccountId$1(value, where) {
	if (!Number.isSafeInteger(value) || value < 1) throw new CountersignError("people-invalid", where, `expected a numeric account id, got ${String(value)}`);
	return value;
}

// src/forge/local/ids.ts
const SHA = /^[0-9a-f]{40}$/;
function parseBlobId$1(text, where) {
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
function textOf$4(fact, key) {
	const value = fact.members.get(key);
	if (typeof value !== "string") throw new CountersignError("io", fact.path, `expected ${key} to be a string, got ${jsonTypeOf(value)}`);
	return value;
}
function choiceOf(fact, key, choices) {
	const value = textOf$4(fact, key);
	const choice = choices.find((one) => one === value);
	if (choice === void 0) throw new CountersignError("io", fact.path, `expected ${key} to be one of ${choices.join(", ")}, got another`);
	return choice;
}
function commitOf$2(fact, key) {
	try {
		return parseCommitSha(textOf$4(fact, key), fact.path);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw new CountersignError("io", fact.path, error.detail, { cause: error });
	}
}
function memberAccountOf(fact, key) {
	const value = fact.members.get(key);
	if (!isJsonObject(value)) throw new CountersignError("io", fact.path, `expected ${key} to be an object, got ${jsonTypeOf(value)}`);
	return accountOf$1({
		path: fact.path,
		members: value
	});
}
function accountOf$1(fact) {
	const id = fact.members.get("id");
	if (typeof id !== "number") throw new CountersignError("io", fact.path, `expected id to be a number, got ${jsonTypeOf(id)}`);
	return {
		id: parseAccountId(id, fact.path),
		login: textOf$4(fact, "login")
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
async function readAccount$1(directory, login) {
	if (!LOGIN.test(login)) return null;
	const fact = await readFact(join(directory, `${login.toLowerCase()}.json`));
	return fact === null ? null : accountOf$1(fact);
}
async function ensureAccount(directory, login) {
	if (!LOGIN.test(login)) throw new CountersignError("usage", quote(login), "expected a login of letters, digits and hyphens");
	const known = await readAccount$1(directory, login);
	if (known !== null) return known;
	const id = await appendFact(join(directory, BY_ID), (next) => ({
		id: next,
		login
	}), FIRST_ID);
	await createFact(join(directory, `${login.toLowerCase()}.json`), {
		id,
		login
	});
	const account = await readAccount$1(directory, login);
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
	const stderr = collect$2(child.stderr);
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
	const stdout = collect$2(child.stdout);
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
function collect$2(stream) {
	const chunks = [];
	stream.on("data", (chunk) => chunks.push(chunk));
	return chunks;
}

// src/forge/local/commit.ts
const NO_COMMIT$2 = "0".repeat(40);
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
async function writeCommit$1(repository, author, input, onPacked) {
	checkPaths$1(input.changes);
	const tree = input.base === null || input.base === input.parents[0] ? null : await treeOf(repository, input.base);
	const { child, ended } = startGit(repository, ARGS);
	const output = collect$2(child.stdout);
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
	yield Buffer.from(`get-mark :1\nreset ${ref}\nfrom ${NO_COMMIT$2}\n\ndone\n`);
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
function checkPaths$1(changes) {
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
const REGULAR_MODES$1 = /* @__PURE__ */ new Set(["100644", "100755"]);
const TREE_LINE = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)$/;
const CHANGE = /^\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*$/;
async function readTree$1(repository, commit) {
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
		const isPlain = REGULAR_MODES$1.has(mode) && !path.includes("�") && !files.has(path);
		files.set(path, {
			kind: isPlain ? "file" : "other",
			id: parseBlobId$1(id, "git ls-tree"),
			size: size === "-" ? 0 : Number(size)
		});
	}
	return files;
}
async function readBlobs$1(repository, ids) {
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
async function readHistory$1(repository, commit, path, limit) {
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
		if (records[at] === path && REGULAR_MODES$1.has(mode)) ids.add(parseBlobId$1(id, "git log"));
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
const NO_COMMIT$1 = "0".repeat(40);
const RETRIES = 6;
const FORMAT$1 = "--format=%(objectname) %(refname:lstrip=2)";
async function readBranches$2(repository, prefix) {
	const heads = parseHeads(await git(repository, [
		"for-each-ref",
		FORMAT$1,
		"refs/heads/"
	]));
	return new Map([...heads].filter(([branch]) => branch.startsWith(prefix)));
}
async function readMerged(repository, base) {
	return parseHeads(await git(repository, [
		"for-each-ref",
		`--merged=${base}`,
		FORMAT$1,
		"refs/heads/"
	]));
}
async function readMergeBase$1(repository, a, b) {
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
		expected ?? NO_COMMIT$1
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
		FORMAT$1,
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
	if (unended.length === 0) return records.map((record) => show(place, record, judge$2(record, /* @__PURE__ */ new Map(), null)));
	const heads = await readBranches$2(place.repository, "");
	const merged = /* @__PURE__ */ new Map();
	for (const base of new Set(unended.map((record) => record.base))) {
		const at = heads.get(base);
		if (at !== void 0) merged.set(base, await readMerged(place.repository, at));
	}
	return records.map((record) => show(place, record, judge$2(record, heads, merged.get(record.base) ?? null)));
}
async function readPull$1(place, number) {
	const record = await readRecord(place, number);
	const [pull] = await judgeAll(place, record === null ? [] : [record]);
	if (pull === void 0) throw new CountersignError("event-unknown", `${place.dir}#${String(number)}`, "expected a pull request, got none");
	return pull;
}
async function openPull$1(place, author, input) {
	for (;;) {
		const number = ((await numbersIn(place.pulls)).at(-1) ?? 0) + 1;
		const open = (await readPulls(place, (pull) => pull.head === input.head && pull.base === input.base)).find((pull) => pull.state === "open");
		if (open !== void 0) return open;
		const headSha = await requireMergeable(place, input.head, input.base);
		if (await createPull(place, number, {
			...input,
			author,
			headSha
		})) return readPull$1(place, number);
	}
}
async function editPull$1(place, number, change) {
	const { head, base, author, headSha } = await readPull$1(place, number);
	await replaceFact(join(pullDirectory(place, number), "pull.json"), {
		head,
		base,
		author,
		headSha,
		title: change.title,
		body: change.body
	});
}
async function closePull$1(place, number) {
	const pull = await readPull$1(place, number);
	if (pull.state === "open") await end(place, pull, "closed");
}
async function recordMerges(place, base) {
	for (const pull of await readPulls(place, (record) => record.base === base && record.end === null)) if (pull.state === "merged") await end(place, pull, "merged");
}
async function retargetPull$1(place, number, base) {
	const { head, base: before, author, headSha, title, body, state, url } = await readPull$1(place, number);
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
async function reopenPull$1(place, number) {
	const pull = await readPull$1(place, number);
	if (pull.state === "open") return "open";
	const at = (await readBranches$2(place.repository, pull.head)).get(pull.head);
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
		head: textOf$4(fact, "head"),
		base: textOf$4(fact, "base"),
		title: textOf$4(fact, "title"),
		body: textOf$4(fact, "body"),
		author: memberAccountOf(fact, "author"),
		headSha: commitOf$2(fact, "headSha"),
		end: closed === null ? null : {
			state: choiceOf(closed, "state", ["closed", "merged"]),
			headSha: commitOf$2(closed, "headSha")
		}
	};
}
function judge$2(record, heads, merged) {
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
	const heads = await readBranches$2(place.repository, "");
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
const CHUNK_BYTES$3 = 1048576;
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
		for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES$3 })) yield Buffer.from(chunk);
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
	return (await readNumbered(place, number, "reviews")).map(([id, fact]) => reviewOf$1(id, fact));
}
async function submitReview$1(place, author, number, review) {
	const pull = await readPull$1(place, number);
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
async function readComments$1(place, number) {
	return (await readNumbered(place, number, "comments")).map(([id, fact]) => ({
		id,
		author: memberAccountOf(fact, "author"),
		body: textOf$4(fact, "body")
	}));
}
async function addComment$1(place, author, number, body) {
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
async function keepComment$1(place, author, number, marker, body) {
	for (;;) {
		const comments = await readComments$1(place, number);
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
function reviewOf$1(id, fact) {
	const state = choiceOf(fact, "state", REVIEW_STATES);
	return {
		id,
		author: memberAccountOf(fact, "author"),
		state,
		body: textOf$4(fact, "body"),
		commitSha: commitOf$2(fact, "commitSha")
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
const MARKER$1 = "forge.json";
const MAX_KEPT_BYTES$1 = 268435456;
async function remembered$1(known, key, read) {
	const before = known.get(key);
	if (before !== void 0) return before;
	const value = await read();
	known.set(key, value);
	return value;
}
async function openLocalForge(dir, options) {
	const place = placeOf(dir);
	const marker = await readFact(join(place.dir, MARKER$1));
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
			const account = await readAccount$1(this.#place.accounts, login);
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
		return readBranches$2(this.#place.repository, prefix);
	}
	async tree(commit) {
		return remembered$1(this.#trees, commit, () => readTree$1(this.#place.repository, commit));
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
		const read = await readBlobs$1(this.#place.repository, missing);
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
		return remembered$1(this.#mergeBases, `${a} ${b}`, () => readMergeBase$1(this.#place.repository, a, b));
	}
	async history(commit, path, limit) {
		return readHistory$1(this.#place.repository, commit, path, limit);
	}
	async writeCommit(input) {
		return writeCommit$1(this.#place.repository, await this.viewer(), input, this.#onPacked);
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
			return await readPull$1(this.#place, number);
		} catch (error) {
			if (error instanceof CountersignError && error.code === "event-unknown") return null;
			throw error;
		}
	}
	async retargetPull(number, base) {
		await retargetPull$1(this.#place, number, base);
	}
	async reopenPull(number) {
		return reopenPull$1(this.#place, number);
	}
	async openPull(input) {
		return openPull$1(this.#place, await this.viewer(), input);
	}
	async editPull(number, change) {
		await editPull$1(this.#place, number, change);
	}
	async closePull(number) {
		await closePull$1(this.#place, number);
	}
	async requestReview() {
		return "refused";
	}
	async mergePull(number, head) {
		const pull = await readPull$1(this.#place, number);
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
		return readComments$1(this.#place, number);
	}
	async submitReview(number, review) {
		return submitReview$1(this.#place, await this.viewer(), number, review);
	}
	async dismissReview(number, reviewId) {
		await dismissReview(this.#place, number, reviewId);
	}
	async comment(number, body) {
		return addComment$1(this.#place, await this.viewer(), number, body);
	}
	async stickyComment(number, marker, body) {
		await keepComment$1(this.#place, await this.viewer(), number, marker, body);
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
			context: textOf$4(fact, "context"),
			state: choiceOf(fact, "state", STATUS_STATES),
			description: textOf$4(fact, "description")
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
		if (this.#blobBytes + bytes.length > MAX_KEPT_BYTES$1) return;
		this.#blobBytes += bytes.length;
		this.#blobs.set(id, bytes);
	}
	#statusPath(commit, context) {
		return join(this.#place.status, `${encodeURIComponent(context)}-${commit}.json`);
	}
};

// src/tuf/normal-form.ts
const NON_ASCII$2 = /[^\x00-\x7f]/;
const TOO_MANY_MARKS = /\p{M}{31}/u;
function hasFewMarks(text) {
	return !NON_ASCII$2.test(text) || !TOO_MANY_MARKS.test(text);
}
function isNfc(text) {
	if (!NON_ASCII$2.test(text)) return true;
	return hasFewMarks(text) && text.normalize("NFC") === text;
}

// src/tuf/canonical.ts
const NON_ASCII$1 = /[^\x00-\x7f]/;
const SURROGATE = /[\ud800-\udfff]/;
const TO_ESCAPE = /["\\]/;
const ALL_TO_ESCAPE = /["\\]/g;
const UNLIKE_JSON = /["\\\x00-\x1f\ud800-\udfff]/;
function compareCodePoints(a, b) {
	if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : a > b ? 1 : 0;
	const [x, y] = [Array.from(a), Array.from(b)];
	for (let i = 0; i < x.length && i < y.length; i++) {
		const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
		if (difference !== 0) return difference;
	}
	return x.length - y.length;
}
function sortedKeys(object) {
	const keys = [...object.keys()];
	return keys.some((key) => SURROGATE.test(key)) ? keys.sort(compareCodePoints) : keys.sort();
}
function isInOrder(object) {
	if (object.size < 2) return true;
	let previous;
	for (const key of object.keys()) {
		if (SURROGATE.test(key) || previous !== void 0 && previous >= key) return false;
		previous = key;
	}
	return true;
}
const CHUNK = 8192;
var Utf8Writer = class {
	#chunks = [];
	#pending = "";
	#byteLength = 0;
	put(text) {
		this.#pending += text;
		if (this.#pending.length >= CHUNK) this.#flush();
	}
	#flush() {
		this.#byteLength += Buffer.byteLength(this.#pending);
		this.#chunks.push(this.#pending);
		this.#pending = "";
	}
	finish() {
		this.#flush();
		const bytes = Buffer.alloc(this.#byteLength);
		let at = 0;
		for (const chunk of this.#chunks) at += bytes.write(chunk, at);
		return new Uint8Array(bytes.buffer);
	}
};
function canonicalString(text) {
	return TO_ESCAPE.test(text) ? `"${text.replace(ALL_TO_ESCAPE, "\\$&")}"` : `"${text}"`;
}
function putCanonical(value, before, out) {
	if (typeof value === "string") out.put(before + canonicalString(value));
	else if (isJsonObject(value)) {
		let opening = `${before}{`;
		const put = (item, key) => {
			putCanonical(item, `${opening}${canonicalString(key)}:`, out);
			opening = ",";
		};
		forEachInOrder(value, put);
		out.put(value.size === 0 ? `${opening}}` : "}");
	} else if (isJsonArray(value)) {
		let opening = `${before}[`;
		for (const item of value) {
			putCanonical(item, opening, out);
			opening = ",";
		}
		out.put(value.length === 0 ? `${opening}]` : "]");
	} else out.put(before + String(value));
}
function forEachInOrder(object, step) {
	if (isInOrder(object)) object.forEach(step);
	else for (const key of sortedKeys(object)) step(object.get(key) ?? null, key);
}
function encodeCanonicalJson(value) {
	const out = new Utf8Writer();
	putCanonical(value, "", out);
	return out.finish();
}
function encodeJsonFile(value) {
	const out = new Utf8Writer();
	putPretty(value, "\n", out);
	out.put("\n");
	return out.finish();
}
function putJsonString(text, out) {
	if (UNLIKE_JSON.test(text)) {
		out.put(JSON.stringify(text));
		return;
	}
	out.put("\"");
	out.put(text);
	out.put("\"");
}
function putPretty(value, newline, out) {
	const inner = `${newline} `;
	if (isJsonObject(value)) {
		let separator = "{";
		const put = (item, key) => {
			out.put(separator);
			out.put(inner);
			putJsonString(key, out);
			out.put(": ");
			putPretty(item, inner, out);
			separator = ",";
		};
		forEachInOrder(value, put);
		out.put(value.size === 0 ? "{}" : `${newline}}`);
	} else if (isJsonArray(value)) {
		let separator = "[";
		for (const item of value) {
			out.put(separator);
			out.put(inner);
			putPretty(item, inner, out);
			separator = ",";
		}
		out.put(value.length === 0 ? "[]" : `${newline}]`);
	} else if (typeof value === "string") putJsonString(value, out);
	else out.put(String(value));
}
function requireNfc(value, path = "$") {
	if (typeof value === "string") {
		if (!isNfc(value)) throw new CountersignError("json-not-nfc", path, "expected text in Unicode normal form C");
	} else if (isJsonArray(value)) value.forEach((item, index) => {
		requireNfc(item, jsonPath(path, index));
	});
	else if (isJsonObject(value)) for (const [key, item] of value) {
		requireNfc(key, path);
		if (typeof item === "string" && !NON_ASCII$1.test(item)) continue;
		if (typeof item === "number") continue;
		requireNfc(item, jsonPath(path, key));
	}
}

// src/hashing/portable-name.ts
const MAX_SEGMENT_BYTES$1 = 190;
const MAX_NAME_BYTES = 900;
const FORBIDDEN$1 = /[\\#?%:*"<>|]/;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const DEVICE$1 = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$)(?: *\..*)?$/i;
const RESERVED = /^(?:keybd\$|clock\$|screen\$|\$idle\$|config\$|\.git|git~1)$/i;
const PLAIN = /^(?:(?!con|prn|aux|nul|com|lpt)[a-z0-9_][a-z0-9_-]*(?:\.+[a-z0-9_-]+)*(?:\/(?!$)|$))+$/i;
const NON_ASCII = /[^\x00-\x7f]/;
function byteLength(text) {
	return NON_ASCII.test(text) ? new TextEncoder().encode(text).length : text.length;
}
function fail$1(name, detail) {
	throw new CountersignError("file-name", quote(name), detail);
}
function requirePortableSegment(name, segment) {
	if (segment === "") fail$1(name, "expected a name between slashes, got none");
	if (segment === "." || segment === "..") fail$1(name, `expected a relative path without dots, got ${quote(segment)}`);
	if (/^\s|[\s.]$/u.test(segment)) fail$1(name, `expected no white space at either end and no dot at the end, got ${quote(segment)}`);
	if (DEVICE$1.test(segment) || RESERVED.test(segment)) fail$1(name, `expected a name that every system can hold, got the reserved ${quote(segment)}`);
	const bytes = byteLength(segment);
	if (bytes > 190) fail$1(name, `expected at most ${String(190)} bytes between slashes, got ${String(bytes)}`);
}
function requirePortableName(name) {
	if (name.length <= 190 && PLAIN.test(name)) return;
	const forbidden = FORBIDDEN$1.exec(name)?.[0];
	if (forbidden !== void 0) fail$1(name, `expected a name without ${quote(forbidden)}`);
	const unprintable = UNPRINTABLE.exec(name)?.[0]?.codePointAt(0);
	if (unprintable !== void 0) fail$1(name, `expected printable characters, got U+${unprintable.toString(16).toUpperCase().padStart(4, "0")}`);
	if (!isNfc(name)) fail$1(name, "expected Unicode in normal form C, got another form");
	const bytes = byteLength(name);
	if (bytes > 900) fail$1(name, `expected at most ${String(900)} bytes, got ${String(bytes)}`);
	for (const segment of name.split("/")) requirePortableSegment(name, segment);
}
function fold$1(name) {
	return NON_ASCII.test(name) ? name.toLowerCase().toUpperCase().normalize("NFC") : name.toUpperCase();
}
function requireDistinctNames(names) {
	const seen = /* @__PURE__ */ new Map();
	for (const name of names) {
		const folded = fold$1(name);
		const other = seen.get(folded);
		if (other === name) fail$1(name, `expected each name once, got it twice`);
		if (other !== void 0) fail$1(name, `expected names that differ by more than case, got ${quote(other)} too`);
		seen.set(folded, name);
	}
	for (const [folded, name] of seen) for (let slash = folded.indexOf("/"); slash >= 0; slash = folded.indexOf("/", slash + 1)) {
		const other = seen.get(folded.slice(0, slash));
		if (other !== void 0) fail$1(name, `expected a directory, got the file ${quote(other)} of the same name`);
	}
}

// src/hashing/collect.ts
function systemError(error, name) {
	if (!(error instanceof Error) || !("code" in error)) return error;
	if (error.code === "ENAMETOOLONG") return new CountersignError("file-name", quote(name), "expected a path that the system can open, got a longer one", { cause: error });
	return new CountersignError("io", quotePath$1(name), `expected to read it, but ${errnoWords(String(error.code))}`, { cause: error });
}
function attempt$1(name, step) {
	try {
		return step();
	} catch (error) {
		throw systemError(error, name);
	}
}
function requireText$1(name) {
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
	requireText$1(path.relative(root, source));
	const stats = attempt$1(typed, () => fs.lstatSync(source));
	if (stats.isFile()) {
		foundFile(walk, source, name, stats);
		return;
	}
	throw new CountersignError("file-type", quotePath$1(typed), `expected a regular file, got a symbolic link to ${stats.isDirectory() ? "a directory" : "a special file"}`);
}
function visit(walk, root, name) {
	requireText$1(name);
	const source = (root.endsWith(path.sep) ? root : root + path.sep) + name;
	const stats = attempt$1(walk.typed(name), () => fs.lstatSync(source));
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
		const entries = attempt$1(walk.typed(parent), () => fs.readdirSync(path.join(root, parent)));
		for (const base of entries) {
			const name = parent === "" ? base : `${parent}/${base}`;
			if (visit(walk, root, name) === "directory") pending.push(name);
		}
	}
}
function collectRoot(given, onto) {
	const absolute = path.resolve(given);
	if (attempt$1(given, () => fs.statSync(absolute, { throwIfNoEntry: false }))?.isDirectory() === true) {
		collectDirectory({
			...onto,
			typed: (name) => name === "" ? given : path.join(given, name)
		}, attempt$1(given, () => fs.realpathSync.native(absolute)));
		return;
	}
	const parent = attempt$1(given, () => fs.realpathSync.native(path.dirname(absolute)));
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
async function isThere$1(path) {
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
	for (let at = resolve(path); !await isThere$1(at); at = dirname(at)) {
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
const CHUNK_BYTES$2 = 1048576;
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
			const file = directory === null ? null : await openRegular$1(path, join(directory, ...names.slice(-1)));
			if (file === null) return null;
			try {
				return await digestOf$1(piecesOf(file));
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
			if (how === "make") await makeDirectory$1(directory);
			const kind = await kindOf$1(directory);
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
async function makeDirectory$1(directory) {
	try {
		await mkdir(directory);
		await chmod(directory, (await lstat(directory)).mode & 4095 | 493);
	} catch (error) {
		if (errnoOf(error) !== "EEXIST") throw error;
	}
}
async function kindOf$1(path) {
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
	const file = await openRegular$1(where, path);
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
async function openRegular$1(where, path) {
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
	const buffer = Buffer.allocUnsafe(CHUNK_BYTES$2);
	for (;;) {
		const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
		if (bytesRead === 0) return;
		yield buffer.subarray(0, bytesRead);
	}
}
async function digestOf$1(pieces) {
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
	const input = await openSource$1(source);
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
async function openSource$1(source) {
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
		var assert = __require$1("assert");
		var signals = require_signals();
		var isWin = /^win/i.test(process.platform);
		var EE = __require$1("events");
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
	const path = __require$1("path");
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

// src/tuf/instant.ts
const FORMAT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
function instantFromSeconds(seconds) {
	if (!Number.isFinite(seconds)) throw new CountersignError("expires-invalid", "time", "expected a finite time");
	return Math.floor(seconds);
}
function addSeconds(instant, seconds) {
	return instantFromSeconds(instant + seconds);
}
const FRACTION = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.,]\d+/;
const OFFSET = /[+-]\d{2}:?\d{2}$/;
function faultOf(text) {
	if (FRACTION.test(text)) return `expected YYYY-MM-DDTHH:MM:SSZ, got a fraction of a second in ${quote(text)}`;
	if (OFFSET.test(text) && !FORMAT.test(text)) return `expected YYYY-MM-DDTHH:MM:SSZ, got another time zone than Z in ${quote(text)}`;
	if (FORMAT.test(text)) return `expected a date that exists, got ${quote(text)}`;
	return `expected YYYY-MM-DDTHH:MM:SSZ, got ${quote(text)}`;
}
function parseInstant(text, where) {
	const milliseconds = Date.parse(text);
	if (!FORMAT.test(text) || Number.isNaN(milliseconds) || encodeInstant(milliseconds / 1e3) !== text) throw new CountersignError("expires-invalid", where, faultOf(text));
	return milliseconds / 1e3;
}
function encodeInstant(instant) {
	return (/* @__PURE__ */ new Date(instant * 1e3)).toISOString().replace(/\.\d{3}Z$/, "Z");
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

// src/render/count-text.ts
function countText(count) {
	const digits = String(count);
	const first = digits.length % 3;
	const groups = Array.from({ length: Math.floor(digits.length / 3) }, (_, index) => digits.slice(first + 3 * index, first + 3 * index + 3));
	return [...first === 0 ? [] : [digits.slice(0, first)], ...groups].join(",");
}

// src/tuf/sha256.ts
function sha256Hex(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}

// src/render/terminal-text.ts
const UNSEEN$2 = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
function characterCode(character) {
	const hex = (character.codePointAt(0) ?? 0).toString(16);
	return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
function terminalText(text) {
	return text.replace(UNSEEN$2, (character) => character === " " ? character : characterCode(character));
}

// src/render/visible-text.ts
const LIKE_ASCII = new Set([
	"асԁеһіјӏорԛсԝхуѕнтмквгпдбзѵүҫҽ",
	"АВСЕНІЈКМОРԚЅТԜХУЗЬѴӀҮ",
	"αγεηικνοπρτυχωϲϳ",
	"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺ",
	"ցօոսհզքաղոյտբգԼՍՕՏԶ"
].flatMap((letters) => Array.from(letters)));
const CLOSE_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;
const FAR_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Georgian}\p{Script=Ethiopic}\p{Script=Tibetan}\p{Script=Mongolian}]/u;
const LIKE_SIGNS = new Set(Array.from("一丨丶丿ノーㅡㅣ〇٠۰०০੦૦୦௦౦೦൦၀๐໐ו｡。"));
const LATIN_LETTERS = new Set(Array.from("ßæœøðþłđħŋÆŒØÐÞŁĐĦŊ"));
const WITH_SIGNS = /^[A-Za-z]\p{M}+$/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const SIGN = /^\p{M}$/u;
const ASCII = /^[\u0020-\u007e]$/;
function isOwnLatin(character) {
	return LATIN_LETTERS.has(character) || WITH_SIGNS.test(character.normalize("NFD"));
}
function isPlain(character, word) {
	if (ASCII.test(character)) return true;
	if (LIKE_SIGNS.has(character) || character.normalize("NFKC") !== character) return false;
	if (CLOSE_SCRIPT.test(character)) return word.foreign && !word.latin;
	return FAR_SCRIPT.test(character) || isOwnLatin(character);
}
function visibleWord(word) {
	const characters = Array.from(word);
	const scripts = {
		latin: characters.some((character) => /\p{Script=Latin}/u.test(character)),
		foreign: characters.some((character) => CLOSE_SCRIPT.test(character) && !LIKE_ASCII.has(character))
	};
	return characters.map((character, at) => {
		return !(SIGN.test(character) && !FAR_SCRIPT.test(characters[at - 1] ?? "")) && isPlain(character, scripts) ? character : characterCode(character);
	}).join("");
}
function visibleJson(json) {
	if (/^[\u0020-\u007e]*$/.test(json)) return json;
	let [shown, end] = ["", 0];
	for (const { 0: word, index } of json.matchAll(WORD)) {
		shown += visibleSigns(json.slice(end, index)) + visibleWord(word);
		end = index + word.length;
	}
	return shown + visibleSigns(json.slice(end));
}
function visibleSigns(text) {
	return Array.from(text, (character) => ASCII.test(character) ? character : characterCode(character)).join("");
}
function visibleName(name) {
	return visibleJson(name.replaceAll("\\", "\\\\"));
}

// src/trust/bounds.ts
const MAX_BODY_CHARACTERS = 65536;
const MAX_LINE_CHARACTERS = 8192;
const MAX_EVENT_FILE_BYTES = 16777216;
const MAX_LISTED_CHARACTERS = 1048576;
const MAX_NOTE_CHARACTERS = 1024;
const MAX_REASON_CHARACTERS = 1e3;

// src/render/markdown.ts
const MAX_TEXT = 200;
function capped(text, max) {
	if (text.length <= max) return text;
	return `${Array.from(text.slice(0, max + 1)).slice(0, max - 1).join("")}…`;
}
function entities(text) {
	return text.replace(/[\\`*_{}[\]()<>#+!|~@&:$]/g, (c) => `&#${String(c.charCodeAt(0))};`).replace(/www\./gi, (c) => `${c.slice(0, 3)}&#46;`);
}
const SIGNS = /&#(?:64|35);|&#58;(?=\/\/)|www&#46;|\bGH(?=-\d)/gi;
function oneLine(text) {
	return capped(terminalText(text.slice(0, 400).replace(/[\r\n\t]+/g, " ")), MAX_TEXT);
}
function escapeMarkdown(text) {
	return entities(oneLine(text)).replace(SIGNS, (sign) => `${sign}&#8203;`);
}
function codeMarkdown(text) {
	return `<code>${entities(oneLine(text))}</code>`;
}
function valueMarkdown(json) {
	const characters = json.length > MAX_TEXT ? Array.from(json) : [];
	if (characters.length <= MAX_TEXT) return codeMarkdown(visibleJson(json));
	const note = `cut: ${countText(characters.length)} characters, sha256:${sha256Hex(json)}`;
	return `${codeMarkdown(visibleJson(characters.slice(0, MAX_TEXT / 2).join("")))}… (${note})`;
}
function nameMarkdown(name) {
	const characters = name.length > MAX_TEXT ? Array.from(name) : [];
	if (characters.length <= MAX_TEXT) return codeMarkdown(visibleName(name));
	const note = `cut: ${countText(characters.length)} characters, sha256:${sha256Hex(name)}`;
	return `${codeMarkdown(visibleName(characters.slice(0, MAX_TEXT / 2).join("")))}… (${note})`;
}
function fittingLines(items, render, budget, more) {
	const shown = [];
	let left = budget - more(items.length).length - 1;
	for (const item of items) {
		const line = render(item);
		left -= line.length + 1;
		if (left < 0) return [...shown, more(items.length - shown.length)];
		shown.push(line);
	}
	return shown;
}
const MAX_NAMES = 20;
function textList(items, render, max = MAX_NAMES) {
	const shown = items.slice(0, max).map(render).join(", ");
	return items.length > max ? `${shown} and ${countText(items.length - max)} more` : shown;
}
function nameList(names, max = MAX_NAMES) {
	return textList(names, escapeMarkdown, max);
}
const TYPED_URL = /^[A-Za-z0-9._~:/#%@+=,-]{1,300}$/;
function signCommand(url) {
	if (url === "") return ["`countersign sign ADDRESS --key file:KEY`, with the address of this page."];
	return TYPED_URL.test(url) ? [
		"```sh",
		`countersign sign ${url} --key file:KEY`,
		"```"
	] : [codeMarkdown(`countersign sign ${url} --key file:KEY`)];
}

// src/render/ignored-text.ts
function ignoredReason(code) {
	switch (code) {
		case "wrong-repository": return "signed for another repository";
		case "other-payload": return "signed other content than this; sign again";
		case "not-a-signer": return "signed with a key that may not sign this file";
		case "not-the-owner": return "brought a signature of somebody else's key; its owner must sign";
		case "moved-on": return "signed another root of this version since, which takes its place";
		case "approval-missing": return "brought a signature of a custody key whose owner has not approved; they must approve in the browser";
		case "approval-stale": return "brought a signature of a custody key whose owner approved older content; they must approve again in the browser";
		case "withdrawn": return "took it back, or it was dismissed; sign again to have it count";
		case "invalid-signature": return "brought a signature that does not verify; sign again";
		case "unreadable": return "wrote a countersign block that can not be read; paste it again as it was printed, and nothing else";
		default: return code;
	}
}

// src/render/problem-text.ts
const TITLES = /* @__PURE__ */ new Map([
	["event-fork", "It comes from a fork"],
	["event-file-unclaimed", "A file that does not belong here"],
	["event-invalid", "Not a proposal that can be read"],
	["already-signed", "This version was signed with other content"],
	["expired", "It expires too soon"],
	["rollback", "Not the next version"],
	["version-invalid", "Not the next version"],
	["target-unreachable", "A file that clients would not find"],
	["unwritable", "A name that not all clients read alike"],
	["hashes-missing", "A file without its sha256"],
	["role-missing", "A role would be left without a valid file"],
	["role-unknown", "A role that nobody delegates"],
	["delegations-invalid", "A role that two files delegate"],
	["binding-mismatch", "Made for another repository or role"],
	["people-invalid", "A key that is not just one person's"],
	["custody-quorum", "Keys in custody could sign alone"],
	["policy-invalid", "A role without a period"]
]);
function problemTitle(code) {
	return TITLES.get(code) ?? "Something is wrong";
}

// src/render/requirement-text.ts
function openRequirements({ roles }) {
	return roles.flatMap(({ role, requirements }) => requirements.filter(({ reached }) => !reached).map((requirement) => ({
		role,
		requirement
	})));
}
function isNamed(people, name) {
	return people.some(({ person }) => person === name);
}
function askedFor(open) {
	const asked = open.map(({ requirement }) => requirement).filter((one) => one.approved.length < one.needed - one.votes.length);
	const approve = new Set(asked.flatMap(({ toApprove }) => toApprove));
	const sign = asked.flatMap(({ missing, approved }) => missing.filter((name) => !isNamed(approved, name) && !approve.has(name)));
	return {
		sign: [...new Set(sign)],
		approve: [...approve]
	};
}
function waitingFor({ needed, votes, missing, approved }, list) {
	const left = needed - votes.length;
	if (approved.length >= left) return `Approved. Waiting for the custody key of ${list(approved.map(({ person }) => person))}`;
	const names = list(missing);
	return left === missing.length ? `Waiting for ${names}` : `Waiting for ${String(left)} of ${names}`;
}
const MAX_CELL = 10;
function signedCell$1({ needed, votes, reached }) {
	const count = `${reached ? "✅ " : ""}**${String(votes.length)} of ${String(needed)}**`;
	const names = textList(votes, ({ person, custody }) => `${escapeMarkdown(person)}${custody ? " (custody)" : ""}`, MAX_CELL);
	return names === "" ? count : `${count}: ${names}`;
}
function missingCell$1(requirement) {
	const { missing, approved, reached } = requirement;
	if (reached) return "";
	return [...missing.slice(0, MAX_CELL).map((name) => {
		if (isNamed(approved, name)) return `${escapeMarkdown(name)}: approved, the custody key signs next`;
		return requirement.toApprove.includes(name) ? `${escapeMarkdown(name)}: approve in the browser` : escapeMarkdown(name);
	}), ...missing.length > MAX_CELL ? [`and ${String(missing.length - MAX_CELL)} more`] : []].join("<br>");
}
function requirementRow({ role, version }, requirement, state) {
	const missing = state === "waiting" ? missingCell$1(requirement) : "";
	return `| ${escapeMarkdown(role)} v${String(version)} | ${signedCell$1(requirement)} | ${missing} | ${escapeMarkdown(requirement.by)} |`;
}

// src/render/event-markdown.ts
const STICKY_MARKER = "<!-- countersign:status -->";
const BUDGETS$1 = {
	rows: 18e3,
	problems: 12e3,
	ignored: 8e3
};
const MARKS$2 = {
	invalid: "❌",
	outdated: "♻️",
	waiting: "⏳",
	complete: "✅"
};
function behindText(number) {
	return `#${String(number)} changes the same role: if it completes first, this one is built again and must be signed again.`;
}
function headline(status) {
	switch (status.state) {
		case "invalid": return "This event cannot complete as it is.";
		case "outdated": return "The signed state has moved on: this event must be built again.";
		case "waiting": return status.behind === null ? "Waiting for signatures." : `Waiting for signatures. ${behindText(status.behind)}`;
		case "complete": return "Signed by enough people.";
		default: return status.state;
	}
}
const MAX_NAMED$3 = 5;
function title$1(status, open) {
	const [first, ...more] = open;
	if (status.state !== "waiting" || first === void 0) return headline(status).replace(/\.$/, "");
	if (more.length === 0) return waitingFor(first.requirement, (names) => nameList(names, MAX_NAMED$3));
	const { sign, approve } = askedFor(open);
	return sign.length + approve.length === 0 ? "Approved. Waiting for custody keys" : `Waiting for ${nameList([...sign, ...approve], MAX_NAMED$3)}`;
}
function tableLines({ roles, state }) {
	if (roles.length === 0) return [];
	return [
		"| file | signed | can still sign | signers set by |",
		"| --- | --- | --- | --- |",
		...fittingLines(roles, (role) => role.requirements.map((one) => requirementRow(role, one, state)).join("\n"), BUDGETS$1.rows, (count) => `| … ${countText(count)} more | | | |`),
		""
	];
}
function moreItems$1(count) {
	return `- … and ${countText(count)} more`;
}
const PAYLOADS_HEAD = 20;
function payloadLines(roles, budget) {
	const [only, ...more] = roles;
	if (only === void 0) return [];
	if (more.length === 0) return [`Payload: \`sha256:${only.payload}\``, ""];
	const line = ({ role, version, payload }) => `- **${escapeMarkdown(role)} v${String(version)}**: \`sha256:${payload}\``;
	return [
		"Payloads:",
		"",
		...fittingLines(roles, line, budget, moreItems$1),
		""
	];
}
function problemLines(problems) {
	if (problems.length === 0) return [];
	const line = ({ code, where, detail }) => `- **${problemTitle(code)}** (${codeMarkdown(where)}): ${escapeMarkdown(detail)} (\`${code}\`)`;
	return [...fittingLines(problems, line, BUDGETS$1.problems, moreItems$1), ""];
}
const MAX_IGNORED = 400;
function ignoredLines$1(roles) {
	const count = roles.reduce((sum, { ignored }) => sum + ignored.length, 0);
	if (count === 0) return [];
	const first = [];
	for (const { role, ignored } of roles) first.push(...ignored.slice(0, MAX_IGNORED - first.length).map((one) => ({
		...one,
		role
	})));
	const line = ({ role, who, code, detail }) => {
		const of = code === "unreadable" ? "" : ` (${escapeMarkdown(role)})`;
		return `- **${escapeMarkdown(who)}**${of} ${ignoredReason(code)} (${escapeMarkdown(detail)})`;
	};
	return [
		"**Not counted:**",
		"",
		...fittingLines(first, line, BUDGETS$1.ignored, (left) => moreItems$1(left + count - first.length)),
		""
	];
}
function askLines({ pull }, { sign, approve }) {
	if (sign.length + approve.length === 0) return ["Nobody needs to do anything: the key is used within 30 minutes.", ""];
	return [...sign.length === 0 ? [] : [
		"To sign, on your own machine:",
		"",
		...signCommand(pull.url),
		""
	], ...approve.length === 0 ? [] : [`To approve in the browser (${nameList(approve, MAX_NAMED$3)}): submit a review that approves this pull request.`, ""]];
}
function actionLines(status, open) {
	switch (status.state) {
		case "invalid": return ["Signatures do not help here. Close this pull request, correct what is wrong, and propose it again.", ""];
		case "outdated": return ["Do not sign it. It could not be built again by itself: close this pull request and propose it again.", ""];
		case "complete": return ["Nobody needs to do anything: it is merged and published next.", ""];
		case "waiting": return [...status.behind === null ? [] : [behindText(status.behind), ""], ...askLines(status, askedFor(open))];
		default: return status.state;
	}
}
function footer({ state }, checkedAt) {
	const next = state === "complete" ? "" : " New reviews and comments are checked within 30 minutes.";
	return `Last checked ${encodeInstant(checkedAt)}.${next}`;
}
function renderSticky(status, checkedAt) {
	const open = openRequirements(status);
	const head = [
		STICKY_MARKER,
		`### ${MARKS$2[status.state]} ${title$1(status, open)}`,
		"",
		...problemLines(status.problems),
		...tableLines(status),
		...actionLines(status, open)
	];
	const foot = [
		...ignoredLines$1(status.roles),
		footer(status, checkedAt),
		""
	];
	const left = MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - PAYLOADS_HEAD;
	return [
		...head,
		...payloadLines(status.roles, left),
		...foot
	].join("\n");
}
const MAX_STATUS = 140;
function statusText$1(text) {
	const plain = text.replace(/[^\x20-\x7e]/gu, "?");
	return plain.length > MAX_STATUS ? `${plain.slice(0, 137)}...` : plain;
}
function statusWords(status) {
	const [problem] = status.problems;
	if (status.state === "invalid" && problem !== void 0) return `Refused. ${problemTitle(problem.code)}: ${problem.where}`;
	const open = openRequirements(status);
	const [first, ...more] = open;
	if (status.state !== "waiting" || first === void 0) return headline(status);
	if (more.length === 0) {
		const { votes, needed } = first.requirement;
		return `${String(votes.length)} of ${String(needed)} signed. ${waitingFor(first.requirement, (names) => names.join(", "))}`;
	}
	return `Waiting for signatures: ${open.map(({ role, requirement: { by, votes, needed } }) => `${role} ${String(votes.length)} of ${String(needed)} (${by})`).join(", ")}`;
}
const FULL = "Conversation full: see the job summary of countersign.";
function statusLine(status, isFull = false) {
	const description = statusText$1(isFull ? `${FULL} ${statusWords(status)}` : statusWords(status));
	if (status.state === "complete") return {
		state: "success",
		description
	};
	return {
		state: status.state === "invalid" ? "failure" : "pending",
		description
	};
}

// src/render/status-text.ts
function stateWord(status, style) {
	switch (status.state) {
		case "complete": return style.good(status.state);
		case "invalid": return style.bad(status.state);
		case "outdated":
		case "waiting": return style.warn(status.state);
		default: return status.state;
	}
}
function roleLines(role, style) {
	const lines = role.requirements.map(({ by, needed, votes, missing }) => {
		const names = votes.map(({ person, custody }) => terminalText(custody ? `${person} (custody)` : person)).join(", ");
		const count = `${String(votes.length)} of ${String(needed)}`;
		const waiting = votes.length >= needed ? "" : style.faint(`  waiting for ${missing.map(terminalText).join(", ")}`);
		return `  ${terminalText(role.role)} v${String(role.version)}  ${votes.length >= needed ? style.good(count) : style.warn(count)} by ${terminalText(by)}${names === "" ? "" : `: ${names}`}${waiting}`;
	});
	const ignored = role.ignored.map(({ who, code, detail }) => style.faint(`    not counted: ${terminalText(who)}, ${code}: ${terminalText(detail)}`));
	return [...lines, ...ignored];
}
function eventText(status, style) {
	const { pull } = status;
	const head = `#${String(pull.number)} ${stateWord(status, style)}  ${style.faint(terminalText(pull.branch))}  ${headline(status)}`;
	const problems = status.problems.map(({ code, where, detail }) => `  ${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`);
	return [
		head,
		...status.roles.flatMap((role) => roleLines(role, style)),
		...problems
	].join("\n");
}
function findingText(finding, style) {
	return `${style.bad("left out")} ${finding.source}: ${terminalText(finding.where)}: ${terminalText(finding.detail)} (${finding.code})`;
}
function countOf$1(count, noun) {
	return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}
function expiryText(expires, now) {
	const seconds = expires - now;
	const days = Math.floor(Math.abs(seconds) / 86400);
	const span = days > 0 ? countOf$1(days, "day") : countOf$1(Math.floor(Math.abs(seconds) / 3600), "hour");
	return `${encodeInstant(expires)} (${seconds >= 0 ? `in ${span}` : `${span} ago`})`;
}

// src/render/summary-layout.ts
const SUMMARY_BUDGETS = {
	events: 16e4,
	changes: 6e4,
	findings: 3e4,
	files: 6e4
};
function plainUrl(url) {
	return url !== null && /^https?:\/\/[A-Za-z0-9._~:/?#@!$&+,;=%-]+$/.test(url) ? url : null;
}
function linkTo(text, url) {
	const target = plainUrl(url);
	return target === null ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${target})`;
}
function pullLink(number, url) {
	const target = plainUrl(url);
	return target === null ? `#${String(number)}` : `[#${String(number)}](${target})`;
}
function signLine(url) {
	const command = `countersign sign ${url} --key file:KEY`;
	return `Sign it with ${plainUrl(url) === null ? codeMarkdown(command) : `\`${command}\``}`;
}
function summaryHead(mark, title, mode) {
	const head = mode === "dry-run" ? `## 🔍 Dry run: ${title}` : `## ${mark} ${title}`;
	return mode === "dry-run" ? [
		head,
		"",
		"> [!NOTE]",
		"> This was a dry run: nothing was written.",
		""
	] : [head, ""];
}
function moreItems(count) {
	return `- … and ${String(count)} more`;
}
function refusalLines(refusals, budget) {
	const line = ({ code, where, detail }) => `- \`${code}\` ${codeMarkdown(where)}: ${escapeMarkdown(detail)}`;
	return fittingLines(refusals, line, budget, moreItems);
}
function findingLines(findings) {
	if (findings.length === 0) return [];
	const line = ({ source, code, where, detail }) => `- ${escapeMarkdown(source)}: \`${code}\` ${codeMarkdown(where)}: ${escapeMarkdown(detail)}`;
	return [
		"### ⚠️ Left out",
		"",
		"This does not verify, and nothing was built on it:",
		"",
		...fittingLines(findings, line, SUMMARY_BUDGETS.findings, moreItems),
		""
	];
}

// src/render/summary-events.ts
const EVENT_BUDGETS = {
	roles: 8e3,
	problems: 6e3,
	ignored: 6e3
};
const MARKS$1 = {
	invalid: "❌",
	outdated: "♻️",
	waiting: "⏳",
	complete: "✅"
};
function signedCell({ by, needed, votes }) {
	const people = votes.map(({ person, custody }) => custody ? `${person} (custody)` : person);
	const names = people.length === 0 ? "" : `: ${nameList(people)}`;
	return `**${String(votes.length)} of ${String(needed)}** for ${escapeMarkdown(by)}${names}`;
}
function missingCell({ votes, needed, missing }) {
	return votes.length >= needed ? "" : nameList(missing);
}
function roleRow({ role, version, payload, requirements, complete }) {
	return `| ${[
		complete ? "✅" : "⏳",
		`${escapeMarkdown(role)} v${String(version)}`,
		requirements.map(signedCell).join("<br>"),
		requirements.map(missingCell).join("<br>"),
		`\`${payload.slice(0, 16)}…\``
	].join(" | ")} |`;
}
function roleTable(roles) {
	if (roles.length === 0) return [];
	return [
		"| | file | signed | waiting for | payload |",
		"| --- | --- | --- | --- | --- |",
		...fittingLines(roles, roleRow, EVENT_BUDGETS.roles, (count) => `| … | ${String(count)} more | | | |`),
		""
	];
}
function ignoredLines(roles) {
	const ignored = roles.flatMap((role) => role.ignored.map((one) => ({
		...one,
		role: role.role
	})));
	if (ignored.length === 0) return [];
	const line = ({ role, who, code, detail }) => `- ${escapeMarkdown(who)} for ${escapeMarkdown(role)}: \`${code}\`, ${escapeMarkdown(detail)}`;
	return [
		"Not counted:",
		"",
		...fittingLines(ignored, line, EVENT_BUDGETS.ignored, (count) => `- … and ${String(count)} more`),
		""
	];
}
function eventSection(status) {
	const { pull, state, roles, problems } = status;
	const names = roles.slice(0, 3).map(({ role, version }) => `${escapeMarkdown(role)} v${String(version)}`);
	const title = [pullLink(pull.number, pull.url), ...names.length === 0 ? [] : [names.join(", ")]].join(" · ");
	const problemPart = problems.length === 0 ? [] : [
		"Problems:",
		"",
		...refusalLines(problems, EVENT_BUDGETS.problems),
		""
	];
	const todo = state === "waiting" ? [signLine(pull.url), ""] : [];
	return [
		`### ${MARKS$1[state]} ${title}`,
		"",
		headline(status),
		"",
		...roleTable(roles),
		...problemPart,
		...ignoredLines(roles),
		...todo
	].join("\n");
}
function eventSections(events) {
	return fittingLines(events, eventSection, SUMMARY_BUDGETS.events, (count) => `… and ${countOf$1(count, "more event")}\n`);
}
function numbers(all, pullUrl) {
	const shown = all.slice(0, 50).map((number) => pullLink(number, pullUrl(number)));
	return all.length > shown.length ? `${shown.join(", ")} and ${String(all.length - shown.length)} more` : shown.join(", ");
}
function stoppedText({ left, resets }) {
	return `${String(left)} requests to the host are left until ${encodeInstant(resets)}: they are kept for publish. No signing event was read; a later run does.`;
}
function gatherHead({ mode, events, completed, findings, stopped }) {
	if (stopped !== null) return [
		...summaryHead("⏸️", "Stopped early", mode),
		stoppedText(stopped),
		""
	];
	if (completed.length > 0) return summaryHead("✅", `${countOf$1(completed.length, "signing event")} completed`, mode);
	const waiting = events.filter(({ state }) => state === "waiting" || state === "complete").length;
	if (waiting > 0) return summaryHead("⏳", `${countOf$1(waiting, "signing event")} waiting for signatures`, mode);
	if (events.length > 0) return summaryHead("⚠️", `${countOf$1(events.length, "signing event")} open, none ready to sign`, mode);
	return summaryHead(findings.length > 0 ? "⚠️" : "✅", "Nothing to sign", mode);
}
function gatherSummary(view) {
	const { now, events, completed, rebuilt, custody, released, publish, findings, pullUrl } = view;
	const done = [
		...completed.length === 0 ? [] : [`- completed: ${numbers(completed, pullUrl)}`],
		...rebuilt.length === 0 ? [] : [`- built again on the signed state: ${numbers(rebuilt, pullUrl)}`],
		...released.length === 0 ? [] : [`- released: ${released.slice(0, 50).map(({ tag, url }) => linkTo(tag, url)).join(", ")}`],
		...custody.length === 0 ? [] : [`- signed next with keys in custody, as they approved: ${nameList(custody.map(({ person }) => person))}`],
		...publish.length === 0 ? [] : [`- to be published next: ${publish.slice(0, 10).map(escapeMarkdown).join("; ")}`]
	];
	return [
		...gatherHead(view),
		...events.length === 0 && done.length === 0 && view.stopped === null ? ["No signing event is open.", ""] : [],
		...done.length === 0 ? [] : [...done, ""],
		...eventSections(events),
		...findingLines(findings),
		`Checked at ${encodeInstant(now)}.`,
		""
	].join("\n");
}

// src/render/summary-propose.ts
const MAX_LINES = 500;
const MARKS = {
	added: "+",
	replaced: "!",
	removed: "-"
};
function diffLines(changes) {
	if (changes.length === 0) return [];
	const first = changes.slice(0, MAX_LINES);
	const beyond = changes.length - first.length;
	const more = (count) => `# … and ${String(count + beyond)} more`;
	const lines = fittingLines(first, ({ kind, path }) => `${MARKS[kind]} ${terminalText(path)}`, SUMMARY_BUDGETS.changes, more);
	const isCut = lines.length !== first.length || lines.at(-1)?.startsWith("#") === true;
	return [
		"```diff",
		...lines,
		...beyond > 0 && !isCut ? [more(0)] : [],
		"```",
		""
	];
}
function countLine(changes) {
	const count = (kind) => String(changes.filter((change) => change.kind === kind).length);
	return `- targets: ${count("added")} added, ${count("replaced")} replaced, ${count("removed")} removed`;
}
function title({ mode, outcome, role, version, number, url }) {
	const name = `${escapeMarkdown(role)} v${String(version ?? 0)}`;
	if (mode === "dry-run") return `${name} would be ${outcome}`;
	const event = number === null ? "" : ` in ${pullLink(number, url)}`;
	switch (outcome) {
		case "opened": return `${name} proposed${event}`;
		case "added": return `Added to ${name}${event}`;
		case "queued": return `${name} queued${event}`;
		case "replaced": return `${name} proposed anew${event}`;
		case "nothing-new": return "Nothing new to propose";
		default: return outcome;
	}
}
function originLines$1({ origin, staged }) {
	return [...origin === null ? [] : [`- from ${linkTo(`run ${String(origin.runId)}`, origin.runUrl)} of commit ${codeMarkdown(origin.commit)}, started by ${escapeMarkdown(origin.actor)}`], ...staged === null ? [] : [`- the files wait in the artifact ${codeMarkdown(staged)}`]];
}
function proposeSummary(view) {
	const { mode, outcome, number, url, payload, changes } = view;
	if (outcome === "nothing-new") {
		const where = number === null ? "all of it is signed and listed so already" : `all of it is proposed already, in ${pullLink(number, url)}`;
		return [
			...summaryHead("✅", "Nothing new to propose", mode),
			`Nothing was changed: ${where}.`,
			"",
			...originLines$1(view),
			""
		].join("\n");
	}
	const wait = outcome === "queued" ? "Another event of this role has signatures and comes first; do not sign this one yet." : "It waits for signatures.";
	return [
		...summaryHead("✍️", title(view), mode),
		...mode === "dry-run" ? [] : [wait, ""],
		...payload === null ? [] : [`- payload: \`sha256:${payload}\``],
		countLine(changes),
		...originLines$1(view),
		"",
		...diffLines(changes),
		...url === null || mode === "dry-run" || outcome === "queued" ? [] : [signLine(url), ""]
	].join("\n");
}

// src/render/command-text.ts
function gatherText({ events, completed, rebuilt, findings, stopped }, style) {
	const lines = [
		...completed.map((number) => `#${String(number)} ${style.good("complete")}: the metadata branch has it`),
		...rebuilt.map((number) => `#${String(number)} built again on the signed state`),
		...events.map((event) => eventText(event, style)),
		...findings.map((finding) => findingText(finding, style)),
		...stopped === null ? [] : [style.warn(stoppedText(stopped))]
	];
	return lines.length === 0 ? "no open events" : lines.join("\n");
}
function unlistedText({ unlisted, pruned }, how) {
	return [...pruned === 0 ? [] : [`${countOf$1(pruned, "file")} of targets that are listed no more: taken away`], ...unlisted === 0 ? [] : [`${countOf$1(unlisted, "file")} of targets that are listed no more: still served, until ${how} takes them away`]];
}
function publishText(view, now, style, how = "`countersign publish --prune`") {
	const { outcome, reasons, snapshot, timestamp, expires, site, findings } = view;
	return [
		`${style.good(outcome)}: snapshot ${String(snapshot)}, timestamp ${String(timestamp)}; fresh until ${expiryText(expires, now)}`,
		...reasons.map((reason) => style.faint(`  ${reason}`)),
		style.faint(`  site ${site.outcome}, ${countOf$1(site.written, "file")} written`),
		...unlistedText(view, how).map((line) => style.warn(`  ${line}`)),
		...findings.map((finding) => findingText(finding, style))
	].join("\n");
}
function siteText(site, published, now) {
	if (site !== null) return `site: timestamp ${String(site.timestamp)}, expires ${expiryText(site.expires, now)}`;
	if (published === null) return "nothing is published yet";
	const { timestamp, expires } = published;
	return `published: timestamp ${String(timestamp)}, expires ${expiryText(expires, now)}; the site that was read does not serve it`;
}
function statusText(view, now, style) {
	const { repository, root, signed, site, published, events, findings } = view;
	const none = findings.some(({ code }) => code === "anchor-mismatch") ? "nothing is signed under the root that is pinned" : "nothing is signed yet";
	const lines = repository === null ? [none] : [`repository ${repository}`, style.faint(`root v1 sha256:${root ?? ""}`)];
	for (const { role, version, expires, targets } of signed) lines.push(`  ${terminalText(role)} v${String(version)}${targets === null ? "" : `, ${countOf$1(targets, "target")}`}; expires ${expiryText(expires, now)}`);
	lines.push(siteText(site, published, now));
	lines.push(events.length === 0 ? "no open events" : "", ...events.map((event) => eventText(event, style)));
	lines.push(...findings.map((finding) => findingText(finding, style)));
	return lines.filter((line) => line !== "").join("\n");
}
function absentText({ targetsChecked, targetsAbsent }, style) {
	if (targetsAbsent.length === 0) return "";
	const text = `${countOf$1(targetsAbsent.length, "listed file")} not hosted here`;
	return `, ${targetsChecked === 0 ? style.warn(`${text}: none of them was checked`) : text}`;
}
function verifyText(view, now, style) {
	const lines = [];
	for (const name of [
		"root",
		"timestamp",
		"snapshot"
	]) {
		const file = view[name];
		if (file !== null) lines.push(`  ${name} v${String(file.version)}; expires ${expiryText(file.expires, now)}`);
	}
	for (const { name, version, expires, targets, signers, threshold } of view.roles) lines.push(`  ${terminalText(name)} v${String(version)}, ${countOf$1(targets, "target")}, signed by ${String(signers)} (needs ${String(threshold)}); expires ${expiryText(expires, now)}`);
	lines.push(`  ${countOf$1(view.targetsChecked, "hosted file")} hashed${absentText(view, style)}`);
	lines.push(...view.notes.map((note) => style.faint(`  ${terminalText(note)}`)));
	lines.push(...view.warnings.map((warning) => `${style.warn("warning")} ${terminalText(warning)}`));
	lines.push(...view.problems.map(({ code, where, detail }) => `${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`));
	return [view.problems.length === 0 ? style.good("verified") : style.bad(countOf$1(view.problems.length, "problem")), ...lines].join("\n");
}

// src/render/summary-publish.ts
const SITE = /* @__PURE__ */ new Map([
	["updated", "written"],
	["unchanged", "as it was"],
	["newer", "newer than the published branch, and left as it is"],
	["behind", "to be deployed next"],
	["deploy", "to be deployed next"]
]);
function versionTable(rows, now) {
	return [
		"| file | version | expires |",
		"| --- | --- | --- |",
		...fittingLines(rows, ([name, version, expires]) => `| ${escapeMarkdown(name)} | ${String(version)} | ${expires === null ? "" : expiryText(expires, now)} |`, SUMMARY_BUDGETS.findings, (count) => `| … | ${String(count)} more | |`),
		""
	];
}
function publishSummary(view) {
	const { now, outcome, reasons, snapshot, timestamp, expires, site, findings, siteUrl } = view;
	const title = outcome === "fresh" ? "All is fresh" : `Published timestamp ${String(timestamp)}`;
	const where = siteUrl === null ? "the site" : linkTo(siteUrl, siteUrl);
	const count = site.written > 0 ? `, ${countOf$1(site.written, "file")}` : "";
	return [
		...summaryHead(findings.length > 0 ? "⚠️" : "✅", title, "apply"),
		...versionTable([[
			"snapshot",
			snapshot,
			null
		], [
			"timestamp",
			timestamp,
			null
		]], now),
		`- fresh until ${expiryText(expires, now)}`,
		...reasons.slice(0, 20).map((reason) => `- ${escapeMarkdown(reason)}`),
		...unlistedText(view, "a publish with `prune: true`").map((line) => `- ${line}`),
		`- ${where}: ${SITE.get(site.outcome) ?? escapeMarkdown(site.outcome)}${count}`,
		"",
		...findingLines(findings)
	].join("\n");
}
function verifySummary(view) {
	const { now, roles, problems, warnings, targetsChecked, targetsAbsent } = view;
	const top = [
		"root",
		"timestamp",
		"snapshot"
	].flatMap((name) => {
		const file = view[name];
		return file === null ? [] : [[
			name,
			file.version,
			file.expires
		]];
	});
	const rest = roles.map(({ name, version, expires }) => [
		name,
		version,
		expires
	]);
	const notHosted = targetsAbsent.length === 0 ? "" : `, ${countOf$1(targetsAbsent.length, "listed file")} not hosted here`;
	const isGood = problems.length === 0;
	return [
		...summaryHead(isGood ? "✅" : "❌", isGood ? "The repository verifies" : `${countOf$1(problems.length, "problem")} in the repository`, "apply"),
		...versionTable([...top, ...rest], now),
		`${countOf$1(targetsChecked, "hosted file")} hashed${notHosted}.`,
		"",
		...isGood ? [] : [
			"### Problems",
			"",
			...refusalLines(problems, SUMMARY_BUDGETS.findings),
			""
		],
		...warnings.length === 0 ? [] : [
			"### Warnings",
			"",
			...fittingLines(warnings, (text) => `- ${escapeMarkdown(text)}`, SUMMARY_BUDGETS.findings, (count) => `- … and ${String(count)} more`),
			""
		]
	].join("\n");
}
function statusSummary(view) {
	const { now, repository, root, signed, site, published, events, findings } = view;
	const rows = signed.map(({ role, version, expires }) => [
		role,
		version,
		expires
	]);
	return [
		...summaryHead(findings.length > 0 ? "⚠️" : "📋", repository === null ? "Nothing is signed yet" : "The repository as it stands", "apply"),
		...repository === null ? [] : [`- repository ${codeMarkdown(repository)}`, `- root v1 ${codeMarkdown(`sha256:${root ?? ""}`)}`],
		`- ${siteText(site, published, now)}`,
		"",
		...rows.length === 0 ? [] : versionTable(rows, now),
		...events.length === 0 ? ["No signing event is open.", ""] : eventSections(events),
		...findingLines(findings)
	].join("\n");
}

// src/render/summary-markdown.ts
const more = (count) => `- … and ${String(count)} more`;
function signedFile({ role, version, payload }) {
	return `${escapeMarkdown(role)} v${String(version)} (\`sha256:${payload}\`)`;
}
function custodySummary({ person, signed }) {
	const name = escapeMarkdown(person);
	if (signed.length === 0) return [
		...summaryHead("✅", `Nothing to sign for ${name}`, "apply"),
		"No standing approval of theirs misses its signature.",
		""
	].join("\n");
	const line = ({ number, url, files }) => `- ${pullLink(number, url)}: ${files.slice(0, 20).map(signedFile).join(", ")}`;
	return [
		...summaryHead("🔑", `Signed for ${name} with a key in custody`, "apply"),
		"This is what their approval covers, and nothing else:",
		"",
		...fittingLines(signed, line, SUMMARY_BUDGETS.files, more),
		""
	].join("\n");
}
function abandonSummary({ number, url, live }) {
	const line = ({ by, role, version, payload }) => `- ${escapeMarkdown(by)}: ${escapeMarkdown(role)} v${String(version)} \`sha256:${payload}\``;
	const said = live.length === 0 ? ["Nobody had signed it.", ""] : [
		"These signatures can not be taken back: whoever has enough of them could complete that content until a later version is published.",
		"",
		...fittingLines(live, line, SUMMARY_BUDGETS.files, more),
		""
	];
	return [...summaryHead("🗑️", `Abandoned ${pullLink(number, url)}`, "apply"), ...said].join("\n");
}
function needsSummary({ reasons, behind }) {
	const title = reasons.length === 0 ? "Nothing to publish" : `${countOf$1(reasons.length, "reason")} to publish`;
	return [
		...summaryHead("", title, "dry-run"),
		...reasons.slice(0, 50).map((reason) => `- ${escapeMarkdown(reason)}`),
		...behind ? ["- the site serves less than the published branch has"] : [],
		""
	].join("\n");
}
function siteSummary({ files, siteUrl, findings }) {
	const where = siteUrl === null ? "" : `, for ${linkTo(siteUrl, siteUrl)}`;
	return [
		...summaryHead("📦", "The site is ready to be deployed", "apply"),
		`${countOf$1(files, "file")} of the published branch${where}.`,
		"",
		...findingLines(findings)
	].join("\n");
}
function fetchSummary({ source, files, problems }) {
	const rows = fittingLines(files, ({ path, length }) => `| ${codeMarkdown(path)} | ${String(length)} |`, SUMMARY_BUDGETS.files, (count) => `| … ${String(count)} more | |`);
	const isWhole = problems.length === 0;
	return [
		...summaryHead(isWhole ? "✅" : "❌", isWhole ? `${countOf$1(files.length, "file")} fetched and verified` : `${countOf$1(problems.length, "file")} not fetched`, "apply"),
		`From ${linkTo(source, source)}.`,
		"",
		...files.length === 0 ? [] : [
			"| target | bytes |",
			"| --- | --- |",
			...rows,
			""
		],
		...isWhole ? [] : [
			"### Problems",
			"",
			...refusalLines(problems, SUMMARY_BUDGETS.findings),
			""
		]
	].join("\n");
}
function refusedSummary(command, { code, where, detail }, hint) {
	return [
		`## ❌ ${escapeMarkdown(command)} refused: \`${code}\``,
		"",
		`${codeMarkdown(where)}: ${escapeMarkdown(detail)}`,
		"",
		...hint === null ? [] : [
			"> [!TIP]",
			`> ${escapeMarkdown(hint)}`,
			""
		]
	].join("\n");
}
function renderSummary(view) {
	switch (view.kind) {
		case "propose": return proposeSummary(view.propose);
		case "gather": return gatherSummary(view.gather);
		case "custody": return custodySummary(view.custody);
		case "publish": return publishSummary(view.publish);
		case "publish-needs": return needsSummary(view.needs);
		case "site": return siteSummary(view.site);
		case "abandon": return abandonSummary(view.abandon);
		case "fetch": return fetchSummary(view.fetch);
		case "status": return statusSummary(view.status);
		case "verify": return verifySummary(view.verify);
		case "refused": return refusedSummary(view.command, view.refusal, view.hint);
		default: return view;
	}
}

// src/tuf/names.ts
const TOP_LEVEL_ROLES = [
	"root",
	"timestamp",
	"snapshot",
	"targets"
];
const TARGETS$1 = "targets";
const MAX_ENCODED_ROLE_NAME = 200;
const UNRESERVED = /^[A-Za-z0-9_.~-]*$/;
const CONTROL = /[\p{Cc}\p{Cs}]/u;
const HEX_64 = /^[0-9a-f]{64}$/;
function parseVersion(value, where) {
	if (!Number.isSafeInteger(value) || value < 1) throw new CountersignError("version-invalid", where, `expected a version of at least 1, got ${String(value)}`);
	return value;
}
function parseThreshold(value, where) {
	if (!Number.isSafeInteger(value) || value < 1) throw new CountersignError("threshold-invalid", where, `expected a threshold of at least 1, got ${String(value)}`);
	return value;
}
function parseDelegatedRoleName(text, where) {
	if (text === "" || CONTROL.test(text) || encodeRoleName(text).length > MAX_ENCODED_ROLE_NAME) throw new CountersignError("role-name-invalid", where, `expected a role name, got ${quote(text)}`);
	if (TOP_LEVEL_ROLES.some((name) => name === text) || text === "mirrors") throw new CountersignError("role-name-invalid", where, `expected a delegated role's name, got the top-level role ${quote(text)}`);
	return text;
}
function parseTargetsRoleName(text, where) {
	return text === "targets" ? TARGETS$1 : parseDelegatedRoleName(text, where);
}
function parseTargetPath(text, where) {
	if (text === "" || CONTROL.test(text)) throw new CountersignError("target-path-invalid", where, `expected a path, got ${quote(text)}`);
	return text;
}
function parseSha256(text, where) {
	if (!HEX_64.test(text)) throw new CountersignError("hash-invalid", where, `expected 64 lower-case hex digits, got ${quote(text)}`);
	return text;
}
function encodeRoleName(name) {
	if (UNRESERVED.test(name)) return name;
	return encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

// src/event/layout.ts
const PUBLISHED_BRANCH = "tuf-published";
const PROPOSAL_PREFIX = "sign/";
const POLICY_PATH = "countersign.yaml";
const EVENT_PATH = "event.json";
const FILE_LIST_PATH = "files.txt";
const ROOT_PATH$1 = "metadata/root.json";
const HISTORY$1 = /^metadata\/root_history\/([1-9][0-9]*)\.root\.json$/;
const ROLE = /^metadata\/([^/]+)\.json$/;
function rootHistoryPath(version) {
	return `metadata/root_history/${String(version)}.root.json`;
}
function rolePath(role) {
	return `metadata/${role}.json`;
}
function proposalBranch(role, version) {
	return `${PROPOSAL_PREFIX}${role}-v${String(version)}`;
}
function freeBranch(branch, busy) {
	let name = branch;
	for (let count = 2; busy.has(name); count++) name = `${branch}-${String(count)}`;
	return name;
}
function classifyPath(path) {
	if (path === "metadata/root.json") return { kind: "root" };
	if (path === "countersign.yaml") return { kind: "policy" };
	if (path === "event.json") return { kind: "event" };
	const history = HISTORY$1.exec(path)?.[1];
	if (history !== void 0) return {
		kind: "root-history",
		version: Number(history)
	};
	const name = ROLE.exec(path)?.[1];
	if (name === void 0 || name === "snapshot" || name === "timestamp" || name === "mirrors") return { kind: "unclaimed" };
	try {
		return {
			kind: "role",
			role: parseTargetsRoleName(name, path)
		};
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "role-name-invalid")) throw error;
		return { kind: "unclaimed" };
	}
}
function unclaimed(path) {
	return new CountersignError("event-file-unclaimed", path, `expected only metadata files of this event, got ${quote(path)}`);
}

// src/trust/look-alike.ts
const UNSEEN$1 = /[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\u2800\u{13441}\u{13442}]/gu;
const SEEN_LETTER = /[\p{L}\p{N}]/gu;
const LEAST_LETTERS = 3;
function isInWords(text) {
	return (text.replace(UNSEEN$1, "").match(SEEN_LETTER) ?? []).length >= LEAST_LETTERS;
}
const ALIKE = [
	[/[1I|]/g, "l"],
	[/[0O]/g, "o"],
	[/rn/g, "m"],
	[/vv/g, "w"]
];
function takenFor(name) {
	const plain = hasFewMarks(name) ? name.normalize("NFKC").replace(UNSEEN$1, "") : name;
	const fold = (text) => text.toUpperCase().toLowerCase();
	return [fold(plain), fold(ALIKE.reduce((text, [these, one]) => text.replace(these, one), plain))];
}
function findLookAlike(names) {
	const [heardOf, seenAs] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
	for (const name of names) {
		const [heard, seen] = takenFor(name);
		const other = [heardOf.get(heard), seenAs.get(seen)].find((one) => one !== void 0 && one !== name);
		if (other !== void 0) return {
			name,
			other
		};
		heardOf.set(heard, name);
		seenAs.set(seen, name);
	}
	return null;
}

// src/tuf/fields.ts
function asObject(value, where) {
	if (!isJsonObject(value)) throw new CountersignError("field-type", where, `expected an object, got ${jsonTypeOf(value)}`);
	return value;
}
function asArray(value, where) {
	if (!isJsonArray(value)) throw new CountersignError("field-type", where, `expected an array, got ${jsonTypeOf(value)}`);
	return value;
}
function asString(value, where) {
	if (typeof value !== "string") throw new CountersignError("field-type", where, `expected a string, got ${jsonTypeOf(value)}`);
	return value;
}
function member(object, key, path) {
	const value = object.get(key);
	if (value === void 0) throw new CountersignError("field-missing", jsonPath(path, key), "expected this field, got nothing");
	return value;
}
function objectField(object, key, path) {
	const value = member(object, key, path);
	return isJsonObject(value) ? value : asObject(value, jsonPath(path, key));
}
function arrayField(object, key, path) {
	const value = member(object, key, path);
	return isJsonArray(value) ? value : asArray(value, jsonPath(path, key));
}
function stringField(object, key, path) {
	const value = member(object, key, path);
	return typeof value === "string" ? value : asString(value, jsonPath(path, key));
}
function integerField(object, key, path) {
	const value = member(object, key, path);
	if (typeof value !== "number") throw new CountersignError("field-type", jsonPath(path, key), `expected an integer, got ${jsonTypeOf(value)}`);
	return value;
}
function booleanField(object, key, path) {
	const value = member(object, key, path);
	if (typeof value !== "boolean") throw new CountersignError("field-type", jsonPath(path, key), `expected true or false, got ${jsonTypeOf(value)}`);
	return value;
}

// node_modules/@noble/hashes/utils.js
function isBytes$1(a) {
	return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
}
const atitle$1 = (title) => title ? `"${title}" ` : "";
function anumber(n, title = "") {
	if (typeof n !== "number") throw new TypeError(atitle$1(title) + "expected number, got " + typeof n);
	if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(atitle$1(title) + "expected integer >= 0, got " + n);
	return n;
}
function abool$1(value, title = "") {
	if (typeof value !== "boolean") throw new TypeError(atitle$1(title) + "expected boolean, got type=" + typeof value);
	return value;
}
function abytes$1(value, length, title = "") {
	if (isBytes$1(value) && (length === void 0 || value.length === length)) return value;
	if (length !== void 0) anumber(length, "length");
	const bytes = isBytes$1(value);
	const ofLen = length !== void 0 ? ` of length ${length}` : "";
	const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
	const message = atitle$1(title) + "expected Uint8Array" + ofLen + ", got " + got;
	if (!bytes) throw new TypeError(message);
	throw new RangeError(message);
}
function ahash(h) {
	if (typeof h !== "function" || typeof h.create !== "function") throw new TypeError("expected hash wrapped by utils.createHasher");
	anumber(h.outputLen);
	anumber(h.blockLen);
	if (h.outputLen < 1 || h.blockLen < 1) throw new Error("hash blockLen / outputLen must be >= 1");
}
const aobject$2 = (value, label) => {
	if (value === null || typeof value !== "object" || Array.isArray(value)) throw new TypeError((label === "object" ? "" : `"${label}" `) + "expected object, got type=" + typeof value);
};
const aopts = (value, label) => {
	aobject$2(value, label);
	const proto = Object.getPrototypeOf(value);
	if (proto !== Object.prototype && proto !== null) throw new TypeError(`"${label}" expected plain object`);
	if (Object.hasOwn(value, "__proto__")) throw new TypeError(`"${label}.__proto__" is not allowed`);
};
function aexists(instance, checkFinished = true) {
	if (instance.destroyed) throw new Error("hash was destroyed");
	if (checkFinished && instance.finished) throw new Error("digest() was already called");
}
function aoutput(out, instance) {
	abytes$1(out, void 0, "output");
	const min = instance.outputLen;
	if (!(out.length >= min)) throw new RangeError("\"output\" expected length >= " + min);
}
function u32(arr) {
	return new Uint32Array(arr.buffer, arr.byteOffset, Math.floor(arr.byteLength / 4));
}
function clean(...arrays) {
	for (let i = 0; i < arrays.length; i++) arrays[i].fill(0);
}
const isLE = /* @__PURE__ */ (() => new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68)();
function byteSwap(word) {
	return word << 24 & 4278190080 | word << 8 & 16711680 | word >>> 8 & 65280 | word >>> 24 & 255;
}
function byteSwap32(arr) {
	for (let i = 0; i < arr.length; i++) arr[i] = byteSwap(arr[i]);
	return arr;
}
const swap32IfBE = isLE ? (u) => u : byteSwap32;
const hasHexBuiltin = /* @__PURE__ */ (() => typeof Uint8Array.from([]).toHex === "function" && typeof Uint8Array.fromHex === "function")();
const hexes = /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
function bytesToHex$1(bytes) {
	abytes$1(bytes);
	if (hasHexBuiltin) return bytes.toHex();
	let hex = "";
	for (let i = 0; i < bytes.length; i++) hex += hexes[bytes[i]];
	return hex;
}
function concatBytes$1(...arrays) {
	let sum = 0;
	for (let i = 0; i < arrays.length; i++) {
		const a = arrays[i];
		abytes$1(a);
		sum += a.length;
	}
	const res = new Uint8Array(sum);
	for (let i = 0, pad = 0; i < arrays.length; i++) {
		const a = arrays[i];
		res.set(a, pad);
		pad += a.length;
	}
	return res;
}
function checkOpts(defaults, opts, title = "opts") {
	aopts(defaults, "defaults");
	if (opts !== void 0) aopts(opts, title);
	return Object.assign(Object.create(null), defaults, opts);
}
function createHasher(hashCons, info = {}) {
	if (typeof hashCons !== "function") throw new TypeError("\"hashCons\" expected function, got type=" + typeof hashCons);
	info = checkOpts({}, info, "info");
	const hashC = (msg, opts) => hashCons(opts).update(msg).digest();
	const tmp = hashCons(void 0);
	hashC.outputLen = tmp.outputLen;
	hashC.blockLen = tmp.blockLen;
	hashC.canXOF = tmp.canXOF;
	hashC.create = (opts) => hashCons(opts);
	Object.assign(hashC, info);
	return Object.freeze(hashC);
}
function randomBytes$2(bytesLength = 32) {
	anumber(bytesLength, "bytesLength");
	const cr = typeof globalThis === "object" ? globalThis.crypto : null;
	if (typeof cr?.getRandomValues !== "function") throw new Error("crypto.getRandomValues must be defined");
	if (bytesLength > 65536) throw new RangeError(`"bytesLength" expected <= 65536, got ${bytesLength}`);
	return cr.getRandomValues(new Uint8Array(bytesLength));
}
const oidNist = (suffix) => ({ oid: Uint8Array.from([
	6,
	9,
	96,
	134,
	72,
	1,
	101,
	3,
	4,
	2,
	suffix
]) });

// node_modules/@noble/curves/utils.js
/*! noble-curves - MIT License (c) 2022 Paul Miller (paulmillr.com) */
function aobject$1(value, title = "object") {
	if (value === null || typeof value !== "object" || Array.isArray(value)) throw new TypeError(title === "object" ? "expected valid options object" : `"${title}" expected object, got type=${typeof value}`);
	return value;
}
const atitle = (title) => title ? `"${title}" ` : "";
function abool(value, title = "") {
	if (typeof value !== "boolean") throw new TypeError(atitle(title) + "expected boolean, got type=" + typeof value);
	return value;
}
function validateObject(object, fields = {}, optFields = {}, title = "object") {
	aobject$1(object, title);
	aobject$1(fields, "fields");
	aobject$1(optFields, "optFields");
	function checkField(fieldName, expectedType, isOpt) {
		const label = title === "object" ? `param "${String(fieldName)}"` : `"${title}.${String(fieldName)}"`;
		const val = object[fieldName];
		if (!Object.hasOwn(object, fieldName) && (isOpt ? val !== void 0 : expectedType !== "function")) throw new TypeError(`${label} is invalid: expected own property`);
		if (isOpt && val === void 0) return;
		const current = typeof val;
		if (current !== expectedType || val === null) throw new TypeError(`${label} is invalid: expected ${expectedType}, got ${current}`);
	}
	const iter = (f, isOpt) => Object.entries(f).forEach(([k, v]) => checkField(k, v, isOpt));
	iter(fields, false);
	iter(optFields, true);
}

// node_modules/@noble/hashes/_u64.js
const U32_MASK64 = /* @__PURE__ */ (() => BigInt(2 ** 32 - 1))();
const _32n = /* @__PURE__ */ BigInt(32);
function fromBig(n, le = false) {
	if (le) return {
		h: Number(n & U32_MASK64),
		l: Number(n >> _32n & U32_MASK64)
	};
	return {
		h: Number(n >> _32n & U32_MASK64) | 0,
		l: Number(n & U32_MASK64) | 0
	};
}
function split(lst, le = false) {
	const len = lst.length;
	let Ah = new Uint32Array(len);
	let Al = new Uint32Array(len);
	for (let i = 0; i < len; i++) {
		const { h, l } = fromBig(lst[i], le);
		[Ah[i], Al[i]] = [h, l];
	}
	return [Ah, Al];
}

// node_modules/@noble/hashes/sha3.js
const _0n = BigInt(0);
const _1n = BigInt(1);
const _2n = BigInt(2);
const _7n = BigInt(7);
const _256n = BigInt(256);
const _0x71n = BigInt(113);
const SHA3_PI = [];
const SHA3_ROTL = [];
const _SHA3_IOTA = [];
for (let round = 0, R = _1n, x = 1, y = 0; round < 24; round++) {
	[x, y] = [y, (2 * x + 3 * y) % 5];
	SHA3_PI.push(2 * (5 * y + x));
	SHA3_ROTL.push((round + 1) * (round + 2) / 2 % 64);
	let t = _0n;
	for (let j = 0; j < 7; j++) {
		R = (R << _1n ^ (R >> _7n) * _0x71n) % _256n;
		if (R & _2n) t ^= _1n << (_1n << BigInt(j)) - _1n;
	}
	_SHA3_IOTA.push(t);
}
const IOTAS = split(_SHA3_IOTA, true);
const SHA3_IOTA_H = IOTAS[0];
const SHA3_IOTA_L = IOTAS[1];
const rotlSH = (h, l, s) => h << s | l >>> 32 - s;
const rotlSL = (h, l, s) => l << s | h >>> 32 - s;
const rotlBH = (h, l, s) => l << s - 32 | h >>> 64 - s;
const rotlBL = (h, l, s) => h << s - 32 | l >>> 64 - s;
const rotlH = (h, l, s) => s > 32 ? rotlBH(h, l, s) : rotlSH(h, l, s);
const rotlL = (h, l, s) => s > 32 ? rotlBL(h, l, s) : rotlSL(h, l, s);
const B = /* @__PURE__ */ new Uint32Array(10);
function keccakP(s, rounds = 24) {
	if (!(s instanceof Uint32Array)) throw new TypeError("\"s\" expected Uint32Array(50), got type=" + typeof s);
	if (s.length !== 50) throw new RangeError("\"s\" expected Uint32Array(50), got length=" + s.length);
	anumber(rounds, "rounds");
	if (rounds < 1 || rounds > 24) throw new Error("\"rounds\" expected integer 1..24");
	for (let round = 24 - rounds; round < 24; round++) {
		for (let x = 0; x < 10; x++) B[x] = s[x] ^ s[x + 10] ^ s[x + 20] ^ s[x + 30] ^ s[x + 40];
		for (let x = 0; x < 10; x += 2) {
			const idx1 = (x + 8) % 10;
			const idx0 = (x + 2) % 10;
			const B0 = B[idx0];
			const B1 = B[idx0 + 1];
			const Th = rotlH(B0, B1, 1) ^ B[idx1];
			const Tl = rotlL(B0, B1, 1) ^ B[idx1 + 1];
			for (let y = 0; y < 50; y += 10) {
				s[x + y] ^= Th;
				s[x + y + 1] ^= Tl;
			}
		}
		let curH = s[2];
		let curL = s[3];
		for (let t = 0; t < 24; t++) {
			const shift = SHA3_ROTL[t];
			const Th = rotlH(curH, curL, shift);
			const Tl = rotlL(curH, curL, shift);
			const PI = SHA3_PI[t];
			curH = s[PI];
			curL = s[PI + 1];
			s[PI] = Th;
			s[PI + 1] = Tl;
		}
		for (let y = 0; y < 50; y += 10) {
			const b0 = s[y], b1 = s[y + 1], b2 = s[y + 2], b3 = s[y + 3];
			s[y] ^= ~s[y + 2] & s[y + 4];
			s[y + 1] ^= ~s[y + 3] & s[y + 5];
			s[y + 2] ^= ~s[y + 4] & s[y + 6];
			s[y + 3] ^= ~s[y + 5] & s[y + 7];
			s[y + 4] ^= ~s[y + 6] & s[y + 8];
			s[y + 5] ^= ~s[y + 7] & s[y + 9];
			s[y + 6] ^= ~s[y + 8] & b0;
			s[y + 7] ^= ~s[y + 9] & b1;
			s[y + 8] ^= ~b0 & b2;
			s[y + 9] ^= ~b1 & b3;
		}
		s[0] ^= SHA3_IOTA_H[round];
		s[1] ^= SHA3_IOTA_L[round];
	}
	clean(B);
}
var Keccak = class Keccak {
	state;
	pos = 0;
	posOut = 0;
	finished = false;
	state32;
	destroyed = false;
	blockLen;
	suffix;
	outputLen;
	canXOF;
	enableXOF = false;
	rounds;
	constructor(blockLen, suffix, outputLen, enableXOF = false, rounds = 24) {
		anumber(blockLen, "blockLen");
		anumber(suffix, "suffix");
		anumber(rounds, "rounds");
		abool$1(enableXOF, "enableXOF");
		this.blockLen = blockLen;
		this.suffix = suffix;
		this.outputLen = outputLen;
		this.enableXOF = enableXOF;
		this.canXOF = enableXOF;
		this.rounds = rounds;
		anumber(outputLen, "outputLen");
		if (!(0 < blockLen && blockLen < 200)) throw new Error("\"blockLen\" must be 1..199");
		this.state = /* @__PURE__ */ new Uint8Array(200);
		this.state32 = u32(this.state);
	}
	clone() {
		return this._cloneInto();
	}
	keccak() {
		swap32IfBE(this.state32);
		keccakP(this.state32, this.rounds);
		swap32IfBE(this.state32);
		this.posOut = 0;
		this.pos = 0;
	}
	update(data) {
		aexists(this);
		abytes$1(data);
		const { blockLen, state, state32 } = this;
		const len = data.length;
		const canUseU32 = blockLen % 4 === 0 && data.byteOffset % 4 === 0;
		const blockLen32 = blockLen / 4;
		const data32 = canUseU32 && len >= blockLen ? u32(data) : void 0;
		for (let pos = 0; pos < len;) {
			if (data32 !== void 0 && this.pos === 0 && pos % 4 === 0 && len - pos >= blockLen) {
				for (let i = 0, o = pos / 4; i < blockLen32; i++) state32[i] ^= data32[o + i];
				pos += blockLen;
				this.pos = blockLen;
				this.keccak();
				continue;
			}
			const take = Math.min(blockLen - this.pos, len - pos);
			for (let i = 0; i < take; i++) state[this.pos++] ^= data[pos++];
			if (this.pos === blockLen) this.keccak();
		}
		return this;
	}
	finish() {
		if (this.finished) return;
		this.finished = true;
		const { state, suffix, pos, blockLen } = this;
		state[pos] ^= suffix;
		if ((suffix & 128) !== 0 && pos === blockLen - 1) this.keccak();
		state[blockLen - 1] ^= 128;
		this.keccak();
	}
	writeInto(out) {
		aexists(this, false);
		abytes$1(out);
		this.finish();
		const bufferOut = this.state;
		const { blockLen } = this;
		for (let pos = 0, len = out.length; pos < len;) {
			if (this.posOut >= blockLen) this.keccak();
			const take = Math.min(blockLen - this.posOut, len - pos);
			out.set(bufferOut.subarray(this.posOut, this.posOut + take), pos);
			this.posOut += take;
			pos += take;
		}
		return out;
	}
	xofInto(out) {
		if (!this.enableXOF) throw new Error("XOF is not enabled");
		return this.writeInto(out);
	}
	xof(bytes) {
		anumber(bytes);
		return this.xofInto(new Uint8Array(bytes));
	}
	digestInto(out) {
		aoutput(out, this);
		if (this.finished) throw new Error("digest() was already called");
		this.writeInto(out.length === this.outputLen ? out : out.subarray(0, this.outputLen));
		this.destroy();
	}
	digest() {
		const out = new Uint8Array(this.outputLen);
		this.digestInto(out);
		return out;
	}
	destroy() {
		this.destroyed = true;
		clean(this.state);
	}
	_cloneInto(to) {
		const { blockLen, suffix, outputLen, rounds, enableXOF } = this;
		to ||= new Keccak(blockLen, suffix, outputLen, enableXOF, rounds);
		to.blockLen = blockLen;
		to.state32.set(this.state32);
		to.pos = this.pos;
		to.posOut = this.posOut;
		to.finished = this.finished;
		to.rounds = rounds;
		to.suffix = suffix;
		to.outputLen = outputLen;
		to.enableXOF = enableXOF;
		to.canXOF = this.canXOF;
		to.destroyed = this.destroyed;
		return to;
	}
};
const genShake = (suffix, blockLen, outputLen, info = {}) => createHasher((opts = {}) => {
	opts = checkOpts({}, opts);
	return new Keccak(blockLen, suffix, opts.dkLen === void 0 ? outputLen : opts.dkLen, true);
}, info);
const shake128 = /* @__PURE__ */ genShake(31, 168, 16, /* @__PURE__ */ oidNist(11));
const shake256 = /* @__PURE__ */ genShake(31, 136, 32, /* @__PURE__ */ oidNist(12));

// node_modules/@noble/curves/abstract/fft.js
function checkU32(n, title = "n") {
	if (typeof n !== "number") throw new TypeError(`wrong u32 integer "${title}": expected number, got type=${typeof n}`);
	if (!Number.isSafeInteger(n) || n < 0 || n > 4294967295) throw new RangeError(`wrong u32 integer "${title}": expected 0..4294967295, got ${n}`);
	return n;
}
function isPowerOfTwo(x) {
	checkU32(x, "x");
	return (x & x - 1) === 0 && x !== 0;
}
function reverseBits(n, bits) {
	checkU32(n);
	if (typeof bits !== "number") throw new TypeError("\"bits\" expected number, got type=" + typeof bits);
	if (!Number.isSafeInteger(bits) || bits < 0 || bits > 32) throw new Error(`expected integer 0 <= bits <= 32, got ${bits}`);
	let reversed = 0;
	for (let i = 0; i < bits; i++, n >>>= 1) reversed = reversed << 1 | n & 1;
	return reversed >>> 0;
}
function log2(n) {
	checkU32(n);
	return 31 - Math.clz32(n);
}
function bitReversalInplace(values) {
	if (!values || typeof values !== "object" || typeof values.length !== "number") throw new TypeError("\"values\" expected array-like, got type=" + typeof values);
	const n = values.length;
	if (!isPowerOfTwo(n)) throw new Error("expected positive power-of-two length, got " + n);
	const bits = log2(n);
	for (let i = 0; i < n; i++) {
		const j = reverseBits(i, bits);
		if (i < j) {
			const tmp = values[i];
			values[i] = values[j];
			values[j] = tmp;
		}
	}
	return values;
}
const FFTCore = (F, coreOpts) => {
	validateObject(coreOpts, {
		N: "number",
		roots: "object",
		dit: "boolean"
	}, {
		invertButterflies: "boolean",
		skipStages: "number",
		brp: "boolean"
	}, "coreOpts");
	const { N, roots, dit, invertButterflies = false, skipStages = 0, brp = true } = coreOpts;
	checkU32(N, "coreOpts.N");
	const bits = log2(N);
	if (!isPowerOfTwo(N)) throw new Error("FFT: Polynomial size should be power of two");
	checkU32(skipStages, "coreOpts.skipStages");
	const maxSkipStages = bits === 0 ? 0 : bits - 1;
	if (skipStages > maxSkipStages) throw new Error(`FFT: wrong skipStages: expected 0 <= skipStages <= ${maxSkipStages}`);
	if (roots.length !== N) throw new Error(`FFT: wrong roots length: expected ${N}, got ${roots.length}`);
	const isDit = dit !== invertButterflies;
	return (values) => {
		if (values.length !== N) throw new Error("FFT: wrong Polynomial length");
		if (dit && brp) bitReversalInplace(values);
		for (let i = 0, g = 1; i < bits - skipStages; i++) {
			const s = dit ? i + 1 + skipStages : bits - i;
			const m = 1 << s;
			const m2 = m >> 1;
			const stride = N >> s;
			for (let k = 0; k < N; k += m) for (let j = 0, grp = g++; j < m2; j++) {
				const rootPos = invertButterflies ? dit ? N - grp : grp : j * stride;
				const i0 = k + j;
				const i1 = k + j + m2;
				const omega = roots[rootPos];
				const b = values[i1];
				const a = values[i0];
				if (isDit) {
					const t = F.mul(b, omega);
					values[i0] = F.add(a, t);
					values[i1] = F.sub(a, t);
				} else if (invertButterflies) {
					values[i0] = F.add(b, a);
					values[i1] = F.mul(F.sub(b, a), omega);
				} else {
					values[i0] = F.add(a, b);
					values[i1] = F.mul(F.sub(a, b), omega);
				}
			}
		}
		if (!dit && brp) bitReversalInplace(values);
		return values;
	};
};

// node_modules/@noble/post-quantum/utils.js
/*! noble-post-quantum - MIT License (c) 2024 Paul Miller (paulmillr.com) */
const abytesDoc = abytes$1;
const randomBytes$1 = randomBytes$2;
function aarray(item, title, inner = () => {}) {
	if (!Array.isArray(item)) throw new TypeError(`"${title}" expected array, got type=${typeof item}`);
	for (let i = 0; i < item.length; i++) inner(item[i], `${title}[${i}]`);
	return item;
}
function aobject(value, title = "object") {
	if (value === null || typeof value !== "object" || Array.isArray(value)) throw new TypeError(title === "object" ? "expected valid options object" : `"${title}" expected object, got type=${typeof value}`);
	return value;
}
function equalBytes(a, b) {
	a = abytes$1(a);
	b = abytes$1(b);
	if (a.length !== b.length) return false;
	let diff = 0;
	for (let i = 0; i < a.length; i++) diff |= a[i] ^ b[i];
	return diff === 0;
}
function validateOpts(opts) {
	if (isBytes$1(opts)) throw new TypeError("\"opts\" expected object, got Uint8Array");
	aobject(opts, "opts");
	const proto = Object.getPrototypeOf(opts);
	if (proto !== null && proto !== Object.prototype) throw new TypeError("\"opts\" expected a plain object");
}
const VER_OPT_KEYS = /* @__PURE__ */ Object.freeze(["context"]);
const SIG_OPT_KEYS = /* @__PURE__ */ Object.freeze(["context", "extraEntropy"]);
function checkOptKeys(opts, allowed) {
	validateOpts(opts);
	const normalized = Object.assign(Object.create(null), opts);
	for (const [k, v] of Object.entries(normalized)) {
		if (v === void 0) continue;
		if (!allowed.includes(k)) throw new TypeError("unexpected option \"" + String(k) + "\"; expected one of: " + allowed.join(", "));
	}
	return Object.freeze(normalized);
}
function validateVerOpts(opts, allowed = VER_OPT_KEYS) {
	const normalized = checkOptKeys(opts, allowed);
	if (normalized.context !== void 0) abytes$1(normalized.context, void 0, "opts.context");
	return normalized;
}
function validateSigOpts(opts, allowed = SIG_OPT_KEYS) {
	const normalized = checkOptKeys(opts, allowed);
	if (normalized.context !== void 0) abytes$1(normalized.context, void 0, "opts.context");
	if (normalized.extraEntropy !== false && normalized.extraEntropy !== void 0) abytes$1(normalized.extraEntropy, void 0, "opts.extraEntropy");
	return normalized;
}
function splitCoder(label, ...lengths) {
	const getLength = (c) => typeof c === "number" ? c : c.bytesLen;
	const bytesLen = lengths.reduce((sum, a) => sum + getLength(a), 0);
	return {
		bytesLen,
		encode: (bufs) => {
			const res = new Uint8Array(bytesLen);
			for (let i = 0, pos = 0; i < lengths.length; i++) {
				const c = lengths[i];
				const l = getLength(c);
				const b = typeof c === "number" ? bufs[i] : c.encode(bufs[i]);
				abytes$1(b, l, label);
				res.set(b, pos);
				if (typeof c !== "number") b.fill(0);
				pos += l;
			}
			return res;
		},
		decode: (buf) => {
			abytes$1(buf, bytesLen, label);
			const res = [];
			for (const c of lengths) {
				const l = getLength(c);
				const b = buf.subarray(0, l);
				res.push(typeof c === "number" ? b : c.decode(b));
				buf = buf.subarray(l);
			}
			return res;
		}
	};
}
function vecCoder(c, vecLen) {
	const coder = c;
	const bytesLen = vecLen * coder.bytesLen;
	return {
		bytesLen,
		encode: (u) => {
			const uArr = aarray(u, "u");
			if (uArr.length !== vecLen) throw new RangeError(`vecCoder.encode: wrong length=${uArr.length}. Expected: ${vecLen}`);
			const res = new Uint8Array(bytesLen);
			for (let i = 0, pos = 0; i < uArr.length; i++) {
				const b = coder.encode(uArr[i]);
				res.set(b, pos);
				b.fill(0);
				pos += b.length;
			}
			return res;
		},
		decode: (a) => {
			abytes$1(a, bytesLen);
			const r = [];
			for (let i = 0; i < a.length; i += coder.bytesLen) r.push(coder.decode(a.subarray(i, i + coder.bytesLen)));
			return r;
		}
	};
}
function cleanBytes(...list) {
	for (const t of list) if (Array.isArray(t)) for (const b of t) b.fill(0);
	else t.fill(0);
}
function getMask(bits) {
	anumber(bits, "bits");
	if (bits > 32) throw new RangeError("\"bits\" expected <= 32, got " + bits);
	return bits === 32 ? 4294967295 : ~(-1 << bits) >>> 0;
}
const EMPTY$4 = /* @__PURE__ */ Uint8Array.of();
function getMessage(msg, ctx = EMPTY$4) {
	abytes$1(msg, void 0, "msg");
	abytes$1(ctx, void 0, "ctx");
	if (ctx.length > 255) throw new RangeError("context should be 255 bytes or less");
	return concatBytes$1(new Uint8Array([0, ctx.length]), ctx, msg);
}
const oidNistP = /* @__PURE__ */ Uint8Array.from([
	6,
	9,
	96,
	134,
	72,
	1,
	101,
	3,
	4,
	2
]);
const XOF_OID_OUTPUT_LEN = /* @__PURE__ */ (() => ({
	"060960864801650304020b": 32,
	"060960864801650304020c": 64
}))();
function checkHash(hash, requiredStrength = 0) {
	if (typeof hash !== "function" || typeof hash.create !== "function") throw new TypeError("\"hash\" expected hash function, got type=" + typeof hash);
	ahash(hash);
	anumber(requiredStrength, "requiredStrength");
	const oid = hash.oid;
	abytes$1(oid, void 0, "hash.oid");
	if (!equalBytes(oid.subarray(0, 10), oidNistP)) throw new Error("\"hash.oid\" is invalid: expected NIST hash");
	const xofLen = XOF_OID_OUTPUT_LEN[bytesToHex$1(oid)];
	if (xofLen !== void 0 && hash.outputLen !== xofLen) throw new Error("Pre-hash XOF output length must be " + xofLen + " bytes for this OID, got: " + hash.outputLen);
	const collisionResistance = hash.outputLen * 8 / 2;
	if (requiredStrength > collisionResistance) throw new Error("Pre-hash security strength too low: " + collisionResistance + ", required: " + requiredStrength);
}
function getMessagePrehash(hash, msg, ctx = EMPTY$4) {
	checkHash(hash);
	abytes$1(msg, void 0, "msg");
	abytes$1(ctx, void 0, "ctx");
	if (ctx.length > 255) throw new RangeError("context should be 255 bytes or less");
	const hashed = hash(msg);
	return concatBytes$1(new Uint8Array([1, ctx.length]), ctx, hash.oid, hashed);
}

// node_modules/@noble/post-quantum/_crystals.js
/*! noble-post-quantum - MIT License (c) 2024 Paul Miller (paulmillr.com) */
const genCrystals = (opts) => {
	const { newPoly, N, Q, F, ROOT_OF_UNITY, brvBits, isKyber } = opts;
	const mod = (a, modulo = Q) => {
		const result = a % modulo | 0;
		return (result >= 0 ? result | 0 : modulo + result | 0) | 0;
	};
	const smod = (a, modulo = Q) => {
		const r = mod(a, modulo) | 0;
		return (r > modulo >> 1 ? r - modulo | 0 : r) | 0;
	};
	function getZettas() {
		const out = newPoly(N);
		for (let i = 0; i < N; i++) {
			const b = reverseBits(i, brvBits);
			const p = BigInt(ROOT_OF_UNITY) ** BigInt(b) % BigInt(Q);
			out[i] = Number(p) | 0;
		}
		return out;
	}
	const nttZetas = getZettas();
	const inv = (_a) => {
		throw new Error("not implemented");
	};
	const field = isKyber ? {
		add: (a, b) => {
			const r = a + b | 0;
			return r >= Q ? r - Q | 0 : r;
		},
		sub: (a, b) => {
			const r = a - b | 0;
			return r < 0 ? r + Q | 0 : r;
		},
		mul: (a, b) => mod((a | 0) * (b | 0)) | 0,
		inv
	} : {
		add: (a, b) => mod((a | 0) + (b | 0)) | 0,
		sub: (a, b) => mod((a | 0) - (b | 0)) | 0,
		mul: (a, b) => mod((a | 0) * (b | 0)) | 0,
		inv
	};
	const nttOpts = {
		N,
		roots: nttZetas,
		invertButterflies: true,
		skipStages: isKyber ? 1 : 0,
		brp: false
	};
	const dif = FFTCore(field, {
		dit: false,
		...nttOpts
	});
	const dit = FFTCore(field, {
		dit: true,
		...nttOpts
	});
	const NTT = {
		encode: (r) => {
			return dif(r);
		},
		decode: (r) => {
			dit(r);
			for (let i = 0; i < r.length; i++) r[i] = mod(F * r[i]);
			return r;
		}
	};
	const bitsCoder = (d, c) => {
		for (let i = 0, bufLen = 0; i < N; i++) {
			bufLen += d;
			if (bufLen > 32) getMask(bufLen);
			bufLen %= 8;
		}
		const mask = getMask(d);
		const bytesLen = d * (N / 8);
		return {
			bytesLen,
			encode: (poly_) => {
				const poly = poly_;
				const r = new Uint8Array(bytesLen);
				for (let i = 0, buf = 0, bufLen = 0, pos = 0; i < poly.length; i++) {
					buf |= (c.encode(poly[i]) & mask) << bufLen;
					bufLen += d;
					for (; bufLen >= 8; bufLen -= 8, buf >>= 8) r[pos++] = buf & 255;
				}
				return r;
			},
			decode: (bytes) => {
				const r = newPoly(N);
				for (let i = 0, buf = 0, bufLen = 0, pos = 0; i < bytes.length; i++) {
					buf |= bytes[i] << bufLen;
					bufLen += 8;
					for (; bufLen >= d; bufLen -= d, buf >>= d) r[pos++] = c.decode(buf & mask);
				}
				return r;
			}
		};
	};
	return {
		mod,
		smod,
		nttZetas,
		NTT: {
			encode: (r) => NTT.encode(r),
			decode: (r) => NTT.decode(r)
		},
		bitsCoder
	};
};
const createXofShake = (shake) => (seed, blockLen) => {
	if (!blockLen) blockLen = shake.blockLen;
	const _seed = new Uint8Array(seed.length + 2);
	_seed.set(seed);
	const seedLen = seed.length;
	const buf = new Uint8Array(blockLen);
	let h = shake.create({});
	let calls = 0;
	let xofs = 0;
	return {
		stats: () => ({
			calls,
			xofs
		}),
		get: (x, y) => {
			_seed[seedLen + 0] = x;
			_seed[seedLen + 1] = y;
			h.destroy();
			h = shake.create({}).update(_seed);
			calls++;
			return () => {
				xofs++;
				return h.xofInto(buf);
			};
		},
		clean: () => {
			h.destroy();
			cleanBytes(buf, _seed);
		}
	};
};
const XOF128 = /* @__PURE__ */ createXofShake(shake128);
const XOF256 = /* @__PURE__ */ createXofShake(shake256);

// node_modules/@noble/post-quantum/ml-dsa.js
/*! noble-post-quantum - MIT License (c) 2024 Paul Miller (paulmillr.com) */
const INTERNAL_SIG_OPT_KEYS = /* @__PURE__ */ Object.freeze(["extraEntropy", "externalMu"]);
const INTERNAL_VER_OPT_KEYS = /* @__PURE__ */ Object.freeze(["externalMu"]);
function validateInternalOpts(opts, allowed) {
	const normalized = checkOptKeys(opts, allowed);
	if (normalized.externalMu !== void 0) abool(normalized.externalMu, "opts.externalMu");
	return normalized;
}
const N$1 = 256;
const Q = 8380417;
const ROOT_OF_UNITY = 1753;
const F = 8347681;
const D = 13;
const GAMMA2_1 = Math.floor(95232) | 0;
const GAMMA2_2 = Math.floor(261888) | 0;
const PARAMS = /* @__PURE__ */ (() => Object.freeze({
	2: Object.freeze({
		K: 4,
		L: 4,
		D,
		GAMMA1: 2 ** 17,
		GAMMA2: GAMMA2_1,
		TAU: 39,
		ETA: 2,
		OMEGA: 80
	}),
	3: Object.freeze({
		K: 6,
		L: 5,
		D,
		GAMMA1: 2 ** 19,
		GAMMA2: GAMMA2_2,
		TAU: 49,
		ETA: 4,
		OMEGA: 55
	}),
	5: Object.freeze({
		K: 8,
		L: 7,
		D,
		GAMMA1: 2 ** 19,
		GAMMA2: GAMMA2_2,
		TAU: 60,
		ETA: 2,
		OMEGA: 75
	})
}))();
const newPoly = (n) => new Int32Array(n);
const crystals = /* @__PURE__ */ genCrystals({
	N: N$1,
	Q,
	F,
	ROOT_OF_UNITY,
	newPoly,
	isKyber: false,
	brvBits: 8
});
const id = (n) => n;
const polyCoder = (d, compress = id, verify = id) => crystals.bitsCoder(d, {
	encode: (i) => compress(verify(i)),
	decode: (i) => verify(compress(i))
});
const polyAdd = (a_, b_) => {
	const a = a_;
	const b = b_;
	for (let i = 0; i < a.length; i++) a[i] = crystals.mod(a[i] + b[i]);
	return a;
};
const polySub = (a_, b_) => {
	const a = a_;
	const b = b_;
	for (let i = 0; i < a.length; i++) a[i] = crystals.mod(a[i] - b[i]);
	return a;
};
const polyShiftl = (p_) => {
	const p = p_;
	for (let i = 0; i < N$1; i++) p[i] <<= D;
	return p;
};
const polyChknorm = (p_, B) => {
	const p = p_;
	for (let i = 0; i < N$1; i++) if (Math.abs(crystals.smod(p[i])) >= B) return true;
	return false;
};
const MultiplyNTTs = (a_, b_) => {
	const a = a_;
	const b = b_;
	const c = newPoly(N$1);
	for (let i = 0; i < a.length; i++) c[i] = crystals.mod(a[i] * b[i]);
	return c;
};
function RejNTTPoly(xof_) {
	const xof = xof_;
	const r = newPoly(N$1);
	for (let j = 0; j < N$1;) {
		const b = xof();
		if (b.length % 3) throw new Error("RejNTTPoly: unaligned block");
		for (let i = 0; j < N$1 && i <= b.length - 3; i += 3) {
			const t = (b[i + 0] | b[i + 1] << 8 | b[i + 2] << 16) & 8388607;
			if (t < Q) r[j++] = t;
		}
	}
	return r;
}
function getDilithium(opts_) {
	const opts = opts_;
	const { K, L, GAMMA1, GAMMA2, TAU, ETA, OMEGA } = opts;
	const { CRH_BYTES, TR_BYTES, C_TILDE_BYTES, XOF128, XOF256, securityLevel } = opts;
	if (![2, 4].includes(ETA)) throw new Error("Wrong ETA");
	if (![1 << 17, 1 << 19].includes(GAMMA1)) throw new Error("Wrong GAMMA1");
	if (![GAMMA2_1, GAMMA2_2].includes(GAMMA2)) throw new Error("Wrong GAMMA2");
	const BETA = TAU * ETA;
	const decompose = (r) => {
		const rPlus = crystals.mod(r);
		const r0 = crystals.smod(rPlus, 2 * GAMMA2) | 0;
		if (rPlus - r0 === 8380416) return {
			r1: 0,
			r0: r0 - 1 | 0
		};
		return {
			r1: Math.floor((rPlus - r0) / (2 * GAMMA2)) | 0,
			r0
		};
	};
	const HighBits = (r) => decompose(r).r1;
	const LowBits = (r) => decompose(r).r0;
	const MakeHint = (z, r) => {
		return z <= GAMMA2 || z > Q - GAMMA2 || z === Q - GAMMA2 && r === 0 ? 0 : 1;
	};
	const HINT_M = Math.floor(8380416 / (2 * GAMMA2));
	const UseHint = (h, r) => {
		const { r1, r0 } = decompose(r);
		if (h === 1) return r0 > 0 ? crystals.mod(r1 + 1, HINT_M) | 0 : crystals.mod(r1 - 1, HINT_M) | 0;
		return r1 | 0;
	};
	const Power2Round = (r) => {
		const rPlus = crystals.mod(r);
		const r0 = crystals.smod(rPlus, 2 ** D) | 0;
		return {
			r1: Math.floor((rPlus - r0) / 2 ** D) | 0,
			r0
		};
	};
	const hintCoder = {
		bytesLen: OMEGA + K,
		encode: (h_) => {
			const h = h_;
			if (h === false) throw new Error("hint.encode: hint is false");
			const res = new Uint8Array(OMEGA + K);
			for (let i = 0, k = 0; i < K; i++) {
				for (let j = 0; j < N$1; j++) if (h[i][j] !== 0) res[k++] = j;
				res[OMEGA + i] = k;
			}
			return res;
		},
		decode: (buf) => {
			const h = [];
			let k = 0;
			for (let i = 0; i < K; i++) {
				const hi = newPoly(N$1);
				if (buf[OMEGA + i] < k || buf[OMEGA + i] > OMEGA) return false;
				for (let j = k; j < buf[OMEGA + i]; j++) {
					if (j > k && buf[j] <= buf[j - 1]) return false;
					hi[buf[j]] = 1;
				}
				k = buf[OMEGA + i];
				h.push(hi);
			}
			for (let j = k; j < OMEGA; j++) if (buf[j] !== 0) return false;
			return h;
		}
	};
	const ETACoder = polyCoder(ETA === 2 ? 3 : 4, (i) => ETA - i, (i) => {
		if (!(-ETA <= i && i <= ETA)) throw new Error(`malformed key s1/s3 ${i} outside of ETA range [${-ETA}, ${ETA}]`);
		return i;
	});
	const T0Coder = polyCoder(13, (i) => 4096 - i);
	const T1Coder = polyCoder(10);
	const ZCoder = polyCoder(GAMMA1 === 1 << 17 ? 18 : 20, (i) => crystals.smod(GAMMA1 - i));
	const W1Coder = polyCoder(GAMMA2 === GAMMA2_1 ? 6 : 4);
	const W1Vec = vecCoder(W1Coder, K);
	const publicCoder = splitCoder("publicKey", 32, vecCoder(T1Coder, K));
	const secretCoder = splitCoder("secretKey", 32, 32, TR_BYTES, vecCoder(ETACoder, L), vecCoder(ETACoder, K), vecCoder(T0Coder, K));
	const sigCoder = splitCoder("signature", C_TILDE_BYTES, vecCoder(ZCoder, L), hintCoder);
	const CoefFromHalfByte = ETA === 2 ? (n) => n < 15 ? 2 - n % 5 : false : (n) => n < 9 ? 4 - n : false;
	function RejBoundedPoly(xof_) {
		const xof = xof_;
		const r = newPoly(N$1);
		for (let j = 0; j < N$1;) {
			const b = xof();
			for (let i = 0; j < N$1 && i < b.length; i += 1) {
				const d1 = CoefFromHalfByte(b[i] & 15);
				const d2 = CoefFromHalfByte(b[i] >> 4 & 15);
				if (d1 !== false) r[j++] = d1;
				if (j < N$1 && d2 !== false) r[j++] = d2;
			}
		}
		return r;
	}
	const SampleInBall = (seed) => {
		const pre = newPoly(N$1);
		const s = shake256.create({}).update(seed);
		const buf = new Uint8Array(shake256.blockLen);
		s.xofInto(buf);
		const masks = buf.slice(0, 8);
		for (let i = N$1 - TAU, pos = 8, maskPos = 0, maskBit = 0; i < N$1; i++) {
			let b = i + 1;
			for (; b > i;) {
				b = buf[pos++];
				if (pos < shake256.blockLen) continue;
				s.xofInto(buf);
				pos = 0;
			}
			pre[i] = pre[b];
			pre[b] = 1 - ((masks[maskPos] >> maskBit++ & 1) << 1);
			if (maskBit >= 8) {
				maskPos++;
				maskBit = 0;
			}
		}
		return pre;
	};
	const polyPowerRound = (p_) => {
		const p = p_;
		const res0 = newPoly(N$1);
		const res1 = newPoly(N$1);
		for (let i = 0; i < p.length; i++) {
			const { r0, r1 } = Power2Round(p[i]);
			res0[i] = r0;
			res1[i] = r1;
		}
		return {
			r0: res0,
			r1: res1
		};
	};
	const polyUseHint = (u_, h_) => {
		const u = u_;
		const h = h_;
		for (let i = 0; i < N$1; i++) u[i] = UseHint(h[i], u[i]);
		return u;
	};
	const polyMakeHint = (a_, b_) => {
		const a = a_;
		const b = b_;
		const v = newPoly(N$1);
		let cnt = 0;
		for (let i = 0; i < N$1; i++) {
			const h = MakeHint(a[i], b[i]);
			v[i] = h;
			cnt += h;
		}
		return {
			v,
			cnt
		};
	};
	const signRandBytes = 32;
	const seedCoder = splitCoder("seed", 32, 64, 32);
	const internal = Object.freeze({
		info: Object.freeze({ type: "internal-ml-dsa" }),
		lengths: Object.freeze({
			secretKey: secretCoder.bytesLen,
			publicKey: publicCoder.bytesLen,
			seed: 32,
			signature: sigCoder.bytesLen,
			signRand: signRandBytes
		}),
		keygen: (seed) => {
			const seedDst = /* @__PURE__ */ new Uint8Array(34);
			const randSeed = seed === void 0;
			if (randSeed) seed = randomBytes$1(32);
			abytesDoc(seed, 32, "seed");
			seedDst.set(seed);
			if (randSeed) cleanBytes(seed);
			seedDst[32] = K;
			seedDst[33] = L;
			const [rho, rhoPrime, K_] = seedCoder.decode(shake256(seedDst, { dkLen: seedCoder.bytesLen }));
			const xofPrime = XOF256(rhoPrime);
			const s1 = [];
			for (let i = 0; i < L; i++) s1.push(RejBoundedPoly(xofPrime.get(i & 255, i >> 8 & 255)));
			const s2 = [];
			for (let i = L; i < L + K; i++) s2.push(RejBoundedPoly(xofPrime.get(i & 255, i >> 8 & 255)));
			const s1Hat = s1.map((i) => crystals.NTT.encode(i.slice()));
			const t0 = [];
			const t1 = [];
			const xof = XOF128(rho);
			const t = newPoly(N$1);
			for (let i = 0; i < K; i++) {
				cleanBytes(t);
				for (let j = 0; j < L; j++) {
					const aij = RejNTTPoly(xof.get(j, i));
					polyAdd(t, MultiplyNTTs(aij, s1Hat[j]));
				}
				crystals.NTT.decode(t);
				const { r0, r1 } = polyPowerRound(polyAdd(t, s2[i]));
				t0.push(r0);
				t1.push(r1);
			}
			const publicKey = publicCoder.encode([rho, t1]);
			const tr = shake256(publicKey, { dkLen: TR_BYTES });
			const secretKey = secretCoder.encode([
				rho,
				K_,
				tr,
				s1,
				s2,
				t0
			]);
			xof.clean();
			xofPrime.clean();
			cleanBytes(rho, rhoPrime, K_, s1, s2, s1Hat, t, t0, t1, tr, seedDst);
			return {
				publicKey,
				secretKey
			};
		},
		getPublicKey: (secretKey) => {
			const [rho, _K, _tr, s1, s2, _t0] = secretCoder.decode(secretKey);
			const xof = XOF128(rho);
			const s1Hat = s1.map((p) => crystals.NTT.encode(p.slice()));
			const t1 = [];
			const tmp = newPoly(N$1);
			for (let i = 0; i < K; i++) {
				tmp.fill(0);
				for (let j = 0; j < L; j++) {
					const aij = RejNTTPoly(xof.get(j, i));
					polyAdd(tmp, MultiplyNTTs(aij, s1Hat[j]));
				}
				crystals.NTT.decode(tmp);
				polyAdd(tmp, s2[i]);
				const { r1 } = polyPowerRound(tmp);
				t1.push(r1);
			}
			xof.clean();
			cleanBytes(tmp, s1Hat, _t0, s1, s2);
			return publicCoder.encode([rho, t1]);
		},
		sign: (msg, secretKey, opts = {}) => {
			opts = validateSigOpts(opts, INTERNAL_SIG_OPT_KEYS);
			opts = validateInternalOpts(opts, INTERNAL_SIG_OPT_KEYS);
			const { extraEntropy: random, externalMu = false } = opts;
			if (externalMu) abytesDoc(msg, CRH_BYTES, "mu");
			const ownRnd = random === false || random === void 0;
			const rnd = random === false ? /* @__PURE__ */ new Uint8Array(32) : random === void 0 ? randomBytes$1(signRandBytes) : random;
			abytesDoc(rnd, 32, "extraEntropy");
			const [rho, _K, tr, s1, s2, t0] = (() => {
				try {
					return secretCoder.decode(secretKey);
				} catch (error) {
					if (ownRnd) cleanBytes(rnd);
					throw error;
				}
			})();
			const A = [];
			const xof = XOF128(rho);
			for (let i = 0; i < K; i++) {
				const pv = [];
				for (let j = 0; j < L; j++) pv.push(RejNTTPoly(xof.get(j, i)));
				A.push(pv);
			}
			xof.clean();
			for (let i = 0; i < L; i++) crystals.NTT.encode(s1[i]);
			for (let i = 0; i < K; i++) {
				crystals.NTT.encode(s2[i]);
				crystals.NTT.encode(t0[i]);
			}
			const mu = externalMu ? msg : shake256.create({ dkLen: CRH_BYTES }).update(tr).update(msg).digest();
			const rhoprime = shake256.create({ dkLen: CRH_BYTES }).update(_K).update(rnd).update(mu).digest();
			if (ownRnd) cleanBytes(rnd);
			abytesDoc(rhoprime, CRH_BYTES);
			const x256 = XOF256(rhoprime, ZCoder.bytesLen);
			main_loop: for (let kappa = 0;;) {
				const y = [];
				for (let i = 0; i < L; i++, kappa++) y.push(ZCoder.decode(x256.get(kappa & 255, kappa >> 8)()));
				const z = y.map((i) => crystals.NTT.encode(i.slice()));
				const w = [];
				for (let i = 0; i < K; i++) {
					const wi = newPoly(N$1);
					for (let j = 0; j < L; j++) polyAdd(wi, MultiplyNTTs(A[i][j], z[j]));
					crystals.NTT.decode(wi);
					w.push(wi);
				}
				const w1 = w.map((j) => j.map(HighBits));
				const cTilde = shake256.create({ dkLen: C_TILDE_BYTES }).update(mu).update(W1Vec.encode(w1)).digest();
				const cHat = crystals.NTT.encode(SampleInBall(cTilde));
				const cs1 = s1.map((i) => MultiplyNTTs(i, cHat));
				for (let i = 0; i < L; i++) {
					polyAdd(crystals.NTT.decode(cs1[i]), y[i]);
					if (polyChknorm(cs1[i], GAMMA1 - BETA)) {
						cleanBytes(cTilde, cs1, cHat, w1, w, z, y);
						continue main_loop;
					}
				}
				let cnt = 0;
				const h = [];
				for (let i = 0; i < K; i++) {
					const cs2 = crystals.NTT.decode(MultiplyNTTs(s2[i], cHat));
					const r0 = polySub(w[i], cs2).map(LowBits);
					if (polyChknorm(r0, GAMMA2 - BETA)) {
						cleanBytes(cTilde, cs1, cHat, w1, w, z, y, h, cs2, r0);
						continue main_loop;
					}
					const ct0 = crystals.NTT.decode(MultiplyNTTs(t0[i], cHat));
					if (polyChknorm(ct0, GAMMA2)) {
						cleanBytes(cTilde, cs1, cHat, w1, w, z, y, h, cs2, r0, ct0);
						continue main_loop;
					}
					polyAdd(r0, ct0);
					const hint = polyMakeHint(r0, w1[i]);
					h.push(hint.v);
					cnt += hint.cnt;
				}
				if (cnt > OMEGA) {
					cleanBytes(cTilde, cs1, cHat, w1, w, z, y, h);
					continue;
				}
				x256.clean();
				const res = sigCoder.encode([
					cTilde,
					cs1,
					h
				]);
				cleanBytes(cTilde, cs1, h, cHat, w1, w, z, y, rhoprime, s1, s2, t0, ...A);
				if (!externalMu) cleanBytes(mu);
				return res;
			}
			throw new Error("Unreachable code path reached, report this error");
		},
		verify: (sig, msg, publicKey, opts = {}) => {
			opts = validateInternalOpts(opts, INTERNAL_VER_OPT_KEYS);
			const { externalMu = false } = opts;
			if (externalMu) abytesDoc(msg, CRH_BYTES, "mu");
			const [rho, t1] = publicCoder.decode(publicKey);
			const tr = shake256(publicKey, { dkLen: TR_BYTES });
			if (sig.length !== sigCoder.bytesLen) return false;
			const [cTilde, z, h] = sigCoder.decode(sig);
			if (h === false) return false;
			for (let i = 0; i < L; i++) if (polyChknorm(z[i], GAMMA1 - BETA)) return false;
			const mu = externalMu ? msg : shake256.create({ dkLen: CRH_BYTES }).update(tr).update(msg).digest();
			const c = crystals.NTT.encode(SampleInBall(cTilde));
			const zNtt = z.map((i) => i.slice());
			for (let i = 0; i < L; i++) crystals.NTT.encode(zNtt[i]);
			const wTick1 = [];
			const xof = XOF128(rho);
			for (let i = 0; i < K; i++) {
				const ct12d = MultiplyNTTs(crystals.NTT.encode(polyShiftl(t1[i])), c);
				const Az = newPoly(N$1);
				for (let j = 0; j < L; j++) {
					const aij = RejNTTPoly(xof.get(j, i));
					polyAdd(Az, MultiplyNTTs(aij, zNtt[j]));
				}
				const wApprox = crystals.NTT.decode(polySub(Az, ct12d));
				wTick1.push(polyUseHint(wApprox, h[i]));
			}
			xof.clean();
			const c2 = shake256.create({ dkLen: C_TILDE_BYTES }).update(mu).update(W1Vec.encode(wTick1)).digest();
			for (const t of h) if (!(t.reduce((acc, i) => acc + i, 0) <= OMEGA)) return false;
			for (const t of z) if (polyChknorm(t, GAMMA1 - BETA)) return false;
			return equalBytes(cTilde, c2);
		}
	});
	return Object.freeze({
		info: Object.freeze({ type: "ml-dsa" }),
		internal,
		securityLevel,
		keygen: internal.keygen,
		lengths: internal.lengths,
		getPublicKey: internal.getPublicKey,
		sign: (msg, secretKey, opts = {}) => {
			opts = validateSigOpts(opts);
			const M = getMessage(msg, opts.context);
			const res = internal.sign(M, secretKey, {
				extraEntropy: opts.extraEntropy,
				externalMu: false
			});
			cleanBytes(M);
			return res;
		},
		verify: (sig, msg, publicKey, opts = {}) => {
			opts = validateVerOpts(opts);
			abytesDoc(sig, void 0, "signature");
			return internal.verify(sig, getMessage(msg, opts.context), publicKey, { externalMu: false });
		},
		prehash: (hash) => {
			checkHash(hash, securityLevel);
			const rawHash = hash;
			return Object.freeze({
				info: Object.freeze({ type: "hashml-dsa" }),
				securityLevel,
				lengths: internal.lengths,
				keygen: internal.keygen,
				getPublicKey: internal.getPublicKey,
				sign: (msg, secretKey, opts = {}) => {
					opts = validateSigOpts(opts);
					const M = getMessagePrehash(rawHash, msg, opts.context);
					const res = internal.sign(M, secretKey, {
						extraEntropy: opts.extraEntropy,
						externalMu: false
					});
					cleanBytes(M);
					return res;
				},
				verify: (sig, msg, publicKey, opts = {}) => {
					opts = validateVerOpts(opts);
					abytesDoc(sig, void 0, "signature");
					return internal.verify(sig, getMessagePrehash(rawHash, msg, opts.context), publicKey, { externalMu: false });
				}
			});
		}
	});
}
const ml_dsa44 = /* @__PURE__ */ (() => getDilithium({
	...PARAMS[2],
	CRH_BYTES: 64,
	TR_BYTES: 64,
	C_TILDE_BYTES: 32,
	XOF128,
	XOF256,
	securityLevel: 128
}))();
const ml_dsa65 = /* @__PURE__ */ (() => getDilithium({
	...PARAMS[3],
	CRH_BYTES: 64,
	TR_BYTES: 64,
	C_TILDE_BYTES: 48,
	XOF128,
	XOF256,
	securityLevel: 192
}))();
const ml_dsa87 = /* @__PURE__ */ (() => getDilithium({
	...PARAMS[5],
	CRH_BYTES: 64,
	TR_BYTES: 64,
	C_TILDE_BYTES: 64,
	XOF128,
	XOF256,
	securityLevel: 256
}))();

// src/tuf/ml-dsa.ts
const ALL$1 = [
	{
		algorithm: "ml-dsa-44",
		spkiPrefix: Buffer.from("30820532300b06096086480165030403110382052100", "hex"),
		keyBytes: 1312,
		signatureBytes: 2420,
		verify: (signature, message, key) => ml_dsa44.verify(signature, message, key)
	},
	{
		algorithm: "ml-dsa-65",
		spkiPrefix: Buffer.from("308207b2300b0609608648016503040312038207a100", "hex"),
		keyBytes: 1952,
		signatureBytes: 3309,
		verify: (signature, message, key) => ml_dsa65.verify(signature, message, key)
	},
	{
		algorithm: "ml-dsa-87",
		spkiPrefix: Buffer.from("30820a32300b060960864801650304031303820a2100", "hex"),
		keyBytes: 2592,
		signatureBytes: 4627,
		verify: (signature, message, key) => ml_dsa87.verify(signature, message, key)
	}
];
const PREFIX = Buffer.concat([Buffer.from("tuf"), Buffer.from([1])]);
function mlDsaMessage(payload) {
	return Buffer.concat([PREFIX, createHash("sha512").update(payload).digest()]);
}
function mlDsaAlgorithmOf(spki) {
	const isOf = ({ spkiPrefix, keyBytes }) => spki.length === spkiPrefix.length + keyBytes && spkiPrefix.equals(spki.subarray(0, spkiPrefix.length));
	return ALL$1.find(isOf)?.algorithm ?? null;
}
function nativeKey(spki, algorithm) {
	try {
		const key = createPublicKey({
			key: Buffer.from(spki),
			format: "der",
			type: "spki"
		});
		return key.asymmetricKeyType === algorithm ? key : null;
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return null;
	}
}
function verifyMlDsa(algorithm, spki, payload, signature, by = "either") {
	const parameters = ALL$1.find((one) => one.algorithm === algorithm);
	if (signature.length !== parameters?.signatureBytes) return "malformed";
	const message = mlDsaMessage(payload);
	const native = by === "library" ? null : nativeKey(spki, algorithm);
	return (native === null ? parameters.verify(signature, message, spki.subarray(parameters.spkiPrefix.length)) : verify(null, message, native, signature)) ? "valid" : "invalid";
}

// src/tuf/weak-ed25519.ts
const P$1 = 2n ** 255n - 19n;
const SMALL_ORDER_Y = /* @__PURE__ */ new Set([
	0n,
	1n,
	P$1 - 1n,
	55188659117513257062467267217118295137698188065244968500265048394206261417927n,
	2707385501144840649318225287225658788936804267575313519463743609750303402022n
]);
function isWeakEd25519(point) {
	const littleEndian = Buffer.from(point);
	littleEndian[31] = (littleEndian[31] ?? 0) & 127;
	const y = BigInt(`0x${littleEndian.reverse().toString("hex")}`);
	return y >= P$1 || SMALL_ORDER_Y.has(y);
}

// src/tuf/key-material.ts
const ED25519_SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const P256 = {
	algorithm: "ecdsa-p256",
	spkiPrefix: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"),
	pointBytes: 65
};
const P384 = {
	algorithm: "ecdsa-p384",
	spkiPrefix: Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex"),
	pointBytes: 97
};
const UNCOMPRESSED = 4;
const MIN_RSA_BITS$1 = 2048;
const SIGNING = /* @__PURE__ */ new Set([
	"ed25519",
	"ecdsa-p256",
	"ecdsa-p384",
	"rsa-pss-sha256"
]);
function unusable(reason) {
	return {
		kind: "unusable",
		reason
	};
}
function publicKeyOf(input) {
	try {
		return createPublicKey(input);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return null;
	}
}
function usable(algorithm, keyObject, spki) {
	return {
		kind: "usable",
		algorithm,
		identity: sha256Hex(spki),
		keyObject
	};
}
function ed25519Material(text) {
	if (!/^[0-9a-f]{64}$/.test(text)) return unusable("ed25519 needs 64 lower-case hex digits");
	const point = Buffer.from(text, "hex");
	if (isWeakEd25519(point)) return unusable("this ed25519 key lets anyone sign, or has a second spelling");
	const spki = Buffer.concat([ED25519_SPKI_PREFIX, point]);
	return usable("ed25519", createPublicKey({
		key: spki,
		format: "der",
		type: "spki"
	}), spki);
}
function pemBodyOf(text) {
	const base64 = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----/.exec(text)?.[1];
	return base64 === void 0 ? null : Buffer.from(base64, "base64");
}
function ecdsaSpkiOf(text) {
	if (/^(?:[0-9a-f]{2})+$/i.test(text)) {
		const bytes = Buffer.from(text, "hex");
		return bytes.length === P256.pointBytes ? Buffer.concat([P256.spkiPrefix, bytes]) : bytes;
	}
	return pemBodyOf(text);
}
function ecdsaMaterial(text, curve) {
	const spki = ecdsaSpkiOf(text);
	const { algorithm, spkiPrefix, pointBytes } = curve;
	if (spki?.length !== spkiPrefix.length + pointBytes || !spki.subarray(0, spkiPrefix.length).equals(spkiPrefix) || spki[spkiPrefix.length] !== UNCOMPRESSED) return unusable("ecdsa needs a public key in PEM, on the curve of its scheme, with an uncompressed point");
	const key = publicKeyOf({
		key: spki,
		format: "der",
		type: "spki"
	});
	return key === null ? unusable("this ecdsa point is not on its curve") : usable(algorithm, key, spki);
}
function rsaMaterial(text, algorithm) {
	const key = /^-----BEGIN (RSA )?PUBLIC KEY-----\r?\n/.test(text) ? publicKeyOf({
		key: text,
		format: "pem"
	}) : null;
	if (key?.asymmetricKeyType !== "rsa") return unusable("rsa needs a public key in PEM");
	const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
	if (bits < MIN_RSA_BITS$1) return unusable(`rsa needs ${String(MIN_RSA_BITS$1)} bits, this key has ${String(bits)}`);
	if (exponent < 3n || exponent % 2n === 0n) return unusable(`rsa needs an odd exponent of at least 3, this key has ${String(exponent)}`);
	return usable(algorithm, key, key.export({
		format: "der",
		type: "spki"
	}));
}
function mlDsaMaterial(text, algorithm) {
	const spki = pemBodyOf(text);
	if (spki === null || mlDsaAlgorithmOf(spki) !== algorithm) return unusable("ml-dsa needs a public key in PEM, of the parameters of its scheme");
	return {
		kind: "usable",
		algorithm,
		identity: sha256Hex(spki),
		spki
	};
}
function isSigningAlgorithm(algorithm) {
	return SIGNING.has(algorithm);
}
function materialOf(keytype, scheme, value) {
	switch (`${keytype}/${scheme}`) {
		case "ed25519/ed25519": return ed25519Material(value);
		case "ecdsa/ecdsa-sha2-nistp256":
		case "ecdsa-sha2-nistp256/ecdsa-sha2-nistp256": return ecdsaMaterial(value, P256);
		case "ecdsa/ecdsa-sha2-nistp384":
		case "ecdsa-sha2-nistp384/ecdsa-sha2-nistp384": return ecdsaMaterial(value, P384);
		case "rsa/rsassa-pss-sha256": return rsaMaterial(value, "rsa-pss-sha256");
		case "rsa/rsassa-pss-sha384": return rsaMaterial(value, "rsa-pss-sha384");
		case "rsa/rsassa-pss-sha512": return rsaMaterial(value, "rsa-pss-sha512");
		case "ml-dsa/ml-dsa-44/1": return mlDsaMaterial(value, "ml-dsa-44");
		case "ml-dsa/ml-dsa-65/1": return mlDsaMaterial(value, "ml-dsa-65");
		case "ml-dsa/ml-dsa-87/1": return mlDsaMaterial(value, "ml-dsa-87");
		default: return unusable(`the key type ${quote(keytype)} with scheme ${quote(scheme)} is not known here`);
	}
}

// src/tuf/key.ts
function keyIdOf(raw) {
	return sha256Hex(encodeCanonicalJson(raw));
}
function parseKeyId(text, where) {
	if (text === "") throw new CountersignError("key-invalid", where, "expected a keyid, got an empty string");
	return text;
}
function parseKey(raw, where) {
	const keytype = stringField(raw, "keytype", where);
	const scheme = stringField(raw, "scheme", where);
	const keyval = objectField(raw, "keyval", where);
	for (const [name, member] of keyval) asString(member, jsonPath(jsonPath(where, "keyval"), name));
	const value = keyval.get("public");
	const material = typeof value === "string" ? materialOf(keytype, scheme, value) : unusable("keyval has no public text");
	return {
		keyId: keyIdOf(raw),
		keytype,
		scheme,
		material,
		raw
	};
}
function listed(key, id, reader) {
	if (reader === "client") return key;
	if (key.keyId !== id) return {
		...key,
		material: unusable(`its keyid is ${key.keyId}, not ${quote(id)}`)
	};
	const { material } = key;
	if (material.kind === "usable" && !isSigningAlgorithm(material.algorithm)) return {
		...key,
		material: unusable(`few clients verify ${material.algorithm} signatures, and nothing may depend on one`)
	};
	return key;
}
function parseKeyTable(value, where, reader) {
	const table = /* @__PURE__ */ new Map();
	for (const [id, raw] of value) {
		const path = jsonPath(where, id);
		const keyId = parseKeyId(id, path);
		table.set(keyId, listed(parseKey(asObject(raw, path), path), keyId, reader));
	}
	return Object.assign(table, { reader });
}
function misnamedKeys(keys) {
	return new Map([...keys].filter(([id, key]) => key.keyId !== id));
}

// src/trust/people.ts
const NAME$3 = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
function isPersonName(name) {
	return NAME$3.test(name);
}
function isQuorumReason(text) {
	return text.length <= 1e3 && isInWords(text);
}
function voterOf(person) {
	return person.account === null ? `name:${person.name}` : `account:${String(person.account.id)}`;
}
function parsePerson(raw, where) {
	const name = stringField(raw, "name", where);
	if (!isPersonName(name)) throw new CountersignError("people-invalid", jsonPath(where, "name"), `expected letters, digits and "._-", got ${quote(name)}`);
	const github = raw.get("github");
	if (github === void 0) throw new CountersignError("people-invalid", jsonPath(where, "github"), "expected an account or null, got nothing");
	const custody = booleanField(raw, "custody", where);
	if (github === null) {
		if (custody) throw new CountersignError("people-invalid", where, `expected an account for ${quote(name)}, whose key is in custody`);
		return {
			name,
			account: null,
			custody
		};
	}
	const path = jsonPath(where, "github");
	const account = asObject(github, path);
	return {
		name,
		account: {
			id: parseAccountId$1(integerField(account, "id", path), jsonPath(path, "id")),
			login: stringField(account, "login", path)
		},
		custody
	};
}
function parsePeople(binding, where) {
	const byKey = /* @__PURE__ */ new Map();
	const voters = /* @__PURE__ */ new Map();
	const at = jsonPath(where, "people");
	const people = binding.raw.has("people") ? objectField(binding.raw, "people", where) : /* @__PURE__ */ new Map();
	for (const [id, value] of people) {
		const path = jsonPath(at, id);
		const person = parsePerson(asObject(value, path), path);
		const voter = voterOf(person);
		if ((voters.get(person.name) ?? voter) !== voter) throw new CountersignError("people-invalid", path, `expected one person named ${quote(person.name)}, got two`);
		voters.set(person.name, voter);
		byKey.set(parseKeyId(id, path), person);
	}
	const quorum = binding.raw.has("custody-quorum") ? objectField(binding.raw, "custody-quorum", where) : /* @__PURE__ */ new Map();
	return {
		byKey,
		custodyQuorum: new Map([...quorum].map(([role, reason]) => [role, asString(reason, jsonPath(where, "custody-quorum"))]))
	};
}
function requireTellableNames({ byKey }, where) {
	const alike = findLookAlike([...byKey.values()].map(({ name }) => name));
	if (alike === null) return;
	throw new CountersignError("people-invalid", where, `expected names that people tell apart, got ${quote(alike.name)} beside ${quote(alike.other)}`);
}
function requireClaimedKeys(role, roleKeys, keys, people) {
	const voters = /* @__PURE__ */ new Map();
	const identities = /* @__PURE__ */ new Set();
	let custody = 0;
	for (const keyId of roleKeys.keyIds) {
		const short = quote(`${keyId.slice(0, 12)}…`);
		const person = people.byKey.get(keyId);
		if (person === void 0) throw new CountersignError("people-invalid", role, `expected the key ${short} to belong to a person, got nobody`);
		const material = keys.get(keyId)?.material;
		if (material?.kind !== "usable") throw new CountersignError("people-invalid", role, `expected a usable key for ${quote(person.name)}, got ${material?.reason ?? "none"}`);
		const other = voters.get(voterOf(person));
		if (other !== void 0) throw new CountersignError("people-invalid", role, `expected one key for each person, got two for ${quote(person.name)} (also ${quote(other)})`);
		if (identities.has(material.identity)) throw new CountersignError("people-invalid", role, `expected a key of their own for ${quote(person.name)}, got one that somebody else has`);
		voters.set(voterOf(person), person.name);
		identities.add(material.identity);
		if (person.custody) custody++;
	}
	if (roleKeys.threshold > roleKeys.keyIds.length) throw new CountersignError("people-invalid", role, `expected a threshold of at most ${String(roleKeys.keyIds.length)}, got ${String(roleKeys.threshold)}`);
	const allowed = role === "root" ? 0 : roleKeys.threshold - 1;
	if (custody > allowed && !isQuorumReason(people.custodyQuorum.get(role) ?? "")) throw new CountersignError("custody-quorum", role, `expected at most ${String(allowed)} custody signers, got ${String(custody)}: GitHub could sign alone`);
}
function requireOnlineKeys(role, { keyIds, threshold }, keys, people) {
	const owners = /* @__PURE__ */ new Map();
	for (const [keyId, person] of people.byKey) {
		const material = keys.get(keyId)?.material;
		if (material?.kind === "usable") owners.set(material.identity, person);
	}
	const identities = /* @__PURE__ */ new Set();
	for (const keyId of keyIds) {
		const material = keys.get(keyId)?.material;
		if (material?.kind !== "usable") throw new CountersignError("people-invalid", role, `expected a usable online key, got ${material?.reason ?? "none"}`);
		const person = people.byKey.get(keyId) ?? owners.get(material.identity);
		if (person !== void 0) throw new CountersignError("people-invalid", role, `expected an online key, got the one of ${person.name}`);
		identities.add(material.identity);
	}
	if (threshold > identities.size) {
		const detail = `expected a threshold of at most ${String(identities.size)}, got ${String(threshold)}`;
		throw new CountersignError("people-invalid", role, detail);
	}
}

// src/trust/periods.ts
const SECONDS_PER_DAY = 86400;
const MAX_SECONDS = 999999 * SECONDS_PER_DAY;
function requirePeriod(period, where) {
	if (period.expiresSeconds < 1 || period.renewSeconds < 1 || period.renewSeconds >= period.expiresSeconds) throw new CountersignError("policy-invalid", where, "expected \"renew\" to be shorter than \"expires\", and both more than nothing");
	if (period.expiresSeconds > MAX_SECONDS) throw new CountersignError("policy-invalid", where, `expected "expires" to be at most ${String(MAX_SECONDS)} seconds`);
	return period;
}
function parsePeriods(binding, where) {
	const periods = /* @__PURE__ */ new Map();
	if (!binding.raw.has("periods")) return periods;
	for (const [role, value] of objectField(binding.raw, "periods", where)) {
		const path = jsonPath(jsonPath(where, "periods"), role);
		const raw = asObject(value, path);
		periods.set(role, requirePeriod({
			expiresSeconds: integerField(raw, "expires", path),
			renewSeconds: integerField(raw, "renew", path)
		}, path));
	}
	return periods;
}

// src/tuf/binding.ts
const BINDING_FIELD = "x-countersign";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
function parseRepositoryId(text, where) {
	if (!UUID.test(text)) throw new CountersignError("field-value", where, `expected a lower-case UUID, got ${quote(text)}`);
	return text;
}
function parseBinding(signed, where) {
	const value = signed.get(BINDING_FIELD);
	if (value === void 0) return null;
	const path = jsonPath(where, BINDING_FIELD);
	const raw = asObject(value, path);
	return {
		repository: parseRepositoryId(stringField(raw, "repository", path), jsonPath(path, "repository")),
		role: stringField(raw, "role", path),
		raw
	};
}
function requireBinding(anchor, file, role, where) {
	if (anchor === null) return;
	if (file === null) throw new CountersignError("binding-mismatch", where, `expected ${BINDING_FIELD} for repository ${anchor.repository}, got none`);
	if (file.repository !== anchor.repository) throw new CountersignError("binding-mismatch", where, `expected repository ${anchor.repository}, got ${file.repository}`);
	if (file.role !== role) throw new CountersignError("binding-mismatch", where, `expected a file made for role ${quote(role)}, got one for ${quote(file.role)}`);
}

// src/tuf/compatibility.ts
const ALL_GLOB_CLIENTS = [
	"python-tuf",
	"tuf-js",
	"php-tuf",
	"go-tuf",
	"tough"
];
function refused$2(subject, clients, detail) {
	return {
		severity: "refused",
		subject,
		clients,
		detail
	};
}
function warning$1(subject, clients, detail) {
	return {
		severity: "warning",
		subject,
		clients,
		detail
	};
}
function reviewPattern(pattern) {
	const found = [];
	if (pattern === "" || pattern.split("/").includes("")) found.push(refused$2(pattern, ["rust-tuf", "tuf-js"], "an empty segment: a leading, trailing or doubled slash"));
	if (pattern.includes("**")) found.push(refused$2(pattern, [
		"php-tuf",
		"go-tuf",
		"tough"
	], "\"**\" crosses directories in some clients"));
	if (/[[\]]/.test(pattern)) found.push(refused$2(pattern, ALL_GLOB_CLIENTS, "sets in brackets are negated by \"!\" in some and \"^\" in others"));
	if (/[{}]/.test(pattern)) found.push(refused$2(pattern, ["tuf-js", "tough"], "braces are alternatives in these clients and literal in others"));
	if (pattern.startsWith("!")) found.push(refused$2(pattern, ["tuf-js"], "a leading \"!\" negates the pattern"));
	if (pattern.startsWith("#")) found.push(refused$2(pattern, ["tuf-js"], "a leading \"#\" makes it a comment"));
	if (/[+@!?*]\(/.test(pattern)) found.push(refused$2(pattern, ["tuf-js"], "an extended pattern such as \"+(a|b)\""));
	if (pattern.includes("\\")) found.push(refused$2(pattern, [
		"go-tuf",
		"tuf-js",
		"tough"
	], "a backslash escapes in some clients"));
	if (/(^|\/)[*?]/.test(pattern)) found.push(warning$1(pattern, ["tuf-js"], "a segment that begins with a wildcard does not match names with a leading dot"));
	if (pattern.includes("*")) {
		found.push(warning$1(pattern, ["tough", "php-tuf"], "\"*\" also matches across \"/\"; the role may sign deeper paths there"));
		found.push(warning$1(pattern, ["rust-tuf"], "patterns are read as path prefixes; nothing matches"));
	}
	if (pattern.includes("?") && !pattern.includes("*")) found.push(warning$1(pattern, ["tough"], "\"?\" also matches \"/\"; the role may sign other paths there"));
	return found;
}
function reviewRoleName(name) {
	if (/^[0-9]+$/.test(name)) return [refused$2(name, ["tuf-js"], "a name of digits only changes the order of roles and breaks signatures")];
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return [refused$2(name, [
		"python-tuf",
		"tuf-js",
		"go-tuf",
		"tough"
	], "only letters, digits and \"._-\", beginning with a letter or digit, give the same file name everywhere")];
	return [];
}
function clientsAgainst(path) {
	if (/[#?%]/.test(path)) return [
		"python-tuf",
		"tuf-js",
		"go-tuf",
		"tough",
		"rust-tuf",
		"php-tuf"
	];
	if (path.includes("\\")) return [
		"tuf-js",
		"tough",
		"rust-tuf",
		"php-tuf"
	];
	return ["rust-tuf", "php-tuf"];
}
function reviewTargetPath(path) {
	const found = [];
	const segments = path.split("/");
	if (path.startsWith("/")) found.push(refused$2(path, ["tuf-js", "rust-tuf"], "a leading slash doubles in the URL"));
	if (path === "" || segments.slice(1).includes("")) found.push(refused$2(path, ["tuf-js", "rust-tuf"], "an empty segment"));
	if (segments.includes("..") || segments.includes(".")) found.push(refused$2(path, [
		"tuf-js",
		"rust-tuf",
		"tough"
	], "a \".\" or \"..\" segment"));
	if (/[\\#?%:\u0000-\u001f\u007f]/.test(path)) found.push(refused$2(path, clientsAgainst(path), "one of \\ # ? % : or a control character, which URLs or clients change"));
	if (!isNfc(path)) found.push(refused$2(path, ["tough"], "text that is not in Unicode normal form C"));
	if (/[\ud800-\udfff]/.test(path)) found.push(refused$2(path, ["tuf-js"], "characters beyond U+FFFF, which tuf-js sorts differently before verifying"));
	if (segments.some((segment) => segment.startsWith("."))) found.push(warning$1(path, ["tuf-js"], "a segment with a leading dot is not matched by \"*\""));
	if (/[^\u0020-\u007e]/.test(path)) found.push(warning$1(path, ["php-tuf"], "non-ASCII text is escaped before verifying"));
	return found;
}
function reviewKey(key) {
	const { material } = key;
	if (material.kind === "unusable") return [refused$2(key.keyId, [
		"python-tuf",
		"tough",
		"php-tuf"
	], material.reason)];
	switch (material.algorithm) {
		case "ed25519": return [];
		case "ecdsa-p256":
		case "rsa-pss-sha256": return [warning$1(key.keyId, ["rust-tuf", "php-tuf"], `${material.algorithm} keys are not read`)];
		case "ecdsa-p384": {
			const clients = key.keytype === "ecdsa" ? [] : ["go-tuf"];
			return [warning$1(key.keyId, [
				...clients,
				"tough",
				"rust-tuf",
				"php-tuf"
			], "P-384 keys are not read, nor by tough a file that lists one")];
		}
		case "rsa-pss-sha384":
		case "rsa-pss-sha512": return [refused$2(key.keyId, [
			"go-tuf",
			"tough",
			"rust-tuf",
			"php-tuf"
		], `${material.algorithm} signatures are not read: sign with sha256`)];
		case "ml-dsa-44":
		case "ml-dsa-65":
		case "ml-dsa-87": return [refused$2(key.keyId, [
			"tuf-js",
			"go-tuf",
			"tough",
			"rust-tuf",
			"php-tuf"
		], `${material.algorithm} signatures (TAP 21) are not read: use another key`)];
		default: return material;
	}
}
function reviewKeyId(id, { keyId }) {
	if (id === keyId) return [];
	return [refused$2(id, ["tough", "rust-tuf"], `this keyid is not the sha256 of its key, ${keyId}: a file with such a key is refused, or the key left out`)];
}
function reviewHashBins(kind, subject) {
	if (kind === "succinct") return [warning$1(subject, [
		"tough",
		"rust-tuf",
		"php-tuf"
	], "succinct_roles are not read")];
	return [warning$1(subject, ["go-tuf", "rust-tuf"], "path_hash_prefixes never match (go-tuf compares base64)")];
}

// src/tuf/path-pattern.ts
const MAX_STEPS$1 = 65536;
function matchSegment(pattern, text) {
	let steps = 0;
	let p = 0;
	let t = 0;
	let star = -1;
	let mark = 0;
	while (t < text.length) {
		if (++steps > MAX_STEPS$1 + pattern.length + text.length) return "unknown";
		if (p < pattern.length && pattern[p] === "*") {
			star = p++;
			mark = t;
		} else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
			p++;
			t++;
		} else if (star >= 0) {
			p = star + 1;
			t = ++mark;
		} else return false;
	}
	while (pattern[p] === "*") p++;
	return p === pattern.length;
}
const READ_DIFFERENTLY = /[[{]|[+@?*!]\(|^!/;
function matchPattern(pattern, path) {
	if (READ_DIFFERENTLY.test(pattern)) return "ambiguous";
	const patterns = pattern.split("/");
	const segments = path.split("/");
	if (patterns.length !== segments.length) return "no-match";
	let answer = "match";
	for (const [index, one] of patterns.entries()) {
		const segment = segments[index] ?? "";
		const matches = one === segment || matchSegment(Array.from(one), Array.from(segment));
		if (matches === false) return "no-match";
		if (matches === "unknown") answer = "ambiguous";
	}
	return answer;
}

// src/tuf/signature.ts
const HEX$1 = /^(?:[0-9a-f]{2})+$/;
const ED25519_SIGNATURE_BYTES = 64;
function parseSignatures(values, where) {
	const seen = /* @__PURE__ */ new Set();
	return values.map((value, index) => {
		const path = jsonPath(where, index);
		const raw = asObject(value, path);
		const keyId = parseKeyId(stringField(raw, "keyid", path), jsonPath(path, "keyid"));
		if (seen.has(keyId)) throw new CountersignError("keyid-repeated", path, `expected each keyid once, got ${quote(keyId)} again`);
		seen.add(keyId);
		return {
			keyId,
			sig: stringField(raw, "sig", path),
			raw
		};
	});
}
function verifyRsaPss(hash, key, payload, bytes) {
	if (bytes.length !== Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)) return "malformed";
	const pss = {
		key,
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: constants.RSA_PSS_SALTLEN_AUTO
	};
	return verify(hash, payload, pss, bytes) ? "valid" : "invalid";
}
function verifySignature(key, payload, sig) {
	const { material } = key;
	if (material.kind === "unusable") return "key-unusable";
	if (!HEX$1.test(sig)) return "malformed";
	const bytes = Buffer.from(sig, "hex");
	switch (material.algorithm) {
		case "ed25519":
			if (bytes.length !== ED25519_SIGNATURE_BYTES) return "malformed";
			return verify(null, payload, material.keyObject, bytes) ? "valid" : "invalid";
		case "ecdsa-p256": return verify("sha256", payload, material.keyObject, bytes) ? "valid" : "invalid";
		case "ecdsa-p384": return verify("sha384", payload, material.keyObject, bytes) ? "valid" : "invalid";
		case "rsa-pss-sha256": return verifyRsaPss("sha256", material.keyObject, payload, bytes);
		case "rsa-pss-sha384": return verifyRsaPss("sha384", material.keyObject, payload, bytes);
		case "rsa-pss-sha512": return verifyRsaPss("sha512", material.keyObject, payload, bytes);
		case "ml-dsa-44":
		case "ml-dsa-65":
		case "ml-dsa-87": return verifyMlDsa(material.algorithm, material.spki, payload, bytes);
		default: return material;
	}
}

// src/tuf/threshold.ts
const MAX_SHOWN$1 = 8;
const HEX = /^[0-9a-f]{8}$/;
function parseRoleKeys(value, where) {
	const threshold = parseThreshold(integerField(value, "threshold", where), jsonPath(where, "threshold"));
	const seen = /* @__PURE__ */ new Set();
	arrayField(value, "keyids", where).forEach((item, index) => {
		const path = `${where}.keyids[${String(index)}]`;
		const keyId = parseKeyId(asString(item, path), path);
		if (seen.has(keyId)) throw new CountersignError("keyid-repeated", path, `expected each keyid once, got ${quote(keyId)} again`);
		seen.add(keyId);
	});
	return {
		keyIds: [...seen],
		threshold
	};
}
function judge$1(input, allowed, used, votes, entry) {
	if (entry.sig === "") return "empty";
	if (!allowed.has(entry.keyId)) return "not-in-role";
	const key = input.keys.get(entry.keyId);
	if (key === void 0) return "key-missing";
	const verdict = verifySignature(key, input.payload, entry.sig);
	if (verdict !== "valid") return verdict;
	if (key.material.kind === "unusable") return "key-unusable";
	const { identity } = key.material;
	if (used.has(identity)) return "same-key";
	const voter = input.voterOf === void 0 ? entry.keyId : input.voterOf(entry.keyId, identity);
	if (voter === null) return "no-voter";
	if (votes.has(voter)) return "same-voter";
	used.add(identity);
	votes.set(voter, entry.keyId);
	return "counts";
}
function countSignatures(input) {
	const allowed = new Set(input.role.keyIds);
	const used = /* @__PURE__ */ new Set();
	const votes = /* @__PURE__ */ new Map();
	const entries = input.signatures.map((entry) => ({
		keyId: entry.keyId,
		verdict: judge$1(input, allowed, used, votes, entry)
	}));
	return {
		threshold: input.role.threshold,
		votes,
		entries,
		reached: votes.size >= input.role.threshold
	};
}
function describeIgnored(entries, keys) {
	const shown = entries.slice(0, MAX_SHOWN$1).map(({ keyId, verdict }) => {
		const start = keyId.slice(0, 8);
		const material = verdict === "key-unusable" ? keys.get(keyId)?.material : void 0;
		const why = material?.kind === "unusable" ? `: ${material.reason}` : "";
		return `${HEX.test(start) ? start : quote(start)} ${verdict}${why}`;
	});
	const rest = entries.length - shown.length;
	return [...shown, ...rest === 0 ? [] : [`${String(rest)} more`]].join(", ");
}
function requireThreshold(input, where) {
	const count = countSignatures(input);
	if (!count.reached) {
		const ignored = count.entries.filter((entry) => entry.verdict !== "counts" && entry.verdict !== "empty");
		const why = ignored.length === 0 ? "" : ` (not counted: ${describeIgnored(ignored, input.keys)})`;
		throw new CountersignError("threshold", where, `expected ${String(count.threshold)} valid signatures, got ${String(count.votes.size)}${why}`);
	}
}

// src/tuf/delegations.ts
function hashOfPath(path) {
	return sha256Hex(path);
}
const HASH_PREFIX = /^[0-9a-f]{1,64}$/;
function parsePaths(raw, where) {
	if (raw.has("paths") === raw.has("path_hash_prefixes")) throw new CountersignError("paths-invalid", where, "expected exactly one of paths and path_hash_prefixes");
	const strings = (key) => arrayField(raw, key, where).map((item, index) => asString(item, `${where}.${key}[${String(index)}]`));
	if (raw.has("paths")) return {
		kind: "patterns",
		patterns: strings("paths")
	};
	const prefixes = strings("path_hash_prefixes");
	for (const prefix of prefixes) if (!HASH_PREFIX.test(prefix)) throw new CountersignError("paths-invalid", jsonPath(where, "path_hash_prefixes"), `expected lower-case hex digits, got ${quote(prefix)}`);
	return {
		kind: "hash-prefixes",
		prefixes
	};
}
function parseDelegatedRole(raw, where) {
	return {
		name: parseDelegatedRoleName(stringField(raw, "name", where), `${where}.name`),
		terminating: booleanField(raw, "terminating", where),
		paths: parsePaths(raw, where),
		...parseRoleKeys(raw, where)
	};
}
function parseSuccinct(raw, where) {
	const bitLength = integerField(raw, "bit_length", where);
	if (bitLength < 1 || bitLength > 32) throw new CountersignError("delegations-invalid", jsonPath(where, "bit_length"), `expected 1 to 32, got ${String(bitLength)}`);
	const namePrefix = stringField(raw, "name_prefix", where);
	parseDelegatedRoleName(`${namePrefix}-${"0".repeat(binDigits(bitLength))}`, jsonPath(where, "name_prefix"));
	return {
		bitLength,
		namePrefix,
		...parseRoleKeys(raw, where)
	};
}
function parseDelegations(reader, raw, where) {
	const keys = parseKeyTable(objectField(raw, "keys", where), jsonPath(where, "keys"), reader);
	if (raw.has("roles") === raw.has("succinct_roles")) throw new CountersignError("delegations-invalid", where, "expected exactly one of roles and succinct_roles");
	if (raw.has("succinct_roles")) return {
		kind: "succinct",
		keys,
		succinct: parseSuccinct(objectField(raw, "succinct_roles", where), jsonPath(where, "succinct_roles"))
	};
	const seen = /* @__PURE__ */ new Set();
	return {
		kind: "roles",
		keys,
		roles: arrayField(raw, "roles", where).map((value, index) => {
			const path = jsonPath(jsonPath(where, "roles"), index);
			const role = parseDelegatedRole(asObject(value, path), path);
			if (seen.has(role.name)) throw new CountersignError("role-name-repeated", path, `expected each role once, got ${quote(role.name)} again`);
			seen.add(role.name);
			return role;
		})
	};
}
function binDigits(bitLength) {
	return (2 ** bitLength - 1).toString(16).length;
}
function binName(succinct, bin) {
	return parseDelegatedRoleName(`${succinct.namePrefix}-${bin.toString(16).padStart(binDigits(succinct.bitLength), "0")}`, "succinct_roles");
}
function binOfPath(succinct, path) {
	const leftmost = Number.parseInt(hashOfPath(path).slice(0, 8), 16);
	return binName(succinct, Math.floor(leftmost / 2 ** (32 - succinct.bitLength)));
}
function delegationCovers(paths, path) {
	if (paths.kind === "hash-prefixes") {
		const hash = hashOfPath(path);
		return paths.prefixes.some((prefix) => hash.startsWith(prefix)) ? "match" : "no-match";
	}
	let ambiguous = false;
	for (const pattern of paths.patterns) {
		const verdict = matchPattern(pattern, path);
		if (verdict === "match") return "match";
		ambiguous ||= verdict === "ambiguous";
	}
	return ambiguous ? "ambiguous" : "no-match";
}
function delegatedKeys(delegations, name) {
	if (delegations.kind === "roles") return delegations.roles.find((role) => role.name === name) ?? null;
	return isBinName(delegations.succinct, name) ? delegations.succinct : null;
}
function isBinName(succinct, name) {
	const digits = name.slice(succinct.namePrefix.length + 1);
	if (!/^[0-9a-f]{1,8}$/.test(digits)) return false;
	const bin = Number.parseInt(digits, 16);
	return bin < 2 ** succinct.bitLength && binName(succinct, bin) === name;
}

// src/tuf/metadata.ts
function payloadDigest(payload) {
	return sha256Hex(payload);
}
function parseSignedHeader(raw, type, where) {
	const actual = stringField(raw, "_type", where);
	if (actual !== type) throw new CountersignError("type-mismatch", `${where}._type`, `expected ${quote(type)}, got ${quote(actual)}`);
	const specVersion = stringField(raw, "spec_version", where);
	if (!/^1\.\d+(?:\.\d+)?$/.test(specVersion)) throw new CountersignError("spec-version", `${where}.spec_version`, `expected version 1.x, got ${quote(specVersion)}`);
	return {
		version: parseVersion(integerField(raw, "version", where), `${where}.version`),
		expires: parseInstant(stringField(raw, "expires", where), `${where}.expires`),
		specVersion,
		raw
	};
}
function parseMetadata(bytes, parseSigned) {
	return metadataFrom(parseJson(bytes), parseSigned);
}
function metadataFrom(value, parseSigned) {
	const raw = asObject(value, "$");
	const signedRaw = objectField(raw, "signed", "$");
	let payload = null;
	return {
		signed: parseSigned(signedRaw, "$.signed"),
		signatures: parseSignatures(arrayField(raw, "signatures", "$"), "$.signatures"),
		get payload() {
			payload ??= encodeCanonicalJson(signedRaw);
			return payload;
		},
		raw
	};
}
function encodeMetadata(signed, signatures, envelope = /* @__PURE__ */ new Map()) {
	const entries = [...signatures].sort((a, b) => a.keyId < b.keyId ? -1 : 1);
	const file = new Map(envelope);
	file.set("signed", signed);
	file.set("signatures", entries.map(({ keyId, sig }) => /* @__PURE__ */ new Map([["keyid", keyId], ["sig", sig]])));
	return encodeJsonFile(file);
}

// src/tuf/root.ts
function parseRoles(value, where) {
	for (const name of value.keys()) if (!TOP_LEVEL_ROLES.some((role) => role === name) && name !== "mirrors") throw new CountersignError("role-name-invalid", where, `expected a top-level role, got ${quote(name)}`);
	const role = (name) => {
		const raw = value.get(name);
		if (raw === void 0) throw new CountersignError("role-missing", jsonPath(where, name), "expected this role, got nothing");
		return parseRoleKeys(asObject(raw, jsonPath(where, name)), jsonPath(where, name));
	};
	if (value.has("mirrors")) parseRoleKeys(asObject(value.get("mirrors"), jsonPath(where, "mirrors")), jsonPath(where, "mirrors"));
	return {
		root: role("root"),
		timestamp: role("timestamp"),
		snapshot: role("snapshot"),
		targets: role("targets")
	};
}
function parseRootSignedAs(reader, raw, where) {
	return {
		kind: "root",
		...parseSignedHeader(raw, "root", where),
		consistentSnapshot: raw.has("consistent_snapshot") ? booleanField(raw, "consistent_snapshot", where) : false,
		keys: parseKeyTable(objectField(raw, "keys", where), jsonPath(where, "keys"), reader),
		roles: parseRoles(objectField(raw, "roles", where), jsonPath(where, "roles")),
		binding: parseBinding(raw, where)
	};
}
function parseRootAs(reader, bytes) {
	return parseMetadata(bytes, (raw, where) => parseRootSignedAs(reader, raw, where));
}
function parseRoot(bytes) {
	return parseRootAs("maker", bytes);
}

// src/tuf/meta-file.ts
const KNOWN = /* @__PURE__ */ new Map([["sha256", 64], ["sha512", 128]]);
function parseLength(raw, where) {
	const length = integerField(raw, "length", where);
	if (length < 0) throw new CountersignError("length-invalid", jsonPath(where, "length"), `expected at least 0, got ${String(length)}`);
	return length;
}
function parseHashes(raw, where) {
	const hashes = /* @__PURE__ */ new Map();
	let known = 0;
	for (const [algorithm, value] of objectField(raw, "hashes", where)) {
		const hex = typeof value === "string" ? value : asString(value, jsonPath(jsonPath(where, "hashes"), algorithm));
		const digits = KNOWN.get(algorithm);
		if (digits !== void 0) known++;
		if (digits !== void 0 && !(hex.length === digits && /^[0-9a-f]*$/.test(hex))) throw new CountersignError("hash-invalid", jsonPath(jsonPath(where, "hashes"), algorithm), `expected ${String(digits)} lower-case hex digits, got ${quote(hex)}`);
		hashes.set(algorithm, hex);
	}
	if (known === 0) throw new CountersignError("hashes-missing", jsonPath(where, "hashes"), "expected sha256 or sha512, got neither");
	return hashes;
}
function parseMetaFile(raw, where) {
	return {
		version: parseVersion(integerField(raw, "version", where), `${where}.version`),
		length: raw.has("length") ? parseLength(raw, where) : null,
		hashes: raw.has("hashes") ? parseHashes(raw, where) : null
	};
}
function requireKnownDigests(hashes, where) {
	for (const algorithm of hashes.keys()) if (!KNOWN.has(algorithm)) throw new CountersignError("hash-invalid", where, `expected sha256 and sha512 only, got ${quote(algorithm)} too`);
}
function requireLengthAndHashes(bytes, expected, where) {
	if (expected.length !== null && bytes.length !== expected.length) throw new CountersignError("length-mismatch", where, `expected ${String(expected.length)} bytes, got ${String(bytes.length)}`);
	if (expected.hashes === null) return;
	requireKnownDigests(expected.hashes, where);
	for (const [algorithm, hex] of expected.hashes) {
		const actual = createHash(algorithm).update(bytes).digest("hex");
		if (actual !== hex) throw new CountersignError("hash-mismatch", where, `expected ${algorithm} ${hex}, got ${actual}`);
	}
}

// src/tuf/targets.ts
function parseTargetFile(raw, where) {
	if (raw.has("custom")) objectField(raw, "custom", where);
	return {
		length: parseLength(raw, where),
		hashes: parseHashes(raw, where),
		raw
	};
}
function entryAt$1(name, value, where) {
	return {
		targetPath: parseTargetPath(name, where),
		file: parseTargetFile(asObject(value, where), where)
	};
}
function parseEntry$1(name, value, path) {
	try {
		return entryAt$1(name, value, "");
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return entryAt$1(name, value, jsonPath(path, name));
	}
}
function parseTargetsSignedAs(reader, raw, where) {
	const header = parseSignedHeader(raw, "targets", where);
	const path = jsonPath(where, "targets");
	const targets = /* @__PURE__ */ new Map();
	for (const [name, value] of objectField(raw, "targets", where)) {
		const { targetPath, file } = parseEntry$1(name, value, path);
		targets.set(targetPath, file);
	}
	const delegations = raw.has("delegations") ? parseDelegations(reader, objectField(raw, "delegations", where), jsonPath(where, "delegations")) : null;
	return {
		kind: "targets",
		...header,
		targets,
		delegations,
		binding: parseBinding(raw, where)
	};
}
function parseTargetsAs(reader, bytes) {
	return parseMetadata(bytes, (raw, where) => parseTargetsSignedAs(reader, raw, where));
}
function parseTargets(bytes) {
	return parseTargetsAs("maker", bytes);
}

// src/trust/countersignature.ts
const FIELDS = [
	"repository",
	"role",
	"version",
	"payload",
	"keyid",
	"sig"
];
const SPACE = 32;
const TAB = 9;
const BACKTICK = 96;
const TILDE = 126;
function isBlank(unit) {
	return unit === SPACE || unit === TAB;
}
function withoutBlanks(text) {
	let [start, end] = [0, text.length];
	while (start < end && isBlank(text.charCodeAt(start))) start++;
	while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
	return text.slice(start, end);
}
function fenceOf(line) {
	let start = 0;
	while (start < 3 && line.charCodeAt(start) === SPACE) start++;
	const mark = line.charCodeAt(start);
	if (mark !== BACKTICK && mark !== TILDE) return null;
	let end = start;
	while (line.charCodeAt(end) === mark) end++;
	if (end - start < 3) return null;
	const rest = line.slice(end);
	return mark === BACKTICK && rest.includes("`") ? null : {
		marks: line.slice(start, end),
		info: withoutBlanks(rest)
	};
}
function blocksOf(body) {
	const blocks = [];
	let open = null;
	for (const line of body.split(/\r\n|\r|\n/)) {
		const fence = fenceOf(line);
		if (open === null) {
			if (fence === null) continue;
			const lines = fence.info === "countersign" ? [] : null;
			if (lines !== null) blocks.push(lines);
			open = {
				marks: fence.marks,
				lines
			};
		} else if (fence?.info === "" && fence.marks.startsWith(open.marks)) open = null;
		else open.lines?.push(line);
	}
	return {
		blocks,
		unclosed: open !== null && open.lines !== null
	};
}
function parseLine(line, where) {
	if (line.length > 8192) throw new CountersignError("block-invalid", where, `expected at most ${String(MAX_LINE_CHARACTERS)} characters`);
	const raw = asObject(parseJson(new TextEncoder().encode(line)), where);
	for (const key of raw.keys()) if (!FIELDS.includes(key)) throw new CountersignError("block-invalid", where, `expected only ${FIELDS.join(", ")}, got ${quote(key)}`);
	const payload = stringField(raw, "payload", where);
	if (!payload.startsWith("sha256:")) throw new CountersignError("block-invalid", `${where}.payload`, `expected sha256:<hex>, got ${quote(payload)}`);
	return {
		repository: parseRepositoryId(stringField(raw, "repository", where), `${where}.repository`),
		role: stringField(raw, "role", where),
		version: parseVersion(integerField(raw, "version", where), `${where}.version`),
		payload: parsePayloadDigest(payload.slice(7), `${where}.payload`),
		keyId: parseKeyId(stringField(raw, "keyid", where), `${where}.keyid`),
		sig: stringField(raw, "sig", where)
	};
}
function parsePayloadDigest(text, where) {
	return parseSha256(text, where);
}
function parseCountersignatures(body) {
	return outcomeOf(() => {
		if (!body.includes("countersign")) return [];
		if (body.length > 65536) throw new CountersignError("block-invalid", "body", `expected at most ${String(MAX_BODY_CHARACTERS)} characters`);
		const { blocks, unclosed } = blocksOf(body);
		const [block] = blocks;
		if (block === void 0) return [];
		if (blocks.length > 1) throw new CountersignError("block-invalid", "body", `expected one countersign block, got ${String(blocks.length)}`);
		if (unclosed) throw new CountersignError("block-invalid", "body", "expected the countersign block to be closed");
		if (/<[A-Za-z/!?]/.test(body)) throw new CountersignError("block-invalid", "body", "expected no HTML beside a countersign block");
		const lines = block.filter((line) => line.trim() !== "");
		if (lines.length === 0 || lines.length > 64) throw new CountersignError("block-invalid", "block", `expected 1 to ${String(64)} lines, got ${String(lines.length)}`);
		const seen = /* @__PURE__ */ new Set();
		return lines.map((line, index) => {
			const where = `block line ${String(index + 1)}`;
			const signature = parseLine(line, where);
			const name = `${signature.role}\n${signature.keyId}`;
			if (seen.has(name)) throw new CountersignError("block-invalid", where, "expected one line for each role and key");
			seen.add(name);
			return signature;
		});
	});
}
function encodeCountersignatures(signatures) {
	return [
		"```countersign",
		...signatures.map(({ repository, role, version, payload, keyId, sig }) => {
			const line = /* @__PURE__ */ new Map([
				["repository", repository],
				["role", role],
				["version", version],
				["payload", `sha256:${payload}`],
				["keyid", keyId],
				["sig", sig]
			]);
			return new TextDecoder().decode(encodeCanonicalJson(line));
		}),
		"```"
	].join("\n");
}

// src/event/known-payload.ts
const REPLACES_FIELD = "replaces";
const MAX_REPLACED$1 = 64;
function replacedBy(raw, where) {
	if (!raw.has("replaces")) return /* @__PURE__ */ new Set();
	const path = `${where}.${REPLACES_FIELD}`;
	const items = arrayField(raw, REPLACES_FIELD, where);
	if (items.length > MAX_REPLACED$1) throw new CountersignError("field-value", path, `expected at most ${String(MAX_REPLACED$1)} digests`);
	return new Set(items.map((item) => parsePayloadDigest(asString(item, path).replace(/^sha256:/, ""), path)));
}
const FIRST_PRINTABLE = 32;
function readable(canonical) {
	if (!canonical.some((byte) => byte < FIRST_PRINTABLE)) return canonical;
	const escaped = Buffer.from(canonical).toString("latin1").replace(/[\x00-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
	return Buffer.from(escaped, "latin1");
}
function claimsOf(payload) {
	const outcome = outcomeOf(() => {
		const signed = asObject(parseJson(readable(payload)), "$");
		const binding = parseBinding(signed, "$");
		if (binding === null) return null;
		const { repository, role, raw } = binding;
		return {
			repository,
			role,
			version: parseVersion(integerField(signed, "version", "$"), "$.version"),
			replaces: role === "root" ? replacedBy(raw, "$.x-countersign") : /* @__PURE__ */ new Set()
		};
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}
function rootOfPayload(payload) {
	const outcome = outcomeOf(() => parseRoot(encodeMetadata(asObject(parseJson(readable(payload)), "$"), [])).signed);
	return outcome.kind === "accepted" ? outcome.value : null;
}

// src/event/proposal.ts
function bindingOf(signed, role) {
	if (signed.binding === null) throw new CountersignError("binding-mismatch", role, "expected x-countersign, got none");
	return signed.binding;
}
function peopleOf$1(signed, role) {
	return parsePeople(bindingOf(signed, role), `${role} x-countersign`);
}
function periodIn(delegator, role) {
	const periods = parsePeriods(bindingOf(delegator, role), `${role} x-countersign`);
	const own = periods.get(role);
	if (own !== void 0 || delegator.kind === "root") return own ?? null;
	const { delegations } = delegator;
	return (delegations?.kind === "succinct" && isBinName(delegations.succinct, role) ? periods.get(delegations.succinct.namePrefix) : void 0) ?? null;
}
function requirePeriods(signed, roles) {
	for (const role of roles) if (periodIn(signed, role) === null) throw new CountersignError("policy-invalid", role, "expected its delegator to say how long it lasts, got no period");
}
function checkRoot(root, base) {
	const { signed } = root;
	requireBinding(base === null ? bindingOf(signed, "root") : base.root.signed.binding, signed.binding, "root", "root");
	if (!signed.consistentSnapshot) throw new CountersignError("event-invalid", "root", "expected consistent_snapshot, got a root without it");
	const people = peopleOf$1(signed, "root");
	requireTellableNames(people, "root");
	requireClaimedKeys("root", signed.roles.root, signed.keys, people);
	requireClaimedKeys("targets", signed.roles.targets, signed.keys, people);
	for (const online of ["snapshot", "timestamp"]) requireOnlineKeys(online, signed.roles[online], signed.keys, people);
	requirePeriods(signed, TOP_LEVEL_ROLES);
	replacedBy(bindingOf(signed, "root").raw, "root x-countersign");
}
function requireReadable(findings, where) {
	const refused = findings.find(({ severity }) => severity === "refused");
	if (refused === void 0) return;
	const detail = `expected what clients read alike, got ${quote(refused.subject)}: ${refused.detail} (${refused.clients.join(", ")})`;
	throw new CountersignError("unwritable", where, detail);
}
function checkTargets(role, file, anchor) {
	const { signed } = file;
	requireBinding(anchor, signed.binding, role, role);
	const { delegations } = signed;
	if (delegations === null) return;
	const people = peopleOf$1(signed, role);
	requireTellableNames(people, role);
	if (delegations.kind === "succinct") {
		const { namePrefix } = delegations.succinct;
		requireReadable(reviewRoleName(namePrefix), namePrefix);
		requireClaimedKeys(namePrefix, delegations.succinct, delegations.keys, people);
		requirePeriods(signed, [namePrefix]);
		return;
	}
	const alike = findLookAlike(delegations.roles.map(({ name }) => name));
	if (alike !== null) throw new CountersignError("unwritable", alike.name, `expected a role name that people tell from ${quote(alike.other)}`);
	for (const one of delegations.roles) {
		requireReadable(reviewRoleName(one.name), one.name);
		if (one.paths.kind === "patterns") for (const pattern of one.paths.patterns) requireReadable(reviewPattern(pattern), one.name);
		requireClaimedKeys(one.name, one, delegations.keys, people);
		requirePeriods(signed, [one.name]);
	}
}
function mayHold(path, base) {
	const { kind } = classifyPath(path);
	return kind !== "unclaimed" && (kind !== "policy" || base === null);
}
function sortFiles(changes, base, problem) {
	const files = {
		root: null,
		policy: null,
		history: /* @__PURE__ */ new Map(),
		roles: /* @__PURE__ */ new Map()
	};
	for (const [path, bytes] of changes) {
		const what = classifyPath(path);
		if (what.kind === "event") continue;
		if (bytes === null || !mayHold(path, base)) problem(unclaimed(path));
		else if (what.kind === "root") files.root = bytes;
		else if (what.kind === "policy") files.policy = bytes;
		else if (what.kind === "root-history") files.history.set(path, bytes);
		else if (what.kind === "role") files.roles.set(what.role, bytes);
	}
	return files;
}
function readProposal(changes, base) {
	const problems = [];
	const note = ({ code, where, detail }) => void problems.push({
		code,
		where,
		detail
	});
	const files = sortFiles(changes, base, note);
	let root = null;
	if (files.root !== null) {
		const bytes = files.root;
		const outcome = outcomeOf(() => {
			const parsed = parseRoot(bytes);
			const path = rootHistoryPath(parsed.signed.version);
			const history = files.history.get(path);
			files.history.delete(path);
			checkRoot(parsed, base);
			if (history === void 0 || Buffer.compare(history, bytes) !== 0) throw new CountersignError("event-invalid", path, `expected a copy of ${ROOT_PATH$1}`);
			return parsed;
		});
		if (outcome.kind === "accepted") root = outcome.value;
		else note({
			...outcome.refusal,
			where: `${ROOT_PATH$1} ${outcome.refusal.where}`
		});
	}
	for (const path of files.history.keys()) note(unclaimed(path));
	const anchor = base?.root.signed.binding ?? root?.signed.binding ?? null;
	const roles = /* @__PURE__ */ new Map();
	for (const [role, bytes] of files.roles) {
		const outcome = outcomeOf(() => {
			const parsed = parseTargets(bytes);
			if (anchor === null) throw new CountersignError("base-missing", role, "expected a root first");
			checkTargets(role, parsed, anchor);
			return parsed;
		});
		if (outcome.kind === "accepted") roles.set(role, outcome.value);
		else note({
			...outcome.refusal,
			where: `metadata/${role}.json ${outcome.refusal.where}`
		});
	}
	if (root === null && roles.size === 0 && problems.length === 0) note({
		code: "event-invalid",
		where: "proposal",
		detail: "expected new metadata, got none"
	});
	return {
		root,
		roles: new Map([...roles].sort(([a], [b]) => a === "targets" ? -1 : b === "targets" ? 1 : a < b ? -1 : 1)),
		policy: files.policy,
		problems
	};
}
function contentOf$1(changes, base) {
	const { root, roles, problems } = readProposal(changes, base);
	if (problems.length > 0) return null;
	const digests = [...roles].map(([role, { payload }]) => [role, payloadDigest(payload)]);
	return JSON.stringify([root === null ? null : payloadDigest(root.payload), ...digests]);
}
function signersOf(base, role) {
	const root = base.root.signed;
	if (role === "root") return {
		keys: root.keys,
		roleKeys: root.roles.root,
		people: peopleOf$1(root, "root")
	};
	if (role === "targets") return {
		keys: root.keys,
		roleKeys: root.roles.targets,
		people: peopleOf$1(root, "root")
	};
	const known = [...base.roles].find(([name]) => name === role)?.[1].delegator;
	for (const [name, { file }] of base.roles) {
		const { delegations } = file.signed;
		if (delegations === null || (known ?? name) !== name) continue;
		const named = delegations.kind === "roles" ? delegations.roles.find((one) => one.name === role) : void 0;
		const bin = delegations.kind === "succinct" && isBinName(delegations.succinct, role) ? delegations.succinct : void 0;
		const roleKeys = named ?? bin;
		if (roleKeys !== void 0) return {
			keys: delegations.keys,
			roleKeys,
			people: peopleOf$1(file.signed, name)
		};
	}
	return null;
}

// src/tuf/near-path.ts
const MAX_CHARACTERS = 400;
function distance(a, b) {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
function mayBeNear(path, near, bound) {
	return Math.abs(path.length - near.length) <= bound && near.length <= MAX_CHARACTERS;
}
function nearPath(path, all) {
	if (path.length > MAX_CHARACTERS) return null;
	let best = null;
	for (const one of all) {
		const bound = Math.min(5, Math.floor(path.length / 3), (best?.at ?? Infinity) - 1);
		if (bound < 0) break;
		if (!mayBeNear(path, one, bound)) continue;
		const at = distance(path.toLowerCase(), one.toLowerCase());
		if (at <= bound) best = {
			path: one,
			at
		};
	}
	return best?.path ?? null;
}

// src/tuf/signed-part.ts
const WRITTEN_SPEC_VERSION = "1.0.0";
function jsonObject(members) {
	const object = /* @__PURE__ */ new Map();
	for (const [key, value] of Object.entries(members)) if (value !== void 0) object.set(key, value);
	return object;
}
function bindingObject(repository, role, extra = /* @__PURE__ */ new Map()) {
	return new Map([
		["repository", repository],
		["role", role],
		...extra
	]);
}
function withHeader(type, header, members) {
	const signed = jsonObject({
		_type: type,
		spec_version: WRITTEN_SPEC_VERSION,
		version: header.version,
		expires: encodeInstant(header.expires),
		...members
	});
	requireNfc(signed, "$.signed");
	return signed;
}
function newSnapshotSigned(header, repository, meta) {
	return withHeader("snapshot", header, {
		meta,
		[BINDING_FIELD]: bindingObject(repository, "snapshot")
	});
}
function newTimestampSigned(header, repository, snapshot) {
	return withHeader("timestamp", header, {
		meta: jsonObject({ "snapshot.json": snapshot }),
		[BINDING_FIELD]: bindingObject(repository, "timestamp")
	});
}
function withVersion(signed, header) {
	return new Map(signed).set("version", header.version).set("expires", encodeInstant(header.expires));
}

// src/tuf/edit-targets.ts
function entryOf$1(target, previous) {
	const custom = target.custom === null || target.custom.size === 0 ? void 0 : target.custom;
	const fresh = jsonObject({
		custom,
		hashes: jsonObject({ sha256: target.sha256 }),
		length: target.length
	});
	const unknown = [...previous?.raw ?? []].filter(([key]) => ![
		"custom",
		"hashes",
		"length"
	].includes(key));
	return new Map([...fresh, ...unknown]);
}
function sameEntry$2(a, b) {
	return Buffer.compare(encodeCanonicalJson(a), encodeCanonicalJson(b)) === 0;
}
function sameContent(target, listed) {
	return listed.length === target.length && listed.hashes.get("sha256") === target.sha256;
}
function stageTargets(current, edit) {
	const targets = /* @__PURE__ */ new Map();
	for (const [path, file] of current.targets) targets.set(path, file.raw);
	const changes = [];
	for (const path of edit.remove) {
		if (edit.add.has(path)) throw new CountersignError("target-exists", path, "expected a path to be added or removed, got both");
		if (!targets.delete(path)) {
			const near = nearPath(path, targets.keys());
			const hint = near === null ? "" : `; the nearest one is ${quote(near)}`;
			throw new CountersignError("target-missing", path, `expected a listed target to remove, got none of this path${hint}`);
		}
		changes.push({
			kind: "removed",
			path
		});
	}
	for (const [path, target] of edit.add) {
		const listed = current.targets.get(path);
		const entry = entryOf$1(target, listed);
		requireNfc(path, quote(path));
		requireNfc(entry, quote(path));
		if (listed !== void 0) {
			if (sameEntry$2(entry, listed.raw)) continue;
			if (edit.existing === "refuse" && !sameContent(target, listed)) {
				const hash = listed.hashes.get("sha256") ?? "another hash";
				throw new CountersignError("target-exists", path, `expected a new path, got one that is listed with sha256 ${hash}; pass replace to change it`);
			}
		}
		targets.set(path, entry);
		changes.push({
			kind: listed === void 0 ? "added" : "replaced",
			path
		});
	}
	return {
		targets,
		changes
	};
}
function editTargets(current, targets, header) {
	return new Map(withVersion(current.raw, header)).set("targets", targets);
}

// src/tuf/target-search.ts
const MAX_DELEGATIONS = 32;
function childrenFor(delegations, path) {
	if (delegations.kind === "succinct") return [{
		kind: "child",
		role: binOfPath(delegations.succinct, path),
		terminating: true
	}];
	const children = [];
	for (const { name, paths, terminating } of delegations.roles) {
		const verdict = delegationCovers(paths, path);
		if (verdict === "no-match") continue;
		if (verdict === "ambiguous") return [...children, {
			kind: "ambiguous",
			role: name
		}];
		children.push({
			kind: "child",
			role: name,
			terminating
		});
		if (terminating) break;
	}
	return children;
}
function* searchTarget(path) {
	let pending = [{
		kind: "child",
		role: TARGETS$1,
		delegator: "root",
		terminating: false
	}];
	const visited = /* @__PURE__ */ new Set();
	for (let next = pending.pop(); next !== void 0; next = pending.pop()) {
		if (next.kind === "ambiguous") return {
			kind: "ambiguous",
			role: next.role,
			delegator: next.delegator === "root" ? TARGETS$1 : next.delegator
		};
		const { role, delegator } = next;
		if (visited.has(role)) continue;
		if (visited.size > 32) return { kind: "bounds" };
		visited.add(role);
		const targets = yield {
			role,
			delegator
		};
		const file = targets.targets.get(path);
		if (file !== void 0) return {
			kind: "found",
			role,
			file
		};
		if (targets.delegations === null) continue;
		const children = childrenFor(targets.delegations, path).map((child) => ({
			...child,
			delegator: role
		}));
		if (children.some((child) => child.kind === "child" && child.terminating)) pending = [];
		pending.push(...children.reverse());
	}
	return { kind: "absent" };
}
function reachOf(path, role, roles) {
	const search = searchTarget(path);
	const visited = [];
	const delegators = /* @__PURE__ */ new Map();
	let step = search.next();
	while (step.done !== true) {
		const request = step.value;
		delegators.set(request.role, request.delegator);
		if (request.role === role) return {
			kind: "reached",
			via: chainOf(role, delegators)
		};
		visited.push(request.role);
		const targets = roles.get(request.role);
		if (targets === void 0) return {
			kind: "unreached",
			visited
		};
		step = search.next(targets);
	}
	const result = step.value;
	switch (result.kind) {
		case "found": return {
			kind: "shadowed",
			by: result.role
		};
		case "absent": return {
			kind: "unreached",
			visited
		};
		case "bounds": return { kind: "bounds" };
		case "ambiguous": return {
			kind: "ambiguous",
			role: result.role
		};
		default: return result;
	}
}
function chainOf(role, delegators) {
	const chain = [role];
	for (let up = delegators.get(role); up !== void 0 && up !== "root"; up = delegators.get(up)) chain.unshift(up);
	return chain;
}
function rolesFor(path, roles) {
	const search = searchTarget(path);
	const found = [];
	let step = search.next();
	while (step.done !== true) {
		const targets = roles.get(step.value.role);
		if (targets === void 0) break;
		found.push(step.value.role);
		step = search.next({
			...targets,
			targets: /* @__PURE__ */ new Map()
		});
	}
	return found;
}

// src/trust/counts-from.ts
const FROM = "from";
function parseCountsFrom(binding, where) {
	const versions = /* @__PURE__ */ new Map();
	if (!binding.raw.has(FROM)) return versions;
	const raw = objectField(binding.raw, FROM, where);
	const path = jsonPath(where, FROM);
	for (const role of raw.keys()) versions.set(role, parseVersion(integerField(raw, role, path), jsonPath(path, role)));
	return versions;
}
function countsFrom(delegator, role) {
	const first = parseVersion(1, FROM);
	if (delegator.binding === null) return first;
	return parseCountsFrom(delegator.binding, `${delegator.binding.role} x-countersign`).get(role) ?? first;
}
function requireCounts(delegator, role, version) {
	const from = countsFrom(delegator, role);
	if (version >= from) return;
	const detail = `expected version ${String(from)} or later, from which ${quote(role)} counts again, got ${String(version)}`;
	throw new CountersignError("rollback", `${role}@${String(version)}`, detail);
}

// src/event/floors.ts
const MAX_VERSION_STEP = 1e4;
function requireStep(name, version, published) {
	if (version <= published + 1e4) return;
	const detail = `expected a version at most ${String(MAX_VERSION_STEP)} above the published ${String(published)}: whoever has a key of this role raised it`;
	throw new CountersignError("fast-forward", `${name}@${String(version)}`, `${detail}; revoke that key`);
}
function namesOf(files, known) {
	const names = /* @__PURE__ */ new Set();
	const all = [...known];
	for (const { delegations } of files) {
		if (delegations === null) continue;
		if (delegations.kind === "roles") for (const { name } of delegations.roles) names.add(name);
		else for (const name of all) if (isBinName(delegations.succinct, name)) names.add(name);
	}
	return names;
}
function floorProblems(before, after, floors) {
	const delegatedBefore = namesOf(before.values(), floors.keys());
	const problems = [];
	for (const [delegator, signed] of after) for (const name of namesOf([signed], floors.keys())) {
		const floor = floors.get(name);
		if (floor === void 0 || delegatedBefore.has(name)) continue;
		const from = outcomeOf(() => countsFrom(signed, name));
		if (from.kind === "refused") {
			problems.push(from.refusal);
			continue;
		}
		if (from.value <= floor) {
			const detail = `expected x-countersign.from to say that ${name} counts from above ${String(floor)}, the last version that was published of it, got ${String(from.value)}`;
			problems.push({
				code: "rollback",
				where: delegator,
				detail
			});
			continue;
		}
		const version = after.get(name)?.version ?? 0;
		if (version >= from.value) continue;
		const detail = `expected a file of version ${String(from.value)} or later, from which it counts again, got ${version === 0 ? "none" : String(version)}`;
		problems.push({
			code: "rollback",
			where: name,
			detail
		});
	}
	return problems;
}
function firstFreeVersion(floors, name, spent = []) {
	let last = floors.get(name) ?? 0;
	for (const version of spent) if (version > last && version <= last + 1e4) last = version;
	return last + 1;
}

// src/event/decide-propose.ts
function periodOf(base, role) {
	const verified = base.roles.get(role);
	const signed = verified?.delegator === "root" ? base.root.signed : base.roles.get(verified?.delegator ?? role)?.file.signed;
	const period = signed === void 0 ? null : periodIn(signed, role);
	if (period === null) throw new CountersignError("policy-invalid", role, "expected its delegator to say how long it lasts, got no period");
	return period;
}
function freeVersion(base, role, used) {
	const spent = (base.leftOut.get(role) ?? []).map(({ signed }) => signed.version);
	let version = Math.max((base.roles.get(role)?.file.signed.version ?? 0) + 1, firstFreeVersion(base.floors, role, spent));
	while (used.has(version)) version++;
	return parseVersion(version, role);
}
function requireRole(base, role) {
	const verified = base.roles.get(role);
	if (verified === void 0) throw new CountersignError("role-unknown", role, `expected one of ${[...base.roles.keys()].map((name) => quote(name)).join(", ")}`);
	return verified.file.signed;
}
function requireProposable(facts) {
	const roles = new Map([...facts.base.roles].map(([name, { file }]) => [name, file.signed]));
	for (const path of facts.edit.add.keys()) {
		const refused = reviewTargetPath(path).find((finding) => finding.severity === "refused");
		if (refused !== void 0) throw new CountersignError("unwritable", path, `expected a path that every client reads, got ${refused.detail} (${refused.clients.join(", ")})`);
		const reach = reachOf(path, facts.role, roles);
		if (reach.kind === "reached") continue;
		const why = reach.kind === "shadowed" ? `${quote(reach.by)} is searched first and lists it` : "no delegation leads there for this path";
		const others = rolesFor(path, roles).filter((name) => name !== facts.role);
		throw new CountersignError("target-unreachable", path, `expected a path that clients look for in ${quote(facts.role)}, but ${why}; roles for it: ${others.map((name) => quote(name)).join(", ")}`);
	}
}
function build$8(facts, on, version) {
	const staged = stageTargets(on, facts.edit);
	if (staged.changes.length === 0) return null;
	const expires = addSeconds(facts.now, periodOf(facts.base, facts.role).expiresSeconds);
	const signed = editTargets(on, staged.targets, {
		version,
		expires
	});
	return {
		branch: proposalBranch(facts.role, version),
		version,
		signed,
		changes: staged.changes
	};
}
function again(facts, on, version) {
	const before = requireRole(facts.base, facts.role);
	const { targets } = stageTargets(on, facts.edit);
	const expires = addSeconds(facts.now, periodOf(facts.base, facts.role).expiresSeconds);
	const signed = editTargets(on, targets, {
		version,
		expires
	});
	const { changes } = stageTargets(before, editBetween(before, parseTargets(encodeMetadata(signed, [])).signed));
	return {
		branch: proposalBranch(facts.role, version),
		version,
		signed,
		changes
	};
}
function requireNoRival({ edit }, open) {
	if (edit.existing === "replace") return;
	for (const { status, proposed } of open) for (const [path, { length, sha256 }] of edit.add) {
		const listed = proposed.targets.get(path);
		if (listed === void 0 || listed.length === length && listed.hashes.get("sha256") === sha256) continue;
		const detail = `expected a new path, got one that #${String(status.pull.number)} proposes with other content; pass replace to change it`;
		throw new CountersignError("target-exists", path, detail);
	}
}
function decidePropose(facts) {
	const current = requireRole(facts.base, facts.role);
	requireProposable(facts);
	const usable = facts.open.filter(({ status, isOurs }) => isOurs && status.state !== "invalid" && status.state !== "outdated");
	const last = usable.at(-1);
	const used = /* @__PURE__ */ new Set([...facts.signedVersions, ...facts.open.map(({ proposed }) => proposed.version)]);
	if (last === void 0) {
		const proposal = build$8(facts, current, freeVersion(facts.base, facts.role, used));
		return proposal === null ? {
			kind: "nothing-new",
			number: null
		} : {
			kind: "open",
			proposal,
			behind: null,
			replaces: null
		};
	}
	const { number } = last.status.pull;
	if (!last.status.signed && !facts.nextVersion) {
		const proposal = build$8(facts, last.proposed, last.proposed.version);
		const { branch } = last.status.pull;
		return proposal === null ? {
			kind: "nothing-new",
			number
		} : {
			kind: "add",
			proposal: {
				...proposal,
				branch
			},
			number
		};
	}
	if (!facts.nextVersion && stageTargets(last.proposed, facts.edit).changes.length === 0) return {
		kind: "nothing-new",
		number
	};
	const version = freeVersion(facts.base, facts.role, used);
	if (!last.status.signed) return {
		kind: "open",
		proposal: again(facts, last.proposed, version),
		behind: null,
		replaces: number
	};
	switch (facts.whenOpen) {
		case "fail": throw new CountersignError("event-open", facts.role, `expected no signed event, got #${String(number)}; wait for it, or pass when-open queue or add`);
		case "queue": {
			requireNoRival(facts, usable);
			const proposal = build$8(facts, current, version);
			return proposal === null ? {
				kind: "nothing-new",
				number
			} : {
				kind: "open",
				proposal,
				behind: number,
				replaces: null
			};
		}
		case "add": {
			const proposal = build$8(facts, last.proposed, version);
			return proposal === null ? {
				kind: "nothing-new",
				number
			} : {
				kind: "open",
				proposal,
				behind: number,
				replaces: null
			};
		}
		default: return facts.whenOpen;
	}
}
function editBetween(before, after) {
	const add = /* @__PURE__ */ new Map();
	for (const [path, file] of after.targets) {
		const old = before.targets.get(path);
		if (old !== void 0 && Buffer.compare(encodeCanonicalJson(old.raw), encodeCanonicalJson(file.raw)) === 0) continue;
		const custom = file.raw.get("custom");
		add.set(path, {
			length: file.length,
			sha256: parseSha256(file.hashes.get("sha256") ?? "", path),
			custom: isJsonObject(custom) ? custom : null
		});
	}
	return {
		add,
		remove: new Set([...before.targets.keys()].filter((path) => !after.targets.has(path))),
		existing: "replace"
	};
}

// src/event/delegators.ts
function rolesAfter(base, proposal) {
	const roles = /* @__PURE__ */ new Map();
	for (const [name, { file }] of base?.roles ?? []) roles.set(name, file);
	for (const [name, file] of proposal.roles) roles.set(name, file);
	return roles;
}
function childrenOf$2({ delegations }, after) {
	if (delegations === null) return [];
	if (delegations.kind === "roles") return delegations.roles.map(({ name }) => name);
	return [...after.keys()].filter((name) => isBinName(delegations.succinct, name));
}
function delegatorsAfter(root, after) {
	const { signed } = root;
	const top = {
		by: `root v${String(signed.version)}`,
		name: "root",
		signed,
		keys: signed.keys,
		roleKeys: signed.roles.targets
	};
	const found = /* @__PURE__ */ new Map([[TARGETS$1, [top]]]);
	for (const name of found.keys()) {
		const file = after.get(name)?.signed;
		if (file === void 0) continue;
		for (const child of childrenOf$2(file, after)) {
			const roleKeys = file.delegations === null ? null : delegatedKeys(file.delegations, child);
			if (file.delegations === null || roleKeys === null) continue;
			const delegator = {
				by: `${name} v${String(file.version)}`,
				name,
				signed: file,
				keys: file.delegations.keys,
				roleKeys
			};
			found.set(child, [...found.get(child) ?? [], delegator]);
		}
	}
	return found;
}
function delegationProblems(base, proposal, after, delegators) {
	const problems = [];
	for (const role of proposal.roles.keys()) {
		if (delegators.has(role)) continue;
		problems.push({
			code: "role-unknown",
			where: rolePath(role),
			detail: "expected a role that is delegated, got one that clients do not come to from the root"
		});
	}
	for (const [role, all] of delegators) {
		const changed = all.filter(({ name }) => name === "root" ? proposal.root !== null : proposal.roles.has(name));
		if (changed.length === 0) continue;
		if (all.length > 1) {
			const detail = `expected one role to delegate it, got ${all.map(({ name }) => name).join(", ")}`;
			problems.push({
				code: "delegations-invalid",
				where: role,
				detail
			});
		}
		for (const delegator of changed) problems.push(...danglingRole(role, delegator, {
			base,
			proposal,
			after
		}));
	}
	return [...problems, ...missingBins(proposal, after)];
}
function danglingRole(role, delegator, { base, proposal, after }) {
	if (proposal.roles.has(role)) return [];
	const before = delegator.name === "root" ? null : base?.roles.get(delegator.name)?.file.signed ?? null;
	if (!after.has(role) && before !== null && childrenOf$2(before, after).includes(role)) return [];
	const file = after.get(role);
	const { keys, roleKeys, name } = delegator;
	if (file !== void 0 && countSignatures({
		payload: file.payload,
		signatures: file.signatures,
		keys,
		role: roleKeys
	}).reached) return [];
	return [{
		code: "role-missing",
		where: role,
		detail: `expected a new version in this event: ${name} changes who signs it`
	}];
}
function missingBins(proposal, after) {
	return [...proposal.roles].flatMap(([name, { signed }]) => {
		if (signed.delegations?.kind !== "succinct") return [];
		const [expected, actual] = [2 ** signed.delegations.succinct.bitLength, childrenOf$2(signed, after).length];
		if (actual === expected) return [];
		return [{
			code: "role-missing",
			where: name,
			detail: `expected a file for each of ${String(expected)} bins, got ${String(actual)}`
		}];
	});
}

// src/event/file-problems.ts
function sameBytes(a, b) {
	return a?.length === b.length && a.hashes.get("sha256") === b.hashes.get("sha256");
}
function targetProblem(role, path, entry, roles) {
	const where = `${role} ${path}`;
	const refused = reviewTargetPath(path).find(({ severity }) => severity === "refused");
	if (refused !== void 0) return {
		code: "unwritable",
		where,
		detail: `expected a path that every client reads, got ${refused.detail}`
	};
	if (!entry.hashes.has("sha256")) return {
		code: "hashes-missing",
		where,
		detail: "expected sha256, got other hashes only"
	};
	const reach = reachOf(path, role, roles);
	if (reach.kind === "reached") return null;
	return {
		code: "target-unreachable",
		where,
		detail: `expected a path at which clients find this role, got one that is ${reach.kind}`
	};
}
function targetsProblems(role, file, delegator, base, after, now) {
	const before = base?.roles.get(role)?.file.signed;
	const problems = [...renewalProblems(role, file, delegator.signed, now)];
	const { version } = file.signed;
	if (version > (before?.version ?? 0) + 1e4) {
		const detail = `expected a version soon after ${String(before?.version ?? 0)}`;
		problems.push({
			code: "version-invalid",
			where: `${role}@${String(version)}`,
			detail
		});
	}
	const roles = new Map([...after].map(([name, { signed }]) => [name, signed]));
	for (const [path, entry] of file.signed.targets) {
		if (sameBytes(before?.targets.get(path), entry)) continue;
		const problem = targetProblem(role, path, entry, roles);
		if (problem !== null) problems.push(problem);
	}
	return problems;
}
function rootProblems(root, base, now) {
	const expected = (base?.root.signed.version ?? 0) + 1;
	const problems = [...renewalProblems("root", root, root.signed, now)];
	if (root.signed.version !== expected) problems.push({
		code: "rollback",
		where: `root@${String(root.signed.version)}`,
		detail: `expected version ${String(expected)}`
	});
	return problems;
}
function renewalProblems(role, file, delegator, now) {
	if (file.signed.expires - now > (periodIn(delegator, role)?.renewSeconds ?? 0)) return [];
	return [{
		code: "expired",
		where: `${role}@${String(file.signed.version)}`,
		detail: `expected more than the renewal period before ${encodeInstant(file.signed.expires)}; abandon this event and propose again`
	}];
}

// src/event/outdated.ts
function withoutTargets(signed) {
	const rest = new Map(signed);
	for (const key of [
		"targets",
		"version",
		"expires"
	]) rest.delete(key);
	return encodeCanonicalJson(rest);
}
function sameButTargets(a, b) {
	return Buffer.compare(withoutTargets(a.raw), withoutTargets(b.raw)) === 0;
}
function sameEntry$1(a, b) {
	if (a === void 0 || b === void 0) return a === b;
	return Buffer.compare(encodeCanonicalJson(a.raw), encodeCanonicalJson(b.raw)) === 0;
}
function containsBase(base, fork, proposed) {
	if (!sameButTargets(base, proposed)) return false;
	return [.../* @__PURE__ */ new Set([...base.targets.keys(), ...proposed.targets.keys()])].every((path) => {
		const entry = proposed.targets.get(path);
		return sameEntry$1(base.targets.get(path), entry) || !sameEntry$1(fork.targets.get(path), entry);
	});
}
function isOutdated(role, file, fork, base) {
	const now = base?.roles.get(role)?.file;
	if (now === void 0) return false;
	if (file.signed.version <= now.signed.version) return true;
	if (fork === void 0) return false;
	const parsed = outcomeOf(() => parseTargets(fork));
	if (parsed.kind === "refused" || payloadDigest(parsed.value.payload) === payloadDigest(now.payload)) return false;
	return !containsBase(now.signed, parsed.value.signed, file.signed);
}

// src/event/listen.ts
function keysIn$1(signed, role) {
	if (signed.kind === "root") return role === "root" ? signed.roles.root : role === "targets" ? signed.roles.targets : null;
	const { delegations } = signed;
	if (delegations === null) return null;
	if (delegations.kind === "roles") return delegations.roles.find(({ name }) => name === role) ?? null;
	return isBinName(delegations.succinct, role) ? delegations.succinct : null;
}
function signersIn(signed, role) {
	const roleKeys = keysIn$1(signed, role);
	if (roleKeys === null || signed.binding === null) return null;
	const keys = signed.kind === "root" ? signed.keys : signed.delegations?.keys;
	return keys === void 0 ? null : {
		keys,
		roleKeys,
		people: peopleOf$1(signed, role)
	};
}
function signersFor(role, proposal, base) {
	const before = base === null ? null : signersOf(base, role);
	const named = [...proposal.root === null ? [] : [proposal.root.signed], ...[...proposal.roles.values()].map(({ signed }) => signed)].flatMap((signed) => signersIn(signed, role) ?? []);
	return before === null ? named : [before, ...named];
}
function rolesAmong(paths) {
	const roles = /* @__PURE__ */ new Set();
	for (const path of paths) {
		const what = classifyPath(path);
		if (what.kind === "root" || what.kind === "root-history") roles.add("root");
		else if (what.kind === "role") roles.add(what.role);
	}
	return roles;
}
function allRoles(base) {
	return base === null ? [] : ["root", ...base.roles.keys()];
}
function listenTo(paths, proposal, base) {
	const changed = rolesAmong(paths);
	const roles = new Set(proposal.problems.length > 0 || changed.size === 0 ? [...changed, ...allRoles(base)] : changed);
	const signers = new Map([...roles].map((role) => [role, signersFor(role, proposal, base)]));
	const people = /* @__PURE__ */ new Map();
	for (const { roleKeys, people: named } of [...signers.values()].flat()) for (const keyId of roleKeys.keyIds) {
		const account = named.byKey.get(keyId)?.account ?? null;
		if (account !== null && !people.has(account.id)) people.set(account.id, account);
	}
	return {
		signers,
		people
	};
}
function isCarried({ account, custody }) {
	return account === null || custody;
}

// src/event/signed-content.ts
function verifies(line, payload, signers) {
	return signers.some(({ keys, roleKeys }) => {
		const key = keys.get(line.keyId);
		return key !== void 0 && roleKeys.keyIds.includes(line.keyId) && verifySignature(key, payload, line.sig) === "valid";
	});
}
function reaches(found, { keys, roleKeys, people }) {
	return countSignatures({
		payload: found.bytes,
		signatures: [...found.signatures.values()],
		keys,
		role: roleKeys,
		voterOf: (keyId) => {
			const person = people.byKey.get(keyId);
			return person === void 0 ? null : voterOf(person);
		}
	}).reached;
}
function ownSigners(payload) {
	const root = rootOfPayload(payload);
	if (root === null) return null;
	const people = outcomeOf(() => peopleOf$1(root, "root"));
	return people.kind === "refused" ? null : {
		keys: root.keys,
		roleKeys: root.roles.root,
		people: people.value
	};
}
function isComplete(found, role, [before, ...others]) {
	if (before === void 0) return false;
	if (role !== "root") return [before, ...others].some((one) => reaches(found, one));
	const own = ownSigners(found.bytes);
	return own !== null && reaches(found, before) && reaches(found, own);
}
function signedContents({ role, repository, signers, lines, payloads }) {
	const contents = /* @__PURE__ */ new Map();
	for (const line of lines) {
		if (line.role !== role || line.repository !== repository) continue;
		const bytes = payloads.get(line.payload);
		if (bytes === void 0 || !verifies(line, bytes, signers)) continue;
		const claims = contents.get(line.payload)?.claims ?? claimsOf(bytes);
		if (claims?.repository !== repository || claims.role !== role || claims.version !== line.version) continue;
		const found = contents.get(line.payload) ?? {
			claims,
			bytes,
			signatures: /* @__PURE__ */ new Map()
		};
		found.signatures.set(line.keyId, {
			keyId: line.keyId,
			sig: line.sig
		});
		contents.set(line.payload, found);
	}
	return [...contents].map(([payload, found]) => ({
		version: found.claims.version,
		payload,
		by: new Set(found.signatures.keys()),
		complete: isComplete(found, role, signers),
		replaces: found.claims.replaces
	}));
}
function otherContents(contents, version, payload) {
	return contents.filter((one) => one.version === version && one.payload !== payload);
}

// src/trust/approvals.ts
function foldReviews(reviews) {
	const standings = /* @__PURE__ */ new Map();
	for (const review of reviews) switch (review.state) {
		case "APPROVED":
		case "CHANGES_REQUESTED":
		case "DISMISSED":
			standings.set(review.author.id, {
				state: review.state,
				review
			});
			break;
		case "COMMENTED":
		case "PENDING": break;
		default: review.state;
	}
	return standings;
}

// src/trust/carried-lines.ts
function lineIdentity({ keyId, sig, payload }) {
	return JSON.stringify([
		keyId,
		sig,
		payload
	]);
}
function fileIdentity({ repository, role, version, payload }) {
	return JSON.stringify([
		repository,
		role,
		version,
		payload
	]);
}
function carriedFiles(files) {
	const byFile = /* @__PURE__ */ new Map();
	for (const file of files) {
		const identity = fileIdentity(file);
		byFile.set(identity, /* @__PURE__ */ new Set([...byFile.get(identity) ?? [], ...file.keyIds]));
	}
	return byFile;
}
function linesWorthVerifying(body, files) {
	if (files.size === 0 || body.length > 65536 || !body.includes("countersign")) return [];
	const outcome = parseCountersignatures(body);
	if (outcome.kind === "refused") return [];
	const lines = /* @__PURE__ */ new Map();
	for (const line of outcome.value) {
		const identity = lineIdentity(line);
		if (files.get(fileIdentity(line))?.has(line.keyId) === true && !lines.has(identity)) lines.set(identity, line);
	}
	return [...lines.values()];
}

// src/event/signatures.ts
function carriersOf({ reviews, comments }) {
	return [...comments.map(({ author, body }) => ({
		author,
		body,
		via: "comment",
		dismissed: false
	})), ...reviews.map(({ author, body, state }) => ({
		author,
		body,
		via: "review",
		dismissed: state === "DISMISSED"
	}))];
}
function carriedKeys({ signers }, role) {
	const named = (signers.get(role) ?? []).flatMap(({ roleKeys, people }) => roleKeys.keyIds.filter((keyId) => {
		const person = people.byKey.get(keyId);
		return person !== void 0 && isCarried(person);
	}));
	return new Set(named);
}
function carriedIn(listening, proposed) {
	const files = [...proposed].map(([role, { repository, version, payload }]) => {
		return {
			repository,
			role,
			version,
			payload: payloadDigest(payload),
			keyIds: carriedKeys(listening, role)
		};
	});
	const known = /* @__PURE__ */ new Map();
	const verify = (line) => {
		const payload = proposed.get(line.role)?.payload;
		if (payload === void 0) return false;
		return (listening.signers.get(line.role) ?? []).some(({ keys }) => {
			const key = keys.get(line.keyId);
			return key !== void 0 && verifySignature(key, payload, line.sig) === "valid";
		});
	};
	return {
		files: carriedFiles(files.filter(({ keyIds }) => keyIds.size > 0)),
		verifies: (line) => {
			const identity = lineIdentity(line);
			const verdict = known.get(identity) ?? verify(line);
			known.set(identity, verdict);
			return verdict;
		}
	};
}
function carriedLines(body, { files, verifies }) {
	return linesWorthVerifying(body, files).filter(verifies);
}
function carriersToAsk(facts, listening, proposed) {
	const asked = /* @__PURE__ */ new Map();
	const carried = carriedIn(listening, proposed);
	for (const { author, body } of carriersOf(facts)) {
		if (facts.automation.has(author.id) || asked.has(author.id)) continue;
		if (carriedLines(body, carried).length > 0) asked.set(author.id, author);
	}
	return [...asked.values()];
}
function withdrawalBytes({ repository, role, version, payload }) {
	const members = [
		["_type", "countersign-withdrawal"],
		["payload", `sha256:${payload}`],
		["repository", repository],
		["role", role],
		["version", version]
	];
	return encodeCanonicalJson(new Map(members));
}
function isWithdrawal(line, { signers }) {
	return (signers.get(line.role) ?? []).some(({ keys, roleKeys }) => {
		const key = keys.get(line.keyId);
		return key !== void 0 && roleKeys.keyIds.includes(line.keyId) && verifySignature(key, withdrawalBytes(line), line.sig) === "valid";
	});
}
function isOfOwner(line, author, { signers }) {
	return (signers.get(line.role) ?? []).flatMap(({ people }) => people.byKey.get(line.keyId) ?? []).some((person) => isCarried(person) || person.account?.id === author.id);
}
function collectCountersignatures(facts, listening, proposed) {
	const carried = carriedIn(listening, proposed);
	const posted = [];
	const unreadable = [];
	const withdrawn = /* @__PURE__ */ new Map();
	const isListenedTo = ({ author }) => listening.people.has(author.id) || facts.automation.has(author.id);
	for (const carrier of carriersOf(facts)) {
		const { author, body, via, dismissed } = carrier;
		if (!isListenedTo(carrier)) {
			if (!facts.writers.has(author.id)) continue;
			posted.push(...carriedLines(body, carried).map((line) => ({
				line,
				author,
				via,
				dismissed
			})));
			continue;
		}
		const outcome = parseCountersignatures(body);
		if (outcome.kind === "refused") {
			unreadable.push({
				who: author.login,
				code: "unreadable",
				detail: `${outcome.refusal.where}: ${outcome.refusal.detail}`
			});
			continue;
		}
		for (const line of outcome.value) {
			const isOwn = isOfOwner(line, author, listening);
			const taken = withdrawn.get(line.keyId) ?? /* @__PURE__ */ new Set();
			if (isWithdrawal(line, listening)) {
				if (isOwn) withdrawn.set(line.keyId, taken.add(line.payload));
				continue;
			}
			if (isOwn) taken.delete(line.payload);
			posted.push({
				line,
				author,
				via,
				dismissed
			});
		}
	}
	return {
		posted,
		unreadable,
		standings: foldReviews(facts.reviews),
		withdrawn
	};
}
function ignoreReason(judgement, digest, facts, collected, posted) {
	const { line, author } = posted;
	const ignored = (code, detail) => ({
		who: author.login,
		code,
		detail
	});
	if (line.repository !== judgement.repository) return ignored("wrong-repository", `signed for repository ${line.repository}`);
	if (line.version !== judgement.version || line.payload !== digest) return ignored("other-payload", `signed version ${String(line.version)}, sha256:${line.payload}`);
	const person = judgement.people.byKey.get(line.keyId);
	if (person === void 0 || !judgement.roleKeys.keyIds.includes(line.keyId)) return ignored("not-a-signer", `the key ${line.keyId.slice(0, 12)}… is nobody's for ${judgement.role}`);
	if (judgement.movedOn.has(line.keyId)) return ignored("moved-on", "signed another content of this version since, which takes its place");
	if (posted.dismissed) return ignored("withdrawn", "the review was dismissed");
	if (collected.withdrawn.get(line.keyId)?.has(line.payload) === true) return ignored("withdrawn", "took the signature back");
	if (isCarried(person) && !facts.automation.has(author.id) && !facts.writers.has(author.id)) return ignored("not-the-owner", "only somebody who may write to the repository can bring this signature");
	if (person.account === null) return null;
	if (person.custody) return custodyReason(judgement, digest, facts, collected, person, ignored);
	if (person.account.id !== author.id) return ignored("not-the-owner", `the key is ${person.name}'s, the account ${String(author.id)} is not`);
	if (collected.standings.get(author.id)?.state === "CHANGES_REQUESTED") return ignored("withdrawn", "asked for changes since");
	return null;
}
function approvalCovers({ role }, digest, facts, { standings }, person) {
	const standing = person.account === null ? void 0 : standings.get(person.account.id);
	const commit = standing?.state === "APPROVED" ? standing.review.commitSha : null;
	return commit !== null && facts.payloadsAt.get(commit)?.get(role) === digest;
}
function custodyReason(judgement, digest, facts, collected, person, ignored) {
	if ((person.account === null ? void 0 : collected.standings.get(person.account.id))?.state !== "APPROVED") return ignored("approval-missing", `${person.name} has no standing approval`);
	if (approvalCovers(judgement, digest, facts, collected, person)) return null;
	return ignored("approval-stale", `${person.name} approved other content`);
}
function isLive({ role, roleKeys, keys, payload }, digest, { posted }) {
	return posted.some(({ line }) => {
		const key = keys.get(line.keyId);
		if (line.role !== role || line.payload !== digest || key === void 0 || !roleKeys.keyIds.includes(line.keyId)) return false;
		return verifySignature(key, payload, line.sig) === "valid";
	});
}
function judge(judgement, facts, collected) {
	const digest = payloadDigest(judgement.payload);
	const ignored = /* @__PURE__ */ new Map();
	const accepted = /* @__PURE__ */ new Set();
	const candidates = collected.posted.filter((posted) => {
		if (posted.line.role !== judgement.role) return false;
		const reason = ignoreReason(judgement, digest, facts, collected, posted);
		if (reason !== null) ignored.set(posted, reason);
		return reason === null;
	});
	const { people, keys, roleKeys, payload } = judgement;
	const count = countSignatures({
		payload,
		signatures: candidates.map(({ line }) => line),
		keys,
		role: roleKeys,
		voterOf: (keyId) => {
			const person = people.byKey.get(keyId);
			return person === void 0 ? null : voterOf(person);
		}
	});
	const signatures = [];
	candidates.forEach((posted, index) => {
		const verdict = count.entries[index]?.verdict ?? "invalid";
		if (verdict === "counts") signatures.push(posted.line);
		if (verdict === "counts" || verdict === "same-key") accepted.add(posted);
		else {
			const detail = `the signature does not count: ${verdict}`;
			ignored.set(posted, {
				who: posted.author.login,
				code: "invalid-signature",
				detail
			});
		}
	});
	return {
		requirement: requirementOf(judgement, new Set(count.votes.values()), count.reached, (person) => approvalCovers(judgement, digest, facts, collected, person)),
		ignored,
		accepted,
		signatures,
		live: signatures.length > 0 || isLive(judgement, digest, collected)
	};
}
function requirementOf({ by, people, roleKeys, isDelegatorSigned }, signed, reached, hasApproved) {
	const named = roleKeys.keyIds.flatMap((keyId) => {
		const person = people.byKey.get(keyId);
		return person === void 0 ? [] : [{
			keyId,
			person
		}];
	});
	const vote = ({ keyId, person }) => ({
		person: person.name,
		keyId,
		custody: person.custody
	});
	const missing = named.filter(({ keyId }) => !signed.has(keyId));
	return {
		by,
		needed: roleKeys.threshold,
		votes: named.filter(({ keyId }) => signed.has(keyId)).map(vote),
		missing: missing.map(({ person }) => person.name),
		awaited: missing.flatMap(({ person }) => person.account ?? []),
		approved: isDelegatorSigned ? missing.filter(({ person }) => person.custody && hasApproved(person)).map(vote) : [],
		toApprove: missing.filter(({ person }) => person.custody && !hasApproved(person)).map(({ person }) => person.name),
		reached
	};
}

// src/event/evaluate.ts
function judgeRoot(root, movedOn, { base, facts, collected }) {
	const { signed, payload } = root;
	const own = {
		repository: bindingOf(signed, "root").repository,
		role: "root",
		version: signed.version,
		payload,
		movedOn
	};
	const all = base === null ? parseThreshold(signed.roles.root.keyIds.length, "root") : signed.roles.root.threshold;
	const by = base === null ? "root v1 (every key)" : `root v${String(signed.version)}`;
	const people = peopleOf$1(signed, "root");
	const asNew = {
		...own,
		by,
		keys: signed.keys,
		roleKeys: {
			...signed.roles.root,
			threshold: all
		},
		people
	};
	if (base === null) return [judge({
		...asNew,
		isDelegatorSigned: false
	}, facts, collected)];
	const old = base.root.signed;
	const asOld = {
		...own,
		by: `root v${String(old.version)}`,
		keys: old.keys,
		roleKeys: old.roles.root,
		people: peopleOf$1(old, "root")
	};
	const byOld = judge({
		...asOld,
		isDelegatorSigned: true
	}, facts, collected);
	return [byOld, judge({
		...asNew,
		isDelegatorSigned: byOld.requirement.reached
	}, facts, collected)];
}
function ignoredOf(judged) {
	const accepted = new Set(judged.flatMap((one) => [...one.accepted]));
	const ignored = /* @__PURE__ */ new Map();
	for (const one of judged) for (const [posted, why] of one.ignored) if (!accepted.has(posted)) ignored.set(`${why.who} ${why.code} ${why.detail}`, why);
	return [...ignored.values()];
}
function statusOf$1(role, file, judged, delegatorComplete) {
	return {
		role,
		version: file.signed.version,
		payload: payloadDigest(file.payload),
		requirements: judged.map((one) => one.requirement),
		ignored: ignoredOf(judged),
		complete: delegatorComplete && judged.every((one) => one.requirement.reached)
	};
}
function contentsHere(role, signers, repository, scene) {
	const { facts, collected } = scene;
	const lines = collected.posted.map(({ line }) => line);
	return signedContents({
		role,
		repository,
		signers,
		lines,
		payloads: facts.earlierPayloads
	});
}
function isResigned({ role, version, payload }, repository, signers, scene) {
	const ended = (scene.elsewhere.get(role) ?? []).filter(({ state }) => state === "ended");
	const contents = [...contentsHere(role, [signers], repository, scene), ...ended];
	const ours = new Set(signers.roleKeys.keyIds);
	return otherContents(contents, version, payload).some(({ by }) => [...by].some((keyId) => ours.has(keyId)));
}
function uniqueSignatures(judged) {
	return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, {
		keyId: one.keyId,
		sig: one.sig
	}])).values()];
}
function movedOnFrom(payload, contents) {
	if (contents.some((one) => one.payload === payload && one.complete)) return /* @__PURE__ */ new Set();
	return new Set(contents.filter(({ replaces }) => replaces.has(payload)).flatMap(({ by }) => [...by]));
}
function rootFile(root, scene) {
	const { signed } = root;
	const { repository } = bindingOf(signed, "root");
	const contents = [...contentsHere("root", scene.listening.signers.get("root") ?? [], repository, scene), ...scene.elsewhere.get("root") ?? []];
	const judged = judgeRoot(root, movedOnFrom(payloadDigest(root.payload), contents), scene);
	const status = statusOf$1("root", root, judged, true);
	const problems = [...rootProblems(root, scene.base, scene.now)];
	const named = replacedBy(bindingOf(signed, "root").raw, "root x-countersign");
	const rival = otherContents(contents, signed.version, status.payload).find((one) => one.complete && !named.has(one.payload));
	if (rival !== void 0) {
		const detail = `expected sha256:${rival.payload}, which enough people have signed under this version; it goes first, and the next root has the next version`;
		problems.push({
			code: "already-signed",
			where: `root@${String(signed.version)}`,
			detail
		});
	}
	return {
		status,
		bytes: encodeMetadata(signed.raw, uniqueSignatures(judged)),
		problems,
		outdated: false,
		signed: judged.some(({ live }) => live)
	};
}
function targetsFile(role, file, delegator, complete, scene) {
	const { facts, collected, base } = scene;
	const people = peopleOf$1(delegator.signed, delegator.name);
	const { repository } = bindingOf(delegator.signed, delegator.name);
	const own = {
		repository,
		role,
		version: file.signed.version,
		payload: file.payload
	};
	const judgement = {
		...delegator,
		...own,
		people,
		isDelegatorSigned: complete,
		movedOn: /* @__PURE__ */ new Set()
	};
	const judged = judge(judgement, facts, collected);
	const status = statusOf$1(role, file, [judged], complete);
	const resigned = isResigned(status, repository, {
		...delegator,
		people
	}, scene);
	return {
		status,
		bytes: encodeMetadata(file.signed.raw, uniqueSignatures([judged])),
		problems: [],
		outdated: resigned || isOutdated(role, file, facts.forkedFrom.get(role), base),
		signed: resigned || judged.live
	};
}
function broughtBack(base, after) {
	if (base === null) return [];
	const signed = (roles) => new Map([...roles].map(([name, file]) => [name, file.signed]));
	const before = new Map([...base.roles].map(([name, { file }]) => [name, file]));
	return floorProblems(signed(before), signed(after), base.floors);
}
function walk(proposal, root, scene) {
	const { base, now } = scene;
	const after = rolesAfter(base, proposal);
	const delegators = delegatorsAfter(root, after);
	const problems = [...delegationProblems(base, proposal, after, delegators), ...broughtBack(base, after)];
	const done = /* @__PURE__ */ new Map();
	const files = /* @__PURE__ */ new Map();
	if (proposal.root !== null) {
		const file = rootFile(proposal.root, scene);
		done.set("root", file);
		files.set(ROOT_PATH$1, file.bytes).set(rootHistoryPath(proposal.root.signed.version), file.bytes);
	}
	for (const [role, all] of delegators) {
		const file = proposal.roles.get(role);
		const known = base?.roles.get(role)?.delegator;
		const delegator = all.find(({ name }) => name === known) ?? all[0];
		if (file === void 0 || delegator === void 0) continue;
		const judged = targetsFile(role, file, delegator, done.get(delegator.name)?.status.complete ?? true, scene);
		done.set(role, judged);
		files.set(rolePath(role), judged.bytes);
		problems.push(...targetsProblems(role, file, delegator, base, after, now));
	}
	const all = [...done.values()];
	const [first, ...rest] = all.map(({ status }) => status);
	return {
		roles: first === void 0 ? [] : [{
			...first,
			ignored: [...scene.collected.unreadable, ...first.ignored]
		}, ...rest],
		problems: [...all.flatMap((one) => one.problems), ...problems],
		outdated: all.some((one) => one.outdated),
		signed: all.some((one) => one.signed),
		files
	};
}
function stateOf$4({ roles, problems, outdated }, proposal) {
	if (outdated && (proposal.root === null || problems.length === 0)) return "outdated";
	if (problems.length > 0) return "invalid";
	return roles.length > 0 && roles.every((role) => role.complete) ? "complete" : "waiting";
}
function proposedFiles({ root, roles }) {
	const all = [...root === null ? [] : [["root", root]], ...roles];
	const files = /* @__PURE__ */ new Map();
	for (const [role, { signed, payload }] of all) if (signed.binding !== null) files.set(role, {
		repository: signed.binding.repository,
		version: signed.version,
		payload
	});
	return files;
}
function evaluateEvent(facts, base, signed, now) {
	const { pull } = facts;
	const elsewhere = new Map([...signed].map(([role, contents]) => [role, contents.filter(({ number }) => number !== pull.number)]));
	const proposal = readProposal(facts.changes, base);
	const invalid = (problems) => {
		return {
			pull,
			state: "invalid",
			roles: [],
			problems,
			signed: false,
			files: /* @__PURE__ */ new Map(),
			behind: null
		};
	};
	const root = proposal.root ?? base?.root ?? null;
	if (root === null || proposal.problems.length > 0) return invalid(proposal.problems);
	const outcome = outcomeOf(() => {
		const listening = listenTo(facts.changes.keys(), proposal, base);
		const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
		return walk(proposal, root, {
			facts,
			collected,
			listening,
			elsewhere,
			base,
			now
		});
	});
	if (outcome.kind === "refused") return invalid([outcome.refusal]);
	const { roles, problems } = outcome.value;
	const state = stateOf$4(outcome.value, proposal);
	const files = new Map(state === "complete" ? outcome.value.files : []);
	if (state === "complete" && proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
	return {
		pull,
		state,
		roles,
		problems,
		signed: outcome.value.signed,
		files,
		behind: null
	};
}

// src/event/queue.ts
function proposedVersions(facts, base) {
	const proposal = readProposal(facts.changes, base);
	const versions = new Map([...proposal.roles].map(([role, file]) => [role, file.signed.version]));
	if (proposal.root !== null) versions.set("root", proposal.root.signed.version);
	return versions;
}
function votersOf({ roles }) {
	return [...new Set(roles.flatMap(({ requirements }) => requirements.flatMap(({ votes }) => votes.map(({ person }) => person))))];
}
function entryOf(status, event, base) {
	const proposal = readProposal(event.changes, base);
	const roles = /* @__PURE__ */ new Set([...proposal.roles.keys(), ...proposal.root === null ? [] : ["root"]]);
	const { root } = proposal;
	return {
		status,
		roles,
		votes: votersOf(status).length,
		root: root === null ? null : payloadDigest(root.payload),
		replaces: root === null ? /* @__PURE__ */ new Set() : replacedBy(bindingOf(root.signed, "root").raw, "root")
	};
}
function compare(a, b) {
	const isReplaced = (one, by) => one.status.state === "complete" && one.root !== null && by.replaces.has(one.root);
	return Number(isReplaced(b, a)) - Number(isReplaced(a, b)) || Number(b.status.state === "complete") - Number(a.status.state === "complete") || b.votes - a.votes || Number(b.root !== null) - Number(a.root !== null) || a.status.pull.number - b.status.pull.number;
}
function withQueue(statuses, events, base) {
	const entries = statuses.flatMap((status, index) => {
		const event = events[index];
		return event === void 0 || status.state === "invalid" || status.state === "outdated" ? [] : [entryOf(status, event, base)];
	});
	entries.sort(compare);
	const behind = /* @__PURE__ */ new Map();
	entries.forEach(({ status, roles }, place) => {
		const first = entries.slice(0, place).find((other) => [...roles].some((role) => other.roles.has(role)));
		if (first !== void 0) behind.set(status, first.status.pull.number);
	});
	return statuses.map((status) => ({
		...status,
		behind: behind.get(status) ?? null
	}));
}
function nextToComplete(statuses, events, base) {
	return statuses.flatMap((status, index) => {
		const event = events[index];
		return event === void 0 || status.state !== "complete" ? [] : [entryOf(status, event, base)];
	}).sort(compare)[0]?.status ?? null;
}

// src/event/evaluate-events.ts
function evaluateEvents({ base, events, signed, now }) {
	return withQueue(events.map((event) => evaluateEvent(event, base, signed, now)), events, base);
}
function signedVersions(role, { base, events, signed }) {
	const current = new Map(events.map(({ pull, changes }) => {
		const file = readProposal(changes, base).roles.get(role);
		return [pull.number, file === void 0 ? null : payloadDigest(file.payload)];
	}));
	const others = (signed.get(role) ?? []).filter(({ number, payload, state }) => state === "ended" || current.get(number) !== payload);
	return new Set(others.map(({ version }) => version));
}

// src/event/base-files.ts
function baseFiles(base) {
	const files = /* @__PURE__ */ new Map();
	for (const { file, bytes } of base?.roots ?? []) files.set(rootHistoryPath(file.signed.version), bytes).set(ROOT_PATH$1, bytes);
	for (const [role, { bytes }] of base?.roles ?? []) files.set(rolePath(role), bytes);
	return files;
}
function withoutBase(changes, head, base) {
	const files = baseFiles(base);
	const isBase = ([path, bytes]) => {
		const known = files.get(path);
		if (bytes === null) return known === void 0 && path.startsWith("metadata/") && !head.has(path);
		return known !== void 0 && Buffer.compare(known, bytes) === 0;
	};
	return new Map([...changes].filter((change) => !isBase(change)));
}
function payloadOf$1(bytes) {
	const outcome = outcomeOf(() => encodeCanonicalJson(objectField(asObject(parseJson(bytes), "$"), "signed", "$")));
	return outcome.kind === "accepted" ? outcome.value : null;
}
function ownChanges(changes, base) {
	const files = baseFiles(base);
	const own = /* @__PURE__ */ new Map();
	for (const [path, bytes] of changes) {
		if (bytes === null || !mayHold(path, base)) continue;
		const known = files.get(path);
		const [ours, theirs] = [known === void 0 ? null : payloadOf$1(known), payloadOf$1(bytes)];
		if (ours === null || theirs === null || Buffer.compare(ours, theirs) !== 0) own.set(path, bytes);
	}
	return own;
}

// src/event/restore.ts
function supportOf(payloads, facts, listening, collected) {
	const people = /* @__PURE__ */ new Set();
	let since = Infinity;
	collected.posted.forEach(({ line, dismissed }, index) => {
		const bytes = facts.earlierPayloads.get(line.payload);
		if (dismissed || bytes === void 0 || payloads.get(line.role) !== line.payload) return;
		if (collected.withdrawn.get(line.keyId)?.has(line.payload) === true) return;
		for (const { keys, roleKeys, people: named } of listening.signers.get(line.role) ?? []) {
			const [key, person] = [keys.get(line.keyId), named.byKey.get(line.keyId)];
			if (key === void 0 || person === void 0 || !roleKeys.keyIds.includes(line.keyId)) continue;
			if ((person.account === null ? void 0 : collected.standings.get(person.account.id))?.state === "CHANGES_REQUESTED" || verifySignature(key, bytes, line.sig) !== "valid") continue;
			people.add(person.name);
			since = Math.min(since, index);
		}
	});
	return {
		people,
		since
	};
}
function approversOf(commit, listening, { standings }) {
	return [...listening.signers.values()].flat().flatMap(({ people }) => [...people.byKey.values()].filter((one) => one.custody)).flatMap(({ name, account }) => {
		const standing = account === null ? void 0 : standings.get(account.id);
		return standing?.state === "APPROVED" && standing.review.commitSha === commit ? [name] : [];
	});
}
function isBetter(one, than) {
	return one.people.size === than.people.size ? one.since < than.since : one.people.size > than.people.size;
}
function signedCommit(facts, base) {
	if (facts.rewritten.size === 0) return null;
	const { headSha } = facts.pull;
	const proposal = readProposal(facts.changes, base);
	const listening = listenTo(facts.changes.keys(), proposal, base);
	const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
	const signedAt = (commit) => supportOf(facts.payloadsAt.get(commit) ?? /* @__PURE__ */ new Map(), facts, listening, collected);
	const at = (commit) => {
		const { people, since } = signedAt(commit);
		const approvers = facts.littered.has(commit) ? [] : approversOf(commit, listening, collected);
		return {
			people: /* @__PURE__ */ new Set([...people, ...approvers]),
			since
		};
	};
	const isReadable = proposal.problems.length === 0;
	let best = {
		commit: headSha,
		support: isReadable ? at(headSha) : signedAt(headSha)
	};
	let isOlder = !isReadable;
	for (const commit of [...facts.payloadsAt.keys()].filter((one) => one !== headSha).reverse()) {
		if (!facts.rewritten.has(commit)) {
			isOlder = false;
			continue;
		}
		const support = at(commit);
		if (support.people.size === 0) continue;
		const isTie = !isBetter(best.support, support) && !isBetter(support, best.support);
		if (isBetter(support, best.support) || isTie && isOlder && best.commit === headSha) best = {
			commit,
			support
		};
	}
	return best.commit === headSha ? null : best.commit;
}
function restorationOf(facts, base) {
	const commit = signedCommit(facts, base);
	if (commit !== null) return {
		commit,
		keep: null
	};
	const own = ownChanges(facts.changes, base);
	const proposal = readProposal(own, base);
	if (own.size === facts.changes.size || proposal.problems.length > 0) return null;
	const { headSha } = facts.pull;
	const listening = listenTo(own.keys(), proposal, base);
	const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
	const { people } = supportOf(facts.payloadsAt.get(headSha) ?? /* @__PURE__ */ new Map(), facts, listening, collected);
	return people.size === 0 ? null : {
		commit: headSha,
		keep: new Set(own.keys())
	};
}

// src/event/decide-gather.ts
function targetsEdit(facts, base) {
	const proposal = readProposal(facts.changes, base);
	const [only, ...more] = proposal.roles;
	if (only === void 0 || more.length > 0 || proposal.root !== null || proposal.problems.length > 0) return null;
	const [role, file] = only;
	const bytes = facts.forkedFrom.get(role);
	const fork = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
	const before = fork?.kind === "accepted" ? fork.value.signed : base.roles.get(role)?.file.signed;
	if (before === void 0) return null;
	return sameButTargets(before, file.signed) ? {
		role,
		before,
		after: file.signed
	} : null;
}
function takenVersions(role, event, facts) {
	const proposed = facts.events.filter((other) => other !== event).flatMap((other) => proposedVersions(other, facts.base).get(role) ?? []);
	return /* @__PURE__ */ new Set([...signedVersions(role, facts), ...proposed]);
}
function holdsEdit(targets, edit) {
	const remove = new Set([...edit.remove].filter((path) => targets.targets.has(path)));
	return stageTargets(targets, {
		...edit,
		remove
	}).changes.length === 0;
}
function continuedIn(role, edit, event, facts) {
	return facts.events.find((one) => {
		const proposed = one === event ? void 0 : readProposal(one.changes, facts.base).roles.get(role);
		if (proposed === void 0 || !holdsEdit(proposed.signed, edit)) return false;
		const { state } = evaluateEvent(one, facts.base, facts.signed, facts.now);
		return state === "waiting" || state === "complete";
	})?.pull.number ?? null;
}
function rebuild(event, status, base, facts) {
	const edit = targetsEdit(event, base);
	if (edit === null) return null;
	const { role, before, after } = edit;
	const taken = takenVersions(role, event, facts);
	const keeps = !status.signed && !taken.has(after.version) && after.version > (base.roles.get(role)?.file.signed.version ?? 0);
	const outcome = outcomeOf(() => {
		const change = editBetween(before, after);
		const listed = base.roles.get(role)?.file.signed.targets;
		const remove = new Set([...change.remove].filter((path) => listed?.has(path)));
		return decidePropose({
			base,
			role,
			edit: {
				...change,
				remove
			},
			whenOpen: "fail",
			nextVersion: false,
			open: [],
			signedVersions: taken,
			now: facts.now
		});
	});
	if (outcome.kind === "refused") return null;
	if (outcome.value.kind !== "open") return {
		kind: "close",
		status,
		reason: "everything that it changes is published already"
	};
	const successor = keeps ? null : continuedIn(role, editBetween(before, after), event, facts);
	if (successor !== null) return {
		kind: "close",
		status,
		reason: `continued in #${String(successor)}`
	};
	const { proposal } = outcome.value;
	const version = keeps ? after.version : freeVersion(base, role, /* @__PURE__ */ new Set([...taken, after.version]));
	const signed = new Map(proposal.signed).set("version", version);
	const branch = keeps ? event.pull.branch : proposalBranch(role, version);
	return {
		kind: "rebuild",
		status,
		proposal: {
			...proposal,
			version,
			branch,
			signed
		}
	};
}
function hasLanded(event, base) {
	const { root, roles, policy } = readProposal(event.changes, base);
	const same = (a, b) => b !== void 0 && payloadDigest(a.payload) === payloadDigest(b.payload);
	const files = (root === null ? 0 : 2) + roles.size;
	return policy === null && event.changes.size === files && (root === null || same(root, base.root)) && [...roles].every(([role, file]) => same(file, base.roles.get(role)?.file));
}
function renewalOf(event, status, facts) {
	return status.state === "outdated" && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
}
function effectOf(event, status, completing, facts) {
	const { base } = facts;
	if (status === completing) return {
		kind: "complete",
		status
	};
	const to = status.state === "complete" ? null : restorationOf(event, base);
	if ((status.state === "invalid" || status.state === "outdated") && base !== null && (event.changes.size > 0 || to === null) && hasLanded(event, base)) return {
		kind: "close",
		status,
		reason: "all that it changes is signed already"
	};
	if (to !== null) return {
		kind: "restore",
		status,
		to
	};
	return renewalOf(event, status, facts) ?? {
		kind: "report",
		status
	};
}
function reopened({ base, events, closed, signed, now }) {
	return closed.flatMap((event) => {
		const status = evaluateEvent(event, base, signed, now);
		if (status.state !== "waiting" && status.state !== "complete" || votersOf(status).length === 0) return [];
		const content = contentOf$1(event.changes, base);
		if (events.some((open) => contentOf$1(open.changes, base) === content)) return [];
		return [{
			kind: "reopen",
			status
		}];
	});
}
function decideGather(facts) {
	const { base, events } = facts;
	const statuses = evaluateEvents(facts);
	const completing = nextToComplete(statuses, events, base);
	const effects = statuses.flatMap((status, index) => {
		const event = events[index];
		return event === void 0 ? [] : [effectOf(event, status, completing, facts)];
	});
	return {
		statuses,
		effects: [...reopened(facts), ...effects]
	};
}

// src/event/reviewers.ts
function reviewersToAsk(status, { facts, requested, viewer, marker }) {
	if (status.state !== "waiting") return [];
	const told = facts.comments.find(({ author, body }) => author.id === viewer && body.includes(marker))?.body ?? "";
	const known = /* @__PURE__ */ new Set([facts.pull.author.id, ...requested.map(({ id }) => id)]);
	const asked = /* @__PURE__ */ new Map();
	for (const { payload, requirements } of status.roles) {
		if (told.includes(payload)) continue;
		for (const account of requirements.filter(({ reached }) => !reached).flatMap(({ awaited }) => awaited)) if (!known.has(account.id)) asked.set(account.id, account);
	}
	return [...asked.values()];
}

// src/event/workflow-names.ts
const ONLINE_ENVIRONMENT = "countersign-online";
function custodyEnvironment(person) {
	return `countersign-${person}`;
}

// src/event/weigh-candidates.ts
function onlyOnce(read) {
	const known = /* @__PURE__ */ new Map();
	return (bytes) => {
		const digest = sha256Hex(bytes);
		const outcome = known.get(digest) ?? outcomeOf(() => read(bytes));
		known.set(digest, outcome);
		return unwrap(outcome);
	};
}
function weigh(candidates, parse, check) {
	const parseOnce = onlyOnce(parse);
	const checkOnce = onlyOnce((bytes) => {
		check(parseOnce(bytes));
	});
	const valid = [];
	const rejected = [];
	for (const { source, bytes, path = null } of candidates) {
		const parsed = outcomeOf(() => parseOnce(bytes));
		const checked = outcomeOf(() => {
			checkOnce(bytes);
		});
		if (parsed.kind === "accepted" && checked.kind === "accepted") {
			valid.push({
				file: parsed.value,
				bytes,
				source,
				path
			});
			continue;
		}
		const refusal = checked.kind === "refused" ? checked.refusal : {
			code: "order",
			where: "",
			detail: ""
		};
		const where = path !== null && refusal.where.startsWith("$") ? `${path} ${refusal.where}` : refusal.where;
		rejected.push({
			source,
			refusal: {
				...refusal,
				where
			},
			file: parsed.kind === "accepted" ? parsed.value : null
		});
	}
	return {
		valid,
		rejected
	};
}
const PUBLISHED_VERSION = /^metadata\/([1-9][0-9]*)\.[^/]+\.json /;
function versionOf$1({ file, refusal }) {
	if (file !== null) return file.signed.version;
	const named = PUBLISHED_VERSION.exec(refusal.where)?.[1];
	return named === void 0 ? null : Number(named);
}
function reportRejected(rejected, chosen, findings) {
	for (const one of rejected) {
		const { source, refusal } = one;
		const version = versionOf$1(one);
		if (source !== "history" && !(chosen !== null && version !== null && version < chosen && source !== "metadata-branch")) findings.push({
			...refusal,
			source
		});
	}
}
function reportOtherBytes(where, chosen, same, findings) {
	for (const { source, path, bytes } of same) {
		if (source !== "live" && source !== "published") continue;
		if (Buffer.compare(bytes, chosen.bytes) === 0) continue;
		findings.push({
			source,
			code: "hash-mismatch",
			where: path ?? where,
			detail: `expected the bytes of ${where} that were published, got another encoding of the same content; they are put back`
		});
	}
}

// src/event/choose-role.ts
function reportEquivocation(name, same, kept, findings) {
	const version = String(same[0]?.file.signed.version);
	const digests = [...new Set(same.map(({ file }) => payloadDigest(file.payload)))];
	const known = kept === null ? null : payloadDigest(kept.file.payload);
	const told = /* @__PURE__ */ new Set();
	for (const { source, file } of same) {
		if (payloadDigest(file.payload) === known || told.has(source)) continue;
		told.add(source);
		const detail = `expected one content, got ${digests.map((one) => `sha256:${one}`).join(" and ")}, all validly signed; ${known === null ? "none of them is taken" : `the published one, sha256:${known}, is kept`}`;
		findings.push({
			source,
			code: "equivocation",
			where: `${name}@${version}`,
			detail
		});
	}
}
function reportOldContents(name, counting, chosen, findings) {
	const byVersion = /* @__PURE__ */ new Map();
	for (const one of counting) {
		const { version } = one.file.signed;
		if (version >= chosen) continue;
		const same = byVersion.get(version) ?? [];
		if (same.every(({ bytes }) => Buffer.compare(bytes, one.bytes) !== 0)) byVersion.set(version, [...same, one]);
	}
	for (const same of byVersion.values()) {
		const contents = new Set(same.map(({ file }) => payloadDigest(file.payload)));
		const known = same.find(({ source }) => source === "live") ?? same[0] ?? null;
		if (contents.size > 1) reportEquivocation(name, same, known, findings);
	}
}
function chooseRole(name, valid, published, lowest, findings) {
	const counting = valid.filter(({ file }) => file.signed.version >= lowest);
	const leftOut = [];
	const versions = [...new Set(counting.map(({ file }) => file.signed.version))].sort((a, b) => b - a);
	for (const version of versions) {
		if (leftOut.length > 0 && version !== published?.version) continue;
		const same = counting.filter(({ file }) => file.signed.version === version);
		const listed = version === published?.version ? same.find(({ bytes }) => sha256Hex(bytes) === published.sha256) : void 0;
		const contents = same.length === 1 ? 1 : new Set(same.map(({ file }) => payloadDigest(file.payload))).size;
		const best = listed ?? (contents === 1 ? same[0] : void 0);
		if (contents > 1) reportEquivocation(name, same, best ?? null, findings);
		if (best === void 0) {
			leftOut.push(...same);
			continue;
		}
		if (listed !== void 0 && same.length > 1) {
			const content = payloadDigest(listed.file.payload);
			const alike = same.filter(({ file }) => contents === 1 || payloadDigest(file.payload) === content);
			reportOtherBytes(`${name}@${String(version)}`, listed, alike, findings);
		}
		reportOldContents(name, counting, version, findings);
		return {
			best,
			leftOut
		};
	}
	const [below] = valid.filter(({ source }) => source !== "history");
	if (counting.length === 0 && below !== void 0) {
		const { version } = below.file.signed;
		const detail = `expected version ${String(lowest)} or later, since what was published before does not count again`;
		findings.push({
			source: below.source,
			code: "rollback",
			where: `${name}@${String(version)}`,
			detail
		});
	}
	return {
		best: null,
		leftOut
	};
}

// src/tuf/online.ts
const SUFFIX = ".json";
function entryAt(file, value, at) {
	if (!file.endsWith(SUFFIX)) throw new CountersignError("meta-invalid", at, `expected a name ending in .json, got ${quote(file)}`);
	const name = file.slice(0, -5);
	const listed = parseMetaFile(asObject(value, at), at);
	if (name === "root") return null;
	return {
		role: parseTargetsRoleName(name, at),
		listed
	};
}
function parseEntry(file, value, path) {
	try {
		return entryAt(file, value, "");
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return entryAt(file, value, jsonPath(path, file));
	}
}
function parseSnapshotSigned(raw, where) {
	const header = parseSignedHeader(raw, "snapshot", where);
	const path = jsonPath(where, "meta");
	const meta = /* @__PURE__ */ new Map();
	for (const [file, value] of objectField(raw, "meta", where)) {
		const entry = parseEntry(file, value, path);
		if (entry !== null) meta.set(entry.role, entry.listed);
	}
	if (!meta.has("targets")) throw new CountersignError("meta-invalid", path, "expected \"targets.json\", got no such entry");
	return {
		kind: "snapshot",
		...header,
		meta,
		binding: parseBinding(raw, where)
	};
}
function parseTimestampSigned(raw, where) {
	const header = parseSignedHeader(raw, "timestamp", where);
	const path = jsonPath(where, "meta");
	const meta = objectField(raw, "meta", where);
	const entry = meta.get("snapshot.json");
	if (meta.size > 1 || entry === void 0) throw new CountersignError("meta-invalid", path, "expected \"snapshot.json\" and nothing else");
	const at = jsonPath(path, "snapshot.json");
	return {
		kind: "timestamp",
		...header,
		snapshot: parseMetaFile(asObject(entry, at), at),
		binding: parseBinding(raw, where)
	};
}
function parseSnapshot(bytes) {
	return parseMetadata(bytes, parseSnapshotSigned);
}
function parseTimestamp(bytes) {
	return parseMetadata(bytes, parseTimestampSigned);
}

// src/tuf/plan-online.ts
function listFile(version, bytes) {
	return {
		version,
		length: bytes.length,
		sha256: sha256Hex(bytes)
	};
}
function metaObject(file) {
	return jsonObject({
		version: file.version,
		length: file.length,
		hashes: jsonObject({ sha256: file.sha256 })
	});
}
function nextVersion(current) {
	if (current === Number.MAX_SAFE_INTEGER) throw new CountersignError("version-exhausted", "version", "expected a version that can grow; rotate the key to recover (TUF §5.3.11)");
	return parseVersion((current ?? 0) + 1, "version");
}
function isDiscardedUnder(root, role, old) {
	return !countSignatures({
		payload: old.payload,
		signatures: old.signatures,
		keys: root.keys,
		role: root.roles[role]
	}).reached;
}
function requireNoRollback(role, was, now) {
	if (now === void 0) throw new CountersignError("rollback", role, "expected this role in the snapshot: entries never vanish unless the snapshot key is rotated");
	if (now.version < was.version) throw new CountersignError("rollback", role, `expected at least version ${String(was.version)}, got ${String(now.version)}`);
	const listed = was.hashes?.get("sha256");
	if (now.version === was.version && listed !== void 0 && listed !== now.sha256) throw new CountersignError("equivocation", role, `expected the published bytes of version ${String(was.version)}, got others`);
}
function planSnapshot(previous, root, files) {
	const recovering = previous !== null && isDiscardedUnder(root, "snapshot", previous);
	const meta = /* @__PURE__ */ new Map();
	const all = new Map(files);
	for (const [role, was] of previous?.signed.meta ?? []) {
		if (recovering) continue;
		const listed = was.hashes?.get("sha256");
		if (!all.has(role) && was.length !== null && listed !== void 0) all.set(role, {
			version: was.version,
			length: was.length,
			sha256: listed
		});
		requireNoRollback(role, was, all.get(role));
	}
	for (const role of [...all.keys()].sort()) {
		const file = all.get(role);
		if (file !== void 0) meta.set(`${role}.json`, metaObject(file));
	}
	return {
		version: nextVersion(previous?.signed.version ?? null),
		meta
	};
}
function sameMeta(snapshot, plan) {
	if (snapshot.meta.size !== plan.meta.size) return false;
	for (const [role, entry] of snapshot.meta) {
		const planned = plan.meta.get(`${role}.json`);
		if (!(planned instanceof Map)) return false;
		const hashes = planned.get("hashes");
		const sha256 = hashes instanceof Map ? hashes.get("sha256") : void 0;
		if (planned.get("version") !== entry.version || entry.hashes?.get("sha256") !== sha256) return false;
	}
	return true;
}
function planTimestamp(previous, root, snapshot) {
	if (previous !== null && snapshot.version < previous.signed.snapshot.version && !isDiscardedUnder(root, "timestamp", previous)) throw new CountersignError("rollback", "snapshot", `expected at least version ${String(previous.signed.snapshot.version)}, got ${String(snapshot.version)}; rotate the timestamp key to recover`);
	return {
		version: nextVersion(previous?.signed.version ?? null),
		snapshot: metaObject(snapshot)
	};
}
function isDue(expires, now, renewSeconds) {
	return expires - now <= renewSeconds;
}

// src/event/vouched.ts
function vouchedFor(repository, role, all, roots, parse) {
	const parsed = all.flatMap((bytes) => {
		const outcome = outcomeOf(() => parse(bytes));
		if (outcome.kind === "refused" || outcome.value.signed.binding?.repository !== repository) return [];
		return [{
			file: outcome.value,
			bytes
		}];
	});
	const by = (some) => parsed.filter(({ file }) => some.some((root) => !isDiscardedUnder(root, role, file)));
	const newest = by(roots.slice(-1));
	return newest.length > 0 ? {
		files: newest,
		by: "newest"
	} : {
		files: by(roots),
		by: "earlier"
	};
}
function latestOf(files) {
	return files.reduce((best, one) => best !== null && best.file.signed.version >= one.file.signed.version ? best : one, null);
}

// src/event/published-roles.ts
const NOTHING_PUBLISHED = {
	listed: /* @__PURE__ */ new Map(),
	floors: /* @__PURE__ */ new Map()
};
function publishedRoles(repository, snapshots, roots) {
	const { files, by } = vouchedFor(repository, "snapshot", snapshots, roots, parseSnapshot);
	const listed = /* @__PURE__ */ new Map();
	for (const [role, { version, hashes }] of latestOf(files)?.file.signed.meta ?? []) listed.set(role, {
		version,
		sha256: hashes?.get("sha256") ?? null
	});
	const floors = /* @__PURE__ */ new Map();
	for (const { file } of by === "newest" ? files : []) for (const [role, { version }] of file.signed.meta) if (version > (floors.get(role) ?? 0)) floors.set(role, version);
	return {
		listed,
		floors
	};
}

// src/tuf/trusted-set.ts
function nameAt(role, metadata) {
	return `${role}@${String(metadata.signed.version)}`;
}
function requireTopLevel(root, role, file) {
	requireThreshold({
		payload: file.payload,
		signatures: file.signatures,
		keys: root.keys,
		role: root.roles[role]
	}, nameAt(role, file));
}
function requireUnexpired(role, file, time, code) {
	if (file.signed.expires <= time) throw new CountersignError(code, nameAt(role, file), `expected an expiry after ${encodeInstant(time)}, got ${encodeInstant(file.signed.expires)}`);
}
function trustInitialRoot(bytes, time) {
	return outcomeOf(() => {
		const root = parseRootAs("client", bytes);
		requireTopLevel(root.signed, "root", root);
		requireRootBinding(root.signed, root);
		return {
			time,
			root,
			rootIsFinal: false,
			timestamp: null,
			snapshot: null,
			targets: /* @__PURE__ */ new Map()
		};
	});
}
function requireRootBinding(anchor, root) {
	requireBinding(anchor.binding, root.signed.binding, "root", nameAt("root", root));
}
function requireRootTransition(current, next) {
	requireTopLevel(current.signed, "root", next);
	if (next.signed.version !== current.signed.version + 1) throw new CountersignError("rollback", nameAt("root", next), `expected version ${String(current.signed.version + 1)}`);
	requireTopLevel(next.signed, "root", next);
	requireRootBinding(current.signed, next);
}
function updateRoot(set, bytes) {
	return outcomeOf(() => {
		if (set.rootIsFinal) throw new CountersignError("order", "root", "expected roots before all other files");
		const root = parseRootAs("client", bytes);
		requireRootTransition(set.root, root);
		return {
			...set,
			root
		};
	});
}
function finishRoot(set) {
	return outcomeOf(() => {
		requireUnexpired("root", set.root, set.time, "expired");
		return {
			...set,
			rootIsFinal: true
		};
	});
}
function updateTimestamp(set, bytes) {
	return outcomeOf(() => {
		if (!set.rootIsFinal) throw new CountersignError("order", "timestamp", "expected the final root first");
		if (set.snapshot !== null) throw new CountersignError("order", "timestamp", "expected the timestamp before the snapshot");
		const timestamp = parseTimestamp(bytes);
		requireTopLevel(set.root.signed, "timestamp", timestamp);
		requireBinding(set.root.signed.binding, timestamp.signed.binding, "timestamp", nameAt("timestamp", timestamp));
		const old = set.timestamp?.signed;
		if (old !== void 0) {
			const where = nameAt("timestamp", timestamp);
			if (timestamp.signed.version < old.version) throw new CountersignError("rollback", where, `expected at least version ${String(old.version)}`);
			if (timestamp.signed.version === old.version) return {
				set,
				unchanged: true
			};
			if (timestamp.signed.snapshot.version < old.snapshot.version) throw new CountersignError("rollback", where, `expected at least snapshot version ${String(old.snapshot.version)}, got ${String(timestamp.signed.snapshot.version)}`);
		}
		return {
			set: {
				...set,
				timestamp
			},
			unchanged: false
		};
	});
}
function finishTimestamp(set) {
	return outcomeOf(() => {
		requireFreshTimestamp(set);
		return set;
	});
}
function requireFreshTimestamp(set) {
	if (set.timestamp === null) throw new CountersignError("order", "snapshot", "expected a timestamp first");
	requireUnexpired("timestamp", set.timestamp, set.time, "freeze");
	return set.timestamp;
}
function requireNoEntryRollback(old, snapshot) {
	const where = nameAt("snapshot", snapshot);
	for (const [role, entry] of old.meta) {
		const now = snapshot.signed.meta.get(role);
		if (now === void 0) throw new CountersignError("rollback", where, `expected an entry for ${quote(role)}, got none`);
		if (now.version < entry.version) throw new CountersignError("rollback", where, `expected ${quote(role)} at version ${String(entry.version)} or later, got ${String(now.version)}`);
	}
}
function updateSnapshot(set, bytes, origin) {
	return outcomeOf(() => {
		const timestamp = requireFreshTimestamp(set);
		if (set.targets.size > 0) throw new CountersignError("order", "snapshot", "expected the snapshot before targets");
		if (origin === "remote") requireLengthAndHashes(bytes, timestamp.signed.snapshot, "snapshot");
		const snapshot = parseSnapshot(bytes);
		requireTopLevel(set.root.signed, "snapshot", snapshot);
		requireBinding(set.root.signed.binding, snapshot.signed.binding, "snapshot", nameAt("snapshot", snapshot));
		if (set.snapshot !== null) requireNoEntryRollback(set.snapshot.signed, snapshot);
		const next = {
			...set,
			snapshot
		};
		if (origin === "remote") requireFinalSnapshot(next);
		return next;
	});
}
function requireFinalSnapshot(set) {
	const timestamp = requireFreshTimestamp(set);
	if (set.snapshot === null) throw new CountersignError("order", "targets", "expected a snapshot first");
	if (set.snapshot.signed.version !== timestamp.signed.snapshot.version) throw new CountersignError("mix-and-match", nameAt("snapshot", set.snapshot), `expected version ${String(timestamp.signed.snapshot.version)}`);
	requireUnexpired("snapshot", set.snapshot, set.time, "freeze");
	return set.snapshot.signed;
}
function updateTargets(set, role, delegator, bytes) {
	return outcomeOf(() => {
		const entry = requireFinalSnapshot(set).meta.get(role);
		if (entry === void 0) throw new CountersignError("not-in-snapshot", role, "expected an entry in the snapshot, got none");
		requireLengthAndHashes(bytes, entry, role);
		const file = parseTargetsAs("client", bytes);
		const where = nameAt(role, file);
		requireThreshold({
			payload: file.payload,
			signatures: file.signatures,
			...keysFor(set, role, delegator)
		}, where);
		if (file.signed.version !== entry.version) throw new CountersignError("mix-and-match", where, `expected version ${String(entry.version)}, as the snapshot says`);
		requireBinding(set.root.signed.binding, file.signed.binding, role, where);
		requireUnexpired(role, file, set.time, "expired");
		return {
			...set,
			targets: new Map(set.targets).set(role, file)
		};
	});
}
function keysFor(set, role, delegator) {
	if (delegator === "root") {
		if (role !== "targets") throw new CountersignError("role-unknown", role, "expected a delegator, got the root");
		return {
			keys: set.root.signed.keys,
			role: set.root.signed.roles.targets
		};
	}
	const delegations = set.targets.get(delegator)?.signed.delegations ?? null;
	const role_ = delegations === null ? null : delegatedKeys(delegations, role);
	if (delegations === null || role_ === null) throw new CountersignError("role-unknown", role, `expected ${quote(delegator)} to delegate this role, got no such delegation`);
	return {
		keys: delegations.keys,
		role: role_
	};
}

// src/event/root-chain.ts
function requireEveryKey(root) {
	const { keys, roles } = root.signed;
	const role = {
		keyIds: roles.root.keyIds,
		threshold: parseThreshold(Math.max(roles.root.keyIds.length, roles.root.threshold), "root")
	};
	requireThreshold({
		payload: root.payload,
		signatures: root.signatures,
		keys,
		role
	}, "root@1");
}
function requireFirstRoot(root, anchor) {
	const digest = payloadDigest(root.payload);
	if (anchor !== null && digest !== anchor) throw new CountersignError("anchor-mismatch", "root@1", `expected the root that is pinned, sha256:${anchor}, got sha256:${digest}`);
	if (anchor === null) requireEveryKey(root);
	else requireThreshold({
		payload: root.payload,
		signatures: root.signatures,
		keys: root.signed.keys,
		role: root.signed.roles.root
	}, "root@1");
}
function theOneThatClientsHave(version, valid, findings) {
	const digest = ({ file }) => payloadDigest(file.payload);
	const all = new Set(valid.map(digest));
	if (all.size <= 1) return valid;
	const where = `root@${String(version)}`;
	for (const source of version === 1 ? ["live"] : ["live", "published"]) {
		const [held, ...others] = new Set(valid.filter((one) => one.source === source).map(digest));
		if (held === void 0 || others.length > 0) continue;
		for (const one of valid.filter((other) => digest(other) !== held)) {
			const detail = `expected the content that clients have, sha256:${held}, got sha256:${digest(one)}, validly signed too`;
			findings.push({
				source: one.source,
				code: "equivocation",
				where,
				detail
			});
		}
		return valid.filter((one) => digest(one) === held);
	}
	throw new CountersignError("equivocation", where, `expected one content, got ${[...all].map((one) => `sha256:${one}`).join(" and ")}, both validly signed`);
}
function shortest(valid) {
	const [first] = [...valid].sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
	return first ?? null;
}
function reportUnreached(end, byVersion, findings) {
	for (const [version, roots] of byVersion) {
		const source = roots.find((one) => one.source !== "history")?.source;
		if (version <= end || source === void 0) continue;
		findings.push({
			source,
			code: "rollback",
			where: `root@${String(version)}`,
			detail: `expected version ${String(end)} before it, got none that verifies`
		});
	}
}
function rootChain(candidates, anchor, findings) {
	const parse = onlyOnce(parseRoot);
	const { valid: parsed, rejected } = weigh(candidates, parse, () => void 0);
	reportRejected(rejected, null, findings);
	const byVersion = /* @__PURE__ */ new Map();
	for (const { file, source, bytes, path } of parsed) {
		const { version } = file.signed;
		byVersion.set(version, [...byVersion.get(version) ?? [], {
			source,
			bytes,
			...path === null ? {} : { path }
		}]);
	}
	const chain = [];
	const verified = [];
	for (let version = 1;; version++) {
		const previous = chain.at(-1);
		const weighed = weigh(byVersion.get(version) ?? [], parse, (file) => {
			if (previous === void 0) requireFirstRoot(file, anchor);
			else requireRootTransition(previous.file, file);
		});
		reportRejected(weighed.rejected, null, findings);
		const valid = theOneThatClientsHave(version, weighed.valid, findings);
		const next = shortest(valid);
		if (next === null) {
			reportUnreached(version, byVersion, findings);
			return {
				chain,
				verified
			};
		}
		reportOtherBytes(`root@${String(version)}`, next, valid, findings);
		chain.push(next);
		verified.push(...valid);
	}
}

// src/event/base.ts
function delegatedNames$1(delegations, known) {
	if (delegations.kind === "roles") return delegations.roles.map((role) => role.name);
	return [...known].filter((name) => isBinName(delegations.succinct, name));
}
function publishedNames({ listed }, candidates) {
	const names = /* @__PURE__ */ new Set([TARGETS$1]);
	for (const name of names) {
		const published = listed.get(name);
		const bytes = (candidates.get(name) ?? []).find((one) => sha256Hex(one.bytes) === published?.sha256)?.bytes;
		const parsed = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
		if (parsed?.kind !== "accepted") {
			if (published !== void 0) return null;
			continue;
		}
		const { delegations } = parsed.value.signed;
		if (delegations !== null) for (const child of delegatedNames$1(delegations, candidates.keys())) names.add(child);
	}
	return names;
}
var RoleFinder = class {
	roles = /* @__PURE__ */ new Map();
	leftOut = /* @__PURE__ */ new Map();
	#candidates;
	#published;
	#named;
	#root;
	#findings;
	#parse = onlyOnce(parseTargets);
	constructor(candidates, published, root, findings) {
		this.#candidates = candidates;
		this.#published = published;
		this.#named = publishedNames(published, candidates.roles);
		this.#root = root;
		this.#findings = findings;
	}
	#lowest(name) {
		const floor = this.#published.floors.get(name) ?? 0;
		return floor > 0 && this.#named?.has(name) === false ? floor + 1 : floor;
	}
	visit(name, delegator) {
		if (this.roles.has(name)) return;
		const published = this.#published.listed.get(name);
		const { valid, rejected } = weigh(this.#candidates.roles.get(name) ?? [], this.#parse, (file) => {
			const { version, binding } = file.signed;
			const where = `${name}@${String(version)}`;
			requireThreshold({
				payload: file.payload,
				signatures: file.signatures,
				keys: delegator.keys,
				role: delegator.role
			}, where);
			requireBinding(this.#root.binding, binding, name, where);
			requireCounts(delegator.signed, name, version);
			if (this.#published.listed.size > 0) requireStep(name, version, Math.max(published?.version ?? 0, countsFrom(delegator.signed, name)));
		});
		const { best, leftOut } = chooseRole(name, valid, published, this.#lowest(name), this.#findings);
		const version = best?.file.signed.version ?? null;
		reportRejected(rejected, version, this.#findings);
		const tooFar = rejected.flatMap(({ refusal, file }) => refusal.code === "fast-forward" && file !== null ? [file] : []);
		const spent = [...leftOut.map(({ file }) => file), ...tooFar];
		if (spent.length > 0) this.leftOut.set(name, spent);
		if (best === null) {
			this.#findings.push({
				source: "metadata-branch",
				code: "role-missing",
				where: name,
				detail: `expected a file that verifies as ${delegator.name} delegates it, got none`
			});
			return;
		}
		reportBelowFloor(name, best.file.signed.version, valid, this.#findings);
		this.roles.set(name, {
			file: best.file,
			bytes: best.bytes,
			delegator: delegator.name
		});
		this.#visitDelegated(name, best.file.signed);
	}
	#visitDelegated(name, signed) {
		const { delegations } = signed;
		if (delegations === null) return;
		for (const child of delegatedNames$1(delegations, this.#candidates.roles.keys())) {
			const role = delegations.kind === "roles" ? delegations.roles.find((one) => one.name === child) : delegations.succinct;
			if (role !== void 0) this.visit(child, {
				name,
				signed,
				keys: delegations.keys,
				role
			});
		}
	}
};
function distinct(findings) {
	return [...new Map(findings.map((one) => [JSON.stringify([
		one.source,
		one.code,
		one.where,
		one.detail
	]), one])).values()];
}
function computeBase(candidates, anchor) {
	const findings = [];
	const { chain: roots, verified } = rootChain(candidates.roots, anchor, findings);
	reportBelowFloor("root", roots.length, verified, findings);
	const root = roots.at(-1)?.file;
	if (root === void 0) return {
		base: null,
		findings: distinct(findings)
	};
	const { binding } = root.signed;
	if (binding === null) throw new CountersignError("base-missing", "root", "expected a root made by Countersign, got one without x-countersign");
	const published = candidates.snapshots === void 0 ? NOTHING_PUBLISHED : publishedRoles(binding.repository, candidates.snapshots, roots.map(({ file }) => file.signed));
	const finder = new RoleFinder(candidates, published, root.signed, findings);
	finder.visit(TARGETS$1, {
		name: "root",
		signed: root.signed,
		keys: root.signed.keys,
		role: root.signed.roles.targets
	});
	const { roles, leftOut } = finder;
	return {
		base: {
			repository: binding.repository,
			roots,
			root,
			roles,
			floors: published.floors,
			leftOut
		},
		findings: distinct(findings)
	};
}
function reportBelowFloor(name, floor, valid, findings) {
	const heads = valid.flatMap(({ source, file }) => source === "metadata-branch" ? [file.signed.version] : []);
	const head = Math.max(...heads);
	if (heads.length === 0 || head >= floor) return;
	findings.push({
		source: "metadata-branch",
		code: "rollback",
		where: `${name}@${String(head)}`,
		detail: `expected version ${String(floor)}, which is verified elsewhere; it is built upon as if the branch had it`
	});
}

// src/event/signed-elsewhere.ts
function rolesOf({ changes, payloadsAt }) {
	const roles = new Set(rolesAmong(changes.keys()));
	for (const digests of payloadsAt.values()) for (const role of digests.keys()) roles.add(role);
	return roles;
}
function signedElsewhere(events, base) {
	const all = /* @__PURE__ */ new Map();
	if (base === null) return all;
	for (const { facts, state } of events) {
		const proposal = readProposal(facts.changes, base);
		const listening = listenTo(facts.changes.keys(), proposal, base);
		const { posted } = collectCountersignatures(facts, listening, proposedFiles(proposal));
		const lines = posted.map(({ line }) => line);
		for (const role of rolesOf(facts)) {
			const signers = signersOf(base, role);
			if (signers === null) continue;
			const found = signedContents({
				role,
				repository: base.repository,
				signers: [signers],
				lines,
				payloads: facts.earlierPayloads
			}).map((one) => ({
				...one,
				number: facts.pull.number,
				state
			}));
			all.set(role, [...all.get(role) ?? [], ...found]);
		}
	}
	return all;
}

// src/event/ended.ts
function signedVersion(base, role) {
	if (role === "root") return base.root.signed.version;
	return ([...base.roles].find(([name]) => name === role)?.[1].file)?.signed.version ?? (signersOf(base, role) === null ? null : 0);
}
function isAbove(base, role, version) {
	return version > (signedVersion(base, role) ?? Infinity);
}
function proposesAbove(base, role, bytes) {
	const outcome = outcomeOf(() => integerField(objectField(asObject(parseJson(bytes), "$"), "signed", "$"), "version", "$"));
	return outcome.kind === "accepted" && isAbove(base, role, outcome.value);
}
function mayBeSigned(reviews, base) {
	return reviews.some(({ body }) => {
		const outcome = parseCountersignatures(body);
		return outcome.kind === "accepted" && outcome.value.some(({ role, version }) => isAbove(base, role, version));
	});
}

// src/commands/read-event.ts
const PAYLOAD_HISTORY = 30;
const MAX_REVIEWED_COMMITS = 30;
function roleOfPath(path) {
	const what = classifyPath(path);
	if (what.kind === "root") return "root";
	return what.kind === "role" ? what.role : null;
}
function changedEntries(fork, head) {
	const changed = /* @__PURE__ */ new Map();
	for (const [path, entry] of head) {
		const before = fork.get(path);
		if (before?.id !== entry.id || before.kind !== entry.kind) changed.set(path, entry);
	}
	for (const path of fork.keys()) if (!head.has(path)) changed.set(path, null);
	return changed;
}
function withoutMerged({ mergedPolicies }, changed) {
	const policy = changed.get("countersign.yaml") ?? null;
	if (policy?.kind !== "file" || !mergedPolicies.has(policy.id)) return changed;
	return new Map([...changed].filter(([path]) => path !== POLICY_PATH));
}
function delegatedBy(bytes) {
	const outcome = outcomeOf(() => parseTargets(bytes).signed.delegations);
	return outcome.kind === "accepted" && outcome.value?.kind === "roles" ? outcome.value.roles.map(({ name }) => name) : [];
}
function claimedPaths(base) {
	const next = parseVersion((base?.roots.length ?? 0) + 1, "root");
	const roles = /* @__PURE__ */ new Set([TARGETS$1]);
	for (const { file } of base?.roles.values() ?? []) {
		const { delegations } = file.signed;
		if (delegations?.kind === "roles") for (const { name } of delegations.roles) roles.add(name);
	}
	const files = baseFiles(base);
	const own = [
		EVENT_PATH,
		"metadata/root.json",
		rootHistoryPath(next),
		...base === null ? [POLICY_PATH] : []
	];
	return {
		paths: /* @__PURE__ */ new Set([...files.keys(), ...own]),
		roles
	};
}
async function readChanges({ forge, base }, changed) {
	const changes = new Map([...changed.keys()].map((path) => [path, null]));
	const { paths, roles } = claimedPaths(base);
	const isBin = (role) => base !== null && signersOf(base, role) !== null;
	const wanted = new Set(roles);
	const waiting = new Map([...changed].filter(([, entry]) => entry?.kind === "file"));
	for (;;) {
		const ready = [...waiting].filter(([path]) => {
			const role = roleOfPath(path);
			return paths.has(path) || role !== null && role !== "root" && (wanted.has(role) || isBin(role));
		});
		if (ready.length === 0) return changes;
		const ids = new Set(ready.flatMap(([, entry]) => entry === null ? [] : [entry.id]));
		const blobs = await forge.blobs([...ids]);
		for (const [path, entry] of ready) {
			waiting.delete(path);
			const bytes = entry === null ? void 0 : blobs.get(entry.id);
			if (bytes === void 0) continue;
			changes.set(path, bytes);
			if (classifyPath(path).kind === "role" && waiting.size > 0) for (const name of delegatedBy(bytes)) wanted.add(name);
		}
	}
}
function signedAs(role, bytes, base) {
	const signers = signersOf(base, role);
	if (signers === null) return null;
	const outcome = outcomeOf(() => {
		const file = parseTargets(bytes);
		requireThreshold({
			payload: file.payload,
			signatures: file.signatures,
			keys: signers.keys,
			role: signers.roleKeys
		}, role);
		return file;
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}
async function readFork({ forge, base }, fork, role, bytes) {
	const known = base?.roles.get(role);
	if (base === null || known === void 0) return bytes;
	if (bytes !== null && (Buffer.compare(bytes, known.bytes) === 0 || signedAs(role, bytes, base) !== null)) return bytes;
	const [last] = [...(await forge.blobs(fork === null ? [] : await forge.history(fork, rolePath(role), PAYLOAD_HISTORY))).values()].flatMap((one) => {
		const file = signedAs(role, one, base);
		return file === null ? [] : [{
			bytes: one,
			version: file.signed.version
		}];
	}).sort((a, b) => b.version - a.version);
	return last?.bytes ?? encodeMetadata(new Map(known.file.signed.raw).set("targets", /* @__PURE__ */ new Map()), []);
}
async function readForks(context, fork, forkTree, paths) {
	const forkedFrom = /* @__PURE__ */ new Map();
	const entries = paths.flatMap((path) => {
		const [what, entry] = [classifyPath(path), forkTree.get(path)];
		return what.kind === "role" ? [{
			role: what.role,
			id: entry?.kind === "file" ? entry.id : null
		}] : [];
	});
	const blobs = await context.forge.blobs(entries.flatMap(({ id }) => id ?? []));
	for (const { role, id } of entries) {
		const bytes = await readFork(context, fork, role, id === null ? null : blobs.get(id) ?? null);
		if (bytes !== null) forkedFrom.set(role, bytes);
	}
	return forkedFrom;
}
async function changedAt(context, commit) {
	const { forge, metadataHead } = context;
	const tree = (await forge.trees([commit])).get(commit);
	if (tree === void 0) return null;
	const fork = await forge.mergeBase(metadataHead, commit);
	return withoutMerged(context, changedEntries(fork === null ? /* @__PURE__ */ new Map() : await forge.tree(fork), tree));
}
async function readReviewed(context, commit, roles) {
	const changed = await changedAt(context, commit);
	if (changed === null) return null;
	const wanted = [...changed].flatMap(([path, entry]) => {
		const role = roleOfPath(path);
		return entry?.kind === "file" && role !== null && roles.has(role) ? [[role, entry.id]] : [];
	});
	const blobs = await context.forge.blobs(wanted.map(([, id]) => id));
	const payloads = /* @__PURE__ */ new Map();
	for (const [role, id] of wanted) {
		const payload = payloadOf$1(blobs.get(id) ?? /* @__PURE__ */ new Uint8Array());
		if (payload !== null) payloads.set(role, payload);
	}
	return {
		changed,
		payloads
	};
}
function isRewritten(a, b) {
	const idsOf = (changed) => [...changed].filter(([path]) => path !== EVENT_PATH).map(([path, entry]) => `${path}\n${entry?.id ?? ""}`).sort().join("\n");
	return idsOf(a) !== idsOf(b);
}
function isLittered(changed, base) {
	return [...changed].some(([path, entry]) => entry === null ? !path.startsWith("metadata/") : entry.kind !== "file" || !mayHold(path, base));
}
function reviewedCommits(reviews, people) {
	const commits = reviews.flatMap(({ author, commitSha }) => commitSha === null || !people.has(author.id) ? [] : [commitSha]);
	return [...new Set(commits.reverse())].slice(0, MAX_REVIEWED_COMMITS);
}
function digestsOf(payloads) {
	return new Map([...payloads].map(([role, payload]) => [role, payloadDigest(payload)]));
}
async function payloadHistory(forge, head, paths) {
	const payloads = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const blobs = await forge.blobs(await forge.history(head, path, PAYLOAD_HISTORY));
		for (const bytes of blobs.values()) {
			const payload = payloadOf$1(bytes);
			if (payload !== null) payloads.set(payloadDigest(payload), payload);
		}
	}
	return payloads;
}
async function readEvent(context, pull, carriers = "all") {
	const { forge, metadataHead, base } = context;
	const { number, headSha, author, url, head: branch } = pull;
	const forkSha = await forge.mergeBase(metadataHead, headSha);
	const forkTree = forkSha === null ? /* @__PURE__ */ new Map() : await forge.tree(forkSha);
	const headTree = await forge.tree(headSha);
	const changed = withoutMerged(context, changedEntries(forkTree, headTree));
	const changes = withoutBase(await readChanges(context, changed), headTree, base);
	const paths = [...changes.keys()].filter((path) => roleOfPath(path) !== null && changes.get(path) !== null);
	const forkedFrom = await readForks(context, forkSha, forkTree, paths);
	const proposal = readProposal(changes, base);
	const listening = listenTo(changes.keys(), proposal, base);
	const reviews = await forge.reviews(number, [...listening.people.values(), ...context.automation]);
	const comments = carriers === "reviews" ? [] : await forge.comments(number);
	const roles = /* @__PURE__ */ new Set([...listening.signers.keys(), ...rolesAmong(changes.keys())]);
	const payloadsAt = /* @__PURE__ */ new Map();
	const earlierPayloads = await payloadHistory(forge, headSha, paths);
	const rewritten = /* @__PURE__ */ new Set();
	const littered = /* @__PURE__ */ new Set();
	for (const commit of [headSha, ...reviewedCommits(reviews, listening.people)]) {
		if (payloadsAt.has(commit)) continue;
		const reviewed = await readReviewed(context, commit, roles);
		if (reviewed === null) continue;
		payloadsAt.set(commit, digestsOf(reviewed.payloads));
		for (const payload of reviewed.payloads.values()) earlierPayloads.set(payloadDigest(payload), payload);
		if (isRewritten(reviewed.changed, changed)) rewritten.add(commit);
		if (isLittered(reviewed.changed, base)) littered.add(commit);
	}
	const automation = new Set(context.automation.map(({ id }) => id));
	const writers = /* @__PURE__ */ new Set();
	for (const account of carriersToAsk({
		reviews,
		comments,
		automation
	}, listening, proposedFiles(proposal))) if (await forge.mayWrite(account)) writers.add(account.id);
	return {
		pull: {
			number,
			headSha,
			author,
			url,
			branch
		},
		changes,
		forkedFrom,
		reviews,
		comments,
		automation,
		writers,
		payloadsAt,
		rewritten,
		littered,
		earlierPayloads
	};
}
async function changesAt(context, commit) {
	const changed = await changedAt(context, commit);
	if (changed === null) throw new CountersignError("event-invalid", commit, "expected the commit that was signed, got none");
	return new Map([...changed].map(([path, entry]) => [path, entry?.id ?? null]));
}

// src/commands/read-ended.ts
const MAX_CLOSED = 100;
const MAX_MERGED = 10;
const MAX_REWRITTEN = 3;
function mergedLately(ended) {
	return ended.filter(({ state }) => state === "merged").slice(0, MAX_MERGED);
}
function roleFiles(tree) {
	return [...tree].flatMap(([path, { kind, id }]) => {
		const what = classifyPath(path);
		if (kind !== "file" || what.kind !== "root" && what.kind !== "role") return [];
		return [{
			role: what.kind === "root" ? "root" : what.role,
			id
		}];
	});
}
async function candidates({ forge, metadataHead }, base, closed, merged) {
	const ended = [...closed, ...merged];
	const trees = await forge.trees([...new Set(ended.map(({ headSha }) => headSha))]);
	const known = new Set([...(await forge.tree(metadataHead)).values()].map(({ id }) => id));
	const files = new Map([...trees].map(([commit, tree]) => [commit, roleFiles(tree).filter(({ id }) => !known.has(id))]));
	const ids = new Set([...files.values()].flat().flatMap(({ role, id }) => signedVersion(base, role) === null ? [] : [id]));
	const blobs = await forge.blobs([...ids]);
	const newest = new Set(closed.slice(0, MAX_REWRITTEN).map(({ number }) => number));
	const isAbove = ({ headSha }) => (files.get(headSha) ?? []).some(({ role, id }) => proposesAbove(base, role, blobs.get(id) ?? /* @__PURE__ */ new Uint8Array()));
	return ended.filter((pull) => newest.has(pull.number) || isAbove(pull));
}
async function readMergedPolicies(forge, ended) {
	const trees = await forge.trees(mergedLately(ended).map(({ headSha }) => headSha));
	return new Set([...trees.values()].flatMap((tree) => tree.get("countersign.yaml")?.id ?? []));
}
function allPeople(base) {
	const people = /* @__PURE__ */ new Map();
	for (const role of ["root", ...base.roles.keys()]) for (const { account } of signersOf(base, role)?.people.byKey.values() ?? []) if (account !== null) people.set(account.id, account);
	return [...people.values()];
}
function mayReopen(facts, base, { now, contents }) {
	const changes = ownChanges(facts.changes, base);
	const content = contentOf$1(changes, base);
	if (content !== null && contents.has(content)) return false;
	const status = evaluateEvent({
		...facts,
		changes
	}, base, /* @__PURE__ */ new Map(), now);
	return (status.state === "waiting" || status.state === "complete") && votersOf(status).length > 0;
}
async function readEnded(context, ended, open) {
	const { base } = context;
	if (base === null || ended.length === 0) return [];
	const merged = mergedLately(ended);
	const emptied = new Set(merged.filter((pull) => merged.some((other) => other !== pull && other.headSha === pull.headSha)));
	const closed = ended.flatMap((pull) => pull.state === "closed" ? [pull] : emptied.has(pull) ? [{
		...pull,
		state: "closed"
	}] : []).slice(0, MAX_CLOSED);
	const found = [];
	const people = [...allPeople(base), ...context.automation];
	const genuine = merged.filter((pull) => !emptied.has(pull));
	for (const pull of await candidates(context, base, closed, genuine)) {
		if (!mayBeSigned(await context.forge.reviews(pull.number, people), base)) continue;
		const facts = await readEvent(context, pull, "reviews");
		const commit = pull.state === "closed" ? signedCommit(facts, base) : null;
		const at = commit === null ? pull : {
			...pull,
			headSha: commit
		};
		const reviewed = commit === null ? facts : await readEvent(context, at, "reviews");
		const signed = pull.state === "closed" && mayReopen(reviewed, base, open) ? await readEvent(context, at) : reviewed;
		found.push({
			pull,
			facts: {
				...signed,
				changes: ownChanges(signed.changes, base)
			}
		});
	}
	return found;
}

// src/commands/read-events.ts
async function readProposalPulls(forge) {
	const all = await forge.openPulls(PROPOSAL_PREFIX);
	const ended = await forge.endedPulls(PROPOSAL_PREFIX, "tuf");
	return {
		open: all.filter(({ base }) => base === "tuf"),
		strayed: all.filter(({ base }) => base !== "tuf"),
		ended
	};
}
async function readOpenPulls$1(forge) {
	return (await forge.openPulls(PROPOSAL_PREFIX)).filter(({ base }) => base === "tuf");
}
async function requireOpenPull(forge, number) {
	const found = (await readOpenPulls$1(forge)).find((one) => one.number === number);
	if (found !== void 0) return found;
	const where = `#${String(number)}`;
	if ((await forge.pull(number))?.from === "fork") throw new CountersignError("event-fork", where, "this pull request comes from a fork, where outsiders can change it; propose it on a branch of this repository");
	throw new CountersignError("event-unknown", where, "expected an open signing event; `countersign status` lists them");
}
function withEarlier(event, closed, base) {
	const content = contentOf$1(event.changes, base);
	const same = closed.filter((one) => content !== null && contentOf$1(one.changes, base) === content).reverse();
	if (same.length === 0) return event;
	const all = [...same, event];
	return {
		...event,
		reviews: all.flatMap(({ reviews }) => reviews),
		comments: all.flatMap(({ comments }) => comments),
		writers: new Set(all.flatMap(({ writers }) => [...writers])),
		payloadsAt: new Map(all.flatMap(({ payloadsAt }) => [...payloadsAt])),
		earlierPayloads: new Map(all.flatMap(({ earlierPayloads }) => [...earlierPayloads]))
	};
}
function busyBranches({ pulls, closed, signed }) {
	const numbers = new Set([...signed.values()].flat().map(({ number }) => number));
	return /* @__PURE__ */ new Set([...[...pulls.open, ...pulls.strayed].map(({ head }) => head), ...closed.flatMap(({ pull }) => numbers.has(pull.number) ? [pull.branch] : [])]);
}
async function readEvents({ forge, base, metadataHead, now }, pulls) {
	const context = {
		forge,
		metadataHead,
		base,
		automation: pulls.open.length === 0 && pulls.ended.length === 0 ? [] : await forge.automation(),
		mergedPolicies: await readMergedPolicies(forge, pulls.ended)
	};
	const read = [];
	for (const pull of pulls.open) read.push(await readEvent(context, pull));
	const contents = new Set(read.flatMap(({ changes }) => contentOf$1(changes, base) ?? []));
	const ended = await readEnded(context, pulls.ended, {
		now,
		contents
	});
	const gone = ended.map(({ facts }) => facts);
	const notMerged = ended.filter(({ pull }) => pull.state === "closed");
	const closed = notMerged.map(({ facts }) => facts);
	const events = read.map((event) => withEarlier(event, closed, base));
	for (const pull of pulls.strayed) gone.push(await readEvent(context, pull));
	const signed = signedElsewhere([...events.map((facts) => ({
		facts,
		state: "open"
	})), ...gone.map((facts) => ({
		facts,
		state: "ended"
	}))], base);
	const statuses = evaluateEvents({
		base,
		events,
		signed,
		now
	});
	return {
		pulls,
		metadataHead,
		base,
		events,
		closed,
		closedPulls: notMerged.map(({ pull }) => pull),
		signed,
		statuses,
		now
	};
}
async function adoptOrphans(forge, { open, strayed, ended }) {
	let adopted = false;
	for (const [branch, head] of await forge.branches(PROPOSAL_PREFIX)) {
		if ([...open, ...strayed].some((pull) => pull.head === branch) || ended.some((pull) => pull.head === branch && (pull.state === "merged" || pull.headSha === head))) continue;
		if ((await forge.branches(branch)).get(branch) !== head) continue;
		try {
			await forge.openPull({
				head: branch,
				base: "tuf",
				title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`,
				body: ""
			});
			adopted = true;
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
		}
	}
	return adopted;
}
async function retargetStrayed(forge, metadataHead, { strayed }) {
	let moved = false;
	for (const { number, headSha } of strayed) {
		if (await forge.mergeBase(metadataHead, headSha) === null) continue;
		try {
			await forge.retargetPull(number, "tuf");
			moved = true;
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
		}
	}
	return moved;
}

// src/commands/report-status.ts
const STATUS_CONTEXT = "countersign";
async function tell$1(forge, number, body) {
	try {
		await forge.comment(number, body);
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "conversation-full")) throw error;
	}
}
async function keepSticky(forge, number, body) {
	try {
		await forge.stickyComment(number, STICKY_MARKER, body);
		return true;
	} catch (error) {
		if (error instanceof CountersignError && error.code === "conversation-full") return false;
		throw error;
	}
}
async function reportStatus({ forge, now }, status) {
	const isFull = !await keepSticky(forge, status.pull.number, renderSticky(status, now));
	const { state, description } = statusLine(status, isFull);
	await forge.status(status.pull.headSha, {
		context: STATUS_CONTEXT,
		state,
		description
	});
}

// src/commands/complete-event.ts
function requireVerifies(files, status, anchor) {
	const roots = [];
	const roles = /* @__PURE__ */ new Map();
	for (const [path, bytes] of files) {
		const what = classifyPath(path);
		if (what.kind === "root-history") roots.push({
			source: "metadata-branch",
			bytes
		});
		if (what.kind === "role") roles.set(what.role, [{
			source: "metadata-branch",
			bytes
		}]);
	}
	const { base, findings } = computeBase({
		roots,
		roles
	}, anchor);
	for (const { role, payload } of status.roles) {
		const file = role === "root" ? base?.root : [...base?.roles ?? []].find(([name]) => name === role)?.[1].file;
		if (file === void 0 || payloadDigest(file.payload) !== payload) {
			const why = findings[0];
			throw new CountersignError("incomplete", role, `expected the signed files to verify${why === void 0 ? "" : `: ${why.where}: ${why.detail}`}`);
		}
	}
	return new Map([...files].filter(([path]) => {
		const what = classifyPath(path);
		return what.kind !== "role" || base?.roles.has(what.role) === true;
	}));
}
async function isPrepared(forge, commit, metadataHead, head, changes) {
	if (await forge.mergeBase(metadataHead, commit) !== metadataHead) return false;
	const tree = await forge.tree(commit);
	const kept = [...head].filter(([path]) => !changes.has(path));
	const written = [...changes].flatMap(([path, bytes]) => bytes === null ? [] : [[path, bytes]]);
	if (tree.size !== kept.length + written.length || kept.some(([path, { id }]) => tree.get(path)?.id !== id)) return false;
	const ids = written.flatMap(([path, { length }]) => [tree.get(path)].filter((entry) => entry?.kind === "file" && entry.size === length));
	const blobs = await forge.blobs(ids.flatMap((entry) => entry === void 0 ? [] : [entry.id]));
	return written.every(([path, bytes]) => {
		const entry = tree.get(path);
		const there = entry === void 0 ? void 0 : blobs.get(entry.id);
		return there !== void 0 && Buffer.compare(there, bytes) === 0;
	});
}
async function mergeEvent(forge, number, metadataHead, commit) {
	try {
		await forge.moveBranch("tuf", metadataHead, commit, "fast-forward");
		return;
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "ref-protected")) throw error;
	}
	const merged = await forge.tree(await forge.mergePull(number, commit));
	const wanted = await forge.tree(commit);
	const other = [...wanted].find(([path, { id }]) => merged.get(path)?.id !== id) ?? [...merged].find(([path]) => !wanted.has(path));
	if (other !== void 0) throw new CountersignError("incomplete", `#${String(number)}`, `expected the merge to have the signed files, got another ${other[0]}`);
}
async function requireStillOpen(forge, number) {
	if ((await readOpenPulls$1(forge)).some((pull) => pull.number === number)) return;
	throw new CountersignError("ref-conflict", `#${String(number)}`, "expected it to be open still, got one that is closed");
}
async function completeEvent(place, state, metadataHead, status) {
	const { forge } = place;
	const files = requireVerifies(new Map([...baseFiles(state.base), ...status.files]), status, place.anchor);
	const changes = new Map(files);
	const head = await forge.tree(metadataHead);
	for (const path of head.keys()) if (path.startsWith("metadata/") && !changes.has(path)) changes.set(path, null);
	if (head.has("event.json")) changes.set(EVENT_PATH, null);
	const { number, branch, headSha } = status.pull;
	let commit = headSha;
	if (!await isPrepared(forge, headSha, metadataHead, head, changes)) {
		const roles = status.roles.map(({ role, version }) => `${role} v${String(version)}`).join(", ");
		commit = await forge.writeCommit({
			base: metadataHead,
			parents: [metadataHead, headSha],
			changes: new Map([...changes].map(([path, bytes]) => [path, bytes === null ? null : {
				kind: "bytes",
				bytes
			}])),
			message: `${roles}\n\nSigned in #${String(number)}.\n`
		});
		await forge.moveBranch(branch, headSha, commit, "fast-forward");
	}
	await reportStatus(place, {
		...status,
		pull: {
			...status.pull,
			headSha: commit
		}
	});
	await requireStillOpen(forge, number);
	await mergeEvent(forge, number, metadataHead, commit);
}

// src/event/event-file.ts
const STAGED_PREFIX = "countersign-staged-";
function stagedName(hashes) {
	const list = [...new Set(hashes)].sort().join("\n");
	return `${STAGED_PREFIX}${sha256Hex(new TextEncoder().encode(list)).slice(0, 16)}`;
}
const MAX_LISTED_TARGETS = 1e4;
function encodeOrigin({ runId, runUrl, workflow, commit, actor, ref }) {
	return jsonObject({
		actor,
		commit,
		ref,
		run: runId,
		url: runUrl,
		workflow
	});
}
function encodeContribution({ origin, targets, staged, replaced }) {
	return jsonObject({
		origin: origin === null ? void 0 : encodeOrigin(origin),
		replaced: replaced === void 0 || replaced.size === 0 ? void 0 : new Map(replaced),
		staged: staged ?? void 0,
		targets: targets === null ? void 0 : [...targets]
	});
}
function fitting(contributions) {
	let left = MAX_LISTED_CHARACTERS;
	return contributions.slice(-100).reverse().map((contribution) => {
		left -= (contribution.targets ?? []).reduce((sum, path) => sum + path.length, 0);
		return left < 0 ? {
			...contribution,
			targets: null
		} : contribution;
	}).reverse();
}
function encodeEventFile({ role, version, contributions }) {
	const kept = fitting(contributions).map(encodeContribution);
	return encodeJsonFile(jsonObject({
		contributions: kept,
		format: 1,
		role,
		version
	}));
}
function noteField(raw, key, where) {
	const text = stringField(raw, key, where);
	if (text.length > 1024) throw new CountersignError("too-large", jsonPath(where, key), `expected at most ${String(MAX_NOTE_CHARACTERS)} characters`);
	return text;
}
function parseOrigin(raw, where) {
	return {
		runId: integerField(raw, "run", where),
		runUrl: noteField(raw, "url", where),
		workflow: noteField(raw, "workflow", where),
		commit: noteField(raw, "commit", where),
		actor: noteField(raw, "actor", where),
		ref: noteField(raw, "ref", where)
	};
}
function parseReplaced(raw) {
	return new Map([...asObject(raw.get("replaced"), "replaced")].map(([path, sha256]) => [path, asString(sha256, "replaced")]));
}
function parseContribution(value) {
	const raw = asObject(value, "contribution");
	const origin = raw.get("origin");
	return {
		origin: origin === void 0 ? null : parseOrigin(asObject(origin, "origin"), "origin"),
		targets: raw.has("targets") ? arrayField(raw, "targets", "contribution").map((path) => asString(path, "targets")) : null,
		staged: raw.has("staged") ? noteField(raw, "staged", "contribution") : null,
		...raw.has("replaced") ? { replaced: parseReplaced(raw) } : {}
	};
}
function readEventFile(bytes) {
	if (bytes.length > 16777216) return null;
	const outcome = outcomeOf(() => {
		const raw = asObject(parseJson(bytes), "$");
		return {
			role: noteField(raw, "role", "$"),
			version: integerField(raw, "version", "$"),
			contributions: arrayField(raw, "contributions", "$").slice(-100).map(parseContribution)
		};
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}

// src/render/cut-text.ts
function plainText(text) {
	return {
		brief: text,
		full: text
	};
}
function joined$1(parts) {
	const side = (name) => parts.map((part) => typeof part === "string" ? part : part[name]).join("");
	return {
		brief: side("brief"),
		full: side("full")
	};
}
function cutText(text, max, show) {
	if (text.length <= max) return plainText(show(text));
	const characters = Array.from(text);
	if (characters.length <= max) return plainText(show(text));
	const note = `(cut: ${countText(characters.length)} characters, sha256:${sha256Hex(text)})`;
	return {
		brief: `${show(characters.slice(0, max).join(""))}… ${note}`,
		full: show(text)
	};
}
function restDigest$1(lines) {
	return sha256Hex(lines.map((line) => `${line}\n`).join(""));
}
function moreText(rest, count, noun) {
	return `  … and ${countText(count)} more ${noun}${count === 1 ? "" : "s"}, sha256:${restDigest$1(rest.map(({ full }) => full))}`;
}
function cutList(entries, noun, limits) {
	const rest = entries.slice(limits.entries);
	const brief = entries.slice(0, limits.entries).flatMap((entry) => {
		const [shown, left] = [entry.slice(0, limits.lines), entry.slice(limits.lines)];
		return [...shown.map((line) => line.brief), ...left.length === 0 ? [] : [moreText(left, left.length, "line")]];
	});
	return {
		brief: rest.length === 0 ? brief : [...brief, moreText(rest.flat(), rest.length, noun)],
		full: entries.flatMap((entry) => entry.map(({ full }) => full))
	};
}

// src/render/json-diff.ts
function jsonText(value) {
	return new TextDecoder().decode(encodeCanonicalJson(value));
}
function differ(before, after) {
	if (before === void 0 || after === void 0) return before !== after;
	if (typeof before !== "object" || before === null) return before !== after;
	return Buffer.compare(encodeCanonicalJson(before), encodeCanonicalJson(after)) !== 0;
}
function collect$1(before, after, steps, out) {
	if (isJsonObject(before) && isJsonObject(after)) {
		for (const key of /* @__PURE__ */ new Set([...before.keys(), ...after.keys()])) collect$1(before.get(key), after.get(key), [...steps, key], out);
		return;
	}
	if (isJsonArray(before) && isJsonArray(after)) {
		for (let index = 0; index < Math.max(before.length, after.length); index++) collect$1(before[index], after[index], [...steps, index], out);
		return;
	}
	if (differ(before, after)) out.push({
		steps,
		before,
		after
	});
}
function diffJson(before, after) {
	const changes = [];
	collect$1(before, after, [], changes);
	return changes;
}
function members(value) {
	if (isJsonObject(value)) return [...value];
	return isJsonArray(value) ? value.map((item, index) => [index, item]) : [];
}
function splitChange(change, fits) {
	const { steps, before, after } = change;
	const whole = before === void 0 ? after : after === void 0 ? before : void 0;
	const parts = members(whole);
	if (whole === void 0 || parts.length === 0 || fits(whole)) return [change];
	return parts.flatMap(([step, value]) => {
		return splitChange({
			steps: [...steps, step],
			before: before === void 0 ? void 0 : value,
			after: after === void 0 ? void 0 : value
		}, fits);
	});
}

// src/render/change-fields.ts
const MAX_VALUE = 300;
const MAX_NAME = 200;
const MAX_WHOLE = 160;
const PLAIN_STEP = /^[A-Za-z_][A-Za-z0-9_-]{0,79}$/;
function stepText(step) {
	if (typeof step === "number") return joined$1([
		"[",
		String(step),
		"]"
	]);
	return PLAIN_STEP.test(step) ? joined$1([".", step]) : joined$1([
		"[",
		cutText(jsonText(step), MAX_NAME, visibleJson),
		"]"
	]);
}
function stepsText(steps) {
	return joined$1(steps.map(stepText));
}
function valueText$1(value) {
	return cutText(jsonText(value), MAX_VALUE, visibleJson);
}
function changeLine(mark, place, { before, after }) {
	if (before === void 0) return joined$1([
		mark,
		"+ ",
		place,
		": ",
		after === void 0 ? "nothing" : valueText$1(after)
	]);
	if (after === void 0) return joined$1([
		mark,
		"- ",
		place,
		": ",
		valueText$1(before)
	]);
	return joined$1([
		mark,
		"~ ",
		place,
		": ",
		valueText$1(before),
		" -> ",
		valueText$1(after)
	]);
}
function fits(value) {
	return jsonText(value).length <= MAX_WHOLE;
}
function rank({ before, after }) {
	if (before === void 0) return 2;
	return after === void 0 ? 1 : 0;
}
function fieldEntries(before, after, root, indent) {
	return [...diffJson(before, after).flatMap((change) => splitChange(change, fits))].sort((a, b) => rank(a) - rank(b)).map((change) => {
		const place = joined$1([root, stepsText(change.steps)]);
		return [changeLine(indent, root === "" ? {
			brief: place.brief.replace(/^\./, ""),
			full: place.full.replace(/^\./, "")
		} : place, change)];
	});
}

// src/render/change-targets.ts
const MAX_PATH = 200;
const EMPTY$3 = /* @__PURE__ */ new Map();
function sameEntry(a, b) {
	return a.raw === b.raw || Buffer.compare(encodeCanonicalJson(a.raw), encodeCanonicalJson(b.raw)) === 0;
}
function differenceOf(before, after) {
	const removed = [];
	const replaced = [];
	const restated = [];
	const added = [];
	for (const [path, file] of after.targets) {
		const old = before?.targets.get(path);
		if (old === void 0) added.push({
			path,
			file
		});
		else if (old.hashes.get("sha256") !== file.hashes.get("sha256") || old.length !== file.length) replaced.push({
			path,
			file,
			before: old
		});
		else if (!sameEntry(old, file)) restated.push({
			path,
			file,
			before: old
		});
	}
	for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) removed.push({
		path,
		file
	});
	return {
		removed,
		replaced,
		restated,
		added
	};
}
function ourText(file, field) {
	const custom = file.raw.get("custom");
	const ours = isJsonObject(custom) ? custom.get("x-countersign") : void 0;
	const value = isJsonObject(ours) ? ours.get(field) : void 0;
	return typeof value === "string" && value.length <= MAX_PATH ? value : null;
}
function without(object, keys) {
	return new Map([...object].filter(([key]) => !keys.includes(key)));
}
function reduced(object, key, reduce) {
	const member = object.get(key);
	if (!isJsonObject(member)) return object;
	const less = reduce(member);
	if (less.size === member.size && [...less].every(([name, value]) => member.get(name) === value)) return object;
	return less.size === 0 ? without(object, [key]) : new Map([...object, [key, less]]);
}
function restOf$1(file) {
	const told = ["commit", "hosting"].filter((field) => ourText(file, field) !== null);
	return reduced(reduced(without(file.raw, ["length"]), "hashes", (all) => without(all, ["sha256"])), "custom", (custom) => reduced(custom, "x-countersign", (ours) => without(ours, told)));
}
function headLine(mark, path, file) {
	const [commit, hosting] = [ourText(file, "commit"), ourText(file, "hosting")];
	const words = [...commit === null ? [] : [`from commit ${visibleName(commit)}`], ...hosting === null ? [] : [`hosting ${visibleName(hosting)}`]].map((text) => `, ${text}`);
	const hash = file.hashes.get("sha256");
	const of = `  ${String(file.length)} bytes  ${hash === void 0 ? "no sha256" : `sha256:${hash}`}${words.join("")}`;
	return joined$1([
		`  ${mark} `,
		cutText(path, MAX_PATH, visibleName),
		of
	]);
}
const INDENT = "      ";
function restLines(before, file) {
	return fieldEntries(before === null ? EMPTY$3 : restOf$1(before), restOf$1(file), "", INDENT).flat();
}
function removedEntry({ path, file }) {
	return [headLine("-", path, file)];
}
function replacedEntry({ path, before, file }) {
	return [
		headLine("-", path, before),
		headLine("+", path, file),
		...restLines(before, file)
	];
}
function restatedEntry({ path, before, file }) {
	return [headLine("~", path, file), ...fieldEntries(before.raw, file.raw, "", INDENT).flat()];
}
function addedEntry({ path, file }) {
	return [headLine("+", path, file), ...restLines(null, file)];
}

// src/render/change-words.ts
const KEY_DIGITS = 12;
function peopleOf(signed) {
	const { binding } = signed;
	if (binding === null) return null;
	const outcome = outcomeOf(() => parsePeople(binding, "x-countersign"));
	return outcome.kind === "accepted" ? outcome.value : null;
}
function onlineNames(signed) {
	const online = signed.binding?.raw.get("online");
	const entries = isJsonObject(online) ? [...online] : [];
	return new Map(entries.flatMap(([keyId, uri]) => typeof uri === "string" ? [[keyId, uri]] : []));
}
function keysText(signed, { keyIds, threshold }) {
	const [people, online] = [peopleOf(signed), onlineNames(signed)];
	const names = keyIds.map((keyId) => {
		const person = people?.byKey.get(keyId);
		const key = `key ${keyId.slice(0, KEY_DIGITS)}`;
		if (person !== void 0) return `${visibleName(person.name)} (${person.custody ? "custody, " : ""}${key})`;
		const uri = online.get(keyId);
		return uri === void 0 ? key : `${key} (${visibleName(uri)})`;
	});
	return `${String(threshold)} of ${names.join(", ")}`;
}
function personText({ account, custody }) {
	const who = account === null ? "without an account" : `account ${visibleName(account.login)}, id ${String(account.id)}`;
	return custody ? `${who}, key in custody of the host` : who;
}
function spanText(seconds) {
	for (const [size, noun] of [
		[86400, "day"],
		[3600, "hour"],
		[60, "minute"]
	]) {
		const count = seconds / size;
		if (Number.isInteger(count)) return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
	}
	return `${String(seconds)} second${seconds === 1 ? "" : "s"}`;
}
function periodsOf(signed) {
	const { binding } = signed;
	if (binding === null) return /* @__PURE__ */ new Map();
	const outcome = outcomeOf(() => parsePeriods(binding, "x-countersign"));
	return outcome.kind === "accepted" ? outcome.value : /* @__PURE__ */ new Map();
}
function roleWords(signed) {
	if (signed.kind === "root") return Object.entries(signed.roles).map(([role, keys]) => [role, keysText(signed, keys)]);
	const { delegations } = signed;
	if (delegations === null) return [];
	if (delegations.kind === "succinct") {
		const { succinct } = delegations;
		const bins = `${String(2 ** succinct.bitLength)} bins named ${visibleName(succinct.namePrefix)}-…`;
		return [["hash bins", `${keysText(signed, succinct)}; ${bins}`]];
	}
	return delegations.roles.map((role, index) => {
		const { paths } = role;
		const which = paths.kind === "patterns" ? `paths ${paths.patterns.map(visibleName).join(" ")}` : `paths by hash ${paths.prefixes.join(" ")}`;
		const order = role.terminating ? "; the search ends here (terminating)" : "; the search goes on after it";
		return [role.name, `${keysText(signed, role)}; ${which}; searched in place ${String(index + 1)}${order}`];
	});
}
function wordsOf(signed) {
	if (signed === null) return /* @__PURE__ */ new Map();
	const people = peopleOf(signed);
	const persons = [...people?.byKey ?? []].map(([keyId, person]) => {
		return [`person ${visibleName(person.name)}, key ${keyId.slice(0, KEY_DIGITS)}`, personText(person)];
	});
	const reasons = [...people?.custodyQuorum ?? []].map(([role, reason]) => {
		return [`reason why keys in custody alone may sign ${visibleName(role)}`, JSON.stringify(visibleName(reason))];
	});
	const roles = roleWords(signed).map(([role, text]) => [`role ${visibleName(role)}`, text]);
	return new Map([
		...roles,
		...persons,
		...reasons
	]);
}
function wordLines(before, after) {
	const lines = [];
	for (const [what, text] of after) {
		const old = before.get(what);
		if (old === text) continue;
		if (old !== void 0) lines.push(`  - ${what}: ${old}`);
		lines.push(`  + ${what}: ${text}`);
	}
	for (const [what, old] of before) if (!after.has(what)) lines.push(`  - ${what}: ${old}`);
	return lines;
}
function periodLines(before, after) {
	const [old, now] = [before === null ? /* @__PURE__ */ new Map() : periodsOf(before), periodsOf(after)];
	const text = (was, is) => {
		const shown = (seconds) => seconds === void 0 ? "nothing" : spanText(seconds);
		return was === is ? shown(is) : was === void 0 ? shown(is) : `${shown(was)} -> ${shown(is)}`;
	};
	return [.../* @__PURE__ */ new Set([...now.keys(), ...old.keys()])].flatMap((role) => {
		const [was, is] = [old.get(role), now.get(role)];
		if (was?.expiresSeconds === is?.expiresSeconds && was?.renewSeconds === is?.renewSeconds) return [];
		const mark = was === void 0 ? "+" : is === void 0 ? "-" : "~";
		const lasts = text(was?.expiresSeconds, is?.expiresSeconds);
		return [`  ${mark} period ${visibleName(role)}: lasts ${lasts}, renewed before its end by ${text(was?.renewSeconds, is?.renewSeconds)}`];
	});
}
const MAX_LINE = 1e3;
function wordsOfChange(before, after) {
	return [...wordLines(wordsOf(before), wordsOf(after)), ...periodLines(before, after)].map((line) => [cutText(line, MAX_LINE, (text) => text)]);
}

// src/render/change-text.ts
const LIMITS = {
	entries: 200,
	lines: 40
};
const EMPTY$2 = /* @__PURE__ */ new Map();
const TOLD$1 = [
	"version",
	"expires",
	"targets"
];
function withoutTold(signed) {
	return new Map([...signed].filter(([key]) => !TOLD$1.includes(key)));
}
function plain$1(...lines) {
	return {
		brief: lines,
		full: lines
	};
}
function countsLine(difference, listed) {
	const { removed, replaced, restated, added } = difference;
	const told = [
		["removed", removed],
		["replaced", replaced],
		["with other words about the same bytes", restated],
		["added", added]
	].filter(([, paths]) => paths.length > 0).map(([word, paths]) => `${countText(paths.length)} ${word}`);
	const total = `${countText(listed)} listed`;
	return told.length === 0 ? `  targets: none changes; ${total}` : `  targets: ${told.join(", ")}; ${total}`;
}
function headLines({ role, file, before, digest }) {
	const { signed } = file;
	const longer = before === null ? 0 : signed.expires - before.expires;
	const span = longer === 0 ? "" : ` (${spanText(Math.abs(longer))} ${longer > 0 ? "later" : "earlier"})`;
	return plain$1(`${visibleName(role)} v${String(signed.version)}${before === null ? " (new)" : ` (now v${String(before.version)})`}`, `  payload sha256:${digest}`, `  expires ${before === null ? "" : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}${span}`);
}
function targetList(targets, entry) {
	return cutList(targets.map(entry), "target", LIMITS);
}
function firstLines$1(change) {
	const { file, before } = change;
	const { signed } = file;
	const old = before?.kind === "targets" ? before : null;
	const fields = fieldEntries(before === null ? EMPTY$2 : withoutTold(before.raw), withoutTold(signed.raw), "$", "  ");
	const head = [
		headLines(change),
		cutList(wordsOfChange(before, signed), "line", LIMITS),
		cutList(fields, "field", LIMITS)
	];
	if (signed.kind === "root") return head;
	const difference = differenceOf(old, signed);
	return [
		...head,
		plain$1(countsLine(difference, signed.targets.size)),
		targetList(difference.removed, removedEntry),
		targetList(difference.replaced, replacedEntry),
		targetList(difference.restated, restatedEntry)
	];
}
function addedLines({ role, file, before }) {
	const { signed } = file;
	if (signed.kind === "root") return [];
	const { added } = differenceOf(before?.kind === "targets" ? before : null, signed);
	if (added.length === 0) return [];
	return [
		plain$1(`${visibleName(role)} v${String(signed.version)} adds ${countText(added.length)} target${added.length === 1 ? "" : "s"}:`),
		targetList(added, addedEntry),
		plain$1("")
	];
}
function changeLines(files) {
	const parts = [...files.flatMap((file) => [...firstLines$1(file), plain$1("")]), ...files.flatMap(addedLines)];
	return {
		brief: parts.flatMap((part) => part.brief),
		full: parts.flatMap((part) => part.full)
	};
}

// src/render/event-text.ts
function fenceFor(lines) {
	return "~".repeat(lines.reduce((least, line) => Math.max(least, ...(line.match(/~+/g) ?? []).map(({ length }) => length + 1)), 3));
}
function names(files) {
	return files.map(({ role, file }) => `${role} v${String(file.signed.version)}`);
}
function eventTitle(files) {
	return `Sign ${names(files).slice(0, 3).join(", ")}${files.length > 3 ? ` and ${String(files.length - 3)} more` : ""}`;
}
function firstLines({ files, first }) {
	if (first === null) return [];
	const root = files.find(({ role }) => role === "root")?.digest;
	return [
		`The first metadata of this repository, \`${first}\`.`,
		"",
		...root === void 0 ? [] : [`- root v1: \`sha256:${root}\``, ""],
		"Everyone whom root v1 lists must sign it. Compare the digest with each other by other means first.",
		""
	];
}
function renderEventText(view) {
	const { files, url } = view;
	const { brief } = changeLines(files);
	const fence = fenceFor(brief);
	const head = [
		`### ${names(files).slice(0, 10).map(escapeMarkdown).join(", ")}`,
		"",
		...firstLines(view),
		"To sign, on your own machine:",
		"",
		...signCommand(url),
		"",
		"### What is signed",
		"",
		`${fence}text`
	];
	const foot = [
		fence,
		"",
		"The command verifies the change on your machine and shows it before you sign: trust that, not this page.",
		""
	];
	const shown = fittingLines(brief, (line) => line, MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - 2, (count) => `  … and ${countText(count)} more lines, sha256:${restDigest$1(brief.slice(-count))}`);
	return [
		...head,
		...shown,
		...foot
	].join("\n");
}

// src/render/field-diff.ts
function diffFields(before, after, skip) {
	const rest = (part) => new Map([...part].filter(([key]) => !skip.has(`$.${key}`)));
	return diffJson(rest(before), rest(after)).flatMap((change) => splitChange(change, () => false)).map(({ steps, before: was, after: is }) => ({
		path: `$${stepsText(steps).full}`,
		before: was === void 0 ? null : jsonText(was),
		after: is === void 0 ? null : jsonText(is)
	}));
}

// src/render/repository-links.ts
const PULL = /^(https:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+)\/pull\/[0-9]+$/;
function repositoryUrl(pullUrl) {
	return PULL.exec(pullUrl)?.[1] ?? null;
}
function commitLink(commit, repository) {
	if (repository === null || !/^[0-9a-f]{40}$/.test(commit)) return codeMarkdown(commit);
	return `[<code>${commit}</code>](${repository}/commit/${commit})`;
}
function runLink({ runId, runUrl }, repository) {
	const text = `run ${String(runId)}`;
	const own = `${repository ?? ""}/actions/runs/${String(runId)}`;
	return repository !== null && runUrl === own ? `[${text}](${own})` : `${text}, said to be at ${codeMarkdown(runUrl)}`;
}

// src/render/origin-text.ts
function contributionNumbers(contributions) {
	const numbers = /* @__PURE__ */ new Map();
	contributions.forEach(({ targets }, index) => {
		for (const path of targets ?? []) numbers.set(path, index + 1);
	});
	return numbers;
}
function contributionLine({ origin, targets, staged }, number, repository) {
	const count = targets === null ? "too many targets to list them" : countOf$1(targets.length, "target");
	const bytes = staged === null ? "" : `; the files to compare with are in its artifact ${codeMarkdown(staged)}`;
	if (origin === null) return `${String(number)}. by hand, not by a run: ${count}${bytes}`;
	const { workflow, commit, actor, ref } = origin;
	const of = workflow.endsWith(`@${ref}`) ? codeMarkdown(workflow) : `${codeMarkdown(workflow)} for ${codeMarkdown(ref)}`;
	const from = `${runLink(origin, repository)} of ${of}`;
	return `${String(number)}. ${from}, commit ${commitLink(commit, repository)}, started by ${codeMarkdown(actor)}: ${count}${bytes}`;
}
const MAX_NAMED$2 = 5;
function replacedLines(contributions) {
	const brought = /* @__PURE__ */ new Map();
	return contributions.flatMap(({ targets, replaced }, index) => {
		const own = [...replaced ?? []].flatMap(([path, sha256]) => {
			const whose = brought.get(path);
			return whose === void 0 ? [] : [{
				path,
				sha256,
				whose
			}];
		});
		for (const path of targets ?? []) brought.set(path, index + 1);
		const list = textList(own, ({ path, sha256, whose }) => `${nameMarkdown(path)} of number ${String(whose)} (sha256 <code>${escapeMarkdown(sha256)}</code>)`, MAX_NAMED$2);
		return own.length === 0 ? [] : [`⚠️ **Number ${String(index + 1)} replaced what was proposed before:** ${list}.`, ""];
	}).slice(0, MAX_REPLACED);
}
const MAX_REPLACED = 40;
function strangers(contributions, changes) {
	if (contributions.length === 0 || contributions.some(({ targets }) => targets === null)) return [];
	const numbers = contributionNumbers(contributions);
	return changes.flatMap(({ kind, path }) => kind === "removed" || numbers.has(path) ? [] : [path]);
}
function originLines(contributions, changes, repository, budget) {
	if (contributions.length === 0) return [
		"### Where it comes from",
		"",
		"Nothing says which run proposed it.",
		""
	];
	const numbered = contributions.map((contribution, index) => ({
		contribution,
		number: index + 1
	}));
	const unnamed = strangers(contributions, changes);
	return [
		"### Where it comes from",
		"",
		"⚠️ Nobody signed this part: it is what the runs say of themselves.",
		"",
		...fittingLines(numbered, ({ contribution, number }) => contributionLine(contribution, number, repository), budget, (count) => `\n… and ${countOf$1(count, "more run")}`),
		"",
		...replacedLines(contributions),
		...unnamed.length === 0 ? [] : [`**No run says that it brought** ${textList(unnamed, codeMarkdown, MAX_NAMED$2)}.`, ""]
	];
}

// src/render/target-table.ts
const MAX_ROWS = 100;
const MAX_FIELDS = 6;
const MAX_PLACE = 180;
const NAMES = /* @__PURE__ */ new Map([["$.custom.x-countersign.commit", "commit"], ["$.custom.x-countersign.hosting", "hosting"]]);
function restOf({ raw }) {
	const rest = new Map(raw);
	rest.delete("length");
	const hashes = rest.get("hashes");
	if (isJsonObject(hashes)) {
		const others = new Map(hashes);
		others.delete("sha256");
		if (others.size === 0) rest.delete("hashes");
		else rest.set("hashes", others);
	}
	return rest;
}
function valueText(path, json, repository) {
	const plain = /^"([A-Za-z0-9._/-]+)"$/.exec(json)?.[1];
	if (plain === void 0) return valueMarkdown(json);
	return NAMES.get(path) === "commit" ? commitLink(plain, repository) : codeMarkdown(plain);
}
function placeMarkdown(path) {
	const place = path.replace(/^\$\.?/, "");
	return place.length <= MAX_PLACE ? codeMarkdown(place) : `${codeMarkdown(place.slice(0, MAX_PLACE))}… (cut: sha256:${sha256Hex(place)})`;
}
function restText(before, after, repository) {
	const fields = diffFields(before, after, /* @__PURE__ */ new Set()).filter(({ path }) => path !== "$");
	const texts = fields.slice(0, MAX_FIELDS).map(({ path, before: was, after: is }) => {
		return `${NAMES.get(path) ?? placeMarkdown(path)} ${was === null ? "" : `<del>${valueText(path, was, repository)}</del> `}${is === null ? "removed" : valueText(path, is, repository)}`;
	});
	const rest = fields.slice(MAX_FIELDS).map(({ path, before: was, after: is }) => `${path}: ${was ?? "nothing"} -> ${is ?? "nothing"}\n`);
	const more = rest.length === 0 ? [] : [`${countText(rest.length)} more fields, sha256:${sha256Hex(rest.join(""))}`];
	return [...texts, ...more].join(", ");
}
const EMPTY$1 = /* @__PURE__ */ new Map();
function sameRest(a, b) {
	return Buffer.compare(encodeCanonicalJson(a), encodeCanonicalJson(b)) === 0;
}
function commonRest({ proposed, changes }) {
	let common = null;
	for (const { kind, path } of changes) {
		const file = proposed.targets.get(path);
		if (kind === "removed" || file === void 0) continue;
		common ??= restOf(file);
		if (!sameRest(common, restOf(file))) return null;
	}
	return common === null || common.size === 0 ? null : common;
}
function hashText(file) {
	const hash = file?.hashes.get("sha256");
	return hash === void 0 ? "none" : `<code>${hash}</code>`;
}
function cell(was, is) {
	return was === null || was === is ? is : `<del>${was}</del><br>${is}`;
}
function row({ before, proposed, repository, runs }, { kind, path }, common) {
	const old = before?.targets.get(path);
	const file = kind === "removed" ? old : proposed.targets.get(path);
	const was = kind === "replaced" ? old : void 0;
	const rest = kind === "removed" || file === void 0 || kind === "added" && common !== null ? "" : restText(was === void 0 ? EMPTY$1 : restOf(was), restOf(file), repository);
	return `| ${[
		kind,
		`${nameMarkdown(path)}${rest === "" ? "" : `<br>${rest}`}`,
		cell(was === void 0 ? null : String(was.length), String(file?.length ?? 0)),
		cell(was === void 0 ? null : hashText(was), hashText(file)),
		...runs === null ? [] : [kind === "removed" ? "" : String(runs.get(path) ?? "none")]
	].join(" | ")} |`;
}
const KINDS = [
	"removed",
	"replaced",
	"added"
];
const MORE_CHARACTERS = 600;
function restCounts(rest) {
	return KINDS.map((kind) => [kind, rest.filter((change) => change.kind === kind).length]).flatMap(([kind, count]) => count === 0 ? [] : [`${countText(count)} ${kind}`]).join(", ");
}
function restDigest({ proposed }, rest) {
	const entries = rest.map(({ path }) => [path, proposed.targets.get(path)?.raw ?? null]);
	return sha256Hex(encodeCanonicalJson(new Map(entries)));
}
function targetLines(view, budget) {
	const { changes, repository, runs, file } = view;
	if (changes.length === 0) return [];
	const common = commonRest(view);
	const head = [
		...common === null ? [] : [`Signed with each file: ${restText(EMPTY$1, common, repository)}.`, ""],
		`| change | target | bytes | sha256 |${runs === null ? "" : " run |"}`,
		`| --- | --- | ---: | --- |${runs === null ? "" : " ---: |"}`
	];
	const sorted = [...changes].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
	const first = sorted.slice(0, MAX_ROWS);
	const beyond = changes.length - first.length;
	const more = (count) => {
		const rest = sorted.slice(changes.length - count);
		return `\n… and ${countText(rest.length)} more (${restCounts(rest)}; sha256:${restDigest(view, rest)}), all of them in ${codeMarkdown(file)}.`;
	};
	const left = budget - head.join("\n").length - MORE_CHARACTERS;
	const fitting = fittingLines(first, (change) => row(view, change, common), left, (count) => `\n${String(count)}`);
	const cut = fitting.find((line) => line.startsWith("\n"));
	const rows = fitting.filter((line) => !line.startsWith("\n"));
	const missing = cut === void 0 ? beyond : beyond + Number(cut.slice(1));
	return [
		...head,
		...rows,
		...missing > 0 ? [more(missing)] : [],
		""
	];
}

// src/render/proposal-markdown.ts
const BUDGETS = {
	fields: 8e3,
	origins: 1e4
};
function summary(changes) {
	const counts = [
		"added",
		"replaced",
		"removed"
	].flatMap((kind) => {
		const count = changes.filter((change) => change.kind === kind).length;
		return count === 0 ? [] : [`${countText(count)} ${kind}`];
	});
	return counts.length === 0 ? "no target changes" : counts.join(", ");
}
function signerText({ name, custody }) {
	return custody ? `${escapeMarkdown(name)} (custody, approves in the browser)` : escapeMarkdown(name);
}
function signerLines({ base, role, url }) {
	const signers = signersOf(base, role);
	if (signers === null) return ["Nobody can sign it: no role delegates it.", ""];
	const { keyIds, threshold } = signers.roleKeys;
	const people = keyIds.flatMap((keyId) => signers.people.byKey.get(keyId) ?? []);
	const command = people.every(({ custody }) => custody) ? [] : [
		"To sign, on your own machine:",
		"",
		...signCommand(url),
		""
	];
	return [
		`**Needs ${String(threshold)} of:** ${textList(people, signerText)}`,
		"",
		...command
	];
}
const EMPTY = /* @__PURE__ */ new Map();
const TOLD = /* @__PURE__ */ new Set([
	"$.version",
	"$.expires",
	"$.targets"
]);
function fieldLines(before, proposed) {
	const told = [
		{
			name: "version",
			was: before === void 0 ? null : String(before.version),
			is: String(proposed.version)
		},
		{
			name: "expires",
			was: before === void 0 ? null : encodeInstant(before.expires),
			is: encodeInstant(proposed.expires)
		},
		{
			name: "targets listed",
			was: before === void 0 ? null : countText(before.targets.size),
			is: countText(proposed.targets.size)
		}
	].filter(({ was, is }) => was !== is);
	const others = diffFields(before?.raw ?? EMPTY, proposed.raw, TOLD).filter(({ path }) => path !== "$");
	const fieldLine = ({ path, before: was, after: is }) => `${path}: ${was ?? "nothing"} -> ${is ?? "nothing"}\n`;
	const shown = (value) => value === null ? "" : valueMarkdown(value);
	return [
		"| field | before | after |",
		"| --- | --- | --- |",
		...told.map(({ name, was, is }) => `| ${name} | ${was ?? ""} | ${is} |`),
		...fittingLines(others, ({ path, before: was, after: is }) => `| ${placeMarkdown(path)} | ${shown(was)} | ${shown(is)} |`, BUDGETS.fields, (count) => `| … ${countText(count)} more, sha256:${sha256Hex(others.slice(-count).map(fieldLine).join(""))} | | |`),
		""
	];
}
function changesOf({ base, role, proposed, changes }) {
	return base.roles.has(role) ? changes : [...proposed.targets.keys()].map((path) => ({
		kind: "added",
		path
	}));
}
function renderProposal(view) {
	const { base, role, proposed, payload, url, contributions } = view;
	const before = base.roles.get(role)?.file.signed;
	const changes = changesOf(view);
	const repository = repositoryUrl(url);
	const head = [
		`### ${escapeMarkdown(role)} v${String(proposed.version)}: ${summary(changes)}`,
		"",
		...signerLines(view),
		`Payload: \`sha256:${payload}\``,
		"",
		"### What is signed",
		"",
		...fieldLines(before, proposed)
	];
	const foot = [
		...originLines(contributions, changes, repository, BUDGETS.origins),
		"The command verifies the change on your machine and shows it before you sign: trust that, not this page.",
		""
	];
	const left = MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - 2;
	const runs = contributions.length > 1 ? contributionNumbers(contributions) : null;
	return [
		...head,
		...targetLines({
			before,
			proposed,
			changes,
			repository,
			file: rolePath(role),
			runs
		}, left),
		...foot
	].join("\n");
}

// src/commands/proposal-text.ts
function proposalText(base, role, bytes, url, contributions) {
	const { signed: proposed, payload } = parseTargets(bytes);
	const before = base.roles.get(role)?.file.signed;
	const changes = before === void 0 ? [] : stageTargets(before, editBetween(before, proposed)).changes;
	return {
		title: `Sign ${role} v${String(proposed.version)}`,
		body: renderProposal({
			base,
			role,
			proposed,
			payload: payloadDigest(payload),
			changes,
			url,
			contributions
		})
	};
}
function fileChanges(changes, base) {
	const { root, roles } = readProposal(changes, base);
	const roots = root === null ? [] : [{
		role: "root",
		file: root,
		before: base?.root.signed ?? null,
		digest: payloadDigest(root.payload)
	}];
	const others = [...roles].map(([role, file]) => {
		return {
			role,
			file,
			before: base?.roles.get(role)?.file.signed ?? null,
			digest: payloadDigest(file.payload)
		};
	});
	return [...roots, ...others];
}
function asKept({ title, body }) {
	return `${title.trim()}\n${body.replaceAll("\r\n", "\n").trimEnd()}`;
}
function textOf$3({ changes }, base, url) {
	const files = fileChanges(changes, base);
	const [only, ...more] = files;
	if (only === void 0) return null;
	if (base === null || more.length > 0 || only.file.signed.kind === "root") {
		const first = base === null ? only.file.signed.binding?.repository ?? null : null;
		return {
			title: eventTitle(files),
			body: renderEventText({
				files,
				url,
				first
			})
		};
	}
	const role = parseTargetsRoleName(only.role, "role");
	const notes = changes.get("event.json") ?? null;
	const contributions = (notes === null ? null : readEventFile(notes))?.contributions ?? [];
	return proposalText(base, role, changes.get(rolePath(role)) ?? /* @__PURE__ */ new Uint8Array(), url, contributions);
}
async function keepText(forge, { base, events, pulls }, status) {
	const { number } = status.pull;
	const pull = pulls.open.find((one) => one.number === number);
	const event = events.find((one) => one.pull.number === number);
	if (pull === void 0 || event === void 0) return;
	const text = textOf$3(event, base, pull.url);
	if (text !== null && asKept(text) !== asKept(pull)) await forge.editPull(number, text);
}

// src/event/review-brought.ts
function unpublished(base, publishedRoots) {
	const files = /* @__PURE__ */ new Map();
	const { version } = base.root.signed;
	if (version > publishedRoots) files.set(ROOT_PATH$1, `root@${String(version)}`);
	for (const [role, { file }] of base.roles) if (file.signed.version > (base.floors.get(role) ?? 0)) files.set(rolePath(role), `${role}@${String(file.signed.version)}`);
	return files;
}
function reviewBrought(base, head, merged, last, publishedRoots) {
	const findings = [];
	for (const [path, name] of unpublished(base, publishedRoots)) {
		const entry = head.get(path);
		if (entry === void 0 || merged.some(({ tree }) => tree.get(path)?.id === entry.id)) continue;
		findings.push({
			source: "metadata-branch",
			code: "event-unknown",
			where: name,
			detail: "expected a version that a merged event brought, got one that a plain commit did; it verifies, and counts: find out who pushed it"
		});
	}
	if (last === null) return findings;
	const isOutside = (path) => !path.startsWith("metadata/") && path !== "event.json";
	for (const path of /* @__PURE__ */ new Set([...head.keys(), ...last.tree.keys()])) {
		if (!isOutside(path) || head.get(path)?.id === last.tree.get(path)?.id) continue;
		const change = !head.has(path) ? "deleted" : last.tree.has(path) ? "changed" : "added";
		const detail = `expected what event #${String(last.number)} left, got a file that a plain commit ${change} since; nobody has signed ${quote(path)}`;
		findings.push({
			source: "metadata-branch",
			code: "event-file-unclaimed",
			where: path,
			detail
		});
	}
	return findings;
}

// src/event/review-head.ts
function finding(code, where, detail) {
	return {
		source: "metadata-branch",
		code,
		where,
		detail
	};
}
function missing(path, name, version) {
	return finding("role-missing", path, `expected ${name} v${String(version)}, which is verified elsewhere, got no file; it is built upon as if the branch had it`);
}
function reviewHead(paths, others, base) {
	const findings = [...others].filter((path) => path.startsWith("metadata/")).map((path) => finding("file-type", path, "expected a plain file, got a link or a submodule"));
	for (const path of paths) {
		if (!path.startsWith("metadata/")) continue;
		const what = classifyPath(path);
		if (what.kind === "unclaimed") findings.push(finding("event-file-unclaimed", path, `expected only metadata here, got ${quote(path)}`));
		else if (what.kind === "role" && !base.roles.has(what.role) && signersOf(base, what.role) === null) findings.push(finding("role-unknown", path, "expected a role that is delegated, got one that nobody delegates to"));
	}
	const expected = /* @__PURE__ */ new Map();
	for (const { file } of base.roots) {
		const { version } = file.signed;
		const path = rootHistoryPath(version);
		expected.set(path, missing(path, "root", version));
	}
	expected.set(ROOT_PATH$1, missing(ROOT_PATH$1, "root", base.root.signed.version));
	for (const [role, { file }] of base.roles) expected.set(rolePath(role), missing(rolePath(role), role, file.signed.version));
	for (const [path, one] of expected) if (!paths.has(path)) findings.push(one);
	return findings;
}

// src/tuf/published-tree.ts
const TIMESTAMP_PATH = "metadata/timestamp.json";
function rootPath(version) {
	return `metadata/${String(version)}.root.json`;
}
function metadataPath(role, version) {
	return `metadata/${String(version)}.${encodeRoleName(role)}.json`;
}
function targetFilePaths(path, sha256) {
	const slash = path.lastIndexOf("/");
	if (slash < 0) return [`targets/${sha256}.${path}`];
	return [`targets/${path.slice(0, slash)}/${sha256}.${path.slice(slash + 1)}`, `targets/${sha256}.${path}`];
}
const ROOT = /^metadata\/([0-9]+)\.root\.json$/;
function rankOf(path) {
	if (path.startsWith("targets/")) return 0;
	if (path === "metadata/timestamp.json") return 5;
	if (ROOT.test(path)) return 4;
	if (/^metadata\/[0-9]+\.snapshot\.json$/.test(path)) return 3;
	if (/^metadata\/[0-9]+\.targets\.json$/.test(path)) return 2;
	if (path.startsWith("metadata/")) return 1;
	throw new CountersignError("event-file-unclaimed", path, `expected a file of a published repository, got ${quote(path)}`);
}
function rootVersion(path) {
	return Number(ROOT.exec(path)?.[1] ?? 0);
}
function inWritingOrder(paths, rootsLast) {
	const rank = (path) => {
		const value = rankOf(path);
		return rootsLast && value === 4 ? 6 : value;
	};
	return [...paths].sort((a, b) => rank(a) - rank(b) || rootVersion(a) - rootVersion(b) || (a < b ? -1 : 1));
}
const VERSIONED = /^metadata\/([1-9][0-9]{0,15})\.([^/]+)\.json$/;
const ATTRIBUTES = /(?:^|\/)\.gitattributes$/;
function strayPaths(paths, latest, targets) {
	return [...paths].filter((path) => {
		if (ATTRIBUTES.test(path) && !targets.has(path)) return true;
		if (!path.startsWith("metadata/") || path === "metadata/timestamp.json") return false;
		const [, version, name] = VERSIONED.exec(path) ?? [];
		if (name === void 0) return true;
		const current = latest.get(name);
		return current !== void 0 && Number(version) > current;
	});
}

// src/event/review-online.ts
function refusalOf(base, role, bytes) {
	if (bytes === null) return null;
	const parsed = outcomeOf(() => role === "timestamp" ? parseTimestamp(bytes) : parseSnapshot(bytes));
	const where = role === "timestamp" ? TIMESTAMP_PATH : role;
	if (parsed.kind === "refused") return {
		...parsed.refusal,
		where: `${where} ${parsed.refusal.where}`
	};
	const roots = base.roots.map(({ file }) => file.signed);
	const { files } = role === "timestamp" ? vouchedFor(base.repository, role, [bytes], roots, parseTimestamp) : vouchedFor(base.repository, role, [bytes], roots, parseSnapshot);
	if (files.length > 0) return null;
	return {
		code: "threshold",
		where,
		detail: `expected a ${role} of this repository that a root of it vouches for, got another`
	};
}
function versionOf(base, bytes) {
	const roots = base.roots.map(({ file }) => file.signed);
	const { files } = vouchedFor(base.repository, "timestamp", bytes === null ? [] : [bytes], roots, parseTimestamp);
	return latestOf(files)?.file.signed.version ?? 0;
}
function reviewOnline(base, published, live) {
	const findings = [];
	for (const [source, files] of [["published", published], ["live", live]]) for (const role of ["timestamp", "snapshot"]) {
		const refusal = refusalOf(base, role, files[role]);
		if (refusal !== null) findings.push({
			...refusal,
			source
		});
	}
	const [branch, served] = [versionOf(base, published.timestamp), versionOf(base, live.timestamp)];
	if (served > branch && served > 0) {
		const detail = `expected at least version ${String(served)}, which clients are served, got ${branch === 0 ? "none" : String(branch)}; somebody has reset the branch, and it is built upon what is served`;
		findings.push({
			source: "published",
			code: "rollback",
			where: TIMESTAMP_PATH,
			detail
		});
	}
	return findings;
}

// src/client/limits.ts
const DEFAULT_LIMITS = {
	maxRootBytes: 512e3,
	maxTimestampBytes: 16384,
	maxSnapshotBytes: 2e6,
	maxTargetsBytes: 5e6,
	maxListedSnapshotBytes: 16 * 1024 ** 2,
	maxListedBytes: 64 * 1024 ** 2
};
const MAX_PUBLISHED_ROOTS = 1024;
const MAX_PUBLISHED_ROOT_BYTES = 64 * 1024 ** 2;
const DEFAULT_HTTP_LIMITS = {
	connectMs: 15e3,
	stallMs: 3e4,
	metadataTotalMs: 12e4,
	targetTotalMs: 216e5,
	minBytesPerSecond: 500,
	slowMs: 6e4,
	maxAttempts: 4,
	firstWaitMs: 500,
	maxWaitMs: 3e4,
	maxRedirects: 10,
	timestampGapMs: 0
};
function withLimits(defaults, given = {}) {
	const limits = {
		...defaults,
		...given
	};
	for (const [name, value] of Object.entries(limits)) {
		if (typeof value === "number" && Number.isFinite(value) && value >= 0) continue;
		throw new CountersignError("usage", name, `expected a number from 0 on, got ${String(value)}`);
	}
	return limits;
}

// src/commands/client-view.ts
const MAX_VIEW_BYTES = 256 * 1024 ** 2;
async function readWithin(source, path, maxBytes) {
	try {
		return await source.metadata(path, maxBytes);
	} catch (error) {
		if (error instanceof CountersignError && error.code === "too-large") return null;
		throw error;
	}
}
async function readRoots$1(source) {
	const roots = [];
	let room = MAX_PUBLISHED_ROOT_BYTES;
	while (roots.length < MAX_PUBLISHED_ROOTS) {
		const bytes = await readWithin(source, rootPath(parseVersion(roots.length + 1, "root")), Math.min(DEFAULT_LIMITS.maxRootBytes, room));
		if (bytes === null) break;
		roots.push(bytes);
		room -= bytes.length;
	}
	return roots;
}
async function readClientView(source) {
	const { maxTimestampBytes, maxSnapshotBytes, maxTargetsBytes } = DEFAULT_LIMITS;
	let room = MAX_VIEW_BYTES;
	const readListed = async (path, { length }, maxUnlisted) => {
		const bytes = await readWithin(source, path, Math.min(Math.max(length ?? 0, maxUnlisted), room));
		room -= bytes?.length ?? 0;
		return bytes;
	};
	const roots = await readRoots$1(source);
	const timestamp = await readWithin(source, TIMESTAMP_PATH, maxTimestampBytes);
	const pointed = timestamp === null ? null : outcomeOf(() => parseTimestamp(timestamp).signed.snapshot);
	const snapshot = pointed?.kind === "accepted" ? await readListed(metadataPath("snapshot", pointed.value.version), pointed.value, maxSnapshotBytes) : null;
	const listed = snapshot === null ? null : outcomeOf(() => parseSnapshot(snapshot).signed.meta);
	const roles = /* @__PURE__ */ new Map();
	for (const [role, entry] of listed?.kind === "accepted" ? listed.value : []) {
		const bytes = await readListed(metadataPath(role, entry.version), entry, maxTargetsBytes);
		if (bytes !== null) roles.set(role, bytes);
	}
	return {
		roots,
		timestamp,
		snapshot,
		roles
	};
}

// src/commands/read-base.ts
const PUBLISHED_DEPTH = 2;
const HISTORY_DEPTH$1 = 50;
function treeSource(forge, tree) {
	const read = async (path, maxBytes) => {
		const entry = tree.get(path);
		if (entry?.kind !== "file") return null;
		if (entry.size > maxBytes) throw new CountersignError("too-large", path, `expected at most ${String(maxBytes)} bytes, got ${String(entry.size)}`);
		return (await forge.blobs([entry.id])).get(entry.id) ?? null;
	};
	return {
		metadata: read,
		target: async (path) => {
			const entry = tree.get(path);
			return entry?.kind === "file" ? forge.stream(entry.id) : null;
		},
		list: async () => new Map([...tree].map(([path, { size }]) => [path, size]))
	};
}
const PUBLISHED_ROLE = /^metadata\/([1-9][0-9]*)\.([^/]+)\.json$/;
function publishedEntries(tree) {
	const versions = /* @__PURE__ */ new Map();
	for (const [path, { id, kind }] of tree) {
		if (kind !== "file") continue;
		const [, version, name] = PUBLISHED_ROLE.exec(path) ?? [];
		if (name === void 0 || name === "root" || name === "snapshot" || name === "timestamp") continue;
		versions.set(name, [...versions.get(name) ?? [], {
			version: Number(version),
			path,
			id
		}]);
	}
	return [...versions].flatMap(([name, files]) => {
		const role = outcomeOf(() => parseTargetsRoleName(decodeURIComponent(name), name));
		if (role.kind === "refused" || encodeRoleName(role.value) !== name) return [];
		return files.sort((a, b) => b.version - a.version).slice(0, PUBLISHED_DEPTH).map(({ path, id }) => ({
			role: role.value,
			path,
			id
		}));
	});
}
var Candidates = class {
	roots = [];
	roles = /* @__PURE__ */ new Map();
	snapshots = [];
	addRole(role, source, bytes, path = rolePath(role)) {
		this.roles.set(role, [...this.roles.get(role) ?? [], {
			source,
			bytes,
			path
		}]);
	}
	addView(view, source) {
		this.roots.push(...view.roots.map((bytes, index) => ({
			source,
			bytes,
			path: rootPath(parseVersion(index + 1, "root"))
		})));
		if (view.snapshot !== null) this.snapshots.push(view.snapshot);
		for (const [role, bytes] of view.roles) if (!(this.roles.get(role) ?? []).some((one) => one.source === source && Buffer.compare(one.bytes, bytes) === 0)) this.addRole(role, source, bytes);
	}
	value() {
		return this;
	}
};
async function addBranchRoles(forge, entries, source, candidates) {
	const blobs = await forge.blobs(entries.map(([, id]) => id));
	for (const [role, id] of entries) {
		const bytes = blobs.get(id);
		if (bytes !== void 0) candidates.addRole(role, source, bytes);
	}
}
async function addMetadataTree(forge, tree, source, candidates) {
	const roots = [];
	const roles = [];
	for (const [path, { id, kind }] of tree) {
		if (kind !== "file") continue;
		const what = classifyPath(path);
		if (what.kind === "root" || what.kind === "root-history") roots.push(id);
		else if (what.kind === "role") roles.push([what.role, id]);
	}
	const blobs = await forge.blobs([...new Set(roots)]);
	candidates.roots.push(...[...blobs.values()].map((bytes) => ({
		source,
		bytes,
		path: ROOT_PATH$1
	})));
	await addBranchRoles(forge, roles, source, candidates);
}
async function addHistory(forge, head, roles, lastRoot, candidates) {
	for (const role of roles) await addBranchRoles(forge, (await forge.history(head, rolePath(role), HISTORY_DEPTH$1)).map((id) => [role, id]), "history", candidates);
	const paths = [ROOT_PATH$1, ...Array.from({ length: lastRoot + 1 }, (_, index) => rootHistoryPath(parseVersion(index + 1, "root")))];
	for (const path of paths) {
		const ids = await forge.history(head, path, HISTORY_DEPTH$1);
		const blobs = await forge.blobs(ids);
		candidates.roots.push(...[...blobs.values()].map((bytes) => ({
			source: "history",
			bytes
		})));
	}
}
async function addPublished(forge, tree, view, candidates) {
	const entries = publishedEntries(tree);
	const blobs = await forge.blobs([...new Set(entries.map(({ id }) => id))]);
	for (const { role, path, id } of entries) {
		const bytes = blobs.get(id);
		if (bytes !== void 0) candidates.addRole(role, "published", bytes, path);
	}
	candidates.addView(view, "published");
}
const LAST_MERGED = 10;
async function addMerged(forge, metadataHead, candidates, known) {
	const pulls = known ?? await forge.endedPulls("sign/", "tuf");
	const merged = pulls.filter(({ state }) => state === "merged").slice(0, LAST_MERGED).reverse();
	const trees = await forge.trees(merged.map(({ headSha }) => headSha));
	const events = [];
	for (const { number, headSha } of merged) {
		const tree = trees.get(headSha);
		if (tree === void 0) continue;
		await addMetadataTree(forge, tree, "history", candidates);
		events.push({
			number,
			headSha,
			tree
		});
	}
	const isEvent = ({ headSha }) => headSha === metadataHead;
	return {
		events,
		endsWithEvent: pulls.some(isEvent) || (await forge.openPulls("sign/")).some(isEvent) || await isPassed(forge, metadataHead, pulls)
	};
}
async function isPassed(forge, metadataHead, ended) {
	for (const { headSha } of ended.filter(({ state }) => state === "closed").slice(0, LAST_MERGED)) if (await forge.mergeBase(headSha, metadataHead) === metadataHead) return true;
	return false;
}
async function lastKept(forge, metadataHead, events) {
	for (const event of [...events].reverse()) if (await forge.mergeBase(event.headSha, metadataHead) === event.headSha) return event;
	return null;
}
function rolesIn(base) {
	const names = new Set(base.roles.keys());
	for (const { file } of base.roles.values()) {
		const { delegations } = file.signed;
		if (delegations?.kind === "roles") for (const { name } of delegations.roles) names.add(name);
	}
	return names;
}
function needsHistory(findings, base, tree) {
	if (base === null || findings.some(({ source }) => source === "metadata-branch")) return true;
	return !tree.has("metadata/root.json") || [...rolesIn(base)].some((role) => !tree.has(rolePath(role)));
}
const NO_VIEW = {
	roots: [],
	timestamp: null,
	snapshot: null,
	roles: /* @__PURE__ */ new Map()
};
const HOST_FAILURES$1 = [
	"io",
	"redirect-refused",
	"stalled",
	"timed-out"
];
async function readLive(live, need) {
	try {
		return {
			view: await readClientView(live),
			failure: null
		};
	} catch (error) {
		if (need === "required" || !(error instanceof CountersignError && HOST_FAILURES$1.includes(error.code))) throw error;
		const { code, where, detail } = error;
		return {
			view: NO_VIEW,
			failure: {
				code,
				where,
				detail
			}
		};
	}
}
async function readOnce({ forge, live: liveSource, anchor }, heads, mergedReading, liveReading) {
	const metadataHead = heads.get("tuf") ?? null;
	const publishedHead = heads.get("tuf-published") ?? null;
	const publishedTree = publishedHead === null ? /* @__PURE__ */ new Map() : await forge.tree(publishedHead);
	const published = await readClientView(treeSource(forge, publishedTree));
	const { view: live, failure: liveFailure } = await readLive(liveSource, liveReading);
	const candidates = new Candidates();
	await addPublished(forge, publishedTree, published, candidates);
	const metadataTree = metadataHead === null ? /* @__PURE__ */ new Map() : await forge.tree(metadataHead);
	await addMetadataTree(forge, metadataTree, "metadata-branch", candidates);
	const merged = mergedReading !== "branches-only" && metadataHead !== null ? await addMerged(forge, metadataHead, candidates, mergedReading === "with-merged" ? null : mergedReading) : null;
	candidates.addView(live, "live");
	let computed = computeBase(candidates.value(), anchor);
	if (metadataHead !== null && needsHistory(computed.findings, computed.base, metadataTree) && candidates.roles.size > 0) {
		await addHistory(forge, metadataHead, /* @__PURE__ */ new Set([...candidates.roles.keys(), ...computed.base === null ? [] : rolesIn(computed.base)]), computed.base?.roots.length ?? 0, candidates);
		computed = computeBase(candidates.value(), anchor);
	}
	const { base } = computed;
	const findings = [...computed.findings];
	if (base !== null) {
		const ofKind = (wanted) => new Set([...metadataTree].flatMap(([path, { kind }]) => kind === wanted ? [path] : []));
		if (metadataHead !== null) findings.push(...reviewHead(ofKind("file"), ofKind("other"), base));
		findings.push(...reviewOnline(base, published, live));
		if (merged !== null && metadataHead !== null && !merged.endsWithEvent) {
			const kept = await lastKept(forge, metadataHead, merged.events);
			findings.push(...reviewBrought(base, metadataTree, merged.events, kept, published.roots.length));
		}
	}
	return {
		base,
		findings,
		metadataHead,
		publishedHead,
		publishedTree,
		published,
		live,
		liveFailure,
		known: new Map([...candidates.roles].map(([role, files]) => [role, files.map(({ bytes }) => bytes)]))
	};
}
const MAX_READS = 3;
async function readState(place, merged = "with-merged", live = "required") {
	let heads = await place.forge.branches("tuf");
	for (let reads = 1;; reads++) {
		const state = await readOnce(place, heads, merged, live);
		if (state.findings.length === 0 || reads === MAX_READS) return state;
		const now = await place.forge.branches("tuf");
		if (["tuf", "tuf-published"].every((branch) => now.get(branch) === heads.get(branch))) return state;
		heads = now;
	}
}
function requireBase(state) {
	if (state.base !== null) return state.base;
	const other = state.findings.find(({ code }) => code === "anchor-mismatch");
	if (other !== void 0) throw new CountersignError(other.code, other.where, other.detail);
	const why = state.findings[0];
	throw new CountersignError("base-missing", "tuf", why === void 0 ? "expected a signed root, got none yet; finish the first signing event" : `expected a root that verifies: ${why.where}: ${why.detail}`);
}

// src/commands/rebuild-event.ts
async function rebuildEvent(forge, view, branches, effect) {
	const { metadataHead } = view;
	const { status, proposal } = effect;
	const { pull } = status;
	const [role] = status.roles;
	if (role === void 0) return;
	const bytes = encodeMetadata(proposal.signed, []);
	const path = `metadata/${role.role}.json`;
	const event = (await forge.tree(pull.headSha)).get(EVENT_PATH);
	const changes = /* @__PURE__ */ new Map([[path, {
		kind: "bytes",
		bytes
	}]]);
	if (event !== void 0) changes.set(EVENT_PATH, {
		kind: "blob",
		id: event.id
	});
	const message = `Propose ${role.role} v${String(proposal.version)}\n\nBuilt again on the signed state.\n`;
	if (proposal.branch === pull.branch) {
		const commit = await forge.writeCommit({
			base: metadataHead,
			parents: [pull.headSha, metadataHead],
			changes,
			message
		});
		await forge.moveBranch(pull.branch, pull.headSha, commit, "fast-forward");
		return;
	}
	const commit = await forge.writeCommit({
		base: metadataHead,
		parents: [metadataHead],
		changes,
		message
	});
	const branch = freeBranch(proposal.branch, busyBranches(view));
	await forge.moveBranch(branch, branches.get(branch) ?? null, commit, "replace");
	const next = await forge.openPull({
		head: branch,
		base: "tuf",
		title: `Sign ${role.role} v${String(proposal.version)}`,
		body: `Takes the place of #${String(pull.number)}.`
	});
	await tell$1(forge, pull.number, `Its version was signed with other content, or the base has moved on; continued in #${String(next.number)}. Signatures given here stay valid for what they were given for.`);
	await forge.closePull(pull.number);
}
function contentOf(changes) {
	return new Map([...changes].map(([path, id]) => [path, id === null ? null : {
		kind: "blob",
		id
	}]));
}
function told$1(where, detail) {
	return [{
		source: "proposal",
		code: "event-rewritten",
		where,
		detail
	}];
}
async function restoreEvent(forge, { metadataHead, base }, { number, branch, headSha }, { commit, keep }) {
	const changed = await changesAt({
		forge,
		metadataHead,
		base,
		automation: [],
		mergedPolicies: /* @__PURE__ */ new Set()
	}, commit);
	const changes = contentOf(new Map([...changed].filter(([path]) => keep === null || keep.has(path))));
	const next = await forge.writeCommit({
		base: metadataHead,
		parents: [headSha, metadataHead],
		changes,
		message: "Put back what was signed\n"
	});
	await forge.moveBranch(branch, headSha, next, "fast-forward");
	const what = `what was pushed at ${headSha.slice(0, 12)} over signed content or beside it was taken back; whoever wants it proposes it on a branch of its own`;
	await tell$1(forge, number, `People have signed this event: ${what}.`);
	return told$1(`#${String(number)}`, what);
}
async function reopenEvent(forge, { closedPulls }, { status }) {
	const { number, headSha } = status.pull;
	const why = "people have signed it, and only one of them can end it, with `countersign abandon`";
	if (await forge.reopenPull(number) === "open") {
		await tell$1(forge, number, `Opened again: ${why}.`);
		return told$1(`#${String(number)}`, `somebody has closed it; it is open again, since ${why}`);
	}
	const old = closedPulls.find((one) => one.number === number)?.head ?? status.pull.branch;
	const taken = await forge.branches(old);
	const branch = freeBranch(old, { has: (name) => taken.has(name) && taken.get(name) !== headSha });
	if (taken.get(branch) === void 0) await forge.moveBranch(branch, null, headSha, "replace");
	const body = `Takes the place of #${String(number)}, which somebody has closed; signatures given there count here.\n`;
	const next = await forge.openPull({
		head: branch,
		base: "tuf",
		title: `Continue #${String(number)}`,
		body
	});
	await tell$1(forge, number, `Continued in #${String(next.number)}: ${why}.`);
	return told$1(`#${String(number)}`, `somebody has closed it and it could not be opened again; #${String(next.number)} takes its place`);
}

// src/tuf/hosting.ts
function ourCustomOf(target) {
	const custom = target.raw.get("custom");
	const ours = isJsonObject(custom) ? custom.get(BINDING_FIELD) : void 0;
	return isJsonObject(ours) ? ours : null;
}
function hostingOf(target) {
	const hosting = ourCustomOf(target)?.get("hosting");
	return hosting === "site" || hosting === "release" ? hosting : "none";
}

// src/event/release-files.ts
const ASSET_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const DIGEST_CHARACTERS = 65;
const MAX_NAME_CHARACTERS = 255;
function requireAssetName(name) {
	if (ASSET_NAME.test(name) && name.length + DIGEST_CHARACTERS <= MAX_NAME_CHARACTERS) return;
	throw new CountersignError("asset-name", quote(name), `expected a name of letters, digits and "._-" that neither begins nor ends with a dot, of at most 190 characters; a release would rename it`);
}
function sourceCommitOf(target) {
	const commit = ourCustomOf(target)?.get("commit");
	const parsed = typeof commit === "string" ? outcomeOf(() => parseCommitSha(commit, "commit")) : null;
	return parsed?.kind === "accepted" ? parsed.value : null;
}
function addReleases(targets, releases) {
	for (const [path, target] of targets.targets) {
		const sha256 = target.hashes.get("sha256");
		const slash = path.lastIndexOf("/");
		if (slash < 1 || sha256 === void 0 || hostingOf(target) !== "release") continue;
		const tag = path.slice(0, slash);
		const file = {
			path,
			name: path.slice(slash + 1),
			length: target.length,
			sha256: parseSha256(sha256, path),
			commit: sourceCommitOf(target)
		};
		const files = releases.get(tag);
		if (files === void 0) releases.set(tag, [file]);
		else files.push(file);
	}
}
function signedReleases(base) {
	const releases = /* @__PURE__ */ new Map();
	for (const { file } of base.roles.values()) addReleases(file.signed, releases);
	return [...releases].map(([tag, files]) => ({
		tag,
		files
	}));
}
function proposedTags(proposed) {
	const releases = /* @__PURE__ */ new Map();
	addReleases(proposed, releases);
	return new Set(releases.keys());
}

// src/event/decide-releases.ts
const MARKER = /<!-- countersign:draft (pending|#[1-9][0-9]{0,9}) -->/;
function draftBody(pull) {
	return `Waits for signatures.\n\n<!-- countersign:draft ${pull === null ? "pending" : `#${String(pull)}`} -->\n`;
}
function draftOwner(body) {
	const mark = MARKER.exec(body)?.[1];
	if (mark === void 0) return null;
	return mark === "pending" ? mark : Number(mark.slice(1));
}
function mismatch$1(tag, detail) {
	return {
		code: "release-mismatch",
		where: `release ${tag}`,
		detail
	};
}
function wantedAssets(files) {
	const wanted = /* @__PURE__ */ new Map();
	for (const file of files) {
		requireAssetName(file.name);
		wanted.set(file.name, file).set(`${file.sha256}.${file.name}`, file);
	}
	return wanted;
}
function compareSigned(tag, wanted, assets) {
	const found = new Map(assets.map((asset) => [asset.name, asset]));
	for (const [name, { length, sha256 }] of wanted) {
		const asset = found.get(name);
		if (asset?.state !== "uploaded") return mismatch$1(tag, `expected the asset ${name} with sha256 ${sha256}, got none`);
		if (asset.sha256 === null) return mismatch$1(tag, `expected the host to give the digest of ${name}, got none`);
		if (asset.sha256 !== sha256) return mismatch$1(tag, `expected ${name} to have the signed sha256 ${sha256}, got ${asset.sha256}`);
		if (asset.size !== length) return mismatch$1(tag, `expected ${name} to have ${String(length)} bytes, got ${String(asset.size)}`);
	}
	return null;
}
function compareAssets(tag, files, assets) {
	const wanted = outcomeOf(() => wantedAssets(files));
	if (wanted.kind === "refused") return wanted.refusal;
	const changed = compareSigned(tag, wanted.value, assets);
	if (changed !== null) return changed;
	const stray = assets.find(({ name }) => !wanted.value.has(name));
	return stray === void 0 ? null : mismatch$1(tag, `expected only signed files, got the asset ${stray.name}; sign it or delete it`);
}
function commitOf$1({ tag, files }) {
	const commits = new Set(files.map(({ commit }) => commit));
	const [commit] = commits;
	if (commits.size === 1 && commit !== void 0 && commit !== null) return commit;
	return mismatch$1(tag, `expected all its files to be signed with one source commit, got ${String(commits.size === 1 ? "none" : commits.size)}`);
}
function reviewDraft(facts, signed, commit, draft) {
	const { tag, files } = signed;
	const tagged = facts.tags.get(tag);
	if (tagged !== void 0 && tagged !== commit) return {
		code: "tag-mismatch",
		where: `tag ${tag}`,
		detail: `expected the signed commit ${commit}, got ${tagged}`
	};
	if (tagged === void 0 && draft.target !== commit) return mismatch$1(tag, `expected its draft to be of the signed commit ${commit}, got ${draft.target}`);
	return compareAssets(tag, files, facts.assets.get(draft.id) ?? []);
}
function reviewPublic(facts, signed, { id }) {
	const { tag, files } = signed;
	const assets = facts.assets.get(id);
	if (assets === void 0) return null;
	const wanted = outcomeOf(() => wantedAssets(files));
	const changed = wanted.kind === "refused" ? wanted.refusal : compareSigned(tag, wanted.value, assets);
	if (changed !== null) return {
		...changed,
		detail: `${changed.detail}; it is public: take it back`
	};
	const commit = commitOf$1(signed);
	const tagged = facts.tags.get(tag);
	if (typeof commit !== "string" || tagged === commit) return null;
	const detail = `expected tag ${tag} at the signed commit ${commit}, got ${tagged ?? "no tag"}; its release is public`;
	return {
		code: "tag-mismatch",
		where: `release ${tag}`,
		detail
	};
}
function decideRelease(facts, signed) {
	const { tag, files } = signed;
	const all = facts.releases.filter((release) => release.tag === tag);
	const published = all.find(({ draft }) => !draft);
	if (published !== void 0) return reviewPublic(facts, signed, published);
	if (facts.awaited.has(tag)) return null;
	const commit = commitOf$1(signed);
	if (typeof commit !== "string") return commit;
	let first = null;
	for (const draft of [...all].sort((a, b) => a.id - b.id)) {
		const problem = reviewDraft(facts, signed, commit, draft);
		if (problem === null) return {
			kind: "publish",
			id: draft.id,
			tag,
			commit,
			files,
			owned: draft.ours && draftOwner(draft.body) !== null
		};
		first ??= problem;
	}
	return first ?? {
		code: "release-missing",
		where: `release ${tag}`,
		detail: "expected a draft release that holds the signed files, got none; run the workflow that proposed them again"
	};
}
function decideReleases(facts) {
	const effects = [];
	const problems = [];
	for (const signed of facts.signed) {
		const decided = decideRelease(facts, signed);
		if (decided === null) continue;
		if ("kind" in decided) effects.push(decided);
		else problems.push(decided);
	}
	const published = new Set(facts.releases.filter(({ draft }) => !draft).map(({ tag }) => tag));
	const tags = new Set(facts.signed.map(({ tag }) => tag).filter((tag) => !published.has(tag)));
	for (const { id, tag, draft, body, ours } of facts.releases) {
		const owner = draftOwner(body);
		if (!draft || !ours || owner === null || tags.has(tag)) continue;
		const pull = facts.awaited.get(tag);
		if (pull !== void 0) {
			if (owner === "pending") effects.push({
				kind: "mark-draft",
				id,
				tag,
				pull
			});
		} else if (owner !== "pending" && facts.ended.has(owner)) effects.push({
			kind: "drop-draft",
			id,
			tag,
			body
		});
	}
	return {
		effects,
		problems
	};
}

// src/commands/settle-releases.ts
function awaitedTags(base, events) {
	const tags = /* @__PURE__ */ new Map();
	for (const { pull, changes } of events) for (const [path, bytes] of changes) {
		const what = classifyPath(path);
		if (what.kind !== "role" || bytes === null) continue;
		const proposed = outcomeOf(() => parseTargets(bytes));
		if (proposed.kind === "refused") continue;
		const before = base.roles.get(what.role)?.file.signed;
		const added = [...proposed.value.signed.targets].filter(([target, file]) => {
			const old = before?.targets.get(target)?.hashes.get("sha256");
			return old === void 0 || old !== file.hashes.get("sha256");
		});
		for (const tag of proposedTags({
			...proposed.value.signed,
			targets: new Map(added)
		})) tags.set(tag, pull.number);
	}
	return tags;
}
const COMPARED = 5;
async function readFacts(place, releases, base, view) {
	const signed = signedReleases(base);
	const all = await releases.list();
	const published = new Set(all.filter(({ draft }) => !draft).map(({ tag }) => tag));
	const wanted = new Set(signed.map(({ tag }) => tag));
	const open = new Set([...wanted].filter((tag) => !published.has(tag)));
	const drafts = all.filter(({ draft, tag, body }) => draft && (open.has(tag) || draftOwner(body) !== null));
	const compared = all.filter(({ draft, tag }) => !draft && wanted.has(tag)).sort((a, b) => b.id - a.id).slice(0, COMPARED);
	if (open.size === 0 && drafts.length === 0 && compared.length === 0) return null;
	const viewer = await place.forge.viewer();
	const assets = /* @__PURE__ */ new Map();
	const tags = /* @__PURE__ */ new Map();
	for (const { id } of [...drafts.filter(({ tag }) => open.has(tag)), ...compared]) assets.set(id, await releases.assets(id));
	for (const tag of /* @__PURE__ */ new Set([...open, ...compared.map((release) => release.tag)])) {
		const commit = await releases.tagCommit(tag);
		if (commit !== null) tags.set(tag, commit);
	}
	const facts = (one) => ({
		id: one.id,
		tag: one.tag,
		target: one.target,
		body: one.body,
		draft: one.draft,
		ours: one.author.id === viewer.id
	});
	return {
		signed,
		releases: all.map(facts),
		assets,
		tags,
		awaited: awaitedTags(base, view.events),
		ended: new Set(view.pulls.ended.map(({ number }) => number))
	};
}
const STOPPING = [
	"rate-limited",
	"io",
	"ref-conflict"
];
async function dropDraft$1({ forge }, releases, { id, tag, body }, { metadataHead }) {
	if (((await forge.branches("tuf")).get("tuf") ?? null) !== metadataHead) throw new CountersignError("ref-conflict", "tuf", `expected it not to move while drafts of ${tag} are judged`);
	if ((await releases.get(id))?.body !== body) return false;
	await releases.removeDraft(id);
	return true;
}
async function publishRelease(releases, { id, tag, commit, files, owned }) {
	if (owned) await releases.describe(id, "");
	const release = await releases.publish(id, {
		tag,
		commit
	});
	const tagged = await releases.tagCommit(tag);
	const assets = compareAssets(tag, files, await releases.assets(id));
	const where = `release ${tag}`;
	const wrongTag = tagged === commit && release.tag === tag ? null : {
		code: "tag-mismatch",
		where,
		detail: `expected tag ${tag} at the signed commit ${commit}, got ${tagged ?? "no tag"}; it is published`
	};
	const changed = assets === null ? null : {
		...assets,
		detail: `${assets.detail}; it was changed while it was published: take it back`
	};
	return {
		release: {
			tag,
			url: release.url
		},
		problem: wrongTag ?? changed
	};
}
async function settleReleases(place, base, view) {
	const released = [];
	const dropped = [];
	const { releases } = place;
	const facts = releases === null || base === null ? null : await readFacts(place, releases, base, view);
	if (releases === null || facts === null) return {
		released,
		dropped,
		problems: []
	};
	const { effects, problems } = decideReleases(facts);
	const all = [...problems];
	for (const effect of effects) try {
		if (effect.kind === "mark-draft") {
			await releases.describe(effect.id, draftBody(effect.pull));
			continue;
		}
		if (effect.kind === "drop-draft") {
			if (await dropDraft$1(place, releases, effect, view)) dropped.push(effect.tag);
			continue;
		}
		const { release, problem } = await publishRelease(releases, effect);
		released.push(release);
		if (problem !== null) all.push(problem);
	} catch (error) {
		if (!(error instanceof CountersignError) || STOPPING.includes(error.code)) throw error;
		all.push({
			code: error.code,
			where: `release ${effect.tag}`,
			detail: error.detail
		});
	}
	return {
		released,
		dropped,
		problems: all
	};
}

// src/commands/workplace.ts
const UNKNOWN_SITE = mapSource(/* @__PURE__ */ new Map());
const MAX_ATTEMPTS$1 = 12;
async function untilSettled(step) {
	for (let attempt = 1;; attempt++) try {
		return await step();
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "ref-conflict") || attempt === MAX_ATTEMPTS$1) throw error;
	}
}

// src/commands/gather.ts
const MAX_ROUNDS = 100;
const MIN_BUDGET = 300;
async function gather(place, mode = "apply") {
	const completed = [];
	const rebuilt = [];
	const notes = [];
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const done = await untilSettled(() => gatherOnce(place, mode, notes));
		if (done.kind === "settled") return {
			...done.result,
			completed,
			rebuilt
		};
		completed.push(...done.completed);
		rebuilt.push(...done.rebuilt);
	}
	throw new CountersignError("ref-conflict", "tuf", "expected events to settle, got changes without end; run gather again");
}
async function gatherOnce(place, mode, notes) {
	const { forge } = place;
	const budget = await forge.budget();
	if (budget !== null && budget.left < MIN_BUDGET) return {
		kind: "settled",
		result: {
			events: [],
			custody: [],
			released: [],
			findings: notes,
			stopped: budget
		}
	};
	const branches = await forge.branches(PROPOSAL_PREFIX);
	let pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const { metadataHead } = state;
	if (metadataHead === null) return {
		kind: "settled",
		result: {
			events: [],
			custody: [],
			released: [],
			findings: state.findings,
			stopped: null
		}
	};
	if (mode === "apply") {
		const isAdopted = await adoptOrphans(forge, pulls);
		if (await retargetStrayed(forge, metadataHead, pulls) || isAdopted) pulls = await readProposalPulls(forge);
	}
	const view = await readEvents({
		forge,
		base: state.base,
		metadataHead,
		now: place.now
	}, pulls);
	const custody = custodyOrders(view.statuses);
	const seen = {
		events: view.statuses,
		custody
	};
	if (mode === "dry-run") return {
		kind: "settled",
		result: {
			...seen,
			released: [],
			findings: state.findings,
			stopped: null
		}
	};
	const { effects } = decideGather(view);
	const again = await perform$1(place, {
		state,
		view,
		effects,
		branches,
		notes
	});
	if (again !== null) return again;
	const { released, problems } = await settleReleases(place, state.base, view);
	const findings = [
		...state.findings,
		...notes,
		...problems.map((one) => ({
			...one,
			source: "release"
		}))
	];
	return {
		kind: "settled",
		result: {
			...seen,
			released,
			findings,
			stopped: null
		}
	};
}
async function perform$1(place, { state, view, effects, branches, notes }) {
	const { forge } = place;
	const { metadataHead } = view;
	for (const effect of effects) {
		const { number } = effect.status.pull;
		switch (effect.kind) {
			case "complete":
				await completeEvent(place, state, metadataHead, effect.status);
				return {
					kind: "again",
					completed: [number],
					rebuilt: []
				};
			case "rebuild":
				await rebuildEvent(forge, view, branches, effect);
				return {
					kind: "again",
					completed: [],
					rebuilt: [number]
				};
			case "restore":
				notes.push(...await restoreEvent(forge, view, effect.status.pull, effect.to));
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "reopen":
				notes.push(...await reopenEvent(forge, view, effect));
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "close":
				await tell$1(forge, number, `Closed: ${effect.reason}.`);
				await forge.closePull(number);
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "report":
				await keepText(forge, view, effect.status);
				await askForReviews(place, view, effect.status);
				await reportStatus(place, effect.status);
		}
	}
	return null;
}
async function askForReviews({ forge }, { pulls, events }, status) {
	const pull = pulls.open.find(({ number }) => number === status.pull.number);
	const facts = events.find((one) => one.pull.number === status.pull.number);
	if (pull === void 0 || facts === void 0) return;
	const viewer = (await forge.viewer()).id;
	const people = reviewersToAsk(status, {
		facts,
		requested: pull.requested,
		viewer,
		marker: STICKY_MARKER
	});
	for (const { login } of people) await forge.requestReview(pull.number, login);
}
function custodyOrders(events) {
	const people = /* @__PURE__ */ new Set();
	for (const { state, roles } of events) {
		if (state !== "waiting") continue;
		for (const { requirements } of roles) for (const { reached, approved } of requirements) if (!reached) for (const { person } of approved) people.add(person);
	}
	return [...people].sort().map((person) => ({
		person,
		environment: custodyEnvironment(person)
	}));
}

// src/commands/custody.ts
function payloadOf(facts, status) {
	const { role, payload: digest } = status;
	const bytes = facts.changes.get(role === "root" ? "metadata/root.json" : rolePath(parseTargetsRoleName(role, "role"))) ?? null;
	if (bytes === null) return null;
	const { payload } = role === "root" ? parseRoot(bytes) : parseTargets(bytes);
	return payloadDigest(payload) === digest ? payload : null;
}
async function signEvent(repository, facts, status, { person, keyId, signer }) {
	const lines = [];
	if (status.state !== "waiting") return lines;
	for (const role of status.roles) {
		const payload = role.requirements.some(({ approved }) => approved.some((one) => one.person === person && one.keyId === keyId)) ? payloadOf(facts, role) : null;
		if (payload === null) continue;
		const sig = await signer.sign(payload);
		lines.push({
			repository,
			role: role.role,
			version: role.version,
			payload: role.payload,
			keyId,
			sig
		});
	}
	return lines;
}
function pinnedRepository({ changes }, anchor) {
	const { root } = readProposal(changes, null);
	return root === null || anchor === null || payloadDigest(root.payload) !== anchor ? null : root.signed.binding?.repository ?? null;
}
async function custody(place, person, signer) {
	const { forge, now } = place;
	const pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const { base, metadataHead } = state;
	if (metadataHead === null) return [];
	const keyId = keyIdOf(await signer.publicKey());
	const signatures = [];
	const waiting = /* @__PURE__ */ new Set();
	let trusted = base !== null;
	const { events, statuses } = await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls);
	for (const [index, facts] of events.entries()) {
		const repository = base === null ? pinnedRepository(facts, place.anchor) : base.repository;
		const status = statuses[index];
		if (repository === null || status === void 0) continue;
		trusted = true;
		for (const { requirements } of status.roles) for (const { approved } of requirements) for (const one of approved) if (one.person === person) waiting.add(one.keyId);
		const lines = await signEvent(repository, facts, status, {
			person,
			keyId,
			signer
		});
		if (lines.length === 0) continue;
		const files = lines.map(({ role, version, payload }) => ({
			role,
			version,
			payload
		}));
		signatures.push({
			number: facts.pull.number,
			block: encodeCountersignatures(lines),
			files
		});
	}
	if (!trusted) requireBase(state);
	const [other] = waiting;
	if (signatures.length === 0 && other !== void 0) throw new CountersignError("not-a-signer", quote(person), `expected the key ${other} that signed metadata lists for them, got ${keyId}`);
	return signatures;
}
function linesOf(body) {
	const parsed = parseCountersignatures(body);
	return parsed.kind === "accepted" ? encodeCountersignatures(parsed.value) : null;
}
function isPosted(block, reviews, viewer) {
	return reviews.some(({ author, body }) => author.id === viewer && body.includes(block) && linesOf(body) === linesOf(block));
}
async function post(forge, { number, headSha }, block) {
	const viewer = await forge.viewer();
	if (isPosted(block, await forge.reviews(number, [viewer]), viewer.id)) return;
	const body = `Signed with a key in custody, as its person approved here.\n\n${block}\n`;
	try {
		await forge.submitReview(number, {
			state: "COMMENTED",
			body,
			commitSha: headSha
		});
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
	}
}
async function settle(place, carried) {
	const { forge } = place;
	const open = new Map((await readOpenPulls$1(forge)).map((pull) => [pull.number, pull]));
	for (const { number, block } of carried) {
		const pull = open.get(number);
		if (pull !== void 0) await post(forge, pull, block);
	}
	return gather(place);
}

// src/action/input-text.ts
function variableOf$1(input) {
	return `COUNTERSIGN_${input.toUpperCase().replaceAll("-", "_")}`;
}
function splitOutsideBraces(line) {
	const parts = [""];
	let depth = 0;
	for (const character of line) {
		if (character === "{") depth++;
		else if (character === "}") depth = Math.max(0, depth - 1);
		if (character === "," && depth === 0) parts.push("");
		else parts.push(`${parts.pop() ?? ""}${character}`);
	}
	return parts;
}
function nonEmpty(parts) {
	return parts.map((part) => part.trim()).filter((part) => part !== "");
}
function inputReader(env) {
	const text = (input) => (env.get(variableOf$1(input)) ?? "").trim();
	const choice = (input, choices, otherwise) => {
		const value = text(input);
		const found = value === "" ? otherwise : choices.find((one) => one === value);
		if (found === void 0) throw new CountersignError("usage", input, `expected one of ${choices.join(", ")}, got ${quote(value)}`);
		return found;
	};
	return {
		text,
		choice,
		optional: (input) => text(input) === "" ? null : text(input),
		flag: (input) => choice(input, ["true", "false"], "false") === "true",
		number: (input) => {
			const value = text(input);
			if (value === "") return null;
			const number = /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : NaN;
			if (!Number.isSafeInteger(number)) throw new CountersignError("usage", input, `expected a whole number from 1 on, got ${quote(value)}`);
			return number;
		},
		lines: (input) => nonEmpty(text(input).split("\n")),
		list: (input) => nonEmpty(text(input).split("\n").flatMap(splitOutsideBraces))
	};
}

// src/action/step.ts
async function newDirectory({ run }, purpose) {
	try {
		return await mkdtemp(join(run.temporary, `countersign-${purpose}-`));
	} catch (error) {
		throw ioError(run.temporary, "to make a directory", error);
	}
}

// src/action/carried-signatures.ts
const SIGNATURE_PREFIX = "countersign-signature-";
const FILE_NAME = "signatures.json";
const MAX_BYTES = 1048576;
const MAX_ARTIFACTS = 100;
async function writeCarried(context, signatures) {
	const directory = await newDirectory(context, "signature");
	const path = join(directory, FILE_NAME);
	try {
		await writeFile(path, encodeJsonFile(signatures.map(({ number, block }) => jsonObject({
			block,
			number
		}))));
	} catch (error) {
		throw ioError(path, "to write the signatures", error);
	}
	return directory;
}
async function readSignatures(path) {
	const stats = await lstat(path).catch((error) => {
		if (errnoOf(error) === "ENOENT") return null;
		throw ioError(path, "to look at the file", error);
	});
	if (stats === null) return [];
	if (!stats.isFile()) throw new CountersignError("file-type", FILE_NAME, "expected a regular file, got a directory or a special file");
	if (stats.size > MAX_BYTES) throw new CountersignError("too-large", FILE_NAME, `expected at most ${String(MAX_BYTES)} bytes`);
	const bytes = await readFile(path);
	return asArray(parseJson(bytes), "$").map((value, index) => {
		const raw = asObject(value, `$[${String(index)}]`);
		return {
			number: integerField(raw, "number", "$"),
			block: stringField(raw, "block", "$")
		};
	});
}
async function fetchSignatures(context, artifacts, artifact) {
	const directory = await newDirectory(context, "carried");
	await artifacts.download(artifact, directory);
	return readSignatures(join(directory, FILE_NAME));
}
async function readCarried(context, artifacts, runId) {
	const all = (await artifacts.ofRun(runId)).filter(({ name }) => name.startsWith(SIGNATURE_PREFIX));
	const carried = [];
	for (const artifact of [...all].sort((a, b) => b.id - a.id).slice(0, MAX_ARTIFACTS)) {
		if (artifact.from !== "repository" || artifact.expired) continue;
		try {
			carried.push(...await fetchSignatures(context, artifacts, artifact));
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			context.log.warn(`${artifact.name}: ${error.message}`);
		}
	}
	return carried.filter(({ block }) => {
		const parsed = parseCountersignatures(block);
		return parsed.kind === "accepted" && parsed.value.length > 0;
	});
}

// src/commands/read-file.ts
async function readFileAt(forge, commit, path) {
	const entry = (await forge.tree(commit)).get(path);
	if (entry?.kind !== "file") return null;
	const bytes = (await forge.blobs([entry.id])).get(entry.id);
	if (bytes === void 0) throw new CountersignError("io", path, "expected its content, got nothing");
	return bytes;
}

// src/commands/pinned-root.ts
const FIRST = parseVersion(1, "root");
const PLACES = [
	["tuf", rootHistoryPath(FIRST)],
	["tuf", ROOT_PATH$1],
	[PUBLISHED_BRANCH, rootPath(FIRST)]
];
async function rootFiles(forge) {
	const files = [];
	for (const [branch, path] of PLACES) {
		const head = (await forge.branches(branch)).get(branch);
		const bytes = head === void 0 ? null : await readFileAt(forge, head, path);
		if (bytes !== null) files.push(bytes);
	}
	return files;
}
async function pinnedRoot(forge, digest, log) {
	const file = (await rootFiles(forge)).find((bytes) => sha256Hex(bytes) === String(digest));
	if (file === void 0) return digest;
	const outcome = outcomeOf(() => payloadDigest(parseRoot(file).payload));
	if (outcome.kind === "refused") return digest;
	log.info(`the digest that was given is of the file 1.root.json; its payload is sha256:${outcome.value}`);
	return outcome.value;
}

// node_modules/@noble/ed25519/index.js
/*! noble-ed25519 - MIT License (c) 2019 Paul Miller (paulmillr.com) */
const freeze = Object.freeze;
const P = 57896044618658097711785492504343953926634992332820282019728792003956564819949n;
const N = 7237005577332262213973186563042994240857116359379907606001950938285454250989n;
const _d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const Gx = 15112221349535400772501151409588531511454012693041857206046113283949847762202n;
const Gy = 46316835694926478169428394003475163141307993866256225615783033603165251855960n;
const _a = P - 1n;
const ed25519_CURVE = freeze({
	p: P,
	n: N,
	h: 8n,
	a: _a,
	d: _d,
	Gx,
	Gy
});
const LEN = 32;
const isBytes = (a) => {
	return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && a.BYTES_PER_ELEMENT === 1;
};
const abytes = (value, length, title = "") => {
	if (isBytes(value) && (length === void 0 || value.length === length)) return value;
	const bytes = isBytes(value);
	const ofLen = length !== void 0 ? ` of length ${length}` : "";
	const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
	const message = (title ? `"${title}" ` : "") + "expected Uint8Array" + ofLen + ", got " + got;
	if (!bytes) throw new TypeError(message);
	throw new RangeError(message);
};
const snapshotBytes = (value, title = "", length) => Uint8Array.from(abytes(value, length, title));
const padh = (n, pad) => n.toString(16).padStart(pad, "0");
const bytesToHex = (bytes) => {
	let hex = "";
	for (const byte of abytes(bytes)) hex += padh(byte, 2);
	return hex;
};
const hexToBytes = (hex) => {
	const e = "hex invalid";
	if (typeof hex !== "string") throw new TypeError(e);
	if (hex.length % 2 || !/^[\da-f]*$/i.test(hex)) throw new RangeError(e);
	const array = new Uint8Array(hex.length / 2);
	for (let ai = 0, hi = 0; ai < array.length; ai++, hi += 2) {
		const n1 = hex.charCodeAt(hi);
		const n2 = hex.charCodeAt(hi + 1);
		array[ai] = ((n1 & 15) + (n1 >> 6) * 9) * 16 + (n2 & 15) + (n2 >> 6) * 9;
	}
	return array;
};
const concatBytes = (...arrays) => {
	let sum = 0;
	for (const a of arrays) sum += abytes(a).length;
	const res = new Uint8Array(sum);
	let pad = 0;
	for (const a of arrays) {
		res.set(a, pad);
		pad += a.length;
	}
	return res;
};
const arange = (n, min, max, msg = "bad number: out of range") => {
	if (typeof n !== "bigint") throw new TypeError(msg);
	if (min <= n && n < max) return n;
	throw new RangeError(msg);
};
const mod = (a, b = P) => (a %= b) >= 0n ? a : b + a;
const P_MASK = (1n << 255n) - 1n;
const modP = (num) => {
	if (num < 0n) throw new RangeError("negative coordinate");
	let r = (num >> 255n) * 19n + (num & P_MASK);
	r = (r >> 255n) * 19n + (r & P_MASK);
	return r % P;
};
const modN = (a) => mod(a, N);
const invert = (number, modulo) => {
	if (number === 0n) throw new Error("invert: expected non-zero number");
	if (modulo <= 1n) throw new Error("invert: expected modulus > 1, got " + modulo);
	let a = mod(number, modulo);
	let b = modulo;
	let x = 0n, u = 1n;
	while (a !== 0n) {
		const q = b / a;
		const r = b - a * q;
		const m = x - u * q;
		b = a, a = r, x = u, u = m;
	}
	if (b !== 1n) throw new Error("invert: does not exist");
	return mod(x, modulo);
};
const _hash = (name) => {
	const fn = hashes[name];
	if (typeof fn !== "function") throw new Error("hashes." + name + " not set");
	return fn;
};
const callHashAsync = async (name, ...m) => abytes(await _hash(name)(concatBytes(...m)), 64, "digest");
const apoint = (p) => {
	if (p instanceof Point) return p;
	throw new TypeError("Point expected");
};
const B256 = 2n ** 256n;
var Point = class Point {
	static BASE;
	static ZERO;
	X;
	Y;
	Z;
	T;
	constructor(X, Y, Z, T) {
		const max = B256;
		this.X = arange(X, 0n, max);
		this.Y = arange(Y, 0n, max);
		this.Z = arange(Z, 1n, max);
		this.T = arange(T, 0n, max);
		freeze(this);
	}
	static CURVE() {
		return ed25519_CURVE;
	}
	static fromAffine(p) {
		return new Point(p.x, p.y, 1n, modP(p.x * p.y));
	}
	static fromBytes(bytes, zip215 = false) {
		const normed = snapshotBytes(bytes, "point", LEN);
		const lastByte = normed[31];
		normed[31] = lastByte & -129;
		const y = bytesToNumberLE(normed);
		if (!zip215) arange(y, 0n, P);
		const y2 = modP(y * y);
		const u = mod(y2 - 1n);
		const v = modP(_d * y2 + 1n);
		let { isValid, value: x } = uvRatio(u, v);
		if (!isValid) throw new Error("bad point: y not sqrt");
		const isLastByteOdd = !!(lastByte & 128);
		if (!zip215 && x === 0n && isLastByteOdd) throw new Error("bad point: x==0, isLastByteOdd");
		if (isLastByteOdd !== !!(x & 1n)) x = mod(-x);
		return new Point(x, y, 1n, modP(x * y));
	}
	static fromHex(hex, zip215) {
		return Point.fromBytes(hexToBytes(hex), zip215);
	}
	get x() {
		return this.toAffine().x;
	}
	get y() {
		return this.toAffine().y;
	}
	assertValidity() {
		const a = _a;
		const d = _d;
		const p = this;
		if (p.is0()) throw new Error("bad point: ZERO");
		const { X, Y, Z, T } = p;
		const X2 = modP(X * X);
		const Y2 = modP(Y * Y);
		const Z2 = modP(Z * Z);
		const Z4 = modP(Z2 * Z2);
		const aX2 = modP(X2 * a);
		if (modP(Z2 * (aX2 + Y2)) !== mod(Z4 + modP(d * modP(X2 * Y2)))) throw new Error("bad point: equation left != right (1)");
		if (modP(X * Y) !== modP(Z * T)) throw new Error("bad point: equation left != right (2)");
		return this;
	}
	equals(other) {
		const { X: X1, Y: Y1, Z: Z1 } = this;
		const { X: X2, Y: Y2, Z: Z2 } = apoint(other);
		return modP(X1 * Z2) === modP(X2 * Z1) && modP(Y1 * Z2) === modP(Y2 * Z1);
	}
	is0() {
		return this.equals(I);
	}
	negate() {
		return new Point(mod(-this.X), this.Y, this.Z, mod(-this.T));
	}
	double() {
		const { X: X1, Y: Y1, Z: Z1 } = this;
		const a = _a;
		const A = modP(X1 * X1);
		const B = modP(Y1 * Y1);
		const C = modP(2n * Z1 * Z1);
		const D = modP(a * A);
		const x1y1 = mod(X1 + Y1);
		const E = mod(modP(x1y1 * x1y1) - A - B);
		const G = mod(D + B);
		const F = mod(G - C);
		const H = mod(D - B);
		const X3 = modP(E * F);
		const Y3 = modP(G * H);
		const T3 = modP(E * H);
		const Z3 = modP(F * G);
		return new Point(X3, Y3, Z3, T3);
	}
	add(other) {
		const { X: X1, Y: Y1, Z: Z1, T: T1 } = this;
		const { X: X2, Y: Y2, Z: Z2, T: T2 } = apoint(other);
		const a = _a;
		const d = _d;
		const A = modP(X1 * X2);
		const B = modP(Y1 * Y2);
		const C = modP(modP(T1 * d) * T2);
		const D = modP(Z1 * Z2);
		const E = mod(modP(mod(X1 + Y1) * mod(X2 + Y2)) - A - B);
		const F = mod(D - C);
		const G = mod(D + C);
		const H = mod(B - modP(a * A));
		const X3 = modP(E * F);
		const Y3 = modP(G * H);
		const T3 = modP(E * H);
		const Z3 = modP(F * G);
		return new Point(X3, Y3, Z3, T3);
	}
	subtract(other) {
		return this.add(apoint(other).negate());
	}
	multiply(n, safe = true) {
		if (!safe && n === 0n) return I;
		arange(n, 1n, N);
		if (!safe && this.is0()) return I;
		if (n === 1n) return this;
		if (this.equals(G)) return wNAF(n).p;
		let p = I;
		let f = G;
		let d = this;
		for (let i = 0; safe ? i < 256 : n > 0n; i++) {
			if (n & 1n) p = p.add(d);
			else if (safe) f = f.add(d);
			d = d.double();
			n >>= 1n;
		}
		return p;
	}
	multiplyUnsafe(scalar) {
		return this.multiply(scalar, false);
	}
	toAffine() {
		const { X, Y, Z } = this;
		if (this.equals(I)) return {
			x: 0n,
			y: 1n
		};
		const iz = invert(Z, P);
		if (modP(Z * iz) !== 1n) throw new Error("invalid inverse");
		return {
			x: modP(X * iz),
			y: modP(Y * iz)
		};
	}
	toBytes() {
		const { x, y } = this.toAffine();
		const b = numTo32bLE(y);
		b[31] |= x & 1n ? 128 : 0;
		return b;
	}
	toHex() {
		return bytesToHex(this.toBytes());
	}
	clearCofactor() {
		return this.multiply(8n, false);
	}
	isSmallOrder() {
		return this.clearCofactor().is0();
	}
	isTorsionFree() {
		return this.multiply(N / 2n, false).double().add(this).is0();
	}
};
const G = new Point(Gx, Gy, 1n, mod(Gx * Gy));
const I = new Point(0n, 1n, 1n, 0n);
Point.BASE = G;
Point.ZERO = I;
const numTo32bLE = (num) => hexToBytes(padh(arange(num, 0n, B256), 64)).reverse();
const bytesToNumberLE = (b) => BigInt("0x" + bytesToHex(Uint8Array.from(abytes(b)).reverse()));
const pow2 = (x, power) => {
	let r = x;
	while (power-- > 0) r = modP(r * r);
	return r;
};
const pow_2_252_3 = (x) => {
	const x2 = modP(x * x);
	const b2 = modP(x2 * x);
	const b4 = modP(pow2(b2, 2) * b2);
	const b5 = modP(pow2(b4, 1) * x);
	const b10 = modP(pow2(b5, 5) * b5);
	const b20 = modP(pow2(b10, 10) * b10);
	const b40 = modP(pow2(b20, 20) * b20);
	const b80 = modP(pow2(b40, 40) * b40);
	const b160 = modP(pow2(b80, 80) * b80);
	const b240 = modP(pow2(b160, 80) * b80);
	const b250 = modP(pow2(b240, 10) * b10);
	return modP(pow2(b250, 2) * x);
};
const RM1 = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;
const uvRatio = (u, v) => {
	const v3 = modP(v * modP(v * v));
	const v7 = modP(modP(v3 * v3) * v);
	const pow = pow_2_252_3(modP(u * v7));
	let x = modP(u * modP(v3 * pow));
	const vx2 = modP(v * modP(x * x));
	const root1 = x;
	const root2 = modP(x * RM1);
	const useRoot1 = vx2 === u;
	const useRoot2 = vx2 === mod(-u);
	const noRoot = vx2 === mod(-u * RM1);
	if (useRoot1) x = root1;
	if (useRoot2 || noRoot) x = root2;
	if ((mod(x) & 1n) === 1n) x = mod(-x);
	return {
		isValid: useRoot1 || useRoot2,
		value: x
	};
};
const modL_LE = (hash) => modN(bytesToNumberLE(hash));
const hashedToExtK = (hashed) => {
	const copy = snapshotBytes(hashed);
	const head = copy.slice(0, 32);
	head[0] &= 248;
	head[31] &= 127;
	head[31] |= 64;
	const prefix = copy.slice(32);
	const scalar = modL_LE(head);
	const point = G.multiply(scalar);
	return {
		head,
		prefix,
		scalar,
		point,
		pointBytes: point.toBytes()
	};
};
const getExtendedPublicKeyAsync = (secretKey) => callHashAsync("sha512Async", abytes(secretKey, LEN, "secretKey")).then(hashedToExtK);
const hashFinishAsync = async (res) => res[1](await callHashAsync("sha512Async", res[0]));
const _sign = (e, rBytes, msg) => {
	const { pointBytes: A, scalar: s } = e;
	const r = modL_LE(rBytes);
	const R = G.multiply(r).toBytes();
	const hashable = concatBytes(R, A, msg);
	const finish = (hashed) => {
		const S = modN(r + modL_LE(hashed) * s);
		return abytes(concatBytes(R, numTo32bLE(S)), 64);
	};
	return [hashable, finish];
};
const signAsync = async (message, secretKey) => {
	const m = snapshotBytes(message, "message");
	const e = await getExtendedPublicKeyAsync(secretKey);
	return hashFinishAsync(_sign(e, await callHashAsync("sha512Async", e.prefix, m), m));
};
const hashes = {
	sha512Async: async (message) => {
		const s = globalThis?.crypto?.subtle;
		if (!s) throw new Error("crypto.subtle must be defined, consider polyfill");
		return new Uint8Array(await s.digest("SHA-512", concatBytes(message)));
	},
	sha512: void 0
};
const precompute = () => {
	const points = [];
	let p = G;
	let b;
	for (let w = 0; w < 33; w++) {
		b = p;
		points.push(b);
		for (let i = 1; i < 128; i++) {
			b = b.add(p);
			points.push(b);
		}
		p = b.double();
	}
	return points;
};
let Gpows = void 0;
const ctneg = (cnd, p) => {
	const n = p.negate();
	return cnd ? n : p;
};
const wNAF = (n) => {
	const comp = Gpows || (Gpows = precompute());
	let p = I;
	let f = G;
	for (let w = 0; w < 33; w++) {
		let wbits = Number(n & 255n);
		n >>= 8n;
		if (wbits > 128) {
			wbits -= 256;
			n += 1n;
		}
		const off = w * 128;
		const offP = off + Math.abs(wbits) - 1;
		const isOddW = w % 2 !== 0;
		const isNeg = wbits < 0;
		if (wbits === 0) f = f.add(ctneg(isOddW, comp[off]));
		else p = p.add(ctneg(isNeg, comp[offP]));
	}
	if (n !== 0n) throw new Error("invalid wnaf");
	return {
		p,
		f
	};
};

// src/signers/openssl-error.ts
function opensslCode(error) {
	if (error instanceof Error) {
		if (!("code" in error)) {
			if (Object.getPrototypeOf(error) === Error.prototype) return "no reason";
		} else if (typeof error.code === "string" && /^ERR_(?:OSSL|CRYPTO|MISSING_PASSPHRASE)/.test(error.code)) return error.code;
	}
	throw error;
}
function opensslWords(error) {
	return opensslCode(error) === "ERR_OSSL_EVP_UNSUPPORTED" ? "one of a kind that OpenSSL does not know here" : "bytes that OpenSSL can't read";
}

// src/signers/tuf-key.ts
const SUPPORTED_KEYS = "an ed25519, P-256, P-384 or RSA key";
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16384;
const CURVES = [{
	algorithm: "ecdsa-p256",
	scheme: "ecdsa-sha2-nistp256",
	openssl: "prime256v1",
	identifier: Buffer.from("301306072a8648ce3d020106082a8648ce3d030107", "hex")
}, {
	algorithm: "ecdsa-p384",
	scheme: "ecdsa-sha2-nistp384",
	openssl: "secp384r1",
	identifier: Buffer.from("301006072a8648ce3d020106052b81040022", "hex")
}];
const P521_OID = Buffer.from("06052b81040023", "hex");
function tufKey(keytype, scheme, value) {
	return /* @__PURE__ */ new Map([
		["keytype", keytype],
		["keyval", /* @__PURE__ */ new Map([["public", value]])],
		["scheme", scheme]
	]);
}
function unsupported(found) {
	return {
		kind: "unsupported",
		found
	};
}
function spkiPem(key) {
	return key.export({
		format: "pem",
		type: "spki"
	}).toString();
}
function pointOf(spki, curve) {
	const start = (spki[1] ?? 0) < 128 ? 2 : 3;
	const end = start + curve.identifier.length;
	if (!spki.subarray(start, end).equals(curve.identifier)) return null;
	const point = spki.subarray(end + 3).toString("hex");
	const uncompressed = ECDH.convertKey(point, curve.openssl, "hex", "hex", "uncompressed");
	return Buffer.from(uncompressed.toString(), "hex");
}
function describeEc(key) {
	let spki;
	try {
		spki = key.export({
			format: "der",
			type: "spki"
		});
	} catch (error) {
		return unsupported(`an elliptic curve key that can't be written (${opensslWords(error)})`);
	}
	for (const curve of CURVES) {
		const point = pointOf(spki, curve);
		if (point === null) continue;
		const bitString = Buffer.concat([Buffer.from([
			3,
			point.length + 1,
			0
		]), point]);
		const der = Buffer.concat([
			Buffer.from([48, curve.identifier.length + bitString.length]),
			curve.identifier,
			bitString
		]);
		const pem = spkiPem(createPublicKey({
			key: der,
			format: "der",
			type: "spki"
		}));
		return {
			kind: "supported",
			algorithm: curve.algorithm,
			publicKey: tufKey("ecdsa", curve.scheme, pem)
		};
	}
	return unsupported(spki.includes(P521_OID) ? "a P-521 key" : "a key on another curve, or with its curve spelled out");
}
function describeRsa(key) {
	const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
	const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n;
	if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return unsupported(`an RSA key of ${bits} bits (${MIN_RSA_BITS} to ${MAX_RSA_BITS} work)`);
	if (exponent < 3n || exponent % 2n === 0n) return unsupported("an RSA key with an unsafe public exponent");
	return {
		kind: "supported",
		algorithm: "rsa-pss-sha256",
		publicKey: tufKey("rsa", "rsassa-pss-sha256", spkiPem(key))
	};
}
function describeKey(key) {
	if (key.type === "secret") return unsupported("a symmetric key");
	const half = key.type === "private" ? createPublicKey(key) : key;
	switch (half.asymmetricKeyType) {
		case "ed25519": return {
			kind: "supported",
			algorithm: "ed25519",
			publicKey: tufKey("ed25519", "ed25519", half.export({
				format: "der",
				type: "spki"
			}).subarray(-32).toString("hex"))
		};
		case "ec": return describeEc(half);
		case "rsa": return describeRsa(half);
		case "rsa-pss": return unsupported("an RSA-PSS key (only keys of plain RSA are read by all clients)");
		default: return unsupported(`a key of the type ${half.asymmetricKeyType ?? "(unknown)"}`);
	}
}

// src/signers/key-signer.ts
function seedOf(key) {
	return Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url");
}
async function rawSignature(key, algorithm, bytes) {
	switch (algorithm) {
		case "ed25519": return Buffer.from(await signAsync(bytes, seedOf(key)));
		case "ecdsa-p256": return sign("sha256", bytes, {
			key,
			dsaEncoding: "der"
		});
		case "ecdsa-p384": return sign("sha384", bytes, {
			key,
			dsaEncoding: "der"
		});
		case "rsa-pss-sha256": return sign("sha256", bytes, {
			key,
			padding: constants.RSA_PKCS1_PSS_PADDING,
			saltLength: constants.RSA_PSS_SALTLEN_DIGEST
		});
		default: return algorithm;
	}
}
function signerFromPrivateKey(key, where = "signing key") {
	if (key.type !== "private") throw new CountersignError("signer-key", where, `expected a private key, got a ${key.type} key`);
	const description = describeKey(key);
	if (description.kind === "unsupported") throw new CountersignError("signer-key", where, `expected ${SUPPORTED_KEYS}, got ${description.found}`);
	const { algorithm, publicKey } = description;
	const verifier = parseKey(publicKey, where);
	return {
		publicKey: async () => publicKey,
		sign: async (bytes) => {
			let sig;
			try {
				sig = (await rawSignature(key, algorithm, bytes)).toString("hex");
			} catch (error) {
				throw new CountersignError("signer-key", where, `expected a key that can sign, got ${opensslWords(error)}`);
			}
			const verdict = verifySignature(verifier, bytes, sig);
			if (verdict !== "valid") throw new CountersignError("signer-key", where, `expected a signature that the public half verifies, got one that is ${verdict}`);
			return sig;
		}
	};
}

// src/signers/ed25519.ts
const ED25519_BYTES = 32;
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
function ed25519FromSeed(seed) {
	if (seed.length !== 32) throw new CountersignError("signer-key", "ed25519 seed", `expected 32 bytes, got ${seed.length}`);
	return createPrivateKey({
		key: Buffer.concat([PKCS8_PREFIX, seed]),
		format: "der",
		type: "pkcs8"
	});
}

// src/signers/passphrase.ts
async function passphraseFor(where, ask) {
	const passphrase = await ask();
	if (passphrase === null) throw new CountersignError("signer-passphrase", where, "expected a passphrase for the encrypted key, got none");
	return passphrase;
}
function wrongPassphrase(where) {
	return new CountersignError("signer-passphrase", where, "expected the passphrase of the key, got another");
}

// src/signers/pem.ts
const BEGIN = /^-----BEGIN ([A-Z0-9 ]{1,60})-----$/;
function decodeBase64(text) {
	const bytes = Buffer.from(text, "base64");
	return bytes.toString("base64") === text ? bytes : null;
}
function isOneDerSequence(der) {
	const first = der[1] ?? 128;
	if (der[0] !== 48 || first === 128 || first > 132) return false;
	if (first < 128) return der.length === 2 + first;
	const size = first - 128;
	if (der.length < 2 + size) return false;
	return der.length === 2 + size + Buffer.from(der).readUIntBE(2, size);
}
function blockOf(open) {
	const blank = open.lines.indexOf("");
	const headers = open.lines.some((line) => line.includes(":")) && blank > 0 ? open.lines.slice(0, blank) : [];
	const body = decodeBase64(open.lines.slice(headers.length).join(""));
	if (body === null || body.length === 0) return null;
	const { label } = open;
	const text = [
		`-----BEGIN ${label}-----`,
		...open.lines,
		`-----END ${label}-----`,
		""
	].join("\n");
	return {
		label,
		body,
		encrypted: headers.includes("Proc-Type: 4,ENCRYPTED"),
		text
	};
}
function parsePem(text) {
	if (!text.includes("-----BEGIN ")) return { kind: "none" };
	const blocks = [];
	let open = null;
	for (const raw of text.split("\n")) {
		const line = raw.trimEnd();
		if (open === null) {
			const label = BEGIN.exec(line)?.[1];
			if (label === void 0 && line !== "") return {
				kind: "malformed",
				reason: "text outside of the PEM block"
			};
			if (label !== void 0) open = {
				label,
				lines: []
			};
		} else if (line === `-----END ${open.label}-----`) {
			const block = blockOf(open);
			if (block === null) return {
				kind: "malformed",
				reason: `a damaged PEM block "${open.label}"`
			};
			blocks.push(block);
			open = null;
		} else open.lines.push(line);
	}
	if (open !== null) return {
		kind: "malformed",
		reason: `a PEM block "${open.label}" without its end`
	};
	const [first, ...more] = blocks;
	return first === void 0 ? { kind: "none" } : {
		kind: "blocks",
		blocks: [first, ...more]
	};
}

// src/signers/read-private-key.ts
const MAX_KEY_BYTES = 65536;
const FORMS = "a private key in PEM or OpenSSH format, or 64 hex digits";
const PROBE = Buffer.from("countersign: do the halves of this key fit each other?");
function kindOf(text) {
	if (text.trim() === "") return "nothing";
	if (/^(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+ /.test(text)) return "an OpenSSH public key";
	if (text.startsWith("PuTTY-User-Key-File-")) return "a PuTTY key (PuTTYgen exports OpenSSH keys)";
	if (/[^\t\r\n -~]/.test(text)) return "bytes that are no ASCII text";
	if (/^[0-9a-fA-F]+\s*$/.test(text)) return `${text.trim().length} hex digits`;
	return "a text that is no private key";
}
function keyBlock(blocks, refuse) {
	const [block, ...more] = blocks.filter(({ label }) => label !== "EC PARAMETERS");
	if (block === void 0 || more.length > 0) throw refuse(`expected one private key, got ${blocks.map(({ label }) => `"${label}"`).join(", ")}`);
	return block;
}
function opensslInput({ label, body, text, encrypted }) {
	if (label === "PRIVATE KEY" || label === "ENCRYPTED PRIVATE KEY") return {
		key: body,
		format: "der",
		type: "pkcs8"
	};
	if (label !== "EC PRIVATE KEY" && label !== "RSA PRIVATE KEY") return null;
	if (encrypted) return {
		key: text,
		format: "pem"
	};
	return {
		key: body,
		format: "der",
		type: label === "EC PRIVATE KEY" ? "sec1" : "pkcs1"
	};
}
async function readWithOpenssl(block, where, ask, refuse) {
	const input = opensslInput(block);
	if (input === null) throw refuse(`expected ${FORMS}, got a PEM block "${block.label}"`);
	if (!block.encrypted && !isOneDerSequence(block.body)) throw refuse("expected a whole key, got one cut off or with more bytes after it");
	const passphrase = block.encrypted || block.label === "ENCRYPTED PRIVATE KEY" ? await passphraseFor(where, ask) : null;
	try {
		return createPrivateKey(passphrase === null ? input : {
			...input,
			passphrase
		});
	} catch (error) {
		const code = opensslCode(error);
		if (passphrase === null || code === "ERR_OSSL_EVP_UNSUPPORTED") throw refuse(`expected a private key that OpenSSL reads, got ${opensslWords(error)}`);
		throw wrongPassphrase(where);
	}
}
async function readKey(text, where, ask, refuse, openssh) {
	const [, seed] = /^([0-9a-fA-F]{64})(?:\r?\n)?$/.exec(text) ?? [];
	if (seed !== void 0) return ed25519FromSeed(Buffer.from(seed, "hex"));
	const pem = parsePem(text);
	switch (pem.kind) {
		case "none": throw refuse(`expected ${FORMS}, got ${kindOf(text)}`);
		case "malformed": throw refuse(`expected ${FORMS}, got ${pem.reason}`);
		case "blocks": {
			const block = keyBlock(pem.blocks, refuse);
			if (block.label === "OPENSSH PRIVATE KEY" && openssh !== null) return openssh(block.body, where, ask, refuse);
			return readWithOpenssl(block, where, ask, refuse);
		}
		default: return pem;
	}
}
async function readPrivateKey(bytes, where, passphrase, openssh) {
	if (bytes.length > 65536) throw new CountersignError("too-large", where, `expected at most ${MAX_KEY_BYTES} bytes, got more`);
	const refuse = (detail) => new CountersignError("signer-key", where, detail);
	const key = await readKey(Buffer.from(bytes).toString("latin1"), where, passphrase, refuse, openssh);
	await signerFromPrivateKey(key, where).sign(PROBE);
	return key;
}

// src/signers/env-scheme.ts
function envScheme(openssh) {
	return {
		name: "env",
		form: "env:NAME",
		async open(rest, { env, askPassphrase }) {
			if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(rest)) throw new CountersignError("signer-uri", "env:", "expected the name of an environment variable, got other text");
			const where = `env:${rest}`;
			const value = env.get(rest) ?? "";
			if (value === "") throw new CountersignError("signer-key", where, "expected the content of a key file in this variable, got nothing");
			const key = await readPrivateKey(Buffer.from(value, "utf8"), where, () => askPassphrase(where), openssh);
			return signerFromPrivateKey(key, where);
		}
	};
}

// src/signers/open-with-schemes.ts
function looksLikeKey(rest) {
	return /^[0-9a-f]{64}$/i.test(rest) || /[\r\n]|-----BEGIN/.test(rest) || /^(?:MC4CAQ|MI[GHI]|b3BlbnNzaC1rZXkt)[A-Za-z0-9+/]{20,}={0,2}$/.test(rest);
}
async function openWithSchemes(uri, context, schemes) {
	const [, name = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/s.exec(uri) ?? [];
	const scheme = schemes.find((candidate) => candidate.name === name);
	if (scheme === void 0 || looksLikeKey(rest)) {
		const forms = schemes.map(({ form }) => form).join(" or ");
		throw new CountersignError("signer-uri", "key URI", `expected ${forms}, got ${scheme === void 0 ? "another scheme" : "what looks like a key itself"}`);
	}
	return scheme.open(rest, context);
}

// src/signers/open-online-signer.ts
async function openOnlineSigner(uri, env) {
	return openWithSchemes(uri, {
		env,
		cwd: "/",
		askPassphrase: async () => null
	}, [envScheme(null)]);
}

// src/artifacts/file-digest.ts
const CHUNK_BYTES$1 = 1048576;
async function fileDigest(path) {
	const hash = createHash("sha256");
	try {
		for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES$1 })) hash.update(Buffer.from(chunk));
	} catch (error) {
		throw ioError(path, "to read the file", error);
	}
	return hash.digest("hex");
}

// src/artifacts/link-file.ts
const NO_LINK = [
	"EXDEV",
	"EPERM",
	"EACCES",
	"EMLINK",
	"ENOTSUP",
	"EOPNOTSUPP",
	"ENOSYS"
];
async function linkOrCopy(source, target) {
	try {
		await link(source, target);
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === "EEXIST") return;
		if (errno === null || !NO_LINK.includes(errno)) throw error;
		await copyFile(source, target);
	}
}

// src/artifacts/staging.ts
const MAX_SEARCHED = 300;
const DIGEST_NAME = /^[0-9a-f]{64}$/;
async function openArtifactStaging(options) {
	try {
		return new StagedFiles(await mkdtemp(join(options.temporary, STAGED_PREFIX)), options);
	} catch (error) {
		throw ioError(options.temporary, "to make a directory for staged files", error);
	}
}
function requireDigest(sha256) {
	if (!DIGEST_NAME.test(sha256)) throw new CountersignError("hash-invalid", quote(sha256), "expected 64 lower-case hex digits");
}
var StagedFiles = class {
	#options;
	#directory;
	#downloads;
	#hints;
	#put = /* @__PURE__ */ new Set();
	#found = /* @__PURE__ */ new Map();
	#seen = /* @__PURE__ */ new Set();
	#expired = /* @__PURE__ */ new Map();
	#newest = null;
	#queue = Promise.resolve();
	constructor(directory, options) {
		this.#options = options;
		this.#directory = join(directory, "files");
		this.#downloads = join(directory, "downloads");
		this.#hints = new Set(options.hints);
	}
	expiredRuns() {
		return [...new Set(this.expired.flatMap(({ url }) => url ?? []))];
	}
	get expired() {
		return [...this.#expired.values()];
	}
	addHints(names) {
		for (const name of names) this.#hints.add(name);
	}
	upload() {
		return this.#put.size === 0 ? null : {
			name: stagedName(this.#put),
			directory: this.#directory
		};
	}
	async put(sha256, path) {
		requireDigest(sha256);
		try {
			await mkdir(this.#directory, { recursive: true });
			await linkOrCopy(path, join(this.#directory, sha256));
		} catch (error) {
			throw ioError(path, "to take in the file", error);
		}
		this.#put.add(sha256);
	}
	async locate(sha256) {
		requireDigest(sha256);
		if (this.#put.has(sha256)) return join(this.#directory, sha256);
		const search = this.#queue.then(() => this.#search(sha256));
		this.#queue = search.catch(() => void 0);
		return search;
	}
	async #search(sha256) {
		const known = await this.#genuine(sha256);
		if (known !== null) return known;
		const { artifacts } = this.#options;
		for (const hint of this.#hints) {
			if (!hint.startsWith("countersign-staged-")) continue;
			const found = await this.#look(await artifacts.named(hint), sha256);
			if (found !== null) return found;
		}
		this.#newest ??= (await artifacts.newest(MAX_SEARCHED)).filter(({ name }) => name.startsWith(STAGED_PREFIX));
		return this.#look(this.#newest, sha256);
	}
	async #look(candidates, sha256) {
		for (const artifact of [...candidates].sort((a, b) => b.id - a.id)) {
			if (this.#seen.has(artifact.id) || artifact.from !== "repository") continue;
			this.#seen.add(artifact.id);
			if (!await this.#fetch(artifact)) continue;
			const found = await this.#genuine(sha256);
			if (found !== null) return found;
		}
		return null;
	}
	async #fetch(artifact) {
		if (artifact.expired) {
			this.#remember(artifact);
			return false;
		}
		const directory = join(this.#downloads, String(artifact.id));
		try {
			await mkdir(directory, { recursive: true });
			await this.#options.artifacts.download(artifact, directory);
			for (const name of await readdir(directory)) if (DIGEST_NAME.test(name)) this.#found.set(name, [...this.#found.get(name) ?? [], join(directory, name)]);
			return true;
		} catch (error) {
			if (error instanceof CountersignError && error.code === "artifact-expired") {
				this.#remember(artifact);
				return false;
			}
			if (!(error instanceof CountersignError && error.code === "artifact-mismatch")) throw ioError(artifact.name, "to unpack the artifact", error);
			this.#options.log.warn(error.message);
			return false;
		}
	}
	#remember({ id, name, runId }) {
		this.#expired.set(id, {
			name,
			runId,
			url: runId === null ? null : this.#options.runUrl(runId)
		});
	}
	async #genuine(sha256) {
		for (const path of this.#found.get(sha256) ?? []) if ((await lstat(path)).isFile() && await fileDigest(path) === sha256) {
			this.#found.set(sha256, [path]);
			return path;
		}
		this.#found.delete(sha256);
		return null;
	}
};

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
function refuse$5(name, detail) {
	throw new CountersignError("usage", name, detail);
}
function credentialsOf(url, name) {
	if (url.username === "" && url.password === "") return null;
	try {
		const [user, password] = [url.username, url.password].map(decodeURIComponent);
		return `Basic ${Buffer.from(`${user ?? ""}:${password ?? ""}`).toString("base64")}`;
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		return refuse$5(name, "expected a user and password whose percent-encoding can be read, got others");
	}
}
function proxyOf(env, names) {
	const found = names.map((name) => variableOf(env, name)).find((one) => one !== null);
	if (found === void 0) return null;
	const { name, text } = found;
	const trimmed = text.trim();
	const full = trimmed.includes("://") ? trimmed : `http://${trimmed}`;
	const url = URL.canParse(full) ? new URL(full) : refuse$5(name, "expected the URL of a proxy, such as http://HOST:PORT, got a text that is none");
	if (url.protocol.startsWith("socks")) refuse$5(name, "expected an http or https proxy; SOCKS proxies are not supported");
	if (url.protocol !== "http:" && url.protocol !== "https:") refuse$5(name, "expected the URL of an http or https proxy, such as http://HOST:PORT, got another scheme");
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

// src/version.ts
const VERSION$2 = "0.1.0";

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
function codeOf$1(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
function reasonOf$1(error) {
	const code = codeOf$1(error);
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
	const { text, fault, isPassing } = reasonOf$1(error);
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
				if (open.size === 0) fail(failures.find((error) => !NO_WAY.has(codeOf$1(error))) ?? failures[0]);
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
const PASSING_STATUS$1 = /* @__PURE__ */ new Set([
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
function refused$1(answer, proxy, to) {
	const status = answer.statusCode ?? 0;
	const said = `${String(status)}${answer.statusMessage === "" ? "" : ` ${quote(answer.statusMessage ?? "")}`}`;
	const advice = status === 407 ? credentialsAdvice(proxy, answer.headers["proxy-authenticate"]?.toString() ?? "") : "";
	return new ConnectionError(`the proxy ${proxy.name} answered ${said} when it was asked for ${to}${advice}`, { isPassing: PASSING_STATUS$1.has(status) });
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
				"user-agent": `countersign/${VERSION$2}`,
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
			if (status < 200 || status > 299) fail(refused$1(answer, proxy, authority));
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
const IDLE_MS$1 = 4e3;
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
				"user-agent": `countersign/${VERSION$2}`,
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
			timeout: IDLE_MS$1
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

// src/client/http-fetch.ts
function fetchOver(transport) {
	return (url, request) => transport.send(url, {
		...request,
		method: "GET",
		body: null,
		idleMs: null
	});
}

// src/client/http-failure.ts
const PASSING = /* @__PURE__ */ new Set([
	"UND_ERR_CONNECT_TIMEOUT",
	"UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
	"UND_ERR_SOCKET"
]);
const PASSING_STATUS = /* @__PURE__ */ new Set([
	408,
	425,
	429,
	500,
	502,
	503,
	504
]);
function failureOf$1(error, where, host) {
	if (error instanceof CountersignError) return {
		kind: "failed",
		error,
		waitMs: error.code === "stalled" || error.code === "io" ? 0 : null
	};
	if (!(error instanceof Error) || error instanceof TypeError && error.cause === void 0) throw error;
	const cause = !(error instanceof ConnectionError) && error.cause instanceof Error ? error.cause : error;
	const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
	const named = connectionError(`no answer of ${host}`, inner);
	const isPassing = named.isPassing || PASSING.has(codeOf$1(inner));
	return {
		kind: "failed",
		error: new CountersignError(errorCodeOf(named), where, named.message, { cause: error }),
		waitMs: isPassing ? 0 : null
	};
}
function retryAfterMs(header, now) {
	if (header === null) return 0;
	if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1e3;
	const at = Date.parse(header);
	return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
const MEANINGS$1 = /* @__PURE__ */ new Map([[407, ": the proxy wants a user and password, as in http://USER:PASSWORD@HOST:PORT"], [511, ": the network wants a login, which a browser shows"]]);
function refusedStatus({ status, via, header }, request) {
	const detail = `expected the file from ${`${request.host}${via === void 0 ? "" : ` through the proxy ${via}`}`}, got HTTP ${String(status)}${MEANINGS$1.get(status) ?? ""}`;
	return {
		kind: "failed",
		error: new CountersignError("io", request.where, detail),
		waitMs: PASSING_STATUS.has(status) ? retryAfterMs(header("retry-after"), request.now) : null
	};
}

// src/client/http-rate.ts
function totalMsFor(bytes, totalMs, { minBytesPerSecond, slowMs }) {
	return minBytesPerSecond === 0 ? totalMs : Math.min(totalMs, slowMs + bytes / minBytesPerSecond * 1e3);
}
function startRate(where, host, { minBytesPerSecond, slowMs }) {
	let stretchMs = 0;
	let got = 0;
	return (waitedMs, bytes) => {
		stretchMs += waitedMs;
		got += bytes;
		if (stretchMs < slowMs) return null;
		const isSlow = got * 1e3 < minBytesPerSecond * stretchMs;
		const said = `expected at least ${String(minBytesPerSecond)} bytes a second from ${host}, got ${String(got)} in ${(stretchMs / 1e3).toFixed(1)} s`;
		[stretchMs, got] = [0, 0];
		return isSlow ? new CountersignError("timed-out", where, said) : null;
	};
}

// src/client/http-url.ts
const METADATA = "metadata/";
const TARGETS = "targets/";
const ENCODED_NAME = /^[A-Za-z0-9._~%-]+$/;
function parseBaseUrl(text, where) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (!(url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "") || !isHttp(url)) throw new CountersignError("usage", where, "expected an http or https URL without credentials, query or fragment");
	if (!url.pathname.endsWith("/")) url.pathname += "/";
	return url;
}
function isHttp(url) {
	return url.protocol === "https:" || url.protocol === "http:";
}
function siteUrls(site, where = "site") {
	const base = parseBaseUrl(site, where);
	return {
		metadataUrl: new URL(METADATA, base).href,
		targetUrl: new URL(TARGETS, base).href
	};
}
function below(base, rest, path) {
	const url = new URL(base.href + rest);
	if (url.origin !== base.origin || url.pathname !== base.pathname + rest || url.search !== "" || url.hash !== "") throw new CountersignError("file-name", quote(path), "expected a name that stays below its base URL, got one that leads elsewhere");
	return url;
}
function metadataUrl(base, path) {
	const name = path.startsWith(METADATA) ? path.slice(9) : "";
	if (!ENCODED_NAME.test(name)) throw new CountersignError("file-name", quote(path), `expected ${METADATA} and a percent-encoded name, got another path`);
	return below(base, name, path);
}
function encodeSegment(segment, path) {
	try {
		return encodeRoleName(segment);
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		throw new CountersignError("file-name", quote(path), "expected well-formed text, got half of a surrogate pair", { cause: error });
	}
}
function targetUrl(base, path) {
	const rest = path.startsWith(TARGETS) ? path.slice(8) : "";
	if (rest === "") throw new CountersignError("file-name", quote(path), `expected ${TARGETS} and a path, got another path`);
	return below(base, rest.split("/").map((segment) => encodeSegment(segment, path)).join("/"), path);
}

// src/client/http-watch.ts
function restartable(onEnd) {
	let timer;
	return {
		start: (ms) => {
			clearTimeout(timer);
			timer = setTimeout(onEnd, ms, ms);
		},
		again: () => {
			timer?.refresh().ref();
		},
		unref: () => {
			timer?.unref();
		},
		stop: () => clearTimeout(timer)
	};
}
function startWatch(where, stallMs, totalMs) {
	const controller = new AbortController();
	let verdict = null;
	let waiting = null;
	const end = (code, expected) => {
		verdict ??= new CountersignError(code, where, expected);
		waiting?.refuse(verdict);
		controller.abort(verdict);
	};
	const onStall = (ms) => {
		if (waiting !== null) end("stalled", `expected a byte from ${waiting.host} within ${String(ms)} ms, got none`);
	};
	const stall = restartable(onStall);
	stall.start(stallMs);
	const total = setTimeout(() => {
		end("timed-out", `expected the whole file within ${String(totalMs)} ms, got a part`);
	}, totalMs);
	stall.unref();
	total.unref();
	const finish = () => {
		stall.stop();
		clearTimeout(total);
	};
	const wait = async (host, operation) => {
		if (verdict !== null) throw verdict;
		stall.again();
		try {
			return await new Promise((resolve, reject) => {
				waiting = {
					host,
					refuse: reject
				};
				operation(controller.signal).then(resolve, reject);
			});
		} finally {
			waiting = null;
			stall.unref();
		}
	};
	return {
		during: wait,
		reaching: async (host, reachMs, operation) => {
			let isOver = false;
			stall.start(reachMs);
			try {
				return await wait(host, (signal) => operation(signal, () => {
					if (!isOver && verdict === null) stall.start(stallMs);
				}));
			} finally {
				isOver = true;
				stall.start(stallMs);
				stall.unref();
			}
		},
		stop: () => {
			finish();
			controller.abort();
		},
		finish
	};
}

// src/client/http-get.ts
const MAX_LOOKED_AT = 256;
const REDIRECTS$1 = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
function redirectOf(answer, from, where) {
	const location = answer.header("location");
	const refuse = (got) => {
		throw new CountersignError("redirect-refused", where, `expected a file or a redirect to one from ${from.origin}, got ${got}`);
	};
	const to = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : refuse("a redirect to nowhere");
	if (!isHttp(to)) return refuse(`a redirect to ${quote(to.protocol)}`);
	if (from.protocol === "https:" && to.protocol === "http:") return refuse(`a redirect from https to http at ${to.host}`);
	if (to.username !== "" || to.password !== "") return refuse("a redirect with credentials");
	return to;
}
function startOf(answer) {
	return answer.status === 206 ? Number(/^bytes ([0-9]{1,15})-/.exec(answer.header("content-range") ?? "")?.[1] ?? NaN) : 0;
}
function mistakesRange(answer, from) {
	return answer.status === 400 || answer.status === 206 && startOf(answer) !== from;
}
async function follow(context, get, watch) {
	let range = get.from === 0 ? null : { range: `bytes=${String(get.from)}-` };
	let { url } = get;
	for (let hops = 0;;) {
		const headers = {
			accept: "*/*",
			"accept-encoding": "identity",
			...range
		};
		const at = url;
		const answer = await watch.reaching(at.origin, context.reachMs, (signal, onReached) => context.fetch(at, {
			headers,
			signal,
			onReached
		}));
		const isMistaken = range !== null && mistakesRange(answer, get.from);
		if (!isMistaken && !REDIRECTS$1.has(answer.status)) return {
			answer,
			url
		};
		await answer.discard();
		if (isMistaken) {
			range = null;
			continue;
		}
		if (hops++ >= context.limits.maxRedirects) {
			const detail = `expected at most ${String(context.limits.maxRedirects)} redirects from ${get.url.origin}, got more`;
			throw new CountersignError("redirect-refused", get.where, detail);
		}
		url = redirectOf(answer, url, get.where);
	}
}
function declaredLength(answer) {
	const text = answer.header("content-length");
	return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
function shapeOf(answer, { where, from, maxBytes }, host) {
	const encoding = answer.header("content-encoding");
	if (encoding !== null && encoding !== "" && encoding.toLowerCase() !== "identity") throw new CountersignError("io", where, `expected a plain body from ${host}, got the content encoding ${quote(encoding)}`);
	const length = declaredLength(answer);
	const start = startOf(answer);
	if (answer.status === 206 && start !== from) throw new CountersignError("io", where, `expected the bytes from ${String(from)} on from ${host}, got another range`);
	if (length !== null && start + length > maxBytes) throw new CountersignError("too-large", where, `expected at most ${String(maxBytes)} bytes, got ${String(start + length)}`);
	return {
		skip: from - start,
		length
	};
}
function pageWatch(where, host) {
	let isDecided = false;
	return (chunk) => {
		if (isDecided) return null;
		const text = Buffer.from(chunk.subarray(0, MAX_LOOKED_AT)).toString("utf8").trimStart();
		isDecided = text !== "";
		if (!text.startsWith("<")) return null;
		return new CountersignError("page-answered", where, `${host} answered with a page instead of this file: ${quote(text)}`);
	};
}
async function* chunksOf(answer, shape, watch, get, from) {
	const { host, limits } = from;
	const iterator = answer.body[Symbol.asyncIterator]();
	const isSlow = startRate(get.where, host, limits);
	const isPage = get.content === "json" ? pageWatch(get.where, host) : () => null;
	let got = 0;
	try {
		for (;;) {
			const begun = performance.now();
			const next = await watch.during(host, () => iterator.next()).catch((error) => {
				throw error instanceof CountersignError ? error : connectionError(`the answer of ${host} broke off`, error);
			});
			if (next.done === true) {
				watch.finish();
				break;
			}
			const chunk = next.value;
			const refused = isSlow(performance.now() - begun, chunk.length) ?? isPage(chunk);
			if (refused !== null) throw refused;
			const skipped = Math.min(chunk.length, Math.max(0, shape.skip - got));
			got += chunk.length;
			if (skipped < chunk.length) yield chunk.subarray(skipped);
		}
		if (shape.length !== null && got !== shape.length) throw new CountersignError("io", get.where, `expected ${String(shape.length)} bytes from ${host}, got ${String(got)}`);
	} finally {
		watch.stop();
	}
}
async function openGet(context, get) {
	const watch = startWatch(get.where, context.limits.stallMs, get.totalMs);
	let answered = null;
	try {
		const { answer, url } = await follow(context, get, watch);
		answered = answer;
		const { status } = answer;
		if (status === 200 || status === 206 && get.from > 0) {
			const from = {
				host: url.origin,
				limits: context.limits
			};
			return {
				kind: "done",
				value: chunksOf(answer, shapeOf(answer, get, url.origin), watch, get, from)
			};
		}
		await answer.discard();
		watch.finish();
		if (get.absent.includes(status)) return {
			kind: "done",
			value: null
		};
		if (status === 416) return {
			kind: "failed",
			error: new CountersignError("length-mismatch", get.where, `expected more than ${String(get.from)} bytes, got no more`),
			waitMs: null
		};
		return refusedStatus(answer, {
			where: get.where,
			host: url.origin,
			now: context.now()
		});
	} catch (error) {
		watch.stop();
		await answered?.discard();
		const failed = failureOf$1(error, get.where, get.url.origin);
		return error instanceof CountersignError && error.code === "io" ? {
			...failed,
			waitMs: null
		} : failed;
	}
}

// src/client/http-source.ts
const ROOT_PATH = /^metadata\/[1-9][0-9]*\.root\.json$/;
function absentStatuses(path) {
	return ROOT_PATH.test(path) ? [
		403,
		404,
		410
	] : [404];
}
function parseMirrors(urls, where) {
	const mirrors = urls.map((text) => ({
		base: parseBaseUrl(text, where),
		failed: false
	}));
	if (mirrors.length === 0) throw new CountersignError("usage", where, "expected at least one URL, got none");
	return mirrors;
}
function openHttpSource(options) {
	const limits = withLimits(DEFAULT_HTTP_LIMITS, options.limits);
	const metadata = parseMirrors(options.metadataUrls, "metadata URL");
	const targets = parseMirrors(options.targetUrls, "targets URL");
	const { fetch, close, reachMs } = senderOf(options, limits);
	const context = {
		fetch,
		limits,
		reachMs,
		now: options.now ?? Date.now
	};
	const together = Array.from({ length: Math.max(metadata.length, targets.length) }, (_, first) => viewOf(context, rotate(metadata, first), rotate(targets, first)));
	const alone = metadata.length === 1 ? [] : metadata.map((mirror, first) => viewOf(context, [mirror], rotate(targets, first)));
	return {
		...viewOf(context, metadata, targets),
		mirrors: [...together, ...alone],
		close
	};
}
const GRACE_MS = 1e3;
function senderOf({ ca, fetch }, { connectMs, stallMs }) {
	if (fetch !== void 0) return {
		fetch,
		reachMs: stallMs,
		close: async () => void 0
	};
	const transport = openTransport({
		connectMs,
		proxies: readProxies(process.env),
		...ca === void 0 ? {} : { ca }
	});
	return {
		fetch: fetchOver(transport),
		reachMs: connectMs + GRACE_MS,
		close: transport.close
	};
}
function rotate(items, by) {
	const first = by % items.length;
	return [...items.slice(first), ...items.slice(0, first)];
}
function viewOf(context, metadata, targets) {
	const { limits } = context;
	const readMetadata = (path, maxBytes) => fromMirrors(metadata, (mirror) => {
		const totalMs = totalMsFor(maxBytes, limits.metadataTotalMs, limits);
		const get = {
			url: metadataUrl(mirror.base, path),
			where: path,
			from: 0,
			maxBytes,
			totalMs,
			content: "json"
		};
		return persist(limits, () => readWhole(context, {
			...get,
			absent: absentStatuses(path)
		}));
	});
	const openTarget = async (path, maxBytes, from) => {
		const open = (at) => fromMirrors(targets, async (mirror) => {
			const totalMs = totalMsFor(maxBytes, limits.targetTotalMs, limits);
			const get = {
				url: targetUrl(mirror.base, path),
				where: path,
				from: at,
				maxBytes,
				totalMs,
				absent: [404]
			};
			const chunks = await persist(limits, () => openGet(context, {
				...get,
				content: "any"
			}));
			return chunks === null ? null : {
				chunks,
				mirror
			};
		});
		const first = await open(from);
		return first === null ? null : resuming(limits, path, from, first, open);
	};
	return {
		metadata: async (path, maxBytes) => {
			const deadline = performance.now() + limits.timestampGapMs;
			for (let attempt = 1;; attempt++) {
				const bytes = await readMetadata(path, maxBytes);
				if (bytes !== null || path !== "metadata/timestamp.json" || performance.now() >= deadline) return bytes;
				await setTimeout$1(Math.min(waitOf(limits, attempt), Math.max(1, deadline - performance.now())));
			}
		},
		target: (path, maxBytes) => openTarget(path, maxBytes, 0),
		targetFrom: openTarget,
		list: async () => null
	};
}
async function fromMirrors(mirrors, read) {
	let absent = false;
	let failure = null;
	for (const mirror of [...mirrors].sort((a, b) => Number(a.failed) - Number(b.failed))) {
		if (absent && mirror.failed) break;
		try {
			const value = await read(mirror);
			mirror.failed = false;
			if (value !== null) return value;
			absent = true;
		} catch (error) {
			mirror.failed = true;
			failure ??= { error };
		}
	}
	if (absent || failure === null) return null;
	throw failure.error;
}
function waitOf(limits, attempt) {
	return Math.min(limits.maxWaitMs, limits.firstWaitMs * 2 ** (attempt - 1)) * (.5 + Math.random() / 2);
}
async function persist(limits, attempt) {
	for (let count = 1;; count++) {
		const tried = await attempt();
		if (tried.kind === "done") return tried.value;
		if (tried.waitMs === null || tried.waitMs > limits.maxWaitMs || count >= limits.maxAttempts) throw tried.error;
		await setTimeout$1(Math.max(tried.waitMs, waitOf(limits, count)));
	}
}
async function readWhole(context, get) {
	const opened = await openGet(context, get);
	if (opened.kind === "failed" || opened.value === null) return opened.kind === "failed" ? opened : {
		kind: "done",
		value: null
	};
	const chunks = [];
	let length = 0;
	try {
		for await (const chunk of opened.value) {
			length += chunk.length;
			if (length > get.maxBytes) throw new CountersignError("too-large", get.where, `expected at most ${String(get.maxBytes)} bytes, got more`);
			chunks.push(chunk);
		}
	} catch (error) {
		return failureOf$1(error, get.where, get.url.origin);
	}
	const bytes = Buffer.concat(chunks, length);
	return {
		kind: "done",
		value: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
	};
}
const FRESH_START_BYTES = 8 * 1024 ** 2;
async function* resuming(limits, where, from, first, open) {
	let offset = from;
	let failures = 0;
	let brokeAt = from;
	for (let current = first;;) try {
		for await (const chunk of current.chunks) {
			offset += chunk.length;
			yield chunk;
		}
		return;
	} catch (error) {
		const { error: named, waitMs } = failureOf$1(error, where, current.mirror.base.origin);
		failures = offset - brokeAt >= FRESH_START_BYTES ? 1 : failures + 1;
		brokeAt = offset;
		if (waitMs === null || failures >= limits.maxAttempts) throw named;
		current.mirror.failed = true;
		await setTimeout$1(waitOf(limits, failures));
		const next = await open(offset);
		if (next === null) throw named;
		current = next;
	}
}

// src/event/pages-url.ts
function pagesUrl(owner, repo) {
	const host = `${owner.toLowerCase()}.github.io`;
	return repo.toLowerCase() === host ? `https://${host}/` : `https://${host}/${repo}/`;
}

// src/forge/github/answer.ts
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function answerOf$1(value, where) {
	if (!isRecord(value)) throw unexpected(where, "an object", value);
	return {
		where,
		members: value
	};
}
function childOf(answer, key) {
	return answerOf$1(answer.members[key], `${answer.where} ${key}`);
}
function childOrNull(answer, key) {
	return (answer.members[key] ?? null) === null ? null : childOf(answer, key);
}
function childrenOf$1(answer, key) {
	const value = answer.members[key];
	const where = `${answer.where} ${key}`;
	if (!Array.isArray(value)) throw unexpected(where, "an array", value);
	return value.map((one) => answerOf$1(one, where));
}
function textOf$2(answer, key) {
	const value = answer.members[key];
	if (typeof value !== "string") throw unexpected(`${answer.where} ${key}`, "a string", value);
	return value;
}
function textOrNull(answer, key) {
	return (answer.members[key] ?? null) === null ? null : textOf$2(answer, key);
}
function countOf(answer, key) {
	const value = answer.members[key];
	if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw unexpected(`${answer.where} ${key}`, "a number", value);
	return value;
}
function countOrNull(answer, key) {
	return (answer.members[key] ?? null) === null ? null : countOf(answer, key);
}
function flagOf(answer, key) {
	const value = answer.members[key];
	if (typeof value !== "boolean") throw unexpected(`${answer.where} ${key}`, "true or false", value);
	return value;
}
function unexpected(where, wanted, value) {
	const got = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
	return new CountersignError("io", where, `expected ${wanted}, got ${got === "undefined" ? "nothing" : got}`);
}

// src/forge/github/errors.ts
const PULL_REQUEST_SETTING = "Allow GitHub Actions to create and approve pull requests";
const GRAPHQL_STATUS = /* @__PURE__ */ new Map([
	["FORBIDDEN", 403],
	["INSUFFICIENT_SCOPES", 403],
	["NOT_FOUND", 404],
	["STALE_DATA", 409],
	["RATE_LIMITED", 429],
	["RATE_LIMIT", 429]
]);
const MEANINGS = [
	[/not permitted to create or approve pull requests/i, "setting-missing"],
	[/without `?workflows?`? (permission|scope)/i, "permission-missing"],
	[/protected branch|rule violations?|branch protection|cannot force-push|rulesets?\b/i, "ref-protected"],
	[/immutable release/i, "release-immutable"],
	[/commenting (?:is|has been) (?:disabled|limited)|more than 2,?500 comments/i, "conversation-full"]
];
function failureOf(error) {
	if (!(error instanceof Error)) return null;
	const response = "response" in error && isRecord(error.response) ? error.response : null;
	const headers = isRecord(response?.["headers"]) ? response["headers"] : {};
	const status = "status" in error && typeof error.status === "number" ? error.status : null;
	const message = saidIn(response?.["data"]) ?? error.message;
	const parts = partCodes(response?.["data"]);
	const unanswered = error.cause instanceof ConnectionError ? errorCodeOf(error.cause) : null;
	if (status !== null) return {
		kind: "github-failure",
		status: status === 0 ? 500 : status,
		message,
		parts,
		headers,
		unanswered
	};
	return graphqlFailure(response?.["data"], headers);
}
function saidIn(data) {
	if (!isRecord(data) || typeof data["message"] !== "string") return null;
	const parts = Array.isArray(data["errors"]) ? data["errors"].map(partIn).filter((part) => part !== "") : [];
	return parts.length === 0 ? data["message"] : `${data["message"]}: ${parts.join(", ")}`;
}
function partCodes(data) {
	return (isRecord(data) && Array.isArray(data["errors"]) ? data["errors"] : []).map((part) => isRecord(part) ? part["code"] : null).filter((code) => typeof code === "string");
}
function partIn(part) {
	if (typeof part === "string") return part;
	if (!isRecord(part)) return "";
	return [part["message"], `${String(part["field"])} ${String(part["code"])}`].find((one) => typeof one === "string") ?? "";
}
function graphqlFailure(data, headers) {
	const errors = isRecord(data) && Array.isArray(data["errors"]) ? data["errors"].filter(isRecord) : [];
	const [first] = errors;
	if (first === void 0) return null;
	const message = errors.map((one) => String(one["message"])).join("; ");
	const types = errors.map((one) => typeof one["type"] === "string" ? one["type"] : "");
	const type = types.find((one) => GRAPHQL_STATUS.get(one) === 429) ?? types[0] ?? "";
	return {
		kind: "github-failure",
		status: /something went wrong while executing your query/i.test(message) ? 502 : GRAPHQL_STATUS.get(type) ?? 422,
		message,
		parts: [],
		headers,
		unanswered: null
	};
}
function translate(failure, purpose, scrub) {
	const message = scrub(failure.message);
	const cause = {
		...failure,
		message,
		headers: {}
	};
	if (failure.unanswered !== null) return new CountersignError(failure.unanswered, purpose.what, message, { cause });
	const { code, expected } = meaningOf({
		...failure,
		message
	}, purpose);
	const said = failure.status >= 500 && failure.message === "" ? `status ${String(failure.status)}` : quote(message);
	return new CountersignError(code, purpose.what, `expected ${expected}, got ${said}`, { cause });
}
function statusOf(error) {
	if (!(error instanceof CountersignError) || !isRecord(error.cause) || error.cause["kind"] !== "github-failure") return null;
	return typeof error.cause["status"] === "number" ? error.cause["status"] : null;
}
function saidWith(error) {
	const message = statusOf(error) !== null && error instanceof CountersignError && isRecord(error.cause) ? error.cause["message"] : "";
	return typeof message === "string" ? message : "";
}
function mayHaveHappened(error) {
	return (statusOf(error) ?? 0) >= 500;
}
function meaningOf(failure, purpose) {
	const { status, headers } = failure;
	if (status >= 500) return {
		code: "io",
		expected: "an answer of GitHub"
	};
	if (isRateLimit(failure)) return {
		code: "rate-limited",
		expected: `GitHub to take more requests${whenLifted(headers)}`
	};
	const meaning = MEANINGS.find(([pattern]) => pattern.test(failure.message))?.[1];
	if (meaning === "setting-missing") return {
		code: meaning,
		expected: `the repository's setting "${PULL_REQUEST_SETTING}" to be on, or an App token`
	};
	if (meaning === "permission-missing") return {
		code: meaning,
		expected: permissionText("workflows: write")
	};
	if (meaning === "conversation-full") return {
		code: meaning,
		expected: "GitHub to take one more comment"
	};
	if (meaning !== void 0) return {
		code: meaning,
		expected: "no rule against it"
	};
	if (status === 401) return {
		code: "permission-missing",
		expected: "a token that GitHub accepts"
	};
	if (status === 403) return {
		code: "permission-missing",
		expected: permissionText(neededBy(headers) ?? purpose.needs)
	};
	if (status === 404) return {
		code: purpose.codes?.[404] ?? "io",
		expected: `it to be there and seen with permission ${purpose.needs}`
	};
	if (status === 413) return {
		code: "too-large",
		expected: "less"
	};
	return {
		code: codeOf(purpose, status),
		expected: "GitHub to accept it"
	};
}
function codeOf({ codes }, status) {
	switch (status) {
		case 400:
		case 405:
		case 409:
		case 410:
		case 422: return codes?.[status] ?? "io";
		default: return "io";
	}
}
function isRateLimit({ status, message, parts, headers }) {
	if (status === 429) return true;
	const isSaid = /\brate limit\b|\babuse detection\b|\bsubmitted too quickly\b/i.test(message);
	if (status === 422) return parts.includes("abuse") || isSaid;
	return status === 403 && (headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers || isSaid);
}
function whenLifted(headers) {
	const wait = headers["retry-after"];
	if (typeof wait === "string" && /^\d{1,6}$/.test(wait)) return ` after ${wait} seconds`;
	const reset = headers["x-ratelimit-reset"];
	if (typeof reset === "string" && /^\d{1,11}$/.test(reset)) return ` after ${(/* @__PURE__ */ new Date(Number(reset) * 1e3)).toISOString()}`;
	return "";
}
function permissionText(needs) {
	return `permission ${needs}${/\bworkflows\b/.test(needs) ? ", where workflows is for an App token only" : ""}`;
}
function neededBy(headers) {
	const accepted = headers["x-accepted-github-permissions"];
	if (typeof accepted !== "string" || !/^[a-z_=;, ]{1,200}$/.test(accepted)) return null;
	const one = (text) => text.trim().replaceAll("_", "-").replace("=", ": ");
	return accepted.split(";").map((choice) => choice.split(",").map(one).join(" with ")).join(" or ");
}

// src/forge/github/place.ts
const PAGE$1 = 100;
const WRITE_TRIES = 3;
async function send(place, route, parameters, purpose, repetition = "repeatable") {
	return translated(place, purpose, async () => {
		return (await place.octokit.request(route, {
			...repositoryIn(place, route),
			...parameters,
			request: {
				...retriesOf(repetition),
				...optionsIn(parameters)
			}
		})).data;
	});
}
async function sendOrNull(place, route, parameters, purpose) {
	try {
		return await send(place, route, parameters, purpose);
	} catch (error) {
		if (statusOf(error) !== 404) throw error;
		return null;
	}
}
async function sendForAll(place, route, parameters, purpose, limit = Number.POSITIVE_INFINITY) {
	return translated(place, purpose, async () => {
		const found = /* @__PURE__ */ new Map();
		const pages = place.octokit.paginate.iterator(route, {
			...repositoryIn(place, route),
			per_page: PAGE$1,
			...parameters
		});
		for await (const { data } of pages) {
			const page = data;
			if (!Array.isArray(page)) throw new CountersignError("io", purpose.what, "expected a list, got another kind of answer");
			for (const one of page) {
				const answer = answerOf$1(one, purpose.what);
				const id = answer.members["id"] ?? answer.members["ref"] ?? answer;
				if (!found.has(id)) found.set(id, answer);
			}
			if (found.size >= limit) break;
		}
		return [...found.values()].slice(0, limit);
	});
}
async function query(place, document, variables, purpose, repetition) {
	return translated(place, purpose, async () => {
		const response = await ask(place, document, variables, repetition);
		const failure = graphqlFailure(response.data, response.headers);
		if (failure !== null) throw translate(failure, purpose, place.scrub);
		return answerOf$1(isRecord(response.data) ? response.data["data"] : null, purpose.what);
	});
}
async function queryFound(place, document, variables, purpose) {
	return translated(place, purpose, async () => {
		const response = await ask(place, document, variables, "repeatable");
		const failure = graphqlFailure(withoutMissing(response.data), response.headers);
		if (failure !== null) throw translate(failure, purpose, place.scrub);
		return answerOf$1(isRecord(response.data) ? response.data["data"] : null, purpose.what);
	});
}
function withoutMissing(data) {
	if (!isRecord(data) || !Array.isArray(data["errors"])) return data;
	return {
		...data,
		errors: data["errors"].filter((one) => !isRecord(one) || one["type"] !== "NOT_FOUND" || !Array.isArray(one["path"]))
	};
}
async function ask(place, document, variables, repetition) {
	return place.octokit.request({
		method: "POST",
		url: place.graphqlUrl,
		query: document,
		variables,
		request: retriesOf(repetition)
	});
}
async function writeOnce(place, write, look) {
	for (let tries = 1;; tries++) try {
		return await write();
	} catch (error) {
		if (!mayHaveHappened(error)) throw error;
		await pause(place, tries);
		const found = await look();
		if (found !== null) return found;
		if (tries === WRITE_TRIES) throw error;
	}
}
async function pause(place, seconds) {
	await setTimeout$1(seconds * place.secondMs);
}
function repositoryIn({ owner, repo }, route) {
	return route.includes("{owner}/{repo}") ? {
		owner,
		repo
	} : {};
}
function retriesOf(repetition) {
	return repetition === "once" ? { retries: 0 } : {};
}
function optionsIn(parameters) {
	return isRecord(parameters["request"]) ? parameters["request"] : {};
}
async function translated(place, purpose, work) {
	try {
		return await work();
	} catch (error) {
		const failure = error instanceof CountersignError ? null : failureOf(error);
		throw failure === null ? error : translate(failure, {
			...purpose,
			what: `${place.owner}/${place.repo} ${purpose.what}`
		}, place.scrub);
	}
}

// src/forge/github/accounts.ts
const GHOST = {
	id: 10137,
	login: "ghost"
};
const ACTIONS_BOT = {
	id: 41898282,
	login: "github-actions[bot]"
};
const GITHUB_API = "https://api.github.com";
const BOT_SUFFIX = "[bot]";
const LOGINS_AT_ONCE = 100;
const WRITERS = /* @__PURE__ */ new Set([
	"admin",
	"maintain",
	"write"
]);
const ACTOR = "__typename login ... on User { databaseId } ... on Bot { databaseId }";
const IDENTITY = `query Identity($owner: String!, $name: String!) {
  viewer { login databaseId }
  repository(owner: $owner, name: $name) { id }
}`;
async function readIdentity(place) {
	const data = await query(place, IDENTITY, {
		owner: place.owner,
		name: place.repo
	}, {
		what: "the account of the token",
		needs: "contents: read"
	}, "repeatable");
	const viewer = childOf(data, "viewer");
	return {
		viewer: {
			id: parseAccountId(countOf(viewer, "databaseId"), viewer.where),
			login: textOf$2(viewer, "login")
		},
		repositoryId: textOf$2(childOf(data, "repository"), "id")
	};
}
async function readAccount(place, login) {
	const found = await sendOrNull(place, "GET /users/{username}", { username: login }, {
		what: "account",
		needs: "metadata: read"
	});
	return found === null ? null : accountOf(answerOf$1(found, "account"));
}
async function readAccounts(place, logins) {
	const wanted = [...new Set(logins.map((login) => login.toLowerCase()))];
	const found = /* @__PURE__ */ new Map();
	for (const login of wanted.filter(isBotLogin)) {
		const account = await readAccount(place, login);
		if (account !== null) found.set(login, account);
	}
	const people = wanted.filter((login) => !isBotLogin(login));
	for (let at = 0; at < people.length; at += LOGINS_AT_ONCE) await addUsers(place, people.slice(at, at + LOGINS_AT_ONCE), found);
	return new Map(logins.flatMap((login) => {
		const account = found.get(login.toLowerCase());
		return account === void 0 ? [] : [[login, account]];
	}));
}
async function addUsers(place, logins, found) {
	const names = logins.map((_, at) => `l${String(at)}`);
	const asked = names.map((name) => `${name}: user(login: $${name}) { login databaseId }`);
	const document = `query Accounts(${names.map((name) => `$${name}: String!`).join(", ")}) { ${asked.join(" ")} }`;
	const variables = Object.fromEntries(logins.map((login, at) => [`l${String(at)}`, login]));
	const data = await queryFound(place, document, variables, {
		what: "accounts",
		needs: "metadata: read"
	});
	for (const [at, login] of logins.entries()) {
		const user = childOrNull(data, `l${String(at)}`);
		if (user === null) continue;
		const account = {
			id: parseAccountId(countOf(user, "databaseId"), user.where),
			login: textOf$2(user, "login")
		};
		if (account.login.toLowerCase() === login) found.set(login, account);
	}
}
async function readLogin(place, id) {
	const purpose = {
		what: `account ${String(id)}`,
		needs: "metadata: read"
	};
	const found = await sendOrNull(place, "GET /user/{account_id}", { account_id: id }, purpose);
	if (found === null) return null;
	const account = accountOf(answerOf$1(found, purpose.what));
	return account.id === id ? account.login : null;
}
async function mayWrite(place, account) {
	const before = await readPermission(place, account.login);
	if (before?.id === account.id) return before.writes;
	const login = await readLogin(place, account.id);
	if (login === null || login.toLowerCase() === account.login.toLowerCase()) return false;
	const now = await readPermission(place, login);
	return now?.id === account.id && now.writes;
}
async function readPermission(place, login) {
	const purpose = {
		what: `permission of ${login}`,
		needs: "metadata: read"
	};
	const found = await sendOrNull(place, "GET /repos/{owner}/{repo}/collaborators/{username}/permission", { username: login }, purpose);
	if (found === null) return null;
	const answer = answerOf$1(found, purpose.what);
	const user = childOrNull(answer, "user");
	return user === null ? null : {
		id: countOf(user, "id"),
		writes: WRITERS.has(textOf$2(answer, "permission"))
	};
}
async function readAutomation(place, viewer) {
	const actions = await readActionsBot(place, viewer);
	const own = isBotLogin(viewer.login) && viewer.id !== actions?.id ? [viewer] : [];
	return actions === null ? own : [...own, actions];
}
async function readActionsBot(place, viewer) {
	if (viewer.login === ACTIONS_BOT.login) return viewer;
	return place.octokit.request.endpoint.DEFAULTS.baseUrl === GITHUB_API ? {
		id: parseAccountId(ACTIONS_BOT.id, "account"),
		login: ACTIONS_BOT.login
	} : readAccount(place, ACTIONS_BOT.login);
}
function isBotLogin(login) {
	return login.toLowerCase().endsWith(BOT_SUFFIX);
}
function bareLogin(login) {
	return isBotLogin(login) ? login.slice(0, -5) : login;
}
function actorOf(answer, key) {
	const actor = childOrNull(answer, key);
	const id = actor === null ? null : countOrNull(actor, "databaseId");
	if (actor === null || id === null) return {
		id: parseAccountId(GHOST.id, answer.where),
		login: GHOST.login
	};
	const login = textOf$2(actor, "login");
	const suffix = textOf$2(actor, "__typename") === "Bot" && !isBotLogin(login) ? BOT_SUFFIX : "";
	return {
		id: parseAccountId(id, actor.where),
		login: login + suffix
	};
}
function accountOf(answer) {
	return {
		id: parseAccountId(countOf(answer, "id"), answer.where),
		login: textOf$2(answer, "login")
	};
}
function authorOf(answer, key) {
	const author = childOrNull(answer, key);
	return author === null ? {
		id: parseAccountId(GHOST.id, answer.where),
		login: GHOST.login
	} : accountOf(author);
}

// src/forge/github/assets.ts
const DIGEST = /^sha256:([0-9a-f]{64})$/;
function sha256Of(answer) {
	return DIGEST.exec(textOrNull(answer, "digest") ?? "")?.[1] ?? null;
}
function assetOf(answer) {
	const state = textOf$2(answer, "state");
	if (state !== "uploaded" && state !== "starter" && state !== "open") throw unexpected(`${answer.where} state`, "the state of an asset", state);
	return {
		id: countOf(answer, "id"),
		name: textOf$2(answer, "name"),
		size: countOf(answer, "size"),
		sha256: sha256Of(answer),
		state: state === "uploaded" ? "uploaded" : "starter"
	};
}

// src/forge/github/artifacts.ts
const NEEDS$2 = "actions: read";
const DEFAULT_API = "https://api.github.com";
const LIST$3 = "GET /repos/{owner}/{repo}/actions/artifacts";
var GitHubArtifacts = class {
	#place;
	#access;
	constructor(place, access) {
		this.#place = place;
		this.#access = access;
	}
	async run(id) {
		const purpose = {
			what: `workflow run ${String(id)}`,
			needs: NEEDS$2
		};
		const found = await sendOrNull(this.#place, "GET /repos/{owner}/{repo}/actions/runs/{run_id}", { run_id: id }, purpose);
		return found === null ? null : runOf(answerOf$1(found, purpose.what));
	}
	async ofRun(runId) {
		const purpose = {
			what: `artifacts of workflow run ${String(runId)}`,
			needs: NEEDS$2
		};
		try {
			return (await sendForAll(this.#place, "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", { run_id: runId }, purpose)).map(artifactOf);
		} catch (error) {
			if (statusOf(error) !== 404) throw error;
			return [];
		}
	}
	async named(name) {
		return newestFirst((await sendForAll(this.#place, LIST$3, { name }, {
			what: `artifacts ${quote(name)}`,
			needs: NEEDS$2
		})).map(artifactOf).filter((one) => one.name === name));
	}
	async newest(limit) {
		return newestFirst((await sendForAll(this.#place, LIST$3, {}, {
			what: "artifacts",
			needs: NEEDS$2
		}, limit)).map(artifactOf));
	}
	async download(artifact, directory) {
		const where = `artifact ${String(artifact.id)}`;
		if (artifact.expired) throw new CountersignError("artifact-expired", where, `expected the bytes of ${quote(artifact.name)}, got none any more`);
		if ((process.env["GITHUB_API_URL"] ?? DEFAULT_API) !== this.#access.apiUrl) throw new CountersignError("usage", "GITHUB_API_URL", "expected the address that the repository was opened with, got another");
		const temporary = await this.#temporary(directory);
		try {
			await this.#unpack(artifact, temporary, where);
			for (const name of await readdir(temporary)) await rename(join(temporary, name), join(directory, name));
		} catch (error) {
			throw ioError(directory, "to unpack an artifact", error);
		} finally {
			await rm(temporary, {
				recursive: true,
				force: true
			});
		}
	}
	async #temporary(directory) {
		try {
			return await mkdtemp(join(directory, TEMPORARY_PREFIX));
		} catch (error) {
			throw ioError(directory, "to make a directory", error);
		}
	}
	async #unpack(artifact, path, where) {
		const { DefaultArtifactClient } = await import("./action-chunks/actions-artifact.js");
		const findBy = {
			token: this.#access.token,
			workflowRunId: artifact.runId ?? 0,
			repositoryOwner: this.#place.owner,
			repositoryName: this.#place.repo
		};
		const expected = artifact.sha256 === null ? {} : { expectedHash: `sha256:${artifact.sha256}` };
		if ((await new DefaultArtifactClient().downloadArtifact(artifact.id, {
			path,
			findBy,
			...expected
		}).catch((error) => {
			throw this.#downloadError(error, where);
		})).digestMismatch === true) throw new CountersignError("artifact-mismatch", where, `expected an archive with sha256 ${artifact.sha256 ?? ""}, got another`);
	}
	#downloadError(error, where) {
		const purpose = {
			what: where,
			needs: NEEDS$2,
			codes: {
				404: "artifact-missing",
				410: "artifact-expired"
			}
		};
		const failure = failureOf(error);
		if (failure !== null) return translate(failure, purpose, this.#place.scrub);
		if (!(error instanceof Error)) return error;
		return new CountersignError("io", where, `expected to download and unpack it, got ${quote(this.#place.scrub(error.message))}`);
	}
};
function newestFirst(artifacts) {
	return artifacts.toSorted((a, b) => b.id - a.id);
}
function artifactOf(answer) {
	const run = childOrNull(answer, "workflow_run");
	const repository = run === null ? null : countOrNull(run, "repository_id");
	const head = run === null ? null : countOrNull(run, "head_repository_id");
	return {
		id: countOf(answer, "id"),
		name: textOf$2(answer, "name"),
		size: countOf(answer, "size_in_bytes"),
		sha256: sha256Of(answer),
		expired: flagOf(answer, "expired"),
		runId: run === null ? null : countOrNull(run, "id"),
		from: repository !== null && repository === head ? "repository" : "fork"
	};
}
function runOf(answer) {
	const head = childOrNull(answer, "head_repository");
	const isOurs = head !== null && countOf(head, "id") === countOf(childOf(answer, "repository"), "id");
	return {
		id: countOf(answer, "id"),
		workflow: textOf$2(answer, "path").split("@", 1)[0] ?? "",
		commit: parseCommitSha(textOf$2(answer, "head_sha"), answer.where),
		event: textOf$2(answer, "event"),
		from: isOurs ? "repository" : "fork",
		status: textOrNull(answer, "status") ?? "",
		conclusion: textOrNull(answer, "conclusion"),
		actor: authorOf(answer, "actor"),
		url: textOf$2(answer, "html_url")
	};
}

// src/forge/github/many-objects.ts
const AT_ONCE = 10;
async function* queryObjects(place, ids, wanted) {
	for (let at = 0; at < ids.length; at += AT_ONCE) {
		const some = ids.slice(at, at + AT_ONCE);
		const repository = await askFor(place, some, wanted);
		for (const [index, id] of some.entries()) yield [id, repository === null ? "refused" : childOrNull(repository, `o${String(index)}`)];
	}
}
async function askFor(place, ids, { name, selection, purpose }) {
	const names = ids.map((_, at) => `o${String(at)}`);
	const objects = names.map((one) => `${one}: object(oid: $${one}) { ${selection} }`);
	const document = `query ${name}($owner: String!, $name: String!, ${names.map((one) => `$${one}: GitObjectID!`).join(", ")}) {
    repository(owner: $owner, name: $name) { ${objects.join(" ")} }
  }`;
	const variables = Object.fromEntries(ids.map((id, at) => [`o${String(at)}`, id]));
	try {
		return childOf(await query(place, document, {
			owner: place.owner,
			name: place.repo,
			...variables
		}, purpose, "repeatable"), "repository");
	} catch (error) {
		if (!mayHaveHappened(error)) throw error;
		return null;
	}
}

// src/forge/github/objects.ts
const REGULAR_MODES = /* @__PURE__ */ new Set(["100644", "100755"]);
const MAX_TREES = 500;
const READS_AT_ONCE = 8;
const HISTORY_PAGE = 100;
const MAX_HISTORY_PAGES = 20;
const HISTORY = `query History($owner: String!, $name: String!, $commit: GitObjectID!, $path: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) {
      ... on Commit {
        history(path: $path, first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { file(path: $path) { oid type mode } }
        }
      }
    }
  }
}`;
async function readTreeId(place, commit) {
	const purpose = {
		what: `commit ${commit}`,
		needs: "contents: read"
	};
	const found = await send(place, "GET /repos/{owner}/{repo}/git/commits/{commit_sha}", { commit_sha: commit }, purpose);
	return parseBlobId$1(textOf$2(childOf(answerOf$1(found, purpose.what), "tree"), "sha"), purpose.what);
}
async function readTree(place, treeId) {
	const entries = /* @__PURE__ */ new Map();
	let level = [{
		id: treeId,
		prefix: ""
	}];
	for (let count = 1; level.length > 0; count += level.length) {
		if (count > MAX_TREES) throw new CountersignError("too-large", `tree ${treeId}`, `expected at most ${String(MAX_TREES)} directories`);
		const below = [];
		await eachOf(level, async (directory) => void below.push(...await readDirectory(place, directory, entries)));
		level = below;
	}
	return entries;
}
async function readDirectory(place, { id, prefix }, entries) {
	const whole = await readOneTree(place, id, true);
	const isWhole = !flagOf(whole, "truncated");
	const found = isWhole ? whole : await readOneTree(place, id, false);
	if (!isWhole && flagOf(found, "truncated")) throw new CountersignError("too-large", found.where, "expected a directory that GitHub gives in one answer");
	const below = [];
	for (const entry of childrenOf$1(found, "tree")) {
		const path = prefix + textOf$2(entry, "path");
		if (textOf$2(entry, "type") !== "tree") addEntry(entries, path, entry);
		else if (!isWhole) below.push({
			id: parseBlobId$1(textOf$2(entry, "sha"), entry.where),
			prefix: `${path}/`
		});
	}
	return below;
}
async function eachOf(items, work) {
	const waiting = items.values();
	const one = async () => {
		for (const item of waiting) await work(item);
	};
	await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, items.length) }, one));
}
async function readOneTree(place, treeId, isRecursive) {
	const purpose = {
		what: `tree ${treeId}`,
		needs: "contents: read"
	};
	const parameters = {
		tree_sha: treeId,
		...isRecursive ? { recursive: "1" } : {}
	};
	return answerOf$1(await send(place, "GET /repos/{owner}/{repo}/git/trees/{tree_sha}", parameters, purpose), purpose.what);
}
function addEntry(entries, path, entry) {
	const id = parseBlobId$1(textOf$2(entry, "sha"), entry.where);
	addTreeEntry(entries, path, {
		type: textOf$2(entry, "type"),
		mode: textOf$2(entry, "mode"),
		id,
		size: countOrNull(entry, "size") ?? 0
	});
}
function addTreeEntry(entries, path, { type, mode, id, size }) {
	const isPlain = type === "blob" && REGULAR_MODES.has(mode) && !path.includes("�") && !entries.has(path);
	entries.set(path, {
		kind: isPlain ? "file" : "other",
		id,
		size
	});
}
async function readHistory(place, commit, path, limit) {
	const ids = /* @__PURE__ */ new Set();
	const purpose = {
		what: `history of ${commit}`,
		needs: "contents: read"
	};
	let after = null;
	for (let page = 0; page < MAX_HISTORY_PAGES && ids.size < limit; page++) {
		const variables = {
			owner: place.owner,
			name: place.repo,
			commit,
			path,
			first: Math.min(HISTORY_PAGE, Math.max(limit, 10)),
			after
		};
		const data = await query(place, HISTORY, variables, purpose, "repeatable");
		const object = childOrNull(childOf(data, "repository"), "object");
		if (object === null) throw new CountersignError("io", purpose.what, "expected the commit, got none");
		const history = childOf(object, "history");
		for (const node of childrenOf$1(history, "nodes")) {
			const file = childOrNull(node, "file");
			if (file !== null && ids.size < limit && isRegularFile(file)) ids.add(parseBlobId$1(textOf$2(file, "oid"), file.where));
		}
		const pages = childOf(history, "pageInfo");
		after = flagOf(pages, "hasNextPage") ? textOrNull(pages, "endCursor") : null;
		if (after === null) break;
	}
	return [...ids];
}
function isRegularFile(file) {
	const type = textOrNull(file, "type");
	if (type === null) throw unexpected(file.where, "a type", type);
	return type === "blob" && REGULAR_MODES.has(countOf(file, "mode").toString(8));
}

// src/forge/github/blobs.ts
const TEXTS$1 = {
	name: "Blobs",
	selection: "... on Blob { text }",
	purpose: {
		what: "files",
		needs: "contents: read"
	}
};
async function readBlobs(place, ids) {
	const wanted = [...new Set(ids)];
	const blobs = wanted.length > 1 ? await readTexts(place, wanted) : /* @__PURE__ */ new Map();
	await eachOf(wanted.filter((id) => !blobs.has(id)), async (id) => void blobs.set(id, await readBlob(place, id)));
	return blobs;
}
async function readTexts(place, ids) {
	const texts = /* @__PURE__ */ new Map();
	for await (const [id, object] of queryObjects(place, ids, TEXTS$1)) {
		const text = object === null || object === "refused" ? null : textOrNull(object, "text");
		const bytes = text === null ? null : Buffer.from(text);
		if (bytes !== null && idOf(bytes) === id) texts.set(id, bytes);
	}
	return texts;
}
async function readBlob(place, id) {
	const purpose = {
		what: `blob ${id}`,
		needs: "contents: read"
	};
	const found = answerOf$1(await send(place, "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", { file_sha: id }, purpose), purpose.what);
	if (textOf$2(found, "encoding") !== "base64") throw new CountersignError("io", found.where, "expected base64, got another encoding");
	const bytes = Buffer.from(textOf$2(found, "content"), "base64");
	const hash = idOf(bytes);
	if (hash !== id) throw new CountersignError("io", found.where, `expected the blob of this id, got ${hash}`);
	return bytes;
}
function idOf(bytes) {
	return createHash("sha1").update(`blob ${String(bytes.length)}\0`).update(bytes).digest("hex");
}

// src/forge/github/budget.ts
const RESOURCES = ["core", "graphql"];
var RequestBudget = class {
	#place;
	#last = /* @__PURE__ */ new Map();
	constructor(place) {
		this.#place = place;
		place.octokit.hook.after("request", (response) => {
			this.#note(response.headers);
		});
		place.octokit.hook.error("request", (error) => {
			this.#note(failureOf(error)?.headers ?? {});
			throw error;
		});
	}
	async read() {
		if (this.#last.size === 0) await this.#ask();
		return [...this.#last.values()].reduce((least, one) => least === null || one.left < least.left ? one : least, null);
	}
	async #ask() {
		const found = await sendOrNull(this.#place, "GET /rate_limit", {}, {
			what: "rate limit",
			needs: "metadata: read"
		});
		if (found === null) return;
		const resources = childOf(answerOf$1(found, "rate limit"), "resources");
		for (const name of RESOURCES) {
			const one = childOrNull(resources, name);
			if (one !== null) this.#last.set(name, {
				left: countOf(one, "remaining"),
				resets: instantFromSeconds(countOf(one, "reset"))
			});
		}
	}
	#note(headers) {
		const resource = headers["x-ratelimit-resource"];
		const [left, resets] = [headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"]].map(digitsOf);
		if (typeof resource !== "string" || !RESOURCES.some((name) => name === resource)) return;
		if (left !== void 0 && left !== null && resets !== void 0 && resets !== null) this.#last.set(resource, {
			left,
			resets: instantFromSeconds(resets)
		});
	}
};
function digitsOf(value) {
	return typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

// src/forge/github/commit.ts
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const MAX_BLOB_BYTES = 41943040;
const MAX_INLINE_BYTES = 5242880;
const NEEDS$1 = "contents: write";
async function writeCommit(place, input, base) {
	checkPaths(input.changes);
	const purpose = {
		what: "a new commit",
		needs: NEEDS$1
	};
	const tree = await writeTree(place, input.changes, base);
	const made = await send(place, "POST /repos/{owner}/{repo}/git/commits", {
		message: input.message,
		tree,
		parents: [...input.parents]
	}, purpose);
	return parseCommitSha(textOf$2(answerOf$1(made, purpose.what), "sha"), purpose.what);
}
async function writeTree(place, changes, base) {
	const entries = [];
	const left = new Set(base?.entries.keys());
	let inlineBytes = 0;
	for (const [path, content] of changes) {
		if (content === null) {
			if (left.delete(path)) entries.push({
				path,
				mode: "100644",
				type: "blob",
				sha: null
			});
			continue;
		}
		left.add(path);
		const text = content.kind === "bytes" ? textOfBytes(content.bytes, MAX_INLINE_BYTES - inlineBytes) : null;
		inlineBytes += content.kind === "bytes" && text !== null ? content.bytes.length : 0;
		const held = text === null ? { sha: await blobOf(place, path, content) } : { content: text };
		entries.push({
			path,
			mode: "100644",
			type: "blob",
			...held
		});
	}
	if (left.size === 0) return EMPTY_TREE;
	if (base !== null && entries.length === 0) return base.id;
	const purpose = {
		what: "a new tree",
		needs: NEEDS$1
	};
	const from = base === null || base.entries.size === 0 ? {} : { base_tree: base.id };
	const made = await send(place, "POST /repos/{owner}/{repo}/git/trees", {
		...from,
		tree: entries
	}, purpose);
	return parseBlobId$1(textOf$2(answerOf$1(made, purpose.what), "sha"), purpose.what);
}
function textOfBytes(bytes, room) {
	if (bytes.length > room) return null;
	const buffer = Buffer.from(bytes);
	const text = buffer.toString("utf8");
	return !text.includes("\0") && Buffer.from(text, "utf8").equals(buffer) ? text : null;
}
async function blobOf(place, path, content) {
	if (content.kind === "blob") return content.id;
	const length = content.kind === "file" ? content.length : content.bytes.length;
	if (length > MAX_BLOB_BYTES) throw new CountersignError("too-large", quote(path), `expected at most 40 MiB, which is what GitHub takes, got ${String(length)} bytes`);
	const bytes = content.kind === "file" ? await readExactly(content.path, length) : Buffer.from(content.bytes);
	const purpose = {
		what: `a new blob for ${quote(path)}`,
		needs: NEEDS$1
	};
	const parameters = {
		content: bytes.toString("base64"),
		encoding: "base64"
	};
	const made = await send(place, "POST /repos/{owner}/{repo}/git/blobs", parameters, purpose);
	return parseBlobId$1(textOf$2(answerOf$1(made, purpose.what), "sha"), purpose.what);
}
async function readExactly(path, length) {
	try {
		const { size } = await stat(path);
		const bytes = size === length ? await readFile(path) : null;
		if (bytes?.length === length) return bytes;
		throw new CountersignError("file-changed", path, `expected ${String(length)} bytes as when it was measured, got ${String(size)}`);
	} catch (error) {
		throw ioError(path, "to read the file", error);
	}
}
function checkPaths(changes) {
	for (const path of changes.keys()) {
		const names = path.split("/");
		if (names.some((name) => name === "" || name === "." || name === ".." || name.toLowerCase() === ".git") || path.includes("\0") || Buffer.from(path).toString() !== path) throw new CountersignError("file-name", quote(path), "expected a path that git can hold");
		for (let depth = 1; depth < names.length; depth++) {
			const above = names.slice(0, depth).join("/");
			if ((changes.get(path) ?? null) !== null && (changes.get(above) ?? null) !== null) throw new CountersignError("file-name", quote(path), `expected a directory at ${quote(above)}, got a file`);
		}
	}
}

// src/forge/github/pulls.ts
const LIST$2 = "GET /repos/{owner}/{repo}/pulls";
const ONE$2 = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
const EDIT = "PATCH /repos/{owner}/{repo}/pulls/{pull_number}";
const READ$1 = "pull-requests: read";
const WRITE$1 = "pull-requests: write";
const LOOKS = 3;
const MERGE_METHODS = [
	"merge",
	"squash",
	"rebase"
];
const METHOD_REFUSED = /\b(?:merge commits?|squash(?:ed|ing)?(?: merg\w*| commits?)?|rebas(?:e|ed|ing)(?: merg\w*)?|merge methods?|linear history)\b/i;
async function openPull(place, input) {
	const purpose = {
		what: `pull request of ${quote(input.head)}`,
		needs: WRITE$1,
		codes: { 422: "event-invalid" }
	};
	const before = await findOpen(place, input);
	if (before !== null) return before;
	const create = async () => {
		const { head, base, title, body } = input;
		const made = await send(place, "POST /repos/{owner}/{repo}/pulls", {
			head,
			base,
			title,
			body
		}, purpose, "once");
		return pullOf(answerOf$1(made, purpose.what));
	};
	try {
		return await writeOnce(place, create, () => findOpen(place, input));
	} catch (error) {
		if (statusOf(error) !== 422 || !/already exists/i.test(saidWith(error))) throw error;
		for (let look = 1; look <= LOOKS; look++) {
			const found = await findOpen(place, input);
			if (found !== null) return found;
			await pause(place, look);
		}
		throw error;
	}
}
async function findOpen(place, { head, base }) {
	const parameters = {
		state: "open",
		head: `${place.owner}:${head}`,
		base
	};
	return (await sendForAll(place, LIST$2, parameters, {
		what: "pull requests",
		needs: READ$1
	})).map(pullOf).find((pull) => pull.state === "open" && pull.head === head && pull.base === base && pull.from === "repository") ?? null;
}
async function editPull(place, number, change) {
	await send(place, EDIT, {
		pull_number: number,
		title: change.title,
		body: change.body
	}, pullPurpose(number, WRITE$1));
}
async function closePull(place, number) {
	if ((await readPull(place, number)).state !== "open") return;
	await send(place, EDIT, {
		pull_number: number,
		state: "closed"
	}, pullPurpose(number, WRITE$1));
}
async function retargetPull(place, number, base) {
	const purpose = {
		...pullPurpose(number, WRITE$1),
		codes: {
			404: "event-unknown",
			422: "event-invalid"
		}
	};
	await send(place, EDIT, {
		pull_number: number,
		base
	}, purpose);
}
async function reopenPull(place, number) {
	const purpose = pullPurpose(number, WRITE$1);
	try {
		const opened = await send(place, EDIT, {
			pull_number: number,
			state: "open"
		}, purpose);
		return pullOf(answerOf$1(opened, purpose.what)).state === "open" ? "open" : "refused";
	} catch (error) {
		if (statusOf(error) !== 422 || isRateLimited(error)) throw error;
		return "refused";
	}
}
async function requestReview(place, number, login) {
	const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
	try {
		await send(place, route, {
			pull_number: number,
			reviewers: [login]
		}, pullPurpose(number, WRITE$1));
		return "asked";
	} catch (error) {
		if (statusOf(error) !== 422 || isRateLimited(error)) throw error;
		return "refused";
	}
}
function isRateLimited(error) {
	return error instanceof CountersignError && error.code === "rate-limited";
}
async function mergePull(place, number, head) {
	const merged = async () => {
		const pull = await readRaw(place, number);
		const sha = pullOf(pull).state === "merged" && pullOf(pull).headSha === head ? textOrNull(pull, "merge_commit_sha") : null;
		return sha === null ? null : parseCommitSha(sha, pull.where);
	};
	for (const method of MERGE_METHODS) try {
		return await writeOnce(place, () => merge(place, number, head, method), merged);
	} catch (error) {
		if (!(statusOf(error) === 405 && METHOD_REFUSED.test(saidWith(error))) || method === MERGE_METHODS.at(-1)) throw error;
	}
	throw new CountersignError("ref-protected", pullPurpose(number, WRITE$1).what, "expected a way to merge that the rules allow, got none");
}
async function merge(place, number, head, method) {
	const purpose = {
		what: `merge of pull request ${String(number)}`,
		needs: "contents: write with pull-requests: write",
		codes: {
			404: "event-unknown",
			405: "ref-protected",
			409: "ref-conflict",
			422: "ref-protected"
		}
	};
	const made = await send(place, "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", {
		pull_number: number,
		sha: head,
		merge_method: method
	}, purpose, "once");
	return parseCommitSha(textOf$2(answerOf$1(made, purpose.what), "sha"), purpose.what);
}
async function readPull(place, number) {
	return pullOf(await readRaw(place, number));
}
async function readPullOrNull(place, number) {
	const purpose = pullPurpose(number, READ$1);
	const found = await sendOrNull(place, ONE$2, { pull_number: number }, purpose);
	return found === null ? null : pullOf(answerOf$1(found, purpose.what));
}
function pullPurpose(number, needs) {
	return {
		what: `pull request ${String(number)}`,
		needs,
		codes: { 404: "event-unknown" }
	};
}
async function readRaw(place, number) {
	const purpose = pullPurpose(number, READ$1);
	return answerOf$1(await send(place, ONE$2, { pull_number: number }, purpose), purpose.what);
}
function pullOf(answer) {
	const head = childOf(answer, "head");
	const base = childOf(answer, "base");
	return {
		number: countOf(answer, "number"),
		head: textOf$2(head, "ref"),
		base: textOf$2(base, "ref"),
		title: textOf$2(answer, "title"),
		body: textOrNull(answer, "body") ?? "",
		state: stateOf$3(answer),
		author: authorOf(answer, "user"),
		headSha: parseCommitSha(textOf$2(head, "sha"), answer.where),
		from: isSameRepository(head, base) ? "repository" : "fork",
		requested: childrenOf$1(answer, "requested_reviewers").map(accountOf),
		url: textOf$2(answer, "html_url")
	};
}
function isSameRepository(head, base) {
	const from = childOrNull(head, "repo");
	return from !== null && countOf(from, "id") === countOf(childOf(base, "repo"), "id");
}
function stateOf$3(answer) {
	if (textOrNull(answer, "merged_at") !== null) return "merged";
	const state = textOf$2(answer, "state");
	if (state !== "open" && state !== "closed") throw unexpected(`${answer.where} state`, "open or closed", state);
	return state;
}

// src/forge/github/reviews.ts
const STATES = [
	"APPROVED",
	"CHANGES_REQUESTED",
	"COMMENTED",
	"DISMISSED",
	"PENDING"
];
const READ = "pull-requests: read";
const AUTHORS_AT_ONCE = 20;
const MAX_PAGES$1 = 10;
const MAX_BODY = 65536;
async function readReviewsOf(place, number, authors) {
	const found = /* @__PURE__ */ new Map();
	let open = [...new Map(authors.map((account) => [account.id, account])).values()].flatMap((account) => formsOf(account.login).map((login) => ({
		account,
		login,
		page: 1,
		before: null,
		isRenamed: false
	})));
	while (open.length > 0) {
		const next = [];
		for (let at = 0; at < open.length; at += AUTHORS_AT_ONCE) next.push(...await readSome(place, number, open.slice(at, at + AUTHORS_AT_ONCE), found));
		open = next;
	}
	return [...found.values()].sort((a, b) => a.id - b.id);
}
function formsOf(login) {
	return isBotLogin(login) ? [login, bareLogin(login)] : [login];
}
async function readSome(place, number, asked, found) {
	const variables = Object.fromEntries(asked.flatMap(({ login, before }, at) => [[`a${String(at)}`, login], [`b${String(at)}`, before]]));
	const purpose = pullPurpose(number, READ);
	const data = await queryFound(place, documentOf(asked), {
		owner: place.owner,
		name: place.repo,
		number,
		...variables
	}, purpose);
	const pull = childOrNull(childOf(data, "repository"), "pullRequest");
	if (pull === null) throw new CountersignError("event-unknown", purpose.what, "expected a pull request, got none");
	const next = [];
	for (const [at, one] of asked.entries()) {
		if (!isBotLogin(one.account.login) && !isLoginOf(one.account, childOrNull(data, `a${String(at)}`))) {
			next.push(...await renamed(place, one));
			continue;
		}
		const reviews = childOrNull(pull, `a${String(at)}`);
		if (reviews === null) continue;
		for (const node of childrenOf$1(reviews, "nodes")) if (actorOf(node, "author").id === one.account.id) found.set(numberOf(node), graphReviewOf(node));
		const info = childOf(reviews, "pageInfo");
		const before = flagOf(info, "hasPreviousPage") ? textOrNull(info, "startCursor") : null;
		if (before !== null && one.page < MAX_PAGES$1) next.push({
			...one,
			page: one.page + 1,
			before
		});
	}
	return next;
}
function documentOf(asked) {
	const names = asked.map((_, at) => String(at));
	const variables = names.map((at) => `$a${at}: String!, $b${at}: String`);
	const reviews = names.map((at) => `a${at}: reviews(author: $a${at}, last: 100, before: $b${at}) {
      pageInfo { hasPreviousPage startCursor } nodes { fullDatabaseId state body commit { oid } author { ${ACTOR} } }
    }`);
	const users = asked.flatMap(({ account }, at) => isBotLogin(account.login) ? [] : [`a${String(at)}: user(login: $a${String(at)}) { databaseId }`]);
	return `query Reviews($owner: String!, $name: String!, $number: Int!, ${variables.join(", ")}) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${reviews.join(" ")} } }
    ${users.join(" ")}
  }`;
}
function isLoginOf(account, user) {
	return user !== null && countOf(user, "databaseId") === account.id;
}
async function renamed(place, asked) {
	const { account } = asked;
	const login = await readLogin(place, account.id);
	if (login === null) return [];
	if (asked.isRenamed || login.toLowerCase() === asked.login.toLowerCase()) throw new CountersignError("io", `account ${String(account.id)}`, `expected it under the login ${quote(login)}, got another`);
	return [{
		account,
		login,
		page: 1,
		before: null,
		isRenamed: true
	}];
}
function reviewOf(answer) {
	const commit = textOrNull(answer, "commit_id");
	return {
		id: countOf(answer, "id"),
		author: authorOf(answer, "user"),
		state: stateOf$2(answer),
		body: bodyOf$2(answer),
		commitSha: commit === null ? null : parseCommitSha(commit, answer.where)
	};
}
function graphReviewOf(node) {
	const commit = childOrNull(node, "commit");
	return {
		id: numberOf(node),
		author: actorOf(node, "author"),
		state: stateOf$2(node),
		body: bodyOf$2(node),
		commitSha: commit === null ? null : parseCommitSha(textOf$2(commit, "oid"), node.where)
	};
}
function numberOf(node) {
	const value = node.members["fullDatabaseId"];
	const id = typeof value === "string" && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
	if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) throw unexpected(`${node.where} fullDatabaseId`, "a number", value);
	return id;
}
function stateOf$2(answer) {
	const said = textOf$2(answer, "state");
	const state = STATES.find((one) => one === said);
	if (state === void 0) throw new CountersignError("io", answer.where, `expected the state of a review, got ${quote(said)}`);
	return state;
}
function bodyOf$2(answer) {
	const body = textOrNull(answer, "body") ?? "";
	return body.length > MAX_BODY && (body.length > 2 * MAX_BODY || Array.from(body).length > MAX_BODY) ? "" : body;
}

// src/forge/github/conversation.ts
const EVENTS = {
	APPROVED: "APPROVE",
	CHANGES_REQUESTED: "REQUEST_CHANGES",
	COMMENTED: "COMMENT"
};
const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
const MAX_COMMENTS = 2500;
const PAGE = 100;
const WRITE = "pull-requests: write";
async function submitReview(place, viewer, number, review) {
	const purpose = {
		...pullPurpose(number, WRITE),
		codes: {
			404: "event-unknown",
			422: "event-invalid"
		}
	};
	const parameters = {
		pull_number: number,
		commit_id: review.commitSha,
		body: review.body,
		event: EVENTS[review.state]
	};
	return writeOnce(place, async () => reviewOf(answerOf$1(await send(place, `POST ${REVIEWS}`, parameters, purpose, "once"), purpose.what)), async () => {
		const mine = (await readReviewsOf(place, number, [await viewer()])).at(-1) ?? null;
		return mine !== null && mine.state === review.state && plain(mine.body) === plain(review.body) && mine.commitSha === review.commitSha ? mine : null;
	});
}
async function readComments(place, number) {
	const purpose = pullPurpose(number, "pull-requests: read");
	return (await sendForAll(place, `GET ${COMMENTS}`, { issue_number: number }, purpose, MAX_COMMENTS)).map(commentOf);
}
async function addComment(place, viewer, number, body) {
	const purpose = pullPurpose(number, WRITE);
	return writeOnce(place, async () => commentOf(answerOf$1(await send(place, `POST ${COMMENTS}`, {
		issue_number: number,
		body
	}, purpose, "once"), purpose.what)), async () => {
		const mine = await lastOf(await readComments(place, number), viewer);
		return mine !== null && plain(mine.body) === plain(body) ? mine : null;
	});
}
function seenIn(comments) {
	return {
		count: comments.length,
		ofBots: comments.filter(({ author }) => isBotLogin(author.login))
	};
}
async function keepComment(place, viewer, number, comment, read) {
	const { id, login } = await viewer();
	const seen = isBotLogin(login) ? read : null;
	const isMine = ({ author, body }) => author.id === id && body.includes(comment.marker);
	const known = seen?.ofBots.find(isMine);
	const kept = known === void 0 ? null : await readComment(place, known.id);
	const mine = kept !== null && isMine(kept) ? kept : await findComment(place, number, isMine, known === void 0 ? seen?.count ?? 0 : 0);
	if (mine === null) {
		await addComment(place, viewer, number, comment.body);
		return;
	}
	if (plain(mine.body) === plain(comment.body)) return;
	await send(place, `PATCH ${COMMENT}`, {
		comment_id: mine.id,
		body: comment.body
	}, {
		what: `comment ${String(mine.id)}`,
		needs: WRITE
	});
}
async function readComment(place, id) {
	const purpose = {
		what: `comment ${String(id)}`,
		needs: "pull-requests: read"
	};
	const found = await sendOrNull(place, `GET ${COMMENT}`, { comment_id: id }, purpose);
	return found === null ? null : commentOf(answerOf$1(found, purpose.what));
}
async function findComment(place, number, fits, before) {
	const purpose = pullPurpose(number, "pull-requests: read");
	for (let page = Math.floor(before / PAGE) + 1; page <= MAX_COMMENTS / PAGE; page++) {
		const found = await send(place, `GET ${COMMENTS}`, {
			issue_number: number,
			per_page: PAGE,
			page
		}, purpose);
		if (!Array.isArray(found)) throw unexpected(purpose.what, "a list", found);
		const comments = found.map((one) => commentOf(answerOf$1(one, purpose.what)));
		const fitting = comments.find(fits);
		if (fitting !== void 0) return fitting;
		if (comments.length < PAGE) break;
	}
	return null;
}
function plain(body) {
	return body.replaceAll("\r\n", "\n").trimEnd();
}
async function lastOf(all, viewer) {
	const { id } = await viewer();
	return all.findLast(({ author }) => author.id === id) ?? null;
}
function commentOf(answer) {
	return {
		id: countOf(answer, "id"),
		author: authorOf(answer, "user"),
		body: bodyOf$2(answer)
	};
}

// src/forge/github/own-pulls.ts
const PURPOSE$1 = {
	what: "pull requests",
	needs: "pull-requests: read with contents: read"
};
const HEADS$1 = "refs/heads/";
const MAX_PAGES = 50;
const ENDED_LISTED = 100;
const OPEN_OF_BRANCH = 2;
const FACTS = `number headRefName headRefOid baseRefName state isCrossRepository url repository { databaseId } author { ${ACTOR} }`;
const TEXTS = "title body reviewRequests(first: 100) { nodes { requestedReviewer { ... on User { login databaseId } } } }";
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";
const REFS = "refs(refPrefix: $prefix, query: $query, first: 100, after: $after)";
const REFS_VARIABLES = "$owner: String!, $name: String!, $prefix: String!, $query: String, $after: String";
const OPEN = `query OpenPulls(${REFS_VARIABLES}) {
  repository(owner: $owner, name: $name) { databaseId ${REFS} { ${PAGE_INFO} nodes { prefix name
    associatedPullRequests(states: [OPEN], first: ${String(OPEN_OF_BRANCH)}) { ${PAGE_INFO} nodes { ${FACTS} ${TEXTS} } }
  } } }
}`;
const MORE_OPEN = `query MoreOpenPulls($owner: String!, $name: String!, $ref: String!, $after: String) {
  repository(owner: $owner, name: $name) { databaseId ref(qualifiedName: $ref) {
    associatedPullRequests(states: [OPEN], first: 100, after: $after) { ${PAGE_INFO} nodes { ${FACTS} ${TEXTS} } }
  } }
}`;
const ENDED = `query EndedPulls(${REFS_VARIABLES}) {
  repository(owner: $owner, name: $name) { databaseId ${REFS} { ${PAGE_INFO} nodes { prefix name
    associatedPullRequests(states: [CLOSED, MERGED], first: 100, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { ${FACTS} }
    }
  } } }
}`;
async function readOpenPulls(place, headPrefix) {
	const found = /* @__PURE__ */ new Map();
	for (const branch of await readBranches$1(place, OPEN, headPrefix)) for (const node of await everyOpen(place, branch)) if (isOwn(node, branch)) found.set(countOf(node, "number"), openPullOf(node));
	return [...found.values()].filter(({ state }) => state === "open").sort((a, b) => a.number - b.number);
}
async function readEndedPulls(place, headPrefix, base) {
	const found = /* @__PURE__ */ new Map();
	for (const only of [{ base }, {}]) {
		const parameters = {
			state: "closed",
			sort: "created",
			direction: "desc",
			...only
		};
		for (const answer of await sendForAll(place, "GET /repos/{owner}/{repo}/pulls", parameters, PURPOSE$1, ENDED_LISTED)) {
			const head = childOf(answer, "head");
			if (!isSameRepository(head, childOf(answer, "base")) || !textOf$2(head, "ref").startsWith(headPrefix)) continue;
			const { number, base: into, state, author, headSha, url, head: name } = pullOf(answer);
			if (state === "closed" || state === "merged" && into === base) found.set(number, {
				number,
				head: name,
				base: into,
				state,
				author,
				headSha,
				url
			});
		}
	}
	for (const branch of await readBranches$1(place, ENDED, headPrefix)) for (const node of childrenOf$1(branch.pulls, "nodes")) {
		const ended = isOwn(node, branch) ? endedPullOf(node) : null;
		if (ended !== null) found.set(ended.number, ended);
	}
	return [...found.values()].sort((a, b) => b.number - a.number);
}
async function readBranches$1(place, document, headPrefix) {
	const slash = headPrefix.lastIndexOf("/") + 1;
	const rest = headPrefix.slice(slash);
	const found = /* @__PURE__ */ new Map();
	let after = null;
	for (let page = 1; page <= MAX_PAGES; page++) {
		const prefix = HEADS$1 + headPrefix.slice(0, slash);
		const variables = {
			owner: place.owner,
			name: place.repo,
			prefix,
			query: rest === "" ? null : rest,
			after
		};
		const repository = childOf(await query(place, document, variables, PURPOSE$1, "repeatable"), "repository");
		const refs = childOrNull(repository, "refs");
		if (refs === null) break;
		for (const ref of childrenOf$1(refs, "nodes")) {
			const full = textOf$2(ref, "prefix") + textOf$2(ref, "name");
			if (!full.startsWith(HEADS$1 + headPrefix)) continue;
			const name = full.slice(11);
			found.set(name, {
				name,
				pulls: childOf(ref, "associatedPullRequests"),
				repositoryId: countOf(repository, "databaseId")
			});
		}
		after = cursorOf(refs);
		if (after === null) return [...found.values()];
	}
	if (after !== null) throw unexpected(`branches ${headPrefix}`, `at most ${String(5e3)} branches`, "more");
	return [...found.values()];
}
async function everyOpen(place, branch) {
	const nodes = [...childrenOf$1(branch.pulls, "nodes")];
	let after = cursorOf(branch.pulls);
	for (let page = 1; after !== null && page <= MAX_PAGES; page++) {
		const variables = {
			owner: place.owner,
			name: place.repo,
			ref: HEADS$1 + branch.name,
			after
		};
		const ref = childOrNull(childOf(await query(place, MORE_OPEN, variables, PURPOSE$1, "repeatable"), "repository"), "ref");
		if (ref === null) break;
		const pulls = childOf(ref, "associatedPullRequests");
		nodes.push(...childrenOf$1(pulls, "nodes"));
		after = cursorOf(pulls);
	}
	return nodes;
}
function cursorOf(connection) {
	const info = childOf(connection, "pageInfo");
	return flagOf(info, "hasNextPage") ? textOrNull(info, "endCursor") : null;
}
function isOwn(node, { name, repositoryId }) {
	return !flagOf(node, "isCrossRepository") && countOf(childOf(node, "repository"), "databaseId") === repositoryId && textOf$2(node, "headRefName") === name;
}
function endedPullOf(node) {
	const state = stateOf$1(node);
	return state === "open" ? null : {
		...factsOf(node),
		state
	};
}
function openPullOf(node) {
	const requests = childOrNull(node, "reviewRequests");
	return {
		...factsOf(node),
		state: stateOf$1(node),
		title: textOf$2(node, "title"),
		body: textOf$2(node, "body"),
		from: "repository",
		requested: (requests === null ? [] : childrenOf$1(requests, "nodes")).flatMap(reviewerOf)
	};
}
function reviewerOf(request) {
	const reviewer = childOrNull(request, "requestedReviewer");
	const id = reviewer === null ? null : countOrNull(reviewer, "databaseId");
	return reviewer === null || id === null ? [] : [{
		id: parseAccountId(id, reviewer.where),
		login: textOf$2(reviewer, "login")
	}];
}
function factsOf(node) {
	return {
		number: countOf(node, "number"),
		head: textOf$2(node, "headRefName"),
		base: textOf$2(node, "baseRefName"),
		author: actorOf(node, "author"),
		headSha: parseCommitSha(textOf$2(node, "headRefOid"), node.where),
		url: textOf$2(node, "url")
	};
}
function stateOf$1(node) {
	const state = textOf$2(node, "state");
	if (state === "OPEN") return "open";
	if (state === "CLOSED") return "closed";
	if (state === "MERGED") return "merged";
	throw unexpected(`${node.where} state`, "OPEN, CLOSED or MERGED", state);
}

// src/forge/github/statuses.ts
async function hasStatus(place, commit, { context, state, description }) {
	const purpose = {
		what: `status of ${commit}`,
		needs: "statuses: write"
	};
	const found = await send(place, "GET /repos/{owner}/{repo}/commits/{ref}/status", {
		ref: commit,
		per_page: 100
	}, purpose);
	return childrenOf$1(answerOf$1(found, purpose.what), "statuses").some((one) => textOf$2(one, "context") === context && textOf$2(one, "state") === state && (textOrNull(one, "description") ?? "") === description);
}

// src/forge/github/refs.ts
const NO_COMMIT = "0".repeat(40);
const MOVE_TRIES = 3;
const HEADS = "refs/heads/";
const UPDATE_REFS = `mutation UpdateRefs($repositoryId: ID!, $name: GitRefname!, $before: GitObjectID!, $after: GitObjectID!, $force: Boolean!) {
  updateRefs(input: { repositoryId: $repositoryId, refUpdates: [{ name: $name, beforeOid: $before, afterOid: $after, force: $force }] }) {
    clientMutationId
  }
}`;
async function readBranches(place, prefix) {
	const purpose = {
		what: "branches",
		needs: "contents: read"
	};
	const heads = /* @__PURE__ */ new Map();
	try {
		const parameters = {
			ref: `heads/${prefix}`,
			per_page: void 0
		};
		for (const ref of await sendForAll(place, "GET /repos/{owner}/{repo}/git/matching-refs/{ref}", parameters, purpose)) {
			const name = textOf$2(ref, "ref");
			if (name.startsWith(HEADS + prefix)) heads.set(name.slice(11), parseCommitSha(textOf$2(childOf(ref, "object"), "sha"), name));
		}
	} catch (error) {
		if (statusOf(error) !== 409) throw error;
	}
	return heads;
}
async function readMergeBase(place, a, b) {
	if (a === b) return a;
	const purpose = {
		what: `comparison of ${a} and ${b}`,
		needs: "contents: read"
	};
	try {
		const found = await send(place, "GET /repos/{owner}/{repo}/compare/{basehead}", {
			basehead: `${a}...${b}`,
			per_page: 1
		}, purpose);
		const base = childOf(answerOf$1(found, purpose.what), "merge_base_commit");
		return parseCommitSha(textOf$2(base, "sha"), base.where);
	} catch (error) {
		if (statusOf(error) !== 404) throw error;
		if (!/no common ancestor/i.test(saidWith(error))) for (const commit of [a, b]) await readTreeId(place, commit);
		return null;
	}
}
async function moveBranch(place, repositoryId, move) {
	const name = refOf(move.branch);
	const purpose = {
		what: `branch ${quote(move.branch)}`,
		needs: "contents: write",
		codes: {
			409: "ref-conflict",
			422: "ref-conflict"
		}
	};
	const variables = {
		repositoryId,
		name,
		before: move.expected ?? NO_COMMIT,
		after: move.next,
		force: move.mode === "replace"
	};
	let isLost = false;
	for (let tries = 1;; tries++) try {
		await query(place, UPDATE_REFS, variables, purpose, "once");
		return;
	} catch (error) {
		isLost ||= mayHaveHappened(error);
		if (!isLost) throw error;
		await pause(place, tries);
		const head = await readHead(place, move.branch);
		if (head === move.next) return;
		if (head !== move.expected || tries === MOVE_TRIES) throw lostMove(place, move, head, error);
	}
}
function lostMove(place, move, head, error) {
	if (head === move.expected) return error;
	const where = `${place.owner}/${place.repo} branch ${quote(move.branch)}`;
	return new CountersignError("ref-conflict", where, `expected ${move.expected ?? "no such branch"}, got ${head ?? "none"}`, { cause: error });
}
async function readHead(place, branch) {
	const purpose = {
		what: `branch ${quote(branch)}`,
		needs: "contents: read"
	};
	const found = await sendOrNull(place, "GET /repos/{owner}/{repo}/git/ref/{ref}", { ref: `heads/${branch}` }, purpose);
	return found === null ? null : parseCommitSha(textOf$2(childOf(answerOf$1(found, purpose.what), "object"), "sha"), purpose.what);
}

// src/forge/github/trees.ts
const DEPTH = 3;
const PURPOSE = {
	what: "trees",
	needs: "contents: read"
};
async function readTrees(place, commits) {
	const found = /* @__PURE__ */ new Map();
	const wanted = {
		name: "Trees",
		selection: `... on Commit { tree { oid ${entriesTo(DEPTH)} } }`,
		purpose: PURPOSE
	};
	for await (const [commit, object] of queryObjects(place, commits, wanted)) {
		if (object === null) continue;
		const tree = (object === "refused" ? null : wholeOf(object)) ?? await readAlone(place, commit);
		if (tree !== null) found.set(commit, tree);
	}
	return found;
}
function entriesTo(depth) {
	return `entries { name type mode oid size ${depth === 1 ? "" : `object { ... on Tree { ${entriesTo(depth - 1)} } }`} }`;
}
function wholeOf(object) {
	const tree = childOrNull(object, "tree");
	if (tree === null) return null;
	const entries = /* @__PURE__ */ new Map();
	return addAll(tree, "", DEPTH, entries) ? {
		id: parseBlobId$1(textOf$2(tree, "oid"), tree.where),
		entries
	} : null;
}
function addAll(tree, prefix, depth, entries) {
	for (const entry of childrenOf$1(tree, "entries")) {
		const path = prefix + textOf$2(entry, "name");
		const type = textOf$2(entry, "type");
		const below = depth === 1 ? null : childOrNull(entry, "object");
		if (type !== "tree") {
			const [mode, sha] = [countOf(entry, "mode").toString(8).padStart(6, "0"), textOf$2(entry, "oid")];
			addTreeEntry(entries, path, {
				type,
				mode,
				id: parseBlobId$1(sha, entry.where),
				size: type === "blob" ? countOf(entry, "size") : 0
			});
		} else if (below === null || !addAll(below, `${path}/`, depth - 1, entries)) return false;
	}
	return true;
}
async function readAlone(place, commit) {
	try {
		const id = await readTreeId(place, commit);
		return {
			id,
			entries: await readTree(place, id)
		};
	} catch (error) {
		const status = statusOf(error);
		if (status === 404 || status === 422 || error instanceof CountersignError && error.code === "too-large") return null;
		throw error;
	}
}

// src/forge/github/forge.ts
const MAX_KEPT_BYTES = 268435456;
const MAX_DESCRIPTION = 140;
function cut(description) {
	const characters = Array.from(description);
	return characters.length > MAX_DESCRIPTION ? `${characters.slice(0, 139).join("")}…` : description;
}
async function remembered(known, key, read) {
	const before = known.get(key);
	if (before !== void 0) return before;
	const reading = read();
	known.set(key, reading);
	try {
		return await reading;
	} catch (error) {
		known.delete(key);
		throw error;
	}
}
var GitHubForge = class {
	#place;
	#budget;
	#identity = /* @__PURE__ */ new Map();
	#trees = /* @__PURE__ */ new Map();
	#mergeBases = /* @__PURE__ */ new Map();
	#histories = /* @__PURE__ */ new Map();
	#automation = /* @__PURE__ */ new Map();
	#comments = /* @__PURE__ */ new Map();
	#blobs = /* @__PURE__ */ new Map();
	#blobBytes = 0;
	constructor(place) {
		this.#place = place;
		this.#budget = new RequestBudget(place);
	}
	async viewer() {
		return (await this.#identify()).viewer;
	}
	async automation() {
		return remembered(this.#automation, "automation", async () => readAutomation(this.#place, await this.viewer()));
	}
	async accounts(logins) {
		return readAccounts(this.#place, logins);
	}
	async mayWrite(account) {
		return mayWrite(this.#place, account);
	}
	async branches(prefix) {
		return readBranches(this.#place, prefix);
	}
	async tree(commit) {
		return (await this.#treeOf(commit)).entries;
	}
	async trees(commits) {
		const unknown = [...new Set(commits)].filter((commit) => !this.#trees.has(commit));
		for (const [commit, tree] of await readTrees(this.#place, unknown)) this.#trees.set(commit, Promise.resolve(tree));
		const trees = /* @__PURE__ */ new Map();
		for (const commit of commits) {
			const tree = await this.#trees.get(commit);
			if (tree !== void 0) trees.set(commit, tree.entries);
		}
		return trees;
	}
	async *stream(id) {
		const bytes = (await this.blobs([id])).get(id);
		if (bytes !== void 0) yield bytes;
	}
	async blobs(ids) {
		const read = await readBlobs(this.#place, ids.filter((id) => !this.#blobs.has(id)));
		for (const [id, bytes] of read) this.#keep(id, bytes);
		const blobs = /* @__PURE__ */ new Map();
		for (const id of ids) {
			const bytes = read.get(id) ?? this.#blobs.get(id);
			if (bytes !== void 0) blobs.set(id, bytes);
		}
		return blobs;
	}
	async mergeBase(a, b) {
		return remembered(this.#mergeBases, `${a} ${b}`, () => readMergeBase(this.#place, a, b));
	}
	async history(commit, path, limit) {
		return remembered(this.#histories, `${commit} ${String(limit)} ${path}`, () => readHistory(this.#place, commit, path, limit));
	}
	async writeCommit(input) {
		return writeCommit(this.#place, input, input.base === null ? null : await this.#treeOf(input.base));
	}
	async moveBranch(branch, expected, next, mode) {
		await moveBranch(this.#place, (await this.#identify()).repositoryId, {
			branch,
			expected,
			next,
			mode
		});
	}
	async openPulls(headPrefix) {
		return readOpenPulls(this.#place, headPrefix);
	}
	async endedPulls(headPrefix, base) {
		return readEndedPulls(this.#place, headPrefix, base);
	}
	async pull(number) {
		return readPullOrNull(this.#place, number);
	}
	async openPull(input) {
		return openPull(this.#place, input);
	}
	async editPull(number, change) {
		await editPull(this.#place, number, change);
	}
	async closePull(number) {
		await closePull(this.#place, number);
	}
	async retargetPull(number, base) {
		await retargetPull(this.#place, number, base);
	}
	async reopenPull(number) {
		return reopenPull(this.#place, number);
	}
	async requestReview(number, login) {
		return requestReview(this.#place, number, login);
	}
	async mergePull(number, head) {
		return mergePull(this.#place, number, head);
	}
	async reviews(number, authors) {
		return readReviewsOf(this.#place, number, authors);
	}
	async comments(number) {
		const comments = await readComments(this.#place, number);
		this.#comments.set(number, seenIn(comments));
		return comments;
	}
	async submitReview(number, review) {
		return submitReview(this.#place, () => this.viewer(), number, review);
	}
	async comment(number, body) {
		return addComment(this.#place, () => this.viewer(), number, body);
	}
	async stickyComment(number, marker, body) {
		await keepComment(this.#place, () => this.viewer(), number, {
			marker,
			body
		}, this.#comments.get(number) ?? null);
	}
	async status(commit, status) {
		const { context, state } = status;
		const description = cut(status.description);
		const purpose = {
			what: `status of ${commit}`,
			needs: "statuses: write"
		};
		if (await hasStatus(this.#place, commit, {
			context,
			state,
			description
		})) return;
		await send(this.#place, "POST /repos/{owner}/{repo}/statuses/{sha}", {
			sha: commit,
			context,
			state,
			description
		}, purpose);
	}
	async budget() {
		return this.#budget.read();
	}
	async #identify() {
		return remembered(this.#identity, "identity", () => readIdentity(this.#place));
	}
	async #treeOf(commit) {
		return remembered(this.#trees, commit, async () => {
			const id = await readTreeId(this.#place, commit);
			return {
				id,
				entries: await readTree(this.#place, id)
			};
		});
	}
	#keep(id, bytes) {
		if (this.#blobBytes + bytes.length > MAX_KEPT_BYTES) return;
		this.#blobBytes += bytes.length;
		this.#blobs.set(id, bytes);
	}
};

// node_modules/@octokit/plugin-throttling/dist-bundle/index.js
var import_light = /* @__PURE__ */ __toESM(require_light(), 1);
var VERSION$1 = "0.0.0-development";
var noop = () => Promise.resolve();
function wrapRequest(state, request, options) {
	return state.retryLimiter.schedule(doRequest, state, request, options);
}
async function doRequest(state, request, options) {
	const { pathname } = new URL(options.url, "http://github.test");
	const isAuth = isAuthRequest(options.method, pathname);
	const isWrite = !isAuth && options.method !== "GET" && options.method !== "HEAD";
	const isSearch = options.method === "GET" && pathname.startsWith("/search/");
	const isGraphQL = pathname.startsWith("/graphql");
	const jobOptions = ~~request.retryCount > 0 ? {
		priority: 0,
		weight: 0
	} : {};
	if (state.clustering) jobOptions.expiration = 6e4;
	if (isWrite || isGraphQL) await state.write.key(state.id).schedule(jobOptions, noop);
	if (isWrite && state.triggersNotification(pathname)) await state.notifications.key(state.id).schedule(jobOptions, noop);
	if (isSearch) await state.search.key(state.id).schedule(jobOptions, noop);
	const req = (isAuth ? state.auth : state.global).key(state.id).schedule(jobOptions, request, options);
	if (isGraphQL) {
		const res = await req;
		if (res.data.errors != null && res.data.errors.some((error) => error.type === "RATE_LIMITED")) throw Object.assign(/* @__PURE__ */ new Error("GraphQL Rate Limit Exceeded"), {
			response: res,
			data: res.data
		});
	}
	return req;
}
function isAuthRequest(method, pathname) {
	return method === "PATCH" && /^\/applications\/[^/]+\/token\/scoped$/.test(pathname) || method === "POST" && (/^\/applications\/[^/]+\/token$/.test(pathname) || /^\/app\/installations\/[^/]+\/access_tokens$/.test(pathname) || pathname === "/login/oauth/access_token");
}
var triggers_notification_paths_default = [
	"/orgs/{org}/invitations",
	"/orgs/{org}/invitations/{invitation_id}",
	"/orgs/{org}/teams/{team_slug}/discussions",
	"/orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments",
	"/repos/{owner}/{repo}/collaborators/{username}",
	"/repos/{owner}/{repo}/commits/{commit_sha}/comments",
	"/repos/{owner}/{repo}/issues",
	"/repos/{owner}/{repo}/issues/{issue_number}/comments",
	"/repos/{owner}/{repo}/issues/{issue_number}/sub_issue",
	"/repos/{owner}/{repo}/issues/{issue_number}/sub_issues/priority",
	"/repos/{owner}/{repo}/pulls",
	"/repos/{owner}/{repo}/pulls/{pull_number}/comments",
	"/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
	"/repos/{owner}/{repo}/pulls/{pull_number}/merge",
	"/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
	"/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
	"/repos/{owner}/{repo}/releases",
	"/teams/{team_id}/discussions",
	"/teams/{team_id}/discussions/{discussion_number}/comments"
];
function routeMatcher(paths) {
	const regex2 = `^(?:${paths.map((path) => path.split("/").map((c) => c.startsWith("{") ? "(?:.+?)" : c).join("/")).map((r) => `(?:${r})`).join("|")})[^/]*$`;
	return new RegExp(regex2, "i");
}
var regex = routeMatcher(triggers_notification_paths_default);
var triggersNotification = regex.test.bind(regex);
var groups = {};
var createGroups = function(Bottleneck, common) {
	groups.global = new Bottleneck.Group({
		id: "octokit-global",
		maxConcurrent: 10,
		...common
	});
	groups.auth = new Bottleneck.Group({
		id: "octokit-auth",
		maxConcurrent: 1,
		...common
	});
	groups.search = new Bottleneck.Group({
		id: "octokit-search",
		maxConcurrent: 1,
		minTime: 2e3,
		...common
	});
	groups.write = new Bottleneck.Group({
		id: "octokit-write",
		maxConcurrent: 1,
		minTime: 1e3,
		...common
	});
	groups.notifications = new Bottleneck.Group({
		id: "octokit-notifications",
		maxConcurrent: 1,
		minTime: 3e3,
		...common
	});
};
function throttling(octokit, octokitOptions) {
	const { enabled = true, Bottleneck = import_light.default, id = "no-id", timeout = 12e4, connection } = octokitOptions.throttle || {};
	if (!enabled) return {};
	const common = { timeout };
	if (typeof connection !== "undefined") common.connection = connection;
	const state = Object.assign({
		clustering: connection != null,
		triggersNotification,
		fallbackSecondaryRateRetryAfter: 60,
		retryAfterBaseValue: 1e3,
		id
	}, octokitOptions.throttle);
	if (typeof state.onSecondaryRateLimit !== "function" || typeof state.onRateLimit !== "function") throw new Error(`octokit/plugin-throttling error:
        You must pass the onSecondaryRateLimit and onRateLimit error handlers.
        See https://octokit.github.io/rest.js/#throttling

        const octokit = new Octokit({
          throttle: {
            onSecondaryRateLimit: (retryAfter, options) => {/* ... */},
            onRateLimit: (retryAfter, options) => {/* ... */}
          }
        })
    `);
	let initialized = false;
	const initializeBottleneck = () => {
		if (initialized) return;
		initialized = true;
		if (groups.global == null) createGroups(Bottleneck, common);
		state.global = state.global ?? groups.global;
		state.auth = state.auth ?? groups.auth;
		state.search = state.search ?? groups.search;
		state.write = state.write ?? groups.write;
		state.notifications = state.notifications ?? groups.notifications;
		state.retryLimiter = state.retryLimiter ?? new Bottleneck();
		const events = {};
		const emitter = new Bottleneck.Events(events);
		events.on("secondary-limit", state.onSecondaryRateLimit);
		events.on("rate-limit", state.onRateLimit);
		events.on("error", (e) => octokit.log.warn("Error in throttling-plugin limit handler", e));
		state.retryLimiter.on("failed", async function(error, info) {
			const [state2, request, options] = info.args;
			const { pathname } = new URL(options.url, "http://github.test");
			if (!(pathname.startsWith("/graphql") && error.status !== 401 || error.status === 403 || error.status === 429)) return;
			const retryCount = ~~request.retryCount;
			request.retryCount = retryCount;
			options.request.retryCount = retryCount;
			const { wantRetry, retryAfter = 0 } = await (async function() {
				if (/\bsecondary rate\b/i.test(error.message)) {
					const retryAfter2 = Number(error.response.headers["retry-after"]) || state2.fallbackSecondaryRateRetryAfter;
					return {
						wantRetry: await emitter.trigger("secondary-limit", retryAfter2, options, octokit, retryCount),
						retryAfter: retryAfter2
					};
				}
				if (error.response.headers != null && error.response.headers["x-ratelimit-remaining"] === "0" || (error.response.data?.errors ?? []).some((error2) => error2.type === "RATE_LIMITED")) {
					const rateLimitReset = (/* @__PURE__ */ new Date(~~error.response.headers["x-ratelimit-reset"] * 1e3)).getTime();
					const retryAfter2 = Math.max(Math.ceil((rateLimitReset - Date.now()) / 1e3) + 1, 0);
					return {
						wantRetry: await emitter.trigger("rate-limit", retryAfter2, options, octokit, retryCount),
						retryAfter: retryAfter2
					};
				}
				return {};
			})();
			if (wantRetry) {
				request.retryCount++;
				return retryAfter * state2.retryAfterBaseValue;
			}
		});
	};
	octokit.hook.wrap("request", (request, options) => {
		initializeBottleneck();
		return wrapRequest(state, request, options);
	});
	return {};
}
throttling.VERSION = VERSION$1;
throttling.triggersNotification = triggersNotification;

// node_modules/@octokit/rest/dist-src/version.js
const VERSION = "22.0.1";

// node_modules/@octokit/rest/dist-src/index.js
const Octokit = Octokit$1.plugin(requestLog, legacyRestEndpointMethods, paginateRest).defaults({ userAgent: `octokit-rest.js/${VERSION}` });

// src/http/web-fetch.ts
const IDLE_MS = 12e4;
const MAX_REDIRECTS = 10;
const REDIRECTS = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
const PRIVATE = /* @__PURE__ */ new Set([
	"authorization",
	"cookie",
	"proxy-authorization"
]);
const BODILESS = /* @__PURE__ */ new Set([
	101,
	204,
	205,
	304
]);
function bodyOf$1(body) {
	if (body === void 0 || body === null) return null;
	if (typeof body === "string") return Buffer.from(body);
	if (body instanceof Uint8Array || body instanceof Readable) return body;
	if (body instanceof ArrayBuffer) return new Uint8Array(body);
	throw new TypeError("a request body must be text, bytes or a stream");
}
function sameBut(headers, left) {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !left(name)));
}
function firstHop(url, { method = "GET", headers = {}, body }) {
	const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
	const bytes = bodyOf$1(body);
	const length = bytes instanceof Uint8Array && !("content-length" in named) ? { "content-length": String(bytes.length) } : {};
	return {
		url: new URL(url),
		method,
		headers: {
			"accept-encoding": "gzip",
			...named,
			...length
		},
		body: bytes
	};
}
function nextHop(hop, answer) {
	const refuse = (why) => {
		throw new ConnectionError(`${hop.url.origin} ${why}`, { isPassing: false });
	};
	const location = answer.header("location") ?? "";
	const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url) : refuse("sent on to no address");
	if (url.protocol !== "https:" && (url.protocol !== "http:" || hop.url.protocol === "https:")) refuse("sent on to an unsafe address");
	const becomesGet = answer.status === 303 || answer.status < 303 && hop.method === "POST";
	if (!becomesGet && hop.body instanceof Readable) refuse("sent on what can be sent only once");
	const isElsewhere = url.origin !== hop.url.origin;
	const headers = sameBut(hop.headers, (name) => isElsewhere && PRIVATE.has(name) || name === "host" || becomesGet && name.startsWith("content-"));
	return becomesGet ? {
		url,
		method: "GET",
		headers,
		body: null
	} : {
		...hop,
		url,
		headers
	};
}
function responseOf(answer, url) {
	const headers = new Headers();
	for (const [name, value] of Object.entries(answer.headers)) for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
	const { body, status, statusText } = answer;
	const isBodiless = BODILESS.has(status);
	if (isBodiless) answer.discard();
	const plain = /^(?:x-)?gzip$/i.test(answer.header("content-encoding") ?? "") ? unzipped(body) : body;
	const response = new Response(isBodiless ? null : streamOf(plain), {
		status,
		statusText,
		headers
	});
	return Object.defineProperty(response, "url", { value: url.href });
}
function streamOf(body) {
	const chunks = body.iterator({ destroyOnReturn: true });
	return new ReadableStream({
		pull: async (controller) => {
			const next = await chunks.next();
			if (next.done === true) controller.close();
			else if (next.value instanceof Uint8Array) controller.enqueue(next.value);
		},
		cancel: async () => {
			body.destroy();
		}
	});
}
function unzipped(body) {
	const plain = createGunzip();
	body.on("error", (error) => plain.destroy(error));
	plain.on("close", () => body.destroy());
	plain.on("error", () => void 0);
	return body.pipe(plain);
}
function webFetchOver(transport) {
	return async (url, init) => {
		let hop = firstHop(url, init);
		for (let hops = 0;; hops++) {
			const { method, headers, body } = hop;
			const signal = init.signal ?? new AbortController().signal;
			const answer = await transport.send(hop.url, {
				method,
				headers,
				body,
				signal,
				idleMs: IDLE_MS
			});
			if (init.redirect === "manual" || !REDIRECTS.has(answer.status)) return responseOf(answer, hop.url);
			await answer.discard();
			if (hops === MAX_REDIRECTS) throw new ConnectionError(`${hop.url.origin} sent on too often`, { isPassing: false });
			hop = nextHop(hop, answer);
		}
	};
}

// src/forge/github/octokit.ts
const NEVER_RETRIED = [
	400,
	401,
	403,
	404,
	410,
	422,
	429,
	451
];
const LONGEST_WAIT = 300;
const SECONDARY_TRIES = 3;
const READ_RETRIES = 3;
const CONNECT_MS = 15e3;
const LOOPBACK = /* @__PURE__ */ new Set([
	"127.0.0.1",
	"[::1]",
	"localhost"
]);
const PacedOctokit = Octokit.plugin(givingUp, retry, throttling);
function givingUp({ hook }) {
	hook.error("request", (error) => {
		if (error.cause instanceof ConnectionError && !error.cause.isPassing) Object.assign(error, { status: 0 });
		throw error;
	});
	return {};
}
function openOctokit(options) {
	const url = checkedUrl(options.apiUrl);
	const isLoopback = isThisMachine(url.hostname);
	const secondMs = isLoopback ? 10 : 1e3;
	return {
		octokit: new PacedOctokit({
			auth: options.token,
			baseUrl: url.href.replace(/(?<!\/)\/+$/, ""),
			userAgent: `countersign/${VERSION$2}`,
			log: {
				debug: ignore,
				info: ignore,
				warn: (text) => options.log.warn(text),
				error: ignore
			},
			request: { fetch: observedFetch(options.fetch ?? openFetch(isLoopback), options.onRequest) },
			retry: {
				doNotRetry: NEVER_RETRIED,
				retries: READ_RETRIES,
				retryAfterBaseValue: secondMs
			},
			throttle: isLoopback ? withoutPacing(throttleOptions(options.log, secondMs)) : throttleOptions(options.log, secondMs)
		}),
		secondMs
	};
}
function ignore() {}
function isThisMachine(hostname) {
	return LOOPBACK.has(hostname) || hostname.endsWith(".localhost");
}
function checkedUrl(apiUrl) {
	const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
	if (!(url !== null && (url.protocol === "https:" || url.protocol === "http:" && isThisMachine(url.hostname)))) throw new CountersignError("usage", "github api url", `expected an https address, got ${quote(apiUrl)}`);
	return url;
}
function throttleOptions(log, secondMs) {
	return {
		retryAfterBaseValue: secondMs,
		onRateLimit: (seconds, _request, _octokit, tries) => waits(log, "rate limit", seconds, tries < 1),
		onSecondaryRateLimit: (seconds, _request, _octokit, tries) => waits(log, "secondary rate limit", seconds, tries < SECONDARY_TRIES)
	};
}
function withoutPacing(options) {
	const unpaced = { key: () => ({ schedule: (_options, work, ...parameters) => work(...parameters) }) };
	return Object.assign(options, {
		global: unpaced,
		write: unpaced,
		notifications: unpaced
	});
}
function waits(log, what, seconds, isFirst) {
	if (!isFirst || seconds > LONGEST_WAIT) return false;
	log.warn(`GitHub's ${what} is reached; waiting ${String(seconds)} seconds`);
	return true;
}
function openFetch(isLoopback) {
	const send = webFetchOver(openTransport({
		connectMs: CONNECT_MS,
		proxies: isLoopback ? NO_PROXIES : readProxies(process.env)
	}));
	return async (url, { method, headers, body, redirect, signal }) => {
		const sent = Object.fromEntries(new Headers(headers));
		const response = await send(url, {
			method,
			headers: sent,
			body,
			redirect,
			signal
		});
		const isPage = /^text\/html\b/i.test(response.headers.get("content-type") ?? "");
		if (!response.ok || !isPage || !(sent["accept"] ?? "").includes("json")) return response;
		await response.body?.cancel();
		throw new ConnectionError(`${new URL(response.url).origin} answered with a page instead of JSON`, {
			fault: "page",
			isPassing: false
		});
	};
}
function observedFetch(send, onRequest) {
	return (url, init) => {
		onRequest?.(init.method ?? "GET", url);
		const body = init.body;
		return isBodySource(body) ? send(url, {
			...init,
			body: body(),
			duplex: "half"
		}) : send(url, init);
	};
}
function isBodySource(body) {
	return typeof body === "function";
}

// src/forge/github/asset-download.ts
const ROUTE = "GET /repos/{owner}/{repo}/releases/assets/{asset_id}";
async function downloadAsset(place, assetId, maxBytes) {
	const purpose = {
		what: `release asset ${String(assetId)}`,
		needs: "contents: read"
	};
	const body = await sendOrNull(place, ROUTE, {
		asset_id: assetId,
		headers: { accept: "application/octet-stream" },
		request: { parseSuccessResponseBody: false }
	}, purpose);
	if (body === null) return null;
	if (!isStream(body)) throw new CountersignError("io", purpose.what, "expected bytes, got none");
	const chunks = [];
	let length = 0;
	try {
		for await (const chunk of body) {
			length += chunk.length;
			if (length > maxBytes) throw new CountersignError("too-large", purpose.what, `expected at most ${String(maxBytes)} bytes, got more`);
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof CountersignError) throw error;
		throw new CountersignError("io", purpose.what, "expected its bytes, got a connection that broke");
	}
	return Buffer.concat(chunks);
}
function isStream(value) {
	return (isRecord(value) || typeof value === "object") && value !== null && Symbol.asyncIterator in value;
}

// src/forge/github/asset-upload.ts
const ONE$1 = "GET /repos/{owner}/{repo}/releases/{release_id}";
const LIST$1 = "GET /repos/{owner}/{repo}/releases/{release_id}/assets";
const REMOVE = "DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}";
const NAME$2 = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const MAX_ASSET_BYTES = 2147483648;
const MAX_ASSETS = 1e3;
const UPLOAD_TRIES = 4;
var AssetUploads = class {
	#place;
	#targets = /* @__PURE__ */ new Map();
	constructor(place) {
		this.#place = place;
	}
	forget() {
		this.#targets.clear();
	}
	async upload(releaseId, asset) {
		const length = lengthOf(asset);
		checkAsset(asset, length);
		const target = await this.#targetOf(releaseId);
		if (!target.names.has(asset.name) && target.names.size >= MAX_ASSETS) throw new CountersignError("too-large", purposeOf$1(releaseId).what, `expected at most ${String(MAX_ASSETS)} assets, which is what GitHub takes`);
		for (let tries = 1;; tries++) try {
			const made = await this.#send(target, asset, length);
			checkUploaded(made, asset, length);
			target.names.add(asset.name);
			return made;
		} catch (error) {
			const found = await this.#lookAfter(error, target, asset, length, tries);
			if (found !== null) return found;
			if (tries === UPLOAD_TRIES) throw error;
		}
	}
	async #targetOf(id) {
		const before = this.#targets.get(id);
		if (before !== void 0) return before;
		const release = answerOf$1(await send(this.#place, ONE$1, { release_id: id }, purposeOf$1(id)), purposeOf$1(id).what);
		const names = new Set((await this.#list(id)).map(({ name }) => name));
		const target = {
			id,
			url: uploadUrl(this.#place, textOf$2(release, "upload_url")),
			names
		};
		this.#targets.set(id, target);
		return target;
	}
	async #list(id) {
		return (await sendForAll(this.#place, LIST$1, { release_id: id }, purposeOf$1(id))).map(assetOf);
	}
	async #send(target, { name, content }, length) {
		const purpose = {
			...purposeOf$1(target.id),
			what: `upload of ${quote(name)} to release ${String(target.id)}`
		};
		const url = `${target.url}?name=${encodeURIComponent(name)}`;
		const headers = {
			"content-type": "application/octet-stream",
			"content-length": String(length)
		};
		const body = await bodyOf(content, length);
		return assetOf(answerOf$1(await send(this.#place, `POST ${url}`, {
			headers,
			data: body
		}, purpose, "once"), purpose.what));
	}
	async #lookAfter(error, target, asset, length, tries) {
		const isTaken = statusOf(error) === 422 && saidWith(error).includes("already_exists");
		if (!isTaken && !mayHaveHappened(error)) throw error;
		if (!isTaken) await pause(this.#place, tries);
		const found = (await this.#list(target.id)).find(({ name }) => name === asset.name);
		if (found === void 0) return null;
		if (found.state === "starter") {
			await sendOrNull(this.#place, REMOVE, { asset_id: found.id }, purposeOf$1(target.id));
			return null;
		}
		if (found.size === length && found.sha256 === asset.sha256) return found;
		const what = `release ${String(target.id)} ${quote(asset.name)}`;
		throw new CountersignError("already-exists", what, "expected no asset of this name, got one of other bytes", { cause: error });
	}
};
function purposeOf$1(id) {
	return {
		what: `release ${String(id)}`,
		needs: "contents: write",
		codes: { 404: "release-missing" }
	};
}
function lengthOf({ content }) {
	return content.kind === "bytes" ? content.bytes.length : content.length;
}
function checkAsset({ name }, length) {
	if (!NAME$2.test(name)) throw new CountersignError("asset-name", quote(name), "expected letters, digits, \".\", \"_\" and \"-\", no dot at either end; GitHub would rename it");
	if (length === 0) throw new CountersignError("file-type", quote(name), "expected at least one byte, since GitHub takes no empty asset");
	if (length >= MAX_ASSET_BYTES) throw new CountersignError("too-large", quote(name), `expected less than 2 GiB, which is what GitHub takes, got ${String(length)} bytes`);
}
function checkUploaded(made, { name, sha256 }, length) {
	const expected = `${quote(name)} of ${String(length)} bytes with sha256 ${sha256}`;
	if (made.name === name && made.size === length && (made.sha256 ?? sha256) === sha256 && made.state === "uploaded") return;
	const got = `${quote(made.name)} of ${String(made.size)} bytes with sha256 ${made.sha256 ?? "unknown"}, ${made.state}`;
	throw new CountersignError("release-mismatch", `release asset ${String(made.id)}`, `expected ${expected}, got ${got}`);
}
function uploadUrl(place, template) {
	const plain = template.split("{", 1)[0] ?? "";
	if (!(URL.canParse(plain) && (new URL(plain).protocol === "https:" || place.graphqlUrl.startsWith("http:")))) throw new CountersignError("io", "upload address", `expected an https address, got ${quote(template)}`);
	return plain;
}
async function bodyOf(content, length) {
	if (content.kind === "bytes") return Buffer.from(content.bytes);
	try {
		const { size } = await stat(content.path);
		if (size !== length) throw new CountersignError("file-changed", content.path, `expected ${String(length)} bytes as when it was measured, got ${String(size)}`);
	} catch (error) {
		throw ioError(content.path, "to read the file", error);
	}
	return () => createReadStream(content.path);
}

// src/forge/github/releases.ts
const LIST = "/repos/{owner}/{repo}/releases";
const ONE = "/repos/{owner}/{repo}/releases/{release_id}";
const ASSET = "/repos/{owner}/{repo}/releases/assets/{asset_id}";
const NEEDS = "contents: write";
const MAX_TAGS_OF_TAGS = 8;
var GitHubReleases = class {
	#place;
	#uploads;
	constructor(place) {
		this.#place = place;
		this.#uploads = new AssetUploads(place);
	}
	async list() {
		return (await sendForAll(this.#place, `GET ${LIST}`, {}, {
			what: "releases",
			needs: NEEDS
		})).map(releaseOf);
	}
	async get(id) {
		const found = await sendOrNull(this.#place, `GET ${ONE}`, { release_id: id }, purposeOf(id));
		return found === null ? null : releaseOf(answerOf$1(found, purposeOf(id).what));
	}
	async createDraft(draft) {
		const purpose = {
			what: `draft release of ${quote(draft.tag)}`,
			needs: NEEDS
		};
		const { tag, commit, name, body, prerelease } = draft;
		const parameters = {
			tag_name: tag,
			target_commitish: commit,
			name,
			body,
			draft: true,
			prerelease
		};
		const isOurs = (one) => one.draft && one.tag === tag && one.target === commit && one.name === name && one.body === body && one.prerelease === prerelease;
		return writeOnce(this.#place, async () => releaseOf(answerOf$1(await send(this.#place, `POST ${LIST}`, parameters, purpose, "once"), purpose.what)), async () => (await this.list()).find(isOurs) ?? null);
	}
	async describe(id, body) {
		await send(this.#place, `PATCH ${ONE}`, {
			release_id: id,
			body
		}, purposeOf(id));
	}
	async assets(id) {
		return (await sendForAll(this.#place, `GET ${ONE}/assets`, { release_id: id }, purposeOf(id))).map(assetOf);
	}
	async upload(id, name, content, sha256) {
		return this.#uploads.upload(id, {
			name,
			content,
			sha256
		});
	}
	async removeAsset(assetId) {
		const purpose = {
			what: `release asset ${String(assetId)}`,
			needs: NEEDS
		};
		await sendOrNull(this.#place, `DELETE ${ASSET}`, { asset_id: assetId }, purpose);
		this.#uploads.forget();
	}
	async download(assetId, maxBytes) {
		return downloadAsset(this.#place, assetId, maxBytes);
	}
	async publish(id, target) {
		const before = await this.get(id);
		if (before !== null && !before.draft) return before;
		const purpose = {
			...purposeOf(id),
			needs: "contents: write, and workflows: write where workflow files differ"
		};
		const parameters = {
			release_id: id,
			draft: false,
			tag_name: target.tag,
			target_commitish: target.commit
		};
		const made = releaseOf(answerOf$1(await send(this.#place, `PATCH ${ONE}`, parameters, purpose), purpose.what));
		if (made.tag !== target.tag) throw new CountersignError("release-mismatch", purpose.what, `expected tag ${quote(target.tag)}, got ${quote(made.tag)}`);
		return made;
	}
	async removeDraft(id) {
		const before = await this.get(id);
		if (before === null) return;
		if (!before.draft) throw new CountersignError("release-mismatch", purposeOf(id).what, "expected a draft, got a published release");
		await sendOrNull(this.#place, `DELETE ${ONE}`, { release_id: id }, purposeOf(id));
	}
	async tagCommit(tag) {
		const purpose = {
			what: `tag ${quote(tag)}`,
			needs: "contents: read"
		};
		const ref = await sendOrNull(this.#place, "GET /repos/{owner}/{repo}/git/ref/{ref}", { ref: `tags/${tag}` }, purpose);
		if (ref === null) return null;
		let object = childOf(answerOf$1(ref, purpose.what), "object");
		for (let depth = 0; textOf$2(object, "type") === "tag" && depth < MAX_TAGS_OF_TAGS; depth++) {
			const parameters = { tag_sha: textOf$2(object, "sha") };
			object = childOf(answerOf$1(await send(this.#place, "GET /repos/{owner}/{repo}/git/tags/{tag_sha}", parameters, purpose), purpose.what), "object");
		}
		const type = textOf$2(object, "type");
		if (type !== "commit") throw new CountersignError("tag-mismatch", purpose.what, `expected the tag of a commit, got one of ${quote(type)}`);
		return parseCommitSha(textOf$2(object, "sha"), purpose.what);
	}
};
function purposeOf(id) {
	return {
		what: `release ${String(id)}`,
		needs: NEEDS,
		codes: { 404: "release-missing" }
	};
}
function releaseOf(answer) {
	const immutable = answer.members["immutable"] ?? false;
	if (typeof immutable !== "boolean") throw unexpected(`${answer.where} immutable`, "true or false", immutable);
	return {
		id: countOf(answer, "id"),
		tag: textOf$2(answer, "tag_name"),
		target: textOf$2(answer, "target_commitish"),
		name: textOrNull(answer, "name") ?? "",
		body: textOrNull(answer, "body") ?? "",
		draft: flagOf(answer, "draft"),
		prerelease: flagOf(answer, "prerelease"),
		immutable,
		author: authorOf(answer, "author"),
		url: textOf$2(answer, "html_url")
	};
}

// src/forge/github/settings-facts.ts
function settingPurpose(what, needs = "administration: read") {
	return {
		what,
		needs
	};
}
async function known(read) {
	try {
		return {
			kind: "known",
			value: await read()
		};
	} catch (error) {
		const status = statusOf(error);
		if (!(error instanceof CountersignError) || error.code === "rate-limited" || status !== 403 && status !== 404) throw error;
		return {
			kind: "unknown",
			reason: error.detail
		};
	}
}
async function read(place, route, parameters, purpose) {
	return answerOf$1(await send(place, route, parameters, purpose), purpose.what);
}
async function readOrNull(place, route, parameters, purpose) {
	const value = await sendOrNull(place, route, parameters, purpose);
	return value === null ? null : answerOf$1(value, purpose.what);
}
async function readPolicies(place, environment) {
	return sendForAll(place, "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", { environment_name: environment }, settingPurpose(`environment ${environment}`, "actions: read"));
}
async function admits(place, name, answer) {
	const policy = childOrNull(answer, "deployment_branch_policy");
	if (policy === null) return { kind: "unrestricted" };
	if (flagOf(policy, "protected_branches")) return { kind: "protected" };
	return {
		kind: "named",
		patterns: (await readPolicies(place, name)).map((one) => ({
			type: textOrNull(one, "type") === "tag" ? "tag" : "branch",
			name: textOf$2(one, "name")
		}))
	};
}
const NO_RULES = {
	deletion: "allowed",
	forcePush: "allowed",
	approvals: 0,
	codeOwnerReview: "optional",
	staleApprovals: "kept"
};
function withRule(rules, rule) {
	switch (textOf$2(rule, "type")) {
		case "deletion": return {
			...rules,
			deletion: "forbidden"
		};
		case "non_fast_forward": return {
			...rules,
			forcePush: "forbidden"
		};
		case "pull_request": {
			const parameters = childOf(rule, "parameters");
			const approvals = Math.max(rules.approvals, countOf(parameters, "required_approving_review_count"));
			return {
				...rules,
				approvals,
				codeOwnerReview: flagOf(parameters, "require_code_owner_review") ? "required" : rules.codeOwnerReview,
				staleApprovals: flagOf(parameters, "dismiss_stale_reviews_on_push") ? "dismissed" : rules.staleApprovals
			};
		}
		default: return rules;
	}
}
async function readRulesets(place, branch) {
	const purpose = settingPurpose(`rules of ${branch}`, "metadata: read");
	return (await sendForAll(place, "GET /repos/{owner}/{repo}/rules/branches/{branch}", { branch }, purpose)).reduce(withRule, NO_RULES);
}
async function readGuard(place, branch) {
	const { deletion, forcePush } = await readRulesets(place, branch);
	if (deletion === "forbidden" && forcePush === "forbidden") return "guarded";
	const found = await readOrNull(place, "GET /repos/{owner}/{repo}/branches/{branch}", { branch }, settingPurpose(`branch ${branch}`, "contents: read"));
	return found === null || flagOf(found, "protected") ? "guarded" : "open";
}
async function readAdmits(place, name) {
	const found = await readOrNull(place, "GET /repos/{owner}/{repo}/environments/{environment_name}", { environment_name: name }, settingPurpose(`environment ${name}`, "actions: read"));
	return found === null ? null : admits(place, name, found);
}
async function readGuards(place, environment, branches) {
	const repository = await read(place, "GET /repos/{owner}/{repo}", {}, settingPurpose("repository", "metadata: read"));
	const guard = async (branch) => [branch, await known(() => readGuard(place, branch))];
	return {
		defaultBranch: textOf$2(repository, "default_branch"),
		environment: await known(() => readAdmits(place, environment)),
		branches: new Map(await Promise.all(branches.map(guard)))
	};
}

// src/forge/github/index.ts
const NAME$1 = /^[A-Za-z0-9._-]{1,100}$/;
async function openGitHub(options) {
	for (const name of [options.owner, options.repo]) if (!NAME$1.test(name) || name === "." || name === "..") throw new CountersignError("usage", "repository", `expected a name, got ${quote(name)}`);
	if (options.token === "") throw new CountersignError("usage", "github token", "expected a token, got none");
	const place = {
		...openOctokit(options),
		owner: options.owner,
		repo: options.repo,
		graphqlUrl: options.graphqlUrl ?? graphqlUrlOf(options.apiUrl),
		scrub: (text) => text.replaceAll(options.token, "***")
	};
	const artifacts = new GitHubArtifacts(place, {
		token: options.token,
		apiUrl: options.apiUrl
	});
	return Promise.resolve({
		forge: new GitHubForge(place),
		releases: new GitHubReleases(place),
		artifacts,
		guards: { read: (environment, branches) => readGuards(place, environment, branches) }
	});
}
function graphqlUrlOf(apiUrl) {
	return `${apiUrl.replace(/(?<!\/)\/+$/, "").replace(/\/v3$/, "")}/graphql`;
}

// src/hosting/release-files.ts
const FOLDER = "metadata/";
const DESCRIPTION = "Signed metadata of this project's TUF repository. Clients read it, and it is renewed again and again; there is nothing here for people to download.\n";
function openReleaseFiles(options) {
	return new ReleaseFiles(options);
}
function assetName(path) {
	const name = path.startsWith(FOLDER) ? path.slice(9) : "";
	return name === "" || name.includes("/") ? null : name;
}
function requireAsset(path) {
	const name = assetName(path);
	if (name !== null) return name;
	throw new CountersignError("setting-missing", quote(path), "expected only metadata in the rolling release, got a target; propose with hosting: release or none, or publish metadata to Pages");
}
function requireMutable({ tag, immutable }) {
	if (!immutable) return;
	throw new CountersignError("release-immutable", `release ${tag}`, "expected a release whose timestamp can be replaced, got an immutable one; turn off \"release immutability\" in the settings or publish metadata to Pages");
}
var ReleaseFiles = class {
	#releases;
	#tag;
	#commit;
	#release = null;
	#assets = null;
	constructor({ releases, tag, commit }) {
		this.#releases = releases;
		this.#tag = tag;
		this.#commit = commit;
	}
	async read(path, maxBytes) {
		const name = assetName(path);
		const asset = name === null ? void 0 : (await this.#known()).get(name);
		return asset === void 0 ? null : this.#releases.download(asset.id, maxBytes);
	}
	async list() {
		return new Map([...await this.#known()].map(([name, { size }]) => [`${FOLDER}${name}`, size]));
	}
	async write(path, bytes) {
		const name = requireAsset(path);
		const release = await this.#requireRelease();
		const assets = await this.#known();
		const sha256 = sha256Hex(bytes);
		const there = assets.get(name);
		if (there !== void 0) {
			if (there.sha256 === sha256 && there.size === bytes.length) return;
			await this.#releases.removeAsset(there.id);
			assets.delete(name);
		}
		assets.set(name, await this.#releases.upload(release.id, name, {
			kind: "bytes",
			bytes
		}, sha256));
	}
	async copyIn(path) {
		requireAsset(path);
		throw new CountersignError("setting-missing", quote(path), "expected metadata to be written as bytes, got a file");
	}
	async writeStream(path) {
		return this.copyIn(path);
	}
	async digest(path) {
		const name = assetName(path);
		const asset = name === null ? void 0 : (await this.#known()).get(name);
		if (asset === void 0) return null;
		if (asset.sha256 !== null) return {
			length: asset.size,
			sha256: asset.sha256
		};
		const bytes = await this.#releases.download(asset.id, asset.size);
		return bytes === null ? null : {
			length: bytes.length,
			sha256: sha256Hex(bytes)
		};
	}
	async remove(path) {
		const name = assetName(path);
		const assets = await this.#known();
		const asset = name === null ? void 0 : assets.get(name);
		if (name === null || asset === void 0) return;
		requireMutable(await this.#requireRelease());
		await this.#releases.removeAsset(asset.id);
		assets.delete(name);
	}
	async #known() {
		if (this.#assets === null) {
			const release = await this.#find();
			const assets = release === null ? [] : await this.#releases.assets(release.id);
			this.#assets = new Map(assets.filter(({ state }) => state === "uploaded").map((asset) => [asset.name, asset]));
		}
		return this.#assets;
	}
	async #find() {
		this.#release ??= (await this.#releases.list()).find(({ tag, draft }) => tag === this.#tag && !draft) ?? null;
		return this.#release;
	}
	async #requireRelease() {
		const release = await this.#find() ?? await this.#create();
		requireMutable(release);
		return release;
	}
	async #create() {
		const [tag, commit] = [this.#tag, this.#commit];
		if (commit === null) throw new CountersignError("release-missing", `release ${tag}`, "expected a release to write metadata to, got none");
		const draft = await this.#releases.createDraft({
			tag,
			commit,
			name: "TUF metadata",
			body: DESCRIPTION,
			prerelease: true
		});
		this.#release = await this.#releases.publish(draft.id, {
			tag,
			commit
		});
		return this.#release;
	}
};

// src/action/github-workplace.ts
const NOTHING_OPEN = async () => void 0;
function openHosting(options, releases) {
	const { owner, repo, serverUrl, metadataHosting, metadataTag: tag, commit } = options;
	if (metadataHosting === "release") {
		const site = openReleaseFiles({
			releases,
			tag,
			commit: commit === null ? null : parseCommitSha(commit, "GITHUB_SHA")
		});
		return {
			live: filesSource(site),
			site,
			siteUrl: `${serverUrl}/${owner}/${repo}/releases/download/${tag}/`,
			close: NOTHING_OPEN
		};
	}
	const siteUrl = options.siteUrl ?? (metadataHosting === "pages" ? pagesUrl(owner, repo) : null);
	if (siteUrl === null) return {
		live: UNKNOWN_SITE,
		site: null,
		siteUrl,
		close: NOTHING_OPEN
	};
	const { metadataUrl, targetUrl } = siteUrls(siteUrl, "site-url");
	const live = openHttpSource({
		metadataUrls: [metadataUrl],
		targetUrls: [targetUrl],
		limits: { timestampGapMs: 0 }
	});
	return {
		live,
		site: null,
		siteUrl,
		close: () => live.close()
	};
}
async function openGitHubWorkplace(options) {
	const { owner, repo, token, apiUrl, graphqlUrl, serverUrl, temporary, log, now, anchor, openSigner, onRequest } = options;
	const { forge, releases, artifacts, guards } = await openGitHub({
		owner,
		repo,
		token,
		apiUrl,
		log,
		...graphqlUrl === null ? {} : { graphqlUrl },
		...onRequest === void 0 ? {} : { onRequest }
	});
	const runUrl = (id) => `${serverUrl}/${owner}/${repo}/actions/runs/${String(id)}`;
	const staging = await openArtifactStaging({
		temporary,
		artifacts,
		hints: [],
		runUrl,
		log
	});
	const { live, site, siteUrl, close } = openHosting(options, releases);
	return {
		forge,
		releases,
		artifacts,
		guards,
		staging,
		live,
		site,
		siteUrl,
		hasher: localHasher,
		log,
		now,
		anchor,
		openSigner,
		maxHostedBytes: 41943040,
		withSiteLock: (work) => work(async () => void 0),
		close
	};
}

// src/action/open-place.ts
async function openKey({ env, mask }, uri) {
	const value = uri.startsWith("env:") ? env.get(uri.slice(4)) : void 0;
	if (value !== void 0) mask(value);
	return openOnlineSigner(uri, env);
}
const BOT = "countersign[bot]";
async function openLocal(context, directory) {
	const { place: inputs, log, now } = context;
	const { place } = await openLocalWorkplace({
		directory,
		site: inputs.site,
		as: BOT,
		log,
		now,
		anchor: inputs.root === null ? null : parsePayloadDigest(inputs.root, "root"),
		openSigner: (uri) => openKey(context, uri)
	});
	return {
		place,
		artifacts: null,
		staging: null,
		guards: null,
		siteUrl: inputs.siteUrl,
		pullUrl: () => null,
		close: async () => void 0
	};
}
function repositoryNames({ place }) {
	const [owner, repo] = place.repository.split("/");
	if (owner === void 0 || repo === void 0 || owner === "") throw new CountersignError("usage", "repository", "expected OWNER/NAME, or a local repository in the input directory, got neither");
	if (place.token === "") throw new CountersignError("usage", "github-token", "expected a token, got nothing");
	return {
		owner,
		repo
	};
}
async function openActionPlace(context) {
	const { place: inputs, run, log, now } = context;
	if (inputs.directory !== null) return openLocal(context, inputs.directory);
	const { owner, repo } = repositoryNames(context);
	const place = await openGitHubWorkplace({
		owner,
		repo,
		token: inputs.token,
		apiUrl: run.apiUrl,
		graphqlUrl: run.graphqlUrl,
		serverUrl: run.serverUrl,
		siteUrl: inputs.siteUrl,
		metadataHosting: inputs.metadataHosting,
		metadataTag: inputs.metadataTag,
		commit: run.commit,
		temporary: run.temporary,
		log,
		now,
		anchor: inputs.root === null ? null : parsePayloadDigest(inputs.root, "root"),
		openSigner: (uri) => openKey(context, uri)
	});
	const pullUrl = (number) => `${run.serverUrl}/${owner}/${repo}/pull/${String(number)}`;
	return {
		place,
		artifacts: place.artifacts,
		staging: place.staging,
		guards: place.guards,
		siteUrl: place.siteUrl,
		pullUrl,
		close: () => place.close()
	};
}
async function withPlace(context, work) {
	const place = await openActionPlace(context);
	try {
		const { anchor, forge, log } = place.place;
		if (anchor === null) return await work(place);
		return await work({
			...place,
			place: {
				...place.place,
				anchor: await pinnedRoot(forge, anchor, log)
			}
		});
	} finally {
		await place.close();
	}
}

// src/action/custody-step.ts
function custodyText(person, signatures) {
	const events = signatures.map(({ number, files }) => `#${String(number)}: ${files.map(({ role, version }) => `${role} v${String(version)}`).join(", ")}`);
	return events.length === 0 ? `nothing to sign for ${person}` : [`signed for ${person}`, ...events].join("\n");
}
async function custodyStep(context, person) {
	return withPlace(context, async ({ place, pullUrl }) => {
		const signer = await openKey(context, `env:${variableOf$1("key")}`);
		const signatures = await custody(place, person, signer);
		const isLeft = signatures.length > 0 && context.place.mode === "apply";
		return {
			exitCode: EXIT.ok,
			outputs: {
				operation: signatures.length > 0 ? "signed" : "nothing-to-sign",
				"signature-artifact": isLeft ? `${SIGNATURE_PREFIX}${person}` : "",
				"signature-directory": isLeft ? await writeCarried(context, signatures) : ""
			},
			summary: {
				kind: "custody",
				custody: {
					person,
					signed: signatures.map(({ number, files }) => ({
						number,
						url: pullUrl(number),
						files
					}))
				}
			},
			text: custodyText(person, signatures),
			findings: []
		};
	});
}

// src/client/caller-values.ts
function nameOf(value) {
	if (value === null) return "null";
	if (Array.isArray(value)) return "an array";
	return value === void 0 ? "nothing" : `a value of the type ${typeof value}`;
}
function refuse$4(where, expected, value) {
	return new CountersignError("usage", where, `expected ${expected}, got ${nameOf(value)}`);
}
function requireText(value, where) {
	if (typeof value === "string") return value;
	throw refuse$4(where, "a text", value);
}

// src/client/directory-store.ts
const LOCK_WAIT_MS = 12e4;
function fileName(name) {
	if (!/^[A-Za-z0-9._~%-]+$/.test(name)) throw new CountersignError("file-name", quote(name), "expected the name of a stored file, got one that none has");
	return name.startsWith(".") ? `%2E${name.slice(1)}` : name;
}
function openCache(directory, waitMs = LOCK_WAIT_MS) {
	const root = resolve(requireText(directory, "cache"));
	const turns = /* @__PURE__ */ new Set();
	const requireTurn = async () => {
		for (const requireHeld of turns) await requireHeld();
	};
	return {
		directory: root,
		store: directoryStore(root, requireTurn),
		exclusively: async (work) => {
			await makeDirectory(root);
			return withLock(join(root, "cache"), async (requireHeld) => {
				turns.add(requireHeld);
				try {
					await removeUnfinished(root);
					return await work();
				} finally {
					turns.delete(requireHeld);
				}
			}, { waitMs });
		}
	};
}
function directoryStore(directory, requireTurn = async () => void 0) {
	return {
		read: async (name) => {
			const path = join(directory, fileName(name));
			try {
				return await readAll(path);
			} catch (error) {
				if (errnoOf(error) === "ENOENT") return null;
				throw ioError(path, "to read the stored file", error);
			}
		},
		write: async (name, bytes) => {
			const path = join(directory, fileName(name));
			await makeDirectory(directory);
			try {
				const temporary = await writeTemporary(directory, (file) => file.writeFile(bytes));
				await requireTurn();
				await rename(temporary, path);
			} catch (error) {
				throw ioError(path, "to store the file", error);
			}
		},
		remove: async (name) => {
			const path = join(directory, fileName(name));
			try {
				await requireTurn();
				await rm(path, { force: true });
			} catch (error) {
				throw ioError(path, "to remove the stored file", error);
			}
		}
	};
}
async function readAll(path) {
	const file = await open(path, constants$1.O_RDONLY | constants$1.O_NOFOLLOW | constants$1.O_NONBLOCK);
	try {
		const stat = await file.stat();
		if (!stat.isFile()) throw new CountersignError("file-type", path, "expected a regular file, got a directory or a special file");
		const { maxListedBytes } = DEFAULT_LIMITS;
		if (stat.size > maxListedBytes) throw new CountersignError("too-large", path, `expected at most ${String(maxListedBytes)} bytes, got ${String(stat.size)}`);
		const bytes = await file.readFile();
		return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
	} finally {
		await file.close();
	}
}
async function makeDirectory(directory) {
	try {
		await makeDirectories(directory, 448);
	} catch (error) {
		throw ioError(directory, "to make the cache", error);
	}
}
async function removeUnfinished(directory) {
	try {
		for (const name of await readdir(directory)) if (name.startsWith(".tmp-")) await rm(join(directory, name), { force: true });
	} catch (error) {
		throw ioError(directory, "to clear the cache", error);
	}
}

// src/client/location.ts
function metadataLocation(root, role, version) {
	return root.consistentSnapshot ? metadataPath(role, version) : `metadata/${encodeRoleName(role)}.json`;
}
function besidePath(path, hash) {
	const slash = path.lastIndexOf("/") + 1;
	return `targets/${path.slice(0, slash)}${hash}.${path.slice(slash)}`;
}
function targetLocations(root, path, file) {
	if (!root.consistentSnapshot) return [`targets/${path}`];
	return [...file.hashes].filter(([name]) => name === "sha256" || name === "sha512").map(([, hash]) => besidePath(path, hash));
}
function allTargetLocations(root, path, file) {
	const locations = targetLocations(root, path, file);
	const sha256 = file.hashes.get("sha256");
	if (!root.consistentSnapshot || sha256 === void 0) return locations;
	return [.../* @__PURE__ */ new Set([...locations, ...targetFilePaths(path, parseSha256(sha256, path))])];
}

// src/client/download.ts
function tooLong(location, length, cause) {
	return new CountersignError("length-mismatch", location, `expected ${String(length)} bytes, got more`, { cause });
}
function targetDigest(file) {
	const sha256 = createHash("sha256");
	const sha512 = file.hashes.has("sha512") ? createHash("sha512") : null;
	let length = 0;
	return {
		get length() {
			return length;
		},
		update: (chunk) => {
			length += chunk.length;
			sha256.update(chunk);
			sha512?.update(chunk);
		},
		finish: (location) => {
			if (length !== file.length) throw new CountersignError("length-mismatch", location, `expected ${String(file.length)} bytes, got ${String(length)}`);
			requireKnownDigests(file.hashes, location);
			const digests = /* @__PURE__ */ new Map([["sha256", sha256.digest("hex")]]);
			if (sha512 !== null) digests.set("sha512", sha512.digest("hex"));
			for (const [algorithm, actual] of digests) {
				const expected = file.hashes.get(algorithm) ?? actual;
				if (actual !== expected) throw new CountersignError("hash-mismatch", location, `expected ${algorithm} ${expected}, got ${actual}`);
			}
			return digests.get("sha256") ?? "";
		}
	};
}
async function readTarget(source, location, file, sink, digest = targetDigest(file)) {
	try {
		const stream = await openAt(source, location, file, digest.length);
		if (stream === null) return null;
		for await (const chunk of stream) {
			if (digest.length + chunk.length > file.length) throw tooLong(location, file.length);
			await sink?.(chunk);
			digest.update(chunk);
		}
	} catch (error) {
		if (error instanceof CountersignError && error.code === "too-large") throw tooLong(location, file.length, error);
		throw error;
	}
	return digest.finish(location);
}
function openAt(source, location, file, from) {
	if (from === 0) return source.target(location, file.length);
	if (source.targetFrom === void 0) throw new CountersignError("usage", location, "expected a source that can begin in the middle");
	return source.targetFrom(location, file.length, from);
}

// src/client/part-file.ts
const CHUNK_BYTES = 1048576;
async function removePart({ path, requireOurs }) {
	await orIoError(path, "to remove the part", async () => {
		await requireOurs();
		await rm(path, { force: true });
	});
}
async function fillPart(part, file, fill) {
	const { path } = part;
	const handle = await orIoError(path, "to open the part", () => openAlone(part));
	let isKept = false;
	try {
		const held = await readPart(part, handle, file);
		try {
			const sha256 = await fill(held);
			await orIoError(path, "to bring the file to the disk", () => handle.sync());
			isKept = true;
			return sha256;
		} finally {
			isKept ||= held.digest.length > 0;
		}
	} finally {
		await handle.close();
		if (!isKept) await removePart(part);
	}
}
async function openAlone(part) {
	const flags = constants$1.O_RDWR | constants$1.O_CREAT | constants$1.O_NOFOLLOW | constants$1.O_NONBLOCK;
	const handle = await open(part.path, flags, 438);
	const stats = await handle.stat();
	if (stats.isFile() && stats.nlink === 1) return handle;
	await handle.close();
	await removePart(part);
	return open(part.path, flags | constants$1.O_EXCL, 438);
}
async function readPart({ path, requireOurs }, handle, file) {
	let digest = targetDigest(file);
	const restart = () => orIoError(path, "to empty the part", async () => {
		await requireOurs();
		await handle.truncate(0);
		digest = targetDigest(file);
	});
	const { size } = await orIoError(path, "to read the part", () => handle.stat());
	if (size > file.length) await restart();
	else await orIoError(path, "to read the part", () => digestOf(handle, digest, size));
	return {
		get digest() {
			return digest;
		},
		append: (chunk) => orIoError(path, "to write the part", async () => {
			await requireOurs();
			for (let done = 0; done < chunk.length;) {
				const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, digest.length + done);
				done += bytesWritten;
			}
		}),
		restart
	};
}
async function digestOf(handle, digest, maxBytes) {
	const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, maxBytes)));
	while (digest.length < maxBytes) {
		const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, maxBytes - digest.length), digest.length);
		if (bytesRead === 0) return;
		digest.update(buffer.subarray(0, bytesRead));
	}
}

// src/client/target-name.ts
const PARTS_DIRECTORY = ".countersign";
const FORBIDDEN = /[\\:*?"<>|\p{Cc}]/u;
const UNSEEN = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?: *\..*)?$/i;
const MAX_SEGMENT_BYTES = 255;
function fail(path, detail) {
	throw new CountersignError("file-name", quote(path), detail);
}
function requireSafeSegment(path, segment) {
	if (segment === "") fail(path, "expected a relative path with a name between slashes, got none");
	if (segment === "." || segment === "..") fail(path, `expected a path that stays in its directory, got ${quote(segment)}`);
	if (/[. ]$/.test(segment)) fail(path, `expected no dot or space at the end of a name, got ${quote(segment)}`);
	if (DEVICE.test(segment)) fail(path, `expected the name of a file, got the device ${quote(segment)}`);
	const bytes = new TextEncoder().encode(segment).length;
	if (bytes > MAX_SEGMENT_BYTES) fail(path, `expected at most ${String(MAX_SEGMENT_BYTES)} bytes between slashes, got ${String(bytes)}`);
}
function requireSafePath(path) {
	const forbidden = FORBIDDEN.exec(path)?.[0] ?? UNSEEN.exec(path)?.[0];
	if (forbidden !== void 0) fail(path, `expected a name without ${quote(forbidden)}`);
	const segments = path.split("/");
	for (const segment of segments) requireSafeSegment(path, segment);
	if (fold(segments[0] ?? "") === fold(".countersign")) fail(path, `expected another directory than ${PARTS_DIRECTORY}, which is ours`);
}
function fold(name) {
	return name.toLowerCase().toUpperCase().normalize("NFC");
}
var Neighbours = class {
	#files = /* @__PURE__ */ new Map();
	#directories = /* @__PURE__ */ new Map();
	add(path) {
		const folded = fold(path);
		const other = this.#files.get(folded);
		if (other === path) return;
		if (other !== void 0) fail(path, `expected names that differ by more than case, got ${quote(other)} too`);
		const within = this.#directories.get(folded);
		if (within !== void 0) fail(path, `expected the name of a file, got that of the directory of ${quote(within)}`);
		const parents = [];
		for (let slash = folded.indexOf("/"); slash >= 0; slash = folded.indexOf("/", slash + 1)) parents.push(folded.slice(0, slash));
		for (const parent of parents) {
			const file = this.#files.get(parent);
			if (file !== void 0) fail(path, `expected a directory, got the target ${quote(file)} of that name`);
		}
		this.#files.set(folded, path);
		for (const parent of parents) if (!this.#directories.has(parent)) this.#directories.set(parent, path);
	}
};
function requireDistinctPaths(paths) {
	const neighbours = new Neighbours();
	for (const path of paths) neighbours.add(path);
}
function sortOutPaths(paths) {
	const neighbours = new Neighbours();
	const kept = [];
	const refused = [];
	for (const path of paths) try {
		requireSafePath(path);
		neighbours.add(path);
		kept.push(path);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		refused.push(error);
	}
	return {
		kept,
		refused
	};
}

// src/client/download-directory.ts
const PART_WAIT_MS = 9e3;
const MAX_ATTEMPTS = 100;
function openDownloadDirectory(directory) {
	const root = resolve(requireText(directory, "download directory"));
	return {
		directory: root,
		locate: (path) => locateIn(root, path),
		verify: (path, file) => verifyIn(root, path, file),
		has: (path) => hasIn(root, path),
		receive: async (path, file, fill) => {
			await orIoError(root, "to make the directory", () => makeDirectories(root));
			return withPart(root, file, async (part) => {
				const there = await verifyIn(root, path, file);
				if (there !== null) {
					await removePart(part);
					return {
						sha256: there,
						outcome: "present"
					};
				}
				const sha256 = await fillPart(part, file, fill);
				await enter$1(root, path, "make");
				const place = locateIn(root, path);
				await orIoError(place, "to put the file in its place", async () => {
					await requireReplaceable(place);
					await part.requireOurs();
					await rename(part.path, place);
				});
				return {
					sha256,
					outcome: "downloaded"
				};
			});
		},
		tidy: async () => {
			const parts = join(root, PARTS_DIRECTORY);
			try {
				await rmdir(parts);
			} catch (error) {
				if (![
					"ENOENT",
					"ENOTEMPTY",
					"EEXIST",
					"ENOTDIR"
				].includes(errnoOf(error) ?? "")) throw ioError(parts, "to remove the directory", error);
			}
		}
	};
}
function locateIn(root, path) {
	requireSafePath(path);
	return join(root, ...path.split("/"));
}
async function verifyIn(root, path, file) {
	const place = locateIn(root, path);
	if (!await enter$1(root, path, "find")) return null;
	return orIoError(place, "to read the file", () => sha256IfListed(place, file));
}
async function hasIn(root, path) {
	const place = locateIn(root, path);
	if (!await enter$1(root, path, "find")) return false;
	return orIoError(place, "to find the file", async () => await lstat(place).catch(ignoring("ENOENT")) !== void 0);
}
async function enter$1(root, path, how) {
	let directory = root;
	for (const name of path.split("/").slice(0, -1)) {
		directory = join(directory, name);
		const here = directory;
		const made = await orIoError(here, "to enter the directory", async () => {
			if (how === "make") await mkdir(here).catch(ignoring("EEXIST"));
			return lstat(here).catch(ignoring("ENOENT"));
		});
		if (made === void 0) return false;
		if (made.isSymbolicLink()) throw new CountersignError("symlink-escape", quote(path), `expected no symbolic link on the way, got one at ${quote(name)}`);
		if (!made.isDirectory()) throw new CountersignError("file-type", here, "expected a directory, got a file");
	}
	return true;
}
async function requireReplaceable(place) {
	const stats = await lstat(place).catch(ignoring("ENOENT"));
	if (stats === void 0 || stats.isFile()) return;
	throw new CountersignError("file-type", place, "expected a regular file or nothing, got a directory or a special file");
}
async function sha256IfListed(place, file) {
	await requireReplaceable(place);
	const handle = await open(place, constants$1.O_RDONLY | constants$1.O_NOFOLLOW | constants$1.O_NONBLOCK).catch(ignoring("ENOENT"));
	if (handle === void 0) return null;
	try {
		if ((await handle.stat()).size !== file.length) return null;
		const digest = targetDigest(file);
		await digestOf(handle, digest, file.length);
		return digest.finish(place);
	} catch (error) {
		if (error instanceof CountersignError && (error.code === "hash-mismatch" || error.code === "length-mismatch")) return null;
		throw error;
	} finally {
		await handle.close();
	}
}
async function withPart(root, file, work) {
	const directory = join(root, PARTS_DIRECTORY);
	const [digest] = [...file.hashes].filter(([name]) => name === "sha256" || name === "sha512").map(([, hex]) => hex);
	const shared = join(directory, `${digest ?? ""}.part`);
	const lock = { held: false };
	for (let attempt = 1;; attempt++) {
		await enter$1(root, `${PARTS_DIRECTORY}/x`, "make");
		try {
			return await withLock(shared, (requireOurs) => {
				lock.held = true;
				return work({
					path: shared,
					requireOurs
				});
			}, { waitMs: PART_WAIT_MS });
		} catch (error) {
			if (lock.held || !(error instanceof CountersignError)) throw error;
			if (error.code === "locked") break;
			if (errnoOf(error.cause) !== "ENOENT" || attempt >= MAX_ATTEMPTS) throw error;
		}
	}
	await enter$1(root, `${PARTS_DIRECTORY}/x`, "make");
	const own = join(directory, `${randomBytes(12).toString("hex")}.part`);
	try {
		return await work({
			path: own,
			requireOurs: async () => void 0
		});
	} finally {
		await orIoError(own, "to remove the part", () => rm(own, { force: true }));
	}
}

// src/client/fetch-target.ts
async function fetchTarget(context, target) {
	const { to } = context;
	const { path, file } = target;
	const found = {
		path,
		file: to.locate(path),
		length: file.length
	};
	const there = await to.verify(path, file);
	if (there !== null) return {
		...found,
		sha256: there,
		outcome: "present"
	};
	return {
		...found,
		...await to.receive(path, file, (part) => fill(context, target, part))
	};
}
async function fill(context, target, part) {
	let first = null;
	for (const source of context.mirrors) for (;;) {
		const resumes = part.digest.length > 0;
		try {
			const sha256 = await fillFrom(source, context, target, part);
			if (sha256 !== null) return sha256;
			break;
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			first ??= error;
			if (error.code !== "hash-mismatch" && error.code !== "length-mismatch") break;
			await part.restart();
			if (!resumes) break;
		}
	}
	throw first ?? new CountersignError("not-found", quote(target.path), "expected the file of this target, got nothing at any of its places");
}
async function fillFrom(source, context, target, part) {
	const { root, onProgress } = context;
	const { path, file } = target;
	if (part.digest.length === file.length) return part.digest.finish(path);
	if (source.targetFrom === void 0 && part.digest.length > 0) await part.restart();
	const sink = async (chunk) => {
		await part.append(chunk);
		onProgress(part.digest.length + chunk.length, file.length);
	};
	for (const location of targetLocations(root, path, file)) {
		const sha256 = await readTarget(source, location, file, sink, part.digest);
		if (sha256 !== null) return sha256;
	}
	return null;
}
async function verifyPresent(to, { path, file }) {
	const sha256 = await to.verify(path, file);
	const place = to.locate(path);
	if (sha256 !== null) return {
		path,
		file: place,
		length: file.length,
		sha256,
		outcome: "present"
	};
	if (!await to.has(path)) throw new CountersignError("not-found", quote(path), `expected the file ${quote(place)}, got none`);
	const expected = [...file.hashes].map(([name, hex]) => `${name} ${hex}`).join(", ");
	throw new CountersignError("hash-mismatch", quote(path), `expected ${String(file.length)} bytes with ${expected}, got another file`);
}

// src/client/misnamed-keys.ts
const MAX_SHOWN = 8;
function note(where, keys) {
	const ids = [...misnamedKeys(keys).keys()];
	if (ids.length === 0) return [];
	const shown = ids.slice(0, MAX_SHOWN).map((id) => quote(id.length > 12 ? `${id.slice(0, 12)}…` : id));
	const rest = ids.length > MAX_SHOWN ? ` and ${String(ids.length - MAX_SHOWN)} more` : "";
	return [`${where}: taken for names: keyids that are not the sha256 of their key: ${shown.join(", ")}${rest}`];
}
function misnamedKeyNotes({ root, targets }) {
	return [...note(`root@${String(root.signed.version)}`, root.signed.keys), ...[...targets].flatMap(([role, { signed }]) => signed.delegations === null ? [] : note(`${role}@${String(signed.version)}`, signed.delegations.keys))];
}

// src/client/left-out.ts
const MAX_NAMED$1 = 3;
function keyOf({ code, where, detail }, path) {
	return JSON.stringify([
		code,
		path !== null && where === quote(path) ? "" : where,
		detail
	]);
}
function textOf$1({ error, paths }) {
	const { code, where, detail } = error;
	const others = paths.filter((path) => where !== quote(path));
	if (others.length === 0) return error;
	const named = others.slice(0, MAX_NAMED$1).map(quote).join(", ");
	const rest = others.length > MAX_NAMED$1 ? ` and ${String(others.length - MAX_NAMED$1)} more` : "";
	return new CountersignError(code, where, `${detail}; without it nobody can say who signs ${named}${rest}`, { cause: error });
}
function leftOutReasons(roles, undecided) {
	const reasons = /* @__PURE__ */ new Map();
	for (const error of roles) reasons.set(keyOf(error, null), {
		error,
		paths: []
	});
	for (const [path, error] of undecided) {
		const key = keyOf(error, path);
		const reason = reasons.get(key) ?? {
			error,
			paths: []
		};
		reason.paths.push(path);
		reasons.set(key, reason);
	}
	return [...reasons.values()].map(textOf$1);
}

// src/client/repository-report.ts
function problemList() {
	const problems = /* @__PURE__ */ new Map();
	return {
		problems,
		add: (refusal) => {
			problems.set(JSON.stringify([
				refusal.code,
				refusal.where,
				refusal.detail
			]), refusal);
		}
	};
}
const HOST_FAILURES = [
	"io",
	"redirect-refused",
	"stalled",
	"timed-out",
	"certificate-refused"
];
function isAboutRepository({ code }) {
	return !HOST_FAILURES.includes(code);
}
async function attempt(problems, step, within) {
	try {
		return await step();
	} catch (error) {
		if (!(error instanceof CountersignError) || !isAboutRepository(error)) throw error;
		const where = within === void 0 ? error.where : `${within}: ${error.where}`;
		problems.add({
			code: error.code,
			where,
			detail: error.detail
		});
		return null;
	}
}
function fileReport(file, keys, role) {
	const { votes, threshold } = countSignatures({
		payload: file.payload,
		signatures: file.signatures,
		keys,
		role
	});
	return {
		version: file.signed.version,
		expires: file.signed.expires,
		signers: votes.size,
		threshold
	};
}
function expiringFiles({ root, timestamp, snapshot, roles }, limit) {
	return [...Object.entries({
		root,
		timestamp,
		snapshot
	}), ...roles.map((role) => [role.name, role])].flatMap(([role, file]) => file === null ? [] : [{
		where: `${role}@${String(file.version)}`,
		expires: file.expires
	}]).filter(({ expires }) => expires <= limit).sort((a, b) => a.expires - b.expires);
}

// src/client/in-parallel.ts
async function inParallel(items, limit, work) {
	const results = /* @__PURE__ */ new Map();
	const waiting = items[Symbol.iterator]();
	let begun = 0;
	let failed = false;
	const worker = async () => {
		for (let next = waiting.next(); next.done !== true && !failed; next = waiting.next()) {
			const index = begun++;
			try {
				results.set(index, await work(next.value));
			} catch (error) {
				failed = true;
				throw error;
			}
		}
	};
	const outcomes = await Promise.allSettled(Array.from({ length: limit }, worker));
	for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
	return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

// src/client/store.ts
function storeName(role) {
	const encoded = encodeRoleName(role);
	const lower = encoded.toLowerCase();
	if (lower !== encoded && TOP_LEVEL_ROLES.some((name) => name === lower)) return `%${encoded.charCodeAt(0).toString(16).toUpperCase()}${encoded.slice(1)}.json`;
	return `${encoded}.json`;
}
function memoryStore(files = /* @__PURE__ */ new Map()) {
	const held = new Map(files);
	return {
		files: held,
		read: async (name) => held.get(name) ?? null,
		write: async (name, bytes) => {
			held.set(name, bytes);
		},
		remove: async (name) => {
			held.delete(name);
		}
	};
}
function copyOf(original) {
	const held = /* @__PURE__ */ new Map();
	const given = /* @__PURE__ */ new Map();
	return {
		store: {
			read: async (name) => {
				const known = held.get(name);
				if (known !== void 0) return known;
				const bytes = await original.read(name);
				given.set(name, bytes);
				held.set(name, bytes);
				return bytes;
			},
			write: async (name, bytes) => {
				held.set(name, bytes);
			},
			remove: async (name) => {
				held.set(name, null);
			}
		},
		isOutdated: async () => {
			for (const [name, bytes] of given) {
				const now = await original.read(name);
				if (Buffer.compare(now ?? /* @__PURE__ */ new Uint8Array(), bytes ?? /* @__PURE__ */ new Uint8Array()) !== 0 || now === null !== (bytes === null)) return true;
			}
			return false;
		}
	};
}

// src/client/roles.ts
async function fetchMetadata(source, path, maxBytes) {
	const bytes = await source.metadata(path, maxBytes);
	if (bytes === null) throw new CountersignError("not-found", path, "expected this file, got nothing");
	return bytes;
}
async function fetchListed(client, path, listed, kind) {
	const { maxSnapshotBytes, maxTargetsBytes, maxListedSnapshotBytes, maxListedBytes } = client.limits;
	const [maxUnlisted, maxListed] = kind === "snapshot" ? [maxSnapshotBytes, maxListedSnapshotBytes] : [maxTargetsBytes, maxListedBytes];
	if (listed.length === null) return fetchMetadata(client.source, path, maxUnlisted);
	if (listed.length > maxListed) throw new CountersignError("too-large", path, `expected at most ${String(maxListed)} bytes, got ${String(listed.length)} listed`);
	try {
		return await fetchMetadata(client.source, path, listed.length);
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "too-large")) throw error;
		throw new CountersignError("length-mismatch", path, `expected ${String(listed.length)} bytes, got more`, { cause: error });
	}
}
function acceptRole(set, { role, delegator }, delegatorFile, bytes) {
	const targets = /* @__PURE__ */ new Map();
	if (delegator !== "root" && delegatorFile !== null) targets.set(delegator, delegatorFile);
	return outcomeOf(() => {
		const file = unwrap(updateTargets({
			...set,
			targets
		}, role, delegator, bytes)).targets.get(role);
		if (file === void 0) throw new CountersignError("order", role, "expected the role that was just accepted, got none");
		requireCounts(delegatorFile?.signed ?? set.root.signed, role, file.signed.version);
		const loaded = set.targets.get(role);
		if (loaded !== void 0 && Buffer.compare(loaded.payload, file.payload) !== 0) {
			const where = `${role}@${String(file.signed.version)}`;
			throw new CountersignError("equivocation", where, "expected the content that another delegator was shown, got another");
		}
		return file;
	});
}
async function loadRole(client, set, request, delegatorFile) {
	const { role } = request;
	const entry = requireFinalSnapshot(set).meta.get(role);
	if (entry === void 0) throw new CountersignError("not-in-snapshot", role, "expected an entry in the snapshot, got none");
	const held = await client.store.read(storeName(role));
	if (held !== null) {
		const outcome = acceptRole(set, request, delegatorFile, held);
		if (outcome.kind === "accepted") return outcome.value;
	}
	const bytes = await fetchListed(client, metadataLocation(set.root.signed, role, entry.version), entry, "targets");
	const file = unwrap(acceptRole(set, request, delegatorFile, bytes));
	await client.store.write(storeName(role), bytes);
	return file;
}
var RoleLoader = class {
	#session;
	#targets = null;
	#verifiedFor = null;
	#failed = /* @__PURE__ */ new Map();
	constructor(session) {
		this.#session = session;
	}
	take() {
		const [targets, verifiedFor] = [this.#targets, this.#verifiedFor];
		if (targets === null || verifiedFor === null) return this.#session;
		this.#session = {
			...this.#session,
			verifiedFor,
			set: {
				...this.#session.set,
				targets
			}
		};
		this.#targets = null;
		this.#verifiedFor = null;
		return this.#session;
	}
	async load(request) {
		const { role, delegator } = request;
		const targets = this.#targets ?? this.#session.set.targets;
		const delegators = (this.#verifiedFor ?? this.#session.verifiedFor).get(role);
		const loaded = targets.get(role);
		if (loaded !== void 0 && delegators?.has(delegator) === true) return loaded;
		const delegatorFile = delegator === "root" ? null : targets.get(delegator) ?? null;
		const failed = this.#failed.get(JSON.stringify([role, delegator]));
		if (failed !== void 0) throw failed;
		const file = await this.#remembering(request, () => loadRole(this.#session, {
			...this.#session.set,
			targets
		}, request, delegatorFile));
		this.#targets ??= new Map(targets);
		this.#verifiedFor ??= new Map(this.#session.verifiedFor);
		this.#targets.set(role, file);
		this.#verifiedFor.set(role, new Set(delegators ?? []).add(delegator));
		return file;
	}
	async #remembering({ role, delegator }, load) {
		try {
			return await load();
		} catch (error) {
			if (error instanceof CountersignError) this.#failed.set(JSON.stringify([role, delegator]), error);
			throw error;
		}
	}
	async find(path) {
		const search = searchTarget(path);
		let step = search.next();
		while (step.done !== true) step = search.next((await this.load(step.value)).signed);
		return step.value;
	}
};
async function ensureRole(session, request) {
	const loader = new RoleLoader(session);
	const file = await loader.load(request);
	return {
		session: loader.take(),
		file
	};
}
async function findTarget(session, path) {
	const loader = new RoleLoader(session);
	const result = await loader.find(path);
	return {
		session: loader.take(),
		result
	};
}
async function findTargets(session, paths, leavesOut = () => false) {
	const loader = new RoleLoader(session);
	const results = /* @__PURE__ */ new Map();
	const undecided = /* @__PURE__ */ new Map();
	for (const path of paths) try {
		results.set(path, await loader.find(path));
	} catch (error) {
		if (!(error instanceof CountersignError) || !leavesOut(path, error)) throw error;
		undecided.set(path, error);
	}
	return {
		session: loader.take(),
		results,
		undecided
	};
}
function* delegatedNames(delegations) {
	if (delegations === null) return;
	if (delegations.kind === "roles") {
		for (const { name } of delegations.roles) yield name;
		return;
	}
	for (let bin = 0; bin < 2 ** delegations.succinct.bitLength; bin++) yield binName(delegations.succinct, bin);
}
function* namesToLoad(delegations, { meta }) {
	const tooMany = delegations?.kind === "succinct" && 2 ** delegations.succinct.bitLength > meta.size;
	for (const role of delegatedNames(delegations)) {
		yield role;
		if (tooMany && !meta.has(role)) return;
	}
}
const PARALLEL_ROLES = 6;
async function loadDelegated(session, delegator, names, leavesOut) {
	const delegatorFile = session.set.targets.get(delegator) ?? null;
	const loaded = await inParallel(names, PARALLEL_ROLES, async (role) => {
		try {
			return [role, await loadRole(session, session.set, {
				role,
				delegator
			}, delegatorFile)];
		} catch (error) {
			if (error instanceof CountersignError && leavesOut(error)) return null;
			throw error;
		}
	});
	return new Map(loaded.filter((one) => one !== null));
}
async function loadAllRoles(session, leavesOut = () => false) {
	const targets = new Map(session.set.targets);
	const verifiedFor = new Map([...session.verifiedFor].map(([role, delegators]) => [role, new Set(delegators)]));
	const current = {
		...session,
		verifiedFor,
		set: {
			...session.set,
			targets
		}
	};
	const snapshot = requireFinalSnapshot(session.set);
	const delegators = /* @__PURE__ */ new Set([TARGETS$1]);
	for (const delegator of delegators) {
		function* needed() {
			for (const role of namesToLoad(targets.get(delegator)?.signed.delegations ?? null, snapshot)) {
				delegators.add(role);
				if (verifiedFor.get(role)?.has(delegator) !== true) yield role;
			}
		}
		for (const [role, file] of await loadDelegated(current, delegator, needed(), leavesOut)) {
			targets.set(role, file);
			const known = verifiedFor.get(role) ?? /* @__PURE__ */ new Set();
			verifiedFor.set(role, known.add(delegator));
		}
	}
	return current;
}

// src/client/target-selection.ts
function isPattern(text) {
	return /[*?]/.test(text);
}
function matchesItems(pattern, items, many, matchesOne) {
	let [at, next, retryAt, retryNext] = [
		0,
		0,
		-1,
		0
	];
	while (next < items.length) {
		const [one, item] = [pattern[at], items[next]];
		if (one === many) {
			retryAt = ++at;
			retryNext = next;
		} else if (one !== void 0 && item !== void 0 && matchesOne(one, item)) {
			at++;
			next++;
		} else if (retryAt >= 0) {
			at = retryAt;
			next = ++retryNext;
		} else return false;
	}
	while (pattern[at] === many) at++;
	return at === pattern.length;
}
function matchesSegment(pattern, segment) {
	return matchesItems(Array.from(pattern), Array.from(segment), "*", (one, character) => one === "?" || one === character);
}
function segmentsOf$1(pattern) {
	const segments = pattern.split("/");
	return segments.at(-1) === "**" ? [...segments, "*"] : segments;
}
const MAX_LEFT_OUT = 256;
function emptyListing(session) {
	return {
		session,
		paths: /* @__PURE__ */ new Set(),
		leftOut: []
	};
}
async function listTargets(session) {
	const leftOut = /* @__PURE__ */ new Map();
	const all = await loadAllRoles(session, (error) => {
		if (!isAboutRepository(error) || leftOut.size >= MAX_LEFT_OUT) return false;
		leftOut.set(JSON.stringify([
			error.code,
			error.where,
			error.detail
		]), error);
		return true;
	});
	const paths = /* @__PURE__ */ new Set();
	for (const role of all.set.targets.values()) for (const path of role.signed.targets.keys()) paths.add(path);
	return {
		session: all,
		paths,
		leftOut: [...leftOut.values()]
	};
}
function selectPaths(wanted, { paths, leftOut }) {
	const patterns = wanted.filter(isPattern).map((pattern) => ({
		pattern,
		segments: segmentsOf$1(pattern),
		found: false
	}));
	const selected = new Set(wanted.filter((text) => !isPattern(text)).map((text) => parseTargetPath(text, "target")));
	for (const path of patterns.length === 0 ? [] : paths) {
		const segments = path.split("/");
		for (const one of patterns) {
			if (!matchesItems(one.segments, segments, "**", matchesSegment)) continue;
			one.found = true;
			selected.add(path);
		}
	}
	const unmatched = patterns.find(({ found }) => !found);
	if (unmatched === void 0) return [...selected];
	throw leftOut[0] ?? new CountersignError("target-unknown", quote(unmatched.pattern), "expected a pattern that some target matches, got none");
}
function requireFound(path, result) {
	switch (result.kind) {
		case "found": return {
			path,
			role: result.role,
			file: result.file
		};
		case "absent": throw new CountersignError("target-unknown", quote(path), "expected a target that a role signs for this path, got none");
		case "bounds": throw new CountersignError("search-bounds", quote(path), "expected to find the target within 32 delegations, got more");
		case "ambiguous": throw new CountersignError("pattern-ambiguous", quote(path), `expected delegations that all clients read alike, got one to ${quote(result.role)} by ${quote(result.delegator)}`);
		default: return result;
	}
}
function mayLeaveOut(wanted) {
	const asked = new Set(wanted);
	return (path, error) => !asked.has(path) && isAboutRepository(error);
}
async function findSelected(session, wanted) {
	const listed = wanted.some(isPattern) ? await listTargets(session) : emptyListing(session);
	const leavesOut = mayLeaveOut(wanted);
	const found = await findTargets(listed.session, selectPaths(wanted, listed), leavesOut);
	const undecided = new Map(found.undecided);
	const asked = new Set(wanted);
	const targets = [];
	for (const [path, result] of found.results) {
		if (result.kind === "absent" && !asked.has(path)) continue;
		try {
			targets.push(requireFound(path, result));
		} catch (error) {
			if (!(error instanceof CountersignError) || !leavesOut(path, error)) throw error;
			undecided.set(path, error);
		}
	}
	return {
		session: found.session,
		targets,
		leftOut: leftOutReasons(listed.leftOut, undecided)
	};
}

// src/client/repository-map.ts
function agree(a, b) {
	if (a.length !== b.length) return false;
	const common = ["sha256", "sha512"].filter((name) => a.hashes.has(name) && b.hashes.has(name));
	return common.length > 0 && common.every((name) => a.hashes.get(name) === b.hashes.get(name));
}
function consensus(answers, threshold) {
	for (const file of answers.values()) {
		const repositories = [...answers].filter(([, other]) => agree(file, other)).map(([name]) => name);
		if (repositories.length >= threshold) return {
			kind: "found",
			file,
			repositories
		};
	}
	return null;
}
function matches(mapping, path) {
	let ambiguous = null;
	for (const pattern of mapping.paths) {
		const verdict = matchPattern(pattern, path);
		if (verdict === "match") return "match";
		if (verdict === "ambiguous") ambiguous ??= pattern;
	}
	return ambiguous === null ? "no-match" : { ambiguous };
}
function* searchMap(map, path) {
	for (const mapping of map.mapping) {
		const verdict = matches(mapping, path);
		if (verdict === "no-match") continue;
		if (verdict !== "match") return {
			kind: "ambiguous",
			pattern: verdict.ambiguous
		};
		const { repositories, threshold } = mapping;
		const answers = /* @__PURE__ */ new Map();
		let failure = null;
		for (const name of repositories) {
			const answer = yield name;
			if (answer.kind === "failed") failure ??= answer.error;
			if (answer.kind !== "signed") continue;
			answers.set(name, answer.file);
			const found = consensus(answers, threshold);
			if (found !== null) return found;
		}
		if (failure !== null) return {
			kind: "failed",
			error: failure
		};
		if (mapping.terminating) return answers.size === 0 ? { kind: "absent" } : {
			kind: "disagreed",
			repositories,
			threshold
		};
	}
	return { kind: "absent" };
}

// src/client/mapped-search.ts
async function findThroughMap(map, path, ask) {
	const search = searchMap(map, path);
	const found = /* @__PURE__ */ new Map();
	let step = search.next();
	while (step.done !== true) {
		const name = step.value;
		const { answer, target } = await answerOf(() => ask(name));
		if (target !== null) found.set(name, target);
		step = search.next(answer);
	}
	const result = step.value;
	if (result.kind !== "found") return refuse$3(path, result);
	const target = [...found.values()].find(({ file }) => file === result.file);
	if (target === void 0) throw new CountersignError("order", quote(path), "expected a file that a repository gave, got another");
	return {
		target,
		repositories: result.repositories
	};
}
async function answerOf(ask) {
	try {
		const target = await ask();
		return {
			answer: target === null ? { kind: "unsigned" } : {
				kind: "signed",
				file: target.file
			},
			target
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			answer: {
				kind: "failed",
				error
			},
			target: null
		};
	}
}
function refuse$3(path, result) {
	switch (result.kind) {
		case "absent": return null;
		case "failed": throw result.error;
		case "disagreed": {
			const names = result.repositories.map(quote).join(", ");
			throw new CountersignError("threshold", quote(path), `expected ${String(result.threshold)} of ${names} to sign the same file, got fewer`);
		}
		case "ambiguous": throw new CountersignError("pattern-ambiguous", quote(path), `expected patterns of "*" and "?" in the map, got ${quote(result.pattern)}`);
		default: return result;
	}
}

// src/client/updater.ts
const MAX_ROOT_ROTATIONS = 256;
async function bootstrap(store, rootBytes, time) {
	const { root } = unwrap(trustInitialRoot(rootBytes, time));
	const held = await store.read(storeName("root"));
	if (held === null) {
		await store.write(storeName("root"), rootBytes);
		return "created";
	}
	if (Buffer.compare(held, rootBytes) === 0) return "kept";
	const trusted = unwrap(trustInitialRoot(held, time)).root;
	const where = `root@${String(root.signed.version)}`;
	requireBinding(trusted.signed.binding, root.signed.binding, "root", where);
	if (trusted.signed.version === root.signed.version && Buffer.compare(trusted.payload, root.payload) !== 0) throw new CountersignError("anchor-mismatch", where, "expected the root that the store holds, got another of the same version");
	if (trusted.signed.version >= root.signed.version) return "kept";
	await store.write(storeName("root"), rootBytes);
	return "renewed";
}
async function refresh(source, store, options) {
	const client = {
		source,
		store,
		limits: options.limits ?? DEFAULT_LIMITS
	};
	const held = await store.read(storeName("root"));
	if (held === null) throw new CountersignError("not-found", "root.json", "expected a root to start from, got an empty store");
	const first = unwrap(trustInitialRoot(held, options.time));
	const set = await refreshSnapshot(client, await refreshTimestamp(client, unwrap(finishRoot(await refreshRoot(client, first, options.maxRootRotations ?? 256)))));
	const { session } = await ensureRole({
		...client,
		set,
		verifiedFor: /* @__PURE__ */ new Map()
	}, {
		role: TARGETS$1,
		delegator: "root"
	});
	return session;
}
async function refreshRoot(client, first, maxRotations) {
	let set = first;
	for (let rotations = 0;; rotations++) {
		const path = rootPath(parseVersion(set.root.signed.version + 1, "root"));
		const bytes = await client.source.metadata(path, client.limits.maxRootBytes);
		if (bytes === null) return set;
		if (rotations >= maxRotations) throw new CountersignError("root-limit", path, `expected at most ${String(maxRotations)} new roots, got more`);
		set = unwrap(updateRoot(set, bytes));
		await client.store.write(storeName("root"), bytes);
	}
}
async function acceptHeld(store, name, accept) {
	const bytes = await store.read(name);
	if (bytes === null) return null;
	const outcome = accept(bytes);
	if (outcome.kind === "accepted") return outcome.value;
	await store.remove(name);
	return null;
}
async function refreshTimestamp(client, rooted) {
	const name = storeName("timestamp");
	const held = await acceptHeld(client.store, name, (bytes) => updateTimestamp(rooted, bytes));
	const bytes = await fetchMetadata(client.source, TIMESTAMP_PATH, client.limits.maxTimestampBytes);
	const { set, unchanged } = unwrap(updateTimestamp(held?.set ?? rooted, bytes));
	const stamped = unwrap(finishTimestamp(set));
	if (!unchanged) await client.store.write(name, bytes);
	return stamped;
}
async function refreshSnapshot(client, stamped) {
	if (stamped.timestamp === null) throw new CountersignError("order", "snapshot", "expected a timestamp first");
	const name = storeName("snapshot");
	const held = await acceptHeld(client.store, name, (bytes) => updateSnapshot(stamped, bytes, "local"));
	if (held !== null && outcomeOf(() => requireFinalSnapshot(held)).kind === "accepted") return held;
	const listed = stamped.timestamp.signed.snapshot;
	const path = metadataLocation(stamped.root.signed, "snapshot", listed.version);
	const bytes = await fetchListed(client, path, listed, "snapshot");
	const set = unwrap(updateSnapshot(held ?? stamped, bytes, "remote"));
	await client.store.write(name, bytes);
	return set;
}

// src/client/update.ts
async function startFromRoot(store, rootBytes, time) {
	const name = storeName("root");
	const held = await store.read(name);
	if (held === null || Buffer.compare(held, rootBytes) === 0 || trustInitialRoot(held, time).kind === "accepted") return bootstrap(store, rootBytes, time);
	await store.remove(name);
	await bootstrap(store, rootBytes, time);
	return "repaired";
}
function offlineSource(store) {
	return {
		metadata: async (path) => path === "metadata/timestamp.json" ? store.read(storeName("timestamp")) : null,
		target: async () => null,
		list: async () => null
	};
}
async function refreshFromMirrors(mirrors, store, options) {
	let first = null;
	for (const source of mirrors) try {
		return await refresh(source, store, options);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		first ??= error;
	}
	throw first ?? new CountersignError("usage", "mirrors", "expected at least one, got none");
}

// src/commands/fetch-repository.ts
const OFFLINE_ATTEMPTS = 3;
async function withStore({ cache }, mode, work) {
	if (mode === "online") return cache.exclusively(() => work(cache.store));
	for (let attempt = 1;; attempt++) {
		const copy = copyOf(cache.store);
		try {
			return await work(copy.store);
		} catch (error) {
			if (!(error instanceof CountersignError) || attempt >= OFFLINE_ATTEMPTS || !await copy.isOutdated()) throw error;
		}
	}
}
async function updateStore({ mirrors, name, root }, store, input) {
	if (root !== null && await startFromRoot(store, root, input.time) === "repaired") input.log.warn(`${name}: the stored root could not be read; starting again from the given one`);
	const from = input.mode === "offline" ? [offlineSource(store)] : mirrors;
	return refreshFromMirrors(from, store, { time: input.time });
}

// src/commands/fetch-mapped.ts
var Repositories = class {
	#input;
	#open = /* @__PURE__ */ new Map();
	constructor(input) {
		this.#input = input;
	}
	get open() {
		return [...this.#open.values()].flatMap((one) => one instanceof CountersignError ? [] : [one]);
	}
	async with(name, work) {
		const repository = this.#named(name);
		return withStore(repository, this.#input.mode, async (store) => {
			const open = this.#open.get(name) ?? await this.#update(repository, store);
			if (open instanceof CountersignError) throw open;
			const { session, value } = await work(open.session);
			this.#open.set(name, {
				repository,
				session
			});
			return value;
		});
	}
	#named(name) {
		const found = this.#input.repositories.find((repository) => repository.name === name);
		if (found === void 0) throw new CountersignError("usage", quote(name), "expected a repository of this name, got none");
		return found;
	}
	async #update(repository, store) {
		let open;
		try {
			open = {
				repository,
				session: await updateStore(repository, store, this.#input)
			};
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			open = error;
		}
		this.#open.set(repository.name, open);
		return open;
	}
};
async function findMapped(input, map) {
	const repositories = new Repositories(input);
	const listed = await listAll(repositories, input.targets.some(isPattern) ? map.repositories.keys() : []);
	const asked = new Set(input.targets);
	const chosen = [];
	const leavesOut = mayLeaveOut(input.targets);
	const undecided = /* @__PURE__ */ new Map();
	for (const path of selectPaths(input.targets, listed)) {
		let found;
		try {
			found = await findThroughMap(map, path, (name) => findIn(repositories, name, path));
		} catch (error) {
			if (!(error instanceof CountersignError) || !leavesOut(path, error)) throw error;
			undecided.set(path, error);
			continue;
		}
		if (found !== null) chosen.push(found);
		else if (asked.has(path)) throw new CountersignError("target-unknown", quote(path), "expected a target that the repositories of its mapping sign, got none");
	}
	const { open } = repositories;
	return {
		open,
		choices: chosen.map(({ target, repositories: names }) => ({
			target,
			from: open.filter(({ repository }) => names.includes(repository.name))
		})),
		leftOut: leftOutReasons(listed.leftOut, undecided)
	};
}
async function listAll(repositories, names) {
	const paths = /* @__PURE__ */ new Set();
	const leftOut = [];
	for (const name of names) {
		const listed = await repositories.with(name, async (session) => {
			const listing = await listTargets(session);
			return {
				session: listing.session,
				value: listing
			};
		});
		for (const path of listed.paths) paths.add(path);
		leftOut.push(...listed.leftOut.map(({ code, where, detail }) => new CountersignError(code, `${name}: ${where}`, detail)));
	}
	return {
		paths,
		leftOut
	};
}
async function findIn(repositories, name, path) {
	const result = await repositories.with(name, async (session) => {
		const searched = await findTarget(session, path);
		return {
			session: searched.session,
			value: searched.result
		};
	});
	return result.kind === "absent" ? null : requireFound(path, result);
}

// src/commands/fetch.ts
const PARALLEL = 4;
const ENDING = [
	"io",
	"stalled",
	"timed-out",
	"redirect-refused",
	"certificate-refused"
];
async function fetchTargets(input) {
	const names = input.targets.filter((text) => !isPattern(text));
	for (const path of names) requireSafePath(path);
	requireDistinctPaths(names);
	const { open, choices: found, leftOut } = input.map === null ? await findInOne(input) : await findMapped(input, input.map);
	for (const { repository, session } of open) for (const note of misnamedKeyNotes(session.set)) input.log.info(`${repository.name}: ${note}`);
	const { choices, refused } = sortOutChoices(found, new Set(names));
	const { files, problems } = await fetchAll(input, choices);
	if (input.mode === "online") await input.to.tidy();
	return {
		repositories: open.map(stateOf),
		files,
		problems: [
			...leftOut.map((error) => problemOf(error, "role")),
			...refused.map((error) => problemOf(error, "name")),
			...problems
		]
	};
}
function sortOutChoices(found, names) {
	const { kept, refused } = sortOutPaths([...names, ...found.map(({ target }) => target.path)]);
	const paths = new Set(kept);
	return {
		choices: found.filter(({ target }) => paths.has(target.path)),
		refused
	};
}
function stateOf({ repository, session: { set } }) {
	return {
		repository: repository.name,
		root: set.root.signed.version,
		timestamp: set.timestamp?.signed.version ?? 0,
		snapshot: set.snapshot?.signed.version ?? 0,
		expires: set.timestamp?.signed.expires ?? null
	};
}
function problemOf({ code, where, detail }, subject) {
	return {
		subject,
		code,
		where,
		detail
	};
}
async function findInOne(input) {
	const [repository] = input.repositories;
	if (repository === void 0) throw new CountersignError("usage", "repositories", "expected one, got none");
	return withStore(repository, input.mode, async (store) => {
		const { session, targets, leftOut } = await findSelected(await updateStore(repository, store, input), input.targets);
		const open = {
			repository,
			session
		};
		return {
			open: [open],
			choices: targets.map((target) => ({
				target,
				from: [open]
			})),
			leftOut
		};
	});
}
async function fetchAll(input, choices) {
	const total = choices.reduce((sum, { target }) => sum + target.file.length, 0);
	const done = /* @__PURE__ */ new Map();
	let doneBytes = 0;
	const report = (path, bytes) => {
		doneBytes += bytes - (done.get(path) ?? 0);
		done.set(path, bytes);
		input.log.progress("fetching", Math.min(doneBytes, total), total);
	};
	const files = /* @__PURE__ */ new Map();
	const problems = /* @__PURE__ */ new Map();
	const waiting = choices.entries();
	const work = async () => {
		for (const [index, choice] of waiting) {
			const { path, role, file } = choice.target;
			try {
				const fetched = await fetchOne(input, choice, (bytes) => report(path, bytes));
				files.set(index, {
					...fetched,
					role,
					repositories: choice.from.map(({ repository }) => repository.name)
				});
				report(path, file.length);
			} catch (error) {
				if (!(error instanceof CountersignError)) throw error;
				problems.set(index, problemOf(error, "file"));
				if (ENDING.includes(error.code)) return;
			}
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, work));
	for (const [index, { target }] of choices.entries()) {
		if (files.has(index) || problems.has(index)) continue;
		problems.set(index, {
			subject: "file",
			code: "incomplete",
			where: quote(target.path),
			detail: "not tried: the host failed before; run it again"
		});
	}
	input.log.progress("fetching", total, total);
	const inOrder = (found) => [...found].sort(([a], [b]) => a - b).map(([, value]) => value);
	return {
		files: inOrder(files),
		problems: inOrder(problems)
	};
}
async function fetchOne(input, { target, from }, onProgress) {
	if (input.mode === "offline") return verifyPresent(input.to, target);
	let first = null;
	for (const { repository, session } of from) {
		const mirrors = [session.source, ...repository.mirrors.filter((mirror) => mirror !== session.source)];
		try {
			return await fetchTarget({
				mirrors,
				root: session.set.root.signed,
				to: input.to,
				onProgress
			}, target);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			first ??= error;
		}
	}
	throw first ?? new CountersignError("not-found", quote(target.path), "expected a repository to fetch it from, got none");
}

// src/action/fetch-step.ts
const TIMESTAMP_GAP_MS = 1e4;
async function readRoot(path) {
	try {
		return await readFile(path);
	} catch (error) {
		throw ioError(path, "a root file that you trust", error);
	}
}
function cacheDirectory({ env, run }, root, url) {
	const kept = env.get("RUNNER_TOOL_CACHE") ?? "";
	const name = sha256Hex(new TextEncoder().encode(`${sha256Hex(root)} ${url}`));
	return join(kept === "" ? run.temporary : kept, "countersign-fetch", name);
}
function openSource({ url, metadataUrl, targetsUrl }) {
	const site = url === null ? null : siteUrls(url, "url");
	const [metadata, targets] = [metadataUrl ?? site?.metadataUrl, targetsUrl ?? site?.targetUrl];
	if (metadata === void 0 || targets === void 0) throw new CountersignError("usage", "url", "expected the URL of a repository, got nothing");
	return {
		source: openHttpSource({
			metadataUrls: [metadata],
			targetUrls: [targets],
			limits: { timestampGapMs: TIMESTAMP_GAP_MS }
		}),
		name: url ?? metadata
	};
}
function fetchText({ files, problems }) {
	return [...files.map(({ path, length, outcome }) => `${outcome} ${path}, ${String(length)} bytes`), ...problems.map(({ code, where, detail }) => `${code} ${where}: ${detail}`)].join("\n");
}
async function fetchStep(context, inputs) {
	const { env, log, now } = context;
	const workspace = env.get("GITHUB_WORKSPACE") ?? process.cwd();
	const root = await readRoot(resolve(workspace, inputs.rootFile));
	const { source, name } = openSource(inputs);
	try {
		const cache = openCache(cacheDirectory(context, root, name));
		const result = await fetchTargets({
			repositories: [{
				name,
				mirrors: source.mirrors,
				cache,
				root
			}],
			map: null,
			targets: inputs.targets,
			to: openDownloadDirectory(resolve(workspace, inputs.out)),
			time: now,
			mode: "online",
			log
		});
		const { files, problems } = result;
		const isWhole = problems.length === 0;
		return {
			exitCode: isWhole ? EXIT.ok : EXIT.failed,
			outputs: {
				operation: isWhole ? "fetched" : "",
				files: isWhole ? JSON.stringify(files.map(({ file }) => file)) : ""
			},
			summary: {
				kind: "fetch",
				fetch: {
					source: name,
					files,
					problems
				}
			},
			text: fetchText(result),
			findings: [],
			problems
		};
	} finally {
		await source.close();
	}
}

// src/event/decide-publish.ts
function heldOnline(base, files) {
	const roots = base.roots.map(({ file }) => file.signed);
	return {
		snapshot: latestOf(vouchedFor(base.repository, "snapshot", files.snapshots, roots, parseSnapshot).files),
		timestamp: latestOf(vouchedFor(base.repository, "timestamp", files.timestamps, roots, parseTimestamp).files)
	};
}
function onlinePeriod(base, role) {
	const period = parsePeriods(bindingOf(base.root.signed, "root"), "root").get(role);
	if (period === void 0) throw new CountersignError("policy-invalid", role, "expected the root to say how long it lasts, got no period");
	return period;
}
const LAST_PLAUSIBLE_VERSION = 2 ** 52;
function predecessor(base, role, held) {
	if (held === null) return null;
	const { file } = held;
	return file.signed.version > LAST_PLAUSIBLE_VERSION && isDiscardedUnder(base.root.signed, role, file) ? null : file;
}
function listedRoles(base) {
	return new Map([...base.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
}
function decideSnapshot(base, held, now, files = listedRoles(base), above = 0) {
	const plan = planSnapshot(predecessor(base, "snapshot", held.snapshot), base.root.signed, files);
	const period = onlinePeriod(base, "snapshot");
	const named = namedSnapshot(base, held);
	const why = snapshotReason(base, held, now, period, plan) ?? lostReason(held, named) ?? behindReason(held.snapshot, above);
	if (why === null && held.snapshot !== null) return {
		kind: "keep",
		bytes: held.snapshot.bytes
	};
	const header = {
		version: later(plan.version, Math.max(above, named)),
		expires: addSeconds(now, period.expiresSeconds)
	};
	return {
		kind: "sign",
		signed: newSnapshotSigned(header, base.repository, plan.meta),
		why: why ?? "first publication"
	};
}
function namedSnapshot(base, { timestamp }) {
	if (timestamp === null || isDiscardedUnder(base.root.signed, "timestamp", timestamp.file)) return 0;
	return timestamp.file.signed.snapshot.version;
}
function lostReason({ snapshot }, named) {
	if (snapshot === null || snapshot.file.signed.version >= named) return null;
	return `snapshot v${String(named)}, which the timestamp names, can not be had`;
}
function behindReason(held, above) {
	if (held === null || held.file.signed.version >= above) return null;
	return `clients may hold a later one than v${String(held.file.signed.version)}`;
}
function snapshotReason(base, held, now, period, plan) {
	if (held.snapshot === null) return "first publication";
	const { file } = held.snapshot;
	if (!sameMeta(file.signed, plan)) return "roles changed";
	if (isDiscardedUnder(base.root.signed, "snapshot", file)) return "the snapshot key changed";
	return dueReason(file.signed.expires, now, period);
}
const RUNS_AT_ONCE_SECONDS = 600;
function isFastClock(expires, now, period) {
	return expires > addSeconds(now, period + RUNS_AT_ONCE_SECONDS);
}
function dueReason(expires, now, { expiresSeconds, renewSeconds }) {
	if (isDue(expires, now, renewSeconds)) return `it expires ${encodeInstant(expires)}`;
	return isFastClock(expires, now, expiresSeconds) ? `it expires only ${encodeInstant(expires)}, later than its period allows` : null;
}
function fastClockFindings(base, held, now) {
	return ["timestamp", "snapshot"].flatMap((role) => {
		const file = held[role]?.file.signed;
		if (file === void 0) return [];
		const periods = base.roots.flatMap(({ file: root }) => parsePeriods(bindingOf(root.signed, "root"), "root").get(role) ?? []);
		const longest = Math.max(...periods.map(({ expiresSeconds }) => expiresSeconds));
		if (!isFastClock(file.expires, now, longest)) return [];
		const detail = `expected an expiry by ${encodeInstant(addSeconds(now, longest))}, got ${encodeInstant(file.expires)}, as a clock that was ahead made it; it is signed anew`;
		return [{
			source: "published",
			code: "expires-invalid",
			where: `${role}@${String(file.version)}`,
			detail
		}];
	});
}
function later(version, above) {
	return version > above ? version : nextVersion(parseVersion(above, "version"));
}
const FILES = "files";
function signedFileList({ binding }) {
	const digest = binding?.raw.get(FILES);
	return typeof digest === "string" ? digest : null;
}
function decideTimestamp(base, held, snapshotBytes, now, { above = 0, files } = {}) {
	const listed = listFile(parseSnapshot(snapshotBytes).signed.version, snapshotBytes);
	const plan = planTimestamp(predecessor(base, "timestamp", held.timestamp), base.root.signed, listed);
	const period = onlinePeriod(base, "timestamp");
	const why = timestampReason(base, held, now, period, listed) ?? filesReason(held, files) ?? behindReason(held.timestamp, above);
	if (why === null && held.timestamp !== null) return {
		kind: "keep",
		bytes: held.timestamp.bytes
	};
	const header = {
		version: later(plan.version, above),
		expires: addSeconds(now, period.expiresSeconds)
	};
	const signed = newTimestampSigned(header, base.repository, plan.snapshot);
	return {
		kind: "sign",
		signed: files === void 0 ? signed : withFileList(signed, files),
		why: why ?? "first publication"
	};
}
function filesReason({ timestamp }, files) {
	if (timestamp === null || files === void 0) return null;
	return signedFileList(timestamp.file.signed) === files ? null : "the published files changed";
}
function withFileList(signed, files) {
	const ours = objectField(signed, BINDING_FIELD, "timestamp");
	return new Map(signed).set(BINDING_FIELD, new Map(ours).set(FILES, files));
}
function timestampReason(base, held, now, period, listed) {
	if (held.timestamp === null) return "first publication";
	const { file } = held.timestamp;
	const { snapshot } = file.signed;
	if (snapshot.version !== listed.version || snapshot.hashes?.get("sha256") !== listed.sha256) return "the snapshot changed";
	if (isDiscardedUnder(base.root.signed, "timestamp", file)) return "the timestamp key changed";
	return dueReason(file.signed.expires, now, period);
}
function onlineUris(root) {
	const uris = /* @__PURE__ */ new Map();
	const { raw } = bindingOf(root, "root");
	if (!raw.has("online")) return uris;
	for (const [id, uri] of objectField(raw, "online", "root x-countersign")) uris.set(parseKeyId(id, "online"), asString(uri, "online"));
	return uris;
}
function hostedIn({ targets }) {
	const hosted = [];
	for (const [path, target] of targets) {
		if (hostingOf(target) !== "site") continue;
		const sha256 = target.hashes.get("sha256");
		if (sha256 !== void 0) hosted.push({
			path,
			length: target.length,
			sha256: parseSha256(sha256, path)
		});
	}
	return hosted;
}
function hostedTargets(base) {
	return [...base.roles.values()].flatMap(({ file }) => hostedIn(file.signed));
}

// src/commands/publish-needs.ts
function heldNow(state, base) {
	const present = (...all) => all.filter((bytes) => bytes !== null);
	return heldOnline(base, {
		snapshots: present(state.live.snapshot, state.published.snapshot),
		timestamps: present(state.live.timestamp, state.published.timestamp)
	});
}
function signingReasons(base, held, now) {
	const snapshot = decideSnapshot(base, held, now);
	if (snapshot.kind === "sign") return [`snapshot: ${snapshot.why}`];
	const timestamp = decideTimestamp(base, held, snapshot.bytes, now);
	return timestamp.kind === "sign" ? [`timestamp: ${timestamp.why}`] : [];
}
function isSame(a, b) {
	return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}
function isBehind({ live, published }) {
	if (published.timestamp === null) return false;
	return !isSame(live.timestamp, published.timestamp) || live.roots.length < published.roots.length;
}
function strayFiles({ publishedTree }, base, snapshot) {
	const roles = [...base.roles].map(([role, { file }]) => [encodeRoleName(role), file.signed.version]);
	const latest = new Map([
		["root", base.root.signed.version],
		["snapshot", snapshot],
		...roles
	]);
	const targets = new Set(hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return strayPaths(publishedTree.keys(), latest, targets);
}
async function publishNeeds(place) {
	const state = await readState(place);
	const { base } = state;
	if (base === null) return {
		reasons: [],
		behind: false
	};
	const held = heldNow(state, base);
	const reasons = [...signingReasons(base, held, place.now)];
	const missing = [
		...base.roots.map(({ file }) => rootPath(file.signed.version)),
		...[...base.roles].map(([role, { file }]) => metadataPath(role, file.signed.version)),
		...hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256))
	].filter((path) => !state.publishedTree.has(path));
	if (missing.length > 0) reasons.push(`${String(missing.length)} files are not published yet`);
	const strays = held.snapshot === null ? [] : strayFiles(state, base, held.snapshot.file.signed.version);
	if (strays.length > 0) reasons.push(`${String(strays.length)} files are published that nobody signed for`);
	return {
		reasons,
		behind: isBehind(state)
	};
}

// src/render/style.ts
const same = (text) => text;
const NO_STYLE = {
	bold: same,
	good: same,
	bad: same,
	warn: same,
	faint: same
};

// src/action/dispatch-workflow.ts
async function dispatchWorkflow(context, workflow, tags) {
	const { run, place, log } = context;
	const { owner, repo } = repositoryNames(context);
	const { token } = place;
	const host = {
		...openOctokit({
			token,
			apiUrl: run.apiUrl,
			log
		}),
		owner,
		repo,
		graphqlUrl: "",
		scrub: (text) => text.replaceAll(token, "***")
	};
	for (const tag of tags) {
		await send(host, "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
			workflow_id: workflow,
			ref: tag
		}, {
			what: `workflow ${workflow} at ${tag}`,
			needs: "actions: write",
			codes: {
				404: "release-missing",
				422: "usage"
			}
		}, "once");
		log.info(`started ${workflow} at ${tag}`);
	}
}

// src/action/gather-step.ts
const UNKNOWN_NEEDS = {
	reasons: ["gather has stopped before it looked"],
	behind: false
};
function resultOf(context, place, result, needs) {
	const { events, completed, rebuilt, custody, released, findings, stopped } = result;
	const { now } = context;
	const isPages = place.place.site === null;
	return {
		exitCode: findings.length > 0 ? EXIT.findings : EXIT.ok,
		outputs: {
			operation: completed.length > 0 ? "completed" : rebuilt.length > 0 ? "rebuilt" : "reported",
			completed: JSON.stringify(completed),
			custody: JSON.stringify(custody.map(({ person, environment }) => ({
				person,
				environment
			}))),
			"publish-needed": String(needs.reasons.length > 0 || needs.behind && !isPages),
			"deploy-needed": String(needs.behind && isPages),
			released: JSON.stringify(released.map(({ tag, url }) => ({
				tag,
				url
			})))
		},
		summary: {
			kind: "gather",
			gather: {
				mode: context.place.mode,
				now,
				events,
				completed,
				rebuilt,
				custody,
				released,
				publish: needs.reasons,
				findings,
				stopped,
				pullUrl: place.pullUrl
			}
		},
		text: gatherText(result, NO_STYLE),
		findings
	};
}
async function carriedOut(context, place, command) {
	if (command === "gather") return gather(place.place, context.place.mode);
	if (place.artifacts === null || context.run.id === null) throw new CountersignError("usage", "command", "expected settle in a run of GitHub Actions, got none; use gather");
	if (context.place.mode === "dry-run") return gather(place.place, "dry-run");
	return settle(place.place, await readCarried(context, place.artifacts, context.run.id));
}
async function started(context, workflow, tags) {
	try {
		await dispatchWorkflow(context, workflow, tags);
		return [];
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const { code, where, detail } = error;
		return [{
			code,
			where,
			detail
		}];
	}
}
async function gatherStep(context, command, onPublished) {
	return withPlace(context, async (place) => {
		const result = await carriedOut(context, place, command);
		const tags = result.released.map(({ tag }) => tag);
		const problems = onPublished === null || tags.length === 0 ? [] : await started(context, onPublished, tags);
		const step = resultOf(context, place, result, result.stopped === null ? await publishNeeds(place.place) : UNKNOWN_NEEDS);
		return problems.length === 0 ? step : {
			...step,
			exitCode: EXIT.findings,
			problems
		};
	});
}

// src/event/decide-continuation.ts
function parseServedVersion(text, where) {
	const version = Number(text);
	if (/^(0|[1-9][0-9]{0,15})$/.test(text) && version < Number.MAX_SAFE_INTEGER) return version;
	throw new CountersignError("usage", where, `expected a version, or 0 if nothing was ever served, got ${quote(text)}`);
}
const NOTHING_ABOVE$1 = {
	timestamp: 0,
	snapshot: 0
};
function refuse$2(where, detail) {
	return {
		kind: "refuse",
		refusal: {
			code: "served-unknown",
			where,
			detail
		}
	};
}
const HOW = "find out which timestamp was last served, and repeat the run with its version (served-timestamp), 0 if none ever was";
function latestRenewal({ expires }, { expiresSeconds, renewSeconds }) {
	return addSeconds(addSeconds(expires, -renewSeconds), Math.floor((expiresSeconds - renewSeconds) / 2));
}
function decideContinuation({ live, branch, isFirst, period, served, now }) {
	if (served !== null) return decideAsTold(served, branch?.version ?? 0);
	if (live === "served" || isFirst && live !== "unreachable") return {
		kind: "go",
		above: NOTHING_ABOVE$1,
		told: null
	};
	const site = live === "unreachable" ? "the site can not be reached" : "no timestamp is served";
	if (branch === null) return refuse$2("tuf-published", `expected a published timestamp to go on from, got none, and ${site}; ${HOW}`);
	const limit = latestRenewal(branch, period);
	if (now > limit) return refuse$2("tuf-published", `expected a timestamp that was to be renewed by ${encodeInstant(limit)}, got version ${String(branch.version)}, which was not, and ${site}: the branch may have been reset; ${HOW}`);
	const told = live === "unknown" ? null : `${site}; the published branch's version ${String(branch.version)}, which is not overdue, was taken for the last one`;
	return {
		kind: "go",
		above: NOTHING_ABOVE$1,
		told
	};
}
function decideAsTold({ timestamp, snapshot }, branch) {
	if (timestamp > branch && snapshot === null) return refuse$2("tuf-published", `expected the published branch to have timestamp ${String(timestamp)}, got ${branch === 0 ? "none" : String(branch)}: put it back, or say the version of the snapshot that was last served as well (served-snapshot)`);
	return {
		kind: "go",
		above: {
			timestamp,
			snapshot: snapshot ?? 0
		},
		told: null
	};
}

// src/tuf/typed-digest.ts
const TYPED = /^(?:sha256:)?([0-9a-f]{64})$/i;
function readTypedDigest(text) {
	const [, hex] = TYPED.exec(text.trim()) ?? [];
	return hex === void 0 ? null : parseSha256(hex.toLowerCase(), "digest");
}
function parseTypedDigest(text, where) {
	const digest = readTypedDigest(text);
	if (digest === null) throw new CountersignError("usage", where, `expected sha256: and 64 hex digits, got ${quote(text)}`);
	return digest;
}

// src/action/inputs.ts
const ACTION_COMMANDS = [
	"propose",
	"gather",
	"settle",
	"custody",
	"publish",
	"site",
	"abandon",
	"fetch",
	"status",
	"verify"
];
function need(input, what, command) {
	return new CountersignError("usage", input, `expected ${what} for command ${command}, got nothing`);
}
function required(reader, input, what, command) {
	const value = reader.optional(input);
	if (value === null) throw need(input, what, command);
	return value;
}
function customOf$1(reader) {
	const text = reader.optional("custom");
	if (text === null) return null;
	const outcome = outcomeOf(() => asObject(parseJson(new TextEncoder().encode(text)), "custom"));
	if (outcome.kind === "refused") throw new CountersignError("usage", "custom", `expected a JSON object: ${outcome.refusal.detail}`);
	if (outcome.value.has("x-countersign")) throw new CountersignError("usage", "custom", "expected an object without \"x-countersign\", which is ours");
	return outcome.value;
}
function rootOf(reader) {
	const text = reader.optional("root");
	if (text === null) return null;
	return parseTypedDigest(text, "root");
}
function commitOf(reader, input) {
	const text = reader.optional(input);
	if (text !== null && !/^[0-9a-f]{40}$/.test(text)) throw new CountersignError("usage", input, `expected a full commit id, got ${quote(text)}`);
	return text;
}
const MAX_RETENTION_DAYS = 400;
function retentionOf(reader) {
	const days = reader.number("retention-days") ?? 90;
	if (days > MAX_RETENTION_DAYS) throw new CountersignError("usage", "retention-days", `expected at most ${String(MAX_RETENTION_DAYS)} days, got ${String(days)}`);
	return days;
}
function placeInputs(reader) {
	const repository = reader.text("repository");
	if (repository !== "" && !/^[A-Za-z0-9._-]{1,100}\/[A-Za-z0-9._-]{1,100}$/.test(repository)) {
		const detail = `expected OWNER/NAME, got ${quote(repository)}; a local repository is named by the input directory`;
		throw new CountersignError("usage", "repository", detail);
	}
	return {
		repository,
		token: reader.text("github-token"),
		directory: reader.optional("directory"),
		site: reader.optional("site"),
		siteUrl: reader.optional("site-url"),
		metadataHosting: reader.choice("metadata-hosting", [
			"pages",
			"release",
			"none"
		], "pages"),
		metadataTag: reader.optional("metadata-tag") ?? "tuf-metadata",
		root: rootOf(reader),
		mode: reader.flag("dry-run") ? "dry-run" : "apply"
	};
}
function proposeInputs(reader) {
	return {
		role: reader.text("role"),
		files: reader.list("files"),
		artifacts: reader.list("artifacts"),
		artifactRunId: reader.number("artifact-run-id"),
		artifactWorkflow: reader.optional("artifact-workflow"),
		artifactCommit: commitOf(reader, "artifact-commit"),
		targetPrefix: reader.text("target-prefix"),
		custom: customOf$1(reader),
		remove: reader.lines("remove"),
		replace: reader.flag("replace"),
		whenOpen: reader.choice("when-open", [
			"queue",
			"add",
			"fail"
		], "queue"),
		nextVersion: reader.flag("next-version"),
		hosting: reader.choice("hosting", [
			"pages",
			"release",
			"none"
		], "pages"),
		tag: reader.text("tag"),
		createTag: reader.flag("create-tag"),
		releaseId: reader.number("release-id"),
		prerelease: reader.flag("prerelease"),
		retentionDays: retentionOf(reader)
	};
}
function checkedPropose(reader, { mode }) {
	const propose = proposeInputs(reader);
	if (propose.role === "") throw need("role", "the name of a role", "propose");
	if (propose.files.length === 0 && propose.artifacts.length === 0 && propose.remove.length === 0) throw need("files", "files or artifacts to add, or targets to remove,", "propose");
	if (propose.hosting === "release" && propose.tag === "" && mode === "apply") throw new CountersignError("usage", "tag", "expected the tag of the release for hosting: release, got nothing");
	return propose;
}
function fetchInputs(reader) {
	const [url, metadataUrl, targetsUrl] = [
		reader.optional("url"),
		reader.optional("metadata-url"),
		reader.optional("targets-url")
	];
	if (url === null && (metadataUrl === null || targetsUrl === null)) throw need("url", "the URL of a repository, or metadata-url and targets-url", "fetch");
	const targets = reader.lines("targets");
	if (targets.length === 0) throw need("targets", "target paths", "fetch");
	return {
		url,
		metadataUrl,
		targetsUrl,
		rootFile: required(reader, "root-file", "the path of a root that you trust", "fetch"),
		targets,
		out: reader.optional("out") ?? "."
	};
}
function servedVersions(reader) {
	const [timestamp, snapshot] = [reader.optional("served-timestamp"), reader.optional("served-snapshot")];
	if (timestamp === null && snapshot === null) return null;
	if (timestamp === null) throw need("served-timestamp", "the version of the timestamp that was last served", "publish");
	return {
		timestamp: parseServedVersion(timestamp, "served-timestamp"),
		snapshot: snapshot === null ? null : parseServedVersion(snapshot, "served-snapshot")
	};
}
function commandInputs(reader, command, place) {
	switch (command) {
		case "propose": return {
			command,
			propose: checkedPropose(reader, place)
		};
		case "gather":
		case "settle": return {
			command,
			onPublished: reader.optional("on-published")
		};
		case "custody":
			required(reader, "key", "the person's private key, from the secret of their environment,", command);
			return {
				command,
				person: required(reader, "person", "the name of a person", command)
			};
		case "abandon": {
			const number = reader.number("number");
			if (number === null) throw need("number", "the number of a pull request", command);
			return {
				command,
				number
			};
		}
		case "fetch": return {
			command,
			fetch: fetchInputs(reader)
		};
		case "publish": return {
			command,
			publish: {
				served: servedVersions(reader),
				unlisted: reader.flag("prune") ? "remove" : "keep"
			}
		};
		case "site":
		case "status":
		case "verify": return { command };
		default: return command;
	}
}
function readInputs(env) {
	const reader = inputReader(env);
	const command = reader.choice("command", ACTION_COMMANDS, "propose");
	const place = placeInputs(reader);
	if (command !== "propose") proposeInputs(reader);
	return {
		...commandInputs(reader, command, place),
		place
	};
}

// src/cli/read-stream.ts
function segmentsOf(path) {
	const names = path.split("/");
	if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0") || sep !== "/" && name.includes(sep))) throw new CountersignError("file-name", quote(path), "expected a path that stays below the directory, got one that does not");
	return names;
}
async function enter(directory, names, path) {
	let at = directory;
	for (const name of names) {
		at = join(at, name);
		const stats = await lstat(at);
		if (stats.isSymbolicLink()) throw new CountersignError("symlink-escape", path, `expected no symbolic link on the way, got one at ${quote(name)}`);
		if (!stats.isDirectory()) return null;
	}
	return at;
}
async function openRegular(directory, path) {
	const names = segmentsOf(path);
	try {
		const at = await enter(directory, names.slice(0, -1), path);
		if (at === null) return null;
		const file = await open(join(at, ...names.slice(-1)), constants$1.O_RDONLY | constants$1.O_NOFOLLOW | constants$1.O_NONBLOCK);
		if ((await file.stat()).isFile()) return file;
		await file.close();
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === "ENOENT" || errno === "ENOTDIR") return null;
		if (errno === "ELOOP") throw new CountersignError("symlink-escape", path, "expected a regular file, got a symbolic link", { cause: error });
		throw ioError(path, "to read the file", error);
	}
	throw new CountersignError("file-type", path, "expected a regular file, got a directory or a special file");
}
function directoryStreams(directory) {
	return async (path) => (await openRegular(directory, path))?.createReadStream() ?? null;
}

// src/client/review-fields.ts
const DELEGATIONS_FIELDS = /* @__PURE__ */ new Set([
	"keys",
	"roles",
	"succinct_roles"
]);
const ROLE_FIELDS = /* @__PURE__ */ new Set([
	"name",
	"keyids",
	"threshold",
	"paths",
	"path_hash_prefixes",
	"terminating"
]);
function warning(subject, clients, detail) {
	return {
		severity: "warning",
		subject,
		clients,
		detail
	};
}
function objectAt(raw, key) {
	const value = raw.get(key);
	return isJsonObject(value) ? value : /* @__PURE__ */ new Map();
}
function reviewFile({ signed, signatures }) {
	const found = [];
	if (signed.specVersion !== "1.0" && signed.specVersion !== "1.0.0") found.push(warning(signed.specVersion, ["rust-tuf"], "a version of the specification that is not read"));
	if (signatures.some(({ sig }) => sig === "")) found.push(warning("signatures", ["php-tuf"], "an empty signature is refused"));
	return found;
}
function reviewRoot({ signed }) {
	const { raw } = signed;
	const found = [];
	if (!raw.has("consistent_snapshot")) found.push(warning("consistent_snapshot", [
		"tuf-js",
		"tough",
		"php-tuf",
		"go-tuf"
	], "a root without this field is refused"));
	if (objectAt(raw, "roles").has("mirrors")) found.push(warning("mirrors", ["python-tuf", "tough"], "a root with this role is refused"));
	return found;
}
function reviewTarget(path, { length, hashes, raw }) {
	const found = [];
	if (!hashes.has("sha256")) found.push(warning(path, ["tough"], "a target without a sha256 is refused"));
	if ([...hashes.keys()].some((name) => name !== "sha256" && name !== "sha512")) found.push(warning(path, ["go-tuf"], "a digest that is neither sha256 nor sha512 is refused"));
	const custom = raw.get("custom");
	if (isJsonObject(custom) && custom.size === 0) found.push(warning(path, ["tough"], "an empty `custom` is lost, and the signature with it"));
	if (length === 0) found.push(warning(path, ["php-tuf"], "an empty file is refused"));
	return found;
}
function unknownIn(raw, known) {
	return [...raw.keys()].filter((key) => !known.has(key));
}
function reviewTargets({ signed }) {
	const delegations = objectAt(signed.raw, "delegations");
	const roles = delegations.get("roles");
	const lost = [...unknownIn(delegations, DELEGATIONS_FIELDS), ...isJsonArray(roles) ? roles.filter(isJsonObject).flatMap((role) => unknownIn(role, ROLE_FIELDS)) : []];
	return [...[...signed.targets].flatMap(([path, file]) => reviewTarget(path, file)), ...[...new Set(lost)].map((field) => warning(field, ["tough"], "an unknown field of delegations is lost, and the signature with it"))];
}

// src/client/review-reach.ts
const ALL = [
	"python-tuf",
	"tuf-js",
	"go-tuf",
	"tough",
	"rust-tuf",
	"php-tuf"
];
const MAX_NAMED = 20;
const MAX_STEPS = 5e5;
function isCovered(delegations, role, path) {
	if (delegations === null) return true;
	if (delegations.kind === "succinct") return binOfPath(delegations.succinct, path) === role;
	const delegation = delegations.roles.find(({ name }) => name === role);
	return delegation !== void 0 && delegationCovers(delegation.paths, path) !== "no-match";
}
function textOf(reach) {
	switch (reach.kind) {
		case "reached": return null;
		case "shadowed": return {
			clients: ALL,
			detail: `no client finds this target here: ${quote(reach.by)} is searched before, and lists the path too`
		};
		case "unreached": return {
			clients: ALL,
			detail: "no client finds this target: the delegations on the way to it are for other paths, or end the search"
		};
		case "bounds": return {
			clients: ALL,
			detail: "no client finds this target: there are more roles on the way than a search visits"
		};
		case "ambiguous": return {
			clients: ALL,
			detail: `clients differ on whether they find this target: they read a pattern of ${quote(reach.role)} differently`
		};
		default: return reach;
	}
}
const UNCOVERED = {
	clients: ALL,
	detail: "no client finds this target: the delegation of its role is for other paths; tough refuses the whole repository"
};
function reviewReach(roles) {
	const files = new Map([...roles].map(([name, { file }]) => [name, file.signed]));
	const searches = [...files.values()].reduce((sum, { targets }) => sum + targets.size, 0) * roles.size <= MAX_STEPS;
	const found = /* @__PURE__ */ new Map();
	for (const [role, { file, delegator }] of roles) {
		const delegations = delegator === "root" ? null : files.get(delegator)?.delegations ?? null;
		const fault = (path) => {
			if (!isCovered(delegations, role, path)) return UNCOVERED;
			return searches ? textOf(reachOf(path, role, files)) : null;
		};
		const findings = [];
		for (const path of file.signed.targets.keys()) {
			const said = fault(path);
			if (said === null) continue;
			findings.push({
				severity: "warning",
				subject: path,
				...said
			});
			if (findings.length >= MAX_NAMED) break;
		}
		if (findings.length > 0) found.set(role, findings);
	}
	return found;
}

// src/client/repository-warnings.ts
function reviewKeys(keys) {
	return [...keys].flatMap(([id, key]) => [...reviewKey(key), ...reviewKeyId(id, key)]);
}
function reviewDelegations(delegations) {
	if (delegations === null) return [];
	const keys = reviewKeys(delegations.keys);
	if (delegations.kind === "succinct") {
		const { namePrefix } = delegations.succinct;
		return [
			...keys,
			...reviewRoleName(`${namePrefix}-0`),
			...reviewHashBins("succinct", namePrefix)
		];
	}
	const roles = delegations.roles.flatMap(({ name, paths }) => [...reviewRoleName(name), ...paths.kind === "patterns" ? paths.patterns.flatMap(reviewPattern) : reviewHashBins("hash-prefixes", name)]);
	return [...keys, ...roles];
}
function compatibilityWarnings(session, roles) {
	const { root, timestamp, snapshot } = session.set;
	const reach = reviewReach(roles);
	const warn = (where, findings) => findings.map((finding) => ({
		kind: "compatibility",
		where,
		finding
	}));
	return [
		...warn(`root@${String(root.signed.version)}`, [
			...reviewFile(root),
			...reviewRoot(root),
			...reviewKeys(root.signed.keys)
		]),
		...timestamp === null ? [] : warn(`timestamp@${String(timestamp.signed.version)}`, reviewFile(timestamp)),
		...snapshot === null ? [] : warn(`snapshot@${String(snapshot.signed.version)}`, reviewFile(snapshot)),
		...[...roles].flatMap(([role, { file }]) => warn(`${role}@${String(file.signed.version)}`, [
			...reviewFile(file),
			...reviewTargets(file),
			...reach.get(role) ?? [],
			...reviewDelegations(file.signed.delegations),
			...[...file.signed.targets.keys()].flatMap(reviewTargetPath)
		]))
	];
}
function latestVersions(session) {
	const { root, timestamp, snapshot } = session.set;
	const latest = /* @__PURE__ */ new Map([["root", root.signed.version]]);
	if (timestamp !== null) latest.set("snapshot", timestamp.signed.snapshot.version);
	for (const [role, { version }] of snapshot?.signed.meta ?? []) latest.set(encodeRoleName(role), version);
	return latest;
}
function unclaimedWarnings(session, paths) {
	const latest = latestVersions(session);
	const { consistentSnapshot } = session.set.root.signed;
	const isClaimed = (path) => {
		if (path === "metadata/timestamp.json") return true;
		const match = /^metadata\/(?:([1-9][0-9]*)\.)?(.+)\.json$/.exec(path);
		const [version, name] = [match?.[1], match?.[2]];
		if (name === void 0) return false;
		if (version === void 0) return !consistentSnapshot && name !== "root" && latest.has(name);
		return (consistentSnapshot || name === "root") && Number(version) <= (latest.get(name) ?? 0);
	};
	return [...paths].filter((path) => path.startsWith("metadata/") && !isClaimed(path)).map((path) => ({
		kind: "unclaimed",
		path
	}));
}
function unneededWarnings(problems, unneeded) {
	if (unneeded === problems) return [];
	return [...unneeded.problems.values()].map((refusal) => ({
		kind: "unneeded",
		...refusal
	}));
}

// src/client/verify-roles.ts
function reportOf(role, { file, delegator }, session, roles) {
	const { root } = session.set;
	const delegations = delegator === "root" ? null : roles.get(delegator)?.file.signed.delegations ?? null;
	const keys = delegations === null ? root.signed.keys : delegations.keys;
	const roleKeys = (delegations === null ? null : delegatedKeys(delegations, role)) ?? root.signed.roles.targets;
	return {
		name: role,
		delegator,
		targets: file.signed.targets.size,
		...fileReport(file, keys, roleKeys)
	};
}
function reportRoles(session, roles) {
	return [...roles].map(([role, verified]) => reportOf(role, verified, session, roles));
}
async function verifyRoles(session, problems, unneeded) {
	const top = session.set.targets.get(TARGETS$1);
	if (top === void 0) throw new CountersignError("order", TARGETS$1, "expected the top-level targets first");
	const roles = /* @__PURE__ */ new Map([[TARGETS$1, {
		file: top,
		delegator: "root"
	}]]);
	const snapshot = requireFinalSnapshot(session.set);
	const asked = /* @__PURE__ */ new Set([TARGETS$1]);
	for (const [delegator, { file: delegatorFile }] of roles) for (const role of namesToLoad(delegatorFile.signed.delegations, snapshot)) {
		asked.add(role);
		const file = await attempt(problems, () => loadRole(session, session.set, {
			role,
			delegator
		}, delegatorFile));
		if (file !== null && !roles.has(role)) roles.set(role, {
			file,
			delegator
		});
	}
	for (const [role, entry] of snapshot.meta) if (!asked.has(role)) await attempt(unneeded, () => requireListedFile(session, role, entry));
	return roles;
}
async function requireListedFile(session, role, entry) {
	const path = metadataLocation(session.set.root.signed, role, entry.version);
	const bytes = await fetchListed(session, path, entry, "targets");
	requireLengthAndHashes(bytes, entry, role);
	const { version } = parseTargetsAs("client", bytes).signed;
	if (version !== entry.version) throw new CountersignError("mix-and-match", `${role}@${String(version)}`, `expected version ${String(entry.version)}, as the snapshot says`);
}

// src/client/verify-roots.ts
const ROOT_NAME = /^metadata\/([1-9][0-9]{0,15})\.root\.json$/;
var RootReader = class {
	roots = /* @__PURE__ */ new Map();
	#source;
	#time;
	#room = MAX_PUBLISHED_ROOT_BYTES;
	#previous = null;
	constructor(source, time) {
		this.#source = source;
		this.#time = time;
	}
	async read(version, problems) {
		if (this.roots.size >= 1024 || this.#room < 0) {
			const detail = `expected at most ${String(MAX_PUBLISHED_ROOTS)} roots of ${String(MAX_PUBLISHED_ROOT_BYTES)} bytes together, got more`;
			problems.add({
				code: "root-limit",
				where: rootPath(version),
				detail
			});
			return false;
		}
		const path = rootPath(version);
		const found = await attempt(problems, async () => ({ bytes: await this.#source.metadata(path, DEFAULT_LIMITS.maxRootBytes) }));
		if (found?.bytes === null) return false;
		const bytes = found?.bytes ?? null;
		this.#room -= bytes?.length ?? 0;
		const root = bytes === null ? null : await attempt(problems, () => startFrom(version, bytes, this.#time));
		this.roots.set(version, {
			bytes,
			root
		});
		const before = this.#previous;
		this.#previous = root;
		if (root === null) return false;
		if (before?.signed.version !== version - 1) return true;
		return await attempt(problems, () => requireRootTransition(before, root)) !== null;
	}
};
async function requireJoin(roots, version, problems) {
	const next = roots.get(version)?.root ?? null;
	const before = version === 1 ? null : roots.get(parseVersion(version - 1, "root"))?.root ?? null;
	if (next !== null && before !== null) await attempt(problems, () => requireRootTransition(before, next));
}
async function readRoots(source, listed, { time, anchor }, problems, unneeded) {
	const first = firstVersion(anchor);
	const reader = new RootReader(source, time);
	const { roots } = reader;
	const isAnchored = async (version) => anchor === void 0 || await attempt(problems, () => requireAnchor(anchor, roots, version)) !== null;
	for (let version = first; await reader.read(version, problems) && await isAnchored(version);) version = parseVersion(version + 1, "root");
	for (const version of listed) if (version >= first && !roots.has(version) && roots.size < 1024) await reader.read(version, problems);
	const early = (roots.get(first)?.root ?? null) === null || !await isAnchored(first) ? 0 : first;
	for (let next = 1; next < early && roots.size < 1024; next++) {
		const version = parseVersion(next, "root");
		await reader.read(version, unneeded);
		if (!roots.has(version)) break;
	}
	if (early > 1) await requireJoin(roots, first, unneeded);
	return new Map([...roots].sort(([a], [b]) => a - b));
}
function firstVersion(anchor) {
	const root = anchor?.kind === "root" ? outcomeOf(() => parseRootAs("client", anchor.bytes).signed.version) : null;
	return root?.kind === "accepted" ? root.value : parseVersion(1, "root");
}
function requireNoGap(roots, first, problems, unneeded) {
	const last = [...roots.keys()].at(-1) ?? 1;
	const told = /* @__PURE__ */ new Set();
	for (let version = 1; version <= last && told.size < 2; version++) {
		const list = version < first ? unneeded : problems;
		if (roots.has(parseVersion(version, "root")) || told.has(list)) continue;
		const detail = `expected every root from 1 to ${String(last)}, got none of this version`;
		list.add({
			code: "not-found",
			where: rootPath(parseVersion(version, "root")),
			detail
		});
		told.add(list);
		if (list === problems) return;
	}
}
function requireAnchor(anchor, roots, upTo) {
	const refuse = (where, expected) => {
		throw new CountersignError("anchor-mismatch", where, `expected ${expected}, got another or none`);
	};
	if (anchor.kind === "sha256") {
		const first = roots.get(parseVersion(1, "root"))?.bytes ?? null;
		if (!(first === null ? [] : [sha256Hex(first), sha256Hex(parseRootAs("client", first).payload)]).includes(anchor.digest)) refuse("root@1", `a root v1 whose file or payload has the sha256 ${anchor.digest}`);
		return;
	}
	const { signed, payload } = parseRootAs("client", anchor.bytes);
	if (upTo !== null && upTo < signed.version) return;
	const published = roots.get(signed.version)?.bytes ?? null;
	if (published === null || Buffer.compare(parseRootAs("client", published).payload, payload) !== 0) refuse(`root@${String(signed.version)}`, "the root that was given");
}
async function verifyRoots(source, options, problems, unneeded) {
	const listing = await source.list();
	const roots = await readRoots(source, [...listing?.keys() ?? []].map((path) => Number(ROOT_NAME.exec(path)?.[1] ?? 0)).filter((version) => version > 0 && Number.isSafeInteger(version)).map((version) => parseVersion(version, "root")).sort((a, b) => a - b), options, problems, unneeded);
	requireNoGap(roots, firstVersion(options.anchor), problems, unneeded);
	const { anchor } = options;
	if (!(anchor === void 0 || await attempt(problems, () => requireAnchor(anchor, roots, null)) !== null) && listing === null) return null;
	return [...roots.values()].findLast(({ root }) => root !== null)?.bytes ?? null;
}
function startFrom(version, bytes, time) {
	const { root } = unwrap(trustInitialRoot(bytes, time));
	if (root.signed.version !== version) throw new CountersignError("mix-and-match", rootPath(version), `expected version ${String(version)}, got ${String(root.signed.version)}`);
	return root;
}

// src/client/verify-targets.ts
function* places(session, roles) {
	const root = session.set.root.signed;
	const seen = /* @__PURE__ */ new Set();
	for (const { file: role } of roles.values()) for (const [path, file] of role.signed.targets) for (const location of allTargetLocations(root, path, file)) {
		const key = JSON.stringify([
			location,
			file.length,
			...file.hashes
		]);
		if (seen.has(key)) continue;
		seen.add(key);
		yield {
			location,
			file
		};
	}
}
function* sampled(items, count) {
	const kept = [];
	let index = 0;
	for (const item of items) {
		if (kept.length < count) kept.push({
			index,
			item
		});
		else {
			const place = randomInt(index + 1);
			if (place < count) kept[place] = {
				index,
				item
			};
		}
		index++;
	}
	for (const { item } of kept.sort((a, b) => a.index - b.index)) yield item;
}
async function verifyTargets(session, roles, which, problems) {
	let checked = 0;
	const absent = [];
	const listed = places(session, roles);
	for (const { location, file } of typeof which === "string" ? listed : sampled(listed, which.sample)) await attempt(problems, async () => {
		if (await readTarget(session.source, location, file, null) !== null) {
			checked++;
			return;
		}
		absent.push(location);
		if (hostingOf(file) === "site") throw new CountersignError("not-found", location, "expected this target file, which is signed to be in the site, got nothing");
		if (which === "all") throw new CountersignError("not-found", location, "expected this target file, got nothing");
	});
	return {
		checked,
		absent
	};
}

// src/client/verify-repository.ts
async function verifyRepository(source, options) {
	const problems = problemList();
	const unneeded = options.unneeded === "problem" ? problems : problemList();
	const store = memoryStore();
	const remembering = rememberingSource(source);
	const session = await updateFromLastRoot(remembering, store, options, problems, unneeded);
	const top = topLevelReports(store);
	const limit = addSeconds(options.time, options.marginSeconds ?? 0);
	if (session === null) {
		const expiring = expiringFiles({
			...top,
			roles: []
		}, limit);
		return {
			...top,
			roles: [],
			targetsChecked: 0,
			targetsAbsent: [],
			expiring,
			problems: [...problems.problems.values()],
			warnings: []
		};
	}
	const roles = await verifyRoles(session, problems, unneeded);
	const { checked, absent } = options.targets === "none" ? {
		checked: 0,
		absent: []
	} : await verifyTargets(session, roles, options.targets, problems);
	for (const [index, files] of (options.held ?? []).entries()) await verifyHeld(`client ${String(index + 1)}`, files, {
		session,
		roles,
		files: store.files
	}, problems);
	const paths = (await remembering.list())?.keys() ?? [];
	const reports = reportRoles(session, roles);
	return {
		...top,
		roles: reports,
		targetsChecked: checked,
		targetsAbsent: absent,
		expiring: expiringFiles({
			...top,
			roles: reports
		}, limit),
		problems: [...problems.problems.values()],
		warnings: options.warnings === "none" ? [] : [
			...unneededWarnings(problems, unneeded),
			...compatibilityWarnings(session, roles),
			...unclaimedWarnings(session, paths)
		]
	};
}
async function updateFromLastRoot(source, store, options, problems, unneeded) {
	const root = await verifyRoots(source, options, problems, unneeded);
	if (root === null) return null;
	await store.write(storeName("root"), root);
	return attempt(problems, () => refresh(source, store, { time: options.time }));
}
function topLevelReports({ files }) {
	const rootBytes = files.get(storeName("root"));
	if (rootBytes === void 0) return {
		root: null,
		timestamp: null,
		snapshot: null
	};
	const root = parseRootAs("client", rootBytes);
	const report = (role, parse) => {
		const bytes = files.get(storeName(role));
		return bytes === void 0 ? null : fileReport(parse(bytes), root.signed.keys, root.signed.roles[role]);
	};
	return {
		root: report("root", (bytes) => parseRootAs("client", bytes)),
		timestamp: report("timestamp", parseTimestamp),
		snapshot: report("snapshot", parseSnapshot)
	};
}
async function verifyHeld(who, held, published, problems) {
	const { source, set } = published.session;
	const store = memoryStore(held);
	const updated = await attempt(problems, () => refresh(source, store, { time: set.time }), who);
	if (updated === null) return;
	const compare = (role, mine, theirs) => {
		if (mine === null || theirs === null || Buffer.compare(mine.payload, theirs.payload) === 0) return;
		const where = `${role}@${String(theirs.signed.version)}`;
		throw new CountersignError("equivocation", where, "expected the content that the client holds of this version, got another");
	};
	await attempt(problems, () => compare("timestamp", updated.set.timestamp, set.timestamp), who);
	await attempt(problems, () => compare("snapshot", updated.set.snapshot, set.snapshot), who);
	await attempt(problems, () => compare(TARGETS$1, updated.set.targets.get("targets") ?? null, set.targets.get("targets") ?? null), who);
	for (const [role, { file, delegator }] of published.roles) {
		const name = storeName(role);
		const [old, now] = [held.get(name), published.files.get(name)];
		if (old === void 0 || now === void 0 || delegator === "root" || Buffer.compare(old, now) === 0) continue;
		const kept = acceptRole(updated.set, {
			role,
			delegator
		}, published.roles.get(delegator)?.file ?? null, old);
		if (kept.kind === "accepted") await attempt(problems, () => compare(role, kept.value, file), who);
	}
}

// src/commands/key-owner.ts
function keyOwner(keyId, role, facts, base) {
	return signersFor(role, readProposal(facts.changes, base), base).find(({ roleKeys }) => roleKeys.keyIds.includes(keyId))?.people.byKey.get(keyId) ?? null;
}
async function requireOwnAccount(place, { name, account, custody }) {
	if (account === null || custody) return;
	const viewer = await place.forge.viewer();
	if (viewer.id !== account.id) throw new CountersignError("not-a-signer", viewer.login, `expected the account of ${quote(name)}, ${quote(account.login)}, whose key it is; from another account the signature would not count`);
}
async function ownWorkplace(place, person, openAs) {
	const own = openAs === null ? place : await openAs(person);
	await requireOwnAccount(own, person);
	return own;
}

// src/commands/abandon.ts
async function isSealed(forge, headSha, metadataHead) {
	return await forge.mergeBase(metadataHead, headSha) === metadataHead && !(await forge.tree(headSha)).has("event.json");
}
async function addCommit(forge, branch, head) {
	const next = await forge.writeCommit({
		base: head,
		parents: [head],
		changes: /* @__PURE__ */ new Map(),
		message: "Abandon\n"
	});
	await forge.moveBranch(branch, head, next, "fast-forward");
	return next;
}
async function stopMerge(forge, metadataHead) {
	try {
		await addCommit(forge, "tuf", metadataHead);
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "ref-protected")) throw error;
	}
}
async function metadataHeadOf(forge) {
	return (await forge.branches("tuf")).get("tuf") ?? null;
}
async function moveOn(forge, { head, headSha }) {
	const metadataHead = await metadataHeadOf(forge);
	if (metadataHead !== null && await isSealed(forge, headSha, metadataHead)) await stopMerge(forge, metadataHead);
	return addCommit(forge, head, headSha);
}
async function takeOff(forge, { number, head }, left) {
	const there = (await forge.branches(head)).get(head);
	const metadataHead = await metadataHeadOf(forge);
	if (there === void 0 || there === left || metadataHead === null) return;
	if (await forge.mergeBase(metadataHead, there) === there) throw new CountersignError("event-unknown", `#${String(number)}`, "expected an open signing event, got one that has just been completed");
	if (!await isSealed(forge, there, metadataHead)) return;
	await stopMerge(forge, metadataHead);
	await forge.moveBranch(head, there, left, "replace");
}
async function dropDraft(place) {
	const { forge, releases, now } = place;
	const pulls = await readProposalPulls(forge);
	const { base, metadataHead } = await readState(place, pulls.ended);
	if (releases === null || metadataHead === null) return;
	await settleReleases(place, base, await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls));
}
async function abandon(place, number, signer = null, openAs = null) {
	return untilSettled(() => abandonOnce(place, number, signer, openAs));
}
async function readStanding(place, number) {
	const { forge, now } = place;
	const pulls = await readProposalPulls(forge);
	const { base, metadataHead } = await readState(place, pulls.ended);
	const pull = pulls.open.find((one) => one.number === number) ?? await requireOpenPull(forge, number);
	if (metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
	const { events, statuses } = await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls);
	const index = events.findIndex((one) => one.pull.number === number);
	const [facts, status] = [events[index], statuses[index]];
	if (facts === void 0 || status === void 0) throw new CountersignError("ref-conflict", `#${String(number)}`, "it has changed while it was read");
	return {
		pull,
		facts,
		status,
		base
	};
}
function liveSignatures({ facts, base }) {
	const proposal = readProposal(facts.changes, base);
	const listening = listenTo(facts.changes.keys(), proposal, base);
	const lines = collectCountersignatures(facts, listening, proposedFiles(proposal)).posted.map(({ line }) => line);
	const [first] = [proposal.root, ...proposal.roles.values()].flatMap((file) => file?.signed.binding?.repository ?? []);
	const repository = base?.repository ?? first;
	if (repository === void 0) return [];
	return [...listening.signers].flatMap(([role, signers]) => signedContents({
		role,
		repository,
		signers,
		lines,
		payloads: facts.earlierPayloads
	}).flatMap(({ by, version, payload }) => [...by].map((keyId) => {
		return {
			by: signers.map(({ people }) => people.byKey.get(keyId)).find((one) => one !== void 0)?.name ?? keyId,
			keyId,
			role,
			version,
			payload
		};
	})));
}
async function withdraw(place, standing, signer, openAs) {
	let { forge } = place;
	const { pull, facts, base } = standing;
	const keyId = keyIdOf(await signer.publicKey());
	const proposal = readProposal(facts.changes, base);
	const repository = base?.repository ?? proposal.root?.signed.binding?.repository;
	const lines = [];
	for (const { role, version, payload, requirements } of standing.status.roles) {
		if (repository === void 0 || !requirements.some(({ votes }) => votes.some((vote) => vote.keyId === keyId))) continue;
		const person = keyOwner(keyId, role, facts, base);
		if (person !== null) ({forge} = await ownWorkplace(place, person, openAs));
		const line = {
			repository,
			role,
			version,
			payload
		};
		lines.push({
			...line,
			keyId,
			sig: await signer.sign(withdrawalBytes(line))
		});
	}
	if (lines.length === 0) return;
	const state = (await forge.viewer()).id === pull.author.id ? "COMMENTED" : "CHANGES_REQUESTED";
	const body = `Takes the signature of this event back.\n\n${encodeCountersignatures(lines)}\n`;
	try {
		await forge.submitReview(pull.number, {
			state,
			body,
			commitSha: pull.headSha
		});
	} catch (error) {
		if (error instanceof CountersignError && error.code === "event-invalid") await requireOpenPull(forge, pull.number);
		throw error;
	}
}
async function requireOpenAfter(forge, { number, head, headSha }, left) {
	try {
		await requireOpenPull(forge, number);
	} catch (error) {
		await forge.moveBranch(head, left, headSha, "replace");
		throw error;
	}
}
async function abandonOnce(place, number, signer, openAs) {
	const { forge } = place;
	let standing = await readStanding(place, number);
	if (restorationOf(standing.facts, standing.base) !== null) throw new CountersignError("event-invalid", `#${String(number)}`, "people have signed it, and somebody has written over that since; `countersign gather` puts it back, and then it can be abandoned");
	if (signer !== null && votersOf(standing.status).length > 0) {
		await withdraw(place, standing, signer, openAs);
		standing = await readStanding(place, number);
	}
	const { pull, status } = standing;
	const live = liveSignatures(standing);
	const left = votersOf(status);
	if (left.length > 0) {
		const keyId = signer === null ? null : keyIdOf(await signer.publicKey());
		if (live.some((one) => one.keyId === keyId)) return {
			outcome: "withdrawn",
			number,
			url: pull.url,
			left,
			live
		};
		const detail = `${left.map((name) => quote(name)).join(", ")} signed it, and only who signed an event can end it; pass your key with --key (with a key in custody: request changes in the browser)`;
		throw new CountersignError("not-a-signer", `#${String(number)}`, detail);
	}
	const moved = await moveOn(forge, pull);
	await requireOpenAfter(forge, pull, moved);
	await tell$1(forge, number, `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`);
	await forge.closePull(number);
	await untilSettled(() => takeOff(forge, pull, moved));
	await dropDraft(place);
	return {
		outcome: "abandoned",
		number,
		url: pull.url,
		left,
		live
	};
}

// src/commands/status.ts
function timestampStatus(bytes) {
	if (bytes === null) return null;
	const parsed = outcomeOf(() => parseTimestamp(bytes).signed);
	return parsed.kind === "accepted" ? {
		timestamp: parsed.value.version,
		expires: parsed.value.expires
	} : null;
}
async function status(place) {
	const { forge, now } = place;
	const pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const { base, metadataHead } = state;
	const statuses = metadataHead === null ? [] : (await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls)).statuses;
	const first = base?.roots[0];
	return {
		repository: base?.repository ?? null,
		root: first === void 0 ? null : payloadDigest(first.file.payload),
		signed: [...base === null ? [] : [{
			role: "root",
			version: base.root.signed.version,
			expires: base.root.signed.expires,
			targets: null
		}], ...[...base?.roles ?? []].map(([role, { file }]) => ({
			role,
			version: file.signed.version,
			expires: file.signed.expires,
			targets: file.signed.targets.size
		}))],
		site: timestampStatus(state.live.timestamp),
		published: timestampStatus(state.published.timestamp),
		events: statuses,
		findings: state.findings
	};
}

// src/commands/verify.ts
async function verify$1({ files, openStream, ...how }) {
	return verifySource(filesSource(files, openStream), how);
}
async function verifySource(source, { anchor, ...how }) {
	return verifyRepository(source, {
		...how,
		...anchor === null ? {} : { anchor }
	});
}

// src/commands/verify-warnings.ts
function isNote(warning) {
	return warning.kind === "compatibility" && warning.finding.severity === "warning";
}
function warningText(warning) {
	if (warning.kind === "unclaimed") return `${warning.path}: no client would ask for this file`;
	if (warning.kind === "unneeded") return `${warning.where}: ${warning.detail} (no client needs it that begins with the given root)`;
	const { finding, where } = warning;
	return `${where}: ${quote(finding.subject)}: ${finding.detail} (${finding.clients.join(", ")})`;
}
function absenceLines({ roles, targetsChecked, targetsAbsent }) {
	if (targetsAbsent.length === 0 || targetsChecked > 0) return [];
	const listed = roles.reduce((sum, { targets }) => sum + targets, 0);
	return [`targets: ${countOf$1(listed, "target file")} listed, and none of those that were looked for is here; clients need them from elsewhere`];
}
function warningLines(report, time, all) {
	const { expiring, warnings } = report;
	const notes = warnings.filter(isNote).map(warningText);
	return {
		warnings: [
			...expiring.map(({ where, expires }) => `${where}: expires ${expiryText(expires, time)}`),
			...warnings.filter((warning) => !isNote(warning)).map(warningText),
			...absenceLines(report)
		],
		notes: all || notes.length === 0 ? notes : [`${countOf$1(notes.length, "note")} on other clients (--notes)`]
	};
}

// src/action/inspect-steps.ts
async function statusStep(context) {
	return withPlace(context, async ({ place }) => {
		const result = await status(place);
		return {
			exitCode: result.findings.length > 0 ? EXIT.findings : EXIT.ok,
			outputs: { operation: "reported" },
			summary: {
				kind: "status",
				status: {
					...result,
					now: context.now
				}
			},
			text: statusText(result, context.now, NO_STYLE),
			findings: result.findings
		};
	});
}
async function abandonStep(context, number) {
	if (context.place.mode === "dry-run") throw new CountersignError("usage", "dry-run", "expected false for command abandon, got true");
	return withPlace(context, async ({ place }) => {
		const { url, live } = await abandon(place, number);
		return {
			exitCode: EXIT.ok,
			outputs: {
				operation: "abandoned",
				"pull-request-number": String(number),
				"pull-request-url": url,
				"pull-request-operation": "closed"
			},
			summary: {
				kind: "abandon",
				abandon: {
					number,
					url,
					live
				}
			},
			text: `abandoned #${String(number)}; ${String(live.length)} signatures of it stay valid for what they were given for`,
			findings: []
		};
	});
}
function siteUrlOf({ place }) {
	if (place.siteUrl !== null) return place.siteUrl;
	const [owner, repo] = place.repository.split("/");
	if (owner !== void 0 && repo !== void 0 && owner !== "") return pagesUrl(owner, repo);
	throw new CountersignError("usage", "site", "expected the directory of a site, or its URL in site-url, got neither");
}
async function verifySite(context) {
	const { now, place } = context;
	const anchor = place.root === null ? null : {
		kind: "sha256",
		digest: parseSha256(place.root, "root")
	};
	if (place.site !== null) {
		const directory = resolve(place.site);
		return verify$1({
			files: openDirectory(directory),
			openStream: directoryStreams(directory),
			time: now,
			anchor,
			targets: "hosted"
		});
	}
	const { metadataUrl, targetUrl } = siteUrls(siteUrlOf(context), "site-url");
	const source = openHttpSource({
		metadataUrls: [metadataUrl],
		targetUrls: [targetUrl]
	});
	try {
		return await verifyRepository(source, {
			time: now,
			targets: "hosted",
			...anchor === null ? {} : { anchor }
		});
	} finally {
		await source.close();
	}
}
async function verifyStep(context) {
	const report = await verifySite(context);
	const view = {
		...report,
		...warningLines(report, context.now, false)
	};
	const isGood = report.problems.length === 0;
	return {
		exitCode: isGood ? EXIT.ok : EXIT.failed,
		outputs: {
			operation: "verified",
			verified: String(isGood)
		},
		summary: {
			kind: "verify",
			verify: {
				...view,
				now: context.now
			}
		},
		text: verifyText(view, context.now, NO_STYLE),
		findings: [],
		problems: report.problems
	};
}

// src/action/outputs.ts
const OUTPUT_NAMES = [
	"operation",
	"pull-request-number",
	"pull-request-url",
	"pull-request-operation",
	"pull-request-branch",
	"pull-request-head-sha",
	"version",
	"payload",
	"completed",
	"custody",
	"publish-needed",
	"deploy-needed",
	"released",
	"files",
	"verified",
	"staging-artifact",
	"staging-directory",
	"signature-artifact",
	"signature-directory",
	"site-directory",
	"withheld"
];
function setOutputs(runner, outputs) {
	for (const name of OUTPUT_NAMES) runner.output(name, outputs[name] ?? "");
}

// src/artifacts/collect-artifacts.ts
async function relativeNames(directory) {
	try {
		return (await readdir(directory, {
			recursive: true,
			withFileTypes: true
		})).filter((entry) => entry.isFile()).map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/")).sort();
	} catch (error) {
		throw ioError(directory, "to list the artifact", error);
	}
}
async function mergeInto(found, artifact, directory) {
	for (const name of await relativeNames(directory)) {
		const path = join(directory, name);
		const other = found.get(name);
		if (other === void 0) {
			found.set(name, {
				path,
				artifact
			});
			continue;
		}
		if (await fileDigest(other.path) !== await fileDigest(path)) {
			const both = `${quote(other.artifact)} and ${quote(artifact)}`;
			throw new CountersignError("target-exists", quote(name), `expected one content, got different ones in the artifacts ${both}`);
		}
		await rm(path);
	}
}
async function collectArtifacts(artifacts, chosen, directory, log) {
	const directories = [];
	const found = /* @__PURE__ */ new Map();
	for (const [index, artifact] of chosen.entries()) {
		const own = join(directory, String(index));
		await mkdir(own);
		await artifacts.download(artifact, own);
		await mergeInto(found, artifact.name, own);
		directories.push(own);
		log.progress("fetching artifacts", index + 1, chosen.length);
	}
	return { directories };
}

// node_modules/picomatch/lib/constants.js
var require_constants = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const WIN_SLASH = "\\\\/";
	const WIN_NO_SLASH = `[^${WIN_SLASH}]`;
	const DEFAULT_MAX_EXTGLOB_RECURSION = 0;
	const DOT_LITERAL = "\\.";
	const PLUS_LITERAL = "\\+";
	const QMARK_LITERAL = "\\?";
	const SLASH_LITERAL = "\\/";
	const ONE_CHAR = "(?=.)";
	const QMARK = "[^/]";
	const END_ANCHOR = `(?:${SLASH_LITERAL}|$)`;
	const START_ANCHOR = `(?:^|${SLASH_LITERAL})`;
	const DOTS_SLASH = `${DOT_LITERAL}{1,2}${END_ANCHOR}`;
	const POSIX_CHARS = {
		DOT_LITERAL,
		PLUS_LITERAL,
		QMARK_LITERAL,
		SLASH_LITERAL,
		ONE_CHAR,
		QMARK,
		END_ANCHOR,
		DOTS_SLASH,
		NO_DOT: `(?!${DOT_LITERAL})`,
		NO_DOTS: `(?!${START_ANCHOR}${DOTS_SLASH})`,
		NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}${END_ANCHOR})`,
		NO_DOTS_SLASH: `(?!${DOTS_SLASH})`,
		QMARK_NO_DOT: `[^.${SLASH_LITERAL}]`,
		STAR: `${QMARK}*?`,
		START_ANCHOR,
		SEP: "/"
	};
	const WINDOWS_CHARS = {
		...POSIX_CHARS,
		SLASH_LITERAL: `[${WIN_SLASH}]`,
		QMARK: WIN_NO_SLASH,
		STAR: `${WIN_NO_SLASH}*?`,
		DOTS_SLASH: `${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$)`,
		NO_DOT: `(?!${DOT_LITERAL})`,
		NO_DOTS: `(?!(?:^|[${WIN_SLASH}])${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
		NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}(?:[${WIN_SLASH}]|$))`,
		NO_DOTS_SLASH: `(?!${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
		QMARK_NO_DOT: `[^.${WIN_SLASH}]`,
		START_ANCHOR: `(?:^|[${WIN_SLASH}])`,
		END_ANCHOR: `(?:[${WIN_SLASH}]|$)`,
		SEP: "\\"
	};
	const POSIX_REGEX_SOURCE = {
		__proto__: null,
		alnum: "a-zA-Z0-9",
		alpha: "a-zA-Z",
		ascii: "\\x00-\\x7F",
		blank: " \\t",
		cntrl: "\\x00-\\x1F\\x7F",
		digit: "0-9",
		graph: "\\x21-\\x7E",
		lower: "a-z",
		print: "\\x20-\\x7E ",
		punct: "\\-!\"#$%&'()\\*+,./:;<=>?@[\\]^_`{|}~",
		space: " \\t\\r\\n\\v\\f",
		upper: "A-Z",
		word: "A-Za-z0-9_",
		xdigit: "A-Fa-f0-9"
	};
	module.exports = {
		DEFAULT_MAX_EXTGLOB_RECURSION,
		MAX_LENGTH: 65536,
		POSIX_REGEX_SOURCE,
		REGEX_BACKSLASH: /\\(?![*+?^${}(|)[\]])/g,
		REGEX_NON_SPECIAL_CHARS: /^[^@![\].,$*+?^{}()|\\/]+/,
		REGEX_SPECIAL_CHARS: /[-*+?.^${}(|)[\]]/,
		REGEX_SPECIAL_CHARS_BACKREF: /(\\?)((\W)(\3*))/g,
		REGEX_SPECIAL_CHARS_GLOBAL: /([-*+?.^${}(|)[\]])/g,
		REGEX_REMOVE_BACKSLASH: /(?:\[.*?[^\\]\]|\\(?=.))/g,
		REPLACEMENTS: {
			__proto__: null,
			"***": "*",
			"**/**": "**",
			"**/**/**": "**"
		},
		CHAR_0: 48,
		CHAR_9: 57,
		CHAR_UPPERCASE_A: 65,
		CHAR_LOWERCASE_A: 97,
		CHAR_UPPERCASE_Z: 90,
		CHAR_LOWERCASE_Z: 122,
		CHAR_LEFT_PARENTHESES: 40,
		CHAR_RIGHT_PARENTHESES: 41,
		CHAR_ASTERISK: 42,
		CHAR_AMPERSAND: 38,
		CHAR_AT: 64,
		CHAR_BACKWARD_SLASH: 92,
		CHAR_CARRIAGE_RETURN: 13,
		CHAR_CIRCUMFLEX_ACCENT: 94,
		CHAR_COLON: 58,
		CHAR_COMMA: 44,
		CHAR_DOT: 46,
		CHAR_DOUBLE_QUOTE: 34,
		CHAR_EQUAL: 61,
		CHAR_EXCLAMATION_MARK: 33,
		CHAR_FORM_FEED: 12,
		CHAR_FORWARD_SLASH: 47,
		CHAR_GRAVE_ACCENT: 96,
		CHAR_HASH: 35,
		CHAR_HYPHEN_MINUS: 45,
		CHAR_LEFT_ANGLE_BRACKET: 60,
		CHAR_LEFT_CURLY_BRACE: 123,
		CHAR_LEFT_SQUARE_BRACKET: 91,
		CHAR_LINE_FEED: 10,
		CHAR_NO_BREAK_SPACE: 160,
		CHAR_PERCENT: 37,
		CHAR_PLUS: 43,
		CHAR_QUESTION_MARK: 63,
		CHAR_RIGHT_ANGLE_BRACKET: 62,
		CHAR_RIGHT_CURLY_BRACE: 125,
		CHAR_RIGHT_SQUARE_BRACKET: 93,
		CHAR_SEMICOLON: 59,
		CHAR_SINGLE_QUOTE: 39,
		CHAR_SPACE: 32,
		CHAR_TAB: 9,
		CHAR_UNDERSCORE: 95,
		CHAR_VERTICAL_LINE: 124,
		CHAR_ZERO_WIDTH_NOBREAK_SPACE: 65279,
		extglobChars(chars) {
			return {
				"!": {
					type: "negate",
					open: "(?:(?!(?:",
					close: `))${chars.STAR})`
				},
				"?": {
					type: "qmark",
					open: "(?:",
					close: ")?"
				},
				"+": {
					type: "plus",
					open: "(?:",
					close: ")+"
				},
				"*": {
					type: "star",
					open: "(?:",
					close: ")*"
				},
				"@": {
					type: "at",
					open: "(?:",
					close: ")"
				}
			};
		},
		globChars(win32) {
			return win32 === true ? WINDOWS_CHARS : POSIX_CHARS;
		}
	};
}));

// node_modules/picomatch/lib/utils.js
var require_utils = /* @__PURE__ */ __commonJSMin(((exports) => {
	const { REGEX_BACKSLASH, REGEX_REMOVE_BACKSLASH, REGEX_SPECIAL_CHARS, REGEX_SPECIAL_CHARS_GLOBAL } = require_constants();
	exports.isObject = (val) => val !== null && typeof val === "object" && !Array.isArray(val);
	exports.hasRegexChars = (str) => REGEX_SPECIAL_CHARS.test(str);
	exports.isRegexChar = (str) => str.length === 1 && exports.hasRegexChars(str);
	exports.escapeRegex = (str) => str.replace(REGEX_SPECIAL_CHARS_GLOBAL, "\\$1");
	exports.toPosixSlashes = (str) => str.replace(REGEX_BACKSLASH, "/");
	exports.isWindows = () => {
		if (typeof navigator !== "undefined" && navigator.platform) {
			const platform = navigator.platform.toLowerCase();
			return platform === "win32" || platform === "windows";
		}
		if (typeof process !== "undefined" && process.platform) return process.platform === "win32";
		return false;
	};
	exports.removeBackslashes = (str) => {
		return str.replace(REGEX_REMOVE_BACKSLASH, (match) => {
			return match === "\\" ? "" : match;
		});
	};
	exports.escapeLast = (input, char, lastIdx) => {
		const idx = input.lastIndexOf(char, lastIdx);
		if (idx === -1) return input;
		if (input[idx - 1] === "\\") return exports.escapeLast(input, char, idx - 1);
		return `${input.slice(0, idx)}\\${input.slice(idx)}`;
	};
	exports.removePrefix = (input, state = {}) => {
		let output = input;
		if (output.startsWith("./")) {
			output = output.slice(2);
			state.prefix = "./";
		}
		return output;
	};
	exports.wrapOutput = (input, state = {}, options = {}) => {
		let output = `${options.contains ? "" : "^"}(?:${input})${options.contains ? "" : "$"}`;
		if (state.negated === true) output = `(?:^(?!${output}).*$)`;
		return output;
	};
	exports.basename = (path, { windows } = {}) => {
		const segs = path.split(windows ? /[\\/]/ : "/");
		const last = segs[segs.length - 1];
		if (last === "") return segs[segs.length - 2];
		return last;
	};
}));

// node_modules/picomatch/lib/scan.js
var require_scan = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const utils = require_utils();
	const { CHAR_ASTERISK, CHAR_AT, CHAR_BACKWARD_SLASH, CHAR_COMMA, CHAR_DOT, CHAR_EXCLAMATION_MARK, CHAR_FORWARD_SLASH, CHAR_LEFT_CURLY_BRACE, CHAR_LEFT_PARENTHESES, CHAR_LEFT_SQUARE_BRACKET, CHAR_PLUS, CHAR_QUESTION_MARK, CHAR_RIGHT_CURLY_BRACE, CHAR_RIGHT_PARENTHESES, CHAR_RIGHT_SQUARE_BRACKET } = require_constants();
	const isPathSeparator = (code) => {
		return code === CHAR_FORWARD_SLASH || code === CHAR_BACKWARD_SLASH;
	};
	const depth = (token) => {
		if (token.isPrefix !== true) token.depth = token.isGlobstar ? Infinity : 1;
	};
	const scan = (input, options) => {
		const opts = options || {};
		const length = input.length - 1;
		const scanToEnd = opts.parts === true || opts.tokens === true || opts.scanToEnd === true;
		const slashes = [];
		const tokens = [];
		const parts = [];
		let str = input;
		let index = -1;
		let start = 0;
		let lastIndex = 0;
		let isBrace = false;
		let isBracket = false;
		let isGlob = false;
		let isExtglob = false;
		let isGlobstar = false;
		let braceEscaped = false;
		let backslashes = false;
		let negated = false;
		let negatedExtglob = false;
		let finished = false;
		let braces = 0;
		let prev;
		let code;
		let token = {
			value: "",
			depth: 0,
			isGlob: false
		};
		const eos = () => index >= length;
		const peek = () => str.charCodeAt(index + 1);
		const advance = () => {
			prev = code;
			return str.charCodeAt(++index);
		};
		while (index < length) {
			code = advance();
			let next;
			if (code === CHAR_BACKWARD_SLASH) {
				backslashes = token.backslashes = true;
				code = advance();
				if (code === CHAR_LEFT_CURLY_BRACE) braceEscaped = true;
				continue;
			}
			if (braceEscaped === true || code === CHAR_LEFT_CURLY_BRACE) {
				braces++;
				while (eos() !== true && (code = advance())) {
					if (code === CHAR_BACKWARD_SLASH) {
						backslashes = token.backslashes = true;
						advance();
						continue;
					}
					if (code === CHAR_LEFT_CURLY_BRACE) {
						braces++;
						continue;
					}
					if (braceEscaped !== true && code === CHAR_DOT && (code = advance()) === CHAR_DOT) {
						isBrace = token.isBrace = true;
						isGlob = token.isGlob = true;
						finished = true;
						if (scanToEnd === true) continue;
						break;
					}
					if (braceEscaped !== true && code === CHAR_COMMA) {
						isBrace = token.isBrace = true;
						isGlob = token.isGlob = true;
						finished = true;
						if (scanToEnd === true) continue;
						break;
					}
					if (code === CHAR_RIGHT_CURLY_BRACE) {
						braces--;
						if (braces === 0) {
							braceEscaped = false;
							isBrace = token.isBrace = true;
							finished = true;
							break;
						}
					}
				}
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_FORWARD_SLASH) {
				slashes.push(index);
				tokens.push(token);
				token = {
					value: "",
					depth: 0,
					isGlob: false
				};
				if (finished === true) continue;
				if (prev === CHAR_DOT && index === start + 1) {
					start += 2;
					continue;
				}
				lastIndex = index + 1;
				continue;
			}
			if (opts.noext !== true) {
				if ((code === CHAR_PLUS || code === CHAR_AT || code === CHAR_ASTERISK || code === CHAR_QUESTION_MARK || code === CHAR_EXCLAMATION_MARK) === true && peek() === CHAR_LEFT_PARENTHESES) {
					isGlob = token.isGlob = true;
					isExtglob = token.isExtglob = true;
					finished = true;
					if (code === CHAR_EXCLAMATION_MARK && index === start) negatedExtglob = true;
					if (scanToEnd === true) {
						let parens = 0;
						while (eos() !== true && (code = advance())) {
							if (code === CHAR_BACKWARD_SLASH) {
								backslashes = token.backslashes = true;
								advance();
								continue;
							}
							if (code === CHAR_LEFT_PARENTHESES) {
								parens++;
								continue;
							}
							if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
								finished = true;
								break;
							}
						}
						continue;
					}
					break;
				}
			}
			if (code === CHAR_ASTERISK) {
				if (prev === CHAR_ASTERISK) isGlobstar = token.isGlobstar = true;
				isGlob = token.isGlob = true;
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_QUESTION_MARK) {
				isGlob = token.isGlob = true;
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
			if (code === CHAR_LEFT_SQUARE_BRACKET) {
				while (eos() !== true && (next = advance())) {
					if (next === CHAR_BACKWARD_SLASH) {
						backslashes = token.backslashes = true;
						advance();
						continue;
					}
					if (next === CHAR_RIGHT_SQUARE_BRACKET) {
						isBracket = token.isBracket = true;
						isGlob = token.isGlob = true;
						finished = true;
						break;
					}
				}
				if (scanToEnd === true) continue;
				break;
			}
			if (opts.nonegate !== true && code === CHAR_EXCLAMATION_MARK && index === start) {
				negated = token.negated = true;
				start++;
				continue;
			}
			if (opts.noparen !== true && code === CHAR_LEFT_PARENTHESES) {
				isGlob = token.isGlob = true;
				if (scanToEnd === true) {
					let parens = 1;
					while (eos() !== true && (code = advance())) {
						if (code === CHAR_BACKWARD_SLASH) {
							backslashes = token.backslashes = true;
							advance();
							continue;
						}
						if (code === CHAR_LEFT_PARENTHESES) {
							parens++;
							continue;
						}
						if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
							finished = true;
							break;
						}
					}
					continue;
				}
				break;
			}
			if (isGlob === true) {
				finished = true;
				if (scanToEnd === true) continue;
				break;
			}
		}
		if (opts.noext === true) {
			isExtglob = false;
			isGlob = false;
		}
		let base = str;
		let prefix = "";
		let glob = "";
		if (start > 0) {
			prefix = str.slice(0, start);
			str = str.slice(start);
			lastIndex -= start;
		}
		if (base && isGlob === true && lastIndex > 0) {
			base = str.slice(0, lastIndex);
			glob = str.slice(lastIndex);
		} else if (isGlob === true) {
			base = "";
			glob = str;
		} else base = str;
		if (base && base !== "" && base !== "/" && base !== str) {
			if (isPathSeparator(base.charCodeAt(base.length - 1))) base = base.slice(0, -1);
		}
		if (opts.unescape === true) {
			if (glob) glob = utils.removeBackslashes(glob);
			if (base && backslashes === true) base = utils.removeBackslashes(base);
		}
		const state = {
			prefix,
			input,
			start,
			base,
			glob,
			isBrace,
			isBracket,
			isGlob,
			isExtglob,
			isGlobstar,
			negated,
			negatedExtglob
		};
		if (opts.tokens === true) {
			state.maxDepth = 0;
			if (!isPathSeparator(code)) tokens.push(token);
			state.tokens = tokens;
		}
		if (opts.parts === true || opts.tokens === true) {
			let prevIndex;
			for (let idx = 0; idx < slashes.length; idx++) {
				const n = prevIndex !== void 0 ? prevIndex + 1 : start;
				const i = slashes[idx];
				const value = input.slice(n, i);
				if (opts.tokens) {
					if (idx === 0 && start !== 0) {
						tokens[idx].isPrefix = true;
						tokens[idx].value = prefix;
					} else tokens[idx].value = value;
					depth(tokens[idx]);
					state.maxDepth += tokens[idx].depth;
				}
				if (i >= start) {
					parts.push(value);
					prevIndex = i;
				}
			}
			const n = prevIndex !== void 0 ? prevIndex + 1 : start;
			const value = input.slice(n);
			parts.push(value);
			if (opts.tokens && prevIndex && prevIndex + 1 < input.length) {
				tokens[tokens.length - 1].value = value;
				depth(tokens[tokens.length - 1]);
				state.maxDepth += tokens[tokens.length - 1].depth;
			}
			state.slashes = slashes;
			state.parts = parts;
		}
		return state;
	};
	module.exports = scan;
}));

// node_modules/picomatch/lib/parse.js
var require_parse = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const constants = require_constants();
	const utils = require_utils();
	const { MAX_LENGTH, POSIX_REGEX_SOURCE, REGEX_NON_SPECIAL_CHARS, REGEX_SPECIAL_CHARS_BACKREF, REPLACEMENTS } = constants;
	const expandRange = (args, options) => {
		if (typeof options.expandRange === "function") return options.expandRange(...args, options);
		args.sort();
		const value = `[${args.join("-")}]`;
		try {
			new RegExp(value);
		} catch (ex) {
			return args.map((v) => utils.escapeRegex(v)).join("..");
		}
		return value;
	};
	const syntaxError = (type, char) => {
		return `Missing ${type}: "${char}" - use "\\\\${char}" to match literal characters`;
	};
	const splitTopLevel = (input) => {
		const parts = [];
		let bracket = 0;
		let paren = 0;
		let quote = 0;
		let value = "";
		let escaped = false;
		for (const ch of input) {
			if (escaped === true) {
				value += ch;
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				value += ch;
				escaped = true;
				continue;
			}
			if (ch === "\"") {
				quote = quote === 1 ? 0 : 1;
				value += ch;
				continue;
			}
			if (quote === 0) {
				if (ch === "[") bracket++;
				else if (ch === "]" && bracket > 0) bracket--;
				else if (bracket === 0) {
					if (ch === "(") paren++;
					else if (ch === ")" && paren > 0) paren--;
					else if (ch === "|" && paren === 0) {
						parts.push(value);
						value = "";
						continue;
					}
				}
			}
			value += ch;
		}
		parts.push(value);
		return parts;
	};
	const isPlainBranch = (branch) => {
		let escaped = false;
		for (const ch of branch) {
			if (escaped === true) {
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				escaped = true;
				continue;
			}
			if (/[?*+@!()[\]{}]/.test(ch)) return false;
		}
		return true;
	};
	const normalizeSimpleBranch = (branch) => {
		let value = branch.trim();
		let changed = true;
		while (changed === true) {
			changed = false;
			if (/^@\([^\\()[\]{}|]+\)$/.test(value)) {
				value = value.slice(2, -1);
				changed = true;
			}
		}
		if (!isPlainBranch(value)) return;
		return value.replace(/\\(.)/g, "$1");
	};
	const hasRepeatedCharPrefixOverlap = (branches) => {
		const values = branches.map(normalizeSimpleBranch).filter(Boolean);
		for (let i = 0; i < values.length; i++) for (let j = i + 1; j < values.length; j++) {
			const a = values[i];
			const b = values[j];
			const char = a[0];
			if (!char || a !== char.repeat(a.length) || b !== char.repeat(b.length)) continue;
			if (a === b || a.startsWith(b) || b.startsWith(a)) return true;
		}
		return false;
	};
	const parseRepeatedExtglob = (pattern, requireEnd = true) => {
		if (pattern[0] !== "+" && pattern[0] !== "*" || pattern[1] !== "(") return;
		let bracket = 0;
		let paren = 0;
		let quote = 0;
		let escaped = false;
		for (let i = 1; i < pattern.length; i++) {
			const ch = pattern[i];
			if (escaped === true) {
				escaped = false;
				continue;
			}
			if (ch === "\\") {
				escaped = true;
				continue;
			}
			if (ch === "\"") {
				quote = quote === 1 ? 0 : 1;
				continue;
			}
			if (quote === 1) continue;
			if (ch === "[") {
				bracket++;
				continue;
			}
			if (ch === "]" && bracket > 0) {
				bracket--;
				continue;
			}
			if (bracket > 0) continue;
			if (ch === "(") {
				paren++;
				continue;
			}
			if (ch === ")") {
				paren--;
				if (paren === 0) {
					if (requireEnd === true && i !== pattern.length - 1) return;
					return {
						type: pattern[0],
						body: pattern.slice(2, i),
						end: i
					};
				}
			}
		}
	};
	const buildCharClassStar = (chars) => {
		return `${chars.length === 1 ? utils.escapeRegex(chars[0]) : `[${chars.map((ch) => utils.escapeRegex(ch)).join("")}]`}*`;
	};
	const getStarExtglobSequenceChars = (pattern) => {
		let index = 0;
		const chars = [];
		while (index < pattern.length) {
			const match = parseRepeatedExtglob(pattern.slice(index), false);
			if (!match || match.type !== "*") return;
			const branches = splitTopLevel(match.body).map((branch) => branch.trim());
			if (branches.length !== 1) return;
			const branch = normalizeSimpleBranch(branches[0]);
			if (!branch || branch.length !== 1) return;
			chars.push(branch);
			index += match.end + 1;
		}
		if (chars.length < 1) return;
		return chars;
	};
	const repeatedExtglobRecursion = (pattern) => {
		let depth = 0;
		let value = pattern.trim();
		let match = parseRepeatedExtglob(value);
		while (match) {
			depth++;
			value = match.body.trim();
			match = parseRepeatedExtglob(value);
		}
		return depth;
	};
	const analyzeRepeatedExtglob = (body, options) => {
		if (options.maxExtglobRecursion === false) return { risky: false };
		const max = typeof options.maxExtglobRecursion === "number" ? options.maxExtglobRecursion : constants.DEFAULT_MAX_EXTGLOB_RECURSION;
		const branches = splitTopLevel(body).map((branch) => branch.trim());
		if (branches.length > 1) {
			if (branches.some((branch) => branch === "") || branches.some((branch) => /^[*?]+$/.test(branch)) || hasRepeatedCharPrefixOverlap(branches)) return { risky: true };
		}
		const safeChars = [];
		let sawStarSequence = false;
		let combinable = true;
		for (const branch of branches) {
			const chars = getStarExtglobSequenceChars(branch);
			if (chars) {
				sawStarSequence = true;
				safeChars.push(...chars);
				continue;
			}
			const literal = normalizeSimpleBranch(branch);
			if (literal && literal.length === 1) {
				safeChars.push(literal);
				continue;
			}
			combinable = false;
			if (repeatedExtglobRecursion(branch) > max) return { risky: true };
		}
		if (sawStarSequence) return combinable ? {
			risky: true,
			safeOutput: buildCharClassStar([...new Set(safeChars)])
		} : { risky: true };
		return { risky: false };
	};
	const parse = (input, options) => {
		if (typeof input !== "string") throw new TypeError("Expected a string");
		input = REPLACEMENTS[input] || input;
		const opts = { ...options };
		const max = typeof opts.maxLength === "number" ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
		let len = input.length;
		if (len > max) throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
		const bos = {
			type: "bos",
			value: "",
			output: opts.prepend || ""
		};
		const tokens = [bos];
		const capture = opts.capture ? "" : "?:";
		const PLATFORM_CHARS = constants.globChars(opts.windows);
		const EXTGLOB_CHARS = constants.extglobChars(PLATFORM_CHARS);
		const { DOT_LITERAL, PLUS_LITERAL, SLASH_LITERAL, ONE_CHAR, DOTS_SLASH, NO_DOT, NO_DOT_SLASH, NO_DOTS_SLASH, QMARK, QMARK_NO_DOT, STAR, START_ANCHOR } = PLATFORM_CHARS;
		const globstar = (opts) => {
			return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
		};
		const nodot = opts.dot ? "" : NO_DOT;
		const qmarkNoDot = opts.dot ? QMARK : QMARK_NO_DOT;
		let star = opts.bash === true ? globstar(opts) : STAR;
		if (opts.capture) star = `(${star})`;
		if (typeof opts.noext === "boolean") opts.noextglob = opts.noext;
		const state = {
			input,
			index: -1,
			start: 0,
			dot: opts.dot === true,
			consumed: "",
			output: "",
			prefix: "",
			backtrack: false,
			negated: false,
			brackets: 0,
			braces: 0,
			parens: 0,
			quotes: 0,
			globstar: false,
			tokens
		};
		input = utils.removePrefix(input, state);
		len = input.length;
		const extglobs = [];
		const braces = [];
		const stack = [];
		let prev = bos;
		let value;
		const eos = () => state.index === len - 1;
		const peek = state.peek = (n = 1) => input[state.index + n];
		const advance = state.advance = () => input[++state.index] || "";
		const remaining = () => input.slice(state.index + 1);
		const consume = (value = "", num = 0) => {
			state.consumed += value;
			state.index += num;
		};
		const append = (token) => {
			state.output += token.output != null ? token.output : token.value;
			consume(token.value);
		};
		const negate = () => {
			let count = 1;
			while (peek() === "!" && (peek(2) !== "(" || peek(3) === "?")) {
				advance();
				state.start++;
				count++;
			}
			if (count % 2 === 0) return false;
			state.negated = true;
			state.start++;
			return true;
		};
		const increment = (type) => {
			state[type]++;
			stack.push(type);
		};
		const decrement = (type) => {
			state[type]--;
			stack.pop();
		};
		const push = (tok) => {
			if (prev.type === "globstar") {
				const isBrace = state.braces > 0 && (tok.type === "comma" || tok.type === "brace");
				const isExtglob = tok.extglob === true || extglobs.length && (tok.type === "pipe" || tok.type === "paren");
				if (tok.type !== "slash" && tok.type !== "paren" && !isBrace && !isExtglob) {
					state.output = state.output.slice(0, -prev.output.length);
					prev.type = "star";
					prev.value = "*";
					prev.output = star;
					state.output += prev.output;
				}
			}
			if (extglobs.length && tok.type !== "paren") extglobs[extglobs.length - 1].inner += tok.value;
			if (tok.value || tok.output) append(tok);
			if (prev && prev.type === "text" && tok.type === "text") {
				prev.output = (prev.output || prev.value) + tok.value;
				prev.value += tok.value;
				return;
			}
			tok.prev = prev;
			tokens.push(tok);
			prev = tok;
		};
		const extglobOpen = (type, value) => {
			const token = {
				...EXTGLOB_CHARS[value],
				conditions: 1,
				inner: ""
			};
			token.prev = prev;
			token.parens = state.parens;
			token.output = state.output;
			token.startIndex = state.index;
			token.tokensIndex = tokens.length;
			const output = (opts.capture ? "(" : "") + token.open;
			increment("parens");
			push({
				type,
				value,
				output: state.output ? "" : ONE_CHAR
			});
			push({
				type: "paren",
				extglob: true,
				value: advance(),
				output
			});
			extglobs.push(token);
		};
		const extglobClose = (token) => {
			const literal = input.slice(token.startIndex, state.index + 1);
			const body = input.slice(token.startIndex + 2, state.index);
			const analysis = analyzeRepeatedExtglob(body, opts);
			if ((token.type === "plus" || token.type === "star") && analysis.risky) {
				const safeOutput = analysis.safeOutput ? (token.output ? "" : ONE_CHAR) + (opts.capture ? `(${analysis.safeOutput})` : analysis.safeOutput) : void 0;
				const open = tokens[token.tokensIndex];
				open.type = "text";
				open.value = literal;
				open.output = safeOutput || utils.escapeRegex(literal);
				for (let i = token.tokensIndex + 1; i < tokens.length; i++) {
					tokens[i].value = "";
					tokens[i].output = "";
					delete tokens[i].suffix;
				}
				state.output = token.output + open.output;
				state.backtrack = true;
				push({
					type: "paren",
					extglob: true,
					value,
					output: ""
				});
				decrement("parens");
				return;
			}
			let output = token.close + (opts.capture ? ")" : "");
			let rest;
			if (token.type === "negate") {
				let extglobStar = star;
				if (token.inner && token.inner.length > 1 && token.inner.includes("/")) extglobStar = globstar(opts);
				if (extglobStar !== star || eos() || /^\)+$/.test(remaining())) output = token.close = `)$))${extglobStar}`;
				if (token.inner.includes("*") && (rest = remaining()) && /^\.[^\\/.]+$/.test(rest)) output = token.close = `)${parse(rest, {
					...options,
					fastpaths: false
				}).output})${extglobStar})`;
				if (token.prev.type === "bos") state.negatedExtglob = true;
			}
			push({
				type: "paren",
				extglob: true,
				value,
				output
			});
			decrement("parens");
		};
		if (opts.fastpaths !== false && !/(^[*!]|[/()[\]{}"])/.test(input)) {
			let backslashes = false;
			let output = input.replace(REGEX_SPECIAL_CHARS_BACKREF, (m, esc, chars, first, rest, index) => {
				if (first === "\\") {
					backslashes = true;
					return m;
				}
				if (first === "?") {
					if (esc) return esc + first + (rest ? QMARK.repeat(rest.length) : "");
					if (index === 0) return qmarkNoDot + (rest ? QMARK.repeat(rest.length) : "");
					return QMARK.repeat(chars.length);
				}
				if (first === ".") return DOT_LITERAL.repeat(chars.length);
				if (first === "*") {
					if (esc) return esc + first + (rest ? star : "");
					return star;
				}
				return esc ? m : `\\${m}`;
			});
			if (backslashes === true) {
				if (opts.unescape === true) output = output.replace(/\\/g, "");
				else output = output.replace(/\\+/g, (m) => {
					return m.length % 2 === 0 ? "\\\\" : m ? "\\" : "";
				});
			}
			if (output === input && opts.contains === true) {
				state.output = input;
				return state;
			}
			state.output = utils.wrapOutput(output, state, options);
			return state;
		}
		while (!eos()) {
			value = advance();
			if (value === "\0") continue;
			if (value === "\\") {
				const next = peek();
				if (next === "/" && opts.bash !== true) continue;
				if (next === "." || next === ";") continue;
				if (!next) {
					value += "\\";
					push({
						type: "text",
						value
					});
					continue;
				}
				const match = /^\\+/.exec(remaining());
				let slashes = 0;
				if (match && match[0].length > 2) {
					slashes = match[0].length;
					state.index += slashes;
					if (slashes % 2 !== 0) value += "\\";
				}
				if (opts.unescape === true) value = advance();
				else value += advance();
				if (state.brackets === 0) {
					push({
						type: "text",
						value
					});
					continue;
				}
			}
			if (state.brackets > 0 && (value !== "]" || prev.value === "[" || prev.value === "[^")) {
				if (opts.posix !== false && value === ":") {
					const inner = prev.value.slice(1);
					if (inner.includes("[")) {
						prev.posix = true;
						if (inner.includes(":")) {
							const idx = prev.value.lastIndexOf("[");
							const pre = prev.value.slice(0, idx);
							const rest = prev.value.slice(idx + 2);
							const posix = POSIX_REGEX_SOURCE[rest];
							if (posix) {
								prev.value = pre + posix;
								state.backtrack = true;
								advance();
								if (!bos.output && tokens.indexOf(prev) === 1) bos.output = ONE_CHAR;
								continue;
							}
						}
					}
				}
				if (value === "[" && peek() !== ":" || value === "-" && peek() === "]") value = `\\${value}`;
				if (value === "]" && (prev.value === "[" || prev.value === "[^")) value = `\\${value}`;
				if (opts.posix === true && value === "!" && prev.value === "[") value = "^";
				prev.value += value;
				append({ value });
				continue;
			}
			if (state.quotes === 1 && value !== "\"") {
				value = utils.escapeRegex(value);
				prev.value += value;
				append({ value });
				continue;
			}
			if (value === "\"") {
				state.quotes = state.quotes === 1 ? 0 : 1;
				if (opts.keepQuotes === true) push({
					type: "text",
					value
				});
				continue;
			}
			if (value === "(") {
				increment("parens");
				push({
					type: "paren",
					value
				});
				continue;
			}
			if (value === ")") {
				if (state.parens === 0 && opts.strictBrackets === true) throw new SyntaxError(syntaxError("opening", "("));
				const extglob = extglobs[extglobs.length - 1];
				if (extglob && state.parens === extglob.parens + 1) {
					extglobClose(extglobs.pop());
					continue;
				}
				push({
					type: "paren",
					value,
					output: state.parens ? ")" : "\\)"
				});
				decrement("parens");
				continue;
			}
			if (value === "[") {
				if (opts.nobracket === true || !remaining().includes("]")) {
					if (opts.nobracket !== true && opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "]"));
					value = `\\${value}`;
				} else increment("brackets");
				push({
					type: "bracket",
					value
				});
				continue;
			}
			if (value === "]") {
				if (opts.nobracket === true || prev && prev.type === "bracket" && prev.value.length === 1) {
					push({
						type: "text",
						value,
						output: `\\${value}`
					});
					continue;
				}
				if (state.brackets === 0) {
					if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("opening", "["));
					push({
						type: "text",
						value,
						output: `\\${value}`
					});
					continue;
				}
				decrement("brackets");
				const prevValue = prev.value.slice(1);
				if (prev.posix !== true && prevValue[0] === "^" && !prevValue.includes("/")) value = `/${value}`;
				prev.value += value;
				append({ value });
				if (opts.literalBrackets === false || utils.hasRegexChars(prevValue)) continue;
				const escaped = utils.escapeRegex(prev.value);
				state.output = state.output.slice(0, -prev.value.length);
				if (opts.literalBrackets === true) {
					state.output += escaped;
					prev.value = escaped;
					continue;
				}
				prev.value = `(${capture}${escaped}|${prev.value})`;
				state.output += prev.value;
				continue;
			}
			if (value === "{" && opts.nobrace !== true) {
				increment("braces");
				const open = {
					type: "brace",
					value,
					output: "(",
					outputIndex: state.output.length,
					tokensIndex: state.tokens.length
				};
				braces.push(open);
				push(open);
				continue;
			}
			if (value === "}") {
				const brace = braces[braces.length - 1];
				if (opts.nobrace === true || !brace) {
					push({
						type: "text",
						value,
						output: value
					});
					continue;
				}
				let output = ")";
				if (brace.dots === true) {
					const arr = tokens.slice();
					const range = [];
					for (let i = arr.length - 1; i >= 0; i--) {
						tokens.pop();
						if (arr[i].type === "brace") break;
						if (arr[i].type !== "dots") range.unshift(arr[i].value);
					}
					output = expandRange(range, opts);
					state.backtrack = true;
				}
				if (brace.comma !== true && brace.dots !== true) {
					const out = state.output.slice(0, brace.outputIndex);
					const toks = state.tokens.slice(brace.tokensIndex);
					brace.value = brace.output = "\\{";
					value = output = "\\}";
					state.output = out;
					for (const t of toks) state.output += t.output || t.value;
				}
				push({
					type: "brace",
					value,
					output
				});
				decrement("braces");
				braces.pop();
				continue;
			}
			if (value === "|") {
				if (extglobs.length > 0) extglobs[extglobs.length - 1].conditions++;
				push({
					type: "text",
					value
				});
				continue;
			}
			if (value === ",") {
				let output = value;
				const brace = braces[braces.length - 1];
				if (brace && stack[stack.length - 1] === "braces") {
					brace.comma = true;
					output = "|";
				}
				push({
					type: "comma",
					value,
					output
				});
				continue;
			}
			if (value === "/") {
				if (prev.type === "dot" && state.index === state.start + 1) {
					state.start = state.index + 1;
					state.consumed = "";
					state.output = "";
					tokens.pop();
					prev = bos;
					continue;
				}
				push({
					type: "slash",
					value,
					output: SLASH_LITERAL
				});
				continue;
			}
			if (value === ".") {
				if (state.braces > 0 && prev.type === "dot") {
					if (prev.value === ".") prev.output = DOT_LITERAL;
					const brace = braces[braces.length - 1];
					prev.type = "dots";
					prev.output += value;
					prev.value += value;
					brace.dots = true;
					continue;
				}
				if (state.braces + state.parens === 0 && prev.type !== "bos" && prev.type !== "slash") {
					push({
						type: "text",
						value,
						output: DOT_LITERAL
					});
					continue;
				}
				push({
					type: "dot",
					value,
					output: DOT_LITERAL
				});
				continue;
			}
			if (value === "?") {
				if (!(prev && prev.value === "(") && opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					extglobOpen("qmark", value);
					continue;
				}
				if (prev && prev.type === "paren") {
					const next = peek();
					let output = value;
					if (prev.value === "(" && !/[!=<:]/.test(next) || next === "<" && !/<([!=]|\w+>)/.test(remaining())) output = `\\${value}`;
					push({
						type: "text",
						value,
						output
					});
					continue;
				}
				if (opts.dot !== true && (prev.type === "slash" || prev.type === "bos")) {
					push({
						type: "qmark",
						value,
						output: QMARK_NO_DOT
					});
					continue;
				}
				push({
					type: "qmark",
					value,
					output: QMARK
				});
				continue;
			}
			if (value === "!") {
				if (opts.noextglob !== true && peek() === "(") {
					if (peek(2) !== "?" || !/[!=<:]/.test(peek(3))) {
						extglobOpen("negate", value);
						continue;
					}
				}
				if (opts.nonegate !== true && state.index === 0) {
					negate();
					continue;
				}
			}
			if (value === "+") {
				if (opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					extglobOpen("plus", value);
					continue;
				}
				if (prev && prev.value === "(" || opts.regex === false) {
					push({
						type: "plus",
						value,
						output: PLUS_LITERAL
					});
					continue;
				}
				if (prev && (prev.type === "bracket" || prev.type === "paren" || prev.type === "brace") || state.parens > 0) {
					push({
						type: "plus",
						value
					});
					continue;
				}
				push({
					type: "plus",
					value: PLUS_LITERAL
				});
				continue;
			}
			if (value === "@") {
				if (opts.noextglob !== true && peek() === "(" && peek(2) !== "?") {
					push({
						type: "at",
						extglob: true,
						value,
						output: ""
					});
					continue;
				}
				push({
					type: "text",
					value
				});
				continue;
			}
			if (value !== "*") {
				if (value === "$" || value === "^") value = `\\${value}`;
				const match = REGEX_NON_SPECIAL_CHARS.exec(remaining());
				if (match) {
					value += match[0];
					state.index += match[0].length;
				}
				push({
					type: "text",
					value
				});
				continue;
			}
			if (prev && (prev.type === "globstar" || prev.star === true)) {
				prev.type = "star";
				prev.star = true;
				prev.value += value;
				prev.output = star;
				state.backtrack = true;
				state.globstar = true;
				consume(value);
				continue;
			}
			let rest = remaining();
			if (opts.noextglob !== true && /^\([^?]/.test(rest)) {
				extglobOpen("star", value);
				continue;
			}
			if (prev.type === "star") {
				if (opts.noglobstar === true) {
					consume(value);
					continue;
				}
				const prior = prev.prev;
				const before = prior.prev;
				const isStart = prior.type === "slash" || prior.type === "bos";
				const afterStar = before && (before.type === "star" || before.type === "globstar");
				if (opts.bash === true && (!isStart || rest[0] && rest[0] !== "/")) {
					push({
						type: "star",
						value,
						output: ""
					});
					continue;
				}
				const isBrace = state.braces > 0 && (prior.type === "comma" || prior.type === "brace");
				const isExtglob = extglobs.length && (prior.type === "pipe" || prior.type === "paren");
				if (!isStart && prior.type !== "paren" && !isBrace && !isExtglob) {
					push({
						type: "star",
						value,
						output: ""
					});
					continue;
				}
				while (rest.slice(0, 3) === "/**") {
					const after = input[state.index + 4];
					if (after && after !== "/") break;
					rest = rest.slice(3);
					consume("/**", 3);
				}
				const isEnd = eos() || state.parens > 0 && rest === ")".repeat(state.parens) && !extglobs.some((extglob) => extglob.type === "negate");
				if (prior.type === "bos" && eos()) {
					prev.type = "globstar";
					prev.value += value;
					prev.output = globstar(opts);
					state.output = prev.output;
					state.globstar = true;
					consume(value);
					continue;
				}
				if (prior.type === "slash" && prior.prev.type !== "bos" && !afterStar && isEnd) {
					state.output = state.output.slice(0, -(prior.output + prev.output).length);
					prior.output = `(?:${prior.output}`;
					prev.type = "globstar";
					prev.output = globstar(opts) + (opts.strictSlashes ? ")" : "|$)");
					prev.value += value;
					state.globstar = true;
					state.output += prior.output + prev.output;
					consume(value);
					continue;
				}
				if (prior.type === "slash" && prior.prev.type !== "bos" && rest[0] === "/") {
					const end = rest[1] !== void 0 ? "|$" : "";
					state.output = state.output.slice(0, -(prior.output + prev.output).length);
					prior.output = `(?:${prior.output}`;
					prev.type = "globstar";
					prev.output = `${globstar(opts)}${SLASH_LITERAL}|${SLASH_LITERAL}${end})`;
					prev.value += value;
					state.output += prior.output + prev.output;
					state.globstar = true;
					consume(value + advance());
					push({
						type: "slash",
						value: "/",
						output: ""
					});
					continue;
				}
				if (prior.type === "bos" && rest[0] === "/") {
					prev.type = "globstar";
					prev.value += value;
					prev.output = `(?:^|${SLASH_LITERAL}|${globstar(opts)}${SLASH_LITERAL})`;
					state.output = prev.output;
					state.globstar = true;
					consume(value + advance());
					push({
						type: "slash",
						value: "/",
						output: ""
					});
					continue;
				}
				state.output = state.output.slice(0, -prev.output.length);
				prev.type = "globstar";
				prev.output = globstar(opts);
				prev.value += value;
				state.output += prev.output;
				state.globstar = true;
				consume(value);
				continue;
			}
			const token = {
				type: "star",
				value,
				output: star
			};
			if (opts.bash === true) {
				token.output = ".*?";
				if (prev.type === "bos" || prev.type === "slash") token.output = nodot + token.output;
				push(token);
				continue;
			}
			if (prev && (prev.type === "bracket" || prev.type === "paren") && opts.regex === true) {
				token.output = value;
				push(token);
				continue;
			}
			if (state.index === state.start || prev.type === "slash" || prev.type === "dot") {
				if (prev.type === "dot") {
					state.output += NO_DOT_SLASH;
					prev.output += NO_DOT_SLASH;
				} else if (opts.dot === true) {
					state.output += NO_DOTS_SLASH;
					prev.output += NO_DOTS_SLASH;
				} else {
					state.output += nodot;
					prev.output += nodot;
				}
				if (peek() !== "*") {
					state.output += ONE_CHAR;
					prev.output += ONE_CHAR;
				}
			}
			push(token);
		}
		while (state.brackets > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "]"));
			state.output = utils.escapeLast(state.output, "[");
			decrement("brackets");
		}
		while (state.parens > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", ")"));
			state.output = utils.escapeLast(state.output, "(");
			decrement("parens");
		}
		while (state.braces > 0) {
			if (opts.strictBrackets === true) throw new SyntaxError(syntaxError("closing", "}"));
			state.output = utils.escapeLast(state.output, "{");
			decrement("braces");
		}
		if (opts.strictSlashes !== true && (prev.type === "star" || prev.type === "bracket")) push({
			type: "maybe_slash",
			value: "",
			output: `${SLASH_LITERAL}?`
		});
		if (state.backtrack === true) {
			state.output = "";
			for (const token of state.tokens) {
				state.output += token.output != null ? token.output : token.value;
				if (token.suffix) state.output += token.suffix;
			}
		}
		return state;
	};
	parse.fastpaths = (input, options) => {
		const opts = { ...options };
		const max = typeof opts.maxLength === "number" ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
		const len = input.length;
		if (len > max) throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
		input = REPLACEMENTS[input] || input;
		const { DOT_LITERAL, SLASH_LITERAL, ONE_CHAR, DOTS_SLASH, NO_DOT, NO_DOTS, NO_DOTS_SLASH, STAR, START_ANCHOR } = constants.globChars(opts.windows);
		const nodot = opts.dot ? NO_DOTS : NO_DOT;
		const slashDot = opts.dot ? NO_DOTS_SLASH : NO_DOT;
		const capture = opts.capture ? "" : "?:";
		const state = {
			negated: false,
			prefix: ""
		};
		let star = opts.bash === true ? ".*?" : STAR;
		if (opts.capture) star = `(${star})`;
		const globstar = (opts) => {
			if (opts.noglobstar === true) return star;
			return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
		};
		const create = (str) => {
			switch (str) {
				case "*": return `${nodot}${ONE_CHAR}${star}`;
				case ".*": return `${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "*.*": return `${nodot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "*/*": return `${nodot}${star}${SLASH_LITERAL}${ONE_CHAR}${slashDot}${star}`;
				case "**": return nodot + globstar(opts);
				case "**/*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${ONE_CHAR}${star}`;
				case "**/*.*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;
				case "**/.*": return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${DOT_LITERAL}${ONE_CHAR}${star}`;
				default: {
					const match = /^(.*?)\.(\w+)$/.exec(str);
					if (!match) return;
					const source = create(match[1]);
					if (!source) return;
					return source + DOT_LITERAL + match[2];
				}
			}
		};
		let source = create(utils.removePrefix(input, state));
		if (source && opts.strictSlashes !== true) source += `${SLASH_LITERAL}?`;
		return source;
	};
	module.exports = parse;
}));

// node_modules/picomatch/lib/picomatch.js
var require_picomatch$1 = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const scan = require_scan();
	const parse = require_parse();
	const utils = require_utils();
	const constants = require_constants();
	const isObject = (val) => val && typeof val === "object" && !Array.isArray(val);
	const picomatch = (glob, options, returnState = false) => {
		if (Array.isArray(glob)) {
			const fns = glob.map((input) => picomatch(input, options, returnState));
			const arrayMatcher = (str) => {
				for (const isMatch of fns) {
					const state = isMatch(str);
					if (state) return state;
				}
				return false;
			};
			return arrayMatcher;
		}
		const isState = isObject(glob) && glob.tokens && glob.input;
		if (glob === "" || typeof glob !== "string" && !isState) throw new TypeError("Expected pattern to be a non-empty string");
		const opts = options || {};
		const posix = opts.windows;
		const regex = isState ? picomatch.compileRe(glob, options) : picomatch.makeRe(glob, options, false, true);
		const state = regex.state;
		delete regex.state;
		let isIgnored = () => false;
		if (opts.ignore) {
			const ignoreOpts = {
				...options,
				ignore: null,
				onMatch: null,
				onResult: null
			};
			isIgnored = picomatch(opts.ignore, ignoreOpts, returnState);
		}
		const matcher = (input, returnObject = false) => {
			const { isMatch, match, output } = picomatch.test(input, regex, options, {
				glob,
				posix
			});
			const result = {
				glob,
				state,
				regex,
				posix,
				input,
				output,
				match,
				isMatch
			};
			if (typeof opts.onResult === "function") opts.onResult(result);
			if (isMatch === false) {
				result.isMatch = false;
				return returnObject ? result : false;
			}
			if (isIgnored(input)) {
				if (typeof opts.onIgnore === "function") opts.onIgnore(result);
				result.isMatch = false;
				return returnObject ? result : false;
			}
			if (typeof opts.onMatch === "function") opts.onMatch(result);
			return returnObject ? result : true;
		};
		if (returnState) matcher.state = state;
		return matcher;
	};
	picomatch.test = (input, regex, options, { glob, posix } = {}) => {
		if (typeof input !== "string") throw new TypeError("Expected input to be a string");
		if (input === "") return {
			isMatch: false,
			output: ""
		};
		const opts = options || {};
		const format = opts.format || (posix ? utils.toPosixSlashes : null);
		let match = input === glob;
		let output = match && format ? format(input) : input;
		if (match === false) {
			output = format ? format(input) : input;
			match = output === glob;
		}
		if (match === false || opts.capture === true) {
			if (opts.matchBase === true || opts.basename === true) match = picomatch.matchBase(input, regex, options, posix);
			else match = regex.exec(output);
		}
		return {
			isMatch: Boolean(match),
			match,
			output
		};
	};
	picomatch.matchBase = (input, glob, options, posix = options && options.windows) => {
		return (glob instanceof RegExp ? glob : picomatch.makeRe(glob, options)).test(utils.basename(input, { windows: posix }));
	};
	picomatch.isMatch = (str, patterns, options) => picomatch(patterns, options)(str);
	picomatch.parse = (pattern, options) => {
		if (Array.isArray(pattern)) return pattern.map((p) => picomatch.parse(p, options));
		return parse(pattern, {
			...options,
			fastpaths: false
		});
	};
	picomatch.scan = (input, options) => scan(input, options);
	picomatch.compileRe = (state, options, returnOutput = false, returnState = false) => {
		if (returnOutput === true) return state.output;
		const opts = options || {};
		const prepend = opts.contains ? "" : "^";
		const append = opts.contains ? "" : "$";
		let source = `${prepend}(?:${state.output})${append}`;
		if (state && state.negated === true) source = `^(?!${source}).*$`;
		const regex = picomatch.toRegex(source, options);
		if (returnState === true) regex.state = state;
		return regex;
	};
	picomatch.makeRe = (input, options = {}, returnOutput = false, returnState = false) => {
		if (!input || typeof input !== "string") throw new TypeError("Expected a non-empty string");
		let parsed = {
			negated: false,
			fastpaths: true
		};
		if (options.fastpaths !== false && (input[0] === "." || input[0] === "*")) parsed.output = parse.fastpaths(input, options);
		if (!parsed.output) parsed = parse(input, options);
		return picomatch.compileRe(parsed, options, returnOutput, returnState);
	};
	picomatch.toRegex = (source, options) => {
		try {
			const opts = options || {};
			return new RegExp(source, opts.flags || (opts.nocase ? "i" : ""));
		} catch (err) {
			if (options && options.debug === true) throw err;
			return /$^/;
		}
	};
	picomatch.constants = constants;
	module.exports = picomatch;
}));

// node_modules/picomatch/index.js
var require_picomatch = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const pico = require_picomatch$1();
	const utils = require_utils();
	function picomatch(glob, options, returnState = false) {
		if (options && (options.windows === null || options.windows === void 0)) options = {
			...options,
			windows: utils.isWindows()
		};
		return pico(glob, options, returnState);
	}
	Object.assign(picomatch, pico);
	module.exports = picomatch;
}));

// node_modules/fdir/dist/index.mjs
var import_picomatch = /* @__PURE__ */ __toESM(require_picomatch(), 1);
var __require = /* @__PURE__ */ createRequire(import.meta.url);
function cleanPath(path) {
	let normalized = normalize(path);
	if (normalized.length > 1 && normalized[normalized.length - 1] === sep$1) normalized = normalized.substring(0, normalized.length - 1);
	return normalized;
}
const SLASHES_REGEX = /[\\/]/g;
function convertSlashes(path, separator) {
	return path.replace(SLASHES_REGEX, separator);
}
const WINDOWS_ROOT_DIR_REGEX = /^[a-z]:[\\/]$/i;
function isRootDirectory(path) {
	return path === "/" || WINDOWS_ROOT_DIR_REGEX.test(path);
}
function normalizePath(path, options) {
	const { resolvePaths, normalizePath: normalizePath$1, pathSeparator } = options;
	const pathNeedsCleaning = process.platform === "win32" && path.includes("/") || path.startsWith(".");
	if (resolvePaths) path = resolve$1(path);
	if (normalizePath$1 || pathNeedsCleaning) path = cleanPath(path);
	if (path === ".") return "";
	return convertSlashes(path[path.length - 1] !== pathSeparator ? path + pathSeparator : path, pathSeparator);
}
function joinPathWithBasePath(filename, directoryPath) {
	return directoryPath + filename;
}
function joinPathWithRelativePath(root, options) {
	return function(filename, directoryPath) {
		if (directoryPath.startsWith(root)) return directoryPath.slice(root.length) + filename;
		else return convertSlashes(relative$1(root, directoryPath), options.pathSeparator) + options.pathSeparator + filename;
	};
}
function joinPath(filename) {
	return filename;
}
function joinDirectoryPath(filename, directoryPath, separator) {
	return directoryPath + filename + separator;
}
function build$7(root, options) {
	const { relativePaths, includeBasePath } = options;
	return relativePaths && root ? joinPathWithRelativePath(root, options) : includeBasePath ? joinPathWithBasePath : joinPath;
}
function pushDirectoryWithRelativePath(root) {
	return function(directoryPath, paths) {
		paths.push(directoryPath.substring(root.length) || ".");
	};
}
function pushDirectoryFilterWithRelativePath(root) {
	return function(directoryPath, paths, filters) {
		const relativePath = directoryPath.substring(root.length) || ".";
		if (filters.every((filter) => filter(relativePath, true))) paths.push(relativePath);
	};
}
const pushDirectory = (directoryPath, paths) => {
	paths.push(directoryPath || ".");
};
const pushDirectoryFilter = (directoryPath, paths, filters) => {
	const path = directoryPath || ".";
	if (filters.every((filter) => filter(path, true))) paths.push(path);
};
const empty$2 = () => {};
function build$6(root, options) {
	const { includeDirs, filters, relativePaths } = options;
	if (!includeDirs) return empty$2;
	if (relativePaths) return filters && filters.length ? pushDirectoryFilterWithRelativePath(root) : pushDirectoryWithRelativePath(root);
	return filters && filters.length ? pushDirectoryFilter : pushDirectory;
}
const pushFileFilterAndCount = (filename, _paths, counts, filters) => {
	if (filters.every((filter) => filter(filename, false))) counts.files++;
};
const pushFileFilter = (filename, paths, _counts, filters) => {
	if (filters.every((filter) => filter(filename, false))) paths.push(filename);
};
const pushFileCount = (_filename, _paths, counts, _filters) => {
	counts.files++;
};
const pushFile = (filename, paths) => {
	paths.push(filename);
};
const empty$1 = () => {};
function build$5(options) {
	const { excludeFiles, filters, onlyCounts } = options;
	if (excludeFiles) return empty$1;
	if (filters && filters.length) return onlyCounts ? pushFileFilterAndCount : pushFileFilter;
	else if (onlyCounts) return pushFileCount;
	else return pushFile;
}
const getArray = (paths) => {
	return paths;
};
const getArrayGroup = () => {
	return [""].slice(0, 0);
};
function build$4(options) {
	return options.group ? getArrayGroup : getArray;
}
const groupFiles = (groups, directory, files) => {
	groups.push({
		directory,
		files,
		dir: directory
	});
};
const empty = () => {};
function build$3(options) {
	return options.group ? groupFiles : empty;
}
const resolveSymlinksAsync = function(path, state, callback$1) {
	const { queue, fs, options: { suppressErrors } } = state;
	queue.enqueue();
	fs.realpath(path, (error, resolvedPath) => {
		if (error) return queue.dequeue(suppressErrors ? null : error, state);
		fs.stat(resolvedPath, (error$1, stat) => {
			if (error$1) return queue.dequeue(suppressErrors ? null : error$1, state);
			if (stat.isDirectory() && isRecursive(path, resolvedPath, state)) return queue.dequeue(null, state);
			callback$1(stat, resolvedPath);
			queue.dequeue(null, state);
		});
	});
};
const resolveSymlinks = function(path, state, callback$1) {
	const { queue, fs, options: { suppressErrors } } = state;
	queue.enqueue();
	try {
		const resolvedPath = fs.realpathSync(path);
		const stat = fs.statSync(resolvedPath);
		if (stat.isDirectory() && isRecursive(path, resolvedPath, state)) return;
		callback$1(stat, resolvedPath);
	} catch (e) {
		if (!suppressErrors) throw e;
	}
};
function build$2(options, isSynchronous) {
	if (!options.resolveSymlinks || options.excludeSymlinks) return null;
	return isSynchronous ? resolveSymlinks : resolveSymlinksAsync;
}
function isRecursive(path, resolved, state) {
	if (state.options.useRealPaths) return isRecursiveUsingRealPaths(resolved, state);
	let parent = dirname$1(path);
	let depth = 1;
	while (parent !== state.root && depth < 2) {
		const resolvedPath = state.symlinks.get(parent);
		if (!!resolvedPath && (resolvedPath === resolved || resolvedPath.startsWith(resolved) || resolved.startsWith(resolvedPath))) depth++;
		else parent = dirname$1(parent);
	}
	state.symlinks.set(path, resolved);
	return depth > 1;
}
function isRecursiveUsingRealPaths(resolved, state) {
	return state.visited.includes(resolved + state.options.pathSeparator);
}
const onlyCountsSync = (state) => {
	return state.counts;
};
const groupsSync = (state) => {
	return state.groups;
};
const defaultSync = (state) => {
	return state.paths;
};
const limitFilesSync = (state) => {
	return state.paths.slice(0, state.options.maxFiles);
};
const onlyCountsAsync = (state, error, callback$1) => {
	report$1(error, callback$1, state.counts, state.options.suppressErrors);
	return null;
};
const defaultAsync = (state, error, callback$1) => {
	report$1(error, callback$1, state.paths, state.options.suppressErrors);
	return null;
};
const limitFilesAsync = (state, error, callback$1) => {
	report$1(error, callback$1, state.paths.slice(0, state.options.maxFiles), state.options.suppressErrors);
	return null;
};
const groupsAsync = (state, error, callback$1) => {
	report$1(error, callback$1, state.groups, state.options.suppressErrors);
	return null;
};
function report$1(error, callback$1, output, suppressErrors) {
	if (error && !suppressErrors) callback$1(error, output);
	else callback$1(null, output);
}
function build$1(options, isSynchronous) {
	const { onlyCounts, group, maxFiles } = options;
	if (onlyCounts) return isSynchronous ? onlyCountsSync : onlyCountsAsync;
	else if (group) return isSynchronous ? groupsSync : groupsAsync;
	else if (maxFiles) return isSynchronous ? limitFilesSync : limitFilesAsync;
	else return isSynchronous ? defaultSync : defaultAsync;
}
const readdirOpts = { withFileTypes: true };
const walkAsync = (state, crawlPath, directoryPath, currentDepth, callback$1) => {
	state.queue.enqueue();
	if (currentDepth < 0) return state.queue.dequeue(null, state);
	const { fs } = state;
	state.visited.push(crawlPath);
	state.counts.directories++;
	fs.readdir(crawlPath || ".", readdirOpts, (error, entries = []) => {
		callback$1(entries, directoryPath, currentDepth);
		state.queue.dequeue(state.options.suppressErrors ? null : error, state);
	});
};
const walkSync = (state, crawlPath, directoryPath, currentDepth, callback$1) => {
	const { fs } = state;
	if (currentDepth < 0) return;
	state.visited.push(crawlPath);
	state.counts.directories++;
	let entries = [];
	try {
		entries = fs.readdirSync(crawlPath || ".", readdirOpts);
	} catch (e) {
		if (!state.options.suppressErrors) throw e;
	}
	callback$1(entries, directoryPath, currentDepth);
};
function build(isSynchronous) {
	return isSynchronous ? walkSync : walkAsync;
}
var Queue = class {
	count = 0;
	constructor(onQueueEmpty) {
		this.onQueueEmpty = onQueueEmpty;
	}
	enqueue() {
		this.count++;
		return this.count;
	}
	dequeue(error, output) {
		if (this.onQueueEmpty && (--this.count <= 0 || error)) {
			this.onQueueEmpty(error, output);
			if (error) {
				output.controller.abort();
				this.onQueueEmpty = void 0;
			}
		}
	}
};
var Counter = class {
	_files = 0;
	_directories = 0;
	set files(num) {
		this._files = num;
	}
	get files() {
		return this._files;
	}
	set directories(num) {
		this._directories = num;
	}
	get directories() {
		return this._directories;
	}
	/* c8 ignore next 3 */
	get dirs() {
		return this._directories;
	}
};
var Aborter = class {
	aborted = false;
	abort() {
		this.aborted = true;
	}
};
var Walker = class {
	root;
	isSynchronous;
	state;
	joinPath;
	pushDirectory;
	pushFile;
	getArray;
	groupFiles;
	resolveSymlink;
	walkDirectory;
	callbackInvoker;
	constructor(root, options, callback$1) {
		this.isSynchronous = !callback$1;
		this.callbackInvoker = build$1(options, this.isSynchronous);
		this.root = normalizePath(root, options);
		this.state = {
			root: isRootDirectory(this.root) ? this.root : this.root.slice(0, -1),
			paths: [""].slice(0, 0),
			groups: [],
			counts: new Counter(),
			options,
			queue: new Queue((error, state) => this.callbackInvoker(state, error, callback$1)),
			symlinks: /* @__PURE__ */ new Map(),
			visited: [""].slice(0, 0),
			controller: new Aborter(),
			fs: options.fs || nativeFs
		};
		this.joinPath = build$7(this.root, options);
		this.pushDirectory = build$6(this.root, options);
		this.pushFile = build$5(options);
		this.getArray = build$4(options);
		this.groupFiles = build$3(options);
		this.resolveSymlink = build$2(options, this.isSynchronous);
		this.walkDirectory = build(this.isSynchronous);
	}
	start() {
		this.pushDirectory(this.root, this.state.paths, this.state.options.filters);
		this.walkDirectory(this.state, this.root, this.root, this.state.options.maxDepth, this.walk);
		return this.isSynchronous ? this.callbackInvoker(this.state, null) : null;
	}
	walk = (entries, directoryPath, depth) => {
		const { paths, options: { filters, resolveSymlinks: resolveSymlinks$1, excludeSymlinks, exclude, maxFiles, signal, useRealPaths, pathSeparator }, controller } = this.state;
		if (controller.aborted || signal && signal.aborted || maxFiles && paths.length > maxFiles) return;
		const files = this.getArray(this.state.paths);
		for (let i = 0; i < entries.length; ++i) {
			const entry = entries[i];
			if (entry.isFile() || entry.isSymbolicLink() && !resolveSymlinks$1 && !excludeSymlinks) {
				const filename = this.joinPath(entry.name, directoryPath);
				this.pushFile(filename, files, this.state.counts, filters);
			} else if (entry.isDirectory()) {
				let path = joinDirectoryPath(entry.name, directoryPath, this.state.options.pathSeparator);
				if (exclude && exclude(entry.name, path)) continue;
				this.pushDirectory(path, paths, filters);
				this.walkDirectory(this.state, path, path, depth - 1, this.walk);
			} else if (this.resolveSymlink && entry.isSymbolicLink()) {
				let path = joinPathWithBasePath(entry.name, directoryPath);
				this.resolveSymlink(path, this.state, (stat, resolvedPath) => {
					if (stat.isDirectory()) {
						resolvedPath = normalizePath(resolvedPath, this.state.options);
						if (exclude && exclude(entry.name, useRealPaths ? resolvedPath : path + pathSeparator)) return;
						this.walkDirectory(this.state, resolvedPath, useRealPaths ? resolvedPath : path + pathSeparator, depth - 1, this.walk);
					} else {
						resolvedPath = useRealPaths ? resolvedPath : path;
						const filename = basename$1(resolvedPath);
						const directoryPath$1 = normalizePath(dirname$1(resolvedPath), this.state.options);
						resolvedPath = this.joinPath(filename, directoryPath$1);
						this.pushFile(resolvedPath, files, this.state.counts, filters);
					}
				});
			}
		}
		this.groupFiles(this.state.groups, directoryPath, files);
	};
};
function promise(root, options) {
	return new Promise((resolve$1, reject) => {
		callback(root, options, (err, output) => {
			if (err) return reject(err);
			resolve$1(output);
		});
	});
}
function callback(root, options, callback$1) {
	new Walker(root, options, callback$1).start();
}
function sync(root, options) {
	return new Walker(root, options).start();
}
var APIBuilder = class {
	constructor(root, options) {
		this.root = root;
		this.options = options;
	}
	withPromise() {
		return promise(this.root, this.options);
	}
	withCallback(cb) {
		callback(this.root, this.options, cb);
	}
	sync() {
		return sync(this.root, this.options);
	}
};
let pm = null;
/* c8 ignore next 6 */
try {
	__require.resolve("picomatch");
	pm = __require("picomatch");
} catch {}
var Builder = class {
	globCache = {};
	options = {
		maxDepth: Infinity,
		suppressErrors: true,
		pathSeparator: sep$1,
		filters: []
	};
	globFunction;
	constructor(options) {
		this.options = {
			...this.options,
			...options
		};
		this.globFunction = this.options.globFunction;
	}
	group() {
		this.options.group = true;
		return this;
	}
	withPathSeparator(separator) {
		this.options.pathSeparator = separator;
		return this;
	}
	withBasePath() {
		this.options.includeBasePath = true;
		return this;
	}
	withRelativePaths() {
		this.options.relativePaths = true;
		return this;
	}
	withDirs() {
		this.options.includeDirs = true;
		return this;
	}
	withMaxDepth(depth) {
		this.options.maxDepth = depth;
		return this;
	}
	withMaxFiles(limit) {
		this.options.maxFiles = limit;
		return this;
	}
	withFullPaths() {
		this.options.resolvePaths = true;
		this.options.includeBasePath = true;
		return this;
	}
	withErrors() {
		this.options.suppressErrors = false;
		return this;
	}
	withSymlinks({ resolvePaths = true } = {}) {
		this.options.resolveSymlinks = true;
		this.options.useRealPaths = resolvePaths;
		return this.withFullPaths();
	}
	withAbortSignal(signal) {
		this.options.signal = signal;
		return this;
	}
	normalize() {
		this.options.normalizePath = true;
		return this;
	}
	filter(predicate) {
		this.options.filters.push(predicate);
		return this;
	}
	onlyDirs() {
		this.options.excludeFiles = true;
		this.options.includeDirs = true;
		return this;
	}
	exclude(predicate) {
		this.options.exclude = predicate;
		return this;
	}
	onlyCounts() {
		this.options.onlyCounts = true;
		return this;
	}
	crawl(root) {
		return new APIBuilder(root || ".", this.options);
	}
	withGlobFunction(fn) {
		this.globFunction = fn;
		return this;
	}
	/* c8 ignore next 4 */
	crawlWithOptions(root, options) {
		this.options = {
			...this.options,
			...options
		};
		return new APIBuilder(root || ".", this.options);
	}
	glob(...patterns) {
		if (this.globFunction) return this.globWithOptions(patterns);
		return this.globWithOptions(patterns, ...[{ dot: true }]);
	}
	globWithOptions(patterns, ...options) {
		const globFn = this.globFunction || pm;
		/* c8 ignore next 5 */
		if (!globFn) throw new Error("Please specify a glob function to use glob matching.");
		var isMatch = this.globCache[patterns.join("\0")];
		if (!isMatch) {
			isMatch = globFn(patterns, ...options);
			this.globCache[patterns.join("\0")] = isMatch;
		}
		this.options.filters.push((path) => isMatch(path));
		return this;
	}
};

// node_modules/tinyglobby/dist/index.mjs
const isReadonlyArray = Array.isArray;
const BACKSLASHES = /\\/g;
const DRIVE_RELATIVE_PATH = /^[A-Za-z]:$/;
const isWin = process.platform === "win32";
const ONLY_PARENT_DIRECTORIES = /^(\/?\.\.)+$/;
function getPartialMatcher(patterns, options = {}) {
	const patternsCount = patterns.length;
	const patternsParts = Array(patternsCount);
	const matchers = Array(patternsCount);
	let i, j;
	for (i = 0; i < patternsCount; i++) {
		const parts = splitPattern(patterns[i]);
		patternsParts[i] = parts;
		const partsCount = parts.length;
		const partMatchers = Array(partsCount);
		for (j = 0; j < partsCount; j++) partMatchers[j] = (0, import_picomatch.default)(parts[j], options);
		matchers[i] = partMatchers;
	}
	return (input) => {
		const inputParts = input.split("/");
		if (inputParts[0] === ".." && ONLY_PARENT_DIRECTORIES.test(input)) return true;
		for (i = 0; i < patternsCount; i++) {
			const patternParts = patternsParts[i];
			const matcher = matchers[i];
			const inputPatternCount = inputParts.length;
			const minParts = Math.min(inputPatternCount, patternParts.length);
			j = 0;
			while (j < minParts) {
				const part = patternParts[j];
				if (part.includes("/")) return true;
				if (!matcher[j](inputParts[j])) break;
				if (!options.noglobstar && part === "**") return true;
				j++;
			}
			if (j === inputPatternCount) return true;
		}
		return false;
	};
}
/* node:coverage ignore next 2 */
const WIN32_ROOT_DIR = /^[A-Z]:\/$/i;
const isRoot = isWin ? (p) => WIN32_ROOT_DIR.test(p) : (p) => p === "/";
function buildFormat(cwd, root, absolute) {
	if (cwd === root || root.startsWith(`${cwd}/`)) {
		if (absolute) {
			const start = cwd.length + +!isRoot(cwd);
			return (p, isDir) => p.slice(start, isDir ? -1 : void 0) || ".";
		}
		const prefix = root.slice(cwd.length + 1);
		if (prefix) return (p, isDir) => {
			if (p === ".") return prefix;
			const result = `${prefix}/${p}`;
			return isDir ? result.slice(0, -1) : result;
		};
		return (p, isDir) => isDir && p !== "." ? p.slice(0, -1) : p;
	}
	if (absolute) return (p) => posix.relative(cwd, p) || ".";
	return (p) => posix.relative(cwd, `${root}/${p}`) || ".";
}
function buildRelative(cwd, root) {
	if (root.startsWith(`${cwd}/`)) {
		const prefix = root.slice(cwd.length + 1);
		return (p) => `${prefix}/${p}`;
	}
	return (p) => {
		const result = posix.relative(cwd, `${root}/${p}`);
		return p[p.length - 1] === "/" && result !== "" ? `${result}/` : result || ".";
	};
}
function ensureNonDriveRelativePath(path) {
	return path.replace(DRIVE_RELATIVE_PATH, (match) => `${match}/`);
}
const splitPatternOptions = { parts: true };
function splitPattern(path) {
	var _result$parts;
	const result = import_picomatch.default.scan(path, splitPatternOptions);
	return ((_result$parts = result.parts) === null || _result$parts === void 0 ? void 0 : _result$parts.length) ? result.parts : [path];
}
const POSIX_UNESCAPED_GLOB_SYMBOLS = /(?<!\\)([()[\]{}*?|]|^!|[!+@](?=\()|\\(?![()[\]{}!*+?@|]))/g;
const WIN32_UNESCAPED_GLOB_SYMBOLS = /(?<!\\)([()[\]{}]|^!|[!+@](?=\())/g;
const escapePosixPath = (path) => path.replace(POSIX_UNESCAPED_GLOB_SYMBOLS, "\\$&");
const escapeWin32Path = (path) => path.replace(WIN32_UNESCAPED_GLOB_SYMBOLS, "\\$&");
/* node:coverage ignore next */
const escapePath = isWin ? escapeWin32Path : escapePosixPath;
function isDynamicPattern(pattern, options) {
	if ((options === null || options === void 0 ? void 0 : options.caseSensitiveMatch) === false) return true;
	const scan = import_picomatch.default.scan(pattern);
	return scan.isGlob || scan.negated;
}
function log(...tasks) {
	console.log(`[tinyglobby ${(/* @__PURE__ */ new Date()).toLocaleTimeString("es")}]`, ...tasks);
}
function ensureStringArray(value) {
	return typeof value === "string" ? [value] : value !== null && value !== void 0 ? value : [];
}
const PARENT_DIRECTORY = /^(\/?\.\.)+/;
const ESCAPING_BACKSLASHES = /\\(?=[()[\]{}!*+?@|])/g;
function normalizePattern(pattern, opts, props, isIgnore) {
	var _PARENT_DIRECTORY$exe;
	const cwd = opts.cwd;
	let result = pattern;
	if (pattern[pattern.length - 1] === "/") result = pattern.slice(0, -1);
	if (result[result.length - 1] !== "*" && opts.expandDirectories) result += "/**";
	const escapedCwd = escapePath(cwd);
	result = isAbsolute(result.replace(ESCAPING_BACKSLASHES, "")) ? posix.relative(escapedCwd, result) : posix.normalize(result);
	const parentDir = (_PARENT_DIRECTORY$exe = PARENT_DIRECTORY.exec(result)) === null || _PARENT_DIRECTORY$exe === void 0 ? void 0 : _PARENT_DIRECTORY$exe[0];
	const parts = splitPattern(result);
	if (parentDir) {
		const n = (parentDir.length + 1) / 3;
		let i = 0;
		const cwdParts = escapedCwd.split("/");
		while (i < n && parts[i + n] === cwdParts[cwdParts.length + i - n]) {
			result = result.slice(0, (n - i - 1) * 3) + result.slice((n - i) * 3 + parts[i + n].length + 1) || ".";
			i++;
		}
		const potentialRoot = posix.join(cwd, parentDir.slice(i * 3));
		if (potentialRoot[0] !== "." && props.root.length > potentialRoot.length) {
			props.root = ensureNonDriveRelativePath(potentialRoot);
			props.depthOffset = -n + i;
		}
	}
	if (!isIgnore && props.depthOffset >= 0) {
		var _props$commonPath;
		(_props$commonPath = props.commonPath) !== null && _props$commonPath !== void 0 || (props.commonPath = parts);
		const newCommonPath = [];
		const length = Math.min(props.commonPath.length, parts.length);
		for (let i = 0; i < length; i++) {
			const part = parts[i];
			if (part === "**" && !parts[i + 1]) {
				newCommonPath.pop();
				break;
			}
			if (i === parts.length - 1 || part !== props.commonPath[i] || isDynamicPattern(part)) break;
			newCommonPath.push(part);
		}
		props.depthOffset = newCommonPath.length;
		props.commonPath = newCommonPath;
		props.root = ensureNonDriveRelativePath(newCommonPath.length > 0 ? posix.join(cwd, ...newCommonPath) : cwd);
	}
	return result;
}
function processPatterns(options, patterns, props) {
	const matchPatterns = [];
	const ignorePatterns = [];
	for (const pattern of options.ignore) {
		if (!pattern) continue;
		if (pattern[0] !== "!" || pattern[1] === "(") ignorePatterns.push(normalizePattern(pattern, options, props, true));
	}
	for (const pattern of patterns) {
		if (!pattern) continue;
		if (pattern[0] !== "!" || pattern[1] === "(") matchPatterns.push(normalizePattern(pattern, options, props, false));
		else if (pattern[1] !== "!" || pattern[2] === "(") ignorePatterns.push(normalizePattern(pattern.slice(1), options, props, true));
	}
	return {
		match: matchPatterns,
		ignore: ignorePatterns
	};
}
function buildCrawler(options, patterns) {
	const cwd = options.cwd;
	const props = {
		root: cwd,
		depthOffset: 0
	};
	const processed = processPatterns(options, patterns, props);
	if (options.debug) log("internal processing patterns:", processed);
	const { absolute, caseSensitiveMatch, debug, dot, followSymbolicLinks, onlyDirectories } = options;
	const root = props.root.replace(BACKSLASHES, "");
	const matchOptions = {
		dot,
		nobrace: options.braceExpansion === false,
		nocase: !caseSensitiveMatch,
		noextglob: options.extglob === false,
		noglobstar: options.globstar === false,
		posix: true
	};
	const matcher = (0, import_picomatch.default)(processed.match, matchOptions);
	const ignore = (0, import_picomatch.default)(processed.ignore, matchOptions);
	const partialMatcher = getPartialMatcher(processed.match, matchOptions);
	const format = buildFormat(cwd, root, absolute);
	const excludeFormatter = absolute ? format : buildFormat(cwd, root, true);
	const excludePredicate = (_, p) => {
		const relativePath = excludeFormatter(p, true);
		return relativePath !== "." && !partialMatcher(relativePath) || ignore(relativePath);
	};
	let maxDepth;
	if (options.deep !== void 0) maxDepth = Math.round(options.deep - props.depthOffset);
	const crawler = new Builder({
		filters: [debug ? (p, isDirectory) => {
			const path = format(p, isDirectory);
			const matches = matcher(path) && !ignore(path);
			if (matches) log(`matched ${path}`);
			return matches;
		} : (p, isDirectory) => {
			const path = format(p, isDirectory);
			return matcher(path) && !ignore(path);
		}],
		exclude: debug ? (_, p) => {
			const skipped = excludePredicate(_, p);
			log(`${skipped ? "skipped" : "crawling"} ${p}`);
			return skipped;
		} : excludePredicate,
		fs: options.fs,
		pathSeparator: "/",
		relativePaths: !absolute,
		resolvePaths: absolute,
		includeBasePath: absolute,
		resolveSymlinks: followSymbolicLinks,
		excludeSymlinks: !followSymbolicLinks,
		excludeFiles: onlyDirectories,
		includeDirs: onlyDirectories || !options.onlyFiles,
		maxDepth,
		signal: options.signal
	}).crawl(root);
	if (options.debug) log("internal properties:", {
		...props,
		root
	});
	return [crawler, cwd !== root && !absolute && buildRelative(cwd, root)];
}
function formatPaths(paths, mapper) {
	if (mapper) for (let i = paths.length - 1; i >= 0; i--) paths[i] = mapper(paths[i]);
	return paths;
}
const defaultOptions = {
	caseSensitiveMatch: true,
	debug: !!process.env.TINYGLOBBY_DEBUG,
	expandDirectories: true,
	followSymbolicLinks: true,
	onlyFiles: true
};
function getOptions(options) {
	const opts = Object.assign({}, options);
	for (const key in defaultOptions) if (opts[key] === void 0) Object.assign(opts, { [key]: defaultOptions[key] });
	opts.cwd = (opts.cwd instanceof URL ? fileURLToPath(opts.cwd) : resolve$1(opts.cwd || process.cwd())).replace(BACKSLASHES, "/");
	opts.ignore = ensureStringArray(opts.ignore);
	opts.fs && (opts.fs = {
		readdir: opts.fs.readdir || readdir$1,
		readdirSync: opts.fs.readdirSync || readdirSync,
		realpath: opts.fs.realpath || realpath,
		realpathSync: opts.fs.realpathSync || realpathSync,
		stat: opts.fs.stat || stat$1,
		statSync: opts.fs.statSync || statSync$1
	});
	if (opts.debug) log("globbing with options:", opts);
	return opts;
}
function getCrawler(globInput, inputOptions = {}) {
	var _ref;
	if (globInput && (inputOptions === null || inputOptions === void 0 ? void 0 : inputOptions.patterns)) throw new Error("Cannot pass patterns as both an argument and an option");
	const isModern = isReadonlyArray(globInput) || typeof globInput === "string";
	const patterns = ensureStringArray((_ref = isModern ? globInput : globInput.patterns) !== null && _ref !== void 0 ? _ref : "**/*");
	const options = getOptions(isModern ? inputOptions : globInput);
	return patterns.length > 0 ? buildCrawler(options, patterns) : [];
}
async function glob(globInput, options) {
	const [crawler, relative] = getCrawler(globInput, options);
	return crawler ? formatPaths(await crawler.withPromise(), relative) : [];
}

// src/artifacts/glob-files.ts
function fixedPart(pattern) {
	const segments = pattern.split("/");
	const first = segments.findIndex((segment) => isDynamicPattern(segment));
	return segments.slice(0, first < 0 ? -1 : first).join("/");
}
function isDirectory$1(path) {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
function leftOut(ignored, workspace) {
	const isIgnored = (0, import_picomatch.default)([...ignored], { dot: true });
	const slashed = (path) => path.split(sep).join("/");
	return (path) => isIgnored(slashed(relative(workspace, path))) || isIgnored(slashed(path));
}
async function matched({ text, hidden }, ignored, options) {
	const base = fixedPart(text);
	const directory = resolve(options.workspace, text.startsWith("/") && base === "" ? "/" : base);
	const rest = base === "" ? text.replace(/^\//, "") : text.slice(base.length + 1);
	const isLeftOut = leftOut(ignored, resolve(options.workspace));
	const found = (await glob(rest, {
		cwd: directory,
		dot: hidden === "all",
		onlyFiles: true,
		followSymbolicLinks: false,
		expandDirectories: false
	})).filter((name) => !isLeftOut(join(directory, name))).sort();
	if (found.length === 0) throw new CountersignError("usage", "files", `expected files that match ${quote(text)}, got none`);
	if (found.every((name) => !name.includes("/"))) return found.map((name) => join(directory, name));
	const links = await options.makeDirectory();
	for (const name of found) try {
		await mkdir(dirname(join(links, name)), { recursive: true });
		await linkOrCopy(join(directory, name), join(links, name));
	} catch (error) {
		throw ioError(name, "to collect the file", error);
	}
	return [links];
}
function patternOf(given, path) {
	const text = escapePath(given.replace(/(?<!\/)\/+$/, ""));
	return {
		text: isDirectory$1(path) ? `${text}/**` : text,
		hidden: "all"
	};
}
async function globFiles(patterns, options) {
	const ignored = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
	const paths = [];
	for (const pattern of patterns) {
		if (pattern.startsWith("!")) continue;
		const path = resolve(options.workspace, pattern);
		const isThere = existsSync(path);
		if (isThere && ignored.length === 0) paths.push(path);
		else paths.push(...await matched(isThere ? patternOf(pattern, path) : {
			text: pattern,
			hidden: "as-written"
		}, ignored, options));
	}
	return paths;
}

// src/artifacts/name-pattern.ts
function parseNamePattern(text) {
	const matches = (0, import_picomatch.default)(text, {
		dot: true,
		nonegate: true
	});
	return {
		text,
		matches: (name) => name.length <= 260 && matches(name)
	};
}

// src/commands/contributions.ts
function contributionOf({ origin }, hashed, { changes }, open) {
	const added = changes.flatMap(({ kind, path }) => kind === "removed" ? [] : [path]);
	const replaced = changes.flatMap(({ kind, path }) => {
		const sha256 = open?.targets.get(path)?.hashes.get("sha256");
		return kind === "replaced" && sha256 !== void 0 ? [[path, sha256]] : [];
	});
	return {
		origin,
		targets: added.length > 1e4 ? null : added,
		...replaced.length === 0 ? {} : { replaced: new Map(replaced.slice(0, MAX_LISTED_TARGETS)) },
		staged: origin === null || hashed.length === 0 ? null : stagedName(hashed.map(({ sha256 }) => sha256))
	};
}
async function earlierContributions(forge, commit) {
	const bytes = await readFileAt(forge, commit, EVENT_PATH);
	return (bytes === null ? null : readEventFile(bytes))?.contributions ?? [];
}

// src/commands/stage-release.ts
function mismatch(tag, detail) {
	return new CountersignError("release-mismatch", `release ${tag}`, detail);
}
async function requireTag(releases, { tag, createTag }, commit) {
	const tagged = await releases.tagCommit(tag);
	if (tagged === commit || tagged === null && createTag) return;
	if (tagged === null) throw new CountersignError("tag-missing", `tag ${tag}`, "expected a tag, got none; push it first, or set create-tag to make it when enough people have signed");
	throw new CountersignError("tag-mismatch", `tag ${tag}`, `expected commit ${commit}, of which this run is, got ${tagged}; use another tag`);
}
async function adopted(releases, id, tag) {
	const release = await releases.get(id);
	if (release === null) throw new CountersignError("release-missing", `release ${String(id)}`, "expected a draft to put the files into, got none");
	if (!release.draft) throw new CountersignError("already-exists", `release ${String(id)}`, "expected a draft, got a release that is published already");
	if (release.tag !== tag) throw mismatch(tag, `expected release ${String(id)} to be of this tag, got ${release.tag}`);
	return release;
}
async function ownDraft(place, releases, input, commit) {
	const viewer = await place.forge.viewer();
	const drafts = async () => {
		const all = (await releases.list()).filter(({ tag, draft }) => tag === input.tag && draft);
		const foreign = all.find(({ body, author }) => draftOwner(body) === null || author.id !== viewer.id);
		if (foreign !== void 0) {
			const detail = `expected no draft of this tag, got one that Countersign did not make; pass release-id: ${String(foreign.id)} to use it`;
			throw new CountersignError("already-exists", `release ${input.tag}`, detail);
		}
		return [...all].sort((a, b) => a.id - b.id);
	};
	const [first] = await drafts();
	const body = draftBody(null);
	if (first !== void 0) {
		if (first.body !== body) await releases.describe(first.id, body);
		return first;
	}
	const made = await releases.createDraft({
		tag: input.tag,
		commit,
		name: input.tag,
		body,
		prerelease: input.prerelease
	});
	const kept = (await drafts())[0] ?? made;
	if (kept.id !== made.id) await releases.removeDraft(made.id);
	return kept;
}
async function removeReplaced(releases, assets, uploads) {
	const names = new Map(uploads.map(({ name, file }) => [name, file.sha256]));
	for (const { id, name } of assets) {
		const [, sha256, plain] = /^([0-9a-f]{64})\.(.+)$/.exec(name) ?? [];
		const wanted = plain === void 0 ? void 0 : names.get(plain);
		if (wanted !== void 0 && wanted !== sha256) await releases.removeAsset(id);
	}
}
async function uploadMissing(place, release, uploads, isOurs) {
	const there = new Map((await place.releases.assets(release.id)).map((asset) => [asset.name, asset]));
	const wanted = uploads.flatMap(({ name, file }) => [{
		name,
		file
	}, {
		name: `${file.sha256}.${name}`,
		file
	}]);
	if (isOurs) await removeReplaced(place.releases, [...there.values()], uploads);
	let done = 0;
	for (const { name, file } of wanted) {
		const asset = there.get(name);
		if (!(asset?.state === "uploaded" && asset.sha256 === file.sha256 && asset.size === file.length)) {
			if (asset !== void 0) {
				if (!isOurs && asset.state === "uploaded") throw mismatch(release.tag, `expected its asset ${name} to have sha256 ${file.sha256}, got ${asset.sha256 ?? "none"}`);
				await place.releases.removeAsset(asset.id);
			}
			await place.releases.upload(release.id, name, {
				kind: "file",
				path: file.source,
				length: file.length
			}, file.sha256);
		}
		place.log.progress("uploading", ++done, wanted.length);
	}
}
async function stageRelease(place, input, commit, uploads) {
	const { releases } = place;
	for (const { name } of uploads) requireAssetName(name);
	const published = (await releases.list()).find(({ tag, draft }) => tag === input.tag && !draft);
	if (published !== void 0) {
		const assets = new Map((await releases.assets(published.id)).map((asset) => [asset.name, asset]));
		const other = uploads.find(({ name, file }) => assets.get(`${file.sha256}.${name}`)?.sha256 !== file.sha256);
		if (other === void 0) return {
			id: published.id,
			url: published.url,
			state: "published",
			owned: false
		};
		const detail = `expected a release that is not published, got one without ${other.name} of sha256 ${other.file.sha256}; use another tag`;
		throw new CountersignError("already-exists", `release ${input.tag}`, detail);
	}
	await requireTag(releases, input, commit);
	const release = input.releaseId === null ? await ownDraft(place, releases, input, commit) : await adopted(releases, input.releaseId, input.tag);
	if (release.target !== commit && await releases.tagCommit(input.tag) === null) throw mismatch(input.tag, `expected its draft to be of commit ${commit}, got ${release.target}; delete that draft or use another tag`);
	await uploadMissing(place, release, uploads, input.releaseId === null);
	return {
		id: release.id,
		url: release.url,
		state: "draft",
		owned: input.releaseId === null
	};
}

// src/commands/stage-proposal.ts
function releaseTarget(place, input) {
	if (input.hosting !== "release") return null;
	const { releases } = place;
	if (releases === null) throw new CountersignError("usage", "hosting", "expected a host that has releases, got one without");
	if (input.release === null || input.release.tag === "") throw new CountersignError("usage", "tag", "expected the tag of the release that the files go into, got nothing");
	if (input.targetPrefix !== "" && input.targetPrefix !== `${input.release.tag}/`) {
		const detail = `expected ${quote(`${input.release.tag}/`)} or nothing: clients look for a release's files below its tag`;
		throw new CountersignError("usage", "target-prefix", detail);
	}
	if (input.sourceCommit === null) throw new CountersignError("usage", "commit", "expected the commit that the files were built from, got none");
	return {
		input: input.release,
		releases,
		commit: parseCommitSha(input.sourceCommit, "commit")
	};
}
const STAGING_BATCH = 16;
async function stage(place, hashed) {
	for (let at = 0; at < hashed.length; at += STAGING_BATCH) {
		await Promise.all(hashed.slice(at, at + STAGING_BATCH).map(async ({ sha256, source }) => place.staging.put(sha256, source)));
		place.log.progress("staging", Math.min(at + STAGING_BATCH, hashed.length), hashed.length);
	}
}
async function stageProposal(place, { input, release, hashed }) {
	if (input.hosting === "site" || input.staging === "all") await stage(place, hashed);
	if (release === null || hashed.length === 0) return null;
	const uploads = hashed.map((file) => ({
		name: file.name,
		file
	}));
	return stageRelease({
		...place,
		releases: release.releases
	}, release.input, release.commit, uploads);
}
async function claimDraft({ releases }, staged, number) {
	if (releases === null || number === null || staged?.state !== "draft" || !staged.owned) return;
	await releases.describe(staged.id, draftBody(number));
}

// src/commands/propose.ts
function customOf(input) {
	const ours = jsonObject({
		commit: input.sourceCommit ?? void 0,
		hosting: input.hosting
	});
	return new Map([...input.custom ?? [], ["x-countersign", ours]]);
}
function targetsOf(input, hashed) {
	const custom = customOf(input);
	const targets = /* @__PURE__ */ new Map();
	const prefix = input.hosting === "release" ? `${input.release?.tag ?? ""}/` : input.targetPrefix;
	for (const { name, length, sha256 } of hashed) {
		if (input.hosting === "release") requireAssetName(name);
		const path = parseTargetPath(`${prefix}${name}`, name);
		if (targets.has(path)) throw new CountersignError("target-exists", path, "expected each path once, got two files for it");
		targets.set(path, {
			length,
			sha256: parseSha256(sha256, name),
			custom
		});
	}
	return targets;
}
async function openEvents(place, { base, metadataHead, pulls }, role) {
	const { forge, now } = place;
	const view = await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls);
	const ours = new Set([...await forge.automation(), await forge.viewer()].map(({ id }) => id));
	const elsewhere = (event, version) => (view.signed.get(role) ?? []).some((one) => one.version === version && (one.state === "ended" || one.number !== event));
	const open = view.statuses.flatMap((status, index) => {
		const bytes = view.events[index]?.changes.get(rolePath(role)) ?? null;
		if (bytes === null || !status.roles.some((one) => one.role === role)) return [];
		const proposed = parseTargets(bytes).signed;
		const isApproved = status.roles.some(({ requirements }) => requirements.some(({ approved }) => approved.length > 0));
		const signed = status.signed || isApproved || elsewhere(status.pull.number, proposed.version);
		return [{
			status: {
				...status,
				signed
			},
			proposed,
			isOurs: ours.has(status.pull.author.id)
		}];
	}).sort((a, b) => a.proposed.version - b.proposed.version);
	const proposed = view.events.flatMap((facts) => proposedVersions(facts, base).get(role) ?? []);
	return {
		open,
		taken: /* @__PURE__ */ new Set([...signedVersions(role, view), ...proposed]),
		busy: busyBranches(view)
	};
}
async function requireNothingSigned(forge, { base, metadataHead }, number) {
	const pull = await requireOpenPull(forge, number);
	const context = {
		forge,
		base,
		metadataHead,
		automation: await forge.automation(),
		mergedPolicies: /* @__PURE__ */ new Set()
	};
	const facts = await readEvent(context, pull);
	const to = restorationOf(facts, base);
	if (to === null) return pull;
	await restoreEvent(forge, {
		metadataHead,
		base
	}, facts.pull, to);
	throw new CountersignError("ref-conflict", `#${String(number)}`, "somebody has signed it while more was added");
}
async function closeFor(forge, number, successor) {
	await tell$1(forge, number, `Continued under the next version in #${String(successor)}.`);
	await forge.closePull(number);
}
async function write(place, plan, bytes) {
	const { forge } = place;
	const { role, base, metadataHead, decision, expected, contribution } = plan;
	const { proposal } = decision;
	const contributions = [...plan.continues === null ? [] : await earlierContributions(forge, plan.continues), contribution];
	const changes = /* @__PURE__ */ new Map([[rolePath(role), {
		kind: "bytes",
		bytes
	}], [EVENT_PATH, {
		kind: "bytes",
		bytes: encodeEventFile({
			role,
			version: proposal.version,
			contributions
		})
	}]]);
	const message = `Propose ${role} v${String(proposal.version)}\n`;
	const textAt = (url) => proposalText(base, role, bytes, url, contributions);
	if (decision.kind === "add") {
		if (expected === null) throw new CountersignError("ref-conflict", proposal.branch, "expected the branch of the open event, got none");
		const commit = await forge.writeCommit({
			base: expected,
			parents: [expected],
			changes,
			message
		});
		await forge.moveBranch(proposal.branch, expected, commit, "fast-forward");
		const { url } = await requireNothingSigned(forge, plan, decision.number);
		await forge.editPull(decision.number, textAt(url));
		return {
			commit,
			number: decision.number,
			url
		};
	}
	const commit = await forge.writeCommit({
		base: metadataHead,
		parents: [metadataHead],
		changes,
		message
	});
	await forge.moveBranch(proposal.branch, expected, commit, "replace");
	const pull = await forge.openPull({
		head: proposal.branch,
		base: "tuf",
		...textAt("")
	});
	await forge.editPull(pull.number, textAt(pull.url));
	if (decision.replaces !== null) await closeFor(forge, decision.replaces, pull.number);
	return {
		commit,
		number: pull.number,
		url: pull.url
	};
}
function outcomeName(decision) {
	if (decision.kind === "nothing-new") return "nothing-new";
	if (decision.kind === "add") return "added";
	if (decision.replaces !== null) return "replaced";
	return decision.behind === null ? "opened" : "queued";
}
function requireHostable({ maxHostedBytes }, files) {
	const large = files.find(({ length }) => maxHostedBytes !== null && length > maxHostedBytes);
	if (large === void 0) return;
	const detail = `expected at most ${String(maxHostedBytes)} bytes for a file that the site hosts, got ${String(large.length)}; put it into a release (hosting: release)`;
	throw new CountersignError("too-large", large.name, detail);
}
async function propose(place, input) {
	const role = parseTargetsRoleName(input.role, "role");
	if (input.files.length === 0 && input.remove.length === 0 && !input.nextVersion) throw new CountersignError("usage", "propose", "expected files to add or paths to remove, got neither");
	const release = releaseTarget(place, input);
	const hashed = await place.hasher.hash(input.files, (done, total) => {
		place.log.progress("hashing", done, total);
	});
	if (input.files.length > 0 && hashed.length === 0) throw new CountersignError("usage", input.files.join(", "), "expected at least one file, got none");
	if (input.hosting === "site") requireHostable(place, hashed);
	const edit = {
		add: targetsOf(input, hashed),
		remove: new Set(input.remove.map((path) => parseTargetPath(path, "remove"))),
		existing: input.existing
	};
	for (const path of edit.add.keys()) for (const finding of reviewTargetPath(path)) if (finding.severity === "warning") place.log.warn(`${path}: ${finding.detail} (${finding.clients.join(", ")})`);
	return untilSettled(() => proposeOnce(place, {
		input,
		role,
		release,
		hashed,
		edit
	}));
}
async function proposeOnce(place, wanted) {
	const { input, role, hashed, edit } = wanted;
	const { forge } = place;
	const isReal = input.mode === "apply";
	const branches = await forge.branches(PROPOSAL_PREFIX);
	let pulls = await readProposalPulls(forge);
	if (isReal && await adoptOrphans(forge, pulls)) pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const base = requireBase(state);
	for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
	const { metadataHead } = state;
	if (metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
	const { open, taken, busy } = await openEvents(place, {
		base,
		metadataHead,
		pulls
	}, role);
	const { whenOpen, nextVersion } = input;
	const decision = decidePropose({
		base,
		role,
		edit,
		whenOpen,
		nextVersion,
		open,
		signedVersions: taken,
		now: place.now
	});
	const release = isReal ? await stageProposal(place, wanted) : null;
	const empty = {
		outcome: outcomeName(decision),
		role,
		number: null,
		url: null,
		branch: null,
		headSha: null,
		release
	};
	if (decision.kind === "nothing-new") {
		await claimDraft(place, release, decision.number);
		return {
			...empty,
			...eventOf(open, decision.number),
			version: null,
			payload: null,
			changes: []
		};
	}
	const isAdded = decision.kind === "add";
	const branch = isAdded ? decision.proposal.branch : freeBranch(decision.proposal.branch, busy);
	const proposal = {
		...decision.proposal,
		branch
	};
	const bytes = encodeMetadata(proposal.signed, []);
	const result = {
		version: proposal.version,
		payload: payloadDigest(parseTargets(bytes).payload),
		changes: proposal.changes
	};
	if (!isReal) return {
		...empty,
		...result
	};
	const continued = isAdded ? decision.number : decision.replaces ?? (whenOpen === "add" ? decision.behind : null);
	const before = open.find(({ status }) => status.pull.number === continued);
	const continues = before?.status.pull.headSha ?? null;
	const expected = isAdded ? continues : branches.get(branch) ?? null;
	const contribution = contributionOf(input, hashed, proposal, isAdded ? before?.proposed ?? null : null);
	const { commit, number, url } = await write(place, {
		role,
		base,
		metadataHead,
		decision: {
			...decision,
			proposal
		},
		expected,
		continues,
		contribution
	}, bytes);
	await claimDraft(place, release, number);
	return {
		...empty,
		...result,
		number,
		url,
		branch: proposal.branch,
		headSha: commit
	};
}
function eventOf(open, number) {
	const pull = open.find(({ status }) => status.pull.number === number)?.status.pull;
	return {
		number,
		url: pull?.url ?? null,
		branch: pull?.branch ?? null,
		headSha: pull?.headSha ?? null
	};
}

// src/event/decide-artifacts.ts
const TRUSTED_EVENTS = /* @__PURE__ */ new Set([
	"create",
	"merge_group",
	"push",
	"release",
	"repository_dispatch",
	"schedule",
	"workflow_dispatch"
]);
function refuse$1(code, where, detail) {
	throw new CountersignError(code, where, detail);
}
function requireSame(where, what, expected, got) {
	if (got !== expected) refuse$1("artifact-untrusted", where, `expected ${what} ${quote(expected)}, got ${quote(got)}`);
}
function requireRun(run, { id, workflow, commit }) {
	const where = `run ${String(id)}`;
	if (run === null) refuse$1("artifact-missing", where, "expected a run of this repository, got none");
	if (run.id !== id) refuse$1("artifact-untrusted", where, `expected this run, got run ${String(run.id)}`);
	if (workflow === null) refuse$1("usage", "artifact-workflow", "expected the path of the workflow file of another run, got nothing");
	if (run.from !== "repository") refuse$1("artifact-untrusted", where, "expected a run of this repository's own branches, got a fork's");
	if (!TRUSTED_EVENTS.has(run.event)) refuse$1("artifact-untrusted", where, `expected a run started by one of ${[...TRUSTED_EVENTS].join(", ")}, got ${quote(run.event)}`);
	requireSame(where, "workflow", workflow, run.workflow);
	requireSame(where, "commit", commit, run.commit);
	requireSame(where, "status", "completed", run.status);
	requireSame(where, "conclusion", "success", run.conclusion ?? "none");
}
function newestOfEachName(artifacts) {
	const newest = /* @__PURE__ */ new Map();
	for (const artifact of artifacts) {
		const other = newest.get(artifact.name);
		if (other === void 0 || other.id < artifact.id) newest.set(artifact.name, artifact);
	}
	return [...newest.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}
function requireUsable(artifact, runId) {
	const where = `artifact ${quote(artifact.name)}`;
	if (artifact.runId !== runId) refuse$1("artifact-untrusted", where, `expected it to be of run ${String(runId)}, got run ${String(artifact.runId ?? "none")}`);
	if (artifact.from !== "repository") refuse$1("artifact-untrusted", where, "expected it to be of this repository's own branches, got a fork's");
	if (artifact.expired) refuse$1("artifact-expired", where, "expected its files to be there still, got none; repeat the run that made it");
	if (artifact.sha256 === null) refuse$1("artifact-untrusted", where, "expected the host to tell its digest, got none");
}
function decideArtifacts({ patterns, origin, artifacts }) {
	const runId = origin.kind === "this-run" ? origin.id : origin.expected.id;
	if (origin.kind === "other-run") requireRun(origin.run, origin.expected);
	const newest = newestOfEachName(artifacts);
	const chosen = /* @__PURE__ */ new Set();
	for (const pattern of patterns) {
		const exact = newest.filter(({ name }) => name === pattern.text);
		const found = exact.length > 0 ? exact : newest.filter(({ name }) => pattern.matches(name));
		if (found.length === 0) {
			const there = newest.length === 0 ? "no artifacts at all" : newest.map(({ name }) => quote(name)).slice(0, 10).join(", ");
			refuse$1("artifact-missing", quote(pattern.text), `expected an artifact of run ${String(runId)} of this name, got ${there}`);
		}
		for (const artifact of found) chosen.add(artifact);
	}
	for (const artifact of chosen) requireUsable(artifact, runId);
	return [...chosen].sort((a, b) => a.name < b.name ? -1 : 1);
}

// src/action/propose-step.ts
function ownOrigin({ run }) {
	if (run.id === null || run.url === null) return null;
	const { id, url, workflow, commit, actor, ref } = run;
	return {
		runId: id,
		runUrl: url,
		workflow,
		commit: commit ?? "",
		actor,
		ref
	};
}
function originOf(run) {
	return {
		runId: run.id,
		runUrl: run.url,
		workflow: run.workflow,
		commit: run.commit,
		actor: run.actor.login,
		ref: ""
	};
}
async function artifactOrigin(context, inputs, artifacts) {
	const { run } = context;
	const { artifactRunId: id } = inputs;
	if (id === null || id === run.id) {
		if (run.id === null) throw new CountersignError("usage", "artifact-run-id", "expected the id of a run, got nothing outside of one");
		return {
			kind: "this-run",
			id: run.id
		};
	}
	const commit = inputs.artifactCommit ?? run.commit;
	if (commit === null) throw new CountersignError("usage", "artifact-commit", "expected the commit of the run, got nothing");
	return {
		kind: "other-run",
		run: await artifacts.run(id),
		expected: {
			id,
			workflow: inputs.artifactWorkflow,
			commit
		}
	};
}
async function collectFromArtifacts(context, inputs, artifacts) {
	const origin = await artifactOrigin(context, inputs, artifacts);
	const runId = origin.kind === "this-run" ? origin.id : origin.expected.id;
	const chosen = decideArtifacts({
		patterns: inputs.artifacts.map(parseNamePattern),
		origin,
		artifacts: await artifacts.ofRun(runId)
	});
	for (const { name, sha256 } of chosen) context.log.info(`artifact ${name} of run ${String(runId)}, sha256:${sha256 ?? ""}`);
	const { directories } = await collectArtifacts(artifacts, chosen, await newDirectory(context, "artifacts"), context.log);
	if (origin.kind === "this-run" || origin.run === null) return {
		files: directories,
		origin: ownOrigin(context),
		commit: context.run.commit
	};
	return {
		files: directories,
		origin: originOf(origin.run),
		commit: origin.run.commit
	};
}
async function collect(context, inputs, { artifacts }) {
	const workspace = context.env.get("GITHUB_WORKSPACE") ?? process.cwd();
	const makeDirectory = () => newDirectory(context, "files");
	const files = await globFiles(inputs.files, {
		workspace,
		makeDirectory
	});
	if (inputs.artifacts.length === 0) return {
		files,
		origin: ownOrigin(context),
		commit: context.run.commit
	};
	if (artifacts === null) throw new CountersignError("usage", "artifacts", "expected a repository on GitHub, got one in a directory");
	if (inputs.artifactRunId !== null && inputs.artifactRunId !== context.run.id && files.length > 0) throw new CountersignError("usage", "files", "expected only artifacts with artifact-run-id, got files of this run too");
	const collected = await collectFromArtifacts(context, inputs, artifacts);
	return {
		...collected,
		files: [...files, ...collected.files]
	};
}
async function proposeAll(context, inputs, place, collected) {
	const { tag, createTag, releaseId, prerelease } = inputs;
	return propose(place.place, {
		role: inputs.role,
		files: collected.files,
		targetPrefix: inputs.targetPrefix,
		remove: inputs.remove,
		existing: inputs.replace ? "replace" : "refuse",
		whenOpen: inputs.whenOpen,
		nextVersion: inputs.nextVersion,
		custom: inputs.custom,
		sourceCommit: collected.commit,
		hosting: inputs.hosting === "pages" ? "site" : inputs.hosting,
		release: inputs.hosting === "release" ? {
			tag,
			createTag,
			releaseId,
			prerelease
		} : null,
		origin: collected.origin,
		staging: place.staging === null ? "hosted" : "all",
		mode: context.place.mode
	});
}
function proposeText({ outcome, role, version, number, changes }) {
	const event = number === null ? "" : ` in #${String(number)}`;
	return `${outcome}: ${role} v${String(version ?? 0)}${event}, ${String(changes.length)} changes`;
}
async function proposeStep(context, inputs) {
	return withPlace(context, async (place) => {
		const collected = await collect(context, inputs, place);
		const result = await proposeAll(context, inputs, place, collected);
		const { mode } = context.place;
		const upload = mode === "apply" ? place.staging?.upload() ?? null : null;
		const { outcome, role, version, number, url, payload, changes } = result;
		return {
			exitCode: EXIT.ok,
			outputs: {
				operation: outcome,
				"pull-request-number": String(number ?? ""),
				"pull-request-url": url ?? "",
				"pull-request-operation": mode === "dry-run" || outcome === "nothing-new" ? "none" : outcome === "added" ? "updated" : "created",
				"pull-request-branch": result.branch ?? "",
				"pull-request-head-sha": result.headSha ?? "",
				version: String(version ?? ""),
				payload: payload ?? "",
				"staging-artifact": upload?.name ?? "",
				"staging-directory": upload?.directory ?? ""
			},
			summary: {
				kind: "propose",
				propose: {
					mode,
					outcome,
					role,
					version,
					number,
					url,
					payload,
					changes,
					origin: collected.origin,
					staged: upload?.name ?? null
				}
			},
			text: proposeText(result),
			findings: []
		};
	});
}

// src/event/unlisted-files.ts
const FILE = /^targets\/(?:(.*)\/)?([0-9a-f]{64})\.(.+)$/;
function unlistedFiles(paths, wanted) {
	const known = new Set(wanted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return [...paths].filter((path) => path.startsWith("targets/") && !known.has(path));
}
function countTargets(files) {
	const names = [...files].map((file) => {
		const [, directory, sha256 = "", name = file] = FILE.exec(file) ?? [];
		return `${sha256} ${directory === void 0 ? name : `${directory}/${name}`}`;
	});
	return new Set(names).size;
}

// src/commands/online-signing.ts
function howToGive(place, keyId) {
	const key = `the private key ${keyId.slice(0, 12)}…, which the root names`;
	return place.startsWith("env:") ? `set ${place.slice(4)} to ${key}` : `put ${key} there`;
}
async function openOnlineKey(place, keyId, uri) {
	const where = uri.split(/[?;]/)[0] ?? "online key";
	try {
		const signer = await place.openSigner(uri);
		const actual = keyIdOf(await signer.publicKey());
		if (actual !== keyId) throw new CountersignError("signer-key", where, `expected the key ${keyId} that the root lists, got ${actual}`);
		return signer;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw new CountersignError(error.code, error.where, `${error.detail}; ${howToGive(where, keyId)}`, { cause: error });
	}
}
async function signWith(place, root, keyId, payload) {
	const uri = onlineUris(root).get(keyId);
	if (uri === void 0) return null;
	return {
		keyId,
		sig: await (await openOnlineKey(place, keyId, uri)).sign(payload)
	};
}
async function checkOnlineKeys(place, root) {
	const uris = onlineUris(root);
	const failures = [];
	for (const keyId of /* @__PURE__ */ new Set([...root.roles.timestamp.keyIds, ...root.roles.snapshot.keyIds])) {
		const uri = uris.get(keyId);
		if (uri === void 0) continue;
		try {
			await openOnlineKey(place, keyId, uri);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			failures.push({
				code: error.code,
				where: error.where,
				detail: error.detail
			});
		}
	}
	return failures;
}
const KEY_FAILURES = /* @__PURE__ */ new Set([
	"signer-key",
	"signer-uri",
	"signer-passphrase",
	"threshold",
	"io",
	"too-large",
	"file-type"
]);
function isKeyFailure(error) {
	return error instanceof CountersignError && KEY_FAILURES.has(error.code);
}
async function onlineFile(place, base, heldRoots, role, plan) {
	if (plan.kind === "keep") return plan.bytes;
	const root = base.root.signed;
	const payload = encodeCanonicalJson(plan.signed);
	const signatures = [];
	for (const keyId of root.roles[role].keyIds) {
		const signature = await signWith(place, root, keyId, payload);
		if (signature !== null) signatures.push(signature);
	}
	requireThreshold({
		payload,
		signatures,
		keys: root.keys,
		role: root.roles[role]
	}, role);
	const asked = new Set(root.roles[role].keyIds);
	for (const held of heldRoots) for (const keyId of held.roles[role].keyIds.filter((one) => !asked.has(one))) {
		asked.add(keyId);
		const signature = await retiredSignature(place, held, keyId, payload);
		if (signature !== null) signatures.push(signature);
	}
	return encodeMetadata(plan.signed, signatures);
}
async function retiredSignature(place, root, keyId, payload) {
	try {
		return await signWith(place, root, keyId, payload);
	} catch (error) {
		if (!(error instanceof CountersignError && (error.code === "signer-key" || error.code === "signer-uri" || error.code === "io"))) throw error;
		place.log.warn(`${keyId.slice(0, 12)}…: the retired online key is not at hand; clients that hold the old root see new metadata only after they have the new root`);
		return null;
	}
}

// src/event/decide-uploads.ts
const RESERVED_REQUESTS = 100;
const MAX_BATCH = 200;
function decideUploads(count, left) {
	if (left === null || count + RESERVED_REQUESTS <= left) return {
		now: count,
		next: 0
	};
	return {
		now: 0,
		next: Math.max(0, Math.min(count, MAX_BATCH, left - 200))
	};
}

// src/event/file-list.ts
const LINE = /^([0-9a-f]{40}) (0|[1-9][0-9]{0,15}) (\S.*)$/;
function isListed(path) {
	return (path.startsWith("metadata/") || path.startsWith("targets/")) && path !== "metadata/timestamp.json";
}
function encodeFileList(list) {
	const lines = [...list].sort(([a], [b]) => a < b ? -1 : 1).map(([path, { id, size }]) => `${id} ${String(size)} ${path}\n`);
	return new TextEncoder().encode(lines.join(""));
}
function readFileList(bytes) {
	const list = /* @__PURE__ */ new Map();
	for (const line of new TextDecoder().decode(bytes).split("\n")) {
		if (line === "") continue;
		const [, id, size, path] = LINE.exec(line) ?? [];
		if (id === void 0 || size === void 0 || path === void 0) return null;
		list.set(path, {
			id,
			size: Number(size)
		});
	}
	return list;
}
function reviewTree(tree, list) {
	return {
		damaged: new Map([...list].filter(([path, { id }]) => tree.get(path)?.id !== id || tree.get(path)?.kind !== "file")),
		strays: [...tree.keys()].filter((path) => isListed(path) && !list.has(path))
	};
}

// src/commands/blob-id.ts
function parseBlobId(text, where) {
	if (!/^[0-9a-f]{40}$/.test(text)) throw new CountersignError("git", where, `expected a blob id, got ${quote(text)}`);
	return text;
}
function blobIdOf(bytes) {
	return parseBlobId(createHash("sha1").update(`blob ${String(bytes.length)}\0`).update(bytes).digest("hex"), "blob");
}

// src/commands/client-replay.ts
function genuineRoots({ roots }, base) {
	return base.roots.filter(({ bytes }) => roots.some((one) => Buffer.compare(one, bytes) === 0));
}
function heldRoots(state, base) {
	const last = [state.published, state.live].flatMap((view) => genuineRoots(view, base).at(-1) ?? []);
	return [...new Set(last)].map(({ file }) => file.signed);
}
function clientState(view, base) {
	const { timestamp, snapshot, roles } = view;
	const root = genuineRoots(view, base).at(-1)?.bytes;
	if (root === void 0 || timestamp === null || snapshot === null) return null;
	const held = /* @__PURE__ */ new Map([
		[storeName("root"), root],
		[storeName("timestamp"), timestamp],
		[storeName("snapshot"), snapshot]
	]);
	const targets = roles.get(TARGETS$1);
	if (targets !== void 0) held.set(storeName(TARGETS$1), targets);
	return held;
}
async function requireUpdates({ now }, base, source) {
	for (const { bytes } of base.roots) try {
		await refresh(source, memoryStore(/* @__PURE__ */ new Map([[storeName("root"), bytes]])), { time: now });
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "expired") continue;
		throw refused(error);
	}
}
function refused({ code, where, detail }) {
	return new CountersignError(code, where, `${detail} (in what was to be published; nothing was)`);
}
async function requireReplay(place, state, base, source) {
	const first = base.roots[0];
	const held = [state.published, state.live].map((view) => clientState(view, base)).filter((one) => one !== null);
	const verify = async (holding) => {
		return (await verifyRepository(source, {
			time: place.now,
			targets: "none",
			warnings: "none",
			unneeded: "problem",
			held: holding,
			...first === void 0 ? {} : { anchor: {
				kind: "root",
				bytes: first.bytes
			} }
		})).problems;
	};
	const problems = await verify(held);
	if (problems.some(({ code }) => code !== "expired")) {
		await requireUpdates(place, base, source);
		const alone = new Set((await verify([])).map(({ code, where }) => `${code} ${where}`));
		const [forThem] = problems.filter(({ code, where }) => code !== "expired" && !alone.has(`${code} ${where}`));
		if (forThem !== void 0) throw refused(forThem);
	}
	return problems.map((one) => ({
		...one,
		source: "published"
	}));
}

// src/event/revocations.ts
function keysIn(signed) {
	const keys = /* @__PURE__ */ new Map();
	if (signed.kind === "root") {
		for (const role of TOP_LEVEL_ROLES) keys.set(role, new Set(signed.roles[role].keyIds));
		return keys;
	}
	const { delegations } = signed;
	if (delegations?.kind === "roles") for (const { name, keyIds } of delegations.roles) keys.set(name, new Set(keyIds));
	if (delegations?.kind === "succinct") keys.set(delegations.succinct.namePrefix, new Set(delegations.succinct.keyIds));
	return keys;
}
function keysTakenAway(before, after) {
	const now = keysIn(after);
	return [...keysIn(before)].flatMap(([role, keyIds]) => [...keyIds].flatMap((keyId) => now.get(role)?.has(keyId) === true ? [] : [{
		role,
		keyId
	}]));
}
function revocationFinding(where, [first, ...others]) {
	const more = others.length === 0 ? "" : ` and ${String(others.length)} more`;
	return {
		source: "published",
		code: "revocation-unpublished",
		where,
		detail: `a revocation is not published: ${first === void 0 ? "keys" : `key ${first.keyId.slice(0, 12)}… of ${first.role}${more}`} still counts for clients; what holds it back is told below`
	};
}

// src/event/plan-publication.ts
function hostedKey({ path, sha256 }) {
	return `${sha256} ${path}`;
}
function childrenOf(delegations, known) {
	if (delegations.kind === "roles") return delegations.roles.map(({ name }) => name);
	return [...known].filter((name) => isBinName(delegations.succinct, name));
}
function left(code, where, detail) {
	return {
		source: "published",
		code,
		where,
		detail
	};
}
var Planner = class {
	#facts;
	#held = /* @__PURE__ */ new Map();
	constructor(facts) {
		this.#facts = facts;
	}
	#heldFile(name) {
		const known = this.#held.get(name);
		if (known !== void 0) return known;
		const sha256 = (this.#facts.held.snapshot?.file.signed.meta.get(name))?.hashes?.get("sha256");
		const newest = this.#facts.base.roles.get(name) ?? null;
		if (newest !== null && sha256Hex(newest.bytes) === sha256) {
			this.#held.set(name, newest);
			return newest;
		}
		const bytes = sha256 === void 0 ? void 0 : (this.#facts.known.get(name) ?? []).find((one) => sha256Hex(one) === sha256);
		const parsed = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
		const held = bytes !== void 0 && parsed?.kind === "accepted" ? {
			file: parsed.value,
			bytes
		} : null;
		this.#held.set(name, held);
		return held;
	}
	heldRoles() {
		const roles = /* @__PURE__ */ new Map();
		for (const name of this.#facts.held.snapshot?.file.signed.meta.keys() ?? []) {
			const file = this.#heldFile(name);
			if (file === null) return null;
			roles.set(name, {
				...file,
				delegator: this.#facts.base.roles.get(name)?.delegator ?? "targets"
			});
		}
		return roles;
	}
	#verifies(name, { file }, { signed, keys, role }) {
		const where = `${name}@${String(file.signed.version)}`;
		return outcomeOf(() => {
			requireThreshold({
				payload: file.payload,
				signatures: file.signatures,
				keys,
				role
			}, where);
			requireBinding(this.#facts.base.root.signed.binding, file.signed.binding, name, where);
			requireCounts(signed, name, file.signed.version);
		}).kind === "accepted";
	}
	#isListable(name, { file, bytes }) {
		const floor = this.#facts.base.floors.get(name) ?? 0;
		if (file.signed.version !== floor) return file.signed.version > floor;
		const listed = this.#facts.held.snapshot?.file.signed.meta.get(name);
		const sha256 = listed?.version === floor ? listed.hashes?.get("sha256") : void 0;
		return sha256 === void 0 || sha256 === sha256Hex(bytes);
	}
	#missingOf({ file }) {
		return hostedIn(file.signed).flatMap((target) => this.#facts.missing.get(hostedKey(target)) ?? []);
	}
	#options(name, delegator) {
		const { base } = this.#facts;
		const held = this.#heldFile(name);
		const [first, second] = [base.roles.get(name) ?? null, held].filter((one) => one !== null && this.#isListable(name, one) && this.#verifies(name, one, delegator)).filter((one) => one !== null);
		if (first === void 0) return [];
		if (second === void 0 || first.file.signed.version === second.file.signed.version) return [first];
		return this.#facts.isServedKnown && this.#missingOf(first).length > 0 && sameButTargets(second.file.signed, first.file.signed) ? [second, first] : [first, second];
	}
	#withChildren(name, option, delegator, taken) {
		const roles = new Map(taken).set(name, {
			...option,
			delegator: delegator.name
		});
		const findings = this.#missingOf(option).map((one) => left(one.code, one.where, one.detail));
		const { signed } = option.file;
		const { delegations } = signed;
		const without = /* @__PURE__ */ new Set();
		for (const child of delegations === null ? [] : childrenOf(delegations, this.#facts.known.keys())) {
			const role = delegations?.kind === "roles" ? delegations.roles.find((one) => one.name === child) : delegations?.succinct;
			if (roles.has(child) || role === void 0 || delegations === null) continue;
			const resolved = this.resolve(child, {
				name,
				signed,
				keys: delegations.keys,
				role
			}, roles);
			if (resolved === null) {
				without.add(child);
				findings.push(left("role-missing", child, `expected a file that verifies as ${name} delegates it, got none; clients can't use this role`));
				continue;
			}
			for (const [one, file] of resolved.roles) roles.set(one, file);
			findings.push(...resolved.findings);
		}
		return {
			roles,
			findings,
			without
		};
	}
	resolve(name, delegator, taken) {
		const tried = this.#options(name, delegator).map((one) => ({
			option: one,
			resolved: this.#withChildren(name, one, delegator, taken)
		}));
		const last = tried.at(-1);
		if (last === void 0) return null;
		const chosen = tried.find(({ resolved }) => [...resolved.without].every((one) => last.resolved.without.has(one))) ?? last;
		const findings = [...chosen.resolved.findings];
		const newest = this.#facts.base.roles.get(name);
		if (newest !== void 0 && newest.file.signed.version > chosen.option.file.signed.version) {
			const at = `${name}@${String(newest.file.signed.version)}`;
			findings.push(...this.#missingOf(newest).map((one) => left(one.code, one.where, `${one.detail}; ${at} is held back until then`)));
			const other = tried.find(({ option }) => option.file.signed.version === newest.file.signed.version);
			for (const one of other !== void 0 && other.resolved.without.size > 0 ? other.resolved.findings.filter(({ code }) => code === "role-missing") : []) findings.push({
				...one,
				detail: `${one.detail}; ${at}, which delegates it, is held back`
			});
		}
		return {
			...chosen.resolved,
			findings
		};
	}
};
function unpublishedRevocations({ base }, out) {
	const findings = [];
	const told = (where, before, after) => {
		const keys = keysTakenAway(before, after);
		if (keys.length > 0) findings.push(revocationFinding(where, keys));
	};
	if (out.root.signed.version < base.root.signed.version) told(`root@${String(base.root.signed.version)}`, out.root.signed, base.root.signed);
	for (const [name, { file }] of out.roles) {
		const newest = base.roles.get(name)?.file;
		for (const later of [...newest === void 0 ? [] : [newest], ...base.leftOut.get(name) ?? []]) {
			const { version } = later.signed;
			if (version > file.signed.version) told(`${name}@${String(version)}`, file.signed, later.signed);
		}
	}
	return [...new Map(findings.map((one) => [one.where, one])).values()];
}
function planPublication(facts) {
	const { base } = facts;
	const planner = new Planner(facts);
	for (let count = base.roots.length; count >= Math.max(1, facts.servedRoots); count--) {
		const root = base.roots[count - 1]?.file;
		if (root === void 0) break;
		const { signed } = root;
		const resolved = planner.resolve(TARGETS$1, {
			name: "root",
			signed,
			keys: signed.keys,
			role: signed.roles.targets
		}, /* @__PURE__ */ new Map());
		if (resolved === null) continue;
		const out = {
			...base,
			root,
			roots: base.roots.slice(0, count),
			roles: resolved.roles
		};
		const list = new Map([...resolved.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
		const last = `root@${String(base.root.signed.version)}`;
		const held = count < base.roots.length ? [left("role-missing", last, "expected targets that verify under it, got none; it is held back")] : [];
		return {
			base: out,
			list,
			findings: [
				...unpublishedRevocations(facts, out),
				...held,
				...resolved.findings
			]
		};
	}
	throw new CountersignError("base-missing", TARGETS$1, "expected targets that verify under the root that clients have, got none");
}
function heldPublication(facts) {
	const { base, held } = facts;
	if (held.snapshot === null || isDiscardedUnder(base.root.signed, "snapshot", held.snapshot.file)) return null;
	const roles = new Planner(facts).heldRoles();
	if (roles === null) return null;
	const out = {
		...base,
		roles
	};
	return {
		base: out,
		list: new Map([...roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)])),
		findings: unpublishedRevocations(facts, out)
	};
}

// src/commands/published-files.ts
const LIST_HISTORY = 20;
async function readKnownFiles(forge, state, held) {
	const digest = held.timestamp === null ? null : signedFileList(held.timestamp.file.signed);
	if (digest === null || state.publishedHead === null) return {
		list: null,
		findings: []
	};
	const find = async (ids) => {
		const bytes = [...(await forge.blobs(ids)).values()].find((one) => sha256Hex(one) === digest);
		return bytes === void 0 ? null : readFileList(bytes);
	};
	const entry = state.publishedTree.get(FILE_LIST_PATH);
	const there = entry?.kind === "file" ? await find([entry.id]) : null;
	if (there !== null) return {
		list: there,
		findings: []
	};
	const list = await find(await forge.history(state.publishedHead, FILE_LIST_PATH, LIST_HISTORY));
	const detail = `expected the list of published files that the timestamp has signed, sha256:${digest}, got another or none; ${list === null ? "every hosted file is hashed again" : "it is put back"}`;
	return {
		list,
		findings: [{
			source: "published",
			code: "hash-mismatch",
			where: FILE_LIST_PATH,
			detail
		}]
	};
}
async function isTarget(forge, id, target) {
	const hash = createHash("sha256");
	let length = 0;
	try {
		for await (const piece of forge.stream(id)) {
			hash.update(piece);
			length += piece.length;
		}
	} catch (error) {
		if (error instanceof CountersignError && error.code === "io") return false;
		throw error;
	}
	return length === target.length && hash.digest("hex") === target.sha256;
}
async function isThere(forge, path, id, size) {
	const hash = createHash("sha1").update(`blob ${String(size)}\0`);
	try {
		for await (const piece of forge.stream(parseBlobId(id, path))) hash.update(piece);
	} catch (error) {
		if (error instanceof CountersignError && (error.code === "io" || error.code === "git")) return false;
		throw error;
	}
	return hash.digest("hex") === id;
}
function inOneFinding(code, paths, text) {
	const [first, ...others] = paths;
	if (first === void 0) return [];
	return [{
		source: "published",
		code,
		where: first,
		detail: text(others.length === 0 ? "this one" : `this one and ${String(others.length)} more`)
	}];
}
const TARGET_WITHOUT_DIGEST = /^targets\/(?!(?:.*\/)?[0-9a-f]{64}\.[^/]+$)(?![0-9a-f]{64}\.).*$/;
function unlistedStrays(state, base, snapshot, wanted) {
	const odd = [...state.publishedTree.keys()].filter((path) => TARGET_WITHOUT_DIGEST.test(path) && !wanted.has(path));
	return [.../* @__PURE__ */ new Set([...strayFiles(state, base, snapshot), ...odd])];
}
async function repairTree(forge, state, { list }, base, snapshot, hosted) {
	const wanted = new Set(hosted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	const changes = /* @__PURE__ */ new Map();
	const review = list === null ? null : reviewTree(state.publishedTree, list);
	const strays = review === null ? unlistedStrays(state, base, snapshot, wanted) : review.strays.filter((path) => !wanted.has(path));
	const attributes = review === null ? [] : strayFiles(state, base, snapshot).filter((path) => !isListed(path) || !strays.includes(path));
	for (const path of [...strays, ...attributes]) changes.set(path, null);
	const damaged = [...review?.damaged ?? []].filter(([path]) => !changes.has(path));
	for (const [path, { id, size }] of damaged) {
		if (wanted.has(path)) continue;
		if (await isThere(forge, path, id, size)) changes.set(path, {
			kind: "blob",
			id: parseBlobId(id, path)
		});
		else if (state.publishedTree.has(path)) changes.set(path, null);
	}
	return {
		changes,
		findings: [...inOneFinding("event-file-unclaimed", [...strays, ...attributes], (what) => `expected only files that somebody signed for, got ${what}; taken away`), ...inOneFinding("hash-mismatch", damaged.map(([path]) => path), (what) => `expected the bytes that were published, got others or none of ${what}; put back where they can be had, else withheld`)]
	};
}
function afterChanges(tree, changes, sizes) {
	const after = new Map(tree);
	for (const [path, content] of changes) if (content === null) after.delete(path);
	else if (content.kind === "blob") after.set(path, {
		kind: "file",
		id: content.id,
		size: sizes?.get(path)?.size ?? tree.get(path)?.size ?? 0
	});
	return after;
}
function wrongFiles({ publishedTree }, list, targets, missing) {
	return targets.filter((target) => missing.has(hostedKey(target))).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)).filter((path) => {
		const there = publishedTree.get(path);
		if (there === void 0) return false;
		return there.kind !== "file" || list?.get(path)?.id !== there.id;
	});
}
function listFiles(tree, metadata) {
	const list = /* @__PURE__ */ new Map();
	for (const [path, { id, size, kind }] of tree) if (isListed(path) && kind === "file") list.set(path, {
		id,
		size
	});
	for (const [path, bytes] of metadata) if (isListed(path)) list.set(path, {
		id: blobIdOf(bytes),
		size: bytes.length
	});
	return list;
}

// src/commands/hosted-files.ts
const HISTORY_DEPTH = 100;
async function readContributions(forge, { metadataHead }) {
	if (metadataHead === null) return [];
	const ids = await forge.history(metadataHead, EVENT_PATH, HISTORY_DEPTH);
	const blobs = await forge.blobs(ids);
	return ids.flatMap((id) => {
		const bytes = blobs.get(id);
		return (bytes === void 0 ? null : readEventFile(bytes))?.contributions ?? [];
	});
}
const MAX_NAMED_RUNS = 3;
function howToGoOn(path, contributions, expired) {
	const from = contributions.find(({ targets }) => targets === null || targets.includes(path))?.origin;
	if (from !== void 0 && from !== null) return `repeat the run that proposed it, ${from.runUrl}`;
	const runs = expired.slice(0, MAX_NAMED_RUNS).join(" or ");
	return runs === "" ? "propose the same file again" : `its artifact may have expired: repeat the run ${runs}, or propose the same file again`;
}
function missingFile({ path, sha256 }, how) {
	return {
		code: "staged-missing",
		where: path,
		detail: `expected the bytes of sha256 ${sha256} to wait for their signatures, got nothing; ${how}`
	};
}
async function checkStaged(place, staged) {
	const hash = (paths) => place.hasher.hash(paths, (done, total) => {
		place.log.progress("checking", done, total);
	});
	const wrong = /* @__PURE__ */ new Map();
	const actual = /* @__PURE__ */ new Map();
	const hashAll = async (paths) => {
		try {
			for (const one of await hash(paths)) actual.set(one.source, one);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			const [only, ...others] = paths;
			if (only !== void 0 && others.length === 0) wrong.set(only, {
				code: error.code,
				where: error.where,
				detail: error.detail
			});
			else for (const path of paths) await hashAll([path]);
		}
	};
	await hashAll([...staged.keys()]);
	const byName = new Map([...actual.values()].map((one) => [one.name, one]));
	for (const [source, { path, sha256, length }] of staged) {
		const found = actual.get(source) ?? byName.get(basename(source));
		if (wrong.has(source) || found?.sha256 === sha256 && found.length === length) continue;
		wrong.set(source, {
			code: "hash-mismatch",
			where: path,
			detail: `expected staged bytes of sha256 ${sha256}, got others`
		});
	}
	return wrong;
}
async function findOnBranch({ forge }, state, list, target, path) {
	const there = state.publishedTree.get(path);
	const known = list?.get(path);
	if (known !== void 0 && there?.kind === "file" && there.id === known.id) return "present";
	if (known?.size === target.length) {
		const id = parseBlobId(known.id, path);
		return await isTarget(forge, id, target) ? id : null;
	}
	if (there?.kind !== "file" || there.size !== target.length) return null;
	return await isTarget(forge, there.id, target) ? "present" : null;
}
async function findHostedFiles(place, state, list, targets) {
	const found = /* @__PURE__ */ new Map();
	const wanted = [];
	for (const target of new Map(targets.map((one) => [hostedKey(one), one])).values()) {
		const blobs = /* @__PURE__ */ new Map();
		const lacking = [];
		for (const path of targetFilePaths(target.path, target.sha256)) {
			const where = await findOnBranch(place, state, list, target, path);
			if (where === null) lacking.push(path);
			else if (where !== "present") blobs.set(path, {
				kind: "blob",
				id: where
			});
		}
		if (blobs.size > 0) found.set(hostedKey(target), blobs);
		if (lacking.length > 0) wanted.push({
			target,
			paths: lacking
		});
	}
	const missing = /* @__PURE__ */ new Map();
	if (wanted.length === 0) return {
		found,
		missing
	};
	const contributions = await readContributions(place.forge, state);
	place.staging.addHints(contributions.flatMap(({ staged }) => staged ?? []));
	const staged = /* @__PURE__ */ new Map();
	const sources = /* @__PURE__ */ new Map();
	for (const { target } of wanted) {
		const key = hostedKey(target);
		const source = await locate(place, target);
		if (source.kind === "refused") missing.set(key, source.refusal);
		else if (source.value === null) missing.set(key, missingFile(target, howToGoOn(target.path, contributions, place.staging.expiredRuns())));
		else {
			staged.set(source.value, target);
			sources.set(key, source.value);
		}
	}
	const wrong = await checkStaged(place, staged);
	for (const { target, paths } of wanted) {
		const key = hostedKey(target);
		const source = sources.get(key);
		if (source === void 0) continue;
		const refusal = wrong.get(source);
		if (refusal !== void 0) missing.set(key, refusal);
		else {
			const files = paths.map((path) => [path, {
				kind: "file",
				path: source,
				length: target.length
			}]);
			found.set(key, new Map([...found.get(key) ?? [], ...files]));
		}
	}
	return {
		found,
		missing
	};
}
async function locate({ staging, maxHostedBytes }, { path, sha256, length }) {
	if (maxHostedBytes !== null && length > maxHostedBytes) return {
		kind: "refused",
		refusal: {
			code: "too-large",
			where: path,
			detail: `expected at most ${String(maxHostedBytes)} bytes, which the host takes, got ${String(length)}`
		}
	};
	try {
		return {
			kind: "accepted",
			value: await staging.locate(sha256)
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			kind: "refused",
			refusal: {
				code: error.code,
				where: path,
				detail: `${error.where}: ${error.detail}`
			}
		};
	}
}

// src/commands/prune-files.ts
const NOTHING_PRUNED = {
	files: [],
	findings: []
};
function decidePruning(live, { base, known }, listed, unlisted) {
	const [first] = unlisted;
	if (first === void 0) return NOTHING_PRUNED;
	const newest = [...base?.roles.values() ?? []].map(({ bytes }) => bytes);
	const digests = new Set([...known.values(), newest].flat().map(sha256Hex));
	if (live === "served" && [...listed.values()].every((sha256) => sha256 !== void 0 && digests.has(sha256))) return {
		files: unlisted,
		findings: []
	};
	return {
		files: [],
		findings: [{
			source: "live",
			code: "served-unknown",
			where: first,
			detail: "expected to know all that clients are served before files are taken away, got only a part; none was taken away"
		}]
	};
}

// src/commands/outside-replay.ts
function openerOf(forge, { metadata, targets, kept }) {
	const blob = async (id, path) => {
		const bytes = (await forge.blobs([id])).get(id);
		if (bytes === void 0) throw new CountersignError("io", path, "expected the published bytes, got none");
		return {
			kind: "bytes",
			bytes
		};
	};
	return async (path) => {
		const bytes = metadata.get(path);
		if (bytes !== void 0) return {
			kind: "bytes",
			bytes
		};
		const content = targets.get(path);
		if (content !== void 0) return content.kind === "blob" ? blob(content.id, path) : content;
		const entry = kept.get(path);
		return entry?.kind === "file" ? blob(entry.id, path) : null;
	};
}
async function isReachable(session, { path, sha256 }) {
	try {
		const { result } = await findTarget(session, path);
		return result.kind === "found" && result.file.hashes.get("sha256") === sha256;
	} catch (error) {
		if (error instanceof CountersignError) return false;
		throw error;
	}
}
async function chooseTarget(place, base, source, output) {
	const hosted = hostedTargets(base).filter(({ path, sha256 }) => targetFilePaths(path, sha256).every((file) => output.targets.has(file) || output.kept.has(file)));
	const isNew = ({ path, sha256 }) => targetFilePaths(path, sha256).some((file) => output.targets.has(file));
	if (hosted.length === 0) return null;
	const [first] = base.roots;
	const store = memoryStore(first === void 0 ? /* @__PURE__ */ new Map() : /* @__PURE__ */ new Map([[storeName("root"), first.bytes]]));
	const session = await refresh(source, store, { time: place.now });
	for (const one of [...hosted.filter(isNew), ...hosted]) if (await isReachable(session, one)) return one.path;
	return null;
}
async function requireOutsideReplay(place, clients, base, source, output) {
	const ends = /* @__PURE__ */ new Set([...base.roots.slice(0, 1), ...base.roots.slice(-1)]);
	await clients.replay({
		open: openerOf(place.forge, output),
		roots: [...ends].map(({ file, bytes }) => ({
			version: file.signed.version,
			bytes
		})),
		target: await chooseTarget(place, base, source, output)
	});
}

// src/commands/publish-state.ts
function liveState({ live }, state) {
	if (live === UNKNOWN_SITE) return "unknown";
	if (state.liveFailure !== null) return "unreachable";
	const { timestamp } = state.live;
	const { base } = state;
	if (timestamp === null || base === null) return "absent";
	const roots = base.roots.map(({ file }) => file.signed);
	return vouchedFor(base.repository, "timestamp", [timestamp], roots, parseTimestamp).files.length > 0 ? "served" : "absent";
}
function servedRoots(state, live) {
	if (state.base === null) return 0;
	return genuineRoots(live === "served" ? state.live : state.published, state.base).at(-1)?.file.signed.version ?? 0;
}
function isFirst({ base, publishedHead }, held) {
	if (base === null || publishedHead !== null || held.timestamp !== null || held.snapshot !== null) return false;
	return [base.root, ...[...base.roles.values()].map(({ file }) => file)].every(({ signed }) => signed.version === 1);
}
function requireMayGoOn(place, state, held, served) {
	const { base } = state;
	if (base === null) throw new CountersignError("base-missing", "root", "expected a signed root, got none");
	const roots = base.roots.map(({ file }) => file.signed);
	const { timestamp } = state.published;
	const branch = vouchedFor(base.repository, "timestamp", timestamp === null ? [] : [timestamp], roots, parseTimestamp).files[0];
	const decided = decideContinuation({
		live: liveState(place, state),
		branch: branch === void 0 ? null : {
			version: branch.file.signed.version,
			expires: branch.file.signed.expires
		},
		isFirst: isFirst(state, held),
		period: onlinePeriod(base, "timestamp"),
		served,
		now: place.now
	});
	if (decided.kind === "refuse") throw new CountersignError(decided.refusal.code, decided.refusal.where, decided.refusal.detail);
	const { above, told } = decided;
	return {
		above,
		findings: told === null ? [] : [{
			source: "live",
			code: "served-unknown",
			where: "timestamp",
			detail: told
		}]
	};
}
const NOTHING_ABOVE = {
	above: {
		timestamp: 0,
		snapshot: 0
	},
	findings: []
};
function reasonOf(role, plan) {
	return plan.kind === "sign" ? [`${role}: ${plan.why}`] : [];
}
async function signSnapshot(place, state, held, { base, list }, served) {
	let mayGoOn = null;
	const goOn = (plan) => {
		if (plan.kind === "keep") return mayGoOn ?? NOTHING_ABOVE;
		return mayGoOn ??= requireMayGoOn(place, state, held, served);
	};
	const roots = heldRoots(state, base);
	const first = decideSnapshot(base, held, place.now, list);
	const { above } = goOn(first.kind === "keep" ? decideTimestamp(base, held, first.bytes, place.now) : first);
	const snapshotPlan = decideSnapshot(base, held, place.now, list, above.snapshot);
	const snapshot = await onlineFile(place, base, roots, "snapshot", snapshotPlan);
	return {
		snapshot,
		signTimestamp: timestampSigner(place, base, held, roots, {
			snapshot,
			reasons: reasonOf("snapshot", snapshotPlan),
			goOn
		})
	};
}
function keepSnapshot(place, state, held, { base }, served) {
	const { snapshot } = held;
	if (snapshot === null) throw new CountersignError("base-missing", "snapshot", "expected one that is published, got none");
	const goOn = (plan) => plan.kind === "keep" ? NOTHING_ABOVE : requireMayGoOn(place, state, held, served);
	const roots = heldRoots(state, base);
	return {
		snapshot: snapshot.bytes,
		signTimestamp: timestampSigner(place, base, held, roots, {
			snapshot: snapshot.bytes,
			reasons: [],
			goOn
		})
	};
}
async function signOrKeep(place, state, held, facts, served) {
	const plan = planPublication(facts);
	try {
		return {
			plan,
			...await signSnapshot(place, state, held, plan, served),
			unsigned: null
		};
	} catch (error) {
		const kept = isKeyFailure(error) ? heldPublication(facts) : null;
		if (!isKeyFailure(error) || kept === null) throw error;
		return {
			plan: kept,
			...keepSnapshot(place, state, held, kept, served),
			unsigned: error
		};
	}
}
function heldBack(unsigned) {
	if (unsigned === null) return [];
	return [{
		source: "published",
		code: unsigned.code,
		where: "snapshot",
		detail: "expected a new one to be signed, but its key can not be used; clients get a new timestamp for the one that they have"
	}];
}
function timestampSigner(place, base, held, roots, { snapshot, reasons, goOn }) {
	return async (files) => {
		const change = (went) => ({
			files,
			above: went.above.timestamp
		});
		const went = goOn(decideTimestamp(base, held, snapshot, place.now, { files }));
		const plan = decideTimestamp(base, held, snapshot, place.now, change(went));
		return {
			snapshot,
			timestamp: await onlineFile(place, base, roots, "timestamp", plan),
			reasons: [...reasons, ...reasonOf("timestamp", plan)],
			findings: went.findings
		};
	};
}

// src/commands/publish-round.ts
function wantedTargets(base, known, listed) {
	const held = [...listed].flatMap(([role, sha256]) => {
		const newest = base.roles.get(role);
		if (newest !== void 0 && sha256Hex(newest.bytes) === sha256) return [];
		const bytes = (known.get(role) ?? []).find((one) => sha256Hex(one) === sha256);
		const parsed = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
		return parsed?.kind === "accepted" ? hostedIn(parsed.value.signed) : [];
	});
	return [...hostedTargets(base), ...held];
}
function isUpload(files) {
	return [...files.values()].some(({ kind }) => kind === "file");
}
async function selectFiles(place, { found, missing }, uploading) {
	const fresh = [...found].flatMap(([key, files]) => isUpload(files) ? [key] : []);
	const budget = uploading.kind === "all" && fresh.length > 0 ? await place.forge.budget() : null;
	const count = fresh.reduce((sum, key) => sum + (found.get(key)?.size ?? 0), 0);
	const room = uploading.kind === "all" ? decideUploads(count, budget?.left ?? null) : {
		now: 0,
		next: 0
	};
	const takes = (key) => uploading.kind === "all" ? room.now >= count : uploading.keys.has(key);
	const files = /* @__PURE__ */ new Map();
	const lacking = new Map(missing);
	for (const [key, some] of found) if (!isUpload(some) || takes(key)) for (const [path, content] of some) files.set(path, content);
	else {
		const where = key.slice(key.indexOf(" ") + 1);
		lacking.set(key, {
			code: "staged-missing",
			where,
			detail: "expected its bytes to be brought in, got no room for them yet; the next runs go on"
		});
	}
	return {
		files,
		uploads: fresh.filter(takes),
		missing: lacking,
		next: fresh.filter((key) => !takes(key)).slice(0, room.next)
	};
}
function metadataOf({ base }, snapshot) {
	const metadata = /* @__PURE__ */ new Map();
	for (const { file, bytes } of base.roots) metadata.set(rootPath(file.signed.version), bytes);
	for (const [role, { file, bytes }] of base.roles) metadata.set(metadataPath(role, file.signed.version), bytes);
	return metadata.set(metadataPath("snapshot", parseSnapshot(snapshot).signed.version), snapshot);
}
async function writeTargets({ forge }, { publishedHead, publishedTree }, changes, after) {
	if (![...changes.values()].some((content) => content?.kind === "file")) return {
		base: publishedHead,
		tree: after,
		left: changes
	};
	const parents = publishedHead === null ? [] : [publishedHead];
	const effective = new Map([...changes].filter(([path, content]) => content !== null || publishedTree.has(path)));
	const commit = await forge.writeCommit({
		base: publishedHead,
		parents,
		changes: effective,
		message: "Bring in hosted files\n"
	});
	return {
		base: commit,
		tree: await forge.tree(commit),
		left: /* @__PURE__ */ new Map()
	};
}
function asRefusal({ code, where, detail }) {
	return {
		code,
		where,
		detail
	};
}
function filesFor(base, { files }, unsigned) {
	if (unsigned === null) return files;
	const wanted = new Set(hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return new Map([...files].filter(([path]) => wanted.has(path)));
}
async function prepare(place, options, uploading) {
	const { forge, now } = place;
	const state = await readState(place, "with-merged", "optional");
	const base = requireBase(state);
	const held = heldNow(state, base);
	const known = await readKnownFiles(forge, state, held);
	const listed = new Map([...held.snapshot?.file.signed.meta ?? []].map(([role, { hashes }]) => [role, hashes?.get("sha256")]));
	const targets = wantedTargets(base, state.known, listed);
	const selection = await selectFiles(place, await findHostedFiles(place, state, known.list, targets), uploading);
	const live = liveState(place, state);
	const facts = {
		base,
		held,
		known: state.known,
		servedRoots: servedRoots(state, live),
		isServedKnown: state.live.timestamp !== null || held.timestamp === null,
		missing: selection.missing
	};
	const { plan, snapshot, signTimestamp, unsigned } = await signOrKeep(place, state, held, facts, options.served);
	const repair = await repairTree(forge, state, known, plan.base, parseSnapshot(snapshot).signed.version, targets);
	const changes = new Map([...repair.changes, ...filesFor(plan.base, selection, unsigned)]);
	const there = [...state.publishedTree.keys()].filter((path) => !changes.has(path));
	const unlisted = unlistedFiles(there, [...hostedTargets(base), ...hostedTargets(plan.base)]);
	const pruning = options.unlisted === "keep" || unsigned !== null ? NOTHING_PRUNED : decidePruning(liveState(place, state), state, listed, unlistedFiles(unlisted, targets));
	for (const path of pruning.files) changes.set(path, null);
	for (const path of wrongFiles(state, known.list, targets, selection.missing)) changes.set(path, null);
	const findings = [
		...state.findings,
		...state.liveFailure === null ? [] : [{
			...state.liveFailure,
			source: "live"
		}],
		...fastClockFindings(base, held, now),
		...known.findings,
		...repair.findings,
		...pruning.findings
	];
	const pruned = pruning.files;
	return {
		state,
		plan,
		known,
		selection,
		snapshot,
		signTimestamp,
		unsigned,
		changes,
		findings,
		pruned,
		unlisted: unlisted.filter((path) => !pruned.includes(path))
	};
}
async function publishOnce(place, options, uploading) {
	const { forge } = place;
	const prepared = await prepare(place, options, uploading);
	const { state, plan, known, selection, snapshot, signTimestamp, unsigned, changes } = prepared;
	let written;
	try {
		written = await writeTargets(place, state, changes, afterChanges(state.publishedTree, changes, known.list));
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "ref-conflict" || selection.uploads.length === 0) throw error;
		return {
			kind: "unwritten",
			refusal: asRefusal(error),
			keys: selection.uploads
		};
	}
	const metadata = metadataOf(plan, snapshot);
	const list = listFiles(written.tree, metadata);
	const encoded = encodeFileList(list);
	const online = await signTimestamp(sha256Hex(encoded)).catch((error) => {
		throw isKeyFailure(error) ? unsigned ?? error : error;
	});
	metadata.set(TIMESTAMP_PATH, online.timestamp);
	const last = new Map(written.left);
	for (const [path, bytes] of [...metadata, [FILE_LIST_PATH, encoded]]) {
		const there = written.tree.get(path);
		if (there?.kind !== "file" || there.id !== blobIdOf(bytes)) last.set(path, {
			kind: "bytes",
			bytes
		});
	}
	const source = mapSource(metadata, treeSource(forge, written.tree));
	const told = await requireReplay(place, state, plan.base, source).catch((error) => {
		throw unsigned ?? error;
	});
	const timestamp = parseTimestamp(online.timestamp).signed;
	const snapshotExpires = parseSnapshot(snapshot).signed.expires;
	const [revocations, others] = [plan.findings.filter(isRevocation), plan.findings.filter((one) => !isRevocation(one))];
	const findings = [
		...revocations,
		...prepared.findings,
		...told,
		...others,
		...online.findings
	];
	const served = state.live.timestamp;
	const result = {
		kind: "done",
		reasons: online.reasons,
		snapshot: parseSnapshot(snapshot).signed.version,
		timestamp: timestamp.version,
		expires: timestamp.expires < snapshotExpires ? timestamp.expires : snapshotExpires,
		findings,
		base: plan.base,
		current: [...metadata.keys()],
		isBehind: served === null || Buffer.compare(served, online.timestamp) !== 0,
		next: unsigned === null ? selection.next : [],
		unlisted: prepared.unlisted,
		pruned: prepared.pruned
	};
	const head = state.publishedHead;
	if (last.size === 0 && written.base === head) return {
		...result,
		outcome: "fresh",
		commit: head
	};
	const { clients } = options;
	if (clients !== null) await requireOutsideReplay(place, clients, plan.base, source, {
		metadata,
		targets: selection.files,
		kept: written.tree
	});
	last.set(".nojekyll", {
		kind: "bytes",
		bytes: /* @__PURE__ */ new Uint8Array()
	});
	const message = `Publish timestamp ${String(timestamp.version)}\n\n${online.reasons.join("\n")}\n`;
	const commit = await forge.writeCommit({
		base: written.base,
		parents: head === null ? [] : [head],
		changes: last,
		message
	});
	await forge.moveBranch(PUBLISHED_BRANCH, head, commit, "fast-forward");
	return {
		...result,
		findings: [...findings, ...heldBack(unsigned)],
		outcome: "published",
		commit
	};
}
function isRevocation({ code }) {
	return code === "revocation-unpublished";
}

// src/commands/sync-site.ts
const TARGET_FILE = /^targets\/(?:.*\/)?([0-9a-f]{64})\.[^/]+$|^targets\/([0-9a-f]{64})\..+$/;
function timestampOf(bytes) {
	if (bytes === null) return null;
	const parsed = outcomeOf(() => parseTimestamp(bytes));
	return parsed.kind === "accepted" ? parsed.value : null;
}
function genuineTimestamp(base, bytes) {
	const timestamp = timestampOf(bytes);
	return timestamp?.signed.binding?.repository === base.repository && base.roots.some(({ file }) => !isDiscardedUnder(file.signed, "timestamp", timestamp)) ? timestamp : null;
}
async function differences(place, base, tree, current) {
	const there = await place.site.list();
	const source = treeSource(place.forge, tree);
	const stale = new Set([...tree].flatMap(([path, { size }]) => there.get(path) === size ? [] : [path]));
	const changed = [];
	for (const path of current) {
		if (stale.has(path)) continue;
		const [branch, site] = [await source.metadata(path, DEFAULT_LIMITS.maxListedBytes), await place.site.read(path, DEFAULT_LIMITS.maxListedBytes)];
		if (branch !== null && (site === null || Buffer.compare(branch, site) !== 0)) changed.push(path);
	}
	for (const { path, sha256 } of hostedTargets(base)) for (const file of targetFilePaths(path, sha256)) {
		if (stale.has(file) || !tree.has(file)) continue;
		if ((await place.site.digest(file))?.sha256 !== sha256) changed.push(file);
	}
	return {
		stale: [...stale, ...changed],
		changed
	};
}
async function removeStrays({ site }, tree, requireHeld) {
	const strays = [...(await site.list()).keys()].filter((path) => (path.startsWith("metadata/") || path.startsWith("targets/")) && !tree.has(path));
	for (const path of strays) {
		await requireHeld();
		await site.remove(path);
	}
	return strays;
}
function withoutLaterRoots(source, version) {
	const hidden = rootPath(parseVersion(version + 1, "root"));
	return {
		...source,
		metadata: async (path, maxBytes) => path === hidden ? null : source.metadata(path, maxBytes)
	};
}
async function servesRoot(place, source, version, bytes) {
	const store = memoryStore(/* @__PURE__ */ new Map([[storeName("root"), bytes]]));
	return await attempt(problemList(), () => refresh(withoutLaterRoots(source, version), store, { time: place.now })) !== null;
}
async function lateRoots(place, source) {
	const late = /* @__PURE__ */ new Set();
	const there = (await readClientView(filesSource(place.site))).roots.length;
	if (there === 0) return late;
	const { roots } = await readClientView(source);
	for (let version = roots.length - 1; version >= there; version--) {
		const bytes = roots[version - 1];
		if (bytes === void 0 || !await servesRoot(place, source, version, bytes)) break;
		late.add(rootPath(parseVersion(version + 1, "root")));
	}
	return late;
}
async function writeFile$1(place, path, entry, requireHeld) {
	const match = TARGET_FILE.exec(path);
	const sha256 = match?.[1] ?? match?.[2];
	if (sha256 !== void 0) {
		const expected = {
			length: entry.size,
			sha256
		};
		const staged = await place.staging.locate(sha256);
		if (staged !== null) await place.site.copyIn(path, staged, expected);
		else await place.site.writeStream(path, place.forge.stream(entry.id), expected);
		return;
	}
	const bytes = (await place.forge.blobs([entry.id])).get(entry.id);
	if (bytes === void 0) throw new CountersignError("io", path, "expected the published bytes, got none");
	await requireHeld();
	await place.site.write(path, bytes);
}
async function tryTarget(place, path, entry, requireHeld) {
	try {
		await writeFile$1(place, path, entry, requireHeld);
		return null;
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "locked") throw error;
		await requireHeld();
		await place.site.remove(path);
		return {
			source: "live",
			code: error.code,
			where: path,
			detail: `${error.detail}; it could not be written to the site`
		};
	}
}
function told(code, [first, ...others], text) {
	if (first === void 0) return [];
	return [{
		source: "live",
		code,
		where: first,
		detail: text(others.length === 0 ? "this one" : `this one and ${String(others.length)} more`)
	}];
}
async function syncSite(place, base, current, pruned) {
	return place.withSiteLock(async (requireHeld) => {
		const head = (await place.forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
		if (head === void 0) return {
			outcome: "unchanged",
			written: 0,
			findings: []
		};
		const tree = await place.forge.tree(head);
		const [site, branch] = [genuineTimestamp(base, await place.site.read(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)), timestampOf(await treeSource(place.forge, tree).metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes))];
		if (site !== null && branch !== null && site.signed.version > branch.signed.version) return {
			outcome: "newer",
			written: 0,
			findings: []
		};
		const files = new Map([...tree].filter(([path]) => path.startsWith("metadata/") || path.startsWith("targets/")));
		const strays = await removeStrays(place, files, requireHeld);
		const { stale, changed } = await differences(place, base, files, current);
		const findings = [...told("event-file-unclaimed", strays.filter((path) => !pruned.has(path)), (what) => `expected only files of the published branch on the site, got ${what}; taken away`), ...told("hash-mismatch", changed.filter((path) => path.startsWith("targets/")), (what) => `expected the bytes that were signed on the site, got others of ${what}; put back`)];
		if (stale.length === 0) return {
			outcome: strays.length > 0 ? "updated" : "unchanged",
			written: 0,
			findings
		};
		const late = await lateRoots(place, treeSource(place.forge, files));
		let done = 0;
		const [early, last] = [stale.filter((path) => !late.has(path)), stale.filter((path) => late.has(path))];
		for (const path of [...inWritingOrder(early, false), ...inWritingOrder(last, false)]) {
			const entry = files.get(path);
			if (entry === void 0) continue;
			if (path.startsWith("targets/")) {
				const failure = await tryTarget(place, path, entry, requireHeld);
				if (failure !== null) findings.push(failure);
			} else await writeFile$1(place, path, entry, requireHeld);
			place.log.progress("publishing", ++done, stale.length);
		}
		return {
			outcome: "updated",
			written: stale.length,
			findings
		};
	});
}

// src/commands/publish.ts
function openingOnce(place) {
	const opened = /* @__PURE__ */ new Map();
	const openSigner = async (uri) => {
		const signer = opened.get(uri) ?? place.openSigner(uri);
		opened.set(uri, signer);
		return signer;
	};
	return {
		...place,
		openSigner
	};
}
const MAX_SINGLE_UPLOADS = 20;
function joined(earlier, later) {
	const isChanged = earlier.outcome === "published" || later.outcome === "published";
	return {
		...later,
		outcome: isChanged ? "published" : "fresh",
		reasons: [.../* @__PURE__ */ new Set([...earlier.reasons, ...later.reasons])]
	};
}
async function publishOneByOne(round, { keys, refusal }) {
	const taken = /* @__PURE__ */ new Set();
	const nothing = await round({
		kind: "all-but",
		keys: taken
	});
	if (nothing.kind === "unwritten") throw new Error("expected a round without uploads to write what it has");
	let done = nothing;
	const failures = [];
	for (const key of keys.length === 1 ? [] : keys.slice(0, MAX_SINGLE_UPLOADS)) {
		const next = await round({
			kind: "all-but",
			keys: /* @__PURE__ */ new Set([...taken, key])
		});
		if (next.kind === "done") {
			taken.add(key);
			done = joined(done, next);
		} else failures.push({
			...next.refusal,
			source: "published"
		});
	}
	if (failures.length === 0) failures.push({
		...refusal,
		source: "published"
	});
	return {
		...done,
		findings: [...done.findings, ...failures]
	};
}
async function publishAll(place, options) {
	const round = (uploading) => untilSettled(() => publishOnce(place, options, uploading));
	const first = await round({ kind: "all" });
	if (first.kind === "unwritten") return publishOneByOne(round, first);
	if (first.next.length === 0) return first;
	const second = await round({
		kind: "all-but",
		keys: new Set(first.next)
	});
	if (second.kind === "done") return joined(first, second);
	return {
		...first,
		findings: [...first.findings, {
			...second.refusal,
			source: "published"
		}]
	};
}
async function publish(place, clients = null, served = null, unlisted = "keep") {
	const opening = openingOnce(place);
	const first = await publishAll(opening, {
		clients,
		served,
		unlisted: "keep"
	});
	let done = await serve(opening, first);
	if (unlisted === "remove" && first.unlisted.length > 0) {
		const second = await publishAll(opening, {
			clients,
			served: null,
			unlisted
		});
		done = together(done, await serve(opening, second));
	}
	const { root } = first.base;
	const failures = await checkOnlineKeys(opening, root.signed);
	const [failure] = failures;
	const isIdle = done.outcome === "fresh" && (done.site.outcome === "unchanged" || done.site.outcome === "newer");
	if (failure !== void 0 && isIdle && done.findings.length === 0) throw new CountersignError(failure.code, failure.where, failure.detail);
	return {
		...done,
		findings: [...done.findings, ...failures.map((one) => ({
			...one,
			source: "published"
		}))]
	};
}
async function serve(place, published) {
	const { kind: _kind, base, current, isBehind, next: _next, unlisted, pruned, ...rest } = published;
	const result = {
		...rest,
		unlisted: countTargets(unlisted),
		pruned: countTargets(pruned)
	};
	const { site } = place;
	if (site === null) return {
		...result,
		site: {
			outcome: isBehind ? "behind" : "unchanged",
			written: 0
		}
	};
	const { findings, ...synced } = await syncSite({
		...place,
		site
	}, base, current, new Set(pruned));
	return {
		...result,
		findings: [...result.findings, ...findings],
		site: synced
	};
}
function together(first, second) {
	const isUpdated = second.site.outcome === "unchanged" && first.site.outcome === "updated";
	return {
		...second,
		outcome: first.outcome === "published" ? "published" : second.outcome,
		reasons: [.../* @__PURE__ */ new Set([...first.reasons, ...second.reasons])],
		site: {
			outcome: isUpdated ? "updated" : second.site.outcome,
			written: first.site.written + second.site.written
		},
		findings: [...new Map([...first.findings, ...second.findings].map((one) => [JSON.stringify(one), one])).values()]
	};
}

// src/event/decide-settings.ts
function admitsOnly(environment, branch) {
	if (environment.admits.kind !== "named") return false;
	const [pattern, ...more] = environment.admits.patterns;
	return more.length === 0 && pattern?.type === "branch" && pattern.name === branch;
}

// src/event/guards.ts
function reviewGuards({ defaultBranch, environment, branches }, name) {
	const findings = [];
	if (environment.kind === "known" && environment.value !== null && !admitsOnly({ admits: environment.value }, defaultBranch)) {
		const detail = `expected only the branch ${quote(defaultBranch)} to be admitted, got more: a writer's own branch can use the online key; restrict the environment, and replace the key`;
		findings.push({
			source: "settings",
			code: "key-exposed",
			where: `environment ${name}`,
			detail
		});
	}
	return {
		findings,
		notes: [...branches].flatMap(([branch, found]) => found.kind === "known" && found.value === "open" ? [branch] : []).map((branch) => `${branch}: writers can delete it or force it back, which is noticed and built upon; forbid both by a rule (\`countersign doctor\`)`)
	};
}

// src/action/publish-step.ts
async function tryPublish({ place }) {
	const { reasons, behind } = await publishNeeds(place);
	const text = reasons.length === 0 ? "nothing to publish" : ["would publish:", ...reasons].join("\n");
	return {
		exitCode: EXIT.ok,
		outputs: {
			operation: reasons.length === 0 ? "fresh" : "published",
			"publish-needed": String(reasons.length > 0),
			"deploy-needed": String(behind && place.site === null)
		},
		summary: {
			kind: "publish-needs",
			needs: {
				reasons,
				behind
			}
		},
		text,
		findings: []
	};
}
async function guardFindings({ guards, place: { log } }) {
	if (guards === null) return [];
	try {
		const facts = await guards.read(ONLINE_ENVIRONMENT, ["tuf", PUBLISHED_BRANCH]);
		const { findings, notes } = reviewGuards(facts, ONLINE_ENVIRONMENT);
		for (const note of notes) log.warn(note);
		return findings;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		log.info(`the guards of the key and the branches could not be looked at: ${error.message}`);
		return [];
	}
}
async function publishStep(context, { served, unlisted }) {
	const { now } = context;
	const { mode } = context.place;
	return withPlace(context, async (opened) => {
		if (mode === "dry-run") return tryPublish(opened);
		const published = await publish(opened.place, null, served, unlisted);
		const result = {
			...published,
			findings: [...published.findings, ...await guardFindings(opened)]
		};
		return {
			exitCode: result.findings.length > 0 ? EXIT.findings : EXIT.ok,
			outputs: {
				operation: result.outcome,
				"publish-needed": "false",
				"deploy-needed": String(result.site.outcome === "behind")
			},
			summary: {
				kind: "publish",
				publish: {
					...result,
					now,
					siteUrl: opened.siteUrl
				}
			},
			text: publishText(result, now, NO_STYLE, "a publish with `prune: true`"),
			findings: result.findings
		};
	});
}

// src/action/run-facts.ts
function given(env, name) {
	const value = env.get(name) ?? "";
	return value === "" ? null : value;
}
function readRunFacts(env) {
	const id = /^[1-9][0-9]{0,15}$/.exec(given(env, "GITHUB_RUN_ID") ?? "")?.[0];
	const serverUrl = given(env, "GITHUB_SERVER_URL") ?? "https://github.com";
	const repository = given(env, "GITHUB_REPOSITORY") ?? "";
	return {
		id: id === void 0 ? null : Number(id),
		url: id === void 0 || repository === "" ? null : `${serverUrl}/${repository}/actions/runs/${id}`,
		workflow: given(env, "GITHUB_WORKFLOW_REF") ?? "",
		commit: given(env, "GITHUB_SHA"),
		ref: given(env, "GITHUB_REF") ?? "",
		actor: given(env, "GITHUB_ACTOR") ?? "",
		repository,
		serverUrl,
		apiUrl: given(env, "GITHUB_API_URL") ?? "https://api.github.com",
		graphqlUrl: given(env, "GITHUB_GRAPHQL_URL"),
		temporary: given(env, "RUNNER_TEMP") ?? tmpdir()
	};
}

// src/action/runner.ts
const COMMAND_START = /^([\t\v\f\u0085\p{Zs}\ufeff]*):(?=:)/gmu;
function logText(text) {
	return text.replace(/\r/g, "\\r").replace(COMMAND_START, "$1: ").replace(/##(?=\[)/g, "## ");
}
const ANNOTATE = {
	error,
	warning: warning$2,
	notice
};
function githubRunner() {
	return {
		info: (text) => info(logText(text)),
		annotate: (kind, title, text) => ANNOTATE[kind](text, { title }),
		mask: (secret) => setSecret(secret),
		output: (name, value) => setOutput(name, value),
		startGroup: (title) => startGroup(logText(title)),
		endGroup: () => endGroup(),
		summary: async (markdown) => {
			if ((process.env["GITHUB_STEP_SUMMARY"] ?? "") === "") return;
			try {
				await summary$1.addRaw(markdown).write();
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				warning$2("the summary could not be written", { title: "summary" });
			}
		}
	};
}
const MAX_ANNOTATIONS = 8;
function boundedRunner(runner) {
	const counts = /* @__PURE__ */ new Map();
	return {
		info: (text) => runner.info(text),
		mask: (secret) => runner.mask(secret),
		output: (name, value) => runner.output(name, value),
		startGroup: (title) => runner.startGroup(title),
		endGroup: () => runner.endGroup(),
		summary: (markdown) => runner.summary(markdown),
		annotate: (kind, title, text) => {
			const count = (counts.get(kind) ?? 0) + 1;
			counts.set(kind, count);
			if (count <= MAX_ANNOTATIONS) runner.annotate(kind, title, text);
			else runner.info(terminalText(`${kind}: ${title}: ${text}`));
		},
		conclude: (title, text) => runner.annotate("error", title, text),
		finish: () => {
			for (const [kind, count] of counts) {
				const rest = count - MAX_ANNOTATIONS;
				if (rest > 0) runner.annotate(kind, `${String(rest)} more`, `${String(rest)} more of this kind are in the log of this step`);
			}
		}
	};
}

// src/action/secrets.ts
const SECRET_VARIABLE = /^(?:COUNTERSIGN_(?:.*_)?(?:KEY|TOKEN|PIN|PASSPHRASE)|GITHUB_TOKEN|GH_TOKEN|ACTIONS_(?:RUNTIME|ID_TOKEN_REQUEST)_TOKEN)$/;
const ARMOUR = /^-----[A-Z ]+-----$/;
function maskSecret(runner, secret) {
	for (const line of secret.split(/\r\n|\r|\n/)) {
		const text = line.trim();
		if (text !== "" && !ARMOUR.test(text)) runner.mask(text);
	}
}
function maskSecrets(runner, env) {
	for (const [name, value] of env) if (SECRET_VARIABLE.test(name) && value !== void 0) maskSecret(runner, value);
}

// src/commands/review-site.ts
async function reviewSite(place, site) {
	const state = await readState(place, "branches-only", "optional");
	const base = requireBase(state);
	const bytes = await site.metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes);
	if (bytes === null) throw new CountersignError("base-missing", TIMESTAMP_PATH, "expected a published timestamp, got none; run publish first");
	const { version } = parseTimestamp(bytes).signed;
	const served = heldNow({
		...state,
		published: {
			...state.published,
			timestamp: null,
			snapshot: null
		}
	}, base).timestamp;
	if (served !== null && served.file.signed.version > version) {
		const detail = `expected at least version ${String(served.file.signed.version)}, which clients are served, got ${String(version)}; run publish`;
		throw new CountersignError("rollback", TIMESTAMP_PATH, detail);
	}
	requireMayGoOn(place, state, heldNow(state, base), null);
	const refused = await requireReplay(place, state, base, site);
	const hosted = await hostedOn(site);
	const wrong = [];
	for (const target of hosted) for (const path of targetFilePaths(target.path, target.sha256)) if (await isWrong(site, path, target)) wrong.push(path);
	const strays = await straysOn(place, state, base, site, hosted);
	const text = "expected the bytes that were signed, got others; withheld from the site";
	return {
		timestamp: version,
		findings: [
			...state.findings,
			...refused,
			...wrong.map((path) => ({
				source: "published",
				code: "hash-mismatch",
				where: path,
				detail: text
			})),
			...strays.map((path) => ({
				source: "published",
				code: "event-file-unclaimed",
				where: path,
				detail: "expected only files that somebody signed for; withheld from the site"
			}))
		],
		withheld: [...wrong, ...strays]
	};
}
async function hostedOn(site) {
	const { roles } = await readClientView(site);
	const hosted = [...roles.values()].flatMap((bytes) => {
		const parsed = outcomeOf(() => parseTargets(bytes));
		return parsed.kind === "accepted" ? hostedIn(parsed.value.signed) : [];
	});
	return [...new Map(hosted.map((one) => [hostedKey(one), one])).values()];
}
async function isWrong(site, path, { length, sha256 }) {
	const pieces = await site.target(path, length);
	if (pieces === null) return false;
	const hash = createHash("sha256");
	let count = 0;
	for await (const piece of pieces) {
		count += piece.length;
		if (count > length) return true;
		hash.update(piece);
	}
	return count !== length || hash.digest("hex") !== sha256;
}
async function straysOn({ forge }, state, base, site, hosted) {
	const { list } = await readKnownFiles(forge, state, heldNow(state, base));
	const files = await site.list();
	if (list === null || files === null) return [];
	const known = new Set(hosted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return [...files.keys()].filter((path) => isListed(path) && !list.has(path) && !known.has(path));
}

// src/action/plain-files.ts
async function linkPlainFiles(from, to) {
	try {
		await mkdir(to, { recursive: true });
		let count = 0;
		for (const entry of await readdir(from, { withFileTypes: true })) {
			const [source, target] = [join(from, entry.name), join(to, entry.name)];
			if (entry.isDirectory()) count += await linkPlainFiles(source, target);
			if (!entry.isFile()) continue;
			await linkOrCopy(source, target);
			count++;
		}
		return count;
	} catch (error) {
		throw ioError(from, "to copy the files", error);
	}
}

// src/action/site-step.ts
const SERVED = ["metadata", "targets"];
async function isDirectory(path) {
	try {
		return (await lstat(path)).isDirectory();
	} catch {
		return false;
	}
}
async function siteStep(context) {
	const checkout = context.place.site;
	if (checkout === null || !await isDirectory(join(checkout, "metadata"))) throw new CountersignError("usage", "site", "expected the directory of a checkout of the published branch, got none; check it out in the step before this one");
	return withPlace(context, async ({ place, siteUrl }) => {
		const directory = join(await newDirectory(context, "site"), "site");
		let count = 0;
		for (const name of SERVED) {
			const from = join(checkout, name);
			if (await isDirectory(from)) count += await linkPlainFiles(from, join(directory, name));
		}
		const files = openDirectory(directory);
		const { findings, withheld } = await reviewSite(place, filesSource(files, directoryStreams(directory)));
		for (const path of withheld) await files.remove(path);
		count -= withheld.length;
		return {
			exitCode: EXIT.ok,
			outputs: {
				operation: "written",
				"site-directory": directory,
				withheld: String(withheld.length > 0)
			},
			summary: {
				kind: "site",
				site: {
					files: count,
					siteUrl,
					findings
				}
			},
			text: `${String(count)} files, verified`,
			findings
		};
	});
}

// src/action/step-log.ts
const PROGRESS_EVERY_MS = 5e3;
function stepLog(runner) {
	let last = performance.now();
	return {
		info: (text) => runner.info(text),
		warn: (text) => runner.annotate("warning", "countersign", text),
		progress: (what, done, total) => {
			const now = performance.now();
			if (now - last < PROGRESS_EVERY_MS || total === 0) return;
			last = now;
			runner.info(`${what}: ${String(Math.floor(100 * done / total))} %`);
		}
	};
}

// src/action/run.ts
async function perform(inputs, context) {
	switch (inputs.command) {
		case "propose": return proposeStep(context, inputs.propose);
		case "gather":
		case "settle": return gatherStep(context, inputs.command, inputs.onPublished);
		case "custody": return custodyStep(context, inputs.person);
		case "publish": return publishStep(context, inputs.publish);
		case "site": return siteStep(context);
		case "abandon": return abandonStep(context, inputs.number);
		case "fetch": return fetchStep(context, inputs.fetch);
		case "status": return statusStep(context);
		case "verify": return verifyStep(context);
		default: return inputs;
	}
}
async function report(runner, result) {
	runner.info(result.text);
	for (const { source, where, detail, code } of result.findings) runner.annotate("error", code, `left out, ${source}: ${where}: ${detail}`);
	for (const { where, detail, code } of result.problems ?? []) runner.annotate("error", code, `${where}: ${detail}`);
	setOutputs(runner, result.outputs);
	await runner.summary(renderSummary(result.summary));
}
async function refuse(runner, env, error) {
	const hint = hintFor(error.code);
	runner.conclude(error.code, `${error.message}${hint === null ? "" : ` (${hint})`}`);
	setOutputs(runner, {});
	const { code, where, detail } = error;
	const command = (env.get(variableOf$1("command")) ?? "").trim();
	await runner.summary(renderSummary({
		kind: "refused",
		command: command === "" ? "propose" : command,
		refusal: {
			code,
			where,
			detail
		},
		hint
	}));
	return exitCodeOf(error);
}
async function runAction(env, options = {}) {
	const runner = boundedRunner(options.runner ?? githubRunner());
	maskSecrets(runner, env);
	try {
		const inputs = readInputs(env);
		const context = {
			place: inputs.place,
			env,
			run: readRunFacts(env),
			log: stepLog(runner),
			now: options.now ?? currentInstant(),
			mask: (secret) => maskSecret(runner, secret)
		};
		runner.startGroup(`countersign ${inputs.command}${inputs.place.mode === "dry-run" ? " (dry run)" : ""}`);
		const result = await perform(inputs, context).finally(() => runner.endGroup());
		if (inputs.place.mode === "dry-run") runner.annotate("notice", "dry run", "nothing was written");
		await report(runner, result);
		return result.exitCode;
	} catch (error) {
		if (!(error instanceof CountersignError)) {
			runner.conclude("internal", "this is a mistake in Countersign; what happened is in the log");
			setOutputs(runner, {});
			throw error;
		}
		return await refuse(runner, env, error);
	} finally {
		runner.finish();
	}
}

// src/cli/run-to-end.ts
const LOST = "expected a result, got none; nothing is left to wait for";
function tell(detail, text, json) {
	process.stderr.write(`${text}\n`);
	if (json) process.stdout.write(`${JSON.stringify({ error: {
		code: "internal",
		where: "countersign",
		detail,
		hint: null
	} }, null, 2)}\n`);
}
async function runToEnd(program, json = false) {
	process.exitCode = 1;
	const complain = () => tell(LOST, `countersign: ${LOST}`, json);
	const give = (error) => {
		const text = error instanceof Error ? error.stack ?? error.message : String(error);
		tell(text, `internal error ${text}`, json);
		process.exit(1);
	};
	process.once("beforeExit", complain).once("uncaughtException", give);
	try {
		process.exitCode = await program();
	} finally {
		process.off("beforeExit", complain).off("uncaughtException", give);
	}
}

// src/cli/strict-tls.ts
const NAME = "NODE_TLS_REJECT_UNAUTHORIZED";
function requireCertificates() {
	const text = process.env[NAME];
	if (text === void 0) return;
	Reflect.deleteProperty(process.env, NAME);
	if (text === "0") process.stderr.write(`warning ${NAME} is not obeyed: certificates are always checked\n`);
}

// src/action.ts
requireCertificates();
await runToEnd(() => runAction(new Map(Object.entries(process.env))));

export {  };
