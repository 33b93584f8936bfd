import { i as __toESM } from "./rolldown-runtime.js";
import { t as VERSION$2 } from "./version.js";
import { a as legacyRestEndpointMethods, i as paginateRest, n as require_light, r as requestLog, s as Octokit$1, t as retry } from "./dist-bundle.js";
import { $t as quote, Mt as parseInstant, Zt as CountersignError, jt as instantFromSeconds } from "./tuf.js";
import { x as parseCommitSha } from "./trust.js";
import { _ as parseBlobId, a as errorCodeOf, g as parseAccountId, n as ConnectionError, o as NO_PROXIES, s as readProxies, t as openTransport, v as refOf } from "./transport.js";
import { i as ioError, t as TEMPORARY_PREFIX } from "./atomic-file.js";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

// src/commands/read-file.ts
async function readFileAt(forge, commit, path) {
	const entry = (await forge.tree(commit)).get(path);
	if (entry?.kind !== "file") return null;
	const bytes = (await forge.blobs([entry.id])).get(entry.id);
	if (bytes === void 0) throw new CountersignError("io", path, "expected its content, got nothing");
	return bytes;
}

// src/forge/github/answer.ts
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function answerOf(value, where) {
	if (!isRecord(value)) throw unexpected(where, "an object", value);
	return {
		where,
		members: value
	};
}
function childOf(answer, key) {
	return answerOf(answer.members[key], `${answer.where} ${key}`);
}
function childOrNull(answer, key) {
	return (answer.members[key] ?? null) === null ? null : childOf(answer, key);
}
function childrenOf(answer, key) {
	const value = answer.members[key];
	const where = `${answer.where} ${key}`;
	if (!Array.isArray(value)) throw unexpected(where, "an array", value);
	return value.map((one) => answerOf(one, where));
}
function textOf(answer, key) {
	const value = answer.members[key];
	if (typeof value !== "string") throw unexpected(`${answer.where} ${key}`, "a string", value);
	return value;
}
function textOrNull(answer, key) {
	return (answer.members[key] ?? null) === null ? null : textOf(answer, key);
}
function countOf(answer, key) {
	const value = answer.members[key];
	if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw unexpected(`${answer.where} ${key}`, "a number", value);
	return value;
}
function countOrNull(answer, key) {
	return (answer.members[key] ?? null) === null ? null : countOf(answer, key);
}
function flagOf(answer, key) {
	const value = answer.members[key];
	if (typeof value !== "boolean") throw unexpected(`${answer.where} ${key}`, "true or false", value);
	return value;
}
function unexpected(where, wanted, value) {
	const got = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
	return new CountersignError("io", where, `expected ${wanted}, got ${got === "undefined" ? "nothing" : got}`);
}

// src/forge/github/errors.ts
const PULL_REQUEST_SETTING = "Allow GitHub Actions to create and approve pull requests";
const GRAPHQL_STATUS = /* @__PURE__ */ new Map([
	["FORBIDDEN", 403],
	["INSUFFICIENT_SCOPES", 403],
	["NOT_FOUND", 404],
	["STALE_DATA", 409],
	["RATE_LIMITED", 429],
	["RATE_LIMIT", 429]
]);
const MEANINGS = [
	[/not permitted to create or approve pull requests/i, "setting-missing"],
	[/without `?workflows?`? (permission|scope)/i, "permission-missing"],
	[/protected branch|rule violations?|branch protection|cannot force-push|rulesets?\b/i, "ref-protected"],
	[/immutable release/i, "release-immutable"],
	[/commenting (?:is|has been) (?:disabled|limited)|more than 2,?500 comments/i, "conversation-full"]
];
function failureOf(error) {
	if (!(error instanceof Error)) return null;
	const response = "response" in error && isRecord(error.response) ? error.response : null;
	const headers = isRecord(response?.["headers"]) ? response["headers"] : {};
	const status = "status" in error && typeof error.status === "number" ? error.status : null;
	const message = saidIn(response?.["data"]) ?? error.message;
	const parts = partCodes(response?.["data"]);
	const unanswered = error.cause instanceof ConnectionError ? errorCodeOf(error.cause) : null;
	if (status !== null) return {
		kind: "github-failure",
		status: status === 0 ? 500 : status,
		message,
		parts,
		headers,
		unanswered
	};
	return graphqlFailure(response?.["data"], headers);
}
function saidIn(data) {
	if (!isRecord(data) || typeof data["message"] !== "string") return null;
	const parts = Array.isArray(data["errors"]) ? data["errors"].map(partIn).filter((part) => part !== "") : [];
	return parts.length === 0 ? data["message"] : `${data["message"]}: ${parts.join(", ")}`;
}
function partCodes(data) {
	return (isRecord(data) && Array.isArray(data["errors"]) ? data["errors"] : []).map((part) => isRecord(part) ? part["code"] : null).filter((code) => typeof code === "string");
}
function partIn(part) {
	if (typeof part === "string") return part;
	if (!isRecord(part)) return "";
	return [part["message"], `${String(part["field"])} ${String(part["code"])}`].find((one) => typeof one === "string") ?? "";
}
function graphqlFailure(data, headers) {
	const errors = isRecord(data) && Array.isArray(data["errors"]) ? data["errors"].filter(isRecord) : [];
	const [first] = errors;
	if (first === void 0) return null;
	const message = errors.map((one) => String(one["message"])).join("; ");
	const types = errors.map((one) => typeof one["type"] === "string" ? one["type"] : "");
	const type = types.find((one) => GRAPHQL_STATUS.get(one) === 429) ?? types[0] ?? "";
	return {
		kind: "github-failure",
		status: /something went wrong while executing your query/i.test(message) ? 502 : GRAPHQL_STATUS.get(type) ?? 422,
		message,
		parts: [],
		headers,
		unanswered: null
	};
}
function translate(failure, purpose, scrub) {
	const message = scrub(failure.message);
	const cause = {
		...failure,
		message,
		headers: {}
	};
	if (failure.unanswered !== null) return new CountersignError(failure.unanswered, purpose.what, message, { cause });
	const { code, expected } = meaningOf({
		...failure,
		message
	}, purpose);
	const said = failure.status >= 500 && failure.message === "" ? `status ${String(failure.status)}` : quote(message);
	return new CountersignError(code, purpose.what, `expected ${expected}, got ${said}`, { cause });
}
function statusOf(error) {
	if (!(error instanceof CountersignError) || !isRecord(error.cause) || error.cause["kind"] !== "github-failure") return null;
	return typeof error.cause["status"] === "number" ? error.cause["status"] : null;
}
function saidWith(error) {
	const message = statusOf(error) !== null && error instanceof CountersignError && isRecord(error.cause) ? error.cause["message"] : "";
	return typeof message === "string" ? message : "";
}
function mayHaveHappened(error) {
	return (statusOf(error) ?? 0) >= 500;
}
function meaningOf(failure, purpose) {
	const { status, headers } = failure;
	if (status >= 500) return {
		code: "io",
		expected: "an answer of GitHub"
	};
	if (isRateLimit(failure)) return {
		code: "rate-limited",
		expected: `GitHub to take more requests${whenLifted(headers)}`
	};
	const meaning = MEANINGS.find(([pattern]) => pattern.test(failure.message))?.[1];
	if (meaning === "setting-missing") return {
		code: meaning,
		expected: `the repository's setting "${PULL_REQUEST_SETTING}" to be on, or an App token`
	};
	if (meaning === "permission-missing") return {
		code: meaning,
		expected: permissionText("workflows: write")
	};
	if (meaning === "conversation-full") return {
		code: meaning,
		expected: "GitHub to take one more comment"
	};
	if (meaning !== void 0) return {
		code: meaning,
		expected: "no rule against it"
	};
	if (status === 401) return {
		code: "permission-missing",
		expected: "a token that GitHub accepts"
	};
	if (status === 403) return {
		code: "permission-missing",
		expected: permissionText(neededBy(headers) ?? purpose.needs)
	};
	if (status === 404) return {
		code: purpose.codes?.[404] ?? "io",
		expected: `it to be there and seen with permission ${purpose.needs}`
	};
	if (status === 413) return {
		code: "too-large",
		expected: "less"
	};
	return {
		code: codeOf(purpose, status),
		expected: "GitHub to accept it"
	};
}
function codeOf({ codes }, status) {
	switch (status) {
		case 400:
		case 405:
		case 409:
		case 410:
		case 422: return codes?.[status] ?? "io";
		default: return "io";
	}
}
function isRateLimit({ status, message, parts, headers }) {
	if (status === 429) return true;
	const isSaid = /\brate limit\b|\babuse detection\b|\bsubmitted too quickly\b/i.test(message);
	if (status === 422) return parts.includes("abuse") || isSaid;
	return status === 403 && (headers["x-ratelimit-remaining"] === "0" || "retry-after" in headers || isSaid);
}
function whenLifted(headers) {
	const wait = headers["retry-after"];
	if (typeof wait === "string" && /^\d{1,6}$/.test(wait)) return ` after ${wait} seconds`;
	const reset = headers["x-ratelimit-reset"];
	if (typeof reset === "string" && /^\d{1,11}$/.test(reset)) return ` after ${(/* @__PURE__ */ new Date(Number(reset) * 1e3)).toISOString()}`;
	return "";
}
function permissionText(needs) {
	return `permission ${needs}${/\bworkflows\b/.test(needs) ? ", where workflows is for an App token only" : ""}`;
}
function neededBy(headers) {
	const accepted = headers["x-accepted-github-permissions"];
	if (typeof accepted !== "string" || !/^[a-z_=;, ]{1,200}$/.test(accepted)) return null;
	const one = (text) => text.trim().replaceAll("_", "-").replace("=", ": ");
	return accepted.split(";").map((choice) => choice.split(",").map(one).join(" with ")).join(" or ");
}

// src/forge/github/place.ts
const PAGE$1 = 100;
const WRITE_TRIES = 3;
async function send(place, route, parameters, purpose, repetition = "repeatable") {
	return translated(place, purpose, async () => {
		return (await place.octokit.request(route, {
			...repositoryIn(place, route),
			...parameters,
			request: {
				...retriesOf(repetition),
				...optionsIn(parameters)
			}
		})).data;
	});
}
async function sendOrNull(place, route, parameters, purpose) {
	try {
		return await send(place, route, parameters, purpose);
	} catch (error) {
		if (statusOf(error) !== 404) throw error;
		return null;
	}
}
async function sendForAll(place, route, parameters, purpose, limit = Number.POSITIVE_INFINITY) {
	return translated(place, purpose, async () => {
		const found = /* @__PURE__ */ new Map();
		const pages = place.octokit.paginate.iterator(route, {
			...repositoryIn(place, route),
			per_page: PAGE$1,
			...parameters
		});
		for await (const { data } of pages) {
			const page = data;
			if (!Array.isArray(page)) throw new CountersignError("io", purpose.what, "expected a list, got another kind of answer");
			for (const one of page) {
				const answer = answerOf(one, purpose.what);
				const id = answer.members["id"] ?? answer.members["ref"] ?? answer;
				if (!found.has(id)) found.set(id, answer);
			}
			if (found.size >= limit) break;
		}
		return [...found.values()].slice(0, limit);
	});
}
async function query(place, document, variables, purpose, repetition) {
	return translated(place, purpose, async () => {
		const response = await ask(place, document, variables, repetition);
		const failure = graphqlFailure(response.data, response.headers);
		if (failure !== null) throw translate(failure, purpose, place.scrub);
		return answerOf(isRecord(response.data) ? response.data["data"] : null, purpose.what);
	});
}
async function queryFound(place, document, variables, purpose) {
	return translated(place, purpose, async () => {
		const response = await ask(place, document, variables, "repeatable");
		const failure = graphqlFailure(withoutMissing(response.data), response.headers);
		if (failure !== null) throw translate(failure, purpose, place.scrub);
		return answerOf(isRecord(response.data) ? response.data["data"] : null, purpose.what);
	});
}
function withoutMissing(data) {
	if (!isRecord(data) || !Array.isArray(data["errors"])) return data;
	return {
		...data,
		errors: data["errors"].filter((one) => !isRecord(one) || one["type"] !== "NOT_FOUND" || !Array.isArray(one["path"]))
	};
}
async function ask(place, document, variables, repetition) {
	return place.octokit.request({
		method: "POST",
		url: place.graphqlUrl,
		query: document,
		variables,
		request: retriesOf(repetition)
	});
}
async function writeOnce(place, write, look) {
	for (let tries = 1;; tries++) try {
		return await write();
	} catch (error) {
		if (!mayHaveHappened(error)) throw error;
		await pause(place, tries);
		const found = await look();
		if (found !== null) return found;
		if (tries === WRITE_TRIES) throw error;
	}
}
async function pause(place, seconds) {
	await setTimeout(seconds * place.secondMs);
}
function repositoryIn({ owner, repo }, route) {
	return route.includes("{owner}/{repo}") ? {
		owner,
		repo
	} : {};
}
function retriesOf(repetition) {
	return repetition === "once" ? { retries: 0 } : {};
}
function optionsIn(parameters) {
	return isRecord(parameters["request"]) ? parameters["request"] : {};
}
async function translated(place, purpose, work) {
	try {
		return await work();
	} catch (error) {
		const failure = error instanceof CountersignError ? null : failureOf(error);
		throw failure === null ? error : translate(failure, {
			...purpose,
			what: `${place.owner}/${place.repo} ${purpose.what}`
		}, place.scrub);
	}
}

