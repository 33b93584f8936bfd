import { i as parsePeople } from "./trust.js";
import { At as jsonPath, Ot as isJsonArray, _t as encodeCanonicalJson, et as encodeInstant, kt as isJsonObject } from "./tuf.js";
import { h as signersOf } from "./event.js";

// src/render/field-diff.ts
function leaves(value, path, skip, out) {
	if (skip.has(path)) return;
	if (isJsonObject(value) && value.size > 0) for (const [key, item] of value) leaves(item, jsonPath(path, key), skip, out);
	else if (isJsonArray(value) && value.length > 0) value.forEach((item, index) => {
		leaves(item, jsonPath(path, index), skip, out);
	});
	else out.set(path, new TextDecoder().decode(encodeCanonicalJson(value)));
}
function diffFields(before, after, skip) {
	const [old, now] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
	leaves(before, "$", skip, old);
	leaves(after, "$", skip, now);
	return [.../* @__PURE__ */ new Set([...old.keys(), ...now.keys()])].map((path) => ({
		path,
		before: old.get(path) ?? null,
		after: now.get(path) ?? null
	})).filter((change) => change.before !== change.after);
}

// src/render/change-text.ts
const MAX_LINES = 200;
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
function terminalText(text) {
	return text.replace(UNSEEN, (c) => {
		if (c === " ") return c;
		const hex = (c.codePointAt(0) ?? 0).toString(16);
		return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
	});
}
function sourceOf(file) {
	const custom = file.raw.get("custom");
	const ours = isJsonObject(custom) ? custom.get("x-countersign") : void 0;
	const commit = isJsonObject(ours) ? ours.get("commit") : void 0;
	return typeof commit === "string" ? `, from commit ${terminalText(commit)}` : "";
}
function targetLine(mark, path, file) {
	return `  ${mark} ${terminalText(path)}  ${String(file.length)} bytes  sha256:${file.hashes.get("sha256") ?? "?"}${sourceOf(file)}`;
}
function targetLines(before, after) {
	const lines = [];
	for (const [path, file] of after.targets) {
		const old = before?.targets.get(path);
		if (old === void 0) lines.push(targetLine("+", path, file));
		else if (old.hashes.get("sha256") !== file.hashes.get("sha256") || old.length !== file.length) lines.push(targetLine("-", path, old), targetLine("+", path, file));
		else if (Buffer.compare(encodeCanonicalJson(old.raw), encodeCanonicalJson(file.raw)) !== 0) {
			const fields = diffFields(old.raw, file.raw, /* @__PURE__ */ new Set());
			lines.push(targetLine("~", path, file), ...fields.map(({ path: at, before: was, after: is }) => `      ${terminalText(at)}: ${terminalText(was ?? "nothing")} -> ${terminalText(is ?? "nothing")}`));
		}
	}
	for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) lines.push(targetLine("-", path, file));
	return lines;
}
function keysText(signed, { keyIds, threshold }) {
	const people = signed.binding === null ? null : parsePeople(signed.binding, "x-countersign");
	const names = keyIds.map((keyId) => {
		const person = people?.byKey.get(keyId);
		const key = `key ${keyId.slice(0, 12)}`;
		return person === void 0 ? key : `${person.name} (${person.custody ? "custody, " : ""}${key})`;
	});
	return `${String(threshold)} of ${names.map(terminalText).join(", ")}`;
}
function delegationTexts(signed) {
	const texts = /* @__PURE__ */ new Map();
	const delegations = signed?.delegations ?? null;
	if (signed === null || delegations === null) return texts;
	if (delegations.kind === "succinct") return texts.set("hash bins", keysText(signed, delegations.succinct));
	for (const role of delegations.roles) {
		const paths = role.paths.kind === "patterns" ? role.paths.patterns.map(terminalText).join(" ") : "by hash prefix";
		texts.set(role.name, `${keysText(signed, role)}; paths ${paths}${role.terminating ? "; terminating" : ""}`);
	}
	return texts;
}
function rootTexts(signed) {
	if (signed === null) return /* @__PURE__ */ new Map();
	return new Map(Object.entries(signed.roles).map(([role, keys]) => [role, role === "root" || role === "targets" ? keysText(signed, keys) : `${String(keys.threshold)} of ${String(keys.keyIds.length)} online keys`]));
}
function mapLines(what, before, after) {
	const lines = [];
	for (const [name, text] of after) {
		const old = before.get(name);
		if (old === text) continue;
		if (old !== void 0) lines.push(`  - ${what} ${terminalText(name)}: ${old}`);
		lines.push(`  + ${what} ${terminalText(name)}: ${text}`);
	}
	for (const [name, old] of before) if (!after.has(name)) lines.push(`  - ${what} ${terminalText(name)}: ${old}`);
	return lines;
}
const SUMMARISED = /* @__PURE__ */ new Set([
	"$.version",
	"$.expires",
	"$.targets"
]);
function fieldLines(before, after) {
	if (before === null) return [];
	const changes = diffFields(before.raw, after.raw, SUMMARISED);
	const lines = changes.slice(0, MAX_LINES).map(({ path, before: old, after: now }) => `  ~ ${terminalText(path)}: ${terminalText(old ?? "nothing")} -> ${terminalText(now ?? "nothing")}`);
	return changes.length > MAX_LINES ? [...lines, `  … and ${String(changes.length - MAX_LINES)} more fields`] : lines;
}
function fileLines({ role, file, before, digest }) {
	const { signed } = file;
	const head = [
		`${terminalText(role)} v${String(signed.version)}${before === null ? " (new)" : ` (now v${String(before.version)})`}`,
		`  payload sha256:${digest}`,
		`  expires ${before === null ? "" : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}`
	];
	if (signed.kind === "root") return [
		...head,
		...mapLines("role", rootTexts(before?.kind === "root" ? before : null), rootTexts(signed)),
		...fieldLines(before, signed)
	];
	const old = before?.kind === "targets" ? before : null;
	const targets = targetLines(old, signed);
	const shown = targets.length > MAX_LINES ? [...targets.slice(0, MAX_LINES), `  … and ${String(targets.length - MAX_LINES)} more targets`] : targets;
	return [
		...head,
		...mapLines("role", delegationTexts(old), delegationTexts(signed)),
		...fieldLines(before, signed),
		...shown
	];
}
function describeChange(files, newRoot) {
	const lines = files.flatMap((file) => [...fileLines(file), ""]);
	if (newRoot !== null) lines.push("This machine has not met this repository before. Compare the digest of its root v1 with the others by other means:", `  sha256:${newRoot}`, "");
	return lines.join("\n");
}

