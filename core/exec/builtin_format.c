// SPDX-License-Identifier: MIT
/** Built-ins of JSON and CSV: the instructions under the names of library functions. */
#include "exec/builtin.h"
#include "format/csv.h"
#include "format/json.h"

#include <string.h>

static const char *short_name(const TtBuiltinCall *call) {
    return strchr(call->name, '.') + 1;
}

static TtResult finish_text(TtBuiltinCall *call, TtStrbuf *text, TtResult outcome, TtValue *result) {
    if (outcome == TT_OK) outcome = tt_builtin_str(call, text, result);
    tt_strbuf_free(text);
    return outcome == TT_ERR_HEAP_EXCEEDED ? tt_builtin_heap_full(call) : outcome;
}

TtResult tt_builtin_format_to_json(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TtStrbuf text = {.limit = tt_heap_text_room(call->heap)};
    TtResult outcome = tt_json_write(&text, short_name(call), args[0], call->error);
    return finish_text(call, &text, outcome, result);
}

TtResult tt_builtin_format_from_json(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    TtResult outcome =
        tt_json_parse(call->heap, short_name(call), tt_bytes_data(args[0]), args[0].len, call->error, result);
    return outcome == TT_ERR_HEAP_EXCEEDED ? tt_builtin_heap_full(call) : outcome;
}

TtResult tt_builtin_format_to_csv_row(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_LIST));
    TtStrbuf text = {.limit = tt_heap_text_room(call->heap)};
    TtResult outcome = tt_csv_write_record(&text, short_name(call), args[0], call->error);
    return finish_text(call, &text, outcome, result);
}

TtResult tt_builtin_format_from_csv(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    TtResult outcome =
        tt_csv_parse(call->heap, short_name(call), tt_bytes_data(args[0]), args[0].len, call->error, result);
    return outcome == TT_ERR_HEAP_EXCEEDED ? tt_builtin_heap_full(call) : outcome;
}
