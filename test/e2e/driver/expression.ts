// SPDX-License-Identifier: Apache-2.0
import { Evaluator, Lexer, Parser, data } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';

/** The contexts of an expression by name, as JSON values. */
export type Contexts = Readonly<Record<string, unknown>>;

/** How a job's ancestors ended: what `success()` and `failure()` answer from. */
export type Ancestors = 'success' | 'failure' | 'skipped';

const CONTEXT_NAMES = ['github', 'needs', 'inputs', 'matrix', 'strategy', 'vars', 'env', 'secrets', 'steps', 'job', 'runner', 'jobs'];

function statusFunctions(ancestors: Ancestors): readonly FunctionDefinition[] {
  const constant = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  return [
    constant('success', ancestors === 'success'),
    constant('failure', ancestors === 'failure'),
    constant('always', true),
    constant('cancelled', false),
  ];
}

function run(expression: string, contexts: Contexts, functions: readonly FunctionDefinition[]): data.ExpressionData {
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, CONTEXT_NAMES, [...functions]).parse();
  const filled = Object.fromEntries(CONTEXT_NAMES.map((name) => [name, contexts[name] ?? {}]));
  const dictionary: unknown = JSON.parse(JSON.stringify(filled), data.reviver);
  if (!(dictionary instanceof data.Dictionary)) throw new Error('contexts: expected an object');
  return new Evaluator(parsed, dictionary, new Map(functions.map((one) => [one.name, one]))).evaluate();
}

function plain(value: data.ExpressionData): unknown {
  return JSON.parse(JSON.stringify(value, data.replacer));
}

/** A value of a workflow with its `${{ }}` evaluated, by GitHub's own evaluator: of the value's own type where it is one expression and nothing else. */
export function evaluateTemplate(text: string, contexts: Contexts): unknown {
  const whole = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(text);
  if (whole?.[1] !== undefined) return plain(run(whole[1].trim(), contexts, []));
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, inner: string) => run(inner.trim(), contexts, []).coerceString());
}

/** All texts in a JSON value evaluated as {@link evaluateTemplate} does. */
export function evaluateAll(value: unknown, contexts: Contexts): unknown {
  if (typeof value === 'string') return evaluateTemplate(value, contexts);
  if (Array.isArray(value)) return value.map((one) => evaluateAll(one, contexts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, evaluateAll(one, contexts)]));
}

/** Whether a job's `if:` lets it run. Without a status function in it, `success()` is asked first, as GitHub does. */
export function evaluateCondition(condition: unknown, contexts: Contexts, ancestors: Ancestors): boolean {
  if (condition === undefined) return ancestors === 'success';
  const text = (typeof condition === 'string' ? condition : JSON.stringify(condition))
    .trim()
    .replace(/^\$\{\{(.*)\}\}$/s, '$1')
    .trim();
  const functions = statusFunctions(ancestors);
  const asksStatus = /\b(success|failure|always|cancelled)\s*\(/.test(text);
  if (!asksStatus && ancestors !== 'success') return false;
  const value = plain(run(text, contexts, functions));
  return value !== false && value !== null && value !== 0 && value !== '';
}
