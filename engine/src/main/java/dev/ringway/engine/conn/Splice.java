package dev.ringway.engine.conn;

import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.libc.Pipe;

/**
 * One direction of a relay that moves much, or the content of a large response: the bytes pass from socket to socket
 * through a pipe, uncopied, and never enter the loop's memory. What the source has is taken only when the pipe is empty,
 * so that all of it has been sent when the source's end is seen. Loop thread only.
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

    /** Both sockets have plain descriptors. */
    void begin(final ConnectionLife from, final ConnectionLife to)
    {
        source = from;
        sink = to;
        held = 0;
        small = 0;
        isBlocked = false;
        to.sender().splice(this);
    }

    /**
     * The source's turn: passes on what it has, once what came before has left.
     *
     * @return whether the source may have more; otherwise {@link Receiver#onPassed} comes.
     */
    boolean move()
    {
        if (!sink.sender().isIdle() || !fill() || !drain())
        {
            return false;
        }
        onEmpty();
        return true;
    }

    private boolean fill()
    {
        final int result = pipe.fill(source.plainFd(), (int)Math.min(passable(), PIECE));
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
        receiver.onReceiveEnded(result);
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
            sink.sender().onGone(result);
        }
        return true;
    }

    /** Whether more passes is to be seen when what was taken has left. */
    private void onEmpty()
    {
        final ConnectionLife from = source;
        if (passable() == 0)
        {
            end();
            from.connection().handler().onPassedAll(from.connection());
        }
        else if (small == MOST_SMALL)
        {
            end();
            from.receiver().onSmallPieces();
        }
    }

    private long passable()
    {
        return source.connection().handler().passable(source.connection());
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
        if (drain())
        {
            isBlocked = false;
            sink.connection().onDrained();
            if (source == from)
            {
                onEmpty();
            }
            from.receiver().onPassed();
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
        source.receiver().onSpliceEnded();
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
