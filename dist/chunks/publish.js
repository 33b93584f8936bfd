import { d as mapSource, u as filesSource } from "./local-workplace.js";
import { M as readEventFile, Z as EVENT_PATH, a as decideSnapshot, c as heldRoles, d as onlineUris, et as PUBLISHED_BRANCH, l as hostedTargets, o as decideTimestamp, s as heldOnline, u as listedRoles } from "./event.js";
import { $ as requireThreshold, At as TARGETS, B as parseSnapshot, Bt as outcomeOf, C as rootPath, Mt as encodeRoleName, Rt as parseVersion, S as metadataPath, T as targetFilePaths, V as parseTimestamp, W as requireLengthAndHashes, b as TIMESTAMP_PATH, et as encodeMetadata, ft as encodeCanonicalJson, st as keyIdOf, t as isDiscardedUnder, w as strayPaths, x as inWritingOrder, zt as CountersignError } from "./tuf.js";
import { d as memoryStore, f as storeName, n as refresh, o as findTarget } from "./updater.js";
import { n as attempt, r as problemList, t as verifyRepository } from "./verify-repository.js";
import { d as readClientView, n as requireBase, r as treeSource, t as readState } from "./read-base.js";
import { i as DEFAULT_LIMITS } from "./http-source.js";
import { t as untilSettled } from "./workplace.js";
import { basename } from "node:path";

// src/commands/client-replay.ts
function genuineRoots({ roots }, base) {
	return base.roots.filter(({ bytes }) => roots.some((one) => Buffer.compare(one, bytes) === 0));
}
function heldRoots(state, base) {
	const last = [state.published, state.live].flatMap((view) => genuineRoots(view, base).at(-1) ?? []);
	return [...new Set(last)].map(({ file }) => file.signed);
}
function clientState(view, base) {
	const { timestamp, snapshot, roles } = view;
	const root = genuineRoots(view, base).at(-1)?.bytes;
	if (root === void 0 || timestamp === null || snapshot === null) return null;
	const held = /* @__PURE__ */ new Map([
		[storeName("root"), root],
		[storeName("timestamp"), timestamp],
		[storeName("snapshot"), snapshot]
	]);
	const targets = roles.get(TARGETS);
	if (targets !== void 0) held.set(storeName(TARGETS), targets);
	return held;
}
async function requireReplay(place, state, base, source) {
	const first = base.roots[0];
	const held = [state.published, state.live].map((view) => clientState(view, base));
	const report = await verifyRepository(source, {
		time: place.now,
		targets: "none",
		warnings: "none",
		held: held.filter((one) => one !== null),
		...first === void 0 ? {} : { anchor: {
			kind: "root",
			bytes: first.bytes
		} }
	});
	const [problem] = report.problems.filter(({ code }) => code !== "expired");
	if (problem !== void 0) throw new CountersignError(problem.code, problem.where, `${problem.detail} (in what was to be published; nothing was)`);
	return report.problems.map((one) => ({
		...one,
		source: "published"
	}));
}

