import { F as custodyEnvironment, Ft as PROPOSAL_PREFIX, I as reviewersToAsk, L as decideGather, Mt as EVENT_PATH, Rt as classifyPath, ct as computeBase, pt as baseFiles } from "./event.js";
import { b as STICKY_MARKER } from "./render.js";
import { Zt as CountersignError, ft as payloadDigest } from "./tuf.js";
import { a as readProposalPulls, i as readOpenPulls, r as readEvents, s as retargetStrayed, t as adoptOrphans } from "./read-events.js";
import { n as tell, t as reportStatus } from "./report-status.js";
import { n as keepText } from "./proposal-text.js";
import { t as readState } from "./read-base.js";
import { n as reopenEvent, r as restoreEvent, t as rebuildEvent } from "./rebuild-event.js";
import { t as settleReleases } from "./settle-releases.js";
import { v as untilSettled } from "./repository-options.js";

// src/commands/complete-event.ts
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
async function mergeEvent(forge, number, metadataHead, commit) {
	try {
		await forge.moveBranch("tuf", metadataHead, commit, "fast-forward");
		return;
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "ref-protected")) throw error;
	}
	const merged = await forge.tree(await forge.mergePull(number, commit));
	const wanted = await forge.tree(commit);
	const other = [...wanted].find(([path, { id }]) => merged.get(path)?.id !== id) ?? [...merged].find(([path]) => !wanted.has(path));
	if (other !== void 0) throw new CountersignError("incomplete", `#${String(number)}`, `expected the merge to have the signed files, got another ${other[0]}`);
}
async function requireStillOpen(forge, number) {
	if ((await readOpenPulls(forge)).some((pull) => pull.number === number)) return;
	throw new CountersignError("ref-conflict", `#${String(number)}`, "expected it to be open still, got one that is closed");
}
async function completeEvent(place, state, metadataHead, status) {
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
	await reportStatus(place, {
		...status,
		pull: {
			...status.pull,
			headSha: commit
		}
	});
	await requireStillOpen(forge, number);
	await mergeEvent(forge, number, metadataHead, commit);
}

// src/commands/gather.ts
const MAX_ROUNDS = 100;
const MIN_BUDGET = 300;
async function gather(place, mode = "apply") {
	const completed = [];
	const rebuilt = [];
	const notes = [];
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const done = await untilSettled(() => gatherOnce(place, mode, notes));
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
async function gatherOnce(place, mode, notes) {
	const { forge } = place;
	const budget = await forge.budget();
	if (budget !== null && budget.left < MIN_BUDGET) return {
		kind: "settled",
		result: {
			events: [],
			custody: [],
			released: [],
			findings: notes,
			stopped: budget
		}
	};
	const branches = await forge.branches(PROPOSAL_PREFIX);
	let pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const { metadataHead } = state;
	if (metadataHead === null) return {
		kind: "settled",
		result: {
			events: [],
			custody: [],
			released: [],
			findings: state.findings,
			stopped: null
		}
	};
	if (mode === "apply") {
		const isAdopted = await adoptOrphans(forge, pulls);
		if (await retargetStrayed(forge, metadataHead, pulls) || isAdopted) pulls = await readProposalPulls(forge);
	}
	const view = await readEvents({
		forge,
		base: state.base,
		metadataHead,
		now: place.now
	}, pulls);
	const custody = custodyOrders(view.statuses);
	const seen = {
		events: view.statuses,
		custody
	};
	if (mode === "dry-run") return {
		kind: "settled",
		result: {
			...seen,
			released: [],
			findings: state.findings,
			stopped: null
		}
	};
	const { effects } = decideGather(view);
	const again = await perform(place, {
		state,
		view,
		effects,
		branches,
		notes
	});
	if (again !== null) return again;
	const { released, problems } = await settleReleases(place, state.base, view);
	const findings = [
		...state.findings,
		...notes,
		...problems.map((one) => ({
			...one,
			source: "release"
		}))
	];
	return {
		kind: "settled",
		result: {
			...seen,
			released,
			findings,
			stopped: null
		}
	};
}
async function perform(place, { state, view, effects, branches, notes }) {
	const { forge } = place;
	const { metadataHead } = view;
	for (const effect of effects) {
		const { number } = effect.status.pull;
		switch (effect.kind) {
			case "complete":
				await completeEvent(place, state, metadataHead, effect.status);
				return {
					kind: "again",
					completed: [number],
					rebuilt: []
				};
			case "rebuild":
				await rebuildEvent(forge, view, branches, effect);
				return {
					kind: "again",
					completed: [],
					rebuilt: [number]
				};
			case "restore":
				notes.push(...await restoreEvent(forge, view, effect.status.pull, effect.to));
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "reopen":
				notes.push(...await reopenEvent(forge, view, effect));
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "close":
				await tell(forge, number, `Closed: ${effect.reason}.`);
				await forge.closePull(number);
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "report":
				await keepText(forge, view, effect.status);
				await askForReviews(place, view, effect.status);
				await reportStatus(place, effect.status);
		}
	}
	return null;
}
async function askForReviews({ forge }, { pulls, events }, status) {
	const pull = pulls.open.find(({ number }) => number === status.pull.number);
	const facts = events.find((one) => one.pull.number === status.pull.number);
	if (pull === void 0 || facts === void 0) return;
	const viewer = (await forge.viewer()).id;
	const people = reviewersToAsk(status, {
		facts,
		requested: pull.requested,
		viewer,
		marker: STICKY_MARKER
	});
	for (const { login } of people) await forge.requestReview(pull.number, login);
}
function custodyOrders(events) {
	const people = /* @__PURE__ */ new Set();
	for (const { state, roles } of events) {
		if (state !== "waiting") continue;
		for (const { requirements } of roles) for (const { reached, approved } of requirements) if (!reached) for (const { person } of approved) people.add(person);
	}
	return [...people].sort().map((person) => ({
		person,
		environment: custodyEnvironment(person)
	}));
}

export { gather as t };
