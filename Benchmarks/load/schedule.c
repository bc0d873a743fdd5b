// What is sent: open-loop streams by their schedules, or as much as the relay takes.
#include "run.h"

#include <stdlib.h>

// One stream of one room: a heap by the time that the next frame is due.
struct due {
    uint64_t at, interval;
    unsigned room, stream;
};

static struct due *heap;
static size_t heap_count;

static void heap_down(size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap_count)
            return;
        if (child + 1 < heap_count && heap[child + 1].at < heap[child].at)
            child++;
        if (heap[at].at <= heap[child].at)
            return;
        struct due swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
        at = child;
    }
}

void schedule(uint64_t begin)
{
    uint64_t random = 88172645463325252u;
    heap = calloc((size_t)options.rooms * stream_count, sizeof *heap);
    for (unsigned i = 0; i < options.rooms; i++) {
        for (unsigned j = 0; j < stream_count; j++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            uint64_t interval = (uint64_t)(1e9 / streams[j].hertz);
            heap[heap_count++] = (struct due){begin + random % interval, interval, i, j};
        }
    }
    for (size_t i = heap_count / 2; i-- > 0;)
        heap_down(i);
}

static void answer_requests(void)
{
    // A room without page frames of its own answers a request at once; the others with their next frame.
    for (unsigned i = 0; i < options.rooms; i++) {
        if (rooms[i].wants_keyframe) {
            frame_publish(i, KIND_KEYFRAME, 64, now_ns());
            link_flush(&links[rooms[i].publisher]);
        }
    }
}

static void run_schedule(uint64_t end)
{
    bool has_page = false;
    for (unsigned j = 0; j < stream_count; j++)
        has_page = has_page || (streams[j].kind != KIND_CURSOR && streams[j].hertz >= 1);
    for (uint64_t now; (now = now_ns()) < end;) {
        while (heap[0].at <= now && heap[0].at < end) {
            struct due *due = &heap[0];
            frame_publish(due->room, streams[due->stream].kind, streams[due->stream].bytes, due->at);
            link_flush(&links[rooms[due->room].publisher]);
            due->at += due->interval;
            heap_down(0);
        }
        if (!has_page)
            answer_requests();
        now = now_ns();
        uint64_t next = heap[0].at < end ? heap[0].at : end;
        turn(next > now ? (int64_t)(next - now) : 0);
    }
}

static void run_saturation(uint64_t end)
{
    unsigned listening = options.seats - options.stopped;
    uint64_t heard = now_ns(), total = 0;
    while (now_ns() < end) {
        uint64_t received = 0;
        for (unsigned i = 0; i < options.rooms; i++) {
            struct room *room = &rooms[i];
            received += room->received;
            uint64_t outstanding = room->sent - room->received / listening;
            if (outstanding > options.window / 2)
                continue;
            uint64_t due = now_ns();
            // Each frame by itself, as a page's script sends it.
            for (; outstanding < options.window; outstanding++) {
                frame_publish(i, KIND_DELTA, options.saturate_bytes, due);
                link_flush(&links[room->publisher]);
            }
        }
        if (received != total) {
            total = received;
            heard = now_ns();
        } else if (now_ns() - heard > 500000000) {
            // The relay has dropped what is awaited: begin anew.
            for (unsigned i = 0; i < options.rooms; i++)
                rooms[i].received = rooms[i].sent * listening;
            measure.lost++;
            heard = now_ns();
        }
        turn(1000000);
    }
}

void run_until(uint64_t end)
{
    if (options.saturate_bytes)
        run_saturation(end);
    else
        run_schedule(end);
}
