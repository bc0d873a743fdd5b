// Servers whose only protocol is the path: /pub/ROOM sends, /sub/ROOM receives, a message is a frame.
#include "load.h"

#include <stdio.h>
#include <string.h>

static void request(struct link *link, char *path, size_t path_size, char *headers, size_t headers_size)
{
    (void)headers, (void)headers_size;
    snprintf(path, path_size, "/%s/%u", link->role == PUBLISHER ? "pub" : "sub", link->room);
}

static void opened(struct link *link) { link->is_ready = true; }

static void received(struct link *link, const uint8_t *data, size_t count, bool is_message_end)
{
    if (link->captured_count < HEAD_BYTES && count) {
        size_t wanted = HEAD_BYTES - link->captured_count;
        size_t taken = count < wanted ? count : wanted;
        memcpy(link->captured + link->captured_count, data, taken);
        link->captured_count += (unsigned)taken;
    }
    link->left += count;
    if (!is_message_end)
        return;
    if (link->captured_count == HEAD_BYTES)
        frame_received(link, link->captured, (size_t)link->left);
    link->captured_count = 0;
    link->left = 0;
}

static bool may_skip(struct link *link) { return link->captured_count == HEAD_BYTES; }

const struct adapter plain_adapter = {
    .name = "plain", .request = request, .opened = opened, .received = received, .may_skip = may_skip};