// src/forge/github/accounts.ts
const GHOST = {
	id: 10137,
	login: "ghost"
};
const ACTIONS_BOT = {
	id: 41898282,
	login: "github-actions[bot]"
};
const GITHUB_API = "https://api.github.com";
const BOT_SUFFIX = "[bot]";
const LOGINS_AT_ONCE = 100;
const WRITERS = /* @__PURE__ */ new Set([
	"admin",
	"maintain",
	"write"
]);
const ACTOR = "__typename login ... on User { databaseId } ... on Bot { databaseId }";
const IDENTITY = `query Identity($owner: String!, $name: String!) {
  viewer { login databaseId }
  repository(owner: $owner, name: $name) { id }
}`;
async function readIdentity(place) {
	const data = await query(place, IDENTITY, {
		owner: place.owner,
		name: place.repo
	}, {
		what: "the account of the token",
		needs: "contents: read"
	}, "repeatable");
	const viewer = childOf(data, "viewer");
	return {
		viewer: {
			id: parseAccountId(countOf(viewer, "databaseId"), viewer.where),
			login: textOf(viewer, "login")
		},
		repositoryId: textOf(childOf(data, "repository"), "id")
	};
}
async function readAccount(place, login) {
	const found = await sendOrNull(place, "GET /users/{username}", { username: login }, {
		what: "account",
		needs: "metadata: read"
	});
	return found === null ? null : accountOf(answerOf(found, "account"));
}
async function readAccounts(place, logins) {
	const wanted = [...new Set(logins.map((login) => login.toLowerCase()))];
	const found = /* @__PURE__ */ new Map();
	for (const login of wanted.filter(isBotLogin)) {
		const account = await readAccount(place, login);
		if (account !== null) found.set(login, account);
	}
	const people = wanted.filter((login) => !isBotLogin(login));
	for (let at = 0; at < people.length; at += LOGINS_AT_ONCE) await addUsers(place, people.slice(at, at + LOGINS_AT_ONCE), found);
	return new Map(logins.flatMap((login) => {
		const account = found.get(login.toLowerCase());
		return account === void 0 ? [] : [[login, account]];
	}));
}
async function addUsers(place, logins, found) {
	const names = logins.map((_, at) => `l${String(at)}`);
	const asked = names.map((name) => `${name}: user(login: $${name}) { login databaseId }`);
	const document = `query Accounts(${names.map((name) => `$${name}: String!`).join(", ")}) { ${asked.join(" ")} }`;
	const variables = Object.fromEntries(logins.map((login, at) => [`l${String(at)}`, login]));
	const data = await queryFound(place, document, variables, {
		what: "accounts",
		needs: "metadata: read"
	});
	for (const [at, login] of logins.entries()) {
		const user = childOrNull(data, `l${String(at)}`);
		if (user === null) continue;
		const account = {
			id: parseAccountId(countOf(user, "databaseId"), user.where),
			login: textOf(user, "login")
		};
		if (account.login.toLowerCase() === login) found.set(login, account);
	}
}
async function readLogin(place, id) {
	const purpose = {
		what: `account ${String(id)}`,
		needs: "metadata: read"
	};
	const found = await sendOrNull(place, "GET /user/{account_id}", { account_id: id }, purpose);
	if (found === null) return null;
	const account = accountOf(answerOf(found, purpose.what));
	return account.id === id ? account.login : null;
}
async function mayWrite(place, account) {
	const before = await readPermission(place, account.login);
	if (before?.id === account.id) return before.writes;
	const login = await readLogin(place, account.id);
	if (login === null || login.toLowerCase() === account.login.toLowerCase()) return false;
	const now = await readPermission(place, login);
	return now?.id === account.id && now.writes;
}
async function readPermission(place, login) {
	const purpose = {
		what: `permission of ${login}`,
		needs: "metadata: read"
	};
	const found = await sendOrNull(place, "GET /repos/{owner}/{repo}/collaborators/{username}/permission", { username: login }, purpose);
	if (found === null) return null;
	const answer = answerOf(found, purpose.what);
	const user = childOrNull(answer, "user");
	return user === null ? null : {
		id: countOf(user, "id"),
		writes: WRITERS.has(textOf(answer, "permission"))
	};
}
async function readAutomation(place, viewer) {
	const actions = await readActionsBot(place, viewer);
	const own = isBotLogin(viewer.login) && viewer.id !== actions?.id ? [viewer] : [];
	return actions === null ? own : [...own, actions];
}
async function readActionsBot(place, viewer) {
	if (viewer.login === ACTIONS_BOT.login) return viewer;
	return place.octokit.request.endpoint.DEFAULTS.baseUrl === GITHUB_API ? {
		id: parseAccountId(ACTIONS_BOT.id, "account"),
		login: ACTIONS_BOT.login
	} : readAccount(place, ACTIONS_BOT.login);
}
function isBotLogin(login) {
	return login.toLowerCase().endsWith(BOT_SUFFIX);
}
function bareLogin(login) {
	return isBotLogin(login) ? login.slice(0, -5) : login;
}
function actorOf(answer, key) {
	const actor = childOrNull(answer, key);
	const id = actor === null ? null : countOrNull(actor, "databaseId");
	if (actor === null || id === null) return {
		id: parseAccountId(GHOST.id, answer.where),
		login: GHOST.login
	};
	const login = textOf(actor, "login");
	const suffix = textOf(actor, "__typename") === "Bot" && !isBotLogin(login) ? BOT_SUFFIX : "";
	return {
		id: parseAccountId(id, actor.where),
		login: login + suffix
	};
}
function accountOf(answer) {
	return {
		id: parseAccountId(countOf(answer, "id"), answer.where),
		login: textOf(answer, "login")
	};
}
function authorOf(answer, key) {
	const author = childOrNull(answer, key);
	return author === null ? {
		id: parseAccountId(GHOST.id, answer.where),
		login: GHOST.login
	} : accountOf(author);
}

// src/forge/github/assets.ts
const DIGEST = /^sha256:([0-9a-f]{64})$/;
function sha256Of(answer) {
	return DIGEST.exec(textOrNull(answer, "digest") ?? "")?.[1] ?? null;
}
function assetOf(answer) {
	const state = textOf(answer, "state");
	if (state !== "uploaded" && state !== "starter" && state !== "open") throw unexpected(`${answer.where} state`, "the state of an asset", state);
	return {
		id: countOf(answer, "id"),
		name: textOf(answer, "name"),
		size: countOf(answer, "size"),
		sha256: sha256Of(answer),
		state: state === "uploaded" ? "uploaded" : "starter"
	};
}

// src/forge/github/artifacts.ts
const NEEDS$2 = "actions: read";
const DEFAULT_API = "https://api.github.com";
const LIST$3 = "GET /repos/{owner}/{repo}/actions/artifacts";
var GitHubArtifacts = class {
	#place;
	#access;
	constructor(place, access) {
		this.#place = place;
		this.#access = access;
	}
	async run(id) {
		const purpose = {
			what: `workflow run ${String(id)}`,
			needs: NEEDS$2
		};
		const found = await sendOrNull(this.#place, "GET /repos/{owner}/{repo}/actions/runs/{run_id}", { run_id: id }, purpose);
		return found === null ? null : runOf(answerOf(found, purpose.what));
	}
	async ofRun(runId) {
		const purpose = {
			what: `artifacts of workflow run ${String(runId)}`,
			needs: NEEDS$2
		};
		try {
			return (await sendForAll(this.#place, "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", { run_id: runId }, purpose)).map(artifactOf);
		} catch (error) {
			if (statusOf(error) !== 404) throw error;
			return [];
		}
	}
	async named(name) {
		return newestFirst((await sendForAll(this.#place, LIST$3, { name }, {
			what: `artifacts ${quote(name)}`,
			needs: NEEDS$2
		})).map(artifactOf).filter((one) => one.name === name));
	}
	async newest(limit) {
		return newestFirst((await sendForAll(this.#place, LIST$3, {}, {
			what: "artifacts",
			needs: NEEDS$2
		}, limit)).map(artifactOf));
	}
	async download(artifact, directory) {
		const where = `artifact ${String(artifact.id)}`;
		if (artifact.expired) throw new CountersignError("artifact-expired", where, `expected the bytes of ${quote(artifact.name)}, got none any more`);
		if ((process.env["GITHUB_API_URL"] ?? DEFAULT_API) !== this.#access.apiUrl) throw new CountersignError("usage", "GITHUB_API_URL", "expected the address that the repository was opened with, got another");
		const temporary = await this.#temporary(directory);
		try {
			await this.#unpack(artifact, temporary, where);
			for (const name of await readdir(temporary)) await rename(join(temporary, name), join(directory, name));
		} catch (error) {
			throw ioError(directory, "to unpack an artifact", error);
		} finally {
			await rm(temporary, {
				recursive: true,
				force: true
			});
		}
	}
	async #temporary(directory) {
		try {
			return await mkdtemp(join(directory, TEMPORARY_PREFIX));
		} catch (error) {
			throw ioError(directory, "to make a directory", error);
		}
	}
	async #unpack(artifact, path, where) {
		const { DefaultArtifactClient } = await import("./actions-artifact.js");
		const findBy = {
			token: this.#access.token,
			workflowRunId: artifact.runId ?? 0,
			repositoryOwner: this.#place.owner,
			repositoryName: this.#place.repo
		};
		const expected = artifact.sha256 === null ? {} : { expectedHash: `sha256:${artifact.sha256}` };
		if ((await new DefaultArtifactClient().downloadArtifact(artifact.id, {
			path,
			findBy,
			...expected
		}).catch((error) => {
			throw this.#downloadError(error, where);
		})).digestMismatch === true) throw new CountersignError("artifact-mismatch", where, `expected an archive with sha256 ${artifact.sha256 ?? ""}, got another`);
	}
	#downloadError(error, where) {
		const purpose = {
			what: where,
			needs: NEEDS$2,
			codes: {
				404: "artifact-missing",
				410: "artifact-expired"
			}
		};
		const failure = failureOf(error);
		if (failure !== null) return translate(failure, purpose, this.#place.scrub);
		if (!(error instanceof Error)) return error;
		return new CountersignError("io", where, `expected to download and unpack it, got ${quote(this.#place.scrub(error.message))}`);
	}
};
function newestFirst(artifacts) {
	return artifacts.toSorted((a, b) => b.id - a.id);
}
function artifactOf(answer) {
	const run = childOrNull(answer, "workflow_run");
	const repository = run === null ? null : countOrNull(run, "repository_id");
	const head = run === null ? null : countOrNull(run, "head_repository_id");
	return {
		id: countOf(answer, "id"),
		name: textOf(answer, "name"),
		size: countOf(answer, "size_in_bytes"),
		sha256: sha256Of(answer),
		expired: flagOf(answer, "expired"),
		runId: run === null ? null : countOrNull(run, "id"),
		from: repository !== null && repository === head ? "repository" : "fork"
	};
}
function runOf(answer) {
	const head = childOrNull(answer, "head_repository");
	const isOurs = head !== null && countOf(head, "id") === countOf(childOf(answer, "repository"), "id");
	return {
		id: countOf(answer, "id"),
		workflow: textOf(answer, "path").split("@", 1)[0] ?? "",
		commit: parseCommitSha(textOf(answer, "head_sha"), answer.where),
		event: textOf(answer, "event"),
		from: isOurs ? "repository" : "fork",
		status: textOrNull(answer, "status") ?? "",
		conclusion: textOrNull(answer, "conclusion"),
		actor: authorOf(answer, "actor"),
		url: textOf(answer, "html_url")
	};
}

// src/forge/github/many-objects.ts
const AT_ONCE = 10;
async function* queryObjects(place, ids, wanted) {
	for (let at = 0; at < ids.length; at += AT_ONCE) {
		const some = ids.slice(at, at + AT_ONCE);
		const repository = await askFor(place, some, wanted);
		for (const [index, id] of some.entries()) yield [id, repository === null ? "refused" : childOrNull(repository, `o${String(index)}`)];
	}
}
async function askFor(place, ids, { name, selection, purpose }) {
	const names = ids.map((_, at) => `o${String(at)}`);
	const objects = names.map((one) => `${one}: object(oid: $${one}) { ${selection} }`);
	const document = `query ${name}($owner: String!, $name: String!, ${names.map((one) => `$${one}: GitObjectID!`).join(", ")}) {
    repository(owner: $owner, name: $name) { ${objects.join(" ")} }
  }`;
	const variables = Object.fromEntries(ids.map((id, at) => [`o${String(at)}`, id]));
	try {
		return childOf(await query(place, document, {
			owner: place.owner,
			name: place.repo,
			...variables
		}, purpose, "repeatable"), "repository");
	} catch (error) {
		if (!mayHaveHappened(error)) throw error;
		return null;
	}
}

