/**
 * Sockets without {@code java.net}: calls, options, addresses and messages as raw memory, and the passing of
 * descriptors. Layouts are those of the LP64 Linux ABI; a test compares them with the C compiler's.
 */
package dev.ringway.ffi.sock;
