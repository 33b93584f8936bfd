import { _ as memoryStore, g as filesStore, o as bootstrap, s as refresh, u as findTarget, y as downloadTarget } from "./repository-report.js";
import { b as mapSource, c as currentInstant, f as openDirectory, l as localHasher, m as createLocalForge, p as makeDirectories, u as openLocalWorkplace, y as filesSource } from "./transport.js";
import { t as gather } from "./gather.js";
import { t as propose } from "./propose.js";
import { t as publish } from "./publish.js";
import { n as requireBase, t as readState } from "./read-base.js";
import { t as sign } from "./sign.js";
import { t as verify } from "./verify.js";
import { y as heldOnline } from "./event.js";
import { c as shellWord, h as eventText, l as gatherText, m as countOf, u as publishText } from "./render.js";
import { D as planTimestamp, E as planSnapshot, Et as parseTargetsRoleName, Ht as encodeCanonicalJson, M as newSnapshotSigned, P as newTimestampSigned, T as nextVersion, Tt as parseTargetPath, Zt as CountersignError, dt as encodeMetadata, f as targetFilePaths, kt as addSeconds, l as metadataPath, mt as keyIdOf, n as stageTargets, s as TIMESTAMP_PATH, t as editTargets, u as rootPath, w as listFile, wt as parseSha256 } from "./tuf.js";
import { a as orIoError } from "./atomic-file.js";
import { s as openSigner } from "./repository-options.js";
import { n as writeNewKey } from "./keygen-command2.js";
import { t as EXIT } from "./exit-code.js";
import { n as initLocal } from "./init-command.js";
import { t as directoryStreams } from "./read-stream.js";
import { join, relative, resolve } from "node:path";
import { tmpdir } from "node:os";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";

// src/cli/demo-attacks.ts
async function refusalOf(ground, source, store = memoryStore(), path = ground.path, into) {
	try {
		await bootstrap(store, ground.root, ground.time);
		const session = await refresh(source, store, { time: ground.time });
		const found = await findTarget(session, path);
		if (found.result.kind !== "found") throw new CountersignError("target-unknown", path, "expected a listed target, got none");
		if (into !== void 0) await downloadTarget(found.session, {
			path,
			file: found.result.file
		}, {
			files: into,
			name: "stolen",
			temporaryDirectory: ground.temporaryDirectory
		});
		return null;
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			code: error.code,
			where: error.where,
			detail: error.detail
		};
	}
}
async function changedFile(ground, into) {
	const file = ground.base.roles.get(ground.role)?.file.signed.targets.get(ground.path);
	const sha256 = parseSha256(file?.hashes.get("sha256") ?? "", ground.path);
	const changed = /* @__PURE__ */ new Map();
	for (const location of targetFilePaths(ground.path, sha256)) {
		const stream = await ground.source.target(location, Number.MAX_SAFE_INTEGER);
		const pieces = [];
		for await (const piece of stream ?? []) pieces.push(piece);
		const bytes = Buffer.concat(pieces);
		if (bytes.length > 0) bytes[0] = (bytes[0] ?? 0) ^ 1;
		changed.set(location, bytes.length > 0 ? bytes : Uint8Array.of(1));
	}
	return refusalOf(ground, mapSource(changed, ground.source), memoryStore(), ground.path, into);
}
async function oldTimestamp(ground, old) {
	const store = memoryStore();
	if (await refusalOf(ground, ground.source, store) !== null) return null;
	return refusalOf(ground, mapSource(/* @__PURE__ */ new Map([[TIMESTAMP_PATH, old]]), ground.source), store);
}
async function signedBy(signer, signed) {
	const keyId = keyIdOf(await signer.publicKey());
	return encodeMetadata(signed, [{
		keyId,
		sig: await signer.sign(encodeCanonicalJson(signed))
	}]);
}
async function signedByOne(ground, person, online, held) {
	const { base, role, time } = ground;
	const current = base.roles.get(role)?.file.signed;
	if (current === void 0) throw new CountersignError("role-unknown", role, "expected this role, got none");
	const path = parseTargetPath("v1/backdoor", "demo");
	const edit = {
		add: /* @__PURE__ */ new Map([[path, {
			length: 6,
			sha256: parseSha256("0".repeat(64), path),
			custom: null
		}]]),
		remove: /* @__PURE__ */ new Set(),
		existing: "refuse"
	};
	const expires = addSeconds(time, 86400);
	const version = nextVersion(current.version);
	const forged = await signedBy(person, editTargets(current, stageTargets(current, edit).targets, {
		version,
		expires
	}));
	const files = new Map([...base.roles].map(([name, { file, bytes }]) => [name, listFile(file.signed.version, bytes)]));
	files.set(role, listFile(version, forged));
	const snapshotPlan = planSnapshot(held.snapshot?.file ?? null, base.root.signed, files);
	const snapshot = await signedBy(online, newSnapshotSigned({
		version: snapshotPlan.version,
		expires
	}, base.repository, snapshotPlan.meta));
	const plan = planTimestamp(held.timestamp?.file ?? null, base.root.signed, listFile(snapshotPlan.version, snapshot));
	const timestamp = await signedBy(online, newTimestampSigned({
		version: plan.version,
		expires
	}, base.repository, plan.snapshot));
	const overlay = /* @__PURE__ */ new Map([
		[metadataPath(role, version), forged],
		[metadataPath("snapshot", snapshotPlan.version), snapshot],
		[TIMESTAMP_PATH, timestamp]
	]);
	return refusalOf(ground, mapSource(overlay, ground.source), memoryStore(), path);
}

