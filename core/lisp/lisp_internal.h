// SPDX-License-Identifier: MIT
/**
 * From s-expressions to instructions, in steps that each see the whole program:
 *   analyze*.c patterns.c actors.c   data → nodes; names → bindings; macros are expanded on the way
 *   functions.c                      which local functions are loops; what each function needs from around it
 *   names.c                          bindings → variable names of frames
 *   emit*.c                          nodes → code
 * Private to lisp/.
 */
#ifndef TT_LISP_LISP_INTERNAL_H
#define TT_LISP_LISP_INTERNAL_H

#include "lisp/datum.h"
#include "lisp/lisp.h"

typedef struct TtLispFn TtLispFn;
typedef struct TtLispNode TtLispNode;

/** What a name stands for: a local or global variable, or a function that never changes. */
typedef struct TtLispFrame TtLispFrame;
typedef struct TtLispBinding {
    uint32_t symbol;
    const char *text; /* the name as it is written; of the compiler's own ones, what it tells */
    uint32_t at;      /* place of its definition */
    bool global;
    bool defined;                /* global: by this file; else an import or std gives it */
    bool assigned;               /* by set! */
    bool redefined;              /* by a second define */
    bool as_value;               /* used in another way than by a call */
    uint32_t set_begin, set_end; /* the last set! of it in the text; 0, 0: none */
    bool exported;
    bool early;          /* may be read before its value is set: must not be taken for a global one then */
    TtLispFn *fn;        /* the lambda it is defined as */
    TtLispFn *lexical;   /* local: the function, perhaps a loop, in whose text it stands */
    TtLispFn *home;      /* local: the function whose frame it is in (functions.c) */
    uint32_t begin, end; /* local: order numbers between which it can be used */
    TtLispFrame *frames; /* local: functions that hold a copy */
    uint32_t name;       /* of the module's names; TT_NO_NAME until names.c */
} TtLispBinding;

struct TtLispFrame {
    TtLispFn *fn;
    TtLispFrame *next;
};

/** Whether calls can go to the code directly, and whether no variable is needed. */
static inline bool tt_lisp_is_known(const TtLispBinding *binding) {
    return binding->fn && !binding->assigned && !binding->redefined;
}

typedef TT_VEC(TtLispBinding *) TtLispBindings;

/** A lambda, a function with a name, the program itself, or a loop inside of one of these. */
struct TtLispFn {
    TtLispBinding *binding; /* NULL: a lambda, or the program */
    TtLispBindings parameters;
    TtLispNode *body;
    TtLispFn *parent; /* the one in whose text it stands; NULL: the program */
    uint32_t begin, end;
    /* functions.c */
    bool repeats;                    /* a named let or do */
    bool candidate;                  /* may still turn out to be a loop */
    bool loop;                       /* is emitted where it is entered; calls of itself are jumps */
    bool entered;                    /* while walking */
    int32_t active;                  /* while walking: index on the stack of loops, or -1 */
    TtLispBindings free;             /* variables of functions around: further parameters, or captures */
    TT_VEC(TtLispFn *) uses;         /* functions whose free variables must be at hand here */
    TT_VEC(TtLispBinding *) globals; /* read or set here */
    /* names.c */
    TtNames taken;                /* names of this frame, and … */
    TT_VEC(uint32_t) taken_until; /* … the order number up to which each is in use */
    uint32_t label;               /* of the module's names */
    /* emit.c */
    bool queued;
    uint32_t address;      /* UINT32_MAX until emitted */
    uint32_t top_label;    /* label id of emit.c: where loops and tail calls of itself go on */
    TtLispNode *head_test; /* loop: the test its body begins with, or NULL; emitted again at its end */
    uint32_t head_true, head_false; /* label ids behind that test */
    bool head_goes_on_true;         /* which side of it the loop goes on at */
};

