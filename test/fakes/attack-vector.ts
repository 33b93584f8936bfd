// SPDX-License-Identifier: Apache-2.0
// The kinds of attack vectors. Each is a valid case, its twin, and one mutation of it; test/vectors/README.md tells how to write one.
import { createHash } from 'node:crypto';
import { readTarget } from '../../src/client/download.ts';
import type { RepositorySource } from '../../src/client/source.ts';
import type { CompatibilityFinding } from '../../src/tuf/compatibility.ts';
import { CountersignError, outcomeOf, unwrap, type ErrorCode, type Outcome } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { parseTargetFile } from '../../src/tuf/targets.ts';
import * as trusted from '../../src/tuf/trusted-set.ts';
import { fileAt, findTarget, updateClient, type ClientState, type Files } from './memory-client.ts';
import { objectFromPlain } from './plain-json.ts';
import { build, bump, copyRepository, newRepository, NOW, type RepositoryDraft } from './repository-builder.ts';

/** One attack and its honest twin. */
export interface AttackVector {
  /** The check that stands in the way: the id of a `@check` marker in src/tuf. */
  readonly check: string;
  /** Other checks that the vector depends on: with any one of them gone the attack, or the twin, gets another answer as well. */
  readonly through: readonly string[];
  /** What the attack is refused with. */
  readonly code: ErrorCode;
  readonly twin: Trial;
  readonly attack: Trial;
}

/** Tries one side of a vector. Functions that are the same one give the same answer. */
export type Trial = () => Outcome<unknown> | Promise<Outcome<unknown>>;

/** What every kind of vector is described by. */
interface Named {
  readonly check: string;
  readonly through?: readonly string[];
  readonly code: ErrorCode;
}

/** What a client meets. */
export interface Scene {
  /** The repository as it is now. */
  repository: RepositoryDraft;
  /** The repository as it was when the client last updated; null for a client that has only its root. */
  held: RepositoryDraft | null;
  /** The client's time. */
  time: string;
  /** The target that the client asks for. */
  target: string;
  /** Changes the files that the host serves. */
  host?: (files: Map<string, Uint8Array>) => void;
}

/** Makes of the scene's client one that has updated, and of its repository one with a newer snapshot and timestamp. */
export function nextGeneration(scene: Scene): void {
  scene.held = copyRepository(scene.repository);
  bump(scene.repository.snapshot, scene.repository.timestamp);
}

interface Prepared {
  readonly files: Files;
  readonly from: ClientState | Uint8Array;
  readonly scene: Scene;
}

function prepare(edits: readonly ((scene: Scene) => void)[]): Prepared {
  const scene: Scene = { repository: newRepository(), held: null, time: NOW, target: 'v1/app.bin' };
  for (const edit of edits) edit(scene);
  const files = build(scene.repository);
  scene.host?.(files);
  if (scene.held === null) return { files, scene, from: fileAt(files, 'metadata/1.root.json') };
  const heldFiles = build(scene.held);
  const root = fileAt(heldFiles, 'metadata/1.root.json');
  // What the client holds was verified when it was fetched, at a time when it was fresh.
  const client = unwrap(updateClient(heldFiles, { from: root, time: NOW }));
  return { files, scene, from: unwrap(findTarget(client, 'v1/app.bin')).client.state };
}

/** `make` called once, when first needed: signing is most of a vector's work, and a mutation run asks for each vector many times. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function updateAndDownload({ files, from, scene }: Prepared): Outcome<unknown> {
  return outcomeOf(() => {
    const client = unwrap(updateClient(files, { from, time: scene.time }));
    return unwrap(findTarget(client, scene.target)).role;
  });
}

const plainScene = once(() => prepare([]));
/** The twin of all vectors that begin with {@link newRepository} as it is: one function, so that a mutation run tries it once. */
const plainTwin = (): Outcome<unknown> => updateAndDownload(plainScene());

/** A client updates and downloads `scene.target`. The attack is `attack` on top of `before`; the twin is without it. */
export function clientVector(
  spec: Named & { readonly before?: (scene: Scene) => void; readonly attack: (scene: Scene) => void },
): AttackVector {
  const { check, through = [], code, before, attack } = spec;
  if (before === undefined) return { check, through, code, twin: plainTwin, attack: trialOf(() => prepare([attack])) };
  return { check, through, code, twin: trialOf(() => prepare([before])), attack: trialOf(() => prepare([before, attack])) };
}

function trialOf(make: () => Prepared): Trial {
  const prepared = once(make);
  return () => updateAndDownload(prepared());
}

