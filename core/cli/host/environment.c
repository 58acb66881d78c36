// SPDX-License-Identifier: MIT
#include "native_internal.h"

#include <string.h>

extern char **environ;

static TtCliVariable *find(TtCliEnvironment *environment, const char *name) {
    for (uint32_t i = 0; i < environment->list.count; i++)
        if (strcmp(environment->list.items[i].name, name) == 0) return &environment->list.items[i];
    return NULL;
}

void tt_cli_environment_init(TtCliEnvironment *environment) {
    tt_lock_init(&environment->lock);
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals || equals == *entry) continue;
        TtCliVariable variable = {
            .name = tt_alloc_string(*entry, (size_t)(equals - *entry)),
            .value = tt_alloc_string(equals + 1, strlen(equals + 1)),
        };
        tt_vec_push(&environment->list, variable);
    }
}

void tt_cli_environment_destroy(TtCliEnvironment *environment) {
    for (uint32_t i = 0; i < environment->list.count; i++) {
        tt_free(environment->list.items[i].name);
        tt_free(environment->list.items[i].value);
    }
    tt_vec_free(&environment->list);
    tt_lock_destroy(&environment->lock);
}

void tt_cli_environment_get(TtCliEnvironment *environment, TtRequest *request) {
    tt_lock_acquire(&environment->lock);
    TtCliVariable *variable = find(environment, request->text);
    if (variable) {
        size_t length = strlen(variable->value);
        tt_cli_answer_data(request, TT_ANSWER_STR, tt_alloc_string(variable->value, length), length);
    } else {
        tt_cli_answer_null(request);
    }
    tt_lock_release(&environment->lock);
}

void tt_cli_environment_set(TtCliEnvironment *environment, TtRequest *request) {
    if (request->text[0] == '\0' || strchr(request->text, '=')) {
        tt_cli_answer_error(request, TT_ERR_BAD_ARGUMENT, "A variable's name is not empty and holds no '='");
        return;
    }
    if (request->data_length > 0 && memchr(request->data, '\0', request->data_length)) {
        tt_cli_answer_error(request, TT_ERR_BAD_ARGUMENT, "A variable's value holds no NUL");
        return;
    }
    char *value = tt_alloc_string(request->data, request->data_length);
    tt_lock_acquire(&environment->lock);
    TtCliVariable *variable = find(environment, request->text);
    if (variable) {
        tt_free(variable->value);
        variable->value = value;
    } else {
        TtCliVariable added = {.name = tt_alloc_string(request->text, strlen(request->text)), .value = value};
        tt_vec_push(&environment->list, added);
    }
    tt_lock_release(&environment->lock);
    tt_cli_answer_null(request);
}

char **tt_cli_environment_list(TtCliEnvironment *environment) {
    tt_lock_acquire(&environment->lock);
    char **list = tt_alloc((environment->list.count + 1) * sizeof *list);
    for (uint32_t i = 0; i < environment->list.count; i++) {
        TtStrbuf entry = {0};
        tt_strbuf_add_text(&entry, environment->list.items[i].name);
        tt_strbuf_add_char(&entry, '=');
        tt_strbuf_add_text(&entry, environment->list.items[i].value);
        list[i] = tt_strbuf_take(&entry);
    }
    list[environment->list.count] = NULL;
    tt_lock_release(&environment->lock);
    return list;
}

void tt_cli_environment_free_list(char **list) {
    for (char **entry = list; *entry; entry++) tt_free(*entry);
    tt_free(list);
}
