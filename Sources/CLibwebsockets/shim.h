/* The complete list of what Alongside takes from libwebsockets 4.1.6 (Debian 12).
 *
 * Swift sees the names below and no others of the library's functions; a newer libwebsockets is swapped in here.
 * Every function is called on the thread of the loop that owns the context. There is no exception: from other
 * threads the loop is woken through libuv (uv_async_send), which is thread-safe and coalesces.
 *
 * Needs libwebsockets-dev, libssl-dev and libcap-dev (its header includes theirs) and, at run time,
 * libwebsockets-evlib-uv: Debian ships the libuv back-end as a plug-in.
 */
#ifndef ALONGSIDE_CLIBWEBSOCKETS_SHIM_H
#define ALONGSIDE_CLIBWEBSOCKETS_SHIM_H

#include <errno.h>
#include <libwebsockets.h>
#include <stdint.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

typedef struct lws_context clws_context;
typedef struct lws_vhost clws_vhost;
typedef struct lws clws_connection;
typedef lws_callback_function *clws_callback;

/* What the library keeps pointers to for the life of a context. The caller owns it and frees it after the context. */
typedef struct {
    struct lws_protocols protocols[3];
    struct lws_retry_bo no_validity_checks; /* all zero: the library sends no pings of its own */
    void *foreign_loops[1];
    struct lws_context *finalized; /* NULL again once the context is freed (`pcontext`) */
} clws_setup;

typedef struct {
    unsigned int handshake_seconds;
    unsigned int header_bytes_max;
    unsigned int receive_bytes;
    unsigned int send_bytes;
    unsigned int service_bytes;
} clws_sizes;

/* The callback's reasons that we act on, by purpose. Everything else is `CLWS_OTHER` and is answered with 0. */
typedef enum {
    CLWS_OTHER = 0,
    CLWS_CREATED,           /* a connection object exists */
    CLWS_DESTROYED,         /* the last callback of a connection */
    CLWS_UPGRADE_ASKED,     /* still HTTP: may answer with a status */
    CLWS_UPGRADE_FILTER,    /* the last chance to refuse a WebSocket */
    CLWS_OPENED,
    CLWS_RECEIVED,
    CLWS_PONG,
    CLWS_WRITABLE,
    CLWS_PEER_CLOSES,
    CLWS_CLOSED,
    CLWS_HTTP,
    CLWS_HTTP_WRITABLE,
    CLWS_NOT_SPOKEN,        /* raw sockets, request bodies: always refused */
    CLWS_DIAL_OPENED,
    CLWS_DIAL_FAILED,
    CLWS_TLS_MADE,          /* a TLS host is being made: `user` is its context of OpenSSL */
} clws_event;

static inline clws_event clws_event_of(enum lws_callback_reasons reason) {
    switch (reason) {
    case LWS_CALLBACK_WSI_CREATE: return CLWS_CREATED;
    case LWS_CALLBACK_WSI_DESTROY: return CLWS_DESTROYED;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE: return CLWS_UPGRADE_ASKED;
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: return CLWS_UPGRADE_FILTER;
    case LWS_CALLBACK_ESTABLISHED: return CLWS_OPENED;
    case LWS_CALLBACK_RECEIVE: case LWS_CALLBACK_CLIENT_RECEIVE: return CLWS_RECEIVED;
    case LWS_CALLBACK_RECEIVE_PONG: case LWS_CALLBACK_CLIENT_RECEIVE_PONG: return CLWS_PONG;
    case LWS_CALLBACK_SERVER_WRITEABLE: case LWS_CALLBACK_CLIENT_WRITEABLE: return CLWS_WRITABLE;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: return CLWS_PEER_CLOSES;
    case LWS_CALLBACK_CLOSED: case LWS_CALLBACK_CLIENT_CLOSED: return CLWS_CLOSED;
    case LWS_CALLBACK_HTTP: return CLWS_HTTP;
    case LWS_CALLBACK_HTTP_WRITEABLE: return CLWS_HTTP_WRITABLE;
    case LWS_CALLBACK_HTTP_BODY: case LWS_CALLBACK_HTTP_BODY_COMPLETION:
    case LWS_CALLBACK_RAW_ADOPT: case LWS_CALLBACK_RAW_RX: return CLWS_NOT_SPOKEN;
    case LWS_CALLBACK_CLIENT_ESTABLISHED: return CLWS_DIAL_OPENED;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: return CLWS_DIAL_FAILED;
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS: return CLWS_TLS_MADE;
    default: return CLWS_OTHER;
    }
}

