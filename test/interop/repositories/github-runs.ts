// SPDX-License-Identifier: Apache-2.0
// What the workflows publish: the commands of a repository on a GitHub of our own, with files on Pages and in a release.
import { currentInstant } from '../../../src/cli/local-workplace.ts';
import { PUBLISHED_BRANCH } from '../../../src/event/layout.ts';
import { GitHubGround } from '../../commands/github-ground.ts';
import { startGitHub } from '../../github/server.ts';

/** Files by path, and the texts of the targets that are to be found. */
export interface GitHubSite {
  /** The published branch, as Pages serve it. */
  readonly pages: ReadonlyMap<string, Uint8Array>;
  /** Files of releases, at `<tag>/<name>`, as they are below `releases/download/`. */
  readonly releases: ReadonlyMap<string, Uint8Array>;
  readonly onPages: Readonly<Record<string, string>>;
  readonly inReleases: Readonly<Record<string, string>>;
}

async function complete(ground: GitHubGround, number: number | null): Promise<void> {
  if (number === null) throw new Error('expected a proposal, got none');
  const now = currentInstant();
  await ground.sign('alice', number, { now });
  await ground.sign('bob', number, { now });
  const { completed } = await ground.gather({ now });
  if (!completed.includes(number)) throw new Error(`expected event ${String(number)} to be complete, got ${JSON.stringify(completed)}`);
  await ground.publish({ now });
  await ground.deploy({ now });
}

async function publishedFiles(ground: GitHubGround): Promise<ReadonlyMap<string, Uint8Array>> {
  const { forge } = await ground.adapters('deploy');
  const head = (await forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
  if (head === undefined) throw new Error('expected a published branch, got none');
  const files = new Map<string, Uint8Array>();
  for (const [path, { id }] of await forge.tree(head)) {
    const bytes = (await forge.blobs([id])).get(id);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return files;
}

/** Runs them. */
export async function runOnGitHub(): Promise<GitHubSite> {
  const github = await startGitHub();
  const ground = await GitHubGround.start(github);
  try {
    const now = currentInstant();
    const onPages = { 'v1/app.txt': 'the application, on Pages\n', 'v1/notes.txt': 'notes\n' };
    const inReleases = { 'v2/app.tgz': 'the application, in a release\n' };
    await complete(ground, (await ground.init({ as: { person: 'admin' }, now })).number);
    await complete(
      ground,
      (await ground.propose({ 'app.txt': onPages['v1/app.txt'], 'notes.txt': onPages['v1/notes.txt'] }, { now })).number,
    );
    await complete(ground, (await ground.proposeRelease('v2', { 'app.tgz': inReleases['v2/app.tgz'] }, { now })).number);
    const releases = new Map<string, Uint8Array>();
    for (const { tag, assets } of github.repository(ground.project).releases.values()) {
      for (const { name, bytes } of assets) releases.set(`${tag}/${name}`, bytes);
    }
    return { pages: await publishedFiles(ground), releases, onPages, inReleases };
  } finally {
    await ground.close();
    await github.close();
  }
}
