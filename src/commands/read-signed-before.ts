// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import type { SignedBefore } from '../event/decide-gather.ts';
import type { EventFacts } from '../event/facts.ts';
import { classifyPath, rolePath } from '../event/layout.ts';
import { signersOf } from '../event/proposal.ts';
import { collectCountersignatures, signedContents } from '../event/signatures.ts';
import type { Forge, Pull } from '../ports.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import { payloadHistory, payloadsAt, proposalPulls } from './read-events.ts';

/** What people have signed of each role in events that did not complete. What they have said is read once for all roles. */
export async function readSignedBefore(forge: Forge, base: Base, roles: Iterable<RoleName>): Promise<ReadonlyMap<RoleName, SignedBefore>> {
  const wanted = [...roles].flatMap((role) => {
    const signers = signersOf(base, role);
    return signers === null ? [] : [{ role, signers, versions: new Set<number>(), closed: new Map<number, Set<PayloadDigest>>() }];
  });
  if (wanted.length === 0) return new Map();
  // All of them: a branch may be named after another role of its event, or after nothing. What a line says counts; nobody signs what a fork proposes.
  for (const pull of await proposalPulls(forge)) {
    if (pull.state === 'merged' || pull.from === 'fork') continue;
    const { posted } = collectCountersignatures({ reviews: await forge.reviews(pull.number), comments: await forge.comments(pull.number) });
    for (const { role, signers, versions, closed } of wanted) {
      if (!posted.some(({ line }) => line.role === role)) continue;
      const payloads = await payloadHistory(forge, pull.headSha, [rolePath(role)]);
      const current = pull.state === 'open' ? await currentPayload(forge, pull, role) : null;
      for (const [version, digests] of signedContents(role, base.repository, signers.people, signers.keys, posted, payloads)) {
        if ([...digests].some((digest) => digest !== current)) versions.add(version);
        if (pull.state === 'closed') closed.set(version, new Set([...(closed.get(version) ?? []), ...digests]));
      }
    }
  }
  return new Map(wanted.map(({ role, versions, closed }) => [role, { versions, closed }]));
}

async function currentPayload(forge: Forge, pull: Pull, role: RoleName): Promise<PayloadDigest | null> {
  return (await payloadsAt(forge, pull.headSha, [rolePath(role)])).get(role) ?? null;
}

/** As {@link readSignedBefore}, of the roles that some events change. */
export async function readSignedBeforeOf(
  forge: Forge,
  base: Base | null,
  events: readonly EventFacts[],
): Promise<ReadonlyMap<RoleName, SignedBefore>> {
  if (base === null) return new Map();
  const roles = new Set<RoleName>();
  for (const path of events.flatMap(({ changes }) => [...changes.keys()])) {
    const what = classifyPath(path);
    if (what.kind === 'role' && base.roles.has(what.role)) roles.add(what.role);
  }
  return readSignedBefore(forge, base, roles);
}
