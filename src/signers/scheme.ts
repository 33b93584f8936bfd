// SPDX-License-Identifier: Apache-2.0
import type { Signer } from '../ports.ts';

/** What a scheme may use of the world to open a key. */
export interface SignerContext {
  /** Environment variables. */
  readonly env: ReadonlyMap<string, string | undefined>;
  /** The directory that relative paths start from. */
  readonly cwd: string;
  /** Asks for the passphrase or PIN of `what`, the key's name; null when there is no one to ask or they decline. */
  readonly askPassphrase: (what: string) => Promise<string | null>;
  /** Told what is unsafe but not refused, such as a key file that others may read. */
  readonly warn?: (text: string) => void;
}

/**
 * One way to reach a key, named by the scheme of its URI. A module for each, which loads heavy dependencies only inside
 * `open`.
 */
export interface SignerScheme {
  /** The part before the colon, lower case. */
  readonly name: string;
  /** How the URI is written, for messages: `env:NAME`. */
  readonly form: string;
  /**
   * Opens the key. Its errors and its prompts name the key without any secret and without query parts of the URI.
   * @param rest - the URI after the first colon; untrusted
   * @throws `signer-uri` when `rest` is not of the form, `signer-key`, `signer-passphrase`, `io`
   */
  open(rest: string, context: SignerContext): Promise<Signer>;
}
