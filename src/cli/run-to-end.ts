// SPDX-License-Identifier: Apache-2.0

/**
 * Runs a program and sets the exit code of this process to what it comes to. Once nothing is left to wait for, Node ends a process whatever was promised in
 * it, with 0 where a package has set that (signal-exit does): a program that ends so has failed, and says so on standard error.
 * @throws what the program throws
 */
export async function runToEnd(program: () => Promise<number>): Promise<void> {
  // `failed` of exit-code.ts, which loads more than an entry that only tells its version should.
  process.exitCode = 1;
  const complain = (): void => {
    process.stderr.write('countersign: expected a result, got none; nothing is left to wait for\n');
  };
  process.once('beforeExit', complain);
  try {
    process.exitCode = await program();
  } finally {
    process.off('beforeExit', complain);
  }
}
