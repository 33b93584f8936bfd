import { E as editBetween, M as readEventFile, X as EVENT_PATH, rt as rolePath } from "./event.js";
import { d as renderProposal } from "./render.js";
import { Ft as parseTargetsRoleName, H as parseTargets, l as stageTargets, tt as payloadDigest } from "./tuf.js";

// src/commands/proposal-text.ts
function proposalText(base, role, bytes, url, contributions) {
	const { signed: proposed, payload } = parseTargets(bytes);
	const before = base.roles.get(role)?.file.signed;
	const changes = before === void 0 ? [] : stageTargets(before, editBetween(before, proposed)).changes;
	return {
		title: `Sign ${role} v${String(proposed.version)}`,
		body: renderProposal({
			base,
			role,
			proposed,
			payload: payloadDigest(payload),
			changes,
			url,
			contributions
		})
	};
}
async function keepText(forge, base, { pulls, events }, status) {
	const index = pulls.findIndex(({ number }) => number === status.pull.number);
	const [pull, event, [only, ...more]] = [
		pulls[index],
		events[index],
		status.roles
	];
	if (base === null || pull === void 0 || only === void 0 || only.role === "root" || more.length > 0) return;
	const role = parseTargetsRoleName(only.role, "role");
	const bytes = event?.changes.get(rolePath(role)) ?? null;
	if (bytes === null || pull.body.includes(only.payload) && pull.body.includes(pull.url) || pull.author.id !== (await forge.viewer()).id) return;
	const notes = event?.changes.get("event.json") ?? null;
	const contributions = (notes === null ? null : readEventFile(notes))?.contributions ?? [];
	await forge.editPull(pull.number, proposalText(base, role, bytes, pull.url, contributions));
}

export { proposalText as n, keepText as t };
