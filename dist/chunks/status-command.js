import { L as parseTimestamp, Qt as outcomeOf, ft as payloadDigest } from "./tuf.js";
import { t as readState } from "./read-base.js";
import { a as readProposalPulls, r as readEvents } from "./read-events.js";
import { d as statusText } from "./render.js";
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
	const { forge, now } = place;
	const pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const { base, metadataHead } = state;
	const statuses = metadataHead === null ? [] : (await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls)).statuses;
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
