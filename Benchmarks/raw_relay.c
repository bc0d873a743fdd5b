// The floor that relays are compared with: WebSocket rooms on epoll, one thread, nothing else.
//
// GET /pub/ROOM publishes to a room, GET /sub/ROOM receives from it. Each message of a publisher goes to every
// subscriber of its room, byte for byte. What a room received during one turn of the loop is put together, and each
// subscriber is handed all of it in one send; with --no-batch each message is sent by itself as soon as it is whole.
// A subscriber that lets more than PENDING_MAX bytes wait is cut off.
//
// usage: raw_relay PORT [--no-batch]
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 512,
    READ_BYTES = 256 << 10,
    REQUEST_BYTES_MAX = 4096,
    MESSAGE_BYTES_MAX = 2 << 20,
    PENDING_MAX = 16 << 20,
};

struct bytes {
    uint8_t *data;
    size_t count, capacity;
};

struct room {
    unsigned number;
    struct link **subscribers;
    size_t subscriber_count;
    struct bytes due;  // this turn's messages, with their headers
    struct room *next_due;
    bool is_due;
};

struct link {
    int descriptor;
    enum { REQUESTING, PUBLISHING, SUBSCRIBING } role;
    struct room *room;
    struct bytes input;    // the beginning of a request or of a frame
    struct bytes pending;  // what the socket has not taken
    bool is_gone;
};

static int poller;
static bool is_batching = true;
static struct room **rooms;
static size_t room_count;
static struct room *first_due;
static struct link **gone;  // freed at the end of the turn: events of it may still follow
static size_t gone_count, gone_capacity;
static uint8_t scratch[READ_BYTES];

static void *must(void *memory)
{
    if (!memory) {
        perror("memory");
        exit(71);
    }
    return memory;
}

static void reserve(struct bytes *bytes, size_t more)
{
    size_t wanted = bytes->count + more;
    if (wanted <= bytes->capacity)
        return;
    size_t capacity = bytes->capacity ? bytes->capacity : 1024;
    while (capacity < wanted)
        capacity *= 2;
    bytes->data = must(realloc(bytes->data, capacity));
    bytes->capacity = capacity;
}

static void append(struct bytes *bytes, const void *data, size_t count)
{
    reserve(bytes, count);
    memcpy(bytes->data + bytes->count, data, count);
    bytes->count += count;
}

static void drop_front(struct bytes *bytes, size_t count)
{
    bytes->count -= count;
    memmove(bytes->data, bytes->data + count, bytes->count);
}

static struct room *room_at(unsigned number)
{
    for (; room_count <= number; room_count++) {
        if (room_count % 1024 == 0)
            rooms = must(realloc(rooms, (room_count + 1024) * sizeof *rooms));
        rooms[room_count] = must(calloc(1, sizeof **rooms));
        rooms[room_count]->number = (unsigned)room_count;
    }
    return rooms[number];
}

static void cut(struct link *link)
{
    if (link->is_gone)
        return;
    link->is_gone = true;
    struct room *room = link->room;
    if (link->role == SUBSCRIBING) {
        for (size_t i = 0; i < room->subscriber_count; i++) {
            if (room->subscribers[i] == link) {
                room->subscribers[i] = room->subscribers[--room->subscriber_count];
                break;
            }
        }
    }
    close(link->descriptor);
    if (gone_count == gone_capacity) {
        gone_capacity = gone_capacity ? gone_capacity * 2 : 64;
        gone = must(realloc(gone, gone_capacity * sizeof *gone));
    }
    gone[gone_count++] = link;
}

static void watch(struct link *link, bool for_writing)
{
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.ptr = link};
    epoll_ctl(poller, EPOLL_CTL_MOD, link->descriptor, &event);
}

// Hands a subscriber `count` bytes; what its socket does not take now waits.
static void hand(struct link *link, const uint8_t *data, size_t count)
{
    if (link->pending.count == 0) {
        ssize_t taken = send(link->descriptor, data, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken < 0 && errno != EAGAIN)
            return cut(link);
        if (taken > 0) {
            data += taken;
            count -= (size_t)taken;
        }
        if (count == 0)
            return;
        watch(link, true);
    }
    if (link->pending.count + count > PENDING_MAX)
        return cut(link);
    append(&link->pending, data, count);
}

static void hand_to_all(struct room *room)
{
    for (size_t i = room->subscriber_count; i-- > 0;)
        hand(room->subscribers[i], room->due.data, room->due.count);
    room->due.count = 0;
}

static void published(struct room *room, const uint8_t *payload, size_t count, const uint8_t mask[4])
{
    struct bytes *due = &room->due;
    reserve(due, count + 10);
    uint8_t *head = due->data + due->count;
    size_t head_count = 2;
    head[0] = 0x82;
    if (count < 126) {
        head[1] = (uint8_t)count;
    } else if (count <= 0xffff) {
        head[1] = 126;
        head[2] = (uint8_t)(count >> 8);
        head[3] = (uint8_t)count;
        head_count = 4;
    } else {
        head[1] = 127;
        for (int i = 0; i < 8; i++)
            head[2 + i] = (uint8_t)(count >> (8 * (7 - i)));
        head_count = 10;
    }
    uint8_t *body = head + head_count;
    uint64_t wide_mask;
    memcpy(&wide_mask, mask, 4);
    memcpy((uint8_t *)&wide_mask + 4, mask, 4);
    size_t at = 0;
    for (; at + 8 <= count; at += 8) {
        uint64_t word;
        memcpy(&word, payload + at, 8);
        word ^= wide_mask;
        memcpy(body + at, &word, 8);
    }
    for (; at < count; at++)
        body[at] = payload[at] ^ mask[at & 3];
    due->count += head_count + count;
    if (!is_batching)
        return hand_to_all(room);
    if (!room->is_due) {
        room->is_due = true;
        room->next_due = first_due;
        first_due = room;
    }
}

