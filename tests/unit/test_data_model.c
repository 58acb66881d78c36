// SPDX-License-Identifier: MIT
/**
 * Random operations on a few variables, each done with core/heap and with a model that copies
 * everything always. Whatever is updated in place or appended behind must not be seen by any other
 * variable, part or message. A collection and the heap's checker run at every step.
 */
#include "heap_fixture.h"
#include "test.h"

#include "base/random.h"

/* ---- the model: trees, copied deeply ---------------------------------------------------------------- */

typedef struct Tree {
    TtTag tag;
    int64_t i;
    char *text; /* of a Str; NUL-terminated */
    struct TreePart *parts;
    uint32_t count;
} Tree;

typedef struct TreePart {
    char *key; /* of an Object's entry */
    Tree tree;
} TreePart;

static void tree_free(Tree *tree) {
    for (uint32_t i = 0; i < tree->count; i++) {
        tt_free(tree->parts[i].key);
        tree_free(&tree->parts[i].tree);
    }
    tt_free(tree->parts);
    tt_free(tree->text);
    memset(tree, 0, sizeof *tree);
}

static char *text_copy(const char *text) {
    return text ? tt_alloc_string(text, strlen(text)) : NULL;
}

static Tree tree_copy(const Tree *from) {
    Tree tree = *from;
    tree.text = text_copy(from->text);
    tree.parts = from->count ? tt_alloc(from->count * sizeof(TreePart)) : NULL;
    for (uint32_t i = 0; i < from->count; i++)
        tree.parts[i] = (TreePart){text_copy(from->parts[i].key), tree_copy(&from->parts[i].tree)};
    return tree;
}

/** Takes `part` over. */
static void tree_add(Tree *tree, const char *key, Tree part) {
    tree->parts = tt_realloc(tree->parts, (tree->count + 1) * sizeof(TreePart));
    tree->parts[tree->count++] = (TreePart){text_copy(key), part};
}

static void tree_remove(Tree *tree, uint32_t at) {
    tt_free(tree->parts[at].key);
    tree_free(&tree->parts[at].tree);
    memmove(&tree->parts[at], &tree->parts[at + 1], (tree->count - at - 1) * sizeof(TreePart));
    tree->count--;
}

static int64_t tree_find(const Tree *tree, const char *key) {
    for (uint32_t i = 0; i < tree->count; i++)
        if (strcmp(tree->parts[i].key, key) == 0) return i;
    return -1;
}

static uint32_t tree_size(const Tree *tree) {
    uint32_t size = 1 + (tree->text ? (uint32_t)strlen(tree->text) / 16 : 0);
    for (uint32_t i = 0; i < tree->count; i++) size += tree_size(&tree->parts[i].tree);
    return size;
}

static bool same(TtValue value, const Tree *tree) {
    if (value.tag != tree->tag) return false;
    if (tree->tag == TT_TAG_INT) return value.as.i == tree->i;
    if (tree->tag == TT_TAG_STR) return is_text(value, tree->text);
    if (value.len != tree->count || !value.len != !value.as.object) return false;
    for (uint32_t i = 0; i < tree->count; i++) {
        const TreePart *part = &tree->parts[i];
        if (tree->tag == TT_TAG_LIST) {
            if (!same(tt_list_items(value)[i], &part->tree)) return false;
        } else {
            if (!is_text(tt_map_entries(value)[i].key, part->key)) return false;
            if (!same(tt_map_entries(value)[i].value, &part->tree)) return false;
            if (tt_map_find(value, part->key, (uint32_t)strlen(part->key)) != i) return false;
        }
    }
    return true;
}

/* ---- variables ---------------------------------------------------------------------------------------- */

#define VARIABLES  8
#define SIZE_LIMIT 400

static Fixture f;
static Tree model[VARIABLES];
static uint64_t random_state;

static uint32_t below(uint32_t bound) {
    return (uint32_t)tt_random_below(&random_state, bound);
}

/** Stores a result in a variable; takes `tree` over. */
static void store(uint32_t variable, TtValue value, Tree tree) {
    f.roots[variable] = value;
    tree_free(&model[variable]);
    model[variable] = tree;
}

static Tree int_tree(int64_t i) {
    return (Tree){.tag = TT_TAG_INT, .i = i};
}

static const char *some_key(void) {
    static char key[128];
    uint32_t number = below(30);
    snprintf(key, sizeof key, "%s%u",
             number % 7 == 0 ? "a key that is longer than sixty-four bytes, to be in shared memory: " : "k",
             number);
    return key;
}

/** A part to put somewhere: an Int, or what another variable holds, which then is in two places. */
static TtValue some_part(Tree *tree) {
    uint32_t from = below(VARIABLES);
    if (below(2) || tree_size(&model[from]) > 60) {
        *tree = int_tree(below(1000));
        return tt_int(tree->i);
    }
    *tree = tree_copy(&model[from]);
    return tt_value_share(f.roots[from]);
}

static void make_new(uint32_t variable) {
    static const TtTag tags[] = {TT_TAG_STR, TT_TAG_LIST, TT_TAG_LIST, TT_TAG_OBJECT, TT_TAG_OBJECT};
    TtTag tag = tags[below(5)];
    store(variable, tt_empty(tag), (Tree){.tag = tag, .text = tag == TT_TAG_STR ? text_copy("") : NULL});
}

