// SPDX-License-Identifier: Apache-2.0
import { foldReviews, type Standing } from '../trust/approvals.ts';
import type { Account, AccountId } from '../trust/accounts.ts';
import { carriedFiles, lineIdentity, linesWorthVerifying, type CarriedFiles } from '../trust/carried-lines.ts';
import { parseCountersignatures, type Countersignature } from '../trust/countersignature.ts';
import { voterOf, type People, type Person } from '../trust/people.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import type { JsonValue } from '../tuf/json.ts';
import type { KeyId, KeyTable } from '../tuf/key.ts';
import { payloadDigest, type NewSignature, type PayloadDigest } from '../tuf/metadata.ts';
import type { Version } from '../tuf/names.ts';
import { verifySignature } from '../tuf/signature.ts';
import { countSignatures, type RoleKeys, type VoteCount } from '../tuf/threshold.ts';
import type { EventFacts, Ignored, Requirement, Via, Vote } from './facts.ts';
import { isCarried, type Listening } from './listen.ts';

/** A file that an event proposes. */
export interface ProposedFile {
  readonly repository: RepositoryId;
  readonly version: Version;
  /** The canonical bytes of its `signed` part. */
  readonly payload: Uint8Array;
}

/** What an event proposes, by role; `root` among them. */
export type ProposedFiles = ReadonlyMap<string, ProposedFile>;

/** A countersignature with the account that posted it. */
export interface Posted {
  readonly line: Countersignature;
  readonly author: Account;
  readonly via: Via;
  /** True for a review that was dismissed. */
  readonly dismissed: boolean;
}

/** All countersignatures of an event, and the carriers that could not be read. */
export interface Collected {
  readonly posted: readonly Posted[];
  readonly unreadable: readonly Ignored[];
  readonly standings: ReadonlyMap<AccountId, Standing>;
  /** By key: payloads that its owner has taken their signature back from, and not signed again since. */
  readonly withdrawn: ReadonlyMap<KeyId, ReadonlySet<PayloadDigest>>;
}

interface Carrier {
  readonly author: Account;
  readonly body: string;
  readonly via: Via;
  readonly dismissed: boolean;
}

/** Comments first: whatever counts can travel in reviews, and a comment that writers can edit is never the last word. */
function carriersOf({ reviews, comments }: Pick<EventFacts, 'reviews' | 'comments'>): readonly Carrier[] {
  return [
    ...comments.map(({ author, body }) => ({ author, body, via: 'comment' as const, dismissed: false })),
    ...reviews.map(({ author, body, state }) => ({ author, body, via: 'review' as const, dismissed: state === 'DISMISSED' })),
  ];
}

/** The keys of an event that sign through others: in custody, or of people without an account. */
function carriedKeys({ signers }: Listening, role: string): ReadonlySet<KeyId> {
  const named = (signers.get(role) ?? []).flatMap(({ roleKeys, people }) =>
    roleKeys.keyIds.filter((keyId) => {
      const person = people.byKey.get(keyId);
      return person !== undefined && isCarried(person);
    }),
  );
  return new Set(named);
}

/** What strangers' texts are looked through for. */
interface Carried {
  readonly files: CarriedFiles;
  /** Whether a line that names one of these files and keys is a signature of it. The same line is verified once, however many bring it. */
  readonly verifies: (line: Countersignature) => boolean;
}

function carriedIn(listening: Listening, proposed: ProposedFiles): Carried {
  const files = [...proposed].map(([role, { repository, version, payload }]) => {
    return { repository, role, version, payload: payloadDigest(payload), keyIds: carriedKeys(listening, role) };
  });
  const known = new Map<string, boolean>();
  const verify = (line: Countersignature): boolean => {
    const payload = proposed.get(line.role)?.payload;
    if (payload === undefined) return false;
    return (listening.signers.get(line.role) ?? []).some(({ keys }) => {
      const key = keys.get(line.keyId);
      return key !== undefined && verifySignature(key, payload, line.sig) === 'valid';
    });
  };
  return {
    files: carriedFiles(files.filter(({ keyIds }) => keyIds.size > 0)),
    verifies: (line) => {
      const identity = lineIdentity(line);
      const verdict = known.get(identity) ?? verify(line);
      known.set(identity, verdict);
      return verdict;
    },
  };
}

