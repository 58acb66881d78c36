// SPDX-License-Identifier: MIT
#include "base/result.h"

static const char *const kinds[] = {
    "Ok",
#define TT_ERROR(name, kind) kind,
#include "base/result.def"
#undef TT_ERROR
};

const char *tt_result_kind(TtResult result) {
    return (unsigned)result < TT_RESULT_COUNT ? kinds[result] : "Unknown";
}
