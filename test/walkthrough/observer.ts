// SPDX-License-Identifier: Apache-2.0
// What people did on GitHub, seen by what it left there, and the runs that GitHub starts for it.
import { requireSuccess, PROJECT, type Project } from '../e2e/project.ts';
import { eventPull } from '../e2e/driver/hub-of-fake.ts';
import type { HubEvent } from '../e2e/driver/events.ts';
import type { WorkflowRun } from '../e2e/driver/run-workflow.ts';

interface Seen {
  readonly reviews: ReadonlySet<number>;
  readonly comments: ReadonlySet<number>;
  readonly refs: ReadonlyMap<string, string>;
}

function look(project: Project): Seen {
  const { pulls, comments, refs } = project.repository;
  return {
    reviews: new Set([...pulls.values()].flatMap(({ reviews }) => reviews.map(({ id }) => id))),
    comments: new Set(comments.keys()),
    refs: new Map([...refs.list('refs/heads/'), ...refs.list('refs/tags/')]),
  };
}

function event(project: Project, name: string, action: string | null, login: string, more: Readonly<Record<string, unknown>>): HubEvent {
  const [owner = '', repo = ''] = PROJECT.split('/');
  const repository = { full_name: PROJECT, name: repo, owner: { login: owner }, default_branch: project.hub.defaultBranch, fork: false };
  const payload = { ...(action === null ? {} : { action }), ...more, repository, sender: { login } };
  return { name, action, payload, actor: login, by: 'person', code: { kind: 'default' }, outsider: false };
}

/** The events of what `login` did since `before`. */
async function events(project: Project, login: string, before: Seen): Promise<readonly HubEvent[]> {
  const found: HubEvent[] = [];
  for (const pull of project.repository.pulls.values()) {
    for (const { id } of pull.reviews.filter((one) => !before.reviews.has(one.id))) {
      const review = { id, user: { login }, state: 'submitted' };
      const json = await project.ofProject(login, 'GET', `/pulls/${pull.number}`);
      const code = { kind: 'pull', pull: eventPull(project.github, PROJECT, pull) } as const;
      found.push({ ...event(project, 'pull_request_review', 'submitted', login, { review, pull_request: json }), code });
    }
  }
  for (const { id, pull: number, body } of [...project.repository.comments.values()].filter((one) => !before.comments.has(one.id))) {
    const issue = { number, pull_request: { url: `${project.github.apiUrl}/repos/${PROJECT}/pulls/${number}` } };
    found.push(event(project, 'issue_comment', 'created', login, { comment: { id, body, user: { login } }, issue }));
  }
  for (const [ref, after] of look(project).refs) {
    const old = before.refs.get(ref) ?? null;
    if (old !== after) found.push({ ...event(project, 'push', null, login, { ref, before: old, after }), code: { kind: 'ref', ref } });
  }
  return found;
}

/** Lets somebody do something, then runs what GitHub starts for it. @throws when a run fails */
export async function observed<T>(
  project: Project,
  login: string,
  act: () => Promise<T>,
): Promise<{ readonly said: T; readonly runs: readonly WorkflowRun[] }> {
  const before = look(project);
  const said = await act();
  const runs: WorkflowRun[] = [];
  for (const one of await events(project, login, before)) runs.push(...(await project.fire(one)));
  requireSuccess(runs);
  return { said, runs };
}
