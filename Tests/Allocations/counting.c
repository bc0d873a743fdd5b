// Counts what a Swift program allocates, retains and releases, thread by thread. Preloaded (LD_PRELOAD); writes into
// the file that ALLOCATION_COUNTS names, which is shared memory to whoever reads it: one struct row for each thread.
// The counting itself allocates nothing and takes no lock. Behind the rows stand the places in the program that retain,
// struct site, for who wants to know where.
//
// The runtime's own hook for measuring tools strips the bits that tell an object from a small string, so its functions
// are caught at their entry instead: the first bytes of swift_retain and its like become a jump to the counting ones,
// which go on to the runtime's implementation, found in the variables of that hook (_swift_retain and its like).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROW_COUNT = 256, SITE_COUNT = 4096 };

struct row {
    uint64_t thread;      // gettid(2)
    uint64_t allocations; // malloc, calloc, realloc, aligned_alloc, posix_memalign
    uint64_t retains;     // of any kind, n at once counted as n
    uint64_t releases;
    uint64_t unused[4];
};

struct site {
    uint64_t offset; // of the call's return address in the program's own file; 0 for what other libraries call
    uint64_t retains;
};

static struct row *rows;
static struct site *sites;
static uintptr_t program; // where the program's file begins in memory
static struct row spare; // counts before the file is there, and those of threads past the last row
static _Atomic uint32_t rows_taken;
static __thread struct row *mine __attribute__((tls_model("initial-exec")));

static struct row *row(void) {
    if (__builtin_expect(mine != NULL, 1)) return mine;
    if (!rows) return &spare;
    uint32_t place = atomic_fetch_add(&rows_taken, 1);
    mine = place < ROW_COUNT ? &rows[place] : &spare;
    mine->thread = (uint64_t)gettid();
    return mine;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
    row()->allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    row()->allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    row()->allocations++;
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    row()->allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    row()->allocations++;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}

static void *(*real_retain)(void *);
static void *(*real_retain_n)(void *, uint32_t);
static void (*real_release)(void *);
static void (*real_release_n)(void *, uint32_t);
static void *(*real_try_retain)(void *);

// Null and what is no object (a small string: the sign bit) are not counted, as the runtime does not.
static bool is_object(const void *object) { return (intptr_t)object > 0; }

// Threads that meet here lose a count now and then; the rows are exact.
static void note_site(uintptr_t caller) {
    uint64_t offset = caller - program < ((uint64_t)1 << 32) ? caller - program : 0;
    for (uint32_t probe = 0; probe < 16; probe++) {
        struct site *site = &sites[(offset / 4 + probe) % SITE_COUNT];
        if (site->retains == 0) site->offset = offset;
        if (site->offset != offset) continue;
        site->retains++;
        return;
    }
}

static void *counting_retain(void *object) {
    if (is_object(object)) {
        row()->retains++;
        note_site((uintptr_t)__builtin_return_address(0));
    }
    return real_retain(object);
}

static void *counting_retain_n(void *object, uint32_t count) {
    if (is_object(object)) {
        row()->retains += count;
        note_site((uintptr_t)__builtin_return_address(0));
    }
    return real_retain_n(object, count);
}

static void counting_release(void *object) {
    if (is_object(object)) row()->releases++;
    real_release(object);
}

static void counting_release_n(void *object, uint32_t count) {
    if (is_object(object)) row()->releases += count;
    real_release_n(object, count);
}

static void *counting_try_retain(void *object) {
    if (is_object(object)) row()->retains++;
    return real_try_retain(object);
}

// Makes the function called `name` begin with a jump to `counting`, and keeps the implementation that the variable of
// the same name with an underscore points at. Without the runtime in the process only allocations are counted.
static void take_over(const char *variable, void *counting, void *kept) {
    void **implementation = dlsym(RTLD_DEFAULT, variable);
    unsigned char *entry = dlsym(RTLD_DEFAULT, variable + 1);
    if (!implementation || !entry) return;
    memcpy(kept, implementation, sizeof *implementation);
    unsigned char jump[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0}; // movabs $counting,%rax; jmp *%rax
    memcpy(jump + 2, &counting, sizeof counting);
    uintptr_t page = (uintptr_t)entry & ~(uintptr_t)4095;
    size_t length = (uintptr_t)entry + sizeof jump - page;
    if (mprotect((void *)page, length, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) abort();
    memcpy(entry, jump, sizeof jump);
    if (mprotect((void *)page, length, PROT_READ | PROT_EXEC) != 0) abort();
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("ALLOCATION_COUNTS");
    int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    size_t size = ROW_COUNT * sizeof(struct row) + SITE_COUNT * sizeof(struct site);
    if (file < 0 || ftruncate(file, (off_t)size) != 0) return;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) return;
    program = getauxval(AT_PHDR) & ~(uintptr_t)4095;
    sites = (struct site *)((struct row *)memory + ROW_COUNT);
    rows = memory;
    take_over("_swift_retain", (void *)counting_retain, &real_retain);
    take_over("_swift_retain_n", (void *)counting_retain_n, &real_retain_n);
    take_over("_swift_release", (void *)counting_release, &real_release);
    take_over("_swift_release_n", (void *)counting_release_n, &real_release_n);
    take_over("_swift_tryRetain", (void *)counting_try_retain, &real_try_retain);
}
