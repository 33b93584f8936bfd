// SPDX-License-Identifier: Apache-2.0
// Writes where our own action and reusable workflow are into every place that names them, and regenerates the reusable workflow.
//
//   node scripts/pin-action.mjs --repository OWNER/countersign --action <sha>     the commit that holds dist/; then commit
//   node scripts/pin-action.mjs --workflow <sha>                                  the commit that the first step made; then build and commit
//   node scripts/pin-action.mjs                                                   only regenerates
//   node scripts/pin-action.mjs --check                                           changes nothing; fails when the places disagree
//
// Two steps, because no commit can hold its own name: the workflow names a commit with the action, and the command line names one with that workflow.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TEMPLATES = 'src/render/workflow-files.ts';
const WORKFLOW = '.github/workflows/reconcile.yml';
const UNPINNED = '0'.repeat(40);
const NEEDED = ['action.yml', 'dist/action.js'];

/** The module that renders the workflows, from its source. */
export async function loadWorkflowFiles() {
  const build = await rolldown({ cwd: ROOT, input: path.join(ROOT, TEMPLATES), platform: 'node' });
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false });
    return await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
  } finally {
    await build.close();
  }
}

function pinLine(name, repository, commit) {
  return `export const ${name}: ActionPin = { repository: '${repository}', commit: '${commit}' };`;
}

/** The templates with new pins. Throws when a line that it expects is not there. */
function withPins(source, pins) {
  return Object.entries(pins).reduce((text, [name, { repository, commit }]) => {
    const line = new RegExp(`^export const ${name}: ActionPin = \\{[^}]*\\};$`, 'm');
    if (!line.test(text)) throw new Error(`${TEMPLATES}: expected ${name}`);
    return text.replace(line, () => pinLine(name, repository, commit));
  }, source);
}

function git(...args) {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Throws unless the commit is here and holds the files. */
function requireFiles(commit, files) {
  for (const file of files) {
    try {
      git('cat-file', '-e', `${commit}:${file}`);
    } catch {
      throw new Error(`${commit}: expected a commit of this repository with ${file}`);
    }
  }
}

function requireCommit(text, option) {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new Error(`${option}: expected 40 hex digits, got ${JSON.stringify(text)}`);
  return text;
}

async function pin(values, current) {
  const repository = values.repository ?? current.ACTION_PIN.repository;
  if (!/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository)) throw new Error('--repository: expected owner/name');
  const action = requireCommit(values.action ?? current.ACTION_PIN.commit, '--action');
  const workflow = requireCommit(values.workflow ?? current.WORKFLOW_PIN.commit, '--workflow');
  if (values.action !== undefined) requireFiles(action, NEEDED);
  if (values.workflow !== undefined) {
    requireFiles(workflow, [...NEEDED, WORKFLOW]);
    if (git('show', `${workflow}:${WORKFLOW}`) !== current.reusableWorkflow({ repository, commit: action }))
      throw new Error(`${workflow}: expected the reusable workflow that runs ${repository}@${action}`);
  }
  const file = path.join(ROOT, TEMPLATES);
  const pins = { ACTION_PIN: { repository, commit: action }, WORKFLOW_PIN: { repository, commit: workflow } };
  await writeFile(file, withPins(await readFile(file, 'utf8'), pins));
  await writeFile(path.join(ROOT, WORKFLOW), current.reusableWorkflow(pins.ACTION_PIN));
  console.log(`${WORKFLOW}: runs ${repository}@${action}`);
  console.log(`${TEMPLATES}: new projects call ${repository}/${WORKFLOW}@${workflow}`);
  if (workflow === UNPINNED) console.log('the workflow has no commit yet: commit this, then run --workflow <that commit>');
  console.log('run `npm run build` before the next commit: dist/ holds the pins too');
}

async function main(args) {
  const options = { repository: { type: 'string' }, action: { type: 'string' }, workflow: { type: 'string' }, check: { type: 'boolean' } };
  const { values } = parseArgs({ args, options });
  const current = await loadWorkflowFiles();
  if (values.check !== true) return pin(values, current);
  const text = await readFile(path.join(ROOT, WORKFLOW), 'utf8');
  if (text !== current.reusableWorkflow(current.ACTION_PIN))
    throw new Error(`${WORKFLOW}: not what src/render gives; run this without --check`);
  console.log(`${WORKFLOW}: what src/render gives`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
