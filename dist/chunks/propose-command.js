import { t as propose } from "./propose.js";
import { T as countText, c as shellWord, w as terminalText } from "./render.js";
import { $t as quote, Et as parseTargetsRoleName, Ft as asObject, Xt as parseJson, Zt as CountersignError } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { n as optionValue } from "./option-value.js";
import { t as readText } from "./read-text.js";
import { n as requireDirectoryName, t as openRepository } from "./repository-options.js";

// src/cli/propose-command.ts
const MAX_SHOWN = 20;
const LARGE_CUSTOM = 1e4;
async function customOf(text, { log }) {
	if (text === void 0) return null;
	const json = text.startsWith("@") ? await readText(text.slice(1), "an object in JSON") : text;
	if (json.length > LARGE_CUSTOM) log.warn(`--custom: ${countText(json.length)} characters are kept in each target, and each client downloads them with the metadata`);
	const custom = optionValue("--custom", () => asObject(parseJson(new TextEncoder().encode(json)), "--custom"));
	if (custom.has("x-countersign")) throw new CountersignError("usage", "--custom", "expected an object without \"x-countersign\", which is ours");
	return custom;
}
function commitOf(text) {
	if (text === void 0) return null;
	if (!/^[0-9a-f]{40,64}$/i.test(text)) throw new CountersignError("usage", "--commit", `expected a commit id in full, 40 or 64 hex digits, got ${quote(text)}`);
	return text.toLowerCase();
}
function signedHosting(name) {
	if (name === "release") throw new CountersignError("usage", "--hosting", "a local repository has no releases; expected pages or none, got release");
	return name === "pages" ? "site" : "none";
}
function signText(url) {
	return `sign it with: countersign sign ${shellWord(url ?? "")} --key <file>`;
}
function nothingNewText({ number, url }) {
	if (number === null) return "nothing new: all of it is so already";
	return `nothing new: #${String(number)} proposes all of it already\n${signText(url)}`;
}
function proposeText(result, mode, style) {
	if (result.outcome === "nothing-new") return nothingNewText(result);
	const changes = result.changes.slice(0, MAX_SHOWN).map(({ kind, path }) => `  ${kind === "removed" ? "-" : kind === "added" ? "+" : "~"} ${terminalText(path)}`);
	if (result.changes.length > MAX_SHOWN) changes.push(`  … and ${String(result.changes.length - MAX_SHOWN)} more`);
	const head = `${result.role} v${String(result.version ?? 0)}`;
	if (mode === "dry-run") return [`${style.warn("dry run")}: ${head} would be ${result.outcome}`, ...changes].join("\n");
	return [
		`${style.good(result.outcome)} #${String(result.number ?? 0)}: ${head}, payload sha256:${result.payload ?? ""}`,
		...changes,
		signText(result.url)
	].join("\n");
}
async function proposeCommand(options, console, args) {
	requireDirectoryName(options.repo, "the action proposes");
	const role = optionValue("--role", () => parseTargetsRoleName(options.role, "--role"));
	const [custom, sourceCommit] = [await customOf(options.custom, console), commitOf(options.commit)];
	const hosting = signedHosting(options.hosting);
	const { place } = await openRepository(options, console);
	const mode = options.dryRun ? "dry-run" : "apply";
	const result = await propose(place, {
		role,
		files: args,
		targetPrefix: options.targetPrefix,
		remove: options.remove,
		existing: options.replace ? "replace" : "refuse",
		whenOpen: options.whenOpen,
		nextVersion: options.nextVersion,
		custom,
		sourceCommit,
		hosting,
		release: null,
		origin: null,
		staging: "hosted",
		mode
	});
	console.result(result, (value, style) => proposeText(value, mode, style));
	return EXIT.ok;
}

export { proposeCommand };
