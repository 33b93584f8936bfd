// SPDX-License-Identifier: Apache-2.0
import type { EventStatus } from '../../src/event/facts.ts';
import { encodeCountersignatures, type Countersignature } from '../../src/trust/countersignature.ts';
import { keyIdOf } from '../../src/tuf/key.ts';
import { parsePayloadDigest } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { payloadDigest } from '../../src/tuf/metadata.ts';
import { signerOf } from '../commands/support.ts';
import type { GitHubGround } from '../commands/github-ground.ts';

/** An open event, as attackers see it. */
export interface OpenEvent {
  readonly number: number;
  readonly branch: string;
  /** What is to be signed. */
  readonly payload: Uint8Array;
  readonly version: number;
}

let files = 0;

/** Opens an event for releases with one new file. */
export async function openEvent(ground: GitHubGround, role = 'releases'): Promise<OpenEvent> {
  const prefix = role === 'docs' ? 'docs/' : `v${String(++files)}/`;
  const result = await ground.propose(
    { [role === 'docs' ? `page${String(++files)}` : 'app']: String(files) },
    { role, targetPrefix: prefix },
  );
  const { number, branch } = result;
  if (number === null || branch === null) throw new Error(`nothing was opened: ${result.outcome}`);
  return { number, branch, ...(await proposedBytes(ground, branch, role)) };
}

async function proposedBytes(ground: GitHubGround, branch: string, role: string): Promise<Pick<OpenEvent, 'payload' | 'version'>> {
  const { forge } = await ground.adapters('gather');
  const head = (await forge.branches(branch)).get(branch);
  const entry = head === undefined ? undefined : (await forge.tree(head)).get(`metadata/${role}.json`);
  const bytes = entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id);
  const file = parseTargets(bytes ?? new Uint8Array());
  return { payload: file.payload, version: file.signed.version };
}

/** A countersignature by a person's key, as that person would give it; `change` makes it another. */
export async function lineBy(
  ground: GitHubGround,
  person: string,
  event: Pick<OpenEvent, 'payload' | 'version'>,
  change: Partial<Countersignature> & { readonly signed?: Uint8Array } = {},
): Promise<Countersignature> {
  const signer = signerOf(person);
  const { repository } = await ground.base();
  const { signed, ...rest } = change;
  return {
    repository: parseRepositoryId(repository, 'test'),
    role: 'releases',
    version: parseVersion(event.version, 'test'),
    payload: parsePayloadDigest(payloadDigest(event.payload), 'test'),
    keyId: keyIdOf(await signer.publicKey()),
    sig: await signer.sign(signed ?? event.payload),
    ...rest,
  };
}

/** The block of some lines. */
export function blockOf(...lines: readonly Countersignature[]): string {
  return encodeCountersignatures(lines);
}

/** Posts a review of any state as a person. */
export async function postReview(
  ground: GitHubGround,
  person: string,
  number: number,
  body: string,
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' = 'APPROVED',
): Promise<number> {
  const { forge } = await ground.adapters({ person });
  return (await forge.submitReview(number, { state, body, commitSha: (await ground.pull(number)).headSha })).id;
}

/** Posts a comment as a person. */
export async function postComment(ground: GitHubGround, person: string, number: number, body: string): Promise<void> {
  const { forge } = await ground.adapters({ person });
  await forge.comment(number, body);
}

/** Who of an event's signers has signed, as gather counts them. */
export function votesOf(status: EventStatus | undefined): readonly string[] {
  return (status?.roles ?? []).flatMap(({ requirements }) => requirements.flatMap(({ votes }) => votes.map(({ person }) => person)));
}

/** What gather says of one event: its state, who counts, and the codes of what does not. */
export interface Said {
  readonly state: string;
  readonly votes: readonly string[];
  readonly ignored: readonly string[];
  readonly problems: readonly string[];
}

/** Gathers, and tells what became of an event. */
export async function judged(ground: GitHubGround, number: number): Promise<Said> {
  const { completed, events } = await ground.gather();
  if (completed.includes(number)) return { state: 'merged', votes: [], ignored: [], problems: [] };
  const status = events.find(({ pull }) => pull.number === number);
  return {
    state: status?.state ?? 'gone',
    votes: votesOf(status),
    ignored: (status?.roles ?? []).flatMap(({ ignored }) => ignored.map(({ code }) => code)),
    problems: (status?.problems ?? []).map(({ code }) => code),
  };
}

/** Our one comment on an event: what people are told. */
export async function toldOn(ground: GitHubGround, number: number): Promise<string> {
  const { forge } = await ground.adapters('gather');
  return (await forge.comments(number)).find(({ body }) => body.includes('countersign:status'))?.body ?? '';
}
