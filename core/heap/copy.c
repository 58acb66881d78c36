// SPDX-License-Identifier: MIT
/*
 * Deep copies of a graph of values, for messages and frozen areas.
 *
 * 1. Discover: every object that is reached gets an entry with the longest view of it. The object's
 *    header leads to the entry meanwhile (mark COPYING, `used` the number of the entry), so an
 *    object that is reached on many ways is copied once, and finding that out costs one load.
 * 2. Reserve room for all of it at once.
 * 3. Write the copies, translating references through the headers.
 * 4. Put the headers back; then index the objects with many entries.
 */
#include "base/names.h"
#include "heap/heap_internal.h"
#include "port/atomic.h"

#include <string.h>

#define COPYING       255
#define NO_ENTRY      UINT32_MAX
#define FIRST_ENTRIES 16

typedef struct Entry {
    TtObj *object;
    size_t offset;    /* of the copy in the reserved room */
    uint32_t len;     /* of the longest view */
    uint32_t scanned; /* parts followed so far */
    uint32_t depth;   /* of nesting, on the shortest way to it */
    uint32_t redo;    /* next entry with parts to follow again */
    uint32_t used;    /* of the object's header */
    uint8_t mark;     /* of the object's header */
    bool shared;      /* reached more than once */
    bool waiting;     /* not followed yet, or in the list of `redo` */
} Entry;

typedef struct Copier {
    TtCopyTarget *target;
    Entry *entries;
    uint32_t count, capacity;
    uint32_t redo; /* first of the list */
    Entry first[FIRST_ENTRIES];
} Copier;

/* ---- 1: discover -------------------------------------------------------------------------------- */

static bool grow_entries(Copier *copier) {
    if (copier->capacity > UINT32_MAX / 2 / sizeof(Entry)) return false;
    uint32_t capacity = copier->capacity * 2;
    bool first = copier->entries == copier->first;
    Entry *entries = first ? tt_alloc_try(capacity * sizeof(Entry))
                           : tt_realloc_try(copier->entries, capacity * sizeof(Entry));
    if (!entries) return false;
    if (first) memcpy(entries, copier->first, sizeof copier->first);
    copier->entries = entries;
    copier->capacity = capacity;
    return true;
}

static bool needs_copy(TtValue value) {
    return tt_has_object(value) && !(value.as.object->flags & TT_OBJ_FROZEN) &&
           (value.len || !tt_is_view(value));
}

static TtResult discover(Copier *copier, TtValue value, uint32_t depth) {
    if (!needs_copy(value)) return TT_OK;
    TtObj *object = value.as.object;
    if (object->mark == COPYING) {
        Entry *entry = &copier->entries[object->used];
        entry->shared = true;
        if (value.len <= entry->len) return TT_OK;
        entry->len = value.len;
        if (entry->waiting) return TT_OK;
        entry->waiting = true;
        entry->redo = copier->redo;
        copier->redo = object->used;
        return TT_OK;
    }
    if (object->kind >= TT_OBJ_LIST && depth > TT_MAX_NESTING) return TT_ERR_BAD_ARGUMENT;
    if (copier->count == copier->capacity && !grow_entries(copier)) return TT_ERR_HEAP_EXCEEDED;
    copier->entries[copier->count] = (Entry){
        .object = object,
        .len = value.len,
        .depth = depth,
        .redo = NO_ENTRY,
        .used = object->used,
        .mark = object->mark,
        .waiting = true,
    };
    object->mark = COPYING;
    object->used = copier->count++;
    return TT_OK;
}

/** Follows the parts of an object that have not been followed. */
static TtResult follow(Copier *copier, uint32_t number) {
    Entry *entry = &copier->entries[number];
    TtObj *object = entry->object;
    uint32_t from = entry->scanned, to = entry->len, depth = entry->depth + 1;
    entry->waiting = false;
    entry->scanned = to;
    switch (object->kind) {
    case TT_OBJ_LIST:
        for (uint32_t i = from; i < to; i++) TT_TRY(discover(copier, ((TtListBuf *)object)->items[i], depth));
        return TT_OK;
    case TT_OBJ_MAP:
        for (uint32_t i = from; i < to; i++) {
            TT_TRY(discover(copier, ((TtMapBuf *)object)->entries[i].key, depth));
            TT_TRY(discover(copier, ((TtMapBuf *)object)->entries[i].value, depth));
        }
        return TT_OK;
    case TT_OBJ_CLOSURE:
        for (uint32_t i = 0, count = entry->used; i < count; i++)
            TT_TRY(discover(copier, ((TtClosure *)object)->captures[i].value, depth));
        return TT_OK;
    case TT_OBJ_EXCEPTION: {
        const TtException *exception = (const TtException *)object;
        TT_TRY(discover(copier, exception->message, depth));
        TT_TRY(discover(copier, exception->kind, depth));
        TT_TRY(discover(copier, exception->stack, depth));
        return discover(copier, exception->value, depth);
    }
    default: return TT_OK;
    }
}

