import { A as reviewTargetPath, At as TARGETS, B as parseSnapshot, C as rootPath, D as reviewKey, E as reviewHashBins, Et as isJsonObject, F as trustInitialRoot, G as parseRoot, H as parseTargets, Ht as unwrap, J as delegatedKeys, Mt as encodeRoleName, N as requireFinalSnapshot, O as reviewPattern, P as requireRootTransition, Q as countSignatures, Rt as parseVersion, Tt as isJsonArray, V as parseTimestamp, Vt as quote, W as requireLengthAndHashes, Y as delegationCovers, b as TIMESTAMP_PATH, k as reviewRoleName, q as binOfPath, rt as addSeconds, u as reachOf, ut as sha256Hex, zt as CountersignError } from "./tuf.js";
import { _ as metadataLocation, a as fetchListed, d as memoryStore, f as storeName, g as allTargetLocations, i as delegatedNames, l as loadRole, m as readTarget, n as refresh, r as acceptRole } from "./updater.js";
import { f as rememberingSource } from "./local-workplace.js";
import { a as MAX_PUBLISHED_ROOTS, i as DEFAULT_LIMITS, o as MAX_PUBLISHED_ROOT_BYTES } from "./http-source.js";
import { randomInt } from "node:crypto";

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
	"timed-out"
];
async function attempt(problems, step, within) {
	try {
		return await step();
	} catch (error) {
		if (!(error instanceof CountersignError) || HOST_FAILURES.includes(error.code)) throw error;
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
async function readRoots(source, listed, { time, anchor }, problems) {
	const roots = /* @__PURE__ */ new Map();
	let room = MAX_PUBLISHED_ROOT_BYTES;
	let previous = null;
	const read = async (version) => {
		if (roots.size >= 1024 || room < 0) {
			const detail = `expected at most ${String(MAX_PUBLISHED_ROOTS)} roots of ${String(MAX_PUBLISHED_ROOT_BYTES)} bytes together, got more`;
			problems.add({
				code: "root-limit",
				where: rootPath(version),
				detail
			});
			return false;
		}
		const found = await attempt(problems, async () => ({ bytes: await source.metadata(rootPath(version), DEFAULT_LIMITS.maxRootBytes) }));
		if (found?.bytes === null) return false;
		const bytes = found?.bytes ?? null;
		room -= bytes?.length ?? 0;
		const root = bytes === null ? null : await attempt(problems, () => startFrom(version, bytes, time));
		roots.set(version, {
			bytes,
			root
		});
		const before = previous;
		previous = root;
		if (root === null) return false;
		if (before?.signed.version !== version - 1) return true;
		return await attempt(problems, () => requireRootTransition(before, root)) !== null;
	};
	const isAnchored = async (version) => anchor === void 0 || await attempt(problems, () => requireAnchor(anchor, roots, version)) !== null;
	for (let version = parseVersion(1, "root"); await read(version) && await isAnchored(version);) version = parseVersion(version + 1, "root");
	for (const version of listed) if (!roots.has(version) && roots.size < 1024) await read(version);
	return roots;
}
function requireNoGap(roots, problems) {
	const last = [...roots.keys()].at(-1) ?? 1;
	for (let version = 1; version <= last; version++) {
		if (roots.has(parseVersion(version, "root"))) continue;
		const detail = `expected every root from 1 to ${String(last)}, got none of this version`;
		problems.add({
			code: "not-found",
			where: rootPath(parseVersion(version, "root")),
			detail
		});
		return;
	}
}
function requireAnchor(anchor, roots, upTo) {
	const refuse = (where, expected) => {
		throw new CountersignError("anchor-mismatch", where, `expected ${expected}, got another or none`);
	};
	if (anchor.kind === "sha256") {
		const first = roots.get(parseVersion(1, "root"))?.bytes ?? null;
		if ((first === null ? null : sha256Hex(first)) !== anchor.digest) refuse("root@1", `sha256 ${anchor.digest}`);
		return;
	}
	const { signed, payload } = parseRoot(anchor.bytes);
	if (upTo !== null && upTo < signed.version) return;
	const published = roots.get(signed.version)?.bytes ?? null;
	if (published === null || Buffer.compare(parseRoot(published).payload, payload) !== 0) refuse(`root@${String(signed.version)}`, "the root that was given");
}
async function verifyRoots(source, options, problems) {
	const listing = await source.list();
	const roots = await readRoots(source, [...listing?.keys() ?? []].map((path) => Number(ROOT_NAME.exec(path)?.[1] ?? 0)).filter((version) => version > 0 && Number.isSafeInteger(version)).map((version) => parseVersion(version, "root")).sort((a, b) => a - b), options, problems);
	requireNoGap(roots, problems);
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
		warnings: options.warnings === "none" ? [] : [...compatibilityWarnings(session, roles), ...unclaimedWarnings(session, paths)]
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

export { attempt as n, problemList as r, verifyRepository as t };
