// One turn of the loop: what is ready is read or written.
#include "run.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { EVENTS_MAX = 256, READ_BYTES = 256 << 10, SKIP_BYTES_MIN = 8 << 10, HEAD_READ_BYTES = 2 << 10 };

static uint8_t buffer[READ_BYTES];

static void readable(struct link *link)
{
    // A few turns at most, so that one link cannot keep the others waiting.
    for (int turn = 0; turn < 4 && !link->is_closed; turn++) {
        bool skips = link->in_payload && link->payload_left > SKIP_BYTES_MIN && adapter->may_skip(link);
        bool is_large = options.saturate_bytes > 2 * SKIP_BYTES_MIN;
        size_t room = skips ? (size_t)link->payload_left : is_large ? HEAD_READ_BYTES : sizeof buffer;
        // Linux drops the bytes itself with MSG_TRUNC (tcp(7)): nobody looks at the filling of a large frame.
        ssize_t count = recv(link->descriptor, buffer, room, skips ? MSG_TRUNC : 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != ENOTCONN))
            return link_fail(link, count ? strerror(errno) : "end of stream");
        if (count < 0)
            return;
        received_at = now_ns();
        if (skips)
            websocket_skipped(link, (size_t)count);
        else
            websocket_received(link, buffer, (size_t)count);
        if ((size_t)count < room)
            return;
    }
}

void turn(int64_t wait_ns)
{
    struct epoll_event events[EVENTS_MAX];
    struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
    int ready = epoll_pwait2(poller, events, EVENTS_MAX, wait_ns < 0 ? NULL : &wait, NULL);
    for (int i = 0; i < ready; i++) {
        struct link *link = events[i].data.ptr;
        if (events[i].events & EPOLLOUT)
            link_flush(link);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            readable(link);
    }
}

void wait_until(bool (*is_done)(void), const char *what)
{
    uint64_t limit = now_ns() + 60000000000u;
    while (!is_done()) {
        turn(10000000);
        if (now_ns() > limit)
            die("%s: waited a minute for %s", adapter->name, what);
    }
}