static TtResult discover_all(Copier *copier, const TtValue *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) TT_TRY(discover(copier, values[i], 1));
    for (uint32_t next = 0; next < copier->count || copier->redo != NO_ENTRY;) {
        if (copier->redo != NO_ENTRY) {
            uint32_t number = copier->redo;
            copier->redo = copier->entries[number].redo;
            TT_TRY(follow(copier, number));
        } else {
            TT_TRY(follow(copier, next++));
        }
    }
    return TT_OK;
}

/* ---- 2: measure --------------------------------------------------------------------------------- */

static bool copies_shared_bytes(const Copier *copier) {
    return copier->target->flags & TT_OBJ_FROZEN;
}

static size_t measure(const Copier *copier, const Entry *entry) {
    switch (entry->object->kind) {
    case TT_OBJ_BYTES: return round_to_cells(bytes_buf_size(entry->len));
    case TT_OBJ_BIG_BYTES:
        return round_to_cells(copies_shared_bytes(copier) ? bytes_buf_size(entry->len) : sizeof(TtBigBytes));
    case TT_OBJ_LIST: return round_to_cells(list_size(entry->len));
    case TT_OBJ_MAP: return round_to_cells(map_size(entry->len, map_index_size(entry->len)));
    case TT_OBJ_CLOSURE: return round_to_cells(closure_size(entry->used));
    case TT_OBJ_EXCEPTION: return round_to_cells(sizeof(TtException));
    }
    TT_UNREACHABLE();
}

/** Gives every copy its place; the room for all of them, or false when no address space has it. */
static bool place(Copier *copier, size_t *room) {
    size_t total = 0;
    for (uint32_t i = 0; i < copier->count; i++) {
        Entry *entry = &copier->entries[i];
        size_t size = measure(copier, entry);
        entry->offset = total;
        if (size > SIZE_MAX / 2 - total) return false;
        total += size;
    }
    *room = total;
    return true;
}

/* ---- 3: write ----------------------------------------------------------------------------------- */

static TtValue translate(const Copier *copier, char *base, TtValue value) {
    if (needs_copy(value)) {
        value.as.object = (TtObj *)(void *)(base + copier->entries[value.as.object->used].offset);
    } else if (tt_is_view(value) && !value.len) {
        value.as.object = NULL;
    }
    return value;
}

static void write_bytes(const Entry *entry, const char *bytes, TtBytesBuf *copy, size_t size, bool frozen) {
    copy->obj.kind = TT_OBJ_BYTES;
    copy->capacity = (uint32_t)(size - offsetof(TtBytesBuf, bytes));
    memcpy(copy->bytes, bytes, entry->len);
    copy->hash = frozen ? tt_hash_bytes(bytes, entry->len) : 0;
}

static void write_big_bytes(Copier *copier, const Entry *entry, TtBigBytes *copy) {
    TtSharedBytes *shared = ((TtBigBytes *)entry->object)->shared;
    tt_atomic_fetch_add_u32_rlx(&shared->references, 1);
    copy->shared = shared;
    copy->next = copier->target->big_bytes;
    copier->target->big_bytes = copy;
    copier->target->shared_bytes += shared_held(shared);
}

static void write_copy(Copier *copier, char *base, const Entry *entry) {
    TtObj *object = entry->object, *copy = (TtObj *)(void *)(base + entry->offset);
    size_t size = measure(copier, entry);
    bool frozen = copies_shared_bytes(copier);
    *copy = (TtObj){
        .kind = object->kind,
        .flags = (uint8_t)(copier->target->flags | (entry->shared ? TT_OBJ_SHARED : 0)),
        .cls = size <= TT_HEAP_SMALL_MAX ? (uint8_t)(size / TT_HEAP_CELL) : 0,
        .used = entry->len,
    };
    switch (object->kind) {
    case TT_OBJ_BYTES:
        write_bytes(entry, ((TtBytesBuf *)object)->bytes, (TtBytesBuf *)copy, size, frozen);
        return;
    case TT_OBJ_BIG_BYTES:
        if (frozen)
            write_bytes(entry, ((TtBigBytes *)object)->shared->bytes, (TtBytesBuf *)copy, size, true);
        else
            write_big_bytes(copier, entry, (TtBigBytes *)copy);
        return;
    case TT_OBJ_LIST: {
        TtListBuf *list = (TtListBuf *)copy;
        list->capacity = entry->len;
        list->reserved = 0;
        for (uint32_t i = 0; i < entry->len; i++)
            list->items[i] = translate(copier, base, ((TtListBuf *)object)->items[i]);
        return;
    }
    case TT_OBJ_MAP: {
        TtMapBuf *map = (TtMapBuf *)copy;
        map->capacity = entry->len;
        map->index_size = map_index_size(entry->len);
        for (uint32_t i = 0; i < entry->len; i++) {
            map->entries[i].key = translate(copier, base, ((TtMapBuf *)object)->entries[i].key);
            map->entries[i].value = translate(copier, base, ((TtMapBuf *)object)->entries[i].value);
        }
        return;
    }
    case TT_OBJ_CLOSURE: {
        const TtClosure *from = (const TtClosure *)object;
        TtClosure *closure = (TtClosure *)copy;
        closure->obj.used = entry->used;
        closure->function = from->function;
        for (uint32_t i = 0; i < entry->used; i++) {
            closure->captures[i] = from->captures[i];
            closure->captures[i].value = translate(copier, base, from->captures[i].value);
        }
        return;
    }
    case TT_OBJ_EXCEPTION: {
        const TtException *from = (const TtException *)object;
        TtException *exception = (TtException *)copy;
        exception->message = translate(copier, base, from->message);
        exception->kind = translate(copier, base, from->kind);
        exception->stack = translate(copier, base, from->stack);
        exception->value = translate(copier, base, from->value);
        return;
    }
    }
    TT_UNREACHABLE();
}

