// SPDX-License-Identifier: Apache-2.0
//
// Takes the operations in use out of GitHub's own OpenAPI description into openapi.json, beside this file.
//
//   mkdir /tmp/openapi && cd /tmp/openapi && npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-*.tgz
//   node test/github/contract/extract.mjs /tmp/openapi/package
//
// The package is 385 MB unpacked, so it is no dependency.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [packageDirectory] = process.argv.slice(2);
if (packageDirectory === undefined) throw new Error('usage: extract.mjs <unpacked package>');

const operations = readFileSync(join(import.meta.dirname, 'operations.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const version = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')).version;
const source = JSON.parse(readFileSync(join(packageDirectory, 'generated/api.github.com.json'), 'utf8'));

/** Words of a schema that say nothing about which values are valid. */
const NOISE = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
  'default',
  'summary',
  'readOnly',
  'writeOnly',
  'discriminator',
]);
const wanted = new Map();

function resolve(node) {
  if (node?.$ref === undefined) return node;
  const target = node.$ref
    .slice(2)
    .split('/')
    .reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], source);
  return resolve(target);
}

function collectSchema(ref) {
  const name = ref.split('/').at(-1);
  if (wanted.has(name)) return;
  wanted.set(name, null);
  wanted.set(name, schema(source.components.schemas[name]));
}

/** `nullable` is OpenAPI 3.0; JSON Schema says it with a type. */
function withNull(result) {
  if (Array.isArray(result.enum) && !result.enum.includes(null)) result.enum = [...result.enum, null];
  if (typeof result.type === 'string') return { ...result, type: [result.type, 'null'] };
  return { anyOf: [result, { type: 'null' }] };
}

function schema(node) {
  if (Array.isArray(node)) return node.map(schema);
  if (node === null || typeof node !== 'object') return node;
  if (node.$ref !== undefined) {
    collectSchema(node.$ref);
    return { $ref: `#/$defs/${node.$ref.split('/').at(-1)}` };
  }
  const result = {};
  for (const [key, value] of Object.entries(node)) {
    if (NOISE.has(key) || key.startsWith('x-') || key === 'nullable') continue;
    if (key === 'properties' || key === 'patternProperties') {
      result[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, schema(inner)]));
    } else {
      result[key] = key === 'enum' || key === 'required' || key === 'const' ? value : schema(value);
    }
  }
  return node.nullable === true ? withNull(result) : result;
}

function contentSchema(content) {
  if (content === undefined) return undefined;
  const types = Object.keys(content);
  const json = types.find((type) => /^application\/(?:.*\+)?json$/.test(type) && !/raw|html|object/.test(type));
  if (json === undefined) return { binary: true };
  return { schema: schema(content[json].schema ?? {}) };
}

function operation(line) {
  const [method, path] = line.split(' ');
  const found = source.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`no such operation: ${line}`);
  const parameters = (found.parameters ?? []).map(resolve).map((one) => ({
    name: one.name,
    in: one.in,
    ...(one.required === true ? { required: true } : {}),
    schema: schema(one.schema),
  }));
  const body = resolve(found.requestBody);
  const responses = Object.fromEntries(
    Object.entries(found.responses).map(([status, response]) => [status, contentSchema(resolve(response).content) ?? {}]),
  );
  return {
    id: found.operationId,
    parameters,
    ...(body === undefined ? {} : { body: { ...(body.required === true ? { required: true } : {}), ...contentSchema(body.content) } }),
    responses,
  };
}

const result = { package: `@octokit/openapi@${version}`, operations: {}, $defs: {} };
for (const line of operations) result.operations[line] = operation(line);
for (const name of [...wanted.keys()].sort()) result.$defs[name] = wanted.get(name);

// Where the description is known to be behind what GitHub answers.
const assetState = result.$defs['release-asset'].properties.state;
assetState.enum = [...assetState.enum, 'starter'];

const text = `${JSON.stringify(result)}\n`;
writeFileSync(join(import.meta.dirname, 'openapi.json'), text);
console.log(`${String(operations.length)} operations, ${String(wanted.size)} schemas, ${String(text.length)} bytes, ${result.package}`);
