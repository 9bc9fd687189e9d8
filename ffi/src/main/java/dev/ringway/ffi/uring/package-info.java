/**
 * io_uring: set-up, the two rings as mapped memory, one typed function per operation, provided buffer rings, probe.
 * Layouts and numbers are those of {@code linux/io_uring.h}; meaning is that of io_uring(7) and io_uring_enter(2).
 */
package dev.ringway.ffi.uring;
