// SPDX-License-Identifier: MIT
/** wasm-glue/glue_services.c: requests on their way to JavaScript, taken once, answered or given up once. */
#include "../../wasm-glue/glue_services.c"
#include "base/alloc.h"
#include "test.h"

#include <string.h>

static TtRequest make(TtService service, const char *text, const char *data, size_t length) {
    return (TtRequest){.service = service, .owner = 7, .text = text, .data = data, .data_length = length};
}

TEST(taken_in_order_and_once) {
    TtServices services = {0};
    TtRequest open = make(TT_SERVICE_STREAM_OPEN_READ, "a.txt", NULL, 0);
    TtRequest hash = make(TT_SERVICE_HASH, NULL, "\x07\0\0\0\0", 5);
    tt_glue_services_add(&services, &open);
    tt_glue_services_add(&services, &hash);
    uint32_t first = tt_glue_services_take(&services);
    CHECK(first != 0);
    CHECK_STR(services.call.name, "STREAM_OPEN_READ");
    CHECK(!services.call.wire);
    CHECK_INT(services.call.owner, 7);
    CHECK(services.call.length == 5 && memcmp(services.call.arguments, "a.txt", 5) == 0);
    uint32_t second = tt_glue_services_take(&services);
    CHECK(second != 0 && second != first);
    CHECK_STR(services.call.name, "HASH");
    CHECK(services.call.wire && services.call.length == 5 && services.call.arguments[0] == 7);
    CHECK_INT(tt_glue_services_take(&services), 0);
    CHECK(tt_glue_services_remove(&services, first) == &open);
    CHECK(tt_glue_services_remove(&services, first) == NULL);
    CHECK(tt_glue_services_remove(&services, second) == &hash);
    tt_glue_services_free(&services);
}

TEST(cancelled) {
    TtServices services = {0};
    TtRequest waiting = make(TT_SERVICE_DB_CONNECT, NULL, "", 0);
    TtRequest taken = make(TT_SERVICE_DB_CONNECT, NULL, "", 0);
    tt_glue_services_add(&services, &taken);
    uint32_t id = tt_glue_services_take(&services);
    tt_glue_services_add(&services, &waiting);
    /* Nobody has to be told of one that JavaScript does not know. */
    CHECK(tt_glue_services_cancel(&services, &waiting));
    CHECK_INT(services.cancelled.count, 0);
    CHECK(tt_glue_services_cancel(&services, &taken));
    CHECK(services.cancelled.count == 1 && services.cancelled.items[0] == id);
    CHECK(!tt_glue_services_cancel(&services, &taken));
    /* Its answer, which may still come, finds nobody. */
    CHECK(tt_glue_services_remove(&services, id) == NULL);
    CHECK_INT(tt_glue_services_take(&services), 0);
    tt_glue_services_free(&services);
}

int main(void) {
    RUN(taken_in_order_and_once);
    RUN(cancelled);
    return test_finish();
}
