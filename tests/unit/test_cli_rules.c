// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "test.h"

#include "cli/host/rules.h"

#include <stdlib.h>
#include <unistd.h>

TEST(hosts_and_ports) {
    TtCliRules rules = {0};
    CHECK(tt_cli_rules_allow_net(&rules, "anywhere", 1));
    CHECK(tt_cli_rules_allow_net(NULL, "anywhere", 1));
    CHECK(tt_cli_rules_add_net(&rules, "127.0.0.1:8080"));
    CHECK(tt_cli_rules_add_net(&rules, "Example.org"));
    CHECK(tt_cli_rules_add_net(&rules, "[::1]:9"));
    CHECK(tt_cli_rules_add_net(&rules, "*.test:443"));
    CHECK(tt_cli_rules_add_net(&rules, "fe80::1"));
    static const struct {
        const char *host;
        int port;
        bool allowed;
    } cases[] = {
        {"127.0.0.1", 8080, true},
        {"127.0.0.1", 8081, false},
        {"127.0.0.1", -1, true},
        {"example.org", 1, true},
        {"EXAMPLE.ORG", 65535, true},
        {"www.example.org", 1, false},
        {"example.org.evil", 1, false},
        {"::1", 9, true},
        {"::1", 10, false},
        {"a.test", 443, true},
        {"a.b.test", 443, true},
        {"test", 443, false},
        {"a.test", 80, false},
        {"atest", 443, false},
        {"fe80::1", 5, true},
        {"", 1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(tt_cli_rules_allow_net(&rules, cases[i].host, cases[i].port), cases[i].allowed);
    tt_cli_rules_clear(&rules, true, false, false);
    CHECK(tt_cli_rules_allow_net(&rules, "elsewhere", 1));
    tt_cli_rules_free(&rules);
}

TEST(what_is_no_rule) {
    TtCliRules rules = {0};
    static const char *const bad[] = {"", ":80", "a:b", "a:65536", "a:", "[::1", "[::1]x", "[]:1", "a:-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(!tt_cli_rules_add_net(&rules, bad[i]));
    CHECK(!tt_cli_rules_add_dir(&rules, true, true, "/no/such/folder"));
    CHECK(!tt_cli_rules_add_dir(&rules, true, true, "/etc/passwd"));
    CHECK_INT(rules.net.count + rules.read_dirs.count + rules.write_dirs.count, 0);
    tt_cli_rules_free(&rules);
}

static bool gives(const TtCliRules *rules, bool write, const char *path) {
    char *real = tt_cli_rules_path(rules, write, path);
    tt_free(real);
    return real != NULL;
}

TEST(folders) {
    char folder[] = "/tmp/ttvm-rules-XXXXXX", path[128];
    REQUIRE(mkdtemp(folder));
    TtCliRules rules = {0};
    CHECK(gives(&rules, true, "/anything/at/all"));
    CHECK(tt_cli_rules_add_dir(&rules, true, false, folder));
    snprintf(path, sizeof path, "%s/new", folder);
    CHECK(gives(&rules, false, path));
    CHECK(gives(&rules, true, "/tmp/x")); /* writing was not narrowed */
    CHECK(gives(&rules, false, folder));
    snprintf(path, sizeof path, "%s/no/such/deep/file", folder);
    CHECK(gives(&rules, false, path));
    snprintf(path, sizeof path, "%s/no/../../x", folder);
    CHECK(!gives(&rules, false, path));
    snprintf(path, sizeof path, "%s-not/x", folder);
    CHECK(!gives(&rules, false, path));
    CHECK(!gives(&rules, false, "/tmp"));
    CHECK(!gives(&rules, false, "/"));
    CHECK(!gives(&rules, false, ""));
    tt_cli_rules_free(&rules);
    rmdir(folder);
}

int main(void) {
    RUN(hosts_and_ports);
    RUN(what_is_no_rule);
    RUN(folders);
    return test_finish();
}
