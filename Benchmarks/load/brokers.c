// MQTT 3.1.1 and NATS, each over WebSocket: a room is a topic or a subject, delivery at most once.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(struct link *link, const void *data, size_t count)
{
    websocket_append(link, NULL, 0, data, count, NULL, 0);
    link_flush(link);
}

static bool skips(struct link *link) { return link->stage == 1 && link->left >= link->payload_left; }

// What is left of a packet whose head was looked at.
static bool pass_over(struct link *link, const uint8_t **data, size_t *count)
{
    size_t taken = *count < link->left ? *count : (size_t)link->left;
    link->left -= taken;
    if (*data)
        *data += taken;
    *count -= taken;
    return link->left == 0;
}

// MQTT.

static void mqtt_request(struct link *link, char *path, size_t path_size, char *headers, size_t headers_size)
{
    (void)link;
    snprintf(path, path_size, "/");
    snprintf(headers, headers_size, "Sec-WebSocket-Protocol: mqtt\r\n");
}

static void mqtt_opened(struct link *link)
{
    static unsigned last;
    char name[16];
    uint8_t packet[64] = {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0};
    int count = snprintf(name, sizeof name, "b%u", ++last);
    packet[13] = (uint8_t)count;
    memcpy(packet + 14, name, (size_t)count);
    packet[1] = (uint8_t)(12 + count);
    say(link, packet, 14 + (size_t)count);
}

static void mqtt_subscribe(struct link *link)
{
    char topic[16];
    uint8_t packet[64] = {0x82, 0, 0, 1};
    int count = snprintf(topic, sizeof topic, "r/%u", link->room);
    packet[5] = (uint8_t)count;
    memcpy(packet + 6, topic, (size_t)count);
    packet[1] = (uint8_t)(5 + count);
    say(link, packet, 7 + (size_t)count);
}

// The bytes of the fixed header, 0 when it is not whole; `length` is what follows it.
static unsigned mqtt_head(const uint8_t *bytes, unsigned count, uint64_t *length)
{
    *length = 0;
    for (unsigned i = 1; i < count && i < 5; i++) {
        *length |= (uint64_t)(bytes[i] & 0x7f) << (7 * (i - 1));
        if (!(bytes[i] & 0x80))
            return i + 1;
    }
    return 0;
}

static void mqtt_packet(struct link *link, unsigned head, uint64_t length)
{
    switch (link->captured[0] >> 4) {
    case 2:
        if (link->role == PUBLISHER)
            link->is_ready = true;
        else
            mqtt_subscribe(link);
        break;
    case 9: link->is_ready = true; break;
    case 3: {
        unsigned topic = (unsigned)link->captured[head] << 8 | link->captured[head + 1];
        frame_received(link, link->captured + head + 2 + topic, (size_t)length - 2 - topic);
        break;
    }
    default: break;
    }
}

static void mqtt_received(struct link *link, const uint8_t *data, size_t count, bool is_message_end)
{
    (void)is_message_end;
    while (count) {
        uint64_t length;
        if (link->stage == 1) {
            if (!pass_over(link, &data, &count))
                return;
        } else {
            unsigned head = mqtt_head(link->captured, link->captured_count, &length);
            uint64_t wanted = head ? head + (length < 64 ? length : 64) : link->captured_count + 1;
            if (link->captured_count < wanted) {
                size_t need = (size_t)wanted - link->captured_count, taken = count < need ? count : need;
                memcpy(link->captured + link->captured_count, data, taken);
                link->captured_count += (unsigned)taken;
                data += taken;
                count -= taken;
                head = mqtt_head(link->captured, link->captured_count, &length);
                if (!head || link->captured_count < head + (length < 64 ? length : 64))
                    continue;
            }
            link->stage = 1;
            link->left = head + length - link->captured_count;
            if (link->left)
                continue;
        }
        unsigned head = mqtt_head(link->captured, link->captured_count, &length);
        mqtt_packet(link, head, length);
        link->captured_count = 0;
        link->stage = 0;
    }
}

