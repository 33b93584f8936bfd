import { constants, createHash, createPublicKey, verify } from "node:crypto";

// src/tuf/errors.ts
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
function quote(text) {
	return quoteUpTo(80, text);
}
function quotePath(path) {
	return quoteUpTo(4096, path);
}
function quoteUpTo(max, text) {
	const capped = text.length > max ? `${text.slice(0, max - 1)}…` : text;
	return JSON.stringify(capped).replace(UNSEEN, escapeUnits);
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
const SPACE = /[ \n\r\t]*/y;
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
		SPACE.lastIndex = this.#at;
		SPACE.test(this.#text);
		this.#at = SPACE.lastIndex;
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

// src/tuf/normal-form.ts
const NON_ASCII$1 = /[^\x00-\x7f]/;
const TOO_MANY_MARKS = /\p{M}{31}/u;
function hasFewMarks(text) {
	return !NON_ASCII$1.test(text) || !TOO_MANY_MARKS.test(text);
}
function isNfc(text) {
	if (!NON_ASCII$1.test(text)) return true;
	return hasFewMarks(text) && text.normalize("NFC") === text;
}

// src/tuf/canonical.ts
const NON_ASCII = /[^\x00-\x7f]/;
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
		if (typeof item === "string" && !NON_ASCII.test(item)) continue;
		if (typeof item === "number") continue;
		requireNfc(item, jsonPath(path, key));
	}
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

// src/tuf/names.ts
const TOP_LEVEL_ROLES = [
	"root",
	"timestamp",
	"snapshot",
	"targets"
];
const TARGETS = "targets";
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
	return text === "targets" ? TARGETS : parseDelegatedRoleName(text, where);
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

// src/tuf/sha256.ts
function sha256Hex(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}

// node_modules/@noble/hashes/utils.js
function isBytes(a) {
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
function abytes(value, length, title = "") {
	if (isBytes(value) && (length === void 0 || value.length === length)) return value;
	if (length !== void 0) anumber(length, "length");
	const bytes = isBytes(value);
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
	abytes(out, void 0, "output");
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
function bytesToHex(bytes) {
	abytes(bytes);
	if (hasHexBuiltin) return bytes.toHex();
	let hex = "";
	for (let i = 0; i < bytes.length; i++) hex += hexes[bytes[i]];
	return hex;
}
function concatBytes(...arrays) {
	let sum = 0;
	for (let i = 0; i < arrays.length; i++) {
		const a = arrays[i];
		abytes(a);
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
		abytes(data);
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
		abytes(out);
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
const abytesDoc = abytes;
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
	a = abytes(a);
	b = abytes(b);
	if (a.length !== b.length) return false;
	let diff = 0;
	for (let i = 0; i < a.length; i++) diff |= a[i] ^ b[i];
	return diff === 0;
}
function validateOpts(opts) {
	if (isBytes(opts)) throw new TypeError("\"opts\" expected object, got Uint8Array");
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
	if (normalized.context !== void 0) abytes(normalized.context, void 0, "opts.context");
	return normalized;
}
function validateSigOpts(opts, allowed = SIG_OPT_KEYS) {
	const normalized = checkOptKeys(opts, allowed);
	if (normalized.context !== void 0) abytes(normalized.context, void 0, "opts.context");
	if (normalized.extraEntropy !== false && normalized.extraEntropy !== void 0) abytes(normalized.extraEntropy, void 0, "opts.extraEntropy");
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
				abytes(b, l, label);
				res.set(b, pos);
				if (typeof c !== "number") b.fill(0);
				pos += l;
			}
			return res;
		},
		decode: (buf) => {
			abytes(buf, bytesLen, label);
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
			abytes(a, bytesLen);
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
const EMPTY = /* @__PURE__ */ Uint8Array.of();
function getMessage(msg, ctx = EMPTY) {
	abytes(msg, void 0, "msg");
	abytes(ctx, void 0, "ctx");
	if (ctx.length > 255) throw new RangeError("context should be 255 bytes or less");
	return concatBytes(new Uint8Array([0, ctx.length]), ctx, msg);
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
	abytes(oid, void 0, "hash.oid");
	if (!equalBytes(oid.subarray(0, 10), oidNistP)) throw new Error("\"hash.oid\" is invalid: expected NIST hash");
	const xofLen = XOF_OID_OUTPUT_LEN[bytesToHex(oid)];
	if (xofLen !== void 0 && hash.outputLen !== xofLen) throw new Error("Pre-hash XOF output length must be " + xofLen + " bytes for this OID, got: " + hash.outputLen);
	const collisionResistance = hash.outputLen * 8 / 2;
	if (requiredStrength > collisionResistance) throw new Error("Pre-hash security strength too low: " + collisionResistance + ", required: " + requiredStrength);
}
function getMessagePrehash(hash, msg, ctx = EMPTY) {
	checkHash(hash);
	abytes(msg, void 0, "msg");
	abytes(ctx, void 0, "ctx");
	if (ctx.length > 255) throw new RangeError("context should be 255 bytes or less");
	const hashed = hash(msg);
	return concatBytes(new Uint8Array([1, ctx.length]), ctx, hash.oid, hashed);
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
const N = 256;
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
	N,
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
	for (let i = 0; i < N; i++) p[i] <<= D;
	return p;
};
const polyChknorm = (p_, B) => {
	const p = p_;
	for (let i = 0; i < N; i++) if (Math.abs(crystals.smod(p[i])) >= B) return true;
	return false;
};
const MultiplyNTTs = (a_, b_) => {
	const a = a_;
	const b = b_;
	const c = newPoly(N);
	for (let i = 0; i < a.length; i++) c[i] = crystals.mod(a[i] * b[i]);
	return c;
};
function RejNTTPoly(xof_) {
	const xof = xof_;
	const r = newPoly(N);
	for (let j = 0; j < N;) {
		const b = xof();
		if (b.length % 3) throw new Error("RejNTTPoly: unaligned block");
		for (let i = 0; j < N && i <= b.length - 3; i += 3) {
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
				for (let j = 0; j < N; j++) if (h[i][j] !== 0) res[k++] = j;
				res[OMEGA + i] = k;
			}
			return res;
		},
		decode: (buf) => {
			const h = [];
			let k = 0;
			for (let i = 0; i < K; i++) {
				const hi = newPoly(N);
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
		const r = newPoly(N);
		for (let j = 0; j < N;) {
			const b = xof();
			for (let i = 0; j < N && i < b.length; i += 1) {
				const d1 = CoefFromHalfByte(b[i] & 15);
				const d2 = CoefFromHalfByte(b[i] >> 4 & 15);
				if (d1 !== false) r[j++] = d1;
				if (j < N && d2 !== false) r[j++] = d2;
			}
		}
		return r;
	}
	const SampleInBall = (seed) => {
		const pre = newPoly(N);
		const s = shake256.create({}).update(seed);
		const buf = new Uint8Array(shake256.blockLen);
		s.xofInto(buf);
		const masks = buf.slice(0, 8);
		for (let i = N - TAU, pos = 8, maskPos = 0, maskBit = 0; i < N; i++) {
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
		const res0 = newPoly(N);
		const res1 = newPoly(N);
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
		for (let i = 0; i < N; i++) u[i] = UseHint(h[i], u[i]);
		return u;
	};
	const polyMakeHint = (a_, b_) => {
		const a = a_;
		const b = b_;
		const v = newPoly(N);
		let cnt = 0;
		for (let i = 0; i < N; i++) {
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
			const t = newPoly(N);
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
			const tmp = newPoly(N);
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
					const wi = newPoly(N);
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
				const Az = newPoly(N);
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
const ALL = [
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
	return ALL.find(isOf)?.algorithm ?? null;
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
	const parameters = ALL.find((one) => one.algorithm === algorithm);
	if (signature.length !== parameters?.signatureBytes) return "malformed";
	const message = mlDsaMessage(payload);
	const native = by === "library" ? null : nativeKey(spki, algorithm);
	return (native === null ? parameters.verify(signature, message, spki.subarray(parameters.spkiPrefix.length)) : verify(null, message, native, signature)) ? "valid" : "invalid";
}

// src/tuf/weak-ed25519.ts
const P = 2n ** 255n - 19n;
const SMALL_ORDER_Y = /* @__PURE__ */ new Set([
	0n,
	1n,
	P - 1n,
	55188659117513257062467267217118295137698188065244968500265048394206261417927n,
	2707385501144840649318225287225658788936804267575313519463743609750303402022n
]);
function isWeakEd25519(point) {
	const littleEndian = Buffer.from(point);
	littleEndian[31] = (littleEndian[31] ?? 0) & 127;
	const y = BigInt(`0x${littleEndian.reverse().toString("hex")}`);
	return y >= P || SMALL_ORDER_Y.has(y);
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
const MIN_RSA_BITS = 2048;
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
	if (bits < MIN_RSA_BITS) return unusable(`rsa needs ${String(MIN_RSA_BITS)} bits, this key has ${String(bits)}`);
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

// src/tuf/path-pattern.ts
const MAX_STEPS = 65536;
function matchSegment(pattern, text) {
	let steps = 0;
	let p = 0;
	let t = 0;
	let star = -1;
	let mark = 0;
	while (t < text.length) {
		if (++steps > MAX_STEPS + pattern.length + text.length) return "unknown";
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

// src/tuf/threshold.ts
const MAX_SHOWN = 8;
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
function judge(input, allowed, used, votes, entry) {
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
		verdict: judge(input, allowed, used, votes, entry)
	}));
	return {
		threshold: input.role.threshold,
		votes,
		entries,
		reached: votes.size >= input.role.threshold
	};
}
function describeIgnored(entries, keys) {
	const shown = entries.slice(0, MAX_SHOWN).map(({ keyId, verdict }) => {
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

// src/tuf/compatibility.ts
const ALL_GLOB_CLIENTS = [
	"python-tuf",
	"tuf-js",
	"php-tuf",
	"go-tuf",
	"tough"
];
function refused(subject, clients, detail) {
	return {
		severity: "refused",
		subject,
		clients,
		detail
	};
}
function warning(subject, clients, detail) {
	return {
		severity: "warning",
		subject,
		clients,
		detail
	};
}
function reviewPattern(pattern) {
	const found = [];
	if (pattern === "" || pattern.split("/").includes("")) found.push(refused(pattern, ["rust-tuf", "tuf-js"], "an empty segment: a leading, trailing or doubled slash"));
	if (pattern.includes("**")) found.push(refused(pattern, [
		"php-tuf",
		"go-tuf",
		"tough"
	], "\"**\" crosses directories in some clients"));
	if (/[[\]]/.test(pattern)) found.push(refused(pattern, ALL_GLOB_CLIENTS, "sets in brackets are negated by \"!\" in some and \"^\" in others"));
	if (/[{}]/.test(pattern)) found.push(refused(pattern, ["tuf-js", "tough"], "braces are alternatives in these clients and literal in others"));
	if (pattern.startsWith("!")) found.push(refused(pattern, ["tuf-js"], "a leading \"!\" negates the pattern"));
	if (pattern.startsWith("#")) found.push(refused(pattern, ["tuf-js"], "a leading \"#\" makes it a comment"));
	if (/[+@!?*]\(/.test(pattern)) found.push(refused(pattern, ["tuf-js"], "an extended pattern such as \"+(a|b)\""));
	if (pattern.includes("\\")) found.push(refused(pattern, [
		"go-tuf",
		"tuf-js",
		"tough"
	], "a backslash escapes in some clients"));
	if (/(^|\/)[*?]/.test(pattern)) found.push(warning(pattern, ["tuf-js"], "a segment that begins with a wildcard does not match names with a leading dot"));
	if (pattern.includes("*")) {
		found.push(warning(pattern, ["tough", "php-tuf"], "\"*\" also matches across \"/\"; the role may sign deeper paths there"));
		found.push(warning(pattern, ["rust-tuf"], "patterns are read as path prefixes; nothing matches"));
	}
	if (pattern.includes("?") && !pattern.includes("*")) found.push(warning(pattern, ["tough"], "\"?\" also matches \"/\"; the role may sign other paths there"));
	return found;
}
function reviewRoleName(name) {
	if (/^[0-9]+$/.test(name)) return [refused(name, ["tuf-js"], "a name of digits only changes the order of roles and breaks signatures")];
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return [refused(name, [
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
	if (path.startsWith("/")) found.push(refused(path, ["tuf-js", "rust-tuf"], "a leading slash doubles in the URL"));
	if (path === "" || segments.slice(1).includes("")) found.push(refused(path, ["tuf-js", "rust-tuf"], "an empty segment"));
	if (segments.includes("..") || segments.includes(".")) found.push(refused(path, [
		"tuf-js",
		"rust-tuf",
		"tough"
	], "a \".\" or \"..\" segment"));
	if (/[\\#?%:\u0000-\u001f\u007f]/.test(path)) found.push(refused(path, clientsAgainst(path), "one of \\ # ? % : or a control character, which URLs or clients change"));
	if (!isNfc(path)) found.push(refused(path, ["tough"], "text that is not in Unicode normal form C"));
	if (/[\ud800-\udfff]/.test(path)) found.push(refused(path, ["tuf-js"], "characters beyond U+FFFF, which tuf-js sorts differently before verifying"));
	if (segments.some((segment) => segment.startsWith("."))) found.push(warning(path, ["tuf-js"], "a segment with a leading dot is not matched by \"*\""));
	if (/[^\u0020-\u007e]/.test(path)) found.push(warning(path, ["php-tuf"], "non-ASCII text is escaped before verifying"));
	return found;
}
function reviewKey(key) {
	const { material } = key;
	if (material.kind === "unusable") return [refused(key.keyId, [
		"python-tuf",
		"tough",
		"php-tuf"
	], material.reason)];
	switch (material.algorithm) {
		case "ed25519": return [];
		case "ecdsa-p256":
		case "rsa-pss-sha256": return [warning(key.keyId, ["rust-tuf", "php-tuf"], `${material.algorithm} keys are not read`)];
		case "ecdsa-p384": {
			const clients = key.keytype === "ecdsa" ? [] : ["go-tuf"];
			return [warning(key.keyId, [
				...clients,
				"tough",
				"rust-tuf",
				"php-tuf"
			], "P-384 keys are not read, nor by tough a file that lists one")];
		}
		case "rsa-pss-sha384":
		case "rsa-pss-sha512": return [refused(key.keyId, [
			"go-tuf",
			"tough",
			"rust-tuf",
			"php-tuf"
		], `${material.algorithm} signatures are not read: sign with sha256`)];
		case "ml-dsa-44":
		case "ml-dsa-65":
		case "ml-dsa-87": return [refused(key.keyId, [
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
	return [refused(id, ["tough", "rust-tuf"], `this keyid is not the sha256 of its key, ${keyId}: a file with such a key is refused, or the key left out`)];
}
function reviewHashBins(kind, subject) {
	if (kind === "succinct") return [warning(subject, [
		"tough",
		"rust-tuf",
		"php-tuf"
	], "succinct_roles are not read")];
	return [warning(subject, ["go-tuf", "rust-tuf"], "path_hash_prefixes never match (go-tuf compares base64)")];
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
		role: TARGETS,
		delegator: "root",
		terminating: false
	}];
	const visited = /* @__PURE__ */ new Set();
	for (let next = pending.pop(); next !== void 0; next = pending.pop()) {
		if (next.kind === "ambiguous") return {
			kind: "ambiguous",
			role: next.role,
			delegator: next.delegator === "root" ? TARGETS : next.delegator
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
function roleKeysObject(role) {
	return jsonObject({
		keyids: role.keyIds,
		threshold: role.threshold
	});
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
function newRootSigned(header, parts) {
	const { root, timestamp, snapshot, targets } = parts.roles;
	return withHeader("root", header, {
		consistent_snapshot: true,
		keys: parts.keys,
		roles: jsonObject({
			root: roleKeysObject(root),
			timestamp: roleKeysObject(timestamp),
			snapshot: roleKeysObject(snapshot),
			targets: roleKeysObject(targets)
		}),
		[BINDING_FIELD]: parts.binding
	});
}
function newTargetsSigned(header, parts) {
	return withHeader("targets", header, {
		targets: parts.targets,
		delegations: parts.delegations,
		[BINDING_FIELD]: parts.binding
	});
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

// src/tuf/edit-targets.ts
function entryOf(target, previous) {
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
function sameEntry(a, b) {
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
		const entry = entryOf(target, listed);
		requireNfc(path, quote(path));
		requireNfc(entry, quote(path));
		if (listed !== void 0) {
			if (sameEntry(entry, listed.raw)) continue;
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

export { reviewKeyId as $, quote as $t, jsonObject as A, encodeInstant as At, requireKnownDigests as B, stringField as Bt, isDue as C, parseDelegatedRoleName as Ct, planTimestamp as D, parseThreshold as Dt, planSnapshot as E, parseTargetsRoleName as Et, roleKeysObject as F, asObject as Ft, parseBinding as G, isNfc as Gt, parseRoot as H, encodeCanonicalJson as Ht, parseSnapshot as I, asString as It, reachOf as J, jsonPath as Jt, parseRepositoryId as K, isJsonArray as Kt, parseTimestamp as L, booleanField as Lt, newSnapshotSigned as M, parseInstant as Mt, newTargetsSigned as N, arrayField as Nt, sameMeta as O, parseVersion as Ot, newTimestampSigned as P, asArray as Pt, reviewKey as Q, outcomeOf as Qt, parseTargets as R, integerField as Rt, isDiscardedUnder as S, encodeRoleName as St, nextVersion as T, parseTargetPath as Tt, parseRootAs as U, encodeJsonFile as Ut, requireLengthAndHashes as V, compareCodePoints as Vt, BINDING_FIELD as W, hasFewMarks as Wt, searchTarget as X, parseJson as Xt, rolesFor as Y, jsonTypeOf as Yt, reviewHashBins as Z, CountersignError as Zt, trustInitialRoot as _, parseKeyId as _t, hostingOf as a, delegatedKeys as at, updateTargets as b, TARGETS as bt, inWritingOrder as c, countSignatures as ct, strayPaths as d, encodeMetadata as dt, quotePath as en, reviewPattern as et, targetFilePaths as f, payloadDigest as ft, requireRootTransition as g, parseKey as gt, requireFinalSnapshot as h, misnamedKeys as ht, readTypedDigest as i, binOfPath as it, newRootSigned as j, instantFromSeconds as jt, bindingObject as k, addSeconds as kt, metadataPath as l, requireThreshold as lt, finishTimestamp as m, keyIdOf as mt, stageTargets as n, reviewTargetPath as nt, ourCustomOf as o, delegationCovers as ot, finishRoot as p, verifySignature as pt, requireBinding as q, isJsonObject as qt, parseTypedDigest as r, binName as rt, TIMESTAMP_PATH as s, isBinName as st, editTargets as t, unwrap as tn, reviewRoleName as tt, rootPath as u, matchPattern as ut, updateRoot as v, mlDsaAlgorithmOf as vt, listFile as w, parseSha256 as wt, updateTimestamp as x, TOP_LEVEL_ROLES as xt, updateSnapshot as y, sha256Hex as yt, parseTargetsAs as z, objectField as zt };