/** A function is given an honest and a hostile input. `judge` throws what it refuses. */
export function inputVector<T>(
  spec: Named & { readonly judge: (input: T) => unknown; readonly twin: () => T; readonly attack: () => T },
): AttackVector {
  const { check, through = [], code, judge } = spec;
  const twin = once(spec.twin);
  const attack = once(spec.attack);
  return { check, through, code, twin: () => outcomeOf(() => judge(twin())), attack: () => outcomeOf(() => judge(attack())) };
}

/** What a host sends for the target `app.bin`, in pieces. */
type Sent = () => Iterable<string>;

/** A client downloads `app.bin`, of which it knows that it is the text `the application`, and the host sends something. */
export function downloadVector(spec: Named & { readonly twin: Sent; readonly attack: Sent }): AttackVector {
  const { check, through = [], code } = spec;
  const text = new TextEncoder().encode('the application');
  const hashes = { sha256: createHash('sha256').update(text).digest('hex') };
  const file = parseTargetFile(objectFromPlain({ length: text.length, hashes }), 'app.bin');
  const trial = (sent: Sent) => async (): Promise<Outcome<unknown>> => {
    const source: RepositorySource = {
      metadata: () => Promise.resolve(null),
      list: () => Promise.resolve(null),
      target: () => Promise.resolve(piecesOf(sent)),
    };
    try {
      return { kind: 'accepted', value: await readTarget(source, 'targets/app.bin', file, null) };
    } catch (error) {
      return outcomeOf(() => {
        throw error;
      });
    }
  };
  return { check, through, code, twin: trial(spec.twin), attack: trial(spec.attack) };
}

async function* piecesOf(sent: Sent): AsyncGenerator<Uint8Array> {
  for (const piece of sent()) yield new TextEncoder().encode(piece);
}

/** The code that stands for a compatibility finding in vectors. */
const FOUND: ErrorCode = 'unwritable';

/**
 * A writer is about to write `attack`, which a client would reject or read differently. With `severity: 'refused'` only refusals stop the writer;
 * with `warning` the writer is one who needs `client`, and stops at whatever names it.
 */
export function writerVector<T>(spec: {
  readonly check: string;
  readonly review: (input: T) => readonly CompatibilityFinding[];
  readonly stops:
    { readonly severity: 'refused' } | { readonly severity: 'warning'; readonly client: CompatibilityFinding['clients'][number] };
  readonly twin: T;
  readonly attack: T;
}): AttackVector {
  const { check, review, stops } = spec;
  const judge = (input: T): void => {
    for (const { severity, subject, clients, detail } of review(input)) {
      if (severity !== stops.severity) continue;
      if (stops.severity === 'warning' && !clients.includes(stops.client)) continue;
      throw new CountersignError(FOUND, subject, detail);
    }
  };
  return inputVector({ check, code: FOUND, judge, twin: () => spec.twin, attack: () => spec.attack });
}

/** One step of a client, in an order of the test's own choosing. `load` takes a targets role as delegated by `from`. */
export type Step = 'last-root' | 'next-root' | 'timestamp' | 'snapshot' | { readonly load: string; readonly from: string };

function takeStep(set: trusted.TrustedSet, files: Files, step: Step): Outcome<trusted.TrustedSet> {
  switch (step) {
    case 'last-root':
      return trusted.finishRoot(set);
    case 'next-root':
      return trusted.updateRoot(set, fileAt(files, 'metadata/2.root.json'));
    case 'timestamp': {
      const outcome = trusted.updateTimestamp(set, fileAt(files, 'metadata/timestamp.json'));
      return outcome.kind === 'accepted' ? { kind: 'accepted', value: outcome.value.set } : outcome;
    }
    case 'snapshot':
      return trusted.updateSnapshot(set, fileAt(files, 'metadata/1.snapshot.json'), 'remote');
    default: {
      const { load, from } = step;
      const delegator = from === 'root' ? 'root' : parseTargetsRoleName(from, 'from');
      return trusted.updateTargets(set, parseTargetsRoleName(load, 'load'), delegator, fileAt(files, `metadata/1.${load}.json`));
    }
  }
}

/** A caller takes the client's steps in another order. */
export function orderVector(
  spec: Named & {
    readonly before?: (repository: RepositoryDraft) => void;
    readonly twin: readonly Step[];
    readonly attack: readonly Step[];
  },
): AttackVector {
  const { before = () => undefined, ...named } = spec;
  const filesOf = once(() => {
    const repository = newRepository();
    before(repository);
    return build(repository);
  });
  const judge = (steps: readonly Step[]): void => {
    const files = filesOf();
    let set = unwrap(trusted.trustInitialRoot(fileAt(files, 'metadata/1.root.json'), parseInstant(NOW, 'time')));
    for (const step of steps) set = unwrap(takeStep(set, files, step));
  };
  return inputVector({ ...named, judge, twin: () => spec.twin, attack: () => spec.attack });
}
