package dev.ringway.engine.conn;

import dev.ringway.engine.io.CompletionHandler;
import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.ReceiveBuffers;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.ffi.libc.Errno;

import static dev.ringway.ffi.uring.UringConstants.CQE_F_MORE;
import static dev.ringway.ffi.uring.UringConstants.RECVSEND_POLL_FIRST;

/**
 * One socket. At most one receive is armed and one gathered send in flight; everything queued meanwhile waits for the
 * end of the duty cycle. A slot goes back only when the kernel has completed all operations on it. Loop thread only.
 */
public final class Connection implements CompletionHandler
{
    private static final int POLLERR = 0x8;
    private static final int POLLHUP = 0x10;
    private static final int EARLY_CLOSE_LIMIT = 16 * 1024;
    private static final int DIRECT_ADDRESS = 32;
    private static final int DIRECT_LENGTH = 28;
    private static final int LOCAL_ADDRESS = 64;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** Age of an accepted connection at which its hang-up is waited for: what ends before is spared that. */
    private static final long WATCH_AFTER_NS = 1_000_000_000L;

    private static final int OPENING = 1;
    private static final int OPEN = 1 << 1;
    private static final int CLOSING = 1 << 2;
    private static final int CLOSED = 1 << 3;
    private static final int READ_ARMED = 1 << 4;
    private static final int READ_WANTED = 1 << 5;
    private static final int READ_CANCELLING = 1 << 6;
    private static final int READ_ENDED = 1 << 7;
    private static final int READ_STARVED = 1 << 8;
    private static final int SENDING = 1 << 9;
    private static final int FLUSH_REQUESTED = 1 << 10;
    private static final int SHUTDOWN_WANTED = 1 << 11;
    private static final int SHUTDOWN_DONE = 1 << 12;
    private static final int CLOSE_WANTED = 1 << 13;
    private static final int ABOVE_HIGH = 1 << 14;
    private static final int RESETTING = 1 << 15;
    private static final int FAILED = 1 << 16;
    private static final int READ_TRIED = 1 << 17;
    private static final int SEND_ASKED = 1 << 18;
    private static final int DOOMED = 1 << 19;
    private static final int SECURING = 1 << 20;
    private static final int IS_PROXIED = 1 << 21;
    private static final int OUTGOING = 1 << 22;
    private static final int WATCHED = 1 << 23;

    private final EventLoop loop;
    private final Connections connections;
    private final SocketOps ops;
    private ConnectionHandler handler;
    private CloseListener closeListener;
    private SendQueue queue;
    private TlsLink tls;
    private long tokenBase;
    private long deadlineNs;
    private long bytesReceived;
    private long bytesSent;
    private long sendingSinceNs;
    private long id;
    private long openedNs;
    private int slot;
    private int state;
    private int outstanding;
    private int highWaterMark;

    Connection(final EventLoop loop, final Connections connections)
    {
        this.loop = loop;
        this.connections = connections;
        ops = connections.ops();
    }

    void assign(final int slot, final ConnectionHandler handler, final int highWaterMark)
    {
        this.slot = slot;
        this.handler = handler;
        this.highWaterMark = highWaterMark;
        tokenBase = Token.encode(loop.slots().generation(slot), slot, 0, 0);
        deadlineNs = Long.MAX_VALUE;
        state = 0;
        outstanding = 0;
        bytesReceived = 0;
        bytesSent = 0;
        id = connections.nextId();
        openedNs = 0;
        loop.slotAddresses().putShort(localAddressOffset(), (short)0);
    }

    /**
     * Accepts into this connection. {@link ConnectionHandler#onOpened} or onOpenFailed follows.
     *
     * @param listenFd listening socket.
     */
    public void accept(final int listenFd)
    {
        state = OPENING;
        outstanding += ops.accept(slot, tokenBase, listenFd);
    }

    /**
     * Opens a socket and connects it; bytes may be queued at once and leave when it is connected.
     *
     * @param sockAddr       socket address, copied.
     * @param sockAddrLength bytes of it.
     */
    public void connect(final byte[] sockAddr, final int sockAddrLength)
    {
        state = OPENING | OUTGOING;
        outstanding += ops.connect(slot, tokenBase, sockAddr, sockAddrLength);
    }