/** The lines of somebody's text that hold a valid signature of a carried key over what the event proposes. */
function carriedLines(body: string, { files, verifies }: Carried): readonly Countersignature[] {
  return linesWorthVerifying(body, files).filter(verifies);
}

/**
 * Accounts that bring a valid signature of a key that signs through others, of those that are not our automation: whether they may write has to be asked.
 * @param proposed - what the event proposes, by role
 */
export function carriersToAsk(
  facts: Pick<EventFacts, 'reviews' | 'comments' | 'automation'>,
  listening: Listening,
  proposed: ProposedFiles,
): readonly Account[] {
  const asked = new Map<AccountId, Account>();
  const carried = carriedIn(listening, proposed);
  for (const { author, body } of carriersOf(facts)) {
    if (facts.automation.has(author.id) || asked.has(author.id)) continue;
    if (carriedLines(body, carried).length > 0) asked.set(author.id, author);
  }
  return [...asked.values()];
}

/** What a key signs to take its signature of a payload back. No client reads it as a role. */
export function withdrawalBytes({ repository, role, version, payload }: Omit<Countersignature, 'keyId' | 'sig'>): Uint8Array {
  const members: [string, JsonValue][] = [
    ['_type', 'countersign-withdrawal'],
    ['payload', `sha256:${payload}`],
    ['repository', repository],
    ['role', role],
    ['version', version],
  ];
  return encodeCanonicalJson(new Map(members));
}

function isWithdrawal(line: Countersignature, { signers }: Listening): boolean {
  return (signers.get(line.role) ?? []).some(({ keys, roleKeys }) => {
    const key = keys.get(line.keyId);
    return key !== undefined && roleKeys.keyIds.includes(line.keyId) && verifySignature(key, withdrawalBytes(line), line.sig) === 'valid';
  });
}

/** Whether a line speaks for its key: its owner posts it, or the key signs through others. A copy that somebody else posts neither gives nor takes anything back. */
function isOfOwner(line: Countersignature, author: Account, { signers }: Listening): boolean {
  const named = (signers.get(line.role) ?? []).flatMap(({ people }) => people.byKey.get(line.keyId) ?? []);
  return named.some((person) => isCarried(person) || person.account?.id === author.id);
}

/**
 * Reads the countersignatures of an event: of people whose key is named for one of its roles, and of our automation. Of anybody else only lines whose signature
 * verifies already, for keys that sign through others, and only where that account may write. One unreadable body costs only itself.
 */
export function collectCountersignatures(
  facts: Pick<EventFacts, 'reviews' | 'comments' | 'automation' | 'writers'>,
  listening: Listening,
  proposed: ProposedFiles,
): Collected {
  const carried = carriedIn(listening, proposed);
  const posted: Posted[] = [];
  const unreadable: Ignored[] = [];
  const withdrawn = new Map<KeyId, Set<PayloadDigest>>();
  const isListenedTo = ({ author }: Carrier): boolean => listening.people.has(author.id) || facts.automation.has(author.id);
  for (const carrier of carriersOf(facts)) {
    const { author, body, via, dismissed } = carrier;
    if (!isListenedTo(carrier)) {
      if (!facts.writers.has(author.id)) continue;
      posted.push(...carriedLines(body, carried).map((line) => ({ line, author, via, dismissed })));
      continue;
    }
    const outcome = parseCountersignatures(body);
    if (outcome.kind === 'refused') {
      unreadable.push({ who: author.login, code: 'unreadable', detail: `${outcome.refusal.where}: ${outcome.refusal.detail}` });
      continue;
    }
    for (const line of outcome.value) {
      const isOwn = isOfOwner(line, author, listening);
      const taken = withdrawn.get(line.keyId) ?? new Set<PayloadDigest>();
      if (isWithdrawal(line, listening)) {
        if (isOwn) withdrawn.set(line.keyId, taken.add(line.payload));
        continue;
      }
      // Signed again since.
      if (isOwn) taken.delete(line.payload);
      posted.push({ line, author, via, dismissed });
    }
  }
  return { posted, unreadable, standings: foldReviews(facts.reviews), withdrawn };
}

