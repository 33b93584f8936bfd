// SPDX-License-Identifier: Apache-2.0
// Hashes a directory and prints how long it took from the first look at it to the last digest.
import { performance } from 'node:perf_hooks';
import { hashPaths } from '../src/hashing/hash-files.ts';

const start = performance.now();
const hashed = await hashPaths([process.argv[2]]);
const seconds = (performance.now() - start) / 1000;
process.stdout.write(JSON.stringify({ seconds, files: hashed.length }));
