package dev.ringway.engine.runtime;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Random;

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
        try (TestBackend backend = Tunnel.echo(pair))
        {
            FaultRig.run(settings(pair, backend),
                new FaultRig.Load(CLIENTS, 1, ROUNDS, MOST_ROUNDS, (rig, random) -> talk(pair, rig, random) ? 1 : 0),
                seed, isFailing, FaultRig.SQ_ENTRIES, FaultRig.CQ_ENTRIES);
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
