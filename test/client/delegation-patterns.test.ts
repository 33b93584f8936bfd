// SPDX-License-Identifier: Apache-2.0
// Patterns of delegations, as a client that searches understands them. Where other clients differ it gives no answer, rather than another role's file.
import { describe, expect, test } from 'vitest';
import { addDelegation, addTarget, build, newRepository } from '../fakes/repository-builder.ts';
import { CAROL, DAVE } from '../fakes/test-signer.ts';
import { codeOf } from './support.ts';
import { look } from './visit.ts';

/** The role that signs `path`, or the code: `first` is for the patterns, `second` for everything of up to four segments; both list the path. */
async function signerOf(patterns: string[], path: string): Promise<string> {
  const repository = newRepository();
  repository.delegated.clear();
  repository.targets.signed.delegations = { keys: {}, roles: [] };
  addDelegation(repository, 'targets', { name: 'first', signers: [CAROL], paths: patterns, terminating: false });
  addDelegation(repository, 'targets', { name: 'second', signers: [DAVE], paths: ['*', '*/*', '*/*/*', '*/*/*/*'], terminating: false });
  for (const role of ['first', 'second']) addTarget(repository, role, path, 'content');
  let role = '';
  const code = await codeOf(look(build(repository), path).then((found) => (role = found)));
  return code === 'none' ? role : code;
}

describe('a path is the first role’s with', () => {
  test.each<[readonly string[], string, string]>([
    [['v1/app'], 'v1/app', 'first'],
    [['v1/app'], 'v1/App', 'second'],
    [['v1/*'], 'v1/app', 'first'],
    [['v1/*'], 'v1/x/app', 'second'],
    [['*'], 'v1/app', 'second'],
    [['*'], '.hidden', 'first'],
    [['*/*'], 'v1/app', 'first'],
    [['v?/app'], 'v1/app', 'first'],
    [['v?/app'], 'v10/app', 'second'],
    [['v1?app'], 'v1/app', 'second'],
    [['*.tar.*'], 'a.tar.gz', 'first'],
    [['*.tar'], 'a.tar.gz', 'second'],
    [['v1/**'], 'v1/x/app', 'second'],
    [['**'], 'app', 'first'],
    [['#a'], '#a', 'first'],
    [['a!'], 'b', 'second'],
    [['a!b'], 'a!b', 'first'],
    [['a+b'], 'a+b', 'first'],
    [['(a|b)'], 'a', 'second'],
    [['a}'], 'a}', 'first'],
    [['a\\*'], 'a*', 'second'],
    [['?'], '🍺', 'first'],
    [['nothing', 'v1/*'], 'v1/app', 'first'],
    [[], 'v1/app', 'second'],
    [[''], 'v1/app', 'second'],
    [['/v1/app'], 'v1/app', 'second'],
    [['v1/'], 'v1/app', 'second'],
    [['[ab]'], 'a', 'pattern-ambiguous'],
    [['[!a]'], 'b', 'pattern-ambiguous'],
    [['['], 'z', 'pattern-ambiguous'],
    [['[ab]', 'a'], 'a', 'first'],
    [['{a,b}'], 'a', 'pattern-ambiguous'],
    [['{a,b}'], '{a,b}', 'pattern-ambiguous'],
    [['v1/{a,b}'], 'v1/a', 'pattern-ambiguous'],
    [['{'], 'z', 'pattern-ambiguous'],
    [['!a'], 'b', 'pattern-ambiguous'],
    [['!a'], '!a', 'pattern-ambiguous'],
    [['+(a|b)'], 'ab', 'pattern-ambiguous'],
    [['@(a|b)'], 'a', 'pattern-ambiguous'],
    [['?(a|b)'], 'a', 'pattern-ambiguous'],
    [['*(a|b)'], 'a', 'pattern-ambiguous'],
    [['!(a|b)'], 'c', 'pattern-ambiguous'],
    [['v1/!(a|b)'], 'v1/c', 'pattern-ambiguous'],
    [['{a,b}', 'a'], 'a', 'first'],
    [['!a', 'b'], 'b', 'first'],
  ])('%j for %s: %s', async (patterns, path, expected) => {
    expect(await signerOf([...patterns], path)).toBe(expected);
  });

  test('a pattern that takes long to try in other matchers', async () => {
    const start = performance.now();
    expect(await signerOf([`${'*a'.repeat(50)}b`], 'a'.repeat(5000))).toBe('second');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
