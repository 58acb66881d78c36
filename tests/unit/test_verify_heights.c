// SPDX-License-Identifier: MIT
/**
 * Heights against programs whose heights are known, and against random walks through random programs:
 * a machine that has no values, only heights, goes every way a program could go.
 */
#include "program.h"

#include "base/config.h"
#include "base/random.h"

/** min_height of all instructions, as text. */
#define CHECK_HEIGHTS(source, wanted)                                                                        \
    do {                                                                                                     \
        TtModule *module_ = assemble_linked(source);                                                         \
        REQUIRE(module_ != NULL);                                                                            \
        TtStrbuf text_ = {0};                                                                                \
        for (uint32_t i_ = 0; i_ < module_->code.count; i_++)                                                \
            tt_strbuf_add_format(&text_, "%s%u", i_ ? " " : "", module_->min_height[i_]);                    \
        CHECK_STR(tt_strbuf_text(&text_), wanted);                                                           \
        tt_strbuf_free(&text_);                                                                              \
        tt_module_destroy(module_);                                                                          \
    } while (0)

#define CHECK_MOST(source, wanted)                                                                           \
    do {                                                                                                     \
        TtModule *module_ = assemble_linked(source);                                                         \
        REQUIRE(module_ != NULL);                                                                            \
        CHECK_INT(module_->top.max_operands, wanted);                                                        \
        tt_module_destroy(module_);                                                                          \
    } while (0)

TEST(straight_lines) {
    CHECK_HEIGHTS("", "");
    CHECK_HEIGHTS("PUSH_INT 1\nPUSH_INT 2\nADD\nPRINT", "0 1 2 1");
    CHECK_HEIGHTS("NULL\nDUP\nOVER\nROT\nSWAP\nMAKE_LIST 3\nNOP", "0 1 2 3 3 3 1");
    /* what ran without an underflow did find its operands */
    CHECK_HEIGHTS("ADD\nADD\nNOP", "0 1 1");
    CHECK_HEIGHTS("SEND 5\nNULL\nNULL\nSEND\nNOP", "0 0 1 2 0");
    CHECK_HEIGHTS("NULL\nNULL\nHAS_FIELD\nHAS_FIELD x\nNOP", "0 1 2 1 1");
    CHECK_HEIGHTS("NULL\nNULL\nNULL\nCALL_FUNCTION 1\nNOP\nCALL_FUNCTION\nNOP", "0 1 2 3 2 2 1");
    CHECK_HEIGHTS("NULL\nNULL\nNULL\nSPAWN_ARGS\nNOP", "0 1 2 3 1");
    CHECK_HEIGHTS("NULL\nNULL\nBUILTIN math.pow\nNOP", "0 1 2 1");
    CHECK_HEIGHTS("NULL\nNULL\nRECEIVE_TIMEOUT 4\nNOP\nNOP", "0 1 2 2 1");
    CHECK_HEIGHTS("NULL\nNULL\nRECEIVE_MATCH int\nNOP", "0 1 2 3");
    CHECK_HEIGHTS("NULL\nNULL\nRECEIVE_MATCH int AFTER 4\nNOP\nNOP", "0 1 2 2 1");
    CHECK_HEIGHTS("NULL\nNULL\nRECEIVE_MATCH int AFTER 5\nPOP\nNULL\nNOP", "0 1 2 2 1 1");
    CHECK_HEIGHTS("NULL\nMAILBOX_PEEK 4\nPOP\nNULL\nNOP", "0 1 2 1 1");
    CHECK_HEIGHTS("NULL\nNULL\nMAILBOX_WAIT 4\nNULL\nNOP", "0 1 2 1 1");
    CHECK_HEIGHTS("LINK 5\nNULL\nNULL\nLINK\nUNLINK 0\nNOP\nMONITOR 3\nMONITOR\nNOP", "0 0 1 2 1 0 0 1 1");
    CHECK_HEIGHTS("TRAP_EXIT 1\nNULL\nTRAP_EXIT\nNULL\nSPAWN_MONITOR\nNOP", "0 0 1 0 1 2");
    CHECK_HEIGHTS("START_SUPERVISOR\nSUPERVISE_CHILD w\nSUPERVISE_FUNCTION w\nNOP", "0 0 1 1");
}

