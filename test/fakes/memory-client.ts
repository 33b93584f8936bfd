// SPDX-License-Identifier: Apache-2.0
// The client's workflow of TUF 1.0.34 §5 over files in memory: the order of the steps, with all verdicts left to src/tuf.
import { CountersignError, outcomeOf, unwrap, type Outcome } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { requireLengthAndHashes } from '../../src/tuf/meta-file.ts';
import { parseTargetPath, parseVersion, TARGETS, type RoleName } from '../../src/tuf/names.ts';
import { metadataPath, rootPath, TIMESTAMP_PATH } from '../../src/tuf/published-tree.ts';
import { searchTarget } from '../../src/tuf/target-search.ts';
import * as trusted from '../../src/tuf/trusted-set.ts';

/** Files by path, as `build()` gives them. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What a client keeps between updates: files that it has verified. */
export interface ClientState {
  readonly root: Uint8Array;
  readonly timestamp: Uint8Array | null;
  readonly snapshot: Uint8Array | null;
  readonly targets: ReadonlyMap<RoleName, Uint8Array>;
}

/** A client after an update, ready to look for targets in the same files. */
export interface UpdatedClient {
  readonly set: trusted.TrustedSet;
  readonly state: ClientState;
  readonly files: Files;
}

/** A client that has nothing but the root that it ships with. */
export function firstState(root: Uint8Array): ClientState {
  return { root, timestamp: null, snapshot: null, targets: new Map() };
}

const MAX_STEPS = 256;

/** A file of the repository. @throws `not-found` */
export function fileAt(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes === undefined) throw new CountersignError('not-found', path, 'expected a file, got none');
  return bytes;
}

/** The set after `step`, or the set as it was: what the client holds and can't verify any more is left out (TUF §5.3.11). */
function unlessRefused(set: trusted.TrustedSet, step: (set: trusted.TrustedSet) => Outcome<trusted.TrustedSet>): trusted.TrustedSet {
  const outcome = step(set);
  return outcome.kind === 'accepted' ? outcome.value : set;
}

function loadRoots(files: Files, root: Uint8Array, time: string): { set: trusted.TrustedSet; bytes: Uint8Array } {
  let set = unwrap(trusted.trustInitialRoot(root, parseInstant(time, 'time')));
  let bytes = root;
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = files.get(rootPath(parseVersion(set.root.signed.version + 1, 'root')));
    if (next === undefined) return { set: unwrap(trusted.finishRoot(set)), bytes };
    set = unwrap(trusted.updateRoot(set, next));
    bytes = next;
  }
  throw new CountersignError('root-limit', 'root', 'expected an end of the roots');
}

/**
 * Updates a client: roots, timestamp, snapshot. A stored timestamp and snapshot take part as the specification says.
 * @param from - the client's state, or the root it ships with
 * @param time - `YYYY-MM-DDTHH:MM:SSZ`
 */
export function updateClient(
  files: Files,
  { from, time }: { readonly from: ClientState | Uint8Array; readonly time: string },
): Outcome<UpdatedClient> {
  return outcomeOf(() => {
    const held = from instanceof Uint8Array ? firstState(from) : from;
    const roots = loadRoots(files, held.root, time);
    let { set } = roots;
    const state = { ...held, root: roots.bytes, targets: new Map(held.targets) };

    const { timestamp: localTimestamp, snapshot: localSnapshot } = held;
    if (localTimestamp !== null) {
      set = unlessRefused(set, (before) => {
        const outcome = trusted.updateTimestamp(before, localTimestamp);
        return outcome.kind === 'accepted' ? { kind: 'accepted', value: outcome.value.set } : outcome;
      });
    }
    const remote = fileAt(files, TIMESTAMP_PATH);
    const update = unwrap(trusted.updateTimestamp(set, remote));
    set = unwrap(trusted.finishTimestamp(update.set));
    if (!update.unchanged) state.timestamp = remote;

    if (localSnapshot !== null) set = unlessRefused(set, (before) => trusted.updateSnapshot(before, localSnapshot, 'local'));
    const version = set.timestamp?.signed.snapshot.version ?? parseVersion(1, 'snapshot');
    if (set.snapshot?.signed.version !== version) {
      const bytes = fileAt(files, metadataPath('snapshot', version));
      set = unwrap(trusted.updateSnapshot(set, bytes, 'remote'));
      state.snapshot = bytes;
    }
    return { set, state, files };
  });
}

function loadRole(client: UpdatedClient, role: RoleName, delegator: RoleName | 'root'): UpdatedClient {
  const { set, state, files } = client;
  if (set.targets.has(role)) return client;
  const local = state.targets.get(role);
  if (local !== undefined) {
    const cached = trusted.updateTargets(set, role, delegator, local);
    if (cached.kind === 'accepted') return { ...client, set: cached.value };
  }
  const entry = set.snapshot?.signed.meta.get(role);
  // Without an entry there is no version to ask for; the trusted set says so before it looks at the bytes.
  const bytes = entry === undefined ? new Uint8Array() : fileAt(files, metadataPath(role, entry.version));
  const next = unwrap(trusted.updateTargets(set, role, delegator, bytes));
  return { ...client, set: next, state: { ...state, targets: new Map(state.targets).set(role, bytes) } };
}

/** The bytes of a target, once found. */
export interface FoundTarget {
  readonly client: UpdatedClient;
  readonly role: RoleName;
  readonly bytes: Uint8Array;
}

/**
 * Looks for a target, downloads and verifies it.
 * Refused: `target-unknown`, `search-bounds`, `pattern-ambiguous`, `not-found`, and what loading roles and verifying bytes refuse.
 */
export function findTarget(updated: UpdatedClient, text: string): Outcome<FoundTarget> {
  return outcomeOf(() => {
    const path = parseTargetPath(text, 'target');
    let client = loadRole(updated, TARGETS, 'root');
    const search = searchTarget(path);
    let step = search.next();
    for (let steps = 0; step.done !== true; steps++) {
      // Not a verdict: a search that does not end is a bug in the search.
      if (steps > MAX_STEPS) throw new Error('the search does not end');
      const { role, delegator } = step.value;
      client = loadRole(client, role, delegator);
      const targets = client.set.targets.get(role);
      if (targets === undefined) throw new Error(`${role} was loaded and is not there`);
      step = search.next(targets.signed);
    }
    const result = step.value;
    switch (result.kind) {
      case 'found': {
        const slash = path.lastIndexOf('/') + 1;
        const hash = [...result.file.hashes.values()][0] ?? '';
        const bytes = fileAt(client.files, `targets/${path.slice(0, slash)}${hash}.${path.slice(slash)}`);
        requireLengthAndHashes(bytes, result.file, path);
        return { client, role: result.role, bytes };
      }
      case 'absent':
        throw new CountersignError('target-unknown', path, 'expected a role that lists this target, got none');
      case 'bounds':
        throw new CountersignError('search-bounds', path, 'expected fewer delegations');
      case 'ambiguous':
        throw new CountersignError('pattern-ambiguous', path, 'expected patterns that all clients read alike');
      default:
        return result satisfies never;
    }
  });
}
