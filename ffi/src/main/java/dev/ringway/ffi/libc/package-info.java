/**
 * The C library and the kernel by raw downcalls: the only place that touches the linker.
 */
package dev.ringway.ffi.libc;
