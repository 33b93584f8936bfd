import { A as parseTargetPath, C as objectField, D as TARGETS$1, E as parseJson, F as unwrap, M as CountersignError, N as outcomeOf, O as TOP_LEVEL_ROLES, P as quote, S as integerField, T as jsonPath, _ as matchPattern, a as finishRoot, b as asString, c as trustInitialRoot, d as updateTargets, f as updateTimestamp, g as instantFromSeconds, h as searchTarget, i as rootPath, j as parseVersion, k as encodeRoleName, l as updateRoot, m as requireBinding, n as TIMESTAMP_PATH, o as finishTimestamp, p as requireKnownDigests, r as metadataPath, s as requireFinalSnapshot, t as VERSION, u as updateSnapshot, v as arrayField, w as isJsonObject, x as booleanField, y as asObject } from "./client-chunks/core.js";
import { a as ignoring, c as writeTemporary, i as errnoOf, n as withLock, o as ioError, r as TEMPORARY_PREFIX, s as orIoError, t as makeDirectories } from "./client-chunks/disk.js";
import { createHash, randomBytes } from "node:crypto";
import { isDate, isUint8Array } from "node:util/types";
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { constants as constants$1 } from "node:fs";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { BlockList, Socket, connect, isIP } from "node:net";
import http, { request } from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";
import { lookup } from "node:dns";
import { connect as connect$1 } from "node:tls";

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
	if (result.kind !== "found") return refuse$2(path, result);
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
function refuse$2(path, result) {
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

// src/client/limits.ts
const DEFAULT_LIMITS = {
	maxRootBytes: 512e3,
	maxTimestampBytes: 16384,
	maxSnapshotBytes: 2e6,
	maxTargetsBytes: 5e6,
	maxListedSnapshotBytes: 16 * 1024 ** 2,
	maxListedBytes: 64 * 1024 ** 2
};
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
function oneAtATime() {
	let last = Promise.resolve();
	return (work) => {
		const next = last.then(work);
		last = next.then(() => void 0, () => void 0);
		return next;
	};
}
function memoryCache() {
	return {
		store: memoryStore(),
		exclusively: oneAtATime()
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

// src/client/target-selection.ts
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
function requireDate(value, where) {
	if (isDate(value)) return value;
	throw refuse$1(where, "a Date", value);
}
function requireBytes(value, where) {
	if (isUint8Array(value)) return value;
	throw refuse$1(where, "a Uint8Array", value);
}
function requireCount(value, where) {
	if (typeof value === "number" && value >= 0) return value;
	throw refuse$1(where, "a number from 0 on", value);
}
function requireMethods(value, methods, where) {
	const has = (method) => typeof value[method] === "function";
	if (typeof value === "object" && value !== null && methods.every(has)) return value;
	throw refuse$1(where, `an object with ${methods.join(", ")}`, value);
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

// src/client/repository-client.ts
function endOf({ set }) {
	const { root, timestamp, snapshot, targets } = set;
	let end = root.signed.expires;
	for (const file of [
		timestamp,
		snapshot,
		...targets.values()
	]) if (file !== null && file.signed.expires < end) end = file.signed.expires;
	return end;
}
var RepositoryClient = class {
	#root;
	#mirrors;
	#cache;
	#limits;
	#at;
	#session = null;
	#end = null;
	#inTurn = oneAtATime();
	constructor({ root, source, cache, limits, at }) {
		this.#root = Uint8Array.from(requireBytes(root, "root"));
		requireMethods(source, ["metadata", "target"], "source");
		this.#mirrors = source.mirrors ?? [source];
		this.#cache = requireMethods(cache, ["exclusively"], "cache");
		this.#limits = withLimits(DEFAULT_LIMITS, limits);
		this.#at = at === void 0 ? null : instantFromSeconds(requireDate(at, "at").getTime() / 1e3);
	}
	async update() {
		return this.#alone(() => this.#update());
	}
	async locate(path) {
		const wanted = parseTargetPath(requireText(path, "target"), "target");
		return this.#alone(async () => {
			let { session, result } = await this.#search(wanted);
			if (this.#hasRunOut()) ({session, result} = await this.#search(wanted));
			if (result.kind === "absent") return null;
			const { source } = session;
			return {
				found: requireFound(wanted, result),
				session,
				mirrors: [source, ...this.#mirrors.filter((mirror) => mirror !== source)]
			};
		});
	}
	#now() {
		return this.#at ?? instantFromSeconds(Date.now() / 1e3);
	}
	#keep(session) {
		if (session === this.#session) return;
		this.#session = session;
		this.#end = endOf(session);
	}
	#hasRunOut() {
		return this.#end === null || this.#end <= this.#now();
	}
	async #search(wanted) {
		const found = await findTarget(await this.#current(), wanted);
		this.#keep(found.session);
		return found;
	}
	async #current() {
		if (this.#session !== null && !this.#hasRunOut()) return this.#session;
		return (await this.#update()).session;
	}
	async #update() {
		this.#session = null;
		const time = this.#now();
		const start = await startFromRoot(this.#cache.store, this.#root, time);
		const session = await refreshFromMirrors(this.#mirrors, this.#cache.store, {
			time,
			limits: this.#limits
		});
		this.#keep(session);
		return {
			session,
			start
		};
	}
	#alone(work) {
		return this.#inTurn(() => this.#cache.exclusively(work));
	}
};

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

// src/client/target-reader.ts
function targetOf({ path, role, file }) {
	const custom = file.raw.get("custom");
	return {
		path,
		role,
		length: file.length,
		hashes: new Map(file.hashes),
		custom: isJsonObject(custom) ? structuredClone(custom) : null
	};
}
function targetReader(locate) {
	const located = async (path) => {
		const found = await locate(path);
		if (found !== null) return found;
		throw new CountersignError("target-unknown", quote(path), "expected a target that a role signs for this path, got none");
	};
	return {
		find: async (path) => (await locate(path))?.target ?? null,
		download: async (path, to, { onProgress = () => void 0 } = {}) => {
			requireSafePath(requireText(path, "target"));
			const { places } = await located(path);
			const fetched = await fromFirst(path, places, ({ mirrors, session, found }) => fetchTarget({
				mirrors,
				root: session.set.root.signed,
				to,
				onProgress
			}, found));
			await to.tidy();
			return fetched;
		},
		verify: async (path, to) => {
			const { places } = await located(path);
			return fromFirst(path, places, ({ found }) => verifyPresent(to, found));
		},
		read: async (path, maxBytes) => {
			requireCount(maxBytes, "maxBytes");
			const { target, places } = await located(path);
			if (target.length <= maxBytes) return fromFirst(path, onePlaceEach(places), readWhole$1);
			const detail = `expected at most ${String(maxBytes)} bytes, got a target of ${String(target.length)}`;
			throw new CountersignError("too-large", quote(path), detail);
		},
		streamUnverified: async (path, sink) => {
			const { target, places } = await located(path);
			await streamFirst(path, onePlaceEach(places), sink);
			return target;
		}
	};
}
function onePlaceEach(places) {
	return places.flatMap((place) => place.mirrors.map((mirror) => ({
		...place,
		mirrors: [mirror]
	})));
}
function nowhere(path) {
	return new CountersignError("not-found", quote(path), "expected the file of this target, got nothing at any of its places");
}
async function fromFirst(path, places, read) {
	let first = null;
	for (const place of places) try {
		return await read(place);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		first ??= error;
	}
	throw first ?? nowhere(path);
}
async function streamFirst(path, places, sink) {
	const stream = { isBegun: false };
	let first = null;
	for (const place of places) try {
		await readFrom(place, async (piece) => {
			stream.isBegun = true;
			await sink(piece);
		});
		return;
	} catch (error) {
		if (stream.isBegun || !(error instanceof CountersignError)) throw error;
		first ??= error;
	}
	throw first ?? nowhere(path);
}
async function readFrom({ found: { path, file }, session, mirrors }, sink) {
	for (const mirror of mirrors) for (const location of targetLocations(session.set.root.signed, path, file)) if (await readTarget(mirror, location, file, sink) !== null) return;
	throw nowhere(path);
}
function roomFor({ path, file }) {
	try {
		return new Uint8Array(file.length);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		const detail = `expected a target that fits into memory, got one of ${String(file.length)} bytes`;
		throw new CountersignError("too-large", quote(path), detail, { cause: error });
	}
}
async function readWhole$1(place) {
	const bytes = roomFor(place.found);
	let length = 0;
	await readFrom(place, async (piece) => {
		bytes.set(piece, length);
		length += piece.length;
	});
	return bytes;
}

// src/client/client.ts
function stateOf({ set }, start) {
	const { root, timestamp, snapshot } = set;
	if (timestamp === null || snapshot === null) throw new CountersignError("order", "client", "expected a finished update, got a part");
	return {
		root: root.signed.version,
		timestamp: timestamp.signed.version,
		snapshot: snapshot.signed.version,
		expires: /* @__PURE__ */ new Date(timestamp.signed.expires * 1e3),
		start
	};
}
function openClient(options) {
	const repository = new RepositoryClient(options);
	return {
		...targetReader(async (path) => {
			const located = await repository.locate(path);
			return located === null ? null : {
				target: targetOf(located.found),
				places: [located]
			};
		}),
		update: async () => {
			const { session, start } = await repository.update();
			return stateOf(session, start);
		}
	};
}
function openMappedClient(options) {
	const { map, repositories } = options;
	const clients = /* @__PURE__ */ new Map();
	for (const name of map.repositories.keys()) {
		const own = repositories.get(name);
		if (own === void 0) throw new CountersignError("usage", quote(name), "expected options for this repository of the map, got none");
		clients.set(name, new RepositoryClient(own));
	}
	return targetReader(async (path) => {
		const located = /* @__PURE__ */ new Map();
		const agreed = await findThroughMap(map, parseTargetPath(path, "target"), async (name) => {
			const place = await clients.get(name)?.locate(path) ?? null;
			if (place !== null) located.set(name, place);
			return place?.found ?? null;
		});
		if (agreed === null) return null;
		const { target, repositories: names } = agreed;
		const places = names.flatMap((name) => located.get(name) ?? []).map((place) => ({
			...place,
			found: target
		}));
		return {
			target: {
				...targetOf(target),
				repositories: names
			},
			places
		};
	});
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
function refused(answer, proxy, to) {
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
function failureOf(error, where, host) {
	if (error instanceof CountersignError) return {
		kind: "failed",
		error,
		waitMs: error.code === "stalled" || error.code === "io" ? 0 : null
	};
	if (!(error instanceof Error) || error instanceof TypeError && error.cause === void 0) throw error;
	const cause = !(error instanceof ConnectionError) && error.cause instanceof Error ? error.cause : error;
	const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
	const named = connectionError(`no answer of ${host}`, inner);
	const isPassing = named.isPassing || PASSING.has(codeOf(inner));
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
const MEANINGS = /* @__PURE__ */ new Map([[407, ": the proxy wants a user and password, as in http://USER:PASSWORD@HOST:PORT"], [511, ": the network wants a login, which a browser shows"]]);
function refusedStatus({ status, via, header }, request) {
	const detail = `expected the file from ${`${request.host}${via === void 0 ? "" : ` through the proxy ${via}`}`}, got HTTP ${String(status)}${MEANINGS.get(status) ?? ""}`;
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
const REDIRECTS = /* @__PURE__ */ new Set([
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
		if (!isMistaken && !REDIRECTS.has(answer.status)) return {
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
		const failed = failureOf(error, get.where, get.url.origin);
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
		return failureOf(error, get.where, get.url.origin);
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
		const { error: named, waitMs } = failureOf(error, where, current.mirror.base.origin);
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

export { CountersignError, DEFAULT_HTTP_LIMITS, DEFAULT_LIMITS, memoryCache, offlineSource, openCache, openClient, openDownloadDirectory, openHttpSource, openMappedClient, parseRepositoryMap, siteUrls };
