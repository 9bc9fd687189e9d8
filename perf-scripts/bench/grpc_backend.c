/*
 * The least that an upstream of unary gRPC calls can do: HTTP/2 in clear by prior knowledge, one thread. Whatever is
 * called, the answer is 200, one message of 100 bytes and trailers with grpc-status 0, as soon as the request has
 * ended. Header blocks are skipped unread. Answers wait for the client's window of the connection; what a client may
 * send is 1 MiB per call, and the connection's window is opened again as bytes come.
 *
 * Memory per connection is bounded. A client that breaks the protocol, or needs what is not here (a head without
 * END_HEADERS that ends its stream, stream windows below a message) loses its connection, with a sentence.
 * Usage: grpc_backend PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096
#define MOST_STREAMS 128 /* as many as nginx, the upstream of the other workloads, allows */
#define MESSAGE_BYTES 100
#define WINDOW (1 << 20)
#define MOST_FRAME 16384
#define INPUT_BYTES (4 * MOST_FRAME)
#define OUTPUT_BYTES 65536
#define OUTPUT_SPARE 512 /* more than one frame can cause */
#define FRAME_HEAD 9

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };
enum { INITIAL_WINDOW_SIZE = 4 };

typedef struct connection
{
    int fd;
    int watches_output;
    int has_preface;
    int64_t window;     /* what the client lets this connection send */
    uint32_t received;  /* bytes of DATA since its window was last opened */
    uint32_t waiting[MOST_STREAMS], waiting_count; /* streams whose answers wait for the window, oldest first */
    size_t input_length, output_offset, output_length;
    uint8_t input[INPUT_BYTES], output[OUTPUT_BYTES];
} connection;

static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
static const char HEAD[] = "\x88\x0f\x10\x10" "application/grpc";
static const char TRAILERS[] = "\x00\x0b" "grpc-status" "\x01" "0";
static uint8_t answer[3 * FRAME_HEAD + sizeof(HEAD) - 1 + 5 + MESSAGE_BYTES + sizeof(TRAILERS) - 1];
static size_t message_frame, trailer_frame; /* where they begin in the answer */
static int epoll_fd, listen_fd;

