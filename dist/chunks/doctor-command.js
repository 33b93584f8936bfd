import { A as ONLINE_ENVIRONMENT, D as CALLER_FILE, F as custodyEnvironment, It as PUBLISHED_BRANCH, O as CALLER_PATH, P as WAKE_PATH, j as ONLINE_SECRET, k as CUSTODY_SECRET, t as admitsOnly } from "./event.js";
import { $t as quote } from "./tuf.js";
import { s as wakeWorkflow, w as terminalText } from "./render.js";
import { n as readCaller, t as openAdministered } from "./github-options.js";
import { a as readText, i as readBegun, s as readPolicy, t as headOf } from "./setup-files.js";
import { t as EXIT } from "./exit-code.js";
import { c as currentInstant } from "./transport.js";

// src/event/doctor-finding.ts
function unseen(known, what, page, judge, severity = "advice") {
	if (known.kind === "known") return judge(known.value);
	return [{
		severity,
		code: "unseen",
		detail: `${what} could not be read: ${known.reason}`,
		change: "run this with an administrator's token, or look yourself",
		page
	}];
}

// src/event/doctor-workflows.ts
const SECONDS_WITHOUT_SCHEDULE = 7200;
function pinOf(uses) {
	const at = uses.lastIndexOf("@");
	const ref = at === -1 ? "" : uses.slice(at + 1);
	return /^[0-9a-f]{40}$/.test(ref) ? ref : null;
}
function ofCaller({ caller, root, settings }) {
	const page = `blob/${settings.defaultBranch}/${CALLER_PATH}`;
	const at = (severity, code, detail, change) => ({
		severity,
		code,
		detail: `${CALLER_PATH}: ${detail}`,
		change,
		page
	});
	if (caller.kind === "missing") return [at("broken", "workflow-missing", `is not on ${settings.defaultBranch}`, "merge the pull request that `countersign init --github` opened")];
	if (caller.kind === "unreadable") return [at("broken", "workflow-unreadable", caller.reason, "write it again with `countersign init --github`")];
	const drafts = caller.uses.filter((uses) => !uses.startsWith("./") && pinOf(uses) === null).map((uses) => at("leak", "workflow-unpinned", `runs ${quote(uses)}, which its owner can move to other code`, "name a commit: 40 hex digits"));
	if (caller.uses.length === 0) drafts.push(at("broken", "workflow-empty", "runs nothing of Countersign", "write it again with `countersign init --github`"));
	if (caller.roots.length === 0 || caller.roots.includes(null)) drafts.push(at("broken", "root-missing", "does not say which root v1 is right, so a writer could begin anew", "add `root:` with the sha256 that init printed"));
	else if (root !== null && caller.roots.some((one) => one?.replace(/^sha256:/, "") !== root)) drafts.push(at("broken", "root-other", `names another root v1 than the branch ${"tuf"} holds`, "find out, with the other signers, which is right"));
	return drafts;
}
function ofSchedule({ settings, now, caller }) {
	if (caller.kind === "missing") return [];
	const page = `actions/workflows/${CALLER_FILE}`;
	return unseen(settings.workflow, "the runs of the workflow", page, (workflow) => {
		const at = (detail, change) => [{
			severity: "broken",
			code: "schedule-dead",
			detail,
			change,
			page
		}];
		if (workflow === null) return at(`${CALLER_FILE}: is no workflow that GitHub knows of`, "run it once by hand");
		if (workflow.state !== "active") return at(`${CALLER_FILE}: is ${quote(workflow.state)}; in public repositories schedules end after 60 days without a commit`, "enable it");
		const { created, lastScheduled: last } = workflow;
		if (last === null && now - created <= SECONDS_WITHOUT_SCHEDULE) return [{
			severity: "advice",
			code: "schedule-young",
			detail: `${CALLER_FILE}: has not been run by its schedule yet, and is less than two hours old`,
			change: "nothing yet; run doctor again in two hours",
			page
		}];
		if (last !== null && now - last <= SECONDS_WITHOUT_SCHEDULE) return [];
		const since = last === null ? "has never been run by its schedule" : `was last run by its schedule ${String(Math.floor((now - last) / 3600))} hours ago`;
		return at(`${CALLER_FILE}: ${since}; the timestamp expires in time`, "run it by hand; if it stays so, see the status of GitHub Actions");
	});
}
function ofWake({ wake, settings }) {
	if (wake === "same") return [];
	const is = wake === "missing" ? "is not there: signatures are only seen by the schedule" : "is not what init writes: somebody without signatures changed it";
	const page = `blob/${"tuf"}/${WAKE_PATH}`;
	const change = `restore the file, as \`${`countersign init --github ${settings.repository} --action OWNER/countersign@<40 hex digits> --dry-run --json`}\` shows it`;
	return [{
		severity: wake === "missing" ? "advice" : "broken",
		code: `wake-${wake}`,
		detail: `${"tuf"}:${WAKE_PATH} ${is}`,
		change,
		page
	}];
}
function ofHosting({ settings, caller }) {
	if (caller.kind !== "found") return [];
	if (caller.metadataHosting === "release") return unseen(settings.immutableReleases, "whether releases are immutable", "settings", (immutable) => immutable ? [{
		severity: "broken",
		code: "releases-immutable",
		detail: "releases are immutable: the one that holds the metadata could never be refreshed",
		change: "switch that off, or host the metadata on Pages",
		page: "settings"
	}] : []);
	if (caller.deploy === "elsewhere") return [];
	return unseen(settings.pages, "the settings of Pages", "settings/pages", (pages) => pages.kind === "workflow" ? [] : [{
		severity: "broken",
		code: "pages-source",
		detail: pages.kind === "off" ? "Pages are off: nothing is served" : `Pages show the branch ${pages.branch}: our deployments fail`,
		change: "set the source to \"GitHub Actions\"",
		page: "settings/pages"
	}]);
}

