import { At as TARGETS, Bt as outcomeOf, Ct as objectField, D as reviewKey, Dt as jsonPath, Lt as parseThreshold, Nt as parseDelegatedRoleName, O as reviewPattern, Pt as parseSha256, Rt as parseVersion, St as integerField, Vt as quote, _ as newTargetsSigned, bt as asString, ct as parseKey, ft as encodeCanonicalJson, h as newRootSigned, ht as parseRepositoryId, k as reviewRoleName, kt as parseJson, lt as parseKeyId, p as bindingObject, rt as addSeconds, st as keyIdOf, vt as asArray, wt as stringField, xt as booleanField, y as roleKeysObject, yt as asObject, zt as CountersignError } from "./tuf.js";

// src/trust/approvals.ts
function foldReviews(reviews) {
	const standings = /* @__PURE__ */ new Map();
	for (const review of reviews) switch (review.state) {
		case "APPROVED":
		case "CHANGES_REQUESTED":
		case "DISMISSED":
			standings.set(review.author.id, {
				state: review.state,
				review
			});
			break;
		case "COMMENTED":
		case "PENDING": break;
		default: review.state;
	}
	return standings;
}

// src/trust/countersignature.ts
const MAX_BODY_CHARACTERS = 65536;
const MAX_LINES = 64;
const FENCE = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const BLANKS = /^[ \t]+|[ \t]+$/g;
const FIELDS = [
	"repository",
	"role",
	"version",
	"payload",
	"keyid",
	"sig"
];
function blocksOf(body) {
	const blocks = [];
	let open = null;
	for (const line of body.split(/\r\n|\r|\n/)) {
		const match = FENCE.exec(line);
		const fence = match?.[1] ?? match?.[3] ?? "";
		const info = (match?.[2] ?? match?.[4] ?? "").replace(BLANKS, "");
		if (open === null) {
			if (fence === "") continue;
			const lines = info === "countersign" ? [] : null;
			if (lines !== null) blocks.push(lines);
			open = {
				fence,
				lines
			};
		} else if (info === "" && fence.startsWith(open.fence)) open = null;
		else open.lines?.push(line);
	}
	return {
		blocks,
		unclosed: open !== null && open.lines !== null
	};
}
function parseLine(line, where) {
	const raw = asObject(parseJson(new TextEncoder().encode(line)), where);
	for (const key of raw.keys()) if (!FIELDS.includes(key)) throw new CountersignError("block-invalid", where, `expected only ${FIELDS.join(", ")}, got ${quote(key)}`);
	const payload = stringField(raw, "payload", where);
	if (!payload.startsWith("sha256:")) throw new CountersignError("block-invalid", `${where}.payload`, `expected sha256:<hex>, got ${quote(payload)}`);
	return {
		repository: parseRepositoryId(stringField(raw, "repository", where), `${where}.repository`),
		role: stringField(raw, "role", where),
		version: parseVersion(integerField(raw, "version", where), `${where}.version`),
		payload: parsePayloadDigest(payload.slice(7), `${where}.payload`),
		keyId: parseKeyId(stringField(raw, "keyid", where), `${where}.keyid`),
		sig: stringField(raw, "sig", where)
	};
}
function parsePayloadDigest(text, where) {
	return parseSha256(text, where);
}
function parseCountersignatures(body) {
	return outcomeOf(() => {
		if (!body.includes("countersign")) return [];
		if (body.length > 65536) throw new CountersignError("block-invalid", "body", `expected at most ${String(MAX_BODY_CHARACTERS)} characters`);
		const { blocks, unclosed } = blocksOf(body);
		const [block] = blocks;
		if (block === void 0) return [];
		if (blocks.length > 1) throw new CountersignError("block-invalid", "body", `expected one countersign block, got ${String(blocks.length)}`);
		if (unclosed) throw new CountersignError("block-invalid", "body", "expected the countersign block to be closed");
		if (/<[A-Za-z/!?]/.test(body)) throw new CountersignError("block-invalid", "body", "expected no HTML beside a countersign block");
		const lines = block.filter((line) => line.trim() !== "");
		if (lines.length === 0 || lines.length > MAX_LINES) throw new CountersignError("block-invalid", "block", `expected 1 to ${String(MAX_LINES)} lines, got ${String(lines.length)}`);
		const seen = /* @__PURE__ */ new Set();
		return lines.map((line, index) => {
			const where = `block line ${String(index + 1)}`;
			const signature = parseLine(line, where);
			const name = `${signature.role}\n${signature.keyId}`;
			if (seen.has(name)) throw new CountersignError("block-invalid", where, "expected one line for each role and key");
			seen.add(name);
			return signature;
		});
	});
}
function encodeCountersignatures(signatures) {
	return [
		"```countersign",
		...signatures.map(({ repository, role, version, payload, keyId, sig }) => {
			const line = /* @__PURE__ */ new Map([
				["repository", repository],
				["role", role],
				["version", version],
				["payload", `sha256:${payload}`],
				["keyid", keyId],
				["sig", sig]
			]);
			return new TextDecoder().decode(encodeCanonicalJson(line));
		}),
		"```"
	].join("\n");
}

