import { G as readProposal, K as signersOf, S as decideGather, W as peopleOf, nt as classifyPath, w as evaluateEvent } from "./event.js";
import { y as describeChange } from "./render.js";
import { d as parsePayloadDigest, l as encodeCountersignatures } from "./trust.js";
import { At as TARGETS, Bt as outcomeOf, Ct as objectField, St as integerField, Vt as quote, bt as asString, ct as parseKey, ft as encodeCanonicalJson, kt as parseJson, mt as parseBinding, nt as verifySignature, pt as encodeJsonFile, st as keyIdOf, tt as payloadDigest, yt as asObject, zt as CountersignError } from "./tuf.js";
import { o as openPulls, t as readState, u as readEvent } from "./read-base.js";

// src/commands/claimed-repository.ts
function namedBy(bytes, path) {
	const outcome = outcomeOf(() => parseBinding(objectField(asObject(parseJson(bytes), path), "signed", path), path));
	return outcome.kind === "accepted" ? outcome.value?.repository ?? null : null;
}
async function claimedRepository(forge, pull) {
	const metadataHead = (await forge.branches("tuf")).get("tuf") ?? null;
	const before = metadataHead === null ? /* @__PURE__ */ new Map() : await forge.tree(metadataHead);
	const own = [...await forge.tree(pull.headSha)].flatMap(([path, { id, kind }]) => {
		const what = classifyPath(path).kind;
		return kind === "file" && (what === "root" || what === "role") && before.get(path)?.id !== id ? [[path, id]] : [];
	});
	const blobs = await forge.blobs([...new Set(own.map(([, id]) => id))]);
	for (const [path, id] of own) {
		const bytes = blobs.get(id);
		const repository = bytes === void 0 ? null : namedBy(bytes, path);
		if (repository !== null) return repository;
	}
	return null;
}

// src/commands/key-owner.ts
function keyOwner(keyId, role, facts, base) {
	if (base !== null) {
		const signers = signersOf(base, role);
		if (signers?.roleKeys.keyIds.includes(keyId) === true) return signers.people.byKey.get(keyId) ?? null;
	}
	const proposal = readProposal(facts.changes, base);
	const delegators = [...proposal.root === null ? [] : [proposal.root.signed], ...[...proposal.roles.values()].map(({ signed }) => signed)];
	for (const signed of delegators) {
		if (signed.binding === null) continue;
		if ((signed.kind === "root" ? role === "root" || role === "targets" ? signed.roles[role] : null : namedKeys(signed, role))?.keyIds.includes(keyId) === true) return peopleOf(signed, role).byKey.get(keyId) ?? null;
	}
	return null;
}
function namedKeys(signed, role) {
	return signed.delegations?.kind === "roles" ? signed.delegations.roles.find(({ name }) => name === role) ?? null : null;
}
async function requireOwnAccount(place, { name, account, custody }) {
	if (account === null || custody) return;
	const viewer = await place.forge.viewer();
	if (viewer.id !== account.id) throw new CountersignError("not-a-signer", viewer.login, `expected the account of ${quote(name)}, ${quote(account.login)}, whose key it is; from another account the signature would not count`);
}

