// What a run counts.
#ifndef MEASURE_H
#define MEASURE_H

#include "load.h"

// One receiver's place in a room.
struct seat {
    uint32_t page, cursor;  // the last sequences received
    bool has_started;
};

struct measure {
    uint64_t begin, end;  // only what was due, or was read, between the two counts
    uint64_t sent, delivered, delivered_bytes, lost, overtaken;
    struct histogram latency, last_seat;
    struct seat *seats;
};

extern struct measure measure;

// Writes a frame to the output of the room's publisher; `link_flush` sends it.
void frame_publish(unsigned room, uint8_t kind, size_t count, uint64_t due);

// The time that all threads of a process have run, that of its service loops among them, and its resident memory.
struct usage {
    uint64_t cpu_ns, loop_ns, resident_bytes;
};
struct usage usage_of(int pid);

#endif
