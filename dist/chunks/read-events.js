import { H as withoutBase, J as collectCountersignatures, K as signersOf, Q as PROPOSAL_PREFIX, Y as signedVersions, rt as rolePath, tt as classifyPath } from "./event.js";
import { $ as requireThreshold, H as parseTargets, Ot as parseJson, Rt as CountersignError, St as objectField, et as encodeMetadata, ft as encodeCanonicalJson, tt as payloadDigest, vt as asObject, zt as outcomeOf } from "./tuf.js";

// src/commands/read-events.ts
const HISTORY_DEPTH = 30;
function roleOfPath(path) {
	const what = classifyPath(path);
	if (what.kind === "root") return "root";
	return what.kind === "role" ? what.role : null;
}
function payloadOf(bytes) {
	const outcome = outcomeOf(() => encodeCanonicalJson(objectField(asObject(parseJson(bytes), "$"), "signed", "$")));
	return outcome.kind === "accepted" ? outcome.value : null;
}
async function changedFiles(forge, fork, head) {
	const changed = [...head].filter(([path, { id, kind }]) => fork.get(path)?.id !== id || fork.get(path)?.kind !== kind);
	const plain = changed.filter(([, { kind }]) => kind === "file");
	const blobs = await forge.blobs([...new Set(plain.map(([, { id }]) => id))]);
	const changes = /* @__PURE__ */ new Map();
	for (const [path, { id, kind }] of changed) {
		const bytes = kind === "file" ? blobs.get(id) : void 0;
		changes.set(path, bytes ?? null);
	}
	for (const path of fork.keys()) if (!head.has(path)) changes.set(path, null);
	return changes;
}
async function payloadsAt(forge, commit, paths) {
	const tree = await forge.tree(commit);
	const wanted = paths.flatMap((path) => {
		const entry = tree.get(path);
		const role = roleOfPath(path);
		return entry?.kind !== "file" || role === null ? [] : [[role, entry.id]];
	});
	const blobs = await forge.blobs(wanted.map(([, id]) => id));
	const digests = /* @__PURE__ */ new Map();
	for (const [role, id] of wanted) {
		const payload = payloadOf(blobs.get(id) ?? /* @__PURE__ */ new Uint8Array());
		if (payload !== null) digests.set(role, payloadDigest(payload));
	}
	return digests;
}
async function payloadHistory(forge, head, paths) {
	const payloads = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const blobs = await forge.blobs(await forge.history(head, path, HISTORY_DEPTH));
		for (const bytes of blobs.values()) {
			const payload = payloadOf(bytes);
			if (payload !== null) payloads.set(payloadDigest(payload), payload);
		}
	}
	return payloads;
}
function signedAs(role, bytes, base) {
	const signers = signersOf(base, role);
	if (signers === null) return null;
	const outcome = outcomeOf(() => {
		const file = parseTargets(bytes);
		requireThreshold({
			payload: file.payload,
			signatures: file.signatures,
			keys: signers.keys,
			role: signers.roleKeys
		}, role);
		return file;
	});
	return outcome.kind === "accepted" ? outcome.value : null;
}
async function readFork(forge, fork, role, bytes, base) {
	const known = base?.roles.get(role);
	if (base === null || known === void 0) return bytes;
	if (bytes !== null && (Buffer.compare(bytes, known.bytes) === 0 || signedAs(role, bytes, base) !== null)) return bytes;
	const [last] = [...(await forge.blobs(fork === null ? [] : await forge.history(fork, rolePath(role), HISTORY_DEPTH))).values()].flatMap((one) => {
		const file = signedAs(role, one, base);
		return file === null ? [] : [{
			bytes: one,
			version: file.signed.version
		}];
	}).sort((a, b) => b.version - a.version);
	return last?.bytes ?? encodeMetadata(new Map(known.file.signed.raw).set("targets", /* @__PURE__ */ new Map()), []);
}
async function readEvent(forge, pull, metadataHead, base) {
	const forkSha = await forge.mergeBase(metadataHead, pull.headSha);
	const fork = forkSha === null ? /* @__PURE__ */ new Map() : await forge.tree(forkSha);
	const head = await forge.tree(pull.headSha);
	const changes = withoutBase(await changedFiles(forge, fork, head), head, base);
	const paths = [...changes.keys()].filter((path) => roleOfPath(path) !== null);
	const forkBlobs = await forge.blobs(paths.flatMap((path) => [fork.get(path)].flatMap((entry) => entry?.kind === "file" ? [entry.id] : [])));
	const forkedFrom = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const what = classifyPath(path);
		if (what.kind !== "role") continue;
		const entry = fork.get(path);
		const there = entry?.kind === "file" ? forkBlobs.get(entry.id) ?? null : null;
		const bytes = await readFork(forge, forkSha, what.role, there, base);
		if (bytes !== null) forkedFrom.set(what.role, bytes);
	}
	const reviews = await forge.reviews(pull.number);
	const commits = new Set(reviews.flatMap(({ commitSha }) => commitSha === null ? [] : [commitSha]));
	const digests = /* @__PURE__ */ new Map();
	for (const commit of commits) digests.set(commit, await payloadsAt(forge, commit, paths));
	const { number, headSha, author, url, head: branch, from } = pull;
	return {
		pull: {
			number,
			headSha,
			author,
			url,
			branch,
			from
		},
		changes,
		forkedFrom,
		reviews,
		comments: await forge.comments(number),
		payloadsAt: digests,
		earlierPayloads: await payloadHistory(forge, pull.headSha, paths)
	};
}
async function openPulls(forge) {
	return openAmong(await forge.pulls(PROPOSAL_PREFIX, "tuf"));
}
function openAmong(pulls) {
	return pulls.filter(({ state, base }) => state === "open" && base === "tuf");
}
async function readSignedVersions(forge, base, roles) {
	const wanted = [...roles].flatMap((role) => {
		const signers = signersOf(base, role);
		return signers === null ? [] : [{
			role,
			signers,
			versions: /* @__PURE__ */ new Set()
		}];
	});
	if (wanted.length === 0) return /* @__PURE__ */ new Map();
	for (const pull of await forge.pulls(PROPOSAL_PREFIX, "tuf")) {
		if (pull.state === "merged") continue;
		const { posted } = collectCountersignatures({
			reviews: await forge.reviews(pull.number),
			comments: await forge.comments(pull.number)
		});
		for (const { role, signers, versions } of wanted) {
			if (!posted.some(({ line }) => line.role === role)) continue;
			const payloads = await payloadHistory(forge, pull.headSha, [rolePath(role)]);
			const current = pull.state === "open" ? await currentPayload(forge, pull, role) : null;
			for (const version of signedVersions(role, base.repository, signers.people, signers.keys, posted, payloads, current)) versions.add(version);
		}
	}
	return new Map(wanted.map(({ role, versions }) => [role, versions]));
}
async function currentPayload(forge, pull, role) {
	return (await payloadsAt(forge, pull.headSha, [rolePath(role)])).get(role) ?? null;
}
async function adoptOrphans(forge) {
	const branches = await forge.branches(PROPOSAL_PREFIX);
	if (branches.size === 0) return;
	const pulls = await forge.pulls(PROPOSAL_PREFIX, "tuf");
	for (const [branch, head] of branches) {
		if (pulls.some((pull) => pull.head === branch && (pull.state === "open" || pull.state === "merged" || pull.headSha === head))) continue;
		if ((await forge.branches(branch)).get(branch) !== head) continue;
		try {
			await forge.openPull({
				head: branch,
				base: "tuf",
				title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`,
				body: ""
			});
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
		}
	}
}

export { readSignedVersions as a, readEvent as i, openAmong as n, openPulls as r, adoptOrphans as t };
