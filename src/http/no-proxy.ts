// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from 'node:net';

/** A host and port as a URL has them: lower case, an IPv6 address without its brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

type Rule = (to: HostPort) => boolean;

/** A host with or without a port; brackets around an IPv6 address may be left out where there is no port. */
const ENTRY = /^(?:\[([0-9a-f:.]+)\]|([^[\]:]+))(?::([0-9]{1,5}))?$/;
const SUBNET = /^\[?([0-9a-f:.]+)\]?\/([0-9]{1,3})$/;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

/** Whether two texts are one address: `::1` is `0:0:0:0:0:0:0:1`, and `::ffff:127.0.0.1` is `127.0.0.1`. */
function addressRule(address: string): (host: string) => boolean {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return (host) => isIP(host) !== 0 && list.check(host, familyOf(host));
}

function subnetRule(entry: string): Rule | null {
  const [, address = '', bits = ''] = SUBNET.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return null;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), familyOf(address));
  return ({ host }) => isIP(host) !== 0 && list.check(host, familyOf(host));
}

function nameRule(name: string): (host: string) => boolean {
  const bare = name.replace(/^\*(?=\.)/, '').replace(/\.$/, '');
  // `.example.org` and `*.example.org` stand for what is below, `example.org` for itself as well.
  const [suffix, self] = bare.startsWith('.') ? [bare, null] : [`.${bare}`, bare];
  return (host) => isIP(host) === 0 && (host === self || host.endsWith(suffix));
}

/** One entry as a rule; null for what is none, which excludes nothing. */
function ruleOf(entry: string): Rule | null {
  if (entry === '*') return () => true;
  if (entry.includes('/')) return subnetRule(entry);
  if (isIP(entry) !== 0) {
    const isAddress = addressRule(entry);
    return ({ host }) => isAddress(host);
  }
  const [, literal, name = '', port] = ENTRY.exec(entry) ?? [];
  const address = literal ?? name;
  if (address === '' || (literal !== undefined && isIP(literal) !== 6)) return null;
  const isHost = isIP(address) === 0 ? nameRule(address) : addressRule(address);
  return (to) => isHost(to.host) && (port === undefined || Number(port) === to.port);
}

/**
 * Reads `no_proxy` as curl and Go do: entries after commas or blanks, without case. A name stands for itself and all below it, `.name` and `*.name` for all
 * below it, `*` for everything; an address for itself, `10.0.0.0/8` and `fd00::/8` for a range of them; a port, where one is written, must be the same.
 * Names are not looked up, so a range has no name in it. What is none of this excludes nothing.
 * @returns whether a host is to be reached directly
 */
export function parseNoProxy(text: string): (to: HostPort) => boolean {
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  const rules = entries.flatMap((entry) => ruleOf(entry) ?? []);
  return (to) => {
    const host = to.host.toLowerCase().replace(/\.$/, '');
    return rules.some((rule) => rule({ host, port: to.port }));
  };
}
