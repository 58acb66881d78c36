// SPDX-License-Identifier: MIT
/**
 * What the register interpreter relies on, checked in the register code of random programs: registers within
 * the frame, constants within their table, jumps to beginnings of blocks, maps that name homes only, places
 * to go on at. And a few pieces of code whose register code is known.
 */
#include "program.h"

#include "base/random.h"
#include "exec/exec.h"
#include "ir/ir.h"

static TtModule *lower(const char *source) {
    TtModule *module = assemble_linked(source);
    if (!module) return NULL;
    tt_exec_prepare(module, false);
    tt_ir_lower(module);
    return module;
}

/** The first problem of the code, or NULL. */
typedef struct Look {
    const TtModule *module;
    const TtIrCode *ir;
    const TtIrBlock *block; /* of the instruction looked at */
    uint32_t at, slots, cells;
    const char *problem;
} Look;

static void expect(Look *look, bool good, const char *problem) {
    if (!good && !look->problem) look->problem = problem;
}

static void check_register(Look *look, int32_t offset) {
    expect(look, offset >= 0 && offset % TT_IR_CELL == 0, "a register is a cell");
    uint32_t cell = (uint32_t)(offset / TT_IR_CELL);
    expect(look, cell < look->cells, "a register lies in the frame");
    expect(look, cell < look->slots || cell >= look->slots + 2, "no register is the frame's header");
}

static void check_constant(Look *look, int32_t offset) {
    uint32_t index = (uint32_t)(-offset / TT_IR_CELL);
    expect(look, offset < 0 && offset % TT_IR_CELL == 0 && index > 0 && index < look->ir->constants.count,
           "a constant is there");
}

static void check_jump(Look *look, int32_t distance) {
    int64_t to = (int64_t)look->at + distance / (int32_t)sizeof(TtIrInsn);
    expect(look, distance % (int32_t)sizeof(TtIrInsn) == 0 && to > 0 && to < look->ir->code.count,
           "a jump stays inside");
    if (look->problem) return;
    const TtIrBlock *target = tt_ir_block_of(look->ir, (uint32_t)to);
    expect(look, target->ir == to, "a jump leads to the beginning of a block");
    uint32_t from = look->ir->origin.items[look->at];
    if (target->address < look->module->code.count)
        expect(look, look->module->scope_of[from] == look->module->scope_of[target->address],
               "a jump stays in its scope");
}

static void check_operand(Look *look, char kind, int32_t value) {
    switch (kind) {
    case 'R':
    case 'D':
    case 'U': check_register(look, value); return;
    case 'W': /* of no registers it may be just behind the frame */
        expect(look, value >= 0 && (uint32_t)(value / TT_IR_CELL) <= look->cells,
               "a window lies in the frame");
        return;
    case 'K':
        if (value < 0)
            check_constant(look, value);
        else
            check_register(look, value);
        return;
    case 'J': check_jump(look, value); return;
    case 'F': expect(look, (uint32_t)value < look->module->constants.count, "a field name is there"); return;
    case 'X': expect(look, (uint32_t)value < look->module->functions.count, "a function is there"); return;
    case 'A': expect(look, (uint32_t)value <= look->module->code.count, "an address is one"); return;
    default: return;
    }
}

static void check_map(Look *look, uint32_t map) {
    expect(look, map > 0 && map + 1 < look->ir->maps.count, "there is a map");
    if (look->problem) return;
    const uint32_t *cells = look->ir->maps.items + map;
    expect(look, cells[0] >= look->slots + 2 && cells[0] <= look->cells, "sp is in the frame");
    expect(look, map + 1 + cells[1] < look->ir->maps.count, "the map is whole");
    for (uint32_t i = 0; i < cells[1] && !look->problem; i++)
        expect(look, cells[2 + i] >= look->slots + 2 && cells[2 + i] < cells[0],
               "what is cleared are homes below sp");
}

static void check_insn(Look *look) {
    TtIrInsn insn = look->ir->code.items[look->at];
    expect(look, insn.op < TT_IR_OP_COUNT, "an operation is one");
    if (look->problem) return;
    const TtIrOpInfo *info = &tt_ir_op_infos[insn.op];
    check_operand(look, info->a, insn.a);
    check_operand(look, info->b, insn.b);
    check_operand(look, info->c, insn.c);
    if (info->flags & TT_IR_THROWS) check_map(look, look->ir->before.items[look->at]);
    if (info->flags & TT_IR_COLLECTS) check_map(look, look->ir->after.items[look->at]);
    expect(look, look->ir->origin.items[look->at] <= look->module->code.count, "it comes from somewhere");
}

/** Points the look at an instruction: whose frame it works on. */
static void enter(Look *look, uint32_t at) {
    look->at = at;
    look->block = tt_ir_block_of(look->ir, at);
    uint32_t from = look->ir->origin.items[at];
    uint32_t scope = look->module->scope_of[from < look->module->code.count ? from : 0];
    look->slots = look->module->scopes.items[scope].slot_count;
    look->cells = look->slots + 2 + look->ir->scopes[scope].most;
}

