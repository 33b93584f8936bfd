import { Dt as jsonPath, Et as isJsonObject, Tt as isJsonArray, ft as encodeCanonicalJson, it as encodeInstant } from "./tuf.js";
import { K as signersOf, _ as REUSABLE_PATH, g as ONLINE_SECRET, it as rolePath, m as CUSTODY_SECRET } from "./event.js";
import { i as parsePeople } from "./trust.js";

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
function targetLines$1(before, after) {
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
function fieldLines$1(before, after) {
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
		...fieldLines$1(before, signed)
	];
	const old = before?.kind === "targets" ? before : null;
	const targets = targetLines$1(old, signed);
	const shown = targets.length > MAX_LINES ? [...targets.slice(0, MAX_LINES), `  … and ${String(targets.length - MAX_LINES)} more targets`] : targets;
	return [
		...head,
		...mapLines("role", delegationTexts(old), delegationTexts(signed)),
		...fieldLines$1(before, signed),
		...shown
	];
}
function describeChange(files, newRoot) {
	const lines = files.flatMap((file) => [...fileLines(file), ""]);
	if (newRoot !== null) lines.push("This machine has not met this repository before. Compare the digest of its root v1 with the others by other means:", `  sha256:${newRoot}`, "");
	return lines.join("\n");
}

// src/render/ignored-text.ts
function ignoredReason(code) {
	switch (code) {
		case "wrong-repository": return "signed for another repository";
		case "other-payload": return "signed other content than this; sign again";
		case "not-a-signer": return "signed with a key that may not sign this file";
		case "not-the-owner": return "brought a signature of somebody else's key; its owner must sign";
		case "approval-missing": return "brought a signature of a custody key whose owner has not approved; they must approve in the browser";
		case "approval-stale": return "brought a signature of a custody key whose owner approved older content; they must approve again in the browser";
		case "withdrawn": return "took it back, or it was dismissed; sign again to have it count";
		case "invalid-signature": return "brought a signature that does not verify; sign again";
		case "unreadable": return "wrote a countersign block that can not be read; paste it again as it was printed, and nothing else";
		default: return code;
	}
}

