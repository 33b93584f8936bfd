// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { decideArtifacts, TRUSTED_EVENTS, type ArtifactFacts, type ArtifactOrigin } from '../../src/event/decide-artifacts.ts';
import type { Artifact, CommitSha, WorkflowRun } from '../../src/ports.ts';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { CountersignError, type ErrorCode } from '../../src/tuf/errors.ts';

const COMMIT = 'a'.repeat(40) as CommitSha;
const WORKFLOW = '.github/workflows/release.yml';

function artifactOf(change: Partial<Artifact> = {}): Artifact {
  return { id: 1, name: 'linux', size: 10, sha256: 'b'.repeat(64), expired: false, runId: 7, from: 'repository', ...change };
}

function runOf(change: Partial<WorkflowRun> = {}): WorkflowRun {
  return {
    id: 7,
    workflow: WORKFLOW,
    commit: COMMIT,
    event: 'push',
    from: 'repository',
    status: 'completed',
    conclusion: 'success',
    actor: { id: parseAccountId(1, 'test'), login: 'alice' },
    url: 'https://forge.test/runs/7',
    ...change,
  };
}

const THIS: ArtifactOrigin = { kind: 'this-run', id: 7 };
const EXPECTED = { id: 7, workflow: WORKFLOW, commit: COMMIT };

function other(change: Partial<WorkflowRun> = {}): ArtifactOrigin {
  return { kind: 'other-run', run: runOf(change), expected: EXPECTED };
}

/** `*` alone takes any text: enough of a pattern for these tests. */
function patternOf(text: string): ArtifactFacts['patterns'][number] {
  const [head = '', ...rest] = text.split('*');
  const tail = rest.at(-1);
  return { text, matches: (name) => (tail === undefined ? name === text : name.startsWith(head) && name.endsWith(tail)) };
}

function decide(origin: ArtifactOrigin, artifacts: readonly Artifact[], ...patterns: readonly string[]): readonly string[] {
  return decideArtifacts({ origin, artifacts, patterns: patterns.map(patternOf) }).map(({ name, id }) => `${name}#${String(id)}`);
}

function codeOf(step: () => unknown): { readonly code: ErrorCode; readonly message: string } | null {
  try {
    step();
    return null;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { code: error.code, message: error.message };
  }
}

describe('of this run', () => {
  const three = [artifactOf(), artifactOf({ id: 2, name: 'macos' }), artifactOf({ id: 3, name: 'logs' })];

  test.each([
    ['one by name', ['linux'], ['linux#1']],
    ['several by name', ['macos', 'linux'], ['linux#1', 'macos#2']],
    ['all by a pattern', ['*'], ['linux#1', 'logs#3', 'macos#2']],
    ['each once, though two patterns take it', ['l*', 'linux'], ['linux#1', 'logs#3']],
  ])('%s', (_, patterns, expected) => {
    expect(decide(THIS, three, ...patterns)).toEqual(expected);
  });

  test('of two attempts of a run the newer one', () => {
    expect(decide(THIS, [artifactOf({ id: 5 }), artifactOf({ id: 9 }), artifactOf({ id: 6 })], 'linux')).toEqual(['linux#9']);
  });

  test('a name with the signs of a pattern is taken as it is', () => {
    expect(decide(THIS, [artifactOf({ name: 'a*' }), artifactOf({ id: 2, name: 'ab' })], 'a*')).toEqual(['a*#1']);
  });

  test.each<[string, Partial<Artifact>, ErrorCode]>([
    ['of a fork', { from: 'fork' }, 'artifact-untrusted'],
    ['of another run', { runId: 8 }, 'artifact-untrusted'],
    ['of a run that is gone', { runId: null }, 'artifact-untrusted'],
    ['whose digest is not known', { sha256: null }, 'artifact-untrusted'],
    ['that has expired', { expired: true }, 'artifact-expired'],
    ['of another name', { name: 'windows' }, 'artifact-missing'],
  ])('one %s is refused', (_, change, code) => {
    expect(decide(THIS, [artifactOf()], 'linux')).toEqual(['linux#1']);
    expect(codeOf(() => decide(THIS, [artifactOf(change)], 'linux'))?.code).toBe(code);
  });

  test('what is not asked for may be as it likes', () => {
    expect(decide(THIS, [artifactOf(), artifactOf({ id: 2, name: 'old', expired: true, from: 'fork' })], 'linux')).toEqual(['linux#1']);
  });

  test('a pattern that takes nothing is named, beside what is there', () => {
    const refusal = codeOf(() => decide(THIS, [artifactOf()], 'linux', 'win*'));
    expect(refusal?.code).toBe('artifact-missing');
    expect(refusal?.message).toContain('"win*"');
    expect(refusal?.message).toContain('"linux"');
  });
});

describe('of another run', () => {
  test.each([...TRUSTED_EVENTS])('started by %s', (event) => {
    expect(decide(other({ event }), [artifactOf()], 'linux')).toEqual(['linux#1']);
  });

  test.each<[string, Partial<WorkflowRun>, string]>([
    ['of a fork', { from: 'fork' }, 'fork'],
    ['of another workflow', { workflow: '.github/workflows/test.yml' }, 'test.yml'],
    ['of another commit', { commit: 'c'.repeat(40) as CommitSha }, 'cccc'],
    ['that is not the one asked for', { id: 8 }, 'run 8'],
    ['that has not ended', { status: 'in_progress', conclusion: null }, 'in_progress'],
    ['that failed', { conclusion: 'failure' }, 'failure'],
    ['that waits for approval', { conclusion: 'action_required' }, 'action_required'],
    ['started by pull_request', { event: 'pull_request' }, 'pull_request'],
    ['started by pull_request_target', { event: 'pull_request_target' }, 'pull_request_target'],
    ['started by issue_comment', { event: 'issue_comment' }, 'issue_comment'],
    ['started by workflow_run', { event: 'workflow_run' }, 'workflow_run'],
    ['started by what nobody has heard of', { event: 'constructor' }, 'constructor'],
  ])('one %s is refused, and why', (_, change, named) => {
    const refusal = codeOf(() => decide(other(change), [artifactOf()], 'linux'));
    expect(refusal?.code).toBe('artifact-untrusted');
    expect(refusal?.message).toContain(named);
  });

  test('one that is not there is missing', () => {
    expect(codeOf(() => decide({ kind: 'other-run', run: null, expected: EXPECTED }, [artifactOf()], 'linux'))?.code).toBe(
      'artifact-missing',
    );
  });

  test('its workflow must be given', () => {
    const origin: ArtifactOrigin = { kind: 'other-run', run: runOf(), expected: { ...EXPECTED, workflow: null } };
    expect(codeOf(() => decide(origin, [artifactOf()], 'linux'))?.code).toBe('usage');
  });

  test("an artifact that a fork's run has put under its number is refused", () => {
    expect(codeOf(() => decide(other(), [artifactOf({ from: 'fork' })], 'linux'))?.code).toBe('artifact-untrusted');
  });
});