// src/trust/accounts.ts
function parseCommitSha(text, where) {
	if (!/^[0-9a-f]{40}$/.test(text)) throw new CountersignError("git", where, `expected a commit id, got ${quote(text)}`);
	return text;
}
function parseAccountId(value, where) {
	if (!Number.isSafeInteger(value) || value < 1) throw new CountersignError("people-invalid", where, `expected a numeric account id, got ${String(value)}`);
	return value;
}

// src/trust/people.ts
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
function isPersonName(name) {
	return NAME.test(name);
}
function voterOf(person) {
	return person.account === null ? `name:${person.name}` : `account:${String(person.account.id)}`;
}
function parsePerson$1(raw, where) {
	const name = stringField(raw, "name", where);
	if (!isPersonName(name)) throw new CountersignError("people-invalid", jsonPath(where, "name"), `expected letters, digits and "._-", got ${quote(name)}`);
	const github = raw.get("github");
	if (github === void 0) throw new CountersignError("people-invalid", jsonPath(where, "github"), "expected an account or null, got nothing");
	const custody = booleanField(raw, "custody", where);
	if (github === null) {
		if (custody) throw new CountersignError("people-invalid", where, `expected an account for ${quote(name)}, whose key is in custody`);
		return {
			name,
			account: null,
			custody
		};
	}
	const path = jsonPath(where, "github");
	const account = asObject(github, path);
	return {
		name,
		account: {
			id: parseAccountId(integerField(account, "id", path), jsonPath(path, "id")),
			login: stringField(account, "login", path)
		},
		custody
	};
}
function parsePeople(binding, where) {
	const byKey = /* @__PURE__ */ new Map();
	const voters = /* @__PURE__ */ new Map();
	const at = jsonPath(where, "people");
	const people = binding.raw.has("people") ? objectField(binding.raw, "people", where) : /* @__PURE__ */ new Map();
	for (const [id, value] of people) {
		const path = jsonPath(at, id);
		const person = parsePerson$1(asObject(value, path), path);
		const voter = voterOf(person);
		if ((voters.get(person.name) ?? voter) !== voter) throw new CountersignError("people-invalid", path, `expected one person named ${quote(person.name)}, got two`);
		voters.set(person.name, voter);
		byKey.set(parseKeyId(id, path), person);
	}
	const quorum = binding.raw.has("custody-quorum") ? objectField(binding.raw, "custody-quorum", where) : /* @__PURE__ */ new Map();
	return {
		byKey,
		custodyQuorum: new Map([...quorum].map(([role, reason]) => [role, asString(reason, jsonPath(where, "custody-quorum"))]))
	};
}
function peopleObject(people) {
	const object = /* @__PURE__ */ new Map();
	for (const [keyId, { name, account, custody }] of people.byKey) {
		const github = account === null ? null : /* @__PURE__ */ new Map([["id", account.id], ["login", account.login]]);
		object.set(keyId, /* @__PURE__ */ new Map([
			["custody", custody],
			["github", github],
			["name", name]
		]));
	}
	return object;
}
function requireClaimedKeys(role, roleKeys, keys, people) {
	const voters = /* @__PURE__ */ new Map();
	const identities = /* @__PURE__ */ new Set();
	let custody = 0;
	for (const keyId of roleKeys.keyIds) {
		const short = quote(`${keyId.slice(0, 12)}…`);
		const person = people.byKey.get(keyId);
		if (person === void 0) throw new CountersignError("people-invalid", role, `expected the key ${short} to belong to a person, got nobody`);
		const material = keys.get(keyId)?.material;
		if (material?.kind !== "usable") throw new CountersignError("people-invalid", role, `expected a usable key for ${quote(person.name)}, got ${material?.reason ?? "none"}`);
		const other = voters.get(voterOf(person));
		if (other !== void 0) throw new CountersignError("people-invalid", role, `expected one key for each person, got two for ${quote(person.name)} (also ${quote(other)})`);
		if (identities.has(material.identity)) throw new CountersignError("people-invalid", role, `expected a key of their own for ${quote(person.name)}, got one that somebody else has`);
		voters.set(voterOf(person), person.name);
		identities.add(material.identity);
		if (person.custody) custody++;
	}
	if (roleKeys.threshold > roleKeys.keyIds.length) throw new CountersignError("people-invalid", role, `expected a threshold of at most ${String(roleKeys.keyIds.length)}, got ${String(roleKeys.threshold)}`);
	const allowed = role === "root" ? 0 : roleKeys.threshold - 1;
	if (custody > allowed && (people.custodyQuorum.get(role) ?? "").trim() === "") throw new CountersignError("custody-quorum", role, `expected at most ${String(allowed)} custody signers, got ${String(custody)}: GitHub could sign alone`);
}
function requireOnlineKeys(role, { keyIds, threshold }, keys, people) {
	const owners = /* @__PURE__ */ new Map();
	for (const [keyId, person] of people.byKey) {
		const material = keys.get(keyId)?.material;
		if (material?.kind === "usable") owners.set(material.identity, person);
	}
	const identities = /* @__PURE__ */ new Set();
	for (const keyId of keyIds) {
		const material = keys.get(keyId)?.material;
		if (material?.kind !== "usable") throw new CountersignError("people-invalid", role, `expected a usable online key, got ${material?.reason ?? "none"}`);
		const person = people.byKey.get(keyId) ?? owners.get(material.identity);
		if (person !== void 0) throw new CountersignError("people-invalid", role, `expected an online key, got the one of ${person.name}`);
		identities.add(material.identity);
	}
	if (threshold > identities.size) {
		const detail = `expected a threshold of at most ${String(identities.size)}, got ${String(threshold)}`;
		throw new CountersignError("people-invalid", role, detail);
	}
}

