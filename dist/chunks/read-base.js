import { $ as PROPOSAL_PREFIX, H as withoutBase, K as signersOf, U as reviewHead, at as rootHistoryPath, et as PUBLISHED_BRANCH, it as rolePath, nt as classifyPath, q as computeBase, tt as ROOT_PATH } from "./event.js";
import { $ as requireThreshold, B as parseSnapshot, Bt as outcomeOf, C as rootPath, Ct as objectField, H as parseTargets, It as parseTargetsRoleName, Mt as encodeRoleName, Rt as parseVersion, S as metadataPath, V as parseTimestamp, b as TIMESTAMP_PATH, et as encodeMetadata, ft as encodeCanonicalJson, kt as parseJson, tt as payloadDigest, yt as asObject, zt as CountersignError } from "./tuf.js";
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
		const bytes = await readWithin(source, path, Math.min(length ?? maxUnlisted, room));
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

// src/commands/read-events.ts
const HISTORY_DEPTH$1 = 30;
function roleOfPath(path) {
	const what = classifyPath(path);
	if (what.kind === "root") return "root";
	return what.kind === "role" ? what.role : null;
}
function payloadOf(bytes) {
	const outcome = outcomeOf(() => encodeCanonicalJson(objectField(asObject(parseJson(bytes), "$"), "signed", "$")));
	return outcome.kind === "accepted" ? outcome.value : null;
}
async function changedFiles(forge, fork, head) {
	const changed = [...head].filter(([path, { id, kind }]) => fork.get(path)?.id !== id || fork.get(path)?.kind !== kind);
	const plain = changed.filter(([, { kind }]) => kind === "file");
	const blobs = await forge.blobs([...new Set(plain.map(([, { id }]) => id))]);
	const changes = /* @__PURE__ */ new Map();
	for (const [path, { id, kind }] of changed) {
		const bytes = kind === "file" ? blobs.get(id) : void 0;
		changes.set(path, bytes ?? null);
	}
	for (const path of fork.keys()) if (!head.has(path)) changes.set(path, null);
	return changes;
}
async function payloadsAt(forge, commit, paths) {
	const tree = await forge.tree(commit);
	const wanted = paths.flatMap((path) => {
		const entry = tree.get(path);
		const role = roleOfPath(path);
		return entry?.kind !== "file" || role === null ? [] : [[role, entry.id]];
	});
	const blobs = await forge.blobs(wanted.map(([, id]) => id));
	const digests = /* @__PURE__ */ new Map();
	for (const [role, id] of wanted) {
		const payload = payloadOf(blobs.get(id) ?? /* @__PURE__ */ new Uint8Array());
		if (payload !== null) digests.set(role, payloadDigest(payload));
	}
	return digests;
}
async function payloadHistory(forge, head, paths) {
	const payloads = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const blobs = await forge.blobs(await forge.history(head, path, HISTORY_DEPTH$1));
		for (const bytes of blobs.values()) {
			const payload = payloadOf(bytes);
			if (payload !== null) payloads.set(payloadDigest(payload), payload);
		}
	}
	return payloads;
}
function signedAs(role, bytes, base) {
	const signers = signersOf(base, role);
	if (signers === null) return null;
	const outcome = outcomeOf(() => {
		const file = parseTargets(bytes);
		requireThreshold({
			payload: file.payload,
			signatures: file.signatures,
			keys: signers.keys,
			role: signers.roleKeys
		}, role);
		return file;
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}
async function readFork(forge, fork, role, bytes, base) {
	const known = base?.roles.get(role);
	if (base === null || known === void 0) return bytes;
	if (bytes !== null && (Buffer.compare(bytes, known.bytes) === 0 || signedAs(role, bytes, base) !== null)) return bytes;
	const [last] = [...(await forge.blobs(fork === null ? [] : await forge.history(fork, rolePath(role), HISTORY_DEPTH$1))).values()].flatMap((one) => {
		const file = signedAs(role, one, base);
		return file === null ? [] : [{
			bytes: one,
			version: file.signed.version
		}];
	}).sort((a, b) => b.version - a.version);
	return last?.bytes ?? encodeMetadata(new Map(known.file.signed.raw).set("targets", /* @__PURE__ */ new Map()), []);
}
function pullFacts({ number, headSha, author, url, head: branch, from }) {
	return {
		number,
		headSha,
		author,
		url,
		branch,
		from
	};
}
async function readEvent(forge, pull, metadataHead, base) {
	if (pull.from === "fork") {
		const nothing = {
			changes: /* @__PURE__ */ new Map(),
			forkedFrom: /* @__PURE__ */ new Map(),
			payloadsAt: /* @__PURE__ */ new Map(),
			earlierPayloads: /* @__PURE__ */ new Map()
		};
		return {
			pull: pullFacts(pull),
			reviews: [],
			comments: [],
			...nothing
		};
	}
	const forkSha = await forge.mergeBase(metadataHead, pull.headSha);
	const fork = forkSha === null ? /* @__PURE__ */ new Map() : await forge.tree(forkSha);
	const head = await forge.tree(pull.headSha);
	const changes = withoutBase(await changedFiles(forge, fork, head), head, base);
	const paths = [...changes.keys()].filter((path) => roleOfPath(path) !== null);
	const forkBlobs = await forge.blobs(paths.flatMap((path) => [fork.get(path)].flatMap((entry) => entry?.kind === "file" ? [entry.id] : [])));
	const forkedFrom = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const what = classifyPath(path);
		if (what.kind !== "role") continue;
		const entry = fork.get(path);
		const there = entry?.kind === "file" ? forkBlobs.get(entry.id) ?? null : null;
		const bytes = await readFork(forge, forkSha, what.role, there, base);
		if (bytes !== null) forkedFrom.set(what.role, bytes);
	}
	const reviews = await forge.reviews(pull.number);
	const commits = new Set(reviews.flatMap(({ commitSha }) => commitSha === null ? [] : [commitSha]));
	const digests = /* @__PURE__ */ new Map();
	for (const commit of commits) digests.set(commit, await payloadsAt(forge, commit, paths));
	return {
		pull: pullFacts(pull),
		changes,
		forkedFrom,
		reviews,
		comments: await forge.comments(pull.number),
		payloadsAt: digests,
		earlierPayloads: await payloadHistory(forge, pull.headSha, paths)
	};
}
async function proposalPulls(forge) {
	return forge.pulls(PROPOSAL_PREFIX, "tuf");
}
async function openPulls(forge) {
	return openAmong(await proposalPulls(forge));
}
function openAmong(pulls) {
	return pulls.filter(({ state, base }) => state === "open" && base === "tuf");
}
async function adoptOrphans(forge) {
	const branches = await forge.branches(PROPOSAL_PREFIX);
	if (branches.size === 0) return;
	const ours = (await proposalPulls(forge)).filter(({ from }) => from === "repository");
	for (const [branch, head] of branches) {
		if (ours.some((pull) => pull.head === branch && (pull.state === "open" || pull.state === "merged" || pull.headSha === head))) continue;
		if ((await forge.branches(branch)).get(branch) !== head) continue;
		try {
			await forge.openPull({
				head: branch,
				base: "tuf",
				title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`,
				body: ""
			});
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
		}
	}
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
async function addMerged(forge, candidates) {
	const pulls = await proposalPulls(forge);
	for (const { headSha } of pulls.filter(({ state }) => state === "merged").slice(-10)) await addMetadataTree(forge, await forge.tree(headSha), "history", candidates);
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
	if (merged === "with-merged" && metadataHead !== null) await addMerged(forge, candidates);
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
	const other = state.findings.find(({ code }) => code === "anchor-mismatch");
	if (other !== void 0) throw new CountersignError(other.code, other.where, other.detail);
	const why = state.findings[0];
	throw new CountersignError("base-missing", "tuf", why === void 0 ? "expected a signed root, got none yet; finish the first signing event" : `expected a root that verifies: ${why.where}: ${why.detail}`);
}

export { openAmong as a, payloadsAt as c, readClientView as d, adoptOrphans as i, proposalPulls as l, requireBase as n, openPulls as o, treeSource as r, payloadHistory as s, readState as t, readEvent as u };
