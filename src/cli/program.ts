// SPDX-License-Identifier: Apache-2.0
import { Command, CommanderError, Option } from 'commander';
import { CountersignError } from '../tuf/errors.ts';
import type { InitGitHubOptions } from './init-github-command.ts';
import type { InitOptions } from './init-command.ts';
import { VERSION } from '../version.ts';
import { openConsole, type Console } from './console.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { parseHosting } from './hosting-option.ts';
import { gitHubOptions, requireNoGitHubOption } from './init-options.ts';
import { collectValues } from './option-value.ts';

/** What the entry knows of where it runs. */
export interface ProgramContext {
  /** The directory of the bundle: the demo's default input. */
  readonly distDirectory: string;
}

type Handler<O> = (options: O, console: Console, args: readonly string[]) => Promise<number>;

/** `init` is for both hosts; what the options are for says `--github`. */
type AnyInitOptions = Omit<InitOptions, 'policy'> &
  Omit<InitGitHubOptions, 'github' | 'policy'> & { readonly github?: string; readonly policy?: string };

const repo = (): Option =>
  new Option('--repo <dir-or-url>', 'the repository: a directory, or https://github.com/OWNER/REPO').env('COUNTERSIGN_REPO').default('.');
const directory = (): Option => new Option('--repo <dir>', 'the directory of the repository').env('COUNTERSIGN_REPO').default('.');
const site = (): Option => new Option('--site <dir>', 'where the published repository is written (default: <repo>/site)');
const siteUrl = (): Option =>
  new Option('--site-url <url>', 'on GitHub: where clients fetch (default: https://OWNER.github.io/REPO/)').env('COUNTERSIGN_SITE_URL');
const as = (): Option => new Option('--as <login>', 'the account to work as').default('countersign[bot]');
const stallSeconds = (): Option => new Option('--stall-seconds <seconds>', 'give a host up that sends nothing for so long (default: 30)');
const totalSeconds = (): Option =>
  new Option('--total-seconds <seconds>', 'give one attempt at one file up after so long, sooner for a small one (default: 6 hours)');
const json = (): Option => new Option('--json', 'print one JSON document, for scripts').default(false);
const root = (): Option => new Option('--root <sha256>', 'the sha256 that root v1 must have, of its payload or of the file 1.root.json');

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

const EXIT_CODES = `
Exit codes:
  0  done
  1  refused or failed; nothing was done beyond what was printed
  2  the command line or the policy is wrong
  3  done, but something that does not verify was left out and reported
  130  interrupted by ctrl-C at a question
`;

const NEEDED = new WeakSet<Option>();

/** An option that must be given. Commander would complain of it before it has looked for options that it does not know, such as a mistyped one. */
function needed(flags: string, description: string): Option {
  const option = new Option(flags, description);
  NEEDED.add(option);
  return option;
}

function requireNeeded(command: Command): void {
  const missing = command.options.find((option) => NEEDED.has(option) && command.getOptionValue(option.attributeName()) === undefined);
  if (missing === undefined) return;
  command.error(`error: required option '${missing.flags}' not specified`, { code: 'commander.missingMandatoryOptionValue' });
}

/** Adds one command whose implementation is loaded only when it runs. */
function add<O extends { readonly json?: boolean }>(
  program: Command,
  command: Command,
  load: () => Promise<Handler<O>>,
  done: (code: number) => void,
): void {
  command.action(async (...parameters: unknown[]) => {
    requireNeeded(command);
    const options = command.opts<O>();
    const console = openConsole(options.json === true);
    const args = parameters.flat().filter((one): one is string => typeof one === 'string');
    try {
      done(await (await load())(options, console, args));
    } catch (error) {
      console.error(error);
      done(error instanceof CountersignError ? exitCodeOf(error) : EXIT.failed);
    }
  });
  program.addCommand(command);
}

