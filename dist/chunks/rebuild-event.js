import { Mt as EVENT_PATH, zt as freeBranch } from "./event.js";
import { dt as encodeMetadata } from "./tuf.js";
import { c as changesAt, n as busyBranches } from "./read-events.js";
import { n as tell } from "./report-status.js";

// src/commands/rebuild-event.ts
async function rebuildEvent(forge, view, branches, effect) {
	const { metadataHead } = view;
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
	const branch = freeBranch(proposal.branch, busyBranches(view));
	await forge.moveBranch(branch, branches.get(branch) ?? null, commit, "replace");
	const next = await forge.openPull({
		head: branch,
		base: "tuf",
		title: `Sign ${role.role} v${String(proposal.version)}`,
		body: `Takes the place of #${String(pull.number)}.`
	});
	await tell(forge, pull.number, `Its version was signed with other content, or the base has moved on; continued in #${String(next.number)}. Signatures given here stay valid for what they were given for.`);
	await forge.closePull(pull.number);
}
function contentOf(changes) {
	return new Map([...changes].map(([path, id]) => [path, id === null ? null : {
		kind: "blob",
		id
	}]));
}
function told(where, detail) {
	return [{
		source: "proposal",
		code: "event-rewritten",
		where,
		detail
	}];
}
async function restoreEvent(forge, { metadataHead, base }, { number, branch, headSha }, { commit, keep }) {
	const changed = await changesAt({
		forge,
		metadataHead,
		base,
		automation: [],
		mergedPolicies: /* @__PURE__ */ new Set()
	}, commit);
	const changes = contentOf(new Map([...changed].filter(([path]) => keep === null || keep.has(path))));
	const next = await forge.writeCommit({
		base: metadataHead,
		parents: [headSha, metadataHead],
		changes,
		message: "Put back what was signed\n"
	});
	await forge.moveBranch(branch, headSha, next, "fast-forward");
	const what = `what was pushed at ${headSha.slice(0, 12)} over signed content or beside it was taken back; whoever wants it proposes it on a branch of its own`;
	await tell(forge, number, `People have signed this event: ${what}.`);
	return told(`#${String(number)}`, what);
}
async function reopenEvent(forge, { closedPulls }, { status }) {
	const { number, headSha } = status.pull;
	const why = "people have signed it, and only one of them can end it, with `countersign abandon`";
	if (await forge.reopenPull(number) === "open") {
		await tell(forge, number, `Opened again: ${why}.`);
		return told(`#${String(number)}`, `somebody has closed it; it is open again, since ${why}`);
	}
	const old = closedPulls.find((one) => one.number === number)?.head ?? status.pull.branch;
	const taken = await forge.branches(old);
	const branch = freeBranch(old, { has: (name) => taken.has(name) && taken.get(name) !== headSha });
	if (taken.get(branch) === void 0) await forge.moveBranch(branch, null, headSha, "replace");
	const body = `Takes the place of #${String(number)}, which somebody has closed; signatures given there count here.\n`;
	const next = await forge.openPull({
		head: branch,
		base: "tuf",
		title: `Continue #${String(number)}`,
		body
	});
	await tell(forge, number, `Continued in #${String(next.number)}: ${why}.`);
	return told(`#${String(number)}`, `somebody has closed it and it could not be opened again; #${String(next.number)} takes its place`);
}

export { reopenEvent as n, restoreEvent as r, rebuildEvent as t };
