package dev.ringway.engine.exchange;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessTimes;
import dev.ringway.engine.conn.Connection;

/**
 * Notes in an access record when connections were ready and answers passed, where a log asks for it. Reused with its
 * record. Loop thread only.
 */
final class LoggedTimes
{
    private static final long NANOS_PER_MICRO = 1000L;

    private final Exchanges exchanges;
    private final AccessRecord record;
    private long startNs;
    private boolean isOn;

    LoggedTimes(final Exchanges exchanges, final AccessRecord record)
    {
        this.exchanges = exchanges;
        this.record = record;
    }

    /** The record begins, with times or without. */
    void begin(final boolean isAsked, final long beginNs)
    {
        isOn = isAsked;
        startNs = beginNs;
        if (isAsked)
        {
            AccessTimes.begin(record);
        }
    }

    /** Nothing is noted any more. */
    void end()
    {
        isOn = false;
    }

    /** A relay, or a connection as such. Requests do not tell of the handshake before them, as in Envoy. */
    void onClient(final Connection client)
    {
        if (isOn && client.tls().handshakeUs() >= 0)
        {
            AccessTimes.set(record, AccessTimes.HANDSHAKE, client.tls().handshakeUs());
        }
    }

    /** A connection to an endpoint is asked for. */
    void onAsked()
    {
        if (isOn)
        {
            now(AccessTimes.ASKED);
            forget(AccessTimes.READY);
            forget(AccessTimes.CONNECTING);
            forget(AccessTimes.CONNECTED);
            forget(AccessTimes.SECURED);
        }
    }

    /** It is there, though it may have to be connected still; or it did not come to be. */
    void onReady()
    {
        if (isOn)
        {
            now(AccessTimes.READY);
        }
    }

    /** What is known of it by now. */
    void onConnection(final Connection connection)
    {
        if (!isOn || !connection.wasOpened())
        {
            return;
        }
        final long connectedUs = sinceStart(connection.openedNs());
        final int handshakeUs = connection.tls().handshakeUs();
        AccessTimes.set(record, AccessTimes.CONNECTING, connectedUs - connection.connectUs());
        AccessTimes.set(record, AccessTimes.CONNECTED, connectedUs);
        if (handshakeUs >= 0)
        {
            AccessTimes.set(record, AccessTimes.SECURED, connectedUs + handshakeUs);
        }
        AccessTimes.set(record, AccessTimes.READY,
            Math.max(AccessTimes.get(record, AccessTimes.READY), connectedUs + Math.max(0, handshakeUs)));
    }

    /** Some of the content of the response came. */
    void onContent()
    {
        if (isOn && AccessTimes.get(record, AccessTimes.CONTENT) == AccessTimes.NEVER)
        {
            now(AccessTimes.CONTENT);
        }
    }

    /** The response is whole. */
    void onAnswered()
    {
        if (isOn)
        {
            now(AccessTimes.ANSWERED);
        }
    }

    /** The head of the response leaves. */
    void onAnswering()
    {
        if (isOn)
        {
            now(AccessTimes.ANSWERING);
        }
    }

    private void now(final int index)
    {
        AccessTimes.set(record, index, sinceStart(exchanges.nowNs()));
    }

    private void forget(final int index)
    {
        AccessTimes.set(record, index, AccessTimes.NEVER);
    }

    private long sinceStart(final long timeNs)
    {
        return (timeNs - startNs) / NANOS_PER_MICRO;
    }
}
