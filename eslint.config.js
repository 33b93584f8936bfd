// SPDX-License-Identifier: Apache-2.0
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import * as regexp from 'eslint-plugin-regexp';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';

/** The branded types: what a `parse*` function may cast to once it has checked the value (house style, rules 5 and 11). */
const BRANDS = [
  'AccountId',
  'BlobId',
  'CommitSha',
  'Instant',
  'KeyId',
  'KeyIdentity',
  'PayloadDigest',
  'RepositoryId',
  'RoleName',
  'Sha256Hex',
  'TargetPath',
  'Threshold',
  'Version',
];

const ASSERTION_TO_NO_BRAND = `TSAsExpression:not([typeAnnotation.typeName.name=/^(const|${BRANDS.join('|')})$/])`;

const NODE_GLOBALS = Object.fromEntries(
  ['Buffer', 'URL', 'console', 'fetch', 'performance', 'process', 'setTimeout', 'clearTimeout', 'TextDecoder', 'TextEncoder'].map(
    (name) => [name, 'readonly'],
  ),
);

/** For all TypeScript. Each difference from the presets has its reason. */
const TYPESCRIPT_RULES = {
  // Rule 6: switches are exhaustive; `default: x satisfies never` counts.
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/consistent-type-imports': 'error',
  // isolatedDeclarations wants the type at the property.
  '@typescript-eslint/consistent-generic-constructors': 'off',
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' }],
  // A number in a message needs no ceremony; anything else does, because it may be an object or undefined.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  // isolatedDeclarations needs the annotation on some exports; having it on all of them is no fault.
  '@typescript-eslint/no-inferrable-types': 'off',
  // `for (;;)` and `while (true)` with a return inside read well in a parser.
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'always' }],
  // A port's method may be async and need no await in one of its implementations.
  '@typescript-eslint/require-await': 'off',
  // An arrow function that returns a void call is plain; braces around it add nothing.
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
  // Control characters are what a strict parser looks for.
  'no-control-regex': 'off',
  eqeqeq: 'error',
  'no-implicit-coercion': 'error',
  'object-shorthand': 'error',
};

/**
 * Text of strangers meets no regular expression that takes more than linear time. `report: 'potential'` counts one that is harmless by itself and
 * not beside others; `ignoreSticky` and `ignorePartial` would let those through that are run again at each place of the text.
 */
const LINEAR_RULES = {
  'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
  'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false, ignoreSticky: false }],
};

export default defineConfig(
  globalIgnores(['dist', 'coverage', 'demo-out', 'test/vectors', '**/.venv']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: NODE_GLOBALS },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: TYPESCRIPT_RULES,
  },
  {
    files: ['src/**/*.ts'],
    plugins: { regexp, tsdoc },
    rules: {
      ...LINEAR_RULES,
      'tsdoc/syntax': 'error',
      'no-console': 'error',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: ASSERTION_TO_NO_BRAND,
          message: 'Only `as const` and a cast to a branded type (listed in eslint.config.js) are allowed: parse or narrow instead.',
        },
      ],
    },
  },
  {
    // The entries are what writes to standard output; everything else is given a Log.
    files: ['src/cli.ts', 'src/cli/**/*.ts', 'src/action.ts', 'src/action/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', '*.config.ts'],
    rules: {
      'max-lines': ['error', 600],
      // Tests read JSON and pass methods about; what they assert is checked when they run.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
);
