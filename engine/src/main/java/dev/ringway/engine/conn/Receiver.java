package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.memory.ReceiveBuffers;
import dev.ringway.ffi.libc.Errno;

import static dev.ringway.ffi.uring.UringConstants.CQE_F_MORE;
import static dev.ringway.ffi.uring.UringConstants.RECVSEND_POLL_FIRST;

/**
 * The receiving direction of a connection: at most one receive is armed, and once that may wait for long, a poll for the
 * hang-up beside it. One that brings much while others do so takes {@link ReceiveTurns}: a poll in place of the armed
 * receive, then one receive when its turn comes, or one piece that is spliced. Loop thread only.
 */
final class Receiver
{
    private static final int POLLERR = 0x8;
    private static final int POLLHUP = 0x10;
    /** Age of an accepted connection at which its hang-up is waited for: what ends before is spared that. */
    private static final long WATCH_AFTER_NS = 1_000_000_000L;

    private static final int WANTED = 1;
    private static final int ARMED = 1 << 1;
    private static final int CANCELLING = 1 << 2;
    private static final int ENDED = 1 << 3;
    private static final int STARVED = 1 << 4;
    private static final int TRIED = 1 << 5;
    private static final int WATCHED = 1 << 6;
    /** What is armed is only a poll. */
    private static final int POLLING = 1 << 7;
    /** Nothing is armed: its turn to receive will come. */
    private static final int QUEUED = 1 << 8;
    /** Nothing is armed: what came before has not left on the other side. */
    private static final int PASSING = 1 << 9;
    /** The next receive in turns should take a head and little more. */
    private static final int HEAD_NEXT = 1 << 10;
    /** The peer has ended its direction, or all; the receive may not have come to that. */
    private static final int PEER_ENDED = 1 << 11;

    /** Small receives in a row after which it brings little. */
    private static final int FEW = 8;
    /** A head and little more. */
    private static final int HEAD = 8 * 1024;

    private final ConnectionLife life;
    private long bytes;
    private int counter;
    private int state;
    private int small;
    private long largeNs;
    private ConnectionLife sink;
    private long sinkId;
    private Splice splice;
    private int bulk;

    Receiver(final ConnectionLife life)
    {
        this.life = life;
    }

    void assign()
    {
        bytes = 0;
        counter = Connection.NOT_COUNTED;
        state = 0;
        small = FEW;
        sink = null;
        splice = null;
    }

    /** What comes leaves on another connection as it is, and may be spliced. */
    void passTo(final ConnectionLife other)
    {
        sink = other;
        sinkId = other.connection().id();
        bulk = 0;
    }

    /** Much of what comes next leaves on another connection as it is, and may be spliced. */
    void passBody(final ConnectionLife other)
    {
        if (splice == null && mayPass(other))
        {
            beginSplice(other);
            cancelForTurns();
        }
    }

    /** Whether it brings much, and both have moved so much that it may be spliced. */
    boolean mayPass(final ConnectionLife other)
    {
        final int after = life.connections().splices().after();
        return small < FEW && bytes >= after && other.sender().bytes() >= after &&
            life.maySplice() && other.maySplice();
    }

    /** The next receive in turns takes a head and little more. */
    void expectHead()
    {
        state |= HEAD_NEXT;
    }

    /** Splices as soon as both sockets have plain descriptors. */
    private void beginSplice(final ConnectionLife other)
    {
        if (life.plainFd() >= 0 && other.plainFd() >= 0)
        {
            bulk = 0;
            splice = life.connections().splices().acquire(life, other);
        }
        else
        {
            life.makePlain();
            other.makePlain();
        }
    }

    /** Says which counter grows by what comes and by what has come. */
    void count(final int id)
    {
        counter = id;
        life.loop().counters().add(id, bytes);
    }

    void start()
    {
        state |= WANTED;
        arm();
    }

