// SPDX-License-Identifier: Apache-2.0
import { findingAt, importsOf, resolveLocal, type Finding, type Import, type Sources } from './source.ts';

/** What a layer may import. What is not listed is refused. */
interface Layer {
  /** Layers whose modules it may load. */
  readonly uses: readonly string[];
  /** Layers of which it may name types only. */
  readonly types?: readonly string[];
  /** Packages and Node modules; `any` for code that does I/O. */
  readonly packages: readonly string[] | 'any';
}

const PURE = ['tuf', 'trust', 'event', 'render'];
const ADAPTERS = ['signers', 'forge', 'hosting', 'hashing', 'client', 'artifacts'];

const adapter = (name: string): [string, Layer] => [
  name,
  { uses: [...PURE, 'version', 'disk', 'http', name], types: ['ports'], packages: 'any' },
];

/** The arrows of the design. A file's layer is the first part of its path below src, without `.ts`. */
const LAYERS: ReadonlyMap<string, Layer> = new Map<string, Layer>([
  ['tuf', { uses: ['tuf'], packages: ['node:crypto', '@noble/ed25519', '@noble/post-quantum'] }],
  ['trust', { uses: ['tuf', 'trust'], packages: [] }],
  ['event', { uses: ['tuf', 'trust', 'event'], types: ['ports'], packages: [] }],
  ['render', { uses: ['tuf', 'trust', 'event', 'render'], packages: [] }],
  ['ports', { uses: [], types: ['tuf', 'trust'], packages: [] }],
  ['version', { uses: [], packages: [] }],
  ['commands', { uses: [...PURE, 'version', 'client', 'commands'], types: ['ports'], packages: ['node:crypto', 'node:path', 'yaml'] }],
  // How files are written without a reader seeing half of one: shared by the adapters that keep things on this machine's disk.
  ['disk', { uses: ['tuf', 'disk'], types: ['ports'], packages: 'any' }],
  // The one way to a host: proxies, TLS, time. Shared by the client and the forge.
  ['http', { uses: ['tuf', 'version', 'http'], packages: 'any' }],
  ...ADAPTERS.map(adapter),
  ...['cli', 'action'].map((name): [string, Layer] => [
    name,
    { uses: [...PURE, 'ports', 'version', 'disk', 'commands', ...ADAPTERS, 'cli', 'action'], packages: 'any' },
  ]),
]);

/** Names of node:crypto that neither draw random numbers nor hold a private key. */
const PURE_CRYPTO = new Set(['constants', 'createHash', 'createPublicKey', 'hash', 'KeyObject', 'timingSafeEqual', 'verify']);

/** Packages that read a person's key or ask a person: an action holds nobody's key and has nobody to ask. */
const HUMAN_KEY_PACKAGES = new Set(['@inquirer/prompts', 'bcrypt-pbkdf']);

/** The layer of a file below src: `src/tuf/json.ts` and `src/tuf.ts` are in `tuf`. */
export function layerOf(file: string): string {
  return file.split('/')[1]?.replace(/\.ts$/, '') ?? '';
}

function packageOf(specifier: string): string {
  const depth = specifier.startsWith('@') ? 2 : 1;
  return specifier.startsWith('node:') ? specifier : specifier.split('/').slice(0, depth).join('/');
}

/** Why a layer may not have this import; null if it may. */
function objection(file: string, layer: Layer, item: Import, specifier: string): string | null {
  const local = resolveLocal(file, specifier);
  if (local === null) {
    const name = packageOf(specifier);
    if (layer.packages !== 'any' && !layer.packages.includes(name)) return `${layerOf(file)} must not import ${name}`;
    if (name === 'node:crypto' && PURE.includes(layerOf(file))) return cryptoObjection(item);
    return null;
  }
  if (!local.startsWith('src/')) return `source must not import ${local}`;
  const target = layerOf(local);
  if (layer.uses.includes(target) || (item.typeOnly && layer.types?.includes(target) === true)) return null;
  if (layer.types?.includes(target) === true) return `${layerOf(file)} may import only types from ${target}`;
  return `${layerOf(file)} must not import ${target}`;
}

function cryptoObjection(item: Import): string | null {
  if (item.typeOnly) return null;
  if (item.names === null) return 'pure code must import node:crypto by name';
  const impure = item.names.filter((name) => !PURE_CRYPTO.has(name));
  return impure.length === 0 ? null : `pure code must not import ${impure.join(', ')} from node:crypto`;
}

function layerFindings(file: string, source: Sources): readonly Finding[] {
  const parsed = source.get(file);
  if (parsed === undefined) return [];
  const layer = LAYERS.get(layerOf(file));
  if (layer === undefined) return [findingAt(file, parsed, `no layer is called ${layerOf(file)}`)];
  return importsOf(parsed).flatMap((item) => {
    if (item.specifier === null) return [findingAt(file, item.node, 'imports must name their module by a plain string')];
    const reason = objection(file, layer, item, item.specifier);
    return reason === null ? [] : [findingAt(file, item.node, reason)];
  });
}

/** Imports against the direction of the arrows. */
export function checkLayers(sources: Sources): readonly Finding[] {
  return [...sources.keys()].flatMap((file) => layerFindings(file, sources));
}

/** Ways from `entry` to a package that handles human keys, over everything that is loaded at run time, lazily or not. */
export function checkHumanKeys(sources: Sources, entry = 'src/action.ts'): readonly Finding[] {
  const findings: Finding[] = [];
  const ways = new Map([[entry, [entry]]]);
  // A Map visits what is added during the loop.
  for (const [file, way] of ways) {
    const source = sources.get(file);
    if (source === undefined) continue;
    for (const item of importsOf(source)) {
      if (item.typeOnly || item.specifier === null) continue;
      const local = resolveLocal(file, item.specifier);
      if (local !== null && !ways.has(local)) ways.set(local, [...way, local]);
      if (local !== null || !HUMAN_KEY_PACKAGES.has(packageOf(item.specifier))) continue;
      findings.push(findingAt(file, item.node, `the action must not reach ${item.specifier}: ${way.join(' → ')}`));
    }
  }
  return findings;
}
