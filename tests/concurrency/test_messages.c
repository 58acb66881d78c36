// SPDX-License-Identifier: MIT
/**
 * Actors on several threads exchange text in shared memory: what one appends behind, another reads,
 * a third drops. Each slot of the exchange is a mailbox for one message.
 */
#include "base/alloc.h"
#include "base/random.h"
#include "heap/data.h"
#include "port/atomic.h"
#include "port/thread.h"

#include "test.h"

enum { THREADS = 4, SLOTS = 8, STEPS = 20000, KEPT = 6 };

typedef struct Message {
    TtFragment *fragment;
    TtValue value;
} Message;

typedef struct Actor {
    TtHeap heap;
    TtValue kept[KEPT];
    uint64_t random;
    uint64_t received;
    bool wrong;
} Actor;

static TtHeapPool pool = {.limit = 256u << 20};
static void *slots[SLOTS]; /* atomic: Message *, taken by swapping */

static void visit(void *context, TtRootVisitor *visitor) {
    visitor->values(visitor, ((Actor *)context)->kept, KEPT);
}

/** Texts are a letter many times. */
static bool is_uniform(TtValue text) {
    const char *bytes = tt_bytes_data(text);
    for (uint32_t i = 1; i < text.len; i++)
        if (bytes[i] != bytes[0]) return false;
    return true;
}

static bool make_text(Actor *actor, TtValue *out) {
    char *data;
    size_t length = 1 + (size_t)tt_random_below(&actor->random, 300);
    if (!tt_bytes_alloc(&actor->heap, TT_TAG_STR, length, &data, out)) return false;
    memset(data, 'a' + (int)tt_random_below(&actor->random, 26), length);
    return true;
}

static bool lengthen(Actor *actor, TtValue *text) {
    char more[50];
    memset(more, tt_bytes_data(*text)[0], sizeof more);
    size_t length = 1 + (size_t)tt_random_below(&actor->random, sizeof more);
    return text->len > 3000 || tt_bytes_append(&actor->heap, *text, more, length, text);
}

static void drop_message(Message *message) {
    if (!message) return;
    tt_fragment_free(message->fragment);
    tt_free(message);
}

static bool send(Actor *actor, TtValue value) {
    Message *message = tt_alloc(sizeof *message);
    if (tt_fragment_copy(&pool, &value, 1, &message->fragment, &message->value) != TT_OK) return false;
    void **slot = &slots[tt_random_below(&actor->random, SLOTS)];
    drop_message(tt_atomic_swap_ptr_acqrel(slot, message));
    return true;
}

static void receive(Actor *actor, TtValue *into) {
    Message *message = tt_atomic_swap_ptr_acqrel(&slots[tt_random_below(&actor->random, SLOTS)], NULL);
    if (!message) return;
    tt_heap_adopt(&actor->heap, message->fragment);
    *into = message->value;
    actor->received++;
    tt_free(message);
}

static bool step(Actor *actor) {
    TtValue *text = &actor->kept[tt_random_below(&actor->random, KEPT)];
    switch (tt_random_below(&actor->random, 6)) {
    case 0: return make_text(actor, text);
    case 1: return text->tag != TT_TAG_STR || send(actor, *text);
    case 2: receive(actor, text); return true;
    case 3: return text->tag != TT_TAG_STR || is_uniform(*text);
    default: return text->tag != TT_TAG_STR || lengthen(actor, text);
    }
}

static void *run(void *context) {
    Actor *actor = context;
    for (int i = 0; i < STEPS && !actor->wrong; i++) {
        actor->wrong = !step(actor);
        if (tt_heap_wants_collection(&actor->heap)) tt_heap_collect(&actor->heap, visit, actor);
    }
    return NULL;
}

TEST(text_is_shared_between_threads) {
    static Actor actors[THREADS];
    TtThread threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        tt_heap_init(&actors[i].heap, &pool, i + 1);
        actors[i].random = i + 1;
        REQUIRE(tt_thread_start(&threads[i], run, &actors[i]));
    }
    for (unsigned i = 0; i < THREADS; i++) tt_thread_join(&threads[i]);
    for (unsigned i = 0; i < THREADS; i++) {
        CHECK(!actors[i].wrong);
        CHECK(actors[i].received > 0);
        tt_heap_check(&actors[i].heap, visit, &actors[i]);
        for (unsigned k = 0; k < KEPT; k++)
            CHECK(actors[i].kept[k].tag != TT_TAG_STR || is_uniform(actors[i].kept[k]));
        tt_heap_free(&actors[i].heap, NULL);
    }
    for (unsigned i = 0; i < SLOTS; i++) drop_message(slots[i]);
    CHECK_INT(pool.used, 0);
}

int main(void) {
    RUN(text_is_shared_between_threads);
    return test_finish();
}
