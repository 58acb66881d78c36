// SPDX-License-Identifier: MIT
/**
 * Any bytes → reader of the host interface's encoding. Reading item by item agrees with skipping, and what
 * is valid becomes a value (whose heap checks out) or runs into the heap's limit.
 */
#include "exec/wire_value.h"
#include "host/wire.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool valid = tt_wire_valid(data, size);
    TtHeapPool pool = {.limit = 64u << 20};
    TtHeap heap;
    tt_heap_init(&heap, &pool, 1);
    TtWireReader reader = tt_wire_reader(data, size);
    TtValue value;
    bool made = tt_wire_to_value(&heap, &reader, &value);
    require(!made || !reader.failed);
    if (made) require(valid == tt_wire_at_end(&reader));
    if (reader.failed) require(!valid);
    tt_heap_free(&heap, NULL);
    require(pool.used == 0);
    return 0;
}
