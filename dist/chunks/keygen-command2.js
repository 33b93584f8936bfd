import { t as generateEd25519 } from "./generate.js";
import { Ct as stringField, Rt as CountersignError, St as objectField, st as keyIdOf } from "./tuf.js";
import { t as EXIT } from "./exit-code.js";
import { writeFile } from "node:fs/promises";

// src/cli/keygen-command.ts
async function writeNewKey(path) {
	const { pem, publicKey } = generateEd25519();
	try {
		await writeFile(path, pem, {
			flag: "wx",
			mode: 384
		});
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "EEXIST") throw new CountersignError("already-exists", path, "expected a new file; a key is never overwritten", { cause: error });
		throw new CountersignError("io", path, "expected a place to write the key", { cause: error });
	}
	return {
		publicText: `ed25519:${stringField(objectField(publicKey, "keyval", "key"), "public", "key")}`,
		keyId: keyIdOf(publicKey),
		pem
	};
}
async function keygenCommand(_options, console, args) {
	const path = args[0] ?? "";
	const { publicText, keyId } = await writeNewKey(path);
	console.result({
		file: path,
		public: publicText,
		keyid: keyId
	}, (value, style) => `${style.bold(value.public)}\n${style.faint(`keyid ${value.keyid}; the private key is in ${value.file} and has no passphrase`)}`);
	return EXIT.ok;
}

export { writeNewKey as n, keygenCommand as t };
