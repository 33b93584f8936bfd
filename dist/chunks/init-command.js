import { At as readProposal, Bt as proposalBranch, Ht as rootHistoryPath, Lt as ROOT_PATH, Pt as POLICY_PATH, Vt as rolePath } from "./event.js";
import { c as shellWord, v as renderEventText } from "./render.js";
import { n as firstMetadata } from "./trust.js";
import { $t as quote, H as parseRoot, Ht as encodeCanonicalJson, K as parseRepositoryId, Ot as parseVersion, Qt as outcomeOf, R as parseTargets, Zt as CountersignError, dt as encodeMetadata, ft as payloadDigest, mt as keyIdOf, vt as mlDsaAlgorithmOf } from "./tuf.js";
import { n as openFirstEvent, s as readPolicy } from "./setup-files.js";
import { a as orIoError, n as errnoOf } from "./atomic-file.js";
import { d as withLock, m as createLocalForge, p as makeDirectories } from "./transport.js";
import { d as unsupportedSshType, g as ed25519FromPoint, h as parsePem, l as isSupportedSshType, m as isOneDerSequence, n as requireDirectoryName, p as decodeBase64, t as openRepository, u as parseSshPublicBlob } from "./repository-options.js";
import { i as opensslWords, n as describeKey, t as SUPPORTED_KEYS } from "./tuf-key.js";
import { t as EXIT } from "./exit-code.js";
import { t as readText } from "./read-text.js";
import { dirname, join, resolve } from "node:path";
import { createPublicKey, randomUUID } from "node:crypto";
import { mkdtemp, readdir, rename, rm, rmdir } from "node:fs/promises";

// src/commands/init.ts
const README_PATH = "README.md";
const README = `# Metadata of this project's TUF repository

This branch holds signed metadata and the policy that it was made from. It is written by Countersign when enough people
have signed a pull request; a change that is merged by hand is ignored.
`;
async function resolve$1(place, policy, input) {
	const keys = /* @__PURE__ */ new Map();
	const owners = /* @__PURE__ */ new Map();
	const accounts = /* @__PURE__ */ new Map();
	for (const { name, key, github } of policy.people.values()) {
		const resolved = await input.resolveKey(key, name);
		const keyId = keyIdOf(resolved);
		const owner = owners.get(keyId);
		if (owner !== void 0) throw new CountersignError("policy-invalid", `people.${name}.key`, `expected a key of their own, got the one of ${quote(owner)}`);
		owners.set(keyId, name);
		keys.set(name, resolved);
		if (github !== null) accounts.set(name, await input.resolveAccount(github));
	}
	const onlineKeys = /* @__PURE__ */ new Map();
	for (const uri of /* @__PURE__ */ new Set([...policy.snapshot.keys, ...policy.timestamp.keys])) onlineKeys.set(uri, await (await place.openSigner(uri)).publicKey());
	return {
		policy,
		keys,
		accounts,
		onlineKeys
	};
}
function requireOwnRootKeys({ people, root }) {
	const kept = root.signers.find((name) => (people.get(name)?.custody ?? null) !== null);
	if (kept === void 0) return;
	throw new CountersignError("policy-invalid", "roles.root.signers", `expected people who hold their keys, got ${quote(kept)}: root v1 needs every key that it lists, and a key in custody is used only once a signed root says for whom; add it in root v2`);
}
function requireCompletable(files) {
	const [problem] = readProposal(files, null).problems;
	if (problem !== void 0) throw new CountersignError("policy-invalid", problem.where, problem.detail);
}
async function leftovers(forge, branch, files) {
	const start = (await forge.branches("tuf")).get("tuf") ?? null;
	const proposal = (await forge.branches(branch)).get(branch) ?? null;
	if (start !== null && [...(await forge.tree(start)).keys()].some((path) => path !== README_PATH && !files.has(path))) throw new CountersignError("already-exists", "tuf", "expected a repository without this branch, got one that holds files");
	const open = await openFirstEvent(forge);
	if (open !== null) {
		const number = `#${String(open.number)}`;
		throw new CountersignError("already-exists", "tuf", `expected no first event yet, got ${number}; sign it, or abandon it to begin again`);
	}
	return {
		start,
		proposal
	};
}
async function begin(forge, files) {
	const readme = {
		kind: "bytes",
		bytes: new TextEncoder().encode(README)
	};
	const more = [...files].map(([path, bytes]) => [path, {
		kind: "bytes",
		bytes
	}]);
	const changes = new Map([[README_PATH, readme], ...more]);
	const start = await forge.writeCommit({
		base: null,
		parents: [],
		changes,
		message: "Begin the metadata branch\n"
	});
	await forge.moveBranch("tuf", null, start, "fast-forward");
	return start;
}
function parseRootChange(bytes) {
	const file = parseRoot(bytes);
	return {
		role: "root",
		file,
		before: null,
		digest: payloadDigest(file.payload)
	};
}
function targetsChange(role, files) {
	const file = parseTargets(files.get(rolePath(role)) ?? /* @__PURE__ */ new Uint8Array());
	return {
		role,
		file,
		before: null,
		digest: payloadDigest(file.payload)
	};
}
async function init(place, input) {
	const { forge } = place;
	const branch = proposalBranch("root", parseVersion(1, "root"));
	const left = await leftovers(forge, branch, input.files);
	const policy = readPolicy(input.policy, input.policyName);
	requireOwnRootKeys(policy);
	const metadata = firstMetadata(await resolve$1(place, policy, input), input.repository, place.now);
	const root = encodeMetadata(metadata.root, []);
	const files = /* @__PURE__ */ new Map([
		[ROOT_PATH, root],
		[rootHistoryPath(parseVersion(1, "root")), root],
		[POLICY_PATH, new TextEncoder().encode(input.policy)]
	]);
	for (const [role, signed] of metadata.roles) files.set(rolePath(role), encodeMetadata(signed, []));
	requireCompletable(files);
	const start = left.start ?? await begin(forge, input.files);
	const changes = new Map([...files].map(([path, bytes]) => [path, {
		kind: "bytes",
		bytes
	}]));
	const commit = await forge.writeCommit({
		base: start,
		parents: [start],
		changes,
		message: "Propose root v1\n"
	});
	await forge.moveBranch(branch, left.proposal, commit, "replace");
	const digest = payloadDigest(encodeCanonicalJson(metadata.root));
	const proposed = [parseRootChange(root), ...[...metadata.roles.keys()].map((role) => targetsChange(role, files))];
	const bodyAt = (url) => renderEventText({
		files: proposed,
		url,
		first: input.repository
	});
	const title = "Sign root v1";
	const pull = await forge.openPull({
		head: branch,
		base: "tuf",
		title,
		body: bodyAt("")
	});
	if (pull.headSha !== commit) throw new CountersignError("ref-conflict", branch, "expected to begin alone, got another init at the same time");
	await forge.editPull(pull.number, {
		title,
		body: bodyAt(pull.url)
	});
	return {
		repository: input.repository,
		number: pull.number,
		url: pull.url,
		root: digest,
		signers: policy.root.signers
	};
}

