import { i as __toESM } from "./rolldown-runtime.js";
import { Mt as encodeRoleName, Vt as quote, b as TIMESTAMP_PATH, zt as CountersignError } from "./tuf.js";
import { t as VERSION } from "./version.js";
import http from "node:http";
import https from "node:https";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

// src/client/limits.ts
const DEFAULT_LIMITS = {
	maxRootBytes: 512e3,
	maxTimestampBytes: 16384,
	maxSnapshotBytes: 2e6,
	maxTargetsBytes: 5e6,
	maxListedBytes: 1024 ** 3
};
const MAX_PUBLISHED_ROOTS = 1024;
const MAX_PUBLISHED_ROOT_BYTES = 64 * 1024 ** 2;
const DEFAULT_HTTP_LIMITS = {
	connectMs: 15e3,
	stallMs: 3e4,
	metadataTotalMs: 12e4,
	targetTotalMs: 216e5,
	maxAttempts: 4,
	firstWaitMs: 500,
	maxWaitMs: 3e4,
	maxRedirects: 10,
	timestampGapMs: 0
};
function withLimits(defaults, given = {}) {
	const limits = {
		...defaults,
		...given
	};
	for (const [name, value] of Object.entries(limits)) {
		if (typeof value === "number" && Number.isFinite(value) && value >= 0) continue;
		throw new CountersignError("usage", name, `expected a number from 0 on, got ${String(value)}`);
	}
	return limits;
}

