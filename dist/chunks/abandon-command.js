import { T as collectCountersignatures } from "./event.js";
import { Nt as CountersignError } from "./tuf.js";
import { n as openPulls } from "./read-events.js";
import { f as terminalText } from "./render.js";
import { t as parseEvent } from "./event-argument.js";
import { t as EXIT } from "./exit-code.js";
import { t as openRepository } from "./repository-options.js";

// src/commands/abandon.ts
async function abandon(place, number) {
	const { forge } = place;
	const pull = (await openPulls(forge)).find((one) => one.number === number);
	if (pull === void 0) throw new CountersignError("event-unknown", `#${String(number)}`, "expected an open signing event; `countersign status` lists them");
	const { posted } = collectCountersignatures({
		reviews: await forge.reviews(number),
		comments: await forge.comments(number)
	});
	const live = posted.map(({ line, author }) => ({
		by: author.login,
		role: line.role,
		version: line.version,
		payload: line.payload
	}));
	await forge.comment(number, `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`);
	await forge.closePull(number);
	return {
		number,
		url: pull.url,
		live
	};
}

// src/cli/abandon-command.ts
function abandonText({ number, live }, style) {
	const lines = live.map(({ by, role, version, payload }) => `  ${terminalText(by)}: ${terminalText(role)} v${String(version)}, sha256:${payload}`);
	const note = live.length === 0 ? ["nobody had signed it"] : [style.warn("these signatures cannot be taken back; they stay valid until a later version is published:"), ...lines];
	return [`${style.good("abandoned")} #${String(number)}`, ...note].join("\n");
}
async function abandonCommand(options, console, args) {
	const { directory, number } = parseEvent(args[0] ?? "");
	const { place } = await openRepository({
		...options,
		repo: directory ?? options.repo
	}, console);
	console.result(await abandon(place, number), abandonText);
	return EXIT.ok;
}

export { abandonCommand };
