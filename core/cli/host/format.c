// SPDX-License-Identifier: MIT
/** Compression, hash, encryption: services that compute, on the pool. Formats in core/host/README.md. */
#include "native_internal.h"

#include <limits.h>
#include <string.h>

#define FIRST_ROOM (16u << 10)

static void answer_missing(TtRequest *request, const char *reason) {
    tt_cli_answer_error(request, TT_ERR_UNSUPPORTED_OPERATION, reason);
}

static void answer_text(TtRequest *request, TtWireTag tag, const void *bytes, size_t length) {
    TtStrbuf wire = {0};
    tt_wire_put_bytes(&wire, tag, bytes, length);
    tt_cli_answer_wire(request, &wire);
}

/* ---- zlib -------------------------------------------------------------------------------------------- */

/** Output that grows; false when it cannot. */
typedef struct Output {
    char *bytes;
    size_t length, room, limit; /* limit 0: none */
} Output;

static bool make_room(Output *output, z_stream *stream) {
    if (output->limit && output->length > output->limit) return false;
    size_t room = output->room ? output->room * 2 : FIRST_ROOM;
    char *larger = room > UINT32_MAX ? NULL : tt_realloc_try(output->bytes, room);
    if (!larger) return false;
    output->bytes = larger;
    output->room = room;
    stream->next_out = (Bytef *)output->bytes + output->length;
    stream->avail_out = (uInt)(room - output->length);
    return true;
}

static void compress_data(TtCliLoop *loop, TtRequest *request, const TtWireItem *data) {
    const char *reason;
    const TtCliZlib *zlib = tt_cli_library_zlib(&loop->libraries, &reason);
    if (!zlib) {
        answer_missing(request, reason);
        return;
    }
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data->bytes, .avail_in = (uInt)data->length};
    Output output = {.limit = 0};
    bool room = zlib->deflateInit_(&stream, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, (int)sizeof stream) == Z_OK;
    int status = Z_OK;
    while (room && status != Z_STREAM_END) {
        if (!stream.avail_out && !(room = make_room(&output, &stream))) break;
        status = zlib->deflate(&stream, Z_FINISH);
        output.length = output.room - stream.avail_out;
    }
    (void)zlib->deflateEnd(&stream);
    if (room)
        answer_text(request, TT_WIRE_BYTES, output.bytes, output.length);
    else
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
    tt_free(output.bytes);
}

static void decompress_data(TtCliLoop *loop, TtRequest *request, const TtWireItem *data) {
    const char *reason;
    const TtCliZlib *zlib = tt_cli_library_zlib(&loop->libraries, &reason);
    if (!zlib) {
        answer_missing(request, reason);
        return;
    }
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data->bytes, .avail_in = (uInt)data->length};
    Output output = {.limit = loop->max_bytes};
    bool room = zlib->inflateInit_(&stream, ZLIB_VERSION, (int)sizeof stream) == Z_OK;
    int status = Z_OK;
    while (room && status == Z_OK) {
        if (!stream.avail_out && !(room = make_room(&output, &stream))) break;
        status = zlib->inflate(&stream, Z_NO_FLUSH);
        output.length = output.room - stream.avail_out;
        if (status == Z_BUF_ERROR && !stream.avail_out) status = Z_OK; /* only more room is wanted */
    }
    if (!room)
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "The decompressed data is too large");
    else if (status == Z_STREAM_END && stream.avail_in)
        tt_cli_answer_error(request, TT_ERR_DATA_ERROR, "there is something behind the compressed data");
    else if (status == Z_STREAM_END)
        answer_text(request, TT_WIRE_TEXT, output.bytes, output.length);
    else if (status == Z_BUF_ERROR)
        tt_cli_answer_error(request, TT_ERR_DATA_ERROR, "the compressed data is cut off");
    else if (status == Z_MEM_ERROR)
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
    else
        tt_cli_answer_error(request, TT_ERR_DATA_ERROR, "not compressed data, or damaged");
    (void)zlib->inflateEnd(&stream);
    tt_free(output.bytes);
}

/* ---- hash -------------------------------------------------------------------------------------------- */

static void hash_data(TtCliLoop *loop, TtRequest *request, const TtWireItem *data) {
    const char *reason;
    const TtCliSodium *sodium = tt_cli_library_sodium(&loop->libraries, &reason);
    if (!sodium) {
        answer_missing(request, reason);
        return;
    }
    unsigned char digest[crypto_hash_sha256_BYTES];
    (void)sodium->crypto_hash_sha256(digest, (const unsigned char *)data->bytes, data->length);
    char text[2 * sizeof digest];
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    tt_cli_answer_data(request, TT_ANSWER_STR, tt_alloc_string(text, sizeof text), sizeof text);
}

/* ---- encryption -------------------------------------------------------------------------------------- */

#define MAGIC             "TTE1"
#define SALT_BYTES        crypto_pwhash_argon2id_SALTBYTES
#define NONCE_BYTES       crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES         crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY_BYTES         crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define SALT_AT           12
#define NONCE_AT          (SALT_AT + SALT_BYTES)
#define HEADER_BYTES      (NONCE_AT + NONCE_BYTES)
#define OPERATIONS        2u
#define MEMORY_KIB        65536u
#define MAX_OPERATIONS    8u
#define MIN_MEMORY_KIB    8u
#define MAX_MEMORY_KIB    1048576u
#define NOT_WHAT_WAS_SENT "wrong passphrase, or the data was altered"