// src/trust/periods.ts
const DURATION = /^([1-9][0-9]{0,5})(d|h)$/;
const SECONDS_PER_DAY = 86400;
const SECONDS_PER_HOUR = 3600;
const MAX_SECONDS = 999999 * SECONDS_PER_DAY;
function parseDuration(text, where) {
	const match = DURATION.exec(text);
	if (match === null) throw new CountersignError("policy-invalid", where, `expected a duration such as 90d or 12h, got ${quote(text)}`);
	return Number(match[1]) * (match[2] === "d" ? SECONDS_PER_DAY : SECONDS_PER_HOUR);
}
function requirePeriod(period, where) {
	if (period.expiresSeconds < 1 || period.renewSeconds < 1 || period.renewSeconds >= period.expiresSeconds) throw new CountersignError("policy-invalid", where, "expected \"renew\" to be shorter than \"expires\", and both more than nothing");
	if (period.expiresSeconds > MAX_SECONDS) throw new CountersignError("policy-invalid", where, `expected "expires" to be at most ${String(MAX_SECONDS)} seconds`);
	return period;
}
function parsePeriods(binding, where) {
	const periods = /* @__PURE__ */ new Map();
	if (!binding.raw.has("periods")) return periods;
	for (const [role, value] of objectField(binding.raw, "periods", where)) {
		const path = jsonPath(jsonPath(where, "periods"), role);
		const raw = asObject(value, path);
		periods.set(role, requirePeriod({
			expiresSeconds: integerField(raw, "expires", path),
			renewSeconds: integerField(raw, "renew", path)
		}, path));
	}
	return periods;
}
function periodsObject(periods) {
	const object = /* @__PURE__ */ new Map();
	for (const [role, { expiresSeconds, renewSeconds }] of periods) object.set(role, /* @__PURE__ */ new Map([["expires", expiresSeconds], ["renew", renewSeconds]]));
	return object;
}

