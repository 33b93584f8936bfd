import { a as errorCodeOf, i as connectionError, n as ConnectionError, r as codeOf, s as readProxies, t as openTransport } from "./transport.js";
import { $t as quote, St as encodeRoleName, Zt as CountersignError, s as TIMESTAMP_PATH } from "./tuf.js";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

// src/client/limits.ts
const DEFAULT_LIMITS = {
	maxRootBytes: 512e3,
	maxTimestampBytes: 16384,
	maxSnapshotBytes: 2e6,
	maxTargetsBytes: 5e6,
	maxListedSnapshotBytes: 16 * 1024 ** 2,
	maxListedBytes: 64 * 1024 ** 2
};
const MAX_PUBLISHED_ROOTS = 1024;
const MAX_PUBLISHED_ROOT_BYTES = 64 * 1024 ** 2;
const DEFAULT_HTTP_LIMITS = {
	connectMs: 15e3,
	stallMs: 3e4,
	metadataTotalMs: 12e4,
	targetTotalMs: 216e5,
	minBytesPerSecond: 500,
	slowMs: 6e4,
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

// src/client/http-fetch.ts
function fetchOver(transport) {
	return (url, request) => transport.send(url, {
		...request,
		method: "GET",
		body: null,
		idleMs: null
	});
}

// src/client/http-failure.ts
const PASSING = /* @__PURE__ */ new Set([
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
function failureOf(error, where, host) {
	if (error instanceof CountersignError) return {
		kind: "failed",
		error,
		waitMs: error.code === "stalled" || error.code === "io" ? 0 : null
	};
	if (!(error instanceof Error) || error instanceof TypeError && error.cause === void 0) throw error;
	const cause = !(error instanceof ConnectionError) && error.cause instanceof Error ? error.cause : error;
	const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
	const named = connectionError(`no answer of ${host}`, inner);
	const isPassing = named.isPassing || PASSING.has(codeOf(inner));
	return {
		kind: "failed",
		error: new CountersignError(errorCodeOf(named), where, named.message, { cause: error }),
		waitMs: isPassing ? 0 : null
	};
}
function retryAfterMs(header, now) {
	if (header === null) return 0;
	if (/^[0-9]{1,9}$/.test(header)) return Number(header) * 1e3;
	const at = Date.parse(header);
	return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
const MEANINGS = /* @__PURE__ */ new Map([[407, ": the proxy wants a user and password, as in http://USER:PASSWORD@HOST:PORT"], [511, ": the network wants a login, which a browser shows"]]);
function refusedStatus({ status, via, header }, request) {
	const detail = `expected the file from ${`${request.host}${via === void 0 ? "" : ` through the proxy ${via}`}`}, got HTTP ${String(status)}${MEANINGS.get(status) ?? ""}`;
	return {
		kind: "failed",
		error: new CountersignError("io", request.where, detail),
		waitMs: PASSING_STATUS.has(status) ? retryAfterMs(header("retry-after"), request.now) : null
	};
}

// src/client/http-rate.ts
function totalMsFor(bytes, totalMs, { minBytesPerSecond, slowMs }) {
	return minBytesPerSecond === 0 ? totalMs : Math.min(totalMs, slowMs + bytes / minBytesPerSecond * 1e3);
}
function startRate(where, host, { minBytesPerSecond, slowMs }) {
	let stretchMs = 0;
	let got = 0;
	return (waitedMs, bytes) => {
		stretchMs += waitedMs;
		got += bytes;
		if (stretchMs < slowMs) return null;
		const isSlow = got * 1e3 < minBytesPerSecond * stretchMs;
		const said = `expected at least ${String(minBytesPerSecond)} bytes a second from ${host}, got ${String(got)} in ${(stretchMs / 1e3).toFixed(1)} s`;
		[stretchMs, got] = [0, 0];
		return isSlow ? new CountersignError("timed-out", where, said) : null;
	};
}

// src/client/http-url.ts
const METADATA = "metadata/";
const TARGETS = "targets/";
const ENCODED_NAME = /^[A-Za-z0-9._~%-]+$/;
function parseBaseUrl(text, where) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (!(url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "") || !isHttp(url)) throw new CountersignError("usage", where, "expected an http or https URL without credentials, query or fragment");
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
function restartable(onEnd) {
	let timer;
	return {
		start: (ms) => {
			clearTimeout(timer);
			timer = setTimeout(onEnd, ms, ms);
		},
		again: () => {
			timer?.refresh().ref();
		},
		unref: () => {
			timer?.unref();
		},
		stop: () => clearTimeout(timer)
	};
}
function startWatch(where, stallMs, totalMs) {
	const controller = new AbortController();
	let verdict = null;
	let waiting = null;
	const end = (code, expected) => {
		verdict ??= new CountersignError(code, where, expected);
		waiting?.refuse(verdict);
		controller.abort(verdict);
	};
	const onStall = (ms) => {
		if (waiting !== null) end("stalled", `expected a byte from ${waiting.host} within ${String(ms)} ms, got none`);
	};
	const stall = restartable(onStall);
	stall.start(stallMs);
	const total = setTimeout(() => {
		end("timed-out", `expected the whole file within ${String(totalMs)} ms, got a part`);
	}, totalMs);
	stall.unref();
	total.unref();
	const finish = () => {
		stall.stop();
		clearTimeout(total);
	};
	const wait = async (host, operation) => {
		if (verdict !== null) throw verdict;
		stall.again();
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
	};
	return {
		during: wait,
		reaching: async (host, reachMs, operation) => {
			let isOver = false;
			stall.start(reachMs);
			try {
				return await wait(host, (signal) => operation(signal, () => {
					if (!isOver && verdict === null) stall.start(stallMs);
				}));
			} finally {
				isOver = true;
				stall.start(stallMs);
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
const MAX_LOOKED_AT = 256;
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
		const answer = await watch.reaching(at.origin, context.reachMs, (signal, onReached) => context.fetch(at, {
			headers,
			signal,
			onReached
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
function pageWatch(where, host) {
	let isDecided = false;
	return (chunk) => {
		if (isDecided) return null;
		const text = Buffer.from(chunk.subarray(0, MAX_LOOKED_AT)).toString("utf8").trimStart();
		isDecided = text !== "";
		if (!text.startsWith("<")) return null;
		return new CountersignError("page-answered", where, `${host} answered with a page instead of this file: ${quote(text)}`);
	};
}
async function* chunksOf(answer, shape, watch, get, from) {
	const { host, limits } = from;
	const iterator = answer.body[Symbol.asyncIterator]();
	const isSlow = startRate(get.where, host, limits);
	const isPage = get.content === "json" ? pageWatch(get.where, host) : () => null;
	let got = 0;
	try {
		for (;;) {
			const begun = performance.now();
			const next = await watch.during(host, () => iterator.next()).catch((error) => {
				throw error instanceof CountersignError ? error : connectionError(`the answer of ${host} broke off`, error);
			});
			if (next.done === true) {
				watch.finish();
				break;
			}
			const chunk = next.value;
			const refused = isSlow(performance.now() - begun, chunk.length) ?? isPage(chunk);
			if (refused !== null) throw refused;
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
		if (status === 200 || status === 206 && get.from > 0) {
			const from = {
				host: url.origin,
				limits: context.limits
			};
			return {
				kind: "done",
				value: chunksOf(answer, shapeOf(answer, get, url.origin), watch, get, from)
			};
		}
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
		return refusedStatus(answer, {
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
	const { fetch, close, reachMs } = senderOf(options, limits);
	const context = {
		fetch,
		limits,
		reachMs,
		now: options.now ?? Date.now
	};
	const together = Array.from({ length: Math.max(metadata.length, targets.length) }, (_, first) => viewOf(context, rotate(metadata, first), rotate(targets, first)));
	const alone = metadata.length === 1 ? [] : metadata.map((mirror, first) => viewOf(context, [mirror], rotate(targets, first)));
	return {
		...viewOf(context, metadata, targets),
		mirrors: [...together, ...alone],
		close
	};
}
const GRACE_MS = 1e3;
function senderOf({ ca, fetch }, { connectMs, stallMs }) {
	if (fetch !== void 0) return {
		fetch,
		reachMs: stallMs,
		close: async () => void 0
	};
	const transport = openTransport({
		connectMs,
		proxies: readProxies(process.env),
		...ca === void 0 ? {} : { ca }
	});
	return {
		fetch: fetchOver(transport),
		reachMs: connectMs + GRACE_MS,
		close: transport.close
	};
}
function rotate(items, by) {
	const first = by % items.length;
	return [...items.slice(first), ...items.slice(0, first)];
}
function viewOf(context, metadata, targets) {
	const { limits } = context;
	const readMetadata = (path, maxBytes) => fromMirrors(metadata, (mirror) => {
		const totalMs = totalMsFor(maxBytes, limits.metadataTotalMs, limits);
		const get = {
			url: metadataUrl(mirror.base, path),
			where: path,
			from: 0,
			maxBytes,
			totalMs,
			content: "json"
		};
		return persist(limits, () => readWhole(context, {
			...get,
			absent: absentStatuses(path)
		}));
	});
	const openTarget = async (path, maxBytes, from) => {
		const open = (at) => fromMirrors(targets, async (mirror) => {
			const totalMs = totalMsFor(maxBytes, limits.targetTotalMs, limits);
			const get = {
				url: targetUrl(mirror.base, path),
				where: path,
				from: at,
				maxBytes,
				totalMs,
				absent: [404]
			};
			const chunks = await persist(limits, () => openGet(context, {
				...get,
				content: "any"
			}));
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
