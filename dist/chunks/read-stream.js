import { i as ioError, n as errnoOf } from "./atomic-file.js";
import { $t as quote, Zt as CountersignError } from "./tuf.js";
import { join, sep } from "node:path";
import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";

// src/cli/read-stream.ts
function segmentsOf(path) {
	const names = path.split("/");
	if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0") || sep !== "/" && name.includes(sep))) throw new CountersignError("file-name", quote(path), "expected a path that stays below the directory, got one that does not");
	return names;
}
async function enter(directory, names, path) {
	let at = directory;
	for (const name of names) {
		at = join(at, name);
		const stats = await lstat(at);
		if (stats.isSymbolicLink()) throw new CountersignError("symlink-escape", path, `expected no symbolic link on the way, got one at ${quote(name)}`);
		if (!stats.isDirectory()) return null;
	}
	return at;
}
async function openRegular(directory, path) {
	const names = segmentsOf(path);
	try {
		const at = await enter(directory, names.slice(0, -1), path);
		if (at === null) return null;
		const file = await open(join(at, ...names.slice(-1)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		if ((await file.stat()).isFile()) return file;
		await file.close();
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === "ENOENT" || errno === "ENOTDIR") return null;
		if (errno === "ELOOP") throw new CountersignError("symlink-escape", path, "expected a regular file, got a symbolic link", { cause: error });
		throw ioError(path, "to read the file", error);
	}
	throw new CountersignError("file-type", path, "expected a regular file, got a directory or a special file");
}
function directoryStreams(directory) {
	return async (path) => (await openRegular(directory, path))?.createReadStream() ?? null;
}

export { directoryStreams as t };
