// SPDX-License-Identifier: Apache-2.0
import type { Files } from '../../src/ports.ts';
import type { Faults } from './faults.ts';

/** `files`, with every call reported to `faults` first. */
export function faultyFiles(files: Files, faults: Faults): Files {
  return {
    read: (path, maxBytes) => faults.read('files', 'read', [path, maxBytes], () => files.read(path, maxBytes)),
    list: () => faults.read('files', 'list', [], () => files.list()),
    write: (path, bytes) => faults.write('files', 'write', [path, bytes], () => files.write(path, bytes)),
    copyIn: (path, source, expected) =>
      faults.write('files', 'copyIn', [path, source, expected], () => files.copyIn(path, source, expected)),
    writeStream: (path, pieces, expected) =>
      faults.write('files', 'writeStream', [path, pieces, expected], () => files.writeStream(path, pieces, expected)),
    digest: (path) => faults.read('files', 'digest', [path], () => files.digest(path)),
    remove: (path) => faults.write('files', 'remove', [path], () => files.remove(path)),
  };
}
