// SPDX-License-Identifier: Apache-2.0
// Our client with a mistake planted in it: a comparison that doesn't find these would find nothing.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Client } from './verdict.ts';

/** Earlier than any file expires. */
const LONG_AGO = 0;

/** A client with a mistake, and what a comparison must say of some of its verdicts. */
export interface PlantedClient {
  readonly name: string;
  readonly client: Client;
  readonly expected: string;
}

function replaceVerify(verify: unknown): void {
  Reflect.set(crypto, 'verify', verify);
  syncBuiltinESMExports();
}

/** Takes every signature for valid that has the form of one. */
function blind(client: Client): Client {
  return async (one) => {
    const verify: unknown = Reflect.get(crypto, 'verify');
    replaceVerify(() => true);
    try {
      return await client(one);
    } finally {
      replaceVerify(verify);
    }
  };
}

/** All mistakes. */
export function plantedClients(client: Client): readonly PlantedClient[] {
  return [
    {
      name: 'takes what has expired',
      client: (one) => client({ ...one, visits: one.visits.map((visit) => ({ ...visit, time: LONG_AGO })) }),
      expected: 'we accept what both others reject',
    },
    { name: 'takes any signature', client: blind(client), expected: 'we accept what both others reject' },
    {
      name: 'has no memory between visits',
      client: (one) => client({ ...one, visits: one.visits.slice(-1) }),
      expected: 'we accept what both others reject',
    },
    {
      name: 'finds nothing',
      client: async (one) => {
        const verdict = await client(one);
        return verdict.kind === 'accept' ? { kind: 'accept', targets: verdict.targets.map(() => 'absent') } : verdict;
      },
      expected: 'we accept something else than both others',
    },
  ];
}
