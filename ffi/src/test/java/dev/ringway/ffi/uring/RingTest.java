package dev.ringway.ffi.uring;

import dev.ringway.ffi.FdLeakCheck;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.EventFd;
import dev.ringway.ffi.libc.Signals;
import dev.ringway.ffi.libc.Syscall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

import static dev.ringway.ffi.uring.UringConstants.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The queues themselves: submitting, waiting, overflow, waking another ring.
 */
@ParameterizedClass
@FieldSource("dev.ringway.ffi.uring.TestRing#MODES")
@ExtendWith(FdLeakCheck.class)
final class RingTest
{
    private static final boolean IS_X86 = "amd64".equals(System.getProperty("os.arch"));
    private static final int NR_GETTID = IS_X86 ? 186 : 178;
    private static final int NR_TGKILL = IS_X86 ? 234 : 131;
    private static final int NR_MMAP = IS_X86 ? 9 : 222;
    private static final int MMAP_FLAGS = 3;
    private static final int MMAP_OFFSET = 5;
    private static final int SHARED_AND_POPULATED = 0x8001;
    private static final int SQES_OFFSET = 0x10000000;
    private static final int BAD_OPCODE = 200;

    private final int mode;
    private final TestRing test;
    private final IoUring ring;

    RingTest(final int mode)
    {
        this.mode = mode;
        test = new TestRing(mode);
        ring = test.ring;
    }

    @AfterEach
    void close()
    {
        test.close();
    }

    @Test
    void shouldHaveTheSizesAndFlagsAskedFor()
    {
        assertEquals(TestRing.SQ_ENTRIES, ring.sqEntries());
        assertEquals(TestRing.CQ_ENTRIES, ring.cqEntries());
        assertEquals(mode, ring.setupFlags() & mode);
        assertEquals(TestRing.SQ_ENTRIES, ring.sqSpace());
        assertEquals(0, ring.sqPending());
        assertFalse(ring.hasCompletions());
    }

    @Test
    void shouldCarryTokensUnchanged()
    {
        final long[] tokens = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x0123_4567_89AB_CDEFL};
        for (final long token : tokens)
        {
            test.submissions.nop(token);
        }
        assertEquals(tokens.length, ring.sqPending());
        assertEquals(TestRing.SQ_ENTRIES - tokens.length, ring.sqSpace());
        assertFalse(ring.hasCompletions());

        assertEquals(tokens.length, ring.enter(tokens.length, -1));

