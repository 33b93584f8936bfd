// SPDX-License-Identifier: Apache-2.0
// Strangers among everything else: what they do comes after all that was there, as on the host.
import type { FakeGitHub } from '../github/server.ts';
import type { Repository } from '../github/state.ts';
import type { Stage } from '../strangers/doings.ts';
import type { Ground } from './ground.ts';

/** Where strangers are at work in a story. */
export class Outsiders implements Stage {
  readonly github: FakeGitHub;
  readonly repository: Repository;
  readonly fork: Repository;
  readonly mayInsert = false;

  constructor({ github, repository, fork }: Ground) {
    this.github = github;
    this.repository = repository;
    this.fork = fork;
  }

  account(login: string): number {
    return this.github.addUser(login).id;
  }

  idAfter(): number {
    return this.github.world.nextId();
  }

  freeNumber(): number {
    this.repository.nextNumber += 1;
    return this.repository.nextNumber - 1;
  }
}
