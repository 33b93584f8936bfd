// SPDX-License-Identifier: Apache-2.0
// What clients are served, judged without any code of ours: who has really signed it, whether it is fresh, and that nothing goes back.
import { ONLINE } from '../commands/support.ts';
import type { Commits, History } from './history.ts';
import type { Judge, Person } from './judge.ts';
import { isSignature, keyOf, linesOf, textOf, type Json, type JsonRecord, type SignedFile } from './signed-file.ts';

/** Roles that people sign, below the root. */
const ROLES = ['targets', 'releases', 'docs'];
/** Who signs the roles that stay as they are in these stories. */
const TOP = ['alice', 'bob'];
const TOP_THRESHOLD = 2;

/** Who has signed what by a will of their own, wherever the signature is by now. */
export class Honest {
  readonly #history: History;
  readonly #judge: Judge;
  readonly #signed: Set<string> = new Set();
  readonly #read: Set<string> = new Set();

  constructor(history: History, judge: Judge) {
    this.#history = history;
    this.#judge = judge;
  }

  /** Looks at all that was said since the last look. */
  look(): void {
    const { commits, view } = this.#history;
    for (const { posts } of view.pulls.values()) {
      for (const { who, body, state, commit } of posts) {
        const key = `${String(who)} ${state} ${String(commit)} ${body}`;
        if (this.#read.has(key)) continue;
        this.#read.add(key);
        const person = this.#judge.policy.people.find(({ account }) => account === who);
        if (person === undefined) continue;
        if (person.custody && state === 'APPROVED' && commit !== null) {
          for (const role of ROLES) this.#note(person, commits.role(commit, role)?.digest ?? '');
        }
        for (const { keyId, payload } of person.custody ? [] : linesOf(body)) if (keyId === person.key.keyId) this.#note(person, payload);
      }
    }
  }

  #note(person: Person, digest: string): void {
    this.#signed.add(`${person.name} ${digest}`);
  }

  /** How many people have signed these bytes themselves, of those whose signatures the file holds. */
  count(role: string, { digest, payload, signatures }: SignedFile): number {
    const names = role === 'targets' || role === 'root' ? TOP : this.#judge.signers(role).map(({ name }) => name);
    const people = this.#judge.policy.people.filter(({ name }) => names.includes(name));
    return people.filter((person) => {
      const sig = signatures.get(person.key.keyId);
      return sig !== undefined && isSignature(person.key, payload, sig) && this.#signed.has(`${person.name} ${digest}`);
    }).length;
  }

  /** The role files of a commit that enough people have signed. */
  signedAt(commit: string | null): readonly SignedFile[] {
    return ROLES.flatMap((role) => {
      const file = this.#history.commits.role(commit, role);
      return file !== null && this.count(role, file) >= this.needed(role) ? [file] : [];
    });
  }

  needed(role: string): number {
    return role === 'targets' || role === 'root' ? TOP_THRESHOLD : this.#judge.threshold(role);
  }
}

/** What a site's timestamp leads to. */
export interface Served {
  readonly timestamp: SignedFile;
  readonly snapshot: SignedFile | null;
  readonly roles: ReadonlyMap<string, SignedFile>;
}

function record(value: Json | undefined): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

function listed(file: SignedFile, name: string): string {
  return textOf(record(record(file.signed['meta'])[`${name}.json`])['version']);
}

/** Whether the online key has signed a file. */
export function isOnline({ payload, signatures }: SignedFile): boolean {
  const key = keyOf(ONLINE);
  return isSignature(key, payload, signatures.get(key.keyId) ?? '');
}

/** Reads what a commit of the published branch serves; null when it has no timestamp that the online key has signed. */
export function readServed(commits: Commits, commit: string): Served | null {
  const timestamp = commits.signed(commit, 'metadata/timestamp.json');
  if (timestamp === null || !isOnline(timestamp)) return null;
  const snapshot = commits.signed(commit, `metadata/${listed(timestamp, 'snapshot')}.snapshot.json`);
  const roles = new Map<string, SignedFile>();
  for (const role of snapshot === null ? [] : ROLES) {
    const file = snapshot === null ? null : commits.signed(commit, `metadata/${listed(snapshot, role)}.${role}.json`);
    if (file !== null) roles.set(role, file);
  }
  return { timestamp, snapshot, roles };
}
