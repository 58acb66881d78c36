// SPDX-License-Identifier: MIT
/**
 * Jump threading: a jump to a jump goes where that one goes, a jump to RET or HALT is one, a branch over a
 * jump is the opposite branch, a jump to the next instruction is none; a constant that is carried to a branch
 * elsewhere decides it beforehand.
 */
#include "opt/pass.h"

/** Jumps in a row that are followed: a longer row, or a ring, is followed in part. */
#define MOST_HOPS 64

/** Where a jump to an address ends up. */
static uint32_t follow(const TtOpt *opt, uint32_t address) {
    uint32_t seen = address;
    for (int hops = 0; hops < MOST_HOPS; hops++) {
        uint32_t at = tt_opt_at(opt, address);
        if (at >= opt->count || tt_opt_insn(opt, at).op != TT_OP_JMP) return address;
        address = (uint32_t)tt_opt_insn(opt, at).b;
        if (address == seen) return address;
    }
    return address;
}

static bool jumps(TtInsn insn) {
    return tt_op_info(insn.op)->flags & TT_FLAG_JUMPS;
}

/** JMP to RET or HALT. RET of top level raises on its own line, so it is left where it is. */
static bool copy_end(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t to = tt_opt_at(opt, (uint32_t)insn.b);
    if (insn.op != TT_OP_JMP || to >= opt->count) return false;
    unsigned op = tt_opt_insn(opt, to).op;
    if (op != TT_OP_HALT && (op != TT_OP_RET || opt->scope_of[at] == 0)) return false;
    tt_opt_replace(opt, at, (TtInsn){(uint16_t)op, 0, 0});
    return true;
}

/** JZ or JNZ over a JMP that nothing else leads to: the opposite branch to where the JMP goes. */
static bool turn_branch(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t jump = tt_opt_next(opt, at);
    if ((insn.op != TT_OP_JZ && insn.op != TT_OP_JNZ) || jump == TT_OPT_NONE || !tt_opt_fact(opt, at) ||
        !tt_opt_fact(opt, at)->depth || tt_opt_insn(opt, jump).op != TT_OP_JMP ||
        tt_opt_at(opt, (uint32_t)insn.b) != tt_opt_at(opt, jump + 1))
        return false;
    uint32_t target = (uint32_t)tt_opt_insn(opt, jump).b;
    tt_opt_replace(opt, at, (TtInsn){insn.op == TT_OP_JZ ? TT_OP_JNZ : TT_OP_JZ, 0, (int32_t)target});
    tt_opt_delete(opt, jump);
    opt->marks[jump] |= TT_OPT_STALE;
    return true;
}

/** A jump to the next instruction: a JMP goes, a branch drops its value. */
static bool drop_jump(TtOpt *opt, uint32_t at, TtInsn insn) {
    if (tt_opt_at(opt, (uint32_t)insn.b) != tt_opt_at(opt, at + 1)) return false;
    if (insn.op == TT_OP_JMP) {
        tt_opt_delete(opt, at);
        return true;
    }
    const TtOptFact *fact = tt_opt_fact(opt, at);
    if ((insn.op != TT_OP_JZ && insn.op != TT_OP_JNZ) || !fact || !fact->depth) return false;
    tt_opt_replace(opt, at, (TtInsn){TT_OP_POP, 0, 0});
    return true;
}

/** constant, JMP to a branch → JMP to where the branch goes */
static bool decide_branch(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t push = tt_opt_previous(opt, at), branch = tt_opt_at(opt, (uint32_t)insn.b);
    TtValue value;
    if (insn.op != TT_OP_JMP || branch >= opt->count || push == TT_OPT_NONE ||
        !tt_opt_is_known_push(opt, push, &value))
        return false;
    TtInsn there = tt_opt_insn(opt, branch);
    if (there.op != TT_OP_JZ && there.op != TT_OP_JNZ) return false;
    bool taken = tt_truthy(value) == (there.op == TT_OP_JNZ);
    tt_opt_set_target(opt, at, taken ? (uint32_t)there.b : branch + 1);
    tt_opt_delete(opt, push);
    opt->marks[at] |= TT_OPT_STALE;
    return true;
}

static bool follow_jump(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t target = tt_insn_target(opt->module, insn);
    if (target == UINT32_MAX || insn.op == TT_OP_TRY) return false;
    uint32_t end = follow(opt, target);
    if (tt_opt_at(opt, end) == tt_opt_at(opt, target)) return false;
    tt_opt_set_target(opt, at, end);
    return true;
}

typedef bool (*Rule)(TtOpt *opt, uint32_t at, TtInsn insn);
static const Rule rules[] = {turn_branch, follow_jump, drop_jump, copy_end, decide_branch};

void tt_opt_thread(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        bool again = true;
        for (int tries = 0; again && tries < MOST_HOPS; tries++) {
            again = false;
            for (size_t i = 0; i < sizeof rules / sizeof *rules && !again; i++) {
                if (tt_opt_is_deleted(opt, at) || !opt->facts[at].reached || !jumps(tt_opt_insn(opt, at)))
                    break;
                again = rules[i](opt, at, tt_opt_insn(opt, at));
                if (again) tt_opt_count(opt);
            }
        }
    }
}
