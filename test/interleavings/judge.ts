// SPDX-License-Identifier: Apache-2.0
// Who has signed what, by the rules as people read them: plain data and node:crypto, nothing of the code under test.
import type { Commits, Post } from './history.ts';
import { canonical, isSignature, keyOf, linesOf, type Line, type PersonKey, type SignedFile } from './signed-file.ts';

/** A person of the policy. */
export interface Person {
  readonly name: string;
  /** Numeric account id. */
  readonly account: number;
  readonly key: PersonKey;
  readonly custody: boolean;
}

/** What the policy says, as plain data. */
export interface Policy {
  readonly repository: string;
  /** The numeric account that our automation posts as. */
  readonly automation: number;
  readonly people: readonly Person[];
  readonly roles: ReadonlyMap<string, { readonly threshold: number; readonly signers: readonly string[] }>;
}

/** A person of the tests. */
export function personOf(name: string, account: number, custody: boolean): Person {
  return { name, account, key: keyOf(name), custody };
}

/** The last review of an account that says yes or no. */
function standingOf(posts: readonly Post[], account: number): Post | undefined {
  return posts.findLast(
    (post) => post.kind === 'review' && post.who === account && /^(APPROVED|CHANGES_REQUESTED|DISMISSED)$/.test(post.state),
  );
}

/** Judges what was said on one pull request about one file of a role. */
export class Judge {
  readonly policy: Policy;
  readonly #commits: Commits;

  constructor(policy: Policy, commits: Commits) {
    this.policy = policy;
    this.#commits = commits;
  }

  threshold(role: string): number {
    return this.policy.roles.get(role)?.threshold ?? Number.POSITIVE_INFINITY;
  }

  signers(role: string): readonly Person[] {
    const names = this.policy.roles.get(role)?.signers ?? [];
    return this.policy.people.filter(({ name }) => names.includes(name));
  }

  /** Whether a custody signer's approval stands and is of these bytes. */
  approves(person: Person, role: string, digest: string, posts: readonly Post[]): boolean {
    const standing = standingOf(posts, person.account);
    return standing?.state === 'APPROVED' && standing.commit !== null && this.#commits.role(standing.commit, role)?.digest === digest;
  }

  /** The people whose signature of this file counts, each with the signatures. */
  counted(role: string, file: SignedFile, posts: readonly Post[]): ReadonlyMap<Person, ReadonlySet<string>> {
    const counted = new Map<Person, Set<string>>();
    for (const person of this.signers(role)) {
      for (const post of posts) {
        for (const line of linesOf(post.body)) {
          if (!this.#counts(person, role, file, posts, post, line)) continue;
          counted.set(person, (counted.get(person) ?? new Set()).add(line.sig));
        }
      }
    }
    return counted;
  }

  #counts(person: Person, role: string, file: SignedFile, posts: readonly Post[], post: Post, line: Line): boolean {
    const { repository } = this.policy;
    if (line.repository !== repository || line.role !== role || line.version !== file.version || line.payload !== file.digest) return false;
    if (line.keyId !== person.key.keyId || !isSignature(person.key, file.payload, line.sig)) return false;
    if (post.state === 'DISMISSED' || this.#isTakenBack(person, role, file, posts)) return false;
    if (person.custody) return this.approves(person, role, file.digest, posts);
    return post.who === person.account && standingOf(posts, person.account)?.state !== 'CHANGES_REQUESTED';
  }

  /** Whether a person's key has signed that its signature of these bytes is taken back, and not signed them again since. */
  #isTakenBack(person: Person, role: string, { digest, version }: SignedFile, posts: readonly Post[]): boolean {
    const { repository } = this.policy;
    const withdrawal = Buffer.from(canonical({ _type: 'countersign-withdrawal', payload: `sha256:${digest}`, repository, role, version }));
    const own = posts.filter(({ who }) => who === person.account);
    const lines = [...own.filter(({ kind }) => kind === 'comment'), ...own.filter(({ kind }) => kind === 'review')].flatMap(({ body }) =>
      linesOf(body).filter((line) => line.role === role && line.payload === digest && line.keyId === person.key.keyId),
    );
    const last = lines.at(-1);
    return last !== undefined && isSignature(person.key, withdrawal, last.sig);
  }

  /** Whether a text is listened to where a signature of a person is looked for: a role's signers are, and our automation; custody signatures are brought. */
  #isHeard(role: string, person: Person, post: Post): boolean {
    return person.custody || post.who === this.policy.automation || this.signers(role).some(({ account }) => account === post.who);
  }

  /** Whether anybody has validly signed these very bytes, whoever of those that are listened to has posted it. */
  isLive(role: string, file: SignedFile, posts: readonly Post[]): boolean {
    return posts.some((post) =>
      linesOf(post.body).some(
        (line) =>
          line.role === role &&
          line.payload === file.digest &&
          this.signers(role).some((person) => this.#isHeard(role, person, post) && isOf(person.key, line, file)),
      ),
    );
  }

  /** Lines of a role that claim to be of other bytes than `digest`: by a key's owner, or valid for bytes that `earlier` has. */
  others(role: string, digest: string | null, posts: readonly Post[], earlier: ReadonlyMap<string, SignedFile>): readonly Line[] {
    return posts.flatMap((post) =>
      linesOf(post.body).filter((line) => {
        if (line.role !== role || line.repository !== this.policy.repository || line.payload === digest) return false;
        const person = this.policy.people.find(({ key }) => key.keyId === line.keyId);
        if (person === undefined || !this.signers(role).includes(person)) return false;
        const file = earlier.get(line.payload);
        return person.account === post.who || (file !== undefined && this.#isHeard(role, person, post) && isOf(person.key, line, file));
      }),
    );
  }
}

function isOf(key: PersonKey, line: Line, file: SignedFile): boolean {
  return key.keyId === line.keyId && isSignature(key, file.payload, line.sig);
}
