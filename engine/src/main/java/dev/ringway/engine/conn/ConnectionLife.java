package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.io.Token;
import dev.ringway.engine.loop.EventLoop;
import dev.ringway.engine.memory.LoopMemory;
import dev.ringway.ffi.libc.Errno;
import dev.ringway.ffi.sock.Sockets;

import static dev.ringway.ffi.uring.UringConstants.CQE_F_MORE;

/**
 * The life of a connection from accept or connect to the last completion, after which its slot goes back. Loop thread
 * only.
 */
final class ConnectionLife
{
    private static final int OPENING = 1;
    private static final int OPEN = 1 << 1;
    private static final int SECURING = 1 << 2;
    private static final int FAILED = 1 << 3;
    private static final int RESETTING = 1 << 4;
    private static final int CLOSING = 1 << 5;
    private static final int CLOSED = 1 << 6;
    private static final int OUTGOING = 1 << 7;
    /** There is no socket yet: it waits for its turn to connect. */
    private static final int DUE = 1 << 8;
    private static final int PEER_RESET = 1 << 9;

    /** There is no plain descriptor, nor has one been asked for. */
    private static final int NONE = -1;
    /** One was asked for. */
    private static final int AWAITED = -2;
    /** There is none to be had. */
    private static final int REFUSED = -3;
    private static final long NANOS_PER_MICRO = 1000L;

    private final Connection connection;
    private final Connections connections;
    private final Receiver receiver = new Receiver(this);
    private final Sender sender = new Sender(this);
    private long tokenBase;
    private long openedNs;
    private int slot;
    private int state;
    private int outstanding;
    private SocketPlan plan;
    private int plainFd;
    /** Until it is opened the time when it begins to connect, without its upper bits. */
    private int connectUs;
    private int handshakeUs;

    ConnectionLife(final Connection connection, final Connections connections)
    {
        this.connection = connection;
        this.connections = connections;
    }

    void assign(final int freshSlot, final int highWaterMark)
    {
        slot = freshSlot;
        tokenBase = Token.encode(loop().slots().generation(slot), slot, 0, 0);
        state = 0;
        outstanding = 0;
        openedNs = 0;
        plainFd = NONE;
        connectUs = 0;
        handshakeUs = NONE;
        receiver.assign();
        sender.assign(highWaterMark);
    }

    void accept(final int listenFd)
    {
        state = OPENING;
        outstanding += ops().accept(slot, tokenBase, listenFd);
    }

    void connect(final byte[] sockAddr, final int sockAddrLength, final SocketPlan plan)
    {
        state = OPENING | OUTGOING | DUE;
        connection.addresses().expect(sockAddr);
        ops().keepPeer(slot, sockAddr, sockAddrLength, connection.addresses().peer());
        this.plan = plan;
        connections.awaitConnect(this);
    }

    /** Opens the socket and connects it; false when it was closed before. */
    boolean onConnectTurn()
    {
        state &= ~DUE;
        if (isClosing())
        {
            onSocketClosed();
            return false;
        }
        connectUs = (int)(nowNs() / NANOS_PER_MICRO);
        outstanding += ops().connect(slot, tokenBase, plan, connection.addresses().peer());
        return true;
    }

    /** The connection is open only when a handshake is over. */
    void secure()
    {
        assert isOpening();
        state |= SECURING;
    }

    /** A handshake is over: the connection of a client is open now, that of a server was before. */
    void onSecured()
    {
        handshakeUs = (int)((nowNs() - openedNs) / NANOS_PER_MICRO);
        if (isSecuring())
        {
            state &= ~SECURING;
            connection.handler().onOpened(connection);
            sender.requestFlush();
        }
        else
        {
            connection.handler().onSecured(connection);
        }
    }

    /** Plain text has come. */
    void onPlain(final int offset, final int length)
    {
        connection.handler().onBytes(connection, offset, length);
    }

    /** Asks for the connection's own address. */
    void install()
    {
        outstanding += ops().install(slot, tokenBase, Op.INSTALL);
    }

    /** Asks for a plain descriptor that does not block, if there is room; it stays until the connection ends. */
    void makePlain()
    {
        if (plainFd == NONE && connections.splices().takePlain())
        {
            plainFd = AWAITED;
            outstanding += ops().install(slot, tokenBase, Op.PLAIN);
        }
    }

    private void onPlain(final int result)
    {
        plainFd = result < 0 ? REFUSED : result;
        if (result < 0)
        {
            connections.splices().releasePlain();
        }
        if (isClosing())
        {
            closePlain();
            return;
        }
        if (plainFd >= 0)
        {
            Sockets.nonBlocking(plainFd, true);
        }
    }

    /** Until it is closed, the socket stays. */
    void closePlain()
    {
        if (plainFd >= 0)
        {
            Sockets.close(plainFd);
            plainFd = NONE;
            connections.splices().releasePlain();
        }
    }

    /** Whether its bytes may pass beside the loop's memory: nobody has to see them. */
    boolean maySplice()
    {
        return isSound() && plainFd != REFUSED && connection.link() == null;
    }

    /** Plain descriptor, or negative while there is none. */
    int plainFd()
    {
        return plainFd;
    }

