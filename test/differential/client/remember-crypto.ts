// SPDX-License-Identifier: Apache-2.0
// Most keys and signatures of a case are those of its base repository, and reading keys and verifying signatures is most of what both clients of this
// process do. Both are functions of their arguments alone, so node:crypto's are given a memory: by the exact key, payload and signature. What a client
// asks, and what it makes of the answer, stays its own. `--plain` runs without this.
import crypto, { createHash, KeyObject } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const MAX_REMEMBERED = 50_000;

type Answer = { readonly kind: 'gave'; readonly value: unknown } | { readonly kind: 'threw'; readonly error: unknown };

const names = new WeakMap<object, number>();
let named = 0;

function nameOf(key: object): number {
  const known = names.get(key);
  if (known !== undefined) return known;
  names.set(key, ++named);
  return named;
}

/** The arguments as text; two are alike only if all of their bytes are. */
function argumentsText(args: readonly unknown[]): string {
  return args
    .map((arg): string => {
      if (arg instanceof KeyObject) return `key ${String(nameOf(arg))}`;
      if (arg instanceof Uint8Array) return `bytes ${String(arg.length)} ${createHash('sha256').update(arg).digest('hex')}`;
      if (typeof arg === 'object' && arg !== null)
        return `{${Object.entries(arg)
          .map(([name, value]) => `${name}: ${argumentsText([value])}`)
          .join()}}`;
      return `${typeof arg} ${String(arg)}`;
    })
    .join(';');
}

function remembering(owner: object, name: string): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== 'function') throw new Error(`node:crypto has no ${name}`);
  const known = new Map<string, Answer>();
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const text = argumentsText(owner === crypto ? args : [this, ...args]);
    let answer = known.get(text);
    if (answer === undefined) {
      try {
        answer = { kind: 'gave', value: Reflect.apply(original, this, args) };
      } catch (error) {
        answer = { kind: 'threw', error };
      }
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, answer);
    }
    if (answer.kind === 'threw') throw answer.error;
    return answer.value;
  };
  Reflect.set(owner, name, wrapped);
}

/** Gives createPublicKey, verify and KeyObject.export a memory, for all of this process. */
export function rememberCrypto(): void {
  remembering(crypto, 'createPublicKey');
  remembering(crypto, 'verify');
  const sample = crypto.generateKeyPairSync('ed25519').publicKey;
  for (
    let owner: unknown = Object.getPrototypeOf(sample);
    typeof owner === 'object' && owner !== null;
    owner = Object.getPrototypeOf(owner)
  ) {
    if (Object.hasOwn(owner, 'export')) remembering(owner, 'export');
  }
  syncBuiltinESMExports();
}
