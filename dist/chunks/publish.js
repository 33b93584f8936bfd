import { C as onlineUris, E as unlistedFiles, It as PUBLISHED_BRANCH, Mt as EVENT_PATH, Nt as FILE_LIST_PATH, S as onlinePeriod, T as countTargets, W as readEventFile, _ as decideTimestamp, b as hostedIn, c as heldPublication, d as encodeFileList, f as isListed, g as decideSnapshot, h as decideUploads, l as hostedKey, m as reviewTree, o as decideContinuation, p as readFileList, u as planPublication, ut as vouchedFor, v as fastClockFindings, w as signedFileList, x as hostedTargets, y as heldOnline } from "./event.js";
import { $t as quote, Ht as encodeCanonicalJson, I as parseSnapshot, L as parseTimestamp, Ot as parseVersion, Qt as outcomeOf, R as parseTargets, S as isDiscardedUnder, St as encodeRoleName, Zt as CountersignError, bt as TARGETS, c as inWritingOrder, d as strayPaths, dt as encodeMetadata, f as targetFilePaths, l as metadataPath, lt as requireThreshold, mt as keyIdOf, s as TIMESTAMP_PATH, u as rootPath, yt as sha256Hex } from "./tuf.js";
import { b as mapSource, y as filesSource } from "./transport.js";
import { _ as memoryStore, a as problemList, s as refresh, t as attempt, u as findTarget, v as storeName } from "./repository-report.js";
import { t as verifyRepository } from "./verify-repository.js";
import { _ as UNKNOWN_SITE, v as untilSettled } from "./repository-options.js";
import { i as readClientView, n as requireBase, r as treeSource, t as readState } from "./read-base.js";
import { i as DEFAULT_LIMITS } from "./http-source.js";
import { basename } from "node:path";
import { createHash } from "node:crypto";

