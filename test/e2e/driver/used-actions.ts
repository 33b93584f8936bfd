// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { mapping, type Mapping } from './workflow-file.ts';

/** Where the code of actions is. */
export interface ActionSources {
  /** Directories of the actions of this project, by `owner/repository@ref`. */
  readonly own: ReadonlyMap<string, string>;
  /** The directory of a stand-in for an action of others (`actions/checkout`); null when there is none. */
  readonly standIn: (name: string) => string | null;
  /** A workflow file of a repository of others; null when there is none. */
  readonly workflow: (repository: string, path: string) => string | null;
}

function stepsOf(value: unknown): readonly Mapping[] {
  return Array.isArray(value) ? value.map(mapping) : [];
}

/**
 * The directories for every action that a job's steps use, and that those use in turn, by `owner/repository@ref`: act fetches all of them before it
 * evaluates any `if:`, and must find each here.
 */
export async function usedActions(sources: ActionSources, job: Mapping): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const open = [...stepsOf(job['steps'])];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { uses } = step;
    if (typeof uses !== 'string' || uses.startsWith('./')) continue;
    const [, repository, path, ref] = /^([^/@]+\/[^/@]+)(\/[^@]+)?@(.+)$/.exec(uses) ?? [];
    if (repository === undefined || ref === undefined) throw new Error(`${uses}: expected owner/repository@ref`);
    const key = `${repository}@${ref}`;
    if (found.has(key)) continue;
    const directory = sources.own.get(key) ?? sources.standIn(repository);
    if (directory === null) throw new Error(`${uses}: there is no stand-in for it in test/e2e/stand-ins`);
    found.set(key, directory);
    const file = ['action.yml', 'action.yaml'].map((name) => join(directory, path ?? '', name)).find((one) => existsSync(one));
    if (file === undefined) throw new Error(`${uses}: expected an action.yml in ${directory}`);
    open.push(...stepsOf(mapping(mapping(parse(readFileSync(file, 'utf8')))['runs'])['steps']));
  }
  return found;
}
