import { S as decideGather } from "./event.js";
import { Bt as outcomeOf, V as parseTimestamp, tt as payloadDigest } from "./tuf.js";
import { o as openPulls, t as readState, u as readEvent } from "./read-base.js";
import { u as statusText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { i as withRepository } from "./repository-options.js";

// src/commands/status.ts
function timestampStatus(bytes) {
	if (bytes === null) return null;
	const parsed = outcomeOf(() => parseTimestamp(bytes).signed);
	return parsed.kind === "accepted" ? {
		timestamp: parsed.value.version,
		expires: parsed.value.expires
	} : null;
}
async function status(place) {
	const state = await readState(place);
	const events = [];
	if (state.metadataHead !== null) for (const pull of await openPulls(place.forge)) events.push(await readEvent(place.forge, pull, state.metadataHead, state.base));
	const { statuses } = decideGather({
		base: state.base,
		events,
		signedBefore: /* @__PURE__ */ new Map(),
		now: place.now
	});
	const { base } = state;
	const first = base?.roots[0];
	return {
		repository: base?.repository ?? null,
		root: first === void 0 ? null : payloadDigest(first.file.payload),
		signed: [...base === null ? [] : [{
			role: "root",
			version: base.root.signed.version,
			expires: base.root.signed.expires,
			targets: null
		}], ...[...base?.roles ?? []].map(([role, { file }]) => ({
			role,
			version: file.signed.version,
			expires: file.signed.expires,
			targets: file.signed.targets.size
		}))],
		site: timestampStatus(state.live.timestamp),
		published: timestampStatus(state.published.timestamp),
		events: statuses,
		findings: state.findings
	};
}

// src/cli/status-command.ts
async function statusCommand(options, console) {
	return withRepository(options, console, async (place) => {
		const result = await status(place);
		console.result(result, (value, style) => statusText(value, place.now, style));
		return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
	});
}

export { statusCommand };
