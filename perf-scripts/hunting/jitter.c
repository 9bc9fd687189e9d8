/*
 * Preloaded into a test's JVM and the programs that it starts: calls on sockets and beginnings of threads pause at
 * random, so that what depends on which side is faster comes out both ways. JITTER_US is the longest pause (4000),
 * JITTER_ONE_IN how rarely one comes (4); one pause in ten is up to twenty times as long. io_uring is not delayed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name, result, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static long longest_us = -1;
static uint64_t one_in = 4;
static __thread uint64_t state;

static long number(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text && atol(text) > 0 ? atol(text) : otherwise;
}

static void pause_some(void)
{
    int saved = errno;
    if (longest_us < 0)
    {
        one_in = (uint64_t)number("JITTER_ONE_IN", 4);
        longest_us = number("JITTER_US", 4000);
    }
    if (!state)
    {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        state = ((uint64_t)now.tv_nsec * 2654435761u ^ (uint64_t)(uintptr_t)&state) | 1;
    }
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    if ((state >> 20) % one_in == 0)
    {
        uint64_t us = (state >> 30) % (uint64_t)longest_us * ((state >> 50) % 10 == 0 ? 20 : 1);
        struct timespec wait = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
        nanosleep(&wait, NULL);
    }
    errno = saved;
}

static int is_socket(int fd)
{
    int saved = errno, type;
    socklen_t length = sizeof type;
    int found = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
    errno = saved;
    return found;
}

static void pause_on(int fd)
{
    if (is_socket(fd)) pause_some();
}

ssize_t read(int fd, void *bytes, size_t length)
{
    REAL(read, ssize_t, int, void *, size_t);
    pause_on(fd);
    return real(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    REAL(write, ssize_t, int, const void *, size_t);
    pause_on(fd);
    ssize_t result = real(fd, bytes, length);
    pause_on(fd);
    return result;
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
    REAL(readv, ssize_t, int, const struct iovec *, int);
    pause_on(fd);
    return real(fd, parts, count);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    REAL(writev, ssize_t, int, const struct iovec *, int);
    pause_on(fd);
    return real(fd, parts, count);
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    REAL(recv, ssize_t, int, void *, size_t, int);
    pause_some();
    return real(fd, bytes, length, flags);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    REAL(send, ssize_t, int, const void *, size_t, int);
    pause_some();
    ssize_t result = real(fd, bytes, length, flags);
    pause_some();
    return result;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    REAL(connect, int, int, const struct sockaddr *, socklen_t);
    pause_some();
    int result = real(fd, address, length);
    pause_some();
    return result;
}

int accept(int fd, struct sockaddr *address, socklen_t *length)
{
    REAL(accept, int, int, struct sockaddr *, socklen_t *);
    int result = real(fd, address, length);
    if (result >= 0) pause_some();
    return result;
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    REAL(accept4, int, int, struct sockaddr *, socklen_t *, int);
    int result = real(fd, address, length, flags);
    if (result >= 0) pause_some();
    return result;
}

int shutdown(int fd, int how)
{
    REAL(shutdown, int, int, int);
    pause_some();
    return real(fd, how);
}

struct start
{
    void *(*run)(void *);
    void *argument;
};

static void *begin(void *given)
{
    struct start start = *(struct start *)given;
    free(given);
    pause_some();
    return start.run(start.argument);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    REAL(pthread_create, int, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    struct start *start = malloc(sizeof *start);
    if (!start) return EAGAIN;
    *start = (struct start){run, argument};
    int result = real(thread, attributes, begin, start);
    if (result) free(start);
    return result;
}
