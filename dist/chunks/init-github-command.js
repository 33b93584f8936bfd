import { B as pagesUrl, D as CALLER_FILE, F as custodyEnvironment, It as PUBLISHED_BRANCH, O as CALLER_PATH, P as WAKE_PATH, i as onlineKey, j as ONLINE_SECRET, n as custodyKey, r as decideSettings } from "./event.js";
import { a as ejectedWorkflow, i as callingWorkflow, n as ACTION_PIN, o as releaseJob, r as WORKFLOW_PIN, s as wakeWorkflow, w as terminalText } from "./render.js";
import { $t as quote, Bt as stringField, K as parseRepositoryId, Zt as CountersignError, mt as keyIdOf, zt as objectField } from "./tuf.js";
import { a as init, i as resolvePolicyKey, o as requireOwnRootKeys, r as readPolicyText } from "./init-command.js";
import { n as readCaller, t as openAdministered } from "./github-options.js";
import { a as readText, i as readBegun, o as reviewBegun, r as proposeCaller, s as readPolicy, t as headOf } from "./setup-files.js";
import { t as generateEd25519 } from "./generate.js";
import { c as openWithSchemes, f as envScheme, o as askYesNo } from "./repository-options.js";
import { t as EXIT } from "./exit-code.js";
import { c as currentInstant } from "./transport.js";
import { t as readText$1 } from "./read-text.js";
import { randomUUID } from "node:crypto";

