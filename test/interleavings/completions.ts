// SPDX-License-Identifier: Apache-2.0
// What honest people have signed completes within two runs after a writer's last act, whatever that was.
import type { GatherResult } from '../../src/commands/gather.ts';
import { Model } from './model.ts';
import { heardOn, type PullView } from './history.ts';
import type { Actor } from './scheduler.ts';
import type { SignedFile } from './signed-file.ts';
import type { Story } from './story.ts';
import type { Writer } from './writer.ts';

const ROLES = ['releases', 'docs'] as const;
const RENEWAL = 30 * 86_400_000;

/** A content that enough people have signed. */
interface Ready {
  readonly pull: PullView;
  readonly role: string;
  readonly file: SignedFile;
}

/** How a gather ended, and how each event stood for it. */
export function endingOf({ ending }: Actor): string {
  if (ending.kind !== 'done') return ending.kind === 'failed' ? String(ending.error) : ending.kind;
  const { events } = ending.result as GatherResult;
  return events
    .map(({ pull, state, problems }) => `#${String(pull.number)} ${state}${problems.map(({ code, where }) => ` ${code} ${where}`).join()}`)
    .join(', ');
}

/** Looks for what must complete, gathers, and looks whether it has. */
export class Completions {
  readonly #story: Story;
  readonly #writer: Writer;
  readonly problems: string[] = [];

  constructor(story: Story, writer: Writer) {
    this.#story = story;
    this.#writer = writer;
  }

  #base(role: string): { readonly version: number; readonly digest: string } {
    const { history, judge, ground } = this.#story;
    return new Model(history, judge, ground.now, 'posted').signed(role);
  }

  /** Every content that an event of a role has had, with the event; not of those that were abandoned. */
  #contents(role: string): readonly Ready[] {
    const { history, checks } = this.#story;
    const { commits } = history;
    const found = new Map<string, Ready>();
    for (const pull of history.view.pulls.values()) {
      if (pull.state === 'merged' || !pull.branch.startsWith(`sign/${role}-`) || checks.isAbandoned(pull.number)) continue;
      const heads = history.views.flatMap(({ pulls }) => pulls.get(pull.number)?.headSha ?? []);
      for (const head of new Set(heads)) {
        const file = commits.role(head, role);
        if (file !== null && this.#isBuiltOn(head, role, file)) found.set(`${String(pull.number)} ${file.digest}`, { pull, role, file });
      }
    }
    return [...found.values()];
  }

  /** Whether what a proposal had before its own content is the last signed file. */
  #isBuiltOn(head: string, role: string, { digest, version }: SignedFile): boolean {
    const { commits } = this.#story.history;
    const base = this.#base(role);
    const before = commits.reachable(head).flatMap((commit) => commits.role(commit, role) ?? []);
    return version === base.version + 1 && before.find((file) => file.version < version || file.digest !== digest)?.digest === base.digest;
  }

  #ready(role: string): readonly Ready[] {
    const { judge, ground } = this.#story;
    const all = this.#contents(role);
    const isOpen = ({ file }: Ready): boolean => Date.parse(file.expires) - (ground.now as number) * 1000 > RENEWAL;
    const signed = all.filter(({ file, pull }) => judge.isLive(role, file, heardOn(pull)));
    const contents = new Set(signed.map(({ file }) => file.digest));
    // Where people have signed two contents, which of them goes on is another question.
    return contents.size > 1
      ? []
      : all.filter((one) => isOpen(one) && judge.counted(role, one.file, heardOn(one.pull)).size >= judge.threshold(role));
  }

  /** Two gathers, and what must be complete then. */
  async require(): Promise<void> {
    const story = this.#story;
    const ready = ROLES.filter((role) => !(role === 'docs' && this.#writer.usedKey)).flatMap((role) => [...this.#ready(role)]);
    story.say(
      `ready: ${ready.map(({ role, file, pull }) => `${role} v${String(file.version)} of #${String(pull.number)}, ${pull.state}`).join('; ')}`,
    );
    const said: string[] = [];
    for (let run = 0; run < 2; run++) {
      const actor = await story.gather();
      if (actor === null) return;
      await story.scheduler.finish(actor);
      story.told();
      said.push(endingOf(actor));
    }
    for (const { role, file, pull } of ready) {
      const base = this.#base(role);
      if (base.version >= file.version) continue;
      const text = `complete: ${role} v${String(file.version)} of #${String(pull.number)} (${pull.state}, ${file.digest.slice(0, 8)}) has its signatures and did not complete in two runs (${said.join('; ')})`;
      story.say(`PROBLEM ${text}`);
      this.problems.push(text);
    }
  }
}
