package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.HashPolicy;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.XxHash64;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.SessionNeeds;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The hash of a request, taken when a balancer asks for it, and the cookies that it made the client need. Reused with
 * its exchange. Loop thread only.
 */
final class Affinity implements HashPolicy.Client
{
    private final Exchanges exchanges;
    private final UnsafeBuffer text = new UnsafeBuffer(new byte[2 * SockAddr.MAX_TEXT_LENGTH]);
    private DownstreamSink downstream;
    private HttpConnectionManager http;
    private RequestHead request;
    private byte[][] cookies;
    private long hash;
    private boolean isHashed;

    Affinity(final Exchanges exchanges)
    {
        this.exchanges = exchanges;
    }

    /** The hash by a policy, or {@link SessionNeeds#NO_HASH}; the same as long as the exchange lasts. */
    long hash(
        final HashPolicy policy, final DownstreamSink sink, final HttpConnectionManager manager, final RequestHead head)
    {
        if (!isHashed)
        {
            isHashed = true;
            downstream = sink;
            http = manager;
            request = head;
            hash = policy.hash(exchanges.view().of(head), this);
        }
        return hash;
    }

    /** What the response brings besides. */
    void addCookies(final HeaderEdits edits)
    {
        if (cookies != null)
        {
            for (final byte[] cookie : cookies)
            {
                edits.add(HeaderName.SET_COOKIE, cookie);
            }
        }
    }

    void end()
    {
        isHashed = false;
        hash = SessionNeeds.NO_HASH;
        cookies = null;
        downstream = null;
        http = null;
        request = null;
    }

    /**
     * {@inheritDoc} As with Envoy it is the one that is logged.
     */
    public boolean selectAddress(final RequestView view)
    {
        final int length =
            exchanges.loggedClient().remoteText(http, downstream.connection(), request.headers(), text);
        view.select(text, length);
        return length > 0;
    }

    /**
     * {@inheritDoc} As with Envoy it is the same for all streams of a connection.
     */
    public void makeCookie(final HashPolicy.Cookie cookie, final RequestView view)
    {
        final int remote = append(downstream.connection().addresses().peer(), 0);
        final int length = remote + append(downstream.connection().addresses().local(), remote);
        final String value = String.format("%016x", XxHash64.hash(text, 0, length, 0));
        final String field = new String(cookie.name(), US_ASCII) + "=\"" + value + '"' + cookie.made();
        final int count = cookies == null ? 0 : cookies.length;
        final byte[][] more = new byte[count + 1][];
        for (int i = 0; i < count; i++)
        {
            more[i] = cookies[i];
        }
        more[count] = field.getBytes(US_ASCII);
        cookies = more;
        view.select(new UnsafeBuffer(value.getBytes(US_ASCII)), value.length());
    }

    private int append(final int address, final int at)
    {
        return SockAddr.appendText(exchanges.slotAddresses(), address, text, at);
    }
}
