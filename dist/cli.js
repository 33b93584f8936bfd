#!/usr/bin/env node
import { t as errnoWords } from "./chunks/errno-words.js";
import { t as VERSION } from "./chunks/version.js";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// src/cli/run-to-end.ts
const LOST = "expected a result, got none; nothing is left to wait for";
function tell(detail, text, json) {
	process.stderr.write(`${text}\n`);
	if (json) process.stdout.write(`${JSON.stringify({ error: {
		code: "internal",
		where: "countersign",
		detail,
		hint: null
	} }, null, 2)}\n`);
}
async function runToEnd(program, json = false) {
	process.exitCode = 1;
	const complain = () => tell(LOST, `countersign: ${LOST}`, json);
	const give = (error) => {
		const text = error instanceof Error ? error.stack ?? error.message : String(error);
		tell(text, `internal error ${text}`, json);
		process.exit(1);
	};
	process.once("beforeExit", complain).once("uncaughtException", give);
	try {
		process.exitCode = await program();
	} finally {
		process.off("beforeExit", complain).off("uncaughtException", give);
	}
}

// src/cli/strict-tls.ts
const NAME = "NODE_TLS_REJECT_UNAUTHORIZED";
function requireCertificates() {
	const text = process.env[NAME];
	if (text === void 0) return;
	Reflect.deleteProperty(process.env, NAME);
	if (text === "0") process.stderr.write(`warning ${NAME} is not obeyed: certificates are always checked\n`);
}

// src/cli.ts
let isCut = false;
for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => {
	const code = "code" in error ? String(error.code) : error.name;
	if (code === "EPIPE" || isCut) return;
	isCut = true;
	process.once("exit", () => process.exitCode = 1);
	if (stream === process.stdout) process.stderr.write(`error[io] standard output: expected to print all of it, but ${errnoWords(code)}\n`);
});
const [first, ...more] = process.argv.slice(2);
if ((first === "--version" || first === "-V") && more.length === 0) process.stdout.write(`${VERSION}\n`);
else {
	requireCertificates();
	await runToEnd(async () => {
		const { runProgram } = await import("./chunks/program.js");
		return runProgram(process.argv.slice(2), { distDirectory: dirname(fileURLToPath(import.meta.url)) });
	}, process.argv.includes("--json"));
}

export {  };
