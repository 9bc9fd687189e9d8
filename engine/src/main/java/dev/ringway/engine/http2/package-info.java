/**
 * HTTP/2 on one connection, for both sides: frames in and out, streams, flow control, graceful end. Knows nothing of
 * requests and exchanges: those who do are told through two handler interfaces.
 */
package dev.ringway.engine.http2;