// src/commands/init-github.ts
const ONLINE_URI = `env:${ONLINE_SECRET}`;
function requireOnlineKey(policy, where) {
	const other = [...policy.snapshot.keys, ...policy.timestamp.keys].find((uri) => uri !== ONLINE_URI);
	if (other !== void 0) throw new CountersignError("policy-invalid", `${where} online`, `expected ${ONLINE_URI}, got ${quote(other)}`);
}
async function wantedKeys(policy, input, begun) {
	const online = begun === null ? "new" : input.onlineKey === null ? "none" : "have";
	const keys = [onlineKey(online)];
	for (const { name, custody, key } of policy.people.values()) {
		if (custody === null) continue;
		const environment = custodyEnvironment(name);
		if (custody !== `environment:${environment}`) throw new CountersignError("policy-invalid", `people.${name}.custody`, `expected environment:${environment}, got ${quote(custody)}`);
		const made = begun === null ? input.madeKeys.get(name) : void 0;
		const held = made ?? input.custodyKeys.get(name);
		if (held !== void 0) await requireSame(await held.signer.publicKey(), await input.resolveKey(key, name), name);
		keys.push(custodyKey(environment, made !== void 0 ? "new" : held === void 0 ? "none" : "have"));
	}
	const stray = [...input.custodyKeys.keys()].find((name) => (policy.people.get(name)?.custody ?? null) === null);
	if (stray !== void 0) throw new CountersignError("usage", "--custody-key", `expected people whose key is in custody, got ${quote(stray)}`);
	return keys;
}
async function requireSame(given, listed, person) {
	if (keyIdOf(given) !== keyIdOf(listed)) throw new CountersignError("signer-key", `custody key of ${person}`, "expected the private half of the key that the policy lists, got another key");
}
function addressOf(facts, { siteUrl, hosting }) {
	if (siteUrl !== null) return siteUrl;
	if (hosting.metadataHosting === "release") return `${facts.url}/releases/download/${hosting.metadataTag}/`;
	if (facts.pages.kind === "known" && facts.pages.value.kind === "workflow" && facts.pages.value.url !== "") return facts.pages.value.url;
	const [owner = "", name = ""] = facts.repository.split("/");
	return pagesUrl(owner, name);
}
function policyOf(input, begun) {
	const text = begun?.policy ?? input.policy;
	if (text === null) throw new CountersignError("usage", "policy", "expected --policy or --signer for a repository that is not begun, got neither");
	const name = begun === null ? input.policyName : "tuf";
	const policy = readPolicy(text, name);
	requireOnlineKey(policy, name);
	if (begun === null) requireOwnRootKeys(policy);
	return {
		text,
		policy
	};
}
async function applyPlan(settings, view, secretOf) {
	for (const change of view.changes) await settings.apply(change);
	for (const key of view.secrets) {
		const { environment, name } = key;
		await settings.setSecret({
			environment,
			branch: view.defaultBranch,
			name,
			value: secretOf(key)
		});
	}
}
async function viewOf(place, input, policy, begun, facts) {
	const { metadataHosting, deploy } = input.hosting;
	const wanted = {
		keys: await wantedKeys(policy, input, begun),
		metadataHosting,
		deploy,
		begun: begun === null ? "no" : "yes"
	};
	const plan = decideSettings(facts, wanted);
	const head = await headOf(place.forge, facts.defaultBranch);
	const caller = readCaller(head === null ? null : await readText(place.forge, head, CALLER_PATH));
	return {
		...plan,
		refusals: [...begun === null ? [] : reviewBegun(begun, caller), ...plan.refusals],
		repository: facts.repository,
		defaultBranch: facts.defaultBranch,
		siteUrl: addressOf(facts, input),
		root: begun === null ? { kind: "propose" } : {
			kind: begun.state,
			digest: begun.root
		}
	};
}
function callerText(input, root, siteUrl) {
	const settings = {
		root,
		siteUrl,
		...input.hosting
	};
	return input.form === "eject" ? ejectedWorkflow(input.pins.action, settings) : callingWorkflow(input.pins.workflow, settings);
}
async function initGitHub(place, input) {
	const { forge, settings } = place;
	const facts = await settings.facts(["tuf", PUBLISHED_BRANCH], CALLER_FILE);
	const begun = await readBegun(forge);
	const { text, policy } = policyOf(input, begun);
	const view = await viewOf(place, input, policy, begun, facts);
	const none = {
		plan: view,
		root: begun?.root ?? null,
		rootPull: null,
		workflowPull: null
	};
	if (!await input.confirm(view)) return {
		outcome: "declined",
		...none
	};
	const [refused] = view.refusals;
	if (refused !== void 0) throw new CountersignError(refused.code, refused.where, refused.detail);
	const online = begun === null ? input.onlineKey ?? await input.newKey() : input.onlineKey;
	await applyPlan(settings, view, ({ name, environment }) => {
		const person = environment.slice(12);
		const held = name === "COUNTERSIGN_ONLINE_KEY" ? online : input.madeKeys.get(person) ?? input.custodyKeys.get(person);
		if (held === null || held === void 0) throw new CountersignError("signer-key", environment, "expected a key, got none");
		return held.secret;
	});
	const first = begun === null && online !== null ? await proposeRoot(place, input, text, online) : null;
	const root = first?.root ?? begun?.root;
	if (root === void 0) throw new CountersignError("base-missing", "tuf", "expected root v1, got none");
	const pull = await proposeCaller(forge, facts.defaultBranch, callerText(input, root, view.siteUrl));
	return {
		outcome: view.changes.length === 0 && view.secrets.length === 0 && first === null && pull === null ? "nothing-to-do" : "applied",
		plan: view,
		root,
		rootPull: first === null ? null : {
			number: first.number,
			url: first.url,
			signers: first.signers
		},
		workflowPull: pull === null ? null : {
			number: pull.number,
			url: pull.url
		}
	};
}
async function proposeRoot(place, input, policy, online) {
	const openSigner = async (uri) => uri === ONLINE_URI ? online.signer : place.openSigner(uri);
	return init({
		...place,
		openSigner
	}, {
		policy,
		policyName: input.policyName,
		repository: input.repository,
		resolveKey: (text, person) => input.resolveKey(text, person),
		resolveAccount: (login) => input.resolveAccount(login),
		files: /* @__PURE__ */ new Map([[WAKE_PATH, new TextEncoder().encode(wakeWorkflow())]])
	});
}

// src/render/policy-text.ts
function policyText(people, onlineUri) {
	const signers = (who) => `signers: [${who.map(({ login }) => login).join(", ")}], threshold: 2`;
	const top = signers(people.filter(({ held }) => held === "self"));
	return [
		"# Who may sign what. Reviewed by people; what is trusted is the signed metadata that is made from it.",
		"people:",
		...people.map(({ login, key, held }) => {
			const custody = held === "self" ? "" : `, custody: "environment:${custodyEnvironment(login)}"`;
			return `  ${login}: { github: ${login}, key: ${JSON.stringify(key)}${custody} }`;
		}),
		"roles:",
		`  root: { ${top}, expires: 365d, renew: 60d }`,
		`  targets: { ${top}, expires: 365d, renew: 60d }`,
		`  releases: { paths: ["v*/*"], ${signers(people)}, expires: 90d, renew: 30d }`,
		"online:",
		`  snapshot: { keys: ["${onlineUri}"], expires: 30d, renew: 15d }`,
		`  timestamp: { keys: ["${onlineUri}"], expires: 7d, renew: 6d }`,
		""
	].join("\n");
}

