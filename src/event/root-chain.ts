// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import { payloadDigest, type Metadata, type PayloadDigest } from '../tuf/metadata.ts';
import { parseThreshold } from '../tuf/names.ts';
import { parseRoot, type Root } from '../tuf/root.ts';
import { requireThreshold, type RoleKeys } from '../tuf/threshold.ts';
import { requireRootTransition } from '../tuf/trusted-set.ts';
import { onlyOnce, reportOtherBytes, reportRejected, weigh, type Candidate, type Finding, type Weighed } from './weigh-candidates.ts';

/**
 * Requires root v1 to be signed by every key that it lists. Nothing before it could vouch for it, so everyone it names must.
 * @throws `threshold`
 */
export function requireEveryKey(root: Metadata<Root>): void {
  const { keys, roles } = root.signed;
  const role: RoleKeys = {
    keyIds: roles.root.keyIds,
    threshold: parseThreshold(Math.max(roles.root.keyIds.length, roles.root.threshold), 'root'),
  };
  requireThreshold({ payload: root.payload, signatures: root.signatures, keys, role }, 'root@1');
}

function requireFirstRoot(root: Metadata<Root>, anchor: PayloadDigest | null): void {
  const digest = payloadDigest(root.payload);
  if (anchor !== null && digest !== anchor) {
    throw new CountersignError('anchor-mismatch', 'root@1', `expected the root that is pinned, sha256:${anchor}, got sha256:${digest}`);
  }
  // A pinned root was compared by people; one that is not needs all of them.
  if (anchor === null) requireEveryKey(root);
  else
    requireThreshold(
      { payload: root.payload, signatures: root.signatures, keys: root.signed.keys, role: root.signed.roles.root },
      'root@1',
    );
}

/**
 * Of several roots of one version that all verify, the one that clients have: a root can't be skipped, so they can't be led to another. The site is asked first,
 * then the published branch. Of root v1 the site alone: whoever may push can make another with keys of their own, and nothing before it could vouch for either.
 * @throws `equivocation` when neither tells them apart: whichever is published first, wins, and people must say which
 */
function theOneThatClientsHave(version: number, valid: readonly Weighed<Root>[], findings: Finding[]): readonly Weighed<Root>[] {
  const digest = ({ file }: Weighed<Root>): PayloadDigest => payloadDigest(file.payload);
  const all = new Set(valid.map(digest));
  if (all.size <= 1) return valid;
  const where = `root@${String(version)}`;
  for (const source of version === 1 ? (['live'] as const) : (['live', 'published'] as const)) {
    const [held, ...others] = new Set(valid.filter((one) => one.source === source).map(digest));
    if (held === undefined || others.length > 0) continue;
    for (const one of valid.filter((other) => digest(other) !== held)) {
      const detail = `expected the content that clients have, sha256:${held}, got sha256:${digest(one)}, validly signed too`;
      findings.push({ source: one.source, code: 'equivocation', where, detail });
    }
    return valid.filter((one) => digest(one) === held);
  }
  throw new CountersignError(
    'equivocation',
    where,
    `expected one content, got ${[...all].map((one) => `sha256:${one}`).join(' and ')}, both validly signed`,
  );
}

/** No snapshot says which bytes of a root are right. Whatever is added to a file makes it longer: blank lines, one more signature. */
function shortest(valid: readonly Weighed<Root>[]): Weighed<Root> | null {
  const [first] = [...valid].sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return first ?? null;
}

/** Roots after the end of the chain: nothing that is trusted leads to them. */
function reportUnreached(end: number, byVersion: ReadonlyMap<number, readonly Candidate[]>, findings: Finding[]): void {
  for (const [version, roots] of byVersion) {
    const source = roots.find((one) => one.source !== 'history')?.source;
    if (version <= end || source === undefined) continue;
    findings.push({
      source,
      code: 'rollback',
      where: `root@${String(version)}`,
      detail: `expected version ${String(end)} before it, got none that verifies`,
    });
  }
}

/** A chain of roots, and all files that verify as one of them. */
export interface RootChain {
  readonly chain: readonly Weighed<Root>[];
  readonly verified: readonly Weighed<Root>[];
}

/**
 * Follows the roots one by one from version 1.
 * @param anchor - the payload digest of root v1 where it is pinned
 * @throws `equivocation` when two contents of one version are both validly signed and clients have neither or both
 */
export function rootChain(candidates: readonly Candidate[], anchor: PayloadDigest | null, findings: Finding[]): RootChain {
  const parse = onlyOnce(parseRoot);
  const { valid: parsed, rejected } = weigh(candidates, parse, () => undefined);
  reportRejected(rejected, null, findings);
  const byVersion = new Map<number, Candidate[]>();
  for (const { file, source, bytes, path } of parsed) {
    const { version } = file.signed;
    byVersion.set(version, [...(byVersion.get(version) ?? []), { source, bytes, ...(path === null ? {} : { path }) }]);
  }
  const chain: Weighed<Root>[] = [];
  const verified: Weighed<Root>[] = [];
  for (let version = 1; ; version++) {
    const previous = chain.at(-1);
    const weighed = weigh(byVersion.get(version) ?? [], parse, (file) => {
      if (previous === undefined) requireFirstRoot(file, anchor);
      else requireRootTransition(previous.file, file);
    });
    reportRejected(weighed.rejected, null, findings);
    const valid = theOneThatClientsHave(version, weighed.valid, findings);
    const next = shortest(valid);
    if (next === null) {
      reportUnreached(version, byVersion, findings);
      return { chain, verified };
    }
    reportOtherBytes(`root@${String(version)}`, next, valid, findings);
    chain.push(next);
    verified.push(...valid);
  }
}
