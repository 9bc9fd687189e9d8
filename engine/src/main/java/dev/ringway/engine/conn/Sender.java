package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
import dev.ringway.ffi.libc.Errno;

/**
 * The sending direction of a connection: at most one gathered send is in flight, what is queued meanwhile waits for the
 * end of the duty cycle. Loop thread only.
 */
final class Sender
{
    private static final int EARLY_CLOSE_LIMIT = 16 * 1024;

    private static final int SENDING = 1;
    private static final int FLUSH_REQUESTED = 1 << 1;
    private static final int SHUTDOWN_WANTED = 1 << 2;
    private static final int SHUTDOWN_DONE = 1 << 3;
    private static final int CLOSE_WANTED = 1 << 4;
    private static final int ABOVE_HIGH = 1 << 5;
    private static final int ASKED = 1 << 6;
    private static final int DOOMED = 1 << 7;
    private static final int POLLING = 1 << 8;

    private final ConnectionLife life;
    private SendQueue queue;
    private Splice splice;
    private long bytes;
    private int counter;
    private int highWaterMark;
    private int state;

    Sender(final ConnectionLife life)
    {
        this.life = life;
    }

    void assign(final int mark)
    {
        highWaterMark = mark;
        bytes = 0;
        counter = Connection.NOT_COUNTED;
        state = 0;
    }

    /** Says which counter grows by what leaves and by what has left. */
    void count(final int id)
    {
        counter = id;
        life.loop().counters().add(id, bytes);
    }

    void highWaterMark(final int mark)
    {
        highWaterMark = mark;
    }

    /** Queues a range with its lease, behind what waits to be encrypted on a connection that is. */
    void add(final int offset, final int length)
    {
        final TlsLink tls = life.connection().link();
        if (tls != null)
        {
            tls.add(offset, length);
        }
        else
        {
            queue(offset, length);
        }
        if (queuedBytes() > highWaterMark || queuedChunks() > life.connections().share())
        {
            state |= ABOVE_HIGH;
        }
        requestFlush();
    }

    /** Queues a range with its lease as it is. */
    void queue(final int offset, final int length)
    {
        if (queue == null)
        {
            queue = life.connections().acquireQueue();
        }
        queue.add(offset, length);
    }

    /** Queues cipher text with its lease; it leaves with the next flush. */
    void queueCipher(final int offset, final int length)
    {
        queue(offset, length);
        requestFlush();
    }

    void requestFlush()
    {
        if ((state & FLUSH_REQUESTED) == 0)
        {
            state |= FLUSH_REQUESTED;
            life.loop().requestFlush(life.connection());
        }
    }

    void shutdownAfterFlush()
    {
        state |= SHUTDOWN_WANTED;
        requestFlush();
    }

    void closeAfterFlush()
    {
        state |= CLOSE_WANTED;
        requestFlush();
    }

    /** There was nowhere to send to before. */
    void onOpened()
    {
        if (queue != null || isEnding())
        {
            requestFlush();
        }
    }

    private boolean isEnding()
    {
        return (state & (SHUTDOWN_WANTED | CLOSE_WANTED)) != 0;
    }

    private boolean maySend()
    {
        return (state & SENDING) == 0 && life.isSound();
    }

    void onFlush()
    {
        state &= ~FLUSH_REQUESTED;
        if (!maySend())
        {
            return;
        }
        if (life.isSecuring())
        {
            flushQueue();
            return;
        }
        final TlsLink tls = life.connection().link();
        if (tls != null)
        {
            tls.seal(isEnding());
            if (!maySend())
            {
                return;
            }
        }
        if (queue != null)
        {
            flushQueue();
            closeEarly();
        }
        else if ((state & CLOSE_WANTED) != 0)
        {
            life.close();
        }
        else if ((state & (SHUTDOWN_WANTED | SHUTDOWN_DONE)) == SHUTDOWN_WANTED)
        {
            state |= SHUTDOWN_DONE;
            life.expect(life.ops().shutdown(life.slot(), life.tokenBase()));
        }
    }

    private void flushQueue()
    {
        if (queue != null)
        {
            state |= SENDING;
            if ((state & ASKED) == 0)
            {
                queue.sendingSince(life.nowNs());
            }
            state &= ~ASKED;
            life.expect(life.ops().send(life.slot(), life.tokenBase(), queue));
        }
    }

    /**
     * The end of the stream leaves with the last bytes. The deadline still bounds the send, and little is sent this way,
     * so that no bytes of the peer pile up unread meanwhile.
     */
    private void closeEarly()
    {
        if ((state & CLOSE_WANTED) != 0 && queuedBytes() <= EARLY_CLOSE_LIMIT && queue.isAllInFlight() &&
            queue.bytes() == queuedBytes())
        {
            life.closeBehindSend();
        }
    }

