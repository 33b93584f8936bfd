// SPDX-License-Identifier: Apache-2.0
import { custodyKey, decideSettings, onlineKey, type SettingsPlan, type WantedKey } from '../event/decide-settings.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from '../event/layout.ts';
import { pagesUrl } from '../event/pages-url.ts';
import { CALLER_FILE, CALLER_PATH, custodyEnvironment, ONLINE_SECRET, WAKE_PATH } from '../event/workflow-names.ts';
import type { Signer } from '../ports.ts';
import type { Settings, SettingsFacts } from '../ports/settings.ts';
import type { SetupPlanView } from '../render/setup-text.ts';
import { callingWorkflow, ejectedWorkflow, wakeWorkflow, type ActionPin, type ReconcileSettings } from '../render/workflow-files.ts';
import type { Policy } from '../trust/policy.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import { keyIdOf } from '../tuf/key.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { init, requireOwnRootKeys, type InitInput } from './init.ts';
import { readCaller } from './read-caller.ts';
import { readPolicy } from './read-policy.ts';
import { headOf, proposeCaller, readBegun, readText, reviewBegun, type Begun } from './setup-files.ts';
import type { Workplace } from './workplace.ts';

/** A private key, and how to sign with it. */
export interface HeldKey {
  /** PEM. Goes into the host's secret and nowhere else. */
  readonly secret: string;
  readonly signer: Signer;
}

/** How a repository of GitHub is to be set up. */
export interface InitGitHubInput {
  /** Null takes the policy of a repository that has been begun. */
  readonly policy: string | null;
  readonly policyName: string;
  /** The identity that a new repository gets. */
  readonly repository: RepositoryId;
  readonly resolveKey: InitInput['resolveKey'];
  readonly resolveAccount: InitInput['resolveAccount'];
  /** The online key, where it is given. */
  readonly onlineKey: HeldKey | null;
  /** Makes an online key. */
  readonly newKey: () => Promise<HeldKey>;
  /** Custody keys by person. */
  readonly custodyKeys: ReadonlyMap<string, HeldKey>;
  /** Custody keys that were made for this policy, by person. A repository that has been begun has others, and these are not used. */
  readonly madeKeys: ReadonlyMap<string, HeldKey>;
  /** Null for the address that Pages or the release has. */
  readonly siteUrl: string | null;
  readonly hosting: Pick<ReconcileSettings, 'metadataHosting' | 'metadataTag' | 'deploy'>;
  /** `eject` writes all jobs into the project's own workflow. */
  readonly form: 'call' | 'eject';
  readonly pins: { readonly action: ActionPin; readonly workflow: ActionPin };
  /** Shown the plan before anything is changed. */
  confirm(view: SetupView): Promise<boolean>;
}

/** What a set-up will do. No part of it is a secret. */
export interface SetupView extends SettingsPlan {
  readonly repository: string;
  readonly defaultBranch: string;
  readonly siteUrl: string;
  /** Root v1, as the workflow will name it. */
  readonly root: SetupPlanView['root'];
}

/** A pull request to deal with. */
export interface SetupPull {
  readonly number: number;
  readonly url: string;
}

/** What a set-up did. */
export interface SetupResult {
  readonly outcome: 'applied' | 'declined' | 'nothing-to-do';
  readonly plan: SetupView;
  /** The payload digest of root v1; null when it was not proposed. */
  readonly root: PayloadDigest | null;
  /** The event that everyone in the root signs; null when it was there before. */
  readonly rootPull: (SetupPull & { readonly signers: readonly string[] }) | null;
  /** The pull request that brings the workflow to the default branch; null when it is there. */
  readonly workflowPull: SetupPull | null;
}

/** A workplace on GitHub, with its settings. */
export type SetupPlace = Pick<Workplace, 'forge' | 'now' | 'openSigner'> & { readonly settings: Settings };

const ONLINE_URI = `env:${ONLINE_SECRET}`;