TEST(branches) {
    CHECK_HEIGHTS("NULL\nNULL\nJZ 4\nNULL\nNOP", "0 1 2 1 1");
    CHECK_HEIGHTS("NULL\nJZ 4\nNULL\nJMP 5\nNULL\nNOP", "0 1 0 1 0 1");
    CHECK_HEIGHTS("JMP 2\nNULL\nNOP", "0 0 0");         /* 1 is never reached */
    CHECK_HEIGHTS("NULL\nNULL\nNULL\nJZ 2", "0 1 0 1"); /* a backward target starts anew */
    CHECK_HEIGHTS("NULL\nLABEL x\nNULL\nNOP", "0 0 1"); /* SPAWN "x" begins there */
}

TEST(calls) {
    CHECK_HEIGHTS("NULL\nCALL f x\nNOP\nHALT\nLABEL f\nNULL\nRET", "0 1 1 1 0 1");
    CHECK_HEIGHTS("NULL\nCALL f x\nNOP\nHALT\nLABEL f\nRET", "0 1 0 0 0");
    CHECK_HEIGHTS("CALL f\nNOP\nHALT\nLABEL f\nNULL\nJZ g\nRET\nLABEL g\nNULL\nRET", "0 0 0 0 1 0 0 1");
    /* recursion: what all returns agree on holds */
    CHECK_HEIGHTS("CALL f\nNOP\nHALT\nLABEL f\nNULL\nJZ g\nCALL f\nRET\nLABEL g\nNULL\nRET",
                  "0 1 1 0 1 0 1 0 1");
    CHECK_HEIGHTS("CALL f\nNOP\nHALT\nLABEL f\nTAIL_CALL g\nLABEL g\nNULL\nRET", "0 1 1 0 0 1");
    CHECK_HEIGHTS("CALL f\nNOP\nHALT\nLABEL f\nNULL\nTAIL_CALL_FUNCTION", "0 1 1 0 1");
}

TEST(exceptions) {
    CHECK_HEIGHTS("NULL\nTRY h\nNULL\nTHROW\nLABEL h\nCATCH\nNOP", "0 1 1 2 0 0");
    CHECK_HEIGHTS("NULL\nTRY\nNULL\nCATCH e\nNULL\nEND_TRY\nNOP", "0 1 1 0 0 1 0");
}

TEST(most_operands) {
    CHECK_MOST("", 0);
    CHECK_MOST("NULL\nNULL\nNULL\nPOP\nPOP\nPOP", 3);
    CHECK_MOST("NULL\nPOP\nNULL\nPOP\nNULL\nPOP", 1);
    CHECK_MOST("LABEL a\nNULL\nNULL\nPOP\nJMP a", 2);
    CHECK_MOST("CALL f\nCALL f\nCALL f\nHALT\nLABEL f\nRET", 0); /* f surely leaves nothing */
    CHECK_MOST("CALL f\nCALL f\nCALL f\nHALT\nLABEL f\nNULL\nJZ f\nRET", 0);
    CHECK_MOST("CALL f\nCALL f\nCALL f\nHALT\nLABEL f\nNULL\nRET", 3);
    CHECK_MOST("TRY\nNULL\nNULL\nCATCH\nNULL\nEND_TRY", 4); /* body, exception, one more */
    CHECK_MOST("RECEIVE_MATCH int\nRECEIVE_MATCH any AFTER 0\nMAILBOX_PEEK 1", 2);
    CHECK_MOST("TRY\nNULL\nPOP\nCATCH e\nNULL\nEND_TRY", 1);
    TtModule *module = assemble_linked("CALL f\nHALT\nLABEL f\nNULL\nNULL\nNULL\nRET");
    REQUIRE(module != NULL);
    CHECK_INT(module->functions.items[0].max_operands, 3);
    CHECK_INT(module->label_functions.items[0]->max_operands, 3);
    CHECK_INT(module->top.max_operands, 1);
    tt_module_destroy(module);
}

