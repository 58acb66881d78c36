// SPDX-License-Identifier: MIT
#include "args.h"

#include "base/config.h"
#include "bytecode/opcode.h"
#include "cmd.h"
#include "host/host.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum OptionUse { USE_RUN, USE_ANY } OptionUse;

typedef enum OptionKind {
    KIND_GROUP,
    KIND_FLAG,
    KIND_SIZE,
    KIND_COUNT32,
    KIND_COUNT64,
    KIND_WORD,
    KIND_TEXT,
    KIND_ALLOW,
    KIND_DENY
} OptionKind;

typedef struct Option {
    const char *name, *argument;
    OptionUse use;
    OptionKind kind;
    size_t field; /* offset in TtCliSettings */
    uint64_t min, max;
    const char *words; /* separated by | */
    const char *doc;
} Option;

#define FIELD(name)          offsetof(TtCliSettings, name)
#define FLAG(name)           KIND_FLAG, FIELD(name), 0, 0, NULL
#define SIZE(name)           KIND_SIZE, FIELD(name), 1, UINT64_MAX, NULL
#define COUNT32(name, most)  KIND_COUNT32, FIELD(name), 1, most, NULL
#define COUNT64(name, least) KIND_COUNT64, FIELD(name), least, UINT64_MAX, NULL
#define WORD(name, choices)  KIND_WORD, FIELD(name), 0, 0, choices
#define TEXT(name)           KIND_TEXT, FIELD(name), 0, 0, NULL
#define ALLOW                KIND_ALLOW, 0, 0, 0, NULL
#define DENY                 KIND_DENY, 0, 0, 0, NULL

static const Option options[] = {
#define TT_CLI_GROUP(heading)                        {heading, "", USE_ANY, KIND_GROUP, 0, 0, 0, NULL, ""},
#define TT_CLI_OPTION(name, argument, use, set, doc) {name, argument, USE_##use, set, doc},
#include "options.def"
#undef TT_CLI_GROUP
#undef TT_CLI_OPTION
};

static const TtCliCommand commands[] = {
#define TT_CLI_COMMAND(name, function, arguments, min, max, runs, doc)                                       \
    {name, tt_cli_cmd_##function, arguments, min, max, runs, doc},
#include "commands.def"
#undef TT_CLI_COMMAND
};

static const TtCliCommand run_command = {"",      tt_cli_cmd_run, "PROGRAM [ARGS…]", 1,
                                         INT_MAX, true,           "run a program"};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

const TtCliCommand *tt_cli_command_find(const char *name) {
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

/** Keeps the nearer of `*best` and `candidate`; only beginnings and what takes few edits for its length
 * count. */
static void consider(const char *text, const char *candidate, const char **best, unsigned *distance) {
    size_t length = strlen(text);
    unsigned edits = tt_edit_distance(text, length, candidate, strlen(candidate));
    if (length >= 3 && edits > 1 && strncmp(text, candidate, length) == 0) edits = 1;
    if (edits < *distance && edits <= 1 + length / 4) {
        *distance = edits;
        *best = candidate;
    }
}

const char *tt_cli_command_nearest(const char *name) {
    const char *best = NULL;
    unsigned distance = UINT_MAX;
    for (size_t i = 0; i < COUNT_OF(commands); i++) consider(name, commands[i].name, &best, &distance);
    return best;
}

/* ---- finding an option --------------------------------------------------------------------------- */

static bool is_capability_option(const Option *option) {
    return option->kind == KIND_ALLOW || option->kind == KIND_DENY;
}

/** Capabilities that options name: those of tt_capability_name, and `fs` for two at once. */
static const struct {
    const char *name;
    uint32_t set; /* of TtCapability */
} capabilities[] = {
    {"fs", 1u << TT_CAP_FS_READ | 1u << TT_CAP_FS_WRITE},
    {"fs-read", 1u << TT_CAP_FS_READ},
    {"fs-write", 1u << TT_CAP_FS_WRITE},
    {"net", 1u << TT_CAP_NET},
    {"exec", 1u << TT_CAP_EXEC},
    {"env", 1u << TT_CAP_ENV},
    {"db", 1u << TT_CAP_DB},
};

/** The option of a name without dashes; for --allow-CAP and --deny-CAP also the set of TtCapability. */
static const Option *find_option(const char *name, uint32_t *set) {
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const Option *option = &options[i];
        if (option->kind == KIND_GROUP) continue;
        if (!is_capability_option(option)) {
            if (strcmp(option->name, name) == 0) return option;
            continue;
        }
        size_t length = strlen(option->name);
        if (strncmp(option->name, name, length) != 0) continue;
        for (size_t cap = 0; cap < COUNT_OF(capabilities); cap++) {
            if (strcmp(capabilities[cap].name, name + length) != 0) continue;
            *set = capabilities[cap].set;
            return option;
        }
    }
    return NULL;
}

/** Appends "; did you mean --x?" when there is such an option. */
static void add_nearest_option(TtStrbuf *out, const char *name) {
    const char *best = NULL;
    char spelled[COUNT_OF(capabilities) * 2][32];
    size_t spelled_count = 0;
    unsigned distance = UINT_MAX;
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (options[i].kind == KIND_GROUP) continue;
        if (!is_capability_option(&options[i])) {
            consider(name, options[i].name, &best, &distance);
            continue;
        }
        for (size_t cap = 0; cap < COUNT_OF(capabilities) && spelled_count < COUNT_OF(spelled); cap++) {
            char *text = spelled[spelled_count++];
            snprintf(text, sizeof spelled[0], "%s%s", options[i].name, capabilities[cap].name);
            consider(name, text, &best, &distance);
        }
    }
    if (best) tt_strbuf_add_format(out, "; did you mean --%s?", best);
}

