import { Dt as stringField, Et as objectField, Nt as CountersignError, ft as keyIdOf } from "./tuf.js";
import { n as describeKey } from "./tuf-key.js";
import { t as EXIT } from "./exit-code.js";
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";

// src/signers/generate.ts
function generateEd25519() {
	const { privateKey, publicKey } = generateKeyPairSync("ed25519");
	const description = describeKey(publicKey);
	if (description.kind === "unsupported") throw new CountersignError("signer-key", "new key", `expected an ed25519 key, got ${description.found}`);
	return {
		pem: privateKey.export({
			format: "pem",
			type: "pkcs8"
		}).toString(),
		publicKey: description.publicKey
	};
}

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
