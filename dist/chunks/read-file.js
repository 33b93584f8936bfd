import { zt as CountersignError } from "./tuf.js";

// src/commands/read-file.ts
async function readFileAt(forge, commit, path) {
	const entry = (await forge.tree(commit)).get(path);
	if (entry?.kind !== "file") return null;
	const bytes = (await forge.blobs([entry.id])).get(entry.id);
	if (bytes === void 0) throw new CountersignError("io", path, "expected its content, got nothing");
	return bytes;
}

export { readFileAt as t };
