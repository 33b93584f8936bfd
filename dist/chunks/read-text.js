import { a as orIoError } from "./atomic-file.js";
import { readFile } from "node:fs/promises";

// src/cli/read-text.ts
function readText(path, what) {
	return orIoError(path, `${what} to read`, () => readFile(path, "utf8"));
}

export { readText as t };
