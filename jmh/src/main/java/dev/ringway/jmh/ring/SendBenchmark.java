package dev.ringway.jmh.ring;

import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.SocketOptions;
import dev.ringway.ffi.sock.Sockets;
import dev.ringway.ffi.uring.CompletionSink;
import dev.ringway.ffi.uring.IoUring;
import dev.ringway.ffi.uring.Submissions;
import dev.ringway.ffi.uring.UringProbe;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Bytes through a TCP connection over loopback, sent with a copy and without, and received by the same thread. Loopback
 * copies what is sent without a copy when it is received, so this tells what the second completion and the pinning of
 * pages cost, not what a network card saves.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SendBenchmark
{
    private static final int SLOT = 0;
    private static final int MEMORY_LENGTH = 1 << 20;
    private static final int RECEIVED_AT = MEMORY_LENGTH / 2;
    private static final int BATCH = 8;
    private static final int TOKEN = 1;

    /** Bytes of a send. */
    @Param({"256", "4096", "16384", "65536"})
    public int length;

    private int results;
    private int completions;
    private final CompletionSink sink = (token, result, flags) ->
    {
        results += result;
        completions++;
    };
    private final Arena arena = Arena.ofShared();
    private IoUring ring;
    private Submissions submissions;
    private UnsafeBuffer memory;
    private int peer;

    /** Connects, on the thread that measures. */
    @Setup
    public void setUp()
    {
        final long address = arena.allocate(MEMORY_LENGTH, 4096).address();
        memory = new UnsafeBuffer(address, MEMORY_LENGTH);
        ring = new IoUring(16, 32, UringProbe.run().setupFlags());
        ring.registerRingFd();
        ring.registerSparseFiles(1);
        submissions = new Submissions(ring);
        final int listener = Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM);
        check(Sockets.bind(listener, new InetSocketAddress("127.0.0.1", 0)));
        check(Sockets.listen(listener, 1));
        final int addressLength = check(Sockets.getsockname(listener, memory, 0));
        peer = Sockets.socket(SockAddr.AF_INET, Sockets.SOCK_STREAM);
        check(Sockets.connect(peer, memory, 0, addressLength));
        final int accepted = check(Sockets.accept(listener, 0));
        check(SocketOptions.tcpNoDelay(accepted, true));
        check(ring.updateFile(SLOT, accepted));
        Sockets.close(accepted);
        Sockets.close(listener);
    }

    private static int check(final int result)
    {
        if (result < 0)
        {
            throw new IllegalStateException("errno " + -result);
        }
        return result;
    }

    /** Ends the connection and the ring. */
    @TearDown
    public void tearDown()
    {
        ring.close();
        Sockets.close(peer);
        arena.close();
    }

    /**
     * The kernel copies when it sends.
     *
     * @return bytes received.
     */
    @Benchmark
    public int copied()
    {
        submissions.send(SLOT, memory.addressOffset(), length, 0, 0, TOKEN);
        return await(1);
    }

    /**
     * The kernel takes the pages and tells when it is done with them.
     *
     * @return bytes received.
     */
    @Benchmark
    public int zeroCopy()
    {
        submissions.sendZeroCopy(SLOT, memory.addressOffset(), length, 0, TOKEN);
        return await(2);
    }

    private int await(final int count)
    {
        results = 0;
        completions = 0;
        ring.enter(1, -1);
        ring.drain(sink, BATCH);
        final int sent = results;
        final int received = check(Sockets.receive(peer, memory, RECEIVED_AT, sent, Sockets.MSG_WAITALL));
        while (completions < count)
        {
            ring.enter(1, -1);
            ring.drain(sink, BATCH);
        }
        return received;
    }
}
