// SPDX-License-Identifier: MIT
/**
 * A module: code, constants, names, functions, imports, exports and debug tables, as an assembler or
 * image reader makes it (canonical), plus what the linker adds. Owned by the VM; immutable once
 * linked and initialised, so every thread may read it.
 *
 * Instruction encoding, by operand format (bytecode/operand.def):
 *   NONE                 a = 0, b = 0
 *   INT                  a = 0: b is the value · a = 1: b indexes `ints`
 *   OPT_INT              as INT; a = 2: absent
 *   FLOAT                b indexes `floats`
 *   STR BYTES FIELD NAME b indexes `constants`
 *   OPT_FIELD            as FIELD; b = -1: absent
 *   BOOL                 b = 0 or 1
 *   VAR                  b indexes `names`
 *   OPT_VAR (CATCH)      a = 0: label form, b indexes `names` or is -1 ·
 *                        a = 1: block form, b indexes `blocks`
 *   COUNT                b = n            OPT_COUNT  b = n or -1
 *   LABEL                b = instruction index
 *   OPT_LABEL (TRY)      a = 0: b = instruction index of the handler ·
 *                        a = 1: block form, b indexes `blocks`
 *   CALL                 b indexes `functions`
 *   IMPORT               b indexes `imports`
 *   OPT_BOOL             b = 0 or 1, -1: absent
 *   MATCH                b indexes `matches`, each of which belongs to one instruction
 *   SUPERVISOR           b indexes `supervisors`
 *   CHILD                b indexes `children`
 *   BUILTIN              b indexes `builtin_names` of bytecode/builtin.h; images store the name
 */
#ifndef TT_MODULE_MODULE_H
#define TT_MODULE_MODULE_H

#include "base/names.h"
#include "base/vec.h"
#include "bytecode/builtin.h"
#include "bytecode/opcode.h"
#include "heap/data.h"
#include "value/value.h"

typedef struct TtInsn {
    uint16_t op; /* TtOp; in executable code also the internal operations of exec/ */
    uint16_t a;
    int32_t b;
} TtInsn;

/** Where an instruction came from: 1-based; column counts bytes. Line 0: unknown. */
typedef struct TtPosition {
    uint32_t line, column;
} TtPosition;

typedef struct TtLabel {
    uint32_t name;    /* of `names` */
    uint32_t address; /* 0 … code.count */
} TtLabel;

typedef struct TtImport {
    uint32_t path;   /* of `constants` */
    uint32_t prefix; /* of `names`, or TT_NO_NAME */
} TtImport;

/** One condition of a pattern. Conditions up to and including one with `last` make an alternative. */
typedef enum TtTermKind {
    TT_TERM_ANY,
    TT_TERM_TYPE,      /* of the tag `tag`; TT_TAG_FUNCTION stands for closures, too */
    TT_TERM_EQUAL,     /* to the literal */
    TT_TERM_FIELD,     /* an object whose field is equal to the literal */
    TT_TERM_EXIT,      /* an object with type = "EXIT" */
    TT_TERM_DOWN,      /* an object with type = "DOWN" */
    TT_TERM_KIND_COUNT /* images store the number: append kinds, never insert or move them */
} TtTermKind;

typedef struct TtTerm {
    uint8_t kind;    /* TtTermKind */
    uint8_t tag;     /* TYPE */
    bool last;       /* of its alternative */
    uint32_t field;  /* FIELD: of `constants` */
    TtValue literal; /* EQUAL, FIELD: Int, Float, Bool, Null, or a Str of `constants` */
} TtTerm;

/** The operand of RECEIVE_MATCH. Together the matches hold every term once, in order. */
typedef struct TtMatch {
    uint32_t first, count; /* of `terms` */
    uint32_t after;        /* address to go on at after a time-out, or UINT32_MAX */
} TtMatch;

