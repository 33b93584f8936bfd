// SPDX-License-Identifier: Apache-2.0
// `countersign fetch` as a process of its own. First argument: the options as JSON; the others: targets.
import { openConsole } from '../../src/cli/console.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { fetchCommand, type FetchOptions } from '../../src/cli/fetch-command.ts';

const [options = '{}', ...targets] = process.argv.slice(2);
const given: FetchOptions = { metadataUrl: [], targetsUrl: [], offline: false, json: true, ...JSON.parse(options) };
const console = openConsole(given.json);
try {
  process.exitCode = await fetchCommand(given, console, targets);
} catch (error) {
  console.error(error);
  process.exitCode = exitCodeOf(error);
}
