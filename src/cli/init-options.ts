// SPDX-License-Identifier: Apache-2.0
import { Option, type Command } from 'commander';
import { CountersignError } from '../tuf/errors.ts';
import { parseHosting } from './hosting-option.ts';
import { collectValues } from './option-value.ts';

/** The options of `init` that only a set-up on GitHub reads. */
export function gitHubOptions(): readonly Option[] {
  return [
    new Option('--signer <login>', 'on GitHub, instead of a policy: somebody whose account shows an ed25519 key; may be repeated')
      .argParser(collectValues)
      .default([]),
    new Option(
      '--custody <login>',
      'on GitHub, beside --signer: somebody who signs releases by approving in the browser, with a key that GitHub keeps; may be repeated',
    )
      .argParser(collectValues)
      .default([]),
    new Option('--custody-key <person=file:path>', "on GitHub: the private key of a custody signer, for that person's environment")
      .argParser(collectValues)
      .default([]),
    new Option(
      '--hosting <where>',
      'on GitHub: where the metadata is published: pages, release, or none (another site takes the published branch in)',
    )
      .argParser(parseHosting)
      .default('pages'),
    new Option('--metadata-tag <tag>', 'on GitHub: the tag of the release that holds metadata').default('tuf-metadata'),
    new Option('--site-url <url>', 'on GitHub: where clients fetch (default: https://OWNER.github.io/REPO/)'),
    new Option('--no-deploy', 'on GitHub: the same as --hosting none'),
    new Option('--eject', 'on GitHub: write all jobs into the workflow').default(true),
    new Option('--no-eject', 'on GitHub: call our reusable workflow instead; docs/github.md says what must hold for it'),
    new Option('--action <owner/name@sha>', 'on GitHub: the action to use'),
    new Option('--dry-run', 'on GitHub: show what would be changed, and change nothing').default(false),
    new Option('-y, --yes', 'on GitHub: change the settings without asking').default(false),
  ];
}

/**
 * Refuses what only a set-up on GitHub reads: without `--github` it would be ignored, and `--dry-run` would write a repository.
 * @throws `usage`
 */
export function requireNoGitHubOption(init: Command): void {
  const given = gitHubOptions().find((option) => {
    const name = option.attributeName();
    return init.getOptionValueSource(name) === 'cli' && option.negate === (init.getOptionValue(name) === false);
  });
  if (given === undefined) return;
  throw new CountersignError('usage', given.long ?? given.flags, 'expected --github beside it, got it alone');
}