// src/trust/first-metadata.ts
function keyOf(resolved, person) {
	const raw = resolved.keys.get(person);
	if (raw === void 0) throw new CountersignError("policy-invalid", `people.${person}.key`, "expected a public key, got none");
	const key = parseKey(raw, `people.${person}.key`);
	const refused = reviewKey(key).find(({ severity }) => severity === "refused");
	if (refused !== void 0) throw new CountersignError("policy-invalid", `people.${person}.key`, `expected a usable key: ${refused.detail}`);
	return {
		keyId: key.keyId,
		raw
	};
}
function personOf(resolved, name) {
	const person = resolved.policy.people.get(name);
	const account = resolved.accounts.get(name) ?? null;
	if (person === void 0 || person.github !== null && account === null) throw new CountersignError("policy-invalid", `people.${name}.github`, "expected an account that exists, got none");
	return {
		name,
		account,
		custody: person.custody !== null
	};
}
function roleKeysOf(resolved, role) {
	return {
		keyIds: role.signers.map((name) => keyOf(resolved, name).keyId),
		threshold: role.threshold
	};
}
function signersOf(resolved, roles) {
	const keys = /* @__PURE__ */ new Map();
	const byKey = /* @__PURE__ */ new Map();
	for (const name of new Set(roles.flatMap((role) => role.signers))) {
		const { keyId, raw } = keyOf(resolved, name);
		keys.set(keyId, raw);
		byKey.set(keyId, personOf(resolved, name));
	}
	const quorum = roles.flatMap((role) => role.custodyQuorum === null ? [] : [[role.name, role.custodyQuorum]]);
	return {
		keys,
		people: {
			byKey,
			custodyQuorum: new Map(quorum)
		}
	};
}
function trustObject(people, periods, extra = []) {
	const members = [
		["people", peopleObject(people)],
		["periods", periodsObject(periods)],
		...extra
	];
	if (people.custodyQuorum.size > 0) members.push(["custody-quorum", new Map(people.custodyQuorum)]);
	return new Map(members);
}
function onlineRole(resolved, uris, keys, names) {
	return {
		keyIds: uris.map((uri) => {
			const raw = resolved.onlineKeys.get(uri);
			if (raw === void 0) throw new CountersignError("policy-invalid", "online", "expected the public key of each online signer");
			const keyId = keyIdOf(raw);
			keys.set(keyId, raw);
			names.set(keyId, uri);
			return keyId;
		}),
		threshold: parseThreshold(1, "online")
	};
}
function firstRoot(resolved, repository, now) {
	const { policy } = resolved;
	const { keys, people } = signersOf(resolved, [policy.root, policy.targets]);
	const online = /* @__PURE__ */ new Map();
	const roles = {
		root: roleKeysOf(resolved, policy.root),
		targets: roleKeysOf(resolved, policy.targets),
		snapshot: onlineRole(resolved, policy.snapshot.keys, keys, online),
		timestamp: onlineRole(resolved, policy.timestamp.keys, keys, online)
	};
	const periods = /* @__PURE__ */ new Map([
		["root", policy.root.period],
		["targets", policy.targets.period],
		["snapshot", policy.snapshot.period],
		["timestamp", policy.timestamp.period]
	]);
	const binding = bindingObject(repository, "root", trustObject(people, periods, [["online", online]]));
	return newRootSigned({
		version: parseVersion(1, "root"),
		expires: addSeconds(now, policy.root.period.expiresSeconds)
	}, {
		keys,
		roles,
		binding
	});
}
function delegationObject(resolved, role) {
	return new Map([
		...roleKeysObject(roleKeysOf(resolved, role)),
		["name", role.name],
		["paths", role.paths],
		["terminating", role.terminating]
	]);
}
function firstTargets(resolved, repository, role, now) {
	const children = resolved.policy.delegations.filter(({ parent }) => parent === role.name);
	const header = {
		version: parseVersion(1, role.name),
		expires: addSeconds(now, role.period.expiresSeconds)
	};
	if (children.length === 0) return newTargetsSigned(header, {
		targets: /* @__PURE__ */ new Map(),
		binding: bindingObject(repository, role.name)
	});
	const { keys, people } = signersOf(resolved, children);
	const delegations = /* @__PURE__ */ new Map([["keys", keys], ["roles", children.map((child) => delegationObject(resolved, child))]]);
	const periods = new Map(children.map((child) => [child.name, child.period]));
	return newTargetsSigned(header, {
		targets: /* @__PURE__ */ new Map(),
		delegations,
		binding: bindingObject(repository, role.name, trustObject(people, periods))
	});
}
function firstMetadata(resolved, repository, now) {
	const roles = /* @__PURE__ */ new Map();
	for (const role of [resolved.policy.targets, ...resolved.policy.delegations]) if (role.name !== "root") roles.set(role.name, firstTargets(resolved, repository, role, now));
	return {
		root: firstRoot(resolved, repository, now),
		roles
	};
}

