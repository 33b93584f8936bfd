// SPDX-License-Identifier: Apache-2.0
import { GraphQLError } from 'graphql';
import type { Fields } from './reply.ts';

/** Which part of a list is asked for. */
export interface Paging {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** A refusal of GraphQL, with GitHub's type of it. */
export function failure(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** One page of a list: from its beginning, or from its end. @throws `EXCESSIVE_PAGINATION` above a hundred */
export function connection<T>(items: readonly T[], args: Paging, node: (item: T) => unknown = (item) => item): Fields {
  const size = args.first ?? args.last ?? 0;
  const name = typeof args.first === 'number' ? 'first' : 'last';
  if (size < 1)
    throw failure('MISSING_PAGINATION_BOUNDARIES', 'You must provide a `first` or `last` value to properly paginate the connection.');
  if (size > 100) throw failure('EXCESSIVE_PAGINATION', `Requesting ${size} records exceeds the \`${name}\` limit of 100 records.`);
  const start = indexOf(args.after, -1) + 1;
  const end = indexOf(args.before, items.length);
  const [from, to] = name === 'first' ? [start, Math.min(end, start + size)] : [Math.max(start, end - size), end];
  const slice = items.slice(from, to);
  return {
    totalCount: items.length,
    nodes: slice.map(node),
    edges: slice.map((item, index) => ({ cursor: cursorAt(from + index), node: node(item) })),
    pageInfo: {
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: slice.length === 0 ? null : cursorAt(from),
      endCursor: slice.length === 0 ? null : cursorAt(from + slice.length - 1),
    },
  };
}

function cursorAt(index: number): string {
  return Buffer.from(String(index)).toString('base64');
}

function indexOf(cursor: string | null | undefined, none: number): number {
  return cursor === undefined || cursor === null ? none : Number(Buffer.from(cursor, 'base64').toString());
}