static size_t mqtt_before(struct link *link, size_t count, char *into)
{
    char topic[16];
    size_t topic_count = (size_t)snprintf(topic, sizeof topic, "r/%u", link->room), length = 2 + topic_count + count;
    size_t at = 0;
    into[at++] = 0x30;
    do {
        into[at++] = (char)((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
        length >>= 7;
    } while (length);
    into[at++] = 0;
    into[at++] = (char)topic_count;
    memcpy(into + at, topic, topic_count);
    return at + topic_count;
}

const struct adapter mqtt_adapter = {
    .name = "mqtt",
    .request = mqtt_request,
    .opened = mqtt_opened,
    .received = mqtt_received,
    .may_skip = skips,
    .before = mqtt_before,
};

// NATS.

static void nats_request(struct link *link, char *path, size_t path_size, char *headers, size_t headers_size)
{
    (void)link, (void)headers, (void)headers_size;
    snprintf(path, path_size, "/");
}

static void nats_opened(struct link *link) { (void)link; }

static void nats_line(struct link *link)
{
    char *line = (char *)link->captured, words[128];
    line[link->captured_count] = 0;
    link->captured_count = 0;
    if (strncmp(line, "MSG ", 4) == 0) {
        link->left = strtoull(strrchr(line, ' '), NULL, 10) + 2;
        link->stage = 2;
    } else if (strncmp(line, "INFO", 4) == 0) {
        int count = snprintf(words, sizeof words, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n");
        if (link->role != PUBLISHER)
            count += snprintf(words + count, sizeof words - (size_t)count, "SUB r.%u 1\r\n", link->room);
        count += snprintf(words + count, sizeof words - (size_t)count, "PING\r\n");
        say(link, words, (size_t)count);
    } else if (strncmp(line, "PING", 4) == 0) {
        say(link, "PONG\r\n", 6);
    } else if (strncmp(line, "PONG", 4) == 0) {
        link->is_ready = true;
    } else if (strncmp(line, "-ERR", 4) == 0) {
        die("nats: %s", line);
    }
}

// stage 0: a line; 2: the head of a message; 1: the rest of it.
static void nats_received(struct link *link, const uint8_t *data, size_t count, bool is_message_end)
{
    (void)is_message_end;
    while (count) {
        if (link->stage == 0) {
            uint8_t *end = memchr(data, '\n', count);
            size_t taken = end ? (size_t)(end - data) + 1 : count, room = 250 - link->captured_count;
            // INFO is longer than what is kept of it.
            memcpy(link->captured + link->captured_count, data, taken < room ? taken : room);
            link->captured_count += (unsigned)(taken < room ? taken : room);
            data += taken;
            count -= taken;
            if (end)
                nats_line(link);
        } else if (link->stage == 2) {
            size_t need = HEAD_BYTES - link->captured_count, taken = count < need ? count : need;
            memcpy(link->captured + link->captured_count, data, taken);
            link->captured_count += (unsigned)taken;
            data += taken;
            count -= taken;
            if (link->captured_count < HEAD_BYTES)
                return;
            memcpy(link->captured + 64, &link->left, 8);
            link->left -= HEAD_BYTES;
            link->stage = 1;
        } else if (pass_over(link, &data, &count)) {
            uint64_t size;
            memcpy(&size, link->captured + 64, 8);
            frame_received(link, link->captured, (size_t)size - 2);
            link->captured_count = 0;
            link->stage = 0;
        }
    }
}

static size_t nats_before(struct link *link, size_t count, char *into)
{
    return (size_t)sprintf(into, "PUB r.%u %zu\r\n", link->room, count);
}

const struct adapter nats_adapter = {
    .name = "nats",
    .request = nats_request,
    .opened = nats_opened,
    .received = nats_received,
    .may_skip = skips,
    .before = nats_before,
    .after = "\r\n",
};
