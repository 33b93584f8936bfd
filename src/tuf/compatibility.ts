// SPDX-License-Identifier: Apache-2.0
// What named clients reject or read differently (docs/interop.md). A repository that we write must be read by everyone,
// so what breaks a client is refused here, and what only some read is a warning that names them.
import type { KeyId, PublicKey } from './key.ts';
import { isNfc } from './normal-form.ts';

/** The clients that findings name. */
export type ClientName = 'python-tuf' | 'tuf-js' | 'go-tuf' | 'tough' | 'rust-tuf' | 'php-tuf';

/** Something that clients disagree on. `refused` must not be written; `warning` is said and allowed. */
export interface CompatibilityFinding {
  readonly severity: 'refused' | 'warning';
  readonly subject: string;
  readonly clients: readonly ClientName[];
  readonly detail: string;
}

const ALL_GLOB_CLIENTS: readonly ClientName[] = ['python-tuf', 'tuf-js', 'php-tuf', 'go-tuf', 'tough'];

function refused(subject: string, clients: readonly ClientName[], detail: string): CompatibilityFinding {
  return { severity: 'refused', subject, clients, detail };
}

function warning(subject: string, clients: readonly ClientName[], detail: string): CompatibilityFinding {
  return { severity: 'warning', subject, clients, detail };
}

/** Reviews a pattern of `paths`. Clients agree on literals and on `*` and `?` within a segment that has no leading dot. */
export function reviewPattern(pattern: string): readonly CompatibilityFinding[] {
  const found: CompatibilityFinding[] = [];
  // @check pattern-empty-segment
  if (pattern === '' || pattern.split('/').includes('')) {
    found.push(refused(pattern, ['rust-tuf', 'tuf-js'], 'an empty segment: a leading, trailing or doubled slash'));
  }
  // @check pattern-double-star
  if (pattern.includes('**')) found.push(refused(pattern, ['php-tuf', 'go-tuf', 'tough'], '"**" crosses directories in some clients'));
  // @check pattern-brackets
  if (/[[\]]/.test(pattern))
    found.push(refused(pattern, ALL_GLOB_CLIENTS, 'sets in brackets are negated by "!" in some and "^" in others'));
  // @check pattern-braces
  if (/[{}]/.test(pattern))
    found.push(refused(pattern, ['tuf-js', 'tough'], 'braces are alternatives in these clients and literal in others'));
  // @check pattern-negated
  if (pattern.startsWith('!')) found.push(refused(pattern, ['tuf-js'], 'a leading "!" negates the pattern'));
  // @check pattern-comment
  if (pattern.startsWith('#')) found.push(refused(pattern, ['tuf-js'], 'a leading "#" makes it a comment'));
  // @check pattern-extended
  if (/[+@!?*]\(/.test(pattern)) found.push(refused(pattern, ['tuf-js'], 'an extended pattern such as "+(a|b)"'));
  // @check pattern-backslash
  if (pattern.includes('\\')) found.push(refused(pattern, ['go-tuf', 'tuf-js', 'tough'], 'a backslash escapes in some clients'));
  // @check pattern-leading-wildcard
  if (/(^|\/)[*?]/.test(pattern)) {
    found.push(warning(pattern, ['tuf-js'], 'a segment that begins with a wildcard does not match names with a leading dot'));
  }
  // @check pattern-star-crosses
  if (pattern.includes('*')) {
    found.push(warning(pattern, ['tough', 'php-tuf'], '"*" also matches across "/"; the role may sign deeper paths there'));
    found.push(warning(pattern, ['rust-tuf'], 'patterns are read as path prefixes; nothing matches'));
  }
  // @check pattern-mark-crosses
  if (pattern.includes('?') && !pattern.includes('*')) {
    found.push(warning(pattern, ['tough'], '"?" also matches "/"; the role may sign other paths there'));
  }
  return found;
}

/** Reviews the name of a role that we are to create. */
export function reviewRoleName(name: string): readonly CompatibilityFinding[] {
  // @check role-name-digits
  if (/^[0-9]+$/.test(name)) return [refused(name, ['tuf-js'], 'a name of digits only changes the order of roles and breaks signatures')];
  // @check role-name-portable
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    return [
      refused(
        name,
        ['python-tuf', 'tuf-js', 'go-tuf', 'tough'],
        'only letters, digits and "._-", beginning with a letter or digit, give the same file name everywhere',
      ),
    ];
  }
  return [];
}

