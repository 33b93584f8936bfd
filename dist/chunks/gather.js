import { C as rolePath, b as ROOT_PATH, f as computeBase, g as EVENT_PATH, s as decideGather, v as PROPOSAL_PREFIX, w as rootHistoryPath, x as classifyPath } from "./event.js";
import { c as STICKY_MARKER, l as renderSticky, u as statusLine } from "./render.js";
import { Nt as CountersignError, X as encodeMetadata, Z as payloadDigest } from "./tuf.js";
import { i as readSignedVersions, n as openPulls, r as readEvent, t as adoptOrphans } from "./read-events.js";
import { t as keepText } from "./proposal-text.js";
import { n as readState } from "./read-base.js";
import { t as untilSettled } from "./workplace.js";

// src/commands/gather.ts
const STATUS_CONTEXT = "countersign";
const MAX_ROUNDS = 100;
async function gather(place) {
	const completed = [];
	const rebuilt = [];
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const done = await untilSettled(() => gatherOnce(place));
		if (done.kind === "settled") return {
			...done.result,
			completed,
			rebuilt
		};
		completed.push(...done.completed);
		rebuilt.push(...done.rebuilt);
	}
	throw new CountersignError("ref-conflict", "tuf", "expected events to settle, got changes without end; run gather again");
}
async function gatherOnce(place) {
	const { forge } = place;
	const branches = await forge.branches(PROPOSAL_PREFIX);
	await adoptOrphans(forge);
	const state = await readState(place);
	const { metadataHead } = state;
	if (metadataHead === null) return {
		kind: "settled",
		result: {
			events: [],
			findings: state.findings
		}
	};
	const pulls = await openPulls(forge);
	const events = [];
	for (const pull of pulls) events.push(await readEvent(forge, pull, metadataHead));
	const signedVersions = await signedVersionsOf(forge, state.base, events.flatMap(({ changes }) => [...changes.keys()]));
	const decision = decideGather({
		base: state.base,
		events,
		signedVersions,
		now: place.now
	});
	for (const effect of decision.effects) switch (effect.kind) {
		case "complete":
			await complete(place, state, metadataHead, effect.status);
			return {
				kind: "again",
				completed: [effect.status.pull.number],
				rebuilt: []
			};
		case "rebuild":
			await rebuild(forge, metadataHead, branches, effect);
			return {
				kind: "again",
				completed: [],
				rebuilt: [effect.status.pull.number]
			};
		case "close":
			await forge.comment(effect.status.pull.number, `Closed: ${effect.reason}.`);
			await forge.closePull(effect.status.pull.number);
			return {
				kind: "again",
				completed: [],
				rebuilt: []
			};
		case "report":
			await keepText(forge, state.base, {
				pulls,
				events
			}, effect.status);
			await report(forge, effect.status);
	}
	return {
		kind: "settled",
		result: {
			events: decision.statuses,
			findings: state.findings
		}
	};
}
async function signedVersionsOf(forge, base, paths) {
	const versions = /* @__PURE__ */ new Map();
	if (base === null) return versions;
	for (const path of new Set(paths)) {
		const what = classifyPath(path);
		if (what.kind === "role" && base.roles.has(what.role)) versions.set(what.role, await readSignedVersions(forge, base, what.role));
	}
	return versions;
}
async function report(forge, status) {
	await forge.stickyComment(status.pull.number, STICKY_MARKER, renderSticky(status));
	const { state, description } = statusLine(status);
	await forge.status(status.pull.headSha, {
		context: STATUS_CONTEXT,
		state,
		description
	});
}
function baseFiles(base) {
	const files = /* @__PURE__ */ new Map();
	for (const { file, bytes } of base?.roots ?? []) files.set(rootHistoryPath(file.signed.version), bytes).set(ROOT_PATH, bytes);
	for (const [role, { bytes }] of base?.roles ?? []) files.set(rolePath(role), bytes);
	return files;
}
function requireVerifies(files, status, anchor) {
	const roots = [];
	const roles = /* @__PURE__ */ new Map();
	for (const [path, bytes] of files) {
		const what = classifyPath(path);
		if (what.kind === "root-history") roots.push({
			source: "metadata-branch",
			bytes
		});
		if (what.kind === "role") roles.set(what.role, [{
			source: "metadata-branch",
			bytes
		}]);
	}
	const { base, findings } = computeBase({
		roots,
		roles
	}, anchor);
	for (const { role, payload } of status.roles) {
		const file = role === "root" ? base?.root : [...base?.roles ?? []].find(([name]) => name === role)?.[1].file;
		if (file === void 0 || payloadDigest(file.payload) !== payload) {
			const why = findings[0];
			throw new CountersignError("incomplete", role, `expected the signed files to verify${why === void 0 ? "" : `: ${why.where}: ${why.detail}`}`);
		}
	}
	return new Map([...files].filter(([path]) => {
		const what = classifyPath(path);
		return what.kind !== "role" || base?.roles.has(what.role) === true;
	}));
}
async function isPrepared(forge, commit, metadataHead, head, changes) {
	if (await forge.mergeBase(metadataHead, commit) !== metadataHead) return false;
	const tree = await forge.tree(commit);
	const kept = [...head].filter(([path]) => !changes.has(path));
	const written = [...changes].flatMap(([path, bytes]) => bytes === null ? [] : [[path, bytes]]);
	if (tree.size !== kept.length + written.length || kept.some(([path, { id }]) => tree.get(path)?.id !== id)) return false;
	const ids = written.flatMap(([path, { length }]) => [tree.get(path)].filter((entry) => entry?.kind === "file" && entry.size === length));
	const blobs = await forge.blobs(ids.flatMap((entry) => entry === void 0 ? [] : [entry.id]));
	return written.every(([path, bytes]) => {
		const entry = tree.get(path);
		const there = entry === void 0 ? void 0 : blobs.get(entry.id);
		return there !== void 0 && Buffer.compare(there, bytes) === 0;
	});
}
async function complete(place, state, metadataHead, status) {
	const { forge } = place;
	const files = requireVerifies(new Map([...baseFiles(state.base), ...status.files]), status, place.anchor);
	const changes = new Map(files);
	const head = await forge.tree(metadataHead);
	for (const path of head.keys()) if (path.startsWith("metadata/") && !changes.has(path)) changes.set(path, null);
	if (head.has("event.json")) changes.set(EVENT_PATH, null);
	const { number, branch, headSha } = status.pull;
	let commit = headSha;
	if (!await isPrepared(forge, headSha, metadataHead, head, changes)) {
		const roles = status.roles.map(({ role, version }) => `${role} v${String(version)}`).join(", ");
		commit = await forge.writeCommit({
			base: metadataHead,
			parents: [metadataHead, headSha],
			changes: new Map([...changes].map(([path, bytes]) => [path, bytes === null ? null : {
				kind: "bytes",
				bytes
			}])),
			message: `${roles}\n\nSigned in #${String(number)}.\n`
		});
		await forge.moveBranch(branch, headSha, commit, "fast-forward");
	}
	await report(forge, {
		...status,
		pull: {
			...status.pull,
			headSha: commit
		}
	});
	await forge.moveBranch("tuf", metadataHead, commit, "fast-forward");
}
async function rebuild(forge, metadataHead, branches, effect) {
	const { status, proposal } = effect;
	const { pull } = status;
	const [role] = status.roles;
	if (role === void 0) return;
	const bytes = encodeMetadata(proposal.signed, []);
	const path = `metadata/${role.role}.json`;
	const event = (await forge.tree(pull.headSha)).get(EVENT_PATH);
	const changes = /* @__PURE__ */ new Map([[path, {
		kind: "bytes",
		bytes
	}]]);
	if (event !== void 0) changes.set(EVENT_PATH, {
		kind: "blob",
		id: event.id
	});
	const message = `Propose ${role.role} v${String(proposal.version)}\n\nBuilt again on the signed state.\n`;
	if (proposal.branch === pull.branch) {
		const commit = await forge.writeCommit({
			base: metadataHead,
			parents: [pull.headSha, metadataHead],
			changes,
			message
		});
		await forge.moveBranch(pull.branch, pull.headSha, commit, "fast-forward");
		return;
	}
	const commit = await forge.writeCommit({
		base: metadataHead,
		parents: [metadataHead],
		changes,
		message
	});
	await forge.moveBranch(proposal.branch, branches.get(proposal.branch) ?? null, commit, "replace");
	const next = await forge.openPull({
		head: proposal.branch,
		base: "tuf",
		title: `Sign ${role.role} v${String(proposal.version)}`,
		body: `Takes the place of #${String(pull.number)}.`
	});
	await forge.comment(pull.number, `Its version was signed with other content, or the base has moved on; continued in #${String(next.number)}. Signatures given here stay valid for what they were given for.`);
	await forge.closePull(pull.number);
}

export { gather as t };
