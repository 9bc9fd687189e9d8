package dev.ringway.engine.conn;

import dev.ringway.engine.io.Op;
import dev.ringway.engine.loop.SlotAddresses;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.DirectBuffer;

/**
 * The addresses of one connection. They stand in its part of {@link SlotAddresses}; what is given here is where. Loop
 * thread only.
 */
public final class ConnectionAddresses
{
    private static final int DIRECT = 0;
    private static final int DIRECT_LENGTH = 28;
    private static final int LOCAL = 1;
    private static final int OWN = 2;
    /** The peer is an internet address, or nobody knows it yet. */
    private static final byte NOT_NAMED = 0;
    /** The peer is a unix socket of an endpoint. */
    private static final byte ENDPOINT_NAMED = 1;
    /** The client came over a unix socket, and its name is that of the socket it came to. */
    private static final byte CLIENT_NAMED = 2;

    private final ConnectionLife life;
    private final LocalAddresses lookUps;
    private int slot;
    private byte asked;
    private byte named;
    private boolean isProxied;
    private boolean isRestored;

    ConnectionAddresses(final ConnectionLife life, final LocalAddresses lookUps)
    {
        this.life = life;
        this.lookUps = lookUps;
    }

    void assign(final int slot)
    {
        this.slot = slot;
        asked = LocalAddresses.OWN;
        named = NOT_NAMED;
        isProxied = false;
        isRestored = false;
        lookUps.forget(local());
        lookUps.forget(own());
    }

    /**
     * @return offset of the peer's socket address.
     */
    public int peer()
    {
        return named == NOT_NAMED || isProxied ? slots().peer(slot) : slots().name(slot);
    }

    /**
     * Gives a client that came over a unix socket the name of that socket, as its own address and as the one it
     * connected to; it has hardly ever one itself.
     *
     * @param sockAddr holds the address, {@link SockAddr#UNIX_LENGTH} bytes.
     */
    public void nameClient(final DirectBuffer sockAddr)
    {
        named = CLIENT_NAMED;
        slots().buffer().putBytes(slots().name(slot), sockAddr, 0, SockAddr.UNIX_LENGTH);
    }

    /**
     * @return whether {@link #nameClient} gave it its name.
     */
    public boolean isClientNamed()
    {
        return named == CLIENT_NAMED;
    }

    /**
     * @return offset of the socket address with that name.
     */
    public int clientName()
    {
        return slots().name(slot);
    }

    /** Before anything is opened; the address is written to {@link #peer} then. */
    void expect(final byte[] sockAddr)
    {
        named = sockAddr[0] == SockAddr.AF_UNIX ? ENDPOINT_NAMED : NOT_NAMED;
    }

    /** Says whether a connection that is opened like this asks for its own address. */
    boolean onOpened(final int op)
    {
        if (op == Op.ACCEPT)
        {
            lookUps.leaveName(peer());
        }
        return looksUp(op);
    }

    private SlotAddresses slots()
    {
        return lookUps.slots();
    }

    /**
     * @return offset of the connection's own socket address; family 0 unless {@link Connections#lookUpLocalAddresses}
     *         asks for it and the kernel has answered.
     */
    public int local()
    {
        return named == CLIENT_NAMED && !isProxied ? clientName() : slots().other(slot, LOCAL);
    }

    /**
     * @return offset of the address that the socket has, whatever {@link #local} has become; family 0 under the same
     *         conditions.
     */
    public int own()
    {
        return named == CLIENT_NAMED ? clientName() : slots().other(slot, OWN);
    }

    /**
     * @return whether {@link #own} may differ from {@link #local}.
     */
    public boolean isLocalTold()
    {
        return isProxied || isRestored;
    }

    /**
     * @return offset of the socket address of the peer itself; {@link #peer}, unless the peer told another.
     */
    public int direct()
    {
        return named == CLIENT_NAMED ? clientName() : isProxied ? slots().other(slot, DIRECT) : peer();
    }

    /**
     * Keeps the peer's own address apart, so that the addresses it tells may be written where it stood and where the
     * connection's own stands.
     */
    public void keepDirect()
    {
        if (named == NOT_NAMED)
        {
            lookUps.copy(peer(), slots().other(slot, DIRECT), DIRECT_LENGTH);
        }
        isProxied = true;
    }

    /**
     * Has {@link #lookUpLocal}, which is called next, ask where the connection was going before it was sent here; the
     * answer stands where the connection's own address stood.
     *
     * @param isTransparent whether that is its own address when netfilter knows of no other.
     */
    public void askOriginal(final boolean isTransparent)
    {
        asked = isTransparent ? LocalAddresses.ORIGINAL_OR_OWN : LocalAddresses.ORIGINAL;
    }

    /**
     * Asks the kernel for the address that the client connected to: {@link ConnectionHandler#onLocalAddress} follows.
     *
     * @return false when there is none, because it is a unix socket.
     */
    public boolean lookUpLocal()
    {
        if (!lookUps.isInternet(peer()))
        {
            return false;
        }
        if (!looksUp(Op.ACCEPT))
        {
            life.install();
        }
        return true;
    }

    private boolean looksUp(final int op)
    {
        return lookUps.looksUp(op, peer());
    }

    /** The connection has a plain descriptor, which goes, or none; what the peer told is not overwritten. */
    void onInstalled(final int result, final boolean isClosing)
    {
        isRestored |= lookUps.onInstalled(
            result, isClosing || named == CLIENT_NAMED ? -1 : own(), isProxied || isClosing ? -1 : local(), asked);
    }

    /**
     * Says that where the client wanted to go stands where the connection's own address stood, and is another.
     */
    public void restoreLocal()
    {
        isRestored = true;
    }

    /**
     * @return whether {@link #local} is where the client wanted to go before it was sent here (Envoy:
     *         {@code localAddressRestored}).
     */
    public boolean isLocalRestored()
    {
        return isRestored;
    }
}