/* ---- values -------------------------------------------------------------------------------------- */

/** Reads digits and one of K M G; false when that is no number or more than 64 bits. */
static bool read_number(const char *text, uint64_t unit, uint64_t *number) {
    uint64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return false;
    if (at == text) return false;
    static const char suffixes[] = "KMG";
    if (*at) {
        char upper = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        const char *suffix = strchr(suffixes, upper);
        if (!suffix || at[1]) return false;
        for (long i = 0; i <= suffix - suffixes; i++)
            if (__builtin_mul_overflow(value, unit, &value)) return false;
    }
    *number = value;
    return true;
}

static bool has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *at = words; at; at = strchr(at, '|')) {
        if (*at == '|') at++;
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0') && length > 0)
            return true;
    }
    return false;
}

static bool set_number(TtCliArgs *args, const Option *option, const char *value) {
    uint64_t number;
    bool size = option->kind == KIND_SIZE;
    if (!read_number(value, size ? 1024 : 1000, &number)) {
        tt_strbuf_add_format(&args->problem, "--%s expects a number%s, not '%s'", option->name,
                             size ? " of bytes (as 500000, 64K, 16M or 2G)" : "", value);
        return false;
    }
    if (number < option->min || number > option->max) {
        tt_strbuf_add_format(&args->problem, "--%s must be at least %llu", option->name,
                             (unsigned long long)option->min);
        if (option->max != UINT64_MAX)
            tt_strbuf_add_format(&args->problem, " and at most %llu", (unsigned long long)option->max);
        tt_strbuf_add_format(&args->problem, ", not %s", value);
        return false;
    }
    char *field = (char *)&args->settings + option->field;
    if (option->kind == KIND_COUNT32)
        *(uint32_t *)(void *)field = (uint32_t)number;
    else
        *(uint64_t *)(void *)field = number;
    return true;
}

static bool set_word(TtCliArgs *args, const Option *option, const char *value) {
    if (!has_word(option->words, value)) {
        tt_strbuf_add_format(&args->problem, "--%s must be ", option->name);
        for (const char *at = option->words; *at; at++) {
            if (*at != '|')
                tt_strbuf_add_char(&args->problem, *at);
            else
                tt_strbuf_add_text(&args->problem, strchr(at + 1, '|') ? ", " : " or ");
        }
        tt_strbuf_add_format(&args->problem, ", not '%s'", value);
        return false;
    }
    *(const char **)(void *)((char *)&args->settings + option->field) = value;
    return true;
}

