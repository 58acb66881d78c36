// SPDX-License-Identifier: MIT
/**
 * `ttvm repl`: Lisp, line by line. On a terminal with line editing and history by libedit, which is loaded
 * then; from a pipe without prompts. What a line prints comes before the next prompt; actors that it has
 * started go on meanwhile.
 */
#include "cmd.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Entries of the history file. */
#define HISTORY 1000
/** Milliseconds after which the end of a line is looked for anew. */
#define LOOK_MS 20

static const char help[] =
    "Forms are evaluated as soon as their parentheses are closed; a value that is not null is shown.\n"
    "Definitions may be given again; actors live on between lines.\n"
    "  :help    this text\n"
    "  :quit    end the session (or Ctrl+D)\n"
    "Ctrl+C interrupts what is running, or forgets what has been typed.\n";

/** The part of libedit's interface in the manner of readline that is used. */
typedef struct Editor {
    void *library; /* NULL: lines are read as they are */
    char *(*readline)(const char *prompt);
    int (*add_history)(const char *line);
    int (*read_history)(const char *file);
    int (*write_history)(const char *file);
    int (*stifle_history)(int entries);
    char *file;
} Editor;

typedef struct Repl {
    TtCliSession session;
    const TtCliArgs *args;
    Editor editor;
    bool terminal, ended;
    TtStrbuf text; /* lines of a form that is not whole yet */
} Repl;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

/* ---- lines --------------------------------------------------------------------------------------------- */

static void *find_symbol(Editor *editor, const char *name) {
    return editor->library ? dlsym(editor->library, name) : NULL;
}

/** A function pointer out of a data pointer, which POSIX allows and ISO C has no cast for. */
#define TAKE(editor, name)                                                                                   \
    do {                                                                                                     \
        void *symbol = find_symbol(editor, #name);                                                           \
        memcpy(&(editor)->name, &symbol, sizeof symbol);                                                     \
    } while (0)

static void open_editor(Editor *editor) {
    editor->library = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    TAKE(editor, readline);
    TAKE(editor, add_history);
    TAKE(editor, read_history);
    TAKE(editor, write_history);
    TAKE(editor, stifle_history);
    if (!editor->readline || !editor->add_history) editor->library = NULL;
    const char *home = getenv("HOME");
    if (!editor->library || !home || !editor->read_history || !editor->write_history) return;
    TtStrbuf file = {0};
    tt_strbuf_add_format(&file, "%s/.ttvm_history", home);
    editor->file = tt_strbuf_take(&file);
    if (editor->stifle_history) editor->stifle_history(HISTORY);
    (void)editor->read_history(editor->file);
}

static void close_editor(Editor *editor) {
    if (editor->file) (void)editor->write_history(editor->file);
    tt_free(editor->file);
}

/** One byte at a time: what follows the line is the program's standard input. */
static bool read_plain(TtStrbuf *line) {
    for (;;) {
        char c;
        ssize_t count = read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR && !interrupted) continue;
        if (count <= 0) return line->length > 0 || interrupted;
        if (c == '\n') return true;
        tt_strbuf_add_char(line, c);
    }
}

/** A line without its end; false at the end of input. An interrupt gives an empty one. */
static bool read_line(Repl *repl, TtStrbuf *line) {
    const char *prompt = repl->text.length ? "  ... " : "ttvm> ";
    tt_strbuf_clear(line);
    if (!repl->terminal) return read_plain(line);
    if (!repl->editor.library) {
        tt_cli_put(STDOUT_FILENO, prompt, strlen(prompt));
        return read_plain(line);
    }
    char *typed = repl->editor.readline(prompt);
    if (!typed) return interrupted;
    tt_strbuf_add_text(line, typed);
    if (*typed) repl->editor.add_history(typed);
    free(typed);
    return true;
}

/* ---- evaluation ------------------------------------------------------------------------------------------
 */