/** What one threshold is judged by. */
export interface Judgement {
  /** For people: `root v1`. */
  readonly by: string;
  readonly repository: RepositoryId;
  readonly role: string;
  readonly version: Version;
  readonly payload: Uint8Array;
  readonly keys: KeyTable;
  readonly roleKeys: RoleKeys;
  readonly people: People;
  /**
   * Whether the file that says whose keys these are is signed. Until then no custody key is to be used: whoever writes a proposal could lend one to
   * themselves.
   */
  readonly isDelegatorSigned: boolean;
  /** Keys whose owner has since signed what takes the place of this payload: of a root alone. */
  readonly movedOn: ReadonlySet<KeyId>;
}

function ignoreReason(
  judgement: Judgement,
  digest: PayloadDigest,
  facts: EventFacts,
  collected: Collected,
  posted: Posted,
): Ignored | null {
  const { line, author } = posted;
  const ignored = (code: Ignored['code'], detail: string): Ignored => ({ who: author.login, code, detail });
  if (line.repository !== judgement.repository) return ignored('wrong-repository', `signed for repository ${line.repository}`);
  if (line.version !== judgement.version || line.payload !== digest) {
    return ignored('other-payload', `signed version ${String(line.version)}, sha256:${line.payload}`);
  }
  const person = judgement.people.byKey.get(line.keyId);
  if (person === undefined || !judgement.roleKeys.keyIds.includes(line.keyId)) {
    return ignored('not-a-signer', `the key ${line.keyId.slice(0, 12)}… is nobody's for ${judgement.role}`);
  }
  if (judgement.movedOn.has(line.keyId)) return ignored('moved-on', 'signed another content of this version since, which takes its place');
  if (posted.dismissed) return ignored('withdrawn', 'the review was dismissed');
  if (collected.withdrawn.get(line.keyId)?.has(line.payload) === true) return ignored('withdrawn', 'took the signature back');
  if (isCarried(person) && !facts.automation.has(author.id) && !facts.writers.has(author.id))
    return ignored('not-the-owner', 'only somebody who may write to the repository can bring this signature');
  if (person.account === null) return null;
  if (person.custody) return custodyReason(judgement, digest, facts, collected, person, ignored);
  if (person.account.id !== author.id)
    return ignored('not-the-owner', `the key is ${person.name}'s, the account ${String(author.id)} is not`);
  if (collected.standings.get(author.id)?.state === 'CHANGES_REQUESTED') return ignored('withdrawn', 'asked for changes since');
  return null;
}

/** Whether a custody signer's standing approval is of these bytes. */
function approvalCovers({ role }: Judgement, digest: PayloadDigest, facts: EventFacts, { standings }: Collected, person: Person): boolean {
  const standing = person.account === null ? undefined : standings.get(person.account.id);
  const commit = standing?.state === 'APPROVED' ? standing.review.commitSha : null;
  return commit !== null && facts.payloadsAt.get(commit)?.get(role) === digest;
}

/** A custody signature counts from any carrier while its person's approval covers the same payload. */
function custodyReason(
  judgement: Judgement,
  digest: PayloadDigest,
  facts: EventFacts,
  collected: Collected,
  person: Person,
  ignored: (code: Ignored['code'], detail: string) => Ignored,
): Ignored | null {
  const standing = person.account === null ? undefined : collected.standings.get(person.account.id);
  if (standing?.state !== 'APPROVED') return ignored('approval-missing', `${person.name} has no standing approval`);
  if (approvalCovers(judgement, digest, facts, collected, person)) return null;
  return ignored('approval-stale', `${person.name} approved other content`);
}

