// SPDX-License-Identifier: MIT
/**
 * The 16-byte tagged value.
 *
 * Int, Float, Bool, Null, Function, Ref and the handles are immediate. Str, Bytes, List and Object
 * are *views*: a length in the value and a pointer to a buffer. Two values may view the same buffer
 * with different lengths; an append to the value that views the whole used part of a buffer with
 * room writes behind it and returns a longer view, so building up in a loop is amortised O(1) and
 * nobody who holds a shorter view can tell.
 *
 * Programs observe values as immutable. A List or Object buffer is changed in place only by the
 * `_own` operations (value/list.h, value/map.h), which the linker selects where nobody else can see
 * it, and only while TT_OBJ_SHARED is not set. Whoever copies a reference so that it *stays* in a
 * second place (variable, element, field, capture) calls tt_value_share.
 */
#ifndef TT_VALUE_VALUE_H
#define TT_VALUE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum TtTag {
    TT_TAG_UNBOUND, /* a variable without value; programs never see it. Must be 0: zeroed slots */
    TT_TAG_NULL,
    TT_TAG_BOOL,
    TT_TAG_INT,
    TT_TAG_FLOAT,
    TT_TAG_FUNCTION,   /* as.function, owned by its module, lives as long as the VM */
    TT_TAG_REF,        /* as.i */
    TT_TAG_CONNECTION, /* as.i, a handle of the host */
    TT_TAG_STREAM,     /* as.i */
    TT_TAG_FUTURE,     /* as.i */
    TT_TAG_FRAME,      /* a cell of a call frame on an actor's stack; programs never see it */
    /* From here on as.object points to a heap or frozen object. */
    TT_TAG_STR,    /* len bytes of UTF-8 in a TtStrbuf-like buffer; object NULL when len is 0 */
    TT_TAG_BYTES,  /* as STR */
    TT_TAG_LIST,   /* len items of a TtListBuf; object NULL when len is 0 */
    TT_TAG_OBJECT, /* the first len entries of a TtMapBuf; object NULL when len is 0 */
    TT_TAG_CLOSURE,
    TT_TAG_EXCEPTION,
    TT_TAG_COUNT
} TtTag;

typedef struct TtObj TtObj;
typedef struct TtFunction TtFunction;

typedef struct TtValue {
    uint32_t tag; /* a TtTag */
    uint32_t len; /* views: length; otherwise 0 (FRAME: private) */
    union {
        int64_t i;
        double f;
        bool b;
        const TtFunction *function;
        TtObj *object;
        void *pointer;
    } as;
} TtValue;

_Static_assert(sizeof(TtValue) == 16, "frames, list buffers and images count on 16 bytes");

/* ---- objects ---------------------------------------------------------------------------------- */

typedef enum TtObjKind {
    TT_OBJ_FREE,      /* a free cell of a heap block */
    TT_OBJ_BYTES,     /* TtBytesBuf: characters inline (Str and Bytes) */
    TT_OBJ_BIG_BYTES, /* TtBigBytes: a counted reference to a TtSharedBytes */
    TT_OBJ_LIST,      /* TtListBuf */
    TT_OBJ_MAP,       /* TtMapBuf */
    TT_OBJ_CLOSURE,   /* TtClosure */
    TT_OBJ_EXCEPTION, /* TtException */
    TT_OBJ_KIND_COUNT
} TtObjKind;

enum {
    TT_OBJ_SHARED = 1, /* may be referenced from more than one place that stays: never change in place */
    TT_OBJ_FROZEN = 2, /* outside every actor heap, immutable, lives as long as the VM */
    TT_OBJ_ASCII = 4,  /* frozen TtBytesBuf: every byte is below 0x80 */
    TT_OBJ_MOVED =
        16, /* list: variables that nobody reads any more may refer to it, too: never free it early */
    TT_OBJ_LARGE = 8 /* owner: heap/ (allocated by itself, not in a block) */
};

/** Header of every object. */
struct TtObj {
    uint8_t kind;  /* a TtObjKind */
    uint8_t mark;  /* owner: heap/ */
    uint8_t flags; /* TT_OBJ_* */
    uint8_t cls;   /* owner: heap/ (size in cells of 16 bytes; 0 = more than a small object, or frozen) */
    uint32_t used; /* buffers: bytes, items or entries written so far; the longest view */
};

