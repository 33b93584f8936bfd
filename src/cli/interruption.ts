// SPDX-License-Identifier: Apache-2.0

/** The cause of an error where a person has pressed ctrl-C at a question: the exit code is the one of an interrupted program. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
}
