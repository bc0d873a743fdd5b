/* What Alongside takes from libuv: loop, prepare, poll, timer, async, close, and the monotonic clock; two functions
 * of the GNU C library that its module hides from Swift (they need _GNU_SOURCE); and epoll, which it leaves out. */
#ifndef ALONGSIDE_CLIBUV_SHIM_H
#define ALONGSIDE_CLIBUV_SHIM_H

#include <sys/epoll.h>
#include <sys/socket.h>
#include <uv.h>

extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

#endif
