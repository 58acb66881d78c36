// SPDX-License-Identifier: MIT
/** Makes code for the modules of a run, as they are loaded, and gives it to the VM. */
import type { EngineModule } from '../engine_module.js';
import { generate } from './generate.js';
import { parseLayout, type Layout } from './layout.js';
import { RegisterCode } from './register_code.js';

export class CodeMaker {
  private layout: Layout | null = null;
  private nextSlot = 0;

  constructor(
    private readonly engine: EngineModule,
    /** The session, as C knows it. */
    private readonly handle: number,
  ) {}

  /** Sees to modules that have been loaded since the last call. The run uses their code from its next slice on. */
  attend(): void {
    const { raw } = this.engine;
    for (;;) {
      const module = raw._tt_glue_next_module(this.handle);
      if (module === 0) return;
      this.make(module);
    }
  }

  private make(module: number): void {
    const { engine, handle } = this;
    const { raw } = engine;
    this.layout ??= parseLayout(engine.text(raw._tt_glue_code_layout(handle)) ?? '{}');
    const code = new RegisterCode(engine.words.buffer, this.layout, module);
    const made = generate(code, {
      tableAt: raw._tt_glue_code_slot(handle),
      slot: this.nextSlot,
      slots: this.layout.facts.codeSlots,
      sharedMemory: engine.sharedMemory !== null,
    });
    // Without code the interpreter does the same, only more slowly.
    if (!made || !WebAssembly.validate(made.bytes as Uint8Array<ArrayBuffer>)) return;
    this.nextSlot += made.slots;
    engine.withBytes(made.bytes, (at, length) =>
      engine.withBytes(new Uint8Array(made.entries.buffer), (entriesAt) =>
        raw._tt_glue_give_code(handle, module, at, length, entriesAt),
      ),
    );
  }
}
