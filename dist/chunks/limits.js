// src/client/limits.ts
const DEFAULT_LIMITS = {
	maxRootBytes: 512e3,
	maxTimestampBytes: 16384,
	maxSnapshotBytes: 2e6,
	maxTargetsBytes: 5e6,
	maxListedBytes: 1024 ** 3
};
const MAX_PUBLISHED_ROOTS = 1024;
const MAX_PUBLISHED_ROOT_BYTES = 64 * 1024 ** 2;
const DEFAULT_HTTP_LIMITS = {
	connectMs: 15e3,
	stallMs: 3e4,
	metadataTotalMs: 12e4,
	targetTotalMs: 216e5,
	maxAttempts: 4,
	firstWaitMs: 500,
	maxWaitMs: 3e4,
	maxRedirects: 10,
	timestampGapMs: 0
};

export { MAX_PUBLISHED_ROOT_BYTES as i, DEFAULT_LIMITS as n, MAX_PUBLISHED_ROOTS as r, DEFAULT_HTTP_LIMITS as t };
