package dev.ringway.ffi.uring;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.Sockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import static dev.ringway.ffi.uring.UringConstants.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Receiving into a ring of two buffers.
 */
@ParameterizedClass
@FieldSource("dev.ringway.ffi.uring.TestRing#MODES")
@ExtendWith(FdLeakCheck.class)
final class ProvidedBufferRingTest
{
    private static final int SLOT = 2;
    private static final int GROUP = 9;
    private static final int LENGTH = 16;

    private final TestRing test;
    private final IoUring ring;
    private final Submissions submissions;

    ProvidedBufferRingTest(final int mode)
    {
        test = new TestRing(mode);
        ring = test.ring;
        submissions = test.submissions;
    }

    @AfterEach
    void close()
    {
        test.close();
    }

    private ProvidedBufferRing buffers(final boolean isIncremental)
    {
        final ProvidedBufferRing buffers = new ProvidedBufferRing(ring, GROUP, 2, isIncremental);
        give(buffers, 0);
        give(buffers, 1);
        return buffers;
    }

    private void give(final ProvidedBufferRing buffers, final int bufferId)
    {
        buffers.add(test.address + bufferId * LENGTH, LENGTH, bufferId);
        buffers.publish();
    }

    private void assertReceived(
        final Completion completion, final int bufferId, final int offset, final String text)
    {
        assertEquals(text.length(), completion.result(), completion::toString);
        assertTrue(completion.hasBuffer());
        assertEquals(bufferId, completion.bufferId());
        assertEquals(text, test.text(bufferId * LENGTH + offset, text.length()));
    }

