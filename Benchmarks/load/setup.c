// From nothing to rooms in which every seat has received something.
#include "run.h"

#include <stdlib.h>
#include <sys/epoll.h>

enum { SEATS_AWAITED_PER_ROOM_MAX = 8 };

static unsigned waiting_first, opened_count;

static bool a_place_is_free(void)
{
    while (waiting_first < opened_count && links[waiting_first].is_ready)
        waiting_first++;
    unsigned waiting = 0;
    for (unsigned i = waiting_first; i < opened_count; i++)
        waiting += !links[i].is_ready;
    return waiting < (opened_count == link_count ? 1 : options.wave);
}

static unsigned joining_first, joining_end;

// Whether few enough seats are awaited: each join tells the room's publisher who is there, and what is told waits.
static bool a_seat_may_be_asked_for(void)
{
    for (; joining_first < joining_end; joining_first++) {
        struct link *link = &links[joining_first];
        if (link->role == SUBSCRIBER && link->granted < link->room_count)
            break;
    }
    unsigned awaited_max = SEATS_AWAITED_PER_ROOM_MAX * options.rooms;
    return joining_end - joining_first < (joining_end == link_count ? 1 : awaited_max);
}

static bool started(void)
{
    for (unsigned i = 0; i < options.rooms; i++)
        if (rooms[i].started < options.seats)
            return false;
    return true;
}

struct link *add_link(enum role role, unsigned room)
{
    struct link *link = &links[link_count++];
    link->role = role;
    link->room = room;
    link->room_count = 1;
    return link;
}

static void make_links(void)
{
    unsigned per_link = adapter->carries_numbers ? options.seats_per_link : 1;
    links = calloc(options.rooms * (1 + (size_t)options.seats) + options.idle, sizeof *links);
    rooms = calloc(options.rooms, sizeof *rooms);
    measure.seats = calloc((size_t)options.rooms * options.seats, sizeof *measure.seats);
    for (unsigned slot = 0; slot < options.seats; slot++) {
        for (unsigned i = 0; i < options.rooms; i += per_link) {
            struct link *link = add_link(SUBSCRIBER, i);
            link->slot = slot;
            link->room_count = options.rooms - i < per_link ? options.rooms - i : per_link;
        }
    }
    // Publishers last: a rep who logs in is told of every ticket that there is.
    for (unsigned i = 0; i < options.rooms; i++) {
        rooms[i].publisher = link_count;
        rooms[i].number = i + 1;
        rooms[i].seen = calloc(SEEN_COUNT, sizeof *rooms[i].seen);
        add_link(PUBLISHER, i);
    }
}

void open_links(void)
{
    while (opened_count < link_count) {
        link_open(&links[opened_count++]);
        wait_until(a_place_is_free, "links to open");
    }
}

void set_up(void)
{
    make_links();
    open_links();
    while (adapter->join && joining_end < link_count) {
        struct link *link = &links[joining_end++];
        if (link->role != SUBSCRIBER)
            continue;
        adapter->join(link);
        wait_until(a_seat_may_be_asked_for, "seats");
    }
    for (unsigned attempt = 0; !started(); attempt++) {
        if (attempt == 100)
            die("%s: frames do not arrive", adapter->name);
        for (unsigned i = 0; i < options.rooms; i++) {
            if (rooms[i].started == options.seats)
                continue;
            frame_publish(i, KIND_KEYFRAME, 64, now_ns());
            link_flush(&links[rooms[i].publisher]);
            if (i % options.wave == 0)
                turn(0);
        }
        for (uint64_t end = now_ns() + 300000000; !started() && now_ns() < end;)
            turn(5000000);
    }
}

void stop_seats(void)
{
    for (unsigned i = 0; i < link_count; i++) {
        if (links[i].role == SUBSCRIBER && links[i].slot < options.stopped) {
            links[i].is_stopped = true;
            epoll_ctl(poller, EPOLL_CTL_DEL, links[i].descriptor, NULL);
        }
    }
}