    /**
     * Starts or resumes reading.
     */
    public void startReading()
    {
        state |= READ_WANTED;
        armReading();
    }

    private void armReading()
    {
        if ((state & (READ_ARMED | READ_WANTED | READ_ENDED | READ_STARVED | OPEN | CLOSING)) == (READ_WANTED | OPEN))
        {
            // Nothing has come yet on a fresh connection; later there is a reason to try at once.
            final boolean isFirst = (state & READ_TRIED) == 0;
            state |= READ_ARMED | READ_TRIED;
            outstanding += ops.receive(
                slot, tokenBase, isFirst ? RECVSEND_POLL_FIRST : 0, connections.receiveLimit());
            if (isFirst)
            {
                watchForHangUp();
            }
        }
    }

    private void watchForHangUp()
    {
        if ((state & OUTGOING) != 0 || loop.clock().nowNs() - openedNs >= WATCH_AFTER_NS)
        {
            state |= WATCHED;
            outstanding += ops.awaitHangUp(slot, tokenBase);
        }
        else
        {
            wakeAt(openedNs + WATCH_AFTER_NS);
        }
    }

    /**
     * Stops reading: what the kernel has handed over already still comes, then nothing until {@link #startReading}.
     */
    public void pauseReading()
    {
        state &= ~READ_WANTED;
        if ((state & (READ_ARMED | READ_CANCELLING | CLOSING)) == READ_ARMED)
        {
            state |= READ_CANCELLING;
            ops.cancel(tokenBase, Op.RECV);
        }
    }

    /**
     * Queues a range for sending, by reference when it is large, copied when it is small.
     *
     * @param offset in the slab; the caller's own lease is untouched.
     * @param length bytes, may be 0.
     * @return false when memory has run out: nothing was queued.
     */
    public boolean send(final int offset, final int length)
    {
        if (length == 0 || (state & CLOSING) != 0)
        {
            return true;
        }
        final int leased = loop.memory().lease(offset, length);
        if (leased < 0)
        {
            connections.onOutOfMemory();
            return false;
        }
        enqueue(leased, length);
        return true;
    }

    /**
     * Queues a range whose lease passes to the queue, as {@link dev.ringway.engine.memory.LoopMemory#lease} gives it.
     *
     * @param offset in the slab.
     * @param length positive.
     */
    public void sendLeased(final int offset, final int length)
    {
        if ((state & CLOSING) != 0)
        {
            loop.memory().slab().release(offset);
            return;
        }
        enqueue(offset, length);
    }

    /**
     * Queues a range in front of all that is sent, on a connection that has just been asked to connect: as it is, even
     * when what follows is encrypted.
     *
     * @param offset in the slab; its lease passes to the queue.
     * @param length positive.
     */
    public void sendAhead(final int offset, final int length)
    {
        assert (state & OPENING) != 0 && queue == null;
        queueRange(offset, length);
    }

    private void enqueue(final int offset, final int length)
    {
        if (tls != null)
        {
            tls.add(offset, length);
        }
        else
        {
            queueRange(offset, length);
        }
        if (queuedBytes() > highWaterMark || queuedChunks() > connections.share())
        {
            state |= ABOVE_HIGH;
        }
        requestFlush();
    }

    private void queueRange(final int offset, final int length)
    {
        if (queue == null)
        {
            queue = connections.acquireQueue();
        }
        queue.add(offset, length);
    }

    /**
     * Encrypts a connection that was accepted from its first byte on. The handshake begins;
     * {@link ConnectionHandler#onSecured} comes when it is over.
     *
     * @param context of a server.
     * @return false when memory has run out.
     */
    public boolean secure(final TlsContext context)
    {
        assert context.isServer();
        tls = connections.acquireLink(this, context, null, null, 0);
        if (tls == null)
        {
            return false;
        }
        startReading();
        return true;
    }

