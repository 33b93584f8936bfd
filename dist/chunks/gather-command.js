import { t as gather } from "./gather.js";
import { t as gatherText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { t as openRepository } from "./repository-options.js";

// src/cli/gather-command.ts
async function gatherCommand(options, console) {
	const { place } = await openRepository(options, console);
	const result = await gather(place);
	console.result(result, gatherText);
	return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}

export { gatherCommand };
