// SPDX-License-Identifier: Apache-2.0
// Mistakes that would give strangers a say, each put between the code and the host.
import type { Plant } from '../interleavings/plants.ts';

/** All of them, by name. */
export const PLANTS: ReadonlyMap<string, Plant> = new Map([]);
