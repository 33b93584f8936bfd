// SPDX-License-Identifier: Apache-2.0
import { decideDoctor, type DoctorFinding, type HeldKey } from '../event/decide-doctor.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from '../event/layout.ts';
import {
  CALLER_FILE,
  CALLER_PATH,
  CUSTODY_SECRET,
  custodyEnvironment,
  ONLINE_ENVIRONMENT,
  ONLINE_SECRET,
  WAKE_PATH,
} from '../event/workflow-names.ts';
import type { Forge } from '../ports.ts';
import type { Settings } from '../ports/settings.ts';
import { wakeWorkflow } from '../render/workflow-files.ts';
import type { Instant } from '../tuf/instant.ts';
import { readCaller } from './read-caller.ts';
import { readPolicy } from './read-policy.ts';
import { headOf, readBegun, readText, type Begun } from './setup-files.ts';

/** What doctor found. */
export interface DoctorResult {
  readonly repository: string;
  /** The worst first; empty when all is well. */
  readonly findings: readonly DoctorFinding[];
}

/** Keys that are to be in environments: the online key, and those of people in custody. @throws `policy-invalid` */
function heldKeys(begun: Begun | null): readonly HeldKey[] {
  const online = { environment: ONLINE_ENVIRONMENT, name: ONLINE_SECRET };
  const policy = begun?.policy ?? null;
  if (policy === null) return [online];
  const people = [...readPolicy(policy, METADATA_BRANCH).people.values()].filter(
    ({ custody }) => custody?.startsWith('environment:') === true,
  );
  return [online, ...people.map(({ name }) => ({ environment: custodyEnvironment(name), name: CUSTODY_SECRET }))];
}

function compareWake(wake: string | null): 'same' | 'changed' | 'missing' {
  if (wake === null) return 'missing';
  return wake === wakeWorkflow() ? 'same' : 'changed';
}

async function readFile(forge: Forge, branch: string, path: string): Promise<string | null> {
  const head = await headOf(forge, branch);
  return head === null ? null : readText(forge, head, path);
}

/**
 * Reads a repository's settings and workflows and says what is wrong with them. Changes nothing.
 * @throws `permission-missing` when the token does not see the repository, `policy-invalid`, `io`
 */
export async function doctor(place: { readonly forge: Forge; readonly settings: Settings; readonly now: Instant }): Promise<DoctorResult> {
  const { forge, now } = place;
  const settings = await place.settings.facts([METADATA_BRANCH, PUBLISHED_BRANCH], CALLER_FILE);
  const begun = await readBegun(forge);
  const caller = readCaller(await readFile(forge, settings.defaultBranch, CALLER_PATH));
  const wake = compareWake(await readFile(forge, METADATA_BRANCH, WAKE_PATH));
  const findings = decideDoctor({ settings, now, wake, caller, keys: heldKeys(begun), root: begun?.root ?? null });
  return { repository: settings.repository, findings };
}

/** Whether something must be changed now: a key could leak, or nobody could say that none does, or signing or publishing stops. */
export function isUrgent(findings: readonly DoctorFinding[]): boolean {
  return findings.some(({ severity }) => severity !== 'advice');
}