// src/event/decide-doctor.ts
function ofEnvironment(key, found, branch) {
	const { environment, name } = key;
	const at = (severity, code, detail, change) => ({
		severity,
		code,
		detail: `environment ${environment}: ${detail}`,
		change,
		page: "settings/environments"
	});
	if (found === void 0) return [at("broken", "environment-missing", "is not there", "run `countersign init --github` again")];
	const drafts = [];
	const holds = found.secrets.includes(name);
	if (!admitsOnly(found, branch)) {
		const detail = `admits more than ${branch}, so a writer's own branch can ${holds ? "use the key in it" : "reach it"}`;
		const change = `restrict it to the branch ${branch}${holds ? ", and replace the key: it may have been read" : " before a secret is set"}`;
		drafts.push(at(holds ? "leak" : "broken", "environment-open", detail, change));
	}
	if (!holds) drafts.push(at("broken", "secret-missing", `has no secret ${name}`, "run `countersign init --github` again, or set it"));
	if (found.reviewers > 0 || found.waitMinutes > 0) drafts.push(at("broken", "environment-waits", "has reviewers or a wait timer, so that a job waits for them and holds up all later ones", "remove them: who may sign is decided by the signed metadata"));
	return drafts;
}
function strayKeys(environments, keys) {
	return [...environments].flatMap(([environment, { secrets }]) => secrets.filter((name) => name === "COUNTERSIGN_ONLINE_KEY" || name === "COUNTERSIGN_KEY").filter((name) => !keys.some((key) => key.environment === environment && key.name === name)).map((name) => ({
		environment,
		name
	})));
}
function ofKeys({ settings, keys }) {
	const names = /* @__PURE__ */ new Set([
		ONLINE_SECRET,
		CUSTODY_SECRET,
		...keys.map(({ name }) => name)
	]);
	const shared = unseen(settings.sharedSecrets, "the secrets of the repository", "settings/secrets/actions", (secrets) => secrets.filter((name) => names.has(name)).map((name) => ({
		severity: "leak",
		code: "secret-shared",
		detail: `secret ${name} is kept for the whole repository: every branch's workflows can read it`,
		change: "delete it there, and replace that key",
		page: "settings/secrets/actions"
	})), "broken");
	const environments = unseen(settings.environments, "the environments", "settings/environments", (found) => [...keys, ...strayKeys(found, keys)].flatMap((key) => ofEnvironment(key, found.get(key.environment), settings.defaultBranch)), "broken");
	return [...shared, ...environments];
}
function ofDefaultBranch({ settings }) {
	const { defaultBranch, rules, actionsOpenPulls } = settings;
	const found = rules.get(defaultBranch) ?? {
		kind: "unknown",
		reason: "nothing was said of it"
	};
	const botMayApprove = actionsOpenPulls.kind === "unknown" || actionsOpenPulls.value;
	const change = `require a pull request for ${defaultBranch} with ${botMayApprove ? `a code owner's review, and name people for /.github/ in .github/CODEOWNERS, as Actions may approve too; or two approvals` : "another person's approval"}`;
	const at = (code, detail) => [{
		severity: "leak",
		code,
		detail: `${defaultBranch}: ${detail}`,
		change,
		page: "settings/rules"
	}];
	return unseen(found, `the rules of ${defaultBranch}`, "settings/rules", ({ approvals, codeOwnerReview }) => {
		if (codeOwnerReview === "required" || approvals > (botMayApprove ? 1 : 0)) return [];
		if (approvals === 0) return at("default-branch-alone", "one writer alone can change the workflow that uses the online and custody keys");
		return at("approval-by-actions", "one approval is enough, and a workflow may give it: so one writer alone can change the workflow that uses the keys");
	}, "broken");
}
function ofOurBranches({ settings }) {
	return ["tuf", PUBLISHED_BRANCH].flatMap((branch) => {
		const found = settings.rules.get(branch) ?? {
			kind: "unknown",
			reason: "nothing was said of it"
		};
		return unseen(found, `the rules of ${branch}`, "settings/rules", ({ deletion, forcePush, staleApprovals }) => {
			const drafts = [];
			if (deletion === "allowed" || forcePush === "allowed") {
				const detail = `${branch}: can be ${[...deletion === "allowed" ? ["deleted"] : [], ...forcePush === "allowed" ? ["force-pushed"] : []].join(" and ")}, which is noticed and built upon, but not prevented`;
				drafts.push({
					severity: "advice",
					code: "branch-open",
					detail,
					change: "forbid both by a rule",
					page: "settings/rules"
				});
			}
			if (branch === "tuf" && staleApprovals === "dismissed") {
				const detail = `${branch}: approvals are dismissed when a commit is pushed, so an event may need them again`;
				drafts.push({
					severity: "advice",
					code: "stale-approvals",
					detail,
					change: "switch that off for this branch: what an approval covers is checked anyway",
					page: "settings/rules"
				});
			}
			return drafts;
		});
	});
}
function ofActions({ settings }) {
	return unseen(settings.actionsOpenPulls, "whether Actions may open pull requests", "settings/actions", (allowed) => allowed ? [] : [{
		severity: "broken",
		code: "actions-pull-requests",
		detail: "Actions may not open pull requests, so nothing can be proposed",
		change: "switch on \"Allow GitHub Actions to create and approve pull requests\"",
		page: "settings/actions"
	}]);
}
const ORDER = [
	"leak",
	"broken",
	"advice"
];
function decideDoctor(facts) {
	const findings = [
		ofKeys,
		ofDefaultBranch,
		ofCaller,
		ofActions,
		ofHosting,
		ofSchedule,
		ofWake,
		ofOurBranches
	].flatMap((check) => check(facts)).map(({ page, ...finding }) => ({
		...finding,
		url: `${facts.settings.url}/${page}`
	}));
	return ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}

