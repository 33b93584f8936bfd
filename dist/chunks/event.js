import { $t as quote, A as jsonObject, At as encodeInstant, Bt as stringField, C as isDue, D as planTimestamp, Dt as parseThreshold, E as planSnapshot, Et as parseTargetsRoleName, Ft as asObject, G as parseBinding, H as parseRoot, Ht as encodeCanonicalJson, I as parseSnapshot, It as asString, J as reachOf, Jt as jsonPath, L as parseTimestamp, M as newSnapshotSigned, Nt as arrayField, O as sameMeta, Ot as parseVersion, P as newTimestampSigned, Qt as outcomeOf, R as parseTargets, Rt as integerField, S as isDiscardedUnder, T as nextVersion, Ut as encodeJsonFile, W as BINDING_FIELD, Xt as parseJson, Y as rolesFor, Zt as CountersignError, _t as parseKeyId, a as hostingOf, at as delegatedKeys, bt as TARGETS, ct as countSignatures, dt as encodeMetadata, et as reviewPattern, f as targetFilePaths, ft as payloadDigest, g as requireRootTransition, kt as addSeconds, lt as requireThreshold, n as stageTargets, nt as reviewTargetPath, o as ourCustomOf, pt as verifySignature, q as requireBinding, qt as isJsonObject, s as TIMESTAMP_PATH, st as isBinName, t as editTargets, tn as unwrap, tt as reviewRoleName, w as listFile, wt as parseSha256, xt as TOP_LEVEL_ROLES, yt as sha256Hex, zt as objectField } from "./tuf.js";
import { C as countsFrom, S as findLookAlike, _ as MAX_EVENT_FILE_BYTES, a as linesWorthVerifying, c as parseCountersignatures, d as parsePeople, f as requireClaimedKeys, h as voterOf, i as lineIdentity, l as parsePayloadDigest, m as requireTellableNames, o as foldReviews, p as requireOnlineKeys, r as carriedFiles, u as parsePeriods, v as MAX_LISTED_CHARACTERS, w as requireCounts, x as parseCommitSha, y as MAX_NOTE_CHARACTERS } from "./trust.js";

// src/event/layout.ts
const PUBLISHED_BRANCH = "tuf-published";
const PROPOSAL_PREFIX = "sign/";
const POLICY_PATH = "countersign.yaml";
const EVENT_PATH = "event.json";
const FILE_LIST_PATH = "files.txt";
const ROOT_PATH = "metadata/root.json";
const HISTORY = /^metadata\/root_history\/([1-9][0-9]*)\.root\.json$/;
const ROLE = /^metadata\/([^/]+)\.json$/;
function rootHistoryPath(version) {
	return `metadata/root_history/${String(version)}.root.json`;
}
function rolePath(role) {
	return `metadata/${role}.json`;
}
function proposalBranch(role, version) {
	return `${PROPOSAL_PREFIX}${role}-v${String(version)}`;
}
function freeBranch(branch, busy) {
	let name = branch;
	for (let count = 2; busy.has(name); count++) name = `${branch}-${String(count)}`;
	return name;
}
function classifyPath(path) {
	if (path === "metadata/root.json") return { kind: "root" };
	if (path === "countersign.yaml") return { kind: "policy" };
	if (path === "event.json") return { kind: "event" };
	const history = HISTORY.exec(path)?.[1];
	if (history !== void 0) return {
		kind: "root-history",
		version: Number(history)
	};
	const name = ROLE.exec(path)?.[1];
	if (name === void 0 || name === "snapshot" || name === "timestamp" || name === "mirrors") return { kind: "unclaimed" };
	try {
		return {
			kind: "role",
			role: parseTargetsRoleName(name, path)
		};
	} catch (error) {
		if (!(error instanceof CountersignError && error.code === "role-name-invalid")) throw error;
		return { kind: "unclaimed" };
	}
}
function unclaimed(path) {
	return new CountersignError("event-file-unclaimed", path, `expected only metadata files of this event, got ${quote(path)}`);
}

// src/event/delegators.ts
function rolesAfter(base, proposal) {
	const roles = /* @__PURE__ */ new Map();
	for (const [name, { file }] of base?.roles ?? []) roles.set(name, file);
	for (const [name, file] of proposal.roles) roles.set(name, file);
	return roles;
}
function childrenOf$1({ delegations }, after) {
	if (delegations === null) return [];
	if (delegations.kind === "roles") return delegations.roles.map(({ name }) => name);
	return [...after.keys()].filter((name) => isBinName(delegations.succinct, name));
}
function delegatorsAfter(root, after) {
	const { signed } = root;
	const top = {
		by: `root v${String(signed.version)}`,
		name: "root",
		signed,
		keys: signed.keys,
		roleKeys: signed.roles.targets
	};
	const found = /* @__PURE__ */ new Map([[TARGETS, [top]]]);
	for (const name of found.keys()) {
		const file = after.get(name)?.signed;
		if (file === void 0) continue;
		for (const child of childrenOf$1(file, after)) {
			const roleKeys = file.delegations === null ? null : delegatedKeys(file.delegations, child);
			if (file.delegations === null || roleKeys === null) continue;
			const delegator = {
				by: `${name} v${String(file.version)}`,
				name,
				signed: file,
				keys: file.delegations.keys,
				roleKeys
			};
			found.set(child, [...found.get(child) ?? [], delegator]);
		}
	}
	return found;
}
function delegationProblems(base, proposal, after, delegators) {
	const problems = [];
	for (const role of proposal.roles.keys()) {
		if (delegators.has(role)) continue;
		problems.push({
			code: "role-unknown",
			where: rolePath(role),
			detail: "expected a role that is delegated, got one that clients do not come to from the root"
		});
	}
	for (const [role, all] of delegators) {
		const changed = all.filter(({ name }) => name === "root" ? proposal.root !== null : proposal.roles.has(name));
		if (changed.length === 0) continue;
		if (all.length > 1) {
			const detail = `expected one role to delegate it, got ${all.map(({ name }) => name).join(", ")}`;
			problems.push({
				code: "delegations-invalid",
				where: role,
				detail
			});
		}
		for (const delegator of changed) problems.push(...danglingRole(role, delegator, {
			base,
			proposal,
			after
		}));
	}
	return [...problems, ...missingBins(proposal, after)];
}
function danglingRole(role, delegator, { base, proposal, after }) {
	if (proposal.roles.has(role)) return [];
	const before = delegator.name === "root" ? null : base?.roles.get(delegator.name)?.file.signed ?? null;
	if (!after.has(role) && before !== null && childrenOf$1(before, after).includes(role)) return [];
	const file = after.get(role);
	const { keys, roleKeys, name } = delegator;
	if (file !== void 0 && countSignatures({
		payload: file.payload,
		signatures: file.signatures,
		keys,
		role: roleKeys
	}).reached) return [];
	return [{
		code: "role-missing",
		where: role,
		detail: `expected a new version in this event: ${name} changes who signs it`
	}];
}
function missingBins(proposal, after) {
	return [...proposal.roles].flatMap(([name, { signed }]) => {
		if (signed.delegations?.kind !== "succinct") return [];
		const [expected, actual] = [2 ** signed.delegations.succinct.bitLength, childrenOf$1(signed, after).length];
		if (actual === expected) return [];
		return [{
			code: "role-missing",
			where: name,
			detail: `expected a file for each of ${String(expected)} bins, got ${String(actual)}`
		}];
	});
}

// src/event/floors.ts
const MAX_VERSION_STEP = 1e4;
function requireStep(name, version, published) {
	if (version <= published + 1e4) return;
	const detail = `expected a version at most ${String(MAX_VERSION_STEP)} above the published ${String(published)}: whoever has a key of this role raised it`;
	throw new CountersignError("fast-forward", `${name}@${String(version)}`, `${detail}; revoke that key`);
}
function namesOf(files, known) {
	const names = /* @__PURE__ */ new Set();
	const all = [...known];
	for (const { delegations } of files) {
		if (delegations === null) continue;
		if (delegations.kind === "roles") for (const { name } of delegations.roles) names.add(name);
		else for (const name of all) if (isBinName(delegations.succinct, name)) names.add(name);
	}
	return names;
}
function floorProblems(before, after, floors) {
	const delegatedBefore = namesOf(before.values(), floors.keys());
	const problems = [];
	for (const [delegator, signed] of after) for (const name of namesOf([signed], floors.keys())) {
		const floor = floors.get(name);
		if (floor === void 0 || delegatedBefore.has(name)) continue;
		const from = outcomeOf(() => countsFrom(signed, name));
		if (from.kind === "refused") {
			problems.push(from.refusal);
			continue;
		}
		if (from.value <= floor) {
			const detail = `expected x-countersign.from to say that ${name} counts from above ${String(floor)}, the last version that was published of it, got ${String(from.value)}`;
			problems.push({
				code: "rollback",
				where: delegator,
				detail
			});
			continue;
		}
		const version = after.get(name)?.version ?? 0;
		if (version >= from.value) continue;
		const detail = `expected a file of version ${String(from.value)} or later, from which it counts again, got ${version === 0 ? "none" : String(version)}`;
		problems.push({
			code: "rollback",
			where: name,
			detail
		});
	}
	return problems;
}
function firstFreeVersion(floors, name, spent = []) {
	let last = floors.get(name) ?? 0;
	for (const version of spent) if (version > last && version <= last + 1e4) last = version;
	return last + 1;
}

