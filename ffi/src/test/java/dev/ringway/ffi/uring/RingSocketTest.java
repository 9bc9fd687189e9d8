package dev.ringway.ffi.uring;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.IoVec;
import dev.ringway.ffi.sock.MsgHdr;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.SocketOptions;
import dev.ringway.ffi.sock.Sockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import static dev.ringway.ffi.uring.UringConstants.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Operations on sockets that are direct descriptors.
 */
@ParameterizedClass
@FieldSource("dev.ringway.ffi.uring.TestRing#MODES")
@ExtendWith(FdLeakCheck.class)
final class RingSocketTest
{
    private static final int SLOT = 3;
    private static final int ADDRESS_AT = 4096;
    private static final int LENGTH_AT = 8192;
    private static final int NAME_AT = 12288;
    private static final int POLLERR = 8;
    private static final int POLLHUP = 16;
    private static final int POLLRDHUP = 0x2000;
    private static final int SHUT_WR = 1;

    private final TestRing test;
    private final IoUring ring;
    private final Submissions submissions;

    RingSocketTest(final int mode)
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

    private void recv(final int slot, final int offset, final int length, final long token)
    {
        submissions.recv(slot, test.address + offset, length, 0, token);
    }

    @Test
    void shouldAcceptIntoAGivenSlotWithThePeersAddress()
    {
        final int listener = test.listener();
        test.memory.putInt(LENGTH_AT, SockAddr.MAX_LENGTH);
        submissions.acceptDirect(listener, test.address + ADDRESS_AT, test.address + LENGTH_AT, SLOT, 1);
        assertEquals(List.of(), test.settle(1));

        final int peer = test.connect(listener);

        test.awaitResult(1, 0);
        assertEquals(SockAddr.INET4_LENGTH, test.memory.getInt(LENGTH_AT));
        Sockets.getsockname(peer, test.memory, NAME_AT);
        assertEquals(SockAddr.text(test.memory, NAME_AT), SockAddr.text(test.memory, ADDRESS_AT));
        test.peerSend(peer, "hello");
        recv(SLOT, 0, 100, 2);
        test.awaitResult(2, 5);
        assertEquals("hello", test.text(0, 5));
    }

    @Test
    void shouldAcceptUntilCancelled()
    {
        final int listener = test.listener();
        submissions.acceptMultishot(listener, Sockets.SOCK_CLOEXEC, 1);
        final Set<Integer> accepted = new HashSet<>();
        for (int i = 0; i < 5; i++)
        {
            test.connect(listener);
            final Completion completion = test.await(1);
            assertTrue(completion.hasMore());
            accepted.add(test.keep(completion.result()));
        }
        assertEquals(5, accepted.size());

        submissions.cancel(1, 0, 2);

        test.awaitResult(2, 0);
        assertFalse(test.awaitResult(1, -Errno.ECANCELED).hasMore());
        test.connect(listener);
        assertEquals(List.of(), test.settle(1));
    }