typedef struct TtBytesBuf {
    TtObj obj;
    uint32_t capacity; /* bytes of `bytes` */
    uint32_t hash;     /* of all `used` bytes, 0 = not computed; only valid for views of full length */
    char bytes[];
} TtBytesBuf;

/** Outlives actors; freed with the last reference. `used` belongs to `owner` alone. */
typedef struct TtSharedBytes {
    uint32_t references; /* atomic */
    uint32_t capacity;
    uint64_t owner; /* pid that may append behind `used`; others see only their own length */
    uint32_t used;
    uint32_t ascii; /* atomic, relaxed: that many bytes from the start are known to be below 0x80 */
    char bytes[];
} TtSharedBytes;

typedef struct TtBigBytes {
    TtObj obj; /* obj.used is not used: see shared->used */
    TtSharedBytes *shared;
    struct TtBigBytes *next; /* owner: heap/ (all those of one heap or fragment) */
} TtBigBytes;

typedef struct TtListBuf {
    TtObj obj;
    uint32_t capacity;
    uint32_t reserved;
    TtValue items[];
} TtListBuf;

typedef struct TtMapEntry {
    TtValue key; /* a Str */
    TtValue value;
} TtMapEntry;

/** Entries in insertion order; buffers with more than 8 entries' room carry a hash index behind them. */
typedef struct TtMapBuf {
    TtObj obj;
    uint32_t capacity;
    uint32_t index_size; /* 0 or a power of two ≥ 2 × capacity */
    TtMapEntry entries[];
    /* uint32_t index[index_size]: entry number + 1, 0 = empty; open addressing */
} TtMapBuf;

typedef struct TtCapture {
    uint32_t name; /* of the function's module */
    uint32_t slot; /* of the function's frame, or TT_NO_SLOT when its code never mentions the name */
    TtValue value;
} TtCapture;

#define TT_NO_SLOT UINT32_MAX

typedef struct TtClosure {
    TtObj obj; /* obj.used: number of captures */
    const TtFunction *function;
    TtCapture captures[];
} TtClosure;

typedef struct TtException {
    TtObj obj;
    TtValue message; /* Str */
    TtValue kind;    /* Str */
    TtValue stack;   /* List of Str, innermost first */
    TtValue value;   /* what THROW was given, else UNBOUND */
} TtException;

/* ---- constructors and predicates --------------------------------------------------------------- */

static inline TtValue tt_null(void) {
    return (TtValue){TT_TAG_NULL, 0, {.i = 0}};
}
static inline TtValue tt_bool(bool b) {
    return (TtValue){TT_TAG_BOOL, 0, {.i = b}};
}
static inline TtValue tt_int(int64_t i) {
    return (TtValue){TT_TAG_INT, 0, {.i = i}};
}
static inline TtValue tt_float(double f) {
    return (TtValue){TT_TAG_FLOAT, 0, {.f = f}};
}
static inline TtValue tt_unbound(void) {
    return (TtValue){TT_TAG_UNBOUND, 0, {.i = 0}};
}
static inline TtValue tt_empty(TtTag tag) {
    return (TtValue){tag, 0, {.object = 0}};
} /* of a view tag */
static inline TtValue tt_function(const TtFunction *f) {
    return (TtValue){TT_TAG_FUNCTION, 0, {.function = f}};
}

static inline bool tt_is_view(TtValue v) {
    return v.tag >= TT_TAG_STR && v.tag <= TT_TAG_OBJECT;
}
/** Has an object behind it. */
static inline bool tt_has_object(TtValue v) {
    return v.tag >= TT_TAG_STR && v.as.object;
}
static inline bool tt_is_number(TtValue v) {
    return v.tag == TT_TAG_INT || v.tag == TT_TAG_FLOAT;
}
static inline bool tt_is_callable(TtValue v) {
    return v.tag == TT_TAG_FUNCTION || v.tag == TT_TAG_CLOSURE;
}

/** Int 0, Bool false and Null are false, everything else is true. */
static inline bool tt_truthy(TtValue v) {
    return v.tag == TT_TAG_NULL ? false : v.tag == TT_TAG_INT || v.tag == TT_TAG_BOOL ? v.as.i != 0 : true;
}

