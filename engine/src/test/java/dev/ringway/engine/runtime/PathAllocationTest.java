package dev.ringway.engine.runtime;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the loop's thread allocates on the Java heap, from the accept to the log record: nothing. Rounds are repeated
 * until the compiler is done, then they count; one object for each request could not hide among so many.
 */
final class PathAllocationTest
{
    private static final long REQUESTS = 1_000_000;
    private static final long MOST_TIME_NS = 10_000_000_000L;
    private static final long FEWEST = 100_000;
    private static final int CONNECTIONS = 16;
    private static final int DEPTH = 64;
    private static final int SHORT_ONES = 10_000;
    private static final int WARM_UP = 4_000;
    private static final byte MARK = '!';
    private static final byte[] REQUEST = "GET /some/path?q=1 HTTP/1.1\r\nhost: example.org\r\nuser-agent: test\r\naccept: */*\r\n\r\n"
        .getBytes(US_ASCII);
    private static final byte[] ANSWER =
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nhello!".getBytes(US_ASCII);

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();

    private long allocated(final TestProxy proxy)
    {
        return threads.getThreadAllocatedBytes(proxy.engine().threads().get(0).threadId());
    }

    /** Work of a test, a number of times. */
    private interface Round
    {
        void run(int count) throws Exception;
    }

    /** Repeats a round until one allocates nothing: then the compiler is done and all after it count. */
    private void warmUp(final TestProxy proxy, final Round round, final int count) throws Exception
    {
        final long deadlineNs = System.nanoTime() + MOST_TIME_NS;
        long before;
        do
        {
            before = allocated(proxy);
            round.run(count);
        }
        while (allocated(proxy) != before && System.nanoTime() < deadlineNs);
    }

    /** Answers what ends a head, as fast as a thread can; reads no more of it than that. */
    private static void answerAll(final TestBackend.Link link) throws IOException
    {
        final InputStream in = link.socket.getInputStream();
        final byte[] piece = new byte[16 * 1024];
        int matched = 0;
        for (int n = in.read(piece); n > 0; n = in.read(piece))
        {
            for (int i = 0; i < n; i++)
            {
                matched = piece[i] == "\r\n\r\n".charAt(matched) ? matched + 1 : piece[i] == '\r' ? 1 : 0;
                if (matched == 4)
                {
                    matched = 0;
                    link.out.write(ANSWER);
                }
            }
        }
    }

    @Test
    void shouldAllocateNothingForRequestsOnKeptConnections() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend).start())
        {
            final TestClient[] clients = new TestClient[CONNECTIONS];
            for (int i = 0; i < CONNECTIONS; i++)
            {
                clients[i] = proxy.connect();
            }
            final byte[] batch = repeat(REQUEST, DEPTH);
            final Round round = count -> askAll(clients, batch, count);
            warmUp(proxy, round, 20);

            final long startNs = System.nanoTime();
            final long before = allocated(proxy);
            long requests = 0;
            while (requests < REQUESTS && System.nanoTime() - startNs < MOST_TIME_NS)
            {
                round.run(10);
                requests += 10L * CONNECTIONS * DEPTH;
            }

            assertEquals(0, allocated(proxy) - before, "bytes for " + requests + " requests");
            assertTrue(requests >= FEWEST, "only " + requests + " requests in the time");
            assertEquals(0, proxy.counter("http.in.downstream_rq_5xx"));
        }
    }

    private static void askAll(final TestClient[] clients, final byte[] batch, final int count) throws IOException
    {
        final byte[] piece = new byte[64 * 1024];
        for (int round = 0; round < count; round++)
        {
            for (final TestClient client : clients)
            {
                client.out.write(batch);
            }
            for (final TestClient client : clients)
            {
                for (int marks = 0; marks < DEPTH; )
                {
                    final int n = client.socket.getInputStream().read(piece);
                    assertTrue(n > 0, "the connection ended");
                    for (int i = 0; i < n; i++)
                    {
                        marks += piece[i] == MARK ? 1 : 0;
                    }
                }
            }
        }
    }

    private static byte[] repeat(final byte[] bytes, final int count)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++)
        {
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    @Test
    void shouldAllocateNothingForNewConnections() throws Exception
    {
        final byte[] request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(PathAllocationTest::answerAll);
            TestProxy proxy = new TestProxy(backend).start())
        {
            assertAllocatesNothing(proxy, request);
        }
    }

    @Test
    void shouldAllocateNothingForRelays() throws Exception
    {
        final byte[] greeting = "hello!".getBytes(US_ASCII);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.socket.getInputStream().readNBytes(greeting.length);
                link.out.write(greeting);
            });
            TestProxy proxy = new TestProxy(backend).tcp().start())
        {
            assertAllocatesNothing(proxy, greeting);
        }
    }

    private void assertAllocatesNothing(final TestProxy proxy, final byte[] request) throws Exception
    {
        final byte[] answer = new byte[4096];
        final Round round = count ->
        {
            for (int i = 0; i < count; i++)
            {
                connectAndAsk(proxy, request, answer);
            }
        };
        warmUp(proxy, round, WARM_UP);
        final long before = allocated(proxy);
        round.run(SHORT_ONES);
        assertEquals(0, allocated(proxy) - before, "bytes for " + SHORT_ONES + " connections");
    }

    private static void connectAndAsk(final TestProxy proxy, final byte[] request, final byte[] answer)
        throws IOException
    {
        try (Socket socket = new Socket())
        {
            socket.connect((InetSocketAddress)proxy.address());
            socket.setSoTimeout(10_000);
            final OutputStream out = socket.getOutputStream();
            out.write(request);
            final InputStream in = socket.getInputStream();
            int length = 0;
            for (int n = in.read(answer); n > 0; n = in.read(answer, length, answer.length - length))
            {
                length += n;
            }
            assertTrue(length > 0 && answer[length - 1] == MARK, () -> "answered " + Arrays.toString(answer));
        }
    }
}
