#!/usr/bin/env node
import { t as VERSION } from "./chunks/version.js";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// src/cli/run-to-end.ts
async function runToEnd(program) {
	process.exitCode = 1;
	const complain = () => {
		process.stderr.write("countersign: expected a result, got none; nothing is left to wait for\n");
	};
	process.once("beforeExit", complain);
	try {
		process.exitCode = await program();
	} finally {
		process.off("beforeExit", complain);
	}
}

// src/cli.ts
let isCut = false;
for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => {
	const code = "code" in error ? String(error.code) : error.name;
	if (code === "EPIPE" || isCut) return;
	isCut = true;
	process.once("exit", () => process.exitCode = 1);
	if (stream === process.stdout) process.stderr.write(`error[io] standard output: expected to print all of it, got ${code}\n`);
});
const [first, ...more] = process.argv.slice(2);
if ((first === "--version" || first === "-V") && more.length === 0) process.stdout.write(`${VERSION}\n`);
else await runToEnd(async () => {
	const { runProgram } = await import("./chunks/program.js");
	return runProgram(process.argv.slice(2), { distDirectory: dirname(fileURLToPath(import.meta.url)) });
});

export {  };
