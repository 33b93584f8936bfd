// SPDX-License-Identifier: Apache-2.0
import type { Case } from './cases.ts';
import { sameTargets, showVerdict, type Verdict } from './verdict.ts';

/** The clients that ours is compared with. */
export const PEERS = ['python-tuf', 'tuf-js'] as const;
export type Peer = (typeof PEERS)[number];

/** A kind of case in which one peer may differ from us and the other one may not. */
export interface ExclusionClass {
  readonly class: string;
  readonly peer: Peer;
  /** The kinds of mutation that it is for. */
  readonly kinds: readonly string[];
  /** What the mutations' notes must match, with the names that were looked for behind them. */
  readonly note: RegExp;
  /** What the peer's verdict must match, as {@link showVerdict} writes it. */
  readonly verdict: RegExp;
}

function text(entry: object, field: string): string {
  const value: unknown = Reflect.get(entry, field);
  if (typeof value !== 'string' || value === '') throw new Error(`exclusions.json: expected ${field} in ${JSON.stringify(entry)}`);
  return value;
}

/** Reads exclusions.json. Each class must cite the specification, and the line of the peer or the row of tuf.md that explains it. */
export function parseExclusions(json: string, kinds: ReadonlySet<string>): readonly ExclusionClass[] {
  const entries: unknown = JSON.parse(json);
  if (!Array.isArray(entries)) throw new Error('exclusions.json: expected a list');
  return entries.map((entry: unknown): ExclusionClass => {
    if (typeof entry !== 'object' || entry === null) throw new Error('exclusions.json: expected objects');
    for (const field of ['spec', 'source', 'reason']) text(entry, field);
    const peer = PEERS.find((name) => name === text(entry, 'peer'));
    const named: unknown = Reflect.get(entry, 'kinds');
    if (peer === undefined || !Array.isArray(named))
      throw new Error(`exclusions.json: expected peer and kinds in ${JSON.stringify(entry)}`);
    const unknown = named.find((kind) => !kinds.has(kind));
    if (unknown !== undefined) throw new Error(`exclusions.json: no mutation is called ${JSON.stringify(unknown)}`);
    return {
      class: text(entry, 'class'),
      peer,
      kinds: named,
      note: new RegExp(text(entry, 'note'), 'u'),
      verdict: new RegExp(text(entry, 'verdict'), 'u'),
    };
  });
}

/** All three verdicts on a case. */
export interface Verdicts {
  readonly ours: Verdict;
  readonly peers: Readonly<Record<Peer, Verdict>>;
}

/** What a case came to. */
export type Judgement =
  /** We refuse, or all accept alike. */
  | { readonly kind: 'fine' }
  | { readonly kind: 'excluded'; readonly by: ExclusionClass }
  | { readonly kind: 'failed'; readonly why: string };

function agrees(ours: Verdict, theirs: Verdict): boolean {
  return sameTargets(ours, theirs);
}

/** What was changed, and what was looked for: as classes see a case. */
function noteOf({ notes, visits }: Case): string {
  return `${notes.join('; ')}; looked for ${JSON.stringify(visits.at(-1)?.targets ?? [])}`;
}

/** Judges a case. No class excuses what both peers see otherwise. */
export function judge(one: Case, { ours, peers }: Verdicts, classes: readonly ExclusionClass[]): Judgement {
  if (ours.kind === 'reject') return { kind: 'fine' };
  const against = PEERS.filter((peer) => !agrees(ours, peers[peer]));
  const [peer, second] = against;
  if (peer === undefined) return { kind: 'fine' };
  if (second !== undefined) {
    const reject = against.every((name) => peers[name].kind === 'reject');
    return { kind: 'failed', why: reject ? 'we accept what both others reject' : 'we accept something else than both others' };
  }
  const note = noteOf(one);
  const verdict = showVerdict(peers[peer]);
  const by = classes.find(
    (entry) =>
      entry.peer === peer && one.kinds.some((kind) => entry.kinds.includes(kind)) && entry.note.test(note) && entry.verdict.test(verdict),
  );
  if (by !== undefined) return { kind: 'excluded', by };
  return {
    kind: 'failed',
    why: `we accept, ${peer} ${peers[peer].kind === 'reject' ? 'rejects' : 'accepts something else'}, and no class is for it`,
  };
}
