import { y as filesSource } from "./transport.js";
import { t as verifyRepository } from "./verify-repository.js";

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

export { verifySource as n, verify as t };