typedef enum TtLispNodeKind {
    TT_LISP_NODE_CONST,   /* datum */
    TT_LISP_NODE_REF,     /* binding */
    TT_LISP_NODE_BIND,    /* binding = args[0]: first value. The value of the node is null */
    TT_LISP_NODE_SET,     /* binding = args[0]; null */
    TT_LISP_NODE_LAMBDA,  /* fn */
    TT_LISP_NODE_CALL,    /* args[0] called with the others */
    TT_LISP_NODE_OP,      /* instruction `op` with operand `operand` on args */
    TT_LISP_NODE_NAMED,   /* the same with the constant `datum` (Str) as operand */
    TT_LISP_NODE_FOLD,    /* (args[0] op args[1]) op args[2] … */
    TT_LISP_NODE_COMPARE, /* comparison `op` of two args, as Bool */
    TT_LISP_NODE_NOT,
    TT_LISP_NODE_AND,
    TT_LISP_NODE_OR,
    TT_LISP_NODE_COND,     /* clauses (test, body), then args[0]: else */
    TT_LISP_NODE_SEQUENCE, /* args in order; may hold BINDs */
    TT_LISP_NODE_LIST,     /* args as a list */
    TT_LISP_NODE_OBJECT,   /* args[i] under keys[i] */
    TT_LISP_NODE_TRY,   /* args[0]; on error binding = error, args[1] (or NULL); args[2] (or NULL) in any case
                         */
    TT_LISP_NODE_MATCH, /* binding = args[0], then clauses */
    TT_LISP_NODE_RECEIVE, /* binding = message, clauses; args[0], args[1]: milliseconds and what then, or none
                           */
    TT_LISP_NODE_IMPORT,  /* datum: path; symbol of the prefix or TT_NO_NAME in `operand` */
    TT_LISP_NODE_SUPERVISOR, /* operand: index of compiler->supervisors */
    TT_LISP_NODE_CHILD       /* args[0] as child: index of compiler->children in `operand` */
} TtLispNodeKind;

typedef enum TtLispPatternKind {
    TT_LISP_PATTERN_ANY,
    TT_LISP_PATTERN_BIND,   /* binding */
    TT_LISP_PATTERN_EQUAL,  /* datum */
    TT_LISP_PATTERN_LIST,   /* parts, rest or NULL */
    TT_LISP_PATTERN_OBJECT, /* parts under keys */
    TT_LISP_PATTERN_TYPE,   /* datum: the type's name; parts[0] */
    TT_LISP_PATTERN_GUARD   /* parts[0] when guard */
} TtLispPatternKind;

typedef struct TtLispPattern TtLispPattern;
struct TtLispPattern {
    uint8_t kind;
    uint32_t begin, end;
    uint32_t count;
    TtLispPattern **parts;
    TtLispPattern *rest;
    const TtDatum **keys;
    const TtDatum *datum;
    TtLispBinding *binding; /* BIND; LIST, OBJECT, TYPE, GUARD: holds the value while it is taken apart */
    TtLispNode *guard;
};

typedef struct TtLispClause {
    TtLispNode *test;       /* COND */
    TtLispPattern *pattern; /* MATCH, RECEIVE */
    TtLispNode *body;
} TtLispClause;

struct TtLispNode {
    uint8_t kind;
    uint16_t op;
    int32_t operand;
    uint32_t begin, end;
    uint32_t count;
    TtLispNode **args;
    TtLispBinding *binding;
    TtLispFn *fn;
    const TtDatum *datum;
    const TtDatum **keys;
    TtLispClause *clauses;
    uint32_t clause_count;
};

/** A macro of this file, or an exported one of an imported file. */
typedef struct TtLispMacro {
    const TtDatum *parameters, *definition; /* the form (define-macro …) */
} TtLispMacro;

typedef struct TtLispImportInfo {
    const TtDatum *path;
    uint32_t prefix; /* symbol, or TT_NO_NAME */
    TtNames exports;
    bool known; /* `exports` is complete */
} TtLispImportInfo;