    private void arm()
    {
        if ((state & (ARMED | QUEUED | PASSING | WANTED | ENDED | STARVED)) == WANTED && life.isUp())
        {
            if (takesTurns())
            {
                state |= ARMED | POLLING;
                life.expect(life.ops().awaitReadable(life.slot(), life.tokenBase()));
                return;
            }
            // Nothing has come yet on a fresh connection; later there is a reason to try at once.
            final boolean isFirst = (state & TRIED) == 0;
            state |= ARMED | TRIED;
            life.expect(life.ops().receive(life.slot(), life.tokenBase(),
                isFirst ? RECVSEND_POLL_FIRST : 0, life.connections().receiveLimit()));
            if (isFirst)
            {
                watchForHangUp();
            }
        }
    }

    private boolean takesTurns()
    {
        return splice != null || small < FEW && life.connections().turns().isCrowded();
    }

    /** There is something to receive. */
    void onReadable(final int events)
    {
        state &= ~(ARMED | POLLING);
        if (events > 0)
        {
            state |= QUEUED;
            life.connections().turns().await(this);
        }
        else
        {
            arm();
        }
    }

    /** Its turn to receive: whether it does. The connection may have been closed, and another one may be here. */
    boolean onTurn()
    {
        final boolean isQueued = (state & QUEUED) != 0;
        state &= ~QUEUED;
        if (!isQueued || (state & (WANTED | ENDED | STARVED)) != WANTED || !life.isUp())
        {
            return false;
        }
        if (splice != null)
        {
            state |= PASSING;
            if (splice.move())
            {
                onPassed();
            }
            return true;
        }
        final boolean isHead = (state & HEAD_NEXT) != 0;
        state = state & ~HEAD_NEXT | ARMED;
        life.expect(isHead ? life.ops().receiveLittle(life.slot(), life.tokenBase(), HEAD) :
            life.ops().receiveNow(life.slot(), life.tokenBase()));
        return true;
    }

    /** Bytes are received again; {@link #onPassed} arms that. */
    void onSpliceEnded()
    {
        splice = null;
        state &= ~PASSING;
    }

    /** What passes comes in small pieces. */
    void onSmallPieces()
    {
        small = FEW;
    }

    /** Nothing of what comes has anywhere to go. */
    void stopPassing()
    {
        sink = null;
        if (splice != null)
        {
            splice.cut();
        }
    }

    /** Bytes came and are not here. */
    void onSpliced(final int length)
    {
        onCame(length);
        onLarge(length);
        life.connection().onPassed(length);
    }

    /** What was spliced last has left. */
    void onPassed()
    {
        state &= ~PASSING;
        arm();
    }

    /** Once the receive is armed. */
    private void watchForHangUp()
    {
        final long dueNs = life.isOutgoing() ? Long.MIN_VALUE : life.openedNs() + WATCH_AFTER_NS;
        if (life.nowNs() >= dueNs)
        {
            state |= WATCHED;
            life.expect(life.ops().awaitHangUp(life.slot(), life.tokenBase()));
        }
        else
        {
            life.wakeAt(dueNs);
        }
    }

    void onTimer()
    {
        if ((state & (TRIED | WATCHED)) == TRIED)
        {
            watchForHangUp();
        }
        endBehindPause();
    }

    void pause()
    {
        state &= ~WANTED;
        cancel();
        if ((state & PEER_ENDED) != 0)
        {
            life.wakeAt(life.nowNs());
        }
    }

    /** Nothing may ever resume the reading of a peer that is gone. */
    private void endBehindPause()
    {
        if ((state & (PEER_ENDED | WANTED | ENDED)) == PEER_ENDED && !life.isClosing() &&
            life.connection().handler().endsWithPeer())
        {
            onReceiveEnded(0);
        }
    }

    /** A poll takes nothing and may stay. */
    private void cancel()
    {
        if ((state & (ARMED | CANCELLING | POLLING)) == ARMED && !life.isClosing())
        {
            state |= CANCELLING;
            life.ops().cancel(life.tokenBase(), Op.RECV);
        }
    }

