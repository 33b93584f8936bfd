import { $ as reviewKeyId, $t as quote, I as parseSnapshot, J as reachOf, Kt as isJsonArray, L as parseTimestamp, Ot as parseVersion, Q as reviewKey, Qt as outcomeOf, St as encodeRoleName, U as parseRootAs, V as requireLengthAndHashes, Z as reviewHashBins, Zt as CountersignError, _ as trustInitialRoot, a as hostingOf, at as delegatedKeys, bt as TARGETS, et as reviewPattern, g as requireRootTransition, h as requireFinalSnapshot, it as binOfPath, kt as addSeconds, nt as reviewTargetPath, ot as delegationCovers, qt as isJsonObject, s as TIMESTAMP_PATH, tn as unwrap, tt as reviewRoleName, u as rootPath, yt as sha256Hex, z as parseTargetsAs } from "./tuf.js";
import { C as metadataLocation, S as allTargetLocations, _ as memoryStore, a as problemList, b as readTarget, c as acceptRole, l as fetchListed, m as namesToLoad, n as expiringFiles, p as loadRole, r as fileReport, s as refresh, t as attempt, v as storeName } from "./repository-report.js";
import { x as rememberingSource } from "./transport.js";
import { a as MAX_PUBLISHED_ROOTS, i as DEFAULT_LIMITS, o as MAX_PUBLISHED_ROOT_BYTES } from "./http-source.js";
import { randomInt } from "node:crypto";

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
	const top = session.set.targets.get(TARGETS);
	if (top === void 0) throw new CountersignError("order", TARGETS, "expected the top-level targets first");
	const roles = /* @__PURE__ */ new Map([[TARGETS, {
		file: top,
		delegator: "root"
	}]]);
	const snapshot = requireFinalSnapshot(session.set);
	const asked = /* @__PURE__ */ new Set([TARGETS]);
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

export { verifyRepository as t };
