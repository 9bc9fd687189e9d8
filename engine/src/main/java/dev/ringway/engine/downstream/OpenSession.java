package dev.ringway.engine.downstream;

/**
 * A session that has its place in a list of {@link OpenSessions}. Loop thread only.
 */
abstract sealed class OpenSession permits Http1DownstreamSession, Http2DownstreamSession
{
    OpenSession next;
    OpenSession previous;

    /** Ends as soon as that loses no request; its factory knows how long it may wait for one. */
    abstract void drain();
}
