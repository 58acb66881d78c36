// SPDX-License-Identifier: MIT
#include "host/host.h"

TtCapability tt_service_capability(TtService service) {
    static const uint8_t capabilities[TT_SERVICE_COUNT] = {
#define TT_SERVICE(name, capability, doc) [TT_SERVICE_##name] = TT_CAP_##capability,
#include "host/host.def"
#undef TT_SERVICE
    };
    return (TtCapability)capabilities[service];
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