    @Test
    void shouldReceiveEachMessageIntoABufferOfItsOwn()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing buffers = buffers(false))
        {
            submissions.recvMultishot(SLOT, GROUP, 0, 1);
            for (int i = 0; i < 100; i++)
            {
                final String text = "message " + i;
                test.peerSend(peer, text);
                final Completion completion = test.await(1);
                assertReceived(completion, i & 1, 0, text);
                assertTrue(completion.hasMore());
                assertFalse(completion.isBufferKept());
                give(buffers, completion.bufferId());
            }
            submissions.cancel(1, 0, 2);
            test.awaitResult(2, 0);
            test.awaitResult(1, -Errno.ECANCELED);
        }
    }

    @Test
    void shouldReceiveUpToALimitWhereTheKernelTakesOne()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing buffers = buffers(false))
        {
            test.peerSend(peer, "0123456789abcdefGHIJKLMNOPQRSTUVwxyz");
            submissions.recvMultishot(SLOT, GROUP, 0, 18, 1);
            if (!UringProbe.run().limitsReceives())
            {
                assertFalse(test.awaitResult(1, -Errno.EINVAL).hasMore());
                return;
            }
            final Completion whole = test.await(1);
            assertReceived(whole, 0, 0, "0123456789abcdef");
            assertTrue(whole.hasMore());
            final Completion last = test.await(1);
            assertFalse(last.hasMore(), last::toString);
            assertReceived(last, 1, 0, "GH".length() == last.result() ? "GH" : "GHIJKLMNOPQRSTUV");
            give(buffers, 0);
            submissions.recvMultishot(SLOT, GROUP, 0, 18, 2);
            assertTrue(test.await(2).result() > 0);
        }
    }

    @Test
    void shouldStopWhenBuffersRunOutAndGoOnWhenArmedAgain()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing buffers = buffers(false))
        {
            submissions.recvMultishot(SLOT, GROUP, 0, 1);
            test.peerSend(peer, "0123456789abcdefGHIJKLMNOPQRSTUVwxyz");
            assertReceived(test.await(1), 0, 0, "0123456789abcdef");
            assertReceived(test.await(1), 1, 0, "GHIJKLMNOPQRSTUV");
            final Completion out = test.awaitResult(1, -Errno.ENOBUFS);
            assertFalse(out.hasMore());
            assertFalse(out.hasBuffer());

            submissions.recvMultishot(SLOT, GROUP, 0, 2);
            assertFalse(test.awaitResult(2, -Errno.ENOBUFS).hasMore());
            give(buffers, 1);
            submissions.recvMultishot(SLOT, GROUP, 0, 3);

            final Completion rest = test.await(3);
            assertReceived(rest, 1, 0, "wxyz");
            submissions.cancelAll(SLOT, 4);
            test.await(4);
            assertFalse(test.awaitResult(3, -Errno.ECANCELED).hasMore());
        }
    }

    @Test
    void shouldConsumeABufferInPieces()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing buffers = buffers(true))
        {
            submissions.recvMultishot(SLOT, GROUP, 0, 1);
            test.peerSend(peer, "one");
            Completion completion = test.await(1);
            assertReceived(completion, 0, 0, "one");
            assertTrue(completion.isBufferKept());
            test.peerSend(peer, "two");
            completion = test.await(1);
            assertReceived(completion, 0, 3, "two");
            assertTrue(completion.isBufferKept());

            test.peerSend(peer, "0123456789");
            completion = test.await(1);
            assertReceived(completion, 0, 6, "0123456789");
            assertFalse(completion.isBufferKept(), "a full buffer is the owner's again");

            test.peerSend(peer, "next");
            completion = test.await(1);
            assertReceived(completion, 1, 0, "next");
            assertTrue(completion.isBufferKept());
            give(buffers, 0);
            test.peerSend(peer, "filling up 1.more");
            completion = test.await(1);
            assertReceived(completion, 1, 4, "filling up 1");
            assertFalse(completion.isBufferKept());
            completion = test.await(1);
            assertReceived(completion, 0, 0, ".more");
            submissions.cancelAll(SLOT, 2);
            test.await(2);
            test.awaitResult(1, -Errno.ECANCELED);
        }
    }

    @Test
    void shouldTellTheEndOfTheStream()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing _ = buffers(true))
        {
            submissions.recvMultishot(SLOT, GROUP, 0, 1);
            test.peerSend(peer, "last");
            assertReceived(test.await(1), 0, 0, "last");
            assertEquals(0, Sockets.shutdown(peer, Sockets.SHUT_WR));

            assertFalse(test.awaitResult(1, 0).hasMore());

            submissions.recvSelect(SLOT, GROUP, 0, 0, 2);
            test.awaitResult(2, 0);
        }
    }

    @Test
    void shouldReceiveOnceWithALimit()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing _ = buffers(true))
        {
            test.peerSend(peer, "abcdef");
            submissions.recvSelect(SLOT, GROUP, 4, RECVSEND_POLL_FIRST, 1);
            final Completion completion = test.await(1);
            assertReceived(completion, 0, 0, "abcd");
            assertFalse(completion.hasMore());
            assertTrue((completion.flags() & CQE_F_SOCK_NONEMPTY) != 0);
            submissions.recvSelect(SLOT, GROUP, 0, 0, 2);
            assertReceived(test.await(2), 0, 4, "ef");
        }
    }

    @Test
    void shouldReceiveOnlyWhatHasCome()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing _ = buffers(true))
        {
            submissions.recvNow(SLOT, GROUP, 0, 0, 1);
            test.awaitResult(1, -Errno.EAGAIN);

            submissions.pollReadable(SLOT, 2);
            test.peerSend(peer, "ab");
            final Completion readable = test.await(2);
            assertTrue(readable.result() > 0, readable::toString);
            assertFalse(readable.hasMore());
            submissions.recvNow(SLOT, GROUP, 0, 0, 3);
            final Completion received = test.await(3);
            assertReceived(received, 0, 0, "ab");
            assertFalse(received.hasMore());

            submissions.pollReadable(SLOT, 4);
            assertEquals(0, Sockets.shutdown(peer, Sockets.SHUT_WR));
            assertTrue(test.await(4).result() > 0);
            submissions.recvNow(SLOT, GROUP, 0, 0, 5);
            test.awaitResult(5, 0);
        }
    }

    @Test
    void shouldReceiveABundleOverBothBuffers()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing _ = buffers(false))
        {
            test.peerSend(peer, "0123456789abcdefGHIJ");
            submissions.recvSelect(SLOT, GROUP, 0, RECVSEND_BUNDLE, 1);

            final Completion completion = test.await(1);

            assertEquals(20, completion.result(), completion::toString);
            assertEquals(0, completion.bufferId());
            assertEquals("0123456789abcdefGHIJ", test.text(0, 20));
        }
    }

    @Test
    void shouldShareItsBuffersAmongConnections()
    {
        final int one = test.connection(SLOT);
        final int two = test.connection(SLOT + 1);
        try (ProvidedBufferRing _ = buffers(true))
        {
            submissions.recvMultishot(SLOT, GROUP, 0, 1);
            submissions.recvMultishot(SLOT + 1, GROUP, 0, 2);
            test.peerSend(one, "aa");
            assertReceived(test.await(1), 0, 0, "aa");
            test.peerSend(two, "bbb");
            assertReceived(test.await(2), 0, 2, "bbb");
            test.peerSend(one, "c");
            assertReceived(test.await(1), 0, 5, "c");
            submissions.cancelAll(SLOT, 3);
            test.await(3);
            test.awaitResult(1, -Errno.ECANCELED);
            test.peerSend(two, "d");
            assertReceived(test.await(2), 0, 6, "d");
            submissions.cancelAll(SLOT + 1, 4);
            test.await(4);
        }
    }

    @Test
    void shouldLoseNoByteWhenCancelAndDataMeet()
    {
        final int peer = test.connection(SLOT);
        try (ProvidedBufferRing buffers = buffers(false))
        {
            for (int i = 0; i < 300; i++)
            {
                submissions.recvMultishot(SLOT, GROUP, 0, 1);
                ring.enter(0, -1);
                final CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> test.peerSend(peer, "x"));
                submissions.cancel(1, 0, 2);
                ring.enter(0, -1);
                sending.join();

                int received = 0;
                Completion completion = test.await(1);
                while (completion.hasMore())
                {
                    received += completion.result();
                    give(buffers, completion.bufferId());
                    completion = test.await(1);
                }
                assertEquals(-Errno.ECANCELED, completion.result());
                test.await(2);
                if (received == 0)
                {
                    submissions.recvSelect(SLOT, GROUP, 0, 0, 3);
                    completion = test.awaitResult(3, 1);
                    give(buffers, completion.bufferId());
                }
                assertEquals(List.of(), test.present(1));
            }
        }
    }

    @Test
    void shouldRefuseAGroupThatIsTakenOrOfAWrongSize()
    {
        try (ProvidedBufferRing _ = buffers(false))
        {
            final UringException taken =
                assertThrows(UringException.class, () -> new ProvidedBufferRing(ring, GROUP, 2, false));
            assertTrue(taken.getMessage().contains("EEXIST"), taken::getMessage);
            assertThrows(UringException.class, () -> new ProvidedBufferRing(ring, GROUP + 1, 3, false));
        }
        buffers(true).close();
    }

    @Test
    void shouldRefuseAReceiveOfAGroupThatIsNotThere()
    {
        test.connection(SLOT);
        submissions.recvMultishot(SLOT, GROUP, 0, 1);
        test.awaitResult(1, -Errno.ENOBUFS);
    }
}
