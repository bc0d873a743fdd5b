/* What Alongside takes from libuv: loop, prepare, poll, timer, async, close, and the monotonic clock; two functions
 * of the GNU C library that its module hides from Swift (they need _GNU_SOURCE); epoll, which it leaves out; and which
 * watches have changed in a turn. */
#ifndef ALONGSIDE_CLIBUV_SHIM_H
#define ALONGSIDE_CLIBUV_SHIM_H

#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <uv.h>

extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

/* What of libuv 1.44 is not in its functions but in its public structures: a handle whose events have changed waits in
 * the loop's `watcher_queue` until the loop waits for events again (src/unix/core.c, uv__io_start). libwebsockets asks
 * for a handle to be writable when a pong is due, and tells nobody else of a ping. */

static inline int cuv_have_watches_changed(const uv_loop_t *loop) {
    return loop->watcher_queue[0] != (const void *)loop->watcher_queue;
}

/* Writes the descriptors that will be watched for being writable, of those whose watch has changed, at most `room`.
 * Returns how many. */
static inline int cuv_asked_writable(const uv_loop_t *loop, int *descriptors, int room) {
    int count = 0;
    const void *const *end = (const void *const *)loop->watcher_queue;
    for (const void *const *node = end[0]; node != end && count < room; node = node[0]) {
        const uv__io_t *watch = (const uv__io_t *)((const char *)node - offsetof(uv__io_t, watcher_queue));
        if (watch->pevents & EPOLLOUT) descriptors[count++] = watch->fd;
    }
    return count;
}

#endif
