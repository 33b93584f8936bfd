import { Ft as PROPOSAL_PREFIX, Ht as rootHistoryPath, It as PUBLISHED_BRANCH, Lt as ROOT_PATH, Rt as classifyPath, Vt as rolePath, at as reviewOnline, ct as computeBase, ot as reviewHead, st as reviewBrought } from "./event.js";
import { Et as parseTargetsRoleName, I as parseSnapshot, L as parseTimestamp, Ot as parseVersion, Qt as outcomeOf, St as encodeRoleName, Zt as CountersignError, l as metadataPath, s as TIMESTAMP_PATH, u as rootPath } from "./tuf.js";
import { a as MAX_PUBLISHED_ROOTS, i as DEFAULT_LIMITS, o as MAX_PUBLISHED_ROOT_BYTES } from "./http-source.js";

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
async function readRoots(source) {
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
	const roots = await readRoots(source);
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
const HISTORY_DEPTH = 50;
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
		path: ROOT_PATH
	})));
	await addBranchRoles(forge, roles, source, candidates);
}
async function addHistory(forge, head, roles, lastRoot, candidates) {
	for (const role of roles) await addBranchRoles(forge, (await forge.history(head, rolePath(role), HISTORY_DEPTH)).map((id) => [role, id]), "history", candidates);
	const paths = [ROOT_PATH, ...Array.from({ length: lastRoot + 1 }, (_, index) => rootHistoryPath(parseVersion(index + 1, "root")))];
	for (const path of paths) {
		const ids = await forge.history(head, path, HISTORY_DEPTH);
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
const HOST_FAILURES = [
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
		if (need === "required" || !(error instanceof CountersignError && HOST_FAILURES.includes(error.code))) throw error;
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

export { readClientView as i, requireBase as n, treeSource as r, readState as t };