/** Who does not find a path with a character that means something in URLs; docs/interop.md shows what was measured. */
function clientsAgainst(path: string): readonly ClientName[] {
  if (/[#?%]/.test(path)) return ['python-tuf', 'tuf-js', 'go-tuf', 'tough', 'rust-tuf', 'php-tuf'];
  if (path.includes('\\')) return ['tuf-js', 'tough', 'rust-tuf', 'php-tuf'];
  return ['rust-tuf', 'php-tuf'];
}

/** Reviews a target path that we are to list. */
export function reviewTargetPath(path: string): readonly CompatibilityFinding[] {
  const found: CompatibilityFinding[] = [];
  const segments = path.split('/');
  // @check path-leading-slash
  if (path.startsWith('/')) found.push(refused(path, ['tuf-js', 'rust-tuf'], 'a leading slash doubles in the URL'));
  // @check path-empty-segment
  if (path === '' || segments.slice(1).includes('')) found.push(refused(path, ['tuf-js', 'rust-tuf'], 'an empty segment'));
  // @check path-dot-segment
  if (segments.includes('..') || segments.includes('.'))
    found.push(refused(path, ['tuf-js', 'rust-tuf', 'tough'], 'a "." or ".." segment'));

  // @check path-url-characters
  if (/[\\#?%:\u0000-\u001f\u007f]/.test(path)) {
    found.push(refused(path, clientsAgainst(path), 'one of \\ # ? % : or a control character, which URLs or clients change'));
  }
  // @check path-nfc
  if (!isNfc(path)) found.push(refused(path, ['tough'], 'text that is not in Unicode normal form C'));
  // @check path-astral
  if (/[\ud800-\udfff]/.test(path))
    found.push(refused(path, ['tuf-js'], 'characters beyond U+FFFF, which tuf-js sorts differently before verifying'));
  // @check path-hidden
  if (segments.some((segment) => segment.startsWith('.'))) {
    found.push(warning(path, ['tuf-js'], 'a segment with a leading dot is not matched by "*"'));
  }
  // @check path-non-ascii
  if (/[^\u0020-\u007e]/.test(path)) found.push(warning(path, ['php-tuf'], 'non-ASCII text is escaped before verifying'));
  return found;
}

/** Reviews a key that is to sign. */
export function reviewKey(key: PublicKey): readonly CompatibilityFinding[] {
  const { material } = key;
  // @check key-writable
  if (material.kind === 'unusable') return [refused(key.keyId, ['python-tuf', 'tough', 'php-tuf'], material.reason)];
  switch (material.algorithm) {
    case 'ed25519':
      return [];
    case 'ecdsa-p256':
    case 'rsa-pss-sha256':
      return [warning(key.keyId, ['rust-tuf', 'php-tuf'], `${material.algorithm} keys are not read`)];
    case 'ecdsa-p384': {
      // go-tuf knows the curve under the keytype "ecdsa" only.
      const clients: readonly ClientName[] = key.keytype === 'ecdsa' ? [] : ['go-tuf'];
      return [
        warning(key.keyId, [...clients, 'tough', 'rust-tuf', 'php-tuf'], 'P-384 keys are not read, nor by tough a file that lists one'),
      ];
    }
    case 'rsa-pss-sha384':
    case 'rsa-pss-sha512':
      return [
        refused(key.keyId, ['go-tuf', 'tough', 'rust-tuf', 'php-tuf'], `${material.algorithm} signatures are not read: sign with sha256`),
      ];
    case 'ml-dsa-44':
    case 'ml-dsa-65':
    case 'ml-dsa-87':
      return [
        refused(
          key.keyId,
          ['tuf-js', 'go-tuf', 'tough', 'rust-tuf', 'php-tuf'],
          `${material.algorithm} signatures (TAP 21) are not read: use another key`,
        ),
      ];
    default:
      return material satisfies never;
  }
}

/** Reviews the id that a file lists a key under. */
export function reviewKeyId(id: KeyId, { keyId }: PublicKey): readonly CompatibilityFinding[] {
  // @check keyid-own
  if (id === keyId) return [];
  return [
    refused(
      id,
      ['tough', 'rust-tuf'],
      `this keyid is not the sha256 of its key, ${keyId}: a file with such a key is refused, or the key left out`,
    ),
  ];
}

/** Reviews how a role delegates by hash. */
export function reviewHashBins(kind: 'hash-prefixes' | 'succinct', subject: string): readonly CompatibilityFinding[] {
  // @check hash-bins-succinct
  if (kind === 'succinct') return [warning(subject, ['tough', 'rust-tuf', 'php-tuf'], 'succinct_roles are not read')];
  return [warning(subject, ['go-tuf', 'rust-tuf'], 'path_hash_prefixes never match (go-tuf compares base64)')];
}
