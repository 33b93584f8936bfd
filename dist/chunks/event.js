import { $ as requireThreshold, A as reviewTargetPath, At as TARGETS, B as parseSnapshot, Bt as outcomeOf, Ct as objectField, Et as isJsonObject, G as parseRoot, H as parseTargets, Ht as unwrap, It as parseTargetsRoleName, J as delegatedKeys, Lt as parseThreshold, O as reviewPattern, P as requireRootTransition, Pt as parseSha256, Q as countSignatures, Rt as parseVersion, St as integerField, V as parseTimestamp, Vt as quote, X as isBinName, _t as arrayField, a as planSnapshot, bt as asString, c as editTargets, d as rolesFor, et as encodeMetadata, ft as encodeCanonicalJson, g as newSnapshotSigned, gt as requireBinding, it as encodeInstant, jt as TOP_LEVEL_ROLES, k as reviewRoleName, kt as parseJson, l as stageTargets, lt as parseKeyId, m as jsonObject, n as isDue, nt as verifySignature, o as planTimestamp, pt as encodeJsonFile, r as listFile, rt as addSeconds, s as sameMeta, t as isDiscardedUnder, tt as payloadDigest, u as reachOf, ut as sha256Hex, v as newTimestampSigned, wt as stringField, yt as asObject, zt as CountersignError } from "./tuf.js";
import { a as requireClaimedKeys, c as parseCommitSha, f as foldReviews, i as parsePeople, o as requireOnlineKeys, r as parsePeriods, s as voterOf, u as parseCountersignatures } from "./trust.js";

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
function signedContents(role, repository, people, keys, posted, payloads) {
	const contents = /* @__PURE__ */ new Map();
	for (const { line, author } of posted) {
		if (line.role !== role || line.repository !== repository) continue;
		const person = people.byKey.get(line.keyId);
		const key = keys.get(line.keyId);
		if (person === void 0 || key === void 0) continue;
		const payload = payloads.get(line.payload);
		if (!(payload !== void 0 && verifySignature(key, payload, line.sig) === "valid") && person.account?.id !== author.id) continue;
		contents.set(line.version, (contents.get(line.version) ?? /* @__PURE__ */ new Set()).add(line.payload));
	}
	return contents;
}
function isSignedOtherwise(contents, version, payload) {
	return [...contents.get(version) ?? []].some((digest) => digest !== payload);
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
function onlyOnce(read) {
	const known = /* @__PURE__ */ new Map();
	return (bytes) => {
		const digest = sha256Hex(bytes);
		const outcome = known.get(digest) ?? outcomeOf(() => read(bytes));
		known.set(digest, outcome);
		return unwrap(outcome);
	};
}
function accepted(candidates, findings, parse, check) {
	const read = onlyOnce((bytes) => {
		const file = parse(bytes);
		check(file);
		return file;
	});
	return candidates.flatMap(({ source, bytes, path }) => {
		const outcome = outcomeOf(() => read(bytes));
		if (outcome.kind === "accepted") return [{
			file: outcome.value,
			bytes,
			source
		}];
		const { refusal } = outcome;
		const where = path !== void 0 && refusal.where.startsWith("$") ? `${path} ${refusal.where}` : refusal.where;
		if (source !== "history") findings.push({
			...refusal,
			where,
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
	const parse = onlyOnce(parseRoot);
	for (const root of accepted(candidates, findings, parse, () => void 0)) {
		const version = root.file.signed.version;
		byVersion.set(version, [...byVersion.get(version) ?? [], root]);
	}
	const chain = [];
	const verified = [];
	for (let version = 1;; version++) {
		const previous = chain.at(-1);
		const valid = accepted(byVersion.get(version) ?? [], findings, parse, (file) => {
			if (previous === void 0) requireFirstRoot(file, anchor);
			else requireRootTransition(previous.file, file);
		});
		const next = highest("root", valid);
		if (next === null) {
			reportUnreachedRoots(version, byVersion, findings);
			reportBelowFloor("root", chain.length, verified, findings);
			return chain;
		}
		chain.push(next);
		verified.push(...valid);
	}
}
function reportUnreachedRoots(end, byVersion, findings) {
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
		reportBelowFloor(name, best.file.signed.version, valid, findings);
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
	requireClaimedKeys("root", signed.roles.root, signed.keys, people);
	requireClaimedKeys("targets", signed.roles.targets, signed.keys, people);
	for (const online of ["snapshot", "timestamp"]) requireOnlineKeys(online, signed.roles[online], signed.keys, people);
	requirePeriods(signed, TOP_LEVEL_ROLES);
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
	if (delegations.kind === "succinct") {
		const { namePrefix } = delegations.succinct;
		requireReadable(reviewRoleName(namePrefix), namePrefix);
		requireClaimedKeys(namePrefix, delegations.succinct, delegations.keys, people);
		requirePeriods(signed, [namePrefix]);
		return;
	}
	for (const one of delegations.roles) {
		requireReadable(reviewRoleName(one.name), one.name);
		if (one.paths.kind === "patterns") for (const pattern of one.paths.patterns) requireReadable(reviewPattern(pattern), one.name);
		requireClaimedKeys(one.name, one, delegations.keys, people);
		requirePeriods(signed, [one.name]);
	}
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

// src/event/release-files.ts
const ASSET_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*[A-Za-z0-9_-]$/;
const DIGEST_CHARACTERS = 65;
const MAX_NAME_CHARACTERS = 255;
function requireAssetName(name) {
	if (ASSET_NAME.test(name) && name.length + DIGEST_CHARACTERS <= MAX_NAME_CHARACTERS) return;
	throw new CountersignError("asset-name", quote(name), `expected a name of letters, digits and "._-" that neither begins nor ends with a dot, of at most 190 characters; a release would rename it`);
}
function oursOf(target) {
	const custom = target.raw.get("custom");
	const ours = isJsonObject(custom) ? custom.get("x-countersign") : void 0;
	return isJsonObject(ours) ? ours : null;
}
function sourceCommitOf(target) {
	const commit = oursOf(target)?.get("commit");
	const parsed = typeof commit === "string" ? outcomeOf(() => parseCommitSha(commit, "commit")) : null;
	return parsed?.kind === "accepted" ? parsed.value : null;
}
function hostingOf(target) {
	const hosting = oursOf(target)?.get("hosting");
	return hosting === "site" || hosting === "release" ? hosting : "none";
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
	if (facts.awaited.has(tag)) return null;
	const published = all.find(({ draft }) => !draft);
	if (published !== void 0) return reviewPublic(facts, signed, published);
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
function encodeContribution({ origin, targets, staged }) {
	return jsonObject({
		origin: origin === null ? void 0 : encodeOrigin(origin),
		staged: staged ?? void 0,
		targets: targets === null ? void 0 : [...targets]
	});
}
function encodeEventFile({ role, version, contributions }) {
	const kept = contributions.slice(-100).map(encodeContribution);
	return encodeJsonFile(jsonObject({
		contributions: kept,
		format: 1,
		role,
		version
	}));
}
function parseOrigin(raw, where) {
	return {
		runId: integerField(raw, "run", where),
		runUrl: stringField(raw, "url", where),
		workflow: stringField(raw, "workflow", where),
		commit: stringField(raw, "commit", where),
		actor: stringField(raw, "actor", where),
		ref: stringField(raw, "ref", where)
	};
}
function parseContribution(value) {
	const raw = asObject(value, "contribution");
	const origin = raw.get("origin");
	return {
		origin: origin === void 0 ? null : parseOrigin(asObject(origin, "origin"), "origin"),
		targets: raw.has("targets") ? arrayField(raw, "targets", "contribution").map((path) => asString(path, "targets")) : null,
		staged: raw.has("staged") ? stringField(raw, "staged", "contribution") : null
	};
}
function readEventFile(bytes) {
	const outcome = outcomeOf(() => {
		const raw = asObject(parseJson(bytes), "$");
		return {
			role: stringField(raw, "role", "$"),
			version: integerField(raw, "version", "$"),
			contributions: arrayField(raw, "contributions", "$").map(parseContribution)
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
	const usable = facts.open.filter(({ status }) => status.state !== "invalid" && status.state !== "outdated");
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
	if (!last.status.signed) {
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
	if (stageTargets(last.proposed, facts.edit).changes.length === 0) return {
		kind: "nothing-new",
		number
	};
	const version = freeVersion(facts.base, facts.role, used);
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
				behind: null,
				replaces: number
			};
		}
		default: return facts.whenOpen;
	}
}
function leftBehind({ base, role, open }) {
	const [last, before] = open.filter(({ status }) => status.state !== "invalid" && status.state !== "outdated").reverse();
	if (last === void 0 || before === void 0 || last.status.signed || !before.status.signed) return null;
	const edit = editBetween(requireRole(base, role), before.proposed);
	const remove = new Set([...edit.remove].filter((path) => last.proposed.targets.has(path)));
	return stageTargets(last.proposed, {
		...edit,
		remove
	}).changes.length === 0 ? before.status.pull.number : null;
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

// src/event/delegators.ts
function rolesAfter(base, proposal) {
	const roles = /* @__PURE__ */ new Map();
	for (const [name, { file }] of base?.roles ?? []) roles.set(name, file);
	for (const [name, file] of proposal.roles) roles.set(name, file);
	return roles;
}
function childrenOf({ delegations }, after) {
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
		for (const child of childrenOf(file, after)) {
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
function delegationProblems(proposal, after, delegators) {
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
		for (const delegator of changed) problems.push(...danglingRole(role, delegator, proposal, after));
	}
	return [...problems, ...missingBins(proposal, after)];
}
function danglingRole(role, delegator, proposal, after) {
	if (proposal.roles.has(role)) return [];
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
		const [expected, actual] = [2 ** signed.delegations.succinct.bitLength, childrenOf(signed, after).length];
		if (actual === expected) return [];
		return [{
			code: "role-missing",
			where: name,
			detail: `expected a file for each of ${String(expected)} bins, got ${String(actual)}`
		}];
	});
}

// src/event/file-problems.ts
const MAX_VERSION_STEP = 1e4;
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
	if (version > (before?.version ?? 0) + MAX_VERSION_STEP) {
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

// src/event/evaluate.ts
function judgeRoot(root, { base, facts, collected }) {
	const { signed, payload } = root;
	const own = {
		repository: bindingOf(signed, "root").repository,
		role: "root",
		version: signed.version,
		payload
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
function isResigned({ role, version, payload }, repository, signers, scene) {
	const { base, facts, collected } = scene;
	const before = base === null ? null : signersOf(base, role);
	return [signers, ...before === null ? [] : [before]].some(({ people, keys }) => isSignedOtherwise(signedContents(role, repository, people, keys, collected.posted, facts.earlierPayloads), version, payload));
}
function uniqueSignatures(judged) {
	return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, {
		keyId: one.keyId,
		sig: one.sig
	}])).values()];
}
function rootFile(root, scene) {
	const judged = judgeRoot(root, scene);
	const status = statusOf("root", root, judged, true);
	const problems = [...rootProblems(root, scene.base, scene.now)];
	const { keys, roles } = root.signed;
	if (isResigned(status, bindingOf(root.signed, "root").repository, {
		keys,
		roleKeys: roles.root,
		people: peopleOf(root.signed, "root")
	}, scene)) problems.push({
		code: "already-signed",
		where: `root@${String(root.signed.version)}`,
		detail: "expected the bytes that were signed under this version; abandon the event to start again"
	});
	return {
		status,
		bytes: encodeMetadata(root.signed.raw, uniqueSignatures(judged)),
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
		isDelegatorSigned: complete
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
function walk(proposal, root, scene) {
	const { base, now } = scene;
	const after = rolesAfter(base, proposal);
	const delegators = delegatorsAfter(root, after);
	const problems = [...delegationProblems(proposal, after, delegators)];
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
function evaluateEvent(facts, base, now) {
	const { pull } = facts;
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
	if (pull.from === "fork") return invalid([{
		code: "event-fork",
		where: pull.branch,
		detail: "expected a branch of this repository, got one of a fork: propose it here, so that nobody outside can change it"
	}]);
	const root = proposal.root ?? base?.root ?? null;
	if (root === null || proposal.problems.length > 0) return invalid(proposal.problems);
	const outcome = outcomeOf(() => walk(proposal, root, {
		facts,
		collected: collectCountersignatures(facts),
		base,
		now
	}));
	if (outcome.kind === "refused") return invalid([outcome.refusal]);
	const { roles, problems, signed } = outcome.value;
	const state = stateOf(outcome.value, proposal);
	const files = new Map(state === "complete" ? outcome.value.files : []);
	if (state === "complete" && proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
	return {
		pull,
		state,
		roles,
		problems,
		signed,
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
function baseVersions(base) {
	const versions = new Map([...base?.roles ?? []].map(([role, { file }]) => [role, file.signed.version]));
	if (base !== null) versions.set("root", base.root.signed.version);
	return versions;
}
function withQueue(statuses, events, base, holds) {
	const current = baseVersions(base);
	const entries = statuses.flatMap((status, index) => {
		const event = events[index];
		if (event === void 0 || status.state === "invalid" || !holds(status, event)) return [];
		const versions = proposedVersions(event, base);
		return [{
			status,
			versions,
			ahead: Math.max(...[...versions].map(([role, version]) => version - (current.get(role) ?? 0)))
		}];
	});
	entries.sort((a, b) => a.ahead - b.ahead || a.status.pull.number - b.status.pull.number);
	const behind = /* @__PURE__ */ new Map();
	entries.forEach(({ status, versions }, place) => {
		const first = entries.slice(0, place).find((other) => [...versions.keys()].some((role) => other.versions.has(role)));
		if (first !== void 0) behind.set(status, first.status.pull.number);
	});
	return statuses.map((status) => {
		const number = behind.get(status);
		return number === void 0 ? status : {
			...status,
			state: "queued",
			behind: number,
			files: /* @__PURE__ */ new Map()
		};
	});
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
	return /* @__PURE__ */ new Set([...facts.signedBefore.get(role)?.versions ?? [], ...proposed]);
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
		const { state } = evaluateEvent(one, facts.base, facts.now);
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
	return event.pull.from === "repository" && policy === null && event.changes.size === files && (root === null || same(root, base.root)) && [...roles].every(([role, file]) => same(file, base.roles.get(role)?.file));
}
function renewalOf(event, status, facts) {
	return status?.state === "outdated" && facts.base !== null ? rebuild(event, status, facts.base, facts) : null;
}
function besideClosed(status, signedBefore) {
	if (status.state !== "waiting" && status.state !== "complete") return status;
	return status.roles.some(({ role, version, payload }) => {
		const before = role === "root" ? void 0 : signedBefore.get(role);
		return before !== void 0 && isSignedOtherwise(before.closed, version, payload);
	}) ? {
		...status,
		state: "outdated",
		files: /* @__PURE__ */ new Map()
	} : status;
}
function decideGather(facts) {
	const { base, events, signedBefore, now } = facts;
	const evaluated = events.map((event) => besideClosed(evaluateEvent(event, base, now), signedBefore));
	const renewals = new Map(events.map((event, index) => [event, renewalOf(event, evaluated[index], facts)]));
	const holds = (status, event) => status.state !== "outdated" || (renewals.get(event) ?? null) !== null;
	const statuses = withQueue(evaluated, events, base, holds);
	const effects = [];
	let completing = false;
	statuses.forEach((status, index) => {
		const event = events[index];
		if (event === void 0) return;
		if (status.state === "complete" && !completing) {
			completing = true;
			effects.push({
				kind: "complete",
				status
			});
			return;
		}
		if ((status.state === "invalid" || status.state === "outdated") && base !== null && hasLanded(event, base)) {
			effects.push({
				kind: "close",
				status,
				reason: "all that it changes is signed already"
			});
			return;
		}
		const effect = status.state === "outdated" ? renewals.get(event) : null;
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

// src/event/decide-publish.ts
function latest(repository, role, all, roots, parse) {
	for (const some of [roots.slice(-1), roots]) {
		let best = null;
		for (const bytes of all) {
			const outcome = outcomeOf(() => parse(bytes));
			if (outcome.kind === "refused") continue;
			const file = outcome.value;
			if (file.signed.binding?.repository !== repository || some.every((root) => isDiscardedUnder(root, role, file))) continue;
			if (best === null || file.signed.version > best.file.signed.version) best = {
				file,
				bytes
			};
		}
		if (best !== null) return best;
	}
	return null;
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
const LAST_PLAUSIBLE_VERSION = 2 ** 52;
function predecessor(base, role, held) {
	if (held === null) return null;
	const { file } = held;
	return file.signed.version > LAST_PLAUSIBLE_VERSION && isDiscardedUnder(base.root.signed, role, file) ? null : file;
}
function listedRoles(base) {
	return new Map([...base.roles].map(([role, { file, bytes }]) => [role, listFile(file.signed.version, bytes)]));
}
function heldRoles({ snapshot }) {
	if (snapshot === null) return null;
	const files = /* @__PURE__ */ new Map();
	for (const [role, { version, length, hashes }] of snapshot.file.signed.meta) {
		const sha256 = hashes?.get("sha256");
		if (length !== null && sha256 !== void 0) files.set(role, {
			version,
			length,
			sha256
		});
	}
	return files;
}
function decideSnapshot(base, held, now, files = listedRoles(base)) {
	const plan = planSnapshot(predecessor(base, "snapshot", held.snapshot), base.root.signed, files);
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
	const plan = planTimestamp(predecessor(base, "timestamp", held.timestamp), base.root.signed, listed);
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

export { PROPOSAL_PREFIX as $, STAGED_PREFIX as A, signedReleases as B, proposedVersions as C, leftBehind as D, editBetween as E, decideReleases as F, readProposal as G, withoutBase as H, draftBody as I, requireEveryKey as J, signersOf as K, draftOwner as L, readEventFile as M, stagedName as N, pagesUrl as O, compareAssets as P, POLICY_PATH as Q, proposedTags as R, decideGather as S, decidePropose as T, reviewHead as U, baseFiles as V, peopleOf as W, signedContents as X, collectCountersignatures as Y, EVENT_PATH as Z, REUSABLE_PATH as _, decideSnapshot as a, rootHistoryPath as at, custodyEnvironment as b, heldRoles as c, onlineUris as d, PUBLISHED_BRANCH as et, CALLER_FILE as f, ONLINE_SECRET as g, ONLINE_ENVIRONMENT as h, onlineKey as i, rolePath as it, encodeEventFile as j, MAX_LISTED_TARGETS as k, hostedTargets as l, CUSTODY_SECRET as m, custodyKey as n, classifyPath as nt, decideTimestamp as o, CALLER_PATH as p, computeBase as q, decideSettings as r, proposalBranch as rt, heldOnline as s, admitsOnly as t, ROOT_PATH as tt, listedRoles as u, SETUP_BRANCH as v, evaluateEvent as w, reviewersToAsk as x, WAKE_PATH as y, requireAssetName as z };