/* ---- the whole ---------------------------------------------------------------------------------- */

static TtResult write_all(Copier *copier, const TtValue *values, uint32_t count, TtValue *copies,
                          char **base) {
    size_t room;
    *base = NULL;
    if (copier->count) {
        if (!place(copier, &room)) return TT_ERR_HEAP_EXCEEDED;
        *base = copier->target->reserve(copier->target->context, room, copier->count);
        if (!*base) return TT_ERR_HEAP_EXCEEDED;
    }
    for (uint32_t i = 0; i < copier->count; i++) write_copy(copier, *base, &copier->entries[i]);
    for (uint32_t i = 0; i < count; i++) copies[i] = translate(copier, *base, values[i]);
    return TT_OK;
}

/* ---- the common message: one list or small object whose parts need no copy, or one text ---------- */

/** Whether nothing that the object of `value` holds needs a copy. */
static bool is_flat(TtValue value) {
    const TtObj *object = value.as.object;
    switch (object->kind) {
    case TT_OBJ_BYTES: return true;
    case TT_OBJ_LIST: {
        const TtValue *items = ((const TtListBuf *)object)->items;
        for (uint32_t i = 0; i < value.len; i++)
            if (needs_copy(items[i])) return false;
        return true;
    }
    case TT_OBJ_MAP: {
        const TtMapEntry *entries = ((const TtMapBuf *)object)->entries;
        if (map_index_size(value.len)) return false;
        for (uint32_t i = 0; i < value.len; i++)
            if (needs_copy(entries[i].key) || needs_copy(entries[i].value)) return false;
        return true;
    }
    default: return false;
    }
}

/** Copies what is_flat: with no other object to lead to, the header serves no purpose and stays as it is. */
static TtResult copy_flat(TtCopyTarget *target, TtValue value, TtValue *result) {
    Entry entry = {.object = value.as.object, .len = value.len};
    Copier copier; /* only its target is looked at: there are no entries */
    copier.target = target;
    size_t size = measure(&copier, &entry);
    char *base = target->reserve(target->context, size, 1);
    if (!base) return TT_ERR_HEAP_EXCEEDED;
    write_copy(&copier, base, &entry);
    *result = value;
    result->as.object = (TtObj *)(void *)base;
    return TT_OK;
}

TtResult copy_values(TtCopyTarget *target, const TtValue *values, uint32_t count, TtValue *copies) {
    if (count == 1 && !target->flags && needs_copy(values[0]) && is_flat(values[0])) {
        target->big_bytes = NULL;
        target->shared_bytes = 0;
        return copy_flat(target, values[0], copies);
    }
    Copier copier;
    copier.target = target;
    copier.entries = copier.first;
    copier.count = 0;
    copier.capacity = FIRST_ENTRIES;
    copier.redo = NO_ENTRY;
    target->big_bytes = NULL;
    target->shared_bytes = 0;

    char *base = NULL;
    TtResult result = discover_all(&copier, values, count);
    if (result == TT_OK) result = write_all(&copier, values, count, copies, &base);

    for (uint32_t i = 0; i < copier.count; i++) {
        const Entry *entry = &copier.entries[i];
        entry->object->mark = entry->mark;
        entry->object->used = entry->used;
    }
    if (result == TT_OK)
        for (uint32_t i = 0; i < copier.count; i++)
            if (copier.entries[i].object->kind == TT_OBJ_MAP)
                map_build_index((TtMapBuf *)(void *)(base + copier.entries[i].offset));
    if (copier.entries != copier.first) tt_free(copier.entries);
    return result;
}
