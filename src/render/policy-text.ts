// SPDX-License-Identifier: Apache-2.0
import { custodyEnvironment } from '../event/workflow-names.ts';

/** Somebody who is to sign. */
export interface Suggestion {
  readonly login: string;
  /** A public key as a policy writes it: an OpenSSH line of one that they hold themselves, or `ed25519:<hex>`. */
  readonly key: string;
  /** `environment`: the host keeps the private half for them, in an environment of theirs. */
  readonly held: 'self' | 'environment';
}

/** A policy of which two people must always agree. Whose key is kept by the host signs releases, and nothing above them. */
export function policyText(people: readonly Suggestion[], onlineUri: string): string {
  const signers = (who: readonly Suggestion[]): string => `signers: [${who.map(({ login }) => login).join(', ')}], threshold: 2`;
  const top = signers(people.filter(({ held }) => held === 'self'));
  return [
    '# Who may sign what. Reviewed by people; what is trusted is the signed metadata that is made from it.',
    'people:',
    ...people.map(({ login, key, held }) => {
      const custody = held === 'self' ? '' : `, custody: "environment:${custodyEnvironment(login)}"`;
      return `  ${login}: { github: ${login}, key: ${JSON.stringify(key)}${custody} }`;
    }),
    'roles:',
    `  root: { ${top}, expires: 365d, renew: 60d }`,
    `  targets: { ${top}, expires: 365d, renew: 60d }`,
    `  releases: { paths: ["v*/*"], ${signers(people)}, expires: 90d, renew: 30d }`,
    'online:',
    `  snapshot: { keys: ["${onlineUri}"], expires: 30d, renew: 15d }`,
    `  timestamp: { keys: ["${onlineUri}"], expires: 7d, renew: 6d }`,
    '',
  ].join('\n');
}
