import { Y as collectCountersignatures, Z as EVENT_PATH } from "./event.js";
import { zt as CountersignError } from "./tuf.js";
import { a as openAmong, l as proposalPulls, o as openPulls, t as readState, u as readEvent } from "./read-base.js";
import { t as settleReleases } from "./settle-releases.js";
import { t as untilSettled } from "./workplace.js";
import { b as terminalText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { r as withEvent } from "./repository-options.js";

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
async function dropDraft(place, number) {
	const { forge, releases } = place;
	const { base, metadataHead } = await readState(place);
	if (releases === null || metadataHead === null) return;
	const pulls = await proposalPulls(forge);
	const events = [];
	for (const pull of openAmong(pulls)) if (pull.number !== number) events.push(await readEvent(forge, pull, metadataHead, base));
	await settleReleases(place, base, {
		events,
		pulls,
		metadataHead
	});
}
async function abandon(place, number) {
	return untilSettled(() => abandonOnce(place, number));
}
async function requireOpen(forge, number) {
	const pull = (await openPulls(forge)).find((one) => one.number === number);
	if (pull !== void 0) return pull;
	throw new CountersignError("event-unknown", `#${String(number)}`, "expected an open signing event; `countersign status` lists them");
}
async function requireOpenAfter(forge, { number, head, headSha }, left) {
	try {
		await requireOpen(forge, number);
	} catch (error) {
		await forge.moveBranch(head, left, headSha, "replace");
		throw error;
	}
}
async function abandonOnce(place, number) {
	const { forge } = place;
	const pull = await requireOpen(forge, number);
	const { posted } = collectCountersignatures({
		reviews: await forge.reviews(number),
		comments: await forge.comments(number)
	});
	const live = posted.map(({ line, author }) => ({
		by: author.login,
		role: line.role,
		version: line.version,
		payload: line.payload
	}));
	const left = pull.from === "repository" ? await moveOn(forge, pull) : null;
	if (left !== null) await requireOpenAfter(forge, pull, left);
	await forge.comment(number, `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`);
	await forge.closePull(number);
	if (left !== null) await untilSettled(() => takeOff(forge, pull, left));
	await dropDraft(place, number);
	return {
		number,
		url: pull.url,
		live
	};
}

// src/cli/abandon-command.ts
function abandonText({ number, live }, style) {
	const lines = live.map(({ by, role, version, payload }) => `  ${terminalText(by)}: ${terminalText(role)} v${String(version)}, sha256:${payload}`);
	const note = live.length === 0 ? ["nobody had signed it"] : [style.warn("these signatures cannot be taken back; they stay valid until a later version is published:"), ...lines];
	return [`${style.good("abandoned")} #${String(number)}`, ...note].join("\n");
}
async function abandonCommand(options, console, args) {
	console.result(await withEvent(args[0] ?? "", options, console, abandon), abandonText);
	return EXIT.ok;
}

export { abandonCommand };
