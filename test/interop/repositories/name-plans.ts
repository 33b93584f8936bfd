// SPDX-License-Identifier: Apache-2.0
// Names of targets and of roles, and where files are.
import { people, plainRoot, releasesOf } from './key-plans.ts';
import { single, type RepositoryPlan } from './repository-plan.ts';
import type { RepositoryContent } from './writer.ts';

/** Names by row, each in a repository of its own: a client may refuse the whole file for one. */
const NAMES: Readonly<Record<string, string>> = {
  'name-top-level': 'plain.txt',
  'name-directories': 'a/b/c/d.txt',
  'name-space': 'a name/with spaces.txt',
  'name-latin': 'größe.txt',
  'name-cjk': '文件/名.txt',
  'name-plus': 'a+b.txt',
  'name-at': '@scope/a@1.txt',
  'name-parentheses': 'a (1).txt',
  'name-comma-equals': 'a,b=c;d.txt',
  'name-ampersand': 'a&b$c.txt',
  'name-exclamation': "a!b'c.txt",
  'name-tilde': '~a_b-c.txt',
  'name-brackets': 'a[1]{2}.txt',
  'name-caret': 'a^b`c.txt',
  'name-percent': 'a%b.txt',
  'name-percent-41': 'a%41.txt',
  'name-percent-2f': 'a%2Fb.txt',
  'name-hash': 'a#b.txt',
  'name-hidden': '.hidden/.file',
  'name-colon': 'a:b.txt',
  'name-question-mark': 'a?b.txt',
  'name-star': 'a*b.txt',
  'name-quote': 'a"b<c>.txt',
  'name-pipe': 'a|b.txt',
  'name-backslash': 'a\\b.txt',
  'name-leading-slash': '/a.txt',
  'name-double-slash': 'a//b.txt',
  'name-dot-dot': 'a/../b.txt',
  'name-dot': 'a/./b.txt',
  'name-trailing-slash': 'a/',
  'name-trailing-dot': 'a/b.',
};

/** Rows of {@link NAMES} whose names may be proposed: all of them in one file, whose order clients must agree on. */
const PORTABLE: readonly string[] = [
  'name-top-level',
  'name-directories',
  'name-space',
  'name-latin',
  'name-cjk',
  'name-plus',
  'name-at',
  'name-parentheses',
  'name-comma-equals',
  'name-ampersand',
  'name-exclamation',
  'name-tilde',
  'name-brackets',
  'name-caret',
  'name-hidden',
];

const ROLE_NAMES: Readonly<Record<string, string>> = {
  'role-name-portable': 'Team_a.b-c',
  'role-name-space': 'my role',
  'role-name-latin': 'größe',
  'role-name-at': 'a@b',
  'role-name-plus': 'a+b',
  'role-name-parentheses': 'a(b)',
  'role-name-exclamation': "a!b'c*",
  'role-name-percent': 'a%41',
  'role-name-ampersand': 'a&b=c:d$e',
  'role-name-slash': 'a/b',
  'role-name-dot-dot': '../a',
};

async function oneRole(targets: Readonly<Record<string, string>>): Promise<RepositoryContent> {
  return { roots: [await plainRoot()], targets: { targets } };
}

function textOf(path: string): string {
  return `the file ${path}\n`;
}

async function targetNames(): Promise<readonly RepositoryPlan[]> {
  // One of them sorts before the other by code point, and behind it by the halves of its surrogate pair.
  const astral = { '\u{1F600}.txt': textOf('a face'), '\uFF5E.txt': textOf('a wave') };
  // One of them sorts before the other by code point, and behind it once the quotation mark is escaped.
  const quotes = { 'a"b.txt': textOf('a quotation mark'), 'aXb.txt': textOf('a letter') };
  const together = Object.fromEntries(PORTABLE.map((id) => NAMES[id] ?? id).map((path) => [path, textOf(path)]));
  const plans = Object.entries(NAMES).map(async ([id, path]) => {
    const targets = { [path]: textOf(path) };
    return single(id, await oneRole(targets), targets);
  });
  return [
    single('names-together', await oneRole(together), together),
    ...(await Promise.all(plans)),
    single('name-astral', await oneRole(astral), astral),
    single('name-quote-order', await oneRole(quotes), quotes),
  ];
}

async function roleNames(): Promise<readonly RepositoryPlan[]> {
  const carol = await people('carol');
  const targets = { 'v1/app.txt': 'the application\n' };
  const named = async (id: string, ...names: readonly string[]): Promise<RepositoryPlan> => {
    const delegations = names.map((name) => ({ name, paths: ['v1/app.txt'], ...carol }));
    const roles = Object.fromEntries(names.map((name) => [name, { targets }]));
    return single(id, { roots: [await plainRoot()], targets: { delegations }, roles }, targets);
  };
  const plans = Object.entries(ROLE_NAMES).map(([id, name]) => named(id, name));
  return [...(await Promise.all(plans)), await named('role-name-digits', '2', '1')];
}

async function hosting(): Promise<readonly RepositoryPlan[]> {
  const targets = { 'v1/app.txt': 'the application\n' };
  const content: RepositoryContent = { roots: [await plainRoot()], ...releasesOf(await people('carol')) };
  return [
    single('hosting-compressed', content, targets, { host: 'compressed' }),
    single('hosting-redirected', content, targets, { host: 'redirected' }),
    single('hosting-directory-first', { ...content, hosting: 'directory-first' }, targets),
    single('hosting-hash-first', { ...content, hosting: 'hash-first' }, targets),
  ];
}

/** All of them. */
export async function namePlans(): Promise<readonly RepositoryPlan[]> {
  return [...(await targetNames()), ...(await roleNames()), ...(await hosting())];
}
