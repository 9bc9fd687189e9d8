/* What the two kinds of floor share; see floor.c. */
#ifndef FLOOR_H
#define FLOOR_H

#include <stddef.h>

#define MOST_PAIRS 8192

extern int listen_fd;
extern size_t chunk_bytes;

/* Ends the program with a sentence and errno's. */
void fail(const char *what);

/* Zeroed memory; there always is some. */
void *allocate(size_t bytes);

/* A connection to the upstream. On loopback it is made while connect runs, so this waits for nothing. -1 if refused. */
int dial(void);

void run_epoll(void);
void run_io_uring(void);

#endif
