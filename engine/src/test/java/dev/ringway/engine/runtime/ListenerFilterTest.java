package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.HttpInspectorCounters;
import dev.ringway.engine.counters.ProxyProtocolCounters;
import dev.ringway.engine.counters.TlsInspectorCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChains;
import dev.ringway.engine.snapshot.ListenerFilter;
import dev.ringway.engine.snapshot.ListenerFilters;
import dev.ringway.engine.snapshot.NetworkFilter;
import dev.ringway.engine.snapshot.ProxyTelling;
import dev.ringway.engine.snapshot.UpstreamTls;
import dev.ringway.engine.snapshot.UpstreamTls.Names;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Listener filters and the choice of a chain on a loop: what they find, keep, refuse, wait for and let go of. */
@Timeout(180)
final class ListenerFilterTest
{
    private static final String REQUEST = "GET /a HTTP/1.1\r\nhost: a\r\n\r\n";

    private TlsContext tls;

    private static ListenerFilter proxyProtocol(final TestProxy proxy, final boolean allowsNone)
    {
        return new ListenerFilter.ProxyProtocol(
            allowsNone, true, true, null, null, new ProxyProtocolCounters(proxy.registry(), ""));
    }

    private static ListenerFilter tlsInspector(final TestProxy proxy)
    {
        return new ListenerFilter.TlsInspector(new TlsInspectorCounters(proxy.registry()));
    }

    private static ListenerFilter httpInspector(final TestProxy proxy)
    {
        return new ListenerFilter.HttpInspector(new HttpInspectorCounters(proxy.registry()));
    }

    private static void filters(final TestProxy proxy, final ListenerFilter... filters)
    {
        proxy.listenerFilters = new ListenerFilters(List.of(filters), 15_000_000_000L, false);
    }

    /** Every filter; connections may do without a PROXY header. */
    static ListenerFilters all(final TestProxy proxy)
    {
        return new ListenerFilters(List.of(proxyProtocol(proxy, true), tlsInspector(proxy), httpInspector(proxy)),
            15_000_000_000L, false);
    }

    /** Chains by which all of HTTP/1.1 is served, wherever it comes from. */
    static FilterChains bySourceAndVersion(final NetworkFilter filter)
    {
        final FilterChains.Builder builder = new FilterChains.Builder();
        builder.add(chain(new FilterChainMatch(0, List.of(), List.of(), "raw_buffer", List.of("http/1.1"), List.of(),
            FilterChainMatch.SourceType.ANY, List.of(range("10.1.0.0", 16)), List.of()), filter, null));
        builder.add(chain(names("raw_buffer", List.of(), List.of("http/1.1", "http/1.0")), filter, null));
        return builder.build(null);
    }

    private static CidrRanges.Range range(final String address, final int length)
    {
        return new CidrRanges.Range(InetAddress.ofLiteral(address).getAddress(), length);
    }

    private static FilterChainMatch names(
        final String transport, final List<String> names, final List<String> protocols)
    {
        return new FilterChainMatch(0, List.of(), names, transport, protocols, List.of(),
            FilterChainMatch.SourceType.ANY, List.of(), List.of());
    }

    private static FilterChain chain(final FilterChainMatch match, final NetworkFilter filter, final TlsContext tls)
    {
        return new FilterChain("", match, filter, tls, FilterChain.DEFAULT_HANDSHAKE_NS);
    }

