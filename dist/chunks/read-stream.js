import { zt as CountersignError } from "./tuf.js";
import { u as filesSource } from "./local-workplace.js";
import { t as verifyRepository } from "./verify-repository.js";
import { join } from "node:path";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

// src/commands/verify.ts
async function verify({ files, openStream, ...how }) {
	return verifySource(filesSource(files, openStream), how);
}
async function verifySource(source, { anchor, ...how }) {
	return verifyRepository(source, {
		...how,
		...anchor === null ? {} : { anchor }
	});
}

// src/cli/read-stream.ts
function isAbsence(error) {
	return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
function directoryStreams(directory) {
	return async (path) => {
		const file = join(directory, ...path.split("/"));
		try {
			if (!(await stat(file)).isFile()) throw new CountersignError("file-type", path, "expected a regular file, got something else");
		} catch (error) {
			if (isAbsence(error)) return null;
			if (error instanceof CountersignError) throw error;
			throw new CountersignError("io", path, "expected a readable file", { cause: error });
		}
		return createReadStream(file);
	};
}

export { verify as n, verifySource as r, directoryStreams as t };
