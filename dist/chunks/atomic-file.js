import { Zt as CountersignError } from "./tuf.js";
import { t as errnoWords } from "./errno-words.js";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";

// src/disk/atomic-file.ts
const TEMPORARY_PREFIX = ".tmp-";
function errnoOf(error) {
	if (error instanceof CountersignError) return null;
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
function ioError(where, expected, error) {
	const errno = errnoOf(error);
	if (error instanceof Error && errno === null) return error;
	const why = errno === null ? "the system could not do it" : errnoWords(errno);
	return new CountersignError("io", where, `expected ${expected}, but ${why}`, { cause: error });
}
async function orIoError(where, expected, operation) {
	try {
		return await operation();
	} catch (error) {
		throw ioError(where, expected, error);
	}
}
function ignoring(errno) {
	return (error) => {
		if (errnoOf(error) !== errno) throw error;
	};
}
async function writeTemporary(directory, fill) {
	const path = join(directory, `${TEMPORARY_PREFIX}${randomBytes(12).toString("hex")}`);
	const file = await open(path, "wx", 420);
	try {
		await file.chmod(420);
		await fill(file);
		await file.sync();
		await file.close();
	} catch (error) {
		await file.close();
		await rm(path, { force: true });
		throw error;
	}
	return path;
}

export { orIoError as a, ioError as i, errnoOf as n, writeTemporary as o, ignoring as r, TEMPORARY_PREFIX as t };
