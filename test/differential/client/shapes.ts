// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { TestSigner } from '../../fakes/test-signer.ts';
import { objectFromPlain, type PlainObject } from '../../fakes/plain-json.ts';
import { sha256Hex } from '../../../src/tuf/sha256.ts';
import { copyDraft, copyMembers, newFile, type Draft, type Listing, type Members, type Node } from './draft.ts';
import { P256, P256_OLD_NAME, P384, person, RSA } from './signers.ts';

/** A moment at which nothing of a base repository has expired, in seconds. */
export const NOW: number = Date.parse('2030-01-01T00:00:00Z') / 1000;
export const EXPIRES = '2031-01-01T00:00:00Z';

/** A valid repository in two states, and the names that a client may look for in it. */
export interface Shape {
  readonly name: string;
  readonly earlier: Draft;
  readonly now: Draft;
  readonly targets: readonly [string, ...string[]];
}

interface Role {
  readonly signers: readonly TestSigner[];
  readonly threshold: number;
}

interface Delegation extends Role {
  readonly name: string;
  readonly terminating: boolean;
  readonly paths?: string[];
  readonly prefixes?: string[];
}

function mutable(value: PlainObject): Members {
  // objectFromPlain makes new Maps and arrays, which nobody else has.
  return objectFromPlain(value) as Members;
}

function role(threshold: number, ...signers: readonly TestSigner[]): Role {
  return { signers, threshold };
}

function roleMembers({ signers, threshold }: Role): PlainObject {
  return { keyids: signers.map(({ keyId }) => keyId), threshold };
}

function keysOf(roles: readonly Role[]): PlainObject {
  return Object.fromEntries(roles.flatMap(({ signers }) => signers.map(({ keyId, key }) => [keyId, key])));
}

function header(type: string, version: number): PlainObject {
  return { _type: type, spec_version: '1.0.31', version, expires: EXPIRES };
}

type TopRoles = Readonly<Record<'root' | 'timestamp' | 'snapshot' | 'targets', Role>>;

function rootSigned(version: number, roles: TopRoles, consistent: boolean): Members {
  const { root, timestamp, snapshot, targets } = roles;
  return mutable({
    ...header('root', version),
    consistent_snapshot: consistent,
    keys: keysOf(Object.values(roles)),
    roles: {
      root: roleMembers(root),
      timestamp: roleMembers(timestamp),
      snapshot: roleMembers(snapshot),
      targets: roleMembers(targets),
    },
  });
}

/** The bytes of a target, which say which one it is. */
function contentOf(path: string): Buffer {
  return Buffer.from(`the content of ${path}\n`);
}

function targetsSigned(version: number, paths: readonly string[], delegations?: PlainObject): Members {
  const targets = paths.map((path) => {
    const bytes = contentOf(path);
    const hashes: PlainObject = { sha256: sha256Hex(bytes) };
    if (path.endsWith('.bin')) hashes['sha512'] = createHash('sha512').update(bytes).digest('hex');
    return [path, { length: bytes.length, hashes }] as const;
  });
  return mutable({ ...header('targets', version), targets: Object.fromEntries(targets), delegations });
}

function delegate(...delegations: readonly Delegation[]): PlainObject {
  return {
    keys: keysOf(delegations),
    roles: delegations.map((one) => ({
      name: one.name,
      ...roleMembers(one),
      terminating: one.terminating,
      paths: one.paths,
      path_hash_prefixes: one.prefixes,
    })),
  };
}

interface RoleFile {
  readonly paths: readonly string[];
  readonly signers: readonly TestSigner[];
  readonly delegations?: PlainObject;
}

interface ShapeSource {
  readonly name: string;
  readonly roots: readonly TopRoles[];
  readonly consistent: boolean;
  readonly listing: Listing;
  readonly roles: Readonly<Record<string, RoleFile>>;
  /** Names that no role lists. */
  readonly absent: readonly string[];
  /** Goes through every file, to change it before the repository is copied. */
  readonly each?: (name: string, signed: Members) => void;
}

function rootFiles({ roots, consistent }: ShapeSource): Draft['roots'] {
  return roots.map((roles, index) => {
    const before = roots[index - 1]?.root.signers ?? [];
    return newFile(rootSigned(index + 1, roles, consistent), [...new Set([...before, ...roles.root.signers])]);
  });
}

