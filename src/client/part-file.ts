// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { orIoError } from '../disk/atomic-file.ts';
import type { TargetFile } from '../tuf/targets.ts';
import { targetDigest, type TargetDigest } from './download.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A target that is being downloaded: the bytes that are there, and their digests. */
export interface PartFile {
  /** Of the bytes that are there. */
  readonly digest: TargetDigest;
  /** Puts bytes at the end; the caller updates the digest. @throws `locked` when another process has taken over, `io` */
  append(chunk: Uint8Array): Promise<void>;
  /** Begins again with nothing. @throws as `append` */
  restart(): Promise<void>;
}

/** Where a part is. */
export interface Part {
  readonly path: string;
  /** To be called right before each change: whoever has taken over may have verified the file already. @throws `locked` when it is another process's by now */
  readonly requireOurs: () => Promise<void>;
}

/** Removes a part. @throws `locked`, `io` */
export async function removePart({ path, requireOurs }: Part): Promise<void> {
  await orIoError(path, 'to remove the part', async () => {
    await requireOurs();
    await rm(path, { force: true });
  });
}

/**
 * Gives `fill` a part with what it holds, and brings it to the disk when it returns. When it throws, what is there stays for the next time.
 * @param file - what is signed of it
 * @param fill - downloads the rest; gives the sha256
 * @throws `locked`, `io`, whatever `fill` throws
 */
export async function fillPart(part: Part, file: TargetFile, fill: (part: PartFile) => Promise<string>): Promise<string> {
  const { path } = part;
  const handle = await orIoError(path, 'to open the part', () => openAlone(part));
  let isKept = false;
  try {
    const held = await readPart(part, handle, file);
    try {
      const sha256 = await fill(held);
      await orIoError(path, 'to bring the file to the disk', () => handle.sync());
      isKept = true;
      return sha256;
    } finally {
      isKept ||= held.digest.length > 0;
    }
  } finally {
    await handle.close();
    // There is nothing in it to go on with.
    if (!isKept) await removePart(part);
  }
}

/** Opens a part that has no other name: through one, what is written would change a file elsewhere, or be changed from there. */
async function openAlone(part: Part): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(part.path, flags, 0o666);
  const stats = await handle.stat();
  if (stats.isFile() && stats.nlink === 1) return handle;
  await handle.close();
  await removePart(part);
  return open(part.path, flags | constants.O_EXCL, 0o666);
}

async function readPart({ path, requireOurs }: Part, handle: FileHandle, file: TargetFile): Promise<PartFile> {
  let digest = targetDigest(file);
  const restart = (): Promise<void> =>
    orIoError(path, 'to empty the part', async () => {
      await requireOurs();
      await handle.truncate(0);
      digest = targetDigest(file);
    });
  const { size } = await orIoError(path, 'to read the part', () => handle.stat());
  if (size > file.length) await restart();
  else await orIoError(path, 'to read the part', () => digestOf(handle, digest, size));
  return {
    get digest() {
      return digest;
    },
    append: (chunk) =>
      orIoError(path, 'to write the part', async () => {
        await requireOurs();
        for (let done = 0; done < chunk.length;) {
          const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, digest.length + done);
          done += bytesWritten;
        }
      }),
    restart,
  };
}

/** Reads at most `maxBytes` from the start of a file. */
export async function digestOf(handle: FileHandle, digest: TargetDigest, maxBytes: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, maxBytes)));
  while (digest.length < maxBytes) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, maxBytes - digest.length), digest.length);
    if (bytesRead === 0) return;
    digest.update(buffer.subarray(0, bytesRead));
  }
}
