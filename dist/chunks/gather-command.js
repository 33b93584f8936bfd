import { t as gather } from "./gather.js";
import { l as gatherText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { i as withRepository } from "./repository-options.js";

// src/cli/gather-command.ts
async function gatherCommand(options, console) {
	const result = await withRepository(options, console, (place) => gather(place));
	console.result(result, gatherText);
	return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}

export { gatherCommand };
