// SPDX-License-Identifier: MIT
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static void clear_net(TtCliRules *rules) {
    for (uint32_t i = 0; i < rules->net.count; i++) tt_free(rules->net.items[i].host);
    rules->net.count = 0;
}

static void clear_dirs(char **dirs, uint32_t *count) {
    for (uint32_t i = 0; i < *count; i++) tt_free(dirs[i]);
    *count = 0;
}

void tt_cli_rules_clear(TtCliRules *rules, bool net, bool read, bool write) {
    if (net) clear_net(rules);
    if (read) clear_dirs(rules->read_dirs.items, &rules->read_dirs.count);
    if (write) clear_dirs(rules->write_dirs.items, &rules->write_dirs.count);
}

void tt_cli_rules_free(TtCliRules *rules) {
    tt_cli_rules_clear(rules, true, true, true);
    tt_vec_free(&rules->net);
    tt_vec_free(&rules->read_dirs);
    tt_vec_free(&rules->write_dirs);
}

/* ---- network ---------------------------------------------------------------------------------------------
 */

/** 0 to 65535, or -1. */
static int read_port(const char *text) {
    char *end;
    if (*text < '0' || *text > '9') return -1;
    long port = strtol(text, &end, 10);
    return *end || port > 65535 ? -1 : (int)port;
}

bool tt_cli_rules_add_net(TtCliRules *rules, const char *text) {
    TtCliNetRule rule = {.port = -1};
    const char *start = text, *end, *colon = strrchr(text, ':');
    if (*text == '[') {
        start++;
        end = strchr(start, ']');
        if (!end || (end[1] && end[1] != ':')) return false;
        colon = end[1] ? end + 1 : NULL;
    } else if (colon && strchr(text, ':') != colon) {
        colon = NULL; /* an IPv6 address without brackets */
        end = text + strlen(text);
    } else {
        end = colon ? colon : text + strlen(text);
    }
    if (end == start) return false;
    if (colon && (rule.port = read_port(colon + 1)) < 0) return false;
    rule.host = tt_alloc_string(start, (size_t)(end - start));
    tt_vec_push(&rules->net, rule);
    return true;
}

static bool host_matches(const char *rule, const char *host) {
    if (rule[0] != '*' || rule[1] != '.') return strcasecmp(rule, host) == 0;
    size_t length = strlen(host), suffix = strlen(rule + 1);
    return length > suffix && strcasecmp(host + length - suffix, rule + 1) == 0;
}

bool tt_cli_rules_allow_net(const TtCliRules *rules, const char *host, int port) {
    if (!rules || !rules->net.count) return true;
    for (uint32_t i = 0; i < rules->net.count; i++) {
        const TtCliNetRule *rule = &rules->net.items[i];
        if ((port < 0 || rule->port < 0 || rule->port == port) && host_matches(rule->host, host)) return true;
    }
    return false;
}

/* ---- files ------------------------------------------------------------------------------------------- */

bool tt_cli_rules_add_dir(TtCliRules *rules, bool read, bool write, const char *path) {
    char *real = realpath(path, NULL);
    struct stat status;
    bool usable = real && stat(real, &status) == 0 && S_ISDIR(status.st_mode);
    if (usable && read) tt_vec_push(&rules->read_dirs, tt_alloc_string(real, strlen(real)));
    if (usable && write) tt_vec_push(&rules->write_dirs, tt_alloc_string(real, strlen(real)));
    free(real);
    return usable;
}

static bool lies_in(const char *path, const char *dir) {
    size_t length = strlen(dir);
    if (strncmp(path, dir, length) != 0) return false;
    return path[length] == '\0' || path[length] == '/' || (length > 0 && dir[length - 1] == '/');
}

static bool is_dots(const char *name) {
    return !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/** The real path of the part that exists with the rest behind it, from malloc; NULL where nobody can tell. */
static char *real_path(const char *path) {
    char *real = realpath(path, NULL);
    if (real || (errno != ENOENT && errno != ENOTDIR)) return real;
    struct stat status;
    if (lstat(path, &status) == 0) return NULL; /* a link to nowhere: who knows where it will lead */
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (is_dots(name)) return NULL;
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    char *base = folder ? real_path(folder) : NULL;
    free(folder);
    if (!base) return NULL;
    char *whole;
    if (asprintf(&whole, "%s/%s", strcmp(base, "/") == 0 ? "" : base, name) < 0) whole = NULL;
    free(base);
    return whole;
}

char *tt_cli_rules_path(const TtCliRules *rules, bool write, const char *path) {
    uint32_t count = !rules ? 0 : write ? rules->write_dirs.count : rules->read_dirs.count;
    if (!count) return tt_alloc_string(path, strlen(path));
    char *real = real_path(path), *answer = NULL;
    if (!real) return NULL;
    for (uint32_t i = 0; i < count && !answer; i++) {
        const char *dir = write ? rules->write_dirs.items[i] : rules->read_dirs.items[i];
        if (lies_in(real, dir)) answer = tt_alloc_string(real, strlen(real));
    }
    free(real);
    return answer;
}
