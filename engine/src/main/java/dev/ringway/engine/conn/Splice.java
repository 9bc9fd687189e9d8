package dev.ringway.engine.conn;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Pipe;

/**
 * One direction of a relay that moves much: its bytes pass from socket to socket through a pipe, uncopied, and never
 * enter the loop's memory. What the source has is taken only when the pipe is empty, so that all of it has been sent
 * when the source's end is seen. Loop thread only.
 */
final class Splice
{
    /** Bytes taken at once. */
    private static final int PIECE = 256 * 1024;
    /** Small pieces in a row after which copying is cheaper. */
    private static final int MOST_SMALL = 16;

    private final Splices splices;
    private final Pipe pipe;
    private ConnectionLife source;
    private ConnectionLife sink;
    private int held;
    private int small;
    private boolean isBlocked;

    Splice(final Splices splices, final Pipe pipe)
    {
        this.splices = splices;
        this.pipe = pipe;
    }

    void begin(final ConnectionLife from, final ConnectionLife to)
    {
        source = from;
        sink = to;
        held = 0;
        small = 0;
        isBlocked = false;
        to.sender().splice(this);
        from.makePlain();
        to.makePlain();
    }

    /** Whether both sockets can be spliced; until then bytes are received and sent. */
    boolean isReady()
    {
        return source.plainFd() >= 0 && sink.plainFd() >= 0;
    }

    /** One of the sockets can be spliced now, or never will be. */
    void onPlain(final boolean isPlain)
    {
        if (!isPlain)
        {
            end();
        }
        else if (isReady())
        {
            source.receiver().onSpliceReady();
        }
    }

    /**
     * The source's turn: passes on what it has, once what came before has left.
     *
     * @return whether the source may have more; otherwise {@link Receiver#onPassed} comes.
     */
    boolean move()
    {
        return sink.sender().isIdle() && fill() && drain();
    }

    private boolean fill()
    {
        final int result = pipe.fill(source.plainFd(), PIECE);
        if (result > 0)
        {
            held = result;
            small = result < ReceiveTurns.LARGE ? small + 1 : 0;
            splices.onMoved(result);
            source.receiver().onSpliced(result);
            return true;
        }
        if (result == -Errno.EAGAIN)
        {
            return true;
        }
        final Receiver receiver = source.receiver();
        end();
        receiver.onSpliceEnded(result);
        return false;
    }

    /** Whether the pipe is empty. */
    private boolean drain()
    {
        while (held > 0)
        {
            final int result = pipe.drain(sink.plainFd(), held);
            if (result == -Errno.EAGAIN)
            {
                sink.sender().awaitWritable();
                block();
                return false;
            }
            if (result < 0)
            {
                final ConnectionLife broken = sink;
                end();
                broken.fail(-result);
                return false;
            }
            held -= result;
            sink.sender().onSpliced(result);
        }
        if (small == MOST_SMALL)
        {
            end();
        }
        return true;
    }

    private void block()
    {
        if (!isBlocked)
        {
            isBlocked = true;
            source.connection().handler().onBlocked(source.connection());
        }
    }

    /** The sink can take more. */
    void onWritable()
    {
        final ConnectionLife from = source;
        final ConnectionLife to = sink;
        if (drain())
        {
            isBlocked = false;
            from.receiver().onPassed();
            to.connection().onDrained();
        }
    }

    /** All that was queued for the sink has left. */
    void onSinkIdle()
    {
        if (held == 0)
        {
            source.receiver().onPassed();
        }
    }

    /** One of the connections ends, the other one may not have ended yet. */
    void cut()
    {
        final Receiver receiver = source.receiver();
        end();
        receiver.onPassed();
    }

    /** Bytes are received and sent again. What is in the pipe is lost: one of the connections ends. */
    void end()
    {
        source.receiver().splice(null);
        sink.sender().splice(null);
        source = null;
        sink = null;
        splices.release(this, held == 0);
    }

    void close()
    {
        pipe.close();
    }
}
