// SPDX-License-Identifier: MIT
#include "module/blocks.h"

#include "base/alloc.h"

typedef enum OpenKind { LABEL_BODY, LABEL_HANDLER, BLOCK_BODY, BLOCK_HANDLER } OpenKind;

typedef struct Open {
    OpenKind kind;
    bool caught;     /* LABEL_HANDLER: its CATCH has been seen */
    bool label_form; /* BLOCK_BODY: a TRY of the label form stands directly in it */
    uint32_t block;  /* BLOCK_*: number of the block */
    uint32_t around; /* stack index + 1 of the innermost block at or below this entry; 0: none */
} Open;

typedef struct Pairing {
    TT_VEC(Open) open;
    TtBlockPairs *pairs;
} Pairing;

static void push_open(Pairing *pairing, OpenKind kind, uint32_t block) {
    Open open = {.kind = kind, .block = block};
    bool is_block = kind == BLOCK_BODY;
    open.around = is_block              ? pairing->open.count + 1
                  : pairing->open.count ? tt_vec_last(&pairing->open).around
                                        : 0;
    tt_vec_push(&pairing->open, open);
}

/** The innermost open block, NULL when there is none. */
static Open *find_block(Pairing *pairing) {
    uint32_t around = pairing->open.count ? tt_vec_last(&pairing->open).around : 0;
    return around ? &pairing->open.items[around - 1] : NULL;
}

static void add_problem(Pairing *pairing, TtBlockProblemKind kind, uint32_t at, uint32_t block) {
    TtBlockProblem problem = {kind, at, pairing->pairs->blocks.items[block].try_at};
    tt_vec_push(&pairing->pairs->problems, problem);
}

static void read_try(Pairing *pairing, uint32_t at, bool block_form) {
    if (block_form) {
        TtBlock block = {at, TT_NO_NAME, TT_NO_NAME, TT_NO_NAME};
        tt_vec_push(&pairing->pairs->blocks, block);
        push_open(pairing, BLOCK_BODY, pairing->pairs->blocks.count - 1);
        return;
    }
    Open *block = find_block(pairing);
    if (block && block->kind == BLOCK_BODY) block->label_form = true;
    push_open(pairing, LABEL_BODY, 0);
}

static void read_catch(Pairing *pairing, uint32_t at) {
    Open *top = pairing->open.count ? &tt_vec_last(&pairing->open) : NULL;
    if (top && top->kind == LABEL_HANDLER && !top->caught) {
        top->caught = true;
        return;
    }
    Open *block = find_block(pairing);
    if (!block || block->kind != BLOCK_BODY) return; /* a CATCH of the label form that nothing leads to */
    block->kind = BLOCK_HANDLER;
    pairing->open.count = block->around;
    pairing->pairs->blocks.items[block->block].catch_at = at;
}

static void read_end(Pairing *pairing, uint32_t at) {
    if (!pairing->open.count) return;
    Open *top = &tt_vec_last(&pairing->open);
    if (top->kind == BLOCK_BODY) {
        if (!top->label_form) add_problem(pairing, TT_BLOCK_EARLY_END, at, top->block);
        return;
    }
    if (top->kind == BLOCK_HANDLER) pairing->pairs->blocks.items[top->block].end_at = at;
    pairing->open.count--;
}

void tt_blocks_pair(const TtModule *module, TtBlockPairs *pairs) {
    *pairs = (TtBlockPairs){0};
    Pairing pairing = {.pairs = pairs};
    uint32_t count = module->code.count;
    bool *handlers = tt_alloc_zero((size_t)count + 1);
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = module->code.items[i];
        if (insn.op != TT_OP_TRY) continue;
        any = true;
        if (insn.a == 0) handlers[insn.b] = true;
    }
    for (uint32_t i = 0; any && i < count; i++) {
        TtInsn insn = module->code.items[i];
        if (handlers[i]) push_open(&pairing, LABEL_HANDLER, 0);
        if (insn.op == TT_OP_TRY)
            read_try(&pairing, i, insn.a == 1);
        else if (insn.op == TT_OP_CATCH)
            read_catch(&pairing, i);
        else if (insn.op == TT_OP_END_TRY)
            read_end(&pairing, i);
    }
    for (uint32_t i = 0; i < pairing.open.count; i++) {
        const Open *open = &pairing.open.items[i];
        if (open->kind != BLOCK_BODY && open->kind != BLOCK_HANDLER) continue;
        add_problem(&pairing, open->kind == BLOCK_BODY ? TT_BLOCK_NO_CATCH : TT_BLOCK_NO_END,
                    pairs->blocks.items[open->block].try_at, open->block);
    }
    tt_vec_free(&pairing.open);
    tt_free(handlers);
}

void tt_blocks_free(TtBlockPairs *pairs) {
    tt_vec_free(&pairs->blocks);
    tt_vec_free(&pairs->problems);
}
