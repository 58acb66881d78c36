// SPDX-License-Identifier: MIT
/**
 * Every limit and build knob of the VM, each with its reason. Limits that a user can change are
 * defaults here; the option that changes them is named beside them.
 */
#ifndef TT_BASE_CONFIG_H
#define TT_BASE_CONFIG_H

/* ---- limits a program can meet -------------------------------------------------------------- */

/** Bytes of all actors together (--max-heap). Natively 1 GiB; a wasm build has less memory in all. */
#if defined(__wasm__)
#define TT_DEFAULT_VM_HEAP (192ull << 20)
#else
#define TT_DEFAULT_VM_HEAP (1ull << 30)
#endif
/** Call frames of one actor (--max-depth). 100,000 frames of a small function are about 10 MB. */
#define TT_DEFAULT_CALL_DEPTH 100000u
/** TRYs of one actor that are open at a time: as many as frames and some, about 5 MB. */
#define TT_MAX_HANDLERS (1u << 17)
/** Messages waiting in one mailbox (--max-mailbox); beyond it the *sender* gets MailboxExceeded. */
#define TT_DEFAULT_MAILBOX (4u << 20)

/**
 * Connections and streams open at a time, all actors together, and futures that one actor has not awaited
 * (--max-handles); beyond it HandlesExceeded. Most systems give a process more descriptors than that, or can.
 */
#define TT_DEFAULT_HANDLES 4096u

/* ---- limits of source text and images ------------------------------------------------------- */

/** Errors reported for one file before the assembler gives up. */
#define TT_MAX_DIAGNOSTICS 20
/** Bytes of one source file or image: 64 MiB, far above anything a person writes. */
#define TT_MAX_SOURCE_BYTES (64u << 20)
/** Instructions of one module: an address fits an `int32_t` operand with room for tags. */
#define TT_MAX_CODE (1u << 26)
/** Operands of one list-like operand (parameters, patterns): they fit the `a` field of TtInsn. */
#define TT_MAX_OPERANDS 250
/** Modules importing each other without a cycle: bounds the recursion of the loader. */
#define TT_MAX_IMPORT_DEPTH 200

/** Parentheses within each other in Lisp: the compiler follows them on the C stack, 1 MiB in a browser. */
#define TT_LISP_MAX_NESTING 400
/** Steps of all macro calls of one file: a macro that does not end is found within a second. */
#define TT_LISP_MACRO_STEPS 5000000u
/** Calls within each other while a macro runs. */
#define TT_LISP_MACRO_DEPTH 200
/** Bytes that macro calls of one file may make. */
#define TT_LISP_MACRO_BYTES (64u << 20)
/** Macro calls that one form may need until none is left: more mean that an expansion holds itself. */
#define TT_LISP_MACRO_EXPANSIONS 1000

/* ---- run-time tuning ------------------------------------------------------------------------ */

/**
 * Reductions (instructions, counted at calls and taken jumps) an actor runs before it is preempted.
 * Long enough to hide the switch, short enough for a fair share at 1,000 runnable actors. wasm
 * engines compile `tt_exec_run` in the background and switch only when it is entered again, so the
 * budget also bounds how long slow code runs after start.
 */
#define TT_REDUCTIONS 4000
/** Garbage collection starts when an actor has allocated this many bytes since its start. */
#define TT_GC_FIRST_BYTES (64u << 10)
/** After a collection the next one starts at live bytes × this / 100, never below the first. */
#define TT_GC_GROWTH_PERCENT 200
/**
 * Heaps of more live bytes are collected in steps: collecting so much at once takes about 1 ms. A step is due
 * whenever so much has been allocated, and does the work for a multiple of it, so that the heap grows by less
 * than a fifth meanwhile; in units of a value looked at, an object found being several.
 */
#define TT_GC_STEP_HEAP   (2u << 20)
#define TT_GC_STEP_BYTES  (64u << 10)
#define TT_GC_STEP_FACTOR 16
#define TT_GC_STEP_UNITS  100000
/** And for every step, of which each slice begins with one. */
#define TT_GC_SLICE_UNITS 10000
/** Nesting of values that printing, comparing and copying follow: deeper parts print as `…`, equal nothing;
 * copies raise BadArgument. */
#define TT_MAX_NESTING 10000
/**
 * Bytes of text that a list or object prints as. Parts may be shared, so text can be exponentially longer
 * than the value. What a heap has left may be less (tt_heap_text_room), but never less than
 * TT_MIN_TEXT_BYTES, so that errors can be shown when it is full. Operations whose text would be longer raise
 * HeapExceeded.
 */
#define TT_MIN_TEXT_BYTES (1u << 20)
#if defined(__wasm__)
#define TT_MAX_TEXT_BYTES (64u << 20)
#else
#define TT_MAX_TEXT_BYTES (256u << 20)
#endif
/** Of a value in a report (a reason, what a trace shows); the rest shows as `…`. */
#define TT_REPORT_TEXT_BYTES (64u << 10)
/** Strings and bytes of this size and more are shared between actors by reference count. */
#define TT_SHARED_MIN_BYTES 64
/** Records of a worker's ring of events, and how many a slice may need at most: a power of two, and half of
 * it. */
#if defined(__wasm__)
#define TT_EVENT_RING_RECORDS (1u << 15)
#else
#define TT_EVENT_RING_RECORDS (1u << 16)
#endif
#define TT_EVENT_SLICE_RECORDS (TT_EVENT_RING_RECORDS / 2)
/** With --virtual-time: how long the clock stands for a request under way before it passes like real time. */
#define TT_VIRTUAL_PATIENCE_NS 50000000u
/** Most worker threads (--workers). */
#define TT_MAX_WORKERS 256
/** Frames kept in an exception's stack trace: the innermost and the outermost half of it each. */
#define TT_TRACE_FRAMES 64

#endif
