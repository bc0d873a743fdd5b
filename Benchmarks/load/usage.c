// Processor time and memory of a process, from /proc.
#include "measure.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Whether a thread is one of alongsided's service loops, by its name.
static bool is_loop(const char *tasks, const char *task)
{
    char file[512], name[32] = "";
    snprintf(file, sizeof file, "%s/%.200s/comm", tasks, task);
    FILE *in = fopen(file, "r");
    if (in && !fgets(name, sizeof name, in))
        name[0] = 0;
    if (in)
        fclose(in);
    return strncmp(name, "relay", 5) == 0;
}

struct usage usage_of(int pid)
{
    struct usage usage = {0};
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        die("process %d is gone", pid);
    for (struct dirent *task; (task = readdir(tasks));) {
        char file[512];
        snprintf(file, sizeof file, "%s/%.200s/schedstat", path, task->d_name);
        FILE *in = task->d_name[0] == '.' ? NULL : fopen(file, "r");
        unsigned long long nanoseconds;
        if (in && fscanf(in, "%llu", &nanoseconds) == 1) {
            usage.cpu_ns += nanoseconds;
            if (is_loop(path, task->d_name))
                usage.loop_ns += nanoseconds;
        }
        if (in)
            fclose(in);
    }
    closedir(tasks);
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *in = fopen(path, "r");
    unsigned long long pages;
    if (in && fscanf(in, "%*u %llu", &pages) == 1)
        usage.resident_bytes = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    if (in)
        fclose(in);
    return usage;
}
