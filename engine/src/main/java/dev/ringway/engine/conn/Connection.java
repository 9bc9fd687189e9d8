package dev.ringway.engine.conn;

import dev.ringway.engine.io.CompletionHandler;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.tls.TlsContext;

/**
 * One socket. At most one receive is armed and one gathered send in flight; everything queued meanwhile waits for the
 * end of the duty cycle. A slot goes back only when the kernel has completed all operations on it. Loop thread only.
 */
public final class Connection implements CompletionHandler
{
    /** Bytes are for no counter. */
    static final int NOT_COUNTED = -1;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Connections connections;
    private final ConnectionLife life;
    private final Receiver receiver;
    private final Sender sender;
    private final ConnectionAddresses addresses;
    private final ConnectionTls tls = new ConnectionTls(this);
    private ConnectionHandler handler;
    private CloseListener closeListener;
    private TlsLink link;
    private long deadlineNs;
    private long id;
    private int notes;

    Connection(final Connections connections)
    {
        this.connections = connections;
        life = new ConnectionLife(this, connections);
        receiver = life.receiver();
        sender = life.sender();
        addresses = new ConnectionAddresses(life, connections.localAddresses());
    }

    void assign(final int slot, final ConnectionHandler first, final int highWaterMark)
    {
        life.assign(slot, highWaterMark);
        handler = first;
        deadlineNs = Long.MAX_VALUE;
        notes = 0;
        id = connections.nextId();
        addresses.assign(slot);
    }

    /**
     * Accepts into this connection. {@link ConnectionHandler#onOpened} or onOpenFailed follows.
     *
     * @param listenFd listening socket.
     */
    public void accept(final int listenFd)
    {
        life.accept(listenFd);
    }

    /**
     * Opens a socket and connects it; bytes may be queued at once and leave when it is connected.
     *
     * @param sockAddr       socket address, copied.
     * @param sockAddrLength bytes of it.
     * @param plan           what else is done to the socket before, or null.
     */
    public void connect(final byte[] sockAddr, final int sockAddrLength, final SocketPlan plan)
    {
        life.connect(sockAddr, sockAddrLength, plan);
    }

    /**
     * Says that whatever comes is sent on another connection as it is. Both may then leave out the handler, and the
     * loop's memory: {@link ConnectionHandler#onPassed} is told in place of {@link ConnectionHandler#onBytes}.
     *
     * @param sink of the same loop, open for as long as this one or closed before it.
     */
    public void passTo(final Connection sink)
    {
        receiver.passTo(sink.life);
    }

    /**
     * Says that much of what comes next is sent on another connection as it is, and may pass as with {@link #passTo}
     * when {@link #mayPass}. It ends when {@link ConnectionHandler#passable} says so, or with {@link #stopPassing}.
     *
     * @param sink of the same loop, on which nothing else is queued until then.
     */
    public void passBody(final Connection sink)
    {
        receiver.passBody(sink.life);
    }

    /**
     * @param sink where what comes goes as it is.
     * @return whether this one brings much and both have moved so much that passing is worth it.
     */
    public boolean mayPass(final Connection sink)
    {
        return receiver.mayPass(sink.life);
    }

    /**
     * Bytes are told again, if they passed. What has been told of and has not left is lost.
     */
    public void stopPassing()
    {
        receiver.stopPassing();
    }

