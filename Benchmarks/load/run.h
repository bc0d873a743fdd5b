// The parts of a run: setting up, sending, and the turns of the loop between.
#ifndef RUN_H
#define RUN_H

#include "load.h"
#include "measure.h"

enum { STREAMS_MAX = 8 };

// A kind of frame at a rate, in every room.
struct stream {
    uint8_t kind;
    size_t bytes;
    double hertz;
};

extern struct stream streams[STREAMS_MAX];
extern unsigned stream_count;
extern int poller;

// Reads and writes what is ready, after waiting at most `wait_ns`; forever when it is negative.
void turn(int64_t wait_ns);
void wait_until(bool (*is_done)(void), const char *what);

struct link *add_link(enum role role, unsigned room);
// Opens the links that were added, a few at a time, and waits until all are ready.
void open_links(void);
void set_up(void);
// Takes the stopped seats out of the loop: nobody reads them any more.
void stop_seats(void);

void schedule(uint64_t begin);
void run_until(uint64_t end);

#endif
