package dev.ringway.engine.runtime;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Connections that bring much take turns to receive, others do not.
 */
final class LargeReceiveTest
{
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 5;
    private static final int LARGE = 400_000;
    private static final int SMALL = 3000;

    private int polls;

    /** Completions of polls while clients at once ask for answers of that size. */
    private int polls(final int crowd, final int clients, final int size) throws Exception
    {
        final String body = "x".repeat(size);
        try (TestBackend backend = TestBackend.answering(request -> TestBackend.ok(body)))
        {
            final TestProxy settings = new TestProxy(backend);
            settings.receiveCrowd = crowd;
            try (FaultRig rig = new FaultRig(settings, next -> (token, result, flags) ->
                {
                    polls += Token.op(token) == Op.READABLE ? 1 : 0;
                    next.onCompletion(token, result, flags);
                }))
            {
                final List<CompletableFuture<Integer>> all = new ArrayList<>();
                for (int i = 0; i < clients; i++)
                {
                    all.add(FaultRig.start(() -> ask(rig, body)));
                }
                for (final CompletableFuture<Integer> client : all)
                {
                    rig.await(client::isDone, "the answers of a client");
                    assertEquals(REQUESTS, client.get());
                }
                rig.awaitRest(0);
            }
        }
        return polls;
    }

    private static int ask(final FaultRig rig, final String body) throws Exception
    {
        int right = 0;
        try (TestClient client = rig.connect())
        {
            for (int i = 0; i < REQUESTS; i++)
            {
                client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                right += HttpMessage.read(client.in, false).text().equals(body) ? 1 : 0;
            }
        }
        return right;
    }

    @Test
    void shouldTakeTurnsInACrowd() throws Exception
    {
        assertTrue(polls(0, CLIENTS, LARGE) > 0);
    }

    @Test
    void shouldTakeNoTurnsForLittle() throws Exception
    {
        assertEquals(0, polls(0, CLIENTS, SMALL));
    }

    @Test
    void shouldTakeNoTurnsAlone() throws Exception
    {
        // Of one connection a duty cycle may receive several times, so the crowd is a large one.
        assertEquals(0, polls(1000, 1, LARGE));
    }
}