/** `target` = `source` changed; with own they are the same variable, as the linker sees to it. */
static void update_list(uint32_t source, uint32_t target, bool own) {
    TtHeap *heap = &f.heap;
    Tree tree = tree_copy(&model[source]), part;
    TtValue list = f.roots[source], out;
    uint32_t what = below(10);
    if (what < 5 || !list.len) {
        TtValue item = some_part(&part);
        MUST(own ? tt_list_append_own(heap, list, item, &out) : tt_list_append(heap, list, item, &out));
        tree_add(&tree, NULL, part);
    } else if (what < 8) {
        uint32_t at = below(list.len);
        TtValue item = some_part(&part);
        MUST(tt_list_set(heap, list, at, item, own, &out));
        tree_free(&tree.parts[at].tree);
        tree.parts[at].tree = part;
    } else {
        out = tt_list_drop_last(&f.heap, list, own);
        tree_remove(&tree, tree.count - 1);
    }
    store(target, out, tree);
}

static void update_map(uint32_t source, uint32_t target, bool own) {
    TtHeap *heap = &f.heap;
    Tree tree = tree_copy(&model[source]), part;
    TtValue map = f.roots[source], out;
    const char *key = some_key();
    int64_t at = tree_find(&tree, key);
    if (below(10) < 8) {
        TtValue value = some_part(&part);
        if (own && below(2)) {
            MUST(tt_map_set_text(heap, map, key, value, &out));
        } else {
            MUST(tt_map_set(heap, map, make_str(heap, key), value, own, &out));
        }
        if (at >= 0) {
            tree_free(&tree.parts[at].tree);
            tree.parts[at].tree = part;
        } else {
            tree_add(&tree, key, part);
        }
    } else {
        MUST(tt_map_delete(heap, map, key, (uint32_t)strlen(key), &out));
        if (at >= 0) tree_remove(&tree, (uint32_t)at);
    }
    store(target, out, tree);
}

static void update_text(uint32_t source, uint32_t target) {
    char more[40];
    snprintf(more, sizeof more, "%.*s", (int)below(33), "abcdefghijklmnopqrstuvwxyz0123456789");
    TtValue out;
    MUST(tt_bytes_append(&f.heap, f.roots[source], more, strlen(more), &out));
    Tree tree = {.tag = TT_TAG_STR, .text = tt_alloc(strlen(model[source].text) + sizeof more)};
    strcpy(tree.text, model[source].text);
    strcat(tree.text, more);
    store(target, out, tree);
}

static void update(uint32_t source, uint32_t target) {
    bool own = source == target && below(4) > 0;
    switch (model[source].tag) {
    case TT_TAG_LIST: update_list(source, target, own); break;
    case TT_TAG_OBJECT: update_map(source, target, own); break;
    case TT_TAG_STR: update_text(source, target); break;
    default: make_new(target);
    }
}

/** LOAD source, STORE target. */
static void copy_variable(uint32_t source, uint32_t target) {
    Tree tree = tree_copy(&model[source]);
    store(target, tt_value_share(f.roots[source]), tree);
}

static void take_part(uint32_t source, uint32_t target) {
    TtValue from = f.roots[source];
    if ((from.tag != TT_TAG_LIST && from.tag != TT_TAG_OBJECT) || !from.len) return;
    uint32_t at = below(from.len);
    TtValue part = from.tag == TT_TAG_LIST ? tt_list_items(from)[at] : tt_map_entries(from)[at].value;
    Tree tree = tree_copy(&model[source].parts[at].tree);
    store(target, tt_value_share(part), tree);
}

/** A message to oneself, of several variables. */
static void send_to_self(void) {
    TtFragment *fragment;
    TtValue copies[2];
    uint32_t first = below(VARIABLES - 1);
    MUST(tt_fragment_copy(&f.pool, f.roots + first, 2, &fragment, copies) == TT_OK);
    if (below(5) == 0) {
        tt_fragment_free(fragment);
        return;
    }
    tt_heap_adopt(&f.heap, fragment);
    memcpy(f.roots + first, copies, sizeof copies);
}

static void step(TtFrozen *area) {
    uint32_t source = below(VARIABLES), target = below(2) ? source : below(VARIABLES);
    if (tree_size(&model[source]) > SIZE_LIMIT) {
        make_new(source);
        return;
    }
    uint32_t what = below(100);
    if (what < 75)
        update(source, target);
    else if (what < 83)
        take_part(source, target);
    else if (what < 90)
        copy_variable(source, target);
    else if (what < 95)
        send_to_self();
    else if (what < 96)
        MUST(tt_frozen_copy(area, f.roots[source], &f.roots[source]) == TT_OK);
    else
        make_new(target);
}

static void run_random(uint64_t seed, int steps) {
    TtFrozen area = {0};
    fixture_init(&f, 256u << 20);
    random_state = seed;
    for (uint32_t i = 0; i < VARIABLES; i++) make_new(i);
    for (int i = 0; i < steps; i++) {
        step(&area);
        if (i % 3 == 0) fixture_collect(&f);
        for (uint32_t k = 0; k < VARIABLES; k++) {
            if (same(f.roots[k], &model[k])) continue;
            fprintf(stderr, "seed %d, step %d: variable %u is wrong\n", (int)seed, i, k);
            CHECK(false);
            goto done;
        }
    }
done:
    for (uint32_t i = 0; i < VARIABLES; i++) {
        CHECK(same(f.roots[i], &model[i]));
        tree_free(&model[i]);
    }
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
    tt_frozen_free(&area);
}

TEST(no_update_is_seen_elsewhere) {
    for (uint64_t seed = 1; seed <= 40; seed++) run_random(seed, 1000);
}

int main(void) {
    RUN(no_update_is_seen_elsewhere);
    return test_finish();
}