/** The workflows pass one online key on, under one name. @throws `policy-invalid` */
function requireOnlineKey(policy: Policy, where: string): void {
  const other = [...policy.snapshot.keys, ...policy.timestamp.keys].find((uri) => uri !== ONLINE_URI);
  if (other !== undefined) throw new CountersignError('policy-invalid', `${where} online`, `expected ${ONLINE_URI}, got ${quote(other)}`);
}

/** The keys that the policy has the host keep. @throws `policy-invalid`, `signer-key` for a key that is not the policy's */
async function wantedKeys(policy: Policy, input: InitGitHubInput, begun: Begun | null): Promise<readonly WantedKey[]> {
  const online = begun === null ? 'new' : input.onlineKey === null ? 'none' : 'have';
  const keys: WantedKey[] = [onlineKey(online)];
  for (const { name, custody, key } of policy.people.values()) {
    if (custody === null) continue;
    const environment = custodyEnvironment(name);
    if (custody !== `environment:${environment}`)
      throw new CountersignError('policy-invalid', `people.${name}.custody`, `expected environment:${environment}, got ${quote(custody)}`);
    const made = begun === null ? input.madeKeys.get(name) : undefined;
    const held = made ?? input.custodyKeys.get(name);
    if (held !== undefined) await requireSame(await held.signer.publicKey(), await input.resolveKey(key, name), name);
    keys.push(custodyKey(environment, made !== undefined ? 'new' : held === undefined ? 'none' : 'have'));
  }
  const stray = [...input.custodyKeys.keys()].find((name) => (policy.people.get(name)?.custody ?? null) === null);
  if (stray !== undefined)
    throw new CountersignError('usage', '--custody-key', `expected people whose key is in custody, got ${quote(stray)}`);
  return keys;
}

async function requireSame(given: JsonObject, listed: JsonObject, person: string): Promise<void> {
  if (keyIdOf(given) !== keyIdOf(listed))
    throw new CountersignError(
      'signer-key',
      `custody key of ${person}`,
      'expected the private half of the key that the policy lists, got another key',
    );
}

function addressOf(facts: SettingsFacts, { siteUrl, hosting }: InitGitHubInput): string {
  if (siteUrl !== null) return siteUrl;
  if (hosting.metadataHosting === 'release') return `${facts.url}/releases/download/${hosting.metadataTag}/`;
  if (facts.pages.kind === 'known' && facts.pages.value.kind === 'workflow' && facts.pages.value.url !== '') return facts.pages.value.url;
  const [owner = '', name = ''] = facts.repository.split('/');
  return pagesUrl(owner, name);
}

function policyOf(input: InitGitHubInput, begun: Begun | null): { readonly text: string; readonly policy: Policy } {
  const text = begun?.policy ?? input.policy;
  if (text === null)
    throw new CountersignError('usage', 'policy', 'expected --policy or --signer for a repository that is not begun, got neither');
  const name = begun === null ? input.policyName : METADATA_BRANCH;
  const policy = readPolicy(text, name);
  requireOnlineKey(policy, name);
  if (begun === null) requireOwnRootKeys(policy);
  return { text, policy };
}

/** Makes the changes, then sets the secrets, and only into what is closed by then. */
async function applyPlan(settings: Settings, view: SetupView, secretOf: (key: WantedKey) => string): Promise<void> {
  for (const change of view.changes) await settings.apply(change);
  for (const key of view.secrets) {
    const { environment, name } = key;
    await settings.setSecret({ environment, branch: view.defaultBranch, name, value: secretOf(key) });
  }
}