    /**
     * Encrypts a connection that {@link #connect} has begun to connect. It is opened when the handshake is over:
     * {@link ConnectionHandler#onOpened} or onOpenFailed comes then, and what is queued before leaves encrypted.
     *
     * @param context    of a client.
     * @param serverName name that is asked for, or null.
     * @param peerName   name or address that the server's certificate must be for, or null.
     * @param session    that is to be resumed, still the caller's, or 0.
     */
    public void secure(
        final TlsContext context, final String serverName, final String peerName, final long session)
    {
        assert !context.isServer() && (state & OPENING) != 0;
        // Without a link, for memory has run out, it fails as soon as it has connected.
        tls = connections.acquireLink(this, context, serverName, peerName, session);
        state |= SECURING;
    }

    /**
     * @return engine of an encrypted connection, to ask for what was agreed on, or null.
     */
    public TlsEngine tls()
    {
        return tls == null ? null : tls.engine();
    }

    /**
     * What access logs tell of the encryption. Allocates the first time.
     *
     * @param items bits of {@link dev.ringway.engine.tls.TlsReport}.
     * @return report, or null when the connection is not encrypted or its handshake not over.
     */
    public byte[] tlsReport(final int items)
    {
        return tls == null || !tls.engine().isEstablished() ? null : tls.engine().report(items);
    }

    void queueCipher(final int offset, final int length)
    {
        queueRange(offset, length);
        requestFlush();
    }

    void onSecured()
    {
        if ((state & SECURING) == 0)
        {
            handler.onSecured(this);
            return;
        }
        state &= ~SECURING;
        handler.onOpened(this);
        requestFlush();
    }

    void onPlain(final int offset, final int length)
    {
        handler.onBytes(this, offset, length);
    }

    void onPeerClosed()
    {
        state |= READ_ENDED;
        end();
    }

    /** The peer sends no more; in a handshake that is a failure. */
    private void end()
    {
        if ((state & SECURING) == 0)
        {
            handler.onEof(this);
        }
        else
        {
            fail(Errno.ECONNRESET);
        }
    }

    /** The alert goes first; what the handler does about the failure comes behind it. */
    void onTlsFailed()
    {
        state |= READ_ENDED;
        if (queue != null && (state & (OPEN | SENDING | CLOSING | FAILED)) == OPEN)
        {
            submitSend();
        }
        fail(Errno.EPROTO);
    }

    void onNoRoom()
    {
        connections.onOutOfMemory();
        shed();
    }

    private void requestFlush()
    {
        if ((state & FLUSH_REQUESTED) == 0)
        {
            state |= FLUSH_REQUESTED;
            loop.requestFlush(this);
        }
    }

    /**
     * Ends the sending direction once all that is queued has left.
     */
    public void shutdownAfterFlush()
    {
        state |= SHUTDOWN_WANTED;
        requestFlush();
    }

    /**
     * Closes once all that is queued has left.
     */
    public void closeAfterFlush()
    {
        state |= CLOSE_WANTED;
        requestFlush();
    }

    /**
     * {@inheritDoc}
     */
    public void onFlush()
    {
        state &= ~FLUSH_REQUESTED;
        if ((state & (OPEN | SENDING | CLOSING | FAILED)) != OPEN)
        {
            return;
        }
        if ((state & SECURING) != 0)
        {
            if (queue != null)
            {
                submitSend();
            }
            return;
        }
        if (tls != null)
        {
            tls.seal((state & (SHUTDOWN_WANTED | CLOSE_WANTED)) != 0);
            if ((state & (SENDING | CLOSING | FAILED)) != 0)
            {
                return;
            }
        }
        if (queue != null)
        {
            submitSend();
            if ((state & CLOSE_WANTED) != 0 && queuedBytes() <= EARLY_CLOSE_LIMIT && queue.isAllInFlight() &&
                queue.bytes() == queuedBytes())
            {
                // The end of the stream leaves with the last bytes. The deadline still bounds the send, and little is
                // sent this way, so that no bytes of the peer pile up unread meanwhile.
                state |= CLOSING;
                giveUpDescriptor();
            }
        }
        else if ((state & CLOSE_WANTED) != 0)
        {
            close();
        }
        else if ((state & (SHUTDOWN_WANTED | SHUTDOWN_DONE)) == SHUTDOWN_WANTED)
        {
            state |= SHUTDOWN_DONE;
            outstanding += ops.shutdown(slot, tokenBase);
        }
    }

