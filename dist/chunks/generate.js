import { Zt as CountersignError } from "./tuf.js";
import { n as describeKey } from "./tuf-key.js";
import { generateKeyPairSync } from "node:crypto";

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

export { generateEd25519 as t };
