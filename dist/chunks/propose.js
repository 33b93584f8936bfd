import { Ft as PROPOSAL_PREFIX, G as stagedName, J as draftBody, Mt as EVENT_PATH, R as decidePropose, U as encodeEventFile, V as MAX_LISTED_TARGETS, Vt as rolePath, W as readEventFile, Y as draftOwner, Z as requireAssetName, _t as proposedVersions, dt as restorationOf, it as signedVersions, zt as freeBranch } from "./event.js";
import { $t as quote, A as jsonObject, Et as parseTargetsRoleName, R as parseTargets, Tt as parseTargetPath, Zt as CountersignError, dt as encodeMetadata, ft as payloadDigest, nt as reviewTargetPath, wt as parseSha256 } from "./tuf.js";
import { h as readFileAt } from "./github.js";
import { r as proposalText } from "./proposal-text.js";
import { n as requireBase, t as readState } from "./read-base.js";
import { a as readProposalPulls, l as readEvent, n as busyBranches, o as requireOpenPull, r as readEvents, t as adoptOrphans } from "./read-events.js";
import { r as restoreEvent } from "./rebuild-event.js";
import { n as tell } from "./report-status.js";
import { x as parseCommitSha } from "./trust.js";
import { v as untilSettled } from "./repository-options.js";

// src/commands/contributions.ts
function contributionOf({ origin }, hashed, { changes }, open) {
	const added = changes.flatMap(({ kind, path }) => kind === "removed" ? [] : [path]);
	const replaced = changes.flatMap(({ kind, path }) => {
		const sha256 = open?.targets.get(path)?.hashes.get("sha256");
		return kind === "replaced" && sha256 !== void 0 ? [[path, sha256]] : [];
	});
	return {
		origin,
		targets: added.length > 1e4 ? null : added,
		...replaced.length === 0 ? {} : { replaced: new Map(replaced.slice(0, MAX_LISTED_TARGETS)) },
		staged: origin === null || hashed.length === 0 ? null : stagedName(hashed.map(({ sha256 }) => sha256))
	};
}
async function earlierContributions(forge, commit) {
	const bytes = await readFileAt(forge, commit, EVENT_PATH);
	return (bytes === null ? null : readEventFile(bytes))?.contributions ?? [];
}