// src/cli/demo-setup.ts
const PEOPLE = [
	"alice",
	"bob",
	"carol"
];
const ONLINE_KEY = "COUNTERSIGN_ONLINE_KEY";
async function newDirectory(out) {
	if (out === void 0) return orIoError(tmpdir(), "to make a directory in it", () => mkdtemp(join(tmpdir(), "countersign-demo-")));
	const directory = resolve(out);
	await orIoError(directory, "to make the directory", () => makeDirectories(directory));
	if ((await orIoError(directory, "to read the directory", () => readdir(directory))).length > 0) throw new CountersignError("already-exists", out, "expected an empty directory; nothing was changed");
	return directory;
}
function patterns(depth) {
	return Array.from({ length: depth }, (_, index) => `"v*${"/*".repeat(index + 1)}"`).join(", ");
}
function policyOf(keys, depth) {
	return `# Who may sign what. Made by \`countersign demo\`.
people:
${PEOPLE.map((name) => `  ${name}: { github: ${name}, key: "${keys.get(name) ?? ""}" }`).join("\n")}
roles:
  root: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob, carol], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: [${patterns(depth)}], signers: [alice, bob, carol], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE_KEY}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE_KEY}"], expires: 7d, renew: 6d }
`;
}
async function setUpDemo(out, depth, log) {
	const directory = await newDirectory(out);
	const keyDirectory = join(directory, "keys");
	await orIoError(keyDirectory, "to make the directory", () => mkdir(keyDirectory));
	const keys = /* @__PURE__ */ new Map();
	for (const name of PEOPLE) keys.set(name, (await writeNewKey(join(keyDirectory, `${name}.pem`))).publicText);
	const online = await writeNewKey(join(keyDirectory, "online.pem"));
	const policyPath = join(directory, "countersign.yaml");
	await orIoError(policyPath, "to write the policy", () => writeFile(policyPath, policyOf(keys, depth)));
	const forgeDirectory = join(directory, "forge");
	await createLocalForge(forgeDirectory);
	const env = /* @__PURE__ */ new Map([[ONLINE_KEY, online.pem]]);
	return {
		directory,
		policyPath,
		onlineKey: online.pem,
		open: (as) => openLocalWorkplace({
			directory: forgeDirectory,
			site: join(directory, "site"),
			as,
			log,
			now: currentInstant(),
			anchor: null,
			openSigner: (uri) => openSigner(uri, {
				env,
				cwd: directory,
				askPassphrase: async () => null
			})
		})
	};
}