// src/forge/github/objects.ts
const REGULAR_MODES = /* @__PURE__ */ new Set(["100644", "100755"]);
const MAX_TREES = 500;
const READS_AT_ONCE = 8;
const HISTORY_PAGE = 100;
const MAX_HISTORY_PAGES = 20;
const HISTORY = `query History($owner: String!, $name: String!, $commit: GitObjectID!, $path: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) {
      ... on Commit {
        history(path: $path, first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { file(path: $path) { oid type mode } }
        }
      }
    }
  }
}`;
async function readTreeId(place, commit) {
	const purpose = {
		what: `commit ${commit}`,
		needs: "contents: read"
	};
	const found = await send(place, "GET /repos/{owner}/{repo}/git/commits/{commit_sha}", { commit_sha: commit }, purpose);
	return parseBlobId(textOf(childOf(answerOf(found, purpose.what), "tree"), "sha"), purpose.what);
}
async function readTree(place, treeId) {
	const entries = /* @__PURE__ */ new Map();
	let level = [{
		id: treeId,
		prefix: ""
	}];
	for (let count = 1; level.length > 0; count += level.length) {
		if (count > MAX_TREES) throw new CountersignError("too-large", `tree ${treeId}`, `expected at most ${String(MAX_TREES)} directories`);
		const below = [];
		await eachOf(level, async (directory) => void below.push(...await readDirectory(place, directory, entries)));
		level = below;
	}
	return entries;
}
async function readDirectory(place, { id, prefix }, entries) {
	const whole = await readOneTree(place, id, true);
	const isWhole = !flagOf(whole, "truncated");
	const found = isWhole ? whole : await readOneTree(place, id, false);
	if (!isWhole && flagOf(found, "truncated")) throw new CountersignError("too-large", found.where, "expected a directory that GitHub gives in one answer");
	const below = [];
	for (const entry of childrenOf(found, "tree")) {
		const path = prefix + textOf(entry, "path");
		if (textOf(entry, "type") !== "tree") addEntry(entries, path, entry);
		else if (!isWhole) below.push({
			id: parseBlobId(textOf(entry, "sha"), entry.where),
			prefix: `${path}/`
		});
	}
	return below;
}
async function eachOf(items, work) {
	const waiting = items.values();
	const one = async () => {
		for (const item of waiting) await work(item);
	};
	await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, items.length) }, one));
}
async function readOneTree(place, treeId, isRecursive) {
	const purpose = {
		what: `tree ${treeId}`,
		needs: "contents: read"
	};
	const parameters = {
		tree_sha: treeId,
		...isRecursive ? { recursive: "1" } : {}
	};
	return answerOf(await send(place, "GET /repos/{owner}/{repo}/git/trees/{tree_sha}", parameters, purpose), purpose.what);
}
function addEntry(entries, path, entry) {
	const id = parseBlobId(textOf(entry, "sha"), entry.where);
	addTreeEntry(entries, path, {
		type: textOf(entry, "type"),
		mode: textOf(entry, "mode"),
		id,
		size: countOrNull(entry, "size") ?? 0
	});
}
function addTreeEntry(entries, path, { type, mode, id, size }) {
	const isPlain = type === "blob" && REGULAR_MODES.has(mode) && !path.includes("�") && !entries.has(path);
	entries.set(path, {
		kind: isPlain ? "file" : "other",
		id,
		size
	});
}
async function readHistory(place, commit, path, limit) {
	const ids = /* @__PURE__ */ new Set();
	const purpose = {
		what: `history of ${commit}`,
		needs: "contents: read"
	};
	let after = null;
	for (let page = 0; page < MAX_HISTORY_PAGES && ids.size < limit; page++) {
		const variables = {
			owner: place.owner,
			name: place.repo,
			commit,
			path,
			first: Math.min(HISTORY_PAGE, Math.max(limit, 10)),
			after
		};
		const data = await query(place, HISTORY, variables, purpose, "repeatable");
		const object = childOrNull(childOf(data, "repository"), "object");
		if (object === null) throw new CountersignError("io", purpose.what, "expected the commit, got none");
		const history = childOf(object, "history");
		for (const node of childrenOf(history, "nodes")) {
			const file = childOrNull(node, "file");
			if (file !== null && ids.size < limit && isRegularFile(file)) ids.add(parseBlobId(textOf(file, "oid"), file.where));
		}
		const pages = childOf(history, "pageInfo");
		after = flagOf(pages, "hasNextPage") ? textOrNull(pages, "endCursor") : null;
		if (after === null) break;
	}
	return [...ids];
}
function isRegularFile(file) {
	const type = textOrNull(file, "type");
	if (type === null) throw unexpected(file.where, "a type", type);
	return type === "blob" && REGULAR_MODES.has(countOf(file, "mode").toString(8));
}

// src/forge/github/blobs.ts
const TEXTS$1 = {
	name: "Blobs",
	selection: "... on Blob { text }",
	purpose: {
		what: "files",
		needs: "contents: read"
	}
};
async function readBlobs(place, ids) {
	const wanted = [...new Set(ids)];
	const blobs = wanted.length > 1 ? await readTexts(place, wanted) : /* @__PURE__ */ new Map();
	await eachOf(wanted.filter((id) => !blobs.has(id)), async (id) => void blobs.set(id, await readBlob(place, id)));
	return blobs;
}
async function readTexts(place, ids) {
	const texts = /* @__PURE__ */ new Map();
	for await (const [id, object] of queryObjects(place, ids, TEXTS$1)) {
		const text = object === null || object === "refused" ? null : textOrNull(object, "text");
		const bytes = text === null ? null : Buffer.from(text);
		if (bytes !== null && idOf(bytes) === id) texts.set(id, bytes);
	}
	return texts;
}
async function readBlob(place, id) {
	const purpose = {
		what: `blob ${id}`,
		needs: "contents: read"
	};
	const found = answerOf(await send(place, "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", { file_sha: id }, purpose), purpose.what);
	if (textOf(found, "encoding") !== "base64") throw new CountersignError("io", found.where, "expected base64, got another encoding");
	const bytes = Buffer.from(textOf(found, "content"), "base64");
	const hash = idOf(bytes);
	if (hash !== id) throw new CountersignError("io", found.where, `expected the blob of this id, got ${hash}`);
	return bytes;
}
function idOf(bytes) {
	return createHash("sha1").update(`blob ${String(bytes.length)}\0`).update(bytes).digest("hex");
}

// src/forge/github/budget.ts
const RESOURCES = ["core", "graphql"];
var RequestBudget = class {
	#place;
	#last = /* @__PURE__ */ new Map();
	constructor(place) {
		this.#place = place;
		place.octokit.hook.after("request", (response) => {
			this.#note(response.headers);
		});
		place.octokit.hook.error("request", (error) => {
			this.#note(failureOf(error)?.headers ?? {});
			throw error;
		});
	}
	async read() {
		if (this.#last.size === 0) await this.#ask();
		return [...this.#last.values()].reduce((least, one) => least === null || one.left < least.left ? one : least, null);
	}
	async #ask() {
		const found = await sendOrNull(this.#place, "GET /rate_limit", {}, {
			what: "rate limit",
			needs: "metadata: read"
		});
		if (found === null) return;
		const resources = childOf(answerOf(found, "rate limit"), "resources");
		for (const name of RESOURCES) {
			const one = childOrNull(resources, name);
			if (one !== null) this.#last.set(name, {
				left: countOf(one, "remaining"),
				resets: instantFromSeconds(countOf(one, "reset"))
			});
		}
	}
	#note(headers) {
		const resource = headers["x-ratelimit-resource"];
		const [left, resets] = [headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"]].map(digitsOf);
		if (typeof resource !== "string" || !RESOURCES.some((name) => name === resource)) return;
		if (left !== void 0 && left !== null && resets !== void 0 && resets !== null) this.#last.set(resource, {
			left,
			resets: instantFromSeconds(resets)
		});
	}
};
function digitsOf(value) {
	return typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : null;
}

// src/forge/github/commit.ts
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const MAX_BLOB_BYTES = 41943040;
const MAX_INLINE_BYTES = 5242880;
const NEEDS$1 = "contents: write";
async function writeCommit(place, input, base) {
	checkPaths(input.changes);
	const purpose = {
		what: "a new commit",
		needs: NEEDS$1
	};
	const tree = await writeTree(place, input.changes, base);
	const made = await send(place, "POST /repos/{owner}/{repo}/git/commits", {
		message: input.message,
		tree,
		parents: [...input.parents]
	}, purpose);
	return parseCommitSha(textOf(answerOf(made, purpose.what), "sha"), purpose.what);
}
async function writeTree(place, changes, base) {
	const entries = [];
	const left = new Set(base?.entries.keys());
	let inlineBytes = 0;
	for (const [path, content] of changes) {
		if (content === null) {
			if (left.delete(path)) entries.push({
				path,
				mode: "100644",
				type: "blob",
				sha: null
			});
			continue;
		}
		left.add(path);
		const text = content.kind === "bytes" ? textOfBytes(content.bytes, MAX_INLINE_BYTES - inlineBytes) : null;
		inlineBytes += content.kind === "bytes" && text !== null ? content.bytes.length : 0;
		const held = text === null ? { sha: await blobOf(place, path, content) } : { content: text };
		entries.push({
			path,
			mode: "100644",
			type: "blob",
			...held
		});
	}
	if (left.size === 0) return EMPTY_TREE;
	if (base !== null && entries.length === 0) return base.id;
	const purpose = {
		what: "a new tree",
		needs: NEEDS$1
	};
	const from = base === null || base.entries.size === 0 ? {} : { base_tree: base.id };
	const made = await send(place, "POST /repos/{owner}/{repo}/git/trees", {
		...from,
		tree: entries
	}, purpose);
	return parseBlobId(textOf(answerOf(made, purpose.what), "sha"), purpose.what);
}
function textOfBytes(bytes, room) {
	if (bytes.length > room) return null;
	const buffer = Buffer.from(bytes);
	const text = buffer.toString("utf8");
	return !text.includes("\0") && Buffer.from(text, "utf8").equals(buffer) ? text : null;
}
async function blobOf(place, path, content) {
	if (content.kind === "blob") return content.id;
	const length = content.kind === "file" ? content.length : content.bytes.length;
	if (length > MAX_BLOB_BYTES) throw new CountersignError("too-large", quote(path), `expected at most 40 MiB, which is what GitHub takes, got ${String(length)} bytes`);
	const bytes = content.kind === "file" ? await readExactly(content.path, length) : Buffer.from(content.bytes);
	const purpose = {
		what: `a new blob for ${quote(path)}`,
		needs: NEEDS$1
	};
	const parameters = {
		content: bytes.toString("base64"),
		encoding: "base64"
	};
	const made = await send(place, "POST /repos/{owner}/{repo}/git/blobs", parameters, purpose);
	return parseBlobId(textOf(answerOf(made, purpose.what), "sha"), purpose.what);
}
async function readExactly(path, length) {
	try {
		const { size } = await stat(path);
		const bytes = size === length ? await readFile(path) : null;
		if (bytes?.length === length) return bytes;
		throw new CountersignError("file-changed", path, `expected ${String(length)} bytes as when it was measured, got ${String(size)}`);
	} catch (error) {
		throw ioError(path, "to read the file", error);
	}
}
function checkPaths(changes) {
	for (const path of changes.keys()) {
		const names = path.split("/");
		if (names.some((name) => name === "" || name === "." || name === ".." || name.toLowerCase() === ".git") || path.includes("\0") || Buffer.from(path).toString() !== path) throw new CountersignError("file-name", quote(path), "expected a path that git can hold");
		for (let depth = 1; depth < names.length; depth++) {
			const above = names.slice(0, depth).join("/");
			if ((changes.get(path) ?? null) !== null && (changes.get(above) ?? null) !== null) throw new CountersignError("file-name", quote(path), `expected a directory at ${quote(above)}, got a file`);
		}
	}
}

// src/forge/github/pulls.ts
const LIST$2 = "GET /repos/{owner}/{repo}/pulls";
const ONE$2 = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
const EDIT = "PATCH /repos/{owner}/{repo}/pulls/{pull_number}";
const READ$1 = "pull-requests: read";
const WRITE$1 = "pull-requests: write";
const LOOKS = 3;
const MERGE_METHODS = [
	"merge",
	"squash",
	"rebase"
];
const METHOD_REFUSED = /\b(?:merge commits?|squash(?:ed|ing)?(?: merg\w*| commits?)?|rebas(?:e|ed|ing)(?: merg\w*)?|merge methods?|linear history)\b/i;
async function openPull(place, input) {
	const purpose = {
		what: `pull request of ${quote(input.head)}`,
		needs: WRITE$1,
		codes: { 422: "event-invalid" }
	};
	const before = await findOpen(place, input);
	if (before !== null) return before;
	const create = async () => {
		const { head, base, title, body } = input;
		const made = await send(place, "POST /repos/{owner}/{repo}/pulls", {
			head,
			base,
			title,
			body
		}, purpose, "once");
		return pullOf(answerOf(made, purpose.what));
	};
	try {
		return await writeOnce(place, create, () => findOpen(place, input));
	} catch (error) {
		if (statusOf(error) !== 422 || !/already exists/i.test(saidWith(error))) throw error;
		for (let look = 1; look <= LOOKS; look++) {
			const found = await findOpen(place, input);
			if (found !== null) return found;
			await pause(place, look);
		}
		throw error;
	}
}
async function findOpen(place, { head, base }) {
	const parameters = {
		state: "open",
		head: `${place.owner}:${head}`,
		base
	};
	return (await sendForAll(place, LIST$2, parameters, {
		what: "pull requests",
		needs: READ$1
	})).map(pullOf).find((pull) => pull.state === "open" && pull.head === head && pull.base === base && pull.from === "repository") ?? null;
}
async function editPull(place, number, change) {
	await send(place, EDIT, {
		pull_number: number,
		title: change.title,
		body: change.body
	}, pullPurpose(number, WRITE$1));
}
async function closePull(place, number) {
	if ((await readPull(place, number)).state !== "open") return;
	await send(place, EDIT, {
		pull_number: number,
		state: "closed"
	}, pullPurpose(number, WRITE$1));
}
async function retargetPull(place, number, base) {
	const purpose = {
		...pullPurpose(number, WRITE$1),
		codes: {
			404: "event-unknown",
			422: "event-invalid"
		}
	};
	await send(place, EDIT, {
		pull_number: number,
		base
	}, purpose);
}
async function reopenPull(place, number) {
	const purpose = pullPurpose(number, WRITE$1);
	try {
		const opened = await send(place, EDIT, {
			pull_number: number,
			state: "open"
		}, purpose);
		return pullOf(answerOf(opened, purpose.what)).state === "open" ? "open" : "refused";
	} catch (error) {
		if (statusOf(error) !== 422 || isRateLimited(error)) throw error;
		return "refused";
	}
}
async function requestReview(place, number, login) {
	const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
	try {
		await send(place, route, {
			pull_number: number,
			reviewers: [login]
		}, pullPurpose(number, WRITE$1));
		return "asked";
	} catch (error) {
		if (statusOf(error) !== 422 || isRateLimited(error)) throw error;
		return "refused";
	}
}
function isRateLimited(error) {
	return error instanceof CountersignError && error.code === "rate-limited";
}
async function mergePull(place, number, head) {
	const merged = async () => {
		const pull = await readRaw(place, number);
		const sha = pullOf(pull).state === "merged" && pullOf(pull).headSha === head ? textOrNull(pull, "merge_commit_sha") : null;
		return sha === null ? null : parseCommitSha(sha, pull.where);
	};
	for (const method of MERGE_METHODS) try {
		return await writeOnce(place, () => merge(place, number, head, method), merged);
	} catch (error) {
		if (!(statusOf(error) === 405 && METHOD_REFUSED.test(saidWith(error))) || method === MERGE_METHODS.at(-1)) throw error;
	}
	throw new CountersignError("ref-protected", pullPurpose(number, WRITE$1).what, "expected a way to merge that the rules allow, got none");
}
async function merge(place, number, head, method) {
	const purpose = {
		what: `merge of pull request ${String(number)}`,
		needs: "contents: write with pull-requests: write",
		codes: {
			404: "event-unknown",
			405: "ref-protected",
			409: "ref-conflict",
			422: "ref-protected"
		}
	};
	const made = await send(place, "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", {
		pull_number: number,
		sha: head,
		merge_method: method
	}, purpose, "once");
	return parseCommitSha(textOf(answerOf(made, purpose.what), "sha"), purpose.what);
}
async function readPull(place, number) {
	return pullOf(await readRaw(place, number));
}
async function readPullOrNull(place, number) {
	const purpose = pullPurpose(number, READ$1);
	const found = await sendOrNull(place, ONE$2, { pull_number: number }, purpose);
	return found === null ? null : pullOf(answerOf(found, purpose.what));
}
function pullPurpose(number, needs) {
	return {
		what: `pull request ${String(number)}`,
		needs,
		codes: { 404: "event-unknown" }
	};
}
async function readRaw(place, number) {
	const purpose = pullPurpose(number, READ$1);
	return answerOf(await send(place, ONE$2, { pull_number: number }, purpose), purpose.what);
}
function pullOf(answer) {
	const head = childOf(answer, "head");
	const base = childOf(answer, "base");
	return {
		number: countOf(answer, "number"),
		head: textOf(head, "ref"),
		base: textOf(base, "ref"),
		title: textOf(answer, "title"),
		body: textOrNull(answer, "body") ?? "",
		state: stateOf$2(answer),
		author: authorOf(answer, "user"),
		headSha: parseCommitSha(textOf(head, "sha"), answer.where),
		from: isSameRepository(head, base) ? "repository" : "fork",
		requested: childrenOf(answer, "requested_reviewers").map(accountOf),
		url: textOf(answer, "html_url")
	};
}
function isSameRepository(head, base) {
	const from = childOrNull(head, "repo");
	return from !== null && countOf(from, "id") === countOf(childOf(base, "repo"), "id");
}
function stateOf$2(answer) {
	if (textOrNull(answer, "merged_at") !== null) return "merged";
	const state = textOf(answer, "state");
	if (state !== "open" && state !== "closed") throw unexpected(`${answer.where} state`, "open or closed", state);
	return state;
}

