package dev.ringway.ffi.sock;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.EventFd;
import dev.ringway.ffi.libc.Limits;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@ExtendWith(FdLeakCheck.class)
final class FdPassingTest
{
    /** Bytes that take 20 s and more to come, one in 10 ms. */
    private static final int TRICKLED = 2_000;
    private static final int LENGTH = 1 << 20;
    private static final int[] NO_FDS = {};

    private final Arena arena = Arena.ofShared();
    private final UnsafeBuffer memory = new UnsafeBuffer(arena.allocate(LENGTH, 16).address(), LENGTH);
    private final int[] pair = new int[2];
    private final FdPassing sender = new FdPassing();
    private final FdPassing receiver = new FdPassing();

    @BeforeEach
    void connect()
    {
        assertEquals(0, Sockets.socketpair(Sockets.SOCK_STREAM, pair));
    }

    @AfterEach
    void closeAll()
    {
        sender.close();
        receiver.close();
        Sockets.close(pair[0]);
        Sockets.close(pair[1]);
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 64, FdPassing.MAX_FD_COUNT})
    void shouldPassDescriptorsInOrderWithTheirPayload(final int count)
    {
        final List<EventFd> events = new ArrayList<>();
        final int[] fds = new int[count];
        for (int i = 0; i < count; i++)
        {
            events.add(EventFd.open());
            fds[i] = events.get(i).fd();
        }
        memory.putStringWithoutLengthAscii(0, "listeners");

        assertEquals(9, sender.send(pair[0], fds, count, memory, 0, 9, 1000));
        assertEquals(9, receiver.receive(pair[1], memory, 100, 100, 1000));

        assertEquals("listeners", memory.getStringWithoutLengthAscii(100, 9));
        assertEquals(count, receiver.receivedCount());
        for (int i = 0; i < count; i++)
        {
            events.get(i).signal();
            assertTrue(hasCount(receiver.received(i)), "the copy at " + i + " is another event");
            assertEquals(1, events.get(i).take());
            assertFalse(hasCount(receiver.received(i)), "the copy at " + i + " is another event");
        }
        receiver.closeReceived();
        events.forEach(EventFd::close);
        assertThrows(IndexOutOfBoundsException.class, () -> receiver.received(count));
    }

    private static boolean hasCount(final int fd)
    {
        try
        {
            return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .anyMatch((line) -> line.startsWith("eventfd-count:") && !line.endsWith(" 0"));
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldReceiveTheSameSockets()
    {
        final int[] passed = new int[2];
        assertEquals(0, Sockets.socketpair(Sockets.SOCK_STREAM, passed));
        assertEquals(1, sender.send(pair[0], passed, 2, memory, 0, 1, 1000));
        Sockets.close(passed[0]);
        Sockets.close(passed[1]);

        assertEquals(1, receiver.receive(pair[1], memory, 0, 1, 1000));

        assertEquals(2, receiver.receivedCount());
        memory.putStringWithoutLengthAscii(0, "ab");
        assertEquals(2, Sockets.send(receiver.received(0), memory, 0, 2, 0));
        assertEquals(2, Sockets.receive(receiver.received(1), memory, 10, 10, 0));
        assertEquals("ab", memory.getStringWithoutLengthAscii(10, 2));
        receiver.closeReceived();
        assertEquals(0, receiver.receivedCount());
    }

    @Test
    void shouldKeepMessagesWithDescriptorsApart()
    {
        try (EventFd event = EventFd.open())
        {
            final int[] fds = {event.fd(), event.fd(), event.fd()};
            assertEquals(4, sender.send(pair[0], fds, 1, memory, 0, 4, 1000));
            assertEquals(4, sender.send(pair[0], fds, 3, memory, 0, 4, 1000));

            assertEquals(4, receiver.receive(pair[1], memory, 0, 100, 1000));
            assertEquals(1, receiver.receivedCount());
            receiver.closeReceived();
            assertEquals(4, receiver.receive(pair[1], memory, 0, 100, 1000));
            assertEquals(3, receiver.receivedCount());
            receiver.closeReceived();
        }
    }

    @Test
    void shouldCollectDescriptorsOverSeveralReceives()
    {
        try (EventFd event = EventFd.open())
        {
            final int[] fds = {event.fd(), event.fd()};
            assertEquals(4, sender.send(pair[0], fds, 1, memory, 0, 4, 1000));
            assertEquals(4, sender.send(pair[0], fds, 2, memory, 4, 4, 1000));

            assertEquals(8, receiver.receiveFully(pair[1], memory, 100, 8, 1000));

            assertEquals(3, receiver.receivedCount());
            receiver.closeReceived();
        }
    }

    @Test
    void shouldCarryPayloadsLargerThanTheSocketBuffers() throws Exception
    {
        try (EventFd event = EventFd.open())
        {
            final int half = LENGTH / 2;
            for (int i = 0; i < half; i++)
            {
                memory.putByte(i, (byte)(i * 31 + (i >>> 8)));
            }
            final CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(
                () -> sender.send(pair[0], new int[]{event.fd()}, 1, memory, 0, half, 20_000));

            assertEquals(half, receiver.receiveFully(pair[1], memory, half, half, 20_000));

            assertEquals(half, sent.get(20, TimeUnit.SECONDS));
            assertEquals(1, receiver.receivedCount());
            for (int i = 0; i < half; i++)
            {
                assertEquals(memory.getByte(i), memory.getByte(half + i));
            }
            receiver.closeReceived();
        }
    }

    @Test
    void shouldGiveUpWhenTimeIsOver()
    {
        assertEquals(-Errno.ETIMEDOUT, receiver.receive(pair[1], memory, 0, 1, 0));
        final long startNs = System.nanoTime();
        assertEquals(-Errno.ETIMEDOUT, receiver.receive(pair[1], memory, 0, 1, 50));
        assertTrue(System.nanoTime() - startNs >= 45_000_000L);

        assertEquals(-Errno.ETIMEDOUT, sender.send(pair[0], NO_FDS, 0, memory, 0, LENGTH, 50));
    }

    @Test
    void shouldBoundTheWholeMessageNotEachPart()
    {
        final CompletableFuture<Void> trickle = CompletableFuture.runAsync(() ->
        {
            int result = 0;
            for (int i = 0; i < TRICKLED && result >= 0; i++)
            {
                result = sender.send(pair[0], NO_FDS, 0, memory, 0, 1, 100);
                LockSupport.parkNanos(10_000_000);
            }
        });
        final long startNs = System.nanoTime();

        assertEquals(-Errno.ETIMEDOUT, receiver.receiveFully(pair[1], memory, 100, TRICKLED, 100));

        assertTrue(System.nanoTime() - startNs < 15_000_000_000L);
        Sockets.shutdown(pair[1], Sockets.SHUT_RDWR);
        trickle.join();
    }

    @Test
    void shouldReportTheEndOfThePeer()
    {
        assertEquals(2, sender.send(pair[0], NO_FDS, 0, memory, 0, 2, 1000));
        assertEquals(0, Sockets.shutdown(pair[0], Sockets.SHUT_WR));

        assertEquals(-Errno.ECONNRESET, receiver.receiveFully(pair[1], memory, 0, 3, 1000));
        assertEquals(FdPassing.END, receiver.receiveFully(pair[1], memory, 0, 3, 1000));
        assertEquals(FdPassing.END, receiver.receive(pair[1], memory, 0, 3, 1000));
        assertEquals(0, Sockets.shutdown(pair[1], Sockets.SHUT_RD));
        assertEquals(-Errno.EPIPE, sender.send(pair[0], NO_FDS, 0, memory, 0, 2, 1000));
    }

    @Test
    void shouldCloseDescriptorsOfAMessageThatDoesNotEnd()
    {
        try (EventFd event = EventFd.open())
        {
            assertEquals(2, sender.send(pair[0], new int[]{event.fd()}, 1, memory, 0, 2, 1000));

            assertEquals(-Errno.ETIMEDOUT, receiver.receiveFully(pair[1], memory, 0, 3, 20));

            assertEquals(0, receiver.receivedCount());
        }
    }

    @Test
    void shouldReportDescriptorsLostToTheLimitOfOpenFiles()
    {
        final int[] fds = new int[100];
        try (EventFd event = EventFd.open())
        {
            Arrays.fill(fds, event.fd());
            assertEquals(1, sender.send(pair[0], fds, fds.length, memory, 0, 1, 1000));
            final long before = Limits.openFiles();
            assertEquals(0, Limits.openFiles(event.fd() + 20));
            try
            {
                assertEquals(-Errno.EMFILE, receiver.receive(pair[1], memory, 0, 1, 1000));
            }
            finally
            {
                assertEquals(0, Limits.openFiles(before));
            }
            assertEquals(0, receiver.receivedCount());
        }
    }

    @Test
    void shouldRefuseWhatTheKernelWould()
    {
        final int[] fds = new int[FdPassing.MAX_FD_COUNT + 1];
        Arrays.fill(fds, pair[0]);
        assertEquals(-Errno.EINVAL, sender.send(pair[0], fds, fds.length, memory, 0, 1, 0));
        assertEquals(-Errno.EINVAL, sender.send(pair[0], NO_FDS, 0, memory, 0, 0, 0));
        assertEquals(-Errno.EINVAL, receiver.receive(pair[1], memory, 0, 0, 0));
        assertEquals(-Errno.EBADF, sender.send(pair[0], new int[]{-1}, 1, memory, 0, 1, 0));
        assertEquals(-Errno.EBADF, receiver.receive(-1, memory, 0, 1, 0));
    }
}
