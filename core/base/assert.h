// SPDX-License-Identifier: MIT
/** C invariants: a failed one is a bug of the VM, never of a program. Compiled out with NDEBUG. */
#ifndef TT_BASE_ASSERT_H
#define TT_BASE_ASSERT_H

_Noreturn void tt_assert_failed(const char *condition, const char *file, int line);

#ifdef NDEBUG
#define TT_ASSERT(condition) ((void)sizeof(condition))
#else
#define TT_ASSERT(condition) ((condition) ? (void)0 : tt_assert_failed(#condition, __FILE__, __LINE__))
#endif

/** For places that no input reaches; stops the process even in release builds. */
#define TT_UNREACHABLE() tt_assert_failed("unreachable", __FILE__, __LINE__)

#endif
