import { t as publish } from "./publish.js";
import { s as parseServedVersion } from "./event.js";
import { t as errnoWords } from "./errno-words.js";
import { $t as quote, Zt as CountersignError } from "./tuf.js";
import { u as publishText } from "./render.js";
import { t as EXIT } from "./exit-code.js";
import { n as requireDirectoryName, t as openRepository } from "./repository-options.js";
import { join, resolve } from "node:path";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { spawn } from "node:child_process";

// src/hosting/loopback.ts
async function find(open, url) {
	const raw = (url.split(/[?#]/, 1)[0] ?? "").slice(1);
	const file = await open(raw);
	if (file !== null || !raw.includes("%")) return {
		path: raw,
		file
	};
	let path;
	try {
		path = decodeURIComponent(raw);
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		return {
			path: raw,
			file: null
		};
	}
	return {
		path,
		file: await open(path)
	};
}
async function send(response, file) {
	if (file.kind === "bytes") {
		response.writeHead(200, { "content-length": String(file.bytes.length) }).end(file.bytes);
		return;
	}
	response.writeHead(200, { "content-length": String(file.length) });
	await pipeline(createReadStream(file.path), response);
}
async function openLoopback(open) {
	const asked = /* @__PURE__ */ new Set();
	let failure = null;
	const answer = async (url, response) => {
		const { path, file } = await find(open, url);
		if (file === null) {
			response.writeHead(404, { "content-length": "0" }).end();
			return;
		}
		asked.add(path);
		await send(response, file);
	};
	const server = createServer((request, response) => {
		answer(request.url ?? "", response).catch((error) => {
			if (!response.destroyed) failure ??= `a fault of ours: ${error instanceof Error ? error.message : "unknown"}`;
			response.destroy();
		});
	});
	await new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", resolve);
	});
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	const site = `http://127.0.0.1:${String(port)}/`;
	return {
		metadataUrl: `${site}metadata/`,
		targetsUrl: `${site}targets/`,
		asked: () => asked,
		failure: () => failure,
		close: () => new Promise((resolve) => {
			server.close(() => {
				resolve();
			});
			server.closeAllConnections();
		})
	};
}

// src/hosting/outside-clients.ts
const RUN_MS = 3e5;
const GRACE_MS = 1e3;
const HANDED_ON = [
	"PATH",
	"HOME",
	"LANG",
	"LC_ALL",
	"TMPDIR",
	"TEMP",
	"TMP",
	"SYSTEMROOT",
	"USERPROFILE",
	"PATHEXT"
];
function runProgram({ program, args, env, cwd }, limitMs) {
	return new Promise((resolve) => {
		const child = spawn(program, args, {
			cwd,
			env,
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			]
		});
		const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
		let printed = "";
		const add = (text) => {
			printed = (printed + text).slice(-4e3);
		};
		const end = (fault) => {
			clearTimeout(timer);
			resolve({
				fault,
				printed
			});
		};
		child.stdout.setEncoding("utf8").on("data", add);
		child.stderr.setEncoding("utf8").on("data", add);
		child.on("error", (error) => {
			end(`it can't be started: ${errnoWords("code" in error ? String(error.code) : error.name)}`);
		});
		child.on("exit", () => {
			setTimeout(() => {
				child.stdout.destroy();
				child.stderr.destroy();
			}, GRACE_MS).unref();
		});
		child.on("close", (code, signal) => {
			if (code === 0) end(null);
			else end(code === null ? `an end by ${signal ?? "nobody knows what"}` : `exit code ${String(code)}`);
		});
	});
}
function environment(own) {
	const handedOn = HANDED_ON.flatMap((name) => {
		const value = process.env[name];
		return value === void 0 ? [] : [[name, value]];
	});
	return {
		...Object.fromEntries(handedOn),
		...own
	};
}
function unread(site, target) {
	const asked = site.asked();
	if (!asked.has("metadata/timestamp.json")) return "an end without a request for the timestamp";
	if (target !== null && ![...asked].some((path) => path.startsWith("targets/"))) return "an end without a request for the target";
	return null;
}
async function replayOne(program, replay, rootIndex, directory, log, limitMs) {
	const root = replay.roots[rootIndex];
	if (root === void 0) return;
	const site = await openLoopback(replay.open);
	try {
		const work = join(directory, "work");
		const rootFile = join(directory, "root.json");
		await mkdir(work, { recursive: true });
		await writeFile(rootFile, root.bytes);
		const { fault, printed } = await runProgram({
			program,
			args: [
				site.metadataUrl,
				site.targetsUrl,
				rootFile,
				work,
				...replay.target === null ? [] : [replay.target]
			],
			env: environment({
				METADATA_URL: site.metadataUrl,
				TARGETS_URL: site.targetsUrl,
				ROOT_FILE: rootFile,
				DIR: work,
				TARGET: replay.target ?? ""
			}),
			cwd: work
		}, limitMs);
		const failure = fault ?? site.failure() ?? unread(site, replay.target);
		if (failure === null) return;
		if (printed !== "") log.warn(`${program} printed:\n${printed}`);
		const last = printed.trimEnd().split("\n").at(-1) ?? "";
		const what = `expected it to read what is to be published from root ${String(root.version)}`;
		throw new CountersignError("client-refused", quote(program), `${what}, got ${failure}${last === "" ? "" : `: ${quote(last)}`}`);
	} finally {
		await site.close();
	}
}
function outsideClients(programs, log, limitMs = RUN_MS) {
	return { replay: async (replay) => {
		for (const program of programs) for (const index of replay.roots.keys()) {
			const directory = await mkdtemp(join(tmpdir(), "countersign-replay-"));
			try {
				await replayOne(program, replay, index, directory, log, limitMs);
			} finally {
				await rm(directory, {
					recursive: true,
					force: true
				});
			}
		}
	} };
}

// src/cli/publish-command.ts
function servedVersions({ servedTimestamp, servedSnapshot }) {
	if (servedTimestamp === void 0) {
		if (servedSnapshot === void 0) return null;
		throw new CountersignError("usage", "--served-snapshot", "expected --served-timestamp with it, got none");
	}
	return {
		timestamp: parseServedVersion(servedTimestamp, "--served-timestamp"),
		snapshot: servedSnapshot === void 0 ? null : parseServedVersion(servedSnapshot, "--served-snapshot")
	};
}
async function publishCommand(options, console) {
	requireDirectoryName(options.repo, "the action publishes");
	const served = servedVersions(options);
	const { place } = await openRepository(options, console);
	const programs = options.replayWith.map((program) => /[\\/]/.test(program) ? resolve(program) : program);
	const result = await publish(place, programs.length === 0 ? null : outsideClients(programs, console.log), served, options.prune ? "remove" : "keep");
	console.result(result, (value, style) => publishText(value, place.now, style));
	return result.findings.length > 0 ? EXIT.findings : EXIT.ok;
}

export { publishCommand };
