import { d as signersOf, l as peopleOf, o as decideGather, u as readProposal } from "./event.js";
import { u as describeChange } from "./render.js";
import { l as parsePayloadDigest, s as encodeCountersignatures } from "./trust.js";
import { At as CountersignError, Mt as quote, X as payloadDigest, Z as verifySignature, bt as asObject, dt as keyIdOf, ft as parseKey, gt as encodeJsonFile, ht as encodeCanonicalJson, kt as parseJson, xt as asString } from "./tuf.js";
import { n as readState } from "./read-base.js";
import { n as openPulls, r as readEvent } from "./read-events.js";

// src/commands/sign.ts
const MAX_MEMORY_BYTES = 4e6;
function memoryPath(repository, file) {
	return `${repository}/${file}`;
}
async function rememberedRoot(memory, repository) {
	const bytes = await memory.read(memoryPath(repository, "root-v1"), MAX_MEMORY_BYTES);
	return bytes === null ? null : parsePayloadDigest(new TextDecoder().decode(bytes).trim(), "remembered root");
}
async function readSigned(memory, repository) {
	const path = memoryPath(repository, "signed.json");
	const bytes = await memory.read(path, MAX_MEMORY_BYTES);
	const signed = /* @__PURE__ */ new Map();
	if (bytes === null) return signed;
	for (const [name, value] of asObject(parseJson(bytes), path)) signed.set(name, parsePayloadDigest(asString(value, path), path));
	return signed;
}
async function remember(memory, repository, root, signed) {
	await memory.write(memoryPath(repository, "root-v1"), new TextEncoder().encode(`${root}\n`));
	await memory.write(memoryPath(repository, "signed.json"), encodeJsonFile(new Map(signed)));
}
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
function personFor(keyId, role, facts, base) {
	if (base !== null) {
		const signers = signersOf(base, role);
		if (signers?.roleKeys.keyIds.includes(keyId) === true) return signers.people.byKey.get(keyId)?.name ?? null;
	}
	const proposal = readProposal(facts.changes, base);
	const delegators = [...proposal.root === null ? [] : [proposal.root.signed], ...[...proposal.roles.values()].map(({ signed }) => signed)];
	for (const signed of delegators) {
		if (signed.binding === null) continue;
		if ((signed.kind === "root" ? role === "root" || role === "targets" ? signed.roles[role] : null : namedKeys(signed, role))?.keyIds.includes(keyId) === true) return peopleOf(signed, role).byKey.get(keyId)?.name ?? null;
	}
	return null;
}
function namedKeys(signed, role) {
	return signed.delegations?.kind === "roles" ? signed.delegations.roles.find(({ name }) => name === role) ?? null : null;
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
	for (const one of pulls) events.push(await readEvent(place.forge, one, state.metadataHead));
	const { statuses } = decideGather({
		base: state.base,
		events,
		signedVersions: /* @__PURE__ */ new Map(),
		now: place.now
	});
	const index = pulls.findIndex(({ number }) => number === pull.number);
	const [facts, status] = [events[index], statuses[index]];
	if (facts === void 0 || status === void 0) throw new CountersignError("event-unknown", `#${String(pull.number)}`, "expected an open signing event");
	return {
		facts,
		status,
		base: state.base
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
	const first = await judgedEvent(place, pull, null);
	const repository = repositoryOf(proposedFiles(first.facts, first.base), first.base);
	const remembered = await rememberedRoot(input.memory, repository);
	const { facts, status, base } = remembered === null ? first : await judgedEvent(place, pull, remembered);
	const all = proposedFiles(facts, base);
	requireRemembered(remembered, all, base);
	requireSignable(status);
	const keyId = keyIdOf(await input.signer.publicKey());
	const files = all.filter(({ role }) => personFor(keyId, role, facts, base) !== null);
	const person = files.map(({ role }) => personFor(keyId, role, facts, base))[0];
	if (person === void 0 || person === null) {
		const needed = status.roles.flatMap(({ requirements }) => requirements.flatMap(({ missing }) => missing));
		throw new CountersignError("not-a-signer", where, `expected a key of one of ${[...new Set(needed)].map((name) => quote(name)).join(", ")}, got ${keyId}`);
	}
	const signed = new Map(await readSigned(input.memory, repository));
	for (const { role, file } of files) {
		const name = `${role}@${String(file.signed.version)}`;
		const digest = payloadDigest(file.payload);
		const before = signed.get(name);
		if (before !== void 0 && before !== digest) throw new CountersignError("already-signed", name, `expected sha256:${before}, which you have signed for this version, got sha256:${digest}`);
		signed.set(name, digest);
	}
	const question = describeChange(files.map((one) => ({
		...one,
		digest: payloadDigest(one.file.payload)
	})), remembered === null);
	if (!await input.confirm(question)) throw new CountersignError("declined", where, "expected your agreement, got none; nothing was signed");
	const root = remembered ?? rootDigest(all, base);
	await remember(input.memory, repository, root, signed);
	const lines = await signFiles(input, keyId, repository, files);
	const block = encodeCountersignatures(lines);
	const summary = `Approved ${lines.map(({ role, version, payload }) => `${role} v${String(version)} (sha256:${payload.slice(0, 16)}…)`).join(", ")}`;
	const carrier = input.carrier === "print" ? "printed" : await submit(place, pull, summary, block);
	const after = input.carrier === "print" ? null : (await judgedEvent(place, pull, remembered)).status;
	return {
		number: pull.number,
		person,
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
function rootDigest(files, base) {
	const first = base?.roots[0]?.file ?? files.find(({ role }) => role === "root")?.file;
	if (first === void 0) throw new CountersignError("base-missing", "root", "expected a root, got none");
	return payloadDigest(first.payload);
}
function requireRemembered(remembered, files, base) {
	if (remembered === null) return;
	const digest = rootDigest(files, base);
	if (digest !== remembered) throw new CountersignError("anchor-mismatch", "root@1", `expected the root that this machine remembers, sha256:${remembered}, got sha256:${digest}`);
}

export { sign as t };
