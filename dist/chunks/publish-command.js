import { t as publish } from "./publish.js";
import { c as publishText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { t as openRepository } from "./repository-options.js";

// src/cli/publish-command.ts
async function publishCommand(options, console) {
	const { place } = await openRepository(options, console);
	const result = await publish(place);
	console.result(result, (value, style) => publishText(value, place.now, style));
	return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}

export { publishCommand };
