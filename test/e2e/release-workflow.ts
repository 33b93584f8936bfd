// SPDX-License-Identifier: Apache-2.0
// The workflows that the project has of its own.
import type { ActionPin } from '../../src/render/workflow-files.ts';

/** What the workflows name the action as. */
export const PIN: ActionPin = { repository: 'countersign-org/countersign', commit: 'c0de'.repeat(10) };

const CHECKOUT = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8';
const UPLOAD = 'actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4';

/** A job that builds and leaves what it built as an artifact. It can write nothing. */
function build(name: string, matrix: readonly string[] | null): readonly string[] {
  return [
    `  ${name}:`,
    '    runs-on: ubuntu-latest',
    '    permissions:',
    '      contents: read',
    ...(matrix === null ? [] : ['    strategy:', '      matrix:', `        os: [${matrix.join(', ')}]`]),
    '    steps:',
    `      - uses: ${CHECKOUT}`,
    '        with:',
    '          persist-credentials: false',
    '      - env:',
    '          VERSION: ${{ github.ref_name }}',
    `          OS: ${matrix === null ? 'any' : '${{ matrix.os }}'}`,
    '        run: |',
    '          sh build.sh "$VERSION $OS"',
    '          mv out/app.txt "out/app-$OS.txt"',
    `      - uses: ${UPLOAD}`,
    '        with:',
    `          name: build-${matrix === null ? 'any' : '${{ matrix.os }}'}`,
    '          path: out/',
  ];
}

/** What differs between release workflows. */
export interface ReleaseOptions {
  readonly role?: string;
  readonly prefix?: string;
  readonly matrix?: readonly string[];
  /** More inputs of the action, as lines of YAML. */
  readonly more?: readonly string[];
  readonly on?: string;
  /** Permissions of the job that proposes; without any line, none of them. */
  readonly permissions?: readonly string[];
}

/** What the job that proposes needs. */
export const PROPOSE_PERMISSIONS: readonly string[] = ['actions: read', 'contents: write', 'pull-requests: write'];

/** A release workflow: builds from a tag, and proposes what was built. */
export function releaseWorkflow(options: ReleaseOptions = {}): string {
  const { permissions = PROPOSE_PERMISSIONS } = options;
  return [
    'name: release',
    `on: ${options.on ?? "{ push: { tags: ['v*'] } }"}`,
    'permissions: {}',
    'jobs:',
    ...build('build', options.matrix ?? null),
    '  countersign:',
    '    needs: build',
    '    runs-on: ubuntu-latest',
    ...(permissions.length === 0 ? ['    permissions: {}'] : ['    permissions:', ...permissions.map((line) => `      ${line}`)]),
    '    outputs:',
    '      operation: ${{ steps.propose.outputs.operation }}',
    '    steps:',
    '      - id: propose',
    `        uses: ${PIN.repository}@${PIN.commit}`,
    '        with:',
    `          role: ${options.role ?? 'releases'}`,
    '          artifacts: build-*',
    `          target-prefix: ${options.prefix ?? '${{ github.ref_name }}/'}`,
    ...(options.more ?? []).map((line) => `          ${line}`),
    '',
  ].join('\n');
}
