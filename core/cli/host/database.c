// SPDX-License-Identifier: MIT
/** SQLite databases. Statements run on the pool, one after the other for each database. */
#include "native_internal.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

/** How long a statement waits while somebody else has locked the file. */
#define BUSY_MS      5000
#define BUSY_STEP_MS 10
/** Steps of SQLite's machine between looks at whether the request is cancelled. */
#define PROGRESS_STEPS 10000

typedef struct Database {
    TtCliHandle handle; /* first */
    const TtCliSqlite *sqlite;
    sqlite3 *db;
    TtCliJob *running; /* on the pool */
    uv_work_t closing;
} Database;

/* ---- closing ----------------------------------------------------------------------------------------- */

static void close_work(uv_work_t *work) {
    Database *database = work->data;
    (void)database->sqlite->sqlite3_close_v2(database->db);
}

static void close_done(uv_work_t *work, int status) {
    (void)status;
    tt_cli_handle_free(work->data);
}

static void close_database(TtCliHandle *handle) {
    Database *database = (Database *)handle;
    database->closing.data = database;
    if (uv_queue_work(&handle->loop->loop, &database->closing, close_work, close_done) != 0) {
        close_work(&database->closing);
        tt_cli_handle_free(handle);
    }
}

/* ---- what SQLite asks while it works ----------------------------------------------------------------- */

static int on_busy(void *context, int count) {
    Database *database = context;
    if (count * BUSY_STEP_MS >= BUSY_MS || tt_cli_job_cancelled(database->running)) return 0;
    uv_sleep(BUSY_STEP_MS);
    return 1;
}

static int on_progress(void *context) {
    return tt_cli_job_cancelled(((Database *)context)->running);
}

/** A program reaches files through its capabilities only: no other databases, no extensions. */
static int authorize(void *context, int action, const char *first, const char *second, const char *database,
                     const char *trigger) {
    (void)context, (void)database, (void)trigger;
    /* VACUUM attaches one without a name to itself. */
    if (action == SQLITE_ATTACH && (!first || (*first && strcmp(first, ":memory:") != 0))) return SQLITE_DENY;
    if (action == SQLITE_FUNCTION && second && strcmp(second, "load_extension") == 0) return SQLITE_DENY;
    if (action == SQLITE_PRAGMA && first && strcasecmp(first, "temp_store_directory") == 0)
        return SQLITE_DENY;
    return SQLITE_OK;
}

/* ---- opening ----------------------------------------------------------------------------------------- */

static void answer_sqlite(TtRequest *request, const char *text) {
    tt_cli_answer_format(request, TT_ERR_DATABASE_ERROR, "%s", text);
}

static char *database_path(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtWireItem path;
    if (!tt_wire_read_as(&arguments, TT_WIRE_STR, &path)) {
        tt_cli_answer_error(job->request, TT_ERR_BAD_ARGUMENT, "the arguments make no sense");
        return NULL;
    }
    char *text = tt_alloc_string(path.bytes, path.length);
    if (strcmp(text, ":memory:") == 0) return text;
    char *real = tt_cli_file_path(job->request, job->loop->rules, true, text);
    char *readable = real ? tt_cli_file_path(job->request, job->loop->rules, false, text) : NULL;
    if (!readable) {
        tt_free(real);
        real = NULL;
    }
    tt_free(readable);
    tt_free(text);
    return real;
}

static void open_database(TtCliJob *job) {
    const char *reason;
    const TtCliSqlite *sqlite = tt_cli_library_sqlite(&job->loop->libraries, &reason);
    if (!sqlite) {
        tt_cli_answer_error(job->request, TT_ERR_UNSUPPORTED_OPERATION, reason);
        return;
    }
    char *path = database_path(job);
    if (!path) return;
    bool memory = strcmp(path, ":memory:") == 0;
    /* Any other name is a file, however it begins. */
    TtStrbuf name = {0};
    if (!memory && path[0] != '/') tt_strbuf_add_text(&name, "./");
    tt_strbuf_add_text(&name, path);
    tt_free(path);
    Database *database = tt_alloc_zero(sizeof *database);
    database->sqlite = sqlite;
    int status =
        sqlite->sqlite3_open_v2(tt_strbuf_text(&name), &database->db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL);
    tt_strbuf_free(&name);
    if (status == SQLITE_OK) {
        job->state = database;
        (void)sqlite->sqlite3_busy_handler(database->db, on_busy, database);
        sqlite->sqlite3_progress_handler(database->db, PROGRESS_STEPS, on_progress, database);
        (void)sqlite->sqlite3_set_authorizer(database->db, authorize, NULL);
        return;
    }
    answer_sqlite(job->request,
                  database->db ? sqlite->sqlite3_errmsg(database->db) : sqlite->sqlite3_errstr(status));
    (void)sqlite->sqlite3_close_v2(database->db);
    tt_free(database);
}

