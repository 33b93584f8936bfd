// SPDX-License-Identifier: Apache-2.0
// What `no_proxy` excludes, by what curl's manual and the tests of Go's httpproxy say, in our own rows. Where the two differ the row says so.
import { describe, expect, test } from 'vitest';
import { destinationOf } from '../../src/http/destination.ts';
import { parseNoProxy } from '../../src/http/no-proxy.ts';

const DIRECT = 'direct';
const PROXIED = 'proxied';

describe('no_proxy', () => {
  test.each<[noProxy: string, url: string, expected: string]>([
    // Names and what is below them.
    ['example.test', 'http://internal.example.test', DIRECT],
    ['example.test', 'http://example.test', DIRECT],
    ['example.test', 'http://notexample.test', PROXIED],
    ['example.test', 'http://example.test.other', PROXIED],
    ['example.test', 'http://a.b.example.test', DIRECT],
    ['internal.example.test', 'http://example.test', PROXIED],
    ['foo, example.test', 'http://internal.example.test', DIRECT],
    ['EXAMPLE.TEST', 'http://internal.example.test', DIRECT],
    ['example.test', 'http://INTERNAL.Example.Test', DIRECT],
    // A dot before: as Go, what is below alone; curl takes the name as well.
    ['.example.test', 'http://internal.example.test', DIRECT],
    ['.example.test', 'http://example.test', PROXIED],
    ['*.example.test', 'http://internal.example.test', DIRECT],
    ['*.example.test', 'http://a.b.example.test', DIRECT],
    ['*.example.test', 'http://example.test', PROXIED],
    ['.test', 'http://example.test', DIRECT],
    ['*example.test', 'http://myexample.test', PROXIED],
    // A dot behind is the root of names.
    ['example.test', 'http://example.test.', DIRECT],
    ['example.test.', 'http://a.example.test', DIRECT],
    // Everything.
    ['*', 'http://example.test', DIRECT],
    ['*', 'http://[::1]:8080', DIRECT],
    ['foo, *', 'https://example.test', DIRECT],
    // Separators.
    ['foo example.test', 'http://example.test', DIRECT],
    ['foo\texample.test,bar', 'http://example.test', DIRECT],
    [',, ,example.test,', 'http://example.test', DIRECT],
    ['', 'http://example.test', PROXIED],
    [' , ', 'http://example.test', PROXIED],
    // Ports.
    ['example.test:8080', 'http://example.test:8080', DIRECT],
    ['example.test:8080', 'http://a.example.test:8080', DIRECT],
    ['example.test:8080', 'http://example.test', PROXIED],
    ['example.test:80', 'http://example.test', DIRECT],
    ['example.test:443', 'https://example.test', DIRECT],
    ['example.test:80', 'https://example.test', PROXIED],
    ['example.test', 'http://example.test:8080', DIRECT],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080', DIRECT],
    ['127.0.0.1:8080', 'http://127.0.0.1:8081', PROXIED],
    ['example.test:http', 'http://example.test', PROXIED],
    // Addresses.
    ['127.0.0.1', 'http://127.0.0.1:9', DIRECT],
    ['127.0.0.1', 'http://127.0.0.2', PROXIED],
    ['.0.0.1', 'http://127.0.0.1', PROXIED],
    ['0.0.1', 'http://127.0.0.1', PROXIED],
    ['1', 'http://127.0.0.1', PROXIED],
    ['127.0.0.1', 'http://0x7f.1', DIRECT],
    ['::1', 'http://[::1]', DIRECT],
    ['[::1]', 'http://[::1]', DIRECT],
    ['0:0:0:0:0:0:0:1', 'http://[::1]', DIRECT],
    ['2001:DB8::1', 'http://[2001:db8:0::1]', DIRECT],
    ['[::1]:8080', 'http://[::1]:8080', DIRECT],
    ['[::1]:8080', 'http://[::1]', PROXIED],
    ['::1', 'http://[::2]', PROXIED],
    ['[example.test]', 'http://example.test', PROXIED],
    // Ranges.
    ['127.0.0.0/8', 'http://127.0.0.1', DIRECT],
    ['10.0.0.0/8', 'http://10.255.0.1:8080', DIRECT],
    ['10.0.0.0/8', 'http://11.0.0.1', PROXIED],
    ['192.168.1.77/24', 'http://192.168.1.2', DIRECT],
    ['192.168.1.0/24', 'http://192.168.2.1', PROXIED],
    ['10.0.0.0/8', 'http://10.example.test', PROXIED],
    ['0.0.0.0/0', 'http://8.8.8.8', DIRECT],
    ['0.0.0.0/0', 'http://[2001:db8::1]', PROXIED],
    ['fd00::/8', 'http://[fd12:3456::1]', DIRECT],
    ['fd00::/8', 'http://[fe80::1]', PROXIED],
    ['[fd00::]/8', 'http://[fd12::1]', DIRECT],
    ['2001:db8::/32, 10.0.0.0/8', 'http://10.1.2.3', DIRECT],
    ['::1/128', 'http://[::1]', DIRECT],
    // What can't be read excludes nothing, and spoils nothing.
    ['10.0.0.0/33, example.test', 'http://10.0.0.1', PROXIED],
    ['10.0.0.0/33, example.test', 'http://example.test', DIRECT],
    ['10.0.0/8', 'http://10.0.0.1', PROXIED],
    ['fd00::/129', 'http://[fd00::1]', PROXIED],
    ['http://example.test', 'http://example.test', PROXIED],
    ['/8', 'http://10.0.0.1', PROXIED],
    [':80', 'http://example.test', PROXIED],
    ['[', 'http://example.test', PROXIED],
    ['.', 'http://example.test', PROXIED],
  ])('%j leaves %s %s', (noProxy, url, expected) => {
    expect(parseNoProxy(noProxy)(destinationOf(new URL(url))) ? DIRECT : PROXIED).toBe(expected);
  });
});
