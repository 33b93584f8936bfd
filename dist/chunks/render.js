import { At as encodeInstant, Ht as encodeCanonicalJson, Kt as isJsonArray, Qt as outcomeOf, qt as isJsonObject, yt as sha256Hex } from "./tuf.js";
import { M as REUSABLE_PATH, Vt as rolePath, j as ONLINE_SECRET, jt as signersOf, k as CUSTODY_SECRET } from "./event.js";
import { d as parsePeople, g as MAX_BODY_CHARACTERS, u as parsePeriods } from "./trust.js";

// src/render/ignored-text.ts
function ignoredReason(code) {
	switch (code) {
		case "wrong-repository": return "signed for another repository";
		case "other-payload": return "signed other content than this; sign again";
		case "not-a-signer": return "signed with a key that may not sign this file";
		case "not-the-owner": return "brought a signature of somebody else's key; its owner must sign";
		case "moved-on": return "signed another root of this version since, which takes its place";
		case "approval-missing": return "brought a signature of a custody key whose owner has not approved; they must approve in the browser";
		case "approval-stale": return "brought a signature of a custody key whose owner approved older content; they must approve again in the browser";
		case "withdrawn": return "took it back, or it was dismissed; sign again to have it count";
		case "invalid-signature": return "brought a signature that does not verify; sign again";
		case "unreadable": return "wrote a countersign block that can not be read; paste it again as it was printed, and nothing else";
		default: return code;
	}
}

// src/render/count-text.ts
function countText(count) {
	const digits = String(count);
	const first = digits.length % 3;
	const groups = Array.from({ length: Math.floor(digits.length / 3) }, (_, index) => digits.slice(first + 3 * index, first + 3 * index + 3));
	return [...first === 0 ? [] : [digits.slice(0, first)], ...groups].join(",");
}

// src/render/terminal-text.ts
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
function characterCode(character) {
	const hex = (character.codePointAt(0) ?? 0).toString(16);
	return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
function terminalText(text) {
	return text.replace(UNSEEN, (character) => character === " " ? character : characterCode(character));
}

// src/render/visible-text.ts
const LIKE_ASCII = new Set([
	"асԁеһіјӏорԛсԝхуѕнтмквгпдбзѵүҫҽ",
	"АВСЕНІЈКМОРԚЅТԜХУЗЬѴӀҮ",
	"αγεηικνοπρτυχωϲϳ",
	"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺ",
	"ցօոսհզքաղոյտբգԼՍՕՏԶ"
].flatMap((letters) => Array.from(letters)));
const CLOSE_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;
const FAR_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Georgian}\p{Script=Ethiopic}\p{Script=Tibetan}\p{Script=Mongolian}]/u;
const LIKE_SIGNS = new Set(Array.from("一丨丶丿ノーㅡㅣ〇٠۰०০੦૦୦௦౦೦൦၀๐໐ו｡。"));
const LATIN_LETTERS = new Set(Array.from("ßæœøðþłđħŋÆŒØÐÞŁĐĦŊ"));
const WITH_SIGNS = /^[A-Za-z]\p{M}+$/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const SIGN = /^\p{M}$/u;
const ASCII = /^[\u0020-\u007e]$/;
function isOwnLatin(character) {
	return LATIN_LETTERS.has(character) || WITH_SIGNS.test(character.normalize("NFD"));
}
function isPlain(character, word) {
	if (ASCII.test(character)) return true;
	if (LIKE_SIGNS.has(character) || character.normalize("NFKC") !== character) return false;
	if (CLOSE_SCRIPT.test(character)) return word.foreign && !word.latin;
	return FAR_SCRIPT.test(character) || isOwnLatin(character);
}
function visibleWord(word) {
	const characters = Array.from(word);
	const scripts = {
		latin: characters.some((character) => /\p{Script=Latin}/u.test(character)),
		foreign: characters.some((character) => CLOSE_SCRIPT.test(character) && !LIKE_ASCII.has(character))
	};
	return characters.map((character, at) => {
		return !(SIGN.test(character) && !FAR_SCRIPT.test(characters[at - 1] ?? "")) && isPlain(character, scripts) ? character : characterCode(character);
	}).join("");
}
function visibleJson(json) {
	if (/^[\u0020-\u007e]*$/.test(json)) return json;
	let [shown, end] = ["", 0];
	for (const { 0: word, index } of json.matchAll(WORD)) {
		shown += visibleSigns(json.slice(end, index)) + visibleWord(word);
		end = index + word.length;
	}
	return shown + visibleSigns(json.slice(end));
}
function visibleSigns(text) {
	return Array.from(text, (character) => ASCII.test(character) ? character : characterCode(character)).join("");
}
function visibleName(name) {
	return visibleJson(name.replaceAll("\\", "\\\\"));
}

