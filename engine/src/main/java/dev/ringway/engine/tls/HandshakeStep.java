package dev.ringway.engine.tls;

import dev.ringway.ffi.libc.Memory;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Part of a handshake that a worker makes: what came from the peer goes with it, what the peer is to be sent comes back.
 * Belongs to the loop, engine and all, but for the time from {@link HandshakeWorkers#offer} until its way back is asked.
 * May be used again and again.
 */
public final class HandshakeStep implements Runnable
{
    /** Most bytes that a step takes, and most that it gives: flights are a few KiB, mostly. */
    public static final int ROOM = 32 * 1024;

    private static final long PAUSE_NS = 50_000L;

    private final UnsafeBuffer input = new UnsafeBuffer(Memory.allocate(ROOM), ROOM);
    private final UnsafeBuffer output = new UnsafeBuffer(Memory.allocate(ROOM), ROOM);
    private Predicate<HandshakeStep> back;
    private TlsEngine engine;
    private int length;
    private int taken;
    private int written;
    private int code;
    private boolean isRefused;

    /**
     * Copies what came.
     *
     * @param of           engine that goes with it.
     * @param source       address of cipher text.
     * @param sourceLength at most {@link #ROOM} bytes.
     * @param wayBack      asked on a worker's thread when the step is made, until it says that the loop has been told.
     */
    public void begin(
        final TlsEngine of, final long source, final int sourceLength, final Predicate<HandshakeStep> wayBack)
    {
        engine = of;
        back = wayBack;
        length = sourceLength;
        taken = 0;
        written = 0;
        code = 0;
        isRefused = false;
        UnsafeApi.copyMemory(source, input.addressOffset(), sourceLength);
    }

    void refuse()
    {
        isRefused = true;
    }

    boolean isRefused()
    {
        return isRefused;
    }

    /**
     * A worker's: as far as the handshake gets. The loop takes it from there.
     */
    public void run()
    {
        boolean isMoving = true;
        while (isMoving)
        {
            code = engine.handshake(input.addressOffset() + taken, length - taken,
                output.addressOffset() + written, ROOM - written);
            taken += engine.consumed();
            written += Math.max(code, 0);
            if (code == TlsEngine.NEEDS_TASK)
            {
                engine.task().run();
            }
            isMoving = !engine.isEstablished() && ROOM - written >= TlsEngine.LEAST_ROOM &&
                (code > 0 || code == TlsEngine.NEEDS_TASK);
        }
        final Predicate<HandshakeStep> way = back;
        engine = null;
        back = null;
        while (!way.test(this) && !Thread.currentThread().isInterrupted())
        {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /**
     * @return what {@link TlsEngine#handshake} gave last.
     */
    public int code()
    {
        return code;
    }

    /**
     * @return what the peer is to be sent.
     */
    public UnsafeBuffer output()
    {
        return output;
    }

    /**
     * @return bytes of it, may be 0.
     */
    public int outputLength()
    {
        return written;
    }

    /**
     * @return address of what was not taken, because the handshake is over or there was no room for an answer; good until
     *         the step begins again.
     */
    public long restAddress()
    {
        return input.addressOffset() + taken;
    }

    /**
     * @return bytes of that.
     */
    public int restLength()
    {
        return length - taken;
    }
}
