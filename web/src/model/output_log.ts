// SPDX-License-Identifier: MIT
/**
 * What is kept of a program's output: its head and its tail, so that a flood costs bounded memory
 * while the beginning and the end stay readable. Lengths are UTF-16 code units.
 */
import type { OutputStream } from '../../../wasm-glue/ts/index.ts';

export interface OutputPart {
  readonly stream: OutputStream;
  readonly text: string;
}

export const HEAD_LENGTH = 256 * 1024;
export const TAIL_LENGTH = 1024 * 1024;

export class OutputLog {
  private readonly head: OutputPart[] = [];
  private headLength = 0;
  /** Whole parts; the oldest is dropped once the others hold `TAIL_LENGTH` without it. */
  private tail: OutputPart[] = [];
  private tailStart = 0;
  private tailLength = 0;
  private droppedLength = 0;

  append(stream: OutputStream, text: string): void {
    if (text === '') return;
    let rest = text;
    if (this.headLength < HEAD_LENGTH) {
      const part = rest.slice(0, HEAD_LENGTH - this.headLength);
      pushPart(this.head, stream, part);
      this.headLength += part.length;
      rest = rest.slice(part.length);
    }
    if (rest === '') return;
    pushPart(this.tail, stream, rest);
    this.tailLength += rest.length;
    this.dropOld();
  }

  /** Code units that are no longer kept; 0 until the output is longer than head and tail. */
  get dropped(): number {
    return this.droppedLength;
  }

  get length(): number {
    return this.headLength + this.droppedLength + this.tailLength;
  }

  /** Head parts, then tail parts; what was dropped lay between the two. */
  get parts(): { head: readonly OutputPart[]; tail: readonly OutputPart[] } {
    return { head: this.head, tail: this.tail.slice(this.tailStart) };
  }

  /** All kept text, with a line that says what is missing. */
  text(): string {
    const join = (parts: readonly OutputPart[]): string => parts.map((part) => part.text).join('');
    const { head, tail } = this.parts;
    if (this.droppedLength === 0) return join(head) + join(tail);
    return `${join(head)}\n[… ${this.droppedLength.toLocaleString('en')} characters were dropped here …]\n${join(tail)}`;
  }

  private dropOld(): void {
    for (;;) {
      const oldest = this.tail[this.tailStart];
      if (oldest === undefined || this.tailLength - oldest.text.length < TAIL_LENGTH) break;
      this.tailStart += 1;
      this.tailLength -= oldest.text.length;
      this.droppedLength += oldest.text.length;
    }
    if (this.tailStart > 1024) {
      this.tail = this.tail.slice(this.tailStart);
      this.tailStart = 0;
    }
  }
}

/** Small writes are joined so that a million short lines are not a million parts. */
function pushPart(parts: OutputPart[], stream: OutputStream, text: string): void {
  const last = parts.at(-1);
  if (last !== undefined && last.stream === stream && last.text.length + text.length <= 16 * 1024) {
    parts[parts.length - 1] = { stream, text: last.text + text };
  } else {
    parts.push({ stream, text });
  }
}