/** Chains of calls that need one pass each, in the worst order. */
TEST(long_chains) {
    TtStrbuf source = {0};
    enum { COUNT = 20000 };
    tt_strbuf_add_format(&source, "CALL f0\nHALT\n");
    for (int i = 0; i < COUNT; i++) tt_strbuf_add_format(&source, "LABEL f%d\nCALL f%d\nRET\n", i, i + 1);
    tt_strbuf_add_format(&source, "LABEL f%d\nRET\n", COUNT);
    TtModule *module = assemble_linked(source.bytes);
    REQUIRE(module != NULL);
    CHECK_INT(module->min_height[1], 0);
    tt_module_destroy(module);
    tt_strbuf_free(&source);
}

/* ---- random programs -------------------------------------------------------------------------------------
 */

enum { MOST_FRAMES = 12, MOST_HANDLERS = 16, MOST_STEPS = 400 };

typedef struct Handler {
    uint32_t address, height;
} Handler;

typedef struct Frame {
    uint32_t at, height, start_height, most;
    bool pending; /* an exception waits for its CATCH */
    Handler handlers[MOST_HANDLERS];
    uint32_t handler_count;
} Frame;

typedef struct Machine {
    const TtModule *module;
    uint64_t random;
    Frame frames[MOST_FRAMES];
    uint32_t depth;
} Machine;

static bool chance(Machine *machine, unsigned percent) {
    return tt_random_below(&machine->random, 100) < percent;
}

static uint32_t between(Machine *machine, uint32_t least, uint32_t most) {
    return least + (uint32_t)tt_random_below(&machine->random, most - least + 1);
}

static void enter(Machine *machine, const TtFunction *function) {
    machine->frames[machine->depth++] = (Frame){.at = function->entry, .most = function->max_operands};
}

/** False when nobody catches it. */
static bool throw_up(Machine *machine) {
    while (machine->depth) {
        Frame *frame = &machine->frames[machine->depth - 1];
        if (!frame->handler_count) {
            machine->depth--;
            continue;
        }
        Handler handler = frame->handlers[--frame->handler_count];
        if (handler.height < frame->height) frame->height = handler.height;
        frame->start_height = frame->height;
        frame->at = handler.address;
        frame->pending = true;
        return true;
    }
    return false;
}

static void jump(Frame *frame, uint32_t to) {
    if (to < frame->at) frame->start_height = frame->height;
    frame->at = to;
}

static bool pop(Frame *frame, uint32_t count) {
    if (frame->height < count) return false;
    frame->height -= count;
    return true;
}

