// SPDX-License-Identifier: Apache-2.0
import { parse } from 'yaml';

/** A mapping of a YAML file. */
export type Mapping = Readonly<Record<string, unknown>>;

/** What a job's token may do: `contents` to `write`. What is absent it may not. */
export type Permissions = ReadonlyMap<string, 'read' | 'write'>;

/** A workflow file, read as far as the driver needs it. */
export interface WorkflowFile {
  /** `.github/workflows/release.yml`. */
  readonly path: string;
  readonly name: string;
  readonly document: Mapping;
  /** Its triggers: the configuration of each event by name, empty where it has none. */
  readonly on: ReadonlyMap<string, Mapping>;
  readonly jobs: ReadonlyMap<string, Mapping>;
}

/** A mapping, or an empty one for anything else. */
export function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

/** One name or a list of them. */
export function names(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
}

function triggers(on: unknown): ReadonlyMap<string, Mapping> {
  if (typeof on === 'string' || Array.isArray(on)) return new Map(names(on).map((name) => [name, {}]));
  return new Map(Object.entries(mapping(on)).map(([name, config]) => [name, name === 'schedule' ? { crons: config } : mapping(config)]));
}

/** Reads a workflow file. */
export function parseWorkflow(path: string, text: string): WorkflowFile {
  const document = mapping(parse(text));
  return {
    path,
    name: typeof document['name'] === 'string' ? document['name'] : path,
    document,
    on: triggers(document['on']),
    jobs: new Map(Object.entries(mapping(document['jobs'])).map(([id, job]) => [id, mapping(job)])),
  };
}

/** All permissions that a workflow may name; `read-all` and `write-all` mean each of these. */
const PERMISSIONS = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
];

/** A `permissions:` value; null where there is none, so that the next one outwards counts. */
export function parsePermissions(value: unknown): Permissions | null {
  if (value === undefined) return null;
  if (value === 'read-all' || value === 'write-all') {
    const level = value === 'read-all' ? 'read' : 'write';
    return new Map(PERMISSIONS.map((name) => [name, name === 'id-token' && level === 'read' ? null : level] as const).filter(isGranted));
  }
  return new Map(
    Object.entries(mapping(value))
      .map(([name, level]) => [name, level === 'none' ? null : grant(name, level)] as const)
      .filter(isGranted),
  );
}

function grant(name: string, level: unknown): 'read' | 'write' {
  if (!PERMISSIONS.includes(name) || (level !== 'read' && level !== 'write')) throw new Error(`permissions: ${name}: ${String(level)}`);
  return level;
}

function isGranted(entry: readonly [string, 'read' | 'write' | null]): entry is readonly [string, 'read' | 'write'] {
  return entry[1] !== null;
}

/** What `asked` has beyond `allowed`: GitHub starts no workflow whose called jobs ask for more than their caller has. */
export function beyond(asked: Permissions, allowed: Permissions): readonly string[] {
  return [...asked]
    .filter(([name, level]) => allowed.get(name) !== 'write' && allowed.get(name) !== level)
    .map(([name, level]) => `${name}: ${level}`);
}

/** The same with every right to write gone but that to read kept: what a fork's pull request gets. */
export function readOnly(permissions: Permissions): Permissions {
  return new Map([...permissions].filter(([name]) => name !== 'id-token').map(([name]) => [name, 'read']));
}

/** Jobs in an order in which each comes after those that it needs. */
export function inOrder(jobs: ReadonlyMap<string, Mapping>): readonly string[] {
  const done: string[] = [];
  const visit = (id: string, path: readonly string[]): void => {
    if (done.includes(id)) return;
    const job = jobs.get(id);
    if (job === undefined || path.includes(id)) throw new Error(`jobs.${id}: needed by ${path.join(' -> ')}, and missing or circular`);
    for (const need of names(job['needs'])) visit(need, [...path, id]);
    done.push(id);
  };
  for (const id of jobs.keys()) visit(id, []);
  return done;
}

/** All jobs that a job comes after, near and far. */
export function ancestorsOf(jobs: ReadonlyMap<string, Mapping>, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: string): void => {
    for (const need of names(jobs.get(one)?.['needs'])) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
}
