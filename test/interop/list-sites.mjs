// SPDX-License-Identifier: Apache-2.0
// Prints what `repositories.json` would say of sites that stand in a directory already, for matrix.mjs. Standard input: one line of JSON for each,
// {"id", "root", "states": [directory], "targets": [[path, file]]}, all relative to the directory that is served.
import { readFileSync } from 'node:fs';

const lines = readFileSync(0, 'utf8')
  .split('\n')
  .filter((line) => line !== '');
const entries = lines.map((line) => {
  const { id, root, states, targets } = JSON.parse(line);
  return {
    id,
    root,
    states: states.map((state) => ({ metadata: `${state}/metadata/`, targets: `${state}/targets/` })),
    features: [{ id, targets: targets.map(([path, file]) => ({ path, file })) }],
    findings: [],
    writable: true,
  };
});
console.log(JSON.stringify(entries, null, 2));
