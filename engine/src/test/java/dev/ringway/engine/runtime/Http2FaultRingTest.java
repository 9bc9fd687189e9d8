package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/**
 * Streams of several clients at once while completions come late, in another order, cut short, or as failures. Answers
 * that arrive are the right ones, and nothing is held at the end.
 */
final class Http2FaultRingTest
{
    private static final int BUFFER_LIMIT = 64 * 1024;
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 2;
    private static final int MOST_ROUNDS = 40;
    private static final int REQUESTS = 12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void shouldAnswerAllWhenCompletionsAreLateCancelledAndStarved(final long seed) throws Exception
    {
        run(HttpPair.HTTP2_TO_HTTP1, seed, false, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
        run(HttpPair.HTTP2_TO_HTTP2, seed, false, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        run(HttpPair.HTTP2_TO_HTTP1, seed, true, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
        run(HttpPair.HTTP2_TO_HTTP2, seed, true, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42})
    void shouldAnswerAllThroughARingThatIsAlwaysFull(final long seed) throws Exception
    {
        run(HttpPair.HTTP2_TO_HTTP1, seed, false, 4, 8);
        run(HttpPair.HTTP2_TO_HTTP2, seed, false, 4, 8);
    }

    private static void run(
        final HttpPair pair,
        final long seed,
        final boolean isFailing,
        final int sqEntries,
        final int cqEntries) throws Exception
    {
        try (TestBackend backend = pair.backend(Http2FaultRingTest::echo))
        {
            run(settings(pair, backend), seed, isFailing, sqEntries, cqEntries);
        }
    }

    static Sent echo(final HttpMessage request)
    {
        return Sent.of("200", request.body(), request.body().length % 2 == 0);
    }

    /** Runs clients against endpoints that {@link #echo}. */
    static void run(
        final TestProxy settings,
        final long seed,
        final boolean isFailing,
        final int sqEntries,
        final int cqEntries) throws Exception
    {
        FaultRig.run(settings, new FaultRig.Load(CLIENTS, REQUESTS, ROUNDS, MOST_ROUNDS, Http2FaultRingTest::talk),
            seed, isFailing, sqEntries, cqEntries);
    }

    /** Bounds so low that sides are paused again and again. */
    static TestProxy settings(final HttpPair pair, final TestBackend server)
    {
        final TestProxy settings = pair.proxy(server);
        settings.bufferLimit = BUFFER_LIMIT;
        return settings;
    }

    /** Right answers until the connection ends; those made by the proxy for a failure count too. */
    private static int talk(final FaultRig rig, final Random random) throws IOException
    {
        int answered = 0;
        try (TestClient socket = rig.connect())
        {
            final Http2Peer client = Http2Peer.client(socket);
            final byte[][] bodies = new byte[REQUESTS][];
            final int[] ids = new int[REQUESTS];
            for (int i = 0; i < REQUESTS; i++)
            {
                bodies[i] = new byte[random.nextInt(random.nextInt(3) == 0 ? 200_000 : 3_000)];
                Arrays.fill(bodies[i], (byte)('a' + i));
                ids[i] = client.open(false, "POST", "/" + i);
                client.body(ids[i], bodies[i], 1 + random.nextInt(16_384), true);
            }
            for (int i = 0; i < REQUESTS; i++)
            {
                final Http2Message answer = client.await(ids[i]);
                if (answer.isEnded && answer.status() == 200)
                {
                    assertArrayEquals(bodies[i], answer.body.toByteArray());
                }
                answered += answer.isEnded && answer.resetCode <= 0 ? 1 : 0;
            }
        }
        catch (final EOFException | SocketException | SSLException e)
        {
            // Cut; what came before was right.
        }
        return answered;
    }
}