// src/trust/policy.ts
function invalid(where, detail) {
	return new CountersignError("policy-invalid", where, detail);
}
function onlyKeys(raw, known, where) {
	for (const key of raw.keys()) if (!known.includes(key)) throw invalid(jsonPath(where, key), `expected one of ${known.join(", ")}`);
}
function text(raw, key, where) {
	const value = raw.get(key);
	if (typeof value !== "string" || value === "") throw invalid(jsonPath(where, key), "expected text, got nothing of the kind");
	return value;
}
function texts(raw, key, where) {
	const values = asArray(raw.get(key), jsonPath(where, key)).map((item, index) => asString(item, jsonPath(jsonPath(where, key), index)));
	if (values.length === 0) throw invalid(jsonPath(where, key), "expected at least one entry, got none");
	if (new Set(values).size < values.length) throw invalid(jsonPath(where, key), "expected each entry once");
	return values;
}
function parsePerson(name, raw, where) {
	onlyKeys(raw, [
		"github",
		"key",
		"custody"
	], where);
	if (!isPersonName(name)) throw invalid(where, `expected a name of letters, digits and "._-", got ${quote(name)}`);
	const github = text(raw, "github", where);
	const custody = raw.has("custody") ? text(raw, "custody", where) : null;
	if (github === "none" && custody !== null) throw invalid(jsonPath(where, "custody"), "expected a person with an account");
	return {
		name,
		github: github === "none" ? null : github,
		key: text(raw, "key", where),
		custody
	};
}
const ONLINE_NAME = "online";
function requireOwnNames(people) {
	const owners = /* @__PURE__ */ new Map();
	for (const { name, custody } of people.values()) {
		const heard = name.toLowerCase();
		const other = owners.get(heard);
		if (other !== void 0) throw invalid(`people.${name}`, `expected a name that differs by more than its case, got that of ${quote(other)}`);
		if (custody !== null && heard === ONLINE_NAME) throw invalid(`people.${name}`, "expected another name for a key in custody: the online key is kept under this one");
		owners.set(heard, name);
	}
}
function parsePeriod(raw, where) {
	const seconds = (key) => parseDuration(text(raw, key, where), jsonPath(where, key));
	return requirePeriod({
		expiresSeconds: seconds("expires"),
		renewSeconds: seconds("renew")
	}, where);
}
const ROLE_KEYS = [
	"signers",
	"threshold",
	"expires",
	"renew",
	"custody-quorum"
];
function parseRole(name, raw, people, where) {
	const signers = texts(raw, "signers", where);
	for (const signer of signers) if (!people.has(signer)) throw invalid(jsonPath(where, "signers"), `expected people, got ${quote(signer)}`);
	const value = raw.get("threshold");
	if (typeof value !== "number") throw invalid(jsonPath(where, "threshold"), "expected a number");
	const threshold = parseThreshold(value, jsonPath(where, "threshold"));
	if (threshold > signers.length) throw invalid(jsonPath(where, "threshold"), `expected at most ${String(signers.length)}, the number of signers, got ${String(threshold)}`);
	const custodyQuorum = raw.has("custody-quorum") ? text(raw, "custody-quorum", where) : null;
	return {
		name,
		signers,
		threshold,
		period: parsePeriod(raw, where),
		custodyQuorum
	};
}
function parseDelegation(name, raw, people, where) {
	onlyKeys(raw, [
		"parent",
		"paths",
		"terminating",
		...ROLE_KEYS
	], where);
	const role = parseDelegatedRoleName(name, where);
	for (const finding of reviewRoleName(name)) throw invalid(where, `expected a name that every client reads: ${finding.detail}`);
	const paths = texts(raw, "paths", where);
	for (const pattern of paths) {
		const refused = reviewPattern(pattern).find(({ severity }) => severity === "refused");
		if (refused !== void 0) throw invalid(jsonPath(where, "paths"), `expected a pattern that clients read alike, got ${quote(pattern)}: ${refused.detail} (${refused.clients.join(", ")})`);
	}
	const parent = raw.has("parent") ? text(raw, "parent", where) : TARGETS;
	const terminating = raw.get("terminating") ?? true;
	if (typeof terminating !== "boolean") throw invalid(jsonPath(where, "terminating"), "expected true or false");
	return {
		...parseRole(role, raw, people, where),
		parent: parent === "targets" ? TARGETS : parseDelegatedRoleName(parent, where),
		paths,
		terminating
	};
}
function parseOnline(raw, where) {
	onlyKeys(raw, [
		"keys",
		"expires",
		"renew"
	], where);
	return {
		keys: texts(raw, "keys", where),
		period: parsePeriod(raw, where)
	};
}
function section(policy, key) {
	const entries = asObject(policy.get(key), key);
	return new Map([...entries].map(([name, value]) => [name, asObject(value, jsonPath(key, name))]));
}
function required(entries, key, where) {
	const value = entries.get(key);
	if (value === void 0) throw invalid(`${where}.${key}`, "expected this entry, got nothing");
	return value;
}
function parsePolicy(value) {
	const policy = asObject(value, "policy");
	onlyKeys(policy, [
		"people",
		"roles",
		"online"
	], "policy");
	const people = new Map([...section(policy, "people")].map(([name, raw]) => [name, parsePerson(name, raw, `people.${name}`)]));
	requireOwnNames(people);
	const roles = section(policy, "roles");
	for (const name of ["root", "targets"]) onlyKeys(required(roles, name, "roles"), ROLE_KEYS, `roles.${name}`);
	const online = section(policy, "online");
	onlyKeys(asObject(policy.get("online"), "online"), ["snapshot", "timestamp"], "online");
	const delegations = [...roles].filter(([name]) => name !== "root" && name !== "targets").map(([name, raw]) => parseDelegation(name, raw, people, `roles.${name}`));
	requireTree(delegations);
	return {
		people,
		root: parseRole("root", required(roles, "root", "roles"), people, "roles.root"),
		targets: parseRole(TARGETS, required(roles, TARGETS, "roles"), people, "roles.targets"),
		delegations,
		snapshot: parseOnline(required(online, "snapshot", "online"), "online.snapshot"),
		timestamp: parseOnline(required(online, "timestamp", "online"), "online.timestamp")
	};
}
function requireTree(delegations) {
	const parents = new Map(delegations.map(({ name, parent }) => [name, parent]));
	for (const { name } of delegations) {
		let at = name;
		for (let steps = 0; at !== TARGETS; steps++) {
			const parent = parents.get(at);
			if (parent === void 0) throw invalid(`roles.${name}.parent`, `expected a role of this policy, got ${quote(at)}`);
			if (steps > delegations.length) throw invalid(`roles.${name}.parent`, "expected parents that lead to targets, got a circle");
			at = parent;
		}
	}
}

export { requireClaimedKeys as a, parseCommitSha as c, parsePayloadDigest as d, foldReviews as f, parsePeople as i, encodeCountersignatures as l, firstMetadata as n, requireOnlineKeys as o, parsePeriods as r, voterOf as s, parsePolicy as t, parseCountersignatures as u };
