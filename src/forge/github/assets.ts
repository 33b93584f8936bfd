// SPDX-License-Identifier: Apache-2.0
import type { ReleaseAsset } from '../../ports.ts';
import { countOf, textOf, textOrNull, unexpected } from './answer.ts';
import type { Answer } from './answer.ts';

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** The sha256 of a digest as GitHub spells it (`sha256:<hex>`), lower-case hex; null where there is none or it is of another algorithm. */
export function sha256Of(answer: Answer): string | null {
  return DIGEST.exec(textOrNull(answer, 'digest') ?? '')?.[1] ?? null;
}

/** A release asset of the REST API. @throws `io` */
export function assetOf(answer: Answer): ReleaseAsset {
  const state = textOf(answer, 'state');
  // GitHub's description calls what broke off `open`; what is seen is `starter`.
  if (state !== 'uploaded' && state !== 'starter' && state !== 'open')
    throw unexpected(`${answer.where} state`, 'the state of an asset', state);
  return {
    id: countOf(answer, 'id'),
    name: textOf(answer, 'name'),
    size: countOf(answer, 'size'),
    sha256: sha256Of(answer),
    state: state === 'uploaded' ? 'uploaded' : 'starter',
  };
}