/** --allow-CAP, with a value only for what that names. */
static bool allow(TtCliArgs *args, uint32_t set, const char *value) {
    TtCliSettings *settings = &args->settings;
    bool net = set & 1u << TT_CAP_NET, read = set & 1u << TT_CAP_FS_READ, write = set & 1u << TT_CAP_FS_WRITE;
    settings->allowed |= set;
    settings->denied &= ~set;
    if (!value) {
        tt_cli_rules_clear(&settings->rules, net, read, write);
        return true;
    }
    if (net) {
        if (tt_cli_rules_add_net(&settings->rules, value)) return true;
        tt_strbuf_add_format(&args->problem, "--allow-net expects HOST, HOST:PORT or [IPV6]:PORT, not '%s'",
                             value);
    } else if (read || write) {
        if (tt_cli_rules_add_dir(&settings->rules, read, write, value)) return true;
        tt_strbuf_add_format(&args->problem, "there is no directory '%s' to allow", value);
    } else {
        tt_strbuf_add_text(&args->problem, "only --allow-net and --allow-fs take a value");
    }
    return false;
}

static bool set_option(TtCliArgs *args, const Option *option, uint32_t set, const char *value) {
    TtCliSettings *settings = &args->settings;
    switch (option->kind) {
    case KIND_FLAG: *((bool *)settings + option->field) = true; return true;
    case KIND_SIZE:
    case KIND_COUNT32: return set_number(args, option, value);
    case KIND_COUNT64:
        if (option->field == FIELD(config.seed)) settings->config.seeded = true;
        return set_number(args, option, value);
    case KIND_WORD: return set_word(args, option, value);
    case KIND_TEXT: *(const char **)(void *)((char *)settings + option->field) = value; return true;
    case KIND_ALLOW: return allow(args, set, value);
    case KIND_DENY:
        settings->denied |= set;
        settings->allowed &= ~set;
        return true;
    case KIND_GROUP: break;
    }
    return false;
}

/* ---- words --------------------------------------------------------------------------------------- */

/**
 * Takes the option at words[*at] and its value; `first_run_option` is set to the first option given that is
 * for running programs.
 */
static bool take_option(TtCliArgs *args, int count, char **words, int *at, const Option **first_run_option) {
    const char *word = words[*at];
    if (strcmp(word, "-h") == 0) word = "--help";
    const char *equals = strchr(word, '=');
    size_t dashes = strncmp(word, "--", 2) == 0 ? 2 : 1;
    char *name =
        tt_alloc_string(word + dashes, equals ? (size_t)(equals - word) - dashes : strlen(word) - dashes);
    uint32_t set = 0;
    const Option *option = dashes == 2 ? find_option(name, &set) : NULL;
    if (!option) {
        tt_strbuf_add_format(&args->problem, "unknown option %.*s%s", (int)dashes, "--", name);
        add_nearest_option(&args->problem, name);
        tt_free(name);
        return false;
    }
    tt_free(name);
    bool wants = option->argument[0] && !is_capability_option(option);
    const char *value = equals ? equals + 1 : NULL;
    if (value && !wants && option->kind != KIND_ALLOW) {
        tt_strbuf_add_format(&args->problem, "%.*s takes no value", (int)(equals - word), word);
        return false;
    }
    if (wants && !value) {
        if (*at + 1 >= count) {
            tt_strbuf_add_format(&args->problem, "--%s needs a value: --%s %s", option->name, option->name,
                                 option->argument);
            return false;
        }
        value = words[++*at];
    }
    if (option->use == USE_RUN) {
        if (!*first_run_option) *first_run_option = option;
        TtStrbuf whole = {0};
        tt_strbuf_add_text(&whole, word);
        if (value && !equals) tt_strbuf_add_format(&whole, "=%s", value);
        char *text = tt_strbuf_take(&whole);
        tt_vec_push(&args->run_options, text);
    }
    return set_option(args, option, set, value);
}

/** Options may stand before and after a command's name; after a program's name all belongs to it. */
static bool take_words(TtCliArgs *args, int count, char **words, const Option **first_run_option) {
    bool only_operands = false;
    for (int at = 1; at < count; at++) {
        const char *word = words[at];
        if (!only_operands && word[0] == '-' && word[1]) {
            if (strcmp(word, "--") == 0)
                only_operands = true;
            else if (!take_option(args, count, words, &at, first_run_option))
                return false;
            continue;
        }
        if (args->command == NULL) {
            args->command = only_operands ? NULL : tt_cli_command_find(word);
            if (args->command) continue;
            args->command = &run_command;
        }
        tt_vec_push(&args->operands, word);
        if (args->command == &run_command) only_operands = true;
    }
    return true;
}

