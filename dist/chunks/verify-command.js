import { n as siteUrls, t as openHttpSource } from "./http-source.js";
import { n as verifySource } from "./verify.js";
import { f as verifyText, g as expiryText, m as countOf } from "./render.js";
import { $t as quote, Mt as parseInstant, Zt as CountersignError, i as readTypedDigest } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { c as currentInstant } from "./transport.js";
import { n as optionValue } from "./option-value.js";
import { i as readRootFile, n as openSiteDirectory, r as siteDirectory, t as timeLimits } from "./time-limits.js";

// src/commands/verify-warnings.ts
function isNote(warning) {
	return warning.kind === "compatibility" && warning.finding.severity === "warning";
}
function warningText(warning) {
	if (warning.kind === "unclaimed") return `${warning.path}: no client would ask for this file`;
	if (warning.kind === "unneeded") return `${warning.where}: ${warning.detail} (no client needs it that begins with the given root)`;
	const { finding, where } = warning;
	return `${where}: ${quote(finding.subject)}: ${finding.detail} (${finding.clients.join(", ")})`;
}
function absenceLines({ roles, targetsChecked, targetsAbsent }) {
	if (targetsAbsent.length === 0 || targetsChecked > 0) return [];
	const listed = roles.reduce((sum, { targets }) => sum + targets, 0);
	return [`targets: ${countOf(listed, "target file")} listed, and none of those that were looked for is here; clients need them from elsewhere`];
}
function warningLines(report, time, all) {
	const { expiring, warnings } = report;
	const notes = warnings.filter(isNote).map(warningText);
	return {
		warnings: [
			...expiring.map(({ where, expires }) => `${where}: expires ${expiryText(expires, time)}`),
			...warnings.filter((warning) => !isNote(warning)).map(warningText),
			...absenceLines(report)
		],
		notes: all || notes.length === 0 ? notes : [`${countOf(notes.length, "note")} on other clients (--notes)`]
	};
}

// src/cli/verify-command.ts
const DAY_SECONDS = 86400;
async function anchorOf(text) {
	if (text === void 0) return null;
	const digest = readTypedDigest(text);
	if (digest !== null) return {
		kind: "sha256",
		digest
	};
	return {
		kind: "root",
		bytes: await readRootFile(text, "a root file, or the sha256 of root v1")
	};
}
function wholeNumber(text, where, least) {
	if (/^[0-9]{1,6}$/.test(text) && Number(text) >= least) return Number(text);
	throw new CountersignError("usage", where, `expected a number from ${String(least)} to 999999, got ${quote(text)}`);
}
async function openPlace(options, named) {
	const { metadataUrl, targetsUrl } = options;
	const isWhole = metadataUrl === void 0 && targetsUrl === void 0;
	const limits = timeLimits(options);
	const directory = siteDirectory(named ?? "site", "site");
	if (directory !== null && isWhole) return {
		source: await openSiteDirectory(directory),
		close: async () => void 0
	};
	if (named !== void 0 && directory !== null) throw new CountersignError("usage", "site", "expected a URL beside --metadata-url and --targets-url, or none, got a directory");
	const site = named === void 0 ? null : siteUrls(named, "site");
	const [metadata, targets] = [metadataUrl ?? site?.metadataUrl, targetsUrl ?? site?.targetUrl];
	if (metadata === void 0 || targets === void 0) throw new CountersignError("usage", "--metadata-url", "expected --targets-url beside it, or the URL of a site, got one alone");
	const source = openHttpSource({
		metadataUrls: [metadata],
		targetUrls: [targets],
		limits
	});
	return {
		source,
		close: () => source.close()
	};
}
async function verifyCommand(options, console, args) {
	const { at } = options;
	const time = at === void 0 ? currentInstant() : optionValue("--at", () => parseInstant(at, "--at"));
	const sample = wholeNumber(options.sampleSize, "--sample-size", 1);
	const marginSeconds = wholeNumber(options.marginDays, "--margin-days", 0) * DAY_SECONDS;
	const place = await openPlace(options, args[0]);
	try {
		const anchor = await anchorOf(options.root);
		const targets = options.targets === "sample" ? { sample } : options.targets;
		const report = await verifySource(place.source, {
			time,
			anchor,
			targets,
			marginSeconds
		});
		if (anchor === null) console.log.warn("no --root given: this says that the repository agrees with itself, not that it is the right one");
		console.result(report, (value, style) => verifyText({
			...value,
			...warningLines(value, time, options.notes)
		}, time, style));
		return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
	} finally {
		await place.close();
	}
}

export { verifyCommand };