// src/commands/signer-memory.ts
const MAX_MEMORY_BYTES = 4e6;
function memoryPath(repository, file) {
	return `${repository}/${file}`;
}
async function rememberedRoot(memory, repository) {
	const bytes = await memory.read(memoryPath(repository, "root-v1"), MAX_MEMORY_BYTES);
	return bytes === null ? null : parsePayloadDigest(new TextDecoder().decode(bytes).trim(), "remembered root");
}
async function readSeen(memory, repository) {
	const path = memoryPath(repository, "seen.json");
	const bytes = await memory.read(path, MAX_MEMORY_BYTES);
	const seen = /* @__PURE__ */ new Map();
	if (bytes === null) return seen;
	const raw = asObject(parseJson(bytes), path);
	for (const name of raw.keys()) seen.set(name, integerField(raw, name, path));
	return seen;
}
function versionsOf(base) {
	if (base === null) return /* @__PURE__ */ new Map();
	return new Map([["root", base.root.signed.version], ...[...base.roles].map(([role, { file }]) => [role, file.signed.version])]);
}
function requireNoRollback(seen, base) {
	const now = versionsOf(base);
	for (const [role, version] of seen) {
		const found = now.get(role) ?? 0;
		if (found === 0 && role !== "root" && role !== "targets") continue;
		if (found < version) throw new CountersignError("rollback", `${role}@${String(found)}`, `expected version ${String(version)} or later, which this machine has seen; nothing was signed`);
	}
}
async function readSigned(memory, repository) {
	const path = memoryPath(repository, "signed.json");
	const bytes = await memory.read(path, MAX_MEMORY_BYTES);
	const signed = /* @__PURE__ */ new Map();
	if (bytes === null) return signed;
	for (const [name, value] of asObject(parseJson(bytes), path)) signed.set(name, parsePayloadDigest(asString(value, path), path));
	return signed;
}
async function remember(memory, repository, root, seen, signed) {
	await memory.write(memoryPath(repository, "root-v1"), new TextEncoder().encode(`${root}\n`));
	await memory.write(memoryPath(repository, "seen.json"), encodeJsonFile(new Map(seen)));
	await memory.write(memoryPath(repository, "signed.json"), encodeJsonFile(new Map(signed)));
}