// src/client/http-failure.ts
const PASSING = /* @__PURE__ */ new Set([
	"EAI_AGAIN",
	"ECONNABORTED",
	"ECONNREFUSED",
	"ECONNRESET",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"EPIPE",
	"ETIMEDOUT",
	"UND_ERR_CONNECT_TIMEOUT",
	"UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
	"UND_ERR_SOCKET"
]);
const PASSING_STATUS = /* @__PURE__ */ new Set([
	408,
	425,
	429,
	500,
	502,
	503,
	504
]);
function codeOf(error) {
	return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
function failureOf(error, where, host) {
	if (error instanceof CountersignError) return {
		kind: "failed",
		error,
		waitMs: error.code === "stalled" || error.code === "io" ? 0 : null
	};
	if (!(error instanceof Error) || error instanceof TypeError && error.cause === void 0) throw error;
	const cause = error.cause instanceof Error ? error.cause : error;
	const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
	const name = codeOf(inner instanceof Error ? inner : cause);
	return {
		kind: "failed",
		error: new CountersignError("io", where, `expected an answer of ${host}, got ${name}`, { cause: error }),
		waitMs: PASSING.has(name) ? 0 : null
	};
}
function retryAfterMs(header, now) {
	if (header === null) return 0;
	if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1e3;
	const at = Date.parse(header);
	return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
function refusedStatus(status, retryAfter, request) {
	return {
		kind: "failed",
		error: new CountersignError("io", request.where, `expected the file from ${request.host}, got HTTP ${String(status)}`),
		waitMs: PASSING_STATUS.has(status) ? retryAfterMs(retryAfter, request.now) : null
	};
}

// src/client/http-url.ts
const METADATA = "metadata/";
const TARGETS = "targets/";
const ENCODED_NAME = /^[A-Za-z0-9._~%-]+$/;
function parseBaseUrl(text, where) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (!(url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "") || !isHttp(url)) throw new CountersignError("usage", where, "expected an http or https URL without credentials, query or fragment, got another text");
	if (!url.pathname.endsWith("/")) url.pathname += "/";
	return url;
}
function isHttp(url) {
	return url.protocol === "https:" || url.protocol === "http:";
}
function siteUrls(site, where = "site") {
	const base = parseBaseUrl(site, where);
	return {
		metadataUrl: new URL(METADATA, base).href,
		targetUrl: new URL(TARGETS, base).href
	};
}
function below(base, rest, path) {
	const url = new URL(base.href + rest);
	if (url.origin !== base.origin || url.pathname !== base.pathname + rest || url.search !== "" || url.hash !== "") throw new CountersignError("file-name", quote(path), "expected a name that stays below its base URL, got one that leads elsewhere");
	return url;
}
function metadataUrl(base, path) {
	const name = path.startsWith(METADATA) ? path.slice(9) : "";
	if (!ENCODED_NAME.test(name)) throw new CountersignError("file-name", quote(path), `expected ${METADATA} and a percent-encoded name, got another path`);
	return below(base, name, path);
}
function encodeSegment(segment, path) {
	try {
		return encodeRoleName(segment);
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		throw new CountersignError("file-name", quote(path), "expected well-formed text, got half of a surrogate pair", { cause: error });
	}
}
function targetUrl(base, path) {
	const rest = path.startsWith(TARGETS) ? path.slice(8) : "";
	if (rest === "") throw new CountersignError("file-name", quote(path), `expected ${TARGETS} and a path, got another path`);
	return below(base, rest.split("/").map((segment) => encodeSegment(segment, path)).join("/"), path);
}

// src/client/http-watch.ts
function startWatch(where, stallMs, totalMs) {
	const controller = new AbortController();
	let verdict = null;
	let waiting = null;
	const end = (code, expected) => {
		verdict ??= new CountersignError(code, where, expected);
		waiting?.refuse(verdict);
		controller.abort(verdict);
	};
	const stall = setTimeout(() => {
		if (waiting !== null) end("stalled", `expected a byte from ${waiting.host} within ${String(stallMs)} ms, got none`);
	}, stallMs);
	const total = setTimeout(() => {
		end("timed-out", `expected the whole file within ${String(totalMs)} ms, got a part`);
	}, totalMs);
	stall.unref();
	total.unref();
	const finish = () => {
		clearTimeout(stall);
		clearTimeout(total);
	};
	return {
		during: async (host, operation) => {
			if (verdict !== null) throw verdict;
			stall.refresh().ref();
			try {
				return await new Promise((resolve, reject) => {
					waiting = {
						host,
						refuse: reject
					};
					operation(controller.signal).then(resolve, reject);
				});
			} finally {
				waiting = null;
				stall.unref();
			}
		},
		stop: () => {
			finish();
			controller.abort();
		},
		finish
	};
}

// src/client/http-get.ts
const REDIRECTS = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
function redirectOf(answer, from, where) {
	const location = answer.header("location");
	const refuse = (got) => {
		throw new CountersignError("redirect-refused", where, `expected a file or a redirect to one from ${from.origin}, got ${got}`);
	};
	const to = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : refuse("a redirect to nowhere");
	if (!isHttp(to)) return refuse(`a redirect to ${quote(to.protocol)}`);
	if (from.protocol === "https:" && to.protocol === "http:") return refuse(`a redirect from https to http at ${to.host}`);
	if (to.username !== "" || to.password !== "") return refuse("a redirect with credentials");
	return to;
}
function startOf(answer) {
	return answer.status === 206 ? Number(/^bytes ([0-9]{1,15})-/.exec(answer.header("content-range") ?? "")?.[1] ?? NaN) : 0;
}
function mistakesRange(answer, from) {
	return answer.status === 400 || answer.status === 206 && startOf(answer) !== from;
}
async function follow(context, get, watch) {
	let range = get.from === 0 ? null : { range: `bytes=${String(get.from)}-` };
	let { url } = get;
	for (let hops = 0;;) {
		const headers = {
			accept: "*/*",
			"accept-encoding": "identity",
			...range
		};
		const at = url;
		const answer = await watch.during(at.origin, (signal) => context.fetch(at, {
			headers,
			signal
		}));
		const isMistaken = range !== null && mistakesRange(answer, get.from);
		if (!isMistaken && !REDIRECTS.has(answer.status)) return {
			answer,
			url
		};
		await answer.discard();
		if (isMistaken) {
			range = null;
			continue;
		}
		if (hops++ >= context.limits.maxRedirects) {
			const detail = `expected at most ${String(context.limits.maxRedirects)} redirects from ${get.url.origin}, got more`;
			throw new CountersignError("redirect-refused", get.where, detail);
		}
		url = redirectOf(answer, url, get.where);
	}
}
function declaredLength(answer) {
	const text = answer.header("content-length");
	return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
function shapeOf(answer, { where, from, maxBytes }, host) {
	const encoding = answer.header("content-encoding");
	if (encoding !== null && encoding !== "" && encoding.toLowerCase() !== "identity") throw new CountersignError("io", where, `expected a plain body from ${host}, got the content encoding ${quote(encoding)}`);
	const length = declaredLength(answer);
	const start = startOf(answer);
	if (answer.status === 206 && start !== from) throw new CountersignError("io", where, `expected the bytes from ${String(from)} on from ${host}, got another range`);
	if (length !== null && start + length > maxBytes) throw new CountersignError("too-large", where, `expected at most ${String(maxBytes)} bytes, got ${String(start + length)}`);
	return {
		skip: from - start,
		length
	};
}
async function* chunksOf(answer, shape, watch, get, host) {
	const iterator = answer.body[Symbol.asyncIterator]();
	let got = 0;
	try {
		for (;;) {
			const next = await watch.during(host, () => iterator.next());
			if (next.done === true) {
				watch.finish();
				break;
			}
			const chunk = next.value;
			const skipped = Math.min(chunk.length, Math.max(0, shape.skip - got));
			got += chunk.length;
			if (skipped < chunk.length) yield chunk.subarray(skipped);
		}
		if (shape.length !== null && got !== shape.length) throw new CountersignError("io", get.where, `expected ${String(shape.length)} bytes from ${host}, got ${String(got)}`);
	} finally {
		watch.stop();
	}
}
async function openGet(context, get) {
	const watch = startWatch(get.where, context.limits.stallMs, get.totalMs);
	let answered = null;
	try {
		const { answer, url } = await follow(context, get, watch);
		answered = answer;
		const { status } = answer;
		if (status === 200 || status === 206 && get.from > 0) return {
			kind: "done",
			value: chunksOf(answer, shapeOf(answer, get, url.origin), watch, get, url.origin)
		};
		await answer.discard();
		watch.finish();
		if (get.absent.includes(status)) return {
			kind: "done",
			value: null
		};
		if (status === 416) return {
			kind: "failed",
			error: new CountersignError("length-mismatch", get.where, `expected more than ${String(get.from)} bytes, got no more`),
			waitMs: null
		};
		return refusedStatus(status, answer.header("retry-after"), {
			where: get.where,
			host: url.origin,
			now: context.now()
		});
	} catch (error) {
		watch.stop();
		await answered?.discard();
		const failed = failureOf(error, get.where, get.url.origin);
		return error instanceof CountersignError && error.code === "io" ? {
			...failed,
			waitMs: null
		} : failed;
	}
}

// src/client/http-answer.ts
const MAX_DRAINED_BYTES = 16384;
const MAX_DRAIN_MS = 500;
function headerOf(answered) {
	return (name) => {
		const value = answered[name];
		return Array.isArray(value) ? value.join(", ") : value ?? null;
	};
}
async function drain(body) {
	let drained = 0;
	for await (const chunk of body) {
		drained += chunk instanceof Uint8Array ? chunk.length : MAX_DRAINED_BYTES;
		if (drained >= MAX_DRAINED_BYTES) return;
	}
}
async function discardBody(body) {
	const timer = setTimeout(() => body.destroy(), MAX_DRAIN_MS);
	await drain(body).catch(() => void 0);
	clearTimeout(timer);
}

// src/client/http-direct.ts
const IDLE_MS = 4e3;
function limitConnecting(sent, connected, connectMs) {
	const timer = setTimeout(() => {
		sent.destroy(Object.assign(/* @__PURE__ */ new Error("expected a connection in time, got none"), { code: "ETIMEDOUT" }));
	}, connectMs);
	const stop = () => {
		clearTimeout(timer);
	};
	sent.once("close", stop);
	sent.once("socket", (socket) => {
		if (socket.connecting) socket.once(connected, stop);
		else stop();
	});
}
function endWith(sent, signal) {
	const end = () => {
		sent.destroy();
	};
	if (signal.aborted) end();
	signal.addEventListener("abort", end, { once: true });
	sent.once("close", () => {
		signal.removeEventListener("abort", end);
	});
}
function openDirect({ connectMs, ca }) {
	const options = {
		keepAlive: true,
		timeout: IDLE_MS
	};
	const plain = new http.Agent(options);
	const secure = new https.Agent({
		...options,
		rejectUnauthorized: true,
		...ca === void 0 ? {} : { ca }
	});
	return {
		fetch: async (url, { headers, signal }) => {
			const isSecure = url.protocol === "https:";
			const answer = await new Promise((resolve, reject) => {
				const how = {
					headers: { ...headers },
					insecureHTTPParser: false,
					joinDuplicateHeaders: true
				};
				const sent = isSecure ? https.request(url, {
					...how,
					agent: secure
				}) : http.request(url, {
					...how,
					agent: plain
				});
				sent.on("error", reject);
				sent.once("close", () => reject(Object.assign(/* @__PURE__ */ new Error("expected an answer, got none"), { code: "ECONNRESET" })));
				endWith(sent, signal);
				limitConnecting(sent, isSecure ? "secureConnect" : "connect", connectMs);
				sent.once("response", resolve);
				sent.end();
			});
			answer.on("error", () => void 0);
			return {
				status: answer.statusCode ?? 0,
				header: headerOf(answer.headers),
				body: answer,
				discard: () => discardBody(answer)
			};
		},
		close: async () => {
			plain.destroy();
			secure.destroy();
		}
	};
}

// src/client/http-proxied.ts
function isProxyUrl(text) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url === null || !isHttp(url)) return false;
	try {
		decodeURIComponent(url.username);
		decodeURIComponent(url.password);
		return true;
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		return false;
	}
}
function proxyOf(env, name) {
	const text = env[name] ?? env[name.toUpperCase()] ?? "";
	if (text === "" || isProxyUrl(text)) return text;
	throw new CountersignError("usage", name, "expected the URL of a proxy, such as http://HOST:PORT, got another text");
}
function readProxies(env) {
	const proxies = {
		httpProxy: proxyOf(env, "http_proxy"),
		httpsProxy: proxyOf(env, "https_proxy")
	};
	return proxies.httpProxy === "" && proxies.httpsProxy === "" ? null : proxies;
}
function openDispatcher(Agent, proxies, { connectMs, ca }) {
	const connect = {
		timeout: connectMs,
		rejectUnauthorized: true,
		...ca === void 0 ? {} : { ca }
	};
	const options = {
		...proxies,
		connect,
		headersTimeout: 0,
		bodyTimeout: 0
	};
	const warn = process.emitWarning.bind(process);
	process.emitWarning = () => void 0;
	try {
		return new Agent({
			...options,
			requestTls: connect,
			proxyTls: connect
		});
	} finally {
		process.emitWarning = warn;
	}
}
function openProxied(proxies, options) {
	let opened = null;
	const open = async () => {
		const { EnvHttpProxyAgent, request } = await import("./undici2.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
		return {
			request,
			dispatcher: openDispatcher(EnvHttpProxyAgent, proxies, options)
		};
	};
	return {
		fetch: async (url, { headers, signal }) => {
			const { request, dispatcher } = await (opened ??= open());
			const { statusCode, headers: answered, body } = await request(url, {
				dispatcher,
				headers,
				signal
			});
			body.on("error", () => void 0);
			return {
				status: statusCode,
				header: headerOf(answered),
				body,
				discard: () => discardBody(body)
			};
		},
		close: async () => {
			await (await opened)?.dispatcher.destroy();
		}
	};
}

// src/client/http-transport.ts
function openTransport(options) {
	const proxies = readProxies(process.env);
	const { fetch, close } = proxies === null ? openDirect(options) : openProxied(proxies, options);
	return {
		fetch: (url, { headers, signal }) => fetch(url, {
			headers: {
				"user-agent": `countersign/${VERSION}`,
				...headers
			},
			signal
		}),
		close
	};
}

// src/client/http-source.ts
const ROOT_PATH = /^metadata\/[1-9][0-9]*\.root\.json$/;
function absentStatuses(path) {
	return ROOT_PATH.test(path) ? [
		403,
		404,
		410
	] : [404];
}
function parseMirrors(urls, where) {
	const mirrors = urls.map((text) => ({
		base: parseBaseUrl(text, where),
		failed: false
	}));
	if (mirrors.length === 0) throw new CountersignError("usage", where, "expected at least one URL, got none");
	return mirrors;
}
function openHttpSource(options) {
	const limits = withLimits(DEFAULT_HTTP_LIMITS, options.limits);
	const metadata = parseMirrors(options.metadataUrls, "metadata URL");
	const targets = parseMirrors(options.targetUrls, "targets URL");
	const { ca, fetch } = options;
	const transport = fetch === void 0 ? openTransport({
		connectMs: limits.connectMs,
		...ca === void 0 ? {} : { ca }
	}) : {
		fetch,
		close: async () => void 0
	};
	const context = {
		fetch: transport.fetch,
		limits,
		now: options.now ?? Date.now
	};
	const together = Array.from({ length: Math.max(metadata.length, targets.length) }, (_, first) => viewOf(context, rotate(metadata, first), rotate(targets, first)));
	const alone = metadata.length === 1 ? [] : metadata.map((mirror, first) => viewOf(context, [mirror], rotate(targets, first)));
	return {
		...viewOf(context, metadata, targets),
		mirrors: [...together, ...alone],
		close: () => transport.close()
	};
}
function rotate(items, by) {
	const first = by % items.length;
	return [...items.slice(first), ...items.slice(0, first)];
}
function viewOf(context, metadata, targets) {
	const { limits } = context;
	const readMetadata = (path, maxBytes) => fromMirrors(metadata, (mirror) => {
		const get = {
			url: metadataUrl(mirror.base, path),
			where: path,
			from: 0,
			maxBytes,
			totalMs: limits.metadataTotalMs
		};
		return persist(limits, () => readWhole(context, {
			...get,
			absent: absentStatuses(path)
		}));
	});
	const openTarget = async (path, maxBytes, from) => {
		const open = (at) => fromMirrors(targets, async (mirror) => {
			const get = {
				url: targetUrl(mirror.base, path),
				where: path,
				from: at,
				maxBytes,
				totalMs: limits.targetTotalMs,
				absent: [404]
			};
			const chunks = await persist(limits, () => openGet(context, get));
			return chunks === null ? null : {
				chunks,
				mirror
			};
		});
		const first = await open(from);
		return first === null ? null : resuming(limits, path, from, first, open);
	};
	return {
		metadata: async (path, maxBytes) => {
			const deadline = performance.now() + limits.timestampGapMs;
			for (let attempt = 1;; attempt++) {
				const bytes = await readMetadata(path, maxBytes);
				if (bytes !== null || path !== "metadata/timestamp.json" || performance.now() >= deadline) return bytes;
				await setTimeout$1(Math.min(waitOf(limits, attempt), Math.max(1, deadline - performance.now())));
			}
		},
		target: (path, maxBytes) => openTarget(path, maxBytes, 0),
		targetFrom: openTarget,
		list: async () => null
	};
}
async function fromMirrors(mirrors, read) {
	let absent = false;
	let failure = null;
	for (const mirror of [...mirrors].sort((a, b) => Number(a.failed) - Number(b.failed))) {
		if (absent && mirror.failed) break;
		try {
			const value = await read(mirror);
			mirror.failed = false;
			if (value !== null) return value;
			absent = true;
		} catch (error) {
			mirror.failed = true;
			failure ??= { error };
		}
	}
	if (absent || failure === null) return null;
	throw failure.error;
}
function waitOf(limits, attempt) {
	return Math.min(limits.maxWaitMs, limits.firstWaitMs * 2 ** (attempt - 1)) * (.5 + Math.random() / 2);
}
async function persist(limits, attempt) {
	for (let count = 1;; count++) {
		const tried = await attempt();
		if (tried.kind === "done") return tried.value;
		if (tried.waitMs === null || tried.waitMs > limits.maxWaitMs || count >= limits.maxAttempts) throw tried.error;
		await setTimeout$1(Math.max(tried.waitMs, waitOf(limits, count)));
	}
}
async function readWhole(context, get) {
	const opened = await openGet(context, get);
	if (opened.kind === "failed" || opened.value === null) return opened.kind === "failed" ? opened : {
		kind: "done",
		value: null
	};
	const chunks = [];
	let length = 0;
	try {
		for await (const chunk of opened.value) {
			length += chunk.length;
			if (length > get.maxBytes) throw new CountersignError("too-large", get.where, `expected at most ${String(get.maxBytes)} bytes, got more`);
			chunks.push(chunk);
		}
	} catch (error) {
		return failureOf(error, get.where, get.url.origin);
	}
	const bytes = Buffer.concat(chunks, length);
	return {
		kind: "done",
		value: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
	};
}
const FRESH_START_BYTES = 8 * 1024 ** 2;
async function* resuming(limits, where, from, first, open) {
	let offset = from;
	let failures = 0;
	let brokeAt = from;
	for (let current = first;;) try {
		for await (const chunk of current.chunks) {
			offset += chunk.length;
			yield chunk;
		}
		return;
	} catch (error) {
		const { error: named, waitMs } = failureOf(error, where, current.mirror.base.origin);
		failures = offset - brokeAt >= FRESH_START_BYTES ? 1 : failures + 1;
		brokeAt = offset;
		if (waitMs === null || failures >= limits.maxAttempts) throw named;
		current.mirror.failed = true;
		await setTimeout$1(waitOf(limits, failures));
		const next = await open(offset);
		if (next === null) throw named;
		current = next;
	}
}

export { MAX_PUBLISHED_ROOTS as a, DEFAULT_LIMITS as i, siteUrls as n, MAX_PUBLISHED_ROOT_BYTES as o, DEFAULT_HTTP_LIMITS as r, openHttpSource as t };