    /**
     * Has the next receive take a head and little more where connections take turns, because what follows may pass.
     */
    public void expectHead()
    {
        receiver.expectHead();
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
        if (length == 0 || life.isClosing())
        {
            return true;
        }
        final int leased = life.memory().lease(offset, length);
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
        if (life.isClosing())
        {
            life.memory().slab().release(offset);
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
        assert life.isOpening() && sender.queuedBytes() == 0;
        sender.queue(offset, length);
    }

    /** @return how it is encrypted. */
    public ConnectionTls tls()
    {
        return tls;
    }

    /**
     * Keeps bits for who tells of the connection when it is gone.
     *
     * @param bits of its owner, added to those that were noted before.
     */
    public void note(final int bits)
    {
        notes |= bits;
    }

    /**
     * @return all bits of {@link #note}.
     */
    public int notes()
    {
        return notes;
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
        receiver.stopPassing();
        sender.closeAfterFlush();
    }

    /**
     * {@inheritDoc}
     */
    public void onFlush()
    {
        sender.onFlush();
    }

    /**
     * {@inheritDoc}
     */
    public void onCompletion(final int op, final int seq, final int result, final int flags)
    {
        life.onCompletion(op, result, flags);
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
        if (life.isClosing())
        {
            return;
        }
        if (link == null)
        {
            handler.onBytes(this, offset, length);
        }
        else
        {
            link.onCipher(offset, length);
        }
    }

    /** The loop is gone: what is not of its ring is closed. */
    void onLoopClosed()
    {
        receiver.stopPassing();
        life.closePlain();
    }

    void onPassed(final int length)
    {
        handler.onPassed(this, length);
    }

    /** Has a duty cycle begin at that time at the latest. */
    void wakeAt(final long wakeNs)
    {
        life.wakeAt(wakeNs);
    }

    void onDrained()
    {
        handler.onDrained(this);
    }

    /**
     * Ends the connection: nothing is told any more but {@link ConnectionHandler#onClosed}, which comes when the kernel
     * has let go of it. What is queued and not in flight is dropped. Idempotent.
     */
    public void close()
    {
        life.close();
    }

    /**
     * Ends the connection with a reset (RST) instead of an orderly end.
     */
    public void reset()
    {
        life.reset();
    }

    /** See {@link ConnectionLife#cut}. */
    void cut()
    {
        life.cut();
    }

    /** The slot is free. */
    void onSocketClosed()
    {
        final ConnectionHandler last = handler;
        handler = null;
        last.onClosed(this);
        if (closeListener != null)
        {
            closeListener.onConnectionGone(this);
            closeListener = null;
        }
        if (link != null)
        {
            connections.releaseLink(link);
            link = null;
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
        if (!life.isClosing())
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
        else if (life.isClosing())
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
     * Has counters grow by what comes and leaves, from the connection's first byte on.
     *
     * @param received id of the one for bytes from the peer.
     * @param sent     id of the one for bytes to the peer.
     */
    public void count(final int received, final int sent)
    {
        receiver.count(received);
        sender.count(sent);
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
        return life.isSound() && !life.isSecuring();
    }

    /**
     * @return whether {@link #close} was called.
     */
    public boolean isClosing()
    {
        return life.isClosing();
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
     * @return bytes received so far as they were before the peer encrypted them.
     */
    public long plainReceived()
    {
        return link == null ? receiver.bytes() : link.received();
    }

    /**
     * @return bytes sent so far as they were before they were encrypted.
     */
    public long plainSent()
    {
        return link == null ? sender.bytes() : link.sent();
    }

    /**
     * @return whether the kernel may have sent more than {@link #bytesSent()} says.
     */
    public boolean isSending()
    {
        return sender.isSending();
    }

    /** @return its addresses. */
    public ConnectionAddresses addresses()
    {
        return addresses;
    }

    /**
     * @return whether it was opened, and may have been closed since.
     */
    public boolean wasOpened()
    {
        return life.openedNs() != 0;
    }

    /** @return milliseconds since it was opened, 0 when it never was. */
    public long ageMs()
    {
        return ageNs() / NANOS_PER_MILLI;
    }

    /** @return when it was opened, on the clock of its loop, 0 when it never was. */
    public long openedNs()
    {
        return life.openedNs();
    }

    /** @return nanoseconds since it was opened, 0 when it never was. */
    public long ageNs()
    {
        return life.openedNs() == 0 ? 0 : life.nowNs() - life.openedNs();
    }

    /** @return whether the peer has reset it. */
    public boolean wasReset()
    {
        return life.wasReset();
    }

    /** @return microseconds that it took to connect, once it is open. */
    public int connectUs()
    {
        return life.connectUs();
    }

    /** @return number of the connection, unique in the process. */
    public long id()
    {
        return id;
    }

    /** @return its slot. */
    public int slot()
    {
        return life.slot();
    }

    /** @return values that it and others carry. */
    public ConnectionMetadata metadata()
    {
        return connections.metadata();
    }

    EventLoop loop()
    {
        return connections.loop();
    }

    ConnectionHandler handler()
    {
        return handler;
    }

    /** Encrypts what is sent and received; false without memory. */
    boolean link(final TlsContext context, final String serverName, final String peerName, final long session)
    {
        link = connections.acquireLink(life, context, serverName, peerName, session);
        return link != null;
    }

    TlsLink link()
    {
        return link;
    }

    ConnectionLife life()
    {
        return life;
    }

    Receiver receiver()
    {
        return receiver;
    }

    Sender sender()
    {
        return sender;
    }
}