    private void submitSend()
    {
        state |= SENDING;
        if ((state & SEND_ASKED) == 0)
        {
            sendingSinceNs = loop.clock().nowNs();
        }
        state &= ~SEND_ASKED;
        outstanding += ops.send(slot, tokenBase, queue);
    }

    /** The descriptor goes now, the socket with the last operation on it, the slot when all have been heard of. */
    private void giveUpDescriptor()
    {
        if ((state & READ_ARMED) != 0)
        {
            ops.cancel(tokenBase, Op.RECV);
        }
        if ((state & WATCHED) != 0)
        {
            ops.cancel(tokenBase, Op.HANG_UP);
        }
        submitClose();
    }

    /**
     * {@inheritDoc}
     */
    public void onCompletion(final int op, final int seq, final int result, final int flags)
    {
        // A cancellation is only heard of when it finds nothing, and is not waited for.
        if ((flags & CQE_F_MORE) == 0 && op != Op.CANCEL)
        {
            outstanding--;
        }
        switch (op)
        {
            case Op.RECV -> onReceived(result, flags);
            case Op.SEND -> onSent(result);
            case Op.ACCEPT, Op.CONNECT -> onOpening(op, result);
            case Op.CLOSE -> state |= CLOSED;
            case Op.INSTALL -> onInstalled(result);
            case Op.HANG_UP -> onHangUp(result);
            default ->
            {
                // SOCKET and OPTION fail together with the CONNECT linked behind them; CANCEL and SHUTDOWN say nothing
                // that the operations they end do not say.
            }
        }
        if ((state & CLOSING) != 0 && outstanding == 0)
        {
            onQuiet();
        }
    }

    /** The kernel has nothing left to do for a connection that is to go. */
    private void onQuiet()
    {
        if ((state & CLOSED) != 0)
        {
            onSocketClosed();
        }
        else
        {
            submitClose();
        }
    }

    private void onReceived(final int result, final int flags)
    {
        if ((flags & CQE_F_MORE) == 0)
        {
            state &= ~(READ_ARMED | READ_CANCELLING);
        }
        if (result > 0)
        {
            final ReceiveBuffers buffers = loop.memory().receiveBuffers();
            bytesReceived += result;
            for (int offset = buffers.first(result, flags); offset >= 0; offset = buffers.next())
            {
                if ((state & CLOSING) == 0)
                {
                    onReceivedRange(offset, buffers.length());
                }
            }
            armReading();
            return;
        }
        if ((state & CLOSING) == 0)
        {
            onReceiveEnded(result);
        }
    }

    private void onInstalled(final int result)
    {
        final boolean isWanted = (state & (IS_PROXIED | CLOSING)) == 0;
        connections.localAddresses().onInstalled(result, isWanted ? localAddressOffset() : -1);
        if ((state & CLOSING) == 0)
        {
            handler.onLocalAddress(this);
        }
    }

    /**
     * Hands over bytes that came for a handler before and that it kept, as if they came now.
     *
     * @param offset in the slab, not in a block; leased during the call.
     * @param length positive.
     */
    public void replay(final int offset, final int length)
    {
        if ((state & CLOSING) == 0)
        {
            onReceivedRange(offset, length);
        }
    }

    /**
     * A receive that is woken once for bytes and for the reset right behind them takes the bytes and waits on (seen
     * with Linux 6.18). Armed again, it finds what there is.
     */
    private void onHangUp(final int events)
    {
        if (events > 0 && (events & (POLLERR | POLLHUP)) != 0 &&
            (state & (READ_ARMED | READ_CANCELLING | READ_ENDED | CLOSING)) == READ_ARMED)
        {
            state |= READ_CANCELLING;
            ops.cancel(tokenBase, Op.RECV);
        }
    }

    private void onReceivedRange(final int offset, final int length)
    {
        if (tls == null)
        {
            handler.onBytes(this, offset, length);
        }
        else
        {
            tls.onCipher(offset, length);
        }
    }

