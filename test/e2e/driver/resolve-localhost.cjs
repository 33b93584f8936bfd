// SPDX-License-Identifier: Apache-2.0
// Names below `localhost` lead to this machine (RFC 6761), which not every system's resolver knows. The real artifact client takes a host for GitHub only under
// such a name.
const dns = require('node:dns');

const { lookup } = dns;

dns.lookup = function lookupLocalhost(hostname, ...rest) {
  return lookup.call(this, hostname.endsWith('.localhost') ? 'localhost' : hostname, ...rest);
};
