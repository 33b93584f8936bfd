import { $t as quote, Mt as parseInstant, Zt as CountersignError } from "./tuf.js";
import { t as admitsOnly } from "./event.js";
import { a as sendOrNull, c as answerOf, d as childrenOf, f as countOf, h as textOrNull, i as sendForAll, l as childOf, m as textOf, n as openOctokit, o as saidWith, p as flagOf, r as send, s as statusOf, t as openGitHub, u as childOrNull } from "./github.js";
import { c as readYaml } from "./setup-files.js";

// src/commands/read-caller.ts
function mapOf(value) {
	return value instanceof Map ? value : /* @__PURE__ */ new Map();
}
function users(workflow) {
	const jobs = [...mapOf(workflow.get("jobs")).values()].map(mapOf);
	const steps = jobs.flatMap((job) => {
		const list = job.get("steps");
		return Array.isArray(list) ? list.map(mapOf) : [];
	});
	return [...jobs, ...steps].filter((one) => typeof one.get("uses") === "string");
}
function textOr(value, otherwise) {
	return typeof value === "string" ? value : otherwise;
}
function isOurs(entry) {
	return /(?:^|\/)countersign(?:\/|@)/.test(textOr(entry.get("uses"), "")) || mapOf(entry.get("with")).has("root");
}
function readCaller(text) {
	if (text === null) return { kind: "missing" };
	const reading = readYaml(text);
	if (reading.kind === "unreadable") return {
		kind: "unreadable",
		reason: `is no YAML: ${reading.reason}`
	};
	const all = users(mapOf(reading.value));
	const ours = all.filter(isOurs).map((entry) => mapOf(entry.get("with")));
	return {
		kind: "found",
		uses: all.map((entry) => textOr(entry.get("uses"), "")),
		roots: ours.map((given) => textOr(given.get("root"), null)),
		metadataHosting: ours.some((given) => given.get("metadata-hosting") === "release") ? "release" : "pages",
		deploy: ours.some((given) => given.get("deploy") === false) ? "elsewhere" : "here"
	};
}

