import { a as requireClaimedKeys, c as parseCountersignatures, i as parsePeople, o as voterOf, r as parsePeriods, u as foldReviews } from "./trust.js";
import { $ as encodeInstant, At as CountersignError, Et as isJsonObject, G as delegatedKeys, J as requireThreshold, K as isBinName, M as parseTimestamp, Mt as quote, N as reachOf, P as rolesFor, Q as addSeconds, T as requireRootTransition, U as parseRoot, V as parseTargets, X as payloadDigest, Y as encodeMetadata, Z as verifySignature, a as planSnapshot, c as editTargets, ct as parseTargetsRoleName, h as newTimestampSigned, ht as encodeCanonicalJson, j as parseSnapshot, jt as outcomeOf, l as stageTargets, lt as parseThreshold, n as isDue, nt as TARGETS, o as planTimestamp, ot as parseSha256, p as newSnapshotSigned, pt as parseKeyId, q as countSignatures, r as listFile, s as sameMeta, t as isDiscardedUnder, ut as parseVersion, vt as requireBinding, wt as objectField, x as reviewTargetPath, xt as asString } from "./tuf.js";

// src/event/signatures.ts
function collectCountersignatures(facts) {
	const posted = [];
	const unreadable = [];
	const carriers = [...facts.reviews.map(({ author, body, state }) => ({
		author,
		body,
		via: "review",
		dismissed: state === "DISMISSED"
	})), ...facts.comments.map(({ author, body }) => ({
		author,
		body,
		via: "comment",
		dismissed: false
	}))];
	for (const { author, body, via, dismissed } of carriers) {
		const outcome = parseCountersignatures(body);
		if (outcome.kind === "refused") unreadable.push({
			who: author.login,
			code: "unreadable",
			detail: `${outcome.refusal.where}: ${outcome.refusal.detail}`
		});
		else posted.push(...outcome.value.map((line) => ({
			line,
			author,
			via,
			dismissed
		})));
	}
	return {
		posted,
		unreadable,
		standings: foldReviews(facts.reviews)
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
	if (posted.dismissed) return ignored("withdrawn", "the review was dismissed");
	if (person.account === null) return null;
	if (person.custody) return custodyReason(judgement, digest, facts, collected, person, ignored);
	if (person.account.id !== author.id) return ignored("not-the-owner", `the key is ${person.name}'s, the account ${String(author.id)} is not`);
	if (collected.standings.get(author.id)?.state === "CHANGES_REQUESTED") return ignored("withdrawn", "asked for changes since");
	return null;
}
function custodyReason(judgement, digest, facts, collected, person, ignored) {
	const standing = person.account === null ? void 0 : collected.standings.get(person.account.id);
	if (standing?.state !== "APPROVED") return ignored("approval-missing", `${person.name} has no standing approval`);
	const commit = standing.review.commitSha;
	return (commit === null ? void 0 : facts.payloadsAt.get(commit)?.get(judgement.role)) === digest ? null : ignored("approval-stale", `${person.name} approved other content`);
}
function judge(judgement, facts, collected) {
	const digest = payloadDigest(judgement.payload);
	const ignored = [];
	const candidates = collected.posted.filter((posted) => {
		if (posted.line.role !== judgement.role) return false;
		const reason = ignoreReason(judgement, digest, facts, collected, posted);
		if (reason !== null) ignored.push(reason);
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
	count.entries.forEach(({ verdict }, index) => {
		if (verdict === "counts" || verdict === "same-key") return;
		ignored.push({
			who: candidates[index]?.author.login ?? "",
			code: "invalid-signature",
			detail: `the signature does not count: ${verdict}`
		});
	});
	const signed = /* @__PURE__ */ new Set([...count.votes.values()]);
	return {
		ignored,
		signatures: candidates.map(({ line }) => line).filter((line, index) => signed.has(line.keyId) && count.entries[index]?.verdict === "counts"),
		requirement: requirementOf(judgement, signed, count.reached)
	};
}
function requirementOf({ by, people, roleKeys }, signed, reached) {
	const named = roleKeys.keyIds.flatMap((keyId) => {
		const person = people.byKey.get(keyId);
		return person === void 0 ? [] : [{
			keyId,
			person
		}];
	});
	return {
		by,
		needed: roleKeys.threshold,
		votes: named.filter(({ keyId }) => signed.has(keyId)).map(({ keyId, person }) => ({
			person: person.name,
			keyId,
			custody: person.custody
		})),
		missing: named.filter(({ keyId }) => !signed.has(keyId)).map(({ person }) => person.name),
		reached
	};
}
function signedVersions(role, repository, people, keys, posted, payloads, current) {
	const versions = /* @__PURE__ */ new Set();
	for (const { line, author } of posted) {
		if (line.role !== role || line.repository !== repository || line.payload === current) continue;
		const person = people.byKey.get(line.keyId);
		const key = keys.get(line.keyId);
		if (person === void 0 || key === void 0) continue;
		const payload = payloads.get(line.payload);
		if (payload !== void 0 && verifySignature(key, payload, line.sig) === "valid" || person.account?.id === author.id) versions.add(line.version);
	}
	return versions;
}

// src/event/layout.ts
const PUBLISHED_BRANCH = "tuf-published";
const PROPOSAL_PREFIX = "sign/";
const POLICY_PATH = "countersign.yaml";
const EVENT_PATH = "event.json";
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

// src/event/proposal.ts
function bindingOf(signed, role) {
	if (signed.binding === null) throw new CountersignError("binding-mismatch", role, "expected x-countersign, got none");
	return signed.binding;
}
function peopleOf(signed, role) {
	return parsePeople(bindingOf(signed, role), `${role} x-countersign`);
}
function checkRoot(root, base) {
	const { signed } = root;
	if (base !== null) requireBinding(base.root.signed.binding, signed.binding, "root", "root");
	else requireBinding(bindingOf(signed, "root"), signed.binding, "root", "root");
	const people = peopleOf(signed, "root");
	requireClaimedKeys("root", signed.roles.root, signed.keys, people);
	requireClaimedKeys("targets", signed.roles.targets, signed.keys, people);
	for (const online of ["snapshot", "timestamp"]) for (const keyId of signed.roles[online].keyIds) {
		const person = people.byKey.get(keyId);
		if (person !== void 0) throw new CountersignError("people-invalid", online, `expected an online key, got the one of ${person.name}`);
	}
}
function checkTargets(role, file, anchor) {
	requireBinding(anchor, file.signed.binding, role, role);
	const { delegations } = file.signed;
	if (delegations === null) return;
	const people = peopleOf(file.signed, role);
	const delegated = delegations.kind === "roles" ? delegations.roles : [{
		...delegations.succinct,
		name: delegations.succinct.namePrefix
	}];
	for (const one of delegated) requireClaimedKeys(one.name, one, delegations.keys, people);
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
		if (bytes === null || what.kind === "unclaimed" || what.kind === "policy" && base !== null) problem(unclaimed(path));
		else if (what.kind === "root") files.root = bytes;
		else if (what.kind === "policy") files.policy = bytes;
		else if (what.kind === "root-history") files.history.set(path, bytes);
		else files.roles.set(what.role, bytes);
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
			checkRoot(parsed, base);
			const path = rootHistoryPath(parsed.signed.version);
			const history = files.history.get(path);
			if (history === void 0 || Buffer.compare(history, bytes) !== 0) throw new CountersignError("event-invalid", path, `expected a copy of ${ROOT_PATH}`);
			files.history.delete(path);
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
	for (const [name, { file }] of base.roles) {
		const { delegations } = file.signed;
		if (delegations === null) continue;
		for (const child of delegations.kind === "roles" ? delegations.roles : []) if (child.name === role) return {
			keys: delegations.keys,
			roleKeys: child,
			people: peopleOf(file.signed, name)
		};
		if (delegations.kind === "succinct" && isBinName(delegations.succinct, role)) return {
			keys: delegations.keys,
			roleKeys: delegations.succinct,
			people: peopleOf(file.signed, name)
		};
	}
	return null;
}

// src/event/base.ts
function highest(where, valid) {
	let best = null;
	for (const candidate of valid) if (best === null || candidate.file.signed.version > best.file.signed.version) best = candidate;
	else if (candidate.file.signed.version === best.file.signed.version) {
		const [a, b] = [payloadDigest(candidate.file.payload), payloadDigest(best.file.payload)];
		if (a !== b) throw new CountersignError("equivocation", `${where}@${String(best.file.signed.version)}`, `expected one content, got sha256:${b} and sha256:${a}, both validly signed`);
	}
	return best;
}
function accepted(candidates, findings, parse, check) {
	return candidates.flatMap(({ source, bytes }) => {
		const outcome = outcomeOf(() => {
			const file = parse(bytes);
			check(file);
			return file;
		});
		if (outcome.kind === "accepted") return [{
			file: outcome.value,
			bytes,
			source
		}];
		if (source !== "history") findings.push({
			...outcome.refusal,
			source
		});
		return [];
	});
}
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
function rootChain(candidates, anchor, findings) {
	const byVersion = /* @__PURE__ */ new Map();
	for (const root of accepted(candidates, findings, parseRoot, () => void 0)) {
		const version = root.file.signed.version;
		byVersion.set(version, [...byVersion.get(version) ?? [], root]);
	}
	const chain = [];
	for (let version = 1;; version++) {
		const previous = chain.at(-1);
		const next = highest("root", accepted(byVersion.get(version) ?? [], findings, parseRoot, (file) => {
			if (previous === void 0) requireFirstRoot(file, anchor);
			else requireRootTransition(previous.file, file);
		}));
		if (next === null) return chain;
		chain.push(next);
	}
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
function delegatedNames(delegations, known) {
	if (delegations.kind === "roles") return delegations.roles.map((role) => role.name);
	return [...known].filter((name) => isBinName(delegations.succinct, name));
}
function computeBase(candidates, anchor) {
	const findings = [];
	const roots = rootChain(candidates.roots, anchor, findings);
	const root = roots.at(-1)?.file;
	if (root === void 0) return {
		base: null,
		findings
	};
	const { binding } = root.signed;
	if (binding === null) throw new CountersignError("base-missing", "root", "expected a root made by Countersign, got one without x-countersign");
	const roles = /* @__PURE__ */ new Map();
	const visit = (name, delegator, keys, role) => {
		if (roles.has(name)) return;
		const valid = accepted(candidates.roles.get(name) ?? [], findings, parseTargets, (file) => {
			const where = `${name}@${String(file.signed.version)}`;
			requireThreshold({
				payload: file.payload,
				signatures: file.signatures,
				keys,
				role
			}, where);
			requireBinding(binding, file.signed.binding, name, where);
		});
		const best = highest(name, valid);
		if (best === null) {
			findings.push({
				source: "metadata-branch",
				code: "role-missing",
				where: name,
				detail: `expected a file that verifies as ${delegator} delegates it, got none`
			});
			return;
		}
		reportBelowFloor(name, best, valid, findings);
		roles.set(name, {
			file: best.file,
			bytes: best.bytes,
			delegator
		});
		const { delegations } = best.file.signed;
		if (delegations === null) return;
		for (const child of delegatedNames(delegations, candidates.roles.keys())) {
			const childKeys = delegations.kind === "roles" ? delegations.roles.find((one) => one.name === child) : delegations.succinct;
			if (childKeys !== void 0) visit(child, name, delegations.keys, childKeys);
		}
	};
	visit(TARGETS, "root", root.signed.keys, root.signed.roles.targets);
	return {
		base: {
			repository: binding.repository,
			roots,
			root,
			roles
		},
		findings
	};
}
function reportBelowFloor(name, best, valid, findings) {
	const head = valid.find((one) => one.source === "metadata-branch");
	if (head !== void 0 && head.file.signed.version < best.file.signed.version) findings.push({
		source: "metadata-branch",
		code: "rollback",
		where: `${name}@${String(head.file.signed.version)}`,
		detail: `expected version ${String(best.file.signed.version)}, which is verified elsewhere; it is built upon as if the branch had it`
	});
}

// src/event/decide-propose.ts
function periodOf(base, role) {
	const verified = base.roles.get(role);
	const signed = verified?.delegator === "root" ? base.root.signed : base.roles.get(verified?.delegator ?? role)?.file.signed;
	const period = signed === void 0 ? void 0 : parsePeriods(bindingOf(signed, role), role).get(role);
	if (period === void 0) throw new CountersignError("policy-invalid", role, "expected its delegator to say how long it lasts, got no period");
	return period;
}
function freeVersion(base, role, used) {
	let version = (base.roles.get(role)?.file.signed.version ?? 0) + 1;
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
function decidePropose(facts) {
	const current = requireRole(facts.base, facts.role);
	requireProposable(facts);
	const last = facts.open.filter(({ status }) => status.state !== "invalid" && status.state !== "outdated").at(-1);
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
	if (!last.status.signed) {
		const proposal = build(facts, last.proposed, last.proposed.version);
		return proposal === null ? {
			kind: "nothing-new",
			number
		} : {
			kind: "add",
			proposal,
			number
		};
	}
	if (stageTargets(last.proposed, facts.edit).changes.length === 0) return {
		kind: "nothing-new",
		number
	};
	const version = freeVersion(facts.base, facts.role, used);
	switch (facts.whenOpen) {
		case "fail": throw new CountersignError("event-open", facts.role, `expected no signed event, got #${String(number)}; wait for it, or pass when-open queue or add`);
		case "queue": {
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
				behind: null,
				replaces: number
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

// src/event/evaluate.ts
function rolesAfter(base, proposal) {
	const roles = /* @__PURE__ */ new Map();
	for (const [name, { file }] of base?.roles ?? []) roles.set(name, file);
	for (const [name, file] of proposal.roles) roles.set(name, file);
	return roles;
}
function delegatorOf(role, root, after) {
	if (role === "targets") {
		const { signed } = root;
		return {
			by: `root v${String(signed.version)}`,
			signed,
			name: "root",
			keys: signed.keys,
			roleKeys: signed.roles.targets
		};
	}
	for (const [name, { signed }] of after) {
		const roleKeys = signed.delegations === null ? null : delegatedKeys(signed.delegations, role);
		if (signed.delegations !== null && roleKeys !== null) return {
			by: `${name} v${String(signed.version)}`,
			signed,
			name,
			keys: signed.delegations.keys,
			roleKeys
		};
	}
	return null;
}
function judgeRoot(root, base, facts, collected) {
	const { signed, payload } = root;
	const own = {
		repository: repositoryOf(root),
		role: "root",
		version: signed.version,
		payload
	};
	const all = base === null ? parseThreshold(signed.roles.root.keyIds.length, "root") : signed.roles.root.threshold;
	const asNew = judge({
		...own,
		by: base === null ? "root v1 (every key)" : `root v${String(signed.version)}`,
		keys: signed.keys,
		roleKeys: {
			...signed.roles.root,
			threshold: all
		},
		people: peopleOf(signed, "root")
	}, facts, collected);
	if (base === null) return [asNew];
	const old = base.root.signed;
	return [judge({
		...own,
		by: `root v${String(old.version)}`,
		keys: old.keys,
		roleKeys: old.roles.root,
		people: peopleOf(old, "root")
	}, facts, collected), asNew];
}
function repositoryOf(root) {
	if (root.signed.binding === null) throw new CountersignError("binding-mismatch", "root", "expected x-countersign, got none");
	return root.signed.binding.repository;
}
function statusOf(role, file, judged, delegatorComplete) {
	const ignored = new Map(judged.flatMap((one) => one.ignored).map((one) => [`${one.who} ${one.code} ${one.detail}`, one]));
	const counted = new Set(judged.flatMap((one) => one.signatures.map(({ keyId }) => keyId)));
	return {
		role,
		version: file.signed.version,
		payload: payloadDigest(file.payload),
		requirements: judged.map((one) => one.requirement),
		ignored: [...ignored.values()].filter((one) => one.code !== "not-a-signer" || counted.size === 0),
		complete: delegatorComplete && judged.every((one) => one.requirement.reached)
	};
}
function problemsOf(role, file, delegator, base, after, now) {
	const problems = [...renewalProblems(role, file, delegator, now)];
	const before = base?.roles.get(role)?.file.signed.targets ?? /* @__PURE__ */ new Map();
	const roles = new Map([...after].map(([name, { signed }]) => [name, signed]));
	for (const [path, entry] of file.signed.targets) {
		if (before.get(path)?.hashes.get("sha256") === entry.hashes.get("sha256") && before.has(path)) continue;
		const reach = reachOf(path, role, roles);
		if (reach.kind === "reached") continue;
		problems.push({
			code: "target-unreachable",
			where: `${role} ${path}`,
			detail: `expected a path at which clients find this role, got one that is ${reach.kind}`
		});
	}
	return problems;
}
function renewalProblems(role, file, delegator, now) {
	const binding = delegator.signed.binding;
	const renewSeconds = binding === null ? 0 : parsePeriods(binding, delegator.name).get(role)?.renewSeconds ?? 0;
	if (file.signed.expires - now > renewSeconds) return [];
	return [{
		code: "expired",
		where: `${role}@${String(file.signed.version)}`,
		detail: `expected more than the renewal period before ${encodeInstant(file.signed.expires)}; abandon this event and propose again`
	}];
}
function danglingRoles(root, after, proposal) {
	const problems = [];
	const requireFile = (role, keys, roleKeys, by) => {
		if (proposal.roles.has(role)) return;
		const file = after.get(role);
		if (!(file !== void 0 && countSignatures({
			payload: file.payload,
			signatures: file.signatures,
			keys,
			role: roleKeys
		}).reached)) problems.push({
			code: "role-missing",
			where: role,
			detail: `expected a new version in this event: ${by} changes who signs it`
		});
	};
	if (proposal.root !== null) requireFile(TARGETS, root.signed.keys, root.signed.roles.targets, "root");
	for (const [name, { signed }] of proposal.roles) for (const child of namedDelegations(signed.delegations)) requireFile(child.name, signed.delegations?.keys ?? /* @__PURE__ */ new Map(), child, name);
	return problems;
}
function namedDelegations(delegations) {
	return delegations?.kind === "roles" ? delegations.roles : [];
}
function walk(facts, proposal, root, base, now) {
	const collected = collectCountersignatures(facts);
	const after = rolesAfter(base, proposal);
	const roles = [];
	const problems = [...danglingRoles(root, after, proposal)];
	const files = /* @__PURE__ */ new Map();
	const complete = /* @__PURE__ */ new Map();
	let outdated = false;
	if (proposal.root !== null) {
		const judged = judgeRoot(proposal.root, base, facts, collected);
		const status = statusOf("root", proposal.root, judged, true);
		roles.push(status);
		complete.set("root", status.complete);
		problems.push(...rootProblems(proposal.root, base, now));
		problems.push(...rootResigned(proposal.root, status, facts, collected));
		const bytes = encodeMetadata(proposal.root.signed.raw, uniqueSignatures(judged));
		files.set(ROOT_PATH, bytes).set(rootHistoryPath(proposal.root.signed.version), bytes);
	}
	for (const [role, file] of topDown(proposal.roles, root, after)) {
		const delegator = delegatorOf(role, root, after);
		if (delegator === null) {
			problems.push({
				code: "role-unknown",
				where: rolePath(role),
				detail: "expected a role that is delegated, got one that nobody delegates"
			});
			continue;
		}
		const people = peopleOf(delegator.signed, delegator.name);
		const judged = judge({
			...delegator,
			repository: repositoryOf(root),
			role,
			version: file.signed.version,
			payload: file.payload,
			people
		}, facts, collected);
		const status = statusOf(role, file, [judged], complete.get(delegator.name) ?? true);
		roles.push(status);
		complete.set(role, status.complete);
		problems.push(...problemsOf(role, file, delegator, base, after, now));
		outdated ||= isOutdated(role, file, facts, base);
		outdated ||= signedVersions(role, repositoryOf(root), people, delegator.keys, collected.posted, facts.earlierPayloads, status.payload).has(file.signed.version);
		files.set(rolePath(role), encodeMetadata(file.signed.raw, uniqueSignatures([judged])));
	}
	const [first, ...rest] = roles;
	return {
		roles: first === void 0 ? [] : [{
			...first,
			ignored: [...collected.unreadable, ...first.ignored]
		}, ...rest],
		problems,
		outdated,
		files
	};
}
function topDown(roles, root, after) {
	const depth = (role, seen) => {
		const delegator = delegatorOf(role, root, after);
		if (delegator === null || delegator.name === "root" || seen > 32) return 0;
		const parent = [...after.keys()].find((name) => name === delegator.name);
		return parent === void 0 ? 0 : 1 + depth(parent, seen + 1);
	};
	return [...roles].map((entry) => ({
		entry,
		depth: depth(entry[0], 0)
	})).sort((a, b) => a.depth - b.depth).map(({ entry }) => entry);
}
function uniqueSignatures(judged) {
	return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, {
		keyId: one.keyId,
		sig: one.sig
	}])).values()];
}
function rootProblems(root, base, now) {
	const expected = (base?.root.signed.version ?? 0) + 1;
	const problems = [...renewalProblems("root", root, {
		signed: root.signed,
		name: "root"
	}, now)];
	if (root.signed.version !== expected) problems.push({
		code: "rollback",
		where: `root@${String(root.signed.version)}`,
		detail: `expected version ${String(expected)}`
	});
	return problems;
}
function rootResigned(root, status, facts, collected) {
	const people = peopleOf(root.signed, "root");
	if (!signedVersions("root", repositoryOf(root), people, root.signed.keys, collected.posted, facts.earlierPayloads, status.payload).has(root.signed.version)) return [];
	return [{
		code: "already-signed",
		where: `root@${String(root.signed.version)}`,
		detail: "expected the bytes that were signed under this version; abandon the event to start again"
	}];
}
function isOutdated(role, file, facts, base) {
	const now = base?.roles.get(role);
	if (now === void 0) return false;
	if (file.signed.version <= now.file.signed.version) return true;
	const fork = facts.forkedFrom.get(role);
	return fork !== void 0 && Buffer.compare(fork, now.bytes) !== 0;
}
function evaluateEvent(facts, base, now) {
	const proposal = readProposal(facts.changes, base);
	const root = proposal.root ?? base?.root ?? null;
	const status = (state, rest, problems) => ({
		pull: facts.pull,
		state,
		roles: rest.roles ?? [],
		problems,
		signed: (rest.roles ?? []).some((role) => role.requirements.some((one) => one.votes.length > 0)),
		files: state === "complete" ? rest.files ?? /* @__PURE__ */ new Map() : /* @__PURE__ */ new Map(),
		behind: null
	});
	if (root === null || proposal.problems.length > 0) return status("invalid", {}, proposal.problems);
	const outcome = outcomeOf(() => walk(facts, proposal, root, base, now));
	if (outcome.kind === "refused") return status("invalid", {}, [outcome.refusal]);
	const { roles, problems, outdated } = outcome.value;
	if (outdated) return status("outdated", outcome.value, problems);
	if (problems.length > 0) return status("invalid", outcome.value, problems);
	const complete = roles.length > 0 && roles.every((role) => role.complete);
	const files = new Map(outcome.value.files);
	if (proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
	return status(complete ? "complete" : "waiting", {
		...outcome.value,
		files
	}, []);
}

// src/event/decide-gather.ts
function firstRole(facts, base) {
	const proposal = readProposal(facts.changes, base);
	if (proposal.root !== null) return {
		role: "root",
		version: proposal.root.signed.version
	};
	const [first] = proposal.roles;
	return first === void 0 ? null : {
		role: first[0],
		version: first[1].signed.version
	};
}
function withQueue(statuses, facts) {
	const active = /* @__PURE__ */ new Map();
	const entries = statuses.map((status, index) => {
		const event = facts.events[index];
		return {
			status,
			first: event === void 0 || status.state === "invalid" ? null : firstRole(event, facts.base)
		};
	});
	for (const { status, first } of entries) {
		if (first === null) continue;
		const best = active.get(first.role);
		if (best === void 0 || first.version < best.version) active.set(first.role, {
			number: status.pull.number,
			version: first.version
		});
	}
	return entries.map(({ status, first }) => {
		const behind = first === null ? void 0 : active.get(first.role)?.number;
		if (behind === void 0 || behind === status.pull.number) return status;
		return {
			...status,
			state: "queued",
			behind,
			files: /* @__PURE__ */ new Map()
		};
	});
}
function withoutTargets(signed) {
	const rest = new Map(signed);
	for (const key of [
		"targets",
		"version",
		"expires"
	]) rest.delete(key);
	return encodeCanonicalJson(rest);
}
function targetsEdit(facts, base) {
	const proposal = readProposal(facts.changes, base);
	const [only, ...more] = proposal.roles;
	if (only === void 0 || more.length > 0 || proposal.root !== null || proposal.problems.length > 0) return null;
	const [role, file] = only;
	const bytes = facts.forkedFrom.get(role);
	const fork = bytes === void 0 ? null : outcomeOf(() => parseTargets(bytes));
	const before = fork?.kind === "accepted" ? fork.value.signed : base.roles.get(role)?.file.signed;
	if (before === void 0) return null;
	return Buffer.compare(withoutTargets(before.raw), withoutTargets(file.signed.raw)) === 0 ? {
		role,
		before,
		after: file.signed
	} : null;
}
function rebuild(event, status, base, facts) {
	const edit = targetsEdit(event, base);
	if (edit === null) return null;
	const { role, before, after } = edit;
	const used = facts.signedVersions.get(role) ?? /* @__PURE__ */ new Set();
	const keeps = !status.signed && !used.has(after.version) && after.version > (base.roles.get(role)?.file.signed.version ?? 0);
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
			open: [],
			signedVersions: used,
			now: facts.now
		});
	});
	if (outcome.kind === "refused") return null;
	if (outcome.value.kind !== "open") return {
		kind: "close",
		status,
		reason: "everything that it changes is published already"
	};
	const { proposal } = outcome.value;
	const version = keeps ? after.version : freeVersion(base, role, /* @__PURE__ */ new Set([...used, after.version]));
	const signed = new Map(proposal.signed).set("version", version);
	return {
		kind: "rebuild",
		status,
		proposal: {
			...proposal,
			version,
			branch: `sign/${role}-v${String(version)}`,
			signed
		}
	};
}
function decideGather(facts) {
	const statuses = withQueue(facts.events.map((event) => evaluateEvent(event, facts.base, facts.now)), facts);
	const effects = [];
	let completing = false;
	statuses.forEach((status, index) => {
		const event = facts.events[index];
		if (event === void 0) return;
		if (status.state === "complete" && !completing) {
			completing = true;
			effects.push({
				kind: "complete",
				status
			});
			return;
		}
		const effect = status.state === "outdated" && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
		effects.push(effect ?? {
			kind: "report",
			status
		});
	});
	return {
		statuses,
		effects
	};
}

// src/event/decide-publish.ts
function latest(repository, role, all, roots, parse) {
	let best = null;
	for (const bytes of all) {
		const outcome = outcomeOf(() => parse(bytes));
		if (outcome.kind === "refused") continue;
		const file = outcome.value;
		if (file.signed.binding?.repository !== repository) continue;
		if (roots.some((root) => countSignatures({
			payload: file.payload,
			signatures: file.signatures,
			keys: root.keys,
			role: root.roles[role]
		}).reached) && (best === null || file.signed.version > best.file.signed.version)) best = {
			file,
			bytes
		};
	}
	return best;
}
function heldOnline(base, files) {
	const roots = base.roots.map(({ file }) => file.signed);
	return {
		snapshot: latest(base.repository, "snapshot", files.snapshots, roots, parseSnapshot),
		timestamp: latest(base.repository, "timestamp", files.timestamps, roots, parseTimestamp)
	};
}
function onlinePeriod(base, role) {
	const period = parsePeriods(bindingOf(base.root.signed, "root"), "root").get(role);
	if (period === void 0) throw new CountersignError("policy-invalid", role, "expected the root to say how long it lasts, got no period");
	return period;
}
function decideSnapshot(base, held, now) {
	const files = /* @__PURE__ */ new Map();
	for (const [role, { file, bytes }] of base.roles) files.set(role, listFile(file.signed.version, bytes));
	const plan = planSnapshot(held.snapshot?.file ?? null, base.root.signed, files);
	const period = onlinePeriod(base, "snapshot");
	const why = snapshotReason(base, held, now, period, plan);
	if (why === null && held.snapshot !== null) return {
		kind: "keep",
		bytes: held.snapshot.bytes
	};
	const header = {
		version: plan.version,
		expires: addSeconds(now, period.expiresSeconds)
	};
	return {
		kind: "sign",
		signed: newSnapshotSigned(header, base.repository, plan.meta),
		why: why ?? "first publication"
	};
}
function snapshotReason(base, held, now, period, plan) {
	if (held.snapshot === null) return "first publication";
	const { file } = held.snapshot;
	if (!sameMeta(file.signed, plan)) return "roles changed";
	if (isDiscardedUnder(base.root.signed, "snapshot", file)) return "the snapshot key changed";
	return isDue(file.signed.expires, now, period.renewSeconds) ? `it expires ${encodeInstant(file.signed.expires)}` : null;
}
function decideTimestamp(base, held, snapshotBytes, now) {
	const listed = listFile(parseSnapshot(snapshotBytes).signed.version, snapshotBytes);
	const plan = planTimestamp(held.timestamp?.file ?? null, base.root.signed, listed);
	const period = onlinePeriod(base, "timestamp");
	const why = timestampReason(base, held, now, period, listed);
	if (why === null && held.timestamp !== null) return {
		kind: "keep",
		bytes: held.timestamp.bytes
	};
	const header = {
		version: plan.version,
		expires: addSeconds(now, period.expiresSeconds)
	};
	return {
		kind: "sign",
		signed: newTimestampSigned(header, base.repository, plan.snapshot),
		why: why ?? "first publication"
	};
}
function timestampReason(base, held, now, period, listed) {
	if (held.timestamp === null) return "first publication";
	const { file } = held.timestamp;
	const { snapshot } = file.signed;
	if (snapshot.version !== listed.version || snapshot.hashes?.get("sha256") !== listed.sha256) return "the snapshot changed";
	if (isDiscardedUnder(base.root.signed, "timestamp", file)) return "the timestamp key changed";
	return isDue(file.signed.expires, now, period.renewSeconds) ? `it expires ${encodeInstant(file.signed.expires)}` : null;
}
function onlineUris(root) {
	const uris = /* @__PURE__ */ new Map();
	const { raw } = bindingOf(root, "root");
	if (!raw.has("online")) return uris;
	for (const [id, uri] of objectField(raw, "online", "root x-countersign")) uris.set(parseKeyId(id, "online"), asString(uri, "online"));
	return uris;
}
function hostedTargets(base) {
	const hosted = [];
	for (const { file } of base.roles.values()) for (const [path, target] of file.signed.targets) {
		const custom = target.raw.get("custom");
		const ours = isJsonObject(custom) ? custom.get("x-countersign") : void 0;
		if (!isJsonObject(ours) || ours.get("hosting") !== "site") continue;
		hosted.push({
			path,
			length: target.length,
			sha256: parseSha256(target.hashes.get("sha256") ?? "", path)
		});
	}
	return hosted;
}

export { signedVersions as S, classifyPath as _, onlineUris as a, rootHistoryPath as b, computeBase as c, signersOf as d, EVENT_PATH as f, ROOT_PATH as g, PUBLISHED_BRANCH as h, hostedTargets as i, peopleOf as l, PROPOSAL_PREFIX as m, decideTimestamp as n, decideGather as o, POLICY_PATH as p, heldOnline as r, decidePropose as s, decideSnapshot as t, readProposal as u, proposalBranch as v, collectCountersignatures as x, rolePath as y };
