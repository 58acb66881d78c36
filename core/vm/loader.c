// SPDX-License-Identifier: MIT
#include "vm/loader.h"

#include "asm/asm.h"
#include "base/alloc.h"
#include "base/config.h"
#include "exec/exec.h"
#include "ir/ir.h"
#include "lisp/lisp.h"
#include "module/image.h"
#include "verify/verify.h"
#include "vm/std_embed.h"

#include <string.h>

/** Other names under which modules of the standard library are known. */
static const struct {
    const char *name, *file;
} std_aliases[] = {
    {"std/strings", "std/string"},
    {"std/lists", "std/list"},
    {"std/io_enhanced", "std/io"},
};

static const char *const extensions[] = {".ttvm", ".lisp", ".ttb"};

void tt_loader_init(TtLoader *loader, TtSystem *system, const char *module_path) {
    *loader = (TtLoader){.system = system, .module_path = module_path};
    tt_lock_init(&loader->lock);
}

void tt_loader_free(TtLoader *loader) {
    for (uint32_t i = 0; i < loader->modules.count; i++) tt_module_destroy(loader->modules.items[i]);
    tt_vec_free(&loader->modules);
    tt_vec_free(&loader->answers);
    tt_names_free(&loader->files);
    tt_names_free(&loader->requests);
    tt_lock_destroy(&loader->lock);
}

/* ---- front ends -----------------------------------------------------------------------------------------
 */

static bool has_extension(const char *path, const char *extension) {
    size_t length = strlen(path), tail = strlen(extension);
    return length > tail && strcmp(path + length - tail, extension) == 0;
}

static bool has_known_extension(const char *path) {
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (has_extension(path, extensions[i])) return true;
    return false;
}

static bool lisp_exports(void *context, const char *path, TtNames *names, char **source, size_t *length);

/** Whose imports the Lisp compiler asks about. */
typedef struct LispContext {
    TtLoader *loader; /* its lock is held */
    const char *file;
} LispContext;

static TtResult translate(TtLoader *loader, const char *path, const void *bytes, size_t length,
                          TtModule **module, TtDiags *diags) {
    if (tt_image_is(bytes, length) || has_extension(path, ".ttb")) {
        TtError error = {0};
        TtResult result = tt_image_read(path, bytes, length, module, &error);
        if (result != TT_OK) tt_diag_add(diags, false, 0, 0, 0, NULL, "%s", tt_strbuf_text(&error.message));
        tt_error_free(&error);
        return result;
    }
    if (has_extension(path, ".lisp")) {
        LispContext context = {loader, path};
        TtLispImports imports = {&context, lisp_exports};
        return tt_lisp_compile(path, bytes, length, &imports, module, diags);
    }
    return tt_asm_parse(path, bytes, length, module, diags);
}

/** Bytes → a module that is well-formed; on failure `*module` is NULL. */
static TtResult read_module(TtLoader *loader, const char *path, const void *bytes, size_t length,
                            TtModule **module, TtDiags *diags) {
    *module = NULL;
    TtResult result = TT_ERR_PARSE_ERROR;
    if (length > TT_MAX_SOURCE_BYTES)
        tt_diag_add(diags, false, 0, 0, 0, NULL, "The file is too large: %zu bytes, at most %u", length,
                    TT_MAX_SOURCE_BYTES);
    else
        result = translate(loader, path, bytes, length, module, diags);
    if (result == TT_OK) result = tt_verify_structure(*module, diags);
    if (result != TT_OK) {
        tt_module_destroy(*module);
        *module = NULL;
    }
    return result;
}

static bool import_is_closed(void *context, const TtModule *importer, const char *path);

/** Built-in workers are found by the names of their functions, which are not in their code. */
static bool is_optimized(const TtLoader *loader, const char *path) {
    return loader->optimize && strncmp(path, "std/workers/", 12) != 0;
}

/** Bytes → a module that can run; on failure `*module` is NULL. */
static TtResult build(TtLoader *loader, const char *path, const void *bytes, size_t length, TtModule **module,
                      TtDiags *diags, TtOptReport *report) {
    TT_TRY(read_module(loader, path, bytes, length, module, diags));
    if (is_optimized(loader, path)) {
        TtOptWorld world = {import_is_closed, loader};
        tt_opt_run(*module, &world, report);
    }
    tt_module_link(*module);
    tt_verify_heights(*module);
    tt_exec_prepare(*module, loader->system->exact);
    if (loader->system->registers) tt_ir_lower(*module);
    return TT_OK;
}

static TtModule *keep(TtLoader *loader, const char *file, TtModule *module) {
    module->index = tt_names_add(&loader->files, file, strlen(file));
    tt_vec_push(&loader->modules, module);
    return module;
}