// src/signers/public-key.ts
const MAX_TEXT_LENGTH = 16384;
const FORMS = "an OpenSSH public key line, a PEM \"PUBLIC KEY\" or ed25519:<64 hex digits>";
function fromPem(pem, refuse) {
	if (pem.kind !== "blocks") throw refuse(`expected a PEM "PUBLIC KEY", got ${pem.kind === "malformed" ? pem.reason : "a text without one"}`);
	const [block, ...more] = pem.blocks;
	if (block.label.endsWith("PRIVATE KEY")) throw refuse("expected a public key, got a private key: it must be kept secret");
	if (block.label !== "PUBLIC KEY" || more.length > 0) throw refuse(`expected one PEM "PUBLIC KEY", got ${pem.blocks.map(({ label }) => `"${label}"`).join(", ")}`);
	if (!isOneDerSequence(block.body)) throw refuse("expected a whole public key, got one cut off or with more bytes after it");
	const postQuantum = mlDsaAlgorithmOf(block.body);
	if (postQuantum !== null) throw refuse(`expected ${SUPPORTED_KEYS}, got one of ${postQuantum}: few clients verify its signatures yet, and nothing may depend on one`);
	try {
		return createPublicKey({
			key: block.body,
			format: "der",
			type: "spki"
		});
	} catch (error) {
		throw refuse(`expected a public key, got ${opensslWords(error)}`);
	}
}
function fromSshLine(line, refuse) {
	const [type = "", base64 = ""] = line.split(/[ \t]+/, 2);
	const blob = decodeBase64(base64);
	if (line.includes("\n") || blob === null || blob.length === 0) {
		const given = isSupportedSshType(type) ? `an ${type} line that can't be read` : unsupportedSshType(type);
		throw refuse(`expected ${FORMS}, got ${given}`);
	}
	const found = parseSshPublicBlob(blob, refuse);
	if (found.type !== type) throw refuse("expected one key type, got two that differ before and inside the base64");
	return found.key;
}
function publicKeyObject(text, refuse) {
	const [, hex] = /^ed25519:([0-9a-f]{64})$/i.exec(text) ?? [];
	if (hex !== void 0) return ed25519FromPoint(Buffer.from(hex, "hex"));
	const pem = parsePem(text);
	return pem.kind === "none" ? fromSshLine(text, refuse) : fromPem(pem, refuse);
}
function parsePublicKey(text, where) {
	const refuse = (detail) => new CountersignError("key-invalid", where, detail);
	if (text.length > MAX_TEXT_LENGTH) throw refuse(`expected at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`);
	const description = describeKey(publicKeyObject(text.trim(), refuse));
	if (description.kind === "unsupported") throw refuse(`expected ${SUPPORTED_KEYS}, got ${description.found}`);
	return description.publicKey;
}

