// usage: load --relay plain|mqtt|nats|alongside --port P --pid PID --rooms R --seats S --stream KIND:BYTES:HZ …
//        load … --saturate BYTES:WINDOW
//        load --key FILE --signer PRINCIPAL
// Prints one JSON object.
#include "run.h"

#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

struct options options = {.rooms = 1, .seats = 1, .seats_per_link = 1, .warm = 1, .seconds = 4, .wave = 48};
const struct adapter *adapter = &plain_adapter;
struct link *links;
unsigned link_count;
uint64_t received_at;
int poller;

struct stream streams[STREAMS_MAX];
unsigned stream_count;

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static void report(struct usage before, struct usage after, uint64_t own_ns, struct usage idle)
{
    double seconds = (double)(measure.end - measure.begin) / 1e9;
    double cpu = (double)(after.cpu_ns - before.cpu_ns) / 1e9;
    double share = measure.delivered ? cpu * 1e6 / (double)measure.delivered : 0;
    printf("{\"delivered_per_second\": %.1f, \"sent_per_second\": %.1f, \"megabytes_per_second\": %.1f",
        (double)measure.delivered / seconds, (double)measure.sent / seconds,
        (double)measure.delivered_bytes / seconds / 1e6);
    printf(", \"lost\": %lu, \"overtaken\": %lu, \"cpu_share\": %.4f, \"cpu_us_per_delivered\": %.4f",
        measure.lost, measure.overtaken, cpu / seconds, share);
    printf(", \"loop_cpu_us_per_delivered\": %.4f",
        measure.delivered ? (double)(after.loop_ns - before.loop_ns) / 1e3 / (double)measure.delivered : 0);
    printf(", \"load_cpu_share\": %.4f, \"resident_bytes\": %lu, \"resident_bytes_before\": %lu",
        (double)own_ns / 1e9 / seconds, after.resident_bytes, before.resident_bytes);
    printf(", \"resident_bytes_without_idle\": %lu", idle.resident_bytes);
    const struct histogram *histograms[] = {&measure.latency, &measure.last_seat};
    const char *names[] = {"", "last_seat_"};
    for (int i = 0; i < 2; i++)
        printf(", \"%sp50_us\": %.1f, \"%sp90_us\": %.1f, \"%sp99_us\": %.1f, \"%smax_us\": %.1f", names[i],
            (double)histogram_at(histograms[i], 0.5) / 1e3, names[i],
            (double)histogram_at(histograms[i], 0.9) / 1e3, names[i],
            (double)histogram_at(histograms[i], 0.99) / 1e3, names[i], (double)histograms[i]->maximum / 1e3);
    printf("}\n");
}

static uint64_t own_cpu(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void run(void)
{
    struct usage idle = usage_of(options.pid);
    for (unsigned i = 0; i < options.idle; i++)
        add_link(IDLE, options.rooms + i);
    open_links();
    stop_seats();
    uint64_t begin = now_ns();
    measure.begin = begin + (uint64_t)(options.warm * 1e9);
    measure.end = measure.begin + (uint64_t)(options.seconds * 1e9);
    if (!options.saturate_bytes)
        schedule(begin);
    run_until(measure.begin);
    measure.lost = measure.overtaken = 0;
    struct usage before = usage_of(options.pid);
    uint64_t own = own_cpu();
    run_until(measure.end);
    struct usage after = usage_of(options.pid);
    own = own_cpu() - own;
    // What was due before the end is waited for.
    for (uint64_t end = now_ns() + 300000000; now_ns() < end;)
        turn(10000000);
    report(before, after, own, idle);
}

static const struct adapter *adapter_named(const char *name)
{
    static const struct adapter *const all[] = {&plain_adapter, &mqtt_adapter, &nats_adapter, &alongside_adapter};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    die("no relay speaks %s", name);
}

static void add_stream(const char *text)
{
    char kind[16];
    size_t bytes;
    double hertz;
    bool is_read = sscanf(text, "%15[a-z]:%zu:%lf", kind, &bytes, &hertz) == 3;
    if (stream_count == STREAMS_MAX || !is_read || bytes < HEAD_BYTES)
        die("--stream KIND:BYTES:HZ, at least %d bytes", HEAD_BYTES);
    streams[stream_count].kind =
        strcmp(kind, "cursor") == 0 ? KIND_CURSOR : strcmp(kind, "keyframe") == 0 ? KIND_KEYFRAME : KIND_DELTA;
    streams[stream_count].bytes = bytes;
    streams[stream_count++].hertz = hertz;
}

int main(int count, char **arguments)
{
    static const struct option names[] = {
        {"relay", 1, 0, 'r'}, {"port", 1, 0, 'p'}, {"pid", 1, 0, 'P'}, {"rooms", 1, 0, 'R'}, {"seats", 1, 0, 'S'},
        {"seats-per-link", 1, 0, 'L'}, {"stream", 1, 0, 's'}, {"saturate", 1, 0, 'x'}, {"warm", 1, 0, 'w'},
        {"seconds", 1, 0, 't'}, {"idle", 1, 0, 'i'}, {"stopped", 1, 0, 'o'}, {"key", 1, 0, 'k'},
        {"signer", 1, 0, 'K'}, {"wave", 1, 0, 'W'}, {0}};
    const char *signer = NULL;
    for (int option; (option = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (option) {
        case 'r': adapter = adapter_named(optarg); break;
        case 'p': options.port = atoi(optarg); break;
        case 'P': options.pid = atoi(optarg); break;
        case 'R': options.rooms = (unsigned)atoi(optarg); break;
        case 'S': options.seats = (unsigned)atoi(optarg); break;
        case 'L': options.seats_per_link = (unsigned)atoi(optarg); break;
        case 's': add_stream(optarg); break;
        case 'x': sscanf(optarg, "%zu:%zu", &options.saturate_bytes, &options.window); break;
        case 'w': options.warm = atof(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'i': options.idle = (unsigned)atoi(optarg); break;
        case 'o': options.stopped = (unsigned)atoi(optarg); break;
        case 'k': options.key = optarg; break;
        case 'K': signer = optarg; break;
        case 'W': options.wave = (unsigned)atoi(optarg); break;
        default: return 64;
        }
    }
    if (options.key)
        sshsig_load(options.key);
    if (signer) {
        sshsig_print_signer(signer);
        return 0;
    }
    bool has_work = options.saturate_bytes >= HEAD_BYTES && options.window ? stream_count == 0 : stream_count > 0;
    if (!options.port || !options.pid || !has_work || !options.rooms || !options.seats || !options.seats_per_link)
        die("not enough said; see the head of main.c");
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1);
    poller = epoll_create1(0);
    set_up();
    run();
    return 0;
}