    @Test
    void shouldAcceptIntoFreeSlotsUntilTheTableIsFull()
    {
        final int listener = test.listener();
        submissions.acceptMultishotDirect(listener, 1);
        final Set<Integer> slots = new HashSet<>();
        for (int i = 0; i < TestRing.SLOTS; i++)
        {
            test.connect(listener);
            final Completion completion = test.await(1);
            assertTrue(completion.hasMore(), completion::toString);
            slots.add(completion.result());
        }
        assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6, 7), slots);

        test.connect(listener);

        assertFalse(test.awaitResult(1, -Errno.ENFILE).hasMore());
        submissions.closeDirect(5, 2);
        test.awaitResult(2, 0);
        submissions.acceptMultishotDirect(listener, 3);
        test.connect(listener);
        assertEquals(5, test.await(3).result());
    }

    @Test
    void shouldOpenTuneAndConnectInOneLinkedSubmission()
    {
        final int listener = test.listener();
        final int length = Sockets.getsockname(listener, test.memory, ADDRESS_AT);
        test.memory.putInt(0, 1);
        submissions.reserve(3);
        submissions.socketDirect(SockAddr.AF_INET, Sockets.SOCK_STREAM, 0, SLOT, SQE_IO_LINK, 1);
        submissions.setSocketOption(
            SLOT, SocketOptions.SOL_TCP, 1, test.address, Integer.BYTES, SQE_IO_LINK, 2);
        submissions.connect(SLOT, test.address + ADDRESS_AT, length, 0, 3);

        test.awaitResult(1, 0);
        test.awaitResult(2, 0);
        test.awaitResult(3, 0);
        final int accepted = test.keep(Sockets.accept(listener, 0));
        submissions.installFd(SLOT, 4);
        final int installed = test.keep(test.await(4).result());
        assertEquals(1, SocketOptions.value(installed, SocketOptions.SOL_TCP, 1));
        test.peerSend(accepted, "x");
        recv(SLOT, 0, 10, 5);
        test.awaitResult(5, 1);
    }

    @Test
    void shouldReportARefusedConnectAndCancelWhatIsLinkedBehind()
    {
        final int listener = test.listener();
        final int length = Sockets.getsockname(listener, test.memory, ADDRESS_AT);
        test.closeFd(listener);
        submissions.reserve(3);
        submissions.socketDirect(SockAddr.AF_INET, Sockets.SOCK_STREAM, 0, SLOT, SQE_IO_LINK, 1);
        submissions.connect(SLOT, test.address + ADDRESS_AT, length, SQE_IO_LINK, 2);
        submissions.send(SLOT, test.address, 1, 0, 0, 3);

        test.awaitResult(1, 0);
        test.awaitResult(2, -Errno.ECONNREFUSED);
        test.awaitResult(3, -Errno.ECANCELED);
    }

    @Test
    void shouldSendAllOfALargeRangeWithWaitAll()
    {
        final int peer = test.connection(SLOT);
        test.memory.putInt(0, 4096);
        submissions.setSocketOption(SLOT, SocketOptions.SOL_SOCKET, 7, test.address, Integer.BYTES, 0, 9);
        test.awaitResult(9, 0);
        final int length = 768 << 10;
        test.memory.setMemory(0, length, (byte)'y');
        submissions.send(SLOT, test.address, length, Sockets.MSG_WAITALL, 0, 1);
        assertEquals(List.of(), test.settle(1));

        int received = 0;
        while (received < length)
        {
            ring.enter(0, -1);
            final int result = Sockets.receive(peer, test.memory, TestRing.SCRATCH, 4096, Sockets.MSG_DONTWAIT);
            assertTrue(result > 0 || result == -Errno.EAGAIN, () -> Errno.name(-result));
            received += Math.max(result, 0);
        }

        test.awaitResult(1, length);
    }

    @Test
    void shouldGatherRangesAndCopyTheirListAtSubmission()
    {
        final int peer = test.connection(SLOT);
        test.memory.putStringWithoutLengthAscii(0, "one two three");
        IoVec.put(test.memory, 256, test.address + 8, 5);
        IoVec.put(test.memory, 256 + IoVec.LENGTH, test.address + 3, 1);
        IoVec.put(test.memory, 256 + 2 * IoVec.LENGTH, test.address, 3);
        MsgHdr.put(test.memory, 512, test.address + 256, 3);
        submissions.sendMsg(SLOT, test.address + 512, 0, 0, 1);
        ring.enter(0, -1);
        test.memory.setMemory(256, 512, (byte)-1);

        test.awaitResult(1, 9);
        assertEquals("three one", test.peerReceive(peer, 9));
    }

    @Test
    void shouldSendWithoutACopyAndNotifyWhenTheMemoryIsFree()
    {
        final int peer = test.connection(SLOT);
        final int length = 64 << 10;
        test.memory.setMemory(0, length, (byte)'z');
        submissions.sendZeroCopy(SLOT, test.address, length, 0, 1);

        final Completion sent = test.await(1);
        assertTrue(sent.result() > 0, sent::toString);
        assertTrue(sent.hasMore());
        assertEquals(0, sent.flags() & CQE_F_NOTIF);
        assertEquals("zzz", test.peerReceive(peer, sent.result() < 3072 ? 3 : 3072).substring(0, 3));
        int left = sent.result() - 3072;
        while (left > 0)
        {
            final int result = Sockets.receive(peer, test.memory, TestRing.SCRATCH, Math.min(left, 4096), 0);
            assertTrue(result > 0);
            left -= result;
        }
        final Completion notification = test.await(1);
        assertEquals(CQE_F_NOTIF, notification.flags() & CQE_F_NOTIF);
        assertFalse(notification.hasMore());
    }

    @Test
    void shouldEndTheSendingSide()
    {
        final int peer = test.connection(SLOT);
        submissions.send(SLOT, test.address, 4, 0, SQE_IO_LINK, 1);
        submissions.shutdown(SLOT, Sockets.SHUT_WR, 2);

        test.awaitResult(1, 4);
        test.awaitResult(2, 0);
        test.peerReceive(peer, 4);
        assertEquals(0, Sockets.receive(peer, test.memory, 0, 1, 0));
        test.peerSend(peer, "still");
        recv(SLOT, 0, 100, 3);
        test.awaitResult(3, 5);
    }

    @Test
    void shouldReportResetsAndBrokenPipes()
    {
        final int peer = test.connection(SLOT);
        recv(SLOT, 0, 100, 1);
        assertEquals(0, SocketOptions.linger(peer, true, 0));
        test.closeFd(peer);

        test.awaitResult(1, -Errno.ECONNRESET);
        submissions.send(SLOT, test.address, 1, Sockets.MSG_NOSIGNAL, 0, 2);
        test.awaitResult(2, -Errno.EPIPE);
    }

    @Test
    void shouldBoundAReceiveByALinkedTimeout()
    {
        final int peer = test.connection(SLOT);
        test.memory.putLong(512, 0);
        test.memory.putLong(520, 20_000_000);
        submissions.reserve(2);
        ring.put(OP_RECV, SQE_FIXED_FILE | SQE_IO_LINK, 0, SLOT, 0, test.address, 100, 0, 1, 0, 0);
        submissions.linkTimeout(test.address + 512, 2);
        ring.enter(0, -1);
        test.memory.putLong(512, -1);
        test.awaitResult(1, -Errno.ECANCELED);
        test.awaitResult(2, -Errno.ETIME);

        test.memory.putLong(512, 20);
        submissions.reserve(2);
        ring.put(OP_RECV, SQE_FIXED_FILE | SQE_IO_LINK, 0, SLOT, 0, test.address, 100, 0, 3, 0, 0);
        submissions.linkTimeout(test.address + 512, 4);
        ring.enter(0, -1);
        test.peerSend(peer, "in time");
        test.awaitResult(3, 7);
        test.awaitResult(4, -Errno.ECANCELED);
    }

    @Test
    void shouldInstallADescriptorBesideTheDirectOne()
    {
        final int peer = test.connection(SLOT);
        submissions.installFd(SLOT, 1);
        final int installed = test.keep(test.await(1).result());
        test.peerSend(peer, "ab");
        assertEquals(2, Sockets.receive(installed, test.memory, 0, 10, 0));

        submissions.closeDirect(SLOT, 2);
        test.awaitResult(2, 0);
        test.peerSend(peer, "cd");
        assertEquals(2, Sockets.receive(installed, test.memory, 0, 10, 0));
        recv(SLOT, 0, 10, 3);
        test.awaitResult(3, -Errno.EBADF);
    }

    @Test
    void shouldHearOfAResetBehindBytesThatNobodyHasRead()
    {
        final int peer = test.connection(SLOT);
        submissions.pollHangUp(SLOT, 1);
        test.peerSend(peer, "hello");
        assertEquals(List.of(), test.settle(1));

        SocketOptions.linger(peer, true, 0);
        test.closeFd(peer);

        assertEquals(POLLERR | POLLHUP, test.await(1).result() & (POLLERR | POLLHUP));
        recv(SLOT, 0, 10, 2);
        test.awaitResult(2, 5);
        recv(SLOT, 0, 10, 3);
        test.awaitResult(3, -Errno.ECONNRESET);
    }

    @Test
    void shouldTellTheEndOfOneDirectionFromAHangUp()
    {
        final int peer = test.connection(SLOT);
        submissions.pollHangUp(SLOT, 1);
        test.closeFd(peer);
        assertEquals(POLLRDHUP, test.await(1).result());

        submissions.shutdown(SLOT, SHUT_WR, 2);

        test.awaitResult(2, 0);
        submissions.pollHangUp(SLOT, 3);
        assertEquals(POLLHUP, test.await(3).result() & (POLLERR | POLLHUP));
    }

    @Test
    void shouldCloseTheConnectionWithItsLastReference()
    {
        final int peer = test.connection(SLOT);
        submissions.closeDirect(SLOT, 1);
        test.awaitResult(1, 0);
        assertEquals(0, Sockets.receive(peer, test.memory, 0, 1, 0));
        submissions.closeDirect(SLOT, 2);
        test.awaitResult(2, -Errno.EBADF);
    }

    @Test
    void shouldEmptyASlotByUpdate()
    {
        final int peer = test.connection(SLOT);
        assertEquals(1, ring.updateFile(SLOT, -1));
        recv(SLOT, 0, 10, 1);
        test.awaitResult(1, -Errno.EBADF);
        assertEquals(0, Sockets.receive(peer, test.memory, 0, 1, 0));
        assertTrue(ring.updateFile(TestRing.SLOTS, peer) < 0);
    }

    @Test
    void shouldKeepReceivingAfterItsSlotWasClosedUntilCancelled()
    {
        final int peer = test.connection(SLOT);
        recv(SLOT, 0, 10, 1);
        assertEquals(List.of(), test.settle(1));
        submissions.closeDirect(SLOT, 2);
        test.awaitResult(2, 0);
        assertEquals(List.of(), test.settle(1));
        assertEquals(-Errno.EAGAIN, Sockets.receive(peer, test.memory, 0, 1, Sockets.MSG_DONTWAIT));

        submissions.cancel(1, 0, 3);

        test.awaitResult(3, 0);
        test.awaitResult(1, -Errno.ECANCELED);
        assertEquals(0, Sockets.receive(peer, test.memory, 0, 1, 0));
    }

    @Test
    void shouldCancelAllOfASlot()
    {
        test.connection(SLOT);
        test.connection(SLOT + 1);
        recv(SLOT, 0, 10, 1);
        recv(SLOT, 0, 10, 2);
        recv(SLOT + 1, 0, 10, 3);
        assertEquals(List.of(), test.settle(1));

        submissions.cancelAll(SLOT, 4);

        test.awaitResult(4, 2);
        test.awaitResult(1, -Errno.ECANCELED);
        test.awaitResult(2, -Errno.ECANCELED);
        assertEquals(List.of(), test.settle(3));
        submissions.cancelAll(SLOT, 5);
        assertTrue(test.await(5).result() <= 0);
        submissions.cancel(1, 0, 6);
        test.awaitResult(6, -Errno.ENOENT);
    }

    @Test
    void shouldLoseNoByteWhenCancelAndDataMeet()
    {
        final int peer = test.connection(SLOT);
        int completed = 0;
        for (int i = 0; i < 300; i++)
        {
            recv(SLOT, 0, 10, 1);
            ring.enter(0, -1);
            final CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> test.peerSend(peer, "x"));
            submissions.cancel(1, 0, 2);
            ring.enter(0, -1);
            sending.join();

            final int result = test.await(1).result();
            final int cancelled = test.await(2).result();
            if (result == 1)
            {
                completed++;
                assertTrue(cancelled == -Errno.ENOENT || cancelled == -Errno.EALREADY || cancelled == 0);
            }
            else
            {
                assertEquals(-Errno.ECANCELED, result);
                recv(SLOT, 0, 10, 3);
                test.awaitResult(3, 1);
            }
            assertEquals(List.of(), test.present(1), "one terminal completion, round " + i + ", " + completed);
        }
    }

    @Test
    void shouldLetGoOfSocketsWhenTheRingClosesWithOperationsInFlight()
    {
        final int peer = test.connection(SLOT);
        recv(SLOT, 0, 10, 1);
        final int listener = test.listener();
        submissions.acceptMultishot(listener, Sockets.SOCK_CLOEXEC, 2);
        assertEquals(List.of(), test.settle(1));

        ring.close();

        // The kernel takes a ring down in the background; this receive waits for it.
        assertEquals(0, Sockets.receive(peer, test.memory, 0, 1, 0));
        test.connect(listener);
        test.keep(Sockets.accept(listener, 0));
    }
}