// src/forge/github/reviews.ts
const STATES = [
	"APPROVED",
	"CHANGES_REQUESTED",
	"COMMENTED",
	"DISMISSED",
	"PENDING"
];
const READ = "pull-requests: read";
const AUTHORS_AT_ONCE = 20;
const MAX_PAGES$1 = 10;
const MAX_BODY = 65536;
async function readReviewsOf(place, number, authors) {
	const found = /* @__PURE__ */ new Map();
	let open = [...new Map(authors.map((account) => [account.id, account])).values()].flatMap((account) => formsOf(account.login).map((login) => ({
		account,
		login,
		page: 1,
		before: null,
		isRenamed: false
	})));
	while (open.length > 0) {
		const next = [];
		for (let at = 0; at < open.length; at += AUTHORS_AT_ONCE) next.push(...await readSome(place, number, open.slice(at, at + AUTHORS_AT_ONCE), found));
		open = next;
	}
	return [...found.values()].sort((a, b) => a.id - b.id);
}
function formsOf(login) {
	return isBotLogin(login) ? [login, bareLogin(login)] : [login];
}
async function readSome(place, number, asked, found) {
	const variables = Object.fromEntries(asked.flatMap(({ login, before }, at) => [[`a${String(at)}`, login], [`b${String(at)}`, before]]));
	const purpose = pullPurpose(number, READ);
	const data = await queryFound(place, documentOf(asked), {
		owner: place.owner,
		name: place.repo,
		number,
		...variables
	}, purpose);
	const pull = childOrNull(childOf(data, "repository"), "pullRequest");
	if (pull === null) throw new CountersignError("event-unknown", purpose.what, "expected a pull request, got none");
	const next = [];
	for (const [at, one] of asked.entries()) {
		if (!isBotLogin(one.account.login) && !isLoginOf(one.account, childOrNull(data, `a${String(at)}`))) {
			next.push(...await renamed(place, one));
			continue;
		}
		const reviews = childOrNull(pull, `a${String(at)}`);
		if (reviews === null) continue;
		for (const node of childrenOf(reviews, "nodes")) if (actorOf(node, "author").id === one.account.id) found.set(numberOf(node), graphReviewOf(node));
		const info = childOf(reviews, "pageInfo");
		const before = flagOf(info, "hasPreviousPage") ? textOrNull(info, "startCursor") : null;
		if (before !== null && one.page < MAX_PAGES$1) next.push({
			...one,
			page: one.page + 1,
			before
		});
	}
	return next;
}
function documentOf(asked) {
	const names = asked.map((_, at) => String(at));
	const variables = names.map((at) => `$a${at}: String!, $b${at}: String`);
	const reviews = names.map((at) => `a${at}: reviews(author: $a${at}, last: 100, before: $b${at}) {
      pageInfo { hasPreviousPage startCursor } nodes { fullDatabaseId state body commit { oid } author { ${ACTOR} } }
    }`);
	const users = asked.flatMap(({ account }, at) => isBotLogin(account.login) ? [] : [`a${String(at)}: user(login: $a${String(at)}) { databaseId }`]);
	return `query Reviews($owner: String!, $name: String!, $number: Int!, ${variables.join(", ")}) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${reviews.join(" ")} } }
    ${users.join(" ")}
  }`;
}
function isLoginOf(account, user) {
	return user !== null && countOf(user, "databaseId") === account.id;
}
async function renamed(place, asked) {
	const { account } = asked;
	const login = await readLogin(place, account.id);
	if (login === null) return [];
	if (asked.isRenamed || login.toLowerCase() === asked.login.toLowerCase()) throw new CountersignError("io", `account ${String(account.id)}`, `expected it under the login ${quote(login)}, got another`);
	return [{
		account,
		login,
		page: 1,
		before: null,
		isRenamed: true
	}];
}
function reviewOf(answer) {
	const commit = textOrNull(answer, "commit_id");
	return {
		id: countOf(answer, "id"),
		author: authorOf(answer, "user"),
		state: stateOf$1(answer),
		body: bodyOf$2(answer),
		commitSha: commit === null ? null : parseCommitSha(commit, answer.where)
	};
}
function graphReviewOf(node) {
	const commit = childOrNull(node, "commit");
	return {
		id: numberOf(node),
		author: actorOf(node, "author"),
		state: stateOf$1(node),
		body: bodyOf$2(node),
		commitSha: commit === null ? null : parseCommitSha(textOf(commit, "oid"), node.where)
	};
}
function numberOf(node) {
	const value = node.members["fullDatabaseId"];
	const id = typeof value === "string" && /^[0-9]{1,16}$/.test(value) ? Number(value) : value;
	if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) throw unexpected(`${node.where} fullDatabaseId`, "a number", value);
	return id;
}
function stateOf$1(answer) {
	const said = textOf(answer, "state");
	const state = STATES.find((one) => one === said);
	if (state === void 0) throw new CountersignError("io", answer.where, `expected the state of a review, got ${quote(said)}`);
	return state;
}
function bodyOf$2(answer) {
	const body = textOrNull(answer, "body") ?? "";
	return body.length > MAX_BODY && (body.length > 2 * MAX_BODY || Array.from(body).length > MAX_BODY) ? "" : body;
}

// src/forge/github/conversation.ts
const EVENTS = {
	APPROVED: "APPROVE",
	CHANGES_REQUESTED: "REQUEST_CHANGES",
	COMMENTED: "COMMENT"
};
const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
const MAX_COMMENTS = 2500;
const PAGE = 100;
const WRITE = "pull-requests: write";
async function submitReview(place, viewer, number, review) {
	const purpose = {
		...pullPurpose(number, WRITE),
		codes: {
			404: "event-unknown",
			422: "event-invalid"
		}
	};
	const parameters = {
		pull_number: number,
		commit_id: review.commitSha,
		body: review.body,
		event: EVENTS[review.state]
	};
	return writeOnce(place, async () => reviewOf(answerOf(await send(place, `POST ${REVIEWS}`, parameters, purpose, "once"), purpose.what)), async () => {
		const mine = (await readReviewsOf(place, number, [await viewer()])).at(-1) ?? null;
		return mine !== null && mine.state === review.state && plain(mine.body) === plain(review.body) && mine.commitSha === review.commitSha ? mine : null;
	});
}
async function readComments(place, number) {
	const purpose = pullPurpose(number, "pull-requests: read");
	return (await sendForAll(place, `GET ${COMMENTS}`, { issue_number: number }, purpose, MAX_COMMENTS)).map(commentOf);
}
async function addComment(place, viewer, number, body) {
	const purpose = pullPurpose(number, WRITE);
	return writeOnce(place, async () => commentOf(answerOf(await send(place, `POST ${COMMENTS}`, {
		issue_number: number,
		body
	}, purpose, "once"), purpose.what)), async () => {
		const mine = await lastOf(await readComments(place, number), viewer);
		return mine !== null && plain(mine.body) === plain(body) ? mine : null;
	});
}
function seenIn(comments) {
	return {
		count: comments.length,
		ofBots: comments.filter(({ author }) => isBotLogin(author.login))
	};
}
async function keepComment(place, viewer, number, comment, read) {
	const { id, login } = await viewer();
	const seen = isBotLogin(login) ? read : null;
	const isMine = ({ author, body }) => author.id === id && body.includes(comment.marker);
	const known = seen?.ofBots.find(isMine);
	const kept = known === void 0 ? null : await readComment(place, known.id);
	const mine = kept !== null && isMine(kept) ? kept : await findComment(place, number, isMine, known === void 0 ? seen?.count ?? 0 : 0);
	if (mine === null) {
		await addComment(place, viewer, number, comment.body);
		return;
	}
	if (plain(mine.body) === plain(comment.body)) return;
	await send(place, `PATCH ${COMMENT}`, {
		comment_id: mine.id,
		body: comment.body
	}, {
		what: `comment ${String(mine.id)}`,
		needs: WRITE
	});
}
async function readComment(place, id) {
	const purpose = {
		what: `comment ${String(id)}`,
		needs: "pull-requests: read"
	};
	const found = await sendOrNull(place, `GET ${COMMENT}`, { comment_id: id }, purpose);
	return found === null ? null : commentOf(answerOf(found, purpose.what));
}
async function findComment(place, number, fits, before) {
	const purpose = pullPurpose(number, "pull-requests: read");
	for (let page = Math.floor(before / PAGE) + 1; page <= MAX_COMMENTS / PAGE; page++) {
		const found = await send(place, `GET ${COMMENTS}`, {
			issue_number: number,
			per_page: PAGE,
			page
		}, purpose);
		if (!Array.isArray(found)) throw unexpected(purpose.what, "a list", found);
		const comments = found.map((one) => commentOf(answerOf(one, purpose.what)));
		const fitting = comments.find(fits);
		if (fitting !== void 0) return fitting;
		if (comments.length < PAGE) break;
	}
	return null;
}
function plain(body) {
	return body.replaceAll("\r\n", "\n").trimEnd();
}
async function lastOf(all, viewer) {
	const { id } = await viewer();
	return all.findLast(({ author }) => author.id === id) ?? null;
}
function commentOf(answer) {
	return {
		id: countOf(answer, "id"),
		author: authorOf(answer, "user"),
		body: bodyOf$2(answer)
	};
}