typedef struct TtLispCompiler {
    TtLispText text;
    TtLispArena arena;
    TtNames symbols;
    const TtLispImports *imports;
    const TtLispSession *session; /* or NULL */
    TtModule *module;
    /* by symbol; shorter than `symbols` where nothing was noted */
    TT_VEC(TtLispBinding *) current; /* innermost local binding */
    TT_VEC(TtLispBinding *) globals;
    TT_VEC(uint32_t) macros; /* index + 1 of macro_list */
    TT_VEC(TtLispMacro) macro_list;
    TT_VEC(const TtDatum *) helpers; /* by symbol: (define (name …) …) of the top level, for macros */
    TT_VEC(TtLispBinding *) global_list;
    TT_VEC(TtLispBinding *) locals; /* in the order of their beginnings */
    TT_VEC(TtLispImportInfo) import_list;
    TtLispBindings trail;        /* what `current` held before: pairs (new, previous or NULL) */
    TT_VEC(const TtDatum *) top; /* forms of the top level, macros expanded */
    TT_VEC(TtLispNode *) program;
    TT_VEC(TtLispFn *) functions; /* in the order of their text; the first is the program */
    TT_VEC(TtSupervisorSpec) supervisors;
    TT_VEC(TtLispBinding *) wrappers; /* by symbol: operators used as values */
    TtNames std_modules;              /* modules of std that must be imported: "list" … */
    TtLispFn *fn;                     /* whose text is analysed */
    uint32_t order;                   /* order number of the last binding or end of scope */
    uint32_t depth;                   /* of analysis */
    uint32_t macro_steps, macro_depth, gensyms;
    size_t first_macro_byte; /* of the arena, before any macro ran; 0: none has */
} TtLispCompiler;

/* ---- analyze.c --------------------------------------------------------------------------------------- */

TtLispNode *tt_lisp_analyze(TtLispCompiler *c, const TtDatum *datum);
/** Forms from `first` on as the body of a function or let: definitions are local. Opens and closes a scope.
 */
TtLispNode *tt_lisp_analyze_body(TtLispCompiler *c, const TtDatum *form, uint32_t first);
/** Forms from `first` on, in order; null when there are none. */
TtLispNode *tt_lisp_analyze_sequence(TtLispCompiler *c, const TtDatum *form, uint32_t first);
/** A function of these parameters (a LIST) and the body from item `first` of `form` on. */
TtLispNode *tt_lisp_analyze_lambda(TtLispCompiler *c, const TtDatum *form, const TtDatum *parameters,
                                   uint32_t first, TtLispBinding *binding);
/** Reads the top level of a file: definitions, macros, imports become known; then analyses it. */
void tt_lisp_analyze_program(TtLispCompiler *c, const TtLispForms *forms);

TtLispNode *tt_lisp_node(TtLispCompiler *c, TtLispNodeKind kind, const TtDatum *place, uint32_t count);
TtLispNode *tt_lisp_const_null(TtLispCompiler *c, const TtDatum *place);
TtLispNode *tt_lisp_ref(TtLispCompiler *c, TtLispBinding *binding, const TtDatum *place);
TtLispNode *tt_lisp_bind(TtLispCompiler *c, TtLispBinding *binding, TtLispNode *value, const TtDatum *place);
/** Nodes of the form's items from `first` on. */
TtLispNode *tt_lisp_operands(TtLispCompiler *c, TtLispNodeKind kind, const TtDatum *form, uint32_t first);

/** A number for tt_lisp_scope_close. */
uint32_t tt_lisp_scope_open(TtLispCompiler *c);
void tt_lisp_scope_close(TtLispCompiler *c, uint32_t scope);
/** A local binding, visible from now on. */
TtLispBinding *tt_lisp_add_local(TtLispCompiler *c, uint32_t symbol, const TtDatum *place);
/** A local binding that no text can name. */
TtLispBinding *tt_lisp_add_hidden(TtLispCompiler *c, const char *text, const TtDatum *place);
TtLispBinding *tt_lisp_find_local(const TtLispCompiler *c, uint32_t symbol);
TtLispBinding *tt_lisp_find_global(const TtLispCompiler *c, uint32_t symbol);
TtLispBinding *tt_lisp_add_global(TtLispCompiler *c, uint32_t symbol, const TtDatum *place);

/** An error about a datum. Gives a node, so that handlers can return it. */
TtLispNode *tt_lisp_error(TtLispCompiler *c, const TtDatum *place, const char *suggestion, const char *format,
                          ...) TT_PRINTF(4, 5);
