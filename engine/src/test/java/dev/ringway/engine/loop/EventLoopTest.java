package dev.ringway.engine.loop;

import dev.ringway.engine.conn.CloseListener;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionHandler;
import dev.ringway.engine.conn.Connections;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.tls.HandshakeWorkers;
import dev.ringway.ffi.sock.SockAddr;
import dev.ringway.ffi.sock.Sockets;
import dev.ringway.ffi.uring.UringProbe;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One loop on a real ring, stepped by hand with a clock that stands still. */
final class EventLoopTest
{
    private static final long MILLI_NS = 1_000_000L;
    private static final int CHUNKS = 8;

    private final List<String> told = new ArrayList<>();
    private final Recorder recorder = new Recorder();
    private long nowNs = 1_000 * MILLI_NS;
    private final HandshakeWorkers workers = new HandshakeWorkers(1);
    private EventLoop loop;
    private Connections connections;
    private int listenFd;
    private int port;

    @BeforeEach
    void setUp()
    {
        loop = new EventLoop(new LoopContext()
            .setupFlags(UringProbe.run().setupFlags())
            .slotLimit(8)
            .memory(CHUNKS, 2)
            .clocks(() -> nowNs, () -> nowNs)
            .counters(new LoopCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(4096)))));
        connections = new Connections(loop, workers);
        loop.onStart();
        listenFd = Sockets.socket(2, Sockets.SOCK_STREAM);
        assertEquals(0, Sockets.bind(listenFd, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        assertEquals(0, Sockets.listen(listenFd, 16));
        final UnsafeBuffer name = new UnsafeBuffer(ByteBuffer.allocateDirect(128));
        Sockets.getsockname(listenFd, name, 0);
        port = name.getShort(2, ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    @AfterEach
    void tearDown()
    {
        await(() -> loop.slots().inUse() == 0);
        assertEquals(0, loop.memory().chunksHeldByTraffic());
        assertEquals(0, connections.queuesInUse());
        loop.onClose();
        Sockets.close(listenFd);
    }

    private void step()
    {
        loop.proxy().offer(ignored -> { });
        loop.doWork();
    }

    private void await(final BooleanSupplier condition)
    {
        final long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() < deadlineNs, () -> "did not come to be; told so far: " + told);
            step();
            Thread.yield();
        }
    }

    private Connection accept()
    {
        final Connection connection = connections.acquire(recorder, 1 << 16);
        connection.accept(listenFd);
        return connection;
    }

    private Socket connect() throws IOException
    {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private Connection connecting()
    {
        final UnsafeBuffer address = new UnsafeBuffer(new byte[SockAddr.INET6_LENGTH]);
        final int length = SockAddr.encode(address, 0, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        final Connection connection = connections.acquire(recorder, 1 << 16);
        connection.connect(address.byteArray(), length, null);
        return connection;
    }

    @Test
    void shouldRunCommandsInOrderOnItsThread()
    {
        final List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 5; i++)
        {
            final int number = i;
            assertTrue(loop.proxy().offer(owner ->
            {
                assertSame(loop, owner);
                assertTrue(owner.onLoop());
                ran.add(number);
            }));
        }
        assertEquals(List.of(), ran);
        loop.doWork();
        assertEquals(List.of(0, 1, 2, 3, 4), ran);
    }

    @Test
    void shouldPushBackWhenTheCommandRingIsFull()
    {
        int taken = 0;
        while (loop.proxy().offer(ignored -> { }))
        {
            taken++;
        }
        assertEquals(256, taken);
        step();
        assertTrue(loop.proxy().offer(ignored -> { }));
    }

    @Test
    void shouldWakeFromSleepForACommand() throws InterruptedException
    {
        final boolean[] ran = new boolean[1];
        final Thread other = Thread.ofPlatform().start(() ->
        {
            while (!Thread.currentThread().isInterrupted() && !loop.proxy().offer(ignored -> ran[0] = true))
            {
                Thread.onSpinWait();
            }
        });
        for (int i = 0; i < 100 && !ran[0]; i++)
        {
            loop.doWork();
        }
        other.join();
        assertTrue(ran[0]);
    }

    @Test
    void shouldTellADeadlineOnceAndNotBeforeItsTime() throws IOException
    {
        final Connection connection = accept();
        try (Socket socket = connect())
        {
            assertTrue(socket.isConnected());
            await(() -> told.contains("opened"));
            connection.deadline(nowNs + 100 * MILLI_NS);
            connection.deadline(nowNs + 200 * MILLI_NS);
            nowNs += 150 * MILLI_NS;
            step();
            assertFalse(told.contains("deadline"), "a deadline that moved later came at the old time");
            nowNs += 60 * MILLI_NS;
            step();
            step();
            assertEquals(List.of("opened", "deadline"), told);
            connection.deadline(nowNs + 5 * MILLI_NS);
            connection.close();
            nowNs += 1_000 * MILLI_NS;
            await(() -> told.contains("closed"));
            assertEquals(List.of("opened", "deadline", "closed"), told);
        }
    }

    @Test
    void shouldReadSendShutDownAndClose() throws IOException
    {
        final Connection connection = accept();
        try (Socket socket = connect())
        {
            await(() -> told.contains("opened"));
            connection.startReading();
            socket.getOutputStream().write(new byte[100]);
            await(() -> connection.bytesReceived() == 100);
            assertTrue(recorder.echo(connection, 100));
            connection.shutdownAfterFlush();
            await(() -> connection.bytesSent() == 100 && connection.queuedBytes() == 0);
            assertEquals(100, socket.getInputStream().readNBytes(100).length);
            for (int i = 0; i < 5; i++)
            {
                step();
            }
            assertEquals(-1, socket.getInputStream().read());
            socket.shutdownOutput();
            await(() -> told.contains("eof"));
            assertTrue(connection.isReadEnded());
            connection.closeAfterFlush();
            await(() -> told.contains("closed"));
        }
    }

    @Test
    void shouldCloseWithReceiveSendAndAcceptInFlight() throws IOException
    {
        final Connection waiting = accept();
        step();
        waiting.close();
        await(() -> told.equals(List.of("closed")));
        final Connection connection = accept();
        try (Socket socket = connect())
        {
            assertTrue(socket.isConnected());
            await(() -> told.contains("opened"));
            connection.startReading();
            // Far more than the socket takes: the peer does not read.
            for (int i = 0; i < 400; i++)
            {
                final int offset = loop.memory().scratch().reserve(60_000);
                if (offset < 0)
                {
                    break;
                }
                loop.memory().scratch().commit(60_000);
                connection.sendLeased(offset, 60_000);
                step();
            }
            connection.close();
            connection.close();
            await(() -> told.contains("closed") && loop.slots().inUse() == 0);
            assertEquals(List.of("closed", "opened", "closed"), told);
        }
    }

    @Test
    void shouldDropCompletionsOfFormerOwners() throws IOException
    {
        final Connection first = accept();
        final int slot = first.slot();
        final int generation = loop.slots().generation(slot);
        first.close();
        await(() -> told.contains("closed"));
        final Connection second = accept();
        assertEquals(slot, second.slot());
        assertTrue(generation != loop.slots().generation(slot));
        final long stale = loop.stats().staleCompletions();
        loop.submissions().nop(Token.encode(generation, slot, Op.ACCEPT, 0));
        await(() -> loop.stats().staleCompletions() == stale + 1);
        assertEquals(List.of("closed"), told);
        try (Socket socket = connect())
        {
            assertTrue(socket.isConnected());
            await(() -> told.contains("opened"));
        }
        second.close();
    }

    @Test
    void shouldReadOnWhenBuffersComeBack() throws IOException
    {
        final Connection connection = accept();
        try (Socket socket = connect())
        {
            await(() -> told.contains("opened"));
            // Somebody holds all free chunks, so that the kernel gets no fresh ones.
            final List<Integer> hogged = new ArrayList<>();
            for (int offset = loop.memory().slab().take(); offset >= 0; offset = loop.memory().slab().take())
            {
                hogged.add(offset);
            }
            recorder.keeps = true;
            connection.startReading();
            final int all = 4 * BufferSlab.CHUNK_LENGTH;
            final Thread writer = Thread.ofPlatform().start(() -> write(socket, all));
            await(() -> connections.enobufs() > 0);
            assertTrue(connection.bytesReceived() < all);
            recorder.keeps = false;
            hogged.forEach(loop.memory().slab()::release);
            recorder.kept.forEach(loop.memory().slab()::release);
            await(() -> connection.bytesReceived() == all);
            writer.join();
        }
        catch (final InterruptedException e)
        {
            throw new AssertionError(e);
        }
        connection.close();
    }

    private static void write(final Socket socket, final int count)
    {
        try
        {
            socket.getOutputStream().write(new byte[count]);
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    /** Their slots are free at once, without a completion to wait for. */
    @Test
    void shouldOpenNoSocketsForWhatEndsBeforeItsTurn()
    {
        final Connection first = connecting();
        connecting().close();
        final Connection full = connecting();
        final int queued = loop.memory().scratch().reserve(100);
        loop.memory().scratch().commit(100);
        full.sendLeased(queued, 100);
        full.reset();
        final CloseListener owner = gone -> told.add("counted");
        connecting().onClose(owner);
        connections.cut(owner);
        final Connection late = connecting();
        late.deadline(nowNs + MILLI_NS);
        nowNs += 1_000 * MILLI_NS;
        step();
        assertEquals(List.of("error", "deadline", "closed", "closed", "closed", "counted"), told);
        assertEquals(2, loop.slots().inUse());
        late.close();
        step();
        assertEquals(1, loop.slots().inUse());
        await(() -> told.contains("opened"));
        first.close();
    }

    @Test
    void shouldHaveNoMoreConnectionsThanSlots()
    {
        final List<Connection> all = new ArrayList<>();
        for (Connection c = connections.acquire(recorder, 1); c != null; c = connections.acquire(recorder, 1))
        {
            c.accept(listenFd);
            all.add(c);
        }
        assertEquals(8, all.size());
        all.forEach(Connection::close);
    }

    private final class Recorder implements ConnectionHandler
    {
        private final List<Integer> kept = new ArrayList<>();
        private boolean keeps;
        private int last;

        public void onOpened(final Connection connection)
        {
            told.add("opened");
        }

        public void onOpenFailed(final Connection connection, final int errno)
        {
            told.add("openFailed");
        }

        public void onBytes(final Connection connection, final int offset, final int length)
        {
            last = offset;
            if (keeps)
            {
                loop.memory().slab().retain(offset);
                kept.add(offset);
            }
        }

        private boolean echo(final Connection connection, final int length)
        {
            return connection.send(last, length);
        }

        public void onEof(final Connection connection)
        {
            told.add("eof");
        }

        public void onError(final Connection connection, final int errno)
        {
            told.add("error");
            connection.close();
        }

        public void onOverload(final Connection connection)
        {
            told.add("overload");
        }

        public void onDrained(final Connection connection)
        {
        }

        public void onDeadline(final Connection connection, final long atNs)
        {
            told.add("deadline");
        }

        public void onClosed(final Connection connection)
        {
            told.add("closed");
        }
    }
}
