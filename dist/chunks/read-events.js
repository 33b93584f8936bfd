import { $ as mayBeSigned, At as readProposal, Et as rolesAmong, Ft as PROPOSAL_PREFIX, Ht as rootHistoryPath, Mt as EVENT_PATH, Ot as contentOf, Pt as POLICY_PATH, Rt as classifyPath, Tt as listenTo, Vt as rolePath, bt as proposedFiles, et as proposesAbove, ft as signedCommit, gt as withoutBase, ht as payloadOf, jt as signersOf, kt as mayHold, mt as ownChanges, nt as signedElsewhere, pt as baseFiles, rt as evaluateEvents, tt as signedVersion, vt as votersOf, xt as carriersToAsk, yt as evaluateEvent } from "./event.js";
import { Ot as parseVersion, Qt as outcomeOf, R as parseTargets, Zt as CountersignError, bt as TARGETS, dt as encodeMetadata, ft as payloadDigest, lt as requireThreshold } from "./tuf.js";

// src/commands/read-event.ts
const PAYLOAD_HISTORY = 30;
const MAX_REVIEWED_COMMITS = 30;
function roleOfPath(path) {
	const what = classifyPath(path);
	if (what.kind === "root") return "root";
	return what.kind === "role" ? what.role : null;
}
function changedEntries(fork, head) {
	const changed = /* @__PURE__ */ new Map();
	for (const [path, entry] of head) {
		const before = fork.get(path);
		if (before?.id !== entry.id || before.kind !== entry.kind) changed.set(path, entry);
	}
	for (const path of fork.keys()) if (!head.has(path)) changed.set(path, null);
	return changed;
}
function withoutMerged({ mergedPolicies }, changed) {
	const policy = changed.get("countersign.yaml") ?? null;
	if (policy?.kind !== "file" || !mergedPolicies.has(policy.id)) return changed;
	return new Map([...changed].filter(([path]) => path !== POLICY_PATH));
}
function delegatedBy(bytes) {
	const outcome = outcomeOf(() => parseTargets(bytes).signed.delegations);
	return outcome.kind === "accepted" && outcome.value?.kind === "roles" ? outcome.value.roles.map(({ name }) => name) : [];
}
function claimedPaths(base) {
	const next = parseVersion((base?.roots.length ?? 0) + 1, "root");
	const roles = /* @__PURE__ */ new Set([TARGETS]);
	for (const { file } of base?.roles.values() ?? []) {
		const { delegations } = file.signed;
		if (delegations?.kind === "roles") for (const { name } of delegations.roles) roles.add(name);
	}
	const files = baseFiles(base);
	const own = [
		EVENT_PATH,
		"metadata/root.json",
		rootHistoryPath(next),
		...base === null ? [POLICY_PATH] : []
	];
	return {
		paths: /* @__PURE__ */ new Set([...files.keys(), ...own]),
		roles
	};
}
async function readChanges({ forge, base }, changed) {
	const changes = new Map([...changed.keys()].map((path) => [path, null]));
	const { paths, roles } = claimedPaths(base);
	const isBin = (role) => base !== null && signersOf(base, role) !== null;
	const wanted = new Set(roles);
	const waiting = new Map([...changed].filter(([, entry]) => entry?.kind === "file"));
	for (;;) {
		const ready = [...waiting].filter(([path]) => {
			const role = roleOfPath(path);
			return paths.has(path) || role !== null && role !== "root" && (wanted.has(role) || isBin(role));
		});
		if (ready.length === 0) return changes;
		const ids = new Set(ready.flatMap(([, entry]) => entry === null ? [] : [entry.id]));
		const blobs = await forge.blobs([...ids]);
		for (const [path, entry] of ready) {
			waiting.delete(path);
			const bytes = entry === null ? void 0 : blobs.get(entry.id);
			if (bytes === void 0) continue;
			changes.set(path, bytes);
			if (classifyPath(path).kind === "role" && waiting.size > 0) for (const name of delegatedBy(bytes)) wanted.add(name);
		}
	}
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
async function readFork({ forge, base }, fork, role, bytes) {
	const known = base?.roles.get(role);
	if (base === null || known === void 0) return bytes;
	if (bytes !== null && (Buffer.compare(bytes, known.bytes) === 0 || signedAs(role, bytes, base) !== null)) return bytes;
	const [last] = [...(await forge.blobs(fork === null ? [] : await forge.history(fork, rolePath(role), PAYLOAD_HISTORY))).values()].flatMap((one) => {
		const file = signedAs(role, one, base);
		return file === null ? [] : [{
			bytes: one,
			version: file.signed.version
		}];
	}).sort((a, b) => b.version - a.version);
	return last?.bytes ?? encodeMetadata(new Map(known.file.signed.raw).set("targets", /* @__PURE__ */ new Map()), []);
}
async function readForks(context, fork, forkTree, paths) {
	const forkedFrom = /* @__PURE__ */ new Map();
	const entries = paths.flatMap((path) => {
		const [what, entry] = [classifyPath(path), forkTree.get(path)];
		return what.kind === "role" ? [{
			role: what.role,
			id: entry?.kind === "file" ? entry.id : null
		}] : [];
	});
	const blobs = await context.forge.blobs(entries.flatMap(({ id }) => id ?? []));
	for (const { role, id } of entries) {
		const bytes = await readFork(context, fork, role, id === null ? null : blobs.get(id) ?? null);
		if (bytes !== null) forkedFrom.set(role, bytes);
	}
	return forkedFrom;
}
async function changedAt(context, commit) {
	const { forge, metadataHead } = context;
	const tree = (await forge.trees([commit])).get(commit);
	if (tree === void 0) return null;
	const fork = await forge.mergeBase(metadataHead, commit);
	return withoutMerged(context, changedEntries(fork === null ? /* @__PURE__ */ new Map() : await forge.tree(fork), tree));
}
async function readReviewed(context, commit, roles) {
	const changed = await changedAt(context, commit);
	if (changed === null) return null;
	const wanted = [...changed].flatMap(([path, entry]) => {
		const role = roleOfPath(path);
		return entry?.kind === "file" && role !== null && roles.has(role) ? [[role, entry.id]] : [];
	});
	const blobs = await context.forge.blobs(wanted.map(([, id]) => id));
	const payloads = /* @__PURE__ */ new Map();
	for (const [role, id] of wanted) {
		const payload = payloadOf(blobs.get(id) ?? /* @__PURE__ */ new Uint8Array());
		if (payload !== null) payloads.set(role, payload);
	}
	return {
		changed,
		payloads
	};
}
function isRewritten(a, b) {
	const idsOf = (changed) => [...changed].filter(([path]) => path !== EVENT_PATH).map(([path, entry]) => `${path}\n${entry?.id ?? ""}`).sort().join("\n");
	return idsOf(a) !== idsOf(b);
}
function isLittered(changed, base) {
	return [...changed].some(([path, entry]) => entry === null ? !path.startsWith("metadata/") : entry.kind !== "file" || !mayHold(path, base));
}
function reviewedCommits(reviews, people) {
	const commits = reviews.flatMap(({ author, commitSha }) => commitSha === null || !people.has(author.id) ? [] : [commitSha]);
	return [...new Set(commits.reverse())].slice(0, MAX_REVIEWED_COMMITS);
}
function digestsOf(payloads) {
	return new Map([...payloads].map(([role, payload]) => [role, payloadDigest(payload)]));
}
async function payloadHistory(forge, head, paths) {
	const payloads = /* @__PURE__ */ new Map();
	for (const path of paths) {
		const blobs = await forge.blobs(await forge.history(head, path, PAYLOAD_HISTORY));
		for (const bytes of blobs.values()) {
			const payload = payloadOf(bytes);
			if (payload !== null) payloads.set(payloadDigest(payload), payload);
		}
	}
	return payloads;
}
async function readEvent(context, pull, carriers = "all") {
	const { forge, metadataHead, base } = context;
	const { number, headSha, author, url, head: branch } = pull;
	const forkSha = await forge.mergeBase(metadataHead, headSha);
	const forkTree = forkSha === null ? /* @__PURE__ */ new Map() : await forge.tree(forkSha);
	const headTree = await forge.tree(headSha);
	const changed = withoutMerged(context, changedEntries(forkTree, headTree));
	const changes = withoutBase(await readChanges(context, changed), headTree, base);
	const paths = [...changes.keys()].filter((path) => roleOfPath(path) !== null && changes.get(path) !== null);
	const forkedFrom = await readForks(context, forkSha, forkTree, paths);
	const proposal = readProposal(changes, base);
	const listening = listenTo(changes.keys(), proposal, base);
	const reviews = await forge.reviews(number, [...listening.people.values(), ...context.automation]);
	const comments = carriers === "reviews" ? [] : await forge.comments(number);
	const roles = /* @__PURE__ */ new Set([...listening.signers.keys(), ...rolesAmong(changes.keys())]);
	const payloadsAt = /* @__PURE__ */ new Map();
	const earlierPayloads = await payloadHistory(forge, headSha, paths);
	const rewritten = /* @__PURE__ */ new Set();
	const littered = /* @__PURE__ */ new Set();
	for (const commit of [headSha, ...reviewedCommits(reviews, listening.people)]) {
		if (payloadsAt.has(commit)) continue;
		const reviewed = await readReviewed(context, commit, roles);
		if (reviewed === null) continue;
		payloadsAt.set(commit, digestsOf(reviewed.payloads));
		for (const payload of reviewed.payloads.values()) earlierPayloads.set(payloadDigest(payload), payload);
		if (isRewritten(reviewed.changed, changed)) rewritten.add(commit);
		if (isLittered(reviewed.changed, base)) littered.add(commit);
	}
	const automation = new Set(context.automation.map(({ id }) => id));
	const writers = /* @__PURE__ */ new Set();
	for (const account of carriersToAsk({
		reviews,
		comments,
		automation
	}, listening, proposedFiles(proposal))) if (await forge.mayWrite(account)) writers.add(account.id);
	return {
		pull: {
			number,
			headSha,
			author,
			url,
			branch
		},
		changes,
		forkedFrom,
		reviews,
		comments,
		automation,
		writers,
		payloadsAt,
		rewritten,
		littered,
		earlierPayloads
	};
}
async function changesAt(context, commit) {
	const changed = await changedAt(context, commit);
	if (changed === null) throw new CountersignError("event-invalid", commit, "expected the commit that was signed, got none");
	return new Map([...changed].map(([path, entry]) => [path, entry?.id ?? null]));
}

// src/commands/read-ended.ts
const MAX_CLOSED = 100;
const MAX_MERGED = 10;
const MAX_REWRITTEN = 3;
function mergedLately(ended) {
	return ended.filter(({ state }) => state === "merged").slice(0, MAX_MERGED);
}
function roleFiles(tree) {
	return [...tree].flatMap(([path, { kind, id }]) => {
		const what = classifyPath(path);
		if (kind !== "file" || what.kind !== "root" && what.kind !== "role") return [];
		return [{
			role: what.kind === "root" ? "root" : what.role,
			id
		}];
	});
}
async function candidates({ forge, metadataHead }, base, closed, merged) {
	const ended = [...closed, ...merged];
	const trees = await forge.trees([...new Set(ended.map(({ headSha }) => headSha))]);
	const known = new Set([...(await forge.tree(metadataHead)).values()].map(({ id }) => id));
	const files = new Map([...trees].map(([commit, tree]) => [commit, roleFiles(tree).filter(({ id }) => !known.has(id))]));
	const ids = new Set([...files.values()].flat().flatMap(({ role, id }) => signedVersion(base, role) === null ? [] : [id]));
	const blobs = await forge.blobs([...ids]);
	const newest = new Set(closed.slice(0, MAX_REWRITTEN).map(({ number }) => number));
	const isAbove = ({ headSha }) => (files.get(headSha) ?? []).some(({ role, id }) => proposesAbove(base, role, blobs.get(id) ?? /* @__PURE__ */ new Uint8Array()));
	return ended.filter((pull) => newest.has(pull.number) || isAbove(pull));
}
async function readMergedPolicies(forge, ended) {
	const trees = await forge.trees(mergedLately(ended).map(({ headSha }) => headSha));
	return new Set([...trees.values()].flatMap((tree) => tree.get("countersign.yaml")?.id ?? []));
}
function allPeople(base) {
	const people = /* @__PURE__ */ new Map();
	for (const role of ["root", ...base.roles.keys()]) for (const { account } of signersOf(base, role)?.people.byKey.values() ?? []) if (account !== null) people.set(account.id, account);
	return [...people.values()];
}
function mayReopen(facts, base, { now, contents }) {
	const changes = ownChanges(facts.changes, base);
	const content = contentOf(changes, base);
	if (content !== null && contents.has(content)) return false;
	const status = evaluateEvent({
		...facts,
		changes
	}, base, /* @__PURE__ */ new Map(), now);
	return (status.state === "waiting" || status.state === "complete") && votersOf(status).length > 0;
}
async function readEnded(context, ended, open) {
	const { base } = context;
	if (base === null || ended.length === 0) return [];
	const merged = mergedLately(ended);
	const emptied = new Set(merged.filter((pull) => merged.some((other) => other !== pull && other.headSha === pull.headSha)));
	const closed = ended.flatMap((pull) => pull.state === "closed" ? [pull] : emptied.has(pull) ? [{
		...pull,
		state: "closed"
	}] : []).slice(0, MAX_CLOSED);
	const found = [];
	const people = [...allPeople(base), ...context.automation];
	const genuine = merged.filter((pull) => !emptied.has(pull));
	for (const pull of await candidates(context, base, closed, genuine)) {
		if (!mayBeSigned(await context.forge.reviews(pull.number, people), base)) continue;
		const facts = await readEvent(context, pull, "reviews");
		const commit = pull.state === "closed" ? signedCommit(facts, base) : null;
		const at = commit === null ? pull : {
			...pull,
			headSha: commit
		};
		const reviewed = commit === null ? facts : await readEvent(context, at, "reviews");
		const signed = pull.state === "closed" && mayReopen(reviewed, base, open) ? await readEvent(context, at) : reviewed;
		found.push({
			pull,
			facts: {
				...signed,
				changes: ownChanges(signed.changes, base)
			}
		});
	}
	return found;
}

// src/commands/read-events.ts
async function readProposalPulls(forge) {
	const all = await forge.openPulls(PROPOSAL_PREFIX);
	const ended = await forge.endedPulls(PROPOSAL_PREFIX, "tuf");
	return {
		open: all.filter(({ base }) => base === "tuf"),
		strayed: all.filter(({ base }) => base !== "tuf"),
		ended
	};
}
async function readOpenPulls(forge) {
	return (await forge.openPulls(PROPOSAL_PREFIX)).filter(({ base }) => base === "tuf");
}
async function requireOpenPull(forge, number) {
	const found = (await readOpenPulls(forge)).find((one) => one.number === number);
	if (found !== void 0) return found;
	const where = `#${String(number)}`;
	if ((await forge.pull(number))?.from === "fork") throw new CountersignError("event-fork", where, "this pull request comes from a fork, where outsiders can change it; propose it on a branch of this repository");
	throw new CountersignError("event-unknown", where, "expected an open signing event; `countersign status` lists them");
}
function withEarlier(event, closed, base) {
	const content = contentOf(event.changes, base);
	const same = closed.filter((one) => content !== null && contentOf(one.changes, base) === content).reverse();
	if (same.length === 0) return event;
	const all = [...same, event];
	return {
		...event,
		reviews: all.flatMap(({ reviews }) => reviews),
		comments: all.flatMap(({ comments }) => comments),
		writers: new Set(all.flatMap(({ writers }) => [...writers])),
		payloadsAt: new Map(all.flatMap(({ payloadsAt }) => [...payloadsAt])),
		earlierPayloads: new Map(all.flatMap(({ earlierPayloads }) => [...earlierPayloads]))
	};
}
function busyBranches({ pulls, closed, signed }) {
	const numbers = new Set([...signed.values()].flat().map(({ number }) => number));
	return /* @__PURE__ */ new Set([...[...pulls.open, ...pulls.strayed].map(({ head }) => head), ...closed.flatMap(({ pull }) => numbers.has(pull.number) ? [pull.branch] : [])]);
}
async function readEvents({ forge, base, metadataHead, now }, pulls) {
	const context = {
		forge,
		metadataHead,
		base,
		automation: pulls.open.length === 0 && pulls.ended.length === 0 ? [] : await forge.automation(),
		mergedPolicies: await readMergedPolicies(forge, pulls.ended)
	};
	const read = [];
	for (const pull of pulls.open) read.push(await readEvent(context, pull));
	const contents = new Set(read.flatMap(({ changes }) => contentOf(changes, base) ?? []));
	const ended = await readEnded(context, pulls.ended, {
		now,
		contents
	});
	const gone = ended.map(({ facts }) => facts);
	const notMerged = ended.filter(({ pull }) => pull.state === "closed");
	const closed = notMerged.map(({ facts }) => facts);
	const events = read.map((event) => withEarlier(event, closed, base));
	for (const pull of pulls.strayed) gone.push(await readEvent(context, pull));
	const signed = signedElsewhere([...events.map((facts) => ({
		facts,
		state: "open"
	})), ...gone.map((facts) => ({
		facts,
		state: "ended"
	}))], base);
	const statuses = evaluateEvents({
		base,
		events,
		signed,
		now
	});
	return {
		pulls,
		metadataHead,
		base,
		events,
		closed,
		closedPulls: notMerged.map(({ pull }) => pull),
		signed,
		statuses,
		now
	};
}
async function adoptOrphans(forge, { open, strayed, ended }) {
	let adopted = false;
	for (const [branch, head] of await forge.branches(PROPOSAL_PREFIX)) {
		if ([...open, ...strayed].some((pull) => pull.head === branch) || ended.some((pull) => pull.head === branch && (pull.state === "merged" || pull.headSha === head))) continue;
		if ((await forge.branches(branch)).get(branch) !== head) continue;
		try {
			await forge.openPull({
				head: branch,
				base: "tuf",
				title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`,
				body: ""
			});
			adopted = true;
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
		}
	}
	return adopted;
}
async function retargetStrayed(forge, metadataHead, { strayed }) {
	let moved = false;
	for (const { number, headSha } of strayed) {
		if (await forge.mergeBase(metadataHead, headSha) === null) continue;
		try {
			await forge.retargetPull(number, "tuf");
			moved = true;
		} catch (error) {
			if (!(error instanceof CountersignError && error.code === "event-invalid")) throw error;
		}
	}
	return moved;
}

export { readProposalPulls as a, changesAt as c, readOpenPulls as i, readEvent as l, busyBranches as n, requireOpenPull as o, readEvents as r, retargetStrayed as s, adoptOrphans as t };
