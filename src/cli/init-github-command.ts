// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { initGitHub, type HeldKey, type InitGitHubInput } from '../commands/init-github.ts';
import { ONLINE_SECRET } from '../event/workflow-names.ts';
import type { Forge } from '../ports.ts';
import type { Settings } from '../ports/settings.ts';
import { policyText, type Suggestion } from '../render/policy-text.ts';
import { setupPlanText, setupText, type SetupPlanView } from '../render/setup-text.ts';
import { ACTION_PIN, releaseJob, wakeWorkflow, WORKFLOW_PIN, type ActionPin } from '../render/workflow-files.ts';
import { generateEd25519 } from '../signers/generate.ts';
import { openOnlineSigner } from '../signers/open-online-signer.ts';
import { parseRepositoryId } from '../tuf/binding.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { objectField, stringField } from '../tuf/fields.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import type { HostingName } from './hosting-option.ts';
import { openAdministered, type Environment } from './github-options.ts';
import { readPolicyText, resolvePolicyKey } from './init-command.ts';
import { currentInstant } from './local-workplace.ts';
import { askYesNo } from './prompts.ts';
import { readText } from './read-text.ts';

/** What `init --github` takes. */
export interface InitGitHubOptions {
  /** `OWNER/REPO`. */
  readonly github: string;
  readonly policy?: string;
  /** Logins to make a policy of, from the keys that their accounts show. */
  readonly signer: readonly string[];
  /** Logins that sign releases by approving in the browser, with a key that is made here and kept by GitHub alone. */
  readonly custody: readonly string[];
  /** `person=file:PATH` */
  readonly custodyKey: readonly string[];
  readonly hosting: HostingName;
  readonly metadataTag: string;
  readonly siteUrl?: string;
  /** False where another site takes the published branch in. */
  readonly deploy: boolean;
  readonly eject: boolean;
  /** `owner/name@<sha>` of the action, where it is not the one that this program names. */
  readonly action?: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** A key that was made here, with its public half as a policy writes it. */
interface MadeKey extends HeldKey {
  readonly text: string;
}

const NO_COMMIT = '0'.repeat(40);

function pinsOf(action: string | undefined): InitGitHubInput['pins'] {
  if (action === undefined) {
    if (ACTION_PIN.commit === NO_COMMIT || WORKFLOW_PIN.commit === NO_COMMIT)
      throw new CountersignError('usage', '--action', 'expected owner/name@<sha>: this build of the program names no published action');
    return { action: ACTION_PIN, workflow: WORKFLOW_PIN };
  }
  const match = /^([A-Za-z0-9-]+\/[A-Za-z0-9._-]+)@([0-9a-f]{40})$/.exec(action);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new CountersignError('usage', '--action', `expected owner/name@<40 hex digits>, got ${quote(action)}`);
  const pin: ActionPin = { repository: match[1], commit: match[2] };
  return { action: pin, workflow: pin };
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '')
    throw new CountersignError('usage', '--site-url', `expected an https address, got ${quote(text)}`);
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

async function heldKey(secret: string): Promise<HeldKey> {
  return { secret, signer: await openOnlineSigner('env:KEY', new Map([['KEY', secret]])) };
}

async function custodyKeys(options: readonly string[]): Promise<ReadonlyMap<string, HeldKey>> {
  const keys = new Map<string, HeldKey>();
  for (const option of options) {
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]*)=file:(.+)$/.exec(option);
    // What was given is not quoted: it may be a key in the wrong place.
    if (match?.[1] === undefined || match[2] === undefined)
      throw new CountersignError('usage', '--custody-key', 'expected <person>=file:<path of a private key>');
    keys.set(match[1], await heldKey(await readText(match[2], 'a private key')));
  }
  return keys;
}

/** Makes a key for everyone who is to sign by an approval in the browser. */
async function madeKeys(logins: readonly string[]): Promise<ReadonlyMap<string, MadeKey>> {
  const keys = new Map<string, MadeKey>();
  for (const login of logins) {
    const { pem, publicKey } = generateEd25519();
    const text = `ed25519:${stringField(objectField(publicKey, 'keyval', 'key'), 'public', 'key')}`;
    keys.set(login, { ...(await heldKey(pem)), text });
  }
  return keys;
}