// src/commands/sign.ts
function proposedFiles(facts, base) {
	const proposal = readProposal(facts.changes, base);
	return [...proposal.root === null ? [] : [{
		role: "root",
		file: proposal.root,
		before: base?.root.signed ?? null
	}], ...[...proposal.roles].map(([role, file]) => ({
		role,
		file,
		before: base?.roles.get(role)?.file.signed ?? null
	}))];
}
function repositoryOf(files, base) {
	const binding = base?.root.signed.binding ?? files[0]?.file.signed.binding ?? null;
	if (binding === null) throw new CountersignError("binding-mismatch", "proposal", "expected x-countersign, got none");
	return binding.repository;
}
async function judgedEvent(place, pull, anchor) {
	const state = await readState({
		...place,
		anchor
	});
	for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
	if (state.metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
	const pulls = await openPulls(place.forge);
	const events = [];
	for (const one of pulls) events.push(await readEvent(place.forge, one, state.metadataHead, state.base));
	const { statuses } = decideGather({
		base: state.base,
		events,
		signedBefore: /* @__PURE__ */ new Map(),
		now: place.now
	});
	const index = pulls.findIndex(({ number }) => number === pull.number);
	const [facts, status] = [events[index], statuses[index]];
	if (facts === void 0 || status === void 0) throw new CountersignError("event-unknown", `#${String(pull.number)}`, "expected an open signing event");
	return {
		facts,
		status,
		base: state.base,
		metadataHead: state.metadataHead
	};
}
function requireSignable(status) {
	const where = `#${String(status.pull.number)}`;
	const [problem] = status.problems;
	if (problem !== void 0) throw new CountersignError(problem.code, `${where} ${problem.where}`, `${problem.detail} (nothing was signed)`);
	if (status.state === "queued") throw new CountersignError("event-open", where, `expected the next event of its role, got one that is queued behind #${String(status.behind ?? 0)}`);
	if (status.state === "outdated") throw new CountersignError("event-invalid", where, "expected an event built on the signed state, got an older one; gather builds it again");
}
async function signFiles(input, keyId, repository, files) {
	const key = parseKey(await input.signer.publicKey(), "signer");
	const signatures = [];
	for (const { role, file } of files) {
		const payload = encodeCanonicalJson(file.signed.raw);
		const sig = await input.signer.sign(payload);
		if (verifySignature(key, payload, sig) !== "valid") throw new CountersignError("signer-key", role, "expected a signature that verifies, got another");
		signatures.push({
			repository,
			role,
			version: file.signed.version,
			payload: payloadDigest(payload),
			keyId,
			sig
		});
	}
	return signatures;
}
async function submit(place, pull, summary, block) {
	const body = `${summary}\n\n${block}\n`;
	if ((await place.forge.viewer()).id === pull.author.id) {
		await place.forge.comment(pull.number, body);
		return "comment";
	}
	return (await place.forge.submitReview(pull.number, {
		state: "APPROVED",
		body,
		commitSha: pull.headSha
	})).state === "APPROVED" ? "review" : "comment";
}
async function sign(place, input) {
	const where = `#${String(input.number)}`;
	const pull = (await openPulls(place.forge)).find(({ number }) => number === input.number);
	if (pull === void 0) throw new CountersignError("event-unknown", where, "expected an open signing event; `countersign status` lists them");
	const claimed = await claimedRepository(place.forge, pull);
	const known = claimed === null ? null : await rememberedRoot(input.memory, claimed);
	const { facts, status, base, metadataHead } = await judgedEvent(place, pull, known ?? place.anchor);
	const all = proposedFiles(facts, base);
	for (const root of [known, place.anchor]) requireRemembered(root, all, base);
	const repository = repositoryOf(all, base);
	const remembered = repository === claimed ? known : await rememberedRoot(input.memory, repository);
	requireRemembered(remembered, all, base);
	const seen = await readSeen(input.memory, repository);
	requireNoRollback(seen, base);
	requireSignable(status);
	const keyId = keyIdOf(await input.signer.publicKey());
	const files = all.filter(({ role }) => keyOwner(keyId, role, facts, base) !== null);
	const person = files.map(({ role }) => keyOwner(keyId, role, facts, base))[0];
	if (person === void 0 || person === null) {
		const needed = status.roles.flatMap(({ requirements }) => requirements.flatMap(({ missing }) => missing));
		throw new CountersignError("not-a-signer", where, `expected a key of one of ${[...new Set(needed)].map((name) => quote(name)).join(", ")}, got ${keyId}`);
	}
	if (input.carrier === "submit") await requireOwnAccount(place, person);
	const signed = withoutSecondContent(await readSigned(input.memory, repository), files);
	const root = remembered ?? rootDigest(all, base);
	if (root === null) throw new CountersignError("base-missing", "root", "expected a root, got none");
	const question = describeChange(files.map((one) => ({
		...one,
		digest: payloadDigest(one.file.payload)
	})), remembered === null ? root : null);
	if (!await input.confirm(question)) throw new CountersignError("declined", where, "expected your agreement, got none; nothing was signed");
	await remember(input.memory, repository, root, new Map([...seen, ...versionsOf(base)]), signed);
	const lines = await signFiles(input, keyId, repository, files);
	const block = encodeCountersignatures(lines);
	const summary = `Approved ${lines.map(({ role, version, payload }) => `${role} v${String(version)} (sha256:${payload.slice(0, 16)}…)`).join(", ")}`;
	const carrier = input.carrier === "print" ? "printed" : isCounted(person, files, status) ? "counted" : await submit(place, pull, summary, block);
	const after = input.carrier === "print" ? null : evaluateEvent(await readEvent(place.forge, pull, metadataHead, base), base, place.now);
	return {
		number: pull.number,
		person: person.name,
		files: lines.map(({ role, version, payload }) => ({
			role,
			version,
			payload
		})),
		block,
		carrier,
		status: after
	};
}
function isCounted({ name }, files, status) {
	return files.every(({ role }) => status.roles.some((one) => one.role === role && one.requirements.every(({ missing }) => !missing.includes(name))));
}
function withoutSecondContent(before, files) {
	const signed = new Map(before);
	for (const { role, file } of files) {
		const name = `${role}@${String(file.signed.version)}`;
		const digest = payloadDigest(file.payload);
		const known = signed.get(name);
		if (known !== void 0 && known !== digest) throw new CountersignError("already-signed", name, `expected sha256:${known}, which you have signed for this version, got sha256:${digest}`);
		signed.set(name, digest);
	}
	return signed;
}
function rootDigest(files, base) {
	const first = base?.roots[0]?.file ?? files.find(({ role }) => role === "root")?.file;
	return first === void 0 ? null : payloadDigest(first.payload);
}
function requireRemembered(known, files, base) {
	const digest = rootDigest(files, base);
	if (known === null || digest === known) return;
	throw new CountersignError("anchor-mismatch", "root@1", `expected the root that this machine knows, sha256:${known}, got ${digest === null ? "another" : `sha256:${digest}`}`);
}

export { sign as t };