    private void onReceiveEnded(final int result)
    {
        if ((state & READ_ENDED) != 0)
        {
            return;
        }
        switch (result)
        {
            case 0 ->
            {
                state |= READ_ENDED;
                end();
            }
            case -Errno.ENOBUFS ->
            {
                state |= READ_STARVED;
                connections.starve(this);
            }
            case -Errno.ECANCELED -> armReading();
            default ->
            {
                state |= READ_ENDED;
                fail(-result);
            }
        }
    }

    /** Whether it waits for a chunk to receive into. */
    boolean isStarved()
    {
        return (state & (READ_STARVED | CLOSING)) == READ_STARVED;
    }

    /** Has a duty cycle begin at that time at the latest. */
    void wakeAt(final long wakeNs)
    {
        if (wakeNs < loop.timers().deadlineNs(slot))
        {
            loop.timers().arm(slot, wakeNs);
        }
    }

    /**
     * @return chunks held times the nanoseconds for which nothing of them has left, as far as is known; 0 when that is
     * less than the patience, or when it is to go already.
     */
    long holding(final long nowNs, final long patienceNs)
    {
        if ((state & DOOMED) != 0)
        {
            return 0;
        }
        final long sendingNs = (state & SENDING) == 0 ? 0 : nowNs - sendingSinceNs;
        final long held = (state & CLOSING) == 0 ? handler.heldChunks() * patienceNs : 0;
        return held + (sendingNs < patienceNs ? 0 : queuedChunks() * sendingNs);
    }

    int heldChunks()
    {
        return queuedChunks() + handler.heldChunks();
    }

    private int queuedChunks()
    {
        return (queue == null ? 0 : queue.chunks()) + (tls == null ? 0 : tls.waitingChunks());
    }

    /**
     * Asks the kernel how much of a send has left, by cancelling it; the rest is sent on. That gives memory back.
     */
    void askSent()
    {
        if ((state & (SENDING | SEND_ASKED | CLOSING)) == SENDING)
        {
            state |= SEND_ASKED;
            ops.cancel(tokenBase, Op.SEND);
        }
    }

    /**
     * Resets the connection, unless something of its send has left meanwhile. One that is closing ends in any case.
     */
    void doom()
    {
        if ((state & SENDING) == 0)
        {
            shed();
            return;
        }
        state |= DOOMED | SEND_ASKED;
        ops.cancel(tokenBase, Op.SEND);
    }

    private void shed()
    {
        connections.onShed();
        if ((state & CLOSING) == 0)
        {
            state |= RESETTING;
            handler.onOverload(this);
            close();
        }
    }

    void onBuffersAgain()
    {
        if ((state & READ_STARVED) != 0)
        {
            state &= ~READ_STARVED;
            armReading();
        }
    }

    private void onSent(final int result)
    {
        final boolean isStuck = result == -Errno.ECANCELED && (state & SEND_ASKED) != 0;
        final boolean isFailed = result < 0 && !isStuck;
        state &= isStuck ? ~SENDING : ~(SENDING | SEND_ASKED | DOOMED);
        queue.complete(Math.max(result, 0));
        if (result > 0)
        {
            bytesSent += result;
        }
        if ((state & CLOSING) != 0 || isFailed)
        {
            queue.dropWaiting();
        }
        final int waiting = queuedBytes();
        if (queue.isEmpty())
        {
            connections.releaseQueue(queue);
            queue = null;
        }
        if (isStuck && (state & DOOMED) != 0)
        {
            shed();
            return;
        }
        if ((state & CLOSING) != 0)
        {
            return;
        }
        if (isFailed)
        {
            fail(-result);
            return;
        }
        if (waiting > 0 || (state & (SHUTDOWN_WANTED | CLOSE_WANTED)) != 0)
        {
            requestFlush();
        }
        if ((state & ABOVE_HIGH) != 0 && waiting <= highWaterMark >> 1 &&
            queuedChunks() <= connections.share() >> 1)
        {
            state &= ~ABOVE_HIGH;
            handler.onDrained(this);
        }
    }