/** One instruction; false when the walk is over. `frame->at` is behind it already. */
static bool execute(Machine *machine, Frame *frame, TtInsn insn) {
    const TtModule *module = machine->module;
    const TtOpInfo *info = tt_op_info(insn.op);
    int pops = tt_insn_pops(module, insn), pushes = tt_insn_pushes(module, insn);
    if (info->flags & TT_FLAG_THROWS && chance(machine, 5)) {
        frame->height -= pops > 0 && (uint32_t)pops <= frame->height ? (uint32_t)pops : 0;
        return throw_up(machine);
    }
    switch ((TtOp)insn.op) {
    case TT_OP_CALL:
    case TT_OP_TAIL_CALL: {
        const TtFunction *function = &module->functions.items[insn.b];
        if (!pop(frame, function->parameter_count)) return throw_up(machine);
        if (insn.op == TT_OP_TAIL_CALL) {
            if (machine->depth == 1) return false;
            machine->depth--;
        }
        if (machine->depth == MOST_FRAMES) return throw_up(machine);
        enter(machine, function);
        return true;
    }
    case TT_OP_TAIL_CALL_FUNCTION:
    case TT_OP_RET: {
        if (machine->depth == 1) return insn.op == TT_OP_RET && throw_up(machine);
        bool value = insn.op == TT_OP_TAIL_CALL_FUNCTION || frame->height > 0;
        machine->depth--;
        machine->frames[machine->depth - 1].height += value;
        return true;
    }
    case TT_OP_CALL_FUNCTION: {
        uint32_t least = insn.b < 0 ? 1 : (uint32_t)insn.b + 1, most = insn.b < 0 ? frame->height : least;
        if (frame->height < least) return throw_up(machine);
        frame->height -= between(machine, least, most);
        frame->height++;
        return true;
    }
    case TT_OP_SPAWN_ARGS:
        if (frame->height < 2) return throw_up(machine);
        frame->height -= between(machine, 2, frame->height);
        frame->height++;
        return true;
    case TT_OP_TRY:
        if (frame->handler_count == MOST_HANDLERS) return false;
        frame->handlers[frame->handler_count++] = (Handler){tt_insn_target(module, insn), frame->height};
        return true;
    case TT_OP_END_TRY:
        if (frame->handler_count) frame->handler_count--;
        return true;
    case TT_OP_CATCH: {
        uint32_t variable = insn.a == 1 ? module->blocks.items[insn.b].variable : (uint32_t)insn.b;
        if (frame->pending)
            frame->height += variable == TT_NO_NAME;
        else if (insn.a == 1)
            jump(frame, module->blocks.items[insn.b].end_at + 1);
        frame->pending = false;
        return true;
    }
    case TT_OP_RECEIVE_MATCH:
    case TT_OP_MAILBOX_PEEK:
    case TT_OP_RECEIVE_TIMEOUT: {
        uint32_t target = tt_insn_target(module, insn);
        if (!pop(frame, (uint32_t)pops)) return throw_up(machine);
        if (target != UINT32_MAX && chance(machine, 50))
            jump(frame, target);
        else
            frame->height++;
        return true;
    }
    default: break;
    }
    if (!pop(frame, (uint32_t)pops)) return throw_up(machine);
    if (info->flags & TT_FLAG_JUMPS) {
        if (info->flags & TT_FLAG_ENDS || chance(machine, 50)) jump(frame, (uint32_t)insn.b);
        return true;
    }
    if (info->flags & TT_FLAG_ENDS) return insn.op == TT_OP_THROW && throw_up(machine);
    frame->height += (uint32_t)pushes;
    return true;
}

/** One walk from an entry; false when a bound did not hold. */
static bool walk(Machine *machine, const TtFunction *entry) {
    const TtModule *module = machine->module;
    machine->depth = 0;
    enter(machine, entry);
    for (int steps = 0; steps < MOST_STEPS && machine->depth; steps++) {
        Frame *frame = &machine->frames[machine->depth - 1];
        if (frame->height > frame->start_height + frame->most) {
            fprintf(stderr, "before %u: height %u, at the start %u, room for %u\n", frame->at, frame->height,
                    frame->start_height, frame->most);
            return false;
        }
        if (frame->at >= module->code.count) return true;
        if (frame->height < module->min_height[frame->at]) {
            fprintf(stderr, "at %u: height %u, proven %u\n", frame->at, frame->height,
                    module->min_height[frame->at]);
            return false;
        }
        TtInsn insn = module->code.items[frame->at++];
        /* A jump to itself is a backward jump: `at` is behind it already. */
        if (!execute(machine, frame, insn)) return true;
    }
    return true;
}

