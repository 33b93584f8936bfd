// SPDX-License-Identifier: Apache-2.0
// action.yml, as the runner reads it.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id?: string;
      readonly if?: string;
      readonly run?: string;
      readonly shell?: string;
      readonly uses?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly with?: Readonly<Record<string, string>>;
    }[];
  };
}

export function readActionFile(): ActionFile {
  const file: ActionFile = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));
  return file;
}
