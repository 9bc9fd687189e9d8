package dev.ringway.engine.conn;

import dev.ringway.engine.io.CompletionHandler;
import dev.ringway.engine.io.Op;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.ffi.libc.Errno;

import java.util.List;

/**
 * One socket. At most one receive is armed and one gathered send in flight; everything queued meanwhile waits for the
 * end of the duty cycle. A slot goes back only when the kernel has completed all operations on it. Loop thread only.
 */
public final class Connection implements CompletionHandler
{
    /** Bytes are for no counter. */
    static final int NOT_COUNTED = -1;

    private static final int DIRECT_ADDRESS = 32;
    private static final int DIRECT_LENGTH = 28;
    private static final int LOCAL_ADDRESS = 64;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Connections connections;
    private final ConnectionLife life;
    private final Receiver receiver;
    private final Sender sender;
    private ConnectionHandler handler;
    private CloseListener closeListener;
    private TlsLink tls;
    private long deadlineNs;
    private long id;
    private int notes;
    private boolean isProxied;
    private boolean isRestored;
    private int asked;

    Connection(final Connections connections)
    {
        this.connections = connections;
        life = new ConnectionLife(this, connections);
        receiver = life.receiver();
        sender = life.sender();
    }

    void assign(final int slot, final ConnectionHandler first, final int highWaterMark)
    {
        life.assign(slot, highWaterMark);
        handler = first;
        deadlineNs = Long.MAX_VALUE;
        isProxied = false;
        isRestored = false;
        asked = LocalAddresses.OWN;
        notes = 0;
        id = connections.nextId();
        loop().slotAddresses().putShort(localAddressOffset(), (short)0);
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
        assert !context.isServer();
        // Without a link, for memory has run out, it fails as soon as it has connected.
        tls = connections.acquireLink(this, context, serverName, peerName, session);
        life.secure();
    }

    /**
     * @return engine of an encrypted connection, to ask for what was agreed on, or null.
     */
    public TlsEngine tls()
    {
        return tls == null ? null : tls.engine();
    }

