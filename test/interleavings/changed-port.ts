// SPDX-License-Identifier: Apache-2.0

/** The same port with some of its methods replaced. Whatever a port has beside them goes to the one that is there. */
export function withChanged<Port extends object>(port: Port, changes: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const found: unknown = Reflect.get(Object.hasOwn(changes, name) ? changes : target, name);
      return typeof found === 'function' ? (...values: readonly unknown[]): unknown => Reflect.apply(found, target, values) : found;
    },
  });
}
