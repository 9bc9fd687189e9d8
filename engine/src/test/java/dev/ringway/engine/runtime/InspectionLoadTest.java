package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Many connections that never say what they are, beside one that does. */
@Timeout(120)
final class InspectionLoadTest
{
    private static final String REQUEST = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    /** A record of a ClientHello that is said to be longer than what comes of it. */
    private static final String HELLO = "\026\003\001\077\000\001\000\076\374\003\003" + "r".repeat(32) + "\0\040\0";

    private static Socket open(final TestProxy proxy, final String text) throws IOException
    {
        final Socket socket = new Socket(proxy.listen.inet().getAddress(), proxy.listen.inet().getPort());
        socket.setSoTimeout(120_000);
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        return socket;
    }

    private static void closeAll(final List<Socket> sockets) throws IOException
    {
        for (final Socket socket : sockets)
        {
            socket.close();
        }
    }

    private static void load(final int connections, final int length) throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listenerFilters = ListenerFilterTest.all(proxy);
            proxy.slotLimit = 2048;
            proxy.chunkCount = 64;
            proxy.start();
            final List<Socket> half = new ArrayList<>();
            for (int i = 0; i < connections; i++)
            {
                half.add(open(proxy, HELLO + "c".repeat(length)));
            }
            proxy.awaitCounter("listener.l.downstream_pre_cx_active", connections);
            try (Socket socket = open(proxy, REQUEST))
            {
                assertEquals("hello", HttpMessage.read(socket.getInputStream(), false).text());
            }
            assertEquals(1, proxy.counter("tls_inspector.tls_not_found"));
            closeAll(half);
            proxy.awaitCounter("listener.l.downstream_pre_cx_active", 0);
            assertEquals(connections, proxy.counter("listener.l.downstream_listener_filter_remote_close"));
        }
    }

    @Test
    void shouldServeBesideAThousandHalfHandshakes() throws Exception
    {
        load(1000, 0);
    }

    @Test
    void shouldServeBesideHalfHandshakesThatFillBlocks() throws Exception
    {
        load(200, 7000);
    }
}