    /** Sends what is queued at once: nothing else will be sent. */
    void flushLast()
    {
        if (maySend())
        {
            flushQueue();
        }
    }

    void onSent(final int result)
    {
        final boolean isStuck = result == -Errno.ECANCELED && (state & ASKED) != 0;
        final boolean isFailed = result < 0 && !isStuck;
        state &= isStuck ? ~SENDING : ~(SENDING | ASKED | DOOMED);
        queue.complete(Math.max(result, 0));
        if (result > 0)
        {
            onGone(result);
        }
        if (life.isClosing() || isFailed)
        {
            queue.dropWaiting();
        }
        final int waiting = queuedBytes();
        releaseEmptyQueue();
        if (isStuck && (state & DOOMED) != 0)
        {
            life.shed();
        }
        else if (isFailed && !life.isClosing())
        {
            life.fail(-result);
        }
        else if (!life.isClosing())
        {
            onProgress(waiting);
        }
    }

    /** Bytes have left, from the queue or past it. */
    void onGone(final int length)
    {
        bytes += length;
        if (counter != Connection.NOT_COUNTED)
        {
            life.loop().counters().add(counter, length);
        }
    }

    private void onProgress(final int waiting)
    {
        if (splice != null && waiting == 0)
        {
            splice.onSinkIdle();
        }
        if (waiting > 0 || isEnding())
        {
            requestFlush();
        }
        if ((state & ABOVE_HIGH) != 0 && waiting <= highWaterMark >> 1 &&
            queuedChunks() <= life.connections().share() >> 1)
        {
            state &= ~ABOVE_HIGH;
            life.connection().onDrained();
        }
    }

    private void releaseEmptyQueue()
    {
        if (queue.isEmpty())
        {
            life.connections().releaseQueue(queue);
            queue = null;
        }
    }

    /** Drops what is queued and not in flight. */
    void drop()
    {
        if (queue != null)
        {
            queue.dropWaiting();
            releaseEmptyQueue();
        }
    }

    void cancel()
    {
        if ((state & SENDING) != 0)
        {
            life.ops().cancel(life.tokenBase(), Op.SEND);
        }
    }

    /**
     * Asks the kernel how much of a send has left, by cancelling it; the rest is sent on. That gives memory back.
     */
    void askSent()
    {
        if ((state & (SENDING | ASKED)) == SENDING && !life.isClosing())
        {
            state |= ASKED;
            cancel();
        }
    }

    /** Resets the connection, unless something of its send has left meanwhile. */
    void doom()
    {
        if ((state & SENDING) == 0)
        {
            life.shed();
            return;
        }
        state |= DOOMED | ASKED;
        cancel();
    }

    /** Whether nothing is queued or in flight. */
    boolean isIdle()
    {
        return queue == null && (state & SENDING) == 0;
    }

    boolean isSending()
    {
        return (state & SENDING) != 0;
    }

    boolean isDoomed()
    {
        return (state & DOOMED) != 0;
    }

    /** Nanoseconds since which nothing has left, as far as is known. */
    long sendingNs(final long nowNs)
    {
        return (state & SENDING) == 0 ? 0 : nowNs - queue.sendingSinceNs();
    }

    /** What brings bytes past the queue, or null. */
    void splice(final Splice from)
    {
        splice = from;
    }

    /** {@link Splice#onWritable} follows. */
    void awaitWritable()
    {
        state |= POLLING;
        life.expect(life.ops().awaitWritable(life.slot(), life.tokenBase()));
    }

    void onWritable()
    {
        state &= ~POLLING;
        if (splice != null)
        {
            splice.onWritable();
        }
    }

    /** The descriptor goes. */
    void giveUp()
    {
        if ((state & POLLING) != 0)
        {
            life.ops().cancel(life.tokenBase(), Op.WRITABLE);
        }
        if (splice != null)
        {
            splice.cut();
        }
    }

    /** The socket is closed. */
    void onClosed()
    {
        assert queue == null;
        state &= ~FLUSH_REQUESTED;
    }

    boolean isAboveHighWater()
    {
        return (state & ABOVE_HIGH) != 0;
    }

    int queuedBytes()
    {
        final TlsLink tls = life.connection().link();
        return (queue == null ? 0 : queue.bytes()) + (tls == null ? 0 : tls.waitingBytes());
    }

    int queuedChunks()
    {
        final TlsLink tls = life.connection().link();
        return (queue == null ? 0 : queue.chunks()) + (tls == null ? 0 : tls.waitingChunks());
    }

    long bytes()
    {
        return bytes;
    }
}