// src/commands/hosted-files.ts
const HISTORY_DEPTH = 100;
async function readContributions(forge, { metadataHead }) {
	if (metadataHead === null) return [];
	const ids = await forge.history(metadataHead, EVENT_PATH, HISTORY_DEPTH);
	const blobs = await forge.blobs(ids);
	return ids.flatMap((id) => {
		const bytes = blobs.get(id);
		return (bytes === void 0 ? null : readEventFile(bytes))?.contributions ?? [];
	});
}
const MAX_NAMED_RUNS = 3;
function howToGoOn(path, contributions, expired) {
	const from = contributions.find(({ targets }) => targets === null || targets.includes(path))?.origin;
	if (from !== void 0 && from !== null) return `repeat the run that proposed it, ${from.runUrl}`;
	const runs = expired.slice(0, MAX_NAMED_RUNS).join(" or ");
	return runs === "" ? "propose the same file again" : `its artifact may have expired: repeat the run ${runs}, or propose the same file again`;
}
function missingFile({ path, sha256 }, how) {
	return {
		code: "staged-missing",
		where: path,
		detail: `expected the bytes of sha256 ${sha256} to wait for their signatures, got nothing; ${how}`
	};
}
async function requireHashes(place, staged) {
	const hashed = await place.hasher.hash([...staged.keys()], (done, total) => {
		place.log.progress("checking", done, total);
	});
	const actual = new Map(hashed.map((one) => [one.name, one]));
	for (const [source, { path, sha256, length }] of staged) {
		const found = actual.get(basename(source));
		if (found?.sha256 !== sha256 || found.length !== length) throw new CountersignError("hash-mismatch", path, `expected staged bytes of sha256 ${sha256}, got others`);
	}
}
async function findHostedFiles(place, state, base) {
	const wanted = hostedTargets(base).flatMap((target) => {
		const paths = targetFilePaths(target.path, target.sha256).filter((path) => {
			const there = state.publishedTree.get(path);
			return there?.kind !== "file" || there.size !== target.length;
		});
		return paths.length === 0 ? [] : [{
			target,
			paths
		}];
	});
	if (wanted.length === 0) return {
		files: /* @__PURE__ */ new Map(),
		missing: []
	};
	const contributions = await readContributions(place.forge, state);
	place.staging.addHints(contributions.flatMap(({ staged }) => staged ?? []));
	const files = /* @__PURE__ */ new Map();
	const staged = /* @__PURE__ */ new Map();
	const missing = [];
	for (const { target, paths } of wanted) {
		const source = await place.staging.locate(target.sha256);
		if (source === null) {
			missing.push(missingFile(target, howToGoOn(target.path, contributions, place.staging.expiredRuns())));
			continue;
		}
		staged.set(source, target);
		for (const path of paths) files.set(path, {
			kind: "file",
			path: source,
			length: target.length
		});
	}
	await requireHashes(place, staged);
	return {
		files,
		missing
	};
}

// src/commands/online-signing.ts
async function signWith(place, root, keyId, payload) {
	const uri = onlineUris(root).get(keyId);
	if (uri === void 0) return null;
	const signer = await place.openSigner(uri);
	const actual = keyIdOf(await signer.publicKey());
	if (actual !== keyId) throw new CountersignError("signer-key", uri.split(/[?;]/)[0] ?? "online key", `expected the key ${keyId} that the root lists, got ${actual}`);
	return {
		keyId,
		sig: await signer.sign(payload)
	};
}
async function onlineFile(place, base, heldRoots, role, plan) {
	if (plan.kind === "keep") return plan.bytes;
	const root = base.root.signed;
	const payload = encodeCanonicalJson(plan.signed);
	const signatures = [];
	for (const keyId of root.roles[role].keyIds) {
		const signature = await signWith(place, root, keyId, payload);
		if (signature !== null) signatures.push(signature);
	}
	requireThreshold({
		payload,
		signatures,
		keys: root.keys,
		role: root.roles[role]
	}, role);
	const asked = new Set(root.roles[role].keyIds);
	for (const held of heldRoots) for (const keyId of held.roles[role].keyIds.filter((one) => !asked.has(one))) {
		asked.add(keyId);
		const signature = await retiredSignature(place, held, keyId, payload);
		if (signature !== null) signatures.push(signature);
	}
	return encodeMetadata(plan.signed, signatures);
}
async function retiredSignature(place, root, keyId, payload) {
	try {
		return await signWith(place, root, keyId, payload);
	} catch (error) {
		if (!(error instanceof CountersignError && (error.code === "signer-key" || error.code === "signer-uri" || error.code === "io"))) throw error;
		place.log.warn(`${keyId.slice(0, 12)}…: the retired online key is not at hand; clients that hold the old root see new metadata only after they have the new root`);
		return null;
	}
}