static void check_resume(Look *look, uint32_t address) {
    TtIrResume resume = look->ir->resume[address];
    if (!resume.ir) {
        expect(look, resume.cells == UINT32_MAX, "nowhere fits no frame");
        return;
    }
    expect(look, resume.ir < look->ir->code.count, "going on stays inside");
    if (look->problem) return;
    enter(look, resume.ir);
    unsigned op = look->ir->code.items[resume.ir].op;
    expect(look, look->block->ir == resume.ir || op == TT_IR_STEP || op == TT_IR_CALLV,
           "one goes on at blocks and steps");
    expect(look, resume.cells >= look->slots + 2 && resume.cells <= look->cells, "with operands that fit");
}

static const char *find_problem(const TtModule *module) {
    Look look = {.module = module, .ir = module->ir};
    for (uint32_t i = 0; i < look.ir->blocks.count && !look.problem; i++) {
        const TtIrBlock *block = &look.ir->blocks.items[i];
        expect(&look, i == 0 || block[-1].ir < block->ir, "blocks ascend");
        expect(&look, block->ir < look.ir->code.count, "blocks lie inside");
    }
    for (uint32_t at = 1; at < look.ir->code.count && !look.problem; at++) {
        enter(&look, at);
        if (look.ir->origin.items[at] >= module->code.count) continue; /* the end belongs to every scope */
        check_insn(&look);
    }
    for (uint32_t i = 0; i <= module->code.count && !look.problem; i++) check_resume(&look, i);
    for (uint32_t i = 0; i < module->functions.count && !look.problem; i++) {
        const TtFunction *function = &module->functions.items[i];
        if (!function->ir_entry) continue;
        expect(&look, look.ir->resume[function->entry].ir == function->ir_entry,
               "a function begins at its entry");
        expect(&look, look.ir->run[function->entry] == 0, "where counting begins");
        expect(&look, function->max_operands >= look.ir->scopes[function->scope].most,
               "with room for its operands");
    }
    return look.problem;
}

static void write_random_program(TtStrbuf *out, uint64_t *random) {
    static const char *const plain[] = {
        "PUSH_INT 1",  "PUSH_INT 7",  "PUSH_FLOAT 0.5",
        "PUSH_STR x",  "NULL",        "LOAD a",
        "LOAD b",      "LOAD c",      "LOAD p",
        "STORE a",     "STORE b",     "STORE c",
        "DUP",         "POP",         "SWAP",
        "OVER",        "ROT",         "ADD",
        "SUB",         "MUL",         "LT",
        "EQ",          "CONCAT",      "INDEX",
        "LIST_SET",    "SET_FIELD f", "GET_FIELD f",
        "MAKE_OBJECT", "MAKE_LIST 2", "LIST_APPEND",
        "LIST_POP",    "PRINT",       "RET",
        "DELETE c",    "NOT",         "CAPTURE a",
        "SELF",        "YIELD",       "THROW",
        "LEN",         "KEYS",        "BUILTIN math.sqrt",
    };
    uint32_t count = 5 + (uint32_t)tt_random_below(random, 60), open = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t target = (uint32_t)tt_random_below(random, count + 1);
        if (tt_random_below(random, 6) == 0) tt_strbuf_add_format(out, "LABEL l%u\n", i);
        switch (tt_random_below(random, 24)) {
        case 0: tt_strbuf_add_format(out, "JMP %u\n", target); break;
        case 1: tt_strbuf_add_format(out, "JZ %u\n", target); break;
        case 2: tt_strbuf_add_format(out, "LT\nJNZ %u\n", target); break;
        case 3: tt_strbuf_add_format(out, "CALL %u p\n", target); break;
        case 4: tt_strbuf_add_format(out, "CALL_FUNCTION%s\n", target & 1 ? " 1" : ""); break;
        case 5: tt_strbuf_add_format(out, "TRY %u\n", target); break;
        case 6: tt_strbuf_add_format(out, "END_TRY\n"); break;
        case 7: tt_strbuf_add_format(out, "CATCH%s\n", target & 1 ? " a" : ""); break;
        case 8: tt_strbuf_add_format(out, "TAIL_CALL %u p\n", target); break;
        case 9: tt_strbuf_add_format(out, "RECEIVE_TIMEOUT %u\n", target); break;
        case 10:
            tt_strbuf_add_format(out, "TRY\n");
            open++;
            break;
        case 11: tt_strbuf_add_format(out, "MAKE_LAMBDA %u p\n", target); break;
        default:
            tt_strbuf_add_format(out, "%s\n", plain[tt_random_below(random, sizeof plain / sizeof *plain)]);
        }
        if (open && tt_random_below(random, 6) == 0) {
            tt_strbuf_add_format(out, "CATCH%s\nEND_TRY\n", target & 1 ? "" : " a");
            open--;
        }
    }
    for (; open; open--) tt_strbuf_add_text(out, "CATCH\nEND_TRY\n");
}

