// A histogram of nanoseconds with 32 buckets for each power of two: off by 3 % at most.
#include "load.h"

static unsigned bucket_of(uint64_t value)
{
    if (value < 32)
        return (unsigned)value;
    unsigned power = 63 - (unsigned)__builtin_clzll(value);
    return (power - 4) * 32 + (unsigned)(value >> (power - 5) & 31);
}

static uint64_t middle_of(unsigned bucket)
{
    if (bucket < 32)
        return bucket;
    unsigned power = bucket / 32 + 4;
    uint64_t low = (32u + bucket % 32) * (UINT64_C(1) << (power - 5));
    return low + (UINT64_C(1) << (power - 5)) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->count++;
    if (value > histogram->maximum)
        histogram->maximum = value;
    histogram->buckets[bucket_of(value)]++;
}

uint64_t histogram_at(const struct histogram *histogram, double share)
{
    uint64_t rank = (uint64_t)((double)histogram->count * share), seen = 0;
    for (unsigned i = 0; i < sizeof histogram->buckets / sizeof *histogram->buckets; i++) {
        seen += histogram->buckets[i];
        if (seen > rank)
            return middle_of(i);
    }
    return histogram->maximum;
}
