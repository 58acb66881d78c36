// SPDX-License-Identifier: MIT
/** Result codes of every function that can fail for a reason a program or a file can cause. */
#ifndef TT_BASE_RESULT_H
#define TT_BASE_RESULT_H

typedef enum TtResult {
    TT_OK = 0,
#define TT_ERROR(name, kind) TT_ERR_##name,
#include "base/result.def"
#undef TT_ERROR
    TT_RESULT_COUNT
} TtResult;

/** The exception kind of an error, e.g. "TypeMismatch"; "Ok" for TT_OK. Static storage. */
const char *tt_result_kind(TtResult result);

#if defined(__GNUC__)
#define TT_MUST_USE            __attribute__((warn_unused_result))
#define TT_PRINTF(fmt, args)   __attribute__((format(printf, fmt, args)))
#define TT_LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define TT_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define TT_NOINLINE            __attribute__((noinline))
#define TT_COLD                __attribute__((cold, noinline))
/** `address` is read soon. */
#define TT_PREFETCH(address) __builtin_prefetch(address)
#else
#define TT_MUST_USE
#define TT_PRINTF(fmt, args)
#define TT_LIKELY(condition)   (condition)
#define TT_UNLIKELY(condition) (condition)
#define TT_NOINLINE
#define TT_COLD
#define TT_PREFETCH(address) ((void)0)
#endif

/** Returns the result of `expr` from the enclosing function unless it is TT_OK. */
#define TT_TRY(expr)                                                                                         \
    do {                                                                                                     \
        TtResult tt_try_result_ = (expr);                                                                    \
        if (TT_UNLIKELY(tt_try_result_ != TT_OK)) return tt_try_result_;                                     \
    } while (0)

#endif
