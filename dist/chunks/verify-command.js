import { n as siteUrls, t as openHttpSource } from "./http-source.js";
import { a as openDirectory, t as currentInstant, u as filesSource } from "./local-workplace.js";
import { r as verifySource, t as directoryStreams } from "./read-stream.js";
import { a as orIoError } from "./atomic-file.js";
import { d as verifyText, h as expiryText } from "./render.js";
import { Pt as parseSha256, Vt as quote, ot as parseInstant, zt as CountersignError } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { n as optionValue } from "./option-value.js";
import { t as readRootFile } from "./root-file.js";
import { stat } from "node:fs/promises";

// src/cli/verify-command.ts
const DAY_SECONDS = 86400;
async function anchorOf(text) {
	if (text === void 0) return null;
	const hex = text.replace(/^sha256:/, "");
	if (/^[0-9a-f]{64}$/.test(hex)) return {
		kind: "sha256",
		digest: parseSha256(hex, "--root")
	};
	return {
		kind: "root",
		bytes: await readRootFile(text, "a root file, or the sha256 of 1.root.json")
	};
}
function warningText(warning) {
	if (warning.kind === "unclaimed") return `${warning.path}: no client would ask for this file`;
	const { finding, where } = warning;
	return `${where}: ${quote(finding.subject)}: ${finding.detail} (${finding.clients.join(", ")})`;
}
async function requireDirectory(directory) {
	if (!(await orIoError(directory, "the directory of a published repository", () => stat(directory))).isDirectory()) throw new CountersignError("file-type", directory, "expected a directory, got something else");
}
function wholeNumber(text, where, least) {
	if (/^[0-9]{1,6}$/.test(text) && Number(text) >= least) return Number(text);
	throw new CountersignError("usage", where, `expected a number from ${String(least)} to 999999, got ${quote(text)}`);
}
async function openPlace({ metadataUrl, targetsUrl }, named) {
	const site = named !== void 0 && /^https?:\/\//i.test(named) ? siteUrls(named, "site") : null;
	if (site === null && metadataUrl === void 0 && targetsUrl === void 0) {
		const directory = named ?? "site";
		await requireDirectory(directory);
		return {
			source: filesSource(openDirectory(directory), directoryStreams(directory)),
			close: async () => void 0
		};
	}
	if (named !== void 0 && site === null) throw new CountersignError("usage", "site", "expected a URL beside --metadata-url and --targets-url, or none, got a directory");
	const [metadata, targets] = [metadataUrl ?? site?.metadataUrl, targetsUrl ?? site?.targetUrl];
	if (metadata === void 0 || targets === void 0) throw new CountersignError("usage", "--metadata-url", "expected --targets-url beside it, or the URL of a site, got one alone");
	const source = openHttpSource({
		metadataUrls: [metadata],
		targetUrls: [targets]
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
			warnings: warningLines(value, time)
		}, time, style));
		return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
	} finally {
		await place.close();
	}
}
function warningLines({ expiring, warnings }, time) {
	return [...expiring.map(({ where, expires }) => `${where}: expires ${expiryText(expires, time)}`), ...warnings.map(warningText)];
}

export { verifyCommand };
