// SPDX-License-Identifier: Apache-2.0
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CarriedSignature } from '../commands/custody.ts';
import { errnoOf, ioError } from '../disk/atomic-file.ts';
import type { Artifact, Artifacts } from '../ports.ts';
import { parseCountersignatures } from '../trust/countersignature.ts';
import { encodeJsonFile } from '../tuf/canonical.ts';
import { CountersignError } from '../tuf/errors.ts';
import { asArray, asObject, integerField, stringField } from '../tuf/fields.ts';
import { parseJson } from '../tuf/json.ts';
import { jsonObject } from '../tuf/signed-part.ts';
import { newDirectory, type StepContext } from './step.ts';

/** How the names of artifacts begin that carry signatures from one job to the next. */
export const SIGNATURE_PREFIX = 'countersign-signature-';
const FILE_NAME = 'signatures.json';
const MAX_BYTES = 1024 * 1024;
/** Each person leaves one. */
const MAX_ARTIFACTS = 100;

/** Writes signatures for another job to post. @returns the directory to upload */
export async function writeCarried(context: StepContext, signatures: readonly CarriedSignature[]): Promise<string> {
  const directory = await newDirectory(context, 'signature');
  const path = join(directory, FILE_NAME);
  try {
    await writeFile(path, encodeJsonFile(signatures.map(({ number, block }) => jsonObject({ block, number }))));
  } catch (error) {
    throw ioError(path, 'to write the signatures', error);
  }
  return directory;
}

/** Reads what a job has left. @throws `too-large`, `file-type`, and the codes of the JSON reader */
async function readSignatures(path: string): Promise<readonly CarriedSignature[]> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw ioError(path, 'to look at the file', error);
  });
  if (stats === null) return [];
  if (!stats.isFile()) throw new CountersignError('file-type', FILE_NAME, 'expected a regular file, got a directory or a special file');
  if (stats.size > MAX_BYTES) throw new CountersignError('too-large', FILE_NAME, `expected at most ${String(MAX_BYTES)} bytes`);
  const bytes = await readFile(path);
  return asArray(parseJson(bytes), '$').map((value, index) => {
    const raw = asObject(value, `$[${String(index)}]`);
    return { number: integerField(raw, 'number', '$'), block: stringField(raw, 'block', '$') };
  });
}

async function fetchSignatures(context: StepContext, artifacts: Artifacts, artifact: Artifact): Promise<readonly CarriedSignature[]> {
  const directory = await newDirectory(context, 'carried');
  await artifacts.download(artifact, directory);
  return readSignatures(join(directory, FILE_NAME));
}

/**
 * The signatures that the custody jobs of a run have left. Nothing of it is believed: it is posted, and counted like every other. What can't be read is
 * warned of and left out, so that one job's fault takes nobody else's signature away.
 */
export async function readCarried(context: StepContext, artifacts: Artifacts, runId: number): Promise<readonly CarriedSignature[]> {
  const all = (await artifacts.ofRun(runId)).filter(({ name }) => name.startsWith(SIGNATURE_PREFIX));
  const carried: CarriedSignature[] = [];
  for (const artifact of [...all].sort((a, b) => b.id - a.id).slice(0, MAX_ARTIFACTS)) {
    if (artifact.from !== 'repository' || artifact.expired) continue;
    try {
      carried.push(...(await fetchSignatures(context, artifacts, artifact)));
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      context.log.warn(`${artifact.name}: ${error.message}`);
    }
  }
  // What is no block of signatures would be posted for nothing.
  return carried.filter(({ block }) => {
    const parsed = parseCountersignatures(block);
    return parsed.kind === 'accepted' && parsed.value.length > 0;
  });
}
