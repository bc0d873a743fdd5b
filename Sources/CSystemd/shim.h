/* The complete list of what is taken from libsystemd: readiness, watchdog, passed sockets. */
#pragma once
#include <systemd/sd-daemon.h>
#include <stdint.h>

/* The first passed descriptor: a macro that Swift does not import. */
static inline int csd_listen_fds_start(void) { return SD_LISTEN_FDS_START; }

static inline int csd_listen_fds(void) { return sd_listen_fds(1); }

static inline int csd_notify(const char *state) { return sd_notify(0, state); }

static inline int csd_watchdog_enabled(uint64_t *microseconds) { return sd_watchdog_enabled(0, microseconds); }
