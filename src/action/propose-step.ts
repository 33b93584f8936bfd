// SPDX-License-Identifier: Apache-2.0
import { collectArtifacts } from '../artifacts/collect-artifacts.ts';
import { globFiles } from '../artifacts/glob-files.ts';
import { parseNamePattern } from '../artifacts/name-pattern.ts';
import { EXIT } from '../cli/exit-code.ts';
import { propose, type ProposeResult } from '../commands/propose.ts';
import { decideArtifacts, type ArtifactOrigin } from '../event/decide-artifacts.ts';
import type { Origin } from '../event/event-file.ts';
import type { Artifacts, WorkflowRun } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { ProposeInputs } from './inputs.ts';
import { withPlace } from './open-place.ts';
import { newDirectory, type ActionPlace, type StepContext, type StepResult } from './step.ts';

/** What is proposed, and of which run it is. */
interface Collected {
  readonly files: readonly string[];
  readonly origin: Origin | null;
  /** The commit that the files were built from. */
  readonly commit: string | null;
}

function ownOrigin({ run }: StepContext): Origin | null {
  if (run.id === null || run.url === null) return null;
  const { id, url, workflow, commit, actor, ref } = run;
  return { runId: id, runUrl: url, workflow, commit: commit ?? '', actor, ref };
}

function originOf(run: WorkflowRun): Origin {
  return { runId: run.id, runUrl: run.url, workflow: run.workflow, commit: run.commit, actor: run.actor.login, ref: '' };
}

async function artifactOrigin(context: StepContext, inputs: ProposeInputs, artifacts: Artifacts): Promise<ArtifactOrigin> {
  const { run } = context;
  const { artifactRunId: id } = inputs;
  if (id === null || id === run.id) {
    if (run.id === null) throw new CountersignError('usage', 'artifact-run-id', 'expected the id of a run, got nothing outside of one');
    return { kind: 'this-run', id: run.id };
  }
  const commit = inputs.artifactCommit ?? run.commit;
  if (commit === null) throw new CountersignError('usage', 'artifact-commit', 'expected the commit of the run, got nothing');
  return { kind: 'other-run', run: await artifacts.run(id), expected: { id, workflow: inputs.artifactWorkflow, commit } };
}

async function collectFromArtifacts(context: StepContext, inputs: ProposeInputs, artifacts: Artifacts): Promise<Collected> {
  const origin = await artifactOrigin(context, inputs, artifacts);
  const runId = origin.kind === 'this-run' ? origin.id : origin.expected.id;
  const chosen = decideArtifacts({ patterns: inputs.artifacts.map(parseNamePattern), origin, artifacts: await artifacts.ofRun(runId) });
  for (const { name, sha256 } of chosen) context.log.info(`artifact ${name} of run ${String(runId)}, sha256:${sha256 ?? ''}`);
  const { directories } = await collectArtifacts(artifacts, chosen, await newDirectory(context, 'artifacts'), context.log);
  if (origin.kind === 'this-run' || origin.run === null)
    return { files: directories, origin: ownOrigin(context), commit: context.run.commit };
  return { files: directories, origin: originOf(origin.run), commit: origin.run.commit };
}

async function collect(context: StepContext, inputs: ProposeInputs, { artifacts }: ActionPlace): Promise<Collected> {
  const workspace = context.env.get('GITHUB_WORKSPACE') ?? process.cwd();
  const makeDirectory = (): Promise<string> => newDirectory(context, 'files');
  const files = await globFiles(inputs.files, { workspace, makeDirectory });
  if (inputs.artifacts.length === 0) return { files, origin: ownOrigin(context), commit: context.run.commit };
  if (artifacts === null) throw new CountersignError('usage', 'artifacts', 'expected a repository on GitHub, got one in a directory');
  const other = inputs.artifactRunId !== null && inputs.artifactRunId !== context.run.id;
  // Each target names one run and one commit: files of this machine are not of that run.
  if (other && files.length > 0)
    throw new CountersignError('usage', 'files', 'expected only artifacts with artifact-run-id, got files of this run too');
  const collected = await collectFromArtifacts(context, inputs, artifacts);
  return { ...collected, files: [...files, ...collected.files] };
}

async function proposeAll(context: StepContext, inputs: ProposeInputs, place: ActionPlace, collected: Collected): Promise<ProposeResult> {
  const { tag, createTag, releaseId, prerelease } = inputs;
  return propose(place.place, {
    role: inputs.role,
    files: collected.files,
    targetPrefix: inputs.targetPrefix,
    remove: inputs.remove,
    existing: inputs.replace ? 'replace' : 'refuse',
    whenOpen: inputs.whenOpen,
    nextVersion: inputs.nextVersion,
    custom: inputs.custom,
    sourceCommit: collected.commit,
    hosting: inputs.hosting === 'pages' ? 'site' : inputs.hosting,
    release: inputs.hosting === 'release' ? { tag, createTag, releaseId, prerelease } : null,
    origin: collected.origin,
    staging: place.staging === null ? 'hosted' : 'all',
    mode: context.place.mode,
  });
}

function proposeText({ outcome, role, version, number, changes }: ProposeResult): string {
  const event = number === null ? '' : ` in #${String(number)}`;
  return `${outcome}: ${role} v${String(version ?? 0)}${event}, ${String(changes.length)} changes`;
}

/** `command: propose`. @throws the codes of {@link propose}, of the artifacts and of the files */
export async function proposeStep(context: StepContext, inputs: ProposeInputs): Promise<StepResult> {
  return withPlace(context, async (place) => {
    const collected = await collect(context, inputs, place);
    const result = await proposeAll(context, inputs, place, collected);
    const { mode } = context.place;
    // Also when there was nothing new: repeating a run brings back files whose artifact has expired.
    const upload = mode === 'apply' ? (place.staging?.upload() ?? null) : null;
    const { outcome, role, version, number, url, payload, changes } = result;
    return {
      exitCode: EXIT.ok,
      outputs: {
        operation: outcome,
        'pull-request-number': String(number ?? ''),
        'pull-request-url': url ?? '',
        'pull-request-operation': mode === 'dry-run' || outcome === 'nothing-new' ? 'none' : outcome === 'added' ? 'updated' : 'created',
        'pull-request-branch': result.branch ?? '',
        'pull-request-head-sha': result.headSha ?? '',
        version: String(version ?? ''),
        payload: payload ?? '',
        'staging-artifact': upload?.name ?? '',
        'staging-directory': upload?.directory ?? '',
      },
      summary: {
        kind: 'propose',
        propose: { mode, outcome, role, version, number, url, payload, changes, origin: collected.origin, staged: upload?.name ?? null },
      },
      text: proposeText(result),
      findings: [],
    };
  });
}
