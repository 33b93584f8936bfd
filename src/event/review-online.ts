// SPDX-License-Identifier: Apache-2.0
import { outcomeOf, type Refusal } from '../tuf/errors.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import { TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import type { Base } from './base.ts';
import { latestOf, vouchedFor } from './vouched.ts';
import type { Finding } from './weigh-candidates.ts';

/** The online files of one place. */
export interface OnlineFiles {
  readonly timestamp: Uint8Array | null;
  readonly snapshot: Uint8Array | null;
}

/** Why no root of ours vouches for a file; null when one does, or there is none. */
function refusalOf(base: Base, role: 'timestamp' | 'snapshot', bytes: Uint8Array | null): Refusal | null {
  if (bytes === null) return null;
  const parsed = outcomeOf(() => (role === 'timestamp' ? parseTimestamp(bytes) : parseSnapshot(bytes)));
  const where = role === 'timestamp' ? TIMESTAMP_PATH : role;
  if (parsed.kind === 'refused') return { ...parsed.refusal, where: `${where} ${parsed.refusal.where}` };
  const roots = base.roots.map(({ file }) => file.signed);
  const { files } =
    role === 'timestamp'
      ? vouchedFor(base.repository, role, [bytes], roots, parseTimestamp)
      : vouchedFor(base.repository, role, [bytes], roots, parseSnapshot);
  if (files.length > 0) return null;
  return { code: 'threshold', where, detail: `expected a ${role} of this repository that a root of it vouches for, got another` };
}

function versionOf(base: Base, bytes: Uint8Array | null): number {
  const roots = base.roots.map(({ file }) => file.signed);
  const { files } = vouchedFor(base.repository, 'timestamp', bytes === null ? [] : [bytes], roots, parseTimestamp);
  return latestOf(files)?.file.signed.version ?? 0;
}

/**
 * What is wrong with the published branch's and the site's online files: those that nobody's key of ours has signed, or that can't be read, as of a version that no
 * number holds; and a branch that is behind what clients are served, which somebody has reset.
 */
export function reviewOnline(base: Base, published: OnlineFiles, live: OnlineFiles): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [source, files] of [
    ['published', published],
    ['live', live],
  ] as const) {
    for (const role of ['timestamp', 'snapshot'] as const) {
      const refusal = refusalOf(base, role, files[role]);
      if (refusal !== null) findings.push({ ...refusal, source });
    }
  }
  const [branch, served] = [versionOf(base, published.timestamp), versionOf(base, live.timestamp)];
  if (served > branch && served > 0) {
    const got = branch === 0 ? 'none' : String(branch);
    const detail = `expected at least version ${String(served)}, which clients are served, got ${got}; somebody has reset the branch, and it is built upon what is served`;
    findings.push({ source: 'published', code: 'rollback', where: TIMESTAMP_PATH, detail });
  }
  return findings;
}
