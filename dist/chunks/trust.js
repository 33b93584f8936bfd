import { $t as quote, Bt as stringField, Ct as parseDelegatedRoleName, Dt as parseThreshold, F as roleKeysObject, Ft as asObject, Ht as encodeCanonicalJson, It as asString, Jt as jsonPath, K as parseRepositoryId, Lt as booleanField, N as newTargetsSigned, Ot as parseVersion, Pt as asArray, Q as reviewKey, Qt as outcomeOf, Rt as integerField, Wt as hasFewMarks, Xt as parseJson, Zt as CountersignError, _t as parseKeyId, bt as TARGETS, et as reviewPattern, gt as parseKey, j as newRootSigned, k as bindingObject, kt as addSeconds, mt as keyIdOf, tt as reviewRoleName, wt as parseSha256, zt as objectField } from "./tuf.js";

// src/trust/counts-from.ts
const FROM = "from";
function parseCountsFrom(binding, where) {
	const versions = /* @__PURE__ */ new Map();
	if (!binding.raw.has(FROM)) return versions;
	const raw = objectField(binding.raw, FROM, where);
	const path = jsonPath(where, FROM);
	for (const role of raw.keys()) versions.set(role, parseVersion(integerField(raw, role, path), jsonPath(path, role)));
	return versions;
}
function countsFrom(delegator, role) {
	const first = parseVersion(1, FROM);
	if (delegator.binding === null) return first;
	return parseCountsFrom(delegator.binding, `${delegator.binding.role} x-countersign`).get(role) ?? first;
}
function requireCounts(delegator, role, version) {
	const from = countsFrom(delegator, role);
	if (version >= from) return;
	const detail = `expected version ${String(from)} or later, from which ${quote(role)} counts again, got ${String(version)}`;
	throw new CountersignError("rollback", `${role}@${String(version)}`, detail);
}