// src/render/markdown.ts
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
function valueMarkdown(json) {
	const characters = json.length > MAX_TEXT ? Array.from(json) : [];
	if (characters.length <= MAX_TEXT) return codeMarkdown(visibleJson(json));
	const note = `cut: ${countText(characters.length)} characters, sha256:${sha256Hex(json)}`;
	return `${codeMarkdown(visibleJson(characters.slice(0, MAX_TEXT / 2).join("")))}… (${note})`;
}
function nameMarkdown(name) {
	const characters = name.length > MAX_TEXT ? Array.from(name) : [];
	if (characters.length <= MAX_TEXT) return codeMarkdown(visibleName(name));
	const note = `cut: ${countText(characters.length)} characters, sha256:${sha256Hex(name)}`;
	return `${codeMarkdown(visibleName(characters.slice(0, MAX_TEXT / 2).join("")))}… (${note})`;
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
	waiting: "⏳",
	complete: "✅"
};
function behindText(number) {
	return `#${String(number)} changes the same role: if it completes first, this one is built again and must be signed again.`;
}
function headline(status) {
	switch (status.state) {
		case "invalid": return "This event cannot complete as it is.";
		case "outdated": return "The signed state has moved on: this event must be built again.";
		case "waiting": return status.behind === null ? "Waiting for signatures." : `Waiting for signatures. ${behindText(status.behind)}`;
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
		case "complete": return ["Nobody needs to do anything: it is merged and published next.", ""];
		case "waiting": return [...status.behind === null ? [] : [behindText(status.behind), ""], ...askLines(status, askedFor(open))];
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
const FULL = "Conversation full: see the job summary of countersign.";
function statusLine(status, isFull = false) {
	const description = statusText$1(isFull ? `${FULL} ${statusWords(status)}` : statusWords(status));
	if (status.state === "complete") return {
		state: "success",
		description
	};
	return {
		state: status.state === "invalid" ? "failure" : "pending",
		description
	};
}

// src/render/cut-text.ts
function plainText(text) {
	return {
		brief: text,
		full: text
	};
}
function joined(parts) {
	const side = (name) => parts.map((part) => typeof part === "string" ? part : part[name]).join("");
	return {
		brief: side("brief"),
		full: side("full")
	};
}
function cutText(text, max, show) {
	if (text.length <= max) return plainText(show(text));
	const characters = Array.from(text);
	if (characters.length <= max) return plainText(show(text));
	const note = `(cut: ${countText(characters.length)} characters, sha256:${sha256Hex(text)})`;
	return {
		brief: `${show(characters.slice(0, max).join(""))}… ${note}`,
		full: show(text)
	};
}
function restDigest$1(lines) {
	return sha256Hex(lines.map((line) => `${line}\n`).join(""));
}
function moreText(rest, count, noun) {
	return `  … and ${countText(count)} more ${noun}${count === 1 ? "" : "s"}, sha256:${restDigest$1(rest.map(({ full }) => full))}`;
}
function cutList(entries, noun, limits) {
	const rest = entries.slice(limits.entries);
	const brief = entries.slice(0, limits.entries).flatMap((entry) => {
		const [shown, left] = [entry.slice(0, limits.lines), entry.slice(limits.lines)];
		return [...shown.map((line) => line.brief), ...left.length === 0 ? [] : [moreText(left, left.length, "line")]];
	});
	return {
		brief: rest.length === 0 ? brief : [...brief, moreText(rest.flat(), rest.length, noun)],
		full: entries.flatMap((entry) => entry.map(({ full }) => full))
	};
}

// src/render/json-diff.ts
function jsonText(value) {
	return new TextDecoder().decode(encodeCanonicalJson(value));
}
function differ(before, after) {
	if (before === void 0 || after === void 0) return before !== after;
	if (typeof before !== "object" || before === null) return before !== after;
	return Buffer.compare(encodeCanonicalJson(before), encodeCanonicalJson(after)) !== 0;
}
function collect(before, after, steps, out) {
	if (isJsonObject(before) && isJsonObject(after)) {
		for (const key of /* @__PURE__ */ new Set([...before.keys(), ...after.keys()])) collect(before.get(key), after.get(key), [...steps, key], out);
		return;
	}
	if (isJsonArray(before) && isJsonArray(after)) {
		for (let index = 0; index < Math.max(before.length, after.length); index++) collect(before[index], after[index], [...steps, index], out);
		return;
	}
	if (differ(before, after)) out.push({
		steps,
		before,
		after
	});
}
function diffJson(before, after) {
	const changes = [];
	collect(before, after, [], changes);
	return changes;
}
function members(value) {
	if (isJsonObject(value)) return [...value];
	return isJsonArray(value) ? value.map((item, index) => [index, item]) : [];
}
function splitChange(change, fits) {
	const { steps, before, after } = change;
	const whole = before === void 0 ? after : after === void 0 ? before : void 0;
	const parts = members(whole);
	if (whole === void 0 || parts.length === 0 || fits(whole)) return [change];
	return parts.flatMap(([step, value]) => {
		return splitChange({
			steps: [...steps, step],
			before: before === void 0 ? void 0 : value,
			after: after === void 0 ? void 0 : value
		}, fits);
	});
}

// src/render/change-fields.ts
const MAX_VALUE = 300;
const MAX_NAME = 200;
const MAX_WHOLE = 160;
const PLAIN_STEP = /^[A-Za-z_][A-Za-z0-9_-]{0,79}$/;
function stepText(step) {
	if (typeof step === "number") return joined([
		"[",
		String(step),
		"]"
	]);
	return PLAIN_STEP.test(step) ? joined([".", step]) : joined([
		"[",
		cutText(jsonText(step), MAX_NAME, visibleJson),
		"]"
	]);
}
function stepsText(steps) {
	return joined(steps.map(stepText));
}
function valueText$1(value) {
	return cutText(jsonText(value), MAX_VALUE, visibleJson);
}
function changeLine(mark, place, { before, after }) {
	if (before === void 0) return joined([
		mark,
		"+ ",
		place,
		": ",
		after === void 0 ? "nothing" : valueText$1(after)
	]);
	if (after === void 0) return joined([
		mark,
		"- ",
		place,
		": ",
		valueText$1(before)
	]);
	return joined([
		mark,
		"~ ",
		place,
		": ",
		valueText$1(before),
		" -> ",
		valueText$1(after)
	]);
}
function fits(value) {
	return jsonText(value).length <= MAX_WHOLE;
}
function rank({ before, after }) {
	if (before === void 0) return 2;
	return after === void 0 ? 1 : 0;
}
function fieldEntries(before, after, root, indent) {
	return [...diffJson(before, after).flatMap((change) => splitChange(change, fits))].sort((a, b) => rank(a) - rank(b)).map((change) => {
		const place = joined([root, stepsText(change.steps)]);
		return [changeLine(indent, root === "" ? {
			brief: place.brief.replace(/^\./, ""),
			full: place.full.replace(/^\./, "")
		} : place, change)];
	});
}

// src/render/change-targets.ts
const MAX_PATH = 200;
const EMPTY$3 = /* @__PURE__ */ new Map();
function sameEntry(a, b) {
	return a.raw === b.raw || Buffer.compare(encodeCanonicalJson(a.raw), encodeCanonicalJson(b.raw)) === 0;
}
function differenceOf(before, after) {
	const removed = [];
	const replaced = [];
	const restated = [];
	const added = [];
	for (const [path, file] of after.targets) {
		const old = before?.targets.get(path);
		if (old === void 0) added.push({
			path,
			file
		});
		else if (old.hashes.get("sha256") !== file.hashes.get("sha256") || old.length !== file.length) replaced.push({
			path,
			file,
			before: old
		});
		else if (!sameEntry(old, file)) restated.push({
			path,
			file,
			before: old
		});
	}
	for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) removed.push({
		path,
		file
	});
	return {
		removed,
		replaced,
		restated,
		added
	};
}
function ourText(file, field) {
	const custom = file.raw.get("custom");
	const ours = isJsonObject(custom) ? custom.get("x-countersign") : void 0;
	const value = isJsonObject(ours) ? ours.get(field) : void 0;
	return typeof value === "string" && value.length <= MAX_PATH ? value : null;
}
function without(object, keys) {
	return new Map([...object].filter(([key]) => !keys.includes(key)));
}
function reduced(object, key, reduce) {
	const member = object.get(key);
	if (!isJsonObject(member)) return object;
	const less = reduce(member);
	if (less.size === member.size && [...less].every(([name, value]) => member.get(name) === value)) return object;
	return less.size === 0 ? without(object, [key]) : new Map([...object, [key, less]]);
}
function restOf$1(file) {
	const told = ["commit", "hosting"].filter((field) => ourText(file, field) !== null);
	return reduced(reduced(without(file.raw, ["length"]), "hashes", (all) => without(all, ["sha256"])), "custom", (custom) => reduced(custom, "x-countersign", (ours) => without(ours, told)));
}
function headLine(mark, path, file) {
	const [commit, hosting] = [ourText(file, "commit"), ourText(file, "hosting")];
	const words = [...commit === null ? [] : [`from commit ${visibleName(commit)}`], ...hosting === null ? [] : [`hosting ${visibleName(hosting)}`]].map((text) => `, ${text}`);
	const hash = file.hashes.get("sha256");
	const of = `  ${String(file.length)} bytes  ${hash === void 0 ? "no sha256" : `sha256:${hash}`}${words.join("")}`;
	return joined([
		`  ${mark} `,
		cutText(path, MAX_PATH, visibleName),
		of
	]);
}
const INDENT = "      ";
function restLines(before, file) {
	return fieldEntries(before === null ? EMPTY$3 : restOf$1(before), restOf$1(file), "", INDENT).flat();
}
function removedEntry({ path, file }) {
	return [headLine("-", path, file)];
}
function replacedEntry({ path, before, file }) {
	return [
		headLine("-", path, before),
		headLine("+", path, file),
		...restLines(before, file)
	];
}
function restatedEntry({ path, before, file }) {
	return [headLine("~", path, file), ...fieldEntries(before.raw, file.raw, "", INDENT).flat()];
}
function addedEntry({ path, file }) {
	return [headLine("+", path, file), ...restLines(null, file)];
}

// src/render/change-words.ts
const KEY_DIGITS = 12;
function peopleOf(signed) {
	const { binding } = signed;
	if (binding === null) return null;
	const outcome = outcomeOf(() => parsePeople(binding, "x-countersign"));
	return outcome.kind === "accepted" ? outcome.value : null;
}
function onlineNames(signed) {
	const online = signed.binding?.raw.get("online");
	const entries = isJsonObject(online) ? [...online] : [];
	return new Map(entries.flatMap(([keyId, uri]) => typeof uri === "string" ? [[keyId, uri]] : []));
}
function keysText(signed, { keyIds, threshold }) {
	const [people, online] = [peopleOf(signed), onlineNames(signed)];
	const names = keyIds.map((keyId) => {
		const person = people?.byKey.get(keyId);
		const key = `key ${keyId.slice(0, KEY_DIGITS)}`;
		if (person !== void 0) return `${visibleName(person.name)} (${person.custody ? "custody, " : ""}${key})`;
		const uri = online.get(keyId);
		return uri === void 0 ? key : `${key} (${visibleName(uri)})`;
	});
	return `${String(threshold)} of ${names.join(", ")}`;
}
function personText({ account, custody }) {
	const who = account === null ? "without an account" : `account ${visibleName(account.login)}, id ${String(account.id)}`;
	return custody ? `${who}, key in custody of the host` : who;
}
function spanText(seconds) {
	for (const [size, noun] of [
		[86400, "day"],
		[3600, "hour"],
		[60, "minute"]
	]) {
		const count = seconds / size;
		if (Number.isInteger(count)) return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
	}
	return `${String(seconds)} second${seconds === 1 ? "" : "s"}`;
}
function periodsOf(signed) {
	const { binding } = signed;
	if (binding === null) return /* @__PURE__ */ new Map();
	const outcome = outcomeOf(() => parsePeriods(binding, "x-countersign"));
	return outcome.kind === "accepted" ? outcome.value : /* @__PURE__ */ new Map();
}
function roleWords(signed) {
	if (signed.kind === "root") return Object.entries(signed.roles).map(([role, keys]) => [role, keysText(signed, keys)]);
	const { delegations } = signed;
	if (delegations === null) return [];
	if (delegations.kind === "succinct") {
		const { succinct } = delegations;
		const bins = `${String(2 ** succinct.bitLength)} bins named ${visibleName(succinct.namePrefix)}-…`;
		return [["hash bins", `${keysText(signed, succinct)}; ${bins}`]];
	}
	return delegations.roles.map((role, index) => {
		const { paths } = role;
		const which = paths.kind === "patterns" ? `paths ${paths.patterns.map(visibleName).join(" ")}` : `paths by hash ${paths.prefixes.join(" ")}`;
		const order = role.terminating ? "; the search ends here (terminating)" : "; the search goes on after it";
		return [role.name, `${keysText(signed, role)}; ${which}; searched in place ${String(index + 1)}${order}`];
	});
}
function wordsOf(signed) {
	if (signed === null) return /* @__PURE__ */ new Map();
	const people = peopleOf(signed);
	const persons = [...people?.byKey ?? []].map(([keyId, person]) => {
		return [`person ${visibleName(person.name)}, key ${keyId.slice(0, KEY_DIGITS)}`, personText(person)];
	});
	const reasons = [...people?.custodyQuorum ?? []].map(([role, reason]) => {
		return [`reason why keys in custody alone may sign ${visibleName(role)}`, JSON.stringify(visibleName(reason))];
	});
	const roles = roleWords(signed).map(([role, text]) => [`role ${visibleName(role)}`, text]);
	return new Map([
		...roles,
		...persons,
		...reasons
	]);
}
function wordLines(before, after) {
	const lines = [];
	for (const [what, text] of after) {
		const old = before.get(what);
		if (old === text) continue;
		if (old !== void 0) lines.push(`  - ${what}: ${old}`);
		lines.push(`  + ${what}: ${text}`);
	}
	for (const [what, old] of before) if (!after.has(what)) lines.push(`  - ${what}: ${old}`);
	return lines;
}
function periodLines(before, after) {
	const [old, now] = [before === null ? /* @__PURE__ */ new Map() : periodsOf(before), periodsOf(after)];
	const text = (was, is) => {
		const shown = (seconds) => seconds === void 0 ? "nothing" : spanText(seconds);
		return was === is ? shown(is) : was === void 0 ? shown(is) : `${shown(was)} -> ${shown(is)}`;
	};
	return [.../* @__PURE__ */ new Set([...now.keys(), ...old.keys()])].flatMap((role) => {
		const [was, is] = [old.get(role), now.get(role)];
		if (was?.expiresSeconds === is?.expiresSeconds && was?.renewSeconds === is?.renewSeconds) return [];
		const mark = was === void 0 ? "+" : is === void 0 ? "-" : "~";
		const lasts = text(was?.expiresSeconds, is?.expiresSeconds);
		return [`  ${mark} period ${visibleName(role)}: lasts ${lasts}, renewed before its end by ${text(was?.renewSeconds, is?.renewSeconds)}`];
	});
}
const MAX_LINE = 1e3;
function wordsOfChange(before, after) {
	return [...wordLines(wordsOf(before), wordsOf(after)), ...periodLines(before, after)].map((line) => [cutText(line, MAX_LINE, (text) => text)]);
}

// src/render/change-text.ts
const LIMITS = {
	entries: 200,
	lines: 40
};
const EMPTY$2 = /* @__PURE__ */ new Map();
const TOLD$1 = [
	"version",
	"expires",
	"targets"
];
function withoutTold(signed) {
	return new Map([...signed].filter(([key]) => !TOLD$1.includes(key)));
}
function plain(...lines) {
	return {
		brief: lines,
		full: lines
	};
}
function countsLine(difference, listed) {
	const { removed, replaced, restated, added } = difference;
	const told = [
		["removed", removed],
		["replaced", replaced],
		["with other words about the same bytes", restated],
		["added", added]
	].filter(([, paths]) => paths.length > 0).map(([word, paths]) => `${countText(paths.length)} ${word}`);
	const total = `${countText(listed)} listed`;
	return told.length === 0 ? `  targets: none changes; ${total}` : `  targets: ${told.join(", ")}; ${total}`;
}
function headLines({ role, file, before, digest }) {
	const { signed } = file;
	const longer = before === null ? 0 : signed.expires - before.expires;
	const span = longer === 0 ? "" : ` (${spanText(Math.abs(longer))} ${longer > 0 ? "later" : "earlier"})`;
	return plain(`${visibleName(role)} v${String(signed.version)}${before === null ? " (new)" : ` (now v${String(before.version)})`}`, `  payload sha256:${digest}`, `  expires ${before === null ? "" : `${encodeInstant(before.expires)} -> `}${encodeInstant(signed.expires)}${span}`);
}
function targetList(targets, entry) {
	return cutList(targets.map(entry), "target", LIMITS);
}
function firstLines$1(change) {
	const { file, before } = change;
	const { signed } = file;
	const old = before?.kind === "targets" ? before : null;
	const fields = fieldEntries(before === null ? EMPTY$2 : withoutTold(before.raw), withoutTold(signed.raw), "$", "  ");
	const head = [
		headLines(change),
		cutList(wordsOfChange(before, signed), "line", LIMITS),
		cutList(fields, "field", LIMITS)
	];
	if (signed.kind === "root") return head;
	const difference = differenceOf(old, signed);
	return [
		...head,
		plain(countsLine(difference, signed.targets.size)),
		targetList(difference.removed, removedEntry),
		targetList(difference.replaced, replacedEntry),
		targetList(difference.restated, restatedEntry)
	];
}
function addedLines({ role, file, before }) {
	const { signed } = file;
	if (signed.kind === "root") return [];
	const { added } = differenceOf(before?.kind === "targets" ? before : null, signed);
	if (added.length === 0) return [];
	return [
		plain(`${visibleName(role)} v${String(signed.version)} adds ${countText(added.length)} target${added.length === 1 ? "" : "s"}:`),
		targetList(added, addedEntry),
		plain("")
	];
}
function rootLines({ payload, file }) {
	return plain("This machine has not met this repository before. Compare the digest of its root v1 with the others by other means:", `  payload sha256:${payload}`, ...file === null ? [] : [`  file 1.root.json sha256:${file}`], "");
}
function questionOf(files, { person, keyId, signed }) {
	return `Sign ${files.map(({ role, file }) => `${visibleName(role)} v${String(file.signed.version)}`).join(", ")} as ${visibleName(person)} (key ${keyId.slice(0, 12)})${signed ? " again" : ""}?`;
}
function changeLines(files) {
	const parts = [...files.flatMap((file) => [...firstLines$1(file), plain("")]), ...files.flatMap(addedLines)];
	return {
		brief: parts.flatMap((part) => part.brief),
		full: parts.flatMap((part) => part.full)
	};
}
function describeChange(files, newRoot, as) {
	const parts = [
		...as.signed ? [plain(`${visibleName(as.person)} has signed this already, and it counts: signing again changes nothing.`, "")] : [],
		...files.flatMap((file) => [...firstLines$1(file), plain("")]),
		...newRoot === null ? [] : [rootLines(newRoot)],
		...files.flatMap(addedLines)
	];
	const full = parts.flatMap((part) => part.full).join("\n");
	const brief = parts.flatMap((part) => part.brief).join("\n");
	return {
		brief,
		full,
		isCut: brief !== full,
		question: questionOf(files, as),
		files
	};
}

// src/render/event-text.ts
function fenceFor(lines) {
	return "~".repeat(lines.reduce((least, line) => Math.max(least, ...(line.match(/~+/g) ?? []).map(({ length }) => length + 1)), 3));
}
function names(files) {
	return files.map(({ role, file }) => `${role} v${String(file.signed.version)}`);
}
function eventTitle(files) {
	return `Sign ${names(files).slice(0, 3).join(", ")}${files.length > 3 ? ` and ${String(files.length - 3)} more` : ""}`;
}
function firstLines({ files, first }) {
	if (first === null) return [];
	const root = files.find(({ role }) => role === "root")?.digest;
	return [
		`The first metadata of this repository, \`${first}\`.`,
		"",
		...root === void 0 ? [] : [`- root v1: \`sha256:${root}\``, ""],
		"Everyone whom root v1 lists must sign it. Compare the digest with each other by other means first.",
		""
	];
}
function renderEventText(view) {
	const { files, url } = view;
	const { brief } = changeLines(files);
	const fence = fenceFor(brief);
	const head = [
		`### ${names(files).slice(0, 10).map(escapeMarkdown).join(", ")}`,
		"",
		...firstLines(view),
		"To sign, on your own machine:",
		"",
		...signCommand(url),
		"",
		"### What is signed",
		"",
		`${fence}text`
	];
	const foot = [
		fence,
		"",
		"The command verifies the change on your machine and shows it before you sign: trust that, not this page.",
		""
	];
	const shown = fittingLines(brief, (line) => line, MAX_BODY_CHARACTERS - [...head, ...foot].join("\n").length - 2, (count) => `  … and ${countText(count)} more lines, sha256:${restDigest$1(brief.slice(-count))}`);
	return [
		...head,
		...shown,
		...foot
	].join("\n");
}

// src/render/field-diff.ts
function diffFields(before, after, skip) {
	const rest = (part) => new Map([...part].filter(([key]) => !skip.has(`$.${key}`)));
	return diffJson(rest(before), rest(after)).flatMap((change) => splitChange(change, () => false)).map(({ steps, before: was, after: is }) => ({
		path: `$${stepsText(steps).full}`,
		before: was === void 0 ? null : jsonText(was),
		after: is === void 0 ? null : jsonText(is)
	}));
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
function replacedLines(contributions) {
	const brought = /* @__PURE__ */ new Map();
	return contributions.flatMap(({ targets, replaced }, index) => {
		const own = [...replaced ?? []].flatMap(([path, sha256]) => {
			const whose = brought.get(path);
			return whose === void 0 ? [] : [{
				path,
				sha256,
				whose
			}];
		});
		for (const path of targets ?? []) brought.set(path, index + 1);
		const list = textList(own, ({ path, sha256, whose }) => `${nameMarkdown(path)} of number ${String(whose)} (sha256 <code>${escapeMarkdown(sha256)}</code>)`, MAX_NAMED);
		return own.length === 0 ? [] : [`⚠️ **Number ${String(index + 1)} replaced what was proposed before:** ${list}.`, ""];
	}).slice(0, MAX_REPLACED);
}
const MAX_REPLACED = 40;
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
		...replacedLines(contributions),
		...unnamed.length === 0 ? [] : [`**No run says that it brought** ${textList(unnamed, codeMarkdown, MAX_NAMED)}.`, ""]
	];
}

