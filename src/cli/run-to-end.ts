// SPDX-License-Identifier: Apache-2.0

/** What a run says where it has no result. */
const LOST = 'expected a result, got none; nothing is left to wait for';

function tell(detail: string, text: string, json: boolean): void {
  process.stderr.write(`${text}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: 'internal', where: 'countersign', detail, hint: null } }, null, 2)}\n`);
}

/**
 * Runs a program and sets the exit code of this process to what it comes to. Once nothing is left to wait for, Node ends a process whatever was promised in
 * it, with 0 where a package has set that (signal-exit does): a program that ends so has failed, and says so on standard error. So has one that throws where
 * nobody waits.
 * @param json - whether what went wrong is told as one JSON document as well
 * @throws what the program throws
 */
export async function runToEnd(program: () => Promise<number>, json: boolean = false): Promise<void> {
  // `failed` of exit-code.ts, which loads more than an entry that only tells its version should.
  process.exitCode = 1;
  const complain = (): void => tell(LOST, `countersign: ${LOST}`, json);
  const give = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell(text, `internal error ${text}`, json);
    process.exit(1);
  };
  process.once('beforeExit', complain).once('uncaughtException', give);
  try {
    process.exitCode = await program();
  } finally {
    process.off('beforeExit', complain).off('uncaughtException', give);
  }
}