void tt_lisp_warn(TtLispCompiler *c, const TtDatum *place, const char *format, ...) TT_PRINTF(3, 4);
/** An error that shows the form's syntax. */
TtLispNode *tt_lisp_malformed(TtLispCompiler *c, const TtDatum *form);
bool tt_lisp_is_symbol(const TtLispCompiler *c, const TtDatum *datum, const char *text);
/** Whether it is a list that begins with this symbol, which no local variable hides. */
bool tt_lisp_is_form(const TtLispCompiler *c, const TtDatum *datum, const char *text);
/** The text of a literal name: "x", 'x or (quote x); NULL when it is none. A Str datum. */
const TtDatum *tt_lisp_literal_name(TtLispCompiler *c, const TtDatum *datum);
TtDatum *tt_lisp_make_list(TtLispCompiler *c, const TtDatum *place, uint32_t count);
TtDatum *tt_lisp_make_symbol(TtLispCompiler *c, const TtDatum *place, const char *text);
/** A Str datum with a symbol's name. */
const TtDatum *tt_lisp_symbol_text(TtLispCompiler *c, const TtDatum *symbol);

/* ---- words.c: the table of forms and operators -----------------------------------------------------------
 */

typedef TtLispNode *(*TtLispHandler)(TtLispCompiler *c, const TtDatum *form);
typedef struct TtLispWord {
    const char *text;
    bool special;           /* a form, not an operator */
    const char *parameters; /* operators: of the function value */
    const char *group, *syntax, *doc;
    TtLispHandler handler; /* NULL: a word inside of some form */
} TtLispWord;
extern const TtLispWord tt_lisp_words[];
extern const uint32_t tt_lisp_word_count;
/** Row of the table, or -1. */
int tt_lisp_word_find(const char *text);
/** The instruction that a name stands for as a function, or -1. */
int tt_lisp_instruction_find(const char *text, size_t length);
/** A name of std: the module's short name ("list"), the function's arity (-1: a constant). NULL: none. */
typedef struct TtLispStdName {
    const char *name, *module;
    int arity;
} TtLispStdName;
extern const TtLispStdName tt_lisp_std_names[]; /* made from std/ by std_names.cmake; ends with a NULL name */
const TtLispStdName *tt_lisp_std_find(const char *text, size_t length);
/** The name in scope nearest to a misspelled one, or NULL. */
const char *tt_lisp_nearest(const TtLispCompiler *c, uint32_t symbol);
#define TT_LISP_FORM(name, text, group, syntax, doc)                                                         \
    TtLispNode *tt_lisp_form_##name(TtLispCompiler *c, const TtDatum *form);
#define TT_LISP_OPERATOR(name, text, parameters, group, syntax, doc)                                         \
    TtLispNode *tt_lisp_operator_##name(TtLispCompiler *c, const TtDatum *form);
#define TT_LISP_CLAUSE(text, group, syntax, doc)
#include "lisp/forms.def"
#undef TT_LISP_FORM
#undef TT_LISP_OPERATOR
#undef TT_LISP_CLAUSE

/* ---- calls.c
 * ------------------------------------------------------------------------------------------------- */

/** A call whose head is a global name or operator. */
TtLispNode *tt_lisp_analyze_call(TtLispCompiler *c, const TtDatum *form);
/** A name as a value. */
TtLispNode *tt_lisp_analyze_symbol(TtLispCompiler *c, const TtDatum *symbol);

/* ---- patterns.c
 * ------------------------------------------------------------------------------------------------ */

/** Adds the pattern's names to the open scope. */
TtLispPattern *tt_lisp_pattern(TtLispCompiler *c, const TtDatum *datum);
/** Whether it fits everything. */
bool tt_lisp_pattern_is_total(const TtLispPattern *pattern);

/* ---- evaluate.c -------------------------------------------------------------------------------------- */

/** Expands a form until its head is no macro. NULL: an error was reported. */
const TtDatum *tt_lisp_expand(TtLispCompiler *c, const TtDatum *datum);
void tt_lisp_define_macro(TtLispCompiler *c, const TtDatum *form);
/** Binds arguments to parameters and evaluates a macro's body. NULL: an error was reported. */
const TtDatum *tt_lisp_call_macro(TtLispCompiler *c, const TtLispMacro *macro, const TtDatum *call);

/* ---- functions.c, names.c, emit.c
 * ------------------------------------------------------------------------------ */

/** Loops, homes, free variables. Reports set! of captured variables. */
void tt_lisp_find_functions(TtLispCompiler *c);
void tt_lisp_name_bindings(TtLispCompiler *c);
void tt_lisp_emit(TtLispCompiler *c);

#endif
