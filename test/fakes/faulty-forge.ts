// SPDX-License-Identifier: Apache-2.0
import type { Forge } from '../../src/ports.ts';
import type { Faults } from './faults.ts';

/** `forge`, with every call reported to `faults` first. */
export function faultyForge(forge: Forge, faults: Faults): Forge {
  const read = <A extends readonly unknown[], T>(name: string, method: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => faults.read('forge', name, args, () => method(...args));
  };
  const write = <A extends readonly unknown[], T>(name: string, method: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => faults.write('forge', name, args, () => method(...args));
  };
  return {
    viewer: read('viewer', () => forge.viewer()),
    automation: read('automation', () => forge.automation()),
    accounts: read('accounts', (logins: readonly string[]) => forge.accounts(logins)),
    mayWrite: read('mayWrite', (...args: Parameters<Forge['mayWrite']>) => forge.mayWrite(...args)),
    trees: read('trees', (...args: Parameters<Forge['trees']>) => forge.trees(...args)),
    openPulls: read('openPulls', (...args: Parameters<Forge['openPulls']>) => forge.openPulls(...args)),
    endedPulls: read('endedPulls', (...args: Parameters<Forge['endedPulls']>) => forge.endedPulls(...args)),
    pull: read('pull', (number: number) => forge.pull(number)),
    reopenPull: write('reopenPull', (number: number) => forge.reopenPull(number)),
    budget: read('budget', () => forge.budget()),
    branches: read('branches', (prefix: string) => forge.branches(prefix)),
    tree: read('tree', (...args: Parameters<Forge['tree']>) => forge.tree(...args)),
    blobs: read('blobs', (...args: Parameters<Forge['blobs']>) => forge.blobs(...args)),
    stream: (id) => forge.stream(id),
    mergeBase: read('mergeBase', (...args: Parameters<Forge['mergeBase']>) => forge.mergeBase(...args)),
    history: read('history', (...args: Parameters<Forge['history']>) => forge.history(...args)),
    writeCommit: write('writeCommit', (...args: Parameters<Forge['writeCommit']>) => forge.writeCommit(...args)),
    moveBranch: write('moveBranch', (...args: Parameters<Forge['moveBranch']>) => forge.moveBranch(...args)),
    retargetPull: write('retargetPull', (...args: Parameters<Forge['retargetPull']>) => forge.retargetPull(...args)),
    openPull: write('openPull', (...args: Parameters<Forge['openPull']>) => forge.openPull(...args)),
    editPull: write('editPull', (...args: Parameters<Forge['editPull']>) => forge.editPull(...args)),
    requestReview: write('requestReview', (...args: Parameters<Forge['requestReview']>) => forge.requestReview(...args)),
    mergePull: write('mergePull', (...args: Parameters<Forge['mergePull']>) => forge.mergePull(...args)),
    closePull: write('closePull', (number: number) => forge.closePull(number)),
    reviews: read('reviews', (...args: Parameters<Forge['reviews']>) => forge.reviews(...args)),
    comments: read('comments', (number: number) => forge.comments(number)),
    submitReview: write('submitReview', (...args: Parameters<Forge['submitReview']>) => forge.submitReview(...args)),
    comment: write('comment', (...args: Parameters<Forge['comment']>) => forge.comment(...args)),
    stickyComment: write('stickyComment', (...args: Parameters<Forge['stickyComment']>) => forge.stickyComment(...args)),
    status: write('status', (...args: Parameters<Forge['status']>) => forge.status(...args)),
  };
}