/* ---- paths
 * ---------------------------------------------------------------------------------------------------- */

/** Appends `folder/path` without `.` parts and with `x/..` removed. An absolute path ignores the folder. */
static void join_path(TtStrbuf *out, const char *folder, size_t folder_length, const char *path) {
    TtStrbuf joined = {0};
    if (path[0] != '/' && folder_length) {
        tt_strbuf_add(&joined, folder, folder_length);
        tt_strbuf_add_char(&joined, '/');
    }
    tt_strbuf_add_text(&joined, path);
    bool absolute = joined.bytes[0] == '/';
    size_t first = out->length;
    if (absolute) tt_strbuf_add_char(out, '/');
    size_t root = out->length;
    for (const char *part = joined.bytes; *part;) {
        size_t size = strcspn(part, "/");
        bool up = size == 2 && memcmp(part, "..", 2) == 0;
        size_t last = out->length;
        while (last > root && out->bytes[last - 1] != '/') last--;
        bool can_drop =
            out->length > root && !(out->length - last == 2 && memcmp(out->bytes + last, "..", 2) == 0);
        if (up && can_drop) {
            out->length = last > root ? last - 1 : root;
            out->bytes[out->length] = '\0';
        } else if (size && !(size == 1 && part[0] == '.') && !(up && absolute)) {
            if (out->length > root) tt_strbuf_add_char(out, '/');
            tt_strbuf_add(out, part, size);
        }
        part += size;
        while (*part == '/') part++;
    }
    if (out->length == first) tt_strbuf_add_char(out, '.');
    tt_strbuf_free(&joined);
}

static size_t folder_length(const char *file) {
    const char *slash = strrchr(file, '/');
    return slash ? (size_t)(slash - file) : 0;
}

/* ---- finding
 * ------------------------------------------------------------------------------------------------------- */

typedef struct Found {
    TtStrbuf file; /* resolved name */
    char *bytes;   /* from tt_alloc, NULL when `known` */
    size_t length;
    TtModule *known; /* loaded before */
} Found;

static void free_found(Found *found) {
    tt_strbuf_free(&found->file);
    tt_free(found->bytes);
}

/** Looks at one file; true when it is there. */
static bool try_file(TtLoader *loader, Found *found, const char *file) {
    tt_strbuf_clear(&found->file);
    tt_strbuf_add_text(&found->file, file);
    uint32_t index = tt_names_find(&loader->files, file, strlen(file));
    if (index != TT_NO_NAME) {
        found->known = loader->modules.items[index];
        return true;
    }
    const char *reason;
    TtHost *host = loader->system->host;
    return host->load_file(host, file, &found->bytes, &found->length, &reason) == TT_OK;
}

static bool try_embedded(TtLoader *loader, Found *found, const char *file) {
    for (const TtStdFile *std = tt_std_files; std->path; std++) {
        if (strcmp(std->path, file) != 0) continue;
        uint32_t index = tt_names_find(&loader->files, file, strlen(file));
        tt_strbuf_clear(&found->file);
        tt_strbuf_add_text(&found->file, file);
        if (index != TT_NO_NAME)
            found->known = loader->modules.items[index];
        else
            found->bytes = tt_alloc_string((const char *)std->bytes, found->length = std->length);
        return true;
    }
    return false;
}

typedef bool (*TryFn)(TtLoader *loader, Found *found, const char *file);

/** `folder/path`, as it is or with each known extension. */
static bool try_names(TtLoader *loader, Found *found, TryFn try, const char *folder, size_t length,
                      const char *path) {
    TtStrbuf file = {0};
    bool there = false;
    if (has_known_extension(path)) {
        join_path(&file, folder, length, path);
        there = try(loader, found, file.bytes);
    }
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions && !there && !has_known_extension(path);
         i++) {
        tt_strbuf_clear(&file);
        join_path(&file, folder, length, path);
        tt_strbuf_add_text(&file, extensions[i]);
        there = try(loader, found, file.bytes);
    }
    tt_strbuf_free(&file);
    return there;
}

static bool find_in_std(TtLoader *loader, Found *found, const char *path) {
    TtStrbuf name = {0};
    if (strncmp(path, "std/", 4) != 0) tt_strbuf_add_text(&name, "std/");
    tt_strbuf_add_text(&name, path);
    for (size_t i = 0; i < sizeof std_aliases / sizeof *std_aliases; i++)
        if (strncmp(name.bytes, std_aliases[i].name, strlen(std_aliases[i].name)) == 0 &&
            (name.bytes[strlen(std_aliases[i].name)] == '\0' ||
             name.bytes[strlen(std_aliases[i].name)] == '.')) {
            TtStrbuf real = {0};
            tt_strbuf_add_format(&real, "%s%s", std_aliases[i].file,
                                 name.bytes + strlen(std_aliases[i].name));
            tt_strbuf_free(&name);
            name = real;
        }
    bool there = try_names(loader, found, try_embedded, "", 0, name.bytes);
    tt_strbuf_free(&name);
    return there;
}

