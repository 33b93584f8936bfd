// SPDX-License-Identifier: Apache-2.0
import type { RequestRecord } from './api.ts';
import type { FakeGitHub } from './server.ts';

/** How often each route was asked: `GET /repos/{owner}/{repo}/pulls`, or `POST /graphql OpenPulls`. Repetitions count, as on GitHub. */
export type RequestTable = ReadonlyMap<string, number>;

/** All requests to the API that `work` makes. */
export async function requestsOf(github: FakeGitHub, work: () => Promise<unknown>): Promise<number> {
  return sumOf(await requestTable(github, work));
}

/** The requests to the API that `work` makes, by route, most first. */
export async function requestTable(github: FakeGitHub, work: () => Promise<unknown>): Promise<RequestTable> {
  const before = github.requests.length;
  await work();
  return tableOf(github.requests.slice(before));
}

/** How many requests a table tells of; of REST alone, or of all. */
export function sumOf(table: RequestTable, kind: 'rest' | 'all' = 'all'): number {
  return [...table].reduce((sum, [route, count]) => sum + (kind === 'rest' && route.startsWith('POST /graphql') ? 0 : count), 0);
}

/** Requests by route. */
export function tableOf(requests: readonly RequestRecord[]): RequestTable {
  const table = new Map<string, number>();
  for (const { route } of requests) table.set(route, (table.get(route) ?? 0) + 1);
  return new Map([...table].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
