import { At as readProposal, Ct as withdrawalBytes, Mt as EVENT_PATH, St as collectCountersignatures, Tt as listenTo, bt as proposedFiles, dt as restorationOf, vt as votersOf, wt as signedContents } from "./event.js";
import { s as encodeCountersignatures } from "./trust.js";
import { $t as quote, Zt as CountersignError, mt as keyIdOf } from "./tuf.js";
import { n as ownWorkplace, t as keyOwner } from "./key-owner.js";
import { t as readState } from "./read-base.js";
import { a as readProposalPulls, o as requireOpenPull, r as readEvents } from "./read-events.js";
import { n as tell } from "./report-status.js";
import { t as settleReleases } from "./settle-releases.js";
import { r as withEvent, v as untilSettled } from "./repository-options.js";
import { w as terminalText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { t as keyUri } from "./key-argument.js";

// src/commands/abandon.ts
async function isSealed(forge, headSha, metadataHead) {
	return await forge.mergeBase(metadataHead, headSha) === metadataHead && !(await forge.tree(headSha)).has("event.json");
}
async function addCommit(forge, branch, head) {
	const next = await forge.writeCommit({
		base: head,
		parents: [head],
		changes: /* @__PURE__ */ new Map(),
		message: "Abandon\n"
	});
	await forge.moveBranch(branch, head, next, "fast-forward");
	return next;
}
async function stopMerge(forge, metadataHead) {
	try {
		await addCommit(forge, "tuf", metadataHead);
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "ref-protected")) throw error;
	}
}
async function metadataHeadOf(forge) {
	return (await forge.branches("tuf")).get("tuf") ?? null;
}
async function moveOn(forge, { head, headSha }) {
	const metadataHead = await metadataHeadOf(forge);
	if (metadataHead !== null && await isSealed(forge, headSha, metadataHead)) await stopMerge(forge, metadataHead);
	return addCommit(forge, head, headSha);
}
async function takeOff(forge, { number, head }, left) {
	const there = (await forge.branches(head)).get(head);
	const metadataHead = await metadataHeadOf(forge);
	if (there === void 0 || there === left || metadataHead === null) return;
	if (await forge.mergeBase(metadataHead, there) === there) throw new CountersignError("event-unknown", `#${String(number)}`, "expected an open signing event, got one that has just been completed");
	if (!await isSealed(forge, there, metadataHead)) return;
	await stopMerge(forge, metadataHead);
	await forge.moveBranch(head, there, left, "replace");
}
async function dropDraft(place) {
	const { forge, releases, now } = place;
	const pulls = await readProposalPulls(forge);
	const { base, metadataHead } = await readState(place, pulls.ended);
	if (releases === null || metadataHead === null) return;
	await settleReleases(place, base, await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls));
}
async function abandon(place, number, signer = null, openAs = null) {
	return untilSettled(() => abandonOnce(place, number, signer, openAs));
}
async function readStanding(place, number) {
	const { forge, now } = place;
	const pulls = await readProposalPulls(forge);
	const { base, metadataHead } = await readState(place, pulls.ended);
	const pull = pulls.open.find((one) => one.number === number) ?? await requireOpenPull(forge, number);
	if (metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
	const { events, statuses } = await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls);
	const index = events.findIndex((one) => one.pull.number === number);
	const [facts, status] = [events[index], statuses[index]];
	if (facts === void 0 || status === void 0) throw new CountersignError("ref-conflict", `#${String(number)}`, "it has changed while it was read");
	return {
		pull,
		facts,
		status,
		base
	};
}
function liveSignatures({ facts, base }) {
	const proposal = readProposal(facts.changes, base);
	const listening = listenTo(facts.changes.keys(), proposal, base);
	const lines = collectCountersignatures(facts, listening, proposedFiles(proposal)).posted.map(({ line }) => line);
	const [first] = [proposal.root, ...proposal.roles.values()].flatMap((file) => file?.signed.binding?.repository ?? []);
	const repository = base?.repository ?? first;
	if (repository === void 0) return [];
	return [...listening.signers].flatMap(([role, signers]) => signedContents({
		role,
		repository,
		signers,
		lines,
		payloads: facts.earlierPayloads
	}).flatMap(({ by, version, payload }) => [...by].map((keyId) => {
		return {
			by: signers.map(({ people }) => people.byKey.get(keyId)).find((one) => one !== void 0)?.name ?? keyId,
			keyId,
			role,
			version,
			payload
		};
	})));
}
async function withdraw(place, standing, signer, openAs) {
	let { forge } = place;
	const { pull, facts, base } = standing;
	const keyId = keyIdOf(await signer.publicKey());
	const proposal = readProposal(facts.changes, base);
	const repository = base?.repository ?? proposal.root?.signed.binding?.repository;
	const lines = [];
	for (const { role, version, payload, requirements } of standing.status.roles) {
		if (repository === void 0 || !requirements.some(({ votes }) => votes.some((vote) => vote.keyId === keyId))) continue;
		const person = keyOwner(keyId, role, facts, base);
		if (person !== null) ({forge} = await ownWorkplace(place, person, openAs));
		const line = {
			repository,
			role,
			version,
			payload
		};
		lines.push({
			...line,
			keyId,
			sig: await signer.sign(withdrawalBytes(line))
		});
	}
	if (lines.length === 0) return;
	const state = (await forge.viewer()).id === pull.author.id ? "COMMENTED" : "CHANGES_REQUESTED";
	const body = `Takes the signature of this event back.\n\n${encodeCountersignatures(lines)}\n`;
	try {
		await forge.submitReview(pull.number, {
			state,
			body,
			commitSha: pull.headSha
		});
	} catch (error) {
		if (error instanceof CountersignError && error.code === "event-invalid") await requireOpenPull(forge, pull.number);
		throw error;
	}
}
async function requireOpenAfter(forge, { number, head, headSha }, left) {
	try {
		await requireOpenPull(forge, number);
	} catch (error) {
		await forge.moveBranch(head, left, headSha, "replace");
		throw error;
	}
}
async function abandonOnce(place, number, signer, openAs) {
	const { forge } = place;
	let standing = await readStanding(place, number);
	if (restorationOf(standing.facts, standing.base) !== null) throw new CountersignError("event-invalid", `#${String(number)}`, "people have signed it, and somebody has written over that since; `countersign gather` puts it back, and then it can be abandoned");
	if (signer !== null && votersOf(standing.status).length > 0) {
		await withdraw(place, standing, signer, openAs);
		standing = await readStanding(place, number);
	}
	const { pull, status } = standing;
	const live = liveSignatures(standing);
	const left = votersOf(status);
	if (left.length > 0) {
		const keyId = signer === null ? null : keyIdOf(await signer.publicKey());
		if (live.some((one) => one.keyId === keyId)) return {
			outcome: "withdrawn",
			number,
			url: pull.url,
			left,
			live
		};
		const detail = `${left.map((name) => quote(name)).join(", ")} signed it, and only who signed an event can end it; pass your key with --key (with a key in custody: request changes in the browser)`;
		throw new CountersignError("not-a-signer", `#${String(number)}`, detail);
	}
	const moved = await moveOn(forge, pull);
	await requireOpenAfter(forge, pull, moved);
	await tell(forge, number, `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`);
	await forge.closePull(number);
	await untilSettled(() => takeOff(forge, pull, moved));
	await dropDraft(place);
	return {
		outcome: "abandoned",
		number,
		url: pull.url,
		left,
		live
	};
}

// src/cli/abandon-command.ts
function abandonText({ outcome, number, left, live }, style) {
	const lines = live.map(({ by, role, version, payload }) => `  ${terminalText(by)}: ${terminalText(role)} v${String(version)}, sha256:${payload}`);
	const note = live.length === 0 ? ["nobody had signed it"] : [style.warn("these signatures cannot be taken back; they stay valid until a later version is published:"), ...lines];
	const names = left.map(terminalText).join(", ");
	return [outcome === "abandoned" ? `${style.good("abandoned")} #${String(number)}` : `${style.warn("taken back")}: your signature of #${String(number)}. It stays open, since ${names} signed it; each of them ends it with abandon --key`, ...note].join("\n");
}
async function abandonCommand(options, console, args) {
	const result = await withEvent(args[0] ?? "", options, console, async (place, number, openAs) => abandon(place, number, options.key === void 0 ? null : await place.openSigner(keyUri(options.key)), openAs));
	console.result(result, abandonText);
	return EXIT.ok;
}

export { abandonCommand };