static bool check_operands(TtCliArgs *args, const Option *first_run_option) {
    if (args->settings.help || args->settings.version) return true;
    const TtCliCommand *command = args->command;
    if (!command) {
        tt_strbuf_add_text(&args->problem, "no program given");
        return false;
    }
    if (first_run_option && !command->runs) {
        tt_strbuf_add_format(&args->problem, "--%s has no meaning for %s", first_run_option->name,
                             command->name);
        if (is_capability_option(first_run_option)) tt_strbuf_clear(&args->problem);
        if (is_capability_option(first_run_option))
            tt_strbuf_add_format(&args->problem, "--%sCAP has no meaning for %s", first_run_option->name,
                                 command->name);
        return false;
    }
    int count = (int)args->operands.count;
    if (count < command->min || count > command->max) {
        tt_strbuf_add_format(&args->problem, "%s expects %s", command->name, command->arguments);
        return false;
    }
    return true;
}

bool tt_cli_args_parse(TtCliArgs *args, int count, char **words) {
    *args = (TtCliArgs){.settings = {.color = "auto"}};
    tt_config_default(&args->settings.config);
    const Option *first_run_option = NULL;
    if (!take_words(args, count, words, &first_run_option)) return false;
    TtCliSettings *settings = &args->settings;
    uint32_t all = 0;
    for (int cap = TT_CAP_NONE + 1; cap < TT_CAP_COUNT; cap++) all |= 1u << cap;
    settings->config.denied = (settings->sandbox ? all & ~settings->allowed : 0) | settings->denied;
    return check_operands(args, first_run_option);
}

void tt_cli_args_free(TtCliArgs *args) {
    for (uint32_t i = 0; i < args->run_options.count; i++) tt_free(args->run_options.items[i]);
    tt_vec_free(&args->run_options);
    tt_cli_rules_free(&args->settings.rules);
    tt_vec_free(&args->operands);
    tt_strbuf_free(&args->problem);
}

/* ---- help ---------------------------------------------------------------------------------------- */

#define HELP_COLUMN 28
#define HELP_WIDTH  100

/** `left` in the first column, `doc` in the second, broken at blanks. */
static void add_help_line(TtStrbuf *out, const char *left, const char *doc) {
    size_t start = out->length;
    tt_strbuf_add_format(out, "  %s", left);
    /* "…" is three bytes and one column. */
    size_t column = out->length - start;
    for (const char *at = strstr(left, "…"); at; at = strstr(at + 1, "…")) column -= 2;
    while (*doc) {
        if (column >= HELP_COLUMN) {
            tt_strbuf_add_char(out, '\n');
            column = 0;
        }
        for (; column < HELP_COLUMN; column++) tt_strbuf_add_char(out, ' ');
        while (*doc) {
            size_t word = strcspn(doc, " ");
            if (column > HELP_COLUMN && column + word > HELP_WIDTH) break;
            tt_strbuf_add(out, doc, word);
            column += word;
            doc += word;
            if (*doc == ' ') tt_strbuf_add_char(out, *doc++), column++;
        }
        while (out->bytes[out->length - 1] == ' ') out->bytes[--out->length] = '\0';
    }
    tt_strbuf_add_char(out, '\n');
}

void tt_cli_help(TtStrbuf *out) {
    tt_strbuf_add_text(out, "ttvm " TT_VERSION ": runs TinyTotVM programs\n\n"
                            "usage: ttvm [OPTIONS] PROGRAM [ARGS…]   PROGRAM: a .ttvm, .lisp or .ttb file, "
                            "or - for standard input\n"
                            "       ttvm COMMAND …\n\nCommands:\n");
    char left[64];
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].arguments);
        add_help_line(out, left, commands[i].doc);
    }
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const Option *option = &options[i];
        if (option->kind == KIND_GROUP) {
            tt_strbuf_add_format(out, "\n%s:\n", option->name);
            continue;
        }
        bool joined = is_capability_option(option) || !option->argument[0];
        snprintf(left, sizeof left, "--%s%s%s", option->name, joined ? "" : " ", option->argument);
        add_help_line(out, left, option->doc);
    }
    tt_strbuf_add_text(
        out, "\nExit status: 0 when all went well, 1 when the program failed, 2 for a wrong command line,\n"
             "else the code given to EXIT. TTVM_PATH lists more folders of modules, separated by colons.\n");
}
