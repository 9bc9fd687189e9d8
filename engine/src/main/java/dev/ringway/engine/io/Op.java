package dev.ringway.engine.io;

/**
 * What was submitted; eight bits of a {@link Token}.
 */
public final class Op
{
    /** A connection arrives. */
    public static final int ACCEPT = 1;
    /** A socket is opened. */
    public static final int SOCKET = 2;
    /** A socket option is set. */
    public static final int OPTION = 3;
    /** A connection is made. */
    public static final int CONNECT = 4;
    /** Bytes arrive. */
    public static final int RECV = 5;
    /** Bytes leave. */
    public static final int SEND = 6;
    /** One direction ends. */
    public static final int SHUTDOWN = 7;
    /** Other operations are cancelled. */
    public static final int CANCEL = 8;
    /** A descriptor is closed. */
    public static final int CLOSE = 9;
    /** Another thread woke the loop. */
    public static final int WAKEUP = 10;

    /** A number in the process for a direct descriptor, to ask for its own address. */
    public static final int INSTALL = 11;
    /** A socket has failed, or ended in both directions. */
    public static final int HANG_UP = 12;
    /** A socket has something to receive. */
    public static final int READABLE = 13;
    /** A number in the process for a direct descriptor, to splice it. */
    public static final int PLAIN = 14;
    /** A socket has room to send. */
    public static final int WRITABLE = 15;

    private Op()
    {
    }
}
