package dev.ringway.ffi.uring;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Pipe;
import dev.ringway.ffi.sock.Sockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

import static dev.ringway.ffi.uring.UringConstants.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A direct descriptor that has become a plain one as well, and does not block: what the ring does with it goes on as
 * before, and bytes pass through a pipe beside the ring.
 */
@ParameterizedClass
@FieldSource("dev.ringway.ffi.uring.TestRing#MODES")
@ExtendWith(FdLeakCheck.class)
final class RingSpliceTest
{
    private static final int SLOT = 2;
    private static final int GROUP = 9;
    private static final int CAPACITY = 256 * 1024;

    private final TestRing test;
    private final Submissions submissions;
    private int peer;
    private int plain;

    RingSpliceTest(final int mode)
    {
        test = new TestRing(mode);
        submissions = test.submissions;
    }

    @BeforeEach
    void open()
    {
        peer = test.connection(SLOT);
        submissions.installFd(SLOT, 1);
        plain = test.await(1).result();
        assertTrue(plain >= 0);
        assertEquals(0, Sockets.nonBlocking(plain, true));
    }

    @AfterEach
    void close()
    {
        Sockets.close(plain);
        test.close();
    }

    private ProvidedBufferRing buffer()
    {
        final ProvidedBufferRing buffers = new ProvidedBufferRing(test.ring, GROUP, 2, true);
        buffers.add(test.address, 4096, 0);
        buffers.publish();
        return buffers;
    }

    @Test
    void shouldStillWaitToReceive()
    {
        try (ProvidedBufferRing _ = buffer())
        {
            submissions.recvMultishot(SLOT, GROUP, 0, 0, 2);
            assertEquals(0, test.settle(2).size());
            test.peerSend(peer, "abc");
            final Completion first = test.awaitResult(2, 3);
            assertTrue(first.hasMore());
            assertEquals(0, test.settle(2).size());
            test.peerSend(peer, "de");
            test.awaitResult(2, 2);
        }
    }

    @Test
    void shouldStillWaitToSend()
    {
        final int length = TestRing.SCRATCH - 4096;
        int sent = 0;
        for (int i = 0; i < 64; i++)
        {
            submissions.send(SLOT, test.address, length, 0x4100, 0, 10 + i);
            if (test.settle(10 + i).isEmpty())
            {
                sent = i;
                break;
            }
        }
        assertTrue(sent > 0);
        long left = (long)(sent + 1) * length;
        while (left > 0)
        {
            final int received = Sockets.receive(peer, test.memory, 0, (int)Math.min(left, 65536), 0);
            assertTrue(received > 0);
            left -= received;
            test.ring.enter(0, -1);
        }
        test.awaitResult(10 + sent, length);
    }

    @Test
    void shouldPassThroughAPipe()
    {
        final Pipe pipe = Pipe.open(CAPACITY);
        assertEquals(CAPACITY, pipe.capacity());
        assertEquals(-Errno.EAGAIN, pipe.fill(plain, CAPACITY));
        submissions.pollReadable(SLOT, 2);
        test.peerSend(peer, "abcdef");
        assertTrue(test.await(2).result() > 0);
        assertEquals(6, pipe.fill(plain, CAPACITY));
        assertEquals(-Errno.EAGAIN, pipe.fill(plain, CAPACITY));
        assertEquals(6, pipe.drain(plain, 6));
        assertEquals("abcdef", test.peerReceive(peer, 6));
        assertEquals(0, Sockets.shutdown(peer, Sockets.SHUT_WR));
        assertEquals(0, pipe.fill(plain, CAPACITY));
        pipe.close();
    }
}
