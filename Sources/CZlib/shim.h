/* What is taken from zlib: raw inflate (RFC 1951). inflateInit2 is a macro, so Swift needs it as a function. */
#include <string.h>
#include <zlib.h>

/* Makes *stream ready for raw DEFLATE without zlib or gzip framing. Returns Z_OK or zlib's error. */
static inline int czlib_inflate_raw_init(z_stream *stream) {
    memset(stream, 0, sizeof *stream);
    return inflateInit2(stream, -MAX_WBITS);
}
