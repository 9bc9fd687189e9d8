package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.XxHash64;
import dev.ringway.engine.upstream.AddedValues;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.SessionNeeds;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.Arrays;

/**
 * The hash of a request, taken when a balancer asks for it, and the cookies that it made the client need. Reused with
 * its exchange. Loop thread only.
 */
final class Affinity implements HashPolicy.Client
{
    private static final int VALUE_LENGTH = 16;

    private final Exchanges exchanges;
    private final Routing routing;
    private final UnsafeBuffer text = new UnsafeBuffer(new byte[2 * SockAddr.MAX_TEXT_LENGTH]);
    private final byte[] value = new byte[VALUE_LENGTH];
    private final UnsafeBuffer valueBuffer = new UnsafeBuffer(value);
    private DownstreamSink downstream;
    private HashPolicy.Cookie[] made = new HashPolicy.Cookie[1];
    private int madeCount;
    private long hash = SessionNeeds.NO_HASH;
    private boolean isHashed;

    Affinity(final Exchanges exchanges, final Routing routing)
    {
        this.exchanges = exchanges;
        this.routing = routing;
    }

    /** Takes the hash by a policy, which stays as long as the exchange lasts. */
    void take(final HashPolicy policy, final DownstreamSink sink, final RequestView view)
    {
        isHashed = true;
        downstream = sink;
        hash = policy.hash(view, this);
    }

    /** Whether one was taken. */
    boolean isHashed()
    {
        return isHashed;
    }

    /** What was taken, or {@link SessionNeeds#NO_HASH}. */
    long hash()
    {
        return hash;
    }

    /** What the response brings besides. */
    void addCookies(final HeaderEdits edits)
    {
        for (int i = 0; i < madeCount; i++)
        {
            final AddedValues values = edits.values();
            values.put(made[i].name());
            values.put((byte)'=');
            values.put((byte)'"');
            values.put(value, VALUE_LENGTH);
            values.put((byte)'"');
            values.put(made[i].made());
            edits.finish(HeaderName.SET_COOKIE);
        }
    }

    void end()
    {
        isHashed = false;
        hash = SessionNeeds.NO_HASH;
        while (madeCount > 0)
        {
            made[--madeCount] = null;
        }
        downstream = null;
    }

    /**
     * {@inheritDoc} As with Envoy it is the one that is logged.
     */
    public boolean selectAddress(final RequestView view)
    {
        final int length = exchanges.loggedClient().remoteText(routing.client(), downstream.connection(), text);
        view.select(text, length);
        return length > 0;
    }

    /**
     * {@inheritDoc} As with Envoy all of them have one value, the same for all streams of a connection.
     */
    public void makeCookie(final HashPolicy.Cookie cookie, final RequestView view)
    {
        final int remote = append(downstream.connection().addresses().peer(), 0);
        final int length = remote + append(downstream.connection().addresses().local(), remote);
        RequestIds.hex(XxHash64.hash(text, 0, length, 0), value, 0, VALUE_LENGTH);
        if (madeCount == made.length)
        {
            // As many as the largest policy has, and stays so.
            made = Arrays.copyOf(made, madeCount + 1);
        }
        made[madeCount++] = cookie;
        view.select(valueBuffer, VALUE_LENGTH);
    }

    private int append(final int address, final int at)
    {
        return SockAddr.appendText(exchanges.slotAddresses(), address, text, at);
    }
}
