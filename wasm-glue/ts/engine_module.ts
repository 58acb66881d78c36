// SPDX-License-Identifier: MIT
/** The Emscripten module: loading it, and moving bytes over its border. */
import { EngineBug } from './api.js';
import { withTimeout } from './errors.js';
import type { Build } from './protocol.js';
import type { RawExports } from './raw.js';

/** Threads of the pool that are waited for after the last run has ended, before new ones are made. */
const THREAD_RETURN_MS = 200;
const THREAD_START_MS = 10_000;

/** What is used of Emscripten's own object for threads. */
interface ThreadPool {
  readonly unusedWorkers: unknown[];
  allocateUnusedWorker(): void;
  loadWasmModuleToWorker(worker: unknown): Promise<unknown>;
}

interface EmscriptenModule extends RawExports {
  readonly wasmMemory: WebAssembly.Memory;
  readonly PThread?: ThreadPool;
}

interface ModuleOptions {
  poolSize: number;
  onAbort(what: unknown): void;
}

type ModuleFactory = (options: ModuleOptions) => Promise<EmscriptenModule>;

function isFactoryModule(value: unknown): value is { default: ModuleFactory } {
  return (
    typeof value === 'object' && value !== null && 'default' in value && typeof value.default === 'function'
  );
}

export class EngineModule {
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder();

  private constructor(
    readonly raw: RawExports,
    readonly build: Build,
    readonly cores: number,
    /** Most scheduler threads a run can have. */
    readonly maxSchedulers: number,
    private readonly module: EmscriptenModule,
  ) {}

  static async load(
    imported: unknown,
    build: Build,
    cores: number,
    options: { fewest: number; most: number; onAbort(what: string): void },
  ): Promise<EngineModule> {
    if (!isFactoryModule(imported)) throw new EngineBug('the engine file does not export a module factory');
    const maxSchedulers = build === 'mt' ? Math.min(Math.max(cores, options.fewest), options.most) : 1;
    const module = await imported.default({
      poolSize: build === 'mt' ? maxSchedulers : 0,
      onAbort: (what) => options.onAbort(`the engine aborted: ${String(what)}`),
    });
    return new EngineModule(module, build, cores, maxSchedulers, module);
  }

  /** The memory, for those who may share it. */
  get sharedMemory(): WebAssembly.Memory | null {
    return this.build === 'mt' ? this.module.wasmMemory : null;
  }

  /** Read again at every use: growing memory replaces the buffer. */
  get words(): Int32Array {
    return new Int32Array(this.module.wasmMemory.buffer);
  }

  get wideWords(): BigInt64Array {
    return new BigInt64Array(this.module.wasmMemory.buffer);
  }

  /** Calls with the bytes in the module's memory for the time of the call. */
  withBytes<T>(bytes: Uint8Array, use: (address: number, length: number) => T): T {
    const address = this.raw._malloc(Math.max(bytes.length, 1));
    if (address === 0) throw new EngineBug(`no memory for ${bytes.length} bytes in the engine`);
    try {
      new Uint8Array(this.module.wasmMemory.buffer).set(bytes, address);
      return use(address, bytes.length);
    } finally {
      this.raw._free(address);
    }
  }

  setBytes(address: number, bytes: Uint8Array): void {
    new Uint8Array(this.module.wasmMemory.buffer).set(bytes, address);
  }

  withText<T>(text: string, use: (address: number, length: number) => T): T {
    return this.withBytes(this.encoder.encode(text), use);
  }

  /** A copy that is the caller's own and never shared: decoders refuse shared memory. */
  copyBytes(address: number, length: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(length);
    copy.set(new Uint8Array(this.module.wasmMemory.buffer, address, length));
    return copy;
  }

  /** The NUL-terminated text at an address; `null` for address 0. */
  text(address: number): string | null {
    if (address === 0) return null;
    const memory = new Uint8Array(this.module.wasmMemory.buffer);
    return this.decoder.decode(this.copyBytes(address, memory.indexOf(0, address) - address));
  }

  /**
   * Makes sure that `count` threads can start without the event loop of this worker turning: threads are joined
   * in one call, and one that is still being loaded could then never end.
   */
  async readyThreads(count: number): Promise<void> {
    const pool = this.module.PThread;
    if (!pool) return;
    const deadline = performance.now() + THREAD_RETURN_MS;
    while (pool.unusedWorkers.length < count && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const loading: Promise<unknown>[] = [];
    for (let missing = count - pool.unusedWorkers.length; missing > 0; missing--) {
      pool.allocateUnusedWorker();
      loading.push(pool.loadWasmModuleToWorker(pool.unusedWorkers.at(-1)));
    }
    await withTimeout(Promise.all(loading), THREAD_START_MS, 'start of scheduler threads');
  }
}
