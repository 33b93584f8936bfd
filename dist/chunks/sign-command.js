import { t as sign } from "./sign.js";
import { a as openDirectory } from "./local-workplace.js";
import { m as eventText } from "./render.js";
import { zt as CountersignError } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { a as askYesNo, r as withEvent } from "./repository-options.js";
import { join } from "node:path";
import { homedir } from "node:os";

// src/cli/sign-command.ts
function defaultMemory(env) {
	const state = env["XDG_STATE_HOME"];
	return join(state === void 0 || state === "" ? join(homedir(), ".local", "state") : state, "countersign");
}
function signText(result, style) {
	if (result.carrier === "printed") return result.block;
	const files = result.files.map(({ role, version }) => `${role} v${String(version)}`).join(", ");
	if (result.carrier === "counted") return `${style.good("signed already")} as ${result.person}, and it counts: ${files}; nothing was posted again`;
	return [
		`${style.good("submitted")} as ${result.person}, by ${result.carrier}: ${files}`,
		...result.status === null ? [] : [eventText(result.status, style)],
		style.faint("gather counts it when it runs next")
	].join("\n");
}
async function signCommand(options, console, args) {
	if (options.as === void 0 && !/^https?:/.test(args[0] ?? "")) throw new CountersignError("usage", "--as", "expected your account, which a local repository can not know, got nothing");
	const result = await withEvent(args[0] ?? "", options, console, async (place, number) => sign(place, {
		number,
		signer: await place.openSigner(options.key),
		memory: openDirectory(options.memory ?? defaultMemory(process.env)),
		confirm: async (change) => {
			process.stderr.write(`${change}\n`);
			return options.yes || askYesNo("Sign this?");
		},
		carrier: options.print ? "print" : "submit"
	}));
	console.result(result, signText);
	return EXIT.ok;
}

export { signCommand };
