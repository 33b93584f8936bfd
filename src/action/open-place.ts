// SPDX-License-Identifier: Apache-2.0
import { pinnedRoot } from '../commands/pinned-root.ts';
import { openLocalWorkplace } from '../cli/local-workplace.ts';
import type { Signer } from '../ports.ts';
import { openOnlineSigner } from '../signers/open-online-signer.ts';
import { parsePayloadDigest } from '../trust/countersignature.ts';
import { CountersignError } from '../tuf/errors.ts';
import { openGitHubWorkplace } from './github-workplace.ts';
import type { ActionPlace, StepContext } from './step.ts';

/** Opens a key from the environment; its text is masked first. @throws `signer-uri`, `signer-key` */
export async function openKey({ env, mask }: StepContext, uri: string): Promise<Signer> {
  const value = uri.startsWith('env:') ? env.get(uri.slice('env:'.length)) : undefined;
  if (value !== undefined) mask(value);
  return openOnlineSigner(uri, env);
}

const BOT = 'countersign[bot]';

async function openLocal(context: StepContext, directory: string): Promise<ActionPlace> {
  const { place: inputs, log, now } = context;
  const { place } = await openLocalWorkplace({
    directory,
    site: inputs.site,
    as: BOT,
    log,
    now,
    anchor: inputs.root === null ? null : parsePayloadDigest(inputs.root, 'root'),
    openSigner: (uri) => openKey(context, uri),
  });
  return {
    place,
    artifacts: null,
    staging: null,
    guards: null,
    siteUrl: inputs.siteUrl,
    pullUrl: () => null,
    close: async () => undefined,
  };
}

/** The owner and the name of the repository on GitHub. @throws `usage` */
export function repositoryNames({ place }: Pick<StepContext, 'place'>): { readonly owner: string; readonly repo: string } {
  const [owner, repo] = place.repository.split('/');
  if (owner === undefined || repo === undefined || owner === '')
    throw new CountersignError('usage', 'repository', 'expected OWNER/NAME, or a local repository in the input directory, got neither');
  if (place.token === '') throw new CountersignError('usage', 'github-token', 'expected a token, got nothing');
  return { owner, repo };
}

/** Opens the repository that the inputs name. @throws `usage`, `io` */
export async function openActionPlace(context: StepContext): Promise<ActionPlace> {
  const { place: inputs, run, log, now } = context;
  if (inputs.directory !== null) return openLocal(context, inputs.directory);
  const { owner, repo } = repositoryNames(context);
  const place = await openGitHubWorkplace({
    owner,
    repo,
    token: inputs.token,
    apiUrl: run.apiUrl,
    graphqlUrl: run.graphqlUrl,
    serverUrl: run.serverUrl,
    siteUrl: inputs.siteUrl,
    metadataHosting: inputs.metadataHosting,
    metadataTag: inputs.metadataTag,
    commit: run.commit,
    temporary: run.temporary,
    log,
    now,
    anchor: inputs.root === null ? null : parsePayloadDigest(inputs.root, 'root'),
    openSigner: (uri) => openKey(context, uri),
  });
  const pullUrl = (number: number): string => `${run.serverUrl}/${owner}/${repo}/pull/${String(number)}`;
  return {
    place,
    artifacts: place.artifacts,
    staging: place.staging,
    guards: place.guards,
    siteUrl: place.siteUrl,
    pullUrl,
    close: () => place.close(),
  };
}

/** Runs `work` on the repository that the inputs name, and lets go of it. */
export async function withPlace<T>(context: StepContext, work: (place: ActionPlace) => Promise<T>): Promise<T> {
  const place = await openActionPlace(context);
  try {
    const { anchor, forge, log } = place.place;
    if (anchor === null) return await work(place);
    return await work({ ...place, place: { ...place.place, anchor: await pinnedRoot(forge, anchor, log) } });
  } finally {
    await place.close();
  }
}
