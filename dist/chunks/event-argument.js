import { Ft as quote, Nt as CountersignError } from "./tuf.js";

// src/cli/event-argument.ts
function parseEvent(text) {
	const match = /^(?:(.*)#)?([1-9][0-9]{0,9})$/s.exec(text);
	if (match === null) throw new CountersignError("usage", "event", `expected a number or <dir>#<number>, got ${quote(text)}`);
	const directory = match[1] ?? "";
	return {
		directory: directory === "" ? null : directory,
		number: Number(match[2])
	};
}

export { parseEvent as t };
