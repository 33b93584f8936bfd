import { $t as quote, H as parseRoot, Qt as outcomeOf, Zt as CountersignError } from "./tuf.js";
import { r as DEFAULT_HTTP_LIMITS } from "./http-source.js";
import { f as openDirectory, y as filesSource } from "./transport.js";
import { a as orIoError, i as ioError, n as errnoOf } from "./atomic-file.js";
import { t as directoryStreams } from "./read-stream.js";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readFile, stat } from "node:fs/promises";

// src/cli/root-file.ts
async function readRootFile(path, expected) {
	const bytes = await orIoError(path, expected, () => readFile(path));
	const outcome = outcomeOf(() => parseRoot(bytes));
	if (outcome.kind === "accepted") return bytes;
	const { code, where, detail } = outcome.refusal;
	throw new CountersignError(code, `${path}: ${where}`, detail);
}

// src/cli/site-directory.ts
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
function siteDirectory(text, where) {
	if (!/^file:/i.test(text)) return SCHEME.test(text) ? null : resolve(text);
	try {
		return fileURLToPath(text);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new CountersignError("usage", where, `expected a file URL of this machine, such as file:///mnt/mirror, got ${quote(text)}`);
	}
}
async function openSiteDirectory(directory) {
	try {
		if (!(await stat(directory)).isDirectory()) throw new CountersignError("file-type", directory, "expected the directory of a site, got a file");
	} catch (error) {
		if (errnoOf(error) === "ENOENT") throw new CountersignError("io", directory, "there is no such directory; the URL of a site begins with https://", { cause: error });
		throw ioError(directory, "the directory of a published repository", error);
	}
	return filesSource(openDirectory(directory), directoryStreams(directory));
}

// src/cli/time-limits.ts
function milliseconds(text, where) {
	if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text) * 1e3;
	throw new CountersignError("usage", where, `expected seconds, from 1 to 999999, got ${quote(text)}`);
}
function timeLimits({ stallSeconds, totalSeconds }) {
	const stallMs = stallSeconds === void 0 ? null : milliseconds(stallSeconds, "--stall-seconds");
	const totalMs = totalSeconds === void 0 ? null : milliseconds(totalSeconds, "--total-seconds");
	return {
		...stallMs === null ? {} : { stallMs },
		...totalMs === null ? {} : {
			targetTotalMs: totalMs,
			metadataTotalMs: Math.min(totalMs, DEFAULT_HTTP_LIMITS.metadataTotalMs)
		}
	};
}

export { readRootFile as i, openSiteDirectory as n, siteDirectory as r, timeLimits as t };