_Static_assert(SALT_BYTES == 16 && NONCE_BYTES == 24 && TAG_BYTES == 16 && KEY_BYTES == 32 &&
                   HEADER_BYTES == 52,
               "the layout of encrypted data");

static void put_u32(unsigned char *out, uint32_t value) {
    for (int i = 0; i < 4; i++) out[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_u32(const unsigned char *in) {
    return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

/** By the header's parameters; false when there is no memory for it. */
static bool derive_key(const TtCliSodium *sodium, const unsigned char *header, const TtWireItem *passphrase,
                       unsigned char key[KEY_BYTES]) {
    return sodium->crypto_pwhash(key, KEY_BYTES, passphrase->bytes, passphrase->length, header + SALT_AT,
                                 get_u32(header + 4), (size_t)get_u32(header + 8) << 10,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void encrypt_data(TtCliLoop *loop, TtRequest *request, const TtWireItem *data,
                         const TtWireItem *passphrase) {
    const char *reason;
    const TtCliSodium *sodium = tt_cli_library_sodium(&loop->libraries, &reason);
    if (!sodium) {
        answer_missing(request, reason);
        return;
    }
    unsigned char key[KEY_BYTES];
    unsigned char *out = tt_alloc_try(HEADER_BYTES + data->length + TAG_BYTES);
    if (out) {
        memcpy(out, MAGIC, 4);
        put_u32(out + 4, OPERATIONS);
        put_u32(out + 8, MEMORY_KIB);
        sodium->randombytes_buf(out + SALT_AT, SALT_BYTES + NONCE_BYTES);
    }
    if (out && derive_key(sodium, out, passphrase, key)) {
        (void)sodium->crypto_aead_xchacha20poly1305_ietf_encrypt(
            out + HEADER_BYTES, NULL, (const unsigned char *)data->bytes, data->length, out, HEADER_BYTES,
            NULL, out + NONCE_AT, key);
        answer_text(request, TT_WIRE_BYTES, out, HEADER_BYTES + data->length + TAG_BYTES);
    } else {
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
    }
    sodium->sodium_memzero(key, sizeof key);
    tt_free(out);
}

static bool header_makes_sense(const TtWireItem *data) {
    const unsigned char *header = (const unsigned char *)data->bytes;
    if (data->length < HEADER_BYTES + TAG_BYTES || memcmp(header, MAGIC, 4) != 0) return false;
    uint32_t operations = get_u32(header + 4), memory = get_u32(header + 8);
    return operations >= 1 && operations <= MAX_OPERATIONS && memory >= MIN_MEMORY_KIB &&
           memory <= MAX_MEMORY_KIB;
}

static void decrypt_data(TtCliLoop *loop, TtRequest *request, const TtWireItem *data,
                         const TtWireItem *passphrase) {
    const char *reason;
    const TtCliSodium *sodium = tt_cli_library_sodium(&loop->libraries, &reason);
    if (!sodium) {
        answer_missing(request, reason);
        return;
    }
    if (!header_makes_sense(data)) {
        tt_cli_answer_error(request, TT_ERR_DATA_ERROR, "not encrypted data, or cut off");
        return;
    }
    const unsigned char *in = (const unsigned char *)data->bytes;
    size_t length = data->length - HEADER_BYTES - TAG_BYTES;
    unsigned char key[KEY_BYTES];
    unsigned char *out = tt_alloc_try(length + 1);
    if (!out || !derive_key(sodium, in, passphrase, key))
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
    else if (sodium->crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + HEADER_BYTES,
                                                                length + TAG_BYTES, in, HEADER_BYTES,
                                                                in + NONCE_AT, key) != 0)
        tt_cli_answer_error(request, TT_ERR_DATA_ERROR, NOT_WHAT_WAS_SENT);
    else
        answer_text(request, TT_WIRE_TEXT, out, length);
    sodium->sodium_memzero(key, sizeof key);
    if (out) sodium->sodium_memzero(out, length);
    tt_free(out);
}

/* ---- running ----------------------------------------------------------------------------------------- */

void tt_cli_format_run(TtCliLoop *loop, TtRequest *request) {
    TtWireReader arguments = tt_wire_reader(request->data, request->data_length);
    TtWireItem list, data, passphrase = {.bytes = ""};
    bool secret = request->service == TT_SERVICE_ENCRYPT || request->service == TT_SERVICE_DECRYPT;
    if (!tt_wire_read_as(&arguments, TT_WIRE_LIST, &list) ||
        !tt_wire_read_as(&arguments, TT_WIRE_TEXT, &data) ||
        (secret && !tt_wire_read_as(&arguments, TT_WIRE_STR, &passphrase))) {
        tt_cli_answer_error(request, TT_ERR_BAD_ARGUMENT, "the arguments make no sense");
        return;
    }
    switch (request->service) {
    case TT_SERVICE_COMPRESS: compress_data(loop, request, &data); break;
    case TT_SERVICE_DECOMPRESS: decompress_data(loop, request, &data); break;
    case TT_SERVICE_HASH: hash_data(loop, request, &data); break;
    case TT_SERVICE_ENCRYPT: encrypt_data(loop, request, &data, &passphrase); break;
    default: decrypt_data(loop, request, &data, &passphrase); break;
    }
}

static void work(TtCliJob *job) {
    if (tt_cli_job_cancelled(job))
        tt_cli_answer_null(job->request);
    else
        tt_cli_format_run(job->loop, job->request);
}

void tt_cli_format_start(TtCliJob *job) {
    job->work = work;
    tt_cli_job_work(job);
}