static void wait_until_idle(Repl *repl) {
    TtVm *vm = repl->session.vm;
    while (!tt_vm_ended(vm) && !tt_vm_session_idle(vm, LOOK_MS)) {
        if (!interrupted) continue;
        interrupted = 0;
        tt_vm_interrupt(vm);
    }
    tt_cli_host_flush(repl->session.host);
    repl->ended = repl->ended || tt_vm_ended(vm);
}

static void evaluate(Repl *repl) {
    TtVm *vm = repl->session.vm;
    bool good = tt_vm_feed(vm, tt_strbuf_text(&repl->text), repl->text.length);
    if (tt_vm_diagnostic_count(vm)) {
        const char *text = tt_vm_diagnostics_text(vm, tt_cli_use_color(repl->args, STDERR_FILENO));
        tt_cli_put(STDERR_FILENO, text, strlen(text));
    }
    if (good) wait_until_idle(repl);
    tt_strbuf_clear(&repl->text);
}

static bool is_blank(const char *text) {
    return text[strspn(text, " \t\r\n")] == '\0';
}

static void run_command(Repl *repl, const char *command) {
    if (strcmp(command, ":quit") == 0 || strcmp(command, ":q") == 0)
        repl->ended = true;
    else if (strcmp(command, ":help") == 0)
        tt_cli_put(STDOUT_FILENO, help, sizeof help - 1);
    else
        tt_cli_error(repl->args, "unknown command %s: there are :help and :quit", command);
}

static void take_line(Repl *repl, const TtStrbuf *line) {
    if (interrupted) {
        interrupted = 0;
        tt_strbuf_clear(&repl->text);
        if (repl->terminal) tt_cli_put(STDOUT_FILENO, "\n", 1);
        return;
    }
    if (!repl->text.length && line->length && line->bytes[0] == ':') {
        run_command(repl, line->bytes);
        return;
    }
    if (repl->text.length) tt_strbuf_add_char(&repl->text, '\n');
    tt_strbuf_add(&repl->text, tt_strbuf_text(line), line->length);
    if (is_blank(tt_strbuf_text(&repl->text)))
        tt_strbuf_clear(&repl->text);
    else if (tt_vm_is_whole(repl->text.bytes, repl->text.length))
        evaluate(repl);
}

static int run(Repl *repl) {
    TtStrbuf line = {0};
    wait_until_idle(repl);
    while (!repl->ended && read_line(repl, &line)) take_line(repl, &line);
    /* A form that the end of input has cut short is an error like any other. */
    if (!repl->ended && repl->text.length) evaluate(repl);
    bool exited = tt_vm_ended(repl->session.vm);
    if (!exited) {
        tt_vm_stop(repl->session.vm);
        if (repl->terminal) tt_cli_put(STDOUT_FILENO, "\n", 1);
    }
    tt_vm_wait(repl->session.vm);
    tt_strbuf_free(&line);
    TtReport report = tt_vm_report(repl->session.vm);
    return exited ? report.status : TT_CLI_OK;
}

int tt_cli_cmd_repl(const TtCliArgs *args) {
    static const char *const name[] = {"repl"};
    Repl repl = {.args = args, .terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)};
    int status = TT_CLI_FAILED;
    if (tt_cli_session_open(&repl.session, args, name, 1)) {
        struct sigaction action = {.sa_handler = on_interrupt};
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, NULL);
        if (repl.terminal) {
            open_editor(&repl.editor);
            static const char hello[] =
                "TinyTotVM " TT_VERSION ", Lisp. :help tells more, :quit or Ctrl+D ends.\n";
            tt_cli_put(STDOUT_FILENO, hello, sizeof hello - 1);
        }
        tt_vm_start(repl.session.vm);
        status = run(&repl);
        close_editor(&repl.editor);
    }
    tt_cli_session_close(&repl.session);
    tt_strbuf_free(&repl.text);
    return status;
}
