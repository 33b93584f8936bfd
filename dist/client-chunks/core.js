import { constants, createHash, createPublicKey, verify } from "node:crypto";

// src/tuf/errors.ts
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
function quote(text) {
	const capped = text.length > 80 ? `${text.slice(0, 79)}…` : text;
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
const CONTROL = /\p{Cc}/u;
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
function encodeRoleName(name) {
	if (UNRESERVED.test(name)) return name;
	return encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
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
var Reader = class {
	#text;
	#at = 0;
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

// src/tuf/path-pattern.ts
function matchSegment(pattern, text) {
	let p = 0;
	let t = 0;
	let star = -1;
	let mark = 0;
	while (t < text.length) if (p < pattern.length && pattern[p] === "*") {
		star = p++;
		mark = t;
	} else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
		p++;
		t++;
	} else if (star >= 0) {
		p = star + 1;
		t = ++mark;
	} else return false;
	while (pattern[p] === "*") p++;
	return p === pattern.length;
}
function matchPattern(pattern, path) {
	if (pattern.includes("[")) return "ambiguous";
	const patterns = pattern.split("/");
	const segments = path.split("/");
	if (patterns.length !== segments.length) return "no-match";
	return patterns.every((one, index) => {
		const segment = segments[index] ?? "";
		return one === segment || matchSegment(Array.from(one), Array.from(segment));
	}) ? "match" : "no-match";
}

// src/tuf/instant.ts
const FORMAT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
function instantFromSeconds(seconds) {
	if (!Number.isFinite(seconds)) throw new CountersignError("expires-invalid", "time", "expected a finite time");
	return Math.floor(seconds);
}
function parseInstant(text, where) {
	const milliseconds = Date.parse(text);
	if (!FORMAT.test(text) || Number.isNaN(milliseconds) || encodeInstant(milliseconds / 1e3) !== text) throw new CountersignError("expires-invalid", where, `expected YYYY-MM-DDTHH:MM:SSZ of a date that exists, got ${quote(text)}`);
	return milliseconds / 1e3;
}
function encodeInstant(instant) {
	return (/* @__PURE__ */ new Date(instant * 1e3)).toISOString().replace(/\.\d{3}Z$/, "Z");
}

// src/tuf/canonical.ts
const SURROGATE = /[\ud800-\udfff]/;
const TO_ESCAPE = /["\\]/;
const ALL_TO_ESCAPE = /["\\]/g;
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

// src/tuf/sha256.ts
function sha256Hex(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
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

// src/tuf/key.ts
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
function keyIdOf(raw) {
	return sha256Hex(encodeCanonicalJson(raw));
}
function parseKeyId(text, where) {
	if (text === "") throw new CountersignError("key-invalid", where, "expected a keyid, got an empty string");
	return text;
}
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
function ecdsaSpkiOf(text) {
	if (/^(?:[0-9a-f]{2})+$/i.test(text)) {
		const bytes = Buffer.from(text, "hex");
		return bytes.length === P256.pointBytes ? Buffer.concat([P256.spkiPrefix, bytes]) : bytes;
	}
	const base64 = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----/.exec(text)?.[1];
	return base64 === void 0 ? null : Buffer.from(base64, "base64");
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
function rsaMaterial(text) {
	const key = /^-----BEGIN (RSA )?PUBLIC KEY-----\r?\n/.test(text) ? publicKeyOf({
		key: text,
		format: "pem"
	}) : null;
	if (key?.asymmetricKeyType !== "rsa") return unusable("rsa needs a public key in PEM");
	const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
	if (bits < MIN_RSA_BITS) return unusable(`rsa needs ${String(MIN_RSA_BITS)} bits, this key has ${String(bits)}`);
	if (exponent < 3n || exponent % 2n === 0n) return unusable(`rsa needs an odd exponent of at least 3, this key has ${String(exponent)}`);
	return usable("rsa-pss-sha256", key, key.export({
		format: "der",
		type: "spki"
	}));
}
function materialOf(keytype, scheme, value) {
	switch (`${keytype}/${scheme}`) {
		case "ed25519/ed25519": return ed25519Material(value);
		case "ecdsa/ecdsa-sha2-nistp256":
		case "ecdsa-sha2-nistp256/ecdsa-sha2-nistp256": return ecdsaMaterial(value, P256);
		case "ecdsa/ecdsa-sha2-nistp384":
		case "ecdsa-sha2-nistp384/ecdsa-sha2-nistp384": return ecdsaMaterial(value, P384);
		case "rsa/rsassa-pss-sha256": return rsaMaterial(value);
		default: return unusable(`the key type ${quote(keytype)} with scheme ${quote(scheme)} is not known here`);
	}
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
function parseKeyTable(value, where) {
	const table = /* @__PURE__ */ new Map();
	for (const [id, raw] of value) {
		const path = jsonPath(where, id);
		const key = parseKey(asObject(raw, path), path);
		const keyId = parseKeyId(id, path);
		if (key.keyId !== keyId) {
			table.set(keyId, {
				...key,
				material: unusable(`its keyid is ${key.keyId}, not ${quote(id)}`)
			});
			continue;
		}
		table.set(keyId, key);
	}
	return table;
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
function verifySignature(key, payload, sig) {
	const { material } = key;
	if (material.kind === "unusable") return "key-unusable";
	if (!HEX$1.test(sig)) return "malformed";
	const bytes = Buffer.from(sig, "hex");
	const { algorithm, keyObject } = material;
	switch (algorithm) {
		case "ed25519":
			if (bytes.length !== ED25519_SIGNATURE_BYTES) return "malformed";
			return verify(null, payload, keyObject, bytes) ? "valid" : "invalid";
		case "ecdsa-p256": return verify("sha256", payload, keyObject, bytes) ? "valid" : "invalid";
		case "ecdsa-p384": return verify("sha384", payload, keyObject, bytes) ? "valid" : "invalid";
		case "rsa-pss-sha256": {
			if (bytes.length !== Math.ceil((keyObject.asymmetricKeyDetails?.modulusLength ?? 0) / 8)) return "malformed";
			const pss = {
				key: keyObject,
				padding: constants.RSA_PKCS1_PSS_PADDING,
				saltLength: constants.RSA_PSS_SALTLEN_AUTO
			};
			return verify("sha256", payload, pss, bytes) ? "valid" : "invalid";
		}
		default: return algorithm;
	}
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
function describeIgnored(entries) {
	const shown = entries.slice(0, MAX_SHOWN).map(({ keyId, verdict }) => {
		const start = keyId.slice(0, 8);
		return `${HEX.test(start) ? start : quote(start)} ${verdict}`;
	});
	const rest = entries.length - shown.length;
	return [...shown, ...rest === 0 ? [] : [`${String(rest)} more`]].join(", ");
}
function requireThreshold(input, where) {
	const count = countSignatures(input);
	if (!count.reached) {
		const ignored = count.entries.filter((entry) => entry.verdict !== "counts" && entry.verdict !== "empty");
		const why = ignored.length === 0 ? "" : ` (not counted: ${describeIgnored(ignored)})`;
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
function parseDelegations(raw, where) {
	const keys = parseKeyTable(objectField(raw, "keys", where), jsonPath(where, "keys"));
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

// src/tuf/metadata.ts
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

// src/tuf/online.ts
const SUFFIX = ".json";
function entryAt$1(file, value, at) {
	if (!file.endsWith(SUFFIX)) throw new CountersignError("meta-invalid", at, `expected a name ending in .json, got ${quote(file)}`);
	const name = file.slice(0, -5);
	const listed = parseMetaFile(asObject(value, at), at);
	if (name === "root") return null;
	return {
		role: parseTargetsRoleName(name, at),
		listed
	};
}
function parseEntry$1(file, value, path) {
	try {
		return entryAt$1(file, value, "");
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return entryAt$1(file, value, jsonPath(path, file));
	}
}
function parseSnapshotSigned(raw, where) {
	const header = parseSignedHeader(raw, "snapshot", where);
	const path = jsonPath(where, "meta");
	const meta = /* @__PURE__ */ new Map();
	for (const [file, value] of objectField(raw, "meta", where)) {
		const entry = parseEntry$1(file, value, path);
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
function parseRootSigned(raw, where) {
	return {
		kind: "root",
		...parseSignedHeader(raw, "root", where),
		consistentSnapshot: raw.has("consistent_snapshot") ? booleanField(raw, "consistent_snapshot", where) : false,
		keys: parseKeyTable(objectField(raw, "keys", where), jsonPath(where, "keys")),
		roles: parseRoles(objectField(raw, "roles", where), jsonPath(where, "roles")),
		binding: parseBinding(raw, where)
	};
}
function parseRoot(bytes) {
	return parseMetadata(bytes, parseRootSigned);
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
function entryAt(name, value, where) {
	return {
		targetPath: parseTargetPath(name, where),
		file: parseTargetFile(asObject(value, where), where)
	};
}
function parseEntry(name, value, path) {
	try {
		return entryAt(name, value, "");
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return entryAt(name, value, jsonPath(path, name));
	}
}
function parseTargetsSigned(raw, where) {
	const header = parseSignedHeader(raw, "targets", where);
	const path = jsonPath(where, "targets");
	const targets = /* @__PURE__ */ new Map();
	for (const [name, value] of objectField(raw, "targets", where)) {
		const { targetPath, file } = parseEntry(name, value, path);
		targets.set(targetPath, file);
	}
	const delegations = raw.has("delegations") ? parseDelegations(objectField(raw, "delegations", where), jsonPath(where, "delegations")) : null;
	return {
		kind: "targets",
		...header,
		targets,
		delegations,
		binding: parseBinding(raw, where)
	};
}
function parseTargets(bytes) {
	return parseMetadata(bytes, parseTargetsSigned);
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
		const root = parseRoot(bytes);
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
		const root = parseRoot(bytes);
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
		const file = parseTargets(bytes);
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

// src/version.ts
const VERSION = "0.1.0";

export { parseTargetPath as A, objectField as C, TARGETS as D, parseJson as E, unwrap as F, CountersignError as M, outcomeOf as N, TOP_LEVEL_ROLES as O, quote as P, integerField as S, jsonPath as T, matchPattern as _, finishRoot as a, asString as b, trustInitialRoot as c, updateTargets as d, updateTimestamp as f, instantFromSeconds as g, searchTarget as h, rootPath as i, parseVersion as j, encodeRoleName as k, updateRoot as l, requireBinding as m, TIMESTAMP_PATH as n, finishTimestamp as o, requireKnownDigests as p, metadataPath as r, requireFinalSnapshot as s, VERSION as t, updateSnapshot as u, arrayField as v, isJsonObject as w, booleanField as x, asObject as y };