/** What a set-up will do, with what stands against it. */
async function viewOf(
  place: SetupPlace,
  input: InitGitHubInput,
  policy: Policy,
  begun: Begun | null,
  facts: SettingsFacts,
): Promise<SetupView> {
  const { metadataHosting, deploy } = input.hosting;
  const wanted = { keys: await wantedKeys(policy, input, begun), metadataHosting, deploy, begun: begun === null ? 'no' : 'yes' } as const;
  const plan = decideSettings(facts, wanted);
  const head = await headOf(place.forge, facts.defaultBranch);
  const caller = readCaller(head === null ? null : await readText(place.forge, head, CALLER_PATH));
  return {
    ...plan,
    refusals: [...(begun === null ? [] : reviewBegun(begun, caller)), ...plan.refusals],
    repository: facts.repository,
    defaultBranch: facts.defaultBranch,
    siteUrl: addressOf(facts, input),
    root: begun === null ? { kind: 'propose' } : { kind: begun.state, digest: begun.root },
  };
}

/** The workflow of the default branch. */
export function callerText(input: Pick<InitGitHubInput, 'form' | 'hosting' | 'pins'>, root: string, siteUrl: string): string {
  const settings: ReconcileSettings = { root, siteUrl, ...input.hosting };
  return input.form === 'eject' ? ejectedWorkflow(input.pins.action, settings) : callingWorkflow(input.pins.workflow, settings);
}

/**
 * Sets a repository of GitHub up: its settings, the keys that it keeps, the first signing event, and the workflow as a pull request. Whatever is there
 * already is left as it is, so it may be run again.
 * @throws the code of the first thing that stands against it, before anything is changed; and the codes of `init`
 */
export async function initGitHub(place: SetupPlace, input: InitGitHubInput): Promise<SetupResult> {
  const { forge, settings } = place;
  const facts = await settings.facts([METADATA_BRANCH, PUBLISHED_BRANCH], CALLER_FILE);
  const begun = await readBegun(forge);
  const { text, policy } = policyOf(input, begun);
  const view = await viewOf(place, input, policy, begun, facts);
  const none = { plan: view, root: begun?.root ?? null, rootPull: null, workflowPull: null };
  if (!(await input.confirm(view))) return { outcome: 'declined', ...none };
  const [refused] = view.refusals;
  if (refused !== undefined) throw new CountersignError(refused.code, refused.where, refused.detail);
  const online = begun === null ? (input.onlineKey ?? (await input.newKey())) : input.onlineKey;
  await applyPlan(settings, view, ({ name, environment }) => {
    const person = environment.slice('countersign-'.length);
    const held = name === ONLINE_SECRET ? online : (input.madeKeys.get(person) ?? input.custodyKeys.get(person));
    if (held === null || held === undefined) throw new CountersignError('signer-key', environment, 'expected a key, got none');
    return held.secret;
  });
  const first = begun === null && online !== null ? await proposeRoot(place, input, text, online) : null;
  const root = first?.root ?? begun?.root;
  if (root === undefined) throw new CountersignError('base-missing', METADATA_BRANCH, 'expected root v1, got none');
  const pull = await proposeCaller(forge, facts.defaultBranch, callerText(input, root, view.siteUrl));
  const isDone = view.changes.length === 0 && view.secrets.length === 0 && first === null && pull === null;
  return {
    outcome: isDone ? 'nothing-to-do' : 'applied',
    plan: view,
    root,
    rootPull: first === null ? null : { number: first.number, url: first.url, signers: first.signers },
    workflowPull: pull === null ? null : { number: pull.number, url: pull.url },
  };
}

async function proposeRoot(place: SetupPlace, input: InitGitHubInput, policy: string, online: HeldKey): ReturnType<typeof init> {
  const openSigner = async (uri: string): Promise<Signer> => (uri === ONLINE_URI ? online.signer : place.openSigner(uri));
  return init(
    { ...place, openSigner },
    {
      policy,
      policyName: input.policyName,
      repository: input.repository,
      resolveKey: (text, person) => input.resolveKey(text, person),
      resolveAccount: (login) => input.resolveAccount(login),
      files: new Map([[WAKE_PATH, new TextEncoder().encode(wakeWorkflow())]]),
    },
  );
}
