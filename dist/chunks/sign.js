import { Rt as classifyPath, a as decideSignature } from "./event.js";
import { y as describeChange } from "./render.js";
import { l as parsePayloadDigest, s as encodeCountersignatures } from "./trust.js";
import { $t as quote, Ft as asObject, G as parseBinding, Ht as encodeCanonicalJson, It as asString, Pt as asArray, Qt as outcomeOf, Rt as integerField, Ut as encodeJsonFile, Xt as parseJson, Zt as CountersignError, bt as TARGETS, ft as payloadDigest, gt as parseKey, mt as keyIdOf, pt as verifySignature, yt as sha256Hex, zt as objectField } from "./tuf.js";
import { n as ownWorkplace, t as keyOwner } from "./key-owner.js";
import { t as fileChanges } from "./proposal-text.js";
import { t as readState } from "./read-base.js";
import { a as readProposalPulls, o as requireOpenPull, r as readEvents } from "./read-events.js";

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
	for (const [name, value] of asObject(parseJson(bytes), path)) {
		const digests = typeof value === "string" ? [value] : asArray(value, path).map((item) => asString(item, path));
		signed.set(name, digests.map((digest) => parsePayloadDigest(digest, path)));
	}
	return signed;
}
async function remember(memory, repository, root, seen, signed) {
	await memory.write(memoryPath(repository, "root-v1"), new TextEncoder().encode(`${root}\n`));
	await memory.write(memoryPath(repository, "seen.json"), encodeJsonFile(new Map(seen)));
	const contents = [...signed].map(([name, [only, ...more]]) => [name, more.length === 0 ? only ?? "" : [only ?? "", ...more]]);
	await memory.write(memoryPath(repository, "signed.json"), encodeJsonFile(new Map(contents)));
}

// src/commands/sign.ts
function repositoryOf(files, base) {
	const binding = base?.root.signed.binding ?? files[0]?.file.signed.binding ?? null;
	if (binding === null) throw new CountersignError("binding-mismatch", "proposal", "expected x-countersign, got none");
	return binding.repository;
}
async function judgedEvent(place, number, anchor) {
	const { forge, now } = place;
	const pulls = await readProposalPulls(forge);
	const state = await readState({
		...place,
		anchor
	}, pulls.ended);
	for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
	const { base, metadataHead } = state;
	if (metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
	const { events, statuses } = await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls);
	const index = events.findIndex((one) => one.pull.number === number);
	const [pull, facts, status] = [
		pulls.open.find((one) => one.number === number),
		events[index],
		statuses[index]
	];
	if (pull === void 0 || facts === void 0 || status === void 0) throw new CountersignError("event-unknown", `#${String(number)}`, "expected an open signing event");
	return {
		pull,
		facts,
		status,
		base
	};
}
function requireSignable(status) {
	const where = `#${String(status.pull.number)}`;
	const [problem] = status.problems;
	if (problem !== void 0) throw new CountersignError(problem.code, `${where} ${problem.where}`, `${problem.detail} (nothing was signed)`);
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
	const { forge } = place;
	const state = (await forge.viewer()).id === pull.author.id ? "COMMENTED" : "APPROVED";
	await forge.submitReview(pull.number, {
		state,
		body: `${summary}\n\n${block}\n`,
		commitSha: pull.headSha
	});
}
async function requireSameHead({ forge }, { head, headSha, number }) {
	if ((await forge.branches(head)).get(head) === headSha) return;
	throw new CountersignError("ref-conflict", `#${String(number)}`, "it was changed while you were reading; nothing was submitted: look at it again");
}
async function sign(place, input) {
	const where = `#${String(input.number)}`;
	const claimed = await claimedRepository(place.forge, await requireOpenPull(place.forge, input.number));
	const known = claimed === null ? null : await rememberedRoot(input.memory, claimed);
	const { pull, facts, status, base } = await judgedEvent(place, input.number, known ?? place.anchor);
	const all = fileChanges(facts.changes, base);
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
	const own = input.carrier === "submit" ? await ownWorkplace(place, person, input.openAs ?? null) : place;
	const memory = decideSignature(await readSigned(input.memory, repository), files);
	const root = remembered ?? rootDigest(all, base);
	if (root === null) throw new CountersignError("base-missing", "root", "expected a root, got none");
	const change = withLines(describeChange(files, remembered === null ? {
		payload: root,
		file: rootFileDigest(base)
	} : null, {
		person: person.name,
		keyId,
		signed: isCounted(person, files, status)
	}), behindLines(status));
	if (!(memory.replaced.length === 0 ? await input.confirm(change) : await input.confirmReplacement(change, memory.replaced))) throw new CountersignError("declined", where, "expected your agreement, got none; nothing was signed");
	if (input.carrier === "submit") await requireSameHead(place, pull);
	await remember(input.memory, repository, root, new Map([...seen, ...versionsOf(base)]), memory.signed);
	const lines = await signFiles(input, keyId, repository, files);
	const block = encodeCountersignatures(lines);
	const summary = `Approved ${lines.map(({ role, version, payload }) => `${role} v${String(version)} (sha256:${payload.slice(0, 16)}…)`).join(", ")}`;
	const carrier = input.carrier === "print" ? "printed" : isCounted(person, files, status) ? "counted" : "review";
	if (carrier === "review") await submit(own, pull, summary, block);
	const after = carrier === "printed" ? null : await statusAfter(place, input.number, known ?? place.anchor);
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
async function statusAfter(place, number, anchor) {
	try {
		return (await judgedEvent({
			...place,
			log: {
				...place.log,
				warn: () => void 0
			}
		}, number, anchor)).status;
	} catch (error) {
		if (error instanceof CountersignError && error.code === "event-unknown") return null;
		throw error;
	}
}
function behindLines({ behind }) {
	if (behind === null) return [];
	return [`#${String(behind)} changes the same role. If it completes first, this event is built again, and you are asked to sign again.`, ""];
}
function withLines(change, lines) {
	return {
		...change,
		brief: [change.brief, ...lines].join("\n"),
		full: [change.full, ...lines].join("\n")
	};
}
function rootDigest(files, base) {
	const first = base?.roots[0]?.file ?? files.find(({ role }) => role === "root")?.file;
	return first === void 0 ? null : payloadDigest(first.payload);
}
function rootFileDigest(base) {
	const first = base?.roots[0]?.bytes;
	return first === void 0 ? null : sha256Hex(first);
}
function requireRemembered(known, files, base) {
	const digest = rootDigest(files, base);
	if (known === null || digest === known) return;
	throw new CountersignError("anchor-mismatch", "root@1", `expected the root that this machine knows, sha256:${known}, got ${digest === null ? "another" : `sha256:${digest}`}`);
}

export { sign as t };
