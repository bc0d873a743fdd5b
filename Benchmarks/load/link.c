// A link's socket: connecting, writing what is due, and the buffers of both directions.
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

extern int poller;

enum { OUT_BYTES_MAX = 64 << 20 };

uint8_t *bytes_room(struct bytes *bytes, size_t count)
{
    size_t wanted = bytes->count + count;
    if (wanted > bytes->capacity) {
        size_t capacity = bytes->capacity ? bytes->capacity : 256;
        while (capacity < wanted)
            capacity *= 2;
        if (!(bytes->data = realloc(bytes->data, capacity)))
            die("out of memory");
        bytes->capacity = capacity;
    }
    return bytes->data + bytes->count;
}

void bytes_append(struct bytes *bytes, const void *data, size_t count)
{
    uint8_t *to = bytes_room(bytes, count);
    if (count)
        memcpy(to, data, count);
    bytes->count += count;
}

void link_open(struct link *link)
{
    link->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (link->descriptor < 0)
        die("socket: %s", strerror(errno));
    int one = 1;
    setsockopt(link->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)options.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (connect(link->descriptor, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        die("connect: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = link};
    epoll_ctl(poller, EPOLL_CTL_ADD, link->descriptor, &event);
    link->wants_write = true;
    websocket_request(link);
}

void link_fail(struct link *link, const char *why)
{
    if (link->is_closed)
        return;
    link->is_closed = true;
    if (!link->is_stopped)
        die("%s: a link of room %u ended (%s, close code %u)", adapter->name, link->room, why, link->close_code);
    close(link->descriptor);
}

void link_flush(struct link *link)
{
    size_t left = link->out.count - link->out_sent;
    if (link->is_closed || left == 0)
        return;
    ssize_t taken = send(link->descriptor, link->out.data + link->out_sent, left, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN && errno != ENOTCONN)
        return link_fail(link, strerror(errno));
    if (taken > 0)
        link->out_sent += (size_t)taken;
    bool is_done = link->out_sent == link->out.count;
    if (is_done)
        link->out.count = link->out_sent = 0;
    else if (link->out.count - link->out_sent > OUT_BYTES_MAX)
        die("%s: the relay takes nothing any more", adapter->name);
    if (link->wants_write != !is_done) {
        link->wants_write = !is_done;
        struct epoll_event event = {.events = EPOLLIN | (is_done ? 0 : EPOLLOUT), .data.ptr = link};
        epoll_ctl(poller, EPOLL_CTL_MOD, link->descriptor, &event);
    }
}