// src/forge/github/own-pulls.ts
const PURPOSE$1 = {
	what: "pull requests",
	needs: "pull-requests: read with contents: read"
};
const HEADS$1 = "refs/heads/";
const MAX_PAGES = 50;
const ENDED_LISTED = 100;
const OPEN_OF_BRANCH = 2;
const FACTS = `number headRefName headRefOid baseRefName state isCrossRepository url repository { databaseId } author { ${ACTOR} }`;
const TEXTS = "title body reviewRequests(first: 100) { nodes { requestedReviewer { ... on User { login databaseId } } } }";
const PAGE_INFO = "pageInfo { hasNextPage endCursor }";
const REFS = "refs(refPrefix: $prefix, query: $query, first: 100, after: $after)";
const REFS_VARIABLES = "$owner: String!, $name: String!, $prefix: String!, $query: String, $after: String";
const OPEN = `query OpenPulls(${REFS_VARIABLES}) {
  repository(owner: $owner, name: $name) { databaseId ${REFS} { ${PAGE_INFO} nodes { prefix name
    associatedPullRequests(states: [OPEN], first: ${String(OPEN_OF_BRANCH)}) { ${PAGE_INFO} nodes { ${FACTS} ${TEXTS} } }
  } } }
}`;
const MORE_OPEN = `query MoreOpenPulls($owner: String!, $name: String!, $ref: String!, $after: String) {
  repository(owner: $owner, name: $name) { databaseId ref(qualifiedName: $ref) {
    associatedPullRequests(states: [OPEN], first: 100, after: $after) { ${PAGE_INFO} nodes { ${FACTS} ${TEXTS} } }
  } }
}`;
const ENDED = `query EndedPulls(${REFS_VARIABLES}) {
  repository(owner: $owner, name: $name) { databaseId ${REFS} { ${PAGE_INFO} nodes { prefix name
    associatedPullRequests(states: [CLOSED, MERGED], first: 100, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { ${FACTS} }
    }
  } } }
}`;
async function readOpenPulls(place, headPrefix) {
	const found = /* @__PURE__ */ new Map();
	for (const branch of await readBranches$1(place, OPEN, headPrefix)) for (const node of await everyOpen(place, branch)) if (isOwn(node, branch)) found.set(countOf(node, "number"), openPullOf(node));
	return [...found.values()].filter(({ state }) => state === "open").sort((a, b) => a.number - b.number);
}
async function readEndedPulls(place, headPrefix, base) {
	const found = /* @__PURE__ */ new Map();
	for (const only of [{ base }, {}]) {
		const parameters = {
			state: "closed",
			sort: "created",
			direction: "desc",
			...only
		};
		for (const answer of await sendForAll(place, "GET /repos/{owner}/{repo}/pulls", parameters, PURPOSE$1, ENDED_LISTED)) {
			const head = childOf(answer, "head");
			if (!isSameRepository(head, childOf(answer, "base")) || !textOf(head, "ref").startsWith(headPrefix)) continue;
			const { number, base: into, state, author, headSha, url, head: name } = pullOf(answer);
			if (state === "closed" || state === "merged" && into === base) found.set(number, {
				number,
				head: name,
				base: into,
				state,
				author,
				headSha,
				url
			});
		}
	}
	for (const branch of await readBranches$1(place, ENDED, headPrefix)) for (const node of childrenOf(branch.pulls, "nodes")) {
		const ended = isOwn(node, branch) ? endedPullOf(node) : null;
		if (ended !== null) found.set(ended.number, ended);
	}
	return [...found.values()].sort((a, b) => b.number - a.number);
}
async function readBranches$1(place, document, headPrefix) {
	const slash = headPrefix.lastIndexOf("/") + 1;
	const rest = headPrefix.slice(slash);
	const found = /* @__PURE__ */ new Map();
	let after = null;
	for (let page = 1; page <= MAX_PAGES; page++) {
		const prefix = HEADS$1 + headPrefix.slice(0, slash);
		const variables = {
			owner: place.owner,
			name: place.repo,
			prefix,
			query: rest === "" ? null : rest,
			after
		};
		const repository = childOf(await query(place, document, variables, PURPOSE$1, "repeatable"), "repository");
		const refs = childOrNull(repository, "refs");
		if (refs === null) break;
		for (const ref of childrenOf(refs, "nodes")) {
			const full = textOf(ref, "prefix") + textOf(ref, "name");
			if (!full.startsWith(HEADS$1 + headPrefix)) continue;
			const name = full.slice(11);
			found.set(name, {
				name,
				pulls: childOf(ref, "associatedPullRequests"),
				repositoryId: countOf(repository, "databaseId")
			});
		}
		after = cursorOf(refs);
		if (after === null) return [...found.values()];
	}
	if (after !== null) throw unexpected(`branches ${headPrefix}`, `at most ${String(5e3)} branches`, "more");
	return [...found.values()];
}
async function everyOpen(place, branch) {
	const nodes = [...childrenOf(branch.pulls, "nodes")];
	let after = cursorOf(branch.pulls);
	for (let page = 1; after !== null && page <= MAX_PAGES; page++) {
		const variables = {
			owner: place.owner,
			name: place.repo,
			ref: HEADS$1 + branch.name,
			after
		};
		const ref = childOrNull(childOf(await query(place, MORE_OPEN, variables, PURPOSE$1, "repeatable"), "repository"), "ref");
		if (ref === null) break;
		const pulls = childOf(ref, "associatedPullRequests");
		nodes.push(...childrenOf(pulls, "nodes"));
		after = cursorOf(pulls);
	}
	return nodes;
}
function cursorOf(connection) {
	const info = childOf(connection, "pageInfo");
	return flagOf(info, "hasNextPage") ? textOrNull(info, "endCursor") : null;
}
function isOwn(node, { name, repositoryId }) {
	return !flagOf(node, "isCrossRepository") && countOf(childOf(node, "repository"), "databaseId") === repositoryId && textOf(node, "headRefName") === name;
}
function endedPullOf(node) {
	const state = stateOf(node);
	return state === "open" ? null : {
		...factsOf(node),
		state
	};
}
function openPullOf(node) {
	const requests = childOrNull(node, "reviewRequests");
	return {
		...factsOf(node),
		state: stateOf(node),
		title: textOf(node, "title"),
		body: textOf(node, "body"),
		from: "repository",
		requested: (requests === null ? [] : childrenOf(requests, "nodes")).flatMap(reviewerOf)
	};
}
function reviewerOf(request) {
	const reviewer = childOrNull(request, "requestedReviewer");
	const id = reviewer === null ? null : countOrNull(reviewer, "databaseId");
	return reviewer === null || id === null ? [] : [{
		id: parseAccountId(id, reviewer.where),
		login: textOf(reviewer, "login")
	}];
}
function factsOf(node) {
	return {
		number: countOf(node, "number"),
		head: textOf(node, "headRefName"),
		base: textOf(node, "baseRefName"),
		author: actorOf(node, "author"),
		headSha: parseCommitSha(textOf(node, "headRefOid"), node.where),
		url: textOf(node, "url")
	};
}
function stateOf(node) {
	const state = textOf(node, "state");
	if (state === "OPEN") return "open";
	if (state === "CLOSED") return "closed";
	if (state === "MERGED") return "merged";
	throw unexpected(`${node.where} state`, "OPEN, CLOSED or MERGED", state);
}

// src/forge/github/statuses.ts
async function hasStatus(place, commit, { context, state, description }) {
	const purpose = {
		what: `status of ${commit}`,
		needs: "statuses: write"
	};
	const found = await send(place, "GET /repos/{owner}/{repo}/commits/{ref}/status", {
		ref: commit,
		per_page: 100
	}, purpose);
	return childrenOf(answerOf(found, purpose.what), "statuses").some((one) => textOf(one, "context") === context && textOf(one, "state") === state && (textOrNull(one, "description") ?? "") === description);
}

// src/forge/github/refs.ts
const NO_COMMIT = "0".repeat(40);
const MOVE_TRIES = 3;
const HEADS = "refs/heads/";
const UPDATE_REFS = `mutation UpdateRefs($repositoryId: ID!, $name: GitRefname!, $before: GitObjectID!, $after: GitObjectID!, $force: Boolean!) {
  updateRefs(input: { repositoryId: $repositoryId, refUpdates: [{ name: $name, beforeOid: $before, afterOid: $after, force: $force }] }) {
    clientMutationId
  }
}`;
async function readBranches(place, prefix) {
	const purpose = {
		what: "branches",
		needs: "contents: read"
	};
	const heads = /* @__PURE__ */ new Map();
	try {
		const parameters = {
			ref: `heads/${prefix}`,
			per_page: void 0
		};
		for (const ref of await sendForAll(place, "GET /repos/{owner}/{repo}/git/matching-refs/{ref}", parameters, purpose)) {
			const name = textOf(ref, "ref");
			if (name.startsWith(HEADS + prefix)) heads.set(name.slice(11), parseCommitSha(textOf(childOf(ref, "object"), "sha"), name));
		}
	} catch (error) {
		if (statusOf(error) !== 409) throw error;
	}
	return heads;
}
async function readMergeBase(place, a, b) {
	if (a === b) return a;
	const purpose = {
		what: `comparison of ${a} and ${b}`,
		needs: "contents: read"
	};
	try {
		const found = await send(place, "GET /repos/{owner}/{repo}/compare/{basehead}", {
			basehead: `${a}...${b}`,
			per_page: 1
		}, purpose);
		const base = childOf(answerOf(found, purpose.what), "merge_base_commit");
		return parseCommitSha(textOf(base, "sha"), base.where);
	} catch (error) {
		if (statusOf(error) !== 404) throw error;
		if (!/no common ancestor/i.test(saidWith(error))) for (const commit of [a, b]) await readTreeId(place, commit);
		return null;
	}
}
async function moveBranch(place, repositoryId, move) {
	const name = refOf(move.branch);
	const purpose = {
		what: `branch ${quote(move.branch)}`,
		needs: "contents: write",
		codes: {
			409: "ref-conflict",
			422: "ref-conflict"
		}
	};
	const variables = {
		repositoryId,
		name,
		before: move.expected ?? NO_COMMIT,
		after: move.next,
		force: move.mode === "replace"
	};
	let isLost = false;
	for (let tries = 1;; tries++) try {
		await query(place, UPDATE_REFS, variables, purpose, "once");
		return;
	} catch (error) {
		isLost ||= mayHaveHappened(error);
		if (!isLost) throw error;
		await pause(place, tries);
		const head = await readHead(place, move.branch);
		if (head === move.next) return;
		if (head !== move.expected || tries === MOVE_TRIES) throw lostMove(place, move, head, error);
	}
}
function lostMove(place, move, head, error) {
	if (head === move.expected) return error;
	const where = `${place.owner}/${place.repo} branch ${quote(move.branch)}`;
	return new CountersignError("ref-conflict", where, `expected ${move.expected ?? "no such branch"}, got ${head ?? "none"}`, { cause: error });
}
async function readHead(place, branch) {
	const purpose = {
		what: `branch ${quote(branch)}`,
		needs: "contents: read"
	};
	const found = await sendOrNull(place, "GET /repos/{owner}/{repo}/git/ref/{ref}", { ref: `heads/${branch}` }, purpose);
	return found === null ? null : parseCommitSha(textOf(childOf(answerOf(found, purpose.what), "object"), "sha"), purpose.what);
}

// src/forge/github/trees.ts
const DEPTH = 3;
const PURPOSE = {
	what: "trees",
	needs: "contents: read"
};
async function readTrees(place, commits) {
	const found = /* @__PURE__ */ new Map();
	const wanted = {
		name: "Trees",
		selection: `... on Commit { tree { oid ${entriesTo(DEPTH)} } }`,
		purpose: PURPOSE
	};
	for await (const [commit, object] of queryObjects(place, commits, wanted)) {
		if (object === null) continue;
		const tree = (object === "refused" ? null : wholeOf(object)) ?? await readAlone(place, commit);
		if (tree !== null) found.set(commit, tree);
	}
	return found;
}
function entriesTo(depth) {
	return `entries { name type mode oid size ${depth === 1 ? "" : `object { ... on Tree { ${entriesTo(depth - 1)} } }`} }`;
}
function wholeOf(object) {
	const tree = childOrNull(object, "tree");
	if (tree === null) return null;
	const entries = /* @__PURE__ */ new Map();
	return addAll(tree, "", DEPTH, entries) ? {
		id: parseBlobId(textOf(tree, "oid"), tree.where),
		entries
	} : null;
}
function addAll(tree, prefix, depth, entries) {
	for (const entry of childrenOf(tree, "entries")) {
		const path = prefix + textOf(entry, "name");
		const type = textOf(entry, "type");
		const below = depth === 1 ? null : childOrNull(entry, "object");
		if (type !== "tree") {
			const [mode, sha] = [countOf(entry, "mode").toString(8).padStart(6, "0"), textOf(entry, "oid")];
			addTreeEntry(entries, path, {
				type,
				mode,
				id: parseBlobId(sha, entry.where),
				size: type === "blob" ? countOf(entry, "size") : 0
			});
		} else if (below === null || !addAll(below, `${path}/`, depth - 1, entries)) return false;
	}
	return true;
}
async function readAlone(place, commit) {
	try {
		const id = await readTreeId(place, commit);
		return {
			id,
			entries: await readTree(place, id)
		};
	} catch (error) {
		const status = statusOf(error);
		if (status === 404 || status === 422 || error instanceof CountersignError && error.code === "too-large") return null;
		throw error;
	}
}