// src/commands/stage-release.ts
function mismatch(tag, detail) {
	return new CountersignError("release-mismatch", `release ${tag}`, detail);
}
async function requireTag(releases, { tag, createTag }, commit) {
	const tagged = await releases.tagCommit(tag);
	if (tagged === commit || tagged === null && createTag) return;
	if (tagged === null) throw new CountersignError("tag-missing", `tag ${tag}`, "expected a tag, got none; push it first, or set create-tag to make it when enough people have signed");
	throw new CountersignError("tag-mismatch", `tag ${tag}`, `expected commit ${commit}, of which this run is, got ${tagged}; use another tag`);
}
async function adopted(releases, id, tag) {
	const release = await releases.get(id);
	if (release === null) throw new CountersignError("release-missing", `release ${String(id)}`, "expected a draft to put the files into, got none");
	if (!release.draft) throw new CountersignError("already-exists", `release ${String(id)}`, "expected a draft, got a release that is published already");
	if (release.tag !== tag) throw mismatch(tag, `expected release ${String(id)} to be of this tag, got ${release.tag}`);
	return release;
}
async function ownDraft(place, releases, input, commit) {
	const viewer = await place.forge.viewer();
	const drafts = async () => {
		const all = (await releases.list()).filter(({ tag, draft }) => tag === input.tag && draft);
		const foreign = all.find(({ body, author }) => draftOwner(body) === null || author.id !== viewer.id);
		if (foreign !== void 0) {
			const detail = `expected no draft of this tag, got one that Countersign did not make; pass release-id: ${String(foreign.id)} to use it`;
			throw new CountersignError("already-exists", `release ${input.tag}`, detail);
		}
		return [...all].sort((a, b) => a.id - b.id);
	};
	const [first] = await drafts();
	const body = draftBody(null);
	if (first !== void 0) {
		if (first.body !== body) await releases.describe(first.id, body);
		return first;
	}
	const made = await releases.createDraft({
		tag: input.tag,
		commit,
		name: input.tag,
		body,
		prerelease: input.prerelease
	});
	const kept = (await drafts())[0] ?? made;
	if (kept.id !== made.id) await releases.removeDraft(made.id);
	return kept;
}
async function removeReplaced(releases, assets, uploads) {
	const names = new Map(uploads.map(({ name, file }) => [name, file.sha256]));
	for (const { id, name } of assets) {
		const [, sha256, plain] = /^([0-9a-f]{64})\.(.+)$/.exec(name) ?? [];
		const wanted = plain === void 0 ? void 0 : names.get(plain);
		if (wanted !== void 0 && wanted !== sha256) await releases.removeAsset(id);
	}
}
async function uploadMissing(place, release, uploads, isOurs) {
	const there = new Map((await place.releases.assets(release.id)).map((asset) => [asset.name, asset]));
	const wanted = uploads.flatMap(({ name, file }) => [{
		name,
		file
	}, {
		name: `${file.sha256}.${name}`,
		file
	}]);
	if (isOurs) await removeReplaced(place.releases, [...there.values()], uploads);
	let done = 0;
	for (const { name, file } of wanted) {
		const asset = there.get(name);
		if (!(asset?.state === "uploaded" && asset.sha256 === file.sha256 && asset.size === file.length)) {
			if (asset !== void 0) {
				if (!isOurs && asset.state === "uploaded") throw mismatch(release.tag, `expected its asset ${name} to have sha256 ${file.sha256}, got ${asset.sha256 ?? "none"}`);
				await place.releases.removeAsset(asset.id);
			}
			await place.releases.upload(release.id, name, {
				kind: "file",
				path: file.source,
				length: file.length
			}, file.sha256);
		}
		place.log.progress("uploading", ++done, wanted.length);
	}
}
async function stageRelease(place, input, commit, uploads) {
	const { releases } = place;
	for (const { name } of uploads) requireAssetName(name);
	const published = (await releases.list()).find(({ tag, draft }) => tag === input.tag && !draft);
	if (published !== void 0) {
		const assets = new Map((await releases.assets(published.id)).map((asset) => [asset.name, asset]));
		const other = uploads.find(({ name, file }) => assets.get(`${file.sha256}.${name}`)?.sha256 !== file.sha256);
		if (other === void 0) return {
			id: published.id,
			url: published.url,
			state: "published",
			owned: false
		};
		const detail = `expected a release that is not published, got one without ${other.name} of sha256 ${other.file.sha256}; use another tag`;
		throw new CountersignError("already-exists", `release ${input.tag}`, detail);
	}
	await requireTag(releases, input, commit);
	const release = input.releaseId === null ? await ownDraft(place, releases, input, commit) : await adopted(releases, input.releaseId, input.tag);
	if (release.target !== commit && await releases.tagCommit(input.tag) === null) throw mismatch(input.tag, `expected its draft to be of commit ${commit}, got ${release.target}; delete that draft or use another tag`);
	await uploadMissing(place, release, uploads, input.releaseId === null);
	return {
		id: release.id,
		url: release.url,
		state: "draft",
		owned: input.releaseId === null
	};
}

// src/commands/stage-proposal.ts
function releaseTarget(place, input) {
	if (input.hosting !== "release") return null;
	const { releases } = place;
	if (releases === null) throw new CountersignError("usage", "hosting", "expected a host that has releases, got one without");
	if (input.release === null || input.release.tag === "") throw new CountersignError("usage", "tag", "expected the tag of the release that the files go into, got nothing");
	if (input.targetPrefix !== "" && input.targetPrefix !== `${input.release.tag}/`) {
		const detail = `expected ${quote(`${input.release.tag}/`)} or nothing: clients look for a release's files below its tag`;
		throw new CountersignError("usage", "target-prefix", detail);
	}
	if (input.sourceCommit === null) throw new CountersignError("usage", "commit", "expected the commit that the files were built from, got none");
	return {
		input: input.release,
		releases,
		commit: parseCommitSha(input.sourceCommit, "commit")
	};
}
const STAGING_BATCH = 16;
async function stage(place, hashed) {
	for (let at = 0; at < hashed.length; at += STAGING_BATCH) {
		await Promise.all(hashed.slice(at, at + STAGING_BATCH).map(async ({ sha256, source }) => place.staging.put(sha256, source)));
		place.log.progress("staging", Math.min(at + STAGING_BATCH, hashed.length), hashed.length);
	}
}
async function stageProposal(place, { input, release, hashed }) {
	if (input.hosting === "site" || input.staging === "all") await stage(place, hashed);
	if (release === null || hashed.length === 0) return null;
	const uploads = hashed.map((file) => ({
		name: file.name,
		file
	}));
	return stageRelease({
		...place,
		releases: release.releases
	}, release.input, release.commit, uploads);
}
async function claimDraft({ releases }, staged, number) {
	if (releases === null || number === null || staged?.state !== "draft" || !staged.owned) return;
	await releases.describe(staged.id, draftBody(number));
}

