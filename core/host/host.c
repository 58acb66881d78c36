// SPDX-License-Identifier: MIT
#include "host/host.h"

enum { W = TT_SERVICE_WIRE, H = TT_SERVICE_OPENS, S = TT_SERVICE_SECRET };

const TtServiceInfo *tt_service_info(TtService service) {
    static const TtServiceInfo infos[TT_SERVICE_COUNT] = {
#define TT_SERVICE(name, capability, flags, arguments, answer, doc)                                          \
    [TT_SERVICE_##name] = {#name, TT_CAP_##capability, flags, arguments, answer, doc},
#include "host/host.def"
#undef TT_SERVICE
    };
    return &infos[service];
}

TtCapability tt_service_capability(TtService service) {
    return tt_service_info(service)->capability;
}

const char *tt_capability_name(TtCapability capability) {
    switch (capability) {
    case TT_CAP_FS_READ: return "fs-read";
    case TT_CAP_FS_WRITE: return "fs-write";
    case TT_CAP_NET: return "net";
    case TT_CAP_EXEC: return "exec";
    case TT_CAP_ENV: return "env";
    case TT_CAP_DB: return "db";
    case TT_CAP_NONE:
    case TT_CAP_COUNT: break;
    }
    return "";
}
