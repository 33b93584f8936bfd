import { ECDH, createPublicKey } from "node:crypto";

// src/signers/openssl-error.ts
function opensslCode(error) {
	if (error instanceof Error) {
		if (!("code" in error)) {
			if (Object.getPrototypeOf(error) === Error.prototype) return "no reason";
		} else if (typeof error.code === "string" && /^ERR_(?:OSSL|CRYPTO|MISSING_PASSPHRASE)/.test(error.code)) return error.code;
	}
	throw error;
}
function opensslWords(error) {
	return opensslCode(error) === "ERR_OSSL_EVP_UNSUPPORTED" ? "one of a kind that OpenSSL does not know here" : "bytes that OpenSSL can't read";
}

// src/signers/tuf-key.ts
const SUPPORTED_KEYS = "an ed25519, P-256, P-384 or RSA key";
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16384;
const CURVES = [{
	algorithm: "ecdsa-p256",
	scheme: "ecdsa-sha2-nistp256",
	openssl: "prime256v1",
	identifier: Buffer.from("301306072a8648ce3d020106082a8648ce3d030107", "hex")
}, {
	algorithm: "ecdsa-p384",
	scheme: "ecdsa-sha2-nistp384",
	openssl: "secp384r1",
	identifier: Buffer.from("301006072a8648ce3d020106052b81040022", "hex")
}];
const P521_OID = Buffer.from("06052b81040023", "hex");
function tufKey(keytype, scheme, value) {
	return /* @__PURE__ */ new Map([
		["keytype", keytype],
		["keyval", /* @__PURE__ */ new Map([["public", value]])],
		["scheme", scheme]
	]);
}
function unsupported(found) {
	return {
		kind: "unsupported",
		found
	};
}
function spkiPem(key) {
	return key.export({
		format: "pem",
		type: "spki"
	}).toString();
}
function pointOf(spki, curve) {
	const start = (spki[1] ?? 0) < 128 ? 2 : 3;
	const end = start + curve.identifier.length;
	if (!spki.subarray(start, end).equals(curve.identifier)) return null;
	const point = spki.subarray(end + 3).toString("hex");
	const uncompressed = ECDH.convertKey(point, curve.openssl, "hex", "hex", "uncompressed");
	return Buffer.from(uncompressed.toString(), "hex");
}
function describeEc(key) {
	let spki;
	try {
		spki = key.export({
			format: "der",
			type: "spki"
		});
	} catch (error) {
		return unsupported(`an elliptic curve key that can't be written (${opensslWords(error)})`);
	}
	for (const curve of CURVES) {
		const point = pointOf(spki, curve);
		if (point === null) continue;
		const bitString = Buffer.concat([Buffer.from([
			3,
			point.length + 1,
			0
		]), point]);
		const der = Buffer.concat([
			Buffer.from([48, curve.identifier.length + bitString.length]),
			curve.identifier,
			bitString
		]);
		const pem = spkiPem(createPublicKey({
			key: der,
			format: "der",
			type: "spki"
		}));
		return {
			kind: "supported",
			algorithm: curve.algorithm,
			publicKey: tufKey("ecdsa", curve.scheme, pem)
		};
	}
	return unsupported(spki.includes(P521_OID) ? "a P-521 key" : "a key on another curve, or with its curve spelled out");
}
function describeRsa(key) {
	const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
	const exponent = key.asymmetricKeyDetails?.publicExponent ?? 0n;
	if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return unsupported(`an RSA key of ${bits} bits (${MIN_RSA_BITS} to ${MAX_RSA_BITS} work)`);
	if (exponent < 3n || exponent % 2n === 0n) return unsupported("an RSA key with an unsafe public exponent");
	return {
		kind: "supported",
		algorithm: "rsa-pss-sha256",
		publicKey: tufKey("rsa", "rsassa-pss-sha256", spkiPem(key))
	};
}
function describeKey(key) {
	if (key.type === "secret") return unsupported("a symmetric key");
	const half = key.type === "private" ? createPublicKey(key) : key;
	switch (half.asymmetricKeyType) {
		case "ed25519": return {
			kind: "supported",
			algorithm: "ed25519",
			publicKey: tufKey("ed25519", "ed25519", half.export({
				format: "der",
				type: "spki"
			}).subarray(-32).toString("hex"))
		};
		case "ec": return describeEc(half);
		case "rsa": return describeRsa(half);
		case "rsa-pss": return unsupported("an RSA-PSS key (only keys of plain RSA are read by all clients)");
		default: return unsupported(`a key of the type ${half.asymmetricKeyType ?? "(unknown)"}`);
	}
}

export { opensslWords as i, describeKey as n, opensslCode as r, SUPPORTED_KEYS as t };