function initCommands(program: Command, done: (code: number) => void): void {
  const init = new Command('init')
    .description('begin a repository from a policy: proposes the first metadata')
    .addOption(directory())
    .addOption(site())
    .option('--policy <file>', 'the policy (default: countersign.yaml; with --github also instead of --signer)')
    .option('--example', 'print a policy to start from, and do nothing else', false)
    .option('--github <owner/repo>', 'begin it on GitHub: settings, keys and workflows, with an administrator’s GITHUB_TOKEN or GH_TOKEN');
  for (const option of gitHubOptions()) init.addOption(option);
  init
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'countersign init --example > countersign.yaml',
        'countersign init --repo releases --policy countersign.yaml',
        'GH_TOKEN=$(gh auth token) countersign init --github acme/app --signer alice --signer bob --action OWNER/countersign@<40 hex digits>',
      ),
    );
  add<AnyInitOptions>(
    program,
    init,
    async () =>
      async ({ github, policy, ...options }, console) => {
        if (github === undefined) {
          requireNoGitHubOption(init);
          return (await import('./init-command.ts')).initCommand({ ...options, policy: policy ?? 'countersign.yaml' }, console);
        }
        const { initGitHubCommand } = await import('./init-github-command.ts');
        return initGitHubCommand({ ...options, github, ...(policy === undefined ? {} : { policy }) }, console);
      },
    done,
  );
}

function proposeCommands(program: Command, done: (code: number) => void): void {
  const propose = new Command('propose')
    .description('hash files and propose them as targets of a role')
    .argument('[files...]', 'files and directories')
    .addOption(needed('--role <name>', 'the role that is to sign them'))
    .option('--target-prefix <prefix>', 'put before each name, with its slash: v1.2.0/', '')
    .option('--remove <path>', 'a target to take out; may be repeated', collectValues, [])
    .option('--replace', 'let new content take the place of a listed path', false)
    .addOption(
      new Option('--when-open <what>', 'when an open event of the role has signatures').choices(['queue', 'add', 'fail']).default('queue'),
    )
    .option('--next-version', 'propose what is open again under the next version: somebody has signed it with sign --print', false)
    .option('--custom <json>', 'an object to keep in each target, or @FILE that holds it')
    .option('--commit <sha>', 'the commit that the files were built from')
    .addOption(
      new Option('--hosting <where>', 'where clients get the files: pages (the published site) or none (from elsewhere)')
        .argParser(parseHosting)
        .default('pages'),
    )
    .option('--dry-run', 'show what would be proposed, and write nothing', false)
    .addOption(directory())
    .addOption(site())
    .addOption(as())
    .addOption(root())
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'countersign propose --role releases --target-prefix v1.2.0/ dist/',
        'countersign propose --role releases --remove v1.0.0/app.tgz',
      ),
    );
  add(program, propose, async () => (await import('./propose-command.ts')).proposeCommand, done);
}

function signingCommands(program: Command, done: (code: number) => void): void {
  const sign = new Command('sign')
    .description('show what an event changes, and sign it with your key')
    .argument('<event>', 'the address of its pull request; for a local repository its number, or <dir>#<number> as status prints it')
    .option('--as <login>', 'your account; may be left out: the key says whose it is, and on GitHub GITHUB_TOKEN or GH_TOKEN does')
    .addOption(needed('--key <uri>', 'your key: the name of its file, or env:NAME'))
    .option('-y, --yes', 'sign without asking', false)
    .option('--replaces <digest>', 'a root that you signed and that this one takes the place of; may be repeated', collectValues, [])
    .option('--full', 'show all of it, also what is cut because it is long (in $PAGER when longer than the screen)', false)
    .option('--changes <file>', 'write all of it to a file')
    .option('--compare <dir>', 'compare new and replaced targets with files that you built yourself')
    .option('--target-prefix <prefix>', 'with --compare: what stands before the names of those files, such as v1.2.0/')
    .option('--print', 'print the block to paste into a review, and submit nothing', false)
    .option('--memory <dir>', 'where this machine remembers repositories and what you signed')
    .addOption(repo())
    .addOption(site())
    .addOption(json())
    .addOption(siteUrl())
    .addHelpText(
      'after',
      examples(
        'GH_TOKEN=$(gh auth token) countersign sign https://github.com/acme/app/pull/7 --key file:$HOME/.ssh/id_ed25519',
        'countersign sign 3 --key alice.pem',
        "countersign sign 'releases#3' --key env:ALICE_KEY --yes",
      ),
    );
  add(program, sign, async () => (await import('./sign-command.ts')).signCommand, done);

  const abandon = new Command('abandon')
    .description('end an event without completing it; one that people have signed is ended by those who signed it')
    .argument('<event>', 'the address of its pull request; for a local repository its number, or <dir>#<number> as status prints it')
    .option('--as <login>', 'your account; may be left out: the key says whose it is, and on GitHub GITHUB_TOKEN or GH_TOKEN does')
    .option('--key <uri>', 'your key, to take your own signature back: the name of its file, or env:NAME')
    .addOption(repo())
    .addOption(site())
    .addOption(json())
    .addOption(siteUrl())
    .addHelpText(
      'after',
      examples(
        'countersign abandon https://github.com/acme/app/pull/7 --key file:$HOME/.ssh/id_ed25519',
        'countersign abandon 3 --repo releases --key alice.pem',
      ),
    );
  add(program, abandon, async () => (await import('./abandon-command.ts')).abandonCommand, done);
}

