import { i as parsePeople } from "./trust.js";
import { $ as encodeInstant, Et as isJsonObject } from "./tuf.js";
import { d as signersOf } from "./event.js";

// src/render/change-text.ts
const MAX_LINES = 200;
function terminalText(text) {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
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
		else if (old.raw.get("custom") !== file.raw.get("custom") && JSON.stringify([...old.raw]) !== JSON.stringify([...file.raw])) lines.push(targetLine("~", path, file));
	}
	for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) lines.push(targetLine("-", path, file));
	return lines;
}
function keysText(signed, { keyIds, threshold }) {
	const people = signed.binding === null ? null : parsePeople(signed.binding, "x-countersign");
	const names = keyIds.map((keyId) => {
		const person = people?.byKey.get(keyId);
		return person === void 0 ? keyId.slice(0, 12) : `${person.name}${person.custody ? " (custody)" : ""}`;
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
function fileLines({ role, file, before, digest }) {
	const { signed } = file;
	const head = [
		`${terminalText(role)} v${String(signed.version)}${before === null ? " (new)" : ` (now v${String(before.version)})`}`,
		`  payload sha256:${digest}`,
		`  expires ${before === null ? "" : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}`
	];
	if (signed.kind === "root") return [...head, ...mapLines("role", rootTexts(before?.kind === "root" ? before : null), rootTexts(signed))];
	const old = before?.kind === "targets" ? before : null;
	const targets = targetLines(old, signed);
	const shown = targets.length > MAX_LINES ? [...targets.slice(0, MAX_LINES), `  … and ${String(targets.length - MAX_LINES)} more targets`] : targets;
	return [
		...head,
		...mapLines("role", delegationTexts(old), delegationTexts(signed)),
		...shown
	];
}
function describeChange(files, firstMeeting) {
	const lines = files.flatMap((file) => [...fileLines(file), ""]);
	if (firstMeeting) lines.push("This machine has not met this repository before: compare the root digest with the others by other means.", "");
	return lines.join("\n");
}

// src/render/event-markdown.ts
const STICKY_MARKER = "<!-- countersign:status -->";
function escapeMarkdown(text) {
	return (text.length > 200 ? `${text.slice(0, 199)}…` : text).replace(/[\r\n\t]+/g, " ").replace(/[\\`*_{}[\]()<>#+!|~@&]/g, (c) => `&#${String(c.charCodeAt(0))};`);
}
function requirementText({ by, needed, votes, missing }) {
	const signed = votes.map(({ person, custody }) => custody ? `${person} (custody)` : person);
	const waiting = votes.length >= needed ? "" : `; waiting for ${missing.map(escapeMarkdown).join(", ")}`;
	return `${String(votes.length)} of ${String(needed)} by ${by}${signed.length === 0 ? "" : `: ${signed.map(escapeMarkdown).join(", ")}`}${waiting}`;
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
function renderSticky(status) {
	const lines = [
		STICKY_MARKER,
		`**${headline(status)}**`,
		""
	];
	if (status.roles.length > 0) lines.push("| | file | signatures | payload |", "| --- | --- | --- | --- |", ...status.roles.map(roleRow), "");
	if (status.problems.length > 0) lines.push("Problems:", ...status.problems.map(({ code, where, detail }) => `- \`${code}\` ${escapeMarkdown(where)}: ${escapeMarkdown(detail)}`), "");
	const ignored = status.roles.flatMap((role) => role.ignored.map((one) => ({
		role: role.role,
		...one
	})));
	if (ignored.length > 0) lines.push("Not counted:", ...ignored.map(({ role, who, code, detail }) => `- ${escapeMarkdown(who)} for ${escapeMarkdown(role)}: \`${code}\`, ${escapeMarkdown(detail)}`), "");
	if (status.state === "waiting") lines.push(`Sign with \`countersign sign ${status.pull.url}\`.`, "");
	return lines.join("\n");
}
function statusLine(status) {
	const open = status.roles.filter(({ complete }) => !complete).map(({ role, requirements }) => `${role} ${requirements.map(({ votes, needed }) => `${String(votes.length)}/${String(needed)}`).join("+")}`);
	const text = open.length === 0 ? headline(status) : `${headline(status)} ${open.join(", ")}`;
	const description = text.length > 140 ? `${text.slice(0, 139)}…` : text;
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
	return `| ${kind} | ${escapeMarkdown(path)} | ${length} | ${hash === void 0 ? "" : `\`${hash}\``} |`;
}
function renderProposal(view) {
	const { base, role, proposed, payload, changes, url } = view;
	const signers = signersOf(base, role);
	const names = signers?.roleKeys.keyIds.flatMap((keyId) => signers.people.byKey.get(keyId)?.name ?? []) ?? [];
	const before = base.roles.get(role)?.file.signed;
	const more = changes.length > MAX_ROWS ? [`| … | ${String(changes.length - MAX_ROWS)} more | | |`] : [];
	return [
		`Proposes version ${String(proposed.version)} of \`${role}\`${before === void 0 ? "" : `, after version ${String(before.version)}`}.`,
		"",
		`- payload: \`sha256:${payload}\``,
		`- expires: ${before === void 0 ? "" : `${encodeInstant(before.expires)} → `}${encodeInstant(proposed.expires)}`,
		`- targets: ${String(before?.targets.size ?? 0)} → ${String(proposed.targets.size)}`,
		`- needs ${String(signers?.roleKeys.threshold ?? 0)} of: ${names.map(escapeMarkdown).join(", ")}`,
		"",
		"| change | path | bytes | sha256 |",
		"| --- | --- | --- | --- |",
		...changes.slice(0, MAX_ROWS).map((change) => row(view, change)),
		...more,
		"",
		`Sign with \`countersign sign ${url}\`.`,
		""
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
		return `  ${terminalText(role.role)} v${String(role.version)}  ${votes.length >= needed ? style.good(count) : style.warn(count)} by ${by}${names === "" ? "" : `: ${names}`}${waiting}`;
	});
	const ignored = role.ignored.map(({ who, code, detail }) => style.faint(`    not counted: ${terminalText(who)}, ${code}: ${terminalText(detail)}`));
	return [...lines, ...ignored];
}
function eventText(status, style) {
	const { pull } = status;
	const head = `#${String(pull.number)} ${stateWord(status, style)}  ${style.faint(pull.branch)}  ${headline(status)}`;
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
function expiryText(expires, now) {
	const seconds = expires - now;
	const days = Math.floor(Math.abs(seconds) / 86400);
	const span = days > 0 ? `${String(days)} days` : `${String(Math.floor(Math.abs(seconds) / 3600))} hours`;
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
		style.faint(`  site ${site.outcome}, ${String(site.written)} files written`),
		...findings.map((finding) => findingText(finding, style))
	].join("\n");
}
function statusText(view, now, style) {
	const { repository, root, signed, site, events, findings } = view;
	const lines = repository === null ? ["nothing is signed yet"] : [`repository ${repository}`, style.faint(`root v1 sha256:${root ?? ""}`)];
	for (const { role, version, expires, targets } of signed) lines.push(`  ${terminalText(role)} v${String(version)}${targets === null ? "" : `, ${String(targets)} targets`}; expires ${expiryText(expires, now)}`);
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
	for (const { name, version, expires, targets, signers, threshold } of view.roles) lines.push(`  ${terminalText(name)} v${String(version)}, ${String(targets)} targets, signed by ${String(signers)} (needs ${String(threshold)}); expires ${expiryText(expires, now)}`);
	lines.push(`  ${String(view.targetsChecked)} hosted files hashed${view.targetsAbsent.length === 0 ? "" : `, ${String(view.targetsAbsent.length)} listed files not hosted here`}`);
	lines.push(...view.warnings.map((warning) => `${style.warn("warning")} ${terminalText(warning)}`));
	lines.push(...view.problems.map(({ code, where, detail }) => `${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`));
	return [view.problems.length === 0 ? style.good("verified") : style.bad(`${String(view.problems.length)} problems`), ...lines].join("\n");
}

export { eventText as a, renderSticky as c, terminalText as d, verifyText as i, statusLine as l, publishText as n, renderProposal as o, statusText as r, STICKY_MARKER as s, gatherText as t, describeChange as u };
