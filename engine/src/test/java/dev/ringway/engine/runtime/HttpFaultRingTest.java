package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * HTTP by several clients at once while completions come late, in another order, cut short, or as failures. Answers that
 * arrive are the right ones, and nothing is held at the end.
 */
final class HttpFaultRingTest
{
    private static final int BUFFER_LIMIT = 64 * 1024;
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 2;
    private static final int MOST_ROUNDS = 40;
    private static final int REQUESTS = 8;
    private static final int LONG = 6_000_000;
    private static final int SPLICE_AFTER = 16 * 1024;
    private static final int SMALL_BUFFER = 8192;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldAnswerAllWhenCompletionsAreLateCancelledAndStarved(final long seed) throws Exception
    {
        run(seed, false, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        run(seed, true, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44})
    void shouldAnswerAllThroughARingThatIsAlwaysFull(final long seed) throws Exception
    {
        run(seed, false, 4, 8);
    }

    /** Every second seed has connections that bring much take turns. */
    static int crowd(final long seed)
    {
        return seed % 2 == 0 ? 0 : 6;
    }

    /** Bounds so low that sides are paused again and again. */
    static TestProxy settings(final TestBackend server)
    {
        final TestProxy settings = new TestProxy(server);
        settings.bufferLimit = BUFFER_LIMIT;
        return settings;
    }

    private static void run(final long seed, final boolean isFailing, final int sqEntries, final int cqEntries)
        throws Exception
    {
        try (TestBackend backend = TestBackend.answering(HttpFaultRingTest::answer))
        {
            final TestProxy settings = settings(backend);
            settings.receiveCrowd = crowd(seed);
            settings.spliceAfter = seed % 4 < 2 ? SPLICE_AFTER : Integer.MAX_VALUE;
            run(settings, seed, isFailing, sqEntries, cqEntries);
        }
    }

    /** Runs clients against endpoints that {@link #answer}. */
    static void run(
        final TestProxy settings,
        final long seed,
        final boolean isFailing,
        final int sqEntries,
        final int cqEntries) throws Exception
    {
        FaultRig.run(settings, new FaultRig.Load(CLIENTS, REQUESTS, ROUNDS, MOST_ROUNDS, HttpFaultRingTest::talk),
            seed, isFailing, sqEntries, cqEntries);
    }

    /** Right answers until the connection ends; those made by the proxy for a failure count too. */
    private static int talk(final FaultRig rig, final Random random) throws IOException
    {
        int answered = 0;
        try (TestClient client = rig.connect())
        {
            while (answered < REQUESTS)
            {
                final int batch = Math.min(1 + random.nextInt(3), REQUESTS - answered);
                final List<String> expected = new ArrayList<>();
                final StringBuilder requests = new StringBuilder();
                for (int i = 0; i < batch; i++)
                {
                    expected.add(request(random, requests));
                }
                client.send(requests.toString());
                for (final String text : expected)
                {
                    final HttpMessage answer = HttpMessage.read(client.in, false);
                    if (answer == null)
                    {
                        return answered;
                    }
                    assertTrue(answer.status() == 200 ? answer.text().equals(text) : answer.status() >= 500,
                        () -> answer.startLine() + ", " + answer.body().length + " bytes, expected " + text.length());
                    answered++;
                }
            }
        }
        catch (final EOFException | SocketException | SSLException e)
        {
            // Cut; what came before was right.
        }
        return answered;
    }

    private static String request(final Random random, final StringBuilder to)
    {
        final int length = random.nextInt(random.nextInt(3) == 0 ? 200_000 : 3_000);
        final String body = random.nextBoolean() ? text(random.nextInt(random.nextInt(3) == 0 ? 200_000 : 3_000)) : "";
        to.append(body.isEmpty() ? "GET" : "POST").append(" /").append(length).append(" HTTP/1.1\r\nhost: a\r\n");
        if (random.nextBoolean() && !body.isEmpty())
        {
            to.append("transfer-encoding: chunked\r\n\r\n").append(Integer.toHexString(body.length())).append("\r\n")
                .append(body).append("\r\n0\r\n\r\n");
        }
        else
        {
            to.append("content-length: ").append(body.length()).append("\r\n\r\n").append(body);
        }
        return body.length() + " " + text(length);
    }

    private static String text(final int length)
    {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)('a' + (i + length) % 23);
        }
        return new String(bytes, ISO_8859_1);
    }

    static String answer(final HttpMessage request)
    {
        final String got = request.text();
        return TestBackend.ok((got.equals(text(got.length())) ? got.length() : "wrong") + " " +
            text(Integer.parseInt(request.target().substring(1))));
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void shouldSendTheRestWhenSendsEndShort(final long seed) throws Exception
    {
        final FaultyCompletions[] made = new FaultyCompletions[1];
        try (TestBackend backend = TestBackend.scripted(HttpFaultRingTest::echoSlowly);
            FaultRig rig = new FaultRig(settings(backend),
                next -> made[0] = new FaultyCompletions(next, new Random(seed), false)))
        {
            made[0].attach(rig.loop);
            final String text = text(LONG);
            final String back = rig.drive(() -> postAndReadSlowly(rig, text, made[0]), "the answer");
            assertEquals(LONG, back.length());
            assertTrue(text.equals(back), "other bytes came back");
            made[0].off();
            rig.awaitRest(0);
        }
    }

    private static void echoSlowly(final TestBackend.Link link) throws Exception
    {
        final HttpMessage head = link.readHead();
        if (head != null)
        {
            final byte[] body = readSlowly(link.in, Integer.parseInt(head.header("content-length")));
            link.write("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: " + body.length + "\r\n\r\n");
            link.out.write(body);
        }
    }

    /** Reads no content before a send has been cut short, however slow the loop is: more is to come than sockets hold. */
    private static String postAndReadSlowly(final FaultRig rig, final String text, final FaultyCompletions faults)
        throws IOException
    {
        try (TestClient client = new TestClient(rig.address(), SMALL_BUFFER))
        {
            client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + text.length() + "\r\n\r\n").send(text);
            final HttpMessage head = client.readHead();
            assertEquals(200, head.status());
            TestProxy.await(() -> faults.shortSends() > 0, () -> "a send that is cut short");
            return new String(readSlowly(client.in, Integer.parseInt(head.header("content-length"))), ISO_8859_1);
        }
    }

    /** Slower than the other side sends, so that sends have to wait. */
    private static byte[] readSlowly(final java.io.InputStream in, final int length) throws IOException
    {
        final byte[] bytes = new byte[length];
        int read = 0;
        while (read < length)
        {
            final int n = in.readNBytes(bytes, read, Math.min(64 * 1024, length - read));
            if (n == 0)
            {
                throw new EOFException("ended after " + read + " of " + length);
            }
            read += n;
            LockSupport.parkNanos(1_000_000L);
        }
        return bytes;
    }
}
