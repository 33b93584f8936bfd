import { H as parseTargets, It as parseTargetsRoleName, l as stageTargets, tt as payloadDigest } from "./tuf.js";
import { E as editBetween, K as signersOf, M as readEventFile, X as signedContents, Y as collectCountersignatures, Z as EVENT_PATH, it as rolePath, nt as classifyPath } from "./event.js";
import { c as payloadsAt, l as proposalPulls, s as payloadHistory } from "./read-base.js";
import { f as renderProposal } from "./render.js";

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
function asKept({ title, body }) {
	return `${title.trim()}\n${body.replaceAll("\r\n", "\n").trimEnd()}`;
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
	if (bytes === null || pull.author.id !== (await forge.viewer()).id) return;
	const notes = event?.changes.get("event.json") ?? null;
	const contributions = (notes === null ? null : readEventFile(notes))?.contributions ?? [];
	const text = proposalText(base, role, bytes, pull.url, contributions);
	if (asKept(text) !== asKept(pull)) await forge.editPull(pull.number, text);
}

// src/commands/read-signed-before.ts
async function readSignedBefore(forge, base, roles) {
	const wanted = [...roles].flatMap((role) => {
		const signers = signersOf(base, role);
		return signers === null ? [] : [{
			role,
			signers,
			versions: /* @__PURE__ */ new Set(),
			closed: /* @__PURE__ */ new Map()
		}];
	});
	if (wanted.length === 0) return /* @__PURE__ */ new Map();
	for (const pull of await proposalPulls(forge)) {
		if (pull.state === "merged" || pull.from === "fork") continue;
		const { posted } = collectCountersignatures({
			reviews: await forge.reviews(pull.number),
			comments: await forge.comments(pull.number)
		});
		for (const { role, signers, versions, closed } of wanted) {
			if (!posted.some(({ line }) => line.role === role)) continue;
			const payloads = await payloadHistory(forge, pull.headSha, [rolePath(role)]);
			const current = pull.state === "open" ? await currentPayload(forge, pull, role) : null;
			for (const [version, digests] of signedContents(role, base.repository, signers.people, signers.keys, posted, payloads)) {
				if ([...digests].some((digest) => digest !== current)) versions.add(version);
				if (pull.state === "closed") closed.set(version, /* @__PURE__ */ new Set([...closed.get(version) ?? [], ...digests]));
			}
		}
	}
	return new Map(wanted.map(({ role, versions, closed }) => [role, {
		versions,
		closed
	}]));
}
async function currentPayload(forge, pull, role) {
	return (await payloadsAt(forge, pull.headSha, [rolePath(role)])).get(role) ?? null;
}
async function readSignedBeforeOf(forge, base, events) {
	if (base === null) return /* @__PURE__ */ new Map();
	const roles = /* @__PURE__ */ new Set();
	for (const path of events.flatMap(({ changes }) => [...changes.keys()])) {
		const what = classifyPath(path);
		if (what.kind === "role" && base.roles.has(what.role)) roles.add(what.role);
	}
	return readSignedBefore(forge, base, roles);
}

export { proposalText as i, readSignedBeforeOf as n, keepText as r, readSignedBefore as t };
