// src/cli/key-argument.ts
function keyUri(key) {
	return /^[a-z][a-z0-9+.-]*:/i.test(key) && !/^[a-z]:[\\/]/i.test(key) ? key : `file:${key}`;
}

export { keyUri as t };
