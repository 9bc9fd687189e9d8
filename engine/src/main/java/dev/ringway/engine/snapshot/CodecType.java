package dev.ringway.engine.snapshot;

/**
 * What is spoken on the connections of a connection manager. Envoy: {@code HttpConnectionManager.CodecType}.
 */
public enum CodecType
{
    /** What TLS agreed on, else HTTP/2 when the first bytes are its preface (RFC 9113, 3.4), else HTTP/1 (default). */
    AUTO,
    /** HTTP/1 only. */
    HTTP1,
    /** HTTP/2 only; the preface must come first. */
    HTTP2
}