TEST(random_programs_keep_the_rules) {
    uint64_t random = 20261122;
    int programs = 0;
    for (int round = 0; round < 4000; round++) {
        TtStrbuf source = {0};
        TtDiags diags = {0};
        TtModule *module = NULL;
        write_random_program(&source, &random);
        if (tt_asm_parse("random.ttvm", source.bytes, source.length, &module, &diags) == TT_OK) {
            programs++;
            CHECK_INT(tt_verify_structure(module, &diags), TT_OK);
            tt_module_link(module);
            tt_verify_heights(module);
            tt_exec_prepare(module, false);
            tt_ir_lower(module);
            const char *problem = find_problem(module);
            if (problem) {
                TtStrbuf text = {0};
                tt_disasm_module(&text, module, true);
                tt_ir_dump(&text, module);
                fprintf(stderr, "round %d: not so: %s\n%s\n", round, problem, tt_strbuf_text(&text));
                tt_strbuf_free(&text);
                CHECK(!"a rule is broken");
                round = 1000000;
            }
            tt_module_destroy(module);
        }
        tt_diags_free(&diags);
        tt_strbuf_free(&source);
    }
    printf("%d random programs\n", programs);
    CHECK(programs > 500);
}

/** Names of the operations, one after the other. */
static void check_ops(const char *source, const char *wanted) {
    TtModule *module = lower(source);
    REQUIRE(module != NULL);
    TtStrbuf text = {0};
    for (uint32_t at = 1; at < module->ir->code.count; at++)
        tt_strbuf_add_format(&text, "%s%s", at > 1 ? " " : "",
                             tt_ir_op_infos[module->ir->code.items[at].op].name);
    CHECK_STR(tt_strbuf_text(&text), wanted);
    tt_strbuf_free(&text);
    tt_module_destroy(module);
}

TEST(operands_wait_and_results_go_where_they_are_stored) {
    check_ops("PUSH_INT 1\nSTORE x\nHALT", "LOADI STEP");
    check_ops("PUSH_INT 1\nSTORE x\nLOAD x\nLOAD x\nADD\nSTORE y\nHALT", "LOADI ADD STEP");
    check_ops("PUSH_INT 1\nSTORE x\nLOAD x\nPUSH_INT 2\nPUSH_INT 3\nPOP\nPOP\nPOP\nHALT", "LOADI STEP");
    /* x is about to change while an operand stands for it */
    check_ops("PUSH_INT 1\nSTORE x\nLOAD x\nPUSH_INT 2\nSTORE x\nLOAD x\nADD\nPRINT\nHALT",
              "LOADI SHARE LOADI ADD STEP STEP");
    /* a variable that may have no value is looked at */
    check_ops("SELF\nJZ over\nPUSH_INT 1\nSTORE x\nLABEL over\nLOAD x\nPRINT\nHALT",
              "SELF JF LOADI LOADV STEP STEP");
}

TEST(more_operands_than_may_wait) {
    TtStrbuf source = {0};
    for (int i = 0; i < 5000; i++) tt_strbuf_add_format(&source, "PUSH_INT %d\n", i);
    tt_strbuf_add_text(&source, "MAKE_LIST 5000\nLEN\nPRINT\nHALT\n");
    TtModule *module = lower(source.bytes);
    REQUIRE(module != NULL);
    CHECK(find_problem(module) == NULL);
    CHECK_INT(module->ir->scopes[0].most, 5000);
    tt_module_destroy(module);
    tt_strbuf_free(&source);
}

TEST(frames_of_a_hundred_thousand_variables) {
    TtStrbuf source = {0};
    for (int i = 0; i < 100000; i++) tt_strbuf_add_format(&source, "PUSH_INT %d\nSTORE v%d\n", i, i);
    tt_strbuf_add_text(&source, "LOAD v0\nLOAD v99999\nADD\nPRINT\nHALT\n");
    TtModule *module = lower(source.bytes);
    REQUIRE(module != NULL);
    CHECK(find_problem(module) == NULL);
    CHECK_INT(module->ir->code.items[1 + 100000].op, TT_IR_ADD);
    CHECK_INT(module->ir->code.items[1 + 100000].c, 99999 * TT_IR_CELL);
    tt_module_destroy(module);
    tt_strbuf_free(&source);
}

int main(void) {
    RUN(random_programs_keep_the_rules);
    RUN(operands_wait_and_results_go_where_they_are_stored);
    RUN(more_operands_than_may_wait);
    RUN(frames_of_a_hundred_thousand_variables);
    return test_finish();
}
