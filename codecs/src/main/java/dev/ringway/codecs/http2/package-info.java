/**
 * HTTP/2 (RFC 9113), both roles: frames, settings, windows, the rules for header fields and for floods. Strict: what
 * the RFC forbids is an error code, never repaired. Pure functions over buffers: no I/O, no clock, no allocation after
 * construction.
 */
package dev.ringway.codecs.http2;
