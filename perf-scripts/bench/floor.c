/*
 * The least that a proxy can do: one thread, each accepted connection is paired with an upstream connection of its own,
 * opened at the accept, and bytes are passed on as they come. Nothing is parsed, changed, counted or pooled. What this
 * costs is the kernel's price of the connections, and no proxy on the same interface can be below it.
 *
 * epoll: edge-triggered, one recv and one send per message, and no second try where the first one shows the end.
 * io_uring: multishot receives into incremental provided buffers, registered files; the sends of a turn go to the
 * kernel in the same call that waits for the next turn. Needs Linux 6.12.
 *
 * CHUNK_BYTES is the most that one receive takes: few for messages, so that they stay in the processor's cache, many
 * for bulk. Memory is bounded, and so is the number of pairs; what does not fit ends the program with a sentence.
 * Usage: floor epoll|io_uring LISTEN_PORT UPSTREAM_PORT CHUNK_BYTES
 */
#define _GNU_SOURCE
#include "floor.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

int listen_fd;
size_t chunk_bytes;
static int upstream_port;

void fail(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

void *allocate(const size_t bytes)
{
    void *memory = calloc(1, bytes);
    if (memory == NULL)
    {
        fail("memory");
    }
    return memory;
}

static struct sockaddr_in loopback(const int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int new_socket(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0)
    {
        fail("socket");
    }
    return fd;
}

/* Accepted sockets inherit TCP_NODELAY. */
static void listen_on(const int port)
{
    const struct sockaddr_in address = loopback(port);
    const int one = 1;
    listen_fd = new_socket();
    setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(listen_fd, (const struct sockaddr *)&address, sizeof(address)) != 0 || listen(listen_fd, BACKLOG) != 0)
    {
        fail("listen");
    }
}

int dial(void)
{
    const struct sockaddr_in address = loopback(upstream_port);
    const int fd = new_socket();
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
    {
        close(fd);
        return -1;
    }
    return fd;
}

int main(const int argc, char **argv)
{
    const int is_epoll = argc == 5 && strcmp(argv[1], "epoll") == 0;
    if (argc != 5 || (!is_epoll && strcmp(argv[1], "io_uring") != 0))
    {
        fprintf(stderr, "usage: floor epoll|io_uring LISTEN_PORT UPSTREAM_PORT CHUNK_BYTES\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    upstream_port = atoi(argv[3]);
    chunk_bytes = atol(argv[4]);
    listen_on(atoi(argv[2]));
    is_epoll ? run_epoll() : run_io_uring();
    return 0;
}
