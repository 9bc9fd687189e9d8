package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Upgrades while completions come late and in another order, and while operations fail: what comes back is what was
 * sent, or it is cut; nothing is kept.
 */
@Timeout(120)
final class UpgradeFaultRingTest
{
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 3;
    private static final int MOST_ROUNDS = 60;
    private static final int MOST_BYTES = 150_000;
    private static final int BUFFER_LIMIT = 64 * 1024;

    @ParameterizedTest
    @CsvSource({
        "HTTP1_TO_HTTP1, 41, false", "HTTP1_TO_HTTP1, 42, true", "HTTP1_TO_HTTP1, 43, true",
        "HTTP2_TO_HTTP1, 44, false", "HTTP2_TO_HTTP1, 45, true", "HTTP1_TO_HTTP2, 46, false",
        "HTTP1_TO_HTTP2, 47, true", "HTTP2_TO_HTTP2, 48, false", "HTTP2_TO_HTTP2, 49, true"})
    void shouldCarryWhatIsSentOrEnd(final HttpPair pair, final long seed, final boolean isFailing) throws Exception
    {
        final FaultyCompletions[] made = new FaultyCompletions[1];
        try (TestBackend backend = Tunnel.echo(pair);
            FaultRig rig = new FaultRig(settings(pair, backend),
                next -> made[0] = new FaultyCompletions(next, new Random(seed), isFailing)))
        {
            made[0].attach(rig.loop);
            for (int round = 0; round < ROUNDS || made[0].injected() == 0 && round < MOST_ROUNDS; round++)
            {
                final List<CompletableFuture<Boolean>> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++)
                {
                    final Random random = new Random(seed * 1_000 + round * CLIENTS + i);
                    clients.add(FaultRig.start(() -> talk(pair, rig, random)));
                }
                for (final CompletableFuture<Boolean> client : clients)
                {
                    rig.await(client::isDone, "the end of a client");
                    final boolean isWhole = client.get();
                    assertTrue(isFailing || isWhole, "cut");
                }
            }
            assertTrue(made[0].injected() > 0, "no fault was injected");
            made[0].off();
            rig.awaitRest(0);
        }
    }

    /** With a bound so low that sides are paused again and again. */
    private static TestProxy settings(final HttpPair pair, final TestBackend backend)
    {
        final TestProxy settings = Tunnel.proxy(pair, backend);
        settings.bufferLimit = BUFFER_LIMIT;
        return settings;
    }

    /** Whether all came back. */
    private static boolean talk(final HttpPair pair, final FaultRig rig, final Random random) throws IOException
    {
        final byte[] bytes = new byte[1 + random.nextInt(MOST_BYTES)];
        random.nextBytes(bytes);
        final int early = Math.min(bytes.length, random.nextInt(3000));
        final int late = bytes.length - early;
        try (TestClient client = new TestClient(rig.address()))
        {
            final Tunnel tunnel = Tunnel.ask(pair, client, new String(bytes, 0, early, ISO_8859_1));
            if (!tunnel.isOpen())
            {
                return false;
            }
            tunnel.send(new String(bytes, early, late, ISO_8859_1), true);
            final String back = tunnel.rest();
            final String sent = new String(bytes, ISO_8859_1);
            assertTrue(sent.startsWith(back), "other bytes came back");
            return back.length() == sent.length();
        }
        catch (final EOFException | SocketException e)
        {
            return false;
        }
        catch (final AssertionError e)
        {
            // A connection or stream that was cut where the answer was due.
            assertEquals(false, String.valueOf(e.getMessage()).contains("other bytes"));
            return false;
        }
    }
}
