package dev.ringway.engine.conn;

import dev.ringway.engine.io.CompletionHandler;
import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.ffi.libc.Errno;

import static dev.ringway.ffi.uring.UringConstants.CQE_F_MORE;

/**
 * One socket. At most one receive is armed and one gathered send in flight; everything queued meanwhile waits for the
 * end of the duty cycle. A slot goes back only when the kernel has completed all operations on it. Loop thread only.
 */
public final class Connection implements CompletionHandler
{
    private static final int DIRECT_ADDRESS = 32;
    private static final int DIRECT_LENGTH = 28;
    private static final int LOCAL_ADDRESS = 64;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int OPENING = 1;
    private static final int OPEN = 1 << 1;
    private static final int SECURING = 1 << 2;
    private static final int FAILED = 1 << 3;
    private static final int RESETTING = 1 << 4;
    private static final int CLOSING = 1 << 5;
    private static final int CLOSED = 1 << 6;
    private static final int OUTGOING = 1 << 7;
    private static final int IS_PROXIED = 1 << 8;

    private final Connections connections;
    private final Receiver receiver = new Receiver(this);
    private final Sender sender = new Sender(this);
    private ConnectionHandler handler;
    private CloseListener closeListener;
    private TlsLink tls;
    private long tokenBase;
    private long deadlineNs;
    private long id;
    private long openedNs;
    private int slot;
    private int state;
    private int outstanding;

    Connection(final Connections connections)
    {
        this.connections = connections;
    }

    void assign(final int slot, final ConnectionHandler handler, final int highWaterMark)
    {
        this.slot = slot;
        this.handler = handler;
        tokenBase = Token.encode(loop().slots().generation(slot), slot, 0, 0);
        deadlineNs = Long.MAX_VALUE;
        state = 0;
        outstanding = 0;
        receiver.assign();
        sender.assign(highWaterMark);
        id = connections.nextId();
        openedNs = 0;
        loop().slotAddresses().putShort(localAddressOffset(), (short)0);
    }

    /**
     * Accepts into this connection. {@link ConnectionHandler#onOpened} or onOpenFailed follows.
     *
     * @param listenFd listening socket.
     */
    public void accept(final int listenFd)
    {
        state = OPENING;
        outstanding += ops().accept(slot, tokenBase, listenFd);
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
        outstanding += ops().connect(slot, tokenBase, sockAddr, sockAddrLength);
    }

    /**
     * Starts or resumes reading.
     */
    public void startReading()
    {
        receiver.start();
    }

