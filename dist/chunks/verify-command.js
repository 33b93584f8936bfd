import { n as verify, t as directoryStreams } from "./read-stream.js";
import { a as openDirectory, t as currentInstant } from "./local-workplace.js";
import { u as verifyText } from "./render.js";
import { At as parseSha256, Ft as CountersignError, Lt as quote, rt as parseInstant } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { t as optionValue } from "./option-value.js";
import { readFile, stat } from "node:fs/promises";

// src/cli/verify-command.ts
async function anchorOf(text) {
	if (text === void 0) return null;
	const hex = text.replace(/^sha256:/, "");
	if (/^[0-9a-f]{64}$/.test(hex)) return {
		kind: "sha256",
		digest: parseSha256(hex, "--root")
	};
	try {
		return {
			kind: "root",
			bytes: await readFile(text)
		};
	} catch (error) {
		throw new CountersignError("io", text, "expected a root file, or the sha256 of 1.root.json", { cause: error });
	}
}
function warningText(warning) {
	if (warning.kind === "unclaimed") return `${warning.path}: no client would ask for this file`;
	const { finding, where } = warning;
	return `${where}: ${quote(finding.subject)}: ${finding.detail} (${finding.clients.join(", ")})`;
}
async function requireDirectory(directory) {
	if (!(await stat(directory).catch((error) => {
		throw new CountersignError("io", directory, "expected the directory of a published repository, got none", { cause: error });
	})).isDirectory()) throw new CountersignError("file-type", directory, "expected a directory, got something else");
}
async function verifyCommand(options, console, args) {
	const directory = args[0] ?? "site";
	const { at } = options;
	const time = at === void 0 ? currentInstant() : optionValue("--at", () => parseInstant(at, "--at"));
	await requireDirectory(directory);
	const anchor = await anchorOf(options.root);
	const report = await verify({
		files: openDirectory(directory),
		openStream: directoryStreams(directory),
		time,
		anchor,
		targets: options.targets
	});
	if (anchor === null) console.log.warn("no --root given: this says that the repository agrees with itself, not that it is the right one");
	console.result(report, (value, style) => verifyText({
		...value,
		warnings: value.warnings.map(warningText)
	}, time, style));
	return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
}

export { verifyCommand };