// src/render/markdown.ts
const MAX_BODY_CHARACTERS = 65536;
const MAX_TEXT = 200;
function capped(text, max) {
	if (text.length <= max) return text;
	return `${Array.from(text.slice(0, max + 1)).slice(0, max - 1).join("")}…`;
}
function entities(text) {
	return text.replace(/[\\`*_{}[\]()<>#+!|~@&:]/g, (c) => `&#${String(c.charCodeAt(0))};`).replace(/www\./gi, (c) => `${c.slice(0, 3)}&#46;`);
}
function oneLine(text) {
	return capped(terminalText(text.slice(0, 400).replace(/[\r\n\t]+/g, " ")), MAX_TEXT);
}
function escapeMarkdown(text) {
	return entities(oneLine(text)).replace(/&#(?:64|35);/g, (sign) => `${sign}&#8203;`);
}
function codeMarkdown(text) {
	return `<code>${entities(oneLine(text))}</code>`;
}
function fittingLines(items, render, budget, more) {
	const shown = [];
	let left = budget - more(items.length).length - 1;
	for (const item of items) {
		const line = render(item);
		left -= line.length + 1;
		if (left < 0) return [...shown, more(items.length - shown.length)];
		shown.push(line);
	}
	return shown;
}
const MAX_NAMES = 20;
function nameList(names) {
	const shown = names.slice(0, MAX_NAMES).map(escapeMarkdown).join(", ");
	return names.length > MAX_NAMES ? `${shown} and ${String(names.length - MAX_NAMES)} more` : shown;
}

// src/render/event-markdown.ts
const STICKY_MARKER = "<!-- countersign:status -->";
const BUDGETS = {
	roles: 24e3,
	problems: 2e4,
	ignored: 16e3
};
function requirementText({ by, needed, votes, missing }) {
	const signed = votes.map(({ person, custody }) => custody ? `${person} (custody)` : person);
	const waiting = votes.length >= needed ? "" : `; waiting for ${nameList(missing)}`;
	return `${String(votes.length)} of ${String(needed)} by ${escapeMarkdown(by)}${signed.length === 0 ? "" : `: ${nameList(signed)}`}${waiting}`;
}
function roleRow({ role, version, payload, requirements, complete }) {
	return `| ${complete ? "complete" : "open"} | ${escapeMarkdown(role)} v${String(version)} | ${requirements.map(requirementText).join("<br>")} | \`${payload.slice(0, 16)}…\` |`;
}
function headline(status) {
	switch (status.state) {
		case "invalid": return "This event cannot complete as it is.";
		case "outdated": return "The signed state has moved on: this event must be built again.";
		case "queued": return `Queued behind #${String(status.behind ?? 0)}; do not sign it yet.`;
		case "waiting": return "Waiting for signatures.";
		case "complete": return "Signed by enough people.";
		default: return status.state;
	}
}
function problemLine({ code, where, detail }) {
	return `- \`${code}\` ${codeMarkdown(where)}: ${escapeMarkdown(detail)}`;
}
function ignoredLine({ role, who, code, detail }) {
	return `- ${escapeMarkdown(who)} for ${escapeMarkdown(role)}: \`${code}\`, ${escapeMarkdown(detail)}`;
}
function renderSticky(status) {
	const lines = [
		STICKY_MARKER,
		`**${headline(status)}**`,
		""
	];
	if (status.roles.length > 0) {
		const rows = fittingLines(status.roles, roleRow, BUDGETS.roles, (count) => `| … | ${String(count)} more | | |`);
		lines.push("| | file | signatures | payload |", "| --- | --- | --- | --- |", ...rows, "");
	}
	const more = (count) => `- … and ${String(count)} more`;
	if (status.problems.length > 0) lines.push("Problems:", ...fittingLines(status.problems, problemLine, BUDGETS.problems, more), "");
	const ignored = status.roles.flatMap((role) => role.ignored.map((one) => ({
		...one,
		role: role.role
	})));
	if (ignored.length > 0) lines.push("Not counted:", ...fittingLines(ignored, ignoredLine, BUDGETS.ignored, more), "");
	if (status.state === "waiting") lines.push(`Sign with \`countersign sign ${status.pull.url}\`.`, "");
	return lines.join("\n");
}
function statusText$1(text) {
	const plain = text.replace(/[^\x20-\x7e]/gu, "?");
	return plain.length > 140 ? `${plain.slice(0, 139)}…` : plain;
}
function statusLine(status) {
	const open = status.roles.filter(({ complete }) => !complete).map(({ role, requirements }) => `${role} ${requirements.map(({ votes, needed }) => `${String(votes.length)}/${String(needed)}`).join("+")}`);
	const description = statusText$1(open.length === 0 ? headline(status) : `${headline(status)} ${open.join(", ")}`);
	if (status.state === "complete") return {
		state: "success",
		description
	};
	return {
		state: status.state === "invalid" ? "failure" : "pending",
		description
	};
}

// src/render/proposal-markdown.ts
const MAX_ROWS = 100;
function row({ proposed }, { kind, path }) {
	const file = proposed.targets.get(path);
	const length = file === void 0 ? "" : String(file.length);
	const hash = file?.hashes.get("sha256");
	return `| ${kind} | ${codeMarkdown(path)} | ${length} | ${hash === void 0 ? "" : `\`${hash}\``} |`;
}
function renderProposal(view) {
	const { base, role, proposed, payload, changes, url } = view;
	const signers = signersOf(base, role);
	const names = signers?.roleKeys.keyIds.flatMap((keyId) => signers.people.byKey.get(keyId)?.name ?? []) ?? [];
	const before = base.roles.get(role)?.file.signed;
	const head = [
		`Proposes version ${String(proposed.version)} of ${codeMarkdown(role)}${before === void 0 ? "" : `, after version ${String(before.version)}`}.`,
		"",
		`- payload: \`sha256:${payload}\``,
		`- expires: ${before === void 0 ? "" : `${encodeInstant(before.expires)} → `}${encodeInstant(proposed.expires)}`,
		`- targets: ${String(before?.targets.size ?? 0)} → ${String(proposed.targets.size)}`,
		`- needs ${String(signers?.roleKeys.threshold ?? 0)} of: ${nameList(names)}`,
		"",
		"| change | path | bytes | sha256 |",
		"| --- | --- | --- | --- |"
	];
	const foot = [
		"",
		`Sign with \`countersign sign ${url}\`.`,
		""
	];
	const left = MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - 2;
	const first = changes.slice(0, MAX_ROWS);
	const more = (count) => `| … | ${String(count + changes.length - first.length)} more | | |`;
	const rows = fittingLines(first, (change) => row(view, change), left - more(0).length, more);
	const rest = rows.length === first.length && changes.length > first.length ? [more(0)] : [];
	return [
		...head,
		...rows,
		...rest,
		...foot
	].join("\n");
}

// src/render/status-text.ts
function stateWord(status, style) {
	switch (status.state) {
		case "complete": return style.good(status.state);
		case "invalid": return style.bad(status.state);
		case "outdated":
		case "queued":
		case "waiting": return style.warn(status.state);
		default: return status.state;
	}
}
function roleLines(role, style) {
	const lines = role.requirements.map(({ by, needed, votes, missing }) => {
		const names = votes.map(({ person, custody }) => terminalText(custody ? `${person} (custody)` : person)).join(", ");
		const count = `${String(votes.length)} of ${String(needed)}`;
		const waiting = votes.length >= needed ? "" : style.faint(`  waiting for ${missing.map(terminalText).join(", ")}`);
		return `  ${terminalText(role.role)} v${String(role.version)}  ${votes.length >= needed ? style.good(count) : style.warn(count)} by ${terminalText(by)}${names === "" ? "" : `: ${names}`}${waiting}`;
	});
	const ignored = role.ignored.map(({ who, code, detail }) => style.faint(`    not counted: ${terminalText(who)}, ${code}: ${terminalText(detail)}`));
	return [...lines, ...ignored];
}
function eventText(status, style) {
	const { pull } = status;
	const head = `#${String(pull.number)} ${stateWord(status, style)}  ${style.faint(terminalText(pull.branch))}  ${headline(status)}`;
	const problems = status.problems.map(({ code, where, detail }) => `  ${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`);
	return [
		head,
		...status.roles.flatMap((role) => roleLines(role, style)),
		...problems
	].join("\n");
}
function findingText(finding, style) {
	return `${style.bad("left out")} ${finding.source}: ${terminalText(finding.where)}: ${terminalText(finding.detail)} (${finding.code})`;
}
function countOf(count, noun) {
	return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}
function expiryText(expires, now) {
	const seconds = expires - now;
	const days = Math.floor(Math.abs(seconds) / 86400);
	const span = days > 0 ? countOf(days, "day") : countOf(Math.floor(Math.abs(seconds) / 3600), "hour");
	return `${encodeInstant(expires)} (${seconds >= 0 ? `in ${span}` : `${span} ago`})`;
}

// src/render/command-text.ts
function gatherText({ events, completed, rebuilt, findings }, style) {
	const lines = [
		...completed.map((number) => `#${String(number)} ${style.good("complete")}: the metadata branch has it`),
		...rebuilt.map((number) => `#${String(number)} built again on the signed state`),
		...events.map((event) => eventText(event, style)),
		...findings.map((finding) => findingText(finding, style))
	];
	return lines.length === 0 ? "no open events" : lines.join("\n");
}
function publishText(view, now, style) {
	const { outcome, reasons, snapshot, timestamp, expires, site, findings } = view;
	return [
		`${style.good(outcome)}: snapshot ${String(snapshot)}, timestamp ${String(timestamp)}; fresh until ${expiryText(expires, now)}`,
		...reasons.map((reason) => style.faint(`  ${reason}`)),
		style.faint(`  site ${site.outcome}, ${countOf(site.written, "file")} written`),
		...findings.map((finding) => findingText(finding, style))
	].join("\n");
}
function statusText(view, now, style) {
	const { repository, root, signed, site, events, findings } = view;
	const lines = repository === null ? ["nothing is signed yet"] : [`repository ${repository}`, style.faint(`root v1 sha256:${root ?? ""}`)];
	for (const { role, version, expires, targets } of signed) lines.push(`  ${terminalText(role)} v${String(version)}${targets === null ? "" : `, ${countOf(targets, "target")}`}; expires ${expiryText(expires, now)}`);
	lines.push(site === null ? "nothing is published yet" : `site: timestamp ${String(site.timestamp)}, expires ${expiryText(site.expires, now)}`);
	lines.push(events.length === 0 ? "no open events" : "", ...events.map((event) => eventText(event, style)));
	lines.push(...findings.map((finding) => findingText(finding, style)));
	return lines.filter((line) => line !== "").join("\n");
}
function verifyText(view, now, style) {
	const lines = [];
	for (const name of [
		"root",
		"timestamp",
		"snapshot"
	]) {
		const file = view[name];
		if (file !== null) lines.push(`  ${name} v${String(file.version)}; expires ${expiryText(file.expires, now)}`);
	}
	for (const { name, version, expires, targets, signers, threshold } of view.roles) lines.push(`  ${terminalText(name)} v${String(version)}, ${countOf(targets, "target")}, signed by ${String(signers)} (needs ${String(threshold)}); expires ${expiryText(expires, now)}`);
	lines.push(`  ${countOf(view.targetsChecked, "hosted file")} hashed${view.targetsAbsent.length === 0 ? "" : `, ${countOf(view.targetsAbsent.length, "listed file")} not hosted here`}`);
	lines.push(...view.warnings.map((warning) => `${style.warn("warning")} ${terminalText(warning)}`));
	lines.push(...view.problems.map(({ code, where, detail }) => `${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`));
	return [view.problems.length === 0 ? style.good("verified") : style.bad(countOf(view.problems.length, "problem")), ...lines].join("\n");
}

export { countOf as a, STICKY_MARKER as c, describeChange as d, terminalText as f, verifyText as i, renderSticky as l, publishText as n, eventText as o, statusText as r, renderProposal as s, gatherText as t, statusLine as u };