// src/render/markdown.ts
const MAX_BODY_CHARACTERS = 65536;
const MAX_TEXT = 200;
function capped(text, max) {
	if (text.length <= max) return text;
	return `${Array.from(text.slice(0, max + 1)).slice(0, max - 1).join("")}…`;
}
function entities(text) {
	return text.replace(/[\\`*_{}[\]()<>#+!|~@&:$]/g, (c) => `&#${String(c.charCodeAt(0))};`).replace(/www\./gi, (c) => `${c.slice(0, 3)}&#46;`);
}
const SIGNS = /&#(?:64|35);|&#58;(?=\/\/)|www&#46;|\bGH(?=-\d)/gi;
function oneLine(text) {
	return capped(terminalText(text.slice(0, 400).replace(/[\r\n\t]+/g, " ")), MAX_TEXT);
}
function escapeMarkdown(text) {
	return entities(oneLine(text)).replace(SIGNS, (sign) => `${sign}&#8203;`);
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
function textList(items, render, max = MAX_NAMES) {
	const shown = items.slice(0, max).map(render).join(", ");
	return items.length > max ? `${shown} and ${countText(items.length - max)} more` : shown;
}
function nameList(names, max = MAX_NAMES) {
	return textList(names, escapeMarkdown, max);
}
function countText(count) {
	return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
const TYPED_URL = /^[A-Za-z0-9._~:/#%@+=,-]{1,300}$/;
function signCommand(url) {
	if (url === "") return ["`countersign sign ADDRESS --key file:KEY`, with the address of this page."];
	return TYPED_URL.test(url) ? [
		"```sh",
		`countersign sign ${url} --key file:KEY`,
		"```"
	] : [codeMarkdown(`countersign sign ${url} --key file:KEY`)];
}

// src/render/problem-text.ts
const TITLES = /* @__PURE__ */ new Map([
	["event-fork", "It comes from a fork"],
	["event-file-unclaimed", "A file that does not belong here"],
	["event-invalid", "Not a proposal that can be read"],
	["already-signed", "This version was signed with other content"],
	["expired", "It expires too soon"],
	["rollback", "Not the next version"],
	["version-invalid", "Not the next version"],
	["target-unreachable", "A file that clients would not find"],
	["unwritable", "A name that not all clients read alike"],
	["hashes-missing", "A file without its sha256"],
	["role-missing", "A role would be left without a valid file"],
	["role-unknown", "A role that nobody delegates"],
	["delegations-invalid", "A role that two files delegate"],
	["binding-mismatch", "Made for another repository or role"],
	["people-invalid", "A key that is not just one person's"],
	["custody-quorum", "Keys in custody could sign alone"],
	["policy-invalid", "A role without a period"]
]);
function problemTitle(code) {
	return TITLES.get(code) ?? "Something is wrong";
}

// src/render/requirement-text.ts
function openRequirements({ roles }) {
	return roles.flatMap(({ role, requirements }) => requirements.filter(({ reached }) => !reached).map((requirement) => ({
		role,
		requirement
	})));
}
function isNamed(people, name) {
	return people.some(({ person }) => person === name);
}
function askedFor(open) {
	const asked = open.map(({ requirement }) => requirement).filter((one) => one.approved.length < one.needed - one.votes.length);
	const approve = new Set(asked.flatMap(({ toApprove }) => toApprove));
	const sign = asked.flatMap(({ missing, approved }) => missing.filter((name) => !isNamed(approved, name) && !approve.has(name)));
	return {
		sign: [...new Set(sign)],
		approve: [...approve]
	};
}
function waitingFor({ needed, votes, missing, approved }, list) {
	const left = needed - votes.length;
	if (approved.length >= left) return `Approved. Waiting for the custody key of ${list(approved.map(({ person }) => person))}`;
	const names = list(missing);
	return left === missing.length ? `Waiting for ${names}` : `Waiting for ${String(left)} of ${names}`;
}
const MAX_CELL = 10;
function signedCell({ needed, votes, reached }) {
	const count = `${reached ? "✅ " : ""}**${String(votes.length)} of ${String(needed)}**`;
	const names = textList(votes, ({ person, custody }) => `${escapeMarkdown(person)}${custody ? " (custody)" : ""}`, MAX_CELL);
	return names === "" ? count : `${count}: ${names}`;
}
function missingCell(requirement) {
	const { missing, approved, reached } = requirement;
	if (reached) return "";
	return [...missing.slice(0, MAX_CELL).map((name) => {
		if (isNamed(approved, name)) return `${escapeMarkdown(name)}: approved, the custody key signs next`;
		return requirement.toApprove.includes(name) ? `${escapeMarkdown(name)}: approve in the browser` : escapeMarkdown(name);
	}), ...missing.length > MAX_CELL ? [`and ${String(missing.length - MAX_CELL)} more`] : []].join("<br>");
}
function requirementRow({ role, version }, requirement, state) {
	const missing = state === "waiting" ? missingCell(requirement) : "";
	return `| ${escapeMarkdown(role)} v${String(version)} | ${signedCell(requirement)} | ${missing} | ${escapeMarkdown(requirement.by)} |`;
}

// src/render/event-markdown.ts
const STICKY_MARKER = "<!-- countersign:status -->";
const BUDGETS$1 = {
	rows: 18e3,
	problems: 12e3,
	ignored: 8e3
};
const MARKS = {
	invalid: "❌",
	outdated: "♻️",
	queued: "⏸️",
	waiting: "⏳",
	complete: "✅"
};
function headline(status) {
	switch (status.state) {
		case "invalid": return "This event cannot complete as it is.";
		case "outdated": return "The signed state has moved on: this event must be built again.";
		case "queued": return status.behind === null ? "Queued; do not sign it yet." : `Queued behind #${String(status.behind)}; do not sign it yet.`;
		case "waiting": return "Waiting for signatures.";
		case "complete": return "Signed by enough people.";
		default: return status.state;
	}
}
const MAX_NAMED$1 = 5;
function title(status, open) {
	const [first, ...more] = open;
	if (status.state !== "waiting" || first === void 0) return headline(status).replace(/\.$/, "");
	if (more.length === 0) return waitingFor(first.requirement, (names) => nameList(names, MAX_NAMED$1));
	const { sign, approve } = askedFor(open);
	return sign.length + approve.length === 0 ? "Approved. Waiting for custody keys" : `Waiting for ${nameList([...sign, ...approve], MAX_NAMED$1)}`;
}
function tableLines({ roles, state }) {
	if (roles.length === 0) return [];
	return [
		"| file | signed | can still sign | signers set by |",
		"| --- | --- | --- | --- |",
		...fittingLines(roles, (role) => role.requirements.map((one) => requirementRow(role, one, state)).join("\n"), BUDGETS$1.rows, (count) => `| … ${countText(count)} more | | | |`),
		""
	];
}
function moreItems(count) {
	return `- … and ${countText(count)} more`;
}
const PAYLOADS_HEAD = 20;
function payloadLines(roles, budget) {
	const [only, ...more] = roles;
	if (only === void 0) return [];
	if (more.length === 0) return [`Payload: \`sha256:${only.payload}\``, ""];
	const line = ({ role, version, payload }) => `- **${escapeMarkdown(role)} v${String(version)}**: \`sha256:${payload}\``;
	return [
		"Payloads:",
		"",
		...fittingLines(roles, line, budget, moreItems),
		""
	];
}
function problemLines(problems) {
	if (problems.length === 0) return [];
	const line = ({ code, where, detail }) => `- **${problemTitle(code)}** (${codeMarkdown(where)}): ${escapeMarkdown(detail)} (\`${code}\`)`;
	return [...fittingLines(problems, line, BUDGETS$1.problems, moreItems), ""];
}
const MAX_IGNORED = 400;
function ignoredLines(roles) {
	const count = roles.reduce((sum, { ignored }) => sum + ignored.length, 0);
	if (count === 0) return [];
	const first = [];
	for (const { role, ignored } of roles) first.push(...ignored.slice(0, MAX_IGNORED - first.length).map((one) => ({
		...one,
		role
	})));
	const line = ({ role, who, code, detail }) => {
		const of = code === "unreadable" ? "" : ` (${escapeMarkdown(role)})`;
		return `- **${escapeMarkdown(who)}**${of} ${ignoredReason(code)} (${escapeMarkdown(detail)})`;
	};
	return [
		"**Not counted:**",
		"",
		...fittingLines(first, line, BUDGETS$1.ignored, (left) => moreItems(left + count - first.length)),
		""
	];
}
function askLines({ pull }, { sign, approve }) {
	if (sign.length + approve.length === 0) return ["Nobody needs to do anything: the key is used within 30 minutes.", ""];
	return [...sign.length === 0 ? [] : [
		"To sign, on your own machine:",
		"",
		...signCommand(pull.url),
		""
	], ...approve.length === 0 ? [] : [`To approve in the browser (${nameList(approve, MAX_NAMED$1)}): submit a review that approves this pull request.`, ""]];
}
function actionLines(status, open) {
	switch (status.state) {
		case "invalid": return ["Signatures do not help here. Close this pull request, correct what is wrong, and propose it again.", ""];
		case "outdated": return ["Do not sign it. It could not be built again by itself: close this pull request and propose it again.", ""];
		case "queued": return ["Nobody needs to do anything: its turn comes when the other one is signed or closed.", ""];
		case "complete": return ["Nobody needs to do anything: it is merged and published next.", ""];
		case "waiting": return askLines(status, askedFor(open));
		default: return status.state;
	}
}
function footer({ state }, checkedAt) {
	const next = state === "complete" ? "" : " New reviews and comments are checked within 30 minutes.";
	return `Last checked ${encodeInstant(checkedAt)}.${next}`;
}
function renderSticky(status, checkedAt) {
	const open = openRequirements(status);
	const head = [
		STICKY_MARKER,
		`### ${MARKS[status.state]} ${title(status, open)}`,
		"",
		...problemLines(status.problems),
		...tableLines(status),
		...actionLines(status, open)
	];
	const foot = [
		...ignoredLines(status.roles),
		footer(status, checkedAt),
		""
	];
	const left = MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - PAYLOADS_HEAD;
	return [
		...head,
		...payloadLines(status.roles, left),
		...foot
	].join("\n");
}
const MAX_STATUS = 140;
function statusText$1(text) {
	const plain = text.replace(/[^\x20-\x7e]/gu, "?");
	return plain.length > MAX_STATUS ? `${plain.slice(0, 137)}...` : plain;
}
function statusWords(status) {
	const [problem] = status.problems;
	if (status.state === "invalid" && problem !== void 0) return `Refused. ${problemTitle(problem.code)}: ${problem.where}`;
	const open = openRequirements(status);
	const [first, ...more] = open;
	if (status.state !== "waiting" || first === void 0) return headline(status);
	if (more.length === 0) {
		const { votes, needed } = first.requirement;
		return `${String(votes.length)} of ${String(needed)} signed. ${waitingFor(first.requirement, (names) => names.join(", "))}`;
	}
	return `Waiting for signatures: ${open.map(({ role, requirement: { by, votes, needed } }) => `${role} ${String(votes.length)} of ${String(needed)} (${by})`).join(", ")}`;
}
function statusLine(status) {
	const description = statusText$1(statusWords(status));
	if (status.state === "complete") return {
		state: "success",
		description
	};
	return {
		state: status.state === "invalid" ? "failure" : "pending",
		description
	};
}

// src/render/repository-links.ts
const PULL = /^(https:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+)\/pull\/[0-9]+$/;
function repositoryUrl(pullUrl) {
	return PULL.exec(pullUrl)?.[1] ?? null;
}
function commitLink(commit, repository) {
	if (repository === null || !/^[0-9a-f]{40}$/.test(commit)) return codeMarkdown(commit);
	return `[<code>${commit}</code>](${repository}/commit/${commit})`;
}
function runLink({ runId, runUrl }, repository) {
	const text = `run ${String(runId)}`;
	const own = `${repository ?? ""}/actions/runs/${String(runId)}`;
	return repository !== null && runUrl === own ? `[${text}](${own})` : `${text}, said to be at ${codeMarkdown(runUrl)}`;
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

// src/render/origin-text.ts
function contributionNumbers(contributions) {
	const numbers = /* @__PURE__ */ new Map();
	contributions.forEach(({ targets }, index) => {
		for (const path of targets ?? []) numbers.set(path, index + 1);
	});
	return numbers;
}
function contributionLine({ origin, targets, staged }, number, repository) {
	const count = targets === null ? "too many targets to list them" : countOf(targets.length, "target");
	const bytes = staged === null ? "" : `; the files to compare with are in its artifact ${codeMarkdown(staged)}`;
	if (origin === null) return `${String(number)}. by hand, not by a run: ${count}${bytes}`;
	const { workflow, commit, actor, ref } = origin;
	const of = workflow.endsWith(`@${ref}`) ? codeMarkdown(workflow) : `${codeMarkdown(workflow)} for ${codeMarkdown(ref)}`;
	const from = `${runLink(origin, repository)} of ${of}`;
	return `${String(number)}. ${from}, commit ${commitLink(commit, repository)}, started by ${codeMarkdown(actor)}: ${count}${bytes}`;
}
const MAX_NAMED = 5;
function strangers(contributions, changes) {
	if (contributions.length === 0 || contributions.some(({ targets }) => targets === null)) return [];
	const numbers = contributionNumbers(contributions);
	return changes.flatMap(({ kind, path }) => kind === "removed" || numbers.has(path) ? [] : [path]);
}
function originLines(contributions, changes, repository, budget) {
	if (contributions.length === 0) return [
		"### Where it comes from",
		"",
		"Nothing says which run proposed it.",
		""
	];
	const numbered = contributions.map((contribution, index) => ({
		contribution,
		number: index + 1
	}));
	const unnamed = strangers(contributions, changes);
	return [
		"### Where it comes from",
		"",
		"⚠️ Nobody signed this part: it is what the runs say of themselves.",
		"",
		...fittingLines(numbered, ({ contribution, number }) => contributionLine(contribution, number, repository), budget, (count) => `\n… and ${countOf(count, "more run")}`),
		"",
		...unnamed.length === 0 ? [] : [`**No run says that it brought** ${textList(unnamed, codeMarkdown, MAX_NAMED)}.`, ""]
	];
}

// src/render/target-table.ts
const MAX_ROWS = 100;
const MAX_FIELDS = 6;
const NAMES = /* @__PURE__ */ new Map([["$.custom.x-countersign.commit", "commit"], ["$.custom.x-countersign.hosting", "hosting"]]);
function restOf({ raw }) {
	const rest = new Map(raw);
	rest.delete("length");
	const hashes = rest.get("hashes");
	if (isJsonObject(hashes)) {
		const others = new Map(hashes);
		others.delete("sha256");
		if (others.size === 0) rest.delete("hashes");
		else rest.set("hashes", others);
	}
	return rest;
}
function valueText(path, json, repository) {
	const plain = /^"([A-Za-z0-9._/-]+)"$/.exec(json)?.[1];
	if (plain === void 0) return codeMarkdown(json);
	return NAMES.get(path) === "commit" ? commitLink(plain, repository) : codeMarkdown(plain);
}
function restText(before, after, repository) {
	const fields = diffFields(before, after, /* @__PURE__ */ new Set()).filter(({ path }) => path !== "$");
	return [...fields.slice(0, MAX_FIELDS).map(({ path, before: was, after: is }) => {
		return `${NAMES.get(path) ?? codeMarkdown(path.replace(/^\$\./, ""))} ${was === null ? "" : `<del>${valueText(path, was, repository)}</del> `}${is === null ? "removed" : valueText(path, is, repository)}`;
	}), ...fields.length > MAX_FIELDS ? [`${String(fields.length - MAX_FIELDS)} more fields`] : []].join(", ");
}
const EMPTY$1 = /* @__PURE__ */ new Map();
function sameRest(a, b) {
	return Buffer.compare(encodeCanonicalJson(a), encodeCanonicalJson(b)) === 0;
}
function commonRest({ proposed, changes }) {
	let common = null;
	for (const { kind, path } of changes) {
		const file = proposed.targets.get(path);
		if (kind === "removed" || file === void 0) continue;
		common ??= restOf(file);
		if (!sameRest(common, restOf(file))) return null;
	}
	return common === null || common.size === 0 ? null : common;
}
function hashText(file) {
	const hash = file?.hashes.get("sha256");
	return hash === void 0 ? "none" : `<code>${hash}</code>`;
}
function cell(was, is) {
	return was === null || was === is ? is : `<del>${was}</del><br>${is}`;
}
function row({ before, proposed, repository, runs }, { kind, path }, common) {
	const old = before?.targets.get(path);
	const file = kind === "removed" ? old : proposed.targets.get(path);
	const was = kind === "replaced" ? old : void 0;
	const rest = kind === "removed" || file === void 0 || kind === "added" && common !== null ? "" : restText(was === void 0 ? EMPTY$1 : restOf(was), restOf(file), repository);
	return `| ${[
		kind,
		`${codeMarkdown(path)}${rest === "" ? "" : `<br>${rest}`}`,
		cell(was === void 0 ? null : String(was.length), String(file?.length ?? 0)),
		cell(was === void 0 ? null : hashText(was), hashText(file)),
		...runs === null ? [] : [kind === "removed" ? "" : String(runs.get(path) ?? "none")]
	].join(" | ")} |`;
}
function targetLines(view, budget) {
	const { changes, repository, runs, file } = view;
	if (changes.length === 0) return [];
	const common = commonRest(view);
	const head = [
		...common === null ? [] : [`Signed with each file: ${restText(EMPTY$1, common, repository)}.`, ""],
		`| change | target | bytes | sha256 |${runs === null ? "" : " run |"}`,
		`| --- | --- | ---: | --- |${runs === null ? "" : " ---: |"}`
	];
	const first = changes.slice(0, MAX_ROWS);
	const beyond = changes.length - first.length;
	const more = (count) => `\n… and ${countText(count + beyond)} more, all of them in ${codeMarkdown(file)}.`;
	const left = budget - head.join("\n").length - more(0).length - 2;
	const rows = fittingLines(first, (change) => row(view, change, common), left, more);
	const isCut = rows.length < first.length || (rows.at(-1)?.startsWith("\n") ?? false);
	return [
		...head,
		...rows,
		...beyond > 0 && !isCut ? [more(0)] : [],
		""
	];
}

// src/render/proposal-markdown.ts
const BUDGETS = {
	fields: 8e3,
	origins: 1e4
};
function summary(changes) {
	const counts = [
		"added",
		"replaced",
		"removed"
	].flatMap((kind) => {
		const count = changes.filter((change) => change.kind === kind).length;
		return count === 0 ? [] : [`${countText(count)} ${kind}`];
	});
	return counts.length === 0 ? "no target changes" : counts.join(", ");
}
function signerText({ name, custody }) {
	return custody ? `${escapeMarkdown(name)} (custody, approves in the browser)` : escapeMarkdown(name);
}
function signerLines({ base, role, url }) {
	const signers = signersOf(base, role);
	if (signers === null) return ["Nobody can sign it: no role delegates it.", ""];
	const { keyIds, threshold } = signers.roleKeys;
	const people = keyIds.flatMap((keyId) => signers.people.byKey.get(keyId) ?? []);
	const command = people.every(({ custody }) => custody) ? [] : [
		"To sign, on your own machine:",
		"",
		...signCommand(url),
		""
	];
	return [
		`**Needs ${String(threshold)} of:** ${textList(people, signerText)}`,
		"",
		...command
	];
}
const EMPTY = /* @__PURE__ */ new Map();
const TOLD = /* @__PURE__ */ new Set([
	"$.version",
	"$.expires",
	"$.targets"
]);
function fieldLines(before, proposed) {
	const told = [
		{
			name: "version",
			was: before === void 0 ? null : String(before.version),
			is: String(proposed.version)
		},
		{
			name: "expires",
			was: before === void 0 ? null : encodeInstant(before.expires),
			is: encodeInstant(proposed.expires)
		},
		{
			name: "targets listed",
			was: before === void 0 ? null : countText(before.targets.size),
			is: countText(proposed.targets.size)
		}
	].filter(({ was, is }) => was !== is);
	const others = diffFields(before?.raw ?? EMPTY, proposed.raw, TOLD).filter(({ path }) => path !== "$");
	const shown = (value) => value === null ? "" : codeMarkdown(value);
	return [
		"| field | before | after |",
		"| --- | --- | --- |",
		...told.map(({ name, was, is }) => `| ${name} | ${was ?? ""} | ${is} |`),
		...fittingLines(others, ({ path, before: was, after: is }) => `| ${codeMarkdown(path.replace(/^\$\./, ""))} | ${shown(was)} | ${shown(is)} |`, BUDGETS.fields, (count) => `| … ${countText(count)} more | | |`),
		""
	];
}
function changesOf({ base, role, proposed, changes }) {
	return base.roles.has(role) ? changes : [...proposed.targets.keys()].map((path) => ({
		kind: "added",
		path
	}));
}
function renderProposal(view) {
	const { base, role, proposed, payload, url, contributions } = view;
	const before = base.roles.get(role)?.file.signed;
	const changes = changesOf(view);
	const repository = repositoryUrl(url);
	const head = [
		`### ${escapeMarkdown(role)} v${String(proposed.version)}: ${summary(changes)}`,
		"",
		...signerLines(view),
		`Payload: \`sha256:${payload}\``,
		"",
		"### What is signed",
		"",
		...fieldLines(before, proposed)
	];
	const foot = [
		...originLines(contributions, changes, repository, BUDGETS.origins),
		"The command verifies the change on your machine and shows it before you sign: trust that, not this page.",
		""
	];
	const left = MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - 2;
	const runs = contributions.length > 1 ? contributionNumbers(contributions) : null;
	return [
		...head,
		...targetLines({
			before,
			proposed,
			changes,
			repository,
			file: rolePath(role),
			runs
		}, left),
		...foot
	].join("\n");
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
function siteText(site, published, now) {
	if (site !== null) return `site: timestamp ${String(site.timestamp)}, expires ${expiryText(site.expires, now)}`;
	if (published === null) return "nothing is published yet";
	const { timestamp, expires } = published;
	return `published: timestamp ${String(timestamp)}, expires ${expiryText(expires, now)}; the site that was read does not serve it`;
}
function statusText(view, now, style) {
	const { repository, root, signed, site, published, events, findings } = view;
	const none = findings.some(({ code }) => code === "anchor-mismatch") ? "nothing is signed under the root that is pinned" : "nothing is signed yet";
	const lines = repository === null ? [none] : [`repository ${repository}`, style.faint(`root v1 sha256:${root ?? ""}`)];
	for (const { role, version, expires, targets } of signed) lines.push(`  ${terminalText(role)} v${String(version)}${targets === null ? "" : `, ${countOf(targets, "target")}`}; expires ${expiryText(expires, now)}`);
	lines.push(siteText(site, published, now));
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

// src/render/shell-word.ts
const PLAIN = /^[A-Za-z0-9_@%+=:,./-][A-Za-z0-9_@%+=:,./#-]*$/;
function shellWord(text) {
	return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

// src/render/reconcile-jobs.ts
const CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
const DEPLOY_PAGES = "actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0";
const RECONCILE_PERMISSIONS = [
	[
		"actions",
		"read",
		"the artifacts that proposals name"
	],
	[
		"contents",
		"write",
		"the branches of proposals and metadata, and draft releases"
	],
	[
		"id-token",
		"write",
		"proves to Pages which run deploys"
	],
	[
		"pages",
		"write",
		"deploys the site"
	],
	[
		"pull-requests",
		"write",
		"the text, the comment and the requests for review of a signing event"
	],
	[
		"statuses",
		"write",
		"the commit status `countersign`"
	]
];
function permissionLines(permissions, indent) {
	return permissions.map(([name, access, why]) => `${" ".repeat(indent)}${name}: ${access} # ${why}`);
}
function only(...wanted) {
	return RECONCILE_PERMISSIONS.flatMap(([name, , why]) => {
		const found = wanted.find((one) => one.startsWith(`${name}: `));
		return found === void 0 ? [] : [[
			name,
			found.slice(name.length + 2),
			why
		]];
	});
}
function step(pin, inputs, name, command, more = []) {
	return [
		`      - name: ${name}`,
		"        id: countersign",
		`        uses: ${pin.repository}@${pin.commit}`,
		"        with:",
		`          command: ${command}`,
		`          root: ${inputs.root}`,
		`          site-url: ${inputs.siteUrl}`,
		`          metadata-hosting: ${inputs.metadataHosting}`,
		`          metadata-tag: ${inputs.metadataTag}`,
		...more.map((line) => `          ${line}`)
	];
}
function outputs(...names) {
	return ["    outputs:", ...names.map((name) => `      ${name}: \${{ steps.countersign.outputs.${name} }}`)];
}
const GATHER = only("contents: write", "pull-requests: write", "statuses: write");
const SETTLE = only("actions: read", "contents: write", "pull-requests: write", "statuses: write");
function gatherJob(pin, inputs, condition) {
	return [
		"  gather:",
		"    name: Gather signatures",
		...condition === null ? [] : [`    if: ${condition}`],
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 15",
		"    permissions:",
		...permissionLines(GATHER, 6),
		...outputs("custody", "publish-needed", "deploy-needed"),
		"    steps:",
		...step(pin, inputs, "Count signatures, complete what has enough", "gather")
	];
}
function custodyJob(pin, inputs) {
	return [
		"  # One job for each person whose key is kept here and who has approved. It can write nothing: its signature leaves as an artifact.",
		"  custody:",
		"    name: Sign as ${{ matrix.person }}",
		"    needs: gather",
		"    if: ${{ !cancelled() && needs.gather.outputs.custody != '' && needs.gather.outputs.custody != '[]' }}",
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 15",
		"    permissions:",
		...permissionLines(only("contents: read", "pull-requests: read"), 6),
		"    strategy:",
		"      fail-fast: false",
		"      matrix:",
		"        include: ${{ fromJSON(needs.gather.outputs.custody) }}",
		"    environment: ${{ matrix.environment }}",
		"    steps:",
		...step(pin, inputs, "Sign what they approved", "custody", ["person: ${{ matrix.person }}", "key: ${{ secrets.COUNTERSIGN_KEY }}"])
	];
}
function settleJob(pin, inputs) {
	return [
		"  # Also when a custody job failed: the others may have signed.",
		"  settle:",
		"    name: Gather custody signatures",
		"    needs: [gather, custody]",
		"    if: ${{ !cancelled() && needs.custody.result != 'skipped' }}",
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 15",
		"    permissions:",
		...permissionLines(SETTLE, 6),
		...outputs("publish-needed", "deploy-needed"),
		"    steps:",
		...step(pin, inputs, "Count the custody signatures too", "settle")
	];
}
function publishJob(pin, inputs) {
	return [
		"  # Also when gathering failed: what cannot be verified must not stop the last verified state from staying fresh.",
		"  publish:",
		"    name: Publish",
		"    needs: [gather, settle]",
		"    if: ${{ !cancelled() && needs.gather.result != 'skipped' && (needs.gather.outputs.publish-needed != 'false' || needs.settle.outputs.publish-needed == 'true' || needs.settle.result == 'failure') }}",
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 30",
		"    permissions:",
		...permissionLines(only("actions: read", "contents: write", "pull-requests: read"), 6),
		"    environment: countersign-online",
		"    concurrency:",
		"      group: countersign-publish",
		"      cancel-in-progress: false",
		...outputs("deploy-needed"),
		"    steps:",
		...step(pin, inputs, "Sign snapshot and timestamp", "publish", ["online-key: ${{ secrets.COUNTERSIGN_ONLINE_KEY }}"])
	];
}
function deployJob(pin, inputs) {
	return [
		"  # Deploys what the published branch holds when this job starts, so an older run that comes late cannot take the site back.",
		"  deploy:",
		"    name: Deploy to Pages",
		"    needs: [gather, settle, publish]",
		`    if: \${{ !cancelled() && ${inputs.deploy === null ? "" : `${inputs.deploy} && `}(needs.publish.outputs.deploy-needed == 'true' || (needs.publish.result != 'success' && (needs.gather.outputs.deploy-needed == 'true' || needs.settle.outputs.deploy-needed == 'true'))) }}`,
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 30",
		"    permissions:",
		...permissionLines(only("contents: read", "id-token: write", "pages: write"), 6),
		"    environment:",
		"      name: github-pages",
		"      url: ${{ steps.deployment.outputs.page_url }}",
		"    concurrency:",
		"      group: countersign-deploy",
		"      cancel-in-progress: false",
		"    steps:",
		"      - name: Check out the published branch",
		`        uses: ${CHECKOUT}`,
		"        with:",
		"          ref: tuf-published",
		"          path: site",
		"          persist-credentials: false",
		...step(pin, inputs, "Verify the site", "site", ["site: site"]),
		"      - name: Deploy",
		"        id: deployment",
		`        uses: ${DEPLOY_PAGES}`,
		"        with:",
		"          artifact_name: github-pages-${{ github.run_attempt }}"
	];
}
function reconcileJobs(pin, inputs, condition, deploy = "here") {
	const all = [
		gatherJob(pin, inputs, condition),
		custodyJob(pin, inputs),
		settleJob(pin, inputs),
		publishJob(pin, inputs),
		deployJob(pin, inputs)
	];
	return ["jobs:", ...(deploy === "here" ? all : all.slice(0, -1)).flatMap((job, index) => index === 0 ? job : ["", ...job])];
}

// src/render/workflow-files.ts
const ACTION_PIN = {
	repository: "OWNER/countersign",
	commit: "0000000000000000000000000000000000000000"
};
const WORKFLOW_PIN = {
	repository: "OWNER/countersign",
	commit: "0000000000000000000000000000000000000000"
};
function scalar(text) {
	return /^[A-Za-z][A-Za-z0-9._-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : JSON.stringify(text);
}
function file(lines) {
	return `${lines.join("\n")}\n`;
}
function wakeWorkflow() {
	return file([
		"# Does nothing. That it ran wakes `countersign` on the default branch, which checks everything itself.",
		"name: countersign-wake",
		"on: [pull_request_review]",
		"permissions: {}",
		"concurrency: { group: countersign-wake, cancel-in-progress: true }",
		"jobs:",
		"  wake:",
		"    name: Wake",
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 5",
		"    steps: [{ run: 'true' }]"
	]);
}
const CONDITION = "github.event_name != 'issue_comment' || (github.event.issue.pull_request && contains(github.event.comment.body, 'countersign'))";
const TRIGGERS = [
	"name: countersign",
	"on:",
	"  workflow_run: # a review; whatever became of the run that it started",
	"    workflows: [countersign-wake]",
	"    types: [completed]",
	"  issue_comment: # a signature in a comment",
	"    types: [created, edited]",
	"  schedule: # missed wakes cost half an hour; keeps the timestamp fresh",
	"    - cron: '13,43 * * * *'",
	"  workflow_dispatch:",
	"permissions: {}"
];
function callingWorkflow(pin, settings) {
	return file([
		"# Keeps the TUF repository going. Whoever may change this file can reach its keys: let its changes be reviewed.",
		...TRIGGERS,
		"jobs:",
		"  reconcile:",
		"    name: Reconcile",
		`    if: ${CONDITION}`,
		"    permissions:",
		...permissionLines(RECONCILE_PERMISSIONS, 6),
		`    uses: ${pin.repository}/${REUSABLE_PATH}@${pin.commit}`,
		"    with:",
		`      root: ${settings.root}`,
		`      site-url: ${scalar(settings.siteUrl)}`,
		`      metadata-hosting: ${settings.metadataHosting}`,
		...settings.metadataTag === "" ? [] : [`      metadata-tag: ${scalar(settings.metadataTag)}`],
		...settings.deploy === "here" ? [] : ["      deploy: false"],
		"    secrets: # each is empty here; naming it lets the job of its environment read it",
		`      ${ONLINE_SECRET}: \${{ secrets.${ONLINE_SECRET} }}`,
		`      ${CUSTODY_SECRET}: \${{ secrets.${CUSTODY_SECRET} }}`
	]);
}
function ejectedWorkflow(pin, settings) {
	const inputs = {
		root: settings.root,
		siteUrl: scalar(settings.siteUrl),
		metadataHosting: settings.metadataHosting,
		metadataTag: scalar(settings.metadataTag),
		deploy: null
	};
	return file([
		"# Keeps the TUF repository going. Whoever may change this file can reach its keys: let its changes be reviewed.",
		...TRIGGERS,
		...reconcileJobs(pin, inputs, CONDITION, settings.deploy)
	]);
}
const RELEASE_PERMISSIONS = [
	[
		"actions",
		"read",
		"fetches the artifacts that the build has uploaded"
	],
	[
		"contents",
		"write",
		"pushes the branch of the proposal, and keeps the files as a draft release"
	],
	[
		"pull-requests",
		"write",
		"opens the pull request that people sign"
	]
];
function releaseJob(pin, { role, artifacts, targetPrefix, root, site }) {
	return file([
		"  countersign:",
		"    name: Propose the release",
		"    needs: build",
		"    runs-on: ubuntu-latest",
		"    permissions:",
		...permissionLines(RELEASE_PERMISSIONS, 6),
		"    steps:",
		`      - uses: ${pin.repository}@${pin.commit}`,
		"        with:",
		`          role: ${scalar(role)}`,
		`          artifacts: ${scalar(artifacts)}`,
		`          target-prefix: ${targetPrefix}`,
		...root === null ? [] : [`          root: ${root}`],
		`          site-url: ${scalar(site.siteUrl)}`,
		...site.metadataHosting === "pages" ? [] : ["          metadata-hosting: release", `          metadata-tag: ${scalar(site.metadataTag)}`]
	]);
}

export { renderSticky as _, releaseJob as a, terminalText as b, gatherText as c, verifyText as d, renderProposal as f, STICKY_MARKER as g, expiryText as h, ejectedWorkflow as i, publishText as l, eventText as m, WORKFLOW_PIN as n, wakeWorkflow as o, countOf as p, callingWorkflow as r, shellWord as s, ACTION_PIN as t, statusText as u, statusLine as v, describeChange as y };
