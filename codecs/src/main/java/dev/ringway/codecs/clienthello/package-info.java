/**
 * What a TLS client asks for (RFC 8446, 4.1.2), read before anybody answers. Pure functions over buffers: no I/O, no
 * clock, no allocation after construction.
 */
package dev.ringway.codecs.clienthello;