// src/event/known-payload.ts
const REPLACES_FIELD = "replaces";
const MAX_REPLACED = 64;
function replacedBy(raw, where) {
	if (!raw.has("replaces")) return /* @__PURE__ */ new Set();
	const path = `${where}.${REPLACES_FIELD}`;
	const items = arrayField(raw, REPLACES_FIELD, where);
	if (items.length > MAX_REPLACED) throw new CountersignError("field-value", path, `expected at most ${String(MAX_REPLACED)} digests`);
	return new Set(items.map((item) => parsePayloadDigest(asString(item, path).replace(/^sha256:/, ""), path)));
}
const FIRST_PRINTABLE = 32;
function readable(canonical) {
	if (!canonical.some((byte) => byte < FIRST_PRINTABLE)) return canonical;
	const escaped = Buffer.from(canonical).toString("latin1").replace(/[\x00-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
	return Buffer.from(escaped, "latin1");
}
function claimsOf(payload) {
	const outcome = outcomeOf(() => {
		const signed = asObject(parseJson(readable(payload)), "$");
		const binding = parseBinding(signed, "$");
		if (binding === null) return null;
		const { repository, role, raw } = binding;
		return {
			repository,
			role,
			version: parseVersion(integerField(signed, "version", "$"), "$.version"),
			replaces: role === "root" ? replacedBy(raw, "$.x-countersign") : /* @__PURE__ */ new Set()
		};
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}
function rootOfPayload(payload) {
	const outcome = outcomeOf(() => parseRoot(encodeMetadata(asObject(parseJson(readable(payload)), "$"), [])).signed);
	return outcome.kind === "accepted" ? outcome.value : null;
}

// src/event/proposal.ts
function bindingOf(signed, role) {
	if (signed.binding === null) throw new CountersignError("binding-mismatch", role, "expected x-countersign, got none");
	return signed.binding;
}
function peopleOf(signed, role) {
	return parsePeople(bindingOf(signed, role), `${role} x-countersign`);
}
function periodIn(delegator, role) {
	const periods = parsePeriods(bindingOf(delegator, role), `${role} x-countersign`);
	const own = periods.get(role);
	if (own !== void 0 || delegator.kind === "root") return own ?? null;
	const { delegations } = delegator;
	return (delegations?.kind === "succinct" && isBinName(delegations.succinct, role) ? periods.get(delegations.succinct.namePrefix) : void 0) ?? null;
}
function requirePeriods(signed, roles) {
	for (const role of roles) if (periodIn(signed, role) === null) throw new CountersignError("policy-invalid", role, "expected its delegator to say how long it lasts, got no period");
}
function checkRoot(root, base) {
	const { signed } = root;
	requireBinding(base === null ? bindingOf(signed, "root") : base.root.signed.binding, signed.binding, "root", "root");
	if (!signed.consistentSnapshot) throw new CountersignError("event-invalid", "root", "expected consistent_snapshot, got a root without it");
	const people = peopleOf(signed, "root");
	requireTellableNames(people, "root");
	requireClaimedKeys("root", signed.roles.root, signed.keys, people);
	requireClaimedKeys("targets", signed.roles.targets, signed.keys, people);
	for (const online of ["snapshot", "timestamp"]) requireOnlineKeys(online, signed.roles[online], signed.keys, people);
	requirePeriods(signed, TOP_LEVEL_ROLES);
	replacedBy(bindingOf(signed, "root").raw, "root x-countersign");
}
function requireReadable(findings, where) {
	const refused = findings.find(({ severity }) => severity === "refused");
	if (refused === void 0) return;
	const detail = `expected what clients read alike, got ${quote(refused.subject)}: ${refused.detail} (${refused.clients.join(", ")})`;
	throw new CountersignError("unwritable", where, detail);
}
function checkTargets(role, file, anchor) {
	const { signed } = file;
	requireBinding(anchor, signed.binding, role, role);
	const { delegations } = signed;
	if (delegations === null) return;
	const people = peopleOf(signed, role);
	requireTellableNames(people, role);
	if (delegations.kind === "succinct") {
		const { namePrefix } = delegations.succinct;
		requireReadable(reviewRoleName(namePrefix), namePrefix);
		requireClaimedKeys(namePrefix, delegations.succinct, delegations.keys, people);
		requirePeriods(signed, [namePrefix]);
		return;
	}
	const alike = findLookAlike(delegations.roles.map(({ name }) => name));
	if (alike !== null) throw new CountersignError("unwritable", alike.name, `expected a role name that people tell from ${quote(alike.other)}`);
	for (const one of delegations.roles) {
		requireReadable(reviewRoleName(one.name), one.name);
		if (one.paths.kind === "patterns") for (const pattern of one.paths.patterns) requireReadable(reviewPattern(pattern), one.name);
		requireClaimedKeys(one.name, one, delegations.keys, people);
		requirePeriods(signed, [one.name]);
	}
}
function mayHold(path, base) {
	const { kind } = classifyPath(path);
	return kind !== "unclaimed" && (kind !== "policy" || base === null);
}
function sortFiles(changes, base, problem) {
	const files = {
		root: null,
		policy: null,
		history: /* @__PURE__ */ new Map(),
		roles: /* @__PURE__ */ new Map()
	};
	for (const [path, bytes] of changes) {
		const what = classifyPath(path);
		if (what.kind === "event") continue;
		if (bytes === null || !mayHold(path, base)) problem(unclaimed(path));
		else if (what.kind === "root") files.root = bytes;
		else if (what.kind === "policy") files.policy = bytes;
		else if (what.kind === "root-history") files.history.set(path, bytes);
		else if (what.kind === "role") files.roles.set(what.role, bytes);
	}
	return files;
}
function readProposal(changes, base) {
	const problems = [];
	const note = ({ code, where, detail }) => void problems.push({
		code,
		where,
		detail
	});
	const files = sortFiles(changes, base, note);
	let root = null;
	if (files.root !== null) {
		const bytes = files.root;
		const outcome = outcomeOf(() => {
			const parsed = parseRoot(bytes);
			const path = rootHistoryPath(parsed.signed.version);
			const history = files.history.get(path);
			files.history.delete(path);
			checkRoot(parsed, base);
			if (history === void 0 || Buffer.compare(history, bytes) !== 0) throw new CountersignError("event-invalid", path, `expected a copy of ${ROOT_PATH}`);
			return parsed;
		});
		if (outcome.kind === "accepted") root = outcome.value;
		else note({
			...outcome.refusal,
			where: `${ROOT_PATH} ${outcome.refusal.where}`
		});
	}
	for (const path of files.history.keys()) note(unclaimed(path));
	const anchor = base?.root.signed.binding ?? root?.signed.binding ?? null;
	const roles = /* @__PURE__ */ new Map();
	for (const [role, bytes] of files.roles) {
		const outcome = outcomeOf(() => {
			const parsed = parseTargets(bytes);
			if (anchor === null) throw new CountersignError("base-missing", role, "expected a root first");
			checkTargets(role, parsed, anchor);
			return parsed;
		});
		if (outcome.kind === "accepted") roles.set(role, outcome.value);
		else note({
			...outcome.refusal,
			where: `metadata/${role}.json ${outcome.refusal.where}`
		});
	}
	if (root === null && roles.size === 0 && problems.length === 0) note({
		code: "event-invalid",
		where: "proposal",
		detail: "expected new metadata, got none"
	});
	return {
		root,
		roles: new Map([...roles].sort(([a], [b]) => a === "targets" ? -1 : b === "targets" ? 1 : a < b ? -1 : 1)),
		policy: files.policy,
		problems
	};
}
function contentOf(changes, base) {
	const { root, roles, problems } = readProposal(changes, base);
	if (problems.length > 0) return null;
	const digests = [...roles].map(([role, { payload }]) => [role, payloadDigest(payload)]);
	return JSON.stringify([root === null ? null : payloadDigest(root.payload), ...digests]);
}
function signersOf(base, role) {
	const root = base.root.signed;
	if (role === "root") return {
		keys: root.keys,
		roleKeys: root.roles.root,
		people: peopleOf(root, "root")
	};
	if (role === "targets") return {
		keys: root.keys,
		roleKeys: root.roles.targets,
		people: peopleOf(root, "root")
	};
	const known = [...base.roles].find(([name]) => name === role)?.[1].delegator;
	for (const [name, { file }] of base.roles) {
		const { delegations } = file.signed;
		if (delegations === null || (known ?? name) !== name) continue;
		const named = delegations.kind === "roles" ? delegations.roles.find((one) => one.name === role) : void 0;
		const bin = delegations.kind === "succinct" && isBinName(delegations.succinct, role) ? delegations.succinct : void 0;
		const roleKeys = named ?? bin;
		if (roleKeys !== void 0) return {
			keys: delegations.keys,
			roleKeys,
			people: peopleOf(file.signed, name)
		};
	}
	return null;
}

// src/event/file-problems.ts
function sameBytes(a, b) {
	return a?.length === b.length && a.hashes.get("sha256") === b.hashes.get("sha256");
}
function targetProblem(role, path, entry, roles) {
	const where = `${role} ${path}`;
	const refused = reviewTargetPath(path).find(({ severity }) => severity === "refused");
	if (refused !== void 0) return {
		code: "unwritable",
		where,
		detail: `expected a path that every client reads, got ${refused.detail}`
	};
	if (!entry.hashes.has("sha256")) return {
		code: "hashes-missing",
		where,
		detail: "expected sha256, got other hashes only"
	};
	const reach = reachOf(path, role, roles);
	if (reach.kind === "reached") return null;
	return {
		code: "target-unreachable",
		where,
		detail: `expected a path at which clients find this role, got one that is ${reach.kind}`
	};
}
function targetsProblems(role, file, delegator, base, after, now) {
	const before = base?.roles.get(role)?.file.signed;
	const problems = [...renewalProblems(role, file, delegator.signed, now)];
	const { version } = file.signed;
	if (version > (before?.version ?? 0) + 1e4) {
		const detail = `expected a version soon after ${String(before?.version ?? 0)}`;
		problems.push({
			code: "version-invalid",
			where: `${role}@${String(version)}`,
			detail
		});
	}
	const roles = new Map([...after].map(([name, { signed }]) => [name, signed]));
	for (const [path, entry] of file.signed.targets) {
		if (sameBytes(before?.targets.get(path), entry)) continue;
		const problem = targetProblem(role, path, entry, roles);
		if (problem !== null) problems.push(problem);
	}
	return problems;
}
function rootProblems(root, base, now) {
	const expected = (base?.root.signed.version ?? 0) + 1;
	const problems = [...renewalProblems("root", root, root.signed, now)];
	if (root.signed.version !== expected) problems.push({
		code: "rollback",
		where: `root@${String(root.signed.version)}`,
		detail: `expected version ${String(expected)}`
	});
	return problems;
}
function renewalProblems(role, file, delegator, now) {
	if (file.signed.expires - now > (periodIn(delegator, role)?.renewSeconds ?? 0)) return [];
	return [{
		code: "expired",
		where: `${role}@${String(file.signed.version)}`,
		detail: `expected more than the renewal period before ${encodeInstant(file.signed.expires)}; abandon this event and propose again`
	}];
}

// src/event/outdated.ts
function withoutTargets(signed) {
	const rest = new Map(signed);
	for (const key of [
		"targets",
		"version",
		"expires"
	]) rest.delete(key);
	return encodeCanonicalJson(rest);
}
function sameButTargets(a, b) {
	return Buffer.compare(withoutTargets(a.raw), withoutTargets(b.raw)) === 0;
}
function sameEntry(a, b) {
	if (a === void 0 || b === void 0) return a === b;
	return Buffer.compare(encodeCanonicalJson(a.raw), encodeCanonicalJson(b.raw)) === 0;
}
function containsBase(base, fork, proposed) {
	if (!sameButTargets(base, proposed)) return false;
	return [.../* @__PURE__ */ new Set([...base.targets.keys(), ...proposed.targets.keys()])].every((path) => {
		const entry = proposed.targets.get(path);
		return sameEntry(base.targets.get(path), entry) || !sameEntry(fork.targets.get(path), entry);
	});
}
function isOutdated(role, file, fork, base) {
	const now = base?.roles.get(role)?.file;
	if (now === void 0) return false;
	if (file.signed.version <= now.signed.version) return true;
	if (fork === void 0) return false;
	const parsed = outcomeOf(() => parseTargets(fork));
	if (parsed.kind === "refused" || payloadDigest(parsed.value.payload) === payloadDigest(now.payload)) return false;
	return !containsBase(now.signed, parsed.value.signed, file.signed);
}

// src/event/listen.ts
function keysIn$1(signed, role) {
	if (signed.kind === "root") return role === "root" ? signed.roles.root : role === "targets" ? signed.roles.targets : null;
	const { delegations } = signed;
	if (delegations === null) return null;
	if (delegations.kind === "roles") return delegations.roles.find(({ name }) => name === role) ?? null;
	return isBinName(delegations.succinct, role) ? delegations.succinct : null;
}
function signersIn(signed, role) {
	const roleKeys = keysIn$1(signed, role);
	if (roleKeys === null || signed.binding === null) return null;
	const keys = signed.kind === "root" ? signed.keys : signed.delegations?.keys;
	return keys === void 0 ? null : {
		keys,
		roleKeys,
		people: peopleOf(signed, role)
	};
}
function signersFor(role, proposal, base) {
	const before = base === null ? null : signersOf(base, role);
	const named = [...proposal.root === null ? [] : [proposal.root.signed], ...[...proposal.roles.values()].map(({ signed }) => signed)].flatMap((signed) => signersIn(signed, role) ?? []);
	return before === null ? named : [before, ...named];
}
function rolesAmong(paths) {
	const roles = /* @__PURE__ */ new Set();
	for (const path of paths) {
		const what = classifyPath(path);
		if (what.kind === "root" || what.kind === "root-history") roles.add("root");
		else if (what.kind === "role") roles.add(what.role);
	}
	return roles;
}
function allRoles(base) {
	return base === null ? [] : ["root", ...base.roles.keys()];
}
function listenTo(paths, proposal, base) {
	const changed = rolesAmong(paths);
	const roles = new Set(proposal.problems.length > 0 || changed.size === 0 ? [...changed, ...allRoles(base)] : changed);
	const signers = new Map([...roles].map((role) => [role, signersFor(role, proposal, base)]));
	const people = /* @__PURE__ */ new Map();
	for (const { roleKeys, people: named } of [...signers.values()].flat()) for (const keyId of roleKeys.keyIds) {
		const account = named.byKey.get(keyId)?.account ?? null;
		if (account !== null && !people.has(account.id)) people.set(account.id, account);
	}
	return {
		signers,
		people
	};
}
function isCarried({ account, custody }) {
	return account === null || custody;
}

// src/event/signed-content.ts
function verifies(line, payload, signers) {
	return signers.some(({ keys, roleKeys }) => {
		const key = keys.get(line.keyId);
		return key !== void 0 && roleKeys.keyIds.includes(line.keyId) && verifySignature(key, payload, line.sig) === "valid";
	});
}
function reaches(found, { keys, roleKeys, people }) {
	return countSignatures({
		payload: found.bytes,
		signatures: [...found.signatures.values()],
		keys,
		role: roleKeys,
		voterOf: (keyId) => {
			const person = people.byKey.get(keyId);
			return person === void 0 ? null : voterOf(person);
		}
	}).reached;
}
function ownSigners(payload) {
	const root = rootOfPayload(payload);
	if (root === null) return null;
	const people = outcomeOf(() => peopleOf(root, "root"));
	return people.kind === "refused" ? null : {
		keys: root.keys,
		roleKeys: root.roles.root,
		people: people.value
	};
}
function isComplete(found, role, [before, ...others]) {
	if (before === void 0) return false;
	if (role !== "root") return [before, ...others].some((one) => reaches(found, one));
	const own = ownSigners(found.bytes);
	return own !== null && reaches(found, before) && reaches(found, own);
}
function signedContents({ role, repository, signers, lines, payloads }) {
	const contents = /* @__PURE__ */ new Map();
	for (const line of lines) {
		if (line.role !== role || line.repository !== repository) continue;
		const bytes = payloads.get(line.payload);
		if (bytes === void 0 || !verifies(line, bytes, signers)) continue;
		const claims = contents.get(line.payload)?.claims ?? claimsOf(bytes);
		if (claims?.repository !== repository || claims.role !== role || claims.version !== line.version) continue;
		const found = contents.get(line.payload) ?? {
			claims,
			bytes,
			signatures: /* @__PURE__ */ new Map()
		};
		found.signatures.set(line.keyId, {
			keyId: line.keyId,
			sig: line.sig
		});
		contents.set(line.payload, found);
	}
	return [...contents].map(([payload, found]) => ({
		version: found.claims.version,
		payload,
		by: new Set(found.signatures.keys()),
		complete: isComplete(found, role, signers),
		replaces: found.claims.replaces
	}));
}
function otherContents(contents, version, payload) {
	return contents.filter((one) => one.version === version && one.payload !== payload);
}

// src/event/signatures.ts
function carriersOf({ reviews, comments }) {
	return [...comments.map(({ author, body }) => ({
		author,
		body,
		via: "comment",
		dismissed: false
	})), ...reviews.map(({ author, body, state }) => ({
		author,
		body,
		via: "review",
		dismissed: state === "DISMISSED"
	}))];
}
function carriedKeys({ signers }, role) {
	const named = (signers.get(role) ?? []).flatMap(({ roleKeys, people }) => roleKeys.keyIds.filter((keyId) => {
		const person = people.byKey.get(keyId);
		return person !== void 0 && isCarried(person);
	}));
	return new Set(named);
}
function carriedIn(listening, proposed) {
	const files = [...proposed].map(([role, { repository, version, payload }]) => {
		return {
			repository,
			role,
			version,
			payload: payloadDigest(payload),
			keyIds: carriedKeys(listening, role)
		};
	});
	const known = /* @__PURE__ */ new Map();
	const verify = (line) => {
		const payload = proposed.get(line.role)?.payload;
		if (payload === void 0) return false;
		return (listening.signers.get(line.role) ?? []).some(({ keys }) => {
			const key = keys.get(line.keyId);
			return key !== void 0 && verifySignature(key, payload, line.sig) === "valid";
		});
	};
	return {
		files: carriedFiles(files.filter(({ keyIds }) => keyIds.size > 0)),
		verifies: (line) => {
			const identity = lineIdentity(line);
			const verdict = known.get(identity) ?? verify(line);
			known.set(identity, verdict);
			return verdict;
		}
	};
}
function carriedLines(body, { files, verifies }) {
	return linesWorthVerifying(body, files).filter(verifies);
}
function carriersToAsk(facts, listening, proposed) {
	const asked = /* @__PURE__ */ new Map();
	const carried = carriedIn(listening, proposed);
	for (const { author, body } of carriersOf(facts)) {
		if (facts.automation.has(author.id) || asked.has(author.id)) continue;
		if (carriedLines(body, carried).length > 0) asked.set(author.id, author);
	}
	return [...asked.values()];
}
function withdrawalBytes({ repository, role, version, payload }) {
	const members = [
		["_type", "countersign-withdrawal"],
		["payload", `sha256:${payload}`],
		["repository", repository],
		["role", role],
		["version", version]
	];
	return encodeCanonicalJson(new Map(members));
}
function isWithdrawal(line, { signers }) {
	return (signers.get(line.role) ?? []).some(({ keys, roleKeys }) => {
		const key = keys.get(line.keyId);
		return key !== void 0 && roleKeys.keyIds.includes(line.keyId) && verifySignature(key, withdrawalBytes(line), line.sig) === "valid";
	});
}
function isOfOwner(line, author, { signers }) {
	return (signers.get(line.role) ?? []).flatMap(({ people }) => people.byKey.get(line.keyId) ?? []).some((person) => isCarried(person) || person.account?.id === author.id);
}
function collectCountersignatures(facts, listening, proposed) {
	const carried = carriedIn(listening, proposed);
	const posted = [];
	const unreadable = [];
	const withdrawn = /* @__PURE__ */ new Map();
	const isListenedTo = ({ author }) => listening.people.has(author.id) || facts.automation.has(author.id);
	for (const carrier of carriersOf(facts)) {
		const { author, body, via, dismissed } = carrier;
		if (!isListenedTo(carrier)) {
			if (!facts.writers.has(author.id)) continue;
			posted.push(...carriedLines(body, carried).map((line) => ({
				line,
				author,
				via,
				dismissed
			})));
			continue;
		}
		const outcome = parseCountersignatures(body);
		if (outcome.kind === "refused") {
			unreadable.push({
				who: author.login,
				code: "unreadable",
				detail: `${outcome.refusal.where}: ${outcome.refusal.detail}`
			});
			continue;
		}
		for (const line of outcome.value) {
			const isOwn = isOfOwner(line, author, listening);
			const taken = withdrawn.get(line.keyId) ?? /* @__PURE__ */ new Set();
			if (isWithdrawal(line, listening)) {
				if (isOwn) withdrawn.set(line.keyId, taken.add(line.payload));
				continue;
			}
			if (isOwn) taken.delete(line.payload);
			posted.push({
				line,
				author,
				via,
				dismissed
			});
		}
	}
	return {
		posted,
		unreadable,
		standings: foldReviews(facts.reviews),
		withdrawn
	};
}
function ignoreReason(judgement, digest, facts, collected, posted) {
	const { line, author } = posted;
	const ignored = (code, detail) => ({
		who: author.login,
		code,
		detail
	});
	if (line.repository !== judgement.repository) return ignored("wrong-repository", `signed for repository ${line.repository}`);
	if (line.version !== judgement.version || line.payload !== digest) return ignored("other-payload", `signed version ${String(line.version)}, sha256:${line.payload}`);
	const person = judgement.people.byKey.get(line.keyId);
	if (person === void 0 || !judgement.roleKeys.keyIds.includes(line.keyId)) return ignored("not-a-signer", `the key ${line.keyId.slice(0, 12)}… is nobody's for ${judgement.role}`);
	if (judgement.movedOn.has(line.keyId)) return ignored("moved-on", "signed another content of this version since, which takes its place");
	if (posted.dismissed) return ignored("withdrawn", "the review was dismissed");
	if (collected.withdrawn.get(line.keyId)?.has(line.payload) === true) return ignored("withdrawn", "took the signature back");
	if (isCarried(person) && !facts.automation.has(author.id) && !facts.writers.has(author.id)) return ignored("not-the-owner", "only somebody who may write to the repository can bring this signature");
	if (person.account === null) return null;
	if (person.custody) return custodyReason(judgement, digest, facts, collected, person, ignored);
	if (person.account.id !== author.id) return ignored("not-the-owner", `the key is ${person.name}'s, the account ${String(author.id)} is not`);
	if (collected.standings.get(author.id)?.state === "CHANGES_REQUESTED") return ignored("withdrawn", "asked for changes since");
	return null;
}
function approvalCovers({ role }, digest, facts, { standings }, person) {
	const standing = person.account === null ? void 0 : standings.get(person.account.id);
	const commit = standing?.state === "APPROVED" ? standing.review.commitSha : null;
	return commit !== null && facts.payloadsAt.get(commit)?.get(role) === digest;
}
function custodyReason(judgement, digest, facts, collected, person, ignored) {
	if ((person.account === null ? void 0 : collected.standings.get(person.account.id))?.state !== "APPROVED") return ignored("approval-missing", `${person.name} has no standing approval`);
	if (approvalCovers(judgement, digest, facts, collected, person)) return null;
	return ignored("approval-stale", `${person.name} approved other content`);
}
function isLive({ role, roleKeys, keys, payload }, digest, { posted }) {
	return posted.some(({ line }) => {
		const key = keys.get(line.keyId);
		if (line.role !== role || line.payload !== digest || key === void 0 || !roleKeys.keyIds.includes(line.keyId)) return false;
		return verifySignature(key, payload, line.sig) === "valid";
	});
}
function judge(judgement, facts, collected) {
	const digest = payloadDigest(judgement.payload);
	const ignored = /* @__PURE__ */ new Map();
	const accepted = /* @__PURE__ */ new Set();
	const candidates = collected.posted.filter((posted) => {
		if (posted.line.role !== judgement.role) return false;
		const reason = ignoreReason(judgement, digest, facts, collected, posted);
		if (reason !== null) ignored.set(posted, reason);
		return reason === null;
	});
	const { people, keys, roleKeys, payload } = judgement;
	const count = countSignatures({
		payload,
		signatures: candidates.map(({ line }) => line),
		keys,
		role: roleKeys,
		voterOf: (keyId) => {
			const person = people.byKey.get(keyId);
			return person === void 0 ? null : voterOf(person);
		}
	});
	const signatures = [];
	candidates.forEach((posted, index) => {
		const verdict = count.entries[index]?.verdict ?? "invalid";
		if (verdict === "counts") signatures.push(posted.line);
		if (verdict === "counts" || verdict === "same-key") accepted.add(posted);
		else {
			const detail = `the signature does not count: ${verdict}`;
			ignored.set(posted, {
				who: posted.author.login,
				code: "invalid-signature",
				detail
			});
		}
	});
	return {
		requirement: requirementOf(judgement, new Set(count.votes.values()), count.reached, (person) => approvalCovers(judgement, digest, facts, collected, person)),
		ignored,
		accepted,
		signatures,
		live: signatures.length > 0 || isLive(judgement, digest, collected)
	};
}
function requirementOf({ by, people, roleKeys, isDelegatorSigned }, signed, reached, hasApproved) {
	const named = roleKeys.keyIds.flatMap((keyId) => {
		const person = people.byKey.get(keyId);
		return person === void 0 ? [] : [{
			keyId,
			person
		}];
	});
	const vote = ({ keyId, person }) => ({
		person: person.name,
		keyId,
		custody: person.custody
	});
	const missing = named.filter(({ keyId }) => !signed.has(keyId));
	return {
		by,
		needed: roleKeys.threshold,
		votes: named.filter(({ keyId }) => signed.has(keyId)).map(vote),
		missing: missing.map(({ person }) => person.name),
		awaited: missing.flatMap(({ person }) => person.account ?? []),
		approved: isDelegatorSigned ? missing.filter(({ person }) => person.custody && hasApproved(person)).map(vote) : [],
		toApprove: missing.filter(({ person }) => person.custody && !hasApproved(person)).map(({ person }) => person.name),
		reached
	};
}

// src/event/evaluate.ts
function judgeRoot(root, movedOn, { base, facts, collected }) {
	const { signed, payload } = root;
	const own = {
		repository: bindingOf(signed, "root").repository,
		role: "root",
		version: signed.version,
		payload,
		movedOn
	};
	const all = base === null ? parseThreshold(signed.roles.root.keyIds.length, "root") : signed.roles.root.threshold;
	const by = base === null ? "root v1 (every key)" : `root v${String(signed.version)}`;
	const people = peopleOf(signed, "root");
	const asNew = {
		...own,
		by,
		keys: signed.keys,
		roleKeys: {
			...signed.roles.root,
			threshold: all
		},
		people
	};
	if (base === null) return [judge({
		...asNew,
		isDelegatorSigned: false
	}, facts, collected)];
	const old = base.root.signed;
	const asOld = {
		...own,
		by: `root v${String(old.version)}`,
		keys: old.keys,
		roleKeys: old.roles.root,
		people: peopleOf(old, "root")
	};
	const byOld = judge({
		...asOld,
		isDelegatorSigned: true
	}, facts, collected);
	return [byOld, judge({
		...asNew,
		isDelegatorSigned: byOld.requirement.reached
	}, facts, collected)];
}
function ignoredOf(judged) {
	const accepted = new Set(judged.flatMap((one) => [...one.accepted]));
	const ignored = /* @__PURE__ */ new Map();
	for (const one of judged) for (const [posted, why] of one.ignored) if (!accepted.has(posted)) ignored.set(`${why.who} ${why.code} ${why.detail}`, why);
	return [...ignored.values()];
}
function statusOf(role, file, judged, delegatorComplete) {
	return {
		role,
		version: file.signed.version,
		payload: payloadDigest(file.payload),
		requirements: judged.map((one) => one.requirement),
		ignored: ignoredOf(judged),
		complete: delegatorComplete && judged.every((one) => one.requirement.reached)
	};
}
function contentsHere(role, signers, repository, scene) {
	const { facts, collected } = scene;
	const lines = collected.posted.map(({ line }) => line);
	return signedContents({
		role,
		repository,
		signers,
		lines,
		payloads: facts.earlierPayloads
	});
}
function isResigned({ role, version, payload }, repository, signers, scene) {
	const ended = (scene.elsewhere.get(role) ?? []).filter(({ state }) => state === "ended");
	const contents = [...contentsHere(role, [signers], repository, scene), ...ended];
	const ours = new Set(signers.roleKeys.keyIds);
	return otherContents(contents, version, payload).some(({ by }) => [...by].some((keyId) => ours.has(keyId)));
}
function uniqueSignatures(judged) {
	return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, {
		keyId: one.keyId,
		sig: one.sig
	}])).values()];
}
function movedOnFrom(payload, contents) {
	if (contents.some((one) => one.payload === payload && one.complete)) return /* @__PURE__ */ new Set();
	return new Set(contents.filter(({ replaces }) => replaces.has(payload)).flatMap(({ by }) => [...by]));
}
function rootFile(root, scene) {
	const { signed } = root;
	const { repository } = bindingOf(signed, "root");
	const contents = [...contentsHere("root", scene.listening.signers.get("root") ?? [], repository, scene), ...scene.elsewhere.get("root") ?? []];
	const judged = judgeRoot(root, movedOnFrom(payloadDigest(root.payload), contents), scene);
	const status = statusOf("root", root, judged, true);
	const problems = [...rootProblems(root, scene.base, scene.now)];
	const named = replacedBy(bindingOf(signed, "root").raw, "root x-countersign");
	const rival = otherContents(contents, signed.version, status.payload).find((one) => one.complete && !named.has(one.payload));
	if (rival !== void 0) {
		const detail = `expected sha256:${rival.payload}, which enough people have signed under this version; it goes first, and the next root has the next version`;
		problems.push({
			code: "already-signed",
			where: `root@${String(signed.version)}`,
			detail
		});
	}
	return {
		status,
		bytes: encodeMetadata(signed.raw, uniqueSignatures(judged)),
		problems,
		outdated: false,
		signed: judged.some(({ live }) => live)
	};
}
function targetsFile(role, file, delegator, complete, scene) {
	const { facts, collected, base } = scene;
	const people = peopleOf(delegator.signed, delegator.name);
	const { repository } = bindingOf(delegator.signed, delegator.name);
	const own = {
		repository,
		role,
		version: file.signed.version,
		payload: file.payload
	};
	const judgement = {
		...delegator,
		...own,
		people,
		isDelegatorSigned: complete,
		movedOn: /* @__PURE__ */ new Set()
	};
	const judged = judge(judgement, facts, collected);
	const status = statusOf(role, file, [judged], complete);
	const resigned = isResigned(status, repository, {
		...delegator,
		people
	}, scene);
	return {
		status,
		bytes: encodeMetadata(file.signed.raw, uniqueSignatures([judged])),
		problems: [],
		outdated: resigned || isOutdated(role, file, facts.forkedFrom.get(role), base),
		signed: resigned || judged.live
	};
}
function broughtBack(base, after) {
	if (base === null) return [];
	const signed = (roles) => new Map([...roles].map(([name, file]) => [name, file.signed]));
	const before = new Map([...base.roles].map(([name, { file }]) => [name, file]));
	return floorProblems(signed(before), signed(after), base.floors);
}
function walk(proposal, root, scene) {
	const { base, now } = scene;
	const after = rolesAfter(base, proposal);
	const delegators = delegatorsAfter(root, after);
	const problems = [...delegationProblems(base, proposal, after, delegators), ...broughtBack(base, after)];
	const done = /* @__PURE__ */ new Map();
	const files = /* @__PURE__ */ new Map();
	if (proposal.root !== null) {
		const file = rootFile(proposal.root, scene);
		done.set("root", file);
		files.set(ROOT_PATH, file.bytes).set(rootHistoryPath(proposal.root.signed.version), file.bytes);
	}
	for (const [role, all] of delegators) {
		const file = proposal.roles.get(role);
		const known = base?.roles.get(role)?.delegator;
		const delegator = all.find(({ name }) => name === known) ?? all[0];
		if (file === void 0 || delegator === void 0) continue;
		const judged = targetsFile(role, file, delegator, done.get(delegator.name)?.status.complete ?? true, scene);
		done.set(role, judged);
		files.set(rolePath(role), judged.bytes);
		problems.push(...targetsProblems(role, file, delegator, base, after, now));
	}
	const all = [...done.values()];
	const [first, ...rest] = all.map(({ status }) => status);
	return {
		roles: first === void 0 ? [] : [{
			...first,
			ignored: [...scene.collected.unreadable, ...first.ignored]
		}, ...rest],
		problems: [...all.flatMap((one) => one.problems), ...problems],
		outdated: all.some((one) => one.outdated),
		signed: all.some((one) => one.signed),
		files
	};
}
function stateOf({ roles, problems, outdated }, proposal) {
	if (outdated && (proposal.root === null || problems.length === 0)) return "outdated";
	if (problems.length > 0) return "invalid";
	return roles.length > 0 && roles.every((role) => role.complete) ? "complete" : "waiting";
}
function proposedFiles({ root, roles }) {
	const all = [...root === null ? [] : [["root", root]], ...roles];
	const files = /* @__PURE__ */ new Map();
	for (const [role, { signed, payload }] of all) if (signed.binding !== null) files.set(role, {
		repository: signed.binding.repository,
		version: signed.version,
		payload
	});
	return files;
}
function evaluateEvent(facts, base, signed, now) {
	const { pull } = facts;
	const elsewhere = new Map([...signed].map(([role, contents]) => [role, contents.filter(({ number }) => number !== pull.number)]));
	const proposal = readProposal(facts.changes, base);
	const invalid = (problems) => {
		return {
			pull,
			state: "invalid",
			roles: [],
			problems,
			signed: false,
			files: /* @__PURE__ */ new Map(),
			behind: null
		};
	};
	const root = proposal.root ?? base?.root ?? null;
	if (root === null || proposal.problems.length > 0) return invalid(proposal.problems);
	const outcome = outcomeOf(() => {
		const listening = listenTo(facts.changes.keys(), proposal, base);
		const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
		return walk(proposal, root, {
			facts,
			collected,
			listening,
			elsewhere,
			base,
			now
		});
	});
	if (outcome.kind === "refused") return invalid([outcome.refusal]);
	const { roles, problems } = outcome.value;
	const state = stateOf(outcome.value, proposal);
	const files = new Map(state === "complete" ? outcome.value.files : []);
	if (state === "complete" && proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
	return {
		pull,
		state,
		roles,
		problems,
		signed: outcome.value.signed,
		files,
		behind: null
	};
}

// src/event/queue.ts
function proposedVersions(facts, base) {
	const proposal = readProposal(facts.changes, base);
	const versions = new Map([...proposal.roles].map(([role, file]) => [role, file.signed.version]));
	if (proposal.root !== null) versions.set("root", proposal.root.signed.version);
	return versions;
}
function votersOf({ roles }) {
	return [...new Set(roles.flatMap(({ requirements }) => requirements.flatMap(({ votes }) => votes.map(({ person }) => person))))];
}
function entryOf(status, event, base) {
	const proposal = readProposal(event.changes, base);
	const roles = /* @__PURE__ */ new Set([...proposal.roles.keys(), ...proposal.root === null ? [] : ["root"]]);
	const { root } = proposal;
	return {
		status,
		roles,
		votes: votersOf(status).length,
		root: root === null ? null : payloadDigest(root.payload),
		replaces: root === null ? /* @__PURE__ */ new Set() : replacedBy(bindingOf(root.signed, "root").raw, "root")
	};
}
function compare(a, b) {
	const isReplaced = (one, by) => one.status.state === "complete" && one.root !== null && by.replaces.has(one.root);
	return Number(isReplaced(b, a)) - Number(isReplaced(a, b)) || Number(b.status.state === "complete") - Number(a.status.state === "complete") || b.votes - a.votes || Number(b.root !== null) - Number(a.root !== null) || a.status.pull.number - b.status.pull.number;
}
function withQueue(statuses, events, base) {
	const entries = statuses.flatMap((status, index) => {
		const event = events[index];
		return event === void 0 || status.state === "invalid" || status.state === "outdated" ? [] : [entryOf(status, event, base)];
	});
	entries.sort(compare);
	const behind = /* @__PURE__ */ new Map();
	entries.forEach(({ status, roles }, place) => {
		const first = entries.slice(0, place).find((other) => [...roles].some((role) => other.roles.has(role)));
		if (first !== void 0) behind.set(status, first.status.pull.number);
	});
	return statuses.map((status) => ({
		...status,
		behind: behind.get(status) ?? null
	}));
}
function nextToComplete(statuses, events, base) {
	return statuses.flatMap((status, index) => {
		const event = events[index];
		return event === void 0 || status.state !== "complete" ? [] : [entryOf(status, event, base)];
	}).sort(compare)[0]?.status ?? null;
}

// src/event/base-files.ts
function baseFiles(base) {
	const files = /* @__PURE__ */ new Map();
	for (const { file, bytes } of base?.roots ?? []) files.set(rootHistoryPath(file.signed.version), bytes).set(ROOT_PATH, bytes);
	for (const [role, { bytes }] of base?.roles ?? []) files.set(rolePath(role), bytes);
	return files;
}
function withoutBase(changes, head, base) {
	const files = baseFiles(base);
	const isBase = ([path, bytes]) => {
		const known = files.get(path);
		if (bytes === null) return known === void 0 && path.startsWith("metadata/") && !head.has(path);
		return known !== void 0 && Buffer.compare(known, bytes) === 0;
	};
	return new Map([...changes].filter((change) => !isBase(change)));
}
function payloadOf(bytes) {
	const outcome = outcomeOf(() => encodeCanonicalJson(objectField(asObject(parseJson(bytes), "$"), "signed", "$")));
	return outcome.kind === "accepted" ? outcome.value : null;
}
function ownChanges(changes, base) {
	const files = baseFiles(base);
	const own = /* @__PURE__ */ new Map();
	for (const [path, bytes] of changes) {
		if (bytes === null || !mayHold(path, base)) continue;
		const known = files.get(path);
		const [ours, theirs] = [known === void 0 ? null : payloadOf(known), payloadOf(bytes)];
		if (ours === null || theirs === null || Buffer.compare(ours, theirs) !== 0) own.set(path, bytes);
	}
	return own;
}

// src/event/restore.ts
function supportOf(payloads, facts, listening, collected) {
	const people = /* @__PURE__ */ new Set();
	let since = Infinity;
	collected.posted.forEach(({ line, dismissed }, index) => {
		const bytes = facts.earlierPayloads.get(line.payload);
		if (dismissed || bytes === void 0 || payloads.get(line.role) !== line.payload) return;
		if (collected.withdrawn.get(line.keyId)?.has(line.payload) === true) return;
		for (const { keys, roleKeys, people: named } of listening.signers.get(line.role) ?? []) {
			const [key, person] = [keys.get(line.keyId), named.byKey.get(line.keyId)];
			if (key === void 0 || person === void 0 || !roleKeys.keyIds.includes(line.keyId)) continue;
			if ((person.account === null ? void 0 : collected.standings.get(person.account.id))?.state === "CHANGES_REQUESTED" || verifySignature(key, bytes, line.sig) !== "valid") continue;
			people.add(person.name);
			since = Math.min(since, index);
		}
	});
	return {
		people,
		since
	};
}
function approversOf(commit, listening, { standings }) {
	return [...listening.signers.values()].flat().flatMap(({ people }) => [...people.byKey.values()].filter((one) => one.custody)).flatMap(({ name, account }) => {
		const standing = account === null ? void 0 : standings.get(account.id);
		return standing?.state === "APPROVED" && standing.review.commitSha === commit ? [name] : [];
	});
}
function isBetter(one, than) {
	return one.people.size === than.people.size ? one.since < than.since : one.people.size > than.people.size;
}
function signedCommit(facts, base) {
	if (facts.rewritten.size === 0) return null;
	const { headSha } = facts.pull;
	const proposal = readProposal(facts.changes, base);
	const listening = listenTo(facts.changes.keys(), proposal, base);
	const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
	const signedAt = (commit) => supportOf(facts.payloadsAt.get(commit) ?? /* @__PURE__ */ new Map(), facts, listening, collected);
	const at = (commit) => {
		const { people, since } = signedAt(commit);
		const approvers = facts.littered.has(commit) ? [] : approversOf(commit, listening, collected);
		return {
			people: /* @__PURE__ */ new Set([...people, ...approvers]),
			since
		};
	};
	const isReadable = proposal.problems.length === 0;
	let best = {
		commit: headSha,
		support: isReadable ? at(headSha) : signedAt(headSha)
	};
	let isOlder = !isReadable;
	for (const commit of [...facts.payloadsAt.keys()].filter((one) => one !== headSha).reverse()) {
		if (!facts.rewritten.has(commit)) {
			isOlder = false;
			continue;
		}
		const support = at(commit);
		if (support.people.size === 0) continue;
		const isTie = !isBetter(best.support, support) && !isBetter(support, best.support);
		if (isBetter(support, best.support) || isTie && isOlder && best.commit === headSha) best = {
			commit,
			support
		};
	}
	return best.commit === headSha ? null : best.commit;
}
function restorationOf(facts, base) {
	const commit = signedCommit(facts, base);
	if (commit !== null) return {
		commit,
		keep: null
	};
	const own = ownChanges(facts.changes, base);
	const proposal = readProposal(own, base);
	if (own.size === facts.changes.size || proposal.problems.length > 0) return null;
	const { headSha } = facts.pull;
	const listening = listenTo(own.keys(), proposal, base);
	const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
	const { people } = supportOf(facts.payloadsAt.get(headSha) ?? /* @__PURE__ */ new Map(), facts, listening, collected);
	return people.size === 0 ? null : {
		commit: headSha,
		keep: new Set(own.keys())
	};
}

// src/event/weigh-candidates.ts
function onlyOnce(read) {
	const known = /* @__PURE__ */ new Map();
	return (bytes) => {
		const digest = sha256Hex(bytes);
		const outcome = known.get(digest) ?? outcomeOf(() => read(bytes));
		known.set(digest, outcome);
		return unwrap(outcome);
	};
}
function weigh(candidates, parse, check) {
	const parseOnce = onlyOnce(parse);
	const checkOnce = onlyOnce((bytes) => {
		check(parseOnce(bytes));
	});
	const valid = [];
	const rejected = [];
	for (const { source, bytes, path = null } of candidates) {
		const parsed = outcomeOf(() => parseOnce(bytes));
		const checked = outcomeOf(() => {
			checkOnce(bytes);
		});
		if (parsed.kind === "accepted" && checked.kind === "accepted") {
			valid.push({
				file: parsed.value,
				bytes,
				source,
				path
			});
			continue;
		}
		const refusal = checked.kind === "refused" ? checked.refusal : {
			code: "order",
			where: "",
			detail: ""
		};
		const where = path !== null && refusal.where.startsWith("$") ? `${path} ${refusal.where}` : refusal.where;
		rejected.push({
			source,
			refusal: {
				...refusal,
				where
			},
			file: parsed.kind === "accepted" ? parsed.value : null
		});
	}
	return {
		valid,
		rejected
	};
}
const PUBLISHED_VERSION = /^metadata\/([1-9][0-9]*)\.[^/]+\.json /;
function versionOf$1({ file, refusal }) {
	if (file !== null) return file.signed.version;
	const named = PUBLISHED_VERSION.exec(refusal.where)?.[1];
	return named === void 0 ? null : Number(named);
}
function reportRejected(rejected, chosen, findings) {
	for (const one of rejected) {
		const { source, refusal } = one;
		const version = versionOf$1(one);
		if (source !== "history" && !(chosen !== null && version !== null && version < chosen && source !== "metadata-branch")) findings.push({
			...refusal,
			source
		});
	}
}
function reportOtherBytes(where, chosen, same, findings) {
	for (const { source, path, bytes } of same) {
		if (source !== "live" && source !== "published") continue;
		if (Buffer.compare(bytes, chosen.bytes) === 0) continue;
		findings.push({
			source,
			code: "hash-mismatch",
			where: path ?? where,
			detail: `expected the bytes of ${where} that were published, got another encoding of the same content; they are put back`
		});
	}
}

// src/event/choose-role.ts
function reportEquivocation(name, same, kept, findings) {
	const version = String(same[0]?.file.signed.version);
	const digests = [...new Set(same.map(({ file }) => payloadDigest(file.payload)))];
	const known = kept === null ? null : payloadDigest(kept.file.payload);
	const told = /* @__PURE__ */ new Set();
	for (const { source, file } of same) {
		if (payloadDigest(file.payload) === known || told.has(source)) continue;
		told.add(source);
		const detail = `expected one content, got ${digests.map((one) => `sha256:${one}`).join(" and ")}, all validly signed; ${known === null ? "none of them is taken" : `the published one, sha256:${known}, is kept`}`;
		findings.push({
			source,
			code: "equivocation",
			where: `${name}@${version}`,
			detail
		});
	}
}
function reportOldContents(name, counting, chosen, findings) {
	const byVersion = /* @__PURE__ */ new Map();
	for (const one of counting) {
		const { version } = one.file.signed;
		if (version >= chosen) continue;
		const same = byVersion.get(version) ?? [];
		if (same.every(({ bytes }) => Buffer.compare(bytes, one.bytes) !== 0)) byVersion.set(version, [...same, one]);
	}
	for (const same of byVersion.values()) {
		const contents = new Set(same.map(({ file }) => payloadDigest(file.payload)));
		const known = same.find(({ source }) => source === "live") ?? same[0] ?? null;
		if (contents.size > 1) reportEquivocation(name, same, known, findings);
	}
}
function chooseRole(name, valid, published, lowest, findings) {
	const counting = valid.filter(({ file }) => file.signed.version >= lowest);
	const leftOut = [];
	const versions = [...new Set(counting.map(({ file }) => file.signed.version))].sort((a, b) => b - a);
	for (const version of versions) {
		if (leftOut.length > 0 && version !== published?.version) continue;
		const same = counting.filter(({ file }) => file.signed.version === version);
		const listed = version === published?.version ? same.find(({ bytes }) => sha256Hex(bytes) === published.sha256) : void 0;
		const contents = same.length === 1 ? 1 : new Set(same.map(({ file }) => payloadDigest(file.payload))).size;
		const best = listed ?? (contents === 1 ? same[0] : void 0);
		if (contents > 1) reportEquivocation(name, same, best ?? null, findings);
		if (best === void 0) {
			leftOut.push(...same);
			continue;
		}
		if (listed !== void 0 && same.length > 1) {
			const content = payloadDigest(listed.file.payload);
			const alike = same.filter(({ file }) => contents === 1 || payloadDigest(file.payload) === content);
			reportOtherBytes(`${name}@${String(version)}`, listed, alike, findings);
		}
		reportOldContents(name, counting, version, findings);
		return {
			best,
			leftOut
		};
	}
	const [below] = valid.filter(({ source }) => source !== "history");
	if (counting.length === 0 && below !== void 0) {
		const { version } = below.file.signed;
		const detail = `expected version ${String(lowest)} or later, since what was published before does not count again`;
		findings.push({
			source: below.source,
			code: "rollback",
			where: `${name}@${String(version)}`,
			detail
		});
	}
	return {
		best: null,
		leftOut
	};
}

// src/event/vouched.ts
function vouchedFor(repository, role, all, roots, parse) {
	const parsed = all.flatMap((bytes) => {
		const outcome = outcomeOf(() => parse(bytes));
		if (outcome.kind === "refused" || outcome.value.signed.binding?.repository !== repository) return [];
		return [{
			file: outcome.value,
			bytes
		}];
	});
	const by = (some) => parsed.filter(({ file }) => some.some((root) => !isDiscardedUnder(root, role, file)));
	const newest = by(roots.slice(-1));
	return newest.length > 0 ? {
		files: newest,
		by: "newest"
	} : {
		files: by(roots),
		by: "earlier"
	};
}
function latestOf(files) {
	return files.reduce((best, one) => best !== null && best.file.signed.version >= one.file.signed.version ? best : one, null);
}

// src/event/published-roles.ts
const NOTHING_PUBLISHED = {
	listed: /* @__PURE__ */ new Map(),
	floors: /* @__PURE__ */ new Map()
};
function publishedRoles(repository, snapshots, roots) {
	const { files, by } = vouchedFor(repository, "snapshot", snapshots, roots, parseSnapshot);
	const listed = /* @__PURE__ */ new Map();
	for (const [role, { version, hashes }] of latestOf(files)?.file.signed.meta ?? []) listed.set(role, {
		version,
		sha256: hashes?.get("sha256") ?? null
	});
	const floors = /* @__PURE__ */ new Map();
	for (const { file } of by === "newest" ? files : []) for (const [role, { version }] of file.signed.meta) if (version > (floors.get(role) ?? 0)) floors.set(role, version);
	return {
		listed,
		floors
	};
}

// src/event/root-chain.ts
function requireEveryKey(root) {
	const { keys, roles } = root.signed;
	const role = {
		keyIds: roles.root.keyIds,
		threshold: parseThreshold(Math.max(roles.root.keyIds.length, roles.root.threshold), "root")
	};
	requireThreshold({
		payload: root.payload,
		signatures: root.signatures,
		keys,
		role
	}, "root@1");
}
function requireFirstRoot(root, anchor) {
	const digest = payloadDigest(root.payload);
	if (anchor !== null && digest !== anchor) throw new CountersignError("anchor-mismatch", "root@1", `expected the root that is pinned, sha256:${anchor}, got sha256:${digest}`);
	if (anchor === null) requireEveryKey(root);
	else requireThreshold({
		payload: root.payload,
		signatures: root.signatures,
		keys: root.signed.keys,
		role: root.signed.roles.root
	}, "root@1");
}
function theOneThatClientsHave(version, valid, findings) {
	const digest = ({ file }) => payloadDigest(file.payload);
	const all = new Set(valid.map(digest));
	if (all.size <= 1) return valid;
	const where = `root@${String(version)}`;
	for (const source of version === 1 ? ["live"] : ["live", "published"]) {
		const [held, ...others] = new Set(valid.filter((one) => one.source === source).map(digest));
		if (held === void 0 || others.length > 0) continue;
		for (const one of valid.filter((other) => digest(other) !== held)) {
			const detail = `expected the content that clients have, sha256:${held}, got sha256:${digest(one)}, validly signed too`;
			findings.push({
				source: one.source,
				code: "equivocation",
				where,
				detail
			});
		}
		return valid.filter((one) => digest(one) === held);
	}
	throw new CountersignError("equivocation", where, `expected one content, got ${[...all].map((one) => `sha256:${one}`).join(" and ")}, both validly signed`);
}
function shortest(valid) {
	const [first] = [...valid].sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
	return first ?? null;
}
function reportUnreached(end, byVersion, findings) {
	for (const [version, roots] of byVersion) {
		const source = roots.find((one) => one.source !== "history")?.source;
		if (version <= end || source === void 0) continue;
		findings.push({
			source,
			code: "rollback",
			where: `root@${String(version)}`,
			detail: `expected version ${String(end)} before it, got none that verifies`
		});
	}
}
function rootChain(candidates, anchor, findings) {
	const parse = onlyOnce(parseRoot);
	const { valid: parsed, rejected } = weigh(candidates, parse, () => void 0);
	reportRejected(rejected, null, findings);
	const byVersion = /* @__PURE__ */ new Map();
	for (const { file, source, bytes, path } of parsed) {
		const { version } = file.signed;
		byVersion.set(version, [...byVersion.get(version) ?? [], {
			source,
			bytes,
			...path === null ? {} : { path }
		}]);
	}
	const chain = [];
	const verified = [];
	for (let version = 1;; version++) {
		const previous = chain.at(-1);
		const weighed = weigh(byVersion.get(version) ?? [], parse, (file) => {
			if (previous === void 0) requireFirstRoot(file, anchor);
			else requireRootTransition(previous.file, file);
		});
		reportRejected(weighed.rejected, null, findings);
		const valid = theOneThatClientsHave(version, weighed.valid, findings);
		const next = shortest(valid);
		if (next === null) {
			reportUnreached(version, byVersion, findings);
			return {
				chain,
				verified
			};
		}
		reportOtherBytes(`root@${String(version)}`, next, valid, findings);
		chain.push(next);
		verified.push(...valid);
	}
}

// src/event/base.ts
function delegatedNames(delegations, known) {
	if (delegations.kind === "roles") return delegations.roles.map((role) => role.name);
	return [...known].filter((name) => isBinName(delegations.succinct, name));
}
function publishedNames({ listed }, candidates) {
	const names = /* @__PURE__ */ new Set([TARGETS]);
	for (const name of names) {
		const published = listed.get(name);
		const bytes = (candidates.get(name) ?? []).find((one) => sha256Hex(one.bytes) === published?.sha256)?.bytes;
		const parsed = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
		if (parsed?.kind !== "accepted") {
			if (published !== void 0) return null;
			continue;
		}
		const { delegations } = parsed.value.signed;
		if (delegations !== null) for (const child of delegatedNames(delegations, candidates.keys())) names.add(child);
	}
	return names;
}
var RoleFinder = class {
	roles = /* @__PURE__ */ new Map();
	leftOut = /* @__PURE__ */ new Map();
	#candidates;
	#published;
	#named;
	#root;
	#findings;
	#parse = onlyOnce(parseTargets);
	constructor(candidates, published, root, findings) {
		this.#candidates = candidates;
		this.#published = published;
		this.#named = publishedNames(published, candidates.roles);
		this.#root = root;
		this.#findings = findings;
	}
	#lowest(name) {
		const floor = this.#published.floors.get(name) ?? 0;
		return floor > 0 && this.#named?.has(name) === false ? floor + 1 : floor;
	}
	visit(name, delegator) {
		if (this.roles.has(name)) return;
		const published = this.#published.listed.get(name);
		const { valid, rejected } = weigh(this.#candidates.roles.get(name) ?? [], this.#parse, (file) => {
			const { version, binding } = file.signed;
			const where = `${name}@${String(version)}`;
			requireThreshold({
				payload: file.payload,
				signatures: file.signatures,
				keys: delegator.keys,
				role: delegator.role
			}, where);
			requireBinding(this.#root.binding, binding, name, where);
			requireCounts(delegator.signed, name, version);
			if (this.#published.listed.size > 0) requireStep(name, version, Math.max(published?.version ?? 0, countsFrom(delegator.signed, name)));
		});
		const { best, leftOut } = chooseRole(name, valid, published, this.#lowest(name), this.#findings);
		const version = best?.file.signed.version ?? null;
		reportRejected(rejected, version, this.#findings);
		const tooFar = rejected.flatMap(({ refusal, file }) => refusal.code === "fast-forward" && file !== null ? [file] : []);
		const spent = [...leftOut.map(({ file }) => file), ...tooFar];
		if (spent.length > 0) this.leftOut.set(name, spent);
		if (best === null) {
			this.#findings.push({
				source: "metadata-branch",
				code: "role-missing",
				where: name,
				detail: `expected a file that verifies as ${delegator.name} delegates it, got none`
			});
			return;
		}
		reportBelowFloor(name, best.file.signed.version, valid, this.#findings);
		this.roles.set(name, {
			file: best.file,
			bytes: best.bytes,
			delegator: delegator.name
		});
		this.#visitDelegated(name, best.file.signed);
	}
	#visitDelegated(name, signed) {
		const { delegations } = signed;
		if (delegations === null) return;
		for (const child of delegatedNames(delegations, this.#candidates.roles.keys())) {
			const role = delegations.kind === "roles" ? delegations.roles.find((one) => one.name === child) : delegations.succinct;
			if (role !== void 0) this.visit(child, {
				name,
				signed,
				keys: delegations.keys,
				role
			});
		}
	}
};
function distinct(findings) {
	return [...new Map(findings.map((one) => [JSON.stringify([
		one.source,
		one.code,
		one.where,
		one.detail
	]), one])).values()];
}
function computeBase(candidates, anchor) {
	const findings = [];
	const { chain: roots, verified } = rootChain(candidates.roots, anchor, findings);
	reportBelowFloor("root", roots.length, verified, findings);
	const root = roots.at(-1)?.file;
	if (root === void 0) return {
		base: null,
		findings: distinct(findings)
	};
	const { binding } = root.signed;
	if (binding === null) throw new CountersignError("base-missing", "root", "expected a root made by Countersign, got one without x-countersign");
	const published = candidates.snapshots === void 0 ? NOTHING_PUBLISHED : publishedRoles(binding.repository, candidates.snapshots, roots.map(({ file }) => file.signed));
	const finder = new RoleFinder(candidates, published, root.signed, findings);
	finder.visit(TARGETS, {
		name: "root",
		signed: root.signed,
		keys: root.signed.keys,
		role: root.signed.roles.targets
	});
	const { roles, leftOut } = finder;
	return {
		base: {
			repository: binding.repository,
			roots,
			root,
			roles,
			floors: published.floors,
			leftOut
		},
		findings: distinct(findings)
	};
}
function reportBelowFloor(name, floor, valid, findings) {
	const heads = valid.flatMap(({ source, file }) => source === "metadata-branch" ? [file.signed.version] : []);
	const head = Math.max(...heads);
	if (heads.length === 0 || head >= floor) return;
	findings.push({
		source: "metadata-branch",
		code: "rollback",
		where: `${name}@${String(head)}`,
		detail: `expected version ${String(floor)}, which is verified elsewhere; it is built upon as if the branch had it`
	});
}

// src/event/review-brought.ts
function unpublished(base, publishedRoots) {
	const files = /* @__PURE__ */ new Map();
	const { version } = base.root.signed;
	if (version > publishedRoots) files.set(ROOT_PATH, `root@${String(version)}`);
	for (const [role, { file }] of base.roles) if (file.signed.version > (base.floors.get(role) ?? 0)) files.set(rolePath(role), `${role}@${String(file.signed.version)}`);
	return files;
}
function reviewBrought(base, head, merged, last, publishedRoots) {
	const findings = [];
	for (const [path, name] of unpublished(base, publishedRoots)) {
		const entry = head.get(path);
		if (entry === void 0 || merged.some(({ tree }) => tree.get(path)?.id === entry.id)) continue;
		findings.push({
			source: "metadata-branch",
			code: "event-unknown",
			where: name,
			detail: "expected a version that a merged event brought, got one that a plain commit did; it verifies, and counts: find out who pushed it"
		});
	}
	if (last === null) return findings;
	const isOutside = (path) => !path.startsWith("metadata/") && path !== "event.json";
	for (const path of /* @__PURE__ */ new Set([...head.keys(), ...last.tree.keys()])) {
		if (!isOutside(path) || head.get(path)?.id === last.tree.get(path)?.id) continue;
		const change = !head.has(path) ? "deleted" : last.tree.has(path) ? "changed" : "added";
		const detail = `expected what event #${String(last.number)} left, got a file that a plain commit ${change} since; nobody has signed ${quote(path)}`;
		findings.push({
			source: "metadata-branch",
			code: "event-file-unclaimed",
			where: path,
			detail
		});
	}
	return findings;
}

// src/event/review-head.ts
function finding(code, where, detail) {
	return {
		source: "metadata-branch",
		code,
		where,
		detail
	};
}
function missing(path, name, version) {
	return finding("role-missing", path, `expected ${name} v${String(version)}, which is verified elsewhere, got no file; it is built upon as if the branch had it`);
}
function reviewHead(paths, others, base) {
	const findings = [...others].filter((path) => path.startsWith("metadata/")).map((path) => finding("file-type", path, "expected a plain file, got a link or a submodule"));
	for (const path of paths) {
		if (!path.startsWith("metadata/")) continue;
		const what = classifyPath(path);
		if (what.kind === "unclaimed") findings.push(finding("event-file-unclaimed", path, `expected only metadata here, got ${quote(path)}`));
		else if (what.kind === "role" && !base.roles.has(what.role) && signersOf(base, what.role) === null) findings.push(finding("role-unknown", path, "expected a role that is delegated, got one that nobody delegates to"));
	}
	const expected = /* @__PURE__ */ new Map();
	for (const { file } of base.roots) {
		const { version } = file.signed;
		const path = rootHistoryPath(version);
		expected.set(path, missing(path, "root", version));
	}
	expected.set(ROOT_PATH, missing(ROOT_PATH, "root", base.root.signed.version));
	for (const [role, { file }] of base.roles) expected.set(rolePath(role), missing(rolePath(role), role, file.signed.version));
	for (const [path, one] of expected) if (!paths.has(path)) findings.push(one);
	return findings;
}

// src/event/review-online.ts
function refusalOf(base, role, bytes) {
	if (bytes === null) return null;
	const parsed = outcomeOf(() => role === "timestamp" ? parseTimestamp(bytes) : parseSnapshot(bytes));
	const where = role === "timestamp" ? TIMESTAMP_PATH : role;
	if (parsed.kind === "refused") return {
		...parsed.refusal,
		where: `${where} ${parsed.refusal.where}`
	};
	const roots = base.roots.map(({ file }) => file.signed);
	const { files } = role === "timestamp" ? vouchedFor(base.repository, role, [bytes], roots, parseTimestamp) : vouchedFor(base.repository, role, [bytes], roots, parseSnapshot);
	if (files.length > 0) return null;
	return {
		code: "threshold",
		where,
		detail: `expected a ${role} of this repository that a root of it vouches for, got another`
	};
}
function versionOf(base, bytes) {
	const roots = base.roots.map(({ file }) => file.signed);
	const { files } = vouchedFor(base.repository, "timestamp", bytes === null ? [] : [bytes], roots, parseTimestamp);
	return latestOf(files)?.file.signed.version ?? 0;
}
function reviewOnline(base, published, live) {
	const findings = [];
	for (const [source, files] of [["published", published], ["live", live]]) for (const role of ["timestamp", "snapshot"]) {
		const refusal = refusalOf(base, role, files[role]);
		if (refusal !== null) findings.push({
			...refusal,
			source
		});
	}
	const [branch, served] = [versionOf(base, published.timestamp), versionOf(base, live.timestamp)];
	if (served > branch && served > 0) {
		const detail = `expected at least version ${String(served)}, which clients are served, got ${branch === 0 ? "none" : String(branch)}; somebody has reset the branch, and it is built upon what is served`;
		findings.push({
			source: "published",
			code: "rollback",
			where: TIMESTAMP_PATH,
			detail
		});
	}
	return findings;
}

// src/event/evaluate-events.ts
function evaluateEvents({ base, events, signed, now }) {
	return withQueue(events.map((event) => evaluateEvent(event, base, signed, now)), events, base);
}
function signedVersions(role, { base, events, signed }) {
	const current = new Map(events.map(({ pull, changes }) => {
		const file = readProposal(changes, base).roles.get(role);
		return [pull.number, file === void 0 ? null : payloadDigest(file.payload)];
	}));
	const others = (signed.get(role) ?? []).filter(({ number, payload, state }) => state === "ended" || current.get(number) !== payload);
	return new Set(others.map(({ version }) => version));
}

// src/event/signed-elsewhere.ts
function rolesOf({ changes, payloadsAt }) {
	const roles = new Set(rolesAmong(changes.keys()));
	for (const digests of payloadsAt.values()) for (const role of digests.keys()) roles.add(role);
	return roles;
}
function signedElsewhere(events, base) {
	const all = /* @__PURE__ */ new Map();
	if (base === null) return all;
	for (const { facts, state } of events) {
		const proposal = readProposal(facts.changes, base);
		const listening = listenTo(facts.changes.keys(), proposal, base);
		const { posted } = collectCountersignatures(facts, listening, proposedFiles(proposal));
		const lines = posted.map(({ line }) => line);
		for (const role of rolesOf(facts)) {
			const signers = signersOf(base, role);
			if (signers === null) continue;
			const found = signedContents({
				role,
				repository: base.repository,
				signers: [signers],
				lines,
				payloads: facts.earlierPayloads
			}).map((one) => ({
				...one,
				number: facts.pull.number,
				state
			}));
			all.set(role, [...all.get(role) ?? [], ...found]);
		}
	}
	return all;
}

// src/event/ended.ts
function signedVersion(base, role) {
	if (role === "root") return base.root.signed.version;
	return ([...base.roles].find(([name]) => name === role)?.[1].file)?.signed.version ?? (signersOf(base, role) === null ? null : 0);
}
function isAbove(base, role, version) {
	return version > (signedVersion(base, role) ?? Infinity);
}
function proposesAbove(base, role, bytes) {
	const outcome = outcomeOf(() => integerField(objectField(asObject(parseJson(bytes), "$"), "signed", "$"), "version", "$"));
	return outcome.kind === "accepted" && isAbove(base, role, outcome.value);
}
function mayBeSigned(reviews, base) {
	return reviews.some(({ body }) => {
		const outcome = parseCountersignatures(body);
		return outcome.kind === "accepted" && outcome.value.some(({ role, version }) => isAbove(base, role, version));
	});
}

// src/event/release-files.ts
const ASSET_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const DIGEST_CHARACTERS = 65;
const MAX_NAME_CHARACTERS = 255;
function requireAssetName(name) {
	if (ASSET_NAME.test(name) && name.length + DIGEST_CHARACTERS <= MAX_NAME_CHARACTERS) return;
	throw new CountersignError("asset-name", quote(name), `expected a name of letters, digits and "._-" that neither begins nor ends with a dot, of at most 190 characters; a release would rename it`);
}
function sourceCommitOf(target) {
	const commit = ourCustomOf(target)?.get("commit");
	const parsed = typeof commit === "string" ? outcomeOf(() => parseCommitSha(commit, "commit")) : null;
	return parsed?.kind === "accepted" ? parsed.value : null;
}
function addReleases(targets, releases) {
	for (const [path, target] of targets.targets) {
		const sha256 = target.hashes.get("sha256");
		const slash = path.lastIndexOf("/");
		if (slash < 1 || sha256 === void 0 || hostingOf(target) !== "release") continue;
		const tag = path.slice(0, slash);
		const file = {
			path,
			name: path.slice(slash + 1),
			length: target.length,
			sha256: parseSha256(sha256, path),
			commit: sourceCommitOf(target)
		};
		const files = releases.get(tag);
		if (files === void 0) releases.set(tag, [file]);
		else files.push(file);
	}
}
function signedReleases(base) {
	const releases = /* @__PURE__ */ new Map();
	for (const { file } of base.roles.values()) addReleases(file.signed, releases);
	return [...releases].map(([tag, files]) => ({
		tag,
		files
	}));
}
function proposedTags(proposed) {
	const releases = /* @__PURE__ */ new Map();
	addReleases(proposed, releases);
	return new Set(releases.keys());
}

// src/event/decide-releases.ts
const MARKER = /<!-- countersign:draft (pending|#[1-9][0-9]{0,9}) -->/;
function draftBody(pull) {
	return `Waits for signatures.\n\n<!-- countersign:draft ${pull === null ? "pending" : `#${String(pull)}`} -->\n`;
}
function draftOwner(body) {
	const mark = MARKER.exec(body)?.[1];
	if (mark === void 0) return null;
	return mark === "pending" ? mark : Number(mark.slice(1));
}
function mismatch(tag, detail) {
	return {
		code: "release-mismatch",
		where: `release ${tag}`,
		detail
	};
}
function wantedAssets(files) {
	const wanted = /* @__PURE__ */ new Map();
	for (const file of files) {
		requireAssetName(file.name);
		wanted.set(file.name, file).set(`${file.sha256}.${file.name}`, file);
	}
	return wanted;
}
function compareSigned(tag, wanted, assets) {
	const found = new Map(assets.map((asset) => [asset.name, asset]));
	for (const [name, { length, sha256 }] of wanted) {
		const asset = found.get(name);
		if (asset?.state !== "uploaded") return mismatch(tag, `expected the asset ${name} with sha256 ${sha256}, got none`);
		if (asset.sha256 === null) return mismatch(tag, `expected the host to give the digest of ${name}, got none`);
		if (asset.sha256 !== sha256) return mismatch(tag, `expected ${name} to have the signed sha256 ${sha256}, got ${asset.sha256}`);
		if (asset.size !== length) return mismatch(tag, `expected ${name} to have ${String(length)} bytes, got ${String(asset.size)}`);
	}
	return null;
}
function compareAssets(tag, files, assets) {
	const wanted = outcomeOf(() => wantedAssets(files));
	if (wanted.kind === "refused") return wanted.refusal;
	const changed = compareSigned(tag, wanted.value, assets);
	if (changed !== null) return changed;
	const stray = assets.find(({ name }) => !wanted.value.has(name));
	return stray === void 0 ? null : mismatch(tag, `expected only signed files, got the asset ${stray.name}; sign it or delete it`);
}
function commitOf({ tag, files }) {
	const commits = new Set(files.map(({ commit }) => commit));
	const [commit] = commits;
	if (commits.size === 1 && commit !== void 0 && commit !== null) return commit;
	return mismatch(tag, `expected all its files to be signed with one source commit, got ${String(commits.size === 1 ? "none" : commits.size)}`);
}
function reviewDraft(facts, signed, commit, draft) {
	const { tag, files } = signed;
	const tagged = facts.tags.get(tag);
	if (tagged !== void 0 && tagged !== commit) return {
		code: "tag-mismatch",
		where: `tag ${tag}`,
		detail: `expected the signed commit ${commit}, got ${tagged}`
	};
	if (tagged === void 0 && draft.target !== commit) return mismatch(tag, `expected its draft to be of the signed commit ${commit}, got ${draft.target}`);
	return compareAssets(tag, files, facts.assets.get(draft.id) ?? []);
}
function reviewPublic(facts, signed, { id }) {
	const { tag, files } = signed;
	const assets = facts.assets.get(id);
	if (assets === void 0) return null;
	const wanted = outcomeOf(() => wantedAssets(files));
	const changed = wanted.kind === "refused" ? wanted.refusal : compareSigned(tag, wanted.value, assets);
	if (changed !== null) return {
		...changed,
		detail: `${changed.detail}; it is public: take it back`
	};
	const commit = commitOf(signed);
	const tagged = facts.tags.get(tag);
	if (typeof commit !== "string" || tagged === commit) return null;
	const detail = `expected tag ${tag} at the signed commit ${commit}, got ${tagged ?? "no tag"}; its release is public`;
	return {
		code: "tag-mismatch",
		where: `release ${tag}`,
		detail
	};
}
function decideRelease(facts, signed) {
	const { tag, files } = signed;
	const all = facts.releases.filter((release) => release.tag === tag);
	const published = all.find(({ draft }) => !draft);
	if (published !== void 0) return reviewPublic(facts, signed, published);
	if (facts.awaited.has(tag)) return null;
	const commit = commitOf(signed);
	if (typeof commit !== "string") return commit;
	let first = null;
	for (const draft of [...all].sort((a, b) => a.id - b.id)) {
		const problem = reviewDraft(facts, signed, commit, draft);
		if (problem === null) return {
			kind: "publish",
			id: draft.id,
			tag,
			commit,
			files,
			owned: draft.ours && draftOwner(draft.body) !== null
		};
		first ??= problem;
	}
	return first ?? {
		code: "release-missing",
		where: `release ${tag}`,
		detail: "expected a draft release that holds the signed files, got none; run the workflow that proposed them again"
	};
}
function decideReleases(facts) {
	const effects = [];
	const problems = [];
	for (const signed of facts.signed) {
		const decided = decideRelease(facts, signed);
		if (decided === null) continue;
		if ("kind" in decided) effects.push(decided);
		else problems.push(decided);
	}
	const published = new Set(facts.releases.filter(({ draft }) => !draft).map(({ tag }) => tag));
	const tags = new Set(facts.signed.map(({ tag }) => tag).filter((tag) => !published.has(tag)));
	for (const { id, tag, draft, body, ours } of facts.releases) {
		const owner = draftOwner(body);
		if (!draft || !ours || owner === null || tags.has(tag)) continue;
		const pull = facts.awaited.get(tag);
		if (pull !== void 0) {
			if (owner === "pending") effects.push({
				kind: "mark-draft",
				id,
				tag,
				pull
			});
		} else if (owner !== "pending" && facts.ended.has(owner)) effects.push({
			kind: "drop-draft",
			id,
			tag,
			body
		});
	}
	return {
		effects,
		problems
	};
}

// src/event/event-file.ts
const STAGED_PREFIX = "countersign-staged-";
function stagedName(hashes) {
	const list = [...new Set(hashes)].sort().join("\n");
	return `${STAGED_PREFIX}${sha256Hex(new TextEncoder().encode(list)).slice(0, 16)}`;
}
const MAX_LISTED_TARGETS = 1e4;
function encodeOrigin({ runId, runUrl, workflow, commit, actor, ref }) {
	return jsonObject({
		actor,
		commit,
		ref,
		run: runId,
		url: runUrl,
		workflow
	});
}
function encodeContribution({ origin, targets, staged, replaced }) {
	return jsonObject({
		origin: origin === null ? void 0 : encodeOrigin(origin),
		replaced: replaced === void 0 || replaced.size === 0 ? void 0 : new Map(replaced),
		staged: staged ?? void 0,
		targets: targets === null ? void 0 : [...targets]
	});
}
function fitting(contributions) {
	let left = MAX_LISTED_CHARACTERS;
	return contributions.slice(-100).reverse().map((contribution) => {
		left -= (contribution.targets ?? []).reduce((sum, path) => sum + path.length, 0);
		return left < 0 ? {
			...contribution,
			targets: null
		} : contribution;
	}).reverse();
}
function encodeEventFile({ role, version, contributions }) {
	const kept = fitting(contributions).map(encodeContribution);
	return encodeJsonFile(jsonObject({
		contributions: kept,
		format: 1,
		role,
		version
	}));
}
function noteField(raw, key, where) {
	const text = stringField(raw, key, where);
	if (text.length > 1024) throw new CountersignError("too-large", jsonPath(where, key), `expected at most ${String(MAX_NOTE_CHARACTERS)} characters`);
	return text;
}
function parseOrigin(raw, where) {
	return {
		runId: integerField(raw, "run", where),
		runUrl: noteField(raw, "url", where),
		workflow: noteField(raw, "workflow", where),
		commit: noteField(raw, "commit", where),
		actor: noteField(raw, "actor", where),
		ref: noteField(raw, "ref", where)
	};
}
function parseReplaced(raw) {
	return new Map([...asObject(raw.get("replaced"), "replaced")].map(([path, sha256]) => [path, asString(sha256, "replaced")]));
}
function parseContribution(value) {
	const raw = asObject(value, "contribution");
	const origin = raw.get("origin");
	return {
		origin: origin === void 0 ? null : parseOrigin(asObject(origin, "origin"), "origin"),
		targets: raw.has("targets") ? arrayField(raw, "targets", "contribution").map((path) => asString(path, "targets")) : null,
		staged: raw.has("staged") ? noteField(raw, "staged", "contribution") : null,
		...raw.has("replaced") ? { replaced: parseReplaced(raw) } : {}
	};
}
function readEventFile(bytes) {
	if (bytes.length > 16777216) return null;
	const outcome = outcomeOf(() => {
		const raw = asObject(parseJson(bytes), "$");
		return {
			role: noteField(raw, "role", "$"),
			version: integerField(raw, "version", "$"),
			contributions: arrayField(raw, "contributions", "$").slice(-100).map(parseContribution)
		};
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}

// src/event/pages-url.ts
function pagesUrl(owner, repo) {
	const host = `${owner.toLowerCase()}.github.io`;
	return repo.toLowerCase() === host ? `https://${host}/` : `https://${host}/${repo}/`;
}

// src/event/decide-propose.ts
function periodOf(base, role) {
	const verified = base.roles.get(role);
	const signed = verified?.delegator === "root" ? base.root.signed : base.roles.get(verified?.delegator ?? role)?.file.signed;
	const period = signed === void 0 ? null : periodIn(signed, role);
	if (period === null) throw new CountersignError("policy-invalid", role, "expected its delegator to say how long it lasts, got no period");
	return period;
}
function freeVersion(base, role, used) {
	const spent = (base.leftOut.get(role) ?? []).map(({ signed }) => signed.version);
	let version = Math.max((base.roles.get(role)?.file.signed.version ?? 0) + 1, firstFreeVersion(base.floors, role, spent));
	while (used.has(version)) version++;
	return parseVersion(version, role);
}
function requireRole(base, role) {
	const verified = base.roles.get(role);
	if (verified === void 0) throw new CountersignError("role-unknown", role, `expected one of ${[...base.roles.keys()].map((name) => quote(name)).join(", ")}`);
	return verified.file.signed;
}
function requireProposable(facts) {
	const roles = new Map([...facts.base.roles].map(([name, { file }]) => [name, file.signed]));
	for (const path of facts.edit.add.keys()) {
		const refused = reviewTargetPath(path).find((finding) => finding.severity === "refused");
		if (refused !== void 0) throw new CountersignError("unwritable", path, `expected a path that every client reads, got ${refused.detail} (${refused.clients.join(", ")})`);
		const reach = reachOf(path, facts.role, roles);
		if (reach.kind === "reached") continue;
		const why = reach.kind === "shadowed" ? `${quote(reach.by)} is searched first and lists it` : "no delegation leads there for this path";
		const others = rolesFor(path, roles).filter((name) => name !== facts.role);
		throw new CountersignError("target-unreachable", path, `expected a path that clients look for in ${quote(facts.role)}, but ${why}; roles for it: ${others.map((name) => quote(name)).join(", ")}`);
	}
}
function build(facts, on, version) {
	const staged = stageTargets(on, facts.edit);
	if (staged.changes.length === 0) return null;
	const expires = addSeconds(facts.now, periodOf(facts.base, facts.role).expiresSeconds);
	const signed = editTargets(on, staged.targets, {
		version,
		expires
	});
	return {
		branch: proposalBranch(facts.role, version),
		version,
		signed,
		changes: staged.changes
	};
}
function again(facts, on, version) {
	const before = requireRole(facts.base, facts.role);
	const { targets } = stageTargets(on, facts.edit);
	const expires = addSeconds(facts.now, periodOf(facts.base, facts.role).expiresSeconds);
	const signed = editTargets(on, targets, {
		version,
		expires
	});
	const { changes } = stageTargets(before, editBetween(before, parseTargets(encodeMetadata(signed, [])).signed));
	return {
		branch: proposalBranch(facts.role, version),
		version,
		signed,
		changes
	};
}
function requireNoRival({ edit }, open) {
	if (edit.existing === "replace") return;
	for (const { status, proposed } of open) for (const [path, { length, sha256 }] of edit.add) {
		const listed = proposed.targets.get(path);
		if (listed === void 0 || listed.length === length && listed.hashes.get("sha256") === sha256) continue;
		const detail = `expected a new path, got one that #${String(status.pull.number)} proposes with other content; pass replace to change it`;
		throw new CountersignError("target-exists", path, detail);
	}
}
function decidePropose(facts) {
	const current = requireRole(facts.base, facts.role);
	requireProposable(facts);
	const usable = facts.open.filter(({ status, isOurs }) => isOurs && status.state !== "invalid" && status.state !== "outdated");
	const last = usable.at(-1);
	const used = /* @__PURE__ */ new Set([...facts.signedVersions, ...facts.open.map(({ proposed }) => proposed.version)]);
	if (last === void 0) {
		const proposal = build(facts, current, freeVersion(facts.base, facts.role, used));
		return proposal === null ? {
			kind: "nothing-new",
			number: null
		} : {
			kind: "open",
			proposal,
			behind: null,
			replaces: null
		};
	}
	const { number } = last.status.pull;
	if (!last.status.signed && !facts.nextVersion) {
		const proposal = build(facts, last.proposed, last.proposed.version);
		const { branch } = last.status.pull;
		return proposal === null ? {
			kind: "nothing-new",
			number
		} : {
			kind: "add",
			proposal: {
				...proposal,
				branch
			},
			number
		};
	}
	if (!facts.nextVersion && stageTargets(last.proposed, facts.edit).changes.length === 0) return {
		kind: "nothing-new",
		number
	};
	const version = freeVersion(facts.base, facts.role, used);
	if (!last.status.signed) return {
		kind: "open",
		proposal: again(facts, last.proposed, version),
		behind: null,
		replaces: number
	};
	switch (facts.whenOpen) {
		case "fail": throw new CountersignError("event-open", facts.role, `expected no signed event, got #${String(number)}; wait for it, or pass when-open queue or add`);
		case "queue": {
			requireNoRival(facts, usable);
			const proposal = build(facts, current, version);
			return proposal === null ? {
				kind: "nothing-new",
				number
			} : {
				kind: "open",
				proposal,
				behind: number,
				replaces: null
			};
		}
		case "add": {
			const proposal = build(facts, last.proposed, version);
			return proposal === null ? {
				kind: "nothing-new",
				number
			} : {
				kind: "open",
				proposal,
				behind: number,
				replaces: null
			};
		}
		default: return facts.whenOpen;
	}
}
function editBetween(before, after) {
	const add = /* @__PURE__ */ new Map();
	for (const [path, file] of after.targets) {
		const old = before.targets.get(path);
		if (old !== void 0 && Buffer.compare(encodeCanonicalJson(old.raw), encodeCanonicalJson(file.raw)) === 0) continue;
		const custom = file.raw.get("custom");
		add.set(path, {
			length: file.length,
			sha256: parseSha256(file.hashes.get("sha256") ?? "", path),
			custom: isJsonObject(custom) ? custom : null
		});
	}
	return {
		add,
		remove: new Set([...before.targets.keys()].filter((path) => !after.targets.has(path))),
		existing: "replace"
	};
}

// src/event/decide-gather.ts
function targetsEdit(facts, base) {
	const proposal = readProposal(facts.changes, base);
	const [only, ...more] = proposal.roles;
	if (only === void 0 || more.length > 0 || proposal.root !== null || proposal.problems.length > 0) return null;
	const [role, file] = only;
	const bytes = facts.forkedFrom.get(role);
	const fork = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
	const before = fork?.kind === "accepted" ? fork.value.signed : base.roles.get(role)?.file.signed;
	if (before === void 0) return null;
	return sameButTargets(before, file.signed) ? {
		role,
		before,
		after: file.signed
	} : null;
}
function takenVersions(role, event, facts) {
	const proposed = facts.events.filter((other) => other !== event).flatMap((other) => proposedVersions(other, facts.base).get(role) ?? []);
	return /* @__PURE__ */ new Set([...signedVersions(role, facts), ...proposed]);
}
function holdsEdit(targets, edit) {
	const remove = new Set([...edit.remove].filter((path) => targets.targets.has(path)));
	return stageTargets(targets, {
		...edit,
		remove
	}).changes.length === 0;
}
function continuedIn(role, edit, event, facts) {
	return facts.events.find((one) => {
		const proposed = one === event ? void 0 : readProposal(one.changes, facts.base).roles.get(role);
		if (proposed === void 0 || !holdsEdit(proposed.signed, edit)) return false;
		const { state } = evaluateEvent(one, facts.base, facts.signed, facts.now);
		return state === "waiting" || state === "complete";
	})?.pull.number ?? null;
}
function rebuild(event, status, base, facts) {
	const edit = targetsEdit(event, base);
	if (edit === null) return null;
	const { role, before, after } = edit;
	const taken = takenVersions(role, event, facts);
	const keeps = !status.signed && !taken.has(after.version) && after.version > (base.roles.get(role)?.file.signed.version ?? 0);
	const outcome = outcomeOf(() => {
		const change = editBetween(before, after);
		const listed = base.roles.get(role)?.file.signed.targets;
		const remove = new Set([...change.remove].filter((path) => listed?.has(path)));
		return decidePropose({
			base,
			role,
			edit: {
				...change,
				remove
			},
			whenOpen: "fail",
			nextVersion: false,
			open: [],
			signedVersions: taken,
			now: facts.now
		});
	});
	if (outcome.kind === "refused") return null;
	if (outcome.value.kind !== "open") return {
		kind: "close",
		status,
		reason: "everything that it changes is published already"
	};
	const successor = keeps ? null : continuedIn(role, editBetween(before, after), event, facts);
	if (successor !== null) return {
		kind: "close",
		status,
		reason: `continued in #${String(successor)}`
	};
	const { proposal } = outcome.value;
	const version = keeps ? after.version : freeVersion(base, role, /* @__PURE__ */ new Set([...taken, after.version]));
	const signed = new Map(proposal.signed).set("version", version);
	const branch = keeps ? event.pull.branch : proposalBranch(role, version);
	return {
		kind: "rebuild",
		status,
		proposal: {
			...proposal,
			version,
			branch,
			signed
		}
	};
}
function hasLanded(event, base) {
	const { root, roles, policy } = readProposal(event.changes, base);
	const same = (a, b) => b !== void 0 && payloadDigest(a.payload) === payloadDigest(b.payload);
	const files = (root === null ? 0 : 2) + roles.size;
	return policy === null && event.changes.size === files && (root === null || same(root, base.root)) && [...roles].every(([role, file]) => same(file, base.roles.get(role)?.file));
}
function renewalOf(event, status, facts) {
	return status.state === "outdated" && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
}
function effectOf(event, status, completing, facts) {
	const { base } = facts;
	if (status === completing) return {
		kind: "complete",
		status
	};
	const to = status.state === "complete" ? null : restorationOf(event, base);
	if ((status.state === "invalid" || status.state === "outdated") && base !== null && (event.changes.size > 0 || to === null) && hasLanded(event, base)) return {
		kind: "close",
		status,
		reason: "all that it changes is signed already"
	};
	if (to !== null) return {
		kind: "restore",
		status,
		to
	};
	return renewalOf(event, status, facts) ?? {
		kind: "report",
		status
	};
}
function reopened({ base, events, closed, signed, now }) {
	return closed.flatMap((event) => {
		const status = evaluateEvent(event, base, signed, now);
		if (status.state !== "waiting" && status.state !== "complete" || votersOf(status).length === 0) return [];
		const content = contentOf(event.changes, base);
		if (events.some((open) => contentOf(open.changes, base) === content)) return [];
		return [{
			kind: "reopen",
			status
		}];
	});
}
function decideGather(facts) {
	const { base, events } = facts;
	const statuses = evaluateEvents(facts);
	const completing = nextToComplete(statuses, events, base);
	const effects = statuses.flatMap((status, index) => {
		const event = events[index];
		return event === void 0 ? [] : [effectOf(event, status, completing, facts)];
	});
	return {
		statuses,
		effects: [...reopened(facts), ...effects]
	};
}

// src/event/reviewers.ts
function reviewersToAsk(status, { facts, requested, viewer, marker }) {
	if (status.state !== "waiting") return [];
	const told = facts.comments.find(({ author, body }) => author.id === viewer && body.includes(marker))?.body ?? "";
	const known = /* @__PURE__ */ new Set([facts.pull.author.id, ...requested.map(({ id }) => id)]);
	const asked = /* @__PURE__ */ new Map();
	for (const { payload, requirements } of status.roles) {
		if (told.includes(payload)) continue;
		for (const account of requirements.filter(({ reached }) => !reached).flatMap(({ awaited }) => awaited)) if (!known.has(account.id)) asked.set(account.id, account);
	}
	return [...asked.values()];
}

// src/event/workflow-names.ts
const WAKE_PATH = ".github/workflows/countersign-wake.yml";
const CALLER_FILE = "countersign.yml";
const CALLER_PATH = `.github/workflows/${CALLER_FILE}`;
const REUSABLE_PATH = ".github/workflows/reconcile.yml";
const SETUP_BRANCH = "countersign-setup";
const ONLINE_ENVIRONMENT = "countersign-online";
const ONLINE_SECRET = "COUNTERSIGN_ONLINE_KEY";
const CUSTODY_SECRET = "COUNTERSIGN_KEY";
function custodyEnvironment(person) {
	return `countersign-${person}`;
}

// src/event/unlisted-files.ts
const FILE = /^targets\/(?:(.*)\/)?([0-9a-f]{64})\.(.+)$/;
function unlistedFiles(paths, wanted) {
	const known = new Set(wanted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
	return [...paths].filter((path) => path.startsWith("targets/") && !known.has(path));
}
function countTargets(files) {
	const names = [...files].map((file) => {
		const [, directory, sha256 = "", name = file] = FILE.exec(file) ?? [];
		return `${sha256} ${directory === void 0 ? name : `${directory}/${name}`}`;
	});
	return new Set(names).size;
}

// src/event/decide-publish.ts
function heldOnline(base, files) {
	const roots = base.roots.map(({ file }) => file.signed);
	return {
		snapshot: latestOf(vouchedFor(base.repository, "snapshot", files.snapshots, roots, parseSnapshot).files),
		timestamp: latestOf(vouchedFor(base.repository, "timestamp", files.timestamps, roots, parseTimestamp).files)
	};
}
function onlinePeriod(base, role) {
	const period = parsePeriods(bindingOf(base.root.signed, "root"), "root").get(role);
	if (period === void 0) throw new CountersignError("policy-invalid", role, "expected the root to say how long it lasts, got no period");
	return period;
}
const LAST_PLAUSIBLE_VERSION = 2 ** 52;
function predecessor(base, role, held) {
	if (held === null) return null;
	const { file } = held;
	return file.signed.version > LAST_PLAUSIBLE_VERSION && isDiscardedUnder(base.root.signed, role, file) ? null : file;
}
function listedRoles(base) {
	return new Map([...base.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
}
function decideSnapshot(base, held, now, files = listedRoles(base), above = 0) {
	const plan = planSnapshot(predecessor(base, "snapshot", held.snapshot), base.root.signed, files);
	const period = onlinePeriod(base, "snapshot");
	const named = namedSnapshot(base, held);
	const why = snapshotReason(base, held, now, period, plan) ?? lostReason(held, named) ?? behindReason(held.snapshot, above);
	if (why === null && held.snapshot !== null) return {
		kind: "keep",
		bytes: held.snapshot.bytes
	};
	const header = {
		version: later(plan.version, Math.max(above, named)),
		expires: addSeconds(now, period.expiresSeconds)
	};
	return {
		kind: "sign",
		signed: newSnapshotSigned(header, base.repository, plan.meta),
		why: why ?? "first publication"
	};
}
function namedSnapshot(base, { timestamp }) {
	if (timestamp === null || isDiscardedUnder(base.root.signed, "timestamp", timestamp.file)) return 0;
	return timestamp.file.signed.snapshot.version;
}
function lostReason({ snapshot }, named) {
	if (snapshot === null || snapshot.file.signed.version >= named) return null;
	return `snapshot v${String(named)}, which the timestamp names, can not be had`;
}
function behindReason(held, above) {
	if (held === null || held.file.signed.version >= above) return null;
	return `clients may hold a later one than v${String(held.file.signed.version)}`;
}
function snapshotReason(base, held, now, period, plan) {
	if (held.snapshot === null) return "first publication";
	const { file } = held.snapshot;
	if (!sameMeta(file.signed, plan)) return "roles changed";
	if (isDiscardedUnder(base.root.signed, "snapshot", file)) return "the snapshot key changed";
	return dueReason(file.signed.expires, now, period);
}
const RUNS_AT_ONCE_SECONDS = 600;
function isFastClock(expires, now, period) {
	return expires > addSeconds(now, period + RUNS_AT_ONCE_SECONDS);
}
function dueReason(expires, now, { expiresSeconds, renewSeconds }) {
	if (isDue(expires, now, renewSeconds)) return `it expires ${encodeInstant(expires)}`;
	return isFastClock(expires, now, expiresSeconds) ? `it expires only ${encodeInstant(expires)}, later than its period allows` : null;
}
function fastClockFindings(base, held, now) {
	return ["timestamp", "snapshot"].flatMap((role) => {
		const file = held[role]?.file.signed;
		if (file === void 0) return [];
		const periods = base.roots.flatMap(({ file: root }) => parsePeriods(bindingOf(root.signed, "root"), "root").get(role) ?? []);
		const longest = Math.max(...periods.map(({ expiresSeconds }) => expiresSeconds));
		if (!isFastClock(file.expires, now, longest)) return [];
		const detail = `expected an expiry by ${encodeInstant(addSeconds(now, longest))}, got ${encodeInstant(file.expires)}, as a clock that was ahead made it; it is signed anew`;
		return [{
			source: "published",
			code: "expires-invalid",
			where: `${role}@${String(file.version)}`,
			detail
		}];
	});
}
function later(version, above) {
	return version > above ? version : nextVersion(parseVersion(above, "version"));
}
const FILES = "files";
function signedFileList({ binding }) {
	const digest = binding?.raw.get(FILES);
	return typeof digest === "string" ? digest : null;
}
function decideTimestamp(base, held, snapshotBytes, now, { above = 0, files } = {}) {
	const listed = listFile(parseSnapshot(snapshotBytes).signed.version, snapshotBytes);
	const plan = planTimestamp(predecessor(base, "timestamp", held.timestamp), base.root.signed, listed);
	const period = onlinePeriod(base, "timestamp");
	const why = timestampReason(base, held, now, period, listed) ?? filesReason(held, files) ?? behindReason(held.timestamp, above);
	if (why === null && held.timestamp !== null) return {
		kind: "keep",
		bytes: held.timestamp.bytes
	};
	const header = {
		version: later(plan.version, above),
		expires: addSeconds(now, period.expiresSeconds)
	};
	const signed = newTimestampSigned(header, base.repository, plan.snapshot);
	return {
		kind: "sign",
		signed: files === void 0 ? signed : withFileList(signed, files),
		why: why ?? "first publication"
	};
}
function filesReason({ timestamp }, files) {
	if (timestamp === null || files === void 0) return null;
	return signedFileList(timestamp.file.signed) === files ? null : "the published files changed";
}
function withFileList(signed, files) {
	const ours = objectField(signed, BINDING_FIELD, "timestamp");
	return new Map(signed).set(BINDING_FIELD, new Map(ours).set(FILES, files));
}
function timestampReason(base, held, now, period, listed) {
	if (held.timestamp === null) return "first publication";
	const { file } = held.timestamp;
	const { snapshot } = file.signed;
	if (snapshot.version !== listed.version || snapshot.hashes?.get("sha256") !== listed.sha256) return "the snapshot changed";
	if (isDiscardedUnder(base.root.signed, "timestamp", file)) return "the timestamp key changed";
	return dueReason(file.signed.expires, now, period);
}
function onlineUris(root) {
	const uris = /* @__PURE__ */ new Map();
	const { raw } = bindingOf(root, "root");
	if (!raw.has("online")) return uris;
	for (const [id, uri] of objectField(raw, "online", "root x-countersign")) uris.set(parseKeyId(id, "online"), asString(uri, "online"));
	return uris;
}
function hostedIn({ targets }) {
	const hosted = [];
	for (const [path, target] of targets) {
		if (hostingOf(target) !== "site") continue;
		const sha256 = target.hashes.get("sha256");
		if (sha256 !== void 0) hosted.push({
			path,
			length: target.length,
			sha256: parseSha256(sha256, path)
		});
	}
	return hosted;
}
function hostedTargets(base) {
	return [...base.roles.values()].flatMap(({ file }) => hostedIn(file.signed));
}

// src/event/decide-uploads.ts
const RESERVED_REQUESTS = 100;
const MAX_BATCH = 200;
function decideUploads(count, left) {
	if (left === null || count + RESERVED_REQUESTS <= left) return {
		now: count,
		next: 0
	};
	return {
		now: 0,
		next: Math.max(0, Math.min(count, MAX_BATCH, left - 200))
	};
}

// src/event/file-list.ts
const LINE = /^([0-9a-f]{40}) (0|[1-9][0-9]{0,15}) (\S.*)$/;
function isListed(path) {
	return (path.startsWith("metadata/") || path.startsWith("targets/")) && path !== "metadata/timestamp.json";
}
function encodeFileList(list) {
	const lines = [...list].sort(([a], [b]) => a < b ? -1 : 1).map(([path, { id, size }]) => `${id} ${String(size)} ${path}\n`);
	return new TextEncoder().encode(lines.join(""));
}
function readFileList(bytes) {
	const list = /* @__PURE__ */ new Map();
	for (const line of new TextDecoder().decode(bytes).split("\n")) {
		if (line === "") continue;
		const [, id, size, path] = LINE.exec(line) ?? [];
		if (id === void 0 || size === void 0 || path === void 0) return null;
		list.set(path, {
			id,
			size: Number(size)
		});
	}
	return list;
}
function reviewTree(tree, list) {
	return {
		damaged: new Map([...list].filter(([path, { id }]) => tree.get(path)?.id !== id || tree.get(path)?.kind !== "file")),
		strays: [...tree.keys()].filter((path) => isListed(path) && !list.has(path))
	};
}

// src/event/revocations.ts
function keysIn(signed) {
	const keys = /* @__PURE__ */ new Map();
	if (signed.kind === "root") {
		for (const role of TOP_LEVEL_ROLES) keys.set(role, new Set(signed.roles[role].keyIds));
		return keys;
	}
	const { delegations } = signed;
	if (delegations?.kind === "roles") for (const { name, keyIds } of delegations.roles) keys.set(name, new Set(keyIds));
	if (delegations?.kind === "succinct") keys.set(delegations.succinct.namePrefix, new Set(delegations.succinct.keyIds));
	return keys;
}
function keysTakenAway(before, after) {
	const now = keysIn(after);
	return [...keysIn(before)].flatMap(([role, keyIds]) => [...keyIds].flatMap((keyId) => now.get(role)?.has(keyId) === true ? [] : [{
		role,
		keyId
	}]));
}
function revocationFinding(where, [first, ...others]) {
	const more = others.length === 0 ? "" : ` and ${String(others.length)} more`;
	return {
		source: "published",
		code: "revocation-unpublished",
		where,
		detail: `a revocation is not published: ${first === void 0 ? "keys" : `key ${first.keyId.slice(0, 12)}… of ${first.role}${more}`} still counts for clients; what holds it back is told below`
	};
}

// src/event/plan-publication.ts
function hostedKey({ path, sha256 }) {
	return `${sha256} ${path}`;
}
function childrenOf(delegations, known) {
	if (delegations.kind === "roles") return delegations.roles.map(({ name }) => name);
	return [...known].filter((name) => isBinName(delegations.succinct, name));
}
function left(code, where, detail) {
	return {
		source: "published",
		code,
		where,
		detail
	};
}
var Planner = class {
	#facts;
	#held = /* @__PURE__ */ new Map();
	constructor(facts) {
		this.#facts = facts;
	}
	#heldFile(name) {
		const known = this.#held.get(name);
		if (known !== void 0) return known;
		const sha256 = (this.#facts.held.snapshot?.file.signed.meta.get(name))?.hashes?.get("sha256");
		const newest = this.#facts.base.roles.get(name) ?? null;
		if (newest !== null && sha256Hex(newest.bytes) === sha256) {
			this.#held.set(name, newest);
			return newest;
		}
		const bytes = sha256 === void 0 ? void 0 : (this.#facts.known.get(name) ?? []).find((one) => sha256Hex(one) === sha256);
		const parsed = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
		const held = bytes !== void 0 && parsed?.kind === "accepted" ? {
			file: parsed.value,
			bytes
		} : null;
		this.#held.set(name, held);
		return held;
	}
	heldRoles() {
		const roles = /* @__PURE__ */ new Map();
		for (const name of this.#facts.held.snapshot?.file.signed.meta.keys() ?? []) {
			const file = this.#heldFile(name);
			if (file === null) return null;
			roles.set(name, {
				...file,
				delegator: this.#facts.base.roles.get(name)?.delegator ?? "targets"
			});
		}
		return roles;
	}
	#verifies(name, { file }, { signed, keys, role }) {
		const where = `${name}@${String(file.signed.version)}`;
		return outcomeOf(() => {
			requireThreshold({
				payload: file.payload,
				signatures: file.signatures,
				keys,
				role
			}, where);
			requireBinding(this.#facts.base.root.signed.binding, file.signed.binding, name, where);
			requireCounts(signed, name, file.signed.version);
		}).kind === "accepted";
	}
	#isListable(name, { file, bytes }) {
		const floor = this.#facts.base.floors.get(name) ?? 0;
		if (file.signed.version !== floor) return file.signed.version > floor;
		const listed = this.#facts.held.snapshot?.file.signed.meta.get(name);
		const sha256 = listed?.version === floor ? listed.hashes?.get("sha256") : void 0;
		return sha256 === void 0 || sha256 === sha256Hex(bytes);
	}
	#missingOf({ file }) {
		return hostedIn(file.signed).flatMap((target) => this.#facts.missing.get(hostedKey(target)) ?? []);
	}
	#options(name, delegator) {
		const { base } = this.#facts;
		const held = this.#heldFile(name);
		const [first, second] = [base.roles.get(name) ?? null, held].filter((one) => one !== null && this.#isListable(name, one) && this.#verifies(name, one, delegator)).filter((one) => one !== null);
		if (first === void 0) return [];
		if (second === void 0 || first.file.signed.version === second.file.signed.version) return [first];
		return this.#facts.isServedKnown && this.#missingOf(first).length > 0 && sameButTargets(second.file.signed, first.file.signed) ? [second, first] : [first, second];
	}
	#withChildren(name, option, delegator, taken) {
		const roles = new Map(taken).set(name, {
			...option,
			delegator: delegator.name
		});
		const findings = this.#missingOf(option).map((one) => left(one.code, one.where, one.detail));
		const { signed } = option.file;
		const { delegations } = signed;
		const without = /* @__PURE__ */ new Set();
		for (const child of delegations === null ? [] : childrenOf(delegations, this.#facts.known.keys())) {
			const role = delegations?.kind === "roles" ? delegations.roles.find((one) => one.name === child) : delegations?.succinct;
			if (roles.has(child) || role === void 0 || delegations === null) continue;
			const resolved = this.resolve(child, {
				name,
				signed,
				keys: delegations.keys,
				role
			}, roles);
			if (resolved === null) {
				without.add(child);
				findings.push(left("role-missing", child, `expected a file that verifies as ${name} delegates it, got none; clients can't use this role`));
				continue;
			}
			for (const [one, file] of resolved.roles) roles.set(one, file);
			findings.push(...resolved.findings);
		}
		return {
			roles,
			findings,
			without
		};
	}
	resolve(name, delegator, taken) {
		const tried = this.#options(name, delegator).map((one) => ({
			option: one,
			resolved: this.#withChildren(name, one, delegator, taken)
		}));
		const last = tried.at(-1);
		if (last === void 0) return null;
		const chosen = tried.find(({ resolved }) => [...resolved.without].every((one) => last.resolved.without.has(one))) ?? last;
		const findings = [...chosen.resolved.findings];
		const newest = this.#facts.base.roles.get(name);
		if (newest !== void 0 && newest.file.signed.version > chosen.option.file.signed.version) {
			const at = `${name}@${String(newest.file.signed.version)}`;
			findings.push(...this.#missingOf(newest).map((one) => left(one.code, one.where, `${one.detail}; ${at} is held back until then`)));
			const other = tried.find(({ option }) => option.file.signed.version === newest.file.signed.version);
			for (const one of other !== void 0 && other.resolved.without.size > 0 ? other.resolved.findings.filter(({ code }) => code === "role-missing") : []) findings.push({
				...one,
				detail: `${one.detail}; ${at}, which delegates it, is held back`
			});
		}
		return {
			...chosen.resolved,
			findings
		};
	}
};
function unpublishedRevocations({ base }, out) {
	const findings = [];
	const told = (where, before, after) => {
		const keys = keysTakenAway(before, after);
		if (keys.length > 0) findings.push(revocationFinding(where, keys));
	};
	if (out.root.signed.version < base.root.signed.version) told(`root@${String(base.root.signed.version)}`, out.root.signed, base.root.signed);
	for (const [name, { file }] of out.roles) {
		const newest = base.roles.get(name)?.file;
		for (const later of [...newest === void 0 ? [] : [newest], ...base.leftOut.get(name) ?? []]) {
			const { version } = later.signed;
			if (version > file.signed.version) told(`${name}@${String(version)}`, file.signed, later.signed);
		}
	}
	return [...new Map(findings.map((one) => [one.where, one])).values()];
}
function planPublication(facts) {
	const { base } = facts;
	const planner = new Planner(facts);
	for (let count = base.roots.length; count >= Math.max(1, facts.servedRoots); count--) {
		const root = base.roots[count - 1]?.file;
		if (root === void 0) break;
		const { signed } = root;
		const resolved = planner.resolve(TARGETS, {
			name: "root",
			signed,
			keys: signed.keys,
			role: signed.roles.targets
		}, /* @__PURE__ */ new Map());
		if (resolved === null) continue;
		const out = {
			...base,
			root,
			roots: base.roots.slice(0, count),
			roles: resolved.roles
		};
		const list = new Map([...resolved.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
		const last = `root@${String(base.root.signed.version)}`;
		const held = count < base.roots.length ? [left("role-missing", last, "expected targets that verify under it, got none; it is held back")] : [];
		return {
			base: out,
			list,
			findings: [
				...unpublishedRevocations(facts, out),
				...held,
				...resolved.findings
			]
		};
	}
	throw new CountersignError("base-missing", TARGETS, "expected targets that verify under the root that clients have, got none");
}
function heldPublication(facts) {
	const { base, held } = facts;
	if (held.snapshot === null || isDiscardedUnder(base.root.signed, "snapshot", held.snapshot.file)) return null;
	const roles = new Planner(facts).heldRoles();
	if (roles === null) return null;
	const out = {
		...base,
		roles
	};
	return {
		base: out,
		list: new Map([...roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)])),
		findings: unpublishedRevocations(facts, out)
	};
}

// src/event/decide-continuation.ts
function parseServedVersion(text, where) {
	const version = Number(text);
	if (/^(0|[1-9][0-9]{0,15})$/.test(text) && version < Number.MAX_SAFE_INTEGER) return version;
	throw new CountersignError("usage", where, `expected a version, or 0 if nothing was ever served, got ${quote(text)}`);
}
const NOTHING_ABOVE = {
	timestamp: 0,
	snapshot: 0
};
function refuse(where, detail) {
	return {
		kind: "refuse",
		refusal: {
			code: "served-unknown",
			where,
			detail
		}
	};
}
const HOW = "find out which timestamp was last served, and repeat the run with its version (served-timestamp), 0 if none ever was";
function latestRenewal({ expires }, { expiresSeconds, renewSeconds }) {
	return addSeconds(addSeconds(expires, -renewSeconds), Math.floor((expiresSeconds - renewSeconds) / 2));
}
function decideContinuation({ live, branch, isFirst, period, served, now }) {
	if (served !== null) return decideAsTold(served, branch?.version ?? 0);
	if (live === "served" || isFirst && live !== "unreachable") return {
		kind: "go",
		above: NOTHING_ABOVE,
		told: null
	};
	const site = live === "unreachable" ? "the site can not be reached" : "no timestamp is served";
	if (branch === null) return refuse("tuf-published", `expected a published timestamp to go on from, got none, and ${site}; ${HOW}`);
	const limit = latestRenewal(branch, period);
	if (now > limit) return refuse("tuf-published", `expected a timestamp that was to be renewed by ${encodeInstant(limit)}, got version ${String(branch.version)}, which was not, and ${site}: the branch may have been reset; ${HOW}`);
	const told = live === "unknown" ? null : `${site}; the published branch's version ${String(branch.version)}, which is not overdue, was taken for the last one`;
	return {
		kind: "go",
		above: NOTHING_ABOVE,
		told
	};
}
function decideAsTold({ timestamp, snapshot }, branch) {
	if (timestamp > branch && snapshot === null) return refuse("tuf-published", `expected the published branch to have timestamp ${String(timestamp)}, got ${branch === 0 ? "none" : String(branch)}: put it back, or say the version of the snapshot that was last served as well (served-snapshot)`);
	return {
		kind: "go",
		above: {
			timestamp,
			snapshot: snapshot ?? 0
		},
		told: null
	};
}

// src/event/decide-signature.ts
function decideSignature(before, files) {
	const signed = new Map(before);
	const replaced = [];
	for (const { role, file } of files) {
		const name = `${role}@${String(file.signed.version)}`;
		const digest = payloadDigest(file.payload);
		const known = before.get(name) ?? [];
		if (known.at(-1) === digest) continue;
		if (known.length === 0) {
			signed.set(name, [digest]);
			continue;
		}
		const refuse = (detail) => {
			throw new CountersignError("already-signed", name, detail);
		};
		if (known.includes(digest)) refuse(`you have signed sha256:${known.at(-1) ?? ""} in the place of this; a content that was given up is not signed again`);
		if (role !== "root") refuse(`expected sha256:${known.at(-1) ?? ""}, which you have signed for this version, got sha256:${digest}`);
		const named = replacedBy(bindingOf(file.signed, role).raw, role);
		const unnamed = known.find((one) => !named.has(one));
		if (unnamed !== void 0) refuse(`you have signed sha256:${unnamed} for this version, and this root does not say that it takes its place (x-countersign.replaces)`);
		replaced.push(...known);
		signed.set(name, [...known, digest]);
	}
	return {
		signed,
		replaced
	};
}

// src/event/decide-settings.ts
function onlineKey(value) {
	return {
		environment: ONLINE_ENVIRONMENT,
		name: ONLINE_SECRET,
		value
	};
}
function custodyKey(environment, value) {
	return {
		environment,
		name: CUSTODY_SECRET,
		value
	};
}
function admitsOnly(environment, branch) {
	if (environment.admits.kind !== "named") return false;
	const [pattern, ...more] = environment.admits.patterns;
	return more.length === 0 && pattern?.type === "branch" && pattern.name === branch;
}
function refusal(code, where, detail) {
	return {
		code,
		where,
		detail
	};
}
const NOTHING = {
	changes: [],
	refusals: []
};
function ofActions({ actionsOpenPulls }) {
	return actionsOpenPulls.kind === "known" && actionsOpenPulls.value ? NOTHING : {
		changes: [{ kind: "actions-open-pulls" }],
		refusals: []
	};
}
function ofPages({ pages }, { metadataHosting, deploy, begun }) {
	if (metadataHosting === "release" || deploy === "elsewhere") return NOTHING;
	if (pages.kind === "unknown") return {
		changes: [],
		refusals: [refusal("permission-missing", "Pages", pages.reason)]
	};
	switch (pages.value.kind) {
		case "workflow": return pages.value.built && begun === "no" ? {
			changes: [],
			refusals: [pagesInUse("another workflow")]
		} : NOTHING;
		case "off": return {
			changes: [{ kind: "pages-by-workflow" }],
			refusals: []
		};
		case "branch": return {
			changes: [],
			refusals: [pagesInUse(`branch ${pages.value.branch}`)]
		};
		default: return pages.value;
	}
}
function pagesInUse(by) {
	return refusal("already-exists", "Pages", `expected Pages to be free, got a site of ${by}; ${[`let that site's build copy the branch ${PUBLISHED_BRANCH} into a sub-directory and pass --no-deploy --site-url <its address>`, "or keep the metadata in a second repository"].join(", ")}`);
}
function ofEnvironments({ environments, defaultBranch, visibility }, { keys }) {
	if (keys.length === 0) return NOTHING;
	if (environments.kind === "unknown") {
		const plan = visibility === "private" ? "; a private repository has environments on paid plans only, and without them every branch could read a key" : "";
		return {
			changes: [],
			refusals: [refusal(visibility === "private" ? "setting-missing" : "permission-missing", "environments", `${environments.reason}${plan}`)]
		};
	}
	const changes = [];
	const refusals = [];
	for (const name of new Set(keys.map(({ environment }) => environment))) {
		const found = environments.value.get(name);
		if (found !== void 0 && admitsOnly(found, defaultBranch) && found.reviewers === 0 && found.waitMinutes === 0) continue;
		const held = found?.secrets.filter((secret) => keys.some((key) => key.environment === name && key.name === secret)) ?? [];
		if (found !== void 0 && held.length > 0 && !admitsOnly(found, defaultBranch)) {
			const detail = `expected only ${defaultBranch} to be admitted, got more: ${held.join(", ")} may have been read; delete it, run this again, and replace that key`;
			refusals.push(refusal("key-exposed", name, detail));
		} else changes.push({
			kind: "environment",
			name,
			branch: defaultBranch
		});
	}
	return {
		changes,
		refusals
	};
}
function ofShared({ sharedSecrets }, { keys }) {
	if (sharedSecrets.kind === "unknown") return NOTHING;
	const names = new Set(keys.map(({ name }) => name));
	return {
		changes: [],
		refusals: sharedSecrets.value.filter((name) => names.has(name)).map((name) => refusal("key-exposed", name, "expected this secret in its environment only, got one that every branch can read; delete it, and replace that key"))
	};
}
function ofBranches({ rules }) {
	return {
		changes: ["tuf", PUBLISHED_BRANCH].filter((branch) => {
			const found = rules.get(branch);
			return found?.kind !== "known" || found.value.deletion === "allowed" || found.value.forcePush === "allowed";
		}).map((branch) => ({
			kind: "protect-branch",
			branch
		})),
		refusals: []
	};
}
function missingSecrets({ environments }, { keys }) {
	const held = (key) => environments.kind === "known" && environments.value.get(key.environment)?.secrets.includes(key.name) === true;
	return keys.filter((key) => key.value === "new" || !held(key));
}
function decideSettings(facts, wanted) {
	const parts = [
		ofActions(facts),
		ofPages(facts, wanted),
		ofShared(facts, wanted),
		ofEnvironments(facts, wanted),
		ofBranches(facts)
	];
	const missing = missingSecrets(facts, wanted);
	const nobodys = missing.filter(({ value }) => value === "none").map(({ environment, name }) => refusal("signer-key", environment, `expected the key for the secret ${name}, got none`));
	return {
		changes: parts.flatMap(({ changes }) => changes),
		secrets: missing.filter(({ value }) => value !== "none"),
		refusals: [...parts.flatMap(({ refusals }) => refusals), ...nobodys]
	};
}

export { mayBeSigned as $, ONLINE_ENVIRONMENT as A, readProposal as At, pagesUrl as B, proposalBranch as Bt, onlineUris as C, withdrawalBytes as Ct, CALLER_FILE as D, signersFor as Dt, unlistedFiles as E, rolesAmong as Et, custodyEnvironment as F, PROPOSAL_PREFIX as Ft, stagedName as G, STAGED_PREFIX as H, rootHistoryPath as Ht, reviewersToAsk as I, PUBLISHED_BRANCH as It, draftBody as J, compareAssets as K, decideGather as L, ROOT_PATH as Lt, REUSABLE_PATH as M, EVENT_PATH as Mt, SETUP_BRANCH as N, FILE_LIST_PATH as Nt, CALLER_PATH as O, contentOf as Ot, WAKE_PATH as P, POLICY_PATH as Pt, signedReleases as Q, decidePropose as R, classifyPath as Rt, onlinePeriod as S, collectCountersignatures as St, countTargets as T, listenTo as Tt, encodeEventFile as U, MAX_LISTED_TARGETS as V, rolePath as Vt, readEventFile as W, proposedTags as X, draftOwner as Y, requireAssetName as Z, decideTimestamp as _, proposedVersions as _t, decideSignature as a, reviewOnline as at, hostedIn as b, proposedFiles as bt, heldPublication as c, computeBase as ct, encodeFileList as d, restorationOf as dt, proposesAbove as et, isListed as f, signedCommit as ft, decideSnapshot as g, withoutBase as gt, decideUploads as h, payloadOf as ht, onlineKey as i, signedVersions as it, ONLINE_SECRET as j, signersOf as jt, CUSTODY_SECRET as k, mayHold as kt, hostedKey as l, requireEveryKey as lt, reviewTree as m, ownChanges as mt, custodyKey as n, signedElsewhere as nt, decideContinuation as o, reviewHead as ot, readFileList as p, baseFiles as pt, decideReleases as q, decideSettings as r, evaluateEvents as rt, parseServedVersion as s, reviewBrought as st, admitsOnly as t, signedVersion as tt, planPublication as u, vouchedFor as ut, fastClockFindings as v, votersOf as vt, signedFileList as w, signedContents as wt, hostedTargets as x, carriersToAsk as xt, heldOnline as y, evaluateEvent as yt, editBetween as z, freeBranch as zt };