static void write_random_program(TtStrbuf *out, uint64_t *random) {
    uint32_t count = 5 + (uint32_t)tt_random_below(random, 40);
    uint32_t open = 0;
    for (uint32_t i = 0; i < count; i++) {
        static const TtOp plain[] = {TT_OP_NULL,     TT_OP_TRUE, TT_OP_SELF,       TT_OP_DUP,   TT_OP_POP,
                                     TT_OP_SWAP,     TT_OP_ADD,  TT_OP_OVER,       TT_OP_PRINT, TT_OP_RET,
                                     TT_OP_RET,      TT_OP_NOP,  TT_OP_SPAWN_ARGS, TT_OP_THROW, TT_OP_HALT,
                                     TT_OP_LIST_POP, TT_OP_NULL, TT_OP_NULL};
        uint32_t target = (uint32_t)tt_random_below(random, count + 1);
        if (tt_random_below(random, 5) == 0) tt_strbuf_add_format(out, "LABEL l%u\n", i);
        switch (tt_random_below(random, 20)) {
        case 0: tt_strbuf_add_format(out, "JMP %u\n", target); break;
        case 1:
        case 2: tt_strbuf_add_format(out, "JZ %u\n", target); break;
        case 3: tt_strbuf_add_format(out, "RECEIVE_TIMEOUT %u\n", target); break;
        case 12: tt_strbuf_add_format(out, "MAILBOX_%s %u\n", i & 1 ? "PEEK" : "WAIT", target); break;
        case 13: tt_strbuf_add_format(out, "RECEIVE_MATCH any AFTER %u\n", target); break;
        case 14: tt_strbuf_add_format(out, "RECEIVE_MATCH any\n"); break;
        case 15:
            tt_strbuf_add_format(out, "%s%s\n", i & 1 ? "MONITOR" : "LINK", target & 1 ? " 7" : "");
            break;
        case 4: tt_strbuf_add_format(out, "CALL %u\n", target); break;
        case 5: tt_strbuf_add_format(out, "CALL %u a\n", target); break;
        case 6: tt_strbuf_add_format(out, "TAIL_CALL %u\n", target); break;
        case 7: tt_strbuf_add_format(out, "CALL_FUNCTION%s\n", target & 1 ? " 1" : ""); break;
        case 8: tt_strbuf_add_format(out, "TRY %u\n", target); break;
        case 9: tt_strbuf_add_format(out, "END_TRY\n"); break;
        case 10: tt_strbuf_add_format(out, "CATCH%s\n", target & 1 ? " e" : ""); break;
        case 11:
            tt_strbuf_add_format(out, "TRY\n");
            open++;
            break;
        default: {
            TtOp op = plain[tt_random_below(random, sizeof plain / sizeof *plain)];
            tt_strbuf_add_format(out, "%s\n", tt_op_info(op)->mnemonic);
        }
        }
        if (open && tt_random_below(random, 6) == 0) {
            tt_strbuf_add_format(out, "CATCH%s\nEND_TRY\n", target & 1 ? "" : " e");
            open--;
        }
    }
    for (; open; open--) tt_strbuf_add_text(out, "CATCH\nEND_TRY\n");
}

TEST(random_walks_stay_within_the_bounds) {
    uint64_t random = 20240601;
    int programs = 0;
    for (int round = 0; round < 6000; round++) {
        TtStrbuf source = {0};
        TtDiags diags = {0};
        TtModule *module = NULL;
        write_random_program(&source, &random);
        if (tt_asm_parse("random.ttvm", source.bytes, source.length, &module, &diags) == TT_OK) {
            programs++;
            CHECK_INT(tt_verify_structure(module, &diags), TT_OK);
            tt_module_link(module);
            tt_verify_heights(module);
            Machine machine = {.module = module, .random = random};
            bool good = true;
            for (int i = 0; i < 40 && good; i++) {
                uint32_t label_count = module->label_functions.count;
                bool from_label = label_count && i % 2;
                good = walk(&machine, from_label ? module->label_functions.items[(uint32_t)i % label_count]
                                                 : &module->top);
            }
            if (!good) {
                TtStrbuf text = {0};
                tt_disasm_module(&text, module, true);
                fprintf(stderr, "round %d:\n%s\n", round, tt_strbuf_text(&text));
                tt_strbuf_free(&text);
                CHECK(!"a bound does not hold");
                round = 1000000;
            }
            tt_module_destroy(module);
        }
        tt_diags_free(&diags);
        tt_strbuf_free(&source);
    }
    printf("%d random programs\n", programs);
    CHECK(programs > 1000);
}

int main(void) {
    RUN(straight_lines);
    RUN(branches);
    RUN(calls);
    RUN(exceptions);
    RUN(most_operands);
    RUN(long_chains);
    RUN(random_walks_stay_within_the_bounds);
    return test_finish();
}