/* Context and virtual hosts. */

/* Makes a context on a libuv loop of ours. `setup` is zeroed by the caller; it and `subprotocol` outlive the context.
 * `fd_limit_per_thread` stays 0: set, it would make every descriptor look-up a linear search. */
static inline clws_context *clws_context_create(
    clws_setup *setup, const clws_sizes *sizes, const char *subprotocol, clws_callback callback,
    void *uv_loop, void *user) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    for (int n = 0; n < 2; n++) {
        setup->protocols[n].name = n == 0 ? "http" : subprotocol;
        setup->protocols[n].callback = callback;
        setup->protocols[n].rx_buffer_size = sizes->receive_bytes;
        setup->protocols[n].tx_packet_size = sizes->send_bytes;
    }
    setup->foreign_loops[0] = uv_loop;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT
        | LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_LIBUV;
    info.foreign_loops = setup->foreign_loops;
    info.pcontext = &setup->finalized;
    info.user = user;
    info.alpn = "http/1.1";
    info.timeout_secs = sizes->handshake_seconds;
    info.timeout_secs_ah_idle = sizes->handshake_seconds;
    info.connect_timeout_secs = sizes->handshake_seconds;
    info.max_http_header_data2 = sizes->header_bytes_max;
    info.pt_serv_buf_size = sizes->service_bytes;
    info.retry_and_idle_policy = &setup->no_validity_checks;
    setup->finalized = lws_create_context(&info);
    return setup->finalized;
}

/* Frees a context in two steps on a foreign loop: call, run the loop dry, call again. */
static inline void clws_context_destroy(clws_context *context) { lws_context_destroy(context); }

/* A virtual host without a listening socket. With `certificate` it speaks TLS 1.2 and later; `name` must outlive it. */
static inline clws_vhost *clws_server_create(
    clws_context *context, clws_setup *setup, const clws_sizes *sizes, const char *name,
    const char *certificate, const char *private_key) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.vhost_name = name;
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = setup->protocols;
    info.alpn = "http/1.1";
    info.keepalive_timeout = 1;
    info.timeout_secs = sizes->handshake_seconds;
    info.timeout_secs_ah_idle = sizes->handshake_seconds;
    info.retry_and_idle_policy = &setup->no_validity_checks;
    if (certificate) {
        info.ssl_cert_filepath = certificate;
        info.ssl_private_key_filepath = private_key;
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION;
        /* Of TLS 1.2, what Mozilla's "intermediate" (5.7) has with ECDHE. Where RSA carries the key, the private key
         * would work on the peer's second flight, which waits in no queue. */
        info.ssl_cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20";
    }
    return lws_create_vhost(context, &info);
}

/* Asked inside a handshake when a ClientHello has come: 1 goes on, 0 refuses. */
typedef int (*clws_hello_callback)(SSL *tls, int *alert, void *loop);

/* What a connection's one pointer for applications holds: bit 0, a ClientHello has come; above it, steps. */
enum { CLWS_HELLO_CAME = 1, CLWS_TLS_STEP = 2 };

/* Twenty make a handshake, and a change of keys, which a link needs after 2^24 records, two. */
enum { CLWS_TLS_STEPS_MAX = 128 };

/* Whether the ClientHello that has come is one that we asked for, by a HelloRetryRequest (RFC 8446, 4.1.4). */
static inline int clws_is_second_hello(SSL *tls) {
    uintptr_t kept = (uintptr_t)SSL_get_app_data(tls);
    (void)SSL_set_app_data(tls, (void *)(kept | CLWS_HELLO_CAME));
    return (kept & CLWS_HELLO_CAME) != 0;
}

/* A step of the handshake, or of one of its messages after it. A peer that changes its keys without end keeps us busy
 * and says nothing: its connection ends, and the library finds it ended. */
static inline void clws_tls_stepped(const SSL *tls, int where, int result) {
    uintptr_t kept = (uintptr_t)SSL_get_app_data(tls);
    (void)result;
    if (!(where & SSL_CB_LOOP)) return;
    if (kept / CLWS_TLS_STEP >= CLWS_TLS_STEPS_MAX) (void)shutdown(SSL_get_fd(tls), SHUT_RDWR);
    else (void)SSL_set_app_data((SSL *)(uintptr_t)tls, (void *)(kept + CLWS_TLS_STEP));
}

