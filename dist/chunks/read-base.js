import { i as DEFAULT_LIMITS } from "./http-source.js";
import { $ as PUBLISHED_BRANCH, Q as PROPOSAL_PREFIX, U as reviewHead, et as ROOT_PATH, it as rootHistoryPath, q as computeBase, rt as rolePath, tt as classifyPath } from "./event.js";
import { B as parseSnapshot, C as rootPath, Ft as parseTargetsRoleName, Lt as parseVersion, Rt as CountersignError, S as metadataPath, V as parseTimestamp, b as TIMESTAMP_PATH, jt as encodeRoleName, zt as outcomeOf } from "./tuf.js";

// src/commands/read-base.ts
const PUBLISHED_DEPTH = 2;
const HISTORY_DEPTH = 50;
async function readClientView(source) {
	const read = (path) => source.metadata(path, DEFAULT_LIMITS.maxListedBytes);
	const roots = [];
	for (let version = 1;; version++) {
		const bytes = await read(rootPath(parseVersion(version, "root")));
		if (bytes === null) break;
		roots.push(bytes);
	}
	const timestamp = await read(TIMESTAMP_PATH);
	const pointed = timestamp === null ? null : outcomeOf(() => parseTimestamp(timestamp).signed.snapshot.version);
	const snapshot = pointed?.kind === "accepted" ? await read(metadataPath("snapshot", pointed.value)) : null;
	const listed = snapshot === null ? null : outcomeOf(() => parseSnapshot(snapshot).signed.meta);
	const roles = /* @__PURE__ */ new Map();
	for (const [role, { version }] of listed?.kind === "accepted" ? listed.value : []) {
		const bytes = await read(metadataPath(role, version));
		if (bytes !== null) roles.set(role, bytes);
	}
	return {
		roots,
		timestamp,
		snapshot,
		roles
	};
}
function treeSource(forge, tree) {
	const read = async (path, maxBytes) => {
		const entry = tree.get(path);
		if (entry?.kind !== "file") return null;
		if (entry.size > maxBytes) throw new CountersignError("too-large", path, `expected at most ${String(maxBytes)} bytes, got ${String(entry.size)}`);
		return (await forge.blobs([entry.id])).get(entry.id) ?? null;
	};
	return {
		metadata: read,
		target: async (path, maxBytes) => {
			const bytes = await read(path, maxBytes);
			return bytes === null ? null : pieces(bytes);
		},
		list: async () => new Map([...tree].map(([path, { size }]) => [path, size]))
	};
}
async function* pieces(bytes) {
	yield bytes;
}
const PUBLISHED_ROLE = /^metadata\/([1-9][0-9]*)\.([^/]+)\.json$/;
function publishedRoles(tree) {
	const versions = /* @__PURE__ */ new Map();
	for (const [path, { id, kind }] of tree) {
		if (kind !== "file") continue;
		const [, version, name] = PUBLISHED_ROLE.exec(path) ?? [];
		if (name === void 0 || name === "root" || name === "snapshot" || name === "timestamp") continue;
		versions.set(name, [...versions.get(name) ?? [], {
			version: Number(version),
			id
		}]);
	}
	return [...versions].flatMap(([name, files]) => {
		const role = outcomeOf(() => parseTargetsRoleName(decodeURIComponent(name), name));
		if (role.kind === "refused" || encodeRoleName(role.value) !== name) return [];
		return files.sort((a, b) => b.version - a.version).slice(0, PUBLISHED_DEPTH).map(({ id }) => [role.value, id]);
	});
}
var Candidates = class {
	roots = [];
	roles = /* @__PURE__ */ new Map();
	addRole(role, source, bytes) {
		this.roles.set(role, [...this.roles.get(role) ?? [], {
			source,
			bytes,
			path: rolePath(role)
		}]);
	}
	addView(view, source) {
		this.roots.push(...view.roots.map((bytes, index) => ({
			source,
			bytes,
			path: rootPath(parseVersion(index + 1, "root"))
		})));
		for (const [role, bytes] of view.roles) this.addRole(role, source, bytes);
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
async function addLostMerges(forge, metadataHead, candidates) {
	const pulls = await forge.pulls(PROPOSAL_PREFIX, "tuf");
	for (const { headSha } of pulls.filter(({ state }) => state === "merged").slice(-10)) {
		if (await forge.mergeBase(metadataHead, headSha) === headSha) continue;
		await addMetadataTree(forge, await forge.tree(headSha), "history", candidates);
	}
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
async function readState(place, merged = "with-merged") {
	const { forge } = place;
	const heads = await forge.branches("tuf");
	const metadataHead = heads.get("tuf") ?? null;
	const publishedHead = heads.get("tuf-published") ?? null;
	const publishedTree = publishedHead === null ? /* @__PURE__ */ new Map() : await forge.tree(publishedHead);
	const published = await readClientView(treeSource(forge, publishedTree));
	const live = await readClientView(place.live);
	const candidates = new Candidates();
	candidates.addView({
		...published,
		roles: /* @__PURE__ */ new Map()
	}, "published");
	await addBranchRoles(forge, publishedRoles(publishedTree), "published", candidates);
	const metadataTree = metadataHead === null ? /* @__PURE__ */ new Map() : await forge.tree(metadataHead);
	await addMetadataTree(forge, metadataTree, "metadata-branch", candidates);
	if (merged === "with-merged" && metadataHead !== null) await addLostMerges(forge, metadataHead, candidates);
	candidates.addView(live, "live");
	let computed = computeBase(candidates.value(), place.anchor);
	if (metadataHead !== null && needsHistory(computed.findings, computed.base, metadataTree) && candidates.roles.size > 0) {
		await addHistory(forge, metadataHead, /* @__PURE__ */ new Set([...candidates.roles.keys(), ...computed.base === null ? [] : rolesIn(computed.base)]), computed.base?.roots.length ?? 0, candidates);
		computed = computeBase(candidates.value(), place.anchor);
	}
	const { base } = computed;
	const ofKind = (wanted) => new Set([...metadataTree].flatMap(([path, { kind }]) => kind === wanted ? [path] : []));
	return {
		base,
		findings: base === null || metadataHead === null ? computed.findings : [...computed.findings, ...reviewHead(ofKind("file"), ofKind("other"), base)],
		metadataHead,
		publishedHead,
		publishedTree,
		published,
		live
	};
}
function requireBase(state) {
	if (state.base !== null) return state.base;
	const why = state.findings[0];
	throw new CountersignError("base-missing", "tuf", why === void 0 ? "expected a signed root, got none yet; finish the first signing event" : `expected a root that verifies: ${why.where}: ${why.detail}`);
}

export { treeSource as i, readState as n, requireBase as r, readClientView as t };
