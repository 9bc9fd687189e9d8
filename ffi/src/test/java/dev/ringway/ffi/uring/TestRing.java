package dev.ringway.ffi.uring;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.SocketOptions;
import dev.ringway.ffi.sock.Sockets;
import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A tiny ring with memory, a table of eight direct descriptors and sockets to play with. Closes all it opened.
 */
final class TestRing implements AutoCloseable
{
    static final int SQ_ENTRIES = 8;
    static final int CQ_ENTRIES = 16;
    static final int SLOTS = 8;
    static final int MEMORY_LENGTH = 1 << 20;
    static final int SCRATCH = MEMORY_LENGTH - 4096;

    /** Set-up flags of all runs of a suite: as the engine sets rings up, with the index array, and plain. */
    static final int[] MODES = {
        UringConstants.SETUP_SINGLE_ISSUER | UringConstants.SETUP_DEFER_TASKRUN | UringConstants.SETUP_COOP_TASKRUN |
            UringConstants.SETUP_SUBMIT_ALL | UringConstants.SETUP_NO_SQARRAY,
        UringConstants.SETUP_SINGLE_ISSUER | UringConstants.SETUP_DEFER_TASKRUN | UringConstants.SETUP_SUBMIT_ALL,
        UringConstants.SETUP_SUBMIT_ALL};

    private static final long LIMIT_NS = 20_000_000_000L;

    final IoUring ring;
    final Submissions submissions;
    final UnsafeBuffer memory;
    final long address;
    private final Arena arena = Arena.ofShared();
    private final List<Completion> completions = new ArrayList<>();
    private final Deque<Integer> open = new ArrayDeque<>();

    TestRing(final int setupFlags)
    {
        ring = new IoUring(SQ_ENTRIES, CQ_ENTRIES, setupFlags);
        submissions = new Submissions(ring);
        address = arena.allocate(MEMORY_LENGTH, 4096).address();
        memory = new UnsafeBuffer(address, MEMORY_LENGTH);
        assertEquals(0, ring.registerSparseFiles(SLOTS));
    }

    /** Submits and waits for the next completion of a token; others are kept. */
    Completion await(final long token)
    {
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        ring.enter(0, -1);
        while (true)
        {
            fetch();
            final Completion found = take(token);
            if (found != null)
            {
                return found;
            }
            assertTrue(System.nanoTime() - deadlineNs < 0, () -> "no completion of " + token + " in " + completions);
            ring.enter(1, 100_000_000L);
        }
    }

    /** Completions of a token that are there, without waiting longer than the kernel needs for a few round trips. */
    List<Completion> settle(final long token)
    {
        for (int i = 0; i < 3; i++)
        {
            ring.enter(1, 5_000_000L);
            fetch();
        }
        return present(token);
    }

    /** Completions of a token that are there without waiting. */
    List<Completion> present(final long token)
    {
        ring.enter(0, -1);
        fetch();
        final List<Completion> result = new ArrayList<>();
        for (Completion next = take(token); next != null; next = take(token))
        {
            result.add(next);
        }
        return result;
    }

    /** Asserts a result with the name of the error. */
    Completion awaitResult(final long token, final int expected)
    {
        final Completion completion = await(token);
        assertEquals(expected, completion.result(),
            () -> completion.result() < 0 ? Errno.name(-completion.result()) : completion.toString());
        return completion;
    }

    private void fetch()
    {
        ring.drain((token, result, flags) -> completions.add(new Completion(token, result, flags)), Integer.MAX_VALUE);
    }

    private Completion take(final long token)
    {
        for (final Iterator<Completion> i = completions.iterator(); i.hasNext();)
        {
            final Completion completion = i.next();
            if (completion.token() == token)
            {
                i.remove();
                return completion;
            }
        }
        return null;
    }

    int keep(final int fd)
    {
        assertTrue(fd >= 0, () -> Errno.name(-fd));
        open.push(fd);
        return fd;
    }

    void closeFd(final int fd)
    {
        assertTrue(open.remove(fd));
        assertEquals(0, Sockets.close(fd));
    }

    int listener()
    {
        final int fd = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        assertEquals(0, Sockets.bind(fd, new InetSocketAddress("127.0.0.1", 0)));
        assertEquals(0, Sockets.listen(fd, 64));
        return fd;
    }

    /** Connects to a listener; the address stays at {@link #SCRATCH}. */
    int connect(final int listener)
    {
        final int length = Sockets.getsockname(listener, memory, SCRATCH);
        assertTrue(length > 0);
        final int fd = keep(Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM));
        final int result = Sockets.connect(fd, memory, SCRATCH, length);
        assertEquals(0, result, () -> Errno.name(-result));
        assertEquals(0, SocketOptions.tcpNoDelay(fd, true));
        return fd;
    }

    /** Makes a TCP connection: one end becomes the direct descriptor, the other is returned. */
    int connection(final int slot)
    {
        final int listener = listener();
        final int peer = connect(listener);
        final int accepted = Sockets.accept(listener, 0);
        assertTrue(accepted >= 0);
        assertEquals(0, SocketOptions.tcpNoDelay(accepted, true));
        assertEquals(1, ring.updateFile(slot, accepted));
        assertEquals(0, Sockets.close(accepted));
        closeFd(listener);
        return peer;
    }

    void peerSend(final int peer, final String text)
    {
        memory.putStringWithoutLengthAscii(SCRATCH + 256, text);
        assertEquals(text.length(), Sockets.send(peer, memory, SCRATCH + 256, text.length(), 0));
    }

    /** Receives what the peer has: exactly so many bytes. */
    String peerReceive(final int peer, final int length)
    {
        assertEquals(length, Sockets.receive(peer, memory, SCRATCH + 1024, length, Sockets.MSG_WAITALL));
        return text(SCRATCH + 1024, length);
    }

    String text(final int offset, final int length)
    {
        return memory.getStringWithoutLengthAscii(offset, length);
    }

    @Override
    public void close()
    {
        open.forEach(Sockets::close);
        ring.close();
        arena.close();
    }
}