static void fail(const char *what)
{
    fprintf(stderr, "grpc_backend: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void put32(uint8_t *at, const uint32_t value)
{
    const uint32_t wire = htonl(value);
    memcpy(at, &wire, 4);
}

static uint32_t read32(const uint8_t *at)
{
    uint32_t wire;
    memcpy(&wire, at, 4);
    return ntohl(wire);
}

static size_t put_frame(uint8_t *at, const int kind, const int flags, const uint32_t stream, const void *payload,
    const size_t length)
{
    put32(at, length << 8 | kind);
    at[4] = flags;
    put32(at + 5, stream);
    memcpy(at + FRAME_HEAD, payload, length);
    return FRAME_HEAD + length;
}

static void make_answer(void)
{
    uint8_t message[5 + MESSAGE_BYTES] = { 0 };
    put32(message + 1, MESSAGE_BYTES);
    memset(message + 5, 'x', MESSAGE_BYTES);
    message_frame = put_frame(answer, HEADERS, END_HEADERS, 0, HEAD, sizeof(HEAD) - 1);
    trailer_frame = message_frame + put_frame(answer + message_frame, DATA, 0, 0, message, sizeof(message));
    put_frame(answer + trailer_frame, HEADERS, END_HEADERS | END_STREAM, 0, TRAILERS, sizeof(TRAILERS) - 1);
}

static void say_frame(connection *to, const int kind, const int flags, const uint32_t stream, const void *payload,
    const size_t length)
{
    to->output_length += put_frame(to->output + to->output_length, kind, flags, stream, payload, length);
}

static void say_answer(connection *to, const uint32_t stream)
{
    uint8_t *at = to->output + to->output_length;
    memcpy(at, answer, sizeof(answer));
    put32(at + 5, stream);
    put32(at + message_frame + 5, stream);
    put32(at + trailer_frame + 5, stream);
    to->output_length += sizeof(answer);
    to->window -= 5 + MESSAGE_BYTES;
}

static int has_room(const connection *at)
{
    return OUTPUT_BYTES - at->output_length >= OUTPUT_SPARE;
}

static void forget(connection *at, const uint32_t index)
{
    at->waiting_count--;
    memmove(at->waiting + index, at->waiting + index + 1, (at->waiting_count - index) * sizeof(uint32_t));
}

static void say_waiting(connection *to)
{
    while (to->waiting_count > 0 && to->window >= 5 + MESSAGE_BYTES && has_room(to))
    {
        say_answer(to, to->waiting[0]);
        forget(to, 0);
    }
}

/* The request has ended. Returns why the connection must end, or NULL, as all that follow. */
static const char *on_request(connection *from, const uint32_t stream)
{
    if (from->waiting_count == 0 && from->window >= 5 + MESSAGE_BYTES)
    {
        say_answer(from, stream);
        return NULL;
    }
    if (from->waiting_count == MOST_STREAMS)
    {
        return "more streams than allowed";
    }
    from->waiting[from->waiting_count++] = stream;
    return NULL;
}

static const char *on_data(connection *from, const int flags, const uint32_t stream, const uint32_t length)
{
    from->received += length;
    if (from->received >= WINDOW / 2)
    {
        uint8_t update[4];
        put32(update, from->received);
        say_frame(from, WINDOW_UPDATE, 0, 0, update, 4);
        from->received = 0;
    }
    return flags & END_STREAM ? on_request(from, stream) : NULL;
}

static const char *on_settings(connection *from, const int flags, const uint8_t *payload, const uint32_t length)
{
    for (uint32_t at = 0; at + 6 <= length; at += 6)
    {
        if (payload[at] == 0 && payload[at + 1] == INITIAL_WINDOW_SIZE && read32(payload + at + 2) < 5 + MESSAGE_BYTES)
        {
            return "stream windows below a message";
        }
    }
    if (!(flags & ACK))
    {
        say_frame(from, SETTINGS, ACK, 0, "", 0);
    }
    return NULL;
}

static const char *on_frame(connection *from, const int kind, const int flags, const uint32_t stream,
    const uint8_t *payload, const uint32_t length)
{
    switch (kind)
    {
        case DATA:
            return on_data(from, flags, stream, length);
        case HEADERS:
            return !(flags & END_STREAM) ? NULL : flags & END_HEADERS ? on_request(from, stream)
                : "a head in parts that ends its stream";
        case SETTINGS:
            return on_settings(from, flags, payload, length);
        case PING:
            if (!(flags & ACK) && length == 8)
            {
                say_frame(from, PING, ACK, 0, payload, 8);
            }
            return NULL;
        case WINDOW_UPDATE:
            from->window += stream == 0 && length == 4 ? read32(payload) & 0x7fffffff : 0;
            return NULL;
        case RST_STREAM:
            for (uint32_t i = 0; i < from->waiting_count; i++)
            {
                if (from->waiting[i] == stream)
                {
                    forget(from, i);
                    break;
                }
            }
            return NULL;
        default:
            return NULL;
    }
}

/* Takes the whole frames of the input while their answers have room. */
static const char *take_input(connection *from)
{
    const char *problem = NULL;
    size_t at = 0;
    if (!from->has_preface && from->input_length >= sizeof(PREFACE) - 1)
    {
        if (memcmp(from->input, PREFACE, sizeof(PREFACE) - 1) != 0)
        {
            return "no preface of HTTP/2";
        }
        from->has_preface = 1;
        at = sizeof(PREFACE) - 1;
    }
    say_waiting(from);
    while (from->has_preface && problem == NULL && from->input_length - at >= FRAME_HEAD && has_room(from))
    {
        const uint8_t *frame = from->input + at;
        const uint32_t length = read32(frame) >> 8;
        if (length > MOST_FRAME)
        {
            return "a frame that is too long";
        }
        if (from->input_length - at < FRAME_HEAD + length)
        {
            break;
        }
        problem = on_frame(from, frame[3], frame[4], read32(frame + 5) & 0x7fffffff, frame + FRAME_HEAD, length);
        say_waiting(from);
        at += FRAME_HEAD + length;
    }
    from->input_length -= at;
    memmove(from->input, from->input + at, from->input_length);
    return problem;
}

/* Sends what there is: 1 when all went, 0 when the socket is full, -1 when the connection is lost. */
static int flush(connection *to)
{
    while (to->output_offset < to->output_length)
    {
        const ssize_t sent = send(to->fd, to->output + to->output_offset, to->output_length - to->output_offset,
            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0)
        {
            return errno == EAGAIN ? 0 : -1;
        }
        to->output_offset += sent;
    }
    to->output_offset = to->output_length = 0;
    return 1;
}

static void watch_output(connection *of, const int is_wanted)
{
    if (of->watches_output != is_wanted)
    {
        struct epoll_event event = { .events = is_wanted ? EPOLLOUT : EPOLLIN, .data.ptr = of };
        of->watches_output = is_wanted;
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, of->fd, &event);
    }
}

/* One receive and all that follows from it; 0 when the connection is over. */
static int serve(connection *of)
{
    int flushed = flush(of);
    if (flushed > 0 && of->input_length < INPUT_BYTES)
    {
        const ssize_t count = recv(of->fd, of->input + of->input_length, INPUT_BYTES - of->input_length, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN))
        {
            return 0;
        }
        of->input_length += count > 0 ? count : 0;
    }
    while (flushed > 0)
    {
        const char *problem = take_input(of);
        if (problem != NULL)
        {
            fprintf(stderr, "grpc_backend: connection ended: %s\n", problem);
            return 0;
        }
        if (of->output_length == 0)
        {
            break;
        }
        flushed = flush(of);
    }
    watch_output(of, flushed == 0);
    return flushed >= 0;
}