// src/render/setup-text.ts
function rootLine(root) {
	switch (root.kind) {
		case "propose": return "propose root v1 from the policy, on a branch `tuf` of its own";
		case "signed": return `root v1 is on the branch \`tuf\`: sha256:${root.digest}, signed by every key that it lists; compare it by other means`;
		case "unsigned": return `root v1 is on the branch \`tuf\`: sha256:${root.digest}, not signed by every key that it lists`;
		case "proposed": return `root v1 is proposed already: sha256:${root.digest}; compare it by other means`;
		default: return root;
	}
}
function changeLine(change) {
	switch (change.kind) {
		case "actions-open-pulls": return "Actions: allow GitHub Actions to create pull requests, and by the same switch to approve them";
		case "pages-by-workflow": return "Pages: switch on, with GitHub Actions as the source";
		case "environment": return `environment ${change.name}: only the branch ${change.branch} may use it; no reviewers, no wait`;
		case "protect-branch": return `branch ${change.branch}: cannot be deleted or force-pushed`;
		default: return change;
	}
}
function setupPlanText(view, style) {
	const changes = [
		...view.changes.map(changeLine),
		...view.secrets.map(({ environment, name, value }) => `secret ${name} of ${environment}: ${value === "new" ? "set a new key" : "set the given key"}`),
		rootLine(view.root),
		`propose the workflow for ${view.defaultBranch}, if it is not there; clients will read ${view.siteUrl}`
	];
	return [
		`${style.bold(terminalText(view.repository))} will be changed like this:`,
		...changes.map((line) => `  ${terminalText(line)}`),
		...view.refusals.map(({ code, where, detail }) => `  ${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`)
	].join("\n");
}
function setupSteps({ workflowPull, rootPull }) {
	return [
		...workflowPull === null ? [] : [`merge ${workflowPull.url}: the workflow`],
		...rootPull?.signers.map((signer) => `${signer} compares the digest of root v1 by other means and signs it: countersign sign ${rootPull.url} --key <uri>`) ?? [],
		...rootPull === null && workflowPull === null ? [] : ["add the job below to the release workflow, after the job that builds"]
	];
}
function setupText(view, style) {
	if (view.outcome === "declined") return "nothing was changed";
	if (view.outcome === "nothing-to-do") return `${style.good("well")}: nothing is left to set up`;
	const steps = setupSteps(view);
	return [
		`${style.good("set up")} ${terminalText(view.plan.repository)}`,
		...view.root === null ? [] : [`root v1 ${style.bold(`sha256:${view.root}`)}`],
		steps.length === 0 ? "no step is left" : `steps that are left: ${String(steps.length)}`,
		...steps.map((step, index) => `  ${String(index + 1)}. ${terminalText(step)}`),
		...steps.length === 0 ? [] : ["", view.releaseJob.trimEnd()]
	].join("\n");
}

// src/signers/open-online-signer.ts
async function openOnlineSigner(uri, env) {
	return openWithSchemes(uri, {
		env,
		cwd: "/",
		askPassphrase: async () => null
	}, [envScheme(null)]);
}

// src/cli/init-github-command.ts
const NO_COMMIT = "0".repeat(40);
function pinsOf(action) {
	if (action === void 0) {
		if (ACTION_PIN.commit === NO_COMMIT || WORKFLOW_PIN.commit === NO_COMMIT) throw new CountersignError("usage", "--action", "expected owner/name@<sha>: this build of the program names no published action");
		return {
			action: ACTION_PIN,
			workflow: WORKFLOW_PIN
		};
	}
	const match = /^([A-Za-z0-9-]+\/[A-Za-z0-9._-]+)@([0-9a-f]{40})$/.exec(action);
	if (match?.[1] === void 0 || match[2] === void 0) throw new CountersignError("usage", "--action", `expected owner/name@<40 hex digits>, got ${quote(action)}`);
	const pin = {
		repository: match[1],
		commit: match[2]
	};
	return {
		action: pin,
		workflow: pin
	};
}
function checkedUrl(text) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url?.protocol !== "https:" || url.username !== "" || url.search !== "" || url.hash !== "") throw new CountersignError("usage", "--site-url", `expected an https address, got ${quote(text)}`);
	return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