static bool find_module(TtLoader *loader, Found *found, const char *importer, const char *path) {
    /* Modules of the built-in library find each other there first. */
    bool from_std = strncmp(importer, "std/", 4) == 0;
    if (from_std && find_in_std(loader, found, path)) return true;
    if (try_names(loader, found, try_file, importer, folder_length(importer), path)) return true;
    if (folder_length(importer) && try_names(loader, found, try_file, "", 0, path)) return true;
    for (const char *folder = loader->module_path; folder && *folder;) {
        size_t length = strcspn(folder, ":");
        if (length && try_names(loader, found, try_file, folder, length, path)) return true;
        folder += length + (folder[length] == ':');
    }
    return find_in_std(loader, found, path);
}

/* ---- for the Lisp compiler
 * ------------------------------------------------------------------------------------------------ */

static void add_exports(TtNames *names, const TtModule *module) {
    for (uint32_t i = 0; i < module->code.count; i++) {
        if (module->code.items[i].op != TT_OP_EXPORT) continue;
        const TtName *name = &module->names.items[module->code.items[i].b];
        tt_names_add(names, name->bytes, name->length);
    }
}

/** What TtLispImports promises. Lisp modules are read, not compiled, so that a cycle is found at run time. */
static bool lisp_exports(void *context, const char *path, TtNames *names, char **source, size_t *length) {
    const LispContext *lisp = context;
    Found found = {0};
    bool there = find_module(lisp->loader, &found, lisp->file, path);
    TtModule *module = NULL;
    TtDiags diags = {0};
    if (there && has_extension(found.file.bytes, ".lisp")) {
        const TtModule *known = found.known;
        *length = known ? known->source_length : found.length;
        *source = tt_alloc_string(known ? known->source : found.bytes, *length);
    } else if (there && found.known) {
        add_exports(names, found.known);
    } else if (there) {
        there =
            read_module(lisp->loader, found.file.bytes, found.bytes, found.length, &module, &diags) == TT_OK;
        if (there) add_exports(names, module);
    }
    tt_module_destroy(module);
    tt_diags_free(&diags);
    free_found(&found);
    return there;
}

/* ---- for the optimizer
 * ------------------------------------------------------------------------------------------------ */

/**
 * TtOptWorld. Only the built-in library is looked into: other files may change before they are imported.
 * Holds the lock, or the program is being loaded and nothing else runs.
 */
static bool is_closed(TtLoader *loader, const char *importer, const char *path, uint32_t depth) {
    Found found = {0};
    bool there = find_module(loader, &found, importer, path);
    const TtStdFile *std = tt_std_files;
    while (there && std->path && strcmp(std->path, found.file.bytes) != 0) std++;
    bool embedded = there && std->path && (found.known || strcmp(found.bytes, (const char *)std->bytes) == 0);
    TtModule *module = NULL;
    TtDiags diags = {0};
    bool closed = embedded && depth < TT_MAX_IMPORT_DEPTH &&
                  read_module(loader, std->path, std->bytes, std->length, &module, &diags) == TT_OK &&
                  !tt_opt_spawns_by_name(module);
    for (uint32_t i = 0; closed && i < module->imports.count; i++) {
        TtValue inner = module->constants.items[module->imports.items[i].path];
        char *text = tt_alloc_string(tt_bytes_data(inner), inner.len);
        closed = is_closed(loader, std->path, text, depth + 1);
        tt_free(text);
    }
    tt_module_destroy(module);
    tt_diags_free(&diags);
    free_found(&found);
    return closed;
}

static bool import_is_closed(void *context, const TtModule *importer, const char *path) {
    return is_closed(context, importer->file, path, 0);
}

/* ---- the three ways in
 * ------------------------------------------------------------------------------------------------ */

TtResult tt_loader_program(TtLoader *loader, const char *path, const void *bytes, size_t length,
                           TtModule **module, TtDiags *diags) {
    TtStrbuf file = {0};
    join_path(&file, "", 0, path);
    TtResult result = build(loader, path, bytes, length, module, diags, &loader->report);
    tt_lock_acquire(&loader->lock);
    if (result == TT_OK) keep(loader, file.bytes, *module);
    tt_lock_release(&loader->lock);
    tt_strbuf_free(&file);
    return result;
}

