// SPDX-License-Identifier: Apache-2.0
import type { CallerFacts } from '../event/decide-doctor.ts';
import { readYaml } from './yaml-text.ts';

type Entry = ReadonlyMap<unknown, unknown>;

function mapOf(value: unknown): Entry {
  return value instanceof Map ? value : new Map();
}

/** Jobs and steps that run somebody's code by name. */
function users(workflow: Entry): readonly Entry[] {
  const jobs = [...mapOf(workflow.get('jobs')).values()].map(mapOf);
  const steps = jobs.flatMap((job) => {
    const list = job.get('steps');
    return Array.isArray(list) ? list.map(mapOf) : [];
  });
  return [...jobs, ...steps].filter((one) => typeof one.get('uses') === 'string');
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

/** Whether an entry runs our action or workflow, rather than another action such as the one that deploys. */
function isOurs(entry: Entry): boolean {
  // A fork may have another name: then what it is given tells.
  return /(?:^|\/)countersign(?:\/|@)/.test(textOr(entry.get('uses'), '')) || mapOf(entry.get('with')).has('root');
}

/**
 * What a project's workflow runs, and with which root. Never throws: what can't be read is told.
 * @param text - null when there is no file
 */
export function readCaller(text: string | null): CallerFacts {
  if (text === null) return { kind: 'missing' };
  const reading = readYaml(text);
  if (reading.kind === 'unreadable') return { kind: 'unreadable', reason: `is no YAML: ${reading.reason}` };
  const all = users(mapOf(reading.value));
  const ours = all.filter(isOurs).map((entry) => mapOf(entry.get('with')));
  return {
    kind: 'found',
    uses: all.map((entry) => textOr(entry.get('uses'), '')),
    roots: ours.map((given) => textOr(given.get('root'), null)),
    metadataHosting: ours.some((given) => given.get('metadata-hosting') === 'release') ? 'release' : 'pages',
    deploy: ours.some((given) => given.get('deploy') === false) ? 'elsewhere' : 'here',
  };
}