    /** The descriptor goes. */
    void giveUp()
    {
        if ((state & ARMED) != 0)
        {
            life.ops().cancel(life.tokenBase(), (state & POLLING) != 0 ? Op.READABLE : Op.RECV);
        }
        if ((state & WATCHED) != 0)
        {
            life.ops().cancel(life.tokenBase(), Op.HANG_UP);
        }
        stopPassing();
    }

    void onReceived(final int result, final int flags)
    {
        if ((flags & CQE_F_MORE) == 0)
        {
            state &= ~(ARMED | CANCELLING);
        }
        if (result > 0)
        {
            final ReceiveBuffers buffers = life.memory().receiveBuffers();
            onCame(result);
            for (int offset = buffers.first(result, flags); offset >= 0; offset = buffers.next())
            {
                life.connection().onReceived(offset, buffers.length());
            }
            onAmount(result, (flags & CQE_F_MORE) != 0);
            arm();
        }
        else if (!life.isClosing() && (state & ENDED) == 0)
        {
            onReceiveEnded(result);
        }
    }

    private void onCame(final int length)
    {
        bytes += length;
        if (counter != Connection.NOT_COUNTED)
        {
            life.loop().counters().add(counter, length);
        }
    }

    /** Whether it will take turns follows from how much it brought. */
    private void onAmount(final int received, final boolean isArmed)
    {
        if (received < ReceiveTurns.SMALL)
        {
            small = Math.min(small + 1, FEW);
        }
        else
        {
            onLarge(received);
        }
        if (sink != null)
        {
            onBulk(received);
        }
        if (isArmed)
        {
            cancelForTurns();
        }
    }

    private void cancelForTurns()
    {
        if (takesTurns())
        {
            cancel();
        }
    }

    private void onLarge(final int received)
    {
        if (received >= ReceiveTurns.LARGE)
        {
            small = 0;
            if (largeNs != life.nowNs())
            {
                largeNs = life.nowNs();
                life.connections().turns().onLarge();
            }
        }
    }

    private void onBulk(final int received)
    {
        bulk = received < ReceiveTurns.LARGE ? bulk >> 1 : bulk + received;
        if (splice == null && bulk >= life.connections().splices().after())
        {
            if (sink.connection().id() == sinkId && life.maySplice() && sink.maySplice())
            {
                beginSplice(sink);
            }
            else
            {
                bulk = 0;
            }
        }
    }

    /** The peer has ended its direction (0), or the socket has failed (-errno). */
    void onReceiveEnded(final int result)
    {
        switch (result)
        {
            case 0 ->
            {
                state |= ENDED;
                life.onEnd();
            }
            case -Errno.ENOBUFS ->
            {
                state |= STARVED;
                life.connections().starve(life.connection());
            }
            case -Errno.ECANCELED, -Errno.EAGAIN -> arm();
            default ->
            {
                state |= ENDED;
                life.fail(-result);
            }
        }
    }

    /**
     * A receive that is woken once for bytes and for the reset right behind them takes the bytes and waits on (seen
     * with Linux 6.18). Armed again, it finds what there is.
     */
    void onHangUp(final int events)
    {
        if (events <= 0 || (state & ENDED) != 0)
        {
            return;
        }
        if ((events & (POLLERR | POLLHUP)) != 0)
        {
            cancel();
        }
        state |= PEER_ENDED;
        endBehindPause();
    }

    /** What comes is of no use any more, though the socket has more. */
    void onEnd()
    {
        state |= ENDED;
    }

    boolean isEnded()
    {
        return (state & ENDED) != 0;
    }

    /** Whether it waits for a chunk to receive into. */
    boolean isStarved()
    {
        return (state & STARVED) != 0;
    }

    void onBuffersAgain()
    {
        if ((state & STARVED) != 0)
        {
            state &= ~STARVED;
            arm();
        }
    }

    long bytes()
    {
        return bytes;
    }
}
