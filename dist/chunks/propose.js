import { C as rolePath, d as leftBehind, g as EVENT_PATH, l as decidePropose, s as decideGather, v as PROPOSAL_PREFIX } from "./event.js";
import { L as parseTargets, Nt as CountersignError, X as encodeMetadata, Z as payloadDigest, ct as parseTargetPath, d as jsonObject, lt as parseTargetsRoleName, q as reviewTargetPath, st as parseSha256, vt as encodeJsonFile } from "./tuf.js";
import { n as proposalText } from "./proposal-text.js";
import { n as readState, r as requireBase } from "./read-base.js";
import { i as readSignedVersions, n as openPulls, r as readEvent, t as adoptOrphans } from "./read-events.js";
import { t as untilSettled } from "./workplace.js";

// src/commands/propose.ts
function customOf(input) {
	const ours = jsonObject({
		commit: input.sourceCommit ?? void 0,
		hosting: input.hosting
	});
	return new Map([...input.custom ?? [], ["x-countersign", ours]]);
}
function targetsOf(input, hashed) {
	const custom = customOf(input);
	const targets = /* @__PURE__ */ new Map();
	for (const { name, length, sha256 } of hashed) {
		const path = parseTargetPath(`${input.targetPrefix}${name}`, name);
		if (targets.has(path)) throw new CountersignError("target-exists", path, "expected each path once, got two files for it");
		targets.set(path, {
			length,
			sha256: parseSha256(sha256, name),
			custom
		});
	}
	return targets;
}
async function openEvents(place, base, role, metadataHead) {
	const events = [];
	for (const pull of await openPulls(place.forge)) events.push(await readEvent(place.forge, pull, metadataHead));
	const { statuses } = decideGather({
		base,
		events,
		signedVersions: /* @__PURE__ */ new Map(),
		now: place.now
	});
	return statuses.flatMap((status, index) => {
		const bytes = events[index]?.changes.get(rolePath(role)) ?? null;
		if (bytes === null || !status.roles.some((one) => one.role === role)) return [];
		return [{
			status,
			proposed: parseTargets(bytes).signed
		}];
	}).sort((a, b) => a.proposed.version - b.proposed.version);
}
function eventFile(input, role, proposal) {
	return encodeJsonFile(jsonObject({
		format: 1,
		role,
		version: proposal.version,
		hosting: input.hosting,
		commit: input.sourceCommit ?? void 0,
		added: proposal.changes.filter(({ kind }) => kind !== "removed").length,
		removed: proposal.changes.filter(({ kind }) => kind === "removed").length
	}));
}
async function closeFor(forge, number, successor) {
	await forge.comment(number, `Continued with more content in #${String(successor)}.`);
	await forge.closePull(number);
}
async function write(place, plan, bytes) {
	const { forge } = place;
	const { input, role, base, metadataHead, decision, expected } = plan;
	const { proposal } = decision;
	const changes = /* @__PURE__ */ new Map([[rolePath(role), {
		kind: "bytes",
		bytes
	}], [EVENT_PATH, {
		kind: "bytes",
		bytes: eventFile(input, role, proposal)
	}]]);
	const message = `Propose ${role} v${String(proposal.version)}\n`;
	const textAt = (url) => proposalText(base, role, bytes, url);
	if (decision.kind === "add") {
		if (expected === null) throw new CountersignError("ref-conflict", proposal.branch, "expected the branch of the open event, got none");
		const commit = await forge.writeCommit({
			base: expected,
			parents: [expected],
			changes,
			message
		});
		await forge.moveBranch(proposal.branch, expected, commit, "fast-forward");
		const pull = (await openPulls(forge)).find(({ number }) => number === decision.number);
		await forge.editPull(decision.number, textAt(pull?.url ?? ""));
		return {
			commit,
			number: decision.number,
			url: pull?.url ?? ""
		};
	}
	const commit = await forge.writeCommit({
		base: metadataHead,
		parents: [metadataHead],
		changes,
		message
	});
	await forge.moveBranch(proposal.branch, expected, commit, "replace");
	const pull = await forge.openPull({
		head: proposal.branch,
		base: "tuf",
		...textAt("")
	});
	await forge.editPull(pull.number, textAt(pull.url));
	if (decision.replaces !== null) await closeFor(forge, decision.replaces, pull.number);
	return {
		commit,
		number: pull.number,
		url: pull.url
	};
}
function outcomeName(decision) {
	if (decision.kind === "nothing-new") return "nothing-new";
	if (decision.kind === "add") return "added";
	if (decision.replaces !== null) return "replaced";
	return decision.behind === null ? "opened" : "queued";
}
const STAGING_BATCH = 16;
async function stage(place, hashed) {
	for (let at = 0; at < hashed.length; at += STAGING_BATCH) {
		await Promise.all(hashed.slice(at, at + STAGING_BATCH).map(async ({ sha256, source }) => place.staging.put(sha256, source)));
		place.log.progress("staging", Math.min(at + STAGING_BATCH, hashed.length), hashed.length);
	}
}
async function propose(place, input) {
	const role = parseTargetsRoleName(input.role, "role");
	if (input.files.length === 0 && input.remove.length === 0) throw new CountersignError("usage", "propose", "expected files to add or paths to remove, got neither");
	const hashed = await place.hasher.hash(input.files, (done, total) => {
		place.log.progress("hashing", done, total);
	});
	const edit = {
		add: targetsOf(input, hashed),
		remove: new Set(input.remove.map((path) => parseTargetPath(path, "remove"))),
		existing: input.existing
	};
	for (const path of edit.add.keys()) for (const finding of reviewTargetPath(path)) if (finding.severity === "warning") place.log.warn(`${path}: ${finding.detail} (${finding.clients.join(", ")})`);
	if (input.hosting === "site" && input.mode === "apply") await stage(place, hashed);
	return untilSettled(async () => {
		await adoptOrphans(place.forge);
		const branches = await place.forge.branches(PROPOSAL_PREFIX);
		const state = await readState(place);
		const base = requireBase(state);
		for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
		if (state.metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
		const open = await openEvents(place, base, role, state.metadataHead);
		const signedVersions = await readSignedVersions(place.forge, base, role);
		const decision = decidePropose({
			base,
			role,
			edit,
			whenOpen: input.whenOpen,
			open,
			signedVersions,
			now: place.now
		});
		const empty = {
			outcome: outcomeName(decision),
			role,
			number: null,
			url: null,
			branch: null,
			headSha: null
		};
		const left = input.whenOpen === "add" && input.mode === "apply" ? leftBehind({
			base,
			role,
			open
		}) : null;
		const successor = open.at(-1)?.status.pull.number;
		if (left !== null && successor !== void 0) await closeFor(place.forge, left, successor);
		if (decision.kind === "nothing-new") return {
			...empty,
			number: decision.number,
			version: null,
			payload: null,
			changes: []
		};
		const { proposal } = decision;
		const bytes = encodeMetadata(proposal.signed, []);
		const result = {
			version: proposal.version,
			payload: payloadDigest(parseTargets(bytes).payload),
			changes: proposal.changes
		};
		if (input.mode === "dry-run") return {
			...empty,
			...result
		};
		const expected = (decision.kind === "add" ? open.find(({ status }) => status.pull.number === decision.number) : void 0)?.status.pull.headSha ?? branches.get(proposal.branch) ?? null;
		const { commit, number, url } = await write(place, {
			input,
			role,
			base,
			metadataHead: state.metadataHead,
			decision,
			expected
		}, bytes);
		return {
			...empty,
			...result,
			number,
			url,
			branch: proposal.branch,
			headSha: commit
		};
	});
}

export { propose as t };
