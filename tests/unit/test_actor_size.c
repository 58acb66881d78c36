// SPDX-License-Identifier: MIT
#include "actor/actor.h"
#include "test.h"

/** With a small stack, its pid's entry and the allocator's rounding, 512 bytes hold an idle actor. */
TEST(an_actor_is_small) {
    if (sizeof(void *) == 8) CHECK(sizeof(TtActor) <= 384);
    CHECK(sizeof(TtMessage) <= 40);
}

int main(void) {
    RUN(an_actor_is_small);
    return test_finish();
}