// src/commands/publish-needs.ts
function heldNow(state, base) {
	const present = (...all) => all.filter((bytes) => bytes !== null);
	return heldOnline(base, {
		snapshots: present(state.live.snapshot, state.published.snapshot),
		timestamps: present(state.live.timestamp, state.published.timestamp)
	});
}
function strayFiles({ publishedTree }, base, snapshot) {
	const roles = [...base.roles].map(([role, { file }]) => [encodeRoleName(role), file.signed.version]);
	const latest = new Map([
		["root", base.root.signed.version],
		["snapshot", snapshot],
		...roles
	]);
	const targets = new Set(hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return strayPaths(publishedTree.keys(), latest, targets);
}

// src/commands/outside-replay.ts
function openerOf(forge, { metadata, targets, kept }) {
	const blob = async (id, path) => {
		const bytes = (await forge.blobs([id])).get(id);
		if (bytes === void 0) throw new CountersignError("io", path, "expected the published bytes, got none");
		return {
			kind: "bytes",
			bytes
		};
	};
	return async (path) => {
		const bytes = metadata.get(path);
		if (bytes !== void 0) return {
			kind: "bytes",
			bytes
		};
		const content = targets.get(path);
		if (content !== void 0) return content.kind === "blob" ? blob(content.id, path) : content;
		const entry = kept.get(path);
		return entry?.kind === "file" ? blob(entry.id, path) : null;
	};
}
async function isReachable(session, { path, sha256 }) {
	try {
		const { result } = await findTarget(session, path);
		return result.kind === "found" && result.file.hashes.get("sha256") === sha256;
	} catch (error) {
		if (error instanceof CountersignError) return false;
		throw error;
	}
}
async function chooseTarget(place, base, source, output) {
	const hosted = hostedTargets(base).filter(({ path, sha256 }) => targetFilePaths(path, sha256).every((file) => output.targets.has(file) || output.kept.has(file)));
	const isNew = ({ path, sha256 }) => targetFilePaths(path, sha256).some((file) => output.targets.has(file));
	if (hosted.length === 0) return null;
	const [first] = base.roots;
	const store = memoryStore(first === void 0 ? /* @__PURE__ */ new Map() : /* @__PURE__ */ new Map([[storeName("root"), first.bytes]]));
	const session = await refresh(source, store, { time: place.now });
	for (const one of [...hosted.filter(isNew), ...hosted]) if (await isReachable(session, one)) return one.path;
	return null;
}
async function requireOutsideReplay(place, clients, base, source, output) {
	const ends = /* @__PURE__ */ new Set([...base.roots.slice(0, 1), ...base.roots.slice(-1)]);
	await clients.replay({
		open: openerOf(place.forge, output),
		roots: [...ends].map(({ file, bytes }) => ({
			version: file.signed.version,
			bytes
		})),
		target: await chooseTarget(place, base, source, output)
	});
}

// src/commands/sync-site.ts
const TARGET_FILE = /^targets\/(?:.*\/)?([0-9a-f]{64})\.[^/]+$|^targets\/([0-9a-f]{64})\..+$/;
function timestampOf(bytes) {
	if (bytes === null) return null;
	const parsed = outcomeOf(() => parseTimestamp(bytes));
	return parsed.kind === "accepted" ? parsed.value : null;
}
function genuineTimestamp(base, bytes) {
	const timestamp = timestampOf(bytes);
	return timestamp?.signed.binding?.repository === base.repository && base.roots.some(({ file }) => !isDiscardedUnder(file.signed, "timestamp", timestamp)) ? timestamp : null;
}
async function staleFiles(place, tree, current) {
	const there = await place.site.list();
	const source = treeSource(place.forge, tree);
	const live = /* @__PURE__ */ new Set();
	for (const [path, { size }] of tree) if (there.get(path) !== size) live.add(path);
	for (const path of current) {
		if (live.has(path)) continue;
		const [branch, site] = [await source.metadata(path, DEFAULT_LIMITS.maxListedBytes), await place.site.read(path, DEFAULT_LIMITS.maxListedBytes)];
		if (branch !== null && (site === null || Buffer.compare(branch, site) !== 0)) live.add(path);
	}
	return [...live];
}
async function removeStrayRoots({ site }, tree, requireHeld) {
	const strays = [...(await site.list()).keys()].filter((path) => /^metadata\/[0-9]+\.root\.json$/.test(path) && !tree.has(path));
	for (const path of strays) {
		await requireHeld();
		await site.remove(path);
	}
	return strays.length;
}
function withoutLaterRoots(source, version) {
	const hidden = rootPath(parseVersion(version + 1, "root"));
	return {
		...source,
		metadata: async (path, maxBytes) => path === hidden ? null : source.metadata(path, maxBytes)
	};
}
async function servesRoot(place, source, version, bytes) {
	const store = memoryStore(/* @__PURE__ */ new Map([[storeName("root"), bytes]]));
	return await attempt(problemList(), () => refresh(withoutLaterRoots(source, version), store, { time: place.now })) !== null;
}
async function lateRoots(place, source) {
	const late = /* @__PURE__ */ new Set();
	const there = (await readClientView(filesSource(place.site))).roots.length;
	if (there === 0) return late;
	const { roots } = await readClientView(source);
	for (let version = roots.length - 1; version >= there; version--) {
		const bytes = roots[version - 1];
		if (bytes === void 0 || !await servesRoot(place, source, version, bytes)) break;
		late.add(rootPath(parseVersion(version + 1, "root")));
	}
	return late;
}
async function writeFile(place, path, entry, requireHeld) {
	const match = TARGET_FILE.exec(path);
	const sha256 = match?.[1] ?? match?.[2];
	if (sha256 !== void 0) {
		const staged = await place.staging.locate(sha256);
		if (staged !== null) {
			await place.site.copyIn(path, staged, {
				length: entry.size,
				sha256
			});
			return;
		}
	}
	const bytes = (await place.forge.blobs([entry.id])).get(entry.id);
	if (bytes === void 0) throw new CountersignError("io", path, "expected the published bytes, got none");
	if (sha256 !== void 0) requireLengthAndHashes(bytes, {
		length: entry.size,
		hashes: /* @__PURE__ */ new Map([["sha256", sha256]])
	}, path);
	await requireHeld();
	await place.site.write(path, bytes);
}
async function syncSite(place, base, current) {
	return place.withSiteLock(async (requireHeld) => {
		const head = (await place.forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
		if (head === void 0) return {
			outcome: "unchanged",
			written: 0
		};
		const tree = await place.forge.tree(head);
		const [site, branch] = [genuineTimestamp(base, await place.site.read(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)), timestampOf(await treeSource(place.forge, tree).metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes))];
		if (site !== null && branch !== null && site.signed.version > branch.signed.version) return {
			outcome: "newer",
			written: 0
		};
		const files = new Map([...tree].filter(([path]) => path.startsWith("metadata/") || path.startsWith("targets/")));
		const removed = await removeStrayRoots(place, files, requireHeld);
		const stale = await staleFiles(place, files, current);
		if (stale.length === 0) return {
			outcome: removed > 0 ? "updated" : "unchanged",
			written: 0
		};
		const late = await lateRoots(place, treeSource(place.forge, files));
		let done = 0;
		const [early, last] = [stale.filter((path) => !late.has(path)), stale.filter((path) => late.has(path))];
		for (const path of [...inWritingOrder(early, false), ...inWritingOrder(last, false)]) {
			const entry = files.get(path);
			if (entry === void 0) continue;
			await writeFile(place, path, entry, requireHeld);
			place.log.progress("publishing", ++done, stale.length);
		}
		return {
			outcome: "updated",
			written: stale.length
		};
	});
}

// src/commands/publish.ts
async function buildMetadata(place, state, base, files) {
	const held = heldNow(state, base);
	const roots = heldRoots(state, base);
	const snapshotPlan = decideSnapshot(base, held, place.now, files);
	const snapshot = await onlineFile(place, base, roots, "snapshot", snapshotPlan);
	const timestampPlan = decideTimestamp(base, held, snapshot, place.now);
	const timestamp = await onlineFile(place, base, roots, "timestamp", timestampPlan);
	const metadata = /* @__PURE__ */ new Map();
	for (const { file, bytes } of base.roots) metadata.set(rootPath(file.signed.version), bytes);
	for (const [role, { file, bytes }] of base.roles) metadata.set(metadataPath(role, file.signed.version), bytes);
	metadata.set(metadataPath("snapshot", parseSnapshot(snapshot).signed.version), snapshot).set(TIMESTAMP_PATH, timestamp);
	return {
		metadata,
		reasons: [...snapshotPlan.kind === "sign" ? [`snapshot: ${snapshotPlan.why}`] : [], ...timestampPlan.kind === "sign" ? [`timestamp: ${timestampPlan.why}`] : []]
	};
}
function filesMissing({ missing }) {
	return missing.map((one) => ({
		...one,
		source: "published"
	}));
}
function straysTaken([first, ...others]) {
	if (first === void 0) return [];
	return [{
		source: "published",
		code: "event-file-unclaimed",
		where: first,
		detail: `expected only files that somebody signed for, got ${others.length === 0 ? "this one" : `this one and ${String(others.length)} more`}; taken away`
	}];
}
function rolesToList(state, base, { missing }) {
	const [first] = missing;
	if (first === void 0) return listedRoles(base);
	const held = heldRoles(heldNow(state, base));
	if (held === null) throw new CountersignError(first.code, first.where, first.detail);
	return held;
}
async function publishOnce(place, clients) {
	const state = await readState(place);
	const base = requireBase(state);
	const targets = await findHostedFiles(place, state, base);
	const { metadata, reasons } = await buildMetadata(place, state, base, rolesToList(state, base, targets));
	const changes = new Map(targets.files);
	const timestamp = parseTimestamp(metadata.get("metadata/timestamp.json") ?? /* @__PURE__ */ new Uint8Array());
	const snapshotVersion = timestamp.signed.snapshot.version;
	const strays = strayFiles(state, base, snapshotVersion);
	for (const path of strays) changes.set(path, null);
	const kept = new Map([...state.publishedTree].filter(([path]) => changes.get(path) !== null));
	const branch = treeSource(place.forge, kept);
	for (const [path, bytes] of metadata) {
		const there = kept.get(path)?.size === bytes.length ? await branch.metadata(path, bytes.length) : null;
		if (there === null || Buffer.compare(there, bytes) !== 0) changes.set(path, {
			kind: "bytes",
			bytes
		});
	}
	const snapshot = parseSnapshot(metadata.get(metadataPath("snapshot", snapshotVersion)) ?? /* @__PURE__ */ new Uint8Array());
	const expires = timestamp.signed.expires < snapshot.signed.expires ? timestamp.signed.expires : snapshot.signed.expires;
	const source = mapSource(metadata, branch);
	const expired = await requireReplay(place, state, base, source);
	const result = {
		reasons,
		snapshot: snapshotVersion,
		timestamp: timestamp.signed.version,
		expires,
		findings: [
			...state.findings,
			...straysTaken(strays),
			...expired,
			...filesMissing(targets)
		]
	};
	const served = state.live.timestamp;
	const isBehind = served === null || Buffer.compare(served, metadata.get("metadata/timestamp.json") ?? /* @__PURE__ */ new Uint8Array()) !== 0;
	const round = {
		base,
		current: [...metadata.keys()],
		isBehind
	};
	if (changes.size === 0) return {
		...round,
		result: {
			...result,
			outcome: "fresh",
			commit: state.publishedHead
		}
	};
	if (clients !== null) await requireOutsideReplay(place, clients, base, source, {
		metadata,
		targets: targets.files,
		kept
	});
	changes.set(".nojekyll", {
		kind: "bytes",
		bytes: /* @__PURE__ */ new Uint8Array()
	});
	const head = state.publishedHead;
	const message = `Publish timestamp ${String(timestamp.signed.version)}\n\n${reasons.join("\n")}\n`;
	const commit = await place.forge.writeCommit({
		base: head,
		parents: head === null ? [] : [head],
		changes,
		message
	});
	await place.forge.moveBranch(PUBLISHED_BRANCH, head, commit, "fast-forward");
	return {
		...round,
		result: {
			...result,
			outcome: "published",
			commit
		}
	};
}
async function publish(place, clients = null) {
	const { base, current, isBehind, result } = await untilSettled(() => publishOnce(place, clients));
	const { site } = place;
	if (site !== null) return {
		...result,
		site: await syncSite({
			...place,
			site
		}, base, current)
	};
	return {
		...result,
		site: {
			outcome: isBehind ? "behind" : "unchanged",
			written: 0
		}
	};
}

export { publish as t };
