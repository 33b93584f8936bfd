// SPDX-License-Identifier: Apache-2.0
// The same as `metadata-ours.mjs edit`, with @tufjs/models.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Metadata, MetadataKind, Signature, TargetFile } from '@tufjs/models';

const bytes = fs.readFileSync(process.argv[3]);
const { privateKey } = crypto.generateKeyPairSync('ed25519');
const start = performance.now();
const metadata = Metadata.fromJSON(MetadataKind.Targets, JSON.parse(bytes.toString()));
metadata.signed.addTarget(new TargetFile({ path: 'releases/next/app.tar.gz', length: 12345, hashes: { sha256: 'b'.repeat(64) } }));
metadata.signed.version++;
let payload;
metadata.sign((data) => {
  payload = data;
  return new Signature({ keyID: 'a'.repeat(64), sig: crypto.sign(null, data, privateKey).toString('hex') });
}, false);
const file = Buffer.from(JSON.stringify(metadata.toJSON()));
const seconds = (performance.now() - start) / 1000;
const digest = crypto.createHash('sha256').update(payload).digest('hex');
process.stdout.write(JSON.stringify({ seconds, payload: digest, bytes: file.length }));