    private void fail(final int errno)
    {
        if ((state & FAILED) != 0)
        {
            return;
        }
        state |= FAILED;
        if ((state & SECURING) == 0)
        {
            handler.onError(this, errno);
        }
        else
        {
            handler.onOpenFailed(this, errno);
            close();
        }
    }

    private void onOpening(final int op, final int result)
    {
        if ((state & OPENING) == 0)
        {
            return;
        }
        if (result >= 0)
        {
            state = (state & ~OPENING) | OPEN;
            openedNs = loop.clock().nowNs();
            if ((state & CLOSING) == 0)
            {
                if (connections.localAddresses().looksUp(op, addressOffset()))
                {
                    outstanding += ops.install(slot, tokenBase);
                }
                onConnected();
                if (queue != null || (state & (SHUTDOWN_WANTED | CLOSE_WANTED)) != 0)
                {
                    requestFlush();
                }
            }
        }
        else if ((state & CLOSING) == 0)
        {
            state &= ~OPENING;
            handler.onOpenFailed(this, -result);
            close();
        }
    }

    private void onConnected()
    {
        if ((state & SECURING) == 0)
        {
            handler.onOpened(this);
        }
        else if (tls == null)
        {
            fail(Errno.ENOMEM);
        }
        else
        {
            startReading();
            tls.begin();
        }
    }

    /**
     * Ends the connection: nothing is told any more but {@link ConnectionHandler#onClosed}, which comes when the kernel
     * has let go of it. What is queued and not in flight is dropped. Idempotent.
     */
    public void close()
    {
        if ((state & CLOSING) != 0)
        {
            return;
        }
        state |= CLOSING;
        loop.timers().disarm(slot);
        if (tls != null)
        {
            tls.drop();
        }
        if (queue != null)
        {
            queue.dropWaiting();
            if (queue.isEmpty())
            {
                connections.releaseQueue(queue);
                queue = null;
            }
        }
        if ((state & OPENING) != 0)
        {
            // A connect is on the slot's own descriptor once the socket is there, an accept never is.
            ops.cancelAll(slot, tokenBase);
            ops.cancel(tokenBase, Op.ACCEPT);
            ops.cancel(tokenBase, Op.CONNECT);
            return;
        }
        if ((state & SENDING) != 0)
        {
            ops.cancel(tokenBase, Op.SEND);
        }
        giveUpDescriptor();
    }

    /**
     * Ends the connection with a reset (RST) instead of an orderly end.
     */
    public void reset()
    {
        state |= RESETTING;
        close();
    }

    private void submitClose()
    {
        outstanding += ops.close(slot, tokenBase, (state & (RESETTING | OPEN)) == (RESETTING | OPEN));
    }

    private void onSocketClosed()
    {
        assert outstanding == 0 && queue == null;
        final ConnectionHandler last = handler;
        loop.releaseSlot(slot);
        if (tls != null)
        {
            connections.releaseLink(tls);
            tls = null;
        }
        handler = null;
        state &= ~FLUSH_REQUESTED;
        last.onClosed(this);
        if (closeListener != null)
        {
            closeListener.onConnectionGone(this);
            closeListener = null;
        }
        connections.release(this);
    }

    /**
     * Sets the time at which {@link ConnectionHandler#onDeadline} is told. Moving it later costs a store.
     *
     * @param deadlineNs time of the loop's clock, or {@link Long#MAX_VALUE} for none.
     */
    public void deadline(final long deadlineNs)
    {
        this.deadlineNs = deadlineNs;
        wakeAt(deadlineNs);
    }

    /**
     * {@inheritDoc}
     */
    public void onTimer(final long nowNs)
    {
        if ((state & (READ_TRIED | WATCHED | CLOSING)) == READ_TRIED)
        {
            watchForHangUp();
        }
        if (deadlineNs == Long.MAX_VALUE)
        {
            return;
        }
        if (deadlineNs > nowNs)
        {
            wakeAt(deadlineNs);
        }
        else if ((state & CLOSING) != 0)
        {
            ops.cancel(tokenBase, Op.SEND);
        }
        else
        {
            deadlineNs = Long.MAX_VALUE;
            handler.onDeadline(this, nowNs);
        }
    }

