import { At as readProposal, Mt as EVENT_PATH, Vt as rolePath, W as readEventFile, z as editBetween } from "./event.js";
import { _ as eventTitle, p as renderProposal, v as renderEventText } from "./render.js";
import { Et as parseTargetsRoleName, R as parseTargets, ft as payloadDigest, n as stageTargets } from "./tuf.js";

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
function fileChanges(changes, base) {
	const { root, roles } = readProposal(changes, base);
	const roots = root === null ? [] : [{
		role: "root",
		file: root,
		before: base?.root.signed ?? null,
		digest: payloadDigest(root.payload)
	}];
	const others = [...roles].map(([role, file]) => {
		return {
			role,
			file,
			before: base?.roles.get(role)?.file.signed ?? null,
			digest: payloadDigest(file.payload)
		};
	});
	return [...roots, ...others];
}
function asKept({ title, body }) {
	return `${title.trim()}\n${body.replaceAll("\r\n", "\n").trimEnd()}`;
}
function textOf({ changes }, base, url) {
	const files = fileChanges(changes, base);
	const [only, ...more] = files;
	if (only === void 0) return null;
	if (base === null || more.length > 0 || only.file.signed.kind === "root") {
		const first = base === null ? only.file.signed.binding?.repository ?? null : null;
		return {
			title: eventTitle(files),
			body: renderEventText({
				files,
				url,
				first
			})
		};
	}
	const role = parseTargetsRoleName(only.role, "role");
	const notes = changes.get("event.json") ?? null;
	const contributions = (notes === null ? null : readEventFile(notes))?.contributions ?? [];
	return proposalText(base, role, changes.get(rolePath(role)) ?? /* @__PURE__ */ new Uint8Array(), url, contributions);
}
async function keepText(forge, { base, events, pulls }, status) {
	const { number } = status.pull;
	const pull = pulls.open.find((one) => one.number === number);
	const event = events.find((one) => one.pull.number === number);
	if (pull === void 0 || event === void 0) return;
	const text = textOf(event, base, pull.url);
	if (text !== null && asKept(text) !== asKept(pull)) await forge.editPull(number, text);
}

export { keepText as n, proposalText as r, fileChanges as t };
