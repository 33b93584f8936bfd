// SPDX-License-Identifier: Apache-2.0

/** The version of this package (semver), the same as in package.json; test/version.test.ts compares them. */
export const VERSION = '0.1.0';