    private static Socket connect(final TestProxy proxy) throws IOException
    {
        final Socket socket = new Socket(proxy.listen.inet().getAddress(), proxy.listen.inet().getPort());
        socket.setSoTimeout(120_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void send(final Socket socket, final byte[] bytes) throws IOException
    {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    private static void send(final Socket socket, final String text) throws IOException
    {
        send(socket, text.getBytes(ISO_8859_1));
    }

    private static boolean isClosed(final Socket socket)
    {
        try
        {
            return socket.getInputStream().read() == -1;
        }
        catch (final IOException e)
        {
            return "Connection reset".equals(e.getMessage());
        }
    }

    private static void awaitQuiet(final TestProxy proxy)
    {
        TestProxy.await(() -> proxy.counter("listener.l.downstream_pre_cx_active") == 0 &&
            proxy.counter("listener.l.downstream_cx_active") == 0, () -> "connections gone");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 30, 45, 46, 47, 60})
    void shouldTakeAddressesOfVersion1(final int cut) throws Exception
    {
        final byte[] input = ("PROXY TCP4 1.2.3.4 5.6.7.8 12345 80\r\n" + REQUEST).getBytes(ISO_8859_1);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, false));
            proxy.http.useRemoteAddress = true;
            proxy.start();
            try (Socket socket = connect(proxy))
            {
                send(socket, new String(input, 0, cut, ISO_8859_1));
                TestProxy.await(() -> proxy.counter("listener.l.downstream_pre_cx_active") == 1 || cut > 38,
                    () -> "accepted");
                send(socket, new String(input, cut, input.length - cut, ISO_8859_1));
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
                send(socket, REQUEST);
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
            }
            assertEquals("1.2.3.4", backend.last().header("x-forwarded-for"));
            assertEquals(1, proxy.counter("proxy_proto.versions.v1.found"));
            awaitQuiet(proxy);
        }
    }

    @Test
    void shouldTakeAddressesOfVersion2ByteByByte() throws Exception
    {
        final byte[] header = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000f010203040506070830390050030000");
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, false));
            proxy.http.useRemoteAddress = true;
            proxy.start();
            try (Socket socket = connect(proxy))
            {
                for (final byte octet : header)
                {
                    send(socket, new byte[]{octet});
                }
                send(socket, REQUEST);
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
            }
            assertEquals("1.2.3.4", backend.last().header("x-forwarded-for"));
            assertEquals(1, proxy.counter("proxy_proto.versions.v2.found"));
            awaitQuiet(proxy);
        }
    }

    @Test
    void shouldCloseWithoutAHeaderOrWithAFaultyOne() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, false));
            proxy.start();
            for (final String input : List.of(REQUEST, "PROXY TCP4 1.2.3.4\r\n", "\r\n\r\n\0\r\nQUIT\n\21\21\0\0"))
            {
                try (Socket socket = connect(proxy))
                {
                    send(socket, input);
                    assertTrue(isClosed(socket), input);
                }
            }
            awaitQuiet(proxy);
            assertEquals(1, proxy.counter("proxy_proto.not_found_disallowed"));
            assertEquals(1, proxy.counter("proxy_proto.versions.v1.error"));
            assertEquals(1, proxy.counter("proxy_proto.versions.v2.error"));
            assertEquals(0, proxy.counter("listener.l.downstream_cx_total"));
            assertEquals(0, backend.accepted());
        }
    }

    @Test
    void shouldDoWithoutAHeaderWhereThatIsAllowed() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, true));
            proxy.http.useRemoteAddress = true;
            proxy.start();
            try (Socket socket = connect(proxy))
            {
                send(socket, REQUEST);
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
            }
            assertEquals("127.0.0.1", backend.last().header("x-forwarded-for"));
            assertEquals(1, proxy.counter("proxy_proto.not_found_allowed"));
            awaitQuiet(proxy);
        }
    }

    @Test
    void shouldChooseChainsByServerName() throws Exception
    {
        tls = TlsFixture.listener(false);
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, tlsInspector(proxy));
            proxy.chains = this::byName;
            proxy.start();
            assertEquals("hello", overTls(proxy, "www.good.test"));
            assertEquals("closed", overTls(proxy, "bad.test"));
            try (Socket socket = connect(proxy))
            {
                send(socket, REQUEST);
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text(), "clear");
            }
            awaitQuiet(proxy);
            assertEquals(2, proxy.counter("tls_inspector.tls_found"));
            assertEquals(2, proxy.counter("tls_inspector.sni_found"));
            assertEquals(1, proxy.counter("tls_inspector.tls_not_found"));
            assertEquals(1, proxy.counter("listener.l.no_filter_chain_match"));
            assertEquals(2, proxy.counter("listener.l.downstream_cx_total"));
        }
        assertEquals(1, tls.references());
        tls.release();
    }

    private FilterChains byName(final NetworkFilter filter)
    {
        final FilterChains.Builder builder = new FilterChains.Builder();
        builder.add(chain(names("tls", List.of("*.good.test"), List.of()), filter, tls));
        builder.add(chain(names("raw_buffer", List.of(), List.of()), filter, null));
        return builder.build(null);
    }

    private static String overTls(final TestProxy proxy, final String name) throws Exception
    {
        try (SSLSocket socket = (SSLSocket)TlsFixture.jdkClient(false).getSocketFactory().createSocket(
            proxy.listen.inet().getAddress(), proxy.listen.inet().getPort()))
        {
            socket.setSoTimeout(120_000);
            final SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
            return HttpMessage.read(socket.getInputStream(), false).text();
        }
        catch (final IOException e)
        {
            return "closed";
        }
    }

    @Test
    void shouldEndConnectionsThatSayNothing() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listenerFilters = new ListenerFilters(
                List.of(tlsInspector(proxy)), TimeUnit.MILLISECONDS.toNanos(50), false);
            proxy.start();
            try (Socket socket = connect(proxy); Socket slow = connect(proxy))
            {
                send(slow, "\026\003\001");
                assertTrue(isClosed(socket));
                assertTrue(isClosed(slow));
            }
            awaitQuiet(proxy);
            assertEquals(2, proxy.counter("listener.l.downstream_pre_cx_timeout"));
            assertEquals(0, proxy.counter("listener.l.downstream_cx_total"));
        }
    }

    @Test
    void shouldGoOnWithWhatIsKnownWhereThatIsAllowed() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.out.write("server first ".getBytes(ISO_8859_1));
                link.out.write(link.in.readNBytes(6));
                link.out.flush();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listenerFilters = new ListenerFilters(
                List.of(tlsInspector(proxy), httpInspector(proxy)), TimeUnit.MILLISECONDS.toNanos(50), true);
            proxy.tcp().start();
            try (Socket socket = connect(proxy))
            {
                send(socket, "\026\003\001");
                assertEquals("server first ", new String(socket.getInputStream().readNBytes(13), ISO_8859_1));
                send(socket, "abc");
                assertEquals("\026\003\001abc", new String(socket.getInputStream().readNBytes(6), ISO_8859_1));
            }
            awaitQuiet(proxy);
            assertEquals(1, proxy.counter("listener.l.downstream_pre_cx_timeout"));
        }
    }

    @Test
    void shouldLetGoOfClientsThatLeave() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, false), tlsInspector(proxy), httpInspector(proxy));
            proxy.start();
            for (final String input : List.of("", "PRO", "PROXY UNKNOWN\r\n", "PROXY UNKNOWN\r\n\026\003\001\1\1",
                "PROXY UNKNOWN\r\nGET /" + "a".repeat(5000)))
            {
                try (Socket socket = connect(proxy))
                {
                    send(socket, input);
                    socket.shutdownOutput();
                    assertTrue(isClosed(socket), input);
                }
            }
            awaitQuiet(proxy);
            assertEquals(5, proxy.counter("listener.l.downstream_listener_filter_remote_close"));
        }
    }

    @Test
    void shouldChooseChainsByTheVersionOfHttp() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, httpInspector(proxy));
            proxy.chains = filter ->
            {
                final FilterChains.Builder builder = new FilterChains.Builder();
                builder.add(chain(names("", List.of(), List.of("http/1.1")), filter, null));
                return builder.build(null);
            };
            proxy.start();
            try (Socket socket = connect(proxy))
            {
                send(socket, REQUEST);
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
            }
            for (final String input : List.of("GET / HTTP/1.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "hello?\r\n",
                "GET /" + "a".repeat(9000)))
            {
                try (Socket socket = connect(proxy))
                {
                    send(socket, input);
                    assertTrue(isClosed(socket), input);
                }
            }
            awaitQuiet(proxy);
            assertEquals(1, proxy.counter("http_inspector.http11_found"));
            assertEquals(1, proxy.counter("http_inspector.http10_found"));
            assertEquals(1, proxy.counter("http_inspector.http2_found"));
            assertEquals(1, proxy.counter("http_inspector.http_not_found"));
            assertEquals(1, proxy.counter("http_inspector.read_error"));
            assertEquals(3, proxy.counter("listener.l.no_filter_chain_match"));
        }
    }

    @Test
    void shouldAskForTheAddressThatClientsConnectTo() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listen = Address.of(
                new InetSocketAddress("0.0.0.0", TestProxy.freePort("0.0.0.0")));
            proxy.chains = filter ->
            {
                final FilterChains.Builder builder = new FilterChains.Builder();
                builder.add(chain(new FilterChainMatch(0,
                    List.of(range("127.0.0.2", 32)), List.of(), "",
                    List.of(), List.of(), FilterChainMatch.SourceType.ANY, List.of(), List.of()), filter, null));
                return builder.build(null);
            };
            proxy.start();
            for (int i = 0; i < 20; i++)
            {
                try (Socket socket = new Socket("127.0.0.2", proxy.listen.inet().getPort());
                    Socket other = new Socket("127.0.0.1", proxy.listen.inet().getPort()))
                {
                    socket.setSoTimeout(120_000);
                    send(socket, REQUEST);
                    assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
                    assertTrue(isClosed(other));
                }
            }
            awaitQuiet(proxy);
            assertEquals(20, proxy.counter("listener.l.no_filter_chain_match"));
        }
    }

    @Test
    void shouldPassMuchOnThatCameAtOnce() throws Exception
    {
        final byte[] much = new byte[1_000_000];
        new Random(1).nextBytes(much);
        much[0] = 1;
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.out.write(link.in.readAllBytes());
                link.socket.shutdownOutput();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, false), tlsInspector(proxy), httpInspector(proxy));
            proxy.tcp().start();
            try (Socket socket = connect(proxy))
            {
                // For a virtual one that has to wait the JVM opens descriptors that it keeps: a leak for who counts them.
                final Thread sender = Thread.ofPlatform().start(() ->
                {
                    try
                    {
                        send(socket, "PROXY TCP6 ::1 ::2 1 2\r\n");
                        send(socket, much);
                        socket.shutdownOutput();
                    }
                    catch (final IOException e)
                    {
                        throw new IllegalStateException(e);
                    }
                });
                assertArrayEquals(much, socket.getInputStream().readAllBytes());
                sender.join();
            }
            awaitQuiet(proxy);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTellEndpointsOfRelaysWhoseConnectionItIs(final int version) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.out.write(link.in.readNBytes(version == 1 ? 40 : 31));
                link.out.flush();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            filters(proxy, proxyProtocol(proxy, false));
            proxy.telling = new ProxyTelling(version);
            proxy.tcp().start();
            try (Socket socket = connect(proxy))
            {
                send(socket, "PROXY TCP4 1.2.3.4 5.6.7.8 12345 80\r\nabc");
                final byte[] told = socket.getInputStream().readAllBytes();
                assertEquals(version == 1 ? "PROXY TCP4 1.2.3.4 5.6.7.8 12345 80\r\nabc" :
                    "\r\n\r\n\0\r\nQUIT\n\41\21\0\14\1\2\3\4\5\6\7\10\60\71\0\120abc", new String(told, ISO_8859_1));
            }
            awaitQuiet(proxy);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void shouldTellEndpointsWhereClientsConnected(final String host) throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.out.write(link.in.readNBytes(60));
                link.out.flush();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listen = Address.of(new InetSocketAddress(host, TestProxy.freePort(host)));
            proxy.telling = new ProxyTelling(1);
            proxy.tcp().start();
            final String address = host.equals("0.0.0.0") ? "127.0.0.3" : host;
            try (Socket socket = new Socket(InetAddress.ofLiteral(address), proxy.listen.inet().getPort()))
            {
                socket.setSoTimeout(120_000);
                final String line = "PROXY TCP4 127.0.0.1 " + address + " " + socket.getLocalPort() + " " +
                    proxy.listen.inet().getPort() + "\r\n";
                final String rest = "x".repeat(60 - line.length());
                send(socket, rest);
                assertEquals(line + rest, new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
            }
            awaitQuiet(proxy);
        }
    }

    @Test
    void shouldTellOfTheConnectionInFrontOfTheHandshake() throws Exception
    {
        final TlsContext client = TlsFixture.toEndpoint();
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final byte[] line = link.socket.getInputStream().readNBytes(37);
                final SSLSocket secured = (SSLSocket)TlsFixture.jdkServer(TlsFixture.Shown.GOOD).getSocketFactory()
                    .createSocket(link.socket, null, true);
                secured.setUseClientMode(false);
                secured.getOutputStream().write(line);
                secured.getOutputStream().write(secured.getInputStream().readNBytes(3));
                secured.close();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.upstreamTls = new UpstreamTls(client, client, "localhost", Names.CONFIGURED, false, 0);
            filters(proxy, proxyProtocol(proxy, false));
            proxy.telling = new ProxyTelling(1);
            proxy.tcp().start();
            try (Socket socket = connect(proxy))
            {
                final String text = "PROXY TCP4 1.2.3.4 5.6.7.8 12345 80\r\nabc";
                send(socket, text);
                assertEquals(text, new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
            }
            awaitQuiet(proxy);
        }
        client.release();
    }
}