typedef enum TtStrategy { TT_ONE_FOR_ONE, TT_ONE_FOR_ALL, TT_REST_FOR_ONE, TT_STRATEGY_COUNT } TtStrategy;
typedef enum TtPolicy { TT_PERMANENT, TT_TRANSIENT, TT_TEMPORARY, TT_POLICY_COUNT } TtPolicy;

/** The operand of START_SUPERVISOR. */
typedef struct TtSupervisorSpec {
    uint32_t strategy; /* TtStrategy */
    uint32_t intensity, period_ms;
} TtSupervisorSpec;

#define TT_DEFAULT_INTENSITY 3u
#define TT_DEFAULT_PERIOD_MS 5000u

/** The operand of SUPERVISE_CHILD and SUPERVISE_FUNCTION. */
typedef struct TtChildSpec {
    uint32_t id;     /* of `constants` */
    uint32_t policy; /* TtPolicy */
    uint32_t label;  /* of `constants`; the same as `id` when left out */
} TtChildSpec;

/** A TRY … CATCH … END_TRY in block form. */
typedef struct TtBlock {
    uint32_t try_at, catch_at, end_at; /* instruction indices */
    uint32_t variable;                 /* of `names`, or TT_NO_NAME: the exception is pushed */
} TtBlock;

/**
 * The variables of a piece of code: all instructions that a set of entries can reach by jumps and
 * fall-through share one scope. Scope 0 is the top level, whose slots are the module's globals.
 */
typedef struct TtScope {
    uint32_t slot_count;
    uint32_t *slot_names;   /* slot → name */
    uint32_t *global_slots; /* slot → slot of scope 0 with the same name, or TT_NO_SLOT */
    TtNames slots;          /* name text → slot, in slot order */
    uint32_t *globals_used; /* slots of scope 0 that code started here can read, ascending */
    uint32_t globals_used_count;
    bool ordered; /* holds DUMP_SCOPE: slot_count - 1 is a List of slots in order of first assignment */
} TtScope;

typedef enum TtModuleState {
    TT_MODULE_NEW,
    TT_MODULE_INITIALISING,
    TT_MODULE_READY /* its globals are frozen */
} TtModuleState;

typedef struct TtExport {
    uint32_t name; /* of `names` */
    TtValue value; /* frozen; UNBOUND until exported */
} TtExport;

typedef struct TtModule {
    /* -- canonical: assembler, image ------------------------------------------------------------ */
    char *file; /* as messages name it: "main.ttvm", "std/math.ttvm" */
    char *name; /* last part without extension: "math"; "main" is printed as <main> for top level */
    TT_VEC(TtInsn) code;
    TT_VEC(TtPosition) positions; /* as many as instructions */
    TT_VEC(int64_t) ints;
    TT_VEC(double) floats;
    TT_VEC(TtValue) constants; /* frozen Str and Bytes, in `frozen` */
    TtNames names;             /* variables, labels, parameters */
    TT_VEC(TtFunction) functions;
    TT_VEC(TtLabel) labels;
    TT_VEC(TtImport) imports;
    TT_VEC(TtBlock) blocks;
    TT_VEC(TtTerm) terms;
    TT_VEC(TtMatch) matches;
    TT_VEC(TtSupervisorSpec) supervisors;
    TT_VEC(TtChildSpec) children;
    TtFrozen frozen;
    TtNames constant_index, function_index; /* while building: keys in the order of the tables */
    char *source;                           /* text for carets in messages; NULL for images */
    size_t source_length;

    /* -- linked (module/link.c) ------------------------------------------------------------------ */
    TT_VEC(TtScope) scopes;
    uint32_t *scope_of;     /* instruction → scope */
    uint32_t *globals_read; /* slots of scope 0 that any function whose address is taken can read */
    uint32_t globals_read_count;
    TtFunction top;                       /* the top level as a function: entry 0, no parameters */
    TT_VEC(TtFunction *) label_functions; /* label i without parameters, for SPAWN by name */
    /* what verify/ found: see verify/verify.h */
    uint16_t *min_height; /* operands surely there before the instruction (capped) */
    /* -- executable (exec/prepare.c) -------------------------------------------------------------- */
    TtInsn *plain;         /* one operation for each instruction */
    TtInsn *exec;          /* the same with fused sequences */
    uint16_t *field_cells; /* atomic, relaxed: exec/field_hint.h */
    uint8_t *facts;        /* instruction → TT_FACT_* */
    /* -- register code (ir/lower.c), NULL unless the register engine runs ---------------------------- */
    struct TtIrCode *ir;
    void (*free_ir)(struct TtIrCode *ir);

    /* -- run time: guarded by the VM's module lock until READY ------------------------------------ */
    int state;                /* atomic TtModuleState; READY is stored with release order */
    void *waiters;            /* TtActor list, linked by module_next */
    uint64_t initialising_by; /* pid, while INITIALISING */
    TtValue *globals;         /* frozen values of scope 0's slots, once READY */
    TT_VEC(TtExport) exports;
    uint32_t index; /* in the VM's module table */
} TtModule;

