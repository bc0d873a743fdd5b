// RFC 6455 as a terminal or a browser speaks it: the upgrade, masked messages out, whole or cut messages in.
#include "load.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

static uint64_t mask_state;

static uint32_t next_mask(void)
{
    while (mask_state == 0)
        RAND_bytes((unsigned char *)&mask_state, sizeof mask_state);
    mask_state ^= mask_state << 13;
    mask_state ^= mask_state >> 7;
    mask_state ^= mask_state << 17;
    return (uint32_t)(mask_state >> 16);
}

void websocket_request(struct link *link)
{
    char path[128], headers[256] = "", key[32], request[768];
    random_base64(key, 16);
    adapter->request(link, path, sizeof path, headers, sizeof headers);
    int count = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
        path, options.port, key, headers);
    bytes_append(&link->out, request, (size_t)count);
}

static void xor_into(uint8_t *to, const uint8_t *from, size_t count, uint32_t mask, size_t phase)
{
    // The mask's byte for to[0] is that of `phase`.
    unsigned turn = (unsigned)(phase & 3) * 8;
    uint32_t turned = turn ? mask >> turn | mask << (32 - turn) : mask;
    uint64_t wide = (uint64_t)turned << 32 | turned;
    size_t at = 0;
    for (; at + 8 <= count; at += 8) {
        uint64_t word;
        memcpy(&word, from + at, 8);
        word ^= wide;
        memcpy(to + at, &word, 8);
    }
    for (; at < count; at++)
        to[at] = from[at] ^ (uint8_t)(wide >> (8 * (at & 7)));
}

static uint8_t *append_head(struct link *link, uint8_t opcode, size_t count, uint32_t mask)
{
    uint8_t *head = bytes_room(&link->out, count + 14);
    size_t used = 2;
    head[0] = 0x80 | opcode;
    if (count < 126) {
        head[1] = 0x80 | (uint8_t)count;
    } else if (count <= 0xffff) {
        head[1] = 0x80 | 126;
        head[2] = (uint8_t)(count >> 8);
        head[3] = (uint8_t)count;
        used = 4;
    } else {
        head[1] = 0x80 | 127;
        for (int i = 0; i < 8; i++)
            head[2 + i] = (uint8_t)(count >> (8 * (7 - i)));
        used = 10;
    }
    memcpy(head + used, &mask, 4);
    link->out.count += used + 4 + count;
    return head + used + 4;
}

void websocket_append(
    struct link *link, const void *before, size_t before_count, const void *data, size_t count, const void *after,
    size_t after_count)
{
    uint32_t mask = next_mask();
    uint8_t *body = append_head(link, 2, before_count + count + after_count, mask);
    xor_into(body, before, before_count, mask, 0);
    xor_into(body + before_count, data, count, mask, before_count);
    xor_into(body + before_count + count, after, after_count, mask, before_count + count);
}

static void control_received(struct link *link)
{
    if (link->opcode == 8) {
        if (link->control.count >= 2)
            link->close_code = (uint16_t)(link->control.data[0] << 8 | link->control.data[1]);
    } else if (link->opcode == 9) {
        uint32_t mask = next_mask();
        uint8_t *body = append_head(link, 10, link->control.count, mask);
        xor_into(body, link->control.data, link->control.count, mask, 0);
        link_flush(link);
    }
    link->control.count = 0;
}

// The end of the HTTP answer; what follows it are frames.
static size_t upgrade_received(struct link *link, const uint8_t *data, size_t count)
{
    size_t before = link->control.count;
    bytes_append(&link->control, data, count);
    uint8_t *end = memmem(link->control.data, link->control.count, "\r\n\r\n", 4);
    if (!end)
        return count;
    if (link->control.count < 12 || memcmp(link->control.data + 9, "101", 3) != 0)
        die("%s: the upgrade was refused: %.60s", adapter->name, (char *)link->control.data);
    size_t used = (size_t)(end - link->control.data) + 4 - before;
    link->control.count = 0;
    link->is_upgraded = true;
    adapter->opened(link);
    link_flush(link);
    return used;
}

static void payload(struct link *link, const uint8_t *data, size_t count)
{
    link->payload_left -= count;
    bool is_end = link->payload_left == 0;
    if (is_end)
        link->in_payload = false;
    if (link->opcode >= 8) {
        bytes_append(&link->control, data, count);
        if (is_end)
            control_received(link);
    } else {
        adapter->received(link, data, count, is_end && link->is_final);
    }
}

static size_t head_received(struct link *link, const uint8_t *data, size_t count)
{
    size_t used = 0;
    for (;;) {
        unsigned wanted = 2;
        if (link->head_count >= 2)
            wanted = (link->head[1] & 0x7f) == 126 ? 4 : (link->head[1] & 0x7f) == 127 ? 10 : 2;
        if (link->head_count >= 2 && link->head_count == wanted)
            break;
        if (used == count)
            return used;
        link->head[link->head_count++] = data[used++];
    }
    link->head_count = 0;
    link->opcode = link->head[0] & 0x0f;
    link->is_final = link->head[0] & 0x80;
    link->payload_left = link->head[1] & 0x7f;
    if (link->payload_left == 126)
        link->payload_left = (uint64_t)link->head[2] << 8 | link->head[3];
    else if (link->payload_left == 127)
        for (int i = (link->payload_left = 0); i < 8; i++)
            link->payload_left = link->payload_left << 8 | link->head[2 + i];
    link->in_payload = true;
    if (link->payload_left == 0)
        payload(link, data, 0);
    return used;
}

void websocket_received(struct link *link, const uint8_t *data, size_t count)
{
    size_t at = link->is_upgraded ? 0 : upgrade_received(link, data, count);
    while (at < count) {
        if (!link->in_payload) {
            at += head_received(link, data + at, count - at);
            continue;
        }
        size_t taken = count - at < link->payload_left ? count - at : (size_t)link->payload_left;
        payload(link, data + at, taken);
        at += taken;
    }
}

void websocket_skipped(struct link *link, size_t count) { payload(link, NULL, count); }
