// SPDX-License-Identifier: MIT
/** JSON and CSV. */
#include "exec/sem.h"

#include "format/csv.h"
#include "format/json.h"

/** Reading and writing a byte of a format takes about as long as copying so many. */
#define FORMAT_WEIGHT 16

typedef TtResult (*ReadFn)(TtHeap *heap, const char *op, const char *text, size_t length, TtError *error,
                           TtValue *out);
typedef TtResult (*WriteFn)(TtStrbuf *out, const char *op, TtValue value, TtError *error);

static TtResult read_format(TtActor *actor, const char *op, ReadFn read, const TtValue *text, TtValue *out) {
    if (text->tag != TT_TAG_STR) return tt_sem_type_error(actor, op, "a string", *text);
    uint32_t length = text->len;
    TtValue value;
    TtResult result = read(&actor->heap, op, tt_bytes_data(*text), length, &actor->context->error, &value);
    tt_sem_charge(actor, (uint64_t)length * FORMAT_WEIGHT);
    if (result == TT_ERR_HEAP_EXCEEDED) return tt_sem_heap_full(actor, op);
    if (result == TT_OK) *out = value;
    return result;
}

static TtResult write_format(TtActor *actor, const char *op, WriteFn write, const TtValue *value,
                             TtValue *out) {
    TtStrbuf text = {.limit = tt_heap_text_room(&actor->heap)};
    TtResult result = write(&text, op, *value, &actor->context->error);
    tt_sem_charge(actor, (uint64_t)text.length * FORMAT_WEIGHT);
    if (result == TT_ERR_HEAP_EXCEEDED ||
        (result == TT_OK && !tt_bytes_new(&actor->heap, TT_TAG_STR, tt_strbuf_text(&text), text.length, out)))
        result = tt_sem_heap_full(actor, op);
    tt_strbuf_free(&text);
    return result;
}

TtResult tt_sem_json_parse(TtActor *actor, const TtValue *text, TtValue *out) {
    return read_format(actor, "JSON_PARSE", tt_json_parse, text, out);
}

TtResult tt_sem_json_stringify(TtActor *actor, const TtValue *value, TtValue *out) {
    return write_format(actor, "JSON_STRINGIFY", tt_json_write, value, out);
}

TtResult tt_sem_csv_parse(TtActor *actor, const TtValue *text, TtValue *out) {
    return read_format(actor, "CSV_PARSE", tt_csv_parse, text, out);
}

TtResult tt_sem_csv_write(TtActor *actor, const TtValue *records, TtValue *out) {
    return write_format(actor, "CSV_WRITE", tt_csv_write, records, out);
}
