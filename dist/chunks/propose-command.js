import { t as propose } from "./propose.js";
import { b as terminalText, s as shellWord } from "./render.js";
import { It as parseTargetsRoleName, kt as parseJson, yt as asObject, zt as CountersignError } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { n as optionValue } from "./option-value.js";
import { n as requireDirectoryName, t as openRepository } from "./repository-options.js";

// src/cli/propose-command.ts
const MAX_SHOWN = 20;
function customOf(text) {
	if (text === void 0) return null;
	const custom = optionValue("--custom", () => asObject(parseJson(new TextEncoder().encode(text)), "--custom"));
	if (custom.has("x-countersign")) throw new CountersignError("usage", "--custom", "expected an object without \"x-countersign\", which is ours");
	return custom;
}
function commitOf(text) {
	if (text === void 0) return null;
	if (!/^[0-9a-f]{40,64}$/.test(text)) throw new CountersignError("usage", "--commit", "expected a full commit id");
	return text;
}
function signText(url) {
	return `sign it with: countersign sign ${shellWord(url ?? "")} --as <login> --key <uri>`;
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
	const [custom, sourceCommit] = [customOf(options.custom), commitOf(options.commit)];
	const { place } = await openRepository(options, console);
	const mode = options.dryRun ? "dry-run" : "apply";
	const result = await propose(place, {
		role,
		files: args,
		targetPrefix: options.targetPrefix,
		remove: options.remove,
		existing: options.replace ? "replace" : "refuse",
		whenOpen: options.whenOpen,
		custom,
		sourceCommit,
		hosting: options.hosting,
		release: null,
		origin: null,
		staging: "hosted",
		mode
	});
	console.result(result, (value, style) => proposeText(value, mode, style));
	return EXIT.ok;
}

export { proposeCommand };
