package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A TCP relay whose completions come late, in another order, or as failures. The loop is driven by hand on the test's
 * thread, the peers are plain sockets on theirs. Whatever happens, bytes that arrive are the right ones and nothing is
 * held at the end.
 */
final class FaultRingTest
{
    private static final int BUFFER_LIMIT = 64 * 1024;
    private static final int EXCHANGES = 12;
    private static final int MOST_EXCHANGES = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLoseNoByteToLateCancelledAndStarvedCompletions(final long seed) throws Exception
    {
        run(seed, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        run(seed, true);
    }

    /** Bounds so low that sides are paused again and again. */
    private static TestProxy settings(final TestBackend server, final long seed)
    {
        final TestProxy settings = new TestProxy(server);
        settings.bufferLimit = BUFFER_LIMIT;
        settings.receiveCrowd = HttpFaultRingTest.crowd(seed);
        return settings;
    }

    private static void run(final long seed, final boolean isFailing) throws Exception
    {
        final Random random = new Random(seed);
        final FaultyCompletions[] made = new FaultyCompletions[1];
        try (TestBackend echo = TestBackend.scripted(link -> link.in.transferTo(link.out));
            FaultRig rig = new FaultRig(settings(echo, seed).tcp(),
                next -> made[0] = new FaultyCompletions(next, new Random(seed), isFailing)))
        {
            final FaultyCompletions faults = made[0];
            faults.attach(rig.loop);
            // Which completions there are depends on time, so a seed may need more exchanges to meet a fault.
            for (int i = 0; i < EXCHANGES || faults.injected() == 0 && i < MOST_EXCHANGES; i++)
            {
                final byte[] bytes = new byte[1 + random.nextInt(random.nextInt(3) == 0 ? 400_000 : 5_000)];
                random.nextBytes(bytes);
                final byte[] back = rig.drive(() -> relay(rig.address(), bytes), "the end of client " + i);
                if (!isFailing)
                {
                    assertEquals(bytes.length, back.length);
                }
                assertArrayEquals(Arrays.copyOf(bytes, back.length), back);
            }
            assertTrue(faults.injected() > 0, "no fault was injected");
            faults.off();
            rig.awaitRest(0);
        }
        catch (final AssertionError | RuntimeException e)
        {
            throw new AssertionError("seed " + seed + ", failing " + isFailing, e);
        }
    }

    /** Sends all, ends its direction, and returns what came back until the end or a failure. */
    private static byte[] relay(final InetSocketAddress address, final byte[] bytes)
    {
        final ByteArrayOutputStream back = new ByteArrayOutputStream();
        try (Socket socket = new Socket(address.getAddress(), address.getPort()))
        {
            socket.setSoTimeout(30_000);
            Thread.ofPlatform().daemon().start(() -> write(socket, bytes));
            final byte[] piece = new byte[8192];
            for (int n = socket.getInputStream().read(piece); n > 0; n = socket.getInputStream().read(piece))
            {
                back.write(piece, 0, n);
            }
        }
        catch (final IOException e)
        {
            // Cut short; what came counts.
        }
        return back.toByteArray();
    }

    private static void write(final Socket socket, final byte[] bytes)
    {
        try
        {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        }
        catch (final IOException e)
        {
            // The reader sees it too.
        }
    }
}
