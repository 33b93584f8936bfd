import { a as orIoError } from "./atomic-file.js";
import { Bt as outcomeOf, G as parseRoot, zt as CountersignError } from "./tuf.js";
import { readFile } from "node:fs/promises";

// src/cli/root-file.ts
async function readRootFile(path, expected) {
	const bytes = await orIoError(path, expected, () => readFile(path));
	const outcome = outcomeOf(() => parseRoot(bytes));
	if (outcome.kind === "accepted") return bytes;
	const { code, where, detail } = outcome.refusal;
	throw new CountersignError(code, `${path}: ${where}`, detail);
}

export { readRootFile as t };
