import { A as searchTarget, B as binName, C as updateSnapshot, D as parseTimestamp, E as parseSnapshot, Ft as quote, G as reviewPattern, I as targetFilePaths, It as unwrap, J as countSignatures, K as reviewRoleName, L as parseTargets, N as metadataPath, Nt as CountersignError, P as rootPath, Pt as outcomeOf, R as requireLengthAndHashes, S as updateRoot, T as updateTimestamp, U as reviewHashBins, V as delegatedKeys, W as reviewKey, _ as finishRoot, at as encodeRoleName, b as requireRootTransition, bt as requireBinding, dt as parseVersion, it as TOP_LEVEL_ROLES, j as TIMESTAMP_PATH, q as reviewTargetPath, rt as TARGETS, st as parseSha256, v as finishTimestamp, w as updateTargets, x as trustInitialRoot, y as requireFinalSnapshot, z as parseRoot } from "./tuf.js";
import { i as DEFAULT_LIMITS, r as rememberingSource } from "./source.js";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { createHash } from "node:crypto";
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
async function* chunksOf(location, stream, length) {
	let got = 0;
	for await (const chunk of stream) {
		got += chunk.length;
		if (got > length) throw tooLong(location, length);
		yield chunk;
	}
	if (got !== length) throw new CountersignError("length-mismatch", location, `expected ${String(length)} bytes, got ${String(got)}`);
}
async function readTarget(source, location, file, sink) {
	const sha256 = createHash("sha256");
	const sha512 = file.hashes.has("sha512") ? createHash("sha512") : null;
	try {
		const stream = await source.target(location, file.length);
		if (stream === null) return null;
		for await (const chunk of chunksOf(location, stream, file.length)) {
			sha256.update(chunk);
			sha512?.update(chunk);
			await sink?.(chunk);
		}
	} catch (error) {
		if (error instanceof CountersignError && error.code === "too-large") throw tooLong(location, file.length, error);
		throw error;
	}
	const digests = /* @__PURE__ */ new Map([["sha256", sha256.digest("hex")]]);
	if (sha512 !== null) digests.set("sha512", sha512.digest("hex"));
	for (const [algorithm, actual] of digests) {
		const expected = file.hashes.get(algorithm) ?? actual;
		if (actual !== expected) throw new CountersignError("hash-mismatch", location, `expected ${algorithm} ${expected}, got ${actual}`);
	}
	return digests.get("sha256") ?? null;
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
		throw new CountersignError("io", where, `expected to use it, got ${error.code}`, { cause: error });
	}
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
function fetchListed(client, path, listed, maxUnlisted) {
	const maxBytes = listed.length === null ? maxUnlisted : Math.min(listed.length, client.limits.maxListedBytes);
	return fetchMetadata(client.source, path, maxBytes);
}
function acceptRole(set, { role, delegator }, delegatorFile, bytes) {
	const targets = /* @__PURE__ */ new Map();
	if (delegator !== "root" && delegatorFile !== null) targets.set(delegator, delegatorFile);
	const outcome = updateTargets({
		...set,
		targets
	}, role, delegator, bytes);
	if (outcome.kind === "refused") return outcome;
	const file = outcome.value.targets.get(role);
	if (file === void 0) throw new CountersignError("order", role, "expected the role that was just accepted, got none");
	return {
		kind: "accepted",
		value: file
	};
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
	const bytes = await fetchListed(client, metadataLocation(set.root.signed, role, entry.version), entry, client.limits.maxTargetsBytes);
	const file = unwrap(acceptRole(set, request, delegatorFile, bytes));
	await client.store.write(storeName(role), bytes);
	return file;
}
function delegatorFileOf(session, { delegator }) {
	return delegator === "root" ? null : session.set.targets.get(delegator) ?? null;
}
async function ensureRole(session, request) {
	const { role, delegator } = request;
	const delegators = session.verifiedFor.get(role) ?? /* @__PURE__ */ new Set();
	const loaded = session.set.targets.get(role);
	if (loaded !== void 0 && delegators.has(delegator)) return {
		session,
		file: loaded
	};
	const file = await loadRole(session, session.set, request, delegatorFileOf(session, request));
	const verifiedFor = new Map(session.verifiedFor).set(role, new Set(delegators).add(delegator));
	const targets = new Map(session.set.targets).set(role, file);
	return {
		session: {
			...session,
			verifiedFor,
			set: {
				...session.set,
				targets
			}
		},
		file
	};
}
async function findTarget(session, path) {
	const search = searchTarget(path);
	let current = session;
	let step = search.next();
	while (step.done !== true) {
		const loaded = await ensureRole(current, step.value);
		current = loaded.session;
		step = search.next(loaded.file.signed);
	}
	return {
		session: current,
		result: step.value
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

// src/client/updater.ts
const MAX_ROOT_ROTATIONS = 256;
async function bootstrap(store, rootBytes, time) {
	const { root } = unwrap(trustInitialRoot(rootBytes, time));
	const held = await store.read(storeName("root"));
	if (held === null) {
		await store.write(storeName("root"), rootBytes);
		return "created";
	}
	const trusted = unwrap(trustInitialRoot(held, time)).root;
	const where = `root@${String(root.signed.version)}`;
	requireBinding(trusted.signed.binding, root.signed.binding, "root", where);
	if (trusted.signed.version === root.signed.version && Buffer.compare(trusted.payload, root.payload) !== 0) throw new CountersignError("anchor-mismatch", where, "expected the root that the store holds, got another of the same version");
	return "kept";
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
	const bytes = await fetchListed(client, path, listed, client.limits.maxSnapshotBytes);
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
async function attempt(problems, step, within) {
	try {
		return await step();
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "io") throw error;
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

// src/client/repository-warnings.ts
function reviewKeys(keys) {
	return [...keys.values()].flatMap(reviewKey);
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
	const { root } = session.set;
	const warn = (where, findings) => findings.map((finding) => ({
		kind: "compatibility",
		where,
		finding
	}));
	return [...warn(`root@${String(root.signed.version)}`, reviewKeys(root.signed.keys)), ...[...roles].flatMap(([role, { file }]) => warn(`${role}@${String(file.signed.version)}`, [...reviewDelegations(file.signed.delegations), ...[...file.signed.targets.keys()].flatMap(reviewTargetPath)]))];
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
function* requestsOf(delegator, file, snapshot) {
	const { delegations } = file.signed;
	const tooMany = delegations?.kind === "succinct" && 2 ** delegations.succinct.bitLength > snapshot.meta.size;
	for (const role of delegatedNames(delegations)) {
		yield {
			role,
			delegator
		};
		if (tooMany && !snapshot.meta.has(role)) return;
	}
}
async function verifyRoles(session, problems) {
	const top = session.set.targets.get(TARGETS);
	if (top === void 0) throw new CountersignError("order", TARGETS, "expected the top-level targets first");
	const roles = /* @__PURE__ */ new Map([[TARGETS, {
		file: top,
		delegator: "root"
	}]]);
	const snapshot = requireFinalSnapshot(session.set);
	const asked = /* @__PURE__ */ new Set([TARGETS]);
	for (const [delegator, { file: delegatorFile }] of roles) for (const request of requestsOf(delegator, delegatorFile, snapshot)) {
		asked.add(request.role);
		const file = await attempt(problems, () => loadRole(session, session.set, request, delegatorFile));
		if (file !== null && !roles.has(request.role)) roles.set(request.role, {
			file,
			delegator
		});
	}
	for (const [role, entry] of snapshot.meta) if (!asked.has(role)) await attempt(problems, () => requireListedFile(session, role, entry));
	return roles;
}
async function requireListedFile(session, role, entry) {
	const path = metadataLocation(session.set.root.signed, role, entry.version);
	const bytes = await fetchListed(session, path, entry, session.limits.maxTargetsBytes);
	requireLengthAndHashes(bytes, entry, role);
	const { version } = parseTargets(bytes).signed;
	if (version !== entry.version) throw new CountersignError("mix-and-match", `${role}@${String(version)}`, `expected version ${String(entry.version)}, as the snapshot says`);
}

// src/client/verify-roots.ts
const ROOT_NAME = /^metadata\/([1-9][0-9]{0,15})\.root\.json$/;
async function readRoots(source, listed, problems) {
	const files = /* @__PURE__ */ new Map();
	const read = async (version) => {
		const found = await attempt(problems, async () => ({ bytes: await source.metadata(rootPath(version), DEFAULT_LIMITS.maxRootBytes) }));
		if (found?.bytes === null) return false;
		files.set(version, found?.bytes ?? null);
		return found !== null;
	};
	for (let version = parseVersion(1, "root"); await read(version);) version = parseVersion(version + 1, "root");
	for (const version of listed) if (!files.has(version)) await read(version);
	return files;
}
function requireNoGap(files, problems) {
	const last = [...files.keys()].at(-1) ?? 1;
	for (let version = 1; version <= last; version++) {
		if (files.has(parseVersion(version, "root"))) continue;
		const detail = `expected every root from 1 to ${String(last)}, got none of this version`;
		problems.add({
			code: "not-found",
			where: rootPath(parseVersion(version, "root")),
			detail
		});
		return;
	}
}
function requireAnchor(anchor, files) {
	const refuse = (where, expected) => {
		throw new CountersignError("anchor-mismatch", where, `expected ${expected}, got another or none`);
	};
	if (anchor.kind === "sha256") {
		const first = files.get(parseVersion(1, "root")) ?? null;
		if ((first === null ? null : createHash("sha256").update(first).digest("hex")) !== anchor.digest) refuse("root@1", `sha256 ${anchor.digest}`);
		return;
	}
	const { signed, payload } = parseRoot(anchor.bytes);
	const published = files.get(signed.version) ?? null;
	if (published === null || Buffer.compare(parseRoot(published).payload, payload) !== 0) refuse(`root@${String(signed.version)}`, "the root that was given");
}
async function verifyRoots(source, options, problems) {
	const files = await readRoots(source, [...(await source.list())?.keys() ?? []].map((path) => Number(ROOT_NAME.exec(path)?.[1] ?? 0)).filter((version) => version > 0 && Number.isSafeInteger(version)).map((version) => parseVersion(version, "root")).sort((a, b) => a - b), problems);
	requireNoGap(files, problems);
	const { anchor } = options;
	if (anchor !== void 0) await attempt(problems, () => requireAnchor(anchor, files));
	let previous = null;
	let last = null;
	for (const [version, bytes] of files) {
		const root = bytes === null ? null : await attempt(problems, () => startFrom(version, bytes, options.time));
		const current = previous;
		if (root !== null && current?.signed.version === version - 1) await attempt(problems, () => requireRootTransition(current, root));
		previous = root;
		if (root !== null) last = bytes;
	}
	return last;
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
async function verifyTargets(session, roles, which, problems) {
	let checked = 0;
	const absent = [];
	for (const { location, file } of places(session, roles)) await attempt(problems, async () => {
		if (await readTarget(session.source, location, file, null) !== null) {
			checked++;
			return;
		}
		absent.push(location);
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
	const store = memoryStore();
	const remembering = rememberingSource(source);
	const session = await updateFromLastRoot(remembering, store, options, problems);
	const top = topLevelReports(store);
	if (session === null) return {
		...top,
		roles: [],
		targetsChecked: 0,
		targetsAbsent: [],
		problems: [...problems.problems.values()],
		warnings: []
	};
	const roles = await verifyRoles(session, problems);
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
	return {
		...top,
		roles: reportRoles(session, roles),
		targetsChecked: checked,
		targetsAbsent: absent,
		problems: [...problems.problems.values()],
		warnings: [...compatibilityWarnings(session, roles), ...unclaimedWarnings(session, paths)]
	};
}
async function updateFromLastRoot(source, store, options, problems) {
	const root = await verifyRoots(source, options, problems);
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
	const root = parseRoot(rootBytes);
	const report = (role, parse) => {
		const bytes = files.get(storeName(role));
		return bytes === void 0 ? null : fileReport(parse(bytes), root.signed.keys, root.signed.roles[role]);
	};
	return {
		root: report("root", parseRoot),
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
	await attempt(problems, () => compare(TARGETS, updated.set.targets.get("targets") ?? null, set.targets.get("targets") ?? null), who);
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

export { refresh as a, memoryStore as c, bootstrap as i, storeName as l, attempt as n, findTarget as o, problemList as r, filesStore as s, verifyRepository as t, downloadTarget as u };
