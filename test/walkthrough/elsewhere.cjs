// SPDX-License-Identifier: Apache-2.0
// Required into processes that are to find Pages on this machine, and another time of day. What they connect to must still show a certificate of the name that
// they asked for.
const { env } = require('node:process');
const dns = require('node:dns');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const tls = require('node:tls');

const { COUNTERSIGN_WALK_HOST: host, COUNTERSIGN_WALK_PORT: port, COUNTERSIGN_WALK_LATER_MS: later } = env;

// Countersign asks for the addresses of a name and connects to each; what others use has TLS do both.
const { lookup } = dns;
dns.lookup = function lookupHere(hostname, ...rest) {
  return lookup.call(this, hostname === host ? '127.0.0.1' : hostname, ...rest);
};
const { connect: reach } = net;
net.connect = function reachHere(...args) {
  const [options, ...rest] = args;
  if (options?.host !== '127.0.0.1' || options.port !== 443) return reach.apply(this, args);
  return reach.call(this, { ...options, port: Number(port) }, ...rest);
};

const { connect } = tls;
tls.connect = function connectHere(...args) {
  const [options, ...rest] = args;
  if (typeof options !== 'object' || options === null || options.socket || (options.host ?? options.hostname) !== host)
    return connect.apply(this, args);
  return connect.call(this, { ...options, host: '127.0.0.1', hostname: undefined, port: Number(port), servername: host }, ...rest);
};
syncBuiltinESMExports();

if (later !== undefined && later !== '0') {
  const RealDate = Date;
  globalThis.Date = class Date extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + Number(later));
      else super(...args);
    }

    static now() {
      return RealDate.now() + Number(later);
    }
  };
}
