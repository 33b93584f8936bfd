// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { SshReader } from '../../src/signers/ssh-wire.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { expectRefusal } from './key-files.ts';
import { mpint, sshString, uint32 } from './openssh-file.ts';

const reader = (bytes: Uint8Array): SshReader => new SshReader(bytes, (detail) => new CountersignError('key-invalid', 'blob', detail));

describe('SshReader', () => {
  test('reads every kind of field in turn, and then the end', () => {
    const fields = reader(Buffer.concat([uint32(7), sshString('name'), sshString(''), mpint('80'), mpint('7f'), Buffer.from('rest')]));
    expect(fields.uint32()).toBe(7);
    expect(fields.name()).toBe('name');
    expect(fields.string().length).toBe(0);
    expect([...fields.mpint(), ...fields.mpint()]).toEqual([0x80, 0x7f]);
    expect(fields.rest().toString()).toBe('rest');
    fields.end();
  });

  test('keeps no hold of the bytes it was given', () => {
    const bytes = sshString('name');
    const fields = reader(bytes);
    bytes.fill(0);
    expect(fields.name()).toBe('name');
  });

  const rows: readonly { name: string; bytes: Uint8Array; read: (fields: SshReader) => unknown }[] = [
    { name: 'a number cut off', bytes: Buffer.alloc(3), read: (fields) => fields.uint32() },
    { name: 'a string cut off', bytes: sshString('abc').subarray(0, -1), read: (fields) => fields.string() },
    { name: 'a string of 4 GiB', bytes: uint32(0xffffffff), read: (fields) => fields.string() },
    { name: 'an empty name', bytes: sshString(''), read: (fields) => fields.name() },
    { name: 'a name of 65 characters', bytes: sshString('n'.repeat(65)), read: (fields) => fields.name() },
    { name: 'a name with a line break', bytes: sshString('na\nme'), read: (fields) => fields.name() },
    { name: 'a name that is not ASCII', bytes: sshString(Buffer.from('é')), read: (fields) => fields.name() },
    { name: 'the number 0 with no bytes', bytes: sshString(''), read: (fields) => fields.mpint() },
    { name: 'the number 0 as a byte', bytes: sshString(Buffer.from([0])), read: (fields) => fields.mpint() },
    { name: 'a negative number', bytes: sshString(Buffer.from([0x80])), read: (fields) => fields.mpint() },
    { name: 'a number with a needless zero', bytes: sshString(Buffer.from([0, 0x7f])), read: (fields) => fields.mpint() },
    { name: 'more bytes than expected', bytes: Buffer.alloc(1), read: (fields) => fields.end() },
  ];
  test.each(rows)('refuses $name', async ({ bytes, read }) => {
    await expectRefusal(() => read(reader(bytes)), 'key-invalid', []);
  });
});