/* Bounds what a peer can have done between two turns of the loop. A host's OpenSSL context; 0, or -1 when it cannot. */
static inline int clws_tls_bound(void *tls_context, clws_hello_callback asked, void *loop) {
    SSL_CTX *context = (SSL_CTX *)tls_context;
    /* By default one read goes on for as long as records come that hold no data. */
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_client_hello_cb(context, asked, loop);
    SSL_CTX_set_info_callback(context, clws_tls_stepped);
    /* On other curves a handshake costs up to ten times as much; everybody knows these two. */
    return SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 ? 0 : -1;
}

/* A virtual host to dial from; a secure one reads the authorities: a PEM file, or NULL for the system's. Its TLS
 * context
 * (300 kB) is not freed with the context by 4.1.6, so make one only to dial wss, once in a program. */
static inline clws_vhost *clws_client_create(
    clws_context *context, clws_setup *setup, const clws_sizes *sizes, const char *name, int secure,
    const char *authorities) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.vhost_name = name;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = setup->protocols;
    info.alpn = "http/1.1";
    if (secure) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.client_ssl_ca_filepath = authorities;
    }
    info.connect_timeout_secs = sizes->handshake_seconds;
    info.ssl_client_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
    info.retry_and_idle_policy = &setup->no_validity_checks;
    return lws_create_vhost(context, &info);
}

/* Has every TLS host that was made from these files read them again, for connections that come. The library answers 0
 * even when it could not: look at the files first. */
static inline void clws_tls_reload(clws_context *context, const char *certificate, const char *private_key) {
    (void)lws_tls_cert_updated(context, certificate, private_key, NULL, 0, NULL, 0);
}

typedef enum {
    CLWS_TLS_GOOD = 0,
    CLWS_TLS_NO_CERTIFICATE,    /* cannot be read, or is no PEM chain */
    CLWS_TLS_NO_KEY,            /* the same of the key */
    CLWS_TLS_FOREIGN_KEY,       /* the key is another certificate's */
    CLWS_TLS_NOT_YET,
    CLWS_TLS_EXPIRED,
    CLWS_TLS_NO_MEMORY,
} clws_tls_state;

/* What OpenSSL makes of a PEM chain and its key, in a context of its own that serves nobody. Any thread. */
static inline clws_tls_state clws_tls_check(const char *certificate, const char *private_key) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    clws_tls_state state = CLWS_TLS_GOOD;
    if (!context) return CLWS_TLS_NO_MEMORY;
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) state = CLWS_TLS_NO_CERTIFICATE;
    else if (SSL_CTX_use_PrivateKey_file(context, private_key, SSL_FILETYPE_PEM) != 1) {
        /* OpenSSL looks whether the two fit as soon as it has read the second. */
        unsigned long error = ERR_peek_last_error();
        state = ERR_GET_LIB(error) == ERR_LIB_X509 ? CLWS_TLS_FOREIGN_KEY : CLWS_TLS_NO_KEY;
    } else if (SSL_CTX_check_private_key(context) != 1) state = CLWS_TLS_FOREIGN_KEY;
    else if (X509_cmp_current_time(X509_get0_notBefore(SSL_CTX_get0_certificate(context))) > 0)
        state = CLWS_TLS_NOT_YET;
    else if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context))) < 0)
        state = CLWS_TLS_EXPIRED;
    ERR_clear_error();
    SSL_CTX_free(context);
    return state;
}

/* Makes the library look at its timers again: needed after timers were set from outside its own callbacks. */
static inline void clws_context_nudge(clws_context *context) { lws_cancel_service(context); }

/* The `user` pointer of the connection's context. */
static inline void *clws_user(clws_connection *connection) { return lws_context_user(lws_get_context(connection)); }

/* Connections. The word we keep in each is a number, never a pointer; 0 is none. */

static inline uint64_t clws_word(clws_connection *connection) {
    return (uint64_t)(uintptr_t)lws_get_opaque_user_data(connection);
}

/* Takes over `descriptor`, also on failure (it is closed then). `word` is set before the first callback but CREATED. */
static inline clws_connection *clws_adopt(clws_vhost *vhost, int descriptor, uint64_t word) {
    lws_adopt_desc_t info;
    memset(&info, 0, sizeof info);
    info.vh = vhost;
    info.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL;
    info.fd.sockfd = descriptor;
    info.opaque = (void *)(uintptr_t)word;
    return lws_adopt_descriptor_vhost_via_info(&info);
}

