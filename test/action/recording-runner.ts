// SPDX-License-Identifier: Apache-2.0
// A runner that keeps what it is told.
import type { AnnotationKind, Runner } from '../../src/action/runner.ts';

export class RecordingRunner implements Runner {
  readonly lines: string[] = [];
  readonly annotations: { readonly kind: AnnotationKind; readonly title: string; readonly text: string }[] = [];
  readonly masked: string[] = [];
  readonly outputs: Map<string, string> = new Map();
  readonly groups: string[] = [];
  depth = 0;
  markdown = '';

  info(text: string): void {
    this.lines.push(text);
  }

  annotate(kind: AnnotationKind, title: string, text: string): void {
    this.annotations.push({ kind, title, text });
  }

  mask(secret: string): void {
    this.masked.push(secret);
  }

  output(name: string, value: string): void {
    this.outputs.set(name, value);
  }

  startGroup(title: string): void {
    this.groups.push(title);
    this.depth++;
  }

  endGroup(): void {
    this.depth--;
  }

  async summary(markdown: string): Promise<void> {
    this.markdown += markdown;
  }

  /** Everything that anyone can read afterwards. */
  get shown(): string {
    const annotations = this.annotations.map(({ title, text }) => `${title} ${text}`);
    return [...this.lines, ...annotations, ...this.groups, ...this.outputs.values(), this.markdown].join('\n');
  }
}
