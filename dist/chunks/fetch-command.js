import { a as orIoError, i as ioError, n as errnoOf, o as writeTemporary, r as ignoring, t as TEMPORARY_PREFIX } from "./atomic-file.js";
import { c as currentInstant, d as withLock, p as makeDirectories } from "./transport.js";
import { $t as quote, Ft as asObject, H as parseRoot, It as asString, Jt as jsonPath, Lt as booleanField, Mt as parseInstant, Nt as arrayField, Rt as integerField, Tt as parseTargetPath, Xt as parseJson, Zt as CountersignError, _ as trustInitialRoot, ft as payloadDigest, ht as misnamedKeys, s as TIMESTAMP_PATH, ut as matchPattern, yt as sha256Hex, zt as objectField } from "./tuf.js";
import { i as DEFAULT_LIMITS, n as siteUrls, t as openHttpSource } from "./http-source.js";
import { b as readTarget, d as findTargets, f as loadAllRoles, h as copyOf, i as isAboutRepository, o as bootstrap, s as refresh, u as findTarget, v as storeName, w as targetLocations, x as targetDigest } from "./repository-report.js";
import { g as expiryText, m as countOf, w as terminalText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { n as optionValue } from "./option-value.js";
import { i as readRootFile, n as openSiteDirectory, r as siteDirectory, t as timeLimits } from "./time-limits.js";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { constants as constants$1 } from "node:fs";
import { lstat, mkdir, open, readFile, readdir, rename, rm, rmdir } from "node:fs/promises";

// src/client/caller-values.ts
function nameOf(value) {
	if (value === null) return "null";
	if (Array.isArray(value)) return "an array";
	return value === void 0 ? "nothing" : `a value of the type ${typeof value}`;
}
function refuse$1(where, expected, value) {
	return new CountersignError("usage", where, `expected ${expected}, got ${nameOf(value)}`);
}
function requireText(value, where) {
	if (typeof value === "string") return value;
	throw refuse$1(where, "a text", value);
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
				await enter(root, path, "make");
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
	if (!await enter(root, path, "find")) return null;
	return orIoError(place, "to read the file", () => sha256IfListed(place, file));
}
async function hasIn(root, path) {
	const place = locateIn(root, path);
	if (!await enter(root, path, "find")) return false;
	return orIoError(place, "to find the file", async () => await lstat(place).catch(ignoring("ENOENT")) !== void 0);
}
async function enter(root, path, how) {
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
		await enter(root, `${PARTS_DIRECTORY}/x`, "make");
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
	await enter(root, `${PARTS_DIRECTORY}/x`, "make");
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

// src/client/repository-map.ts
function strings(raw, key, where) {
	const path = jsonPath(where, key);
	const found = arrayField(raw, key, where).map((item, index) => asString(item, jsonPath(path, index)));
	if (found.length === 0) throw new CountersignError("field-value", path, "expected at least one, got none");
	return found;
}
function parseMapping(raw, where, known) {
	const repositories = strings(raw, "repositories", where);
	const path = jsonPath(where, "repositories");
	for (const name of repositories) if (!known.has(name)) throw new CountersignError("field-value", path, `expected a repository of this map, got ${quote(name)}`);
	if (new Set(repositories).size !== repositories.length) throw new CountersignError("field-value", path, "expected each repository once, got one again");
	const threshold = integerField(raw, "threshold", where);
	if (threshold < 1 || threshold > repositories.length) {
		const detail = `expected 1 to ${String(repositories.length)}, got ${String(threshold)}`;
		throw new CountersignError("threshold-invalid", jsonPath(where, "threshold"), detail);
	}
	return {
		paths: strings(raw, "paths", where),
		repositories,
		threshold,
		terminating: booleanField(raw, "terminating", where)
	};
}
function parseRepositoryMap(bytes) {
	const raw = asObject(parseJson(bytes), "$");
	const listed = objectField(raw, "repositories", "$");
	const repositories = /* @__PURE__ */ new Map();
	for (const name of listed.keys()) {
		if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name)) throw new CountersignError("file-name", quote(name), "expected letters, digits and \"._-\", got another name");
		repositories.set(name, strings(listed, name, "$.repositories"));
	}
	return {
		repositories,
		mapping: arrayField(raw, "mapping", "$").map((item, index) => {
			const where = jsonPath("$.mapping", index);
			return parseMapping(asObject(item, where), where, repositories);
		})
	};
}
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
const MAX_NAMED = 3;
function keyOf({ code, where, detail }, path) {
	return JSON.stringify([
		code,
		path !== null && where === quote(path) ? "" : where,
		detail
	]);
}
function textOf({ error, paths }) {
	const { code, where, detail } = error;
	const others = paths.filter((path) => where !== quote(path));
	if (others.length === 0) return error;
	const named = others.slice(0, MAX_NAMED).map(quote).join(", ");
	const rest = others.length > MAX_NAMED ? ` and ${String(others.length - MAX_NAMED)} more` : "";
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
	return [...reasons.values()].map(textOf);
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
function segmentsOf(pattern) {
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
		segments: segmentsOf(pattern),
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
	if (result.kind !== "found") return refuse(path, result);
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
function refuse(path, result) {
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

// src/render/fetch-text.ts
function fetchText({ repositories, files }, now, style) {
	const lines = files.map(({ path, file, length, sha256, outcome, role }) => {
		const word = outcome === "downloaded" ? style.good("fetched") : style.good("verified");
		const details = style.faint(`  ${countOf(length, "byte")}, sha256:${sha256}, signed by ${terminalText(role)}`);
		return `${word} ${terminalText(path)} -> ${terminalText(file)}\n${details}`;
	});
	for (const { repository, root, timestamp, expires } of repositories) {
		const fresh = expires === null ? "" : `; fresh until ${expiryText(expires, now)}`;
		lines.push(style.faint(`${terminalText(repository)}: root v${String(root)}, timestamp v${String(timestamp)}${fresh}`));
	}
	return lines.join("\n");
}

// src/cli/user-cache.ts
const ADVICE = "name a place that can be written to with --cache";
function userCacheDirectory(env, platform, home) {
	const named = env["XDG_CACHE_HOME"] ?? "";
	if (named.startsWith("/")) return named;
	if (platform === "win32") return env["LOCALAPPDATA"] ?? join(home(), "AppData", "Local");
	return platform === "darwin" ? join(home(), "Library", "Caches") : join(home(), ".cache");
}
function homeDirectory() {
	let home = "";
	try {
		home = homedir();
	} catch (error) {
		if (!(error instanceof Error && "syscall" in error && error.syscall === "uv_os_homedir")) throw error;
	}
	if (isAbsolute(home)) return home;
	throw new CountersignError("io", "cache", `this account has no home directory to keep trusted metadata in; ${ADVICE}`);
}
function ownDirectory() {
	return join(userCacheDirectory(process.env, process.platform, homeDirectory), "countersign", "fetch");
}
function defaultCache(root, url) {
	const name = sha256Hex(Buffer.from(JSON.stringify([payloadDigest(parseRoot(root).payload), url])));
	return join(ownDirectory(), name);
}
function adviseCache(error) {
	if (!(error instanceof CountersignError) || error.code !== "io" || !error.where.startsWith(ownDirectory())) return error;
	return new CountersignError(error.code, error.where, `${error.detail}; ${ADVICE}`, { cause: error.cause });
}

// src/cli/fetch-command.ts
const TIMESTAMP_GAP_MS = 5e3;
const limitsOf = (options) => ({
	timestampGapMs: TIMESTAMP_GAP_MS,
	...timeLimits(options)
});
function usage(where, detail) {
	return new CountersignError("usage", where, detail);
}
async function trustOf(options, url) {
	const root = options.root === void 0 ? null : await readRootFile(options.root, "a root file");
	if (root === null && options.cache === void 0) throw usage("--root", "expected the root file that you trust, or --cache with a cache that began with it, got neither");
	return {
		root,
		cache: openCache(options.cache ?? defaultCache(root ?? /* @__PURE__ */ new Uint8Array(), url))
	};
}
async function openFromDirectory(options, directory) {
	if (options.metadataUrl.length > 0 || options.targetsUrl.length > 0) throw usage("--url", "expected a URL beside --metadata-url and --targets-url, got a directory");
	const trust = await trustOf(options, pathToFileURL(directory).href);
	return {
		repositories: [{
			name: directory,
			mirrors: options.offline ? [] : [await openSiteDirectory(directory)],
			...trust
		}],
		map: null,
		close: async () => void 0
	};
}
async function openOne(options) {
	const directory = options.url === void 0 ? null : siteDirectory(options.url, "--url");
	if (directory !== null) return openFromDirectory(options, directory);
	const site = options.url === void 0 ? null : siteUrls(options.url, "--url");
	const metadataUrls = [...site === null ? [] : [site.metadataUrl], ...options.metadataUrl];
	const targetUrls = [...site === null ? [] : [site.targetUrl], ...options.targetsUrl];
	const [first] = metadataUrls;
	if (first === void 0 || targetUrls.length === 0) throw usage("--url", "expected the URL or the directory of the site, or --metadata-url and --targets-url, got neither");
	const trust = await trustOf(options, first);
	const source = openHttpSource({
		metadataUrls,
		targetUrls,
		limits: limitsOf(options)
	});
	return {
		repositories: [{
			name: new URL(first).host,
			mirrors: source.mirrors,
			...trust
		}],
		map: null,
		close: () => source.close()
	};
}
async function openMapped(options, path) {
	if (options.url !== void 0 || options.root !== void 0 || options.metadataUrl.length > 0 || options.targetsUrl.length > 0) throw usage("--map", "expected no --url, --metadata-url, --targets-url or --root beside it: the map names them, got one");
	const map = parseRepositoryMap(await orIoError(path, "a map file", () => readFile(path)));
	const sources = [];
	const repositories = [];
	for (const [name, urls] of map.repositories) {
		const sites = urls.map((url) => siteUrls(url, `repository ${name}`));
		const root = await readRootFile(join(dirname(path), name, "root.json"), `the root of repository ${name}`);
		const source = openHttpSource({
			metadataUrls: sites.map(({ metadataUrl }) => metadataUrl),
			targetUrls: sites.map(({ targetUrl }) => targetUrl),
			limits: limitsOf(options)
		});
		sources.push(source);
		const directory = options.cache === void 0 ? defaultCache(root, sites[0]?.metadataUrl ?? "") : join(options.cache, name);
		repositories.push({
			name,
			mirrors: source.mirrors,
			cache: openCache(directory),
			root
		});
	}
	const close = async () => {
		await Promise.all(sources.map((source) => source.close()));
	};
	return {
		repositories,
		map,
		close
	};
}
async function fetchCommand(options, console, args) {
	const { at, map } = options;
	const time = at === void 0 ? currentInstant() : optionValue("--at", () => parseInstant(at, "--at"));
	if (args.length === 0) throw usage("targets", "expected at least one target path or pattern, got none");
	const sources = map === void 0 ? await openOne(options) : await openMapped(options, map);
	try {
		const result = await fetchTargets({
			repositories: sources.repositories,
			map: sources.map,
			targets: args,
			to: openDownloadDirectory(options.out),
			time,
			mode: options.offline ? "offline" : "online",
			log: console.log
		});
		console.result(result, (value, style) => fetchText(value, time, style));
		if (!options.json) for (const { code, where, detail } of result.problems) console.error(new CountersignError(code, where, detail));
		if (result.problems.length === 0) return EXIT.ok;
		return result.problems.some(({ subject }) => subject === "file") ? EXIT.failed : EXIT.findings;
	} catch (error) {
		throw options.cache === void 0 ? adviseCache(error) : error;
	} finally {
		await sources.close();
	}
}

export { fetchCommand };
