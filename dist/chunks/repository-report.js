import { t as errnoWords } from "./errno-words.js";
import { $t as quote, B as requireKnownDigests, Ot as parseVersion, Qt as outcomeOf, St as encodeRoleName, X as searchTarget, Zt as CountersignError, _ as trustInitialRoot, b as updateTargets, bt as TARGETS, ct as countSignatures, f as targetFilePaths, h as requireFinalSnapshot, l as metadataPath, m as finishTimestamp, p as finishRoot, q as requireBinding, rt as binName, s as TIMESTAMP_PATH, tn as unwrap, u as rootPath, v as updateRoot, wt as parseSha256, x as updateTimestamp, xt as TOP_LEVEL_ROLES, y as updateSnapshot } from "./tuf.js";
import { w as requireCounts } from "./trust.js";
import { i as DEFAULT_LIMITS } from "./http-source.js";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { mkdtemp, open, rm } from "node:fs/promises";

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
async function downloadTarget(session, target, to) {
	const directory = await system("the temporary directory", () => mkdtemp(join(to.temporaryDirectory ?? tmpdir(), "countersign-")));
	try {
		const temporary = join(directory, "target");
		const sha256 = await fetchTo(session, target, temporary);
		await to.files.copyIn(to.name, temporary, {
			length: target.file.length,
			sha256
		});
	} finally {
		await system("the temporary directory", () => rm(directory, {
			recursive: true,
			force: true
		}));
	}
}
async function fetchTo(session, { path, file }, temporary) {
	const handle = await system("the temporary file", () => open(temporary, "wx", 384));
	const sink = async (chunk) => {
		await system("the temporary file", () => handle.writeFile(chunk));
	};
	try {
		for (const location of targetLocations(session.set.root.signed, path, file)) {
			const sha256 = await readTarget(session.source, location, file, sink);
			if (sha256 !== null) return sha256;
		}
	} finally {
		await handle.close();
	}
	throw new CountersignError("not-found", quote(path), "expected the file of this target, got nothing at any of its places");
}
async function system(where, operation) {
	try {
		return await operation();
	} catch (error) {
		if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
		throw new CountersignError("io", where, `expected to use it, but ${errnoWords(error.code)}`, { cause: error });
	}
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
function filesStore(files) {
	return {
		read: (name) => files.read(name, DEFAULT_LIMITS.maxListedBytes),
		write: (name, bytes) => files.write(name, bytes),
		remove: (name) => files.remove(name)
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
	const delegators = /* @__PURE__ */ new Set([TARGETS]);
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
		role: TARGETS,
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

export { metadataLocation as C, allTargetLocations as S, memoryStore as _, problemList as a, readTarget as b, acceptRole as c, findTargets as d, loadAllRoles as f, filesStore as g, copyOf as h, isAboutRepository as i, fetchListed as l, namesToLoad as m, expiringFiles as n, bootstrap as o, loadRole as p, fileReport as r, refresh as s, attempt as t, findTarget as u, storeName as v, targetLocations as w, targetDigest as x, downloadTarget as y };
