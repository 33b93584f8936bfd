import { $t as quote, Zt as CountersignError } from "./tuf.js";
import { t as admitsOnly } from "./event.js";
import { a as readPolicies, c as send, d as statusOf, f as answerOf, i as readPages, l as sendForAll, m as textOf, n as readEnvironment, o as settingPurpose, p as countOf, r as readFacts, s as openOctokit, t as openGitHub, u as saidWith } from "./github.js";
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
