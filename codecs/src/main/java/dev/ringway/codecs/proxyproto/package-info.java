/**
 * The PROXY protocol, versions 1 and 2 (HAProxy's {@code proxy-protocol.txt}): addresses in front of a connection's
 * bytes. Pure functions over buffers: no I/O, no clock, no allocation after construction.
 */
package dev.ringway.codecs.proxyproto;
