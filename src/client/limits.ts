// SPDX-License-Identifier: Apache-2.0

/** How much a client reads before it gives up: a host that sends without end must cost nothing. All in bytes. */
export interface ClientLimits {
  readonly maxRootBytes: number;
  readonly maxTimestampBytes: number;
  /** For a snapshot whose length the timestamp doesn't list. */
  readonly maxSnapshotBytes: number;
  /** For a targets role whose length the snapshot doesn't list. */
  readonly maxTargetsBytes: number;
  /** For metadata of a listed length: a listed length is believed up to here. */
  readonly maxListedBytes: number;
}

/** The limits of python-tuf, tuf-js and go-tuf; the last one is ours, and the most that a store reads back. */
export const DEFAULT_LIMITS: ClientLimits = {
  maxRootBytes: 512_000,
  maxTimestampBytes: 16_384,
  maxSnapshotBytes: 2_000_000,
  maxTargetsBytes: 5_000_000,
  maxListedBytes: 1024 ** 3,
};