// src/cli/demo-command.ts
const ROLE = parseTargetsRoleName("releases", "demo");
const MAX_BYTES = 64e6;
var Narrator = class {
	style;
	#silent;
	constructor(console, silent) {
		this.style = console.style;
		this.#silent = silent;
	}
	#print(text) {
		if (!this.#silent) process.stdout.write(`${text}\n`);
	}
	step(text) {
		this.#print(`\n${this.style.bold(text)}`);
	}
	command(text) {
		this.#print(this.style.faint(`$ ${text}`));
	}
	result(text) {
		this.#print(text.split("\n").map((line) => `  ${line}`).join("\n"));
	}
};
async function signAs(demo, person, number, narrator) {
	const { place } = await demo.open(person);
	narrator.command(`countersign sign ${String(number)} --key keys/${person}.pem`);
	const result = await sign(place, {
		number,
		signer: await place.openSigner(`file:${join(demo.directory, "keys", `${person}.pem`)}`),
		memory: openDirectory(join(demo.directory, "memory", person)),
		confirm: async () => true,
		confirmReplacement: async () => false,
		carrier: "submit"
	});
	narrator.result(`${narrator.style.good("submitted")} ${result.files.map(({ role, version }) => `${role} v${String(version)}`).join(", ")}`);
}
async function gatherAndShow(bot, narrator) {
	narrator.command("countersign gather");
	const result = await gather(bot.place);
	narrator.result(gatherText(result, narrator.style));
	return result.completed;
}
async function publishAndShow(bot, narrator) {
	narrator.command(`${ONLINE_KEY}="$(cat keys/online.pem)" countersign publish`);
	narrator.result(publishText(await publish(bot.place), bot.place.now, narrator.style));
}
async function begin(demo, bot, narrator) {
	narrator.step("1. Begin: three people, a 2-of-3 root, a 2-of-3 delegated role");
	narrator.command("countersign init --policy countersign.yaml");
	const first = await initLocal({ policy: demo.policyPath }, bot.forge, bot.place);
	narrator.result(`#${String(first.number)} root v1 sha256:${first.root}`);
	narrator.result("root v1 needs every key that it lists: nothing before it could vouch for it");
	for (const person of PEOPLE) await signAs(demo, person, first.number, narrator);
	await gatherAndShow(bot, narrator);
	await publishAndShow(bot, narrator);
}
async function release(demo, bot, files, narrator) {
	narrator.step("2. Release: hash real files, propose them, gather two of three signatures");
	narrator.command(`countersign propose --role ${ROLE} --target-prefix v1/ ${files.map((file) => shellWord(relative(process.cwd(), file) || file)).join(" ")}`);
	const proposed = await propose(bot.place, {
		role: ROLE,
		files,
		targetPrefix: "v1/",
		remove: [],
		existing: "refuse",
		whenOpen: "queue",
		nextVersion: false,
		custom: null,
		sourceCommit: null,
		hosting: "site",
		release: null,
		origin: null,
		staging: "hosted",
		mode: "apply"
	});
	const number = proposed.number ?? 0;
	narrator.result(`${proposed.outcome} #${String(number)}: ${ROLE} v${String(proposed.version ?? 0)} with ${countOf(proposed.changes.length, "target")}, payload sha256:${proposed.payload ?? ""}`);
	await signAs(demo, "alice", number, narrator);
	const early = await gather(bot.place);
	narrator.command("countersign gather");
	for (const event of early.events) narrator.result(eventText(event, narrator.style));
	if (early.completed.length > 0) throw new CountersignError("threshold", ROLE, "expected one signature not to be enough");
	narrator.result(`${narrator.style.warn("one signature is not enough")}: nothing has changed for clients`);
	await signAs(demo, "bob", number, narrator);
	if (!(await gatherAndShow(bot, narrator)).includes(number)) throw new CountersignError("threshold", ROLE, "expected two signatures to be enough");
	await publishAndShow(bot, narrator);
	return proposed.changes.map(({ path }) => path);
}
async function fetchOne(demo, bot, path, narrator) {
	narrator.step("3. Fetch, as a client that knows nothing but root v1");
	const source = filesSource(bot.site, directoryStreams(bot.siteDirectory));
	const root = await bot.site.read(rootPath(requireBase(await readState(bot.place)).roots[0]?.file.signed.version ?? unreachable()), MAX_BYTES);
	if (root === null) throw new CountersignError("not-found", "1.root.json", "expected the first root on the site, got none");
	const store = filesStore(openDirectory(join(demo.directory, "client")));
	await bootstrap(store, root, bot.place.now);
	const session = await refresh(source, store, { time: bot.place.now });
	const found = await findTarget(session, path);
	if (found.result.kind !== "found") throw new CountersignError("target-unknown", path, "expected the released target, got none");
	const files = openDirectory(join(demo.directory, "fetched"));
	await downloadTarget(found.session, {
		path,
		file: found.result.file
	}, {
		files,
		name: path
	});
	narrator.result(`${narrator.style.good("verified")} ${path} from role ${found.result.role}: ${String(found.result.file.length)} bytes, sha256:${found.result.file.hashes.get("sha256") ?? ""}`);
	const report = await verify({
		files: bot.site,
		openStream: directoryStreams(bot.siteDirectory),
		time: bot.place.now,
		anchor: {
			kind: "root",
			bytes: root
		},
		targets: "all"
	});
	const [problem] = report.problems;
	if (problem !== void 0) throw new CountersignError(problem.code, problem.where, problem.detail);
	narrator.command("countersign verify site --targets all");
	narrator.result(`${narrator.style.good("verified")} from every root: ${countOf(report.roles.length, "role")}, ${countOf(report.targetsChecked, "hosted file")} hashed`);
	return root;
}
function unreachable() {
	throw new CountersignError("base-missing", "root", "expected a first root");
}
async function attack(demo, bot, ground, oldBytes, narrator) {
	narrator.step("4. Attack the published repository");
	const state = await readState(bot.place);
	const source = filesSource(bot.site, directoryStreams(bot.siteDirectory));
	const full = {
		...ground,
		source,
		base: requireBase(state),
		time: bot.place.now,
		role: ROLE,
		temporaryDirectory: demo.directory
	};
	const present = (bytes) => bytes === null ? [] : [bytes];
	const held = heldOnline(full.base, {
		snapshots: present(state.live.snapshot),
		timestamps: present(state.live.timestamp)
	});
	const carol = await bot.place.openSigner(`file:${join(demo.directory, "keys", "carol.pem")}`);
	const online = await bot.place.openSigner(`env:${ONLINE_KEY}`);
	const attacks = [
		["the file is changed by one byte", () => changedFile(full, openDirectory(join(demo.directory, "fetched")))],
		["an old timestamp is put back", () => oldTimestamp(full, oldBytes)],
		["a target signed by one person, under a stolen online key", () => signedByOne(full, carol, online, held)]
	];
	const refused = [];
	for (const [name, run] of attacks) {
		const refusal = await run();
		if (refusal === null) throw new CountersignError("incomplete", "demo", `expected the client to refuse: ${name}`);
		narrator.result(`${name}: ${narrator.style.good("refused")} ${refusal.code}`);
		narrator.result(narrator.style.faint(`  ${refusal.where}: ${refusal.detail}`));
		refused.push({
			attack: name,
			refusal
		});
	}
	return refused;
}
function demoCommand(distDirectory) {
	return async (options, console, args) => {
		const narrator = new Narrator(console, options.json);
		const files = args.length > 0 ? args : [distDirectory];
		const hashed = await localHasher.hash(files, (done, total) => {
			console.log.progress("hashing", done, total);
		});
		if (hashed.length === 0) throw new CountersignError("usage", "demo", "expected at least one file, got none");
		const demo = await setUpDemo(options.out, Math.max(...hashed.map(({ name }) => name.split("/").length)), console.log);
		const bot = await demo.open("countersign[bot]");
		await begin(demo, bot, narrator);
		const oldBytes = await bot.site.read(TIMESTAMP_PATH, MAX_BYTES);
		const [path] = await release(demo, bot, files, narrator);
		if (path === void 0 || oldBytes === null) throw new CountersignError("incomplete", "demo", "expected a published release");
		const refused = await attack(demo, bot, {
			root: await fetchOne(demo, bot, path, narrator),
			path
		}, oldBytes, narrator);
		const shown = relative(process.cwd(), demo.directory);
		const where = shown === "" || shown.startsWith("..") ? demo.directory : shown;
		const script = relative(process.cwd(), join(distDirectory, "cli.js")) || "cli.js";
		const next = `node ${shellWord(script)} status --repo ${shellWord(join(where, "forge"))} --site ${shellWord(join(where, "site"))}`;
		narrator.step("Done. The bare repository, the site and the keys are left for you to go on from:");
		narrator.command(next);
		if (options.json) console.result({
			directory: demo.directory,
			site: bot.siteDirectory,
			target: path,
			refused,
			next
		}, () => "");
		return EXIT.ok;
	};
}

export { demoCommand };
