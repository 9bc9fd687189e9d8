/* The floor of proxies on io_uring; see floor.c. */
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <string.h>
#include <unistd.h>

/* Of Linux 6.6 and 6.12; the header may be older than the kernel. */
#ifndef IORING_SETUP_NO_SQARRAY
#define IORING_SETUP_NO_SQARRAY (1U << 16)
#endif
#define PBUF_RING_INC 2
#define CQE_F_BUF_MORE (1U << 4)

#define SQ_ENTRIES 4096
#define CQ_ENTRIES 16384
#define CHUNKS 16
#define MOST_RANGES 65536
#define GROUP 0
#define NONE (-1)

enum { ACCEPT, RECV, SEND };

/* Received bytes on their way out. */
typedef struct
{
    char *address;
    int length, chunk, next;
} range;

/* Ends 2n and 2n + 1 are a pair, and these are their numbers in the ring's file table. */
typedef struct
{
    int fd, ended, broken, first, last; /* first, last: ranges to send to this end; the first one is in flight */
} end;

/* As in linux/io_uring.h, whose name for `flags` changed. */
struct buffer_group
{
    uint64_t ring_address;
    uint32_t entries;
    uint16_t group, flags;
    uint64_t reserved[3];
};

static int ring_fd, ring_index; /* the ring, and its number among the thread's registered rings */
static unsigned *sq_head, *sq_tail, *cq_head, *cq_tail, sq_local, sq_submitted;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static struct io_uring_buf_ring *buffers;
static char *chunks;
static size_t chunk_used[CHUNKS];
static int chunk_sends[CHUNKS], chunk_full[CHUNKS];
static range ranges[MOST_RANGES];
static end ends[2 * MOST_PAIRS];
static int free_range = NONE, free_pairs[MOST_PAIRS], free_pair_count, starving[2 * MOST_PAIRS], starving_count;

static void enter(const unsigned wanted)
{
    __atomic_store_n(sq_tail, sq_local, __ATOMIC_RELEASE);
    const int count = syscall(__NR_io_uring_enter, ring_index, sq_local - sq_submitted, wanted,
        IORING_ENTER_REGISTERED_RING | (wanted ? IORING_ENTER_GETEVENTS : 0), NULL, 0);
    if (count < 0 && errno != EINTR)
    {
        fail("io_uring_enter");
    }
    sq_submitted += count > 0 ? count : 0;
}

static struct io_uring_sqe *next_sqe(const int opcode, const int op, const int index)
{
    while (sq_local - __atomic_load_n(sq_head, __ATOMIC_ACQUIRE) == SQ_ENTRIES)
    {
        enter(0);
    }
    struct io_uring_sqe *sqe = &sqes[sq_local++ & (SQ_ENTRIES - 1)];
    memset(sqe, 0, sizeof(*sqe));
    sqe->opcode = opcode;
    sqe->fd = index;
    sqe->user_data = (uint64_t)op << 32 | (uint32_t)index;
    return sqe;
}

static void arm_accept(void)
{
    struct io_uring_sqe *sqe = next_sqe(IORING_OP_ACCEPT, ACCEPT, listen_fd);
    sqe->ioprio = IORING_ACCEPT_MULTISHOT;
    sqe->accept_flags = SOCK_CLOEXEC;
}

static void arm_recv(const int index)
{
    struct io_uring_sqe *sqe = next_sqe(IORING_OP_RECV, RECV, index);
    sqe->flags = IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    sqe->ioprio = IORING_RECV_MULTISHOT;
    sqe->buf_group = GROUP;
}

static void start_send(const int index)
{
    const range *what = &ranges[ends[index].first];
    struct io_uring_sqe *sqe = next_sqe(IORING_OP_SEND, SEND, index);
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->addr = (uintptr_t)what->address;
    sqe->len = what->length;
    sqe->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
}