        assertEquals(0, ring.sqPending());
        assertEquals(TestRing.SQ_ENTRIES, ring.sqSpace());
        assertTrue(ring.hasCompletions());
        for (final long token : tokens)
        {
            test.awaitResult(token, 0);
        }
    }

    @Test
    void shouldDrainNoMoreThanTheLimit()
    {
        for (int i = 0; i < 5; i++)
        {
            test.submissions.nop(i);
        }
        ring.enter(5, -1);
        final List<Long> drained = new ArrayList<>();
        final CompletionSink sink = (token, result, flags) -> drained.add(token);

        assertEquals(2, ring.drain(sink, 2));
        assertEquals(3, ring.drain(sink, 100));
        assertEquals(0, ring.drain(sink, 100));

        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), drained);
    }

    @Test
    void shouldGoAroundTheRingsManyTimes()
    {
        final long[] next = {0};
        for (int i = 0; i < 10_000; i++)
        {
            test.submissions.nop(i);
            if ((i & 3) == 3)
            {
                ring.enter(4, -1);
                ring.drain((token, result, flags) -> assertEquals(next[0]++, token), 4);
            }
        }
        assertEquals(10_000, next[0]);
    }

    @Test
    void shouldSubmitByItselfWhenTheQueueIsFullAndLoseNoCompletionWhenTheOtherOverflows()
    {
        final int count = 100;
        for (int i = 0; i < count; i++)
        {
            test.submissions.nop(i);
        }
        final List<Long> drained = new ArrayList<>();
        final CompletionSink sink = (token, result, flags) -> drained.add(token);
        for (int i = 0; i < count && drained.size() < count; i++)
        {
            ring.enter(0, -1);
            ring.drain(sink, Integer.MAX_VALUE);
        }

        assertEquals(LongStream.range(0, count).boxed().toList(), drained);
        assertEquals(0, ring.cqOverflow());
        test.submissions.nop(count);
        test.awaitResult(count, 0);
    }

    @Test
    void shouldReportWhenTheWaitRunsOut()
    {
        final long startNs = System.nanoTime();
        assertEquals(-Errno.ETIME, ring.enter(1, 30_000_000L));
        final long tookNs = System.nanoTime() - startNs;
        assertTrue(tookNs >= 30_000_000L && tookNs < 5_000_000_000L, tookNs + " ns");

        assertEquals(-Errno.ETIME, ring.enter(1, 0));
        test.submissions.nop(1);
        test.awaitResult(1, 0);
    }

    @Test
    void shouldReportEntriesSubmittedRatherThanTheWaitRunningOut()
    {
        try (EventFd event = EventFd.open())
        {
            test.submissions.pollFd(event.fd(), 1, 7);

            assertEquals(1, ring.enter(1, 10_000_000L));

            assertEquals(0, ring.sqPending());
            assertFalse(ring.hasCompletions());
            event.signal();
            test.awaitResult(7, 1);
        }
    }

    @Test
    void shouldBeContentWithOneCompletionAfterTheShortestWait()
    {
        try (EventFd event = EventFd.open())
        {
            event.signal();
            test.submissions.pollFd(event.fd(), 1, 7);
            final long startNs = System.nanoTime();

            assertEquals(1, ring.enter(2, 20_000_000_000L, 30_000));

            final long tookNs = System.nanoTime() - startNs;
            assertTrue(tookNs >= 30_000_000L && tookNs < 10_000_000_000L, tookNs + " ns");
            test.awaitResult(7, 1);
        }
    }

    @Test
    void shouldReturnFromTheWaitWhenASignalComes() throws Exception
    {
        Signals.USR1.handle(Runnable::run, () -> {});
        final Syscall syscall = new Syscall();
        final long pid = ProcessHandle.current().pid();
        final long tid = syscall.call(NR_GETTID, 0, 0, 0, 0, 0, 0);
        final CompletableFuture<Long> done = new CompletableFuture<>();
        final Thread sender = new Thread(() ->
        {
            final Syscall call = new Syscall();
            // Repeated, because the signal may come before the wait has begun.
            while (!done.isDone())
            {
                call.call(NR_TGKILL, pid, tid, Signals.USR1.number(), 0, 0, 0);
                LockSupport.parkNanos(1_000_000);
            }
        });
        sender.start();
        try
        {
            final long startNs = System.nanoTime();
            final int result = ring.enter(1, 20_000_000_000L);
            assertTrue(result == -Errno.ETIME || result == -Errno.EINTR, Errno.name(-result));
            assertTrue(System.nanoTime() - startNs < 20_000_000_000L);
        }
        finally
        {
            done.complete(0L);
            sender.join();
            Signals.USR1.handleByDefault();
        }
        test.submissions.nop(1);
        test.awaitResult(1, 0);
    }

    @Test
    void shouldGoOnAfterABadEntry()
    {
        test.submissions.nop(1);
        ring.put(BAD_OPCODE, 0, 0, -1, 0, 0, 0, 0, 2, 0, 0);
        test.submissions.nop(3);
        assertEquals(3, ring.enter(3, 1_000_000_000L));

        test.awaitResult(1, 0);
        test.awaitResult(2, -Errno.EINVAL);
        test.awaitResult(3, 0);
    }

    @Test
    void shouldCancelTheRestOfALinkWhenOneFails()
    {
        ring.put(OP_NOP, SQE_IO_LINK, 0, -1, 0, 0, 0, 0, 1, 0, 0);
        ring.put(OP_CLOSE, SQE_IO_LINK, 0, 0, 0, 0, 0, 0, 2, 0, 5);
        ring.put(OP_NOP, 0, 0, -1, 0, 0, 0, 0, 3, 0, 0);

        test.awaitResult(1, 0);
        test.awaitResult(2, -Errno.EBADF);
        test.awaitResult(3, -Errno.ECANCELED);
    }

    @Test
    void shouldWorkThroughItsRegisteredDescriptor()
    {
        assertEquals(0, ring.registerRingFd());
        for (int i = 0; i < 20; i++)
        {
            test.submissions.nop(i);
            test.awaitResult(i, 0);
        }
        assertEquals(-Errno.ETIME, ring.enter(1, 1_000_000L));
        assertEquals(1, ring.updateFile(0, -1));
    }

    @Test
    void shouldWaitForEnablingWhenSetUpDisabled()
    {
        try (IoUring disabled = new IoUring(4, 8, mode | SETUP_R_DISABLED))
        {
            new Submissions(disabled).nop(5);
            assertTrue(disabled.enter(0, -1) < 0);
            assertEquals(0, disabled.enable());
            assertEquals(1, disabled.enter(1, 1_000_000_000L));
            assertEquals(1, disabled.drain((token, result, flags) -> assertEquals(5, token), 8));
        }
    }

    @Test
    void shouldPollAnEventAndReadItsCount()
    {
        try (EventFd event = EventFd.open())
        {
            test.submissions.readFd(event.fd(), test.address, 8, 1);
            assertEquals(List.of(), test.settle(1));
            event.signal();
            test.awaitResult(1, 8);
            assertEquals(1, test.memory.getLong(0));

            test.submissions.pollFd(event.fd(), 1, 2);
            assertEquals(List.of(), test.settle(2));
            event.signal();
            event.signal();
            test.awaitResult(2, 1);
            assertEquals(2, event.take());
        }
    }

    @Test
    void shouldWakeAnotherThreadsRing() throws Exception
    {
        final CompletableFuture<IoUring> started = new CompletableFuture<>();
        final CompletableFuture<Completion> received = new CompletableFuture<>();
        final Thread waiter = new Thread(() ->
        {
            try (IoUring other = new IoUring(4, 8, mode))
            {
                started.complete(other);
                for (int i = 0; i < 100 && !received.isDone(); i++)
                {
                    other.enter(1, 100_000_000L);
                    other.drain((token, result, flags) ->
                        received.complete(new Completion(token, result, flags)), 8);
                }
            }
            catch (final Throwable t)
            {
                started.completeExceptionally(t);
                received.completeExceptionally(t);
            }
        });
        waiter.start();
        final IoUring other = started.get(10, TimeUnit.SECONDS);

        test.submissions.msgRing(other.fd(), 77, 0x1234_5678_9ABCL, 1);

        test.awaitResult(1, 0);
        assertEquals(new Completion(0x1234_5678_9ABCL, 77, 0), received.get(10, TimeUnit.SECONDS));
        waiter.join();
        test.submissions.msgRing(-1, 0, 0, 2);
        test.awaitResult(2, -Errno.EBADF);
    }

    @Test
    void shouldRefuseWorkAfterClose()
    {
        final IoUring closed = new IoUring(4, 8, mode);
        closed.close();
        closed.close();
        assertThrows(RuntimeException.class, () -> closed.enter(0, -1));
        assertThrows(RuntimeException.class, () -> new Submissions(closed).nop(1));
        assertThrows(RuntimeException.class, () -> closed.drain((token, result, flags) -> {}, 1));
    }

    @Test
    void shouldSayWhyASetUpIsRefused()
    {
        final UringException refused = assertThrows(UringException.class, () -> new IoUring(8, 16, 1 << 30));
        assertTrue(refused.getMessage().contains("Linux"), refused::getMessage);
    }

    @Test
    void shouldGiveAllBackWhenAMappingOfASetUpFails() throws Exception
    {
        assertNothingIsLeftWithout(MMAP_FLAGS, SHARED_AND_POPULATED);
        assertNothingIsLeftWithout(MMAP_OFFSET, SQES_OFFSET);
    }

    private void assertNothingIsLeftWithout(final int argument, final int value) throws Exception
    {
        final Map<String, String> before = FdLeakCheck.open();
        SystemCallFilter.refusing(NR_MMAP, argument, value, Errno.ENOMEM, () ->
        {
            final UringException refused = assertThrows(UringException.class, () -> new IoUring(8, 16, mode));
            assertTrue(refused.getMessage().contains("memory"), refused::getMessage);
        });
        assertEquals(before, FdLeakCheck.open());
    }

    @Test
    void shouldRefuseEntriesRatherThanOverwriteThoseThatWait()
    {
        try (IoUring disabled = new IoUring(4, 8, mode | SETUP_R_DISABLED))
        {
            final Submissions submissions = new Submissions(disabled);
            for (int i = 0; i < 4; i++)
            {
                submissions.nop(i);
            }
            final UringException refused = assertThrows(UringException.class, () -> submissions.nop(4));
            assertTrue(refused.getMessage().contains("takes no submissions"), refused::getMessage);
            assertThrows(UringException.class, submissions::submit);
            assertEquals(0, disabled.enable());

            submissions.nop(4);

            final List<Long> drained = new ArrayList<>();
            disabled.enter(1, 1_000_000_000L);
            disabled.drain((token, result, flags) -> drained.add(token), 8);
            assertEquals(List.of(0L, 1L, 2L, 3L, 4L), drained);
        }
    }

    @Test
    void shouldSubmitAllAndMakeRoomWhenTheKernelStopsAtABadEntry()
    {
        try (IoUring stopping = new IoUring(4, 8, mode & ~SETUP_SUBMIT_ALL))
        {
            final Submissions submissions = new Submissions(stopping);
            for (int i = 0; i < 4; i++)
            {
                stopping.put(BAD_OPCODE, 0, 0, -1, 0, 0, 0, 0, i, 0, 0);
            }
            submissions.reserve(3);
            assertTrue(stopping.sqSpace() >= 3, "room for " + stopping.sqSpace());
            stopping.put(BAD_OPCODE, 0, 0, -1, 0, 0, 0, 0, 4, 0, 0);
            submissions.nop(5);

            submissions.submit();

            assertEquals(0, stopping.sqPending());
            final List<Long> drained = new ArrayList<>();
            stopping.drain((token, result, flags) -> drained.add(token), 8);
            assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), drained);
        }
    }
}
