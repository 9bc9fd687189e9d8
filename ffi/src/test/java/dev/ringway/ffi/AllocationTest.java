package dev.ringway.ffi;

import com.sun.management.ThreadMXBean;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.EventFd;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.SocketOptions;
import dev.ringway.ffi.sock.Sockets;
import dev.ringway.ffi.uring.CompletionSink;
import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.ProvidedBufferRing;
import dev.ringway.ffi.uring.Submissions;
import dev.ringway.ffi.uring.UringProbe;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What event loops call allocates nothing once it is compiled.
 */
@ExtendWith(FdLeakCheck.class)
final class AllocationTest
{
    private static final int ROUNDS = 50_000;
    private static final long COMPILING_NS = 20_000_000_000L;

    private static void assertAllocatesNothing(final String what, final Runnable action)
    {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        // Until the compiler is done, which takes its time on a busy machine.
        final long deadlineNs = System.nanoTime() + COMPILING_NS;
        long allocated = Long.MAX_VALUE;
        while (allocated / ROUNDS > 0 && System.nanoTime() - deadlineNs < 0)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++)
            {
                action.run();
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated / ROUNDS, what + ": bytes per call");
    }

    @Test
    void shouldReadAndPrintAddressesWithoutAllocating()
    {
        final UnsafeBuffer memory = new UnsafeBuffer(new byte[512]);
        SockAddr.encodeInet6(memory, 0, 0x2001_0DB8_0000_0000L, 0x1234, 443, 7);
        SockAddr.encodeUnix(memory, 128, "/run/ringway.sock");
        assertAllocatesNothing("addresses", () ->
        {
            assertEquals(22, SockAddr.appendText(memory, 0, memory, 256));
            assertEquals(17, SockAddr.appendText(memory, 128, memory, 256));
            SockAddr.encodeInet6(memory, 384, 0, 0xFFFF_0A00_0001L, SockAddr.port(memory, 0), 0);
            assertTrue(SockAddr.unmap(memory, 384));
            assertEquals(12, SockAddr.appendText(memory, 384, memory, 256));
        });
    }

    @Test
    void shouldTuneAndNameSocketsWithoutAllocating()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final UnsafeBuffer memory = new UnsafeBuffer(arena.allocate(512, 16).address(), 512);
            final int fd = Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM);
            assertAllocatesNothing("sockets", () ->
            {
                assertEquals(0, SocketOptions.tcpNoDelay(fd, true));
                assertEquals(0, SocketOptions.linger(fd, false, 0));
                assertEquals(0, Sockets.error(fd));
                assertEquals(SockAddr.INET4_LENGTH, Sockets.getsockname(fd, memory, 0));
                assertEquals(-Errno.ENOTCONN, Sockets.getpeername(fd, memory, 0));
            });
            assertEquals(0, Sockets.close(fd));
        }
    }

    @Test
    void shouldSignalWithoutAllocating()
    {
        try (EventFd event = EventFd.open())
        {
            assertAllocatesNothing("event", () ->
            {
                assertEquals(0, event.signal());
                assertEquals(1, event.take());
            });
        }
    }

    @Test
    void shouldSubmitWaitAndDrainWithoutAllocating()
    {
        try (Arena arena = Arena.ofConfined(); IoUring ring = new IoUring(8, 16, UringProbe.run().setupFlags());
            ProvidedBufferRing buffers = new ProvidedBufferRing(ring, 0, 8, true))
        {
            final long address = arena.allocate(4096, 16).address();
            final Submissions submissions = new Submissions(ring);
            final long[] sum = {0};
            final CompletionSink sink = (token, result, flags) -> sum[0] += token;
            assertAllocatesNothing("ring", () ->
            {
                buffers.add(address, 4096, 0);
                buffers.publish();
                submissions.nop(1);
                submissions.cancel(77, 0, 2);
                submissions.msgRing(ring.fd(), 0, 3, 4);
                ring.enter(4, 1_000_000_000L);
                assertEquals(4, ring.drain(sink, 16));
            });
        }
    }
}
