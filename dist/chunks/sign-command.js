import { t as sign } from "./sign.js";
import { f as openDirectory } from "./transport.js";
import { C as visibleName, T as countText, h as eventText, t as NO_STYLE } from "./render.js";
import { Zt as CountersignError } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { t as keyUri } from "./key-argument.js";
import { a as askText, o as askYesNo, r as withEvent } from "./repository-options.js";
import { a as orIoError } from "./atomic-file.js";
import { join } from "node:path";
import { homedir } from "node:os";
import { writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";

// src/event/own-build.ts
function commonDirectory(paths) {
	const [first = "", ...more] = paths;
	let prefix = first.slice(0, first.lastIndexOf("/") + 1);
	for (const path of more) while (!path.startsWith(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf("/", prefix.length - 2) + 1);
	return prefix;
}
function compareBuild(targets, files, prefix) {
	const wanted = /* @__PURE__ */ new Map();
	for (const { before, signed } of targets) {
		const old = new Map(before?.targets ?? []);
		for (const [path, file] of signed.targets) {
			const was = old.get(path);
			if (!(was?.length === file.length && was.hashes.get("sha256") === file.hashes.get("sha256"))) wanted.set(path, file);
		}
	}
	const hasWhole = files.some(({ name }) => wanted.has(name));
	const used = prefix ?? (hasWhole ? "" : commonDirectory([...wanted.keys()]));
	const own = new Map(files.map((file) => [`${used}${file.name}`, file]));
	const [differing, missing] = [[], []];
	let same = 0;
	for (const [path, file] of wanted) {
		const built = own.get(path);
		if (built === void 0) missing.push(path);
		else if (built.length !== file.length || built.sha256 !== file.hashes.get("sha256")) differing.push(path);
		else same++;
	}
	const extra = [...own].filter(([path]) => !wanted.has(path)).map(([, { name }]) => name);
	return {
		prefix: used,
		same,
		differing,
		missing,
		extra
	};
}

// src/render/own-build-text.ts
const MAX_NAMES = 20;
function listLines(what, names, mark) {
	if (names.length === 0) return [];
	const shown = names.slice(0, MAX_NAMES).map((name) => `    ${visibleName(name)}`);
	const more = names.length > MAX_NAMES ? [`    … and ${countText(names.length - MAX_NAMES)} more`] : [];
	return [
		`  ${mark(`${countText(names.length)} ${what}`)}`,
		...shown,
		...more
	];
}
function ownBuildText({ prefix, same, differing, missing, extra }, directory, style) {
	const count = same + differing.length + missing.length;
	const place = prefix === "" ? visibleName(directory) : `${visibleName(directory)} (its files as ${visibleName(prefix)}…)`;
	return [
		`Compared: ${count === same ? style.good(`all ${countText(count)} new and replaced targets are what ${place} holds`) : style.bad(`${countText(same)} of ${countText(count)} new and replaced targets are what ${place} holds`)}`,
		...listLines("with other bytes there:", differing, style.bad),
		...listLines("missing there:", missing, style.bad),
		...listLines("there only, and not signed:", extra, style.warn),
		""
	].join("\n");
}

// src/cli/show-change.ts
function pagerOf(env) {
	const named = env["PAGER"] ?? "";
	return named === "" ? "less -R" : named;
}
async function paged(text) {
	const child = spawn(pagerOf(process.env), {
		shell: true,
		stdio: [
			"pipe",
			process.stderr,
			"inherit"
		]
	});
	child.stdin.on("error", () => void 0);
	child.stdin.end(text);
	return await new Promise((resolve) => {
		child.on("error", () => {
			resolve(null);
		});
		child.on("close", resolve);
	}) === 0;
}
const USUAL_ROWS = 24;
function isLongerThanScreen(text) {
	return process.stderr.isTTY && text.split("\n").length >= (process.stderr.rows || USUAL_ROWS);
}
const CUT_NOTE = "This is not all of it. --full shows the rest, --changes FILE writes it to a file.\n";
async function showChange(change, { full, changes }) {
	if (changes !== void 0) await orIoError(changes, "a file to write the change to", () => writeFile(changes, `${change.full}\n`));
	if (!full) {
		process.stderr.write(`${change.brief}\n${change.isCut && changes === void 0 ? CUT_NOTE : ""}`);
		return;
	}
	if (isLongerThanScreen(change.full) && await paged(`${change.full}\n`)) {
		process.stderr.write(`${change.brief}\n`);
		return;
	}
	process.stderr.write(`${change.full}\n`);
}

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
const TYPED_DIGITS = 12;
function replacementText(replaced) {
	return [
		"You have signed another root of this version before. This one takes its place:",
		...replaced.map((digest) => `  sha256:${digest}`),
		"That one stays valid for whoever holds enough signatures of it, until this one or a later root is published.",
		""
	].join("\n");
}
async function agreesToReplace(replaced, { yes, replaces }) {
	const typed = new Set(replaces.map((text) => text.toLowerCase().replace(/^sha256:/, "")));
	if (replaced.every((digest) => typed.has(digest))) return true;
	if (yes) throw new CountersignError("usage", "--replaces", `expected ${replaced.map((digest) => `sha256:${digest}`).join(", ")} beside --yes`);
	for (const digest of replaced) if ((await askText(`Type the first ${String(TYPED_DIGITS)} digits of what you give up`))?.trim().toLowerCase().replace(/^sha256:/, "").startsWith(digest.slice(0, TYPED_DIGITS)) !== true) return false;
	return true;
}
async function isOwnBuild(change, place, options, console) {
	const { compare, targetPrefix } = options;
	if (compare === void 0) return true;
	const files = await place.hasher.hash([compare], (done, total) => {
		console.log.progress("hashing", done, total);
	});
	const targets = change.files.flatMap(({ file, before }) => {
		const { signed } = file;
		return signed.kind === "targets" ? [{
			signed,
			before: before?.kind === "targets" ? before : null
		}] : [];
	});
	const build = compareBuild(targets, files, targetPrefix ?? null);
	process.stderr.write(`${ownBuildText(build, compare, options.json ? NO_STYLE : console.style)}\n`);
	return build.differing.length + build.missing.length === 0;
}
async function show(change, place, options, console) {
	await showChange(change, options);
	if (!await isOwnBuild(change, place, options, console) && options.yes) throw new CountersignError("hash-mismatch", options.compare ?? "", "what is to be signed is not what it holds; nothing was signed");
}
async function signCommand(options, console, args) {
	const result = await withEvent(args[0] ?? "", options, console, async (place, number, openAs) => sign(place, {
		number,
		signer: await place.openSigner(keyUri(options.key)),
		memory: openDirectory(options.memory ?? defaultMemory(process.env)),
		confirm: async (change) => {
			await show(change, place, options, console);
			return options.yes || askYesNo(change.question);
		},
		confirmReplacement: async (change, replaced) => {
			await show(change, place, options, console);
			process.stderr.write(`${replacementText(replaced)}\n`);
			return agreesToReplace(replaced, options);
		},
		carrier: options.print ? "print" : "submit",
		...openAs === null ? {} : { openAs }
	}));
	console.result(result, signText);
	return EXIT.ok;
}

export { signCommand };
