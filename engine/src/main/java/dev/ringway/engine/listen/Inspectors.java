package dev.ringway.engine.listen;

import dev.ringway.codecs.clienthello.ClientHelloParser;
import dev.ringway.codecs.http1.RequestLineSniffer;
import dev.ringway.codecs.proxyproto.ProxyHeaderParser;
import dev.ringway.engine.counters.HttpInspectorCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.ProxyProtocolCounters;
import dev.ringway.engine.counters.TlsInspectorCounters;
import dev.ringway.engine.snapshot.ChainQuery;
import dev.ringway.engine.snapshot.ListenerFilter;
import dev.ringway.engine.snapshot.ListenerFilter.HttpInspector;
import dev.ringway.engine.snapshot.ListenerFilter.OriginalDestination;
import dev.ringway.engine.snapshot.ListenerFilter.ProxyProtocol;
import dev.ringway.engine.snapshot.ListenerFilter.TlsInspector;
import org.agrona.DirectBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What the listener filters have found out about one connection. Reused. Loop thread only.
 */
final class Inspectors
{
    /** The filter needs more bytes. */
    static final int MORE = 0;
    /** The filter has seen enough. */
    static final int DONE = 1;
    /** The connection is to end. */
    static final int REFUSED = -1;

    private static final byte[] HTTP_1_0 = listOf("http/1.0");
    private static final byte[] HTTP_1_1 = listOf("http/1.1");
    private static final byte[] HTTP_2 = listOf("h2c");
    private static final byte[] NOTHING = {};

    private final LoopCounters counters;
    private final ClientHelloParser hello = new ClientHelloParser();
    private final ProxyHeaderParser proxy = new ProxyHeaderParser();
    private final RequestLineSniffer line = new RequestLineSniffer();
    private byte[] protocols;
    private int protocolsLength;
    private boolean isTls;

    Inspectors(final LoopCounters counters)
    {
        this.counters = counters;
    }

    private static byte[] listOf(final String protocol)
    {
        return ((char)protocol.length() + protocol).getBytes(US_ASCII);
    }

    /** Nothing is known. */
    void reset()
    {
        protocols = NOTHING;
        protocolsLength = 0;
        isTls = false;
    }

    /**
     * @param filter whose turn it is.
     * @return false when there is nothing for it to look at.
     */
    boolean begin(final ListenerFilter filter)
    {
        return switch (filter)
        {
            case ProxyProtocol ignored ->
            {
                proxy.reset();
                yield true;
            }
            case TlsInspector ignored ->
            {
                hello.reset(ClientHelloParser.MAX_LENGTH);
                yield true;
            }
            case HttpInspector ignored ->
            {
                line.reset();
                yield !isTls;
            }
            // Asked for with the connection's own address, before the first filter looks.
            case OriginalDestination ignored -> false;
        };
    }

    /**
     * Shows the filter the next bytes.
     *
     * @return {@link #MORE}, {@link #DONE} or {@link #REFUSED}.
     */
    int look(final ListenerFilter filter, final DirectBuffer buffer, final int offset, final int length)
    {
        return switch (filter)
        {
            case ProxyProtocol config -> onProxy(config, proxy.parse(buffer, offset, length));
            case TlsInspector tls -> onHello(tls.counters(), hello.parse(buffer, offset, length));
            case HttpInspector http -> onLine(http.counters(), line.parse(buffer, offset, length));
            case OriginalDestination ignored -> DONE;
        };
    }

    private int onProxy(final ProxyProtocol config, final int result)
    {
        final ProxyProtocolCounters ids = config.counters();
        if (result == ProxyHeaderParser.NONE)
        {
            counters.increment(config.allowsNone() ? ids.notFoundAllowed : ids.notFoundDisallowed);
            return config.allowsNone() ? DONE : REFUSED;
        }
        final boolean isFirst = proxy.version() == 1;
        if (proxy.version() != 0 && !(isFirst ? config.takesVersion1() : config.takesVersion2()))
        {
            counters.increment(isFirst ? ids.version1Found : ids.version2Found);
            return refuse(isFirst ? ids.version1Disallowed : ids.version2Disallowed);
        }
        if (result == ProxyHeaderParser.FAULTY)
        {
            return refuse(isFirst ? ids.version1Error : ids.version2Error);
        }
        if (result == ProxyHeaderParser.FOUND)
        {
            counters.increment(isFirst ? ids.version1Found : ids.version2Found);
            return DONE;
        }
        return MORE;
    }

    private int onHello(final TlsInspectorCounters ids, final int result)
    {
        switch (result)
        {
            case ClientHelloParser.FOUND ->
            {
                isTls = true;
                counters.increment(ids.tlsFound);
                counters.increment(hello.serverNameLength() > 0 ? ids.sniFound : ids.sniNotFound);
                counters.increment(hello.protocolsLength() > 0 ? ids.alpnFound : ids.alpnNotFound);
                if (hello.protocolsLength() > 0)
                {
                    protocols = hello.protocols();
                    protocolsLength = hello.protocolsLength();
                }
                return DONE;
            }
            case ClientHelloParser.NONE ->
            {
                counters.increment(ids.tlsNotFound);
                return DONE;
            }
            case ClientHelloParser.TOO_LARGE ->
            {
                return refuse(ids.clientHelloTooLarge);
            }
            default ->
            {
                return MORE;
            }
        }
    }

    private int onLine(final HttpInspectorCounters ids, final int result)
    {
        return switch (result)
        {
            case RequestLineSniffer.HTTP_1_0 -> found(ids.http10Found, HTTP_1_0);
            case RequestLineSniffer.HTTP_1_1 -> found(ids.http11Found, HTTP_1_1);
            case RequestLineSniffer.HTTP_2 -> found(ids.http2Found, HTTP_2);
            case RequestLineSniffer.NONE ->
            {
                counters.increment(ids.httpNotFound);
                yield DONE;
            }
            case RequestLineSniffer.TOO_LONG -> refuse(ids.readError);
            default -> MORE;
        };
    }

    private int found(final int counter, final byte[] list)
    {
        counters.increment(counter);
        protocols = list;
        protocolsLength = list.length;
        return DONE;
    }

    private int refuse(final int counter)
    {
        counters.increment(counter);
        return REFUSED;
    }

    /** The header of a filter that is done, when it has told addresses or may be dropped; else null. */
    ProxyHeaderParser header(final ListenerFilter filter)
    {
        return filter instanceof ProxyProtocol && proxy.version() != 0 ? proxy : null;
    }

    /** Adds what was found to what is known of the connection. */
    void fill(final ChainQuery query)
    {
        if (isTls)
        {
            query.tls(hello.serverName(), hello.serverNameLength());
        }
        query.protocols(protocols, protocolsLength);
    }
}
