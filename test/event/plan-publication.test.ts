// SPDX-License-Identifier: Apache-2.0
// Which files of a state go out where a role that is delegated has none that verifies.
import { expect, test } from 'vitest';
import { decideSnapshot, heldOnline, listedRoles } from '../../src/event/decide-publish.ts';
import { planPublication } from '../../src/event/plan-publication.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { TARGETS } from '../../src/tuf/names.ts';
import { SNAPSHOT_KEY } from '../fakes/test-signer.ts';
import {
  ALICE,
  answers,
  BASE,
  BOB,
  CAROL,
  compute,
  DAVE,
  FRANK,
  NOW,
  RELEASES,
  RELEASES_ROLE,
  seal,
  targetsSigned,
  topTargets,
  WORLD,
  type DelegationSpec,
  type Found,
} from './support.ts';

const { targets = new Uint8Array(), releases = new Uint8Array() } = WORLD.roles;
const NIGHTLY: DelegationSpec = { ...RELEASES, name: 'nightly', paths: ['nightly/*'] };
const SECOND = seal(targetsSigned({ files: { 'v1/app': 'another' } }), [CAROL, DAVE]);

/** What {@link WORLD} published: the releases too, or nothing of them yet. */
function snapshot(of: 'all' | 'no releases'): Uint8Array {
  const files = new Map([...listedRoles(BASE)].filter(([role]) => of === 'all' || role !== RELEASES_ROLE));
  const plan = decideSnapshot(BASE, heldOnline(BASE, { snapshots: [], timestamps: [] }), NOW, files);
  if (plan.kind === 'keep') throw new Error('expected a first snapshot');
  const payload = encodeCanonicalJson(plan.signed);
  return encodeMetadata(plan.signed, [{ keyId: parseKeyId(SNAPSHOT_KEY.keyId, 'keyid'), sig: SNAPSHOT_KEY.sign(payload) }]);
}

/** The version of targets that goes out, of which the branch has v2 with these delegations, and how often a revocation is told as not published. */
function out(
  delegations: readonly DelegationSpec[],
  files: readonly Uint8Array[],
  published: 'all' | 'no releases' = 'no releases',
): string {
  const next = seal(topTargets({ version: 2, delegations }), [ALICE, BOB]);
  const found: Found = {
    root: WORLD.roots.map((bytes) => ['published', bytes] as const),
    targets: [
      ['published', targets],
      ['metadata-branch', next],
    ],
    releases: files.map((bytes) => ['metadata-branch', bytes] as const),
  };
  const { base } = compute(found);
  if (base === null) throw new Error('expected a state');
  const known = new Map([[TARGETS, [targets, next]] as const, [RELEASES_ROLE, files] as const]);
  const facts = { base, held: heldOnline(base, { snapshots: [snapshot(published)], timestamps: [] }), known };
  const plan = planPublication({ ...facts, servedRoots: 1, isServedKnown: true, missing: new Map() });
  const version = [...plan.base.roles].find(([role]) => role === 'targets')?.[1].file.signed.version ?? 0;
  return `targets v${String(version)}${plan.findings.some(({ code }) => code === 'revocation-unpublished') ? ', told' : ''}`;
}

test('a delegation goes out unless it leaves a role without a file that clients have one of', () => {
  const fewer: DelegationSpec = { ...RELEASES, signers: [CAROL, FRANK] };
  expect(
    answers({
      'the role has a file that verifies under it': () => out([{ ...RELEASES, signers: [CAROL, DAVE] }], [releases]),
      'it has none': () => out([fewer], [releases], 'all'),
      'clients have one of the two that its key has signed': () => out([fewer], [releases, SECOND], 'all'),
      'it had none before, since its key has signed two': () => out([fewer], [releases, SECOND]),
      'it had none before, and neither has another one': () => out([fewer, NIGHTLY], [releases, SECOND]),
      'the role goes': () => out([], [releases, SECOND]),
    }),
  ).toEqual({
    'the role has a file that verifies under it': 'targets v2',
    'it has none': 'targets v1, told',
    'clients have one of the two that its key has signed': 'targets v1, told',
    'it had none before, since its key has signed two': 'targets v2',
    'it had none before, and neither has another one': 'targets v1, told',
    'the role goes': 'targets v2',
  });
});