// One whole frame at the front of `data`: its length, 0 when it is not whole, -1 when it is none that we take.
static ssize_t take_frame(struct link *link, const uint8_t *data, size_t count)
{
    if (count < 6)
        return 0;
    size_t length = data[1] & 0x7f, head_count = 2;
    if (!(data[1] & 0x80) || !(data[0] & 0x80))
        return -1;
    if (length == 126) {
        length = (size_t)data[2] << 8 | data[3];
        head_count = 4;
    } else if (length == 127) {
        if (count < 14)
            return 0;
        length = 0;
        for (int i = 0; i < 8; i++)
            length = length << 8 | data[2 + i];
        head_count = 10;
    }
    if (length > MESSAGE_BYTES_MAX)
        return -1;
    if (count < head_count + 4 + length)
        return 0;
    uint8_t opcode = data[0] & 0x0f;
    if (opcode == 8)
        return -1;
    if (opcode == 2 && link->role == PUBLISHING)
        published(link->room, data + head_count + 4, length, data + head_count);
    return (ssize_t)(head_count + 4 + length);
}

static void take_frames(struct link *link, const uint8_t *data, size_t count)
{
    size_t at = 0;
    if (link->input.count) {
        append(&link->input, data, count);
        data = link->input.data;
        count = link->input.count;
    }
    while (at < count) {
        ssize_t length = take_frame(link, data + at, count - at);
        if (length < 0)
            return cut(link);
        if (length == 0)
            break;
        at += (size_t)length;
    }
    if (link->input.count)
        drop_front(&link->input, at);
    else if (at < count)
        append(&link->input, data + at, count - at);
}

static void take_request(struct link *link, const uint8_t *data, size_t count)
{
    append(&link->input, data, count);
    append(&link->input, "", 1);
    link->input.count--;
    char *request = (char *)link->input.data;
    char *end = strstr(request, "\r\n\r\n");
    if (!end) {
        if (link->input.count > REQUEST_BYTES_MAX)
            cut(link);
        return;
    }
    char role[4] = "", key[64] = "";
    unsigned number = 0;
    char *line = strcasestr(request, "\r\nSec-WebSocket-Key:");
    if (sscanf(request, "GET /%3[a-z]/%u ", role, &number) != 2 || !line || number > 1000000
        || sscanf(line + 20, " %32[A-Za-z0-9+/=]", key) != 1)
        return cut(link);
    strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    uint8_t digest[SHA_DIGEST_LENGTH];
    SHA1((const uint8_t *)key, strlen(key), digest);
    char accept[32], answer[256];
    EVP_EncodeBlock((uint8_t *)accept, digest, sizeof digest);
    int length = snprintf(
        answer, sizeof answer,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n\r\n",
        accept);
    link->room = room_at(number);
    link->role = strcmp(role, "pub") == 0 ? PUBLISHING : SUBSCRIBING;
    hand(link, (const uint8_t *)answer, (size_t)length);
    if (link->role == SUBSCRIBING) {
        struct room *room = link->room;
        size_t bytes = (room->subscriber_count + 1) * sizeof *room->subscribers;
        room->subscribers = must(realloc(room->subscribers, bytes));
        room->subscribers[room->subscriber_count++] = link;
    }
    free(link->input.data);
    link->input = (struct bytes){0};
}

static void readable(struct link *link)
{
    ssize_t count = recv(link->descriptor, scratch, sizeof scratch, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN))
        return cut(link);
    if (count < 0)
        return;
    if (link->role == REQUESTING)
        take_request(link, scratch, (size_t)count);
    else
        take_frames(link, scratch, (size_t)count);
}

static void writable(struct link *link)
{
    ssize_t taken = send(link->descriptor, link->pending.data, link->pending.count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0 && errno != EAGAIN)
        return cut(link);
    if (taken > 0)
        drop_front(&link->pending, (size_t)taken);
    if (link->pending.count == 0)
        watch(link, false);
}

static void end_turn(void)
{
    while (first_due) {
        struct room *room = first_due;
        first_due = room->next_due;
        room->is_due = false;
        hand_to_all(room);
    }
    while (gone_count) {
        struct link *link = gone[--gone_count];
        free(link->input.data);
        free(link->pending.data);
        free(link);
    }
}

static void accept_all(int listener)
{
    int descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        int one = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct link *link = must(calloc(1, sizeof *link));
        link->descriptor = descriptor;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = link};
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
    }
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fprintf(stderr, "usage: raw_relay PORT [--no-batch]\n");
        return 64;
    }
    is_batching = count < 3 || strcmp(arguments[2], "--no-batch") != 0;
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(arguments[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("listen");
        return 69;
    }
    poller = epoll_create1(0);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        struct epoll_event events[EVENTS_MAX];
        int ready = epoll_wait(poller, events, EVENTS_MAX, -1);
        for (int i = 0; i < ready; i++) {
            struct link *link = events[i].data.ptr;
            if (!link) {
                accept_all(listener);
                continue;
            }
            if (!link->is_gone && events[i].events & EPOLLOUT)
                writable(link);
            if (!link->is_gone && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                readable(link);
        }
        end_turn();
    }
}
