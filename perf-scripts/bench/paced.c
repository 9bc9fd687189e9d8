/*
 * Sends HTTP/1.1 requests at a fixed rate over keep-alive connections and measures each answer from the moment its
 * request was due, not from the moment it was sent: a stall of the proxy delays every request due meanwhile, and all of
 * them count (no coordinated omission).
 *
 * One thread, sleeps between requests, so that the backend on the same core has room. Prints one JSON line.
 * Usage: paced PORT PATH CONNECTIONS SECONDS REQUESTS_PER_SECOND
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
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_CAPACITY 4096
#define DISCARD_BYTES 65536
#define GRACE_NS 2000000000LL

typedef struct
{
    int fd;
    int busy;
    int64_t due_ns;
    long body_left;
    size_t head_length;
    char head[HEAD_CAPACITY + 1];
} connection;

static int port, connection_count, epoll_fd;
static char request[512];
static int request_length;
static connection *connections;
static int *idle_ring, idle_head, idle_count;
static uint32_t *latency_ns;
static long answered, failed, capacity;

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void make_idle(const int index)
{
    connections[index].busy = 0;
    idle_ring[(idle_head + idle_count++) % connection_count] = index;
}

static void open_connection(const int index)
{
    connection *c = &connections[index];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    const int one = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
    {
        fprintf(stderr, "paced: connect to port %d: %s\n", port, strerror(errno));
        exit(1);
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = index };
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
    c->head_length = 0;
    c->body_left = -1;
    make_idle(index);
}

static void reopen(const int index)
{
    failed += connections[index].busy;
    close(connections[index].fd);
    if (!connections[index].busy)
    {
        int kept = 0;
        for (int i = 0; i < idle_count; i++)
        {
            const int other = idle_ring[(idle_head + i) % connection_count];
            if (other != index)
            {
                idle_ring[(idle_head + kept++) % connection_count] = other;
            }
        }
        idle_count = kept;
    }
    open_connection(index);
}

static void send_request(const int64_t due_ns)
{
    const int index = idle_ring[idle_head];
    idle_head = (idle_head + 1) % connection_count;
    idle_count--;
    connection *c = &connections[index];
    c->busy = 1;
    c->due_ns = due_ns;
    c->head_length = 0;
    c->body_left = -1;
    if (send(c->fd, request, request_length, MSG_NOSIGNAL | MSG_DONTWAIT) != request_length)
    {
        reopen(index);
    }
}

static void finish(const int index)
{
    connection *c = &connections[index];
    if (strncmp(c->head, "HTTP/1.1 200", 12) != 0)
    {
        failed++;
    }
    else if (answered < capacity)
    {
        const int64_t latency = now_ns() - c->due_ns;
        latency_ns[answered++] = latency > UINT32_MAX ? UINT32_MAX : (uint32_t)latency;
    }
    make_idle(index);
}

static void parse_head(connection *c)
{
    c->head[c->head_length] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (end == NULL)
    {
        if (c->head_length == HEAD_CAPACITY)
        {
            fprintf(stderr, "paced: the answer's head is longer than %d bytes\n", HEAD_CAPACITY);
            exit(1);
        }
        return;
    }
    char *length = strcasestr(c->head, "\r\ncontent-length:");
    if (length == NULL || length > end)
    {
        fprintf(stderr, "paced: the answer has no content-length\n");
        exit(1);
    }
    c->body_left = atol(length + 17) - (long)(c->head + c->head_length - (end + 4));
}

static void receive(const int index)
{
    static char discard[DISCARD_BYTES];
    connection *c = &connections[index];
    ssize_t count;
    if (c->body_left < 0)
    {
        count = recv(c->fd, c->head + c->head_length, HEAD_CAPACITY - c->head_length, MSG_DONTWAIT);
        if (count > 0 && c->busy)
        {
            c->head_length += count;
            parse_head(c);
        }
    }
    else
    {
        count = recv(c->fd, discard, sizeof(discard), MSG_DONTWAIT);
        c->body_left -= count > 0 ? count : 0;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
    {
        return;
    }
    if (count <= 0 || !c->busy)
    {
        reopen(index);
    }
    else if (c->body_left == 0)
    {
        finish(index);
    }
}

static void wait_for_events(const int64_t until_ns)
{
    struct epoll_event events[64];
    const int64_t left = until_ns - now_ns();
    const struct timespec timeout = { left > 0 ? left / 1000000000LL : 0, left > 0 ? left % 1000000000LL : 0 };
    const int count = epoll_pwait2(epoll_fd, events, 64, &timeout, NULL);
    for (int i = 0; i < count; i++)
    {
        receive(events[i].data.u32);
    }
}

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile_us(const double percent)
{
    long rank = (long)(percent / 100 * answered + 0.999999);
    rank = rank < 1 ? 1 : rank > answered ? answered : rank;
    return latency_ns[rank - 1] / 1e3;
}

int main(const int argc, char **argv)
{
    if (argc != 6)
    {
        fprintf(stderr, "usage: paced PORT PATH CONNECTIONS SECONDS REQUESTS_PER_SECOND\n");
        return 2;
    }
    port = atoi(argv[1]);
    connection_count = atoi(argv[3]);
    const double seconds = atof(argv[4]), rate = atof(argv[5]);
    request_length = snprintf(request, sizeof(request),
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", argv[2], port);
    capacity = (long)(seconds * rate) + 1;
    connections = calloc(connection_count, sizeof(connection));
    idle_ring = calloc(connection_count, sizeof(int));
    latency_ns = calloc(capacity, sizeof(uint32_t));
    memset(latency_ns, 0, capacity * sizeof(uint32_t));
    prctl(PR_SET_TIMERSLACK, 1);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < connection_count; i++)
    {
        open_connection(i);
    }

    const int64_t start = now_ns();
    const long total = (long)(seconds * rate);
    const int64_t give_up = start + (int64_t)(seconds * 1e9) + GRACE_NS;
    long sent = 0;
    int64_t now = start;
    while (now < give_up && (sent < total || idle_count < connection_count))
    {
        while (sent < total && idle_count > 0 && start + (int64_t)(sent * 1e9 / rate) <= now)
        {
            send_request(start + (int64_t)(sent++ * 1e9 / rate));
        }
        const int blocked = sent == total || idle_count == 0;
        wait_for_events(blocked ? give_up : start + (int64_t)(sent * 1e9 / rate));
        now = now_ns();
    }
    qsort(latency_ns, answered, sizeof(uint32_t), compare);
    printf("{\"due\": %ld, \"answered\": %ld, \"errors\": %ld, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f, "
           "\"p99.9\": %.1f, \"max\": %.1f}\n", total, answered, failed, (now - start) / 1e9,
           answered ? percentile_us(50) : 0, answered ? percentile_us(99) : 0, answered ? percentile_us(99.9) : 0,
           answered ? percentile_us(100) : 0);
    return 0;
}
