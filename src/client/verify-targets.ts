// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { CountersignError } from '../tuf/errors.ts';
import { hostingOf } from '../tuf/hosting.ts';
import type { RoleName } from '../tuf/names.ts';
import type { TargetFile } from '../tuf/targets.ts';
import { readTarget } from './download.ts';
import { allTargetLocations } from './location.ts';
import { attempt, type ProblemList } from './repository-report.ts';
import type { Session } from './roles.ts';
import type { VerifiedRole } from './verify-roles.ts';

/** What became of the target files. */
export interface TargetsCheck {
  readonly checked: number;
  /** Paths in the repository, in the order in which they are listed. */
  readonly absent: readonly string[];
}

function* places(
  session: Session,
  roles: ReadonlyMap<RoleName, VerifiedRole>,
): Generator<{ readonly location: string; readonly file: TargetFile }> {
  const root = session.set.root.signed;
  const seen = new Set<string>();
  for (const { file: role } of roles.values()) {
    for (const [path, file] of role.signed.targets) {
      for (const location of allTargetLocations(root, path, file)) {
        // Two roles may list one file; only if they say different things of it is it read twice.
        const key = JSON.stringify([location, file.length, ...file.hashes]);
        if (seen.has(key)) continue;
        seen.add(key);
        yield { location, file };
      }
    }
  }
}

/** So many of them, each as likely as any other, in their order: in one pass, and without holding more than that many. */
function* sampled<T>(items: Iterable<T>, count: number): Generator<T, void, void> {
  const kept: { readonly index: number; readonly item: T }[] = [];
  let index = 0;
  for (const item of items) {
    // Algorithm R. Drawn by what nobody can foresee: a host must not know which of its files nobody will look at.
    if (kept.length < count) kept.push({ index, item });
    else {
      const place = randomInt(index + 1);
      if (place < count) kept[place] = { index, item };
    }
    index++;
  }
  for (const { item } of kept.sort((a, b) => a.index - b.index)) yield item;
}

/**
 * Hashes the hosted target files of all roles, wherever a client may look for them.
 * @param which - `all`: every listed file must be hosted; `hosted`: those that are, or are signed to be; a sample of so many places that are listed
 * @throws `io`
 */
export async function verifyTargets(
  session: Session,
  roles: ReadonlyMap<RoleName, VerifiedRole>,
  which: 'all' | 'hosted' | { readonly sample: number },
  problems: ProblemList,
): Promise<TargetsCheck> {
  let checked = 0;
  const absent: string[] = [];
  const listed = places(session, roles);
  for (const { location, file } of typeof which === 'string' ? listed : sampled(listed, which.sample)) {
    await attempt(problems, async () => {
      if ((await readTarget(session.source, location, file, null)) !== null) {
        checked++;
        return;
      }
      absent.push(location);
      // Whoever signed it said that it is here: clients look for it at no other host.
      if (hostingOf(file) === 'site')
        throw new CountersignError('not-found', location, 'expected this target file, which is signed to be in the site, got nothing');
      if (which === 'all') throw new CountersignError('not-found', location, 'expected this target file, got nothing');
    });
  }
  return { checked, absent };
}
