import { getSystemErrorMap } from "node:util";

// src/disk/errno-words.ts
const WORDS = /* @__PURE__ */ new Map([
	["ENOENT", "there is no such file or directory"],
	["ENOTDIR", "a file stands where a directory is needed"],
	["EISDIR", "a directory stands where a file is needed"],
	["EEXIST", "something of this name is there already"],
	["ENOTEMPTY", "the directory is not empty"],
	["EACCES", "this account is not allowed to"],
	["EPERM", "the system does not allow it"],
	["EROFS", "the file system is read-only"],
	["ENOSPC", "no space is left on the disk"],
	["EDQUOT", "the quota of this account is used up"],
	["EFBIG", "the file would be larger than the file system allows"],
	["EMFILE", "this program has too many files open"],
	["ENFILE", "the system has too many files open"],
	["ELOOP", "symbolic links lead in a circle"],
	["ENAMETOOLONG", "the name is longer than the file system allows"],
	["EIO", "the disk could not be read or written"],
	["EXDEV", "it would have to move to another file system"],
	["EBUSY", "another program uses it"],
	["ETXTBSY", "it is a program that is running"],
	["ENXIO", "it is no regular file"],
	["EPIPE", "the reader has closed its end"],
	["ECONNREFUSED", "nothing listens there (the connection was refused)"],
	["ECONNRESET", "the connection was reset"],
	["ECONNABORTED", "the connection was broken off"],
	["EHOSTUNREACH", "there is no way to the host"],
	["ENETUNREACH", "there is no way to its network"],
	["ETIMEDOUT", "no answer came in time"],
	["ENOTFOUND", "no host of this name was found"],
	["EAI_AGAIN", "the name of the host could not be looked up just now"],
	["UND_ERR_CONNECT_TIMEOUT", "no connection came about in time"],
	["UND_ERR_SOCKET", "the connection was closed"],
	["UND_ERR_ABORTED", "the connection was broken off"],
	["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "the answer is not as long as it says"],
	["DEPTH_ZERO_SELF_SIGNED_CERT", "the certificate is signed by itself"],
	["SELF_SIGNED_CERT_IN_CHAIN", "the certificate leads to an authority that this machine does not know"],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the certificate leads to an authority that this machine does not know"],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "the certificate leads to an authority that this machine does not know"],
	["CERT_HAS_EXPIRED", "the certificate has expired"],
	["ERR_TLS_CERT_ALTNAME_INVALID", "the certificate is for another name"],
	["ERR_INVALID_ARG_VALUE", "the name holds what no name can hold"]
]);
function errnoWords(name) {
	const words = WORDS.get(name);
	if (words !== void 0) return words;
	for (const [system, message] of getSystemErrorMap().values()) if (system === name) return message;
	return "the system could not do it";
}

export { errnoWords as t };