// src/commands/propose.ts
function customOf(input) {
	const ours = jsonObject({
		commit: input.sourceCommit ?? void 0,
		hosting: input.hosting
	});
	return new Map([...input.custom ?? [], ["x-countersign", ours]]);
}
function targetsOf(input, hashed) {
	const custom = customOf(input);
	const targets = /* @__PURE__ */ new Map();
	const prefix = input.hosting === "release" ? `${input.release?.tag ?? ""}/` : input.targetPrefix;
	for (const { name, length, sha256 } of hashed) {
		if (input.hosting === "release") requireAssetName(name);
		const path = parseTargetPath(`${prefix}${name}`, name);
		if (targets.has(path)) throw new CountersignError("target-exists", path, "expected each path once, got two files for it");
		targets.set(path, {
			length,
			sha256: parseSha256(sha256, name),
			custom
		});
	}
	return targets;
}
async function openEvents(place, { base, metadataHead, pulls }, role) {
	const { forge, now } = place;
	const view = await readEvents({
		forge,
		base,
		metadataHead,
		now
	}, pulls);
	const ours = new Set([...await forge.automation(), await forge.viewer()].map(({ id }) => id));
	const elsewhere = (event, version) => (view.signed.get(role) ?? []).some((one) => one.version === version && (one.state === "ended" || one.number !== event));
	const open = view.statuses.flatMap((status, index) => {
		const bytes = view.events[index]?.changes.get(rolePath(role)) ?? null;
		if (bytes === null || !status.roles.some((one) => one.role === role)) return [];
		const proposed = parseTargets(bytes).signed;
		const isApproved = status.roles.some(({ requirements }) => requirements.some(({ approved }) => approved.length > 0));
		const signed = status.signed || isApproved || elsewhere(status.pull.number, proposed.version);
		return [{
			status: {
				...status,
				signed
			},
			proposed,
			isOurs: ours.has(status.pull.author.id)
		}];
	}).sort((a, b) => a.proposed.version - b.proposed.version);
	const proposed = view.events.flatMap((facts) => proposedVersions(facts, base).get(role) ?? []);
	return {
		open,
		taken: /* @__PURE__ */ new Set([...signedVersions(role, view), ...proposed]),
		busy: busyBranches(view)
	};
}
async function requireNothingSigned(forge, { base, metadataHead }, number) {
	const pull = await requireOpenPull(forge, number);
	const context = {
		forge,
		base,
		metadataHead,
		automation: await forge.automation(),
		mergedPolicies: /* @__PURE__ */ new Set()
	};
	const facts = await readEvent(context, pull);
	const to = restorationOf(facts, base);
	if (to === null) return pull;
	await restoreEvent(forge, {
		metadataHead,
		base
	}, facts.pull, to);
	throw new CountersignError("ref-conflict", `#${String(number)}`, "somebody has signed it while more was added");
}
async function closeFor(forge, number, successor) {
	await tell(forge, number, `Continued under the next version in #${String(successor)}.`);
	await forge.closePull(number);
}
async function write(place, plan, bytes) {
	const { forge } = place;
	const { role, base, metadataHead, decision, expected, contribution } = plan;
	const { proposal } = decision;
	const contributions = [...plan.continues === null ? [] : await earlierContributions(forge, plan.continues), contribution];
	const changes = /* @__PURE__ */ new Map([[rolePath(role), {
		kind: "bytes",
		bytes
	}], [EVENT_PATH, {
		kind: "bytes",
		bytes: encodeEventFile({
			role,
			version: proposal.version,
			contributions
		})
	}]]);
	const message = `Propose ${role} v${String(proposal.version)}\n`;
	const textAt = (url) => proposalText(base, role, bytes, url, contributions);
	if (decision.kind === "add") {
		if (expected === null) throw new CountersignError("ref-conflict", proposal.branch, "expected the branch of the open event, got none");
		const commit = await forge.writeCommit({
			base: expected,
			parents: [expected],
			changes,
			message
		});
		await forge.moveBranch(proposal.branch, expected, commit, "fast-forward");
		const { url } = await requireNothingSigned(forge, plan, decision.number);
		await forge.editPull(decision.number, textAt(url));
		return {
			commit,
			number: decision.number,
			url
		};
	}
	const commit = await forge.writeCommit({
		base: metadataHead,
		parents: [metadataHead],
		changes,
		message
	});
	await forge.moveBranch(proposal.branch, expected, commit, "replace");
	const pull = await forge.openPull({
		head: proposal.branch,
		base: "tuf",
		...textAt("")
	});
	await forge.editPull(pull.number, textAt(pull.url));
	if (decision.replaces !== null) await closeFor(forge, decision.replaces, pull.number);
	return {
		commit,
		number: pull.number,
		url: pull.url
	};
}
function outcomeName(decision) {
	if (decision.kind === "nothing-new") return "nothing-new";
	if (decision.kind === "add") return "added";
	if (decision.replaces !== null) return "replaced";
	return decision.behind === null ? "opened" : "queued";
}
function requireHostable({ maxHostedBytes }, files) {
	const large = files.find(({ length }) => maxHostedBytes !== null && length > maxHostedBytes);
	if (large === void 0) return;
	const detail = `expected at most ${String(maxHostedBytes)} bytes for a file that the site hosts, got ${String(large.length)}; put it into a release (hosting: release)`;
	throw new CountersignError("too-large", large.name, detail);
}
async function propose(place, input) {
	const role = parseTargetsRoleName(input.role, "role");
	if (input.files.length === 0 && input.remove.length === 0 && !input.nextVersion) throw new CountersignError("usage", "propose", "expected files to add or paths to remove, got neither");
	const release = releaseTarget(place, input);
	const hashed = await place.hasher.hash(input.files, (done, total) => {
		place.log.progress("hashing", done, total);
	});
	if (input.files.length > 0 && hashed.length === 0) throw new CountersignError("usage", input.files.join(", "), "expected at least one file, got none");
	if (input.hosting === "site") requireHostable(place, hashed);
	const edit = {
		add: targetsOf(input, hashed),
		remove: new Set(input.remove.map((path) => parseTargetPath(path, "remove"))),
		existing: input.existing
	};
	for (const path of edit.add.keys()) for (const finding of reviewTargetPath(path)) if (finding.severity === "warning") place.log.warn(`${path}: ${finding.detail} (${finding.clients.join(", ")})`);
	return untilSettled(() => proposeOnce(place, {
		input,
		role,
		release,
		hashed,
		edit
	}));
}
async function proposeOnce(place, wanted) {
	const { input, role, hashed, edit } = wanted;
	const { forge } = place;
	const isReal = input.mode === "apply";
	const branches = await forge.branches(PROPOSAL_PREFIX);
	let pulls = await readProposalPulls(forge);
	if (isReal && await adoptOrphans(forge, pulls)) pulls = await readProposalPulls(forge);
	const state = await readState(place, pulls.ended);
	const base = requireBase(state);
	for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
	const { metadataHead } = state;
	if (metadataHead === null) throw new CountersignError("base-missing", "tuf", "expected the metadata branch, got none");
	const { open, taken, busy } = await openEvents(place, {
		base,
		metadataHead,
		pulls
	}, role);
	const { whenOpen, nextVersion } = input;
	const decision = decidePropose({
		base,
		role,
		edit,
		whenOpen,
		nextVersion,
		open,
		signedVersions: taken,
		now: place.now
	});
	const release = isReal ? await stageProposal(place, wanted) : null;
	const empty = {
		outcome: outcomeName(decision),
		role,
		number: null,
		url: null,
		branch: null,
		headSha: null,
		release
	};
	if (decision.kind === "nothing-new") {
		await claimDraft(place, release, decision.number);
		return {
			...empty,
			...eventOf(open, decision.number),
			version: null,
			payload: null,
			changes: []
		};
	}
	const isAdded = decision.kind === "add";
	const branch = isAdded ? decision.proposal.branch : freeBranch(decision.proposal.branch, busy);
	const proposal = {
		...decision.proposal,
		branch
	};
	const bytes = encodeMetadata(proposal.signed, []);
	const result = {
		version: proposal.version,
		payload: payloadDigest(parseTargets(bytes).payload),
		changes: proposal.changes
	};
	if (!isReal) return {
		...empty,
		...result
	};
	const continued = isAdded ? decision.number : decision.replaces ?? (whenOpen === "add" ? decision.behind : null);
	const before = open.find(({ status }) => status.pull.number === continued);
	const continues = before?.status.pull.headSha ?? null;
	const expected = isAdded ? continues : branches.get(branch) ?? null;
	const contribution = contributionOf(input, hashed, proposal, isAdded ? before?.proposed ?? null : null);
	const { commit, number, url } = await write(place, {
		role,
		base,
		metadataHead,
		decision: {
			...decision,
			proposal
		},
		expected,
		continues,
		contribution
	}, bytes);
	await claimDraft(place, release, number);
	return {
		...empty,
		...result,
		number,
		url,
		branch: proposal.branch,
		headSha: commit
	};
}
function eventOf(open, number) {
	const pull = open.find(({ status }) => status.pull.number === number)?.status.pull;
	return {
		number,
		url: pull?.url ?? null,
		branch: pull?.branch ?? null,
		headSha: pull?.headSha ?? null
	};
}

export { propose as t };