static void opened(TtCliJob *job) {
    Database *database = job->state;
    if (database) {
        if (tt_cli_job_cancelled(job))
            tt_cli_answer_null(job->request);
        else if (tt_cli_handle_add(job, &database->handle, TT_CLI_DATABASE, close_database))
            tt_cli_answer_handle(job->request, &database->handle);
        if (!database->handle.id) {
            (void)database->sqlite->sqlite3_close_v2(database->db);
            tt_free(database);
        }
    }
    tt_cli_job_done(job);
}

/* ---- statements -------------------------------------------------------------------------------------- */

static bool bind_all(const TtCliSqlite *sqlite, sqlite3_stmt *statement, TtWireReader *arguments,
                     uint32_t count) {
    TtWireItem item;
    for (int at = 1; at <= (int)count; at++) {
        if (!tt_wire_read(arguments, &item)) return false;
        int status = SQLITE_MISUSE;
        switch (item.tag) {
        case TT_WIRE_NULL: status = sqlite->sqlite3_bind_null(statement, at); break;
        case TT_WIRE_BOOL: status = sqlite->sqlite3_bind_int64(statement, at, item.as.b); break;
        case TT_WIRE_INT: status = sqlite->sqlite3_bind_int64(statement, at, item.as.i); break;
        case TT_WIRE_FLOAT: status = sqlite->sqlite3_bind_double(statement, at, item.as.f); break;
        case TT_WIRE_STR:
            status = sqlite->sqlite3_bind_text64(statement, at, item.bytes, item.length, SQLITE_TRANSIENT,
                                                 SQLITE_UTF8);
            break;
        case TT_WIRE_BYTES:
            status = sqlite->sqlite3_bind_blob64(statement, at, item.bytes, item.length, SQLITE_TRANSIENT);
            break;
        default: break;
        }
        if (status != SQLITE_OK) return false;
    }
    return true;
}

static void put_column(const TtCliSqlite *sqlite, sqlite3_stmt *statement, int column, TtStrbuf *out) {
    switch (sqlite->sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: tt_wire_put_int(out, sqlite->sqlite3_column_int64(statement, column)); break;
    case SQLITE_FLOAT: tt_wire_put_float(out, sqlite->sqlite3_column_double(statement, column)); break;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite->sqlite3_column_text(statement, column);
        tt_wire_put_bytes(out, TT_WIRE_TEXT, text, (size_t)sqlite->sqlite3_column_bytes(statement, column));
        break;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite->sqlite3_column_blob(statement, column);
        tt_wire_put_bytes(out, TT_WIRE_BYTES, blob, (size_t)sqlite->sqlite3_column_bytes(statement, column));
        break;
    }
    default: tt_wire_put_null(out); break;
    }
}

/** Runs to the end; rows are appended to `rows` unless it is NULL. The last result code. */
static int step_all(const Database *database, sqlite3_stmt *statement, TtStrbuf *rows, uint32_t *count,
                    size_t limit) {
    const TtCliSqlite *sqlite = database->sqlite;
    int status, columns = sqlite->sqlite3_column_count(statement);
    while ((status = sqlite->sqlite3_step(statement)) == SQLITE_ROW) {
        if (!rows) continue;
        tt_wire_put_list(rows, (uint32_t)columns);
        for (int i = 0; i < columns; i++) put_column(sqlite, statement, i, rows);
        ++*count;
        if ((limit && rows->length > limit) || *count == INT_MAX) return SQLITE_TOOBIG;
    }
    return status;
}

static void answer_failure(const Database *database, TtRequest *request, int status) {
    if (status == SQLITE_NOMEM)
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
    else
        answer_sqlite(request, database->sqlite->sqlite3_errmsg(database->db));
}

/** Blanks, comments and semicolons only. */
static bool is_blank(const char *sql) {
    for (;;) {
        sql += strspn(sql, " \t\r\n\f;");
        if (sql[0] == '-' && sql[1] == '-') {
            sql += strcspn(sql, "\n");
        } else if (sql[0] == '/' && sql[1] == '*') {
            const char *end = strstr(sql + 2, "*/");
            sql = end ? end + 2 : sql + strlen(sql);
        } else {
            return !*sql;
        }
    }
}

