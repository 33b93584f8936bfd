import { J as draftBody, K as compareAssets, Q as signedReleases, Rt as classifyPath, X as proposedTags, Y as draftOwner, q as decideReleases } from "./event.js";
import { Qt as outcomeOf, R as parseTargets, Zt as CountersignError } from "./tuf.js";

// src/commands/settle-releases.ts
function awaitedTags(base, events) {
	const tags = /* @__PURE__ */ new Map();
	for (const { pull, changes } of events) for (const [path, bytes] of changes) {
		const what = classifyPath(path);
		if (what.kind !== "role" || bytes === null) continue;
		const proposed = outcomeOf(() => parseTargets(bytes));
		if (proposed.kind === "refused") continue;
		const before = base.roles.get(what.role)?.file.signed;
		const added = [...proposed.value.signed.targets].filter(([target, file]) => {
			const old = before?.targets.get(target)?.hashes.get("sha256");
			return old === void 0 || old !== file.hashes.get("sha256");
		});
		for (const tag of proposedTags({
			...proposed.value.signed,
			targets: new Map(added)
		})) tags.set(tag, pull.number);
	}
	return tags;
}
const COMPARED = 5;
async function readFacts(place, releases, base, view) {
	const signed = signedReleases(base);
	const all = await releases.list();
	const published = new Set(all.filter(({ draft }) => !draft).map(({ tag }) => tag));
	const wanted = new Set(signed.map(({ tag }) => tag));
	const open = new Set([...wanted].filter((tag) => !published.has(tag)));
	const drafts = all.filter(({ draft, tag, body }) => draft && (open.has(tag) || draftOwner(body) !== null));
	const compared = all.filter(({ draft, tag }) => !draft && wanted.has(tag)).sort((a, b) => b.id - a.id).slice(0, COMPARED);
	if (open.size === 0 && drafts.length === 0 && compared.length === 0) return null;
	const viewer = await place.forge.viewer();
	const assets = /* @__PURE__ */ new Map();
	const tags = /* @__PURE__ */ new Map();
	for (const { id } of [...drafts.filter(({ tag }) => open.has(tag)), ...compared]) assets.set(id, await releases.assets(id));
	for (const tag of /* @__PURE__ */ new Set([...open, ...compared.map((release) => release.tag)])) {
		const commit = await releases.tagCommit(tag);
		if (commit !== null) tags.set(tag, commit);
	}
	const facts = (one) => ({
		id: one.id,
		tag: one.tag,
		target: one.target,
		body: one.body,
		draft: one.draft,
		ours: one.author.id === viewer.id
	});
	return {
		signed,
		releases: all.map(facts),
		assets,
		tags,
		awaited: awaitedTags(base, view.events),
		ended: new Set(view.pulls.ended.map(({ number }) => number))
	};
}
const STOPPING = [
	"rate-limited",
	"io",
	"ref-conflict"
];
async function dropDraft({ forge }, releases, { id, tag, body }, { metadataHead }) {
	if (((await forge.branches("tuf")).get("tuf") ?? null) !== metadataHead) throw new CountersignError("ref-conflict", "tuf", `expected it not to move while drafts of ${tag} are judged`);
	if ((await releases.get(id))?.body !== body) return false;
	await releases.removeDraft(id);
	return true;
}
async function publishRelease(releases, { id, tag, commit, files, owned }) {
	if (owned) await releases.describe(id, "");
	const release = await releases.publish(id, {
		tag,
		commit
	});
	const tagged = await releases.tagCommit(tag);
	const assets = compareAssets(tag, files, await releases.assets(id));
	const where = `release ${tag}`;
	const wrongTag = tagged === commit && release.tag === tag ? null : {
		code: "tag-mismatch",
		where,
		detail: `expected tag ${tag} at the signed commit ${commit}, got ${tagged ?? "no tag"}; it is published`
	};
	const changed = assets === null ? null : {
		...assets,
		detail: `${assets.detail}; it was changed while it was published: take it back`
	};
	return {
		release: {
			tag,
			url: release.url
		},
		problem: wrongTag ?? changed
	};
}
async function settleReleases(place, base, view) {
	const released = [];
	const dropped = [];
	const { releases } = place;
	const facts = releases === null || base === null ? null : await readFacts(place, releases, base, view);
	if (releases === null || facts === null) return {
		released,
		dropped,
		problems: []
	};
	const { effects, problems } = decideReleases(facts);
	const all = [...problems];
	for (const effect of effects) try {
		if (effect.kind === "mark-draft") {
			await releases.describe(effect.id, draftBody(effect.pull));
			continue;
		}
		if (effect.kind === "drop-draft") {
			if (await dropDraft(place, releases, effect, view)) dropped.push(effect.tag);
			continue;
		}
		const { release, problem } = await publishRelease(releases, effect);
		released.push(release);
		if (problem !== null) all.push(problem);
	} catch (error) {
		if (!(error instanceof CountersignError) || STOPPING.includes(error.code)) throw error;
		all.push({
			code: error.code,
			where: `release ${effect.tag}`,
			detail: error.detail
		});
	}
	return {
		released,
		dropped,
		problems: all
	};
}

export { settleReleases as t };
