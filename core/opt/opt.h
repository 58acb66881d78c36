// SPDX-License-Identifier: MIT
/**
 * The optimizer: canonical module → canonical module that does the same in fewer instructions. README.md says
 * what each pass does and why nobody can tell.
 */
#ifndef TT_OPT_OPT_H
#define TT_OPT_OPT_H

#include "module/module.h"

typedef enum TtOptPass {
#define TT_OPT_PASS(name, function, title, doc) TT_OPT_##name,
#include "opt/passes.def"
#undef TT_OPT_PASS
    TT_OPT_PASS_COUNT
} TtOptPass;

typedef struct TtOptPassInfo {
    const char *title, *doc;
} TtOptPassInfo;
extern const TtOptPassInfo tt_opt_passes[TT_OPT_PASS_COUNT];

/** What was really done to one module, all rounds together. */
typedef struct TtOptReport {
    struct {
        uint32_t changes; /* rewrites, each counted once */
        int64_t removed;  /* instructions taken away */
    } passes[TT_OPT_PASS_COUNT];
    uint32_t instructions_before, instructions_after;
    uint32_t variables_before, variables_after; /* slots of all frames together, each frame once */
    uint32_t rounds;
} TtOptReport;

/** What the optimizer cannot know from the module alone. */
typedef struct TtOptWorld {
    /**
     * Whether no code of the module that `path` names, nor of what it imports, starts actors by a name that
     * it is given. NULL: never known.
     */
    bool (*import_is_closed)(void *context, const TtModule *importer, const char *path);
    void *context;
} TtOptWorld;

/**
 * Optimizes a module that has passed tt_verify_structure and is not linked yet. The result passes it again.
 * `report` may be NULL.
 */
void tt_opt_run(TtModule *module, const TtOptWorld *world, TtOptReport *report);

/** Whether some code of a module may start an actor by a name other than a constant of the code itself. */
bool tt_opt_spawns_by_name(const TtModule *module);

#endif
