// SPDX-License-Identifier: Apache-2.0
import type { Route } from './call.ts';

interface Branch {
  readonly literals: Map<string, Branch>;
  readonly params: { readonly name: string; readonly node: Branch }[];
  route: Route | null;
}

/** Last parameters that may hold slashes, sent as they are. */
const GREEDY = new Set(['ref', 'path', 'basehead', 'tag']);

/** A route that was found, with its decoded parameters. */
export interface Match {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

/** Finds the endpoint of a path. */
export class Router {
  readonly #roots: Map<string, Branch> = new Map();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
  }

  /** The route of a raw path (still percent-encoded); null when there is none. */
  find(method: string, path: string): Match | null {
    const root = this.#roots.get(method);
    if (root === undefined) return null;
    return walk(root, path.split('/').slice(1), 0, []);
  }

  #add(route: Route): void {
    let node: Branch = this.#roots.get(route.method) ?? newBranch();
    this.#roots.set(route.method, node);
    for (const part of route.path.split('/').slice(1)) {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      if (name === undefined) {
        const next: Branch = node.literals.get(part) ?? newBranch();
        node.literals.set(part, next);
        node = next;
      } else {
        let param = node.params.find((one) => one.name === name);
        if (param === undefined) node.params.push((param = { name, node: newBranch() }));
        node = param.node;
      }
    }
    node.route = route;
  }
}

function newBranch(): Branch {
  return { literals: new Map(), params: [], route: null };
}

function walk(node: Branch, parts: readonly string[], at: number, params: readonly (readonly [string, string])[]): Match | null {
  const part = parts[at];
  if (part === undefined) return node.route === null ? null : { route: node.route, params: new Map(params) };
  const literal = node.literals.get(part);
  const found = literal === undefined ? null : walk(literal, parts, at + 1, params);
  if (found !== null) return found;
  for (const { name, node: next } of node.params) {
    const one = walk(next, parts, at + 1, [...params, [name, decodeURIComponent(part)]]);
    if (one !== null) return one;
    if (GREEDY.has(name) && next.route !== null) {
      const rest = parts.slice(at).map(decodeURIComponent).join('/');
      return { route: next.route, params: new Map([...params, [name, rest]]) };
    }
  }
  return null;
}
