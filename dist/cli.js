#!/usr/bin/env node
import { t as VERSION } from "./chunks/version.js";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// src/cli.ts
for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => {
	if (!("code" in error && error.code === "EPIPE")) throw error;
});
const [first, ...more] = process.argv.slice(2);
if ((first === "--version" || first === "-V") && more.length === 0) process.stdout.write(`${VERSION}\n`);
else {
	const { runProgram } = await import("./chunks/program.js");
	process.exitCode = await runProgram(process.argv.slice(2), { distDirectory: dirname(fileURLToPath(import.meta.url)) });
}

export {  };
