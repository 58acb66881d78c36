// SPDX-License-Identifier: MIT
#include "test.h"

#include "base/names.h"

TEST(numbers_count_from_zero_in_order_of_first_use) {
    TtNames names = {0};
    CHECK_INT(tt_names_find(&names, "a", 1), TT_NO_NAME);
    CHECK_INT(tt_names_add(&names, "a", 1), 0);
    CHECK_INT(tt_names_add(&names, "b", 1), 1);
    CHECK_INT(tt_names_add(&names, "a", 1), 0);
    CHECK_INT(tt_names_add(&names, "", 0), 2);
    CHECK_INT(tt_names_find(&names, "b", 1), 1);
    CHECK_INT(tt_names_find(&names, "", 0), 2);
    CHECK_INT(tt_names_find(&names, "c", 1), TT_NO_NAME);
    CHECK_STR(tt_names_text(&names, 1), "b");
    tt_names_free(&names);
    CHECK_INT(names.count, 0);
}

TEST(any_bytes_are_a_name) {
    TtNames names = {0};
    CHECK_INT(tt_names_add(&names, "a\0b", 3), 0);
    CHECK_INT(tt_names_add(&names, "a\0c", 3), 1);
    CHECK_INT(tt_names_add(&names, "a", 1), 2);
    CHECK_INT(tt_names_find(&names, "a\0b", 3), 0);
    CHECK_INT(names.items[0].length, 3);
    tt_names_free(&names);
}

TEST(many) {
    TtNames names = {0};
    char text[32];
    for (uint32_t i = 0; i < 200000; i++) {
        int length = snprintf(text, sizeof text, "name%u", i);
        if (tt_names_add(&names, text, (size_t)length) != i) CHECK(!"in order");
    }
    for (uint32_t i = 0; i < 200000; i += 97) {
        int length = snprintf(text, sizeof text, "name%u", i);
        CHECK_INT(tt_names_find(&names, text, (size_t)length), i);
    }
    tt_names_free(&names);
}

/** Images carry this hash as their checksum. */
TEST(hash_never_changes) {
    CHECK_INT(tt_hash_bytes("", 0), 447806413);
    CHECK_INT(tt_hash_bytes("ttvm", 4), 3486452921);
}

int main(void) {
    RUN(numbers_count_from_zero_in_order_of_first_use);
    RUN(any_bytes_are_a_name);
    RUN(many);
    RUN(hash_never_changes);
    return test_finish();
}
