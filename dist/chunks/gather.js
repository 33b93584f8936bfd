import { $ as PROPOSAL_PREFIX, S as decideGather, V as baseFiles, Z as EVENT_PATH, b as custodyEnvironment, nt as classifyPath, q as computeBase, x as reviewersToAsk } from "./event.js";
import { _ as renderSticky, g as STICKY_MARKER, v as statusLine } from "./render.js";
import { et as encodeMetadata, tt as payloadDigest, zt as CountersignError } from "./tuf.js";
import { a as openAmong, i as adoptOrphans, l as proposalPulls, o as openPulls, t as readState, u as readEvent } from "./read-base.js";
import { n as readSignedBeforeOf, r as keepText } from "./read-signed-before.js";
import { t as settleReleases } from "./settle-releases.js";
import { t as untilSettled } from "./workplace.js";

// src/commands/report-status.ts
const STATUS_CONTEXT = "countersign";
async function reportStatus({ forge, now }, status) {
	await forge.stickyComment(status.pull.number, STICKY_MARKER, renderSticky(status, now));
	const { state, description } = statusLine(status);
	await forge.status(status.pull.headSha, {
		context: STATUS_CONTEXT,
		state,
		description
	});
}

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
	if ((await openPulls(forge)).some((pull) => pull.number === number)) return;
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

// src/commands/rebuild-event.ts
async function rebuildEvent(forge, metadataHead, branches, effect) {
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

// src/commands/gather.ts
const MAX_ROUNDS = 100;
async function gather(place, mode = "apply") {
	const completed = [];
	const rebuilt = [];
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const done = await untilSettled(() => gatherOnce(place, mode));
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
async function readRound(place, state, branches) {
	const { forge } = place;
	const { metadataHead } = state;
	if (metadataHead === null) return null;
	const pulls = await proposalPulls(forge);
	const open = openAmong(pulls);
	const events = [];
	for (const pull of open) events.push(await readEvent(forge, pull, metadataHead, state.base));
	const signedBefore = await readSignedBeforeOf(forge, state.base, events);
	return {
		state,
		metadataHead,
		pulls,
		open,
		events,
		decision: decideGather({
			base: state.base,
			events,
			signedBefore,
			now: place.now
		}),
		branches
	};
}
async function gatherOnce(place, mode) {
	const { forge } = place;
	const branches = await forge.branches(PROPOSAL_PREFIX);
	if (mode === "apply") await adoptOrphans(forge);
	const state = await readState(place);
	const round = await readRound(place, state, branches);
	if (round === null) return {
		kind: "settled",
		result: {
			events: [],
			custody: [],
			released: [],
			findings: state.findings
		}
	};
	const events = round.decision.statuses;
	const custody = custodyOrders(events);
	if (mode === "dry-run") return {
		kind: "settled",
		result: {
			events,
			custody,
			released: [],
			findings: state.findings
		}
	};
	const again = await perform(place, round);
	if (again !== null) return again;
	const { released, problems } = await settleReleases(place, state.base, round);
	return {
		kind: "settled",
		result: {
			events,
			custody,
			released,
			findings: [...state.findings, ...problems.map((one) => ({
				...one,
				source: "release"
			}))]
		}
	};
}
async function perform(place, round) {
	const { forge } = place;
	for (const effect of round.decision.effects) {
		const { number } = effect.status.pull;
		switch (effect.kind) {
			case "complete":
				await completeEvent(place, round.state, round.metadataHead, effect.status);
				return {
					kind: "again",
					completed: [number],
					rebuilt: []
				};
			case "rebuild":
				await rebuildEvent(forge, round.metadataHead, round.branches, effect);
				return {
					kind: "again",
					completed: [],
					rebuilt: [number]
				};
			case "close":
				await forge.comment(number, `Closed: ${effect.reason}.`);
				await forge.closePull(number);
				return {
					kind: "again",
					completed: [],
					rebuilt: []
				};
			case "report":
				await keepText(forge, round.state.base, {
					pulls: round.open,
					events: round.events
				}, effect.status);
				await askForReviews(forge, round, effect.status);
				await reportStatus(place, effect.status);
		}
	}
	return null;
}
async function askForReviews(forge, { open, events }, status) {
	const index = open.findIndex(({ number }) => number === status.pull.number);
	const [pull, facts] = [open[index], events[index]];
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