/* Lends a chunk to the kernel whose bytes have all been sent, and lets those receive that found none. */
static void lend(const int chunk)
{
    chunk_full[chunk] = 0;
    chunk_used[chunk] = 0;
    const uint16_t tail = buffers->tail;
    struct io_uring_buf *entry = &buffers->bufs[tail & (CHUNKS - 1)];
    entry->addr = (uintptr_t)(chunks + (size_t)chunk * chunk_bytes);
    entry->len = chunk_bytes;
    entry->bid = chunk;
    __atomic_store_n(&buffers->tail, (uint16_t)(tail + 1), __ATOMIC_RELEASE);
    while (starving_count > 0)
    {
        arm_recv(starving[--starving_count]);
    }
}

static void register_files(const int index, const int one, const int other)
{
    int fds[2] = { one, other };
    struct io_uring_rsrc_update update = { .offset = index, .data = (uintptr_t)fds };
    if (syscall(__NR_io_uring_register, ring_fd, IORING_REGISTER_FILES_UPDATE, &update, 2) < 0)
    {
        fail("io_uring_register of two files");
    }
}

static void free_if_over(const int index)
{
    const int even = index & ~1;
    end *one = &ends[even], *other = &ends[even + 1];
    if (one->ended && other->ended && one->first == NONE && other->first == NONE && one->fd >= 0)
    {
        register_files(even, -1, -1);
        close(one->fd);
        close(other->fd);
        one->fd = other->fd = -1;
        free_pairs[free_pair_count++] = even;
    }
}

static void release_first(end *to)
{
    const int index = to->first;
    range *what = &ranges[index];
    to->first = what->next;
    const int chunk = what->chunk;
    what->next = free_range;
    free_range = index;
    if (--chunk_sends[chunk] == 0 && chunk_full[chunk])
    {
        lend(chunk);
    }
}

static void on_accept(const int fd)
{
    const int upstream = dial();
    if (upstream < 0 || free_pair_count == 0)
    {
        close(fd);
        close(upstream);
        return;
    }
    const int even = free_pairs[--free_pair_count];
    ends[even] = (end) { fd, 0, 0, NONE, NONE };
    ends[even + 1] = (end) { upstream, 0, 0, NONE, NONE };
    register_files(even, fd, upstream);
    arm_recv(even);
    arm_recv(even + 1);
}

static void pass_on(const int index, const int length, const int chunk, const int more_follows)
{
    end *to = &ends[index ^ 1];
    char *address = chunks + (size_t)chunk * chunk_bytes + chunk_used[chunk];
    chunk_used[chunk] += length;
    chunk_full[chunk] = !more_follows;
    const int at = free_range;
    if (at == NONE)
    {
        fprintf(stderr, "floor: more than %d ranges wait to be sent\n", MOST_RANGES);
        exit(1);
    }
    free_range = ranges[at].next;
    ranges[at] = (range) { address, length, chunk, NONE };
    chunk_sends[chunk]++;
    if (to->first == NONE)
    {
        to->first = to->last = at;
        if (to->broken)
        {
            release_first(to);
        }
        else
        {
            start_send(index ^ 1);
        }
    }
    else
    {
        ranges[to->last].next = at;
        to->last = at;
    }
}

static void on_recv(const int index, const int result, const uint32_t flags)
{
    if (result > 0)
    {
        pass_on(index, result, flags >> IORING_CQE_BUFFER_SHIFT, flags & CQE_F_BUF_MORE);
    }
    if (flags & IORING_CQE_F_MORE)
    {
        return;
    }
    if (result > 0)
    {
        arm_recv(index);
    }
    else if (result == -ENOBUFS)
    {
        starving[starving_count++] = index;
    }
    else
    {
        ends[index].ended = 1;
        if (result < 0)
        {
            shutdown(ends[index ^ 1].fd, SHUT_RDWR);
        }
        else if (ends[index ^ 1].first == NONE)
        {
            shutdown(ends[index ^ 1].fd, SHUT_WR);
        }
        free_if_over(index);
    }
}