    /**
     * Has somebody besides the session told of the end.
     *
     * @param listener told once.
     */
    public void onClose(final CloseListener listener)
    {
        closeListener = listener;
    }

    /**
     * Hands the connection to another session.
     *
     * @param handler told from now on.
     */
    public void handler(final ConnectionHandler handler)
    {
        this.handler = handler;
    }

    /**
     * @param highWaterMark bytes queued above which the source should stop.
     */
    public void highWaterMark(final int highWaterMark)
    {
        this.highWaterMark = highWaterMark;
    }

    /**
     * @return whether more is queued than should be, until {@link ConnectionHandler#onDrained}.
     */
    public boolean isAboveHighWater()
    {
        return (state & ABOVE_HIGH) != 0;
    }

    /**
     * @return whether it was opened and is not closing.
     */
    public boolean isOpen()
    {
        return (state & (OPEN | SECURING | CLOSING | FAILED)) == OPEN;
    }

    /**
     * @return whether {@link #close} was called.
     */
    public boolean isClosing()
    {
        return (state & CLOSING) != 0;
    }

    /**
     * @return whether the peer has ended its direction.
     */
    public boolean isReadEnded()
    {
        return (state & READ_ENDED) != 0;
    }

    /**
     * @return bytes queued or in flight.
     */
    public int queuedBytes()
    {
        return (queue == null ? 0 : queue.bytes()) + (tls == null ? 0 : tls.waitingBytes());
    }

    /**
     * @return bytes received so far.
     */
    public long bytesReceived()
    {
        return bytesReceived;
    }

    /**
     * @return bytes sent so far.
     */
    public long bytesSent()
    {
        return bytesSent;
    }

    /**
     * @return whether the kernel may have sent more than {@link #bytesSent()} says.
     */
    public boolean isSending()
    {
        return (state & SENDING) != 0;
    }

    /**
     * @return offset of the peer's socket address in {@link EventLoop#slotAddresses()}.
     */
    public int addressOffset()
    {
        return slot * EventLoop.SLOT_ADDRESS_LENGTH;
    }

    /**
     * @return offset of its own socket address in {@link EventLoop#slotAddresses()}; family 0 unless
     *         {@link Connections#lookUpLocalAddresses} asks for it and the kernel has answered.
     */
    public int localAddressOffset()
    {
        return addressOffset() + LOCAL_ADDRESS;
    }

    /**
     * Asks the kernel for the address that the client connected to: {@link ConnectionHandler#onLocalAddress} follows.
     *
     * @return false when there is none, because it is a unix socket.
     */
    public boolean lookUpLocalAddress()
    {
        final LocalAddresses addresses = connections.localAddresses();
        if (!addresses.isInternet(addressOffset()))
        {
            return false;
        }
        if (!addresses.looksUp(Op.ACCEPT, addressOffset()))
        {
            outstanding += ops.install(slot, tokenBase);
        }
        return true;
    }

    /**
     * Keeps the peer's own address apart, so that the addresses it tells may be written where it stood and where the
     * connection's own stands.
     */
    public void keepDirectAddress()
    {
        state |= IS_PROXIED;
        connections.localAddresses().copy(addressOffset(), addressOffset() + DIRECT_ADDRESS, DIRECT_LENGTH);
    }

    /**
     * @return offset of the socket address of the peer itself in {@link EventLoop#slotAddresses()}; that of
     *         {@link #addressOffset}, unless the peer told another.
     */
    public int directAddressOffset()
    {
        return (state & IS_PROXIED) == 0 ? addressOffset() : addressOffset() + DIRECT_ADDRESS;
    }

    /**
     * @return milliseconds since it was opened, 0 when it never was.
     */
    public long ageMs()
    {
        return openedNs == 0 ? 0 : (loop.clock().nowNs() - openedNs) / NANOS_PER_MILLI;
    }

    /**
     * @return number of the connection, unique in the process.
     */
    public long id()
    {
        return id;
    }

    /**
     * @return its slot.
     */
    public int slot()
    {
        return slot;
    }
}