function draftOf(source: ShapeSource): Draft {
  const last = source.roots.at(-1);
  if (last === undefined) throw new Error('a shape needs a root');
  const roles = Object.entries(source.roles);
  const draft: Draft = {
    roots: rootFiles(source),
    roles: new Map(roles.map(([name, file]) => [name, newFile(targetsSigned(1, file.paths, file.delegations), file.signers)])),
    snapshot: newFile(mutable({ ...header('snapshot', 1), meta: {} }), last.snapshot.signers),
    timestamp: newFile(mutable({ ...header('timestamp', 1), meta: {} }), last.timestamp.signers),
    content: new Map(roles.flatMap(([, { paths }]) => paths.map((path) => [path, contentOf(path)]))),
    listing: source.listing,
    consistent: source.consistent,
    published: [],
  };
  draft.roots.forEach((file, index) => source.each?.('root', draft.roots[index]?.signed ?? file.signed));
  for (const [name, { signed }] of draft.roles) source.each?.(name, signed);
  source.each?.('snapshot', draft.snapshot.signed);
  source.each?.('timestamp', draft.timestamp.signed);
  return draft;
}

/** A draft whose roles, snapshot and timestamp have moved on. */
function later(draft: Draft): Draft {
  const next = copyDraft(draft);
  const moved = (signed: Members, by: number): Members => {
    const copy = copyMembers(signed);
    const version = copy.get('version');
    copy.set('version', (typeof version === 'number' ? version : 0) + by);
    return copy;
  };
  for (const [name, file] of draft.roles) next.roles.set(name, newFile(moved(file.signed, 1), file.signers));
  next.snapshot = newFile(moved(draft.snapshot.signed, 2), draft.snapshot.signers);
  next.timestamp = newFile(moved(draft.timestamp.signed, 4), draft.timestamp.signers);
  return next;
}

function shapeOf(source: ShapeSource): Shape {
  const earlier = draftOf(source);
  const [first, ...others] = [...Object.values(source.roles).flatMap(({ paths }) => paths), ...source.absent];
  return { name: source.name, earlier, now: later(earlier), targets: [first ?? 'none', ...others] };
}

const ROOT = role(2, person('alice'), person('bob'), person('carol'));
const ONLINE = { timestamp: role(1, person('timestamp')), snapshot: role(1, person('snapshot')) };
const TARGETS = role(1, person('dave'), person('erin'));
const PLAIN: TopRoles = { root: ROOT, targets: TARGETS, ...ONLINE };

const plain: ShapeSource = {
  name: 'plain',
  roots: [PLAIN],
  consistent: true,
  listing: 'hashes',
  roles: { targets: { paths: ['a.txt', 'dir/b.bin', 'dir/deep/c.txt'], signers: TARGETS.signers } },
  absent: ['nothing.txt'],
};

const TEAM = role(2, person('team-1'), person('team-2'));
const OTHER = role(1, P256);
const SUB = role(1, person('sub'));
const rotatedLast: TopRoles = {
  root: role(2, person('bob'), person('carol'), person('frank')),
  timestamp: role(1, person('timestamp-2')),
  snapshot: role(1, person('snapshot-2')),
  targets: TARGETS,
};
const rotated: ShapeSource = {
  name: 'rotated, nested delegations',
  roots: [PLAIN, { ...rotatedLast, snapshot: ONLINE.snapshot }, rotatedLast],
  consistent: true,
  listing: 'version',
  roles: {
    targets: {
      paths: ['top.txt'],
      signers: TARGETS.signers,
      delegations: delegate(
        { name: 'team', terminating: true, paths: ['v1/*', 'v1/sub/*'], ...TEAM },
        { name: 'other', terminating: false, paths: ['*.txt', 'v1/*', 'x/?.bin'], ...OTHER },
        { name: 'last', terminating: false, paths: ['*', '*/*'], ...SUB },
      ),
    },
    team: {
      paths: ['v1/app.bin'],
      signers: TEAM.signers,
      delegations: delegate({ name: 'sub', terminating: false, paths: ['v1/sub/*'], ...SUB }),
    },
    sub: { paths: ['v1/sub/lib.bin', 'top.txt'], signers: SUB.signers },
    other: { paths: ['notes.txt', 'v1/hidden.txt', 'x/1.bin', '.hidden', 'v1/.dot'], signers: OTHER.signers },
    last: { paths: ['hidden', 'z/last.txt'], signers: SUB.signers },
  },
  absent: ['v1/none', 'y/none'],
};

