// SPDX-License-Identifier: MIT
/**
 * Build-time program: the host services and the tags of the wire format for TypeScript.
 *   gen_services OUT.ts
 */
#include "base/gen.h"
#include "host/host.h"
#include "host/wire.h"

static void write_services(FILE *out) {
    fputs("export interface Service {\n"
          "  readonly name: string;\n"
          "  /** As in --allow-net; empty when always allowed. */\n"
          "  readonly capability: string;\n"
          "  /** The arguments are a wire-encoded list. */\n"
          "  readonly wire: boolean;\n"
          "  /** The answer is or holds a handle. */\n"
          "  readonly opens: boolean;\n"
          "  readonly arguments: string;\n"
          "  readonly answer: string;\n"
          "  readonly doc: string;\n"
          "}\n\n"
          "/** The index is the number of the service. */\n"
          "export const SERVICES: readonly Service[] = [\n",
          out);
    for (int i = 0; i < TT_SERVICE_COUNT; i++) {
        const TtServiceInfo *info = tt_service_info((TtService)i);
        fputs("  { ", out);
        tt_gen_field(out, "name", info->name);
        tt_gen_field(out, "capability", tt_capability_name(info->capability));
        fprintf(out, "wire: %s, ", info->flags & TT_SERVICE_WIRE ? "true" : "false");
        fprintf(out, "opens: %s, ", info->flags & TT_SERVICE_OPENS ? "true" : "false");
        tt_gen_field(out, "arguments", info->arguments);
        tt_gen_field(out, "answer", info->answer);
        tt_gen_field(out, "doc", info->doc);
        fputs("},\n", out);
    }
    fputs("];\n\n", out);
}

static void write_numbers(FILE *out) {
    fputs("/** Numbers of the services by name. */\nexport const SERVICE = {\n", out);
    for (int i = 0; i < TT_SERVICE_COUNT; i++)
        fprintf(out, "  %s: %d,\n", tt_service_info((TtService)i)->name, i);
    fputs("} as const;\n\n/** Tags of the wire format: core/host/wire.h. */\nexport const WIRE = {\n", out);
    static const char *const tags[TT_WIRE_TAG_COUNT] = {
        [TT_WIRE_NULL] = "NULL",     [TT_WIRE_BOOL] = "BOOL",
        [TT_WIRE_INT] = "INT",       [TT_WIRE_FLOAT] = "FLOAT",
        [TT_WIRE_STR] = "STR",       [TT_WIRE_BYTES] = "BYTES",
        [TT_WIRE_TEXT] = "TEXT",     [TT_WIRE_LIST] = "LIST",
        [TT_WIRE_OBJECT] = "OBJECT", [TT_WIRE_CONNECTION] = "CONNECTION",
        [TT_WIRE_STREAM] = "STREAM",
    };
    for (int i = 0; i < TT_WIRE_TAG_COUNT; i++) fprintf(out, "  %s: %d,\n", tags[i], i);
    fprintf(out, "} as const;\n\nexport const WIRE_MAX_DEPTH = %d;\n\n", TT_WIRE_MAX_DEPTH);
    fputs("/** Numbers of the error kinds by name: core/base/result.def. */\nexport const RESULT = {\n  Ok: "
          "0,\n",
          out);
    for (int i = 1; i < TT_RESULT_COUNT; i++) fprintf(out, "  %s: %d,\n", tt_result_kind((TtResult)i), i);
    fputs("} as const;\n\n/** Kinds of answers: core/host/host.h. */\nexport const ANSWER = {\n", out);
    fprintf(out,
            "  NULL: %d,\n  BOOL: %d,\n  INT: %d,\n  STR: %d,\n  BYTES: %d,\n  NAMES: %d,\n  WIRE: %d,\n",
            TT_ANSWER_NULL, TT_ANSWER_BOOL, TT_ANSWER_INT, TT_ANSWER_STR, TT_ANSWER_BYTES, TT_ANSWER_NAMES,
            TT_ANSWER_WIRE);
    fputs("} as const;\n", out);
}

static void write_all(FILE *out) {
    fputs("// SPDX-License-Identifier: MIT\n"
          "// Generated from core/host by gen_services.c; do not edit.\n\n",
          out);
    write_services(out);
    write_numbers(out);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: gen_services OUT\n", stderr);
        return 2;
    }
    return tt_gen_file(argv[1], write_all);
}
