package dev.ringway.engine.runtime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    private static final int SPLICE_AFTER = 32 * 1024;
    private static final int EXCHANGES = 12;
    private static final int MOST_EXCHANGES = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLoseNoByteToLateCancelledAndStarvedCompletions(final long seed) throws Exception
    {
        run(seed, false, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void shouldLeakNothingWhenAnyStepFails(final long seed) throws Exception
    {
        run(seed, true, false);
    }

    @ParameterizedTest
    @CsvSource({"31, false", "32, false", "33, false", "34, false", "35, true", "36, true", "37, true", "38, true"})
    void shouldSpliceWithoutLossOrLeak(final long seed, final boolean isFailing) throws Exception
    {
        run(seed, isFailing, true);
    }

    /** Bounds so low that sides are paused again and again. */
    private static TestProxy settings(final TestBackend server, final long seed, final boolean isSpliced)
    {
        final TestProxy settings = new TestProxy(server);
        settings.bufferLimit = BUFFER_LIMIT;
        settings.receiveCrowd = HttpFaultRingTest.crowd(seed);
        settings.spliceAfter = isSpliced ? SPLICE_AFTER : Integer.MAX_VALUE;
        return settings;
    }

    private static void run(final long seed, final boolean isFailing, final boolean isSpliced) throws Exception
    {
        final Random random = new Random(seed);
        final FaultyCompletions[] made = new FaultyCompletions[1];
        try (TestBackend echo = TestBackend.scripted(link -> link.in.transferTo(link.out));
            FaultRig rig = new FaultRig(settings(echo, seed, isSpliced).tcp(),
                next -> made[0] = new FaultyCompletions(next, new Random(seed), isFailing)))
        {
            final FaultyCompletions faults = made[0];
            faults.attach(rig.loop);
            // Which completions there are depends on time, so a seed may need more exchanges to meet what it should.
            for (int i = 0; i < EXCHANGES || !hasMet(rig, faults, isSpliced) && i < MOST_EXCHANGES; i++)
            {
                final boolean isLarge = isSpliced || random.nextInt(3) == 0;
                final byte[] bytes = new byte[1 + random.nextInt(isLarge ? 400_000 : 5_000)];
                random.nextBytes(bytes);
                final byte[] back = rig.drive(() -> relay(rig.address(), bytes), "the end of client " + i);
                if (!isFailing)
                {
                    assertEquals(bytes.length, back.length);
                }
                assertArrayEquals(Arrays.copyOf(bytes, back.length), back);
            }
            assertTrue(hasMet(rig, faults, isSpliced), "no fault was injected, or nothing spliced");
            faults.off();
            rig.awaitRest(0);
        }
        catch (final AssertionError | RuntimeException e)
        {
            throw new AssertionError("seed " + seed + ", failing " + isFailing, e);
        }
    }

    private static boolean hasMet(final FaultRig rig, final FaultyCompletions faults, final boolean isSpliced)
    {
        return faults.injected() > 0 && (!isSpliced || rig.look().splicedBytes() > 0);
    }

    /** Sends all, ends its direction, and returns what came back until the end or a failure. */
    private static byte[] relay(final InetSocketAddress address, final byte[] bytes)
    {
        final ByteArrayOutputStream back = new ByteArrayOutputStream();
        try (Socket socket = new Socket(address.getAddress(), address.getPort()))
        {
            socket.setSoTimeout(120_000);
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
