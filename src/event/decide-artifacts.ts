// SPDX-License-Identifier: Apache-2.0
import type { Artifact, CommitSha, WorkflowRun } from '../ports.ts';
import { CountersignError, quote, type ErrorCode } from '../tuf/errors.ts';

/** A name of artifacts, or a pattern of names, as the caller wrote it. */
export interface NamePattern {
  readonly text: string;
  /** Whether the pattern takes this name. A name that is spelled exactly as `text` is taken whatever this says. */
  matches(name: string): boolean;
}

/** What another run must be, so that its artifacts are what the caller thinks they are. */
export interface ExpectedRun {
  readonly id: number;
  /** The path of its workflow file; null when the caller gave none. */
  readonly workflow: string | null;
  readonly commit: CommitSha | string;
}

/** Whose artifacts are asked for: those of the run that asks, or of another one, as the host tells of it. */
export type ArtifactOrigin =
  | { readonly kind: 'this-run'; readonly id: number }
  | { readonly kind: 'other-run'; readonly run: WorkflowRun | null; readonly expected: ExpectedRun };

/** All that is known when the artifacts of a propose are chosen. */
export interface ArtifactFacts {
  readonly patterns: readonly NamePattern[];
  readonly origin: ArtifactOrigin;
  /** Of that run. */
  readonly artifacts: readonly Artifact[];
}

/**
 * What may have started another run. Each of these runs code that somebody with write access has put into this repository, at the commit that the run
 * names. Left out on purpose: pull_request and pull_request_target (the commit that they name is not the code that ran), issue_comment and the
 * like (anyone starts them), and workflow_run (it runs our code, but what it handles is often a fork's).
 */
export const TRUSTED_EVENTS: ReadonlySet<string> = new Set([
  'create',
  'merge_group',
  'push',
  'release',
  'repository_dispatch',
  'schedule',
  'workflow_dispatch',
]);

function refuse(code: ErrorCode, where: string, detail: string): never {
  throw new CountersignError(code, where, detail);
}

function requireSame(where: string, what: string, expected: string, got: string): void {
  if (got !== expected) refuse('artifact-untrusted', where, `expected ${what} ${quote(expected)}, got ${quote(got)}`);
}

/** Refuses another run that is not exactly what the caller says it is. */
function requireRun(run: WorkflowRun | null, { id, workflow, commit }: ExpectedRun): void {
  const where = `run ${String(id)}`;
  if (run === null) refuse('artifact-missing', where, 'expected a run of this repository, got none');
  if (run.id !== id) refuse('artifact-untrusted', where, `expected this run, got run ${String(run.id)}`);
  if (workflow === null) refuse('usage', 'artifact-workflow', 'expected the path of the workflow file of another run, got nothing');
  if (run.from !== 'repository') refuse('artifact-untrusted', where, "expected a run of this repository's own branches, got a fork's");
  if (!TRUSTED_EVENTS.has(run.event)) {
    const allowed = [...TRUSTED_EVENTS].join(', ');
    refuse('artifact-untrusted', where, `expected a run started by one of ${allowed}, got ${quote(run.event)}`);
  }
  requireSame(where, 'workflow', workflow, run.workflow);
  requireSame(where, 'commit', commit, run.commit);
  requireSame(where, 'status', 'completed', run.status);
  requireSame(where, 'conclusion', 'success', run.conclusion ?? 'none');
}

/** Of artifacts of one name (an earlier attempt of the same run has left one) the newest. */
function newestOfEachName(artifacts: readonly Artifact[]): readonly Artifact[] {
  const newest = new Map<string, Artifact>();
  for (const artifact of artifacts) {
    const other = newest.get(artifact.name);
    if (other === undefined || other.id < artifact.id) newest.set(artifact.name, artifact);
  }
  return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function requireUsable(artifact: Artifact, runId: number): void {
  const where = `artifact ${quote(artifact.name)}`;
  if (artifact.runId !== runId)
    refuse('artifact-untrusted', where, `expected it to be of run ${String(runId)}, got run ${String(artifact.runId ?? 'none')}`);
  // Of this run too: a run that a fork's pull request has started may hold what the fork's code has made.
  if (artifact.from !== 'repository')
    refuse('artifact-untrusted', where, "expected it to be of this repository's own branches, got a fork's");
  if (artifact.expired) refuse('artifact-expired', where, 'expected its files to be there still, got none; repeat the run that made it');
  if (artifact.sha256 === null) refuse('artifact-untrusted', where, 'expected the host to tell its digest, got none');
}

/**
 * Chooses the artifacts that a propose may take its files from, by name, of the run that asks or of one other run that is exactly what the
 * caller says. Whoever uses them hashes them: this only says whose they are.
 * @returns at most one of each name, sorted by name
 * @throws `artifact-missing` for a run that is not there and a pattern that takes nothing; `artifact-untrusted` naming what is wrong;
 * `artifact-expired`; `usage` when another run is asked for without its workflow
 */
export function decideArtifacts({ patterns, origin, artifacts }: ArtifactFacts): readonly Artifact[] {
  const runId = origin.kind === 'this-run' ? origin.id : origin.expected.id;
  if (origin.kind === 'other-run') requireRun(origin.run, origin.expected);
  const newest = newestOfEachName(artifacts);
  const chosen = new Set<Artifact>();
  for (const pattern of patterns) {
    const exact = newest.filter(({ name }) => name === pattern.text);
    const found = exact.length > 0 ? exact : newest.filter(({ name }) => pattern.matches(name));
    if (found.length === 0) {
      const there =
        newest.length === 0
          ? 'no artifacts at all'
          : newest
              .map(({ name }) => quote(name))
              .slice(0, 10)
              .join(', ');
      refuse('artifact-missing', quote(pattern.text), `expected an artifact of run ${String(runId)} of this name, got ${there}`);
    }
    for (const artifact of found) chosen.add(artifact);
  }
  for (const artifact of chosen) requireUsable(artifact, runId);
  return [...chosen].sort((a, b) => (a.name < b.name ? -1 : 1));
}
