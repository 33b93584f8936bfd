import { i as ioError, n as errnoOf } from "./atomic-file.js";
import { t as generateEd25519 } from "./generate.js";
import { Bt as stringField, Zt as CountersignError, mt as keyIdOf, zt as objectField } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { open, rm } from "node:fs/promises";

// src/cli/keygen-command.ts
async function writePrivate(path, text) {
	let file;
	try {
		file = await open(path, "wx", 384);
	} catch (error) {
		if (errnoOf(error) === "EEXIST") throw new CountersignError("already-exists", path, "expected a new file; a key is never overwritten", { cause: error });
		throw ioError(path, "a place to write the key", error);
	}
	try {
		await file.writeFile(text);
		await file.sync();
		await file.close();
	} catch (error) {
		await Promise.allSettled([file.close(), rm(path, { force: true })]);
		throw ioError(path, "to write the key", error);
	}
}
async function writeNewKey(path) {
	const { pem, publicKey } = generateEd25519();
	await writePrivate(path, pem);
	return {
		publicText: `ed25519:${stringField(objectField(publicKey, "keyval", "key"), "public", "key")}`,
		keyId: keyIdOf(publicKey),
		pem
	};
}
async function keygenCommand(options, console, args) {
	const path = args[0] ?? "";
	const { publicText, keyId } = await writeNewKey(path);
	console.result({
		file: path,
		public: publicText,
		keyid: keyId
	}, (value, style) => style.bold(value.public));
	if (!options.json) console.log.info(`keyid ${keyId}; the private key is in ${path} and has no passphrase`);
	return EXIT.ok;
}

export { writeNewKey as n, keygenCommand as t };
