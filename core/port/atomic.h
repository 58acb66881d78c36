// SPDX-License-Identifier: MIT
/**
 * The atomic operations the VM uses, with their memory order in the name: rlx (relaxed), acq, rel,
 * acqrel, seq (sequentially consistent). Operands are plain fields; a comment at each field says
 * that it is atomic.
 */
#ifndef TT_PORT_ATOMIC_H
#define TT_PORT_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#define TT_ATOMIC_OPS(suffix, type)                                                                          \
    static inline type tt_atomic_load_##suffix##_rlx(type const *p) {                                        \
        return __atomic_load_n(p, __ATOMIC_RELAXED);                                                         \
    }                                                                                                        \
    static inline type tt_atomic_load_##suffix##_acq(type const *p) {                                        \
        return __atomic_load_n(p, __ATOMIC_ACQUIRE);                                                         \
    }                                                                                                        \
    static inline type tt_atomic_load_##suffix##_seq(type const *p) {                                        \
        return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                                         \
    }                                                                                                        \
    static inline void tt_atomic_store_##suffix##_rlx(type *p, type v) {                                     \
        __atomic_store_n(p, v, __ATOMIC_RELAXED);                                                            \
    }                                                                                                        \
    static inline void tt_atomic_store_##suffix##_rel(type *p, type v) {                                     \
        __atomic_store_n(p, v, __ATOMIC_RELEASE);                                                            \
    }                                                                                                        \
    static inline void tt_atomic_store_##suffix##_seq(type *p, type v) {                                     \
        __atomic_store_n(p, v, __ATOMIC_SEQ_CST);                                                            \
    }                                                                                                        \
    static inline type tt_atomic_swap_##suffix##_acqrel(type *p, type v) {                                   \
        return __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);                                                  \
    }                                                                                                        \
    /** Stores `to` when `*p` is `from`; true when it did. */                                                \
    static inline bool tt_atomic_cas_##suffix##_seq(type *p, type from, type to) {                           \
        return __atomic_compare_exchange_n(p, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);         \
    }

#define TT_ATOMIC_ARITHMETIC(suffix, type)                                                                   \
    /** Adds and returns the value before. */                                                                \
    static inline type tt_atomic_fetch_add_##suffix##_rlx(type *p, type v) {                                 \
        return __atomic_fetch_add(p, v, __ATOMIC_RELAXED);                                                   \
    }                                                                                                        \
    static inline type tt_atomic_fetch_add_##suffix##_acqrel(type *p, type v) {                              \
        return __atomic_fetch_add(p, v, __ATOMIC_ACQ_REL);                                                   \
    }                                                                                                        \
    static inline type tt_atomic_fetch_add_##suffix##_seq(type *p, type v) {                                 \
        return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    static inline type tt_atomic_fetch_sub_##suffix##_rlx(type *p, type v) {                                 \
        return __atomic_fetch_sub(p, v, __ATOMIC_RELAXED);                                                   \
    }                                                                                                        \
    static inline type tt_atomic_fetch_sub_##suffix##_acqrel(type *p, type v) {                              \
        return __atomic_fetch_sub(p, v, __ATOMIC_ACQ_REL);                                                   \
    }                                                                                                        \
    static inline type tt_atomic_fetch_sub_##suffix##_seq(type *p, type v) {                                 \
        return __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST);                                                   \
    }

TT_ATOMIC_OPS(u16, uint16_t)
TT_ATOMIC_OPS(u32, uint32_t)
TT_ATOMIC_OPS(u64, uint64_t)
TT_ATOMIC_OPS(int, int)
TT_ATOMIC_OPS(ptr, void *)
TT_ATOMIC_ARITHMETIC(u32, uint32_t)
TT_ATOMIC_ARITHMETIC(u64, uint64_t)

static inline void tt_atomic_fence_seq(void) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/** Hint inside a short spin. */
static inline void tt_atomic_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

#endif