static void on_send(const int index, const int result)
{
    end *to = &ends[index];
    if (result < ranges[to->first].length)
    {
        to->broken = 1;
        shutdown(to->fd, SHUT_RDWR);
        shutdown(ends[index ^ 1].fd, SHUT_RDWR);
    }
    release_first(to);
    while (to->broken && to->first != NONE)
    {
        release_first(to);
    }
    if (to->first != NONE)
    {
        start_send(index);
    }
    else if (ends[index ^ 1].ended)
    {
        shutdown(to->fd, SHUT_WR);
        free_if_over(index);
    }
}

static void *map(const size_t length, const int flags, const int fd, const off_t offset)
{
    void *address = mmap(NULL, length, PROT_READ | PROT_WRITE, flags | MAP_POPULATE, fd, offset);
    if (address == MAP_FAILED)
    {
        fail("mmap");
    }
    return address;
}

static void must_register(const int what, void *argument, const unsigned count)
{
    if (syscall(__NR_io_uring_register, ring_fd, what, argument, count) < 0)
    {
        fail("io_uring_register");
    }
}

static void set_up_ring(void)
{
    struct io_uring_params params = { .cq_entries = CQ_ENTRIES, .flags = IORING_SETUP_SINGLE_ISSUER
        | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE | IORING_SETUP_NO_SQARRAY };
    const int fd = syscall(__NR_io_uring_setup, SQ_ENTRIES, &params);
    if (fd < 0)
    {
        fail("io_uring_setup");
    }
    char *rings = map(params.cq_off.cqes + CQ_ENTRIES * sizeof(struct io_uring_cqe), MAP_SHARED, fd,
        IORING_OFF_SQ_RING);
    sqes = map(SQ_ENTRIES * sizeof(struct io_uring_sqe), MAP_SHARED, fd, IORING_OFF_SQES);
    sq_head = (unsigned *)(rings + params.sq_off.head);
    sq_tail = (unsigned *)(rings + params.sq_off.tail);
    cq_head = (unsigned *)(rings + params.cq_off.head);
    cq_tail = (unsigned *)(rings + params.cq_off.tail);
    cqes = (struct io_uring_cqe *)(rings + params.cq_off.cqes);
    ring_fd = fd;
    struct io_uring_rsrc_register files = { .nr = 2 * MOST_PAIRS, .flags = IORING_RSRC_REGISTER_SPARSE };
    must_register(IORING_REGISTER_FILES2, &files, sizeof(files));
    buffers = map(CHUNKS * sizeof(struct io_uring_buf), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct buffer_group group = { .ring_address = (uintptr_t)buffers, .entries = CHUNKS, .group = GROUP,
        .flags = PBUF_RING_INC };
    must_register(IORING_REGISTER_PBUF_RING, &group, 1);
    struct io_uring_rsrc_update own = { .offset = -1U, .data = fd };
    must_register(IORING_REGISTER_RING_FDS, &own, 1);
    ring_index = own.offset;
}

void run_io_uring(void)
{
    set_up_ring();
    chunks = map((size_t)CHUNKS * chunk_bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < CHUNKS; i++)
    {
        lend(i);
    }
    for (int i = MOST_RANGES - 1; i >= 0; i--)
    {
        ranges[i].next = free_range;
        free_range = i;
    }
    for (int i = MOST_PAIRS - 1; i >= 0; i--)
    {
        free_pairs[free_pair_count++] = 2 * i;
    }
    arm_accept();
    for (;;)
    {
        enter(1);
        unsigned head = *cq_head;
        for (const unsigned tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE); head != tail; head++)
        {
            const struct io_uring_cqe cqe = cqes[head & (CQ_ENTRIES - 1)];
            const int op = cqe.user_data >> 32, index = (uint32_t)cqe.user_data;
            if (op == RECV)
            {
                on_recv(index, cqe.res, cqe.flags);
            }
            else if (op == SEND)
            {
                on_send(index, cqe.res);
            }
            else
            {
                if (cqe.res >= 0)
                {
                    on_accept(cqe.res);
                }
                if (!(cqe.flags & IORING_CQE_F_MORE))
                {
                    arm_accept();
                }
            }
        }
        __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
    }
}