function servingCommands(program: Command, done: (code: number) => void): void {
  const gather = new Command('gather')
    .description('count signatures; complete the events that have enough')
    .addOption(repo())
    .addOption(site())
    .addOption(root())
    .addOption(json())
    .addOption(siteUrl())
    .addHelpText('after', examples('countersign gather --repo releases'));
  add(program, gather, async () => (await import('./gather-command.ts')).gatherCommand, done);

  const publish = new Command('publish')
    .description('sign snapshot and timestamp with the online keys, and publish')
    .addOption(directory())
    .addOption(site())
    .addOption(root())
    .addOption(json())
    .option('--served-timestamp <version>', 'the timestamp that was last served, where a run has asked for it; 0 if none ever was')
    .option('--served-snapshot <version>', 'the snapshot that was last served, where the published branch was lost as well')
    .option('--prune', 'take away files of targets that were removed or replaced; without it they are served for ever', false)
    .option(
      '--replay-with <program>',
      'another client that must read it all first: run with METADATA_URL TARGETS_URL ROOT_FILE DIR TARGET; may be repeated',
      collectValues,
      [],
    )
    .addHelpText(
      'after',
      examples(
        'COUNTERSIGN_ONLINE_KEY="$(cat online.pem)" countersign publish --repo releases',
        'countersign publish --repo releases --replay-with ./read-with-python-tuf',
      ),
    );
  add(program, publish, async () => (await import('./publish-command.ts')).publishCommand, done);
}

function readingCommands(program: Command, done: (code: number) => void): void {
  const status = new Command('status')
    .description('show what is signed, what is open, and who is awaited')
    .addOption(repo())
    .addOption(site())
    .addOption(root())
    .addOption(json())
    .addOption(siteUrl())
    .addHelpText('after', examples('countersign status --repo https://github.com/acme/app', 'countersign status --repo releases'));
  add(program, status, async () => (await import('./status-command.ts')).statusCommand, done);
}