// src/cli/init-command.ts
const EXAMPLE = `# Who may sign what. Reviewed by people; what is trusted is the signed metadata that is made from it.
people:
  alice: { github: alice, key: "ssh-ed25519 AAAA... alice@laptop" }   # an OpenSSH public key
  bob: { github: bob, key: "pem:keys/bob.pub.pem" }                   # a public key in PEM, beside this file
  carol: { github: carol, key: "ed25519:<64 hex digits>" }            # as \`countersign keygen\` prints it
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:COUNTERSIGN_ONLINE_KEY"], expires: 7d, renew: 6d }
`;
const POLICY = "a policy (`countersign init --example` prints one to start from)";
function policyValue(file, parse) {
	const outcome = outcomeOf(parse);
	if (outcome.kind === "accepted") return outcome.value;
	const { where, detail } = outcome.refusal;
	throw new CountersignError("policy-invalid", where === file ? where : `${file}: ${where}`, detail);
}
async function readPolicyText(path) {
	const text = await readText(path, POLICY);
	policyValue(path, () => readPolicy(text, path));
	return text;
}
async function resolvePolicyKey(text, person, policyPath) {
	const where = `people.${person}.key`;
	const key = text.startsWith("pem:") ? await readText(resolve(dirname(policyPath), text.slice(4)), "a public key") : text;
	return policyValue(policyPath, () => parsePublicKey(key, where));
}
async function initLocal(options, forge, place) {
	const policy = await readPolicyText(options.policy);
	return init(place, {
		policy,
		policyName: options.policy,
		repository: parseRepositoryId(randomUUID(), "repository"),
		files: /* @__PURE__ */ new Map(),
		resolveKey: (text, person) => resolvePolicyKey(text, person, options.policy),
		resolveAccount: (login) => forge.ensureAccount(login)
	});
}
function initText(result, style) {
	return [
		`${style.good("opened")} #${String(result.number)}: the first metadata of repository ${result.repository}`,
		`root v1 ${style.bold(`sha256:${result.root}`)}`,
		`each of ${result.signers.join(", ")} compares that digest with the others by other means, and then runs:`,
		`  countersign sign ${shellWord(result.url)} --key <file>`
	].join("\n");
}
const FORGE_MARKER = "forge.json";
const ASIDE_PREFIX = ".init-";
const LOCK = ".init";
function readNames(directory) {
	return orIoError(directory, "a directory for the repository", async () => {
		try {
			return await readdir(directory);
		} catch (error) {
			if (errnoOf(error) !== "ENOENT") throw error;
			return [];
		}
	});
}
async function isNew(directory) {
	const names = (await readNames(directory)).filter((name) => !name.startsWith(ASIDE_PREFIX) && name !== `${LOCK}.lock`);
	const [first] = names;
	if (first === void 0) return true;
	if (names.includes(FORGE_MARKER)) return false;
	const detail = `expected a new or empty directory for the repository, got one with ${quote(first)}; name one with --repo`;
	throw new CountersignError("already-exists", directory, detail);
}
async function removeUnfinished(directory) {
	for (const name of await readNames(directory)) if (name.startsWith(ASIDE_PREFIX)) await rm(join(directory, name), {
		recursive: true,
		force: true
	});
}
async function moveIn(aside, directory) {
	const names = (await readdir(aside)).filter((name) => name !== FORGE_MARKER);
	for (const name of [...names, FORGE_MARKER]) await rename(join(aside, name), join(directory, name));
	await rmdir(aside);
}
async function beginIn(directory, options, console) {
	if (!await isNew(directory)) throw new CountersignError("already-exists", directory, "expected to begin it, got one that another run began");
	await orIoError(directory, "to clear what another run has left", () => removeUnfinished(directory));
	const aside = await orIoError(directory, "to make a directory in it", () => mkdtemp(join(directory, ASIDE_PREFIX)));
	try {
		await createLocalForge(aside);
		const { place, forge } = await openRepository({
			...options,
			repo: aside
		}, console);
		const result = await initLocal(options, forge, place);
		await orIoError(directory, "to move the repository in", () => moveIn(aside, directory));
		const pulls = await (await openRepository(options, console)).forge.openPulls("");
		return {
			...result,
			url: pulls.find(({ number }) => number === result.number)?.url ?? result.url
		};
	} catch (error) {
		await rm(aside, {
			recursive: true,
			force: true
		});
		throw error;
	}
}
async function initNew(options, console) {
	const directory = resolve(options.repo);
	const made = await orIoError(directory, "to make the directory", () => makeDirectories(directory));
	try {
		return await withLock(join(directory, LOCK), () => beginIn(directory, options, console));
	} catch (error) {
		if (made !== null) await Promise.allSettled([rmdir(directory)]);
		throw error;
	}
}
async function initCommand(options, console) {
	if (options.example) {
		console.result({ policy: EXAMPLE }, ({ policy }) => policy);
		return EXIT.ok;
	}
	requireDirectoryName(options.repo, "use --github OWNER/REPO");
	await readPolicyText(options.policy);
	if (await isNew(options.repo)) {
		console.result(await initNew(options, console), initText);
		return EXIT.ok;
	}
	const { place, forge } = await openRepository(options, console);
	console.result(await initLocal(options, forge, place), initText);
	return EXIT.ok;
}

export { init as a, resolvePolicyKey as i, initLocal as n, requireOwnRootKeys as o, readPolicyText as r, initCommand as t };