TtResult tt_loader_line(TtLoader *loader, const char *file, const char *text, size_t length,
                        const struct TtLispSession *session, TtModule **module, TtDiags *diags) {
    LispContext context = {loader, file};
    TtLispImports imports = {&context, lisp_exports};
    tt_lock_acquire(&loader->lock);
    TtResult result = tt_lisp_compile_line(file, text, length, &imports, session, module, diags);
    if (result == TT_OK) result = tt_verify_structure(*module, diags);
    tt_lock_release(&loader->lock);
    if (result != TT_OK) return result;
    tt_module_link(*module);
    tt_verify_heights(*module);
    tt_exec_prepare(*module, loader->system->exact);
    return TT_OK;
}

/** The first error of a module that does not build, as an exception's message. */
static TtResult report_errors(TtError *error, TtResult result, const char *file, const TtDiags *diags) {
    for (uint32_t i = 0; i < diags->list.count; i++) {
        const TtDiag *diag = &diags->list.items[i];
        if (diag->warning) continue;
        TtStrbuf more = {0};
        if (diags->errors > 1) tt_strbuf_add_format(&more, " (and %u more)", diags->errors - 1);
        if (diag->line)
            (void)tt_error_set(error, result, "%s:%u:%u: %s%s", file, diag->line, diag->column, diag->message,
                               tt_strbuf_text(&more));
        else
            (void)tt_error_set(error, result, "%s: %s%s", file, diag->message, tt_strbuf_text(&more));
        tt_strbuf_free(&more);
        return result;
    }
    return tt_error_set(error, result, "%s cannot be read as a module", file);
}

/** Builds what was found, unless it is known. Holds the lock. */
static TtResult take_found(TtLoader *loader, Found *found, TtModule **module, TtError *error) {
    if (found->known) {
        *module = found->known;
        return TT_OK;
    }
    TtDiags diags = {0};
    TtResult result = build(loader, found->file.bytes, found->bytes, found->length, module, &diags, NULL);
    if (result == TT_OK)
        keep(loader, found->file.bytes, *module);
    else
        result = report_errors(error, result, found->file.bytes, &diags);
    tt_diags_free(&diags);
    return result;
}

TtResult tt_loader_import(TtLoader *loader, const TtModule *importer, const char *path, TtModule **module,
                          TtError *error) {
    TtStrbuf key = {0};
    tt_strbuf_add(&key, importer->file, folder_length(importer->file));
    tt_strbuf_add_char(&key, '\0');
    tt_strbuf_add_text(&key, path);
    tt_lock_acquire(&loader->lock);
    uint32_t asked = tt_names_find(&loader->requests, key.bytes, key.length);
    TtResult result = TT_OK;
    if (asked != TT_NO_NAME) {
        *module = loader->answers.items[asked];
    } else {
        Found found = {0};
        if (find_module(loader, &found, importer->file, path))
            result = take_found(loader, &found, module, error);
        else
            result = tt_error_set(error, TT_ERR_FILE_ERROR,
                                  "File operation failed on %s: no such module beside %s, in the working "
                                  "directory, in TTVM_PATH or in std",
                                  path, importer->file);
        if (result == TT_OK) {
            (void)tt_names_add(&loader->requests, key.bytes, key.length);
            tt_vec_push(&loader->answers, *module);
        }
        free_found(&found);
    }
    tt_lock_release(&loader->lock);
    tt_strbuf_free(&key);
    return result;
}

TtResult tt_loader_spawn(TtLoader *loader, const char *name, TtModule **module, TtError *error) {
    Found found = {0};
    TtResult result = TT_OK;
    *module = NULL;
    tt_lock_acquire(&loader->lock);
    const char *main_file = loader->system->main ? loader->system->main->file : "";
    bool there = strncmp(name, "std/workers/", 12) == 0
                     ? try_names(loader, &found, try_embedded, "", 0, name)
                     : try_names(loader, &found, try_file, main_file, folder_length(main_file), name) ||
                           try_names(loader, &found, try_file, "examples", 8, name);
    if (there) result = take_found(loader, &found, module, error);
    tt_lock_release(&loader->lock);
    free_found(&found);
    return result;
}

const TtModule *tt_loader_module(TtLoader *loader, uint32_t index) {
    tt_lock_acquire(&loader->lock);
    const TtModule *module = index < loader->modules.count ? loader->modules.items[index] : NULL;
    tt_lock_release(&loader->lock);
    return module;
}

const char *tt_loader_file(TtLoader *loader, uint32_t index) {
    const TtModule *module = tt_loader_module(loader, index);
    return module ? module->file : NULL;
}