    /**
     * @return number by which the library calls what broke the encryption, 0 when nothing has.
     */
    public int tlsFailure()
    {
        return tls == null ? 0 : tls.engine().errorId();
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
     * What access logs tell of the encryption. Allocates the first time.
     *
     * @param items bits of {@link dev.ringway.engine.tls.TlsReport}.
     * @return report, or null when the connection is not encrypted or its handshake not over.
     */
    public byte[] tlsReport(final int items)
    {
        return tls == null || !tls.isEstablished() ? null : tls.engine().report(items);
    }

    /**
     * What an endpoint is told of the peer's certificate. Allocates the first time.
     *
     * @param details bits of {@link dev.ringway.engine.tls.ForwardedCert}.
     * @return an element of {@code x-forwarded-client-cert}, or null when the peer has shown no certificate.
     */
    public byte[] forwardedCert(final int details)
    {
        return tls == null || !tls.isEstablished() ? null : tls.engine().forwardedCert(details);
    }

    /**
     * Allocates the first time.
     *
     * @return name of a server that the peer asked for (SNI), or null.
     */
    public byte[] serverName()
    {
        return tls == null || !tls.isEstablished() ? null : tls.engine().askedName();
    }

    /**
     * Allocates the first time.
     *
     * @return names in the certificate that the peer has shown, see {@link TlsEngine#principals}.
     */
    public List<byte[]> principals()
    {
        return tls == null || !tls.isEstablished() ? List.of() : tls.engine().principals();
    }

    void queueCipher(final int offset, final int length)
    {
        sender.queue(offset, length);
        sender.requestFlush();
    }

    void onSecured()
    {
        if (life.onSecured())
        {
            handler.onOpened(this);
            sender.requestFlush();
        }
        else
        {
            handler.onSecured(this);
        }
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

    /** The peer sends no more. */
    void onEnd()
    {
        if (tls == null || !tls.holdsEnd())
        {
            life.onEnd();
        }
    }

    /** The alert goes first; what the handler does about the failure comes behind it. */
    void onTlsFailed()
    {
        receiver.onEnd();
        sender.flushLast();
        life.fail(Errno.EPROTO);
    }

    void onNoRoom()
    {
        connections.onOutOfMemory();
        life.shed();
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

    /**
     * {@inheritDoc}
     */
    public void onCompletion(final int op, final int seq, final int result, final int flags)
    {
        life.onCompletion(op, result, flags);
    }

    /** The worker of a handshake has done what it had to do. */
    void onQuiet()
    {
        life.onQuiet();
    }

    void onInstalled(final int result)
    {
        final boolean isWanted = !isProxied && !life.isClosing();
        isRestored |= connections.localAddresses().onInstalled(result, isWanted ? localAddressOffset() : -1, asked);
        if (!life.isClosing())
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
        if (life.isClosing())
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
        return receiver.isStarved() && !life.isClosing();
    }

    /** Has a duty cycle begin at that time at the latest. */
    void wakeAt(final long wakeNs)
    {
        life.wakeAt(wakeNs);
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
        final long held = !life.isClosing() ? handler.heldChunks() * patienceNs : 0;
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

    void onBuffersAgain()
    {
        receiver.onBuffersAgain();
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
        if (tls != null)
        {
            connections.releaseLink(tls);
            tls = null;
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
        return tls == null ? receiver.bytes() : tls.received();
    }

    /**
     * @return bytes sent so far as they were before they were encrypted.
     */
    public long plainSent()
    {
        return tls == null ? sender.bytes() : tls.sent();
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
        return life.slot() * EventLoop.SLOT_ADDRESS_LENGTH;
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
            life.install();
        }
        return true;
    }

    /**
     * Keeps the peer's own address apart, so that the addresses it tells may be written where it stood and where the
     * connection's own stands.
     */
    public void keepDirectAddress()
    {
        isProxied = true;
        connections.localAddresses().copy(addressOffset(), addressOffset() + DIRECT_ADDRESS, DIRECT_LENGTH);
    }

    /**
     * Has {@link #lookUpLocalAddress}, which is called next, ask where the connection was going before it was sent here;
     * the answer stands where the connection's own address stood.
     *
     * @param isTransparent whether that is its own address when netfilter knows of no other.
     */
    public void askOriginalDestination(final boolean isTransparent)
    {
        asked = isTransparent ? LocalAddresses.ORIGINAL_OR_OWN : LocalAddresses.ORIGINAL;
    }

    /**
     * Says that where the client wanted to go stands where the connection's own address stood, and is another.
     */
    public void restoreLocalAddress()
    {
        isRestored = true;
    }

    /**
     * @return whether {@link #localAddressOffset} is where the client wanted to go before it was sent here (Envoy:
     *         {@code localAddressRestored}).
     */
    public boolean isLocalAddressRestored()
    {
        return isRestored;
    }

    /**
     * @return offset of the socket address of the peer itself in {@link EventLoop#slotAddresses()}; that of
     *         {@link #addressOffset}, unless the peer told another.
     */
    public int directAddressOffset()
    {
        return isProxied ? addressOffset() + DIRECT_ADDRESS : addressOffset();
    }

    /**
     * @return milliseconds since it was opened, 0 when it never was.
     */
    public long ageMs()
    {
        return ageNs() / NANOS_PER_MILLI;
    }

    /**
     * @return nanoseconds since it was opened, 0 when it never was.
     */
    public long ageNs()
    {
        return life.openedNs() == 0 ? 0 : life.nowNs() - life.openedNs();
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
        return life.slot();
    }

    EventLoop loop()
    {
        return connections.loop();
    }

    ConnectionHandler handler()
    {
        return handler;
    }

    TlsLink link()
    {
        return tls;
    }
}
