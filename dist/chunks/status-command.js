import { S as decideGather } from "./event.js";
import { V as parseTimestamp, tt as payloadDigest, zt as outcomeOf } from "./tuf.js";
import { l as readEvent, n as readState, s as openPulls } from "./read-base.js";
import { l as statusText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { r as withRepository } from "./repository-options.js";

// src/commands/status.ts
async function status(place) {
	const state = await readState(place);
	const events = [];
	if (state.metadataHead !== null) for (const pull of await openPulls(place.forge)) events.push(await readEvent(place.forge, pull, state.metadataHead, state.base));
	const { statuses } = decideGather({
		base: state.base,
		events,
		signedVersions: /* @__PURE__ */ new Map(),
		now: place.now
	});
	const { base } = state;
	const first = base?.roots[0];
	const timestamp = state.live.timestamp;
	const served = timestamp === null ? null : outcomeOf(() => parseTimestamp(timestamp).signed);
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
		site: served?.kind === "accepted" ? {
			timestamp: served.value.version,
			expires: served.value.expires
		} : null,
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
