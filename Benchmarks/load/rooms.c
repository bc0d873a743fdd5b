// What the rooms' seats received: order, losses, latency.
#include "load.h"
#include "measure.h"

#include <stdlib.h>
#include <string.h>

struct room *rooms;
struct measure measure;

// Numbers that the relay chose: open addressing, at most half full.
static uint32_t *number_keys, *number_rooms;
static uint32_t number_mask;

void room_numbered(unsigned room, uint32_t number)
{
    rooms[room].number = number;
    if (!number_keys) {
        for (number_mask = 64; number_mask < options.rooms * 2; number_mask *= 2)
            ;
        number_keys = calloc(number_mask, 4);
        number_rooms = calloc(number_mask, 4);
        number_mask--;
    }
    uint32_t at = number * 2654435761u & number_mask;
    while (number_keys[at])
        at = (at + 1) & number_mask;
    number_keys[at] = number;
    number_rooms[at] = room;
}

static unsigned room_of(struct link *link, uint32_t number)
{
    if (!adapter->carries_numbers || link->room_count == 1)
        return link->room;
    uint32_t at = number * 2654435761u & number_mask;
    while (number_keys[at] != number) {
        if (!number_keys[at])
            die("a frame of an unknown session %u", number);
        at = (at + 1) & number_mask;
    }
    return number_rooms[at];
}

static void page_received(struct room *room, struct seat *seat, uint32_t sequence, uint64_t latency, bool counts)
{
    if (seat->page && sequence != seat->page + 1)
        measure.lost += sequence - seat->page - 1;
    seat->page = sequence;
    room->received++;
    uint16_t *seen = &room->seen[sequence % SEEN_COUNT];
    if (++*seen == options.seats - options.stopped && counts)
        histogram_add(&measure.last_seat, latency);
}

void frame_received(struct link *link, const uint8_t *head, size_t count)
{
    uint32_t number, sequence;
    uint64_t due;
    memcpy(&number, head + 4, 4);
    memcpy(&sequence, head + 8, 4);
    memcpy(&due, head + HEADER_BYTES, 8);
    unsigned index = room_of(link, number);
    struct room *room = &rooms[index];
    struct seat *seat = &measure.seats[(size_t)index * options.seats + link->slot];
    if (head[0] != 1 || number != room->number || count < HEAD_BYTES || due > received_at)
        die("%s: not the frame that was sent (%zu bytes for session %u)", adapter->name, count, number);
    if (!seat->has_started) {
        seat->has_started = true;
        room->started++;
    }
    uint64_t latency = received_at - due;
    bool counts = due >= measure.begin && due < measure.end;
    if (head[1] == KIND_CURSOR) {
        if (seat->cursor && sequence != seat->cursor + 1)
            measure.overtaken += sequence - seat->cursor - 1;
        seat->cursor = sequence;
    } else {
        page_received(room, seat, sequence, latency, counts);
    }
    if (counts)
        histogram_add(&measure.latency, latency);
    if (received_at >= measure.begin && received_at < measure.end) {
        measure.delivered++;
        measure.delivered_bytes += count;
    }
}

void frame_publish(unsigned index, uint8_t kind, size_t count, uint64_t due)
{
    static uint8_t frame[2 << 20];
    static const uint32_t zero;
    struct room *room = &rooms[index];
    struct link *link = &links[room->publisher];
    bool is_cursor = kind == KIND_CURSOR;
    if (!is_cursor && room->wants_keyframe) {
        kind = KIND_KEYFRAME;
        room->wants_keyframe = false;
    }
    uint32_t sequence = is_cursor ? ++room->cursor : ++room->page, body = (uint32_t)(count - HEADER_BYTES);
    memcpy(frame, &zero, 4);
    frame[0] = 1;
    frame[1] = kind;
    memcpy(frame + 4, &room->number, 4);
    memcpy(frame + 8, &sequence, 4);
    memcpy(frame + 12, &body, 4);
    memcpy(frame + 16, &due, 8);
    memcpy(frame + HEADER_BYTES, &due, 8);
    if (!is_cursor) {
        room->sent++;
        room->seen[sequence % SEEN_COUNT] = 0;
    }
    char before[64];
    size_t before_count = adapter->before ? adapter->before(link, count, before) : 0;
    size_t after_count = adapter->after ? strlen(adapter->after) : 0;
    websocket_append(link, before, before_count, frame, count, adapter->after, after_count);
    if (due >= measure.begin && due < measure.end)
        measure.sent++;
}