/* Starts dialling; resolves names synchronously. NULL: failed at once (DIAL_FAILED has been delivered or not). */
static inline clws_connection *clws_dial(
    clws_context *context, clws_vhost *vhost, const char *host, int port, const char *host_header, const char *path,
    const char *subprotocol, int secure, uint64_t word) {
    struct lws_client_connect_info info;
    memset(&info, 0, sizeof info);
    info.context = context;
    info.vhost = vhost;
    info.address = host;
    info.port = port;
    info.host = host_header;
    info.path = path;
    info.protocol = subprotocol;
    info.local_protocol_name = subprotocol;
    info.alpn = "http/1.1";
    info.ietf_version_or_minus_one = -1;
    info.ssl_connection = secure ? LCCSCF_USE_SSL : 0;
    info.opaque_user_data = (void *)(uintptr_t)word;
    return lws_client_connect_via_info(&info);
}

/* The HTTP status that the server answered a dial with, or 0. */
static inline unsigned int clws_dial_status(clws_connection *connection) {
    return lws_http_client_http_response(connection);
}

/* The connection's descriptor, for shutdown() and socket options only. */
static inline int clws_descriptor(clws_connection *connection) { return (int)lws_get_socket_fd(connection); }

static inline void clws_set_timeout(clws_connection *connection, int seconds) {
    lws_set_timeout(connection, PENDING_TIMEOUT_HTTP_CONTENT, seconds);
}

/* Sending. RAW leaves the bytes alone and writes nothing in front of them (4.1.6, ops-ws.c: `goto send_raw`; output.c:
 * lws_issue_raw -> send), so shared bytes may be sent to many links. The rest of a short send is copied by the
 * library. */
static inline int clws_write_raw(clws_connection *connection, const void *bytes, size_t count) {
    return lws_write(connection, (unsigned char *)(uintptr_t)bytes, count, LWS_WRITE_RAW);
}

static inline int clws_is_partial(clws_connection *connection) { return lws_partial_buffered(connection); }
static inline int clws_ask_writable(clws_connection *connection) { return lws_callback_on_writable(connection); }

/* Sends stretches of bytes in one system call, past the library: only while nothing of it waits (`clws_is_partial`)
 * and TLS is not spoken. One alone in a plain send, which costs the kernel less than sendmsg. Returns the bytes taken,
 * 0 when the socket is full, -1 when it is broken. */
static inline ssize_t clws_send_parts(int descriptor, const struct iovec *parts, size_t count) {
    ssize_t sent;
    if (count == 1) {
        sent = send(descriptor, parts->iov_base, parts->iov_len, MSG_NOSIGNAL);
    } else {
        struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts, .msg_iovlen = count};
        sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    }
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    return sent;
}

/* Receiving. */

typedef struct {
    uint64_t received; /* by the kernel */
    uint64_t read_min; /* read from the socket, or more */
    int is_exact;      /* nothing has come while we asked: `read_min` is what was read */
} clws_bytes;

/* Bytes of a TCP socket so far: those that were read are what the kernel has received less what still waits in it. All
 * 0 when the kernel does not say. glibc's struct tcp_info ends before tcpi_bytes_received (linux/tcp.h, offset 128). */
static inline clws_bytes clws_bytes_read(int descriptor) {
    uint64_t info[17] = {0};
    socklen_t size = sizeof info;
    int before = 0, after = 0;
    clws_bytes bytes = {0, 0, 0};
    if (ioctl(descriptor, FIONREAD, &before) || getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, &size)
        || size < sizeof info || ioctl(descriptor, FIONREAD, &after) || info[16] < (uint64_t)after)
        return bytes;
    bytes.received = info[16];
    bytes.read_min = info[16] - (uint64_t)after;
    bytes.is_exact = before == after;
    return bytes;
}

/* Ends a connection at once, with all its callbacks: what waits in its socket is read no more. Outside callbacks
 * only. */
static inline void clws_kill(clws_connection *connection) {
    lws_set_timeout(connection, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC);
}

/* Has the library read from the connection's socket once more, as if the loop had found it readable. The connection
 * may be gone afterwards, with all its callbacks. Outside callbacks only. */
static inline void clws_read(clws_connection *connection) {
    struct lws_pollfd readable = {.fd = lws_get_socket_fd(connection), .events = POLLIN, .revents = POLLIN};
    (void)lws_service_fd(lws_get_context(connection), &readable);
}