    void onCompletion(final int op, final int result, final int flags)
    {
        // A cancellation is only heard of when it finds nothing, and is not waited for.
        if ((flags & CQE_F_MORE) == 0 && op != Op.CANCEL)
        {
            outstanding--;
        }
        switch (op)
        {
            case Op.RECV -> receiver.onReceived(result, flags);
            case Op.READABLE -> receiver.onReadable(result);
            case Op.SEND -> sender.onSent(result);
            case Op.ACCEPT, Op.CONNECT -> onOpening(op, result);
            case Op.CLOSE -> state |= CLOSED;
            case Op.INSTALL -> onInstalled(result);
            case Op.PLAIN -> onPlain(result);
            case Op.WRITABLE -> sender.onWritable();
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

    private void onInstalled(final int result)
    {
        connection.addresses().onInstalled(result, isClosing());
        if (!isClosing())
        {
            connection.handler().onLocalAddress(connection);
        }
    }

    /** When neither the kernel nor a worker has anything to do for a connection that is to go, it goes. */
    void onQuiet()
    {
        if (outstanding != 0 || (state & DUE) != 0 || connection.link() != null && connection.link().isAway())
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
            connectUs = isOutgoing() ? (int)(openedNs / NANOS_PER_MICRO) - connectUs : 0;
            if ((state & CLOSING) == 0)
            {
                if (connection.addresses().onOpened(op))
                {
                    install();
                }
                onConnected();
                sender.onOpened();
            }
        }
        else if ((state & CLOSING) == 0)
        {
            state &= ~OPENING;
            connection.handler().onOpenFailed(connection, -result);
            close();
        }
    }

    private void onConnected()
    {
        if ((state & SECURING) == 0)
        {
            connection.handler().onOpened(connection);
        }
        else if (connection.link() == null)
        {
            fail(Errno.ENOMEM);
        }
        else
        {
            receiver.start();
            connection.link().begin();
        }
    }

    /** The peer sends no more; what it sent before may have to be decrypted first. */
    void onEnd()
    {
        if (connection.link() != null && connection.link().holdsEnd())
        {
            return;
        }
        if (isSecuring())
        {
            // In a handshake that is a failure.
            fail(Errno.ECONNRESET);
        }
        else
        {
            connection.handler().onEof(connection);
        }
    }

    /** The peer has ended the encryption in order. */
    void onPeerClosed()
    {
        receiver.onEnd();
        onEnd();
    }

    /** The alert goes first; what the handler does about the failure comes behind it. */
    void onTlsFailed()
    {
        receiver.onEnd();
        sender.flushLast();
        fail(Errno.EPROTO);
    }

    /** What has come, or is to leave, cannot be kept. */
    void onNoRoom()
    {
        connections.onOutOfMemory();
        shed();
    }

    void fail(final int errno)
    {
        if ((state & FAILED) != 0)
        {
            return;
        }
        state |= errno == Errno.ECONNRESET ? FAILED | PEER_RESET : FAILED;
        if (isSecuring())
        {
            connection.handler().onOpenFailed(connection, errno);
            close();
        }
        else
        {
            connection.handler().onError(connection, errno);
        }
    }

    void close()
    {
        if (isClosing())
        {
            return;
        }
        state |= CLOSING;
        loop().timers().disarm(slot);
        if (connection.link() != null)
        {
            connection.link().drop();
        }
        sender.drop();
        if ((state & DUE) != 0)
        {
            return;
        }
        if (isOpening())
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

    /** Closes with a reset. */
    void reset()
    {
        state |= RESETTING;
        close();
    }

    /** Memory has run out: resets the connection, unless it is closing. */
    void shed()
    {
        connections.onShed();
        if (!isClosing())
        {
            state |= RESETTING;
            connection.handler().onOverload(connection);
            close();
        }
    }

    /** Resets a connection whose time is over; its session is told as of a reset by the peer. */
    void cut()
    {
        if (!isClosing())
        {
            state |= RESETTING;
            connection.handler().onError(connection, Errno.ECONNRESET);
            close();
        }
    }

    /** What is in flight is the last: the end of the stream goes behind it. */
    void closeBehindSend()
    {
        state |= CLOSING;
        giveUpDescriptor();
    }

    /** The descriptor goes now, the socket with the last operation on it, the slot when all have been heard of. */
    private void giveUpDescriptor()
    {
        receiver.giveUp();
        sender.giveUp();
        closePlain();
        submitClose();
    }

    private void submitClose()
    {
        outstanding += ops().close(slot, tokenBase, (state & (RESETTING | OPEN)) == (RESETTING | OPEN));
    }

    private void onSocketClosed()
    {
        loop().releaseSlot(slot);
        sender.onClosed();
        connection.onSocketClosed();
    }

    /** So many completions will come. */
    void expect(final int completions)
    {
        outstanding += completions;
    }

    /** Has a duty cycle begin at that time at the latest. */
    void wakeAt(final long wakeNs)
    {
        if (wakeNs < loop().timers().deadlineNs(slot))
        {
            loop().timers().arm(slot, wakeNs);
        }
    }

    boolean isOpening()
    {
        return (state & OPENING) != 0;
    }

    boolean isSecuring()
    {
        return (state & SECURING) != 0;
    }

    boolean isClosing()
    {
        return (state & CLOSING) != 0;
    }

    boolean wasReset()
    {
        return (state & PEER_RESET) != 0;
    }

    boolean isOutgoing()
    {
        return (state & OUTGOING) != 0;
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

    Connection connection()
    {
        return connection;
    }

    Connections connections()
    {
        return connections;
    }

    Receiver receiver()
    {
        return receiver;
    }

    Sender sender()
    {
        return sender;
    }

    SocketOps ops()
    {
        return connections.ops();
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

    long tokenBase()
    {
        return tokenBase;
    }

    long openedNs()
    {
        return openedNs;
    }

    /** How long it took to open it, in microseconds, once it is open. */
    int connectUs()
    {
        return connectUs;
    }

    /** How long its handshake took, in microseconds, or negative. */
    int handshakeUs()
    {
        return handshakeUs;
    }

    int slot()
    {
        return slot;
    }
}
