package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.FilterChain;
import dev.ringway.engine.snapshot.FilterChainMatch;
import dev.ringway.engine.snapshot.FilterChains;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.Socket;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What a new snapshot does to the connections of a filter chain that stays, changes, or is gone. */
@Timeout(180)
final class FilterChainSnapshotTest
{
    private static final String REQUEST = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    private static FilterChainMatch port(final int port)
    {
        return new FilterChainMatch(port, List.of(), List.of(), "", List.of(), List.of(),
            FilterChainMatch.SourceType.ANY, List.of(), List.of());
    }

    /** Has the next snapshot serve all by a chain of this name that matches this port; 0 for the default chain. */
    private static void serve(final TestProxy proxy, final String name, final int port, final int... others)
    {
        proxy.chains = filter ->
        {
            final FilterChains.Builder builder = new FilterChains.Builder();
            for (final int other : others)
            {
                builder.add(new FilterChain("other" + other, port(other), filter, null, 0));
            }
            final FilterChain chain = new FilterChain(name, port(port), filter, null, 0);
            if (port != 0)
            {
                builder.add(chain);
            }
            return builder.build(port == 0 ? chain : null);
        };
    }

    private static Socket connect(final TestProxy proxy) throws IOException
    {
        final Socket socket = new Socket(proxy.listen.inet().getAddress(), proxy.listen.inet().getPort());
        socket.setSoTimeout(120_000);
        return socket;
    }

    private static HttpMessage ask(final Socket socket) throws IOException
    {
        socket.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
        return HttpMessage.read(socket.getInputStream(), false);
    }

    private static void check(final boolean stays, final boolean isDefault, final String first, final String second)
        throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            final int port = isDefault ? 0 : proxy.listen.inet().getPort();
            serve(proxy, first, port);
            proxy.publish();
            try (Socket socket = connect(proxy))
            {
                assertEquals("hello", ask(socket).text());
                serve(proxy, second, port, 1, 2);
                proxy.publish();
                if (stays)
                {
                    assertNull(ask(socket).header("connection"));
                    assertEquals("hello", ask(socket).text());
                }
                else
                {
                    assertEquals(-1, socket.getInputStream().read(), "idle, it ends at once");
                }
                try (Socket fresh = connect(proxy))
                {
                    assertNull(ask(fresh).header("connection"));
                    assertEquals("hello", ask(fresh).text());
                }
            }
        }
    }

    @Test
    void shouldKeepConnectionsOfAChainOfTheSameName() throws Exception
    {
        check(true, false, "a", "a");
    }

    @Test
    void shouldKeepConnectionsOfAChainOfTheSameMatch() throws Exception
    {
        check(true, false, "", "");
    }

    @Test
    void shouldKeepConnectionsOfTheDefaultChain() throws Exception
    {
        check(true, true, "a", "b");
    }

    @Test
    void shouldEndConnectionsOfAChainThatIsGone() throws Exception
    {
        check(false, false, "a", "b");
    }

    @Test
    void shouldKeepConnectionsWhoseChainMatchesOtherOnes() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            serve(proxy, "a", proxy.listen.inet().getPort());
            proxy.publish();
            try (Socket socket = connect(proxy))
            {
                assertEquals("hello", ask(socket).text());
                serve(proxy, "a", 1);
                proxy.publish();
                assertEquals("hello", ask(socket).text());
                try (Socket fresh = connect(proxy))
                {
                    assertEquals(-1, fresh.getInputStream().read());
                }
                assertEquals(1, proxy.counter("listener.l.no_filter_chain_match"));
            }
        }
    }

    @Test
    void shouldLetADrainHoldForChainsThatCome() throws Exception
    {
        try (TestBackend backend = TestBackend.answering(TestBackend.ok("hello"));
            TestProxy proxy = new TestProxy(backend).start())
        {
            serve(proxy, "a", proxy.listen.inet().getPort());
            proxy.publish();
            proxy.drain();
            serve(proxy, "b", proxy.listen.inet().getPort());
            proxy.publish();
            try (Socket fresh = connect(proxy))
            {
                assertEquals("close", ask(fresh).header("connection"));
            }
        }
    }
}
