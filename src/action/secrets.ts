// SPDX-License-Identifier: Apache-2.0
import type { Environment } from './input-text.ts';
import type { Runner } from './runner.ts';

/** Variables that hold tokens or keys: ours, and the runner's own. */
const SECRET_VARIABLE =
  /^(?:COUNTERSIGN_(?:.*_)?(?:KEY|TOKEN|PIN|PASSPHRASE)|GITHUB_TOKEN|GH_TOKEN|ACTIONS_(?:RUNTIME|ID_TOKEN_REQUEST)_TOKEN)$/;
/** The armour of a key file says nothing; masking it would blot out every key file's first line, public ones too. */
const ARMOUR = /^-----[A-Z ]+-----$/;

/** Masks a secret: the runner compares line by line, so each line is masked for itself. */
export function maskSecret(runner: Pick<Runner, 'mask'>, secret: string): void {
  for (const line of secret.split(/\r\n|\r|\n/)) {
    const text = line.trim();
    if (text !== '' && !ARMOUR.test(text)) runner.mask(text);
  }
}

/** Masks every token and key that the environment of this step holds. */
export function maskSecrets(runner: Pick<Runner, 'mask'>, env: Environment): void {
  for (const [name, value] of env) if (SECRET_VARIABLE.test(name) && value !== undefined) maskSecret(runner, value);
}
