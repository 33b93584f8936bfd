import { Nt as CountersignError } from "./tuf.js";

// src/client/limits.ts
const DEFAULT_LIMITS = {
	maxRootBytes: 512e3,
	maxTimestampBytes: 16384,
	maxSnapshotBytes: 2e6,
	maxTargetsBytes: 5e6,
	maxListedBytes: 1024 ** 3
};

// src/client/source.ts
async function* once(bytes) {
	yield bytes;
}
function filesSource(files, openStream) {
	return {
		metadata: (path, maxBytes) => files.read(path, maxBytes),
		target: async (path, maxBytes) => {
			if (openStream !== void 0) return openStream(path);
			const bytes = await files.read(path, maxBytes);
			return bytes === null ? null : once(bytes);
		},
		list: () => files.list()
	};
}
function capped(path, bytes, maxBytes) {
	if (bytes.length <= maxBytes) return bytes;
	throw new CountersignError("too-large", path, `expected at most ${String(maxBytes)} bytes, got ${String(bytes.length)}`);
}
function mapSource(map, below) {
	return {
		metadata: async (path, maxBytes) => {
			const bytes = map.get(path);
			if (bytes !== void 0) return capped(path, bytes, maxBytes);
			return below === void 0 ? null : below.metadata(path, maxBytes);
		},
		target: async (path, maxBytes) => {
			const bytes = map.get(path);
			if (bytes !== void 0) return once(bytes);
			return below === void 0 ? null : below.target(path, maxBytes);
		},
		list: async () => {
			const own = [...map].map(([path, bytes]) => [path, bytes.length]);
			if (below === void 0) return new Map(own);
			const lower = await below.list();
			return lower === null ? null : new Map([...lower, ...own]);
		}
	};
}
function rememberingSource(source) {
	const known = /* @__PURE__ */ new Map();
	let listing;
	return {
		metadata: async (path, maxBytes) => {
			let bytes = known.get(path);
			if (bytes === void 0) {
				bytes = await source.metadata(path, maxBytes);
				known.set(path, bytes);
			}
			return bytes === null ? null : capped(path, bytes, maxBytes);
		},
		target: (path, maxBytes) => source.target(path, maxBytes),
		list: async () => listing === void 0 ? listing = await source.list() : listing
	};
}

export { DEFAULT_LIMITS as i, mapSource as n, rememberingSource as r, filesSource as t };