// src/forge/github/forge.ts
const MAX_KEPT_BYTES = 268435456;
const MAX_DESCRIPTION = 140;
function cut(description) {
	const characters = Array.from(description);
	return characters.length > MAX_DESCRIPTION ? `${characters.slice(0, 139).join("")}…` : description;
}
async function remembered(known, key, read) {
	const before = known.get(key);
	if (before !== void 0) return before;
	const reading = read();
	known.set(key, reading);
	try {
		return await reading;
	} catch (error) {
		known.delete(key);
		throw error;
	}
}
var GitHubForge = class {
	#place;
	#budget;
	#identity = /* @__PURE__ */ new Map();
	#trees = /* @__PURE__ */ new Map();
	#mergeBases = /* @__PURE__ */ new Map();
	#histories = /* @__PURE__ */ new Map();
	#automation = /* @__PURE__ */ new Map();
	#comments = /* @__PURE__ */ new Map();
	#blobs = /* @__PURE__ */ new Map();
	#blobBytes = 0;
	constructor(place) {
		this.#place = place;
		this.#budget = new RequestBudget(place);
	}
	async viewer() {
		return (await this.#identify()).viewer;
	}
	async automation() {
		return remembered(this.#automation, "automation", async () => readAutomation(this.#place, await this.viewer()));
	}
	async accounts(logins) {
		return readAccounts(this.#place, logins);
	}
	async mayWrite(account) {
		return mayWrite(this.#place, account);
	}
	async branches(prefix) {
		return readBranches(this.#place, prefix);
	}
	async tree(commit) {
		return (await this.#treeOf(commit)).entries;
	}
	async trees(commits) {
		const unknown = [...new Set(commits)].filter((commit) => !this.#trees.has(commit));
		for (const [commit, tree] of await readTrees(this.#place, unknown)) this.#trees.set(commit, Promise.resolve(tree));
		const trees = /* @__PURE__ */ new Map();
		for (const commit of commits) {
			const tree = await this.#trees.get(commit);
			if (tree !== void 0) trees.set(commit, tree.entries);
		}
		return trees;
	}
	async *stream(id) {
		const bytes = (await this.blobs([id])).get(id);
		if (bytes !== void 0) yield bytes;
	}
	async blobs(ids) {
		const read = await readBlobs(this.#place, ids.filter((id) => !this.#blobs.has(id)));
		for (const [id, bytes] of read) this.#keep(id, bytes);
		const blobs = /* @__PURE__ */ new Map();
		for (const id of ids) {
			const bytes = read.get(id) ?? this.#blobs.get(id);
			if (bytes !== void 0) blobs.set(id, bytes);
		}
		return blobs;
	}
	async mergeBase(a, b) {
		return remembered(this.#mergeBases, `${a} ${b}`, () => readMergeBase(this.#place, a, b));
	}
	async history(commit, path, limit) {
		return remembered(this.#histories, `${commit} ${String(limit)} ${path}`, () => readHistory(this.#place, commit, path, limit));
	}
	async writeCommit(input) {
		return writeCommit(this.#place, input, input.base === null ? null : await this.#treeOf(input.base));
	}
	async moveBranch(branch, expected, next, mode) {
		await moveBranch(this.#place, (await this.#identify()).repositoryId, {
			branch,
			expected,
			next,
			mode
		});
	}
	async openPulls(headPrefix) {
		return readOpenPulls(this.#place, headPrefix);
	}
	async endedPulls(headPrefix, base) {
		return readEndedPulls(this.#place, headPrefix, base);
	}
	async pull(number) {
		return readPullOrNull(this.#place, number);
	}
	async openPull(input) {
		return openPull(this.#place, input);
	}
	async editPull(number, change) {
		await editPull(this.#place, number, change);
	}
	async closePull(number) {
		await closePull(this.#place, number);
	}
	async retargetPull(number, base) {
		await retargetPull(this.#place, number, base);
	}
	async reopenPull(number) {
		return reopenPull(this.#place, number);
	}
	async requestReview(number, login) {
		return requestReview(this.#place, number, login);
	}
	async mergePull(number, head) {
		return mergePull(this.#place, number, head);
	}
	async reviews(number, authors) {
		return readReviewsOf(this.#place, number, authors);
	}
	async comments(number) {
		const comments = await readComments(this.#place, number);
		this.#comments.set(number, seenIn(comments));
		return comments;
	}
	async submitReview(number, review) {
		return submitReview(this.#place, () => this.viewer(), number, review);
	}
	async comment(number, body) {
		return addComment(this.#place, () => this.viewer(), number, body);
	}
	async stickyComment(number, marker, body) {
		await keepComment(this.#place, () => this.viewer(), number, {
			marker,
			body
		}, this.#comments.get(number) ?? null);
	}
	async status(commit, status) {
		const { context, state } = status;
		const description = cut(status.description);
		const purpose = {
			what: `status of ${commit}`,
			needs: "statuses: write"
		};
		if (await hasStatus(this.#place, commit, {
			context,
			state,
			description
		})) return;
		await send(this.#place, "POST /repos/{owner}/{repo}/statuses/{sha}", {
			sha: commit,
			context,
			state,
			description
		}, purpose);
	}
	async budget() {
		return this.#budget.read();
	}
	async #identify() {
		return remembered(this.#identity, "identity", () => readIdentity(this.#place));
	}
	async #treeOf(commit) {
		return remembered(this.#trees, commit, async () => {
			const id = await readTreeId(this.#place, commit);
			return {
				id,
				entries: await readTree(this.#place, id)
			};
		});
	}
	#keep(id, bytes) {
		if (this.#blobBytes + bytes.length > MAX_KEPT_BYTES) return;
		this.#blobBytes += bytes.length;
		this.#blobs.set(id, bytes);
	}
};

// node_modules/@octokit/plugin-throttling/dist-bundle/index.js
var import_light = /* @__PURE__ */ __toESM(require_light(), 1);
var VERSION$1 = "0.0.0-development";
var noop = () => Promise.resolve();
function wrapRequest(state, request, options) {
	return state.retryLimiter.schedule(doRequest, state, request, options);
}
async function doRequest(state, request, options) {
	const { pathname } = new URL(options.url, "http://github.test");
	const isAuth = isAuthRequest(options.method, pathname);
	const isWrite = !isAuth && options.method !== "GET" && options.method !== "HEAD";
	const isSearch = options.method === "GET" && pathname.startsWith("/search/");
	const isGraphQL = pathname.startsWith("/graphql");
	const jobOptions = ~~request.retryCount > 0 ? {
		priority: 0,
		weight: 0
	} : {};
	if (state.clustering) jobOptions.expiration = 6e4;
	if (isWrite || isGraphQL) await state.write.key(state.id).schedule(jobOptions, noop);
	if (isWrite && state.triggersNotification(pathname)) await state.notifications.key(state.id).schedule(jobOptions, noop);
	if (isSearch) await state.search.key(state.id).schedule(jobOptions, noop);
	const req = (isAuth ? state.auth : state.global).key(state.id).schedule(jobOptions, request, options);
	if (isGraphQL) {
		const res = await req;
		if (res.data.errors != null && res.data.errors.some((error) => error.type === "RATE_LIMITED")) throw Object.assign(/* @__PURE__ */ new Error("GraphQL Rate Limit Exceeded"), {
			response: res,
			data: res.data
		});
	}
	return req;
}
function isAuthRequest(method, pathname) {
	return method === "PATCH" && /^\/applications\/[^/]+\/token\/scoped$/.test(pathname) || method === "POST" && (/^\/applications\/[^/]+\/token$/.test(pathname) || /^\/app\/installations\/[^/]+\/access_tokens$/.test(pathname) || pathname === "/login/oauth/access_token");
}
var triggers_notification_paths_default = [
	"/orgs/{org}/invitations",
	"/orgs/{org}/invitations/{invitation_id}",
	"/orgs/{org}/teams/{team_slug}/discussions",
	"/orgs/{org}/teams/{team_slug}/discussions/{discussion_number}/comments",
	"/repos/{owner}/{repo}/collaborators/{username}",
	"/repos/{owner}/{repo}/commits/{commit_sha}/comments",
	"/repos/{owner}/{repo}/issues",
	"/repos/{owner}/{repo}/issues/{issue_number}/comments",
	"/repos/{owner}/{repo}/issues/{issue_number}/sub_issue",
	"/repos/{owner}/{repo}/issues/{issue_number}/sub_issues/priority",
	"/repos/{owner}/{repo}/pulls",
	"/repos/{owner}/{repo}/pulls/{pull_number}/comments",
	"/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
	"/repos/{owner}/{repo}/pulls/{pull_number}/merge",
	"/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
	"/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
	"/repos/{owner}/{repo}/releases",
	"/teams/{team_id}/discussions",
	"/teams/{team_id}/discussions/{discussion_number}/comments"
];
function routeMatcher(paths) {
	const regex2 = `^(?:${paths.map((path) => path.split("/").map((c) => c.startsWith("{") ? "(?:.+?)" : c).join("/")).map((r) => `(?:${r})`).join("|")})[^/]*$`;
	return new RegExp(regex2, "i");
}
var regex = routeMatcher(triggers_notification_paths_default);
var triggersNotification = regex.test.bind(regex);
var groups = {};
var createGroups = function(Bottleneck, common) {
	groups.global = new Bottleneck.Group({
		id: "octokit-global",
		maxConcurrent: 10,
		...common
	});
	groups.auth = new Bottleneck.Group({
		id: "octokit-auth",
		maxConcurrent: 1,
		...common
	});
	groups.search = new Bottleneck.Group({
		id: "octokit-search",
		maxConcurrent: 1,
		minTime: 2e3,
		...common
	});
	groups.write = new Bottleneck.Group({
		id: "octokit-write",
		maxConcurrent: 1,
		minTime: 1e3,
		...common
	});
	groups.notifications = new Bottleneck.Group({
		id: "octokit-notifications",
		maxConcurrent: 1,
		minTime: 3e3,
		...common
	});
};
function throttling(octokit, octokitOptions) {
	const { enabled = true, Bottleneck = import_light.default, id = "no-id", timeout = 12e4, connection } = octokitOptions.throttle || {};
	if (!enabled) return {};
	const common = { timeout };
	if (typeof connection !== "undefined") common.connection = connection;
	const state = Object.assign({
		clustering: connection != null,
		triggersNotification,
		fallbackSecondaryRateRetryAfter: 60,
		retryAfterBaseValue: 1e3,
		id
	}, octokitOptions.throttle);
	if (typeof state.onSecondaryRateLimit !== "function" || typeof state.onRateLimit !== "function") throw new Error(`octokit/plugin-throttling error:
        You must pass the onSecondaryRateLimit and onRateLimit error handlers.
        See https://octokit.github.io/rest.js/#throttling

        const octokit = new Octokit({
          throttle: {
            onSecondaryRateLimit: (retryAfter, options) => {/* ... */},
            onRateLimit: (retryAfter, options) => {/* ... */}
          }
        })
    `);
	let initialized = false;
	const initializeBottleneck = () => {
		if (initialized) return;
		initialized = true;
		if (groups.global == null) createGroups(Bottleneck, common);
		state.global = state.global ?? groups.global;
		state.auth = state.auth ?? groups.auth;
		state.search = state.search ?? groups.search;
		state.write = state.write ?? groups.write;
		state.notifications = state.notifications ?? groups.notifications;
		state.retryLimiter = state.retryLimiter ?? new Bottleneck();
		const events = {};
		const emitter = new Bottleneck.Events(events);
		events.on("secondary-limit", state.onSecondaryRateLimit);
		events.on("rate-limit", state.onRateLimit);
		events.on("error", (e) => octokit.log.warn("Error in throttling-plugin limit handler", e));
		state.retryLimiter.on("failed", async function(error, info) {
			const [state2, request, options] = info.args;
			const { pathname } = new URL(options.url, "http://github.test");
			if (!(pathname.startsWith("/graphql") && error.status !== 401 || error.status === 403 || error.status === 429)) return;
			const retryCount = ~~request.retryCount;
			request.retryCount = retryCount;
			options.request.retryCount = retryCount;
			const { wantRetry, retryAfter = 0 } = await (async function() {
				if (/\bsecondary rate\b/i.test(error.message)) {
					const retryAfter2 = Number(error.response.headers["retry-after"]) || state2.fallbackSecondaryRateRetryAfter;
					return {
						wantRetry: await emitter.trigger("secondary-limit", retryAfter2, options, octokit, retryCount),
						retryAfter: retryAfter2
					};
				}
				if (error.response.headers != null && error.response.headers["x-ratelimit-remaining"] === "0" || (error.response.data?.errors ?? []).some((error2) => error2.type === "RATE_LIMITED")) {
					const rateLimitReset = (/* @__PURE__ */ new Date(~~error.response.headers["x-ratelimit-reset"] * 1e3)).getTime();
					const retryAfter2 = Math.max(Math.ceil((rateLimitReset - Date.now()) / 1e3) + 1, 0);
					return {
						wantRetry: await emitter.trigger("rate-limit", retryAfter2, options, octokit, retryCount),
						retryAfter: retryAfter2
					};
				}
				return {};
			})();
			if (wantRetry) {
				request.retryCount++;
				return retryAfter * state2.retryAfterBaseValue;
			}
		});
	};
	octokit.hook.wrap("request", (request, options) => {
		initializeBottleneck();
		return wrapRequest(state, request, options);
	});
	return {};
}
throttling.VERSION = VERSION$1;
throttling.triggersNotification = triggersNotification;

// node_modules/@octokit/rest/dist-src/version.js
const VERSION = "22.0.1";

// node_modules/@octokit/rest/dist-src/index.js
const Octokit = Octokit$1.plugin(requestLog, legacyRestEndpointMethods, paginateRest).defaults({ userAgent: `octokit-rest.js/${VERSION}` });

// src/http/web-fetch.ts
const IDLE_MS = 12e4;
const MAX_REDIRECTS = 10;
const REDIRECTS = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
const PRIVATE = /* @__PURE__ */ new Set([
	"authorization",
	"cookie",
	"proxy-authorization"
]);
const BODILESS = /* @__PURE__ */ new Set([
	101,
	204,
	205,
	304
]);
function bodyOf$1(body) {
	if (body === void 0 || body === null) return null;
	if (typeof body === "string") return Buffer.from(body);
	if (body instanceof Uint8Array || body instanceof Readable) return body;
	if (body instanceof ArrayBuffer) return new Uint8Array(body);
	throw new TypeError("a request body must be text, bytes or a stream");
}
function sameBut(headers, left) {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !left(name)));
}
function firstHop(url, { method = "GET", headers = {}, body }) {
	const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
	const bytes = bodyOf$1(body);
	const length = bytes instanceof Uint8Array && !("content-length" in named) ? { "content-length": String(bytes.length) } : {};
	return {
		url: new URL(url),
		method,
		headers: {
			"accept-encoding": "gzip",
			...named,
			...length
		},
		body: bytes
	};
}
function nextHop(hop, answer) {
	const refuse = (why) => {
		throw new ConnectionError(`${hop.url.origin} ${why}`, { isPassing: false });
	};
	const location = answer.header("location") ?? "";
	const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url) : refuse("sent on to no address");
	if (url.protocol !== "https:" && (url.protocol !== "http:" || hop.url.protocol === "https:")) refuse("sent on to an unsafe address");
	const becomesGet = answer.status === 303 || answer.status < 303 && hop.method === "POST";
	if (!becomesGet && hop.body instanceof Readable) refuse("sent on what can be sent only once");
	const isElsewhere = url.origin !== hop.url.origin;
	const headers = sameBut(hop.headers, (name) => isElsewhere && PRIVATE.has(name) || name === "host" || becomesGet && name.startsWith("content-"));
	return becomesGet ? {
		url,
		method: "GET",
		headers,
		body: null
	} : {
		...hop,
		url,
		headers
	};
}
function responseOf(answer, url) {
	const headers = new Headers();
	for (const [name, value] of Object.entries(answer.headers)) for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
	const { body, status, statusText } = answer;
	const isBodiless = BODILESS.has(status);
	if (isBodiless) answer.discard();
	const plain = /^(?:x-)?gzip$/i.test(answer.header("content-encoding") ?? "") ? unzipped(body) : body;
	const response = new Response(isBodiless ? null : streamOf(plain), {
		status,
		statusText,
		headers
	});
	return Object.defineProperty(response, "url", { value: url.href });
}
function streamOf(body) {
	const chunks = body.iterator({ destroyOnReturn: true });
	return new ReadableStream({
		pull: async (controller) => {
			const next = await chunks.next();
			if (next.done === true) controller.close();
			else if (next.value instanceof Uint8Array) controller.enqueue(next.value);
		},
		cancel: async () => {
			body.destroy();
		}
	});
}
function unzipped(body) {
	const plain = createGunzip();
	body.on("error", (error) => plain.destroy(error));
	plain.on("close", () => body.destroy());
	plain.on("error", () => void 0);
	return body.pipe(plain);
}
function webFetchOver(transport) {
	return async (url, init) => {
		let hop = firstHop(url, init);
		for (let hops = 0;; hops++) {
			const { method, headers, body } = hop;
			const signal = init.signal ?? new AbortController().signal;
			const answer = await transport.send(hop.url, {
				method,
				headers,
				body,
				signal,
				idleMs: IDLE_MS
			});
			if (init.redirect === "manual" || !REDIRECTS.has(answer.status)) return responseOf(answer, hop.url);
			await answer.discard();
			if (hops === MAX_REDIRECTS) throw new ConnectionError(`${hop.url.origin} sent on too often`, { isPassing: false });
			hop = nextHop(hop, answer);
		}
	};
}

// src/forge/github/octokit.ts
const NEVER_RETRIED = [
	400,
	401,
	403,
	404,
	410,
	422,
	429,
	451
];
const LONGEST_WAIT = 300;
const SECONDARY_TRIES = 3;
const READ_RETRIES = 3;
const CONNECT_MS = 15e3;
const LOOPBACK = /* @__PURE__ */ new Set([
	"127.0.0.1",
	"[::1]",
	"localhost"
]);
const PacedOctokit = Octokit.plugin(givingUp, retry, throttling);
function givingUp({ hook }) {
	hook.error("request", (error) => {
		if (error.cause instanceof ConnectionError && !error.cause.isPassing) Object.assign(error, { status: 0 });
		throw error;
	});
	return {};
}
function openOctokit(options) {
	const url = checkedUrl(options.apiUrl);
	const isLoopback = isThisMachine(url.hostname);
	const secondMs = isLoopback ? 10 : 1e3;
	return {
		octokit: new PacedOctokit({
			auth: options.token,
			baseUrl: url.href.replace(/(?<!\/)\/+$/, ""),
			userAgent: `countersign/${VERSION$2}`,
			log: {
				debug: ignore,
				info: ignore,
				warn: (text) => options.log.warn(text),
				error: ignore
			},
			request: { fetch: observedFetch(options.fetch ?? openFetch(isLoopback), options.onRequest) },
			retry: {
				doNotRetry: NEVER_RETRIED,
				retries: READ_RETRIES,
				retryAfterBaseValue: secondMs
			},
			throttle: isLoopback ? withoutPacing(throttleOptions(options.log, secondMs)) : throttleOptions(options.log, secondMs)
		}),
		secondMs
	};
}
function ignore() {}
function isThisMachine(hostname) {
	return LOOPBACK.has(hostname) || hostname.endsWith(".localhost");
}
function checkedUrl(apiUrl) {
	const url = URL.canParse(apiUrl) ? new URL(apiUrl) : null;
	if (!(url !== null && (url.protocol === "https:" || url.protocol === "http:" && isThisMachine(url.hostname)))) throw new CountersignError("usage", "github api url", `expected an https address, got ${quote(apiUrl)}`);
	return url;
}
function throttleOptions(log, secondMs) {
	return {
		retryAfterBaseValue: secondMs,
		onRateLimit: (seconds, _request, _octokit, tries) => waits(log, "rate limit", seconds, tries < 1),
		onSecondaryRateLimit: (seconds, _request, _octokit, tries) => waits(log, "secondary rate limit", seconds, tries < SECONDARY_TRIES)
	};
}
function withoutPacing(options) {
	const unpaced = { key: () => ({ schedule: (_options, work, ...parameters) => work(...parameters) }) };
	return Object.assign(options, {
		global: unpaced,
		write: unpaced,
		notifications: unpaced
	});
}
function waits(log, what, seconds, isFirst) {
	if (!isFirst || seconds > LONGEST_WAIT) return false;
	log.warn(`GitHub's ${what} is reached; waiting ${String(seconds)} seconds`);
	return true;
}
function openFetch(isLoopback) {
	const send = webFetchOver(openTransport({
		connectMs: CONNECT_MS,
		proxies: isLoopback ? NO_PROXIES : readProxies(process.env)
	}));
	return async (url, { method, headers, body, redirect, signal }) => {
		const sent = Object.fromEntries(new Headers(headers));
		const response = await send(url, {
			method,
			headers: sent,
			body,
			redirect,
			signal
		});
		const isPage = /^text\/html\b/i.test(response.headers.get("content-type") ?? "");
		if (!response.ok || !isPage || !(sent["accept"] ?? "").includes("json")) return response;
		await response.body?.cancel();
		throw new ConnectionError(`${new URL(response.url).origin} answered with a page instead of JSON`, {
			fault: "page",
			isPassing: false
		});
	};
}
function observedFetch(send, onRequest) {
	return (url, init) => {
		onRequest?.(init.method ?? "GET", url);
		const body = init.body;
		return isBodySource(body) ? send(url, {
			...init,
			body: body(),
			duplex: "half"
		}) : send(url, init);
	};
}
function isBodySource(body) {
	return typeof body === "function";
}

// src/forge/github/asset-download.ts
const ROUTE = "GET /repos/{owner}/{repo}/releases/assets/{asset_id}";
async function downloadAsset(place, assetId, maxBytes) {
	const purpose = {
		what: `release asset ${String(assetId)}`,
		needs: "contents: read"
	};
	const body = await sendOrNull(place, ROUTE, {
		asset_id: assetId,
		headers: { accept: "application/octet-stream" },
		request: { parseSuccessResponseBody: false }
	}, purpose);
	if (body === null) return null;
	if (!isStream(body)) throw new CountersignError("io", purpose.what, "expected bytes, got none");
	const chunks = [];
	let length = 0;
	try {
		for await (const chunk of body) {
			length += chunk.length;
			if (length > maxBytes) throw new CountersignError("too-large", purpose.what, `expected at most ${String(maxBytes)} bytes, got more`);
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof CountersignError) throw error;
		throw new CountersignError("io", purpose.what, "expected its bytes, got a connection that broke");
	}
	return Buffer.concat(chunks);
}
function isStream(value) {
	return (isRecord(value) || typeof value === "object") && value !== null && Symbol.asyncIterator in value;
}

// src/forge/github/asset-upload.ts
const ONE$1 = "GET /repos/{owner}/{repo}/releases/{release_id}";
const LIST$1 = "GET /repos/{owner}/{repo}/releases/{release_id}/assets";
const REMOVE = "DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}";
const NAME$1 = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const MAX_ASSET_BYTES = 2147483648;
const MAX_ASSETS = 1e3;
const UPLOAD_TRIES = 4;
var AssetUploads = class {
	#place;
	#targets = /* @__PURE__ */ new Map();
	constructor(place) {
		this.#place = place;
	}
	forget() {
		this.#targets.clear();
	}
	async upload(releaseId, asset) {
		const length = lengthOf(asset);
		checkAsset(asset, length);
		const target = await this.#targetOf(releaseId);
		if (!target.names.has(asset.name) && target.names.size >= MAX_ASSETS) throw new CountersignError("too-large", purposeOf$1(releaseId).what, `expected at most ${String(MAX_ASSETS)} assets, which is what GitHub takes`);
		for (let tries = 1;; tries++) try {
			const made = await this.#send(target, asset, length);
			checkUploaded(made, asset, length);
			target.names.add(asset.name);
			return made;
		} catch (error) {
			const found = await this.#lookAfter(error, target, asset, length, tries);
			if (found !== null) return found;
			if (tries === UPLOAD_TRIES) throw error;
		}
	}
	async #targetOf(id) {
		const before = this.#targets.get(id);
		if (before !== void 0) return before;
		const release = answerOf(await send(this.#place, ONE$1, { release_id: id }, purposeOf$1(id)), purposeOf$1(id).what);
		const names = new Set((await this.#list(id)).map(({ name }) => name));
		const target = {
			id,
			url: uploadUrl(this.#place, textOf(release, "upload_url")),
			names
		};
		this.#targets.set(id, target);
		return target;
	}
	async #list(id) {
		return (await sendForAll(this.#place, LIST$1, { release_id: id }, purposeOf$1(id))).map(assetOf);
	}
	async #send(target, { name, content }, length) {
		const purpose = {
			...purposeOf$1(target.id),
			what: `upload of ${quote(name)} to release ${String(target.id)}`
		};
		const url = `${target.url}?name=${encodeURIComponent(name)}`;
		const headers = {
			"content-type": "application/octet-stream",
			"content-length": String(length)
		};
		const body = await bodyOf(content, length);
		return assetOf(answerOf(await send(this.#place, `POST ${url}`, {
			headers,
			data: body
		}, purpose, "once"), purpose.what));
	}
	async #lookAfter(error, target, asset, length, tries) {
		const isTaken = statusOf(error) === 422 && saidWith(error).includes("already_exists");
		if (!isTaken && !mayHaveHappened(error)) throw error;
		if (!isTaken) await pause(this.#place, tries);
		const found = (await this.#list(target.id)).find(({ name }) => name === asset.name);
		if (found === void 0) return null;
		if (found.state === "starter") {
			await sendOrNull(this.#place, REMOVE, { asset_id: found.id }, purposeOf$1(target.id));
			return null;
		}
		if (found.size === length && found.sha256 === asset.sha256) return found;
		const what = `release ${String(target.id)} ${quote(asset.name)}`;
		throw new CountersignError("already-exists", what, "expected no asset of this name, got one of other bytes", { cause: error });
	}
};
function purposeOf$1(id) {
	return {
		what: `release ${String(id)}`,
		needs: "contents: write",
		codes: { 404: "release-missing" }
	};
}
function lengthOf({ content }) {
	return content.kind === "bytes" ? content.bytes.length : content.length;
}
function checkAsset({ name }, length) {
	if (!NAME$1.test(name)) throw new CountersignError("asset-name", quote(name), "expected letters, digits, \".\", \"_\" and \"-\", no dot at either end; GitHub would rename it");
	if (length === 0) throw new CountersignError("file-type", quote(name), "expected at least one byte, since GitHub takes no empty asset");
	if (length >= MAX_ASSET_BYTES) throw new CountersignError("too-large", quote(name), `expected less than 2 GiB, which is what GitHub takes, got ${String(length)} bytes`);
}
function checkUploaded(made, { name, sha256 }, length) {
	const expected = `${quote(name)} of ${String(length)} bytes with sha256 ${sha256}`;
	if (made.name === name && made.size === length && (made.sha256 ?? sha256) === sha256 && made.state === "uploaded") return;
	const got = `${quote(made.name)} of ${String(made.size)} bytes with sha256 ${made.sha256 ?? "unknown"}, ${made.state}`;
	throw new CountersignError("release-mismatch", `release asset ${String(made.id)}`, `expected ${expected}, got ${got}`);
}
function uploadUrl(place, template) {
	const plain = template.split("{", 1)[0] ?? "";
	if (!(URL.canParse(plain) && (new URL(plain).protocol === "https:" || place.graphqlUrl.startsWith("http:")))) throw new CountersignError("io", "upload address", `expected an https address, got ${quote(template)}`);
	return plain;
}
async function bodyOf(content, length) {
	if (content.kind === "bytes") return Buffer.from(content.bytes);
	try {
		const { size } = await stat(content.path);
		if (size !== length) throw new CountersignError("file-changed", content.path, `expected ${String(length)} bytes as when it was measured, got ${String(size)}`);
	} catch (error) {
		throw ioError(content.path, "to read the file", error);
	}
	return () => createReadStream(content.path);
}

// src/forge/github/releases.ts
const LIST = "/repos/{owner}/{repo}/releases";
const ONE = "/repos/{owner}/{repo}/releases/{release_id}";
const ASSET = "/repos/{owner}/{repo}/releases/assets/{asset_id}";
const NEEDS = "contents: write";
const MAX_TAGS_OF_TAGS = 8;
var GitHubReleases = class {
	#place;
	#uploads;
	constructor(place) {
		this.#place = place;
		this.#uploads = new AssetUploads(place);
	}
	async list() {
		return (await sendForAll(this.#place, `GET ${LIST}`, {}, {
			what: "releases",
			needs: NEEDS
		})).map(releaseOf);
	}
	async get(id) {
		const found = await sendOrNull(this.#place, `GET ${ONE}`, { release_id: id }, purposeOf(id));
		return found === null ? null : releaseOf(answerOf(found, purposeOf(id).what));
	}
	async createDraft(draft) {
		const purpose = {
			what: `draft release of ${quote(draft.tag)}`,
			needs: NEEDS
		};
		const { tag, commit, name, body, prerelease } = draft;
		const parameters = {
			tag_name: tag,
			target_commitish: commit,
			name,
			body,
			draft: true,
			prerelease
		};
		const isOurs = (one) => one.draft && one.tag === tag && one.target === commit && one.name === name && one.body === body && one.prerelease === prerelease;
		return writeOnce(this.#place, async () => releaseOf(answerOf(await send(this.#place, `POST ${LIST}`, parameters, purpose, "once"), purpose.what)), async () => (await this.list()).find(isOurs) ?? null);
	}
	async describe(id, body) {
		await send(this.#place, `PATCH ${ONE}`, {
			release_id: id,
			body
		}, purposeOf(id));
	}
	async assets(id) {
		return (await sendForAll(this.#place, `GET ${ONE}/assets`, { release_id: id }, purposeOf(id))).map(assetOf);
	}
	async upload(id, name, content, sha256) {
		return this.#uploads.upload(id, {
			name,
			content,
			sha256
		});
	}
	async removeAsset(assetId) {
		const purpose = {
			what: `release asset ${String(assetId)}`,
			needs: NEEDS
		};
		await sendOrNull(this.#place, `DELETE ${ASSET}`, { asset_id: assetId }, purpose);
		this.#uploads.forget();
	}
	async download(assetId, maxBytes) {
		return downloadAsset(this.#place, assetId, maxBytes);
	}
	async publish(id, target) {
		const before = await this.get(id);
		if (before !== null && !before.draft) return before;
		const purpose = {
			...purposeOf(id),
			needs: "contents: write, and workflows: write where workflow files differ"
		};
		const parameters = {
			release_id: id,
			draft: false,
			tag_name: target.tag,
			target_commitish: target.commit
		};
		const made = releaseOf(answerOf(await send(this.#place, `PATCH ${ONE}`, parameters, purpose), purpose.what));
		if (made.tag !== target.tag) throw new CountersignError("release-mismatch", purpose.what, `expected tag ${quote(target.tag)}, got ${quote(made.tag)}`);
		return made;
	}
	async removeDraft(id) {
		const before = await this.get(id);
		if (before === null) return;
		if (!before.draft) throw new CountersignError("release-mismatch", purposeOf(id).what, "expected a draft, got a published release");
		await sendOrNull(this.#place, `DELETE ${ONE}`, { release_id: id }, purposeOf(id));
	}
	async tagCommit(tag) {
		const purpose = {
			what: `tag ${quote(tag)}`,
			needs: "contents: read"
		};
		const ref = await sendOrNull(this.#place, "GET /repos/{owner}/{repo}/git/ref/{ref}", { ref: `tags/${tag}` }, purpose);
		if (ref === null) return null;
		let object = childOf(answerOf(ref, purpose.what), "object");
		for (let depth = 0; textOf(object, "type") === "tag" && depth < MAX_TAGS_OF_TAGS; depth++) {
			const parameters = { tag_sha: textOf(object, "sha") };
			object = childOf(answerOf(await send(this.#place, "GET /repos/{owner}/{repo}/git/tags/{tag_sha}", parameters, purpose), purpose.what), "object");
		}
		const type = textOf(object, "type");
		if (type !== "commit") throw new CountersignError("tag-mismatch", purpose.what, `expected the tag of a commit, got one of ${quote(type)}`);
		return parseCommitSha(textOf(object, "sha"), purpose.what);
	}
};
function purposeOf(id) {
	return {
		what: `release ${String(id)}`,
		needs: NEEDS,
		codes: { 404: "release-missing" }
	};
}
function releaseOf(answer) {
	const immutable = answer.members["immutable"] ?? false;
	if (typeof immutable !== "boolean") throw unexpected(`${answer.where} immutable`, "true or false", immutable);
	return {
		id: countOf(answer, "id"),
		tag: textOf(answer, "tag_name"),
		target: textOf(answer, "target_commitish"),
		name: textOrNull(answer, "name") ?? "",
		body: textOrNull(answer, "body") ?? "",
		draft: flagOf(answer, "draft"),
		prerelease: flagOf(answer, "prerelease"),
		immutable,
		author: authorOf(answer, "author"),
		url: textOf(answer, "html_url")
	};
}

// src/forge/github/settings-facts.ts
function settingPurpose(what, needs = "administration: read") {
	return {
		what,
		needs
	};
}
async function known(read) {
	try {
		return {
			kind: "known",
			value: await read()
		};
	} catch (error) {
		const status = statusOf(error);
		if (!(error instanceof CountersignError) || error.code === "rate-limited" || status !== 403 && status !== 404) throw error;
		return {
			kind: "unknown",
			reason: error.detail
		};
	}
}
async function read(place, route, parameters, purpose) {
	return answerOf(await send(place, route, parameters, purpose), purpose.what);
}
async function readOrNull(place, route, parameters, purpose) {
	const value = await sendOrNull(place, route, parameters, purpose);
	return value === null ? null : answerOf(value, purpose.what);
}
async function readPages(place) {
	const pages = await readOrNull(place, "GET /repos/{owner}/{repo}/pages", {}, settingPurpose("Pages", "pages: read"));
	if (pages === null) return { kind: "off" };
	const url = textOrNull(pages, "html_url") ?? "";
	if (textOrNull(pages, "build_type") === "workflow") return {
		kind: "workflow",
		built: textOrNull(pages, "status") !== null,
		url
	};
	const source = childOrNull(pages, "source");
	return {
		kind: "branch",
		branch: source === null ? "" : textOf(source, "branch"),
		path: source === null ? "/" : textOf(source, "path"),
		url
	};
}
async function readPolicies(place, environment) {
	return sendForAll(place, "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", { environment_name: environment }, settingPurpose(`environment ${environment}`, "actions: read"));
}
async function admits(place, name, answer) {
	const policy = childOrNull(answer, "deployment_branch_policy");
	if (policy === null) return { kind: "unrestricted" };
	if (flagOf(policy, "protected_branches")) return { kind: "protected" };
	return {
		kind: "named",
		patterns: (await readPolicies(place, name)).map((one) => ({
			type: textOrNull(one, "type") === "tag" ? "tag" : "branch",
			name: textOf(one, "name")
		}))
	};
}
async function readEnvironment(place, answer) {
	const name = textOf(answer, "name");
	const rules = Array.isArray(answer.members["protection_rules"]) ? childrenOf(answer, "protection_rules") : [];
	const reviewers = rules.filter((rule) => textOf(rule, "type") === "required_reviewers");
	const timers = rules.filter((rule) => textOf(rule, "type") === "wait_timer");
	const secrets = await sendForAll(place, "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets", { environment_name: name }, settingPurpose(`secrets of ${name}`, "environments: read"));
	return {
		admits: await admits(place, name, answer),
		reviewers: reviewers.reduce((sum, rule) => sum + childrenOf(rule, "reviewers").length, 0),
		waitMinutes: timers.reduce((sum, rule) => sum + countOf(rule, "wait_timer"), 0),
		secrets: secrets.map((secret) => textOf(secret, "name"))
	};
}
async function readEnvironments(place) {
	const purpose = settingPurpose("environments", "actions: read");
	const found = /* @__PURE__ */ new Map();
	for (const answer of await sendForAll(place, "GET /repos/{owner}/{repo}/environments", {}, purpose)) found.set(textOf(answer, "name"), await readEnvironment(place, answer));
	return found;
}
async function readSharedSecrets(place) {
	return (await sendForAll(place, "GET /repos/{owner}/{repo}/actions/secrets", {}, settingPurpose("secrets", "secrets: read"))).map((secret) => textOf(secret, "name"));
}
const NO_RULES = {
	deletion: "allowed",
	forcePush: "allowed",
	approvals: 0,
	codeOwnerReview: "optional",
	staleApprovals: "kept"
};
function withRule(rules, rule) {
	switch (textOf(rule, "type")) {
		case "deletion": return {
			...rules,
			deletion: "forbidden"
		};
		case "non_fast_forward": return {
			...rules,
			forcePush: "forbidden"
		};
		case "pull_request": {
			const parameters = childOf(rule, "parameters");
			const approvals = Math.max(rules.approvals, countOf(parameters, "required_approving_review_count"));
			return {
				...rules,
				approvals,
				codeOwnerReview: flagOf(parameters, "require_code_owner_review") ? "required" : rules.codeOwnerReview,
				staleApprovals: flagOf(parameters, "dismiss_stale_reviews_on_push") ? "dismissed" : rules.staleApprovals
			};
		}
		default: return rules;
	}
}
function isEnabled(protection, key) {
	const child = childOrNull(protection, key);
	return child !== null && flagOf(child, "enabled");
}
function withProtection(rules, protection) {
	const reviews = childOrNull(protection, "required_pull_request_reviews");
	const count = reviews?.members["required_approving_review_count"];
	const dismisses = reviews?.members["dismiss_stale_reviews"] === true;
	const asksOwners = reviews?.members["require_code_owner_reviews"] === true;
	return {
		deletion: isEnabled(protection, "allow_deletions") ? rules.deletion : "forbidden",
		forcePush: isEnabled(protection, "allow_force_pushes") ? rules.forcePush : "forbidden",
		approvals: Math.max(rules.approvals, typeof count === "number" ? count : 0),
		codeOwnerReview: asksOwners ? "required" : rules.codeOwnerReview,
		staleApprovals: dismisses ? "dismissed" : rules.staleApprovals
	};
}
async function readRulesets(place, branch) {
	const purpose = settingPurpose(`rules of ${branch}`, "metadata: read");
	return (await sendForAll(place, "GET /repos/{owner}/{repo}/rules/branches/{branch}", { branch }, purpose)).reduce(withRule, NO_RULES);
}
async function readRules(place, branch) {
	const rules = await readRulesets(place, branch);
	const classic = await readOrNull(place, "GET /repos/{owner}/{repo}/branches/{branch}/protection", { branch }, settingPurpose(`protection of ${branch}`));
	return classic === null ? rules : withProtection(rules, classic);
}
function momentOf(fields, name) {
	const text = textOf(fields, name);
	const milliseconds = Date.parse(text);
	return parseInstant(Number.isNaN(milliseconds) ? text : new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z"), name);
}
async function readWorkflow(place, workflow) {
	const purpose = settingPurpose(`workflow ${workflow}`, "actions: read");
	const found = await readOrNull(place, "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}", { workflow_id: workflow }, purpose);
	if (found === null) return null;
	const runs = await read(place, "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", {
		workflow_id: workflow,
		event: "schedule",
		per_page: 1
	}, purpose);
	const [last] = childrenOf(runs, "workflow_runs");
	const lastScheduled = last === void 0 ? null : momentOf(last, "created_at");
	return {
		state: textOf(found, "state"),
		created: momentOf(found, "created_at"),
		lastScheduled
	};
}
async function readImmutable(place) {
	const found = await readOrNull(place, "GET /repos/{owner}/{repo}/immutable-releases", {}, settingPurpose("immutable releases"));
	return found !== null && flagOf(found, "enabled");
}
async function readActionsOpenPulls(place) {
	const found = await read(place, "GET /repos/{owner}/{repo}/actions/permissions/workflow", {}, settingPurpose("permissions of Actions"));
	return flagOf(found, "can_approve_pull_request_reviews");
}
async function readFacts(place, branches, workflow) {
	const repository = await read(place, "GET /repos/{owner}/{repo}", {}, {
		what: "repository",
		needs: "metadata: read",
		codes: { 404: "permission-missing" }
	});
	const defaultBranch = textOf(repository, "default_branch");
	const rules = (branch) => known(() => readRules(place, branch)).then((found) => [branch, found]);
	const [actionsOpenPulls, pages, environments, sharedSecrets, immutableReleases, found, ...ruled] = await Promise.all([
		known(() => readActionsOpenPulls(place)),
		known(() => readPages(place)),
		known(() => readEnvironments(place)),
		known(() => readSharedSecrets(place)),
		known(() => readImmutable(place)),
		known(() => readWorkflow(place, workflow)),
		...[.../* @__PURE__ */ new Set([defaultBranch, ...branches])].map(rules)
	]);
	return {
		repository: textOf(repository, "full_name"),
		url: textOf(repository, "html_url"),
		defaultBranch,
		visibility: flagOf(repository, "private") ? "private" : "public",
		actionsOpenPulls,
		pages,
		environments,
		sharedSecrets,
		rules: new Map(ruled),
		immutableReleases,
		workflow: found
	};
}
async function readGuard(place, branch) {
	const { deletion, forcePush } = await readRulesets(place, branch);
	if (deletion === "forbidden" && forcePush === "forbidden") return "guarded";
	const found = await readOrNull(place, "GET /repos/{owner}/{repo}/branches/{branch}", { branch }, settingPurpose(`branch ${branch}`, "contents: read"));
	return found === null || flagOf(found, "protected") ? "guarded" : "open";
}
async function readAdmits(place, name) {
	const found = await readOrNull(place, "GET /repos/{owner}/{repo}/environments/{environment_name}", { environment_name: name }, settingPurpose(`environment ${name}`, "actions: read"));
	return found === null ? null : admits(place, name, found);
}
async function readGuards(place, environment, branches) {
	const repository = await read(place, "GET /repos/{owner}/{repo}", {}, settingPurpose("repository", "metadata: read"));
	const guard = async (branch) => [branch, await known(() => readGuard(place, branch))];
	return {
		defaultBranch: textOf(repository, "default_branch"),
		environment: await known(() => readAdmits(place, environment)),
		branches: new Map(await Promise.all(branches.map(guard)))
	};
}

// src/forge/github/index.ts
const NAME = /^[A-Za-z0-9._-]{1,100}$/;
async function openGitHub(options) {
	for (const name of [options.owner, options.repo]) if (!NAME.test(name) || name === "." || name === "..") throw new CountersignError("usage", "repository", `expected a name, got ${quote(name)}`);
	if (options.token === "") throw new CountersignError("usage", "github token", "expected a token, got none");
	const place = {
		...openOctokit(options),
		owner: options.owner,
		repo: options.repo,
		graphqlUrl: options.graphqlUrl ?? graphqlUrlOf(options.apiUrl),
		scrub: (text) => text.replaceAll(options.token, "***")
	};
	const artifacts = new GitHubArtifacts(place, {
		token: options.token,
		apiUrl: options.apiUrl
	});
	return Promise.resolve({
		forge: new GitHubForge(place),
		releases: new GitHubReleases(place),
		artifacts,
		guards: { read: (environment, branches) => readGuards(place, environment, branches) }
	});
}
function graphqlUrlOf(apiUrl) {
	return `${apiUrl.replace(/(?<!\/)\/+$/, "").replace(/\/v3$/, "")}/graphql`;
}

export { readPolicies as a, send as c, statusOf as d, answerOf as f, readFileAt as h, readPages as i, sendForAll as l, textOf as m, readEnvironment as n, settingPurpose as o, countOf as p, readFacts as r, openOctokit as s, openGitHub as t, saidWith as u };