/* Accepted sockets inherit TCP_NODELAY. */
static void accept_one(void)
{
    const int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    connection *one = fd < 0 ? NULL : calloc(1, sizeof(connection));
    if (one == NULL)
    {
        fail("accept");
    }
    one->fd = fd;
    one->window = 65535;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = one };
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    {
        fail("epoll_ctl");
    }
    uint8_t settings[12] = { 0, 3, 0, 0, 0, MOST_STREAMS, 0, INITIAL_WINDOW_SIZE }, update[4];
    put32(settings + 8, WINDOW);
    put32(update, WINDOW - 65535);
    say_frame(one, SETTINGS, 0, 0, settings, sizeof(settings));
    say_frame(one, WINDOW_UPDATE, 0, 0, update, sizeof(update));
    flush(one);
}

static void listen_on(const int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (listen_fd < 0 || epoll_fd < 0 || setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0
        || setsockopt(listen_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0
        || bind(listen_fd, (const struct sockaddr *)&address, sizeof(address)) != 0 || listen(listen_fd, BACKLOG) != 0
        || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &event) != 0)
    {
        fail("listen");
    }
}

int main(const int argc, char **argv)
{
    static struct epoll_event events[512];
    if (argc != 2)
    {
        fprintf(stderr, "usage: grpc_backend PORT\n");
        return 2;
    }
    make_answer();
    listen_on(atoi(argv[1]));
    for (;;)
    {
        const int count = epoll_wait(epoll_fd, events, 512, -1);
        for (int i = 0; i < count; i++)
        {
            connection *at = events[i].data.ptr;
            if (at == NULL)
            {
                accept_one();
            }
            else if (!serve(at))
            {
                close(at->fd);
                free(at);
            }
        }
    }
}
