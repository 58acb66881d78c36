// SPDX-License-Identifier: MIT
/**
 * Dispatch for interpreters, in two bodies: a table of label addresses (gcc, clang, natively) or a
 * switch (WebAssembly, and with -DTT_DISPATCH_SWITCH). OP(name) starts an operation, NEXT ends it.
 * The interpreter provides FETCH(), which leaves the operation's number in `op`.
 */
#ifndef TT_EXEC_DISPATCH_H
#define TT_EXEC_DISPATCH_H

#if defined(__GNUC__) && !defined(__wasm__) && !defined(TT_DISPATCH_SWITCH)
#define TT_DISPATCH_TABLE 1
/* Addresses of labels are an extension of both compilers. */
#pragma GCC diagnostic ignored "-Wpedantic"
#define OP(name)   op_##name:
#define FAST(name) fast_##name:
#define NEXT                                                                                                 \
    do {                                                                                                     \
        FETCH();                                                                                             \
        if (TT_UNLIKELY(op & TT_EXEC_CHECKED)) goto checked;                                                 \
        goto *table[op];                                                                                     \
    } while (0)
#else
#define OP(name)   case TT_OP_##name:
#define FAST(name) case TT_FAST_##name:
#define NEXT       goto next
#endif

#endif
