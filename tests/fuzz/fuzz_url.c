// SPDX-License-Identifier: MIT
/** Any text → URL parser: an error, or a URL whose text parses to the same text. */
#include "base/utf8.h"
#include "exec/url.h"
#include "heap_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = size ? (const char *)data : "";
    if (!tt_utf8_valid(text, size)) return 0;
    TtUrl first = {0}, second = {0};
    TtStrbuf written = {0}, again = {0};
    if (!tt_url_parse(&first, text, size)) {
        tt_url_write(&first, &written);
        MUST(!tt_url_parse(&second, written.bytes, written.length));
        tt_url_write(&second, &again);
        MUST(strcmp(written.bytes, again.bytes) == 0);
        for (size_t i = 0; i < written.length; i++) MUST((unsigned char)written.bytes[i] < 0x80);
    }
    tt_url_free(&first);
    tt_url_free(&second);
    tt_strbuf_free(&written);
    tt_strbuf_free(&again);
    return 0;
}
