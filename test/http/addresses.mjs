// SPDX-License-Identifier: Apache-2.0
// Preload: names have the addresses that ADDRESSES says, as JSON: {"name": [{"address", "family", "does"}]}. What an address does: "ms" of a handshake that
// this machine answers in the end, "silent", or a number of the system's errors (-101 ENETUNREACH, -111 ECONNREFUSED).
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const names = JSON.parse(process.env.ADDRESSES ?? '{}');
const deeds = new Map(Object.values(names).flatMap((list) => list.map(({ address, does }) => [address, does])));
const { TCP } = process.binding('tcp_wrap');
const toThisMachine = TCP.prototype.connect;
for (const method of ['connect', 'connect6']) {
  const real = TCP.prototype[method];
  TCP.prototype[method] = function (request, address, port) {
    const deed = deeds.get(address);
    if (deed === undefined) return real.call(this, request, address, port);
    const done = request.oncomplete;
    if (deed === 'silent') return 0;
    if (deed < 0) {
      setTimeout(() => done.call(request, deed, this, request, false, false), 0);
      return 0;
    }
    request.oncomplete = function (...parts) {
      setTimeout(() => done.apply(this, parts), deed);
    };
    return toThisMachine.call(this, request, '127.0.0.1', port);
  };
}
const lookup = dns.lookup;
dns.lookup = (host, options, callback) => {
  if (typeof options === 'function') [callback, options] = [options, {}];
  const all = names[host]?.map(({ address, family }) => ({ address, family }));
  if (all === undefined) lookup(host, options, callback);
  else process.nextTick(() => (options.all ? callback(null, all) : callback(null, all[0].address, all[0].family)));
};
syncBuiltinESMExports();
