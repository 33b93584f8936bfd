import { S as statusLine, b as STICKY_MARKER, x as renderSticky } from "./render.js";
import { Zt as CountersignError } from "./tuf.js";

// src/commands/report-status.ts
const STATUS_CONTEXT = "countersign";
async function tell(forge, number, body) {
	try {
		await forge.comment(number, body);
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "conversation-full")) throw error;
	}
}
async function keepSticky(forge, number, body) {
	try {
		await forge.stickyComment(number, STICKY_MARKER, body);
		return true;
	} catch (error) {
		if (error instanceof CountersignError && error.code === "conversation-full") return false;
		throw error;
	}
}
async function reportStatus({ forge, now }, status) {
	const isFull = !await keepSticky(forge, status.pull.number, renderSticky(status, now));
	const { state, description } = statusLine(status, isFull);
	await forge.status(status.pull.headSha, {
		context: STATUS_CONTEXT,
		state,
		description
	});
}

export { tell as n, reportStatus as t };