const BIN_KEY = role(1, person('bins'), P256_OLD_NAME);
const BIN_PATHS = ['one.txt', 'two.txt', 'dir/three.bin', 'dir/four.txt'] as const;

function binsOf(names: readonly string[]): Record<string, RoleFile> {
  const size = 256 / names.length;
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        paths: BIN_PATHS.filter((path) => Math.floor(Number.parseInt(sha256Hex(path).slice(0, 2), 16) / size) === index),
        signers: BIN_KEY.signers,
      },
    ]),
  );
}

const HEX = Array.from('0123456789abcdef');
const prefixBins: ShapeSource = {
  name: 'hash bins by prefix',
  roots: [PLAIN],
  consistent: true,
  listing: 'length',
  roles: {
    targets: {
      paths: [],
      signers: TARGETS.signers,
      delegations: delegate(
        ...[0, 1, 2, 3].map((bin) => ({
          name: `bin-${String(bin)}`,
          terminating: true,
          prefixes: HEX.slice(4 * bin, 4 * bin + 4),
          ...BIN_KEY,
        })),
      ),
    },
    ...binsOf(['bin-0', 'bin-1', 'bin-2', 'bin-3']),
  },
  absent: ['none.txt'],
};

const succinctBins: ShapeSource = {
  name: 'succinct hash bins',
  roots: [PLAIN],
  consistent: true,
  listing: 'hashes',
  roles: {
    targets: {
      paths: [],
      signers: TARGETS.signers,
      delegations: { keys: keysOf([BIN_KEY]), succinct_roles: { ...roleMembers(BIN_KEY), bit_length: 2, name_prefix: 'bin' } },
    },
    ...binsOf(['bin-0', 'bin-1', 'bin-2', 'bin-3']),
  },
  absent: ['none.txt'],
};

const LEFT = role(1, person('left'));
const RIGHT = role(1, person('right'));
const BOTH = role(2, person('shared-1'), person('shared-2'));
const diamond: ShapeSource = {
  name: 'not consistent, one role under two delegators',
  roots: [PLAIN],
  consistent: false,
  listing: 'hashes',
  roles: {
    targets: {
      paths: ['a.txt'],
      signers: TARGETS.signers,
      delegations: delegate(
        { name: 'left', terminating: false, paths: ['l/*', 's/*'], ...LEFT },
        { name: 'right', terminating: false, paths: ['r/*', 's/*'], ...RIGHT },
      ),
    },
    left: {
      paths: ['l/1.txt'],
      signers: LEFT.signers,
      delegations: delegate({ name: 'shared', terminating: false, paths: ['l/*'], ...role(1, person('shared-1')) }),
    },
    right: {
      paths: ['r/1.txt'],
      signers: RIGHT.signers,
      delegations: delegate({ name: 'shared', terminating: true, paths: ['*/*'], ...BOTH }),
    },
    shared: { paths: ['l/2.txt', 's/1.txt', 'r/2.txt'], signers: BOTH.signers },
  },
  absent: ['s/none'],
};

const MIXED: TopRoles = {
  root: role(2, RSA, P384, person('alice')),
  timestamp: role(1, P384, person('timestamp')),
  snapshot: role(2, P256, person('snapshot')),
  targets: role(2, P256_OLD_NAME, person('dave'), RSA),
};
const keyTypes: ShapeSource = {
  name: 'all key types',
  roots: [MIXED, MIXED],
  consistent: true,
  listing: 'hashes',
  roles: { targets: { paths: ['a.txt', 'dir/b.bin'], signers: MIXED.targets.signers } },
  absent: ['nothing.txt'],
};

const bound: ShapeSource = {
  ...plain,
  name: 'with x-countersign',
  roots: [PLAIN, { ...PLAIN, root: role(2, person('alice'), person('bob'), person('frank')) }],
  each: (name, signed) => {
    const members: [string, Node][] = [
      ['repository', '7b1d3f7e-95c2-4d4e-9a59-0c3f4e6d2a10'],
      ['role', name],
    ];
    signed.set('x-countersign', new Map(members));
  },
};

/** All base repositories: cases are mutations of them. */
export const SHAPES: readonly [Shape, ...Shape[]] = [
  shapeOf(plain),
  shapeOf(rotated),
  shapeOf(prefixBins),
  shapeOf(succinctBins),
  shapeOf(diamond),
  shapeOf(keyTypes),
  shapeOf(bound),
];