/** What exec/prepare.c found out about references, for every engine. */
enum {
    TT_FACT_PEEK = 1,  /* LOAD: the value need not be marked as shared */
    TT_FACT_MOVE = 4,  /* LOAD: nor that of a variable that is dead, but a list then bears TT_OBJ_MOVED */
    TT_FACT_BORROW = 2 /* INDEX: nor need the item, as long as the list is not shared */
};

TtModule *tt_module_create(const char *file);
void tt_module_destroy(TtModule *module);

/** Constant index of a Str or Bytes, added when new. */
uint32_t tt_module_add_constant(TtModule *module, TtTag tag, const char *bytes, size_t length);
/** Function index of (entry, parameter names), added when new. Names are indices of `names`. */
uint32_t tt_module_add_function(TtModule *module, uint32_t entry, const uint32_t *parameters, uint32_t count);
/** Names every function after its label once all labels are known. Before tt_module_link. */
void tt_module_name_functions(TtModule *module);

/** Constant index of a Str or Bytes, or TT_NO_NAME. */
uint32_t tt_module_find_constant(const TtModule *module, TtTag tag, const char *bytes, size_t length);

/** The type words of patterns. Images store the row: append, never insert or move. */
typedef struct TtMatchType {
    const char *word;
    TtTag tag;
} TtMatchType;
#define TT_MATCH_TYPE_COUNT 10
extern const TtMatchType tt_match_types[TT_MATCH_TYPE_COUNT];
/** Row of a tag, or -1. */
int tt_match_type_of(unsigned tag);

/** "one_for_one" …, "permanent" …: as they are written in source. */
extern const char *const tt_strategy_names[TT_STRATEGY_COUNT];
extern const char *const tt_policy_names[TT_POLICY_COUNT];

/** The Int of an INT or OPT_INT operand that is present. */
static inline int64_t tt_insn_int(const TtModule *module, TtInsn insn) {
    return insn.a == 1 ? module->ints.items[insn.b] : insn.b;
}

/** Instruction index a jump-like operand leads to, or UINT32_MAX when the instruction has none. */
uint32_t tt_insn_target(const TtModule *module, TtInsn insn);
/** Operands taken and left when they are known from the operand; TT_VARIES otherwise. */
int tt_insn_pops(const TtModule *module, TtInsn insn);
int tt_insn_pushes(const TtModule *module, TtInsn insn);

/** The label at an address, NULL when there is none (first one of several). */
const char *tt_module_label_at(const TtModule *module, uint32_t address);

/**
 * Computes scopes, slots and frame sizes. The module must have passed tt_verify_structure.
 * Takes ownership of nothing; the results live in the module.
 */
void tt_module_link(TtModule *module);

/** Fills globals_used of every scope and globals_read; part of tt_module_link. */
void tt_module_find_globals_used(TtModule *module);

/** Slot of a name in a scope, or TT_NO_SLOT. O(1). */
uint32_t tt_scope_slot(const TtModule *module, uint32_t scope, uint32_t name);

#endif