    /**
     * Stops reading: what the kernel has handed over already still comes, then nothing until {@link #startReading}.
     */
    public void pauseReading()
    {
        receiver.pause();
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
        final int leased = memory().lease(offset, length);
        if (leased < 0)
        {
            connections.onOutOfMemory();
            return false;
        }
        sender.add(leased, length);
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
            memory().slab().release(offset);
            return;
        }
        sender.add(offset, length);
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
        assert (state & OPENING) != 0 && sender.queuedBytes() == 0;
        sender.queue(offset, length);
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
        return tls == null || !tls.isEstablished() ? null : tls.engine().report(items);
    }

    void queueCipher(final int offset, final int length)
    {
        sender.queue(offset, length);
        sender.requestFlush();
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
        sender.requestFlush();
    }

    void onPlain(final int offset, final int length)
    {
        handler.onBytes(this, offset, length);
    }

    void onPeerClosed()
    {
        receiver.onEnd();
        onEnd();
    }

    /** The peer sends no more; in a handshake that is a failure. */
    void onEnd()
    {
        if (tls != null && tls.holdsEnd())
        {
            return;
        }
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
        receiver.onEnd();
        sender.flushLast();
        fail(Errno.EPROTO);
    }

    void onNoRoom()
    {
        connections.onOutOfMemory();
        shed();
    }

    /**
     * Ends the sending direction once all that is queued has left.
     */
    public void shutdownAfterFlush()
    {
        sender.shutdownAfterFlush();
    }

    /**
     * Closes once all that is queued has left.
     */
    public void closeAfterFlush()
    {
        sender.closeAfterFlush();
    }

    /**
     * {@inheritDoc}
     */
    public void onFlush()
    {
        sender.onFlush();
    }

    void closeBehindSend()
    {
        state |= CLOSING;
        giveUpDescriptor();
    }

    /** The descriptor goes now, the socket with the last operation on it, the slot when all have been heard of. */
    private void giveUpDescriptor()
    {
        receiver.giveUp();
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
            case Op.RECV -> receiver.onReceived(result, flags);
            case Op.SEND -> sender.onSent(result);
            case Op.ACCEPT, Op.CONNECT -> onOpening(op, result);
            case Op.CLOSE -> state |= CLOSED;
            case Op.INSTALL -> onInstalled(result);
            case Op.HANG_UP -> receiver.onHangUp(result);
            default ->
            {
                // SOCKET and OPTION fail together with the CONNECT linked behind them; CANCEL and SHUTDOWN say nothing
                // that the operations they end do not say.
            }
        }
        if ((state & CLOSING) != 0)
        {
            onQuiet();
        }
    }

    /** When neither the kernel nor a worker has anything to do for a connection that is to go, it goes. */
    void onQuiet()
    {
        if (outstanding != 0 || tls != null && tls.isAway())
        {
            return;
        }
        if ((state & CLOSED) != 0)
        {
            onSocketClosed();
        }
        else
        {
            submitClose();
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
        onReceived(offset, length);
    }

    void onReceived(final int offset, final int length)
    {
        if ((state & CLOSING) != 0)
        {
            return;
        }
        if (tls == null)
        {
            handler.onBytes(this, offset, length);
        }
        else
        {
            tls.onCipher(offset, length);
        }
    }

    /** Whether it waits for a chunk to receive into. */
    boolean isStarved()
    {
        return receiver.isStarved() && (state & CLOSING) == 0;
    }

    /** Has a duty cycle begin at that time at the latest. */
    void wakeAt(final long wakeNs)
    {
        if (wakeNs < loop().timers().deadlineNs(slot))
        {
            loop().timers().arm(slot, wakeNs);
        }
    }

    /**
     * @return chunks held times the nanoseconds for which nothing of them has left, as far as is known; 0 when that is
     * less than the patience, or when it is to go already.
     */
    long holding(final long nowNs, final long patienceNs)
    {
        if (sender.isDoomed())
        {
            return 0;
        }
        final long sendingNs = sender.sendingNs(nowNs);
        final long held = (state & CLOSING) == 0 ? handler.heldChunks() * patienceNs : 0;
        return held + (sendingNs < patienceNs ? 0 : sender.queuedChunks() * sendingNs);
    }

    int heldChunks()
    {
        return sender.queuedChunks() + handler.heldChunks();
    }

    /** See {@link Sender#askSent}. */
    void askSent()
    {
        sender.askSent();
    }

    /** See {@link Sender#doom}. One that is closing ends in any case. */
    void doom()
    {
        sender.doom();
    }

    void shed()
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
        receiver.onBuffersAgain();
    }

    void onDrained()
    {
        handler.onDrained(this);
    }

    void fail(final int errno)
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
            openedNs = nowNs();
            if ((state & CLOSING) == 0)
            {
                if (connections.localAddresses().looksUp(op, addressOffset()))
                {
                    outstanding += ops().install(slot, tokenBase);
                }
                onConnected();
                sender.onOpened();
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
        loop().timers().disarm(slot);
        if (tls != null)
        {
            tls.drop();
        }
        sender.drop();
        if ((state & OPENING) != 0)
        {
            // A connect is on the slot's own descriptor once the socket is there, an accept never is.
            ops().cancelAll(slot, tokenBase);
            ops().cancel(tokenBase, Op.ACCEPT);
            ops().cancel(tokenBase, Op.CONNECT);
            return;
        }
        sender.cancel();
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

    /** Resets a connection whose time is over; its session is told as of a reset by the peer. */
    void cut()
    {
        if ((state & CLOSING) == 0)
        {
            state |= RESETTING;
            handler.onError(this, Errno.ECONNRESET);
            close();
        }
    }

    private void submitClose()
    {
        outstanding += ops().close(slot, tokenBase, (state & (RESETTING | OPEN)) == (RESETTING | OPEN));
    }

    private void onSocketClosed()
    {
        assert outstanding == 0;
        final ConnectionHandler last = handler;
        loop().releaseSlot(slot);
        if (tls != null)
        {
            connections.releaseLink(tls);
            tls = null;
        }
        handler = null;
        sender.onClosed();
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
        if ((state & CLOSING) == 0)
        {
            receiver.onTimer();
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
            sender.cancel();
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

    CloseListener closeListener()
    {
        return closeListener;
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
        sender.highWaterMark(highWaterMark);
    }

    /**
     * @return whether more is queued than should be, until {@link ConnectionHandler#onDrained}.
     */
    public boolean isAboveHighWater()
    {
        return sender.isAboveHighWater();
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
        return receiver.isEnded();
    }

    /**
     * @return bytes queued or in flight.
     */
    public int queuedBytes()
    {
        return sender.queuedBytes();
    }

    /**
     * @return bytes received so far.
     */
    public long bytesReceived()
    {
        return receiver.bytes();
    }

    /**
     * @return bytes sent so far.
     */
    public long bytesSent()
    {
        return sender.bytes();
    }

    /**
     * @return whether the kernel may have sent more than {@link #bytesSent()} says.
     */
    public boolean isSending()
    {
        return sender.isSending();
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
            outstanding += ops().install(slot, tokenBase);
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
        return openedNs == 0 ? 0 : (nowNs() - openedNs) / NANOS_PER_MILLI;
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

    EventLoop loop()
    {
        return connections.loop();
    }

    LoopMemory memory()
    {
        return connections.loop().memory();
    }

    long nowNs()
    {
        return connections.loop().clock().nowNs();
    }

    Connections connections()
    {
        return connections;
    }

    SocketOps ops()
    {
        return connections.ops();
    }

    /** So many completions will come. */
    void expect(final int completions)
    {
        outstanding += completions;
    }

    long tokenBase()
    {
        return tokenBase;
    }

    TlsLink link()
    {
        return tls;
    }

    long openedNs()
    {
        return openedNs;
    }

    boolean isOutgoing()
    {
        return (state & OUTGOING) != 0;
    }

    boolean isSecuring()
    {
        return (state & SECURING) != 0;
    }

    /** Whether it is open and not to go, whatever failed. */
    boolean isUp()
    {
        return (state & (OPEN | CLOSING)) == OPEN;
    }

    /** Whether it is open, not to go, and nothing has failed. */
    boolean isSound()
    {
        return (state & (OPEN | CLOSING | FAILED)) == OPEN;
    }
}