// src/commands/doctor.ts
function heldKeys(begun) {
	const online = {
		environment: ONLINE_ENVIRONMENT,
		name: ONLINE_SECRET
	};
	const policy = begun?.policy ?? null;
	if (policy === null) return [online];
	return [online, ...[...readPolicy(policy, "tuf").people.values()].filter(({ custody }) => custody?.startsWith("environment:") === true).map(({ name }) => ({
		environment: custodyEnvironment(name),
		name: CUSTODY_SECRET
	}))];
}
function compareWake(wake) {
	if (wake === null) return "missing";
	return wake === wakeWorkflow() ? "same" : "changed";
}
async function readFile(forge, branch, path) {
	const head = await headOf(forge, branch);
	return head === null ? null : readText(forge, head, path);
}
async function doctor(place) {
	const { forge, now } = place;
	const settings = await place.settings.facts(["tuf", PUBLISHED_BRANCH], CALLER_FILE);
	const begun = await readBegun(forge);
	const caller = readCaller(await readFile(forge, settings.defaultBranch, CALLER_PATH));
	const wake = compareWake(await readFile(forge, "tuf", WAKE_PATH));
	const findings = decideDoctor({
		settings,
		now,
		wake,
		caller,
		keys: heldKeys(begun),
		root: begun?.root ?? null
	});
	return {
		repository: settings.repository,
		findings
	};
}
function isUrgent(findings) {
	return findings.some(({ severity }) => severity !== "advice");
}

// src/render/doctor-text.ts
function severityWord(severity, style) {
	switch (severity) {
		case "leak": return style.bad("key could leak");
		case "broken": return style.bad("broken");
		case "advice": return style.warn("advice");
		default: return severity;
	}
}
function doctorText(view, style) {
	const { repository, findings } = view;
	if (findings.length === 0) return `${style.good("well")}: ${terminalText(repository)} is set up as it should be`;
	return findings.map(({ severity, detail, change, url }) => [
		`${severityWord(severity, style)}  ${terminalText(detail)}`,
		`  ${terminalText(change)}`,
		style.faint(`  ${terminalText(url)}`)
	].join("\n")).join("\n");
}

// src/cli/doctor-command.ts
async function doctorCommand(_options, console, args, env = new Map(Object.entries(process.env))) {
	const { forge, settings } = await openAdministered(args[0] ?? "", env, console);
	const result = await doctor({
		forge,
		settings,
		now: currentInstant()
	});
	console.result(result, doctorText);
	return isUrgent(result.findings) ? EXIT.failed : EXIT.ok;
}

export { doctorCommand };