// src/forge/github/sealed-box.ts
async function sealFor(publicKey, text) {
	const key = Buffer.from(publicKey, "base64");
	if (key.length !== 32 || key.toString("base64") !== publicKey) throw new CountersignError("io", "secrets public key", "expected 32 bytes in base64, got other text");
	const { default: sodium } = await import("./libsodium-wrappers.js");
	await sodium.ready;
	return Buffer.from(sodium.crypto_box_seal(Buffer.from(text, "utf8"), key)).toString("base64");
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
async function readRules(place, branch) {
	const purpose = settingPurpose(`rules of ${branch}`, "metadata: read");
	const rules = (await sendForAll(place, "GET /repos/{owner}/{repo}/rules/branches/{branch}", { branch }, purpose)).reduce(withRule, NO_RULES);
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

// src/forge/github/settings.ts
const ENVIRONMENT = "/repos/{owner}/{repo}/environments/{environment_name}";
function administration(what) {
	return settingPurpose(what, "administration: write");
}
async function onThisPlan(what, work) {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof CountersignError) || statusOf(error) === null || !/upgrade to github|not available for|\bplan\b/i.test(saidWith(error))) throw error;
		throw new CountersignError("setting-missing", what, "expected a plan that has them for this repository: a public repository, or a paid plan for a private one", { cause: error });
	}
}
async function openPullsByActions(place) {
	const purpose = administration("permissions of Actions");
	const route = "/repos/{owner}/{repo}/actions/permissions/workflow";
	const now = answerOf(await send(place, `GET ${route}`, {}, purpose), purpose.what);
	const kept = { default_workflow_permissions: textOf(now, "default_workflow_permissions") };
	await send(place, `PUT ${route}`, {
		...kept,
		can_approve_pull_request_reviews: true
	}, purpose);
}
async function pagesByWorkflow(place) {
	const purpose = settingPurpose("Pages", "pages: write with administration: write");
	const pages = await readPages(place);
	if (pages.kind === "workflow") return;
	const method = pages.kind === "off" ? "POST" : "PUT";
	await send(place, `${method} /repos/{owner}/{repo}/pages`, { build_type: "workflow" }, purpose);
}
async function restrictEnvironment(place, name, branch) {
	const purpose = administration(`environment ${name}`);
	await send(place, `PUT ${ENVIRONMENT}`, {
		environment_name: name,
		wait_timer: 0,
		reviewers: null,
		deployment_branch_policy: {
			protected_branches: false,
			custom_branch_policies: true
		}
	}, purpose);
	const policies = await readPolicies(place, name);
	const isWanted = (one) => textOf(one, "name") === branch && one.members["type"] !== "tag";
	for (const one of policies.filter((found) => !isWanted(found))) {
		const parameters = {
			environment_name: name,
			branch_policy_id: countOf(one, "id")
		};
		await send(place, `DELETE ${ENVIRONMENT}/deployment-branch-policies/{branch_policy_id}`, parameters, purpose);
	}
	if (policies.some(isWanted)) return;
	await send(place, `POST ${ENVIRONMENT}/deployment-branch-policies`, {
		environment_name: name,
		name: branch,
		type: "branch"
	}, purpose);
}
async function protectBranch(place, branch) {
	const purpose = administration(`rules of ${branch}`);
	const name = `countersign ${branch}`;
	const ruleset = {
		name,
		target: "branch",
		enforcement: "active",
		conditions: { ref_name: {
			include: [`refs/heads/${branch}`],
			exclude: []
		} },
		rules: [{ type: "deletion" }, { type: "non_fast_forward" }]
	};
	const found = (await sendForAll(place, "GET /repos/{owner}/{repo}/rulesets", {}, purpose)).find((one) => one.members["name"] === name);
	if (found === void 0) await send(place, "POST /repos/{owner}/{repo}/rulesets", ruleset, purpose);
	else await send(place, "PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}", {
		...ruleset,
		ruleset_id: countOf(found, "id")
	}, purpose);
}
function apply(place, change) {
	switch (change.kind) {
		case "actions-open-pulls": return openPullsByActions(place);
		case "pages-by-workflow": return onThisPlan("Pages", () => pagesByWorkflow(place));
		case "environment": return onThisPlan(`environment ${change.name}`, () => restrictEnvironment(place, change.name, change.branch));
		case "protect-branch": return onThisPlan(`rules of ${change.branch}`, () => protectBranch(place, change.branch));
		default: return change;
	}
}
async function setSecret(place, secret) {
	const { environment, branch, name, value } = secret;
	const purpose = settingPurpose(`environment ${environment}`, "environments: write");
	const parameters = { environment_name: environment };
	const found = answerOf(await send(place, `GET ${ENVIRONMENT}`, parameters, purpose), purpose.what);
	if (!admitsOnly(await readEnvironment(place, found), branch)) throw new CountersignError("key-exposed", environment, `expected only the branch ${branch} to be admitted, got more; no secret was set`);
	const key = answerOf(await send(place, `GET ${ENVIRONMENT}/secrets/public-key`, parameters, purpose), "secrets public key");
	const encrypted = {
		encrypted_value: await sealFor(textOf(key, "key"), value),
		key_id: textOf(key, "key_id")
	};
	await send(place, `PUT ${ENVIRONMENT}/secrets/{secret_name}`, {
		...parameters,
		secret_name: name,
		...encrypted
	}, purpose);
}
function createGitHubSettings(place) {
	return {
		facts: (branches, workflow) => readFacts(place, branches, workflow),
		apply: (change) => apply(place, change),
		setSecret: (secret) => setSecret(place, secret),
		accountKeys: async (login) => {
			const purpose = {
				what: `keys of ${login}`,
				needs: "metadata: read"
			};
			return (await sendForAll(place, "GET /users/{username}/keys", { username: login }, purpose)).map((one) => textOf(one, "key"));
		}
	};
}
function openGitHubSettings(options) {
	if (options.token === "") throw new CountersignError("usage", "github token", "expected a token, got none");
	return createGitHubSettings({
		...openOctokit(options),
		owner: options.owner,
		repo: options.repo,
		graphqlUrl: "",
		scrub: (text) => text.replaceAll(options.token, "***")
	});
}

// src/cli/github-options.ts
async function openAdministered(fullName, env, console) {
	const [owner, repo, ...more] = fullName.split("/");
	if (owner === void 0 || repo === void 0 || more.length > 0) throw new CountersignError("usage", "repository", `expected OWNER/REPO, got ${quote(fullName)}`);
	const token = [env.get("GITHUB_TOKEN"), env.get("GH_TOKEN")].find((one) => one !== void 0 && one !== "");
	if (token === void 0) throw new CountersignError("usage", "GITHUB_TOKEN", "expected an administrator's token in GITHUB_TOKEN or GH_TOKEN, got none");
	const graphqlUrl = env.get("GITHUB_GRAPHQL_URL");
	const options = {
		owner,
		repo,
		token,
		apiUrl: env.get("GITHUB_API_URL") ?? "https://api.github.com",
		log: console.log,
		...graphqlUrl === void 0 ? {} : { graphqlUrl }
	};
	return {
		...await openGitHub(options),
		settings: openGitHubSettings(options)
	};
}

export { readCaller as n, openAdministered as t };