static void answer_rows(const Database *database, TtRequest *request, sqlite3_stmt *statement,
                        const TtStrbuf *rows, uint32_t count) {
    const TtCliSqlite *sqlite = database->sqlite;
    int columns = sqlite->sqlite3_column_count(statement);
    TtStrbuf out = {0};
    tt_wire_put_object(&out, 3);
    tt_wire_put_key(&out, "rows", 4);
    tt_wire_put_int(&out, count);
    tt_wire_put_key(&out, "columns", 7);
    tt_wire_put_list(&out, (uint32_t)columns);
    for (int i = 0; i < columns; i++) {
        const char *name = sqlite->sqlite3_column_name(statement, i);
        tt_wire_put_bytes(&out, TT_WIRE_TEXT, name ? name : "", name ? strlen(name) : 0);
    }
    tt_wire_put_key(&out, "data", 4);
    tt_wire_put_list(&out, count);
    tt_strbuf_add(&out, tt_strbuf_text(rows), rows->length);
    tt_cli_answer_wire(request, &out);
}

/** One statement with the parameters that follow in `arguments`. False when it was answered with an error. */
static bool run_statement(Database *database, TtCliJob *job, sqlite3_stmt *statement, TtWireReader *arguments,
                          uint32_t parameters, bool query) {
    TtRequest *request = job->request;
    int wanted = database->sqlite->sqlite3_bind_parameter_count(statement);
    if ((uint32_t)wanted != parameters) {
        tt_cli_answer_format(request, TT_ERR_DATABASE_ERROR, "the statement takes %d parameters but got %u",
                             wanted, (unsigned)parameters);
        return false;
    }
    if (!bind_all(database->sqlite, statement, arguments, parameters)) {
        answer_sqlite(request, "a parameter cannot be bound");
        return false;
    }
    TtStrbuf rows = {0};
    uint32_t count = 0;
    int status = step_all(database, statement, query ? &rows : NULL, &count, job->loop->max_bytes);
    if (status == SQLITE_DONE && query) answer_rows(database, request, statement, &rows, count);
    tt_strbuf_free(&rows);
    if (status == SQLITE_DONE) return true;
    if (status == SQLITE_TOOBIG && query)
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "The result is too large");
    else
        answer_failure(database, request, status);
    return false;
}

static void run_sql(Database *database, TtCliJob *job, const char *sql, TtWireReader *arguments,
                    uint32_t parameters) {
    const TtCliSqlite *sqlite = database->sqlite;
    TtRequest *request = job->request;
    bool query = request->service == TT_SERVICE_DB_QUERY;
    int64_t before = sqlite->sqlite3_total_changes64(database->db);
    if (is_blank(sql)) {
        answer_sqlite(request, "there is no statement");
        return;
    }
    for (const char *rest = sql; rest && !is_blank(rest);) {
        sqlite3_stmt *statement = NULL;
        int status = sqlite->sqlite3_prepare_v2(database->db, rest, -1, &statement, &rest);
        bool alone = rest && is_blank(rest);
        bool good = false;
        if (status != SQLITE_OK)
            answer_failure(database, request, status);
        else if (!alone && (query || parameters))
            answer_sqlite(request,
                          query ? "a query is one statement" : "with parameters there is one statement only");
        else
            good = run_statement(database, job, statement, arguments, parameters, query);
        (void)sqlite->sqlite3_finalize(statement);
        if (!good) return;
    }
    if (!query)
        tt_cli_answer_number(request, TT_ANSWER_INT, sqlite->sqlite3_total_changes64(database->db) - before);
}

static void work(TtCliJob *job) {
    Database *database = (Database *)job->handle;
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtWireItem sql, parameters;
    if (tt_cli_job_cancelled(job)) {
        tt_cli_answer_null(job->request);
        return;
    }
    if (!tt_wire_skip(&arguments) || !tt_wire_read_as(&arguments, TT_WIRE_STR, &sql) ||
        !tt_wire_read_as(&arguments, TT_WIRE_LIST, &parameters)) {
        tt_cli_answer_error(job->request, TT_ERR_BAD_ARGUMENT, "the arguments make no sense");
        return;
    }
    if (memchr(sql.bytes, 0, sql.length)) {
        answer_sqlite(job->request, "the statement contains a NUL character");
        return;
    }
    char *text = tt_alloc_string(sql.bytes, sql.length);
    database->running = job;
    run_sql(database, job, text, &arguments, parameters.count);
    database->running = NULL;
    tt_free(text);
}

void tt_cli_database_start(TtCliJob *job) {
    if (job->request->service == TT_SERVICE_DB_CONNECT) {
        job->work = open_database;
        job->after = opened;
        tt_cli_job_work(job);
        return;
    }
    TtWireReader arguments = tt_cli_job_arguments(job);
    if (!tt_cli_handle_take(job, &arguments, TT_CLI_DATABASE)) return;
    job->work = work;
    tt_cli_job_work_in_order(job);
}
