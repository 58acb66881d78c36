// SPDX-License-Identifier: MIT
/** The garbage collectors; for core/heap only (others ask tt_gc_engine). */
#ifndef TT_HEAP_GC_H
#define TT_HEAP_GC_H

#include "heap/heap.h"

extern const TtGcEngine tt_gc_mark_sweep;
extern const TtGcEngine tt_gc_none;

#endif
