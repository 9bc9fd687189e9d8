/**
 * HTTP/1.1 (RFC 9112) and HTTP/1.0, both directions. Strict: what the grammar does not allow is an error code, never
 * repaired. Pure functions over buffers: no I/O, no clock, no allocation after construction.
 */
package dev.ringway.codecs.http1;
