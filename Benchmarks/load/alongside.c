// alongside.v1: a shopper says hello and consents, a rep logs in by key and accepts tickets.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONSENT = 0x30,
    HELLO = 0x40,
    WELCOME = 0x41,
    ACKNOWLEDGE = 0x42,
    KEYFRAME_REQUEST = 0x44,
    CHALLENGE = 0x47,
    LOGIN = 0x48,
    READY = 0x49,
    ACCEPT = 0x4b,
    SEATED = 0x4c,
    REFUSED = 0x4e,
};

static void put32(uint8_t *into, uint32_t value) { memcpy(into, &value, 4); }

static uint32_t get32(const uint8_t *from)
{
    uint32_t value;
    memcpy(&value, from, 4);
    return value;
}

static void say(struct link *link, uint8_t kind, uint32_t session, uint32_t sequence, const char *body)
{
    uint8_t frame[2048] = {1, kind};
    size_t count = strlen(body);
    put32(frame + 4, session);
    put32(frame + 8, sequence);
    put32(frame + 12, (uint32_t)count);
    memcpy(frame + HEADER_BYTES, body, count);
    websocket_append(link, NULL, 0, frame, HEADER_BYTES + count, NULL, 0);
    link_flush(link);
}

static void control(struct link *link, uint8_t kind, const char *body)
{
    say(link, kind, 0, ++link->control_sent, body);
}

// The value of a member, a string or a number, of an object that the relay wrote: no spaces, no escapes but \/.
static void member(struct link *link, const char *name, char *into, size_t size)
{
    char pattern[32];
    snprintf(pattern, sizeof pattern, "\"%s\":", name);
    const char *from = strstr((char *)link->body.data, pattern);
    if (!from)
        die("alongside: no %s in %.200s", name, (char *)link->body.data);
    from += strlen(pattern);
    bool is_text = *from == '"';
    from += is_text;
    size_t count = 0;
    for (; *from && count + 1 < size && (is_text ? *from != '"' : *from >= '0' && *from <= '9'); from++)
        if (*from != '\\')
            into[count++] = *from;
    into[count] = 0;
}

static void request(struct link *link, char *path, size_t path_size, char *headers, size_t headers_size)
{
    bool is_rep = link->role == SUBSCRIBER;
    snprintf(path, path_size, is_rep ? "/rep" : "/shopper");
    int used = snprintf(headers, headers_size, "Sec-WebSocket-Protocol: alongside.v1\r\n");
    if (!is_rep)
        snprintf(headers + used, headers_size - (size_t)used, "Origin: http://127.0.0.1:%d\r\n", options.port);
}

static void opened(struct link *link)
{
    if (link->role != SUBSCRIBER)
        control(link, HELLO,
            "{\"site\":\"bench\",\"page\":{\"url\":\"http://127.0.0.1/\",\"title\":\"\",\"language\":\"en\"}}");
}

static void log_in(struct link *link)
{
    char nonce[64], cnonce[64], message[512], signature[1024], body[1536];
    member(link, "nonce", nonce, sizeof nonce);
    random_base64(cnonce, 32);
    int count = snprintf(
        message, sizeof message,
        "alongside-auth-v1\nrelay=ws://127.0.0.1:%d\nprincipal=bench\nnonce=%s\ncnonce=%s\nexporter=-\n", options.port,
        nonce, cnonce);
    sshsig_sign(message, (size_t)count, signature, sizeof signature);
    snprintf(
        body, sizeof body,
        "{\"principal\":\"bench\",\"nonce\":\"%s\",\"cnonce\":\"%s\",\"relay\":\"ws://127.0.0.1:%d\","
        "\"signature\":\"%s\"}",
        nonce, cnonce, options.port, signature);
    control(link, LOGIN, body);
}

static void join(struct link *link)
{
    for (unsigned i = 0; i < link->room_count; i++) {
        char body[64];
        snprintf(body, sizeof body, "{\"session\":\"%s\"}", rooms[link->room + i].session);
        control(link, ACCEPT, body);
    }
}

static void control_received(struct link *link, uint8_t kind)
{
    char number[16];
    bytes_append(&link->body, "", 1);
    switch (kind) {
    case CHALLENGE: log_in(link); break;
    case READY: link->is_ready = true; break;
    case SEATED: link->granted++; break;
    case REFUSED: die("alongside: %.200s", (char *)link->body.data);
    case WELCOME:
        if (link->role == IDLE) {
            link->is_ready = true;
            break;
        }
        member(link, "session", rooms[link->room].session, sizeof rooms->session);
        member(link, "number", number, sizeof number);
        room_numbered(link->room, (uint32_t)strtoul(number, NULL, 10));
        say(link, CONSENT, rooms[link->room].number, 1,
            "{\"decision\":\"given\",\"text\":\"view-1\",\"language\":\"en\",\"scope\":[\"view\"]}");
        break;
    case ACKNOWLEDGE: link->is_ready = true; break;
    case KEYFRAME_REQUEST: rooms[link->room].wants_keyframe = true; break;
    default: break;
    }
    link->body.count = 0;
}

// stage 0: a header; 1: the due time; 2: a body that is passed over; 3: a control body, kept.
static void received(struct link *link, const uint8_t *data, size_t count, bool is_message_end)
{
    (void)is_message_end;
    for (;;) {
        if (link->stage < 2) {
            unsigned wanted = (link->stage == 0 ? HEADER_BYTES : HEAD_BYTES) - link->captured_count;
            size_t taken = count < wanted ? count : wanted;
            if (taken)
                memcpy(link->captured + link->captured_count, data, taken);
            link->captured_count += (unsigned)taken;
            data += taken;
            count -= taken;
            if (taken < wanted)
                return;
            if (link->stage == 0) {
                uint8_t lane = link->captured[1] >> 4;
                link->left = get32(link->captured + 12);
                link->stage = lane == 1 || lane == 2 ? 1 : 3;
                continue;
            }
            link->left -= HEAD_BYTES - HEADER_BYTES;
            link->stage = 2;
        }
        size_t taken = count < link->left ? count : (size_t)link->left;
        if (link->stage == 3)
            bytes_append(&link->body, data, taken);
        link->left -= taken;
        if (data)
            data += taken;
        count -= taken;
        if (link->left)
            return;
        if (link->stage == 3)
            control_received(link, link->captured[1]);
        else
            frame_received(link, link->captured, HEADER_BYTES + get32(link->captured + 12));
        link->stage = 0;
        link->captured_count = 0;
        if (count == 0)
            return;
    }
}

static bool may_skip(struct link *link) { return link->stage == 2 && link->left >= link->payload_left; }

const struct adapter alongside_adapter = {
    .name = "alongside",
    .request = request,
    .opened = opened,
    .received = received,
    .may_skip = may_skip,
    .join = join,
    .carries_numbers = true,
};