function clientCommands(program: Command, done: (code: number) => void): void {
  const verify = new Command('verify')
    .description('verify a published repository as old and new clients would see it')
    .argument('[dir-or-url]', 'the site: a directory (default: site), or a URL with metadata/ and targets/ below it')
    .option('--root <file-or-sha256>', 'a root file you trust, or the sha256 of root v1 (of the file or of its payload)')
    .option('--metadata-url <url>', 'where metadata is, if not below the URL')
    .option('--targets-url <url>', 'where target files are, if not below the URL')
    .addOption(new Option('--targets <which>', 'which target files to hash').choices(['all', 'hosted', 'sample', 'none']).default('hosted'))
    .option('--sample-size <count>', 'how many files --targets sample draws', '100')
    .option('--margin-days <days>', 'warn of what expires within so many days', '2')
    .option('--at <time>', 'the time to verify at, such as 2030-01-31T00:00:00Z')
    .addOption(stallSeconds())
    .addOption(totalSeconds())
    .option('--notes', 'show in full what other clients read differently', false)
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'countersign verify releases/site --root 1.root.json',
        'countersign verify https://example.org/ --root 1.root.json --targets sample --json',
      ),
    );
  add(program, verify, async () => (await import('./verify-command.ts')).verifyCommand, done);

  const fetch = new Command('fetch')
    .description('fetch targets of a published repository, verified from a root that you trust')
    .argument('<targets...>', 'target paths, or patterns: * and ? in a directory, ** across')
    .option('--url <site>', 'the site: a URL or a directory with metadata/ and targets/ below it')
    .option('--root <file>', 'the root file that you trust; may be left out where --cache names a cache that began with it')
    .option('--metadata-url <url>', 'where metadata is; may be repeated, for mirrors', collectValues, [])
    .option('--targets-url <url>', 'where target files are; may be repeated', collectValues, [])
    .option('--out <dir>', 'where the files go', '.')
    .option('--cache <dir>', 'where trusted metadata is kept (default: in the user’s cache)')
    .option('--offline', 'verify what is there with the cached metadata', false)
    .option('--at <time>', 'the time to verify at, such as 2030-01-31T00:00:00Z')
    .addOption(stallSeconds())
    .addOption(totalSeconds())
    .option('--map <file>', 'a TAP 4 map; roots lie beside it in <name>/root.json')
    .addOption(json())
    .addHelpText('after', examples("countersign fetch 'v1/*' --url https://example.org/ --root root.json --out dist"));
  add(program, fetch, async () => (await import('./fetch-command.ts')).fetchCommand, done);
}

function otherCommands(program: Command, done: (code: number) => void, context: ProgramContext): void {
  const doctor = new Command('doctor')
    .description('check the settings of a repository on GitHub; exits 1 when a key could leak or something is broken')
    .argument('<owner/repo>', 'the repository')
    .addOption(json())
    .addHelpText('after', examples('GH_TOKEN=$(gh auth token) countersign doctor acme/app'));
  add(program, doctor, async () => (await import('./doctor-command.ts')).doctorCommand, done);

  const demo = new Command('demo')
    .description('a whole signing event on real files, with nothing but this machine')
    .argument('[files...]', 'files to release (default: this installation itself)')
    .option('--out <dir>', 'where to leave the repository and the site')
    .addOption(json())
    .addHelpText('after', examples('countersign demo', 'countersign demo --out demo-out package.tgz'));
  add(program, demo, async () => (await import('./demo-command.ts')).demoCommand(context.distDirectory), done);

  const keygen = new Command('keygen')
    .description('make an ed25519 key; prints its public half as a policy writes it')
    .argument('<file>', 'where to write the private key (never overwritten)')
    .addOption(json())
    .addHelpText('after', examples('countersign keygen alice.pem'));
  add(program, keygen, async () => (await import('./keygen-command.ts')).keygenCommand, done);
}

/**
 * Runs the command line.
 * @param args - without node and script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], context: ProgramContext): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command('countersign')
    .description('A TUF repository for any project: threshold signatures, gathered where the work is reviewed.')
    .version(VERSION)
    .addHelpText('after', EXIT_CODES + examples('countersign demo', 'countersign status --help'));
  const done = (result: number): void => {
    code = result;
  };
  initCommands(program, done);
  proposeCommands(program, done);
  signingCommands(program, done);
  servingCommands(program, done);
  readingCommands(program, done);
  clientCommands(program, done);
  otherCommands(program, done, context);
  // `countersign nonsense --help` would show the general help and look like success.
  const [first] = args.filter((argument) => !argument.startsWith('-'));
  const isUnknown = first !== undefined && ![...program.commands.map((command) => command.name()), 'help'].includes(first);
  const json = args.includes('--json');
  for (const command of [program, ...program.commands]) {
    command.exitOverride().showHelpAfterError('(add --help for what this command takes)');
    command.configureOutput({
      writeErr: (text) => {
        if (!json) process.stderr.write(text);
      },
    });
  }
  try {
    if (isUnknown) program.error(`error: unknown command '${first}'`, { code: 'commander.unknownCommand' });
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    const detail = error.code === 'commander.help' ? 'expected a command, got none' : error.message.replace(/^error: /, '');
    if (json) openConsole(json).error(new CountersignError('usage', 'command line', detail));
    return EXIT.usage;
  }
  return code;
}