/* Sets the receive buffer of connections that are being opened: the library reads it from its own copy of the protocol
 * between UPGRADE_FILTER and OPENED (4.1.6, server.c: lws_server_init_wsi_for_ws), which is one stretch of one thread.
 * A connection reads at most what its own buffer holds, and no byte goes beyond it (ops-ws.c checks before it stores).
 * Set back to the full size in OPENED. */
static inline void clws_set_receive_bytes(clws_connection *connection, unsigned int count) {
    ((struct lws_protocols *)(uintptr_t)lws_get_protocol(connection))->rx_buffer_size = count;
}

static inline int clws_is_final(clws_connection *connection) { return lws_is_final_fragment(connection); }
static inline int clws_is_binary(clws_connection *connection) { return lws_frame_is_binary(connection); }

/* Bytes of the current WebSocket frame that are still to come: at most what the peer claimed, up to 2^63. */
static inline uint64_t clws_remaining(clws_connection *connection) { return lws_remaining_packet_payload(connection); }

/* HTTP headers. */

typedef enum {
    CLWS_HEADER_VERSION,    /* "HTTP/1.1" */
    CLWS_HEADER_UPGRADE,
    CLWS_HEADER_HOST,
    CLWS_HEADER_ORIGIN,     /* repeated headers arrive joined with a comma */
    CLWS_HEADER_SUBPROTOCOL,
    CLWS_HEADER_WEBSOCKET_VERSION,
    CLWS_HEADER_KEY,
    CLWS_HEADER_USER_AGENT,
    CLWS_HEADER_ACCEPT_ENCODING,
    CLWS_HEADER_CONTENT_LENGTH,
    CLWS_HEADER_TRANSFER_ENCODING,
} clws_header;

static inline enum lws_token_indexes clws_token(clws_header header) {
    switch (header) {
    case CLWS_HEADER_VERSION: return WSI_TOKEN_HTTP;
    case CLWS_HEADER_UPGRADE: return WSI_TOKEN_UPGRADE;
    case CLWS_HEADER_HOST: return WSI_TOKEN_HOST;
    case CLWS_HEADER_ORIGIN: return WSI_TOKEN_ORIGIN;
    case CLWS_HEADER_SUBPROTOCOL: return WSI_TOKEN_PROTOCOL;
    case CLWS_HEADER_WEBSOCKET_VERSION: return WSI_TOKEN_VERSION;
    case CLWS_HEADER_KEY: return WSI_TOKEN_KEY;
    case CLWS_HEADER_USER_AGENT: return WSI_TOKEN_HTTP_USER_AGENT;
    case CLWS_HEADER_ACCEPT_ENCODING: return WSI_TOKEN_HTTP_ACCEPT_ENCODING;
    case CLWS_HEADER_CONTENT_LENGTH: return WSI_TOKEN_HTTP_CONTENT_LENGTH;
    case CLWS_HEADER_TRANSFER_ENCODING: return WSI_TOKEN_HTTP_TRANSFER_ENCODING;
    }
    return WSI_TOKEN_HTTP;
}

/* Copies a header's value with a closing NUL. Returns its length, 0 when absent, -1 when it does not fit. */
static inline int clws_copy_header(clws_connection *connection, clws_header header, char *into, int capacity) {
    return lws_hdr_copy(connection, into, capacity, clws_token(header));
}

/* Copies the decoded argument `index` of the query. Returns its length, 0 or less when there is none. */
static inline int clws_copy_argument(clws_connection *connection, int index, char *into, int capacity) {
    return lws_hdr_copy_fragment(connection, into, capacity, WSI_TOKEN_HTTP_URI_ARGS, index);
}

enum { CLWS_METHOD_NONE = -1, CLWS_METHOD_GET = LWSHUMETH_GET, CLWS_METHOD_HEAD = LWSHUMETH_HEAD };

/* Returns the method and points `path` at the decoded path, which is valid inside the callback only. */
static inline int clws_request(clws_connection *connection, const char **path, int *count) {
    char *start = NULL;
    int method = lws_http_get_uri_and_method(connection, &start, count);
    *path = start;
    return start ? method : CLWS_METHOD_NONE;
}

/* The log of the library is one for the process. */
static inline void clws_set_log(void (*emit)(int level, const char *line)) {
    lws_set_log_level(LLL_ERR | LLL_WARN, emit);
}

static inline int clws_is_log_error(int level) { return level == LLL_ERR; }

#endif
