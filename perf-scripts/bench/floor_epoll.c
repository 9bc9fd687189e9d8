/* The floor of proxies on epoll; see floor.c. */
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct side
{
    struct side *peer;
    int fd;
    int hung_up; /* the kernel said that an end follows the bytes that are there */
    int ended;   /* the end was read */
    int dead;    /* closed, freed after the turn */
    char *rest;  /* bytes for this side that it did not take; its peer is not read while there are any */
    size_t rest_offset, rest_length;
} side;

static int epoll_fd;
static char *buffer;
static side *graveyard[MOST_PAIRS];
static int dead_pairs;

static void close_pair(side *one)
{
    if (!one->dead)
    {
        close(one->fd);
        close(one->peer->fd);
        one->dead = one->peer->dead = 1;
        graveyard[dead_pairs++] = one;
    }
}

static void bury(void)
{
    while (dead_pairs > 0)
    {
        side *one = graveyard[--dead_pairs];
        free(one->rest);
        free(one->peer->rest);
        free(one->peer);
        free(one);
    }
}

/* Passes on what is there; a receive that did not fill the buffer emptied the socket. */
static void forward(side *from)
{
    side *to = from->peer;
    while (!from->dead && !from->ended && to->rest_length == 0)
    {
        const ssize_t count = recv(from->fd, buffer, chunk_bytes, MSG_DONTWAIT);
        if (count > 0)
        {
            ssize_t sent = send(to->fd, buffer, count, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN)
            {
                close_pair(from);
                return;
            }
            sent = sent < 0 ? 0 : sent;
            if (sent < count)
            {
                to->rest = to->rest != NULL ? to->rest : allocate(chunk_bytes);
                to->rest_offset = 0;
                to->rest_length = count - sent;
                memcpy(to->rest, buffer + sent, to->rest_length);
            }
            if (count < (ssize_t)chunk_bytes && !from->hung_up)
            {
                return;
            }
        }
        else if (count == 0)
        {
            from->ended = 1;
            shutdown(to->fd, SHUT_WR);
            if (to->ended)
            {
                close_pair(from);
            }
        }
        else
        {
            if (errno != EAGAIN)
            {
                close_pair(from);
            }
            return;
        }
    }
}

static void flush(side *to)
{
    const ssize_t sent = send(to->fd, to->rest + to->rest_offset, to->rest_length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0)
    {
        if (errno != EAGAIN)
        {
            close_pair(to);
        }
        return;
    }
    to->rest_offset += sent;
    to->rest_length -= sent;
    if (to->rest_length == 0)
    {
        forward(to->peer);
    }
}

static void watch(side *one, side *peer, const int fd)
{
    one->peer = peer;
    one->fd = fd;
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = one };
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    {
        fail("epoll_ctl");
    }
}

static void accept_pairs(void)
{
    for (int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); fd >= 0;
        fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK))
    {
        const int upstream = dial();
        if (upstream < 0)
        {
            close(fd);
            continue;
        }
        side *one = allocate(sizeof(side)), *other = allocate(sizeof(side));
        watch(one, other, fd);
        watch(other, one, upstream);
    }
}

void run_epoll(void)
{
    static struct epoll_event events[512];
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    buffer = allocate(chunk_bytes);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    const int one = 1;
    if (epoll_fd < 0 || ioctl(listen_fd, FIONBIO, &one) != 0
        || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listen_fd, &event) != 0)
    {
        fail("epoll");
    }
    for (;;)
    {
        const int count = epoll_wait(epoll_fd, events, 512, -1);
        for (int i = 0; i < count; i++)
        {
            side *at = events[i].data.ptr;
            const uint32_t what = events[i].events;
            if (at == NULL)
            {
                accept_pairs();
                continue;
            }
            at->hung_up |= (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            if (!at->dead && (what & EPOLLOUT) && at->rest_length > 0)
            {
                flush(at);
            }
            if (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            {
                forward(at);
            }
        }
        bury();
    }
}