/** A threshold, counted. */
export interface Judged {
  /** As people read it. */
  readonly requirement: Requirement;
  /** The lines that this threshold does not take, and why. */
  readonly ignored: ReadonlyMap<Posted, Ignored>;
  /** The lines that it does take; a second one of the same key among them. */
  readonly accepted: ReadonlySet<Posted>;
  readonly signatures: readonly NewSignature[];
  /** True when any line holds a valid signature of these very bytes, even one that is not taken: it can't be called back. */
  readonly live: boolean;
}

function isLive({ role, roleKeys, keys, payload }: Judgement, digest: PayloadDigest, { posted }: Collected): boolean {
  return posted.some(({ line }) => {
    const key = keys.get(line.keyId);
    if (line.role !== role || line.payload !== digest || key === undefined || !roleKeys.keyIds.includes(line.keyId)) return false;
    return verifySignature(key, payload, line.sig) === 'valid';
  });
}

/** Judges one threshold of one file by the countersignatures of its event. */
export function judge(judgement: Judgement, facts: EventFacts, collected: Collected): Judged {
  const digest = payloadDigest(judgement.payload);
  const ignored = new Map<Posted, Ignored>();
  const accepted = new Set<Posted>();
  const candidates = collected.posted.filter((posted) => {
    if (posted.line.role !== judgement.role) return false;
    const reason = ignoreReason(judgement, digest, facts, collected, posted);
    if (reason !== null) ignored.set(posted, reason);
    return reason === null;
  });
  const { people, keys, roleKeys, payload } = judgement;
  const count: VoteCount = countSignatures({
    payload,
    signatures: candidates.map(({ line }) => line),
    keys,
    role: roleKeys,
    voterOf: (keyId) => {
      const person = people.byKey.get(keyId);
      return person === undefined ? null : voterOf(person);
    },
  });
  const signatures: NewSignature[] = [];
  candidates.forEach((posted, index) => {
    const verdict = count.entries[index]?.verdict ?? 'invalid';
    if (verdict === 'counts') signatures.push(posted.line);
    if (verdict === 'counts' || verdict === 'same-key') accepted.add(posted);
    else {
      const detail = `the signature does not count: ${verdict}`;
      ignored.set(posted, { who: posted.author.login, code: 'invalid-signature', detail });
    }
  });
  const requirement = requirementOf(judgement, new Set(count.votes.values()), count.reached, (person) =>
    approvalCovers(judgement, digest, facts, collected, person),
  );
  return { requirement, ignored, accepted, signatures, live: signatures.length > 0 || isLive(judgement, digest, collected) };
}

function requirementOf(
  { by, people, roleKeys, isDelegatorSigned }: Judgement,
  signed: ReadonlySet<string>,
  reached: boolean,
  hasApproved: (person: Person) => boolean,
): Requirement {
  const named = roleKeys.keyIds.flatMap((keyId) => {
    const person = people.byKey.get(keyId);
    return person === undefined ? [] : [{ keyId, person }];
  });
  const vote = ({ keyId, person }: (typeof named)[number]): Vote => ({ person: person.name, keyId, custody: person.custody });
  const missing = named.filter(({ keyId }) => !signed.has(keyId));
  return {
    by,
    needed: roleKeys.threshold,
    votes: named.filter(({ keyId }) => signed.has(keyId)).map(vote),
    missing: missing.map(({ person }) => person.name),
    awaited: missing.flatMap(({ person }) => person.account ?? []),
    approved: isDelegatorSigned ? missing.filter(({ person }) => person.custody && hasApproved(person)).map(vote) : [],
    toApprove: missing.filter(({ person }) => person.custody && !hasApproved(person)).map(({ person }) => person.name),
    reached,
  };
}