// src/trust/look-alike.ts
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\u2800\u{13441}\u{13442}]/gu;
const SEEN_LETTER = /[\p{L}\p{N}]/gu;
const LEAST_LETTERS = 3;
function isInWords(text) {
	return (text.replace(UNSEEN, "").match(SEEN_LETTER) ?? []).length >= LEAST_LETTERS;
}
const ALIKE = [
	[/[1I|]/g, "l"],
	[/[0O]/g, "o"],
	[/rn/g, "m"],
	[/vv/g, "w"]
];
function takenFor(name) {
	const plain = hasFewMarks(name) ? name.normalize("NFKC").replace(UNSEEN, "") : name;
	const fold = (text) => text.toUpperCase().toLowerCase();
	return [fold(plain), fold(ALIKE.reduce((text, [these, one]) => text.replace(these, one), plain))];
}
function findLookAlike(names) {
	const [heardOf, seenAs] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
	for (const name of names) {
		const [heard, seen] = takenFor(name);
		const other = [heardOf.get(heard), seenAs.get(seen)].find((one) => one !== void 0 && one !== name);
		if (other !== void 0) return {
			name,
			other
		};
		heardOf.set(heard, name);
		seenAs.set(seen, name);
	}
	return null;
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

// src/trust/bounds.ts
const MAX_BODY_CHARACTERS = 65536;
const MAX_LINE_CHARACTERS = 8192;
const MAX_YAML_CHARACTERS = 262144;
const MAX_EVENT_FILE_BYTES = 16777216;
const MAX_LISTED_CHARACTERS = 1048576;
const MAX_NOTE_CHARACTERS = 1024;
const MAX_REASON_CHARACTERS = 1e3;

// src/trust/people.ts
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
function isPersonName(name) {
	return NAME.test(name);
}
function isQuorumReason(text) {
	return text.length <= 1e3 && isInWords(text);
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
function requireTellableNames({ byKey }, where) {
	const alike = findLookAlike([...byKey.values()].map(({ name }) => name));
	if (alike === null) return;
	throw new CountersignError("people-invalid", where, `expected names that people tell apart, got ${quote(alike.name)} beside ${quote(alike.other)}`);
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
	if (custody > allowed && !isQuorumReason(people.custodyQuorum.get(role) ?? "")) throw new CountersignError("custody-quorum", role, `expected at most ${String(allowed)} custody signers, got ${String(custody)}: GitHub could sign alone`);
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

// src/trust/countersignature.ts
const FIELDS = [
	"repository",
	"role",
	"version",
	"payload",
	"keyid",
	"sig"
];
const SPACE = 32;
const TAB = 9;
const BACKTICK = 96;
const TILDE = 126;
function isBlank(unit) {
	return unit === SPACE || unit === TAB;
}
function withoutBlanks(text) {
	let [start, end] = [0, text.length];
	while (start < end && isBlank(text.charCodeAt(start))) start++;
	while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
	return text.slice(start, end);
}
function fenceOf(line) {
	let start = 0;
	while (start < 3 && line.charCodeAt(start) === SPACE) start++;
	const mark = line.charCodeAt(start);
	if (mark !== BACKTICK && mark !== TILDE) return null;
	let end = start;
	while (line.charCodeAt(end) === mark) end++;
	if (end - start < 3) return null;
	const rest = line.slice(end);
	return mark === BACKTICK && rest.includes("`") ? null : {
		marks: line.slice(start, end),
		info: withoutBlanks(rest)
	};
}
function blocksOf(body) {
	const blocks = [];
	let open = null;
	for (const line of body.split(/\r\n|\r|\n/)) {
		const fence = fenceOf(line);
		if (open === null) {
			if (fence === null) continue;
			const lines = fence.info === "countersign" ? [] : null;
			if (lines !== null) blocks.push(lines);
			open = {
				marks: fence.marks,
				lines
			};
		} else if (fence?.info === "" && fence.marks.startsWith(open.marks)) open = null;
		else open.lines?.push(line);
	}
	return {
		blocks,
		unclosed: open !== null && open.lines !== null
	};
}
function parseLine(line, where) {
	if (line.length > 8192) throw new CountersignError("block-invalid", where, `expected at most ${String(MAX_LINE_CHARACTERS)} characters`);
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
		if (lines.length === 0 || lines.length > 64) throw new CountersignError("block-invalid", "block", `expected 1 to ${String(64)} lines, got ${String(lines.length)}`);
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

// src/trust/carried-lines.ts
function lineIdentity({ keyId, sig, payload }) {
	return JSON.stringify([
		keyId,
		sig,
		payload
	]);
}
function fileIdentity({ repository, role, version, payload }) {
	return JSON.stringify([
		repository,
		role,
		version,
		payload
	]);
}
function carriedFiles(files) {
	const byFile = /* @__PURE__ */ new Map();
	for (const file of files) {
		const identity = fileIdentity(file);
		byFile.set(identity, /* @__PURE__ */ new Set([...byFile.get(identity) ?? [], ...file.keyIds]));
	}
	return byFile;
}
function linesWorthVerifying(body, files) {
	if (files.size === 0 || body.length > 65536 || !body.includes("countersign")) return [];
	const outcome = parseCountersignatures(body);
	if (outcome.kind === "refused") return [];
	const lines = /* @__PURE__ */ new Map();
	for (const line of outcome.value) {
		const identity = lineIdentity(line);
		if (files.get(fileIdentity(line))?.has(line.keyId) === true && !lines.has(identity)) lines.set(identity, line);
	}
	return [...lines.values()];
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
	if (typeof value !== "string" || value === "") throw invalid(jsonPath(where, key), `expected text, got ${kindOf(value)}`);
	return value;
}
function kindOf(value) {
	if (value === void 0 || value === null || value === "") return "nothing";
	if (typeof value === "number") return `the number ${String(value)}`;
	if (typeof value === "boolean") return `${String(value)} without quotes`;
	return Array.isArray(value) ? "a list" : "a mapping";
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
	requireTellable(people.keys(), "people");
	for (const { name, custody } of people.values()) if (custody !== null && (name === ONLINE_NAME || findLookAlike([ONLINE_NAME, name]) !== null)) throw invalid(`people.${name}`, "expected another name for a key in custody: the online key is kept under this one");
}
function requireTellable(names, where) {
	const alike = findLookAlike(names);
	if (alike !== null) throw invalid(jsonPath(where, alike.name), `expected a name that people tell from ${quote(alike.other)}`);
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
	if (custodyQuorum !== null && !isQuorumReason(custodyQuorum)) {
		const detail = `expected a reason in words of at most ${String(MAX_REASON_CHARACTERS)} characters, got ${quote(custodyQuorum)}`;
		throw invalid(jsonPath(where, "custody-quorum"), detail);
	}
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
var Mistakes = class {
	found = [];
	try(step) {
		const outcome = outcomeOf(step);
		if (outcome.kind === "accepted") return outcome.value;
		this.found.push(outcome.refusal);
		return null;
	}
};
function readEach(entries, read, mistakes) {
	const all = /* @__PURE__ */ new Map();
	for (const [name, raw] of entries) {
		const value = mistakes.try(() => read(name, raw));
		if (value !== null) all.set(name, value);
	}
	return all;
}
function reviewPolicy(value) {
	const mistakes = new Mistakes();
	const policy = mistakes.try(() => asObject(value, "policy"));
	if (policy === null) return {
		kind: "refused",
		mistakes: mistakes.found
	};
	mistakes.try(() => {
		onlyKeys(policy, [
			"people",
			"roles",
			"online"
		], "policy");
	});
	const named = mistakes.try(() => section(policy, "people"));
	const people = readEach(named ?? [], (name, raw) => parsePerson(name, raw, `people.${name}`), mistakes);
	mistakes.try(() => {
		requireOwnNames(people);
	});
	const roles = mistakes.try(() => section(policy, "roles")) ?? /* @__PURE__ */ new Map();
	mistakes.try(() => {
		requireTellable(roles.keys(), "roles");
	});
	const known = new Map([...named ?? []].map(([name]) => [name, people.get(name) ?? {
		name,
		github: null,
		key: "",
		custody: null
	}]));
	const top = (name) => mistakes.try(() => {
		const raw = required(roles, name, "roles");
		onlyKeys(raw, ROLE_KEYS, `roles.${name}`);
		return parseRole(name, raw, known, `roles.${name}`);
	});
	const [root, targets] = [top("root"), top(TARGETS)];
	const below = [...roles].filter(([name]) => name !== "root" && name !== "targets");
	const delegations = [...readEach(below, (name, raw) => parseDelegation(name, raw, known, `roles.${name}`), mistakes).values()];
	if (delegations.length === below.length) mistakes.try(() => {
		requireTree(delegations);
	});
	const online = mistakes.try(() => {
		const entries = section(policy, "online");
		onlyKeys(asObject(policy.get("online"), "online"), ["snapshot", "timestamp"], "online");
		return entries;
	});
	const signedOnline = (name) => online === null ? null : mistakes.try(() => parseOnline(required(online, name, "online"), `online.${name}`));
	const [snapshot, timestamp] = [signedOnline("snapshot"), signedOnline("timestamp")];
	if (mistakes.found.length > 0 || root === null || targets === null || snapshot === null || timestamp === null) return {
		kind: "refused",
		mistakes: mistakes.found
	};
	return {
		kind: "policy",
		policy: {
			people,
			root,
			targets,
			delegations,
			snapshot,
			timestamp
		}
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

export { countsFrom as C, findLookAlike as S, MAX_EVENT_FILE_BYTES as _, linesWorthVerifying as a, MAX_YAML_CHARACTERS as b, parseCountersignatures as c, parsePeople as d, requireClaimedKeys as f, MAX_BODY_CHARACTERS as g, voterOf as h, lineIdentity as i, parsePayloadDigest as l, requireTellableNames as m, firstMetadata as n, foldReviews as o, requireOnlineKeys as p, carriedFiles as r, encodeCountersignatures as s, reviewPolicy as t, parsePeriods as u, MAX_LISTED_CHARACTERS as v, requireCounts as w, parseCommitSha as x, MAX_NOTE_CHARACTERS as y };