/** Notes that a reference to `v` now stays in a second place. */
static inline TtValue tt_value_share(TtValue v) {
    if ((v.tag == TT_TAG_LIST || v.tag == TT_TAG_OBJECT) && v.as.object &&
        !(v.as.object->flags & (TT_OBJ_SHARED | TT_OBJ_FROZEN)))
        v.as.object->flags |= TT_OBJ_SHARED;
    return v;
}

/** The characters of a Str or Bytes; never NULL; not NUL-terminated. Valid until the next collection. */
static inline const char *tt_bytes_data(TtValue v) {
    if (!v.as.object) return "";
    if (v.as.object->kind == TT_OBJ_BYTES) return ((const TtBytesBuf *)v.as.object)->bytes;
    return ((const TtBigBytes *)v.as.object)->shared->bytes;
}

static inline const TtValue *tt_list_items(TtValue v) {
    return v.len ? ((const TtListBuf *)v.as.object)->items : 0;
}
static inline const TtMapEntry *tt_map_entries(TtValue v) {
    return v.len ? ((const TtMapBuf *)v.as.object)->entries : 0;
}
static inline const TtException *tt_exception(TtValue v) {
    return (const TtException *)v.as.object;
}
static inline const TtClosure *tt_closure(TtValue v) {
    return (const TtClosure *)v.as.object;
}
/** The function of a Function or Closure. */
static inline const TtFunction *tt_callee(TtValue v) {
    return v.tag == TT_TAG_FUNCTION ? v.as.function : tt_closure(v)->function;
}

/* ---- functions: the part of a module's function that values need ------------------------------- */

/**
 * One entry point with one parameter list. `module/module.h` owns them and knows the rest through
 * `module`; the fields here are what printing, comparing and calling need.
 */
struct TtFunction {
    const char *name; /* label, "<main>", "module:label"; NUL-terminated */
    uint32_t entry;   /* instruction index */
    uint32_t address; /* as printing shows it: the entry before the optimizer moved the code */
    uint32_t parameter_count;
    const char *const *parameters; /* names */
    /* Filled by the linker: */
    uint32_t slot_count;             /* of its frame, parameters included */
    const uint32_t *parameter_slots; /* NULL: parameter i is slot i */
    uint32_t max_operands;           /* operand cells a call needs before the next check; see verify/ */
    uint32_t scope;                  /* index of its TtScope in the module */
    uint32_t ir_entry;               /* its first register instruction, 0: it has none (ir/ir.h) */
    uint32_t
        frame_cells; /* of a call in register code, arguments included; 0: calls are made by exec/call.c */
    uint32_t code;   /* atomic, relaxed: its generated code, 0: none (exec/generated.h) */
    struct TtModule *module;
};

/* ---- looking up fields -------------------------------------------------------------------------- */

/** Entry number of the key in an Object, or -1. O(1) expected. */
int64_t tt_map_find(TtValue map, const char *key, uint32_t length);
/** As tt_map_find; `hash` is tt_hash_bytes of the key (base/names.h), for callers that keep it. */
int64_t tt_map_find_hashed(TtValue map, const char *key, uint32_t length, uint32_t hash);
/** Entries an Object's buffer may have room for before it carries an index. */
#define TT_MAP_LINEAR 8

/* ---- equality, order, text --------------------------------------------------------------------- */

/** Type name as in messages: Int Float Str Bool Null List Object Bytes Function Closure Exception Ref … */
const char *tt_tag_name(uint32_t tag);
static inline const char *tt_type_name(TtValue v) {
    return tt_tag_name(v.tag);
}

/** Structural equality of LANGUAGE section 2; never fails (nesting past TT_MAX_NESTING is unequal). */
bool tt_value_equal(TtValue a, TtValue b);
/**
 * Order: numbers among each other, Str by code point, Bool, Bytes, List lexicographically. Stores
 * -1, 0 or 1, or 2 when a NaN makes them unordered. False when the types have no order.
 */
bool tt_value_compare(TtValue a, TtValue b, int *order);
/** Entry number of the key in an Object, or -1. O(1) expected. */
int64_t tt_map_find(TtValue map, const char *key, uint32_t length);
/** Hash consistent with tt_value_equal. Looks at every item of `v` itself, at parts of what is nested. */
uint64_t tt_value_hash(TtValue v);

#endif