// src/render/target-table.ts
const MAX_ROWS = 100;
const MAX_FIELDS = 6;
const MAX_PLACE = 180;
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
	if (plain === void 0) return valueMarkdown(json);
	return NAMES.get(path) === "commit" ? commitLink(plain, repository) : codeMarkdown(plain);
}
function placeMarkdown(path) {
	const place = path.replace(/^\$\.?/, "");
	return place.length <= MAX_PLACE ? codeMarkdown(place) : `${codeMarkdown(place.slice(0, MAX_PLACE))}… (cut: sha256:${sha256Hex(place)})`;
}
function restText(before, after, repository) {
	const fields = diffFields(before, after, /* @__PURE__ */ new Set()).filter(({ path }) => path !== "$");
	const texts = fields.slice(0, MAX_FIELDS).map(({ path, before: was, after: is }) => {
		return `${NAMES.get(path) ?? placeMarkdown(path)} ${was === null ? "" : `<del>${valueText(path, was, repository)}</del> `}${is === null ? "removed" : valueText(path, is, repository)}`;
	});
	const rest = fields.slice(MAX_FIELDS).map(({ path, before: was, after: is }) => `${path}: ${was ?? "nothing"} -> ${is ?? "nothing"}\n`);
	const more = rest.length === 0 ? [] : [`${countText(rest.length)} more fields, sha256:${sha256Hex(rest.join(""))}`];
	return [...texts, ...more].join(", ");
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
		`${nameMarkdown(path)}${rest === "" ? "" : `<br>${rest}`}`,
		cell(was === void 0 ? null : String(was.length), String(file?.length ?? 0)),
		cell(was === void 0 ? null : hashText(was), hashText(file)),
		...runs === null ? [] : [kind === "removed" ? "" : String(runs.get(path) ?? "none")]
	].join(" | ")} |`;
}
const KINDS = [
	"removed",
	"replaced",
	"added"
];
const MORE_CHARACTERS = 600;
function restCounts(rest) {
	return KINDS.map((kind) => [kind, rest.filter((change) => change.kind === kind).length]).flatMap(([kind, count]) => count === 0 ? [] : [`${countText(count)} ${kind}`]).join(", ");
}
function restDigest({ proposed }, rest) {
	const entries = rest.map(({ path }) => [path, proposed.targets.get(path)?.raw ?? null]);
	return sha256Hex(encodeCanonicalJson(new Map(entries)));
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
	const sorted = [...changes].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
	const first = sorted.slice(0, MAX_ROWS);
	const beyond = changes.length - first.length;
	const more = (count) => {
		const rest = sorted.slice(changes.length - count);
		return `\n… and ${countText(rest.length)} more (${restCounts(rest)}; sha256:${restDigest(view, rest)}), all of them in ${codeMarkdown(file)}.`;
	};
	const left = budget - head.join("\n").length - MORE_CHARACTERS;
	const fitting = fittingLines(first, (change) => row(view, change, common), left, (count) => `\n${String(count)}`);
	const cut = fitting.find((line) => line.startsWith("\n"));
	const rows = fitting.filter((line) => !line.startsWith("\n"));
	const missing = cut === void 0 ? beyond : beyond + Number(cut.slice(1));
	return [
		...head,
		...rows,
		...missing > 0 ? [more(missing)] : [],
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
	const fieldLine = ({ path, before: was, after: is }) => `${path}: ${was ?? "nothing"} -> ${is ?? "nothing"}\n`;
	const shown = (value) => value === null ? "" : valueMarkdown(value);
	return [
		"| field | before | after |",
		"| --- | --- | --- |",
		...told.map(({ name, was, is }) => `| ${name} | ${was ?? ""} | ${is} |`),
		...fittingLines(others, ({ path, before: was, after: is }) => `| ${placeMarkdown(path)} | ${shown(was)} | ${shown(is)} |`, BUDGETS.fields, (count) => `| … ${countText(count)} more, sha256:${sha256Hex(others.slice(-count).map(fieldLine).join(""))} | | |`),
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

// src/render/summary-events.ts
function stoppedText({ left, resets }) {
	return `${String(left)} requests to the host are left until ${encodeInstant(resets)}: they are kept for publish. No signing event was read; a later run does.`;
}

// src/render/command-text.ts
function gatherText({ events, completed, rebuilt, findings, stopped }, style) {
	const lines = [
		...completed.map((number) => `#${String(number)} ${style.good("complete")}: the metadata branch has it`),
		...rebuilt.map((number) => `#${String(number)} built again on the signed state`),
		...events.map((event) => eventText(event, style)),
		...findings.map((finding) => findingText(finding, style)),
		...stopped === null ? [] : [style.warn(stoppedText(stopped))]
	];
	return lines.length === 0 ? "no open events" : lines.join("\n");
}
function unlistedText({ unlisted, pruned }, how) {
	return [...pruned === 0 ? [] : [`${countOf(pruned, "file")} of targets that are listed no more: taken away`], ...unlisted === 0 ? [] : [`${countOf(unlisted, "file")} of targets that are listed no more: still served, until ${how} takes them away`]];
}
function publishText(view, now, style, how = "`countersign publish --prune`") {
	const { outcome, reasons, snapshot, timestamp, expires, site, findings } = view;
	return [
		`${style.good(outcome)}: snapshot ${String(snapshot)}, timestamp ${String(timestamp)}; fresh until ${expiryText(expires, now)}`,
		...reasons.map((reason) => style.faint(`  ${reason}`)),
		style.faint(`  site ${site.outcome}, ${countOf(site.written, "file")} written`),
		...unlistedText(view, how).map((line) => style.warn(`  ${line}`)),
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
function absentText({ targetsChecked, targetsAbsent }, style) {
	if (targetsAbsent.length === 0) return "";
	const text = `${countOf(targetsAbsent.length, "listed file")} not hosted here`;
	return `, ${targetsChecked === 0 ? style.warn(`${text}: none of them was checked`) : text}`;
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
	lines.push(`  ${countOf(view.targetsChecked, "hosted file")} hashed${absentText(view, style)}`);
	lines.push(...view.notes.map((note) => style.faint(`  ${terminalText(note)}`)));
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
function gatherJob(pin, inputs) {
	return [
		"  gather:",
		"    name: Gather signatures",
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
function reconcileJobs(pin, inputs, deploy = "here") {
	const all = [
		gatherJob(pin, inputs),
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
const TRIGGERS = [
	"name: countersign",
	"on:",
	"  workflow_run: # a review; whatever became of the run that it started",
	"    workflows: [countersign-wake]",
	"    types: [completed]",
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
		...reconcileJobs(pin, inputs, settings.deploy)
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

// src/render/style.ts
const same = (text) => text;
const NO_STYLE = {
	bold: same,
	good: same,
	bad: same,
	warn: same,
	faint: same
};

export { visibleName as C, statusLine as S, countText as T, eventTitle as _, ejectedWorkflow as a, STICKY_MARKER as b, shellWord as c, statusText as d, verifyText as f, expiryText as g, eventText as h, callingWorkflow as i, gatherText as l, countOf as m, ACTION_PIN as n, releaseJob as o, renderProposal as p, WORKFLOW_PIN as r, wakeWorkflow as s, NO_STYLE as t, publishText as u, renderEventText as v, terminalText as w, renderSticky as x, describeChange as y };
