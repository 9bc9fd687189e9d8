/**
 * Header compression of HTTP/2 (HPACK, RFC 7541), both directions. Strict: what the format does not allow is an error
 * code, never repaired. Pure functions over buffers: no I/O, no clock; nothing is allocated after construction but the
 * decoder's dynamic table, which grows with its use.
 */
package dev.ringway.codecs.hpack;
