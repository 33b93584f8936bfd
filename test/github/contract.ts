// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Fields } from './reply.ts';

interface Content {
  readonly schema?: Fields;
  readonly binary?: true;
}

interface Operation {
  readonly id: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required?: true;
    readonly schema: Fields;
  }[];
  readonly body?: Content & { readonly required?: true };
  readonly responses: Readonly<Record<string, Content>>;
}

interface Fixture {
  readonly package: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly $defs: Readonly<Record<string, Fields>>;
}

/** What a request or response did against GitHub's own description. */
export interface Violation {
  readonly method: string;
  readonly path: string;
  readonly what: string;
}

/** Answers that may come from every operation, listed or not. */
const ANY_FAILURE: Fields = {
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string' }, documentation_url: { type: 'string' }, status: { type: 'string' } },
};

/** Validates requests and responses. Validators are compiled when first used and shared by all fakes of a process. */
class Contract {
  readonly fixture: Fixture;
  readonly #ajv: Ajv;
  readonly #validators: Map<string, ValidateFunction> = new Map();

  constructor() {
    this.fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'contract/openapi.json'), 'utf8')) as Fixture;
    // Without inlining and optimising a validator compiles ten times as fast, and no test runs one often enough to gain from either.
    this.#ajv = new Ajv({ strict: false, logger: false, validateSchema: false, inlineRefs: false, code: { optimize: false } });
    addFormats.default(this.#ajv, { mode: 'fast' });
    this.#ajv.addSchema({ $id: 'github', $defs: this.fixture.$defs });
  }

  operation(key: string): Operation | null {
    return this.fixture.operations[key] ?? null;
  }

  /** What is wrong with a value; null when nothing is. */
  check(id: string, schema: Fields, value: unknown): string | null {
    let validate = this.#validators.get(id);
    if (validate === undefined) {
      validate = this.#ajv.compile(absoluteRefs(schema) as Fields);
      this.#validators.set(id, validate);
    }
    if (validate(value)) return null;
    const error = validate.errors?.[0];
    return `${error?.instancePath ?? ''} ${error?.message ?? 'invalid'} ${JSON.stringify(error?.params ?? {})}`.trim();
  }
}

let shared: Contract | null = null;

function contract(): Contract {
  shared ??= new Contract();
  return shared;
}

/** The keys of all operations of the fixture: `METHOD /path`. */
export function contractOperations(): readonly string[] {
  return Object.keys(contract().fixture.operations);
}

/** What is wrong with a request of an operation (`METHOD /path`); empty when nothing is. */
export function requestFaults(
  key: string,
  request: {
    readonly params: ReadonlyMap<string, string>;
    readonly query: URLSearchParams;
    readonly body: unknown;
    readonly bytes: number;
  },
): readonly string[] {
  const operation = contract().operation(key);
  if (operation === null) return ['the operation is not in the fixture'];
  const faults: string[] = [];
  const known = new Set<string>();
  for (const parameter of operation.parameters) {
    if (parameter.in === 'header') continue;
    if (parameter.in === 'query') known.add(parameter.name);
    const text = parameter.in === 'path' ? request.params.get(parameter.name) : (request.query.get(parameter.name) ?? undefined);
    if (text === undefined) {
      if (parameter.required === true) faults.push(`${parameter.in} parameter ${parameter.name} is missing`);
      continue;
    }
    const fault = contract().check(`${key} ${parameter.in} ${parameter.name}`, parameter.schema, typed(text, parameter.schema));
    if (fault !== null) faults.push(`${parameter.in} parameter ${parameter.name}: ${fault}`);
  }
  for (const name of request.query.keys()) if (!known.has(name)) faults.push(`unknown query parameter ${name}`);
  return [...faults, ...bodyFaults(key, operation, request.body, request.bytes)];
}

function bodyFaults(key: string, operation: Operation, body: unknown, bytes: number): readonly string[] {
  const expected = operation.body;
  if (expected?.binary === true) return [];
  if (expected?.schema === undefined) {
    const empty = body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0);
    return empty ? [] : [`a body where none is expected (${bytes} bytes)`];
  }
  if (body === undefined) return expected.required === true ? ['the body is missing'] : [];
  const fault = contract().check(`${key} body`, expected.schema, body);
  if (fault !== null) return [`body: ${fault}`];
  // GitHub ignores fields that it does not know, so a slip of the pen would go unseen.
  const properties = propertiesOf(expected.schema);
  const names = properties === null || typeof body !== 'object' || body === null ? [] : Object.keys(body);
  return names.filter((name) => properties?.has(name) === false).map((name) => `body: unknown field ${name}`);
}

/** What is wrong with a response; null when nothing is. */
export function responseFault(key: string, status: number, body: unknown): string | null {
  const operation = contract().operation(key);
  if (operation === null) return 'the operation is not in the fixture';
  const expected = operation.responses[String(status)];
  if (expected === undefined) {
    if (status < 400) return `status ${status} is not described`;
    return contract().check('any failure', ANY_FAILURE, body);
  }
  if (expected.schema === undefined) return body === undefined || status >= 400 ? null : `status ${status} has a body`;
  return contract().check(`${key} ${status}`, expected.schema, body);
}

function typed(text: string, schema: Fields): unknown {
  const alternatives = Array.isArray(schema['oneOf']) ? (schema['oneOf'] as Fields[]) : [schema];
  if (alternatives.some((one) => one['type'] === 'integer' || one['type'] === 'number') && /^-?\d+$/.test(text)) return Number(text);
  if (schema['type'] === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true';
  if (schema['type'] === 'array') return text.split(',');
  return text;
}

function propertiesOf(schema: Fields): ReadonlySet<string> | null {
  const ref = schema['$ref'];
  if (typeof ref === 'string') {
    const target = contract().fixture.$defs[ref.slice('#/$defs/'.length)];
    return target === undefined ? null : propertiesOf(target);
  }
  const properties = schema['properties'];
  return typeof properties === 'object' && properties !== null ? new Set(Object.keys(properties)) : null;
}

function absoluteRefs(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(absoluteRefs);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === '$ref' && typeof value === 'string' ? `github${value}` : absoluteRefs(value)]),
  );
}