// src/commands/online-signing.ts
function howToGive(place, keyId) {
	const key = `the private key ${keyId.slice(0, 12)}…, which the root names`;
	return place.startsWith("env:") ? `set ${place.slice(4)} to ${key}` : `put ${key} there`;
}
async function openOnlineKey(place, keyId, uri) {
	const where = uri.split(/[?;]/)[0] ?? "online key";
	try {
		const signer = await place.openSigner(uri);
		const actual = keyIdOf(await signer.publicKey());
		if (actual !== keyId) throw new CountersignError("signer-key", where, `expected the key ${keyId} that the root lists, got ${actual}`);
		return signer;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		throw new CountersignError(error.code, error.where, `${error.detail}; ${howToGive(where, keyId)}`, { cause: error });
	}
}
async function signWith(place, root, keyId, payload) {
	const uri = onlineUris(root).get(keyId);
	if (uri === void 0) return null;
	return {
		keyId,
		sig: await (await openOnlineKey(place, keyId, uri)).sign(payload)
	};
}
async function checkOnlineKeys(place, root) {
	const uris = onlineUris(root);
	const failures = [];
	for (const keyId of /* @__PURE__ */ new Set([...root.roles.timestamp.keyIds, ...root.roles.snapshot.keyIds])) {
		const uri = uris.get(keyId);
		if (uri === void 0) continue;
		try {
			await openOnlineKey(place, keyId, uri);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			failures.push({
				code: error.code,
				where: error.where,
				detail: error.detail
			});
		}
	}
	return failures;
}
const KEY_FAILURES = /* @__PURE__ */ new Set([
	"signer-key",
	"signer-uri",
	"signer-passphrase",
	"threshold",
	"io",
	"too-large",
	"file-type"
]);
function isKeyFailure(error) {
	return error instanceof CountersignError && KEY_FAILURES.has(error.code);
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

// src/commands/blob-id.ts
function parseBlobId(text, where) {
	if (!/^[0-9a-f]{40}$/.test(text)) throw new CountersignError("git", where, `expected a blob id, got ${quote(text)}`);
	return text;
}
function blobIdOf(bytes) {
	return parseBlobId(createHash("sha1").update(`blob ${String(bytes.length)}\0`).update(bytes).digest("hex"), "blob");
}

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
async function requireUpdates({ now }, base, source) {
	for (const { bytes } of base.roots) try {
		await refresh(source, memoryStore(/* @__PURE__ */ new Map([[storeName("root"), bytes]])), { time: now });
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "expired") continue;
		throw refused(error);
	}
}
function refused({ code, where, detail }) {
	return new CountersignError(code, where, `${detail} (in what was to be published; nothing was)`);
}
async function requireReplay(place, state, base, source) {
	const first = base.roots[0];
	const held = [state.published, state.live].map((view) => clientState(view, base)).filter((one) => one !== null);
	const verify = async (holding) => {
		return (await verifyRepository(source, {
			time: place.now,
			targets: "none",
			warnings: "none",
			unneeded: "problem",
			held: holding,
			...first === void 0 ? {} : { anchor: {
				kind: "root",
				bytes: first.bytes
			} }
		})).problems;
	};
	const problems = await verify(held);
	if (problems.some(({ code }) => code !== "expired")) {
		await requireUpdates(place, base, source);
		const alone = new Set((await verify([])).map(({ code, where }) => `${code} ${where}`));
		const [forThem] = problems.filter(({ code, where }) => code !== "expired" && !alone.has(`${code} ${where}`));
		if (forThem !== void 0) throw refused(forThem);
	}
	return problems.map((one) => ({
		...one,
		source: "published"
	}));
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

// src/commands/published-files.ts
const LIST_HISTORY = 20;
async function readKnownFiles(forge, state, held) {
	const digest = held.timestamp === null ? null : signedFileList(held.timestamp.file.signed);
	if (digest === null || state.publishedHead === null) return {
		list: null,
		findings: []
	};
	const find = async (ids) => {
		const bytes = [...(await forge.blobs(ids)).values()].find((one) => sha256Hex(one) === digest);
		return bytes === void 0 ? null : readFileList(bytes);
	};
	const entry = state.publishedTree.get(FILE_LIST_PATH);
	const there = entry?.kind === "file" ? await find([entry.id]) : null;
	if (there !== null) return {
		list: there,
		findings: []
	};
	const list = await find(await forge.history(state.publishedHead, FILE_LIST_PATH, LIST_HISTORY));
	const detail = `expected the list of published files that the timestamp has signed, sha256:${digest}, got another or none; ${list === null ? "every hosted file is hashed again" : "it is put back"}`;
	return {
		list,
		findings: [{
			source: "published",
			code: "hash-mismatch",
			where: FILE_LIST_PATH,
			detail
		}]
	};
}
async function isTarget(forge, id, target) {
	const hash = createHash("sha256");
	let length = 0;
	try {
		for await (const piece of forge.stream(id)) {
			hash.update(piece);
			length += piece.length;
		}
	} catch (error) {
		if (error instanceof CountersignError && error.code === "io") return false;
		throw error;
	}
	return length === target.length && hash.digest("hex") === target.sha256;
}
async function isThere(forge, path, id, size) {
	const hash = createHash("sha1").update(`blob ${String(size)}\0`);
	try {
		for await (const piece of forge.stream(parseBlobId(id, path))) hash.update(piece);
	} catch (error) {
		if (error instanceof CountersignError && (error.code === "io" || error.code === "git")) return false;
		throw error;
	}
	return hash.digest("hex") === id;
}
function inOneFinding(code, paths, text) {
	const [first, ...others] = paths;
	if (first === void 0) return [];
	return [{
		source: "published",
		code,
		where: first,
		detail: text(others.length === 0 ? "this one" : `this one and ${String(others.length)} more`)
	}];
}
const TARGET_WITHOUT_DIGEST = /^targets\/(?!(?:.*\/)?[0-9a-f]{64}\.[^/]+$)(?![0-9a-f]{64}\.).*$/;
function unlistedStrays(state, base, snapshot, wanted) {
	const odd = [...state.publishedTree.keys()].filter((path) => TARGET_WITHOUT_DIGEST.test(path) && !wanted.has(path));
	return [.../* @__PURE__ */ new Set([...strayFiles(state, base, snapshot), ...odd])];
}
async function repairTree(forge, state, { list }, base, snapshot, hosted) {
	const wanted = new Set(hosted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	const changes = /* @__PURE__ */ new Map();
	const review = list === null ? null : reviewTree(state.publishedTree, list);
	const strays = review === null ? unlistedStrays(state, base, snapshot, wanted) : review.strays.filter((path) => !wanted.has(path));
	const attributes = review === null ? [] : strayFiles(state, base, snapshot).filter((path) => !isListed(path) || !strays.includes(path));
	for (const path of [...strays, ...attributes]) changes.set(path, null);
	const damaged = [...review?.damaged ?? []].filter(([path]) => !changes.has(path));
	for (const [path, { id, size }] of damaged) {
		if (wanted.has(path)) continue;
		if (await isThere(forge, path, id, size)) changes.set(path, {
			kind: "blob",
			id: parseBlobId(id, path)
		});
		else if (state.publishedTree.has(path)) changes.set(path, null);
	}
	return {
		changes,
		findings: [...inOneFinding("event-file-unclaimed", [...strays, ...attributes], (what) => `expected only files that somebody signed for, got ${what}; taken away`), ...inOneFinding("hash-mismatch", damaged.map(([path]) => path), (what) => `expected the bytes that were published, got others or none of ${what}; put back where they can be had, else withheld`)]
	};
}
function afterChanges(tree, changes, sizes) {
	const after = new Map(tree);
	for (const [path, content] of changes) if (content === null) after.delete(path);
	else if (content.kind === "blob") after.set(path, {
		kind: "file",
		id: content.id,
		size: sizes?.get(path)?.size ?? tree.get(path)?.size ?? 0
	});
	return after;
}
function wrongFiles({ publishedTree }, list, targets, missing) {
	return targets.filter((target) => missing.has(hostedKey(target))).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)).filter((path) => {
		const there = publishedTree.get(path);
		if (there === void 0) return false;
		return there.kind !== "file" || list?.get(path)?.id !== there.id;
	});
}
function listFiles(tree, metadata) {
	const list = /* @__PURE__ */ new Map();
	for (const [path, { id, size, kind }] of tree) if (isListed(path) && kind === "file") list.set(path, {
		id,
		size
	});
	for (const [path, bytes] of metadata) if (isListed(path)) list.set(path, {
		id: blobIdOf(bytes),
		size: bytes.length
	});
	return list;
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
async function checkStaged(place, staged) {
	const hash = (paths) => place.hasher.hash(paths, (done, total) => {
		place.log.progress("checking", done, total);
	});
	const wrong = /* @__PURE__ */ new Map();
	const actual = /* @__PURE__ */ new Map();
	const hashAll = async (paths) => {
		try {
			for (const one of await hash(paths)) actual.set(one.source, one);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			const [only, ...others] = paths;
			if (only !== void 0 && others.length === 0) wrong.set(only, {
				code: error.code,
				where: error.where,
				detail: error.detail
			});
			else for (const path of paths) await hashAll([path]);
		}
	};
	await hashAll([...staged.keys()]);
	const byName = new Map([...actual.values()].map((one) => [one.name, one]));
	for (const [source, { path, sha256, length }] of staged) {
		const found = actual.get(source) ?? byName.get(basename(source));
		if (wrong.has(source) || found?.sha256 === sha256 && found.length === length) continue;
		wrong.set(source, {
			code: "hash-mismatch",
			where: path,
			detail: `expected staged bytes of sha256 ${sha256}, got others`
		});
	}
	return wrong;
}
async function findOnBranch({ forge }, state, list, target, path) {
	const there = state.publishedTree.get(path);
	const known = list?.get(path);
	if (known !== void 0 && there?.kind === "file" && there.id === known.id) return "present";
	if (known?.size === target.length) {
		const id = parseBlobId(known.id, path);
		return await isTarget(forge, id, target) ? id : null;
	}
	if (there?.kind !== "file" || there.size !== target.length) return null;
	return await isTarget(forge, there.id, target) ? "present" : null;
}
async function findHostedFiles(place, state, list, targets) {
	const found = /* @__PURE__ */ new Map();
	const wanted = [];
	for (const target of new Map(targets.map((one) => [hostedKey(one), one])).values()) {
		const blobs = /* @__PURE__ */ new Map();
		const lacking = [];
		for (const path of targetFilePaths(target.path, target.sha256)) {
			const where = await findOnBranch(place, state, list, target, path);
			if (where === null) lacking.push(path);
			else if (where !== "present") blobs.set(path, {
				kind: "blob",
				id: where
			});
		}
		if (blobs.size > 0) found.set(hostedKey(target), blobs);
		if (lacking.length > 0) wanted.push({
			target,
			paths: lacking
		});
	}
	const missing = /* @__PURE__ */ new Map();
	if (wanted.length === 0) return {
		found,
		missing
	};
	const contributions = await readContributions(place.forge, state);
	place.staging.addHints(contributions.flatMap(({ staged }) => staged ?? []));
	const staged = /* @__PURE__ */ new Map();
	const sources = /* @__PURE__ */ new Map();
	for (const { target } of wanted) {
		const key = hostedKey(target);
		const source = await locate(place, target);
		if (source.kind === "refused") missing.set(key, source.refusal);
		else if (source.value === null) missing.set(key, missingFile(target, howToGoOn(target.path, contributions, place.staging.expiredRuns())));
		else {
			staged.set(source.value, target);
			sources.set(key, source.value);
		}
	}
	const wrong = await checkStaged(place, staged);
	for (const { target, paths } of wanted) {
		const key = hostedKey(target);
		const source = sources.get(key);
		if (source === void 0) continue;
		const refusal = wrong.get(source);
		if (refusal !== void 0) missing.set(key, refusal);
		else {
			const files = paths.map((path) => [path, {
				kind: "file",
				path: source,
				length: target.length
			}]);
			found.set(key, new Map([...found.get(key) ?? [], ...files]));
		}
	}
	return {
		found,
		missing
	};
}
async function locate({ staging, maxHostedBytes }, { path, sha256, length }) {
	if (maxHostedBytes !== null && length > maxHostedBytes) return {
		kind: "refused",
		refusal: {
			code: "too-large",
			where: path,
			detail: `expected at most ${String(maxHostedBytes)} bytes, which the host takes, got ${String(length)}`
		}
	};
	try {
		return {
			kind: "accepted",
			value: await staging.locate(sha256)
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			kind: "refused",
			refusal: {
				code: error.code,
				where: path,
				detail: `${error.where}: ${error.detail}`
			}
		};
	}
}

// src/commands/prune-files.ts
const NOTHING_PRUNED = {
	files: [],
	findings: []
};
function decidePruning(live, { base, known }, listed, unlisted) {
	const [first] = unlisted;
	if (first === void 0) return NOTHING_PRUNED;
	const newest = [...base?.roles.values() ?? []].map(({ bytes }) => bytes);
	const digests = new Set([...known.values(), newest].flat().map(sha256Hex));
	if (live === "served" && [...listed.values()].every((sha256) => sha256 !== void 0 && digests.has(sha256))) return {
		files: unlisted,
		findings: []
	};
	return {
		files: [],
		findings: [{
			source: "live",
			code: "served-unknown",
			where: first,
			detail: "expected to know all that clients are served before files are taken away, got only a part; none was taken away"
		}]
	};
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

// src/commands/publish-state.ts
function liveState({ live }, state) {
	if (live === UNKNOWN_SITE) return "unknown";
	if (state.liveFailure !== null) return "unreachable";
	const { timestamp } = state.live;
	const { base } = state;
	if (timestamp === null || base === null) return "absent";
	const roots = base.roots.map(({ file }) => file.signed);
	return vouchedFor(base.repository, "timestamp", [timestamp], roots, parseTimestamp).files.length > 0 ? "served" : "absent";
}
function servedRoots(state, live) {
	if (state.base === null) return 0;
	return genuineRoots(live === "served" ? state.live : state.published, state.base).at(-1)?.file.signed.version ?? 0;
}
function isFirst({ base, publishedHead }, held) {
	if (base === null || publishedHead !== null || held.timestamp !== null || held.snapshot !== null) return false;
	return [base.root, ...[...base.roles.values()].map(({ file }) => file)].every(({ signed }) => signed.version === 1);
}
function requireMayGoOn(place, state, held, served) {
	const { base } = state;
	if (base === null) throw new CountersignError("base-missing", "root", "expected a signed root, got none");
	const roots = base.roots.map(({ file }) => file.signed);
	const { timestamp } = state.published;
	const branch = vouchedFor(base.repository, "timestamp", timestamp === null ? [] : [timestamp], roots, parseTimestamp).files[0];
	const decided = decideContinuation({
		live: liveState(place, state),
		branch: branch === void 0 ? null : {
			version: branch.file.signed.version,
			expires: branch.file.signed.expires
		},
		isFirst: isFirst(state, held),
		period: onlinePeriod(base, "timestamp"),
		served,
		now: place.now
	});
	if (decided.kind === "refuse") throw new CountersignError(decided.refusal.code, decided.refusal.where, decided.refusal.detail);
	const { above, told } = decided;
	return {
		above,
		findings: told === null ? [] : [{
			source: "live",
			code: "served-unknown",
			where: "timestamp",
			detail: told
		}]
	};
}
const NOTHING_ABOVE = {
	above: {
		timestamp: 0,
		snapshot: 0
	},
	findings: []
};
function reasonOf(role, plan) {
	return plan.kind === "sign" ? [`${role}: ${plan.why}`] : [];
}
async function signSnapshot(place, state, held, { base, list }, served) {
	let mayGoOn = null;
	const goOn = (plan) => {
		if (plan.kind === "keep") return mayGoOn ?? NOTHING_ABOVE;
		return mayGoOn ??= requireMayGoOn(place, state, held, served);
	};
	const roots = heldRoots(state, base);
	const first = decideSnapshot(base, held, place.now, list);
	const { above } = goOn(first.kind === "keep" ? decideTimestamp(base, held, first.bytes, place.now) : first);
	const snapshotPlan = decideSnapshot(base, held, place.now, list, above.snapshot);
	const snapshot = await onlineFile(place, base, roots, "snapshot", snapshotPlan);
	return {
		snapshot,
		signTimestamp: timestampSigner(place, base, held, roots, {
			snapshot,
			reasons: reasonOf("snapshot", snapshotPlan),
			goOn
		})
	};
}
function keepSnapshot(place, state, held, { base }, served) {
	const { snapshot } = held;
	if (snapshot === null) throw new CountersignError("base-missing", "snapshot", "expected one that is published, got none");
	const goOn = (plan) => plan.kind === "keep" ? NOTHING_ABOVE : requireMayGoOn(place, state, held, served);
	const roots = heldRoots(state, base);
	return {
		snapshot: snapshot.bytes,
		signTimestamp: timestampSigner(place, base, held, roots, {
			snapshot: snapshot.bytes,
			reasons: [],
			goOn
		})
	};
}
async function signOrKeep(place, state, held, facts, served) {
	const plan = planPublication(facts);
	try {
		return {
			plan,
			...await signSnapshot(place, state, held, plan, served),
			unsigned: null
		};
	} catch (error) {
		const kept = isKeyFailure(error) ? heldPublication(facts) : null;
		if (!isKeyFailure(error) || kept === null) throw error;
		return {
			plan: kept,
			...keepSnapshot(place, state, held, kept, served),
			unsigned: error
		};
	}
}
function heldBack(unsigned) {
	if (unsigned === null) return [];
	return [{
		source: "published",
		code: unsigned.code,
		where: "snapshot",
		detail: "expected a new one to be signed, but its key can not be used; clients get a new timestamp for the one that they have"
	}];
}
function timestampSigner(place, base, held, roots, { snapshot, reasons, goOn }) {
	return async (files) => {
		const change = (went) => ({
			files,
			above: went.above.timestamp
		});
		const went = goOn(decideTimestamp(base, held, snapshot, place.now, { files }));
		const plan = decideTimestamp(base, held, snapshot, place.now, change(went));
		return {
			snapshot,
			timestamp: await onlineFile(place, base, roots, "timestamp", plan),
			reasons: [...reasons, ...reasonOf("timestamp", plan)],
			findings: went.findings
		};
	};
}

// src/commands/publish-round.ts
function wantedTargets(base, known, listed) {
	const held = [...listed].flatMap(([role, sha256]) => {
		const newest = base.roles.get(role);
		if (newest !== void 0 && sha256Hex(newest.bytes) === sha256) return [];
		const bytes = (known.get(role) ?? []).find((one) => sha256Hex(one) === sha256);
		const parsed = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
		return parsed?.kind === "accepted" ? hostedIn(parsed.value.signed) : [];
	});
	return [...hostedTargets(base), ...held];
}
function isUpload(files) {
	return [...files.values()].some(({ kind }) => kind === "file");
}
async function selectFiles(place, { found, missing }, uploading) {
	const fresh = [...found].flatMap(([key, files]) => isUpload(files) ? [key] : []);
	const budget = uploading.kind === "all" && fresh.length > 0 ? await place.forge.budget() : null;
	const count = fresh.reduce((sum, key) => sum + (found.get(key)?.size ?? 0), 0);
	const room = uploading.kind === "all" ? decideUploads(count, budget?.left ?? null) : {
		now: 0,
		next: 0
	};
	const takes = (key) => uploading.kind === "all" ? room.now >= count : uploading.keys.has(key);
	const files = /* @__PURE__ */ new Map();
	const lacking = new Map(missing);
	for (const [key, some] of found) if (!isUpload(some) || takes(key)) for (const [path, content] of some) files.set(path, content);
	else {
		const where = key.slice(key.indexOf(" ") + 1);
		lacking.set(key, {
			code: "staged-missing",
			where,
			detail: "expected its bytes to be brought in, got no room for them yet; the next runs go on"
		});
	}
	return {
		files,
		uploads: fresh.filter(takes),
		missing: lacking,
		next: fresh.filter((key) => !takes(key)).slice(0, room.next)
	};
}
function metadataOf({ base }, snapshot) {
	const metadata = /* @__PURE__ */ new Map();
	for (const { file, bytes } of base.roots) metadata.set(rootPath(file.signed.version), bytes);
	for (const [role, { file, bytes }] of base.roles) metadata.set(metadataPath(role, file.signed.version), bytes);
	return metadata.set(metadataPath("snapshot", parseSnapshot(snapshot).signed.version), snapshot);
}
async function writeTargets({ forge }, { publishedHead, publishedTree }, changes, after) {
	if (![...changes.values()].some((content) => content?.kind === "file")) return {
		base: publishedHead,
		tree: after,
		left: changes
	};
	const parents = publishedHead === null ? [] : [publishedHead];
	const effective = new Map([...changes].filter(([path, content]) => content !== null || publishedTree.has(path)));
	const commit = await forge.writeCommit({
		base: publishedHead,
		parents,
		changes: effective,
		message: "Bring in hosted files\n"
	});
	return {
		base: commit,
		tree: await forge.tree(commit),
		left: /* @__PURE__ */ new Map()
	};
}
function asRefusal({ code, where, detail }) {
	return {
		code,
		where,
		detail
	};
}
function filesFor(base, { files }, unsigned) {
	if (unsigned === null) return files;
	const wanted = new Set(hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return new Map([...files].filter(([path]) => wanted.has(path)));
}
async function prepare(place, options, uploading) {
	const { forge, now } = place;
	const state = await readState(place, "with-merged", "optional");
	const base = requireBase(state);
	const held = heldNow(state, base);
	const known = await readKnownFiles(forge, state, held);
	const listed = new Map([...held.snapshot?.file.signed.meta ?? []].map(([role, { hashes }]) => [role, hashes?.get("sha256")]));
	const targets = wantedTargets(base, state.known, listed);
	const selection = await selectFiles(place, await findHostedFiles(place, state, known.list, targets), uploading);
	const live = liveState(place, state);
	const facts = {
		base,
		held,
		known: state.known,
		servedRoots: servedRoots(state, live),
		isServedKnown: state.live.timestamp !== null || held.timestamp === null,
		missing: selection.missing
	};
	const { plan, snapshot, signTimestamp, unsigned } = await signOrKeep(place, state, held, facts, options.served);
	const repair = await repairTree(forge, state, known, plan.base, parseSnapshot(snapshot).signed.version, targets);
	const changes = new Map([...repair.changes, ...filesFor(plan.base, selection, unsigned)]);
	const there = [...state.publishedTree.keys()].filter((path) => !changes.has(path));
	const unlisted = unlistedFiles(there, [...hostedTargets(base), ...hostedTargets(plan.base)]);
	const pruning = options.unlisted === "keep" || unsigned !== null ? NOTHING_PRUNED : decidePruning(liveState(place, state), state, listed, unlistedFiles(unlisted, targets));
	for (const path of pruning.files) changes.set(path, null);
	for (const path of wrongFiles(state, known.list, targets, selection.missing)) changes.set(path, null);
	const findings = [
		...state.findings,
		...state.liveFailure === null ? [] : [{
			...state.liveFailure,
			source: "live"
		}],
		...fastClockFindings(base, held, now),
		...known.findings,
		...repair.findings,
		...pruning.findings
	];
	const pruned = pruning.files;
	return {
		state,
		plan,
		known,
		selection,
		snapshot,
		signTimestamp,
		unsigned,
		changes,
		findings,
		pruned,
		unlisted: unlisted.filter((path) => !pruned.includes(path))
	};
}
async function publishOnce(place, options, uploading) {
	const { forge } = place;
	const prepared = await prepare(place, options, uploading);
	const { state, plan, known, selection, snapshot, signTimestamp, unsigned, changes } = prepared;
	let written;
	try {
		written = await writeTargets(place, state, changes, afterChanges(state.publishedTree, changes, known.list));
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "ref-conflict" || selection.uploads.length === 0) throw error;
		return {
			kind: "unwritten",
			refusal: asRefusal(error),
			keys: selection.uploads
		};
	}
	const metadata = metadataOf(plan, snapshot);
	const list = listFiles(written.tree, metadata);
	const encoded = encodeFileList(list);
	const online = await signTimestamp(sha256Hex(encoded)).catch((error) => {
		throw isKeyFailure(error) ? unsigned ?? error : error;
	});
	metadata.set(TIMESTAMP_PATH, online.timestamp);
	const last = new Map(written.left);
	for (const [path, bytes] of [...metadata, [FILE_LIST_PATH, encoded]]) {
		const there = written.tree.get(path);
		if (there?.kind !== "file" || there.id !== blobIdOf(bytes)) last.set(path, {
			kind: "bytes",
			bytes
		});
	}
	const source = mapSource(metadata, treeSource(forge, written.tree));
	const told = await requireReplay(place, state, plan.base, source).catch((error) => {
		throw unsigned ?? error;
	});
	const timestamp = parseTimestamp(online.timestamp).signed;
	const snapshotExpires = parseSnapshot(snapshot).signed.expires;
	const [revocations, others] = [plan.findings.filter(isRevocation), plan.findings.filter((one) => !isRevocation(one))];
	const findings = [
		...revocations,
		...prepared.findings,
		...told,
		...others,
		...online.findings
	];
	const served = state.live.timestamp;
	const result = {
		kind: "done",
		reasons: online.reasons,
		snapshot: parseSnapshot(snapshot).signed.version,
		timestamp: timestamp.version,
		expires: timestamp.expires < snapshotExpires ? timestamp.expires : snapshotExpires,
		findings,
		base: plan.base,
		current: [...metadata.keys()],
		isBehind: served === null || Buffer.compare(served, online.timestamp) !== 0,
		next: unsigned === null ? selection.next : [],
		unlisted: prepared.unlisted,
		pruned: prepared.pruned
	};
	const head = state.publishedHead;
	if (last.size === 0 && written.base === head) return {
		...result,
		outcome: "fresh",
		commit: head
	};
	const { clients } = options;
	if (clients !== null) await requireOutsideReplay(place, clients, plan.base, source, {
		metadata,
		targets: selection.files,
		kept: written.tree
	});
	last.set(".nojekyll", {
		kind: "bytes",
		bytes: /* @__PURE__ */ new Uint8Array()
	});
	const message = `Publish timestamp ${String(timestamp.version)}\n\n${online.reasons.join("\n")}\n`;
	const commit = await forge.writeCommit({
		base: written.base,
		parents: head === null ? [] : [head],
		changes: last,
		message
	});
	await forge.moveBranch(PUBLISHED_BRANCH, head, commit, "fast-forward");
	return {
		...result,
		findings: [...findings, ...heldBack(unsigned)],
		outcome: "published",
		commit
	};
}
function isRevocation({ code }) {
	return code === "revocation-unpublished";
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
async function differences(place, base, tree, current) {
	const there = await place.site.list();
	const source = treeSource(place.forge, tree);
	const stale = new Set([...tree].flatMap(([path, { size }]) => there.get(path) === size ? [] : [path]));
	const changed = [];
	for (const path of current) {
		if (stale.has(path)) continue;
		const [branch, site] = [await source.metadata(path, DEFAULT_LIMITS.maxListedBytes), await place.site.read(path, DEFAULT_LIMITS.maxListedBytes)];
		if (branch !== null && (site === null || Buffer.compare(branch, site) !== 0)) changed.push(path);
	}
	for (const { path, sha256 } of hostedTargets(base)) for (const file of targetFilePaths(path, sha256)) {
		if (stale.has(file) || !tree.has(file)) continue;
		if ((await place.site.digest(file))?.sha256 !== sha256) changed.push(file);
	}
	return {
		stale: [...stale, ...changed],
		changed
	};
}
async function removeStrays({ site }, tree, requireHeld) {
	const strays = [...(await site.list()).keys()].filter((path) => (path.startsWith("metadata/") || path.startsWith("targets/")) && !tree.has(path));
	for (const path of strays) {
		await requireHeld();
		await site.remove(path);
	}
	return strays;
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
		const expected = {
			length: entry.size,
			sha256
		};
		const staged = await place.staging.locate(sha256);
		if (staged !== null) await place.site.copyIn(path, staged, expected);
		else await place.site.writeStream(path, place.forge.stream(entry.id), expected);
		return;
	}
	const bytes = (await place.forge.blobs([entry.id])).get(entry.id);
	if (bytes === void 0) throw new CountersignError("io", path, "expected the published bytes, got none");
	await requireHeld();
	await place.site.write(path, bytes);
}
async function tryTarget(place, path, entry, requireHeld) {
	try {
		await writeFile(place, path, entry, requireHeld);
		return null;
	} catch (error) {
		if (!(error instanceof CountersignError) || error.code === "locked") throw error;
		await requireHeld();
		await place.site.remove(path);
		return {
			source: "live",
			code: error.code,
			where: path,
			detail: `${error.detail}; it could not be written to the site`
		};
	}
}
function told(code, [first, ...others], text) {
	if (first === void 0) return [];
	return [{
		source: "live",
		code,
		where: first,
		detail: text(others.length === 0 ? "this one" : `this one and ${String(others.length)} more`)
	}];
}
async function syncSite(place, base, current, pruned) {
	return place.withSiteLock(async (requireHeld) => {
		const head = (await place.forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
		if (head === void 0) return {
			outcome: "unchanged",
			written: 0,
			findings: []
		};
		const tree = await place.forge.tree(head);
		const [site, branch] = [genuineTimestamp(base, await place.site.read(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes)), timestampOf(await treeSource(place.forge, tree).metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes))];
		if (site !== null && branch !== null && site.signed.version > branch.signed.version) return {
			outcome: "newer",
			written: 0,
			findings: []
		};
		const files = new Map([...tree].filter(([path]) => path.startsWith("metadata/") || path.startsWith("targets/")));
		const strays = await removeStrays(place, files, requireHeld);
		const { stale, changed } = await differences(place, base, files, current);
		const findings = [...told("event-file-unclaimed", strays.filter((path) => !pruned.has(path)), (what) => `expected only files of the published branch on the site, got ${what}; taken away`), ...told("hash-mismatch", changed.filter((path) => path.startsWith("targets/")), (what) => `expected the bytes that were signed on the site, got others of ${what}; put back`)];
		if (stale.length === 0) return {
			outcome: strays.length > 0 ? "updated" : "unchanged",
			written: 0,
			findings
		};
		const late = await lateRoots(place, treeSource(place.forge, files));
		let done = 0;
		const [early, last] = [stale.filter((path) => !late.has(path)), stale.filter((path) => late.has(path))];
		for (const path of [...inWritingOrder(early, false), ...inWritingOrder(last, false)]) {
			const entry = files.get(path);
			if (entry === void 0) continue;
			if (path.startsWith("targets/")) {
				const failure = await tryTarget(place, path, entry, requireHeld);
				if (failure !== null) findings.push(failure);
			} else await writeFile(place, path, entry, requireHeld);
			place.log.progress("publishing", ++done, stale.length);
		}
		return {
			outcome: "updated",
			written: stale.length,
			findings
		};
	});
}

// src/commands/publish.ts
function openingOnce(place) {
	const opened = /* @__PURE__ */ new Map();
	const openSigner = async (uri) => {
		const signer = opened.get(uri) ?? place.openSigner(uri);
		opened.set(uri, signer);
		return signer;
	};
	return {
		...place,
		openSigner
	};
}
const MAX_SINGLE_UPLOADS = 20;
function joined(earlier, later) {
	const isChanged = earlier.outcome === "published" || later.outcome === "published";
	return {
		...later,
		outcome: isChanged ? "published" : "fresh",
		reasons: [.../* @__PURE__ */ new Set([...earlier.reasons, ...later.reasons])]
	};
}
async function publishOneByOne(round, { keys, refusal }) {
	const taken = /* @__PURE__ */ new Set();
	const nothing = await round({
		kind: "all-but",
		keys: taken
	});
	if (nothing.kind === "unwritten") throw new Error("expected a round without uploads to write what it has");
	let done = nothing;
	const failures = [];
	for (const key of keys.length === 1 ? [] : keys.slice(0, MAX_SINGLE_UPLOADS)) {
		const next = await round({
			kind: "all-but",
			keys: /* @__PURE__ */ new Set([...taken, key])
		});
		if (next.kind === "done") {
			taken.add(key);
			done = joined(done, next);
		} else failures.push({
			...next.refusal,
			source: "published"
		});
	}
	if (failures.length === 0) failures.push({
		...refusal,
		source: "published"
	});
	return {
		...done,
		findings: [...done.findings, ...failures]
	};
}
async function publishAll(place, options) {
	const round = (uploading) => untilSettled(() => publishOnce(place, options, uploading));
	const first = await round({ kind: "all" });
	if (first.kind === "unwritten") return publishOneByOne(round, first);
	if (first.next.length === 0) return first;
	const second = await round({
		kind: "all-but",
		keys: new Set(first.next)
	});
	if (second.kind === "done") return joined(first, second);
	return {
		...first,
		findings: [...first.findings, {
			...second.refusal,
			source: "published"
		}]
	};
}
async function publish(place, clients = null, served = null, unlisted = "keep") {
	const opening = openingOnce(place);
	const first = await publishAll(opening, {
		clients,
		served,
		unlisted: "keep"
	});
	let done = await serve(opening, first);
	if (unlisted === "remove" && first.unlisted.length > 0) {
		const second = await publishAll(opening, {
			clients,
			served: null,
			unlisted
		});
		done = together(done, await serve(opening, second));
	}
	const { root } = first.base;
	const failures = await checkOnlineKeys(opening, root.signed);
	const [failure] = failures;
	const isIdle = done.outcome === "fresh" && (done.site.outcome === "unchanged" || done.site.outcome === "newer");
	if (failure !== void 0 && isIdle && done.findings.length === 0) throw new CountersignError(failure.code, failure.where, failure.detail);
	return {
		...done,
		findings: [...done.findings, ...failures.map((one) => ({
			...one,
			source: "published"
		}))]
	};
}
async function serve(place, published) {
	const { kind: _kind, base, current, isBehind, next: _next, unlisted, pruned, ...rest } = published;
	const result = {
		...rest,
		unlisted: countTargets(unlisted),
		pruned: countTargets(pruned)
	};
	const { site } = place;
	if (site === null) return {
		...result,
		site: {
			outcome: isBehind ? "behind" : "unchanged",
			written: 0
		}
	};
	const { findings, ...synced } = await syncSite({
		...place,
		site
	}, base, current, new Set(pruned));
	return {
		...result,
		findings: [...result.findings, ...findings],
		site: synced
	};
}
function together(first, second) {
	const isUpdated = second.site.outcome === "unchanged" && first.site.outcome === "updated";
	return {
		...second,
		outcome: first.outcome === "published" ? "published" : second.outcome,
		reasons: [.../* @__PURE__ */ new Set([...first.reasons, ...second.reasons])],
		site: {
			outcome: isUpdated ? "updated" : second.site.outcome,
			written: first.site.written + second.site.written
		},
		findings: [...new Map([...first.findings, ...second.findings].map((one) => [JSON.stringify(one), one])).values()]
	};
}

export { publish as t };