async function heldKey(secret) {
	return {
		secret,
		signer: await openOnlineSigner("env:KEY", /* @__PURE__ */ new Map([["KEY", secret]]))
	};
}
async function custodyKeys(options) {
	const keys = /* @__PURE__ */ new Map();
	for (const option of options) {
		const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)=file:(.+)$/.exec(option);
		if (match?.[1] === void 0 || match[2] === void 0) throw new CountersignError("usage", "--custody-key", "expected <person>=file:<path of a private key>");
		keys.set(match[1], await heldKey(await readText$1(match[2], "a private key")));
	}
	return keys;
}
async function madeKeys(logins) {
	const keys = /* @__PURE__ */ new Map();
	for (const login of logins) {
		const { pem, publicKey } = generateEd25519();
		const text = `ed25519:${stringField(objectField(publicKey, "keyval", "key"), "public", "key")}`;
		keys.set(login, {
			...await heldKey(pem),
			text
		});
	}
	return keys;
}
async function suggestedPolicy(logins, made, settings, console) {
	if (logins.length < 2) throw new CountersignError("usage", "--signer", `expected at least two people, got ${String(logins.length)}`);
	const people = [];
	for (const login of new Set(logins)) {
		if (made.has(login)) throw new CountersignError("usage", "--custody", `expected people who are no --signer, got ${quote(login)}`);
		const keys = (await settings.accountKeys(login)).filter((key) => key.startsWith("ssh-ed25519 "));
		const [key] = keys;
		if (key === void 0 || keys.length > 1) throw new CountersignError("usage", "--signer", `expected one ed25519 key on the account ${quote(login)}, got ${String(keys.length)}; write a policy instead`);
		people.push({
			login,
			key,
			held: "self"
		});
	}
	console.log.info("these keys are what the accounts show; nobody has proven that they are theirs until they have signed with them");
	const custody = [...made].map(([login, { text }]) => ({
		login,
		key: text,
		held: "environment"
	}));
	return policyText([...people, ...custody], `env:${ONLINE_SECRET}`);
}
async function policyFor(options, made, settings, console) {
	if (options.policy !== void 0 && options.signer.length > 0) throw new CountersignError("usage", "--signer", "expected either --policy or --signer, got both");
	if (made.size > 0 && options.signer.length === 0) throw new CountersignError("usage", "--custody", "expected --signer beside it; a policy names its custody signers itself");
	if (options.policy !== void 0) return readPolicyText(options.policy);
	return options.signer.length === 0 ? null : suggestedPolicy(options.signer, made, settings, console);
}
async function accountOf(forge, login) {
	const account = (await forge.accounts([login])).get(login);
	if (account === void 0) throw new CountersignError("people-invalid", login, "expected an account of this name, got none");
	return account;
}
async function confirmed(view, options, console) {
	if (!options.json) process.stderr.write(`${setupPlanText(view, console.style)}\n`);
	if (options.dryRun) return false;
	return options.yes || view.refusals.length > 0 || askYesNo("Change this?");
}
async function initGitHubCommand(options, console, variables = new Map(Object.entries(process.env))) {
	const pins = pinsOf(options.action);
	const { forge, settings } = await openAdministered(options.github, variables, console);
	const policyName = options.policy ?? "policy";
	const online = variables.get(ONLINE_SECRET);
	const made = await madeKeys(options.custody);
	const metadataHosting = options.hosting === "release" ? "release" : "pages";
	const result = await initGitHub({
		forge,
		settings,
		now: currentInstant(),
		openSigner: (uri) => openOnlineSigner(uri, variables)
	}, {
		policy: await policyFor(options, made, settings, console),
		policyName,
		repository: parseRepositoryId(randomUUID(), "repository"),
		resolveKey: (text, person) => resolvePolicyKey(text, person, policyName),
		resolveAccount: (login) => accountOf(forge, login),
		onlineKey: online === void 0 || online === "" ? null : await heldKey(online),
		newKey: () => heldKey(generateEd25519().pem),
		custodyKeys: await custodyKeys(options.custodyKey),
		madeKeys: made,
		siteUrl: options.siteUrl === void 0 ? null : checkedUrl(options.siteUrl),
		hosting: {
			metadataHosting,
			metadataTag: options.hosting === "release" ? options.metadataTag : "",
			deploy: options.deploy && options.hosting !== "none" ? "here" : "elsewhere"
		},
		form: options.eject ? "eject" : "call",
		pins,
		confirm: (view) => confirmed(view, options, console)
	});
	const { siteUrl, refusals } = result.plan;
	if (result.outcome === "declined" && !options.dryRun) throw new CountersignError("declined", options.github, "expected your agreement, got none; nothing was changed");
	const site = {
		siteUrl,
		metadataHosting,
		metadataTag: options.metadataTag
	};
	const job = releaseJob(pins.action, {
		role: "releases",
		artifacts: "dist-*",
		targetPrefix: "${{ github.ref_name }}/",
		root: result.root,
		site
	});
	const view = {
		...result,
		releaseJob: job,
		wakeWorkflow: wakeWorkflow()
	};
	console.result(view, setupText);
	return result.outcome === "declined" && refusals.length > 0 ? EXIT.failed : EXIT.ok;
}

export { initGitHubCommand };
