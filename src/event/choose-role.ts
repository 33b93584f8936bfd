// SPDX-License-Identifier: Apache-2.0
import { payloadDigest } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import type { Targets } from '../tuf/targets.ts';
import type { PublishedRole } from './published-roles.ts';
import { reportOtherBytes, type Finding, type Weighed } from './weigh-candidates.ts';

/** What was chosen of a role, and what was signed for it and left out. */
export interface RoleChoice {
  readonly best: Weighed<Targets> | null;
  readonly leftOut: readonly Weighed<Targets>[];
}

/** Says that one version has several contents, once for each place that has another than `kept`. */
function reportEquivocation(name: RoleName, same: readonly Weighed<Targets>[], kept: Weighed<Targets> | null, findings: Finding[]): void {
  const version = String(same[0]?.file.signed.version);
  const digests = [...new Set(same.map(({ file }) => payloadDigest(file.payload)))];
  const known = kept === null ? null : payloadDigest(kept.file.payload);
  const told = new Set<string>();
  for (const { source, file } of same) {
    if (payloadDigest(file.payload) === known || told.has(source)) continue;
    told.add(source);
    const what = digests.map((one) => `sha256:${one}`).join(' and ');
    const then = known === null ? 'none of them is taken' : `the published one, sha256:${known}, is kept`;
    const detail = `expected one content, got ${what}, all validly signed; ${then}`;
    findings.push({ source, code: 'equivocation', where: `${name}@${version}`, detail });
  }
}

/** Says which versions below the chosen one have several contents: nobody is shown them any more, but somebody has signed twice. */
function reportOldContents(name: RoleName, counting: readonly Weighed<Targets>[], chosen: number, findings: Finding[]): void {
  const byVersion = new Map<number, Weighed<Targets>[]>();
  for (const one of counting) {
    const { version } = one.file.signed;
    if (version >= chosen) continue;
    const same = byVersion.get(version) ?? [];
    // By bytes first: to encode a large file again costs far more.
    if (same.every(({ bytes }) => Buffer.compare(bytes, one.bytes) !== 0)) byVersion.set(version, [...same, one]);
  }
  for (const same of byVersion.values()) {
    const contents = new Set(same.map(({ file }) => payloadDigest(file.payload)));
    const known = same.find(({ source }) => source === 'live') ?? same[0] ?? null;
    if (contents.size > 1) reportEquivocation(name, same, known, findings);
  }
}

/**
 * Of all files of a role that verify, the highest version. Where a version has several contents that are validly signed, the one that the published snapshot
 * lists is kept; where it lists none of them, the role stays at what it lists, and out where it lists nothing: whoever has one of the role's keys may have signed
 * the other, and must not be able to stop all roles with it.
 * @param published - how the published snapshot lists the role; undefined where it does not
 * @param lowest - the lowest version that may be taken
 */
export function chooseRole(
  name: RoleName,
  valid: readonly Weighed<Targets>[],
  published: PublishedRole | undefined,
  lowest: number,
  findings: Finding[],
): RoleChoice {
  const counting = valid.filter(({ file }) => file.signed.version >= lowest);
  const leftOut: Weighed<Targets>[] = [];
  const versions = [...new Set(counting.map(({ file }) => file.signed.version))].sort((a, b) => b - a);
  for (const version of versions) {
    // Once a version is in dispute, only what clients have is out of it.
    if (leftOut.length > 0 && version !== published?.version) continue;
    const same = counting.filter(({ file }) => file.signed.version === version);
    const listed = version === published?.version ? same.find(({ bytes }) => sha256Hex(bytes) === published.sha256) : undefined;
    const contents = same.length === 1 ? 1 : new Set(same.map(({ file }) => payloadDigest(file.payload))).size;
    const best = listed ?? (contents === 1 ? same[0] : undefined);
    if (contents > 1) reportEquivocation(name, same, best ?? null, findings);
    if (best === undefined) {
      leftOut.push(...same);
      continue;
    }
    if (listed !== undefined && same.length > 1) {
      const content = payloadDigest(listed.file.payload);
      const alike = same.filter(({ file }) => contents === 1 || payloadDigest(file.payload) === content);
      reportOtherBytes(`${name}@${String(version)}`, listed, alike, findings);
    }
    reportOldContents(name, counting, version, findings);
    return { best, leftOut };
  }
  const [below] = valid.filter(({ source }) => source !== 'history');
  if (counting.length === 0 && below !== undefined) {
    const { version } = below.file.signed;
    const detail = `expected version ${String(lowest)} or later, since what was published before does not count again`;
    findings.push({ source: below.source, code: 'rollback', where: `${name}@${String(version)}`, detail });
  }
  return { best: null, leftOut };
}
