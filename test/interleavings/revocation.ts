// SPDX-License-Identifier: Apache-2.0
// A key is taken away while a writer is at work: it completes, and after one publish clients no longer believe that key.
import { endingOf } from './completions.ts';
import { PROJECT } from './ground.ts';
import type { Freshness } from './freshness.ts';
import { putRefs } from './refs.ts';
import { readServed } from './safety.ts';
import { blockOf, canonical, isSignature, keyOf, sha256, signatureOf, type Json, type JsonRecord, type SignedFile } from './signed-file.ts';
import type { Story } from './story.ts';
import type { Writer } from './writer.ts';

const SIGNERS = ['alice', 'bob'] as const;
/** Whose key goes: where the files of the role stand without it. */
const LEAVING: readonly { readonly role: string; readonly leaves: string; readonly stay: readonly string[]; readonly needed: number }[] = [
  { role: 'releases', leaves: 'carol', stay: ['alice', 'bob'], needed: 2 },
  { role: 'docs', leaves: 'dave', stay: ['alice'], needed: 1 },
];

/** One revocation. */
export class Revocation {
  readonly #story: Story;
  readonly #writer: Writer;
  readonly #freshness: Freshness;
  readonly problems: string[] = [];

  constructor(story: Story, writer: Writer, freshness: Freshness) {
    this.#story = story;
    this.#writer = writer;
    this.#freshness = freshness;
  }

  #problem(text: string): void {
    this.#story.say(`PROBLEM ${text}`);
    this.problems.push(text);
  }

  /** Opens it, has it signed, and looks what becomes of it. */
  async play(): Promise<void> {
    const { ground, history, random } = this.#story;
    const served = readServed(history.commits, ground.deployed);
    const targets = served?.roles.get('targets');
    const root = history.commits.signed(ground.deployed, 'metadata/1.root.json');
    const leaving = LEAVING.find(({ role, stay, needed }) => {
      // Both what is served and what was merged since.
      const files = [served?.roles.get(role) ?? null, history.commits.role(history.commits.head('tuf'), role)];
      return files.every((file) => file !== null && stay.filter((name) => isSigned(name, file)).length >= needed);
    });
    if (targets === undefined || root === null || leaving === undefined) return;
    const files = new Map<string, JsonRecord>([['metadata/targets.json', without(targets, leaving.role, keyOf(leaving.leaves).keyId)]]);
    const version = targets.version + 1;
    if (random.chance(50)) {
      const next = { ...root.signed, version: 2 };
      files.set('metadata/root.json', next).set('metadata/root_history/2.root.json', next);
    }
    if (random.chance(50)) await this.#write('before');
    const number = await this.#open(files, `sign/${files.size > 1 ? 'root-v2' : `targets-v${String(version)}`}`);
    if (number === null) return;
    this.#story.say(
      `${leaving.leaves} leaves ${leaving.role}: targets v${String(version)}${files.size > 1 ? ' and root v2' : ''} in #${String(number)}`,
    );
    await this.#sign(number, files);
    const gathered = await this.#gather();
    if (history.view.pulls.get(number)?.state !== 'merged') {
      const { state } = history.view.pulls.get(number) ?? { state: 'gone' };
      this.#problem(`complete: the revocation #${String(number)} has its signatures and is ${state} after two runs (${gathered})`);
      return;
    }
    for (let left = random.below(4); left > 0; left--) await this.#write('after');
    ground.site = random.pick(['up', 'up', 'stale', 'down']);
    if ((await this.#freshness.publish('a revocation was merged')) === 'must wait') return;
    const head = history.commits.head('tuf-published');
    const published = head === null ? null : readServed(history.commits, head);
    const isOut =
      (published?.roles.get('targets')?.version ?? 0) >= version &&
      (files.size === 1 || (head !== null && history.commits.signed(head, 'metadata/2.root.json') !== null));
    if (!isOut)
      this.#problem(
        `revoked: targets v${String(version)} is merged, and after one run targets v${String(published?.roles.get('targets')?.version ?? 0)} is published`,
      );
  }

  async #write(when: string): Promise<void> {
    const done = await this.#writer.act();
    await this.#story.byHand(done === null ? null : `dave ${done} (${when} the revocation)`);
  }

  async #open(files: ReadonlyMap<string, JsonRecord>, branch: string): Promise<number | null> {
    const { ground, history } = this.#story;
    const tuf = history.commits.head('tuf');
    const name = history.commits.head(branch) === null ? branch : `${branch}-again`;
    if (tuf === null) return null;
    putRefs(ground.repository, [[`refs/heads/${name}`, tuf]]);
    const texts = [...files].map(([path, signed]) => [path, canonical({ signatures: [], signed } satisfies Record<string, Json>)] as const);
    ground.github.commit(PROJECT, name, Object.fromEntries(texts), { login: 'alice' });
    const { data } = await ground.ask({ person: 'alice' }, 'POST', '/pulls', {
      title: 'Take a key away',
      head: name,
      base: 'tuf',
      body: '',
    });
    const number: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'number') : null;
    return typeof number === 'number' ? number : null;
  }

  async #sign(number: number, files: ReadonlyMap<string, JsonRecord>): Promise<void> {
    const { ground, judge } = this.#story;
    for (const name of SIGNERS) {
      const key = keyOf(name);
      const lines = [...files].flatMap(([path, signed]) => {
        const role = /^metadata\/(root|targets)\.json$/.exec(path)?.[1];
        const payload = Buffer.from(canonical(signed));
        if (role === undefined) return [];
        return [
          {
            repository: judge.policy.repository,
            role,
            version: Number(signed['version']),
            payload: sha256(payload),
            keyId: key.keyId,
            sig: signatureOf(key, payload),
          },
        ];
      });
      // Its author can't approve it.
      const event = name === 'alice' ? 'COMMENT' : 'APPROVE';
      await ground.ask({ person: name }, 'POST', `/pulls/${String(number)}/reviews`, { event, body: `Signed.\n\n${blockOf(lines)}\n` });
    }
    await this.#story.byHand('alice and bob sign the revocation');
  }

  async #gather(): Promise<string> {
    const { ground, scheduler } = this.#story;
    ground.github.faults.clear();
    const said: string[] = [];
    for (let run = 0; run < 2; run++) {
      const actor = await this.#story.gather();
      if (actor === null) return 'too many runs';
      await scheduler.finish(actor);
      this.#story.told();
      said.push(endingOf(actor));
    }
    return said.join('; ');
  }
}

function isSigned(name: string, file: SignedFile): boolean {
  const key = keyOf(name);
  return isSignature(key, file.payload, file.signatures.get(key.keyId) ?? '');
}

function record(value: Json | undefined): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

/** The next version of a targets file, in which one key signs one role no more. */
function without({ signed, version }: SignedFile, role: string, keyId: string): JsonRecord {
  const delegations = record(signed['delegations']);
  const roles = delegations['roles'];
  const changed = (Array.isArray(roles) ? roles : []).map((one: Json): Json => {
    const entry = record(one);
    const keyIds = entry['keyids'];
    return entry['name'] !== role || !Array.isArray(keyIds) ? one : { ...entry, keyids: keyIds.filter((id: Json) => id !== keyId) };
  });
  return { ...signed, version: version + 1, delegations: { ...delegations, roles: changed } };
}
