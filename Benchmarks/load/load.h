// The load generator: one thread, epoll, WebSocket links to one relay under test.
//
// Every payload is a frame of Protocol/wire.md, whatever the relay: 24 bytes of header, then the nanosecond at which
// the frame was DUE (CLOCK_MONOTONIC), then filling. Latency is the time of reading less that moment, so a generator or
// a relay that is late cannot hide it (no coordinated omission).
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
    HEADER_BYTES = 24,
    HEAD_BYTES = HEADER_BYTES + 8,  // what the receiver looks at: the header and the due time
    KIND_KEYFRAME = 0x10,
    KIND_DELTA = 0x11,
    KIND_CURSOR = 0x20,
};

struct bytes {
    uint8_t *data;
    size_t count, capacity;
};

void bytes_append(struct bytes *bytes, const void *data, size_t count);
uint8_t *bytes_room(struct bytes *bytes, size_t count);

static inline uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

enum role { PUBLISHER, SUBSCRIBER, IDLE };

struct link {
    int descriptor;
    enum role role;
    unsigned room;       // of a publisher, and of a subscriber of one room
    unsigned slot;       // which of a room's seats this link holds
    unsigned room_count; // rooms of a subscriber, from `room` on
    unsigned granted;    // of them, how many the relay has agreed to
    bool is_upgraded, is_ready, is_stopped, is_closed, wants_write;
    uint16_t close_code;
    struct bytes out;
    size_t out_sent;

    // WebSocket, incoming.
    uint8_t head[10];
    unsigned head_count;
    uint64_t payload_left;
    uint8_t opcode;
    bool is_final, in_payload;
    struct bytes control;

    // The adapter's reader: a head that is looked at, then bytes that are passed over.
    uint8_t captured[256];
    unsigned captured_count, captured_wanted;
    uint64_t left;
    struct bytes body;
    unsigned stage;
    uint32_t control_sent;
};

struct room {
    unsigned publisher;  // index of the publisher's link
    uint32_t number;     // in the frames' headers
    uint32_t page, cursor;
    bool wants_keyframe;
    char session[27];
    uint64_t received;   // page frames by all seats together since the start
    uint64_t sent;       // page frames
    uint64_t started;    // seats that have received anything
    uint16_t *seen;      // how many seats have page frame n, at n % SEEN_COUNT
};

enum { SEEN_COUNT = 1024 };

// What a kind of relay needs. All links of a run speak the same.
struct adapter {
    const char *name;
    // The path of the upgrade, and further headers with their line ends.
    void (*request)(struct link *link, char *path, size_t path_size, char *headers, size_t headers_size);
    // The upgrade is done: say what is to be said first. Sets is_ready when nothing more is awaited.
    void (*opened)(struct link *link);
    // Payload bytes of a message; `data` is NULL when they were passed over unread.
    void (*received)(struct link *link, const uint8_t *data, size_t count, bool is_message_end);
    // Whether the next `payload_left` bytes may be passed over unread.
    bool (*may_skip)(struct link *link);
    // Bytes around a frame of `count` bytes for a publisher: appended before and after it in the same message.
    size_t (*before)(struct link *link, size_t count, char *into);
    const char *after;
    // Asks for what the links want of the relay once all are ready (seats). NULL: nothing.
    void (*join)(struct link *link);
    bool carries_numbers;  // the relay chooses the numbers in the frames' headers
};

extern const struct adapter plain_adapter, mqtt_adapter, nats_adapter, alongside_adapter;

struct options {
    const char *adapter;
    int port;
    int pid;
    unsigned rooms, seats, seats_per_link, idle, stopped;
    size_t saturate_bytes, window;
    double warm, seconds;
    const char *key;
    unsigned wave;
};

extern struct options options;
extern const struct adapter *adapter;
extern struct link *links;
extern unsigned link_count;
extern struct room *rooms;
extern uint64_t received_at;  // when the bytes in hand were read

// websocket.c
void websocket_request(struct link *link);
void websocket_received(struct link *link, const uint8_t *data, size_t count);
void websocket_skipped(struct link *link, size_t count);
// Appends a masked binary message made of up to three parts to the link's output.
void websocket_append(
    struct link *link, const void *before, size_t before_count, const void *data, size_t count, const void *after,
    size_t after_count);

// link.c
void link_open(struct link *link);
void link_flush(struct link *link);
void link_fail(struct link *link, const char *why);

// rooms.c: what was received.
struct room *room_of_number(uint32_t number);
void room_numbered(unsigned room, uint32_t number);
void frame_received(struct link *link, const uint8_t *head, size_t count);

// sshsig.c
void sshsig_load(const char *path);
void sshsig_print_signer(const char *principal);
// An armoured signature with its line ends written as \n for a JSON string.
void sshsig_sign(const char *message, size_t count, char *into, size_t size);
void random_base64(char *into, size_t bytes);

// latency.c
struct histogram {
    uint64_t count, maximum;
    uint64_t buckets[64 * 32];
};
void histogram_add(struct histogram *histogram, uint64_t value);
uint64_t histogram_at(const struct histogram *histogram, double share);

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