/** A policy from the keys that accounts show, and those that were made. @throws `usage` when an account shows none, or several */
async function suggestedPolicy(
  logins: readonly string[],
  made: ReadonlyMap<string, MadeKey>,
  settings: Settings,
  console: Console,
): Promise<string> {
  if (logins.length < 2) throw new CountersignError('usage', '--signer', `expected at least two people, got ${String(logins.length)}`);
  const people: Suggestion[] = [];
  for (const login of new Set(logins)) {
    if (made.has(login)) throw new CountersignError('usage', '--custody', `expected people who are no --signer, got ${quote(login)}`);
    const keys = (await settings.accountKeys(login)).filter((key) => key.startsWith('ssh-ed25519 '));
    const [key] = keys;
    if (key === undefined || keys.length > 1)
      throw new CountersignError(
        'usage',
        '--signer',
        `expected one ed25519 key on the account ${quote(login)}, got ${String(keys.length)}; write a policy instead`,
      );
    people.push({ login, key, held: 'self' });
  }
  console.log.info('these keys are what the accounts show; nobody has proven that they are theirs until they have signed with them');
  const custody = [...made].map(([login, { text }]): Suggestion => ({ login, key: text, held: 'environment' }));
  return policyText([...people, ...custody], `env:${ONLINE_SECRET}`);
}

async function policyFor(
  options: InitGitHubOptions,
  made: ReadonlyMap<string, MadeKey>,
  settings: Settings,
  console: Console,
): Promise<string | null> {
  if (options.policy !== undefined && options.signer.length > 0)
    throw new CountersignError('usage', '--signer', 'expected either --policy or --signer, got both');
  if (made.size > 0 && options.signer.length === 0)
    throw new CountersignError('usage', '--custody', 'expected --signer beside it; a policy names its custody signers itself');
  if (options.policy !== undefined) return readPolicyText(options.policy);
  return options.signer.length === 0 ? null : suggestedPolicy(options.signer, made, settings, console);
}

async function accountOf(forge: Forge, login: string): ReturnType<InitGitHubInput['resolveAccount']> {
  const account = (await forge.accounts([login])).get(login);
  if (account === undefined) throw new CountersignError('people-invalid', login, 'expected an account of this name, got none');
  return account;
}

async function confirmed(view: SetupPlanView, options: InitGitHubOptions, console: Console): Promise<boolean> {
  if (!options.json) process.stderr.write(`${setupPlanText(view, console.style)}\n`);
  if (options.dryRun) return false;
  // Refusals end the set-up whatever is answered.
  return options.yes || view.refusals.length > 0 || askYesNo('Change this?');
}

/** `countersign init --github OWNER/REPO`. @throws `declined`, `usage`, and the codes of {@link initGitHub} */
export async function initGitHubCommand(
  options: InitGitHubOptions,
  console: Console,
  variables: Environment = new Map(Object.entries(process.env)),
): Promise<number> {
  const pins = pinsOf(options.action);
  const { forge, settings } = await openAdministered(options.github, variables, console);
  const policyName = options.policy ?? 'policy';
  const online = variables.get(ONLINE_SECRET);
  const made = await madeKeys(options.custody);
  // What another site takes in is the branch that Pages would show.
  const metadataHosting: 'pages' | 'release' = options.hosting === 'release' ? 'release' : 'pages';
  const result = await initGitHub(
    {
      forge,
      settings,
      now: currentInstant(),
      openSigner: (uri) => openOnlineSigner(uri, variables),
    },
    {
      policy: await policyFor(options, made, settings, console),
      policyName,
      repository: parseRepositoryId(randomUUID(), 'repository'),
      resolveKey: (text, person) => resolvePolicyKey(text, person, policyName),
      resolveAccount: (login) => accountOf(forge, login),
      onlineKey: online === undefined || online === '' ? null : await heldKey(online),
      newKey: () => heldKey(generateEd25519().pem),
      custodyKeys: await custodyKeys(options.custodyKey),
      madeKeys: made,
      siteUrl: options.siteUrl === undefined ? null : checkedUrl(options.siteUrl),
      hosting: {
        metadataHosting,
        metadataTag: options.hosting === 'release' ? options.metadataTag : '',
        deploy: options.deploy && options.hosting !== 'none' ? 'here' : 'elsewhere',
      },
      form: options.eject ? 'eject' : 'call',
      pins,
      confirm: (view) => confirmed(view, options, console),
    },
  );
  const { siteUrl, refusals } = result.plan;
  if (result.outcome === 'declined' && !options.dryRun)
    throw new CountersignError('declined', options.github, 'expected your agreement, got none; nothing was changed');
  const site = { siteUrl, metadataHosting, metadataTag: options.metadataTag };
  const what = { role: 'releases', artifacts: 'dist-*', targetPrefix: '${{ github.ref_name }}/' };
  const job = releaseJob(pins.action, { ...what, root: result.root, site });
  const view = { ...result, releaseJob: job, wakeWorkflow: wakeWorkflow() };
  console.result(view, setupText);
  return result.outcome === 'declined' && refusals.length > 0 ? EXIT.failed : EXIT.ok;
}
